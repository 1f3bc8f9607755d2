//! Plans that a device has loaded, and how they run: buffers in, buffers out.

use super::{Buffer, DeviceHandle};
use crate::clock::now_ms;
use crate::devtools::{self, Event};
use crate::error::{Error, Result};
use interfuse_compiler::Request;
use interfuse_compiler::plan::{self, Plan, Storage, evaluate};
use interfuse_compiler::sharing::Place;
use interfuse_runtime::device::{BufferId, Call, DeviceError, ProgramId};
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;

/// A plan that a device has loaded; forgotten with the last reference.
pub(crate) struct Program {
    pub id: ProgramId,
    pub plan: Arc<Plan>,
    /// Bytes that one call allocates for outputs.
    pub output_bytes: u64,
    /// Of each buffer of the plan its place, if it is allocated in a block with others; empty when none is.
    pub in_arena: Vec<Option<Place>>,
    pub device: DeviceHandle,
    /// What became of it.
    pub taken: Rc<Taken>,
}

/// Whether a device takes a program, and how calls were counted while that was not known.
#[derive(Default)]
pub(crate) struct Taken {
    /// Set when it was refused: calls run op by op, or get that error.
    pub refused: OnceCell<Option<Error>>,
    /// Did the device take it? Before, it may still refuse it.
    pub accepted: Cell<bool>,
    /// Did a call count as a miss?
    pub missed: Cell<bool>,
    pub hits: Cell<u64>,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.device.0.device.drop_program(self.id);
    }
}

impl DeviceHandle {
    /// Makes a plan ready to run, which was made from that request.
    pub(crate) fn load(&self, op: &str, request: &Request<'_>, plan: Arc<Plan>) -> Result<Rc<Program>> {
        self.try_load(request, plan).map_err(|error| Error::from_device(op, error))
    }

    /// The same; the error says what the device made of it.
    pub(crate) fn try_load(
        &self,
        request: &Request<'_>,
        plan: Arc<Plan>,
    ) -> std::result::Result<Rc<Program>, DeviceError> {
        let id = ProgramId(self.fresh_id());
        self.0.device.origin(id, request);
        self.0.device.load(id, plan.clone())?;
        Ok(self.loaded(id, plan))
    }

    /// Makes a plan ready to run that no graph gives.
    pub(crate) fn load_alone(&self, op: &str, plan: Arc<Plan>) -> Result<Rc<Program>> {
        let id = ProgramId(self.fresh_id());
        self.0.device.load(id, plan.clone()).map_err(|error| Error::from_device(op, error))?;
        Ok(self.loaded(id, plan))
    }

    /// The handle of a plan that the device has loaded under that id.
    pub(crate) fn loaded(&self, id: ProgramId, plan: Arc<Plan>) -> Rc<Program> {
        let of_output = |b: &&plan::Buffer| b.storage == Storage::Output;
        let output_bytes =
            plan.buffers.iter().filter(of_output).map(|b| b.bytes().as_const().unwrap_or(0) as u64).sum();
        let in_arena = if plan.arenas.is_empty() { Vec::new() } else { plan.in_arena() };
        Rc::new(Program { id, plan, output_bytes, in_arena, device: self.clone(), taken: Rc::default() })
    }
}

impl Program {
    /// Runs the plan on these buffers; gives one buffer per result. A result that is an argument or a constant shares its buffer.
    pub(crate) fn run(&self, op: &str, inputs: &[Rc<Buffer>], constants: &[Rc<Buffer>]) -> Result<Vec<Rc<Buffer>>> {
        self.run_at(op, inputs, constants, &[])
    }

    /// The same with the values of the plan's symbols.
    pub(crate) fn run_at(
        &self,
        op: &str,
        inputs: &[Rc<Buffer>],
        constants: &[Rc<Buffer>],
        symbols: &[i64],
    ) -> Result<Vec<Rc<Buffer>>> {
        let device: &DeviceHandle = &self.device;
        device.check_alive(op)?;
        let open = || {
            let outputs = self.plan.buffers.iter().filter(|buffer| buffer.storage == Storage::Output);
            outputs.map(|buffer| bytes_of(buffer, symbols)).sum()
        };
        device.reserve(op, if symbols.is_empty() { self.output_bytes } else { open() })?;
        let (call, buffers) = self.call(inputs, constants, symbols);
        let dispatches = self.plan.steps.len();
        device.0.device.run(call).map_err(|error| Error::from_device(op, error))?;
        devtools::emit(|| Event::Submit { name: op.to_string(), program: self.id.0, dispatches, at_ms: now_ms() });
        let of = |output: &plan::Output| buffers[output.buffer as usize].clone().expect("a result is not a temporary");
        Ok(self.plan.outputs.iter().map(of).collect())
    }

    /// The message that runs the plan on these buffers, and the buffer of each of the plan's that is not a temporary.
    pub(crate) fn call(
        &self,
        inputs: &[Rc<Buffer>],
        constants: &[Rc<Buffer>],
        symbols: &[i64],
    ) -> (Call, Vec<Option<Rc<Buffer>>>) {
        let device = &self.device;
        let mut buffers: Vec<Option<Rc<Buffer>>> = Vec::with_capacity(self.plan.buffers.len());
        let mut outputs: Vec<BufferId> = Vec::new();
        let arenas: Vec<u64> = self.plan.arenas.iter().map(|_| device.fresh_id()).collect();
        for (at, buffer) in self.plan.buffers.iter().enumerate() {
            buffers.push(match buffer.storage {
                Storage::Input(at) => Some(inputs[at as usize].clone()),
                Storage::Constant(at) => Some(constants[at as usize].clone()),
                Storage::Output => {
                    let place = self.in_arena.get(at).copied().flatten();
                    let arena = place.map(|place| (arenas[place.block as usize], place.offset));
                    let fresh = device.fresh_buffer_in(arena, bytes_of(buffer, symbols));
                    outputs.push(fresh.id);
                    Some(fresh)
                }
                Storage::Temporary(_) => None,
            });
        }
        let ids =
            |buffers: &[Rc<Buffer>], count: u32| buffers[..count as usize].iter().map(|b| b.id).collect::<Vec<_>>();
        let call = Call {
            program: self.id,
            inputs: ids(inputs, self.plan.inputs),
            constants: ids(constants, self.plan.constants),
            outputs,
            symbols: symbols.to_vec(),
        };
        (call, buffers)
    }
}

fn bytes_of(buffer: &plan::Buffer, symbols: &[i64]) -> u64 {
    evaluate(&buffer.bytes(), symbols).max(0) as u64
}
