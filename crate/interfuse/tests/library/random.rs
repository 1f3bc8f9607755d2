//! Random numbers: their bits, their shapes of distribution, their keys.

use interfuse::*;

fn floats(x: &Tensor) -> Vec<f32> {
    x.to_vec::<f32>().expect("read")
}

/// Mean, variance and the share below zero.
fn moments(values: &[f32]) -> (f64, f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let variance = values.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / n;
    (mean, variance, values.iter().filter(|x| **x < 0.0).count() as f64 / n)
}

#[test]
fn bits_do_not_depend_on_the_size_or_on_fusion() {
    let key = random::key(0x1234_5678_9abc).expect("a key");
    let long = random::bits(&[1000], Some(&key)).expect("bits").to_vec::<u32>().expect("read");
    let short = random::bits(&[10, 10], Some(&key)).expect("bits").to_vec::<u32>().expect("read");
    assert_eq!(long[..100], short);
    let f = compile(|key: &Tensor| {
        random::bits(&[10, 10], Some(key)).expect("bits").transpose(None).bitwise_xor(&Tensor::from([1u32]))
    });
    let fused = f.call(&key).expect("runs").to_vec::<u32>().expect("read");
    assert_eq!(fused[1], short[10] ^ 1);
    assert_eq!(fused.len(), 100);
}

#[test]
fn distributions_have_their_moments() {
    let key = random::key(42).expect("a key");
    let sizes = &[20_000];
    let (mean, variance, _) =
        moments(&floats(&random::uniform(sizes, 2, 6, DType::Float32, Some(&key)).expect("draws")));
    assert!((mean - 4.0).abs() < 0.05 && (variance - 16.0 / 12.0).abs() < 0.05, "{mean} {variance}");
    let (mean, variance, below) =
        moments(&floats(&random::normal(sizes, 0, 1, DType::Float32, Some(&key)).expect("draws")));
    assert!(
        mean.abs() < 0.03 && (variance - 1.0).abs() < 0.04 && (below - 0.5).abs() < 0.02,
        "{mean} {variance} {below}"
    );
    let (mean, variance, _) =
        moments(&floats(&random::normal(sizes, 3, 0.5f32, DType::Float32, Some(&key)).expect("draws")));
    assert!((mean - 3.0).abs() < 0.03 && (variance - 0.25).abs() < 0.02, "{mean} {variance}");
    let cut = floats(&random::truncated_normal(-1.0, 0.5, sizes, DType::Float32, Some(&key)).expect("draws"));
    assert!(cut.iter().all(|x| (-1.0..=0.5).contains(x)));
    assert!((moments(&cut).0 + 0.206).abs() < 0.02, "{}", moments(&cut).0);
    let (mean, variance, _) = moments(&floats(&random::gumbel(sizes, DType::Float32, Some(&key)).expect("draws")));
    assert!((mean - 0.5772).abs() < 0.04 && (variance - 1.6449).abs() < 0.1, "{mean} {variance}");
    let coins = random::bernoulli(0.3f32, Some(&sizes), Some(&key)).expect("draws").to_vec::<bool>().expect("read");
    let share = coins.iter().filter(|c| **c).count() as f64 / 20_000.0;
    assert!((share - 0.3).abs() < 0.02, "{share}");
    let dice = random::randint(-2, 4, sizes, DType::Int32, Some(&key)).expect("draws").to_vec::<i32>().expect("read");
    for face in -2..4 {
        let share = dice.iter().filter(|d| **d == face).count() as f64 / 20_000.0;
        assert!((share - 1.0 / 6.0).abs() < 0.02, "{face}: {share}");
    }
    assert!(dice.iter().all(|d| (-2..4).contains(d)));
    let half = floats(&random::uniform(sizes, 0, 1, DType::Float16, Some(&key)).expect("draws"));
    assert!(half.iter().all(|x| (0.0..1.0).contains(x)) && (moments(&half).0 - 0.5).abs() < 0.02);
    let all = random::randint(i64::from(i32::MIN), 1 << 31, sizes, DType::Int32, Some(&key)).expect("draws");
    assert!((moments(&floats(&all.astype(DType::Float32))).2 - 0.5).abs() < 0.02);
}

#[test]
fn categorical_follows_its_logits() {
    let key = random::key(5).expect("a key");
    let logits = Tensor::from([[0.0f32, 3f32.ln(), -1e9], [5.0, -1e9, -1e9]]);
    let drawn = random::categorical(&logits, -1, Some(8000), Some(&key)).expect("draws");
    assert_eq!(drawn.sizes(), [2, 8000]);
    let drawn = drawn.to_vec::<u32>().expect("read");
    let share = drawn[..8000].iter().filter(|c| **c == 1).count() as f64 / 8000.0;
    assert!((share - 0.75).abs() < 0.03, "{share}");
    assert!(drawn[..8000].iter().all(|c| *c < 2) && drawn[8000..].iter().all(|c| *c == 0));
    assert_eq!(random::categorical(&logits, 0, None, Some(&key)).expect("draws").sizes(), [3]);
}

#[test]
fn the_generator_goes_on_and_starts_anew() {
    let draw = || floats(&random::uniform(&[4], 0, 1, DType::Float32, None).expect("draws"));
    random::seed(3);
    let (a, b) = (draw(), draw());
    assert_ne!(a, b);
    random::seed(3);
    assert_eq!((draw(), draw()), (a.clone(), b.clone()));
    // The state is a key: with it as a tensor the sequence is the same.
    random::seed(3);
    random::set_state(&random::state().expect("a state")).expect("is a key");
    assert_eq!((draw(), draw()), (a.clone(), b.clone()));
    // A compiled function that captured the state may start it anew from an argument, and leaves the state behind.
    random::seed(3);
    let start = random::state().expect("a state");
    random::seed(4);
    let step = Compile::fallible(|key: &Tensor| {
        random::set_state(key)?;
        random::uniform(&[4], 0, 1, DType::Float32, None)
    });
    let step = step.random_state().fullgraph(true).build();
    for _ in 0..2 {
        let x = step.call(&start).expect("runs");
        assert_eq!((floats(&x), draw()), (a.clone(), b.clone()));
    }
    let x = Tensor::from([1f32; 4]);
    assert!(random::set_state(&x).expect_err("no key").to_string().contains("a key is uint32[2], got float32[4]"));
    random::seed(0);
}

#[test]
fn misuse_is_told_at_the_call() {
    let key = random::key(1).expect("a key");
    let text = |result: interfuse::Result<Tensor>| result.expect_err("misuse").to_string();
    assert!(
        text(random::randint(3, 3, &[2], DType::Int32, Some(&key))).contains("there are no int32 numbers from 3 to 3")
    );
    assert!(text(random::uniform(&[2], 0, 1, DType::Int32, Some(&key))).contains("randint"));
    assert!(text(random::bits(&[-1], Some(&key))).contains("negative"));
    let x = library::zeros(&[3], DType::UInt32).expect("zeros");
    assert!(text(random::bits(&[2], Some(&x))).contains("a key is uint32[2], got uint32[3]"));
}

#[test]
fn a_function_that_draws_without_a_key_is_never_frozen() {
    devtools::set_warn(|_| ());
    random::seed(9);
    let draw = |(): &()| random::uniform(&[2], 0, 1, DType::Float32, None);
    let f = Compile::fallible(draw).name("f").build();
    let compiled: Vec<Vec<f32>> = (0..3).map(|_| floats(&f.call(&()).expect("eager"))).collect();
    random::seed(9);
    let eager: Vec<Vec<f32>> = (0..3).map(|_| floats(&draw(&()).expect("eager"))).collect();
    assert_eq!(compiled, eager);
    assert_eq!((f.stats().fallbacks, f.last_fallback().expect("report").reason), (3, "random".to_string()));
    let error = Compile::fallible(draw).name("f").fullgraph(true).build().call(&()).expect_err("a draw");
    assert_eq!((error.kind(), error.reason()), (ErrorKind::Fullgraph, Some(BreakReason::Random)));
    random::seed(9);
    let captured = Compile::fallible(draw).random_state().build();
    let compiled: Vec<Vec<f32>> = (0..3).map(|_| floats(&captured.call(&()).expect("call"))).collect();
    assert_eq!((compiled, captured.stats().traces, captured.stats().hits), (eager, 1, 2));
}

#[test]
fn normal_numbers_are_within_four_units() {
    // All values that a float32 normal can take come from 2^23 positions of a grid; every 61st of them, against double precision.
    let grid: Vec<f32> = (0..1 << 23)
        .step_by(61)
        .chain((1 << 23) - 2000..1 << 23)
        .chain(0..2000)
        .map(|i| (i as f32 * 2f32.powi(-23) * 2.0 + (-1.0 + 2f32.powi(-24))).max(-1.0 + 2f32.powi(-24)))
        .collect();
    let x = Tensor::from(grid.clone());
    let got = floats(&(x.erfinv() * std::f64::consts::SQRT_2));
    let mut worst = 0.0f64;
    for (u, got) in grid.iter().zip(got) {
        let want = std::f64::consts::SQRT_2 * erfinv(f64::from(*u));
        let unit = f64::from(f32::from_bits((want.abs() as f32).to_bits() + 1)) - f64::from(want.abs() as f32);
        worst = worst.max((f64::from(got) - want).abs() / unit);
    }
    assert!(worst <= 4.0, "{worst} units");
}

/// By Newton's method on libm's erfc, in double precision.
fn erfinv(u: f64) -> f64 {
    let mut x = 0.0f64;
    let target = 1.0 - u.abs();
    for _ in 0..80 {
        let error = libm::erfc(x) - target;
        let slope = -std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp();
        // Newton for a convex function from the left never overshoots.
        x -= error / slope;
    }
    x.copysign(u)
}
