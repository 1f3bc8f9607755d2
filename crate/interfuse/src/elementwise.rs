//! The scalar ops as methods and operators. The methods are the rows of the table (`lanes/ops`), their docs and names included.

use crate::error::{Result, expect};
use crate::operand::{Operand, apply};
use crate::tensor::Tensor;
use interfuse_compiler::dtype::Weak;
use interfuse_compiler::ops::Op;

macro_rules! methods {
    ($($(#[doc = $doc:literal])+ $op:ident $name:ident $try_name:ident [$this:ident $(, $other:ident)*];)+) => {
        impl Tensor { $(
            methods!(@one [$(#[doc = $doc])+] $op $name $try_name $this [$($other),*]);
        )+ }
    };
    (@one [$(#[$doc:meta])+] $op:ident $name:ident $try_name:ident $this:ident []) => {
        $(#[$doc])+
        #[track_caller]
        pub fn $name(&self) -> Tensor {
            expect(self.$try_name())
        }

        #[doc = concat!("Like [`Tensor::", stringify!($name), "`], with the mistake as a value.")]
        #[track_caller]
        pub fn $try_name(&self) -> Result<Tensor> {
            apply(Op::$op, &[self.into()])
        }
    };
    (@one [$(#[$doc:meta])+] $op:ident $name:ident $try_name:ident $this:ident [$($other:ident),+]) => {
        $(#[$doc])+
        #[doc = ""]
        #[doc = concat!("Here `", stringify!($this), "` is this tensor.")]
        #[track_caller]
        pub fn $name<'a>(&'a self $(, $other: impl Into<Operand<'a>>)+) -> Tensor {
            expect(self.$try_name($($other),+))
        }

        #[doc = concat!("Like [`Tensor::", stringify!($name), "`], with the mistake as a value.")]
        #[track_caller]
        pub fn $try_name<'a>(&'a self $(, $other: impl Into<Operand<'a>>)+) -> Result<Tensor> {
            apply(Op::$op, &[self.into() $(, $other.into())+])
        }
    };
}

interfuse_compiler::for_each_op!(methods);

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
