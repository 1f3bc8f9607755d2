//! A group: a kernel while it is being put together.

use super::coords::Inside;
use super::cost;
use super::expand::{Element, Formula};
use crate::dim::{Atom, Dim, Range};
use crate::graph::NodeId;
use crate::kernel::{Axis, Role};
use crate::shape::Shape;
use crate::small;
use crate::small::HashMap;
use crate::small::VecMap;
use hashbrown::hash_map::Entry;
use smallvec::SmallVec;
use std::rc::Rc;

/// How a group comes by a value.
#[derive(Clone, Debug)]
pub(super) enum Recipe {
    /// From a buffer.
    Load,
    /// By a formula.
    Compute(Formula),
    /// Reduced along the group's row axes.
    Reduce {
        /// The reduced element.
        arg: Element,
        /// The index that an arg-reduction names.
        position: Dim,
    },
    /// Stored where another value says; what the group stores so, nothing in it needs.
    Permuted {
        /// An element.
        data: Element,
        /// Where it goes.
        places: Element,
    },
    /// Combined along the group's row so far.
    Running {
        /// The element.
        arg: Element,
        /// Does the combination start again here?
        restart: Option<Element>,
    },
    /// The group's contraction.
    Product {
        /// An element of the left operand.
        left: Element,
        /// An element of the right operand.
        right: Element,
    },
    /// A kind that one loop does whole, from operands in memory.
    Whole(SmallVec<[Element; 3]>),
}

/// Constant extents of a group's axes, shared cheaply.
#[derive(Clone, Debug, Default)]
pub(super) struct Extents(Rc<[Option<i64>]>);

impl Extents {
    /// Bounds of a coordinate.
    pub fn range(&self, atom: &Atom) -> Range {
        match atom {
            Atom::Coord(axis) => self.0.get(*axis as usize).copied().flatten().map(|e| (0, (e - 1).max(0))),
            Atom::Symbol(_) | Atom::Value(_) => None,
            Atom::FloorDiv(..) | Atom::Mod(..) | Atom::Min(..) | Atom::Max(..) => None,
        }
    }
}

/// What a needed node counts as among the buffers of a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Counted {
    /// The leaves it can be computed from.
    Leaves,
    /// A buffer of its own.
    Itself,
}

impl Counted {
    fn leaves<'a>(self, id: &'a NodeId, footprint: &'a [NodeId]) -> &'a [NodeId] {
        match self {
            Counted::Leaves => footprint,
            Counted::Itself => std::slice::from_ref(id),
        }
    }
}

/// A kernel while it is being put together.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// The iteration space so far.
    pub axes: Vec<Axis>,
    /// Constant extents of those.
    pub extents: Extents,
    /// Higher levels run earlier.
    pub level: u32,
    /// What it stores, in order of discovery.
    pub roots: Vec<Element>,
    /// The buffers that it stores to: nodes, one per block of memory that several share.
    pub written: SmallVec<[NodeId; 4]>,
    /// How it comes by each value it needs. Looked up, never iterated in an order that matters.
    pub parts: HashMap<Element, Recipe>,
    /// Has it taken in a contraction, or a kind that is a kernel alone?
    pub contracts: bool,
    /// Is it one kind and nothing else?
    pub whole: bool,
    /// Is its row walked in order, and then backwards?
    pub walks: Option<bool>,
    /// Instructions so far.
    pub ops: u32,
    /// Needed nodes that are not decided yet, and whether they count as their leaves or as a buffer of their own.
    pub open: HashMap<NodeId, Counted>,
    /// Nodes that are or may become bound buffers, with the number of open nodes that stand on them (bound: one more).
    pub leaves: VecMap<NodeId, u32>,
}

impl Group {
    /// A map over a shape.
    pub fn over(shape: &Shape, level: u32) -> Group {
        let axes = shape.dims().iter().map(|d| Axis { extent: d.clone(), role: Role::Grid }).collect();
        let mut group = Group { level, ..Group::default() };
        group.set_axes(axes);
        group
    }

    /// Replaces the axes; coordinates keep their meaning.
    pub fn set_axes(&mut self, axes: Vec<Axis>) {
        if axes.len() != self.extents.0.len() {
            self.extents = Extents(axes.iter().map(|a| a.extent.as_const()).collect());
        }
        self.axes = axes;
    }

    /// Stores a node, which counts as `counted` among the buffers.
    pub fn root(&mut self, place: Element, counted: NodeId) {
        self.roots.push(place);
        if !self.written.contains(&counted) {
            self.written.push(counted);
        }
    }

    /// Buffers it will bind at most.
    pub fn buffers(&self) -> usize {
        self.leaves.len() + self.written.len()
    }

    /// A node is needed. It counts as the leaves it can be computed from, unless these are too many.
    pub fn open(&mut self, id: NodeId, footprint: &[NodeId], limit: usize) {
        if self.open.contains_key(&id) {
            return;
        }
        let fresh = footprint.iter().filter(|leaf| !self.leaves.contains_key(leaf)).count();
        let counted = if footprint == [id] || (fresh > 1 && self.buffers() + fresh > limit) {
            Counted::Itself
        } else {
            Counted::Leaves
        };
        self.open.insert(id, counted);
        for leaf in counted.leaves(&id, footprint) {
            *self.leaves.entry(*leaf) += 1;
        }
    }

    /// Does a needed node count as a buffer of its own?
    pub fn counts_as_itself(&self, id: NodeId) -> bool {
        self.open.get(&id) == Some(&Counted::Itself)
    }

    /// A needed node is decided: it no longer stands for anything.
    pub fn close(&mut self, id: NodeId, footprint: &[NodeId]) {
        if let Some(counted) = self.open.remove(&id) {
            self.release(counted.leaves(&id, footprint));
        }
    }

    /// Buffers it will bind at most if a needed node is read.
    pub fn buffers_when_bound(&self, id: NodeId, footprint: &[NodeId]) -> usize {
        let counted = self.open.get(&id).map_or(&[][..], |counted| counted.leaves(&id, footprint));
        let stays =
            |leaf: &NodeId| self.leaves.get(leaf).is_some_and(|count| *count > u32::from(counted.contains(leaf)));
        let released = counted.iter().filter(|leaf| !stays(leaf)).count();
        self.buffers() - released + usize::from(!stays(&id))
    }

    fn release(&mut self, footprint: &[NodeId]) {
        for leaf in footprint {
            if let Some(count) = self.leaves.get_mut(leaf) {
                *count -= 1;
                if *count == 0 {
                    self.leaves.remove(leaf);
                }
            }
        }
    }

    /// A node is read from a buffer, for good.
    pub fn bind(&mut self, id: NodeId) {
        *self.leaves.entry(id) += 1;
    }

    /// Takes over all that another group has.
    pub fn merge<'f>(&mut self, other: Group, footprint: &dyn Fn(NodeId) -> &'f [NodeId]) {
        for (leaf, count) in other.leaves.iter() {
            *self.leaves.entry(*leaf) += count;
        }
        for (id, counted) in other.open {
            match self.open.entry(id) {
                Entry::Occupied(_) => self.release(counted.leaves(&id, footprint(id))),
                Entry::Vacant(entry) => {
                    entry.insert(counted);
                }
            }
        }
        self.parts.extend(other.parts);
        self.roots.extend(other.roots);
        for counted in other.written {
            if !self.written.contains(&counted) {
                self.written.push(counted);
            }
        }
        self.contracts |= other.contracts;
        self.walks = self.walks.or(other.walks);
        self.ops += other.ops;
    }

    /// The axes of both as one group, if their coordinates mean the same: equal extents, where one may have further row axes, and
    /// roles that differ only where one is still a plain map.
    pub fn common_axes(&self, other: &Group) -> Option<Vec<Axis>> {
        let walks = self.walks.zip(other.walks);
        if self.contracts || other.contracts || walks.is_some_and(|(a, b)| a != b) {
            return None;
        }
        let (long, short) = if self.axes.len() >= other.axes.len() { (self, other) } else { (other, self) };
        let shared = short.axes.len();
        let same = long.axes.iter().zip(&short.axes).all(|(a, b)| a.extent == b.extent);
        let short_is_map = short.axes.iter().all(|a| a.role == Role::Grid);
        let long_is_map = long.axes.iter().all(|a| a.role == Role::Grid);
        if !same {
            return None;
        }
        if long.axes.len() > shared {
            // What the map stores is at grid level of the longer one: its axes must all be grid there.
            let fits = short_is_map
                && long.axes[..shared].iter().all(|a| a.role == Role::Grid)
                && long.axes[shared..].iter().all(|a| a.role == Role::Row);
            return fits.then(|| long.axes.clone());
        }
        if short_is_map || long.axes == short.axes {
            Some(long.axes.clone())
        } else {
            long_is_map.then(|| short.axes.clone())
        }
    }

    /// Is it one of the axes over which results are stored, rather than one that is gone through for each of them?
    fn is_stored_along(&self, axis: usize) -> bool {
        match self.axes[axis].role {
            Role::Grid | Role::Batch | Role::M | Role::N => true,
            Role::Row | Role::K => false,
        }
    }

    /// The nodes that it computes, in order.
    pub fn computed(&self) -> Vec<NodeId> {
        let computed = self.parts.iter().filter(|(_, part)| !matches!(part, Recipe::Load));
        let mut nodes: Vec<NodeId> = computed.map(|((id, _), _)| *id).collect();
        small::sort(&mut nodes);
        nodes.dedup();
        nodes
    }

    /// Passes over its rows, about: one for each reduction and one for what it stores along them.
    pub fn passes(&self) -> f64 {
        let reductions = self.parts.values().filter(|part| matches!(part, Recipe::Reduce { .. })).count();
        (reductions as f64 + 1.0).min(4.0)
    }

    /// At how many points a kernel computes a value at these coordinates, if it goes over its rows so often.
    pub fn points(&self, at: &[Dim], passes: f64) -> f64 {
        let extent = |along: &dyn Fn(Role) -> bool| {
            let axes = self.axes.iter().filter(|axis| along(axis.role));
            axes.map(|axis| cost::estimate(&axis.extent)).product::<f64>()
        };
        let mut on_row = false;
        for dim in at {
            dim.visit(&mut |atom| {
                // Where a look-up decides the coordinate, its index may differ along the row.
                on_row |= match atom {
                    Atom::Coord(axis) => self.axes[*axis as usize].role == Role::Row,
                    Atom::Value(_) => true,
                    _ => false,
                };
            });
        }
        let grid = extent(&|role| !matches!(role, Role::Row | Role::K));
        let has_rows = self.axes.iter().any(|axis| axis.role == Role::Row);
        if on_row && has_rows { grid * extent(&|role| role == Role::Row) * passes } else { grid }
    }

    /// Do these coordinates of a node reach every grid point once (and every row point once, or none)? Then the group can store it.
    pub fn covers(&self, at: &[Dim], shape: &Shape) -> bool {
        let Some(reached) = plain_coords(at, shape) else { return false };
        // Of a slice the coordinates are plain as well, but they reach a part of what it is taken from.
        let mut extents = shape.dims().iter().filter(|d| !d.is(1));
        if !reached.iter().all(|axis| extents.next() == Some(&self.axes[*axis].extent)) {
            return false;
        }
        // The index of an axis of size 1 is 0 wherever it is evaluated, but along a row that is nowhere where the row is empty.
        let in_rows = |(coord, extent): (&Dim, &Dim)| {
            let mut found = false;
            coord
                .visit(&mut |atom| found |= matches!(atom, Atom::Coord(axis) if !self.is_stored_along(*axis as usize)));
            found && extent.is(1)
        };
        if at.iter().zip(shape.dims()).any(in_rows) {
            return false;
        }
        let all = |role: Role| self.axes.iter().enumerate().filter(move |(_, a)| a.role == role && !a.extent.is(1));
        let has = |(axis, _): (usize, &Axis)| reached.contains(&axis);
        let rows = all(Role::Row).filter(|a| has(*a)).count();
        [Role::Grid, Role::Batch, Role::M, Role::N].into_iter().all(|role| all(role).all(has))
            && !all(Role::K).any(has)
            && (rows == 0 || rows == all(Role::Row).count())
    }
}

/// The axes that coordinates name, if each is a coordinate alone (or the 0 of an axis of size 1) and none repeats.
pub(super) fn plain_coords(at: &[Dim], shape: &Shape) -> Option<SmallVec<[usize; 4]>> {
    let mut axes: SmallVec<[usize; 4]> = SmallVec::new();
    for (coord, extent) in at.iter().zip(shape.dims()) {
        if extent.is(1) {
            // A gathered index of such an axis is clamped to 0 where it loads, but it is not written as 0.
            let mut gathered = false;
            coord.visit(&mut |atom| gathered |= matches!(atom, Atom::Value(_)));
            if gathered {
                return None;
            }
            continue;
        }
        let ([term], 0) = coord.parts() else { return None };
        let [Atom::Coord(axis)] = term.factors.as_slice() else { return None };
        if term.coefficient != 1 || axes.contains(&(*axis as usize)) {
            return None;
        }
        axes.push(*axis as usize);
    }
    Some(axes)
}

/// Conditions as they are stored with a formula.
pub(super) type Conditions = SmallVec<[Inside; 2]>;
