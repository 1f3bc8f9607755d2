//! The current device of a thread, and the memory that tensors hold on devices.
//!
//! Tensors, compiled entries and buffers belong to the device they were made on. A device is shared by reference: it lives as long as
//! a tensor on it does. Buffers are reference-counted handles that give their memory back when the last one goes.

mod program;

pub(crate) use program::{Program, Taken};

use crate::error::{Error, ErrorKind, Result};
use interfuse_compiler::cache::{Cache, Capacity};
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::graph::Graph;
use interfuse_runtime::device::{BufferId, Counters, Device, DeviceInfo, DeviceKind};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::rc::{Rc, Weak};

/// Pending eager results are submitted together once they are this many nodes.
const PENDING_NODES: u64 = 1000;
/// Pending eager results are submitted together once they take this many bytes.
const PENDING_BYTES: u64 = 256 << 20;
/// Notes of what waits before the first look at whether it still does.
const SWEEP_AT_LEAST: usize = 64;
/// Bytes that survive before the first collection is asked for.
const SOFT_CAP: u64 = 64 << 20;
/// Eager programs kept for graphs that come again.
const EAGER_PROGRAMS: usize = 256;

/// A device with what the library keeps about it. Cheap to clone.
#[derive(Clone)]
pub struct DeviceHandle(pub(crate) Rc<DeviceState>);

pub(crate) struct DeviceState {
    pub device: Rc<dyn Device>,
    /// Unique in the process's thread; part of every signature.
    pub id: u64,
    next_id: Cell<u64>,
    /// Hard cap in bytes.
    max_bytes: Cell<u64>,
    soft_cap: Cell<u64>,
    /// Bytes of results allocated since the host's event loop last turned.
    turn_bytes: Cell<u64>,
    /// Results that wait to be computed.
    pub pending: RefCell<Vec<Weak<dyn Waiting>>>,
    pub pending_bytes: Cell<u64>,
    /// So many may be noted before those that wait no more are swept out.
    sweep_at: Cell<usize>,
    pub eager: RefCell<Cache<Graph, Rc<Program>>>,
    lost: Cell<bool>,
}

/// A result that waits to be computed, as its device sees it.
pub(crate) trait Waiting: Any {
    /// Bytes that it will take; `None` when it waits no more.
    fn waits(&self) -> Option<u64>;
}

/// A buffer on a device; its memory is given back with the last reference.
pub(crate) struct Buffer {
    pub id: BufferId,
    pub bytes: u64,
    pub device: DeviceHandle,
    /// The arena that it was allocated in with others, and its offset there in bytes.
    pub arena: Option<(u64, u64)>,
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.device.0.device.drop_buffer(self.id);
    }
}

thread_local! {
    static CURRENT: RefCell<Option<DeviceHandle>> = const { RefCell::new(None) };
    /// Is there none because it was lost?
    static LOST: Cell<bool> = const { Cell::new(false) };
    /// Never dropped: when a thread ends, wgpu's own thread-locals may be gone before these, and dropping a device then aborts.
    static KNOWN: RefCell<ManuallyDrop<Vec<DeviceHandle>>> = const { RefCell::new(ManuallyDrop::new(Vec::new())) };
    static NEXT_DEVICE: Cell<u64> = const { Cell::new(1) };
    static ON_LOSS: Cell<fn(u64)> = const { Cell::new(|_| {}) };
    static HANDLES: Cell<u64> = const { Cell::new(0) };
}

/// From now on `forget` is called with the id of every device of this thread that is lost.
pub(crate) fn on_loss(forget: fn(u64)) {
    ON_LOSS.set(forget);
}

/// Counts a handle that the program holds.
pub(crate) fn handle_made() {
    HANDLES.with(|handles| handles.set(handles.get() + 1));
}

/// Counts one less.
pub(crate) fn handle_dropped() {
    // A thread that ends may drop tensors after its counters.
    let _ = HANDLES.try_with(|handles| handles.set(handles.get() - 1));
}

/// Which device to start with.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum DeviceChoice {
    /// A GPU where there is a real one, else the CPU.
    #[default]
    Auto,
    /// The GPU; an error where there is none.
    Gpu,
    /// The CPU device, which is everywhere.
    Cpu,
}

/// What tensors hold, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct MemoryReport {
    /// Handles that the program holds.
    pub tensors: u64,
    /// Buffers on the device.
    pub buffers: u64,
    /// Bytes of those.
    pub bytes_in_use: u64,
    /// Bytes that the device keeps for reuse.
    pub bytes_pooled: u64,
    /// The most that both ever were.
    pub peak_bytes: u64,
    /// Pipelines that the device keeps, for whoever needs the same kernel again.
    pub pipelines: u64,
    /// Bind groups that it keeps.
    pub bind_groups: u64,
}

/// How much garbage the host's collector cannot see, for hosts with a collector.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pressure {
    /// Bytes in use.
    pub bytes_in_use: u64,
    /// Bytes of results allocated since [`DeviceHandle::turned`].
    pub turn_bytes: u64,
    /// Whether the next read should let the event loop turn after allocating and dropping `bytes_in_use` bytes of its own, so
    /// that finalizers run. Call [`DeviceHandle::collected`] afterwards.
    pub collect: bool,
}

impl DeviceHandle {
    /// Wraps a device for the library and remembers it for [`set_device`].
    pub fn new(device: Rc<dyn Device>) -> DeviceHandle {
        let id = NEXT_DEVICE.with(|next| next.replace(next.get() + 1));
        let handle = DeviceHandle(Rc::new(DeviceState {
            device,
            id,
            next_id: Cell::new(1),
            max_bytes: Cell::new(u64::MAX),
            soft_cap: Cell::new(SOFT_CAP),
            turn_bytes: Cell::new(0),
            pending: RefCell::new(Vec::new()),
            pending_bytes: Cell::new(0),
            sweep_at: Cell::new(SWEEP_AT_LEAST),
            eager: RefCell::new(Cache::new(Capacity::from(EAGER_PROGRAMS))),
            lost: Cell::new(false),
        }));
        KNOWN.with(|known| known.borrow_mut().push(handle.clone()));
        handle
    }

    /// What the device is.
    pub fn info(&self) -> &DeviceInfo {
        self.0.device.info()
    }

    /// Running totals of the device.
    pub fn counters(&self) -> Counters {
        self.0.device.counters()
    }

    /// The device itself.
    pub fn device(&self) -> &Rc<dyn Device> {
        &self.0.device
    }

    /// A hard cap on bytes in use; a call that would exceed it is a `LimitError`. `u64::MAX` for none.
    pub fn set_max_bytes(&self, bytes: u64) {
        self.0.max_bytes.set(bytes);
        self.set_soft_cap(0);
    }

    /// Declares the device lost: whatever uses a tensor on it fails from now on, and it is no longer current.
    pub fn set_lost(&self) {
        self.0.lost.set(true);
        self.0.eager.borrow_mut().clear();
        ON_LOSS.get()(self.0.id);
        KNOWN.with(|known| known.borrow_mut().retain(|device| device.0.id != self.0.id));
        CURRENT.with(|current| {
            if current.borrow().as_ref().is_some_and(|device| device.0.id == self.0.id) {
                *current.borrow_mut() = None;
                LOST.set(true);
            }
        });
    }

    /// Has it been declared lost?
    pub fn is_lost(&self) -> bool {
        self.0.lost.get()
    }

    /// What tensors hold on this device.
    pub fn memory(&self) -> MemoryReport {
        let memory = self.0.device.memory();
        MemoryReport {
            tensors: HANDLES.get(),
            buffers: memory.buffers,
            bytes_in_use: memory.bytes_in_use,
            bytes_pooled: memory.bytes_pooled,
            peak_bytes: memory.peak_bytes,
            pipelines: memory.pipelines,
            bind_groups: memory.bind_groups,
        }
    }

    /// How much garbage there may be.
    pub fn pressure(&self) -> Pressure {
        let bytes_in_use = self.0.device.memory().bytes_in_use;
        Pressure {
            bytes_in_use,
            turn_bytes: self.0.turn_bytes.get(),
            collect: bytes_in_use + self.0.pending_bytes.get() > self.0.soft_cap.get(),
        }
    }

    /// The host's event loop has turned: finalizers had their chance.
    pub fn turned(&self) {
        self.0.turn_bytes.set(0);
    }

    /// A collection was forced; what is in use now survived, and the soft cap follows it.
    pub fn collected(&self) {
        let survived = self.0.device.memory().bytes_in_use;
        self.set_soft_cap(survived);
        self.turned();
    }

    /// So much was in use when last only what is alive was: the collector should know before it is half as much again, and before half
    /// of the room below the hard cap is used.
    fn set_soft_cap(&self, alive: u64) {
        let room = self.0.max_bytes.get().saturating_sub(alive);
        self.0.soft_cap.set(SOFT_CAP.max(alive + alive / 2).min(alive + room / 2));
    }

    /// Forgets the programs of eager evaluation and frees pooled memory.
    pub fn trim(&self) {
        self.sweep_pending();
        self.0.pending.borrow_mut().shrink_to_fit();
        self.0.eager.borrow_mut().clear();
        self.0.device.trim();
    }

    /// A number that names no buffer and no program of this device yet.
    pub fn fresh_id(&self) -> u64 {
        self.0.next_id.replace(self.0.next_id.get() + 1)
    }

    pub(crate) fn fresh_buffer(&self, bytes: u64) -> Rc<Buffer> {
        self.fresh_buffer_in(None, bytes)
    }

    pub(crate) fn fresh_buffer_in(&self, arena: Option<(u64, u64)>, bytes: u64) -> Rc<Buffer> {
        Rc::new(Buffer { id: BufferId(self.fresh_id()), bytes, device: self.clone(), arena })
    }

    pub(crate) fn check_alive(&self, op: &str) -> Result<()> {
        if !self.is_lost() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Device,
            op,
            "the tensor's device was lost",
            "Its tensors cannot be recovered: create them again on a new device.",
        ))
    }

    /// Would so many more bytes be over the hard cap?
    pub(crate) fn reserve(&self, op: &str, bytes: u64) -> Result<()> {
        let cap = self.0.max_bytes.get();
        if cap != u64::MAX && self.0.device.memory().bytes_in_use.saturating_add(bytes) > cap && bytes > 0 {
            let in_use = self.0.device.memory().bytes_in_use;
            return Err(Error::new(
                ErrorKind::Limit,
                op,
                format!("{bytes} more bytes with {in_use} in use are over the cap of {cap} bytes (init's maxBytes)"),
                "Free results: `using`, `scope` or `dispose` them, or `await` a read now and then so that the garbage collector runs.",
            ));
        }
        self.0.turn_bytes.set(self.0.turn_bytes.get() + bytes);
        Ok(())
    }

    /// Is keeping so many more bytes of intermediates within the budget?
    pub(crate) fn has_room(&self, bytes: u64) -> bool {
        let cap = self.0.max_bytes.get();
        cap == u64::MAX || self.0.device.memory().bytes_in_use.saturating_add(bytes) <= cap
    }

    /// Notes a result that waits; true when enough wait to be submitted.
    pub(crate) fn note_pending(&self, result: Weak<dyn Waiting>, bytes: u64) -> bool {
        self.0.pending.borrow_mut().push(result);
        self.0.pending_bytes.set(self.0.pending_bytes.get() + bytes);
        if self.0.pending.borrow().len() >= self.0.sweep_at.get() {
            self.sweep_pending();
        }
        self.0.pending.borrow().len() as u64 >= PENDING_NODES || self.0.pending_bytes.get() >= PENDING_BYTES
    }

    /// Lets go of notes of nodes that are computed or gone: a weak reference keeps the memory of a node. Each look is paid for by as many
    /// notes.
    fn sweep_pending(&self) {
        let mut bytes = 0;
        let mut pending = self.0.pending.borrow_mut();
        pending.retain(|result| {
            let Some(own) = result.upgrade().and_then(|result| result.waits()) else { return false };
            bytes += own;
            true
        });
        self.0.pending_bytes.set(bytes);
        self.0.sweep_at.set(SWEEP_AT_LEAST.max(2 * pending.len()));
    }

    /// Makes a buffer of host data.
    pub(crate) fn upload(&self, op: &str, dtype: DType, bytes: &[u8]) -> Result<Rc<Buffer>> {
        self.check_alive(op)?;
        self.reserve(op, bytes.len() as u64)?;
        let buffer = self.fresh_buffer(bytes.len() as u64);
        self.0.device.upload(buffer.id, dtype, bytes).map_err(|error| Error::from_device(op, error))?;
        Ok(buffer)
    }
}

/// A scalar as a device stores it.
pub(crate) fn scalar_bytes(value: Scalar) -> Vec<u8> {
    let bytes = value.bits().to_le_bytes();
    bytes[..value.dtype().size_bytes()].to_vec()
}

impl std::fmt::Debug for DeviceHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "device {} ({})", self.0.id, self.info().kind.name())
    }
}

impl PartialEq for DeviceHandle {
    fn eq(&self, other: &DeviceHandle) -> bool {
        self.0.id == other.0.id
    }
}

/// Makes a device current. Bindings that create devices themselves use it.
pub fn use_device(handle: &DeviceHandle) {
    CURRENT.with(|current| *current.borrow_mut() = Some(handle.clone()));
}

/// Is there a current device?
pub fn is_initialized() -> bool {
    CURRENT.with(|current| current.borrow().is_some())
}

/// The current device. Natively the first use without [`init`] takes the CPU device, which needs nothing.
pub fn current_device(op: &str) -> Result<DeviceHandle> {
    if let Some(device) = CURRENT.with(|current| current.borrow().clone()) {
        return Ok(device);
    }
    if cfg!(target_arch = "wasm32") {
        let (what, remedy) = match LOST.get() {
            true => ("the device was lost", "await init() again."),
            false => ("there is no device yet", "await init() first."),
        };
        return Err(Error::new(ErrorKind::Device, op, what, remedy));
    }
    let handle = cpu_device("nothing else was asked for");
    use_device(&handle);
    Ok(handle)
}

/// A new CPU device, with the reason for choosing it.
pub fn cpu_device(reason: &str) -> DeviceHandle {
    DeviceHandle::new(Rc::new(interfuse_runtime::cpu::CpuDevice::new(reason)))
}

/// The known device of that kind, the most recent first.
pub fn known_device(kind: DeviceKind) -> Option<DeviceHandle> {
    KNOWN.with(|known| known.borrow().iter().rev().find(|device| device.info().kind == kind).cloned())
}

/// Makes the device of that kind current for tensors made from now on. The CPU device is made when there is none yet; a GPU must
/// have been found by [`init`].
pub fn set_device(kind: DeviceKind) -> Result<()> {
    let handle = match (known_device(kind), kind) {
        (Some(handle), _) => handle,
        (None, DeviceKind::Cpu) => cpu_device("asked for"),
        (None, DeviceKind::Gpu) => {
            return Err(Error::new(
                ErrorKind::Device,
                "setDevice",
                "no webgpu device was initialized",
                "Initialize with device \"webgpu\" first.",
            ));
        }
    };
    use_device(&handle);
    Ok(())
}

/// What the current device is.
pub fn device_info() -> Result<DeviceInfo> {
    Ok(current_device("device")?.info().clone())
}

/// What tensors hold on the current device.
pub fn memory() -> Result<MemoryReport> {
    Ok(current_device("memory")?.memory())
}

/// Starts with that device and makes it current. Idempotent: a device of that kind that is there is used again.
#[cfg(not(target_arch = "wasm32"))]
pub fn init(choice: DeviceChoice) -> Result<DeviceHandle> {
    let cpu = |reason: &str| known_device(DeviceKind::Cpu).unwrap_or_else(|| cpu_device(reason));
    let gpu = || match known_device(DeviceKind::Gpu) {
        Some(handle) => Ok(handle),
        None => gpu_device(),
    };
    let handle = match choice {
        DeviceChoice::Cpu => cpu("asked for"),
        DeviceChoice::Gpu => gpu()?,
        DeviceChoice::Auto => match gpu() {
            Ok(handle) if !handle.info().is_fallback => handle,
            Ok(handle) => cpu(&format!(
                "the only adapter is a software one ({}), and the CPU device is faster",
                handle.info().device
            )),
            Err(error) => cpu(error.message()),
        },
    };
    use_device(&handle);
    Ok(handle)
}

#[cfg(all(not(target_arch = "wasm32"), feature = "gpu"))]
fn gpu_device() -> Result<DeviceHandle> {
    use interfuse_runtime::gpu::{GpuDevice, Options};
    let device = GpuDevice::open(Options::default()).map_err(|error| Error::from_device("init", error))?;
    Ok(DeviceHandle::new(Rc::new(device)))
}

#[cfg(all(not(target_arch = "wasm32"), not(feature = "gpu")))]
fn gpu_device() -> Result<DeviceHandle> {
    Err(Error::new(
        ErrorKind::Device,
        "init",
        "this build has no GPU support",
        "Build with the feature \"gpu\", or use the CPU device.",
    ))
}
