//! Laws of scalar ops and of constants.

use super::{Case, case};
use interfuse_testing::expect;

#[rustfmt::skip]
pub(super) fn cases() -> Vec<Case> {
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
        case("subtract zero", "%x: float32[40] = input 0\n\
             %lz: float32[] = literal 0.0\n\
             %z: float32[40] = broadcast %lz axes=[]\n\
             %a = sub %x %z\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 return %0
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
        case("subtract itself", "%x: int32[20] = input 0\n\
             %a = sub %x %x\n\
             return %a", expect![[r#"
                 %0: int32[] = literal 0
                 %1: int32[20] = broadcast %0 axes=[]
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
    ]
}
