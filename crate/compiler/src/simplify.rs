//! Simplification: a graph that computes the same with less.
//!
//! Three passes, each linear in the graph:
//!
//! 1. `inline` puts the bodies of calls in their place (differentiation is done by then).
//! 2. `share` merges equal nodes and drops those that no result needs.
//! 3. `rewrite` applies the rules of the modules below, and drops again.
//!
//! A rule looks at one node and the nodes below it and gives a node of the same value. The rewriter (`Rewriter::make`) walks the
//! graph once, operands before users, and applies rules to a node until none fires, before anything uses it: operands are final
//! when their users are looked at, so one sweep reaches the fixpoint, whatever the depth, and nothing recurses over the graph.
//!
//! *What a rule may do.* The result is the same bit for bit, as the oracle computes it, for every input: NaN, infinities, -0,
//! overflow and empty axes included (one NaN is as good as another). So floats are never reassociated, `x * 0` stays, and `x + 0`
//! stays (it turns -0 into 0) while `x - 0` goes. Each rule is tested on a listing that shows it, evaluated on special values
//! before and after; random graphs do the rest.
//!
//! Nodes know the traced nodes they came from: a node that stands in for others takes over their origins.

mod inline;
mod rewriter;
mod scalar;
mod cast;
mod view;
mod reduce;
mod index;

#[cfg(test)]
mod tests;

use crate::graph::{Graph, Node, NodeId};
use crate::kind::Kind;
use crate::observe::{Applied, MAX_APPLIED, Observer, PassReport};
use crate::small::HashMap;
use rewriter::{RewriteRule, Rewriter};
use std::borrow::Cow;
use std::sync::Arc;

/// The rules by what they look at, in the order of [`RuleGroup`](crate::kind::RuleGroup).
static GROUPS: [&[RewriteRule]; 5] = [scalar::RULES, cast::RULES, view::RULES, reduce::RULES, index::RULES];

/// The names of all rules of the `rewrite` pass, in the order in which reports list them.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    GROUPS.iter().flat_map(|group| group.iter().map(|rule| rule.name)).chain(rewriter::BUILT_IN)
}

/// Some of the rules, to leave them out.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Rules([u64; GROUPS.len()]);

impl Rules {
    /// None.
    pub const NONE: Rules = Rules([0; GROUPS.len()]);

    /// Adds the rule of that name. Is there one? What the rewriter does by itself cannot be left out.
    pub fn add(&mut self, name: &str) -> bool {
        for (bits, group) in self.0.iter_mut().zip(GROUPS) {
            if let Some(at) = group.iter().position(|rule| rule.name == name) {
                *bits |= 1 << at;
                return true;
            }
        }
        false
    }

    /// Adds the rule at that position of [`rule_names`].
    pub fn add_at(&mut self, mut at: usize) {
        for (bits, group) in self.0.iter_mut().zip(GROUPS) {
            if at < group.len() {
                *bits |= 1 << at;
                return;
            }
            at -= group.len();
        }
    }

    fn has(self, group: usize, at: usize) -> bool {
        self.0[group] >> at & 1 == 1
    }
}

/// The simplified graph. It passes [`verify`](crate::verify::verify) as simplified; the observer is told of every pass.
pub fn simplify(graph: &Graph, observer: &mut dyn Observer) -> Graph {
    simplify_without(Rules::NONE, graph, observer)
}

/// The same without some of the rules: to see what they do.
pub fn simplify_without(off: Rules, graph: &Graph, observer: &mut dyn Observer) -> Graph {
    let (shared, report) = share(&inline(graph, observer));
    observer.pass(&shared, &report);
    let (rewritten, report) = rewrite(&shared, off);
    observer.pass(&rewritten, &report);
    rewritten
}

/// The graph without calls, which kernels know nothing of; the one pass that is not optional. The observer hears of it when there
/// was a call.
pub fn inline<'a>(graph: &'a Graph, observer: &mut dyn Observer) -> Cow<'a, Graph> {
    if !inline::has_call(graph) {
        return Cow::Borrowed(graph);
    }
    let (inlined, report) = inline::inline(graph);
    observer.pass(&inlined, &report);
    Cow::Owned(inlined)
}

/// Merges equal nodes and drops dead ones.
fn share(graph: &Graph) -> (Graph, PassReport) {
    let mut shared = Graph::with_capacity(graph.len());
    let mut merged = 0;
    let mut applied = Vec::new();
    let copied = copy_live(graph, |old, node, operands| {
        let before = shared.len();
        let id = shared.add_node(node, operands);
        if shared.len() == before {
            merged += 1;
            if applied.len() < MAX_APPLIED {
                applied.push(Applied { rule: "merge equal nodes", before: old, after: Some(id) });
            }
        }
        id
    });
    shared.set_outputs(&copied.outputs);
    let report = PassReport::of("share", [("merge equal nodes", merged), ("drop dead nodes", copied.dead)]);
    (shared, PassReport { applied, ..report })
}

/// What [`copy_live`] found.
struct Copied {
    /// Nodes that no result needs.
    dead: usize,
    /// Its results in the copy.
    outputs: Vec<NodeId>,
}

/// Calls `copy` for every node that a result needs, with operands mapped to what it gave for them.
fn copy_live(graph: &Graph, mut copy: impl FnMut(NodeId, &Node, &[NodeId]) -> NodeId) -> Copied {
    let live = graph.live();
    let mut ids: Vec<NodeId> = Vec::with_capacity(graph.len());
    let mut count = 0;
    for (id, node) in graph.nodes() {
        if !live[id.index()] {
            // Never looked up: who uses it is dead too.
            ids.push(NodeId(u32::MAX));
            count += 1;
            continue;
        }
        let operands: crate::graph::Operands = node.operands.iter().map(|operand| ids[operand.index()]).collect();
        ids.push(copy(id, node, &operands));
    }
    Copied { dead: count, outputs: graph.outputs().iter().map(|output| ids[output.index()]).collect() }
}

/// Applies the rules, then drops what they left unused.
fn rewrite(graph: &Graph, off: Rules) -> (Graph, PassReport) {
    let mut rewriter = Rewriter::new(graph.len(), off);
    // Loops that share a body (one per result) go on sharing it. Looked up, never iterated.
    let mut bodies: HashMap<*const Graph, Arc<Graph>> = HashMap::default();
    let mut changed_bodies = 0;
    let copied = copy_live(graph, |id, node, operands| {
        rewriter.start(id, &node.from);
        let Kind::Loop { body, length, carries, output } = &node.kind else {
            let made = rewriter.make(node.kind.clone(), operands);
            rewriter.end(made);
            return made;
        };
        let simple = bodies.entry(Arc::as_ptr(body)).or_insert_with(|| {
            let simple = simplify_without(off, body, &mut ());
            changed_bodies += usize::from(simple != **body);
            Arc::new(simple)
        });
        let (body, length) = (simple.clone(), length.clone());
        rewriter.make(Kind::Loop { body, length, carries: *carries, output: *output }, operands)
    });
    let (mut rewritten, counts, mut applied) = rewriter.finish();
    rewritten.set_outputs(&copied.outputs);
    let (rewritten, ids, dead) = rewritten.pruned_ids();
    if dead > 0 {
        for one in &mut applied {
            one.after = one.after.map(|id| ids[id.index()]).filter(|id| *id != NodeId(u32::MAX));
        }
    }
    let built_in = [("simplify the body of a loop", changed_bodies), ("drop dead nodes", dead)];
    let report = PassReport::of("rewrite", counts.into_iter().chain(built_in));
    (rewritten, PassReport { applied, ..report })
}
