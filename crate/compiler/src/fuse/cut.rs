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
