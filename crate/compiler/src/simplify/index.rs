//! Rules about the remaining kinds: counting, gathering, joining, contracting, sorting.

use super::rewriter::{Rewrite, RewriteRule, Rewriter};
use crate::dim::Dim;
use crate::dtype::Scalar;
use crate::graph::{NodeId, Operands};
use crate::kind::{Axes, Kind, View};
use crate::shape::{Aval, Shape};
use smallvec::SmallVec;

pub(super) const RULES: &[RewriteRule] = &[
    RewriteRule { name: "count to one", ops: &[], apply: count_one },
    RewriteRule { name: "known size", ops: &[], apply: known_size },
    RewriteRule { name: "gather one place", ops: &[], apply: gather_place },
    RewriteRule { name: "gather from a constant", ops: &[], apply: gather_constant },
    RewriteRule { name: "scatter nothing", ops: &[], apply: scatter_nothing },
    RewriteRule { name: "join fewer", ops: &[], apply: join_fewer },
    RewriteRule { name: "join constants", ops: &[], apply: join_constants },
    RewriteRule { name: "contract nothing", ops: &[], apply: contract_nothing },
    RewriteRule { name: "sort one", ops: &[], apply: sort_one },
];

fn result(r: &Rewriter, kind: &Kind, x: &[NodeId]) -> Aval {
    let operands: SmallVec<[&Aval; 4]> = x.iter().map(|id| r.aval(*id)).collect();
    kind.infer(&operands).expect("the node was legal")
}

fn full(r: &mut Rewriter, number: f64, aval: &Aval) -> Option<Rewrite> {
    Rewrite::is(r.full(Scalar::from_f64(aval.dtype, number), &aval.shape))
}

/// The only index of an axis of size 1 is 0.
fn count_one(r: &mut Rewriter, kind: &Kind, _: &[NodeId]) -> Option<Rewrite> {
    let Kind::Iota { shape, axis, dtype } = kind else { return None };
    if !shape.dims()[*axis as usize].is(1) {
        return None;
    }
    full(r, 0.0, &Aval::new(shape.clone(), *dtype))
}

/// A size without symbols is a constant.
fn known_size(_: &mut Rewriter, kind: &Kind, _: &[NodeId]) -> Option<Rewrite> {
    let Kind::Size { dim, dtype } = kind else { return None };
    let value = Scalar::from_f64(*dtype, dim.as_const()? as f64);
    Rewrite::make(Kind::Literal { value }, &[])
}

/// Taking one known place of a known axis is a slice, repeated over the axes of the indices.
fn gather_place(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::Gather { axis } = kind else { return None };
    let index = r.uniform(x[1])?.to_f64() as i64;
    let (axis, dims) = (*axis as usize, r.shape(x[0]).dims());
    let size = dims[axis].as_const()?;
    if size == 0 {
        return None;
    }
    let index = if index < 0 { index + size } else { index }.clamp(0, size - 1);
    let mut one = r.shape(x[0]).clone();
    one.0[axis] = Dim::ONE;
    let rest: Shape = dims[..axis].iter().chain(&dims[axis + 1..]).cloned().collect();
    let start = (0..dims.len()).map(|a| if a == axis { Dim::Const(index) } else { Dim::ZERO }).collect();
    let step = SmallVec::from_elem(1, dims.len());
    let (inserted, aval) = (r.shape(x[1]).rank(), result(r, kind, x));
    let place = r.make(Kind::View(View::Slice { start, step, shape: one }), &x[..1]);
    let flat = r.make(Kind::View(View::Reshape { shape: rest.clone() }), &[place]);
    let axes: Axes = (0..rest.rank()).map(|a| if a < axis { a } else { a + inserted } as u32).collect();
    Rewrite::view(View::Broadcast { shape: aval.shape, axes }, flat)
}

/// From the same everywhere, whatever is taken is that.
fn gather_constant(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::Gather { .. } = kind else { return None };
    let value = r.uniform(x[0])?;
    let shape = result(r, kind, x).shape;
    Rewrite::is(r.full(value, &shape))
}

/// Without updates the data stay.
fn scatter_nothing(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::Scatter { .. } = kind else { return None };
    if r.shape(x[1]).dims()[0].is(0) { Rewrite::is(x[0]) } else { None }
}

/// Empty parts add nothing; one part alone is itself.
fn join_fewer(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::Concatenate { axis } = kind else { return None };
    if let [only] = x {
        return Rewrite::is(*only);
    }
    let parts: Operands = x.iter().copied().filter(|id| !r.shape(*id).dims()[*axis as usize].is(0)).collect();
    match parts.as_slice() {
        [] => Rewrite::is(x[0]),
        some if some.len() < x.len() => Rewrite::make(kind.clone(), some),
        _ => None,
    }
}

/// Parts that are all the same value everywhere.
fn join_constants(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::Concatenate { .. } = kind else { return None };
    let value = r.uniform(x[0])?;
    if x.iter().any(|id| r.uniform(*id) != Some(value)) {
        return None;
    }
    let shape = result(r, kind, x).shape;
    Rewrite::is(r.full(value, &shape))
}

/// A sum of no products is 0.
fn contract_nothing(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::Dot { axes } = kind else { return None };
    let dims = r.shape(x[0]).dims();
    if !axes.contract.iter().any(|(left, _)| dims[*left as usize].is(0)) {
        return None;
    }
    let aval = result(r, kind, x);
    full(r, 0.0, &aval)
}

/// One element is in order.
fn sort_one(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::ArgSort { axis } = kind else { return None };
    if !r.shape(x[0]).dims()[*axis as usize].is(1) {
        return None;
    }
    let aval = result(r, kind, x);
    full(r, 0.0, &aval)
}
