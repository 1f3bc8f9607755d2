//! Open sizes as numbers: JavaScript holds a size as a number, and one that is open as a number that no size can be.
//!
//! Such a number names an expression of the trace that is going on. They are never given out again, so that one that outlives its trace
//! is found out.

use crate::args;
use crate::host::thrown;
use crate::slab;
use interfuse::{Dim, Error, ErrorKind, Result};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

/// The first number of an open size, 2^54: from here to 2^55 every fourth number is exact.
const FIRST: f64 = 18_014_398_509_481_984.0;
const STEP: f64 = 4.0;

struct Table {
    /// How many were given out by traces that are over.
    over: u64,
    dims: Vec<Dim>,
}

thread_local! {
    static TABLE: RefCell<Table> = const { RefCell::new(Table { over: 0, dims: Vec::new() }) };
}

/// The number of a size.
fn code(dim: Dim) -> f64 {
    if let Some(size) = dim.known() {
        return size as f64;
    }
    TABLE.with(|table| {
        let mut table = table.borrow_mut();
        let at = table.dims.iter().position(|known| *known == dim).unwrap_or_else(|| {
            table.dims.push(dim);
            table.dims.len() - 1
        });
        FIRST + STEP * (table.over + at as u64) as f64
    })
}

/// Does a number stand for an open size?
pub fn is_open(value: f64) -> bool {
    (FIRST..2.0 * FIRST).contains(&value)
}

/// The size of a number: an integer, or an open size.
#[inline(never)]
pub fn size(op: &str, what: &str, value: f64) -> Result<Dim> {
    if !is_open(value) {
        return args::int(op, what, value).map(Dim::from);
    }
    let place = ((value - FIRST) / STEP) as u64;
    let known = TABLE.with(|table| {
        let table = table.borrow();
        place.checked_sub(table.over).and_then(|at| table.dims.get(at as usize).cloned())
    });
    known.ok_or_else(|| {
        Error::new(
            ErrorKind::LeakedTracer,
            op,
            "a size of a function that was being traced is used after tracing",
            "Sizes of tracers are good for ops inside the function; return what you computed with them.",
        )
    })
}

/// Sizes.
#[inline(never)]
pub fn sizes(op: &str, what: &str, values: &[f64]) -> Result<Vec<Dim>> {
    values.iter().map(|value| size(op, what, *value)).collect()
}

/// Forgets the open sizes of traces that are over.
pub fn forget() {
    if !interfuse::is_tracing() {
        TABLE.with(|table| {
            let mut table = table.borrow_mut();
            table.over += table.dims.len() as u64;
            table.dims.clear();
        });
    }
}

/// The sizes of the axes; open ones as numbers that no size can be.
#[wasm_bindgen]
pub fn shape(x: u32) -> Answer<Vec<f64>> {
    let shape = || slab::tensor("shape", x)?.dims();
    Ok(shape().map_err(thrown)?.into_iter().map(code).collect())
}

/// The number of elements; where it is open, this fixes it for the entry that is being made.
#[wasm_bindgen(js_name = sizeOf)]
pub fn size_of(x: u32) -> Answer<f64> {
    let read = || slab::tensor("size", x)?.try_size();
    read().map(|size| size as f64).map_err(thrown)
}

/// The size of an axis, counted from either end.
#[wasm_bindgen(js_name = dimOf)]
pub fn dim_of(x: u32, axis: f64) -> Answer<f64> {
    let dim = || slab::tensor("dim", x)?.try_dim(args::int("dim", "the axis", axis)?);
    dim().map(code).map_err(thrown)
}

/// A size as a number that JavaScript computes with: the entry that is being made serves only calls in which it is the same.
#[wasm_bindgen(js_name = dimValue)]
pub fn dim_value(dim: f64, op: &str) -> Answer<f64> {
    let value = || size(op, "a size", dim)?.value_for(op);
    value().map(|size| size as f64).map_err(thrown)
}

/// The size of the call that is traced, to be looked at: nothing may depend on it.
#[wasm_bindgen(js_name = dimSeen)]
pub fn dim_seen(dim: f64) -> Answer<f64> {
    size("shape", "a size", dim).map(|dim| dim.seen() as f64).map_err(thrown)
}

/// A size in words.
#[wasm_bindgen(js_name = dimText)]
pub fn dim_text(dim: f64) -> Answer<String> {
    size("toString", "a size", dim).map(|dim| dim.to_string()).map_err(thrown)
}

/// Computes with two sizes; `op` is add, sub, mul, floordiv, mod, min or max.
#[wasm_bindgen(js_name = dimApply)]
pub fn dim_apply(op: &str, a: f64, b: f64) -> Answer<f64> {
    let apply = || {
        let (a, b) = (size(op, "a size", a)?, size(op, "a size", b)?);
        Ok(match op {
            "add" => a + b,
            "sub" => a - b,
            "mul" => a * b,
            "floordiv" => a.floor_div(b)?,
            "mod" => a.modulo(b)?,
            "min" => a.min(b),
            "max" => a.max(b),
            _ => {
                return Err(Error::new(
                    ErrorKind::CompileArgument,
                    op,
                    "sizes have no such op",
                    "This is a bug of interfuse.",
                ));
            }
        })
    };
    apply().map(code).map_err(thrown)
}
