//! Transforms of Rust functions: values, nesting in each other and in `compile`, trees, mistakes. Case ids are those of MLX's tests.

use crate::{near, wave};
use interfuse::library as lib;
use interfuse::{
    DType, Error, ErrorKind, Tensor, checkpoint, compile, custom_function, evaluate, grad, jvp, memory, try_compile,
    value_and_grad, value_and_grad_aux, vjp, vmap, vmap_with,
};

const VALUES: [f32; 3] = [0.5, -0.5, 1.2];

fn exps() -> Vec<f64> {
    VALUES.iter().map(|v| f64::from(*v).exp()).collect()
}

fn sum_exp(x: &Tensor) -> Tensor {
    x.exp().sum(.., false)
}

#[test]
fn grad_of_a_sum_of_exponentials_compiled_in_either_order() {
    // M05a, C02.
    let x = Tensor::from(VALUES);
    near(&grad(sum_exp)(&x).expect("grad"), &exps());
    let outside = try_compile(grad(sum_exp));
    near(&outside.call(&x).expect("a miss"), &exps());
    near(&outside.call(&x).expect("a hit"), &exps());
    assert_eq!((outside.stats().misses, outside.stats().hits, outside.stats().traces), (1, 1, 1));
    assert_eq!(outside.inspect(&x).expect("stages").kernels.len(), 1);
    let inner = compile(sum_exp);
    near(&grad(|x: &Tensor| inner.call(x))(&x).expect("grad"), &exps());
    assert_eq!(inner.stats().traces, 0, "a transform of a compiled function is not compiled");
    near(&try_compile(grad(|x: &Tensor| inner.call(x))).call(&x).expect("both"), &exps());
}

#[test]
fn value_more_results_and_gradient() {
    // M05b, M31b, C22.
    let f = |x: &Tensor| (sum_exp(x), x.sin());
    let compiled = compile(f);
    let x = Tensor::from(VALUES);
    let check = |((value, sines), gradient): ((Tensor, Tensor), Tensor)| {
        near(&value, &[exps().iter().sum()]);
        near(&sines, &VALUES.map(|v| f64::from(v).sin()));
        near(&gradient, &exps());
    };
    check(value_and_grad_aux(f)(&x).expect("eager"));
    check(try_compile(value_and_grad_aux(f)).call(&x).expect("compiled"));
    check(value_and_grad_aux(|x: &Tensor| compiled.call(x))(&x).expect("of a compiled function"));
    let step = try_compile(|x: &Tensor| {
        let (value, gradient) = value_and_grad(|x: &Tensor| x.square().sum(.., false))(x)?;
        Ok((value, x - gradient * 0.5))
    });
    let (value, next) = step.call(&Tensor::from([3.0f32, -1.0])).expect("a step");
    assert_eq!((value.item::<f32>(), next.to_vec::<f32>()), (Ok(10.0), Ok(vec![0.0, 0.0])));
}

#[test]
fn two_inputs() {
    // M10.
    let f = |(x, w): &(Tensor, Tensor)| {
        let y = x * w;
        (&y * y.exp()).sum(.., false)
    };
    let at = (Tensor::from([1.0f32, -0.5]), Tensor::from([0.5f32, 2.0]));
    let slope = |y: f64| (1.0 + y) * y.exp();
    for (by_x, by_w) in [grad(f)(&at).expect("grad"), try_compile(grad(f)).call(&at).expect("compiled")] {
        near(&by_x, &[0.5 * slope(0.5), 2.0 * slope(-1.0)]);
        near(&by_w, &[slope(0.5), -0.5 * slope(-1.0)]);
    }
}

#[test]
fn batches() {
    // M11.
    let x = Tensor::from([[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    let neg_exp = compile(|x: &Tensor| -x.exp());
    let want: Vec<f64> = (1..=6).map(|v| -f64::from(v).exp()).collect();
    near(&vmap(|x: &Tensor| neg_exp.call(x))(&x).expect("vmap"), &want);
    near(&try_compile(vmap(|x: &Tensor| -x.exp())).call(&x).expect("compiled"), &want);
    let y = Tensor::from([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    let mixed = vmap_with(|(a, b): &(Tensor, Tensor)| a + b, [Some(0), Some(1)], 0)(&(x.clone(), y)).expect("vmap");
    assert_eq!(mixed.to_vec::<f32>().expect("floats"), [2.0, 5.0, 8.0, 6.0, 9.0, 12.0]);
    let rows = vmap(grad(|row: &Tensor| row.square().sum(.., false)))(&x).expect("vmap of grad");
    assert_eq!(rows.to_vec::<f32>().expect("floats"), [2.0, 4.0, 6.0, 8.0, 10.0, 12.0]);
}

#[test]
fn either_direction() {
    // M12, and the hessian as jvp of grad.
    let (x, c) = (Tensor::from(VALUES), Tensor::from([1.0f32, 10.0, 100.0]));
    let f = compile(|x: &Tensor| x.exp());
    let want: Vec<f64> = exps().iter().zip([1.0, 10.0, 100.0]).map(|(a, b)| a * b).collect();
    let (_, back) = vjp(|x: &Tensor| f.call(x), &x, &c).expect("vjp");
    let (_, forward) = jvp(|x: &Tensor| f.call(x), &x, &c).expect("jvp");
    near(&back, &want);
    near(&forward, &want);
    let product = |x: &Tensor| {
        let both = x.split(lib::Split::Parts(2), 0);
        (&both[0] * &both[1]).square().sum(.., false)
    };
    let at = Tensor::from([1.0f32, 2.0]);
    let hessian = vmap(|v: &Tensor| jvp(|x: &Tensor| grad(product)(x), &at, v).map(|(_, rate)| rate));
    near(&hessian(&Tensor::from([[1.0f32, 0.0], [0.0, 1.0]])).expect("a hessian"), &[8.0, 8.0, 8.0, 2.0]);
}

#[test]
fn work_may_be_submitted_inside_but_not_read() {
    // M13.
    let inner = compile(|x: &Tensor| x.abs().exp());
    let outer = |x: &Tensor| {
        let y = inner.call(x)?;
        evaluate([&y])?;
        Ok(y.sum(.., false))
    };
    let want = VALUES.map(|v| f64::from(v.signum()) * f64::from(v.abs()).exp());
    near(&grad(outer)(&Tensor::from(VALUES)).expect("grad"), &want);
    near(&try_compile(grad(outer)).call(&Tensor::from(VALUES)).expect("compiled"), &want);
    let read = |x: &Tensor| {
        x.to_vec::<f32>()?;
        Ok(x.sum(.., false))
    };
    let error = grad(read)(&Tensor::from(VALUES)).expect_err("a read");
    assert_eq!(error.kind(), ErrorKind::HostRead);
    // What does not depend on the arguments has its value as ever.
    let own = Tensor::from([1.0f32]) + 1.0;
    let f = |x: &Tensor| Ok(x.sum(.., false) * own.item::<f32>()?);
    near(&grad(f)(&Tensor::from([5.0f32])).expect("grad"), &[2.0]);
}

#[test]
fn nesting_and_what_is_closed_over() {
    let third = |x: &Tensor| grad(grad(grad(|x: &Tensor| x.sin())))(x);
    near(&third(&Tensor::from(0.7f32)).expect("eager"), &[-f64::from(0.7f32).cos()]);
    near(&try_compile(third).call(&Tensor::from(0.7f32)).expect("compiled"), &[-f64::from(0.7f32).cos()]);
    let nested = grad(|x: &Tensor| Ok(x * grad(|y: &Tensor| x * y * y)(&Tensor::from(3.0f32))?));
    assert_eq!(nested(&Tensor::from(2.0f32)).expect("nested").item::<f32>(), Ok(24.0));
    // Nothing of the argument is in the result: zeros.
    let flat = grad(|_: &Tensor| Tensor::from(4.0f32))(&Tensor::from([3.0f32, 4.0])).expect("zeros");
    assert_eq!(flat.to_vec::<f32>(), Ok(vec![0.0, 0.0]));
    // A tensor that is an argument and closed over is two things.
    let x = Tensor::from([3.0f32]);
    assert_eq!(grad(|y: &Tensor| (y * &x).sum(.., false))(&x).expect("grad").to_vec::<f32>(), Ok(vec![3.0]));
}

/// Blocks of products, each after the other, with weights of their own.
fn blocks(x: &Tensor, weights: &[Tensor], checkpointed: bool) -> Tensor {
    let block = |(x, weights): &(Tensor, Vec<Tensor>)| weights.iter().fold(x.clone(), |x, w| x.matmul(w).tanh());
    weights.chunks(4).fold(x.clone(), |x, weights| {
        let arguments = (x, weights.to_vec());
        if checkpointed { checkpoint(block)(&arguments).expect("a block") } else { block(&arguments) }
    })
}

#[test]
fn recomputation_takes_less_memory() {
    let mut at: Vec<Tensor> = (0..24).map(|seed| wave(&[16, 16], seed) * 0.3).collect();
    at.push(wave(&[256, 16], 99));
    let of = |checkpointed: bool| {
        try_compile(move |all: &Vec<Tensor>| {
            let (x, weights) = all.split_last().expect("a batch");
            grad(|weights: &Vec<Tensor>| blocks(x, weights, checkpointed).sum(.., false))(&weights.to_vec())
        })
    };
    let (kept, again) = (of(false), of(true));
    evaluate(&at).expect("arguments");
    let view = |view: interfuse::Inspection| (view.after.peak_bytes, view.after.dispatches);
    let (kept_bytes, kept_kernels) = view(kept.inspect(&at).expect("stages"));
    let (bytes, kernels) = view(again.inspect(&at).expect("stages"));
    assert!(kernels > kept_kernels, "{kernels} {kept_kernels}: computed again");
    // 24 activations are kept; again, 6 and those of one block.
    assert!(bytes * 10 < kept_bytes * 7, "{bytes} bytes at the peak, {kept_bytes} when all is kept");
    let (kept, again) = (kept.call(&at).expect("kept"), again.call(&at).expect("again"));
    for (kept, again) in kept.iter().zip(&again) {
        let (kept, again) = (kept.to_vec::<f32>().expect("floats"), again.to_vec::<f32>().expect("floats"));
        assert!(kept.iter().zip(&again).all(|(k, a)| (k - a).abs() <= 1e-5 * (1.0 + k.abs())));
    }
}

#[test]
fn gradients_of_ones_own() {
    let scale = Tensor::from(10.0f32);
    let round = custom_function(
        |(x, offset): &(Tensor, Tensor)| x.round() + offset,
        |_: &(Tensor, Tensor), ct: &Tensor, y: &Tensor| (ct * &scale * y, ct * 0.0),
    );
    let f = |x: &Tensor| Ok((round(&(x.clone(), Tensor::from([1.0f32])))? * 2.0).sum(.., false));
    let value = round(&(Tensor::from([1.3f32]), Tensor::from([1.0f32]))).expect("a value");
    assert_eq!(value.to_vec::<f32>(), Ok(vec![2.0]));
    assert_eq!(grad(f)(&Tensor::from([1.3f32])).expect("grad").to_vec::<f32>(), Ok(vec![40.0]));
    let rows = vmap(grad(f))(&Tensor::from([[1.3f32], [2.6]])).expect("vmap of grad");
    assert_eq!(rows.to_vec::<f32>(), Ok(vec![40.0, 80.0]));
}

#[test]
fn what_threw_leaves_nothing_behind() {
    let x = wave(&[4], 1);
    let before = memory().expect("a device").tensors;
    for _ in 0..3 {
        grad(|x: &Tensor| (x * x).sum(.., false))(&x).expect("grad");
        let mine = || Error::new(ErrorKind::CompileArgument, "f", "mine", "");
        assert_eq!(grad(|_: &Tensor| Err::<Tensor, _>(mine()))(&x).expect_err("thrown"), mine());
        assert!(!interfuse::is_tracing());
    }
    assert_eq!(memory().expect("a device").tensors, before);
    // A placeholder that outlives its recording says so.
    let leaked = std::cell::RefCell::new(None);
    grad(|x: &Tensor| {
        *leaked.borrow_mut() = Some(x.clone());
        x.sum(.., false)
    })(&x)
    .expect("grad");
    let leaked = leaked.take().expect("leaked");
    let error = leaked.try_exp().expect_err("leaked");
    assert_eq!(
        error.to_string(),
        "exp: placeholder from grad('closure') used after tracing. Return it from the function."
    );
}

#[test]
fn mistakes_say_what_to_do() {
    let ones = |sizes: &[usize]| wave(sizes, 1);
    let check = |error: Error, kind: ErrorKind, text: &str| {
        assert_eq!((error.kind(), error.to_string()), (kind, text.to_string()));
    };
    let integers = Tensor::from([1i32, 2]);
    check(
        grad(|x: &Tensor| x.clone())(&ones(&[3])).expect_err("no scalar"),
        ErrorKind::Shape,
        "grad('closure'): the function returned float32[3], and only a scalar has a gradient. \
         Reduce it with sum() or mean(), or use vjp with a cotangent of its shape.",
    );
    check(
        grad(|x: &Tensor| x.sum(.., false).astype(DType::Int32))(&ones(&[3])).expect_err("no float"),
        ErrorKind::DType,
        "grad('closure'): the function returned int32[], and only floats have gradients. Convert it with astype before summing.",
    );
    check(
        grad(|(x, _): &(Tensor, Tensor)| x.sum(.., false))(&(ones(&[3]), integers)).expect_err("integers"),
        ErrorKind::DType,
        "grad('closure'): args[0][1] is int32[2], which has no gradient. \
         Only floats have one: convert it with astype, or leave the argument out of argnums.",
    );
    check(
        grad(|_: &f32| Tensor::from(1.0f32))(&3.0).expect_err("no tensor"),
        ErrorKind::CompileArgument,
        "grad('closure'): the arguments hold no tensor, and only tensors have gradients. Make tensors of its numbers: tensor(...).",
    );
    check(
        vjp(|x: &Tensor| x.clone(), &ones(&[2]), &ones(&[3])).expect_err("a cotangent"),
        ErrorKind::Shape,
        "vjp('closure'): cotangent 0 is float32[3], the result is float32[2]. A cotangent has the shape and dtype of its result.",
    );
    check(
        jvp(|x: &Tensor| x.clone(), &ones(&[2]), &ones(&[3])).expect_err("a tangent"),
        ErrorKind::Shape,
        "jvp('closure'): tangent 0 is float32[3], the argument is float32[2]. A tangent has the shape and dtype of its argument.",
    );
    check(
        vmap(|(x, y): &(Tensor, Tensor)| x + y)(&(ones(&[2, 3]), ones(&[4, 3]))).expect_err("two sizes"),
        ErrorKind::Shape,
        "vmap('closure'): axis 0 of args[0][1] (float32[4,3]) counts 4 examples, that of args[0][0] (float32[2,3]) 2. \
         The batched axes must have one size.",
    );
    check(
        vmap_with(|x: &Tensor| x.clone(), [Some(0), Some(0)], 0)(&ones(&[2, 3])).expect_err("axes"),
        ErrorKind::CompileArgument,
        "vmap('closure'): inAxes has 2 axes for 1 tensors. Give one for each, or one for all.",
    );
    check(
        vmap_with(|x: &Tensor| x.clone(), [None], 0)(&ones(&[2, 3])).expect_err("nothing to batch"),
        ErrorKind::CompileArgument,
        "vmap('closure'): no tensor of the arguments has an axis for the batch. Give at least one tensor an axis in inAxes.",
    );
    check(
        custom_function(|x: &Tensor| x.sum(.., false), |_: &Tensor, ct: &Tensor, _: &Tensor| ct.clone())(&ones(&[2]))
            .expect_err("a gradient"),
        ErrorKind::Shape,
        "customFunction('closure'): gradient 0 is float32[], the argument is float32[2]. \
         A gradient has the shape and dtype of its argument.",
    );
}
