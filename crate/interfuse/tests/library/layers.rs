//! Layers, losses and optimisers under `shapeless`: traced at one size, run at five others, with the values of eager mode, one trace and
//! no guard.

use interfuse::functions::{TRAINING, TRAINING_FACTS};
use interfuse::library::{self, Window};
use interfuse::nn::losses::{self, Binary, CrossEntropy, Reduction, Triplet};
use interfuse::nn::{self, Module, activations, layers};
use interfuse::optim::{Optimizer, UpdateRule};
use interfuse::table::{Arguments, Call, Value};
use interfuse::{Compile, DType, Result, Tensor, Tree, grad, random};

/// Batch and length; the first is the one that is traced.
const SIZES: [(i64, i64); 6] = [(3, 4), (1, 2), (2, 1), (7, 5), (5, 3), (4, 9)];
const FEATURES: i64 = 8;

fn numbers(seed: i64, sizes: &[i64]) -> Tensor {
    let key = random::key(seed).expect("a key");
    random::normal(sizes, 0, 1, DType::Float32, Some(&key)).expect("numbers")
}

fn same(name: &str, got: &Tensor, wanted: &Tensor) {
    assert_eq!((got.sizes(), got.dtype()), (wanted.sizes(), wanted.dtype()), "{name}");
    let read = |x: &Tensor| x.astype(DType::Float32).to_vec::<f32>().expect("values");
    let wanted: Vec<f64> = read(wanted).into_iter().map(f64::from).collect();
    interfuse_testing::near(&read(got), &wanted, 1e-5);
}

type Apply<'a> = &'a dyn Fn(&[Tensor]) -> Result<Tensor>;
type Several<'a> = &'a dyn Fn(&[Tensor]) -> Result<Vec<Tensor>>;
type Make<'a> = &'a dyn Fn(i64, i64) -> Vec<Tensor>;

/// One trace serves all sizes, and nothing of it was taken for granted. The function itself, and its gradient in what of the inputs is
/// floats.
fn check(name: &str, apply: Apply<'_>, make: Make<'_>) {
    let gradient = |inputs: &[Tensor]| {
        let is_float = |x: &&Tensor| x.dtype().is_float();
        let floats: Vec<Tensor> = inputs.iter().filter(is_float).cloned().collect();
        let loss = |floats: &Vec<Tensor>| {
            let mut floats = floats.iter();
            let next =
                |x: &Tensor| if x.dtype().is_float() { floats.next().expect("as many").clone() } else { x.clone() };
            apply(&inputs.iter().map(next).collect::<Vec<_>>())?.try_square()?.try_sum(.., false)
        };
        grad(loss)(&floats)
    };
    let differentiable = make(SIZES[0].0, SIZES[0].1).iter().any(|x| x.dtype().is_float());
    let value = |inputs: &[Tensor]| Ok(vec![apply(inputs)?]);
    let runs: [(&str, Several<'_>); 2] = [("value", &value), ("gradient", &gradient)];
    for (what, run) in runs.into_iter().take(1 + usize::from(differentiable)) {
        let name = format!("{what} of {name}");
        let compiled = Compile::fallible(|inputs: &Vec<Tensor>| run(inputs)).shapeless(true).build();
        for (batch, length) in SIZES {
            let inputs = make(batch, length);
            let got = compiled.call(&inputs).unwrap_or_else(|error| panic!("{name} at {batch}, {length}: {error}"));
            let wanted = run(&inputs).expect("eager");
            assert_eq!(got.len(), wanted.len(), "{name}");
            for (got, wanted) in got.iter().zip(&wanted) {
                same(&format!("{name} at {batch}, {length}"), got, wanted);
            }
        }
        let stats = compiled.stats();
        assert_eq!((stats.traces, stats.hits, stats.guard_failures), (1, 5, 0), "{name}");
        assert_eq!(compiled.cache()[0].guards, [""; 0], "{name}");
    }
}

/// The same of a layer, and with its parameters among the arguments.
fn check_layer<L: Module + Tree + Clone>(name: &str, layer: &L, make: Make<'_>) {
    check(name, &|x| layer.forward(&x[0]), make);
    let compiled = Compile::fallible(|(layer, x): &(L, Tensor)| layer.forward(x)).shapeless(true).build();
    for (batch, length) in SIZES {
        let x = make(batch, length).swap_remove(0);
        let got = compiled.call(&(layer.clone(), x.clone())).unwrap_or_else(|error| panic!("{name}, own: {error}"));
        same(name, &got, &layer.forward(&x).expect("eager"));
    }
    assert_eq!((compiled.stats().traces, compiled.stats().hits), (1, 5), "{name} as an argument");
}

#[test]
fn layers_serve_all_sizes() {
    let key = |seed| random::key(seed).expect("a key");
    let flat = |batch, _| vec![numbers(1, &[batch, FEATURES])];
    let deep = |batch, length| vec![numbers(2, &[batch, length, FEATURES])];
    let linear = nn::Linear::new(FEATURES, 5, Some(&key(0))).expect("a layer");
    check_layer("Linear", &linear, &flat);
    check_layer("Linear, deep", &linear, &deep);
    check_layer("Linear without a bias", &linear.clone().without_bias(), &flat);
    let embedding = nn::Embedding::new(6, 3, Some(&key(0))).expect("a layer");
    let indices =
        |batch, length| vec![random::randint(0, 6, &[batch, length], DType::Int32, Some(&key(3))).expect("indices")];
    check("Embedding", &|x| embedding.forward(&x[0]), &indices);
    let scores = |batch, _| vec![numbers(1, &[batch, 3])];
    check("Embedding as a linear layer", &|x| embedding.as_linear(&x[0]), &scores);
    check_layer("LayerNorm", &nn::LayerNorm::new(FEATURES).expect("a layer"), &deep);
    check_layer("RMSNorm", &nn::RmsNorm::new(FEATURES).expect("a layer"), &deep);
    let norm = nn::BatchNorm::new(FEATURES).expect("a layer");
    check_layer("BatchNorm", &norm, &deep);
    check("BatchNorm, training", &|x| norm.clone().train(&x[0]), &deep);
    let after = |x: &[Tensor]| {
        let mut norm = norm.clone();
        norm.train(&x[0])?;
        norm.running_mean.try_mul(&norm.running_var)
    };
    check("BatchNorm's statistics", &after, &deep);
    let dropout = nn::Dropout { p: 0.5, training: true };
    check("Dropout", &|x| dropout.with_key(&x[0], &key(4)), &deep);
    check_layer("Dropout, not training", &nn::Dropout { p: 0.5, training: false }, &deep);
    check_layer(
        "MultiHeadAttention",
        &nn::MultiHeadAttention::new(FEATURES, 2, Some(&key(5))).expect("a layer"),
        &deep,
    );
    // Long enough for the kernel.
    let signal = |batch, length| vec![numbers(2, &[batch, length + 3, FEATURES])];
    let window = Window { stride: vec![2], padding: vec![1], groups: 2, ..Window::default() };
    let conv = nn::Conv1d::new(FEATURES, 6, &[3], window.clone(), Some(&key(7))).expect("a layer");
    check("Conv1d", &|x| conv.forward(&x[0]), &signal);
    let picture = |batch, length| vec![numbers(2, &[batch, length + 3, length + 2, FEATURES])];
    let conv = nn::Conv2d::new(FEATURES, 3, &[3, 2], Window::default(), Some(&key(8))).expect("a layer");
    check("Conv2d", &|x| conv.forward(&x[0]), &picture);
    let conv = nn::Conv2d::new(FEATURES, 4, &[3, 3], window, Some(&key(9))).expect("a layer");
    check("Conv2d with strides and groups", &|x| conv.forward(&x[0]), &picture);
    let heads = |batch, length| vec![numbers(1, &[batch, 2, length, FEATURES])];
    let to_itself = |x: &[Tensor]| layers::scaled_dot_product_attention(&x[0], &x[0].try_sin()?, &x[0], None, None);
    check("attention", &to_itself, &heads);
    let model = (linear.clone(), nn::Gelu, nn::Linear::new(5, 2, Some(&key(6))).expect("a layer"), nn::Tanh);
    check_layer("a sequence", &model, &flat);
    let activations = (nn::Relu, nn::Silu, nn::Sigmoid);
    check_layer("activations as layers", &activations, &deep);
}

#[test]
fn activations_serve_all_sizes() {
    let deep = |batch, length| vec![numbers(2, &[batch, length, FEATURES])];
    let mut rows = 0;
    for (facts, row) in TRAINING_FACTS.iter().zip(TRAINING) {
        assert_eq!(facts.name, row.name);
        let numbers = facts.parameters[1..].iter().flat_map(|group| group.iter());
        let numbers: Option<Vec<f64>> = numbers.map(|number| number.default?.parse().ok()).collect();
        let (true, Some(numbers), Call::One(call)) = (facts.module.contains("activations"), numbers, row.call) else {
            continue;
        };
        let by_row = |x: &[Tensor]| {
            let numbers = numbers.iter().map(|number| Value::Number(*number));
            let values: Vec<Value<'_>> = [Value::Tensor(x[0].clone())].into_iter().chain(numbers).collect();
            call(&mut Arguments::new(&values))
        };
        check(row.name, &by_row, &deep);
        rows += 1;
    }
    assert!(rows > 15, "{rows} activations have defaults");
    check("prelu", &|x| activations::prelu(&x[0], &Tensor::from(0.3f32)), &deep);
    check("relu", &|x| x[0].try_maximum(0.0), &deep);
    check("gelu", &|x| library::gelu(&x[0], library::Gelu::Tanh), &deep);
    check("softplus", &|x| library::softplus(&x[0]), &deep);
}

#[test]
fn losses_serve_all_sizes() {
    let classes = |batch, length| {
        let labels = random::randint(0, 5, &[batch, length], DType::Int32, Some(&random::key(1).expect("a key")));
        vec![numbers(2, &[batch, length, 5]), labels.expect("labels")]
    };
    let smooth = CrossEntropy { label_smoothing: 0.1, ..CrossEntropy::default() };
    check("crossEntropy", &|x| losses::cross_entropy(&x[0], &x[1], &smooth), &classes);
    check("nllLoss", &|x| losses::nll_loss(&x[0].log_softmax(-1), &x[1], -1, Reduction::Sum), &classes);
    let three = |batch, length| (0..3).map(|seed| numbers(seed, &[batch, length])).collect();
    let all: [(&str, Apply<'_>); 13] = [
        ("l1Loss", &|x| losses::l1_loss(&x[0], &x[1], Reduction::Mean)),
        ("hingeLoss", &|x| losses::hinge_loss(&x[0], &x[1].sign(), Reduction::None)),
        ("crossEntropy of probabilities", &|x| {
            losses::cross_entropy(&x[0], &x[1].softmax(-1), &CrossEntropy::default())
        }),
        ("binaryCrossEntropy", &|x| {
            losses::binary_cross_entropy(&x[0], &x[1].sigmoid(), Some(&x[2]), Binary::Logits, Reduction::Mean)
        }),
        ("mseLoss", &|x| losses::mse_loss(&x[0], &x[1], Reduction::Mean)),
        ("huberLoss", &|x| losses::huber_loss(&x[0], &x[1], 0.7, Reduction::None)),
        ("smoothL1Loss", &|x| losses::smooth_l1_loss(&x[0], &x[1], 0.7, Reduction::Mean)),
        ("logCoshLoss", &|x| losses::log_cosh_loss(&x[0], &x[1], Reduction::Sum)),
        ("klDivLoss", &|x| losses::kl_div_loss(&x[0], &x[1], -1, Reduction::Mean)),
        ("gaussianNllLoss", &|x| losses::gaussian_nll_loss(&x[0], &x[1], &x[2].exp(), true, 1e-6, Reduction::Mean)),
        ("cosineSimilarityLoss", &|x| losses::cosine_similarity_loss(&x[0], &x[1], 1, 1e-8, Reduction::None)),
        ("marginRankingLoss", &|x| losses::margin_ranking_loss(&x[0], &x[1], &x[2].sign(), 0.5, Reduction::Mean)),
        ("tripletLoss", &|x| losses::triplet_loss(&x[0], &x[1], &x[2], &Triplet::default())),
    ];
    for (name, apply) in all {
        check(name, apply, &three);
    }
    // Shapes that no longer fit are told as they are without compiling.
    let mse =
        Compile::fallible(|(a, b): &(Tensor, Tensor)| losses::mse_loss(a, b, Reduction::Mean)).shapeless(true).build();
    mse.call(&(numbers(0, &[3]), numbers(1, &[3]))).expect("equal sizes");
    let error = mse.call(&(numbers(0, &[4]), numbers(1, &[1]))).expect_err("sizes that differ");
    assert!(error.to_string().contains("predictions float32[4] and targets float32[1] differ in shape"), "{error}");
}

#[test]
fn updates_serve_all_sizes() {
    let rules = [
        UpdateRule::Sgd { momentum: 0.9, dampening: 0.1, weight_decay: 0.01, nesterov: false },
        UpdateRule::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.01, bias_correction: true },
        UpdateRule::Adagrad { eps: 1e-8 },
        UpdateRule::RmsProp { alpha: 0.9, eps: 1e-8 },
        UpdateRule::Lion { betas: (0.9, 0.99), weight_decay: 0.01 },
    ];
    for rule in rules {
        let optimizer = Optimizer::new(rule, 0.1).expect("a rule");
        let step = |(p, g): &(Tensor, Tensor)| {
            let (p, state) = optimizer.apply(&optimizer.state, p, g)?;
            Ok(optimizer.apply(&state, &p, g)?.0)
        };
        let compiled = Compile::fallible(step).shapeless(true).build();
        for (batch, length) in SIZES {
            let inputs = (numbers(0, &[batch, length]), numbers(1, &[batch, length]));
            let got = compiled.call(&inputs).unwrap_or_else(|error| panic!("{rule:?} at {batch}, {length}: {error}"));
            same(&format!("{rule:?}"), &got, &step(&inputs).expect("eager"));
        }
        assert_eq!((compiled.stats().traces, compiled.stats().guard_failures), (1, 0), "{rule:?}");
    }
}
