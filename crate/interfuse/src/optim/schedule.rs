//! Learning rates that change: functions of the step, which is a tensor, so that a compiled step follows them without a new trace.

use super::misuse;
use crate::error::Result;
use crate::library::choose;
use crate::nn::formula::weak;
use crate::operand::Operand;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::{DType, Weak};

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
    /// The schedule of that name in bindings, with its numbers in the order of its fields.
    pub fn from_numbers(name: &str, numbers: &[f64]) -> Result<Schedule> {
        let schedule = match (name, numbers) {
            ("constant", &[rate]) => Schedule::Constant(rate),
            ("linearSchedule", &[start, end, steps]) => Schedule::Linear { start, end, steps },
            ("exponentialDecay", &[start, decay]) => Schedule::Exponential { start, decay },
            ("stepDecay", &[start, decay, size]) => Schedule::Step { start, decay, size },
            ("cosineDecay", &[start, steps, end]) => Schedule::Cosine { start, steps, end },
            _ => return Err(misuse(name, format!("takes other numbers than {numbers:?}"), "All of them are numbers.")),
        };
        Ok(schedule)
    }

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
