//! Shapes, and the rules that say how shapes meet: broadcasting, axes, sizes.

use crate::dim::{Atom, Dim, Range};
use crate::dtype::DType;
use smallvec::SmallVec;
use std::fmt;

/// The sizes of the axes, outermost first.
#[derive(PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Shape(pub SmallVec<[Dim; 4]>);

/// What is known of a value before it exists: shape and dtype.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Aval {
    /// The shape.
    pub shape: Shape,
    /// The dtype.
    pub dtype: DType,
}

impl Aval {
    /// A value of that shape and dtype.
    pub fn new(shape: impl Into<Shape>, dtype: DType) -> Aval {
        Aval { shape: shape.into(), dtype }
    }
}

impl fmt::Display for Aval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.dtype, self.shape)
    }
}

impl Clone for Shape {
    // By hand, because every pass clones every shape: SmallVec's own goes by an iterator that checks the room for each size.
    fn clone(&self) -> Shape {
        const FEW: usize = 4;
        let dims = self.dims();
        if dims.len() > FEW {
            return Shape(SmallVec::from_vec(dims.to_vec()));
        }
        let mut few = [const { Dim::ZERO }; FEW];
        for (to, from) in few.iter_mut().zip(dims) {
            *to = from.clone();
        }
        Shape(SmallVec::from_buf_and_len(few, dims.len()))
    }
}

impl Shape {
    /// The shape of a scalar.
    pub fn scalar() -> Shape {
        Shape(SmallVec::new())
    }

    /// From known sizes.
    pub fn of(sizes: &[usize]) -> Shape {
        Shape(sizes.iter().map(|s| Dim::from(*s)).collect())
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// The sizes.
    pub fn dims(&self) -> &[Dim] {
        &self.0
    }

    /// The number of elements.
    pub fn size(&self) -> Dim {
        self.0.iter().fold(Dim::ONE, |n, d| n.mul(d))
    }

    /// The sizes as numbers, when none is symbolic.
    pub fn as_sizes(&self) -> Option<SmallVec<[usize; 4]>> {
        self.0.iter().map(Dim::as_usize).collect()
    }

    /// Row-major strides, in elements.
    pub fn strides(&self) -> SmallVec<[Dim; 4]> {
        let mut strides: SmallVec<[Dim; 4]> = SmallVec::new();
        let mut stride = Dim::ONE;
        for dim in self.0.iter().rev() {
            strides.push(stride.clone());
            stride = stride.mul(dim);
        }
        strides.reverse();
        strides
    }

    /// The row-major position of an index, as one expression.
    pub fn linear(&self, index: &[Dim]) -> Dim {
        debug_assert_eq!(index.len(), self.rank());
        // Horner's rule: a quotient and its remainder meet as neighbours, so that a reshape there and back cancels.
        index.iter().zip(self.dims()).fold(Dim::ZERO, |sum, (i, d)| sum.mul(d).add(i))
    }

    /// The index of a row-major position, simplified by what is known of the atoms.
    pub fn delinearize(&self, position: &Dim, of: &dyn Fn(&Atom) -> Range) -> SmallVec<[Dim; 4]> {
        let strides = self.strides();
        let outermost = self.0.iter().position(|d| !d.is(1)).unwrap_or(0);
        strides
            .iter()
            .zip(self.dims())
            .enumerate()
            .map(|(axis, (stride, dim))| {
                if dim.is(1) {
                    return Dim::ZERO;
                }
                let quotient = position.floor_div(stride, of);
                // The outermost quotient is in range by itself.
                if axis == outermost { quotient } else { quotient.modulo(dim, of) }
            })
            .collect()
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    fn from(sizes: [usize; N]) -> Shape {
        Shape::of(&sizes)
    }
}

impl FromIterator<Dim> for Shape {
    fn from_iter<I: IntoIterator<Item = Dim>>(dims: I) -> Shape {
        Shape(dims.into_iter().collect())
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (at, dim) in self.0.iter().enumerate() {
            write!(f, "{}{dim}", if at > 0 { "," } else { "" })?;
        }
        f.write_str("]")
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// NumPy's rule: aligned at the last axis, equal sizes or 1. `None` when two sizes disagree. A symbol equals only itself.
pub fn broadcast(a: &Shape, b: &Shape) -> Option<Shape> {
    let rank = a.rank().max(b.rank());
    let at = |shape: &Shape, axis: usize| match (axis + shape.rank()).checked_sub(rank) {
        Some(i) => shape.0[i].clone(),
        None => Dim::ONE,
    };
    (0..rank)
        .map(|axis| match (at(a, axis), at(b, axis)) {
            (x, y) if x == y => Some(x),
            (x, y) if y.is(1) => Some(x),
            (x, y) if x.is(1) => Some(y),
            _ => None,
        })
        .collect()
}

/// An axis counted from either end; `None` when out of range.
pub fn normalize_axis(axis: i64, rank: usize) -> Option<usize> {
    let rank = i64::try_from(rank).ok()?;
    let axis = if axis < 0 { axis + rank } else { axis };
    (0..rank).contains(&axis).then_some(axis as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_is_numpys() {
        let check = |a: &[usize], b: &[usize], want: Option<&[usize]>| {
            assert_eq!(broadcast(&Shape::of(a), &Shape::of(b)), want.map(Shape::of), "{a:?} {b:?}");
        };
        check(&[], &[3], Some(&[3]));
        check(&[2, 1], &[3], Some(&[2, 3]));
        check(&[0, 1], &[1, 4], Some(&[0, 4]));
        check(&[1], &[0], Some(&[0]));
        check(&[2], &[3], None);
    }

    #[test]
    fn linear_and_delinearize_are_inverse() {
        let shape = Shape::of(&[2, 1, 3, 4]);
        let of = |atom: &Atom| (*atom == Atom::Coord(0)).then_some((0, 23));
        let index = shape.delinearize(&Dim::coord(0), &of);
        assert_eq!(shape.linear(&index), Dim::coord(0));
        assert!(index[1].is(0));
    }
}
