//! Laws of views.

use super::{Case, case};
use interfuse_testing::expect;

#[rustfmt::skip]
pub(super) fn cases() -> Vec<Case> {
    vec![
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
    ]
}
