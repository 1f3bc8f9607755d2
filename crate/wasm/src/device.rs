//! Devices: the CPU's, the browser's GPUs that the package found, and what they hold.

use crate::host::thrown;
use crate::tensors::kind;
use interfuse::json::to_json;
use interfuse::{DeviceHandle, DeviceKind, Error, ErrorKind, Result, cpu_device, current_device, known_device};
use serde::Serialize;
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

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
pub async fn use_gpu(adapter: JsValue, device: JsValue, adopted: bool, real_only: bool) -> Answer<bool> {
    use interfuse_runtime::device::Device;
    use interfuse_runtime::gpu::{GpuDevice, Options};
    let opened = GpuDevice::from_web(adapter, device, adopted, Options::default()).await;
    let opened = opened.map_err(|error| thrown(Error::from_device("init", error)))?;
    if real_only && opened.info().is_fallback {
        return Ok(false);
    }
    interfuse::use_device(&DeviceHandle::new(std::rc::Rc::new(opened)));
    Ok(true)
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About<'a> {
    kind: &'a str,
    vendor: &'a str,
    architecture: &'a str,
    device: &'a str,
    description: &'a str,
    backend: &'a str,
    is_fallback: bool,
    features: &'a [String],
    limits: Limits,
    reason: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    storage_buffers: u32,
    binding_bytes: u64,
    buffer_bytes: u64,
    workgroups_per_dimension: u32,
    workgroup_invocations: u32,
    workgroup_bytes: u32,
}

/// What the current device is, as JSON.
#[wasm_bindgen(js_name = device)]
pub fn device() -> Answer<String> {
    let device = current_device("device").map_err(thrown)?;
    let info = device.info();
    let limits = &device.device().target().limits;
    Ok(to_json(&About {
        kind: info.kind.name(),
        vendor: &info.vendor,
        architecture: &info.architecture,
        device: &info.device,
        description: &info.description,
        backend: &info.backend,
        is_fallback: info.is_fallback,
        features: &info.features,
        limits: Limits {
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    tensors: u64,
    buffers: u64,
    bytes_in_use: u64,
    bytes_pooled: u64,
    peak_bytes: u64,
    pipelines: u64,
    bind_groups: u64,
    wasm_bytes: u64,
}

/// What tensors hold on the current device, as JSON.
#[wasm_bindgen(js_name = memoryReport)]
pub fn memory_report() -> Answer<String> {
    let report = interfuse::memory().map_err(thrown)?;
    Ok(to_json(&Held {
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Totals {
    dispatches: u64,
    submits: u64,
    buffers_created: u64,
    pipelines_created: u64,
    bind_groups_created: u64,
    bytes_allocated: u64,
    call_peak_bytes: u64,
    bytes_uploaded: u64,
    bytes_read: u64,
}

/// Running totals of the current device, as JSON.
#[wasm_bindgen]
pub fn counters() -> Answer<String> {
    let counters = current_device("counters").map_err(thrown)?.counters();
    Ok(to_json(&Totals {
        dispatches: counters.dispatches,
        submits: counters.submits,
        buffers_created: counters.buffers_created,
        pipelines_created: counters.pipelines_created,
        bind_groups_created: counters.bind_groups_created,
        bytes_allocated: counters.bytes_allocated,
        call_peak_bytes: counters.call_peak_bytes,
        bytes_uploaded: counters.bytes_uploaded,
        bytes_read: counters.bytes_read,
    }))
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
