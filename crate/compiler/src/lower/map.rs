//! Map and index kernels: an invocation computes one grid point, or four neighbours as a vector.
//!
//! Maps side by side are dealt out by workgroups: each part has so many of them, one after another, and an invocation does the part
//! that its position falls into. All of a workgroup do the same.

use super::analyse::{four_lanes, spaces};
use super::builder::{Builder, V, Width};
use super::lowering::{Lanes, Lowering, Point};
use super::{Coverage, Scheduled};
use crate::dim::Dim;
use crate::kernel::{Kernel, Part};
use crate::target::Target;
use naga::{BinaryOperator, BuiltIn};

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

/// The code of a map with so many invocations a workgroup, of one or four lanes.
pub(super) fn emit<'k>(kernel: &'k Kernel, target: &'k Target, workgroup_size: u32, lanes: u32) -> Scheduled<'k> {
    let spaces = spaces(kernel);
    let (lane_axes, packed) = match four_lanes(kernel, &spaces).filter(|_| lanes == 4) {
        Some((axes, packed)) => (axes, packed),
        None => (Vec::new(), vec![false; kernel.bindings.len()]),
    };
    let per_workgroup = workgroup_size * lanes;
    let points = match spaces.as_slice() {
        [_] => kernel.grid_points(),
        // Each part starts with a workgroup of its own.
        _ => (0..spaces.len()).fold(Dim::ZERO, |sum, at| {
            sum.add(&whole(&kernel.part_points(at), i64::from(per_workgroup)).scale(i64::from(per_workgroup)))
        }),
    };
    let coverage = Coverage::Points { points, per_workgroup };
    let mut lowering = Lowering::new(kernel, target, packed);
    let p = &mut lowering;
    let before = p.b.begin_entry(&kernel.name);
    let flat = position(&mut p.b, target, &coverage, false, workgroup_size);
    let name = if lanes == 4 { "quad" } else { "index" };
    if let [space] = spaces.as_slice() {
        p.b.name(flat, name);
        let size = p.uniform(0);
        let first = {
            let lanes = crate::emit::Emit::u(&mut p.b, lanes);
            p.b.mul(flat, lanes)
        };
        let outside = p.b.binary(BinaryOperator::GreaterEqual, first, size);
        p.b.return_if(outside);
        one_space(p, space, flat, lane_axes.first().copied());
    } else {
        p.b.name(flat, "place");
        let mut start = Dim::ZERO;
        for (at, space) in spaces.iter().enumerate() {
            let own = whole(&kernel.part_points(at), i64::from(lanes));
            let (first, count) = (p.size(&start), p.size(&own));
            // Positions before the first wrap around to large numbers, so one comparison tells both ends.
            let local = if start.is(0) { flat } else { p.b.binary(BinaryOperator::Subtract, flat, first) };
            p.b.name(local, name);
            let inside = p.b.binary(BinaryOperator::Less, local, count);
            p.b.begin_if(inside);
            one_space(p, space, local, lane_axes.get(at).copied());
            p.b.end_if();
            let size = i64::from(workgroup_size);
            start = start.add(&whole(&own, size).scale(size));
        }
    }
    let (function, entry) = p.b.end_entry(before);
    Scheduled { lowering, function, entry, workgroup_size, coverage }
}

/// How many groups of `size` hold so many.
fn whole(count: &Dim, size: i64) -> Dim {
    count.add(&Dim::Const(size - 1)).floor_div(&Dim::Const(size), &|_| None)
}

/// What is done at one position of a space; with `lanes` it is that of four neighbours along that axis.
fn one_space(p: &mut Lowering, space: &Part, flat: V, lanes: Option<usize>) {
    let kernel = p.kernel;
    let mut point = Point::new(kernel);
    let axes: Vec<usize> = (space.axes.start as usize..space.axes.end as usize).collect();
    match lanes {
        None => p.split(flat, &axes, &mut point),
        Some(axis) => split_groups(p, flat, &axes, axis, &mut point),
    }
    for phase in &kernel.phases[space.phases.start as usize..space.phases.end as usize] {
        p.body(&phase.body, &mut point);
        p.stores(phase, &point);
    }
}

/// Coordinates of a group of four neighbours along `axis`, which is the innermost that has more than one point.
fn split_groups(p: &mut Lowering, flat: V, axes: &[usize], axis: usize, point: &mut Point) {
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
