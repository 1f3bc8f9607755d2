//! Reads the listing of a kernel, for tests.
//!
//! By hand one may leave out the type of a value that follows from its operands, and all sizes of the uniform block: a listing without
//! `u0` gets them as fusion makes them, literals being `u1` and so on. Values, axes, bindings and members are numbered from 0 in the
//! order in which they stand. What is read is well-formed, no more: whether it is legal is [`super::verify`]'s to say.

use super::{
    Access, Axis, Binding, Class, Inst, Kernel, Over, Part, Phase, Role, Serial, Store, Uniform, Value, ValueId,
};
use crate::dim::{Atom, Dim, Symbol};
use crate::dtype::DType;
use crate::kind::ReduceOp;
use crate::ops::Op;
use crate::text::{Atoms, ParseError, Parsed, Parser};
use smallvec::SmallVec;

const CLASSES: [Class; 5] = [Class::Map, Class::Row, Class::Contract, Class::Index, Class::Serial];
const ROLES: [Role; 6] = [Role::Grid, Role::Row, Role::Batch, Role::M, Role::N, Role::K];
const OVERS: [Over; 4] = [Over::Grid, Over::Rows, Over::Left, Over::Right];

/// Index expressions.
const INDICES: Atoms = Atoms {
    of: |letter, id| match letter {
        "s" => Some(Atom::Symbol(Symbol(id))),
        "i" => Some(Atom::Coord(id)),
        "v" => Some(Atom::Value(id)),
        _ => None,
    },
    expected: "expected a number, a coordinate like i0, a value like v0, a symbol like s0, floordiv, mod, min or max",
};

/// Blocks of bindings and the axes of parts are numbered up to this.
const MAX_ID: u64 = u32::MAX as u64;

/// Reads the listing of one kernel.
///
/// # Errors
/// Where the listing is wrong, and how.
pub fn parse_kernel(text: &str) -> Result<Kernel, ParseError> {
    Reader { p: Parser::new(text, &INDICES) }.read()
}

struct Reader<'a> {
    p: Parser<'a>,
}

/// What a line begins with.
enum Line {
    Axis,
    Binding,
    Uniform(u32),
    Value,
    Store(u32),
    Serial,
    Part,
    Over,
    Repeats,
}

impl Reader<'_> {
    fn read(&mut self) -> Parsed<Kernel> {
        let mut kernel = self.header()?;
        // Does the listing state the sizes of the uniform block?
        let mut states_sizes = false;
        loop {
            self.p.blank_lines();
            if self.p.rest().is_empty() {
                break;
            }
            let start = self.p.at;
            match self.line(&kernel)? {
                Line::Axis => {
                    let role = self.one_of(&ROLES, Role::word)?;
                    self.p.expect("<")?;
                    kernel.axes.push(Axis { extent: self.p.size_of_axis()?, role });
                }
                Line::Binding => kernel.bindings.push(self.binding()?),
                Line::Uniform(id) => {
                    if kernel.uniforms.is_empty() {
                        states_sizes = id == 0;
                        kernel.uniforms.extend((!states_sizes).then_some(Uniform::Size(Dim::ZERO)));
                    }
                    kernel.uniforms.push(self.uniform()?);
                }
                Line::Serial => kernel.serial = Some(self.serial(&kernel)?),
                Line::Part => {
                    let from = self.p.number(MAX_ID)? as u32;
                    self.p.expect("..")?;
                    let (to, at) = (self.p.number(MAX_ID)? as u32, kernel.phases.len() as u32);
                    kernel.parts.push(Part { axes: from..to, phases: at..at });
                }
                Line::Over => {
                    let (over, at) = (self.one_of(&OVERS, Over::word)?, kernel.values.len() as u32);
                    kernel.phases.push(Phase { over, body: at..at, reductions: Vec::new(), stores: Vec::new() });
                    if let Some(part) = kernel.parts.last_mut() {
                        part.phases.end += 1;
                    }
                }
                Line::Value => self.value(&mut kernel, start)?,
                Line::Store(binding) => {
                    self.p.expect("[")?;
                    let index = self.index(&kernel)?;
                    self.p.expect("]")?;
                    self.p.expect("=")?;
                    let store = Store { binding, index, value: self.known(&kernel)? };
                    let Some(phase) = kernel.phases.last_mut() else {
                        return self.p.fail_at(start, "expected `over` before the first store");
                    };
                    phase.stores.push(store);
                }
                Line::Repeats => {
                    while !self.p.rest().trim_start_matches(' ').starts_with(['\n', '#', '\r'])
                        && !self.p.rest().is_empty()
                    {
                        let later = self.known(&kernel)?;
                        self.p.expect("=")?;
                        let first = self.known(&kernel)?;
                        kernel.repeats.push((later, first));
                    }
                }
            }
            self.p.end_of_line()?;
        }
        if !states_sizes {
            if kernel.uniforms.is_empty() {
                kernel.uniforms.push(Uniform::Size(Dim::ZERO));
            }
            kernel.complete_uniforms();
        }
        Ok(kernel)
    }

    fn header(&mut self) -> Parsed<Kernel> {
        self.p.blank_lines();
        let class = self.one_of(&CLASSES, Class::word)?;
        if !self.p.eat_word("kernel") {
            return self.p.fail("expected `kernel`");
        }
        let name = self.p.word().to_string();
        if name.is_empty() {
            return self.p.fail("expected the name of the kernel");
        }
        self.p.end_of_line()?;
        Ok(Kernel {
            class,
            name,
            axes: Vec::new(),
            bindings: Vec::new(),
            uniforms: Vec::new(),
            values: Vec::new(),
            phases: Vec::new(),
            parts: Vec::new(),
            repeats: Vec::new(),
            serial: None,
        })
    }

    /// What the next line is, read up to its `:` or, of a store, to its index.
    fn line(&mut self, kernel: &Kernel) -> Parsed<Line> {
        let start = self.p.at;
        let word = self.p.word();
        let keyword = match word {
            "serial" => Some(Line::Serial),
            "part" => Some(Line::Part),
            "over" => Some(Line::Over),
            "repeats" => Some(Line::Repeats),
            _ => None,
        };
        if let Some(line) = keyword {
            return Ok(line);
        }
        let split = word.split_at_checked(1).and_then(|(letter, id)| Some((letter, id.parse::<u32>().ok()?)));
        if let Some(("b", id)) = split
            && self.p.rest().starts_with('[')
        {
            return Ok(Line::Store(id));
        }
        let (line, next) = match split {
            Some(("i", _)) => (Line::Axis, kernel.axes.len()),
            Some(("b", _)) => (Line::Binding, kernel.bindings.len()),
            // Before the first member nothing says whether sizes are stated.
            Some(("u", 1)) if kernel.uniforms.is_empty() => (Line::Uniform(1), 1),
            Some(("u", id)) => (Line::Uniform(id), kernel.uniforms.len()),
            Some(("v", _)) => (Line::Value, kernel.values.len()),
            _ => {
                let expected = "expected an axis (i0:), a binding (b0:), a member of the uniform block (u0:), a value (v0:), \
                                a store (b0[...] =), serial, part, over or repeats";
                return self.p.fail_at(start, expected);
            }
        };
        if split.is_some_and(|(_, id)| id as usize != next) {
            return self.p.fail_at(start, format!("expected {}{next}: all are numbered in turn", &word[..1]));
        }
        // The type of a value may be left out.
        if matches!(line, Line::Value) && !self.p.rest().trim_start().starts_with(':') {
            return Ok(line);
        }
        self.p.expect(":")?;
        Ok(line)
    }

    fn one_of<T: Copy>(&mut self, all: &[T], name: fn(T) -> &'static str) -> Parsed<T> {
        self.p.space();
        let start = self.p.at;
        let word = self.p.word();
        match all.iter().find(|one| name(**one) == word) {
            Some(one) => Ok(*one),
            None => {
                let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
                self.p.fail_at(start, format!("expected one of {}", names.join(", ")))
            }
        }
    }

    /// A number behind a letter, below a limit.
    fn id(&mut self, letter: char, below: usize) -> Parsed<u32> {
        self.p.space();
        let start = self.p.at;
        let id = self.p.word().strip_prefix(letter).and_then(|digits| digits.parse().ok());
        match id.filter(|id: &u32| (*id as usize) < below) {
            Some(id) => Ok(id),
            None => self.p.fail_at(start, format!("expected {letter} with a number below {below}")),
        }
    }

    fn known(&mut self, kernel: &Kernel) -> Parsed<ValueId> {
        self.id('v', kernel.values.len()).map(ValueId)
    }

    /// An index expression of values that are there.
    fn index(&mut self, kernel: &Kernel) -> Parsed<Dim> {
        self.p.space();
        let start = self.p.at;
        let dim = self.p.dim(0)?;
        let mut missing = None;
        dim.visit(&mut |atom| match atom {
            Atom::Value(id) if *id as usize >= kernel.values.len() => missing = Some(*id),
            _ => {}
        });
        match missing {
            Some(id) => self.p.fail_at(start, format!("v{id} is not defined above")),
            None => Ok(dim),
        }
    }

    fn binding(&mut self) -> Parsed<Binding> {
        let access = self.one_of(&[Access::Read, Access::Write], |access| match access {
            Access::Read => "read",
            Access::Write => "write",
        })?;
        let dtype = self.p.dtype()?;
        self.p.expect("[")?;
        let len = self.p.size_of_axis()?;
        self.p.expect("]")?;
        let block = if self.p.eat_word("block") {
            self.p.expect("=")?;
            Some(self.p.number(MAX_ID)? as u32)
        } else {
            None
        };
        Ok(Binding { dtype, len, access, block })
    }

    fn uniform(&mut self) -> Parsed<Uniform> {
        if self.p.eat_word("size") {
            return Ok(Uniform::Size(self.p.size_of_axis()?));
        }
        let dtype = self.p.dtype()?;
        Ok(Uniform::Literal(self.p.scalar(dtype)?))
    }

    fn serial(&mut self, kernel: &Kernel) -> Parsed<(Serial, Vec<u32>)> {
        let serial = match self.one_of(&["scan", "argsort", "scatter", "loop"], |word| word)? {
            "scan" => Serial::Scan { op: self.p.combine()?, reverse: self.p.eat_word("reverse") },
            "argsort" => Serial::Sort,
            "scatter" => Serial::Scatter { op: self.p.combine()? },
            _ => Serial::Loop,
        };
        let mut operands = Vec::new();
        loop {
            self.p.space();
            if !self.p.rest().starts_with('b') {
                return Ok((serial, operands));
            }
            operands.push(self.id('b', kernel.bindings.len())?);
        }
    }

    /// The rest of a value's line.
    fn value(&mut self, kernel: &mut Kernel, start: usize) -> Parsed<()> {
        self.p.space();
        let typed = !self.p.rest().starts_with('=');
        let stated = if typed { Some(self.p.dtype()?) } else { None };
        self.p.expect("=")?;
        self.p.space();
        let at = self.p.at;
        let (inst, follows) = self.inst(kernel, stated)?;
        let dtype = match (stated, follows) {
            (Some(stated), Some(follows)) if stated != follows => {
                return self.p.fail_at(at, format!("the type is {follows}, not the one stated"));
            }
            (Some(dtype), _) | (None, Some(dtype)) => dtype,
            (None, None) => return self.p.fail_at(start, "the type must be stated: `v0: float32 = ...`"),
        };
        let is_reduction = matches!(inst, Inst::Reduced { .. });
        let id = kernel.values.len() as u32;
        let Some(phase) = kernel.phases.last_mut() else {
            return self.p.fail_at(start, "expected `over` before the first value");
        };
        if is_reduction {
            phase.reductions.push(ValueId(id));
        } else if phase.reductions.is_empty() {
            phase.body.end = id + 1;
        } else {
            return self.p.fail_at(start, "expected reductions after all other values of a phase");
        }
        kernel.values.push(Value { inst, dtype });
        Ok(())
    }

    /// How a value comes about, and its dtype where that follows.
    fn inst(&mut self, kernel: &Kernel, stated: Option<DType>) -> Parsed<(Inst, Option<DType>)> {
        let start = self.p.at;
        let word = self.p.word();
        let of = |id: ValueId| kernel.value(id).dtype;
        if let Some(Ok(binding)) = word.strip_prefix('b').map(str::parse::<u32>) {
            self.p.expect("[")?;
            let index = self.index(kernel)?;
            self.p.expect("]")?;
            let Some(bound) = kernel.bindings.get(binding as usize) else {
                return self.p.fail_at(start, format!("b{binding} is not defined above"));
            };
            return Ok((Inst::Load { binding, index }, Some(bound.dtype)));
        }
        Ok(match word {
            "index" => (Inst::Index { value: self.index(kernel)? }, stated.or(Some(DType::Int32))),
            "inside" => {
                let low = self.index(kernel)?;
                self.p.expect("<=")?;
                let value = self.index(kernel)?;
                self.p.expect("<")?;
                (Inst::Inside { value, low, high: self.index(kernel)? }, Some(DType::Bool))
            }
            "literal" => match stated {
                Some(dtype) => (Inst::Literal { value: self.p.scalar(dtype)? }, stated),
                None => {
                    return self.p.fail_at(start, "the type of a literal must be stated: `v0: float32 = literal 1`");
                }
            },
            "uniform" => {
                let member = self.id('u', kernel.uniforms.len())?;
                let dtype = match &kernel.uniforms[member as usize] {
                    Uniform::Literal(value) => Some(value.dtype()),
                    Uniform::Size(_) => None,
                };
                (Inst::Uniform { member }, dtype)
            }
            "astype" => {
                let arg = self.known(kernel)?;
                (Inst::Cast { from: of(arg), arg }, stated)
            }
            "sortKey" => {
                let arg = self.known(kernel)?;
                (Inst::SortKey { from: of(arg), arg }, Some(DType::UInt32))
            }
            "randomBits" => {
                let key = [self.known(kernel)?, self.known(kernel)?];
                (Inst::Bits { key, position: self.known(kernel)? }, Some(DType::UInt32))
            }
            "scan" => {
                let (arg, op) = (self.known(kernel)?, self.p.combine()?);
                let restart = if self.p.eat_word("restart") {
                    self.p.expect("=")?;
                    Some(self.known(kernel)?)
                } else {
                    None
                };
                (Inst::Running { op, arg, restart, reverse: self.p.eat_word("reverse") }, Some(of(arg)))
            }
            "product" => {
                let (left, right) = (self.known(kernel)?, self.known(kernel)?);
                (Inst::Product { left, right }, stated.or(Some(of(left))))
            }
            _ => {
                if let Some(op) = Op::from_name(word) {
                    let args = (0..op.row().arity).map(|_| self.known(kernel)).collect::<Parsed<SmallVec<[_; 3]>>>()?;
                    // The condition of `where` comes first.
                    let operand = of(*args.last().expect("every op has operands"));
                    return Ok((Inst::Apply { op, operand, args }, Some(op.result_dtype(operand))));
                }
                let Some(op) = ReduceOp::ALL.into_iter().find(|op| op.name() == word) else {
                    return self
                        .p
                        .fail_at(start, format!("expected a load, an operation or a reduction, `{word}` is none"));
                };
                let arg = self.known(kernel)?;
                let position = if self.p.eat_word("position") {
                    self.p.expect("=")?;
                    self.index(kernel)?
                } else {
                    Dim::ZERO
                };
                (Inst::Reduced { op, arg, position }, Some(if op.is_arg() { DType::UInt32 } else { of(arg) }))
            }
        })
    }
}
