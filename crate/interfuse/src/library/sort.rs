//! Order along an axis: sorting, the largest, and what lies in the middle. Sorting is ascending and stable; NaN comes last.

use super::index::take_along_axis;
use super::slice::part;
use super::view::reshape_as;
use crate::axes::{Axes, one};
use crate::error::{Error, ErrorKind, Result};
use crate::operand::Operand;
use crate::symbolic::{self, Dim, Explain, bounds, must_be_at_least};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim as Expression;
use interfuse_compiler::dtype::{DType, Weak};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::Aval;
use interfuse_derive::function;
use std::rc::Rc;

#[track_caller]
fn lined_up(op: &str, x: &Tensor, axis: Option<i64>) -> Result<(Tensor, usize)> {
    match axis {
        Some(axis) => Ok((x.clone(), one(op, axis, x.aval())?)),
        None => Ok((reshape_as(op, x, &[Dim::from(x.shape().size())])?, 0)),
    }
}

/// Positions (uint32) that sort along an axis.
///
/// ```
/// use interfuse::{library::argsort, Tensor};
/// let x = Tensor::from([3.0f32, 1.0, 2.0]);
/// assert_eq!(argsort(&x, Some(0))?.to_vec::<u32>()?, [1, 2, 0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(method, returns = "The shape of x, as uint32.", example = "argsort(tensor([3, 1, 2])) // [1, 2, 0]")]
#[track_caller]
pub fn argsort(
    x: &Tensor,
    /// The axis; null puts all elements in one line.
    #[default(-1)]
    axis: Option<i64>,
) -> Result<Tensor> {
    const OP: &str = "argsort";
    let (x, axis) = lined_up(OP, x, axis)?;
    Tensor::make(OP, Kind::ArgSort { axis: axis as u32 }, &[&x])
}

/// Elements in ascending order along an axis (by default the last; null: all in one line). Stable; NaN comes last.
#[function(method, returns = "The shape of x.", example = "sort(tensor([3, 1, 2])) // [1, 2, 3]")]
#[track_caller]
pub fn sort(
    x: &Tensor,
    /// The axis; null puts all elements in one line.
    #[default(-1)]
    axis: Option<i64>,
) -> Result<Tensor> {
    const OP: &str = "sort";
    let (x, axis) = lined_up(OP, x, axis)?;
    let order = Tensor::make(OP, Kind::ArgSort { axis: axis as u32 }, &[&x])?;
    take_along_axis(&x, &order, Some(axis as i64)).map_err(|error| error.named(OP))
}

/// The `count` largest along an axis, the largest first. NaN counts as the largest.
#[function(
    method,
    returns = "The shape of x with that many along the axis.",
    throws = "CompileArgumentError: there are fewer.",
    example = "topk(tensor([3, 1, 2]), 2) // [3, 2]"
)]
#[track_caller]
pub fn topk(
    x: &Tensor,
    /// How many.
    count: i64,
    /// The axis; null puts all elements in one line.
    #[default(-1)]
    axis: Option<i64>,
) -> Result<Tensor> {
    const OP: &str = "topk";
    let (x, axis) = lined_up(OP, x, axis)?;
    let size = &x.shape().0[axis];
    let text = move |aval: &Aval| {
        format!("there are no {count} largest of {} elements along axis {axis} of {aval}", aval.shape.0[axis])
    };
    let why = || -> Explain {
        let aval = x.aval().clone();
        Rc::new(move |now| text(&now.aval(&aval)))
    };
    if count < 0 || !must_be_at_least(OP, size, &Expression::Const(count), &why)? {
        let hint = "Ask for at most as many as there are.";
        return Err(Error::new(ErrorKind::CompileArgument, OP, text(&x.seen()), hint));
    }
    let order = Tensor::make(OP, Kind::ArgSort { axis: axis as u32 }, &[&x])?;
    let falling = super::flip(&order, axis as i64).map_err(|error| error.named(OP))?;
    let order = part(OP, &falling, axis, &Expression::ZERO, &Expression::Const(count))?;
    take_along_axis(&x, &order, Some(axis as i64)).map_err(|error| error.named(OP))
}

/// The q-quantile (q from 0 to 1) of the elements along axes, by linear interpolation as in NumPy's default; NaN where one is NaN.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    throws = "CompileArgumentError: q is not from 0 to 1.",
    example = "quantile(tensor([1, 2, 3]), 0.25) // 1.5"
)]
#[track_caller]
pub fn quantile(
    x: &Tensor,
    /// From 0, the smallest, to 1, the largest.
    q: f64,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    quantile_of("quantile", x, q, axis.into(), keepdims)
}

/// The middle of the sorted elements along axes, or the mean of the two in the middle; NaN where one is NaN.
#[function(
    method,
    options = "ReduceOptions",
    returns = "The shape of x without these axes, or with size 1 there.",
    example = "median(tensor([1, 9, 2])) // 2"
)]
#[track_caller]
pub fn median(
    x: &Tensor,
    /// The axes to reduce; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
    /// Leaves reduced axes with size 1.
    #[option(false)]
    keepdims: bool,
) -> Result<Tensor> {
    quantile_of("median", x, 0.5, axis.into(), keepdims)
}

#[track_caller]
fn quantile_of(op: &str, x: &Tensor, q: f64, axes: Axes, keepdims: bool) -> Result<Tensor> {
    if !(0.0..=1.0).contains(&q) {
        return Err(Error::new(ErrorKind::CompileArgument, op, format!("q is {q}"), "A quantile is from 0 to 1."));
    }
    let axes = axes.resolve(op, x.aval())?;
    let dtype = if x.dtype() == DType::Float16 { DType::Float16 } else { DType::Float32 };
    let wide = x.cast_as(op, DType::Float32)?;
    let sizes: Vec<Expression> = x.shape().dims().to_vec();
    let is_gone = |axis: usize| axes.contains(&(axis as u32));
    // The axes that go last, as one.
    let order: Vec<i64> = (0..sizes.len())
        .filter(|a| !is_gone(*a))
        .chain((0..sizes.len()).filter(|a| is_gone(*a)))
        .map(|a| a as i64)
        .collect();
    let mut lines: Vec<Dim> = (0..sizes.len()).filter(|a| !is_gone(*a)).map(|a| sizes[a].clone().into()).collect();
    let count = axes.iter().fold(Expression::ONE, |count, axis| count.mul(&sizes[*axis as usize]));
    let text = |aval: &Aval| format!("of {aval} there is nothing along these axes");
    let why = || -> Explain {
        let aval = x.aval().clone();
        Rc::new(move |now| text(&now.aval(&aval)))
    };
    if !must_be_at_least(op, &count, &Expression::ONE, &why)? {
        return Err(Error::new(ErrorKind::Shape, op, text(&x.seen()), "It has a size of 0."));
    }
    lines.push(count.clone().into());
    let turned = super::transpose(&wide, Some(&order))?;
    let turned = reshape_as(op, &turned, &lines)?;
    let sorted = sort(&turned, Some(-1)).map_err(|error| error.named(op))?;
    let (low, high, weight) = places(op, q, &count)?;
    let line = lines.len() - 1;
    lines.truncate(line);
    let at = |position: &Expression| {
        let one = part(op, &sorted, line, position, &position.add(&Expression::ONE))?;
        reshape_as(op, &one, &lines)
    };
    let mut y = at(&low)?;
    if weight > 0.0 && low != high {
        let of = |x: Tensor, weight: f64| x.try_mul(Operand::Weak(Weak::Float(weight)));
        y = of(y, 1.0 - weight)?.try_add(&of(at(&high)?, weight)?)?;
    }
    // NaN is last: one of them shows there.
    let last = at(&count.sub(&Expression::ONE))?;
    y = super::choose(&last.try_isnan()?, &last, &y)?;
    if keepdims {
        let size = |axis: usize| if is_gone(axis) { Dim::from(1) } else { sizes[axis].clone().into() };
        y = reshape_as(op, &y, &(0..sizes.len()).map(size).collect::<Vec<Dim>>())?;
    }
    y.cast_as(op, dtype)
}

/// The positions among `count` sorted elements between which that part lies, and the weight of the second. Of a count that is open the
/// ends and the middle are expressions; other parts are computed from the number, which fixes it.
#[track_caller]
fn places(op: &str, q: f64, count: &Expression) -> Result<(Expression, Expression, f64)> {
    let last = count.sub(&Expression::ONE);
    if count.as_const().is_none() {
        let two = Expression::Const(2);
        match q {
            0.0 => return Ok((Expression::ZERO, Expression::ZERO, 0.0)),
            1.0 => return Ok((last.clone(), last, 0.0)),
            // Of an odd count both are the one in the middle.
            0.5 => return Ok((last.floor_div(&two, &bounds), count.floor_div(&two, &bounds), 0.5)),
            _ => {}
        }
    }
    let place = q * (symbolic::value(op, count)? - 1) as f64;
    let at = |place: f64| Expression::Const(place as i64);
    Ok((at(place.floor()), at(place.ceil()), place - place.floor()))
}
