//! Rules about reductions.

use super::rewriter::{Rewrite, RewriteRule, Rewriter};
use crate::dtype::{DType, Scalar};
use crate::graph::NodeId;
use crate::kind::{Axes, Kind, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use crate::small;

pub(super) const RULES: &[RewriteRule] = &[
    RewriteRule { name: "reduce nothing", ops: &[], apply: nothing },
    RewriteRule { name: "reduce single elements", ops: &[], apply: single },
    RewriteRule { name: "reduce a constant", ops: &[], apply: constant },
    RewriteRule { name: "reduce twice", ops: &[], apply: twice },
    RewriteRule { name: "reduce before a broadcast", ops: &[], apply: before_broadcast },
];

fn parts(kind: &Kind) -> (ReduceOp, &Axes) {
    match kind {
        Kind::Reduce { op, axes } => (*op, axes),
        _ => unreachable!("rules about reductions see reductions only"),
    }
}

/// Repeating an element does not change the result.
fn is_idempotent(op: ReduceOp) -> bool {
    match op {
        ReduceOp::Max | ReduceOp::Min | ReduceOp::Any | ReduceOp::All => true,
        ReduceOp::Sum | ReduceOp::Prod | ReduceOp::ArgMax | ReduceOp::ArgMin => false,
    }
}

fn without(shape: &Shape, axes: &Axes) -> Shape {
    shape
        .dims()
        .iter()
        .enumerate()
        .filter(|(axis, _)| !axes.contains(&(*axis as u32)))
        .map(|(_, dim)| dim.clone())
        .collect()
}

/// Over an axis of size 0 there is only the neutral element.
fn nothing(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (op, axes) = parts(kind);
    let shape = r.shape(x[0]);
    if !axes.iter().any(|axis| shape.dims()[*axis as usize].is(0)) {
        return None;
    }
    let neutral = op.identity(r.aval(x[0]).dtype)?;
    let shape = without(shape, axes);
    Rewrite::is(r.full(neutral, &shape))
}

/// Over axes of size 1 (or over none) each result is one element, at position 0. A sum of floats starts from 0 and so gives 0 for
/// -0: that addition stays.
fn single(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (op, axes) = parts(kind);
    let shape = r.shape(x[0]);
    if !axes.iter().all(|axis| shape.dims()[*axis as usize].is(1)) {
        return None;
    }
    let (shape, dtype) = (without(shape, axes), r.aval(x[0]).dtype);
    let reshape = View::Reshape { shape: shape.clone() };
    match op {
        ReduceOp::ArgMax | ReduceOp::ArgMin => Rewrite::is(r.full(Scalar::u32(0), &shape)),
        ReduceOp::Sum if dtype.is_float() => {
            let element = r.make(Kind::View(reshape), x);
            let zero = r.full(Scalar::from_f64(dtype, 0.0), &shape);
            Rewrite::map(Op::Add, &[element, zero])
        }
        ReduceOp::Sum | ReduceOp::Prod | ReduceOp::Max | ReduceOp::Min | ReduceOp::Any | ReduceOp::All => {
            Rewrite::view(reshape, x[0])
        }
    }
}

/// Of n equal elements: the element, n times it, its n-th power. The oracle sums in doubles, where n copies of a float add up
/// exactly for n below 2^29; a product of floats is known for 0, 1 and -1 only.
fn constant(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (op, axes) = parts(kind);
    let value = r.uniform(x[0])?;
    let mut count = 1i64;
    for axis in axes {
        count = count.checked_mul(r.shape(x[0]).dims()[*axis as usize].as_const()?)?;
    }
    if !(1..1 << 29).contains(&count) {
        return None;
    }
    let (dtype, number) = (value.dtype(), value.to_f64());
    let result = match op {
        ReduceOp::Max | ReduceOp::Min | ReduceOp::Any | ReduceOp::All => value,
        ReduceOp::ArgMax | ReduceOp::ArgMin => Scalar::u32(0),
        ReduceOp::Sum if dtype.is_float() => Scalar::from_f64(dtype, number * count as f64 + 0.0),
        ReduceOp::Sum => Scalar::from_bits(dtype, value.bits().wrapping_mul(count as u32)),
        ReduceOp::Prod if dtype.is_float() && [0.0, 1.0, -1.0].contains(&number) => {
            Scalar::from_f64(dtype, if count % 2 == 0 { number * number } else { number })
        }
        ReduceOp::Prod if dtype.is_float() => return None,
        ReduceOp::Prod => Scalar::from_bits(dtype, value.bits().wrapping_pow(count as u32)),
    };
    let shape = without(r.shape(x[0]), axes);
    Rewrite::is(r.full(result, &shape))
}

/// The largest of the largest is the largest of all, and so for min, any, all, and for sums and products of integers (modulo
/// 2^32). Not for sums of floats: the first sum rounds.
fn twice(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (op, axes) = parts(kind);
    let (Kind::Reduce { op: first, axes: inner_axes }, dtype) = (r.kind(x[0]), r.aval(x[0]).dtype) else { return None };
    let associative = is_idempotent(op)
        || (matches!(op, ReduceOp::Sum | ReduceOp::Prod) && matches!(dtype, DType::Int32 | DType::UInt32));
    if *first != op || !associative {
        return None;
    }
    let inner = r.operand(x[0]);
    let rank = r.shape(inner).rank() as u32;
    let kept: Axes = (0..rank).filter(|axis| !inner_axes.contains(axis)).collect();
    let mut all: Axes = inner_axes.iter().copied().chain(axes.iter().map(|axis| kept[*axis as usize])).collect();
    small::sort(&mut all);
    Rewrite::make(Kind::Reduce { op, axes: all }, &[inner])
}

/// What a broadcast repeats need not be reduced again and again. Along the reduced axes the broadcast must not repeat, except for
/// max, min, any and all, to which repetition (at least one) makes no difference.
fn before_broadcast(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (op, axes) = parts(kind);
    let (View::Broadcast { shape, axes: becomes }, inner) = r.view_of(x[0])? else { return None };
    let dims = r.shape(inner).dims();
    let mut reduced = Axes::new();
    for axis in axes {
        let size = &shape.dims()[*axis as usize];
        let source = becomes.iter().position(|b| b == axis);
        reduced.extend(source.map(|s| s as u32));
        let repeats = source.is_none_or(|s| dims[s] != *size);
        if repeats && !(is_idempotent(op) && size.as_const().is_some_and(|n| n > 0)) {
            return None;
        }
    }
    // An arg-reduction needs its axis.
    if op.is_arg() && reduced.len() != 1 {
        return None;
    }
    let position = |axis: u32| axis - axes.iter().filter(|a| **a < axis).count() as u32;
    let becomes = becomes.iter().filter(|axis| !axes.contains(axis)).map(|axis| position(*axis)).collect();
    let shape = without(shape, axes);
    let small = if reduced.is_empty() { inner } else { r.make(Kind::Reduce { op, axes: reduced }, &[inner]) };
    Rewrite::view(View::Broadcast { shape, axes: becomes }, small)
}
