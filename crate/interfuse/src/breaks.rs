//! What breaks a trace, in names and sentences. A function whose trace breaks cannot be one graph: it runs eagerly, or fails when
//! `fullgraph` is asked for.

/// What keeps a function from being one graph: reading a value, changing state that was captured as `inputs` only, drawing from the
/// global random state without capturing it, waiting, something that the compiler lacks, writing a traced value into data.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[cfg_attr(feature = "views", derive(ts_rs::TS), ts(rename_all = "kebab-case"))]
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
    pub(crate) fn message(self, what: &str, label: &str) -> String {
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

    /// What to do instead.
    pub(crate) fn hint(self) -> &'static str {
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
}
