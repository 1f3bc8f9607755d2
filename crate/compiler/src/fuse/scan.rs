//! Running sums and the like, as reductions: an element is the reduction of what comes before it in its block, combined with the
//! scan of the blocks before.
//!
//! Blocks are short, so the work is a few loads per element, from cache; every level is a dispatch of its own, and none relies on
//! one workgroup waiting for another, which WebGPU does not promise to work.

use super::write::{Writer, round_up};
use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::NodeId;
use crate::kind::{Axes, CombineOp, Kind, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use smallvec::smallvec;

/// Elements of a block.
const BLOCK: i64 = 32;
/// Axes up to this length are one block.
const SHORT: i64 = 128;
/// Levels of an axis of unknown length; what is left then is scanned as one block.
const LEVELS: u32 = 3;

/// The combination of two, and of many.
fn ops(op: CombineOp) -> (Op, Option<ReduceOp>) {
    match op {
        CombineOp::Add => (Op::Add, Some(ReduceOp::Sum)),
        CombineOp::Mul => (Op::Mul, Some(ReduceOp::Prod)),
        CombineOp::Max => (Op::Maximum, Some(ReduceOp::Max)),
        CombineOp::Min => (Op::Minimum, Some(ReduceOp::Min)),
        CombineOp::LogAddExp => (Op::LogAddExp, None),
        CombineOp::Set => unreachable!("nothing accumulates by set"),
    }
}

/// What changes nothing.
pub(super) fn neutral(op: CombineOp, dtype: DType) -> Scalar {
    match ops(op).1 {
        Some(reduce) => reduce.start(dtype),
        None => Scalar::from_f64(dtype, f64::NEG_INFINITY),
    }
}

impl Writer<'_> {
    /// The scan of a tensor.
    pub fn scan(&mut self, op: CombineOp, x: NodeId, axis: usize, reverse: bool) -> NodeId {
        let (shape, dtype) = (self.shape(x), self.dtype(x));
        let wide = match dtype {
            // Rounded once, not once per level.
            DType::Float16 => DType::Float32,
            // The largest of bools.
            DType::Bool => DType::UInt32,
            DType::Float32 | DType::Int32 | DType::UInt32 => dtype,
        };
        let x = self.cast(x, wide);
        let around = self.around(x, axis);
        let x = self.reshape(x, around);
        let y = self.scan_middle(op, x, reverse, 1);
        let y = self.reshape(y, shape);
        self.cast(y, dtype)
    }

    /// Of [outer, n, inner] along n.
    fn scan_middle(&mut self, op: CombineOp, x: NodeId, reverse: bool, level: u32) -> NodeId {
        let shape = self.shape(x);
        let (outer, n, inner) = (shape.0[0].clone(), shape.0[1].clone(), shape.0[2].clone());
        if n.as_const().map_or(level > LEVELS, |n| n <= SHORT) {
            return self.scan_block(op, x, reverse);
        }
        let none = neutral(op, self.dtype(x));
        let padded = round_up(&n, BLOCK);
        let filler = padded.sub(&n);
        // Where the scan ends, so that no result sees it.
        let widths = if reverse { (filler, Dim::ZERO) } else { (Dim::ZERO, filler) };
        let skipped = widths.0.clone();
        let x = self.pad(x, 1, widths, none);
        let blocks = n.add(&Dim::Const(BLOCK - 1)).floor_div(&Dim::Const(BLOCK), &super::write::unknown);
        let apart: Shape = [outer.clone(), blocks.clone(), Dim::Const(BLOCK), inner.clone()].into_iter().collect();
        let x = self.reshape(x, apart.clone());
        let totals = self.total(op, x);
        let totals = self.scan_middle(op, totals, reverse, level + 1);
        // The total of what comes before a block is that of the block before it.
        let before = if reverse {
            let longer = self.pad(totals, 1, (Dim::ZERO, Dim::ONE), none);
            self.part(longer, 1, Dim::ONE, 1, blocks.clone())
        } else {
            let longer = self.pad(totals, 1, (Dim::ONE, Dim::ZERO), none);
            self.part(longer, 1, Dim::ZERO, 1, blocks.clone())
        };
        let before = self.broadcast(before, &apart, smallvec![0, 1, 3]);
        // Blocks as rows of their own: [outer * blocks, BLOCK, inner].
        let rows: Shape = [outer.mul(&blocks), Dim::Const(BLOCK), inner.clone()].into_iter().collect();
        let within = self.reshape(x, rows);
        let within = self.scan_block(op, within, reverse);
        let within = self.reshape(within, apart);
        let y = self.map(ops(op).0, &[before, within]);
        let y = self.reshape(y, [outer, padded, inner].into_iter().collect());
        self.part(y, 1, skipped, 1, n)
    }

    /// The combination of axis 2 of [outer, blocks, block, inner].
    fn total(&mut self, op: CombineOp, x: NodeId) -> NodeId {
        match ops(op).1 {
            Some(reduce) => self.reduce(reduce, x, 2),
            None => self.log_sum(x, 2, None),
        }
    }

    /// Of [outer, n, inner] along n: for each place a reduction of what comes before it.
    fn scan_block(&mut self, op: CombineOp, x: NodeId, reverse: bool) -> NodeId {
        let shape = self.shape(x);
        let n = shape.0[1].clone();
        let square: Shape = [shape.0[0].clone(), n.clone(), n.clone(), shape.0[2].clone()].into_iter().collect();
        let plane: Shape = [n.clone(), n].into_iter().collect();
        let axes: Axes = smallvec![1, 2];
        let (at, from) = (self.iota(&plane, 0), self.iota(&plane, 1));
        let reached = self.map(if reverse { Op::GreaterEqual } else { Op::LessEqual }, &[from, at]);
        let reached = self.view(View::Broadcast { shape: square.clone(), axes }, reached);
        let x = self.view(View::Broadcast { shape: square.clone(), axes: smallvec![0, 2, 3] }, x);
        let none = self.fill(neutral(op, self.dtype(x)), &square);
        let seen = self.map(Op::Where, &[reached, x, none]);
        match ops(op).1 {
            Some(reduce) => self.reduce(reduce, seen, 2),
            None => self.log_sum(seen, 2, Some(reached)),
        }
    }

    /// ln of the sum of e^x along an axis, of those places that count.
    fn log_sum(&mut self, x: NodeId, axis: usize, counts: Option<NodeId>) -> NodeId {
        let shape = self.shape(x);
        let largest = self.reduce(ReduceOp::Max, x, axis);
        // An infinite maximum must not be subtracted from itself: with 0 instead, e^x says what is right.
        let finite = self.map(Op::IsFinite, &[largest]);
        let small = self.shape(largest);
        let zero = self.fill(Scalar::f32(0.0), &small);
        let shift = self.map(Op::Where, &[finite, largest, zero]);
        let kept: Axes = (0..shape.rank() as u32).filter(|a| *a as usize != axis).collect();
        let wide = self.view(View::Broadcast { shape: shape.clone(), axes: kept }, shift);
        let centred = self.map(Op::Sub, &[x, wide]);
        let mut power = self.map(Op::Exp, &[centred]);
        if let Some(counts) = counts {
            let nothing = self.fill(Scalar::f32(0.0), &shape);
            power = self.map(Op::Where, &[counts, power, nothing]);
        }
        let total = self.add(Kind::Reduce { op: ReduceOp::Sum, axes: smallvec![axis as u32] }, &[power]);
        let log = self.map(Op::Log, &[total]);
        self.map(Op::Add, &[log, shift])
    }
}
