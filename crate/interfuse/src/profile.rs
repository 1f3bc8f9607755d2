//! How long each kernel of a call takes, fused and with every op as a kernel of its own, and by how much the results differ.
//!
//! Where the device has timestamp queries, kernels are timed by them; elsewhere every kernel runs alone, as a plan of one step, and
//! the host's clock is read around as many runs as make that clock precise enough. Whole calls are timed by the host either way.
//! Which clock it was, how finely it can tell times apart, and whether the adapter is a CPU in disguise is part of the result: a
//! wall time of a software adapter says nothing about GPUs.

use crate::clock::now_ms;
use crate::device::{Buffer, DeviceHandle, Program};
use crate::error::{Error, ErrorKind, Result};
use crate::inspect::flops;
use crate::pipeline::{self, CompileMode};
use interfuse_compiler::Request;
use interfuse_compiler::dtype::Scalar;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kernel::Access;
use interfuse_compiler::plan::{self, Plan, Step, Storage, evaluate};
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_compiler::small;
use interfuse_compiler::target::Target;
use interfuse_runtime::device::DeviceKind;
use serde::Serialize;
use std::rc::Rc;
use std::sync::Arc;

const OP: &str = "profile";
/// How often each call is measured when nothing is said.
pub const DEFAULT_REPEATS: usize = 10;
/// More would take minutes and tell nothing new.
const MAX_REPEATS: usize = 10_000;
/// A kernel is run so often in a row that the host's clock sees at least this much, ...
const LONG_ENOUGH_MS: f64 = 1.0;
/// ... but at most so often.
const MOST_IN_A_ROW: u32 = 1024;

/// What profiling found.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// "webgpu" or "cpu".
    #[cfg_attr(feature = "views", ts(type = "\"webgpu\" | \"cpu\""))]
    pub device: String,
    /// The adapter's name.
    pub adapter: String,
    /// Is the adapter a CPU in disguise? Then its times say nothing about GPUs.
    pub is_fallback: bool,
    /// What the kernels were timed by: timestamp queries of the GPU, or the host's clock.
    #[cfg_attr(feature = "views", ts(type = "\"timestamps\" | \"host\""))]
    pub clock: String,
    /// The smallest difference that this clock showed; absent when all its times were 0. Browsers round timestamps to 0.1 ms.
    pub resolution_ms: Option<f64>,
    /// What the times mean, in a sentence.
    pub note: String,
    /// How often each was measured.
    pub repeats: usize,
    /// As `compile` runs it.
    pub fused: RunProfile,
    /// With every op but views as a kernel of its own.
    pub unfused: RunProfile,
    /// The largest difference between a number of the one and of the other; infinite where one has a NaN or an infinity alone.
    pub max_abs_difference: f64,
}

/// The times of one way to run a call.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RunProfile {
    /// Every kernel, in order.
    pub kernels: Vec<KernelProfile>,
    /// Their sum.
    pub kernels_ms: f64,
    /// The whole call by the host's clock, waiting included; the least of all.
    pub call_ms: f64,
}

/// The time of one kernel.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct KernelProfile {
    /// Its step in the plan.
    pub id: usize,
    /// Its name.
    pub name: String,
    /// "map", "row", "contract" or "index".
    #[cfg_attr(feature = "views", ts(type = "\"map\" | \"row\" | \"contract\" | \"index\""))]
    pub class: String,
    /// Its time: by timestamps the mean, which averages their rounding out; by the host's clock the least.
    pub ms: f64,
    /// Bytes of the buffers that it reads and writes, each once.
    pub bytes: u64,
    /// Scalar operations, as the table of ops counts them.
    pub flops: u64,
}

/// A graph with what it runs on.
pub(crate) struct Subject {
    pub graph: Graph,
    pub inputs: Vec<Rc<Buffer>>,
    pub constants: Vec<Rc<Buffer>>,
    pub device: DeviceHandle,
}

/// Measures a graph.
pub(crate) async fn measure(subject: Subject, mode: CompileMode, repeats: usize) -> Result<Profile> {
    if !(1..=MAX_REPEATS).contains(&repeats) {
        let message = format!("repeats is {repeats}");
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            message,
            format!("It must be at least 1 and at most {MAX_REPEATS}."),
        ));
    }
    let target = subject.device.device().target().clone();
    let mut clock = Clock { resolution_ms: None };
    let (fused, results) = run(&subject, &pipeline::target_in(&target, mode), repeats, &mut clock).await?;
    let unfused = pipeline::target_in(&target, CompileMode::Disabled);
    let (unfused, others) = run(&subject, &unfused, repeats, &mut clock).await?;
    let mut max_abs_difference = 0.0f64;
    for (a, b) in results.iter().zip(&others) {
        max_abs_difference = max_abs_difference.max(difference(&subject.device, a, b).await?);
    }
    let info = subject.device.info();
    let timestamps = subject.device.device().has_timestamps();
    if !timestamps {
        clock.resolution_ms = host_resolution();
    }
    let what = match (timestamps, info.kind) {
        (true, _) => "Kernels by timestamp queries, each in a pass of its own",
        (false, DeviceKind::Cpu) => "Host time of each kernel on the CPU device",
        (false, DeviceKind::Gpu) => {
            "Host time of each kernel run alone, submission and waiting included, for want of timestamp queries"
        }
    };
    let software = "; wall times of a software adapter, which say nothing about GPUs.";
    Ok(Profile {
        device: info.kind.name().to_string(),
        adapter: info.device.clone(),
        is_fallback: info.is_fallback,
        clock: if timestamps { "timestamps" } else { "host" }.to_string(),
        resolution_ms: clock.resolution_ms,
        note: format!("{what}{}", if info.is_fallback { software } else { "." }),
        repeats,
        fused,
        unfused,
        max_abs_difference,
    })
}

/// The smallest difference seen so far.
struct Clock {
    resolution_ms: Option<f64>,
}

impl Clock {
    fn saw(&mut self, mut times: Vec<f64>) {
        times.push(0.0);
        small::sort_by(&mut times, |a, b| a < b);
        let steps = times.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > 0.0);
        self.resolution_ms = steps.chain(self.resolution_ms).reduce(f64::min);
    }
}

/// The smallest step that the host's clock takes.
fn host_resolution() -> Option<f64> {
    let start = now_ms();
    let later = |_| Some(now_ms() - start).filter(|step| *step > 0.0);
    (0..100_000).find_map(later)
}

/// The result of a plan in a buffer of its own.
struct Held {
    buffer: Rc<Buffer>,
    aval: Aval,
}

async fn run(subject: &Subject, target: &Target, repeats: usize, clock: &mut Clock) -> Result<(RunProfile, Vec<Held>)> {
    let Subject { device, inputs, constants, graph } = subject;
    let request = Request::new(graph, target);
    let plan: Arc<Plan> = pipeline::compile(&request, &mut ())?.plan.into();
    let program = device.load(OP, &request, plan.clone())?;
    // The first run creates what is created once.
    let results = program.run(OP, inputs, constants)?;
    wait(device).await?;
    let mut call_ms = f64::INFINITY;
    for _ in 0..repeats {
        let started = now_ms();
        drop(program.run(OP, inputs, constants)?);
        wait(device).await?;
        call_ms = call_ms.min(now_ms() - started);
    }
    let times = if device.device().has_timestamps() {
        by_timestamps(subject, &program, repeats, clock).await?
    } else {
        by_host(subject, &plan, repeats).await?
    };
    let kernel = |(id, (step, ms)): (usize, (&Step, &f64))| KernelProfile {
        id,
        name: step.kernel.name.clone(),
        class: step.kernel.class.name().to_string(),
        ms: *ms,
        bytes: step.buffers.iter().map(|at| evaluate(&plan.buffers[*at as usize].bytes(), &[]).max(0) as u64).sum(),
        flops: flops(&step.kernel, &[]),
    };
    let kernels: Vec<KernelProfile> = plan.steps.iter().zip(&times).enumerate().map(kernel).collect();
    let held =
        results.into_iter().zip(&plan.outputs).map(|(buffer, output)| Held { buffer, aval: output.aval.clone() });
    Ok((RunProfile { kernels, kernels_ms: times.iter().sum(), call_ms }, held.collect()))
}

async fn wait(device: &DeviceHandle) -> Result<()> {
    device.device().synchronize().await.map_err(|error| Error::from_device(OP, error))
}

/// The mean time of every kernel by the GPU's own clock.
async fn by_timestamps(
    subject: &Subject,
    program: &Rc<Program>,
    repeats: usize,
    clock: &mut Clock,
) -> Result<Vec<f64>> {
    let device = subject.device.device();
    let mut sums = vec![0.0; program.plan.steps.len()];
    for _ in 0..repeats {
        let (call, buffers) = program.call(&subject.inputs, &subject.constants, &[]);
        let times = device.run_timed(call).await.map_err(|error| Error::from_device(OP, error))?;
        drop(buffers);
        let times: Vec<f64> = times.into_iter().map(|ns| ns / 1e6).collect();
        sums.iter_mut().zip(&times).for_each(|(sum, ms)| *sum += ms);
        clock.saw(times);
    }
    Ok(sums.into_iter().map(|sum| sum / repeats as f64).collect())
}

/// The least time of every kernel by the host's clock: each is made a plan of its own, and what it writes is kept for the next.
async fn by_host(subject: &Subject, plan: &Plan, repeats: usize) -> Result<Vec<f64>> {
    let device = &subject.device;
    let last_use = |buffer: u32| plan.steps.iter().rposition(|step| step.buffers.contains(&buffer));
    let mut memory: Vec<Option<Rc<Buffer>>> = plan
        .buffers
        .iter()
        .map(|buffer| match buffer.storage {
            Storage::Input(at) => Some(subject.inputs[at as usize].clone()),
            Storage::Constant(at) => Some(subject.constants[at as usize].clone()),
            Storage::Output | Storage::Temporary(_) => None,
        })
        .collect();
    let mut times = Vec::with_capacity(plan.steps.len());
    for (at, step) in plan.steps.iter().enumerate() {
        let (alone, reads, writes) = alone(plan, step);
        let inputs: Vec<Rc<Buffer>> =
            reads.iter().map(|buffer| memory[*buffer as usize].clone().expect("written by a step before")).collect();
        let program = device.load_alone(OP, alone.into())?;
        let results = program.run(OP, &inputs, &[])?;
        wait(device).await?;
        let mut least = f64::INFINITY;
        let mut in_a_row = 1;
        for _ in 0..repeats {
            loop {
                let started = now_ms();
                for _ in 0..in_a_row {
                    drop(program.run(OP, &inputs, &[])?);
                }
                wait(device).await?;
                let ms = now_ms() - started;
                if ms >= LONG_ENOUGH_MS || in_a_row >= MOST_IN_A_ROW {
                    least = least.min(ms / f64::from(in_a_row));
                    break;
                }
                in_a_row *= 4;
            }
        }
        times.push(least);
        for (buffer, result) in writes.iter().zip(results) {
            memory[*buffer as usize] = Some(result);
        }
        for buffer in step.buffers.iter().filter(|buffer| last_use(**buffer) == Some(at)) {
            memory[*buffer as usize] = None;
        }
    }
    Ok(times)
}

/// A plan that runs one step: what it reads are arguments, what it writes are results. Also gives both as positions in the plan.
fn alone(plan: &Plan, step: &Step) -> (Plan, Vec<u32>, Vec<u32>) {
    let mut alone = Plan::default();
    let (mut reads, mut writes) = (Vec::new(), Vec::new());
    for (at, (binding, buffer)) in step.kernel.bindings.iter().zip(&step.buffers).enumerate() {
        let known = &plan.buffers[*buffer as usize];
        let storage = match binding.access {
            Access::Read => {
                reads.push(*buffer);
                Storage::Input(reads.len() as u32 - 1)
            }
            Access::Write => {
                writes.push(*buffer);
                let shape = Shape([known.len.clone()].into_iter().collect());
                alone.outputs.push(plan::Output { buffer: at as u32, aval: Aval { shape, dtype: known.dtype } });
                Storage::Output
            }
        };
        alone.buffers.push(plan::Buffer { storage, ..known.clone() });
    }
    alone.inputs = reads.len() as u32;
    let buffers = (0..step.buffers.len() as u32).collect();
    alone.steps.push(Step { kernel: step.kernel.clone(), buffers });
    (alone, reads, writes)
}

/// The largest difference between two results of the same shape and dtype.
async fn difference(device: &DeviceHandle, a: &Held, b: &Held) -> Result<f64> {
    let read = |held: &Held| device.device().read(held.buffer.id);
    let (x, y) = (read(a), read(b));
    let (x, y) = (x.await, y.await);
    let failed = |error| Error::from_device(OP, error);
    let (x, y) = (x.map_err(failed)?, y.map_err(failed)?);
    let dtype = a.aval.dtype;
    let number = |bytes: &[u8]| {
        let mut bits = [0; 4];
        bits[..bytes.len()].copy_from_slice(bytes);
        Scalar::from_bits(dtype, u32::from_le_bytes(bits)).to_f64()
    };
    let size = dtype.size_bytes();
    let pairs = x.chunks_exact(size).zip(y.chunks_exact(size)).filter(|(x, y)| x != y);
    Ok(pairs.map(|(x, y)| (number(x), number(y))).fold(0.0, |most: f64, (x, y)| {
        let apart = (x - y).abs();
        if (x.is_nan() && y.is_nan()) || x == y {
            most
        } else if apart.is_nan() {
            f64::INFINITY
        } else {
            most.max(apart)
        }
    }))
}
