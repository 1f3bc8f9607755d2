//! Scatters as gathers: every element of the result looks for the updates that are meant for it, so nothing races and the result is
//! the same on every run.
//!
//! Few updates: each element goes over all of them. Many: their indices are sorted once, and each element goes over its own run of
//! the sorted updates only; the loop over the row ends where the run ends (see `lower/row.rs`), although the row is as long as all
//! updates. Updates of one element are combined in the order of their indices.

use super::write::Writer;
use crate::dim::Dim;
use crate::dtype::DType;
use crate::graph::NodeId;
use crate::kind::{CombineOp, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use smallvec::smallvec;

/// With at most this many pairs of an element and an update, each element goes over all updates.
const PAIRS: i64 = 1 << 22;

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
        let result = if pairs.as_const().is_none_or(|pairs| pairs <= PAIRS) {
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
        let Some(reduce) = reduction(op) else {
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
        if self.dtype(data) == DType::Bool {
            return self.map(if op == CombineOp::Max { Op::LogicalOr } else { Op::LogicalAnd }, &[data, new]);
        }
        let pair = match op {
            CombineOp::Add => Op::Add,
            CombineOp::Mul => Op::Mul,
            CombineOp::Max => Op::Maximum,
            CombineOp::Min => Op::Minimum,
            CombineOp::Set | CombineOp::LogAddExp => unreachable!("these are no reductions"),
        };
        self.map(pair, &[data, new])
    }

    /// [outer, size, inner]: the update at a position per row where there is one, else the data.
    fn chosen(&mut self, data: NodeId, updates: NodeId, any: NodeId, position: NodeId) -> NodeId {
        let shape = self.shape(data);
        let new = self.gather(updates, position, 1);
        let any = self.view(View::Broadcast { shape, axes: smallvec![1] }, any);
        self.map(Op::Where, &[any, new, data])
    }

    fn scatter_sorted(&mut self, op: CombineOp, data: NodeId, indices: NodeId, updates: NodeId) -> NodeId {
        let shape = self.shape(data);
        let [outer, size, inner] = [0, 1, 2].map(|at| shape.0[at].clone());
        let count = self.shape(indices).0[0].clone();
        let order = self.argsort(indices, 0);
        let order = self.store(order);
        let sorted = self.gather(indices, order, 0);
        let sorted = self.store(sorted);
        // Where the run of each row begins, by bisection; one more for where the last ends.
        let rows: Shape = [size.add(&Dim::ONE)].into_iter().collect();
        let row = self.iota(&rows, 0);
        let mut low = self.number(0, &rows);
        let mut high = self.size(&count, &rows);
        let steps = count.as_const().map_or(31, |count| count.ilog2() + 1);
        for _ in 0..steps {
            let sum = self.map(Op::Add, &[low, high]);
            let middle = self.with(Op::RightShift, sum, 1);
            let there = self.gather(sorted, middle, 0);
            let open = self.map(Op::Less, &[low, high]);
            let below = self.map(Op::Less, &[there, row]);
            let up = self.map(Op::LogicalAnd, &[open, below]);
            let above = self.with(Op::Add, middle, 1);
            let not = self.map(Op::LogicalNot, &[below]);
            let down = self.map(Op::LogicalAnd, &[open, not]);
            low = self.map(Op::Where, &[up, above, low]);
            high = self.map(Op::Where, &[down, middle, high]);
        }
        let starts = self.store(low);
        let first = self.part(starts, 0, Dim::ZERO, 1, size.clone());
        let past = self.part(starts, 0, Dim::ONE, 1, size.clone());
        let Some(reduce) = reduction(op) else {
            let any = self.map(Op::Less, &[first, past]);
            let last = self.with(Op::Sub, past, 1);
            // Where there is none the position is -1 or another row's: in range once clamped, and not chosen.
            let zero = self.number(0, &[size].into_iter().collect());
            let last = self.map(Op::Maximum, &[last, zero]);
            let position = self.gather(order, last, 0);
            return self.chosen(data, updates, any, position);
        };
        let length = self.map(Op::Sub, &[past, first]);
        let cube: Shape = [outer.clone(), size.clone(), inner.clone(), count.clone()].into_iter().collect();
        let plane: Shape = [size, count].into_iter().collect();
        let at = self.iota(&plane, 1);
        let first = self.view(View::Broadcast { shape: plane.clone(), axes: smallvec![0] }, first);
        let place = self.map(Op::Add, &[first, at]);
        let position = self.gather(order, place, 0);
        // [outer, size, count, inner]
        let new = self.gather(updates, position, 1);
        let new = self.transpose(new, smallvec![0, 1, 3, 2]);
        let at = self.iota(&cube, 3);
        let length = self.view(View::Broadcast { shape: cube.clone(), axes: smallvec![1] }, length);
        let found = self.map(Op::Less, &[at, length]);
        self.combined(op, reduce, data, found, new, &cube)
    }
}

/// The reduction over the updates of one element.
fn reduction(op: CombineOp) -> Option<ReduceOp> {
    match op {
        CombineOp::Add => Some(ReduceOp::Sum),
        CombineOp::Mul => Some(ReduceOp::Prod),
        CombineOp::Max => Some(ReduceOp::Max),
        CombineOp::Min => Some(ReduceOp::Min),
        CombineOp::Set | CombineOp::LogAddExp => None,
    }
}
