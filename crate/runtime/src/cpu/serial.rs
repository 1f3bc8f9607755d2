//! Scans, sorts and scatters as plain loops over lines of memory: on one thread nothing is faster, and every order is kept.

use super::frame::Memory;
use super::index::Sizes;
use half::f16;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kernel::{Kernel, Role, Serial};
use interfuse_compiler::kind::CombineOp;

/// A kernel of class `Serial` for known sizes.
#[derive(Debug)]
pub struct SerialKernel {
    serial: Serial,
    /// Bindings of the operands, and of the result.
    operands: Vec<usize>,
    result: usize,
    /// Of the first operand.
    dtype: DType,
    /// Of the indices of a scatter, and how many there are.
    indices: (DType, usize),
    outer: usize,
    size: usize,
    inner: usize,
}

const SIGN: u32 = 0x8000_0000;

/// An integer that orders floats: NaN of either sign above infinity, -0 equal to 0.
fn float_key(bits: u32) -> i32 {
    let magnitude = (bits & !SIGN) as i32;
    let signed = if bits & SIGN == 0 { magnitude } else { -magnitude };
    if magnitude > 0x7f80_0000 { i32::MAX } else { signed }
}

/// An integer in the order of sorting: NaN last, zeros of both signs equal.
fn key(dtype: DType, lane: u32) -> u32 {
    match dtype {
        DType::Float16 | DType::Float32 => float_key(lane) as u32 ^ SIGN,
        DType::Int32 => lane ^ SIGN,
        DType::UInt32 | DType::Bool => lane,
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
fn combine(op: CombineOp, dtype: DType, old: u32, new: u32) -> u32 {
    let float = |f: fn(f32, f32) -> f32| f(f32::from_bits(old), f32::from_bits(new)).to_bits();
    match (op, dtype.is_float()) {
        (CombineOp::Add, true) => float(|a, b| a + b),
        (CombineOp::Mul, true) => float(|a, b| a * b),
        (CombineOp::Add, false) => old.wrapping_add(new),
        (CombineOp::Mul, false) => old.wrapping_mul(new),
        (CombineOp::Max | CombineOp::Min, true) => {
            // NaN has the largest key, and wins either way.
            let nan = |lane: u32| f32::from_bits(lane).is_nan();
            let larger = float_key(new) > float_key(old) || float_key(new) == float_key(old) && new < old;
            match (nan(old), nan(new)) {
                (true, _) => old,
                (_, true) => new,
                _ if larger == (op == CombineOp::Max) => new,
                _ => old,
            }
        }
        (CombineOp::Max, false) => {
            if key(dtype, new) > key(dtype, old) {
                new
            } else {
                old
            }
        }
        (CombineOp::Min, false) => {
            if key(dtype, new) < key(dtype, old) {
                new
            } else {
                old
            }
        }
        (CombineOp::Set | CombineOp::LogAddExp, _) => new,
    }
}

impl SerialKernel {
    /// Prepares a kernel for these values of the symbols.
    pub fn new(kernel: &Kernel, symbols: &[i64]) -> SerialKernel {
        let (serial, operands) = kernel.serial.as_ref().expect("a serial kernel says what it does");
        let sizes = Sizes { symbols, extents: &[] };
        let extent = |at: usize| sizes.eval(&kernel.axes[at].extent).max(0) as usize;
        let binding = |at: usize| &kernel.bindings[operands[at] as usize];
        let indices = match serial {
            Serial::Scatter { .. } => (binding(1).dtype, sizes.eval(&binding(1).len).max(0) as usize),
            Serial::Scan { .. } | Serial::Sort => (DType::Int32, 0),
        };
        debug_assert!(kernel.axes[1].role == Role::Row);
        SerialKernel {
            serial: *serial,
            operands: operands.iter().map(|binding| *binding as usize).collect(),
            result: kernel.bindings.len() - 1,
            dtype: binding(0).dtype,
            indices,
            outer: extent(0),
            size: extent(1),
            inner: extent(2),
        }
    }

    /// Runs it.
    pub fn run(&self, memory: &mut Memory) {
        let out = &mut *memory.writes[self.result];
        let data = memory.reads[self.operands[0]];
        match self.serial {
            Serial::Scan { op, reverse } => self.scan(op, reverse, data, out),
            Serial::Sort => self.sort(data, out),
            Serial::Scatter { op } => {
                self.scatter(op, data, memory.reads[self.operands[1]], memory.reads[self.operands[2]], out);
            }
        }
    }

    /// Calls `line` with the first element of every line along the axis; neighbours on a line are `inner` apart.
    fn lines(&self, mut line: impl FnMut(usize)) {
        for outer in 0..self.outer {
            for inner in 0..self.inner {
                line(outer * self.size * self.inner + inner);
            }
        }
    }

    fn scan(&self, op: CombineOp, reverse: bool, data: &[u32], out: &mut [u32]) {
        let wide = self.dtype.is_float() && matches!(op, CombineOp::Add | CombineOp::Mul);
        self.lines(|first| {
            let mut total = if op == CombineOp::Mul { 1.0 } else { 0.0 };
            let mut running = None;
            for step in 0..self.size {
                let at = first + self.inner * if reverse { self.size - 1 - step } else { step };
                let lane = get(data, self.dtype, at);
                let next = if wide {
                    let value = f64::from(f32::from_bits(lane));
                    total = if op == CombineOp::Mul { total * value } else { total + value };
                    Scalar::from_f64(self.dtype, total).lane()
                } else {
                    running.map_or(lane, |running| combine(op, self.dtype, running, lane))
                };
                running = Some(next);
                put(out, self.dtype, at, next);
            }
        });
    }

    fn sort(&self, data: &[u32], out: &mut [u32]) {
        // Key and position in one number: unequal, so that an unstable sort is stable.
        let mut order: Vec<u64> = Vec::with_capacity(self.size);
        self.lines(|first| {
            order.clear();
            order.extend((0..self.size).map(|at| {
                let lane = get(data, self.dtype, first + at * self.inner);
                u64::from(key(self.dtype, lane)) << 32 | at as u64
            }));
            order.sort_unstable();
            for (at, from) in order.iter().enumerate() {
                out[first + at * self.inner] = *from as u32;
            }
        });
    }

    fn scatter(&self, op: CombineOp, data: &[u32], indices: &[u32], updates: &[u32], out: &mut [u32]) {
        // Memory that others use at other times may be longer.
        let count = self.outer * self.size * self.inner;
        let words = if self.dtype == DType::Float16 { count.div_ceil(2) } else { count };
        out[..words].copy_from_slice(&data[..words]);
        let (dtype, count) = self.indices;
        for (at, lane) in indices[..count].iter().enumerate() {
            let given = if dtype == DType::Int32 { i64::from(*lane as i32) } else { i64::from(*lane) };
            let row = if given < 0 { given + self.size as i64 } else { given };
            if !(0..self.size as i64).contains(&row) {
                continue;
            }
            for outer in 0..self.outer {
                let to = (outer * self.size + row as usize) * self.inner;
                let from = (outer * count + at) * self.inner;
                for inner in 0..self.inner {
                    let (old, new) = (get(out, self.dtype, to + inner), get(updates, self.dtype, from + inner));
                    put(out, self.dtype, to + inner, combine(op, self.dtype, old, new));
                }
            }
        }
    }
}
