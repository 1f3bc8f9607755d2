//! Edges that were not fused, and why: what people see of the decisions of `partition`.

use crate::graph::NodeId;

/// Why an edge crosses memory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum CutCode {
    /// The value is a result, so it is materialised anyway.
    Output,
    /// A reduction whose rows are not those of the kernel that uses it.
    Reduction,
    /// A contraction used in a way that an epilogue cannot be.
    Contraction,
    /// Computing it in the loads of a contraction would repeat it for every tile.
    Prologue,
    /// The kernel would bind more buffers than the device allows.
    Bindings,
    /// The kernel would have more operations than drivers compile quickly.
    Size,
    /// Several kernels need it, and storing it moves fewer bytes than computing it in each.
    Shared,
    /// One kernel needs it at several places, and storing it is cheaper than computing it for each.
    Recompute,
    /// Fusion is off.
    NoFuse,
}

impl CutCode {
    /// All of them.
    pub const ALL: [CutCode; 9] = [
        CutCode::Output,
        CutCode::Reduction,
        CutCode::Contraction,
        CutCode::Prologue,
        CutCode::Bindings,
        CutCode::Size,
        CutCode::Shared,
        CutCode::Recompute,
        CutCode::NoFuse,
    ];

    /// The code in inspections.
    pub fn name(self) -> &'static str {
        match self {
            CutCode::Output => "output",
            CutCode::Reduction => "reduction",
            CutCode::Contraction => "contraction",
            CutCode::Prologue => "prologue",
            CutCode::Bindings => "bindings",
            CutCode::Size => "size",
            CutCode::Shared => "shared",
            CutCode::Recompute => "recompute",
            CutCode::NoFuse => "no-fuse",
        }
    }

    /// The reason as a sentence.
    pub fn reason(self) -> &'static str {
        match self {
            CutCode::Output => "it is a result of the function, so it is materialised anyway",
            CutCode::Reduction => "the reduction's rows are not the rows of the kernel that uses it",
            CutCode::Contraction => {
                "a matrix product is materialised before anything but an elementwise epilogue uses it"
            }
            CutCode::Prologue => "inside a matrix product's loads it would be computed again for every tile",
            CutCode::Bindings => "one kernel would bind more storage buffers than the device allows",
            CutCode::Size => "one kernel would have more operations than drivers compile quickly",
            CutCode::Shared => "several kernels use it, and storing it moves fewer bytes than computing it in each",
            CutCode::Recompute => {
                "one kernel uses it at several positions, and storing it is cheaper than computing it for each"
            }
            CutCode::NoFuse => "fusion is switched off",
        }
    }

    /// What would change it, as a sentence. Not in inspections, which carry the code: the package has these texts beside its devtools, so
    /// that no program loads them.
    pub fn remedy(self) -> &'static str {
        match self {
            CutCode::Output => "do not return it",
            CutCode::Reduction => "reduce along the same axes as the kernel that uses it, or use it by the same rows",
            CutCode::Contraction => "use the product elementwise only",
            CutCode::Prologue => "compute it from fewer values, or after the product",
            CutCode::Bindings => "a device with more storage buffers, or fewer different arguments",
            CutCode::Size => "nothing: shorter kernels run as fast and compile sooner",
            CutCode::Shared => "let one kernel use it, or make it cheaper to compute than to load",
            CutCode::Recompute => "make it cheaper to compute than to load",
            CutCode::NoFuse => "the mode \"enabled\"",
        }
    }
}

/// An edge of the graph that crosses memory although both ends are computed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cut {
    /// The materialised node.
    pub from: NodeId,
    /// The node that loads it.
    pub to: NodeId,
    /// Why.
    pub code: CutCode,
}
