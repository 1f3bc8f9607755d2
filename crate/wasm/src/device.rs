//! Devices: the CPU's, the browser's GPUs that the package found, and what they hold.

use crate::host::thrown;
use interfuse::json::to_json;
use interfuse::{DeviceHandle, DeviceKind, Error, ErrorKind, Result, cpu_device, current_device, known_device};
use serde::Serialize;
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

/// The kind of a device by its name.
fn kind(op: &str, name: &str) -> Result<DeviceKind> {
    match name {
        "cpu" => Ok(DeviceKind::Cpu),
        "webgpu" => Ok(DeviceKind::Gpu),
        other => Err(Error::new(
            ErrorKind::CompileArgument,
            op,
            format!("\"{other}\" is not a device"),
            "The devices are \"webgpu\" and \"cpu\".",
        )),
    }
}

/// The known device of that kind; the CPU device is made when there is none yet.
pub fn of_kind(op: &str, name: &str) -> Result<DeviceHandle> {
    let kind = kind(op, name)?;
    match (known_device(kind), kind) {
        (Some(device), _) => Ok(device),
        (None, DeviceKind::Cpu) => Ok(cpu_device("it was asked for")),
        (None, DeviceKind::Gpu) => Err(Error::new(
            ErrorKind::Device,
            op,
            "no webgpu device was initialized",
            "await init({ device: \"webgpu\" }) first.",
        )),
    }
}

/// Makes the CPU device current, for that reason.
#[wasm_bindgen(js_name = useCpu)]
pub fn use_cpu(reason: &str) {
    interfuse::use_device(&cpu_device(reason));
}

/// Opens a `GPUDevice` and makes it current; resolves to whether it did. With `real_only` a software adapter is left alone.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen(js_name = useGpu)]
pub fn use_gpu(adapter: JsValue, device: JsValue, adopted: bool, real_only: bool) -> js_sys::Promise {
    use interfuse_runtime::device::Device;
    use interfuse_runtime::gpu::{GpuDevice, Options};
    crate::host::promise(async move {
        let opened = GpuDevice::from_web(adapter, device, adopted, Options::default()).await;
        let opened = opened.map_err(|error| thrown(Error::from_device("init", error)))?;
        if real_only && opened.info().is_fallback {
            return Ok(false.into());
        }
        interfuse::use_device(&DeviceHandle::new(std::rc::Rc::new(opened)));
        Ok(true.into())
    })
}

/// Makes the device of that kind current.
#[wasm_bindgen(js_name = setDevice)]
pub fn set_device(name: &str) -> Answer<()> {
    of_kind("setDevice", name).map(|device| interfuse::use_device(&device)).map_err(thrown)
}

/// Is a device of that kind known?
#[wasm_bindgen(js_name = hasDevice)]
pub fn has_device(name: &str) -> bool {
    kind("init", name).is_ok_and(|kind| known_device(kind).is_some())
}

/// Declares the known device of that kind lost.
#[wasm_bindgen(js_name = lostDevice)]
pub fn lost_device(name: &str) {
    if let Some(device) = kind("init", name).ok().and_then(known_device) {
        device.set_lost();
    }
}

/// A device, its features and its limits.
#[derive(Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DeviceInfo<'a> {
    /// "webgpu" or "cpu".
    #[cfg_attr(feature = "views", ts(type = "\"webgpu\" | \"cpu\""))]
    kind: &'a str,
    /// The adapter's vendor, as far as the platform tells.
    vendor: &'a str,
    /// The adapter's architecture.
    architecture: &'a str,
    /// The adapter's name.
    device: &'a str,
    /// A longer description.
    description: &'a str,
    /// The interface that runs the kernels: "cpu" or "webgpu".
    backend: &'a str,
    /// Whether the adapter is a software one, which runs on the CPU.
    is_fallback: bool,
    /// Optional features that are in use.
    features: &'a [String],
    /// What it can do at most.
    limits: DeviceLimits,
    /// Why this device was chosen.
    reason: &'a str,
}

/// What a device can do at most.
#[derive(Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct DeviceLimits {
    /// Buffers that one kernel binds.
    storage_buffers: u32,
    /// Bytes of one of those.
    binding_bytes: u64,
    /// Bytes of one buffer.
    buffer_bytes: u64,
    /// Workgroups along one dimension of a dispatch.
    workgroups_per_dimension: u32,
    /// Invocations of one workgroup.
    workgroup_invocations: u32,
    /// Bytes of memory that a workgroup shares.
    workgroup_bytes: u32,
}

/// What the current device is, as JSON.
#[wasm_bindgen(js_name = device)]
pub fn device() -> Answer<String> {
    let device = current_device("device").map_err(thrown)?;
    let info = device.info();
    let limits = &device.device().target().limits;
    Ok(to_json(&DeviceInfo {
        kind: info.kind.name(),
        vendor: &info.vendor,
        architecture: &info.architecture,
        device: &info.device,
        description: &info.description,
        backend: &info.backend,
        is_fallback: info.is_fallback,
        features: &info.features,
        limits: DeviceLimits {
            storage_buffers: limits.storage_buffers,
            binding_bytes: limits.binding_bytes,
            buffer_bytes: limits.buffer_bytes,
            workgroups_per_dimension: limits.workgroups_per_dimension,
            workgroup_invocations: limits.workgroup_invocations,
            workgroup_bytes: limits.workgroup_bytes,
        },
        reason: &info.reason,
    }))
}

/// What tensors hold on the current device.
#[derive(Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct MemoryReport {
    /// Tensors that the program holds.
    tensors: u64,
    /// Buffers on the device.
    buffers: u64,
    /// Bytes of those.
    bytes_in_use: u64,
    /// Bytes that the device keeps for reuse.
    bytes_pooled: u64,
    /// The most that both ever were together.
    peak_bytes: u64,
    /// Pipelines that the device keeps, for whoever needs the same kernel again; a GPU's.
    pipelines: u64,
    /// Bind groups that it keeps; a GPU's.
    bind_groups: u64,
    /// Bytes of the Wasm memory that are in use: graphs, plans, cached entries, and what the CPU device holds.
    wasm_bytes: u64,
}

/// What tensors hold on the current device, as JSON.
#[wasm_bindgen(js_name = memoryReport)]
pub fn memory_report() -> Answer<String> {
    let report = interfuse::memory().map_err(thrown)?;
    Ok(to_json(&MemoryReport {
        tensors: report.tensors,
        buffers: report.buffers,
        bytes_in_use: report.bytes_in_use,
        bytes_pooled: report.bytes_pooled,
        peak_bytes: report.peak_bytes,
        pipelines: report.pipelines,
        bind_groups: report.bind_groups,
        wasm_bytes: crate::heap::bytes_in_use(),
    }))
}

/// Running totals of the current device, as JSON.
#[wasm_bindgen]
pub fn counters() -> Answer<String> {
    current_device("counters").map(|device| to_json(&device.counters())).map_err(thrown)
}

/// A hard cap on bytes of the current device.
#[wasm_bindgen(js_name = setMaxBytes)]
pub fn set_max_bytes(bytes: f64) -> Answer<()> {
    let device = current_device("init").map_err(thrown)?;
    device.set_max_bytes(if bytes.is_finite() { bytes as u64 } else { u64::MAX });
    Ok(())
}

/// Bytes that the host's collector should be told of, when it is time to; else 0.
#[wasm_bindgen]
pub fn pressure() -> f64 {
    match current_device("memory").map(|device| device.pressure()) {
        Ok(pressure) if pressure.collect => pressure.bytes_in_use as f64,
        _ => 0.0,
    }
}

/// The host's collector ran and its finalizers too.
#[wasm_bindgen]
pub fn collected() {
    if let Ok(device) = current_device("memory") {
        device.collected();
    }
}

/// Forgets the programs of eager evaluation and frees pooled memory.
#[wasm_bindgen]
pub fn trim() {
    if let Ok(device) = current_device("memory") {
        device.trim();
    }
}
