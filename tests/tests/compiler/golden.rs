//! Golden programs: listings in `golden/`, whose kernels are kept as text and whose values must be the oracle's on every device.

use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::eval::{Value, eval};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kernel::parse_kernel;
use interfuse_compiler::lower::{Language, lower, translate};
use interfuse_compiler::observe::{Observer, PassReport};
use interfuse_compiler::target::{AdapterClass, Target};
use interfuse_compiler::text::parse;
use interfuse_compiler::verify::{Stage, verify};
use interfuse_compiler::{Request, compile};
use interfuse_runtime::cpu::CpuDevice;
use interfuse_runtime::device::Device;
use interfuse_testing::is_golden;
use interfuse_tests::run::{close, run};
use std::path::PathBuf;

/// The programs, by name.
fn programs() -> Vec<(String, Graph)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut programs: Vec<(String, Graph)> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|e| e == "graph"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("readable");
            let graph = parse(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            verify(&graph, Stage::Traced).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
            (path.file_stem().expect("a name").to_string_lossy().into_owned(), graph)
        })
        .collect();
    programs.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(programs.len() >= 11, "the programs are there");
    programs
}

/// Values like those of the reference cases: `floor(sin(0.7 i + 1.3 seed) * scale * 65536 + 0.5) / 65536`.
fn arguments(graph: &Graph) -> Vec<Value> {
    graph
        .inputs()
        .into_iter()
        .enumerate()
        .map(|(seed, aval)| {
            let aval = aval.expect("every input is used");
            let sizes = aval.shape.as_sizes().expect("known sizes");
            let count: usize = sizes.iter().product();
            let number = |i: usize| {
                let wave = (0.7 * i as f64 + 1.3 * seed as f64).sin();
                if aval.dtype.is_float() {
                    (wave * 2.0 * 65536.0 + 0.5).floor() / 65536.0
                } else {
                    // Never 0 as a divisor; negative indices too.
                    let n = (wave * 6.4) as i64;
                    (if n == 0 { 1 } else { n }) as f64
                }
            };
            let data = (0..count).map(|i| Scalar::from_f64(aval.dtype, number(i))).collect();
            Value::new(&sizes, aval.dtype, data)
        })
        .collect()
}

/// Runs every program fused and not, for these targets, and compares with the oracle.
fn check_values(device: &dyn Device, targets: &[Target], relative: f64) {
    for (name, graph) in programs() {
        let inputs = arguments(&graph);
        let want = eval(&graph, &inputs, &[], &[]).unwrap_or_else(|e| panic!("{name}: {e}"));
        for target in targets {
            for fuse in [true, false] {
                let mut target = target.clone();
                target.tuning.fuse = fuse;
                let ran = run(device, &target, &graph, &inputs, &[]);
                assert!(ran.counted.dispatches > 0, "{name}: nothing ran");
                assert_eq!(ran.counted.dispatches, ran.compiled.plan.cost(&[]).dispatches, "{name}");
                assert_eq!(ran.counted.submits, 1, "{name}");
                assert_eq!(ran.counted.bytes_allocated, ran.compiled.plan.cost(&[]).bytes_allocated, "{name}");
                assert_eq!(ran.counted.call_peak_bytes, ran.compiled.plan.cost(&[]).peak_bytes, "{name}");
                for (at, (got, want)) in ran.outputs.iter().zip(&want).enumerate() {
                    close(got, want, relative).unwrap_or_else(|e| {
                        let kernels: String = ran.compiled.plan.steps.iter().map(|s| s.kernel.to_string()).collect();
                        panic!("{name} output {at} ({:?}, fuse {fuse}): {e}\n{graph}\n{kernels}", target.class)
                    });
                }
            }
        }
    }
}

#[test]
fn every_program_has_the_oracles_values_on_the_cpu_device() {
    // The CPU device's own target, and the kernels that GPUs get.
    check_values(&CpuDevice::new("test"), &[Target::cpu(), Target::base_gpu()], 2e-5);
}

#[cfg(feature = "gpu")]
#[test]
fn every_program_has_the_oracles_values_on_the_gpu() {
    use interfuse_runtime::gpu::{GpuDevice, Options};
    // What the adapter asks for, and what a real GPU gets: workgroup memory, barriers. A device lowers for the class it was opened as.
    for class in [None, Some(AdapterClass::Gpu)] {
        let device =
            GpuDevice::open(Options { class, ..Options::default() }).expect("a GPU adapter, if only a software one");
        let target = device.target().clone();
        check_values(&device, &[target], 4e-5);
    }
}

/// What must not change unseen: passes, kernels, cuts and cost of each program, and its WGSL, which Chrome's compiler checks too.
#[test]
fn stages_are_as_they_were() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut changed = Vec::new();
    let mut check = |file: String, text: &str| {
        if !is_golden(&folder.join(&file), text) {
            changed.push(file);
        }
    };
    for (name, graph) in programs() {
        let mut stages = Stages::default();
        let target = Target::base_gpu();
        let compiled = compile(&Request::new(&graph, &target), &mut stages).unwrap_or_else(|e| panic!("{name}: {e}"));
        let mut text = stages.0;
        for (at, (step, map)) in compiled.plan.steps.iter().zip(&compiled.maps).enumerate() {
            let nodes: String = map.nodes.iter().map(|id| format!(" {id}")).collect();
            text += &format!("\n# kernel {at} of{nodes}\n{}", step.kernel);
            assert_eq!(parse_kernel(&step.kernel.to_string()).as_ref(), Ok(&*step.kernel), "{name} kernel {at}");
            check(format!("{name}.{at}.wgsl"), &lower(&step.kernel, &target).wgsl);
            // As naga writes it, with explicit bindings; that a Mac takes it is not claimed here.
            let metal = translate(&step.kernel, &target, Language::Metal).unwrap_or_else(|e| panic!("{name}: {e}"));
            check(format!("{name}.{at}.metal"), &metal);
        }
        for cut in &compiled.cuts {
            text += &format!("\n# cut {} -> {}: {}", cut.from, cut.to, cut.code.name());
        }
        text += &format!("\n# {:?}\n", compiled.plan.cost(&[]));
        check(format!("{name}.stages"), &text);
    }
    assert!(changed.is_empty(), "changed: {changed:?}; look at the difference, then run with UPDATE=1");
}

/// The graph after every pass that changed it.
#[derive(Default)]
struct Stages(String);

impl Observer for Stages {
    fn pass(&mut self, graph: &Graph, report: &PassReport) {
        if report.changes > 0 && report.pass != "fuse" {
            self.0 += &format!("# {} {:?}\n{graph}\n", report.pass, report.rules);
        }
    }
}

#[test]
fn results_differ_from_their_inputs() {
    // A device that returned what it was given would pass a check against itself.
    for (name, graph) in programs() {
        let inputs = arguments(&graph);
        let results = eval(&graph, &inputs, &[], &[]).expect("evaluates");
        assert!(results.iter().all(|r| inputs.iter().all(|i| !i.same(r))), "{name}");
        assert!(results.iter().all(|r| r.dtype == DType::Bool || r.data.iter().any(|s| s.to_f64() != 0.0)), "{name}");
    }
}
