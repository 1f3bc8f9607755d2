//! The generator of random numbers; the distributions are rows of the table.

use crate::args;
use crate::host::thrown;
use crate::slab::{self, keep};
use interfuse::random;
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

/// Starts the generator anew.
#[wasm_bindgen(js_name = randomSeed)]
pub fn random_seed(seed: f64) -> Answer<()> {
    args::int("random.seed", "the seed", seed).map(random::seed).map_err(thrown)
}

/// The generator's state.
#[wasm_bindgen(js_name = randomState)]
pub fn random_state() -> Answer<u32> {
    random::state().map(keep).map_err(thrown)
}

/// Replaces the generator's state.
#[wasm_bindgen(js_name = setRandomState)]
pub fn set_random_state(key: u32) -> Answer<()> {
    slab::tensor("random.state", key).and_then(|key| random::set_state(&key)).map_err(thrown)
}

/// The same for a trace that captures it and puts a placeholder there.
#[wasm_bindgen(js_name = placeRandomState)]
pub fn place_random_state(key: u32) -> Answer<()> {
    slab::tensor("random.state", key).and_then(|key| random::place_state(&key)).map_err(thrown)
}
