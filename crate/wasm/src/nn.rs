//! Layers, activations, losses and optimisers: each group has one export, which takes the name of the formula and its numbers.

use crate::args;
use crate::host::thrown;
use crate::slab::{self, keep, keep_all};
use interfuse::nn::losses::{self, Binary, CrossEntropy, Reduction, Triplet};
use interfuse::nn::{Initial, activations, layers};
use interfuse::optim::{self, Rule, Schedule, Updated};
use interfuse::{Error, ErrorKind, Result, Tensor};
use wasm_bindgen::prelude::*;

type Answer<T> = std::result::Result<T, JsValue>;

#[inline(never)]
fn kept(made: Result<Tensor>) -> Answer<u32> {
    made.map(keep).map_err(thrown)
}

fn unknown(op: &str) -> Error {
    Error::new(ErrorKind::CompileArgument, op, "there is no such formula", "This is a bug of interfuse.")
}

/// The operands of a formula; a handle of 0 is one that is left out.
fn operands(op: &str, handles: &[u32]) -> Result<Vec<Option<Tensor>>> {
    handles.iter().map(|x| if *x == 0 { Ok(None) } else { slab::tensor(op, *x).map(Some) }).collect()
}

/// The activation of that name; a number that is NaN is the usual one.
#[wasm_bindgen]
pub fn activation(op: &str, x: u32, first: f64, second: f64) -> Answer<u32> {
    let apply = || {
        let x = slab::tensor(op, x)?;
        activations::by_name(op, &x, [first, second]).unwrap_or_else(|| Err(unknown(op)))
    };
    kept(apply())
}

/// The loss of that name of tensors (0 for weights that are left out), with its numbers.
#[wasm_bindgen]
pub fn loss(op: &str, handles: &[u32], numbers: &[f64], reduction: &str) -> Answer<u32> {
    let apply = || {
        let reduction = Reduction::from_name(reduction).ok_or_else(|| {
            let message = format!("\"{reduction}\" is not a reduction");
            Error::new(ErrorKind::CompileArgument, op, message, "It may be \"none\", \"mean\" or \"sum\".")
        })?;
        let axis = |at: usize| args::int(op, "the axis", numbers[at]);
        match operands(op, handles)?.as_slice() {
            [Some(x), Some(y)] => match op {
                "mseLoss" => losses::mse_loss(x, y, reduction),
                "l1Loss" => losses::l1_loss(x, y, reduction),
                "nllLoss" => losses::nll_loss(x, y, axis(0)?, reduction),
                "klDivLoss" => losses::kl_div_loss(x, y, axis(0)?, reduction),
                "smoothL1Loss" => losses::smooth_l1_loss(x, y, numbers[0], reduction),
                "huberLoss" => losses::huber_loss(x, y, numbers[0], reduction),
                "logCoshLoss" => losses::log_cosh_loss(x, y, reduction),
                "hingeLoss" => losses::hinge_loss(x, y, reduction),
                "cosineSimilarityLoss" => losses::cosine_similarity_loss(x, y, axis(0)?, numbers[1], reduction),
                _ => Err(unknown(op)),
            },
            [Some(x), Some(y), weights] if op == "crossEntropy" => {
                let weights = weights.as_ref();
                let options = CrossEntropy { weights, axis: axis(0)?, label_smoothing: numbers[1], reduction };
                losses::cross_entropy(x, y, &options)
            }
            [Some(x), Some(y), weights] if op == "binaryCrossEntropy" => {
                let form = if numbers[0] == 0.0 { Binary::Probabilities } else { Binary::Logits };
                losses::binary_cross_entropy(x, y, weights.as_ref(), form, reduction)
            }
            [Some(x), Some(y), Some(z)] => match op {
                "gaussianNllLoss" => losses::gaussian_nll_loss(x, y, z, numbers[0] != 0.0, numbers[1], reduction),
                "marginRankingLoss" => losses::margin_ranking_loss(x, y, z, numbers[0], reduction),
                "tripletLoss" => {
                    let (axis, p) = (axis(0)?, numbers[1]);
                    losses::triplet_loss(x, y, z, &Triplet { axis, p, margin: numbers[2], eps: numbers[3], reduction })
                }
                _ => Err(unknown(op)),
            },
            _ => Err(unknown(op)),
        }
    };
    kept(apply())
}

/// What the layer of that name computes of its input and parameters (0 for those that it lacks), with its numbers.
#[wasm_bindgen]
pub fn layer(op: &str, handles: &[u32], numbers: &[f64]) -> Answer<u32> {
    let apply = || match operands(op, handles)?.as_slice() {
        [Some(x), Some(y)] => match op {
            "Embedding" => layers::embedding(x, y),
            "prelu" => activations::prelu(x, y),
            "BatchNorm" => layers::running(x, y, numbers[0]),
            "Conv1d" | "Conv2d" => layers::biased(op, x.clone(), Some(y)),
            _ => Err(unknown(op)),
        },
        [Some(x)] if op == "Dropout" => layers::dropout(x, None, numbers[0]),
        [Some(x), Some(weight), bias] if op == "Linear" => layers::linear(x, weight, bias.as_ref()),
        [Some(x), Some(mean), Some(var), weight, bias] if op == "BatchNorm" => {
            layers::batch_norm(x, mean, var, weight.as_ref(), bias.as_ref(), numbers[0])
        }
        [Some(q), Some(k), Some(v), mask] => match op {
            "MultiHeadAttention" => {
                let heads = args::int(op, "the number of heads", numbers[0])?;
                layers::multi_head_attention(q, k, v, heads, mask.as_ref())
            }
            "scaledDotProductAttention" => {
                let scale = Some(numbers[0]).filter(|scale| !scale.is_nan());
                layers::scaled_dot_product_attention(q, k, v, scale, mask.as_ref())
            }
            _ => Err(unknown(op)),
        },
        _ => Err(unknown(op)),
    };
    kept(apply())
}

/// A parameter that starts as the initialiser of that name with its numbers says; a key of 0 is drawn from the generator.
#[wasm_bindgen]
pub fn initial(name: &str, numbers: &[f64], sizes: &[f64], dtype: &str, key: u32) -> Answer<u32> {
    let make = || {
        let key = operands(name, &[key])?;
        let initial = Initial::from_numbers(name, numbers).ok_or_else(|| unknown(name))?;
        initial.make(&args::ints(name, "a size", sizes)?, args::dtype(name, dtype)?, key[0].as_ref())
    };
    kept(make())
}

/// Refuses a number of heads that the features cannot be divided into.
#[wasm_bindgen(js_name = checkHeads)]
pub fn check_heads(features: f64, heads: f64) -> Answer<()> {
    const OP: &str = "MultiHeadAttention";
    let check = || layers::check_heads(args::int(OP, "features", features)?, args::int(OP, "heads", heads)?);
    check().map_err(thrown)
}

/// The handles of mean and variance of every feature.
#[wasm_bindgen(js_name = batchStatistics)]
pub fn batch_statistics(x: u32) -> Answer<Vec<u32>> {
    let apply = || layers::batch_statistics(&slab::tensor("BatchNorm", x)?);
    apply().map(|(mean, var)| vec![keep(mean), keep(var)]).map_err(thrown)
}

#[wasm_bindgen(js_name = causalMask)]
pub fn causal_mask(length: f64, dtype: &str) -> Answer<u32> {
    const OP: &str = "createAdditiveCausalMask";
    let make = || layers::causal_mask(args::int(OP, "the length", length)?, args::dtype(OP, dtype)?);
    kept(make())
}

/// The names of what an optimiser remembers of a parameter.
#[wasm_bindgen(js_name = optimizerSlots)]
pub fn optimizer_slots(name: &str, numbers: &[f64]) -> Answer<Vec<String>> {
    let rule = Rule::from_numbers(name, numbers).map_err(thrown)?;
    Ok(rule.slots().iter().map(|slot| slot.to_string()).collect())
}

/// One step of an optimiser. Gives the handles of the step after it, of all parameters, and of all slots; slots that are not there yet
/// start at zero.
#[wasm_bindgen(js_name = optimizerUpdate)]
pub fn optimizer_update(
    name: &str,
    numbers: &[f64],
    rate: u32,
    step: u32,
    parameters: &[u32],
    gradients: &[u32],
    slots: &[u32],
) -> Answer<Vec<u32>> {
    let update = || {
        let rule = Rule::from_numbers(name, numbers)?;
        let tensors = |handles: &[u32]| slab::tensors("update", handles);
        let parameters = tensors(parameters)?;
        let slots = if slots.is_empty() { rule.start(&parameters)? } else { tensors(slots)? };
        let step = slab::tensor("update", step)?.try_add(1)?;
        let rate = slab::tensor("update", rate)?;
        let Updated { parameters, slots } =
            optim::update(&rule, &rate, &step, &parameters, &tensors(gradients)?, &slots)?;
        Ok([step].into_iter().chain(parameters).chain(slots).collect::<Vec<_>>())
    };
    update().map(keep_all).map_err(thrown)
}

/// The learning rate of the schedule of that name at a step.
#[wasm_bindgen]
pub fn schedule(name: &str, numbers: &[f64], step: u32) -> Answer<u32> {
    let rate = || Schedule::from_numbers(name, numbers)?.at(&slab::tensor(name, step)?);
    kept(rate())
}

/// The learning rate of several schedules at a step, from what each has there.
#[wasm_bindgen(js_name = joinSchedules)]
pub fn join_schedules(step: u32, boundaries: &[f64], rates: &[u32]) -> Answer<u32> {
    const OP: &str = "joinSchedules";
    let rate = || optim::join(&slab::tensor(OP, step)?, boundaries, &slab::tensors(OP, rates)?);
    kept(rate())
}

/// The handles of the norm and of the gradients scaled down to it.
#[wasm_bindgen(js_name = clipGradNorm)]
pub fn clip_grad_norm(gradients: &[u32], largest: f64) -> Answer<Vec<u32>> {
    let clip = || optim::clip_norm(&slab::tensors("clipGradNorm", gradients)?, largest);
    let (clipped, norm) = clip().map_err(thrown)?;
    Ok(keep_all([norm].into_iter().chain(clipped)))
}
