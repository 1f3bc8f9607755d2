//! What the host gives: a clock, a maker of errors, a place for the text of a panic, a list of forms to forget, and promises.

use interfuse::Error;
use js_sys::{Array, Function, Promise};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

thread_local! {
    static HOOKS: RefCell<Option<Hooks>> = const { RefCell::new(None) };
}

#[derive(Clone)]
struct Hooks {
    /// (class, op, message, hint, and of a trace that broke: reason, place, the error that broke it) -> the error
    make_error: Function,
    /// () -> milliseconds
    now: Function,
    /// (text): the core is unusable from now on
    panicked: Function,
    /// (form): an entry of the cache is gone
    forget_form: Function,
}

fn hooks() -> Option<Hooks> {
    HOOKS.try_with(|hooks| hooks.try_borrow().ok().and_then(|hooks| hooks.clone())).ok().flatten()
}

/// Installs the host's functions; the first call of all. So many cores failed before this one.
#[wasm_bindgen(js_name = installHost)]
pub fn install_host(make_error: Function, now: Function, panicked: Function, forget_form: Function, failed: u32) {
    crate::slab::start_after(failed);
    HOOKS.with(|hooks| *hooks.borrow_mut() = Some(Hooks { make_error, now, panicked, forget_form }));
    interfuse::set_clock(clock);
    interfuse::devtools::set_warn(warn);
    std::panic::set_hook(Box::new(|info| {
        console_error_panic_hook::hook(info);
        if let Some(hooks) = hooks() {
            // Nothing is left to do if even this fails.
            let _ = hooks.panicked.call1(&JsValue::NULL, &info.to_string().into());
        }
    }));
}

/// Fails as a bug of this library would: what follows from that can only be tested by doing it.
#[wasm_bindgen(js_name = failOnPurpose)]
pub fn fail_on_purpose() {
    panic!("on purpose");
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console)]
    fn warn(text: &str);
}

/// Milliseconds by the host's clock.
pub fn clock() -> f64 {
    hooks().and_then(|hooks| hooks.now.call0(&JsValue::NULL).ok()?.as_f64()).unwrap_or(0.0)
}

/// A mistake as the host's error.
#[inline(never)]
pub fn thrown(error: Error) -> JsValue {
    let text = error.to_string();
    let Some(hooks) = hooks() else { return text.into() };
    let parts =
        Array::of4(&error.kind().name().into(), &error.op().into(), &error.message().into(), &error.hint().into());
    if let (Some(reason), Some(place), Some(cause)) = (error.reason(), error.op_path(), error.cause()) {
        parts.push(&reason.name().into());
        parts.push(&place.into());
        parts.push(&thrown(cause.clone()));
    }
    hooks.make_error.apply(&JsValue::NULL, &parts).unwrap_or_else(|error| error)
}

/// The number by which the host knows how results are put together. The host forgets it with the last reference.
pub struct Form(pub u32);

impl Drop for Form {
    fn drop(&mut self) {
        if let Some(hooks) = hooks() {
            // The host only removes a number from a map.
            let _ = hooks.forget_form.call1(&JsValue::NULL, &self.0.into());
        }
    }
}

/// A promise of what a future gives.
pub fn promise(future: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    // One instance for all futures.
    fn of(future: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>) -> Promise {
        future_to_promise(future)
    }
    of(Box::pin(future))
}
