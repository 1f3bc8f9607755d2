//! The table against its oracle, row by row.

use super::domain::{close, in_domain};
use super::*;
use crate::emit::Lanes;

/// Rows with the operand dtypes that they accept.
fn cases() -> impl Iterator<Item = (Op, DType)> {
    Op::ALL.iter().flat_map(|&op| DType::ALL.into_iter().filter(move |&t| op.accepts(t)).map(move |t| (op, t)))
}

/// The dtype of every operand.
fn operand_dtypes(op: Op, operand: DType) -> Vec<DType> {
    (0..op.row().arity).map(|i| if op.row().signature == Signature::Choose && i == 0 { DType::Bool } else { operand }).collect()
}

/// One result in ulps off, where both are finite: for the table of measured errors.
fn ulps_off(got: Scalar, want: Scalar, absolute: f64) -> f64 {
    let (g, w) = (got.to_f64(), want.to_f64());
    if !g.is_finite() || !w.is_finite() || g == w {
        return 0.0;
    }
    let exponent = libm::ilogb(w.abs().max(f64::from(f32::MIN_POSITIVE))).max(-126);
    ((g - w).abs() - absolute).max(0.0) / 2f64.powi(exponent - 23)
}

/// Runs a row on a machine over its samples and returns the worst error in ulps; fails where the bound is broken.
fn check_row<E: Emit<V = u32>>(op: Op, t: DType, count: usize, machine: fn() -> E, strict: bool) -> f64 {
    let lists = samples(op, t, count);
    let dtypes = operand_dtypes(op, t);
    let result = op.result_dtype(t);
    let small = t == DType::Bool;
    assert!(small || lists[0].len() >= 16, "{}: too few samples", op.name());
    let (mut worst, mut differs, mut first, mut varies) = (0f64, false, None, false);
    let mut failures = Vec::new();
    for at in 0..lists[0].len() {
        let lanes: Vec<u32> = lists.iter().map(|list| list[at]).collect();
        if !in_domain(op, t, &lanes) {
            continue;
        }
        let args: Vec<Scalar> = lanes.iter().zip(&dtypes).map(|(&lane, &t)| Scalar::from_lane(t, lane)).collect();
        let got = Scalar::from_lane(result, apply(op, &mut machine(), t, &lanes));
        let want = exact(op, t, &args);
        assert_eq!(want.dtype(), result);
        let bound = op.row().bound;
        let good = if strict && result.is_float() {
            close(got, want, bound.ulps, bound.absolute)
        } else {
            within(op, t, got, want, &args).is_ok()
        };
        if !good {
            failures.push(format!("{args:?} got {got:?} want {want:?}"));
        } else if result == DType::Float32 {
            worst = worst.max(ulps_off(got, want, bound.absolute));
        }
        differs |= got.bits() != args[0].bits() || result != t;
        varies |= *first.get_or_insert(got) != got;
    }
    assert!(failures.is_empty(), "{} of {t}: {} of {} wrong:\n{}", op.name(), failures.len(), lists[0].len(), failures[..failures.len().min(12)].join("\n"));
    assert!(varies, "{} of {t}: one result for all samples", op.name());
    // On integers the roundings are the identity, and abs of uint32.
    let identity = t.is_integer() && matches!(op, Op::Floor | Op::Ceil | Op::Round | Op::Trunc) || (op, t) == (Op::Abs, DType::UInt32);
    assert!(differs != identity, "{} of {t}: identity", op.name());
    worst
}

#[test]
fn lanes_agree_with_the_oracle() {
    let mut table = String::new();
    let mut failures = Vec::new();
    for (op, t) in cases() {
        match std::panic::catch_unwind(|| check_row(op, t, 20_000, || Lanes, true)) {
            Ok(worst) if t == DType::Float32 => table += &format!("{:12} {worst:.2} of {}\n", op.name(), op.row().bound.ulps),
            Ok(_) => {}
            Err(_) => failures.push((op, t)),
        }
    }
    println!("{table}");
    assert!(failures.is_empty(), "{failures:?}");
}

#[test]
fn names_are_unique_and_read_back() {
    assert!(Op::ALL.len() >= 60);
    for (at, &op) in Op::ALL.iter().enumerate() {
        assert_eq!(op.row().op, op);
        assert_eq!(op as usize, at);
        assert_eq!(Op::from_name(op.name()), Some(op));
        assert!(op.row().doc.len() > 4 && !op.row().doc.starts_with(' '), "{}", op.name());
        assert!((1..=3).contains(&op.row().arity));
    }
    assert_eq!(Op::from_name("gelu"), None);
}

#[test]
fn blocks_are_meanings_lane_by_lane() {
    for (op, t) in cases() {
        let lists = samples(op, t, 2_000);
        let mut out = vec![0; lists[0].len()];
        match block(op, t) {
            Block::Unary(run) => run(&lists[0], &mut out),
            Block::Binary(run) => run(&lists[0], &lists[1], &mut out),
            Block::Ternary(run) => run(&lists[0], &lists[1], &lists[2], &mut out),
        }
        for (at, &got) in out.iter().enumerate() {
            let lanes: Vec<u32> = lists.iter().map(|list| list[at]).collect();
            let want = apply(op, &mut Lanes, t, &lanes);
            let nan = |lane| op.result_dtype(t).is_float() && f32::from_bits(lane).is_nan();
            assert!(got == want || nan(got) && nan(want), "{} of {t} on {lanes:x?}: {got:x} and {want:x}", op.name());
        }
    }
}

#[test]
fn float16_rounding_is_that_of_the_half_crate() {
    let mut values: Vec<u32> = (0..=0xffff_u32).flat_map(|high| [0, 1, 0x0fff, 0x1000, 0x1001, 0x3000, 0xffff].map(|low| high << 16 | low)).collect();
    let before = values.clone();
    block_round_f16(&mut values);
    for (&from, &to) in before.iter().zip(&values) {
        let want = half::f16::from_f32(f32::from_bits(from)).to_f32();
        assert!(to == want.to_bits() || want.is_nan() && f32::from_bits(to).is_nan(), "{from:x}: {to:x} {:x}", want.to_bits());
    }
}

#[test]
fn casts_are_those_of_scalars() {
    for from in DType::ALL {
        // `where` takes any dtype, so its samples are plain values.
        let lanes = &samples(Op::Where, from, 5_000)[1];
        for to in DType::ALL {
            let mut out = vec![0; lanes.len()];
            block_cast(from, to)(lanes, &mut out);
            for (&lane, &got) in lanes.iter().zip(&out) {
                let want = Scalar::from_lane(from, lane).cast(to);
                let got = Scalar::from_lane(to, got);
                assert!(got == want || got.to_f64().is_nan() && want.to_f64().is_nan(), "{from} {lane:x} to {to}: {got:?}, not {want:?}");
                assert_eq!(apply_cast(&mut Lanes, from, from, lane), lane);
            }
        }
    }
}
