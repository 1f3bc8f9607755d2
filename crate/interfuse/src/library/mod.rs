//! Composed ops as plain functions over tensors, each with the mistake as a value; methods on [`Tensor`] call them.
//!
//! A composed op is a formula over nodes and nothing else: fusion finds its structure again, so a softmax written by hand is the
//! same kernel. Formulas that are easy to get wrong (at infinities, for float16) are written once, here.

pub(crate) mod view;
pub(crate) mod create;
pub(crate) mod slice;
pub(crate) mod join;
pub(crate) mod reduce;
pub(crate) mod index;
pub(crate) mod linear;
pub(crate) mod sort;
pub(crate) mod scan;
pub(crate) mod conv;
pub(crate) mod einsum;
pub(crate) mod nn;

pub use conv::{Window, avg_pool, conv_transpose1d, conv_transpose2d, conv1d, conv2d, max_pool};
pub use create::{
    Bound, Indexing, arange, arange_bounds, arange_dims, eye, full, full_like, linspace, meshgrid, ones, ones_like,
    tri, tril, triu, zeros, zeros_like,
};
pub use einsum::{diag, diagonal, einsum, kron, nan_to_num, norm, round_to, trace};
pub use index::{At, Selector, at, put_along_axis, scatter_add, take_along_axis};
pub use join::{Split, concatenate, roll, split, stack};
pub(crate) use linear::tensordot_as;
pub use linear::{addmm, dot, inner, matmul, outer, tensordot};
pub(crate) use nn::check_affine;
pub use nn::{Gelu, gelu, layer_norm, leaky_relu, log_softmax, one_hot, relu, rms_norm, silu, softmax, softplus};
pub use reduce::{all, allclose, any, argmax, argmin, array_equal, logsumexp, max, mean, min, prod, std, sum, var};
pub use scan::{Running, cummax, cummin, cumprod, cumsum, logcumsumexp};
pub use slice::{Index, slice};
pub use sort::{argsort, median, quantile, sort, topk};
pub use view::{
    broadcast_to, expand_dims, flatten, flip, moveaxis, pad, repeat, reshape, squeeze, swapaxes, take, tile, transpose,
    unflatten,
};

use crate::error::Result;
use crate::operand::Operand;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::DType;
use interfuse_derive::function;

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
#[function(
    method,
    returns = "The shape of x.",
    throws = "DTypeError: there is no such dtype.",
    example = "astype(tensor([1.7, -1.7]), \"int32\") // [1, -1]"
)]
#[track_caller]
pub fn astype(x: &Tensor, dtype: DType) -> Result<Tensor> {
    x.cast_as("astype", dtype)
}

/// The value, with no gradient flowing through it.
///
/// ```
/// use interfuse::{Tensor, grad};
/// let slope = grad(|x: &Tensor| (x * x.stop_gradient()).sum(.., false));
/// assert_eq!(slope(&Tensor::from([3.0f32]))?.to_vec::<f32>()?, [3.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(method, returns = "x.", example = "stopGradient(tensor([1, 2])) // [1, 2]")]
pub fn stop_gradient(x: &Tensor) -> Tensor {
    crate::transform::stop_gradient(x)
}

/// (floor_divide, modulo).
#[function(returns = "[floorDivide(x, y), mod(x, y)].", example = "divmod(tensor([7, -7]), 2) // [[3, -4], [1, 1]]")]
#[track_caller]
pub fn divmod<'a>(x: &'a Tensor, y: impl Into<Operand<'a>>) -> Result<(Tensor, Tensor)> {
    let y = y.into();
    Ok((x.try_floor_divide(y)?, x.try_modulo(y)?))
}
