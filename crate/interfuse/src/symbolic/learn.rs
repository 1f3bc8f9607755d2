//! What a trace takes for granted about the sizes it does not fix.
//!
//! A function is traced on one call's sizes, its hints, and every decision that looks at one becomes a *guard*: the decision has to come
//! out the same at every later call that the entry serves. That is sound whatever an op does, because an op cannot look at a size in
//! another way; ops that want to serve many sizes compute with expressions and decide little. What a guard says is also used at once:
//! equal sizes become one symbol, so that equal shapes are equal values, and lower bounds simplify what follows. Where the other answer
//! is an error of the op without `compile` too, it is a *rule*: checked like a guard, but it ties the entry to nothing.

use super::MAX_ELEMENTS;
use crate::devtools::{self, SourceId};
use crate::error::{Error, ErrorKind, Result};
use interfuse_compiler::dim::{Atom, Dim, Range, Symbol};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_compiler::small::{HashMap, HashSet};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

thread_local! {
    static NEXT_SYMBOL: Cell<u32> = const { Cell::new(0) };
    /// Those of the traces that go on, the innermost last.
    static OPEN: RefCell<Vec<Rc<Symbols>>> = const { RefCell::new(Vec::new()) };
}

/// Sizes as numbers: those of the trace, or of a later call.
pub(crate) struct Values<'a> {
    first: u32,
    values: &'a [i64],
}

impl Values<'_> {
    /// A size.
    pub fn dim(&self, dim: &Dim) -> i64 {
        dim.eval(&|atom| match atom {
            Atom::Symbol(Symbol(id)) => self.values[(id - self.first) as usize],
            other => unreachable!("{other} in a size"),
        })
    }

    /// A size as an expression without symbols.
    pub fn known(&self, dim: &Dim) -> Dim {
        Dim::Const(self.dim(dim))
    }

    /// A shape without symbols.
    pub fn shape(&self, shape: &Shape) -> Shape {
        shape.map(&|dim| self.known(dim))
    }

    /// Shape and dtype without symbols.
    pub fn aval(&self, aval: &Aval) -> Aval {
        aval.map(&|dim| self.known(dim))
    }
}

/// Says what is wrong at sizes where a guard does not hold, as the op would say it when it is called with them.
pub(crate) type Explain = Rc<dyn Fn(&Values<'_>) -> String>;

/// What a decision asks of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Ask {
    IsZero,
    IsAtLeastZero,
}

impl Ask {
    fn of(self, value: i64) -> bool {
        match self {
            Ask::IsZero => value == 0,
            Ask::IsAtLeastZero => value >= 0,
        }
    }
}

/// What an expression is to 0, as a decision came out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Relation {
    Equal,
    NotEqual,
    AtLeast,
    Less,
}

impl Relation {
    /// All of them.
    pub const ALL: [Relation; 4] = [Relation::Equal, Relation::NotEqual, Relation::AtLeast, Relation::Less];

    /// As conditions and files write it.
    pub fn sign(self) -> &'static str {
        match self {
            Relation::Equal => "==",
            Relation::NotEqual => "!=",
            Relation::AtLeast => ">=",
            Relation::Less => "<",
        }
    }
}

/// What a trace took for granted, with the symbols 0, 1, ... of its key.
pub(crate) struct Decision {
    /// The op that asked.
    pub op: String,
    /// What it asked of.
    pub dim: Dim,
    /// What that is to 0.
    pub relation: Relation,
}

/// What follows when a decision comes out in another way at a later call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Need {
    /// The op would do something else, which the entry does not contain.
    Guard,
    /// The op would refuse its operands, as it does without `compile`.
    Rule,
}

/// A decision that has to come out the same again.
struct Guard {
    dim: Dim,
    ask: Ask,
    answer: bool,
    need: Need,
    op: String,
    source: SourceId,
    explain: Explain,
}

impl Guard {
    /// As a person would write it: `batch == 3`.
    fn condition(&self, first: u32, names: &[String]) -> String {
        let (terms, constant) = self.dim.parts();
        let side = |sign: i64| {
            let part = terms.iter().filter(|term| term.coefficient.signum() == sign);
            let sum = part.fold(Dim::Const((sign * constant).max(0)), |sum, term| {
                let product = term.factors.iter().fold(Dim::ONE, |product, atom| product.mul(&Dim::atom(atom.clone())));
                sum.add(&product.scale(term.coefficient * sign))
            });
            named(&sum, first, names)
        };
        format!("{} {} {}", side(1), self.relation().sign(), side(-1))
    }

    fn relation(&self) -> Relation {
        match (self.ask, self.answer) {
            (Ask::IsZero, true) => Relation::Equal,
            (Ask::IsZero, false) => Relation::NotEqual,
            (Ask::IsAtLeastZero, true) => Relation::AtLeast,
            (Ask::IsAtLeastZero, false) => Relation::Less,
        }
    }
}

/// An expression with the names of its symbols.
pub(crate) fn named(dim: &Dim, first: u32, names: &[String]) -> String {
    let text = dim.to_string();
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('s') {
        let digits = rest[at + 1..].bytes().take_while(u8::is_ascii_digit).count();
        out.push_str(&rest[..at]);
        match rest[at + 1..at + 1 + digits].parse::<u32>() {
            Ok(id) => {
                let own = (id - first) as usize;
                match names.get(own).filter(|name| !name.is_empty()) {
                    Some(name) => out.push_str(name),
                    None => out.push_str(&format!("s{own}")),
                }
            }
            Err(_) => out.push('s'),
        }
        rest = &rest[at + 1 + digits..];
    }
    out.push_str(rest);
    out
}

#[derive(Default)]
struct Learnt {
    guards: Vec<Guard>,
    /// What was asked and answered, where the answer says nothing that can be computed with.
    known: HashMap<(Dim, Ask), bool>,
    /// Symbols that are something else, which is free of such symbols.
    equal: Vec<(Symbol, Dim)>,
    /// The least that each symbol may be.
    low: Vec<i64>,
    /// Shapes whose number of elements must stay in bounds, with the ops that make them.
    large: Vec<(String, Shape)>,
    measured: HashSet<Dim>,
}

/// The symbols of a trace and what was learnt of them.
pub(crate) struct Symbols {
    first: u32,
    /// The sizes of the call that is traced.
    hints: Vec<i64>,
    /// Their names; empty for those without.
    names: Vec<String>,
    learnt: RefCell<Learnt>,
}

impl Symbols {
    /// Symbols for sizes that are these numbers at the trace, until they are closed. No other trace of the thread has the same ones.
    pub fn open(hints: Vec<i64>, names: Vec<String>) -> Rc<Symbols> {
        let count = u32::try_from(hints.len()).expect("fewer than 2^32 sizes");
        let first = NEXT_SYMBOL.with(|next| {
            // Starts again rather than overflow: traces that long ago are over.
            let first = next.get().checked_add(count).map_or(0, |_| next.get());
            next.set(first + count);
            first
        });
        let learnt = RefCell::new(Learnt { low: vec![0; hints.len()], ..Learnt::default() });
        let symbols = Rc::new(Symbols { first, hints, names, learnt });
        OPEN.with(|open| open.borrow_mut().push(symbols.clone()));
        symbols
    }

    /// Those of a trace without symbols.
    pub fn none() -> Rc<Symbols> {
        Rc::new(Symbols { first: 0, hints: Vec::new(), names: Vec::new(), learnt: RefCell::default() })
    }

    /// The trace is over: sizes with these symbols must not be used any more.
    pub fn close(&self) {
        OPEN.with(|open| open.borrow_mut().retain(|other| !std::ptr::eq(&**other, self)));
    }

    /// Has it none?
    pub fn is_none(&self) -> bool {
        self.hints.is_empty()
    }

    /// Is it one of these?
    pub fn owns(&self, symbol: Symbol) -> bool {
        symbol.0.checked_sub(self.first).is_some_and(|at| (at as usize) < self.hints.len())
    }

    /// The symbols 0, 1, ... of a key as those of this trace.
    pub fn of_key(&self, dim: &Dim) -> Dim {
        self.shifted(dim, |id| id + self.first)
    }

    /// The symbols of this trace as 0, 1, ... of its key.
    pub fn to_key(&self, dim: &Dim) -> Dim {
        self.shifted(dim, |id| id - self.first)
    }

    fn shifted(&self, dim: &Dim, to: impl Fn(u32) -> u32) -> Dim {
        if dim.as_const().is_some() {
            return dim.clone();
        }
        let with = |atom: &Atom| match atom {
            Atom::Symbol(Symbol(id)) => Some(Dim::symbol(Symbol(to(*id)))),
            _ => None,
        };
        dim.substitute(&with, &|_| None)
    }

    /// An expression with the names of its symbols.
    pub fn shown(&self, dim: &Dim) -> String {
        named(dim, self.first, &self.names)
    }

    /// The sizes of the trace.
    pub fn hints(&self) -> Values<'_> {
        Values { first: self.first, values: &self.hints }
    }

    /// The expression with what was learnt put in. Bounds count as well as equalities: what was written before a bound was known and
    /// what is written after it must come out the same.
    pub fn resolve(&self, dim: &Dim) -> Dim {
        if dim.as_const().is_some() {
            return dim.clone();
        }
        let learnt = self.learnt.borrow();
        let of = |atom: &Atom| self.bounds_in(&learnt, atom);
        let with = |atom: &Atom| match atom {
            Atom::Symbol(symbol) => {
                let known = learnt.equal.iter().find(|(known, _)| known == symbol);
                known.map(|(_, is)| is.substitute(&|_| None, &of))
            }
            _ => None,
        };
        dim.substitute(&with, &of)
    }

    fn bounds_in(&self, learnt: &Learnt, atom: &Atom) -> Range {
        match atom {
            Atom::Symbol(symbol) if self.owns(*symbol) => {
                Some((learnt.low[(symbol.0 - self.first) as usize], MAX_ELEMENTS))
            }
            _ => None,
        }
    }

    fn bounds(&self, atom: &Atom) -> Range {
        self.bounds_in(&self.learnt.borrow(), atom)
    }

    /// Asks; what the hints say becomes a guard unless it follows from what is known.
    #[track_caller]
    fn decide(&self, op: &str, dim: &Dim, (ask, need): (Ask, Need), explain: &dyn Fn() -> Explain) -> bool {
        let dim = self.resolve(dim);
        if let Some(value) = dim.as_const() {
            return ask.of(value);
        }
        match (ask, dim.range(&|atom| self.bounds(atom))) {
            (Ask::IsZero, Some((low, high))) if low > 0 || high < 0 => return false,
            (Ask::IsAtLeastZero, Some((low, _))) if low >= 0 => return true,
            (Ask::IsAtLeastZero, Some((_, high))) if high < 0 => return false,
            _ => {}
        }
        if let Some(answer) = self.learnt.borrow().known.get(&(dim.clone(), ask)) {
            return *answer;
        }
        let answer = ask.of(self.hints().dim(&dim));
        let source = devtools::source_here();
        let guard = Guard { dim: dim.clone(), ask, answer, need, op: op.to_string(), source, explain: explain() };
        let mut learnt = self.learnt.borrow_mut();
        learnt.guards.push(guard);
        match (ask, answer) {
            (Ask::IsZero, true) => {
                if let Some((symbol, is)) = dim.solve() {
                    let with = |atom: &Atom| (*atom == Atom::Symbol(symbol)).then(|| is.clone());
                    for (_, known) in &mut learnt.equal {
                        *known = known.substitute(&with, &|_| None);
                    }
                    learnt.equal.push((symbol, is));
                }
            }
            (Ask::IsZero, false) => {
                // Not 0: at least 1, as a size.
                if let ([term], 0) = dim.parts() {
                    self.raise(&mut learnt, &term.factors, 1);
                }
            }
            (Ask::IsAtLeastZero, true) => {
                if let ([term], constant) = dim.parts()
                    && term.coefficient > 0
                    && constant < 0
                {
                    let least = (-constant - 1).div_euclid(term.coefficient) + 1;
                    self.raise(&mut learnt, &term.factors, least);
                }
            }
            (Ask::IsAtLeastZero, false) => {}
        }
        learnt.known.insert((dim, ask), answer);
        answer
    }

    /// Notes the least that a symbol, or a product of symbols that is not 0, may be.
    fn raise(&self, learnt: &mut Learnt, factors: &[Atom], least: i64) {
        let least = if factors.len() == 1 { least } else { 1 };
        for factor in factors {
            if let Atom::Symbol(symbol) = factor {
                let low = &mut learnt.low[(symbol.0 - self.first) as usize];
                *low = (*low).max(least);
            }
        }
    }

    /// Notes that an op makes a value of that shape, whose number of elements has a limit at every call.
    pub fn measure(&self, op: &str, shape: &Shape) {
        let mut learnt = self.learnt.borrow_mut();
        let size = shape.size();
        if size.as_const().is_none() && learnt.measured.insert(size) {
            learnt.large.push((op.to_string(), shape.clone()));
        }
    }

    /// What the trace took for granted so far, in order, as far as the shapes of its inputs do not say it by themselves.
    pub fn decisions(&self) -> Vec<Decision> {
        let of = |guard: &Guard| {
            let dim = self.to_key(&self.resolve(&guard.dim));
            (dim.as_const().is_none()).then(|| Decision { op: guard.op.clone(), dim, relation: guard.relation() })
        };
        self.learnt.borrow().guards.iter().filter_map(of).collect()
    }

    /// What later calls must fulfil, once the trace is over.
    pub fn guards(&self) -> Guards {
        let mut learnt = self.learnt.borrow_mut();
        Guards {
            first: self.first,
            names: self.names.clone(),
            guards: std::mem::take(&mut learnt.guards),
            large: std::mem::take(&mut learnt.large),
            held: RefCell::new(self.hints.clone()),
        }
    }
}

/// What an entry takes for granted of the sizes of a call.
pub(crate) struct Guards {
    first: u32,
    names: Vec<String>,
    guards: Vec<Guard>,
    large: Vec<(String, Shape)>,
    /// The sizes for which everything held last.
    held: RefCell<Vec<i64>>,
}

impl Guards {
    /// Does everything hold for these sizes? Otherwise what does not, as an error of kind [`ErrorKind::ShapeGuard`], or of kind
    /// [`ErrorKind::Limit`] where a value would be too large.
    pub fn check(&self, label: &str, values: &[i64]) -> Result<()> {
        if *self.held.borrow() == values {
            return Ok(());
        }
        let sizes = Values { first: self.first, values };
        if let Some(guard) = self.guards.iter().find(|guard| guard.ask.of(sizes.dim(&guard.dim)) != guard.answer) {
            return Err(self.failure(label, guard, &sizes));
        }
        for (op, shape) in &self.large {
            let elements = shape.dims().iter().try_fold(1i64, |n, dim| n.checked_mul(sizes.dim(dim)));
            if elements.is_none_or(|n| n > MAX_ELEMENTS) {
                return Err(Error::new(
                    ErrorKind::Limit,
                    op,
                    format!("a tensor of shape {} has more than {MAX_ELEMENTS} elements", sizes.shape(shape)),
                    "Split it along an axis.",
                ));
            }
        }
        *self.held.borrow_mut() = values.to_vec();
        Ok(())
    }

    fn failure(&self, label: &str, guard: &Guard, sizes: &Values<'_>) -> Error {
        let place = guard.source.get().map(|at| format!(" at {}:{}", at.file, at.line)).unwrap_or_default();
        let condition = guard.condition(self.first, &self.names);
        Error::new(
            ErrorKind::ShapeGuard,
            label,
            format!("{}{place}: {} (the trace took {condition} for granted)", guard.op, (guard.explain)(sizes)),
            "Compute with x.dim(i) and whole shapes instead of numbers, use dynamicDims, which traces anew, or compile without shapeless.",
        )
    }

    /// The sizes of the last call that it served.
    pub fn last(&self) -> Vec<i64> {
        self.held.borrow().clone()
    }

    /// As text: what the trace took for granted.
    pub fn texts(&self) -> Vec<String> {
        self.listed(Need::Guard)
    }

    /// As text: what its ops ask of sizes in any case.
    pub fn rules(&self) -> Vec<String> {
        self.listed(Need::Rule)
    }

    fn listed(&self, need: Need) -> Vec<String> {
        let text = |guard: &Guard| format!("{} ({})", guard.condition(self.first, &self.names), guard.op);
        self.guards.iter().filter(|guard| guard.need == need).map(text).collect()
    }
}

/// Those of the trace that made a symbol; `None` when it is over.
fn owner_of(symbol: Symbol) -> Option<Rc<Symbols>> {
    OPEN.with(|open| open.borrow().iter().rev().find(|symbols| symbols.owns(symbol)).cloned())
}

/// The symbols of the trace that an expression is of; `None` without symbols. An error when that trace is over.
pub(crate) fn owner(op: &str, dim: &Dim) -> Result<Option<Rc<Symbols>>> {
    if dim.as_const().is_some() {
        return Ok(None);
    }
    let mut symbol = None;
    dim.visit(&mut |atom| {
        if let Atom::Symbol(met) = atom {
            symbol = Some(*met);
        }
    });
    let Some(symbol) = symbol else { return Ok(None) };
    match owner_of(symbol) {
        Some(symbols) => Ok(Some(symbols)),
        None => Err(Error::new(
            ErrorKind::LeakedTracer,
            op,
            "a size of a function that was being traced is used after tracing",
            "Sizes of tracers are good for ops inside the function; return what you computed with them.",
        )),
    }
}

#[track_caller]
fn ask(op: &str, dim: &Dim, (ask, need): (Ask, Need), explain: &dyn Fn() -> Explain) -> Result<bool> {
    match owner(op, dim)? {
        None => Ok(ask.of(dim.as_const().expect("without symbols it is a number"))),
        Some(symbols) => Ok(symbols.decide(op, dim, (ask, need), explain)),
    }
}

#[track_caller]
fn compare(op: &str, a: &Dim, b: &Dim, question: (Ask, Need), explain: &dyn Fn() -> Explain) -> Result<bool> {
    match (a, b) {
        (Dim::Const(a), Dim::Const(b)) => Ok(question.0.of(a.saturating_sub(*b))),
        _ if a == b => Ok(true),
        _ => ask(op, &a.sub(b), question, explain),
    }
}

/// Are two sizes equal? The op goes on in either case.
#[track_caller]
pub(crate) fn same(op: &str, a: &Dim, b: &Dim, explain: &dyn Fn() -> Explain) -> Result<bool> {
    compare(op, a, b, (Ask::IsZero, Need::Guard), explain)
}

/// Is an expression of sizes to 0 what it is taken to be?
#[track_caller]
pub(crate) fn holds(op: &str, dim: &Dim, relation: Relation, explain: &dyn Fn() -> Explain) -> Result<bool> {
    Ok(match relation {
        Relation::Equal => same(op, dim, &Dim::ZERO, explain)?,
        Relation::NotEqual => !same(op, dim, &Dim::ZERO, explain)?,
        Relation::AtLeast => at_least(op, dim, &Dim::ZERO, explain)?,
        Relation::Less => !at_least(op, dim, &Dim::ZERO, explain)?,
    })
}

/// Are two sizes equal? If not, the op is an error.
#[track_caller]
pub(crate) fn must_be_same(op: &str, a: &Dim, b: &Dim, explain: &dyn Fn() -> Explain) -> Result<bool> {
    compare(op, a, b, (Ask::IsZero, Need::Rule), explain)
}

/// Is a >= b? The op goes on in either case.
#[track_caller]
pub(crate) fn at_least(op: &str, a: &Dim, b: &Dim, explain: &dyn Fn() -> Explain) -> Result<bool> {
    compare(op, a, b, (Ask::IsAtLeastZero, Need::Guard), explain)
}

/// Is a >= b? If not, the op is an error.
#[track_caller]
pub(crate) fn must_be_at_least(op: &str, a: &Dim, b: &Dim, explain: &dyn Fn() -> Explain) -> Result<bool> {
    compare(op, a, b, (Ask::IsAtLeastZero, Need::Rule), explain)
}

/// The size as a number, which it must then be at every call.
#[track_caller]
pub(crate) fn value(op: &str, dim: &Dim) -> Result<i64> {
    let Some(symbols) = owner(op, dim)? else { return Ok(dim.as_const().expect("without symbols it is a number")) };
    let now = symbols.hints().dim(dim);
    let read = dim.clone();
    symbols.decide(op, &dim.sub(&Dim::Const(now)), (Ask::IsZero, Need::Guard), &|| {
        let read = read.clone();
        Rc::new(move |sizes| {
            format!(
                "a size was read as a number when the function was traced; it was {now} and is {} now",
                sizes.dim(&read)
            )
        })
    });
    Ok(now)
}

/// The size at the trace, for texts: nothing may depend on it.
pub(crate) fn seen_dim(dim: &Dim) -> Dim {
    match owner("", dim) {
        Ok(Some(symbols)) => symbols.hints().known(dim),
        Ok(None) | Err(_) => dim.clone(),
    }
}

/// Shape and dtype with the sizes of the trace, for texts.
pub(crate) fn seen(aval: &Aval) -> Aval {
    aval.map(&seen_dim)
}

/// A shape with the sizes of the trace, for texts.
pub(crate) fn seen_shape(shape: &Shape) -> Shape {
    shape.map(&seen_dim)
}

/// The expression with what is known put in.
pub(crate) fn resolve(dim: &Dim) -> Dim {
    match owner("", dim) {
        Ok(Some(symbols)) => symbols.resolve(dim),
        Ok(None) | Err(_) => dim.clone(),
    }
}

/// A kind with what is known put in.
pub(crate) fn resolved(kind: Kind) -> Result<Kind> {
    if kind.is_symbolic() { kind.map_dims(&resolve).map_err(Error::from_misuse) } else { Ok(kind) }
}

/// Notes that an op makes a value of that shape. Gives the symbols that its open sizes are of, if it has some.
pub(crate) fn measured(op: &str, shape: &Shape) -> Result<Option<Rc<Symbols>>> {
    let Some(dim) = shape.dims().iter().find(|dim| dim.as_const().is_none()) else { return Ok(None) };
    let symbols = owner(op, dim)?;
    if let Some(symbols) = &symbols {
        symbols.measure(op, shape);
    }
    Ok(symbols)
}

/// The bounds of a symbol.
pub(crate) fn bounds(atom: &Atom) -> Range {
    match atom {
        Atom::Symbol(symbol) => owner_of(*symbol)?.bounds(atom),
        _ => None,
    }
}

/// Are two shapes known to be equal?
pub(crate) fn alike(a: &Shape, b: &Shape) -> bool {
    a == b || (a.rank() == b.rank() && a.dims().iter().zip(b.dims()).all(|(a, b)| a == b || resolve(a) == resolve(b)))
}
