//! Scatters as gathers: every element of the result looks for the updates that are meant for it, so nothing races and the result is
//! the same on every run.
//!
//! Few updates: each element goes over all of them. Many: their indices are sorted once, the runs of updates that meet one element
//! are scanned, all at once however long the longest is, and each element takes what its run ends with. That is work in the size of
//! the data, in the updates times the bits of a row's number (for sorting them), and in the rows times the logarithm of the updates (each
//! row finds its run by bisection). Updates of one element are combined in the order of their positions.

use super::scan;
use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::NodeId;
use crate::kind::{CombineOp, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use crate::tuning::{SCATTER_PAIRS, SEARCH_STEPS};
use crate::write::Writer;
use smallvec::smallvec;

impl Writer<'_> {
    /// The data with the updates at the indices along the axis.
    pub fn scatter(&mut self, op: CombineOp, data: NodeId, indices: NodeId, updates: NodeId, axis: usize) -> NodeId {
        let shape = self.shape(data);
        let around = self.around(data, axis);
        let [outer, size, inner] = [0, 1, 2].map(|at| around.0[at].clone());
        let count = self.shape(indices).0[0].clone();
        if count.is(0) || [&outer, &size, &inner].iter().any(|d| d.is(0)) {
            return data;
        }
        let data = self.reshape(data, around.clone());
        let updates = self.reshape(updates, [outer, count.clone(), inner].into_iter().collect());
        let indices = self.rows_meant(indices, &size);
        // Whether an element is set depends on its row only.
        let rows = if op == CombineOp::Set { size.clone() } else { around.size() };
        let pairs = rows.mul(&count);
        let result = if pairs.as_const().is_some_and(|pairs| pairs <= SCATTER_PAIRS) {
            self.scatter_all(op, data, indices, updates)
        } else {
            self.scatter_sorted(op, data, indices, updates)
        };
        self.reshape(result, shape)
    }

    /// int32 indices in `0..size`, or `size` where there is no such element.
    fn rows_meant(&mut self, indices: NodeId, size: &Dim) -> NodeId {
        let shape = self.shape(indices);
        let end = self.size(size, &shape);
        if self.dtype(indices) == DType::UInt32 {
            let end = self.cast(end, DType::UInt32);
            let index = self.map(Op::Minimum, &[indices, end]);
            return self.cast(index, DType::Int32);
        }
        let zero = self.number(0, &shape);
        let negative = self.map(Op::Less, &[indices, zero]);
        let counted = self.map(Op::Add, &[indices, end]);
        let index = self.map(Op::Where, &[negative, counted, indices]);
        let below = self.map(Op::Less, &[index, zero]);
        let index = self.map(Op::Minimum, &[index, end]);
        self.map(Op::Where, &[below, end, index])
    }

    fn scatter_all(&mut self, op: CombineOp, data: NodeId, indices: NodeId, updates: NodeId) -> NodeId {
        let shape = self.shape(data);
        let [outer, size, inner] = [0, 1, 2].map(|at| shape.0[at].clone());
        let count = self.shape(indices).0[0].clone();
        let Some(reduce) = op.reduction() else {
            // Of each element the last update, by its position.
            let plane: Shape = [size.clone(), count].into_iter().collect();
            let meant = self.view(View::Broadcast { shape: plane.clone(), axes: smallvec![1] }, indices);
            let (row, update) = (self.iota(&plane, 0), self.iota(&plane, 1));
            let found = self.map(Op::Equal, &[meant, row]);
            let none = self.number(-1, &plane);
            let position = self.map(Op::Where, &[found, update, none]);
            let last = self.reduce(ReduceOp::Max, position, 1);
            let any = self.with(Op::GreaterEqual, last, 0);
            return self.chosen(data, updates, any, last);
        };
        let cube: Shape = [outer, size, inner, count].into_iter().collect();
        let meant = self.view(View::Broadcast { shape: cube.clone(), axes: smallvec![3] }, indices);
        let row = self.iota(&cube, 1);
        let found = self.map(Op::Equal, &[meant, row]);
        let turned = self.transpose(updates, smallvec![0, 2, 1]);
        let turned = self.view(View::Broadcast { shape: cube.clone(), axes: smallvec![0, 2, 3] }, turned);
        self.combined(op, reduce, data, found, turned, &cube)
    }

    /// The data combined with the reduction along axis 3 of what was found.
    fn combined(
        &mut self,
        op: CombineOp,
        reduce: ReduceOp,
        data: NodeId,
        found: NodeId,
        updates: NodeId,
        cube: &Shape,
    ) -> NodeId {
        let none = self.fill(reduce.start(self.dtype(updates)), cube);
        let meant = self.map(Op::Where, &[found, updates, none]);
        let new = self.reduce(reduce, meant, 3);
        self.pair(op, data, new)
    }

    /// The data with one more update for each element.
    fn pair(&mut self, op: CombineOp, data: NodeId, new: NodeId) -> NodeId {
        if self.dtype(data) == DType::Bool {
            return self.map(if op == CombineOp::Max { Op::LogicalOr } else { Op::LogicalAnd }, &[data, new]);
        }
        self.map(scan::pair(op), &[data, new])
    }

    /// [outer, size, inner]: the update at a position per row where there is one, else the data.
    fn chosen(&mut self, data: NodeId, updates: NodeId, any: NodeId, position: NodeId) -> NodeId {
        let shape = self.shape(data);
        let new = self.gather(updates, position, 1);
        let any = self.view(View::Broadcast { shape, axes: smallvec![1] }, any);
        self.map(Op::Where, &[any, new, data])
    }

    fn scatter_sorted(&mut self, op: CombineOp, data: NodeId, indices: NodeId, updates: NodeId) -> NodeId {
        let size = self.shape(data).0[1].clone();
        // Indices are in 0..=size.
        let keys = self.cast(indices, DType::UInt32);
        let count = self.shape(indices).0[0].clone();
        let keys = self.reshape(keys, [Dim::ONE, count.clone()].into_iter().collect());
        let bits = size.as_const().map_or(32, |size| 64 - (size as u64).leading_zeros());
        let order = self.order(keys, bits);
        let order = self.reshape(order, [count].into_iter().collect());
        let order = self.store(order);
        let sorted = self.gather(indices, order, 0);
        let sorted = self.store(sorted);
        // Where the run of each row begins; one more for where the last ends.
        let starts = self.lower_bounds(sorted, &size.add(&Dim::ONE));
        let starts = self.store(starts);
        let first = self.part(starts, 0, Dim::ZERO, 1, size.clone());
        let past = self.part(starts, 0, Dim::ONE, 1, size.clone());
        let any = self.map(Op::Less, &[first, past]);
        // Where there is none this is some other row's, in range once clamped, and not chosen.
        let last = self.counting(Op::Sub, past, 1);
        if op == CombineOp::Set {
            let position = self.gather(order, last, 0);
            return self.chosen(data, updates, any, position);
        }
        // Each run is combined in order; what it ends with is what its row meets.
        let dtype = self.dtype(data);
        let new = self.gather(updates, order, 1);
        let new = self.cast(new, scan::wide(dtype));
        let mut new = self.scan_runs(op, new, sorted);
        // Fewer updates than rows are put together once, and not for every row.
        if self.shape(new).0[1].as_const() < size.as_const() {
            new = self.store(new);
        }
        let new = self.gather(new, last, 1);
        let new = self.cast(new, dtype);
        let shape = self.shape(data);
        let any = self.view(View::Broadcast { shape, axes: smallvec![1] }, any);
        let new = self.pair(op, data, new);
        self.map(Op::Where, &[any, new, data])
    }

    /// For each number below `count`: how many of the ascending int32 values are less, as uint32. By bisection, in powers of two.
    fn lower_bounds(&mut self, values: NodeId, count: &Dim) -> NodeId {
        let length = self.shape(values).0[0].clone();
        let rows: Shape = [count.clone()].into_iter().collect();
        let row = self.iota(&rows, 0);
        let most = self.length(&length, &rows);
        let steps = length.as_const().map_or(31, |length| length.ilog2() as usize + 1);
        let per_kernel = steps.div_ceil(steps.div_ceil(SEARCH_STEPS));
        let mut below = self.fill(Scalar::u32(0), &rows);
        for step in 0..steps {
            if step > 0 && step % per_kernel == 0 {
                below = self.store(below);
            }
            let more = self.counting(Op::Add, below, 1 << (steps - 1 - step));
            let place = self.counting(Op::Sub, more, 1);
            let there = self.gather(values, place, 0);
            let fits = self.map(Op::LessEqual, &[more, most]);
            let less = self.map(Op::Less, &[there, row]);
            let takes = self.map(Op::LogicalAnd, &[fits, less]);
            below = self.map(Op::Where, &[takes, more, below]);
        }
        below
    }
}
