//! Activations beyond those of the library, as plain functions. Names and formulas are MLX's, with gradients that stay finite.

use super::formula::{named, weak};
use crate::error::Result;
use crate::library::{Gelu, Split, choose, gelu, relu, softmax, softplus, split};
use crate::operand::Operand;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::Weak;
use interfuse_derive::function;

fn zero() -> Operand<'static> {
    Operand::Weak(Weak::Int(0))
}

/// scale (e^min(x, 0) - 1): the part of elu and its kin below zero. Cut off above, where e^x would overflow and its gradient with it.
#[track_caller]
fn below(x: &Tensor, alpha: f64, scale: f64) -> Result<Tensor> {
    x.try_minimum(zero())?.try_div(weak(alpha))?.try_expm1()?.try_mul(weak(scale))
}

/// x where it is positive, else alpha (e^x - 1).
#[function(
    returns = "The shape of x.",
    source = "Clevert et al. (2015)",
    example = "nn.elu(tensor([-1, 1])) // [-0.63212056, 1]"
)]
#[track_caller]
pub fn elu(
    x: &Tensor,
    /// How far it goes below zero.
    #[default(1)]
    alpha: f64,
) -> Result<Tensor> {
    choose(&x.try_greater(zero())?, x, &below(x, 1.0, alpha)?)
}

/// max(x, 0) + min(0, alpha (e^(x / alpha) - 1))
#[function(
    returns = "The shape of x.",
    source = "Barron (2017)",
    example = "nn.celu(tensor([-1, 1])) // [-0.63212056, 1]"
)]
#[track_caller]
pub fn celu(
    x: &Tensor,
    /// How far it goes below zero.
    #[default(1)]
    alpha: f64,
) -> Result<Tensor> {
    choose(&x.try_greater(zero())?, x, &below(x, alpha, alpha)?)
}

/// Scaled elu, which keeps mean 0 and variance 1.
#[function(
    returns = "The shape of x.",
    source = "Klambauer et al. (2017)",
    example = "nn.selu(tensor([-1, 1])) // [-1.1113307, 1.050701]"
)]
#[track_caller]
pub fn selu(x: &Tensor) -> Result<Tensor> {
    elu(x, 1.673_263_242_354_377_2)?.try_mul(weak(1.050_700_987_355_480_5))
}

/// min(max(x, 0), 6)
#[function(returns = "The shape of x.", example = "nn.relu6(tensor([-1, 3, 9])) // [0, 3, 6]")]
#[track_caller]
pub fn relu6(x: &Tensor) -> Result<Tensor> {
    named("relu6", x.try_maximum(zero())?.try_minimum(Operand::Weak(Weak::Int(6))))
}

/// max(x, 0) squared.
#[function(returns = "The shape of x.", example = "nn.relu2(tensor([-1, 3])) // [0, 9]")]
#[track_caller]
pub fn relu2(x: &Tensor) -> Result<Tensor> {
    relu(x)?.try_square()
}

/// x / (1 + |x|)
#[function(returns = "The shape of x.", example = "nn.softsign(tensor([-1, 1])) // [-0.5, 0.5]")]
#[track_caller]
pub fn softsign(x: &Tensor) -> Result<Tensor> {
    x.try_div(&x.try_abs()?.try_add(Operand::Weak(Weak::Int(1)))?)
}

/// x moved towards 0 by `lambda`, 0 in between.
#[function(returns = "The shape of x.", example = "nn.softshrink(tensor([-2, 0.2, 2])) // [-1.5, 0, 1.5]")]
#[track_caller]
pub fn softshrink(
    x: &Tensor,
    /// By how much.
    #[default(0.5)]
    lambda: f64,
) -> Result<Tensor> {
    let moved = x.try_sub(&x.try_sign()?.try_mul(weak(lambda))?)?;
    choose(&x.try_abs()?.try_greater(weak(lambda))?, &moved, zero())
}

/// x where |x| > `lambda`, else 0.
#[function(returns = "The shape of x.", example = "nn.hardShrink(tensor([-2, 0.2, 2])) // [-2, 0, 2]")]
#[track_caller]
pub fn hard_shrink(
    x: &Tensor,
    /// The largest magnitude that becomes 0.
    #[default(0.5)]
    lambda: f64,
) -> Result<Tensor> {
    choose(&x.try_abs()?.try_greater(weak(lambda))?, x, zero())
}

/// ln(sigmoid(x)), without underflow.
#[function(returns = "The shape of x.", example = "nn.logSigmoid(tensor([0])) // [-0.69314718]")]
#[track_caller]
pub fn log_sigmoid(x: &Tensor) -> Result<Tensor> {
    softplus(&x.try_negative()?)?.try_negative()
}

/// x tanh(softplus(x))
#[function(
    returns = "The shape of x.",
    source = "Misra (2019)",
    example = "nn.mish(tensor([-1, 1])) // [-0.30340147, 0.86509842]"
)]
#[track_caller]
pub fn mish(x: &Tensor) -> Result<Tensor> {
    x.try_mul(&softplus(x)?.try_tanh()?)
}

/// x min(max(x + 3, 0), 6) / 6
#[function(returns = "The shape of x.", example = "nn.hardswish(tensor([-4, 0, 4])) // [0, 0, 4]")]
#[track_caller]
pub fn hardswish(x: &Tensor) -> Result<Tensor> {
    x.try_mul(&relu6(&x.try_add(weak(3.0))?)?)?.try_div(weak(6.0))
}

/// min(max(x, low), high)
#[function(returns = "The shape of x.", example = "nn.hardTanh(tensor([-4, 0.5, 4])) // [-1, 0.5, 1]")]
#[track_caller]
pub fn hard_tanh(
    x: &Tensor,
    /// The least value.
    #[default(-1)]
    low: f64,
    /// The largest value.
    #[default(1)]
    high: f64,
) -> Result<Tensor> {
    named("hardTanh", x.try_maximum(weak(low))?.try_minimum(weak(high)))
}

/// gelu with tanh instead of erf.
#[function(returns = "The shape of x.", example = "nn.geluApprox(tensor([-1, 0, 1])) // [-0.15880801, 0, 0.841192]")]
#[track_caller]
pub fn gelu_approx(x: &Tensor) -> Result<Tensor> {
    gelu(x, Gelu::Tanh)
}

/// x sigmoid(1.702 x), a fast approximation of gelu.
#[function(returns = "The shape of x.", example = "nn.geluFastApprox(tensor([-1, 1])) // [-0.15420423, 0.84579577]")]
#[track_caller]
pub fn gelu_fast_approx(x: &Tensor) -> Result<Tensor> {
    x.try_mul(&x.try_mul(weak(1.702))?.try_sigmoid()?)
}

/// The softmax of -x.
#[function(returns = "The shape of x.", example = "nn.softmin(tensor([1000, 1000])) // [0.5, 0.5]")]
#[track_caller]
pub fn softmin(
    x: &Tensor,
    /// The axis that sums to 1.
    #[default(-1)]
    axis: i64,
) -> Result<Tensor> {
    named("softmin", softmax(&x.try_negative()?, axis))
}

/// 1 where x is over the threshold, else 0.
#[function(returns = "The shape of x.", example = "nn.step(tensor([-1, 1])) // [0, 1]")]
#[track_caller]
pub fn step(
    x: &Tensor,
    /// What is not over it is 0.
    #[default(0)]
    threshold: f64,
) -> Result<Tensor> {
    x.try_greater(weak(threshold))?.cast_as("step", x.dtype())
}

/// max(0, x) + alpha min(0, x) with alphas that are learnt.
#[function(returns = "The shape of x.", example = "nn.prelu(tensor([-2, 2]), tensor([0.25, 0.25])) // [-0.5, 2]")]
#[track_caller]
pub fn prelu(
    x: &Tensor,
    /// The factors below zero.
    alpha: &Tensor,
) -> Result<Tensor> {
    named("prelu", x.try_maximum(zero())?.try_add(&x.try_minimum(zero())?.try_mul(alpha)?))
}

/// The first half along an axis times the sigmoid of the second.
#[function(
    returns = "The shape of x with that axis half as long.",
    throws = "ShapeError: the size of the axis is odd.",
    source = "Dauphin et al. (2016)",
    example = "nn.glu(tensor([1, 2, 0, 0])) // [0.5, 1]"
)]
#[track_caller]
pub fn glu(
    x: &Tensor,
    /// The axis that is halved.
    #[default(-1)]
    axis: i64,
) -> Result<Tensor> {
    let halves = named("glu", split(x, Split::Parts(2), axis))?;
    halves[0].try_mul(&halves[1].try_sigmoid()?)
}
