//! Laws of counting, gathering, joining and contracting.

use super::{Case, case};
use interfuse_testing::expect;

#[rustfmt::skip]
pub(super) fn cases() -> Vec<Case> {
    vec![
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
    ]
}
