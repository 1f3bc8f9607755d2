//! The sizes inside kinds: which there are, which have symbols, and the same kind with other sizes.
//!
//! A front end replaces symbols by what it learnt about them while it traced, and by numbers to check a call.

use super::{Kind, Misuse, View};
use crate::dim::Dim;
use crate::graph::{Graph, NodeId};
use crate::shape::{Aval, Shape};
use std::sync::Arc;

impl Shape {
    /// Has one of the sizes a symbol?
    pub fn is_symbolic(&self) -> bool {
        self.dims().iter().any(Dim::is_symbolic)
    }

    /// The same with other sizes.
    pub fn map(&self, with: &dyn Fn(&Dim) -> Dim) -> Shape {
        self.dims().iter().map(with).collect()
    }
}

impl Aval {
    /// The same with other sizes.
    pub fn map(&self, with: &dyn Fn(&Dim) -> Dim) -> Aval {
        Aval { shape: self.shape.map(with), dtype: self.dtype }
    }
}

/// What a size inside a kind counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SizeOf {
    /// Elements along an axis, or steps of a loop: never negative.
    Axis,
    /// Any number: where a slice starts, how far two sizes are apart.
    Number,
}

/// Calls `visit` for every size of a kind but those in bodies. Written once, for reading and for replacing.
macro_rules! each_size {
    ($kind:expr, $visit:ident, $iter:ident) => {
        match $kind {
            Kind::Input { aval, .. } | Kind::Constant { aval, .. } => {
                aval.shape.0.$iter().for_each(|dim| $visit(dim, SizeOf::Axis));
            }
            Kind::Iota { shape, .. }
            | Kind::RandomBits { shape }
            | Kind::View(View::Reshape { shape } | View::Broadcast { shape, .. }) => {
                shape.0.$iter().for_each(|dim| $visit(dim, SizeOf::Axis));
            }
            Kind::View(View::Slice { start, shape, .. }) => {
                shape.0.$iter().for_each(|dim| $visit(dim, SizeOf::Axis));
                start.$iter().for_each(|dim| $visit(dim, SizeOf::Number));
            }
            Kind::View(View::Pad { low, high, .. }) => {
                low.$iter().chain(high.$iter()).for_each(|dim| $visit(dim, SizeOf::Number));
            }
            Kind::Size { dim, .. } => $visit(dim, SizeOf::Number),
            Kind::Loop { length, .. } => $visit(length, SizeOf::Axis),
            Kind::Literal { .. }
            | Kind::Map { .. }
            | Kind::Cast { .. }
            | Kind::Reduce { .. }
            | Kind::Scan { .. }
            | Kind::View(View::Transpose { .. } | View::Flip { .. })
            | Kind::Dot { .. }
            | Kind::Conv { .. }
            | Kind::Gather { .. }
            | Kind::Scatter { .. }
            | Kind::Concatenate { .. }
            | Kind::ArgSort { .. }
            | Kind::SortKey
            | Kind::Permute
            | Kind::Call { .. }
            | Kind::Barrier { .. } => {}
        }
    };
}

impl Kind {
    /// Calls `visit` for every size but those in bodies.
    pub fn sizes<'a>(&'a self, visit: &mut dyn FnMut(&'a Dim, SizeOf)) {
        each_size!(self, visit, iter);
    }

    /// Has a size in it a symbol?
    pub fn is_symbolic(&self) -> bool {
        let mut is_symbolic = self.bodies().any(|body| body.is_symbolic());
        self.sizes(&mut |dim, _| is_symbolic |= dim.is_symbolic());
        is_symbolic
    }

    /// The same with other sizes. An error when a body inside is not legal with them.
    pub fn map_dims(&self, with: &dyn Fn(&Dim) -> Dim) -> Result<Kind, Misuse> {
        let mut kind = self.clone();
        let visit = |dim: &mut Dim, _| *dim = with(dim);
        each_size!(&mut kind, visit, iter_mut);
        for body in kind.bodies_mut() {
            *body = Arc::new(body.map_dims(with)?);
        }
        Ok(kind)
    }
}

impl Graph {
    /// Has a size in it a symbol?
    pub fn is_symbolic(&self) -> bool {
        self.nodes().any(|(_, node)| node.kind.is_symbolic())
    }

    /// The same with other sizes; node for node.
    pub fn map_dims(&self, with: &dyn Fn(&Dim) -> Dim) -> Result<Graph, Misuse> {
        let mut graph = Graph::new();
        for (_, node) in self.nodes() {
            graph.append_from(node.kind.map_dims(with)?, &node.operands, &node.from)?;
        }
        let outputs: Vec<NodeId> = self.outputs().to_vec();
        graph.set_outputs(&outputs);
        Ok(graph)
    }
}
