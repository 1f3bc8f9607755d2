//! What GPUs lack of the compiler's kinds, as kinds that they have.

use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::{Graph, Node, NodeId};
use crate::kind::{Axes, DotAxes, Kind, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use crate::tuning::{SPLIT_BUSY_ROWS, SPLIT_MOST_PARTS, SPLIT_PART, SPLIT_PURE_ROW, SPLIT_ROW, SPLIT_SUM};
use crate::write::Writer;
use smallvec::smallvec;

/// A node as others, if it must be: scans, sorts and scatters have no kernels, and few long rows use the whole device in two steps.
/// `again` says that something may go over what is reduced once more.
pub(crate) fn rewrite(writer: &mut Writer, node: &Node, operands: &[NodeId], again: bool) -> Option<NodeId> {
    match &node.kind {
        Kind::Reduce { op, axes } => {
            let shape = writer.shape(operands[0]);
            let (rows, length, parts) = parts(&shape, axes, again)?;
            let dtype = writer.dtype(operands[0]);
            let reduced = writer.two_steps(*op, operands[0], &shape, dtype, axes, (rows, length, parts));
            Some(writer.reshape(reduced, node.aval.shape.clone()))
        }
        Kind::Dot { axes } => {
            let shapes = [writer.shape(operands[0]), writer.shape(operands[1])];
            let (parts, part) = sums(axes, &shapes[0], &shapes[1])?;
            let sum = writer.sum_of_products(axes, [operands[0], operands[1]], parts, part);
            Some(writer.cast(sum, node.aval.dtype))
        }
        Kind::Scan { op, axis, reverse } => {
            Some(writer.scan(*op, operands[0], operands.get(1).copied(), *axis as usize, *reverse))
        }
        Kind::ArgSort { axis } => Some(writer.argsort(operands[0], *axis as usize)),
        Kind::Scatter { axis, op } => Some(writer.scatter(*op, operands[0], operands[1], operands[2], *axis as usize)),
        _ => None,
    }
}

/// Could a reduction or a contraction be split?
pub(crate) fn splits(graph: &Graph, node: &Node) -> bool {
    let shape = |at: usize| &graph.aval(node.operands[at]).shape;
    match &node.kind {
        Kind::Reduce { axes, .. } => parts(shape(0), axes, false).is_some(),
        Kind::Dot { axes } => sums(axes, shape(0), shape(1)).is_some(),
        _ => false,
    }
}

/// (parts, length of a part) of a contraction whose sums are long: few results would leave a device idle, one invocation would add up
/// for long, and llvmpipe (Mesa 22.3) silently ends its loops after 65,535 iterations.
fn sums(axes: &DotAxes, left: &Shape, right: &Shape) -> Option<(i64, i64)> {
    let [(along, _)] = axes.contract.as_slice() else { return None };
    let length = left.0[*along as usize].as_const().filter(|length| *length > SPLIT_SUM)?;
    let batch = axes.batch.iter().try_fold(1, |n, (axis, _)| Some(n * left.0[*axis as usize].as_const()?))?;
    let (read, other) = (left.size().as_const()?, right.size().as_const()?);
    let results = (read / length) * (other / length) / batch.max(1);
    // As many as keep a device busy, as long as storing what each gives is less than what is read.
    let parts = (length / SPLIT_PART).min((read + other) / results.max(1)).min(SPLIT_MOST_PARTS);
    let part = (length + parts.max(1) - 1) / parts.max(1);
    let part = part.min(SPLIT_SUM);
    Some(((length + part - 1) / part, part))
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
    if rows > SPLIT_BUSY_ROWS || length <= if again { SPLIT_ROW } else { SPLIT_PURE_ROW } {
        return None;
    }
    let wanted = (length / SPLIT_PART).clamp(2, SPLIT_MOST_PARTS);
    // A count that divides the row needs no padding.
    let exact = (2..=wanted).rev().take(512).find(|p| length % p == 0);
    Some((rows, length, exact.filter(|p| *p * 4 >= wanted).unwrap_or(wanted)))
}

impl Writer<'_> {
    /// The contraction with its sums in parts, a batch of contractions, and the sum of what they give; in float32.
    fn sum_of_products(&mut self, axes: &DotAxes, operands: [NodeId; 2], parts: i64, part: i64) -> NodeId {
        let (left, right) = axes.contract[0];
        let apart = [(operands[0], left), (operands[1], right)].map(|(x, axis)| {
            let axis = axis as usize;
            let x = self.cast(x, DType::Float32);
            let length = self.shape(x).0[axis].clone();
            let filler = Dim::Const(parts * part).sub(&length);
            let x = self.pad(x, axis, (Dim::ZERO, filler), Scalar::f32(0.0));
            let mut shape = self.shape(x);
            shape.0[axis] = Dim::Const(part);
            shape.0.insert(axis, Dim::Const(parts));
            self.reshape(x, shape)
        });
        // Axes behind the one that became two are one further.
        let further = |axis: u32, split: u32| if axis > split { axis + 1 } else { axis };
        let kept = axes.batch.iter().map(|(l, r)| (further(*l, left), further(*r, right)));
        let batch = [(left, right)].into_iter().chain(kept).collect();
        let axes = DotAxes { batch, contract: smallvec![(left + 1, right + 1)] };
        let sums = self.add(Kind::Dot { axes }, &apart);
        self.reduce(ReduceOp::Sum, sums, 0)
    }

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
