//! Can a group take in a reduction or a contraction, and what becomes of its axes?
//!
//! A reduction fits when the group already runs over the reduced elements: the axes that its result does not depend on become the
//! row (softmax: the map over [rows, columns] needs the maximum at [rows], so columns become the row). Or when the group runs over
//! its result: then the reduced axes are added as the row (a mean: the map over [rows] divides the sum). Either way one kernel goes
//! over each row a few times instead of storing it in between.
//!
//! A scan fits when the group runs over its result and has no other row: the scanned axis becomes the row, which one invocation walks
//! in order. On the CPU device it is a plain loop, with what else is [`Serial`].
//!
//! A contraction fits when the group runs over its result, every element once: the group's map is the epilogue.

use super::coords::Coords;
use super::expand::{CoordsTable, Element};
use super::group::{Group, plain_coords};
use crate::dim::Dim;
use crate::graph::Graph;
use crate::kernel::{Axis, Role, Serial};
use crate::kind::{DotAxes, Kind};
use crate::shape::Shape;
use crate::target::AdapterClass;
use smallvec::SmallVec;

/// The group's axes after taking something in, and where the operands lie.
#[derive(Clone, Debug)]
pub(super) enum Absorbed {
    /// A reduction along row axes.
    Rows { axes: Vec<Axis>, operand: Coords, position: Dim },
    /// A running combination along a row.
    Running { axes: Vec<Axis> },
    /// A permutation; the group runs over what it permutes.
    Permuted,
    /// A contraction.
    Product { axes: Vec<Axis>, left: Coords, right: Coords },
    /// A kind that one loop does whole; its operands lie in memory.
    Whole { axes: Vec<Axis> },
}

/// How the group would take in a reduction or contraction at a place; `None` if it cannot.
pub(super) fn absorb(
    graph: &Graph,
    class: AdapterClass,
    table: &CoordsTable,
    (id, at): Element,
    group: &Group,
) -> Option<Absorbed> {
    let node = graph.node(id);
    let at = table.get(at);
    match &node.kind {
        Kind::Reduce { axes, .. } => reduce(&graph.aval(node.operands[0]).shape, axes, &node.aval.shape, at, group),
        Kind::Dot { axes } => {
            let operands = (&graph.aval(node.operands[0]).shape, &graph.aval(node.operands[1]).shape);
            product(axes, operands, &node.aval.shape, at, group)
        }
        Kind::Scan { axis, reverse, .. } if class != AdapterClass::Cpu => {
            running(&node.aval.shape, *axis as usize, *reverse, at, group)
        }
        Kind::Permute => {
            let alone = group.parts.is_empty() && group.roots.len() == 1;
            (alone && group.axes.iter().all(|a| a.role == Role::Grid)).then_some(Absorbed::Permuted)
        }
        kind => {
            // In a group of its own only.
            let (serial, axis) = Serial::of(kind).filter(|_| group.parts.is_empty() && group.roots.len() == 1)?;
            if serial == Serial::Loop {
                return Some(Absorbed::Whole { axes: vec![Axis { extent: Dim::ONE, role: Role::Grid }] });
            }
            let dims = node.aval.shape.dims();
            let axis_of = |dims: &[Dim], role| Axis { extent: dims.iter().fold(Dim::ONE, |n, d| n.mul(d)), role };
            let axes = vec![
                axis_of(&dims[..axis], Role::Grid),
                axis_of(&dims[axis..=axis], Role::Row),
                axis_of(&dims[axis + 1..], Role::Grid),
            ];
            Some(Absorbed::Whole { axes })
        }
    }
}

fn reduce(operand: &Shape, reduced: &[u32], result: &Shape, at: &[Dim], group: &Group) -> Option<Absorbed> {
    if group.contracts {
        return None;
    }
    let kept = plain_coords(at, result)?;
    let is_reduced = |axis: usize| reduced.contains(&(axis as u32));
    let row_extents: SmallVec<[Dim; 4]> =
        reduced.iter().map(|a| operand.0[*a as usize].clone()).filter(|extent| !extent.is(1)).collect();
    let mut axes = group.axes.clone();
    // The axes that the result does not depend on, in order.
    let free: SmallVec<[usize; 4]> =
        (0..axes.len()).filter(|axis| !axes[*axis].extent.is(1) && !kept.contains(axis)).collect();
    let rows: SmallVec<[usize; 4]> = if free.is_empty() && axes.iter().all(|a| a.role == Role::Grid) {
        let first = axes.len();
        let extents: SmallVec<[Dim; 4]> =
            if row_extents.is_empty() { [Dim::ONE].into_iter().collect() } else { row_extents.clone() };
        axes.extend(extents.into_iter().map(|extent| Axis { extent, role: Role::Row }));
        (first..first + row_extents.len()).collect()
    } else {
        let same =
            free.len() == row_extents.len() && free.iter().zip(&row_extents).all(|(axis, e)| axes[*axis].extent == *e);
        let rows_already = axes.iter().any(|a| a.role == Role::Row);
        // Once there are rows, they are these; before, the free axes become them.
        if !same || free.is_empty() || (rows_already && free.iter().any(|axis| axes[*axis].role != Role::Row)) {
            return None;
        }
        for axis in &free {
            axes[*axis].role = Role::Row;
        }
        free
    };
    if kept.iter().any(|axis| axes[*axis].role != Role::Grid) {
        return None;
    }
    let mut next_row = rows.iter();
    let mut next_kept = at.iter();
    let mut coords = Coords::new();
    let mut position = Dim::ZERO;
    for (axis, extent) in operand.dims().iter().enumerate() {
        if !is_reduced(axis) {
            coords.push(next_kept.next().expect("the result keeps this axis").clone());
        } else if extent.is(1) {
            coords.push(Dim::ZERO);
        } else {
            let row = Dim::coord(*next_row.next().expect("one row axis per reduced axis"));
            position = position.mul(extent).add(&row);
            coords.push(row);
        }
    }
    Some(Absorbed::Rows { axes, operand: coords, position })
}

fn running(shape: &Shape, scanned: usize, reverse: bool, at: &[Dim], group: &Group) -> Option<Absorbed> {
    if group.contracts || group.walks.is_some_and(|other| other != reverse) {
        return None;
    }
    let kept = plain_coords(at, shape)?;
    let mut axes = group.axes.clone();
    if axes.iter().enumerate().any(|(axis, a)| !a.extent.is(1) && !kept.contains(&axis)) {
        return None;
    }
    let before = shape.dims()[..scanned].iter().filter(|extent| !extent.is(1)).count();
    let row = *kept.get(before).filter(|_| !shape.0[scanned].is(1))?;
    if axes.iter().enumerate().any(|(axis, a)| axis != row && a.role != Role::Grid) {
        return None;
    }
    axes[row].role = Role::Row;
    Some(Absorbed::Running { axes })
}

fn product(
    dot: &DotAxes,
    (left, right): (&Shape, &Shape),
    result: &Shape,
    at: &[Dim],
    group: &Group,
) -> Option<Absorbed> {
    if group.contracts || group.axes.iter().any(|a| a.role != Role::Grid) {
        return None;
    }
    let kept = plain_coords(at, result)?;
    if group.axes.iter().enumerate().any(|(axis, a)| !a.extent.is(1) && !kept.contains(&axis)) {
        return None;
    }
    let batches = dot.batch.len();
    let (free_left, free_right) = (dot.free_left(left.rank()), dot.free_right(right.rank()));
    let mut axes = group.axes.clone();
    // Axes of size 1 carry no coordinate; any role does.
    for axis in &mut axes {
        axis.role = Role::Batch;
    }
    let mut named = kept.iter();
    for (position, extent) in result.dims().iter().enumerate() {
        if !extent.is(1) {
            let axis = *named.next().expect("one coordinate per axis that is not 1");
            axes[axis].role = if position < batches {
                Role::Batch
            } else if position < batches + free_left.len() {
                Role::M
            } else {
                Role::N
            };
        }
    }
    let mut summed: SmallVec<[Dim; 2]> = SmallVec::new();
    for (l, _) in &dot.contract {
        let extent = left.0[*l as usize].clone();
        if extent.is(1) {
            summed.push(Dim::ZERO);
        } else {
            summed.push(Dim::coord(axes.len()));
            axes.push(Axis { extent, role: Role::K });
        }
    }
    if axes.iter().all(|a| a.role != Role::K) {
        axes.push(Axis { extent: Dim::ONE, role: Role::K });
    }
    let mut of_left: Coords = SmallVec::from_elem(Dim::ZERO, left.rank());
    let mut of_right: Coords = SmallVec::from_elem(Dim::ZERO, right.rank());
    for (i, (l, r)) in dot.batch.iter().enumerate() {
        of_left[*l as usize] = at[i].clone();
        of_right[*r as usize] = at[i].clone();
    }
    for (i, axis) in free_left.iter().enumerate() {
        of_left[*axis as usize] = at[batches + i].clone();
    }
    for (i, axis) in free_right.iter().enumerate() {
        of_right[*axis as usize] = at[batches + free_left.len() + i].clone();
    }
    for (i, (l, r)) in dot.contract.iter().enumerate() {
        of_left[*l as usize] = summed[i].clone();
        of_right[*r as usize] = summed[i].clone();
    }
    Some(Absorbed::Product { axes, left: of_left, right: of_right })
}
