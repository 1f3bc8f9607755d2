//! Layers, losses and optimisers under `shapeless`: traced at one size, run at five, with the values of eager mode and one trace.

use interfuse::nn::losses::{self, Binary, CrossEntropy, Reduction, Triplet};
use interfuse::nn::{self, Module, activations, layers};
use interfuse::optim::{Optimizer, Rule};
use interfuse::{Compile, DType, Result, Tensor, random};

/// Batch and length; the first is the one that is traced.
const SIZES: [(i64, i64); 5] = [(3, 4), (1, 2), (2, 1), (7, 5), (5, 3)];
const FEATURES: i64 = 8;

fn numbers(seed: i64, sizes: &[i64]) -> Tensor {
    let key = random::key(seed).expect("a key");
    random::normal(sizes, 0, 1, DType::Float32, Some(&key)).expect("numbers")
}

fn same(name: &str, got: &Tensor, wanted: &Tensor) {
    assert_eq!((got.sizes(), got.dtype()), (wanted.sizes(), wanted.dtype()), "{name}");
    let read = |x: &Tensor| x.astype(DType::Float32).to_vec::<f32>().expect("values");
    for (got, wanted) in read(got).into_iter().zip(read(wanted)) {
        let near =
            got == wanted || got.is_nan() && wanted.is_nan() || (got - wanted).abs() <= 1e-5 * wanted.abs().max(1.0);
        assert!(near, "{name}: {got} instead of {wanted}");
    }
}

type Apply<'a> = &'a dyn Fn(&[Tensor]) -> Result<Tensor>;
type Make<'a> = &'a dyn Fn(i64, i64) -> Vec<Tensor>;

/// Is a guard one that eager mode has as well: sizes of two tensors that must be equal, the features that weights fix, a maximum of at
/// least one element? Any other would tie the entry to the size of its trace.
fn is_rule_of_shapes(guard: &str) -> bool {
    let condition = guard.split(" (").next().unwrap_or(guard);
    match condition.split_once(" == ") {
        Some((_, other)) => other.parse::<i64>().map_or(true, |size| size == FEATURES),
        None => condition.ends_with(">= 1"),
    }
}

/// One trace serves all sizes.
fn check(name: &str, apply: Apply<'_>, make: Make<'_>) {
    let compiled = Compile::fallible(|inputs: &Vec<Tensor>| apply(inputs)).shapeless(true).build();
    for (batch, length) in SIZES {
        let inputs = make(batch, length);
        let got = compiled.call(&inputs).unwrap_or_else(|error| panic!("{name} at {batch}, {length}: {error}"));
        same(name, &got, &apply(&inputs).expect("eager"));
    }
    let stats = compiled.stats();
    assert_eq!((stats.traces, stats.hits, stats.guard_failures), (1, 4, 0), "{name}");
    let odd: Vec<String> =
        compiled.cache()[0].guards.iter().filter(|guard| !is_rule_of_shapes(guard)).cloned().collect();
    assert!(odd.is_empty(), "{name} depends on {odd:?}");
}

#[test]
fn layers_serve_all_sizes() {
    let key = |seed| random::key(seed).expect("a key");
    let flat = |batch, _| vec![numbers(1, &[batch, FEATURES])];
    let deep = |batch, length| vec![numbers(2, &[batch, length, FEATURES])];
    let linear = nn::Linear::new(FEATURES, 5, Some(&key(0))).expect("a layer");
    check("Linear", &|x| linear.forward(&x[0]), &flat);
    check("Linear, deep", &|x| linear.forward(&x[0]), &deep);
    let embedding = nn::Embedding::new(6, 3, Some(&key(0))).expect("a layer");
    let indices =
        |batch, length| vec![random::randint(0, 6, &[batch, length], DType::Int32, Some(&key(3))).expect("indices")];
    check("Embedding", &|x| embedding.forward(&x[0]), &indices);
    let norm = nn::LayerNorm::new(FEATURES).expect("a layer");
    check("LayerNorm", &|x| norm.forward(&x[0]), &deep);
    let norm = nn::RmsNorm::new(FEATURES).expect("a layer");
    check("RMSNorm", &|x| norm.forward(&x[0]), &deep);
    let norm = nn::BatchNorm::new(FEATURES).expect("a layer");
    check("BatchNorm", &|x| norm.forward(&x[0]), &deep);
    check("BatchNorm, training", &|x| norm.clone().train(&x[0]), &deep);
    let dropout = nn::Dropout { p: 0.5, training: true };
    check("Dropout", &|x| dropout.with_key(&x[0], &key(4)), &deep);
    let attention = nn::MultiHeadAttention::new(FEATURES, 2, Some(&key(5))).expect("a layer");
    check("MultiHeadAttention", &|x| attention.forward(&x[0]), &deep);
    let qkv = |batch, length| (0..3).map(|seed| numbers(seed, &[batch, 2, length, FEATURES])).collect();
    check("attention", &|x| layers::scaled_dot_product_attention(&x[0], &x[1], &x[2], None, None), &qkv);
    let model = (linear.clone(), nn::Gelu, nn::Linear::new(5, 2, Some(&key(6))).expect("a layer"), nn::Tanh);
    check("a sequence", &|x| model.forward(&x[0]), &flat);
}

#[test]
fn activations_serve_all_sizes() {
    let deep = |batch, length| vec![numbers(2, &[batch, length, FEATURES])];
    for name in [
        "elu",
        "celu",
        "selu",
        "relu6",
        "relu2",
        "leakyRelu",
        "silu",
        "softsign",
        "softshrink",
        "hardShrink",
        "logSigmoid",
        "mish",
        "hardswish",
        "hardTanh",
        "geluFastApprox",
        "softmin",
        "step",
    ] {
        check(name, &|x| activations::by_name(name, &x[0], [f64::NAN; 2]).expect("there"), &deep);
    }
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
    let all: [(&str, Apply<'_>); 11] = [
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
        Rule::Sgd { momentum: 0.9, dampening: 0.1, weight_decay: 0.01, nesterov: false },
        Rule::Adam { betas: (0.9, 0.999), eps: 1e-8, weight_decay: 0.01, bias_correction: true },
        Rule::Adagrad { eps: 1e-8 },
        Rule::RmsProp { alpha: 0.9, eps: 1e-8 },
        Rule::Lion { betas: (0.9, 0.99), weight_decay: 0.01 },
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
