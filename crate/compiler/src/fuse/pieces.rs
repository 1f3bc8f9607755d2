//! What is too much for one kernel is taken apart into pieces that are not.
//!
//! The sweep of `partition` decides node by node and takes nothing back. A group whose buffers are all taken computes what it cannot
//! read, and where very much hangs on few buffers it grows past what drivers compile, until it has to read one buffer too many. Such a
//! group is found afterwards, and its nodes are walked again, operands first: where a node's formula has become long, or stands on as
//! many buffers as one kernel may read, the operand that brings most is materialised. Every piece between such nodes then fits a kernel
//! whatever else is decided, and the sweep is done once more.

use crate::graph::{Graph, NodeId};
use crate::kind::Lowering;
use crate::small;
use crate::small::{HashMap, HashSet};
use crate::target::Target;
use smallvec::SmallVec;

/// What a node is computed from within its piece.
#[derive(Clone, Default)]
struct Piece {
    /// Nodes that are computed, views left out.
    nodes: HashSet<NodeId>,
    /// Their instructions.
    ops: u32,
    /// What is read.
    leaves: HashSet<NodeId>,
}

struct Walk<'a> {
    graph: &'a Graph,
    is_materialised: &'a dyn Fn(NodeId) -> bool,
    /// What the group reads at most, and how long a formula may be.
    most: (usize, u32),
    /// Of each node that is computed where it is used.
    pieces: HashMap<NodeId, Piece>,
    more: Vec<NodeId>,
}

/// Which nodes of a group that became too much must be materialised; `nodes` are those it computes, in order.
pub(crate) fn take_apart(
    graph: &Graph,
    target: &Target,
    nodes: &[NodeId],
    is_materialised: &dyn Fn(NodeId) -> bool,
) -> Vec<NodeId> {
    let limit = target.limits.storage_buffers as usize;
    // One buffer is written, one more is left for what the sweep decides. A node at several places is several instructions, so the
    // length of a formula stays far below the cap.
    let most = (limit.saturating_sub(2), target.tuning.kernel_ops / 4);
    let mut walk = Walk { graph, is_materialised, most, pieces: HashMap::default(), more: Vec::new() };
    nodes.iter().for_each(|id| walk.visit(*id));
    walk.more
}

impl Walk<'_> {
    fn store(&mut self, id: NodeId) {
        self.pieces.remove(&id);
        if !(self.is_materialised)(id) {
            self.more.push(id);
        }
    }

    /// What a view shows.
    fn base(&self, mut id: NodeId) -> NodeId {
        while self.graph.node(id).kind.lowering() == Lowering::View {
            id = self.graph.node(id).operands[0];
        }
        id
    }

    /// A node whose operands have been visited, as far as the group computes them.
    fn visit(&mut self, id: NodeId) {
        let node = self.graph.node(id);
        if matches!(node.kind.lowering(), Lowering::Free | Lowering::View) {
            return;
        }
        let mut operands: SmallVec<[NodeId; 4]> = node.operands.iter().map(|operand| self.base(*operand)).collect();
        small::sort(&mut operands);
        operands.dedup();
        let mut piece = loop {
            let piece = self.together(&operands);
            if piece.leaves.len() <= self.most.0 && piece.ops <= self.most.1 {
                break piece;
            }
            let weight = |id: &&NodeId| self.pieces.get(*id).map_or(0, |piece| piece.nodes.len() + piece.leaves.len());
            match operands.iter().filter(|id| self.pieces.contains_key(*id)).max_by_key(weight) {
                // What is under way behind it already may compute it all the same.
                Some(heaviest) => self.store(*heaviest),
                None => break piece,
            }
        };
        if (self.is_materialised)(id) || !node.kind.lowering().is_pointwise() {
            self.store(id);
            return;
        }
        piece.nodes.insert(id);
        piece.ops += node.kind.facts().instructions;
        self.pieces.insert(id, piece);
    }

    /// What some operands are computed from together.
    fn together(&self, operands: &[NodeId]) -> Piece {
        let mut all = Piece::default();
        for operand in operands {
            let Some(piece) = self.pieces.get(operand) else {
                if self.graph.node(*operand).kind.lowering() != Lowering::Free {
                    all.leaves.insert(*operand);
                }
                continue;
            };
            for id in &piece.nodes {
                if all.nodes.insert(*id) {
                    all.ops += self.graph.node(*id).kind.facts().instructions;
                }
            }
            all.leaves.extend(&piece.leaves);
        }
        all
    }
}
