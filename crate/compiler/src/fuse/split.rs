//! Rewrites before fusion what one kernel could not do well on the target: reductions of few, very long rows (they use the whole
//! device in two steps), joins of more operands than a kernel can bind, and the kinds that have no kernels of their own: scans,
//! sorts, scatters and convolutions become reductions, look-ups and products of the kinds that have (`scan`, `sort`, `scatter`,
//! `conv`). The CPU device runs all but the last by itself: on one thread a plain loop does less work.
//!
//! This is graph to graph: a long row becomes rows of a matrix, reduced twice.

use super::repeat;
use super::write::Writer;
use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::stored_node;
use crate::graph::{Graph, Node, NodeId};
use crate::kernel::Serial;
use crate::kind::{Axes, Kind, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use crate::target::{AdapterClass, Target};
use smallvec::{SmallVec, smallvec};
use std::borrow::Cow;

/// Numbers of kept results come behind those of kept operands.
const RESULTS: usize = 1 << 24;
/// Rows this long are split even when the kernel that reduces them also goes over their elements again.
const LONG_ROW: i64 = 1 << 20;
/// Rows this long are split when nothing goes over their elements again.
const LONG_PURE_ROW: i64 = 1 << 16;
/// With this many rows the device is busy without splitting.
const MANY_ROWS: i64 = 64;
/// Elements of a part of a split row.
const PART: i64 = 4096;
/// Parts of a split row.
const MOST_PARTS: i64 = 1024;

/// What rewriting gave.
#[derive(Debug)]
pub struct Split {
    /// The graph that is fused.
    pub graph: Graph,
    /// How many nodes were rewritten.
    pub changes: usize,
    /// Nodes whose values must be in memory, beside results.
    pub stored: Vec<NodeId>,
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
        return Split { graph: graph.into_owned(), changes: 0, stored: Vec::new(), units: Units::default() };
    }
    let graph = &*graph;
    let again = goes_over_again(graph);
    let live = graph.live();
    let mut out = Graph::with_capacity(graph.len());
    let mut map: Vec<NodeId> = Vec::with_capacity(graph.len());
    let (mut changes, mut stored, mut units) = (0, Vec::new(), Units::default());
    let is_cpu = target.class == AdapterClass::Cpu;
    let (mut loops, mut kept): (Vec<(NodeId, Vec<NodeId>)>, usize) = (Vec::new(), 0);
    for (id, node) in graph.nodes() {
        let operands: SmallVec<[NodeId; 3]> = node.operands.iter().map(|o| map[o.index()]).collect();
        let before = out.len();
        let mut writer = Writer { graph: &mut out, from: &node.from, stored: &mut stored, kept: &mut kept };
        let result = match &node.kind {
            _ if !live[id.index()] => None,
            Kind::Scan { .. } | Kind::ArgSort { .. } | Kind::Scatter { .. } | Kind::Conv { .. }
                if node.aval.shape.dims().iter().any(|d| d.is(0)) =>
            {
                Some(writer.fill(Scalar::from_f64(node.aval.dtype, 0.0), &node.aval.shape))
            }
            Kind::Reduce { op, axes } if !is_cpu => {
                let shape = &graph.aval(node.operands[0]).shape;
                parts(shape, axes, again[id.index()]).map(|(rows, length, parts)| {
                    let dtype = graph.aval(node.operands[0]).dtype;
                    let reduced = writer.two_steps(*op, operands[0], shape, dtype, axes, (rows, length, parts));
                    writer.reshape(reduced, node.aval.shape.clone())
                })
            }
            Kind::Concatenate { axis } if node.operands.len() + 1 > target.limits.storage_buffers as usize => {
                Some(writer.join(*axis, &operands, target.limits.storage_buffers as usize - 1))
            }
            Kind::Loop { body, length, carries, output } => {
                let carried = output < carries;
                if carried && (length.is(0) || repeat::is_constant(body, *output)) {
                    Some(operands[*output as usize])
                } else if !carried && node.aval.shape.dims().iter().any(|d| d.is(0)) {
                    Some(writer.fill(Scalar::from_f64(node.aval.dtype, 0.0), &node.aval.shape))
                } else {
                    // Results of one loop have the same operands still; the first of them makes these.
                    let first = loops.iter().find(|(first, _)| repeat::same_loop(graph, *first, id));
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
                operands.iter().for_each(|operand| stored.push(*operand));
                stored.push(result);
                map.push(result);
                continue;
            }
            Kind::Scan { op, axis, reverse } => {
                Some(writer.scan(*op, operands[0], operands.get(1).copied(), *axis as usize, *reverse))
            }
            Kind::ArgSort { axis } => Some(writer.argsort(operands[0], *axis as usize)),
            Kind::Scatter { axis, op } => {
                Some(writer.scatter(*op, operands[0], operands[1], operands[2], *axis as usize))
            }
            Kind::Conv { geometry } => Some(writer.conv(geometry, operands[0], operands[1], &node.aval.shape)),
            _ => None,
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
        let mut base = stored_node(&out, *output);
        // Barriers that only hold simplification back go before kernels are made.
        while let Kind::Barrier { region } = out.node(base).kind
            && !repeat::keeps(region)
        {
            base = stored_node(&out, out.node(base).operands[0]);
        }
        if let Kind::Loop { carries, output: which, .. } = out.node(base).kind
            && which < carries
        {
            let from = out.node(*output).from.clone();
            *output = repeat::kept(&mut out, *output, RESULTS + at, &from);
        }
    }
    out.set_outputs(&outputs);
    Split { graph: out, changes, stored, units }
}

/// Could a node have to be written otherwise, or be kept in memory?
fn may_change(graph: &Graph, node: &Node, target: &Target) -> bool {
    match &node.kind {
        Kind::Reduce { axes, .. } => {
            target.class != AdapterClass::Cpu && parts(&graph.aval(node.operands[0]).shape, axes, false).is_some()
        }
        Kind::Concatenate { .. } => node.operands.len() + 1 > target.limits.storage_buffers as usize,
        Kind::Scan { .. }
        | Kind::ArgSort { .. }
        | Kind::Scatter { .. }
        | Kind::Conv { .. }
        | Kind::Loop { .. }
        | Kind::Barrier { .. } => true,
        Kind::Input { .. }
        | Kind::Constant { .. }
        | Kind::Literal { .. }
        | Kind::Iota { .. }
        | Kind::Size { .. }
        | Kind::Map { .. }
        | Kind::Cast { .. }
        | Kind::View(_)
        | Kind::Dot { .. }
        | Kind::Gather { .. }
        | Kind::SortKey
        | Kind::Permute
        | Kind::RandomBits { .. }
        | Kind::Call { .. } => false,
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
        let passes = node.kind.is_elementwise() || matches!(node.kind, Kind::View(_) | Kind::Reduce { .. });
        if passes {
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

/// (rows, elements per row, parts per row) of a reduction that should be split.
fn parts(shape: &Shape, axes: &Axes, again: bool) -> Option<(i64, i64, i64)> {
    let sizes = shape.as_sizes()?;
    let length: usize = axes.iter().map(|a| sizes[*a as usize]).product();
    let total: usize = sizes.iter().product();
    let (length, total) = (i64::try_from(length).ok()?, i64::try_from(total).ok()?);
    if length == 0 || total == 0 {
        return None;
    }
    let rows = total / length;
    if rows > MANY_ROWS || length <= if again { LONG_ROW } else { LONG_PURE_ROW } {
        return None;
    }
    let wanted = (length / PART).clamp(2, MOST_PARTS);
    // A count that divides the row needs no padding.
    let exact = (2..=wanted).rev().take(512).find(|p| length % p == 0);
    Some((rows, length, exact.filter(|p| *p * 4 >= wanted).unwrap_or(wanted)))
}

impl Writer<'_> {
    /// Reduces [rows, parts, part] along the last axis, then the parts.
    fn two_steps(
        &mut self,
        op: ReduceOp,
        x: NodeId,
        shape: &Shape,
        dtype: DType,
        axes: &Axes,
        (rows, length, parts): (i64, i64, i64),
    ) -> NodeId {
        let kept = (0..shape.rank() as u32).filter(|a| !axes.contains(a));
        let permutation: Axes = kept.chain(axes.iter().copied()).collect();
        let mut x = x;
        if !permutation.iter().enumerate().all(|(i, a)| i as u32 == *a) {
            x = self.add(Kind::View(View::Transpose { permutation }), &[x]);
        }
        let part = (length + parts - 1) / parts;
        x = self.reshape(x, [rows, length].into_iter().map(Dim::Const).collect());
        if part * parts != length {
            let high = smallvec![Dim::ZERO, Dim::Const(part * parts - length)];
            let value = op.start(dtype);
            x = self.add(Kind::View(View::Pad { low: smallvec![Dim::ZERO, Dim::ZERO], high, value }), &[x]);
        }
        x = self.reshape(x, [rows, parts, part].into_iter().map(Dim::Const).collect());
        if !op.is_arg() {
            let partial = self.reduce(op, x, 2);
            return self.reduce(op, partial, 1);
        }
        // The position within the winning part, plus where that part begins. Padding never wins: it stands last and ties go to
        // the first.
        let best = if op == ReduceOp::ArgMax { ReduceOp::Max } else { ReduceOp::Min };
        let (values, within) = (self.reduce(best, x, 2), self.reduce(op, x, 2));
        let winner = self.reduce(op, values, 1);
        let row_of = Kind::Iota { shape: Shape::of(&[rows as usize]), axis: 0, dtype: DType::UInt32 };
        let row = self.add(row_of, &[]);
        let flat = self.reshape(within, [rows * parts].into_iter().map(Dim::Const).collect());
        let parts_literal = self.parts_number(parts, rows);
        let first = self.add(Kind::Map { op: Op::Mul }, &[row, parts_literal]);
        let at = self.add(Kind::Map { op: Op::Add }, &[first, winner]);
        let inner = self.gather(flat, at, 0);
        let part_literal = self.parts_number(part, rows);
        let start = self.add(Kind::Map { op: Op::Mul }, &[winner, part_literal]);
        self.add(Kind::Map { op: Op::Add }, &[start, inner])
    }

    /// A uint32 repeated over the rows.
    fn parts_number(&mut self, value: i64, rows: i64) -> NodeId {
        let literal = self.add(Kind::Literal { value: Scalar::u32(value as u32) }, &[]);
        let shape = [rows].into_iter().map(Dim::Const).collect();
        self.add(Kind::View(View::Broadcast { shape, axes: smallvec![] }), &[literal])
    }

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
