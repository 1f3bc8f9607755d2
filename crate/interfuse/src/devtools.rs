//! What happens inside, as events for whoever subscribes, and where in the source tensors were made.

use crate::report::{FallbackReport, MissReport};
use serde::Serialize;
use std::cell::{Cell, RefCell};
use std::panic::Location;
use std::rc::Rc;

/// What happens inside. Entries and programs keep their ids in all events and in the lists of a cache.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// A function was traced.
    Trace {
        /// The function.
        name: String,
        /// Nodes of the traced graph.
        nodes: usize,
        /// Milliseconds that it took.
        ms: f64,
    },
    /// A graph was compiled.
    Compile {
        /// The function.
        name: String,
        /// The entry, unique in the thread.
        entry: u64,
        /// Its key as text.
        signature: String,
        /// Kernels of its plan.
        kernels: usize,
        /// Milliseconds that it took.
        ms: f64,
    },
    /// A cached entry ran.
    Call {
        /// The function.
        name: String,
        /// The entry.
        entry: u64,
        /// Milliseconds of the host.
        ms: f64,
    },
    /// A call found no entry.
    Miss {
        /// Why.
        report: MissReport,
    },
    /// A function ran eagerly because it cannot be compiled.
    Fallback {
        /// Why.
        report: FallbackReport,
    },
    /// An entry was evicted.
    Evict {
        /// The function.
        name: String,
        /// The entry.
        entry: u64,
        /// Its key as text.
        signature: String,
    },
    /// Work was handed to the device, which may submit it together with more.
    Submit {
        /// The function or eager op.
        name: String,
        /// The program on the device.
        program: u64,
        /// Kernels in it.
        dispatches: usize,
        /// When, in milliseconds of the clock.
        at_ms: f64,
    },
    /// A call failed.
    Error {
        /// The function.
        name: String,
        /// The error's text.
        message: String,
    },
}

type Subscriber = Rc<dyn Fn(&Event)>;

/// Where warnings go: natively to the standard error stream.
fn to_stderr(text: &str) {
    if cfg!(not(target_arch = "wasm32")) {
        eprintln!("warning: {text}");
    }
}

thread_local! {
    static WARN: Cell<fn(&str)> = const { Cell::new(to_stderr) };
}

/// What takes the library's few warnings, each said once per function: that it runs eagerly and why, that it is compiled again and
/// again because of one number.
pub fn set_warn(warn: fn(&str)) {
    WARN.with(|cell| cell.set(warn));
}

/// Warns the person at the machine.
pub(crate) fn warn(text: &str) {
    WARN.with(Cell::get)(text);
}

thread_local! {
    static SUBSCRIBERS: RefCell<Vec<(u64, Subscriber)>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u64> = const { Cell::new(1) };
    static RECORDING: Cell<bool> = const { Cell::new(false) };
    static POSITION: Cell<SourceId> = const { Cell::new(SourceId::NONE) };
    static SOURCES: RefCell<Vec<Source>> = const { RefCell::new(Vec::new()) };
}

/// A subscription; dropping it ends it.
pub struct Subscription(u64);

impl Drop for Subscription {
    fn drop(&mut self) {
        let _ = SUBSCRIBERS.try_with(|all| all.borrow_mut().retain(|(id, _)| *id != self.0));
    }
}

/// Calls back for every event of this thread until the subscription is dropped.
///
/// ```
/// use interfuse::{compile, devtools, Tensor};
/// use std::{cell::Cell, rc::Rc};
/// let calls = Rc::new(Cell::new(0));
/// let seen = calls.clone();
/// let _subscription = devtools::subscribe(move |event| {
///     if let devtools::Event::Call { .. } = event {
///         seen.set(seen.get() + 1);
///     }
/// });
/// let f = compile(|x: &Tensor| x + 1.0);
/// f.call(&Tensor::from([1.0f32]))?;
/// f.call(&Tensor::from([2.0f32]))?;
/// assert_eq!(calls.get(), 1); // the first call is a miss
/// # Ok::<(), interfuse::Error>(())
/// ```
pub fn subscribe(callback: impl Fn(&Event) + 'static) -> Subscription {
    let id = NEXT.with(|next| next.replace(next.get() + 1));
    SUBSCRIBERS.with(|all| all.borrow_mut().push((id, Rc::new(callback))));
    Subscription(id)
}

/// Does anybody listen?
pub(crate) fn is_heard() -> bool {
    SUBSCRIBERS.with(|all| !all.borrow().is_empty())
}

/// Tells the subscribers; without any the event is not even made.
pub(crate) fn emit(event: impl FnOnce() -> Event) {
    let subscribers: Vec<Subscriber> = SUBSCRIBERS.with(|all| {
        let all = all.borrow();
        if all.is_empty() { Vec::new() } else { all.iter().map(|(_, callback)| callback.clone()).collect() }
    });
    if subscribers.is_empty() {
        return;
    }
    let event = event();
    for callback in subscribers {
        callback(&event);
    }
}

/// A place in a program's source.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
pub struct Source {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1.
    pub column: u32,
}

/// Names a [`Source`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceId(u32);

impl SourceId {
    /// No place is known.
    pub const NONE: SourceId = SourceId(0);

    /// The place.
    pub fn get(self) -> Option<Source> {
        let at = self.0.checked_sub(1)? as usize;
        SOURCES.with(|sources| sources.borrow().get(at).cloned())
    }
}

/// Whether every new tensor remembers where it was made. Off by default: it costs some microseconds per op in JavaScript.
pub fn record_sources(on: bool) {
    RECORDING.with(|recording| recording.set(on));
}

/// Is recording on? Bindings ask before they walk their stack.
pub fn is_recording() -> bool {
    RECORDING.with(Cell::get)
}

/// The place of the ops that follow, from a binding that knows it; `None` to fall back to the Rust caller.
pub fn set_position(source: Option<Source>) {
    POSITION.with(|position| position.set(source.map_or(SourceId::NONE, intern)));
}

fn intern(source: Source) -> SourceId {
    SOURCES.with(|sources| {
        let mut sources = sources.borrow_mut();
        // The same line comes again and again, mostly right after itself; a program has few lines that make tensors.
        let at = sources.iter().rposition(|known| *known == source).unwrap_or_else(|| {
            sources.push(source);
            sources.len() - 1
        });
        SourceId(at as u32 + 1)
    })
}

/// The place that makes a tensor now, when recording is on.
#[track_caller]
pub(crate) fn source_here() -> SourceId {
    if !is_recording() {
        return SourceId::NONE;
    }
    let position = POSITION.with(Cell::get);
    if position != SourceId::NONE {
        return position;
    }
    let caller = Location::caller();
    intern(Source { file: caller.file().to_string(), line: caller.line(), column: caller.column() })
}
