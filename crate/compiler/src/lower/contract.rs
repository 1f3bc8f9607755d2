//! The schedules of contractions: register tiles, and tiles shared by a workgroup.
//!
//! *Registers*: an invocation computes a small tile of the result, looping over k alone. Nothing is shared, which is what software
//! adapters want (measured: 4.9 GF/s against 1.9 for shared tiles on SwiftShader), and what a GPU wants for narrow matrices. Three
//! forms, by the layout of the operands: vectors along n (a row-major right operand), vectors along k (both operands contiguous in
//! k; the four partial sums meet at the end), or scalars.
//!
//! *Shared*: 256 invocations compute a tile of 64 x 64 (or 128 x 128 for large matrices); step by step along k they stage a slice of
//! both operands in workgroup memory as vectors, each then multiplies its 4 x 4 (or 8 x 8) part of it. Source: the classical blocked
//! product, e.g. K. Goto and R. van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008), with the two levels of
//! registers and workgroup memory.
//!
//! Matrix-vector products whose matrix lies along k are no tiles at all: `narrow` makes row kernels of them.
//!
//! Sums are float32. Beyond the edges operands repeat their last row or column, beyond k they are 0, and `finish`, which runs the
//! epilogue and stores, does nothing outside the result.

use super::builder::{V, Width};
use super::map::{independent_workgroup, position};
use super::packing::Packing;
use super::program::{Lanes, Point, Program};
use super::{Coverage, Scheduled};
use crate::dim::Dim;
use crate::dtype::DType;
use crate::emit::{Bin, Emit, Ty};
use crate::kernel::{Inst, Kernel, Over, Phase, Role, ValueId};
use crate::target::{AdapterClass, Target};
use naga::{AddressSpace, BinaryOperator, BuiltIn, Function, Handle, MathFunction};

/// The operands and the result.
struct Contraction<'k> {
    left: &'k Phase,
    right: &'k Phase,
    finish: &'k Phase,
    product: ValueId,
    left_value: ValueId,
    right_value: ValueId,
    m: Dim,
    n: Dim,
    k: Dim,
    batch: Dim,
}

impl<'k> Contraction<'k> {
    fn of(kernel: &'k Kernel) -> Contraction<'k> {
        let phase = |over: Over| {
            let found = kernel.phases.iter().find(|p| p.over == over);
            found.unwrap_or_else(|| panic!("no phase over {over:?}:\n{kernel}"))
        };
        let finish = phase(Over::Grid);
        let (at, left_value, right_value) = kernel.values[finish.body.start as usize..finish.body.end as usize]
            .iter()
            .enumerate()
            .find_map(|(at, value)| match value.inst {
                Inst::Product { left, right } => Some((at as u32, left, right)),
                _ => None,
            })
            .unwrap_or_else(|| panic!("no product:\n{kernel}"));
        Contraction {
            left: phase(Over::Left),
            right: phase(Over::Right),
            finish,
            product: ValueId(finish.body.start + at),
            left_value,
            right_value,
            m: kernel.extent(&[Role::M]),
            n: kernel.extent(&[Role::N]),
            k: kernel.extent(&[Role::K]),
            batch: kernel.extent(&[Role::Batch]),
        }
    }
}

/// The axis of that role, when there is one and its extent is a known multiple of four.
fn axis_of_quads(kernel: &Kernel, role: Role) -> Option<usize> {
    let mut axes = kernel.axes_with(role);
    let axis = axes.next()?;
    let quads = kernel.axes[axis].extent.as_const().is_some_and(|e| e > 0 && e % 4 == 0);
    (quads && axes.next().is_none()).then_some(axis)
}

/// How often the loads of a phase step by one element along an axis.
pub(super) fn contiguity(kernel: &Kernel, phase: &Phase, role: Role) -> usize {
    let Some(axis) = kernel.axes_with(role).last() else { return 0 };
    let values = &kernel.values[phase.body.start as usize..phase.body.end as usize];
    let contiguous = |value: &&crate::kernel::Value| match &value.inst {
        Inst::Load { index, .. } => index.affine_in(axis).is_some_and(|(c, _)| c.is(1)),
        _ => false,
    };
    values.iter().filter(contiguous).count()
}

/// The schedule.
pub(super) fn schedule<'k>(kernel: &'k Kernel, target: &'k Target) -> Scheduled<'k> {
    let about = Contraction::of(kernel);
    if shares_tiles(&about, target) { shared(kernel, target, &about) } else { registers(kernel, target, &about) }
}

/// Is it a GPU with room for the tiles, and a result that fills some of them?
fn shares_tiles(about: &Contraction, target: &Target) -> bool {
    let gpu = match target.class {
        AdapterClass::Gpu => true,
        AdapterClass::Software | AdapterClass::Cpu => false,
    };
    let wide = |extent: &Dim| extent.as_const().is_none_or(|e| e >= 32);
    gpu && target.limits.workgroup_invocations >= 256
        && target.limits.workgroup_bytes >= 16384
        && wide(&about.m)
        && wide(&about.n)
}

/// Is every multiple of `by` up to the extent inside?
fn divides(extent: &Dim, by: u32) -> bool {
    extent.as_const().is_some_and(|e| e % i64::from(by) == 0)
}

/// The coordinate, or the last one where it lies outside.
fn clamped(p: &mut Program, at: V, extent: &Dim, tile: u32) -> V {
    if divides(extent, tile) {
        return at;
    }
    let last = p.size(&extent.sub(&Dim::ONE));
    p.b.math(MathFunction::Min, at, Some(last))
}

/// An operand's element: a phase as code in place, or as a function when it is long and used often.
struct Operand<'k> {
    phase: &'k Phase,
    value: ValueId,
    roles: [Role; 3],
    function: Option<Handle<Function>>,
}

/// Phases with more values than this become functions.
const INLINE: usize = 8;

impl<'k> Operand<'k> {
    fn new(
        p: &mut Program,
        name: &str,
        phase: &'k Phase,
        value: ValueId,
        roles: [Role; 3],
        lanes: Option<usize>,
    ) -> Operand<'k> {
        let mut operand = Operand { phase, value, roles, function: None };
        if phase.body.len() > INLINE {
            let waiting = p.b.begin_function(name);
            let mut point = Point::new(p.kernel);
            for axis in p.axes(&roles) {
                let word = p.coord_name(axis);
                if lanes == Some(axis) {
                    let quad = p.b.parameter(&format!("quad_{word}"), Ty::U32, Width::One);
                    set_lanes(p, axis, quad, &mut point);
                } else {
                    point.coords[axis] = Some(p.b.parameter(word, Ty::U32, Width::One));
                }
            }
            let value = operand.inline(p, &point);
            let value = if lanes.is_some() { p.b.splat(value) } else { value };
            operand.function = Some(p.b.end_function(waiting, Some((value, Ty::F32))));
        }
        operand
    }

    fn inline(&self, p: &mut Program, point: &Point) -> V {
        let mut point = point.clone();
        p.body(&self.phase.body, &mut point);
        point.values[self.value.index()].unwrap_or_else(|| panic!("no operand:\n{}", p.kernel))
    }

    /// The element at that point.
    fn at(&self, p: &mut Program, point: &Point) -> V {
        let Some(function) = self.function else { return self.inline(p, point) };
        let args: Vec<V> = p
            .axes(&self.roles)
            .into_iter()
            .map(|axis| match point.lanes {
                Some(lanes) if lanes.axis == axis => lanes.group,
                _ => point.coords[axis].unwrap_or_else(|| panic!("i{axis} has no value:\n{}", p.kernel)),
            })
            .collect();
        let width = if point.lanes.is_some() { Width::Four } else { Width::One };
        p.b.call_function(function, &args, width)
    }
}

/// Makes four lanes of the coordinates `4 * quad ..`.
fn set_lanes(p: &mut Program, axis: usize, quad: V, point: &mut Point) {
    let four = p.b.u(4);
    let base = p.b.mul(quad, four);
    let offsets = [0, 1, 2, 3].map(|lane| p.b.u(lane));
    let offsets = p.b.compose(offsets, naga::Scalar::U32);
    point.coords[axis] = Some(p.b.add(base, offsets));
    point.lanes = Some(Lanes { axis, group: quad, base });
}

/// Builds `finish(batch, m, n, sum)`: the epilogue and the stores, inside the result. With lanes, n counts quads.
fn finish_function(p: &mut Program, about: &Contraction, lanes: Option<usize>, tile: [u32; 2]) -> Handle<Function> {
    let waiting = p.b.begin_function("finish");
    let batch = p.b.parameter("batch", Ty::U32, Width::One);
    let m = p.b.parameter("m", Ty::U32, Width::One);
    let n = p.b.parameter(if lanes.is_some() { "quad" } else { "n" }, Ty::U32, Width::One);
    let width = if lanes.is_some() { Width::Four } else { Width::One };
    let sum = p.b.parameter("sum", Ty::F32, width);
    let column = if lanes.is_some() {
        let four = p.b.u(4);
        p.b.mul(n, four)
    } else {
        n
    };
    for (at, extent, tile) in [(m, &about.m, tile[0]), (column, &about.n, tile[1])] {
        if !divides(extent, tile) {
            let end = p.size(extent);
            let outside = p.b.binary(BinaryOperator::GreaterEqual, at, end);
            p.b.return_if(outside);
        }
    }
    let mut point = Point::new(p.kernel);
    let (batches, rows, columns) = (p.axes(&[Role::Batch]), p.axes(&[Role::M]), p.axes(&[Role::N]));
    p.split(batch, &batches, &mut point);
    p.split(m, &rows, &mut point);
    match lanes {
        Some(axis) => set_lanes(p, axis, n, &mut point),
        None => p.split(n, &columns, &mut point),
    }
    let sum = if p.kernel.value(about.product).dtype == DType::Float16 { p.b.round_to_half(sum) } else { sum };
    p.name_value(sum, about.product);
    point.values[about.product.index()] = Some(sum);
    p.body(&about.finish.body, &mut point);
    p.stores(about.finish, &point);
    p.b.end_function(waiting, None)
}

/// How the register tile is vectorised.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vectors {
    /// Along n: `sum.xyzw += left * right.xyzw`.
    AlongN,
    /// Along k: `sum.xyzw += left.xyzw * right.xyzw`, added up at the end.
    AlongK,
    /// None.
    Scalars,
}

fn registers<'k>(kernel: &'k Kernel, target: &'k Target, about: &Contraction<'k>) -> Scheduled<'k> {
    let (quads_n, quads_k) = (axis_of_quads(kernel, Role::N), axis_of_quads(kernel, Role::K));
    let right_along_k = contiguity(kernel, about.right, Role::K);
    let right_along_n = contiguity(kernel, about.right, Role::N);
    let left_along_k = contiguity(kernel, about.left, Role::K);
    let vectors = if quads_k.is_some() && right_along_k > right_along_n && left_along_k > 0 {
        Vectors::AlongK
    } else if quads_n.is_some() {
        Vectors::AlongN
    } else {
        Vectors::Scalars
    };
    let lanes_n = if vectors == Vectors::AlongN { quads_n } else { None };
    // The left operand comes in vectors along k where that is how it lies.
    let left_lanes = match vectors {
        Vectors::AlongK => quads_k,
        Vectors::AlongN if left_along_k > 0 => quads_k,
        Vectors::AlongN | Vectors::Scalars => None,
    };
    let right_lanes = match vectors {
        Vectors::AlongK => quads_k,
        Vectors::AlongN => quads_n,
        Vectors::Scalars => None,
    };
    // Rows, and columns in units of vectors or scalars.
    let most = |extent: &Dim, most: u32| extent.as_const().map_or(most, |e| (e.max(1) as u32).min(most));
    let rows = most(&about.m, 4);
    let (columns, unit) = match vectors {
        Vectors::AlongN => (if divides(&about.n, 8) { 2 } else { 1 }, 4),
        Vectors::AlongK | Vectors::Scalars => (most(&about.n, 4), 1),
    };
    let tile = [rows, columns * unit];
    let lanes: Vec<Option<usize>> = kernel
        .phases
        .iter()
        .map(|phase| match phase.over {
            Over::Left => left_lanes,
            Over::Right => right_lanes,
            Over::Grid | Over::Rows => lanes_n,
        })
        .collect();
    let packed = Packing::of(kernel, &lanes).packed;
    let workgroup_size = independent_workgroup(target).min(64);
    let extents = [about.m.clone(), about.n.clone()];
    let coverage = Coverage::Tiles { batch: about.batch.clone(), extents, tile, per_workgroup: workgroup_size };
    let mut program = Program::new(kernel, target, packed);
    let p = &mut program;
    let left = Operand::new(p, "left", about.left, about.left_value, [Role::Batch, Role::M, Role::K], left_lanes);
    let right = Operand::new(p, "right", about.right, about.right_value, [Role::Batch, Role::N, Role::K], right_lanes);
    let finish = finish_function(p, about, lanes_n, tile);

    let before = p.b.begin_entry(&kernel.name);
    let flat = position(&mut p.b, target, &coverage, false, workgroup_size);
    p.b.name(flat, "tile");
    let (batch, m_tile, n_tile) = split_tiles(p, about, flat, tile);

    let mut at = Point::new(kernel);
    let batches = p.axes(&[Role::Batch]);
    p.split(batch, &batches, &mut at);
    let first_row = scaled(p, m_tile, rows);
    let first_column = scaled(p, n_tile, columns);
    p.b.name(first_row, "m");
    p.b.name(first_column, if lanes_n.is_some() { "quad" } else { "n" });

    // Points of the rows and columns of the tile, without k.
    let row_axes = p.axes(&[Role::M]);
    let row_points: Vec<Point> = (0..rows)
        .map(|row| {
            let row = offset(p, first_row, row);
            let row = clamped(p, row, &about.m, rows);
            let mut point = at.clone();
            p.split(row, &row_axes, &mut point);
            point
        })
        .collect();
    let column_axes = p.axes(&[Role::N]);
    let column_points: Vec<Point> = (0..columns)
        .map(|column| {
            let column = offset(p, first_column, column);
            let mut point = at.clone();
            match lanes_n {
                // Quads divide n: a tile that begins inside lies inside.
                Some(axis) => set_lanes(p, axis, column, &mut point),
                None => {
                    let column = clamped(p, column, &about.n, columns);
                    p.split(column, &column_axes, &mut point);
                }
            }
            point
        })
        .collect();

    let width = if vectors == Vectors::Scalars { Width::One } else { Width::Four };
    let sums = sums(p, rows as usize, columns as usize, width);
    let lanes_k = if left_lanes.is_some() { quads_k } else { None };
    let depth = begin_k(p, lanes_k);
    let set_k = |p: &mut Program, point: &Point, lanes: bool| {
        let mut point = point.clone();
        match (&depth, lanes) {
            (Depth::Quads { axis, quad }, true) => set_lanes(p, *axis, *quad, &mut point),
            (Depth::Quads { .. }, false) => panic!("one k at a time is asked for"),
            (Depth::Each(coords), _) => {
                for (axis, coord) in coords {
                    point.coords[*axis] = Some(*coord);
                }
            }
        }
        point
    };
    let lefts: Vec<V> = row_points
        .iter()
        .map(|point| {
            let point = set_k(p, point, left_lanes.is_some());
            left.at(p, &point)
        })
        .collect();
    match (&depth, vectors) {
        (Depth::Quads { axis, quad }, Vectors::AlongN) => {
            // Four steps along k for one vector of each row of the left operand.
            let four = p.b.u(4);
            let base = p.b.mul(*quad, four);
            for step in 0..4 {
                let k = offset(p, base, step);
                let rights: Vec<V> = column_points
                    .iter()
                    .map(|point| {
                        let mut point = point.clone();
                        point.coords[*axis] = Some(k);
                        right.at(p, &point)
                    })
                    .collect();
                let lefts: Vec<V> = lefts.iter().map(|left| p.b.lane(*left, step)).collect();
                multiply(p, &sums, &lefts, &rights, width);
            }
        }
        _ => {
            let rights: Vec<V> = column_points
                .iter()
                .map(|point| {
                    let point = set_k(p, point, vectors == Vectors::AlongK);
                    right.at(p, &point)
                })
                .collect();
            multiply(p, &sums, &lefts, &rights, width);
        }
    }
    end_k(p, &depth);
    for (row, sums) in sums.iter().enumerate() {
        for (column, sum) in sums.iter().enumerate() {
            let sum = p.b.load_now(*sum, width);
            let sum = if vectors == Vectors::AlongK { add_lanes(p, sum) } else { sum };
            let m = offset(p, first_row, row as u32);
            let n = offset(p, first_column, column as u32);
            p.b.call_procedure(finish, &[batch, m, n, sum]);
        }
    }
    let (function, entry) = p.b.end_entry(before);
    Scheduled { program, function, entry, workgroup_size, coverage }
}

/// Splits the position of a tile, and returns where there is none.
fn split_tiles(p: &mut Program, about: &Contraction, flat: V, tile: [u32; 2]) -> (V, V, V) {
    let tiles = |extent: &Dim, tile: u32| {
        let up = extent.add(&Dim::Const(i64::from(tile) - 1));
        up.floor_div(&Dim::Const(i64::from(tile)), &|_| None)
    };
    let (rows, columns) = (tiles(&about.m, tile[0]), tiles(&about.n, tile[1]));
    let total = about.batch.mul(&rows).mul(&columns);
    let total = p.size(&total);
    let outside = p.b.binary(BinaryOperator::GreaterEqual, flat, total);
    p.b.return_if(outside);
    let (across, rest) = if columns.is(1) {
        (p.b.u(0), flat)
    } else {
        let count = p.size(&columns);
        (p.b.binary(BinaryOperator::Modulo, flat, count), p.b.binary(BinaryOperator::Divide, flat, count))
    };
    if about.batch.is(1) {
        let zero = p.b.u(0);
        return (zero, rest, across);
    }
    let count = p.size(&rows);
    let down = p.b.binary(BinaryOperator::Modulo, rest, count);
    let batch = p.b.binary(BinaryOperator::Divide, rest, count);
    p.b.name(batch, "batch");
    (batch, down, across)
}

fn scaled(p: &mut Program, value: V, by: u32) -> V {
    let by = p.b.u(by);
    p.b.mul(value, by)
}

fn offset(p: &mut Program, value: V, by: u32) -> V {
    let by = p.b.u(by);
    p.b.add(value, by)
}

/// Variables for the sums of a tile, set to 0.
fn sums(p: &mut Program, rows: usize, columns: usize, width: Width) -> Vec<Vec<V>> {
    let ty = p.b.value_ty(Ty::F32, width);
    let zero = p.b.f(0.0);
    let zero = if width == Width::Four { p.b.splat(zero) } else { zero };
    let mut tile = Vec::with_capacity(rows);
    for row in 0..rows {
        let mut line = Vec::with_capacity(columns);
        for column in 0..columns {
            // sum_0a, sum_0b, ..., sum_1a, ...
            let letter = char::from(b'a' + column as u8);
            let sum = p.b.variable(&format!("sum_{row}{letter}"), ty);
            p.b.store(sum, zero);
            line.push(sum);
        }
        tile.push(line);
    }
    tile
}

/// `sum += left * right` for every pair.
fn multiply(p: &mut Program, sums: &[Vec<V>], lefts: &[V], rights: &[V], width: Width) {
    for (line, left) in sums.iter().zip(lefts) {
        for (sum, right) in line.iter().zip(rights) {
            let product = p.b.bin(Bin::FMul, *left, *right);
            // Operands that do not depend on the coordinate of the lanes are scalars.
            let product = if width == Width::Four { p.b.splat(product) } else { product };
            let before = p.b.load_now(*sum, width);
            let after = p.b.bin(Bin::FAdd, before, product);
            p.b.store(*sum, after);
        }
    }
}

/// The sum of the four lanes.
fn add_lanes(p: &mut Program, sum: V) -> V {
    let [x, y, z, w] = [0, 1, 2, 3].map(|lane| p.b.lane(sum, lane));
    let (xy, zw) = (p.b.bin(Bin::FAdd, x, y), p.b.bin(Bin::FAdd, z, w));
    p.b.bin(Bin::FAdd, xy, zw)
}

/// The loops along k that are open.
enum Depth {
    /// One, over groups of four.
    Quads { axis: usize, quad: V },
    /// One per axis, with its coordinate.
    Each(Vec<(usize, V)>),
}

fn begin_k(p: &mut Program, quads: Option<usize>) -> Depth {
    let (zero, one) = (p.b.u(0), p.b.u(1));
    if let Some(axis) = quads {
        let extent = p.kernel.axes[axis].extent.as_const().expect("quads have a known extent");
        let end = p.b.u((extent / 4) as u32);
        let name = format!("quad_{}", p.coord_name(axis));
        return Depth::Quads { axis, quad: p.b.begin_loop(&name, zero, end, one, true) };
    }
    let mut coords = Vec::new();
    for axis in p.axes(&[Role::K]) {
        let extent = p.kernel.axes[axis].extent.clone();
        let end = p.size(&extent);
        let runs = extent.as_const().is_some_and(|e| e > 0);
        coords.push((axis, p.b.begin_loop(p.coord_name(axis), zero, end, one, runs)));
    }
    Depth::Each(coords)
}

fn end_k(p: &mut Program, depth: &Depth) {
    let loops = match depth {
        Depth::Quads { .. } => 1,
        Depth::Each(coords) => coords.len(),
    };
    for _ in 0..loops {
        p.b.end_loop();
    }
}

/// Invocations along each side of a shared tile.
const SIDE: u32 = 16;

fn shared<'k>(kernel: &'k Kernel, target: &'k Target, about: &Contraction<'k>) -> Scheduled<'k> {
    // Large results have tiles enough for every core at 128 x 128, and each element staged is then used twice as often.
    let large = [&about.m, &about.n].iter().all(|e| e.as_const().is_some_and(|e| e >= 2048));
    // In vectors of four rows or columns per invocation; 256 vectors of each operand are staged at a time.
    let (blocks, depth) = if large { (2, 8) } else { (1, 16) };
    let side = SIDE * 4 * blocks;
    let tile = [side, side];
    let lanes_n = axis_of_quads(kernel, Role::N);
    let lanes: Vec<Option<usize>> = kernel
        .phases
        .iter()
        .map(|phase| match phase.over {
            Over::Right | Over::Grid => lanes_n,
            Over::Left | Over::Rows => None,
        })
        .collect();
    let packed = Packing::of(kernel, &lanes).packed;
    let workgroup_size = SIDE * SIDE;
    let extents = [about.m.clone(), about.n.clone()];
    let coverage = Coverage::Tiles { batch: about.batch.clone(), extents, tile, per_workgroup: 1 };
    let mut program = Program::new(kernel, target, packed);
    let p = &mut program;
    let left = Operand::new(p, "left", about.left, about.left_value, [Role::Batch, Role::M, Role::K], None);
    let right = Operand::new(p, "right", about.right, about.right_value, [Role::Batch, Role::N, Role::K], lanes_n);
    let finish = finish_function(p, about, lanes_n, tile);

    let before = p.b.begin_entry(&kernel.name);
    let flat = position(&mut p.b, target, &coverage, true, workgroup_size);
    let lane = p.b.builtin("lane", BuiltIn::LocalInvocationIndex);
    p.b.name(flat, "tile");
    let (batch, m_tile, n_tile) = split_tiles(p, about, flat, tile);
    let mut at = Point::new(kernel);
    let batches = p.axes(&[Role::Batch]);
    p.split(batch, &batches, &mut at);

    // Staged vectors: `left_tile[k][row / 4]` (a row of padding spreads the banks), `right_tile[k][column / 4]`.
    let vector = p.b.value_ty(Ty::F32, Width::Four);
    let across = SIDE * blocks;
    let left_row = across + 1;
    let left_ty = p.b.array_ty(vector, 16, Some(depth * left_row));
    let right_ty = p.b.array_ty(vector, 16, Some(depth * across));
    let left_tile = p.b.declare("left_tile", AddressSpace::WorkGroup, None, left_ty);
    let right_tile = p.b.declare("right_tile", AddressSpace::WorkGroup, None, right_ty);
    let (left_tile, right_tile) = (p.b.global(left_tile), p.b.global(right_tile));

    // Which vector this invocation stages: neighbours read neighbours.
    let stage = |p: &mut Program, along_k: bool| {
        let by = p.b.u(if along_k { depth } else { across });
        let (inner, outer) =
            (p.b.binary(BinaryOperator::Modulo, lane, by), p.b.binary(BinaryOperator::Divide, lane, by));
        if along_k { (inner, outer) } else { (outer, inner) }
    };
    let (left_k, left_quad) =
        stage(p, contiguity(kernel, about.left, Role::K) >= contiguity(kernel, about.left, Role::M));
    let right_contiguous_k = contiguity(kernel, about.right, Role::K) > contiguity(kernel, about.right, Role::N);
    let (right_k, right_quad) = stage(p, right_contiguous_k);
    let first_quad = [scaled(p, m_tile, across), scaled(p, n_tile, across)];
    let row_quad = p.b.add(first_quad[0], left_quad);
    let column_quad = p.b.add(first_quad[1], right_quad);

    let rows: Vec<Point> = quad_points(p, &at, row_quad, &about.m, Role::M, side);
    let columns: Vec<Point> = match lanes_n {
        Some(axis) => {
            let extent = kernel.axes[axis].extent.as_const().expect("quads have a known extent");
            let quad = clamped(p, column_quad, &Dim::Const(extent / 4), across);
            let mut point = at.clone();
            set_lanes(p, axis, quad, &mut point);
            vec![point]
        }
        None => quad_points(p, &at, column_quad, &about.n, Role::N, side),
    };

    let sums = sums(p, 4 * blocks as usize, blocks as usize, Width::Four);
    let (zero, one, step) = (p.b.u(0), p.b.u(1), p.b.u(depth));
    let end = p.size(&about.k);
    let runs = about.k.as_const().is_some_and(|k| k > 0);
    let first_k = p.b.begin_loop("k", zero, end, step, runs);
    let staged_left = staged(p, about, &left, &rows, first_k, left_k, depth);
    let slot = staged_slot(p, left_tile, left_k, left_row, left_quad);
    p.b.store(slot, staged_left);
    let staged_right = staged(p, about, &right, &columns, first_k, right_k, depth);
    let slot = staged_slot(p, right_tile, right_k, across, right_quad);
    p.b.store(slot, staged_right);
    p.b.barrier();

    let sixteen = p.b.u(SIDE);
    let (x, y) = (p.b.binary(BinaryOperator::Modulo, lane, sixteen), p.b.binary(BinaryOperator::Divide, lane, sixteen));
    let inner = p.b.begin_loop("inner", zero, step, one, true);
    let mut lefts = Vec::new();
    for block in 0..blocks {
        let quad = offset(p, y, SIDE * block);
        let slot = staged_slot(p, left_tile, inner, left_row, quad);
        let rows = p.b.load_now(slot, Width::Four);
        lefts.extend([0, 1, 2, 3].map(|row| p.b.lane(rows, row)));
    }
    let mut rights = Vec::new();
    for block in 0..blocks {
        let quad = offset(p, x, SIDE * block);
        let slot = staged_slot(p, right_tile, inner, across, quad);
        rights.push(p.b.load_now(slot, Width::Four));
    }
    multiply(p, &sums, &lefts, &rights, Width::Four);
    p.b.end_loop();
    p.b.barrier();
    p.b.end_loop();

    let (own_row, own_column) = (p.b.add(first_quad[0], y), p.b.add(first_quad[1], x));
    for (row, line) in sums.iter().enumerate() {
        let (block, within) = (row as u32 / 4, row as u32 % 4);
        let quad = offset(p, own_row, SIDE * block);
        let m = scaled(p, quad, 4);
        let m = offset(p, m, within);
        for (block, sum) in line.iter().enumerate() {
            let quad = offset(p, own_column, SIDE * block as u32);
            let sum = p.b.load_now(*sum, Width::Four);
            if lanes_n.is_some() {
                p.b.call_procedure(finish, &[batch, m, quad, sum]);
                continue;
            }
            let n = scaled(p, quad, 4);
            for lane in 0..4 {
                let (n, sum) = (offset(p, n, lane), p.b.lane(sum, lane));
                p.b.call_procedure(finish, &[batch, m, n, sum]);
            }
        }
    }
    let (function, entry) = p.b.end_entry(before);
    Scheduled { program, function, entry, workgroup_size, coverage }
}

/// The four rows (or columns) of a quad, inside.
fn quad_points(p: &mut Program, at: &Point, quad: V, extent: &Dim, role: Role, tile: u32) -> Vec<Point> {
    let first = scaled(p, quad, 4);
    let axes = p.axes(&[role]);
    (0..4)
        .map(|row| {
            let row = offset(p, first, row);
            let row = clamped(p, row, extent, tile);
            let mut point = at.clone();
            p.split(row, &axes, &mut point);
            point
        })
        .collect()
}

/// The vector that this invocation stages: four elements at `first_k + k`, 0 beyond the end.
fn staged(
    p: &mut Program,
    about: &Contraction,
    operand: &Operand,
    points: &[Point],
    first_k: V,
    k: V,
    depth: u32,
) -> V {
    let k = p.b.add(first_k, k);
    let inside = clamped(p, k, &about.k, depth);
    let axes = p.axes(&[Role::K]);
    let mut loaded = Vec::with_capacity(4);
    for point in points {
        let mut point = point.clone();
        p.split(inside, &axes, &mut point);
        loaded.push(operand.at(p, &point));
    }
    let vector = match loaded[..] {
        [quad] => p.b.splat(quad),
        [x, y, z, w] => p.b.compose([x, y, z, w], naga::Scalar::F32),
        _ => unreachable!("a quad is one vector or four scalars"),
    };
    if divides(&about.k, depth) {
        return vector;
    }
    let end = p.size(&about.k);
    let valid = p.b.bin(Bin::ULt, k, end);
    let zero = p.b.f(0.0);
    p.b.select(valid, vector, zero)
}

/// The slot `k * row + quad` of a staged tile.
fn staged_slot(p: &mut Program, tile: V, k: V, row: u32, quad: V) -> V {
    let line = scaled(p, k, row);
    let at = p.b.add(line, quad);
    p.b.element(tile, at)
}
