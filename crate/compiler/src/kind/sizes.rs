//! The sizes inside kinds: which have symbols, and the same kind with other sizes.
//!
//! A front end replaces symbols by what it learnt about them while it traced, and by numbers to check a call.

use super::{Derivative, Kind, Misuse, View};
use crate::dim::Dim;
use crate::graph::{Graph, NodeId};
use crate::shape::{Aval, Shape};
use smallvec::SmallVec;
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

impl Kind {
    /// Has a size in it a symbol?
    pub fn is_symbolic(&self) -> bool {
        match self {
            Kind::Input { aval, .. } | Kind::Constant { aval, .. } => aval.shape.is_symbolic(),
            Kind::Iota { shape, .. } | Kind::RandomBits { shape } => shape.is_symbolic(),
            Kind::Size { dim, .. } => dim.is_symbolic(),
            Kind::View(view) => match view {
                View::Reshape { shape } | View::Broadcast { shape, .. } => shape.is_symbolic(),
                View::Slice { start, shape, .. } => shape.is_symbolic() || start.iter().any(Dim::is_symbolic),
                View::Pad { low, high, .. } => low.iter().chain(high).any(Dim::is_symbolic),
                View::Transpose { .. } | View::Flip { .. } => false,
            },
            Kind::Call { body, .. } => body.is_symbolic(),
            Kind::Loop { body, length, .. } => length.is_symbolic() || body.is_symbolic(),
            Kind::Literal { .. }
            | Kind::Map { .. }
            | Kind::Cast { .. }
            | Kind::Reduce { .. }
            | Kind::Scan { .. }
            | Kind::Dot { .. }
            | Kind::Conv { .. }
            | Kind::Gather { .. }
            | Kind::Scatter { .. }
            | Kind::Concatenate { .. }
            | Kind::ArgSort { .. }
            | Kind::SortKey
            | Kind::Permute
            | Kind::Barrier { .. } => false,
        }
    }

    /// The same with other sizes. An error when a body inside is not legal with them.
    pub fn map_dims(&self, with: &dyn Fn(&Dim) -> Dim) -> Result<Kind, Misuse> {
        let list = |dims: &SmallVec<[Dim; 4]>| dims.iter().map(with).collect();
        Ok(match self {
            Kind::Input { index, aval } => Kind::Input { index: *index, aval: Box::new(aval.map(with)) },
            Kind::Constant { index, aval } => Kind::Constant { index: *index, aval: Box::new(aval.map(with)) },
            Kind::Iota { shape, axis, dtype } => Kind::Iota { shape: shape.map(with), axis: *axis, dtype: *dtype },
            Kind::RandomBits { shape } => Kind::RandomBits { shape: shape.map(with) },
            Kind::Size { dim, dtype } => Kind::Size { dim: with(dim), dtype: *dtype },
            Kind::View(view) => Kind::View(match view {
                View::Reshape { shape } => View::Reshape { shape: shape.map(with) },
                View::Broadcast { shape, axes } => View::Broadcast { shape: shape.map(with), axes: axes.clone() },
                View::Slice { start, step, shape } => {
                    View::Slice { start: list(start), step: step.clone(), shape: shape.map(with) }
                }
                View::Pad { low, high, value } => View::Pad { low: list(low), high: list(high), value: *value },
                View::Transpose { .. } | View::Flip { .. } => view.clone(),
            }),
            Kind::Call { body, rule, output } => {
                let rule = match rule {
                    Derivative::Custom(backward) => Derivative::Custom(Arc::new(backward.map_dims(with)?)),
                    Derivative::Body | Derivative::Stop | Derivative::Recompute => rule.clone(),
                };
                Kind::Call { body: Arc::new(body.map_dims(with)?), rule, output: *output }
            }
            Kind::Loop { body, length, carries, output } => Kind::Loop {
                body: Arc::new(body.map_dims(with)?),
                length: with(length),
                carries: *carries,
                output: *output,
            },
            Kind::Literal { .. }
            | Kind::Map { .. }
            | Kind::Cast { .. }
            | Kind::Reduce { .. }
            | Kind::Scan { .. }
            | Kind::Dot { .. }
            | Kind::Conv { .. }
            | Kind::Gather { .. }
            | Kind::Scatter { .. }
            | Kind::Concatenate { .. }
            | Kind::ArgSort { .. }
            | Kind::SortKey
            | Kind::Permute
            | Kind::Barrier { .. } => self.clone(),
        })
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
