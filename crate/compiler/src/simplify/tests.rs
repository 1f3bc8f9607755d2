//! Every rule, shown on a listing; each law tried on special values.

use super::*;
use crate::dtype::{DType, Scalar};
use crate::eval::{Value, eval};
use crate::ops::domain::{SPECIAL_FLOATS, SPECIAL_INTEGERS};
use crate::text::{Detail, parse, print, print_with};
use crate::verify::{Stage, verify};
use expect_test::{Expect, expect};

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
        want.assert_eq(&print(&simple));
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

#[rustfmt::skip]
fn cases() -> Vec<Case> {
    vec![
        case("fold constants", "%x: float32[40] = input 0\n\
             %la: float32[] = literal 0.5\n\
             %a: float32[40] = broadcast %la axes=[]\n\
             %lb: float32[] = literal 3.0\n\
             %b: float32[40] = broadcast %lb axes=[]\n\
             %c = pow %a %b\n\
             %d = add %x %c\n\
             return %d", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[] = literal 0.125
                 %2: float32[40] = broadcast %1 axes=[]
                 %3: float32[40] = add %0 %2
                 return %3
             "#]]),
        case("fold constants", "%a: bool[] = literal true\n\
             %b: int32[] = literal 7\n\
             %c: int32[] = literal -2\n\
             %d = floorDivide %b %c\n\
             %e = where %a %d %b\n\
             return %e", expect![[r#"
                 %0: int32[] = literal -4
                 return %0
             "#]]),
        case("add zero", "%x: int32[20] = input 0\n\
             %lz: int32[] = literal 0\n\
             %z: int32[20] = broadcast %lz axes=[]\n\
             %a = add %z %x\n\
             return %a", expect![[r#"
                 %0: int32[20] = input 0
                 return %0
             "#]]),
        case("add zero", "%x: float32[40] = input 0\n\
             %lz: float32[] = literal -0.0\n\
             %z: float32[40] = broadcast %lz axes=[]\n\
             %a = add %x %z\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
             "#]]),
        case("-", "%x: float32[40] = input 0\n\
             %lz: float32[] = literal 0.0\n\
             %z: float32[40] = broadcast %lz axes=[]\n\
             %a = add %x %z\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[] = literal 0.0
                 %2: float32[40] = broadcast %1 axes=[]
                 %3: float32[40] = add %0 %2
                 return %3
             "#]]),
        case("subtract zero", "%x: float32[40] = input 0\n\
             %lz: float32[] = literal 0.0\n\
             %z: float32[40] = broadcast %lz axes=[]\n\
             %a = sub %x %z\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
             "#]]),
        case("-", "%x: float32[40] = input 0\n\
             %lz: float32[] = literal -0.0\n\
             %z: float32[40] = broadcast %lz axes=[]\n\
             %a = sub %x %z\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[] = literal -0.0
                 %2: float32[40] = broadcast %1 axes=[]
                 %3: float32[40] = sub %0 %2
                 return %3
             "#]]),
        case("subtract from zero", "%x: int32[20] = input 0\n\
             %lz: int32[] = literal 0\n\
             %z: int32[20] = broadcast %lz axes=[]\n\
             %a = sub %z %x\n\
             return %a", expect![[r#"
                 %0: int32[20] = input 0
                 %1: int32[20] = neg %0
                 return %1
             "#]]),
        case("subtract from zero", "%x: float32[40] = input 0\n\
             %lz: float32[] = literal -0.0\n\
             %z: float32[40] = broadcast %lz axes=[]\n\
             %a = sub %z %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = neg %0
                 return %1
             "#]]),
        case("-", "%x: float32[40] = input 0\n\
             %lz: float32[] = literal 0.0\n\
             %z: float32[40] = broadcast %lz axes=[]\n\
             %a = sub %z %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[] = literal 0.0
                 %2: float32[40] = broadcast %1 axes=[]
                 %3: float32[40] = sub %2 %0
                 return %3
             "#]]),
        case("subtract itself", "%x: int32[20] = input 0\n\
             %a = sub %x %x\n\
             return %a", expect![[r#"
                 %0: int32[] = literal 0
                 %1: int32[20] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("-", "%x: float32[40] = input 0\n\
             %a = sub %x %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = sub %0 %0
                 return %1
             "#]]),
        case("multiply by one", "%x: float32[40] = input 0\n\
             %lo: float32[] = literal 1.0\n\
             %o: float32[40] = broadcast %lo axes=[]\n\
             %a = mul %o %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
             "#]]),
        case("multiply by minus one", "%x: float32[40] = input 0\n\
             %lo: float32[] = literal -1.0\n\
             %o: float32[40] = broadcast %lo axes=[]\n\
             %a = mul %x %o\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = neg %0
                 return %1
             "#]]),
        case("multiply by minus one", "%x: uint32[20] = input 0\n\
             %lo: uint32[] = literal 4294967295\n\
             %o: uint32[20] = broadcast %lo axes=[]\n\
             %a = mul %x %o\n\
             return %a", expect![[r#"
                 %0: uint32[20] = input 0
                 %1: uint32[20] = neg %0
                 return %1
             "#]]),
        case("multiply integers by zero", "%x: int32[20] = input 0\n\
             %lz: int32[] = literal 0\n\
             %z: int32[20] = broadcast %lz axes=[]\n\
             %a = mul %x %z\n\
             return %a", expect![[r#"
                 %0: int32[] = literal 0
                 %1: int32[20] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("-", "%x: float32[40] = input 0\n\
             %lz: float32[] = literal 0.0\n\
             %z: float32[40] = broadcast %lz axes=[]\n\
             %a = mul %x %z\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[] = literal 0.0
                 %2: float32[40] = broadcast %1 axes=[]
                 %3: float32[40] = mul %0 %2
                 return %3
             "#]]),
        case("multiply by itself", "%x: float32[40] = input 0\n\
             %a = mul %x %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = square %0
                 return %1
             "#]]),
        case("divide by one", "%x: float32[40] = input 0\n\
             %lo: float32[] = literal 1.0\n\
             %o: float32[40] = broadcast %lo axes=[]\n\
             %a = div %x %o\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
             "#]]),
        case("divide by one", "%x: float32[40] = input 0\n\
             %lo: float32[] = literal -1.0\n\
             %o: float32[40] = broadcast %lo axes=[]\n\
             %a = div %x %o\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = neg %0
                 return %1
             "#]]),
        case("divide by a power of two", "%x: float32[40] = input 0\n\
             %lo: float32[] = literal -8.0\n\
             %o: float32[40] = broadcast %lo axes=[]\n\
             %a = div %x %o\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[] = literal -0.125
                 %2: float32[40] = broadcast %1 axes=[]
                 %3: float32[40] = mul %0 %2
                 return %3
             "#]]),
        case("divide by a power of two", "%x: float16[40] = input 0\n\
             %lo: float16[] = literal 0.25\n\
             %o: float16[40] = broadcast %lo axes=[]\n\
             %a = div %x %o\n\
             return %a", expect![[r#"
                 %0: float16[40] = input 0
                 %1: float16[] = literal 4.0
                 %2: float16[40] = broadcast %1 axes=[]
                 %3: float16[40] = mul %0 %2
                 return %3
             "#]]),
        case("-", "%x: float32[40] = input 0\n\
             %lo: float32[] = literal 3.0\n\
             %o: float32[40] = broadcast %lo axes=[]\n\
             %lp: float32[] = literal 1.7014118e38\n\
             %p: float32[40] = broadcast %lp axes=[]\n\
             %a = div %x %o\n\
             %b = div %x %p\n\
             return %a %b", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[] = literal 3.0
                 %2: float32[40] = broadcast %1 axes=[]
                 %3: float32[] = literal 1.7014118e38
                 %4: float32[40] = broadcast %3 axes=[]
                 %5: float32[40] = div %0 %2
                 %6: float32[40] = div %0 %4
                 return %5 %6
             "#]]),
        case("divide one", "%x: float32[40] = input 0\n\
             %lo: float32[] = literal 1.0\n\
             %o: float32[40] = broadcast %lo axes=[]\n\
             %a = div %o %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = reciprocal %0
                 return %1
             "#]]),
        case("floor-divide by one", "%x: float32[40] = input 0\n\
             %lo: float32[] = literal 1.0\n\
             %o: float32[40] = broadcast %lo axes=[]\n\
             %a = floorDivide %x %o\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = floor %0
                 return %1
             "#]]),
        case("remainder of integers by one", "%x: int32[20] = input 0\n\
             %lo: int32[] = literal 1\n\
             %o: int32[20] = broadcast %lo axes=[]\n\
             %a = mod %x %o\n\
             return %a", expect![[r#"
                 %0: int32[] = literal 0
                 %1: int32[20] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("powers of zero, one and two", "%x: float32[40] = input 0\n\
             %lz: float32[] = literal -0.0\n\
             %z: float32[40] = broadcast %lz axes=[]\n\
             %lo: float32[] = literal 1.0\n\
             %o: float32[40] = broadcast %lo axes=[]\n\
             %lt: float32[] = literal 2.0\n\
             %t: float32[40] = broadcast %lt axes=[]\n\
             %a = pow %x %z\n\
             %b = pow %x %o\n\
             %c = pow %x %t\n\
             %d = pow %o %x\n\
             return %a %b %c %d", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[] = literal 1.0
                 %2: float32[40] = broadcast %1 axes=[]
                 %3: float32[40] = square %0
                 return %2 %0 %3 %2
             "#]]),
        case("powers of zero, one and two", "%x: int32[20] = input 0\n\
             %lo: int32[] = literal 1\n\
             %o: int32[20] = broadcast %lo axes=[]\n\
             %lt: int32[] = literal 2\n\
             %t: int32[20] = broadcast %lt axes=[]\n\
             %a = pow %o %x\n\
             %b = pow %x %t\n\
             return %a %b", expect![[r#"
                 %0: int32[20] = input 0
                 %1: int32[] = literal 1
                 %2: int32[20] = broadcast %1 axes=[]
                 %3: int32[20] = pow %2 %0
                 %4: int32[20] = square %0
                 return %3 %4
             "#]]),
        case("double negation", "%x: float32[40] = input 0\n\
             %a = neg %x\n\
             %b = neg %a\n\
             return %b", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
             "#]]),
        case("double negation", "%x: uint32[20] = input 0\n\
             %a = bitwiseNot %x\n\
             %b = bitwiseNot %a\n\
             return %b", expect![[r#"
                 %0: uint32[20] = input 0
                 return %0
             "#]]),
        case("double negation", "%x: bool[4] = input 0\n\
             %a = logicalNot %x\n\
             %b = logicalNot %a\n\
             return %b", expect![[r#"
                 %0: bool[4] = input 0
                 return %0
             "#]]),
        case("add a negation", "%x: float32[40] = input 0\n\
             %y: float32[40] = input 1\n\
             %n = neg %y\n\
             %a = add %x %n\n\
             %b = sub %x %n\n\
             %c = add %n %x\n\
             return %a %b %c", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = input 1
                 %2: float32[40] = sub %0 %1
                 %3: float32[40] = add %0 %1
                 return %2 %3 %2
             "#]]),
        case("add a negation", "%x: float32[40] = input 0\n\
             %y: float32[40] = input 1\n\
             %n = neg %x\n\
             %a = add %n %y\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = input 1
                 %2: float32[40] = sub %1 %0
                 return %2
             "#]]),
        case("multiply negations", "%x: float32[40] = input 0\n\
             %y: float32[40] = input 1\n\
             %m = neg %x\n\
             %n = neg %y\n\
             %a = mul %m %n\n\
             %b = div %m %n\n\
             return %a %b", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = input 1
                 %2: float32[40] = mul %0 %1
                 %3: float32[40] = div %0 %1
                 return %2 %3
             "#]]),
        case("multiply negations", "%x: float32[40] = input 0\n\
             %lt: float32[] = literal 3.0\n\
             %t: float32[40] = broadcast %lt axes=[]\n\
             %m = neg %x\n\
             %a = mul %m %t\n\
             %b = div %t %m\n\
             return %a %b", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[] = literal -3.0
                 %2: float32[40] = broadcast %1 axes=[]
                 %3: float32[40] = mul %0 %2
                 %4: float32[40] = div %2 %0
                 return %3 %4
             "#]]),
        case("even function", "%x: float32[40] = input 0\n\
             %m = neg %x\n\
             %n = abs %x\n\
             %a = abs %m\n\
             %b = square %n\n\
             %c = cos %m\n\
             %d = cosh %n\n\
             return %a %b %c %d", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = abs %0
                 %2: float32[40] = square %0
                 %3: float32[40] = cos %0
                 %4: float32[40] = cosh %0
                 return %1 %2 %3 %4
             "#]]),
        case("absolute value of what is not negative", "%x: uint32[20] = input 0\n\
             %m = neg %x\n\
             %b = abs %m\n\
             return %b", expect![[r#"
                 %0: uint32[20] = input 0
                 %1: uint32[20] = neg %0
                 return %1
             "#]]),
        case("absolute value of what is not negative", "%x: float32[40] = input 0\n\
             %m = exp %x\n\
             %n = square %x\n\
             %a = abs %m\n\
             %b = abs %n\n\
             return %a %b", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = exp %0
                 %2: float32[40] = square %0
                 return %1 %2
             "#]]),
        case("absolute value of what is not negative", "%x: uint32[20] = input 0\n\
             %a = abs %x\n\
             return %a", expect![[r#"
                 %0: uint32[20] = input 0
                 return %0
             "#]]),
        case("-", "%x: int32[20] = input 0\n\
             %n = square %x\n\
             %b = abs %n\n\
             return %b", expect![[r#"
                 %0: int32[20] = input 0
                 %1: int32[20] = square %0
                 %2: int32[20] = abs %1
                 return %2
             "#]]),
        case("round what is whole", "%x: float32[40] = input 0\n\
             %m = floor %x\n\
             %a = round %m\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = floor %0
                 return %1
             "#]]),
        case("round what is whole", "%x: int32[20] = input 0\n\
             %m: float16[20] = astype %x\n\
             %a = ceil %m\n\
             %b = trunc %x\n\
             return %a %b", expect![[r#"
                 %0: int32[20] = input 0
                 %1: float16[20] = astype %0
                 return %1 %0
             "#]]),
        case("sign of a sign", "%x: float32[40] = input 0\n\
             %m = sign %x\n\
             %a = sign %m\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = sign %0
                 return %1
             "#]]),
        case("classify through a sign", "%x: float32[40] = input 0\n\
             %m = neg %x\n\
             %n = abs %x\n\
             %a = isnan %m\n\
             %b = isinf %n\n\
             %c = isfinite %m\n\
             return %a %b %c", expect![[r#"
                 %0: float32[40] = input 0
                 %1: bool[40] = isnan %0
                 %2: bool[40] = isinf %0
                 %3: bool[40] = isfinite %0
                 return %1 %2 %3
             "#]]),
        case("combine with itself", "%x: float32[40] = input 0\n\
             %a = maximum %x %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
             "#]]),
        case("combine twice", "%x: float32[40] = input 0\n\
             %y: float32[40] = input 1\n\
             %m = maximum %x %y\n\
             %a = maximum %m %y\n\
             %b = maximum %m %x\n\
             %c = maximum %x %m\n\
             return %a %b %c", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = input 1
                 %2: float32[40] = maximum %0 %1
                 return %2 %2 %2
             "#]]),
        case("-", "%x: float32[40] = input 0\n\
             %y: float32[40] = input 1\n\
             %m = maximum %x %y\n\
             %a = maximum %y %m\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = input 1
                 %2: float32[40] = maximum %0 %1
                 %3: float32[40] = maximum %1 %2
                 return %3
             "#]]),
        case("combine twice", "%x: int32[20] = input 0\n\
             %y: int32[20] = input 1\n\
             %m = minimum %x %y\n\
             %a = minimum %y %m\n\
             return %a", expect![[r#"
                 %0: int32[20] = input 0
                 %1: int32[20] = input 1
                 %2: int32[20] = minimum %0 %1
                 return %2
             "#]]),
        case("logic with a constant", "%x: bool[4] = input 0\n\
             %lt: bool[] = literal true\n\
             %t: bool[4] = broadcast %lt axes=[]\n\
             %lf: bool[] = literal false\n\
             %f: bool[4] = broadcast %lf axes=[]\n\
             %a = logicalAnd %t %x\n\
             %b = logicalAnd %x %f\n\
             %c = logicalOr %x %t\n\
             %d = bitwiseOr %x %f\n\
             %e = bitwiseXor %x %t\n\
             return %a %b %c %d %e", expect![[r#"
                 %0: bool[4] = input 0
                 %1: bool[] = literal true
                 %2: bool[4] = broadcast %1 axes=[]
                 %3: bool[] = literal false
                 %4: bool[4] = broadcast %3 axes=[]
                 %5: bool[4] = bitwiseNot %0
                 return %0 %4 %2 %0 %5
             "#]]),
        case("logic with a constant", "%x: int32[20] = input 0\n\
             %lt: int32[] = literal -1\n\
             %t: int32[20] = broadcast %lt axes=[]\n\
             %lf: int32[] = literal 0\n\
             %f: int32[20] = broadcast %lf axes=[]\n\
             %a = bitwiseAnd %t %x\n\
             %b = bitwiseAnd %x %f\n\
             %c = bitwiseOr %x %t\n\
             %d = bitwiseXor %x %f\n\
             %e = bitwiseXor %x %t\n\
             return %a %b %c %d %e", expect![[r#"
                 %0: int32[20] = input 0
                 %1: int32[] = literal -1
                 %2: int32[20] = broadcast %1 axes=[]
                 %3: int32[] = literal 0
                 %4: int32[20] = broadcast %3 axes=[]
                 %5: int32[20] = bitwiseNot %0
                 return %0 %4 %2 %0 %5
             "#]]),
        case("exclusive or with itself", "%x: uint32[20] = input 0\n\
             %a = bitwiseXor %x %x\n\
             return %a", expect![[r#"
                 %0: uint32[] = literal 0
                 %1: uint32[20] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("shift by zero", "%x: int32[20] = input 0\n\
             %lf: int32[] = literal 0\n\
             %f: int32[20] = broadcast %lf axes=[]\n\
             %a = rightShift %x %f\n\
             return %a", expect![[r#"
                 %0: int32[20] = input 0
                 return %0
             "#]]),
        case("compare with itself", "%x: float32[40] = input 0\n\
             %a = less %x %x\n\
             %b = greater %x %x\n\
             %c = equal %x %x\n\
             %d = lessEqual %x %x\n\
             return %a %b %c %d", expect![[r#"
                 %0: float32[40] = input 0
                 %1: bool[] = literal false
                 %2: bool[40] = broadcast %1 axes=[]
                 %3: bool[40] = equal %0 %0
                 %4: bool[40] = lessEqual %0 %0
                 return %2 %2 %3 %4
             "#]]),
        case("compare with itself", "%x: int32[20] = input 0\n\
             %a = less %x %x\n\
             %b = notEqual %x %x\n\
             %c = equal %x %x\n\
             %d = lessEqual %x %x\n\
             return %a %b %c %d", expect![[r#"
                 %0: bool[] = literal false
                 %1: bool[20] = broadcast %0 axes=[]
                 %2: bool[] = literal true
                 %3: bool[20] = broadcast %2 axes=[]
                 return %1 %1 %3 %3
             "#]]),
        case("compare with a truth value", "%x: bool[4] = input 0\n\
             %lt: bool[] = literal true\n\
             %t: bool[4] = broadcast %lt axes=[]\n\
             %lf: bool[] = literal false\n\
             %f: bool[4] = broadcast %lf axes=[]\n\
             %a = equal %t %x\n\
             %b = equal %x %f\n\
             %c = notEqual %x %t\n\
             return %a %b %c", expect![[r#"
                 %0: bool[4] = input 0
                 %1: bool[4] = logicalNot %0
                 return %0 %1 %1
             "#]]),
        case("negate a comparison", "%x: float32[40] = input 0\n\
             %y: float32[40] = input 1\n\
             %m = equal %x %y\n\
             %a = logicalNot %m\n\
             %n = less %x %y\n\
             %b = logicalNot %n\n\
             return %a %b", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = input 1
                 %2: bool[40] = notEqual %0 %1
                 %3: bool[40] = less %0 %1
                 %4: bool[40] = logicalNot %3
                 return %2 %4
             "#]]),
        case("negate a comparison", "%x: int32[20] = input 0\n\
             %y: int32[20] = input 1\n\
             %m = less %x %y\n\
             %a = logicalNot %m\n\
             %n = greaterEqual %x %y\n\
             %b = bitwiseNot %n\n\
             return %a %b", expect![[r#"
                 %0: int32[20] = input 0
                 %1: int32[20] = input 1
                 %2: bool[20] = less %0 %1
                 %3: bool[20] = greaterEqual %0 %1
                 return %3 %2
             "#]]),
        case("choose by a constant", "%x: float32[40] = input 0\n\
             %y: float32[40] = input 1\n\
             %lt: bool[] = literal true\n\
             %t: bool[40] = broadcast %lt axes=[]\n\
             %a = where %t %x %y\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
             "#]]),
        case("choose between equals", "%c: bool[40] = input 1\n\
             %x: float32[40] = input 0\n\
             %a = where %c %x %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
             "#]]),
        case("choose between truth values", "%x: bool[4] = input 0\n\
             %lt: bool[] = literal true\n\
             %t: bool[4] = broadcast %lt axes=[]\n\
             %lf: bool[] = literal false\n\
             %f: bool[4] = broadcast %lf axes=[]\n\
             %a = where %x %t %f\n\
             %b = where %x %f %t\n\
             return %a %b", expect![[r#"
                 %0: bool[4] = input 0
                 %1: bool[4] = logicalNot %0
                 return %0 %1
             "#]]),
        case("choose by a negation", "%x: bool[4] = input 0\n\
             %y: bool[4] = input 1\n\
             %n = logicalNot %x\n\
             %a = where %n %y %x\n\
             return %a", expect![[r#"
                 %0: bool[4] = input 0
                 %1: bool[4] = input 1
                 %2: bool[4] = where %0 %0 %1
                 return %2
             "#]]),
        case("choose twice by one condition", "%c: bool[40] = input 2\n\
             %x: float32[40] = input 0\n\
             %y: float32[40] = input 1\n\
             %e = exp %x\n\
             %m = where %c %x %y\n\
             %a = where %c %m %e\n\
             %b = where %c %e %m\n\
             return %a %b", expect![[r#"
                 %0: bool[40] = input 2
                 %1: float32[40] = input 0
                 %2: float32[40] = input 1
                 %3: float32[40] = exp %1
                 %4: float32[40] = where %0 %1 %3
                 %5: float32[40] = where %0 %3 %2
                 return %4 %5
             "#]]),
        case("cast to the same dtype", "%x: float32[40] = input 0\n\
             %a: float32[40] = astype %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
             "#]]),
        case("cast a constant", "%lt: float32[] = literal -3.7\n\
             %t: float32[4] = broadcast %lt axes=[]\n\
             %a: int32[4] = astype %t\n\
             %b: uint32[4] = astype %t\n\
             return %a %b", expect![[r#"
                 %0: int32[] = literal -3
                 %1: int32[4] = broadcast %0 axes=[]
                 %2: uint32[] = literal 0
                 %3: uint32[4] = broadcast %2 axes=[]
                 return %1 %3
             "#]]),
        case("merge casts", "%x: float16[40] = input 0\n\
             %m: float32[40] = astype %x\n\
             %a: float16[40] = astype %m\n\
             %b: int32[40] = astype %m\n\
             return %a %b", expect![[r#"
                 %0: float16[40] = input 0
                 %1: int32[40] = astype %0
                 return %0 %1
             "#]]),
        case("-", "%x: float32[40] = input 0\n\
             %m: float16[40] = astype %x\n\
             %a: float32[40] = astype %m\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float16[40] = astype %0
                 %2: float32[40] = astype %1
                 return %2
             "#]]),
        case("count in another dtype", "%i: int32[3,4] = iota axis=1\n\
             %a: float32[3,4] = astype %i\n\
             return %a", expect![[r#"
                 %0: float32[3,4] = iota axis=1
                 return %0
             "#]]),
        case("view that changes nothing", "%x: float32[2,3,4] = input 0\n\
             %a: float32[2,3,4] = reshape %x\n\
             %b = transpose %a permutation=[0,1,2]\n\
             %c: float32[2,3,4] = broadcast %b axes=[0,1,2]\n\
             %d: float32[2,3,4] = slice %c start=[0,0,0] step=[1,1,1]\n\
             %e = flip %d axes=[]\n\
             %f: float32[2,3,4] = pad %e low=[0,0,0] high=[0,0,0] value=1.0\n\
             return %f", expect![[r#"
                 %0: float32[2,3,4] = input 0
                 return %0
             "#]]),
        case("view of a constant", "%lt: float32[] = literal 2.0\n\
             %t: float32[6] = broadcast %lt axes=[]\n\
             %a: float32[2,3] = reshape %t\n\
             %b = transpose %a permutation=[1,0]\n\
             %c: float32[5,4] = pad %b low=[1,1] high=[1,1] value=2.0\n\
             %d: float32[2,2] = slice %c start=[4,0] step=[-1,2]\n\
             %e: float32[4,2] = pad %d low=[1,0] high=[1,0] value=0.0\n\
             return %d %e", expect![[r#"
                 %0: float32[] = literal 2.0
                 %1: float32[2,2] = broadcast %0 axes=[]
                 %2: float32[4,2] = pad %1 low=[1,0] high=[1,0] value=0.0
                 return %1 %2
             "#]]),
        case("reshape of a reshape", "%x: float32[2,3,4] = input 0\n\
             %a: float32[24] = reshape %x\n\
             %b: float32[4,6] = reshape %a\n\
             return %b", expect![[r#"
                 %0: float32[2,3,4] = input 0
                 %1: float32[4,6] = reshape %0
                 return %1
             "#]]),
        case("transpose of a transpose", "%x: float32[2,3,4] = input 0\n\
             %a = transpose %x permutation=[1,2,0]\n\
             %b = transpose %a permutation=[1,0,2]\n\
             return %b", expect![[r#"
                 %0: float32[2,3,4] = input 0
                 %1: float32[4,3,2] = transpose %0 permutation=[2,1,0]
                 return %1
             "#]]),
        case("transpose of unit axes", "%x: float32[1,3,1,4] = input 0\n\
             %a = transpose %x permutation=[1,0,3,2]\n\
             return %a", expect![[r#"
                 %0: float32[1,3,1,4] = input 0
                 %1: float32[3,1,4,1] = reshape %0
                 return %1
             "#]]),
        case("transpose of a broadcast", "%x: float32[3] = input 0\n\
             %a: float32[2,3] = broadcast %x axes=[1]\n\
             %b = transpose %a permutation=[1,0]\n\
             return %b", expect![[r#"
                 %0: float32[3] = input 0
                 %1: float32[3,2] = broadcast %0 axes=[0]
                 return %1
             "#]]),
        case("-", "%x: float32[3,4] = input 0\n\
             %a: float32[3,2,4] = broadcast %x axes=[0,2]\n\
             %b = transpose %a permutation=[2,1,0]\n\
             return %b", expect![[r#"
                 %0: float32[3,4] = input 0
                 %1: float32[3,2,4] = broadcast %0 axes=[0,2]
                 %2: float32[4,2,3] = transpose %1 permutation=[2,1,0]
                 return %2
             "#]]),
        case("broadcast of a broadcast", "%x: float32[3,1] = input 0\n\
             %a: float32[3,1,4] = broadcast %x axes=[0,1]\n\
             %b: float32[5,3,2,4] = broadcast %a axes=[1,2,3]\n\
             return %b", expect![[r#"
                 %0: float32[3,1] = input 0
                 %1: float32[5,3,2,4] = broadcast %0 axes=[1,2]
                 return %1
             "#]]),
        case("broadcast that repeats nothing", "%x: float32[3,4] = input 0\n\
             %a: float32[1,3,1,4] = broadcast %x axes=[1,3]\n\
             return %a", expect![[r#"
                 %0: float32[3,4] = input 0
                 %1: float32[1,3,1,4] = reshape %0
                 return %1
             "#]]),
        case("broadcast of inserted axes", "%x: float32[3,4] = input 0\n\
             %s = max %x axes=[1]\n\
             %k: float32[3,1] = reshape %s\n\
             %a: float32[3,4] = broadcast %k axes=[0,1]\n\
             return %a", expect![[r#"
                 %0: float32[3,4] = input 0
                 %1: float32[3] = max %0 axes=[1]
                 %2: float32[3,4] = broadcast %1 axes=[0]
                 return %2
             "#]]),
        case("step of a single element", "%x: float32[3,4] = input 0\n\
             %a: float32[1,2] = slice %x start=[2,3] step=[-7,-2]\n\
             return %a", expect![[r#"
                 %0: float32[3,4] = input 0
                 %1: float32[1,2] = slice %0 start=[2,3] step=[1,-2]
                 return %1
             "#]]),
        case("slice of a slice", "%x: float32[10] = input 0\n\
             %a: float32[5] = slice %x start=[9] step=[-2]\n\
             %b: float32[2] = slice %a start=[1] step=[2]\n\
             return %b", expect![[r#"
                 %0: float32[10] = input 0
                 %1: float32[2] = slice %0 start=[7] step=[-4]
                 return %1
             "#]]),
        case("slice of a flip", "%x: float32[10,3] = input 0\n\
             %a = flip %x axes=[0]\n\
             %b: float32[3,2] = slice %a start=[1,0] step=[2,1]\n\
             return %b", expect![[r#"
                 %0: float32[10,3] = input 0
                 %1: float32[3,2] = slice %0 start=[8,0] step=[-2,1]
                 return %1
             "#]]),
        case("slice inside a pad", "%x: float32[4] = input 0\n\
             %a: float32[9] = pad %x low=[2] high=[3] value=7.0\n\
             %b: float32[2] = slice %a start=[4] step=[-2]\n\
             %c: float32[2] = slice %a start=[3] step=[2]\n\
             %d: float32[2] = slice %a start=[1] step=[1]\n\
             return %b %c %d", expect![[r#"
                 %0: float32[4] = input 0
                 %1: float32[9] = pad %0 low=[2] high=[3] value=7.0
                 %2: float32[2] = slice %0 start=[2] step=[-2]
                 %3: float32[2] = slice %0 start=[1] step=[2]
                 %4: float32[2] = slice %1 start=[1] step=[1]
                 return %2 %3 %4
             "#]]),
        case("flip of unit axes", "%x: float32[4,1] = input 0\n\
             %a = flip %x axes=[0,1]\n\
             return %a", expect![[r#"
                 %0: float32[4,1] = input 0
                 %1: float32[4,1] = flip %0 axes=[0]
                 return %1
             "#]]),
        case("flip of a flip", "%x: float32[4,3,2] = input 0\n\
             %a = flip %x axes=[0,1]\n\
             %b = flip %a axes=[1,2]\n\
             return %b", expect![[r#"
                 %0: float32[4,3,2] = input 0
                 %1: float32[4,3,2] = flip %0 axes=[0,2]
                 return %1
             "#]]),
        case("flip of a slice", "%x: float32[10] = input 0\n\
             %a: float32[3] = slice %x start=[1] step=[3]\n\
             %b = flip %a axes=[0]\n\
             return %b", expect![[r#"
                 %0: float32[10] = input 0
                 %1: float32[3] = slice %0 start=[7] step=[-3]
                 return %1
             "#]]),
        case("pad of a pad", "%x: float32[4] = input 0\n\
             %a: float32[6] = pad %x low=[1] high=[1] value=7.0\n\
             %b: float32[9] = pad %a low=[0] high=[3] value=7.0\n\
             %c: float32[10] = pad %b low=[1] high=[0] value=-7.0\n\
             return %c", expect![[r#"
                 %0: float32[4] = input 0
                 %1: float32[9] = pad %0 low=[1] high=[4] value=7.0
                 %2: float32[10] = pad %1 low=[1] high=[0] value=-7.0
                 return %2
             "#]]),
        case("reduce nothing", "%x: float32[0,3] = input 0\n\
             %a = sum %x axes=[0]\n\
             %b = prod %x axes=[0,1]\n\
             return %a %b", expect![[r#"
                 %0: float32[] = literal 0.0
                 %1: float32[3] = broadcast %0 axes=[]
                 %2: float32[] = literal 1.0
                 return %1 %2
             "#]]),
        case("reduce single elements", "%x: float32[4,1] = input 0\n\
             %a = sum %x axes=[1]\n\
             %b = max %x axes=[1]\n\
             %c = argmin %x axes=[1]\n\
             %d = prod %x axes=[]\n\
             return %a %b %c %d", expect![[r#"
                 %0: float32[4,1] = input 0
                 %1: float32[4] = reshape %0
                 %2: float32[] = literal 0.0
                 %3: float32[4] = broadcast %2 axes=[]
                 %4: float32[4] = add %1 %3
                 %5: uint32[] = literal 0
                 %6: uint32[4] = broadcast %5 axes=[]
                 return %4 %1 %6 %0
             "#]]),
        case("reduce single elements", "%x: int32[4,1] = input 0\n\
             %a = sum %x axes=[1]\n\
             return %a", expect![[r#"
                 %0: int32[4,1] = input 0
                 %1: int32[4] = reshape %0
                 return %1
             "#]]),
        case("reduce a constant", "%lt: float32[] = literal 0.1\n\
             %t: float32[4,5] = broadcast %lt axes=[]\n\
             %a = sum %t axes=[1]\n\
             %b = max %t axes=[0,1]\n\
             %c = argmax %t axes=[0]\n\
             return %a %b %c", expect![[r#"
                 %0: float32[] = literal 0.1
                 %1: float32[] = literal 0.5
                 %2: float32[4] = broadcast %1 axes=[]
                 %3: uint32[] = literal 0
                 %4: uint32[5] = broadcast %3 axes=[]
                 return %2 %0 %4
             "#]]),
        case("reduce a constant", "%lt: int32[] = literal 3\n\
             %t: int32[4,5] = broadcast %lt axes=[]\n\
             %ls: float32[] = literal -1.0\n\
             %s: float32[5] = broadcast %ls axes=[]\n\
             %a = sum %t axes=[1]\n\
             %b = prod %t axes=[0,1]\n\
             %c = prod %s axes=[0]\n\
             return %a %b %c", expect![[r#"
                 %0: float32[] = literal -1.0
                 %1: int32[] = literal 15
                 %2: int32[4] = broadcast %1 axes=[]
                 %3: int32[] = literal -808182895
                 return %2 %3 %0
             "#]]),
        case("-", "%ls: float32[] = literal 3.0\n\
             %s: float32[5] = broadcast %ls axes=[]\n\
             %c = prod %s axes=[0]\n\
             return %c", expect![[r#"
                 %0: float32[] = literal 3.0
                 %1: float32[5] = broadcast %0 axes=[]
                 %2: float32[] = prod %1 axes=[0]
                 return %2
             "#]]),
        case("reduce twice", "%x: float32[2,3,4] = input 0\n\
             %a = max %x axes=[1]\n\
             %b = max %a axes=[1]\n\
             return %b", expect![[r#"
                 %0: float32[2,3,4] = input 0
                 %1: float32[2] = max %0 axes=[1,2]
                 return %1
             "#]]),
        case("reduce twice", "%x: int32[2,3,4] = input 0\n\
             %a = sum %x axes=[2]\n\
             %b = sum %a axes=[0]\n\
             return %b", expect![[r#"
                 %0: int32[2,3,4] = input 0
                 %1: int32[3] = sum %0 axes=[0,2]
                 return %1
             "#]]),
        case("-", "%x: float32[2,3,4] = input 0\n\
             %a = sum %x axes=[1]\n\
             %b = sum %a axes=[1]\n\
             %c = max %a axes=[0]\n\
             return %b %c", expect![[r#"
                 %0: float32[2,3,4] = input 0
                 %1: float32[2,4] = sum %0 axes=[1]
                 %2: float32[2] = sum %1 axes=[1]
                 %3: float32[4] = max %1 axes=[0]
                 return %2 %3
             "#]]),
        case("reduce before a broadcast", "%x: float32[3] = input 0\n\
             %m: float32[3,4] = broadcast %x axes=[0]\n\
             %a = max %m axes=[1]\n\
             %b = sum %m axes=[0]\n\
             %c = argmax %m axes=[0]\n\
             return %a %b %c", expect![[r#"
                 %0: float32[3] = input 0
                 %1: float32[] = sum %0 axes=[0]
                 %2: float32[4] = broadcast %1 axes=[]
                 %3: uint32[] = argmax %0 axes=[0]
                 %4: uint32[4] = broadcast %3 axes=[]
                 return %0 %2 %4
             "#]]),
        case("-", "%x: float32[3] = input 0\n\
             %m: float32[3,4] = broadcast %x axes=[0]\n\
             %b = sum %m axes=[1]\n\
             %c = argmax %m axes=[1]\n\
             return %b %c", expect![[r#"
                 %0: float32[3] = input 0
                 %1: float32[3,4] = broadcast %0 axes=[0]
                 %2: float32[3] = sum %1 axes=[1]
                 %3: uint32[3] = argmax %1 axes=[1]
                 return %2 %3
             "#]]),
        case("reduce before a broadcast", "%x: float32[3,1,2] = input 0\n\
             %m: float32[3,4,2] = broadcast %x axes=[0,1,2]\n\
             %a = min %m axes=[1,2]\n\
             return %a", expect![[r#"
                 %0: float32[3,1,2] = input 0
                 %1: float32[3] = min %0 axes=[1,2]
                 return %1
             "#]]),
        case("count to one", "%a: int32[3,1] = iota axis=1\n\
             return %a", expect![[r#"
                 %0: int32[] = literal 0
                 %1: int32[3,1] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("known size", "%a: float32[] = size 12\n\
             return %a", expect![[r#"
                 %0: float32[] = literal 12.0
                 return %0
             "#]]),
        case("gather one place", "%x: float32[3,4] = input 0\n\
             %i: int32[] = literal -1\n\
             %a = gather %x %i axis=1\n\
             %j: int32[2] = broadcast %i axes=[]\n\
             %b = gather %x %j axis=0\n\
             %k: uint32[] = literal 99\n\
             %c = gather %x %k axis=0\n\
             return %a %b %c", expect![[r#"
                 %0: float32[3,4] = input 0
                 %1: float32[3,1] = slice %0 start=[0,3] step=[1,1]
                 %2: float32[3] = reshape %1
                 %3: float32[1,4] = slice %0 start=[2,0] step=[1,1]
                 %4: float32[4] = reshape %3
                 %5: float32[2,4] = broadcast %4 axes=[1]
                 return %2 %5 %4
             "#]]),
        case("gather from a constant", "%i: int32[5] = input 0\n\
             %lt: float32[] = literal 2.5\n\
             %t: float32[3,4] = broadcast %lt axes=[]\n\
             %a = gather %t %i axis=1\n\
             return %a", expect![[r#"
                 %0: float32[] = literal 2.5
                 %1: float32[3,5] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("scatter nothing", "%x: float32[3,4] = input 0\n\
             %i: int32[0] = input 1\n\
             %u: float32[0,4] = input 2\n\
             %a = scatter %x %i %u axis=0 op=add\n\
             return %a", expect![[r#"
                 %0: float32[3,4] = input 0
                 return %0
             "#]]),
        case("join fewer", "%x: float32[3,4] = input 0\n\
             %e: float32[0,4] = input 1\n\
             %a = concatenate %x %e axis=0\n\
             %b = concatenate %x axis=1\n\
             return %a %b", expect![[r#"
                 %0: float32[3,4] = input 0
                 return %0 %0
             "#]]),
        case("join constants", "%lt: float32[] = literal 2.5\n\
             %t: float32[3,4] = broadcast %lt axes=[]\n\
             %ls: float32[] = literal 2.5\n\
             %s: float32[1,4] = broadcast %ls axes=[]\n\
             %a = concatenate %t %s axis=0\n\
             return %a", expect![[r#"
                 %0: float32[] = literal 2.5
                 %1: float32[4,4] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("contract nothing", "%x: float32[2,0] = input 0\n\
             %y: float32[0,3] = input 1\n\
             %a = dot %x %y batch=[] contract=[1:0]\n\
             return %a", expect![[r#"
                 %0: float32[] = literal 0.0
                 %1: float32[2,3] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("sort one", "%x: float32[4,1] = input 0\n\
             %a = argsort %x axis=1\n\
             return %a", expect![[r#"
                 %0: uint32[] = literal 0
                 %1: uint32[4,1] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("order operands", "%x: float32[40] = input 0\n\
             %y: float32[40] = input 1\n\
             %a = add %x %y\n\
             %b = add %y %x\n\
             %c = mul %a %b\n\
             return %c", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = input 1
                 %2: float32[40] = add %0 %1
                 %3: float32[40] = square %2
                 return %3
             "#]]),
        case("empty", "%x: float32[0,4] = input 0\n\
             %a = exp %x\n\
             %b = sum %a axes=[1]\n\
             return %b", expect![[r#"
                 %0: float32[] = literal 0.0
                 %1: float32[0] = broadcast %0 axes=[]
                 return %1
             "#]]),
        case("merge equal nodes", "%x: float32[40] = input 0\n\
             %a = neg %x\n\
             %b = abs %x\n\
             %c = square %a\n\
             %d = square %b\n\
             %e = add %c %d\n\
             return %e", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = square %0
                 %2: float32[40] = add %1 %1
                 return %2
             "#]]),
        case("simplify the body of a loop", "%x: float32[] = input 0\n\
             %a = loop %x length=3 carries=1 output=0 {\n\
             %0: float32[] = input 0\n\
             %1 = neg %0\n\
             %2 = neg %1\n\
             %3 = exp %2\n\
             return %3\n\
             }\n\
             return %a", expect![[r#"
                 %0: float32[] = input 0
                 %1: float32[] = loop %0 length=3 carries=1 output=0 {
                   %0: float32[] = input 0
                   %1: float32[] = exp %0
                   return %1
                 }
                 return %1
             "#]]),
        case("drop dead nodes", "%x: bool[4] = input 0\n\
             %lt: bool[] = literal true\n\
             %t: bool[4] = broadcast %lt axes=[]\n\
             %n = logicalNot %x\n\
             %a = where %t %x %n\n\
             return %a", expect![[r#"
                 %0: bool[4] = input 0
                 return %0
             "#]]),
    ]
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
                assert_eq!(cast::merges(a, b, c), differs.is_none(), "{a} -> {b} -> {c}: {differs:?}");
            }
        }
    }
}

#[test]
fn commutative_rows_commute_bit_for_bit() {
    use crate::ops::{Op, exact};
    for op in Op::ALL.iter().filter(|op| op.row().commutative) {
        for dtype in DType::ALL.into_iter().filter(|dtype| op.accepts(*dtype)) {
            let values = special(&crate::shape::Aval::new([60], dtype), 0).data;
            for x in &values {
                for y in &values {
                    let (a, b) = (exact(*op, dtype, &[*x, *y]), exact(*op, dtype, &[*y, *x]));
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
    want.assert_eq(&print_with(&simple, Detail::Origins));
}

#[test]
fn calls_are_inlined() {
    let listing = "%0: float32[4] = input 0\n%1 = call %0 rule=1 output=0 {\n%0: float32[4] = input 0\n%1 = call %0 rule=2 output=0 {\n%0: float32[4] = input 0\n%1 = exp %0\nreturn %1\n}\n%2 = neg %1\nreturn %2 %1\n}\n\
        %2 = call %0 rule=1 output=1 {\n%0: float32[4] = input 0\n%1 = exp %0\n%2 = neg %1\nreturn %2 %1\n}\nreturn %1 %2\n";
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
    want.assert_eq(&print_with(&simple, Detail::Origins));
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
    want.assert_eq(&print(&simple));
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
