//! Every rule, shown on a listing; each law tried on special values.

mod cast;
mod driver;
mod index;
mod quiet;
mod reduce;
mod scalar;
mod view;

use super::*;
use crate::dtype::{DType, Scalar};
use crate::eval::{Value, eval};
use crate::ops::domain::{SPECIAL_FLOATS, SPECIAL_INTEGERS};
use crate::text::{Detail, parse, print, print_with};
use crate::verify::{Stage, verify};
use interfuse_testing::{Expect, expect, snapshot};

/// Keeps the reports.
#[derive(Default)]
struct Reports(Vec<PassReport>);

impl Observer for Reports {
    fn pass(&mut self, graph: &Graph, report: &PassReport) {
        verify(graph, Stage::Traced).unwrap_or_else(|broken| panic!("after {}: {broken}\n{graph}", report.pass));
        self.0.push(report.clone());
    }
}

/// An input full of the values that break laws, in an order of its own, so that all pairs meet over several shifts.
fn special(aval: &crate::shape::Aval, shift: usize) -> Value {
    let sizes = aval.shape.as_sizes().expect("known sizes");
    let element = |at: usize| {
        let (float, integer) =
            (SPECIAL_FLOATS[at % SPECIAL_FLOATS.len()], SPECIAL_INTEGERS[at % SPECIAL_INTEGERS.len()]);
        match aval.dtype {
            DType::Bool => Scalar::bool(at.is_multiple_of(3)),
            DType::Int32 => Scalar::i32(integer),
            DType::UInt32 => Scalar::u32(integer as u32),
            DType::Float16 | DType::Float32 => Scalar::from_f64(aval.dtype, f64::from(float)),
        }
    };
    Value::new(&sizes, aval.dtype, (0..sizes.iter().product()).map(|at| element(at + shift)).collect())
}

fn assert_same_values(before: &Graph, after: &Graph) {
    // The second input is shifted against the first, so that every pair of special values meets.
    for shift in 0..SPECIAL_FLOATS.len() {
        let input = |at: usize, aval: Option<&crate::shape::Aval>| match aval {
            Some(aval) => special(aval, at * shift),
            None => Value::new(&[], DType::Bool, vec![Scalar::bool(false)]),
        };
        let inputs: Vec<Value> = before.inputs().into_iter().enumerate().map(|(at, aval)| input(at, aval)).collect();
        let want = eval(before, &inputs, &[], &[]).expect("evaluates before");
        let got = eval(after, &inputs, &[], &[]).expect("evaluates after");
        for (want, got) in want.iter().zip(&got) {
            assert!(want.same(got), "{before}became\n{after}want {want:?}\ngot {got:?}");
        }
    }
}

struct Case {
    /// `-` when none may fire.
    rule: &'static str,
    listing: &'static str,
    want: Expect,
}

fn case(rule: &'static str, listing: &'static str, want: Expect) -> Case {
    Case { rule, listing, want }
}

#[test]
fn every_rule_fires_where_it_should_and_keeps_values() {
    let cases = cases();
    for Case { rule, listing, want } in &cases {
        let graph = parse(listing).unwrap_or_else(|error| panic!("{error}\n{listing}"));
        let mut reports = Reports::default();
        let simple = simplify(&graph, &mut reports);
        snapshot(want, &print(&simple));
        verify(&simple, Stage::Simplified).unwrap_or_else(|broken| panic!("{broken}\n{simple}"));
        let report = reports.0.pop().expect("the last pass is `rewrite`");
        let fired = report.rules.iter().any(|(name, _)| name == rule);
        if *rule == "-" {
            let quiet = ["order operands", "drop dead nodes"];
            assert!(report.rules.iter().all(|(name, _)| quiet.contains(name)), "{report:?}\n{listing}");
        } else {
            assert!(fired, "{rule} did not fire: {report:?}\n{listing}");
        }
        assert_same_values(&graph, &simple);
        let again = simplify(&simple, &mut reports);
        assert_eq!(print(&again), print(&simple), "one sweep is enough");
        assert_eq!(
            reports.0.iter().map(|report| report.changes).sum::<usize>(),
            reports.0[0].changes,
            "nothing is left to do"
        );
    }
    for rule in rule_names() {
        assert!(cases.iter().any(|case| case.rule == rule), "no case shows `{rule}`");
    }
}

fn cases() -> Vec<Case> {
    let parts = [scalar::cases, cast::cases, view::cases, reduce::cases, index::cases, driver::cases, quiet::cases];
    parts.iter().flat_map(|part| part()).collect()
}

#[test]
fn casts_merge_exactly_where_they_may() {
    for a in DType::ALL {
        for b in DType::ALL {
            for c in DType::ALL {
                // All float16; of the others the special ones and a spread of bits.
                let spread = (0..1u32 << 20)
                    .map(|i| Scalar::from_bits(a, i.wrapping_mul(if a == DType::Float16 { 1 } else { 4099 })));
                let special = SPECIAL_FLOATS
                    .iter()
                    .flat_map(|x| [x.to_bits(), *x as i32 as u32])
                    .map(|bits| Scalar::from_bits(a, bits));
                let nan = |x: Scalar| x.dtype().is_float() && x.to_f64().is_nan();
                let differs = spread.chain(special).find(|x| {
                    let (two, one) = (x.cast(b).cast(c), x.cast(c));
                    two != one && !(nan(two) && nan(one))
                });
                assert_eq!(super::cast::merges(a, b, c), differs.is_none(), "{a} -> {b} -> {c}: {differs:?}");
            }
        }
    }
}

#[test]
fn commutative_rows_commute_bit_for_bit() {
    use crate::ops::{Op, value};
    for op in Op::ALL.iter().filter(|op| op.row().commutative) {
        for dtype in DType::ALL.into_iter().filter(|dtype| op.accepts(*dtype)) {
            let values = special(&crate::shape::Aval::new([60], dtype), 0).data;
            for x in &values {
                for y in &values {
                    let (a, b) = (value(*op, dtype, &[*x, *y]), value(*op, dtype, &[*y, *x]));
                    let nan = |x: Scalar| x.dtype().is_float() && x.to_f64().is_nan();
                    assert!(a == b || (nan(a) && nan(b)), "{} {x:?} {y:?}: {a:?} {b:?}", op.name());
                }
            }
        }
    }
}

#[test]
fn origins_are_united() {
    let listing = "%0: float32[4] = input 0\n%1 = neg %0\n%2 = neg %1\n%3 = exp %2\n%4: float32[2,2] = reshape %3\n%5: float32[1,4] = reshape %4\n%6 = exp %0\nreturn %5 %6\n";
    let simple = simplify(&parse(listing).expect("legal"), &mut ());
    let want = expect![[r#"
        %0: float32[4] = input 0 from=[0,1,2]
        %1: float32[4] = exp %0 from=[3,6]
        %2: float32[1,4] = reshape %1 from=[4,5]
        return %2 %1
    "#]];
    snapshot(&want, &print_with(&simple, Detail::Origins));
}

#[test]
fn calls_are_inlined() {
    let listing = "%0: float32[4] = input 0\n%1 = call %0 rule=body output=0 {\n%0: float32[4] = input 0\n%1 = call %0 rule=stop output=0 {\n%0: float32[4] = input 0\n%1 = exp %0\nreturn %1\n}\n%2 = neg %1\nreturn %2 %1\n}\n\
        %2 = call %0 rule=body output=1 {\n%0: float32[4] = input 0\n%1 = exp %0\n%2 = neg %1\nreturn %2 %1\n}\nreturn %1 %2\n";
    let graph = parse(listing).expect("legal");
    let mut reports = Reports::default();
    let simple = simplify(&graph, &mut reports);
    assert_eq!(reports.0[0].rules, [("inline a call", 3)]);
    let want = expect![[r#"
        %0: float32[4] = input 0
        %1: float32[4] = exp %0 from=[1,2]
        %2: float32[4] = neg %1 from=[1,2]
        return %2 %1
    "#]];
    snapshot(&want, &print_with(&simple, Detail::Origins));
    assert_same_values(&graph, &simple);
}

#[test]
fn barriers_hold() {
    let listing = "%0: float32[4] = input 0\n%1 = neg %0\n%2 = barrier %1 region=1\n%3 = neg %2\n%4 = barrier %1 region=2\n%5 = neg %4\nreturn %3 %5\n";
    let graph = parse(listing).expect("legal");
    assert_eq!(print(&simplify(&graph, &mut ())), print(&graph));
}

#[test]
fn symbolic_views_merge() {
    let listing = "%0: float32[s0,3] = input 0\n%1 = flip %0 axes=[0]\n%2: float32[s0 - 2,3] = slice %1 start=[1,0] step=[1,1]\n%3 = flip %2 axes=[0]\n%4: float32[3,s0 - 2] = transpose %3 permutation=[1,0]\n%5 = max %4 axes=[0]\n%6: float32[1,s0 - 2] = reshape %5\n%7: float32[3,s0 - 2] = broadcast %6 axes=[0,1]\n%8 = sub %4 %7\nreturn %8\n";
    let graph = parse(listing).expect("legal");
    let simple = simplify(&graph, &mut ());
    let want = expect![[r#"
        %0: float32[s0,3] = input 0
        %1: float32[s0 - 2,3] = slice %0 start=[1,0] step=[1,1]
        %2: float32[3,s0 - 2] = transpose %1 permutation=[1,0]
        %3: float32[s0 - 2] = max %2 axes=[0]
        %4: float32[3,s0 - 2] = broadcast %3 axes=[1]
        %5: float32[3,s0 - 2] = sub %2 %4
        return %5
    "#]];
    snapshot(&want, &print(&simple));
    for size in [2usize, 3, 7] {
        let input = [special(&crate::shape::Aval::new([size, 3], DType::Float32), 3)];
        let symbols = [size as i64];
        let (want, got) = (
            eval(&graph, &input, &[], &symbols).expect("before"),
            eval(&simple, &input, &[], &symbols).expect("after"),
        );
        assert!(want[0].same(&got[0]), "{size}: {want:?} {got:?}");
    }
}

#[test]
fn long_chains_and_wide_graphs_are_linear() {
    use crate::kind::Kind;
    use crate::ops::Op;
    let aval = crate::shape::Aval::new([4], DType::Float32);
    let mut chain = Graph::new();
    let x = chain.append(Kind::Input { index: 0, aval: Box::new(aval) }, &[]).expect("legal");
    let mut last = x;
    let ops = [Op::Neg, Op::Neg, Op::Sin];
    for at in 0..99_999 {
        last = chain.append(Kind::Map { op: ops[at % 3] }, &[last]).expect("legal");
    }
    chain.set_outputs(&[last]);
    let simple = simplify(&chain, &mut ());
    assert_eq!(simple.len(), 1 + 33_333, "the sines are left");

    // One scalar with 100,000 users, all equal but for one operand.
    let mut wide = Graph::new();
    let one = wide.append(Kind::Literal { value: Scalar::f32(1.0) }, &[]).expect("legal");
    let x = wide
        .append(Kind::Input { index: 0, aval: Box::new(crate::shape::Aval::new([], DType::Float32)) }, &[])
        .expect("legal");
    let mut last = x;
    for _ in 0..100_000 {
        let product = wide.append(Kind::Map { op: Op::Mul }, &[one, x]).expect("legal");
        last = wide.append(Kind::Map { op: Op::Sub }, &[product, last]).expect("legal");
    }
    wide.set_outputs(&[last]);
    let simple = simplify(&wide, &mut ());
    assert_eq!(simple.len(), 100_001);
}
