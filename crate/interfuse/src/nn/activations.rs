//! Activations beyond those of the library, as plain functions. Names and formulas are MLX's, with gradients that stay finite.

use super::formula::{named, weak};
use crate::error::Result;
use crate::library::{Split, choose, leaky_relu, relu, silu, softmax, softplus, split};
use crate::operand::Operand;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::Weak;

fn zero() -> Operand<'static> {
    Operand::Weak(Weak::Int(0))
}

/// scale (e^min(x, 0) - 1): the part of elu and its kin below zero. Cut off above, where e^x would overflow and its gradient with it.
#[track_caller]
fn below(x: &Tensor, alpha: f64, scale: f64) -> Result<Tensor> {
    x.try_minimum(zero())?.try_div(weak(alpha))?.try_expm1()?.try_mul(weak(scale))
}

/// x where it is positive, else alpha (e^x - 1).
#[track_caller]
pub fn elu(x: &Tensor, alpha: f64) -> Result<Tensor> {
    choose(&x.try_greater(zero())?, x, &below(x, 1.0, alpha)?)
}

/// max(x, 0) + min(0, alpha (e^(x / alpha) - 1))
#[track_caller]
pub fn celu(x: &Tensor, alpha: f64) -> Result<Tensor> {
    choose(&x.try_greater(zero())?, x, &below(x, alpha, alpha)?)
}

/// Scaled elu with the constants of Klambauer et al. (2017), which keep mean 0 and variance 1.
#[track_caller]
pub fn selu(x: &Tensor) -> Result<Tensor> {
    elu(x, 1.673_263_242_354_377_2)?.try_mul(weak(1.050_700_987_355_480_5))
}

/// min(max(x, 0), 6)
#[track_caller]
pub fn relu6(x: &Tensor) -> Result<Tensor> {
    named("relu6", x.try_maximum(zero())?.try_minimum(Operand::Weak(Weak::Int(6))))
}

/// max(x, 0) squared.
#[track_caller]
pub fn relu2(x: &Tensor) -> Result<Tensor> {
    relu(x)?.try_square()
}

/// x / (1 + |x|)
#[track_caller]
pub fn softsign(x: &Tensor) -> Result<Tensor> {
    x.try_div(&x.try_abs()?.try_add(Operand::Weak(Weak::Int(1)))?)
}

/// x moved towards 0 by `lambda`, 0 in between.
#[track_caller]
pub fn softshrink(x: &Tensor, lambda: f64) -> Result<Tensor> {
    let moved = x.try_sub(&x.try_sign()?.try_mul(weak(lambda))?)?;
    choose(&x.try_abs()?.try_greater(weak(lambda))?, &moved, zero())
}

/// x where |x| > `lambda`, else 0.
#[track_caller]
pub fn hard_shrink(x: &Tensor, lambda: f64) -> Result<Tensor> {
    choose(&x.try_abs()?.try_greater(weak(lambda))?, x, zero())
}

/// ln(sigmoid(x)), without underflow.
#[track_caller]
pub fn log_sigmoid(x: &Tensor) -> Result<Tensor> {
    softplus(&x.try_negative()?)?.try_negative()
}

/// x tanh(softplus(x))
#[track_caller]
pub fn mish(x: &Tensor) -> Result<Tensor> {
    x.try_mul(&softplus(x)?.try_tanh()?)
}

/// x min(max(x + 3, 0), 6) / 6
#[track_caller]
pub fn hardswish(x: &Tensor) -> Result<Tensor> {
    x.try_mul(&relu6(&x.try_add(weak(3.0))?)?)?.try_div(weak(6.0))
}

/// min(max(x, low), high)
#[track_caller]
pub fn hard_tanh(x: &Tensor, low: f64, high: f64) -> Result<Tensor> {
    named("hardTanh", x.try_maximum(weak(low))?.try_minimum(weak(high)))
}

/// x sigmoid(1.702 x), a fast approximation of gelu.
#[track_caller]
pub fn gelu_fast_approx(x: &Tensor) -> Result<Tensor> {
    x.try_mul(&x.try_mul(weak(1.702))?.try_sigmoid()?)
}

/// The softmax of -x.
#[track_caller]
pub fn softmin(x: &Tensor, axis: i64) -> Result<Tensor> {
    named("softmin", softmax(&x.try_negative()?, axis))
}

/// 1 where x is over the threshold, else 0.
#[track_caller]
pub fn step(x: &Tensor, threshold: f64) -> Result<Tensor> {
    x.try_greater(weak(threshold))?.cast_as("step", x.dtype())
}

/// max(0, x) + alpha min(0, x) with alphas that are learnt.
#[track_caller]
pub fn prelu(x: &Tensor, alpha: &Tensor) -> Result<Tensor> {
    named("prelu", x.try_maximum(zero())?.try_add(&x.try_minimum(zero())?.try_mul(alpha)?))
}

/// The first half along an axis times the sigmoid of the second.
#[track_caller]
pub fn glu(x: &Tensor, axis: i64) -> Result<Tensor> {
    let halves = named("glu", split(x, Split::Parts(2), axis))?;
    halves[0].try_mul(&halves[1].try_sigmoid()?)
}

/// The activation of that name, with its number (a slope, an alpha, an axis, ...) or NaN for the usual one: for bindings, which have
/// one function for all.
#[track_caller]
pub fn by_name(name: &str, x: &Tensor, numbers: [f64; 2]) -> Option<Result<Tensor>> {
    let or = |at: usize, usual: f64| if numbers[at].is_nan() { usual } else { numbers[at] };
    Some(match name {
        "elu" => elu(x, or(0, 1.0)),
        "celu" => celu(x, or(0, 1.0)),
        "selu" => selu(x),
        "relu6" => relu6(x),
        "relu2" => relu2(x),
        "leakyRelu" => leaky_relu(x, or(0, 0.01)),
        "silu" => silu(x),
        "softsign" => softsign(x),
        "softshrink" => softshrink(x, or(0, 0.5)),
        "hardShrink" => hard_shrink(x, or(0, 0.5)),
        "logSigmoid" => log_sigmoid(x),
        "mish" => mish(x),
        "hardswish" => hardswish(x),
        "hardTanh" => hard_tanh(x, or(0, -1.0), or(1, 1.0)),
        "geluFastApprox" => gelu_fast_approx(x),
        "softmin" => softmin(x, or(0, -1.0) as i64),
        "step" => step(x, or(0, 0.0)),
        "glu" => glu(x, or(0, -1.0) as i64),
        _ => return None,
    })
}
