//! Training: optimisers against the losses and parameters of MLX (`data/optimisers.json`), and a compiled run of a thousand steps. On the
//! device that INTERFUSE_TEST_DEVICE names ("cpu" without it, or "webgpu"), and on the oracle.

use interfuse::io::{FunctionFile, export_function};
use interfuse::library;
use interfuse::nn::losses::{self, Binary, Reduction};
use interfuse::nn::{Gelu, Linear, Module};
use interfuse::optim::{Optimizer, State, UpdateRule};
use interfuse::{DType, Result, Tensor, block_on, random, scan, try_compile, value_and_grad};
use interfuse_compiler::Request;
use interfuse_compiler::eval::{Value as Evaluated, eval};
use interfuse_compiler::target::Target;
use interfuse_tests::chosen::{device, is_gpu};
use interfuse_tests::run::value_of;
use serde_json::Value;

const DATA: &str = include_str!("../../data/optimisers.json");

/// floor(sin(0.7 i + 1.3 seed) scale 65536 + 0.5) / 65536, as the file's inputs are made.
fn input(spec: &Value) -> Tensor {
    let sizes: Vec<usize> =
        spec["shape"].as_array().expect("a shape").iter().map(|n| n.as_u64().expect("a size") as usize).collect();
    let field = |name: &str| spec[name].as_f64().expect("a number");
    let wave = |i: usize| (0.7 * i as f64 + 1.3 * field("seed")).sin() * field("scale") * 65536.0;
    let values: Vec<f32> =
        (0..sizes.iter().product()).map(|i| ((wave(i) + 0.5).floor() / 65536.0 + field("offset")) as f32).collect();
    Tensor::from_slice(&values, &sizes).expect("an input")
}

/// w1, b1, w2, b2
type Parameters = Vec<Tensor>;
const NAMES: [&str; 4] = ["w1", "b1", "w2", "b2"];

/// The rule and learning rate of each reference run.
fn rules() -> [(&'static str, UpdateRule, f64); 4] {
    let sgd = |momentum| UpdateRule::Sgd { momentum, dampening: 0.0, weight_decay: 0.0, nesterov: false };
    let adam = |weight_decay| UpdateRule::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay, bias_correction: true };
    [("sgd", sgd(0.0), 0.5), ("sgd_momentum", sgd(0.8), 0.1), ("adam", adam(0.0), 0.05), ("adamw", adam(0.01), 0.05)]
}

/// How far losses and parameters may be from MLX's, both float32: rounding of some 60 operations per step, ten steps long.
const LOSS: f64 = 4e-7;
const PARAMETER: f64 = 4e-6;

fn check_parameters(what: &str, got: &[Vec<f64>], want: &Value) {
    for (name, got) in NAMES.iter().zip(got) {
        let want = &want[name];
        let list = |key: &str| {
            want[key].as_array().map(|list| list.iter().map(|v| v.as_f64().expect("a number")).collect::<Vec<_>>())
        };
        for (key, from) in [("all", 0), ("first", 0), ("last", got.len().saturating_sub(8))] {
            for (at, want) in list(key).unwrap_or_default().into_iter().enumerate() {
                let got = got[from + at];
                assert!((got - want).abs() <= PARAMETER, "{what}: {name} {key}[{at}] is {got}, not {want}");
            }
        }
        let sum: f64 = got.iter().sum();
        let wanted = want["sum"].as_f64().expect("a sum");
        assert!(
            (sum - wanted).abs() <= PARAMETER * got.len() as f64,
            "{what}: the sum of {name} is {sum}, not {wanted}"
        );
    }
}

fn check_losses(what: &str, got: &[f64], want: &Value) {
    let want: Vec<f64> =
        want["losses"].as_array().expect("losses").iter().map(|v| v.as_f64().expect("a number")).collect();
    assert_eq!(got.len(), want.len());
    for (step, (got, want)) in got.iter().zip(&want).enumerate() {
        assert!((got - want).abs() <= LOSS, "{what}, step {step}: the loss is {got}, not {want}");
    }
}

fn numbers(x: &Tensor) -> Vec<f64> {
    x.to_vec::<f32>().expect("values").into_iter().map(f64::from).collect()
}

#[test]
fn optimisers_have_the_losses_of_the_reference() {
    device();
    let data: Value = serde_json::from_str(DATA).expect("the data");
    let of = |name: &str| input(&data["inputs"][name]);
    let (x, y) = (of("x"), of("y"));
    let start: Parameters = NAMES.iter().map(|name| of(name)).collect();
    let loss = |p: &Parameters| -> Result<Tensor> {
        let hidden = x.try_matmul(&p[0])?.try_add(&p[1])?.try_tanh()?;
        losses::mse_loss(&hidden.try_matmul(&p[2])?.try_add(&p[3])?, &y, Reduction::Mean)
    };
    for (name, rule, rate) in rules() {
        let want = &data["results"][name];
        let optimizer = Optimizer::new(rule, rate).expect("a rule");
        let step = |(p, state): &(Parameters, State)| {
            let (loss, gradients) = value_and_grad(loss)(p)?;
            let (p, state) = optimizer.apply(state, p, &gradients)?;
            Ok((loss, p, state))
        };
        let compiled = try_compile(step);
        type Step<'a> = &'a dyn Fn(&(Parameters, State)) -> Result<(Tensor, Parameters, State)>;
        let runs: [(&str, Step<'_>); 2] = [("eager", &step), ("compiled", &|at| compiled.call(at))];
        for (how, step) in runs {
            let mut at = (start.clone(), optimizer.state.clone());
            let mut losses = Vec::new();
            for _ in 0..10 {
                let (loss, p, state) = step(&at).expect("a step");
                losses.push(f64::from(loss.item::<f32>().expect("a loss")));
                at = (p, state);
            }
            check_losses(&format!("{name} {how}"), &losses, want);
            check_parameters(&format!("{name} {how}"), &at.0.iter().map(numbers).collect::<Vec<_>>(), &want["params"]);
            assert_eq!(at.1.step.item::<i32>().expect("a number"), 10);
        }
        // The first step makes the slots, the second has them.
        let traces = if rule.slots().is_empty() { 1 } else { 2 };
        assert_eq!((compiled.stats().traces, compiled.stats().hits), (traces, 10 - traces), "{name}");

        // The graph of a step on the oracle, which computes every op by its definition.
        let state = optimizer.start(&start).expect("a state");
        let bytes = block_on(export_function("step", step, &(start.clone(), state.clone()))).expect("exported");
        let file = FunctionFile::read(&bytes).expect("read");
        let value = |x: &Tensor| value_of(&x.sizes(), x.dtype(), &block_on(x.read().expect("read")).expect("bytes"));
        let constants: Vec<Evaluated> = file.constants().iter().map(value).collect();
        let mut inputs: Vec<Evaluated> =
            start.iter().chain([&state.step, &state.learning_rate]).chain(&state.slots).map(value).collect();
        let mut losses = Vec::new();
        for _ in 0..10 {
            let mut outputs = eval(file.graph(), &inputs, &constants, &[]).expect("a step");
            inputs = outputs.split_off(1);
            losses.push(outputs[0].to_f64()[0]);
        }
        check_losses(&format!("{name} on the oracle"), &losses, want);
        let parameters: Vec<Vec<f64>> = inputs[..4].iter().map(Evaluated::to_f64).collect();
        check_parameters(&format!("{name} on the oracle"), &parameters, &want["params"]);
    }
}

/// The program of MLX's guide: a linear model, SGD with momentum, binary cross entropy of logits.
#[test]
fn the_compiled_step_of_the_guide_has_the_losses_of_the_uncompiled_one() {
    device();
    let key = |seed| random::key(seed).expect("a key");
    let x = random::uniform(&[4, 10], 0, 1, DType::Float32, Some(&key(1))).expect("numbers");
    let y = Tensor::from([0.0f32, 1.0, 0.0, 1.0]);
    let rule = UpdateRule::Sgd { momentum: 0.8, dampening: 0.0, weight_decay: 0.0, nesterov: false };
    let optimizer = Optimizer::new(rule, 0.1).expect("a rule");
    let loss = |model: &Linear, x: &Tensor, y: &Tensor| {
        let logits = model.forward(x)?.try_squeeze(..)?;
        losses::binary_cross_entropy(&logits, y, None, Binary::Logits, Reduction::Mean)
    };
    let step = |(model, state, x, y): &(Linear, State, Tensor, Tensor)| {
        let (loss, gradients) = value_and_grad(|model: &Linear| loss(model, x, y))(model)?;
        let (model, state) = optimizer.apply(state, model, &gradients)?;
        Ok((loss, model, state))
    };
    let compiled = try_compile(step);
    let start = || (Linear::new(10, 1, Some(&key(0))).expect("a model"), optimizer.state.clone());
    let (mut plain, mut fused) = (start(), start());
    let mut first = None;
    let mut last = 0.0;
    for it in 0..10 {
        let (a, model, state) = step(&(plain.0, plain.1, x.clone(), y.clone())).expect("a step");
        plain = (model, state);
        let (b, model, state) = compiled.call(&(fused.0, fused.1, x.clone(), y.clone())).expect("a step");
        fused = (model, state);
        let (a, b) = (a.item::<f32>().expect("a loss"), b.item::<f32>().expect("a loss"));
        assert!((a - b).abs() <= 1e-6, "step {it}: {b} compiled, {a} not");
        first.get_or_insert(a);
        last = a;
    }
    assert!(last < first.expect("ten steps"), "it learns");
    assert_eq!((compiled.stats().traces, compiled.stats().hits), (2, 8));
}

#[test]
fn a_thousand_compiled_steps_take_one_trace_and_no_memory() {
    let device = device();
    let key = |seed| random::key(seed).expect("a key");
    let x = random::normal(&[16, 8], 0, 1, DType::Float32, Some(&key(1))).expect("numbers");
    let y = x.square().sum(-1, true).astype(DType::Float32);
    let rule = UpdateRule::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0, bias_correction: true };
    let optimizer = Optimizer::new(rule, 0.01).expect("a rule");
    type Model = (Linear, Gelu, Linear);
    let compiled = try_compile(|(model, state): &(Model, State)| {
        let loss = |model: &Model| losses::mse_loss(&model.forward(&x)?, &y, Reduction::Mean);
        let (loss, gradients) = value_and_grad(loss)(model)?;
        let (model, state) = optimizer.apply(state, model, &gradients)?;
        Ok((loss, model, state))
    });
    let model = (
        Linear::new(8, 16, Some(&key(2))).expect("a layer"),
        Gelu,
        Linear::new(16, 1, Some(&key(3))).expect("a layer"),
    );
    let mut at = (model.clone(), optimizer.start(&model).expect("a state"));
    drop(model);
    let (mut memory, mut counted) = ((0, 0), Vec::new());
    let mut losses = Vec::new();
    for step in 0..1000 {
        let before = device.counters();
        let (loss, model, state) = compiled.call(&at).expect("a step");
        at = (model, state);
        let after = device.counters();
        if step >= 3 {
            assert!(after.submits - before.submits <= 1, "submits of step {step}");
            assert!(after.dispatches > before.dispatches, "step {step} ran");
            assert_eq!(after.bytes_read, before.bytes_read, "nothing is read back in step {step}");
        }
        if step % 333 == 0 {
            losses.push(loss.item::<f32>().expect("a loss"));
            // What only the device counts is known after a read, wherever the device is.
            counted.push(device.counters());
        }
        drop(loss);
        let now = interfuse::memory().expect("a device");
        let now = (now.bytes_in_use, now.buffers);
        match step {
            0..3 => memory = now,
            _ => assert_eq!(now, memory, "memory after step {step}"),
        }
    }
    let submits = counted[3].submits - counted[1].submits;
    assert!((1..=668).contains(&submits), "{submits} submits of 666 steps and two reads");
    assert_eq!(counted[3].buffers_created, counted[1].buffers_created, "no step takes fresh memory");
    assert_eq!((compiled.stats().traces, compiled.stats().hits), (1, 999));
    assert!(losses[3] < 0.1 * losses[0], "it learns: {losses:?}");
}

/// Weights of inputs and of the state, and the bias, of all four gates; and of the output.
type Lstm = (Tensor, Tensor, Tensor, Tensor);

const WIDTH: i64 = 8;

fn lstm() -> Lstm {
    let weight = |seed, sizes: [i64; 2]| {
        let key = random::key(seed).expect("a key");
        random::normal(&sizes, 0, 0.3f32, DType::Float32, Some(&key)).expect("numbers")
    };
    let bias = library::zeros(&[4 * WIDTH], DType::Float32).expect("zeros");
    (weight(1, [1, 4 * WIDTH]), weight(2, [WIDTH, 4 * WIDTH]), bias, weight(3, [WIDTH, 1]))
}

/// One step for (h, c) and an input of [batch, 1]: the new state and the output.
fn cell((of_x, of_h, bias, out): &Lstm, (h, c): (Tensor, Tensor), x: &Tensor) -> ((Tensor, Tensor), Tensor) {
    let gates = x.matmul(of_x) + h.matmul(of_h) + bias;
    let [keep, write, show, value] = &gates.split(library::Split::Parts(4), -1)[..] else { panic!("four gates") };
    let c = (keep + 1.0).sigmoid() * c + write.sigmoid() * value.tanh();
    let h = show.sigmoid() * c.tanh();
    let y = h.matmul(out);
    ((h, c), y)
}

fn start(batch: i64) -> (Tensor, Tensor) {
    let zeros = || library::zeros(&[batch, WIDTH], DType::Float32).expect("zeros");
    (zeros(), zeros())
}

/// The mean square of what it says wrongly of the next value of [length, batch, 1].
fn misses(model: &Lstm, x: &Tensor, y: &Tensor) -> Result<Tensor> {
    let body = |state: (Tensor, Tensor), x: Tensor| cell(model, state, &x);
    let (_, outputs) = scan(body, start(x.sizes()[1] as i64), x.clone(), None)?;
    losses::mse_loss(&outputs, y, Reduction::Mean)
}

/// The same, every step written out.
fn misses_unrolled(model: &Lstm, x: &Tensor, y: &Tensor) -> Result<Tensor> {
    let mut state = start(x.sizes()[1] as i64);
    let mut outputs = Vec::new();
    for at in 0..x.sizes()[0] as i64 {
        let (next, output) = cell(model, state, &x.slice(&[library::Index::At(at)]));
        state = next;
        outputs.push(output);
    }
    losses::mse_loss(&library::stack(&outputs, 0)?, y, Reduction::Mean)
}

/// Waves and what follows: [length, batch, 1] each.
fn waves(length: i64, batch: i64) -> (Tensor, Tensor) {
    let value = |i: i64| (0.5 * (i / batch) as f64 + 1.7 * (i % batch) as f64).sin() as f32;
    let part = |from: i64| {
        let values: Vec<f32> = (from * batch..(from + length) * batch).map(value).collect();
        Tensor::from_slice(&values, &[length as usize, batch as usize, 1]).expect("a wave")
    };
    (part(0), part(1))
}

/// The steps of a training step's loops bind as many buffers as the device allows, however few these are.
#[test]
fn kernels_of_an_lstm_stay_within_the_limits_of_devices() {
    device();
    let (x, y) = waves(12, 4);
    let rule = UpdateRule::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0, bias_correction: true };
    let optimizer = Optimizer::new(rule, 0.02).expect("a rule");
    let step = |(model, state): &(Lstm, State)| {
        let (loss, slopes) = value_and_grad(|model: &Lstm| misses(model, &x, &y))(model)?;
        let (model, state) = optimizer.apply(state, model, &slopes)?;
        Ok((loss, model, state))
    };
    let model = lstm();
    let state = optimizer.start(&model).expect("a state");
    let bytes = block_on(export_function("step", step, &(model, state))).expect("exported");
    let file = FunctionFile::read(&bytes).expect("read");
    for limit in 8..=16 {
        let mut target = Target::base_gpu();
        target.limits.storage_buffers = limit;
        let compiled = interfuse_compiler::compile(&Request::new(file.graph(), &target), &mut ()).expect("compiles");
        for step in &compiled.plan.steps {
            let count = step.kernel.bindings.len();
            assert!(count <= limit as usize, "{count} of {limit} buffers: {}", step.kernel);
        }
    }
}

#[test]
fn an_lstm_by_scan_is_its_steps_compiles_once_and_learns() {
    device();
    let model = lstm();
    // Value and gradients are those of the steps written out.
    let (x, y) = waves(6, 3);
    let (loss, slopes) = value_and_grad(|model: &Lstm| misses(model, &x, &y))(&model).expect("a loop");
    let (plain, wanted) = value_and_grad(|model: &Lstm| misses_unrolled(model, &x, &y))(&model).expect("steps");
    let near = |got: &Tensor, want: &Tensor| {
        for (got, want) in numbers(got).into_iter().zip(numbers(want)) {
            assert!((got - want).abs() <= 2e-6 * want.abs().max(1.0), "{got}, not {want}");
        }
    };
    near(&loss, &plain);
    for (got, want) in [(&slopes.0, &wanted.0), (&slopes.1, &wanted.1), (&slopes.2, &wanted.2), (&slopes.3, &wanted.3)]
    {
        near(got, want);
    }
    // The plan of many steps is that of few.
    let step = |(model, x, y): &(Lstm, Tensor, Tensor)| value_and_grad(|model: &Lstm| misses(model, x, y))(model);
    let compiled = try_compile(step);
    let few = compiled.inspect(&(model.clone(), x.clone(), y.clone())).expect("compiles").kernels.len();
    let length = if is_gpu() { 500 } else { 10_000 };
    let (long, next) = waves(length, 1);
    let inspection = compiled.inspect(&(model.clone(), long.clone(), next.clone())).expect("compiles");
    assert!(
        inspection.kernels.len() <= few + 2,
        "{} kernels for {length} steps, {few} for 6",
        inspection.kernels.len()
    );
    assert!(inspection.after.dispatches > length as u64, "{} dispatches", inspection.after.dispatches);
    let (loss, slopes) = compiled.call(&(model.clone(), long, next)).expect("runs");
    let of_all: Vec<f64> = [&loss, &slopes.0, &slopes.1, &slopes.2, &slopes.3].into_iter().flat_map(numbers).collect();
    assert!(of_all.iter().all(|x| x.is_finite()) && of_all.iter().any(|x| *x != 0.0), "{of_all:?}");
    // It learns, by one trace.
    let rule = UpdateRule::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.0, bias_correction: true };
    let optimizer = Optimizer::new(rule, 0.02).expect("a rule");
    let (x, y) = waves(16, 4);
    let train = try_compile(|(model, state): &(Lstm, State)| {
        let (loss, slopes) = value_and_grad(|model: &Lstm| misses(model, &x, &y))(model)?;
        let (model, state) = optimizer.apply(state, model, &slopes)?;
        Ok((loss, model, state))
    });
    let mut at = (model.clone(), optimizer.start(&model).expect("a state"));
    let mut seen = Vec::new();
    for _ in 0..60 {
        let (loss, model, state) = train.call(&at).expect("a step");
        seen.push(loss.item::<f32>().expect("a loss"));
        at = (model, state);
    }
    assert!(seen[59] < 0.1 * seen[0], "it learns: {seen:?}");
    assert_eq!((train.stats().traces, train.stats().hits), (1, 59));
}
