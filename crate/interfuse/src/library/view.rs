//! Views and what is made of them: index arithmetic that costs nothing when fused, joins and look-ups.

use crate::axes::{Axes, one, within};
use crate::error::{Error, ErrorKind, Result};
use crate::operand::{Operand, common_dtype};
use crate::symbolic::{
    self, Explain, MAX_ELEMENTS, Sizes, alike, bounds, checked_dims, checked_shape, must_be_at_least, must_be_same,
    same, seen_dim,
};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::{DType, Scalar, Weak};
use interfuse_compiler::kind::{self, Kind, View};
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_compiler::small;
use interfuse_derive::function;
use std::rc::Rc;

#[track_caller]
pub(super) fn view(op: &str, view: View, x: &Tensor) -> Result<Tensor> {
    Tensor::make(op, Kind::View(view), &[x])
}

/// The sizes as expressions, which leaves open ones open.
pub(super) fn dims_of(x: &Tensor) -> Vec<Dim> {
    x.shape().dims().to_vec()
}

fn product(dims: &[Dim]) -> Dim {
    dims.iter().fold(Dim::ONE, |product, dim| product.mul(dim))
}

/// What a guard on the sizes of a tensor says: two texts with its shape and dtype between them.
pub(super) fn about(before: String, x: &Tensor, after: String) -> Explain {
    let aval = x.aval().clone();
    Rc::new(move |sizes| format!("{before}{}{after}", sizes.aval(&aval)))
}

/// A reshape to sizes that are there, in the name of another op.
#[track_caller]
pub(crate) fn reshape_as(op: &str, x: &Tensor, sizes: &(impl Sizes + ?Sized)) -> Result<Tensor> {
    reshaped(op, x, &sizes.expressions())
}

#[track_caller]
pub(super) fn reshaped(op: &str, x: &Tensor, sizes: &[Dim]) -> Result<Tensor> {
    let shape = checked_dims(op, sizes)?;
    if alike(x.shape(), &shape) {
        return Ok(x.clone());
    }
    view(op, View::Reshape { shape }, x)
}

/// The same elements in another shape; one size may be -1.
#[function(
    method,
    returns = "The elements of x in row-major order in that shape.",
    throws = "ShapeError: the number of elements differs, or more than one size is -1.",
    example = "reshape(tensor([1, 2, 3, 4]), [2, -1]) // [[1, 2], [3, 4]]"
)]
#[track_caller]
pub fn reshape(
    x: &Tensor,
    /// The sizes; one may be -1 and follows from the others.
    shape: &(impl Sizes + ?Sized),
) -> Result<Tensor> {
    const OP: &str = "reshape";
    reshaped(OP, x, &solved(OP, x, &x.shape().size(), &shape.expressions())?)
}

/// Sizes with the -1 replaced by what `total` elements leave for it.
#[track_caller]
fn solved(op: &str, x: &Tensor, total: &Dim, sizes: &[Dim]) -> Result<Vec<Dim>> {
    fn text(aval: &Aval, total: &Dim, sizes: &[Dim]) -> String {
        format!("cannot reshape {aval} of size {total} into {sizes:?}")
    }
    let misfit = |hint: &str| {
        let sizes: Vec<Dim> = sizes.iter().map(seen_dim).collect();
        Error::new(ErrorKind::Shape, op, text(&x.seen(), &seen_dim(total), &sizes), hint)
    };
    let why = || -> Explain {
        let (aval, total, sizes) = (x.aval().clone(), total.clone(), sizes.to_vec());
        Rc::new(move |now| {
            let sizes: Vec<Dim> = sizes.iter().map(|size| now.known(size)).collect();
            text(&now.aval(&aval), &now.known(&total), &sizes)
        })
    };
    let open = sizes.iter().filter(|size| size.is(-1)).count();
    if open > 1 {
        return Err(misfit("Only one size may be -1."));
    }
    if sizes.iter().any(|size| size.as_const().is_some_and(|size| size < -1)) {
        return Err(misfit("Sizes must not be negative; one may be -1."));
    }
    let given = sizes.iter().filter(|size| !size.is(-1));
    // Numbers may be as large as a user likes; expressions are made of sizes.
    let numbers = given.clone().filter_map(Dim::as_const).try_fold(1i64, |n, size| n.checked_mul(size));
    let numbers = numbers.ok_or_else(|| misfit("The number of elements must stay the same."))?;
    let known = given.filter(|size| size.as_const().is_none()).fold(Dim::Const(numbers), |n, size| n.mul(size));
    if open == 0 {
        return match must_be_same(op, &known, total, &why)? {
            true => Ok(sizes.to_vec()),
            false => Err(misfit("The number of elements must stay the same; one size may be -1.")),
        };
    }
    if !must_be_at_least(op, &known, &Dim::ONE, &why)? {
        return Err(misfit("Beside a size of 0, the -1 cannot be inferred."));
    }
    let left = match total.exact_quotient(&known) {
        Some(left) => left,
        None if must_be_same(op, &total.modulo(&known, &bounds), &Dim::ZERO, &why)? => total.floor_div(&known, &bounds),
        None => return Err(misfit("The number of elements must stay the same; one size may be -1.")),
    };
    Ok(sizes.iter().map(|size| if size.is(-1) { left.clone() } else { size.clone() }).collect())
}

/// Joins the axes from `start` to `end`, both included.
#[function(
    method,
    returns = "The shape of x with these axes as one; a scalar gets one axis.",
    example = "flatten(tensor([[1, 2], [3, 4]])) // [1, 2, 3, 4]"
)]
#[track_caller]
pub fn flatten(
    x: &Tensor,
    /// The first axis.
    #[default(0)]
    start: i64,
    /// The last axis.
    #[default(-1)]
    end: i64,
) -> Result<Tensor> {
    const OP: &str = "flatten";
    if x.ndim() == 0 {
        return reshape_as(OP, x, &[1]);
    }
    let (from, to) = (one(OP, start, x.aval())?, one(OP, end, x.aval())?);
    if from > to {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("the first axis, {start}, comes after the last, {end}, in {}", x.seen()),
            "",
        ));
    }
    let sizes = dims_of(x);
    let joined = product(&sizes[from..=to]);
    reshaped(OP, x, &[&sizes[..from], &[joined], &sizes[to + 1..]].concat())
}

/// Splits an axis into several; one of their sizes may be -1.
#[function(
    method,
    returns = "The shape of x with these sizes in the place of the axis.",
    throws = "ShapeError: the product of the sizes is not that of the axis.",
    example = "unflatten(tensor([1, 2, 3, 4]), 0, [2, -1]) // [[1, 2], [3, 4]]"
)]
#[track_caller]
pub fn unflatten(
    x: &Tensor,
    /// The axis to split.
    axis: i64,
    /// What it becomes; one size may be -1.
    sizes: &(impl Sizes + ?Sized),
) -> Result<Tensor> {
    const OP: &str = "unflatten";
    let axis = one(OP, axis, x.aval())?;
    let all = dims_of(x);
    let into = solved(OP, x, &all[axis], &sizes.expressions())?;
    reshaped(OP, x, &[&all[..axis], &into, &all[axis + 1..]].concat())
}

#[track_caller]
fn permute(op: &str, x: &Tensor, permutation: &[usize]) -> Result<Tensor> {
    if permutation.iter().enumerate().all(|(at, axis)| at == *axis) {
        return Ok(x.clone());
    }
    view(op, View::Transpose { permutation: permutation.iter().map(|axis| *axis as u32).collect() }, x)
}

/// Axis `i` of the result is axis `axes[i]` of x; without axes they are reversed.
#[function(
    method,
    returns = "Axis `i` of it is axis `axes[i]` of x.",
    example = "transpose(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]"
)]
#[track_caller]
pub fn transpose(
    x: &Tensor,
    /// The axes of x in the order of the result; reversed where they are left out.
    axes: Option<&[i64]>,
) -> Result<Tensor> {
    const OP: &str = "transpose";
    let Some(axes) = axes else {
        return permute(OP, x, &(0..x.ndim()).rev().collect::<Vec<_>>());
    };
    let permutation: Vec<usize> = axes.iter().map(|axis| one(OP, *axis, x.aval())).collect::<Result<_>>()?;
    let mut sorted = permutation.clone();
    small::sort(&mut sorted);
    if sorted.len() != x.ndim() || sorted.iter().enumerate().any(|(at, axis)| at != *axis) {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("{axes:?} is not a permutation of the axes of {}", x.seen()),
            "Name every axis once.",
        ));
    }
    permute(OP, x, &permutation)
}

/// Exchanges two axes.
#[function(
    method,
    returns = "The shape of x with the two sizes exchanged.",
    example = "swapaxes(tensor([[1, 2], [3, 4]]), 0, 1) // [[1, 3], [2, 4]]"
)]
#[track_caller]
pub fn swapaxes(
    x: &Tensor,
    /// One of them.
    #[label("an axis")]
    a: i64,
    /// The other.
    #[label("an axis")]
    b: i64,
) -> Result<Tensor> {
    const OP: &str = "swapaxes";
    let mut permutation: Vec<usize> = (0..x.ndim()).collect();
    permutation.swap(one(OP, a, x.aval())?, one(OP, b, x.aval())?);
    permute(OP, x, &permutation)
}

/// Moves an axis to another place; the others keep their order.
#[function(
    method,
    returns = "The shape of x with that size in its new place.",
    example = "moveaxis(tensor([[1, 2], [3, 4]]), 0, -1) // [[1, 3], [2, 4]]"
)]
#[track_caller]
pub fn moveaxis(
    x: &Tensor,
    /// Where the axis is.
    #[label("an axis")]
    from: i64,
    /// Where it comes to.
    #[label("an axis")]
    to: i64,
) -> Result<Tensor> {
    const OP: &str = "moveaxis";
    let (from, to) = (one(OP, from, x.aval())?, one(OP, to, x.aval())?);
    let mut permutation: Vec<usize> = (0..x.ndim()).filter(|axis| *axis != from).collect();
    permutation.insert(to, from);
    permute(OP, x, &permutation)
}

/// Inserts axes of size 1 at these places of the result.
#[function(
    method,
    returns = "The shape of x with sizes of 1 there.",
    example = "expandDims(tensor([1, 2]), 0) // [[1, 2]]"
)]
#[track_caller]
pub fn expand_dims(
    x: &Tensor,
    /// The places of the new axes in the result.
    axis: impl Into<Axes>,
) -> Result<Tensor> {
    const OP: &str = "expandDims";
    let Axes::Some(axes) = axis.into() else {
        let hint = "Name the place of the new axis.";
        return Err(Error::new(ErrorKind::CompileArgument, OP, "the axis is missing", hint));
    };
    let rank = x.ndim() + axes.len();
    let what = format!("a result with {rank} axes of {}", x.seen());
    let mut new: Vec<usize> = axes.iter().map(|axis| within(OP, *axis, rank, &what)).collect::<Result<_>>()?;
    small::sort(&mut new);
    if new.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("an axis of {:?} is named twice", axes.as_slice()),
            "Name every axis once.",
        ));
    }
    let mut sizes = dims_of(x);
    for axis in new {
        sizes.insert(axis, Dim::ONE);
    }
    reshaped(OP, x, &sizes)
}

/// Removes axes of size 1: all of them, or those named.
#[function(
    method,
    returns = "The shape of x without these axes.",
    throws = "ShapeError: the size of an axis that is named is not 1.",
    example = "squeeze(tensor([[1, 2]])) // [1, 2]"
)]
#[track_caller]
pub fn squeeze(
    x: &Tensor,
    /// The axes to remove; by default all of size 1.
    #[default(..)]
    axis: impl Into<Axes>,
) -> Result<Tensor> {
    const OP: &str = "squeeze";
    let sizes = dims_of(x);
    let axes = axis.into();
    let is_one = |axis: usize| {
        same(OP, &sizes[axis], &Dim::ONE, &|| {
            about(String::new(), x, format!(": axis {axis} is squeezed where its size is 1"))
        })
    };
    let mut gone = kind::Axes::new();
    match &axes {
        Axes::All => {
            for axis in 0..sizes.len() {
                if is_one(axis)? {
                    gone.push(axis as u32);
                }
            }
        }
        Axes::Some(_) => gone = axes.resolve(OP, x.aval())?,
    }
    for axis in &gone {
        let axis = *axis as usize;
        if !is_one(axis)? {
            return Err(Error::new(
                ErrorKind::Shape,
                OP,
                format!("axis {axis} of {} has size {}, not 1", x.seen(), seen_dim(&sizes[axis])),
                "Only axes of size 1 can be removed.",
            ));
        }
    }
    let stays = |(at, size): (usize, &Dim)| (!gone.contains(&(at as u32))).then(|| size.clone());
    reshaped(OP, x, &sizes.iter().enumerate().filter_map(stays).collect::<Vec<Dim>>())
}

/// Repeats axes of size 1, and the whole along new axes in front.
#[function(
    method,
    returns = "That shape.",
    throws = "ShapeError: a size of x is neither 1 nor that of the shape, aligned at the last axis.",
    example = "broadcastTo(tensor([1, 2]), [2, 2]) // [[1, 2], [1, 2]]"
)]
#[track_caller]
pub fn broadcast_to(
    x: &Tensor,
    /// The shape to repeat into.
    shape: &(impl Sizes + ?Sized),
) -> Result<Tensor> {
    const OP: &str = "broadcastTo";
    broadcast_into(OP, x, &checked_shape(OP, shape)?)
}

/// A broadcast to exactly that shape, in the name of another op.
#[track_caller]
pub(super) fn broadcast_into(op: &str, x: &Tensor, shape: &Shape) -> Result<Tensor> {
    if symbolic::broadcasts_to(x.shape(), shape) {
        return x.broadcast_as(op, shape);
    }
    Err(Error::new(
        ErrorKind::Shape,
        op,
        format!("{} cannot be broadcast to {}", x.seen(), symbolic::seen_shape(shape)),
        "Sizes must be equal or 1, aligned at the last axis.",
    ))
}

/// Reverses axes, by default all.
#[function(method, returns = "The shape of x.", example = "flip(tensor([1, 2, 3])) // [3, 2, 1]")]
#[track_caller]
pub fn flip(
    x: &Tensor,
    /// The axes; all of them by default. Negative ones count from the end.
    #[default(..)]
    axis: impl Into<Axes>,
) -> Result<Tensor> {
    const OP: &str = "flip";
    let axes = axis.into().resolve(OP, x.aval())?;
    if axes.is_empty() { Ok(x.clone()) } else { view(OP, View::Flip { axes }, x) }
}

/// Surrounds with a value, 0 by default. bool stays bool: its value is true, false, 1 or 0.
#[function(
    method,
    returns = "The shape of x with the widths added.",
    throws = "ShapeError: a width is negative, or there are not as many as axes.",
    example = "pad(tensor([1, 2]), [1, 2], { value: 9 }) // [9, 1, 2, 9, 9]"
)]
#[track_caller]
pub fn pad<B: Clone + Into<symbolic::Dim>, A: Clone + Into<symbolic::Dim>>(
    x: &Tensor,
    /// How many elements to add: at both ends of every axis, or [before, after] of every axis, or those of each axis.
    #[wire(Vec<(symbolic::Dim, symbolic::Dim)>)]
    widths: &[(B, A)],
    /// What is put there.
    #[option(0)]
    value: Weak,
) -> Result<Tensor> {
    let widths = widths.iter().map(|(before, after)| [before.clone().into().0, after.clone().into().0]);
    padded(x, &widths.collect::<Vec<_>>(), value)
}

#[track_caller]
fn padded(x: &Tensor, widths: &[[Dim; 2]], value: Weak) -> Result<Tensor> {
    const OP: &str = "pad";
    if widths.len() != x.ndim() {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("{} widths for {}", widths.len(), x.seen()),
            "Give (before, after) for every axis.",
        ));
    }
    for [before, after] in widths {
        let text = |before: &Dim, after: &Dim| format!("the widths ({before}, {after}) of ");
        let why = || about(text(before, after), x, " must not be negative".into());
        for width in [before, after] {
            if !must_be_at_least(OP, width, &Dim::ZERO, &why)? {
                return Err(Error::new(
                    ErrorKind::CompileArgument,
                    OP,
                    format!("{}{} must not be negative", text(&seen_dim(before), &seen_dim(after)), x.seen()),
                    "To make an axis smaller, use slice.",
                ));
            }
        }
    }
    if widths.iter().flatten().all(|width| width.is(0)) {
        return Ok(x.clone());
    }
    let width = |width: &Dim| match width {
        Dim::Const(n) => Dim::Const((*n).min(MAX_ELEMENTS + 1)),
        open => open.clone(),
    };
    let total = |(n, [before, after]): (&Dim, &[Dim; 2])| n.add(&width(before)).add(&width(after));
    checked_dims(OP, &x.shape().dims().iter().zip(widths).map(total).collect::<Vec<Dim>>())?;
    // The value takes the dtype of the tensor, or the tensor that of the value where that is larger: 0 and 1 are bools as well.
    let is_bool = x.dtype() == DType::Bool && matches!(value.to_f64(), 0.0 | 1.0);
    let dtype = if is_bool { DType::Bool } else { common_dtype(OP, &[x.into(), Operand::Weak(value)])? };
    let x = x.cast_as(OP, dtype)?;
    let low = widths.iter().map(|[before, _]| width(before)).collect();
    let high = widths.iter().map(|[_, after]| width(after)).collect();
    view(OP, View::Pad { low, high, value: Scalar::from_f64(dtype, value.to_f64()) }, &x)
}

/// Repeats every element so often along an axis; without an axis in row-major order.
#[function(
    method,
    returns = "The shape of x with the size of the axis times the count.",
    example = "repeat(tensor([1, 2]), 2) // [1, 1, 2, 2]"
)]
#[track_caller]
pub fn repeat(
    x: &Tensor,
    /// How often.
    count: impl Into<symbolic::Dim>,
    /// The axis; without one in row-major order.
    axis: Option<i64>,
) -> Result<Tensor> {
    repeated(x, &count.into().0, axis)
}

#[track_caller]
fn repeated(x: &Tensor, count: &Dim, axis: Option<i64>) -> Result<Tensor> {
    const OP: &str = "repeat";
    let Some(axis) = axis else {
        return repeated(&reshaped(OP, x, &[x.shape().size()])?, count, Some(0));
    };
    let axis = one(OP, axis, x.aval())?;
    let mut sizes = dims_of(x);
    let size = sizes[axis].clone();
    sizes.insert(axis + 1, Dim::ONE);
    let column = reshaped(OP, x, &sizes)?;
    sizes[axis + 1] = count.clone();
    let wide = column.broadcast_as(OP, &checked_dims(OP, &sizes)?)?;
    sizes.remove(axis + 1);
    sizes[axis] = size.mul(count);
    reshaped(OP, &wide, &sizes)
}

/// Repeats the whole so many times along each axis, aligned at the last.
#[function(
    method,
    returns = "The shape of x with every size times its count.",
    example = "tile(tensor([1, 2]), 2) // [1, 2, 1, 2]"
)]
#[track_caller]
pub fn tile(
    x: &Tensor,
    /// How often along each axis, aligned at the last.
    counts: &(impl Sizes + ?Sized),
) -> Result<Tensor> {
    const OP: &str = "tile";
    let counts = counts.expressions();
    let rank = x.ndim().max(counts.len());
    let mut sizes = vec![Dim::ONE; rank - x.ndim()];
    sizes.extend(dims_of(x));
    let mut times = vec![Dim::ONE; rank - counts.len()];
    times.extend(counts);
    // [a, b] by [r, s]: [1, a, 1, b] -> [r, a, s, b] -> [r a, s b]
    let apart: Vec<Dim> = sizes.iter().flat_map(|n| [Dim::ONE, n.clone()]).collect();
    let wide: Vec<Dim> = times.iter().zip(&sizes).flat_map(|(r, n)| [r.clone(), n.clone()]).collect();
    let shape = checked_dims(OP, &wide)?;
    // Only now: what passed the check does not overflow.
    let joined: Vec<Dim> = times.iter().zip(&sizes).map(|(r, n)| r.mul(n)).collect();
    reshaped(OP, &reshaped(OP, x, &apart)?.broadcast_as(OP, &shape)?, &joined)
}

/// Indices are integers. A mask is none: how many elements it chooses no shape can say.
#[track_caller]
pub(super) fn check_indices(op: &str, indices: &Tensor) -> Result<()> {
    let hint = match indices.dtype() {
        DType::Int32 | DType::UInt32 => return Ok(()),
        DType::Bool => {
            "A mask chooses as many elements as it likes, and shapes are known beforehand: use where, or multiply."
        }
        DType::Float16 | DType::Float32 => "Convert them with astype.",
    };
    let message = format!("indices must be int32 or uint32, got {}", indices.seen());
    Err(Error::new(ErrorKind::DType, op, message, hint))
}

/// Elements or slices at indices along an axis, which is replaced by those of the indices; without an axis in row-major order.
/// Negative indices count from the end, others out of range are clamped to the nearest.
#[function(
    method,
    returns = "The shape of x with that of the indices in the place of the axis.",
    throws = "DTypeError: the indices are not int32 or uint32.",
    example = "take(tensor([10, 20, 30]), tensor(Int32Array.of(2, 0))) // [30, 10]"
)]
#[track_caller]
pub fn take(
    x: &Tensor,
    /// int32 or uint32.
    indices: &Tensor,
    /// The axis; without one they count in row-major order.
    axis: Option<i64>,
) -> Result<Tensor> {
    const OP: &str = "take";
    check_indices(OP, indices)?;
    let (x, axis) = match axis {
        Some(axis) => (x.clone(), one(OP, axis, x.aval())?),
        None => (reshaped(OP, x, &[x.shape().size()])?, 0),
    };
    Tensor::make(OP, Kind::Gather { axis: axis as u32 }, &[&x, indices])
}
