//! What a sweep decides, as questions that change nothing: `partition` asks them in turn and applies the answers.

use super::{Demand, Footprint, Places, Sweep, by_group};
use crate::dim::{Atom, Dim};
use crate::fuse::absorb::absorb;
use crate::fuse::cost;
use crate::fuse::cut::CutCode;
use crate::fuse::expand::CoordsId;
use crate::fuse::group::Group;
use crate::graph::NodeId;
use crate::kind::{Kind, Lowering};
use crate::target::AdapterClass;
use crate::tuning::{OPS_PER_BYTE, PROLOGUE_OPS, REPEATED_OPS, SCALAR_OPS};
use smallvec::SmallVec;

impl Sweep<'_> {
    /// Would reading the node be one buffer too many for the group, where computing it is none? Not where that repeats too much.
    pub(super) fn must_compute(&self, id: NodeId, group: u32) -> bool {
        let state = &self.groups[group as usize];
        self.graph.node(id).kind.lowering().is_pointwise()
            && !state.whole
            && state.ops <= 4 * self.target.tuning.kernel_ops
            && state.buffers() <= self.limit()
            && state.buffers_when_bound(id, &self.counted()[id.index()]) > self.limit()
    }

    /// May every group that needs the node compute it?
    pub(super) fn may_inline(&self, id: NodeId, demands: &[Demand]) -> Result<(), CutCode> {
        let graph = self.graph;
        let lowering = graph.node(id).kind.lowering();
        let is_view = lowering == Lowering::View;
        let unit = self.units.of(id);
        if !is_view && !demands.iter().all(|demand| self.fuses(&self.groups[demand.group as usize], unit)) {
            return Err(CutCode::NoFuse);
        }
        let by_group = by_group(demands);
        if !lowering.is_pointwise() {
            let code = if lowering == Lowering::Contraction { CutCode::Contraction } else { CutCode::Reduction };
            let [(group, places, prologue)] = by_group.as_slice() else { return Err(code) };
            let absorbable = !*prologue
                && places.len() == 1
                && absorb(graph, self.target.class, &self.table, (id, places[0]), &self.groups[*group as usize])
                    .is_some();
            return if absorbable { self.fits(id, *group, 0) } else { Err(code) };
        }
        let cone = self.cone[id.index()];
        for (group, places, prologue) in &by_group {
            if !is_view {
                let few = self.footprint[id.index()].len() <= 1 && self.footprint[id.index()].first() != Some(&id);
                if *prologue && !(few && cone <= PROLOGUE_OPS) {
                    return Err(CutCode::Prologue);
                }
                if cone.saturating_mul(places.len() as u32 - 1) > REPEATED_OPS || self.repeats_much(id, *group, places)
                {
                    return Err(CutCode::Recompute);
                }
            }
            self.fits(id, *group, 0)?;
        }
        if by_group.len() > 1 && !is_view && !self.is_scalar_work(id) && self.storing_is_cheaper(id, &by_group) {
            return Err(CutCode::Shared);
        }
        Ok(())
    }

    /// Would a group compute the node so much oftener than once for each of its elements that storing it is quicker? So it is under a
    /// broadcast, behind look-ups, and in every pass over a row; the CPU device keeps rows from pass to pass.
    pub(super) fn repeats_much(&self, id: NodeId, group: u32, places: &[CoordsId]) -> bool {
        let cone = self.cone[id.index()];
        if cone <= self.rates.hidden_ops || self.is_scalar_work(id) {
            return false;
        }
        let state = &self.groups[group as usize];
        let passes = if self.target.class == AdapterClass::Cpu { 1.0 } else { state.passes() };
        let points: f64 = (places.iter().map(|at| self.table.get(*at)))
            .filter(|at| !self.is_of_rows_to_be(id, at, state))
            .map(|at| state.points(at, passes))
            .sum();
        let repeated = points - cost::elements(self.graph.aval(id));
        let bytes = |id: NodeId| cost::tensor_bytes(self.graph.aval(id));
        let materialised = 2.0 * bytes(id) + self.footprint[id.index()].iter().map(|leaf| bytes(*leaf)).sum::<f64>();
        repeated * f64::from(cone) / self.rates.ops_per_byte > materialised + self.rates.dispatch_bytes
    }

    /// Does the node stand on a reduction along just the axes of the group that its coordinates leave out? These become the group's row
    /// when the reduction is met, and the node is computed once per row.
    fn is_of_rows_to_be(&self, id: NodeId, at: &[Dim], group: &Group) -> bool {
        let mut named: SmallVec<[u32; 4]> = SmallVec::new();
        for dim in at {
            dim.visit(&mut |atom| {
                if let Atom::Coord(axis) = atom {
                    named.push(*axis);
                }
            });
        }
        let left_out = || {
            let axes = group.axes.iter().enumerate().filter(|(axis, _)| !named.contains(&(*axis as u32)));
            axes.map(|(_, axis)| &axis.extent).filter(|extent| !extent.is(1))
        };
        self.footprint[id.index()].iter().any(|leaf| match &self.graph.node(*leaf).kind {
            Kind::Reduce { axes, .. } => {
                let shape = &self.graph.aval(self.graph.node(*leaf).operands[0]).shape;
                axes.iter().map(|axis| &shape.0[*axis as usize]).filter(|extent| !extent.is(1)).eq(left_out())
            }
            _ => false,
        })
    }

    /// Is it a scalar of few operations? On a GPU a kernel for it, and the wait, cost more than to do them for every element; the CPU
    /// device waits for nothing.
    pub(super) fn is_scalar_work(&self, id: NodeId) -> bool {
        let node = self.graph.node(id);
        self.target.class != AdapterClass::Cpu
            && self.target.tuning.fuse
            && node.aval.shape.size().is(1)
            && node.kind.lowering().is_pointwise()
            && self.cone[id.index()] <= SCALAR_OPS
            && self.footprint[id.index()].first() != Some(&id)
    }

    /// Bytes and operations: computing it in every group against storing it once and loading it.
    fn storing_is_cheaper(&self, id: NodeId, by_group: &[Places]) -> bool {
        let bytes = |id: NodeId| cost::tensor_bytes(self.graph.aval(id));
        let footprint = &self.footprint[id.index()];
        let groups = by_group.len() as f64;
        let mut inline = 0.0;
        for (group, _, _) in by_group {
            // A leaf that something else in the group needs as well costs nothing more; this node itself counts once.
            let leaves = &self.groups[*group as usize].leaves;
            inline += footprint
                .iter()
                .filter(|leaf| leaves.get(&self.source(**leaf)).copied().unwrap_or(0) < 2)
                .map(|l| bytes(*l))
                .sum::<f64>();
        }
        inline +=
            cost::elements(self.graph.aval(id)) * f64::from(self.cone[id.index()]) * (groups - 1.0) / OPS_PER_BYTE;
        let materialised = bytes(id) * (1.0 + groups) + footprint.iter().map(|leaf| bytes(*leaf)).sum::<f64>();
        materialised < inline
    }

    /// Would the group stay within its limits if it computed the node (and materialised that many results more)?
    pub(super) fn fits(&self, id: NodeId, group: u32, results: usize) -> Result<(), CutCode> {
        let node = self.graph.node(id);
        let group = &self.groups[group as usize];
        let limit = self.limit().saturating_sub(results);
        // A node that counts as its leaves stands for the same leaves as its operands together: nothing changes.
        if group.counts_as_itself(id) {
            let mut after = group.buffers() - usize::from(group.leaves.get(&id) == Some(&1));
            let mut fresh: SmallVec<[NodeId; 8]> = SmallVec::new();
            for operand in &node.operands {
                let leaves = self.counted()[operand.index()].iter();
                let before = fresh.len();
                fresh.extend(
                    leaves
                        .copied()
                        .filter(|l| !group.leaves.contains_key(l) && !fresh.contains(l))
                        .collect::<Footprint>(),
                );
                if after + fresh.len() > limit && fresh.len() > before + 1 {
                    // It may count as itself.
                    fresh.truncate(before);
                    fresh.push(self.source(*operand));
                }
            }
            after += fresh.len();
            if after > limit {
                return Err(CutCode::Bindings);
            }
        } else if group.buffers() > limit {
            return Err(CutCode::Bindings);
        }
        let ops = node.kind.facts().instructions;
        let cap = self.target.tuning.kernel_ops;
        if ops > 0 && group.ops + group.open.len() as u32 + ops > cap {
            // Cutting here binds this node instead of its leaves: not if that is one buffer too many.
            let bound = group.buffers() + usize::from(!group.leaves.contains_key(&id));
            if bound <= limit || group.ops > 4 * cap {
                return Err(CutCode::Size);
            }
        }
        Ok(())
    }

    /// May a group take in or join what is of that unit?
    pub(super) fn fuses(&self, group: &Group, unit: Option<u32>) -> bool {
        self.target.tuning.fuse || (unit.is_some() && unit == self.unit(group))
    }

    /// May a group that needs the node store it too?
    pub(super) fn may_join(&self, id: NodeId, (group, places, prologue): &Places, all: &[Places]) -> bool {
        let state = &self.groups[*group as usize];
        let [at] = places.as_slice() else { return false };
        self.fuses(state, self.units.of(id))
            && !*prologue
            && !state.whole
            && all.iter().all(|(other, _, _)| other == group || self.groups[*other as usize].level < state.level)
            && state.covers(self.table.get(*at), &self.graph.aval(id).shape)
            && (self.graph.node(id).kind.lowering().is_pointwise()
                || absorb(self.graph, self.target.class, &self.table, (id, *at), state).is_some())
            && self.fits(id, *group, usize::from(!state.written.contains(&self.blocks.counted(id)))).is_ok()
    }
}
