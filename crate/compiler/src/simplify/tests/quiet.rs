//! Listings that no rule may touch, because the law is false for some value.

use super::{Case, case};
use interfuse_testing::expect;

#[rustfmt::skip]
pub(super) fn cases() -> Vec<Case> {
    vec![
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
        case("-", "%x: float32[40] = input 0\n\
             %a = sub %x %x\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float32[40] = sub %0 %0
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
        case("-", "%x: int32[20] = input 0\n\
             %n = square %x\n\
             %b = abs %n\n\
             return %b", expect![[r#"
                 %0: int32[20] = input 0
                 %1: int32[20] = square %0
                 %2: int32[20] = abs %1
                 return %2
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
        case("-", "%x: float32[40] = input 0\n\
             %m: float16[40] = astype %x\n\
             %a: float32[40] = astype %m\n\
             return %a", expect![[r#"
                 %0: float32[40] = input 0
                 %1: float16[40] = astype %0
                 %2: float32[40] = astype %1
                 return %2
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
        case("-", "%ls: float32[] = literal 3.0\n\
             %s: float32[5] = broadcast %ls axes=[]\n\
             %c = prod %s axes=[0]\n\
             return %c", expect![[r#"
                 %0: float32[] = literal 3.0
                 %1: float32[5] = broadcast %0 axes=[]
                 %2: float32[] = prod %1 axes=[0]
                 return %2
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
    ]
}
