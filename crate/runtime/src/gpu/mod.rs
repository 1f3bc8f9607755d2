//! The GPU device: plans run through wgpu, in the browser on WebGPU and natively on Vulkan, Metal or DX12.
//!
//! A call is encoded into one compute pass; small calls share passes and submits (`commands`). What it needs is kept: buffers by size
//! class (`pool`), pipelines by their WGSL and bind groups by what they bind (`pipeline`), uniform blocks with the loaded plan
//! (`program`). Reads asked for together are one copy and one map (`read`). Errors find the buffers they spoil (`fault`); where the
//! device refuses a plan, another takes its place and calls run again (`doubt`). Nothing here knows an op, and nothing blocks in the
//! browser.

mod adapter;
mod pool;
mod pipeline;
mod program;
mod shaders;
mod fault;
#[cfg(target_arch = "wasm32")]
mod web;
mod shared;
mod read;
mod commands;
mod doubt;
mod profile;
mod call;

#[cfg(not(target_arch = "wasm32"))]
pub use adapter::adapters;
pub use pipeline::{CacheCounters, Checks};
pub use profile::KernelTime;
pub use program::{Lowered, Workgroups};

use crate::device::{
    BufferId, Call, Counters, Device, DeviceError, DeviceInfo, Done, Instead, Memory, ProgramId, Read, Times,
};
use commands::CommandBatch;
use doubt::{Doubts, Noted};
use fault::{Faults, Mailbox};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::Kernel;
use interfuse_compiler::plan::Plan;
use interfuse_compiler::schedule::Schedule;
use interfuse_compiler::small::HashMap;
use interfuse_compiler::target::{AdapterClass, Target};
use pipeline::Pipelines;
use pool::Pool;
use read::{Draining, Reading};
use shaders::Shaders;
use shared::{Held, Shared, State, Use};
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

/// How a kernel becomes text. The compiler's lowering, unless a test brings its own.
pub type Lowering = Rc<dyn Fn(&Kernel, &Target) -> Lowered>;

/// How a device is opened.
#[derive(Clone)]
pub struct Options {
    /// Natively: a part of the adapter's name, of its backend, or "software"; the best GPU when `None`.
    pub adapter: Option<String>,
    /// Do modules carry run-time checks?
    pub checks: Checks,
    /// Surround every submit with error scopes, not only the first of a program (15 to 80 microseconds each): errors then name the
    /// very call.
    pub scope_every_submit: bool,
    /// Natively: error scopes answer when somebody waits, as in browsers, and not at once. For tests.
    pub answers_late: bool,
    /// Bind at most that many storage buffers, whatever the adapter can do.
    pub storage_buffers: Option<u32>,
    /// Schedule kernels for another class of adapter than this one: so the kernels of real GPUs are tested on software ones.
    pub class: Option<AdapterClass>,
    /// Bytes of released buffers that are kept for reuse.
    pub pool_bytes: u64,
    /// Natively: take the device to have no more memory for tensors than that. For tests.
    pub memory_bytes: Option<u64>,
    /// In browsers, which refuse memory late: a call for which a fresh buffer of that many bytes or more is refused runs again, once, in
    /// memory that was asked for again. Calls made since are kept until the answer.
    pub asked_again_bytes: u64,
    /// Submit so many dispatches together at most, fewer where they are large. With 1 every call is submitted at once, and an error of
    /// the device names it.
    pub dispatches_together: u32,
    /// Schedules that kernels get where they fit, before the compiler's own choice: see `Tuning::schedules`.
    pub schedules: Vec<Schedule>,
    /// How a kernel becomes text.
    pub lowering: Lowering,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            adapter: None,
            checks: Checks::Trusted,
            scope_every_submit: false,
            answers_late: false,
            storage_buffers: None,
            class: None,
            pool_bytes: 512 << 20,
            memory_bytes: None,
            asked_again_bytes: 16 << 20,
            dispatches_together: commands::TOGETHER,
            schedules: Vec::new(),
            lowering: Rc::new(program::lower),
        }
    }
}

/// Counters of a device's caches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Caches {
    /// Kernels and their texts; misses were lowered.
    pub shaders: CacheCounters,
    /// Texts and their pipelines.
    pub pipelines: CacheCounters,
    /// Bind groups.
    pub bind_groups: CacheCounters,
}

/// A device that runs plans through wgpu.
pub struct GpuDevice {
    shared: Rc<Shared>,
}

impl GpuDevice {
    fn assemble(
        (device, queue): (wgpu::Device, wgpu::Queue),
        info: DeviceInfo,
        options: Options,
        mailbox: Mailbox,
        adopted: bool,
        #[cfg(target_arch = "wasm32")] listener: web::Listener,
    ) -> GpuDevice {
        let target = adapter::target(&device, &info, &options);
        let lost = mailbox.clone();
        device.set_device_lost_callback(move |reason, text| {
            lost.lost(if text.is_empty() { format!("{reason:?}") } else { text })
        });
        let limit = target.limits.binding_bytes.min(target.limits.buffer_bytes);
        let tensor = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        let staging = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let uniform = wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST;
        let keep = options.pool_bytes;
        let state = State {
            buffers: HashMap::default(),
            programs: HashMap::default(),
            pool: Pool::new("tensor", tensor, limit, keep),
            staging: Pool::new("staging", staging, target.limits.buffer_bytes, keep / 4),
            uniforms: Pool::new("uniforms", uniform, target.limits.buffer_bytes, keep / 16),
            pipelines: Pipelines::new(device.clone(), options.checks),
            faults: Faults::new(mailbox.clone()),
            commands: CommandBatch::new(options.dispatches_together),
            doubts: Doubts::default(),
            counters: Counters::default(),
            bytes_in_use: 0,
            bytes_temporary: 0,
            peak_bytes: 0,
            batch: None,
            short: false,
            #[cfg(target_arch = "wasm32")]
            warming: HashMap::default(),
        };
        let shared = Shared {
            device,
            queue,
            info,
            target,
            options,
            mailbox,
            state: RefCell::new(state),
            shaders: RefCell::new(Shaders::new()),
            adopted,
            #[cfg(target_arch = "wasm32")]
            listener,
        };
        GpuDevice { shared: Rc::new(shared) }
    }

    /// Counters of the caches.
    pub fn caches(&self) -> Caches {
        let (pipelines, bind_groups) = self.shared.state.borrow().pipelines.counters();
        Caches { shaders: self.shared.shaders.borrow().counters(), pipelines, bind_groups }
    }

    /// wgpu's device and queue, for those who share them. Everything asked for so far is submitted.
    pub fn raw(&self) -> (&wgpu::Device, &wgpu::Queue) {
        self.flush();
        (&self.shared.device, &self.shared.queue)
    }

    /// Why the device is lost, if it is.
    pub fn loss(&self) -> Option<DeviceError> {
        self.shared.mailbox.loss()
    }
}

fn ready<T: 'static>(value: T) -> Pin<Box<dyn Future<Output = T>>> {
    Box::pin(std::future::ready(value))
}

impl Device for GpuDevice {
    fn info(&self) -> &DeviceInfo {
        &self.shared.info
    }

    fn target(&self) -> &Target {
        &self.shared.target
    }

    fn upload(&self, id: BufferId, dtype: DType, bytes: &[u8]) -> Result<(), DeviceError> {
        let shared = &self.shared;
        shared.check_lost()?;
        debug_assert_eq!(bytes.len() % dtype.size_bytes(), 0, "whole elements");
        let mut state = shared.state.borrow_mut();
        let state = &mut *state;
        let (serial, _) = state.faults.begin(None, Vec::new());
        let block = shared.block(state, Use::Upload, serial, bytes.len() as u64, None)?;
        shared.write(state, &block, bytes);
        #[cfg(not(target_arch = "wasm32"))]
        state.faults.collect(Some(serial));
        state.counters.bytes_uploaded += bytes.len() as u64;
        state.bytes_in_use += bytes.len() as u64;
        block.allocate(1, bytes.len() as u64);
        let held = Held { block, offset: None, bytes: bytes.len() as u64, written: serial };
        let old = state.buffers.insert(id, held);
        debug_assert!(old.is_none(), "buffer {} was used twice", id.0);
        state.note_peak();
        Ok(())
    }

    fn load(&self, id: ProgramId, plan: Arc<Plan>) -> Result<(), DeviceError> {
        let lowered = self.shared.lower(&plan);
        let mut state = self.shared.state.borrow_mut();
        let program = self.shared.load(&mut state, plan, lowered)?;
        let old = state.programs.insert(id, Rc::new(program));
        debug_assert!(old.is_none(), "program {} was used twice", id.0);
        Ok(())
    }

    fn warm_up(&self, id: ProgramId, plan: Arc<Plan>) -> Done {
        #[cfg(target_arch = "wasm32")]
        {
            web::warm_up(self.shared.clone(), id, plan)
        }
        #[cfg(not(target_arch = "wasm32"))]
        ready(self.load(id, plan))
    }

    fn instead(&self, id: ProgramId, instead: Instead) {
        // A program that is being warmed up is not there yet, and has nothing to be replaced for: warming up tells of a refusal.
        if let Some(program) = self.shared.state.borrow().programs.get(&id) {
            *program.instead.borrow_mut() = Some(instead);
        }
    }

    fn settled(&self) -> Done {
        self.shared.settled()
    }

    fn run(&self, call: Call) -> Result<(), DeviceError> {
        let done = self.shared.run(&mut self.shared.state.borrow_mut(), &call, None);
        self.shared.mend();
        done
    }

    fn has_timestamps(&self) -> bool {
        GpuDevice::has_timestamps(self)
    }

    fn run_timed(&self, call: Call) -> Times {
        let times = self.profile(call);
        Box::pin(async move { Ok(times.await?.into_iter().map(|time| time.ns).collect()) })
    }

    fn read(&self, id: BufferId) -> Read {
        if let Err(lost) = self.shared.check_lost() {
            return ready(Err(lost));
        }
        let mut state = self.shared.state.borrow_mut();
        let Some(held) = state.buffers.get(&id) else {
            return ready(Err(DeviceError::Failed(format!("buffer {} does not exist on this device", id.0))));
        };
        let (block, bytes, written) = (held.block.clone(), held.bytes, held.written);
        let offset = held.offset.unwrap_or(0);
        let (batch, at) = read::ask(&mut state, (block, offset), bytes, written);
        Box::pin(Reading { shared: self.shared.clone(), batch, at })
    }

    fn flush(&self) {
        self.shared.send(&mut self.shared.state.borrow_mut());
    }

    fn synchronize(&self) -> Done {
        self.flush();
        Box::pin(Draining::new(&self.shared))
    }

    fn drop_buffer(&self, id: BufferId) {
        let mut state = self.shared.state.borrow_mut();
        let Some(held) = state.buffers.remove(&id) else { return };
        let Some(bytes) = held.block.free() else { return };
        state.bytes_in_use -= bytes;
        if state.batch.as_ref().is_some_and(|batch| batch.borrow().wants(&held.block)) {
            if state.doubts.is_open() {
                // The copy waits until the doubt is over, and so does the memory.
                held.block.noted.set(Noted::Read);
            } else {
                // The copy must be sent before the memory can be written again. Its error is the answer of the reads.
                let _ = read::flush(&self.shared, &mut state);
            }
        }
        self.shared.give(&mut state, Use::Tensor, held.block);
    }

    fn drop_program(&self, id: ProgramId) {
        let mut state = self.shared.state.borrow_mut();
        #[cfg(target_arch = "wasm32")]
        state.warming.remove(&id);
        if !state.doubts.postpones(id) {
            self.shared.forget(&mut state, id);
        }
    }

    fn trim(&self) {
        self.shared.trim(&mut self.shared.state.borrow_mut());
    }

    fn memory(&self) -> Memory {
        self.shared.state.borrow().memory()
    }

    fn counters(&self) -> Counters {
        self.shared.state.borrow().counters
    }
}
