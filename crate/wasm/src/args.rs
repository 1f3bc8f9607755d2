//! Arguments that arrive as JavaScript numbers and strings. What they mean is the library's; that they are integers is checked here,
//! because Rust's types cannot be asked for less.

use crate::dims;
use crate::slab;
use interfuse::library::Index;
use interfuse::{Axes, DType, Error, ErrorKind, Operand, Result, Tensor, Weak};

/// An integer.
#[inline(never)]
pub fn int(op: &str, what: &str, value: f64) -> Result<i64> {
    if value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_991.0 {
        return Ok(value as i64);
    }
    let shown = if value.is_nan() { "not a number".to_string() } else { value.to_string() };
    Err(Error::new(ErrorKind::CompileArgument, op, format!("{what} is {shown}"), "It must be an integer."))
}

/// Integers.
#[inline(never)]
pub fn ints(op: &str, what: &str, values: &[f64]) -> Result<Vec<i64>> {
    values.iter().map(|value| int(op, what, *value)).collect()
}

/// An integer, or nothing.
#[inline(never)]
pub fn maybe_int(op: &str, what: &str, value: Option<f64>) -> Result<Option<i64>> {
    value.map(|value| int(op, what, value)).transpose()
}

/// Axes; all of them when none are named.
#[inline(never)]
pub fn axes(op: &str, values: Option<Vec<f64>>) -> Result<Axes> {
    let values = values.map(|values| ints(op, "an axis", &values)).transpose()?;
    Ok(Axes::from(values.as_deref()))
}

/// A dtype by its name.
#[inline(never)]
pub fn dtype(op: &str, name: &str) -> Result<DType> {
    DType::from_name(name).ok_or_else(|| {
        let hint = match name {
            "float64" => "There is no float64 on GPUs; use \"float32\".",
            "int64" | "uint64" => "There are no 64-bit integers on GPUs; use \"int32\" or \"uint32\".",
            _ => "The dtypes are float32, float16, int32, uint32 and bool.",
        };
        Error::new(ErrorKind::DType, op, format!("\"{name}\" is not a dtype"), hint)
    })
}

/// A dtype by its name, or nothing.
#[inline(never)]
pub fn maybe_dtype(op: &str, name: Option<String>) -> Result<Option<DType>> {
    name.map(|name| dtype(op, &name)).transpose()
}

/// An operand as the package sends it: a tensor's handle, or 0 with a number, or 1 with a boolean.
pub enum Sent {
    Tensor(Tensor),
    Weak(Weak),
}

impl Sent {
    pub fn new(op: &str, handle: u32, value: f64) -> Result<Sent> {
        Ok(match handle {
            0 => Sent::Weak(Weak::from_f64(value)),
            1 => Sent::Weak(Weak::Bool(value != 0.0)),
            handle => Sent::Tensor(slab::tensor(op, handle)?),
        })
    }

    pub fn operand(&self) -> Operand<'_> {
        match self {
            Sent::Tensor(tensor) => tensor.into(),
            Sent::Weak(weak) => (*weak).into(),
        }
    }
}

/// Ranges of `slice`: four numbers per axis. The first is 0 for the whole axis, 1 for one position (the second number), 2 for start,
/// stop and step, of which NaN means the default. Positions may be open sizes.
#[inline(never)]
pub fn ranges(op: &str, values: &[f64]) -> Result<Vec<Index>> {
    let maybe = |what: &str, value: f64| if value.is_nan() { Ok(None) } else { int(op, what, value).map(Some) };
    let open = |what: &str, value: f64| {
        if value.is_nan() { Ok(None) } else { dims::size(op, what, value).map(Some) }
    };
    let range = |range: &[f64]| match *range {
        [2.0, start, stop, step] if dims::is_open(start) || dims::is_open(stop) => Ok(Index::Sizes {
            start: open("a start", start)?,
            stop: open("a stop", stop)?,
            step: maybe("a step", step)?.unwrap_or(1),
        }),
        [1.0, at, ..] if dims::is_open(at) => dims::size(op, "an index", at).map(Index::AtSize),
        [2.0, start, stop, step] => Ok(Index::Range {
            start: maybe("a start", start)?,
            stop: maybe("a stop", stop)?,
            step: maybe("a step", step)?.unwrap_or(1),
        }),
        [1.0, at, ..] => Ok(Index::At(int(op, "an index", at)?)),
        _ => Ok(Index::All),
    };
    values.chunks_exact(4).map(range).collect()
}
