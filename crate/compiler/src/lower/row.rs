//! Row kernels: an invocation does a row alone, or a workgroup shares it.
//!
//! Alone: loops over the row axes, innermost inside, with accumulators in variables. This is for software adapters, where a barrier
//! costs ten times the work between two (unless the row is long), for short rows, and for GPUs when neighbouring rows are neighbours in
//! memory (a sum along the outer axis of a matrix) and there are enough of them.
//!
//! Rows that running combinations walk in order are done alone as well, forwards or backwards.
//!
//! Shared: invocation `lane` does the points lane, lane + W, ... of the row; then the workgroup's accumulators are combined in a
//! tree in workgroup memory, or by its subgroups (`subgroups`). Control flow around barriers depends on the workgroup's position and
//! uniforms only.

use super::accumulate::{
    Accumulator, accumulate, accumulators, begin_block, decode, encode, end_block, finish, finish_value, reset,
};
use super::builder::{V, Width};
use super::lowering::{Lowering, Point};
use super::map::position;
use super::running;
use super::subgroups::{self, Subgroup};
use super::{Coverage, Scheduled};
use crate::emit::{Bin, Emit, Ty};
use crate::kernel::{Inst, Kernel, Over, Phase, Role, Walk};
use crate::kind::ReduceOp;
use crate::schedule::By;
use crate::target::Target;
use naga::{AddressSpace, BinaryOperator, BuiltIn, GlobalVariable, Handle, MathFunction};

/// The code of rows that are done by an invocation or a workgroup, with sums in blocks of `block` points.
pub(super) fn emit<'k>(
    kernel: &'k Kernel,
    target: &'k Target,
    by: By,
    workgroup_size: u32,
    block: u32,
) -> Scheduled<'k> {
    let mut lowering = Lowering::new(kernel, target, vec![false; kernel.bindings.len()]);
    let p = &mut lowering;
    let before = p.b.begin_entry(&kernel.name);
    let per_workgroup = if by == By::Thread { workgroup_size } else { 1 };
    let coverage = Coverage::Points { points: kernel.grid_points(), per_workgroup };
    match by {
        By::Thread => alone(p, target, &coverage, workgroup_size, block),
        By::Workgroup => shared(p, target, &coverage, (workgroup_size, block), None),
        By::Subgroups => {
            let subgroup = Subgroup::of(p);
            shared(p, target, &coverage, (workgroup_size, block), Some(subgroup));
        }
    }
    let (function, entry) = p.b.end_entry(before);
    Scheduled { lowering, function, entry, workgroup_size, coverage }
}

fn begin(p: &mut Lowering, flat: V) -> Point {
    p.b.name(flat, "row");
    let size = p.uniform(0);
    let outside = p.b.binary(BinaryOperator::GreaterEqual, flat, size);
    p.b.return_if(outside);
    let mut point = Point::new(p.kernel);
    let grid = p.axes(&[Role::Grid]);
    p.split(flat, &grid, &mut point);
    point
}

fn alone(p: &mut Lowering, target: &Target, coverage: &Coverage, workgroup: u32, block: u32) {
    let flat = position(&mut p.b, target, coverage, false, workgroup);
    let mut point = begin(p, flat);
    let kernel = p.kernel;
    for phase in &kernel.phases {
        match phase.over {
            Over::Grid => {
                p.body(&phase.body, &mut point);
                p.stores(phase, &point);
            }
            Over::Rows => {
                let mut accumulators = accumulators(p, phase);
                reset(p, &accumulators);
                running::start(p, phase);
                let axes = p.axes(&[Role::Row]);
                nest(p, phase, &axes, block, &mut point.clone(), &mut accumulators);
                finish(p, &accumulators, &mut point);
            }
            Over::Left | Over::Right => panic!("a row kernel has no operands:\n{kernel}"),
        }
    }
}

/// Loops over the row axes that are left, then the phase at a point.
fn nest(
    p: &mut Lowering,
    phase: &Phase,
    axes: &[usize],
    block: u32,
    point: &mut Point,
    accumulators: &mut [Accumulator],
) {
    let Some((&axis, inner)) = axes.split_first() else {
        at_point(p, phase, point, accumulators);
        return;
    };
    let extent = p.kernel.axes[axis].extent.clone();
    if extent.is(1) {
        point.coords[axis] = Some(p.b.u(0));
        nest(p, phase, inner, block, point, accumulators);
        return;
    }
    let name = p.coord_name(axis);
    let runs = extent.as_const().is_some_and(|e| e > 0);
    let (zero, one) = (p.b.u(0), p.b.u(1));
    let end = p.size(&extent);
    let innermost = inner.iter().all(|a| p.kernel.axes[*a].extent.is(1));
    let sums = innermost && accumulators.iter().any(|a| a.op == ReduceOp::Sum && a.ty == Ty::F32);
    let long = extent.as_const().is_none_or(|e| e > 2 * i64::from(block));
    if !(sums && long) {
        // A whole row of the innermost axis is a block where there are more axes.
        let outer_rows = p.axes(&[Role::Row]).into_iter().filter(|a| !p.kernel.axes[*a].extent.is(1)).count() > 1;
        let blocks = sums && outer_rows;
        if blocks {
            begin_block(p, accumulators);
        }
        let step = p.b.begin_loop(name, zero, end, one, runs);
        point.coords[axis] = Some(walked(p, step, end));
        nest(p, phase, inner, block, point, accumulators);
        p.b.end_loop();
        if blocks {
            end_block(p, accumulators);
        }
        return;
    }
    let step = p.b.u(block);
    let first = p.b.begin_loop("block", zero, end, step, runs);
    begin_block(p, accumulators);
    let past = p.b.add(first, step);
    let past = if extent.as_const().is_some_and(|e| e % i64::from(block) == 0) {
        past
    } else {
        p.b.math(MathFunction::Min, past, Some(end))
    };
    p.b.name(past, "block_end");
    let step = p.b.begin_loop(name, first, past, one, runs);
    point.coords[axis] = Some(walked(p, step, end));
    nest(p, phase, inner, block, point, accumulators);
    p.b.end_loop();
    end_block(p, accumulators);
    p.b.end_loop();
}

/// The coordinate of a step along a row of that length.
fn walked(p: &mut Lowering, step: V, end: V) -> V {
    if p.kernel.walks_rows() != Some(Walk::Backwards) {
        return step;
    }
    let one = p.b.u(1);
    let last = p.b.bin(Bin::ISub, end, one);
    p.b.bin(Bin::ISub, last, step)
}

/// The phase at a point of a row: values, accumulation, stores.
fn at_point(p: &mut Lowering, phase: &Phase, point: &mut Point, accumulators: &[Accumulator]) {
    p.body(&phase.body, point);
    for accumulator in accumulators {
        let Inst::Reduced { arg, position, .. } = &p.kernel.value(accumulator.id).inst else {
            panic!("not a reduction:\n{}", p.kernel)
        };
        let value = point.values[arg.index()].unwrap_or_else(|| panic!("v{} has no value:\n{}", arg.0, p.kernel));
        let value = encode(&mut p.b, accumulator.op, accumulator.dtype, value);
        let position = accumulator.position.map(|_| p.dim(position, point));
        let target = accumulator.partial.unwrap_or(accumulator.value);
        accumulate(&mut p.b, accumulator, target, accumulator.position, value, position);
    }
    p.stores(phase, point);
}

/// Workgroup memory: one array per reduction of a phase, used again by later phases.
#[derive(Default)]
struct Scratch {
    arrays: Vec<(Ty, Handle<GlobalVariable>)>,
    /// Arrays that may still be read.
    read: Vec<usize>,
}

impl Scratch {
    /// An array of one element per lane that is not in `taken`.
    fn array(&mut self, p: &mut Lowering, ty: Ty, workgroup: u32, taken: &mut Vec<usize>) -> V {
        let free = (0..self.arrays.len()).find(|i| self.arrays[*i].0 == ty && !taken.contains(i));
        let at = free.unwrap_or_else(|| {
            let element = p.b.value_ty(ty, Width::One);
            let array = p.b.array_ty(element, 4, Some(workgroup));
            self.arrays.push((ty, p.b.declare("scratch", AddressSpace::WorkGroup, None, array)));
            self.arrays.len() - 1
        });
        taken.push(at);
        p.b.global(self.arrays[at].1)
    }
}

fn shared(
    p: &mut Lowering,
    target: &Target,
    coverage: &Coverage,
    (workgroup, block): (u32, u32),
    subgroup: Option<Subgroup>,
) {
    let flat = position(&mut p.b, target, coverage, true, workgroup);
    let lane = p.b.builtin("lane", BuiltIn::LocalInvocationIndex);
    let mut point = begin(p, flat);
    let kernel = p.kernel;
    let mut scratch = Scratch::default();
    for phase in &kernel.phases {
        match phase.over {
            Over::Grid => {
                p.body(&phase.body, &mut point);
                if !phase.stores.is_empty() {
                    let zero = p.b.u(0);
                    let first = p.b.bin(Bin::IEq, lane, zero);
                    p.b.begin_if(first);
                    p.stores(phase, &point);
                    p.b.end_if();
                }
            }
            Over::Rows => {
                let mut accumulators = accumulators(p, phase);
                reset(p, &accumulators);
                strided(p, phase, lane, (workgroup, block), &mut point.clone(), &mut accumulators);
                // At most 16 KiB of workgroup memory everywhere: a few reductions at a time.
                for chunk in accumulators.chunks(4) {
                    combined(p, chunk, &mut scratch, (lane, workgroup), subgroup, &mut point);
                }
            }
            Over::Left | Over::Right => panic!("a row kernel has no operands:\n{kernel}"),
        }
    }
}

/// The points of the row that belong to a lane.
fn strided(
    p: &mut Lowering,
    phase: &Phase,
    lane: V,
    (workgroup, block): (u32, u32),
    point: &mut Point,
    accumulators: &mut [Accumulator],
) {
    let len = p.kernel.extent(&[Role::Row]);
    let end = p.size(&len);
    let runs = len.as_const().is_some_and(|len| len >= i64::from(workgroup));
    let step = p.b.u(workgroup);
    let axes = p.axes(&[Role::Row]);
    let wide: Vec<usize> = axes.iter().copied().filter(|a| !p.kernel.axes[*a].extent.is(1)).collect();
    let sums = accumulators.iter().any(|a| a.op == ReduceOp::Sum && a.ty == Ty::F32);
    // Known lengths that give no lane more than a block's worth need no partial sums.
    let long = len.as_const().is_none_or(|len| len > 2 * i64::from(block) * i64::from(workgroup));
    let name = if let [axis] = wide[..] { p.coord_name(axis) } else { "at" };
    let body = |p: &mut Lowering, at: V, point: &mut Point, accumulators: &[Accumulator]| {
        p.split(at, &axes, point);
        at_point(p, phase, point, accumulators);
    };
    if !(sums && long) {
        let at = p.b.begin_loop(name, lane, end, step, runs);
        body(p, at, point, accumulators);
        p.b.end_loop();
        return;
    }
    let block = p.b.u(workgroup * block);
    let first = p.b.begin_loop("block", lane, end, block, runs);
    begin_block(p, accumulators);
    let past = p.b.add(first, block);
    let past = p.b.math(MathFunction::Min, past, Some(end));
    p.b.name(past, "block_end");
    let at = p.b.begin_loop(name, first, past, step, runs);
    body(p, at, point, accumulators);
    p.b.end_loop();
    end_block(p, accumulators);
    p.b.end_loop();
}

/// Combines the accumulators of all lanes; every lane gets the results.
fn combined(
    p: &mut Lowering,
    accumulators: &[Accumulator],
    scratch: &mut Scratch,
    (lane, workgroup): (V, u32),
    subgroup: Option<Subgroup>,
    point: &mut Point,
) {
    let mut taken = Vec::new();
    let mut arrays = Vec::with_capacity(accumulators.len());
    for accumulator in accumulators {
        let values = scratch.array(p, accumulator.ty, workgroup, &mut taken);
        let positions = accumulator.position.map(|_| scratch.array(p, Ty::U32, workgroup, &mut taken));
        arrays.push((values, positions));
    }
    if taken.iter().any(|at| scratch.read.contains(at)) {
        // Everybody has read the results of the reductions before.
        p.b.barrier();
        scratch.read.clear();
    }
    scratch.read.extend(taken);
    match subgroup {
        Some(subgroup) => subgroups::combine(p, subgroup, accumulators, &arrays, (lane, workgroup), point),
        None => tree(p, accumulators, &arrays, (lane, workgroup), point),
    }
}

/// Combines them in halves.
fn tree(
    p: &mut Lowering,
    accumulators: &[Accumulator],
    arrays: &[(V, Option<V>)],
    (lane, workgroup): (V, u32),
    point: &mut Point,
) {
    for (accumulator, (values, positions)) in accumulators.iter().zip(arrays) {
        let mine = p.b.element(*values, lane);
        let value = p.b.load_now(accumulator.value, Width::One);
        p.b.store(mine, value);
        if let Some((positions, position)) = positions.zip(accumulator.position) {
            let mine = p.b.element(positions, lane);
            let position = p.b.load_now(position, Width::One);
            p.b.store(mine, position);
        }
    }
    p.b.barrier();
    let mut half = workgroup / 2;
    while half > 0 {
        let limit = p.b.u(half);
        let active = p.b.bin(Bin::ULt, lane, limit);
        p.b.begin_if(active);
        let other = p.b.add(lane, limit);
        for (accumulator, (values, positions)) in accumulators.iter().zip(arrays) {
            let mine = p.b.element(*values, lane);
            let theirs = p.b.element(*values, other);
            let value = p.b.load_now(theirs, Width::One);
            let at = positions.map(|positions| {
                let mine = p.b.element(positions, lane);
                let theirs = p.b.element(positions, other);
                (mine, p.b.load_now(theirs, Width::One))
            });
            accumulate(&mut p.b, accumulator, mine, at.map(|a| a.0), value, at.map(|a| a.1));
        }
        p.b.end_if();
        p.b.barrier();
        half /= 2;
    }
    let zero = p.b.u(0);
    for (accumulator, (values, positions)) in accumulators.iter().zip(arrays) {
        let pointer = p.b.element(positions.unwrap_or(*values), zero);
        let result = p.b.load_now(pointer, Width::One);
        let result = if accumulator.position.is_some() {
            result
        } else {
            decode(&mut p.b, accumulator.op, accumulator.dtype, result)
        };
        finish_value(p, accumulator, result, point);
    }
}
