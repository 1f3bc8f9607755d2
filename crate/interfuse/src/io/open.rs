//! Sizes that the file of a function leaves open: their names, the sizes of the export, and what its trace took for granted.
//!
//! A call says what the symbols are by the sizes of its tensors. Then the guards of the file are asked again, as decisions of the call's
//! own trace if its sizes are open too, and so is everything that the ops of the graph need: a file may say anything.

use crate::error::{Error, ErrorKind, Result};
use crate::symbolic::{
    Decision, DynamicSizes, Explain, MAX_ELEMENTS, NamedSize, Relation, Symbols, bounds, holds, same, seen_dim,
};
use crate::tensor::Tensor;
use interfuse_compiler::dim::{Atom, Dim, Symbol, Term};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::shape::Aval;
use interfuse_compiler::text::parse_dim;
use std::cell::Cell;
use std::rc::Rc;

/// The import, as errors name it.
pub(super) const IMPORT: &str = "importFunction";

/// More than this a function has neither open sizes nor guards on them.
const MAX_LINES: usize = 1 << 16;

/// A mistake in the file of a function.
pub(super) fn bad(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::CompileArgument, IMPORT, message, hint)
}

/// A size that is open: its name, which may be empty, its value at the export, and where it is seen: of which input, along which axis.
/// One that the trace found to be an expression of others is seen nowhere.
struct Open {
    name: String,
    hint: i64,
    place: Option<(usize, usize)>,
}

/// The open sizes of a file.
#[derive(Default)]
pub(super) struct OpenSizes {
    symbols: Vec<Open>,
    guards: Vec<Decision>,
}

/// The symbols of a trace as a file keeps them: a line each, the value at the export and the name.
pub(super) fn written_symbols(values: &[i64], names: &[String]) -> String {
    let line = |(value, name): (&i64, &String)| format!("{value} {}", name.replace('\n', " "));
    values.iter().zip(names).map(line).collect::<Vec<_>>().join("\n")
}

/// What a trace took for granted: a line each, the op, the relation to 0, and the expression.
pub(super) fn written_guards(symbols: &Symbols) -> String {
    let line = |Decision { op, dim, relation }: &Decision| {
        format!("{} {} {dim}", op.replace(char::is_whitespace, "_"), relation.sign())
    };
    symbols.decisions().iter().map(line).collect::<Vec<_>>().join("\n")
}

impl OpenSizes {
    /// Of a file: its fields, and the graph whose inputs show the sizes.
    pub fn read(symbols: &str, guards: &str, graph: &Graph) -> Result<OpenSizes> {
        let lines = |text: &str| text.split('\n').take(if text.is_empty() { 0 } else { MAX_LINES }).count();
        let count = lines(symbols);
        if count == MAX_LINES || lines(guards) == MAX_LINES {
            return Err(Error::new(ErrorKind::Limit, IMPORT, "the file has too many open sizes", ""));
        }
        let mut open = OpenSizes::default();
        for (at, line) in symbols.split('\n').take(count).enumerate() {
            let (hint, name) = line.split_once(' ').unwrap_or((line, ""));
            let hint = hint.parse().ok().filter(|hint| (0..=MAX_ELEMENTS).contains(hint));
            let hint = hint.ok_or_else(|| bad(format!("\"{line}\" is no open size"), ""))?;
            let wanted = Dim::symbol(Symbol(at as u32));
            let inputs = graph.inputs();
            let places = inputs.iter().enumerate().filter_map(|(input, aval)| {
                let axis = (*aval)?.shape.dims().iter().position(|dim| *dim == wanted)?;
                Some((input, axis))
            });
            let place = { places }.next();
            open.symbols.push(Open { name: name.to_string(), hint, place });
        }
        open.check_symbols(graph)?;
        for line in guards.split('\n').filter(|_| !guards.is_empty()) {
            let mut parts = line.splitn(3, ' ');
            let (op, sign, dim) = (parts.next(), parts.next(), parts.next());
            let relation = Relation::ALL.into_iter().find(|relation| Some(relation.sign()) == sign);
            let dim = dim.and_then(|dim| parse_dim(dim).ok()).filter(|dim| open.knows(dim));
            let (Some(op), Some(relation), Some(dim)) = (op, relation, dim) else {
                return Err(bad(format!("\"{line}\" is no guard on open sizes"), ""));
            };
            open.guards.push(Decision { op: op.to_string(), dim, relation });
        }
        Ok(open)
    }

    /// Are all symbols of an expression sizes that inputs show?
    fn knows(&self, dim: &Dim) -> bool {
        let is_seen = |symbol: &Symbol| self.symbols.get(symbol.0 as usize).is_some_and(|open| open.place.is_some());
        dim.symbols().iter().all(is_seen)
    }

    /// Every symbol of the graph and of its bodies is one that the inputs show.
    fn check_symbols(&self, graph: &Graph) -> Result<()> {
        let foreign = Cell::new(false);
        let look = |dim: &Dim| {
            foreign.set(foreign.get() || !self.knows(dim));
            dim.clone()
        };
        graph.map_dims(&look).map_err(|misuse| bad(misuse.to_string(), ""))?;
        match foreign.get() {
            true => Err(bad("the graph has open sizes that the file does not list, or that no input shows", "")),
            false => Ok(()),
        }
    }

    /// Is every size fixed?
    pub fn is_empty(&self) -> bool {
        self.symbols.is_empty()
    }

    /// The graph at the sizes of the export.
    pub fn at_export(&self, graph: &Graph) -> Result<Graph> {
        let values: Vec<i64> = self.symbols.iter().map(|open| open.hint).collect();
        self.check_magnitude(IMPORT, graph, &values)?;
        let value = |atom: &Atom| match atom {
            Atom::Symbol(symbol) => values[symbol.0 as usize],
            other => unreachable!("{other} in a size"),
        };
        graph.map_dims(&|dim| Dim::Const(dim.eval(&value))).map_err(|misuse| bad(misuse.to_string(), ""))
    }

    /// Sizes are computed in 64 bits: no expression of a file may come near their end, for these values of its symbols.
    fn check_magnitude(&self, function: &str, graph: &Graph, values: &[i64]) -> Result<()> {
        let most = Cell::new(self.guards.iter().map(|guard| magnitude(&guard.dim, values)).fold(0.0, f64::max));
        let look = |dim: &Dim| {
            most.set(most.get().max(magnitude(dim, values)));
            dim.clone()
        };
        if !values.is_empty() {
            graph.map_dims(&look).map_err(|misuse| bad(misuse.to_string(), ""))?;
        }
        match most.get() < (1i64 << 53) as f64 {
            true => Ok(()),
            false => {
                Err(Error::new(ErrorKind::Limit, function, "a size of the graph is too large to compute with", ""))
            }
        }
    }

    /// Which sizes an entry for calls of the function leaves open: (input, axis, name). Sizes of one name are equal.
    pub fn named(&self, graph: &Graph) -> Vec<(usize, i64, String)> {
        let mut named = Vec::new();
        for (input, aval) in graph.inputs().iter().enumerate() {
            for (axis, dim) in aval.iter().flat_map(|aval| aval.shape.dims()).enumerate() {
                let symbol = self.symbols.iter().enumerate().find(|(at, _)| *dim == Dim::symbol(Symbol(*at as u32)));
                let name = match symbol {
                    Some((_, Open { name, .. })) if !name.is_empty() => name.clone(),
                    Some((at, _)) => format!("s{at}"),
                    // An expression of others; that it is one, the call checks.
                    None => format!("d{input}_{axis}"),
                };
                if dim.as_const().is_none() {
                    named.push((input, axis as i64, name));
                }
            }
        }
        named
    }

    /// The same for arguments in a list.
    pub fn dynamic(&self, graph: &Graph) -> DynamicSizes {
        let named = self.named(graph).into_iter();
        let named = named.map(|(input, axis, name)| NamedSize { path: input.to_string(), axis, name }).collect();
        DynamicSizes { shapeless: false, named }
    }

    /// What the symbols are for these tensors, whose number of axes is that of the graph's inputs.
    pub fn bind(&self, function: &str, graph: &Graph, inputs: &[Tensor]) -> Result<impl Fn(&Dim) -> Dim + use<>> {
        let of_place = |(input, axis): (usize, usize)| inputs[input].shape().0[axis].clone();
        let of_symbol: Vec<Dim> = self.symbols.iter().map(|open| open.place.map_or(Dim::ZERO, of_place)).collect();
        let seen: Vec<i64> = of_symbol.iter().map(|dim| seen_dim(dim).as_const().unwrap_or_default()).collect();
        self.check_magnitude(function, graph, &seen)?;
        Ok(move |dim: &Dim| {
            let with = |atom: &Atom| match atom {
                Atom::Symbol(symbol) => of_symbol.get(symbol.0 as usize).cloned(),
                _ => None,
            };
            if dim.as_const().is_some() { dim.clone() } else { dim.substitute(&with, &bounds) }
        })
    }

    /// Asks for what the trace of the file took for granted.
    pub fn check(&self, function: &str, bound: &dyn Fn(&Dim) -> Dim) -> Result<()> {
        for Decision { op, dim, relation } in &self.guards {
            let text = format!(
                "the export took {dim} {} 0 for granted, where s0, s1, ... are its open sizes",
                relation.sign()
            );
            let why = || -> Explain {
                let text = text.clone();
                Rc::new(move |_| text.clone())
            };
            if !holds(op, &bound(dim), *relation, &why)? {
                return Err(Error::new(
                    ErrorKind::ShapeGuard,
                    function,
                    format!("{op}: {text}"),
                    "Export it for these sizes, or compute with x.dim(i) and whole shapes instead of numbers.",
                ));
            }
        }
        Ok(())
    }
}

/// Is the tensor what an input of the graph takes, its sizes put in?
pub(super) fn fits(function: &str, name: &str, wanted: &Aval, input: &Tensor) -> Result<bool> {
    if wanted.dtype != input.dtype() || wanted.shape.rank() != input.ndim() {
        return Ok(false);
    }
    let text = move |wanted: &Aval, got: &Aval, name: &str| format!("tensor \"{name}\" is {got}, not {wanted}");
    let why = || -> Explain {
        let (wanted, got, name) = (wanted.clone(), input.aval().clone(), name.to_string());
        Rc::new(move |now| text(&now.aval(&wanted), &now.aval(&got), &name))
    };
    for (a, b) in wanted.shape.dims().iter().zip(input.shape().dims()) {
        if !same(function, a, b, &why)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How large an expression may become for these values of its symbols.
fn magnitude(dim: &Dim, values: &[i64]) -> f64 {
    let factor = |atom: &Atom| match atom {
        Atom::Symbol(symbol) => values[symbol.0 as usize].max(1) as f64,
        other => other.operands().map_or(0.0, |(a, b)| magnitude(a, values).max(magnitude(b, values))),
    };
    let (terms, constant) = dim.parts();
    let term = |term: &Term| term.coefficient.abs() as f64 * term.factors.iter().map(factor).product::<f64>();
    terms.iter().map(term).sum::<f64>() + constant.abs() as f64
}
