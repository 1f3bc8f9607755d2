//! Order along an axis: sorting, the largest, and what lies in the middle. Sorting is ascending and stable; NaN comes last.

use super::index::take_along_axis;
use super::view::{Index, reshape_as, slice};
use crate::axes::{Axes, one};
use crate::error::{Error, ErrorKind, Result};
use crate::operand::Operand;
use crate::symbolic::Dim;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::{DType, Weak};
use interfuse_compiler::kind::Kind;

#[track_caller]
fn lined_up(op: &str, x: &Tensor, axis: Option<i64>) -> Result<(Tensor, usize)> {
    match axis {
        Some(axis) => Ok((x.clone(), one(op, axis, x.aval())?)),
        None => Ok((reshape_as(op, x, &[Dim::from(x.shape().size())])?, 0)),
    }
}

/// Positions (uint32) that sort along an axis, or in row-major order.
///
/// ```
/// use interfuse::{library::argsort, Tensor};
/// let x = Tensor::from([3.0f32, 1.0, 2.0]);
/// assert_eq!(argsort(&x, Some(0))?.to_vec::<u32>()?, [1, 2, 0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[track_caller]
pub fn argsort(x: &Tensor, axis: Option<i64>) -> Result<Tensor> {
    const OP: &str = "argsort";
    let (x, axis) = lined_up(OP, x, axis)?;
    Tensor::make(OP, Kind::ArgSort { axis: axis as u32 }, &[&x])
}

/// Elements in ascending order along an axis, or all of them in one line.
#[track_caller]
pub fn sort(x: &Tensor, axis: Option<i64>) -> Result<Tensor> {
    const OP: &str = "sort";
    let (x, axis) = lined_up(OP, x, axis)?;
    let order = Tensor::make(OP, Kind::ArgSort { axis: axis as u32 }, &[&x])?;
    take_along_axis(&x, &order, Some(axis as i64)).map_err(|error| error.named(OP))
}

/// The `count` largest along an axis, the largest first. NaN counts as the largest.
#[track_caller]
pub fn topk(x: &Tensor, count: i64, axis: Option<i64>) -> Result<Tensor> {
    const OP: &str = "topk";
    let (x, axis) = lined_up(OP, x, axis)?;
    let size = x.sizes()[axis] as i64;
    if !(0..=size).contains(&count) {
        let message = format!("there are no {count} largest of {size} elements along axis {axis} of {}", x.seen());
        return Err(Error::new(ErrorKind::CompileArgument, OP, message, "Ask for at most as many as there are."));
    }
    let mut ranges = vec![Index::All; axis + 1];
    ranges[axis] = Index::Range { start: Some(-1), stop: Some(-1 - count), step: -1 };
    if count == size {
        ranges[axis] = Index::Range { start: None, stop: None, step: -1 };
    }
    let order = Tensor::make(OP, Kind::ArgSort { axis: axis as u32 }, &[&x])?;
    let order = slice(&order, &ranges).map_err(|error| error.named(OP))?;
    take_along_axis(&x, &order, Some(axis as i64)).map_err(|error| error.named(OP))
}

/// What lies at that part (0 to 1) of the sorted elements along axes, interpolated; NaN where one is NaN.
#[track_caller]
pub fn quantile(x: &Tensor, q: f64, axes: impl Into<Axes>, keepdims: bool) -> Result<Tensor> {
    at_part("quantile", x, q, axes.into(), keepdims)
}

/// The middle of the sorted elements along axes, or the mean of the two in the middle; NaN where one is NaN.
#[track_caller]
pub fn median(x: &Tensor, axes: impl Into<Axes>, keepdims: bool) -> Result<Tensor> {
    at_part("median", x, 0.5, axes.into(), keepdims)
}

#[track_caller]
fn at_part(op: &str, x: &Tensor, q: f64, axes: Axes, keepdims: bool) -> Result<Tensor> {
    if !(0.0..=1.0).contains(&q) {
        return Err(Error::new(ErrorKind::CompileArgument, op, format!("the part is {q}"), "It is from 0 to 1."));
    }
    let axes = axes.resolve(op, x.aval())?;
    let dtype = if x.dtype() == DType::Float16 { DType::Float16 } else { DType::Float32 };
    let wide = x.cast_as(op, DType::Float32)?;
    let sizes: Vec<i64> = x.sizes().into_iter().map(|n| n as i64).collect();
    let is_gone = |axis: usize| axes.contains(&(axis as u32));
    // The axes that go last, as one.
    let order: Vec<i64> = (0..sizes.len())
        .filter(|a| !is_gone(*a))
        .chain((0..sizes.len()).filter(|a| is_gone(*a)))
        .map(|a| a as i64)
        .collect();
    let kept: Vec<i64> = (0..sizes.len()).filter(|a| !is_gone(*a)).map(|a| sizes[a]).collect();
    let count: i64 = axes.iter().map(|axis| sizes[*axis as usize]).product();
    if count == 0 {
        let message = format!("of {} there is nothing along these axes", x.seen());
        return Err(Error::new(ErrorKind::Shape, op, message, "It has a size of 0."));
    }
    let mut lines = kept.clone();
    lines.push(count);
    let turned = super::transpose(&wide, Some(&order))?;
    let turned = reshape_as(op, &turned, &lines)?;
    let sorted = sort(&turned, Some(-1)).map_err(|error| error.named(op))?;
    let place = q * (count - 1) as f64;
    let at = |position: f64| {
        let mut ranges = vec![Index::All; lines.len()];
        ranges[lines.len() - 1] = Index::At(position as i64);
        slice(&sorted, &ranges)
    };
    let weight = place - place.floor();
    let mut y = at(place.floor())?;
    if weight > 0.0 {
        let of = |x: Tensor, weight: f64| x.try_mul(Operand::Weak(Weak::Float(weight)));
        y = of(y, 1.0 - weight)?.try_add(&of(at(place.ceil())?, weight)?)?;
    }
    // NaN is last: one of them shows there.
    let last = at((count - 1) as f64)?;
    y = super::choose(&last.try_isnan()?, &last, &y)?;
    if keepdims {
        let size = |axis: usize| if is_gone(axis) { 1 } else { sizes[axis] };
        y = reshape_as(op, &y, &(0..sizes.len()).map(size).collect::<Vec<i64>>())?;
    }
    y.cast_as(op, dtype)
}
