//! Laws of reductions.

use super::{Case, case};
use interfuse_testing::expect;

#[rustfmt::skip]
pub(super) fn cases() -> Vec<Case> {
    vec![
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
        case("reduce before a broadcast", "%x: float32[3,1,2] = input 0\n\
             %m: float32[3,4,2] = broadcast %x axes=[0,1,2]\n\
             %a = min %m axes=[1,2]\n\
             return %a", expect![[r#"
                 %0: float32[3,1,2] = input 0
                 %1: float32[3] = min %0 axes=[1,2]
                 return %1
             "#]]),
    ]
}
