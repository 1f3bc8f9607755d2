//! Events and source positions.

use crate::slab::Slab;
use interfuse::devtools::{self, Source, Subscription};
use interfuse::json::to_json;
use js_sys::Function;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

thread_local! {
    static SUBSCRIPTIONS: RefCell<Slab<Subscription>> = const { RefCell::new(Slab::new(1)) };
}

/// Calls back with every event as JSON, until `unsubscribe`.
#[wasm_bindgen]
pub fn subscribe(callback: Function) -> u32 {
    let subscription = devtools::subscribe(move |event| {
        let text = to_json(event);
        // The package's callback only puts the text into a queue.
        let _ = callback.call1(&JsValue::NULL, &text.into());
    });
    SUBSCRIPTIONS.with(|slab| slab.borrow_mut().insert(subscription))
}

/// Ends a subscription.
#[wasm_bindgen]
pub fn unsubscribe(subscription: u32) {
    let ended = SUBSCRIPTIONS.with(|slab| slab.borrow_mut().remove(subscription));
    drop(ended);
}

/// Whether new tensors remember where they were made.
#[wasm_bindgen(js_name = recordSources)]
pub fn record_sources(on: bool) {
    devtools::record_sources(on);
    if !on {
        devtools::set_position(None);
    }
}

/// The place of the ops that follow.
#[wasm_bindgen(js_name = setPosition)]
pub fn set_position(file: String, line: u32, column: u32) {
    devtools::set_position(Some(Source { file, line, column }));
}
