//! The table against its oracle, row by row.

mod careless;
mod derivatives;
mod typed;

use super::domain::{close, in_domain};
use super::*;
use crate::emit::Lanes;
use careless::{Careless, Contract, Flush, Nan, Value};

/// Rows with the operand dtypes that they accept.
fn cases() -> impl Iterator<Item = (Op, DType)> {
    Op::ALL.iter().flat_map(|&op| DType::ALL.into_iter().filter(move |&t| op.accepts(t)).map(move |t| (op, t)))
}

/// The dtype of every operand.
fn operand_dtypes(op: Op, operand: DType) -> Vec<DType> {
    (0..op.row().arity)
        .map(|i| if op.row().signature == Signature::Choose && i == 0 { DType::Bool } else { operand })
        .collect()
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

/// Runs a row over its samples and returns the worst error in ulps; fails where the bound is broken. `strict` allows no flushing.
fn check_row(op: Op, t: DType, count: usize, run: &dyn Fn(&[u32]) -> u32, strict: bool) -> Result<f64, String> {
    let lists = samples(op, t, count);
    let dtypes = operand_dtypes(op, t);
    let result = op.result_dtype(t);
    assert!(t == DType::Bool || lists[0].len() >= 16, "{}: too few samples", op.name());
    let (mut worst, mut differs, mut first, mut varies) = (0f64, false, None, false);
    let mut failures = Vec::new();
    for at in 0..lists[0].len() {
        let lanes: Vec<u32> = lists.iter().map(|list| list[at]).collect();
        if !in_domain(op, t, &lanes) {
            continue;
        }
        let args: Vec<Scalar> = lanes.iter().zip(&dtypes).map(|(&lane, &t)| Scalar::from_lane(t, lane)).collect();
        let got = Scalar::from_lane(result, run(&lanes));
        let want = exact(op, t, &args);
        assert_eq!(want.dtype(), result);
        let bound = op.facts().bound;
        let good = if strict && result.is_float() {
            close(got, want, bound.ulps, bound.absolute)
        } else {
            within(op, t, got, want, &args).is_ok()
        };
        if !good {
            failures.push(format!("{args:?} got {got:?} want {want:?}"));
        } else if result == DType::Float32
            && (strict
                || lanes.iter().all(|&x| f32::from_bits(x).is_normal())
                    && want.to_f64().abs() > f64::from(f32::MIN_POSITIVE))
        {
            worst = worst.max(ulps_off(got, want, bound.absolute));
        }
        differs |= got.bits() != args[0].bits() || result != t;
        varies |= *first.get_or_insert(got) != got;
    }
    if !failures.is_empty() {
        let some = failures[..failures.len().min(8)].join("\n  ");
        return Err(format!("{} of {t}: {} of {} wrong:\n  {some}", op.name(), failures.len(), lists[0].len()));
    }
    assert!(varies, "{} of {t}: one result for all samples", op.name());
    // On integers the roundings are the identity, and abs of uint32.
    let identity = t.is_integer() && matches!(op, Op::Floor | Op::Ceil | Op::Round | Op::Trunc)
        || (op, t) == (Op::Abs, DType::UInt32);
    assert!(differs != identity, "{} of {t}: identity", op.name());
    Ok(worst)
}

/// Checks all rows on a machine; the table of measured errors is printed (`--no-capture`).
fn check_table(count: usize, run: &dyn Fn(Op, DType, &[u32]) -> u32, strict: bool) {
    let mut failures = Vec::new();
    for (op, t) in cases() {
        match check_row(op, t, count, &|lanes| run(op, t, lanes), strict) {
            Ok(worst) if t == DType::Float32 && op.facts().bound.ulps > 0.0 => {
                println!("{:12} {worst:.2} of {}", op.name(), op.facts().bound.ulps)
            }
            Ok(_) => {}
            Err(message) => failures.push(message),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn lanes_agree_with_the_oracle() {
    check_table(20_000, &|op, t, lanes| apply(op, &mut Lanes, t, lanes), true);
}

#[test]
fn careless_machines_stay_within_the_bounds() {
    for (contract, flush, nan) in [
        (Contract::Never, Flush::Keep, Nan::Fails),
        (Contract::Never, Flush::Zero, Nan::Holds),
        (Contract::First, Flush::Keep, Nan::Holds),
        (Contract::First, Flush::Zero, Nan::Fails),
        (Contract::Second, Flush::Keep, Nan::Fails),
        (Contract::Second, Flush::Zero, Nan::Holds),
    ] {
        println!("{contract:?} {flush:?} {nan:?}");
        check_table(
            8_000,
            &|op, t, lanes| {
                let args: Vec<Value> = lanes.iter().map(|&lane| Value { lane, product: None }).collect();
                apply(op, &mut Careless { contract, flush, nan }, t, &args).lane
            },
            false,
        );
    }
}

#[test]
fn bounds_refuse_what_is_outside() {
    let check = |op: Op, got: f32, x: f32| {
        within(op, DType::Float32, Scalar::f32(got), exact(op, DType::Float32, &[Scalar::f32(x)]), &[Scalar::f32(x)])
    };
    let e = std::f32::consts::E;
    let next = |x: f32, by: u32| f32::from_bits(x.to_bits() + by);
    assert!(
        check(Op::Exp, e, 1.0).is_ok()
            && check(Op::Exp, next(e, 2), 1.0).is_ok()
            && check(Op::Exp, next(e, 3), 1.0).is_err()
    );
    assert!(
        check(Op::Exp, f32::NAN, 1.0).is_err()
            && check(Op::Exp, 1.0, f32::NAN).is_err()
            && check(Op::Exp, f32::MAX, 89.0).is_ok()
    );
    assert!(check(Op::Exp, 3e38, 89.0).is_err());
    assert!(
        check(Op::Neg, 0.0, 1e-40).is_ok() && check(Op::Neg, 1e-37, 1e-40).is_err(),
        "flushing excuses only what it does"
    );
    assert!(check(Op::Log, f32::NEG_INFINITY, 1e-40).is_ok() && check(Op::Log, -92.0, 1e-40).is_err());
    let half = |got: f64| {
        within(
            Op::Exp,
            DType::Float16,
            Scalar::from_f64(DType::Float16, got),
            Scalar::from_f64(DType::Float16, 1.0),
            &[Scalar::from_f64(DType::Float16, 0.0)],
        )
    };
    assert!(half(1.0).is_ok() && half(1.0 + 1.0 / 1024.0).is_ok() && half(1.0 + 2.0 / 1024.0).is_err());
}

#[test]
fn names_are_unique_and_read_back() {
    assert!(Op::ALL.len() >= 60);
    for (at, &op) in Op::ALL.iter().enumerate() {
        assert_eq!(op.row().op, op);
        assert_eq!(op as usize, at);
        assert_eq!(Op::from_name(op.name()), Some(op));
        assert!(op.facts().doc.len() > 4 && !op.facts().doc.starts_with(' '), "{}", op.name());
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
    let mut values: Vec<u32> = (0..=0xffff_u32)
        .flat_map(|high| [0, 1, 0x0fff, 0x1000, 0x1001, 0x3000, 0xffff].map(|low| high << 16 | low))
        .collect();
    let before = values.clone();
    block_round_f16(&mut values);
    for (&from, &to) in before.iter().zip(&values) {
        let want = half::f16::from_f32(f32::from_bits(from)).to_f32();
        assert!(
            to == want.to_bits() || want.is_nan() && f32::from_bits(to).is_nan(),
            "{from:x}: {to:x} {:x}",
            want.to_bits()
        );
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
                assert!(
                    got == want || got.to_f64().is_nan() && want.to_f64().is_nan(),
                    "{from} {lane:x} to {to}: {got:?}, not {want:?}"
                );
                assert_eq!(apply_cast(&mut Lanes, from, from, lane), lane);
            }
        }
    }
}

#[test]
fn integers_wrap_floor_and_do_not_trap() {
    let i = |op: Op, a: i32, b: i32| apply(op, &mut Lanes, DType::Int32, &[a as u32, b as u32]) as i32;
    let u = |op: Op, a: u32, b: u32| apply(op, &mut Lanes, DType::UInt32, &[a, b]);
    for (a, b, quotient, rest) in [
        (7, 2, 3, 1),
        (-7, 2, -4, 1),
        (7, -2, -4, -1),
        (-7, -2, 3, -1),
        (6, -3, -2, 0),
        (5, 0, 0, 0),
        (i32::MIN, -1, i32::MIN, 0),
    ] {
        assert_eq!((i(Op::FloorDivide, a, b), i(Op::Mod, a, b)), (quotient, rest), "{a} {b}");
    }
    assert_eq!(
        (u(Op::FloorDivide, u32::MAX, 2), u(Op::Mod, u32::MAX, 10), u(Op::FloorDivide, 3, 0), u(Op::Mod, 3, 0)),
        (0x7fff_ffff, 5, 0, 0)
    );
    assert_eq!(
        (i(Op::Pow, 3, 4), i(Op::Pow, -2, 31), i(Op::Pow, 1, -5), i(Op::Pow, 0, 0), i(Op::Pow, 2, 32)),
        (81, i32::MIN, 0, 1, 0)
    );
    assert_eq!((u(Op::Pow, 3, 21), u(Op::Pow, u32::MAX, u32::MAX)), (3u64.pow(21) as u32, u32::MAX));
    assert_eq!((i(Op::LeftShift, 1, 31), i(Op::LeftShift, 1, 32), i(Op::LeftShift, 1, -1)), (i32::MIN, 0, 0));
    assert_eq!(
        (
            i(Op::RightShift, -8, 1),
            i(Op::RightShift, -8, 40),
            i(Op::RightShift, 8, -1),
            u(Op::RightShift, u32::MAX, 32)
        ),
        (-4, -1, 0, 0)
    );
    assert_eq!((i(Op::Add, i32::MAX, 1), i(Op::Mul, i32::MIN, -1), u(Op::Sub, 0, 1)), (i32::MIN, i32::MIN, u32::MAX));
    assert_eq!(apply(Op::Abs, &mut Lanes, DType::Int32, &[i32::MIN as u32]) as i32, i32::MIN);
    assert_eq!(apply(Op::Neg, &mut Lanes, DType::UInt32, &[1]), u32::MAX);
}

#[test]
fn floats_keep_the_sign_of_zero_and_the_rules_of_c99() {
    let f = |op: Op, args: &[f32]| {
        let lanes: Vec<u32> = args.iter().map(|x| x.to_bits()).collect();
        f32::from_bits(apply(op, &mut Lanes, DType::Float32, &lanes))
    };
    // Odd functions and roundings give -0 for -0.
    for op in [
        Op::Expm1,
        Op::Log1p,
        Op::Sqrt,
        Op::Sin,
        Op::Tan,
        Op::Asin,
        Op::Atan,
        Op::Sinh,
        Op::Tanh,
        Op::Asinh,
        Op::Atanh,
        Op::Erf,
        Op::Erfinv,
        Op::Floor,
        Op::Ceil,
        Op::Round,
        Op::Trunc,
    ] {
        assert_eq!(f(op, &[-0.0]).to_bits(), (-0f32).to_bits(), "{}", op.name());
        assert_eq!(f(op, &[0.0]).to_bits(), 0, "{}", op.name());
    }
    assert_eq!(f(Op::Sign, &[-0.0]).to_bits(), 0);
    assert_eq!(f(Op::Sign, &[f32::NAN]), 0.0);
    let (inf, nan) = (f32::INFINITY, f32::NAN);
    for (x, y, want) in [
        (nan, 0.0, 1.0),
        (1.0, nan, 1.0),
        (-1.0, inf, 1.0),
        (-2.0, 3.0, -8.0),
        (-2.0, 2.0, 4.0),
        (-2.0, 0.5, nan),
        (0.0, -1.0, inf),
        (-0.0, -3.0, -inf),
        (-0.0, 3.0, -0.0),
        (-0.0, 2.0, 0.0),
        (-inf, 3.0, -inf),
        (-inf, -3.0, -0.0),
        (inf, -0.5, 0.0),
        (0.5, inf, 0.0),
        (0.5, -inf, inf),
        (2.0, -inf, 0.0),
        (nan, 1.0, nan),
        (2.0, nan, nan),
        (-8.0, 1.0 / 3.0, nan),
        (2.0, -149.0, 1e-45),
        (10.0, 2.0, 100.0),
        (2.0, 128.0, inf),
        (-1.0, 16777217.0, 1.0),
    ] {
        let got = f(Op::Pow, &[x, y]);
        assert!(got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan(), "pow({x}, {y}) = {got}, not {want}");
    }
    for (a, b, quotient, rest) in [
        (5.5, 2.0, 2.0, 1.5),
        (-5.5, 2.0, -3.0, 0.5),
        (5.5, -2.0, -3.0, -0.5),
        (-5.5, -2.0, 2.0, -1.5),
        (1e-9, -1.0, -1.0, -1.0),
        (6.0, 3.0, 2.0, 0.0),
        (-1.0, inf, -1.0, inf),
        (1.0, inf, 0.0, 1.0),
    ] {
        assert_eq!((f(Op::FloorDivide, &[a, b]), f(Op::Mod, &[a, b])), (quotient, rest), "{a} {b}");
    }
    assert!(
        f(Op::Maximum, &[nan, 1.0]).is_nan()
            && f(Op::Minimum, &[1.0, nan]).is_nan()
            && f(Op::Clip, &[nan, 0.0, 1.0]).is_nan()
    );
    assert_eq!((f(Op::Round, &[0.5]), f(Op::Round, &[1.5]), f(Op::Round, &[2.5])), (0.0, 2.0, 2.0));
    assert_eq!(
        (f(Op::Tanh, &[1e4]), f(Op::Tanh, &[-1e4]), f(Op::Tanh, &[1e-6]), f(Op::Erf, &[1e-6])),
        (1.0, -1.0, 1e-6, 1.128_379_2e-6)
    );
}
