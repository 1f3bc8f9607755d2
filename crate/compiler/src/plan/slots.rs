//! Which buffer lies where: the steps of kernels in their order, and slots that temporaries share from the first step that writes them to
//! the last that reads them.

use super::{Buffer, Plan, Step, Storage, order, source};
use crate::dim::Dim;
use crate::dtype::DType;
use crate::fuse::{Fused, Repeat};
use crate::graph::{Graph, NodeId, buffer_node};
use crate::kernel::{Access, FusedKernel, Kernel, NodeMap, Serial};
use std::sync::Arc;

/// The buffer of each node of a graph that has one.
pub(super) type Table = Vec<Option<u32>>;

pub(super) fn known(buffer_of: &Table, id: NodeId) -> u32 {
    buffer_of[id.index()].expect("what kernels bind and the program returns has a buffer")
}

/// A plan in the making.
pub(super) struct Planner {
    pub plan: Plan,
    /// Of each step.
    pub maps: Vec<NodeMap>,
    /// Slots that hold nothing now.
    pub free: Vec<u32>,
}

impl Planner {
    pub fn buffer(&mut self, graph: &Graph, id: NodeId, storage: Storage) -> u32 {
        let aval = graph.aval(id);
        self.plan.buffers.push(Buffer { storage, dtype: aval.dtype, len: aval.shape.size() });
        self.plan.buffers.len() as u32 - 1
    }

    /// A buffer in a slot of its own.
    pub fn alone(&mut self, dtype: DType, len: Dim) -> u32 {
        self.plan.slots.push(len.scale(dtype.size_bytes() as i64));
        let storage = Storage::Temporary(self.plan.slots.len() as u32 - 1);
        self.plan.buffers.push(Buffer { storage, dtype, len });
        self.plan.buffers.len() as u32 - 1
    }

    /// A buffer in a slot that holds nothing now.
    pub fn temporary(&mut self, graph: &Graph, id: NodeId) -> u32 {
        let aval = graph.aval(id);
        let bytes = aval.shape.size().scale(aval.dtype.size_bytes() as i64);
        let slot = take_slot(&mut self.plan.slots, &mut self.free, bytes);
        self.buffer(graph, id, Storage::Temporary(slot))
    }

    pub fn step(&mut self, kernel: Kernel, map: NodeMap, buffers: Vec<u32>) {
        self.plan.steps.push(Step { kernel: Arc::new(kernel), buffers });
        self.maps.push(map);
    }

    pub fn slot(&self, buffer: u32) -> u32 {
        match self.plan.buffers[buffer as usize].storage {
            Storage::Temporary(slot) => slot,
            other => unreachable!("{other:?} is no slot"),
        }
    }

    /// Appends the steps of some kernels. Buffers that are there already are not given back. Within a loop, whose result the page
    /// knows as `shown`, nodes of the body mean nothing to who reads the plan.
    pub fn emit(&mut self, graph: &Graph, fused: Fused, buffer_of: &mut Table, shown: Option<NodeId>) {
        let Fused { kernels, repeats, .. } = fused;
        let outputs: Vec<NodeId> = graph.outputs().iter().map(|id| buffer_node(graph, *id)).collect();
        let in_turn = order::order(graph, &kernels, &outputs);
        let mut kernels: Vec<Option<FusedKernel>> = kernels.into_iter().map(Some).collect();
        let kernels: Vec<FusedKernel> = in_turn.into_iter().map(|at| kernels[at].take().expect("each once")).collect();
        let outside: Vec<bool> = buffer_of.iter().map(Option::is_some).collect();
        // What takes turns in a loop has its slots for itself.
        let mut alone = vec![false; graph.len()];
        for repeat in &repeats {
            let changes = repeat.next.iter().zip(&repeat.operands).filter(|(next, _)| next.is_some());
            let changing = changes.map(|(_, operand)| *operand).chain(repeat.carried.iter().map(|(root, _)| *root));
            changing.for_each(|id| alone[id.index()] = true);
        }
        let mut last_use = vec![0; graph.len()];
        for (at, kernel) in kernels.iter().enumerate() {
            kernel.map.bindings.iter().for_each(|id| last_use[id.index()] = at);
        }
        let mut repeats: Vec<Option<Repeat>> = repeats.into_iter().map(Some).collect();
        for (at, kernel) in kernels.into_iter().enumerate() {
            let is_loop = matches!(kernel.kernel.serial, Some((Serial::Loop, _)));
            for (binding, id) in kernel.bindings().filter(|(b, _)| !is_loop || b.access == Access::Read) {
                if buffer_of[id.index()].is_some() {
                    continue;
                }
                let buffer = match (source(graph, id), binding.access) {
                    (Some(source), _) => self.buffer(graph, id, source),
                    (None, Access::Write) if alone[id.index()] => self.alone(binding.dtype, binding.len.clone()),
                    (None, Access::Write) => self.temporary(graph, id),
                    (None, Access::Read) => unreachable!("{id} is read before it is stored"),
                };
                buffer_of[id.index()] = Some(buffer);
            }
            let FusedKernel { kernel, map } = kernel;
            let freed: Vec<NodeId> = map.bindings.iter().copied().filter(|id| last_use[id.index()] == at).collect();
            if is_loop {
                let root = *map.bindings.last().expect("a loop has a result");
                let is_its = |repeat: &Option<Repeat>| {
                    let roots = repeat
                        .iter()
                        .flat_map(|r| r.stacked.iter().map(|s| s.root).chain(r.carried.iter().map(|c| c.0)));
                    roots.into_iter().any(|id| id == root)
                };
                // The first result of a loop runs it for all of them.
                if let Some(repeat) = repeats.iter_mut().find(|r| is_its(r)).and_then(Option::take) {
                    self.repeat(graph, repeat, buffer_of, shown.unwrap_or(root));
                }
            } else if !kernel.grid_points().is(0) {
                let buffers = map.bindings.iter().map(|id| known(buffer_of, *id)).collect();
                let map = shown.map_or(map, |shown| shown_as(&kernel, shown));
                self.step(kernel, map, buffers);
            }
            for id in freed {
                if !outside[id.index()]
                    && !alone[id.index()]
                    && let Storage::Temporary(slot) = self.plan.buffers[known(buffer_of, id) as usize].storage
                {
                    self.free.push(slot);
                }
            }
        }
    }
}

/// All of a kernel as that node's, in place of those of a body.
pub(super) fn shown_as(kernel: &Kernel, shown: NodeId) -> NodeMap {
    NodeMap {
        values: vec![shown; kernel.values.len()],
        bindings: vec![shown; kernel.bindings.len()],
        nodes: vec![shown],
    }
}

/// The free slot that wastes least, or the one that must grow least, or a new one.
fn take_slot(slots: &mut Vec<Dim>, free: &mut Vec<u32>, bytes: Dim) -> u32 {
    let size = |slot: &u32| slots[*slot as usize].as_const();
    let at = match bytes.as_const() {
        None => free.iter().position(|slot| slots[*slot as usize] == bytes),
        Some(wanted) => {
            let known = |i: &usize| size(&free[*i]).is_some();
            let fitting = (0..free.len())
                .filter(known)
                .filter(|i| size(&free[*i]) >= Some(wanted))
                .min_by_key(|i| size(&free[*i]));
            fitting.or_else(|| (0..free.len()).filter(known).max_by_key(|i| size(&free[*i])))
        }
    };
    match at {
        Some(at) => {
            let slot = free.remove(at);
            if let (Some(have), Some(wanted)) = (slots[slot as usize].as_const(), bytes.as_const()) {
                slots[slot as usize] = Dim::Const(have.max(wanted));
            }
            slot
        }
        None => {
            slots.push(bytes);
            slots.len() as u32 - 1
        }
    }
}
