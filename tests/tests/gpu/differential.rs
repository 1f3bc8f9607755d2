//! Random programs on the GPU device against the oracle: fused and not, under the storage-buffer limits that browsers give, with
//! the kernels of software adapters and with those of real GPUs. Dispatches are counted: what did not run cannot be right.

use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::Class;
use interfuse_compiler::target::{AdapterClass, Target, Tuning};
use interfuse_runtime::device::Device;
use interfuse_runtime::gpu::{Checks, GpuDevice, Options};
use interfuse_tests::gpu::open_with;
use interfuse_tests::noise::{Compared, Expected};
use interfuse_tests::random::{self, Census, sample, seeds};
use interfuse_tests::run::run;

/// Graphs that are always tried; `INTERFUSE_RANDOM_SECONDS` asks for more.
const GRAPHS: u64 = 150;

fn device(class: AdapterClass, storage_buffers: u32, checks: Checks) -> GpuDevice {
    open_with(Options { class: Some(class), storage_buffers: Some(storage_buffers), checks, ..Options::default() })
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::Map => "map",
        Class::Row => "row",
        Class::Contract => "contract",
        Class::Index => "index",
        Class::Serial => "serial",
    }
}

/// Tries random graphs on devices; counts the classes of kernels that ran and what was compared.
///
/// # Panics
/// When a result is wrong, with the seed, the graph and its kernels.
fn try_graphs(devices: &[GpuDevice], nodes: usize, first_seed: u64) -> (Census, Compared) {
    let float16 = devices.iter().all(|device| device.target().features.float16);
    let dtypes = DType::ALL.into_iter().filter(|d| float16 || *d != DType::Float16).collect();
    let options = random::Options { nodes, dtypes, ..random::Options::tame() };
    let mut census = Census::default();
    let mut total = Compared::default();
    let mut wrong = Vec::new();
    for seed in seeds(GRAPHS) {
        let sample = sample(first_seed + seed, &options);
        let expected = Expected::new(&sample.graph, &sample.inputs, seed);
        for device in devices {
            for fuse in [true, false] {
                let target =
                    Target { tuning: Tuning { fuse, simplify: fuse, ..Tuning::default() }, ..device.target().clone() };
                let ran = run(device, &target, &sample.graph, &sample.inputs, &[]);
                let steps = &ran.compiled.plan.steps;
                let what = format!("seed {seed}, fuse {fuse}, {:?}", target.limits.storage_buffers);
                let runs: u64 = ran.compiled.plan.runs(&[]).iter().sum();
                assert_eq!(ran.counted.dispatches, runs, "{what}\n{}", sample.graph);
                assert_eq!(ran.counted.submits, u64::from(!steps.is_empty()), "{what}\n{}", sample.graph);
                for step in steps {
                    census.hit(class_name(step.kernel.class));
                    assert!(
                        step.kernel.bindings.len() <= target.limits.storage_buffers as usize,
                        "{what}: {}",
                        step.kernel
                    );
                }
                match expected.check(&ran.outputs) {
                    Ok(compared) => {
                        total.tightly += compared.tightly;
                        total.skipped += compared.skipped;
                        total.all += compared.all;
                    }
                    Err(text) => {
                        let kernels: String = steps.iter().map(|step| step.kernel.to_string()).collect();
                        wrong.push(format!("{what}: {text}\n{}\n{kernels}", sample.graph));
                    }
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} runs are wrong, the first ones:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(3)].join("\n")
    );
    (census, total)
}

#[test]
fn random_programs_have_the_oracles_values() {
    let devices = [device(AdapterClass::Software, 8, Checks::Full), device(AdapterClass::Gpu, 10, Checks::Trusted)];
    let (census, compared) = try_graphs(&devices, 16, 0);
    println!("{}{compared:?}", census.report());
    let missing = census.missing(["map", "row", "contract", "index"]);
    assert!(missing.is_empty(), "never ran: {missing:?}");
    assert!(compared.tightly * 10 > compared.all * 8, "most elements are compared tightly: {compared:?}");
}

#[test]
fn large_random_programs_obey_the_buffer_limits() {
    let devices = [device(AdapterClass::Gpu, 8, Checks::Full), device(AdapterClass::Software, 10, Checks::Full)];
    let (_, compared) = try_graphs(&devices[..], 48, 1_000_000);
    assert!(compared.tightly * 10 > compared.all * 7, "most elements are compared tightly: {compared:?}");
}
