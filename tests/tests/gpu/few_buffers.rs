//! Programs of many leaves on a device that binds eight storage buffers per stage, WebGPU's guarantee: their values, and in how few
//! kernels they run.

use interfuse::optim::{Optimizer, State, UpdateRule};
use interfuse::{DType, DeviceHandle, DeviceKind, Tensor, compile, evaluate, try_compile, use_device};
use interfuse_compiler::target::AdapterClass;
use interfuse_runtime::gpu::{Checks, Options};
use interfuse_tests::gpu::open_with;
use interfuse_tests::sizes::wave;
use std::rc::Rc;

/// With the kernels of a class of adapters.
fn gpu_as(class: AdapterClass) -> DeviceHandle {
    let options = Options { storage_buffers: Some(8), checks: Checks::Full, class: Some(class), ..Options::default() };
    DeviceHandle::new(Rc::new(open_with(options)))
}

fn gpu() -> DeviceHandle {
    gpu_as(AdapterClass::Gpu)
}

fn adam() -> Optimizer {
    let rule = UpdateRule::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0, bias_correction: true };
    Optimizer::new(rule, 0.01).expect("an optimiser")
}

/// Steps of Adam; what every step dispatches, and the parameters at the end.
fn train(device: &DeviceHandle, shapes: &[Vec<usize>], compiled: bool) -> (Vec<u64>, Vec<Vec<f32>>) {
    use_device(device);
    let optimizer = adam();
    let mut parameters: Vec<Tensor> = shapes.iter().enumerate().map(|(at, shape)| wave(shape, at as u32)).collect();
    let mut state = optimizer.start(&parameters).expect("a state");
    let update = |args: &(Vec<Tensor>, State, Vec<Tensor>)| optimizer.apply(&args.1, &args.0, &args.2);
    let step = try_compile(update);
    let mut counts = Vec::new();
    for at in 0..4 {
        let gradients: Vec<Tensor> =
            shapes.iter().enumerate().map(|(i, shape)| wave(shape, (100 * (at + 1) + i) as u32)).collect();
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
        for device in [interfuse::cpu_device("the test counts on it"), gpu()] {
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

/// Values that go around: every step reads them in maps, rows and products, and gives the next.
fn around(x: &[Tensor]) -> Vec<Tensor> {
    let next = |at: usize| &x[(at + 1) % 6];
    let mut out: Vec<Tensor> = (0..6)
        .map(|at| match at % 3 {
            // A map of all, a map behind a reduction of another, a product's epilogue.
            0 => &x[at] * 0.75 + next(at).sum(.., false) * 0.01,
            1 => &x[at] - x[at].mean(-1, true) + next(at).max(.., false) * 0.02,
            _ => x[at].matmul(&x[at].transpose(None)).matmul(&x[at]) * 0.001 + &x[at] * 0.5,
        })
        .collect();
    // Reads one result where it writes another.
    out[1] = &out[1] + out[2].take(&Tensor::from(1i32), Some(0));
    out.extend([&x[6] + 1, x[7].bitwise_xor(3), x[8].logical_not()]);
    out
}

fn start() -> Vec<Tensor> {
    let mut all: Vec<Tensor> =
        [[8, 16], [12, 4], [4, 4], [5, 3], [16, 8], [3, 7]].iter().map(|s| wave(s, s[0] as u32)).collect();
    let counts: Vec<i32> = (-3..4).collect();
    all.extend([Tensor::from(7i32), Tensor::from(counts), Tensor::from([true, false, true])]);
    all
}

fn values(x: &[Tensor]) -> Vec<Vec<f32>> {
    x.iter().map(|x| x.astype(DType::Float32).to_vec().expect("values")).collect()
}

#[test]
fn what_shares_memory_is_read_and_written_by_kernels_of_every_class() {
    use_device(&interfuse::cpu_device("the test compares with it"));
    let want: Vec<Vec<Vec<f32>>> = (0..5)
        .scan(start(), |x, _| {
            *x = around(x);
            Some(values(x))
        })
        .collect();
    for class in [AdapterClass::Gpu, AdapterClass::Software] {
        let device = gpu_as(class);
        use_device(&device);
        let step = compile(|x: &Vec<Tensor>| around(x));
        let mut x = start();
        for (at, want) in want.iter().enumerate() {
            x = step.call(&x).expect("a step");
            if at == 2 {
                // One that lies elsewhere is bound alone.
                x[3] = &x[3] * 1.0;
                evaluate(&x).expect("a product");
            }
            for (i, (got, want)) in values(&x).iter().zip(want).enumerate() {
                for (got, want) in got.iter().zip(want) {
                    assert!((got - want).abs() <= 1e-5, "{class:?}, step {at}, value {i}: {got}, not {want}");
                }
            }
        }
        assert_eq!((step.stats().traces, step.stats().hits), (1, 4));
        let view = step.inspect(&x).expect("an inspection");
        let lines: Vec<&str> = view.kernels.iter().flat_map(|kernel| kernel.wgsl.lines()).map(str::trim).collect();
        let reads = |name: &str| lines.iter().any(|line| line.contains(name) && !line.starts_with(name));
        assert!(reads("block_in["), "{class:?}: what is read of a block is one buffer");
        assert!(reads("block_out["), "{class:?}: a block is read and written");
    }
}

#[test]
fn what_shares_memory_is_counted_until_the_last_of_it_goes() {
    let device = gpu();
    use_device(&device);
    let empty = device.memory();
    let x = (0..5u32).map(|seed| wave(&[100 + seed as usize], seed)).collect::<Vec<_>>();
    evaluate(&x).expect("arguments");
    let double = compile(|x: &Vec<Tensor>| x.iter().map(|x| x * 2.0).collect::<Vec<_>>());
    let before = device.memory();
    let mut y = double.call(&x).expect("a call");
    // Each of the five begins at a multiple of 256 bytes.
    let arena = 5 * 512;
    assert_eq!(device.memory().bytes_in_use - before.bytes_in_use, arena);
    assert_eq!(device.memory().buffers - before.buffers, 5);
    let last = y.pop().expect("five");
    drop(y);
    assert_eq!(device.memory().bytes_in_use - before.bytes_in_use, arena, "one is left");
    assert_eq!(device.memory().buffers - before.buffers, 1);
    assert_eq!(
        last.to_vec::<f32>().expect("it is still there")[7],
        wave(&[104], 4).to_vec::<f32>().expect("7")[7] * 2.0
    );
    drop(last);
    assert_eq!(device.memory().bytes_in_use, before.bytes_in_use, "none is left");
    // A run holds two blocks, which take turns.
    let mut state = x;
    let mut created = 0;
    for at in 0..40 {
        state = double.call(&state).expect("a step");
        match at {
            2 => created = device.counters().buffers_created,
            _ if at > 2 => assert_eq!(device.counters().buffers_created, created, "step {at}"),
            _ => {}
        }
    }
    // A view of one of them holds all, the program nothing.
    let view = state[1].reshape(&[-1, 1]);
    drop((state, double));
    assert_eq!(device.memory().bytes_in_use - empty.bytes_in_use, arena, "the view holds it");
    drop(view);
    device.trim();
    let left = device.memory();
    assert_eq!(
        (left.bytes_in_use, left.bytes_pooled, left.buffers),
        (empty.bytes_in_use, empty.bytes_pooled, empty.buffers)
    );
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
        let inputs: Vec<Tensor> = (0..count).map(|seed| wave(&[33], seed as u32)).collect();
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

/// A perceptron's loss and gradients, and what a rule makes of its parameters.
#[test]
fn training_steps_are_few_kernels() {
    use interfuse::library as lib;
    let sgd = UpdateRule::Sgd { momentum: 0.0, dampening: 0.0, weight_decay: 0.0, nesterov: false };
    let rules = || [Optimizer::new(sgd, 0.02).expect("an optimiser"), adam()];
    let mut wanted: Vec<f32> = Vec::new();
    for device in [interfuse::cpu_device("the test compares with it"), gpu()] {
        use_device(&device);
        let images = wave(&[32, 784], 9);
        let labels = Tensor::from((0..32).map(|i| i % 10).collect::<Vec<i32>>());
        let loss = |p: &Vec<Tensor>| {
            let logits = (images.matmul(&p[0]) + &p[1]).relu().matmul(&p[2]) + &p[3];
            let picked = (&logits * lib::one_hot(&labels, 10, DType::Float32).expect("one hot")).sum(-1, false);
            (logits.logsumexp(-1, false) - picked).mean(.., false)
        };
        let mut losses: Vec<f32> = Vec::new();
        for (optimizer, (are_blocks, most)) in rules().into_iter().zip([(false, 12), (true, 13)]) {
            let mut p = vec![wave(&[784, 256], 1) * 0.02, wave(&[256], 2), wave(&[256, 10], 3) * 0.1, wave(&[10], 4)];
            let mut state = optimizer.start(&p).expect("a state");
            evaluate(p.iter().chain(&state.slots).chain([&images, &labels])).expect("arguments");
            let step = try_compile(|(p, state): &(Vec<Tensor>, State)| {
                let (value, gradients) = interfuse::value_and_grad(loss)(p)?;
                let (p, state) = optimizer.apply(state, p, &gradients)?;
                Ok((value, p, state))
            });
            for at in 0..4 {
                let before = device.counters().dispatches;
                let (value, next, after) = step.call(&(p, state)).expect("a step");
                (p, state) = (next, after);
                let count = device.counters().dispatches - before;
                assert!(count <= most, "{device:?}, step {at}: {count} kernels");
                losses.push(value.item().expect("a loss"));
            }
            // Gradients take the updates into their kernels, whatever these are.
            let view = step.inspect(&(p, state)).expect("an inspection");
            let binds = |class| view.kernels.iter().any(|k| k.class == class && k.wgsl.contains("block_in"));
            let expected = are_blocks && device.info().kind == DeviceKind::Gpu;
            assert_eq!(
                binds("contract"),
                expected,
                "{device:?}: blocks are bound whole only where eight buffers do not do"
            );
        }
        if wanted.is_empty() {
            wanted = losses.clone();
        }
        for (at, (got, want)) in losses.iter().zip(&wanted).enumerate() {
            assert!((got - want).abs() <= 1e-3 * want.abs(), "{device:?}: loss {at} is {got}, not {want}");
        }
    }
}
