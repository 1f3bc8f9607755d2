//! Fewer axes for the same space: axes of size 1 go, and neighbours that every index expression treats as one become one.
//!
//! A chain over [1024, 1024] is a chain over 1,048,576 elements; a bias over the last axis keeps two. Drivers then divide less, blocks
//! run longer, and programs that differ only in how a size is split share a pipeline.

use crate::dim::{Atom, Dim};
use crate::kernel::{Class, Kernel, Role};

/// Simplifies the iteration space of a kernel.
pub(super) fn collapse(kernel: &mut Kernel) {
    drop_ones(kernel);
    loop {
        let count = kernel.axes.len();
        let mut pairs = (0..count).flat_map(|a| (0..count).map(move |b| (a, b)));
        let Some((outer, inner)) = pairs.find(|(a, b)| a != b && mergeable(kernel, *a, *b)) else { break };
        let extent = kernel.axes[outer].extent.mul(&kernel.axes[inner].extent);
        // The merged axis takes the inner one's place: innermost stays innermost.
        kernel.axes[inner].extent = extent;
        replace(kernel, outer, Dim::ZERO);
        remove(kernel, outer);
    }
}

fn drop_ones(kernel: &mut Kernel) {
    let mut axis = 0;
    while axis < kernel.axes.len() {
        let role = kernel.axes[axis].role;
        // A row kernel keeps a row and a contraction a sum, however short.
        let needed = match (kernel.class, role) {
            (Class::Row, Role::Row) | (Class::Contract, Role::K) => kernel.axes_with(role).count() == 1,
            _ => false,
        };
        if kernel.axes[axis].extent.is(1) && !needed {
            replace(kernel, axis, Dim::ZERO);
            remove(kernel, axis);
        } else {
            axis += 1;
        }
    }
}

/// Is `outer * extent(inner) + inner` all that any expression sees of the two?
fn mergeable(kernel: &mut Kernel, outer: usize, inner: usize) -> bool {
    if kernel.axes[outer].role != kernel.axes[inner].role {
        return false;
    }
    let extent = kernel.axes[inner].extent.clone();
    let mut alike = true;
    kernel.dims_mut(&mut |dim| {
        alike = alike
            && match (dim.affine_in(outer), dim.affine_in(inner)) {
                (Some((a, _)), Some((b, _))) => a == b.mul(&extent),
                _ => false,
            };
    });
    alike
}

fn replace(kernel: &mut Kernel, axis: usize, with: Dim) {
    let bounds = kernel.bounds();
    let wanted = Atom::Coord(axis as u32);
    kernel.dims_mut(&mut |dim| *dim = dim.substitute(&|atom| (*atom == wanted).then(|| with.clone()), &bounds));
}

fn remove(kernel: &mut Kernel, axis: usize) {
    kernel.axes.remove(axis);
    let bounds = kernel.bounds();
    kernel.dims_mut(&mut |dim| {
        *dim = dim.substitute(
            &|atom| match atom {
                Atom::Coord(a) if *a as usize > axis => Some(Dim::coord(*a as usize - 1)),
                _ => None,
            },
            &bounds,
        );
    });
}
