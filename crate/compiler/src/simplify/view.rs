//! Rules about views: index arithmetic composes, and what changes nothing goes.

use super::rewriter::{Rewrite, RewriteRule, Rewriter};
use crate::dim::Dim;
use crate::graph::NodeId;
use crate::kind::{Axes, Kind, View};
use crate::shape::{Aval, Shape};
use smallvec::SmallVec;

pub(super) const RULES: &[RewriteRule] = &[
    RewriteRule { name: "view that changes nothing", ops: &[], apply: identity },
    RewriteRule { name: "view of a constant", ops: &[], apply: constant },
    RewriteRule { name: "reshape of a reshape", ops: &[], apply: reshape_reshape },
    RewriteRule { name: "transpose of a transpose", ops: &[], apply: transpose_transpose },
    RewriteRule { name: "transpose of unit axes", ops: &[], apply: transpose_units },
    RewriteRule { name: "transpose of a broadcast", ops: &[], apply: transpose_broadcast },
    RewriteRule { name: "broadcast of a broadcast", ops: &[], apply: broadcast_broadcast },
    RewriteRule { name: "broadcast that repeats nothing", ops: &[], apply: broadcast_units },
    RewriteRule { name: "broadcast of inserted axes", ops: &[], apply: broadcast_reshape },
    RewriteRule { name: "step of a single element", ops: &[], apply: slice_step },
    RewriteRule { name: "slice of a slice", ops: &[], apply: slice_slice },
    RewriteRule { name: "slice of a flip", ops: &[], apply: slice_flip },
    RewriteRule { name: "slice inside a pad", ops: &[], apply: slice_pad },
    RewriteRule { name: "flip of unit axes", ops: &[], apply: flip_units },
    RewriteRule { name: "flip of a flip", ops: &[], apply: flip_flip },
    RewriteRule { name: "flip of a slice", ops: &[], apply: flip_slice },
    RewriteRule { name: "pad of a pad", ops: &[], apply: pad_pad },
];

fn view_of(kind: &Kind) -> &View {
    match kind {
        Kind::View(view) => view,
        _ => unreachable!("rules about views see views only"),
    }
}

fn result(r: &Rewriter, kind: &Kind, x: &[NodeId]) -> Shape {
    let operand: &Aval = r.aval(x[0]);
    kind.infer(&[operand]).expect("the view was legal").shape
}

fn counts(len: usize) -> Axes {
    (0..len as u32).collect()
}

/// Same elements at the same indices.
fn identity(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let operand = r.shape(x[0]);
    let same = match view_of(kind) {
        View::Reshape { shape } => shape == operand,
        View::Transpose { permutation } => *permutation == counts(operand.rank()),
        // Increasing axes into a shape of the same rank are all of them.
        View::Broadcast { shape, .. } => shape == operand,
        View::Slice { start, step, shape } => {
            shape == operand
                && start.iter().all(|s| s.is(0))
                && step.iter().zip(shape.dims()).all(|(s, d)| *s == 1 || d.is(1))
        }
        View::Flip { axes } => axes.is_empty(),
        View::Pad { low, high, .. } => low.iter().chain(high).all(|width| width.is(0)),
    };
    if same { Rewrite::is(x[0]) } else { None }
}

/// All views of a value that is the same everywhere are broadcasts of a scalar; a pad only with that very value.
fn constant(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let value = r.uniform(x[0])?;
    match view_of(kind) {
        View::Pad { value: around, .. } if *around != value => return None,
        // That is the form itself.
        View::Broadcast { .. } if matches!(r.kind(x[0]), Kind::Literal { .. }) => return None,
        _ => {}
    }
    let shape = result(r, kind, x);
    Rewrite::is(r.full(value, &shape))
}

/// The first shape does not matter.
fn reshape_reshape(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Reshape { shape }, (View::Reshape { .. }, inner)) = (view_of(kind), r.view_of(x[0])?) else {
        return None;
    };
    Rewrite::view(View::Reshape { shape: shape.clone() }, inner)
}

/// Permutations compose.
fn transpose_transpose(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Transpose { permutation }, (View::Transpose { permutation: first }, inner)) =
        (view_of(kind), r.view_of(x[0])?)
    else {
        return None;
    };
    let permutation = permutation.iter().map(|axis| first[*axis as usize]).collect();
    Rewrite::view(View::Transpose { permutation }, inner)
}

/// Where axes of size 1 move among others that keep their order, the row-major order stays.
fn transpose_units(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let View::Transpose { permutation } = view_of(kind) else { return None };
    let dims = r.shape(x[0]).dims();
    let long: Axes = permutation.iter().copied().filter(|axis| !dims[*axis as usize].is(1)).collect();
    if long.windows(2).any(|w| w[0] > w[1]) {
        return None;
    }
    let shape = result(r, kind, x);
    Rewrite::view(View::Reshape { shape }, x[0])
}

/// Repetition and order do not mind each other, where the operand's axes stay in order.
fn transpose_broadcast(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Transpose { permutation }, (View::Broadcast { axes, .. }, inner)) = (view_of(kind), r.view_of(x[0])?)
    else {
        return None;
    };
    let axes: Axes =
        axes.iter().map(|axis| permutation.iter().position(|p| p == axis).expect("a permutation") as u32).collect();
    if axes.windows(2).any(|w| w[0] > w[1]) {
        return None;
    }
    let shape = result(r, kind, x);
    Rewrite::view(View::Broadcast { shape, axes }, inner)
}

/// What becomes an axis that becomes an axis.
fn broadcast_broadcast(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Broadcast { shape, axes }, (View::Broadcast { axes: first, .. }, inner)) =
        (view_of(kind), r.view_of(x[0])?)
    else {
        return None;
    };
    let axes = first.iter().map(|axis| axes[*axis as usize]).collect();
    Rewrite::view(View::Broadcast { shape: shape.clone(), axes }, inner)
}

/// Only new axes of size 1: a reshape says the same, and reshapes merge.
fn broadcast_units(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let View::Broadcast { shape, axes } = view_of(kind) else { return None };
    let dims = r.shape(x[0]).dims();
    let kept = axes.iter().zip(dims).all(|(axis, dim)| shape.dims()[*axis as usize] == *dim);
    let new =
        (0..shape.rank() as u32).filter(|axis| !axes.contains(axis)).all(|axis| shape.dims()[axis as usize].is(1));
    // The scalar constant is the exception: its broadcast is the form that rules look for.
    if !kept || !new || matches!(r.kind(x[0]), Kind::Literal { .. }) {
        return None;
    }
    Rewrite::view(View::Reshape { shape: shape.clone() }, x[0])
}

/// A reshape that only inserts axes of size 1 says where the operand's axes go; the broadcast can say it itself. (This is how a
/// reduction with kept axes meets its operand again.)
fn broadcast_reshape(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Broadcast { shape, axes }, (View::Reshape { shape: middle }, inner)) = (view_of(kind), r.view_of(x[0])?)
    else {
        return None;
    };
    let mut wanted = r.shape(inner).dims().iter().peekable();
    let mut direct = Axes::new();
    for (dim, axis) in middle.dims().iter().zip(axes) {
        if wanted.peek().is_some_and(|next| *next == dim) {
            wanted.next();
            direct.push(*axis);
        } else if !dim.is(1) {
            return None;
        }
    }
    if wanted.next().is_some() {
        return None;
    }
    Rewrite::view(View::Broadcast { shape: shape.clone(), axes: direct }, inner)
}

/// One element has no next one: its step is written 1.
fn slice_step(_: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let View::Slice { start, step, shape } = view_of(kind) else { return None };
    let plain: SmallVec<[i64; 4]> = step.iter().zip(shape.dims()).map(|(s, d)| if d.is(1) { 1 } else { *s }).collect();
    if plain == *step {
        return None;
    }
    Rewrite::view(View::Slice { start: start.clone(), step: plain, shape: shape.clone() }, x[0])
}

/// `a + s * (b + t * i) = (a + s * b) + (s * t) * i`.
fn slice_slice(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Slice { start, step, shape }, (View::Slice { start: first, step: stride, .. }, inner)) =
        (view_of(kind), r.view_of(x[0])?)
    else {
        return None;
    };
    let mut starts: SmallVec<[Dim; 4]> = SmallVec::new();
    let mut steps: SmallVec<[i64; 4]> = SmallVec::new();
    for axis in 0..start.len() {
        starts.push(first[axis].add(&start[axis].scale(stride[axis])));
        steps.push(stride[axis].checked_mul(step[axis])?);
    }
    Rewrite::view(View::Slice { start: starts, step: steps, shape: shape.clone() }, inner)
}

/// Counting from the other end.
fn slice_flip(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Slice { start, step, shape }, (View::Flip { axes }, inner)) = (view_of(kind), r.view_of(x[0])?) else {
        return None;
    };
    let (mut start, mut step) = (start.clone(), step.clone());
    for axis in axes {
        let axis = *axis as usize;
        start[axis] = r.shape(inner).dims()[axis].sub(&Dim::ONE).sub(&start[axis]);
        step[axis] = -step[axis];
    }
    Rewrite::view(View::Slice { start, step, shape: shape.clone() }, inner)
}

/// A slice that takes nothing of the padding does not need it. Known sizes only.
fn slice_pad(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Slice { start, step, shape }, (View::Pad { low, .. }, inner)) = (view_of(kind), r.view_of(x[0])?) else {
        return None;
    };
    let mut starts: SmallVec<[Dim; 4]> = SmallVec::new();
    for axis in 0..start.len() {
        let first = start[axis].sub(&low[axis]);
        let (at, count) = (first.as_const()?, shape.dims()[axis].as_const()?);
        let size = r.shape(inner).dims()[axis].as_const()?;
        let last = at + step[axis] * (count - 1);
        if count == 0 || !(0..size).contains(&at) || !(0..size).contains(&last) {
            return None;
        }
        starts.push(first);
    }
    Rewrite::view(View::Slice { start: starts, step: step.clone(), shape: shape.clone() }, inner)
}

/// Reversing one element.
fn flip_units(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let View::Flip { axes } = view_of(kind) else { return None };
    let dims = r.shape(x[0]).dims();
    let long: Axes = axes.iter().copied().filter(|axis| !dims[*axis as usize].is(1)).collect();
    if long.len() == axes.len() { None } else { Rewrite::view(View::Flip { axes: long }, x[0]) }
}

/// Twice reversed is not reversed.
fn flip_flip(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Flip { axes }, (View::Flip { axes: first }, inner)) = (view_of(kind), r.view_of(x[0])?) else {
        return None;
    };
    let rank = r.shape(inner).rank() as u32;
    let axes = (0..rank).filter(|axis| axes.contains(axis) != first.contains(axis)).collect();
    Rewrite::view(View::Flip { axes }, inner)
}

/// A slice can walk the other way by itself.
fn flip_slice(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Flip { axes }, (View::Slice { start, step, shape }, inner)) = (view_of(kind), r.view_of(x[0])?) else {
        return None;
    };
    let (mut start, mut step) = (start.clone(), step.clone());
    for axis in axes {
        let axis = *axis as usize;
        start[axis] = start[axis].add(&shape.dims()[axis].sub(&Dim::ONE).scale(step[axis]));
        step[axis] = -step[axis];
    }
    let shape = shape.clone();
    Rewrite::view(View::Slice { start, step, shape }, inner)
}

/// Widths add up where the value is the same.
fn pad_pad(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (View::Pad { low, high, value }, (View::Pad { low: first_low, high: first_high, value: first }, inner)) =
        (view_of(kind), r.view_of(x[0])?)
    else {
        return None;
    };
    if value != first {
        return None;
    }
    let sum = |a: &[Dim], b: &[Dim]| a.iter().zip(b).map(|(a, b)| a.add(b)).collect();
    Rewrite::view(View::Pad { low: sum(low, first_low), high: sum(high, first_high), value: *value }, inner)
}
