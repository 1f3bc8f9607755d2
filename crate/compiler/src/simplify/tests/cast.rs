//! Laws of casts.

use super::{Case, case};
use interfuse_testing::expect;

#[rustfmt::skip]
pub(super) fn cases() -> Vec<Case> {
    vec![
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
        case("count in another dtype", "%i: int32[3,4] = iota axis=1\n\
             %a: float32[3,4] = astype %i\n\
             return %a", expect![[r#"
                 %0: float32[3,4] = iota axis=1
                 return %0
             "#]]),
    ]
}
