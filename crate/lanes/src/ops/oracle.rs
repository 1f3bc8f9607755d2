//! The oracle's side of the table: values in double precision or wide integers, rounded once to the dtype of the result.

use crate::dtype::{DType, Scalar};

/// The exact meaning of a row: functions of doubles, of integers wide enough not to overflow (wrapped afterwards), or of bits.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Exact {
    Float1(fn(f64) -> f64),
    Float2(fn(f64, f64) -> f64),
    Number1(fn(f64) -> f64, fn(i64) -> i64),
    Number2(fn(f64, f64) -> f64, fn(i64, i64) -> i64),
    Number3(fn(f64, f64, f64) -> f64, fn(i64, i64, i64) -> i64),
    /// In double precision, which holds all dtypes exactly.
    Compare(fn(f64, f64) -> bool),
    Classify(fn(f64) -> bool),
    Bits(fn(DType, u32, u32) -> u32),
    /// The complement of all bits, of the only one of a bool.
    Not,
    Choose,
}

impl Exact {
    /// The value, rounded once.
    pub(crate) fn value(self, t: DType, a: &[Scalar]) -> Scalar {
        match self {
            Exact::Float1(_) | Exact::Float2(_) => Scalar::from_f64(t, self.real(&doubles(a))),
            Exact::Number1(_, i) => {
                if t.is_float() {
                    Scalar::from_f64(t, self.real(&doubles(a)))
                } else {
                    wrap(t, i(wide(a[0])))
                }
            }
            Exact::Number2(_, i) => {
                if t.is_float() {
                    Scalar::from_f64(t, self.real(&doubles(a)))
                } else {
                    wrap(t, i(wide(a[0]), wide(a[1])))
                }
            }
            Exact::Number3(_, i) => {
                if t.is_float() {
                    Scalar::from_f64(t, self.real(&doubles(a)))
                } else {
                    wrap(t, i(wide(a[0]), wide(a[1]), wide(a[2])))
                }
            }
            Exact::Compare(_) | Exact::Classify(_) => Scalar::bool(self.real(&doubles(a)) != 0.0),
            Exact::Bits(f) => Scalar::from_bits(t, f(t, a[0].bits(), a[1].bits())),
            Exact::Not => Scalar::from_bits(t, if t == DType::Bool { a[0].bits() ^ 1 } else { !a[0].bits() }),
            Exact::Choose => {
                if a[0].bits() != 0 {
                    a[1]
                } else {
                    a[2]
                }
            }
        }
    }

    /// The value in double precision, not rounded; a truth value is 0 or 1.
    pub(crate) fn real(self, a: &[f64]) -> f64 {
        let truth = |x: bool| f64::from(u8::from(x));
        match self {
            Exact::Float1(f) | Exact::Number1(f, _) => f(a[0]),
            Exact::Float2(f) | Exact::Number2(f, _) => f(a[0], a[1]),
            Exact::Number3(f, _) => f(a[0], a[1], a[2]),
            Exact::Compare(f) => truth(f(a[0], a[1])),
            Exact::Classify(f) => truth(f(a[0])),
            Exact::Bits(f) => f64::from(f(DType::UInt32, a[0] as u32, a[1] as u32)),
            Exact::Not => truth(a[0] == 0.0),
            Exact::Choose => {
                if a[0] != 0.0 {
                    a[1]
                } else {
                    a[2]
                }
            }
        }
    }
}

fn doubles(a: &[Scalar]) -> Vec<f64> {
    a.iter().map(|x| x.to_f64()).collect()
}

/// An integer as i64, in the sense of its dtype.
fn wide(x: Scalar) -> i64 {
    match x.dtype() {
        DType::Int32 => i64::from(x.bits() as i32),
        DType::Bool | DType::UInt32 | DType::Float16 | DType::Float32 => i64::from(x.bits()),
    }
}

/// An integer result, wrapped.
fn wrap(t: DType, value: i64) -> Scalar {
    Scalar::from_bits(t, value as u32)
}

/// Flooring division; 0 by zero.
pub(crate) fn floor_divide(a: i64, b: i64) -> i64 {
    if b == 0 { 0 } else { a.div_euclid(b) - i64::from(b < 0 && a.rem_euclid(b) != 0) }
}

/// The remainder with the divisor's sign; 0 by zero.
pub(crate) fn modulo(a: i64, b: i64) -> i64 {
    if b == 0 { 0 } else { a - b * floor_divide(a, b) }
}

/// Flooring division of floats: an infinite divisor leaves 0 or -1.
pub(crate) fn floor_divide_float(a: f64, b: f64) -> f64 {
    if b.is_infinite() && a.is_finite() {
        if a != 0.0 && (a < 0.0) != (b < 0.0) { -1.0 } else { 0.0 }
    } else {
        (a / b).floor()
    }
}

/// The remainder of floats with the divisor's sign.
pub(crate) fn modulo_float(a: f64, b: f64) -> f64 {
    let r = libm::fmod(a, b);
    if r != 0.0 && (r < 0.0) != (b < 0.0) { r + b } else { r }
}

/// Wrapping power; 0 for a negative exponent.
pub(crate) fn pow(x: i64, y: i64) -> i64 {
    if y < 0 {
        return 0;
    }
    // Arithmetic modulo 2^64 agrees with arithmetic modulo 2^32 in the low bits.
    (x as u64).wrapping_pow(y as u32) as i64
}

/// -1, 0 or 1; 0 for NaN.
pub(crate) fn sign(x: f64) -> f64 {
    f64::from(u8::from(x > 0.0)) - f64::from(u8::from(x < 0.0))
}

/// NaN where either is NaN.
pub(crate) fn maximum(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if a < b {
        b
    } else {
        a
    }
}

/// NaN where either is NaN.
pub(crate) fn minimum(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() {
        f64::NAN
    } else if b < a {
        b
    } else {
        a
    }
}

/// minimum(maximum(x, lo), hi).
pub(crate) fn clip(x: f64, lo: f64, hi: f64) -> f64 {
    minimum(maximum(x, lo), hi)
}

/// The logistic function.
pub(crate) fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

/// ln(e^a + e^b).
pub(crate) fn logaddexp(a: f64, b: f64) -> f64 {
    let high = maximum(a, b);
    if high.is_infinite() || high.is_nan() { high } else { high + libm::log1p(libm::exp(minimum(a, b) - high)) }
}

/// The inverse error function: bisection brackets, Newton polishes. By erfc, so that it is good next to 1.
pub(crate) fn erfinv(x: f64) -> f64 {
    let a = x.abs();
    if a >= 1.0 || a.is_nan() {
        return if a == 1.0 { f64::INFINITY.copysign(x) } else { f64::NAN };
    }
    let mut y = if a < 0.5 { a * 0.886_226_925_452_758 } else { (-libm::log(1.0 - a)).sqrt() };
    for _ in 0..60 {
        // The residual erf(y) - a without cancellation on either side.
        let residual = if a < 0.5 { libm::erf(y) - a } else { (1.0 - a) - libm::erfc(y) };
        let step = residual / (std::f64::consts::FRAC_2_SQRT_PI * libm::exp(-y * y));
        // Halley's correction makes the steps safe in the tail.
        let step = step / (1.0 + y * step).max(0.5);
        y -= step;
        if step.abs() <= 1e-16 * y.abs() {
            break;
        }
    }
    y.copysign(x)
}
