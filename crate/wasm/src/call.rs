//! Calls of the table's functions. The package writes the arguments as numbers into the wire, a piece of the Wasm's memory, each behind
//! a number that says what it is; the answer is a handle, or the number of handles that are in the wire then.
//!
//! One export per part of the Wasm instead of one per function: what wasm-bindgen makes of an export costs more than most functions, and
//! arguments in the wire need no memory of their own.

use crate::dims;
use crate::host::thrown;
use crate::slab::{self, keep};
use interfuse::functions::CORE;
use interfuse::table::{Argument, Arguments, Call, Row, Value};
use interfuse::{Error, ErrorKind, Op, Operand, Result, Tensor, Weak};
use smallvec::SmallVec;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// What an argument in the wire is; web/interfuse/src/wire.ts has the same numbers.
mod tag {
    pub const NOTHING: u32 = 0;
    pub const TENSOR: u32 = 1;
    pub const NUMBER: u32 = 2;
    pub const FLAG: u32 = 3;
    pub const SIZE: u32 = 4;
    // Behind these stands how many there are.
    pub const TENSORS: u32 = 5;
    pub const NUMBERS: u32 = 6;
    pub const SIZES: u32 = 7;
    pub const TEXT: u32 = 8;
}

thread_local! {
    static WIRE: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

/// Makes the wire so long, and says where it is. What is in it stays.
#[wasm_bindgen]
pub fn wire(length: usize) -> *const f64 {
    WIRE.with(|wire| {
        let mut wire = wire.borrow_mut();
        if wire.len() < length {
            wire.resize(length, 0.0);
        }
        wire.as_ptr()
    })
}

/// What the wire holds there. A copy: a function may call the host, which may call functions.
fn sent(from: usize, to: usize) -> SmallVec<[f64; 24]> {
    WIRE.with(|wire| wire.borrow().get(from..to).unwrap_or(&[]).into())
}

/// The arguments that these numbers say.
#[inline(never)]
fn values<'a>(op: &str, mut sent: &'a [f64]) -> Result<SmallVec<[Value<'a>; 6]>> {
    let mut values = SmallVec::new();
    while let [tag, rest @ ..] = sent {
        let (first, left) = rest.split_first().unwrap_or((&0.0, rest));
        let (many, behind) = left.split_at((*first as usize).min(left.len()));
        let (value, rest) = match *tag as u32 {
            tag::TENSOR => (Value::Tensor(slab::tensor(op, *first as u32)?), left),
            tag::NUMBER => (Value::Number(*first), left),
            tag::FLAG => (Value::Flag(*first != 0.0), left),
            tag::SIZE => (Value::Size(dims::size(op, "a size", *first)?), left),
            tag::TENSORS => (Value::Tensors(tensors(op, many)?), behind),
            tag::NUMBERS => (Value::Numbers(many), behind),
            tag::SIZES => (Value::Sizes(dims::sizes(op, "a size", many)?), behind),
            tag::TEXT => (Value::Text(many.iter().map(|code| character(*code)).collect()), behind),
            tag::NOTHING => (Value::Nothing, rest),
            other => {
                let what = format!("argument {} is of the unknown kind {other}", values.len());
                return Err(Error::new(ErrorKind::CompileArgument, op, what, "This is a bug of interfuse."));
            }
        };
        values.push(value);
        sent = rest;
    }
    Ok(values)
}

fn tensors(op: &str, handles: &[f64]) -> Result<Vec<Tensor>> {
    handles.iter().map(|handle| slab::tensor(op, *handle as u32)).collect()
}

fn character(code: f64) -> char {
    char::from_u32(code as u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// What these arguments are, for a function that is no row.
pub fn read<T: for<'a> Argument<'a>>(op: &str, from: usize, to: usize) -> Result<T> {
    Ok(Arguments::new(&values(op, &sent(from, to))?).read())
}

/// Handles into the wire; how many.
fn answer(tensors: Vec<Tensor>) -> u32 {
    let count = tensors.len();
    wire(count);
    WIRE.with(|wire| {
        for (place, tensor) in wire.borrow_mut().iter_mut().zip(tensors) {
            *place = f64::from(keep(tensor));
        }
    });
    count as u32
}

/// Calls a row.
#[inline(never)]
pub fn run(rows: &[Row], at: u32, from: usize, to: usize) -> Result<u32> {
    let Some(row) = rows.get(at as usize) else { return Err(unknown(at)) };
    let sent = sent(from, to);
    let values = values(row.name, &sent)?;
    let arguments = &mut Arguments::new(&values);
    match row.call {
        Call::One(function) => function(arguments).map(keep),
        Call::Two(function) => function(arguments).map(|(first, second)| answer(vec![first, second])),
        Call::Many(function) => function(arguments).map(answer),
        Call::Nothing(function) => function(arguments).map(|()| 0),
    }
}

/// An operand of a scalar op: a tensor's handle, or 0 with a number, or 1 with a boolean.
enum Sent {
    Tensor(Tensor),
    Weak(Weak),
}

impl Sent {
    #[inline(never)]
    fn new(op: &str, handle: u32, value: f64) -> Result<Sent> {
        Ok(match handle {
            0 => Sent::Weak(Weak::from_f64(value)),
            1 => Sent::Weak(Weak::Bool(value != 0.0)),
            handle => Sent::Tensor(slab::tensor(op, handle)?),
        })
    }

    fn operand(&self) -> Operand<'_> {
        match self {
            Sent::Tensor(tensor) => tensor.into(),
            Sent::Weak(weak) => (*weak).into(),
        }
    }
}

/// Calls a scalar op by its position in its table. Its operands come as arguments, of which the last are not looked at where there are
/// fewer: a trace is nothing but such calls, and through the wire each took a tenth longer.
#[wasm_bindgen]
pub fn apply(at: u32, x: u32, x_value: f64, y: u32, y_value: f64, z: u32, z_value: f64) -> u32 {
    let apply = || {
        let op = *Op::ALL.get(at as usize).ok_or_else(|| unknown(at))?;
        let sent = |handle, value| Sent::new(op.name(), handle, value);
        let x = sent(x, x_value)?;
        if op.row().arity == 1 {
            return Tensor::apply(op, &[x.operand()]);
        }
        let y = sent(y, y_value)?;
        if op.row().arity == 2 {
            return Tensor::apply(op, &[x.operand(), y.operand()]);
        }
        let z = sent(z, z_value)?;
        Tensor::apply(op, &[x.operand(), y.operand(), z.operand()])
    };
    answered(apply().map(keep))
}

#[cold]
fn unknown(at: u32) -> Error {
    Error::new(ErrorKind::CompileArgument, "call", format!("there is no function {at}"), "This is a bug of interfuse.")
}

/// Answers a call, or throws. Nothing of the call is alive then: what is thrown past would not be dropped.
pub fn answered(made: Result<u32>) -> u32 {
    match made {
        Ok(handle) => handle,
        Err(error) => wasm_bindgen::throw_val(thrown(error)),
    }
}

/// Calls a function of the core by its position.
#[wasm_bindgen]
pub fn call(at: u32, from: usize, to: usize) -> u32 {
    answered(run(CORE, at, from, to))
}
