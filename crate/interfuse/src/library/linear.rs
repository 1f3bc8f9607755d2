//! Products of matrices and vectors, all of them the general dot product with axes in other roles.

use crate::axes::one;
use crate::error::{Error, ErrorKind, Result};
use crate::library::view::reshape_as;
use crate::operand::{Operand, common_dtype};
use crate::symbolic::{self, Explain, must_be_same};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::Weak;
use interfuse_compiler::kind::{DotAxes, Kind};
use interfuse_compiler::shape::{Aval, Shape};
use std::rc::Rc;

/// Both in their common dtype, which must be a float.
#[track_caller]
fn floats(op: &str, a: &Tensor, b: &Tensor) -> Result<(Tensor, Tensor)> {
    let dtype = common_dtype(op, &[a.into(), b.into()])?;
    if !dtype.is_float() {
        return Err(Error::new(
            ErrorKind::DType,
            op,
            format!("needs floats, got {} and {}", a.seen(), b.seen()),
            "Convert with astype.",
        ));
    }
    Ok((a.cast_as(op, dtype)?, b.cast_as(op, dtype)?))
}

#[track_caller]
fn contract(op: &str, a: &Tensor, b: &Tensor, batch: usize, pairs: &[(usize, usize)]) -> Result<Tensor> {
    let axes = DotAxes {
        batch: (0..batch as u32).map(|axis| (axis, axis)).collect(),
        contract: pairs.iter().map(|(l, r)| (*l as u32, *r as u32)).collect(),
    };
    Tensor::make(op, Kind::Dot { axes }, &[a, b])
}

/// An error unless two axes that are multiplied and summed have the same size.
#[track_caller]
fn check_sizes(op: &str, a: &Tensor, b: &Tensor, left: usize, right: usize) -> Result<()> {
    let text = move |a: &Aval, b: &Aval| {
        let (m, n) = (&a.shape.0[left], &b.shape.0[right]);
        format!("{a} and {b}: axis {left} of the first has size {m}, axis {right} of the second {n}")
    };
    let why = || -> Explain {
        let (a, b) = (a.aval().clone(), b.aval().clone());
        Rc::new(move |now| text(&now.aval(&a), &now.aval(&b)))
    };
    if must_be_same(op, &a.shape().0[left], &b.shape().0[right], &why)? {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Shape,
        op,
        text(&a.seen(), &b.seen()),
        "They are multiplied and summed, so they must be equal; transpose one?",
    ))
}

/// NumPy's matrix product: vectors lose their axis, leading axes broadcast. Floats only.
///
/// ```
/// use interfuse::{library::matmul, Tensor};
/// let a = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
/// let x = Tensor::from([1.0f32, 1.0]);
/// assert_eq!(matmul(&a, &x)?.to_vec::<f32>()?, [3.0, 7.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[track_caller]
pub fn matmul(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    product("matmul", a, b)
}

#[track_caller]
fn product(op: &str, a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let (left, right) = (a.ndim(), b.ndim());
    if left == 0 || right == 0 {
        return Err(Error::new(
            ErrorKind::Shape,
            op,
            format!("{} and {}: scalars have no axis to multiply along", a.seen(), b.seen()),
            "Use mul.",
        ));
    }
    let (a, b) = floats(op, a, b)?;
    let (k_left, k_right) = (left - 1, right.saturating_sub(2));
    check_sizes(op, &a, &b, k_left, k_right)?;
    // Without leading axes on the right, or with a vector on the left, the roles of the axes say it all.
    if right <= 2 || left == 1 {
        return contract(op, &a, &b, 0, &[(k_left, k_right)]);
    }
    let leading = |x: &Tensor| -> Aval {
        let shape: Shape = x.shape().dims()[..x.ndim() - 2].iter().cloned().collect();
        Aval { shape, dtype: x.dtype() }
    };
    let batch = symbolic::broadcast(op, &[&leading(&a), &leading(&b)])?.ok_or_else(|| {
        Error::new(
            ErrorKind::Shape,
            op,
            format!("the leading axes of {} and {} cannot be broadcast together", a.seen(), b.seen()),
            "Sizes must be equal or 1, aligned at the last axis.",
        )
    })?;
    let widened = |x: &Tensor| {
        let matrix = &x.shape().dims()[x.ndim() - 2..];
        x.broadcast_as(op, &batch.dims().iter().chain(matrix).cloned().collect())
    };
    let (a, b) = (widened(&a)?, widened(&b)?);
    let rank = batch.rank();
    contract(op, &a, &b, rank, &[(rank + 1, rank)])
}

/// NumPy's dot: inner product of vectors, matrix product, else a sum over the last axis of the first and the second-to-last of the
/// second. A scalar multiplies.
#[track_caller]
pub fn dot(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    const OP: &str = "dot";
    if a.ndim() == 0 || b.ndim() == 0 {
        return a.try_mul(b).map_err(|error| error.named(OP));
    }
    let (a, b) = floats(OP, a, b)?;
    let (left, right) = (a.ndim() - 1, b.ndim().saturating_sub(2));
    check_sizes(OP, &a, &b, left, right)?;
    contract(OP, &a, &b, 0, &[(left, right)])
}

/// Sum of products over the last axis of both. A scalar multiplies.
#[track_caller]
pub fn inner(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    const OP: &str = "inner";
    if a.ndim() == 0 || b.ndim() == 0 {
        return a.try_mul(b).map_err(|error| error.named(OP));
    }
    let (a, b) = floats(OP, a, b)?;
    let (left, right) = (a.ndim() - 1, b.ndim() - 1);
    check_sizes(OP, &a, &b, left, right)?;
    contract(OP, &a, &b, 0, &[(left, right)])
}

/// Every element of the first times every element of the second, both flattened.
#[track_caller]
pub fn outer(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    const OP: &str = "outer";
    let column = reshape_as(OP, a, &[a.shape().size(), Dim::ONE])?;
    let row = reshape_as(OP, b, &[Dim::ONE, b.shape().size()])?;
    column.try_mul(&row).map_err(|error| error.named(OP))
}

/// Sum of products over pairs of axes (of the first, of the second).
#[track_caller]
pub fn tensordot(a: &Tensor, b: &Tensor, pairs: &[(i64, i64)]) -> Result<Tensor> {
    tensordot_as("tensordot", a, b, pairs)
}

/// The same in the name of another op.
#[track_caller]
pub(crate) fn tensordot_as(op: &str, a: &Tensor, b: &Tensor, pairs: &[(i64, i64)]) -> Result<Tensor> {
    let (a, b) = floats(op, a, b)?;
    let mut resolved = Vec::new();
    for (l, r) in pairs {
        let (l, r) = (one(op, *l, a.aval())?, one(op, *r, b.aval())?);
        if resolved.iter().any(|(x, y)| *x == l || *y == r) {
            return Err(Error::new(
                ErrorKind::CompileArgument,
                op,
                format!("an axis of {} or {} is named twice", a.seen(), b.seen()),
                "Name every axis once.",
            ));
        }
        check_sizes(op, &a, &b, l, r)?;
        resolved.push((l, r));
    }
    contract(op, &a, &b, 0, &resolved)
}

/// beta c + alpha (a @ b).
#[track_caller]
pub fn addmm(c: &Tensor, a: &Tensor, b: &Tensor, alpha: f64, beta: f64) -> Result<Tensor> {
    const OP: &str = "addmm";
    let scaled = |x: Tensor, by: f64| if by == 1.0 { Ok(x) } else { x.try_mul(Operand::Weak(Weak::Float(by))) };
    let y = scaled(product(OP, a, b)?, alpha)?;
    y.try_add(&scaled(c.clone(), beta)?).map_err(|error| error.named(OP))
}
