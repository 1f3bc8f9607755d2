//! Exponentials, logarithms and what is made of them, over [`Emit`].
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
const LN_2: f32 = std::f32::consts::LN_2;

/// (e^r - 1 - r) / r^2 for |r| <= ln(2)/2.
const EXP: [f32; 6] = [0.5, 0.16666667, 0.041666463, 0.0083333105, 0.00139339, 0.00019891269];
/// (2^r - 1) / r for |r| <= 1/2.
const EXP2: [f32; 7] = [0.6931472, 0.2402265, 0.055504102, 0.009618056, 0.0013334114, 0.00015461561, 1.5157687e-5];
/// (ln(1 + f) - f + f^2/2) / f^3 for sqrt(1/2) <= 1 + f <= sqrt(2).
const LOG: [f32; 10] =
    [0.33333334, -0.2499999, 0.2000001, -0.16668004, 0.1428653, -0.124506734, 0.11037598, -0.10646616, 0.10532394, -0.062024087];
/// (sinh(s)/s - 1) / s^2 in s^2, s <= 1.
const SINH: [f32; 4] = [0.16666667, 0.008333339, 0.000198381, 2.8062855e-6];
/// (tanh(s)/s - 1) / s^2 in s^2, s <= 0.632.
const TANH: [f32; 7] = [-0.33333334, 0.13333331, -0.05396757, 0.02185905, -0.008786444, 0.0032950146, -0.0008519199];
/// (atanh(s)/s - 1) / s^2 in s^2, s <= 1/2.
const ATANH: [f32; 8] = [0.33333334, 0.20000003, 0.1428543, 0.11120034, 0.08954825, 0.08798373, 0.018622825, 0.15806447];
/// erf(s)/s - 1 in s^2, s <= 1.
const ERF_SMALL: [f32; 8] =
    [0.12837917, -0.37612638, 0.11283782, -0.02686543, 0.0052210307, -0.00084840634, 0.00011265824, -9.666631e-6];
/// ln(erfc(s)) for 1 <= s <= 4.
const ERFC_LOG: [f32; 11] = [
    0.00027284896, -1.1299661, -0.63248545, -0.10914642, 0.025581349, -0.0042582355, 0.00039549384, 7.679802e-6, -7.5019316e-6,
    8.9557943e-7, -3.8464826e-8,
];
/// erfinv(x)/x in w - 2.5, w = -ln(1 - x^2) <= 5.
const ERFINV_CENTRE: [f32; 10] = [
    1.5014094, 0.24664028, -0.004177393, -0.0012527264, 0.00021834939, -4.97242e-6, -3.4639852e-6, 4.6813136e-7, 2.3335968e-8,
    -8.931926e-9,
];
/// erfinv(x)/x in sqrt(w) - 3, 5 <= w <= 16.7.
const ERFINV_TAIL: [f32; 10] = [
    2.8329768, 1.0016749, 0.009445132, -0.007636819, 0.005688058, -0.0035992807, 0.0014826907, -5.372657e-5, -0.0003079133,
    0.00011390817,
];
/// (atanh(s)/s - 1) / s^2 in s^2, s <= 0.172.
const POW_LOG: [f32; 4] = [0.33333334, 0.20000061, 0.14275293, 0.11668406];
/// 2 log2(e) in a head of 12 bits and a tail.
const TWO_LOG2_E: [f32; 2] = [2.884_765_6, 6.244_568e-4];
const LOG10_2_HI: f32 = 0.301_025_4;
const LOG10_2_LO: f32 = 4.605_039e-6;

/// x = k ln 2 + r with |r| <= ln(2)/2 and a little, k as int32; x within +-128.
#[inline(always)]
fn reduce_exp<E: Emit>(e: &mut E, x: E::V) -> (E::V, E::V) {
    let k = v!(e, (nearest (x * {LOG2_E})));
    let kf = f_of_i(e, k);
    (k, v!(e, ((x - (kf * {LN2_HI})) - (kf * {LN2_LO}))))
}

/// e^r - 1 for a reduced r.
#[inline(always)]
fn expm1_reduced<E: Emit>(e: &mut E, r: E::V) -> E::V {
    let q = poly(e, r, &EXP);
    v!(e, (r + ((r * r) * q)))
}

/// x limited to lo..=hi (NaN passes where comparisons know it).
#[inline(always)]
fn limit<E: Emit>(e: &mut E, x: E::V, lo: f32, hi: f32) -> E::V {
    let x = v!(e, (sel (x < {lo}) {lo} x));
    v!(e, (sel ({hi} < x) {hi} x))
}

/// e^x 2^shift, without the NaN rule.
#[inline(always)]
fn exp_core<E: Emit>(e: &mut E, x: E::V, shift: i32) -> E::V {
    let x = limit(e, x, -105.0, 90.0);
    let (k, r) = reduce_exp(e, x);
    let p = expm1_reduced(e, r);
    let p = v!(e, (p + 1.0));
    let shift = e.i(shift);
    let k = iadd(e, k, shift);
    scale(e, p, k)
}

/// e^x.
pub(crate) fn exp<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("exp_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let y = exp_core(e, x, 0);
        keep_nan(e, x, y)
    })
}

/// 2^x for |x| limited to 160, without the NaN rule.
#[inline(always)]
fn exp2_core<E: Emit>(e: &mut E, whole: E::V, r: E::V) -> E::V {
    let q = poly(e, r, &EXP2);
    let p = v!(e, ((r * q) + 1.0));
    scale(e, p, whole)
}

/// 2^x.
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

/// A positive x as 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2): (k as float, f). Subnormals included.
#[inline(always)]
fn split_exponent<E: Emit>(e: &mut E, x: E::V) -> (E::V, E::V) {
    let tiny = v!(e, (x < {f32::MIN_POSITIVE}));
    let scaled = v!(e, (sel tiny (x * 8388608.0) x));
    let correction = v!(e, (sel tiny {-23.0} 0.0));
    let moved = v!(e, (isub (bits scaled) [0x3f35_04f3]));
    let k = i_of_u(e, moved);
    let k = v!(e, (shri k [23]));
    let kf = f_of_i(e, k);
    let k = v!(e, (kf + correction));
    let m = v!(e, (from_bits (iadd (band moved [0x007f_ffff]) [0x3f35_04f3])));
    (k, v!(e, (m - 1.0)))
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
pub(crate) fn log<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("log_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let (k, f) = split_exponent(e, x);
        let tail = log1p_tail(e, f);
        let y = v!(e, ((k * {LN2_HI}) + (f + (tail + (k * {LN2_LO})))));
        log_edges(e, x, y)
    })
}

/// Logarithm to base 2: the factor 1/ln 2 is applied as 1 + 0.44 so that it costs no accuracy near 1.
pub(crate) fn log2<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("log2_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let (k, f) = split_exponent(e, x);
        let tail = log1p_tail(e, f);
        let y = v!(e, (k + (f + ((f * {LOG2_E - 1.0}) + (tail * {LOG2_E})))));
        log_edges(e, x, y)
    })
}

/// Logarithm to base 10: the factor 1/ln 10 is applied as 0.5 - 0.066, for the same reason.
pub(crate) fn log10<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("log10_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let (k, f) = split_exponent(e, x);
        let tail = log1p_tail(e, f);
        let rest = v!(e, ((f * {-0.065_705_52}) + (tail * {std::f32::consts::LOG10_E})));
        let y = v!(e, ((k * {LOG10_2_HI}) + ((f * 0.5) + (rest + (k * {LOG10_2_LO})))));
        log_edges(e, x, y)
    })
}

/// ln(1 + x) for x > -1, without edges: the exponent comes from the rounded sum, the fraction from x itself, so that nothing is
/// lost where the sum rounds.
#[inline(always)]
fn log1p_core<E: Emit>(e: &mut E, x: E::V) -> E::V {
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
    v!(e, ((kf * {LN2_HI}) + (f + (tail + (kf * {LN2_LO})))))
}

/// ln(1 + x).
pub(crate) fn log1p<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("log1p_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let y = log1p_core(e, x);
        let y = v!(e, (sel ((fabs x) < 1e-8) x y));
        let y = v!(e, (sel (x == {-1.0}) {f32::NEG_INFINITY} y));
        let y = v!(e, (sel (x < {-1.0}) {f32::NAN} y));
        v!(e, (sel (ieq (bits x) [0x7f80_0000]) x (keep_nan x y)))
    })
}

/// 1 / sqrt(x).
pub(crate) fn rsqrt<E: Emit>(e: &mut E, x: E::V) -> E::V {
    v!(e, (1.0 / (sqrt x)))
}

/// (e^x - e^-x) / 2, by e^x / 2 so that it overflows only where it must.
pub(crate) fn sinh<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("sinh_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let h = exp_core(e, a, -1);
        let large = v!(e, (h - (0.25 / h)));
        let s = v!(e, (a * a));
        let q = poly(e, s, &SINH);
        let small = v!(e, (a + ((a * s) * q)));
        let y = v!(e, (sel (a < 1.0) small large));
        let y = flip_by(e, y, x);
        keep_nan(e, x, y)
    })
}

/// (e^x + e^-x) / 2.
pub(crate) fn cosh<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("cosh_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let h = exp_core(e, a, -1);
        let y = v!(e, (h + (0.25 / h)));
        keep_nan(e, x, y)
    })
}

/// Hyperbolic tangent; 1 for every x above 9.1, so that no infinity meets another.
pub(crate) fn tanh<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("tanh_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let a = v!(e, (sel (a < 10.0) a 10.0));
        let h = exp_core_twice(e, a);
        let large = v!(e, (1.0 - (2.0 / (h + 1.0))));
        let s = v!(e, (a * a));
        let q = poly(e, s, &TANH);
        let small = v!(e, (a + ((a * s) * q)));
        let y = v!(e, (sel (a < 0.63) small large));
        let y = flip_by(e, y, x);
        keep_nan(e, x, y)
    })
}

#[inline(always)]
fn exp_core_twice<E: Emit>(e: &mut E, a: E::V) -> E::V {
    let twice = v!(e, (a + a));
    exp_core(e, twice, 0)
}

/// ln(x + sqrt(x^2 + 1)) as log1p(a + a^2 / (1 + sqrt(a^2 + 1))); ln(2a) for large a.
pub(crate) fn asinh<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("asinh_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let big = v!(e, ({1e9} < a));
        let c = v!(e, (sel big 1.0 a));
        let square = v!(e, (c * c));
        let w = v!(e, (c + (square / (1.0 + (sqrt (square + 1.0))))));
        let w = sel(e, big, a, w);
        let y = log1p_core(e, w);
        let y = v!(e, (sel big (y + {LN_2}) y));
        let y = v!(e, (sel (a < 1e-5) a y));
        let y = v!(e, (sel (is_finite x) y a));
        flip_by(e, y, x)
    })
}

/// ln(x + sqrt(x^2 - 1)) as log1p(t + sqrt(t^2 + 2t)), t = x - 1; ln(2x) for large x.
pub(crate) fn acosh<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("acosh_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let big = v!(e, ({1e9} < x));
        let t = v!(e, (x - 1.0));
        let c = v!(e, (sel big 1.0 t));
        let c = v!(e, (sel (c < 0.0) 0.0 c));
        let w = v!(e, (c + (sqrt (c * (c + 2.0)))));
        let w = sel(e, big, x, w);
        let y = log1p_core(e, w);
        let y = v!(e, (sel big (y + {LN_2}) y));
        let y = v!(e, (sel (x < 1.0) {f32::NAN} y));
        v!(e, (sel (ieq (bits x) [0x7f80_0000]) x (keep_nan x y)))
    })
}

/// ln((1 + x) / (1 - x)) / 2; a polynomial up to 1/2.
pub(crate) fn atanh<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("atanh_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let s = v!(e, (a * a));
        let q = poly(e, s, &ATANH);
        let small = v!(e, (a + ((a * s) * q)));
        let inside = v!(e, (a < 1.0));
        let c = v!(e, (sel inside a 0.0));
        let w = v!(e, ((c + c) / (1.0 - c)));
        let large = log1p_core(e, w);
        let y = v!(e, (sel (a < 0.5) small (large * 0.5)));
        let y = v!(e, (sel inside y (sel (a == 1.0) {f32::INFINITY} {f32::NAN})));
        let y = flip_by(e, y, x);
        keep_nan(e, x, y)
    })
}

/// The error function: a polynomial up to 1, then 1 - e^(ln erfc) with a polynomial for the exponent.
pub(crate) fn erf<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("erf_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let s = v!(e, (a * a));
        let q = poly(e, s, &ERF_SMALL);
        let small = v!(e, (a + (a * q)));
        let c = v!(e, (sel (a < 4.0) a 4.0));
        let exponent = poly(e, c, &ERFC_LOG);
        let large = v!(e, (1.0 - (exp_core_plain exponent)));
        let y = v!(e, (sel (a < 1.0) small large));
        let y = flip_by(e, y, x);
        keep_nan(e, x, y)
    })
}

#[inline(always)]
fn exp_core_plain<E: Emit>(e: &mut E, x: E::V) -> E::V {
    exp_core(e, x, 0)
}

/// The inverse error function: x F(w), w = -ln(1 - x^2).
pub(crate) fn erfinv<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("erfinv_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let inside = v!(e, (a < 1.0));
        let c = v!(e, (sel inside a 0.0));
        let product = v!(e, ((1.0 - c) * (1.0 + c)));
        let w = v!(e, (- (log product)));
        let centre = v!(e, (w - 2.5));
        let centre = poly(e, centre, &ERFINV_CENTRE);
        // At w = 0 the logarithm may be -0, and GPUs need a positive argument.
        let root = v!(e, ((sqrt (sel (w < 1.0) 1.0 w)) - 3.0));
        let tail = poly(e, root, &ERFINV_TAIL);
        let y = v!(e, (a * (sel (w < 5.0) centre tail)));
        let y = v!(e, (sel inside y (sel (a == 1.0) {f32::INFINITY} {f32::NAN})));
        let y = flip_by(e, y, x);
        keep_nan(e, x, y)
    })
}

/// 1 / (1 + e^-x), by e^-|x| so that both tails keep their relative accuracy.
pub(crate) fn sigmoid<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("sigmoid_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let t = v!(e, (- (fabs x)));
        let t = exp_core(e, t, 0);
        let y = v!(e, ((sel (x < 0.0) t 1.0) / (1.0 + t)));
        keep_nan(e, x, y)
    })
}

/// ln(e^a + e^b) = max + log1p(e^-|a - b|).
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
pub(crate) fn pow<E: Emit>(e: &mut E, x: E::V, y: E::V) -> E::V {
    e.call("pow_", [Ty::F32, Ty::F32], Ty::F32, [x, y], |e, [x, y]| {
        let a = fabs(e, x);
        let (k, f) = split_exponent(e, a);
        // s = f / (2 + f): ln(1 + f) = 2 atanh(s).
        let d = v!(e, (2.0 + f));
        let s = v!(e, (f / d));
        let sh = head(e, s);
        let fh = head(e, f);
        let fl = v!(e, (f - fh));
        let left = v!(e, (((f - (2.0 * sh)) - (sh * fh)) - (sh * fl)));
        let sl = v!(e, (left / d));
        let s2 = v!(e, (s * s));
        let q = poly(e, s2, &POW_LOG);
        let low = v!(e, (sl + ((s * s2) * q)));
        let first = v!(e, (sh * {TWO_LOG2_E[0]}));
        let second = v!(e, ((sh * {TWO_LOG2_E[1]}) + (low * {2.0 * LOG2_E})));
        let lh = v!(e, (head (k + (first + second))));
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
        let grows = v!(e, (same (1.0 < a) (0.0 < y)));
        let extreme = v!(e, (or (ieq (bits a) [0]) (or (is_inf a) (is_inf y))));
        let extreme = v!(e, (or extreme (or (140.0 < rough) (rough < {-170.0}))));
        let limit_value = v!(e, (sel grows {f32::INFINITY} 0.0));
        let z = sel(e, extreme, limit_value, z);
        let z = v!(e, (sel one 1.0 z));
        // Sign and domain of a negative base.
        let ya = fabs(e, y);
        let large = v!(e, (16777216.0 <= ya));
        let whole = v!(e, (or large ((trunc y) == y)));
        let odd = v!(e, (and (ieq (band (u_of_f (sel large 0.0 ya)) [1]) [1]) whole));
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
