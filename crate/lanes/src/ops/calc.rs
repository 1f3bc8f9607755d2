//! Shorthand for writing meanings: named operations and the `v!` notation.
//!
//! `v!(e, (x - (k * {LN2})))` appends the operations of a fully parenthesised formula: an identifier is a value, a literal or
//! `{expr}` a float32 constant, `[expr]` a uint32 constant, `(f a b)` a call of a function of this shape. No operator
//! overloading: a value would have to carry a shared borrow of the machine, which costs compile time in every instance.

use crate::emit::{Bin, Emit, Un};

macro_rules! v {
    ($e:ident, {$c:expr}) => {
        $e.f($c)
    };
    ($e:ident, [$c:expr]) => {
        $e.u($c)
    };
    ($e:ident, $c:literal) => {
        $e.f($c)
    };
    ($e:ident, $x:ident) => {
        $x
    };
    ($e:ident, (- $a:tt)) => {{
        let a = v!($e, $a);
        $e.un($crate::emit::Un::FNeg, a)
    }};
    ($e:ident, ($a:tt + $b:tt)) => {{
        let (a, b) = (v!($e, $a), v!($e, $b));
        $e.bin($crate::emit::Bin::FAdd, a, b)
    }};
    ($e:ident, ($a:tt - $b:tt)) => {{
        let (a, b) = (v!($e, $a), v!($e, $b));
        $e.bin($crate::emit::Bin::FSub, a, b)
    }};
    ($e:ident, ($a:tt * $b:tt)) => {{
        let (a, b) = (v!($e, $a), v!($e, $b));
        $e.bin($crate::emit::Bin::FMul, a, b)
    }};
    ($e:ident, ($a:tt / $b:tt)) => {{
        let (a, b) = (v!($e, $a), v!($e, $b));
        $e.bin($crate::emit::Bin::FDiv, a, b)
    }};
    ($e:ident, ($a:tt < $b:tt)) => {{
        let (a, b) = (v!($e, $a), v!($e, $b));
        $e.bin($crate::emit::Bin::FLt, a, b)
    }};
    ($e:ident, ($a:tt <= $b:tt)) => {{
        let (a, b) = (v!($e, $a), v!($e, $b));
        $e.bin($crate::emit::Bin::FLe, a, b)
    }};
    ($e:ident, ($a:tt == $b:tt)) => {{
        let (a, b) = (v!($e, $a), v!($e, $b));
        $e.bin($crate::emit::Bin::FEq, a, b)
    }};
    ($e:ident, ($f:ident $a:tt)) => {{
        let a = v!($e, $a);
        $f($e, a)
    }};
    ($e:ident, ($f:ident $a:tt $b:tt)) => {{
        let (a, b) = (v!($e, $a), v!($e, $b));
        $f($e, a, b)
    }};
    ($e:ident, ($f:ident $a:tt $b:tt $c:tt)) => {{
        let (a, b, c) = (v!($e, $a), v!($e, $b), v!($e, $c));
        $f($e, a, b, c)
    }};
}
pub(crate) use v;

macro_rules! unary {
    ($($name:ident $op:ident)*) => { $(
        #[inline(always)]
        pub(crate) fn $name<E: Emit>(e: &mut E, x: E::V) -> E::V {
            e.un(Un::$op, x)
        }
    )* };
}
unary! { fabs FAbs sqrt FSqrt bits Bits from_bits FromBits ineg INeg complement Not not BNot
u_of_i IToU i_of_u UToI i_of_f FToI u_of_f FToU f_of_i IToF f_of_u UToF u_of_b BToU }

macro_rules! binary {
    ($($name:ident $op:ident)*) => { $(
        #[inline(always)]
        pub(crate) fn $name<E: Emit>(e: &mut E, x: E::V, y: E::V) -> E::V {
            e.bin(Bin::$op, x, y)
        }
    )* };
}
binary! { iadd IAdd isub ISub imul IMul idiv IDiv udiv UDiv ieq IEq ilt ILt ult ULt band And bor Or bxor Xor shl Shl shri ShrI shru ShrU
and BAnd or BOr same BEq }

/// `yes` where `condition`, else `no`.
#[inline(always)]
pub(crate) fn sel<E: Emit>(e: &mut E, condition: E::V, yes: E::V, no: E::V) -> E::V {
    e.select(condition, yes, no)
}

/// A polynomial by Horner's rule, lowest coefficient first.
#[inline(always)]
pub(crate) fn poly<E: Emit>(e: &mut E, x: E::V, coefficients: &[f32]) -> E::V {
    let mut rest = coefficients.iter().rev();
    let mut sum = e.f(*rest.next().expect("a polynomial has a coefficient"));
    for &c in rest {
        sum = v!(e, ((sum * x) + { c }));
    }
    sum
}

/// The bits without the sign.
#[inline(always)]
pub(crate) fn magnitude<E: Emit>(e: &mut E, x: E::V) -> E::V {
    v!(e, (band (bits x) [0x7fff_ffff]))
}

/// Told by bits, because GPUs may assume that there is no NaN.
#[inline(always)]
pub(crate) fn is_nan<E: Emit>(e: &mut E, x: E::V) -> E::V {
    v!(e, (ult [0x7f80_0000] (magnitude x)))
}

/// Told by bits, because GPUs may assume that there is no infinity.
#[inline(always)]
pub(crate) fn is_inf<E: Emit>(e: &mut E, x: E::V) -> E::V {
    v!(e, (ieq [0x7f80_0000] (magnitude x)))
}

/// Neither infinite nor NaN.
#[inline(always)]
pub(crate) fn is_finite<E: Emit>(e: &mut E, x: E::V) -> E::V {
    v!(e, (ult (magnitude x) [0x7f80_0000]))
}

/// `value` with the sign bit of `sign` flipped into it: the odd continuation of a function computed for |x|.
#[inline(always)]
pub(crate) fn flip_by<E: Emit>(e: &mut E, value: E::V, sign: E::V) -> E::V {
    v!(e, (from_bits (bxor (bits value) (band (bits sign) [0x8000_0000]))))
}

/// `x` where it is NaN, else `value`.
#[inline(always)]
pub(crate) fn keep_nan<E: Emit>(e: &mut E, x: E::V, value: E::V) -> E::V {
    v!(e, (sel (is_nan x) x value))
}

/// The leading 12 bits of the significand: a product of two such numbers is exact, so that fusing it into a sum changes nothing.
#[inline(always)]
pub(crate) fn head<E: Emit>(e: &mut E, x: E::V) -> E::V {
    v!(e, (from_bits (band (bits x) [0xffff_f000])))
}

/// 2^k for an int32 k in -126..=127.
#[inline(always)]
pub(crate) fn power_of_two<E: Emit>(e: &mut E, k: E::V) -> E::V {
    let bias = e.i(127);
    let biased = iadd(e, k, bias);
    let biased = u_of_i(e, biased);
    v!(e, (from_bits (shl biased [23])))
}

/// `p * 2^k` for an int32 k in -252..=254, in two steps so that results above 2^127 and below 2^-126 come out right.
#[inline(always)]
pub(crate) fn scale<E: Emit>(e: &mut E, p: E::V, k: E::V) -> E::V {
    let half = v!(e, (shri k [1]));
    let rest = isub(e, k, half);
    let first = power_of_two(e, half);
    let second = power_of_two(e, rest);
    v!(e, ((p * first) * second))
}

/// The int32 nearest to x (halves away from zero), for |x| < 2^22. Cheaper than rounding on baseline x86-64.
#[inline(always)]
pub(crate) fn nearest<E: Emit>(e: &mut E, x: E::V) -> E::V {
    let half = e.f(0.5);
    let half = flip_by(e, half, x);
    let moved = v!(e, (x + half));
    i_of_f(e, moved)
}
