//! Losses: how far predictions are from targets. Names, formulas and default reductions are MLX's.
//!
//! All are formulas over library ops, written so that each is one kernel with its reduction and so is its gradient: the score of a class
//! is a masked sum over the classes instead of a gather, whose gradient would be a scatter.

use super::formula::{check_same, extent, index_along, named, weak};
use crate::axes::one;
use crate::error::{Error, ErrorKind, Result};
use crate::library::{choose, logsumexp, mean, sum};
use crate::operand::Operand;
use crate::symbolic::{Explain, must_be_same};
use crate::table::{Argument, Arguments, Kind};
use crate::tensor::Tensor;
use interfuse_compiler::dtype::Weak;
use interfuse_compiler::shape::Aval;
use interfuse_derive::{Choice, Options, function};
use std::rc::Rc;

/// What becomes of the losses of single elements.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Choice)]
pub enum Reduction {
    /// They are the result.
    None,
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
}

impl Reduction {
    #[track_caller]
    fn apply(self, op: &str, loss: Tensor) -> Result<Tensor> {
        match self {
            Reduction::None => Ok(loss),
            Reduction::Mean => named(op, mean(&loss, .., false)),
            Reduction::Sum => named(op, sum(&loss, .., false)),
        }
    }
}

/// Options of [`cross_entropy`].
#[derive(Clone, Debug, Options)]
pub struct CrossEntropy<'a> {
    /// A factor for every loss.
    pub weights: Option<&'a Tensor>,
    /// The axis of the classes.
    #[default(-1)]
    pub axis: i64,
    /// How much of the target goes to all classes alike; from 0 up to 1, exclusive.
    #[default(0.0)]
    pub label_smoothing: f64,
    /// What becomes of the losses.
    #[default(Reduction::None)]
    pub reduction: Reduction,
}

/// `x` at the index along an axis, which vanishes; NaN where the index is no class: a wrong label must not pass for a loss.
#[track_caller]
fn at_class(op: &str, x: &Tensor, classes: &Tensor, axis: usize) -> Result<Tensor> {
    let positions = index_along(op, x, axis, classes.dtype())?;
    let chosen = positions.try_equal(&crate::library::expand_dims(classes, axis as i64)?)?;
    let score = sum(&choose(&chosen, x, weak(0.0))?, axis as i64, false)?;
    let known = classes.try_greater_equal(Operand::Weak(Weak::Int(0)))?;
    let known = known.try_logical_and(&classes.try_less(&extent(op, x, axis, classes.dtype())?)?)?;
    choose(&known, &score, weak(f64::NAN))
}

/// Do class indices fit: the shape without the axis of the classes?
#[track_caller]
fn check_classes(op: &str, x: &Tensor, classes: &Tensor, axis: usize) -> Result<()> {
    let text =
        move |x: &Aval, classes: &Aval| format!("targets {classes} do not fit {x} with classes along axis {axis}");
    let why = || -> Explain {
        let (x, classes) = (x.aval().clone(), classes.aval().clone());
        Rc::new(move |now| text(&now.aval(&x), &now.aval(&classes)))
    };
    let mut fits = classes.ndim() + 1 == x.ndim();
    let others = x.shape().dims().iter().enumerate().filter(|(at, _)| *at != axis);
    for ((_, a), b) in others.zip(classes.shape().dims()) {
        fits = fits && must_be_same(op, a, b, &why)?;
    }
    if fits {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Shape,
        op,
        text(&x.seen(), &classes.seen()),
        "Class indices have its shape without that axis; probabilities have its shape.",
    ))
}

/// -ln of the softmax at the target. Targets are class indices (any dtype of numbers) or probabilities of every class. No reduction by
/// default; NaN where an index is no class.
///
/// ```
/// use interfuse::{nn::losses::{cross_entropy, CrossEntropy}, Tensor};
/// let logits = Tensor::from([[2.0f32, 0.0], [0.0, 2.0]]);
/// let loss = cross_entropy(&logits, &Tensor::from([0i32, 0]), &CrossEntropy::default())?;
/// let loss = loss.to_vec::<f32>()?;
/// assert!((loss[0] - 0.126928).abs() < 1e-6 && (loss[1] - 2.126928).abs() < 1e-6);
/// # Ok::<(), interfuse::Error>(())
/// ```
#[function(
    options = "CrossEntropyOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    throws = "CompileArgumentError: the label smoothing is not from 0 to below 1.",
    example = "nn.losses.crossEntropy(tensor([[2, 0], [0, 2]]), tensor([0, 0])) // [0.126928, 2.126928]"
)]
#[track_caller]
pub fn cross_entropy(
    /// Of every class, along the axis.
    logits: &Tensor,
    /// Class indices (any dtype of numbers), or probabilities of every class.
    targets: &Tensor,
    options: &CrossEntropy<'_>,
) -> Result<Tensor> {
    const OP: &str = "crossEntropy";
    let CrossEntropy { weights, axis, label_smoothing, reduction } = *options;
    if !(0.0..1.0).contains(&label_smoothing) {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            OP,
            format!("the label smoothing is {label_smoothing}"),
            "It must be at least 0 and less than 1.",
        ));
    }
    let axis = one(OP, axis, &logits.seen())?;
    let along = axis as i64;
    let score = if targets.ndim() == logits.ndim() {
        check_same(OP, "logits", logits, "targets", targets)?;
        named(OP, sum(&logits.try_mul(targets)?, along, false))?
    } else {
        check_classes(OP, logits, targets, axis)?;
        named(OP, at_class(OP, logits, targets, axis))?
    };
    let total = logsumexp(logits, along, false)?;
    let loss = if label_smoothing > 0.0 {
        let everywhere = mean(logits, along, false)?.try_mul(weak(label_smoothing))?;
        total.try_sub(&score.try_mul(weak(1.0 - label_smoothing))?)?.try_sub(&everywhere)?
    } else {
        total.try_sub(&score)?
    };
    let loss = match weights {
        Some(weights) => {
            check_same(OP, "losses", &loss, "weights", weights)?;
            loss.try_mul(weights)?
        }
        None => loss,
    };
    reduction.apply(OP, loss)
}

/// What [`binary_cross_entropy`] is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binary {
    /// Logits: the sigmoid is part of the loss, and nothing overflows.
    Logits,
    /// Probabilities; logarithms are cut off at -100.
    Probabilities,
}

/// -(t ln p + (1 - t) ln(1 - p)) with p the sigmoid of the inputs, or the inputs.
#[function(
    options = "BinaryCrossEntropyOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.binaryCrossEntropy(tensor([0]), tensor([1])) // 0.69314718"
)]
#[track_caller]
pub fn binary_cross_entropy(
    inputs: &Tensor,
    targets: &Tensor,
    /// A factor for every loss.
    #[option]
    weights: Option<&Tensor>,
    /// Are the inputs logits, or probabilities?
    #[option(true)]
    with_logits: Binary,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::Mean)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "binaryCrossEntropy";
    check_same(OP, "inputs", inputs, "targets", targets)?;
    let loss = match with_logits {
        Binary::Logits => inputs.try_logaddexp(weak(0.0))?.try_sub(&inputs.try_mul(targets)?)?,
        Binary::Probabilities => {
            let log = |p: &Tensor| p.try_log()?.try_maximum(weak(-100.0));
            let against = Tensor::apply(crate::Op::Sub, &[weak(1.0), inputs.into()])?;
            let others = Tensor::apply(crate::Op::Sub, &[weak(1.0), targets.into()])?;
            targets.try_mul(&log(inputs)?)?.try_add(&others.try_mul(&log(&against)?)?)?.try_negative()?
        }
    };
    let loss = match weights {
        Some(weights) => {
            check_same(OP, "inputs", inputs, "weights", weights)?;
            loss.try_mul(weights)?
        }
        None => loss,
    };
    reduction.apply(OP, loss)
}

#[track_caller]
fn difference(op: &str, predictions: &Tensor, targets: &Tensor) -> Result<Tensor> {
    check_same(op, "predictions", predictions, "targets", targets)?;
    named(op, predictions.try_sub(targets))
}

/// |p - t|
#[function(
    options = "LossOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.l1Loss(tensor([1, 2]), tensor([0, 4])) // 1.5"
)]
#[track_caller]
pub fn l1_loss(
    predictions: &Tensor,
    targets: &Tensor,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::Mean)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "l1Loss";
    reduction.apply(OP, difference(OP, predictions, targets)?.try_abs()?)
}

/// (p - t)^2
#[function(
    options = "LossOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.mseLoss(tensor([1, 2]), tensor([0, 4])) // 2.5"
)]
#[track_caller]
pub fn mse_loss(
    predictions: &Tensor,
    targets: &Tensor,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::Mean)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "mseLoss";
    reduction.apply(OP, difference(OP, predictions, targets)?.try_square()?)
}

/// Minus the log-probability of the target class.
#[function(
    options = "AxisLossOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.nllLoss(tensor([[-1, -2]]), tensor([1])) // [2]"
)]
#[track_caller]
pub fn nll_loss(
    log_probabilities: &Tensor,
    /// Class indices.
    targets: &Tensor,
    /// The axis of the classes.
    #[option(-1)]
    axis: i64,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::None)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "nllLoss";
    let axis = one(OP, axis, &log_probabilities.seen())?;
    check_classes(OP, log_probabilities, targets, axis)?;
    reduction.apply(OP, named(OP, at_class(OP, log_probabilities, targets, axis))?.try_negative()?)
}

/// Minus the log-likelihood of a normal distribution with means `inputs` and variances `vars` (at least `eps`); `full` adds the constant.
#[function(
    options = "GaussianNllOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.gaussianNllLoss(tensor([0]), tensor([2]), tensor([1])) // 2"
)]
#[track_caller]
pub fn gaussian_nll_loss(
    /// The means.
    inputs: &Tensor,
    targets: &Tensor,
    /// The variances.
    vars: &Tensor,
    /// Adds ln(2 pi) / 2.
    #[option(false)]
    full: bool,
    /// The least variance.
    #[option(1e-6)]
    eps: f64,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::Mean)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "gaussianNllLoss";
    check_same(OP, "inputs", inputs, "vars", vars)?;
    let distance = difference(OP, inputs, targets)?.try_square()?;
    let vars = vars.try_maximum(weak(eps))?;
    let loss = vars.try_log()?.try_add(&distance.try_div(&vars)?)?.try_mul(weak(0.5))?;
    let constant = if full { 0.5 * std::f64::consts::TAU.ln() } else { 0.0 };
    reduction.apply(OP, if full { loss.try_add(weak(constant))? } else { loss })
}

/// Kullback-Leibler divergence along an axis of log-probabilities: the sum of e^t (t - p).
#[function(
    options = "AxisLossOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.klDivLoss(tensor([[0, 0]]), tensor([[0, 0]])) // [0]"
)]
#[track_caller]
pub fn kl_div_loss(
    /// Log-probabilities.
    inputs: &Tensor,
    /// Log-probabilities.
    targets: &Tensor,
    /// The axis of the classes.
    #[option(-1)]
    axis: i64,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::None)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "klDivLoss";
    check_same(OP, "inputs", inputs, "targets", targets)?;
    let each = targets.try_exp()?.try_mul(&targets.try_sub(inputs)?)?;
    reduction.apply(OP, named(OP, sum(&each, axis, false))?)
}

/// Quadratic up to `beta`, linear beyond; smooth in between.
#[function(
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.smoothL1Loss(tensor([0, 3]), tensor([0, 0])) // 1.25"
)]
#[track_caller]
pub fn smooth_l1_loss(
    predictions: &Tensor,
    targets: &Tensor,
    /// Where it becomes linear.
    #[option(1)]
    beta: f64,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::Mean)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "smoothL1Loss";
    let distance = difference(OP, predictions, targets)?.try_abs()?;
    let near = distance.try_square()?.try_mul(weak(0.5 / beta))?;
    let far = distance.try_sub(weak(0.5 * beta))?;
    reduction.apply(OP, choose(&distance.try_less(weak(beta))?, &near, &far)?)
}

/// Quadratic up to `delta`, linear beyond.
#[function(
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.huberLoss(tensor([0, 3]), tensor([0, 0])) // [0, 2.5]"
)]
#[track_caller]
pub fn huber_loss(
    inputs: &Tensor,
    targets: &Tensor,
    /// Where it becomes linear.
    #[option(1)]
    delta: f64,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::None)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "huberLoss";
    let distance = difference(OP, inputs, targets)?.try_abs()?;
    let near = distance.try_minimum(weak(delta))?;
    let far = distance.try_sub(&near)?;
    let loss = near.try_square()?.try_mul(weak(0.5))?.try_add(&far.try_mul(weak(delta))?)?;
    reduction.apply(OP, loss)
}

/// ln cosh(p - t)
#[function(
    options = "LossOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.logCoshLoss(tensor([1]), tensor([1])) // [0]"
)]
#[track_caller]
pub fn log_cosh_loss(
    inputs: &Tensor,
    targets: &Tensor,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::None)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "logCoshLoss";
    let distance = difference(OP, inputs, targets)?;
    let loss = distance.try_logaddexp(&distance.try_negative()?)?.try_sub(weak(std::f64::consts::LN_2))?;
    reduction.apply(OP, loss)
}

/// max(0, 1 - p t) for targets of -1 and 1.
#[function(
    options = "LossOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.hingeLoss(tensor([0.5]), tensor([1])) // [0.5]"
)]
#[track_caller]
pub fn hinge_loss(
    inputs: &Tensor,
    /// -1 or 1.
    targets: &Tensor,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::None)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "hingeLoss";
    check_same(OP, "inputs", inputs, "targets", targets)?;
    let margin = inputs.try_mul(targets)?.try_negative()?.try_add(weak(1.0))?;
    reduction.apply(OP, margin.try_maximum(weak(0.0))?)
}

/// The cosine of the angle between vectors along an axis; their lengths' product counts as at least `eps`.
#[function(
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.cosineSimilarityLoss(tensor([[1, 0]]), tensor([[1, 0]])) // [1]"
)]
#[track_caller]
pub fn cosine_similarity_loss(
    x1: &Tensor,
    x2: &Tensor,
    /// The axis of the vectors.
    #[option(1)]
    axis: i64,
    /// The least product of lengths.
    #[option(1e-8)]
    eps: f64,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::None)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "cosineSimilarityLoss";
    check_same(OP, "the first", x1, "the second", x2)?;
    let along = |x: &Tensor| named(OP, sum(x, axis, false));
    let length = |x: &Tensor| along(&x.try_square()?)?.try_sqrt();
    let lengths = length(x1)?.try_mul(&length(x2)?)?.try_maximum(weak(eps))?;
    reduction.apply(OP, along(&x1.try_mul(x2)?)?.try_div(&lengths)?)
}

/// max(0, margin - t (a - b)): `a` should be larger where the target is 1, `b` where it is -1.
#[function(
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.marginRankingLoss(tensor([1]), tensor([2]), tensor([1])) // [1]"
)]
#[track_caller]
pub fn margin_ranking_loss(
    inputs1: &Tensor,
    inputs2: &Tensor,
    /// 1 where the first should be larger, -1 where the second.
    targets: &Tensor,
    /// By how much.
    #[option(0)]
    margin: f64,
    /// What becomes of the losses of single elements: they are the result, or their mean, or their sum.
    #[option(Reduction::None)]
    reduction: Reduction,
) -> Result<Tensor> {
    const OP: &str = "marginRankingLoss";
    check_same(OP, "inputs", inputs1, "targets", targets)?;
    let ranked = difference(OP, inputs1, inputs2)?.try_mul(targets)?;
    let loss = Tensor::apply(crate::Op::Sub, &[weak(margin), (&ranked).into()])?;
    reduction.apply(OP, loss.try_maximum(weak(0.0))?)
}

/// Options of [`triplet_loss`].
#[derive(Clone, Debug, Options)]
pub struct Triplet {
    /// The axis of the vectors.
    #[default(-1)]
    pub axis: i64,
    /// The power of the norm.
    #[default(2.0)]
    pub p: f64,
    /// By how much negatives should be farther than positives.
    #[default(1.0)]
    pub margin: f64,
    /// Added under the root.
    #[default(1e-6)]
    pub eps: f64,
    /// What becomes of the losses.
    #[default(Reduction::None)]
    pub reduction: Reduction,
}

/// max(0, |a - p| - |a - n| + margin)
#[function(
    options = "TripletOptions",
    returns = "A scalar, or without a reduction the shape of the losses.",
    throws = "ShapeError: the shapes do not fit.",
    example = "nn.losses.tripletLoss(tensor([[0, 0]]), tensor([[0, 0]]), tensor([[3, 4]])) // [0]"
)]
#[track_caller]
pub fn triplet_loss(anchors: &Tensor, positives: &Tensor, negatives: &Tensor, options: &Triplet) -> Result<Tensor> {
    const OP: &str = "tripletLoss";
    let Triplet { axis, p, margin, eps, reduction } = *options;
    let distance = |other: &Tensor| {
        // MLX raises to the power as it is; the magnitude gives the same for even powers and a distance for odd ones.
        let each = difference(OP, anchors, other)?.try_abs()?.try_pow(Operand::Weak(Weak::from_f64(p)))?;
        named(OP, sum(&each, axis, false))?.try_add(weak(eps))?.try_sqrt()
    };
    let loss = distance(positives)?.try_sub(&distance(negatives)?)?.try_add(weak(margin))?;
    reduction.apply(OP, loss.try_maximum(weak(0.0))?)
}

impl<'a> Argument<'a> for Binary {
    const KIND: Kind = Kind::Flag;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        if arguments.read() { Binary::Logits } else { Binary::Probabilities }
    }
}
