//! Random numbers: one export for all distributions, because they take the same arguments.

use crate::args::{self, Sent};
use crate::dims;
use crate::host::thrown;
use crate::slab::{self, keep, keep_all};
use interfuse::{DType, Error, ErrorKind, Result, Sizes, Tensor, random};
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

/// Draws from the distribution of that name. `key` 0 draws a key from the generator; `x` and `y` are the distribution's parameters.
#[wasm_bindgen]
#[allow(clippy::too_many_arguments)]
pub fn draw(
    name: &str,
    key: u32,
    sizes: Option<Vec<f64>>,
    x: u32,
    x_value: f64,
    y: u32,
    y_value: f64,
    dtype: Option<String>,
) -> Answer<u32> {
    let make = || -> Result<Tensor> {
        let op = format!("random.{name}");
        let key = if key == 0 { None } else { Some(slab::tensor(&op, key)?) };
        let key = key.as_ref();
        let given = sizes.map(|sizes| dims::sizes(&op, "a size", &sizes)).transpose()?;
        let sizes = given.as_deref().unwrap_or(&[]);
        let dtype = args::maybe_dtype(&op, dtype)?;
        let float = dtype.unwrap_or(DType::Float32);
        let (first, second) = (Sent::new(&op, x, x_value)?, Sent::new(&op, y, y_value)?);
        match name {
            "bits" => random::bits(sizes, key),
            "uniform" => random::uniform(sizes, first.operand(), second.operand(), float, key),
            "normal" => random::normal(sizes, first.operand(), second.operand(), float, key),
            "truncatedNormal" => random::truncated_normal(sizes, x_value, y_value, float, key),
            "gumbel" => random::gumbel(sizes, float, key),
            "bernoulli" => random::bernoulli(first.operand(), given.as_ref().map(|sizes| sizes as &dyn Sizes), key),
            "randint" => {
                let (low, high) = (args::int(&op, "low", x_value)?, args::int(&op, "high", y_value)?);
                random::randint(low, high, sizes, dtype.unwrap_or(DType::Int32), key)
            }
            "categorical" => {
                let samples =
                    if y_value < 0.0 { None } else { Some(args::int(&op, "the number of samples", y_value)?) };
                random::categorical(&slab::tensor(&op, x)?, args::int(&op, "the axis", x_value)?, samples, key)
            }
            _ => Err(Error::new(ErrorKind::CompileArgument, op, "there is no such distribution", "")),
        }
    };
    make().map(keep).map_err(thrown)
}

/// The key of a seed.
#[wasm_bindgen(js_name = randomKey)]
pub fn random_key(seed: f64) -> Answer<u32> {
    args::int("random.key", "the seed", seed).and_then(random::key).map(keep).map_err(thrown)
}

/// Keys from a key.
#[wasm_bindgen(js_name = randomSplit)]
pub fn random_split(key: u32, count: f64) -> Answer<Vec<u32>> {
    const OP: &str = "random.split";
    let make = || random::split(&slab::tensor(OP, key)?, args::int(OP, "the count", count)?);
    make().map(keep_all).map_err(thrown)
}

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
