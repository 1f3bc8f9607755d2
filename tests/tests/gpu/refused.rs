//! Kernels that the device refuses: the graph runs op by op on the inputs of the call, and so does what was computed from its results.
//!
//! The device refuses every kernel of more ops than it is told to take, one at first. Error scopes answer at once, as they do natively, and
//! when somebody waits, as they do in browsers.

use interfuse::optim::{Optimizer, UpdateRule};
use interfuse::{Compile, DeviceHandle, ErrorKind, Result, Tensor, compile, use_device, value_and_grad};
use interfuse_compiler::kernel::{Inst, Kernel};
use interfuse_compiler::lower::lower;
use interfuse_compiler::target::Target;
use interfuse_runtime::gpu::{Checks, Lowered, Options};
use interfuse_tests::gpu::open_with;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A device that refuses kernels of more ops than the number that comes with it.
fn refusing(answers_late: bool) -> (DeviceHandle, Rc<Cell<usize>>) {
    let takes = Rc::new(Cell::new(1));
    let most = takes.clone();
    let lowering = move |kernel: &Kernel, target: &Target| {
        let shader = lower(kernel, target);
        let limits = target.limits.clone();
        let ops = kernel.values.iter().filter(|value| matches!(value.inst, Inst::Apply { .. }));
        let text = if ops.count() > most.get() { "\nfn refused() -> f32 { return 1u; }\n" } else { "" };
        Lowered {
            wgsl: format!("{}{text}", shader.wgsl),
            entry: shader.entry.clone(),
            workgroups: Box::new(move |of| shader.workgroups(&|dim| dim.eval(of), &limits)),
        }
    };
    let options = Options {
        storage_buffers: Some(8),
        checks: Checks::Full,
        answers_late,
        lowering: Rc::new(lowering),
        ..Options::default()
    };
    let device = DeviceHandle::new(Rc::new(open_with(options)));
    use_device(&device);
    (device, takes)
}

fn values(x: &Tensor) -> Vec<f32> {
    x.to_vec().expect("values")
}

#[test]
fn a_chain_of_calls_ends_in_right_values() {
    for late in [false, true] {
        let (_device, _) = refusing(late);
        let runs = Cell::new(0);
        let f = compile(|x: &Tensor| {
            runs.set(runs.get() + 1);
            &(&(x * 2.0) + 1.0) * 0.5
        });
        let g = compile(|x: &Tensor| &(x - 1.0) * 4.0);
        let x = Tensor::from([1f32, 2.0, 3.0]);
        let first = f.call(&x).expect("a call");
        let second = f.call(&first).expect("a call");
        let third = g.call(&second).expect("a call");
        let last = &third + 1.0;
        assert_eq!(values(&last), [5.0, 9.0, 13.0], "late {late}");
        assert_eq!([&first, &second, &third].map(values), [[1.5, 2.5, 3.5], [2.0, 3.0, 4.0], [4.0, 8.0, 12.0]]);
        let stats = f.stats();
        assert_eq!((stats.hits, stats.misses, stats.fallbacks, stats.cache_size), (0, 0, 2, 1), "late {late}");
        assert_eq!((g.stats().misses, g.stats().fallbacks), (0, 1));
        let why = f.last_fallback().expect("a report");
        assert_eq!((why.reason.as_str(), why.hint.as_str()), ("unsupported", "Op by op it may run."));
        assert!(why.message.contains("kernel"), "{}", why.message);
        // It stays so, and the function is never called again.
        assert_eq!(values(&f.call(&last).expect("a call")), [5.5, 9.5, 13.5]);
        assert_eq!((f.stats().hits, f.stats().fallbacks, runs.get()), (0, 3, 1));
    }
}

#[test]
fn what_calls_read_is_kept_and_what_shares_a_submit_is_made_good() {
    for late in [false, true] {
        let (device, takes) = refusing(late);
        takes.set(usize::MAX);
        let innocent = compile(|x: &Tensor| &(x * 3.0) - 1.0);
        let warm = innocent.call(&Tensor::from([0f32; 64])).expect("a call");
        assert_eq!(values(&warm), [-1.0; 64]);
        takes.set(1);
        let f = compile(|(x, y): &(Tensor, Tensor)| &(x * y) + x);
        let mut results: Vec<(Tensor, f32)> = Vec::new();
        let mut sum = Tensor::from([0f32; 64]);
        for i in 0..40 {
            // Arguments and results go as soon as they are used: their memory may not be.
            let x = Tensor::from([i as f32; 64]);
            let y = Tensor::from([2f32; 64]);
            let z = f.call(&(x, y)).expect("a call");
            let w = innocent.call(&z).expect("a call");
            sum = f.call(&(w.clone(), Tensor::from([1f32; 64]))).expect("a call");
            if i % 3 == 0 {
                results.push((w, 9.0 * i as f32 - 1.0));
            }
            results.push((innocent.call(&Tensor::from([i as f32; 64])).expect("a call"), 3.0 * i as f32 - 1.0));
        }
        assert_eq!(values(&sum), [2.0 * (9.0 * 39.0 - 1.0); 64], "late {late}");
        for (x, want) in &results {
            assert_eq!(values(x), [*want; 64], "late {late}");
        }
        assert_eq!((f.stats().fallbacks, f.stats().hits, f.stats().misses), (80, 0, 0));
        assert_eq!((innocent.stats().hits, innocent.stats().misses), (80, 1));
        // Nothing is kept for calls that need it no more.
        drop((f, innocent, results, sum, warm));
        let memory = device.memory();
        assert_eq!((memory.buffers, memory.bytes_in_use), (0, 0));
    }
}

#[test]
fn a_training_step_with_state_and_donation() {
    let train = |compiled: bool| {
        let wave = |n: usize, seed: usize| -> Vec<f32> { (0..n).map(|i| ((i * 7 + seed) as f32).sin()).collect() };
        let tensor =
            |n: usize, m: usize, seed: usize| Tensor::from_slice(&wave(n * m, seed), &[n, m]).expect("a tensor");
        let optimizer = Optimizer::new(
            UpdateRule::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0, bias_correction: true },
            0.05,
        )
        .expect("an optimiser");
        let parameters = vec![tensor(3, 8, 1), tensor(1, 8, 2), tensor(8, 2, 3), tensor(1, 2, 4)];
        let moments = optimizer.start(&parameters).expect("a state");
        let state = Rc::new(RefCell::new((parameters, moments)));
        let own = state.clone();
        let loss = |p: &(Vec<Tensor>, Tensor)| {
            let hidden = (p.1.matmul(&p.0[0]) + &p.0[1]).tanh();
            Ok((hidden.matmul(&p.0[2]) + &p.0[3]).square().mean(.., false))
        };
        let step = Compile::fallible(move |x: &Tensor| -> Result<Tensor> {
            let (parameters, moments) = own.borrow().clone();
            let (value, (gradients, _)) = value_and_grad(loss)(&(parameters.clone(), x.clone()))?;
            *own.borrow_mut() = optimizer.apply(&moments, &parameters, &gradients)?;
            Ok(value)
        })
        .state(&state)
        .build();
        let mut losses = Vec::new();
        for at in 0..4 {
            let x = tensor(5, 3, 10 + at);
            losses.push(if compiled {
                step.call_donating(x).expect("a step")
            } else {
                (step.function())(&x).expect("a step")
            });
        }
        let mut got: Vec<f32> = losses.iter().flat_map(values).collect();
        got.extend(state.borrow().0.iter().flat_map(values));
        (got, step.stats())
    };
    let (_device, _) = refusing(false);
    let (want, _) = train(false);
    for late in [false, true] {
        let (_device, _) = refusing(late);
        let (got, stats) = train(true);
        for (got, want) in got.iter().zip(&want) {
            assert!((got - want).abs() <= 1e-5, "late {late}: {got} {want}");
        }
        assert_eq!((stats.hits, stats.misses, stats.fallbacks), (0, 0, 4), "late {late}");
    }
}

#[test]
fn a_plan_for_shared_memory_that_is_refused_gives_way_to_the_first() {
    for late in [false, true] {
        let (_device, takes) = refusing(late);
        takes.set(usize::MAX);
        // Twelve values that are carried are more than eight buffers: they lie in one block from the first call on.
        let step = Compile::new(|x: &Vec<Tensor>| x.iter().map(|x| &(x * 2.0) + 1.0).collect::<Vec<_>>())
            .fullgraph(true)
            .build();
        let start = || (0..12).map(|i| Tensor::from([i as f32; 16])).collect::<Vec<Tensor>>();
        let mut x = step.call(&start()).expect("a call");
        assert_eq!(values(&x[11]), [23.0; 16]);
        // The plan that binds the block once has a kernel of 24 ops, the first at most 14.
        takes.set(14);
        for _ in 0..4 {
            x = step.call(&x).expect("a call");
        }
        for (i, x) in x.iter().enumerate() {
            assert_eq!(values(x), [(i as f32 + 1.0) * 32.0 - 1.0; 16], "late {late}");
        }
        let (stats, cache) = (step.stats(), step.cache());
        assert_eq!((stats.hits, stats.misses, stats.fallbacks, stats.cache_size), (4, 1, 0, 1), "late {late}");
        assert_eq!(cache[0].kernels, 2, "of the first plan");
        // A device knows what it has lowered: another one, which takes it.
        let (_device, takes) = refusing(late);
        takes.set(usize::MAX);
        let once = Compile::new(|x: &Vec<Tensor>| x.iter().map(|x| &(x * 2.0) + 1.0).collect::<Vec<_>>()).build();
        let y = once.call(&once.call(&start()).expect("a call")).expect("a call");
        assert_eq!((values(&y[11]), once.cache()[0].kernels), (vec![47.0; 16], 1), "what was refused");
    }
}

#[test]
fn open_sizes_run_op_by_op_at_their_own() {
    for late in [false, true] {
        let (_device, _) = refusing(late);
        let f = Compile::new(|x: &Tensor| &(x * 2.0) + &x.sum(.., false)).shapeless(true).build();
        let results: Vec<Tensor> = (1..5).map(|n| f.call(&Tensor::from(vec![1f32; n])).expect("a call")).collect();
        for (at, result) in results.iter().enumerate() {
            assert_eq!(values(result), vec![3.0 + at as f32; at + 1], "late {late}");
        }
        assert_eq!((f.stats().hits, f.stats().misses, f.stats().fallbacks, f.stats().traces), (0, 0, 4, 1));
    }
}

#[test]
fn fullgraph_makes_it_an_error() {
    let strict = || Compile::new(|x: &Tensor| &(x * 2.0) + 1.0).fullgraph(true).build();
    let x = || Tensor::from([1f32]);
    let check = |error: interfuse::Error| {
        assert_eq!(error.kind(), ErrorKind::Fullgraph);
        assert_eq!(error.reason().map(|reason| reason.name()), Some("unsupported"));
        assert!(error.to_string().contains("cannot be one graph, which fullgraph asks for: kernel"), "{error}");
    };
    let (_device, _) = refusing(false);
    check(strict().call(&x()).expect_err("known at once"));
    let (_device, _) = refusing(true);
    let f = strict();
    let result = f.call(&x()).expect("not known yet");
    let next = compile(|x: &Tensor| x + 1.0).call(&result).expect("a call");
    check(next.to_vec::<f32>().expect_err("known by now"));
    check(result.to_vec::<f32>().expect_err("known by now"));
    check(f.call(&x()).expect_err("known already"));
    assert_eq!((f.stats().fallbacks, f.last_fallback()), (0, None));
    // Nothing else is spoilt.
    assert_eq!(values(&(x() + 1.0)), [2.0]);
}

#[test]
fn what_does_not_run_op_by_op_either_is_an_error_of_the_device() {
    for late in [false, true] {
        let (_device, takes) = refusing(late);
        takes.set(0);
        let f = compile(|x: &Tensor| &(x * 2.0) + 1.0);
        let result = f.call(&Tensor::from([1f32, 2.0])).expect("a call");
        let error = result.to_vec::<f32>().expect_err("no kernel at all");
        assert_eq!(error.kind(), ErrorKind::Device, "late {late}: {error}");
        assert!(error.to_string().contains("kernel map_"), "{error}");
        assert_eq!(f.stats().fallbacks, 1, "late {late}");
    }
}
