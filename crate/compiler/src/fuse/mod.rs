//! From a graph to kernels.
//!
//! [`split`] first rewrites what one kernel could not do well; `partition` decides which kernel computes what (and why not all in
//! one); `build` writes each kernel's program; `collapse` simplifies its space; `beside` makes one kernel of independent maps. The
//! cost model is `cost`, and only there.

mod absorb;
mod beside;
mod build;
mod collapse;
mod conv;
mod coords;
pub mod cost;
mod expand;
mod group;
mod open;
mod partition;
mod repeat;
mod scan;
mod scatter;
mod sort;
mod split;
mod write;

use crate::graph::{Graph, NodeId};
use crate::kernel::Kernel;
use crate::sharing::Blocks;
use crate::target::Target;
pub use open::open;
pub use partition::{Cut, CutCode};
pub use repeat::Repeat;
pub use split::{Split, split};

/// Kernels in the order they run, and the edges that cross memory between them.
#[derive(Clone, Debug)]
pub struct Fused {
    /// Each stores one or more nodes; what it loads an earlier one stored, or is an input or constant.
    pub kernels: Vec<Kernel>,
    /// Every edge that was not fused, and why.
    pub cuts: Vec<Cut>,
    /// What stands behind the kernels of loops.
    pub repeats: Vec<Repeat>,
}

/// Fuses a simplified graph for a target so that the values of `stored` end in buffers.
pub fn fuse(graph: &Graph, target: &Target, stored: &[NodeId]) -> Fused {
    fuse_sharing(graph, target, stored, &Blocks::default())
}

/// The same where values share memory.
pub(crate) fn fuse_sharing(graph: &Graph, target: &Target, stored: &[NodeId], blocks: &Blocks) -> Fused {
    let partition = partition::partition(graph, target, stored, blocks);
    let built = partition.groups.iter().map(|group| (group.level, build::build(graph, &partition.table, group)));
    let mut kernels = beside::beside(graph, target, built.collect(), stored, blocks);
    kernels.iter_mut().for_each(|kernel| blocks.bind(kernel));
    let repeats = repeat::repeats(graph, &kernels, target);
    Fused { kernels, cuts: partition.cuts, repeats }
}

#[cfg(test)]
mod tests;
