//! Running sums and the like along an axis.

use crate::axes::one;
use crate::error::Result;
use crate::library::view::reshape_as;
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kind::{CombineOp, Kind, View};
use interfuse_derive::{Options, function};
use smallvec::SmallVec;

/// Which elements a running combination has seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Options)]
pub struct Running {
    /// From the end towards the start?
    #[default(false)]
    pub reverse: bool,
    /// Without the element itself? Then the first is what combining nothing gives.
    #[default(false)]
    pub exclusive: bool,
}

#[track_caller]
fn scan(op: &str, how: CombineOp, x: &Tensor, axis: Option<i64>, running: Running) -> Result<Tensor> {
    let (x, axis) = match axis {
        Some(axis) => (x.clone(), one(op, axis, x.aval())?),
        None => (reshape_as(op, x, &[crate::symbolic::Dim::from(x.shape().size())])?, 0),
    };
    let dtype = match (how, x.dtype()) {
        (CombineOp::Add | CombineOp::Mul, DType::Bool) => DType::Int32,
        (CombineOp::LogAddExp, dtype) if !dtype.is_float() => DType::Float32,
        (_, dtype) => dtype,
    };
    let mut x = x.cast_as(op, dtype)?;
    if running.exclusive {
        x = shifted(op, &x, axis, how.start(dtype), running.reverse)?;
    }
    Tensor::make(op, Kind::Scan { op: how, axis: axis as u32, reverse: running.reverse }, &[&x])
}

/// One place further along the axis (or back), with a value in the place that is free.
#[track_caller]
fn shifted(op: &str, x: &Tensor, axis: usize, value: Scalar, back: bool) -> Result<Tensor> {
    let rank = x.ndim();
    let (mut low, mut high) = (SmallVec::from_elem(Dim::ZERO, rank), SmallVec::from_elem(Dim::ZERO, rank));
    let free = if back { &mut high } else { &mut low };
    free[axis] = Dim::ONE;
    let wide = Tensor::make(op, Kind::View(View::Pad { low, high, value }), &[x])?;
    let mut start: SmallVec<[Dim; 4]> = SmallVec::from_elem(Dim::ZERO, rank);
    start[axis] = if back { Dim::ONE } else { Dim::ZERO };
    let step = SmallVec::from_elem(1, rank);
    Tensor::make(op, Kind::View(View::Slice { start, step, shape: x.shape().clone() }), &[&wide])
}

/// Sum of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range.
///
/// ```
/// use interfuse::{library::{cumsum, Running}, Tensor};
/// let x = Tensor::from([1i32, 2, 3]);
/// assert_eq!(cumsum(&x, Some(0), Running::default())?.to_vec::<i32>()?, [1, 3, 6]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(
    method,
    options = "RunningOptions",
    returns = "The shape of x; without an axis one axis of all elements.",
    example = "cumsum(tensor([1, 2, 3])) // [1, 3, 6]"
)]
#[track_caller]
pub fn cumsum(
    x: &Tensor,
    /// The axis; without one elements follow each other in row-major order.
    #[label("an argument")]
    axis: Option<i64>,
    running: Running,
) -> Result<Tensor> {
    scan("cumsum", CombineOp::Add, x, axis, running)
}

/// Product of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range.
#[function(
    method,
    options = "RunningOptions",
    returns = "The shape of x; without an axis one axis of all elements.",
    example = "cumprod(tensor([1, 2, 3]), 0, { reverse: true }) // [6, 6, 3]"
)]
#[track_caller]
pub fn cumprod(
    x: &Tensor,
    /// The axis; without one elements follow each other in row-major order.
    #[label("an argument")]
    axis: Option<i64>,
    running: Running,
) -> Result<Tensor> {
    scan("cumprod", CombineOp::Mul, x, axis, running)
}

/// Largest of the elements so far, along an axis or in row-major order; NaN once there was one.
#[function(
    method,
    options = "RunningOptions",
    returns = "The shape of x; without an axis one axis of all elements.",
    example = "cummax(tensor([1, 3, 2])) // [1, 3, 3]"
)]
#[track_caller]
pub fn cummax(
    x: &Tensor,
    /// The axis; without one elements follow each other in row-major order.
    #[label("an argument")]
    axis: Option<i64>,
    running: Running,
) -> Result<Tensor> {
    scan("cummax", CombineOp::Max, x, axis, running)
}

/// Smallest of the elements so far, along an axis or in row-major order; NaN once there was one.
#[function(
    method,
    options = "RunningOptions",
    returns = "The shape of x; without an axis one axis of all elements.",
    example = "cummin(tensor([3, 1, 2])) // [3, 1, 1]"
)]
#[track_caller]
pub fn cummin(
    x: &Tensor,
    /// The axis; without one elements follow each other in row-major order.
    #[label("an argument")]
    axis: Option<i64>,
    running: Running,
) -> Result<Tensor> {
    scan("cummin", CombineOp::Min, x, axis, running)
}

/// ln of the sum of e^x of the elements so far, without overflow, along an axis or in row-major order.
#[function(
    method,
    options = "RunningOptions",
    returns = "The shape of x; without an axis one axis of all elements.",
    example = "logcumsumexp(tensor([0, 0])) // [0, 0.6931472]"
)]
#[track_caller]
pub fn logcumsumexp(
    x: &Tensor,
    /// The axis; without one elements follow each other in row-major order.
    #[label("an argument")]
    axis: Option<i64>,
    running: Running,
) -> Result<Tensor> {
    scan("logcumsumexp", CombineOp::LogAddExp, x, axis, running)
}
