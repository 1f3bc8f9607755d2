//! Arguments that arrive as JavaScript numbers and strings. What they mean is the library's; that they are integers is checked here,
//! because Rust's types cannot be asked for less.

use crate::host::thrown;
use interfuse::{DType, Error, ErrorKind, Result};
use wasm_bindgen::prelude::*;

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

/// The number of a dtype among all, by its name.
#[wasm_bindgen(js_name = dtypeOf)]
pub fn dtype_of(op: &str, name: &str) -> std::result::Result<u32, JsValue> {
    let position = |dtype| DType::ALL.iter().position(|other| *other == dtype);
    dtype(op, name).map(|dtype| position(dtype).unwrap_or_default() as u32).map_err(thrown)
}
