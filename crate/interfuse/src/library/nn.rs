//! Activations and normalisations.

use crate::axes::{Axes, one};
use crate::error::{Error, ErrorKind, Result};
use crate::library::create::iota;
use crate::library::reduce::{result_dtype, wide};
use crate::library::view::check_indices;
use crate::library::{max, mean, stop_gradient, sum};
use crate::operand::Operand;
use crate::symbolic::{Dim, Explain, checked_shape, must_be_same};
use crate::tensor::Tensor;
use crate::transform::with_gradient;
use interfuse_compiler::dtype::{DType, Weak};
use interfuse_compiler::shape::Aval;
use interfuse_derive::{Choice, function};
use std::rc::Rc;

fn weak(value: f64) -> Operand<'static> {
    Operand::Weak(Weak::Float(value))
}

/// Which form of gelu.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Choice)]
pub enum Gelu {
    /// x (1 + erf(x / sqrt 2)) / 2.
    #[default]
    #[name("none")]
    Erf,
    /// The approximation with tanh of Hendrycks and Gimpel (2016).
    Tanh,
}

/// Gaussian error linear unit: x (1 + erf(x / sqrt 2)) / 2, or with `approximate: "tanh"` the form with tanh.
#[function(
    native,
    returns = "The shape of x.",
    source = "Hendrycks and Gimpel (2016)",
    example = "gelu(tensor([-1, 0, 1])) // [-0.15865525, 0, 0.84134475]"
)]
#[track_caller]
pub fn gelu(
    x: &Tensor,
    /// "none" for the error function, "tanh" for the approximation with tanh.
    #[option("none")]
    approximate: Gelu,
) -> Result<Tensor> {
    match approximate {
        Gelu::Erf => {
            let phi = x.try_div(weak(std::f64::consts::SQRT_2))?.try_erf()?.try_add(weak(1.0))?;
            x.try_mul(&phi)?.try_div(weak(2.0))
        }
        Gelu::Tanh => {
            let cubic = x.try_square()?.try_mul(x)?.try_mul(weak(0.044715))?;
            let slope = (2.0 / std::f64::consts::PI).sqrt();
            let phi = x.try_add(&cubic)?.try_mul(weak(slope))?.try_tanh()?.try_add(weak(1.0))?;
            x.try_mul(&phi)?.try_mul(weak(0.5))
        }
    }
}

/// x sigmoid(x).
#[function(native, returns = "The shape of x.", example = "silu(tensor([-1, 0, 1])) // [-0.26894142, 0, 0.73105858]")]
#[track_caller]
pub fn silu(x: &Tensor) -> Result<Tensor> {
    x.try_mul(&x.try_sigmoid()?)
}

/// maximum(x, 0).
#[function(native, returns = "The shape of x.", example = "relu(tensor([-1, 0, 1])) // [0, 0, 1]")]
#[track_caller]
pub fn relu(x: &Tensor) -> Result<Tensor> {
    x.try_maximum(Operand::Weak(Weak::Int(0))).map_err(|error| error.named("relu"))
}

/// x where it is positive, else slope x.
#[function(native, returns = "The shape of x.", example = "leakyRelu(tensor([-1, 0, 1])) // [-0.01, 0, 1]")]
#[track_caller]
pub fn leaky_relu(
    x: &Tensor,
    /// The factor below zero.
    #[default(0.01)]
    slope: f64,
) -> Result<Tensor> {
    let positive = x.try_greater(Operand::Weak(Weak::Int(0)))?;
    super::choose(&positive, x, &x.try_mul(weak(slope))?)
}

/// ln(1 + e^x), without overflow.
#[function(
    native,
    returns = "The shape of x.",
    example = "softplus(tensor([-1000, 0, 1000])) // [0, 0.69314718, 1000]"
)]
#[track_caller]
pub fn softplus(x: &Tensor) -> Result<Tensor> {
    x.try_logaddexp(weak(0.0)).map_err(|error| error.named("softplus"))
}

/// x minus its maximum along axes, which changes neither softmax nor its gradient but keeps e^x finite.
#[track_caller]
fn shifted(op: &str, x: &Tensor, axes: &Axes) -> Result<Tensor> {
    let x = wide(op, x)?;
    if x.ndim() == 0 {
        axes.resolve(op, x.aval())?;
        return x.try_sub(&x);
    }
    let largest = stop_gradient(&max(&x, axes.clone(), true).map_err(|error| error.named(op))?);
    x.try_sub(&largest)
}

/// e^x divided by its sum along axes (by default the last); NaN where all are -inf.
///
/// ```
/// use interfuse::{library::softmax, Tensor};
/// let y = softmax(&Tensor::from([1000.0f32, 1000.0]), -1)?;
/// assert_eq!(y.to_vec::<f32>()?, [0.5, 0.5]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(method, returns = "The shape of x.", example = "softmax(tensor([1000, 1000])) // [0.5, 0.5]")]
#[track_caller]
pub fn softmax(
    x: &Tensor,
    /// The axes that sum to 1.
    #[default(-1)]
    axis: impl Into<Axes>,
) -> Result<Tensor> {
    const OP: &str = "softmax";
    let axes = axis.into();
    let of = |x: &Tensor| {
        let e = shifted(OP, x, &axes)?.try_exp()?;
        e.try_div(&sum(&e, axes.clone(), true)?)?.cast_as(OP, result_dtype(x))
    };
    // The gradient in terms of the result: y (ct - sum(ct y)). Neither the exponentials nor their sums are needed again.
    with_gradient(OP, x, of, |x, ct, y| {
        let (ct, y) = (wide(OP, ct)?, wide(OP, y)?);
        let mean = sum(&ct.try_mul(&y)?, axes.clone(), true)?;
        ct.try_sub(&mean)?.try_mul(&y)?.cast_as(OP, x.dtype())
    })
}

/// ln(softmax(x)), without underflow.
#[function(
    method,
    returns = "The shape of x.",
    example = "logSoftmax(tensor([1000, 1000])) // [-0.6931471805599453, -0.6931471805599453]"
)]
#[track_caller]
pub fn log_softmax(
    x: &Tensor,
    /// The axes of the softmax.
    #[default(-1)]
    axis: impl Into<Axes>,
) -> Result<Tensor> {
    let axes = axis.into();
    let shifted = shifted("logSoftmax", x, &axes)?;
    let total = sum(&shifted.try_exp()?, axes, true)?.try_log()?;
    shifted.try_sub(&total)?.cast_as("logSoftmax", result_dtype(x))
}

/// A weight or bias must fit the last axis.
#[track_caller]
pub(crate) fn check_affine(op: &str, what: &str, x: &Tensor, affine: Option<&Tensor>) -> Result<()> {
    let Some(w) = affine else { return Ok(()) };
    let text = {
        let what = what.to_string();
        move |w: &Aval, x: &Aval| format!("the {what} {w} does not fit the last axis of {x}")
    };
    let why = || -> Explain {
        let (text, w, x) = (text.clone(), w.aval().clone(), x.aval().clone());
        Rc::new(move |now| text(&now.aval(&w), &now.aval(&x)))
    };
    if w.ndim() == 1 && must_be_same(op, &w.shape().0[0], &x.shape().0[x.ndim() - 1], &why)? {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Shape, op, text(&w.seen(), &x.seen()), "It needs one element per position of that axis."))
}

#[track_caller]
fn affine(op: &str, x: &Tensor, y: Tensor, weight: Option<&Tensor>, bias: Option<&Tensor>) -> Result<Tensor> {
    let mut y = y;
    if let Some(weight) = weight {
        y = y.try_mul(weight)?;
    }
    if let Some(bias) = bias {
        y = y.try_add(bias)?;
    }
    y.cast_as(op, result_dtype(x))
}

/// (x - mean) / sqrt(variance + eps) along the last axis, times a weight, plus a bias.
#[function(
    returns = "The shape of x.",
    throws = "ShapeError: the weight or bias does not fit the last axis.",
    source = "Ba et al. (2016)",
    example = "layerNorm(tensor([1, 2, 3])) // [-1.2247356, 0, 1.2247356]"
)]
#[track_caller]
pub fn layer_norm(
    x: &Tensor,
    /// A factor for every feature.
    weight: Option<&Tensor>,
    /// What is added to every feature.
    bias: Option<&Tensor>,
    /// Added to the variance.
    #[option(1e-5)]
    eps: f64,
) -> Result<Tensor> {
    const OP: &str = "layerNorm";
    one(OP, -1, x.aval())?;
    check_affine(OP, "weight", x, weight)?;
    check_affine(OP, "bias", x, bias)?;
    let wide = wide(OP, x)?;
    let centred = wide.try_sub(&mean(&wide, -1, true)?)?;
    let variance = mean(&centred.try_square()?, -1, true)?;
    let y = centred.try_mul(&variance.try_add(weak(eps))?.try_rsqrt()?)?;
    affine(OP, x, y, weight, bias)
}

/// x / sqrt(mean of squares + eps) along the last axis, times a weight.
#[function(
    returns = "The shape of x.",
    throws = "ShapeError: the weight does not fit the last axis.",
    source = "Zhang and Sennrich (2019)",
    example = "rmsNorm(tensor([3, 4])) // [0.84852797, 1.1313706]"
)]
#[track_caller]
pub fn rms_norm(
    x: &Tensor,
    /// A factor for every feature.
    weight: Option<&Tensor>,
    /// Added to the variance.
    #[option(1e-5)]
    eps: f64,
) -> Result<Tensor> {
    const OP: &str = "rmsNorm";
    one(OP, -1, x.aval())?;
    check_affine(OP, "weight", x, weight)?;
    let wide = wide(OP, x)?;
    let squares = mean(&wide.try_square()?, -1, true)?;
    let y = wide.try_mul(&squares.try_add(weak(eps))?.try_rsqrt()?)?;
    affine(OP, x, y, weight, None)
}

/// One where the position along a new last axis is the index, else zero; zeros alone where the index is none of the classes.
#[function(
    method,
    returns = "The shape of the indices with a last axis of the classes.",
    throws = "DTypeError: the indices are not int32 or uint32.",
    example = "oneHot(tensor(Int32Array.of(1, 0)), 2) // [[0, 1], [1, 0]]"
)]
#[track_caller]
pub fn one_hot(
    /// int32 or uint32.
    indices: &Tensor,
    /// How many classes there are.
    #[label("the number of classes")]
    classes: impl Into<Dim>,
    /// The dtype of the result.
    #[option(DType::Float32)]
    dtype: DType,
) -> Result<Tensor> {
    const OP: &str = "oneHot";
    check_indices(OP, indices)?;
    let shape = checked_shape(OP, &[classes.into()])?;
    let positions = iota(indices.device(), OP, shape, 0, indices.dtype())?;
    super::expand_dims(indices, -1)?.try_equal(&positions)?.cast_as(OP, dtype)
}
