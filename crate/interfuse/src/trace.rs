//! Which functions are being traced on this thread, and what broke their traces.
//!
//! Whatever depends on the placeholders of a trace carries its mark. `scope` begins traces and takes their graphs.

use crate::breaks::BreakReason;
use crate::devtools::{self, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::symbolic::Symbols;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Marks what depends on the placeholders of one trace.
pub(crate) struct TraceMark {
    /// How many traces are around it.
    pub depth: u32,
    /// The traced function, as errors name it: `compile('f')`.
    pub label: String,
    purpose: Purpose,
    active: Cell<bool>,
    /// Nodes with smaller ids are older than the trace.
    pub first_id: u64,
    /// Why the trace is broken.
    broken: RefCell<Option<Break>>,
    /// The sizes that it leaves open.
    pub symbols: Rc<Symbols>,
}

/// What a function is traced for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// A compiled entry: nothing inside has a value.
    Compile,
    /// A transform: what does not depend on the placeholders has its value as ever.
    Transform,
}

/// A trace that broke: why, with the error that says so, and where. It is marked where that happens and found out when the function returns
/// or throws, so swallowing the error does not help.
#[derive(Clone, Debug)]
pub(crate) struct Break {
    pub reason: BreakReason,
    pub error: Error,
    pub source: Option<Source>,
}

impl Break {
    /// Where, for people: the functions and ops from outside in, and the line where it is known.
    pub fn op_path(&self, label: &str) -> String {
        let mut path = label.to_string();
        if !self.error.op().is_empty() && self.error.op() != label {
            path += &format!(" > {}", self.error.op());
        }
        if let Some(Source { file, line, column }) = &self.source {
            path += &format!(" ({file}:{line}:{column})");
        }
        path
    }

    /// The error of a function that was to be one graph.
    pub fn into_fullgraph(self, label: &str) -> Error {
        let op_path = self.op_path(label);
        Error::fullgraph(label, self.reason, op_path, self.error)
    }
}

impl TraceMark {
    /// A trace within those that go on; nodes from `first_id` on are its own.
    pub fn begin(purpose: Purpose, label: String, first_id: u64, symbols: Rc<Symbols>) -> Rc<TraceMark> {
        let depth = ACTIVE.with(|active| active.borrow().last().map_or(0, |mark| mark.depth) + 1);
        let (active, broken) = (Cell::new(true), RefCell::new(None));
        let mark = Rc::new(TraceMark { depth, label, purpose, active, first_id, broken, symbols });
        ACTIVE.with(|active| active.borrow_mut().push(mark.clone()));
        mark
    }

    /// It goes on no more.
    pub fn end(&self) {
        self.active.set(false);
        self.symbols.close();
        ACTIVE.with(|active| active.borrow_mut().retain(|mark| !std::ptr::eq(&**mark, self)));
    }

    /// Why it is broken, if it is.
    pub fn broken(&self) -> Option<Break> {
        self.broken.borrow().clone()
    }

    /// May what depends on this be asked to be computed? Under a transform that is a wish that cannot be granted yet, but no mistake:
    /// nothing is read.
    pub fn postpones(&self) -> bool {
        self.active.get() && self.purpose == Purpose::Transform
    }

    /// Refuses what outlived its trace.
    pub fn check(&self, op: &str) -> Result<()> {
        if self.active.get() { Ok(()) } else { Err(self.leaked(op)) }
    }

    /// The error of using what depends on it after it.
    pub fn leaked(&self, op: &str) -> Error {
        Error::new(
            ErrorKind::LeakedTracer,
            op,
            format!("placeholder from {} used after tracing", self.label),
            leaked_hint(&self.label),
        )
    }

    /// The error of reading a value that depends on this trace.
    pub fn read_error(&self, op: &str) -> Error {
        if !self.active.get() {
            return self.leaked(op);
        }
        break_active(BreakReason::HostRead, op, "", &self.label)
    }
}

/// What to do instead of using a placeholder after its trace.
pub fn leaked_hint(label: &str) -> &'static str {
    match label.starts_with("compile(") {
        true => "Return it, or list its container in `outputs`.",
        false => "Return it from the function.",
    }
}

thread_local! {
    static ACTIVE: RefCell<Vec<Rc<TraceMark>>> = const { RefCell::new(Vec::new()) };
}

/// Is a function being traced on this thread?
pub fn is_active() -> bool {
    ACTIVE.with(|active| !active.borrow().is_empty())
}

/// The trace that these symbols are of.
pub(crate) fn of(symbols: &Rc<Symbols>) -> Rc<TraceMark> {
    let own = |mark: &&Rc<TraceMark>| Rc::ptr_eq(&mark.symbols, symbols);
    ACTIVE.with(|active| active.borrow().iter().rev().find(own).cloned()).expect("symbols are closed with their trace")
}

/// Is a function being traced for `compile` on this thread?
pub(crate) fn is_compiling() -> bool {
    innermost_compile().is_some()
}

/// The innermost function that is traced for `compile`.
pub(crate) fn innermost_compile() -> Option<Rc<TraceMark>> {
    let compiles = |mark: &&Rc<TraceMark>| mark.purpose == Purpose::Compile;
    ACTIVE.with(|active| active.borrow().iter().rev().find(compiles).cloned())
}

/// Refuses reads while a function is traced for `compile`: there is nothing to wait for in the middle of a call.
pub(crate) fn check_read(op: &str) -> Result<()> {
    break_trace(BreakReason::HostRead, op, "")
}

/// Breaks the trace for `compile` that is going on, if one is: the error to give to the function. `what` is what was read, changed or
/// used.
pub fn break_trace(reason: BreakReason, op: &str, what: &str) -> Result<()> {
    innermost_compile().map_or(Ok(()), |mark| Err(break_active(reason, op, what, &mark.label)))
}

/// Breaks every trace that is going on: the outer ones contain what the inner one cannot do.
pub(crate) fn break_active(reason: BreakReason, op: &str, what: &str, label: &str) -> Error {
    let error = Error::breaking(reason, op, what, label);
    let broken = Break { reason, error: error.clone(), source: devtools::source_here().get() };
    ACTIVE.with(|active| {
        for mark in active.borrow().iter() {
            mark.broken.borrow_mut().get_or_insert_with(|| broken.clone());
        }
    });
    error
}
