//! Parts of a tensor: positions and ranges along axes, counted from either end, known or following sizes that a compiled entry leaves open.
//! Where a range is cut off, and where an axis counts from, is decided here and guarded; reading elements at positions that a tensor
//! names is `index`.

use super::view::{about, dims_of, reshaped, view};
use crate::error::{Error, ErrorKind, Result};
use crate::symbolic::{self, Explain, at_least, bounds, must_be_at_least, seen_dim};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::kind::View;
use interfuse_compiler::shape::Shape;
use interfuse_derive::function;
use smallvec::SmallVec;

/// What to take of an axis.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    /// One position that follows sizes: `Index::AtSize(x.dim(0).floor_div(2)?)`.
    AtSize(symbolic::Dim),
    /// A range whose ends follow sizes.
    Sizes {
        /// First position; by default the first in the direction of the step.
        start: Option<symbolic::Dim>,
        /// End, exclusive; by default behind the last.
        stop: Option<symbolic::Dim>,
        /// Distance; not 0.
        step: i64,
    },
}

/// What is taken of an axis: positions `first`, `first + step`, ...
pub(super) struct Cut {
    pub first: Dim,
    pub step: i64,
    pub count: Dim,
    /// Is the axis one of the result?
    pub stays: bool,
}

/// Takes a part of every axis: `x.slice(null, 3, [1, -1], [null, null, -1])` is Python's `x[:, 3, 1:-1, ::-1]`.
///
/// ```
/// use interfuse::{library::{slice, Index}, Tensor};
/// let x = Tensor::from([1i32, 2, 3, 4, 5]);
/// let y = slice(&x, &[Index::Range { start: None, stop: None, step: -2 }])?;
/// assert_eq!(y.to_vec::<i32>()?, [5, 3, 1]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(
    method,
    returns = "The shape of x with each axis as long as its range; positions take theirs away.",
    throws = "CompileArgumentError: a position is out of range, or a step is 0.",
    example = "slice(tensor([1, 2, 3, 4]), [1, null, 2]) // [2, 4]"
)]
#[track_caller]
pub fn slice(
    x: &Tensor,
    /// Of each axis: everything (null), a position, or [start, stop, step].
    #[rest]
    ranges: &[Index],
) -> Result<Tensor> {
    let cuts = cuts(x, ranges)?;
    taken(x, &cuts)
}

/// What each axis keeps.
#[track_caller]
pub(super) fn cuts(x: &Tensor, ranges: &[Index]) -> Result<Vec<Cut>> {
    const OP: &str = "slice";
    let sizes = dims_of(x);
    if ranges.len() > sizes.len() {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("{} ranges are more than the axes of {}", ranges.len(), x.seen()),
            "Give at most one range per axis.",
        ));
    }
    let known = |at: &Option<i64>| at.map(Dim::Const);
    let open = |at: &Option<symbolic::Dim>| at.as_ref().map(|at| at.0.clone());
    let mut cuts = Vec::with_capacity(sizes.len());
    for (axis, size) in sizes.iter().enumerate() {
        let (start, stop, step) = match ranges.get(axis).unwrap_or(&Index::All) {
            Index::All => {
                cuts.push(Cut { first: Dim::ZERO, step: 1, count: size.clone(), stays: true });
                continue;
            }
            Index::At(position) => {
                cuts.push(single(OP, x, axis, &Dim::Const(*position))?);
                continue;
            }
            Index::AtSize(position) => {
                cuts.push(single(OP, x, axis, &position.0)?);
                continue;
            }
            Index::Range { start, stop, step } => (known(start), known(stop), *step),
            Index::Sizes { start, stop, step } => (open(start), open(stop), *step),
        };
        if step == 0 {
            return Err(Error::new(
                ErrorKind::CompileArgument,
                OP,
                format!("the step of axis {axis} of {} is 0", x.seen()),
                "Steps are positive or negative.",
            ));
        }
        let why = || about(String::new(), x, format!(": the range of axis {axis} is cut off in another way"));
        let (low, high) = if step > 0 { (Dim::ZERO, size.clone()) } else { (Dim::Const(-1), size.sub(&Dim::ONE)) };
        let from = match start {
            Some(at) => position(OP, &at, size, (&low, &high), &why)?,
            None => (if step > 0 { &low } else { &high }).clone(),
        };
        let to = match stop {
            Some(at) => position(OP, &at, size, (&low, &high), &why)?,
            None => (if step > 0 { &high } else { &low }).clone(),
        };
        let distance = if step > 0 { to.sub(&from) } else { from.sub(&to) };
        if !at_least(OP, &distance, &Dim::ONE, &why)? {
            // Of nothing the first position does not matter, but it must be one.
            cuts.push(Cut { first: Dim::ZERO, step: 1, count: Dim::ZERO, stays: true });
            continue;
        }
        let steps = distance.sub(&Dim::ONE).floor_div(&Dim::Const(step.saturating_abs()), &bounds);
        let step = if steps.is(0) { 1 } else { step };
        cuts.push(Cut { first: from, step, count: steps.add(&Dim::ONE), stays: true });
    }
    Ok(cuts)
}

/// The parts of all axes together.
#[track_caller]
pub(super) fn taken(x: &Tensor, cuts: &[Cut]) -> Result<Tensor> {
    const OP: &str = "slice";
    let whole = |(cut, size): (&Cut, &Dim)| cut.first.is(0) && cut.step == 1 && cut.count == *size;
    let left: Vec<Dim> = cuts.iter().filter(|cut| cut.stays).map(|cut| cut.count.clone()).collect();
    if cuts.iter().zip(x.shape().dims()).all(whole) {
        return reshaped(OP, x, &left);
    }
    let start = cuts.iter().map(|cut| cut.first.clone()).collect();
    let step = cuts.iter().map(|cut| cut.step).collect();
    let shape = Shape(cuts.iter().map(|cut| cut.count.clone()).collect());
    reshaped(OP, &view(OP, View::Slice { start, step, shape }, x)?, &left)
}

/// A single position of an axis; it must be in it.
#[track_caller]
fn single(op: &str, x: &Tensor, axis: usize, position: &Dim) -> Result<Cut> {
    let size = &x.shape().0[axis];
    let why = || about("an index is out of range for ".into(), x, format!(": axis {axis}"));
    let seen = seen_dim(position);
    let text = || format!("index {seen} is out of range for axis {axis} of ");
    let why_inside = || about(text(), x, String::new());
    let counts_from_start = at_least(op, position, &Dim::ZERO, &why)?;
    let inside = match counts_from_start {
        true => must_be_at_least(op, &size.sub(&Dim::ONE), position, &why_inside)?,
        false => must_be_at_least(op, size, &Dim::ZERO.sub(position), &why_inside)?,
    };
    if !inside {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            op,
            format!("{}{}", text(), x.seen()),
            format!("The axis has {} elements.", seen_dim(size)),
        ));
    }
    let first = if counts_from_start { position.clone() } else { size.add(position) };
    Ok(Cut { first, step: 1, count: Dim::ONE, stays: false })
}

/// A position that counts from the end where it is negative, cut off at the bounds (of which the first is -1 or 0, and the last the size
/// or one less).
#[track_caller]
pub(super) fn position(
    op: &str,
    at: &Dim,
    size: &Dim,
    (low, high): (&Dim, &Dim),
    why: &dyn Fn() -> Explain,
) -> Result<Dim> {
    Ok(if at_least(op, at, &Dim::ZERO, why)? {
        if at_least(op, high, at, why)? { at.clone() } else { high.clone() }
    } else if at_least(op, size, &Dim::ZERO.sub(at), why)? {
        size.add(at)
    } else {
        low.clone()
    })
}

/// The part `from..to` of one axis; both are positions in it.
#[track_caller]
pub(super) fn part(op: &str, x: &Tensor, axis: usize, from: &Dim, to: &Dim) -> Result<Tensor> {
    let mut shape = x.shape().clone();
    let mut start: SmallVec<[Dim; 4]> = SmallVec::from_elem(Dim::ZERO, shape.rank());
    if from.is(0) && *to == shape.0[axis] {
        return Ok(x.clone());
    }
    start[axis] = from.clone();
    shape.0[axis] = to.sub(from);
    let step = SmallVec::from_elem(1, shape.rank());
    view(op, View::Slice { start, step, shape }, x)
}
