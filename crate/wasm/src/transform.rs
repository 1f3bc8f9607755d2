//! Transforms in two phases: a `begin` gives a token and placeholders, the package calls the function on them and comes back with a
//! `finish`, or with `abortRecording` when the function threw.

use crate::args::{int, ints};
use crate::host::thrown;
use crate::slab::{self, Slab, keep, keep_all};
use interfuse::transform::{Arguments, CustomRecording, Recording, label};
use interfuse::{Error, ErrorKind, Result, Tensor};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

/// A recording in one of its phases.
enum Phase {
    Function(Recording),
    Gradient(CustomRecording),
}

thread_local! {
    static RECORDINGS: RefCell<Slab<Phase>> = const { RefCell::new(Slab::new(1)) };
}

fn started(phase: Phase, placeholders: Vec<Tensor>) -> Vec<u32> {
    let token = RECORDINGS.with(|slab| slab.borrow_mut().insert(phase));
    [token].into_iter().chain(keep_all(placeholders)).collect()
}

fn recording(token: u32) -> Result<Recording> {
    match RECORDINGS.with(|slab| slab.borrow_mut().remove(token)) {
        Some(Phase::Function(recording)) => Ok(recording),
        Some(Phase::Gradient(_)) | None => Err(slab::no_such("transform", "recording")),
    }
}

/// The tensors of a call and where they are, from its structure (see `interfuse_compiler::cache`).
fn arguments(label: &str, template: &[u8], tensors: &[u32]) -> Result<Arguments> {
    let tensors = slab::tensors(label, tensors)?;
    Arguments::new(template, &tensors).map_err(|bad| {
        Error::new(ErrorKind::CompileArgument, label, format!("the arguments are malformed: {}", bad.0), "")
    })
}

/// Not inlined into the exports.
#[inline(never)]
fn answer<T>(result: Result<T>) -> Answer<T> {
    result.map_err(thrown)
}

/// Starts recording a function for derivatives: the token, then for every tensor of the call the handle of its placeholder, or 0 where
/// the tensor itself is to be passed. `argnums` are the arguments to differentiate by; all of them without.
#[wasm_bindgen(js_name = beginDerivative)]
pub fn begin_derivative(
    transform: &str,
    name: &str,
    template: &[u8],
    tensors: &[u32],
    argnums: Option<Vec<f64>>,
) -> Answer<Vec<u32>> {
    let begin = || {
        let label = label(transform, name);
        let arguments = arguments(&label, template, tensors)?;
        let argnums = argnums.map(|argnums| ints(&label, "an argument of argnums", &argnums)).transpose()?;
        let (recording, at) = Recording::differentiate(label, &arguments, argnums.as_deref())?;
        let placeholders = recording.placeholders().to_vec();
        let token = RECORDINGS.with(|slab| slab.borrow_mut().insert(Phase::Function(recording)));
        let handle = |at: Option<usize>| at.map_or(0, |at| keep(placeholders[at].clone()));
        Ok([token].into_iter().chain(at.into_iter().map(handle)).collect())
    };
    answer(begin())
}

/// Starts recording a function for a batch: the token, then the placeholders. `axes` has one axis per tensor, NaN for none.
#[wasm_bindgen(js_name = beginBatch)]
pub fn begin_batch(name: &str, template: &[u8], tensors: &[u32], axes: &[f64]) -> Answer<Vec<u32>> {
    let begin = || {
        let label = label("vmap", name);
        let arguments = arguments(&label, template, tensors)?;
        let axis =
            |axis: &f64| if axis.is_nan() { Ok(None) } else { int(&label, "an axis of inAxes", *axis).map(Some) };
        let axes = axes.iter().map(axis).collect::<Result<Vec<_>>>()?;
        let recording = Recording::batch(label, &arguments, &axes)?;
        let placeholders = recording.placeholders().to_vec();
        Ok(started(Phase::Function(recording), placeholders))
    };
    answer(begin())
}

/// Starts recording a function whose tensors all have placeholders: the token, then these.
#[wasm_bindgen(js_name = beginCall)]
pub fn begin_call(transform: &str, name: &str, tensors: &[u32]) -> Answer<Vec<u32>> {
    let begin = || {
        let label = label(transform, name);
        let recording = Recording::recompute(label.clone(), &slab::tensors(&label, tensors)?)?;
        let placeholders = recording.placeholders().to_vec();
        Ok(started(Phase::Function(recording), placeholders))
    };
    answer(begin())
}

/// Results, then derivatives.
fn both(results: (Vec<Tensor>, Vec<Tensor>)) -> Vec<u32> {
    keep_all(results.0.into_iter().chain(results.1))
}

/// The results of the function, the first of them the value, then the gradients.
#[wasm_bindgen(js_name = finishGrad)]
pub fn finish_grad(token: u32, outputs: &[u32]) -> Answer<Vec<u32>> {
    let finish = || {
        let recording = recording(token)?;
        let outputs = slab::tensors(recording.label(), outputs)?;
        recording.finish_grad(&outputs)
    };
    answer(finish().map(both))
}

/// The results of the function, then the cotangents of the arguments.
#[wasm_bindgen(js_name = finishVjp)]
pub fn finish_vjp(token: u32, outputs: &[u32], cotangents: &[u32]) -> Answer<Vec<u32>> {
    let finish = || {
        let recording = recording(token)?;
        let outputs = slab::tensors(recording.label(), outputs)?;
        let cotangents = slab::tensors(recording.label(), cotangents)?;
        recording.finish_vjp(&outputs, &cotangents)
    };
    answer(finish().map(both))
}

/// The results of the function, then their tangents.
#[wasm_bindgen(js_name = finishJvp)]
pub fn finish_jvp(token: u32, outputs: &[u32], tangents: &[u32]) -> Answer<Vec<u32>> {
    let finish = || {
        let recording = recording(token)?;
        let outputs = slab::tensors(recording.label(), outputs)?;
        let tangents = slab::tensors(recording.label(), tangents)?;
        recording.finish_jvp(&outputs, &tangents)
    };
    answer(finish().map(both))
}

/// The results for the whole batch.
#[wasm_bindgen(js_name = finishBatch)]
pub fn finish_batch(token: u32, outputs: &[u32], axes: &[f64]) -> Answer<Vec<u32>> {
    let finish = || {
        let recording = recording(token)?;
        let outputs = slab::tensors(recording.label(), outputs)?;
        let axes = ints(recording.label(), "an axis of outAxes", axes)?;
        recording.finish_batch(&outputs, &axes)
    };
    answer(finish().map(keep_all))
}

/// The results, computed again for gradients.
#[wasm_bindgen(js_name = finishRecompute)]
pub fn finish_recompute(token: u32, outputs: &[u32]) -> Answer<Vec<u32>> {
    let finish = || {
        let recording = recording(token)?;
        let outputs = slab::tensors(recording.label(), outputs)?;
        recording.finish_recompute(&outputs)
    };
    answer(finish().map(keep_all))
}

/// Goes on to record the function's own gradient: the token, then placeholders for arguments, results and cotangents of the results.
#[wasm_bindgen(js_name = beginGradient)]
pub fn begin_gradient(token: u32, outputs: &[u32]) -> Answer<Vec<u32>> {
    let begin = || {
        let recording = recording(token)?;
        let outputs = slab::tensors(recording.label(), outputs)?;
        let gradient = recording.gradient(&outputs)?;
        let placeholders = gradient.placeholders().concat();
        Ok(started(Phase::Gradient(gradient), placeholders))
    };
    answer(begin())
}

/// The results of the function with these gradients of its own.
#[wasm_bindgen(js_name = finishCustom)]
pub fn finish_custom(token: u32, gradients: &[u32]) -> Answer<Vec<u32>> {
    let finish = || match RECORDINGS.with(|slab| slab.borrow_mut().remove(token)) {
        Some(Phase::Gradient(recording)) => {
            let gradients = slab::tensors(recording.label(), gradients)?;
            recording.finish(&gradients)
        }
        Some(Phase::Function(_)) | None => Err(slab::no_such("transform", "recording")),
    };
    answer(finish().map(keep_all))
}

/// Ends a recording without results, if it has not ended: nothing of it is left.
#[wasm_bindgen(js_name = abortRecording)]
pub fn abort_recording(token: u32) {
    let gone = RECORDINGS.with(|slab| slab.borrow_mut().remove(token));
    drop(gone);
}
