//! Every op and its gradient at real sizes: the plans of all of them are made for a device of the least limits, and checked without
//! running.

use interfuse_compiler::compile;
use interfuse_compiler::target::{AdapterClass, Target};
use interfuse_tests::sizes::{Case, SIZES, cases, every_row};

/// WebGPU's guarantees, for kernels of that class.
fn target(class: AdapterClass, fuse: bool) -> Target {
    let mut target = Target { class, ..Target::base_gpu() };
    target.tuning.fuse = fuse;
    target.tuning.simplify = fuse;
    target
}

/// Compiles for both classes of GPUs, fused and op by op; the compiler refuses what the device would.
fn plans(case: &Case, elements: usize, gradient: bool) -> Vec<String> {
    let graph = case.graph(elements, gradient);
    let mut wrong = Vec::new();
    for class in [AdapterClass::Gpu, AdapterClass::Software] {
        for fuse in [true, false] {
            let target = target(class, fuse);
            let what = if gradient { "gradient of " } else { "" };
            let what = format!("{what}{} at {elements}, {class:?}, fuse {fuse}", case.name);
            match compile(&graph, &target, &mut ()) {
                Err(error) => wrong.push(format!("{what}: {error}")),
                Ok(compiled) => {
                    for step in &compiled.plan.steps {
                        let (bound, values) = (step.kernel.bound().len(), step.kernel.values.len());
                        if bound > 8 || values > 2048 {
                            wrong.push(format!("{what}: {} binds {bound}, has {values} values", step.kernel.name));
                        }
                    }
                }
            }
        }
    }
    wrong
}

#[test]
fn no_plan_is_over_the_limits_at_any_size() {
    let mut wrong = Vec::new();
    for case in cases() {
        let start = std::time::Instant::now();
        for elements in SIZES {
            for gradient in [false, true] {
                if !gradient || case.differentiable {
                    wrong.extend(plans(&case, elements, gradient));
                }
            }
        }
        if start.elapsed().as_millis() > 1000 {
            println!("{}: {:?}", case.name, start.elapsed());
        }
    }
    for case in every_row() {
        wrong.extend(plans(&case, 1025, false));
    }
    assert!(wrong.is_empty(), "{} plans:\n{}", wrong.len(), wrong.join("\n"));
}
