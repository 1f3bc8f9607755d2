//! A device as an interface of messages: everything is named by ids that the caller chose, nothing returned but promises of bytes.
//!
//! The CPU device and wgpu implement it in this process; a message port to a worker can implement it as well, because no call needs
//! an answer to go on. A call that fails is reported by the read that depends on it ([`DeviceError`]); what can be known before
//! anything is sent (a size over a limit, an id that is not there) is an error at once.

use interfuse_compiler::Request;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::plan::Plan;
use interfuse_compiler::target::Target;
use serde::Serialize;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Names a buffer; chosen by the caller, never used twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BufferId(pub u64);

/// Names a loaded plan; chosen by the caller, never used twice.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ProgramId(pub u64);

/// Which implementation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DeviceKind {
    /// The CPU device.
    Cpu,
    /// wgpu: WebGPU in the browser, Vulkan, Metal or DX12 natively. Called "webgpu" in every API.
    Gpu,
}

impl DeviceKind {
    /// The name in APIs.
    pub fn name(self) -> &'static str {
        match self {
            DeviceKind::Cpu => "cpu",
            DeviceKind::Gpu => "webgpu",
        }
    }
}

/// What a person may want to know of a device.
#[derive(Clone, PartialEq, Debug)]
pub struct DeviceInfo {
    /// Which implementation.
    pub kind: DeviceKind,
    /// The adapter's vendor, as far as the platform tells.
    pub vendor: String,
    /// The adapter's architecture.
    pub architecture: String,
    /// The adapter's name.
    pub device: String,
    /// A longer description; natively the driver and its version.
    pub description: String,
    /// The API below: "cpu", "webgpu", "vulkan", "metal", ...
    pub backend: String,
    /// Is the adapter a CPU in disguise?
    pub is_fallback: bool,
    /// Optional features that are in use.
    pub features: Vec<String>,
    /// Why this device was chosen.
    pub reason: String,
}

/// One call of a loaded plan.
#[derive(Clone, Debug)]
pub struct Call {
    /// The plan.
    pub program: ProgramId,
    /// One buffer per argument of the plan.
    pub inputs: Vec<BufferId>,
    /// One buffer per captured tensor of the plan.
    pub constants: Vec<BufferId>,
    /// One fresh id per output of the plan that is not an input or constant itself; in the order of the plan's buffers with
    /// `Storage::Output`.
    pub outputs: Vec<BufferId>,
    /// Values of symbols, by their number; empty when the plan has none.
    pub symbols: Vec<i64>,
}

/// What went wrong on a device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum DeviceError {
    /// A size is over a limit (what, how much, the limit), or memory ran out.
    Limit(String),
    /// The device is lost; the reason.
    Lost(String),
    /// The driver or the validation layer refused something; with kernel and op where known.
    Failed(String),
    /// The device refused a plan in whose place nothing may run: whose plan, and the text of the refusal.
    Refused(String, String),
}

impl fmt::Display for DeviceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceError::Limit(text) | DeviceError::Failed(text) | DeviceError::Refused(_, text) => f.write_str(text),
            DeviceError::Lost(text) => write!(f, "the device was lost: {text}"),
        }
    }
}

impl std::error::Error for DeviceError {}

/// Gives the plan that is to run in the place of one that the device refused, for the reason given, or the error for reads of its
/// results. It has the same results, and no results that share memory.
pub type Instead = Box<dyn FnOnce(DeviceError) -> Result<Arc<Plan>, DeviceError>>;

/// A promise of a buffer's bytes as stored (float16 in 2 bytes, bool as u32, everything little-endian).
pub type Read = Pin<Box<dyn Future<Output = Result<Vec<u8>, DeviceError>>>>;

/// A promise of the time of every kernel of a call, in nanoseconds, in the order of the plan's steps.
pub type Times = Pin<Box<dyn Future<Output = Result<Vec<f64>, DeviceError>>>>;

/// A promise that everything sent before is done.
pub type Done = Pin<Box<dyn Future<Output = Result<(), DeviceError>>>>;

/// Memory of a device, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Memory {
    /// Buffers with an id (inputs, constants, results).
    pub buffers: u64,
    /// Bytes of those.
    pub bytes_in_use: u64,
    /// Bytes kept for reuse, temporaries of loaded plans included.
    pub bytes_pooled: u64,
    /// The largest sum of both so far.
    pub peak_bytes: u64,
    /// Pipelines that are kept.
    pub pipelines: u64,
    /// Bind groups that are kept; they keep what they bind.
    pub bind_groups: u64,
}

/// Running totals of a device; tests and inspections take differences.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Counters {
    /// Kernels run.
    pub dispatches: u64,
    /// Queue submissions: on a GPU one for small calls together, one for a large call, one for reads together; calls on
    /// the CPU.
    pub submits: u64,
    /// Buffers allocated from the driver (on the CPU: blocks of memory).
    pub buffers_created: u64,
    /// Pipelines created.
    pub pipelines_created: u64,
    /// Bind groups created.
    pub bind_groups_created: u64,
    /// Bytes allocated for outputs and temporaries of calls, whether from the pool or fresh.
    pub bytes_allocated: u64,
    /// The most bytes held at a time for the last call: arguments, captured tensors, outputs and temporaries. Not a total.
    pub call_peak_bytes: u64,
    /// Bytes written by uploads.
    pub bytes_uploaded: u64,
    /// Bytes read back.
    pub bytes_read: u64,
}

/// A device. Methods take `&self`: a device is shared by all tensors on it.
pub trait Device {
    /// What it is.
    fn info(&self) -> &DeviceInfo;

    /// What the compiler may know of it.
    fn target(&self) -> &Target;

    /// Makes a buffer of `bytes` (as stored; the length is elements x size of the dtype).
    fn upload(&self, id: BufferId, dtype: DType, bytes: &[u8]) -> Result<(), DeviceError>;

    /// Says what the plan that is loaded under that id next was made from. A device that cannot take plans from its caller makes the plan
    /// itself: equal requests give equal plans. Others do not ask.
    fn origin(&self, id: ProgramId, request: &Request<'_>) {
        let _ = (id, request);
    }

    /// Makes a plan ready to run: on a GPU lowers its kernels and creates pipelines, sharing those of equal WGSL.
    fn load(&self, id: ProgramId, plan: Arc<Plan>) -> Result<(), DeviceError>;

    /// Like [`Device::load`], but resolves when every pipeline is ready without blocking the thread where the platform can.
    fn warm_up(&self, id: ProgramId, plan: Arc<Plan>) -> Done;

    /// Says what is to run in the place of a loaded plan, should the device refuse it when it runs first. Calls that were made until then
    /// run again. Devices that refuse no plan do not ask.
    fn instead(&self, id: ProgramId, instead: Instead) {
        let _ = (id, instead);
    }

    /// Resolves when the device has taken or refused every plan that was run, and what follows from that is done.
    fn settled(&self) -> Done {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Runs a loaded plan; its outputs exist from now on. On a GPU all in one pass, which small calls share.
    fn run(&self, call: Call) -> Result<(), DeviceError>;

    /// Can [`Device::run_timed`] time kernels by a clock of the device?
    fn has_timestamps(&self) -> bool {
        false
    }

    /// Runs a call like [`Device::run`] and promises the time of every kernel by the device's own clock.
    fn run_timed(&self, call: Call) -> Times {
        let name = self.info().device.clone();
        let failed = DeviceError::Failed(format!("{name} has no timestamp queries"));
        drop(call);
        Box::pin(std::future::ready(Err(failed)))
    }

    /// The bytes of a buffer, after everything sent before. Reads asked for together are answered together.
    fn read(&self, id: BufferId) -> Read;

    /// Sends what is kept back to be sent with later calls. Reads and [`Device::synchronize`] do that anyway, and in the browser
    /// the end of a turn of the event loop.
    fn flush(&self) {}

    /// Resolves when everything sent before is done.
    fn synchronize(&self) -> Done;

    /// Gives a buffer's memory back. Calls sent before may still use it.
    fn drop_buffer(&self, id: BufferId);

    /// Forgets a loaded plan and its temporaries.
    fn drop_program(&self, id: ProgramId);

    /// Frees pooled memory.
    fn trim(&self);

    /// Memory now.
    fn memory(&self) -> Memory;

    /// Totals since the device was made.
    fn counters(&self) -> Counters;
}
