//! Partial derivatives against difference quotients in double precision, and what they are at kinks.

use super::*;

/// Numbers in double precision.
struct Doubles;

impl Build for Doubles {
    type N = f64;
    fn op(&mut self, op: Op, args: &[f64]) -> f64 {
        op.facts().exact.real(args)
    }
    fn number(&mut self, value: f64, _: &f64) -> f64 {
        value
    }
}

fn derivative(op: Op, index: usize, args: &[f64]) -> Option<f64> {
    let out = op.facts().exact.real(args);
    partial(op, index, &mut Doubles, args, &out)
}

/// Central differences, extrapolated once.
fn slope(op: Op, index: usize, args: &[f64]) -> f64 {
    let at = |step: f64| {
        let mut moved = args.to_vec();
        moved[index] += step;
        op.facts().exact.real(&moved)
    };
    let quotient = |h: f64| (at(h) - at(-h)) / (2.0 * h);
    (4.0 * quotient(5e-5) - quotient(1e-4)) / 3.0
}

#[test]
fn partials_are_slopes() {
    // No two equal, none on a kink; inside the domain of each op by way of `fit`.
    let points = [0.37, -0.81, 0.62, -0.23, 0.91, -0.55, 0.14];
    let mut checked = 0;
    for &op in Op::ALL.iter().filter(|op| op.accepts(DType::Float32)) {
        let mut some = false;
        for (at, &point) in points.iter().enumerate() {
            let fit = |x: f64| match op {
                Op::Acosh => 2.5 + x,
                Op::Log | Op::Log2 | Op::Log10 | Op::Sqrt | Op::Rsqrt => 1.0 + x,
                _ => x,
            };
            let mut args: Vec<f64> = (0..op.row().arity)
                .map(|i| fit(if i == 0 { point } else { points[(at + 2 * i) % points.len()] * 1.7 }))
                .collect();
            if op == Op::Pow {
                args[0] = args[0].abs();
            }
            if op == Op::Where {
                args[0] = f64::from(u8::from(at % 2 == 0));
            }
            for index in 0..args.len() {
                if op == Op::Where && index == 0 {
                    assert_eq!(derivative(op, 0, &args), None);
                    continue;
                }
                let want = slope(op, index, &args);
                let got = derivative(op, index, &args);
                some |= got.is_some();
                let got = got.unwrap_or(0.0);
                assert!(
                    (got - want).abs() <= 1e-6 * (1.0 + want.abs()),
                    "d {}{args:?} by {index}: {got}, slope {want}",
                    op.name()
                );
                checked += 1;
            }
        }
        let signature = op.row().signature;
        let flat = matches!(op, Op::Sign | Op::Floor | Op::Ceil | Op::Round | Op::Trunc | Op::FloorDivide)
            || matches!(signature, Signature::Compare | Signature::Classify);
        assert_eq!(some, !flat, "{}", op.name());
    }
    assert!(checked > 300);
}

#[test]
fn kinks_follow_the_conventions() {
    let d = |op, index, args: &[f64]| derivative(op, index, args).expect("not flat");
    assert_eq!(d(Op::Abs, 0, &[0.0]), 0.0);
    assert_eq!(d(Op::Sqrt, 0, &[0.0]), f64::INFINITY);
    for op in [Op::Maximum, Op::Minimum] {
        assert_eq!((d(op, 0, &[2.0, 2.0]), d(op, 1, &[2.0, 2.0])), (0.0, 1.0), "a tie goes to the second");
    }
    for x in [-1.0, 1.0] {
        assert_eq!(d(Op::Clip, 0, &[x, -1.0, 1.0]), 0.0);
    }
    assert_eq!(d(Op::Clip, 0, &[0.5, -1.0, 1.0]), 1.0);
    assert_eq!((d(Op::Pow, 0, &[0.0, 0.0]), d(Op::Pow, 0, &[0.0, 1.0]), d(Op::Pow, 1, &[0.0, 2.0])), (0.0, 1.0, 0.0));
    assert_eq!(d(Op::Pow, 0, &[-2.0, 3.0]), 12.0);
    assert_eq!(d(Op::LogAddExp, 0, &[f64::NEG_INFINITY, f64::NEG_INFINITY]), 0.5);
}
