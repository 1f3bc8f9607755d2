//! Where rows are tested, and when a result is good enough: data for this crate's tests and for those that run on devices.

use super::{Op, Signature, exact};
use crate::dtype::{DType, Scalar};

/// Values from `lo` to `hi`.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Smallest.
    pub lo: f32,
    /// Largest.
    pub hi: f32,
}

/// How far a float32 result may be from the exact value rounded to float32, on every device: `ulps` units in the last place of
/// the exact value plus `absolute`. Results of dtype float16 may be one float16 unit off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// Units in the last place.
    pub ulps: f64,
    /// Distance that is always allowed.
    pub absolute: f64,
}

/// Where the bound of a row holds for floats. Special values (NaN, infinities, zeros, ...) are always in.
#[derive(Clone, Copy, Debug)]
pub struct Domain {
    /// Per argument.
    pub args: &'static [&'static [Range]],
    /// A condition on finite, non-zero arguments together.
    pub holds: fn(&[f64]) -> bool,
}

const fn range(lo: f32, hi: f32) -> Range {
    Range { lo, hi }
}

/// All finite numbers.
pub(crate) const REAL: &[Range] = &[range(-f32::MAX, f32::MAX), range(-100.0, 100.0), range(-1.0, 1.0)];
/// Positive numbers.
pub(crate) const POSITIVE: &[Range] = &[range(1e-45, f32::MAX), range(0.0, 4.0), range(0.9, 1.1)];
/// -1..=1 with the ends dense.
pub(crate) const UNIT: &[Range] = &[range(-1.0, 1.0), range(0.99, 1.0), range(-1.0, -0.99)];
/// Bases of powers.
pub(crate) const BASE: &[Range] = &[range(0.0, f32::MAX), range(0.0, 4.0), range(0.9, 1.1)];
/// Exponents of powers.
pub(crate) const EXPONENT: &[Range] = &[range(-30.0, 30.0), range(-2.0, 2.0), range(-300.0, 300.0)];
/// From 1 up.
pub(crate) const FROM_ONE: &[Range] = &[range(1.0, f32::MAX), range(1.0, 2.0), range(1.0, 100.0)];
/// Above -1.
pub(crate) const ABOVE_MINUS_ONE: &[Range] = &[range(-1.0, f32::MAX), range(-1.0, 2.0), range(-1e-3, 1e-3)];

/// Any arguments.
pub(crate) fn anywhere(_: &[f64]) -> bool {
    true
}

fn normal(x: f64) -> bool {
    x.is_finite() && x.abs() >= f64::from(f32::MIN_POSITIVE)
}

/// Divisors that WGSL states an accuracy for, and a quotient that is no subnormal.
pub(crate) fn divisible(a: &[f64]) -> bool {
    let d = a[a.len() - 1].abs();
    (1.2e-38..8.5e37).contains(&d) && normal(if a.len() == 2 { a[0] / a[1] } else { 1.0 / a[0] })
}

/// Divisors as above, with tails that are no subnormals, and a quotient below 2^22.
pub(crate) fn reducible(a: &[f64]) -> bool {
    divisible(a) && a[1].abs() > 1e-30 && (a[0] / a[1]).abs() < 4_194_304.0
}

/// The first argument is no subnormal.
pub(crate) fn normal_first(a: &[f64]) -> bool {
    normal(a[0])
}

/// The floats that go wrong first.
pub const SPECIAL_FLOATS: [f32; 40] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    -2.0,
    0.5,
    -0.5,
    1.5,
    -1.5,
    2.5,
    -2.5,
    3.0,
    -3.0,
    1.0 / 3.0,
    -1.0 / 3.0,
    10.0,
    -10.0,
    88.8,
    -88.8,
    104.5,
    -104.5,
    1e4,
    -1e4,
    16777216.0,
    -16777217.0,
    3e38,
    -3e38,
    f32::MAX,
    f32::MIN,
    f32::MIN_POSITIVE,
    -f32::MIN_POSITIVE,
    1e-40,
    -1e-40,
    1e-45,
    -1e-45,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
    1e-6,
];

/// The integers that go wrong first.
pub const SPECIAL_INTEGERS: [i32; 20] =
    [0, 1, -1, 2, -2, 3, -3, 5, -5, 7, -7, 31, 32, 33, 255, -256, 65537, i32::MAX, i32::MIN, i32::MIN + 1];

/// A small generator; the same samples everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = self.0 ^ (self.0 >> 33);
        (x.wrapping_mul(0xff51_afd7_ed55_8ccd) >> 32) as u32
    }

    fn unit(&mut self) -> f64 {
        f64::from(self.next()) / 4_294_967_296.0
    }

    /// Evenly by value or by exponent, in turn.
    fn float(&mut self, range: Range) -> f32 {
        let (lo, hi) = (f64::from(range.lo), f64::from(range.hi));
        let top = lo.abs().max(hi.abs());
        if self.next() & 1 == 0 {
            return ((lo + (hi - lo) * self.unit()) as f32).clamp(range.lo, range.hi);
        }
        // By exponent, from the smallest magnitude (or 2^-140) to the largest.
        let bottom = if lo <= 0.0 && hi >= 0.0 { top.min(1.0) * 2f64.powi(-32) } else { lo.abs().min(hi.abs()) };
        let bottom = if self.next() & 7 == 0 && lo <= 0.0 && hi >= 0.0 { 1e-44 } else { bottom };
        let size = (libm::log(bottom) + (libm::log(top) - libm::log(bottom)) * self.unit()).exp();
        let value = if lo < 0.0 && (hi <= 0.0 || self.next() & 1 == 0) { -size } else { size };
        (value as f32).clamp(range.lo, range.hi)
    }
}

fn specials(dtype: DType) -> Vec<u32> {
    match dtype {
        DType::Bool => vec![0, 1],
        DType::Int32 | DType::UInt32 => SPECIAL_INTEGERS.iter().map(|&v| v as u32).collect(),
        DType::Float32 => SPECIAL_FLOATS.iter().map(|v| v.to_bits()).collect(),
        DType::Float16 => SPECIAL_FLOATS.iter().map(|&v| Scalar::from_f64(dtype, f64::from(v)).lane()).collect(),
    }
}

/// Lanes to test a row with: per argument a list, all of one length (at least `count`). All tuples of special values come first,
/// then values of the domain. The condition of a choice is of dtype bool, all else of dtype `operand`.
pub fn samples(op: Op, operand: DType, count: usize) -> Vec<Vec<u32>> {
    let row = op.row();
    let domain = op.facts().domain;
    let dtypes: Vec<DType> = (0..row.arity)
        .map(|i| if row.signature == Signature::Choose && i == 0 { DType::Bool } else { operand })
        .collect();
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); row.arity];
    let special: Vec<Vec<u32>> = dtypes.iter().map(|&t| specials(t)).collect();
    // Triples would be many: every third special value is enough there.
    let step = if row.arity == 3 { 3 } else { 1 };
    let sizes: Vec<usize> = special.iter().map(|s| if s.len() == 2 { 2 } else { s.len().div_ceil(step) }).collect();
    for index in 0..sizes.iter().product() {
        let mut rest = index;
        for (argument, list) in lists.iter_mut().enumerate() {
            let at = rest % sizes[argument];
            rest /= sizes[argument];
            list.push(special[argument][if special[argument].len() == 2 { at } else { at * step }]);
        }
    }
    let mut random = Random(0x1234_5678 ^ (op as u64) << 32);
    let mut missed = 0;
    while lists[0].len() < count && missed < 100 * count {
        let tuple: Vec<u32> = dtypes
            .iter()
            .enumerate()
            .map(|(argument, &t)| match t {
                DType::Bool => random.next() & 1,
                DType::Int32 | DType::UInt32 => {
                    let shift = random.next() & 31;
                    let value = random.next();
                    if t == DType::Int32 { ((value as i32) >> shift) as u32 } else { value >> shift }
                }
                DType::Float16 | DType::Float32 => {
                    let ranges = domain.args[argument.min(domain.args.len() - 1)];
                    let pick = random.next() as usize % ranges.len();
                    let value = random.float(ranges[pick]);
                    Scalar::from_f64(t, f64::from(value)).lane()
                }
            })
            .collect();
        if !in_domain(op, operand, &tuple) {
            missed += 1;
            continue;
        }
        for (list, value) in lists.iter_mut().zip(tuple) {
            list.push(value);
        }
    }
    lists
}

/// Whether the bound of the row is stated for these lanes: special values always are, as long as nothing finite breaks the
/// condition of the row.
pub fn in_domain(op: Op, operand: DType, lanes: &[u32]) -> bool {
    if !operand.is_float() {
        return true;
    }
    if op.row().signature == Signature::Choose {
        return true;
    }
    let values: Vec<f64> = lanes.iter().map(|&lane| f64::from(f32::from_bits(lane))).collect();
    values.iter().any(|v| !v.is_finite() || *v == 0.0) || (op.facts().domain.holds)(&values)
}

/// The distance to the next float32 above |x|.
fn ulp(x: f64) -> f64 {
    let exponent = if x == 0.0 { -126 } else { (libm::ilogb(x.abs())).clamp(-126, 127) };
    2f64.powi(exponent - 23)
}

/// Infinity counts as 2^128 (65536 for float16), so that a result next to overflow may fall on either side.
fn extended(x: f64, dtype: DType) -> f64 {
    let top = if dtype == DType::Float16 { 65536.0 } else { 2f64.powi(128) };
    x.clamp(-top, top)
}

/// Whether a result is within `ulps` and `absolute` of the exact value; zeros are equal whatever their sign.
pub(crate) fn close(got: Scalar, want: Scalar, ulps: f64, absolute: f64) -> bool {
    let (g, w) = (got.to_f64(), want.to_f64());
    if w.is_nan() || g.is_nan() {
        return w.is_nan() && g.is_nan();
    }
    if g == w {
        return true;
    }
    let (g, w) = (extended(g, want.dtype()), extended(w, want.dtype()));
    let unit = if want.dtype() == DType::Float16 {
        ulps * ulp(w) + 2f64.powi(libm::ilogb(w.abs().max(2f64.powi(-14))).max(-14) - 10)
    } else {
        ulps * ulp(w)
    };
    (g - w).abs() <= unit + absolute
}

/// A float lane with subnormals flushed.
fn flushed(lane: u32) -> u32 {
    if lane & 0x7f80_0000 == 0 { lane & 0x8000_0000 } else { lane }
}

/// Whether a device's result is right: equal for integers and truth values, within the row's bound for floats. A GPU may flush
/// subnormal operands and results to zero.
pub fn within(op: Op, operand: DType, got: Scalar, want: Scalar, args: &[Scalar]) -> Result<(), String> {
    let bound = op.facts().bound;
    let flush = if want.dtype().is_float() { f64::from(f32::MIN_POSITIVE) } else { 0.0 };
    let good = |want: Scalar| {
        if want.dtype().is_float() { close(got, want, bound.ulps, bound.absolute.max(flush)) } else { got == want }
    };
    if good(want) {
        return Ok(());
    }
    if operand.is_float() && args.iter().any(|a| a.dtype().is_float() && flushed(a.lane()) != a.lane()) {
        let zeros: Vec<Scalar> = args
            .iter()
            .map(|a| if a.dtype().is_float() { Scalar::from_lane(a.dtype(), flushed(a.lane())) } else { *a })
            .collect();
        if good(exact(op, operand, &zeros)) {
            return Ok(());
        }
    }
    Err(format!(
        "{}{args:?} of {operand}: got {got:?}, want {want:?} within {} ulp + {:e}",
        op.name(),
        bound.ulps,
        bound.absolute
    ))
}
