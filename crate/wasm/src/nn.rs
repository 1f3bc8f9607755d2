//! Functions of the part "training", initial values and optimisers.

use crate::args;
use crate::call::{answered, run};
use crate::host::thrown;
use crate::slab::{self, keep, keep_all};
use interfuse::functions::TRAINING;
use interfuse::nn::Initial;
use interfuse::optim::{self, Schedule, UpdateRule, Updated};
use interfuse::{Error, ErrorKind, Result, Tensor};
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

#[inline(never)]
fn kept(made: Result<Tensor>) -> Answer<u32> {
    made.map(keep).map_err(thrown)
}

fn unknown(op: &str) -> Error {
    Error::new(ErrorKind::CompileArgument, op, "there is no such formula", "This is a bug of interfuse.")
}

/// The operands of a formula; a handle of 0 is one that is left out.
fn operands(op: &str, handles: &[u32]) -> Result<Vec<Option<Tensor>>> {
    handles.iter().map(|x| if *x == 0 { Ok(None) } else { slab::tensor(op, *x).map(Some) }).collect()
}

/// Calls a function of this part by its position.
#[wasm_bindgen(js_name = callTraining)]
pub fn call_training(at: u32, from: usize, to: usize) -> u32 {
    answered(run(TRAINING, at, from, to))
}

/// A parameter that starts as the initialiser of that name with its numbers says; a key of 0 is drawn from the generator.
#[wasm_bindgen]
pub fn initial(name: &str, numbers: &[f64], sizes: &[f64], dtype: &str, key: u32) -> Answer<u32> {
    let make = || {
        let key = operands(name, &[key])?;
        let initial = Initial::from_numbers(name, numbers).ok_or_else(|| unknown(name))?;
        initial.make(&args::ints(name, "a size", sizes)?, args::dtype(name, dtype)?, key[0].as_ref())
    };
    kept(make())
}

/// The names of what an optimiser remembers of a parameter.
#[wasm_bindgen(js_name = optimizerSlots)]
pub fn optimizer_slots(name: &str, numbers: &[f64]) -> Answer<Vec<String>> {
    let rule = UpdateRule::from_numbers(name, numbers).map_err(thrown)?;
    Ok(rule.slots().iter().map(|slot| slot.to_string()).collect())
}

/// One step of an optimiser. Gives the handles of the step after it, of all parameters, and of all slots; slots that are not there yet
/// start at zero.
#[wasm_bindgen(js_name = optimizerUpdate)]
pub fn optimizer_update(
    name: &str,
    numbers: &[f64],
    rate: u32,
    step: u32,
    parameters: &[u32],
    gradients: &[u32],
    slots: &[u32],
) -> Answer<Vec<u32>> {
    let update = || {
        let rule = UpdateRule::from_numbers(name, numbers)?;
        let tensors = |handles: &[u32]| slab::tensors("update", handles);
        let parameters = tensors(parameters)?;
        let slots = if slots.is_empty() { rule.start(&parameters)? } else { tensors(slots)? };
        let step = slab::tensor("update", step)?.try_add(1)?;
        let rate = slab::tensor("update", rate)?;
        let Updated { parameters, slots } =
            optim::update(&rule, &rate, &step, &parameters, &tensors(gradients)?, &slots)?;
        Ok([step].into_iter().chain(parameters).chain(slots).collect::<Vec<_>>())
    };
    update().map(keep_all).map_err(thrown)
}

/// The learning rate of the schedule of that name at a step.
#[wasm_bindgen]
pub fn schedule(name: &str, numbers: &[f64], step: u32) -> Answer<u32> {
    let rate = || Schedule::from_numbers(name, numbers)?.at(&slab::tensor(name, step)?);
    kept(rate())
}

/// The learning rate of several schedules at a step, from what each has there.
#[wasm_bindgen(js_name = joinSchedules)]
pub fn join_schedules(step: u32, boundaries: &[f64], rates: &[u32]) -> Answer<u32> {
    const OP: &str = "joinSchedules";
    let rate = || optim::join(&slab::tensor(OP, step)?, boundaries, &slab::tensors(OP, rates)?);
    kept(rate())
}

/// The handles of the norm and of the gradients scaled down to it.
#[wasm_bindgen(js_name = clipGradNorm)]
pub fn clip_grad_norm(gradients: &[u32], largest: f64) -> Answer<Vec<u32>> {
    let clip = || optim::clip_norm(&slab::tensors("clipGradNorm", gradients)?, largest);
    let (clipped, norm) = clip().map_err(thrown)?;
    Ok(keep_all([norm].into_iter().chain(clipped)))
}
