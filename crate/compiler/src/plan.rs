//! The plan: what a device does for one call, as plain data.
//!
//! Buffers are named by position. Inputs and constants exist before the call, outputs are born in it, temporaries live between the
//! first step that writes them and the last that reads them and share *slots*. Every step is a dispatch; steps run in order.

mod order;

use crate::dim::{Atom, Dim};
use crate::dtype::DType;
use crate::fuse::Fused;
use crate::graph::{Graph, NodeId};
use crate::kernel::{Access, Kernel};
use crate::kind::{Kind, View};
use crate::shape::Aval;
use std::sync::Arc;

/// Where a buffer's memory comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Storage {
    /// The argument at that position.
    Input(u32),
    /// The captured tensor at that position.
    Constant(u32),
    /// Fresh memory that outlives the call.
    Output,
    /// Memory of that slot, which other temporaries use before or after.
    Temporary(u32),
}

/// A buffer of the plan.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Buffer {
    /// Where its memory comes from.
    pub storage: Storage,
    /// The dtype of its elements.
    pub dtype: DType,
    /// How many elements.
    pub len: Dim,
}

impl Buffer {
    /// Bytes, when the size is known.
    pub fn bytes(&self) -> Dim {
        self.len.scale(self.dtype.size_bytes() as i64)
    }
}

/// A result of the call: a view of a whole buffer (which may be an input: tensors are immutable, so sharing is safe).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Output {
    /// Position in [`Plan::buffers`].
    pub buffer: u32,
    /// Shape and dtype of the result.
    pub aval: Aval,
}

/// One dispatch.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Step {
    /// What runs.
    pub kernel: Arc<Kernel>,
    /// Positions in [`Plan::buffers`], one per binding of the kernel.
    pub buffers: Vec<u32>,
}

/// What a device does for one call.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Plan {
    /// Every buffer that a step or an output names.
    pub buffers: Vec<Buffer>,
    /// Bytes of each temporary slot: the largest of the buffers that share it.
    pub slots: Vec<Dim>,
    /// Dispatches, in order.
    pub steps: Vec<Step>,
    /// Results, in order.
    pub outputs: Vec<Output>,
    /// How many arguments a call passes.
    pub inputs: u32,
    /// How many captured tensors a call binds.
    pub constants: u32,
}

/// What a call costs, by the plan alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CallCost {
    /// Kernels run.
    pub dispatches: u64,
    /// Bytes of the outputs and temporary slots that the call allocates.
    pub bytes_allocated: u64,
    /// The most bytes that a device holds for the call at a time: arguments, captured tensors, outputs, temporary slots.
    pub peak_bytes: u64,
    /// Bytes of all buffers that the kernels read and write, each once per kernel.
    pub bytes_moved: u64,
}

impl Plan {
    /// What a call costs for these values of the symbols.
    pub fn cost(&self, symbols: &[i64]) -> CallCost {
        let size = |dim: &Dim| evaluate(dim, symbols).max(0) as u64;
        let bytes = |buffer: &u32| size(&self.buffers[*buffer as usize].bytes());
        let mut cost = CallCost { dispatches: self.steps.len() as u64, ..CallCost::default() };
        cost.bytes_moved = self.steps.iter().flat_map(|step| &step.buffers).map(bytes).sum();
        cost.bytes_allocated = self.slots.iter().map(size).sum();
        let mut before = 0;
        for (at, buffer) in self.buffers.iter().enumerate() {
            match buffer.storage {
                Storage::Input(_) | Storage::Constant(_) => before += bytes(&(at as u32)),
                Storage::Output => cost.bytes_allocated += bytes(&(at as u32)),
                Storage::Temporary(_) => {}
            }
        }
        // Devices take every slot and output when the call begins, and give the slots back when it ends.
        cost.peak_bytes = before + cost.bytes_allocated;
        cost
    }
}

/// A size for these values of the symbols.
pub fn evaluate(dim: &Dim, symbols: &[i64]) -> i64 {
    dim.eval(&|atom| match atom {
        Atom::Symbol(symbol) => symbols[symbol.0 as usize],
        other => unreachable!("{other} in a size"),
    })
}

/// The node whose buffer holds a result: behind reshapes, which move nothing.
pub fn stored_node(graph: &Graph, mut id: NodeId) -> NodeId {
    while let Kind::View(View::Reshape { .. }) = graph.node(id).kind {
        id = graph.node(id).operands[0];
    }
    id
}

/// Names buffers, gives temporaries slots, and orders steps. `fused` must have been made with the [`stored_node`] of every output.
pub fn plan(graph: &Graph, fused: Fused, inputs: u32, constants: u32) -> Plan {
    let mut plan = Plan { inputs, constants, ..Plan::default() };
    // By node: its buffer, and the last step that uses it.
    let mut buffer_of: Vec<Option<u32>> = vec![None; graph.len()];
    let outputs: Vec<NodeId> = graph.outputs().iter().map(|id| stored_node(graph, *id)).collect();
    let add = |plan: &mut Plan, id: NodeId, storage: Storage| {
        let aval = graph.aval(id);
        plan.buffers.push(Buffer { storage, dtype: aval.dtype, len: aval.shape.size() });
        plan.buffers.len() as u32 - 1
    };
    let in_turn = order::order(graph, &fused.kernels, &outputs);
    let mut kernels: Vec<Option<Kernel>> = fused.kernels.into_iter().map(Some).collect();
    let kernels: Vec<Kernel> = in_turn.into_iter().map(|at| kernels[at].take().expect("each once")).collect();
    // Outputs first, so that their order is that of the results.
    for id in &outputs {
        if buffer_of[id.index()].is_none() {
            let buffer = add(&mut plan, *id, source(graph, *id).unwrap_or(Storage::Output));
            buffer_of[id.index()] = Some(buffer);
        }
    }
    let mut last_use = vec![0; graph.len()];
    for (at, kernel) in kernels.iter().enumerate() {
        for binding in &kernel.bindings {
            last_use[binding.node.index()] = at;
        }
    }
    // Slots that hold nothing now, and the nodes that leave theirs after a step.
    let mut free: Vec<u32> = Vec::new();
    for (at, kernel) in kernels.into_iter().enumerate() {
        for binding in &kernel.bindings {
            if buffer_of[binding.node.index()].is_some() {
                continue;
            }
            let storage = match (source(graph, binding.node), binding.access) {
                (Some(source), _) => source,
                (None, Access::Write) => {
                    let bytes = binding.len.scale(binding.dtype.size_bytes() as i64);
                    Storage::Temporary(take_slot(&mut plan.slots, &mut free, bytes))
                }
                (None, Access::Read) => unreachable!("{} is read before it is stored", binding.node),
            };
            let buffer = add(&mut plan, binding.node, storage);
            buffer_of[binding.node.index()] = Some(buffer);
        }
        for binding in &kernel.bindings {
            if last_use[binding.node.index()] == at
                && let Storage::Temporary(slot) = plan.buffers[known(&buffer_of, binding.node) as usize].storage
            {
                free.push(slot);
            }
        }
        if !kernel.grid_points().is(0) {
            let buffers = kernel.bindings.iter().map(|b| known(&buffer_of, b.node)).collect();
            plan.steps.push(Step { kernel: Arc::new(kernel), buffers });
        }
    }
    for (id, base) in graph.outputs().iter().zip(&outputs) {
        plan.outputs.push(Output { buffer: known(&buffer_of, *base), aval: graph.aval(*id).clone() });
    }
    plan
}

fn known(buffer_of: &[Option<u32>], id: NodeId) -> u32 {
    buffer_of[id.index()].expect("what kernels bind and the program returns has a buffer")
}

fn source(graph: &Graph, id: NodeId) -> Option<Storage> {
    match &graph.node(id).kind {
        Kind::Input { index, .. } => Some(Storage::Input(*index)),
        Kind::Constant { index, .. } => Some(Storage::Constant(*index)),
        _ => None,
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
