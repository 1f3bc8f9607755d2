//! Appending nodes with few words: what the transforms build graphs with.
//!
//! Shapes may be symbolic everywhere. Appending shares equal nodes and leaves out what would change nothing (a reshape to the same
//! shape, a sum over no axes), so that a transformed graph is small before anything simplifies it: eager gradients are run as they are.

use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::{Graph, NodeId};
use crate::kind::{Axes, CombineOp, Kind, Misuse, MisuseKind, ReduceOp, View};
use crate::ops::{Build, Op};
use crate::shape::{Aval, Shape};
use smallvec::{SmallVec, smallvec};

/// What building gives: a node, or why a kind cannot be made. Rules build what is legal by construction; what they cannot express
/// (a symbolic number of channels in groups, say) is the caller's mistake and no bug.
pub(crate) type Made<T = NodeId> = Result<T, Misuse>;

/// A transform met what it cannot do.
pub(crate) fn refuse<T>(kind: MisuseKind, message: impl Into<String>, hint: &str) -> Made<T> {
    Err(Misuse { kind, message: message.into(), hint: hint.to_string() })
}

/// A graph in the making.
#[derive(Default)]
pub(crate) struct Assembly {
    pub(crate) graph: Graph,
}

impl Assembly {
    /// The graph with these results.
    pub(crate) fn finish(mut self, outputs: &[NodeId]) -> Graph {
        self.graph.set_outputs(outputs);
        self.graph
    }

    pub(crate) fn add(&mut self, kind: Kind, operands: &[NodeId]) -> Made {
        self.graph.add(kind, operands)
    }

    pub(crate) fn input(&mut self, index: usize, aval: &Aval) -> Made {
        self.add(Kind::Input { index: index as u32, aval: Box::new(aval.clone()) }, &[])
    }

    pub(crate) fn aval(&self, x: NodeId) -> &Aval {
        self.graph.aval(x)
    }

    pub(crate) fn shape(&self, x: NodeId) -> Shape {
        self.graph.aval(x).shape.clone()
    }

    pub(crate) fn dim(&self, x: NodeId, axis: usize) -> Dim {
        self.graph.aval(x).shape.0[axis].clone()
    }

    pub(crate) fn rank(&self, x: NodeId) -> usize {
        self.graph.aval(x).shape.rank()
    }

    pub(crate) fn dtype(&self, x: NodeId) -> DType {
        self.graph.aval(x).dtype
    }

    pub(crate) fn map(&mut self, op: Op, operands: &[NodeId]) -> Made {
        self.add(Kind::Map { op }, operands)
    }

    pub(crate) fn cast(&mut self, x: NodeId, to: DType) -> Made {
        if self.dtype(x) == to { Ok(x) } else { self.add(Kind::Cast { to }, &[x]) }
    }

    /// That number everywhere.
    pub(crate) fn full(&mut self, number: f64, shape: &Shape, dtype: DType) -> Made {
        let literal = self.add(Kind::Literal { value: Scalar::from_f64(dtype, number) }, &[])?;
        self.broadcast(literal, shape, Axes::new())
    }

    pub(crate) fn full_like(&mut self, number: f64, x: NodeId) -> Made {
        let Aval { shape, dtype } = self.aval(x).clone();
        self.full(number, &shape, dtype)
    }

    /// The number that a node is everywhere, if it is one by construction.
    fn uniform(&self, x: NodeId) -> Option<f64> {
        let node = self.graph.node(x);
        let literal = if let Kind::View(View::Broadcast { .. }) = node.kind { node.operands[0] } else { x };
        if let Kind::Literal { value } = self.graph.node(literal).kind { Some(value.to_f64()) } else { None }
    }

    /// A size, or a product of sizes, as int32 everywhere.
    pub(crate) fn size(&mut self, dim: &Dim, shape: &Shape) -> Made {
        let kind = match dim.as_const() {
            Some(value) => Kind::Literal { value: Scalar::from_f64(DType::Int32, value as f64) },
            None => Kind::Size { dim: dim.clone(), dtype: DType::Int32 },
        };
        let scalar = self.add(kind, &[])?;
        self.broadcast(scalar, shape, Axes::new())
    }

    /// int32 counts along an axis.
    pub(crate) fn iota(&mut self, shape: &Shape, axis: usize) -> Made {
        self.add(Kind::Iota { shape: shape.clone(), axis: axis as u32, dtype: DType::Int32 }, &[])
    }

    pub(crate) fn view(&mut self, view: View, x: NodeId) -> Made {
        self.add(Kind::View(view), &[x])
    }

    pub(crate) fn reshape(&mut self, x: NodeId, shape: &Shape) -> Made {
        if self.aval(x).shape == *shape { Ok(x) } else { self.view(View::Reshape { shape: shape.clone() }, x) }
    }

    /// Result axis i is axis `permutation[i]`.
    pub(crate) fn transpose(&mut self, x: NodeId, permutation: Axes) -> Made {
        if permutation.iter().enumerate().all(|(at, axis)| at == *axis as usize) {
            return Ok(x);
        }
        self.view(View::Transpose { permutation }, x)
    }

    pub(crate) fn move_axis(&mut self, x: NodeId, from: usize, to: usize) -> Made {
        let mut permutation: Axes = (0..self.rank(x) as u32).filter(|axis| *axis as usize != from).collect();
        permutation.insert(to, from as u32);
        self.transpose(x, permutation)
    }

    pub(crate) fn broadcast(&mut self, x: NodeId, shape: &Shape, axes: Axes) -> Made {
        if self.aval(x).shape == *shape {
            return Ok(x);
        }
        self.view(View::Broadcast { shape: shape.clone(), axes }, x)
    }

    /// What a reduction over `axes` of something of that shape gave, back in that shape.
    pub(crate) fn spread(&mut self, x: NodeId, shape: &Shape, axes: &[u32]) -> Made {
        let kept = (0..shape.rank() as u32).filter(|axis| !axes.contains(axis)).collect();
        self.broadcast(x, shape, kept)
    }

    pub(crate) fn reduce(&mut self, op: ReduceOp, x: NodeId, axes: Axes) -> Made {
        if axes.is_empty() { Ok(x) } else { self.add(Kind::Reduce { op, axes }, &[x]) }
    }

    pub(crate) fn scan(&mut self, op: CombineOp, x: NodeId, axis: u32, reverse: bool) -> Made {
        self.add(Kind::Scan { op, axis, reverse }, &[x])
    }

    pub(crate) fn flip(&mut self, x: NodeId, axis: usize) -> Made {
        self.view(View::Flip { axes: smallvec![axis as u32] }, x)
    }

    /// `length` elements of one axis from `start`.
    pub(crate) fn slice(&mut self, x: NodeId, axis: usize, start: Dim, length: &Dim) -> Made {
        let mut shape = self.shape(x);
        if shape.0[axis] == *length && start.is(0) {
            return Ok(x);
        }
        shape.0[axis] = length.clone();
        let mut starts: SmallVec<[Dim; 4]> = smallvec![Dim::ZERO; shape.rank()];
        starts[axis] = start;
        self.view(View::Slice { start: starts, step: smallvec![1; shape.rank()], shape }, x)
    }

    /// One place of an axis, which vanishes.
    pub(crate) fn at(&mut self, x: NodeId, axis: usize, place: Dim) -> Made {
        let one = self.slice(x, axis, place, &Dim::ONE)?;
        let mut shape = self.shape(one);
        shape.0.remove(axis);
        self.reshape(one, &shape)
    }

    /// Zeros before and after.
    pub(crate) fn pad(&mut self, x: NodeId, low: &[Dim], high: &[Dim]) -> Made {
        if low.iter().chain(high).all(|width| width.is(0)) {
            return Ok(x);
        }
        let value = Scalar::from_f64(self.dtype(x), 0.0);
        self.view(View::Pad { low: low.into(), high: high.into(), value }, x)
    }

    /// Zeros before and after on one axis; a negative width cuts off.
    pub(crate) fn pad_axis(&mut self, x: NodeId, axis: usize, low: &Dim, high: &Dim) -> Made {
        let wide = |width: &Dim| width.larger(&Dim::ZERO, &|_| None);
        let (before, after) = (wide(low), wide(high));
        let mut lows: SmallVec<[Dim; 4]> = smallvec![Dim::ZERO; self.rank(x)];
        let mut highs = lows.clone();
        let length = self.dim(x, axis).add(low).add(high);
        let start = before.sub(low);
        (lows[axis], highs[axis]) = (before, after);
        let padded = self.pad(x, &lows, &highs)?;
        self.slice(padded, axis, start, &length)
    }

    /// `step - 1` zeros behind every element of an axis, the last one too.
    pub(crate) fn dilate(&mut self, x: NodeId, axis: usize, step: i64) -> Made {
        if step == 1 {
            return Ok(x);
        }
        let mut shape = self.shape(x);
        shape.0.insert(axis + 1, Dim::ONE);
        let split = self.reshape(x, &shape)?;
        let low: SmallVec<[Dim; 4]> = smallvec![Dim::ZERO; shape.rank()];
        let mut high = low.clone();
        high[axis + 1] = Dim::Const(step - 1);
        let padded = self.pad(split, &low, &high)?;
        shape.0.remove(axis + 1);
        shape.0[axis] = shape.0[axis].scale(step);
        self.reshape(padded, &shape)
    }

    /// `yes` where the condition holds, else `no`.
    pub(crate) fn choose(&mut self, condition: NodeId, yes: NodeId, no: NodeId) -> Made {
        self.map(Op::Where, &[condition, yes, no])
    }

    /// `x` where the condition holds, else 0.
    pub(crate) fn masked(&mut self, condition: NodeId, x: NodeId) -> Made {
        let zero = self.full_like(0.0, x)?;
        self.choose(condition, x, zero)
    }

    /// `x` but 0 where the condition holds.
    pub(crate) fn cut(&mut self, condition: NodeId, x: NodeId) -> Made {
        let zero = self.full_like(0.0, x)?;
        self.choose(condition, zero, x)
    }

    /// A comparison with a number.
    pub(crate) fn compare(&mut self, op: Op, x: NodeId, number: f64) -> Made {
        let number = self.full_like(number, x)?;
        self.map(op, &[x, number])
    }

    /// The row-major positions of a shape as int32, with the coordinate of one axis replaced.
    pub(crate) fn positions(&mut self, shape: &Shape, replaced: Option<(usize, NodeId)>) -> Made {
        let strides = shape.strides();
        let mut sum: Option<NodeId> = None;
        for axis in 0..shape.rank() {
            let coordinate = match replaced {
                Some((at, by)) if at == axis => by,
                _ => self.iota(shape, axis)?,
            };
            let stride = self.size(&strides[axis], shape)?;
            let part = if strides[axis].is(1) { coordinate } else { self.map(Op::Mul, &[coordinate, stride])? };
            sum = Some(match sum {
                Some(sum) => self.map(Op::Add, &[sum, part])?,
                None => part,
            });
        }
        match sum {
            Some(sum) => Ok(sum),
            None => self.size(&Dim::ZERO, shape),
        }
    }

    /// The sum, where either may be missing.
    pub(crate) fn plus(&mut self, x: Option<NodeId>, y: NodeId) -> Made {
        match x {
            Some(x) => self.map(Op::Add, &[x, y]),
            None => Ok(y),
        }
    }

    /// `rate * partial`, for a partial derivative as `partial` gives it.
    pub(crate) fn times(&mut self, rate: NodeId, partial: &Term) -> Made {
        match partial {
            Term::Number(1.0) => Ok(rate),
            Term::Number(-1.0) => self.map(Op::Neg, &[rate]),
            Term::Number(number) => {
                let factor = self.full_like(*number, rate)?;
                self.map(Op::Mul, &[rate, factor])
            }
            Term::Node(node) if self.uniform(rate) == Some(1.0) => Ok(*node),
            Term::Node(node) => {
                // A choice between 1 and 0 chooses; multiplying would make NaN of infinities where the choice is 0.
                if let Kind::Map { op: Op::Where } = self.graph.node(*node).kind {
                    let [condition, yes, no] = *self.graph.node(*node).operands.as_slice() else {
                        unreachable!("where has three operands")
                    };
                    match (self.uniform(yes), self.uniform(no)) {
                        (Some(1.0), Some(0.0)) => return self.masked(condition, rate),
                        (Some(0.0), Some(1.0)) => return self.cut(condition, rate),
                        _ => {}
                    }
                }
                self.map(Op::Mul, &[rate, *node])
            }
        }
    }

    /// The derivative of a map by one operand; `None` where it is zero everywhere.
    pub(crate) fn partial(&mut self, op: Op, index: usize, operands: &[NodeId], result: NodeId) -> Option<Term> {
        let args: SmallVec<[Term; 3]> = operands.iter().map(|x| Term::Node(*x)).collect();
        let aval = self.aval(result).clone();
        crate::ops::partial(op, index, &mut Formula { assembly: self, aval }, &args, &Term::Node(result))
    }
}

/// A value of a formula: a node, or the same number everywhere.
#[derive(Clone, Debug)]
pub(crate) enum Term {
    Node(NodeId),
    Number(f64),
}

/// Partial derivatives as nodes of a shape and dtype.
struct Formula<'a> {
    assembly: &'a mut Assembly,
    aval: Aval,
}

impl Build for Formula<'_> {
    type N = Term;

    fn op(&mut self, op: Op, args: &[Term]) -> Term {
        if let (Op::Mul, [Term::Number(1.0), x] | [x, Term::Number(1.0)]) = (op, args) {
            return x.clone();
        }
        let nodes: SmallVec<[NodeId; 3]> = args
            .iter()
            .map(|arg| match arg {
                Term::Node(node) => *node,
                Term::Number(number) => {
                    self.assembly.full(*number, &self.aval.shape, self.aval.dtype).expect("a number is legal")
                }
            })
            .collect();
        Term::Node(self.assembly.map(op, &nodes).expect("formulas of derivatives are legal for the op's operands"))
    }

    fn number(&mut self, value: f64, _: &Term) -> Term {
        Term::Number(value)
    }
}
