//! Contractions: what tiles in registers (`registers`) and tiles staged by a workgroup (`staged`) have in common: operands, the epilogue,
//! positions of tiles and the multiplication. The register tile comes in three forms, by the layout of the operands: vectors along n
//! (a row-major right operand), vectors along k (both operands contiguous in k; the four partial sums meet at the end), or scalars.
//!
//! Sums are float32. Beyond the edges operands repeat their last row or column, beyond k they are 0, and `finish`, which runs the
//! epilogue and stores, does nothing outside the result.

mod registers;
mod staged;

pub(super) use registers::registers;
pub(super) use staged::staged;

use super::builder::{V, Width};
use super::lowering::{Lanes, Lowering, Point};
use crate::dim::Dim;
use crate::dtype::DType;
use crate::emit::{Bin, Emit, Ty};
use crate::kernel::{Inst, Kernel, Over, Phase, Role, ValueId};
use crate::tuning::OPERAND_INLINE;
use naga::{BinaryOperator, Function, Handle, MathFunction};

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

/// Is every multiple of `by` up to the extent inside?
fn divides(extent: &Dim, by: u32) -> bool {
    extent.as_const().is_some_and(|e| e % i64::from(by) == 0)
}

/// The coordinate, or the last one where it lies outside.
fn clamped(p: &mut Lowering, at: V, extent: &Dim, tile: u32) -> V {
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

impl<'k> Operand<'k> {
    fn new(
        p: &mut Lowering,
        name: &str,
        phase: &'k Phase,
        value: ValueId,
        roles: [Role; 3],
        lanes: Option<usize>,
    ) -> Operand<'k> {
        let mut operand = Operand { phase, value, roles, function: None };
        if phase.body.len() > OPERAND_INLINE {
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

    fn inline(&self, p: &mut Lowering, point: &Point) -> V {
        let mut point = point.clone();
        p.body(&self.phase.body, &mut point);
        point.values[self.value.index()].unwrap_or_else(|| panic!("no operand:\n{}", p.kernel))
    }

    /// The element at that point.
    fn at(&self, p: &mut Lowering, point: &Point) -> V {
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
fn set_lanes(p: &mut Lowering, axis: usize, quad: V, point: &mut Point) {
    let four = p.b.u(4);
    let base = p.b.mul(quad, four);
    let offsets = [0, 1, 2, 3].map(|lane| p.b.u(lane));
    let offsets = p.b.compose(offsets, naga::Scalar::U32);
    point.coords[axis] = Some(p.b.add(base, offsets));
    point.lanes = Some(Lanes { axis, group: quad, base });
}

/// Builds `finish(batch, m, n, sum)`: the epilogue and the stores, inside the result. With lanes, n counts quads.
fn finish_function(p: &mut Lowering, about: &Contraction, lanes: Option<usize>, tile: [u32; 2]) -> Handle<Function> {
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

/// Splits the position of a tile, and returns where there is none.
fn split_tiles(p: &mut Lowering, about: &Contraction, flat: V, tile: [u32; 2]) -> (V, V, V) {
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

fn scaled(p: &mut Lowering, value: V, by: u32) -> V {
    let by = p.b.u(by);
    p.b.mul(value, by)
}

fn offset(p: &mut Lowering, value: V, by: u32) -> V {
    let by = p.b.u(by);
    p.b.add(value, by)
}

/// Variables for the sums of a tile, set to 0.
fn sums(p: &mut Lowering, rows: usize, columns: usize, width: Width) -> Vec<Vec<V>> {
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
fn multiply(p: &mut Lowering, sums: &[Vec<V>], lefts: &[V], rights: &[V], width: Width) {
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
