//! What GPUs lack of the compiler's kinds, as kinds that they have; behind pointers that a GPU's target holds, so that programs
//! without a GPU do not load it (see `split/parts.rs`).

use super::pieces;
use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::{Graph, Node, NodeId};
use crate::kind::{Axes, Kind, ReduceOp, View};
use crate::ops::Op;
use crate::plan;
use crate::shape::Shape;
use crate::sharing::Blocks;
use crate::target::Rewrites;
use crate::write::Writer;
use smallvec::smallvec;

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

/// What targets of GPUs hold.
pub static GPU: Rewrites =
    Rewrites { rewrite, splits, take_apart: pieces::take_apart, blocks: Blocks::find, check: plan::check };

/// A node as others, if it must be: scans, sorts and scatters have no kernels, and few long rows use the whole device in two steps.
/// `again` says that something may go over what is reduced once more.
fn rewrite(writer: &mut Writer, node: &Node, operands: &[NodeId], again: bool) -> Option<NodeId> {
    match &node.kind {
        Kind::Reduce { op, axes } => {
            let shape = writer.shape(operands[0]);
            let (rows, length, parts) = parts(&shape, axes, again)?;
            let dtype = writer.dtype(operands[0]);
            let reduced = writer.two_steps(*op, operands[0], &shape, dtype, axes, (rows, length, parts));
            Some(writer.reshape(reduced, node.aval.shape.clone()))
        }
        Kind::Scan { op, axis, reverse } => {
            Some(writer.scan(*op, operands[0], operands.get(1).copied(), *axis as usize, *reverse))
        }
        Kind::ArgSort { axis } => Some(writer.argsort(operands[0], *axis as usize)),
        Kind::Scatter { axis, op } => Some(writer.scatter(*op, operands[0], operands[1], operands[2], *axis as usize)),
        _ => None,
    }
}

/// Could a reduction be split?
fn splits(graph: &Graph, node: &Node) -> bool {
    let Kind::Reduce { axes, .. } = &node.kind else { return false };
    parts(&graph.aval(node.operands[0]).shape, axes, false).is_some()
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
}
