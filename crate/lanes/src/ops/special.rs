//! Hyperbolic functions, their inverses and the error functions, over [`Emit`].
//!
//! Each has a polynomial near 0, which keeps the relative accuracy, and an expression of exponentials or logarithms further out;
//! the conventions are those of `math.rs`.

use super::calc::*;
use super::math::{exp_core, log, log1p_core};
use crate::emit::{Emit, Ty};
use std::f32::consts::LN_2;

/// (sinh(s)/s - 1) / s^2 in s^2, s <= 1.
const SINH: [f32; 4] = [0.16666667, 0.008333339, 0.000198381, 2.8062855e-6];
/// (tanh(s)/s - 1) / s^2 in s^2, s <= 0.632.
const TANH: [f32; 7] = [-0.33333334, 0.13333331, -0.05396757, 0.02185905, -0.008786444, 0.0032950146, -0.0008519199];
/// (atanh(s)/s - 1) / s^2 in s^2, s <= 1/2.
const ATANH: [f32; 8] =
    [0.33333334, 0.20000003, 0.1428543, 0.11120034, 0.08954825, 0.08798373, 0.018622825, 0.15806447];
/// erf(s)/s - 1 in s^2, s <= 1.
const ERF_SMALL: [f32; 8] =
    [0.12837917, -0.37612638, 0.11283782, -0.02686543, 0.0052210307, -0.00084840634, 0.00011265824, -9.666631e-6];
/// ln(erfc(s)) for 1 <= s <= 4.
const ERFC_LOG: [f32; 11] = [
    0.00027284896,
    -1.1299661,
    -0.63248545,
    -0.10914642,
    0.025581349,
    -0.0042582355,
    0.00039549384,
    7.679802e-6,
    -7.5019316e-6,
    8.9557943e-7,
    -3.8464826e-8,
];
/// erfinv(x)/x in w - 2.5, w = -ln(1 - x^2) <= 5.
const ERFINV_CENTRE: [f32; 10] = [
    1.5014094,
    0.24664028,
    -0.004177393,
    -0.0012527264,
    0.00021834939,
    -4.97242e-6,
    -3.4639852e-6,
    4.6813136e-7,
    2.3335968e-8,
    -8.931926e-9,
];
/// erfinv(x)/x in sqrt(w) - 3, 5 <= w <= 16.7.
const ERFINV_TAIL: [f32; 10] = [
    2.8329768,
    1.0016749,
    0.009445132,
    -0.007636819,
    0.005688058,
    -0.0035992807,
    0.0014826907,
    -5.372657e-5,
    -0.0003079133,
    0.00011390817,
];

/// (e^x - e^-x) / 2, by e^x / 2 so that it overflows only where it must.
#[inline(always)]
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
#[inline(always)]
pub(crate) fn cosh<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("cosh_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let h = exp_core(e, a, -1);
        let y = v!(e, (h + (0.25 / h)));
        keep_nan(e, x, y)
    })
}

/// Hyperbolic tangent; 1 for every x above 9.1, so that no infinity meets another.
#[inline(always)]
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
#[inline(always)]
pub(crate) fn asinh<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("asinh_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let a = fabs(e, x);
        let big = v!(e, ({ 1e9 } < a));
        let c = v!(e, (sel big 1.0 a));
        let square = v!(e, (c * c));
        let w = v!(e, (c + (square / (1.0 + (sqrt(square + 1.0))))));
        let w = sel(e, big, a, w);
        let y = log1p_core(e, w);
        let y = v!(e, (sel big (y + {LN_2}) y));
        let y = v!(e, (sel (a < 1e-5) a y));
        let y = v!(e, (sel (is_finite x) y a));
        flip_by(e, y, x)
    })
}

/// ln(x + sqrt(x^2 - 1)) as log1p(t + sqrt(t^2 + 2t)), t = x - 1; ln(2x) for large x.
#[inline(always)]
pub(crate) fn acosh<E: Emit>(e: &mut E, x: E::V) -> E::V {
    e.call("acosh_", [Ty::F32], Ty::F32, [x], |e, [x]| {
        let big = v!(e, ({ 1e9 } < x));
        let t = v!(e, (x - 1.0));
        let c = v!(e, (sel big 1.0 t));
        let c = v!(e, (sel (c < 0.0) 0.0 c));
        let w = v!(e, (c + (sqrt(c * (c + 2.0)))));
        let w = sel(e, big, x, w);
        let y = log1p_core(e, w);
        let y = v!(e, (sel big (y + {LN_2}) y));
        let y = v!(e, (sel (x < 1.0) {f32::NAN} y));
        v!(e, (sel (ieq (bits x) [0x7f80_0000]) x (keep_nan x y)))
    })
}

/// ln((1 + x) / (1 - x)) / 2; a polynomial up to 1/2.
#[inline(always)]
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
#[inline(always)]
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
#[inline(always)]
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
