//! Optimisers: how parameters follow their gradients. Names and formulas are MLX's; Adam corrects its bias unless told not to.
//!
//! An update is a pure function: parameters, gradients and state in, parameters and state out. It makes one graph for all parameters, so
//! that a compiled step merges their kernels, and everything that changes between steps is a tensor (`step` and the learning rate have
//! no axes): a training run is traced once.

pub(crate) mod clip;
pub(crate) mod rule;
pub(crate) mod schedule;
mod settings;

pub use clip::{clip_grad_norm, clip_norm};
pub use rule::{UpdateRule, Updated, update};
pub use schedule::{Schedule, join};
pub use settings::SETTINGS;

use crate::error::{Error, ErrorKind, Result};
use crate::tensor::Tensor;
use crate::tree::{Tree, tensors_of};
use interfuse_compiler::dtype::Scalar;
use interfuse_compiler::signature::SignatureBuilder;
use interfuse_derive::Tree;

/// What an optimiser keeps between steps. A tree: pass it to a compiled step and take it back.
#[derive(Clone, Tree)]
pub struct State {
    /// Updates made, an int32 without axes.
    pub step: Tensor,
    /// The learning rate of the last update, a float32 without axes.
    pub learning_rate: Tensor,
    /// What the rule remembers of every parameter, one slot after another (see [`UpdateRule::slots`]); empty before the first update.
    pub slots: Vec<Tensor>,
}

/// A rule with a schedule of learning rates, and the state of a training run. A tree of its state: a compiled step may capture it.
///
/// ```
/// use interfuse::{optim::{Optimizer, UpdateRule}, Tensor};
/// let mut optimizer = Optimizer::new(UpdateRule::Sgd { momentum: 0.9, dampening: 0.0, weight_decay: 0.0, nesterov: false }, 0.5)?;
/// let mut w = Tensor::from([1.0f32, -1.0]);
/// let gradient = Tensor::from([1.0f32, 1.0]);
/// optimizer.update(&mut w, &gradient)?;
/// optimizer.update(&mut w, &gradient)?;
/// // Steps of 0.5 x 1 and 0.5 x 1.9.
/// assert_eq!(w.to_vec::<f32>()?, [-0.45, -2.45]);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[derive(Clone)]
pub struct Optimizer {
    rule: UpdateRule,
    schedule: Schedule,
    /// What it remembers.
    pub state: State,
}

impl Optimizer {
    /// A rule with a learning rate: a number or a [`Schedule`].
    pub fn new(rule: UpdateRule, learning_rate: impl Into<Schedule>) -> Result<Optimizer> {
        rule.check()?;
        let (schedule, step) = (learning_rate.into(), Tensor::scalar(Scalar::i32(0))?);
        let learning_rate = schedule.at(&step)?;
        Ok(Optimizer { rule, schedule, state: State { step, learning_rate, slots: Vec::new() } })
    }

    /// The state before the first step of a model, slots included: a compiled step that starts with it is traced once.
    pub fn start<M: Tree>(&self, model: &M) -> Result<State> {
        Ok(State { slots: self.rule.start(&tensors_of(model))?, ..self.state.clone() })
    }

    /// The parameters after one step along these gradients, and the state after it. Pure: the optimiser's own state stays as it is, so
    /// that a compiled step can take the state as an argument.
    pub fn apply<M: Tree>(&self, state: &State, model: &M, gradients: &M) -> Result<(M, State)> {
        let (parameters, gradients) = (tensors_of(model), tensors_of(gradients));
        let learning_rate = self.schedule.at(&state.step)?;
        let step = state.step.try_add(1)?;
        let slots = match state.slots.as_slice() {
            [] => self.rule.start(&parameters)?,
            slots => slots.to_vec(),
        };
        let Updated { parameters, slots } = update(&self.rule, &learning_rate, &step, &parameters, &gradients, &slots)?;
        Ok((model.unflatten(&mut parameters.into_iter()), State { step, learning_rate, slots }))
    }

    /// Moves the parameters of a model one step along these gradients.
    pub fn update<M: Tree>(&mut self, model: &mut M, gradients: &M) -> Result<()> {
        let (parameters, state) = self.apply(&self.state, model, gradients)?;
        *model = parameters;
        self.state = state;
        Ok(())
    }
}

impl Tree for Optimizer {
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
        // Another rule or schedule is another program.
        key.array(2);
        key.string(&format!("{:?} {:?}", self.rule, self.schedule));
        self.state.flatten(key, tensors);
    }
    fn unflatten(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> Optimizer {
        Optimizer { rule: self.rule, schedule: self.schedule.clone(), state: self.state.unflatten(tensors) }
    }
}

/// A mistake in the numbers of an optimiser or schedule.
fn misuse(op: &str, message: String, hint: &str) -> Error {
    Error::new(ErrorKind::CompileArgument, op, message, hint)
}

#[cfg(test)]
mod tests;
