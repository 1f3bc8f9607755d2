//! Updates, schedules and clipping against their formulas in double precision, over several steps.

use super::*;
use crate::library;
use interfuse_compiler::dtype::DType;

/// Two parameters of different shapes, with gradients that change from step to step.
fn gradient(step: usize) -> [f64; 3] {
    [0.5 - 0.1 * step as f64, -1.0 + 0.3 * step as f64, 0.01 * (step as f64 + 1.0)]
}

/// Runs a rule on tensors; gives parameters after every step.
fn run(rule: UpdateRule, steps: usize) -> Vec<[f64; 3]> {
    let mut optimizer = Optimizer::new(rule, 0.1).expect("a rule");
    let mut model = (Tensor::from([1.0f32, -2.0]), Tensor::from(0.5f32));
    (0..steps)
        .map(|step| {
            let g = gradient(step).map(|g| g as f32);
            optimizer.update(&mut model, &(Tensor::from([g[0], g[1]]), Tensor::from(g[2]))).expect("an update");
            let [a, b] = model.0.to_vec::<f32>().expect("values")[..] else { panic!("two elements") };
            [a, b, model.1.item::<f32>().expect("a value")].map(f64::from)
        })
        .collect()
}

/// The same with the formula of one element: (parameter, gradient, two slots, step from 1) -> parameter.
fn check(rule: UpdateRule, one: impl Fn(f64, f64, &mut [f64; 2], i32) -> f64) {
    let mut parameters = [1.0, -2.0, 0.5];
    let mut slots = [[0.0; 2]; 3];
    for (step, got) in run(rule, 6).into_iter().enumerate() {
        for at in 0..3 {
            parameters[at] = one(parameters[at], gradient(step)[at], &mut slots[at], step as i32 + 1);
            // 1 - 0.999^t in float32 is 1.3e-5 off at the first step; see `correction`.
            assert!((got[at] - parameters[at]).abs() < 1e-5, "{rule:?} step {step}, {at}: {got:?}, not {parameters:?}");
        }
    }
}

#[test]
fn rules_follow_their_formulas() {
    let lr = 0.1;
    let sgd =
        |momentum, dampening, weight_decay, nesterov| UpdateRule::Sgd { momentum, dampening, weight_decay, nesterov };
    check(sgd(0.0, 0.0, 0.0, false), |p, g, _, _| p - lr * g);
    check(sgd(0.0, 0.0, 0.2, false), |p, g, _, _| p - lr * (g + 0.2 * p));
    check(sgd(0.9, 0.25, 0.2, false), |p, g, s, _| {
        s[0] = 0.9 * s[0] + 0.75 * (g + 0.2 * p);
        p - lr * s[0]
    });
    check(sgd(0.9, 0.0, 0.0, true), |p, g, s, _| {
        s[0] = 0.9 * s[0] + g;
        p - lr * (g + 0.9 * s[0])
    });
    let adam = |decay: f64, correct: bool| {
        move |p: f64, g: f64, s: &mut [f64; 2], step: i32| {
            s[0] = 0.9 * s[0] + 0.1 * g;
            s[1] = 0.999 * s[1] + 0.001 * g * g;
            let [c, d] = if correct { [1.0 - 0.9f64.powi(step), 1.0 - 0.999f64.powi(step)] } else { [1.0, 1.0] };
            p * (1.0 - lr * decay) - lr * (s[0] / c) / ((s[1] / d).sqrt() + 1e-8)
        }
    };
    let rule = |weight_decay, bias_correction| UpdateRule::Adam {
        betas: (0.9, 0.999),
        eps: 1e-8,
        weight_decay,
        bias_correction,
    };
    check(rule(0.0, true), adam(0.0, true));
    check(rule(0.0, false), adam(0.0, false));
    check(rule(0.05, true), adam(0.05, true));
    check(UpdateRule::Adagrad { eps: 1e-8 }, |p, g, s, _| {
        s[0] += g * g;
        p - lr * g / (s[0].sqrt() + 1e-8)
    });
    check(UpdateRule::RmsProp { alpha: 0.9, eps: 1e-8 }, |p, g, s, _| {
        s[0] = 0.9 * s[0] + 0.1 * g * g;
        p - lr * g / (s[0].sqrt() + 1e-8)
    });
    check(UpdateRule::Lion { betas: (0.9, 0.99), weight_decay: 0.1 }, |p, g, s, _| {
        let c = 0.9 * s[0] + 0.1 * g;
        s[0] = 0.99 * s[0] + 0.01 * g;
        p * (1.0 - lr * 0.1) - lr * c.signum()
    });
}

#[test]
fn float16_parameters_stay_float16() {
    let mut optimizer = Optimizer::new(UpdateRule::Adagrad { eps: 1e-3 }, 0.5).expect("a rule");
    let mut p = Tensor::from([1.0f32, 2.0]).astype(DType::Float16);
    let g = p.clone();
    optimizer.update(&mut p, &g).expect("an update");
    assert_eq!((p.dtype(), optimizer.state.slots[0].dtype()), (DType::Float16, DType::Float16));
    assert_eq!(optimizer.state.learning_rate.dtype(), DType::Float32);
    assert_eq!(optimizer.state.step.item::<i32>().expect("a number"), 1);
}

#[test]
fn mistakes_are_told() {
    let told = |result: Result<Optimizer>| result.err().expect("a mistake").to_string();
    let sgd = |momentum, nesterov| UpdateRule::Sgd { momentum, dampening: 0.0, weight_decay: 0.0, nesterov };
    assert_eq!(
        told(Optimizer::new(sgd(0.0, true), 0.1)),
        "SGD: the momentum with nesterov is 0. Nesterov's momentum needs a momentum and no dampening."
    );
    let adam = UpdateRule::Adam { betas: (0.9, 1.0), eps: 1e-8, weight_decay: 0.0, bias_correction: true };
    assert_eq!(told(Optimizer::new(adam, 0.1)), "Adam: the second beta is 1. It must be at least 0 and less than 1.");
    let mut optimizer = Optimizer::new(sgd(0.9, false), 0.1).expect("a rule");
    let mut p = Tensor::from([1.0f32, 2.0]);
    let error = optimizer.update(&mut p, &Tensor::from([1.0f32])).expect_err("another shape");
    assert_eq!(error.message(), "parameter 0 float32[2] and its gradient float32[1] differ in shape");
    assert!(optimizer.update(&mut Tensor::from([1i32]), &Tensor::from([1i32])).is_err());
    optimizer.update(&mut p.clone(), &p).expect("an update");
    let mut two = vec![p.clone(), p.clone()];
    let gradients = two.clone();
    assert!(optimizer.update(&mut two, &gradients).is_err(), "the state of another model");
}

#[test]
fn schedules_follow_their_formulas() {
    let at = |schedule: &Schedule, step: i32| {
        f64::from(schedule.at(&Tensor::from(step)).expect("a rate").item::<f32>().expect("a number"))
    };
    let cosine = Schedule::Cosine { start: 1.0, steps: 10.0, end: 0.2 };
    let linear = Schedule::Linear { start: 0.0, end: 0.5, steps: 4.0 };
    for (schedule, formula) in [
        (Schedule::Constant(0.3), (&|_| 0.3) as &dyn Fn(f64) -> f64),
        (linear.clone(), &|t| 0.5 * t.min(4.0) / 4.0),
        (Schedule::Exponential { start: 0.8, decay: 0.9 }, &|t| 0.8 * 0.9f64.powf(t)),
        (Schedule::Step { start: 0.8, decay: 0.5, size: 3.0 }, &|t| 0.8 * 0.5f64.powf((t / 3.0).floor())),
        (cosine.clone(), &|t| 0.2 + 0.4 * (1.0 + (std::f64::consts::PI * t.min(10.0) / 10.0).cos())),
        (Schedule::Join(vec![linear, cosine], vec![4.0]), &|t| {
            if t < 4.0 {
                t / 8.0
            } else {
                0.2 + 0.4 * (1.0 + (std::f64::consts::PI * (t - 4.0).min(10.0) / 10.0).cos())
            }
        }),
    ] {
        for step in 0..20 {
            let (got, wanted) = (at(&schedule, step), formula(f64::from(step)));
            assert!((got - wanted).abs() < 1e-6, "{schedule:?} at {step}: {got}, not {wanted}");
        }
    }
    assert!(Schedule::Linear { start: 0.0, end: 1.0, steps: 0.0 }.at(&Tensor::from(0i32)).is_err());
    assert!(Schedule::Join(vec![Schedule::Constant(1.0)], vec![1.0]).at(&Tensor::from(0i32)).is_err());
    // The step decides, not the trace.
    let mut optimizer = Optimizer::new(
        UpdateRule::Sgd { momentum: 0.0, dampening: 0.0, weight_decay: 0.0, nesterov: false },
        Schedule::Exponential { start: 1.0, decay: 0.5 },
    )
    .expect("a rule");
    let mut p = Tensor::from([0.0f32]);
    for _ in 0..3 {
        optimizer.update(&mut p, &Tensor::from([1.0f32])).expect("an update");
    }
    assert_eq!(p.to_vec::<f32>().expect("values"), [-1.75]);
}

#[test]
fn clipping_scales_all_by_one_factor() {
    let gradients = vec![Tensor::from([3.0f32, 0.0]), library::full(&[2, 2], 2.0, None).expect("full")];
    let (clipped, norm) = clip_grad_norm(&gradients, 2.5).expect("clipped");
    assert_eq!(norm.item::<f32>().expect("a number"), 5.0);
    let values = clipped[0].to_vec::<f32>().expect("values");
    assert!((values[0] - 1.5).abs() < 1e-6 && values[1] == 0.0, "{values:?}");
    let (kept, _) = clip_grad_norm(&gradients, 100.0).expect("kept");
    assert_eq!(kept[1].to_vec::<f32>().expect("values"), [2.0; 4]);
    let (zeros, norm) = clip_norm(&[Tensor::from([0.0f32])], 1.0).expect("zeros");
    assert_eq!((zeros[0].to_vec::<f32>().expect("values"), norm.item::<f32>().expect("a number")), (vec![0.0], 0.0));
    assert!(clip_norm(&[], 1.0).is_err());
}
