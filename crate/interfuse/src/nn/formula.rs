//! What the formulas of losses, layers and updates share. Sizes stay symbolic where they are: nothing here reads one as a number.

use crate::error::{Error, ErrorKind, Result};
use crate::operand::Operand;
use crate::symbolic::{Explain, must_be_same};
use crate::tensor::Tensor;
use interfuse_compiler::dtype::{DType, Scalar, Weak};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::Aval;
use std::rc::Rc;

/// A number that takes the dtype of what it meets.
pub(crate) fn weak(value: f64) -> Operand<'static> {
    Operand::Weak(Weak::Float(value))
}

/// The same mistake in the name of the op that the user called.
pub(crate) fn named<T>(op: &str, result: Result<T>) -> Result<T> {
    result.map_err(|error| error.named(op))
}

/// Refuses shapes that differ. Broadcasting them would be a mistake more often than not: [4, 1] against [4] is 16 losses.
#[track_caller]
pub(crate) fn check_same(op: &str, what: &str, a: &Tensor, other: &str, b: &Tensor) -> Result<()> {
    let text = {
        let (what, other) = (what.to_string(), other.to_string());
        move |a: &Aval, b: &Aval| format!("{what} {a} and {other} {b} differ in shape")
    };
    let why = || -> Explain {
        let (text, a, b) = (text.clone(), a.aval().clone(), b.aval().clone());
        Rc::new(move |now| text(&now.aval(&a), &now.aval(&b)))
    };
    let mut alike = a.ndim() == b.ndim();
    for (a, b) in a.shape().dims().iter().zip(b.shape().dims()) {
        alike = alike && must_be_same(op, a, b, &why)?;
    }
    if alike {
        return Ok(());
    }
    let hint = "They must have the same shape; squeeze or reshape one of them.";
    Err(Error::new(ErrorKind::Shape, op, text(&a.seen(), &b.seen()), hint))
}

/// The position along an axis at every element of `x`.
#[track_caller]
pub(crate) fn index_along(op: &str, x: &Tensor, axis: usize, dtype: DType) -> Result<Tensor> {
    let dtype = if dtype == DType::Bool { DType::Int32 } else { dtype };
    Tensor::make_on(x.device(), op, Kind::Iota { shape: x.shape().clone(), axis: axis as u32, dtype }, &[])
}

/// The size of an axis as a scalar.
#[track_caller]
pub(crate) fn extent(op: &str, x: &Tensor, axis: usize, dtype: DType) -> Result<Tensor> {
    let dtype = if dtype == DType::Bool { DType::Int32 } else { dtype };
    let dim = x.shape().dims()[axis].clone();
    let kind = match dim.as_const() {
        Some(size) => Kind::Literal { value: Scalar::from_f64(dtype, size as f64) },
        None => Kind::Size { dim, dtype },
    };
    Tensor::make_on(x.device(), op, kind, &[])
}
