//! Exponentials, logarithms, powers and roots, over [`Emit`].
//!
//! WGSL's built-ins are off by thousands of ulp somewhere, so every function is a range reduction and a polynomial of our own
//! (coefficients: interpolation at Chebyshev nodes in 60 digits, rounded to float32). Reductions subtract products that are exact
//! in float32, so contraction into fma changes no bit that matters; divisions may be 2.5 ulp and square roots 2 ulp off.

use super::calc::*;
use crate::emit::{Emit, Ty};

const LOG2_E: f32 = std::f32::consts::LOG2_E;
/// ln 2 to 15 bits: its product with an exponent is exact.
const LN2_HI: f32 = 0.693_145_75;
const LN2_LO: f32 = 1.428_606_8e-6;

/// (e^r - 1 - r) / r^2 for |r| <= ln(2)/2.
const EXP: [f32; 6] = [0.5, 0.16666667, 0.041666463, 0.0083333105, 0.00139339, 0.00019891269];
/// (2^r - 1) / r for |r| <= 1/2.
const EXP2: [f32; 7] =
    [std::f32::consts::LN_2, 0.2402265, 0.055504102, 0.009618056, 0.0013334114, 0.00015461561, 1.5157687e-5];
/// (ln(1 + f) - f + f^2/2) / f^3 for sqrt(1/2) <= 1 + f <= sqrt(2).
const LOG: [f32; 10] = [
    0.33333334,
    -0.2499999,
    0.2000001,
    -0.16668004,
    0.1428653,
    -0.124506734,
    0.11037598,
    -0.10646616,
    0.10532394,
    -0.062024087,
];
/// (atanh(s)/s - 1) / s^2 in s^2, s <= 0.102.
const POW_LOG: [f32; 3] = [0.33333334, 0.19999328, 0.14459023];
/// 2 log2(e) in a head of 12 bits and a tail.
const TWO_LOG2_E: [f32; 2] = [2.884_765_6, 6.244_568e-4];
/// log2(3/2) in a head of 12 bits and a tail.
const LOG2_THREE_HALVES: [f32; 2] = [0.584_960_94, 1.563_221_2e-6];
const LOG10_2_HI: f32 = 0.301_025_4;
const LOG10_2_LO: f32 = 4.605_039e-6;

/// x = k ln 2 + r with |r| <= ln(2)/2 and a little, k as int32; x within +-128.
#[inline(always)]
fn reduce_exp<E: Emit>(e: &mut E, x: E::V) -> (E::V, E::V) {
    let k = v!(e, (nearest(x * { LOG2_E })));
    let kf = f_of_i(e, k);
    (k, v!(e, ((x - (kf * { LN2_HI })) - (kf * { LN2_LO }))))
}

/// e^r - 1 for a reduced r.
#[inline(always)]
fn expm1_reduced<E: Emit>(e: &mut E, r: E::V) -> E::V {
    let q = poly(e, r, &EXP);
    v!(e, (r + ((r * r) * q)))
}

/// x limited to lo..=hi (NaN passes where comparisons know it).
#[inline(always)]
pub(super) fn limit<E: Emit>(e: &mut E, x: E::V, lo: f32, hi: f32) -> E::V {
    let x = v!(e, (sel (x < {lo}) {lo} x));
    v!(e, (sel ({hi} < x) {hi} x))
}

/// e^x 2^shift, without the NaN rule.
#[inline(always)]
pub(super) fn exp_core<E: Emit>(e: &mut E, x: E::V, shift: i32) -> E::V {
    let x = limit(e, x, -105.0, 90.0);
    let (k, r) = reduce_exp(e, x);
    let p = expm1_reduced(e, r);
    let p = v!(e, (p + 1.0));
    let shift = e.i(shift);
    let k = iadd(e, k, shift);
    scale(e, p, k)
}

/// e^x.
#[inline(always)]
pub(crate) fn exp<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("exp_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let y = exp_core(e, x, 0);
        keep_nan(e, x, y)
    })
}

/// 2^x for |x| limited to 160, without the NaN rule.
#[inline(always)]
pub(super) fn exp2_core<E: Emit>(e: &mut E, whole: E::V, r: E::V) -> E::V {
    let q = poly(e, r, &EXP2);
    let p = v!(e, ((r * q) + 1.0));
    scale(e, p, whole)
}

/// 2^x.
#[inline(always)]
pub(crate) fn exp2<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("exp2_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let c = limit(e, x, -160.0, 130.0);
        let k = nearest(e, c);
        let r = v!(e, (c - (f_of_i k)));
        let y = exp2_core(e, k, r);
        keep_nan(e, x, y)
    })
}

/// e^x - 1: 2 (2^(k-1) (e^r - 1) + (2^(k-1) - 1/2)), exact scaling for every k that does not overflow.
#[inline(always)]
pub(crate) fn expm1<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("expm1_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let c = limit(e, x, -20.0, 90.0);
        let (k, r) = reduce_exp(e, c);
        let p = expm1_reduced(e, r);
        let minus_one = e.i(-1);
        let k = iadd(e, k, minus_one);
        // k reaches 129; in two factors because 2^128 is not a float32.
        let half = v!(e, (shri k [1]));
        let rest = isub(e, k, half);
        let s1 = power_of_two(e, half);
        let s2 = power_of_two(e, rest);
        let small = v!(e, (2.0 * (((s1 * p) * s2) + ((s1 * s2) - 0.5))));
        let large = v!(e, (((p + 1.0) * s1) * (s2 * 2.0)));
        let y = v!(e, (sel (40.0 < x) large small));
        // Also gives -0 and subnormals back.
        let y = v!(e, (sel ((fabs x) < 1e-8) x y));
        keep_nan(e, x, y)
    })
}

/// A positive x as 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2): (k as float, f). The bits of a subnormal, read as an integer, are
/// a multiple of it that no GPU flushes.
#[inline(always)]
fn split_exponent<E: Emit>(e: &mut E, x: E::V) -> (E::V, E::V) {
    let (k, m) = split_exponent_at(e, x, 0x3f35_04f3);
    (k, v!(e, (m - 1.0)))
}

/// As above with 1 + f, which starts at the number of these bits and ends at twice it.
#[inline(always)]
pub(super) fn split_exponent_at<E: Emit>(e: &mut E, x: E::V, start: u32) -> (E::V, E::V) {
    let raw = bits(e, x);
    let tiny = v!(e, (ult raw [0x0080_0000]));
    let scaled = v!(e, (sel tiny (bits (f_of_i (i_of_u (band raw [0x007f_ffff])))) raw));
    let correction = v!(e, (sel tiny {-149.0} 0.0));
    let moved = v!(e, (isub scaled [start]));
    let k = i_of_u(e, moved);
    let k = v!(e, (shri k [23]));
    let kf = f_of_i(e, k);
    let k = v!(e, (kf + correction));
    let m = v!(e, (from_bits (iadd (band moved [0x007f_ffff]) [start])));
    (k, m)
}

/// (ln(1 + f) - f) for a reduced f.
#[inline(always)]
fn log1p_tail<E: Emit>(e: &mut E, f: E::V) -> E::V {
    let q = poly(e, f, &LOG);
    v!(e, ((f * f) * ((f * q) - 0.5)))
}

/// The rule of all logarithms outside the positive numbers: 0 to -inf, negative to NaN, inf and NaN to themselves.
#[inline(always)]
fn log_edges<E: Emit>(e: &mut E, x: E::V, y: E::V) -> E::V {
    let raw = bits(e, x);
    // Positive infinity and positive NaN are the bits from 0x7f800000 on; what follows them is negative.
    let y = v!(e, (sel (ult [0x7f7f_ffff] raw) x y));
    let y = v!(e, (sel (ult [0x7fff_ffff] raw) {f32::NAN} y));
    v!(e, (sel (ieq (magnitude x) [0]) {f32::NEG_INFINITY} y))
}

/// Natural logarithm.
#[inline(always)]
pub(crate) fn log<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("log_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let (k, f) = split_exponent(e, x);
        let tail = log1p_tail(e, f);
        let y = v!(e, ((k * { LN2_HI }) + (f + (tail + (k * { LN2_LO })))));
        log_edges(e, x, y)
    })
}

/// Logarithm to base 2: the factor 1/ln 2 is applied as 1 + 0.44 so that it costs no accuracy near 1.
#[inline(always)]
pub(crate) fn log2<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("log2_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let (k, f) = split_exponent(e, x);
        let tail = log1p_tail(e, f);
        let y = v!(e, (k + (f + ((f * { LOG2_E - 1.0 }) + (tail * { LOG2_E })))));
        log_edges(e, x, y)
    })
}

/// Logarithm to base 10: the factor 1/ln 10 is applied as 0.5 - 0.066, for the same reason.
#[inline(always)]
pub(crate) fn log10<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("log10_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let (k, f) = split_exponent(e, x);
        let tail = log1p_tail(e, f);
        let rest = v!(e, ((f * { -0.065_705_52 }) + (tail * { std::f32::consts::LOG10_E })));
        let y = v!(e, ((k * { LOG10_2_HI }) + ((f * 0.5) + (rest + (k * { LOG10_2_LO })))));
        log_edges(e, x, y)
    })
}

/// ln(1 + x) for x > -1, without edges: the exponent comes from the rounded sum, the fraction from x itself, so that nothing is
/// lost where the sum rounds.
#[inline(always)]
pub(super) fn log1p_core<E: Emit>(e: &mut E, x: E::V) -> E::V {
    let sum = v!(e, (1.0 + x));
    let moved = v!(e, (isub (bits sum) [0x3f35_04f3]));
    let k = i_of_u(e, moved);
    let k = v!(e, (shri k [23]));
    let kf = f_of_i(e, k);
    let m = v!(e, (from_bits (iadd (band moved [0x007f_ffff]) [0x3f35_04f3])));
    let large = v!(e, (24.0 < kf));
    let zero = e.i(0);
    let k = sel(e, large, zero, k);
    let k = ineg(e, k);
    let s = power_of_two(e, k);
    let f = v!(e, (sel large (m - 1.0) ((x * s) + (s - 1.0))));
    let tail = log1p_tail(e, f);
    v!(e, ((kf * { LN2_HI }) + (f + (tail + (kf * { LN2_LO })))))
}

/// ln(1 + x).
#[inline(always)]
pub(crate) fn log1p<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("log1p_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let y = log1p_core(e, x);
        let y = v!(e, (sel ((fabs x) < 1e-8) x y));
        let y = v!(e, (sel (x == {-1.0}) {f32::NEG_INFINITY} y));
        let y = v!(e, (sel (x < {-1.0}) {f32::NAN} y));
        v!(e, (sel (ieq (bits x) [0x7f80_0000]) x (keep_nan x y)))
    })
}

/// 1 / sqrt(x), with one step of Newton's method: root and quotient alone are 7 ulp off on a GPU.
#[inline(always)]
pub(crate) fn rsqrt<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("rsqrt_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let y = v!(e, (1.0 / (sqrt x)));
        let better = v!(e, (y + (y * (0.5 - (0.5 * ((x * y) * y))))));
        // The step has no meaning for 0, subnormals that a GPU flushes, infinity and NaN: all but the normal positive numbers.
        let normal = v!(e, (ult (isub (bits x) [0x0080_0000]) [0x7f00_0000]));
        sel(e, normal, better, y)
    })
}

/// 1 / (1 + e^-x), by e^-|x| so that both tails keep their relative accuracy.
#[inline(always)]
pub(crate) fn sigmoid<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("sigmoid_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let t = v!(e, (- (fabs x)));
        let t = exp_core(e, t, 0);
        let y = v!(e, ((sel (x < 0.0) t 1.0) / (1.0 + t)));
        keep_nan(e, x, y)
    })
}

/// ln(e^a + e^b) = max + log1p(e^-|a - b|).
#[inline(always)]
pub(crate) fn logaddexp<E: Emit>(e: &mut E, a: E::V, b: E::V) -> E::V {
    e.call("logaddexp_", [Ty::F32, Ty::F32], Ty::F32, [a, b], |e, [a, b]| {
        let smaller = v!(e, (a < b));
        let hi = sel(e, smaller, b, a);
        let lo = sel(e, smaller, a, b);
        let t = v!(e, (lo - hi));
        let t = exp_core(e, t, 0);
        let tail = log1p_core(e, t);
        let y = v!(e, (hi + tail));
        // inf - inf above would be NaN.
        let y = v!(e, (sel (is_inf hi) hi y));
        let y = keep_nan(e, b, y);
        keep_nan(e, a, y)
    })
}

/// |x|^y in extended precision: log2 |x| and its product with y as a head of 12 bits and a tail, so that every leading product
/// is exact. C99's rules for 0, infinities, NaN and negative bases.
#[inline(always)]
pub(crate) fn pow<E: Emit>(e: &mut E, x: E::V, y: E::V) -> E::V {
    e.call("pow_", [Ty::F32, Ty::F32], Ty::F32, [x, y], |e, [x, y]| {
        let a = fabs(e, x);
        // a = 2^k m with m in sqrt(3)/2..sqrt(3), and m next to c = 1 or c = 3/2.
        let (k, m) = split_exponent_at(e, a, 0x3f5d_b3d7);
        let upper = v!(e, (1.224_744_9 < m));
        let k = v!(e, (k + (sel upper {LOG2_THREE_HALVES[0]} 0.0)));
        let k_low = v!(e, (sel upper {LOG2_THREE_HALVES[1]} 0.0));
        let c = v!(e, (sel upper 1.5 1.0));
        let f = v!(e, (m - c));
        // s = f / (2 c + f): ln(m / c) = 2 atanh(s). What the quotient lacks follows from the exact f - s (2 c + f).
        let d = v!(e, (m + c));
        let sh = v!(e, (head(f / d)));
        let fh = head(e, f);
        let fl = v!(e, (f - fh));
        let left = v!(e, (((f - ((c + c) * sh)) - (sh * fh)) - (sh * fl)));
        let sl = v!(e, (left / d));
        let s = v!(e, (sh + sl));
        let s2 = v!(e, (s * s));
        let q = poly(e, s2, &POW_LOG);
        let low = v!(e, (sl + ((s * s2) * q)));
        let first = v!(e, (sh * { TWO_LOG2_E[0] }));
        let second = v!(e, (k_low + ((sh * { TWO_LOG2_E[1] }) + (low * { 2.0 * LOG2_E }))));
        let lh = v!(e, (head(k + (first + second))));
        let ll = v!(e, (((k - lh) + first) + second));
        let yc = limit(e, y, -1e30, 1e30);
        let yh = head(e, yc);
        let yl = v!(e, (yc - yh));
        let rough = v!(e, (yc * (lh + ll)));
        let ph = v!(e, (yh * lh));
        let pl = v!(e, ((yh * ll) + (yl * (lh + ll))));
        let n = limit(e, rough, -160.0, 130.0);
        let n = nearest(e, n);
        let r = v!(e, ((ph - (f_of_i n)) + pl));
        let r = limit(e, r, -1.0, 1.0);
        let z = exp2_core(e, n, r);
        // Beyond the range, and where base or exponent is 0 or infinite: by direction.
        let one = v!(e, (a == 1.0));
        // The sign of y by its bit: a subnormal exponent of 0 or infinity counts.
        let grows = v!(e, (same (1.0 < a) (ult (bits y) [0x8000_0000])));
        let extreme = v!(e, (or (ieq (bits a) [0]) (or (is_inf a) (is_inf y))));
        let extreme = v!(e, (or extreme (or (140.0 < rough) (rough < {-170.0}))));
        let limit_value = v!(e, (sel grows {f32::INFINITY} 0.0));
        let z = sel(e, extreme, limit_value, z);
        let z = v!(e, (sel one 1.0 z));
        // Sign and domain of a negative base.
        let ya = fabs(e, y);
        let large = v!(e, (16777216.0 <= ya));
        // Conversion and not trunc: a call on baseline x86-64, and the loop would not become SIMD.
        let units = v!(e, (i_of_f (sel large 0.0 ya)));
        let whole = v!(e, (or large ((f_of_i units) == ya)));
        let odd = v!(e, (and (ieq (band (u_of_i units) [1]) [1]) whole));
        let negative = v!(e, (ult [0x7fff_ffff] (bits x)));
        let z = v!(e, (sel (and negative odd) (- z) z));
        let outside = v!(e, (and (and (x < 0.0) (is_finite x)) (not whole)));
        let z = v!(e, (sel outside {f32::NAN} z));
        let z = keep_nan(e, y, z);
        let z = keep_nan(e, x, z);
        let unit = v!(e, (or (x == 1.0) (ieq (magnitude y) [0])));
        // 1 == NaN must not hold even where comparisons are careless.
        let unit = v!(e, (and unit (or (not (is_nan x)) (ieq (magnitude y) [0]))));
        v!(e, (sel unit 1.0 z))
    })
}
