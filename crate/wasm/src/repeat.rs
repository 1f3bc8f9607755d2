//! Loops in two phases: `beginLoop` gives a token and placeholders, the package calls the body on them and comes back with
//! `finishLoop`, or with `abortLoop` when it threw.

use crate::args;
use crate::host::thrown;
use crate::slab::{self, Slab, keep_all};
use interfuse::{LoopRecording, Result, Tensor};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

thread_local! {
    static LOOPS: RefCell<Slab<LoopRecording>> = const { RefCell::new(Slab::new(1)) };
}

/// Starts recording a body: the token, then the placeholders of the carries and of the slices. `length` may be left out where there
/// are tensors to go along.
#[wasm_bindgen(js_name = beginLoop)]
pub fn begin_loop(op: &str, carries: &[u32], stacked: &[u32], length: Option<f64>) -> Answer<Vec<u32>> {
    let begin = || -> Result<Vec<u32>> {
        let length = args::maybe_int(op, "the length", length)?;
        let recording = LoopRecording::begin(op, &slab::tensors(op, carries)?, &slab::tensors(op, stacked)?, length)?;
        let placeholders: Vec<Tensor> = recording.placeholders().to_vec();
        let token = LOOPS.with(|slab| slab.borrow_mut().insert(recording));
        Ok([token].into_iter().chain(keep_all(placeholders)).collect())
    };
    begin().map_err(thrown)
}

/// What the body hands on and gives: the last carries, then the stacks.
#[wasm_bindgen(js_name = finishLoop)]
pub fn finish_loop(token: u32, next: &[u32], given: &[u32]) -> Answer<Vec<u32>> {
    let finish = || -> Result<Vec<u32>> {
        let recording = LOOPS.with(|slab| slab.borrow_mut().remove(token));
        let recording = recording.ok_or_else(|| slab::no_such("scan", "loop"))?;
        Ok(keep_all(recording.finish(&slab::tensors("scan", next)?, &slab::tensors("scan", given)?)?))
    };
    finish().map_err(thrown)
}

/// The body threw.
#[wasm_bindgen(js_name = abortLoop)]
pub fn abort_loop(token: u32) {
    let gone = LOOPS.with(|slab| slab.borrow_mut().remove(token));
    drop(gone);
}
