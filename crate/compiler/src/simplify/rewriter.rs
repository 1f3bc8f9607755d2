//! Builds a graph node by node and applies rules to each until none fires.

use super::{GROUPS, Rules};
use crate::dtype::Scalar;
use crate::graph::{Graph, Node, NodeId, Operands, Origins};
use crate::kind::{Axes, Kind, Lowering, View};
use crate::observe::{Applied, MAX_APPLIED};
use crate::ops::Op;
use crate::shape::{Aval, Shape};

/// A node of the same value.
#[expect(
    clippy::large_enum_variant,
    reason = "it lives for one step of the driver; a box would be an allocation per rewrite"
)]
pub(super) enum Rewrite {
    /// One that exists.
    Is(NodeId),
    /// A new one, to which rules apply in turn.
    Make(Kind, Operands),
}

impl Rewrite {
    pub(super) fn make(kind: Kind, operands: &[NodeId]) -> Option<Rewrite> {
        Some(Rewrite::Make(kind, Operands::from_slice(operands)))
    }

    pub(super) fn map(op: Op, operands: &[NodeId]) -> Option<Rewrite> {
        Rewrite::make(Kind::Map { op }, operands)
    }

    pub(super) fn view(view: View, operand: NodeId) -> Option<Rewrite> {
        Rewrite::make(Kind::View(view), &[operand])
    }

    pub(super) fn is(id: NodeId) -> Option<Rewrite> {
        Some(Rewrite::Is(id))
    }
}

/// A named law. `apply` gives a node of the same value, or `None` where the rule does not fire.
pub(super) struct RewriteRule {
    pub(super) name: &'static str,
    /// For rules about maps: the ops it looks at; empty for all.
    pub(super) ops: &'static [Op],
    pub(super) apply: fn(&mut Rewriter, &Kind, &[NodeId]) -> Option<Rewrite>,
}

/// What the driver does by itself.
pub(super) const BUILT_IN: [&str; 5] = [
    // `a + b = b + a`: operands of commutative ops are sorted, so that both spellings are one and constants stand on the right.
    "order operands",
    // A value without elements needs no computing.
    "empty",
    // Two nodes of the same op and operands have the same value.
    "merge equal nodes",
    // The rules apply to what a loop repeats as well.
    "simplify the body of a loop",
    // What no result needs is not computed.
    "drop dead nodes",
];

/// A node takes over the origins of a node it bypasses only up to this many, so that a chain of n rewrites stays linear in n.
const MAX_INHERITED: usize = 32;

/// The graph that is being built, and the counts of what fired.
pub(super) struct Rewriter {
    graph: Graph,
    counts: [Vec<usize>; 5],
    ordered: usize,
    empty: usize,
    merged: usize,
    /// Origins of the node that is being rewritten, and its id in the graph before.
    from: Origins,
    before: NodeId,
    /// What fired at which node, and the node that it became.
    applied: Vec<Applied>,
    /// Rules that do not apply.
    off: Rules,
}

impl Rewriter {
    pub(super) fn new(nodes: usize, off: Rules) -> Rewriter {
        Rewriter {
            graph: Graph::with_capacity(nodes),
            counts: GROUPS.map(|group| vec![0; group.len()]),
            ordered: 0,
            empty: 0,
            merged: 0,
            from: Origins::new(),
            before: NodeId(0),
            applied: Vec::new(),
            off,
        }
    }

    /// From now on nodes come from this one of the graph before.
    pub(super) fn start(&mut self, before: NodeId, from: &[u32]) {
        self.before = before;
        self.from = Origins::from_slice(from);
    }

    /// The node that was begun with has become this one.
    pub(super) fn end(&mut self, after: NodeId) {
        for applied in self.applied.iter_mut().rev().take_while(|applied| applied.before == self.before) {
            applied.after = Some(after);
        }
    }

    /// The graph, how often each rule fired, and where.
    pub(super) fn finish(self) -> (Graph, Vec<(&'static str, usize)>, Vec<Applied>) {
        let named = GROUPS
            .iter()
            .zip(&self.counts)
            .flat_map(|(group, counts)| group.iter().map(|r| r.name).zip(counts.iter().copied()));
        let built_in = [("order operands", self.ordered), ("empty", self.empty), ("merge equal nodes", self.merged)];
        (self.graph, named.chain(built_in).collect(), self.applied)
    }

    /// A node of that value, as simple as the rules make it.
    pub(super) fn make(&mut self, kind: Kind, operands: &[NodeId]) -> NodeId {
        let (mut kind, mut operands) = (kind, Operands::from_slice(operands));
        // Every rule makes a node smaller or its operands older, so this ends; the bound is for a rule that is wrong.
        for _ in 0..1000 {
            self.order(&kind, &mut operands);
            match self.step(&kind, &operands) {
                None => return self.insert(kind, &operands),
                Some(Rewrite::Is(id)) => {
                    self.inherit(&operands, &[id]);
                    let from = std::mem::take(&mut self.from);
                    self.graph.add_origins(id, &from);
                    self.from = from;
                    return id;
                }
                Some(Rewrite::Make(next, on)) => {
                    self.inherit(&operands, &on);
                    (kind, operands) = (next, on);
                }
            }
        }
        panic!("the rules about `{}` do not end:\n{}", kind.name(), self.graph)
    }

    fn step(&mut self, kind: &Kind, operands: &[NodeId]) -> Option<Rewrite> {
        let group = kind.facts().rules? as usize;
        for (at, rule) in GROUPS[group].iter().enumerate() {
            if let Kind::Map { op } = kind
                && !rule.ops.is_empty()
                && !rule.ops.contains(op)
            {
                continue;
            }
            if self.off.has(group, at) {
                continue;
            }
            if let Some(rewrite) = (rule.apply)(self, kind, operands) {
                self.counts[group][at] += 1;
                if self.applied.len() < MAX_APPLIED {
                    self.applied.push(Applied { rule: rule.name, before: self.before, after: None });
                }
                return Some(rewrite);
            }
        }
        None
    }

    /// Sorts the operands of a commutative op, older first and uniform values last, so that `a + b` and `b + a` are one and rules
    /// find constants on the right.
    fn order(&mut self, kind: &Kind, operands: &mut Operands) {
        let Kind::Map { op } = kind else { return };
        if !op.row().commutative {
            return;
        }
        let key = |id: NodeId| (self.uniform(id).is_some(), id);
        if key(operands[1]) < key(operands[0]) {
            operands.swap(0, 1);
            self.ordered += 1;
        }
    }

    fn insert(&mut self, kind: Kind, operands: &[NodeId]) -> NodeId {
        let id = self.add(kind, operands);
        let node = self.graph.node(id);
        // A value without elements needs no computing.
        if node.aval.shape.dims().iter().any(|dim| dim.is(0))
            && node.kind.lowering() != Lowering::Bound
            && self.uniform(id).is_none()
        {
            self.empty += 1;
            let (zero, shape) = (Scalar::from_f64(node.aval.dtype, 0.0), node.aval.shape.clone());
            return self.full(zero, &shape);
        }
        id
    }

    fn add(&mut self, kind: Kind, operands: &[NodeId]) -> NodeId {
        let before = self.graph.len();
        let id = match self.graph.add_from(kind, operands, &self.from) {
            Ok(id) => id,
            Err(misuse) => panic!("a rule made an illegal node ({misuse}) in\n{}", self.graph),
        };
        self.merged += usize::from(self.graph.len() == before);
        id
    }

    /// The origins of operands that the rewritten node no longer has: their work is now part of it. A selection among operands
    /// does not contain the work of the others, so only nodes of one operand, and new nodes, inherit.
    fn inherit(&mut self, old: &[NodeId], new: &[NodeId]) {
        if old.len() > 1 && old.iter().any(|id| new == [*id]) {
            return;
        }
        for id in old {
            let node = self.graph.node(*id);
            if new.contains(id)
                || node.operands.is_empty()
                || node.from.len() > MAX_INHERITED
                || self.uniform(*id).is_some()
            {
                continue;
            }
            for origin in &node.from {
                if let Err(at) = self.from.binary_search(origin) {
                    self.from.insert(at, *origin);
                }
            }
        }
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        self.graph.node(id)
    }

    pub(super) fn kind(&self, id: NodeId) -> &Kind {
        &self.graph.node(id).kind
    }

    pub(super) fn aval(&self, id: NodeId) -> &Aval {
        self.graph.aval(id)
    }

    pub(super) fn shape(&self, id: NodeId) -> &Shape {
        &self.graph.aval(id).shape
    }

    /// The first operand of a node.
    pub(super) fn operand(&self, id: NodeId) -> NodeId {
        self.graph.node(id).operands[0]
    }

    /// The operands, if the node is a map of that op.
    pub(super) fn operands_of(&self, op: Op, id: NodeId) -> Option<&[NodeId]> {
        match self.kind(id) {
            Kind::Map { op: found } if *found == op => Some(&self.graph.node(id).operands),
            _ => None,
        }
    }

    /// The view and its operand, if the node is a view.
    pub(super) fn view_of(&self, id: NodeId) -> Option<(&View, NodeId)> {
        match self.kind(id) {
            Kind::View(view) => Some((view, self.operand(id))),
            _ => None,
        }
    }

    /// The value of every element, if the compiler knows it: of a literal, or of a literal broadcast (which is what the view rules
    /// make of all views of a literal).
    pub(super) fn uniform(&self, id: NodeId) -> Option<Scalar> {
        match self.kind(id) {
            Kind::Literal { value } => Some(*value),
            Kind::View(View::Broadcast { .. }) => match self.kind(self.operand(id)) {
                Kind::Literal { value } => Some(*value),
                _ => None,
            },
            _ => None,
        }
    }

    /// Is every element that number? Zeros of either sign are not told apart.
    pub(super) fn is_number(&self, id: NodeId, number: f64) -> bool {
        self.uniform(id).is_some_and(|value| value.to_f64() == number)
    }

    /// That value everywhere.
    pub(super) fn full(&mut self, value: Scalar, shape: &Shape) -> NodeId {
        // Not counted as merged when there: nobody wrote it twice.
        let literal = self.graph.add_from(Kind::Literal { value }, &[], &self.from).expect("literals are legal");
        if shape.rank() == 0 {
            return literal;
        }
        let broadcast = Kind::View(View::Broadcast { shape: shape.clone(), axes: Axes::new() });
        self.graph.add_from(broadcast, &[literal], &self.from).expect("a scalar broadcasts to any shape")
    }

    /// That value everywhere, in the shape of a node.
    pub(super) fn full_like(&mut self, value: Scalar, id: NodeId) -> Option<Rewrite> {
        let shape = self.shape(id).clone();
        Rewrite::is(self.full(value, &shape))
    }
}
