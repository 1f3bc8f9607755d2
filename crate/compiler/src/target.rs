//! All that the compiler may know of a device: plain data, and part of every cache key.

use crate::graph::{Graph, Node, NodeId};
use crate::kernel::NodeMap;
use crate::kind::Misuse;
use crate::plan::Plan;
use crate::schedule::Schedule;
use crate::sharing::{Blocks, Sharing};
use crate::simplify::Rules;
use crate::write::Writer;

/// What kind of machine runs the kernels; decided in `runtime`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AdapterClass {
    /// Our CPU device: kernels are interpreted block by block on one thread, there are no bindings and no WGSL.
    Cpu,
    /// A GPU interface on top of a CPU (SwiftShader, lavapipe, WARP): barriers and workgroup memory are ruinous.
    Software,
    /// A GPU.
    Gpu,
}

impl AdapterClass {
    /// All of them.
    pub const ALL: [AdapterClass; 3] = [AdapterClass::Cpu, AdapterClass::Software, AdapterClass::Gpu];
}

/// What a dispatch may use.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Limits {
    /// Storage buffers that one kernel may bind, inputs plus outputs.
    pub storage_buffers: u32,
    /// Bytes of one binding.
    pub binding_bytes: u64,
    /// Bytes of one buffer.
    pub buffer_bytes: u64,
    /// Workgroups along one dimension of a dispatch.
    pub workgroups_per_dimension: u32,
    /// Invocations of one workgroup.
    pub workgroup_invocations: u32,
    /// Bytes of workgroup memory.
    pub workgroup_bytes: u32,
}

/// What the device can do beyond the base.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Features {
    /// float16 in storage buffers and arithmetic.
    pub float16: bool,
    /// Combinations across the invocations of a subgroup.
    pub subgroups: bool,
}

/// How the compiler trades one thing for another. Zero-cost to leave at the defaults.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Tuning {
    /// Instructions of one kernel; longer chains are split, so that drivers compile them quickly.
    pub kernel_ops: u32,
    /// Is fusion on? Off, every op is a kernel of its own ("no-fuse", and the honest "before").
    pub fuse: bool,
    /// Is simplification on?
    pub simplify: bool,
    /// Rules of simplification that do not apply, to see what they do.
    pub rules_off: Rules,
    /// Schedules that are taken where they fit a kernel, before the compiler's own choice: for tests, and to try by hand what is faster
    /// (natively `INTERFUSE_SCHEDULE`).
    pub schedules: Vec<Schedule>,
}

impl Default for Tuning {
    fn default() -> Tuning {
        Tuning { kernel_ops: 256, fuse: true, simplify: true, rules_off: Rules::NONE, schedules: Vec::new() }
    }
}

/// What must be materialised of nodes that are too much for one kernel: of a graph, the nodes, and whether one is materialised already.
type TakeApart = fn(&Graph, &Target, &[NodeId], &dyn Fn(NodeId) -> bool) -> Vec<NodeId>;

/// What only GPUs need of the compiler: see `gpu.rs`, of which there is one.
pub struct Rewrites {
    /// A node as nodes that have kernels, if it has none.
    pub rewrite: fn(&mut Writer<'_>, &Node, &[NodeId], bool) -> Option<NodeId>,
    /// Could that happen to a reduction?
    pub splits: fn(&Graph, &Node) -> bool,
    /// What must be materialised of nodes that are too much for one kernel.
    pub take_apart: TakeApart,
    /// Which values share memory.
    pub(crate) blocks: fn(&Graph, &Target, &Sharing, &[NodeId]) -> Blocks,
    /// Refuses a plan that the device would refuse.
    pub(crate) check: fn(&Plan, &[NodeMap], &Target) -> Result<(), Misuse>,
}

impl PartialEq for Rewrites {
    fn eq(&self, _: &Rewrites) -> bool {
        true
    }
}

impl Eq for Rewrites {}

impl std::hash::Hash for Rewrites {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}

impl std::fmt::Debug for Rewrites {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("those of GPUs")
    }
}

/// The device as the compiler sees it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Target {
    /// What a dispatch may use.
    pub limits: Limits,
    /// What else it can do.
    pub features: Features,
    /// What kind of machine it is.
    pub class: AdapterClass,
    /// How to trade.
    pub tuning: Tuning,
    /// What stands in for kernels that the CPU device has and GPUs have not.
    pub rewrites: Option<&'static Rewrites>,
}

impl Target {
    /// The CPU device. The number of buffers that a kernel touches is bounded only so that kernels stay readable.
    pub fn cpu() -> Target {
        let limits = Limits {
            storage_buffers: 64,
            binding_bytes: 1 << 32,
            buffer_bytes: 1 << 32,
            workgroups_per_dimension: u32::MAX,
            workgroup_invocations: 1,
            workgroup_bytes: 0,
        };
        Target {
            limits,
            features: Features { float16: true, subgroups: false },
            class: AdapterClass::Cpu,
            tuning: Tuning::default(),
            rewrites: None,
        }
    }
}
