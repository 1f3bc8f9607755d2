//! Reads the listing.
//!
//! The parser is safe to point at anything: it reads in linear time, nests to a fixed depth, and bounds every number before
//! arithmetic on it can overflow, so that the answer to bad input is always a line, a column and what was expected there.

use crate::dim::{Atom, Dim, Symbol};
use crate::dtype::{DType, Scalar};
use crate::graph::{Graph, NodeId, Operands};
use crate::kind::{Axes, CombineOp, ConvGeometry, Derivative, DotAxes, Kind, ReduceOp, View};
use crate::ops::Op;
use crate::shape::{Aval, Shape};
use crate::small::HashMap;
use smallvec::SmallVec;
use std::fmt;
use std::sync::Arc;

/// How deep bodies of calls and loops may stand in one another.
pub const MAX_NESTING: usize = 16;
/// Numbers in a listing (sizes, starts, steps) stay at or below this.
const MAX_NUMBER: u64 = 1 << 31;
/// Geometry of convolutions and positions of inputs stay at or below this.
const MAX_SMALL: u64 = 1 << 16;
/// No value has more elements than this, nor an expression a larger coefficient.
const MAX_SIZE: u128 = 1 << 40;
/// No size, and no product of the sizes of a shape, has more terms than this.
const MAX_TERMS: usize = 64;

/// Where a listing is wrong, and how.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What was expected, or what rule was broken.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Reads a listing. The graph holds its nodes in the listing's order, equal ones included.
pub fn parse(text: &str) -> Result<Graph, ParseError> {
    let mut parser = Parser::new(text, &SIZES);
    let graph = parser.graph(0)?;
    parser.blank_lines();
    if parser.at < text.len() {
        return parser.fail("expected the end of the listing after `return`");
    }
    Ok(graph)
}

/// Reads an expression of sizes, such as `2*s0 - 1`, as listings write them.
pub fn parse_dim(text: &str) -> Result<Dim, ParseError> {
    let mut parser = Parser::new(text, &SIZES);
    let dim = parser.dim(0)?;
    parser.end_of_line()?;
    Ok(dim)
}

/// What an expression is made of, beside numbers.
pub(crate) struct Atoms {
    /// By the letter before its number.
    pub(crate) of: fn(&str, u32) -> Option<Atom>,
    /// What is said when it is something else.
    pub(crate) expected: &'static str,
}

/// Expressions of sizes.
const SIZES: Atoms = Atoms {
    of: |letter, id| (letter == "s").then_some(Atom::Symbol(Symbol(id))),
    expected: "expected a number, a symbol like s0, floordiv, mod, min or max",
};

pub(crate) struct Parser<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
    atoms: &'static Atoms,
}

pub(crate) type Parsed<T> = Result<T, ParseError>;
type Names<'a> = HashMap<&'a str, NodeId>;

impl<'a> Parser<'a> {
    pub(crate) fn new(text: &'a str, atoms: &'static Atoms) -> Parser<'a> {
        Parser { text, at: 0, atoms }
    }

    pub(crate) fn fail<T>(&self, message: impl Into<String>) -> Parsed<T> {
        self.fail_at(self.at, message)
    }

    pub(crate) fn fail_at<T>(&self, at: usize, message: impl Into<String>) -> Parsed<T> {
        let before = &self.text[..at];
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        Err(ParseError {
            line: before.bytes().filter(|b| *b == b'\n').count() + 1,
            column: before[start..].chars().count() + 1,
            message: message.into(),
        })
    }

    pub(crate) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Skips spaces and a comment, not the end of the line.
    pub(crate) fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\r']).len();
        if self.rest().starts_with('#') {
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    pub(crate) fn blank_lines(&mut self) {
        loop {
            self.space();
            if !self.rest().starts_with('\n') {
                return;
            }
            self.at += 1;
        }
    }

    /// Takes that text if it comes next.
    pub(crate) fn eat(&mut self, text: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    pub(crate) fn expect(&mut self, text: &str) -> Parsed<()> {
        if self.eat(text) { Ok(()) } else { self.fail(format!("expected `{text}`")) }
    }

    /// Letters, digits and underscores.
    pub(crate) fn word(&mut self) -> &'a str {
        self.space();
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// Takes that word if it comes next, whole.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        self.space();
        let start = self.at;
        if self.word() == word {
            return true;
        }
        self.at = start;
        false
    }

    pub(crate) fn number(&mut self, max: u64) -> Parsed<u64> {
        self.space();
        let start = self.at;
        let digits = self.rest().len() - self.rest().trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if digits == 0 {
            return self.fail("expected a number");
        }
        self.at += digits;
        match self.text[start..self.at].parse() {
            Ok(value) if value <= max => Ok(value),
            _ => self.fail_at(start, format!("expected a number of at most {max}")),
        }
    }

    pub(crate) fn small(&mut self) -> Parsed<u32> {
        Ok(self.number(MAX_SMALL)? as u32)
    }

    fn id(&mut self) -> Parsed<u32> {
        Ok(self.number(u64::from(u32::MAX))? as u32)
    }

    fn signed(&mut self) -> Parsed<i64> {
        let negative = self.eat("-");
        let value = self.number(MAX_NUMBER)? as i64;
        Ok(if negative { -value } else { value })
    }

    fn list<T, const N: usize>(&mut self, mut item: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<SmallVec<[T; N]>>
    where
        [T; N]: smallvec::Array<Item = T>,
    {
        self.expect("[")?;
        let mut items = SmallVec::new();
        if self.eat("]") {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.eat("]") {
                return Ok(items);
            }
            if !self.eat(",") {
                return self.fail("expected `,` or `]`");
            }
        }
    }

    fn pair(&mut self) -> Parsed<(u32, u32)> {
        let first = self.small()?;
        self.expect(":")?;
        Ok((first, self.small()?))
    }

    /// `name=` before an attribute's value.
    pub(crate) fn key(&mut self, name: &str) -> Parsed<()> {
        if !self.eat_word(name) {
            return self.fail(format!("expected `{name}=`"));
        }
        self.expect("=")
    }

    fn key_number(&mut self, name: &str) -> Parsed<u32> {
        self.key(name)?;
        self.small()
    }

    fn key_axes(&mut self, name: &str) -> Parsed<Axes> {
        self.key(name)?;
        self.list(Self::small)
    }

    pub(crate) fn combine(&mut self) -> Parsed<CombineOp> {
        self.key("op")?;
        let start = self.at;
        let name = self.word();
        match CombineOp::ALL.into_iter().find(|op| op.name() == name) {
            Some(op) => Ok(op),
            None => self.fail_at(start, "expected set, add, mul, max, min or logaddexp"),
        }
    }

    pub(crate) fn dtype(&mut self) -> Parsed<DType> {
        self.space();
        let start = self.at;
        let name = self.word();
        match DType::from_name(name) {
            Some(dtype) => Ok(dtype),
            None => self.fail_at(start, "expected bool, int32, uint32, float16 or float32"),
        }
    }

    fn aval(&mut self) -> Parsed<Aval> {
        let dtype = self.dtype()?;
        let start = self.at;
        let dims: SmallVec<[Dim; 4]> = self.list(|p| p.size_of_axis())?;
        let shape = Shape(dims);
        if !fits(&shape) {
            return self.fail_at(start, format!("the shape is too large: at most {MAX_SIZE} elements"));
        }
        Ok(Aval { shape, dtype })
    }

    pub(crate) fn size_of_axis(&mut self) -> Parsed<Dim> {
        self.space();
        let start = self.at;
        let dim = self.dim(0)?;
        if dim.as_const().is_some_and(|d| d < 0) {
            return self.fail_at(start, "expected a size that is not negative");
        }
        Ok(dim)
    }

    /// A sum of products.
    pub(crate) fn dim(&mut self, depth: usize) -> Parsed<Dim> {
        self.space();
        let start = self.at;
        if depth > MAX_NESTING {
            return self.fail("the expression is nested too deeply");
        }
        let mut sum = Dim::ZERO;
        let mut negative = self.eat("-");
        loop {
            let mut product = self.factor(depth)?;
            while self.eat("*") {
                let factor = self.factor(depth)?;
                if magnitude(&product).saturating_mul(magnitude(&factor)) > MAX_SIZE
                    || terms(&product) * terms(&factor) > MAX_TERMS
                    || degree(&product) + degree(&factor) > MAX_NESTING
                {
                    return self.fail_at(start, "the expression is too large");
                }
                product = product.mul(&factor);
            }
            sum = if negative { sum.sub(&product) } else { sum.add(&product) };
            if magnitude(&sum) > MAX_SIZE || terms(&sum) > MAX_TERMS {
                return self.fail_at(start, "the expression is too large");
            }
            if self.eat("+") {
                negative = false;
            } else if self.eat("-") {
                negative = true;
            } else {
                return Ok(sum);
            }
        }
    }

    fn factor(&mut self, depth: usize) -> Parsed<Dim> {
        self.space();
        if self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            return Ok(Dim::Const(self.number(MAX_NUMBER)? as i64));
        }
        if self.eat("(") {
            let dim = self.dim(depth + 1)?;
            self.expect(")")?;
            return Ok(dim);
        }
        let start = self.at;
        let word = self.word();
        if let Some((letter, digits)) = word.split_at_checked(1)
            && let Some(id) = digits.parse().ok().filter(|id| u64::from(*id) <= MAX_SMALL)
            && let Some(atom) = (self.atoms.of)(letter, id)
        {
            return Ok(Dim::atom(atom));
        }
        let make: fn(Dim, Dim) -> Atom = match word {
            "floordiv" => Atom::FloorDiv,
            "mod" => Atom::Mod,
            "min" => Atom::Min,
            "max" => Atom::Max,
            _ => return self.fail_at(start, self.atoms.expected),
        };
        self.expect("(")?;
        let a = self.dim(depth + 1)?;
        self.expect(",")?;
        let b = self.dim(depth + 1)?;
        self.expect(")")?;
        let divides = matches!(word, "floordiv" | "mod");
        if divides && b.as_const().is_some_and(|b| b <= 0) {
            return self.fail_at(start, "the divisor must be positive");
        }
        // An atom with a symbol in it stands in a listing as it was printed, so it is kept as it is; numbers are computed.
        Ok(match (word, a.as_const(), b.as_const()) {
            ("floordiv", Some(a), Some(b)) => Dim::Const(a.div_euclid(b)),
            ("mod", Some(a), Some(b)) => Dim::Const(a.rem_euclid(b)),
            ("min", Some(a), Some(b)) => Dim::Const(a.min(b)),
            ("max", Some(a), Some(b)) => Dim::Const(a.max(b)),
            _ => Dim::atom(make(a, b)),
        })
    }

    pub(crate) fn scalar(&mut self, dtype: DType) -> Parsed<Scalar> {
        self.space();
        let start = self.at;
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c)).unwrap_or(rest.len());
        let text = &rest[..end];
        self.at += end;
        let value = if let Some(digits) = text.strip_prefix("0x") {
            let fits = |bits: &u32| Scalar::from_bits(dtype, *bits).bits() == *bits;
            u32::from_str_radix(digits, 16).ok().filter(fits).map(|bits| Scalar::from_bits(dtype, bits))
        } else {
            match dtype {
                DType::Bool => text.parse().ok().map(Scalar::bool),
                DType::Int32 => text.parse().ok().map(Scalar::i32),
                DType::UInt32 => text.parse().ok().map(Scalar::u32),
                DType::Float16 | DType::Float32 if text == "nan" => Some(Scalar::from_f64(dtype, f64::NAN)),
                // Straight to float32: by way of a double the decimal would be rounded twice.
                DType::Float32 => text.parse().ok().map(Scalar::f32),
                DType::Float16 => text.parse().ok().map(|value| Scalar::from_f64(dtype, value)),
            }
        };
        match value {
            Some(value) => Ok(value),
            None => self.fail_at(start, format!("expected a value of dtype {dtype}")),
        }
    }

    fn name(&mut self) -> Parsed<&'a str> {
        self.expect("%")?;
        // A space after `%` belongs to no name.
        if !self.rest().starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            return self.fail("expected the name of a node");
        }
        Ok(self.word())
    }

    fn reference(&mut self, names: &Names) -> Parsed<NodeId> {
        self.space();
        let start = self.at;
        let name = self.name()?;
        match names.get(name) {
            Some(id) => Ok(*id),
            None => self.fail_at(start, format!("%{name} is not defined above")),
        }
    }

    fn references(&mut self, names: &Names) -> Parsed<Operands> {
        let mut operands = Operands::new();
        loop {
            self.space();
            if !self.rest().starts_with('%') {
                return Ok(operands);
            }
            operands.push(self.reference(names)?);
        }
    }

    pub(crate) fn end_of_line(&mut self) -> Parsed<()> {
        self.space();
        if self.rest().is_empty() || self.rest().starts_with('\n') {
            Ok(())
        } else {
            self.fail("expected the end of the line")
        }
    }

    fn graph(&mut self, depth: usize) -> Parsed<Graph> {
        if depth > MAX_NESTING {
            return self.fail(format!("bodies are nested more than {MAX_NESTING} deep"));
        }
        let mut graph = Graph::new();
        let mut names = Names::default();
        loop {
            self.blank_lines();
            if self.eat_word("return") {
                let outputs = self.references(&names)?;
                self.end_of_line()?;
                graph.set_outputs(&outputs);
                return Ok(graph);
            }
            if !self.rest().starts_with('%') {
                return self.fail("expected a node such as `%0: float32[2] = input 0`, or `return`");
            }
            let start = self.at;
            let name = self.name()?;
            if names.contains_key(name) {
                return self.fail_at(start, format!("%{name} is already defined"));
            }
            let id = self.node(&mut graph, &names, depth)?;
            names.insert(name, id);
            self.end_of_line()?;
        }
    }

    fn node(&mut self, graph: &mut Graph, names: &Names, depth: usize) -> Parsed<NodeId> {
        let stated = if self.eat(":") { Some(self.aval()?) } else { None };
        self.expect("=")?;
        self.space();
        let start = self.at;
        let word = self.word();
        let operands = self.references(names)?;
        let mut kind = self.kind(word, start, stated.as_ref())?;
        let from: SmallVec<[u32; 2]> = if self.eat_word("from") {
            self.expect("=")?;
            self.list(Self::id)?
        } else {
            SmallVec::from_slice(&[graph.len() as u32])
        };
        if from.windows(2).any(|w| w[0] >= w[1]) || from.is_empty() {
            return self.fail("origins must be sorted, each once, at least one");
        }
        for body in kind.bodies_mut() {
            *body = self.body(depth)?;
        }
        let id = match graph.append_from(kind, &operands, &from) {
            Ok(id) => id,
            Err(misuse) => return self.fail_at(start, misuse.to_string()),
        };
        if stated.as_ref().is_some_and(|stated| stated != graph.aval(id)) {
            return self.fail_at(start, format!("the type is {}, not the one stated", graph.aval(id)));
        }
        if !fits(&graph.aval(id).shape) {
            return self.fail_at(start, format!("the result is too large: at most {MAX_SIZE} elements"));
        }
        Ok(id)
    }

    fn body(&mut self, depth: usize) -> Parsed<Arc<Graph>> {
        self.expect("{")?;
        let body = Arc::new(self.graph(depth + 1)?);
        self.blank_lines();
        self.expect("}")?;
        Ok(body)
    }

    /// The rest of a kind, behind the operands. The bodies of a call or loop are filled in by the caller.
    fn kind(&mut self, word: &str, start: usize, stated: Option<&Aval>) -> Parsed<Kind> {
        let wanted = |p: &Self| match stated {
            Some(aval) => Ok(aval.clone()),
            None => p.fail_at(start, format!("the type of `{word}` must be stated: `%0: float32[2] = {word}`")),
        };
        Ok(match word {
            "input" => Kind::Input { index: self.small()?, aval: Box::new(wanted(self)?) },
            "constant" => Kind::Constant { index: self.small()?, aval: Box::new(wanted(self)?) },
            "literal" => Kind::Literal { value: self.scalar(wanted(self)?.dtype)? },
            "iota" => {
                let Aval { shape, dtype } = wanted(self)?;
                Kind::Iota { shape, axis: self.key_number("axis")?, dtype }
            }
            "size" => Kind::Size { dim: self.dim(0)?, dtype: wanted(self)?.dtype },
            "astype" => Kind::Cast { to: wanted(self)?.dtype },
            "scan" => {
                let (op, axis) = (self.combine()?, self.key_number("axis")?);
                Kind::Scan { op, axis, reverse: self.eat_word("reverse") }
            }
            "reshape" => Kind::View(View::Reshape { shape: wanted(self)?.shape }),
            "transpose" => Kind::View(View::Transpose { permutation: self.key_axes("permutation")? }),
            "broadcast" => Kind::View(View::Broadcast { shape: wanted(self)?.shape, axes: self.key_axes("axes")? }),
            "slice" => {
                self.key("start")?;
                let first = self.list(|p| p.dim(0))?;
                self.key("step")?;
                let step = self.list(Self::signed)?;
                Kind::View(View::Slice { start: first, step, shape: wanted(self)?.shape })
            }
            "flip" => Kind::View(View::Flip { axes: self.key_axes("axes")? }),
            "pad" => {
                self.key("low")?;
                let low = self.list(|p| p.dim(0))?;
                self.key("high")?;
                let high = self.list(|p| p.dim(0))?;
                self.key("value")?;
                Kind::View(View::Pad { low, high, value: self.scalar(wanted(self)?.dtype)? })
            }
            "dot" => {
                self.key("batch")?;
                let batch = self.list(Self::pair)?;
                self.key("contract")?;
                Kind::Dot { axes: DotAxes { batch, contract: self.list(Self::pair)? } }
            }
            "conv" => Kind::Conv { geometry: Box::new(self.geometry()?) },
            "gather" => Kind::Gather { axis: self.key_number("axis")? },
            "scatter" => Kind::Scatter { axis: self.key_number("axis")?, op: self.combine()? },
            "concatenate" => Kind::Concatenate { axis: self.key_number("axis")? },
            "argsort" => Kind::ArgSort { axis: self.key_number("axis")? },
            "randomBits" => Kind::RandomBits { shape: wanted(self)?.shape },
            "call" => {
                self.key("rule")?;
                let rules =
                    [Derivative::Body, Derivative::Stop, Derivative::Recompute, Derivative::Custom(Arc::default())];
                let Some(rule) = rules.into_iter().find(|rule| self.eat_word(rule.name())) else {
                    return self.fail("expected a rule: body, stop, recompute or custom");
                };
                Kind::Call { body: Arc::default(), rule, output: self.key_number("output")? }
            }
            "loop" => {
                self.key("length")?;
                let length = self.size_of_axis()?;
                let (carries, output) = (self.key_number("carries")?, self.key_number("output")?);
                Kind::Loop { body: Arc::default(), length, carries, output }
            }
            "barrier" => {
                self.key("region")?;
                Kind::Barrier { region: self.id()? }
            }
            _ => {
                if let Some(op) = Op::from_name(word) {
                    return Ok(Kind::Map { op });
                }
                match ReduceOp::ALL.into_iter().find(|op| op.name() == word) {
                    Some(op) => Kind::Reduce { op, axes: self.key_axes("axes")? },
                    None => return self.fail_at(start, format!("expected an operation, `{word}` is none")),
                }
            }
        })
    }

    fn geometry(&mut self) -> Parsed<ConvGeometry> {
        self.key("stride")?;
        let stride = self.list(Self::small)?;
        self.key("padding")?;
        let padding = self.list(Self::pair)?;
        self.key("kernelDilation")?;
        let kernel_dilation = self.list(Self::small)?;
        self.key("inputDilation")?;
        let input_dilation = self.list(Self::small)?;
        let groups = self.key_number("groups")?;
        Ok(ConvGeometry { stride, padding, kernel_dilation, input_dilation, groups, flip: self.eat_word("flip") })
    }
}

/// The sum of the absolute values of all numbers outside of atoms: bounds every number that arithmetic can make.
fn magnitude(dim: &Dim) -> u128 {
    let (terms, constant) = dim.parts();
    terms.iter().map(|t| u128::from(t.coefficient.unsigned_abs())).sum::<u128>() + u128::from(constant.unsigned_abs())
}

fn terms(dim: &Dim) -> usize {
    dim.parts().0.len().max(1)
}

fn degree(dim: &Dim) -> usize {
    dim.parts().0.iter().map(|t| t.factors.len()).max().unwrap_or(0)
}

/// Can the number of elements be computed, and is it at most [`MAX_SIZE`]? An empty axis does not excuse the others: strides are
/// products of them.
fn fits(shape: &Shape) -> bool {
    let mut size = 1u128;
    let mut count = 1usize;
    for dim in shape.dims() {
        size = size.saturating_mul(magnitude(dim).max(1));
        count = count.saturating_mul(terms(dim) + usize::from(dim.parts().1 != 0 && !dim.parts().0.is_empty()));
    }
    size <= MAX_SIZE && count <= MAX_TERMS
}
