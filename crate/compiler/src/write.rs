//! Writes graphs in few words, for the rewrites before fusion. Nothing here can be a user's mistake: the graph was legal before.

use crate::dim::{Atom, Dim, Range};
use crate::dtype::{DType, Scalar};
use crate::graph::{Graph, NodeId};
use crate::kind::{Axes, Kind, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use smallvec::{SmallVec, smallvec};

/// Appends nodes that come from the same traced ones.
pub struct Writer<'a> {
    /// What is written so far.
    pub(crate) graph: &'a mut Graph,
    /// Where it comes from.
    pub(crate) from: &'a [u32],
    /// Nodes that a kernel must store, because computing them where they are needed would repeat much work.
    pub(crate) materialised: &'a mut Vec<NodeId>,
    /// How many values were given memory of their own so far.
    pub(crate) kept: &'a mut u32,
}

/// Nothing is known of symbols.
pub(crate) fn unknown(_: &Atom) -> Range {
    None
}

impl Writer<'_> {
    pub(crate) fn add(&mut self, kind: Kind, operands: &[NodeId]) -> NodeId {
        self.graph.add_from(kind, operands, self.from).expect("a rewrite of a legal graph is legal")
    }

    pub(crate) fn shape(&self, x: NodeId) -> Shape {
        self.graph.aval(x).shape.clone()
    }

    pub(crate) fn dtype(&self, x: NodeId) -> DType {
        self.graph.aval(x).dtype
    }

    /// The node, in memory.
    pub(crate) fn store(&mut self, x: NodeId) -> NodeId {
        self.materialised.push(x);
        x
    }

    pub(crate) fn view(&mut self, view: View, x: NodeId) -> NodeId {
        self.add(Kind::View(view), &[x])
    }

    pub(crate) fn reshape(&mut self, x: NodeId, shape: Shape) -> NodeId {
        if self.graph.aval(x).shape == shape { x } else { self.view(View::Reshape { shape }, x) }
    }

    pub(crate) fn transpose(&mut self, x: NodeId, permutation: Axes) -> NodeId {
        let same = permutation.iter().enumerate().all(|(i, a)| i as u32 == *a);
        if same { x } else { self.view(View::Transpose { permutation }, x) }
    }

    /// Operand axis `i` becomes axis `axes[i]` of the shape.
    pub(crate) fn broadcast(&mut self, x: NodeId, shape: &Shape, axes: Axes) -> NodeId {
        if self.graph.aval(x).shape == *shape {
            return x;
        }
        self.view(View::Broadcast { shape: shape.clone(), axes }, x)
    }

    /// The part `start..start + size` of an axis.
    pub(crate) fn part(&mut self, x: NodeId, axis: usize, start: Dim, step: i64, size: Dim) -> NodeId {
        let mut shape = self.shape(x);
        if start.is(0) && step == 1 && shape.0[axis] == size {
            return x;
        }
        let rank = shape.rank();
        shape.0[axis] = size;
        let (mut starts, mut steps) = (SmallVec::from_elem(Dim::ZERO, rank), SmallVec::from_elem(1, rank));
        (starts[axis], steps[axis]) = (start, step);
        self.view(View::Slice { start: starts, step: steps, shape }, x)
    }

    /// A value before and after an axis.
    pub(crate) fn pad(&mut self, x: NodeId, axis: usize, (before, after): (Dim, Dim), value: Scalar) -> NodeId {
        if before.is(0) && after.is(0) {
            return x;
        }
        let rank = self.shape(x).rank();
        let (mut low, mut high) = (SmallVec::from_elem(Dim::ZERO, rank), SmallVec::from_elem(Dim::ZERO, rank));
        (low[axis], high[axis]) = (before, after);
        self.view(View::Pad { low, high, value }, x)
    }

    pub(crate) fn flip(&mut self, x: NodeId, axis: usize) -> NodeId {
        self.view(View::Flip { axes: smallvec![axis as u32] }, x)
    }

    pub(crate) fn cast(&mut self, x: NodeId, to: DType) -> NodeId {
        if self.dtype(x) == to { x } else { self.add(Kind::Cast { to }, &[x]) }
    }

    /// A scalar repeated over a shape.
    pub(crate) fn fill(&mut self, value: Scalar, shape: &Shape) -> NodeId {
        let literal = self.add(Kind::Literal { value }, &[]);
        self.broadcast(literal, shape, smallvec![])
    }

    /// An int32 size repeated over a shape.
    pub(crate) fn size(&mut self, dim: &Dim, shape: &Shape) -> NodeId {
        let value = match dim.as_const() {
            Some(value) => self.add(Kind::Literal { value: Scalar::i32(value as i32) }, &[]),
            None => self.add(Kind::Size { dim: dim.clone(), dtype: DType::Int32 }, &[]),
        };
        self.broadcast(value, shape, smallvec![])
    }

    pub(crate) fn number(&mut self, value: i32, shape: &Shape) -> NodeId {
        self.fill(Scalar::i32(value), shape)
    }

    /// The int32 index along an axis.
    pub(crate) fn iota(&mut self, shape: &Shape, axis: usize) -> NodeId {
        self.add(Kind::Iota { shape: shape.clone(), axis: axis as u32, dtype: DType::Int32 }, &[])
    }

    pub(crate) fn map(&mut self, op: Op, operands: &[NodeId]) -> NodeId {
        self.add(Kind::Map { op }, operands)
    }

    /// An op of a node and an int32 that is the same everywhere.
    pub(crate) fn with(&mut self, op: Op, x: NodeId, value: i32) -> NodeId {
        let shape = self.shape(x);
        let value = self.number(value, &shape);
        self.map(op, &[x, value])
    }

    pub(crate) fn reduce(&mut self, op: ReduceOp, x: NodeId, axis: usize) -> NodeId {
        self.add(Kind::Reduce { op, axes: smallvec![axis as u32] }, &[x])
    }

    pub(crate) fn gather(&mut self, data: NodeId, indices: NodeId, axis: usize) -> NodeId {
        self.add(Kind::Gather { axis: axis as u32 }, &[data, indices])
    }

    /// As [`outer`, `size of the axis`, `inner`].
    pub(crate) fn around(&self, x: NodeId, axis: usize) -> Shape {
        let shape = self.shape(x);
        let product = |dims: &[Dim]| dims.iter().fold(Dim::ONE, |n, d| n.mul(d));
        let dims = shape.dims();
        [product(&dims[..axis]), dims[axis].clone(), product(&dims[axis + 1..])].into_iter().collect()
    }

    /// The uint32 index along an axis.
    pub(crate) fn place(&mut self, shape: &Shape, axis: usize) -> NodeId {
        self.add(Kind::Iota { shape: shape.clone(), axis: axis as u32, dtype: DType::UInt32 }, &[])
    }

    /// A uint32 size repeated over a shape.
    pub(crate) fn length(&mut self, dim: &Dim, shape: &Shape) -> NodeId {
        let size = self.size(dim, shape);
        self.cast(size, DType::UInt32)
    }

    /// An op of a node and a uint32 that is the same everywhere.
    pub(crate) fn counting(&mut self, op: Op, x: NodeId, value: i64) -> NodeId {
        let shape = self.shape(x);
        let value = self.fill(Scalar::u32(value as u32), &shape);
        self.map(op, &[x, value])
    }
}

/// `dim` rounded up to a multiple.
pub(crate) fn round_up(dim: &Dim, to: i64) -> Dim {
    let to_dim = Dim::Const(to);
    dim.add(&Dim::Const(to - 1)).floor_div(&to_dim, &unknown).scale(to)
}
