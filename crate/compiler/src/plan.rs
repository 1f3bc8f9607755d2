//! The plan: what a device does for one call, as plain data.
//!
//! Buffers are named by position. Inputs and constants exist before the call, outputs are allocated in it, temporaries live between the
//! first step that writes them and the last that reads them and share *slots*. Every step is a dispatch; steps run in order, and
//! those of a loop again and again.

mod check;
mod order;
mod slots;
mod loops;
pub mod verify;

use crate::dim::{Atom, Dim};
use crate::dtype::DType;
use crate::fuse::Fused;
pub use crate::graph::buffer_node;
use crate::graph::{Graph, NodeId};
use crate::kernel::{Kernel, NodeMap, Uniform};
use crate::kind::Kind;
use crate::shape::Aval;
use crate::sharing::{Arena, Blocks, Place, Sharing};
use slots::{Planner, Table, known};
use std::ops::Range;
use std::sync::Arc;

pub(crate) use check::check;

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

/// Steps that run again and again.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Loop {
    /// Which steps.
    pub steps: Range<u32>,
    /// How often.
    pub times: Dim,
    /// Slots that exchange their memory after each time: what a step wrote into one the next reads from the other.
    pub turns: Vec<(u32, u32)>,
}

/// What a device does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    /// Runs that step.
    Step(usize),
    /// Exchanges the memory of the slots of that loop.
    Turn(usize),
}

/// The actions of a call in order; see [`Plan::walk`].
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    plan: &'a Plan,
    /// How often each loop runs.
    times: Vec<i64>,
    at: u32,
    /// Loops that it is in, with the times that are left.
    open: Vec<(usize, i64)>,
}

impl Iterator for Walk<'_> {
    type Item = Action;

    fn next(&mut self) -> Option<Action> {
        loop {
            if let Some((at, left)) = self.open.last_mut() {
                let (at, steps) = (*at, &self.plan.loops[*at].steps);
                if self.at == steps.end {
                    *left -= 1;
                    if *left > 0 {
                        self.at = steps.start;
                    } else {
                        self.open.pop();
                    }
                    return Some(Action::Turn(at));
                }
            }
            let is_open = |at: &usize| self.open.iter().any(|(open, _)| open == at);
            let begins = |at: &usize| self.plan.loops[*at].steps.start == self.at && !is_open(at);
            match (0..self.plan.loops.len()).find(begins) {
                Some(at) if self.times[at] > 0 => self.open.push((at, self.times[at])),
                Some(at) => self.at = self.plan.loops[at].steps.end,
                None => break,
            }
        }
        let step = self.at as usize;
        self.at += 1;
        (step < self.plan.steps.len()).then_some(Action::Step(step))
    }
}

/// What a device does for one call.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Plan {
    /// Every buffer that a step or an output names.
    pub buffers: Vec<Buffer>,
    /// Bytes of each temporary slot: the largest of the buffers that share it.
    pub slots: Vec<Dim>,
    /// Dispatches, in order; those of a loop's body stand here once.
    pub steps: Vec<Step>,
    /// Loops; outer ones come before those within them.
    pub loops: Vec<Loop>,
    /// Results, in order.
    pub outputs: Vec<Output>,
    /// Buffers with [`Storage::Output`] that are allocated in one block of memory.
    pub arenas: Vec<Arena<u32>>,
    /// Arguments that kernels bind as parts of one block: a call with others needs another plan.
    pub shared: Vec<(u32, Place)>,
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
    /// One more than the largest symbol that a size of the plan, or an expression of a kernel, names.
    pub fn symbols(&self) -> usize {
        let mut count = 0;
        let mut visit = |dim: &Dim| {
            count = dim.symbols().into_iter().fold(count, |count, symbol| count.max(symbol.0 as usize + 1));
        };
        self.buffers.iter().for_each(|b| visit(&b.len));
        self.slots.iter().for_each(&mut visit);
        self.loops.iter().for_each(|l| visit(&l.times));
        for step in &self.steps {
            step.kernel.axes.iter().for_each(|axis| visit(&axis.extent));
            // What its expressions mention is in the uniform block.
            for uniform in &step.kernel.uniforms {
                if let Uniform::Size(dim) = uniform {
                    visit(dim);
                }
            }
        }
        count
    }

    /// What a device does for one call, for these values of the symbols.
    pub fn walk(&self, symbols: &[i64]) -> Walk<'_> {
        let times = self.loops.iter().map(|l| evaluate(&l.times, symbols)).collect();
        Walk { plan: self, times, at: 0, open: Vec::new() }
    }

    /// How often each step runs.
    pub fn runs(&self, symbols: &[i64]) -> Vec<u64> {
        let mut runs = vec![1; self.steps.len()];
        for repeated in &self.loops {
            let times = evaluate(&repeated.times, symbols).max(0) as u64;
            runs[repeated.steps.start as usize..repeated.steps.end as usize].iter_mut().for_each(|n| *n *= times);
        }
        runs
    }

    /// Of each buffer its place, if it is allocated in a block with others: the position in `arenas`, and the offset there.
    pub fn in_arena(&self) -> Vec<Option<Place>> {
        let mut places = vec![None; self.buffers.len()];
        for (block, arena) in self.arenas.iter().enumerate() {
            for (buffer, offset) in &arena.members {
                places[*buffer as usize] = Some(Place { block: block as u32, offset: *offset });
            }
        }
        places
    }

    /// Says what of its buffers lies in one block with others.
    pub(crate) fn share(&mut self, graph: &Graph, blocks: &Blocks, sharing: &Sharing) {
        if blocks.is_empty() {
            return;
        }
        let buffers: Vec<(NodeId, u32)> = graph
            .outputs()
            .iter()
            .zip(&self.outputs)
            .map(|(id, output)| (buffer_node(graph, *id), output.buffer))
            .collect();
        let of = |(node, offset): &(NodeId, u64)| {
            let (_, buffer) = buffers.iter().find(|(id, _)| id == node).expect("a result has a buffer");
            (*buffer, *offset)
        };
        let arena =
            |arena: &Arena<NodeId>| Arena { members: arena.members.iter().map(of).collect(), bytes: arena.bytes };
        self.arenas = blocks.arenas.iter().map(arena).collect();
        let inputs = sharing.inputs.iter().enumerate();
        self.shared = inputs.filter_map(|(at, place)| place.map(|place| (at as u32, place))).collect();
    }

    /// What a call costs for these values of the symbols.
    pub fn cost(&self, symbols: &[i64]) -> CallCost {
        let size = |dim: &Dim| evaluate(dim, symbols).max(0) as u64;
        let bytes = |buffer: &u32| size(&self.buffers[*buffer as usize].bytes());
        let runs = self.runs(symbols);
        let mut cost = CallCost { dispatches: runs.iter().sum(), ..CallCost::default() };
        let moved = |step: &Step| step.buffers.iter().map(bytes).sum::<u64>();
        cost.bytes_moved = self.steps.iter().zip(&runs).map(|(step, runs)| moved(step) * runs).sum();
        cost.bytes_allocated = self.slots.iter().map(size).sum();
        cost.bytes_allocated += self.arenas.iter().map(|arena| arena.bytes).sum::<u64>();
        let in_arena = self.in_arena();
        let mut before = 0;
        for (at, buffer) in self.buffers.iter().enumerate() {
            match buffer.storage {
                Storage::Input(_) | Storage::Constant(_) => before += bytes(&(at as u32)),
                Storage::Output if in_arena[at].is_none() => cost.bytes_allocated += bytes(&(at as u32)),
                Storage::Output => {}
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

/// Names buffers, gives temporaries slots, and orders steps; per step the nodes behind its kernel come with it. `fused` must have been
/// made with the [`buffer_node`] of every output.
pub fn plan(graph: &Graph, fused: Fused, inputs: u32, constants: u32) -> (Plan, Vec<NodeMap>) {
    let plan = Plan { inputs, constants, ..Plan::default() };
    let mut planner = Planner { plan, maps: Vec::new(), free: Vec::new() };
    let mut buffer_of: Table = vec![None; graph.len()];
    let outputs: Vec<NodeId> = graph.outputs().iter().map(|id| buffer_node(graph, *id)).collect();
    // Outputs first, so that their order is that of the results.
    for id in &outputs {
        if buffer_of[id.index()].is_none() {
            let buffer = planner.buffer(graph, *id, source(graph, *id).unwrap_or(Storage::Output));
            buffer_of[id.index()] = Some(buffer);
        }
    }
    planner.emit(graph, fused, &mut buffer_of, None);
    let Planner { mut plan, maps, .. } = planner;
    for (id, base) in graph.outputs().iter().zip(&outputs) {
        plan.outputs.push(Output { buffer: known(&buffer_of, *base), aval: graph.aval(*id).clone() });
    }
    (plan, maps)
}

/// Where a leaf's memory comes from.
fn source(graph: &Graph, id: NodeId) -> Option<Storage> {
    match &graph.node(id).kind {
        Kind::Input { index, .. } => Some(Storage::Input(*index)),
        Kind::Constant { index, .. } => Some(Storage::Constant(*index)),
        _ => None,
    }
}
