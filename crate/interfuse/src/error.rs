//! Errors: every mistake of a user, with the op, what it got, and what to do.
//!
//! A mistake is found by the call that makes it. The message is one sentence that names the op and its operands; the hint is the
//! remedy. Bindings map [`ErrorKind`] to classes and add nothing to the texts.

use crate::breaks::BreakReason;
use interfuse_compiler::kind::{Misuse, MisuseKind};
use interfuse_runtime::device::DeviceError;
use std::fmt;

/// What sort of mistake; a class in JavaScript.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ErrorKind {
    /// Shapes do not fit.
    Shape,
    /// Dtypes do not fit, or a value does not fit a dtype.
    DType,
    /// No device, a lost device, tensors of two devices, a feature the device lacks, or the device reported a failure.
    Device,
    /// A size over a limit of the device or of memory.
    Limit,
    /// An argument that makes no sense: an axis out of range, an unknown option, a tree of the wrong form.
    CompileArgument,
    /// A value was read where only a placeholder stands: inside a function that is being traced.
    HostRead,
    /// A placeholder outlived its trace.
    LeakedTracer,
    /// A tensor is an argument of a compiled function and closed over by it.
    UncapturedInput,
    /// A guard on a symbolic size failed.
    ShapeGuard,
    /// `fullgraph` was asked for and cannot be had.
    Fullgraph,
    /// Two sizes that share a name differ.
    DimMismatch,
}

impl ErrorKind {
    /// All of them.
    pub const ALL: [ErrorKind; 11] = [
        ErrorKind::Shape,
        ErrorKind::DType,
        ErrorKind::Device,
        ErrorKind::Limit,
        ErrorKind::CompileArgument,
        ErrorKind::HostRead,
        ErrorKind::LeakedTracer,
        ErrorKind::UncapturedInput,
        ErrorKind::ShapeGuard,
        ErrorKind::Fullgraph,
        ErrorKind::DimMismatch,
    ];

    /// The name of the class in JavaScript.
    pub fn name(self) -> &'static str {
        match self {
            ErrorKind::Shape => "ShapeError",
            ErrorKind::DType => "DTypeError",
            ErrorKind::Device => "DeviceError",
            ErrorKind::Limit => "LimitError",
            ErrorKind::CompileArgument => "CompileArgumentError",
            ErrorKind::HostRead => "HostReadError",
            ErrorKind::LeakedTracer => "LeakedTracerError",
            ErrorKind::UncapturedInput => "UncapturedInputError",
            ErrorKind::ShapeGuard => "ShapeGuardError",
            ErrorKind::Fullgraph => "FullgraphError",
            ErrorKind::DimMismatch => "DimMismatchError",
        }
    }
}

/// A user's mistake.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Error(Box<Details>);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Details {
    kind: ErrorKind,
    op: String,
    message: String,
    hint: String,
    broken: Option<Broken>,
}

/// What a `Fullgraph` error knows more.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Broken {
    reason: BreakReason,
    op_path: String,
    cause: Error,
}

/// What fallible functions of this crate return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A mistake in the call of `op`. The message is a sentence without the op's name; the hint a remedy, or empty.
    pub fn new(kind: ErrorKind, op: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error(Box::new(Details { kind, op: op.into(), message: message.into(), hint: hint.into(), broken: None }))
    }

    /// What sort of mistake.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The op or function that was called.
    pub fn op(&self) -> &str {
        &self.0.op
    }

    /// What is wrong, naming the operands; without the op and the hint.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it; may be empty.
    pub fn hint(&self) -> &str {
        &self.0.hint
    }

    /// Of a trace that broke: why.
    pub fn reason(&self) -> Option<BreakReason> {
        self.0.broken.as_ref().map(|broken| broken.reason)
    }

    /// Of a trace that broke: where, from the compiled function to the op, with the line where it is known.
    pub fn op_path(&self) -> Option<&str> {
        self.0.broken.as_ref().map(|broken| broken.op_path.as_str())
    }

    /// Of a trace that broke: the error that broke it.
    pub fn cause(&self) -> Option<&Error> {
        self.0.broken.as_ref().map(|broken| &broken.cause)
    }

    /// The mistake that breaks a trace in the call of `op`; `what` was read, changed or used.
    pub(crate) fn breaking(reason: BreakReason, op: &str, what: &str, label: &str) -> Error {
        let kind = match reason {
            BreakReason::HostRead => ErrorKind::HostRead,
            BreakReason::Mutation
            | BreakReason::Random
            | BreakReason::Async
            | BreakReason::Unsupported
            | BreakReason::TracerWrite => ErrorKind::CompileArgument,
        };
        Error::new(kind, op, reason.message(what, label), reason.hint())
    }

    /// The device refused a kernel of the function of that label.
    pub(crate) fn refused(label: &str, text: String) -> Error {
        Error::new(ErrorKind::Device, label, text, BreakReason::Unsupported.hint())
    }

    /// The function of that label was to be one graph, and its trace broke there.
    pub(crate) fn fullgraph(label: &str, reason: BreakReason, op_path: String, cause: Error) -> Error {
        let what = match cause.op() {
            op if op.is_empty() || op == label => cause.message().to_string(),
            op => format!("{op}: {}", cause.message()),
        };
        let message = format!("the function cannot be one graph, which fullgraph asks for: {what}");
        let mut error = Error::new(ErrorKind::Fullgraph, label, message, cause.hint());
        error.0.broken = Some(Broken { reason, op_path, cause });
        error
    }

    /// The same mistake as seen from the op that the user called: composed ops report in their own name.
    pub fn named(mut self, op: &str) -> Error {
        self.0.op = op.to_string();
        self
    }

    /// From what the compiler says of a node that cannot be made.
    pub fn from_misuse(misuse: Misuse) -> Error {
        let kind = match misuse.kind {
            MisuseKind::Shape => ErrorKind::Shape,
            MisuseKind::DType => ErrorKind::DType,
            MisuseKind::Argument => ErrorKind::CompileArgument,
            MisuseKind::Limit => ErrorKind::Limit,
        };
        // A misuse is "op: sentence".
        match misuse.message.split_once(": ") {
            Some((op, message)) => Error::new(kind, op, message, misuse.hint),
            None => Error::new(kind, "", misuse.message, misuse.hint),
        }
    }

    /// From what a device says.
    pub fn from_device(op: &str, error: DeviceError) -> Error {
        let (kind, hint) = match error {
            DeviceError::Limit(_) => (ErrorKind::Limit, ""),
            DeviceError::Failed(_) => (ErrorKind::Device, ""),
            DeviceError::Lost(_) => {
                (ErrorKind::Device, "Its tensors cannot be recovered: create them again on a new device.")
            }
            DeviceError::Refused(function, text) => {
                let cause = Error::refused(&function, text);
                return Error::fullgraph(&function, BreakReason::Unsupported, function.clone(), cause);
            }
        };
        Error::new(kind, op, error.to_string(), hint)
    }

    /// The error of a handle that was disposed of and used again; bindings that know of disposed handles use it.
    pub fn disposed(op: &str) -> Error {
        Error::new(
            ErrorKind::CompileArgument,
            op,
            "the tensor was disposed of",
            "Dispose of a tensor after its last use; results keep what they need.",
        )
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { op, message, hint, .. } = &*self.0;
        if !op.is_empty() {
            write!(f, "{op}: ")?;
        }
        f.write_str(message)?;
        if !hint.is_empty() {
            let stop = if message.ends_with(['.', '?', '!']) { "" } else { "." };
            write!(f, "{stop} {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause().map(|cause| cause as _)
    }
}

/// Panics with the error's text, blaming the caller: what operators and short methods do.
#[track_caller]
pub(crate) fn expect<T>(result: Result<T>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}
