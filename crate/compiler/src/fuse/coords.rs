//! Where an operand's element lies, given where the result's does: the index arithmetic of every kind.
//!
//! A node is evaluated *at coordinates*: one expression per axis over the coordinates of a kernel's iteration space. Going from a
//! node to its operand rewrites the expressions; views do nothing else, so a chain of views costs one polynomial in the end.
//! Below a pad or a join coordinates are clamped, so that whatever is evaluated there stays in range; the surrounding code selects.

use crate::dim::{Atom, Dim, Range};
use crate::kind::View;
use crate::shape::Shape;
use smallvec::SmallVec;

/// One expression per axis of a node.
pub type Coords = SmallVec<[Dim; 4]>;

/// What is known of atoms.
pub type Bounds<'a> = &'a dyn Fn(&Atom) -> Range;

/// `low <= value < high`, one condition for an element to come from the operand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Inside {
    /// The tested coordinate.
    pub value: Dim,
    /// Inclusive.
    pub low: Dim,
    /// Exclusive.
    pub high: Dim,
}

impl Inside {
    /// Does it hold wherever the atoms are in bounds?
    pub fn always(&self, of: Bounds) -> bool {
        let (above, below) = (self.value.sub(&self.low).range(of), self.value.sub(&self.high).range(of));
        matches!((above, below), (Some((least, _)), Some((_, most))) if least >= 0 && most < 0)
    }

    /// Does it fail wherever the atoms are in bounds?
    pub fn never(&self, of: Bounds) -> bool {
        let (above, below) = (self.value.sub(&self.low).range(of), self.value.sub(&self.high).range(of));
        matches!(above, Some((_, most)) if most < 0) || matches!(below, Some((least, _)) if least >= 0)
    }
}

/// The operand's coordinates, and under which conditions (pads) the element is the operand's at all.
pub fn through_view(view: &View, operand: &Shape, at: &[Dim], of: Bounds) -> (Coords, SmallVec<[Inside; 2]>) {
    let none = SmallVec::new();
    match view {
        View::Reshape { shape } => (reshape(shape, operand, at, of), none),
        View::Transpose { permutation } => {
            let mut coords: Coords = SmallVec::from_elem(Dim::ZERO, permutation.len());
            for (result_axis, operand_axis) in permutation.iter().enumerate() {
                coords[*operand_axis as usize] = at[result_axis].clone();
            }
            (coords, none)
        }
        View::Broadcast { shape, axes } => {
            let coord = |(operand_axis, axis): (usize, &u32)| {
                // A 1 that repeats has only index 0; a 1 that stays has too.
                if operand.0[operand_axis].is(1) && !shape.0[*axis as usize].is(1) || operand.0[operand_axis].is(1) {
                    Dim::ZERO
                } else {
                    at[*axis as usize].clone()
                }
            };
            (axes.iter().enumerate().map(coord).collect(), none)
        }
        View::Slice { start, step, .. } => {
            (at.iter().zip(start.iter().zip(step)).map(|(i, (first, by))| i.scale(*by).add(first)).collect(), none)
        }
        View::Flip { axes } => {
            let coord = |(axis, i): (usize, &Dim)| {
                if axes.contains(&(axis as u32)) { operand.0[axis].sub(&Dim::ONE).sub(i) } else { i.clone() }
            };
            (at.iter().enumerate().map(coord).collect(), none)
        }
        View::Pad { low, high, .. } => {
            let mut inside = SmallVec::new();
            let mut coords = Coords::new();
            for axis in 0..operand.rank() {
                if low[axis].is(0) && high[axis].is(0) {
                    coords.push(at[axis].clone());
                    continue;
                }
                let size = &operand.0[axis];
                let test = Inside { value: at[axis].clone(), low: low[axis].clone(), high: low[axis].add(size) };
                let inner = at[axis].sub(&low[axis]);
                if test.always(of) {
                    coords.push(inner);
                } else {
                    coords.push(clamp(&inner, size, of));
                    inside.push(test);
                }
            }
            (coords, inside)
        }
    }
}

/// `coord` brought into `0..size`.
pub fn clamp(coord: &Dim, size: &Dim, of: Bounds) -> Dim {
    coord.smaller(&size.sub(&Dim::ONE), of).larger(&Dim::ZERO, of)
}

/// Row-major position in one shape to index in another. Runs of axes with equal products are treated alone, so that sizes which a
/// reshape does not touch (symbolic ones too) never enter a division.
fn reshape(result: &Shape, operand: &Shape, at: &[Dim], of: Bounds) -> Coords {
    let mut coords = Coords::new();
    let (mut r, mut o) = (0, 0);
    while o < operand.rank() || r < result.rank() {
        let (r0, o0) = (r, o);
        let (mut of_result, mut of_operand) = (Dim::ONE, Dim::ONE);
        // Take at least one axis of each, then more of the side that lags until the products agree.
        if r < result.rank() {
            of_result = result.0[r].clone();
            r += 1;
        }
        if o < operand.rank() {
            of_operand = operand.0[o].clone();
            o += 1;
        }
        while of_result != of_operand {
            let lags = match (of_result.as_const(), of_operand.as_const()) {
                (Some(a), Some(b)) => a < b,
                // Symbolic: take what is left, result first.
                _ => r < result.rank(),
            };
            if (lags && r < result.rank()) || o == operand.rank() {
                if r == result.rank() {
                    break;
                }
                of_result = of_result.mul(&result.0[r]);
                r += 1;
            } else {
                of_operand = of_operand.mul(&operand.0[o]);
                o += 1;
            }
        }
        if r - r0 == 1 && o - o0 == 1 && result.0[r0] == operand.0[o0] {
            coords.push(at[r0].clone());
            continue;
        }
        let run = |shape: &Shape, from: usize, to: usize| -> Shape { shape.dims()[from..to].iter().cloned().collect() };
        let position = run(result, r0, r).linear(&at[r0..r]);
        coords.extend(run(operand, o0, o).delinearize(&position, of));
    }
    coords
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reshapes_keep_untouched_axes() {
        let of = |atom: &Atom| match atom {
            Atom::Coord(0) => Some((0, 4)),
            Atom::Coord(1) => Some((0, 11)),
            _ => None,
        };
        let at = [Dim::coord(0), Dim::coord(1)];
        let coords = reshape(&Shape::of(&[5, 12]), &Shape::of(&[5, 3, 1, 4]), &at, &of);
        let text: Vec<String> = coords.iter().map(|c| c.to_string()).collect();
        assert_eq!(text, ["i0", "floordiv(i1, 4)", "0", "mod(i1, 4)"]);
        // And back: nothing is left of the divisions.
        let back = reshape(&Shape::of(&[5, 3, 1, 4]), &Shape::of(&[5, 12]), &coords, &of);
        assert_eq!(back.as_slice(), &at);
        let scalar = reshape(&Shape::of(&[1, 1]), &Shape::of(&[]), &[Dim::ZERO, Dim::ZERO], &of);
        assert!(scalar.is_empty());
    }

    #[test]
    fn pads_clamp_and_test() {
        let of = |_: &Atom| Some((0, 5));
        let view = View::Pad {
            low: [Dim::Const(1)].into_iter().collect(),
            high: [Dim::Const(2)].into_iter().collect(),
            value: crate::dtype::Scalar::f32(0.0),
        };
        let (coords, inside) = through_view(&view, &Shape::of(&[3]), &[Dim::coord(0)], &of);
        assert_eq!(coords[0].to_string(), "max(min(i0 - 1, 2), 0)");
        assert_eq!(inside.len(), 1);
        assert_eq!((inside[0].low.clone(), inside[0].high.clone()), (Dim::Const(1), Dim::Const(4)));
    }
}
