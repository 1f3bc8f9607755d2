//! Values that are in memory under their own names, whatever computes them: what loops start from, and what they hand to their next
//! step. Barriers say so, with regions of their own, and stay until kernels are made.

use crate::graph::{Graph, NodeId};
use crate::kind::Kind;

/// Regions of barriers that only hold values in memory count down from here; users' count up.
const REGIONS: u32 = u32::MAX;

/// Numbers of what a body hands to its next step come behind those of what loops within it start from.
pub(super) const NEXT: usize = 1 << 20;

/// Numbers of kept results come behind those of kept operands.
pub(super) const RESULTS: usize = 1 << 24;

/// A node whose value is stored under its own name, whatever computes it.
pub(super) fn kept(graph: &mut Graph, x: NodeId, number: usize, from: &[u32]) -> NodeId {
    let region = REGIONS - number as u32;
    graph.add_from(Kind::Barrier { region }, &[x], from).expect("a barrier takes anything")
}

/// Is a barrier of that region one of those that hold a value in memory? They stay until kernels are made.
pub(super) fn keeps(region: u32) -> bool {
    region > REGIONS - (1 << 25)
}

/// Is the carry handed on as it is?
pub(super) fn is_constant(body: &Graph, carry: u32) -> bool {
    matches!(body.node(body.outputs()[carry as usize]).kind, Kind::Input { index, .. } if index == carry)
}

/// Do two nodes name results of one loop?
pub(super) fn same_loop(graph: &Graph, a: NodeId, b: NodeId) -> bool {
    let (a, b) = (graph.node(a), graph.node(b));
    let (Kind::Loop { body, length, carries, .. }, Kind::Loop { body: other, length: n, carries: c, .. }) =
        (&a.kind, &b.kind)
    else {
        return false;
    };
    a.operands == b.operands && length == n && carries == c && body == other
}
