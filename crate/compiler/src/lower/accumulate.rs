//! Accumulators of rows: variables of the function that a reduction runs in.
//!
//! Sums of floats are in float32 and in blocks, each with its own partial sum. Maxima and minima of floats are of integers in the same
//! order, in which NaN comes last: exact, and without a comparison of NaN, which drivers may get wrong.

use super::builder::{Builder, V, Width, is_nan};
use super::lowering::{Lowering, Point, machine};
use crate::dtype::DType;
use crate::emit::{Bin, Emit, Ty, Un};
use crate::kernel::{Inst, Phase, ValueId};
use crate::kind::ReduceOp;
use naga::{BinaryOperator, MathFunction};

/// A reduction under way: variables of the function.
pub(super) struct Accumulator {
    pub(super) id: ValueId,
    pub(super) op: ReduceOp,
    /// Of the reduced value.
    pub(super) dtype: DType,
    /// What is accumulated.
    pub(super) ty: Ty,
    pub(super) value: V,
    pub(super) position: Option<V>,
    pub(super) partial: Option<V>,
}

/// Combines a value (and its position) into variables or elements of workgroup memory.
pub(super) fn accumulate(
    b: &mut Builder,
    accumulator: &Accumulator,
    target: V,
    at: Option<V>,
    value: V,
    position: Option<V>,
) {
    let best = b.load_now(target, Width::One);
    let Some((at, position)) = at.zip(position) else {
        let combined = combine(b, accumulator.op, accumulator.ty, best, value);
        b.store(target, combined);
        return;
    };
    let best_at = b.load_now(at, Width::One);
    let wins = if accumulator.op == ReduceOp::ArgMax {
        b.binary(BinaryOperator::Greater, value, best)
    } else {
        b.binary(BinaryOperator::Less, value, best)
    };
    let equal = b.bin(Bin::IEq, value, best);
    let earlier = b.bin(Bin::ULt, position, best_at);
    let ties = b.bin(Bin::BAnd, equal, earlier);
    let wins = b.bin(Bin::BOr, wins, ties);
    let value = b.select(wins, value, best);
    let position = b.select(wins, position, best_at);
    b.store(target, value);
    b.store(at, position);
}

/// One step of a reduction that names no position.
pub(super) fn combine(b: &mut Builder, op: ReduceOp, ty: Ty, x: V, y: V) -> V {
    match op {
        ReduceOp::Sum => b.bin(if ty == Ty::F32 { Bin::FAdd } else { Bin::IAdd }, x, y),
        ReduceOp::Prod => b.bin(if ty == Ty::F32 { Bin::FMul } else { Bin::IMul }, x, y),
        // Of integers: floats are encoded.
        ReduceOp::Max => b.math(MathFunction::Max, x, Some(y)),
        ReduceOp::Min => b.math(MathFunction::Min, x, Some(y)),
        ReduceOp::Any => b.bin(Bin::Or, x, y),
        ReduceOp::All => b.bin(Bin::And, x, y),
        ReduceOp::ArgMax | ReduceOp::ArgMin => panic!("arg-reductions combine with their positions"),
    }
}

/// Is the reduction an order on values?
fn orders(op: ReduceOp) -> bool {
    matches!(op, ReduceOp::Max | ReduceOp::Min | ReduceOp::ArgMax | ReduceOp::ArgMin)
}

/// What the accumulator of a reduction holds.
pub(super) fn accumulator_ty(op: ReduceOp, dtype: DType) -> Ty {
    match machine(dtype) {
        Ty::F32 if orders(op) => Ty::I32,
        Ty::Bool => Ty::U32,
        ty => ty,
    }
}

/// The value as the accumulator sees it.
pub(super) fn encode(b: &mut Builder, op: ReduceOp, dtype: DType, value: V) -> V {
    match machine(dtype) {
        Ty::Bool => b.un(Un::BToU, value),
        Ty::F32 if orders(op) => {
            let largest = matches!(op, ReduceOp::Max | ReduceOp::ArgMax);
            let key = if largest {
                b.call("order_for_max", [Ty::F32], Ty::I32, [value], |b, [x]| order(b, x, i32::MAX))
            } else {
                b.call("order_for_min", [Ty::F32], Ty::I32, [value], |b, [x]| order(b, x, i32::MIN))
            };
            if !op.is_arg() {
                return key;
            }
            // -0 and 0 are equal, so the first of them wins.
            let (minus_zero, zero) = (b.i(-1), b.i(0));
            let is_minus_zero = b.bin(Bin::IEq, key, minus_zero);
            b.select(is_minus_zero, zero, key)
        }
        Ty::F32 | Ty::I32 | Ty::U32 => value,
    }
}

/// The uint32 that sorts as a value does.
pub(super) fn sort_key(b: &mut Builder, from: DType, value: V) -> V {
    if machine(from) == Ty::U32 {
        return value;
    }
    let key = encode(b, ReduceOp::ArgMax, from, value);
    let key = b.un(Un::IToU, key);
    let sign = b.u(1 << 31);
    b.bin(Bin::Xor, key, sign)
}

/// An integer in the order of the floats; NaN is `nan`.
fn order(b: &mut Builder, x: V, nan: i32) -> V {
    let bits = b.un(Un::Bits, x);
    let bits = b.un(Un::UToI, bits);
    let key = flip_negative(b, bits);
    let unordered = is_nan(b, x);
    let nan = b.i(nan);
    b.select(unordered, nan, key)
}

/// Reverses the order of the bits of negative floats; its own inverse.
fn flip_negative(b: &mut Builder, bits: V) -> V {
    let (by, mask) = (b.u(31), b.i(i32::MAX));
    let sign = b.bin(Bin::ShrI, bits, by);
    let flips = b.bin(Bin::And, sign, mask);
    b.bin(Bin::Xor, bits, flips)
}

/// The value of an accumulator.
pub(super) fn decode(b: &mut Builder, op: ReduceOp, dtype: DType, value: V) -> V {
    match machine(dtype) {
        Ty::Bool => {
            let zero = b.u(0);
            b.binary(BinaryOperator::NotEqual, value, zero)
        }
        // The keys of NaN, MAX and MIN, decode to NaNs.
        Ty::F32 if orders(op) => b.call("from_order", [Ty::I32], Ty::F32, [value], |b, [key]| {
            let bits = flip_negative(b, key);
            let bits = b.un(Un::IToU, bits);
            b.un(Un::FromBits, bits)
        }),
        Ty::F32 | Ty::I32 | Ty::U32 => value,
    }
}

/// Variables for the reductions of a phase.
pub(super) fn accumulators(p: &mut Lowering, phase: &Phase) -> Vec<Accumulator> {
    let mut all = Vec::with_capacity(phase.reductions.len());
    for id in &phase.reductions {
        let value = p.kernel.value(*id);
        let Inst::Reduced { op, arg, .. } = &value.inst else { panic!("not a reduction:\n{}", p.kernel) };
        let dtype = p.kernel.value(*arg).dtype;
        let ty = accumulator_ty(*op, dtype);
        let variable_ty = p.b.value_ty(ty, Width::One);
        let name = format!("v{}_running", id.0);
        let variable = p.b.variable(&name, variable_ty);
        let position = op.is_arg().then(|| {
            let ty = p.b.value_ty(Ty::U32, Width::One);
            p.b.variable(&format!("v{}_position", id.0), ty)
        });
        all.push(Accumulator { id: *id, op: *op, dtype, ty, value: variable, position, partial: None });
    }
    all
}

/// Sets the variables to what never wins.
pub(super) fn reset(p: &mut Lowering, accumulators: &[Accumulator]) {
    for accumulator in accumulators {
        let first = neutral_of(p, accumulator);
        p.b.store(accumulator.value, first);
        if let Some(position) = accumulator.position {
            // Where no value beats the start, all are alike, and the first is at 0.
            let first = p.b.u(0);
            p.b.store(position, first);
        }
    }
}

/// What changes nothing.
pub(super) fn neutral_of(p: &mut Lowering, accumulator: &Accumulator) -> V {
    let first = neutral(accumulator.op, accumulator.dtype);
    match accumulator.ty {
        Ty::F32 => p.b.f(f32::from_bits(first)),
        Ty::I32 => p.b.i(first as i32),
        Ty::U32 | Ty::Bool => p.b.u(first),
    }
}

/// The bits that an accumulator starts from.
pub(super) fn neutral(op: ReduceOp, dtype: DType) -> u32 {
    let start = op.start(dtype);
    if !(orders(op) && dtype.is_float()) {
        return start.lane();
    }
    // The key of an infinity; a NaN's is beyond that of the other infinity.
    let bits = start.lane() as i32;
    (bits ^ ((bits >> 31) & i32::MAX)) as u32
}

/// Reads the accumulators as values of the row.
pub(super) fn finish(p: &mut Lowering, accumulators: &[Accumulator], point: &mut Point) {
    for accumulator in accumulators {
        let result = match accumulator.position {
            Some(position) => p.b.load_now(position, Width::One),
            None => {
                let value = p.b.load_now(accumulator.value, Width::One);
                decode(&mut p.b, accumulator.op, accumulator.dtype, value)
            }
        };
        finish_value(p, accumulator, result, point);
    }
}

pub(super) fn finish_value(p: &mut Lowering, accumulator: &Accumulator, result: V, point: &mut Point) {
    let dtype = p.kernel.value(accumulator.id).dtype;
    let result = if dtype == DType::Float16 { p.b.round_to_half(result) } else { result };
    p.name_value(result, accumulator.id);
    point.values[accumulator.id.index()] = Some(result);
}

/// Gives every sum of floats a partial sum.
pub(super) fn begin_block(p: &mut Lowering, accumulators: &mut [Accumulator]) {
    for accumulator in accumulators.iter_mut().filter(|a| a.op == ReduceOp::Sum && a.ty == Ty::F32) {
        let ty = p.b.value_ty(Ty::F32, Width::One);
        let partial = p.b.variable("partial", ty);
        let zero = p.b.f(0.0);
        p.b.store(partial, zero);
        accumulator.partial = Some(partial);
    }
}

/// Adds the partial sums.
pub(super) fn end_block(p: &mut Lowering, accumulators: &mut [Accumulator]) {
    for accumulator in accumulators.iter_mut() {
        if let Some(partial) = accumulator.partial.take() {
            let (sum, part) = (p.b.load_now(accumulator.value, Width::One), p.b.load_now(partial, Width::One));
            let sum = p.b.bin(Bin::FAdd, sum, part);
            p.b.store(accumulator.value, sum);
        }
    }
}
