//! The CPU device: runs kernels block by block on the calling thread, natively and in Wasm. Needs nothing, so it is always there.
//!
//! A kernel is prepared once per plan (and once per set of symbol values): its phases become flat programs over blocks of lanes
//! (`frame`), its class chooses the driver (`grid` for map, index and row kernels, `contract` for contractions, `serial` for what is a
//! plain loop here). What is fused stays in registers of a few KiB; no buffer exists for it. The device knows no op by name: it asks the
//! table for block functions.

mod space;
mod index;
mod reduce;
mod frame;
mod serial;
mod grid;
mod contract;
mod pool;

use crate::device::{
    BufferId, Call, Counters, Device, DeviceError, DeviceInfo, DeviceKind, Done, Memory, ProgramId, Read,
};
use contract::ContractKernel;
use frame::Machine;
use grid::GridKernel;
use index::Sizes;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::{Access, Class, Kernel};
use interfuse_compiler::plan::{Action, Plan, Step, Storage};
use interfuse_compiler::small::HashMap;
use interfuse_compiler::target::Target;
use interfuse_compiler::tuning::cpu::MAX_LANES;
use pool::{Pool, Words};
use serial::SerialKernel;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Sets of symbol values for which a program stays prepared.
const PREPARED_SIZES: usize = 4;

/// The CPU device.
#[derive(Debug)]
pub struct CpuDevice {
    info: DeviceInfo,
    target: Target,
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    buffers: HashMap<BufferId, Words>,
    programs: HashMap<ProgramId, Program>,
    pool: Pool,
    machine: Machine,
    counters: Counters,
    bytes_in_use: u64,
    peak_bytes: u64,
}

#[derive(Debug)]
struct Program {
    plan: Arc<Plan>,
    /// How many symbol values a call must give.
    symbols: usize,
    /// For each buffer of the plan how many outputs come before it.
    outputs: Rc<[u32]>,
    /// Most recently used last.
    prepared: Vec<(Vec<i64>, Rc<Vec<Prepared>>)>,
}

/// A kernel for known sizes.
#[derive(Debug)]
enum Prepared {
    Grid(Box<GridKernel>),
    /// Maps side by side: one after another.
    Parts(Vec<GridKernel>),
    Contract(Box<ContractKernel>),
    Serial(Box<SerialKernel>),
}

impl Prepared {
    fn new(kernel: &Kernel, symbols: &[i64]) -> Prepared {
        if !kernel.parts.is_empty() {
            let parts = (0..kernel.parts.len()).map(|at| GridKernel::new(&kernel.part(at), symbols));
            return Prepared::Parts(parts.collect());
        }
        match kernel.class {
            Class::Map | Class::Row | Class::Index => Prepared::Grid(Box::new(GridKernel::new(kernel, symbols))),
            Class::Contract => Prepared::Contract(Box::new(ContractKernel::new(kernel, symbols))),
            Class::Serial => Prepared::Serial(Box::new(SerialKernel::new(kernel, symbols))),
        }
    }

    fn run(&self, machine: &mut Machine, memory: &mut frame::Memory) {
        match self {
            Prepared::Grid(kernel) => kernel.run(machine, memory),
            Prepared::Parts(kernels) => kernels.iter().for_each(|kernel| kernel.run(machine, memory)),
            Prepared::Contract(kernel) => kernel.run(machine, memory),
            Prepared::Serial(kernel) => kernel.run(memory),
        }
    }
}

impl Program {
    fn new(plan: Arc<Plan>) -> Program {
        let outputs = plan.buffers.iter().scan(0, |before, buffer| {
            let at = *before;
            *before += u32::from(buffer.storage == Storage::Output);
            Some(at)
        });
        let outputs = outputs.collect();
        Program { symbols: plan.symbols(), plan, outputs, prepared: Vec::new() }
    }

    fn prepare(&mut self, symbols: &[i64]) -> Rc<Vec<Prepared>> {
        let symbols = &symbols[..self.symbols];
        if let Some(at) = self.prepared.iter().position(|(known, _)| known == symbols) {
            let entry = self.prepared.remove(at);
            self.prepared.push(entry);
        } else {
            if self.prepared.len() == PREPARED_SIZES {
                self.prepared.remove(0);
            }
            let kernels = self.plan.steps.iter().map(|step| Prepared::new(&step.kernel, symbols)).collect();
            self.prepared.push((symbols.to_vec(), Rc::new(kernels)));
        }
        Rc::clone(&self.prepared.last().expect("just pushed").1)
    }
}

/// The buffers that one call allocates.
#[derive(Default)]
struct Fresh {
    /// Of each buffer of the plan that is an output, its position in `outputs`.
    positions: Rc<[u32]>,
    outputs: Vec<Words>,
    slots: Vec<Words>,
}

impl CpuDevice {
    /// A CPU device; `reason` tells a person why it was chosen.
    pub fn new(reason: impl Into<String>) -> CpuDevice {
        let mut target = Target::cpu();
        if usize::BITS == 32 {
            target.limits.buffer_bytes = i32::MAX as u64 & !3;
            target.limits.binding_bytes = target.limits.buffer_bytes;
        }
        let info = DeviceInfo {
            kind: DeviceKind::Cpu,
            vendor: String::new(),
            architecture: std::env::consts::ARCH.into(),
            device: "cpu".into(),
            description: format!("kernels run in blocks of {} lanes on the calling thread", MAX_LANES),
            backend: "cpu".into(),
            is_fallback: false,
            features: vec!["float16".into()],
            reason: reason.into(),
        };
        CpuDevice { info, target, state: RefCell::default() }
    }

    fn failed(text: String) -> DeviceError {
        DeviceError::Failed(text)
    }
}

impl State {
    fn note_peak(&mut self, active: u64) {
        self.peak_bytes = self.peak_bytes.max(self.bytes_in_use + self.pool.bytes + active);
    }

    fn insert(&mut self, id: BufferId, words: Words) {
        self.bytes_in_use += words.bytes;
        if let Some(old) = self.buffers.insert(id, words) {
            self.bytes_in_use -= old.bytes;
            self.pool.give(old);
        }
    }

    fn load(&mut self, id: ProgramId, plan: Arc<Plan>) {
        let mut program = Program::new(plan);
        if program.symbols == 0 {
            program.prepare(&[]);
        }
        self.programs.insert(id, program);
    }

    /// Checks the arguments of a call against the plan.
    fn check(&self, call: &Call, plan: &Plan, sizes: Sizes) -> Result<(), DeviceError> {
        let outputs = plan.buffers.iter().filter(|b| b.storage == Storage::Output).count();
        let counts = [
            ("inputs", call.inputs.len(), plan.inputs as usize),
            ("captured tensors", call.constants.len(), plan.constants as usize),
            ("outputs", call.outputs.len(), outputs),
        ];
        for (what, given, wanted) in counts {
            if given != wanted {
                let text = format!("the call gives {given} {what}, its plan has {wanted}");
                return Err(CpuDevice::failed(text));
            }
        }
        for buffer in &plan.buffers {
            let (id, what) = match buffer.storage {
                Storage::Input(at) => (call.inputs[at as usize], "input"),
                Storage::Constant(at) => (call.constants[at as usize], "captured tensor"),
                Storage::Output | Storage::Temporary(_) => continue,
            };
            let Some(words) = self.buffers.get(&id) else {
                return Err(CpuDevice::failed(format!("buffer {} ({what}) is not on the CPU device", id.0)));
            };
            let wanted = sizes.eval(&buffer.bytes());
            if words.bytes as i64 != wanted {
                let text = format!("buffer {} ({what}) has {} bytes, its plan needs {wanted}", id.0, words.bytes);
                return Err(CpuDevice::failed(text));
            }
        }
        Ok(())
    }

    fn allocate(&mut self, plan: &Plan, sizes: Sizes, target: &Target, fresh: &mut Fresh) -> Result<(), DeviceError> {
        for buffer in plan.buffers.iter().filter(|b| b.storage == Storage::Output) {
            let what = || format!("a result of {} {} elements", sizes.eval(&buffer.len), buffer.dtype);
            fresh.outputs.push(self.pool.take(sizes.eval(&buffer.bytes()), &what, &target.limits)?);
        }
        for slot in &plan.slots {
            let what = || "an intermediate".to_string();
            fresh.slots.push(self.pool.take(sizes.eval(slot), &what, &target.limits)?);
        }
        Ok(())
    }

    /// Runs one step. Buffers that it writes leave their place meanwhile, so that the others can be borrowed.
    fn step(&mut self, step: &Step, kernel: &Prepared, plan: &Plan, call: &Call, fresh: &mut Fresh) {
        let fresh_outputs = Rc::clone(&fresh.positions);
        let output = |at: u32| fresh_outputs[at as usize] as usize;
        let mut written: Vec<Words> = Vec::with_capacity(step.buffers.len());
        for (binding, at) in step.kernel.bindings.iter().zip(&step.buffers) {
            written.push(match (binding.access, plan.buffers[*at as usize].storage) {
                (Access::Read, _) => Words::default(),
                (Access::Write, Storage::Output) => std::mem::take(&mut fresh.outputs[output(*at)]),
                (Access::Write, Storage::Temporary(slot)) => std::mem::take(&mut fresh.slots[slot as usize]),
                (Access::Write, storage) => unreachable!("{} writes {storage:?}", step.kernel.name),
            });
        }
        let reads = step.kernel.bindings.iter().zip(&step.buffers).map(|(binding, at)| -> &[u32] {
            match (binding.access, plan.buffers[*at as usize].storage) {
                (Access::Write, _) => &[],
                (Access::Read, Storage::Input(i)) => self.buffers[&call.inputs[i as usize]].as_slice(),
                (Access::Read, Storage::Constant(i)) => self.buffers[&call.constants[i as usize]].as_slice(),
                (Access::Read, Storage::Output) => fresh.outputs[output(*at)].as_slice(),
                (Access::Read, Storage::Temporary(slot)) => fresh.slots[slot as usize].as_slice(),
            }
        });
        let writes = written.iter_mut().map(Words::as_mut_slice);
        let mut memory = frame::Memory { reads: reads.collect(), writes: writes.collect() };
        kernel.run(&mut self.machine, &mut memory);
        self.counters.dispatches += 1;
        for ((binding, at), words) in step.kernel.bindings.iter().zip(&step.buffers).zip(written) {
            match (binding.access, plan.buffers[*at as usize].storage) {
                (Access::Write, Storage::Output) => fresh.outputs[output(*at)] = words,
                (Access::Write, Storage::Temporary(slot)) => fresh.slots[slot as usize] = words,
                _ => {}
            }
        }
    }

    /// Bytes of the arguments and captured tensors that a plan looks at.
    fn before(&self, call: &Call, plan: &Plan) -> u64 {
        let bytes = |buffer: &interfuse_compiler::plan::Buffer| match buffer.storage {
            Storage::Input(at) => self.buffers[&call.inputs[at as usize]].bytes,
            Storage::Constant(at) => self.buffers[&call.constants[at as usize]].bytes,
            Storage::Output | Storage::Temporary(_) => 0,
        };
        plan.buffers.iter().map(bytes).sum()
    }

    fn run(&mut self, call: &Call, target: &Target) -> Result<(), DeviceError> {
        let Some(program) = self.programs.get_mut(&call.program) else {
            return Err(CpuDevice::failed(format!("program {} is not loaded on the CPU device", call.program.0)));
        };
        if call.symbols.len() < program.symbols {
            let text = format!("the call gives {} symbols, its plan has {}", call.symbols.len(), program.symbols);
            return Err(CpuDevice::failed(text));
        }
        let plan = Arc::clone(&program.plan);
        let mut fresh = Fresh { positions: Rc::clone(&program.outputs), ..Fresh::default() };
        let sizes = Sizes { symbols: &call.symbols, extents: &[] };
        self.check(call, &plan, sizes)?;
        let room = self.allocate(&plan, sizes, target, &mut fresh);
        if room.is_ok() {
            let active: u64 = fresh.outputs.iter().chain(&fresh.slots).map(|w| w.bytes).sum();
            self.counters.bytes_allocated += active;
            self.counters.call_peak_bytes = active + self.before(call, &plan);
            self.note_peak(active);
            let program = self.programs.get_mut(&call.program).expect("it was there");
            let kernels = program.prepare(&call.symbols);
            for action in plan.walk(&call.symbols) {
                match action {
                    Action::Step(at) => self.step(&plan.steps[at], &kernels[at], &plan, call, &mut fresh),
                    Action::Turn(at) => {
                        plan.loops[at].turns.iter().for_each(|(a, b)| fresh.slots.swap(*a as usize, *b as usize));
                    }
                }
            }
            self.counters.submits += 1;
            for (id, words) in call.outputs.iter().zip(std::mem::take(&mut fresh.outputs)) {
                self.insert(*id, words);
            }
        }
        for words in fresh.outputs.into_iter().chain(fresh.slots) {
            self.pool.give(words);
        }
        self.note_peak(0);
        room
    }
}

impl Device for CpuDevice {
    fn info(&self) -> &DeviceInfo {
        &self.info
    }

    fn target(&self) -> &Target {
        &self.target
    }

    fn upload(&self, id: BufferId, dtype: DType, bytes: &[u8]) -> Result<(), DeviceError> {
        let state = &mut *self.state.borrow_mut();
        let what = || format!("a tensor of {} {dtype} elements", bytes.len() / dtype.size_bytes());
        let mut words = state.pool.take(bytes.len() as i64, &what, &self.target.limits)?;
        words.copy_from_bytes(bytes);
        state.counters.bytes_uploaded += bytes.len() as u64;
        state.insert(id, words);
        state.note_peak(0);
        Ok(())
    }

    fn load(&self, id: ProgramId, plan: Arc<Plan>) -> Result<(), DeviceError> {
        self.state.borrow_mut().load(id, plan);
        Ok(())
    }

    fn warm_up(&self, id: ProgramId, plan: Arc<Plan>) -> Done {
        Box::pin(std::future::ready(self.load(id, plan)))
    }

    fn run(&self, call: Call) -> Result<(), DeviceError> {
        self.state.borrow_mut().run(&call, &self.target)
    }

    fn read(&self, id: BufferId) -> Read {
        let state = &mut *self.state.borrow_mut();
        let bytes = match state.buffers.get(&id) {
            Some(words) => Ok(words.to_bytes()),
            None => Err(CpuDevice::failed(format!("buffer {} is not on the CPU device", id.0))),
        };
        state.counters.bytes_read += bytes.as_ref().map_or(0, |b| b.len() as u64);
        Box::pin(std::future::ready(bytes))
    }

    fn synchronize(&self) -> Done {
        Box::pin(std::future::ready(Ok(())))
    }

    fn drop_buffer(&self, id: BufferId) {
        let state = &mut *self.state.borrow_mut();
        if let Some(words) = state.buffers.remove(&id) {
            state.bytes_in_use -= words.bytes;
            state.pool.give(words);
        }
    }

    fn drop_program(&self, id: ProgramId) {
        self.state.borrow_mut().programs.remove(&id);
    }

    fn trim(&self) {
        self.state.borrow_mut().pool.trim();
    }

    fn memory(&self) -> Memory {
        let state = self.state.borrow();
        Memory {
            buffers: state.buffers.len() as u64,
            bytes_in_use: state.bytes_in_use,
            bytes_pooled: state.pool.bytes,
            peak_bytes: state.peak_bytes,
            pipelines: 0,
            bind_groups: 0,
        }
    }

    fn counters(&self) -> Counters {
        let state = self.state.borrow();
        Counters { buffers_created: state.pool.created, ..state.counters }
    }
}
