//! The scalar ops as methods and operators. Each is one row of the table; nothing here knows more than names.

use crate::error::{Result, expect};
use crate::operand::{Operand, apply};
use crate::tensor::Tensor;
use interfuse_compiler::dtype::Weak;
use interfuse_compiler::ops::Op;

macro_rules! unary {
    ($($(#[$doc:meta])* $name:ident $try_name:ident $op:ident;)+) => {
        impl Tensor { $(
            $(#[$doc])*
            #[track_caller]
            pub fn $name(&self) -> Tensor {
                expect(self.$try_name())
            }

            #[doc = concat!("Like [`Tensor::", stringify!($name), "`], with the mistake as a value.")]
            #[track_caller]
            pub fn $try_name(&self) -> Result<Tensor> {
                apply(Op::$op, &[self.into()])
            }
        )+ }

        /// The rows that have a method without operands.
        #[cfg(test)]
        const UNARY: &[Op] = &[$(Op::$op),+];
    };
}

macro_rules! binary {
    ($($(#[$doc:meta])* $name:ident $try_name:ident $op:ident;)+) => {
        impl Tensor { $(
            $(#[$doc])*
            #[track_caller]
            pub fn $name<'a>(&'a self, other: impl Into<Operand<'a>>) -> Tensor {
                expect(self.$try_name(other))
            }

            #[doc = concat!("Like [`Tensor::", stringify!($name), "`], with the mistake as a value.")]
            #[track_caller]
            pub fn $try_name<'a>(&'a self, other: impl Into<Operand<'a>>) -> Result<Tensor> {
                apply(Op::$op, &[self.into(), other.into()])
            }
        )+ }

        /// The rows that have a method with one operand.
        #[cfg(test)]
        const BINARY: &[Op] = &[$(Op::$op),+];
    };
}

unary! {
    /// -x; integers wrap.
    negative try_negative Neg;
    /// |x|.
    abs try_abs Abs;
    /// -1, 0 or 1; 0 for NaN.
    sign try_sign Sign;
    /// e to the power x.
    exp try_exp Exp;
    /// 2 to the power x.
    exp2 try_exp2 Exp2;
    /// e to the power x, minus 1; accurate near 0.
    expm1 try_expm1 Expm1;
    /// Natural logarithm.
    log try_log Log;
    /// Logarithm to base 2.
    log2 try_log2 Log2;
    /// Logarithm to base 10.
    log10 try_log10 Log10;
    /// ln(1 + x); accurate near 0.
    log1p try_log1p Log1p;
    /// Square root.
    sqrt try_sqrt Sqrt;
    /// 1 / sqrt(x).
    rsqrt try_rsqrt Rsqrt;
    /// x * x.
    square try_square Square;
    /// 1 / x.
    reciprocal try_reciprocal Reciprocal;
    /// Sine of radians.
    sin try_sin Sin;
    /// Cosine of radians.
    cos try_cos Cos;
    /// Tangent of radians.
    tan try_tan Tan;
    /// Arc sine.
    asin try_asin Asin;
    /// Arc cosine.
    acos try_acos Acos;
    /// Arc tangent.
    atan try_atan Atan;
    /// Hyperbolic sine.
    sinh try_sinh Sinh;
    /// Hyperbolic cosine.
    cosh try_cosh Cosh;
    /// Hyperbolic tangent.
    tanh try_tanh Tanh;
    /// Inverse of the hyperbolic sine.
    asinh try_asinh Asinh;
    /// Inverse of the hyperbolic cosine.
    acosh try_acosh Acosh;
    /// Inverse of the hyperbolic tangent.
    atanh try_atanh Atanh;
    /// The error function.
    erf try_erf Erf;
    /// The inverse of the error function.
    erfinv try_erfinv Erfinv;
    /// 1 / (1 + e^-x).
    sigmoid try_sigmoid Sigmoid;
    /// The largest integral value not above x.
    floor try_floor Floor;
    /// The smallest integral value not below x.
    ceil try_ceil Ceil;
    /// The nearest integral value, halves to even.
    round try_round Round;
    /// Rounds towards zero.
    trunc try_trunc Trunc;
    /// Whether x is NaN.
    isnan try_isnan IsNan;
    /// Whether x is infinite.
    isinf try_isinf IsInf;
    /// Whether x is neither infinite nor NaN.
    isfinite try_isfinite IsFinite;
    /// Not x.
    logical_not try_logical_not LogicalNot;
    /// All bits flipped.
    bitwise_not try_bitwise_not BitwiseNot;
}

binary! {
    /// x + y; the operator with a mistake as text.
    plus try_add Add;
    /// x - y.
    minus try_sub Sub;
    /// x * y.
    times try_mul Mul;
    /// x / y; integers give float32.
    over try_div Div;
    /// x to the power y.
    pow try_pow Pow;
    /// x - y floor(x / y), with the sign of y.
    modulo try_modulo Mod;
    /// floor(x / y).
    floor_divide try_floor_divide FloorDivide;
    /// The angle of the point (other, self).
    atan2 try_atan2 Atan2;
    /// The larger; NaN where either is NaN.
    maximum try_maximum Maximum;
    /// The smaller; NaN where either is NaN.
    minimum try_minimum Minimum;
    /// x == y.
    equal try_equal Equal;
    /// x != y.
    not_equal try_not_equal NotEqual;
    /// x < y.
    less try_less Less;
    /// x <= y.
    less_equal try_less_equal LessEqual;
    /// x > y.
    greater try_greater Greater;
    /// x >= y.
    greater_equal try_greater_equal GreaterEqual;
    /// x and y.
    logical_and try_logical_and LogicalAnd;
    /// x or y.
    logical_or try_logical_or LogicalOr;
    /// The bits set in both.
    bitwise_and try_bitwise_and BitwiseAnd;
    /// The bits set in either.
    bitwise_or try_bitwise_or BitwiseOr;
    /// The bits set in one of the two.
    bitwise_xor try_bitwise_xor BitwiseXor;
    /// x shifted left by y bits.
    left_shift try_left_shift LeftShift;
    /// x shifted right by y bits.
    right_shift try_right_shift RightShift;
    /// ln(e^x + e^y).
    logaddexp try_logaddexp LogAddExp;
}

impl Tensor {
    /// minimum(maximum(x, low), high).
    #[track_caller]
    pub fn clip<'a>(&'a self, low: impl Into<Operand<'a>>, high: impl Into<Operand<'a>>) -> Tensor {
        expect(self.try_clip(low, high))
    }

    /// Like [`Tensor::clip`], with the mistake as a value.
    #[track_caller]
    pub fn try_clip<'a>(&'a self, low: impl Into<Operand<'a>>, high: impl Into<Operand<'a>>) -> Result<Tensor> {
        apply(Op::Clip, &[self.into(), low.into(), high.into()])
    }

    /// `yes` where this holds (is not 0), else `no`.
    #[track_caller]
    pub fn choose<'a>(&'a self, yes: impl Into<Operand<'a>>, no: impl Into<Operand<'a>>) -> Tensor {
        expect(self.try_choose(yes, no))
    }

    /// Like [`Tensor::choose`], with the mistake as a value.
    #[track_caller]
    pub fn try_choose<'a>(&'a self, yes: impl Into<Operand<'a>>, no: impl Into<Operand<'a>>) -> Result<Tensor> {
        apply(Op::Where, &[self.into(), yes.into(), no.into()])
    }
}

/// A number beside a tensor in an operator: weak, so that it takes the tensor's dtype where it fits.
pub trait Number: Copy {
    /// As a number without a dtype.
    fn to_weak(self) -> Weak;
}

impl Number for f32 {
    fn to_weak(self) -> Weak {
        Weak::Float(f64::from(self))
    }
}

impl Number for f64 {
    fn to_weak(self) -> Weak {
        Weak::Float(self)
    }
}

impl Number for i32 {
    fn to_weak(self) -> Weak {
        Weak::Int(i64::from(self))
    }
}

/// An operator for tensors, references to them and numbers on either side.
macro_rules! operator {
    ($($trait:ident $method:ident $op:ident;)+) => { $(
        operator!(@tensor $trait $method $op, [Tensor], [Tensor]);
        operator!(@tensor $trait $method $op, [Tensor], [&Tensor]);
        operator!(@tensor $trait $method $op, [&Tensor], [Tensor]);
        operator!(@tensor $trait $method $op, [&Tensor], [&Tensor]);
        operator!(@number $trait $method $op);
        operator!(@left $trait $method $op, f32);
        operator!(@left $trait $method $op, i32);
    )+ };
    (@tensor $trait:ident $method:ident $op:ident, [$($left:tt)+], [$($right:tt)+]) => {
        impl std::ops::$trait<$($right)+> for $($left)+ {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: $($right)+) -> Tensor {
                expect(apply(Op::$op, &[Operand::Tensor(operator!(@by [$($left)+] self)), Operand::Tensor(operator!(@by [$($right)+] other))]))
            }
        }
    };
    (@by [Tensor] $x:ident) => { &$x };
    (@by [&Tensor] $x:ident) => { $x };
    // One generic implementation: a literal then has one reading, and what follows knows that the result is a tensor.
    (@number $trait:ident $method:ident $op:ident) => {
        impl<N: Number> std::ops::$trait<N> for Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: N) -> Tensor {
                expect(apply(Op::$op, &[(&self).into(), Operand::Weak(other.to_weak())]))
            }
        }
        impl<N: Number> std::ops::$trait<N> for &Tensor {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: N) -> Tensor {
                expect(apply(Op::$op, &[self.into(), Operand::Weak(other.to_weak())]))
            }
        }
    };
    (@left $trait:ident $method:ident $op:ident, $number:ty) => {
        impl std::ops::$trait<Tensor> for $number {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: Tensor) -> Tensor {
                expect(apply(Op::$op, &[self.into(), (&other).into()]))
            }
        }
        impl std::ops::$trait<&Tensor> for $number {
            type Output = Tensor;
            #[track_caller]
            fn $method(self, other: &Tensor) -> Tensor {
                expect(apply(Op::$op, &[self.into(), other.into()]))
            }
        }
    };
}

operator! {
    Add add Add;
    Sub sub Sub;
    Mul mul Mul;
    Div div Div;
    Rem rem Mod;
}

impl std::ops::Neg for &Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        expect(apply(Op::Neg, &[self.into()]))
    }
}

impl std::ops::Neg for Tensor {
    type Output = Tensor;
    #[track_caller]
    fn neg(self) -> Tensor {
        expect(apply(Op::Neg, &[(&self).into()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_method() {
        for op in Op::ALL {
            let has = match op.row().arity {
                1 => UNARY.contains(op),
                2 => BINARY.contains(op),
                _ => matches!(op, Op::Where | Op::Clip),
            };
            assert!(has, "{} has no method", op.name());
        }
    }
}
