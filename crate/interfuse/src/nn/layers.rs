//! What layers compute, as pure functions of inputs and parameters. Shapes follow MLX: features are the last axis.
//!
//! Nothing here reads a size as a number, so that a layer traced under symbolic sizes serves all sizes without a guard.

use super::formula::{check_same, extent, named, weak};
use crate::axes::Axes;
use crate::error::{Error, ErrorKind, Result};
use crate::library::{
    check_affine, choose, flatten, mean, softmax, swapaxes, take, tensordot_as, transpose, unflatten,
};
use crate::operand::Operand;
use crate::random::chosen;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::{DType, Weak};
use interfuse_compiler::kind::Kind;
use interfuse_derive::function;

/// x w^T + b for a weight of [outputs, inputs].
#[function(inner, name = "Linear")]
#[track_caller]
pub fn linear(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    const OP: &str = "Linear";
    biased(OP, tensordot_as(OP, x, weight, &[(-1, 1)])?, bias)
}

/// A bias of one element per feature, which are the last axis.
#[track_caller]
pub fn biased(op: &str, y: Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    check_affine(op, "bias", &y, bias)?;
    match bias {
        Some(bias) => named(op, y.try_add(bias)),
        None => Ok(y),
    }
}

macro_rules! biases {
    ($($row:ident $name:literal;)+) => { $(
        #[doc = "A bias of one element per feature."]
        #[function(inner, name = $name)]
        #[track_caller]
        pub fn $row(y: &Tensor, bias: &Tensor) -> Result<Tensor> {
            biased($name, y.clone(), Some(bias))
        }
    )+ };
}

biases! {
    conv1d_biased "Conv1d";
    conv2d_biased "Conv2d";
}

/// The rows of a weight of [count, features] at indices. Negative ones count from the end, others out of range are clamped to the nearest.
#[function(inner, name = "Embedding")]
#[track_caller]
pub fn embedding(weight: &Tensor, indices: &Tensor) -> Result<Tensor> {
    named("Embedding", take(weight, indices, Some(0)))
}

/// Every axis but the last.
fn leading(op: &str, x: &Tensor) -> Result<Axes> {
    if x.ndim() < 2 {
        return Err(Error::new(
            ErrorKind::Shape,
            op,
            format!("{} has no axis to normalise along", x.seen()),
            "Features are the last axis, behind those of the batch.",
        ));
    }
    Ok(Axes::Some((0..x.ndim() as i64 - 1).collect()))
}

/// Mean and variance of every feature over the batch: what [`batch_norm`] normalises with while training.
#[function(inner, name = "BatchNorm")]
#[track_caller]
pub fn batch_statistics(x: &Tensor) -> Result<(Tensor, Tensor)> {
    const OP: &str = "BatchNorm";
    let axes = leading(OP, x)?;
    Ok((named(OP, mean(x, axes.clone(), false))?, named(OP, crate::library::var(x, axes, false, 0.0))?))
}

/// (x - mean) / sqrt(var + eps) for every feature, times a weight, plus a bias.
#[function(inner, name = "BatchNorm")]
#[track_caller]
pub fn batch_norm(
    x: &Tensor,
    mean: &Tensor,
    variance: &Tensor,
    weight: Option<&Tensor>,
    bias: Option<&Tensor>,
    eps: f64,
) -> Result<Tensor> {
    const OP: &str = "BatchNorm";
    for (what, own) in [("mean", Some(mean)), ("variance", Some(variance)), ("weight", weight), ("bias", bias)] {
        check_affine(OP, what, x, own)?;
    }
    let normed = || {
        let mut y = x.try_sub(mean)?.try_mul(&variance.try_add(weak(eps))?.try_rsqrt()?)?;
        if let Some(weight) = weight {
            y = y.try_mul(weight)?;
        }
        if let Some(bias) = bias {
            y = y.try_add(bias)?;
        }
        Ok(y)
    };
    named(OP, normed())
}

/// A running mean: (1 - momentum) old + momentum new.
#[function(inner, name = "BatchNorm")]
#[track_caller]
pub fn running(old: &Tensor, fresh: &Tensor, momentum: f64) -> Result<Tensor> {
    check_same("BatchNorm", "running statistics", old, "those of the batch", fresh)?;
    let kept = old.try_mul(weak(1.0 - momentum))?;
    kept.try_add(&fresh.try_mul(weak(momentum))?)?.cast_as("BatchNorm", old.dtype())
}

/// Drops elements with probability p and divides the others by 1 - p, so that the expected value is x. Without a key one is drawn from
/// the generator.
#[function(inner, name = "Dropout")]
#[track_caller]
pub fn dropout(x: &Tensor, key: Option<&Tensor>, p: f64) -> Result<Tensor> {
    const OP: &str = "Dropout";
    if !(0.0..1.0).contains(&p) {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("the probability of dropping is {p}"),
            "It must be at least 0 and less than 1.",
        ));
    }
    if p == 0.0 {
        return Ok(x.clone());
    }
    let key = chosen(OP, key)?;
    let bits = Tensor::make(OP, Kind::RandomBits { shape: x.shape().clone() }, &[&key])?;
    // Kept where 32 random bits are below so many of all values that they have.
    let kept = ((1.0 - p) * 2f64.powi(32)) as i64;
    let mask = bits.try_less(Operand::Weak(Weak::Int(kept)))?;
    choose(&mask, &x.try_mul(weak(1.0 / (1.0 - p)))?, weak(0.0))
}

/// softmax(q kᵀ scale + mask) v. The scale is 1 / √features by default; a mask of bool says where to look, one of floats is added.
#[function(
    returns = "[..., length of q, features of v].",
    throws = "ShapeError: the shapes do not fit.",
    source = "Vaswani et al. (2017)",
    example = "nn.scaledDotProductAttention(tensor([[1, 0]]), tensor([[1, 0]]), tensor([[3, 4]])) // [[3, 4]]"
)]
#[track_caller]
pub fn scaled_dot_product_attention(
    /// Queries, [..., length, features].
    q: &Tensor,
    /// Keys, [..., length of v, features].
    k: &Tensor,
    /// Values, [..., length of v, features of v].
    v: &Tensor,
    /// The factor of the scores; 1 / sqrt(features) by default.
    #[option]
    scale: Option<f64>,
    /// Of bool it says where to look, of floats it is added to the scores.
    #[option]
    mask: Option<&Tensor>,
) -> Result<Tensor> {
    const OP: &str = "scaledDotProductAttention";
    let scores = named(OP, q.try_matmul(&named(OP, swapaxes(k, -1, -2))?))?;
    let scores = match scale {
        Some(scale) => scores.try_mul(weak(scale))?,
        None => {
            let features = extent(OP, q, q.ndim() - 1, DType::Float32)?;
            scores.try_mul(&features.try_rsqrt()?.cast_as(OP, scores.dtype())?)?
        }
    };
    let scores = match mask {
        Some(mask) if mask.dtype() == DType::Bool => named(OP, choose(mask, &scores, weak(f64::NEG_INFINITY)))?,
        Some(mask) => named(OP, scores.try_add(mask))?,
        None => scores,
    };
    named(OP, softmax(&scores, -1)?.try_matmul(v))
}

/// [batch, length, heads x features] as [batch, heads, length, features].
#[track_caller]
fn heads_apart(op: &str, x: &Tensor, heads: i64) -> Result<Tensor> {
    if x.ndim() != 3 {
        return Err(Error::new(
            ErrorKind::Shape,
            op,
            format!("{} is not [batch, length, features]", x.seen()),
            "Add a batch axis with expandDims.",
        ));
    }
    named(op, transpose(&named(op, unflatten(x, -1, &[heads, -1]))?, Some(&[0, 2, 1, 3])))
}

/// Refuses a number of heads that the features cannot be divided into.
#[function(inner, name = "MultiHeadAttention")]
pub fn check_heads(#[label("features")] features: i64, #[label("heads")] heads: i64) -> Result<()> {
    if heads > 0 && features % heads == 0 {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::CompileArgument,
        "MultiHeadAttention",
        format!("{features} features cannot be divided into {heads} heads"),
        "The number of heads must be a divisor of the features.",
    ))
}

/// Attention of several heads at once, over queries, keys and values of [batch, length, heads x features].
#[function(inner, name = "MultiHeadAttention")]
#[track_caller]
pub fn multi_head_attention(q: &Tensor, k: &Tensor, v: &Tensor, heads: i64, mask: Option<&Tensor>) -> Result<Tensor> {
    const OP: &str = "MultiHeadAttention";
    let apart = |x: &Tensor| heads_apart(OP, x, heads);
    let y = named(OP, scaled_dot_product_attention(&apart(q)?, &apart(k)?, &apart(v)?, None, mask))?;
    named(OP, flatten(&named(OP, transpose(&y, Some(&[0, 2, 1, 3])))?, -2, -1))
}

/// A mask of [length, length] that adds -1e9 where a query would see a later key.
#[function(inner, name = "createAdditiveCausalMask")]
#[track_caller]
pub fn causal_mask(length: i64, dtype: DType) -> Result<Tensor> {
    const OP: &str = "createAdditiveCausalMask";
    // Finite, as in MLX, and within float16.
    let hidden = if dtype == DType::Float16 { -65504.0 } else { -1e9 };
    let square = named(OP, crate::library::full(&[length, length], weak(hidden), Some(dtype)))?;
    named(OP, crate::library::triu(&square, 1))
}
