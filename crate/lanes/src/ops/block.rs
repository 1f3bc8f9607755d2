//! Rows as loops over blocks of lanes, for the CPU device.
//!
//! Every loop holds one inlined meaning on [`Lanes`], so that LLVM turns it into SIMD.

use super::number;
use crate::dtype::DType;
use crate::emit::{Emit, Lanes};

#[allow(clippy::type_complexity)] // Three slices and a result: a name for it would hide what it is.
/// A loop over lanes. All slices have one length; float16 results are not rounded (see [`block_round_f16`]).
#[derive(Clone, Copy, Debug)]
pub enum Block {
    /// (x, out)
    Unary(fn(&[u32], &mut [u32])),
    /// (x, y, out)
    Binary(fn(&[u32], &[u32], &mut [u32])),
    /// (x, y, z, out)
    Ternary(fn(&[u32], &[u32], &[u32], &mut [u32])),
}

/// The meaning of one row, as a type.
pub(crate) trait Meaning<const N: usize> {
    /// Appends the operations of the row.
    fn of<E: Emit>(e: &mut E, operand: DType, args: [E::V; N]) -> E::V;
}

/// A dtype as a type: a loop is compiled per dtype.
pub(crate) trait Operand {
    const DTYPE: DType;
}
pub(crate) struct F32;
pub(crate) struct I32;
pub(crate) struct U32;
pub(crate) struct Truth;
impl Operand for F32 {
    const DTYPE: DType = DType::Float32;
}
impl Operand for I32 {
    const DTYPE: DType = DType::Int32;
}
impl Operand for U32 {
    const DTYPE: DType = DType::UInt32;
}
impl Operand for Truth {
    const DTYPE: DType = DType::Bool;
}

pub(crate) fn unary<M: Meaning<1>, T: Operand>(x: &[u32], out: &mut [u32]) {
    for (out, &x) in out.iter_mut().zip(x) {
        *out = M::of(&mut Lanes, T::DTYPE, [x]);
    }
}

pub(crate) fn binary<M: Meaning<2>, T: Operand>(x: &[u32], y: &[u32], out: &mut [u32]) {
    for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
        *out = M::of(&mut Lanes, T::DTYPE, [x, y]);
    }
}

pub(crate) fn ternary<M: Meaning<3>, T: Operand>(x: &[u32], y: &[u32], z: &[u32], out: &mut [u32]) {
    for (((out, &x), &y), &z) in out.iter_mut().zip(x).zip(y).zip(z) {
        *out = M::of(&mut Lanes, T::DTYPE, [x, y, z]);
    }
}

/// Rounds a float32 to the nearest float16, as float32 bits. Branch-free, so that a loop over it vectorises.
#[inline(always)]
pub(crate) fn round_f16(bits: u32) -> u32 {
    let sign = bits & 0x8000_0000;
    let a = bits & 0x7fff_ffff;
    // Normal range: round to nearest even at bit 13; a carry may run into the exponent, and from 65520 on it is infinity.
    let rounded = (a + 0x0fff + ((a >> 13) & 1)) & !0x1fff;
    let normal = if rounded >= 0x4780_0000 { 0x7f80_0000 } else { rounded };
    // Below 2^-14: adding 0.5 puts the units of 2^-24 into the last place.
    let small = ((f32::from_bits(a) + 0.5) - 0.5).to_bits();
    let value = if a < 0x3880_0000 { small } else { normal };
    let value = if a > 0x7f80_0000 { 0x7fc0_0000 } else { value };
    value | sign
}

/// Rounds float32 lanes to float16 in place; they stay float32 lanes.
#[inline(never)]
pub fn block_round_f16(values: &mut [u32]) {
    for value in values {
        *value = round_f16(*value);
    }
}

fn cast_loop<A: Operand, B: Operand>(x: &[u32], out: &mut [u32]) {
    for (out, &x) in out.iter_mut().zip(x) {
        *out = number::cast(&mut Lanes, A::DTYPE, B::DTYPE, x);
    }
}

fn cast_half<A: Operand>(x: &[u32], out: &mut [u32]) {
    for (out, &x) in out.iter_mut().zip(x) {
        *out = round_f16(number::cast(&mut Lanes, A::DTYPE, DType::Float32, x));
    }
}

/// `astype` as a loop over lanes; to float16 it rounds.
pub fn block_cast(from: DType, to: DType) -> fn(&[u32], &mut [u32]) {
    fn from_known<A: Operand>(to: DType) -> fn(&[u32], &mut [u32]) {
        match to {
            DType::Bool => cast_loop::<A, Truth>,
            DType::Int32 => cast_loop::<A, I32>,
            DType::UInt32 => cast_loop::<A, U32>,
            DType::Float16 => cast_half::<A>,
            DType::Float32 => cast_loop::<A, F32>,
        }
    }
    match from {
        DType::Bool => from_known::<Truth>(to),
        DType::Int32 => from_known::<I32>(to),
        DType::UInt32 => from_known::<U32>(to),
        DType::Float16 | DType::Float32 => from_known::<F32>(to),
    }
}
