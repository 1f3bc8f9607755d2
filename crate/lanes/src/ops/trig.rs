//! Circular functions and their inverses, over [`Emit`].
//!
//! The reduction by pi/2 multiplies the significand with the bits of 2/pi that matter for the exponent (Payne and Hanek, 1983), in
//! uint32 arithmetic: it is exact on every GPU, works up to f32::MAX, and there is no second path for small arguments.

use super::calc::*;
use crate::emit::{Emit, Ty};
use std::f32::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// What pi/2 as float32 lacks.
const FRAC_PI_2_LO: f32 = -4.371_139e-8;
/// What pi as float32 lacks.
const PI_LO: f32 = -8.742_278e-8;
/// 32 zero bits, then the first 224 bits of 2/pi.
const TWO_OVER_PI: [u32; 8] =
    [0, 0xa2f9_836e, 0x4e44_1529, 0xfc27_57d1, 0xf534_ddc0, 0xdb62_9599, 0x3c43_9041, 0xfe51_63ab];

/// (sin(s)/s - 1) / s^2 in s^2, s <= pi/4.
const SIN: [f32; 4] = [-0.16666667, 0.008333332, -0.00019840084, 2.7249537e-6];
/// (cos(s) - 1 + s^2/2) / s^4 in s^2, s <= pi/4.
const COS: [f32; 3] = [0.041666664, -0.0013888301, 2.454762e-5];
/// (asin(s)/s - 1) / s^2 in s^2, s <= 1/2.
const ASIN: [f32; 6] = [0.16666666, 0.07500095, 0.04459932, 0.031101728, 0.017143717, 0.033700727];
/// (atan(s)/s - 1) / s^2 in s^2, s <= 1.
const ATAN: [f32; 10] = [
    -0.33333334,
    0.1999995,
    -0.14284003,
    0.11088252,
    -0.089317724,
    0.070317484,
    -0.04895755,
    0.02630191,
    -0.009142896,
    0.0014882878,
];

/// The upper 32 bits of the product of a value below 2^24 with a word.
#[inline(always)]
fn multiply_high<E: Emit>(e: &mut E, m: E::V, w: E::V) -> E::V {
    let a = v!(e, (shru m [8]));
    let b = v!(e, (band m [255]));
    let wh = v!(e, (shru w [16]));
    let wl = v!(e, (band w [0xffff]));
    let p = imul(e, a, wl);
    let low = v!(e, (iadd (shl (band p [255]) [8]) (imul b wl)));
    let middle = v!(e, (iadd (iadd (imul b wh) (shru p [8])) (shru low [16])));
    v!(e, (shru (iadd (imul a wh) (shru middle [8])) [8]))
}

/// |x| = q pi/2 + r with |r| <= pi/4: (q modulo 4 as uint32, r). Meaningless for infinities and NaN.
#[inline(always)]
fn reduce<E: Emit>(e: &mut E, x: E::V) -> (E::V, E::V) {
    let raw = magnitude(e, x);
    let m = v!(e, (bor (band raw [0x007f_ffff]) [0x0080_0000]));
    let exponent = v!(e, (shru raw [23]));
    // The window of 96 bits of 2/pi that starts at weight 2 after scaling by the exponent.
    let small = v!(e, (ult exponent [126]));
    let exponent = v!(e, (sel small [126] exponent));
    let start = v!(e, (isub exponent [120]));
    let shift = v!(e, (band start [31]));
    let four = v!(e, (not (ult start [128])));
    let two = v!(e, (ieq (band start [64]) [64]));
    let one = v!(e, (ieq (band start [32]) [32]));
    let t = TWO_OVER_PI;
    let u0 = v!(e, (sel four [t[4]] [t[0]]));
    let u1 = v!(e, (sel four [t[5]] [t[1]]));
    let u2 = v!(e, (sel four [t[6]] [t[2]]));
    let u3 = v!(e, (sel four [t[7]] [t[3]]));
    let v0 = v!(e, (sel two u2 u0));
    let v1 = v!(e, (sel two u3 u1));
    let v2 = v!(e, (sel two [t[4]] u2));
    let v3 = v!(e, (sel two [t[5]] u3));
    let v4 = v!(e, (sel two [t[6]] [t[4]]));
    let s0 = sel(e, one, v1, v0);
    let s1 = sel(e, one, v2, v1);
    let s2 = sel(e, one, v3, v2);
    let s3 = sel(e, one, v4, v3);
    let back = v!(e, (isub [31] shift));
    let w0 = v!(e, (bor (shl s0 shift) (shru (shru s1 [1]) back)));
    let w1 = v!(e, (bor (shl s1 shift) (shru (shru s2 [1]) back)));
    let w2 = v!(e, (bor (shl s2 shift) (shru (shru s3 [1]) back)));
    // 64 bits of the product modulo 4, two of them before the binary point.
    let low = imul(e, m, w1);
    let middle = v!(e, (iadd low (multiply_high m w2)));
    let carry = v!(e, (u_of_b (ult middle low)));
    let high = v!(e, (iadd (iadd (imul m w0) (multiply_high m w1)) carry));
    let q = v!(e, (shru (iadd high [0x2000_0000]) [30]));
    // The distance to the nearest multiple, a signed fraction; its complement is its negative but for 2^-64.
    let h = v!(e, (bor (shl high [2]) (shru middle [30])));
    let l = v!(e, (shl middle [2]));
    let negative = v!(e, (band h [0x8000_0000]));
    let mask = v!(e, (u_of_i (shri (i_of_u h) [31])));
    let h = bxor(e, h, mask);
    let l = bxor(e, l, mask);
    // Both words fit an int32, which converts faster than a uint32 on x86.
    const TWO_TO_MINUS_31: f32 = 1.0 / 2_147_483_648.0;
    let tail = v!(e, ((f_of_i (i_of_u (shru l [1]))) * {TWO_TO_MINUS_31}));
    let fraction = v!(e, (((f_of_i (i_of_u h)) + tail) * {TWO_TO_MINUS_31 / 2.0}));
    let r = v!(e, ((fraction * { FRAC_PI_2 }) + (fraction * { FRAC_PI_2_LO })));
    let r = v!(e, (from_bits (bxor (bits r) negative)));
    let a = fabs(e, x);
    let direct = v!(e, (a < { FRAC_PI_4 }));
    (v!(e, (sel direct [0] q)), v!(e, (sel direct a r)))
}

#[inline(always)]
fn sin_reduced<E: Emit>(e: &mut E, r: E::V) -> E::V {
    let s = v!(e, (r * r));
    let q = poly(e, s, &SIN);
    v!(e, (r + ((r * s) * q)))
}

#[inline(always)]
fn cos_reduced<E: Emit>(e: &mut E, r: E::V) -> E::V {
    let s = v!(e, (r * r));
    let q = poly(e, s, &COS);
    v!(e, (1.0 - ((s * 0.5) - ((s * s) * q))))
}

/// NaN for infinities and NaN.
#[inline(always)]
fn finite_only<E: Emit>(e: &mut E, x: E::V, y: E::V) -> E::V {
    v!(e, (sel (is_finite x) y {f32::NAN}))
}

/// Sine.
#[inline(always)]
pub(crate) fn sin<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("sin_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let (q, r) = reduce(e, x);
        let odd = v!(e, (ieq (band q [1]) [1]));
        let y = v!(e, (sel odd (cos_reduced r) (sin_reduced r)));
        let sign = v!(e, (bxor (shl q [30]) (bits x)));
        let y = v!(e, (from_bits (bxor (bits y) (band sign [0x8000_0000]))));
        finite_only(e, x, y)
    })
}

/// Cosine.
#[inline(always)]
pub(crate) fn cos<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("cos_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let (q, r) = reduce(e, x);
        let odd = v!(e, (ieq (band q [1]) [1]));
        let y = v!(e, (sel odd (sin_reduced r) (cos_reduced r)));
        let sign = v!(e, (shl (iadd q [1]) [30]));
        let y = v!(e, (from_bits (bxor (bits y) (band sign [0x8000_0000]))));
        finite_only(e, x, y)
    })
}

/// Tangent.
#[inline(always)]
pub(crate) fn tan<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("tan_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let (q, r) = reduce(e, x);
        let odd = v!(e, (ieq (band q [1]) [1]));
        let s = sin_reduced(e, r);
        let c = cos_reduced(e, r);
        let y = v!(e, ((sel odd c s) / (sel odd s c)));
        let sign = v!(e, (bxor (shl q [31]) (bits x)));
        let y = v!(e, (from_bits (bxor (bits y) (band sign [0x8000_0000]))));
        finite_only(e, x, y)
    })
}

/// asin(s) for 0 <= s <= 1/2: s and the rest.
#[inline(always)]
fn asin_rest<E: Emit>(e: &mut E, s: E::V) -> E::V {
    let square = v!(e, (s * s));
    let q = poly(e, square, &ASIN);
    v!(e, ((s * square) * q))
}

/// Arc sine; above 1/2 by pi/2 - 2 asin(sqrt((1 - x)/2)).
#[inline(always)]
pub(crate) fn asin<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("asin_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let near = v!(e, (a < 0.5));
        let half = half_chord(e, a);
        let s = sel(e, near, a, half);
        let rest = asin_rest(e, s);
        let y = v!(e, (sel near (s + rest) ({FRAC_PI_2} - (2.0 * (s + (rest - {FRAC_PI_2_LO / 2.0}))))));
        let y = v!(e, (sel (1.0 < a) {f32::NAN} y));
        let y = flip_by(e, y, x);
        keep_nan(e, x, y)
    })
}

/// sqrt((1 - a)/2), 0 where a is above 1.
#[inline(always)]
fn half_chord<E: Emit>(e: &mut E, a: E::V) -> E::V {
    let t = v!(e, (0.5 - (a * 0.5)));
    v!(e, (sqrt (sel (t < 0.0) 0.0 t)))
}

/// Arc cosine: near 1 twice an arc sine, so that it keeps its relative accuracy.
#[inline(always)]
pub(crate) fn acos<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("acos_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let near = v!(e, (a < 0.5));
        let half = half_chord(e, a);
        let s = sel(e, near, x, half);
        let rest = asin_rest(e, s);
        let middle = v!(e, ({ FRAC_PI_2 } - (s + (rest - { FRAC_PI_2_LO }))));
        let right = v!(e, (2.0 * (s + rest)));
        let left = v!(e, ({ PI } - (2.0 * (s + (rest - { PI_LO / 2.0 })))));
        let y = v!(e, (sel near middle (sel (x < 0.0) left right)));
        let y = v!(e, (sel (1.0 < a) {f32::NAN} y));
        keep_nan(e, x, y)
    })
}

/// atan(t) for 0 <= t <= 1.
#[inline(always)]
fn atan_reduced<E: Emit>(e: &mut E, t: E::V) -> E::V {
    let s = v!(e, (t * t));
    let q = poly(e, s, &ATAN);
    v!(e, (t + ((t * s) * q)))
}

/// Arc tangent; above 1 by pi/2 - atan(1/x).
#[inline(always)]
pub(crate) fn atan<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("atan_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let far = v!(e, (1.0 < a));
        // A quotient by more than 2^126 has no stated accuracy in WGSL; atan is pi/2 long before.
        let c = v!(e, (sel (a < 1e30) a 1e30));
        let t = v!(e, (sel far (1.0 / c) a));
        let y = atan_reduced(e, t);
        let y = v!(e, (sel far ({FRAC_PI_2} - (y - {FRAC_PI_2_LO})) y));
        let y = flip_by(e, y, x);
        keep_nan(e, x, y)
    })
}

/// The angle of the point (x, y), by the quotient of the smaller and the larger coordinate.
#[inline(always)]
pub(crate) fn atan2<E: Emit>(e: &mut E, y: E::V, x: E::V) -> E::V {
    e.call("atan2_", [Ty::F32, Ty::F32], Ty::F32, [y, x], |e, [y, x]| {
        let ay = fabs(e, y);
        let ax = fabs(e, x);
        let steep = v!(e, (ax < ay));
        let large = sel(e, steep, ay, ax);
        let small = sel(e, steep, ax, ay);
        // Keeps the divisor within 2^-126..2^126, where WGSL states the accuracy of a quotient.
        let factor = v!(e, (sel (1e30 < large) 5.960_464_5e-8 (sel (large < 1e-20) 16777216.0 1.0)));
        let large = v!(e, (large * factor));
        let small = v!(e, (small * factor));
        let zero = v!(e, (large == 0.0));
        let large = v!(e, (sel zero 1.0 large));
        let both = v!(e, (and (is_inf x) (is_inf y)));
        let t = v!(e, (sel both 1.0 (small / large)));
        let a = atan_reduced(e, t);
        let a = v!(e, (sel steep ({FRAC_PI_2} - (a - {FRAC_PI_2_LO})) a));
        let left = v!(e, (ult [0x7fff_ffff] (bits x)));
        let a = v!(e, (sel left ({PI} - (a - {PI_LO})) a));
        let a = flip_by(e, a, y);
        let a = keep_nan(e, x, a);
        keep_nan(e, y, a)
    })
}
