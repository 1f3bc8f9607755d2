//! Convolutions as matrix products of windows: [batch, outputs, taps x channels] times [taps x channels, channels out].
//!
//! The windows are views of the input and never exist: the contraction's loads compute where their elements lie. So a convolution
//! is tiled, and takes in bias and activation, exactly as a matrix product does.
//!
//! The CPU device reads windows in long pieces where no element asks whether it is padding, so there the padded input is materialised; and
//! channels that do not mix are one sum over the taps, lanes along the channels, instead of a product with a vector for each.

use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::NodeId;
use crate::kind::{Axes, ConvGeometry, DotAxes, Kind, ReduceOp};
use crate::ops::Op;
use crate::shape::Shape;
use crate::write::Writer;
use smallvec::smallvec;

impl Writer<'_> {
    /// A convolution with the given result shape.
    pub fn conv(
        &mut self,
        geometry: &ConvGeometry,
        input: NodeId,
        kernel: NodeId,
        result: &Shape,
        is_cpu: bool,
    ) -> NodeId {
        let spatial = geometry.stride.len();
        let zero = Scalar::from_f64(self.dtype(input), 0.0);
        let (mut x, mut kernel) = (input, kernel);
        for at in 0..spatial {
            let axis = at + 1;
            x = self.spread(x, axis, i64::from(geometry.input_dilation[at]), zero);
            let (before, after) = geometry.padding[at];
            x = self.pad(x, axis, (Dim::Const(i64::from(before)), Dim::Const(i64::from(after))), zero);
            if geometry.flip {
                kernel = self.flip(kernel, axis);
            }
        }
        // [batch, taps, outputs, taps, outputs, .., channels]
        let taps: Vec<Dim> = self.shape(kernel).dims()[1..=spatial].to_vec();
        // Every tap would pad again: 3 x 3 taps of [512,512] take 6.1 ms so and 1.0 ms with the copy.
        if is_cpu && x != input && !taps.iter().all(|n| n.is(1)) {
            x = self.store(x);
        }
        for at in (0..spatial).rev() {
            let steps = (i64::from(geometry.kernel_dilation[at]), i64::from(geometry.stride[at]));
            x = self.windows(x, at + 1, &taps[at], &result.0[at + 1], steps);
        }
        let channels = 2 * spatial + 1;
        let tap_axes = (0..spatial).map(|at| (2 * at as u32 + 1, at as u32 + 1));
        if geometry.groups == 1 {
            let contract = tap_axes.chain([(channels as u32, spatial as u32 + 1)]).collect();
            return self.add(Kind::Dot { axes: DotAxes { batch: smallvec![], contract } }, &[x, kernel]);
        }
        let groups = Dim::Const(i64::from(geometry.groups));
        if is_cpu && self.shape(x).0[channels] == groups && self.shape(kernel).0[0] == groups {
            return self.depthwise(x, kernel);
        }
        let mut apart = self.shape(x);
        let per_group = self.shape(kernel).0[spatial + 1].clone();
        apart.0.truncate(channels);
        apart.0.extend([groups.clone(), per_group]);
        let x = self.reshape(x, apart);
        let mut apart = self.shape(kernel);
        let out = apart.0[0].floor_div(&groups, &crate::write::unknown);
        apart.0[0] = out.clone();
        apart.0.insert(0, groups.clone());
        let kernel = self.reshape(kernel, apart);
        let contract = tap_axes.map(|(l, r)| (l, r + 1)).chain([(channels as u32 + 1, spatial as u32 + 2)]).collect();
        let axes = DotAxes { batch: smallvec![(channels as u32, 0)], contract };
        // [groups, batch, outputs.., channels out of the group] -> [batch, outputs.., groups, channels out of the group]
        let y = self.add(Kind::Dot { axes }, &[x, kernel]);
        let last = spatial as u32 + 2;
        let permutation: Axes = (1..last).chain([0, last]).collect();
        let y = self.transpose(y, permutation);
        self.reshape(y, result.clone())
    }

    /// Channels that do not mix: the sum over the taps of windows [batch, taps, outputs, .., channels] times a kernel [channels, taps..,
    /// 1].
    fn depthwise(&mut self, x: NodeId, kernel: NodeId) -> NodeId {
        let (dtype, full) = (self.dtype(x), self.shape(x));
        let (channels, mut of_kernel) = (full.rank() as u32 - 1, self.shape(kernel));
        of_kernel.0.pop();
        let kernel = self.reshape(kernel, of_kernel);
        let kernel = self.transpose(kernel, (1..=channels / 2).chain([0]).collect());
        let taps: Axes = (1..channels).step_by(2).collect();
        // Products are summed before they are rounded, as a matrix product does.
        let (x, kernel) = (self.cast(x, DType::Float32), self.cast(kernel, DType::Float32));
        let kernel = self.broadcast(kernel, &full, taps.iter().copied().chain([channels]).collect());
        let products = self.map(Op::Mul, &[x, kernel]);
        let sums = self.add(Kind::Reduce { op: ReduceOp::Sum, axes: taps }, &[products]);
        self.cast(sums, dtype)
    }

    /// Zeros between the elements of an axis, `by - 1` each.
    fn spread(&mut self, x: NodeId, axis: usize, by: i64, zero: Scalar) -> NodeId {
        let shape = self.shape(x);
        if by == 1 || shape.0[axis].is(0) {
            return x;
        }
        let size = shape.0[axis].clone();
        let mut apart = shape.clone();
        apart.0.insert(axis + 1, Dim::ONE);
        let x = self.reshape(x, apart);
        let x = self.pad(x, axis + 1, (Dim::ZERO, Dim::Const(by - 1)), zero);
        let mut joined = shape;
        joined.0[axis] = size.scale(by);
        let x = self.reshape(x, joined);
        self.part(x, axis, Dim::ZERO, 1, size.sub(&Dim::ONE).scale(by).add(&Dim::ONE))
    }

    /// An axis as [taps, outputs]: element (tap, output) is that at `dilation * tap + stride * output`.
    fn windows(&mut self, x: NodeId, axis: usize, taps: &Dim, outputs: &Dim, (dilation, stride): (i64, i64)) -> NodeId {
        let shape = self.shape(x);
        let size = shape.0[axis].clone();
        let with = |sizes: &[Dim]| -> Shape {
            let dims = shape.dims();
            dims[..axis].iter().chain(sizes).chain(&dims[axis + 1..]).cloned().collect()
        };
        let reach = outputs.sub(&Dim::ONE).scale(stride).add(&Dim::ONE);
        if taps.is(1) {
            let x = self.part(x, axis, Dim::ZERO, stride, outputs.clone());
            return self.reshape(x, with(&[Dim::ONE, outputs.clone()]));
        }
        // Copies of the axis behind each other, cut into pieces that are `dilation` longer than it: piece `tap` begins at the
        // element `dilation * tap`. That windows fit says that 2 copies per tap suffice; only indices are computed, nothing copied.
        let piece = size.add(&Dim::Const(dilation));
        let copies = taps.scale(2);
        let wide = with(&[copies.clone(), size.clone()]);
        let axes: Axes = (0..shape.rank() as u32).map(|a| if (a as usize) < axis { a } else { a + 1 }).collect();
        let x = self.broadcast(x, &wide, axes);
        let x = self.reshape(x, with(&[copies.mul(&size)]));
        let x = self.part(x, axis, Dim::ZERO, 1, taps.mul(&piece));
        let x = self.reshape(x, with(&[taps.clone(), piece]));
        let x = self.part(x, axis + 1, Dim::ZERO, 1, reach);
        self.part(x, axis + 1, Dim::ZERO, stride, outputs.clone())
    }
}
