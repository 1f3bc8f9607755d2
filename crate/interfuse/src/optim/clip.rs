//! Clipping gradients to a largest norm, all of them together.

use super::misuse;
use crate::error::Result;
use crate::library::sum;
use crate::nn::formula::weak;
use crate::tensor::Tensor;
use crate::tree::{Tree, tensors_of};
use interfuse_compiler::dtype::DType;
use interfuse_derive::function;

/// Scales tensors down so that the square root of the sum of all squares is at most `largest`. Gives that norm as well, from before.
#[track_caller]
pub fn clip_norm(tensors: &[Tensor], largest: f64) -> Result<(Vec<Tensor>, Tensor)> {
    const OP: &str = "clipGradNorm";
    let mut squares: Option<Tensor> = None;
    for x in tensors {
        let own = sum(&x.cast_as(OP, DType::Float32)?.try_square()?, .., false)?;
        squares = Some(match squares {
            Some(others) => others.try_add(&own)?,
            None => own,
        });
    }
    let squares = squares.ok_or_else(|| misuse(OP, "there is no gradient".into(), "Give at least one."))?;
    let norm = squares.try_sqrt()?;
    // Slightly less than exact, as in MLX, so that a norm of 0 is no division by 0.
    let limit = Tensor::apply(crate::Op::Div, &[weak(largest), (&norm.try_add(weak(1e-6))?).into()])?;
    let scale = limit.try_minimum(weak(1.0))?;
    let scaled = tensors.iter().map(|x| x.try_mul(&scale.cast_as(OP, x.dtype())?)).collect::<Result<_>>()?;
    Ok((scaled, norm))
}

/// [`clip_norm`] of a tree of gradients.
///
/// ```
/// use interfuse::{optim::clip_grad_norm, Tensor};
/// let gradients = vec![Tensor::from([3.0f32]), Tensor::from([4.0f32])];
/// let (clipped, norm) = clip_grad_norm(&gradients, 1.0)?;
/// assert_eq!(norm.item::<f32>()?, 5.0);
/// assert!((clipped[1].item::<f32>()? - 0.8).abs() < 1e-6);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[track_caller]
pub fn clip_grad_norm<G: Tree>(gradients: &G, largest: f64) -> Result<(G, Tensor)> {
    let (clipped, norm) = clip_norm(&tensors_of(gradients), largest)?;
    Ok((gradients.unflatten(&mut clipped.into_iter()), norm))
}

/// The norm of gradients, and they themselves scaled down to the largest.
#[function(inner, name = "clipGradNorm")]
#[track_caller]
pub fn norm_and_clipped(gradients: &[Tensor], #[label("the largest norm")] max_norm: f64) -> Result<Vec<Tensor>> {
    let (clipped, norm) = clip_norm(gradients, max_norm)?;
    Ok([norm].into_iter().chain(clipped).collect())
}
