//! Nodes with symbolic sizes: what eager mode would check is checked at the sizes of the trace, and what must hold later is guarded.
//!
//! The checks are those of `Kind::infer`, on numbers: a mistake has the text that it has without `compile`, at the trace and at every
//! later call. The equalities that a kind needs of its operands are asked for one by one, so that each is a rule of the op that needs
//! it. Where an equality cannot be put in (2 a = 3 b says nothing of a alone) the operand is reshaped to the shape it is known to have.

use super::learn::{Explain, Symbols, Values, alike, at_least, must_be_at_least, must_be_same, owner, same, seen_dim};
use super::limits::check_elements;
use crate::error::{Error, ErrorKind, Result};
use interfuse_compiler::dim::Dim;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kind::{Kind, View};
use interfuse_compiler::shape::{Aval, Shape};
use smallvec::SmallVec;
use std::rc::Rc;

/// A node with sizes that a trace leaves open, when everything that it needs of sizes was asked for.
pub(crate) struct Asked {
    /// Those of the trace that its sizes belong to.
    pub symbols: Rc<Symbols>,
    /// The shapes that operands are known to have.
    wanted: Wanted,
}

/// The first symbolic size of a node; `None` for a node of numbers.
fn symbolic_dim<'a>(kind: &'a Kind, inputs: &[&'a Aval]) -> Option<&'a Dim> {
    let mut found = inputs.iter().flat_map(|aval| aval.shape.dims()).find(|dim| dim.as_const().is_none());
    kind.sizes(&mut |dim, _| found = found.or_else(|| dim.as_const().is_none().then_some(dim)));
    found
}

/// Checks a node in which sizes may be symbols; `None` when none is. Then operands are to be reshaped ([`Asked::reshape`]), and then there
/// is the node ([`Asked::concluded`]).
#[track_caller]
pub(crate) fn check(op: &str, kind: &Kind, inputs: &[&Aval]) -> Result<Option<Asked>> {
    let Some(dim) = symbolic_dim(kind, inputs) else { return Ok(None) };
    let Some(symbols) = owner(op, dim)? else { return Ok(None) };
    // As eager mode would say it.
    let misuse = |misuse| Error::from_misuse(misuse).named(op);
    let avals: SmallVec<[Aval; 3]> = inputs.iter().map(|aval| aval.map(&seen_dim)).collect();
    let now = kind.map_dims(&seen_dim).map_err(misuse)?.infer(&refs(&avals)).map_err(misuse)?;
    check_elements(op, &now.shape)?;
    let why = explains(kind, inputs);
    let mut wanted: Wanted = inputs.iter().map(|_| None).collect();
    demand(op, kind, inputs, &why, &mut wanted)?;
    Ok(Some(Asked { symbols, wanted }))
}

impl Asked {
    /// The shape that an operand of another shape is to be reshaped to.
    pub fn reshape(&self, at: usize, own: &Shape) -> Option<Shape> {
        let known = self.wanted[at].as_ref().filter(|known| !alike(own, known))?;
        Some(known.map(&|dim| self.symbols.resolve(dim)))
    }

    /// The kind with what the guards taught put in, and what it makes of these operands.
    pub fn concluded(&self, op: &str, kind: &Kind, inputs: &[&Aval]) -> Result<(Kind, Aval)> {
        let resolve = |dim: &Dim| self.symbols.resolve(dim);
        let kind = kind.map_dims(&resolve).map_err(|misuse| Error::from_misuse(misuse).named(op))?;
        let avals: SmallVec<[Aval; 3]> = inputs.iter().map(|aval| aval.map(&resolve)).collect();
        let aval = kind.infer(&refs(&avals)).map_err(|misuse| {
            // The kind's own name and advice are none of the user's.
            let text = misuse.message.split_once(": ").map_or(misuse.message.as_str(), |(_, text)| text);
            Error::new(
                ErrorKind::ShapeGuard,
                op,
                format!("cannot be compiled for sizes that change: {text}"),
                "Read the size as a number (x.shape[i]) to fix it, or compile without shapeless.",
            )
        })?;
        self.symbols.measure(op, &aval.shape);
        Ok((kind, aval))
    }
}

fn refs(avals: &[Aval]) -> SmallVec<[&Aval; 3]> {
    avals.iter().collect()
}

/// What the kind says of its operands at other sizes.
fn explains(kind: &Kind, inputs: &[&Aval]) -> impl Fn() -> Explain + use<> {
    let kind = kind.clone();
    let avals: SmallVec<[Aval; 3]> = inputs.iter().map(|aval| (*aval).clone()).collect();
    move || {
        let (kind, avals) = (kind.clone(), avals.clone());
        Rc::new(move |sizes: &Values<'_>| {
            let now: SmallVec<[Aval; 3]> = avals.iter().map(|aval| sizes.aval(aval)).collect();
            let inferred = kind.map_dims(&|dim| sizes.known(dim)).and_then(|kind| kind.infer(&refs(&now)));
            match inferred {
                Err(misuse) => misuse.message.split_once(": ").map_or(misuse.message.clone(), |(_, text)| text.into()),
                Ok(_) => format!("{} would be computed in another way", list(&now)),
            }
        })
    }
}

/// Shapes and dtypes in a row.
pub(crate) fn list(avals: &[Aval]) -> String {
    avals.iter().map(Aval::to_string).collect::<Vec<_>>().join(" and ")
}

type Wanted = SmallVec<[Option<Shape>; 3]>;

/// Asks for everything that a kind needs of sizes; says which shape an operand is known to have then.
#[track_caller]
fn demand(op: &str, kind: &Kind, inputs: &[&Aval], why: &dyn Fn() -> Explain, wanted: &mut Wanted) -> Result<()> {
    let shape = |at: usize| &inputs[at].shape;
    match kind {
        Kind::Map { .. } => {
            for at in 1..inputs.len() {
                equal_shapes(op, shape(0), shape(at), why)?;
                wanted[at] = Some(shape(0).clone());
            }
        }
        Kind::Concatenate { axis } => {
            for at in 1..inputs.len() {
                let mut like = shape(0).clone();
                like.0[*axis as usize] = shape(at).0[*axis as usize].clone();
                must_have_equal_shapes(op, &like, shape(at), why)?;
                wanted[at] = Some(like);
            }
        }
        Kind::Dot { axes } => {
            let mut like = shape(1).clone();
            for (l, r) in axes.batch.iter().chain(&axes.contract) {
                must_be_same(op, &shape(0).0[*l as usize], &like.0[*r as usize], why)?;
                like.0[*r as usize] = shape(0).0[*l as usize].clone();
            }
            wanted[1] = Some(like);
        }
        Kind::Conv { geometry } => {
            let (x, w) = (shape(0), shape(1));
            let last = x.rank() - 1;
            let groups = i64::from(geometry.groups);
            let channels = w.0[last].scale(groups);
            must_be_same(op, &x.0[last], &channels, why)?;
            let mut like = x.clone();
            like.0[last] = channels;
            wanted[0] = Some(like);
            if groups > 1 {
                must_be_same(op, &w.0[0].modulo(&Dim::Const(groups), &super::bounds), &Dim::ZERO, why)?;
            }
            for axis in 0..geometry.stride.len() {
                let spread = |n: &Dim, by: u32| n.sub(&Dim::ONE).scale(i64::from(by)).add(&Dim::ONE);
                let (before, after) = geometry.padding[axis];
                let room = spread(&x.0[axis + 1], geometry.input_dilation[axis])
                    .add(&Dim::Const(i64::from(before) + i64::from(after)));
                must_be_at_least(op, &room, &spread(&w.0[axis + 1], geometry.kernel_dilation[axis]), why)?;
            }
        }
        Kind::Scatter { axis, .. } => {
            let mut like = shape(0).clone();
            like.0[*axis as usize] = shape(1).0[0].clone();
            must_have_equal_shapes(op, &like, shape(2), why)?;
            wanted[2] = Some(like);
        }
        Kind::Gather { axis } => {
            // Of an empty axis nothing can be taken; taking nothing is fine.
            let size = &shape(0).0[*axis as usize];
            let may_be_empty = size.range(&super::bounds).is_none_or(|(least, _)| least < 1);
            if may_be_empty && at_least(op, &shape(1).size(), &Dim::ONE, why)? {
                must_be_at_least(op, size, &Dim::ONE, why)?;
            }
        }
        Kind::Reduce { op: how, axes } => {
            if how.identity(inputs[0].dtype).is_none() {
                for axis in axes {
                    must_be_at_least(op, &shape(0).0[*axis as usize], &Dim::ONE, why)?;
                }
            }
        }
        Kind::RandomBits { .. } => _ = must_be_same(op, &shape(0).0[0], &Dim::Const(2), why)?,
        Kind::View(View::Reshape { shape: to }) => _ = must_be_same(op, &shape(0).size(), &to.size(), why)?,
        Kind::View(View::Broadcast { shape: to, axes }) => {
            let mut like = shape(0).clone();
            for (at, axis) in axes.iter().enumerate() {
                let (from, to) = (&shape(0).0[at], &to.0[*axis as usize]);
                if from.is(1) || from == to {
                    continue;
                }
                like.0[at] = if seen_dim(from) == seen_dim(to) { to.clone() } else { Dim::ONE };
                same(op, from, &like.0[at], why)?;
            }
            wanted[0] = Some(like);
        }
        Kind::Call { body, .. } => like_inputs(op, inputs, &body.inputs(), why, wanted)?,
        Kind::Loop { body, length, carries, .. } => {
            let carries = *carries as usize;
            let of_body = body.inputs();
            like_inputs(op, &inputs[..carries], &of_body[..carries.min(of_body.len())], why, wanted)?;
            for at in carries..inputs.len() {
                let step = of_body.get(at).copied().flatten().map_or(&shape(at).dims()[1..], |aval| aval.shape.dims());
                let like: Shape = std::iter::once(length).chain(step).cloned().collect();
                equal_shapes(op, &like, shape(at), why)?;
                wanted[at] = Some(like);
            }
        }
        // Their operands may have any sizes, or `infer` sees all there is to check.
        Kind::Input { .. }
        | Kind::Constant { .. }
        | Kind::Literal { .. }
        | Kind::Iota { .. }
        | Kind::Size { .. }
        | Kind::Cast { .. }
        | Kind::Scan { .. }
        | Kind::View(View::Transpose { .. } | View::Slice { .. } | View::Flip { .. } | View::Pad { .. })
        | Kind::ArgSort { .. }
        | Kind::SortKey
        | Kind::Permute
        | Kind::Barrier { .. } => {}
    }
    Ok(())
}

/// Asks for everything that a graph of whatever origin needs of sizes, in its bodies as well: what ops of the library ask for before
/// they make a node is asked for here, too.
#[track_caller]
pub(crate) fn demand_all(op: &str, graph: &Graph) -> Result<()> {
    for (_, node) in graph.nodes() {
        let inputs: SmallVec<[&Aval; 3]> = node.operands.iter().map(|id| graph.aval(*id)).collect();
        let why = explains(&node.kind, &inputs);
        let at_least_zero = |dim: &Dim| must_be_at_least(op, dim, &Dim::ZERO, &why);
        let mut legal = true;
        for dim in node.aval.shape.dims() {
            legal &= at_least_zero(dim)?;
        }
        match &node.kind {
            Kind::View(View::Slice { start, step, shape }) => {
                for (axis, count) in shape.dims().iter().enumerate() {
                    if !at_least(op, count, &Dim::ONE, &why)? {
                        continue;
                    }
                    let last = start[axis].add(&count.sub(&Dim::ONE).scale(step[axis]));
                    for place in [&start[axis], &last] {
                        let room = inputs[0].shape.0[axis].sub(&Dim::ONE).sub(place);
                        legal &= at_least_zero(place)? & at_least_zero(&room)?;
                    }
                }
            }
            Kind::View(View::Pad { low, high, .. }) => {
                for width in low.iter().chain(high) {
                    legal &= at_least_zero(width)?;
                }
            }
            Kind::Loop { length, .. } => legal &= at_least_zero(length)?,
            _ => {}
        }
        if !legal {
            let message = format!("{} is not legal at these sizes", node.kind.name());
            return Err(Error::new(ErrorKind::Shape, op, message, "Sizes are not negative; slices stay inside."));
        }
        demand(op, &node.kind, &inputs, &why, &mut inputs.iter().map(|_| None).collect())?;
        node.kind.bodies().try_for_each(|body| demand_all(op, body))?;
    }
    Ok(())
}

#[track_caller]
fn must_have_equal_shapes(op: &str, like: &Shape, shape: &Shape, why: &dyn Fn() -> Explain) -> Result<()> {
    for (a, b) in like.dims().iter().zip(shape.dims()) {
        must_be_same(op, a, b, why)?;
    }
    Ok(())
}

#[track_caller]
fn equal_shapes(op: &str, like: &Shape, shape: &Shape, why: &dyn Fn() -> Explain) -> Result<()> {
    for (a, b) in like.dims().iter().zip(shape.dims()) {
        same(op, a, b, why)?;
    }
    Ok(())
}

#[track_caller]
fn like_inputs(
    op: &str,
    inputs: &[&Aval],
    of_body: &[Option<&Aval>],
    why: &dyn Fn() -> Explain,
    wanted: &mut Wanted,
) -> Result<()> {
    for (at, (x, aval)) in inputs.iter().zip(of_body).enumerate() {
        if let Some(aval) = aval {
            equal_shapes(op, &aval.shape, &x.shape, why)?;
            wanted[at] = Some(aval.shape.clone());
        }
    }
    Ok(())
}

/// The size that another is repeated to where the other is 1 and it is not: `None` when at the trace neither is 1, or both are. A 1 that
/// is a symbol is guarded.
#[track_caller]
pub(crate) fn wider(op: &str, a: &Dim, b: &Dim, why: &dyn Fn() -> Explain) -> Result<Option<Dim>> {
    let is_narrow =
        |own: &Dim, other: &Dim| own.is(1) || (!other.is(1) && seen_dim(own).is(1) && !seen_dim(other).is(1));
    let (narrow, wide) = match (is_narrow(a, b), is_narrow(b, a)) {
        (true, _) => (a, b),
        (false, true) => (b, a),
        (false, false) => return Ok(None),
    };
    same(op, narrow, &Dim::ONE, why)?;
    Ok(Some(wide.clone()))
}

/// Can a shape be repeated to another by NumPy's rule? Says so for the trace; the node that repeats it guards what this looks at.
pub(crate) fn broadcasts_to(shape: &Shape, to: &Shape) -> bool {
    let fits = |(from, to): (&Dim, &Dim)| {
        let from = seen_dim(from);
        from.is(1) || from == seen_dim(to)
    };
    shape.rank() <= to.rank() && shape.dims().iter().rev().zip(to.dims().iter().rev()).all(fits)
}

/// NumPy's rule for symbolic shapes too: `None` when two sizes disagree at the trace. A symbol is never a 1 by chance: what the rule
/// looked at is guarded.
#[track_caller]
pub(crate) fn broadcast(op: &str, avals: &[&Aval]) -> Result<Option<Shape>> {
    let rank = avals.iter().map(|aval| aval.shape.rank()).max().unwrap_or(0);
    let why = || -> Explain {
        let avals: Vec<Aval> = avals.iter().map(|aval| (*aval).clone()).collect();
        Rc::new(move |sizes| {
            let now: Vec<Aval> = avals.iter().map(|aval| sizes.aval(aval)).collect();
            let whole = now
                .iter()
                .try_fold(Shape::scalar(), |shape, aval| interfuse_compiler::shape::broadcast(&shape, &aval.shape));
            let verb = if whole.is_some() { "broadcast in another way" } else { "cannot be broadcast together" };
            format!("{} {verb}", list(&now))
        })
    };
    let mut shape = Shape::default();
    for axis in 0..rank {
        let mut size = Dim::ONE;
        for aval in avals {
            let Some(own) = (axis + aval.shape.rank()).checked_sub(rank) else { continue };
            let next = &aval.shape.0[own];
            if *next == size {
                continue;
            }
            size = match wider(op, &size, next, &why)? {
                Some(wide) => wide,
                None if seen_dim(&size) == seen_dim(next) => {
                    same(op, &size, next, &why)?;
                    size
                }
                None => return Ok(None),
            };
        }
        shape.0.push(size);
    }
    Ok(Some(shape))
}
