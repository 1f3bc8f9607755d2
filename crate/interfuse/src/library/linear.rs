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
use interfuse_derive::function;
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
#[function(
    method,
    returns = "[..., n, m] of [..., n, k] and [..., k, m]; a vector is a row or a column and loses its axis.",
    throws = "ShapeError: the axes that are summed over differ, or leading ones do not broadcast.",
    example = "matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])) // [3, 7]"
)]
#[track_caller]
pub fn matmul(
    x: &Tensor,
    /// Its second-to-last axis is the last of x.
    y: &Tensor,
) -> Result<Tensor> {
    product("matmul", x, y)
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

/// NumPy's dot: the inner product of vectors, the matrix product, else a sum over the last axis of the first and the second-to-last of
/// the second. A scalar multiplies.
#[function(
    method,
    returns = "The axes of x without the last, then those of y without the second-to-last.",
    throws = "ShapeError: the axes that are summed over differ.",
    example = "dot(tensor([1, 2]), tensor([3, 4])) // 11"
)]
#[track_caller]
pub fn dot(x: &Tensor, y: &Tensor) -> Result<Tensor> {
    const OP: &str = "dot";
    if x.ndim() == 0 || y.ndim() == 0 {
        return x.try_mul(y).map_err(|error| error.named(OP));
    }
    let (x, y) = floats(OP, x, y)?;
    let (left, right) = (x.ndim() - 1, y.ndim().saturating_sub(2));
    check_sizes(OP, &x, &y, left, right)?;
    contract(OP, &x, &y, 0, &[(left, right)])
}

/// Sum of products over the last axis of both. A scalar multiplies.
#[function(
    method,
    returns = "The axes of x without the last, then those of y without the last.",
    throws = "ShapeError: the last axes differ.",
    example = "inner(tensor([1, 2]), tensor([3, 4])) // 11"
)]
#[track_caller]
pub fn inner(x: &Tensor, y: &Tensor) -> Result<Tensor> {
    const OP: &str = "inner";
    if x.ndim() == 0 || y.ndim() == 0 {
        return x.try_mul(y).map_err(|error| error.named(OP));
    }
    let (x, y) = floats(OP, x, y)?;
    let (left, right) = (x.ndim() - 1, y.ndim() - 1);
    check_sizes(OP, &x, &y, left, right)?;
    contract(OP, &x, &y, 0, &[(left, right)])
}

/// Every element of the first times every element of the second, both flattened.
#[function(
    method,
    returns = "[elements of x, elements of y].",
    example = "outer(tensor([1, 2]), tensor([3, 4])) // [[3, 4], [6, 8]]"
)]
#[track_caller]
pub fn outer(x: &Tensor, y: &Tensor) -> Result<Tensor> {
    const OP: &str = "outer";
    let column = reshape_as(OP, x, &[x.shape().size(), Dim::ONE])?;
    let row = reshape_as(OP, y, &[Dim::ONE, y.shape().size()])?;
    column.try_mul(&row).map_err(|error| error.named(OP))
}

/// Sum of products over the last `axes` axes of x and the first of y, or over pairs of axes [of x, of y].
#[function(
    method,
    returns = "The axes of x that are not summed over, then those of y.",
    throws = "ShapeError: a pair of axes differs.",
    example = "tensordot(tensor([[1, 2], [3, 4]]), tensor([[1, 2], [3, 4]])) // 30"
)]
#[track_caller]
pub fn tensordot(
    x: &Tensor,
    y: &Tensor,
    /// So many last axes of x and first of y, or pairs of axes [of x, of y].
    #[default(2)]
    axes: &[(i64, i64)],
) -> Result<Tensor> {
    tensordot_as("tensordot", x, y, axes)
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
#[function(
    returns = "The shape of a @ b.",
    throws = "ShapeError: the shapes do not fit.",
    example = "addmm(tensor([1, 1]), tensor([[1, 2], [3, 4]]), tensor([1, 1])) // [4, 8]"
)]
#[track_caller]
pub fn addmm(
    /// What is added.
    c: &Tensor,
    /// The left factor.
    a: &Tensor,
    /// The right factor.
    b: &Tensor,
    /// The factor of the product.
    #[option(1)]
    alpha: f64,
    /// The factor of c.
    #[option(1)]
    beta: f64,
) -> Result<Tensor> {
    const OP: &str = "addmm";
    let scaled = |x: Tensor, by: f64| if by == 1.0 { Ok(x) } else { x.try_mul(Operand::Weak(Weak::Float(by))) };
    let y = scaled(product(OP, a, b)?, alpha)?;
    y.try_add(&scaled(c.clone(), beta)?).map_err(|error| error.named(OP))
}
