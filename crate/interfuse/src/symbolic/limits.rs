//! Shapes that a tensor may have: sizes that are not negative, not too many elements, not too many axes.

use super::learn::{Explain, must_be_at_least, seen_dim, seen_shape};
use super::{MAX_ELEMENTS, Sizes};
use crate::error::{Error, ErrorKind, Result};
use interfuse_compiler::dim::Dim;
use interfuse_compiler::shape::{Aval, Shape};
use std::rc::Rc;

/// How many elements, or `None` when the number is astronomical.
pub(crate) fn elements(shape: &Shape) -> Option<i64> {
    if shape.dims().iter().any(|d| d.is(0)) {
        return Some(0);
    }
    shape.dims().iter().try_fold(1i64, |n, d| n.checked_mul(d.as_const()?))
}

/// Bytes of a value of known size.
pub(crate) fn nbytes(aval: &Aval) -> u64 {
    elements(&aval.shape).unwrap_or(0) as u64 * aval.dtype.size_bytes() as u64
}

/// Sizes that are open are those of the trace; that later ones stay in bounds is guarded.
pub(crate) fn check_elements(op: &str, shape: &Shape) -> Result<()> {
    let seen = seen_shape(shape);
    let shape = &seen;
    match elements(shape) {
        Some(n) if n <= MAX_ELEMENTS => Ok(()),
        _ => Err(Error::new(
            ErrorKind::Limit,
            op,
            format!("a tensor of shape {shape} has more than {MAX_ELEMENTS} elements"),
            "Split it along an axis.",
        )),
    }
}

/// A shape that a user wrote: sizes not negative, not too many elements. The number of elements fits every later sum.
pub(crate) fn checked_shape(op: &str, sizes: &(impl Sizes + ?Sized)) -> Result<Shape> {
    checked_dims(op, &sizes.expressions())
}

/// The same of sizes that are there.
pub(crate) fn checked_dims(op: &str, sizes: &[Dim]) -> Result<Shape> {
    for size in sizes {
        let why = || -> Explain {
            let size = size.clone();
            Rc::new(move |sizes| format!("a size is negative: {}", sizes.dim(&size)))
        };
        if !must_be_at_least(op, size, &Dim::ZERO, &why)? {
            let sizes: Vec<Dim> = sizes.iter().map(seen_dim).collect();
            return Err(Error::new(
                ErrorKind::Shape,
                op,
                format!("a size of {sizes:?} is negative: {}", seen_dim(size)),
                "Sizes must not be negative.",
            ));
        }
    }
    if sizes.len() > 32 {
        return Err(Error::new(ErrorKind::Limit, op, format!("{} axes are more than 32", sizes.len()), ""));
    }
    let shape: Shape = sizes.iter().cloned().collect();
    check_elements(op, &seen_shape(&shape))?;
    Ok(shape)
}
