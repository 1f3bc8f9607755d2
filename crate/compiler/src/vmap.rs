//! Batching: a graph that does for many what the graph does for one, graph to graph.
//!
//! What differs between the examples carries the batch as its first axis; what they share stays as it is until it meets what differs.
//! Each kind says how it works on a batch: mostly by looking one axis further, products by another batch axis, convolutions by more
//! groups, gathers and scatters by indices into all examples at once.

use crate::assemble::{Assembly, Made, refuse};
use crate::dim::Dim;
use crate::dtype::DType;
use crate::graph::{Graph, NodeId};
use crate::kind::{Axes, ConvGeometry, DotAxes, Kind, Misuse, MisuseKind, View};
use crate::loops;
use crate::ops::Op;
use crate::shape::{Aval, Shape};
use smallvec::{SmallVec, smallvec};

/// The graph for a batch of `size`. `in_axes` says for each input which axis of it counts the examples (of the input as it then is), or
/// that all share it; `out_axes` where that axis goes in each result.
///
/// # Errors
/// When there are not as many axes as inputs and results, a result has no such axis, or a convolution of batches of kernels has a
/// symbolic batch.
pub fn vmap(graph: &Graph, in_axes: &[Option<u32>], out_axes: &[u32], size: &Dim) -> Result<Graph, Misuse> {
    let inputs = graph.inputs();
    if in_axes.len() != inputs.len() || out_axes.len() != graph.outputs().len() {
        let message = format!(
            "vmap: {} and {} axes for {} inputs and {} results",
            in_axes.len(),
            out_axes.len(),
            inputs.len(),
            graph.outputs().len()
        );
        return refuse(MisuseKind::Argument, message, "Give one axis for each.");
    }
    let mut a = Assembly::default();
    let mut operands = Vec::new();
    for (index, (aval, axis)) in inputs.into_iter().zip(in_axes).enumerate() {
        let Some(aval) = aval else {
            operands.push(Batched { id: NodeId(0), batched: false });
            continue;
        };
        let Some(axis) = axis.map(|axis| axis as usize) else {
            operands.push(Batched { id: a.input(index, aval)?, batched: false });
            continue;
        };
        if axis > aval.shape.rank() {
            return refuse(
                MisuseKind::Argument,
                format!("vmap: axis {axis} is out of range for {aval} in a batch"),
                "",
            );
        }
        let mut shape = aval.shape.clone();
        shape.0.insert(axis, size.clone());
        let input = a.input(index, &Aval { shape, dtype: aval.dtype })?;
        operands.push(Batched { id: a.move_axis(input, axis, 0)?, batched: true });
    }
    let mut outputs = Vec::new();
    for (result, axis) in batch(&mut a, graph, &operands, size)?.into_iter().zip(out_axes) {
        let whole = result.whole(&mut a, size)?.id;
        if *axis as usize >= a.rank(whole) {
            let message = format!("vmap: axis {axis} is out of range for a batch of results, {}", a.aval(whole));
            return refuse(MisuseKind::Argument, message, "");
        }
        outputs.push(a.move_axis(whole, 0, *axis as usize)?);
    }
    Ok(a.finish(&outputs))
}

/// A node, and whether its first axis counts the examples.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batched {
    pub(crate) id: NodeId,
    pub(crate) batched: bool,
}

impl Batched {
    /// With the batch, repeated where all share it.
    pub(crate) fn whole(self, a: &mut Assembly, size: &Dim) -> Made<Batched> {
        if self.batched {
            return Ok(self);
        }
        let mut shape = a.shape(self.id);
        shape.0.insert(0, size.clone());
        Ok(Batched { id: a.spread(self.id, &shape, &[0])?, batched: true })
    }
}

/// Appends a graph on batches.
pub(crate) fn batch(a: &mut Assembly, graph: &Graph, operands: &[Batched], size: &Dim) -> Made<Vec<Batched>> {
    let live = graph.live();
    let mut ids: Vec<Batched> = Vec::with_capacity(graph.len());
    for (id, node) in graph.nodes() {
        let made = if let Kind::Input { index, .. } = &node.kind {
            operands.get(*index as usize).copied().unwrap_or(Batched { id: NodeId(u32::MAX), batched: false })
        } else if live[id.index()] {
            let on: SmallVec<[Batched; 3]> = node.operands.iter().map(|x| ids[x.index()]).collect();
            if on.iter().any(|x| x.batched) {
                rule(a, &node.kind, &on, size)?
            } else {
                let plain: SmallVec<[NodeId; 3]> = on.iter().map(|x| x.id).collect();
                Batched { id: a.add(node.kind.clone(), &plain)?, batched: false }
            }
        } else {
            Batched { id: NodeId(u32::MAX), batched: false }
        };
        ids.push(made);
    }
    Ok(graph.outputs().iter().map(|output| ids[output.index()]).collect())
}

/// All operands with the batch.
fn whole(a: &mut Assembly, on: &[Batched], size: &Dim) -> Made<SmallVec<[NodeId; 3]>> {
    on.iter().map(|x| Ok(x.whole(a, size)?.id)).collect()
}

fn later(axes: &[u32]) -> Axes {
    axes.iter().map(|axis| axis + 1).collect()
}

/// A node on batches; at least one operand is one.
fn rule(a: &mut Assembly, kind: &Kind, on: &[Batched], size: &Dim) -> Made<Batched> {
    let id = match kind {
        Kind::Map { .. } => {
            let on = whole(a, on, size)?;
            a.add(kind.clone(), &on)?
        }
        Kind::Cast { .. } | Kind::Barrier { .. } => a.add(kind.clone(), &[on[0].id])?,
        Kind::Reduce { op, axes } => a.add(Kind::Reduce { op: *op, axes: later(axes) }, &[on[0].id])?,
        Kind::Scan { .. } if on.len() == 2 => {
            return refuse(
                MisuseKind::Argument,
                "vmap: a scan with starts takes no batch",
                "Write it as a scan of pairs.",
            );
        }
        Kind::Scan { op, axis, reverse } => a.scan(*op, on[0].id, axis + 1, *reverse)?,
        Kind::SortKey => a.add(Kind::SortKey, &[on[0].id])?,
        Kind::Permute => {
            return refuse(MisuseKind::Argument, "vmap: a permutation takes no batch", "Give each row its places.");
        }
        Kind::ArgSort { axis } => a.add(Kind::ArgSort { axis: axis + 1 }, &[on[0].id])?,
        Kind::View(view) => a.view(view_of_batch(view, size), on[0].id)?,
        Kind::Dot { axes } => dot(a, axes, on)?,
        Kind::Conv { geometry } => conv(a, geometry, on, size)?,
        Kind::Gather { axis } => gather(a, *axis, on)?,
        Kind::Scatter { axis, op } => {
            let kind = Kind::Scatter { axis: axis + 1, op: *op };
            if on[1].batched {
                scatter(a, *axis, kind, on, size)?
            } else {
                let (data, updates) = (on[0].whole(a, size)?.id, on[2].whole(a, size)?.id);
                a.add(kind, &[data, on[1].id, updates])?
            }
        }
        Kind::Concatenate { axis } => {
            let on = whole(a, on, size)?;
            a.add(Kind::Concatenate { axis: axis + 1 }, &on)?
        }
        Kind::RandomBits { shape } => random_bits(a, shape, on[0].id, size)?,
        Kind::Call { body, rule, output } => return loops::batch_call(a, size, (body, rule, *output as usize), on),
        Kind::Loop { body, length, carries, output } => {
            return loops::batch_loop(a, size, (body, length, *carries as usize, *output as usize), on);
        }
        Kind::Input { .. } | Kind::Constant { .. } | Kind::Literal { .. } | Kind::Iota { .. } | Kind::Size { .. } => {
            unreachable!("no operand, so no batch")
        }
    };
    Ok(Batched { id, batched: true })
}

fn with_first<T: Clone>(first: T, rest: &[T]) -> SmallVec<[T; 4]>
where
    [T; 4]: smallvec::Array<Item = T>,
{
    [first].into_iter().chain(rest.iter().cloned()).collect()
}

fn batch_shape(shape: &Shape, size: &Dim) -> Shape {
    Shape(with_first(size.clone(), shape.dims()))
}

fn view_of_batch(view: &View, size: &Dim) -> View {
    match view {
        View::Reshape { shape } => View::Reshape { shape: batch_shape(shape, size) },
        View::Transpose { permutation } => View::Transpose { permutation: with_first(0, &later(permutation)) },
        View::Broadcast { shape, axes } => {
            View::Broadcast { shape: batch_shape(shape, size), axes: with_first(0, &later(axes)) }
        }
        View::Slice { start, step, shape } => View::Slice {
            start: with_first(Dim::ZERO, start),
            step: with_first(1, step),
            shape: batch_shape(shape, size),
        },
        View::Flip { axes } => View::Flip { axes: later(axes) },
        View::Pad { low, high, value } => {
            View::Pad { low: with_first(Dim::ZERO, low), high: with_first(Dim::ZERO, high), value: *value }
        }
    }
}

fn dot(a: &mut Assembly, axes: &DotAxes, on: &[Batched]) -> Made {
    let (left, right) = (on[0], on[1]);
    let move_pair = |(l, r): &(u32, u32)| (l + u32::from(left.batched), r + u32::from(right.batched));
    let mut batch: SmallVec<[(u32, u32); 2]> = axes.batch.iter().map(move_pair).collect();
    if left.batched && right.batched {
        batch.insert(0, (0, 0));
    }
    let moved = DotAxes { batch, contract: axes.contract.iter().map(move_pair).collect() };
    let free_left = moved.free_left(a.rank(left.id)).len();
    let y = a.add(Kind::Dot { axes: moved }, &[left.id, right.id])?;
    // Alone, a batch is a free axis of its operand, the first of them.
    let at = match (left.batched, right.batched) {
        (true, true) => 0,
        (true, false) => axes.batch.len(),
        _ => axes.batch.len() + free_left,
    };
    a.move_axis(y, at, 0)
}

/// Moves the first axis in front of another and merges the two.
fn merge_first(a: &mut Assembly, x: NodeId, into: usize) -> Made {
    let moved = a.move_axis(x, 0, into)?;
    let mut shape = a.shape(moved);
    let count = shape.0.remove(into);
    shape.0[into] = shape.0[into].mul(&count);
    a.reshape(moved, &shape)
}

/// The reverse: an axis of `count * n` becomes a first axis of `count` and one of n.
fn split_first(a: &mut Assembly, x: NodeId, from: usize, count: &Dim, n: &Dim) -> Made {
    let mut shape = a.shape(x);
    shape.0[from] = n.clone();
    shape.0.insert(from, count.clone());
    let split = a.reshape(x, &shape)?;
    a.move_axis(split, from, 0)
}

fn conv(a: &mut Assembly, geometry: &ConvGeometry, on: &[Batched], size: &Dim) -> Made {
    let last = geometry.stride.len() + 1;
    let (input, kernel) = (on[0], on[1]);
    if !kernel.batched {
        // More examples of the batch that a convolution has anyway.
        let n = a.dim(input.id, 1);
        let x = merge_first(a, input.id, 0)?;
        let y = a.add(Kind::Conv { geometry: Box::new(geometry.clone()) }, &[x, kernel.id])?;
        return split_first(a, y, 0, size, &n);
    }
    // A group of channels per example.
    let Some(examples) = size.as_const().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0) else {
        return refuse(
            MisuseKind::Shape,
            format!("vmap: a convolution of {size} kernels needs a known number of them"),
            "Leave the size of the batch known, or batch the input only.",
        );
    };
    let x = match input.batched {
        true => input,
        false => input.whole(a, size)?,
    };
    let x = merge_first(a, x.id, last)?;
    let out = a.dim(kernel.id, 1);
    let k = merge_first(a, kernel.id, 0)?;
    let mut wide = geometry.clone();
    wide.groups *= examples;
    let y = a.add(Kind::Conv { geometry: Box::new(wide) }, &[x, k])?;
    split_first(a, y, last, size, &out)
}

fn gather(a: &mut Assembly, axis: u32, on: &[Batched]) -> Made {
    let (data, indices) = (on[0], on[1]);
    let at = axis as usize;
    if !indices.batched {
        return a.add(Kind::Gather { axis: axis + 1 }, &[data.id, indices.id]);
    }
    if !data.batched {
        let y = a.add(Kind::Gather { axis }, &[data.id, indices.id])?;
        return a.move_axis(y, at, 0);
    }
    // One axis for example and place, and indices that count through it.
    let length = a.dim(data.id, at + 1);
    let flat = merge_first(a, data.id, at)?;
    let inside = a.clamped(indices.id, &length)?;
    let places = through(a, inside, &length)?;
    let y = a.add(Kind::Gather { axis }, &[flat, places])?;
    a.move_axis(y, at, 0)
}

/// `index + example * length` as int32, for indices that are in range.
fn through(a: &mut Assembly, indices: NodeId, length: &Dim) -> Made {
    let shape = a.shape(indices);
    let (indices, example) = (a.cast(indices, DType::Int32)?, a.iota(&shape, 0)?);
    let length = a.size(length, &shape)?;
    let start = a.map(Op::Mul, &[example, length])?;
    a.map(Op::Add, &[indices, start])
}

fn scatter(a: &mut Assembly, axis: u32, kind: Kind, on: &[Batched], size: &Dim) -> Made {
    let Kind::Scatter { op, .. } = kind else { unreachable!("a scatter") };
    let at = axis as usize;
    let (data, updates) = (on[0].whole(a, size)?.id, on[2].whole(a, size)?.id);
    let length = a.dim(data, at + 1);
    let (data, updates) = (merge_first(a, data, at)?, merge_first(a, updates, at)?);
    // What one example drops must not land in the next: it goes behind the last.
    let inside = a.inside(on[1].id, &length)?;
    let front = a.counted_from_front(on[1].id, &length)?;
    let places = through(a, front, &length)?;
    let shape = a.shape(places);
    let outside = a.size(&length.mul(size), &shape)?;
    let places = a.choose(inside, places, outside)?;
    let line: Shape = [shape.size()].into_iter().collect();
    let places = a.reshape(places, &line)?;
    let y = a.add(Kind::Scatter { axis, op }, &[data, places, updates])?;
    split_first(a, y, at, size, &length)
}

/// Bits from a batch of keys: Threefry-2x32 (see the kind) of each key and each position, by the rows of the table.
fn random_bits(a: &mut Assembly, shape: &Shape, keys: NodeId, size: &Dim) -> Made {
    let whole = batch_shape(shape, size);
    let mut key = [keys; 2];
    for (half, part) in key.iter_mut().enumerate() {
        let column = a.at(keys, 1, Dim::from(half))?;
        *part = a.broadcast(column, &whole, smallvec![0])?;
    }
    let constant = |a: &mut Assembly, value: u32| {
        let literal = a.add(Kind::Literal { value: crate::dtype::Scalar::u32(value) }, &[])?;
        a.broadcast(literal, &whole, Axes::new())
    };
    let parity = constant(a, 0x1bd1_1bda)?;
    let mixed = a.map(Op::BitwiseXor, &[key[0], key[1]])?;
    let keys = [key[0], key[1], a.map(Op::BitwiseXor, &[mixed, parity])?];
    // Positions fit 32 bits: the upper half of the counter is 0.
    let position = a.positions(shape, None)?;
    let position = a.cast(position, DType::UInt32)?;
    let position = a.spread(position, &whole, &[0])?;
    let mut x = [keys[0], a.map(Op::Add, &[position, keys[1]])?];
    for round in 0..5usize {
        for rotation in [[13, 15, 26, 6], [17, 29, 16, 24]][round % 2] {
            x[0] = a.map(Op::Add, &[x[0], x[1]])?;
            let (by, back) = (constant(a, rotation)?, constant(a, 32 - rotation)?);
            let (up, down) = (a.map(Op::LeftShift, &[x[1], by])?, a.map(Op::RightShift, &[x[1], back])?);
            let turned = a.map(Op::BitwiseOr, &[up, down])?;
            x[1] = a.map(Op::BitwiseXor, &[turned, x[0]])?;
        }
        x[0] = a.map(Op::Add, &[x[0], keys[(round + 1) % 3]])?;
        let count = constant(a, round as u32 + 1)?;
        let next = a.map(Op::Add, &[keys[(round + 2) % 3], count])?;
        x[1] = a.map(Op::Add, &[x[1], next])?;
    }
    a.map(Op::BitwiseXor, &x)
}
