//! Programs of some fifty ops of all kinds, most with the gradients of what they give: the oracle, the CPU device and the GPU
//! device agree, fused and unfused. A few here; thousands with `INTERFUSE_RANDOM_COUNT` (see CONTRIBUTING).

use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::eval::Value;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::target::{AdapterClass, Target, Tuning};
use interfuse_compiler::vjp::vjp;
use interfuse_runtime::cpu::CpuDevice;
use interfuse_runtime::device::Device;
use interfuse_runtime::gpu::{Checks, Options};
use interfuse_tests::gpu::open_with;
use interfuse_tests::noise::{Compared, Expected};
use interfuse_tests::random::{self, Census, Prng, sample, seeds};
use interfuse_tests::run::run;

/// Programs that are always tried.
const PROGRAMS: u64 = 60;
const OPS: usize = 50;
/// Other programs than those of the other tests.
const FIRST_SEED: u64 = 3_000_000;

/// The program with its gradients behind its results, and cotangents among its arguments; `None` if nothing in it is differentiable.
fn with_gradients(graph: &Graph, inputs: &[Value], seed: u64) -> Option<(Graph, Vec<Value>)> {
    let read = graph.inputs();
    let wrt: Vec<u32> =
        (0..read.len() as u32).filter(|at| read[*at as usize].is_some_and(|aval| aval.dtype.is_float())).collect();
    let results: Vec<_> = graph.outputs().iter().map(|id| graph.aval(*id)).collect();
    let of: Vec<u32> = (0..results.len() as u32).filter(|at| results[*at as usize].dtype.is_float()).collect();
    if wrt.is_empty() || of.is_empty() {
        return None;
    }
    let mut prng = Prng::new(seed);
    let mut inputs = inputs.to_vec();
    for at in &of {
        let aval = results[*at as usize];
        let sizes: Vec<usize> =
            aval.shape.dims().iter().map(|dim| dim.as_const().expect("known sizes") as usize).collect();
        let count = sizes.iter().product();
        // Eighths: sums of few of them are exact.
        let mut eighth = || Scalar::from_f64(aval.dtype, (prng.next_bits() % 17) as f64 / 8.0 - 1.0);
        inputs.push(Value::new(&sizes, aval.dtype, (0..count).map(|_| eighth()).collect()));
    }
    Some((vjp(graph, &wrt, &of).expect("differentiable"), inputs))
}

#[test]
fn large_programs_and_their_gradients_agree_on_all_devices() {
    let gpu = open_with(Options {
        class: Some(AdapterClass::Gpu),
        storage_buffers: Some(8),
        checks: Checks::Trusted,
        ..Options::default()
    });
    let cpu = CpuDevice::new("test");
    let devices: [(&str, &dyn Device, Target); 2] = [("cpu", &cpu, Target::cpu()), ("gpu", &gpu, gpu.target().clone())];
    let dtypes = vec![DType::Bool, DType::Int32, DType::UInt32, DType::Float32];
    let options = random::Options { nodes: OPS, dtypes, ..random::Options::tame() };
    let (mut census, mut total, mut differentiated) = (Census::default(), Compared::default(), 0);
    for seed in seeds(PROGRAMS) {
        let made = sample(FIRST_SEED + seed, &options);
        let gradients = if seed % 4 == 0 { None } else { with_gradients(&made.graph, &made.inputs, seed) };
        differentiated += u64::from(gradients.is_some());
        let (graph, inputs) = gradients.unwrap_or((made.graph, made.inputs));
        census.count(&graph);
        let expected = Expected::new(&graph, &inputs, seed);
        for (name, device, target) in &devices {
            for fuse in [true, false] {
                let target =
                    Target { tuning: Tuning { fuse, simplify: fuse, ..target.tuning.clone() }, ..target.clone() };
                let ran = run(*device, &target, &graph, &inputs, &[]);
                let compared = expected.check(&ran.outputs);
                let compared =
                    compared.unwrap_or_else(|text| panic!("seed {seed}, {name}, fuse {fuse}: {text}\n{graph}"));
                total.tightly += compared.tightly;
                total.skipped += compared.skipped;
                total.all += compared.all;
            }
        }
    }
    println!("{}{differentiated} with gradients; elements: {total:?}", census.report());
    if std::env::var_os("INTERFUSE_RANDOM_SEED").is_none() {
        assert!(differentiated >= PROGRAMS / 5, "{differentiated} with gradients");
        assert!(total.tightly * 2 > total.all, "most elements are compared tightly: {total:?}");
    }
}
