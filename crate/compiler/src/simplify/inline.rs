//! Bodies of calls in their place. Calls exist for the differentiation rule they name; afterwards the body is all they mean.

use super::copy_live;
use crate::graph::{Graph, NodeId};
use crate::kind::Kind;
use crate::observe::PassReport;

/// The one rule of this pass.
const CALLS: &str = "inline a call";

/// The graph without calls, those in bodies of calls and loops included.
pub(super) fn inline(graph: &Graph) -> (Graph, PassReport) {
    let mut out = Graph::new();
    let mut calls = 0;
    let copied = copy_live(graph, |_, node, operands| splice(&mut out, &node.kind, operands, &node.from, &mut calls));
    out.set_outputs(&copied.outputs);
    (out, PassReport::of("inline", [(CALLS, calls), ("drop dead nodes", copied.dead)]))
}

/// Does the graph call anything, directly or in the body of a loop?
pub(super) fn has_call(graph: &Graph) -> bool {
    graph.nodes().any(|(_, node)| match &node.kind {
        Kind::Call { .. } => true,
        kind => kind.bodies().any(|body| has_call(body)),
    })
}

/// Appends a node, or the body that it calls. Recurses into bodies only; these nest at most [`crate::text::MAX_NESTING`] deep.
fn splice(out: &mut Graph, kind: &Kind, operands: &[NodeId], from: &[u32], calls: &mut usize) -> NodeId {
    if let Kind::Loop { body, length, carries, output } = kind
        && has_call(body)
    {
        let (body, report) = inline(body);
        *calls += report.rules.iter().find(|(name, _)| *name == CALLS).map_or(0, |(_, count)| *count);
        let kind = Kind::Loop { body: body.into(), length: length.clone(), carries: *carries, output: *output };
        return out.add_from(kind, operands, from).expect("a node of a legal graph is legal");
    }
    let Kind::Call { body, output, .. } = kind else {
        return out.add_from(kind.clone(), operands, from).expect("a node of a legal graph is legal");
    };
    *calls += 1;
    // Calls for other results of the same body find the nodes that the first one made.
    let copied = copy_live(body, |_, node, inner| match &node.kind {
        Kind::Input { index, .. } => operands[*index as usize],
        kind => splice(out, kind, inner, from, calls),
    });
    copied.outputs[*output as usize]
}
