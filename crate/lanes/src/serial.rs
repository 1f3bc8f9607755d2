//! Scans, sorts and scatters as plain loops over lines of memory: on one thread nothing is faster, and every order is kept.

use crate::dtype::{DType, Scalar};
use crate::ops::{Block, Op, block};
use half::f16;

/// Where the elements of lines along an axis are: neighbours on a line are `inner` apart.
#[derive(Clone, Copy, Debug)]
pub struct Lines {
    /// Points of the axes outside.
    pub outer: usize,
    /// Elements of a line.
    pub size: usize,
    /// Points of the axes inside.
    pub inner: usize,
}

impl Lines {
    /// Calls `line` with the first element of every line.
    #[inline(always)]
    fn each(self, mut line: impl FnMut(usize)) {
        for outer in 0..self.outer {
            for inner in 0..self.inner {
                line(outer * self.size * self.inner + inner);
            }
        }
    }
}

/// How an element meets what is there already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Update {
    /// Sum.
    Add,
    /// Product.
    Mul,
    /// The larger; NaN wins.
    Max,
    /// The smaller; NaN wins.
    Min,
    /// The log of the sum of exponentials; floats only.
    LogAddExp,
    /// The new one.
    Set,
}

const SIGN: u32 = 0x8000_0000;

/// An integer that orders floats: NaN of either sign above infinity, -0 equal to 0.
fn float_key(bits: u32) -> i32 {
    let magnitude = (bits & !SIGN) as i32;
    let signed = if bits & SIGN == 0 { magnitude } else { -magnitude };
    if magnitude > 0x7f80_0000 { i32::MAX } else { signed }
}

/// An integer in the order of sorting: NaN last, zeros of both signs equal.
pub fn key(dtype: DType, lane: u32) -> u32 {
    match dtype {
        DType::Float16 | DType::Float32 => float_key(lane) as u32 ^ SIGN,
        DType::Int32 => lane ^ SIGN,
        DType::UInt32 | DType::Bool => lane,
    }
}

/// [`key`] of a block of lanes.
#[inline(never)]
pub fn keys(dtype: DType, lanes: &[u32], out: &mut [u32]) {
    for (out, lane) in out.iter_mut().zip(lanes) {
        *out = key(dtype, *lane);
    }
}

/// The lane of an element.
fn get(words: &[u32], dtype: DType, at: usize) -> u32 {
    if dtype == DType::Float16 {
        let half = (words[at / 2] >> (16 * (at % 2))) as u16;
        f16::from_bits(half).to_f32().to_bits()
    } else {
        words[at]
    }
}

fn put(words: &mut [u32], dtype: DType, at: usize, lane: u32) {
    if dtype == DType::Float16 {
        let half = u32::from(f16::from_f32(f32::from_bits(lane)).to_bits());
        let shift = 16 * (at % 2);
        words[at / 2] = words[at / 2] & !(0xffff << shift) | half << shift;
    } else {
        words[at] = lane;
    }
}

/// The new lane where an old one meets another.
fn combine(op: Update, dtype: DType, old: u32, new: u32) -> u32 {
    let float = |f: fn(f32, f32) -> f32| f(f32::from_bits(old), f32::from_bits(new)).to_bits();
    match (op, dtype.is_float()) {
        (Update::Add, true) => float(|a, b| a + b),
        (Update::Mul, true) => float(|a, b| a * b),
        (Update::Add, false) => old.wrapping_add(new),
        (Update::Mul, false) => old.wrapping_mul(new),
        (Update::Max | Update::Min, true) => {
            // NaN has the largest key, and wins either way.
            let nan = |lane: u32| f32::from_bits(lane).is_nan();
            let larger = float_key(new) > float_key(old) || float_key(new) == float_key(old) && new < old;
            match (nan(old), nan(new)) {
                (true, _) => old,
                (_, true) => new,
                _ if larger == (op == Update::Max) => new,
                _ => old,
            }
        }
        (Update::Max, false) => {
            if key(dtype, new) > key(dtype, old) {
                new
            } else {
                old
            }
        }
        (Update::Min, false) => {
            if key(dtype, new) < key(dtype, old) {
                new
            } else {
                old
            }
        }
        (Update::LogAddExp, _) => {
            let Block::Binary(add) = block(Op::LogAddExp, DType::Float32) else { unreachable!("it takes two") };
            let mut sum = [0];
            add(&[old], &[new], &mut sum);
            sum[0]
        }
        (Update::Set, _) => new,
    }
}

/// The log of a growing sum of exponentials: the largest exponent, and the sum of the others' relative to it in float64, so that a million
/// terms lose nothing to their number.
struct LogSum {
    largest: f32,
    sum: f64,
}

impl Default for LogSum {
    fn default() -> LogSum {
        LogSum { largest: f32::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogSum {
    /// With one more term.
    fn add(&mut self, x: f32) -> f32 {
        if x > self.largest || x.is_nan() {
            self.sum = self.sum * f64::from(alone(Op::Exp, self.largest - x)) + 1.0;
            self.largest = x;
        } else if self.largest.is_finite() {
            self.sum += f64::from(alone(Op::Exp, x - self.largest));
        }
        // Infinities and NaN are what they are.
        if self.largest.is_finite() { self.largest + alone(Op::Log, self.sum as f32) } else { self.largest }
    }
}

/// An op of one number.
fn alone(op: Op, x: f32) -> f32 {
    let Block::Unary(f) = block(op, DType::Float32) else { unreachable!("it takes one") };
    let mut out = [0];
    f(&[x.to_bits()], &mut out);
    f32::from_bits(out[0])
}

/// Running results along lines; where `starts` is true they start again. Float sums and products run in float64.
#[inline(never)]
pub fn scan(
    lines: Lines,
    op: Update,
    reverse: bool,
    dtype: DType,
    (data, starts): (&[u32], Option<&[u32]>),
    out: &mut [u32],
) {
    let wide = dtype.is_float() && matches!(op, Update::Add | Update::Mul);
    lines.each(|first| {
        if op == Update::LogAddExp {
            let mut sum = LogSum::default();
            for step in 0..lines.size {
                let at = first + lines.inner * if reverse { lines.size - 1 - step } else { step };
                if starts.is_some_and(|starts| starts[at] != 0) {
                    sum = LogSum::default();
                }
                put(out, dtype, at, sum.add(f32::from_bits(get(data, dtype, at))).to_bits());
            }
            return;
        }
        let nothing = if op == Update::Mul { 1.0 } else { 0.0 };
        let (mut total, mut running) = (nothing, None);
        for step in 0..lines.size {
            let at = first + lines.inner * if reverse { lines.size - 1 - step } else { step };
            let lane = get(data, dtype, at);
            if starts.is_some_and(|starts| starts[at] != 0) {
                (total, running) = (nothing, None);
            }
            let next = if wide {
                let value = f64::from(f32::from_bits(lane));
                total = if op == Update::Mul { total * value } else { total + value };
                Scalar::from_f64(dtype, total).lane()
            } else {
                running.map_or(lane, |running| combine(op, dtype, running, lane))
            };
            running = Some(next);
            put(out, dtype, at, next);
        }
    });
}

/// Lines side by side, one step further: each lane's running result meets a value, or starts again with it.
#[inline(never)]
pub fn step(op: Update, dtype: DType, running: &mut [u32], values: &[u32], starts: Option<&[u32]>) {
    for (lane, (running, value)) in running.iter_mut().zip(values).enumerate() {
        let again = starts.is_some_and(|starts| starts[lane] != 0);
        *running = if again { *value } else { combine(op, dtype, *running, *value) };
    }
}

/// The positions of the elements of every line in ascending order, those of equals as they were; NaN last.
#[inline(never)]
pub fn order(lines: Lines, dtype: DType, data: &[u32], out: &mut [u32]) {
    // The key above the position.
    let mut pairs: Vec<u64> = Vec::with_capacity(lines.size);
    let mut scratch = Vec::new();
    lines.each(|first| {
        pairs.clear();
        pairs.extend((0..lines.size).map(|at| {
            let lane = get(data, dtype, first + at * lines.inner);
            u64::from(key(dtype, lane)) << 32 | at as u64
        }));
        sort(&mut pairs, &mut scratch);
        for (at, pair) in pairs.iter().enumerate() {
            out[first + at * lines.inner] = *pair as u32;
        }
    });
}

/// So many are sorted by insertion.
const FEW: usize = 32;

/// Sorts numbers whose lower halves ascend: byte by byte of the upper half, which keeps the order of equals and takes four passes
/// however long the list is.
fn sort(pairs: &mut Vec<u64>, scratch: &mut Vec<u64>) {
    if pairs.len() <= FEW {
        for end in 1..pairs.len() {
            let mut at = end;
            while at > 0 && pairs[at] < pairs[at - 1] {
                pairs.swap(at, at - 1);
                at -= 1;
            }
        }
        return;
    }
    scratch.clear();
    scratch.resize(pairs.len(), 0);
    for shift in [32, 40, 48, 56] {
        let digit = |pair: u64| (pair >> shift) as usize & 0xff;
        let mut starts = [0u32; 256];
        pairs.iter().for_each(|pair| starts[digit(*pair)] += 1);
        if starts[digit(pairs[0])] as usize == pairs.len() {
            continue;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += std::mem::replace(start, sum);
        }
        for pair in pairs.iter() {
            let start = &mut starts[digit(*pair)];
            scratch[*start as usize] = *pair;
            *start += 1;
        }
        std::mem::swap(pairs, scratch);
    }
}

/// Copies `data` and lets every row of `updates` meet the row of the copy that its index names; indices out of range are left out.
#[inline(never)]
pub fn scatter(
    lines: Lines,
    op: Update,
    dtype: DType,
    (data, updates): (&[u32], &[u32]),
    (index_dtype, indices): (DType, &[u32]),
    out: &mut [u32],
) {
    // Memory that others use at other times may be longer.
    let count = lines.outer * lines.size * lines.inner;
    let words = if dtype == DType::Float16 { count.div_ceil(2) } else { count };
    out[..words].copy_from_slice(&data[..words]);
    for (at, lane) in indices.iter().enumerate() {
        let given = if index_dtype == DType::Int32 { i64::from(*lane as i32) } else { i64::from(*lane) };
        let row = if given < 0 { given + lines.size as i64 } else { given };
        if !(0..lines.size as i64).contains(&row) {
            continue;
        }
        for outer in 0..lines.outer {
            let to = (outer * lines.size + row as usize) * lines.inner;
            let from = (outer * indices.len() + at) * lines.inner;
            for inner in 0..lines.inner {
                let (old, new) = (get(out, dtype, to + inner), get(updates, dtype, from + inner));
                put(out, dtype, to + inner, combine(op, dtype, old, new));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_stable_at_every_length() {
        let mut state = 7u32;
        for size in [0, 1, 2, 31, 33, 1000] {
            for mask in [1, 0xff, 0xffff_ffff] {
                let data: Vec<u32> = (0..2 * size)
                    .map(|_| {
                        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        state.rotate_left(9) & mask
                    })
                    .collect();
                let mut got = vec![0; data.len()];
                order(Lines { outer: 1, size, inner: 2 }, DType::UInt32, &data, &mut got);
                for line in 0..2 {
                    let mut want: Vec<u32> = (0..size as u32).collect();
                    want.sort_by_key(|at| data[2 * *at as usize + line]);
                    let got: Vec<u32> = got.iter().skip(line).step_by(2).copied().collect();
                    assert_eq!(got, want);
                }
            }
        }
    }
}
