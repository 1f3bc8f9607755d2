//! Views and what is made of them: index arithmetic that costs nothing when fused, joins and look-ups.

use crate::axes::{Axes, one, within};
use crate::error::{Error, ErrorKind, Result};
use crate::operand::{Operand, common_dtype};
use crate::tensor::{Tensor, checked_shape};
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::{Scalar, Weak};
use interfuse_compiler::kind::{Kind, View};
use interfuse_compiler::shape::{Shape, broadcast};
use smallvec::SmallVec;

#[track_caller]
fn view(op: &str, view: View, x: &Tensor) -> Result<Tensor> {
    Tensor::make(op, Kind::View(view), &[x])
}

fn sizes_of(x: &Tensor) -> Vec<i64> {
    x.sizes().into_iter().map(|n| n as i64).collect()
}

/// A reshape to known sizes, in the name of another op.
#[track_caller]
pub(crate) fn reshape_as(op: &str, x: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    let shape = checked_shape(op, sizes)?;
    if *x.shape() == shape {
        return Ok(x.clone());
    }
    view(op, View::Reshape { shape }, x)
}

/// The same elements in row-major order in another shape; one size may be -1.
#[track_caller]
pub fn reshape(x: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    reshape_as("reshape", x, &solved("reshape", x, x.size() as i64, sizes)?)
}

/// Sizes with the -1 replaced by what `total` elements leave for it.
fn solved(op: &str, x: &Tensor, total: i64, sizes: &[i64]) -> Result<Vec<i64>> {
    let misfit = |hint: &str| {
        let message = format!("cannot reshape {} of size {total} into {sizes:?}", x.aval());
        Error::new(ErrorKind::Shape, op, message, hint)
    };
    let open = sizes.iter().filter(|size| **size == -1).count();
    if open > 1 {
        return Err(misfit("Only one size may be -1."));
    }
    if sizes.iter().any(|size| *size < -1) {
        return Err(misfit("Sizes count elements; one may be -1."));
    }
    let known = sizes.iter().filter(|size| **size != -1).try_fold(1i64, |n, size| n.checked_mul(*size));
    let known = known.ok_or_else(|| misfit("The number of elements must stay the same."))?;
    let fits = if open == 1 { known != 0 && total % known == 0 } else { known == total };
    if !fits {
        return Err(misfit(if open == 1 && known == 0 {
            "With a size of 0 the -1 could be anything."
        } else {
            "The number of elements must stay the same; one size may be -1."
        }));
    }
    Ok(sizes.iter().map(|size| if *size == -1 { total / known } else { *size }).collect())
}

/// Joins axes `start` to `end`, both included.
#[track_caller]
pub fn flatten(x: &Tensor, start: i64, end: i64) -> Result<Tensor> {
    const OP: &str = "flatten";
    if x.ndim() == 0 {
        return reshape_as(OP, x, &[1]);
    }
    let (from, to) = (one(OP, start, x.aval())?, one(OP, end, x.aval())?);
    if from > to {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("the first axis, {start}, comes after the last, {end}, in {}", x.aval()),
            "",
        ));
    }
    let sizes = sizes_of(x);
    let joined = sizes[from..=to].iter().product();
    reshape_as(OP, x, &[&sizes[..from], &[joined], &sizes[to + 1..]].concat())
}

/// Splits an axis into several; one of their sizes may be -1.
#[track_caller]
pub fn unflatten(x: &Tensor, axis: i64, into: &[i64]) -> Result<Tensor> {
    const OP: &str = "unflatten";
    let axis = one(OP, axis, x.aval())?;
    let sizes = sizes_of(x);
    let into = solved(OP, x, sizes[axis], into)?;
    reshape_as(OP, x, &[&sizes[..axis], &into, &sizes[axis + 1..]].concat())
}

#[track_caller]
fn permute(op: &str, x: &Tensor, permutation: &[usize]) -> Result<Tensor> {
    if permutation.iter().enumerate().all(|(at, axis)| at == *axis) {
        return Ok(x.clone());
    }
    view(op, View::Transpose { permutation: permutation.iter().map(|axis| *axis as u32).collect() }, x)
}

/// Result axis `i` is operand axis `axes[i]`; without axes all are reversed.
#[track_caller]
pub fn transpose(x: &Tensor, axes: Option<&[i64]>) -> Result<Tensor> {
    const OP: &str = "transpose";
    let Some(axes) = axes else {
        return permute(OP, x, &(0..x.ndim()).rev().collect::<Vec<_>>());
    };
    let permutation: Vec<usize> = axes.iter().map(|axis| one(OP, *axis, x.aval())).collect::<Result<_>>()?;
    let mut sorted = permutation.clone();
    sorted.sort_unstable();
    if sorted.len() != x.ndim() || sorted.iter().enumerate().any(|(at, axis)| at != *axis) {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("{axes:?} is not a permutation of the axes of {}", x.aval()),
            "Name every axis once.",
        ));
    }
    permute(OP, x, &permutation)
}

/// Exchanges two axes.
#[track_caller]
pub fn swapaxes(x: &Tensor, a: i64, b: i64) -> Result<Tensor> {
    const OP: &str = "swapaxes";
    let mut permutation: Vec<usize> = (0..x.ndim()).collect();
    permutation.swap(one(OP, a, x.aval())?, one(OP, b, x.aval())?);
    permute(OP, x, &permutation)
}

/// Moves an axis to another place; the others keep their order.
#[track_caller]
pub fn moveaxis(x: &Tensor, from: i64, to: i64) -> Result<Tensor> {
    const OP: &str = "moveaxis";
    let (from, to) = (one(OP, from, x.aval())?, one(OP, to, x.aval())?);
    let mut permutation: Vec<usize> = (0..x.ndim()).filter(|axis| *axis != from).collect();
    permutation.insert(to, from);
    permute(OP, x, &permutation)
}

/// Inserts axes of size 1; they are counted in the result.
#[track_caller]
pub fn expand_dims(x: &Tensor, axes: impl Into<Axes>) -> Result<Tensor> {
    const OP: &str = "expandDims";
    let axes = match axes.into() {
        Axes::All => SmallVec::new(),
        Axes::Some(axes) => axes,
    };
    let rank = x.ndim() + axes.len();
    let what = format!("a result with {rank} axes of {}", x.aval());
    let mut new: Vec<usize> = axes.iter().map(|axis| within(OP, *axis, rank, &what)).collect::<Result<_>>()?;
    new.sort_unstable();
    if new.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("an axis of {:?} is named twice", axes.as_slice()),
            "Name every axis once.",
        ));
    }
    let mut sizes = sizes_of(x);
    for axis in new {
        sizes.insert(axis, 1);
    }
    reshape_as(OP, x, &sizes)
}

/// Removes axes of size 1: all of them, or those named.
#[track_caller]
pub fn squeeze(x: &Tensor, axes: impl Into<Axes>) -> Result<Tensor> {
    const OP: &str = "squeeze";
    let sizes = sizes_of(x);
    let axes = axes.into();
    let gone = match &axes {
        Axes::All => (0..sizes.len() as u32).filter(|axis| sizes[*axis as usize] == 1).collect(),
        Axes::Some(_) => axes.resolve(OP, x.aval())?,
    };
    if let Some(axis) = gone.iter().find(|axis| sizes[**axis as usize] != 1) {
        return Err(Error::new(
            ErrorKind::Shape,
            OP,
            format!("axis {axis} of {} has size {}, not 1", x.aval(), sizes[*axis as usize]),
            "Only axes of size 1 can go.",
        ));
    }
    let left: Vec<i64> =
        sizes.iter().enumerate().filter(|(at, _)| !gone.contains(&(*at as u32))).map(|(_, n)| *n).collect();
    reshape_as(OP, x, &left)
}

/// Repeats axes of size 1, and the whole along new axes in front.
#[track_caller]
pub fn broadcast_to(x: &Tensor, sizes: &[i64]) -> Result<Tensor> {
    const OP: &str = "broadcastTo";
    let shape = checked_shape(OP, sizes)?;
    if broadcast(x.shape(), &shape).as_ref() != Some(&shape) {
        return Err(Error::new(
            ErrorKind::Shape,
            OP,
            format!("{} cannot be broadcast to {shape}", x.aval()),
            "Sizes must be equal or 1, aligned at the last axis.",
        ));
    }
    x.broadcast_as(OP, &shape)
}

/// What to take of an axis.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Index {
    /// All of it.
    All,
    /// One position; the axis goes. Negative counts from the end.
    At(i64),
    /// Python's `start:stop:step`: negative positions count from the end, what is out of range is cut off.
    Range {
        /// First position; by default the first in the direction of the step.
        start: Option<i64>,
        /// End, exclusive; by default behind the last.
        stop: Option<i64>,
        /// Distance; not 0.
        step: i64,
    },
}

/// Takes a part of every axis; axes without an entry are taken whole.
///
/// ```
/// use interfuse::{library::{slice, Index}, Tensor};
/// let x = Tensor::from([1i32, 2, 3, 4, 5]);
/// let y = slice(&x, &[Index::Range { start: None, stop: None, step: -2 }])?;
/// assert_eq!(y.to_vec::<i32>()?, [5, 3, 1]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[track_caller]
pub fn slice(x: &Tensor, ranges: &[Index]) -> Result<Tensor> {
    const OP: &str = "slice";
    let sizes = sizes_of(x);
    if ranges.len() > sizes.len() {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("{} ranges are more than the axes of {}", ranges.len(), x.aval()),
            "Give at most one range per axis.",
        ));
    }
    let (mut start, mut step): (SmallVec<[Dim; 4]>, SmallVec<[i64; 4]>) = (SmallVec::new(), SmallVec::new());
    let (mut shape, mut left) = (Shape::default(), Vec::new());
    let mut whole = true;
    for (axis, size) in sizes.iter().copied().enumerate() {
        let (first, by, count, stays) = match ranges.get(axis).copied().unwrap_or(Index::All) {
            Index::All => (0, 1, size, true),
            Index::At(position) => {
                let at = if position < 0 { position + size } else { position };
                if !(0..size).contains(&at) {
                    return Err(Error::new(
                        ErrorKind::CompileArgument,
                        OP,
                        format!("index {position} is out of range for axis {axis} of {}", x.aval()),
                        format!("The axis has {size} elements."),
                    ));
                }
                (at, 1, 1, false)
            }
            Index::Range { step: 0, .. } => {
                return Err(Error::new(
                    ErrorKind::CompileArgument,
                    OP,
                    format!("the step of axis {axis} of {} is 0", x.aval()),
                    "Steps are positive or negative.",
                ));
            }
            Index::Range { start, stop, step } => {
                let (low, high) = if step > 0 { (0, size) } else { (-1, size - 1) };
                let place = |at: i64| (if at < 0 { at.saturating_add(size) } else { at }).clamp(low, high);
                let from = start.map_or(if step > 0 { low } else { high }, place);
                let to = stop.map_or(if step > 0 { high } else { low }, place);
                let distance = if step > 0 { to - from } else { from - to };
                let count = if distance <= 0 { 0 } else { (distance - 1) / step.saturating_abs() + 1 };
                // Of nothing the first position does not matter, but it must be one.
                (if count == 0 { 0 } else { from }, if count <= 1 { 1 } else { step }, count, true)
            }
        };
        whole &= (first, by, count) == (0, 1, size);
        start.push(Dim::Const(first));
        step.push(by);
        shape.0.push(Dim::Const(count));
        if stays {
            left.push(count);
        }
    }
    let taken = if whole { x.clone() } else { view(OP, View::Slice { start, step, shape }, x)? };
    reshape_as(OP, &taken, &left)
}

/// The part `from..to` of one axis.
#[track_caller]
fn part(op: &str, x: &Tensor, axis: usize, from: i64, to: i64) -> Result<Tensor> {
    let mut ranges = vec![Index::All; axis + 1];
    ranges[axis] = Index::Range { start: Some(from), stop: Some(to), step: 1 };
    slice(x, &ranges).map_err(|error| error.named(op))
}

/// Reverses axes.
#[track_caller]
pub fn flip(x: &Tensor, axes: impl Into<Axes>) -> Result<Tensor> {
    const OP: &str = "flip";
    let axes = axes.into().resolve(OP, x.aval())?;
    if axes.is_empty() { Ok(x.clone()) } else { view(OP, View::Flip { axes }, x) }
}

/// Shifts elements along an axis, those that leave coming back at the other end; without an axis in row-major order.
#[track_caller]
pub fn roll(x: &Tensor, shift: i64, axis: Option<i64>) -> Result<Tensor> {
    const OP: &str = "roll";
    let Some(axis) = axis else {
        let flat = reshape_as(OP, x, &[x.size() as i64])?;
        return reshape_as(OP, &roll(&flat, shift, Some(0))?, &sizes_of(x));
    };
    let axis = one(OP, axis, x.aval())?;
    let size = sizes_of(x)[axis];
    if size == 0 || shift.rem_euclid(size) == 0 {
        return Ok(x.clone());
    }
    let cut = size - shift.rem_euclid(size);
    let (head, tail) = (part(OP, x, axis, 0, cut)?, part(OP, x, axis, cut, size)?);
    Tensor::make(OP, Kind::Concatenate { axis: axis as u32 }, &[&tail, &head])
}

/// Surrounds with a value: (before, after) per axis.
#[track_caller]
pub fn pad(x: &Tensor, widths: &[(i64, i64)], value: Weak) -> Result<Tensor> {
    const OP: &str = "pad";
    if widths.len() != x.ndim() {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("{} widths for {}", widths.len(), x.aval()),
            "Give (before, after) for every axis.",
        ));
    }
    if let Some((before, after)) = widths.iter().find(|(before, after)| *before < 0 || *after < 0) {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("the widths ({before}, {after}) of {} must not be negative", x.aval()),
            "Slice to make it smaller.",
        ));
    }
    if widths.iter().all(|widths| *widths == (0, 0)) {
        return Ok(x.clone());
    }
    let total: Vec<i64> =
        sizes_of(x).iter().zip(widths).map(|(n, (b, a))| n.saturating_add(*b).saturating_add(*a)).collect();
    checked_shape(OP, &total)?;
    // The value takes the dtype of the tensor, or the tensor that of the value where that is larger.
    let dtype = common_dtype(OP, &[x.into(), Operand::Weak(value)])?;
    let x = x.cast_as(OP, dtype)?;
    let low = widths.iter().map(|(before, _)| Dim::Const(*before)).collect();
    let high = widths.iter().map(|(_, after)| Dim::Const(*after)).collect();
    view(OP, View::Pad { low, high, value: Scalar::from_f64(dtype, value.to_f64()) }, &x)
}

/// Joins tensors along an axis, promoting their dtypes.
#[track_caller]
pub fn concatenate(tensors: &[Tensor], axis: i64) -> Result<Tensor> {
    joined("concatenate", tensors, axis)
}

#[track_caller]
fn joined(op: &str, tensors: &[Tensor], axis: i64) -> Result<Tensor> {
    let Some(first) = tensors.first() else {
        return Err(Error::new(ErrorKind::CompileArgument, op, "there is no tensor to join", "Give at least one."));
    };
    let axis = one(op, axis, first.aval())?;
    let operands: Vec<Operand<'_>> = tensors.iter().map(Operand::from).collect();
    let dtype = common_dtype(op, &operands)?;
    let same_but = |x: &Tensor| {
        x.ndim() == first.ndim()
            && x.sizes().iter().zip(first.sizes()).enumerate().all(|(at, (a, b))| at == axis || *a == b)
    };
    if let Some(other) = tensors.iter().find(|x| !same_but(x)) {
        return Err(Error::new(
            ErrorKind::Shape,
            op,
            format!("{} and {} differ on an axis other than {axis}", first.aval(), other.aval()),
            "All other sizes must be equal.",
        ));
    }
    let total: i64 = tensors.iter().map(|x| x.sizes()[axis] as i64).sum();
    let mut sizes = sizes_of(first);
    sizes[axis] = total;
    checked_shape(op, &sizes)?;
    let cast: Vec<Tensor> = tensors.iter().map(|x| x.cast_as(op, dtype)).collect::<Result<_>>()?;
    match cast.as_slice() {
        [only] => Ok(only.clone()),
        _ => Tensor::make(op, Kind::Concatenate { axis: axis as u32 }, &cast.iter().collect::<Vec<_>>()),
    }
}

/// Joins tensors of equal shape along a new axis.
#[track_caller]
pub fn stack(tensors: &[Tensor], axis: i64) -> Result<Tensor> {
    const OP: &str = "stack";
    let Some(first) = tensors.first() else {
        return Err(Error::new(ErrorKind::CompileArgument, OP, "there is no tensor to join", "Give at least one."));
    };
    if let Some(other) = tensors.iter().find(|x| x.shape() != first.shape()) {
        return Err(Error::new(
            ErrorKind::Shape,
            OP,
            format!("{} and {} have different shapes", first.aval(), other.aval()),
            "Stack tensors of one shape, or concatenate them.",
        ));
    }
    let axis = within(OP, axis, first.ndim() + 1, &format!("a stack of {}", first.aval()))?;
    let rows: Vec<Tensor> = tensors.iter().map(|x| expand_dims(x, axis as i64)).collect::<Result<_>>()?;
    joined(OP, &rows, axis as i64)
}

/// How to split an axis.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Split<'a> {
    /// Into so many equal parts.
    Parts(i64),
    /// Before these positions.
    At(&'a [i64]),
}

/// Cuts a tensor along an axis.
#[track_caller]
pub fn split(x: &Tensor, how: Split<'_>, axis: i64) -> Result<Vec<Tensor>> {
    const OP: &str = "split";
    let axis = one(OP, axis, x.aval())?;
    let size = sizes_of(x)[axis];
    let mut cuts = vec![0];
    match how {
        Split::Parts(parts) => {
            if parts < 1 || size % parts != 0 {
                return Err(Error::new(
                    ErrorKind::Shape,
                    OP,
                    format!("axis {axis} of {} cannot be cut into {parts} equal parts", x.aval()),
                    "Give a divisor of its size, or the positions to cut at.",
                ));
            }
            cuts.extend((1..parts).map(|part| part * (size / parts)));
        }
        Split::At(positions) => {
            cuts.extend(positions.iter().map(|at| (if *at < 0 { at + size } else { *at }).clamp(0, size)));
        }
    }
    cuts.push(size);
    cuts.windows(2).map(|pair| part(OP, x, axis, pair[0], pair[1].max(pair[0]))).collect()
}

/// Repeats every element `count` times along an axis; without an axis in row-major order.
#[track_caller]
pub fn repeat(x: &Tensor, count: i64, axis: Option<i64>) -> Result<Tensor> {
    const OP: &str = "repeat";
    let Some(axis) = axis else {
        return repeat(&reshape_as(OP, x, &[x.size() as i64])?, count, Some(0));
    };
    let axis = one(OP, axis, x.aval())?;
    let mut sizes = sizes_of(x);
    let size = sizes[axis];
    sizes.insert(axis + 1, 1);
    let column = reshape_as(OP, x, &sizes)?;
    sizes[axis + 1] = count;
    let wide = column.broadcast_as(OP, &checked_shape(OP, &sizes)?)?;
    sizes.remove(axis + 1);
    sizes[axis] = size * count;
    reshape_as(OP, &wide, &sizes)
}

/// Repeats the whole so many times along each axis, aligned at the last.
#[track_caller]
pub fn tile(x: &Tensor, counts: &[i64]) -> Result<Tensor> {
    const OP: &str = "tile";
    let rank = x.ndim().max(counts.len());
    let mut sizes = vec![1; rank - x.ndim()];
    sizes.extend(sizes_of(x));
    let mut times = vec![1; rank - counts.len()];
    times.extend_from_slice(counts);
    // [a, b] by [r, s]: [1, a, 1, b] -> [r, a, s, b] -> [r a, s b]
    let apart: Vec<i64> = sizes.iter().flat_map(|n| [1, *n]).collect();
    let wide: Vec<i64> = times.iter().zip(&sizes).flat_map(|(r, n)| [*r, *n]).collect();
    let joined: Vec<i64> = times.iter().zip(&sizes).map(|(r, n)| r.saturating_mul(*n)).collect();
    let shape = checked_shape(OP, &wide)?;
    reshape_as(OP, &reshape_as(OP, x, &apart)?.broadcast_as(OP, &shape)?, &joined)
}

/// Elements or slices at indices along an axis (without an axis in row-major order): the axis is replaced by those of the indices.
/// Negative indices count from the end, others are clamped into range.
#[track_caller]
pub fn take(x: &Tensor, indices: &Tensor, axis: Option<i64>) -> Result<Tensor> {
    const OP: &str = "take";
    let (x, axis) = match axis {
        Some(axis) => (x.clone(), one(OP, axis, x.aval())?),
        None => (reshape_as(OP, x, &[x.size() as i64])?, 0),
    };
    Tensor::make(OP, Kind::Gather { axis: axis as u32 }, &[&x, indices])
}
