//! Convolutions and pooling. Inputs are [batch, sizes.., channels], kernels [channels out, sizes.., channels in / groups], as in MLX.

use super::view::reshape_as;
use crate::error::{Error, ErrorKind, Result};
use crate::operand::{Operand, common_dtype};
use crate::symbolic::{self, Explain, must_be_at_least};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim as Expression;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kind::{ConvGeometry, Kind, ReduceOp, View};
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_derive::{Options, function};
use smallvec::{SmallVec, smallvec};
use std::rc::Rc;

/// How the window of a convolution moves; one number per spatial axis, or one for all of them.
///
/// A convolution turns each spatial size into `floor((size + 2 padding - dilation (kernel size - 1) - 1) / stride) + 1`, a transposed
/// one into `(size - 1) stride - 2 padding + dilation (kernel size - 1) + output padding + 1`.
#[derive(Clone, PartialEq, Eq, Debug, Options)]
pub struct Window {
    /// Elements from one window to the next.
    #[default(vec![1])]
    pub stride: Vec<i64>,
    /// Zeros that are added at each end of an axis; a transposed convolution cuts off as many elements of the result.
    #[default(vec![0])]
    pub padding: Vec<i64>,
    /// Elements of the input from one element of a window to the next.
    #[default(vec![1])]
    pub dilation: Vec<i64>,
    /// Number of groups of channels; groups do not mix.
    #[default(1)]
    pub groups: i64,
}

/// One number per axis.
fn each(op: &str, what: &str, values: &[i64], axes: usize, least: i64) -> Result<SmallVec<[u32; 2]>> {
    let values: Vec<i64> = if values.len() == 1 { vec![values[0]; axes] } else { values.to_vec() };
    let fits = |value: &i64| (least..=i64::from(u32::MAX >> 8)).contains(value);
    if values.len() != axes || !values.iter().all(fits) {
        let message = format!("{what} is {values:?}");
        let hint = format!("It is one number of at least {least}, or {axes} of them.");
        return Err(Error::new(ErrorKind::CompileArgument, op, message, hint));
    }
    Ok(values.into_iter().map(|value| value as u32).collect())
}

/// Both in their common float.
#[track_caller]
fn operands(op: &str, x: &Tensor, kernel: &Tensor, spatial: usize) -> Result<(Tensor, Tensor)> {
    if x.ndim() != spatial + 2 || kernel.ndim() != spatial + 2 {
        let message = format!("{} and {} do not have {} axes", x.seen(), kernel.seen(), spatial + 2);
        let hint = "The input is [batch, sizes.., channels], the kernel [channels out, sizes.., channels in / groups].";
        return Err(Error::new(ErrorKind::Shape, op, message, hint));
    }
    let dtype = common_dtype(op, &[x.into(), kernel.into()])?;
    let dtype = if dtype.is_float() { dtype } else { DType::Float32 };
    Ok((x.cast_as(op, dtype)?, kernel.cast_as(op, dtype)?))
}

#[track_caller]
fn conv(op: &str, x: &Tensor, kernel: &Tensor, spatial: usize, window: &Window) -> Result<Tensor> {
    let (x, kernel) = operands(op, x, kernel, spatial)?;
    let padding = each(op, "the padding", &window.padding, spatial, 0)?;
    let geometry = ConvGeometry {
        stride: each(op, "the stride", &window.stride, spatial, 1)?,
        padding: padding.into_iter().map(|p| (p, p)).collect(),
        kernel_dilation: each(op, "the dilation", &window.dilation, spatial, 1)?,
        input_dilation: smallvec![1; spatial],
        groups: each(op, "the number of groups", &[window.groups], 1, 1)?[0],
        flip: false,
    };
    Tensor::make(op, Kind::Conv { geometry: Box::new(geometry) }, &[&x, &kernel])
}

/// Convolution (strictly speaking a cross-correlation) of [batch, size, channels] with a kernel
/// [channels out, size, channels in / groups].
///
/// ```text
/// size out = floor((size + 2 padding - dilation (kernel size - 1) - 1) / stride) + 1
/// ```
///
/// ```
/// use interfuse::{library::{conv1d, Window}, Tensor};
/// let x = Tensor::from([[[1.0f32], [2.0], [3.0]]]);
/// let sums = Tensor::from([[[1.0f32], [1.0]]]);
/// assert_eq!(conv1d(&x, &sums, &Window::default())?.to_vec::<f32>()?, [3.0, 5.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(
    method,
    options = "ConvOptions",
    returns = "[batch, size, channels out]. Each size becomes floor((size + 2 padding - dilation (kernel size - 1) - 1) / stride) + 1.",
    throws = "ShapeError: the axes or channels of both do not fit.",
    example = "conv1d(tensor([[[1], [2], [3]]]), tensor([[[1], [1]]])) // [[[3], [5]]]"
)]
#[track_caller]
pub fn conv1d(
    /// [batch, size, channels].
    x: &Tensor,
    /// [channels out, size, channels in / groups].
    kernel: &Tensor,
    window: &Window,
) -> Result<Tensor> {
    conv("conv1d", x, kernel, 1, window)
}

/// Convolution (strictly speaking a cross-correlation) of [batch, height, width, channels] with a kernel
/// [channels out, height, width, channels in / groups].
///
/// ```text
/// size out = floor((size + 2 padding - dilation (kernel size - 1) - 1) / stride) + 1
/// ```
#[function(
    method,
    options = "ConvOptions",
    returns = "[batch, height, width, channels out]. Each size becomes floor((size + 2 padding - dilation (kernel size - 1) - 1) / stride) + 1.",
    throws = "ShapeError: the axes or channels of both do not fit.",
    example = "conv2d(ones([1, 2, 2, 1]), ones([1, 2, 2, 1])) // [[[[4]]]]"
)]
#[track_caller]
pub fn conv2d(
    /// [batch, height, width, channels].
    x: &Tensor,
    /// [channels out, height, width, channels in / groups].
    kernel: &Tensor,
    window: &Window,
) -> Result<Tensor> {
    conv("conv2d", x, kernel, 2, window)
}

#[track_caller]
fn transposed(op: &str, x: &Tensor, kernel: &Tensor, spatial: usize, window: &Window, more: &[i64]) -> Result<Tensor> {
    let (x, kernel) = operands(op, x, kernel, spatial)?;
    let padding = each(op, "the padding", &window.padding, spatial, 0)?;
    let more = each(op, "the output padding", more, spatial, 0)?;
    let dilation = each(op, "the dilation", &window.dilation, spatial, 1)?;
    let mut sides: SmallVec<[(u32, u32); 2]> = SmallVec::new();
    for axis in 0..spatial {
        let taps = symbolic::value(op, &kernel.shape().0[axis + 1])?;
        let reach = i64::from(dilation[axis]) * (taps - 1) - i64::from(padding[axis]);
        let Ok(before) = u32::try_from(reach) else {
            let message = format!("a padding of {} is more than the kernel {} reaches", padding[axis], kernel.seen());
            return Err(Error::new(ErrorKind::CompileArgument, op, message, "Slice the result instead."));
        };
        sides.push((before, before + more[axis]));
    }
    let geometry = ConvGeometry {
        stride: smallvec![1; spatial],
        padding: sides,
        kernel_dilation: dilation,
        input_dilation: each(op, "the stride", &window.stride, spatial, 1)?,
        groups: each(op, "the number of groups", &[window.groups], 1, 1)?[0],
        flip: true,
    };
    Tensor::make(op, Kind::Conv { geometry: Box::new(geometry) }, &[&x, &kernel])
}

/// Transposed convolution of [batch, size, channels]: it undoes what a convolution of the same options does to the size.
///
/// ```text
/// size out = (size - 1) stride - 2 padding + dilation (kernel size - 1) + output padding + 1
/// ```
#[function(
    method,
    options = "ConvTransposeOptions",
    returns = "[batch, size, channels out]. Each size becomes (size - 1) stride - 2 padding + dilation (kernel size - 1) + outputPadding + 1.",
    throws = "ShapeError: the axes or channels of both do not fit.",
    example = "convTranspose1d(tensor([[[1], [2]]]), tensor([[[1], [1]]])) // [[[1], [3], [2]]]"
)]
#[track_caller]
pub fn conv_transpose1d(
    /// [batch, size, channels].
    x: &Tensor,
    /// [channels out, size, channels in / groups].
    kernel: &Tensor,
    window: &Window,
    /// Elements that are added at the end of each axis of the result.
    #[option(0)]
    output_padding: &[i64],
) -> Result<Tensor> {
    transposed("convTranspose1d", x, kernel, 1, window, output_padding)
}

/// Transposed convolution of [batch, height, width, channels]: it undoes what a convolution of the same options does to the sizes.
///
/// ```text
/// size out = (size - 1) stride - 2 padding + dilation (kernel size - 1) + output padding + 1
/// ```
#[function(
    method,
    options = "ConvTransposeOptions",
    returns = "[batch, height, width, channels out]. Each size becomes (size - 1) stride - 2 padding + dilation (kernel size - 1) + outputPadding + 1.",
    throws = "ShapeError: the axes or channels of both do not fit.",
    example = "convTranspose2d(ones([1, 1, 1, 1]), ones([1, 2, 2, 1])) // [[[[1], [1]], [[1], [1]]]]"
)]
#[track_caller]
pub fn conv_transpose2d(
    /// [batch, height, width, channels].
    x: &Tensor,
    /// [channels out, height, width, channels in / groups].
    kernel: &Tensor,
    window: &Window,
    /// Elements that are added at the end of each axis of the result.
    #[option(0)]
    output_padding: &[i64],
) -> Result<Tensor> {
    transposed("convTranspose2d", x, kernel, 2, window, output_padding)
}

/// [batch, sizes.., channels] with each size as [windows, elements of a window].
#[track_caller]
fn windows(op: &str, x: &Tensor, taps: &[u32], stride: &[u32]) -> Result<Tensor> {
    let mut x = x.clone();
    for (at, (taps, stride)) in taps.iter().zip(stride).enumerate().rev() {
        let axis = at + 1;
        let dims = x.shape().dims().to_vec();
        let (taps, by) = (Expression::Const(i64::from(*taps)), Expression::Const(i64::from(*stride)));
        let size = dims[axis].clone();
        let count = size.sub(&taps).floor_div(&by, &symbolic::bounds).add(&Expression::ONE);
        let with = |sizes: &[&Expression]| -> Shape {
            dims[..axis].iter().chain(sizes.iter().copied()).chain(&dims[axis + 1..]).cloned().collect()
        };
        let part = |x: &Tensor, axis: usize, step: i64, count: &Expression| {
            let mut shape = x.shape().clone();
            shape.0[axis] = count.clone();
            let rank = shape.rank();
            let mut steps: SmallVec<[i64; 4]> = SmallVec::from_elem(1, rank);
            steps[axis] = step;
            Tensor::make(
                op,
                Kind::View(View::Slice { start: SmallVec::from_elem(Expression::ZERO, rank), step: steps, shape }),
                &[x],
            )
        };
        if taps == by {
            // Side by side: nothing overlaps.
            x = part(&x, axis, 1, &count.mul(&taps))?;
            x = reshape_as(op, &x, &with(&[&count, &taps]))?;
            continue;
        }
        // Copies behind each other, cut into pieces one element longer: piece `tap` begins at element `tap`.
        let (copies, piece) = (taps.scale(2), size.add(&Expression::ONE));
        let wide = with(&[&copies, &size]);
        let axes = (0..dims.len() as u32).map(|a| if (a as usize) < axis { a } else { a + 1 }).collect();
        x = Tensor::make(op, Kind::View(View::Broadcast { shape: wide, axes }), &[&x])?;
        x = reshape_as(op, &x, &with(&[&copies.mul(&size)]))?;
        x = part(&x, axis, 1, &taps.mul(&piece))?;
        x = reshape_as(op, &x, &with(&[&taps, &piece]))?;
        let reach = count.sub(&Expression::ONE).mul(&by).add(&Expression::ONE);
        x = part(&x, axis + 1, 1, &reach)?;
        x = part(&x, axis + 1, i64::from(*stride), &count)?;
        let mut permutation: Vec<i64> = (0..x.ndim() as i64).collect();
        permutation.swap(axis, axis + 1);
        x = super::transpose(&x, Some(&permutation))?;
    }
    Ok(x)
}

#[track_caller]
fn pool(
    op: &str,
    x: &Tensor,
    size: &[i64],
    stride: Option<&[i64]>,
    padding: &[i64],
    outside: Scalar,
) -> Result<(Tensor, i64)> {
    let spatial = x.ndim().saturating_sub(2);
    if spatial == 0 {
        let message = format!("{} has no axis between batch and channels", x.seen());
        return Err(Error::new(ErrorKind::Shape, op, message, "The input is [batch, sizes.., channels]."));
    }
    let taps = each(op, "the window", size, spatial, 1)?;
    let stride = match stride {
        Some(stride) => each(op, "the stride", stride, spatial, 1)?,
        None => taps.clone(),
    };
    let padding = each(op, "the padding", padding, spatial, 0)?;
    let mut x = x.clone();
    if padding.iter().any(|p| *p > 0) {
        let mut widths: SmallVec<[Expression; 4]> = SmallVec::from_elem(Expression::ZERO, x.ndim());
        for (at, width) in padding.iter().enumerate() {
            widths[at + 1] = Expression::Const(i64::from(*width));
        }
        x = Tensor::make(op, Kind::View(View::Pad { low: widths.clone(), high: widths, value: outside }), &[&x])?;
    }
    for (at, taps) in taps.iter().enumerate() {
        let text = {
            let taps = *taps;
            move |aval: &Aval| format!("a window of {taps} is larger than axis {} of {aval}", at + 1)
        };
        let why = || -> Explain {
            let aval = x.aval().clone();
            Rc::new(move |now| text(&now.aval(&aval)))
        };
        if !must_be_at_least(op, &x.shape().0[at + 1], &Expression::Const(i64::from(*taps)), &why)? {
            return Err(Error::new(ErrorKind::Shape, op, text(&x.seen()), "Pad it, or take a smaller window."));
        }
    }
    let x = windows(op, &x, &taps, &stride)?;
    Ok((x, taps.iter().map(|t| i64::from(*t)).product()))
}

/// The axes of windows: every second one behind the batch.
fn window_axes(x: &Tensor) -> interfuse_compiler::kind::Axes {
    (2..x.ndim() as u32 - 1).step_by(2).collect()
}

/// The maximum of every window of [batch, sizes.., channels]; padding is never the maximum.
///
/// ```text
/// size out = floor((size + 2 padding - window) / stride) + 1
/// ```
#[function(
    method,
    options = "PoolOptions",
    returns = "[batch, sizes.., channels]. Each size becomes floor((size + 2 padding - window) / stride) + 1.",
    throws = "ShapeError: a window is larger than its axis.",
    example = "maxPool(tensor([[[1], [3], [2], [4]]]), 2) // [[[3], [4]]]"
)]
#[track_caller]
pub fn max_pool(
    /// [batch, sizes.., channels].
    x: &Tensor,
    /// The size of a window in elements; one number per spatial axis, or one for all.
    #[label("the window")]
    size: &[i64],
    /// Elements from one window to the next; by default the size of a window, so that windows do not overlap.
    #[option]
    stride: Option<&[i64]>,
    /// Elements that are added at each end of an axis.
    #[option(0)]
    padding: &[i64],
) -> Result<Tensor> {
    const OP: &str = "maxPool";
    let (x, _) = pool(OP, x, size, stride, padding, ReduceOp::Max.start(x.dtype()))?;
    let axes = window_axes(&x);
    Tensor::make(OP, Kind::Reduce { op: ReduceOp::Max, axes }, &[&x])
}

/// The mean of every window of [batch, sizes.., channels]; padding counts as zeros.
///
/// ```text
/// size out = floor((size + 2 padding - window) / stride) + 1
/// ```
#[function(
    method,
    options = "PoolOptions",
    returns = "[batch, sizes.., channels]. Each size becomes floor((size + 2 padding - window) / stride) + 1.",
    throws = "ShapeError: a window is larger than its axis.",
    example = "avgPool(tensor([[[1], [3], [2], [4]]]), 2) // [[[2], [3]]]"
)]
#[track_caller]
pub fn avg_pool(
    /// [batch, sizes.., channels].
    x: &Tensor,
    /// The size of a window in elements; one number per spatial axis, or one for all.
    #[label("the window")]
    size: &[i64],
    /// Elements from one window to the next; by default the size of a window, so that windows do not overlap.
    #[option]
    stride: Option<&[i64]>,
    /// Elements that are added at each end of an axis.
    #[option(0)]
    padding: &[i64],
) -> Result<Tensor> {
    const OP: &str = "avgPool";
    let dtype = if x.dtype() == DType::Float16 { DType::Float16 } else { DType::Float32 };
    let (x, count) = pool(OP, &x.cast_as(OP, DType::Float32)?, size, stride, padding, Scalar::f32(0.0))?;
    let axes = window_axes(&x);
    let sum = Tensor::make(OP, Kind::Reduce { op: ReduceOp::Sum, axes }, &[&x])?;
    sum.try_div(Operand::from(count as f64))?.cast_as(OP, dtype)
}
