//! Arithmetic, comparison and bits: what depends on the dtype of the operands, over [`Emit`].
//!
//! Integers wrap. Division and remainder floor (the remainder has the divisor's sign); by zero both give 0, since no trap exists
//! on a GPU; MIN / -1 wraps to MIN. A negative integer exponent gives 0. Shifts by 32 or more give 0 or the sign.

use super::calc::*;
use super::math;
use crate::dtype::DType;
use crate::emit::{Bin, Emit, Ty};

/// A small constant of an integer dtype.
#[inline(always)]
fn int<E: Emit>(e: &mut E, t: DType, value: i32) -> E::V {
    if t == DType::Int32 { e.i(value) } else { e.u(value as u32) }
}

/// Picks the operation of floats or of integers.
#[inline(always)]
pub(crate) fn arithmetic<E: Emit>(e: &mut E, t: DType, float: Bin, integer: Bin, x: E::V, y: E::V) -> E::V {
    e.bin(if t.is_float() { float } else { integer }, x, y)
}

/// -x.
#[inline(always)]
pub(crate) fn neg<E: Emit>(e: &mut E, t: DType, x: E::V) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => v!(e, (-x)),
        // WGSL has no unary minus for u32.
        DType::UInt32 | DType::Bool => v!(e, (isub [0] x)),
        DType::Int32 => ineg(e, x),
    }
}

/// |x|; MIN stays MIN.
#[inline(always)]
pub(crate) fn abs<E: Emit>(e: &mut E, t: DType, x: E::V) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => fabs(e, x),
        DType::UInt32 | DType::Bool => x,
        DType::Int32 => {
            let zero = e.i(0);
            let minus = ineg(e, x);
            let negative = ilt(e, x, zero);
            sel(e, negative, minus, x)
        }
    }
}

/// -1, 0 or 1; 0 for NaN.
#[inline(always)]
pub(crate) fn sign<E: Emit>(e: &mut E, t: DType, x: E::V) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => {
            let y = v!(e, (sel (0.0 < x) 1.0 (sel (x < 0.0) {-1.0} 0.0)));
            v!(e, (sel (is_nan x) 0.0 y))
        }
        DType::UInt32 | DType::Bool => v!(e, (sel (ieq x [0]) [0] [1])),
        DType::Int32 => {
            let (zero, one, minus) = (e.i(0), e.i(1), e.i(-1));
            let negative = ilt(e, x, zero);
            let positive = ilt(e, zero, x);
            let y = sel(e, positive, one, zero);
            sel(e, negative, minus, y)
        }
    }
}

/// An op that rounds floats and leaves integers alone.
#[inline(always)]
pub(crate) fn rounding<E: Emit>(e: &mut E, t: DType, op: crate::emit::Un, x: E::V) -> E::V {
    if t.is_float() { e.un(op, x) } else { x }
}

/// False where a float is NaN, by bits.
#[inline(always)]
fn ordered<E: Emit>(e: &mut E, x: E::V, y: E::V) -> E::V {
    v!(e, (not (or (is_nan x) (is_nan y))))
}

/// x == y.
#[inline(always)]
pub(crate) fn equal<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => v!(e, (and (x == y) (ordered x y))),
        DType::UInt32 | DType::Int32 => ieq(e, x, y),
        DType::Bool => same(e, x, y),
    }
}

/// x < y; false is below true.
#[inline(always)]
pub(crate) fn less<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => v!(e, (and (x < y) (ordered x y))),
        DType::UInt32 => ult(e, x, y),
        DType::Int32 => ilt(e, x, y),
        DType::Bool => v!(e, (and (not x) y)),
    }
}

/// x <= y.
#[inline(always)]
pub(crate) fn less_equal<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => v!(e, (and (x <= y) (ordered x y))),
        DType::UInt32 | DType::Int32 | DType::Bool => {
            let above = less(e, t, y, x);
            not(e, above)
        }
    }
}

/// The larger; NaN where either is NaN.
#[inline(always)]
pub(crate) fn maximum<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    extreme(e, t, x, y, [x, y])
}

/// The smaller; NaN where either is NaN.
#[inline(always)]
pub(crate) fn minimum<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    extreme(e, t, x, y, [y, x])
}

/// `y` where the first of `pair` is below the second, else `x`.
#[inline(always)]
fn extreme<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V, [low, high]: [E::V; 2]) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => {
            let take = v!(e, (low < high));
            let r = sel(e, take, y, x);
            let r = keep_nan(e, y, r);
            keep_nan(e, x, r)
        }
        DType::UInt32 | DType::Int32 | DType::Bool => {
            let take = less(e, t, low, high);
            sel(e, take, y, x)
        }
    }
}

/// n - q d for a whole q below 2^23 and |n - q d| <= d: quotient and divisor are cut into heads and tails whose products are
/// exact, and so is every difference.
#[inline(always)]
fn remainder<E: Emit>(e: &mut E, n: E::V, q: E::V, d: E::V) -> E::V {
    let qh = head(e, q);
    let ql = v!(e, (q - qh));
    let dh = head(e, d);
    let dl = v!(e, (d - dh));
    v!(e, ((((n - (qh * dh)) - (qh * dl)) - (ql * dh)) - (ql * dl)))
}

/// Quotient (floored) and remainder (in the divisor's direction) of floats. Exact for quotients below 2^22.
#[inline(always)]
fn divide_floats<E: Emit>(e: &mut E, a: E::V, b: E::V) -> (E::V, E::V) {
    let d = fabs(e, b);
    let n = flip_by(e, a, b);
    let quotient = v!(e, (n / d));
    // Towards zero by conversion: trunc is a call on baseline x86-64. From 2^30 on the quotient is whole anyway.
    let near = v!(e, ((fabs quotient) < 1073741824.0));
    let q = v!(e, (sel near (f_of_i (i_of_f quotient)) quotient));
    // A quotient that a GPU got wrong by one is mended first, so that the remainder below is exact.
    let rough = remainder(e, n, q, d);
    let one_more = v!(e, (sel (d <= rough) 1.0 0.0));
    let q = v!(e, (q + (sel (rough <= (- d)) {-1.0} one_more)));
    let r = remainder(e, n, q, d);
    let below = v!(e, (r < 0.0));
    let r = v!(e, (sel below (r + d) r));
    let floored = v!(e, (sel (quotient < q) (q - 1.0) q));
    let exact = v!(e, (sel below (q - 1.0) q));
    let q = v!(e, (sel ((fabs q) < 4194304.0) exact floored));
    let q = v!(e, (sel (is_finite quotient) q quotient));
    // An infinite divisor: the quotient is 0 or just below.
    let endless = v!(e, (and (is_inf b) (is_finite a)));
    let negative = v!(e, (n < 0.0));
    let q = v!(e, (sel endless (sel negative {-1.0} 0.0) q));
    let r = v!(e, (sel endless (sel negative {f32::INFINITY} n) r));
    let bad = v!(e, (or (not (is_finite a)) (or (d == 0.0) (is_nan b))));
    let r = v!(e, (sel bad {f32::NAN} r));
    let r = flip_by(e, r, b);
    // A zero keeps its sign, as in floor(a / b).
    let q = v!(e, (sel (a == 0.0) quotient q));
    let q = keep_nan(e, b, q);
    let q = keep_nan(e, a, q);
    (q, r)
}

/// Quotient (floored) and remainder of integers.
#[inline(always)]
fn divide_integers<E: Emit>(e: &mut E, t: DType, a: E::V, b: E::V) -> (E::V, E::V) {
    let zero = int(e, t, 0);
    let one = int(e, t, 1);
    let by_zero = ieq(e, b, zero);
    let d = sel(e, by_zero, one, b);
    let (q, r) = if t == DType::Int32 {
        let (min, minus) = (e.i(i32::MIN), e.i(-1));
        let is_min = ieq(e, a, min);
        let is_minus = ieq(e, d, minus);
        let overflow = and(e, is_min, is_minus);
        let d = sel(e, overflow, one, d);
        let q = idiv(e, a, d);
        let r = v!(e, (isub a (imul q d)));
        let mixed = v!(e, (and (not (ieq r zero)) (ilt (bxor r d) zero)));
        (v!(e, (sel mixed (isub q one) q)), v!(e, (sel mixed (iadd r d) r)))
    } else {
        let q = udiv(e, a, d);
        (q, v!(e, (isub a (imul q d))))
    };
    (sel(e, by_zero, zero, q), sel(e, by_zero, zero, r))
}

/// floor(a / b).
#[inline(always)]
pub(crate) fn floor_divide<E: Emit>(e: &mut E, t: DType, a: E::V, b: E::V) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => {
            e.call("floor_divide_", [Ty::F32, Ty::F32], Ty::F32, [a, b], |e, [a, b]| divide_floats(e, a, b).0)
        }
        DType::Int32 => e.call("floor_divide_", [Ty::I32, Ty::I32], Ty::I32, [a, b], |e, [a, b]| {
            divide_integers(e, DType::Int32, a, b).0
        }),
        DType::UInt32 | DType::Bool => e.call("floor_divide_", [Ty::U32, Ty::U32], Ty::U32, [a, b], |e, [a, b]| {
            divide_integers(e, DType::UInt32, a, b).0
        }),
    }
}

/// a - b floor(a / b).
#[inline(always)]
pub(crate) fn modulo<E: Emit>(e: &mut E, t: DType, a: E::V, b: E::V) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => {
            e.call("mod_", [Ty::F32, Ty::F32], Ty::F32, [a, b], |e, [a, b]| divide_floats(e, a, b).1)
        }
        DType::Int32 => {
            e.call("mod_", [Ty::I32, Ty::I32], Ty::I32, [a, b], |e, [a, b]| divide_integers(e, DType::Int32, a, b).1)
        }
        DType::UInt32 | DType::Bool => {
            e.call("mod_", [Ty::U32, Ty::U32], Ty::U32, [a, b], |e, [a, b]| divide_integers(e, DType::UInt32, a, b).1)
        }
    }
}

/// x^y by squaring, all 32 bits of the exponent: straight-line, like everything here.
#[inline(always)]
fn power_by_squaring<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    let mut result = int(e, t, 1);
    let mut square = x;
    let one = e.u(1);
    let exponent = if t == DType::Int32 { u_of_i(e, y) } else { y };
    for bit in 0..32 {
        let set = v!(e, (ieq (band (shru exponent [bit]) one) one));
        let product = imul(e, result, square);
        result = sel(e, set, product, result);
        square = imul(e, square, square);
    }
    if t == DType::Int32 {
        let zero = e.i(0);
        let negative = ilt(e, y, zero);
        result = sel(e, negative, zero, result);
    }
    result
}

/// x to the power y.
#[inline(always)]
pub(crate) fn pow<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    match t {
        DType::Float16 | DType::Float32 => math::pow(e, x, y),
        DType::Int32 => {
            e.call("pow_", [Ty::I32, Ty::I32], Ty::I32, [x, y], |e, [x, y]| power_by_squaring(e, DType::Int32, x, y))
        }
        DType::UInt32 | DType::Bool => {
            e.call("pow_", [Ty::U32, Ty::U32], Ty::U32, [x, y], |e, [x, y]| power_by_squaring(e, DType::UInt32, x, y))
        }
    }
}

/// Bits, or truth values.
#[inline(always)]
pub(crate) fn bitwise<E: Emit>(e: &mut E, t: DType, integer: Bin, truth: Bin, x: E::V, y: E::V) -> E::V {
    e.bin(if t == DType::Bool { truth } else { integer }, x, y)
}

/// Exclusive or.
#[inline(always)]
pub(crate) fn exclusive_or<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    if t == DType::Bool { v!(e, (not (same x y))) } else { bxor(e, x, y) }
}

/// Complement.
#[inline(always)]
pub(crate) fn bitwise_not<E: Emit>(e: &mut E, t: DType, x: E::V) -> E::V {
    if t == DType::Bool { not(e, x) } else { complement(e, x) }
}

/// x << y; 0 for y outside 0..32.
#[inline(always)]
pub(crate) fn left_shift<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    let y = if t == DType::Int32 { u_of_i(e, y) } else { y };
    let zero = int(e, t, 0);
    v!(e, (sel (ult y [32]) (shl x (band y [31])) zero))
}

/// x >> y, filling with the sign of an int32; for y outside 0..32 only the fill is left.
#[inline(always)]
pub(crate) fn right_shift<E: Emit>(e: &mut E, t: DType, x: E::V, y: E::V) -> E::V {
    if t == DType::Int32 {
        let y = u_of_i(e, y);
        v!(e, (shri x (sel (ult y [32]) y [31])))
    } else {
        v!(e, (sel (ult y [32]) (shru x (band y [31])) [0]))
    }
}

/// minimum(maximum(x, lo), hi).
#[inline(always)]
pub(crate) fn clip<E: Emit>(e: &mut E, t: DType, x: E::V, lo: E::V, hi: E::V) -> E::V {
    let y = maximum(e, t, x, lo);
    minimum(e, t, y, hi)
}

/// `astype`. To float16 it leaves float32: the caller rounds.
#[inline(always)]
pub(crate) fn cast<E: Emit>(e: &mut E, from: DType, to: DType, x: E::V) -> E::V {
    use DType::{Bool, Float16, Float32, Int32, UInt32};
    match (from, to) {
        (Bool, Bool) | (Int32, Int32) | (UInt32, UInt32) | (Float16 | Float32, Float16 | Float32) => x,
        (Bool, UInt32) => u_of_b(e, x),
        (Bool, Int32) => v!(e, (i_of_u (u_of_b x))),
        (Bool, Float16 | Float32) => v!(e, (f_of_u (u_of_b x))),
        (Int32, UInt32) => u_of_i(e, x),
        (UInt32, Int32) => i_of_u(e, x),
        (Int32, Float16 | Float32) => f_of_i(e, x),
        (UInt32, Float16 | Float32) => f_of_u(e, x),
        (Float16 | Float32, Int32) => i_of_f(e, x),
        (Float16 | Float32, UInt32) => u_of_f(e, x),
        (Int32 | UInt32, Bool) => {
            let zero = int(e, from, 0);
            v!(e, (not (ieq x zero)))
        }
        // By bits: NaN is true.
        (Float16 | Float32, Bool) => v!(e, (not (ieq (magnitude x) [0]))),
    }
}
