//! How long each kernel takes on the GPU, by timestamp queries.
//!
//! Only passes can be timed, so a profiled call runs every kernel in a pass of its own: its sum is a little more than the call takes
//! when it is not watched. Chrome rounds to 0.1 ms unless told otherwise; a short kernel then shows 0.

use super::read::{Draining, Signal};
use super::{Checks, GpuDevice};
use crate::device::{Call, Device, DeviceError};
use std::future::Future;
use std::pin::Pin;

/// WebGPU's limit of queries in a set, two per kernel.
const KERNELS: usize = 2048;

/// One kernel of a profiled call.
#[derive(Clone, PartialEq, Debug)]
pub struct KernelTime {
    /// Its name.
    pub kernel: String,
    /// Nanoseconds on the GPU.
    pub ns: f64,
}

/// Timestamps of the kernels of one call.
pub(super) struct Timing {
    set: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    mapped: wgpu::Buffer,
    count: u32,
}

impl Timing {
    fn new(device: &wgpu::Device, kernels: usize) -> Timing {
        let count = kernels as u32 * 2;
        let buffer = |usage| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("timestamps"),
                size: u64::from(count) * 8,
                usage,
                mapped_at_creation: false,
            })
        };
        let set =
            device.create_query_set(&wgpu::QuerySetDescriptor { label: None, ty: wgpu::QueryType::Timestamp, count });
        Timing {
            set,
            resolved: buffer(wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC),
            mapped: buffer(wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST),
            count,
        }
    }

    /// Where the pass of the kernel at that position writes.
    pub(super) fn writes(&self, at: u32) -> wgpu::ComputePassTimestampWrites<'_> {
        wgpu::ComputePassTimestampWrites {
            query_set: &self.set,
            beginning_of_pass_write_index: Some(at * 2),
            end_of_pass_write_index: Some(at * 2 + 1),
        }
    }

    /// Copies the timestamps to where they can be mapped.
    pub(super) fn resolve(&self, encoder: &mut wgpu::CommandEncoder) {
        encoder.resolve_query_set(&self.set, 0..self.count, &self.resolved, 0);
        encoder.copy_buffer_to_buffer(&self.resolved, 0, &self.mapped, 0, None);
    }
}

impl Drop for Timing {
    fn drop(&mut self) {
        // On the web dropping frees nothing.
        self.set.destroy();
        self.resolved.destroy();
        self.mapped.destroy();
    }
}

impl GpuDevice {
    /// Can kernels be timed?
    pub fn has_timestamps(&self) -> bool {
        self.shared.device.features().contains(wgpu::Features::TIMESTAMP_QUERY)
    }

    /// How modules are made on this device.
    pub fn checks(&self) -> Checks {
        self.shared.options.checks
    }

    /// Runs a call like [`Device::run`] and promises the time of every kernel, in the order of the plan's steps.
    pub fn profile(&self, call: Call) -> Pin<Box<dyn Future<Output = Result<Vec<KernelTime>, DeviceError>>>> {
        match self.start_profile(&call) {
            Ok(times) => Box::pin(times),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }

    fn start_profile(
        &self,
        call: &Call,
    ) -> Result<impl Future<Output = Result<Vec<KernelTime>, DeviceError>> + use<>, DeviceError> {
        let shared = &self.shared;
        if !self.has_timestamps() {
            return Err(DeviceError::Failed(format!("{} has no timestamp queries", self.info().device)));
        }
        let mut state = shared.state.borrow_mut();
        let program = state.programs.get(&call.program).cloned();
        let kernels: Vec<String> =
            program.iter().flat_map(|program| &program.plan.steps).map(|step| step.kernel.name.clone()).collect();
        if kernels.len() > KERNELS {
            return Err(DeviceError::Limit(format!(
                "{} kernels in a profiled call; at most {KERNELS} can be timed",
                kernels.len()
            )));
        }
        let timing = Timing::new(&shared.device, kernels.len().max(1));
        shared.send(&mut state);
        let submits = state.counters.submits;
        shared.run(&mut state, call, Some(&timing))?;
        let signal = Signal::default();
        // A call without kernels, or one that is known to fail, is not submitted.
        if state.counters.submits > submits {
            let done = signal.expect();
            timing.mapped.map_async(wgpu::MapMode::Read, .., move |result| done(result.is_ok()));
        } else if let Some(fault) = program.as_ref().and_then(|program| program.fault()) {
            return Err(fault);
        }
        let timed = state.counters.submits > submits;
        let wait = Draining { device: shared.device.clone(), mailbox: shared.mailbox.clone(), signal };
        let period = f64::from(shared.queue.get_timestamp_period());
        Ok(async move {
            wait.await?;
            if !timed {
                return Ok(Vec::new());
            }
            let failed = |error: wgpu::MapRangeError| DeviceError::Failed(format!("timestamps: {error}"));
            let view = timing.mapped.get_mapped_range(..).map_err(failed)?;
            let stamp = |at: usize| {
                let bytes: [u8; 8] = view[at * 8..at * 8 + 8].try_into().expect("eight bytes");
                u64::from_le_bytes(bytes)
            };
            let times = kernels.into_iter().enumerate().map(|(at, kernel)| {
                // Clocks may be rounded down unevenly; time does not run backwards.
                let ticks = stamp(at * 2 + 1).saturating_sub(stamp(at * 2));
                KernelTime { kernel, ns: ticks as f64 * period }
            });
            Ok(times.collect())
        })
    }
}
