//! Derivatives of what chooses or multiplies many: extremes, products, running combinations, scatters.
//!
//! *Products with zeros.* The derivative of a product by a factor is the product of the others, which is not the product divided by the
//! factor when that is 0. It is taken from running products of what stands before and behind. The derivative of a running product is
//! told by cases instead: before the first zero division is fine; at it, the products count on as if it were 1; behind it all is 0.

use crate::assemble::{Assembly, Made};
use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::graph::NodeId;
use crate::kind::{Axes, CombineOp, Kind, ReduceOp, View};
use crate::ops::Op;
use crate::shape::Shape;
use crate::vjp::Shares;
use smallvec::{SmallVec, smallvec};

impl Assembly {
    /// Where a reduced operand equals the extreme, and how often (in float32).
    pub(crate) fn ties(&mut self, x: NodeId, y: NodeId, axes: &[u32]) -> Made<(NodeId, NodeId)> {
        let shape = self.shape(x);
        let wide = self.spread(y, &shape, axes)?;
        let ties = self.map(Op::Equal, &[x, wide])?;
        let ones = self.cast(ties, DType::Float32)?;
        Ok((ties, self.reduce(ReduceOp::Sum, ones, axes.into())?))
    }

    /// A rate shared by a number of ties, which is a float32.
    pub(crate) fn divide_by_count(&mut self, rate: NodeId, count: NodeId) -> Made {
        let dtype = self.dtype(rate);
        let wide = self.cast(rate, DType::Float32)?;
        let share = self.map(Op::Div, &[wide, count])?;
        self.cast(share, dtype)
    }

    /// For each element the product of all others along the axes.
    pub(crate) fn products_of_others(&mut self, x: NodeId, axes: &Axes) -> Made {
        let (shape, rank) = (self.shape(x), self.rank(x));
        // The axes last and as one.
        let kept: Axes = (0..rank as u32).filter(|axis| !axes.contains(axis)).collect();
        let order: Axes = kept.iter().chain(axes).copied().collect();
        let moved = self.transpose(x, order.clone())?;
        let moved_shape = self.shape(moved);
        let mut flat: Shape = moved_shape.dims()[..kept.len()].iter().cloned().collect();
        flat.0.push(moved_shape.dims()[kept.len()..].iter().fold(Dim::ONE, |n, d| n.mul(d)));
        let line = self.reshape(moved, &flat)?;
        let axis = kept.len() as u32;
        let before = self.scan_before(CombineOp::Mul, line, axis, false, 1.0)?;
        let behind = self.scan_before(CombineOp::Mul, line, axis, true, 1.0)?;
        let others = self.map(Op::Mul, &[before, behind])?;
        let others = self.reshape(others, &moved_shape)?;
        let mut inverse: Axes = order.clone();
        for (at, axis) in order.iter().enumerate() {
            inverse[*axis as usize] = at as u32;
        }
        debug_assert_eq!(shape.rank(), inverse.len());
        self.transpose(others, inverse)
    }

    /// A scan that leaves each element itself out; the first one gets `neutral`.
    fn scan_before(&mut self, op: CombineOp, x: NodeId, axis: u32, reverse: bool, neutral: f64) -> Made {
        let y = self.scan(op, x, axis, reverse)?;
        self.shifted(y, axis as usize, reverse, neutral)
    }

    /// Every element one place later in the order of a scan; the first becomes `neutral`. A pad, of which as many elements are kept: also
    /// of an axis without elements all sizes are sizes.
    fn shifted(&mut self, x: NodeId, axis: usize, reverse: bool, neutral: f64) -> Made {
        let length = self.dim(x, axis);
        let mut low: SmallVec<[Dim; 4]> = smallvec![Dim::ZERO; self.rank(x)];
        let mut high = low.clone();
        (if reverse { &mut high } else { &mut low })[axis] = Dim::ONE;
        let value = Scalar::from_f64(self.dtype(x), neutral);
        let wide = self.view(View::Pad { low, high, value }, x)?;
        self.slice(wide, axis, if reverse { Dim::ONE } else { Dim::ZERO }, &length)
    }

    /// About the first zero in the order of a scan: is an element before it, and is it the one?
    fn first_zero(&mut self, x: NodeId, axis: u32, reverse: bool) -> Made<(NodeId, NodeId)> {
        let zero = self.compare(Op::Equal, x, 0.0)?;
        let ones = self.cast(zero, DType::Int32)?;
        let seen = self.scan(CombineOp::Add, ones, axis, reverse)?;
        let before = self.compare(Op::Equal, seen, 0.0)?;
        let one = self.compare(Op::Equal, seen, 1.0)?;
        Ok((before, self.map(Op::LogicalAnd, &[zero, one])?))
    }

    /// The pieces that both directions of a running product need: (before the first zero, the first zero, x with zeros as 1, the
    /// running product with the first zero as 1).
    fn product_parts(&mut self, x: NodeId, axis: u32, reverse: bool) -> Made<[NodeId; 4]> {
        let (before, first) = self.first_zero(x, axis, reverse)?;
        let one = self.full_like(1.0, x)?;
        let safe = self.choose(before, x, one)?;
        let without = self.choose(first, one, x)?;
        let products = self.scan(CombineOp::Mul, without, axis, reverse)?;
        Ok([before, first, safe, products])
    }

    /// The cotangent of the operand of a running product.
    pub(crate) fn pull_products(&mut self, x: NodeId, y: NodeId, ct: NodeId, axis: u32, reverse: bool) -> Made {
        let [before, first, safe, products] = self.product_parts(x, axis, reverse)?;
        let weighted = self.map(Op::Mul, &[ct, y])?;
        let sums = self.scan(CombineOp::Add, weighted, axis, !reverse)?;
        let divided = self.map(Op::Div, &[sums, safe])?;
        let weighted = self.map(Op::Mul, &[ct, products])?;
        let at_zero = self.scan(CombineOp::Add, weighted, axis, !reverse)?;
        let behind = self.masked(first, at_zero)?;
        self.choose(before, divided, behind)
    }

    /// The tangent of a running product.
    pub(crate) fn push_products(&mut self, x: NodeId, y: NodeId, tangent: NodeId, axis: u32, reverse: bool) -> Made {
        let [before, first, safe, products] = self.product_parts(x, axis, reverse)?;
        let rate = self.map(Op::Div, &[tangent, safe])?;
        let rate = self.masked(before, rate)?;
        let sums = self.scan(CombineOp::Add, rate, axis, reverse)?;
        let smooth = self.map(Op::Mul, &[y, sums])?;
        let at_zero = self.masked(first, tangent)?;
        let at_zero = self.scan(CombineOp::Add, at_zero, axis, reverse)?;
        let behind = self.map(Op::Mul, &[products, at_zero])?;
        self.choose(before, smooth, behind)
    }

    /// For each element of a running extreme the row-major position where it was first reached.
    fn reached(&mut self, y: NodeId, axis: u32, reverse: bool) -> Made {
        let (at, shape) = (axis as usize, self.shape(y));
        if reverse {
            let turned = self.flip(y, at)?;
            let place = self.reached_along(turned, axis)?;
            let last = self.size(&shape.dims()[at].sub(&Dim::ONE), &shape)?;
            let place = self.flip(place, at)?;
            let place = self.map(Op::Sub, &[last, place])?;
            return self.positions(&shape, Some((at, place)));
        }
        let place = self.reached_along(y, axis)?;
        self.positions(&shape, Some((at, place)))
    }

    /// Where along the axis: the last place so far that differs from the one before.
    fn reached_along(&mut self, y: NodeId, axis: u32) -> Made {
        let (at, shape) = (axis as usize, self.shape(y));
        let place = self.iota(&shape, at)?;
        let before = self.shifted(y, at, false, 0.0)?;
        let changed = self.map(Op::NotEqual, &[y, before])?;
        // The first place counts anyway: its index is 0.
        let place = self.masked(changed, place)?;
        self.scan(CombineOp::Max, place, axis, false)
    }

    /// The cotangent of the operand of a running maximum or minimum, which is where the extreme was first reached.
    pub(crate) fn pull_extremes(&mut self, y: NodeId, ct: NodeId, axis: u32, reverse: bool) -> Made {
        let (shape, from) = (self.shape(y), self.reached(y, axis, reverse)?);
        let line: Shape = [shape.size()].into_iter().collect();
        let (from, updates) = (self.reshape(from, &line)?, self.reshape(ct, &line)?);
        let zeros = self.full_like(0.0, updates)?;
        let sum = self.add(Kind::Scatter { axis: 0, op: CombineOp::Add }, &[zeros, from, updates])?;
        self.reshape(sum, &shape)
    }

    /// The tangent of a running maximum or minimum.
    pub(crate) fn push_extremes(&mut self, y: NodeId, tangent: NodeId, axis: u32, reverse: bool) -> Made {
        let (shape, from) = (self.shape(y), self.reached(y, axis, reverse)?);
        if shape.dims().iter().any(|dim| dim.is(0)) {
            return Ok(tangent);
        }
        let line: Shape = [shape.size()].into_iter().collect();
        let tangent = self.reshape(tangent, &line)?;
        self.add(Kind::Gather { axis: 0 }, &[tangent, from])
    }

    /// The parts of a rate above and below 0, as logarithms with a shift: `exp(log|rate| + shift)` cannot overflow on the way.
    fn signed_logs(&mut self, rate: NodeId) -> Made<[NodeId; 2]> {
        let one = self.full_like(1.0, rate)?;
        let low = self.full_like(f64::NEG_INFINITY, rate)?;
        let minus = self.map(Op::Neg, &[rate])?;
        let mut logs = [low; 2];
        for (log, part) in logs.iter_mut().zip([rate, minus]) {
            let positive = self.compare(Op::Greater, part, 0.0)?;
            let safe = self.choose(positive, part, one)?;
            let value = self.map(Op::Log, &[safe])?;
            *log = self.choose(positive, value, low)?;
        }
        Ok(logs)
    }

    /// `exp(scan(log|rate| + inside) + outside)` for the parts of either sign.
    fn log_scan(&mut self, rate: NodeId, inside: NodeId, outside: NodeId, axis: u32, reverse: bool) -> Made {
        let mut parts = [rate; 2];
        for (part, log) in parts.iter_mut().zip(self.signed_logs(rate)?) {
            // Minus infinity stands for a part that is 0, whatever is added to it.
            let none = self.compare(Op::Equal, log, f64::NEG_INFINITY)?;
            let moved = self.map(Op::Add, &[log, inside])?;
            let moved = self.choose(none, log, moved)?;
            let sum = self.scan(CombineOp::LogAddExp, moved, axis, reverse)?;
            let none = self.compare(Op::Equal, sum, f64::NEG_INFINITY)?;
            let sum_out = self.map(Op::Add, &[sum, outside])?;
            let value = self.map(Op::Exp, &[sum_out])?;
            *part = self.cut(none, value)?;
        }
        self.map(Op::Sub, &parts)
    }

    /// The cotangent of the operand of a running log-sum-exp: e^x times the sum of ct e^-y over what comes later.
    pub(crate) fn pull_log_sums(&mut self, x: NodeId, y: NodeId, ct: NodeId, axis: u32, reverse: bool) -> Made {
        let minus = self.map(Op::Neg, &[y])?;
        self.log_scan(ct, minus, x, axis, !reverse)
    }

    /// The tangent of a running log-sum-exp: e^-y times the sum of t e^x over what came before.
    pub(crate) fn push_log_sums(&mut self, x: NodeId, y: NodeId, tangent: NodeId, axis: u32, reverse: bool) -> Made {
        let minus = self.map(Op::Neg, &[y])?;
        self.log_scan(tangent, x, minus, axis, reverse)
    }

    /// Rows of something shaped like the data of a scatter at its indices, 0 where a row was dropped.
    fn rows_at(&mut self, rows: NodeId, axis: u32, indices: NodeId) -> Made {
        let at = axis as usize;
        let size = self.dim(rows, at);
        let mut shape = self.shape(rows);
        shape.0[at] = self.dim(indices, 0);
        let dtype = self.dtype(rows);
        if size.is(0) || shape.0[at].is(0) {
            return self.full(0.0, &shape, dtype);
        }
        let taken = self.add(Kind::Gather { axis }, &[rows, indices])?;
        let inside = self.inside(indices, &size)?;
        let inside = self.broadcast(inside, &shape, smallvec![axis])?;
        self.masked(inside, taken)
    }

    /// Is an index of a scatter within the axis?
    pub(crate) fn inside(&mut self, indices: NodeId, size: &Dim) -> Made {
        let shape = self.shape(indices);
        let front = self.counted_from_front(indices, size)?;
        let dtype = self.dtype(indices);
        let size = self.size(size, &shape)?;
        let size = self.cast(size, dtype)?;
        let below = self.map(Op::Less, &[front, size])?;
        let above = self.compare(Op::GreaterEqual, front, 0.0)?;
        self.map(Op::LogicalAnd, &[below, above])
    }

    /// The updates that stay when the last one of a row wins, as a mask of their shape.
    fn winners(&mut self, axis: u32, data: &Shape, indices: NodeId, updates: &Shape) -> Made {
        let line = self.shape(indices);
        let order = self.iota(&line, 0)?;
        let rows: Shape = [data.dims()[axis as usize].clone()].into_iter().collect();
        let none = self.full(-1.0, &rows, DType::Int32)?;
        let last = self.add(Kind::Scatter { axis: 0, op: CombineOp::Set }, &[none, indices, order])?;
        let last = self.rows_at(last, 0, indices)?;
        let wins = self.map(Op::Equal, &[last, order])?;
        self.broadcast(wins, updates, smallvec![axis])
    }

    /// Cotangents of the data and the updates of a scatter.
    pub(crate) fn pull_scatter(
        &mut self,
        axis: u32,
        op: CombineOp,
        on: &[NodeId],
        y: NodeId,
        ct: NodeId,
        want: &[bool],
    ) -> Made<Shares> {
        let [data, indices, updates] = *on else { unreachable!("a scatter has three operands") };
        let (data_shape, updates_shape) = (self.shape(data), self.shape(updates));
        let mut shares: Shares = smallvec![None, None, None];
        match op {
            CombineOp::Add | CombineOp::LogAddExp => {
                shares[0] = Some(ct);
                if want[2] {
                    shares[2] = Some(self.rows_at(ct, axis, indices)?);
                }
            }
            CombineOp::Set => {
                if want[0] {
                    let zeros = self.full_like(0.0, updates)?;
                    shares[0] = Some(self.add(Kind::Scatter { axis, op }, &[ct, indices, zeros])?);
                }
                if want[2] {
                    let rows = self.rows_at(ct, axis, indices)?;
                    let wins = self.winners(axis, &data_shape, indices, &updates_shape)?;
                    shares[2] = Some(self.masked(wins, rows)?);
                }
            }
            CombineOp::Mul => {
                if want[0] {
                    let factors = self.scatter_factors(axis, data, indices, updates)?;
                    shares[0] = Some(self.map(Op::Mul, &[ct, factors])?);
                }
                if want[2] {
                    let others = self.other_updates(axis, data, indices, updates)?;
                    let rows = self.rows_at(ct, axis, indices)?;
                    shares[2] = Some(self.map(Op::Mul, &[rows, others])?);
                }
            }
            CombineOp::Max | CombineOp::Min => {
                let (at_data, at_updates, count) = self.scatter_ties(axis, on, y)?;
                let share = self.divide_by_count(ct, count)?;
                shares[0] = Some(self.masked(at_data, share)?);
                if want[2] {
                    let rows = self.rows_at(share, axis, indices)?;
                    shares[2] = Some(self.masked(at_updates, rows)?);
                }
            }
        }
        Ok(shares)
    }

    /// What each element of the data is multiplied with.
    fn scatter_factors(&mut self, axis: u32, data: NodeId, indices: NodeId, updates: NodeId) -> Made {
        let ones = self.full_like(1.0, data)?;
        self.add(Kind::Scatter { axis, op: CombineOp::Mul }, &[ones, indices, updates])
    }

    /// For each update what it is multiplied with: the data and the other updates of the row. Zeros are counted, not divided by.
    fn other_updates(&mut self, axis: u32, data: NodeId, indices: NodeId, updates: NodeId) -> Made {
        let is_zero = self.compare(Op::Equal, updates, 0.0)?;
        let one = self.full_like(1.0, updates)?;
        let safe = self.choose(is_zero, one, updates)?;
        let zeros = self.cast(is_zero, DType::Int32)?;
        let shape = self.shape(data);
        let none = self.full(0.0, &shape, DType::Int32)?;
        let count = self.add(Kind::Scatter { axis, op: CombineOp::Add }, &[none, indices, zeros])?;
        let count = self.rows_at(count, axis, indices)?;
        let product = self.add(Kind::Scatter { axis, op: CombineOp::Mul }, &[data, indices, safe])?;
        let product = self.rows_at(product, axis, indices)?;
        let quotient = self.map(Op::Div, &[product, safe])?;
        let alone = self.map(Op::Equal, &[count, zeros])?;
        self.masked(alone, quotient)
    }

    /// Which elements of data and updates equal the extreme, and how many for each element of the data (in float32).
    fn scatter_ties(&mut self, axis: u32, on: &[NodeId], y: NodeId) -> Made<(NodeId, NodeId, NodeId)> {
        let at_data = self.map(Op::Equal, &[on[0], y])?;
        let rows = self.rows_at(y, axis, on[1])?;
        let at_updates = self.map(Op::Equal, &[on[2], rows])?;
        let (ones, more) = (self.cast(at_data, DType::Float32)?, self.cast(at_updates, DType::Float32)?);
        let count = self.add(Kind::Scatter { axis, op: CombineOp::Add }, &[ones, on[1], more])?;
        Ok((at_data, at_updates, count))
    }

    /// The tangent of a scatter.
    pub(crate) fn push_scatter(
        &mut self,
        axis: u32,
        op: CombineOp,
        on: &[NodeId],
        y: NodeId,
        tangents: [Option<NodeId>; 2],
    ) -> Made {
        let [data, indices, updates] = *on else { unreachable!("a scatter has three operands") };
        let mut of = [data, updates];
        for (tangent, given) in of.iter_mut().zip(tangents) {
            *tangent = match given {
                Some(given) => given,
                None => self.full_like(0.0, *tangent)?,
            };
        }
        let [of_data, of_updates] = of;
        let mut scatter = |op, data, updates| self.add(Kind::Scatter { axis, op }, &[data, indices, updates]);
        match op {
            CombineOp::Add | CombineOp::LogAddExp => scatter(CombineOp::Add, of_data, of_updates),
            CombineOp::Set => scatter(CombineOp::Set, of_data, of_updates),
            CombineOp::Mul => {
                let factors = self.scatter_factors(axis, data, indices, updates)?;
                let from_data = self.map(Op::Mul, &[of_data, factors])?;
                let others = self.other_updates(axis, data, indices, updates)?;
                let from_updates = self.map(Op::Mul, &[of_updates, others])?;
                self.add(Kind::Scatter { axis, op: CombineOp::Add }, &[from_data, indices, from_updates])
            }
            CombineOp::Max | CombineOp::Min => {
                let (at_data, at_updates, count) = self.scatter_ties(axis, on, y)?;
                let (data, updates) = (self.masked(at_data, of_data)?, self.masked(at_updates, of_updates)?);
                let sum = self.add(Kind::Scatter { axis, op: CombineOp::Add }, &[data, indices, updates])?;
                self.divide_by_count(sum, count)
            }
        }
    }
}
