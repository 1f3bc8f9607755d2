//! Composed ops as plain functions over tensors, each with the mistake as a value; methods on [`Tensor`] call them.
//!
//! A composed op is a formula over nodes and nothing else: fusion finds its structure again, so a softmax written by hand is the
//! same kernel. Formulas that are easy to get wrong (at infinities, for float16) are written once, here.

mod view;
mod create;
mod slice;
mod reduce;
mod index;
mod linear;
mod sort;
mod scan;
mod conv;
mod einsum;
mod nn;
mod methods;

pub use conv::{Window, avg_pool, conv_transpose1d, conv_transpose2d, conv1d, conv2d, max_pool};
pub use create::{
    arange, arange_dims, eye, full, full_like, linspace, meshgrid, ones, ones_like, tril, triu, zeros, zeros_like,
};
pub use einsum::{diag, diagonal, einsum, kron, nan_to_num, norm, round_to, trace};
pub use index::{At, Place, at, put_along_axis, scatter_add, take_along_axis};
pub(crate) use linear::tensordot_as;
pub use linear::{addmm, dot, inner, matmul, outer, tensordot};
pub(crate) use nn::check_affine;
pub use nn::{Gelu, gelu, layer_norm, leaky_relu, log_softmax, one_hot, relu, rms_norm, silu, softmax, softplus};
pub use reduce::{all, allclose, any, argmax, argmin, array_equal, logsumexp, max, mean, min, prod, std, sum, var};
pub use scan::{Running, cummax, cummin, cumprod, cumsum, logcumsumexp};
pub use slice::{Index, slice};
pub use sort::{argsort, median, quantile, sort, topk};
pub use view::{
    Split, broadcast_to, concatenate, expand_dims, flatten, flip, moveaxis, pad, repeat, reshape, roll, split, squeeze,
    stack, swapaxes, take, tile, transpose, unflatten,
};

use crate::error::Result;
use crate::operand::Operand;
use crate::symbolic;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::DType;
use std::rc::Rc;

/// `yes` where the condition holds, else `no`.
///
/// ```
/// use interfuse::{library, Tensor};
/// let c = Tensor::from([true, false]);
/// assert_eq!(library::choose(&c, 1.5f32, 0)?.to_vec::<f32>()?, [1.5, 0.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[track_caller]
pub fn choose<'a>(
    condition: impl Into<Operand<'a>>,
    yes: impl Into<Operand<'a>>,
    no: impl Into<Operand<'a>>,
) -> Result<Tensor> {
    Tensor::apply(interfuse_compiler::ops::Op::Where, &[condition.into(), yes.into(), no.into()])
}

/// Another dtype: to integers truncating and saturating (NaN gives 0), to bool "is not 0".
#[track_caller]
pub fn astype(x: &Tensor, dtype: DType) -> Result<Tensor> {
    x.cast_as("astype", dtype)
}

/// The value, with no gradient flowing through it.
pub fn stop_gradient(x: &Tensor) -> Tensor {
    crate::transform::stop_gradient(x)
}

/// (floor_divide, modulo).
#[track_caller]
pub fn divmod<'a>(x: &'a Tensor, y: impl Into<Operand<'a>>) -> Result<(Tensor, Tensor)> {
    let y = y.into();
    Ok((x.try_floor_divide(y)?, x.try_modulo(y)?))
}

/// Are the shapes of two tensors equal? Where sizes are open, the answer has to be the same at every call.
#[track_caller]
pub(crate) fn equal_shapes(op: &str, x: &Tensor, y: &Tensor) -> Result<bool> {
    let why = || -> symbolic::Explain {
        let avals = [x.aval().clone(), y.aval().clone()];
        Rc::new(move |now| {
            let shapes = avals.each_ref().map(|aval| now.aval(aval));
            format!("the shapes of {} are compared", symbolic::list(&shapes))
        })
    };
    if x.ndim() != y.ndim() {
        return Ok(false);
    }
    for (a, b) in x.shape().dims().iter().zip(y.shape().dims()) {
        if !symbolic::same(op, a, b, &why)? {
            return Ok(false);
        }
    }
    Ok(true)
}
