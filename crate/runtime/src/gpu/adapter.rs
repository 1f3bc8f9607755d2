//! Which adapter, and what of it the compiler may know.

use super::Options;
use crate::device::DeviceInfo;
use interfuse_compiler::gpu::GPU;
use interfuse_compiler::target::{AdapterClass, Features, Limits, Target, Tuning};

/// Storage buffers that a kernel may bind even where the device allows a million: a bind group is made of them.
const STORAGE_BUFFERS: u32 = 64;

/// Names under which GPU interfaces run on a CPU.
const SOFTWARE: [&str; 4] = ["swiftshader", "llvmpipe", "lavapipe", "basic render"];

/// Is that a CPU in disguise?
pub(super) fn is_software(names: &[&str]) -> bool {
    names.iter().any(|name| {
        let name = name.to_ascii_lowercase();
        SOFTWARE.iter().any(|software| name.contains(software))
    })
}

/// What the compiler may know of an open device.
pub(super) fn target(device: &wgpu::Device, info: &DeviceInfo, options: &Options) -> Target {
    let limits = device.limits();
    // Where all buffers of a stage are counted together (Metal), the uniform block takes one of them.
    let together = match limits.max_buffers_and_acceleration_structures_per_shader_stage {
        0 => u32::MAX,
        count => count - 1,
    };
    let bindings = limits.max_bindings_per_bind_group.saturating_sub(1).max(1);
    let storage_buffers = limits.max_storage_buffers_per_shader_stage.min(together).min(bindings).min(STORAGE_BUFFERS);
    Target {
        limits: Limits {
            storage_buffers: options.storage_buffers.map_or(storage_buffers, |forced| forced.min(storage_buffers)),
            // Sizes and offsets are multiples of 4.
            binding_bytes: limits.max_storage_buffer_binding_size & !3,
            buffer_bytes: limits.max_buffer_size & !3,
            workgroups_per_dimension: limits.max_compute_workgroups_per_dimension,
            workgroup_invocations: limits
                .max_compute_invocations_per_workgroup
                .min(limits.max_compute_workgroup_size_x),
            workgroup_bytes: limits.max_compute_workgroup_storage_size,
        },
        features: Features {
            float16: device.features().contains(wgpu::Features::SHADER_F16),
            // wgpu does not know the browser's.
            subgroups: info.features.iter().any(|feature| feature == SUBGROUPS),
        },
        class: options.class.unwrap_or(if info.is_fallback { AdapterClass::Software } else { AdapterClass::Gpu }),
        tuning: Tuning { schedules: options.schedules.clone(), ..Tuning::default() },
        rewrites: Some(&GPU),
    }
}

/// The feature's name in WebGPU.
pub(super) const SUBGROUPS: &str = "subgroups";

/// Names of the features in use.
pub(super) fn feature_names(features: wgpu::Features) -> Vec<String> {
    let known = [
        (wgpu::Features::SHADER_F16, "shader-f16"),
        (wgpu::Features::TIMESTAMP_QUERY, "timestamp-query"),
        (wgpu::Features::SUBGROUP, SUBGROUPS),
    ];
    known.into_iter().filter(|(feature, _)| features.contains(*feature)).map(|(_, name)| name.to_string()).collect()
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::adapters;

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::super::fault::{self, Mailbox};
    use super::super::{GpuDevice, Options};
    use crate::device::{DeviceError, DeviceInfo, DeviceKind};
    use interfuse_compiler::schedule::Schedule;
    use std::sync::Arc;

    /// PCI numbers of vendors.
    const VENDORS: [(u32, &str); 8] = [
        (0x10de, "nvidia"),
        (0x1002, "amd"),
        (0x8086, "intel"),
        (0x106b, "apple"),
        (0x13b5, "arm"),
        (0x5143, "qualcomm"),
        (0x1414, "microsoft"),
        (0x10005, "mesa"),
    ];

    const WANTED: wgpu::Features =
        wgpu::Features::SHADER_F16.union(wgpu::Features::TIMESTAMP_QUERY).union(wgpu::Features::SUBGROUP);

    /// Schedules from the environment, separated by semicolons: to try by hand what is faster.
    fn schedules() -> Result<Vec<Schedule>, DeviceError> {
        let text = std::env::var("INTERFUSE_SCHEDULE").unwrap_or_default();
        let parse =
            |text: &str| text.parse().map_err(|error| DeviceError::Failed(format!("INTERFUSE_SCHEDULE: {error}")));
        text.split(';').filter(|part| !part.trim().is_empty()).map(parse).collect()
    }

    fn instance() -> wgpu::Instance {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.backends = wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12;
        descriptor.flags = wgpu::InstanceFlags::empty();
        wgpu::Instance::new(descriptor)
    }

    fn describe(adapter: &wgpu::Adapter) -> DeviceInfo {
        let info = adapter.get_info();
        let vendor = VENDORS.iter().find(|(id, _)| *id == info.vendor).map(|(_, name)| (*name).to_string());
        let is_fallback = info.device_type == wgpu::DeviceType::Cpu || super::is_software(&[&info.name, &info.driver]);
        DeviceInfo {
            kind: DeviceKind::Gpu,
            vendor: vendor.unwrap_or_else(|| format!("{:#06x}", info.vendor)),
            architecture: String::new(),
            device: info.name,
            description: format!("{} {}", info.driver, info.driver_info).trim().to_string(),
            backend: info.backend.to_str().to_string(),
            is_fallback,
            features: super::feature_names(adapter.features() & WANTED),
            reason: String::new(),
        }
    }

    /// The better, the smaller.
    fn rank(adapter: &wgpu::Adapter) -> u32 {
        match (describe(adapter).is_fallback, adapter.get_info().device_type) {
            (true, _) | (_, wgpu::DeviceType::Cpu) => 4,
            (_, wgpu::DeviceType::DiscreteGpu) => 0,
            (_, wgpu::DeviceType::IntegratedGpu) => 1,
            (_, wgpu::DeviceType::VirtualGpu) => 2,
            (_, wgpu::DeviceType::Other) => 3,
        }
    }

    fn ranked(instance: &wgpu::Instance) -> Vec<wgpu::Adapter> {
        let mut adapters = pollster::block_on(instance.enumerate_adapters(wgpu::Backends::all()));
        adapters.sort_by_key(rank);
        adapters
    }

    /// What GPUs there are, the best first.
    pub fn adapters() -> Vec<DeviceInfo> {
        ranked(&instance()).iter().map(describe).collect()
    }

    impl GpuDevice {
        /// Opens an adapter of this machine.
        pub fn open(mut options: Options) -> Result<GpuDevice, DeviceError> {
            options.schedules.extend(schedules()?);
            let instance = instance();
            let adapters = ranked(&instance);
            let names = || adapters.iter().map(|a| describe(a).device).collect::<Vec<_>>().join(", ");
            let fits = |adapter: &&wgpu::Adapter| match &options.adapter {
                None => true,
                Some(wanted) if wanted == "software" => describe(adapter).is_fallback,
                Some(wanted) => {
                    let info = describe(adapter);
                    format!("{} {}", info.device, info.backend).to_lowercase().contains(&wanted.to_lowercase())
                }
            };
            let Some(adapter) = adapters.iter().find(fits) else {
                return Err(DeviceError::Failed(match &options.adapter {
                    Some(wanted) if !adapters.is_empty() => {
                        format!("no adapter is called \"{wanted}\"; there are: {}", names())
                    }
                    _ => "no GPU adapter: no driver for Vulkan, Metal or DX12 was found".to_string(),
                }));
            };
            let mut info = describe(adapter);
            info.reason = match (&options.adapter, info.is_fallback) {
                (Some(wanted), _) => format!("the adapter \"{wanted}\" was asked for"),
                (None, true) => "the only adapter is a software one".to_string(),
                (None, false) => format!("the best of {} adapters", adapters.len()),
            };
            let descriptor = wgpu::DeviceDescriptor {
                label: Some("interfuse"),
                required_features: adapter.features() & WANTED,
                required_limits: adapter.limits(),
                ..wgpu::DeviceDescriptor::default()
            };
            let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))
                .map_err(|error| DeviceError::Failed(format!("{}: {error}", info.device)))?;
            let mailbox = Mailbox::default();
            let errors = mailbox.clone();
            device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| errors.uncaptured(fault::describe(&error))));
            Ok(GpuDevice::assemble((device, queue), info, options, mailbox, false))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_adapters_are_known_by_name() {
        assert!(is_software(&["llvmpipe (LLVM 15.0.6, 256 bits)"]));
        assert!(is_software(&["google", "SwiftShader Device (LLVM 10.0.0)"]));
        assert!(!is_software(&["NVIDIA H100 80GB HBM3", "apple m1"]));
    }
}
