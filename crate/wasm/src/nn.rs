//! Functions of the part "training". All of them are rows of the table but one: the names of what an optimiser remembers are texts, and
//! a row gives tensors.

use crate::call::{answered, run};
use crate::host::thrown;
use interfuse::functions::TRAINING;
use interfuse::optim::UpdateRule;
use wasm_bindgen::prelude::*;

/// Calls a function of this part by its position.
#[wasm_bindgen(js_name = callTraining)]
pub fn call_training(at: u32, from: usize, to: usize) -> u32 {
    answered(run(TRAINING, at, from, to))
}

/// The names of what an optimiser remembers of a parameter.
#[wasm_bindgen(js_name = optimizerSlots)]
pub fn optimizer_slots(name: &str, numbers: &[f64]) -> Result<Vec<String>, JsValue> {
    let rule = UpdateRule::from_numbers(name, numbers).map_err(thrown)?;
    Ok(rule.slots().iter().map(|slot| slot.to_string()).collect())
}
