//! Barriers go. They kept simplification from finding a computation equal to an earlier one that is to be done again; from here on
//! nothing compares nodes, and what stands behind a barrier reads what stands before it.

use super::Units;
use crate::graph::{Graph, NodeId};
use crate::kind::Kind;
use smallvec::SmallVec;

/// The graph without barriers; `materialised` and `units` name the same values in it. Equal nodes stay apart.
pub fn open(graph: Graph, materialised: &mut [NodeId], units: &mut Units) -> Graph {
    let goes = |kind: &Kind| matches!(kind, Kind::Barrier { region } if !super::kept::keeps(*region));
    if !graph.nodes().any(|(_, node)| goes(&node.kind)) {
        return graph;
    }
    let mut out = Graph::new();
    let mut ids: Vec<NodeId> = Vec::with_capacity(graph.len());
    for (_, node) in graph.nodes() {
        let operands: SmallVec<[NodeId; 3]> = node.operands.iter().map(|x| ids[x.index()]).collect();
        ids.push(match &node.kind {
            kind if goes(kind) => operands[0],
            kind => out.append_from(kind.clone(), &operands, &node.from).expect("a node of a legal graph is legal"),
        });
    }
    let outputs: Vec<NodeId> = graph.outputs().iter().map(|output| ids[output.index()]).collect();
    out.set_outputs(&outputs);
    materialised.iter_mut().for_each(|id| *id = ids[id.index()]);
    *units = units.renamed(&ids, out.len());
    out
}
