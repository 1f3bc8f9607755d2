//! Files: bytes in, handles out, and the other way round. The package decides what the names of a JavaScript object are.

use crate::call;
use crate::host::{promise, thrown};
use crate::slab::{self, Slab, keep, keep_all};
use interfuse::StoreOptions;
use interfuse::io::{self, ExportOptions, Exporting, FunctionFile};
use js_sys::{Array, Promise, Uint8Array};
use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

type Answer<T> = Result<T, JsValue>;

thread_local! {
    static EXPORTS: RefCell<Slab<Exporting>> = const { RefCell::new(Slab::new(1)) };
    static FUNCTIONS: RefCell<Slab<Rc<FunctionFile>>> = const { RefCell::new(Slab::new(1)) };
}

fn promised(bytes: impl Future<Output = interfuse::Result<Vec<u8>>> + 'static) -> Promise {
    promise(async move { bytes.await.map(|bytes| Uint8Array::from(&*bytes).into()).map_err(thrown) })
}

/// The tensor of an npy file.
#[wasm_bindgen(js_name = loadNpy)]
pub fn load_npy(bytes: &[u8]) -> Answer<u32> {
    io::load_npy(bytes).map(keep).map_err(thrown)
}

/// A promise of an npy file.
#[wasm_bindgen(js_name = saveNpy)]
pub fn save_npy(x: u32) -> Answer<Promise> {
    let x = slab::tensor("saveNpy", x).map_err(thrown)?;
    Ok(promised(async move { io::save_npy(&x).await }))
}

/// What is in a safetensors file: name, then handle or the error of asking for it, and so on.
#[wasm_bindgen(js_name = loadSafetensors)]
pub fn load_safetensors(bytes: &[u8]) -> Answer<Array> {
    let file = io::load_safetensors(bytes).map_err(thrown)?;
    let answer = Array::new();
    for (name, x) in file.tensors() {
        answer.push(&name.into());
        answer.push(&x.map_or_else(thrown, |x| keep(x).into()));
    }
    Ok(answer)
}

/// The metadata of a safetensors file: key, value, and so on.
#[wasm_bindgen(js_name = safetensorsMetadata)]
pub fn safetensors_metadata(bytes: &[u8]) -> Answer<Vec<String>> {
    let file = io::load_safetensors(bytes).map_err(thrown)?;
    Ok(file.metadata().flat_map(|(key, value)| [key.to_string(), value.to_string()]).collect())
}

/// A promise of a safetensors file with tensors by name, and metadata as key, value, and so on.
#[wasm_bindgen(js_name = saveSafetensors)]
pub fn save_safetensors(names: Vec<String>, handles: &[u32], metadata: Vec<String>) -> Answer<Promise> {
    let tensors = slab::tensors("saveSafetensors", handles).map_err(thrown)?;
    Ok(promised(async move {
        let tensors: Vec<_> = names.iter().map(String::as_str).zip(&tensors).collect();
        let metadata: Vec<_> = metadata.chunks_exact(2).map(|pair| (pair[0].as_str(), pair[1].as_str())).collect();
        io::save_safetensors(&tensors, &metadata).await
    }))
}

/// Starts the trace of an export: the trace and its placeholders. The template is that of a compiled function, and so are the options,
/// which are in the wire; `draws` says whether the state of the random generator goes along.
#[wasm_bindgen(js_name = beginExport)]
pub fn begin_export(
    name: &str,
    template: &[u8],
    tensors: &[u32],
    draws: bool,
    from: usize,
    to: usize,
) -> Answer<Vec<u32>> {
    let begin = || {
        let options: StoreOptions = call::read("exportFunction", from, to)?;
        let options = ExportOptions { sizes: options.sizes(), random_state: draws };
        let exporting = Exporting::begin(name, template, &slab::tensors("exportFunction", tensors)?, &options)?;
        let placeholders = exporting.placeholders().to_vec();
        let mut answer = vec![EXPORTS.with(|slab| slab.borrow_mut().insert(exporting))];
        answer.extend(keep_all(placeholders));
        Ok(answer)
    };
    begin().map_err(thrown)
}

/// Ends the trace of an export: a promise of the file.
#[wasm_bindgen(js_name = finishExport)]
pub fn finish_export(token: u32, outputs: &[u32], names: Vec<String>, form: &str) -> Answer<Promise> {
    let finish = || {
        let exporting = EXPORTS.with(|slab| slab.borrow_mut().remove(token));
        let exporting = exporting.ok_or_else(|| slab::no_such("exportFunction", "trace"))?;
        exporting.finish(&slab::tensors("exportFunction", outputs)?, &names, form)
    };
    finish().map(promised).map_err(thrown)
}

/// Ends the trace of an export without a file.
#[wasm_bindgen(js_name = abortExport)]
pub fn abort_export(token: u32) {
    drop(EXPORTS.with(|slab| slab.borrow_mut().remove(token)));
}

fn function(handle: u32) -> interfuse::Result<Rc<FunctionFile>> {
    FUNCTIONS.with(|slab| slab.borrow().get(handle).cloned()).ok_or_else(|| slab::no_such("importFunction", "function"))
}

/// The handle of the function in a file.
#[wasm_bindgen(js_name = importFunction)]
pub fn import_function(bytes: &[u8]) -> Answer<u32> {
    let file = FunctionFile::read(bytes).map_err(thrown)?;
    Ok(FUNCTIONS.with(|slab| slab.borrow_mut().insert(Rc::new(file))))
}

/// The name of a function, its form, and the names of its inputs.
#[wasm_bindgen(js_name = functionTexts)]
pub fn function_texts(handle: u32) -> Answer<Vec<String>> {
    let file = function(handle).map_err(thrown)?;
    let texts = [file.name(), file.form()].map(str::to_string);
    Ok(texts.into_iter().chain(file.input_names().iter().cloned()).collect())
}

/// The sizes that a function leaves open: position of the tensor, axis and name of each in a row.
#[wasm_bindgen(js_name = functionSizes)]
pub fn function_sizes(handle: u32) -> Answer<Vec<String>> {
    let sizes = function(handle).map_err(thrown)?.open_sizes().into_iter();
    Ok(sizes.flat_map(|(at, axis, name)| [at.to_string(), axis.to_string(), name]).collect())
}

/// Does a function draw from the random generator?
#[wasm_bindgen(js_name = functionDraws)]
pub fn function_draws(handle: u32) -> Answer<bool> {
    function(handle).map(|file| file.draws()).map_err(thrown)
}

/// How many tensors a function gives.
#[wasm_bindgen(js_name = functionResults)]
pub fn function_results(handle: u32) -> Answer<usize> {
    function(handle).map(|file| file.results()).map_err(thrown)
}

/// Calls a function on tensors: the handles of its results.
#[wasm_bindgen(js_name = replayFunction)]
pub fn replay_function(handle: u32, tensors: &[u32]) -> Answer<Vec<u32>> {
    let replay = || {
        let file = function(handle)?;
        file.replay(&slab::tensors(file.name(), tensors)?)
    };
    replay().map(keep_all).map_err(thrown)
}

/// Forgets a function.
#[wasm_bindgen(js_name = dropFunction)]
pub fn drop_function(handle: u32) {
    drop(FUNCTIONS.with(|slab| slab.borrow_mut().remove(handle)));
}
