//! Contractions in registers: an invocation computes a small tile of the result, looping over k alone. Nothing is shared, which is what
//! software adapters want (measured: 4.9 GFLOP/s against 1.9 for staged tiles on SwiftShader), and what a GPU wants for narrow matrices.

use super::{Contraction, Operand, clamped, finish_function, multiply, offset, scaled, set_lanes, split_tiles, sums};
use crate::emit::{Bin, Emit};
use crate::kernel::{Kernel, Over, Role};
use crate::lower::analyse::{axis_of_quads, contiguity};
use crate::lower::builder::{V, Width};
use crate::lower::lowering::{Lowering, Point};
use crate::lower::map::position;
use crate::lower::packing::Packing;
use crate::lower::{Coverage, Scheduled};
use crate::schedule::Vectors;
use crate::target::Target;

/// The code of a contraction whose invocations compute tiles of so many rows and columns by themselves.
pub(in crate::lower) fn registers<'k>(
    kernel: &'k Kernel,
    target: &'k Target,
    workgroup_size: u32,
    tile: [u32; 2],
    vectors: Vectors,
) -> Scheduled<'k> {
    let about = &Contraction::of(kernel);
    let (quads_n, quads_k) = (axis_of_quads(kernel, Role::N), axis_of_quads(kernel, Role::K));
    let left_along_k = contiguity(kernel, about.left, Role::K);
    let lanes_n = if vectors == Vectors::AlongN { quads_n } else { None };
    // The left operand comes in vectors along k where that is how it lies.
    let left_lanes = match vectors {
        Vectors::AlongK => quads_k,
        Vectors::AlongN if left_along_k > 0 => quads_k,
        Vectors::AlongN | Vectors::None => None,
    };
    let right_lanes = match vectors {
        Vectors::AlongK => quads_k,
        Vectors::AlongN => quads_n,
        Vectors::None => None,
    };
    // Columns in units of vectors or scalars.
    let unit = if vectors == Vectors::AlongN { 4 } else { 1 };
    let (rows, columns) = (tile[0], tile[1] / unit);
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
    let extents = [about.m.clone(), about.n.clone()];
    let coverage = Coverage::Tiles { batch: about.batch.clone(), extents, tile, per_workgroup: workgroup_size };
    let mut lowering = Lowering::new(kernel, target, packed);
    let p = &mut lowering;
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

    let width = if vectors == Vectors::None { Width::One } else { Width::Four };
    let sums = sums(p, rows as usize, columns as usize, width);
    let lanes_k = if left_lanes.is_some() { quads_k } else { None };
    let depth = begin_k(p, lanes_k);
    let set_k = |p: &mut Lowering, point: &Point, lanes: bool| {
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
    Scheduled { lowering, function, entry, workgroup_size, coverage }
}

/// The sum of the four lanes.
fn add_lanes(p: &mut Lowering, sum: V) -> V {
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

fn begin_k(p: &mut Lowering, quads: Option<usize>) -> Depth {
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

fn end_k(p: &mut Lowering, depth: &Depth) {
    let loops = match depth {
        Depth::Quads { .. } => 1,
        Depth::Each(coords) => coords.len(),
    };
    for _ in 0..loops {
        p.b.end_loop();
    }
}
