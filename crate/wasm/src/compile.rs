//! Compiled functions in two phases: `begin` finds an entry or starts a trace; the package then calls the function and comes back with
//! `finish`, or with `giveUp` when it threw. Where the answer is to run eagerly, the package does and then says `fellBack`.

use crate::call;
use crate::dims;
use crate::host::{Form, promise, thrown};
use crate::slab::{self, Slab, keep_all};
use interfuse::inspect::{AdapterClass, WhatIf};
use interfuse::json::to_json;
use interfuse::{
    Begin, BreakReason, CompileMode, Error, ErrorKind, Finished, Purpose, Store, StoreOptions, Tensor, Trace,
};
use js_sys::Promise;
use serde::Serialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

type Answer<T> = Result<T, JsValue>;

/// First number of `begin`'s answer: call the function as it is.
const INLINE: u32 = 0;
/// Its form and the handles of its tensors follow.
const HIT: u32 = 1;
/// The trace and its placeholders follow.
const MISS: u32 = 2;
/// Call the function as it is, then `fellBack`; also of `finish`.
const FALLBACK: u32 = 3;
/// Of a warm-up: there is nothing to do.
const READY: u32 = 4;

thread_local! {
    static STORES: RefCell<Slab<Rc<Store>>> = const { RefCell::new(Slab::new(1)) };
    static TRACES: RefCell<Slab<Trace>> = const { RefCell::new(Slab::new(1)) };
}

fn store(handle: u32) -> interfuse::Result<Rc<Store>> {
    STORES.with(|slab| slab.borrow().get(handle).cloned()).ok_or_else(|| slab::no_such("compile", "function"))
}

fn trace(handle: u32) -> interfuse::Result<Trace> {
    TRACES.with(|slab| slab.borrow_mut().remove(handle)).ok_or_else(|| slab::no_such("compile", "trace"))
}

/// The handle of a trace, then those of its placeholders.
fn started(trace: Trace) -> Vec<u32> {
    let placeholders: Vec<Tensor> = trace.placeholders().to_vec();
    let mut answer = vec![MISS];
    answer.push(TRACES.with(|slab| slab.borrow_mut().insert(trace)));
    answer.extend(keep_all(placeholders));
    answer
}

/// A store for the entries of a function, whose options are in the wire.
#[wasm_bindgen(js_name = newStore)]
pub fn new_store(name: &str, from: usize, to: usize) -> u32 {
    let options: Result<StoreOptions, Error> = call::read("compile", from, to);
    call::answered(options.map(|options| STORES.with(|slab| slab.borrow_mut().insert(Store::new(name, options)))))
}

/// Forgets a store with everything in it.
#[wasm_bindgen(js_name = dropStore)]
pub fn drop_store(handle: u32) {
    let gone = STORES.with(|slab| slab.borrow_mut().remove(handle));
    drop(gone);
}

/// Looks a call up: its structure as a template (see `interfuse_compiler::signature`) and its tensors. `purpose`: 0 to run it, 1 to
/// warm it up, 2 to inspect or profile it.
#[wasm_bindgen]
pub fn begin(handle: u32, template: &[u8], tensors: &[u32], purpose: u32) -> Answer<Vec<u32>> {
    let purpose = match purpose {
        0 => Purpose::Run,
        1 => Purpose::WarmUp,
        _ => Purpose::Inspect,
    };
    let look = || {
        let store = store(handle)?;
        let inputs = slab::tensors(store.label(), tensors)?;
        if purpose == Purpose::Run && store.inlines() {
            return Ok(vec![INLINE]);
        }
        let key = store.key(template, &inputs)?;
        Ok(match store.begin(key, &inputs, purpose)? {
            Begin::Inline => vec![INLINE],
            Begin::Fallback => vec![FALLBACK],
            Begin::Ready => vec![READY],
            Begin::Hit(outputs, extra) => {
                let form = extra.downcast_ref::<Form>().expect("finish was given a form");
                let mut answer = Vec::with_capacity(2 + outputs.len());
                answer.extend([HIT, form.0]);
                answer.extend(outputs.into_iter().map(slab::keep));
                answer
            }
            Begin::Miss(trace) => started(trace),
        })
    };
    look().map_err(thrown)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Miss<R> {
    is_first: bool,
    report: R,
}

/// Why the call of this trace missed, as JSON.
#[wasm_bindgen(js_name = missReport)]
pub fn miss_report(token: u32) -> String {
    TRACES.with(|slab| {
        let slab = slab.borrow();
        let report = slab.get(token).map(|trace| to_json(&Miss { is_first: trace.is_first(), report: trace.report() }));
        report.unwrap_or_else(|| "null".into())
    })
}

/// Ends a trace with the function's results: compiles, runs and keeps the entry. Gives HIT and the handles of the results, or FALLBACK.
#[wasm_bindgen]
pub fn finish(handle: u32, token: u32, outputs: &[u32], form: u32) -> Answer<Vec<u32>> {
    let form = Rc::new(Form(form));
    let finish = || {
        let (store, trace) = (store(handle)?, trace(token)?);
        let outputs = slab::tensors(store.label(), outputs)?;
        Ok(match store.finish(trace, &outputs, form)? {
            Finished::Fallback => vec![FALLBACK],
            Finished::Results(results) => {
                let mut answer = Vec::with_capacity(1 + results.len());
                answer.push(HIT);
                answer.extend(keep_all(results));
                answer
            }
        })
    };
    finish().map_err(thrown)
}

/// Resolves when the device has taken or refused the kernels of a call on these tensors that has just returned: to whether it took them.
#[wasm_bindgen]
pub fn taken(handle: u32, tensors: &[u32]) -> Answer<Promise> {
    let ask = || {
        let store = store(handle)?;
        store.taken(&slab::tensors(store.label(), tensors)?)
    };
    let taken = ask().map_err(thrown)?;
    Ok(promise(async move { Ok(taken.await.into()) }))
}

/// Ends a trace without results: nothing of it is left. `true` when it broke and the function is to be called as it is.
#[wasm_bindgen(js_name = giveUp)]
pub fn give_up(handle: u32, token: u32) -> Answer<bool> {
    let give_up = || store(handle)?.give_up(trace(token)?);
    give_up().map_err(thrown)
}

/// Ends a trace without results and without a verdict, if it is still open.
#[wasm_bindgen]
pub fn abort(token: u32) {
    drop(trace(token));
}

fn reason(name: &str) -> interfuse::Result<BreakReason> {
    BreakReason::from_name(name).ok_or_else(|| slab::no_such("compile", "reason"))
}

/// Breaks the traces that are going on, if any: throws the error to give to the function.
#[wasm_bindgen(js_name = breakTrace)]
pub fn break_trace(name: &str, op: &str, what: &str) -> Answer<()> {
    reason(name).and_then(|reason| interfuse::break_trace(reason, op, what)).map_err(thrown)
}

/// Breaks the traces that are going on where a placeholder would take the place of a tensor from before them in `what`; `old` 0 is one.
#[wasm_bindgen(js_name = checkWrite)]
pub fn check_write(op: &str, what: &str, old: u32, new: u32) -> Answer<()> {
    let check = || {
        let old = if old == 0 { None } else { Some(slab::tensor(op, old)?) };
        interfuse::check_write(op, what, old.as_ref(), &slab::tensor(op, new)?)
    };
    check().map_err(thrown)
}

/// The function cannot be traced, whatever it is called with.
#[wasm_bindgen]
pub fn refuse(handle: u32, name: &str) -> Answer<()> {
    let refuse = || store(handle)?.refuse(reason(name)?);
    refuse().map_err(thrown)
}

/// Counts a call that ran as it is because it cannot be compiled.
#[wasm_bindgen(js_name = fellBack)]
pub fn fell_back(handle: u32) {
    if let Ok(store) = store(handle) {
        store.fell_back();
    }
}

/// Are compiled functions to be called as they are?
#[wasm_bindgen]
pub fn inlines(handle: u32) -> bool {
    store(handle).is_ok_and(|store| store.inlines())
}

/// Why a call ran as it is the last time, as JSON; "null" when none did.
#[wasm_bindgen(js_name = lastFallback)]
pub fn last_fallback(handle: u32) -> Answer<String> {
    let store = store(handle).map_err(thrown)?;
    Ok(to_json(&store.last_fallback()))
}

/// Lets go of what the trace of a function of that label made, its sizes included; see `slab::end_trace`.
#[wasm_bindgen(js_name = endTrace)]
pub fn end_trace(handles: &[u32], label: &str, nested: bool) -> Vec<u32> {
    let after = slab::end_trace(handles, label, nested);
    dims::forget();
    after
}

/// Lets go of a tensor that a call of the function of that name used up; gives the handle that says so.
#[wasm_bindgen]
pub fn donate(handle: u32, name: &str) -> u32 {
    slab::donate(handle, name)
}

/// Ends the trace of a warm-up; resolves when every pipeline is ready.
#[wasm_bindgen(js_name = finishWarmup)]
pub fn finish_warmup(handle: u32, token: u32, outputs: &[u32], form: u32) -> Answer<Promise> {
    let form = Rc::new(Form(form));
    let finish = || {
        let (store, trace) = (store(handle)?, trace(token)?);
        let outputs = slab::tensors(store.label(), outputs)?;
        store.warm_up(trace, &outputs, form)
    };
    let ready = finish().map_err(thrown)?;
    Ok(promise(async move { ready.await.map(|()| JsValue::UNDEFINED).map_err(thrown) }))
}

/// Ends the trace of an inspection: everything there is to see as JSON, and the graph in Graphviz's language. `what_if` says
/// what is to be otherwise than it is: positions of mode and class, buffers and invocations, float16 and subgroups, each -1 for no change,
/// then positions of rules that are off; `schedules` are lines.
#[wasm_bindgen(js_name = finishInspect)]
pub fn finish_inspect(
    handle: u32,
    token: u32,
    outputs: &[u32],
    what_if: &[i32],
    schedules: &str,
) -> Answer<Vec<String>> {
    let finish = || {
        let (store, trace) = (store(handle)?, trace(token)?);
        let outputs = slab::tensors(store.label(), outputs)?;
        let inspection = store.finish_inspect(trace, &outputs, &what_if_of(what_if, schedules))?;
        Ok(vec![inspection.to_json(), inspection.to_dot()])
    };
    finish().map_err(thrown)
}

/// What [`finish_inspect`] is told.
fn what_if_of(told: &[i32], schedules: &str) -> WhatIf {
    let number = |at: usize| told.get(at).and_then(|number| u32::try_from(*number).ok());
    let mut what_if = WhatIf {
        mode: number(0).and_then(|at| CompileMode::ALL.get(at as usize).copied()),
        class: number(1).and_then(|at| AdapterClass::ALL.get(at as usize).copied()),
        storage_buffers: number(2),
        workgroup_invocations: number(3),
        float16: number(4).map(|flag| flag == 1),
        subgroups: number(5).map(|flag| flag == 1),
        schedules: schedules.lines().map(String::from).collect(),
        ..WhatIf::default()
    };
    for rule in told.iter().skip(6) {
        what_if.rules_off.add_at(*rule as usize);
    }
    what_if
}

/// Ends the trace of an inspection with measurements instead: resolves to a profile as JSON.
#[wasm_bindgen(js_name = finishProfile)]
pub fn finish_profile(handle: u32, token: u32, outputs: &[u32], repeats: f64) -> Answer<Promise> {
    let finish = || {
        let (store, trace) = (store(handle)?, trace(token)?);
        let repeats = crate::args::int("profile", "repeats", repeats)?;
        let outputs = slab::tensors(store.label(), outputs)?;
        store.finish_profile(trace, &outputs, usize::try_from(repeats).unwrap_or(0))
    };
    let profile = finish().map_err(thrown)?;
    Ok(promise(async move {
        let profile = profile.await.map_err(thrown)?;
        Ok(to_json(&profile).into())
    }))
}

/// What the calls of a function came to, as JSON.
#[wasm_bindgen]
pub fn stats(handle: u32) -> Answer<String> {
    let store = store(handle).map_err(thrown)?;
    Ok(to_json(&store.stats()))
}

/// The entries of a function, as JSON.
#[wasm_bindgen]
pub fn entries(handle: u32) -> Answer<String> {
    let store = store(handle).map_err(thrown)?;
    Ok(to_json(&store.entries()))
}

/// Why the last call that missed did, as JSON; "null" when none has.
#[wasm_bindgen(js_name = lastMiss)]
pub fn last_miss(handle: u32) -> Answer<String> {
    let store = store(handle).map_err(thrown)?;
    Ok(to_json(&store.last_miss()))
}

/// Forgets the entries of a function.
#[wasm_bindgen(js_name = clearStore)]
pub fn clear_store(handle: u32) {
    if let Ok(store) = store(handle) {
        store.clear();
    }
}

/// Is a function being traced?
#[wasm_bindgen(js_name = isTracing)]
pub fn is_tracing() -> bool {
    interfuse::is_tracing()
}

/// Sets what `compile` does.
#[wasm_bindgen(js_name = setCompileMode)]
pub fn set_compile_mode(name: &str) -> Answer<()> {
    let mode = CompileMode::from_name(name).ok_or_else(|| {
        let modes: Vec<String> = CompileMode::ALL.iter().map(|mode| format!("\"{}\"", mode.name())).collect();
        thrown(Error::new(
            ErrorKind::CompileArgument,
            "setCompileMode",
            format!("\"{name}\" is not a mode"),
            format!("The modes are {}.", modes.join(", ")),
        ))
    })?;
    interfuse::set_compile_mode(mode);
    Ok(())
}

/// Does this value of INTERFUSE_DISABLE_COMPILE disable?
#[wasm_bindgen]
pub fn disables(value: &str) -> bool {
    interfuse::disables(value)
}
