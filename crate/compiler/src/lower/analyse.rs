//! What of a kernel decides between schedules: what lies together in memory along which axis.

use super::packing::Packing;
use crate::dim::Dim;
use crate::kernel::{Inst, Kernel, Over, Part, Phase, Role};

/// The spaces of a kernel: its parts, or all as one.
pub(super) fn spaces(kernel: &Kernel) -> Vec<Part> {
    match kernel.parts.as_slice() {
        [] => vec![Part { axes: 0..kernel.axes.len() as u32, phases: 0..kernel.phases.len() as u32 }],
        parts => parts.to_vec(),
    }
}

/// The innermost axis of every space and the buffers to pack, where four lanes can be used: the innermost extent is a known multiple of
/// four, everything is stored in aligned groups of four, and every load along the innermost coordinate reads neighbours.
pub(super) fn four_lanes(kernel: &Kernel, spaces: &[Part]) -> Option<(Vec<usize>, Vec<bool>)> {
    let mut axes = Vec::with_capacity(spaces.len());
    let mut lanes: Vec<Option<usize>> = vec![None; kernel.phases.len()];
    for space in spaces {
        let (first, end) = (space.axes.start as usize, space.axes.end as usize);
        let axis = first + kernel.axes[first..end].iter().rposition(|a| !a.extent.is(1))?;
        kernel.axes[axis].extent.as_const().filter(|e| e % 4 == 0 && *e > 0)?;
        axes.push(axis);
        lanes[space.phases.start as usize..space.phases.end as usize].fill(Some(axis));
    }
    let packing = Packing::of(kernel, &lanes);
    packing.steps_of_one.then_some((axes, packing.packed))
}

/// The axis of that role, when there is one and its extent is a known multiple of four.
pub(super) fn axis_of_quads(kernel: &Kernel, role: Role) -> Option<usize> {
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

/// Do the rows lie beside each other, and not one after another?
pub(super) fn rows_are_neighbours(kernel: &Kernel) -> bool {
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
