//! The positions that sort an axis, by counting.
//!
//! Short axes: the rank of an element is how many come before it, and the element of rank r is the one whose rank is r; both are
//! reductions over all pairs. Others: a radix sort, two bits of the keys at a time, from the lowest. A pass counts the four digits in
//! blocks of 32 elements, as a running sum in the four bytes of a word; scans the counts of all blocks, digit by digit; and stores
//! every key and its position where these two say, which is one dispatch. The passes are a loop, so sixteen of them compile in the time of
//! one, whatever the length of the axis, known or not. All of it is stable: of equal elements the first wins.

use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::{Graph, NodeId};
use crate::kind::{Axes, CombineOp, Kind, ReduceOp, View};
use crate::ops::Op;
use crate::shape::{Aval, Shape};
use crate::tuning::{SORT_BLOCK, SORT_PAIRS, SORT_SHORT};
use crate::write::{Writer, round_up};
use smallvec::smallvec;
use std::sync::Arc;

/// Bits of a key that one pass sorts by: as many digits as a word has bytes.
const DIGIT_BITS: u32 = 2;
const DIGITS: i64 = 1 << DIGIT_BITS;

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
        let keys = self.add(Kind::SortKey, &[x]);
        let order = self.order(keys, 32);
        let order = self.reshape(order, turned);
        let mut back: Axes = smallvec![0; permutation.len()];
        for (at, axis) in permutation.iter().enumerate() {
            back[*axis as usize] = at as u32;
        }
        self.transpose(order, back)
    }

    /// uint32 positions that sort [rows, n] uint32 keys along n; all bits of a key from that one on are 0.
    pub fn order(&mut self, keys: NodeId, bits: u32) -> NodeId {
        let shape = self.shape(keys);
        let pairs = shape.size().mul(&shape.0[1]);
        match (shape.0[1].as_const(), pairs.as_const()) {
            (Some(n), Some(pairs)) if n <= SORT_SHORT || pairs <= SORT_PAIRS => self.order_by_ranks(keys),
            _ => self.order_by_digits(keys, bits),
        }
    }

    fn order_by_ranks(&mut self, keys: NodeId) -> NodeId {
        let shape = self.shape(keys);
        let (rows, n) = (shape.0[0].clone(), shape.0[1].clone());
        // [rows, i, j]: does j come before i?
        let pairs: Shape = [rows.clone(), n.clone(), n].into_iter().collect();
        let first = self.view(View::Broadcast { shape: pairs.clone(), axes: smallvec![0, 1] }, keys);
        let second = self.view(View::Broadcast { shape: pairs.clone(), axes: smallvec![0, 2] }, keys);
        let (i, j) = (self.place(&pairs, 1), self.place(&pairs, 2));
        let earlier = self.map(Op::Less, &[j, i]);
        let not_after = self.map(Op::LessEqual, &[second, first]);
        let smaller = self.map(Op::Less, &[second, first]);
        let before = self.map(Op::Where, &[earlier, not_after, smaller]);
        let before = self.cast(before, DType::UInt32);
        let rank = self.reduce(ReduceOp::Sum, before, 2);
        let rank = self.store(rank);
        // [rows, r, i]: is r the rank of i?
        let ranks = self.view(View::Broadcast { shape: pairs.clone(), axes: smallvec![0, 2] }, rank);
        let found = self.map(Op::Equal, &[ranks, i]);
        let none = self.fill(Scalar::u32(0), &pairs);
        let position = self.map(Op::Where, &[found, j, none]);
        self.reduce(ReduceOp::Sum, position, 2)
    }

    fn order_by_digits(&mut self, keys: NodeId, bits: u32) -> NodeId {
        let shape = self.shape(keys);
        let (rows, n) = (shape.0[0].clone(), shape.0[1].clone());
        let total = round_up(&n, SORT_BLOCK);
        let blocks = n.add(&Dim::Const(SORT_BLOCK - 1)).floor_div(&Dim::Const(SORT_BLOCK), &crate::write::unknown);
        // What fills the last block comes last, behind equal elements of the axis itself.
        let last = Scalar::u32(u32::MAX >> (32 - bits.clamp(1, 32)));
        let keys = self.pad(keys, 1, (Dim::ZERO, total.sub(&n)), last);
        let whole: Shape = [rows.clone(), total.clone()].into_iter().collect();
        let flat: Shape = [rows.mul(&total)].into_iter().collect();
        let order = self.place(&whole, 1);
        let (keys, order) = (self.reshape(keys, flat.clone()), self.reshape(order, flat));
        let shift = self.add(Kind::Literal { value: Scalar::u32(0) }, &[]);
        let body = Arc::new(pass(&rows, &blocks, self.from));
        let passes = Dim::Const(i64::from(bits.div_ceil(DIGIT_BITS)));
        let order = self.repeat(&body, &passes, &[keys, order, shift], 1);
        let order = self.reshape(order, whole);
        self.part(order, 1, Dim::ZERO, 1, n)
    }
}

/// One pass over [rows * blocks * SORT_BLOCK] keys and positions, from a bit on: both in the order of that digit, and the next bit.
/// All its nodes come from the traced nodes `from`.
fn pass(rows: &Dim, blocks: &Dim, from: &[u32]) -> Graph {
    let mut graph = Graph::new();
    let (mut materialised, mut kept) = (Vec::new(), 0);
    let mut writer = Writer { graph: &mut graph, from, materialised: &mut materialised, kept: &mut kept };
    let w = &mut writer;
    let apart: Shape = [rows.clone(), blocks.clone(), Dim::Const(SORT_BLOCK)].into_iter().collect();
    let flat: Shape = [apart.size()].into_iter().collect();
    let input = |w: &mut Writer, index: u32, shape: &Shape| {
        let aval = Box::new(Aval::new(shape.clone(), DType::UInt32));
        w.add(Kind::Input { index, aval }, &[])
    };
    let (keys, order, shift) = (input(w, 0, &flat), input(w, 1, &flat), input(w, 2, &Shape::scalar()));

    // Eight times the digit: where its byte begins.
    let digits = |w: &mut Writer| {
        let apart_keys = w.reshape(keys, apart.clone());
        let by = w.broadcast(shift, &apart, smallvec![]);
        let digit = w.map(Op::RightShift, &[apart_keys, by]);
        let digit = w.counting(Op::BitwiseAnd, digit, DIGITS - 1);
        let byte = w.counting(Op::Mul, digit, 8);
        (digit, byte)
    };
    let byte_of = |w: &mut Writer, word: NodeId, byte: NodeId| {
        let there = w.map(Op::RightShift, &[word, byte]);
        w.counting(Op::BitwiseAnd, there, 255)
    };
    let (digit, byte) = digits(w);
    let one = w.fill(Scalar::u32(1), &apart);
    let one = w.map(Op::LeftShift, &[one, byte]);
    let within = w.add(Kind::Scan { op: CombineOp::Add, axis: 2, reverse: false }, &[one]);

    // [rows, digit, blocks]: how many of each block, then how many before: of smaller digits, and in the blocks before.
    let table: Shape = [rows.clone(), Dim::Const(DIGITS), blocks.clone()].into_iter().collect();
    let totals = w.part(within, 2, Dim::Const(SORT_BLOCK - 1), 1, Dim::ONE);
    let totals = w.reshape(totals, [rows.clone(), blocks.clone()].into_iter().collect());
    let totals = w.broadcast(totals, &table, smallvec![0, 2]);
    let which = w.place(&table, 1);
    let which = w.counting(Op::Mul, which, 8);
    let counts = byte_of(w, totals, which);
    let line: Shape = [rows.clone(), blocks.scale(DIGITS)].into_iter().collect();
    let counts = w.reshape(counts, line.clone());
    let up_to = w.add(Kind::Scan { op: CombineOp::Add, axis: 1, reverse: false }, &[counts]);
    let before = w.map(Op::Sub, &[up_to, counts]);
    let before = w.reshape(before, [line.size()].into_iter().collect());

    let (row, block) = (w.place(&apart, 0), w.place(&apart, 1));
    let width = w.length(blocks, &apart);
    let line_of = w.counting(Op::Mul, row, DIGITS);
    let line_of = w.map(Op::Add, &[line_of, digit]);
    let line_of = w.map(Op::Mul, &[line_of, width]);
    let at = w.map(Op::Add, &[line_of, block]);
    let before = w.gather(before, at, 0);
    let among = byte_of(w, within, byte);
    let place = w.map(Op::Add, &[before, among]);
    let place = w.counting(Op::Sub, place, 1);
    let first = w.counting(Op::Mul, width, SORT_BLOCK);
    let first = w.map(Op::Mul, &[row, first]);
    let place = w.map(Op::Add, &[first, place]);
    let place = w.reshape(place, flat);
    let keys = w.add(Kind::Permute, &[keys, place]);
    let order = w.add(Kind::Permute, &[order, place]);
    let shift = w.counting(Op::Add, shift, i64::from(DIGIT_BITS));
    graph.set_outputs(&[keys, order, shift]);
    graph
}
