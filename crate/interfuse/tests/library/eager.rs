//! Eager work: when it runs, what it keeps, and that long chains are harmless.

use interfuse::*;

fn floats(x: &Tensor) -> Vec<f32> {
    x.to_vec().expect("floats")
}

#[test]
fn nothing_runs_before_it_is_needed() {
    let device = init(DeviceChoice::Cpu).expect("cpu");
    let x = Tensor::from([[1f32, 2.0], [3.0, 4.0]]);
    let before = device.counters();
    let y = (&x * 2.0 + 1.0).exp().sum(-1, false);
    assert_eq!(device.counters().dispatches, before.dispatches);
    let want: Vec<f32> = [[3f32, 5.0], [7.0, 9.0]].iter().map(|row| row.iter().map(|v| v.exp()).sum()).collect();
    for (a, b) in floats(&y).iter().zip(want) {
        assert!((a - b).abs() <= b * 1e-6, "{a} {b}");
    }
    assert_eq!(device.counters().dispatches - before.dispatches, 4);
}

#[test]
fn views_never_dispatch_alone() {
    let device = init(DeviceChoice::Cpu).expect("cpu");
    let x = Tensor::from([[1f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let before = device.counters().dispatches;
    let y = x.transpose(None).slice(&[library::Index::Range { start: None, stop: None, step: -2 }]).flip(1) + 1.0;
    assert_eq!(floats(&y), [7.0, 4.0, 5.0, 2.0]);
    assert_eq!(device.counters().dispatches - before, 1);
    let reshaped = x.reshape(&[3, -1]);
    assert_eq!(floats(&reshaped), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    assert_eq!(device.counters().dispatches - before, 1, "a reshape shares its operand's buffer");
}

#[test]
fn held_intermediates_keep_their_results() {
    let device = init(DeviceChoice::Cpu).expect("cpu");
    let x = Tensor::from([1f32]);
    let held = &x + 1.0;
    let y = &held * 3.0;
    assert_eq!(floats(&y), [6.0]);
    let before = device.counters().dispatches;
    assert!(held.is_evaluated());
    assert_eq!(floats(&held), [2.0]);
    assert_eq!(device.counters().dispatches, before);
}

#[test]
fn a_loop_compiles_its_body_once() {
    let device = init(DeviceChoice::Cpu).expect("cpu");
    let mut x = Tensor::from([0f32]);
    for _ in 0..50 {
        x = (&x + 1.0) * 1.0;
        evaluate([&x]).expect("evaluate");
    }
    assert_eq!(floats(&x), [50.0]);
    assert_eq!(device.counters().dispatches, 100);
}

#[test]
fn long_chains_overflow_nothing() {
    let mut x = Tensor::from([0f32]);
    for _ in 0..20_000 {
        x = x + 1.0;
    }
    assert_eq!(floats(&x), [20_000.0]);
    // In a trace nothing is submitted, so the whole chain is one graph, and is dropped as one.
    let f = compile(|x: &Tensor| {
        let mut y = x.clone();
        for _ in 0..10_000 {
            y = y + 1.0;
        }
        y
    });
    assert_eq!(floats(&f.call(&Tensor::from([1f32])).expect("call")), [10_001.0]);
    assert!(f.cache()[0].kernels >= 20, "split at the cap on ops");
    // Chains of views wait for nobody.
    let mut x = Tensor::from([0f32]);
    for _ in 0..100_000 {
        x = x.expand_dims(0).squeeze(0);
    }
    drop(x);
}

#[test]
fn what_waits_is_submitted_when_enough_does() {
    let device = init(DeviceChoice::Cpu).expect("cpu");
    let x = Tensor::from([1f32]);
    let kept: Vec<Tensor> = (0..999).map(|k| &x + k).collect();
    assert_eq!(device.counters().dispatches, 0);
    let last = x.exp();
    assert_eq!(device.counters().dispatches, 1000);
    assert!(kept[0].is_evaluated() && last.is_evaluated());
}

#[test]
fn a_cap_on_bytes_is_an_error_and_not_a_lost_device() {
    let device = init(DeviceChoice::Cpu).expect("cpu");
    let x = Tensor::from(vec![1f32; 1000]);
    device.set_max_bytes(device.memory().bytes_in_use + 10_000);
    let mut kept = Vec::new();
    let error = loop {
        let y = &x + 1.0;
        match evaluate([&y]) {
            Ok(()) => kept.push(y),
            Err(error) => break error,
        }
    };
    assert_eq!(kept.len(), 2);
    assert_eq!(error.kind(), ErrorKind::Limit);
    for word in ["using", "scope", "dispose", "await"] {
        assert!(error.to_string().contains(word), "{error}");
    }
    kept.clear();
    evaluate([&(&x + 1.0)]).expect("there is room again");
}

#[test]
fn pressure_follows_what_survives() {
    let device = init(DeviceChoice::Cpu).expect("cpu");
    assert!(!device.pressure().collect);
    let x = Tensor::from(vec![0f32; 17 << 20]);
    assert!(device.pressure().collect);
    device.collected();
    assert!(!device.pressure().collect);
    drop(x);
    assert_eq!(device.pressure().turn_bytes, 0);
}

#[test]
fn zero_sizes_and_scalars() {
    let empty = library::zeros(&[0, 3], DType::Float32).expect("zeros");
    assert!(floats(&(&empty + 1.0)).is_empty());
    assert_eq!(floats(&empty.sum(0, false)), [0.0; 3]);
    assert_eq!(floats(&empty.prod(.., false)), [1.0]);
    assert!(floats(&empty.mean(.., false))[0].is_nan());
    assert_eq!(empty.all(.., false).item::<bool>(), Ok(true));
    assert_eq!(empty.any(.., false).item::<bool>(), Ok(false));
    assert_eq!(Tensor::from(3f32).sum(.., true).item::<f32>(), Ok(3.0));
    assert_eq!(Tensor::from(3f32).argmax(None, false).item::<u32>(), Ok(0));
    let (a, b) =
        (library::zeros(&[3, 0], DType::Float32).expect("a"), library::zeros(&[0, 2], DType::Float32).expect("b"));
    assert_eq!(floats(&a.matmul(&b)), [0.0; 6]);
    assert_eq!(
        floats(
            &library::concatenate(&[empty.clone(), library::ones(&[1, 3], DType::Float32).expect("ones")], 0)
                .expect("c")
        ),
        [1.0; 3]
    );
}

#[test]
fn memory_comes_back() {
    let device = init(DeviceChoice::Cpu).expect("cpu");
    let before = device.memory();
    {
        let x = Tensor::from(vec![1f32; 100]);
        let y = (&x * 2.0).sum(.., false);
        assert_eq!(floats(&y), [200.0]);
        assert!(device.memory().tensors >= before.tensors + 2);
    }
    let after = device.memory();
    assert_eq!(
        (after.tensors, after.buffers, after.bytes_in_use),
        (before.tensors, before.buffers, before.bytes_in_use)
    );
}
