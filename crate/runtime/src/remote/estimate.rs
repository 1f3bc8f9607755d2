//! How long work takes on the host's device, roughly: from what it moved and computed when it was tried for some milliseconds.

use super::setup::{Rates, Setup};
use crate::device::{BufferId, Call, DeviceError, ProgramId};
use interfuse_compiler::Request;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::fuse::cost::kernel_ops;
use interfuse_compiler::plan::{Plan, Step, evaluate};

/// Each of the two trials takes so long, as soon as one run is shorter.
const TRIAL_MS: f64 = 6.0;
/// What is not tried is taken for a quarter as fast as what is.
const CAUTION: f64 = 4.0;
/// A million elements are copied, and two matrices of that size multiplied.
const COPIED: u64 = 1 << 20;
const MULTIPLIED: u64 = 256;
/// No device is slower, in bytes and in operations per millisecond.
const SLOWEST: (f64, f64) = (1e5, 1e5);

/// What one run of each step is estimated to take, in milliseconds, and all of them, loops included.
pub(super) struct Estimate {
    pub longest: Option<(usize, f64)>,
    pub total: f64,
}

impl Rates {
    /// Tries a device.
    pub(super) async fn measure(setup: &Setup) -> Result<Rates, DeviceError> {
        let copy = format!("%0: float32[{COPIED}] = input 0\n%1 = neg %0\nreturn %1\n");
        let n = MULTIPLIED;
        let multiply = format!(
            "%0: float32[{n},{n}] = input 0\n%1: float32[{n},{n}] = dot %0 %0 batch=[] contract=[1:0]\nreturn %1\n"
        );
        let copies = trial(setup, &copy, COPIED).await?;
        let products = trial(setup, &multiply, n * n).await?;
        setup.device.trim();
        let of = |work: u64, ms: f64, slowest: f64| (work as f64 / ms / CAUTION).max(slowest);
        Ok(Rates { bytes: of(COPIED * 8, copies, SLOWEST.0), flops: of(2 * n * n * n, products, SLOWEST.1) })
    }

    /// What bytes that are written take.
    pub(super) fn upload(&self, bytes: usize) -> f64 {
        bytes as f64 / self.bytes
    }

    /// What a call of a plan takes.
    pub(super) fn call(&self, plan: &Plan, symbols: &[i64]) -> Estimate {
        let size = |dim: &interfuse_compiler::dim::Dim| evaluate(dim, symbols).max(0) as f64;
        let of = |step: &Step| {
            let bytes: f64 = step.buffers.iter().map(|at| size(&plan.buffers[*at as usize].bytes())).sum();
            (bytes / self.bytes).max(kernel_ops(&step.kernel, &size) / self.flops)
        };
        let mut estimate = Estimate { longest: None, total: 0.0 };
        for (at, (step, runs)) in plan.steps.iter().zip(plan.runs(symbols)).enumerate() {
            let ms = of(step);
            if runs > 0 && estimate.longest.is_none_or(|(_, longest)| ms > longest) {
                estimate.longest = Some((at, ms));
            }
            estimate.total += ms * runs as f64;
        }
        estimate
    }
}

/// The time of one run of a listing with one input of so many elements, in milliseconds.
async fn trial(setup: &Setup, listing: &str, elements: u64) -> Result<f64, DeviceError> {
    let device = &setup.device;
    let graph = (setup.read)(listing).map_err(DeviceError::Failed)?;
    let request = Request::new(&graph, device.target());
    let plan =
        interfuse_compiler::compile(&request, &mut ()).map_err(|misuse| DeviceError::Failed(misuse.to_string()))?;
    let (program, input) = (ProgramId((setup.fresh)()), BufferId((setup.fresh)()));
    device.load(program, plan.plan.into())?;
    device.upload(input, DType::Float32, &vec![0; elements as usize * 4])?;
    let run = || {
        let output = BufferId((setup.fresh)());
        let call =
            Call { program, inputs: vec![input], constants: Vec::new(), outputs: vec![output], symbols: Vec::new() };
        let ran = device.run(call);
        device.drop_buffer(output);
        ran
    };
    // The first run makes what is made once.
    run()?;
    device.synchronize().await?;
    let (mut count, mut ms) = (1, 0.0);
    while ms < TRIAL_MS && count < 1 << 12 {
        // A clock that is coarse shows nothing at first.
        count *= if ms < TRIAL_MS / 8.0 { 4 } else { 2 };
        let started = (setup.now)();
        for _ in 0..count {
            run()?;
        }
        device.synchronize().await?;
        ms = (setup.now)() - started;
    }
    device.drop_buffer(input);
    device.drop_program(program);
    Ok((ms / f64::from(count)).max(1e-4))
}
