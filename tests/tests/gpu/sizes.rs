//! Every op and its gradient at real sizes. The plans of all of them are made for devices of the least limits, and checked without
//! running; what runs is compared with the CPU device, on a GPU device that binds eight storage buffers: every op at one size, and of each
//! class of kernel and branch of its schedule one at every size. `INTERFUSE_SIZES=all` (`npm run sizes`) runs all ops at all sizes.

use interfuse::{DType, DeviceHandle, Tensor, cpu_device, try_compile, use_device};
use interfuse_compiler::lower::lower;
use interfuse_compiler::target::{AdapterClass, Target};
use interfuse_compiler::{Request, compile};
use interfuse_runtime::gpu::{Checks, Options};
use interfuse_tests::gpu::open_with;
use interfuse_tests::sizes::{Case, SIZES, cases, every_row};
use std::rc::Rc;
use std::time::Instant;

/// WebGPU's guarantees, for kernels of that class.
fn target(class: AdapterClass, fuse: bool) -> Target {
    let mut target = Target { class, ..Target::base_gpu() };
    target.tuning.fuse = fuse;
    target.tuning.simplify = fuse;
    target
}

/// Compiles for both classes of GPUs, fused and op by op; the compiler refuses what the device would. Notes the milliseconds of each with
/// its text for the driver, where times are asked for.
fn plans(case: &Case, elements: usize, gradient: bool, times: &mut Vec<(f64, String)>) -> Vec<String> {
    let graph = case.graph(elements, gradient);
    let mut wrong = Vec::new();
    for class in [AdapterClass::Gpu, AdapterClass::Software] {
        for fuse in [true, false] {
            let what = format!("{} at {elements} (gradient {gradient}, {class:?}, fuse {fuse})", case.name);
            let (start, target) = (Instant::now(), target(class, fuse));
            let compiled = compile(&Request::new(&graph, &target), &mut ());
            if let (true, Ok(compiled)) = (is_timed(), &compiled) {
                compiled.plan.steps.iter().for_each(|step| drop(lower(&step.kernel, &target)));
                times.push((start.elapsed().as_secs_f64() * 1e3, what.clone()));
            }
            match compiled {
                Err(error) => wrong.push(format!("{what}: {error}")),
                Ok(compiled) => {
                    let long = compiled.plan.steps.iter().find(|step| step.kernel.values.len() > 1024);
                    wrong.extend(long.map(|step| format!("{what}: {} has too many values", step.kernel.name)));
                }
            }
        }
    }
    wrong
}

#[test]
fn no_plan_is_over_the_limits_at_any_size() {
    let (mut wrong, mut times) = (Vec::new(), Vec::new());
    for case in cases() {
        for elements in SIZES {
            wrong.extend(plans(&case, elements, false, &mut times));
            if case.differentiable {
                wrong.extend(plans(&case, elements, true, &mut times));
            }
        }
    }
    for case in every_row() {
        wrong.extend(plans(&case, 1025, false, &mut times));
    }
    times.sort_by(|a, b| b.0.total_cmp(&a.0));
    times.iter().take(10).for_each(|(ms, what)| println!("compiled and lowered in {ms:6.2} ms: {what}"));
    assert!(wrong.is_empty(), "{} plans:\n{}", wrong.len(), wrong.join("\n"));
}

fn gpu() -> DeviceHandle {
    let options = Options { storage_buffers: Some(8), checks: Checks::Full, ..Options::default() };
    DeviceHandle::new(Rc::new(open_with(options)))
}

/// The values on a device, and the milliseconds of a first and a second call.
fn run(device: &DeviceHandle, case: &Case, elements: usize, gradient: bool, compiled: bool) -> (Vec<f32>, [f64; 2]) {
    use_device(device);
    let x = case.argument(elements);
    let function = try_compile(|x: &Tensor| case.call(x, gradient));
    let call = || {
        let start = Instant::now();
        let y = if compiled { function.call(&x) } else { case.call(&x, gradient) };
        let y = y.and_then(|y| y.astype(DType::Float32).to_vec::<f32>());
        let y = y.unwrap_or_else(|error| panic!("{} at {elements} (gradient {gradient}): {error}", case.name));
        (y, start.elapsed().as_secs_f64() * 1e3)
    };
    let (values, first) = call();
    (values, [first, if is_timed() { call().1 } else { 0.0 }])
}

/// Runs a case on the GPU device, compiled and eagerly, and on the CPU device; what differs.
fn compare(gpu: &DeviceHandle, cpu: &DeviceHandle, case: &Case, elements: usize) -> Vec<String> {
    // Sums of so many terms, in another order.
    let bound = 2e-5 + 2e-6 * (elements as f32).sqrt();
    let mut wrong = Vec::new();
    for gradient in [false, true] {
        if gradient && !case.differentiable {
            continue;
        }
        let (want, alone) = run(cpu, case, elements, gradient, false);
        let largest = want.iter().filter(|x| x.is_finite()).fold(1.0f32, |most, x| most.max(x.abs()));
        let mut times = format!("{:32} {elements:8} {gradient:5}  cpu {:8.2}", case.name, alone[1]);
        for (how, device, compiled) in [("cpu fused", cpu, true), ("gpu eager", gpu, false), ("gpu fused", gpu, true)] {
            let (got, time) = run(device, case, elements, gradient, compiled);
            times += &format!("  {how} {:8.2} {:8.2}", time[0], time[1]);
            assert_eq!(got.len(), want.len(), "{} at {elements}: {how}", case.name);
            let differs = |(got, want): (&f32, &f32)| {
                !((got - want).abs() <= bound * largest || got == want || (got.is_nan() && want.is_nan()))
            };
            if let Some(at) = got.iter().zip(&want).position(differs) {
                wrong.push(format!(
                    "{} at {elements} (gradient {gradient}), {how}: element {at} is {}, not {}",
                    case.name, got[at], want[at]
                ));
            }
        }
        if is_timed() {
            println!("{times}");
        }
    }
    wrong
}

fn compare_all(wanted: impl Fn(&Case) -> bool, sizes: &[usize]) {
    let (gpu, cpu) = (gpu(), cpu_device("the test compares with it"));
    let mut wrong = Vec::new();
    let all = cases();
    let chosen: Vec<&Case> = all.iter().filter(|case| wanted(case)).collect();
    assert!(!chosen.is_empty(), "nothing was chosen");
    for case in chosen {
        sizes.iter().for_each(|elements| wrong.extend(compare(&gpu, &cpu, case, *elements)));
        gpu.trim();
        cpu.trim();
    }
    assert!(wrong.is_empty(), "{} results:\n{}", wrong.len(), wrong.join("\n"));
}

/// Of each class of kernel and branch of its schedule one op: maps of four lanes and of one, look-ups, rows alone, along columns and
/// shared, two steps, running rows both ways, sorts, updates, products of both shapes.
const BRANCHES: [&str; 16] = [
    "gelu",
    "pad",
    "take",
    "sum",
    "sum of rows",
    "sum of columns",
    "softmax",
    "argmin of long rows",
    "cumsum backwards",
    "cummax",
    "sort",
    "scatterAdd",
    "at().set",
    "matmul",
    "matmul of long rows",
    "conv1d",
];

/// Are times asked for?
fn is_timed() -> bool {
    std::env::var_os("INTERFUSE_SIZES").is_some()
}

fn is_all() -> bool {
    std::env::var("INTERFUSE_SIZES").is_ok_and(|sizes| sizes == "all")
}

#[test]
fn every_op_has_the_cpu_devices_values_on_the_gpu() {
    let only = std::env::var("INTERFUSE_SIZES_OF").unwrap_or_default();
    compare_all(|case| case.name.contains(&only), if is_all() { &SIZES } else { &[4097] });
}

#[test]
fn small_kernels_of_every_branch_have_the_cpu_devices_values() {
    compare_all(|case| BRANCHES.contains(&case.name.as_str()), &SIZES[..6]);
}

#[test]
fn large_kernels_of_every_branch_have_the_cpu_devices_values() {
    compare_all(|case| BRANCHES.contains(&case.name.as_str()), &SIZES[6..12]);
}

#[test]
fn kernels_of_a_million_elements_of_every_branch_have_the_cpu_devices_values() {
    compare_all(|case| BRANCHES.contains(&case.name.as_str()), &SIZES[12..]);
}

#[test]
fn every_branch_is_a_case() {
    let names: Vec<String> = cases().into_iter().map(|case| case.name).collect();
    assert!(BRANCHES.iter().all(|branch| names.iter().any(|name| name == branch)));
}
