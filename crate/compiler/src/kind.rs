//! The closed set of array operations; what is known of each is in `facts`, its shape and dtype rule in `infer`.
//!
//! Kinds are few on purpose: whatever is elementwise is one row of `ops`, whatever is index arithmetic is a view. Inside a graph
//! nothing broadcasts or promotes by itself: who traces inserts both. A kind carries every parameter that its result depends on, so
//! that a node is its kind and operands.

mod facts;
mod infer;
mod sizes;

use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::Graph;
use crate::ops::Op;
use crate::shape::{Aval, Shape};
use smallvec::SmallVec;
use std::fmt;
use std::sync::Arc;

pub use facts::{Arity, Facts, Lowering, RuleGroup};
pub use sizes::SizeOf;

/// Some axes of a shape, by position.
pub type Axes = SmallVec<[u32; 4]>;

/// How a reduction combines elements.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum ReduceOp {
    /// Sum; 0 of nothing.
    Sum,
    /// Product; 1 of nothing.
    Prod,
    /// Largest; NaN if any is NaN; of nothing is an error.
    Max,
    /// Smallest; NaN if any is NaN; of nothing is an error.
    Min,
    /// Is one true? false of nothing.
    Any,
    /// Are all true? true of nothing.
    All,
    /// Position of the first largest as uint32, over one axis; a NaN wins.
    ArgMax,
    /// Position of the first smallest as uint32, over one axis; a NaN wins.
    ArgMin,
}

impl ReduceOp {
    /// All of them.
    pub const ALL: [ReduceOp; 8] = [
        ReduceOp::Sum,
        ReduceOp::Prod,
        ReduceOp::Max,
        ReduceOp::Min,
        ReduceOp::Any,
        ReduceOp::All,
        ReduceOp::ArgMax,
        ReduceOp::ArgMin,
    ];

    /// The name in listings and APIs.
    pub fn name(self) -> &'static str {
        match self {
            ReduceOp::Sum => "sum",
            ReduceOp::Prod => "prod",
            ReduceOp::Max => "max",
            ReduceOp::Min => "min",
            ReduceOp::Any => "any",
            ReduceOp::All => "all",
            ReduceOp::ArgMax => "argmax",
            ReduceOp::ArgMin => "argmin",
        }
    }

    /// Does the result name a position?
    pub fn is_arg(self) -> bool {
        matches!(self, ReduceOp::ArgMax | ReduceOp::ArgMin)
    }

    /// What combining nothing gives, in the operand's dtype; `None` when there is no such value to return (max and min start from
    /// the lowest and highest value, but of nothing they are errors; arg-reductions have no neutral position).
    pub fn identity(self, dtype: DType) -> Option<Scalar> {
        match self {
            ReduceOp::Sum => Some(Scalar::from_f64(dtype, 0.0)),
            ReduceOp::Prod => Some(Scalar::from_f64(dtype, 1.0)),
            ReduceOp::Any => Some(Scalar::bool(false)),
            ReduceOp::All => Some(Scalar::bool(true)),
            ReduceOp::Max | ReduceOp::Min | ReduceOp::ArgMax | ReduceOp::ArgMin => None,
        }
    }

    /// The value that accumulators of max, min and the arg-reductions start from, and that padding uses: never wins.
    pub fn start(self, dtype: DType) -> Scalar {
        match self {
            ReduceOp::Max | ReduceOp::ArgMax => match dtype {
                DType::Float16 | DType::Float32 => Scalar::from_f64(dtype, f64::NEG_INFINITY),
                DType::Int32 => Scalar::i32(i32::MIN),
                DType::UInt32 => Scalar::u32(0),
                DType::Bool => Scalar::bool(false),
            },
            ReduceOp::Min | ReduceOp::ArgMin => match dtype {
                DType::Float16 | DType::Float32 => Scalar::from_f64(dtype, f64::INFINITY),
                DType::Int32 => Scalar::i32(i32::MAX),
                DType::UInt32 => Scalar::u32(u32::MAX),
                DType::Bool => Scalar::bool(true),
            },
            ReduceOp::Sum | ReduceOp::Prod | ReduceOp::Any | ReduceOp::All => {
                self.identity(dtype).expect("these have an identity")
            }
        }
    }
}

/// How scans and scatters combine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum CombineOp {
    /// The new value replaces the old (scatter only; the last one wins).
    Set,
    /// Sum.
    Add,
    /// Product.
    Mul,
    /// Largest.
    Max,
    /// Smallest.
    Min,
    /// Log of the sum of exponentials (scan only).
    LogAddExp,
}

impl CombineOp {
    /// All of them.
    pub const ALL: [CombineOp; 6] =
        [CombineOp::Set, CombineOp::Add, CombineOp::Mul, CombineOp::Max, CombineOp::Min, CombineOp::LogAddExp];

    /// The reduction that combines alike; there is none of logs of sums, nor of what replaces.
    pub fn reduction(self) -> Option<ReduceOp> {
        match self {
            CombineOp::Add => Some(ReduceOp::Sum),
            CombineOp::Mul => Some(ReduceOp::Prod),
            CombineOp::Max => Some(ReduceOp::Max),
            CombineOp::Min => Some(ReduceOp::Min),
            CombineOp::Set | CombineOp::LogAddExp => None,
        }
    }

    /// What a running combination starts from: it changes nothing that comes.
    pub fn start(self, dtype: DType) -> Scalar {
        match self {
            CombineOp::Add | CombineOp::Set => ReduceOp::Sum.start(dtype),
            CombineOp::Mul => ReduceOp::Prod.start(dtype),
            CombineOp::Max => ReduceOp::Max.start(dtype),
            CombineOp::Min => ReduceOp::Min.start(dtype),
            CombineOp::LogAddExp => Scalar::from_f64(dtype, f64::NEG_INFINITY),
        }
    }

    /// The name in listings.
    pub fn name(self) -> &'static str {
        match self {
            CombineOp::Set => "set",
            CombineOp::Add => "add",
            CombineOp::Mul => "mul",
            CombineOp::Max => "max",
            CombineOp::Min => "min",
            CombineOp::LogAddExp => "logaddexp",
        }
    }
}

/// Index arithmetic: the result's elements are the operand's, elsewhere.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum View {
    /// Same elements in row-major order, other shape.
    Reshape {
        /// The result's shape; same number of elements.
        shape: Shape,
    },
    /// Result axis `i` is operand axis `permutation[i]`.
    Transpose {
        /// A permutation of the axes.
        permutation: Axes,
    },
    /// Operand axis `i` becomes result axis `axes[i]`; where its size is 1 and the result's is not it repeats, and so do the
    /// result axes that no operand axis becomes.
    Broadcast {
        /// The result's shape.
        shape: Shape,
        /// Strictly increasing, one per operand axis.
        axes: Axes,
    },
    /// Result index `i` on an axis is operand index `start + step * i`. Steps may be negative, never 0.
    Slice {
        /// First index taken, per axis.
        start: SmallVec<[Dim; 4]>,
        /// Distance between indices taken, per axis.
        step: SmallVec<[i64; 4]>,
        /// The result's sizes.
        shape: Shape,
    },
    /// Reverses axes.
    Flip {
        /// Sorted, each once.
        axes: Axes,
    },
    /// Surrounds the operand with a value.
    Pad {
        /// Elements before, per axis.
        low: SmallVec<[Dim; 4]>,
        /// Elements after, per axis.
        high: SmallVec<[Dim; 4]>,
        /// The value, of the operand's dtype.
        value: Scalar,
    },
}

/// Which axes of a general dot product play which part. The result's axes are: batch, free of the left, free of the right.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct DotAxes {
    /// Pairs (left axis, right axis) that both operands share and the result keeps.
    pub batch: SmallVec<[(u32, u32); 2]>,
    /// Pairs (left axis, right axis) that are multiplied and summed.
    pub contract: SmallVec<[(u32, u32); 2]>,
}

impl DotAxes {
    /// The left operand's free axes, in order.
    pub fn free_left(&self, rank: usize) -> Axes {
        (0..rank as u32).filter(|a| !self.batch.iter().chain(&self.contract).any(|(l, _)| l == a)).collect()
    }

    /// The right operand's free axes, in order.
    pub fn free_right(&self, rank: usize) -> Axes {
        (0..rank as u32).filter(|a| !self.batch.iter().chain(&self.contract).any(|(_, r)| r == a)).collect()
    }
}

/// Geometry of a convolution: input [batch, spatial.., channels], kernel [channels out, spatial.., channels in / groups].
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ConvGeometry {
    /// Step of the window, per spatial axis.
    pub stride: SmallVec<[u32; 2]>,
    /// (before, after) zeros, per spatial axis.
    pub padding: SmallVec<[(u32, u32); 2]>,
    /// Distance between kernel elements.
    pub kernel_dilation: SmallVec<[u32; 2]>,
    /// Distance between input elements (transposed convolution).
    pub input_dilation: SmallVec<[u32; 2]>,
    /// Groups of channels that do not mix.
    pub groups: u32,
    /// Is the kernel reversed (a true convolution rather than a correlation)?
    pub flip: bool,
}

/// How a call is differentiated. Values are those of its body, always.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Derivative {
    /// As its body is.
    Body,
    /// Not at all: to what is above it the result is a constant.
    Stop,
    /// As its body, whose intermediate values are computed again for the gradient instead of kept (checkpoint).
    Recompute,
    /// In reverse by this graph, from (operands.., results.., cotangents of the results..) to the cotangents of the first operands, as
    /// many as it gives; the other operands have none. All results are floats. Forward as its body is.
    Custom(Arc<Graph>),
}

impl Derivative {
    /// The word in listings.
    pub fn name(&self) -> &'static str {
        match self {
            Derivative::Body => "body",
            Derivative::Stop => "stop",
            Derivative::Recompute => "recompute",
            Derivative::Custom(_) => "custom",
        }
    }
}

/// An array operation.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// An argument of the graph.
    Input {
        /// Its position among the arguments.
        index: u32,
        /// Its shape and dtype.
        aval: Box<Aval>,
    },
    /// A tensor whose value is fixed for the life of the compiled graph (captured by a closure); the data live outside.
    Constant {
        /// Its position among the constants.
        index: u32,
        /// Its shape and dtype.
        aval: Box<Aval>,
    },
    /// A scalar known to the compiler.
    Literal {
        /// The value.
        value: Scalar,
    },
    /// The index along an axis.
    Iota {
        /// The result's shape.
        shape: Shape,
        /// The counted axis.
        axis: u32,
        /// Any but bool.
        dtype: DType,
    },
    /// A symbolic size as a scalar (a mean over a symbolic axis divides by it).
    Size {
        /// The size.
        dim: Dim,
        /// Any but bool.
        dtype: DType,
    },
    /// A scalar op over operands of equal shape.
    Map {
        /// The row.
        op: Op,
    },
    /// Elementwise change of dtype (`astype`).
    Cast {
        /// The result's dtype.
        to: DType,
    },
    /// Combines along axes, which vanish.
    Reduce {
        /// How.
        op: ReduceOp,
        /// Sorted, each once; exactly one for arg-reductions.
        axes: Axes,
    },
    /// Running combination along an axis. A second operand, bool and of the same shape, says where it starts again (in the order it
    /// runs); those are made for kernels, and have no derivatives.
    Scan {
        /// How; not `Set`.
        op: CombineOp,
        /// Along which axis.
        axis: u32,
        /// From the end?
        reverse: bool,
    },
    /// Index arithmetic.
    View(View),
    /// General dot product; floats only, float16 accumulates in float32.
    Dot {
        /// The parts that axes play.
        axes: DotAxes,
    },
    /// Convolution of an input and a kernel.
    Conv {
        /// Its geometry.
        geometry: Box<ConvGeometry>,
    },
    /// (data, indices): the data's axis is replaced by the axes of the indices. Indices are int32 or uint32; negative ones count from
    /// the end, others are clamped into range.
    Gather {
        /// The indexed axis of the data.
        axis: u32,
    },
    /// (data, indices `[n]`, updates): rows of the data at the indices along the axis are combined with the updates, in index order.
    /// Negative indices count from the end; updates whose index is out of range are dropped.
    Scatter {
        /// The indexed axis of the data.
        axis: u32,
        /// How old and new combine.
        op: CombineOp,
    },
    /// Operands joined along an axis.
    Concatenate {
        /// The joined axis.
        axis: u32,
    },
    /// Positions (uint32) that sort the operand along an axis: ascending, stable, NaN last.
    ArgSort {
        /// The sorted axis.
        axis: u32,
    },
    /// uint32 in the order of sorting: NaN last and equal to itself, zeros of both signs equal. Of float32, int32 or uint32. Made for
    /// kernels of GPUs that sort; no file may hold one.
    SortKey,
    /// (data `[n]`, places `uint32[n]`): element i of the data at place i of the result. Who makes the node knows that the places are a
    /// permutation; so it is made for kernels that sort, and no file may hold one.
    Permute,
    /// uint32 bits from a key (`uint32[2]`): Threefry-2x32 in JAX's partitionable mode.
    RandomBits {
        /// The result's shape.
        shape: Shape,
    },
    /// One result of a subgraph with a differentiation rule of its own; inlined after differentiation.
    Call {
        /// The body; its inputs are the operands, the last of which it may leave to the rule.
        body: Arc<Graph>,
        /// How it is differentiated.
        rule: Derivative,
        /// Which result.
        output: u32,
    },
    /// One result of a loop: the body maps (carries.., slices of xs..) to (carries.., slices of ys..).
    Loop {
        /// The body.
        body: Arc<Graph>,
        /// How often it runs.
        length: Dim,
        /// How many operands and results are carried.
        carries: u32,
        /// Which result.
        output: u32,
    },
    /// The operand; simplification does not see through it (checkpoint).
    Barrier {
        /// Keeps barriers of different regions apart.
        region: u32,
    },
}

/// Which rule a misuse broke.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MisuseKind {
    /// Shapes do not fit.
    Shape,
    /// Dtypes do not fit.
    DType,
    /// Some other argument is out of range.
    Argument,
    /// The device has no room for it.
    Limit,
}

/// A user's mistake, found when a node is made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misuse {
    /// Which rule.
    pub kind: MisuseKind,
    /// The whole sentence: op, operands, rule.
    pub message: String,
    /// What to do about it; may be empty.
    pub hint: String,
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, " {}", self.hint) }
    }
}

impl std::error::Error for Misuse {}

impl Kind {
    /// The graphs inside: of a call or a loop, and of a call's own rule.
    pub fn bodies(&self) -> impl Iterator<Item = &Arc<Graph>> {
        let body = if let Kind::Call { body, .. } | Kind::Loop { body, .. } = self { Some(body) } else { None };
        let backward = if let Kind::Call { rule: Derivative::Custom(graph), .. } = self { Some(graph) } else { None };
        body.into_iter().chain(backward)
    }

    /// The same, to be replaced.
    pub(crate) fn bodies_mut(&mut self) -> impl Iterator<Item = &mut Arc<Graph>> {
        let (body, backward) = match self {
            Kind::Call { body, rule: Derivative::Custom(backward), .. } => (Some(body), Some(backward)),
            Kind::Call { body, .. } | Kind::Loop { body, .. } => (Some(body), None),
            _ => (None, None),
        };
        body.into_iter().chain(backward)
    }
}

#[cfg(test)]
mod tests;
