//! Which arguments to differentiate by, as a type: the gradient then has the types of these arguments, and no others.

use crate::tensor::Tensor;
use crate::tree::Tree;

/// The argument of that number, counted from 0; several are a tuple: `(Arg::<0>, Arg::<2>)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Arg<const N: usize>;

/// A tuple that has a part of that number.
pub trait Nth<const N: usize> {
    /// What it is.
    type Part: Tree;
    /// The part.
    fn nth(&self) -> &Self::Part;
}

macro_rules! parts {
    ($(($($all:ident),+) $at:tt $part:ident;)+) => { $(
        impl<$($all: Tree),+> Nth<$at> for ($($all,)+) {
            type Part = $part;
            fn nth(&self) -> &$part {
                &self.$at
            }
        }
    )+ };
}

parts! {
    (A) 0 A;
    (A, B) 0 A;
    (A, B) 1 B;
    (A, B, C) 0 A;
    (A, B, C) 1 B;
    (A, B, C) 2 C;
    (A, B, C, D) 0 A;
    (A, B, C, D) 1 B;
    (A, B, C, D) 2 C;
    (A, B, C, D) 3 D;
    (A, B, C, D, E) 0 A;
    (A, B, C, D, E) 1 B;
    (A, B, C, D, E) 2 C;
    (A, B, C, D, E) 3 D;
    (A, B, C, D, E) 4 E;
    (A, B, C, D, E, F) 0 A;
    (A, B, C, D, E, F) 1 B;
    (A, B, C, D, E, F) 2 C;
    (A, B, C, D, E, F) 3 D;
    (A, B, C, D, E, F) 4 E;
    (A, B, C, D, E, F) 5 F;
}

/// Arguments of the tuple `A` to differentiate by.
pub trait Argnums<A> {
    /// What the gradient is: the argument, or a tuple of them.
    type Gradient: Tree;
    /// Their numbers.
    fn list(&self) -> Vec<i64>;
    /// The gradient, in the form of the arguments `at`.
    fn gradient(&self, at: &A, tensors: &mut dyn Iterator<Item = Tensor>) -> Self::Gradient;
}

impl<A: Nth<N>, const N: usize> Argnums<A> for Arg<N> {
    type Gradient = A::Part;
    fn list(&self) -> Vec<i64> {
        vec![N as i64]
    }
    fn gradient(&self, at: &A, tensors: &mut dyn Iterator<Item = Tensor>) -> A::Part {
        Nth::<N>::nth(at).unflatten(tensors)
    }
}

macro_rules! several {
    ($(($($number:ident),+);)+) => { $(
        impl<A: $(Nth<$number> +)+, $(const $number: usize),+> Argnums<A> for ($(Arg<$number>,)+) {
            type Gradient = ($(<A as Nth<$number>>::Part,)+);
            fn list(&self) -> Vec<i64> {
                vec![$($number as i64),+]
            }
            fn gradient(&self, at: &A, tensors: &mut dyn Iterator<Item = Tensor>) -> Self::Gradient {
                ($(Nth::<$number>::nth(at).unflatten(tensors),)+)
            }
        }
    )+ };
}

several! {
    (K);
    (K, L);
    (K, L, M);
    (K, L, M, N);
}
