//! Why a function cannot be one graph, and what follows: it runs eagerly, or fails when `fullgraph` is asked for.
//!
//! A trace that breaks is marked where it happens (a read, a draw from the global generator, ...) and found out when the function
//! returns or throws, so swallowing the error does not help. The verdict is kept per key: the next such call is not traced again.

use crate::devtools::Source;
use crate::error::{Error, ErrorKind};
use serde::Serialize;

/// What breaks a trace.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BreakReason {
    /// A value was read that is known only after the call.
    HostRead,
    /// State that was captured as `inputs` only, or by an inner function only, was changed.
    Mutation,
    /// Numbers were drawn from the global generator, which was not captured.
    Random,
    /// The function is asynchronous.
    Async,
    /// Something that the compiler cannot lower, or that the device refuses.
    Unsupported,
    /// A tensor that has no value yet was to take the place of one from before the trace, in an object that was not captured.
    TracerWrite,
}

impl BreakReason {
    /// All of them.
    pub const ALL: [BreakReason; 6] = [
        BreakReason::HostRead,
        BreakReason::Mutation,
        BreakReason::Random,
        BreakReason::Async,
        BreakReason::Unsupported,
        BreakReason::TracerWrite,
    ];

    /// The name in APIs.
    pub fn name(self) -> &'static str {
        match self {
            BreakReason::HostRead => "host-read",
            BreakReason::Mutation => "mutation",
            BreakReason::Random => "random",
            BreakReason::Async => "async",
            BreakReason::Unsupported => "unsupported",
            BreakReason::TracerWrite => "tracer-write",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<BreakReason> {
        BreakReason::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// The sentence for what happened to `what` (an op's name, a path, or nothing) in the function of that label.
    fn message(self, what: &str, label: &str) -> String {
        match self {
            BreakReason::HostRead => format!("a tensor has no value while {label} traces the function"),
            BreakReason::Mutation => format!("{what} was changed while {label} traced the function"),
            BreakReason::Random => {
                format!(
                    "the global random state was used while {label} traced the function, which would freeze the numbers"
                )
            }
            BreakReason::Async => "an asynchronous function cannot be traced".into(),
            BreakReason::Unsupported => format!("{what} cannot be compiled"),
            BreakReason::TracerWrite => {
                format!("{what} was to take a tensor that has no value while {label} traces the function")
            }
        }
    }

    fn hint(self) -> &'static str {
        match self {
            BreakReason::HostRead => {
                "Return it and read the result, or compute with it (where, maximum, ...) instead of reading it."
            }
            BreakReason::Mutation => "List its container in `outputs` or `state`, or return the new value.",
            BreakReason::Random => "Capture random.state (`state: random.state`), or pass a key and split it.",
            BreakReason::Async => {
                "Compile the part between two awaits: a function that takes tensors and returns tensors. Read what it returns outside."
            }
            BreakReason::Unsupported => "Op by op it may run.",
            BreakReason::TracerWrite => {
                "Capture what holds it (`state`), pass it as an argument, or return the new value."
            }
        }
    }

    /// The error of a break in the call of `op`.
    pub(crate) fn error(self, op: &str, what: &str, label: &str) -> Error {
        let kind = match self {
            BreakReason::HostRead => ErrorKind::HostRead,
            BreakReason::Mutation
            | BreakReason::Random
            | BreakReason::Async
            | BreakReason::Unsupported
            | BreakReason::TracerWrite => ErrorKind::CompileArgument,
        };
        Error::new(kind, op, self.message(what, label), self.hint())
    }
}

/// A trace that broke: why, with the error that says so, and where.
#[derive(Clone, Debug)]
pub(crate) struct Break {
    pub reason: BreakReason,
    pub error: Error,
    pub source: Option<Source>,
}

impl Break {
    /// The device refused a kernel of the function of that label.
    pub fn refused(label: &str, text: String) -> Break {
        let error = Error::new(ErrorKind::Device, label, text, BreakReason::Unsupported.hint());
        Break { reason: BreakReason::Unsupported, error, source: None }
    }

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
        let what = match self.error.op() {
            op if op.is_empty() || op == label => self.error.message().to_string(),
            op => format!("{op}: {}", self.error.message()),
        };
        let error = Error::new(
            ErrorKind::Fullgraph,
            label,
            format!("the function cannot be one graph, which fullgraph asks for: {what}"),
            self.error.hint(),
        );
        let op_path = self.op_path(label);
        error.with_break(self.reason, op_path, self.error)
    }
}

/// Why a function ran eagerly the last time.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FallbackReport {
    /// The function.
    pub function: String,
    /// The name of the reason: "host-read", "mutation", "random", "async", "unsupported" or "tracer-write".
    pub reason: String,
    /// In a sentence.
    pub message: String,
    /// Where.
    pub op_path: String,
    /// What to do about it.
    pub hint: String,
}
