//! The update of one parameter, by rule: the formulas and what each remembers.

use super::misuse;
use crate::error::{Error, ErrorKind, Result};
use crate::nn::formula::weak;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::DType;
use interfuse_derive::function;

/// How parameters are updated, with everything that stays the same during a run.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum UpdateRule {
    /// p - lr v with v = momentum v + (1 - dampening) g, of gradients with `weight_decay` p added; without momentum p - lr g.
    Sgd {
        /// How much of the last step's direction stays.
        momentum: f64,
        /// How much of the gradient does not enter the direction.
        dampening: f64,
        /// Adds so much of the parameter to its gradient.
        weight_decay: f64,
        /// Looks ahead: g + momentum v instead of v.
        nesterov: bool,
    },
    /// Kingma and Ba (2014): p - lr m / (sqrt(v) + eps), with m and v running means of g and g squared. A weight decay makes it AdamW
    /// (Loshchilov and Hutter 2017): parameters first shrink by lr times it.
    Adam {
        /// How much of m and of v stays.
        betas: (f64, f64),
        /// Added to the root.
        eps: f64,
        /// Decoupled from the gradient.
        weight_decay: f64,
        /// Divides m and v by 1 - beta^step: the means of few gradients are not yet means.
        bias_correction: bool,
    },
    /// Duchi et al. (2011): p - lr g / (sqrt(v) + eps), with v the sum of all g squared.
    Adagrad {
        /// Added to the root.
        eps: f64,
    },
    /// Tieleman and Hinton (2012): p - lr g / (sqrt(v) + eps), with v a running mean of g squared.
    RmsProp {
        /// How much of v stays.
        alpha: f64,
        /// Added to the root.
        eps: f64,
    },
    /// Chen et al. (2023): p - lr sign(c) with c between m and g, m a running mean of g.
    Lion {
        /// How much of m enters the sign, and how much stays.
        betas: (f64, f64),
        /// Decoupled from the gradient, as in AdamW.
        weight_decay: f64,
    },
}

/// What an update gives.
pub struct Updated {
    /// The parameters, in order.
    pub parameters: Vec<Tensor>,
    /// The slots: those of the first name for every parameter, then those of the second.
    pub slots: Vec<Tensor>,
}

impl UpdateRule {
    /// The rule of that name in bindings, with its numbers in the order of [`super::SETTINGS`] (booleans as 0 and 1).
    pub fn from_numbers(name: &str, numbers: &[f64]) -> Result<UpdateRule> {
        let rule = match (name, numbers) {
            ("SGD", &[momentum, dampening, weight_decay, nesterov]) => {
                UpdateRule::Sgd { momentum, dampening, weight_decay, nesterov: nesterov != 0.0 }
            }
            ("Adam", &[first, second, eps, bias]) => {
                UpdateRule::Adam { betas: (first, second), eps, weight_decay: 0.0, bias_correction: bias != 0.0 }
            }
            ("AdamW", &[first, second, eps, bias, weight_decay]) => {
                UpdateRule::Adam { betas: (first, second), eps, weight_decay, bias_correction: bias != 0.0 }
            }
            ("Adagrad", &[eps]) => UpdateRule::Adagrad { eps },
            ("RMSprop", &[alpha, eps]) => UpdateRule::RmsProp { alpha, eps },
            ("Lion", &[first, second, weight_decay]) => UpdateRule::Lion { betas: (first, second), weight_decay },
            _ => {
                return Err(misuse(
                    name,
                    format!("takes other numbers than {numbers:?}"),
                    "This is a bug of interfuse.",
                ));
            }
        };
        rule.check()?;
        Ok(rule)
    }

    fn name(&self) -> &'static str {
        match self {
            UpdateRule::Sgd { .. } => "SGD",
            UpdateRule::Adam { weight_decay: 0.0, .. } => "Adam",
            UpdateRule::Adam { .. } => "AdamW",
            UpdateRule::Adagrad { .. } => "Adagrad",
            UpdateRule::RmsProp { .. } => "RMSprop",
            UpdateRule::Lion { .. } => "Lion",
        }
    }

    /// Are the numbers ones that the formula makes sense for?
    pub(super) fn check(&self) -> Result<()> {
        let refuse = |what: &str, value: f64, hint: &str| Err(misuse(self.name(), format!("{what} is {value}"), hint));
        let share = |what: &str, value: f64| match (0.0..1.0).contains(&value) {
            true => Ok(()),
            false => refuse(what, value, "It must be at least 0 and less than 1."),
        };
        let positive = |what: &str, value: f64| match value >= 0.0 {
            true => Ok(()),
            false => refuse(what, value, "It must not be negative."),
        };
        match *self {
            UpdateRule::Sgd { momentum, dampening, weight_decay, nesterov } => {
                if nesterov && (momentum <= 0.0 || dampening != 0.0) {
                    let hint = "Nesterov's momentum needs a momentum and no dampening.";
                    return refuse("the momentum with nesterov", momentum, hint);
                }
                positive("the momentum", momentum)?;
                positive("the weight decay", weight_decay)
            }
            UpdateRule::Adam { betas, eps, weight_decay, .. } => {
                share("the first beta", betas.0)?;
                share("the second beta", betas.1)?;
                positive("eps", eps)?;
                positive("the weight decay", weight_decay)
            }
            UpdateRule::Adagrad { eps } => positive("eps", eps),
            UpdateRule::RmsProp { alpha, eps } => {
                positive("alpha", alpha)?;
                positive("eps", eps)
            }
            UpdateRule::Lion { betas, weight_decay } => {
                share("the first beta", betas.0)?;
                share("the second beta", betas.1)?;
                positive("the weight decay", weight_decay)
            }
        }
    }

    /// The names of what it remembers of a parameter.
    pub fn slots(&self) -> &'static [&'static str] {
        match self {
            UpdateRule::Sgd { momentum: 0.0, .. } => &[],
            UpdateRule::Adam { .. } => &["m", "v"],
            UpdateRule::Sgd { .. } | UpdateRule::Adagrad { .. } | UpdateRule::RmsProp { .. } => &["v"],
            UpdateRule::Lion { .. } => &["m"],
        }
    }

    /// The slots before the first update: zeros like the parameters.
    pub fn start(&self, parameters: &[Tensor]) -> Result<Vec<Tensor>> {
        let zeros = |_| parameters.iter().map(|p| crate::library::zeros_like(p, None));
        self.slots().iter().flat_map(zeros).collect()
    }

    /// One parameter after the update, and its slots.
    #[track_caller]
    fn one(
        &self,
        p: &Tensor,
        g: &Tensor,
        slots: &[&Tensor],
        lr: &Tensor,
        step: &Tensor,
    ) -> Result<(Tensor, Vec<Tensor>)> {
        // kept * old + (1 - kept) * new
        let mix =
            |old: &Tensor, new: &Tensor, kept: f64| old.try_mul(weak(kept))?.try_add(&new.try_mul(weak(1.0 - kept))?);
        let rooted = |v: &Tensor, eps: f64| v.try_sqrt()?.try_add(weak(eps));
        let shrunk = |p: &Tensor, decay: f64| match decay {
            0.0 => Ok(p.clone()),
            // p (1 - lr decay)
            _ => p.try_mul(&Tensor::apply(crate::Op::Sub, &[weak(1.0), (&lr.try_mul(weak(decay))?).into()])?),
        };
        match *self {
            UpdateRule::Sgd { momentum, dampening, weight_decay, nesterov } => {
                let g = if weight_decay == 0.0 { g.clone() } else { g.try_add(&p.try_mul(weak(weight_decay))?)? };
                let &[v] = slots else { return Ok((p.try_sub(&lr.try_mul(&g)?)?, Vec::new())) };
                let fresh = if dampening == 0.0 { g.clone() } else { g.try_mul(weak(1.0 - dampening))? };
                let v = v.try_mul(weak(momentum))?.try_add(&fresh)?;
                let direction = if nesterov { g.try_add(&v.try_mul(weak(momentum))?)? } else { v.clone() };
                Ok((p.try_sub(&lr.try_mul(&direction)?)?, vec![v]))
            }
            UpdateRule::Adam { betas, eps, weight_decay, bias_correction } => {
                let (m, v) = (mix(slots[0], g, betas.0)?, mix(slots[1], &g.try_square()?, betas.1)?);
                // The scalars are divided first: one division per parameter tensor instead of one per element.
                let (rate, mean) = if bias_correction {
                    let of = |beta| correction(step, beta, p.dtype());
                    (lr.try_div(&of(betas.0)?)?, v.try_div(&of(betas.1)?)?)
                } else {
                    (lr.clone(), v.clone())
                };
                let moved = rate.try_mul(&m)?.try_div(&rooted(&mean, eps)?)?;
                let p = shrunk(p, weight_decay)?.try_sub(&moved)?;
                Ok((p, vec![m, v]))
            }
            UpdateRule::Adagrad { eps } => {
                let v = slots[0].try_add(&g.try_square()?)?;
                Ok((p.try_sub(&lr.try_mul(g)?.try_div(&rooted(&v, eps)?)?)?, vec![v]))
            }
            UpdateRule::RmsProp { alpha, eps } => {
                let v = mix(slots[0], &g.try_square()?, alpha)?;
                Ok((p.try_sub(&lr.try_mul(g)?.try_div(&rooted(&v, eps)?)?)?, vec![v]))
            }
            UpdateRule::Lion { betas, weight_decay } => {
                let direction = mix(slots[0], g, betas.0)?.try_sign()?;
                let m = mix(slots[0], g, betas.1)?;
                Ok((shrunk(p, weight_decay)?.try_sub(&lr.try_mul(&direction)?)?, vec![m]))
            }
        }
    }
}

/// 1 - beta^step in float32, as MLX computes it: of 0.999 and one step that is 1.3e-5 less than exact, and so are the reference values.
#[track_caller]
fn correction(step: &Tensor, beta: f64, dtype: DType) -> Result<Tensor> {
    let kept = Tensor::apply(crate::Op::Pow, &[weak(beta), (&step.cast_as("Adam", DType::Float32)?).into()])?;
    Tensor::apply(crate::Op::Sub, &[weak(1.0), (&kept).into()])?.cast_as("Adam", dtype)
}

/// All parameters after one update. `step` counts from 1; `slots` as in [`Updated`].
///
/// The learning rate takes the dtype of each parameter: float16 parameters stay float16.
#[track_caller]
pub fn update(
    rule: &UpdateRule,
    learning_rate: &Tensor,
    step: &Tensor,
    parameters: &[Tensor],
    gradients: &[Tensor],
    slots: &[Tensor],
) -> Result<Updated> {
    const OP: &str = "update";
    let (count, names) = (parameters.len(), rule.slots());
    if gradients.len() != count || slots.len() != count * names.len() {
        return Err(misuse(
            OP,
            format!(
                "there are {} gradients and {} slots for {count} parameters and {}",
                gradients.len(),
                slots.len(),
                rule.name()
            ),
            "Gradients have the structure of the parameters; the state belongs to one model and one kind of optimiser.",
        ));
    }
    let mut updated = Updated { parameters: Vec::with_capacity(count), slots: Vec::with_capacity(slots.len()) };
    let mut remembered: Vec<Vec<Tensor>> = vec![Vec::with_capacity(count); names.len()];
    for (at, (p, g)) in parameters.iter().zip(gradients).enumerate() {
        if !p.dtype().is_float() {
            return Err(Error::new(
                ErrorKind::DType,
                OP,
                format!("parameter {at} is {}", p.aval()),
                "Only float parameters can be trained; freeze the others.",
            ));
        }
        crate::nn::formula::check_same(OP, &format!("parameter {at}"), p, "its gradient", g)?;
        let own: Vec<&Tensor> = (0..names.len()).map(|slot| &slots[slot * count + at]).collect();
        let lr = learning_rate.cast_as(OP, p.dtype())?;
        let (p, own) = rule.one(p, g, &own, &lr, step)?;
        updated.parameters.push(p);
        own.into_iter().zip(&mut remembered).for_each(|(tensor, list)| list.push(tensor));
    }
    updated.slots = remembered.into_iter().flatten().collect();
    Ok(updated)
}

/// One step of an optimiser by its name and numbers: the step after it, all parameters, and all slots. Slots that are not there yet start
/// at zero.
#[function(inner, name = "update")]
#[track_caller]
pub fn updated(
    rule: &str,
    numbers: &[f64],
    rate: &Tensor,
    step: &Tensor,
    parameters: &[Tensor],
    gradients: &[Tensor],
    slots: &[Tensor],
) -> Result<Vec<Tensor>> {
    let rule = UpdateRule::from_numbers(rule, numbers)?;
    let started = if slots.is_empty() { rule.start(parameters)? } else { Vec::new() };
    let slots = if slots.is_empty() { &started } else { slots };
    let step = step.try_add(1)?;
    let Updated { parameters, slots } = update(&rule, rate, &step, parameters, gradients, slots)?;
    Ok([step].into_iter().chain(parameters).chain(slots).collect())
}
