//! Values that are in memory under their own names, whatever computes them: what loops start from, and what they hand to their next
//! step. Barriers say so, with regions of their own, and stay until kernels are made.

use crate::graph::{Graph, NodeId};
use crate::kind::Kind;

/// Why a value is in memory under its own name; those of one reason are numbered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kept {
    /// A loop starts from it, and writes over it.
    Operand(u32),
    /// A step hands it to the next, or to the stack.
    Next(u32),
    /// The program returns it, and a loop carries it.
    Result(u32),
}

/// The reason is in the bits of a region from this one on, where users' regions, which count up from 0, have none.
const REASON: u32 = 30;

impl Kept {
    /// The region of the barrier that keeps the value: no other value's, nor a user's.
    fn region(self) -> u32 {
        let (reason, number) = match self {
            Kept::Operand(number) => (1, number),
            Kept::Next(number) => (2, number),
            Kept::Result(number) => (3, number),
        };
        assert!(number >> REASON == 0, "more values kept than a graph has");
        reason << REASON | number
    }
}

/// A node whose value is materialised under its own name, whatever computes it.
pub(super) fn kept(graph: &mut Graph, x: NodeId, why: Kept, from: &[u32]) -> NodeId {
    graph.add_from(Kind::Barrier { region: why.region() }, &[x], from).expect("a barrier takes anything")
}

/// Is a barrier of that region one of those that hold a value in memory? They stay until kernels are made.
pub(super) fn keeps(region: u32) -> bool {
    region >> REASON != 0
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
