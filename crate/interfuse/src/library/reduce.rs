//! Reductions along axes, and what is made of them.
//!
//! sum and prod of bool count in int32; mean, var, std and logsumexp of integers are float32, and of float16 they compute in
//! float32 and round once (a mean of large float16 values must not overflow in its sum).

use crate::axes::Axes;
use crate::error::Result;
use crate::library::create::number_of;
use crate::library::view::reshape_as;
use crate::operand::{Operand, common_dtype, equal_shapes};
use crate::symbolic::{MAX_ELEMENTS, bounds};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::{DType, Weak};
use interfuse_compiler::kind::{self, Kind, ReduceOp};
use interfuse_compiler::ops::Op;
use interfuse_derive::function;

/// Reduces along resolved axes; `keepdims` leaves them with size 1.
#[track_caller]
fn along(op: &str, how: ReduceOp, x: &Tensor, axes: &kind::Axes, keepdims: bool) -> Result<Tensor> {
    if axes.is_empty() {
        return Ok(x.clone());
    }
    let y = Tensor::make(op, Kind::Reduce { op: how, axes: axes.clone() }, &[x])?;
    if !keepdims {
        return Ok(y);
    }
    keep(op, &y, x, axes)
}

#[track_caller]
fn keep(op: &str, y: &Tensor, x: &Tensor, axes: &kind::Axes) -> Result<Tensor> {
    let size = |(at, n): (usize, &Dim)| if axes.contains(&(at as u32)) { Dim::ONE } else { n.clone() };
    let sizes: Vec<Dim> = x.shape().dims().iter().enumerate().map(size).collect();
    reshape_as(op, y, &sizes)
}

#[track_caller]
fn reduce(op: &str, how: ReduceOp, x: &Tensor, axes: Axes, keepdims: bool) -> Result<Tensor> {
    let axes = axes.resolve(op, x.aval())?;
    let dtype = match how {
        ReduceOp::Sum | ReduceOp::Prod if x.dtype() == DType::Bool => DType::Int32,
        ReduceOp::Any | ReduceOp::All => DType::Bool,
        ReduceOp::Sum | ReduceOp::Prod | ReduceOp::Max | ReduceOp::Min | ReduceOp::ArgMax | ReduceOp::ArgMin => {
            x.dtype()
        }
    };
    along(op, how, &x.cast_as(op, dtype)?, &axes, keepdims)
}

/// Sum; 0 of nothing. bool counts as int32. Integers wrap where the sum leaves their range (int32 at 2^31): sum them as float32
/// where it may.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "sum(tensor([[1, 2], [3, 4]]), 0) // [4, 6]"
)]
#[track_caller]
pub fn sum(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    reduce("sum", ReduceOp::Sum, x, axis.into(), keepdims)
}

/// Product; 1 of nothing. bool counts as int32. Integers wrap where the product leaves their range.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "prod(tensor([[1, 2], [3, 4]]), 1) // [2, 12]"
)]
#[track_caller]
pub fn prod(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    reduce("prod", ReduceOp::Prod, x, axis.into(), keepdims)
}

/// The largest; NaN if any is NaN.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    throws = "ShapeError: an axis that is reduced has size 0.",
    example = "max(tensor([[1, 2], [3, 4]]), 0) // [3, 4]"
)]
#[track_caller]
pub fn max(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    reduce("max", ReduceOp::Max, x, axis.into(), keepdims)
}

/// The smallest; NaN if any is NaN.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    throws = "ShapeError: an axis that is reduced has size 0.",
    example = "min(tensor([[1, 2], [3, 4]]), 0) // [1, 2]"
)]
#[track_caller]
pub fn min(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    reduce("min", ReduceOp::Min, x, axis.into(), keepdims)
}

/// Is one true (not 0)? false of nothing.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "any(tensor([[0, 0], [0, 4]]), 1) // [false, true]"
)]
#[track_caller]
pub fn any(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    reduce("any", ReduceOp::Any, x, axis.into(), keepdims)
}

/// Are all true (not 0)? true of nothing.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "all(tensor([[1, 0], [3, 4]]), 1) // [false, true]"
)]
#[track_caller]
pub fn all(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    reduce("all", ReduceOp::All, x, axis.into(), keepdims)
}

#[track_caller]
fn arg(op: &str, how: ReduceOp, x: &Tensor, axis: Option<i64>, keepdims: bool) -> Result<Tensor> {
    match axis {
        Some(axis) => reduce(op, how, &reducible(op, x)?, Axes::from(axis), keepdims),
        None => {
            let flat = reshape_as(op, x, &[x.shape().size()])?;
            let y = along(op, how, &flat, &[0].into_iter().collect(), false)?;
            if keepdims { reshape_as(op, &y, &vec![1; x.ndim()]) } else { Ok(y) }
        }
    }
}

/// A scalar counts as one element along axis 0.
#[track_caller]
fn reducible(op: &str, x: &Tensor) -> Result<Tensor> {
    if x.ndim() == 0 { reshape_as(op, x, &[1]) } else { Ok(x.clone()) }
}

/// Position of the first largest as uint32, along an axis or in row-major order; a NaN wins.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "argmax(tensor([[1, 9], [3, 4]]), 1) // [1, 1]"
)]
#[track_caller]
pub fn argmax(
    x: &Tensor,
    /// The axis; without one the position is that in row-major order.
    #[default(None)]
    axis: Option<i64>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    arg("argmax", ReduceOp::ArgMax, x, axis, keepdims)
}

/// Position of the first smallest as uint32, along an axis or in row-major order; a NaN wins.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "argmin(tensor([[1, 9], [3, 4]]), 1) // [0, 0]"
)]
#[track_caller]
pub fn argmin(
    x: &Tensor,
    /// The axis; without one the position is that in row-major order.
    #[default(None)]
    axis: Option<i64>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    arg("argmin", ReduceOp::ArgMin, x, axis, keepdims)
}

/// As the float that formulas compute in: float32.
#[track_caller]
pub(super) fn wide(op: &str, x: &Tensor) -> Result<Tensor> {
    x.cast_as(op, DType::Float32)
}

/// The dtype that a formula over a tensor has: float16 stays, everything else is float32.
pub(super) fn result_dtype(x: &Tensor) -> DType {
    if x.dtype() == DType::Float16 { DType::Float16 } else { DType::Float32 }
}

/// x / (the number of elements along axes - ddof, or 0 where that is negative). A number that is open is read from the call.
#[track_caller]
fn per_element(op: &str, total: &Tensor, x: &Tensor, axes: &kind::Axes, ddof: f64) -> Result<Tensor> {
    let count = axes.iter().fold(Dim::ONE, |n, axis| n.mul(&x.shape().0[*axis as usize]));
    if let Some(count) = count.as_const() {
        return total.try_div(Operand::Weak(Weak::Float((count as f64 - ddof).max(0.0))));
    }
    if ddof.fract() == 0.0 && ddof.abs() < MAX_ELEMENTS as f64 {
        let left = count.sub(&Dim::Const(ddof as i64)).larger(&Dim::ZERO, &bounds);
        return total.try_div(&number_of(x.device(), op, &left, DType::Float32)?);
    }
    let count = number_of(x.device(), op, &count, DType::Float32)?;
    let left = count.try_sub(Operand::Weak(Weak::Float(ddof)))?;
    total.try_div(&left.try_maximum(Operand::Weak(Weak::Float(0.0)))?)
}

#[track_caller]
fn mean_of(op: &str, x: &Tensor, axes: &kind::Axes, keepdims: bool) -> Result<Tensor> {
    per_element(op, &along(op, ReduceOp::Sum, x, axes, keepdims)?, x, axes, 0.0)
}

/// Mean; NaN of nothing. Of integers it is float32.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "mean(tensor([[1, 2], [3, 4]]), 1) // [1.5, 3.5]"
)]
#[track_caller]
pub fn mean(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    const OP: &str = "mean";
    let axes = axis.into().resolve(OP, x.aval())?;
    mean_of(OP, &wide(OP, x)?, &axes, keepdims)?.cast_as(OP, result_dtype(x))
}

#[track_caller]
fn variance(op: &str, x: &Tensor, axes: Axes, keepdims: bool, ddof: f64) -> Result<Tensor> {
    let axes = axes.resolve(op, x.aval())?;
    let x = wide(op, x)?;
    let centred = x.try_sub(&mean_of(op, &x, &axes, true)?)?;
    let squares = along(op, ReduceOp::Sum, &centred.try_square()?, &axes, keepdims)?;
    per_element(op, &squares, &x, &axes, ddof)
}

/// Variance: the mean squared distance from the mean, with the number of elements minus `ddof` as divisor.
#[function(
    method,
    options = "SpreadOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "tensor([1, 2, 3, 4]).var() // 1.25"
)]
#[track_caller]
pub fn var(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
    /// What is subtracted from the divisor.
    #[option(0)]
    ddof: f64,
) -> Result<Tensor> {
    variance("var", x, axis.into(), keepdims, ddof)?.cast_as("var", result_dtype(x))
}

/// Standard deviation, the square root of the variance.
#[function(
    method,
    options = "SpreadOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "std(tensor([1, 2, 3, 4]), null, { ddof: 1 }) // 1.2909944487358056"
)]
#[track_caller]
pub fn std(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
    /// What is subtracted from the divisor.
    #[option(0)]
    ddof: f64,
) -> Result<Tensor> {
    variance("std", x, axis.into(), keepdims, ddof)?.try_sqrt()?.cast_as("std", result_dtype(x))
}

/// ln of the sum of e^x, without overflow; -inf where all are -inf.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "logsumexp(tensor([1000, 1000])) // 1000.6931471805599"
)]
#[track_caller]
pub fn logsumexp(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    const OP: &str = "logsumexp";
    let axes = axis.into().resolve(OP, x.aval())?;
    let wide = wide(OP, x)?;
    let largest = super::stop_gradient(&along(OP, ReduceOp::Max, &wide, &axes, true)?);
    // An infinite maximum must not be subtracted from itself: with 0 instead, e^x says what is right.
    let shift = super::choose(&largest.try_isfinite()?, &largest, Operand::Weak(Weak::Float(0.0)))?;
    let total = along(OP, ReduceOp::Sum, &wide.try_sub(&shift)?.try_exp()?, &axes, true)?;
    let y = total.try_log()?.try_add(&shift)?;
    let y = if keepdims {
        y
    } else {
        let left = |(at, n): (usize, &Dim)| (!axes.contains(&(at as u32))).then(|| n.clone());
        reshape_as(OP, &y, &x.shape().dims().iter().enumerate().filter_map(left).collect::<Vec<Dim>>())?
    };
    y.cast_as(OP, result_dtype(x))
}

/// Are shapes and all elements equal? A bool scalar. With `equal_nan` a NaN equals a NaN.
#[function(returns = "A bool scalar.", example = "arrayEqual(tensor([1, 2]), tensor([1, 2])) // true")]
#[track_caller]
pub fn array_equal(
    x: &Tensor,
    y: &Tensor,
    /// Is a NaN equal to a NaN?
    #[option(false)]
    equal_nan: bool,
) -> Result<Tensor> {
    const OP: &str = "arrayEqual";
    if !equal_shapes(OP, x, y)? {
        return Operand::Weak(Weak::Bool(false)).to_tensor(OP, DType::Bool, x.device());
    }
    let dtype = common_dtype(OP, &[x.into(), y.into()])?;
    let (x, y) = (x.cast_as(OP, dtype)?, y.cast_as(OP, dtype)?);
    let mut same = x.try_equal(&y)?;
    if equal_nan && dtype.is_float() {
        same = same.try_logical_or(&x.try_isnan()?.try_logical_and(&y.try_isnan()?)?)?;
    }
    all(&same, .., false)
}

/// Is |x - y| <= atol + rtol |y| everywhere, infinities equal to themselves? A bool scalar.
#[function(returns = "A bool scalar.", example = "allclose(tensor([1]), tensor([1.000001])) // true")]
#[track_caller]
pub fn allclose(
    x: &Tensor,
    y: &Tensor,
    /// How far apart they may be, times |y|.
    #[option(1e-5)]
    rtol: f64,
    /// What is added to that.
    #[option(1e-8)]
    atol: f64,
    /// Is a NaN equal to a NaN?
    #[option(false)]
    equal_nan: bool,
) -> Result<Tensor> {
    const OP: &str = "allclose";
    let (x, y) = (wide(OP, x)?, wide(OP, y)?);
    let allowed = y.try_abs()?.try_mul(Operand::Weak(Weak::Float(rtol)))?.try_add(Operand::Weak(Weak::Float(atol)))?;
    let near = x.try_sub(&y)?.try_abs()?.try_less_equal(&allowed)?;
    // inf <= inf would make everything near an infinite y: there only equality counts.
    let near = near.try_logical_and(&y.try_isfinite()?)?;
    let mut close = near.try_logical_or(&Tensor::apply(Op::Equal, &[(&x).into(), (&y).into()])?)?;
    if equal_nan {
        close = close.try_logical_or(&x.try_isnan()?.try_logical_and(&y.try_isnan()?)?)?;
    }
    all(&close, .., false)
}
