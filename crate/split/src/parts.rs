//! What goes where.

/// A file beside the core.
pub struct Part {
    pub name: &'static str,
    /// Modules whose functions live there, closures and trait implementations included.
    pub modules: &'static [&'static str],
    /// Functions of the bindings that live there with all that only they need.
    pub exports: &'static [&'static str],
}

/// The parts; whoever is in none of them, or is needed by two, is in the core.
pub const PARTS: &[Part] = &[
    // The way from kernels to a GPU, and what shows it.
    Part {
        name: "gpu",
        modules: &[
            "naga",
            "wgpu",
            "wgpu_types",
            "interfuse_compiler::lower",
            "interfuse_compiler::schedule",
            "interfuse_compiler::fuse::gpu",
            "interfuse_compiler::fuse::pieces",
            "interfuse_compiler::plan::check",
            "interfuse_compiler::sharing",
            "interfuse_runtime::gpu",
            "interfuse::compile::refusal",
            "interfuse::inspect",
        ],
        exports: &["finishInspect", "useGpu"],
    },
    // Derivatives, batches, loops, layers, optimisers, files and measurements.
    Part {
        name: "training",
        modules: &[
            "interfuse_compiler::vjp",
            "interfuse_compiler::jvp",
            "interfuse_compiler::vmap",
            "interfuse_compiler::loops",
            "interfuse_compiler::select",
            "interfuse_compiler::assemble",
            "interfuse_compiler::text::parse",
            "interfuse_lanes::ops::partial",
            "interfuse::transform",
            "interfuse::nn",
            "interfuse::optim",
            "interfuse::io",
            "interfuse::profile",
            "interfuse::repeat",
            "interfuse_wasm::transform",
            "interfuse_wasm::nn",
            "interfuse_wasm::io",
            "interfuse_wasm::repeat",
        ],
        exports: &[
            "abortExport",
            "abortLoop",
            "abortRecording",
            "beginBatch",
            "beginDerivative",
            "beginExport",
            "beginGradient",
            "beginLoop",
            "callTraining",
            "dropFunction",
            "finishBatch",
            "finishCustom",
            "finishExport",
            "finishGrad",
            "finishJvp",
            "finishLoop",
            "finishProfile",
            "finishRecompute",
            "finishVjp",
            "functionResults",
            "functionTexts",
            "importFunction",
            "loadNpy",
            "loadSafetensors",
            "optimizerSlots",
            "replayFunction",
            "safetensorsMetadata",
            "saveNpy",
            "saveSafetensors",
        ],
    },
];

/// The name of a file: 0 is the core, then the parts in order.
pub fn name(part: usize) -> &'static str {
    if part == 0 { "core" } else { PARTS[part - 1].name }
}
