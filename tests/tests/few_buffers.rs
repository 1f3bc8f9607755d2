//! Programs of many leaves on a device that binds eight storage buffers per stage, WebGPU's guarantee: their values, and in how few
//! kernels they run.

use interfuse::optim::{Optimizer, Rule, State};
use interfuse::{DeviceHandle, Tensor, compile, evaluate, try_compile, use_device};
use interfuse_runtime::gpu::{Checks, Options};
use interfuse_tests::gpu::open_with;
use std::rc::Rc;

fn gpu() -> DeviceHandle {
    let options = Options { storage_buffers: Some(8), checks: Checks::Full, ..Options::default() };
    DeviceHandle::new(Rc::new(open_with(options)))
}

/// Waves between -1 and 1, another one per seed.
fn wave(sizes: &[usize], seed: usize) -> Tensor {
    let count = sizes.iter().product::<usize>();
    let values: Vec<f32> = (0..count).map(|i| (0.7 * i as f64 + 1.3 * seed as f64).sin() as f32).collect();
    Tensor::from_slice(&values, sizes).expect("a tensor")
}

fn adam() -> Optimizer {
    let rule = Rule::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0, bias_correction: true };
    Optimizer::new(rule, 0.01).expect("an optimiser")
}

/// Steps of Adam; what every step dispatches, and the parameters at the end.
fn train(device: &DeviceHandle, shapes: &[Vec<usize>], compiled: bool) -> (Vec<u64>, Vec<Vec<f32>>) {
    use_device(device);
    let optimizer = adam();
    let mut parameters: Vec<Tensor> = shapes.iter().enumerate().map(|(at, shape)| wave(shape, at)).collect();
    let mut state = optimizer.start(&parameters).expect("a state");
    let update = |args: &(Vec<Tensor>, State, Vec<Tensor>)| optimizer.apply(&args.1, &args.0, &args.2);
    let step = try_compile(update);
    let mut counts = Vec::new();
    for at in 0..4 {
        let gradients: Vec<Tensor> =
            shapes.iter().enumerate().map(|(i, shape)| wave(shape, 100 * (at + 1) + i)).collect();
        let remembered = [&state.step, &state.learning_rate].into_iter().chain(&state.slots);
        evaluate(parameters.iter().chain(remembered).chain(&gradients)).expect("arguments");
        let arguments = (parameters, state, gradients);
        let before = device.counters();
        (parameters, state) =
            if compiled { step.call(&arguments).expect("a step") } else { update(&arguments).expect("a step") };
        counts.push(device.counters().dispatches - before.dispatches);
    }
    assert_eq!(step.stats().traces, u64::from(compiled), "traces");
    (counts, parameters.iter().map(|p| p.to_vec().expect("parameters")).collect())
}

fn shapes(count: usize) -> Vec<Vec<usize>> {
    (0..count).map(|at| if at % 2 == 0 { vec![7 + at, 5 + 3 * at] } else { vec![4 * at] }).collect()
}

#[test]
fn updates_of_all_parameters_are_few_kernels_from_the_second_step_on() {
    for (count, most) in [(4, 2), (20, 4)] {
        let shapes = shapes(count);
        let (_, want) = train(&interfuse::cpu_device("the test compares with it"), &shapes, false);
        for device in [interfuse::cpu_device("the test counts on it")] {
            let (counts, got) = train(&device, &shapes, true);
            for (at, (got, want)) in got.iter().zip(&want).enumerate() {
                for (g, w) in got.iter().zip(want) {
                    assert!((g - w).abs() <= 2e-6, "{device:?}: parameter {at} of {count}: {g}, eagerly {w}");
                }
            }
            assert!(counts[1..].iter().all(|n| *n <= most), "{device:?}: Adam of {count} parameters: {counts:?}");
        }
    }
}

#[test]
fn many_leaves_work_with_eight_buffers() {
    let device = gpu();
    use_device(&device);
    let close = |what: &str, got: Vec<Tensor>, want: Vec<f64>| {
        for (got, want) in got.iter().zip(want) {
            let values = got.to_vec::<f32>().expect("values");
            let sum: f64 = values.iter().map(|v| f64::from(*v)).sum();
            assert!((sum - want).abs() <= 1e-3, "{what}: {sum}, not {want}");
        }
    };
    let total = |x: &Tensor| x.to_vec::<f32>().expect("values").iter().map(|v| f64::from(*v)).sum::<f64>();
    for count in [20, 64] {
        let inputs: Vec<Tensor> = (0..count).map(|seed| wave(&[33], seed)).collect();
        let sum = compile(|x: &Vec<Tensor>| x[1..].iter().fold(x[0].clone(), |sum, x| &sum + x));
        let want = inputs.iter().map(total).sum();
        let before = device.counters().dispatches;
        close("a sum", vec![sum.call(&inputs).expect("a sum")], vec![want]);
        // 7 inputs and 1 result each, the next with 6 more.
        assert!(device.counters().dispatches - before <= (count as u64 - 1).div_ceil(6), "a sum of {count}");
    }
    let x = wave(&[33], 1);
    let scaled = compile(|x: &Tensor| (1..=32).map(|k| x * k as f32).collect::<Vec<_>>());
    let want = (1..=32).map(|k| total(&x) * f64::from(k)).collect();
    let before = device.counters().dispatches;
    close("32 results", scaled.call(&x).expect("results"), want);
    assert!(device.counters().dispatches - before <= 5, "32 results, 7 a kernel");
    let constants: Vec<Tensor> = (0..41).map(|seed| wave(&[33], seed)).collect();
    evaluate(&constants).expect("constants");
    let want = total(&x) + constants.iter().map(total).sum::<f64>();
    let held = constants.clone();
    let sum = compile(move |x: &Tensor| held.iter().fold(x.clone(), |sum, c| &sum + c));
    let before = device.counters().dispatches;
    close("41 constants", vec![sum.call(&x).expect("a sum")], vec![want]);
    assert!(device.counters().dispatches - before <= 7, "41 constants and an argument");
}
