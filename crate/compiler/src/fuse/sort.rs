//! The positions that sort an axis, as reductions and look-ups.
//!
//! Short axes: the rank of an element is how many come before it, and the element of rank r is the one whose rank is r; both are
//! reductions over all pairs. Long axes: blocks are sorted so, then merged two by two. In a merge every result finds by bisection
//! how many of the elements before it come from the first block (the "merge path" of Odeh, Green, Mwassi, Shmueli and Birk, 2012),
//! so merging is a map with look-ups inside, and every level is a dispatch. All of it is stable: of equal elements the first wins.

use super::write::{Writer, round_up};
use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::NodeId;
use crate::kind::{Axes, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use smallvec::smallvec;

/// Axes up to this length are sorted by counting alone.
const SHORT: i64 = 1024;
/// Elements of a block that is sorted by counting before it is merged.
const BLOCK: i64 = 256;

impl Writer<'_> {
    /// uint32 positions that sort a tensor along an axis.
    pub fn argsort(&mut self, x: NodeId, axis: usize) -> NodeId {
        let shape = self.shape(x);
        let x = match self.dtype(x) {
            DType::Bool => self.cast(x, DType::UInt32),
            DType::Float16 => self.cast(x, DType::Float32),
            DType::Float32 | DType::Int32 | DType::UInt32 => x,
        };
        // The sorted axis last: [rows, n].
        let mut permutation: Axes = (0..shape.rank() as u32).filter(|a| *a as usize != axis).collect();
        permutation.push(axis as u32);
        let x = self.transpose(x, permutation.clone());
        let turned = self.shape(x);
        let n = shape.0[axis].clone();
        let rows = turned.dims()[..turned.rank() - 1].iter().fold(Dim::ONE, |count, d| count.mul(d));
        let x = self.reshape(x, [rows, n.clone()].into_iter().collect());
        let order = match n.as_const() {
            Some(n) if n > SHORT => self.sort_by_merging(x, n),
            _ => self.sort_by_counting(x),
        };
        let order = self.cast(order, DType::UInt32);
        let order = self.reshape(order, turned);
        let mut back: Axes = smallvec![0; permutation.len()];
        for (at, axis) in permutation.iter().enumerate() {
            back[*axis as usize] = at as u32;
        }
        self.transpose(order, back)
    }

    /// int32 positions that sort [rows, n] along n.
    fn sort_by_counting(&mut self, x: NodeId) -> NodeId {
        let shape = self.shape(x);
        let (rows, n) = (shape.0[0].clone(), shape.0[1].clone());
        // [rows, i, j]: does j come before i?
        let pairs: Shape = [rows.clone(), n.clone(), n].into_iter().collect();
        let first = self.view(View::Broadcast { shape: pairs.clone(), axes: smallvec![0, 1] }, x);
        let second = self.view(View::Broadcast { shape: pairs.clone(), axes: smallvec![0, 2] }, x);
        let (i, j) = (self.iota(&pairs, 1), self.iota(&pairs, 2));
        let smaller = self.comes_before(second, first);
        let larger = self.comes_before(first, second);
        let equal = self.map(Op::LogicalNot, &[larger]);
        let earlier = self.map(Op::Less, &[j, i]);
        let earlier = self.map(Op::LogicalAnd, &[equal, earlier]);
        let before = self.map(Op::LogicalOr, &[smaller, earlier]);
        let before = self.cast(before, DType::Int32);
        let rank = self.reduce(ReduceOp::Sum, before, 2);
        let rank = self.store(rank);
        // [rows, r, i]: is r the rank of i?
        let ranks = self.view(View::Broadcast { shape: pairs.clone(), axes: smallvec![0, 2] }, rank);
        let found = self.map(Op::Equal, &[ranks, i]);
        let none = self.number(0, &pairs);
        let position = self.map(Op::Where, &[found, j, none]);
        self.reduce(ReduceOp::Sum, position, 2)
    }

    fn sort_by_merging(&mut self, x: NodeId, n: i64) -> NodeId {
        let rows = self.shape(x).0[0].clone();
        let total = round_up(&Dim::Const(n), BLOCK).as_const().expect("of a number");
        // What fills the last block comes last, behind equal elements of the axis itself.
        let last = match self.dtype(x) {
            DType::Int32 => Scalar::i32(i32::MAX),
            DType::UInt32 => Scalar::u32(u32::MAX),
            DType::Float32 | DType::Float16 | DType::Bool => Scalar::f32(f32::NAN),
        };
        let x = self.pad(x, 1, (Dim::ZERO, Dim::Const(total - n)), last);
        let whole: Shape = [rows.clone(), Dim::Const(total)].into_iter().collect();
        let flat: Shape = [rows.mul(&Dim::Const(total))].into_iter().collect();
        let blocks: Shape = [rows.mul(&Dim::Const(total / BLOCK)), Dim::Const(BLOCK)].into_iter().collect();
        let keys = self.reshape(x, flat.clone());
        let within = self.reshape(x, blocks);
        let order = self.sort_by_counting(within);
        let order = self.reshape(order, whole.clone());
        let (row, at) = (self.iota(&whole, 0), self.iota(&whole, 1));
        let base = self.with(Op::Mul, row, total as i32);
        let inside = self.with(Op::Mod, at, BLOCK as i32);
        let start = self.map(Op::Sub, &[at, inside]);
        let mut order = self.map(Op::Add, &[order, start]);
        let place = self.map(Op::Add, &[base, order]);
        let mut keys = self.gather(keys, place, 0);
        let mut size = BLOCK;
        while size < total {
            (order, keys) = (self.store(order), self.store(keys));
            let merged = self.merged(keys, base, at, size, total);
            let place = self.map(Op::Add, &[base, merged]);
            let (all_keys, all_orders) = (self.reshape(keys, flat.clone()), self.reshape(order, flat.clone()));
            order = self.gather(all_orders, place, 0);
            keys = self.gather(all_keys, place, 0);
            size *= 2;
        }
        self.part(order, 1, Dim::ZERO, 1, Dim::Const(n))
    }

    /// For each place of [rows, total], whose blocks of `size` are sorted: the place in the row of the element that stands there
    /// when the blocks are merged two by two.
    fn merged(&mut self, keys: NodeId, base: NodeId, at: NodeId, size: i64, total: i64) -> NodeId {
        let shape = self.shape(keys);
        let flat: Shape = [shape.0[0].mul(&shape.0[1])].into_iter().collect();
        let keys = self.reshape(keys, flat);
        let size = size as i32;
        let zero = self.number(0, &shape);
        // The results before this one in its pair, the first block's start, and the lengths of both.
        let done = self.with(Op::Mod, at, size.saturating_mul(2));
        let start = self.map(Op::Sub, &[at, done]);
        let second = self.with(Op::Add, start, size);
        let end = self.number(total as i32, &shape);
        let left = self.map(Op::Sub, &[end, start]);
        let first_length = self.with(Op::Minimum, left, size);
        let left = self.map(Op::Sub, &[end, second]);
        let second_length = self.with(Op::Minimum, left, size);
        let second_length = self.map(Op::Maximum, &[second_length, zero]);
        let first_base = self.map(Op::Add, &[base, start]);
        let second_base = self.map(Op::Add, &[base, second]);
        let key = |w: &mut Self, base: NodeId, at: NodeId| {
            let place = w.map(Op::Add, &[base, at]);
            w.gather(keys, place, 0)
        };
        // How many of those before come from the first block: between low and high.
        let low = self.map(Op::Sub, &[done, second_length]);
        let mut low = self.map(Op::Maximum, &[low, zero]);
        let mut high = self.map(Op::Minimum, &[done, first_length]);
        for _ in 0..=size.ilog2() {
            let sum = self.map(Op::Add, &[low, high]);
            let middle = self.with(Op::RightShift, sum, 1);
            let a = key(self, first_base, middle);
            let other = self.map(Op::Sub, &[done, middle]);
            let other = self.with(Op::Sub, other, 1);
            let b = key(self, second_base, other);
            let open = self.map(Op::Less, &[low, high]);
            let b_first = self.comes_before(b, a);
            let a_first = self.map(Op::LogicalNot, &[b_first]);
            let up = self.map(Op::LogicalAnd, &[open, a_first]);
            let down = self.map(Op::LogicalAnd, &[open, b_first]);
            let above = self.with(Op::Add, middle, 1);
            low = self.map(Op::Where, &[up, above, low]);
            high = self.map(Op::Where, &[down, middle, high]);
        }
        let other = self.map(Op::Sub, &[done, low]);
        let (a, b) = (key(self, first_base, low), key(self, second_base, other));
        let b_first = self.comes_before(b, a);
        let a_first = self.map(Op::LogicalNot, &[b_first]);
        let b_is_out = self.map(Op::GreaterEqual, &[other, second_length]);
        let a_wins = self.map(Op::LogicalOr, &[b_is_out, a_first]);
        let a_is_left = self.map(Op::Less, &[low, first_length]);
        let takes_a = self.map(Op::LogicalAnd, &[a_is_left, a_wins]);
        let from_a = self.map(Op::Add, &[start, low]);
        let from_b = self.map(Op::Add, &[second, other]);
        self.map(Op::Where, &[takes_a, from_a, from_b])
    }
}
