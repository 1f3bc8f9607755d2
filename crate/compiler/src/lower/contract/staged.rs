//! Contractions in staged tiles: 256 invocations compute a tile of 64 x 64 (or 128 x 128 for large matrices); step by step along k they
//! stage a slice of both operands in workgroup memory as vectors, each then multiplies its 4 x 4 (or 8 x 8) part of it. Source: the
//! classical blocked product, e.g. K. Goto and R. van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008), with the two
//! levels of registers and workgroup memory.

use super::{
    Contraction, Operand, clamped, divides, finish_function, multiply, offset, scaled, set_lanes, split_tiles, sums,
};
use crate::dim::Dim;
use crate::emit::{Bin, Emit, Ty};
use crate::kernel::{Kernel, Over, Role};
use crate::lower::analyse::{axis_of_quads, contiguity};
use crate::lower::builder::{V, Width};
use crate::lower::lowering::{Lowering, Point};
use crate::lower::map::position;
use crate::lower::packing::Packing;
use crate::lower::{Coverage, Scheduled};
use crate::schedule::Vectors;
use crate::target::Target;
use crate::tuning::TILE_SIDE;
use naga::{AddressSpace, BinaryOperator, BuiltIn};

/// The code of a contraction whose workgroups stage slices of `depth` steps along k; an invocation computes so many rows and columns.
pub(in crate::lower) fn staged<'k>(
    kernel: &'k Kernel,
    target: &'k Target,
    workgroup_size: u32,
    thread: [u32; 2],
    (depth, vectors): (u32, Vectors),
) -> Scheduled<'k> {
    let about = &Contraction::of(kernel);
    // In vectors of four rows or columns per invocation.
    let blocks = thread[0] / 4;
    let side = TILE_SIDE * 4 * blocks;
    let tile = [side, side];
    let lanes_n = axis_of_quads(kernel, Role::N).filter(|_| vectors == Vectors::AlongN);
    let lanes: Vec<Option<usize>> = kernel
        .phases
        .iter()
        .map(|phase| match phase.over {
            Over::Right | Over::Grid => lanes_n,
            Over::Left | Over::Rows => None,
        })
        .collect();
    let packed = Packing::of(kernel, &lanes).packed;
    let extents = [about.m.clone(), about.n.clone()];
    let coverage = Coverage::Tiles { batch: about.batch.clone(), extents, tile, per_workgroup: 1 };
    let mut lowering = Lowering::new(kernel, target, packed);
    let p = &mut lowering;
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
    let across = TILE_SIDE * blocks;
    let left_row = across + 1;
    let left_ty = p.b.array_ty(vector, 16, Some(depth * left_row));
    let right_ty = p.b.array_ty(vector, 16, Some(depth * across));
    let left_tile = p.b.declare("left_tile", AddressSpace::WorkGroup, None, left_ty);
    let right_tile = p.b.declare("right_tile", AddressSpace::WorkGroup, None, right_ty);
    let (left_tile, right_tile) = (p.b.global(left_tile), p.b.global(right_tile));

    // Which vector this invocation stages: neighbours read neighbours.
    let stage = |p: &mut Lowering, along_k: bool| {
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
    let staged_left = slice(p, about, &left, &rows, first_k, left_k, depth);
    let slot = staged_slot(p, left_tile, left_k, left_row, left_quad);
    p.b.store(slot, staged_left);
    let staged_right = slice(p, about, &right, &columns, first_k, right_k, depth);
    let slot = staged_slot(p, right_tile, right_k, across, right_quad);
    p.b.store(slot, staged_right);
    p.b.barrier();

    let sixteen = p.b.u(TILE_SIDE);
    let (x, y) = (p.b.binary(BinaryOperator::Modulo, lane, sixteen), p.b.binary(BinaryOperator::Divide, lane, sixteen));
    let inner = p.b.begin_loop("inner", zero, step, one, true);
    let mut lefts = Vec::new();
    for block in 0..blocks {
        let quad = offset(p, y, TILE_SIDE * block);
        let slot = staged_slot(p, left_tile, inner, left_row, quad);
        let rows = p.b.load_now(slot, Width::Four);
        lefts.extend([0, 1, 2, 3].map(|row| p.b.lane(rows, row)));
    }
    let mut rights = Vec::new();
    for block in 0..blocks {
        let quad = offset(p, x, TILE_SIDE * block);
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
        let quad = offset(p, own_row, TILE_SIDE * block);
        let m = scaled(p, quad, 4);
        let m = offset(p, m, within);
        for (block, sum) in line.iter().enumerate() {
            let quad = offset(p, own_column, TILE_SIDE * block as u32);
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
    Scheduled { lowering, function, entry, workgroup_size, coverage }
}

/// The four rows (or columns) of a quad, inside.
fn quad_points(p: &mut Lowering, at: &Point, quad: V, extent: &Dim, role: Role, tile: u32) -> Vec<Point> {
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
fn slice(
    p: &mut Lowering,
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
fn staged_slot(p: &mut Lowering, tile: V, k: V, row: u32, quad: V) -> V {
    let line = scaled(p, k, row);
    let at = p.b.add(line, quad);
    p.b.element(tile, at)
}
