//! How many kernels programs compile to, and that inspections say what devices count. The device is the CPU device, or the GPU when
//! the variable INTERFUSE_TEST_DEVICE is "webgpu".

use interfuse::library::{self as lib, Gelu};
use interfuse::{Counters, DType, DeviceHandle, Tensor, Weak, block_on, compile, evaluate, grad, value_and_grad, vjp};
use interfuse_tests::chosen::device;
use interfuse_tests::run::{self, value_of};

/// Values on that device.
fn wave(sizes: &[usize], seed: u32) -> Tensor {
    device();
    interfuse_tests::sizes::wave(sizes, seed)
}

#[track_caller]
fn close(what: &str, got: &Tensor, want: &Tensor) {
    let value = |x: &Tensor| value_of(&x.sizes(), x.dtype(), &block_on(x.read().expect("a read")).expect("values"));
    run::close(&value(got), &value(want), 1e-5).unwrap_or_else(|wrong| panic!("{what}: {wrong}"));
}

/// Compiles, checks values against eager work, counts against the device, and gives the number of kernels.
fn kernels(what: &str, inputs: Vec<Tensor>, program: impl Fn(&[Tensor]) -> Vec<Tensor>) -> u64 {
    let device = device();
    let compiled = compile(|inputs: &Vec<Tensor>| program(inputs));
    let view = compiled.inspect(&inputs).unwrap_or_else(|error| panic!("{what}: {error}"));
    evaluate(&inputs).expect("inputs");
    let before = device.counters();
    let results = compiled.call(&inputs).unwrap_or_else(|error| panic!("{what}: {error}"));
    let after = device.counters();
    let counted = |of: fn(&Counters) -> u64| of(&after) - of(&before);
    assert_eq!(counted(|c| c.dispatches), view.after.dispatches, "{what}: dispatches");
    assert_eq!(counted(|c| c.bytes_allocated), view.after.bytes, "{what}: bytes allocated");
    if view.after.dispatches > 0 {
        assert_eq!(after.call_peak_bytes, view.after.peak_bytes, "{what}: peak bytes");
        assert!(view.after.peak_bytes >= view.after.bytes, "{what}: what is born is held");
    }
    assert_eq!(view.kernels.len() as u64, view.after.dispatches, "{what}: kernels shown");
    // One more where a long row is split to use the whole device.
    let split = view.graphs.iter().filter(|g| g.pass == "split").map(|g| g.changes as u64).sum::<u64>();
    assert!(view.before.dispatches + split >= view.after.dispatches, "{what}: fusion must not add kernels");
    for (at, (got, want)) in results.iter().zip(program(&inputs)).enumerate() {
        close(&format!("{what}, result {at}"), got, &want);
    }
    // Again, from the cache: the same kernels and, with the results gone, no new memory.
    drop(results);
    let before = device.counters();
    compiled.call(&inputs).expect("again");
    let after = device.counters();
    assert_eq!(after.dispatches - before.dispatches, view.after.dispatches, "{what}: dispatches of a hit");
    assert_eq!(after.buffers_created, before.buffers_created, "{what}: buffers created by a hit");
    view.after.dispatches
}

fn one(what: &str, inputs: Vec<Tensor>, program: impl Fn(&[Tensor]) -> Vec<Tensor>) {
    assert_eq!(kernels(what, inputs, program), 1, "{what}");
}

#[test]
fn elementwise_programs_are_one_kernel() {
    let x = || vec![wave(&[64, 33], 1)];
    one("gelu", x(), |x| vec![x[0].gelu(Gelu::Erf)]);
    one("gelu by hand", x(), |x| vec![&x[0] * ((&x[0] / 2f32.sqrt()).erf() + 1.0) / 2.0]);
    one("two results of one exp", x(), |x| {
        let y = x[0].exp();
        vec![&y * 2.0, &y * 3.0]
    });
    one("elementwise and view chain", x(), |x| {
        let mut y = x[0].clone();
        for _ in 0..20 {
            y = (y.transpose(None) * 1.01 + 0.1)
                .flip(0)
                .sin()
                .reshape(&[-1])
                .reshape(x[0].sizes().iter().map(|n| *n as i64).collect::<Vec<_>>().as_slice());
        }
        vec![y]
    });
    one("broadcasts", vec![wave(&[5, 1, 7], 1), wave(&[6, 1], 2)], |x| vec![(&x[0] + &x[1]).exp() * &x[0]]);
}

#[test]
fn reductions_with_maps_around_them_are_one_kernel() {
    one("sum(x) + sum(x)", vec![wave(&[100], 1)], |x| vec![x[0].sum(.., false) + x[0].sum(.., false)]);
    for axis in [-1, 0] {
        let run = |what: &str, program: fn(&Tensor, i32) -> Tensor| {
            one(&format!("{what} over axis {axis} of [1024, 1024]"), vec![wave(&[1024, 1024], 1)], |x| {
                vec![program(&x[0], axis)]
            });
        };
        run("softmax", |x, axis| x.softmax(axis));
        run("logSoftmax", |x, axis| x.log_softmax(axis));
        run("logsumexp", |x, axis| x.logsumexp(axis, false));
        run("var", |x, axis| x.var(axis, false, 0.0));
        run("layerNorm by hand", |x, axis| {
            let d = x - x.mean(axis, true);
            &d * (d.square().mean(axis, true) + 1e-5).rsqrt()
        });
        run("rmsNorm by hand", |x, axis| x * (x.square().mean(axis, true) + 1e-5).rsqrt());
        run("x / (1 + sum |x|)", |x, axis| x / (x.abs().sum(axis, true) + 1.0));
        run("argmax(exp x)", |x, axis| x.exp().argmax(Some(i64::from(axis)), false));
    }
    one("layerNorm", vec![wave(&[1024, 1024], 1), wave(&[1024], 2), wave(&[1024], 3)], |x| {
        vec![lib::layer_norm(&x[0], Some(&x[1]), Some(&x[2]), 1e-5).expect("layer norm")]
    });
    one("rmsNorm", vec![wave(&[1024, 1024], 1), wave(&[1024], 2)], |x| {
        vec![lib::rms_norm(&x[0], Some(&x[1]), 1e-5).expect("rms norm")]
    });
    one("layerNorm with the residual as a second result", vec![wave(&[64, 96], 1), wave(&[64, 96], 2)], |x| {
        let sum = &x[0] + &x[1];
        vec![lib::layer_norm(&sum, None, None, 1e-5).expect("layer norm"), sum]
    });
    one("softmax by hand with mask, scale and temperature", vec![wave(&[64, 96], 1), wave(&[64, 96], 2)], |x| {
        let masked = x[1].greater(0).choose(&(&x[0] * 0.125), f32::NEG_INFINITY) / 0.7;
        let e = (&masked - masked.max(-1, true)).exp();
        vec![&e / e.sum(-1, true)]
    });
    for length in [1, 7, 1000, 40_000] {
        one(&format!("softmax of rows of {length}"), vec![wave(&[3, length], 1)], |x| vec![x[0].softmax(-1)]);
    }
}

#[test]
fn full_reductions_are_at_most_two_kernels() {
    let x = wave(&[1 << 12, 1 << 12], 1);
    let sum = kernels("sum of 2^24", vec![x.clone()], |x| vec![(&x[0] + 1.0).sum(.., false)]);
    let max = kernels("max of 2^24", vec![x], |x| vec![x[0].max(.., false)]);
    assert!(sum <= 2 && max <= 2, "{sum} {max}");
}

#[test]
fn products_take_maps_into_their_stores() {
    one("matmul + bias + gelu", vec![wave(&[96, 64], 1), wave(&[64, 80], 2), wave(&[80], 3)], |x| {
        vec![(x[0].matmul(&x[1]) + &x[2]).gelu(Gelu::Erf)]
    });
    let attention = kernels("attention", vec![wave(&[48, 16], 1), wave(&[48, 16], 2), wave(&[48, 16], 3)], |x| {
        let scores = x[0].matmul(&x[1].transpose(None)) / 16f32.sqrt();
        vec![scores.softmax(-1).matmul(&x[2])]
    });
    assert!(attention <= 3, "{attention}");
}

#[test]
fn long_chains_are_split_at_the_cap() {
    // A device elsewhere takes graphs of 20,000 nodes, three for each of these ops.
    let count = kernels("a chain of 6,000", vec![wave(&[16], 1)], |x| {
        let step = |y: Tensor, i: usize| if i.is_multiple_of(2) { y * 0.999 } else { y + 0.001 };
        vec![(0..6_000).fold(x[0].clone(), step)]
    });
    assert!((6_000u64.div_ceil(512)..=6_000u64.div_ceil(128)).contains(&count), "{count}");
}

#[test]
fn views_and_look_ups() {
    device();
    let half = lib::arange(Weak::Int(0), Weak::Int(8), Weak::Int(1), Some(DType::Float32)).expect("arange");
    one("a table folded into a map", vec![wave(&[8], 1)], |x| vec![&x[0] * &half + 1.0]);
    one("rows of an embedding, scaled", vec![wave(&[12, 5], 1), Tensor::from([3i32, 0, -1])], |x| {
        vec![x[0].take(&x[1], Some(0)) * 2.0]
    });
    one("a join with maps around it", vec![wave(&[4, 3], 1), wave(&[2, 3], 2)], |x| {
        vec![lib::concatenate(&[x[0].exp(), -&x[1]], 0).expect("concatenate") + 1.0]
    });
    assert_eq!(kernels("a reshape alone", vec![wave(&[4, 3], 1)], |x| vec![x[0].reshape(&[12])]), 0);
    assert_eq!(kernels("an argument alone", vec![wave(&[4, 3], 1)], |x| vec![x[0].clone()]), 0);
}

/// Gradients in as few kernels as a person would write. A value and its gradients, by all arguments.
#[test]
fn gradients_are_few_kernels() {
    let of = |loss: &dyn Fn(&[Tensor]) -> Tensor, x: &[Tensor]| {
        let (value, gradients) = value_and_grad(|x: &Vec<Tensor>| loss(x))(&x.to_vec()).expect("gradients");
        [vec![value], gradients].concat()
    };
    one("grad of sum(gelu(x))", vec![wave(&[64, 33], 1)], |x| {
        grad(|x: &Vec<Tensor>| x[0].gelu(Gelu::Erf).sum(.., false))(&x.to_vec()).expect("a gradient")
    });
    let norm = |x: &[Tensor]| {
        lib::layer_norm(&x[0], Some(&x[1]), Some(&x[2]), 1e-5).expect("layer norm").square().sum(.., false)
    };
    let count = kernels("layer norm", vec![wave(&[64, 96], 1), wave(&[96], 2), wave(&[96], 3)], |x| of(&norm, x));
    assert!(count <= 4, "layer norm, value and gradient in x, w and b: {count}");
    let images = wave(&[32, 784], 9);
    let labels = Tensor::from((0..32).map(|i| i % 10).collect::<Vec<i32>>());
    let mlp = |p: &[Tensor]| {
        let logits = (images.matmul(&p[0]) + &p[1]).relu().matmul(&p[2]) + &p[3];
        let picked = (&logits * lib::one_hot(&labels, 10, DType::Float32).expect("one hot")).sum(-1, false);
        (logits.logsumexp(-1, false) - picked).mean(.., false)
    };
    let parameters = || vec![wave(&[784, 256], 1) * 0.02, wave(&[256], 2), wave(&[256, 10], 3) * 0.1, wave(&[10], 4)];
    let count = kernels("MLP 784-256-10", parameters(), |p| of(&mlp, p));
    assert!(count <= 11, "MLP, value and gradient: {count}");
    let count = kernels("the same with the SGD step", parameters(), |p| {
        let parts = of(&mlp, p);
        parts[..1].iter().cloned().chain(p.iter().zip(&parts[1..]).map(|(p, g)| p - g * 0.1)).collect()
    });
    assert!(count <= 12, "MLP with the step: {count}");
    let attention = |x: &Vec<Tensor>| (x[0].matmul(&x[1].transpose(None)) / 16f32.sqrt()).softmax(-1).matmul(&x[2]);
    let inputs = || (1..=4).map(|seed| wave(&[48, 16], seed)).collect::<Vec<_>>();
    let count = kernels("attention, forward and gradient", inputs(), |x| {
        let (y, gradients) = vjp(attention, &x[..3].to_vec(), &x[3]).expect("gradients");
        [vec![y], gradients].concat()
    });
    assert!(count <= 8, "attention: {count}");
}

/// Compiled anew, for other literals, other places in the program and other signatures: the device knows the kernels.
#[cfg(feature = "gpu")]
#[test]
fn a_miss_whose_kernels_are_known_lowers_nothing() {
    use interfuse_compiler::lower::lower;
    use interfuse_runtime::gpu::{Lowered, Options};
    use std::{cell::Cell, rc::Rc};
    let lowered = Rc::new(Cell::new(0));
    let counter = lowered.clone();
    let lowering = Rc::new(move |kernel: &_, target: &interfuse_compiler::target::Target| {
        counter.set(counter.get() + 1);
        let (shader, limits) = (lower(kernel, target), target.limits.clone());
        let (wgsl, entry) = (shader.wgsl.clone(), shader.entry.clone());
        Lowered { wgsl, entry, workgroups: Box::new(move |of| shader.workgroups(&|dim| dim.eval(of), &limits)) }
    });
    let options = Options { lowering, ..Options::default() };
    interfuse::use_device(&DeviceHandle::new(Rc::new(interfuse_tests::gpu::open_with(options))));
    let x = Tensor::from([1f32, 2.0, 3.0]);
    let values = |x: &Tensor| x.to_vec::<f32>().expect("values");

    let first = compile(|x: &Tensor| x * 3.0 + 1.0);
    assert_eq!(values(&first.call(&x).expect("a call")), [4.0, 7.0, 10.0]);
    let known = lowered.get();
    let other = compile(|x: &Tensor| x * 5.0 + 1.0);
    assert_eq!(values(&other.call(&x).expect("a call")), [6.0, 11.0, 16.0]);
    let behind = compile(|(unused, x): &(Tensor, Tensor)| (unused + 1.0, x * 0.25 + 1.0).1);
    assert_eq!(values(&behind.call(&(Tensor::from(1f32), x.clone())).expect("a call")), [1.25, 1.5, 1.75]);
    assert_eq!((first.stats().misses, other.stats().misses, behind.stats().misses), (1, 1, 1));
    assert_eq!((known, lowered.get()), (1, 1));
}
