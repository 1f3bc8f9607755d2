//! The schedules of row kernels: an invocation does a row alone, or a workgroup shares it.
//!
//! Alone: loops over the row axes, innermost inside, with accumulators in variables. This is for software adapters, where a barrier
//! costs ten times the work between two (unless the row is long), for short rows, and for GPUs when neighbouring rows are neighbours in
//! memory (a sum along the outer axis of a matrix) and there are enough of them.
//!
//! Rows that running combinations walk in order are done alone as well, forwards or backwards.
//!
//! Shared: invocation `lane` does the points lane, lane + W, ... of the row; then the workgroup's accumulators are combined in a
//! tree in workgroup memory. Control flow around barriers depends on the workgroup's position and uniforms only.
//!
//! Sums of floats are in float32 and in blocks: each block of at most 256 points has its own partial sum, so the error grows with
//! 256 + n / 256 and not with n. Maxima and minima of floats are of integers in the same order, in which NaN comes last: exact, and
//! without a comparison of NaN, which drivers may get wrong.

use super::builder::{Builder, V, Width, is_nan};
use super::map::{independent_workgroup, position};
use super::program::{Point, Program, machine};
use super::running;
use super::{Coverage, Scheduled};
use crate::dim::Dim;
use crate::dtype::DType;
use crate::emit::{Bin, Emit, Ty, Un};
use crate::kernel::{Inst, Kernel, Over, Phase, Role, ValueId, Walk};
use crate::kind::ReduceOp;
use crate::target::{AdapterClass, Target};
use naga::{AddressSpace, BinaryOperator, BuiltIn, GlobalVariable, Handle, MathFunction};

/// Points of a block of a long sum.
const BLOCK: i64 = 256;
/// Rows up to this length are done by one invocation on a GPU too.
const SHORT_ROW: i64 = 32;
/// Longer rows, and rows of unknown length, are shared on software adapters too: one invocation alone would use one lane of the CPU
/// where the workgroup uses all, and llvmpipe (Mesa 22.3) silently ends an invocation's loops after 65,535 iterations altogether.
const LONG_ROW: i64 = 8192;
/// With so many rows, and neighbouring rows neighbours in memory, one invocation per row fills a GPU.
const MANY_ROWS: i64 = 4096;

/// A reduction under way: variables of the function.
struct Accumulator {
    id: ValueId,
    op: ReduceOp,
    /// Of the reduced value.
    dtype: DType,
    /// What is accumulated.
    ty: Ty,
    value: V,
    position: Option<V>,
    partial: Option<V>,
}

/// Does a workgroup share a row?
fn shares_rows(kernel: &Kernel, target: &Target) -> bool {
    if target.limits.workgroup_invocations < 32 || kernel.walks_rows().is_some() {
        return false;
    }
    let alone_up_to = match target.class {
        AdapterClass::Software | AdapterClass::Cpu => LONG_ROW,
        AdapterClass::Gpu => SHORT_ROW,
    };
    match kernel.extent(&[Role::Row]).as_const() {
        Some(len) if len <= alone_up_to => return false,
        // Too long for the columns below as well.
        Some(len) if len > LONG_ROW => return true,
        Some(_) => {}
        None => return true,
    }
    // Where the row axis strides and the innermost grid axis does not, lanes should lie along the grid.
    let many = kernel.extent(&[Role::Grid]).as_const().is_some_and(|rows| rows >= MANY_ROWS);
    !(many && rows_are_neighbours(kernel))
}

fn rows_are_neighbours(kernel: &Kernel) -> bool {
    let Some(grid) = kernel.axes_with(Role::Grid).filter(|a| !kernel.axes[*a].extent.is(1)).last() else {
        return false;
    };
    let Some(row) = kernel.axes_with(Role::Row).filter(|a| !kernel.axes[*a].extent.is(1)).last() else { return false };
    let stride = |index: &Dim, axis: usize| index.affine_in(axis).and_then(|(c, _)| c.as_const());
    let mut along_grid = 0;
    let mut along_row = 0;
    for phase in kernel.phases.iter().filter(|p| p.over == Over::Rows) {
        for value in &kernel.values[phase.body.start as usize..phase.body.end as usize] {
            if let Inst::Load { index, .. } = &value.inst {
                along_grid += usize::from(stride(index, grid) == Some(1));
                along_row += usize::from(stride(index, row) == Some(1));
            }
        }
    }
    along_grid > along_row
}

/// The schedule.
pub(super) fn schedule<'k>(kernel: &'k Kernel, target: &'k Target) -> Scheduled<'k> {
    let mut program = Program::new(kernel, target, vec![false; kernel.bindings.len()]);
    let points = kernel.grid_points();
    let shared = shares_rows(kernel, target);
    let p = &mut program;
    let before = p.b.begin_entry(&kernel.name);
    let (workgroup_size, coverage) = if shared {
        let workgroup = shared_workgroup(kernel, target);
        let coverage = Coverage::Points { points, per_workgroup: 1 };
        schedule_shared(p, target, &coverage, workgroup);
        (workgroup, coverage)
    } else {
        let workgroup = independent_workgroup(target);
        let coverage = Coverage::Points { points, per_workgroup: workgroup };
        schedule_alone(p, target, &coverage, workgroup);
        (workgroup, coverage)
    };
    let (function, entry) = p.b.end_entry(before);
    Scheduled { program, function, entry, workgroup_size, coverage }
}

/// A power of two, no larger than it takes to give every lane a few points.
fn shared_workgroup(kernel: &Kernel, target: &Target) -> u32 {
    let most = match target.class {
        AdapterClass::Software | AdapterClass::Cpu => 64,
        AdapterClass::Gpu => 256,
    };
    let most = target.limits.workgroup_invocations.min(most);
    let wanted = match kernel.extent(&[Role::Row]).as_const() {
        Some(len) if len <= 128 => 32,
        Some(len) if len <= 512 => 64,
        Some(len) if len <= 2048 => 128,
        _ => 256,
    };
    let mut size = 32;
    while size * 2 <= most && size < wanted {
        size *= 2;
    }
    size
}

fn begin(p: &mut Program, flat: V) -> Point {
    p.b.name(flat, "row");
    let size = p.uniform(0);
    let outside = p.b.binary(BinaryOperator::GreaterEqual, flat, size);
    p.b.return_if(outside);
    let mut point = Point::new(p.kernel);
    let grid = p.axes(&[Role::Grid]);
    p.split(flat, &grid, &mut point);
    point
}

fn schedule_alone(p: &mut Program, target: &Target, coverage: &Coverage, workgroup: u32) {
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
                start(p, &accumulators);
                running::start(p, phase);
                let axes = p.axes(&[Role::Row]);
                nest(p, phase, &axes, &mut point.clone(), &mut accumulators);
                finish(p, &accumulators, &mut point);
            }
            Over::Left | Over::Right => panic!("a row kernel has no operands:\n{kernel}"),
        }
    }
}

/// Loops over the row axes that are left, then the phase at a point.
fn nest(p: &mut Program, phase: &Phase, axes: &[usize], point: &mut Point, accumulators: &mut [Accumulator]) {
    let Some((&axis, inner)) = axes.split_first() else {
        at_point(p, phase, point, accumulators);
        return;
    };
    let extent = p.kernel.axes[axis].extent.clone();
    if extent.is(1) {
        point.coords[axis] = Some(p.b.u(0));
        nest(p, phase, inner, point, accumulators);
        return;
    }
    let name = p.coord_name(axis);
    let runs = extent.as_const().is_some_and(|e| e > 0);
    let (zero, one) = (p.b.u(0), p.b.u(1));
    let end = p.size(&extent);
    let innermost = inner.iter().all(|a| p.kernel.axes[*a].extent.is(1));
    let sums = innermost && accumulators.iter().any(|a| a.op == ReduceOp::Sum && a.ty == Ty::F32);
    let long = extent.as_const().is_none_or(|e| e > 2 * BLOCK);
    if !(sums && long) {
        // A whole row of the innermost axis is a block where there are more axes.
        let outer_rows = p.axes(&[Role::Row]).into_iter().filter(|a| !p.kernel.axes[*a].extent.is(1)).count() > 1;
        let blocks = sums && outer_rows;
        if blocks {
            begin_block(p, accumulators);
        }
        let step = p.b.begin_loop(name, zero, end, one, runs);
        point.coords[axis] = Some(walked(p, step, end));
        nest(p, phase, inner, point, accumulators);
        p.b.end_loop();
        if blocks {
            end_block(p, accumulators);
        }
        return;
    }
    let block = p.b.u(BLOCK as u32);
    let first = p.b.begin_loop("block", zero, end, block, runs);
    begin_block(p, accumulators);
    let past = p.b.add(first, block);
    let past = if extent.as_const().is_some_and(|e| e % BLOCK == 0) {
        past
    } else {
        p.b.math(MathFunction::Min, past, Some(end))
    };
    p.b.name(past, "block_end");
    let step = p.b.begin_loop(name, first, past, one, runs);
    point.coords[axis] = Some(walked(p, step, end));
    nest(p, phase, inner, point, accumulators);
    p.b.end_loop();
    end_block(p, accumulators);
    p.b.end_loop();
}

/// The coordinate of a step along a row of that length.
fn walked(p: &mut Program, step: V, end: V) -> V {
    if p.kernel.walks_rows() != Some(Walk::Backwards) {
        return step;
    }
    let one = p.b.u(1);
    let last = p.b.bin(Bin::ISub, end, one);
    p.b.bin(Bin::ISub, last, step)
}

/// Gives every sum of floats a partial sum.
fn begin_block(p: &mut Program, accumulators: &mut [Accumulator]) {
    for accumulator in accumulators.iter_mut().filter(|a| a.op == ReduceOp::Sum && a.ty == Ty::F32) {
        let ty = p.b.value_ty(Ty::F32, Width::One);
        let partial = p.b.variable("partial", ty);
        let zero = p.b.f(0.0);
        p.b.store(partial, zero);
        accumulator.partial = Some(partial);
    }
}

/// Adds the partial sums.
fn end_block(p: &mut Program, accumulators: &mut [Accumulator]) {
    for accumulator in accumulators.iter_mut() {
        if let Some(partial) = accumulator.partial.take() {
            let (sum, part) = (p.b.load_now(accumulator.value, Width::One), p.b.load_now(partial, Width::One));
            let sum = p.b.bin(Bin::FAdd, sum, part);
            p.b.store(accumulator.value, sum);
        }
    }
}

/// The phase at a point of a row: values, accumulation, stores.
fn at_point(p: &mut Program, phase: &Phase, point: &mut Point, accumulators: &[Accumulator]) {
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

/// Combines a value (and its position) into variables or elements of workgroup memory.
fn accumulate(b: &mut Builder, accumulator: &Accumulator, target: V, at: Option<V>, value: V, position: Option<V>) {
    let best = b.load_now(target, Width::One);
    let Some((at, position)) = at.zip(position) else {
        let combined = combine(b, accumulator.op, accumulator.ty, best, value);
        b.store(target, combined);
        return;
    };
    let best_at = b.load_now(at, Width::One);
    let wins = if accumulator.op == ReduceOp::ArgMax {
        b.binary(BinaryOperator::Greater, value, best)
    } else {
        b.binary(BinaryOperator::Less, value, best)
    };
    let equal = b.bin(Bin::IEq, value, best);
    let earlier = b.bin(Bin::ULt, position, best_at);
    let ties = b.bin(Bin::BAnd, equal, earlier);
    let wins = b.bin(Bin::BOr, wins, ties);
    let value = b.select(wins, value, best);
    let position = b.select(wins, position, best_at);
    b.store(target, value);
    b.store(at, position);
}

/// One step of a reduction that names no position.
pub(super) fn combine(b: &mut Builder, op: ReduceOp, ty: Ty, x: V, y: V) -> V {
    match op {
        ReduceOp::Sum => b.bin(if ty == Ty::F32 { Bin::FAdd } else { Bin::IAdd }, x, y),
        ReduceOp::Prod => b.bin(if ty == Ty::F32 { Bin::FMul } else { Bin::IMul }, x, y),
        // Of integers: floats are encoded.
        ReduceOp::Max => b.math(MathFunction::Max, x, Some(y)),
        ReduceOp::Min => b.math(MathFunction::Min, x, Some(y)),
        ReduceOp::Any => b.bin(Bin::Or, x, y),
        ReduceOp::All => b.bin(Bin::And, x, y),
        ReduceOp::ArgMax | ReduceOp::ArgMin => panic!("arg-reductions combine with their positions"),
    }
}

/// Is the reduction an order on values?
fn orders(op: ReduceOp) -> bool {
    matches!(op, ReduceOp::Max | ReduceOp::Min | ReduceOp::ArgMax | ReduceOp::ArgMin)
}

/// What the accumulator of a reduction holds.
pub(super) fn accumulator_ty(op: ReduceOp, dtype: DType) -> Ty {
    match machine(dtype) {
        Ty::F32 if orders(op) => Ty::I32,
        Ty::Bool => Ty::U32,
        ty => ty,
    }
}

/// The value as the accumulator sees it.
pub(super) fn encode(b: &mut Builder, op: ReduceOp, dtype: DType, value: V) -> V {
    match machine(dtype) {
        Ty::Bool => b.un(Un::BToU, value),
        Ty::F32 if orders(op) => {
            let largest = matches!(op, ReduceOp::Max | ReduceOp::ArgMax);
            let key = if largest {
                b.call("order_for_max", [Ty::F32], Ty::I32, [value], |b, [x]| order(b, x, i32::MAX))
            } else {
                b.call("order_for_min", [Ty::F32], Ty::I32, [value], |b, [x]| order(b, x, i32::MIN))
            };
            if !op.is_arg() {
                return key;
            }
            // -0 and 0 are equal, so the first of them wins.
            let (minus_zero, zero) = (b.i(-1), b.i(0));
            let is_minus_zero = b.bin(Bin::IEq, key, minus_zero);
            b.select(is_minus_zero, zero, key)
        }
        Ty::F32 | Ty::I32 | Ty::U32 => value,
    }
}

/// The uint32 that sorts as a value does.
pub(super) fn sort_key(b: &mut Builder, from: DType, value: V) -> V {
    if machine(from) == Ty::U32 {
        return value;
    }
    let key = encode(b, ReduceOp::ArgMax, from, value);
    let key = b.un(Un::IToU, key);
    let sign = b.u(1 << 31);
    b.bin(Bin::Xor, key, sign)
}

/// An integer in the order of the floats; NaN is `nan`.
fn order(b: &mut Builder, x: V, nan: i32) -> V {
    let bits = b.un(Un::Bits, x);
    let bits = b.un(Un::UToI, bits);
    let key = flip_negative(b, bits);
    let unordered = is_nan(b, x);
    let nan = b.i(nan);
    b.select(unordered, nan, key)
}

/// Reverses the order of the bits of negative floats; its own inverse.
fn flip_negative(b: &mut Builder, bits: V) -> V {
    let (by, mask) = (b.u(31), b.i(i32::MAX));
    let sign = b.bin(Bin::ShrI, bits, by);
    let flips = b.bin(Bin::And, sign, mask);
    b.bin(Bin::Xor, bits, flips)
}

/// The value of an accumulator.
pub(super) fn decode(b: &mut Builder, op: ReduceOp, dtype: DType, value: V) -> V {
    match machine(dtype) {
        Ty::Bool => {
            let zero = b.u(0);
            b.binary(BinaryOperator::NotEqual, value, zero)
        }
        // The keys of NaN, MAX and MIN, decode to NaNs.
        Ty::F32 if orders(op) => b.call("from_order", [Ty::I32], Ty::F32, [value], |b, [key]| {
            let bits = flip_negative(b, key);
            let bits = b.un(Un::IToU, bits);
            b.un(Un::FromBits, bits)
        }),
        Ty::F32 | Ty::I32 | Ty::U32 => value,
    }
}

/// Variables for the reductions of a phase.
fn accumulators(p: &mut Program, phase: &Phase) -> Vec<Accumulator> {
    let mut all = Vec::with_capacity(phase.reductions.len());
    for id in &phase.reductions {
        let value = p.kernel.value(*id);
        let Inst::Reduced { op, arg, .. } = &value.inst else { panic!("not a reduction:\n{}", p.kernel) };
        let dtype = p.kernel.value(*arg).dtype;
        let ty = accumulator_ty(*op, dtype);
        let variable_ty = p.b.value_ty(ty, Width::One);
        let name = format!("v{}_running", id.0);
        let variable = p.b.variable(&name, variable_ty);
        let position = op.is_arg().then(|| {
            let ty = p.b.value_ty(Ty::U32, Width::One);
            p.b.variable(&format!("v{}_position", id.0), ty)
        });
        all.push(Accumulator { id: *id, op: *op, dtype, ty, value: variable, position, partial: None });
    }
    all
}

/// Sets the variables to what never wins.
fn start(p: &mut Program, accumulators: &[Accumulator]) {
    for accumulator in accumulators {
        let first = neutral(accumulator.op, accumulator.dtype);
        let first = match accumulator.ty {
            Ty::F32 => p.b.f(f32::from_bits(first)),
            Ty::I32 => p.b.i(first as i32),
            Ty::U32 | Ty::Bool => p.b.u(first),
        };
        p.b.store(accumulator.value, first);
        if let Some(position) = accumulator.position {
            // Where no value beats the start, all are alike, and the first is at 0.
            let first = p.b.u(0);
            p.b.store(position, first);
        }
    }
}

/// The bits that an accumulator starts from.
pub(super) fn neutral(op: ReduceOp, dtype: DType) -> u32 {
    let start = op.start(dtype);
    if !(orders(op) && dtype.is_float()) {
        return start.lane();
    }
    // The key of an infinity; a NaN's is beyond that of the other infinity.
    let bits = start.lane() as i32;
    (bits ^ ((bits >> 31) & i32::MAX)) as u32
}

/// Reads the accumulators as values of the row.
fn finish(p: &mut Program, accumulators: &[Accumulator], point: &mut Point) {
    for accumulator in accumulators {
        let result = match accumulator.position {
            Some(position) => p.b.load_now(position, Width::One),
            None => {
                let value = p.b.load_now(accumulator.value, Width::One);
                decode(&mut p.b, accumulator.op, accumulator.dtype, value)
            }
        };
        finish_value(p, accumulator, result, point);
    }
}

fn finish_value(p: &mut Program, accumulator: &Accumulator, result: V, point: &mut Point) {
    let dtype = p.kernel.value(accumulator.id).dtype;
    let result = if dtype == DType::Float16 { p.b.round_to_half(result) } else { result };
    p.name_value(result, accumulator.id);
    point.values[accumulator.id.index()] = Some(result);
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
    fn array(&mut self, p: &mut Program, ty: Ty, workgroup: u32, taken: &mut Vec<usize>) -> V {
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

fn schedule_shared(p: &mut Program, target: &Target, coverage: &Coverage, workgroup: u32) {
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
                start(p, &accumulators);
                strided(p, phase, lane, workgroup, &mut point.clone(), &mut accumulators);
                // At most 16 KiB of workgroup memory everywhere: a few reductions at a time.
                for chunk in accumulators.chunks(4) {
                    tree(p, chunk, &mut scratch, lane, workgroup, &mut point);
                }
            }
            Over::Left | Over::Right => panic!("a row kernel has no operands:\n{kernel}"),
        }
    }
}

/// The points of the row that belong to a lane.
fn strided(
    p: &mut Program,
    phase: &Phase,
    lane: V,
    workgroup: u32,
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
    let long = len.as_const().is_none_or(|len| len > 2 * BLOCK * i64::from(workgroup));
    let name = if let [axis] = wide[..] { p.coord_name(axis) } else { "at" };
    let body = |p: &mut Program, at: V, point: &mut Point, accumulators: &[Accumulator]| {
        p.split(at, &axes, point);
        at_point(p, phase, point, accumulators);
    };
    if !(sums && long) {
        let at = p.b.begin_loop(name, lane, end, step, runs);
        body(p, at, point, accumulators);
        p.b.end_loop();
        return;
    }
    let block = p.b.u(workgroup * BLOCK as u32);
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
fn tree(
    p: &mut Program,
    accumulators: &[Accumulator],
    scratch: &mut Scratch,
    lane: V,
    workgroup: u32,
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
    for (accumulator, (values, positions)) in accumulators.iter().zip(&arrays) {
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
        for (accumulator, (values, positions)) in accumulators.iter().zip(&arrays) {
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
    for (accumulator, (values, positions)) in accumulators.iter().zip(&arrays) {
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
