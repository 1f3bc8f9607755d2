//! Initial values of parameters: a shape [outputs, ..., inputs] in, a tensor out. Names and formulas are MLX's.
//!
//! The fans of a shape are the number of values that an output is made of (fan in), and of those that an input goes into (fan out).

use super::formula::{named, weak};
use crate::error::{Error, ErrorKind, Result};
use crate::library::{eye, full};
use crate::random;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::DType;
use interfuse_derive::{Options, function};

const OP: &str = "nn.init";

/// What every initialiser may be told.
#[derive(Clone, Copy, Options)]
pub struct InitOptions<'a> {
    /// The dtype of the parameter.
    #[default(DType::Float32)]
    pub dtype: DType,
    /// Where random bits come from; without it a key is drawn from the generator.
    pub key: Option<&'a Tensor>,
}

impl<'a> InitOptions<'a> {
    /// Of float32, with that key.
    pub(super) fn keyed(key: Option<&'a Tensor>) -> InitOptions<'a> {
        InitOptions { key, ..InitOptions::default() }
    }
}

/// Fan in and fan out.
fn fans(shape: &[i64]) -> Result<(f64, f64)> {
    let [first, window @ .., last] = shape else {
        return Err(Error::new(
            ErrorKind::Shape,
            OP,
            format!("the shape {shape:?} has no fan-in and fan-out"),
            "It needs at least two axes: outputs first, inputs last.",
        ));
    };
    let window: i64 = window.iter().product();
    Ok(((last * window) as f64, (first * window) as f64))
}

fn between(shape: &[i64], low: f64, high: f64, options: &InitOptions<'_>) -> Result<Tensor> {
    named(OP, random::uniform(shape, weak(low), weak(high), options.dtype, options.key))
}

fn spread(shape: &[i64], mean: f64, std: f64, options: &InitOptions<'_>) -> Result<Tensor> {
    named(OP, random::normal(shape, weak(mean), weak(std), options.dtype, options.key))
}

/// All the same.
#[function(name = "init.constant", returns = "That shape.", example = "nn.init.constant([2], { value: 3 }) // [3, 3]")]
#[track_caller]
pub fn constant(
    /// The shape.
    shape: &[i64],
    /// The value of every element.
    #[option(0)]
    value: f64,
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    named(OP, full(shape, weak(value), Some(options.dtype)))
}

/// Ones on the diagonal of a matrix, zeros elsewhere.
#[function(
    name = "init.identity",
    options = "InitOptions",
    returns = "That shape.",
    throws = "ShapeError: the shape does not have two axes.",
    example = "nn.init.identity([2, 2]) // [[1, 0], [0, 1]]"
)]
#[track_caller]
pub fn identity(
    /// The shape, [rows, columns].
    shape: &[i64],
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    let &[rows, columns] = shape else {
        return Err(Error::new(ErrorKind::Shape, OP, format!("{shape:?} is not a matrix"), "Give [rows, columns]."));
    };
    named(OP, eye(rows, Some(columns.into()), 0, options.dtype))
}

/// Evenly distributed from `low` to `high`.
#[function(name = "init.uniform", returns = "That shape.")]
#[track_caller]
pub fn uniform(
    /// The shape.
    shape: &[i64],
    /// The lower end, included.
    #[option(0)]
    low: f64,
    /// The upper end, excluded.
    #[option(1)]
    high: f64,
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    between(shape, low, high, options)
}

/// Normally distributed.
#[function(name = "init.normal", returns = "That shape.")]
#[track_caller]
pub fn normal(
    /// The shape.
    shape: &[i64],
    /// The mean.
    #[option(0)]
    mean: f64,
    /// The standard deviation.
    #[option(1)]
    std: f64,
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    spread(shape, mean, std, options)
}

/// Evenly distributed within 1 / √(fan in): what linear layers and convolutions start with.
#[function(
    name = "init.fanIn",
    options = "InitOptions",
    returns = "That shape.",
    throws = "ShapeError: the shape has fewer than two axes."
)]
#[track_caller]
pub fn fan_in(
    /// The shape, [outputs, ..., inputs].
    shape: &[i64],
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    let limit = fans(shape)?.0.recip().sqrt();
    between(shape, -limit, limit, options)
}

/// Normally distributed with variance 1 / (last size): what embeddings start with.
#[function(name = "init.embedding", options = "InitOptions", returns = "That shape.")]
#[track_caller]
pub fn embedding(
    /// The shape, [count, features].
    shape: &[i64],
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    spread(shape, 0.0, (*shape.last().unwrap_or(&1) as f64).recip().sqrt(), options)
}

/// Evenly distributed within gain √(6 / (fan in + fan out)).
///
/// ```
/// use interfuse::nn::init::{InitOptions, glorot_uniform};
/// let w = glorot_uniform(&[3, 5], 1.0, &InitOptions::default())?;
/// let limit = (6f32 / 8.0).sqrt();
/// assert!(w.to_vec::<f32>()?.iter().all(|w| w.abs() <= limit));
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(
    name = "init.glorotUniform",
    options = "GainOptions",
    returns = "That shape.",
    throws = "ShapeError: the shape has fewer than two axes.",
    source = "Glorot and Bengio (2010)"
)]
#[track_caller]
pub fn glorot_uniform(
    /// The shape, [outputs, ..., inputs].
    shape: &[i64],
    /// A factor.
    #[option(1)]
    gain: f64,
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    let (fan_in, fan_out) = fans(shape)?;
    let limit = gain * (6.0 / (fan_in + fan_out)).sqrt();
    between(shape, -limit, limit, options)
}

/// Normally distributed with standard deviation gain √(2 / (fan in + fan out)).
#[function(
    name = "init.glorotNormal",
    options = "GainOptions",
    returns = "That shape.",
    throws = "ShapeError: the shape has fewer than two axes.",
    source = "Glorot and Bengio (2010)"
)]
#[track_caller]
pub fn glorot_normal(
    /// The shape, [outputs, ..., inputs].
    shape: &[i64],
    /// A factor.
    #[option(1)]
    gain: f64,
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    let (fan_in, fan_out) = fans(shape)?;
    spread(shape, 0.0, gain * (2.0 / (fan_in + fan_out)).sqrt(), options)
}

/// Evenly distributed within gain √(3 / fan in).
#[function(
    name = "init.heUniform",
    options = "GainOptions",
    returns = "That shape.",
    throws = "ShapeError: the shape has fewer than two axes.",
    source = "He et al. (2015)"
)]
#[track_caller]
pub fn he_uniform(
    /// The shape, [outputs, ..., inputs].
    shape: &[i64],
    /// A factor.
    #[option(1)]
    gain: f64,
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    let limit = gain * (3.0 / fans(shape)?.0).sqrt();
    between(shape, -limit, limit, options)
}

/// Normally distributed with standard deviation gain / √(fan in).
#[function(
    name = "init.heNormal",
    options = "GainOptions",
    returns = "That shape.",
    throws = "ShapeError: the shape has fewer than two axes.",
    source = "He et al. (2015)"
)]
#[track_caller]
pub fn he_normal(
    /// The shape, [outputs, ..., inputs].
    shape: &[i64],
    /// A factor.
    #[option(1)]
    gain: f64,
    options: &InitOptions<'_>,
) -> Result<Tensor> {
    spread(shape, 0.0, gain / fans(shape)?.0.sqrt(), options)
}
