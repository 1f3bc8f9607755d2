//! The plan: what a device does for one call, as plain data.
//!
//! Buffers are named by position. Inputs and constants exist before the call, outputs are born in it, temporaries live between the
//! first step that writes them and the last that reads them and share *slots*. Every step is a dispatch; steps run in order, and
//! those of a loop again and again.

mod check;
mod order;
pub mod verify;

use crate::dim::{Atom, Dim};
use crate::dtype::{DType, Scalar};
use crate::fuse::{Fused, Repeat};
pub use crate::graph::stored_node;
use crate::graph::{Graph, NodeId};
use crate::kernel::{
    Access, Axis, Binding, Class, FusedKernel, Inst, Kernel, NodeMap, Over, Phase, Role, Serial, Store, Uniform, Value,
    ValueId,
};
use crate::kind::Kind;
use crate::shape::Aval;
use crate::sharing::{Arena, Blocks, Place, Sharing};
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
    /// Buffers with [`Storage::Output`] that are born in one block of memory.
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

    /// Of each buffer its place, if it is born in a block with others: the position in `arenas`, and the offset there.
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
            .map(|(id, output)| (stored_node(graph, *id), output.buffer))
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
/// made with the [`stored_node`] of every output.
pub fn plan(graph: &Graph, fused: Fused, inputs: u32, constants: u32) -> (Plan, Vec<NodeMap>) {
    let plan = Plan { inputs, constants, ..Plan::default() };
    let mut planner = Planner { plan, maps: Vec::new(), free: Vec::new() };
    let mut buffer_of: Table = vec![None; graph.len()];
    let outputs: Vec<NodeId> = graph.outputs().iter().map(|id| stored_node(graph, *id)).collect();
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

/// The buffer of each node of a graph that has one.
type Table = Vec<Option<u32>>;

fn known(buffer_of: &Table, id: NodeId) -> u32 {
    buffer_of[id.index()].expect("what kernels bind and the program returns has a buffer")
}

/// A plan in the making.
struct Planner {
    plan: Plan,
    /// Of each step.
    maps: Vec<NodeMap>,
    /// Slots that hold nothing now.
    free: Vec<u32>,
}

impl Planner {
    fn buffer(&mut self, graph: &Graph, id: NodeId, storage: Storage) -> u32 {
        let aval = graph.aval(id);
        self.plan.buffers.push(Buffer { storage, dtype: aval.dtype, len: aval.shape.size() });
        self.plan.buffers.len() as u32 - 1
    }

    /// A buffer in a slot of its own.
    fn alone(&mut self, dtype: DType, len: Dim) -> u32 {
        self.plan.slots.push(len.scale(dtype.size_bytes() as i64));
        let storage = Storage::Temporary(self.plan.slots.len() as u32 - 1);
        self.plan.buffers.push(Buffer { storage, dtype, len });
        self.plan.buffers.len() as u32 - 1
    }

    /// A buffer in a slot that holds nothing now.
    fn temporary(&mut self, graph: &Graph, id: NodeId) -> u32 {
        let aval = graph.aval(id);
        let bytes = aval.shape.size().scale(aval.dtype.size_bytes() as i64);
        let slot = take_slot(&mut self.plan.slots, &mut self.free, bytes);
        self.buffer(graph, id, Storage::Temporary(slot))
    }

    fn step(&mut self, kernel: Kernel, map: NodeMap, buffers: Vec<u32>) {
        self.plan.steps.push(Step { kernel: Arc::new(kernel), buffers });
        self.maps.push(map);
    }

    fn slot(&self, buffer: u32) -> u32 {
        match self.plan.buffers[buffer as usize].storage {
            Storage::Temporary(slot) => slot,
            other => unreachable!("{other:?} is no slot"),
        }
    }

    /// Appends the steps of some kernels. Buffers that are there already are not given back. Within a loop, whose result the page
    /// knows as `shown`, nodes of the body mean nothing to who reads the plan.
    fn emit(&mut self, graph: &Graph, fused: Fused, buffer_of: &mut Table, shown: Option<NodeId>) {
        let Fused { kernels, repeats, .. } = fused;
        let outputs: Vec<NodeId> = graph.outputs().iter().map(|id| stored_node(graph, *id)).collect();
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
                    let roots =
                        repeat.iter().flat_map(|r| r.stacked.iter().map(|s| s.0).chain(r.carried.iter().map(|c| c.0)));
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

    /// The steps of a loop: its body once, what it stacks, and which slots take turns.
    fn repeat(&mut self, graph: &Graph, repeat: Repeat, buffer_of: &mut Table, shown: NodeId) {
        let Repeat { body, fused, length, next, next_step, stacked, carried, operands } = repeat;
        // The number of the step, now and next.
        let step = self.alone(DType::Int32, Dim::ONE);
        let step_next = self.alone(DType::Int32, Dim::ONE);
        let zero = zero_kernel();
        let map = shown_as(&zero, shown);
        self.step(zero, map, vec![step]);
        let mut inner: Table = vec![None; body.len()];
        for (id, node) in body.nodes() {
            if let Kind::Input { index, .. } = node.kind {
                let buffer = operands.get(index as usize).map_or(step, |operand| known(buffer_of, *operand));
                inner[id.index()] = Some(buffer);
            }
        }
        let mut turns = vec![(self.slot(step), self.slot(step_next))];
        inner[next_step.index()] = Some(step_next);
        for (operand, next) in operands.iter().zip(&next) {
            if let Some(next) = next {
                let aval = body.aval(*next);
                let other = self.alone(aval.dtype, aval.shape.size());
                turns.push((self.slot(known(buffer_of, *operand)), self.slot(other)));
                inner[next.index()] = Some(other);
            }
        }
        for (root, carry) in &carried {
            buffer_of[root.index()] = buffer_of[operands[*carry as usize].index()];
        }
        for (root, _) in &stacked {
            if buffer_of[root.index()].is_none() {
                buffer_of[root.index()] = Some(self.temporary(graph, *root));
            }
        }
        for (_, slice) in &stacked {
            inner[slice.index()] = Some(self.temporary(&body, *slice));
        }
        let (start, place) = (self.plan.steps.len() as u32, self.plan.loops.len());
        self.emit(&body, fused, &mut inner, Some(shown));
        for (root, slice) in &stacked {
            let aval = body.aval(*slice);
            let (whole, part) = (known(buffer_of, *root), known(&inner, *slice));
            let len = self.plan.buffers[whole as usize].len.clone();
            let kernel = stack_kernel(aval.dtype, aval.shape.size(), len);
            if !kernel.grid_points().is(0) {
                let map = shown_as(&kernel, shown);
                self.step(kernel, map, vec![part, step, whole]);
            }
            self.free.push(self.slot(part));
        }
        let steps = start..self.plan.steps.len() as u32;
        self.plan.loops.insert(place, Loop { steps, times: length, turns });
    }
}

/// All of a kernel as that node's, in place of those of a body.
fn shown_as(kernel: &Kernel, shown: NodeId) -> NodeMap {
    NodeMap {
        values: vec![shown; kernel.values.len()],
        bindings: vec![shown; kernel.bindings.len()],
        nodes: vec![shown],
    }
}

fn plain(name: &str, axes: Vec<Axis>, bindings: Vec<Binding>, values: Vec<Value>, store: Store) -> Kernel {
    let end = values.len() as u32;
    let phase = Phase { over: Over::Grid, body: 0..end, reductions: Vec::new(), stores: vec![store] };
    let mut kernel = Kernel {
        class: Class::Map,
        name: name.into(),
        axes,
        bindings,
        uniforms: vec![Uniform::Size(Dim::ONE)],
        values,
        phases: vec![phase],
        parts: Vec::new(),
        repeats: Vec::new(),
        serial: None,
    };
    kernel.complete_uniforms();
    kernel
}

/// Writes the number of the first step.
fn zero_kernel() -> Kernel {
    let binding = Binding { dtype: DType::Int32, len: Dim::ONE, access: Access::Write, block: None };
    let value = Value { inst: Inst::Literal { value: Scalar::i32(0) }, dtype: DType::Int32 };
    let store = Store { binding: 0, index: Dim::ZERO, value: ValueId(0) };
    plain("first_step", Vec::new(), vec![binding], vec![value], store)
}

/// Copies what a step gave to its place among those of all steps: bindings are the slice, the step and the stack.
fn stack_kernel(dtype: DType, len: Dim, whole: Dim) -> Kernel {
    let read = |dtype, len| Binding { dtype, len, access: Access::Read, block: None };
    let bindings = vec![
        read(dtype, len.clone()),
        read(DType::Int32, Dim::ONE),
        Binding { dtype, len: whole, access: Access::Write, block: None },
    ];
    let load = |binding, index, dtype| Value { inst: Inst::Load { binding, index }, dtype };
    let axes = if len.is(1) { Vec::new() } else { vec![Axis { extent: len.clone(), role: Role::Grid }] };
    let at = if axes.is_empty() { Dim::ZERO } else { Dim::coord(0) };
    let values = vec![load(1, Dim::ZERO, DType::Int32), load(0, at.clone(), dtype)];
    let index = Dim::atom(Atom::Value(0)).mul(&len).add(&at);
    plain("stack", axes, bindings, values, Store { binding: 2, index, value: ValueId(1) })
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
