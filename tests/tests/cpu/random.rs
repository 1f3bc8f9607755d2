//! Random graphs on the CPU device: fused against not fused bit for bit where the order of sums does not matter, and both against
//! the oracle.

use interfuse_compiler::dtype::DType;
use interfuse_compiler::eval::eval;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kernel::Class;
use interfuse_compiler::kind::Kind;
use interfuse_compiler::target::Target;
use interfuse_runtime::cpu::CpuDevice;
use interfuse_tests::random::{Census, Options, sample, seeds};
use interfuse_tests::run::{close, run};

/// Float sums and products may be added up in another order when fused; everything else must be the same bits.
fn order_matters(graph: &Graph) -> bool {
    graph.nodes().any(|(_, node)| match &node.kind {
        Kind::Dot { .. } => true,
        Kind::Reduce { .. } | Kind::Scan { .. } | Kind::Scatter { .. } => node.aval.dtype.is_float(),
        Kind::Conv { .. } => true,
        _ => false,
    })
}

fn gpu_kernels() -> Target {
    let mut target = Target::base_gpu();
    target.features.float16 = true;
    target
}

#[test]
fn random_graphs_have_the_oracles_values_on_the_cpu_device() {
    let device = CpuDevice::new("test");
    let mut census = Census::default();
    let mut compared_bits = 0;
    for seed in seeds(1500) {
        let sample = sample(seed, &Options::tame());
        let graph = &sample.graph;
        let want =
            eval(graph, &sample.inputs, &sample.constants, &[]).unwrap_or_else(|e| panic!("seed {seed}: {e}\n{graph}"));
        census.count(graph);
        let mut ran = Vec::new();
        // The kernels that GPUs get run here too: scans, sorts and scatters are others there.
        let targets = [(Target::cpu(), true), (Target::cpu(), false), (gpu_kernels(), true)];
        for (mut target, fuse) in targets {
            target.tuning.fuse = fuse;
            let got = run(&device, &target, graph, &sample.inputs, &[]);
            got.compiled.plan.steps.iter().for_each(|s| census.hit(s.kernel.class.name()));
            for (at, (got, want)) in got.outputs.iter().zip(&want).enumerate() {
                let bound = if got.dtype == DType::Float16 { 5e-3 } else { 1e-4 };
                close(got, want, bound)
                    .unwrap_or_else(|e| panic!("seed {seed}, fuse {fuse}, output {at}: {e}\n{graph}"));
            }
            ran.push(got);
        }
        if !order_matters(graph) {
            compared_bits += 1;
            let same = ran[0].outputs.iter().zip(&ran[1].outputs).all(|(a, b)| a.same(b));
            assert!(same, "seed {seed}: fused and not fused differ in bits\n{graph}");
        }
    }
    if std::env::var_os("INTERFUSE_RANDOM_SEED").is_some() {
        return;
    }
    assert!(compared_bits > 100, "some graphs were compared bit for bit");
    let classes = [Class::Map, Class::Row, Class::Contract, Class::Index];
    let kinds = ["scan", "argsort", "scatter", "conv", "randomBits", "loop"];
    let missing = census.missing(classes.map(Class::name).into_iter().chain(kinds));
    assert!(missing.is_empty(), "no kernel of class {missing:?}\n{}", census.report());
}
