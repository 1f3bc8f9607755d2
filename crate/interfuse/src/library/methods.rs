//! The functions of the library as methods: `x.sum(-1, false)` panics with a mistake's text, `x.try_sum(-1, false)` returns it.

use crate::axes::Axes;
use crate::error::{Result, expect};
use crate::library::{self, Gelu, Index, Split};
use crate::symbolic::{Dim, Sizes};
use crate::tensor::Tensor;
use interfuse_compiler::dtype::{DType, Weak};

macro_rules! methods {
    ($($(#[$doc:meta])* fn $name:ident $try_name:ident($($arg:ident: $ty:ty),*) -> $out:ty = $function:ident;)+) => {
        impl Tensor { $(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self $(, $arg: $ty)*) -> $out {
                expect(library::$function(self $(, $arg)*))
            }

            #[doc = concat!("Like [`Tensor::", stringify!($name), "`], with the mistake as a value.")]
            #[track_caller]
            pub fn $try_name(&self $(, $arg: $ty)*) -> Result<$out> {
                library::$function(self $(, $arg)*)
            }
        )+ }
    };
}

methods! {
    /// Another dtype.
    fn astype try_astype(dtype: DType) -> Tensor = astype;
    /// Sum along axes; integers wrap where it leaves their range.
    fn sum try_sum(axes: impl Into<Axes>, keepdims: bool) -> Tensor = sum;
    /// Product along axes; integers wrap where it leaves their range.
    fn prod try_prod(axes: impl Into<Axes>, keepdims: bool) -> Tensor = prod;
    /// Largest along axes.
    fn max try_max(axes: impl Into<Axes>, keepdims: bool) -> Tensor = max;
    /// Smallest along axes.
    fn min try_min(axes: impl Into<Axes>, keepdims: bool) -> Tensor = min;
    /// Is one true along axes?
    fn any try_any(axes: impl Into<Axes>, keepdims: bool) -> Tensor = any;
    /// Are all true along axes?
    fn all try_all(axes: impl Into<Axes>, keepdims: bool) -> Tensor = all;
    /// Mean along axes.
    fn mean try_mean(axes: impl Into<Axes>, keepdims: bool) -> Tensor = mean;
    /// Variance along axes.
    fn var try_var(axes: impl Into<Axes>, keepdims: bool, ddof: f64) -> Tensor = var;
    /// Standard deviation along axes.
    fn std try_std(axes: impl Into<Axes>, keepdims: bool, ddof: f64) -> Tensor = std;
    /// ln of the sum of e^x along axes.
    fn logsumexp try_logsumexp(axes: impl Into<Axes>, keepdims: bool) -> Tensor = logsumexp;
    /// Position of the largest.
    fn argmax try_argmax(axis: Option<i64>, keepdims: bool) -> Tensor = argmax;
    /// Position of the smallest.
    fn argmin try_argmin(axis: Option<i64>, keepdims: bool) -> Tensor = argmin;
    /// The same elements in another shape; one size may be -1.
    fn reshape try_reshape(sizes: &(impl Sizes + ?Sized)) -> Tensor = reshape;
    /// Joins axes.
    fn flatten try_flatten(start: i64, end: i64) -> Tensor = flatten;
    /// Splits an axis.
    fn unflatten try_unflatten(axis: i64, into: &(impl Sizes + ?Sized)) -> Tensor = unflatten;
    /// Permutes the axes; reverses them without a permutation.
    fn transpose try_transpose(axes: Option<&[i64]>) -> Tensor = transpose;
    /// Exchanges two axes.
    fn swapaxes try_swapaxes(a: i64, b: i64) -> Tensor = swapaxes;
    /// Moves an axis.
    fn moveaxis try_moveaxis(from: i64, to: i64) -> Tensor = moveaxis;
    /// Inserts axes of size 1.
    fn expand_dims try_expand_dims(axes: impl Into<Axes>) -> Tensor = expand_dims;
    /// Removes axes of size 1.
    fn squeeze try_squeeze(axes: impl Into<Axes>) -> Tensor = squeeze;
    /// Repeats axes of size 1.
    fn broadcast_to try_broadcast_to(sizes: &(impl Sizes + ?Sized)) -> Tensor = broadcast_to;
    /// Takes a part of every axis.
    fn slice try_slice(ranges: &[Index]) -> Tensor = slice;
    /// Reverses axes.
    fn flip try_flip(axes: impl Into<Axes>) -> Tensor = flip;
    /// Shifts elements around.
    fn roll try_roll(shift: i64, axis: Option<i64>) -> Tensor = roll;
    /// Surrounds with a value.
    fn pad try_pad(widths: &[(impl Clone + Into<Dim>, impl Clone + Into<Dim>)], value: Weak) -> Tensor = pad;
    /// Cuts along an axis.
    fn split try_split(how: Split<'_>, axis: i64) -> Vec<Tensor> = split;
    /// Repeats elements.
    fn repeat try_repeat(count: impl Into<Dim>, axis: Option<i64>) -> Tensor = repeat;
    /// Repeats the whole.
    fn tile try_tile(counts: &(impl Sizes + ?Sized)) -> Tensor = tile;
    /// Zeros above a diagonal.
    fn tril try_tril(k: i64) -> Tensor = tril;
    /// Zeros below a diagonal.
    fn triu try_triu(k: i64) -> Tensor = triu;
    /// Elements at indices.
    fn take try_take(indices: &Tensor, axis: Option<i64>) -> Tensor = take;
    /// Matrix product with NumPy's broadcasting.
    fn matmul try_matmul(other: &Tensor) -> Tensor = matmul;
    /// NumPy's dot.
    fn dot try_dot(other: &Tensor) -> Tensor = dot;
    /// Sum of products over the last axes.
    fn inner try_inner(other: &Tensor) -> Tensor = inner;
    /// Every product.
    fn outer try_outer(other: &Tensor) -> Tensor = outer;
    /// Gaussian error linear unit.
    fn gelu try_gelu(form: Gelu) -> Tensor = gelu;
    /// x sigmoid(x).
    fn silu try_silu() -> Tensor = silu;
    /// maximum(x, 0).
    fn relu try_relu() -> Tensor = relu;
    /// ln(1 + e^x).
    fn softplus try_softplus() -> Tensor = softplus;
    /// e^x divided by its sum along axes.
    fn softmax try_softmax(axes: impl Into<Axes>) -> Tensor = softmax;
    /// ln(softmax(x)).
    fn log_softmax try_log_softmax(axes: impl Into<Axes>) -> Tensor = log_softmax;
}
