//! Bodies of calls in their place. Calls exist for the differentiation rule they name; afterwards the body is all they mean.

use super::copy_live;
use crate::graph::{Graph, NodeId};
use crate::kind::Kind;
use crate::observe::PassReport;

/// The graph without calls, those in bodies of calls included. (Bodies of loops are simplified on their own.)
pub(super) fn inline(graph: &Graph) -> (Graph, PassReport) {
    let mut out = Graph::new();
    let mut calls = 0;
    let copied = copy_live(graph, |kind, operands, from| splice(&mut out, kind, operands, from, &mut calls));
    out.set_outputs(&copied.outputs);
    (out, PassReport::of("inline", [("inline a call", calls), ("drop dead nodes", copied.count)]))
}

/// Appends a node, or the body that it calls. Recurses into bodies only; these nest at most [`crate::text::MAX_NESTING`] deep.
fn splice(out: &mut Graph, kind: &Kind, operands: &[NodeId], from: &[u32], calls: &mut usize) -> NodeId {
    let Kind::Call { body, output, .. } = kind else {
        return out.add_from(kind.clone(), operands, from).expect("a node of a legal graph is legal");
    };
    *calls += 1;
    // Calls for other results of the same body find the nodes that the first one made.
    let copied = copy_live(body, |kind, inner, _| match kind {
        Kind::Input { index, .. } => operands[*index as usize],
        _ => splice(out, kind, inner, from, calls),
    });
    copied.outputs[*output as usize]
}
