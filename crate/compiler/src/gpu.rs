//! What targets of GPUs hold: passes that the CPU device does without. They are behind pointers, so that programs without a GPU do
//! not load them (see `split/parts.rs`), and the pointers are here because a target stands above the passes that it names.

use crate::sharing::Blocks;
use crate::target::{AdapterClass, Features, Limits, Rewrites, Target, Tuning};
use crate::{fuse, plan};

/// The passes.
pub static GPU: Rewrites = Rewrites {
    rewrite: fuse::rewrite,
    splits: fuse::splits,
    take_apart: fuse::take_apart,
    blocks: Blocks::find,
    check: plan::check,
};

impl Target {
    /// A GPU with WebGPU's guaranteed limits and no optional features: what golden texts are made for.
    pub fn base_gpu() -> Target {
        let limits = Limits {
            storage_buffers: 8,
            binding_bytes: 128 << 20,
            buffer_bytes: 256 << 20,
            workgroups_per_dimension: 65535,
            workgroup_invocations: 256,
            workgroup_bytes: 16384,
        };
        Target {
            limits,
            features: Features::default(),
            class: AdapterClass::Gpu,
            tuning: Tuning::default(),
            rewrites: Some(&GPU),
        }
    }
}
