//! Learning rates that change: functions of the step, which is a tensor, so that a compiled step follows them without a new trace.

use super::misuse;
use crate::error::Result;
use crate::library::choose;
use crate::nn::formula::weak;
use crate::operand::Operand;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::{DType, Weak};
use interfuse_derive::function;

/// A learning rate for every step, counted from 0.
///
/// ```
/// use interfuse::{optim::Schedule, Tensor};
/// let warm_up = Schedule::Linear { start: 0.0, end: 0.1, steps: 10.0 };
/// let schedule = Schedule::Join(vec![warm_up, Schedule::Cosine { start: 0.1, steps: 90.0, end: 0.0 }], vec![10.0]);
/// let rates = [schedule.at(&Tensor::from(5i32))?.item::<f32>()?, schedule.at(&Tensor::from(55i32))?.item::<f32>()?];
/// assert!(rates.iter().all(|rate| (rate - 0.05).abs() < 1e-6));
/// # Ok::<(), interfuse::Error>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub enum Schedule {
    /// Always the same.
    Constant(f64),
    /// From `start` to `end` in so many steps, then `end`.
    Linear {
        /// At step 0.
        start: f64,
        /// At the last of `steps` and after it.
        end: f64,
        /// At least 1.
        steps: f64,
    },
    /// start decay^step
    Exponential {
        /// At step 0.
        start: f64,
        /// The factor of a step.
        decay: f64,
    },
    /// start decay^floor(step / size)
    Step {
        /// At step 0.
        start: f64,
        /// The factor of `size` steps.
        decay: f64,
        /// How long a rate stays.
        size: f64,
    },
    /// Along half a cosine from `start` to `end` in so many steps, then `end`.
    Cosine {
        /// At step 0.
        start: f64,
        /// At least 1.
        steps: f64,
        /// At the last of `steps` and after it.
        end: f64,
    },
    /// One schedule after another, each counting from the boundary (a step) where it takes over.
    Join(Vec<Schedule>, Vec<f64>),
}

impl From<f64> for Schedule {
    fn from(rate: f64) -> Schedule {
        Schedule::Constant(rate)
    }
}

impl Schedule {
    /// The rate at a step: a float32 without axes.
    #[track_caller]
    pub fn at(&self, step: &Tensor) -> Result<Tensor> {
        let at_least_one = |op: &str, steps: f64| match steps >= 1.0 {
            true => Ok(()),
            false => Err(misuse(op, format!("the number of steps is {steps}"), "It must be at least 1.")),
        };
        let now = || step.cast_as("schedule", DType::Float32);
        let power = |base: f64, exponent: &Tensor| Tensor::apply(crate::Op::Pow, &[weak(base), exponent.into()]);
        match self {
            Schedule::Constant(rate) => {
                Operand::Weak(Weak::Float(*rate)).to_tensor("constant", DType::Float32, step.device())
            }
            Schedule::Linear { start, end, steps } => {
                at_least_one("linearSchedule", *steps)?;
                now()?.try_minimum(weak(*steps))?.try_mul(weak((end - start) / steps))?.try_add(weak(*start))
            }
            Schedule::Exponential { start, decay } => power(*decay, &now()?)?.try_mul(weak(*start)),
            Schedule::Step { start, decay, size } => {
                at_least_one("stepDecay", *size)?;
                power(*decay, &now()?.try_div(weak(*size))?.try_floor()?)?.try_mul(weak(*start))
            }
            Schedule::Cosine { start, steps, end } => {
                at_least_one("cosineDecay", *steps)?;
                let angle = now()?.try_minimum(weak(*steps))?.try_mul(weak(std::f64::consts::PI / steps))?;
                let height = angle.try_cos()?.try_add(weak(1.0))?.try_mul(weak(0.5 * (start - end)))?;
                height.try_add(weak(*end))
            }
            Schedule::Join(parts, boundaries) => {
                check_join(parts.len(), boundaries)?;
                let from =
                    |at: usize| if at == 0 { Ok(step.clone()) } else { now()?.try_sub(weak(boundaries[at - 1])) };
                let rates = parts.iter().enumerate().map(|(at, part)| part.at(&from(at)?));
                join(step, boundaries, &rates.collect::<Result<Vec<_>>>()?)
            }
        }
    }
}

fn check_join(parts: usize, boundaries: &[f64]) -> Result<()> {
    if parts == boundaries.len() + 1 {
        return Ok(());
    }
    let message = format!("{parts} schedules have {} boundaries", boundaries.len());
    Err(misuse("joinSchedules", message, "Give one boundary between each two consecutive schedules."))
}

/// The rate of several at a step: the first before the first boundary, the second before the second, ...
#[function(inner, name = "joinSchedules")]
#[track_caller]
pub fn join(step: &Tensor, boundaries: &[f64], rates: &[Tensor]) -> Result<Tensor> {
    check_join(rates.len(), boundaries)?;
    let now = step.cast_as("joinSchedules", DType::Float32)?;
    let mut rate = rates[0].clone();
    for (boundary, next) in boundaries.iter().zip(&rates[1..]) {
        rate = choose(&now.try_less(weak(*boundary))?, &rate, next)?;
    }
    Ok(rate)
}

/// Always the same rate.
#[function(curried, returns = "A schedule.")]
#[track_caller]
pub fn constant(
    step: &Tensor,
    /// The rate.
    rate: f64,
) -> Result<Tensor> {
    Schedule::Constant(rate).at(step)
}

/// From one rate to another in so many steps, then the other.
#[function(curried, returns = "A schedule.", throws = "CompileArgumentError: there is less than one step.")]
#[track_caller]
pub fn linear_schedule(
    step: &Tensor,
    /// The rate at step 0.
    init: f64,
    /// The rate at the last of the steps and after it.
    end: f64,
    /// The number of steps, at least 1.
    steps: f64,
) -> Result<Tensor> {
    Schedule::Linear { start: init, end, steps }.at(step)
}

/// init decayRate^step
#[function(curried, returns = "A schedule.")]
#[track_caller]
pub fn exponential_decay(
    step: &Tensor,
    /// The rate at step 0.
    init: f64,
    /// The factor of a step.
    decay_rate: f64,
) -> Result<Tensor> {
    Schedule::Exponential { start: init, decay: decay_rate }.at(step)
}

/// init decayRate^floor(step / stepSize)
#[function(curried, returns = "A schedule.", throws = "CompileArgumentError: a rate stays for less than one step.")]
#[track_caller]
pub fn step_decay(
    step: &Tensor,
    /// The rate at step 0.
    init: f64,
    /// The factor of `stepSize` steps.
    decay_rate: f64,
    /// For how many steps a rate stays, at least 1.
    step_size: f64,
) -> Result<Tensor> {
    Schedule::Step { start: init, decay: decay_rate, size: step_size }.at(step)
}

/// Along half a cosine from one rate to another in so many steps, then the other.
#[function(
    curried,
    returns = "A schedule.",
    throws = "CompileArgumentError: there is less than one step.",
    source = "Loshchilov and Hutter (2016)"
)]
#[track_caller]
pub fn cosine_decay(
    step: &Tensor,
    /// The rate at step 0.
    init: f64,
    /// The number of steps, at least 1.
    decay_steps: f64,
    /// The rate at the last of the steps and after it.
    #[default(0)]
    end: f64,
) -> Result<Tensor> {
    Schedule::Cosine { start: init, steps: decay_steps, end }.at(step)
}
