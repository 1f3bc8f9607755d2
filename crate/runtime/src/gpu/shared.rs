//! What a device owns, and how it gets blocks, programs and pipelines while watching for errors.
//!
//! Scopes surround the creation of buffers, modules and pipelines. Natively their answers are here at once and a refusal of memory
//! can be answered by giving back what is only kept; in the browser they come later, and spoil the work that they surrounded.

use super::Options;
use super::commands::CommandBatch;
use super::doubt::Doubts;
use super::fault::{self, Faults, Mailbox};
use super::pipeline::{Pipeline, Pipelines, Source};
use super::pool::{Block, Pool};
use super::program::{self, Lowered, Program};
use super::read::Batch;
use super::shaders::{Shader, Shaders};
use crate::device::{BufferId, Counters, DeviceError, DeviceInfo, Memory, ProgramId};
use interfuse_compiler::kernel::Kernel;
use interfuse_compiler::plan::Plan;
use interfuse_compiler::small::HashMap;
use interfuse_compiler::target::Target;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

/// What the device, its promises and its callbacks share.
pub(super) struct Shared {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) info: DeviceInfo,
    pub(super) target: Target,
    pub(super) options: Options,
    pub(super) mailbox: Mailbox,
    pub(super) state: RefCell<State>,
    /// Asked while the rest is in use.
    pub(super) shaders: RefCell<Shaders>,
    /// Was the device made elsewhere? Then it is not ours to destroy.
    pub(super) adopted: bool,
    #[cfg(target_arch = "wasm32")]
    pub(super) listener: super::web::Listener,
}

/// A buffer with an id.
pub(super) struct Held {
    pub(super) block: Rc<Block>,
    /// The offset in the block, if others are in it too.
    pub(super) offset: Option<u64>,
    pub(super) bytes: u64,
    /// Which work wrote it.
    pub(super) written: u64,
}

/// All that changes.
pub(super) struct State {
    // Ids are numbers of our own: nobody chooses them so that they collide.
    pub(super) buffers: HashMap<BufferId, Held>,
    pub(super) programs: HashMap<ProgramId, Rc<Program>>,
    pub(super) pool: Pool,
    pub(super) staging: Pool,
    pub(super) uniforms: Pool,
    pub(super) pipelines: Pipelines,
    pub(super) faults: Faults,
    pub(super) commands: CommandBatch,
    pub(super) doubts: Doubts,
    pub(super) counters: Counters,
    pub(super) bytes_in_use: u64,
    /// Bytes of uniform buffers of loaded programs, and of temporaries while a call takes them.
    pub(super) bytes_temporary: u64,
    pub(super) peak_bytes: u64,
    pub(super) batch: Option<Rc<RefCell<Batch>>>,
    /// Did the device refuse memory since somebody looked?
    pub(super) short: bool,
    /// Programs whose pipelines are being made; whoever runs one does not wait for that.
    #[cfg(target_arch = "wasm32")]
    pub(super) warming: HashMap<ProgramId, (Arc<Plan>, Vec<Shader>)>,
}

impl State {
    pub(super) fn memory(&self) -> Memory {
        let free = self.pool.free_bytes() + self.staging.free_bytes() + self.uniforms.free_bytes();
        let pooled = free + self.bytes_temporary + self.doubts.bytes;
        let (pipelines, groups) = self.pipelines.counters();
        Memory {
            buffers: self.buffers.len() as u64,
            bytes_in_use: self.bytes_in_use,
            bytes_pooled: pooled,
            peak_bytes: self.peak_bytes.max(self.bytes_in_use + pooled),
            pipelines: pipelines.entries,
            bind_groups: groups.entries,
        }
    }

    pub(super) fn note_peak(&mut self) {
        self.peak_bytes = self.memory().peak_bytes;
    }
}

/// Answers of error scopes.
pub(super) type Answers = Vec<Pin<Box<dyn Future<Output = Option<wgpu::Error>>>>>;

/// What a block is for.
#[derive(Clone, Copy)]
pub(super) enum Use {
    Tensor,
    /// A tensor whose bytes come from outside: with its memory they are lost.
    Upload,
    Staging,
    Uniforms,
}

impl Shared {
    pub(super) fn check_lost(&self) -> Result<(), DeviceError> {
        self.mailbox.loss().map_or(Ok(()), Err)
    }

    /// Runs `work` inside error scopes.
    pub(super) fn scoped<R>(&self, work: impl FnOnce() -> R) -> (R, Answers) {
        // In the browser wgpu cannot represent an internal error; those go to our own listener for uncaptured errors.
        let filters: &[wgpu::ErrorFilter] = if cfg!(target_arch = "wasm32") {
            &[wgpu::ErrorFilter::Validation, wgpu::ErrorFilter::OutOfMemory]
        } else {
            &[wgpu::ErrorFilter::Validation, wgpu::ErrorFilter::OutOfMemory, wgpu::ErrorFilter::Internal]
        };
        let mut scopes: Vec<_> = filters.iter().map(|filter| self.device.push_error_scope(*filter)).collect();
        let result = work();
        let mut answers: Answers = Vec::new();
        while let Some(scope) = scopes.pop() {
            answers.push(Box::pin(scope.pop()));
        }
        (result, answers)
    }

    /// Hands the first error of scopes around that serial, if any, to `answered`: at once natively, later in the browser.
    pub(super) fn resolve(
        self: &Rc<Self>,
        state: &mut State,
        serial: u64,
        answers: Answers,
        answered: impl FnOnce(&mut State, Option<String>) + 'static,
    ) {
        #[cfg(not(target_arch = "wasm32"))]
        {
            let _ = serial;
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            let errors = answers.into_iter().filter_map(|mut answer| match answer.as_mut().poll(&mut context) {
                std::task::Poll::Ready(error) => error,
                std::task::Poll::Pending => unreachable!("native error scopes answer at once"),
            });
            // All are polled: each took its scope from the stack when it was made, none may be left over.
            let errors: Vec<wgpu::Error> = errors.collect();
            let first = errors.first().map(fault::describe);
            if self.options.answers_late {
                return state.doubts.late.push(Box::new(move |state| answered(state, first)));
            }
            answered(state, first);
        }
        #[cfg(target_arch = "wasm32")]
        {
            let ticket = state.faults.scope_opened(serial);
            let shared = Rc::downgrade(self);
            wasm_bindgen_futures::spawn_local(async move {
                let mut first = None;
                for answer in answers {
                    if let Some(error) = answer.await {
                        first.get_or_insert(fault::describe(&error));
                    }
                }
                if let Some(shared) = shared.upgrade() {
                    answered(&mut shared.state.borrow_mut(), first);
                    shared.mend();
                    // Whoever waits finds everything done that follows from the answer.
                    shared.state.borrow_mut().faults.scope_answered(ticket);
                }
            });
        }
    }

    /// A block for the work with that serial, from its pool or fresh.
    pub(super) fn block(
        self: &Rc<Self>,
        state: &mut State,
        what: Use,
        serial: u64,
        bytes: u64,
        wanted: Option<u64>,
    ) -> Result<Rc<Block>, DeviceError> {
        fn pool(state: &mut State, what: Use) -> &mut Pool {
            match what {
                Use::Tensor | Use::Upload => &mut state.pool,
                Use::Staging => &mut state.staging,
                Use::Uniforms => &mut state.uniforms,
            }
        }
        if !pool(state, what).fits(bytes) {
            let limit = self.target.limits.binding_bytes.min(self.target.limits.buffer_bytes);
            return Err(DeviceError::Limit(format!("{bytes} bytes in one buffer; this device allows {limit}")));
        }
        if let Some(block) = pool(state, what).take(bytes, wanted) {
            return Ok(block);
        }
        let attempt = |state: &mut State| {
            let (block, answers) = self.scoped(|| pool(state, what).create(&self.device, bytes));
            state.counters.buffers_created += 1;
            let is_tensor = matches!(what, Use::Tensor | Use::Upload);
            let beyond = is_tensor && self.is_beyond(state, bytes);
            // What is known at once is tried again, and is an error of the call when that fails too.
            let spoils = is_tensor && (cfg!(target_arch = "wasm32") || self.options.answers_late);
            if spoils && matches!(what, Use::Tensor) && bytes >= self.options.asked_again_bytes {
                self.doubt_memory(state, (serial, bytes), block.clone(), answers, beyond);
                return block;
            }
            let failing = block.clone();
            self.resolve(state, serial, answers, move |state, text| {
                let Some(text) = text.or_else(|| beyond.then(|| fault::OUT_OF_MEMORY.to_string())) else { return };
                pool(state, what).discard(&failing);
                let short = text == fault::OUT_OF_MEMORY;
                state.short |= short;
                if spoils {
                    state.faults.fail(serial, fault::no_memory(bytes, &text));
                }
            });
            block
        };
        let block = attempt(state);
        if !block.dead.get() {
            return Ok(block);
        }
        // Natively the refusal is known at once: give back what is only kept, and try once more.
        self.trim(state);
        let block = attempt(state);
        if block.dead.get() {
            let in_use = state.bytes_in_use;
            return Err(DeviceError::Limit(format!(
                "{}: {bytes} bytes were asked for while {in_use} bytes are in use",
                fault::OUT_OF_MEMORY
            )));
        }
        Ok(block)
    }

    /// Is that more than a test says there is?
    pub(super) fn is_beyond(&self, state: &State, bytes: u64) -> bool {
        let held = state.bytes_in_use + state.bytes_temporary + state.pool.free_bytes();
        self.options.memory_bytes.is_some_and(|most| held + bytes > most)
    }

    /// A staging buffer of exactly what is asked or a little more.
    pub(super) fn staging(self: &Rc<Self>, state: &mut State, bytes: u64) -> Result<Rc<Block>, DeviceError> {
        let serial = state.faults.latest();
        self.block(state, Use::Staging, serial, bytes, None)
    }

    pub(super) fn give(self: &Rc<Self>, state: &mut State, what: Use, block: Rc<Block>) {
        let Some(block) = state.doubts.keep(what, block) else { return };
        let pool = match what {
            Use::Tensor | Use::Upload => &mut state.pool,
            Use::Staging => &mut state.staging,
            Use::Uniforms => &mut state.uniforms,
        };
        let given_up = pool.give(block);
        self.destroy(state, given_up);
    }

    /// Destroys buffers once the work that is encoded, which may use them, is sent.
    fn destroy(self: &Rc<Self>, state: &mut State, blocks: Vec<Rc<Block>>) {
        if !blocks.is_empty() {
            self.send(state);
            blocks.iter().for_each(|block| block.buffer().destroy());
        }
    }

    pub(super) fn trim(self: &Rc<Self>, state: &mut State) {
        let pools = [&mut state.pool, &mut state.staging, &mut state.uniforms];
        let given_up = pools.into_iter().flat_map(|pool| pool.shrink(0)).collect();
        self.destroy(state, given_up);
        state.pipelines.forget_bind_groups();
    }

    /// The shader of every step's kernel; what is known is not lowered again.
    pub(super) fn lower(&self, plan: &Plan) -> Vec<Shader> {
        let mut shaders = self.shaders.borrow_mut();
        let lower = |kernel: &Kernel| {
            let Lowered { wgsl, entry, workgroups } = (self.options.lowering)(kernel, &self.target);
            let accesses = kernel.bound().iter().map(|together| kernel.access(together)).collect();
            (Rc::new(Source { wgsl, entry, accesses }), Rc::new(workgroups))
        };
        plan.steps.iter().map(|step| shaders.get(&step.kernel, lower)).collect()
    }

    /// Makes a plan ready, given the shaders of its kernels.
    pub(super) fn load(
        self: &Rc<Self>,
        state: &mut State,
        plan: Arc<Plan>,
        lowered: Vec<Shader>,
    ) -> Result<Program, DeviceError> {
        self.check_lost()?;
        program::verify(&plan)?;
        let steps = plan.steps.iter().zip(lowered);
        let kernels =
            steps.map(|(step, (source, groups))| (self.pipeline(state, &source, &step.kernel.name), groups)).collect();
        let mut program = Program::new(plan, kernels);
        if !program.is_symbolic() {
            let sizes = program.sizes_for(&[], &self.target.limits)?;
            *program.sizes.borrow_mut() = Some(Rc::new(sizes));
        }
        if program.uniform_bytes() > 0 {
            let serial = state.faults.latest();
            let block = self.block(state, Use::Uniforms, serial, program.uniform_bytes(), None)?;
            if let Some(sizes) = program.sizes.borrow().as_ref() {
                self.send(state);
                self.queue.write_buffer(&block.buffer(), 0, &sizes.uniforms);
            }
            state.bytes_temporary += block.capacity;
            state.note_peak();
            program.uniforms = Some(block);
        }
        Ok(program)
    }

    pub(super) fn pipeline(self: &Rc<Self>, state: &mut State, source: &Source, label: &str) -> Rc<Pipeline> {
        if let Some(pipeline) = state.pipelines.get(source) {
            return pipeline;
        }
        let (pipeline, answers) = self.scoped(|| state.pipelines.create(source, label));
        state.counters.pipelines_created += 1;
        state.pipelines.insert(source.clone(), pipeline.clone());
        let serial = state.faults.latest();
        let failing = pipeline.clone();
        self.resolve(state, serial, answers, move |state, text| {
            let Some(text) = text else { return };
            *failing.fault.borrow_mut() = Some(text);
            state.pipelines.forget(&failing);
            state.faults.fail_programs(|program| {
                let uses = program.steps.iter().any(|step| Rc::ptr_eq(&step.pipeline, &failing));
                // The answer to its first submit is what counts for a program that may be replaced.
                if uses && !program.is_fresh() { program.fault() } else { None }
            });
        });
        pipeline
    }

    /// Forgets a program and what took its place.
    pub(super) fn forget(self: &Rc<Self>, state: &mut State, id: ProgramId) {
        let Some(program) = state.programs.remove(&id) else { return };
        let other = program.replaced.take();
        for block in [Some(program), other].iter().flatten().filter_map(|program| program.uniforms.as_ref()) {
            state.bytes_temporary -= block.capacity;
            self.give(state, Use::Uniforms, block.clone());
        }
    }

    /// Puts bytes into a block. Lengths that are not a multiple of 4 (odd numbers of halves) are padded.
    pub(super) fn write(self: &Rc<Self>, state: &mut State, block: &Block, bytes: &[u8]) {
        // What is encoded may read what lay there before.
        self.send(state);
        let whole = bytes.len() & !3;
        if whole > 0 {
            self.queue.write_buffer(&block.buffer(), 0, &bytes[..whole]);
        }
        if whole < bytes.len() {
            let mut tail = [0; 4];
            tail[..bytes.len() - whole].copy_from_slice(&bytes[whole..]);
            self.queue.write_buffer(&block.buffer(), whole as u64, &tail);
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if !self.adopted {
            self.device.destroy();
        }
    }
}
