//! A call: blocks for what is born, and its kernels encoded into one pass.

use super::fault;
use super::pipeline::Pipelines;
use super::pool::Block;
use super::profile::Timing;
use super::program::{Program, Sizes};
use super::shared::{Held, Shared, State, Use};
use crate::device::{Call, Counters, DeviceError};
use interfuse_compiler::plan::{Action, Plan, Storage};
use std::rc::Rc;

/// Where a buffer of a call lies.
#[derive(Clone)]
struct Lies {
    block: Rc<Block>,
    /// Where in the block, if others lie there as well.
    offset: Option<u64>,
    bytes: u64,
}

impl Lies {
    /// What of its block is bound when it is bound alone. Blocks end, and neighbours begin, at multiples of more than 16 bytes.
    fn range(&self) -> Option<(u64, u64)> {
        self.offset.map(|offset| (offset, self.bytes.max(1).next_multiple_of(16)))
    }
}

impl State {
    /// Do the arguments lie where the kernels take them to lie?
    fn check_shared(&self, plan: &Plan, call: &Call) -> Result<(), DeviceError> {
        let mut blocks: Vec<(u32, u64)> = Vec::new();
        for (input, place) in &plan.shared {
            let Some(held) = self.buffers.get(&call.inputs[*input as usize]) else { continue };
            let same = match blocks.iter().find(|(block, _)| *block == place.block) {
                Some((_, key)) => *key == held.block.key,
                None => {
                    blocks.push((place.block, held.block.key));
                    true
                }
            };
            if !same || held.offset != Some(place.offset) {
                return Err(DeviceError::Failed(format!("argument {input} lies elsewhere than the plan says")));
            }
        }
        Ok(())
    }
}

impl Shared {
    /// Sizes of this call; the uniform buffer holds them from now on.
    fn sizes(&self, state: &mut State, program: &Program, symbols: &[i64]) -> Result<Rc<Sizes>, DeviceError> {
        if let Some(sizes) = program.known_sizes(symbols) {
            return Ok(sizes);
        }
        let sizes = Rc::new(program.sizes_for(symbols, &self.target.limits)?);
        if let Some(block) = &program.uniforms {
            self.send(state);
            self.queue.write_buffer(&block.buffer, 0, &sizes.uniforms);
        }
        *program.sizes.borrow_mut() = Some(sizes.clone());
        Ok(sizes)
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
        let mut places: Vec<Option<Lies>> = vec![None; plan.buffers.len()];
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
            places[at] = Some(Lies { block: held.block.clone(), offset: held.offset, bytes: held.bytes });
        }
        state.check_shared(&plan, call)?;
        let (serial, sent) = state.faults.begin(Some(program.clone()), deps);

        // What is born: temporaries by slot, then blocks that results share, then other results.
        let last = program.last.take();
        let mut taken: Vec<Rc<Block>> = Vec::with_capacity(last.len());
        let outputs = plan.buffers.iter().enumerate().filter(|(_, b)| b.storage == Storage::Output);
        let alone = outputs.clone().filter(|(at, _)| program.in_arena[*at].is_none());
        let arenas = plan.arenas.iter().map(|arena| arena.bytes);
        let bytes = sizes.slots.iter().copied().chain(arenas).chain(alone.map(|(at, _)| sizes.buffers[at]));
        for bytes in bytes {
            match self.block(state, Use::Tensor, serial, bytes, last.get(taken.len()).copied()) {
                Ok(block) => taken.push(block),
                Err(error) => {
                    taken.into_iter().for_each(|block| self.give(state, Use::Tensor, block));
                    state.faults.fail(serial, error.clone());
                    return Err(error);
                }
            }
            state.counters.bytes_allocated += bytes;
            peak += bytes;
        }
        state.counters.call_peak_bytes = peak;
        let born = taken.split_off(sizes.slots.len());
        let temporaries = taken;
        *program.last.borrow_mut() = temporaries.iter().chain(&born).map(|block| block.key).collect();
        for (block, arena) in born.iter().zip(&plan.arenas) {
            block.let_to(arena.members.len() as u32, arena.bytes);
            state.bytes_in_use += arena.bytes;
        }
        let (arenas, alone) = born.split_at(plan.arenas.len());
        let mut alone = alone.iter();
        for ((at, _), id) in outputs.zip(&call.outputs) {
            let bytes = sizes.buffers[at];
            let (block, offset) = match program.in_arena[at] {
                Some(place) => (&arenas[place.block as usize], Some(place.offset)),
                None => {
                    let block = alone.next().expect("one block per result that lies alone");
                    block.let_to(1, bytes);
                    state.bytes_in_use += bytes;
                    (block, None)
                }
            };
            places[at] = Some(Lies { block: block.clone(), offset, bytes });
            let held = Held { block: block.clone(), offset, bytes, written: serial };
            let old = state.buffers.insert(*id, held);
            debug_assert!(old.is_none(), "buffer {} was used twice", id.0);
        }
        let lent: u64 = temporaries.iter().map(|block| block.capacity).sum();
        state.bytes_lent += lent;
        state.note_peak();
        state.bytes_lent -= lent;

        // A call that is known to fail is not sent: its results are faulty from birth.
        let fault = program.fault();
        if let Some(error) = &fault {
            state.faults.fail(serial, error.clone());
        }
        if sent.is_ok() && fault.is_none() && !program.steps.is_empty() {
            let placed = Placed { program: &program, sizes: &sizes, places: &places, slots: &temporaries };
            let scope = self.options.scope_every_submit || !program.submitted.replace(true);
            if scope || timing.is_some() {
                self.send(state);
            }
            if scope {
                let ((), answers) = self.scoped(|| {
                    self.post(state, serial, &placed, timing);
                    self.send(state);
                });
                let ran = program.clone();
                self.resolve(state, serial, answers, move |state, text| {
                    state.faults.fail(serial, fault::failure(Some(&ran.describe()), &text));
                });
            } else {
                self.post(state, serial, &placed, timing);
                self.encoded(state);
            }
            // Natively an uncaptured error arrives while its cause is being encoded.
            #[cfg(not(target_arch = "wasm32"))]
            state.faults.collect(Some(serial));
        }
        temporaries.into_iter().rev().for_each(|block| self.give(state, Use::Tensor, block));
        Ok(())
    }
}

/// A call all of whose buffers have a place.
struct Placed<'a> {
    program: &'a Program,
    sizes: &'a Sizes,
    places: &'a [Option<Lies>],
    slots: &'a [Rc<Block>],
}

impl Placed<'_> {
    /// Hands every dispatch, in order, to `dispatch`: the step, its bind group and how many workgroups.
    fn encode(
        &self,
        (pipelines, counters): (&mut Pipelines, &mut Counters),
        mut dispatch: impl FnMut(usize, &wgpu::BindGroup, [u32; 3]),
    ) {
        let Placed { program, sizes, places, .. } = self;
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
                    let lies = places[*at as usize].as_ref().expect("every buffer has a place by now");
                    (&lies.block, lies.range().filter(|_| !whole))
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
    fn post(&self, state: &mut State, serial: u64, call: &Placed, timing: Option<&Timing>) {
        let State { pipelines, counters, outbox, .. } = state;
        let steps = &call.program.steps;
        let Some(timing) = timing else {
            return call.encode((pipelines, counters), |at, group, grid| {
                let pass = outbox.pass(&self.device, serial);
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
