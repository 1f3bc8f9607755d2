//! What the driver itself does: sharing, ordering, dropping, loops.

use super::{Case, case};
use interfuse_testing::expect;

#[rustfmt::skip]
pub(super) fn cases() -> Vec<Case> {
    vec![
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
