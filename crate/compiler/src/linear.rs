//! The kinds that are linear in an operand, transposed: what a cotangent of the result is worth to the operand.
//!
//! If `y = A x` for a matrix A that other operands determine, then the cotangent of x is `A^T` times that of y. For index arithmetic
//! A has ones and zeros, and its transpose is index arithmetic too (a slice becomes padding, a broadcast a sum); for products and
//! convolutions the transpose is a product and a convolution. Both the gradients of these kinds (`vjp`) and those of kinds that gather
//! (`select`) are made of these.

use crate::assemble::{Assembly, Made, refuse};
use crate::dim::Dim;
use crate::graph::NodeId;
use crate::kind::{Axes, CombineOp, ConvGeometry, DotAxes, Kind, MisuseKind, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use smallvec::{SmallVec, smallvec};

impl Assembly {
    /// The transpose of a view of something of shape `from`.
    pub(crate) fn transpose_view(&mut self, view: &View, from: &Shape, ct: NodeId) -> Made {
        match view {
            View::Reshape { .. } => self.reshape(ct, from),
            View::Transpose { permutation } => {
                let mut inverse: Axes = smallvec![0; permutation.len()];
                for (at, axis) in permutation.iter().enumerate() {
                    inverse[*axis as usize] = at as u32;
                }
                self.transpose(ct, inverse)
            }
            View::Broadcast { shape, axes } => {
                // Summed are the axes that repeat: new ones, and those where one element became several.
                let repeats = |axis: &u32| match axes.iter().position(|becomes| becomes == axis) {
                    Some(at) => from.dims()[at] != shape.dims()[*axis as usize],
                    None => true,
                };
                let summed = (0..shape.rank() as u32).filter(repeats).collect();
                let sum = self.reduce(ReduceOp::Sum, ct, summed)?;
                self.reshape(sum, from)
            }
            View::Flip { axes } => self.view(View::Flip { axes: axes.clone() }, ct),
            View::Pad { low, .. } => {
                let step = smallvec![1; low.len()];
                self.view(View::Slice { start: low.clone(), step, shape: from.clone() }, ct)
            }
            View::Slice { start, step, .. } => self.transpose_slice(start, step, from, ct),
        }
    }

    /// Puts the elements of a slice back where they came from, among zeros.
    fn transpose_slice(&mut self, start: &[Dim], step: &[i64], from: &Shape, ct: NodeId) -> Made {
        if self.aval(ct).shape.dims().iter().any(|dim| dim.is(0)) {
            let dtype = self.dtype(ct);
            return self.full(0.0, from, dtype);
        }
        let mut x = ct;
        let (mut low, mut high): (SmallVec<[Dim; 4]>, SmallVec<[Dim; 4]>) = Default::default();
        for axis in 0..from.rank() {
            let count = self.dim(x, axis);
            let mut first = start[axis].clone();
            if step[axis] < 0 && !count.is(1) {
                // The same elements in the other order.
                x = self.flip(x, axis)?;
                first = first.add(&count.sub(&Dim::ONE).scale(step[axis]));
            }
            let rest = from.dims()[axis].sub(&first);
            let step = step[axis].abs();
            if step > 1 && !count.is(1) {
                x = self.dilate(x, axis, step)?;
                // The zeros behind the last element may be too many.
                let surplus = rest.sub(&self.dim(x, axis));
                x = self.pad_axis(x, axis, &Dim::ZERO, &surplus)?;
            }
            high.push(rest.sub(&self.dim(x, axis)));
            low.push(first);
        }
        self.pad(x, &low, &high)
    }

    /// The cotangent of one operand of a dot product (0 the left, 1 the right); `other` is the other operand.
    pub(crate) fn transpose_dot(
        &mut self,
        axes: &DotAxes,
        side: usize,
        other: NodeId,
        rank: usize,
        ct: NodeId,
    ) -> Made {
        // Seen from the operand wanted: pairs (own axis, other axis).
        let own = |pair: &(u32, u32)| if side == 0 { *pair } else { (pair.1, pair.0) };
        let batch: Axes = axes.batch.iter().map(|pair| own(pair).0).collect();
        let other_rank = self.rank(other);
        let (own_free, other_free) = match side {
            0 => (axes.free_left(rank), axes.free_right(other_rank)),
            _ => (axes.free_right(rank), axes.free_left(other_rank)),
        };
        // In the cotangent: batch, free of the left, free of the right.
        let (own_start, other_start) = match side {
            0 => (batch.len(), batch.len() + own_free.len()),
            _ => (batch.len() + other_free.len(), batch.len()),
        };
        // The other operand's contracted axes stay, in its order.
        let mut contracted: SmallVec<[(u32, u32); 2]> = axes.contract.iter().map(own).collect();
        crate::small::sort_by_key(&mut contracted, |pair| pair.1);
        let contracted = contracted.iter().map(|pair| pair.0);
        let pairs = |flip: bool| {
            let turn = |ct_axis: u32, other_axis: u32| if flip { (other_axis, ct_axis) } else { (ct_axis, other_axis) };
            DotAxes {
                batch: axes.batch.iter().enumerate().map(|(at, pair)| turn(at as u32, own(pair).1)).collect(),
                contract: other_free
                    .iter()
                    .enumerate()
                    .map(|(at, axis)| turn((other_start + at) as u32, *axis))
                    .collect(),
            }
        };
        debug_assert!(own_start + own_free.len() <= self.rank(ct));
        // Either order of the two works; one of them often gives the axes in the order wanted.
        let ct_first: Axes = batch.iter().copied().chain(own_free.iter().copied()).chain(contracted.clone()).collect();
        let other_first: Axes = batch.iter().copied().chain(contracted).chain(own_free.iter().copied()).collect();
        let sorted = |labels: &Axes| labels.windows(2).all(|w| w[0] < w[1]);
        let (labels, product) = if sorted(&other_first) && !sorted(&ct_first) {
            (other_first, self.add(Kind::Dot { axes: pairs(true) }, &[other, ct])?)
        } else {
            (ct_first, self.add(Kind::Dot { axes: pairs(false) }, &[ct, other])?)
        };
        let place = |axis: u32| labels.iter().position(|label| *label == axis).expect("every axis is there") as u32;
        self.transpose(product, (0..rank as u32).map(place).collect())
    }

    /// The cotangent of the input of a convolution.
    pub(crate) fn transpose_conv_input(&mut self, g: &ConvGeometry, input: &Shape, kernel: NodeId, ct: NodeId) -> Made {
        let spatial = g.stride.len();
        let turned = self.turn_kernel(g, kernel)?;
        let mut geometry = ConvGeometry {
            stride: g.input_dilation.clone(),
            padding: smallvec![(0, 0); spatial],
            kernel_dilation: g.kernel_dilation.clone(),
            input_dilation: g.stride.clone(),
            groups: g.groups,
            flip: !g.flip,
        };
        let mut x = ct;
        for axis in 0..spatial {
            // A window that reached over the edge by `before` now has to start that much less before it.
            let reach = spread(&self.dim(kernel, axis + 1), g.kernel_dilation[axis]).sub(&Dim::ONE);
            let dilated = spread(&self.dim(ct, axis + 1), g.stride[axis]);
            let low = reach.sub(&Dim::from(g.padding[axis].0 as usize));
            let high = spread(&input.dims()[axis + 1], g.input_dilation[axis]).add(&reach).sub(&dilated).sub(&low);
            if let (Some(low), Some(high)) = (width(&low), width(&high)) {
                geometry.padding[axis] = (low, high);
                continue;
            }
            // Padding that is symbolic or negative is a view of the dilated cotangent.
            x = self.dilate(x, axis + 1, i64::from(g.stride[axis]))?;
            let surplus = dilated.sub(&self.dim(x, axis + 1));
            x = self.pad_axis(x, axis + 1, &low, &high.add(&surplus))?;
            geometry.input_dilation[axis] = 1;
        }
        let y = self.add(Kind::Conv { geometry: Box::new(geometry) }, &[x, turned])?;
        // Symbolic sizes agree, but not always as expressions.
        self.cut_to(y, input)
    }

    /// A kernel [out, .., in / groups] with the channels of every group exchanged: [in, .., out / groups].
    fn turn_kernel(&mut self, g: &ConvGeometry, kernel: NodeId) -> Made {
        let (rank, groups) = (self.rank(kernel), i64::from(g.groups));
        let Some(per_group) = divided(&self.dim(kernel, 0), groups) else {
            return refuse(
                MisuseKind::Shape,
                format!("conv: no gradient with {groups} groups of {} channels", self.dim(kernel, 0)),
                "Give the kernel's output channels a known size.",
            );
        };
        let mut shape = self.shape(kernel);
        shape.0[0] = per_group;
        shape.0.insert(0, Dim::Const(groups));
        let split = self.reshape(kernel, &shape)?;
        // [group, out, .., in] -> [group, in, .., out]
        let mut permutation: Axes = (0..=rank as u32).collect();
        permutation.swap(1, rank);
        let turned = self.transpose(split, permutation)?;
        let mut shape = self.shape(turned);
        let inner = shape.0.remove(1);
        shape.0[0] = inner.scale(groups);
        self.reshape(turned, &shape)
    }

    /// The cotangent of the kernel of a convolution.
    pub(crate) fn transpose_conv_kernel(
        &mut self,
        g: &ConvGeometry,
        input: NodeId,
        kernel: &Shape,
        ct: NodeId,
    ) -> Made {
        let (spatial, groups) = (g.stride.len(), i64::from(g.groups));
        // The batch is what is summed over now, so it plays the channels: [in / groups, .., groups * batch].
        let mut shape = self.shape(input);
        let per_group = kernel.dims()[spatial + 1].clone();
        shape.0[spatial + 1] = Dim::Const(groups);
        shape.0.push(per_group);
        let split = self.reshape(input, &shape)?;
        let mut permutation: Axes = smallvec![spatial as u32 + 2];
        permutation.extend(1..=spatial as u32 + 1);
        permutation.push(0);
        let turned = self.transpose(split, permutation)?;
        let mut shape = self.shape(turned);
        let batch = shape.0.pop().expect("a batch");
        shape.0[spatial + 1] = batch.scale(groups);
        let x = self.reshape(turned, &shape)?;
        // The cotangent is the kernel: [out, .., batch].
        let mut permutation: Axes = (0..spatial as u32 + 2).collect();
        permutation.swap(0, spatial + 1);
        let window = self.transpose(ct, permutation)?;
        let geometry = ConvGeometry {
            stride: g.kernel_dilation.clone(),
            padding: g.padding.clone(),
            kernel_dilation: g.stride.clone(),
            input_dilation: g.input_dilation.clone(),
            groups: g.groups,
            flip: false,
        };
        let y = self.add(Kind::Conv { geometry: Box::new(geometry) }, &[x, window])?;
        let mut permutation: Axes = (0..spatial as u32 + 2).collect();
        permutation.swap(0, spatial + 1);
        let mut y = self.transpose(y, permutation)?;
        // Strides may leave room for more taps than there are.
        y = self.cut_to(y, kernel)?;
        if g.flip {
            y = self.view(View::Flip { axes: (1..=spatial as u32).collect() }, y)?;
        }
        Ok(y)
    }

    /// The first elements of every axis.
    fn cut_to(&mut self, x: NodeId, shape: &Shape) -> Made {
        if self.aval(x).shape == *shape {
            return Ok(x);
        }
        let (start, step) = (smallvec![Dim::ZERO; shape.rank()], smallvec![1; shape.rank()]);
        self.view(View::Slice { start, step, shape: shape.clone() }, x)
    }

    /// The cotangent of the data of a gather, or of what else was taken from at these indices: added up where they came from.
    pub(crate) fn transpose_gather(&mut self, axis: u32, data: &Shape, indices: NodeId, ct: NodeId) -> Made {
        let at = axis as usize;
        let count = self.shape(indices).size();
        let mut shape = data.clone();
        shape.0[at] = count.clone();
        let flat = [count].into_iter().collect();
        let indices = self.reshape(indices, &flat)?;
        let indices = self.clamped(indices, &data.dims()[at])?;
        let updates = self.reshape(ct, &shape)?;
        let dtype = self.dtype(ct);
        let zeros = self.full(0.0, data, dtype)?;
        self.add(Kind::Scatter { axis, op: CombineOp::Add }, &[zeros, indices, updates])
    }

    /// Indices as a gather reads them: from 0, in range. Scatters drop what gathers clamp.
    pub(crate) fn clamped(&mut self, indices: NodeId, size: &Dim) -> Made {
        let shape = self.shape(indices);
        let dtype = self.dtype(indices);
        let last = self.size(&size.sub(&Dim::ONE), &shape)?;
        let last = self.cast(last, dtype)?;
        if !is_signed(dtype) {
            return self.map(Op::Minimum, &[indices, last]);
        }
        let from_front = self.counted_from_front(indices, size)?;
        let zero = self.full_like(0.0, indices)?;
        self.map(Op::Clip, &[from_front, zero, last])
    }

    /// Negative indices counted from the front.
    pub(crate) fn counted_from_front(&mut self, indices: NodeId, size: &Dim) -> Made {
        if !is_signed(self.dtype(indices)) {
            return Ok(indices);
        }
        let shape = self.shape(indices);
        let size = self.size(size, &shape)?;
        let negative = self.compare(Op::Less, indices, 0.0)?;
        let moved = self.map(Op::Add, &[indices, size])?;
        self.choose(negative, moved, indices)
    }
}

fn is_signed(dtype: crate::dtype::DType) -> bool {
    dtype == crate::dtype::DType::Int32
}

/// The extent of n elements with `by - 1` others between neighbours.
pub(crate) fn spread(n: &Dim, by: u32) -> Dim {
    n.sub(&Dim::ONE).scale(i64::from(by)).add(&Dim::ONE)
}

fn width(dim: &Dim) -> Option<u32> {
    dim.as_const().and_then(|width| u32::try_from(width).ok())
}

/// A size divided by a number, where that is known to leave nothing over.
pub(crate) fn divided(dim: &Dim, by: i64) -> Option<Dim> {
    let quotient = dim.floor_div(&Dim::Const(by), &|_| None);
    (quotient.scale(by) == *dim).then_some(quotient)
}
