//! The schedule of map and index kernels: an invocation computes one grid point, or four neighbours as a vector.
//!
//! Four lanes are used when the innermost extent is a known multiple of four, everything is stored in aligned groups of four, and
//! every load along the innermost coordinate reads neighbours: on SwiftShader that is four times faster for a stream, on GPUs it
//! turns four loads into one.

use super::builder::{Builder, V, Width};
use super::packing::Packing;
use super::program::{Lanes, Point, Program};
use super::{Coverage, Scheduled};
use crate::kernel::{Kernel, Role};
use crate::target::{AdapterClass, Target};
use naga::{BinaryOperator, BuiltIn};

/// How many invocations a workgroup has where they do not cooperate.
pub(super) fn independent_workgroup(target: &Target) -> u32 {
    let wanted = match target.class {
        AdapterClass::Software => 64,
        AdapterClass::Cpu | AdapterClass::Gpu => 256,
    };
    wanted.min(target.limits.workgroup_invocations.max(1))
}

/// The position of this invocation (or, with `per_workgroup` 1, of this workgroup) in the whole dispatch.
pub(super) fn position(b: &mut Builder, target: &Target, coverage: &Coverage, cooperate: bool, workgroup: u32) -> V {
    let one_row =
        coverage.known_count().is_some_and(|count| count <= u64::from(target.limits.workgroups_per_dimension));
    let id =
        if cooperate { b.builtin("group", BuiltIn::WorkGroupId) } else { b.builtin("id", BuiltIn::GlobalInvocationId) };
    let x = b.field(id, 0);
    if one_row {
        return x;
    }
    let workgroups = b.builtin("groups", BuiltIn::NumWorkGroups);
    let mut per_row = b.field(workgroups, 0);
    if !cooperate {
        let size = crate::emit::Emit::u(b, workgroup);
        per_row = b.mul(per_row, size);
    }
    let y = b.field(id, 1);
    let before = b.mul(y, per_row);
    b.add(before, x)
}

/// The innermost axis and the buffers to pack, when four lanes are worth it.
fn four_lanes(kernel: &Kernel) -> Option<(usize, Vec<bool>)> {
    let axis = kernel.axes.iter().rposition(|a| !a.extent.is(1))?;
    kernel.axes[axis].extent.as_const().filter(|e| e % 4 == 0 && *e > 0)?;
    let lanes: Vec<Option<usize>> = kernel.phases.iter().map(|_| Some(axis)).collect();
    let packing = Packing::of(kernel, &lanes);
    packing.steps_of_one.then_some((axis, packing.packed))
}

/// The schedule.
pub(super) fn schedule<'k>(kernel: &'k Kernel, target: &'k Target) -> Scheduled<'k> {
    let (lanes_axis, packed) = match four_lanes(kernel) {
        Some((axis, packed)) => (Some(axis), packed),
        None => (None, vec![false; kernel.bindings.len()]),
    };
    let workgroup_size = independent_workgroup(target);
    let lanes = if lanes_axis.is_some() { 4 } else { 1 };
    let coverage = Coverage::Points { points: kernel.grid_points(), per_workgroup: workgroup_size * lanes };
    let mut program = Program::new(kernel, target, packed);
    let entry_coverage = coverage.clone();
    let p = &mut program;
    let before = p.b.begin_entry(&kernel.name);
    let flat = position(&mut p.b, target, &entry_coverage, false, workgroup_size);
    p.b.name(flat, if lanes == 4 { "quad" } else { "index" });
    let size = p.uniform(0);
    let first = {
        let lanes = crate::emit::Emit::u(&mut p.b, lanes);
        p.b.mul(flat, lanes)
    };
    let outside = p.b.binary(BinaryOperator::GreaterEqual, first, size);
    p.b.return_if(outside);
    let mut point = Point::new(kernel);
    let axes = p.axes(&[Role::Grid]);
    match lanes_axis {
        None => p.split(flat, &axes, &mut point),
        Some(axis) => split_groups(p, flat, &axes, axis, &mut point),
    }
    for phase in &kernel.phases {
        p.body(&phase.body, &mut point);
        p.stores(phase, &point);
    }
    let (function, entry) = p.b.end_entry(before);
    Scheduled { program, function, entry, workgroup_size, coverage }
}

/// Coordinates of a group of four neighbours along `axis`, which is the innermost that has more than one point.
fn split_groups(p: &mut Program, flat: V, axes: &[usize], axis: usize, point: &mut Point) {
    use crate::emit::Emit;
    let extent = p.kernel.axes[axis].extent.as_const().expect("four lanes need a known extent");
    let outer: Vec<usize> = axes.iter().copied().filter(|a| *a != axis).collect();
    let alone = outer.iter().all(|a| p.kernel.axes[*a].extent.is(1));
    let group = if alone {
        for outer in &outer {
            point.coords[*outer] = Some(p.b.u(0));
        }
        flat
    } else {
        let groups = p.b.u((extent / 4) as u32);
        let group = p.b.binary(BinaryOperator::Modulo, flat, groups);
        let rest = p.b.binary(BinaryOperator::Divide, flat, groups);
        p.split(rest, &outer, point);
        p.b.name(group, &format!("quad_{}", p.coord_name(axis)));
        group
    };
    let four = p.b.u(4);
    let base = p.b.mul(group, four);
    let offsets = [0, 1, 2, 3].map(|lane| p.b.u(lane));
    let offsets = p.b.compose(offsets, naga::Scalar::U32);
    let coord = p.b.add(base, offsets);
    debug_assert!(p.b.width(coord) == Width::Four);
    point.coords[axis] = Some(coord);
    point.lanes = Some(Lanes { axis, group, base });
}
