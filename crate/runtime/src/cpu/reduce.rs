//! Accumulators of reductions: one per lane, folded to one per row.
//!
//! A row of a reduction meets an accumulator of as many lanes as a block has, so a long row is spread over hundreds of partial
//! results. Float sums leave their float32 lanes for a float64 total after a few blocks and products are float64 throughout, so that
//! a row of millions loses nothing to its length. Integers wrap, NaN wins, the first of equal positions wins.

use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kind::{CombineOp, ReduceOp};
use interfuse_compiler::tuning::cpu::BLOCKS_PER_FLUSH;
use interfuse_lanes::reduce::{self, Combine, Order, Positions};
use interfuse_lanes::serial::Update;

/// What scans and scatters combine with, as the loops say it.
pub fn update(op: CombineOp) -> Update {
    match op {
        CombineOp::Add => Update::Add,
        CombineOp::Mul => Update::Mul,
        CombineOp::Max => Update::Max,
        CombineOp::Min => Update::Min,
        CombineOp::LogAddExp => Update::LogAddExp,
        CombineOp::Set => Update::Set,
    }
}

/// The reduction of one value along the rows at hand.
#[derive(Debug)]
pub struct Accumulator {
    op: ReduceOp,
    dtype: DType,
    /// One per lane; for arg-reductions the best value.
    lanes: Vec<u32>,
    /// Arg-reductions: where the best value of the lane is.
    positions: Vec<u32>,
    /// Float sums and products: one per row at hand.
    totals: Vec<f64>,
    /// Lanes in use.
    filled: usize,
    /// Rows at hand: the innermost part of the lanes.
    rows: usize,
    blocks: u32,
}

impl Accumulator {
    /// For a reduction of values of `dtype`.
    pub fn new(op: ReduceOp, dtype: DType) -> Accumulator {
        let (lanes, positions, totals) = (Vec::new(), Vec::new(), Vec::new());
        Accumulator { op, dtype, lanes, positions, totals, filled: 0, rows: 0, blocks: 0 }
    }

    /// Is this a float sum or product, whose total is float64?
    fn has_totals(&self) -> bool {
        matches!(self.op, ReduceOp::Sum | ReduceOp::Prod) && self.dtype.is_float()
    }

    /// Begins `rows` rows next to each other.
    pub fn start(&mut self, rows: usize) {
        (self.rows, self.filled, self.blocks) = (rows, 0, 0);
        if self.has_totals() {
            self.totals.clear();
            self.totals.resize(rows, if self.op == ReduceOp::Prod { 1.0 } else { 0.0 });
        }
    }

    /// Takes a block in; lanes are row points x rows, rows innermost. The positions matter to arg-reductions only.
    pub fn update(&mut self, values: &[u32], positions: Positions) {
        if self.op == ReduceOp::Prod && self.dtype.is_float() {
            reduce::multiply(&mut self.totals, values);
            return;
        }
        // The first block is taken as it is; so are lanes that no block reached before.
        let known = self.filled.min(values.len());
        let (old, new) = values.split_at(known);
        let (op, dtype) = (self.op, self.dtype);
        if op.is_arg() {
            let order = order(op, dtype);
            reduce::choose(order, &mut self.lanes[..known], &mut self.positions[..known], old, positions);
            self.positions.truncate(self.filled);
            match positions {
                Positions::Same(position) => self.positions.resize(self.filled + new.len(), position),
                Positions::Lanes(positions) => self.positions.extend_from_slice(&positions[known..values.len()]),
            }
        } else {
            reduce::combine(combine(op, dtype), &mut self.lanes[..known], old);
        }
        if !new.is_empty() {
            self.lanes.truncate(self.filled);
            self.lanes.extend_from_slice(new);
            self.filled = values.len();
        }
        self.blocks += 1;
        if self.blocks == BLOCKS_PER_FLUSH && self.has_totals() {
            self.flush();
        }
    }

    /// Moves float32 partial sums to the totals.
    fn flush(&mut self) {
        reduce::add(&mut self.totals, &self.lanes[..self.filled]);
        (self.filled, self.blocks) = (0, 0);
    }

    /// Folds the lanes and writes one result per row, as lanes of the result's dtype.
    pub fn finish(&mut self, out: &mut [u32]) {
        let out = &mut out[..self.rows];
        if self.has_totals() {
            if self.op == ReduceOp::Sum {
                self.flush();
            }
            for (out, total) in out.iter_mut().zip(&self.totals) {
                *out = Scalar::from_f64(self.dtype, *total).lane();
            }
            return;
        }
        let (op, dtype) = (self.op, self.dtype);
        if self.filled == 0 {
            out.fill(if op.is_arg() { 0 } else { op.start(dtype).lane() });
            return;
        }
        // Fold the upper half of the row points onto the lower half until one is left.
        let mut points = self.filled / self.rows;
        while points > 1 {
            let upper = points / 2;
            let kept = (points - upper) * self.rows;
            let (low, high) = self.lanes[..points * self.rows].split_at_mut(kept);
            if op.is_arg() {
                let (at, other_at) = self.positions.split_at_mut(kept);
                let others = Positions::Lanes(other_at);
                reduce::choose(order(op, dtype), &mut low[..high.len()], at, high, others);
            } else {
                reduce::combine(combine(op, dtype), &mut low[..high.len()], high);
            }
            points -= upper;
        }
        out.copy_from_slice(if op.is_arg() { &self.positions[..self.rows] } else { &self.lanes[..self.rows] });
    }
}

/// The loop of a reduction of values of that dtype.
fn combine(op: ReduceOp, dtype: DType) -> Combine {
    let float = dtype.is_float();
    let signed = dtype == DType::Int32;
    match op {
        ReduceOp::Sum if float => Combine::FloatSum,
        ReduceOp::Sum => Combine::Sum,
        ReduceOp::Prod => Combine::Product,
        ReduceOp::Max if float => Combine::FloatMax,
        ReduceOp::Max if signed => Combine::IntMax,
        ReduceOp::Max => Combine::Max,
        ReduceOp::Min if float => Combine::FloatMin,
        ReduceOp::Min if signed => Combine::IntMin,
        ReduceOp::Min => Combine::Min,
        ReduceOp::Any => Combine::Or,
        ReduceOp::All => Combine::And,
        ReduceOp::ArgMax | ReduceOp::ArgMin => unreachable!("arg-reductions carry positions"),
    }
}

/// The order of an arg-reduction of values of that dtype.
fn order(op: ReduceOp, dtype: DType) -> Order {
    let largest = op == ReduceOp::ArgMax;
    match dtype {
        DType::Float16 | DType::Float32 if largest => Order::FloatUp,
        DType::Float16 | DType::Float32 => Order::FloatDown,
        DType::Int32 if largest => Order::IntUp,
        DType::Int32 => Order::IntDown,
        DType::UInt32 | DType::Bool if largest => Order::Up,
        DType::UInt32 | DType::Bool => Order::Down,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fl(bits: u32) -> f32 {
        f32::from_bits(bits)
    }

    fn run(op: ReduceOp, dtype: DType, rows: usize, blocks: &[&[u32]]) -> Vec<u32> {
        let mut acc = Accumulator::new(op, dtype);
        let mut out = vec![9; rows];
        // Twice: nothing may be left of the first time.
        for _ in 0..2 {
            acc.start(rows);
            let mut done = 0;
            for block in blocks {
                let positions: Vec<u32> = (0..block.len()).map(|lane| (done + lane / rows) as u32).collect();
                acc.update(block, Positions::Lanes(&positions));
                done += block.len() / rows;
            }
            acc.finish(&mut out);
        }
        out
    }

    fn bits(values: &[f32]) -> Vec<u32> {
        values.iter().map(|v| v.to_bits()).collect()
    }

    #[test]
    fn nan_wins_and_the_first_of_equals_is_found() {
        let f = DType::Float32;
        let (a, b) = (bits(&[1.0, 3.0, 3.0, -2.0]), bits(&[3.0, 2.0]));
        assert_eq!(run(ReduceOp::Max, f, 1, &[&a, &b]), bits(&[3.0]));
        assert_eq!(run(ReduceOp::ArgMax, f, 1, &[&a, &b]), [1]);
        assert_eq!(run(ReduceOp::ArgMin, f, 1, &[&a, &b]), [3]);
        assert_eq!(run(ReduceOp::ArgMax, f, 2, &[&a, &b]), [1, 0]);
        let n = bits(&[5.0, f32::NAN, 7.0, f32::NAN]);
        assert_eq!(run(ReduceOp::ArgMax, f, 1, &[&a, &n, &b]), [5]);
        assert_eq!(run(ReduceOp::ArgMin, f, 1, &[&a, &n, &b]), [5]);
        assert!(fl(run(ReduceOp::Max, f, 1, &[&n, &b])[0]).is_nan());
        assert!(fl(run(ReduceOp::Min, f, 2, &[&b, &n])[1]).is_nan());
        let infinite = bits(&[f32::NEG_INFINITY; 3]);
        assert_eq!(run(ReduceOp::ArgMax, f, 1, &[&infinite]), [0]);
    }

    #[test]
    fn nothing_gives_the_identity() {
        assert_eq!(run(ReduceOp::Sum, DType::Float32, 2, &[]), bits(&[0.0, 0.0]));
        assert_eq!(run(ReduceOp::Prod, DType::Float16, 1, &[]), bits(&[1.0]));
        assert_eq!(run(ReduceOp::Prod, DType::Int32, 1, &[]), [1]);
        assert_eq!(run(ReduceOp::All, DType::Bool, 1, &[]), [1]);
        assert_eq!(run(ReduceOp::Any, DType::Bool, 1, &[]), [0]);
    }

    #[test]
    fn integers_wrap_and_halves_round() {
        let max = u32::MAX;
        assert_eq!(run(ReduceOp::Sum, DType::UInt32, 1, &[&[max, 1, 5], &[2]]), [7]);
        assert_eq!(run(ReduceOp::Min, DType::Int32, 1, &[&[max, 1, 5], &[2]]), [max]);
        assert_eq!(run(ReduceOp::Min, DType::UInt32, 1, &[&[max, 1, 5], &[2]]), [1]);
        assert_eq!(run(ReduceOp::Sum, DType::Float16, 1, &[&bits(&[60000.0, 60000.0])]), bits(&[f32::INFINITY]));
        assert_eq!(run(ReduceOp::Sum, DType::Float16, 1, &[&bits(&[2048.0, 1.0])]), bits(&[2048.0]));
    }

    #[test]
    fn long_sums_and_partial_last_blocks_are_exact_where_float32_would_not_be() {
        let block = bits(&[1.1; 512]);
        let blocks: Vec<&[u32]> = (0..2000).map(|_| block.as_slice()).chain([&block[..6]]).collect();
        let points = 2000.0 * 512.0 + 6.0;
        let got = fl(run(ReduceOp::Sum, DType::Float32, 1, &blocks)[0]);
        assert!((f64::from(got) / (points * f64::from(1.1f32)) - 1.0).abs() < 2e-7, "{got}");
        let got = run(ReduceOp::Sum, DType::Float32, 2, &blocks);
        assert!((f64::from(fl(got[1])) / (points / 2.0 * f64::from(1.1f32)) - 1.0).abs() < 2e-7, "{got:?}");
    }
}
