//! Runs a call: allocates blocks for its temporaries and results, and encodes its kernels into one pass.

use super::doubt::Noted;
use super::fault;
use super::pipeline::Pipelines;
use super::pool::Block;
use super::profile::Timing;
use super::program::{Program, Sizes};
use super::shared::{Held, Shared, State, Use};
use crate::device::{Call, Counters, DeviceError};
use interfuse_compiler::plan::{Action, Buffer, Plan, Storage};
use std::rc::Rc;

/// Where a buffer of a call is allocated.
#[derive(Clone)]
pub(super) struct Allocation {
    block: Rc<Block>,
    /// The offset in the block, if it is shared.
    offset: Option<u64>,
    bytes: u64,
}

impl Allocation {
    /// The range of a shared block to bind when this buffer is bound alone. Blocks end, and neighbours begin, at multiples of more than 16
    /// bytes.
    fn range(&self) -> Option<(u64, u64)> {
        self.offset.map(|offset| (offset, self.bytes.max(1).next_multiple_of(16)))
    }
}

/// Bytes of the blocks that a call takes: temporaries by slot, then blocks that results share, then other results.
fn block_sizes<'a>(program: &'a Program, sizes: &'a Sizes) -> impl Iterator<Item = u64> + Clone + 'a {
    let outputs = program.plan.buffers.iter().enumerate().filter(|(_, buffer)| buffer.storage == Storage::Output);
    let alone = outputs.filter(|(at, _)| program.in_arena[*at].is_none());
    let arenas = program.plan.arenas.iter().map(|arena| arena.bytes);
    sizes.slots.iter().copied().chain(arenas).chain(alone.map(|(at, _)| sizes.buffers[at]))
}

/// Where each result is allocated in those blocks, without the blocks of temporaries.
fn allocate_results<'a>(
    program: &'a Program,
    sizes: &'a Sizes,
    results: &'a [Rc<Block>],
) -> impl Iterator<Item = (usize, Allocation)> + 'a {
    let (arenas, alone) = results.split_at(program.plan.arenas.len());
    let mut alone = alone.iter();
    let outputs = program.plan.buffers.iter().enumerate().filter(|(_, buffer)| buffer.storage == Storage::Output);
    let place = move |(at, _): (usize, &Buffer)| {
        let (block, offset) = match program.in_arena[at] {
            Some(place) => (&arenas[place.block as usize], Some(place.offset)),
            None => (alone.next().expect("one block per result outside arenas"), None),
        };
        (at, Allocation { block: block.clone(), offset, bytes: sizes.buffers[at] })
    };
    outputs.map(place)
}

impl State {
    /// Checks that the arguments are where the kernels expect them.
    fn check_shared(&self, plan: &Plan, call: &Call) -> Result<(), DeviceError> {
        let mut blocks: Vec<(u32, u64)> = Vec::new();
        for (input, place) in &plan.shared {
            let Some(held) = self.buffers.get(&call.inputs[*input as usize]) else { continue };
            let same = match blocks.iter().find(|(block, _)| *block == place.block) {
                Some((_, key)) => *key == held.block.key(),
                None => {
                    blocks.push((place.block, held.block.key()));
                    true
                }
            };
            if !same || held.offset != Some(place.offset) {
                return Err(DeviceError::Failed(format!("argument {input} is not where the plan has it")));
            }
        }
        Ok(())
    }
}

impl Shared {
    /// Sizes of this call; the uniform buffer holds them from now on.
    fn sizes(self: &Rc<Self>, state: &mut State, program: &Program, symbols: &[i64]) -> Result<Rc<Sizes>, DeviceError> {
        if let Some(sizes) = program.known_sizes(symbols) {
            return Ok(sizes);
        }
        let sizes = Rc::new(program.sizes_for(symbols, &self.target.limits)?);
        self.fill_uniforms(state, program, &sizes);
        Ok(sizes)
    }

    fn fill_uniforms(self: &Rc<Self>, state: &mut State, program: &Program, sizes: &Rc<Sizes>) {
        if let Some(block) = &program.uniforms {
            self.send(state);
            self.queue.write_buffer(&block.buffer(), 0, &sizes.uniforms);
        }
        *program.sizes.borrow_mut() = Some(sizes.clone());
    }

    /// Blocks of those sizes for a call, which is noted or not: all of them or none. `last` names those that are taken if they are free.
    fn blocks(
        self: &Rc<Self>,
        state: &mut State,
        serial: u64,
        sizes: impl Iterator<Item = u64>,
        last: &[u64],
        noted: Noted,
    ) -> Result<Vec<Rc<Block>>, DeviceError> {
        let mut taken: Vec<Rc<Block>> = Vec::with_capacity(last.len());
        for bytes in sizes {
            let wanted = last.get(taken.len()).copied();
            let capacity = state.pool.capacity(bytes);
            let again = if noted == Noted::No { None } else { state.doubts.take(capacity, wanted) };
            let block = again.map_or_else(|| self.block(state, Use::Tensor, serial, bytes, wanted), Ok);
            match block {
                Ok(block) => taken.push(block),
                Err(error) => {
                    taken.into_iter().for_each(|block| self.give(state, Use::Tensor, block));
                    return Err(error);
                }
            }
            state.counters.bytes_allocated += bytes;
        }
        Ok(taken)
    }

    /// Runs a call; `timing` surrounds every kernel with timestamps, in a pass of its own.
    pub(super) fn run(
        self: &Rc<Self>,
        state: &mut State,
        call: &Call,
        timing: Option<&Timing>,
    ) -> Result<(), DeviceError> {
        self.check_lost()?;
        #[cfg(target_arch = "wasm32")]
        super::web::warmed(self, state, call.program)?;
        let missing = || DeviceError::Failed(format!("program {} is not loaded", call.program.0));
        let program = state.programs.get(&call.program).cloned().ok_or_else(missing)?;
        program.check(call)?;
        let sizes = self.sizes(state, &program, &call.symbols)?;
        let plan = program.plan.clone();

        // What exists already. The kernels rely on the sizes and on what shares a block, so a wrong one must not pass.
        let mut places: Vec<Option<Allocation>> = vec![None; plan.buffers.len()];
        let mut peak = 0;
        let mut deps = Vec::with_capacity(plan.inputs as usize + plan.constants as usize);
        for (at, buffer) in plan.buffers.iter().enumerate() {
            let (id, what) = match buffer.storage {
                Storage::Input(i) => (call.inputs[i as usize], "argument"),
                Storage::Constant(i) => (call.constants[i as usize], "captured tensor"),
                Storage::Output | Storage::Temporary(_) => continue,
            };
            let missing = || DeviceError::Failed(format!("{what}: buffer {} does not exist on this device", id.0));
            let held = state.buffers.get(&id).ok_or_else(missing)?;
            if held.bytes != sizes.buffers[at] {
                let text =
                    format!("{what}: buffer {} has {} bytes, the plan wants {}", id.0, held.bytes, sizes.buffers[at]);
                return Err(DeviceError::Failed(text));
            }
            deps.push(held.written);
            peak += held.bytes;
            places[at] = Some(Allocation { block: held.block.clone(), offset: held.offset, bytes: held.bytes });
        }
        state.check_shared(&plan, call)?;
        let (serial, sent) = state.faults.begin(Some(program.clone()), deps);
        let notes = |state: &State| if sent.is_ok() { state.doubts.notes(&program) } else { Noted::No };

        // What the call allocates.
        let last = program.last.take();
        let bytes = block_sizes(&program, &sizes);
        peak += bytes.clone().sum::<u64>();
        let noted = notes(state);
        let mut taken = match self.blocks(state, serial, bytes, &last, noted) {
            Ok(taken) => taken,
            Err(error) => {
                state.faults.fail(serial, error.clone());
                return Err(error);
            }
        };
        // A fresh block may have brought the doubt.
        let noted = notes(state);
        state.counters.call_peak_bytes = peak;
        let results = taken.split_off(sizes.slots.len());
        let temporaries = taken;
        *program.last.borrow_mut() = temporaries.iter().chain(&results).map(|block| block.key()).collect();
        for (block, arena) in results.iter().zip(&plan.arenas) {
            block.allocate(arena.members.len() as u32, arena.bytes);
            state.bytes_in_use += arena.bytes;
        }
        for ((at, placed), id) in allocate_results(&program, &sizes, &results).zip(&call.outputs) {
            let Allocation { block, offset, bytes } = placed.clone();
            if offset.is_none() {
                block.allocate(1, bytes);
                state.bytes_in_use += bytes;
            }
            places[at] = Some(placed);
            let held = Held { block, offset, bytes, written: serial };
            let old = state.buffers.insert(*id, held);
            debug_assert!(old.is_none(), "buffer {} was used twice", id.0);
        }
        let temporary: u64 = temporaries.iter().map(|block| block.capacity).sum();
        state.bytes_temporary += temporary;
        state.note_peak();
        state.bytes_temporary -= temporary;

        let attempt = Attempt { serial, program, sizes, symbols: call.symbols.clone(), places, slots: temporaries };
        if noted != Noted::No {
            attempt.mark();
        }
        if sent.is_ok() {
            self.first_try(state, &attempt, timing);
        }
        attempt.slots.iter().rev().for_each(|block| self.give(state, Use::Tensor, block.clone()));
        if noted != Noted::No {
            state.doubts.note(attempt);
        }
        Ok(())
    }

    /// Encodes a call, if it is not known to fail, and submits it if that is due.
    fn first_try(self: &Rc<Self>, state: &mut State, attempt: &Attempt, timing: Option<&Timing>) {
        let (serial, program) = (attempt.serial, &attempt.program);
        if program.replaced.borrow().is_some() {
            if state.doubts.is_short() {
                self.perform_in_doubt(state, attempt);
            } else if let Err(error) = self.perform(state, attempt) {
                state.faults.fail(serial, error);
            }
            return;
        }
        if let Some(error) = program.fault() {
            // A call that is known to fail is not sent: another plan runs in its place, or its results are faulty from the start.
            match program.is_fresh() {
                true => state.doubts.refuse(program.clone(), error),
                false => state.faults.fail(serial, error),
            }
            return;
        }
        if program.steps.is_empty() {
            return;
        }
        let first = !program.submitted.replace(true);
        let scope = self.options.scope_every_submit || first || state.doubts.is_short();
        if scope || timing.is_some() {
            self.send(state);
        }
        let (ran, moves) = (program.clone(), state.doubts.moves());
        let answered = move |state: &mut State, text: Option<String>| {
            let Some(text) = text else { return drop(ran.instead.take()) };
            state.weigh(move |state| {
                // It ran again in other memory, unless it cannot run at all.
                let again = state.doubts.moves() != moves && ran.fault().is_none();
                let error = fault::failure(Some(&ran.describe()), &text);
                if !again && ran.is_fresh() && state.faults.of(serial).is_none() {
                    return state.doubts.refuse(ran, error);
                }
                // Memory that never came to be says nothing of the program: its next submit is the first one.
                ran.submitted.set(!ran.is_fresh());
                if !again {
                    state.faults.fail(serial, error);
                }
            });
        };
        let work = |state: &mut State| {
            self.post(state, attempt, timing);
            self.send(state);
        };
        if scope && program.is_fresh() {
            self.doubt(state, serial, work, answered);
        } else if scope {
            let ((), answers) = self.scoped(|| work(state));
            self.resolve(state, serial, answers, answered);
        } else {
            self.post(state, attempt, timing);
            if program.is_fresh() {
                state.commands.doubt();
            }
            self.encoded(state);
        }
        // Natively an uncaptured error arrives while its cause is being encoded.
        #[cfg(not(target_arch = "wasm32"))]
        state.faults.collect(Some(serial));
    }

    /// Submits a call by itself: the plan that took the place of its program's, where one did.
    pub(super) fn perform(self: &Rc<Self>, state: &mut State, attempt: &Attempt) -> Result<(), DeviceError> {
        let Some(other) = attempt.program.replaced.borrow().clone() else {
            if attempt.program.is_symbolic() {
                self.fill_uniforms(state, &attempt.program, &attempt.sizes);
            }
            self.submit_alone(state, attempt, &[]);
            return Ok(());
        };
        let sizes = self.sizes(state, &other, &attempt.symbols)?;
        let mut slots = self.blocks(state, attempt.serial, block_sizes(&other, &sizes), &[], Noted::No)?;
        let blocks = slots.clone();
        let results = slots.split_off(sizes.slots.len());
        let mut results = allocate_results(&other, &sizes, &results);
        let plan = &attempt.program.plan;
        let known = |storage| {
            let at = plan.buffers.iter().position(|buffer| buffer.storage == storage)?;
            attempt.places[at].clone()
        };
        let place = |buffer: &Buffer| match buffer.storage {
            Storage::Temporary(_) => None,
            Storage::Output => results.next().map(|(_, placed)| placed),
            Storage::Input(_) | Storage::Constant(_) => known(buffer.storage),
        };
        let places = other.plan.buffers.iter().map(place).collect();
        // Its results go where those of the refused plan were to be, which may share memory.
        let copy = |(at, buffer): (usize, &Buffer)| {
            let result = plan.outputs.iter().position(|output| output.buffer as usize == at)?;
            (buffer.storage == Storage::Output).then_some((other.plan.outputs[result].buffer as usize, at))
        };
        let copies: Vec<(usize, usize)> = plan.buffers.iter().enumerate().filter_map(copy).collect();
        let instead = Attempt {
            serial: attempt.serial,
            program: other.clone(),
            sizes: sizes.clone(),
            symbols: Vec::new(),
            places,
            slots,
        };
        let copies: Vec<(Allocation, Allocation)> = copies
            .into_iter()
            .filter_map(|(from, to)| Some((instead.places[from].clone()?, attempt.places[to].clone()?)))
            .collect();
        self.submit_alone(state, &instead, &copies);
        blocks.into_iter().rev().for_each(|block| self.give(state, Use::Tensor, block));
        Ok(())
    }

    /// Submits a call in a pass of its own, and copies from place to place after it.
    fn submit_alone(self: &Rc<Self>, state: &mut State, call: &Attempt, copies: &[(Allocation, Allocation)]) {
        self.send(state);
        let State { pipelines, counters, .. } = state;
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        call.encode((pipelines, counters), |at, group, [x, y, z]| {
            pass.set_pipeline(&call.program.steps[at].pipeline.handle);
            pass.set_bind_group(0, group, &[]);
            pass.dispatch_workgroups(x, y, z);
        });
        drop(pass);
        for (from, to) in copies.iter().filter(|(from, _)| from.bytes > 0) {
            let (source, target) = (from.offset.unwrap_or(0), to.offset.unwrap_or(0));
            // Copies are in words; every block is at least a word longer than an odd number of halves.
            let size = from.bytes.next_multiple_of(4);
            encoder.copy_buffer_to_buffer(&from.block.buffer(), source, &to.block.buffer(), target, size);
        }
        self.queue.submit([encoder.finish()]);
        counters.submits += 1;
    }
}

/// A call all of whose buffers have a place.
pub(super) struct Attempt {
    pub(super) serial: u64,
    pub(super) program: Rc<Program>,
    sizes: Rc<Sizes>,
    symbols: Vec<i64>,
    /// Of the plan's buffers but temporaries.
    places: Vec<Option<Allocation>>,
    slots: Vec<Rc<Block>>,
}

impl Attempt {
    /// What it reads and writes.
    pub(super) fn blocks(&self) -> impl Iterator<Item = &Rc<Block>> {
        self.places.iter().flatten().map(|placed| &placed.block).chain(&self.slots)
    }

    /// Marks its blocks: it may run again.
    fn mark(&self) {
        for (buffer, placed) in self.program.plan.buffers.iter().zip(&self.places) {
            match (buffer.storage, placed) {
                (Storage::Output, Some(placed)) => placed.block.noted.set(Noted::Written),
                // What notes wrote they will write again.
                (_, Some(placed)) if placed.block.noted.get() == Noted::No => placed.block.noted.set(Noted::Read),
                (_, _) => {}
            }
        }
        self.slots.iter().for_each(|block| block.noted.set(Noted::Written));
    }

    /// Hands every dispatch, in order, to `dispatch`: the step, its bind group and how many workgroups.
    fn encode(
        &self,
        (pipelines, counters): (&mut Pipelines, &mut Counters),
        mut dispatch: impl FnMut(usize, &wgpu::BindGroup, [u32; 3]),
    ) {
        let Attempt { program, sizes, places, .. } = self;
        if program.steps.is_empty() {
            return;
        }
        let uniforms = program.uniforms.as_ref().expect("a program with steps has uniform blocks");
        let plan = &program.plan;
        // Slots take turns in loops.
        let mut slots: Vec<&Rc<Block>> = self.slots.iter().collect();
        for action in plan.walk(sizes.symbols()) {
            let at = match action {
                Action::Step(at) => at,
                Action::Turn(at) => {
                    plan.loops[at].turns.iter().for_each(|(a, b)| slots.swap(*a as usize, *b as usize));
                    continue;
                }
            };
            let step = &program.steps[at];
            let bound = step.bound.iter().map(|(at, whole)| match plan.buffers[*at as usize].storage {
                Storage::Temporary(slot) => (slots[slot as usize], None),
                Storage::Input(_) | Storage::Constant(_) | Storage::Output => {
                    let placed = places[*at as usize].as_ref().expect("every buffer has a place by now");
                    (&placed.block, placed.range().filter(|_| !whole))
                }
            });
            let (group, made) = pipelines.bind_group(&step.pipeline.layout, bound, uniforms, step.uniforms);
            counters.bind_groups_created += u64::from(made);
            counters.dispatches += 1;
            dispatch(at, group, sizes.workgroups[at]);
        }
    }
}

impl Shared {
    /// Encodes a call; with `timing`, every kernel in a pass of its own, and submits that.
    fn post(&self, state: &mut State, call: &Attempt, timing: Option<&Timing>) {
        let State { pipelines, counters, commands, .. } = state;
        let steps = &call.program.steps;
        let Some(timing) = timing else {
            return call.encode((pipelines, counters), |at, group, grid| {
                let pass = commands.pass(&self.device, call.serial);
                pass.dispatch(&steps[at].pipeline, group, grid, call.sizes.weights[at]);
            });
        };
        let mut encoder = self.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        call.encode((pipelines, counters), |at, group, [x, y, z]| {
            let timestamp_writes = Some(timing.writes(at as u32));
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor { label: None, timestamp_writes });
            pass.set_pipeline(&steps[at].pipeline.handle);
            pass.set_bind_group(0, group, &[]);
            pass.dispatch_workgroups(x, y, z);
        });
        timing.resolve(&mut encoder);
        self.queue.submit([encoder.finish()]);
        counters.submits += 1;
    }
}
