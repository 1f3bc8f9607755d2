//! Layers, losses and initial values against numbers worked out by hand (or with the definition in another form).

use super::init::InitOptions;
use super::losses::{self, Binary, CrossEntropy, Reduction, Triplet};
use super::*;
use crate::error::ErrorKind;
use crate::functions::CORE_FACTS;
use crate::tensor::Tensor;
use crate::{library, random};
use interfuse_compiler::dtype::DType;

#[track_caller]
fn near(x: &Tensor, wanted: &[f64]) {
    interfuse_testing::near(&x.astype(DType::Float32).to_vec::<f32>().expect("values"), wanted, 2e-6);
}

fn t<const N: usize>(values: [f32; N]) -> Tensor {
    Tensor::from(values)
}

#[test]
fn losses_by_hand() {
    let (p, y) = (t([0.5, -2.0, 3.0]), t([1.0, 1.0, -1.0]));
    let none = Reduction::None;
    let is = |loss: crate::Result<Tensor>, wanted: &[f64]| near(&loss.expect("a loss"), wanted);
    is(losses::mse_loss(&p, &y, none), &[0.25, 9.0, 16.0]);
    is(losses::mse_loss(&p, &y, Reduction::Mean), &[25.25 / 3.0]);
    is(losses::mse_loss(&p, &y, Reduction::Sum), &[25.25]);
    is(losses::l1_loss(&p, &y, none), &[0.5, 3.0, 4.0]);
    is(losses::smooth_l1_loss(&p, &y, 2.0, none), &[0.0625, 2.0, 3.0]);
    is(losses::huber_loss(&p, &y, 2.0, none), &[0.125, 4.0, 6.0]);
    is(losses::log_cosh_loss(&p, &y, none), &[0.5f64.cosh().ln(), 3f64.cosh().ln(), 4f64.cosh().ln()]);
    is(losses::hinge_loss(&p, &y, none), &[0.5, 3.0, 4.0]);
    is(losses::margin_ranking_loss(&p, &t([0.0, 0.0, 0.0]), &y, 1.0, none), &[0.5, 3.0, 4.0]);
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let bce = |p: f64, y: f64| -(y * p.ln() + (1.0 - y) * (1.0 - p).ln());
    let half = t([1.0, 0.0, 0.25]);
    let by_hand = [bce(sigmoid(0.5), 1.0), bce(sigmoid(-2.0), 0.0), bce(sigmoid(3.0), 0.25)];
    is(losses::binary_cross_entropy(&p, &half, None, Binary::Logits, none), &by_hand);
    is(losses::binary_cross_entropy(&p.sigmoid(), &half, None, Binary::Probabilities, none), &by_hand);
    let weighted = by_hand.iter().zip([1.0, 2.0, 3.0]).map(|(l, w)| l * w).sum::<f64>() / 3.0;
    is(
        losses::binary_cross_entropy(&p, &half, Some(&t([1.0, 2.0, 3.0])), Binary::Logits, Reduction::Mean),
        &[weighted],
    );
    // Far from the target, and at probabilities of exactly 0 and 1, the losses stay finite.
    is(losses::binary_cross_entropy(&t([200.0, -200.0]), &t([0.0, 1.0]), None, Binary::Logits, none), &[200.0, 200.0]);
    is(losses::binary_cross_entropy(&t([0.0, 1.0]), &t([1.0, 1.0]), None, Binary::Probabilities, none), &[100.0, 0.0]);
    let gaussian = |full| losses::gaussian_nll_loss(&p, &y, &t([1.0, 4.0, 0.0]), full, 0.5, none);
    let by_hand = [0.125, (4f64.ln() + 2.25) / 2.0, (0.5f64.ln() + 32.0) / 2.0];
    is(gaussian(false), &by_hand);
    is(gaussian(true), &by_hand.map(|l| l + 0.5 * std::f64::consts::TAU.ln()));
}

#[test]
fn losses_over_classes_by_hand() {
    let logits = Tensor::from([[1.0f32, 2.0, 3.0], [1000.0, 0.0, -1000.0]]);
    let none = Reduction::None;
    let lse = 3.0 + (1.0 + (-1f64).exp() + (-2f64).exp()).ln();
    let loss = |targets: &Tensor, options: &CrossEntropy<'_>| {
        losses::cross_entropy(&logits, targets, options).expect("a loss")
    };
    let usual = CrossEntropy::default();
    near(&loss(&Tensor::from([1i32, 0]), &usual), &[lse - 2.0, 0.0]);
    // Labels as JavaScript makes them.
    near(&loss(&t([1.0, 1.0]), &usual), &[lse - 2.0, 1000.0]);
    near(&loss(&Tensor::from([3i32, -1]), &usual), &[f64::NAN, f64::NAN]);
    let mean = CrossEntropy { reduction: Reduction::Mean, ..usual.clone() };
    near(&loss(&Tensor::from([2u32, 0]), &mean), &[(lse - 3.0) / 2.0]);
    let smooth = CrossEntropy { label_smoothing: 0.3, ..usual.clone() };
    near(&loss(&Tensor::from([0i32, 0]), &smooth), &[lse - 0.7 - 0.3 * 2.0, 1000.0 - 700.0]);
    let probabilities = Tensor::from([[0.25f32, 0.25, 0.5], [0.0, 1.0, 0.0]]);
    near(&loss(&probabilities, &usual), &[lse - 2.25, 1000.0]);
    let w = t([2.0, 0.5]);
    near(
        &loss(&Tensor::from([1i32, 1]), &CrossEntropy { weights: Some(&w), ..usual.clone() }),
        &[2.0 * (lse - 2.0), 500.0],
    );
    let columns =
        losses::cross_entropy(&logits.transpose(None), &Tensor::from([1i32, 0]), &CrossEntropy { axis: 0, ..usual });
    near(&columns.expect("along axis 0"), &[lse - 2.0, 0.0]);

    let log_p = logits.log_softmax(-1);
    near(&losses::nll_loss(&log_p, &Tensor::from([1i32, 0]), -1, none).expect("nll"), &[lse - 2.0, 0.0]);
    let (q, p) = (Tensor::from([[0.5f32, 0.5]]).log(), Tensor::from([[0.25f32, 0.75]]).log());
    let divergence = 0.25 * 0.5f64.ln() + 0.75 * 1.5f64.ln();
    near(&losses::kl_div_loss(&q, &p, -1, none).expect("kl"), &[divergence]);
    let (a, b) = (Tensor::from([[3.0f32, 4.0], [0.0, 0.0]]), Tensor::from([[4.0f32, 3.0], [1.0, 0.0]]));
    near(&losses::cosine_similarity_loss(&a, &b, 1, 1e-8, none).expect("cosine"), &[24.0 / 25.0, 0.0]);
    let far = Tensor::from([[3.0f32, 10.0], [0.0, 1.0]]);
    let triplet = losses::triplet_loss(&a, &b, &far, &Triplet { eps: 0.0, ..Triplet::default() }).expect("triplet");
    near(&triplet, &[0.0, 1.0]);
    for (targets, said) in [
        (Tensor::from([1i32, 2, 0]), "targets int32[3] do not fit float32[2,3] with classes along axis 1"),
        (Tensor::from([[0.5f32, 0.5]]), "logits float32[2,3] and targets float32[1,2] differ in shape"),
    ] {
        let error = losses::cross_entropy(&logits, &targets, &CrossEntropy::default()).expect_err(said);
        assert_eq!((error.kind(), error.op(), error.message()), (ErrorKind::Shape, "crossEntropy", said));
    }
    let error = losses::mse_loss(&t([1.0, 2.0]), &Tensor::from([[1.0f32], [2.0]]), none).expect_err("a column");
    assert_eq!(error.message(), "predictions float32[2] and targets float32[2,1] differ in shape");
}

#[test]
fn activations_by_hand() {
    use activations::*;
    let x = t([-2.0, -0.5, 0.0, 0.5, 8.0]);
    let values = [-2.0f64, -0.5, 0.0, 0.5, 8.0];
    let check = |y: crate::Result<Tensor>, f: &dyn Fn(f64) -> f64| near(&y.expect("an activation"), &values.map(f));
    let elu_of = |x: f64, a: f64| if x > 0.0 { x } else { a * (x.exp() - 1.0) };
    check(elu(&x, 1.5), &|x| elu_of(x, 1.5));
    check(celu(&x, 2.0), &|x| x.max(0.0) + (2.0 * ((x / 2.0).exp() - 1.0)).min(0.0));
    check(selu(&x), &|x| 1.050_700_987_355_480_5 * elu_of(x, 1.673_263_242_354_377_2));
    check(relu6(&x), &|x| x.clamp(0.0, 6.0));
    check(relu2(&x), &|x| x.max(0.0).powi(2));
    check(softsign(&x), &|x| x / (1.0 + x.abs()));
    check(softshrink(&x, 0.5), &|x| if x.abs() > 0.5 { x - 0.5 * x.signum() } else { 0.0 });
    check(hard_shrink(&x, 0.5), &|x| if x.abs() > 0.5 { x } else { 0.0 });
    check(log_sigmoid(&x), &|x| -(1.0 + (-x).exp()).ln());
    check(mish(&x), &|x| x * x.exp().ln_1p().tanh());
    check(hardswish(&x), &|x| x * (x + 3.0).clamp(0.0, 6.0) / 6.0);
    check(hard_tanh(&x, -1.0, 1.0), &|x| x.clamp(-1.0, 1.0));
    check(gelu_fast_approx(&x), &|x| x / (1.0 + (-1.702 * x).exp()));
    check(step(&x, 0.0), &|x| f64::from(u8::from(x > 0.0)));
    check(prelu(&x, &Tensor::from(0.25f32)), &|x| if x > 0.0 { x } else { 0.25 * x });
    let total: f64 = values.iter().map(|x| (-x).exp()).sum();
    check(softmin(&x, -1), &|x| (-x).exp() / total);
    near(&glu(&t([1.0, 2.0, 0.0, 1.0]), -1).expect("glu"), &[0.5, 2.0 / (1.0 + (-1f64).exp())]);
    // Where e^x overflows, the part that is not taken stays finite.
    near(&elu(&t([200.0]), 1.0).expect("elu"), &[200.0]);
}

#[test]
fn layers_by_hand() {
    let x = Tensor::from([[1.0f32, 2.0], [3.0, -4.0]]);
    let w = Tensor::from([[1.0f32, 0.0], [0.0, 1.0], [1.0, 1.0]]);
    near(&layers::linear(&x, &w, Some(&t([0.0, 10.0, 0.0]))).expect("linear"), &[1.0, 12.0, 3.0, 3.0, 6.0, -1.0]);
    let deep = layers::linear(&x.expand_dims(0), &w, None).expect("batches");
    assert_eq!(deep.sizes(), [1, 2, 3]);
    near(&layers::linear(&t([1.0, 2.0]), &w, None).expect("a vector"), &[1.0, 2.0, 3.0]);
    near(&layers::embedding(&w, &Tensor::from([2i32, 0])).expect("rows"), &[1.0, 1.0, 1.0, 0.0]);
    assert_eq!(layers::embedding(&w, &x).expect_err("float indices").kind(), ErrorKind::DType);
    let error = layers::linear(&x, &Tensor::from([[1.0f32, 2.0, 3.0]]), None).expect_err("three inputs");
    assert_eq!((error.kind(), error.op()), (ErrorKind::Shape, "Linear"));

    let mut norm = BatchNorm::new(2).expect("a layer");
    norm.eps = 0.0;
    near(&norm.train(&x).expect("trained"), &[-1.0, 1.0, 1.0, -1.0]);
    near(&norm.running_mean, &[0.2, -0.1]);
    near(&norm.running_var, &[1.0, 1.8]);
    let rest = norm.forward(&x).expect("evaluated");
    near(&rest, &[0.8, 2.1 / 1.8f64.sqrt(), 2.8, -3.9 / 1.8f64.sqrt()]);
    let centred = LayerNorm { eps: 0.0, ..LayerNorm::new(2).expect("a layer") }.forward(&x).expect("normed");
    near(&centred, &[-1.0, 1.0, 1.0, -1.0]);
    let scaled = RmsNorm { eps: 0.0, ..RmsNorm::new(2).expect("a layer") }.forward(&x).expect("normed");
    near(&scaled, &[1.0 / 2.5f64.sqrt(), 2.0 / 2.5f64.sqrt(), 3.0 / 12.5f64.sqrt(), -4.0 / 12.5f64.sqrt()]);
}

#[test]
fn convolutions_by_hand() {
    let key = random::key(0).expect("a key");
    let mut layer = Conv1d::new(1, 2, &[2], library::Window::default(), Some(&key)).expect("a layer");
    assert_eq!((layer.weight.sizes(), layer.bias.as_ref().map(Tensor::sizes)), (vec![2, 2, 1], Some(vec![2])));
    assert!(layer.weight.abs().max(.., false).item::<f32>().expect("a number") <= 1.0 / 2f32.sqrt());
    layer.weight = Tensor::from([[[1.0f32], [1.0]], [[1.0], [-1.0]]]);
    layer.bias = Some(t([0.0, 10.0]));
    let x = Tensor::from([[[1.0f32], [2.0], [4.0]]]);
    near(&layer.forward(&x).expect("convolved"), &[3.0, 9.0, 6.0, 8.0]);
    let window = library::Window { stride: vec![2], padding: vec![1], groups: 2, ..library::Window::default() };
    let layer = Conv2d::new(4, 6, &[3, 3], window, Some(&key)).expect("a layer");
    assert_eq!(layer.weight.sizes(), [6, 3, 3, 2]);
    let y = layer.forward(&library::ones(&[2, 5, 7, 4], DType::Float32).expect("ones")).expect("convolved");
    assert_eq!(y.sizes(), [2, 3, 4, 6]);
}

#[test]
fn attention_is_softmax_of_scores_times_values() {
    let key = |seed| random::key(seed).expect("a key");
    let draw = |seed| random::normal(&[2, 3, 8], 0, 1, DType::Float32, Some(&key(seed))).expect("numbers");
    let (q, k, v) = (draw(1), draw(2), draw(3));
    let y = layers::multi_head_attention(&q, &k, &v, 2, None).expect("attention");
    // Head by head.
    let part = |x: &Tensor, head: i64| x.split(library::Split::Parts(2), -1)[head as usize].clone();
    let one = |head| {
        let (q, k, v) = (part(&q, head), part(&k, head), part(&v, head));
        (q.matmul(&k.swapaxes(-1, -2)) * 0.5).softmax(-1).matmul(&v)
    };
    let by_hand = library::concatenate(&[one(0), one(1)], -1).expect("joined");
    let far = (y - by_hand).abs().max(.., false).item::<f32>().expect("a number");
    assert!(far < 1e-6, "{far}");
    // Nobody sees what comes later: the first position is the first value.
    let additive = layers::causal_mask(3, DType::Float32).expect("a mask");
    let bools = library::tril(&library::ones(&[3, 3], DType::Bool).expect("ones"), 0).expect("a mask");
    for mask in [additive, bools] {
        let y = layers::multi_head_attention(&q, &k, &v, 2, Some(&mask)).expect("attention");
        let first = library::slice(&(y - &v), &[library::Index::All, library::Index::At(0)]).expect("a row");
        assert!(first.abs().max(.., false).item::<f32>().expect("a number") < 1e-6, "{mask}");
    }
    let model = MultiHeadAttention::new(8, 4, Some(&key(4))).expect("a layer");
    assert_eq!(model.forward(&q).expect("attention").sizes(), [2, 3, 8]);
    assert_eq!(MultiHeadAttention::new(8, 3, None).err().map(|error| error.kind()), Some(ErrorKind::CompileArgument));
}

#[test]
fn dropout_keeps_the_mean_and_repeats_with_its_key() {
    let x = library::ones(&[10_000], DType::Float32).expect("ones");
    let drop = Dropout { p: 0.25, training: true };
    let key = random::key(5).expect("a key");
    let y = drop.with_key(&x, &key).expect("dropped").to_vec::<f32>().expect("values");
    assert_eq!(drop.with_key(&x, &key).expect("dropped").to_vec::<f32>().expect("values"), y);
    let kept = y.iter().filter(|v| **v != 0.0).count();
    assert!((7_300..7_700).contains(&kept), "{kept}");
    assert!(y.iter().all(|v| *v == 0.0 || (v - 4.0 / 3.0).abs() < 1e-6));
    assert_eq!(Dropout { training: false, ..drop }.forward(&x).expect("as it is").id(), x.id());
    assert!(layers::dropout(&x, None, 1.0).is_err());
}

#[test]
fn initial_values_have_their_spread() {
    let key = random::key(6).expect("a key");
    let options = InitOptions { key: Some(&key), ..InitOptions::default() };
    let shape = [200, 100];
    for (name, made, std, most) in [
        ("fanIn", init::fan_in(&shape, &options), (1f64 / 3.0 / 100.0).sqrt(), 0.1),
        ("embedding", init::embedding(&shape, &options), 0.1, 1.0),
        (
            "glorotUniform",
            init::glorot_uniform(&shape, 1.0, &options),
            (2.0 / 300.0f64).sqrt(),
            (6.0 / 300.0f64).sqrt(),
        ),
        ("glorotNormal", init::glorot_normal(&shape, 2.0, &options), 2.0 * (2.0 / 300.0f64).sqrt(), 2.0),
        ("heUniform", init::he_uniform(&shape, 1.0, &options), 0.1, 3f64.sqrt() / 10.0),
        ("heNormal", init::he_normal(&shape, 2f64.sqrt(), &options), 2f64.sqrt() / 10.0, 1.0),
        ("normal", init::normal(&shape, 0.0, 0.5, &options), 0.5, 5.0),
        ("uniform", init::uniform(&shape, -0.5, 0.5, &options), (1.0 / 12.0f64).sqrt(), 0.5),
    ] {
        let w = made.expect("a parameter");
        let got = w.std(.., false, 0.0).item::<f32>().expect("a number");
        assert!((f64::from(got) / std - 1.0).abs() < 0.02, "{name} spreads by {got}, not {std}");
        assert!(f64::from(w.abs().max(.., false).item::<f32>().expect("a number")) <= most, "{name}");
    }
    near(&init::identity(&[2, 2], &InitOptions::default()).expect("eye"), &[1.0, 0.0, 0.0, 1.0]);
    assert_eq!(init::glorot_normal(&[5], 1.0, &InitOptions::default()).expect_err("one axis").kind(), ErrorKind::Shape);
    // A window in the middle counts for both fans.
    let conv = init::fan_in(&[8, 3, 3, 4], &options).expect("a parameter");
    assert!(conv.abs().max(.., false).item::<f32>().expect("a number") <= 1.0 / 6.0);
}

#[test]
fn layers_and_their_functions_have_the_same_defaults() {
    let usual = |name: &str, option: &str| {
        let settings = LAYERS.iter().find(|settings| settings.name == name).expect("a layer");
        settings.parameters.iter().find(|parameter| parameter.name == option).and_then(|parameter| parameter.default)
    };
    for (function, layer) in [("layerNorm", "LayerNorm"), ("rmsNorm", "RMSNorm")] {
        let facts = CORE_FACTS.iter().find(|facts| facts.name == function).expect("a row");
        let eps = facts.parameters.iter().flat_map(|group| group.iter()).find(|parameter| parameter.name == "eps");
        assert_eq!(eps.and_then(|eps| eps.default), usual(layer, "eps"), "{layer}");
    }
    let norm = BatchNorm::new(2).expect("a layer");
    assert_eq!(usual("BatchNorm", "eps"), Some(&*format!("{:e}", norm.eps)));
    assert_eq!(usual("BatchNorm", "momentum"), Some(&*norm.momentum.to_string()));
    assert_eq!(usual("Dropout", "p"), Some(&*Dropout::default().p.to_string()));
}
