//! From a graph to kernels.
//!
//! [`split`] first rewrites what one kernel could not do well. `partition` decides which kernel computes what, and `cut` has the reasons
//! why not one kernel computes all. `pieces` splits a kernel that grew beyond the limits. `build` writes each kernel's program, `collapse`
//! simplifies its space, and `horizontal` fuses independent maps horizontally. `cost` is the only cost model.

pub mod cost;
mod coords;
mod expand;
mod group;

mod conv;
mod scan;
mod sort;
mod scatter;
mod pieces;
mod gpu;
mod kept;
mod split;
mod open;

mod cut;
mod absorb;
mod partition;
mod collapse;
mod build;
mod horizontal;
mod repeat;

use crate::graph::{Graph, NodeId};
use crate::kernel::FusedKernel;
use crate::kernel::verify::verify_kernel;
use crate::sharing::Blocks;
use crate::small;
use crate::target::Target;
pub use cut::{Cut, CutCode};
pub(crate) use gpu::{rewrite, splits};
use group::Group;
pub use open::open;
use partition::Partition;
pub(crate) use pieces::take_apart;
pub use repeat::{Repeat, Stacked};
pub use split::{Split, Units, split};

/// Kernels in the order they run, and the edges that cross memory between them.
#[derive(Clone, Debug)]
pub struct Fused {
    /// Each stores one or more nodes; what it loads an earlier one materialised, or is an input or constant.
    pub kernels: Vec<FusedKernel>,
    /// Every edge that was not fused, and why.
    pub cuts: Vec<Cut>,
    /// What stands behind the kernels of loops.
    pub repeats: Vec<Repeat>,
}

/// Fuses a simplified graph for a target so that the values of `materialised` end in buffers; `units` say what is one op, `blocks` which
/// values share memory.
pub(crate) fn fuse(
    graph: &Graph,
    target: &Target,
    (materialised, units): (&[NodeId], &Units),
    blocks: &Blocks,
) -> Fused {
    let partition = partition_within_limits(graph, target, (materialised, units), blocks);
    let built = partition.groups.iter().map(|group| (group.level, build::build(graph, &partition.table, group)));
    let mut kernels = horizontal::fuse_horizontally(graph, target, built.collect(), materialised, blocks);
    kernels.iter_mut().for_each(|kernel| blocks.bind(kernel));
    if cfg!(debug_assertions) {
        for FusedKernel { kernel, .. } in &kernels {
            verify_kernel(kernel).unwrap_or_else(|broken| panic!("{broken}\n{kernel}"));
        }
    }
    let repeats = repeat::repeats(graph, &kernels, units, target);
    Fused { kernels, cuts: partition.cuts, repeats }
}

/// The partition, with more nodes materialised where a group would not keep to the target's limits otherwise.
fn partition_within_limits(
    graph: &Graph,
    target: &Target,
    (materialised, units): (&[NodeId], &Units),
    blocks: &Blocks,
) -> Partition {
    let mut forced: Vec<NodeId> = Vec::new();
    loop {
        let partition = partition::partition(graph, target, (materialised, &forced), units, blocks);
        let is_materialised = |id: NodeId| materialised.contains(&id) || forced.contains(&id);
        let more = match target.rewrites {
            Some(rewrites) => over_limits(target, &partition.groups, |nodes| {
                (rewrites.take_apart)(graph, target, nodes, &is_materialised)
            }),
            None => Vec::new(),
        };
        if more.is_empty() {
            return partition;
        }
        forced.extend(more);
    }
}

/// What `take_apart` wants to be materialised of the groups that bind more than the target does.
fn over_limits(target: &Target, groups: &[Group], take_apart: impl Fn(&[NodeId]) -> Vec<NodeId>) -> Vec<NodeId> {
    let limit = target.limits.storage_buffers as usize;
    let mut more = Vec::new();
    for group in groups.iter().filter(|group| group.buffers() > limit) {
        more.extend(take_apart(&group.computed()));
    }
    small::sort(&mut more);
    more.dedup();
    more
}

#[cfg(test)]
mod tests;
