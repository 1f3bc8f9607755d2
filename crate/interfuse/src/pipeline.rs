//! The compiler as the library calls it: for eager work, for compiled functions, in the mode that is set.

use crate::error::{Error, Result};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::observe::Observer;
use interfuse_compiler::plan::Plan;
use interfuse_compiler::sharing::{Place, Sharing};
use interfuse_compiler::target::Target;
use interfuse_compiler::{Compiled, Request};
use std::cell::Cell;

/// What `compile` does; for all functions of the thread, looked up on every call.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompileMode {
    /// Everything.
    Enabled,
    /// Every op is a kernel of its own.
    NoFuse,
    /// No rewriting before fusion.
    NoSimplify,
    /// Compiled functions are called as they are; their caches stay.
    Disabled,
}

impl CompileMode {
    /// All of them.
    pub const ALL: [CompileMode; 4] =
        [CompileMode::Enabled, CompileMode::NoFuse, CompileMode::NoSimplify, CompileMode::Disabled];

    /// The name in APIs.
    pub fn name(self) -> &'static str {
        match self {
            CompileMode::Enabled => "enabled",
            CompileMode::NoFuse => "no-fuse",
            CompileMode::NoSimplify => "no-simplify",
            CompileMode::Disabled => "disabled",
        }
    }

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<CompileMode> {
        CompileMode::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Its byte in signatures.
    pub(crate) fn byte(self) -> u8 {
        self as u8
    }
}

thread_local! {
    static MODE: Cell<Option<CompileMode>> = const { Cell::new(None) };
}

/// The mode now. Until it is set, the environment variable INTERFUSE_DISABLE_COMPILE decides ("", "0" and "false" do not disable).
pub fn compile_mode() -> CompileMode {
    MODE.with(|mode| {
        let now = mode.get().unwrap_or_else(|| {
            let disabled = std::env::var("INTERFUSE_DISABLE_COMPILE").is_ok_and(|value| disables(&value));
            if disabled { CompileMode::Disabled } else { CompileMode::Enabled }
        });
        mode.set(Some(now));
        now
    })
}

/// Whether a value of INTERFUSE_DISABLE_COMPILE means to disable; the same on every host.
pub fn disables(value: &str) -> bool {
    !matches!(value, "" | "0" | "false")
}

/// Sets the mode for all compiled functions of this thread.
pub fn set_compile_mode(mode: CompileMode) {
    MODE.with(|cell| cell.set(Some(mode)));
}

/// From now on compiled functions compile, whatever the environment says.
pub fn enable_compile() {
    set_compile_mode(CompileMode::Enabled);
}

/// From now on compiled functions are called as they are.
pub fn disable_compile() {
    set_compile_mode(CompileMode::Disabled);
}

/// The target of a mode.
pub(crate) fn target_in(target: &Target, mode: CompileMode) -> Target {
    let mut target = target.clone();
    target.tuning.fuse = mode != CompileMode::NoFuse && mode != CompileMode::Disabled;
    target.tuning.simplify = mode != CompileMode::NoSimplify && mode != CompileMode::Disabled;
    target
}

/// The request for a call whose arguments have this layout and whose results may share memory.
pub(crate) fn request<'a>(graph: &'a Graph, target: &'a Target, layout: Vec<Option<Place>>) -> Request<'a> {
    Request { sharing: Sharing { inputs: layout, results: true }, ..Request::new(graph, target) }
}

/// Compiles a traced graph for a target that knows its mode.
pub(crate) fn compile(request: &Request<'_>, observer: &mut dyn Observer) -> Result<Compiled> {
    interfuse_compiler::compile(request, observer).map_err(Error::from_misuse)
}

/// Compiles a graph so that every op but views is a kernel of its own.
pub(crate) fn compile_eager(graph: &Graph, target: &Target) -> Result<Plan> {
    Ok(compile(&Request::new(graph, &target_in(target, CompileMode::Disabled)), &mut ())?.plan)
}
