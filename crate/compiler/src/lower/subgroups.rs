//! Rows that subgroups combine: fewer barriers than a tree of the whole workgroup, one per group of reductions.
//!
//! Each subgroup combines what its invocations found by itself. Its first invocation leaves the result in its place of the workgroup's
//! memory, the others what changes nothing; behind a barrier every subgroup combines all that is there. So nothing relies on how many
//! subgroups there are or which invocations they consist of, and neither is asked for.

use super::accumulate::{Accumulator, accumulate, decode, finish_value, neutral_of, reset};
use super::builder::{V, Width};
use super::lowering::{Lowering, Point};
use crate::emit::{Bin, Emit, Ty};
use crate::kind::ReduceOp;
use naga::{BuiltIn, SubgroupOperation};

/// The invocations of a subgroup.
#[derive(Clone, Copy)]
pub(super) struct Subgroup {
    /// The number of this one.
    id: V,
    /// How many there are.
    size: V,
}

impl Subgroup {
    /// That of this invocation.
    pub(super) fn of(p: &mut Lowering) -> Subgroup {
        let id = p.b.builtin("subgroup_lane", BuiltIn::SubgroupInvocationId);
        Subgroup { id, size: p.b.builtin("subgroup_size", BuiltIn::SubgroupSize) }
    }
}

fn operation(op: ReduceOp) -> SubgroupOperation {
    match op {
        ReduceOp::Sum => SubgroupOperation::Add,
        ReduceOp::Prod => SubgroupOperation::Mul,
        ReduceOp::Max | ReduceOp::ArgMax => SubgroupOperation::Max,
        ReduceOp::Min | ReduceOp::ArgMin => SubgroupOperation::Min,
        ReduceOp::Any => SubgroupOperation::Or,
        ReduceOp::All => SubgroupOperation::And,
    }
}

/// The best of a subgroup, and of several the first.
fn across(p: &mut Lowering, accumulator: &Accumulator) -> (V, Option<V>) {
    let value = p.b.load_now(accumulator.value, Width::One);
    let best = p.b.across_subgroup(operation(accumulator.op), value, accumulator.ty);
    let position = accumulator.position.map(|position| {
        let position = p.b.load_now(position, Width::One);
        let (is_best, last) = (p.b.bin(Bin::IEq, value, best), p.b.u(u32::MAX));
        let candidate = p.b.select(is_best, position, last);
        p.b.across_subgroup(SubgroupOperation::Min, candidate, Ty::U32)
    });
    (best, position)
}

/// Combines the accumulators of a workgroup of that size by arrays of as many elements; every invocation gets the results.
pub(super) fn combine(
    p: &mut Lowering,
    subgroup: Subgroup,
    accumulators: &[Accumulator],
    arrays: &[(V, Option<V>)],
    (lane, workgroup): (V, u32),
    point: &mut Point,
) {
    let zero = p.b.u(0);
    let is_first = p.b.bin(Bin::IEq, subgroup.id, zero);
    for (accumulator, (values, positions)) in accumulators.iter().zip(arrays) {
        let (value, position) = across(p, accumulator);
        let nothing = neutral_of(p, accumulator);
        let value = p.b.select(is_first, value, nothing);
        let mine = p.b.element(*values, lane);
        p.b.store(mine, value);
        if let Some((positions, position)) = positions.zip(position) {
            let last = p.b.u(u32::MAX);
            let position = p.b.select(is_first, position, last);
            let mine = p.b.element(positions, lane);
            p.b.store(mine, position);
        }
    }
    p.b.barrier();
    reset(p, accumulators);
    let end = p.b.u(workgroup);
    let at = p.b.begin_loop("left", subgroup.id, end, subgroup.size, true);
    for (accumulator, (values, positions)) in accumulators.iter().zip(arrays) {
        let theirs = p.b.element(*values, at);
        let value = p.b.load_now(theirs, Width::One);
        let position = positions.map(|positions| {
            let theirs = p.b.element(positions, at);
            p.b.load_now(theirs, Width::One)
        });
        accumulate(&mut p.b, accumulator, accumulator.value, accumulator.position, value, position);
    }
    p.b.end_loop();
    for accumulator in accumulators {
        let (value, position) = across(p, accumulator);
        let result = match position {
            Some(position) => position,
            None => decode(&mut p.b, accumulator.op, accumulator.dtype, value),
        };
        finish_value(p, accumulator, result, point);
    }
}
