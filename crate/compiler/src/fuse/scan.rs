//! Running sums and the like on GPUs, in work that grows with the length: blocks are scanned where they are, their totals are scanned
//! as a shorter axis, and what comes before a block is combined with all that is in it.
//!
//! The scans of blocks stay scans: a kernel walks each in order ([`crate::kernel::Inst::Running`]), computes what it scans once, and
//! stores its results once. What is left, combining with what comes before, is a map, and fuses with whatever uses it. Every level is a
//! dispatch of its own; none relies on one workgroup waiting for another, which WebGPU does not promise to work.

use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::NodeId;
use crate::kind::{CombineOp, Kind};
use crate::ops::Op;
use crate::shape::Shape;
use crate::tuning::{SCAN_BLOCK, SCAN_LEVELS, SCAN_SHORT};
use crate::write::{Writer, round_up};
use smallvec::smallvec;

/// Is an axis scanned as one block at that level?
fn is_block(n: &Dim, level: u32) -> bool {
    n.as_const().map_or(level > SCAN_LEVELS, |n| n <= SCAN_SHORT)
}

/// The combination of two.
pub(super) fn pair(op: CombineOp) -> Op {
    match op {
        CombineOp::Add => Op::Add,
        CombineOp::Mul => Op::Mul,
        CombineOp::Max => Op::Maximum,
        CombineOp::Min => Op::Minimum,
        CombineOp::LogAddExp => Op::LogAddExp,
        CombineOp::Set => unreachable!("nothing accumulates by set"),
    }
}

/// In what a scan of that dtype runs: float16 is rounded once and not once per level, and the largest of bools is a number.
pub(super) fn wide(dtype: DType) -> DType {
    match dtype {
        DType::Float16 => DType::Float32,
        DType::Bool => DType::UInt32,
        DType::Float32 | DType::Int32 | DType::UInt32 => dtype,
    }
}

impl Writer<'_> {
    /// The scan of a tensor.
    pub fn scan(&mut self, op: CombineOp, x: NodeId, starts: Option<NodeId>, axis: usize, reverse: bool) -> NodeId {
        let (shape, dtype) = (self.shape(x), self.dtype(x));
        let around = self.around(x, axis);
        let x = self.cast(x, wide(dtype));
        let x = self.reshape(x, around.clone());
        let y = match starts {
            None => self.scan_middle(op, x, reverse, 1),
            Some(starts) => {
                // Where nobody made these pieces from keys, one invocation walks each line.
                let starts = self.reshape(starts, around);
                self.add(Kind::Scan { op, axis: 1, reverse }, &[x, starts])
            }
        };
        let y = self.reshape(y, shape);
        self.cast(y, dtype)
    }

    /// Of [outer, n, inner] along n.
    fn scan_middle(&mut self, op: CombineOp, x: NodeId, reverse: bool, level: u32) -> NodeId {
        let n = self.shape(x).0[1].clone();
        if n.is(1) {
            return x;
        }
        if is_block(&n, level) {
            return self.add(Kind::Scan { op, axis: 1, reverse }, &[x]);
        }
        let none = op.start(self.dtype(x));
        let Blocked { x, apart, skipped } = self.blocks(x, none, reverse);
        let within = self.add(Kind::Scan { op, axis: 2, reverse }, &[x]);
        let within = self.store(within);
        let totals = self.totals(within, reverse);
        let totals = self.scan_middle(op, totals, reverse, level + 1);
        let before = self.blocks_before(totals, none, reverse);
        let before = self.broadcast(before, &apart, smallvec![0, 1, 3]);
        let y = self.map(pair(op), &[before, within]);
        self.unblocked(y, skipped, n)
    }

    /// The runs of equal keys of [outer, n, inner] along n, each scanned by itself. The keys, `int32[n]`, ascend, so a run that goes on in
    /// another block is the last of its block, and a block that it fills has one key only.
    pub fn scan_runs(&mut self, op: CombineOp, x: NodeId, keys: NodeId) -> NodeId {
        self.scan_runs_at(op, x, keys, 1)
    }

    fn scan_runs_at(&mut self, op: CombineOp, x: NodeId, keys: NodeId, level: u32) -> NodeId {
        let shape = self.shape(x);
        let n = shape.0[1].clone();
        if n.is(1) {
            return x;
        }
        if is_block(&n, level) {
            let starts = self.starts(keys);
            let starts = self.broadcast(starts, &shape, smallvec![1]);
            return self.add(Kind::Scan { op, axis: 1, reverse: false }, &[x, starts]);
        }
        let none = op.start(self.dtype(x));
        let Blocked { x, apart, skipped } = self.blocks(x, none, false);
        let padded = apart.0[1].mul(&apart.0[2]);
        // What fills the last block is a run of its own.
        let keys = self.pad(keys, 0, (Dim::ZERO, padded.sub(&n)), Scalar::i32(i32::MAX));
        let keys = self.reshape(keys, [apart.0[1].clone(), apart.0[2].clone()].into_iter().collect());
        let starts = self.starts_in_rows(keys);
        let starts = self.broadcast(starts, &apart, smallvec![1, 2]);
        let within = self.add(Kind::Scan { op, axis: 2, reverse: false }, &[x, starts]);
        let within = self.store(within);
        let totals = self.totals(within, false);
        let last = self.part(keys, 1, apart.0[2].sub(&Dim::ONE), 1, Dim::ONE);
        let last = self.reshape(last, [apart.0[1].clone()].into_iter().collect());
        let totals = self.scan_runs_at(op, totals, last, level + 1);
        let before = self.blocks_before(totals, none, false);
        // Of each block: the key before it.
        let key_before = self.pad(last, 0, (Dim::ONE, Dim::ZERO), Scalar::i32(-1));
        let key_before = self.part(key_before, 0, Dim::ZERO, 1, apart.0[1].clone());
        let plane = self.shape(keys);
        let key_before = self.broadcast(key_before, &plane, smallvec![0]);
        let goes_on = self.map(Op::Equal, &[keys, key_before]);
        let goes_on = self.broadcast(goes_on, &apart, smallvec![1, 2]);
        let before = self.broadcast(before, &apart, smallvec![0, 1, 3]);
        let both = self.map(pair(op), &[before, within]);
        let y = self.map(Op::Where, &[goes_on, both, within]);
        self.unblocked(y, skipped, n)
    }

    /// Where the runs of ascending keys start.
    fn starts(&mut self, keys: NodeId) -> NodeId {
        let n = self.shape(keys);
        let row = self.reshape(keys, [Dim::ONE, n.0[0].clone()].into_iter().collect());
        let starts = self.starts_in_rows(row);
        self.reshape(starts, n)
    }

    /// The same in each of some rows, whose first elements start nothing: nothing is before them that they could go on with.
    fn starts_in_rows(&mut self, keys: NodeId) -> NodeId {
        let n = self.shape(keys).0[1].clone();
        let before = self.pad(keys, 1, (Dim::ONE, Dim::ZERO), Scalar::i32(-1));
        let before = self.part(before, 1, Dim::ZERO, 1, n);
        self.map(Op::NotEqual, &[keys, before])
    }

    /// [outer, n, inner] as [outer, blocks, SCAN_BLOCK, inner].
    fn blocks(&mut self, x: NodeId, none: Scalar, reverse: bool) -> Blocked {
        let shape = self.shape(x);
        let (outer, n, inner) = (shape.0[0].clone(), shape.0[1].clone(), shape.0[2].clone());
        let filler = round_up(&n, SCAN_BLOCK).sub(&n);
        // Where the scan ends, so that no result sees it.
        let widths = if reverse { (filler, Dim::ZERO) } else { (Dim::ZERO, filler) };
        let skipped = widths.0.clone();
        let x = self.pad(x, 1, widths, none);
        let blocks = n.add(&Dim::Const(SCAN_BLOCK - 1)).floor_div(&Dim::Const(SCAN_BLOCK), &crate::write::unknown);
        let apart: Shape = [outer, blocks, Dim::Const(SCAN_BLOCK), inner].into_iter().collect();
        Blocked { x: self.reshape(x, apart.clone()), apart, skipped }
    }

    /// Of each block what its scan ends with: [outer, blocks, inner].
    fn totals(&mut self, within: NodeId, reverse: bool) -> NodeId {
        let shape = self.shape(within);
        let end = if reverse { Dim::ZERO } else { shape.0[2].sub(&Dim::ONE) };
        let totals = self.part(within, 2, end, 1, Dim::ONE);
        self.reshape(totals, [0, 1, 3].map(|axis| shape.0[axis].clone()).into_iter().collect())
    }

    /// Of the scanned totals of blocks: what comes before each block.
    fn blocks_before(&mut self, totals: NodeId, none: Scalar, reverse: bool) -> NodeId {
        let blocks = self.shape(totals).0[1].clone();
        let (widths, first) =
            if reverse { ((Dim::ZERO, Dim::ONE), Dim::ONE) } else { ((Dim::ONE, Dim::ZERO), Dim::ZERO) };
        let longer = self.pad(totals, 1, widths, none);
        self.part(longer, 1, first, 1, blocks)
    }

    /// [outer, blocks, SCAN_BLOCK, inner] as [outer, n, inner].
    fn unblocked(&mut self, y: NodeId, skipped: Dim, n: Dim) -> NodeId {
        let shape = self.shape(y);
        let padded = shape.0[1].mul(&shape.0[2]);
        let y = self.reshape(y, [shape.0[0].clone(), padded, shape.0[3].clone()].into_iter().collect());
        self.part(y, 1, skipped, 1, n)
    }
}

/// An axis in blocks.
struct Blocked {
    x: NodeId,
    apart: Shape,
    /// How much fills the first block.
    skipped: Dim,
}
