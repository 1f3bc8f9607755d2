//! The closed set of array operations, and the shape and dtype rule of each.
//!
//! Kinds are few on purpose: whatever is elementwise is one row of `ops`, whatever is index arithmetic is a view. Inside a graph
//! nothing broadcasts or promotes by itself: who traces inserts both. A kind carries every parameter that its result depends on, so
//! that a node is its kind and operands.

use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::Graph;
use crate::ops::{Op, Signature};
use crate::shape::{Aval, Shape};
use smallvec::SmallVec;
use std::fmt;
use std::sync::Arc;

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
    /// Running combination along an axis.
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
    /// (data, indices [n], updates): rows of the data at the indices along the axis are combined with the updates, in index order.
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
    /// uint32 bits from a key (uint32 [2]): Threefry-2x32 in JAX's partitionable mode.
    RandomBits {
        /// The result's shape.
        shape: Shape,
    },
    /// One result of a subgraph with a differentiation rule of its own; inlined after differentiation.
    Call {
        /// The body; its inputs are the operands.
        body: Arc<Graph>,
        /// Names the rule outside of the compiler.
        rule: u32,
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

fn shape_error<T>(message: String, hint: &str) -> Result<T, Misuse> {
    Err(Misuse { kind: MisuseKind::Shape, message, hint: hint.to_string() })
}

fn dtype_error<T>(message: String, hint: &str) -> Result<T, Misuse> {
    Err(Misuse { kind: MisuseKind::DType, message, hint: hint.to_string() })
}

fn argument_error<T>(message: String, hint: &str) -> Result<T, Misuse> {
    Err(Misuse { kind: MisuseKind::Argument, message, hint: hint.to_string() })
}

impl Kind {
    /// The word that names this in listings, graphs and reasons.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Input { .. } => "input",
            Kind::Constant { .. } => "constant",
            Kind::Literal { .. } => "literal",
            Kind::Iota { .. } => "iota",
            Kind::Size { .. } => "size",
            Kind::Map { op } => op.name(),
            Kind::Cast { .. } => "astype",
            Kind::Reduce { op, .. } => op.name(),
            Kind::Scan { .. } => "scan",
            Kind::View(view) => match view {
                View::Reshape { .. } => "reshape",
                View::Transpose { .. } => "transpose",
                View::Broadcast { .. } => "broadcast",
                View::Slice { .. } => "slice",
                View::Flip { .. } => "flip",
                View::Pad { .. } => "pad",
            },
            Kind::Dot { .. } => "dot",
            Kind::Conv { .. } => "conv",
            Kind::Gather { .. } => "gather",
            Kind::Scatter { .. } => "scatter",
            Kind::Concatenate { .. } => "concatenate",
            Kind::ArgSort { .. } => "argsort",
            Kind::RandomBits { .. } => "randomBits",
            Kind::Call { .. } => "call",
            Kind::Loop { .. } => "loop",
            Kind::Barrier { .. } => "barrier",
        }
    }

    /// Is it a map or a cast: one output element from one element of each operand?
    pub fn is_elementwise(&self) -> bool {
        matches!(self, Kind::Map { .. } | Kind::Cast { .. })
    }

    /// The shape and dtype of the result, or what is wrong with the operands.
    pub fn infer(&self, operands: &[&Aval]) -> Result<Aval, Misuse> {
        let wanted = match self {
            Kind::Input { .. }
            | Kind::Constant { .. }
            | Kind::Literal { .. }
            | Kind::Iota { .. }
            | Kind::Size { .. } => Some(0),
            Kind::Map { op } => Some(op.row().arity),
            Kind::Cast { .. }
            | Kind::Reduce { .. }
            | Kind::Scan { .. }
            | Kind::View(_)
            | Kind::ArgSort { .. }
            | Kind::RandomBits { .. }
            | Kind::Barrier { .. } => Some(1),
            Kind::Dot { .. } | Kind::Conv { .. } | Kind::Gather { .. } => Some(2),
            Kind::Scatter { .. } => Some(3),
            Kind::Concatenate { .. } | Kind::Call { .. } | Kind::Loop { .. } => None,
        };
        if let Some(wanted) = wanted
            && wanted != operands.len()
        {
            return argument_error(format!("{}: takes {wanted} operands, got {}", self.name(), operands.len()), "");
        }
        match self {
            Kind::Input { aval, .. } | Kind::Constant { aval, .. } => Ok((**aval).clone()),
            Kind::Literal { value } => Ok(Aval::new(Shape::scalar(), value.dtype())),
            Kind::Iota { shape, axis, dtype } => {
                if *axis as usize >= shape.rank() {
                    return argument_error(format!("iota: axis {axis} is out of range for shape {shape}"), "");
                }
                if *dtype == DType::Bool {
                    return dtype_error("iota: counts in a number, not in bool".into(), "Use int32.");
                }
                Ok(Aval::new(shape.clone(), *dtype))
            }
            Kind::Size { dtype, .. } => Ok(Aval::new(Shape::scalar(), *dtype)),
            Kind::Map { op } => infer_map(*op, operands),
            Kind::Cast { to } => Ok(Aval::new(operands[0].shape.clone(), *to)),
            Kind::Reduce { op, axes } => infer_reduce(*op, axes, operands[0]),
            Kind::Scan { axis, op, .. } => {
                check_axis("scan", *axis, operands[0])?;
                if *op == CombineOp::Set {
                    return argument_error("scan: nothing accumulates by set".into(), "");
                }
                check_combine("scan", *op, operands[0])?;
                Ok(operands[0].clone())
            }
            Kind::View(view) => infer_view(view, operands[0]),
            Kind::Dot { axes } => infer_dot(axes, operands[0], operands[1]),
            Kind::Conv { geometry } => infer_conv(geometry, operands[0], operands[1]),
            Kind::Gather { axis } => {
                let (data, indices) = (operands[0], operands[1]);
                check_axis("gather", *axis, data)?;
                check_indices("gather", indices)?;
                let axis = *axis as usize;
                if data.shape.0[axis].is(0) && !indices.shape.size().is(0) {
                    return shape_error(
                        format!("gather: axis {axis} of {data} is empty, nothing can be taken from it"),
                        "",
                    );
                }
                let dims = data.shape.dims();
                let shape = dims[..axis].iter().chain(indices.shape.dims()).chain(&dims[axis + 1..]).cloned().collect();
                Ok(Aval { shape, dtype: data.dtype })
            }
            Kind::Scatter { axis, op } => {
                let (data, indices, updates) = (operands[0], operands[1], operands[2]);
                check_axis("scatter", *axis, data)?;
                check_indices("scatter", indices)?;
                if *op == CombineOp::LogAddExp {
                    return argument_error("scatter: logaddexp is for scans only".into(), "");
                }
                check_combine("scatter", *op, data)?;
                let mut wanted = data.shape.clone();
                if indices.shape.rank() != 1 {
                    return shape_error(format!("scatter: indices must have one axis, got {indices}"), "");
                }
                wanted.0[*axis as usize] = indices.shape.0[0].clone();
                if updates.shape != wanted || updates.dtype != data.dtype {
                    return shape_error(format!("scatter: updates must be {}{wanted}, got {updates}", data.dtype), "");
                }
                Ok(data.clone())
            }
            Kind::Concatenate { axis } => infer_concatenate(*axis, operands),
            Kind::ArgSort { axis } => {
                check_axis("argsort", *axis, operands[0])?;
                Ok(Aval::new(operands[0].shape.clone(), DType::UInt32))
            }
            Kind::RandomBits { shape } => {
                if *operands[0] != Aval::new([2], DType::UInt32) {
                    return shape_error(format!("random: a key is uint32[2], got {}", operands[0]), "");
                }
                Ok(Aval::new(shape.clone(), DType::UInt32))
            }
            Kind::Call { body, output, .. } => body.infer_call("call", operands, *output as usize),
            Kind::Loop { body, length, carries, output } => infer_loop(body, length, *carries, *output, operands),
            Kind::Barrier { .. } => Ok(operands[0].clone()),
        }
    }
}

fn check_axis(op: &str, axis: u32, operand: &Aval) -> Result<(), Misuse> {
    if (axis as usize) < operand.shape.rank() {
        return Ok(());
    }
    argument_error(
        format!("{op}: axis {axis} is out of range for {operand}"),
        &format!("It has {} axes.", operand.shape.rank()),
    )
}

fn check_indices(op: &str, indices: &Aval) -> Result<(), Misuse> {
    if indices.dtype.is_integer() {
        return Ok(());
    }
    dtype_error(format!("{op}: indices must be int32 or uint32, got {indices}"), "Convert them with astype.")
}

fn check_combine(kind: &str, op: CombineOp, operand: &Aval) -> Result<(), Misuse> {
    let legal = match op {
        CombineOp::Set | CombineOp::Max | CombineOp::Min => true,
        CombineOp::Add | CombineOp::Mul => operand.dtype != DType::Bool,
        CombineOp::LogAddExp => operand.dtype.is_float(),
    };
    if legal {
        return Ok(());
    }
    dtype_error(format!("{kind}: {} is not defined for {}", op.name(), operand.dtype), "Convert with astype.")
}

fn infer_map(op: Op, operands: &[&Aval]) -> Result<Aval, Misuse> {
    let row = op.row();
    let (condition, values) = match row.signature {
        Signature::Choose => (Some(operands[0]), &operands[1..]),
        Signature::Float
        | Signature::Number
        | Signature::Bits
        | Signature::Compare
        | Signature::Classify
        | Signature::Logic => (None, operands),
    };
    if let Some(condition) = condition
        && condition.dtype != DType::Bool
    {
        return dtype_error(format!("{}: the condition must be bool, got {condition}", row.name), "Compare first.");
    }
    let list = || operands.iter().map(|a| a.to_string()).collect::<Vec<_>>().join(", ");
    if operands.iter().any(|a| a.shape != operands[0].shape) {
        return shape_error(format!("{}: shapes differ: {}", row.name, list()), "Broadcast them first.");
    }
    let dtype = values[0].dtype;
    if values.iter().any(|a| a.dtype != dtype) {
        return dtype_error(format!("{}: dtypes differ: {}", row.name, list()), "Convert with astype.");
    }
    if !op.accepts(dtype) {
        return dtype_error(format!("{}: is not defined for {dtype}", row.name), "Convert with astype.");
    }
    Ok(Aval::new(operands[0].shape.clone(), op.result_dtype(dtype)))
}

fn infer_reduce(op: ReduceOp, axes: &Axes, operand: &Aval) -> Result<Aval, Misuse> {
    let name = op.name();
    for axis in axes {
        check_axis(name, *axis, operand)?;
    }
    if axes.windows(2).any(|w| w[0] >= w[1]) {
        return argument_error(format!("{name}: axes {axes:?} must be sorted and differ"), "");
    }
    if op.is_arg() && axes.len() != 1 {
        return argument_error(format!("{name}: works along one axis, got {}", axes.len()), "Flatten first.");
    }
    let legal = match op {
        ReduceOp::Any | ReduceOp::All => operand.dtype == DType::Bool,
        ReduceOp::Sum | ReduceOp::Prod => operand.dtype != DType::Bool,
        ReduceOp::Max | ReduceOp::Min | ReduceOp::ArgMax | ReduceOp::ArgMin => true,
    };
    if !legal {
        return dtype_error(format!("{name}: is not defined for {}", operand.dtype), "Convert with astype.");
    }
    let dims = operand.shape.dims();
    if op.identity(operand.dtype).is_none() && axes.iter().any(|a| dims[*a as usize].is(0)) {
        return shape_error(
            format!("{name}: {operand} has no elements along axis {axes:?}, and {name} of nothing is not defined"),
            "",
        );
    }
    let shape = dims.iter().enumerate().filter(|(i, _)| !axes.contains(&(*i as u32))).map(|(_, d)| d.clone()).collect();
    Ok(Aval { shape, dtype: if op.is_arg() { DType::UInt32 } else { operand.dtype } })
}

fn infer_view(view: &View, operand: &Aval) -> Result<Aval, Misuse> {
    let dims = operand.shape.dims();
    let per_axis = |name: &str, len: usize| {
        if len == dims.len() {
            return Ok(());
        }
        argument_error(format!("{name}: needs one entry per axis of {operand}, got {len}"), "")
    };
    let shape = match view {
        View::Reshape { shape } => {
            if shape.size() != operand.shape.size() {
                return shape_error(
                    format!(
                        "reshape: cannot reshape {operand} of size {} into {shape} of size {}",
                        operand.shape.size(),
                        shape.size()
                    ),
                    "The number of elements must stay the same; one size may be -1.",
                );
            }
            shape.clone()
        }
        View::Transpose { permutation } => {
            per_axis("transpose", permutation.len())?;
            let mut seen = vec![false; dims.len()];
            for axis in permutation {
                check_axis("transpose", *axis, operand)?;
                seen[*axis as usize] = true;
            }
            if seen.contains(&false) {
                return argument_error(format!("transpose: {permutation:?} is not a permutation of the axes"), "");
            }
            permutation.iter().map(|a| dims[*a as usize].clone()).collect()
        }
        View::Broadcast { shape, axes } => {
            per_axis("broadcast", axes.len())?;
            let fits = axes.windows(2).all(|w| w[0] < w[1])
                && axes
                    .iter()
                    .zip(dims)
                    .all(|(axis, dim)| shape.0.get(*axis as usize).is_some_and(|to| to == dim || dim.is(1)));
            if !fits {
                return shape_error(
                    format!("broadcast: {operand} cannot be broadcast to {shape}"),
                    "Sizes must be equal or 1, aligned at the last axis.",
                );
            }
            shape.clone()
        }
        View::Slice { start, step, shape } => {
            per_axis("slice", start.len())?;
            per_axis("slice", step.len())?;
            per_axis("slice", shape.rank())?;
            for axis in 0..dims.len() {
                if step[axis] == 0 {
                    return argument_error(format!("slice: step of axis {axis} is 0"), "");
                }
                // Checked here where sizes are known; guards check symbolic ones at the call.
                if let (Some(first), Some(count), Some(size)) =
                    (start[axis].as_const(), shape.0[axis].as_const(), dims[axis].as_const())
                {
                    let last = first + (count - 1) * step[axis];
                    let inside = |i: i64| (0..size).contains(&i);
                    if count < 0 || (count > 0 && !(inside(first) && inside(last))) {
                        return shape_error(
                            format!(
                                "slice: {first}:{}:{} of axis {axis} leaves {operand}",
                                last + step[axis].signum(),
                                step[axis]
                            ),
                            "",
                        );
                    }
                }
            }
            shape.clone()
        }
        View::Flip { axes } => {
            for axis in axes {
                check_axis("flip", *axis, operand)?;
            }
            if axes.windows(2).any(|w| w[0] >= w[1]) {
                return argument_error(format!("flip: axes {axes:?} must be sorted and differ"), "");
            }
            operand.shape.clone()
        }
        View::Pad { low, high, value } => {
            per_axis("pad", low.len())?;
            per_axis("pad", high.len())?;
            if value.dtype() != operand.dtype {
                return dtype_error(format!("pad: the value is {}, the operand {operand}", value.dtype()), "");
            }
            if low.iter().chain(high).any(|p| p.as_const().is_some_and(|p| p < 0)) {
                return argument_error(format!("pad: widths of {operand} must not be negative"), "Slice instead.");
            }
            dims.iter().zip(low.iter().zip(high)).map(|(d, (l, h))| d.add(l).add(h)).collect()
        }
    };
    Ok(Aval { shape, dtype: operand.dtype })
}

fn infer_dot(axes: &DotAxes, left: &Aval, right: &Aval) -> Result<Aval, Misuse> {
    if left.dtype != right.dtype || !left.dtype.is_float() {
        return dtype_error(
            format!("matmul: needs two floats of one dtype, got {left} and {right}"),
            "Convert with astype.",
        );
    }
    for (l, r) in axes.batch.iter().chain(&axes.contract) {
        check_axis("matmul", *l, left)?;
        check_axis("matmul", *r, right)?;
        if left.shape.0[*l as usize] != right.shape.0[*r as usize] {
            return shape_error(
                format!("matmul: axis {l} of {left} and axis {r} of {right} must have the same size"),
                "",
            );
        }
    }
    for side in [|pair: &(u32, u32)| pair.0, |pair: &(u32, u32)| pair.1] {
        let mut used: Axes = axes.batch.iter().chain(&axes.contract).map(side).collect();
        used.sort_unstable();
        if used.windows(2).any(|w| w[0] == w[1]) {
            return argument_error("matmul: an axis can play one part only".into(), "");
        }
    }
    let batch = axes.batch.iter().map(|(l, _)| left.shape.0[*l as usize].clone());
    let free_left = axes.free_left(left.shape.rank());
    let free_right = axes.free_right(right.shape.rank());
    let shape = batch
        .chain(free_left.iter().map(|a| left.shape.0[*a as usize].clone()))
        .chain(free_right.iter().map(|a| right.shape.0[*a as usize].clone()))
        .collect();
    Ok(Aval { shape, dtype: left.dtype })
}

fn infer_conv(geometry: &ConvGeometry, input: &Aval, kernel: &Aval) -> Result<Aval, Misuse> {
    if input.dtype != kernel.dtype || !input.dtype.is_float() {
        return dtype_error(format!("conv: needs two floats of one dtype, got {input} and {kernel}"), "");
    }
    let spatial = geometry.stride.len();
    let lengths = [geometry.padding.len(), geometry.kernel_dilation.len(), geometry.input_dilation.len()];
    if lengths.iter().any(|l| *l != spatial) || input.shape.rank() != spatial + 2 || kernel.shape.rank() != spatial + 2
    {
        return shape_error(
            format!(
                "conv: needs input [batch, {spatial} sizes, channels] and kernel likewise, got {input} and {kernel}"
            ),
            "",
        );
    }
    let steps = geometry.stride.iter().chain(&geometry.kernel_dilation).chain(&geometry.input_dilation);
    if steps.chain([&geometry.groups]).any(|step| *step == 0) {
        return argument_error("conv: strides, dilations and groups are at least 1".into(), "");
    }
    if kernel.shape.0[0].as_const().is_some_and(|out| out % i64::from(geometry.groups) != 0) {
        return shape_error(
            format!("conv: {} output channels do not divide into {} groups", kernel.shape.0[0], geometry.groups),
            "",
        );
    }
    let (channels, per_group) = (&input.shape.0[spatial + 1], &kernel.shape.0[spatial + 1]);
    if *channels != per_group.scale(i64::from(geometry.groups)) {
        return shape_error(
            format!("conv: {channels} input channels do not match {per_group} per group in {} groups", geometry.groups),
            "",
        );
    }
    let mut shape: Shape = [input.shape.0[0].clone()].into_iter().collect();
    for axis in 0..spatial {
        let spread = |n: &Dim, by: u32| n.sub(&Dim::ONE).scale(i64::from(by)).add(&Dim::ONE);
        let (before, after) = geometry.padding[axis];
        let room = spread(&input.shape.0[axis + 1], geometry.input_dilation[axis])
            .add(&Dim::Const(i64::from(before) + i64::from(after)))
            .sub(&spread(&kernel.shape.0[axis + 1], geometry.kernel_dilation[axis]));
        if room.as_const().is_some_and(|r| r < 0) {
            return shape_error(format!("conv: the kernel {kernel} is larger than the padded input {input}"), "");
        }
        shape.0.push(room.floor_div(&Dim::Const(i64::from(geometry.stride[axis])), &|_| None).add(&Dim::ONE));
    }
    shape.0.push(kernel.shape.0[0].clone());
    Ok(Aval { shape, dtype: input.dtype })
}

fn infer_concatenate(axis: u32, operands: &[&Aval]) -> Result<Aval, Misuse> {
    let Some(first) = operands.first() else {
        return argument_error("concatenate: needs at least one tensor".into(), "");
    };
    check_axis("concatenate", axis, first)?;
    let mut shape = first.shape.clone();
    let mut total = Dim::ZERO;
    for operand in operands {
        if operand.dtype != first.dtype {
            return dtype_error(format!("concatenate: dtypes differ: {first}, {operand}"), "Convert with astype.");
        }
        let fits = operand.shape.rank() == shape.rank()
            && (0..shape.rank()).all(|i| i == axis as usize || operand.shape.0[i] == shape.0[i]);
        if !fits {
            return shape_error(
                format!("concatenate: {first} and {operand} differ on an axis other than {axis}"),
                "All other sizes must be equal.",
            );
        }
        total = total.add(&operand.shape.0[axis as usize]);
    }
    shape.0[axis as usize] = total;
    Ok(Aval { shape, dtype: first.dtype })
}

fn infer_loop(body: &Graph, length: &Dim, carries: u32, output: u32, operands: &[&Aval]) -> Result<Aval, Misuse> {
    let carries = carries as usize;
    if carries > operands.len() {
        return argument_error(format!("scan: {carries} carries, but {} operands", operands.len()), "");
    }
    let mut slices: SmallVec<[Aval; 4]> = SmallVec::new();
    for (at, operand) in operands.iter().enumerate() {
        if at < carries {
            slices.push((*operand).clone());
            continue;
        }
        if operand.shape.0.first() != Some(length) {
            return shape_error(format!("scan: {operand} is not stacked over {length} steps"), "");
        }
        slices.push(Aval { shape: operand.shape.dims()[1..].iter().cloned().collect(), dtype: operand.dtype });
    }
    let inputs: SmallVec<[&Aval; 4]> = slices.iter().collect();
    let result = body.infer_call("scan", &inputs, output as usize)?;
    if (output as usize) < carries {
        if result != slices[output as usize] {
            return shape_error(
                format!("scan: carry {output} enters as {} and leaves as {result}", slices[output as usize]),
                "",
            );
        }
        return Ok(result);
    }
    let shape = [length.clone()].into_iter().chain(result.shape.0).collect();
    Ok(Aval { shape, dtype: result.dtype })
}
