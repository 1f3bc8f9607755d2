//! Rewrites before fusion what one kernel could not do well on the target: joins of more operands than a kernel can bind,
//! convolutions (`conv`), and on GPUs what `gpu` says: few, very long rows, and the kinds that have no kernels there. The CPU device
//! runs scans, sorts and scatters by itself: on one thread a plain loop does less work.
//!
//! This is graph to graph.

use super::kept::{self, Kept};
use crate::dtype::Scalar;
use crate::graph::buffer_node;
use crate::graph::{Graph, Node, NodeId};
use crate::kernel::Serial;
use crate::kind::{Kind, Lowering};
use crate::target::{AdapterClass, Target};
use crate::write::Writer;
use smallvec::SmallVec;
use std::borrow::Cow;

/// What rewriting gave.
#[derive(Debug)]
pub struct Split {
    /// The graph that is fused.
    pub graph: Graph,
    /// How many nodes were rewritten.
    pub changes: usize,
    /// Nodes whose values must be in memory, beside results.
    pub materialised: Vec<NodeId>,
    /// Nodes that were made for one node before: where nothing else is fused, these are one op all the same.
    pub units: Units,
}

/// By node: which of the rewritten nodes it was made for; 0 for none.
#[derive(Clone, Debug, Default)]
pub struct Units(Vec<u32>);

impl Units {
    /// What a node was made for, if it was made by rewriting.
    pub fn of(&self, id: NodeId) -> Option<u32> {
        self.0.get(id.index()).copied().filter(|unit| *unit > 0)
    }

    /// The nodes from that one on, which a rewrite has appended, are a unit.
    fn close(&mut self, from: usize, to: usize) {
        self.0.resize(from, 0);
        self.0.resize(to, from as u32 + 1);
    }

    /// So many nodes as one unit.
    pub(super) fn all(count: usize) -> Units {
        Units(vec![1; count])
    }

    /// The same units where nodes have these ids.
    pub(super) fn renamed(&self, ids: &[NodeId], count: usize) -> Units {
        let mut units = vec![0; count];
        for (at, unit) in self.0.iter().enumerate() {
            units[ids[at].index()] = *unit;
        }
        Units(units)
    }
}

/// Rewrites what the target asks for.
pub fn split(graph: Cow<Graph>, target: &Target) -> Split {
    // Most graphs are as they should be.
    if graph.is_interned() && !graph.nodes().any(|(_, node)| may_change(&graph, node, target)) {
        return Split { graph: graph.into_owned(), changes: 0, materialised: Vec::new(), units: Units::default() };
    }
    let graph = &*graph;
    let again = goes_over_again(graph);
    let live = graph.live();
    let mut out = Graph::with_capacity(graph.len());
    let mut map: Vec<NodeId> = Vec::with_capacity(graph.len());
    let (mut changes, mut materialised, mut units) = (0, Vec::new(), Units::default());
    let is_cpu = target.class == AdapterClass::Cpu;
    let (mut loops, mut kept): (Vec<(NodeId, Vec<NodeId>)>, u32) = (Vec::new(), 0);
    for (id, node) in graph.nodes() {
        let operands: SmallVec<[NodeId; 3]> = node.operands.iter().map(|o| map[o.index()]).collect();
        let before = out.len();
        let mut writer = Writer { graph: &mut out, from: &node.from, materialised: &mut materialised, kept: &mut kept };
        let result = match &node.kind {
            _ if !live[id.index()] => None,
            kind if matches!(kind.lowering(), Lowering::Serial | Lowering::Rewritten)
                && node.aval.shape.dims().iter().any(|d| d.is(0)) =>
            {
                Some(writer.fill(Scalar::from_f64(node.aval.dtype, 0.0), &node.aval.shape))
            }
            Kind::Concatenate { axis } if node.operands.len() + 1 > target.limits.storage_buffers as usize => {
                Some(writer.join(*axis, &operands, target.limits.storage_buffers as usize - 1))
            }
            Kind::Loop { body, length, carries, output } => {
                let carried = output < carries;
                if carried && (length.is(0) || kept::is_constant(body, *output)) {
                    Some(operands[*output as usize])
                } else if !carried && node.aval.shape.dims().iter().any(|d| d.is(0)) {
                    Some(writer.fill(Scalar::from_f64(node.aval.dtype, 0.0), &node.aval.shape))
                } else {
                    // Results of one loop have the same operands still; the first of them makes these.
                    let first = loops.iter().find(|(first, _)| kept::same_loop(graph, *first, id));
                    let operands = match first {
                        Some((_, operands)) => operands.clone(),
                        None => {
                            let own = writer.own(body, *carries, &operands);
                            loops.push((id, own.clone()));
                            own
                        }
                    };
                    let result = writer.add(node.kind.clone(), &operands);
                    Some(writer.store(result))
                }
            }
            kind if is_cpu && Serial::of(kind).is_some() => {
                let result = writer.add(node.kind.clone(), &operands);
                operands.iter().for_each(|operand| materialised.push(*operand));
                materialised.push(result);
                map.push(result);
                continue;
            }
            Kind::Conv { geometry } => Some(writer.conv(geometry, operands[0], operands[1], &node.aval.shape, is_cpu)),
            _ => target.rewrites.and_then(|gpu| (gpu.rewrite)(&mut writer, node, &operands, again[id.index()])),
        };
        changes += usize::from(result.is_some());
        if result.is_some() {
            units.close(before, writer.graph.len());
        }
        let result = result.unwrap_or_else(|| writer.graph.add_node(node, &operands));
        map.push(result);
    }
    let mut outputs: Vec<NodeId> = graph.outputs().iter().map(|o| map[o.index()]).collect();
    for (at, output) in outputs.iter_mut().enumerate() {
        // What a loop carries lies in memory that takes turns; a result is a copy of it.
        let mut base = buffer_node(&out, *output);
        // Barriers that only hold simplification back go before kernels are made.
        while let Kind::Barrier { region } = out.node(base).kind
            && !kept::keeps(region)
        {
            base = buffer_node(&out, out.node(base).operands[0]);
        }
        if let Kind::Loop { carries, output: which, .. } = out.node(base).kind
            && which < carries
        {
            let from = out.node(*output).from.clone();
            *output = kept::kept(&mut out, *output, Kept::Result(at as u32), &from);
        }
    }
    out.set_outputs(&outputs);
    Split { graph: out, changes, materialised, units }
}

/// Could a node have to be written otherwise, or be kept in memory?
fn may_change(graph: &Graph, node: &Node, target: &Target) -> bool {
    match node.kind.lowering() {
        Lowering::Row | Lowering::Contraction => target.rewrites.is_some_and(|gpu| (gpu.splits)(graph, node)),
        Lowering::LookUp => node.operands.len() + 1 > target.limits.storage_buffers as usize,
        Lowering::Serial | Lowering::Rewritten | Lowering::Steps | Lowering::Barrier => true,
        Lowering::Bound
        | Lowering::Free
        | Lowering::Elementwise
        | Lowering::View
        | Lowering::Keyed
        | Lowering::Permutation
        | Lowering::Inlined => false,
    }
}

/// For each reduction: does something that depends on it have as many elements as it reduces? Then one kernel may go over the row
/// again, and splitting would take that away.
fn goes_over_again(graph: &Graph) -> Vec<bool> {
    // The largest size that depends on each node, users first.
    let mut largest: Vec<i64> = vec![0; graph.len()];
    let size = |id: NodeId| graph.aval(id).shape.size().as_const().unwrap_or(0);
    for (id, node) in graph.nodes().rev() {
        let own = largest[id.index()].max(size(id));
        // What lies behind another contraction or gather is another kernel's row.
        if matches!(node.kind.lowering(), Lowering::Elementwise | Lowering::View | Lowering::Row) {
            for operand in &node.operands {
                largest[operand.index()] = largest[operand.index()].max(own);
            }
        }
    }
    let again = |(id, node): (NodeId, &Node)| match node.kind {
        Kind::Reduce { .. } => size(node.operands[0]) > 0 && largest[id.index()] >= size(node.operands[0]),
        _ => false,
    };
    graph.nodes().map(again).collect()
}

impl Writer<'_> {
    /// A tree of joins, each of at most `most` operands.
    fn join(&mut self, axis: u32, operands: &[NodeId], most: usize) -> NodeId {
        let mut level: Vec<NodeId> = operands.to_vec();
        while level.len() > 1 {
            level = level
                .chunks(most.max(2))
                .map(|chunk| if chunk.len() == 1 { chunk[0] } else { self.add(Kind::Concatenate { axis }, chunk) })
                .collect();
        }
        level[0]
    }
}
