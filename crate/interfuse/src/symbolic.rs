//! Sizes that one compiled entry leaves open: `shapeless` and `dynamicDims`.
//!
//! The sizes of an entry's inputs that the options name are symbols while the function is traced. Shapes are expressions of them, kernels
//! take their values from the uniform block, and what the trace could not leave open is a guard (`learn`). The parts: `options` says
//! which sizes are symbols and reads their values from a call, `learn` decides and remembers, `limits` and `check` check shapes and nodes.
//! Here is what programs hold in their hands: [`Dim`], a size to compute with, and [`Sizes`], what ops take as a shape. Nothing of this
//! knows tensors or traces: a trace opens its symbols and closes them.

mod options;
mod learn;
mod limits;
mod check;

pub(crate) use check::{Asked, broadcast, broadcasts_to, check, demand_all, list, wider};
pub(crate) use learn::{
    Decision, Explain, Guards, Relation, Symbols, alike, at_least, bounds, holds, measured, must_be_at_least,
    must_be_same, owner, resolve, resolved, same, seen, seen_dim, seen_shape, value,
};
pub(crate) use limits::{check_elements, checked_dims, checked_shape, elements, nbytes};
pub(crate) use options::{Binder, Bound};
pub use options::{DynamicSizes, NamedSize};

use crate::error::{Error, ErrorKind, Result};
use interfuse_compiler::dim::{self, Dim as Expression};
use interfuse_compiler::shape::Shape;
use smallvec::SmallVec;
use std::fmt;
use std::ops::{Add, Mul, Sub};
use std::rc::Rc;

/// Elements that a tensor may have: indices are 32-bit integers on every device.
pub const MAX_ELEMENTS: i64 = i32::MAX as i64;

/// The size of an axis, to compute other sizes with.
///
/// Outside of compiled functions, and where sizes are fixed, it is a number. While a function is traced with `shapeless` or
/// `dynamic_dims` it may be an expression of sizes that are open: using it in a shape leaves them open, reading it as a number
/// ([`Dim::value`]) fixes it for the compiled entry.
///
/// ```
/// use interfuse::{library, Compile, DType, Tensor};
/// let f = Compile::new(|x: &Tensor| {
///     let n = x.dim(0);
///     x.reshape(&[n.clone() * 2, 1.into()]) + library::zeros(&[n * 2, 3.into()], DType::Float32).unwrap()
/// })
/// .shapeless(true)
/// .build();
/// for rows in [2, 5, 1] {
///     assert_eq!(f.call(&library::ones(&[rows, 2], DType::Float32)?)?.sizes(), [2 * rows, 3]);
/// }
/// assert_eq!(f.stats().traces, 1);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Dim(pub(crate) Expression);

impl Dim {
    /// As a number; while a function is traced with this size open, the entry serves only calls in which it is the same.
    pub fn value(&self) -> Result<i64> {
        self.value_for("value")
    }

    /// The same for an op of that name, which guards then tell.
    pub fn value_for(&self, op: &str) -> Result<i64> {
        value(op, &self.0)
    }

    /// The number, when it is one.
    pub fn known(&self) -> Option<i64> {
        self.0.as_const()
    }

    /// The size of the call that is traced, for texts: what a function makes of it does not follow other sizes.
    pub fn seen(&self) -> i64 {
        seen_dim(&self.0).as_const().unwrap_or(-1)
    }

    /// The quotient, rounded to minus infinity. The divisor must be positive.
    pub fn floor_div(&self, divisor: impl Into<Dim>) -> Result<Dim> {
        let divisor = positive("floordiv", divisor.into())?;
        Ok(Dim(self.0.exact_quotient(&divisor).unwrap_or_else(|| self.0.floor_div(&divisor, &bounds))))
    }

    /// The remainder, not negative. The divisor must be positive.
    pub fn modulo(&self, divisor: impl Into<Dim>) -> Result<Dim> {
        let divisor = positive("mod", divisor.into())?;
        Ok(Dim(self.0.modulo(&divisor, &bounds)))
    }

    /// The smaller.
    #[must_use]
    pub fn min(&self, other: impl Into<Dim>) -> Dim {
        Dim(self.0.smaller(&other.into().0, &bounds))
    }

    /// The larger.
    #[must_use]
    pub fn max(&self, other: impl Into<Dim>) -> Dim {
        Dim(self.0.larger(&other.into().0, &bounds))
    }
}

fn positive(op: &str, divisor: Dim) -> Result<Expression> {
    let Dim(divisor) = divisor;
    let why = || -> Explain {
        let divisor = divisor.clone();
        Rc::new(move |sizes| format!("the divisor is {}", sizes.dim(&divisor)))
    };
    if must_be_at_least(op, &divisor, &Expression::ONE, &why)? {
        return Ok(divisor);
    }
    Err(Error::new(
        ErrorKind::CompileArgument,
        op,
        format!("the divisor is {}", seen_dim(&divisor)),
        "Sizes are divided by positive numbers.",
    ))
}

macro_rules! from_integers {
    ($($type:ty)+) => { $(
        impl From<$type> for Dim {
            fn from(size: $type) -> Dim {
                // What does not fit is too large for a size in any case.
                Dim(Expression::Const(i64::try_from(size).unwrap_or(i64::MAX)))
            }
        }
    )+ };
}

from_integers! { i32 i64 u32 usize }

impl From<Expression> for Dim {
    fn from(dim: Expression) -> Dim {
        Dim(dim)
    }
}

impl From<&Dim> for Dim {
    fn from(dim: &Dim) -> Dim {
        dim.clone()
    }
}

macro_rules! operators {
    ($($trait:ident $method:ident;)+) => { $(
        impl<T: Into<Dim>> $trait<T> for Dim {
            type Output = Dim;
            fn $method(self, other: T) -> Dim {
                Dim(self.0.$method(&other.into().0))
            }
        }

        impl<T: Into<Dim>> $trait<T> for &Dim {
            type Output = Dim;
            fn $method(self, other: T) -> Dim {
                Dim(self.0.$method(&other.into().0))
            }
        }
    )+ };
}

operators! {
    Add add;
    Sub sub;
    Mul mul;
}

impl fmt::Display for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.0))
    }
}

impl fmt::Debug for Dim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An expression with the names that its trace gives to symbols.
pub(crate) fn shown(dim: &Expression) -> String {
    match owner("", dim) {
        Ok(Some(symbols)) => symbols.shown(dim),
        Ok(None) | Err(_) => dim.to_string(),
    }
}

/// Sizes of a shape.
pub(crate) type Expressions = SmallVec<[Expression; 4]>;

/// What ops take as a shape: numbers, [`Dim`]s, or the whole shape of a tensor, in which sizes that are open stay open.
pub trait Sizes {
    /// The sizes, outermost first.
    fn expressions(&self) -> SmallVec<[dim::Dim; 4]>;
}

impl<T: Clone + Into<Dim>> Sizes for [T] {
    fn expressions(&self) -> Expressions {
        self.iter().map(|size| size.clone().into().0).collect()
    }
}

impl<T: Clone + Into<Dim>, const N: usize> Sizes for [T; N] {
    fn expressions(&self) -> Expressions {
        self.as_slice().expressions()
    }
}

impl<T: Clone + Into<Dim>> Sizes for Vec<T> {
    fn expressions(&self) -> Expressions {
        self.as_slice().expressions()
    }
}

impl<S: Sizes + ?Sized> Sizes for &S {
    fn expressions(&self) -> Expressions {
        (**self).expressions()
    }
}

impl Sizes for Shape {
    fn expressions(&self) -> Expressions {
        self.0.clone()
    }
}
