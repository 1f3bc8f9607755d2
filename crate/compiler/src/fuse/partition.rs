//! Decides which kernel computes what.
//!
//! One sweep from the results back to the inputs. Every *group* (a kernel to be) starts as the map of one node's shape and grows as
//! its operands are met: a pointwise node is computed inside the groups that need it, a reduction turns the map into rows, a dot
//! product turns it into a contraction. What cannot be computed inside is *materialised*: it becomes a result of a group of its own, or
//! one more result of a group that computes it anyway, and every edge that now crosses memory is a [`Cut`] with its reason.
//!
//! Values that lie in one block of memory count as one buffer (`sharing`). Two rules keep this linear and sound:
//! * Groups have *levels*: a group that stores something is above every group that loads it. Groups of equal level do not depend
//!   on each other, so they merge without a search for cycles.
//! * Each group counts the buffers it would bind if everything still open were materialised (or, where cheaper, computed from leaves that
//!   are few and known). A node is taken in only if that count stays within the limit, so no group ever has to be taken apart.

mod verdict;

use super::Units;
use super::absorb::{Absorbed, absorb};
use super::cost;
use super::cut::{Cut, CutCode};
use super::expand::{CoordsId, CoordsTable, Element, expand};
use super::group::{Group, Recipe};
use crate::dim::Dim;
use crate::graph::{Graph, NodeId};
use crate::kind::{Kind, Lowering};
use crate::sharing::Blocks;
use crate::small;
use crate::small::HashMap;
use crate::target::Target;
use crate::tuning::{FOOTPRINT, MERGE_TRIES};
use smallvec::SmallVec;
use std::cmp::Reverse;

#[derive(Clone, Copy, Debug)]
struct Demand {
    group: u32,
    at: CoordsId,
    user: NodeId,
    /// Needed in the loads of a contraction, where every element is computed once per tile.
    prologue: bool,
}

/// Groups in the order they run, and why edges were cut.
pub(super) struct Partition {
    pub groups: Vec<Group>,
    pub cuts: Vec<Cut>,
    pub table: CoordsTable,
}

/// Sources of a pointwise node, when they are few; the node itself otherwise.
type Footprint = SmallVec<[NodeId; 4]>;

struct Sweep<'a> {
    graph: &'a Graph,
    target: &'a Target,
    blocks: &'a Blocks,
    units: &'a Units,
    rates: cost::Rates,
    table: CoordsTable,
    groups: Vec<Group>,
    /// Union-find over groups.
    merged_into: Vec<u32>,
    demands: Vec<SmallVec<[Demand; 2]>>,
    /// Why a node's value must end in a buffer, if it must.
    must_store: Vec<Option<CutCode>>,
    footprint: Vec<Footprint>,
    /// What the footprints count as among the buffers of a group; empty where that is themselves.
    shared_footprint: Vec<Footprint>,
    /// Scalar operations to compute a pointwise node from its sources.
    cone: Vec<u32>,
    cuts: Vec<Cut>,
}

/// Decides for every live node of a simplified graph. `outputs` are the nodes whose values must end in a buffer; those of `forced` must
/// too, where they are needed at all, lest a kernel becomes too much for the target.
pub(super) fn partition(
    graph: &Graph,
    target: &Target,
    (outputs, forced): (&[NodeId], &[NodeId]),
    units: &Units,
    blocks: &Blocks,
) -> Partition {
    let mut must_store = vec![None; graph.len()];
    forced.iter().for_each(|id| must_store[id.index()] = Some(CutCode::Size));
    outputs.iter().for_each(|id| must_store[id.index()] = Some(CutCode::Output));
    let mut sweep = Sweep {
        graph,
        target,
        blocks,
        units,
        rates: cost::rates(target.class),
        table: CoordsTable::default(),
        groups: Vec::new(),
        merged_into: Vec::new(),
        demands: vec![SmallVec::new(); graph.len()],
        must_store,
        footprint: Vec::with_capacity(graph.len()),
        shared_footprint: Vec::new(),
        cone: Vec::with_capacity(graph.len()),
        cuts: Vec::new(),
    };
    sweep.measure();
    for (id, _) in graph.nodes().rev() {
        if sweep.must_store[id.index()] == Some(CutCode::Output) || !sweep.demands[id.index()].is_empty() {
            sweep.decide(id);
        }
    }
    sweep.merge_alike();
    let Sweep { groups, merged_into, mut cuts, table, .. } = sweep;
    let alive = groups.into_iter().enumerate().filter(|(i, _)| merged_into[*i] == *i as u32);
    let mut groups: Vec<Group> = alive.map(|(_, group)| group).collect();
    // Deeper levels run first; within a level the order does not matter, the node ids make it stable.
    small::sort_by_key(&mut groups, |group| (Reverse(group.level), group.roots.iter().map(|(id, _)| *id).min()));
    small::sort_by_key(&mut cuts, |cut| (cut.from, cut.to, cut.code));
    cuts.dedup();
    Partition { groups, cuts, table }
}

impl Sweep<'_> {
    /// Footprints and cones, operands first.
    fn measure(&mut self) {
        for (id, node) in self.graph.nodes() {
            let mut footprint = Footprint::new();
            let mut cone = 0u32;
            if node.kind.lowering().is_pointwise() {
                cone = cost::scalar_ops(&node.kind, self.target.class);
                for operand in &node.operands {
                    footprint.extend(self.footprint[operand.index()].iter().copied());
                    cone = cone.saturating_add(self.cone[operand.index()]);
                }
                small::sort(&mut footprint);
                footprint.dedup();
                if footprint.len() > FOOTPRINT {
                    footprint = [id].into_iter().collect();
                }
            } else {
                footprint.push(id);
            }
            // What is materialised anyway is read. A scalar may be computed again all the same.
            if self.must_store[id.index()].is_some() && !node.aval.shape.size().is(1) {
                footprint = [id].into_iter().collect();
                cone = 0;
            }
            self.footprint.push(footprint);
            self.cone.push(cone);
        }
        if !self.blocks.is_empty() {
            let count = |footprint: &Footprint| {
                let mut counted: Footprint = footprint.iter().map(|leaf| self.source(*leaf)).collect();
                small::sort(&mut counted);
                counted.dedup();
                counted
            };
            self.shared_footprint = self.footprint.iter().map(count).collect();
        }
    }

    /// What a node counts as among the buffers of a group.
    fn counted(&self) -> &[Footprint] {
        if self.shared_footprint.is_empty() { &self.footprint } else { &self.shared_footprint }
    }

    /// The buffer that an argument is read from, by the first node in it. What is computed has one of its own to be read from.
    fn source(&self, id: NodeId) -> NodeId {
        if matches!(self.graph.node(id).kind, Kind::Input { .. }) { self.blocks.counted(id) } else { id }
    }

    fn find(&mut self, mut group: u32) -> u32 {
        while self.merged_into[group as usize] != group {
            let up = self.merged_into[self.merged_into[group as usize] as usize];
            self.merged_into[group as usize] = up;
            group = up;
        }
        group
    }

    fn limit(&self) -> usize {
        self.target.limits.storage_buffers as usize
    }

    /// Decides for one node; all its users have been decided.
    fn decide(&mut self, id: NodeId) {
        let node = self.graph.node(id);
        let mut demands = std::mem::take(&mut self.demands[id.index()]);
        for demand in &mut demands {
            demand.group = self.find(demand.group);
        }
        if node.kind.lowering() == Lowering::Bound {
            self.merge_sharers(&mut demands);
            for demand in &demands {
                self.load(id, *demand);
            }
            return;
        }
        let is_free = node.kind.lowering() == Lowering::Free;
        if !is_free {
            self.merge_sharers(&mut demands);
        }
        let must_store = self.must_store[id.index()];
        let verdict = match (must_store, is_free) {
            (Some(code), _) => Err(code),
            (None, true) => Ok(()),
            (None, false) => self.may_inline(id, &demands),
        };
        match verdict {
            Ok(()) => {
                for demand in &demands {
                    self.include((id, demand.at), demand.group, demand.prologue);
                }
            }
            Err(code) => {
                // A group in which everything that the node stands on is bound anyway may have no room for the node itself.
                let (full, room): (Vec<Demand>, Vec<Demand>) =
                    demands.iter().copied().partition(|demand| self.must_compute(id, demand.group));
                for demand in &full {
                    let group = self.find(demand.group);
                    self.include((id, demand.at), group, demand.prologue);
                }
                if !room.is_empty() || must_store == Some(CutCode::Output) {
                    self.store(id, &room, code);
                }
            }
        }
    }

    /// The group needs an operand at coordinates.
    fn need(&mut self, group: u32, (id, at): Element, user: NodeId, prologue: bool) {
        self.demands[id.index()].push(Demand { group, at, user, prologue });
        let limit = self.limit();
        let counted = if self.shared_footprint.is_empty() { &self.footprint } else { &self.shared_footprint };
        self.groups[group as usize].open(id, &counted[id.index()], limit);
    }

    /// A node that the group needs is decided.
    fn close(&mut self, group: u32, id: NodeId) {
        let counted = if self.shared_footprint.is_empty() { &self.footprint } else { &self.shared_footprint };
        self.groups[group as usize].close(id, &counted[id.index()]);
    }

    /// The group computes a node, whatever it is.
    fn include(&mut self, place: Element, group: u32, prologue: bool) {
        let (id, at) = place;
        if self.graph.node(id).kind.lowering().is_pointwise() {
            self.compute(id, Demand { group, at, user: id, prologue });
        } else if !self.groups[group as usize].parts.contains_key(&place) {
            let absorbed = absorb(self.graph, self.target.class, &self.table, place, &self.groups[group as usize])
                .expect("a group of its own, or one that was asked, can take it in");
            self.take_in(place, group, absorbed);
        }
    }

    /// The group computes a pointwise node.
    fn compute(&mut self, id: NodeId, demand: Demand) {
        let group = self.find(demand.group);
        let place = (id, demand.at);
        self.close(group, id);
        let state = &mut self.groups[group as usize];
        if state.parts.contains_key(&place) {
            return;
        }
        state.ops += self.graph.node(id).kind.facts().instructions;
        let extents = state.extents.clone();
        let formula = expand(self.graph, &mut self.table, place, &|atom| extents.range(atom));
        for operand in formula.places() {
            self.need(group, operand, id, demand.prologue);
        }
        self.groups[group as usize].parts.insert(place, Recipe::Compute(formula));
    }

    /// The group computes a reduction or contraction that [`absorb`] allowed.
    fn take_in(&mut self, place: Element, group: u32, absorbed: Absorbed) {
        let id = place.0;
        self.close(group, id);
        let state = &mut self.groups[group as usize];
        if state.parts.contains_key(&place) {
            return;
        }
        state.ops += 1;
        match absorbed {
            Absorbed::Rows { axes, operand, position } => {
                state.set_axes(axes);
                let arg = (self.graph.node(id).operands[0], self.table.intern(operand));
                self.need(group, arg, id, false);
                self.groups[group as usize].parts.insert(place, Recipe::Reduce { arg, position });
            }
            Absorbed::Running { axes } => {
                let Kind::Scan { reverse, .. } = self.graph.node(id).kind else { unreachable!("only scans run") };
                state.set_axes(axes);
                state.walks = Some(reverse);
                let operands = &self.graph.node(id).operands;
                let arg = (operands[0], place.1);
                let restart = operands.get(1).map(|starts| (*starts, place.1));
                for operand in [Some(arg), restart].into_iter().flatten() {
                    self.need(group, operand, id, false);
                }
                self.groups[group as usize].parts.insert(place, Recipe::Running { arg, restart });
            }
            Absorbed::Permuted => {
                let operands = &self.graph.node(id).operands;
                let (data, places) = ((operands[0], place.1), (operands[1], place.1));
                self.need(group, data, id, false);
                self.need(group, places, id, false);
                self.groups[group as usize].parts.insert(place, Recipe::Permuted { data, places });
            }
            Absorbed::Product { axes, left, right } => {
                state.set_axes(axes);
                state.contracts = true;
                let operands = &self.graph.node(id).operands;
                let left = (operands[0], self.table.intern(left));
                let right = (operands[1], self.table.intern(right));
                self.need(group, left, id, true);
                self.need(group, right, id, true);
                self.groups[group as usize].parts.insert(place, Recipe::Product { left, right });
            }
            Absorbed::Whole { axes } => {
                state.set_axes(axes);
                (state.contracts, state.whole) = (true, true);
                let operands = &self.graph.node(id).operands;
                let places: SmallVec<[Element; 3]> = operands
                    .iter()
                    .map(|operand| {
                        let rank = self.graph.aval(*operand).shape.rank();
                        (*operand, self.table.intern((0..rank).map(Dim::coord).collect()))
                    })
                    .collect();
                for operand in &places {
                    self.need(group, *operand, id, false);
                }
                self.groups[group as usize].parts.insert(place, Recipe::Whole(places));
            }
        }
    }

    /// The group reads a source or a materialised node.
    fn load(&mut self, id: NodeId, demand: Demand) {
        let group = self.find(demand.group);
        self.close(group, id);
        let source = self.source(id);
        let state = &mut self.groups[group as usize];
        state.bind(source);
        state.parts.insert((id, demand.at), Recipe::Load);
    }

    /// Puts the node into a buffer: as one more result of a group that needs it, or of a group of its own.
    fn store(&mut self, id: NodeId, demands: &[Demand], code: CutCode) {
        let again = self.is_scalar_work(id);
        let by_group = by_group(demands);
        // What is materialised so as not to be repeated is not materialised by who would repeat it.
        let repeats = |(g, at, _): &Places| code == CutCode::Recompute && self.repeats_much(id, *g, at);
        let joined = by_group.iter().find(|candidate| !repeats(candidate) && self.may_join(id, candidate, &by_group));
        let joined = joined.map(|(g, at, _)| (*g, at[0]));
        // A scalar that is materialised because it is a result is computed again where it is needed.
        let repeats = |(group, _, prologue): &&Places| {
            again && !prologue && !self.groups[*group as usize].whole && self.fits(id, *group, 0).is_ok()
        };
        let repeated: SmallVec<[u32; 4]> = by_group.iter().filter(repeats).map(|(group, _, _)| *group).collect();
        let (owner, at) = joined.unwrap_or_else(|| {
            let loads = by_group.iter().filter(|(group, _, _)| !repeated.contains(group));
            let level = loads.map(|(g, _, _)| self.groups[*g as usize].level + 1).max().unwrap_or(0);
            let shape = &self.graph.aval(id).shape;
            let identity = (0..shape.rank()).map(|axis| if shape.0[axis].is(1) { Dim::ZERO } else { Dim::coord(axis) });
            let at = self.table.intern(identity.collect());
            let group = self.groups.len() as u32;
            self.groups.push(Group::over(shape, level));
            self.merged_into.push(group);
            (group, at)
        });
        let counted = self.blocks.counted(id);
        self.groups[owner as usize].root((id, at), counted);
        self.include((id, at), owner, false);
        for demand in demands {
            let group = self.find(demand.group);
            if group == owner {
                continue;
            }
            if repeated.contains(&group) {
                self.include((id, demand.at), group, demand.prologue);
            } else {
                self.cuts.push(Cut { from: id, to: demand.user, code });
                self.load(id, *demand);
            }
        }
    }

    /// Groups of one level that need a node at the same place become one: the node is read or computed once.
    fn merge_sharers(&mut self, demands: &mut [Demand]) {
        if demands.len() < 2 {
            return;
        }
        let mut met: HashMap<(u32, CoordsId), SmallVec<[u32; 4]>> = HashMap::default();
        for demand in demands.iter() {
            let group = self.find(demand.group);
            let key = (self.groups[group as usize].level, demand.at);
            let others = met.entry(key).or_default().clone();
            if others.iter().any(|other| self.find(*other) == group) {
                continue;
            }
            if !others.iter().any(|other| self.try_merge(*other, group)) && others.len() < MERGE_TRIES {
                met.entry(key).or_default().push(group);
            }
        }
        for demand in demands {
            demand.group = self.find(demand.group);
        }
    }

    /// Independent groups over the same space become one dispatch.
    fn merge_alike(&mut self) {
        let mut met: HashMap<(u32, Vec<Dim>), SmallVec<[u32; 4]>> = HashMap::default();
        for group in 0..self.groups.len() as u32 {
            if self.find(group) != group {
                continue;
            }
            let state = &self.groups[group as usize];
            let key = (state.level, state.axes.iter().map(|a| a.extent.clone()).collect::<Vec<_>>());
            let others = met.entry(key.clone()).or_default().clone();
            if !others.iter().any(|other| self.try_merge(*other, group)) {
                let candidates = met.entry(key).or_default();
                // The latest have the most room.
                if candidates.len() == MERGE_TRIES {
                    candidates.remove(0);
                }
                candidates.push(group);
            }
        }
    }

    /// The unit that all of a group is of: what it stores was made for one node.
    fn unit(&self, group: &Group) -> Option<u32> {
        self.units.of(group.roots[0].0)
    }

    /// Makes two groups one if they are of one level, fit the same axes and stay within the limits.
    fn try_merge(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return true;
        }
        let (first, second) = (&self.groups[a as usize], &self.groups[b as usize]);
        if !self.fuses(first, self.unit(second)) {
            return false;
        }
        let Some(axes) = first.common_axes(second) else { return false };
        let buffers = first.written.len()
            + second.written.iter().filter(|counted| !first.written.contains(counted)).count()
            + first.leaves.len()
            + second.leaves.iter().filter(|(leaf, _)| !first.leaves.contains_key(leaf)).count();
        let ops = first.ops + second.ops + (first.open.len() + second.open.len()) as u32;
        if first.level != second.level || buffers > self.limit() || ops > self.target.tuning.kernel_ops {
            return false;
        }
        // The smaller moves.
        let (to, from) = if first.parts.len() >= second.parts.len() { (a, b) } else { (b, a) };
        let moved = std::mem::take(&mut self.groups[from as usize]);
        let footprint = if self.shared_footprint.is_empty() { &self.footprint } else { &self.shared_footprint };
        let into = &mut self.groups[to as usize];
        into.merge(moved, &|id| footprint[id.index()].as_slice());
        into.set_axes(axes);
        self.merged_into[from as usize] = to;
        true
    }
}

/// A group, the distinct coordinates it needs a node at, and whether in the loads of a contraction.
type Places = (u32, SmallVec<[CoordsId; 2]>, bool);

/// Demands by group, in order of the groups.
fn by_group(demands: &[Demand]) -> SmallVec<[Places; 2]> {
    let mut sorted: SmallVec<[Demand; 4]> = demands.iter().copied().collect();
    small::sort_by_key(&mut sorted, |d| (d.group, d.at));
    let mut groups: SmallVec<[Places; 2]> = SmallVec::new();
    for demand in sorted {
        match groups.last_mut() {
            Some((group, places, prologue)) if *group == demand.group => {
                if places.last() != Some(&demand.at) {
                    places.push(demand.at);
                }
                *prologue |= demand.prologue;
            }
            _ => groups.push((demand.group, [demand.at].into_iter().collect(), demand.prologue)),
        }
    }
    groups
}
