//! Layers as structs: parameters by name, and a function that applies the layer's formula to them. [`LAYERS`] has what they may be told,
//! with what it is otherwise: the options of the package's layers, their docs and defaults follow from it (`npm run gen`).

use super::init::{self, InitOptions};
use super::layers;
use crate::error::Result;
use crate::library::{Window, conv1d, conv2d, layer_norm, rms_norm};
use crate::random;
use crate::table::{Argument, Kind, Parameter, Settings, option, setting};
use crate::tensor::Tensor;
use interfuse_derive::Tree;

/// Something that turns one tensor into another: a layer, a model, or a tuple of them, which are called one after another.
///
/// ```
/// use interfuse::{nn::{Linear, Module}, random};
/// let keys = random::split(&random::key(0)?, 2)?;
/// let model = (Linear::new(4, 8, Some(&keys[0]))?, Linear::new(8, 2, Some(&keys[1]))?);
/// let y = model.forward(&random::normal(&[3, 4], 0, 1, interfuse::DType::Float32, Some(&random::key(1)?))?)?;
/// assert_eq!(y.sizes(), [3, 2]);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub trait Module {
    /// The output for an input.
    fn forward(&self, x: &Tensor) -> Result<Tensor>;
}

macro_rules! sequences {
    ($(($($part:ident $at:tt),+);)+) => { $(
        impl<$($part: Module),+> Module for ($($part,)+) {
            fn forward(&self, x: &Tensor) -> Result<Tensor> {
                let x = x.clone();
                $(let x = self.$at.forward(&x)?;)+
                Ok(x)
            }
        }
    )+ };
}

sequences! {
    (A 0);
    (A 0, B 1);
    (A 0, B 1, C 2);
    (A 0, B 1, C 2, D 3);
    (A 0, B 1, C 2, D 3, E 4);
    (A 0, B 1, C 2, D 3, E 4, F 5);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6);
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
}

/// Two keys of one, or none of none: then each is drawn from the generator.
fn two(key: Option<&Tensor>) -> Result<[Option<Tensor>; 2]> {
    match key {
        Some(key) => {
            let mut keys = random::split(key, 2)?.into_iter();
            Ok([keys.next(), keys.next()])
        }
        None => Ok([None, None]),
    }
}

fn constant(value: f64, size: i64) -> Result<Tensor> {
    init::constant(&[size], value, &InitOptions::default())
}

/// A number with its text, which is what the package writes.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident $text:ident = $value:literal) => {
        $(#[$doc])*
        pub const $name: f64 = $value;
        const $text: &str = stringify!($value);
    };
}

number! {
    /// What normalisations add to the variance.
    EPS EPS_TEXT = 1e-5
}
number! {
    /// How much of a batch's statistics enters the running ones of [`BatchNorm`].
    MOMENTUM MOMENTUM_TEXT = 0.1
}
number! {
    /// The probability with which [`Dropout`] drops.
    DROP DROP_TEXT = 0.5
}

/// x w^T + b
#[derive(Clone, Tree)]
pub struct Linear {
    /// [outputs, inputs]
    pub weight: Tensor,
    /// `[outputs]`
    pub bias: Option<Tensor>,
}

impl Linear {
    /// With weights and biases within 1 / sqrt(inputs).
    pub fn new(inputs: i64, outputs: i64, key: Option<&Tensor>) -> Result<Linear> {
        let [first, second] = two(key)?;
        let weight = init::fan_in(&[outputs, inputs], &InitOptions::keyed(first.as_ref()))?;
        let limit = (inputs as f64).recip().sqrt();
        let bias = init::uniform(&[outputs], -limit, limit, &InitOptions::keyed(second.as_ref()))?;
        Ok(Linear { weight, bias: Some(bias) })
    }

    /// The same without a bias.
    pub fn without_bias(self) -> Linear {
        Linear { bias: None, ..self }
    }
}

impl Module for Linear {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        layers::linear(x, &self.weight, self.bias.as_ref())
    }
}

/// Rows of a table at indices.
#[derive(Clone, Tree)]
pub struct Embedding {
    /// [count, features]
    pub weight: Tensor,
}

impl Embedding {
    /// With normally distributed rows of length about 1.
    pub fn new(count: i64, features: i64, key: Option<&Tensor>) -> Result<Embedding> {
        Ok(Embedding { weight: init::embedding(&[count, features], &InitOptions::keyed(key))? })
    }

    /// The table as the weight of a linear layer: scores of every row.
    pub fn as_linear(&self, x: &Tensor) -> Result<Tensor> {
        layers::linear(x, &self.weight, None)
    }
}

impl Module for Embedding {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        layers::embedding(&self.weight, x)
    }
}

/// Mean 0 and variance 1 along the last axis, then scaled and shifted.
#[derive(Clone, Tree)]
pub struct LayerNorm {
    /// `[features]`
    pub weight: Option<Tensor>,
    /// `[features]`
    pub bias: Option<Tensor>,
    /// Added to the variance.
    pub eps: f64,
}

impl LayerNorm {
    /// With weights of 1 and biases of 0.
    pub fn new(features: i64) -> Result<LayerNorm> {
        Ok(LayerNorm { weight: Some(constant(1.0, features)?), bias: Some(constant(0.0, features)?), eps: EPS })
    }
}

impl Module for LayerNorm {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        layer_norm(x, self.weight.as_ref(), self.bias.as_ref(), self.eps)
    }
}

/// Mean square 1 along the last axis, then scaled.
#[derive(Clone, Tree)]
pub struct RmsNorm {
    /// `[features]`
    pub weight: Tensor,
    /// Added to the mean square.
    pub eps: f64,
}

impl RmsNorm {
    /// With weights of 1.
    pub fn new(features: i64) -> Result<RmsNorm> {
        Ok(RmsNorm { weight: constant(1.0, features)?, eps: EPS })
    }
}

impl Module for RmsNorm {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        rms_norm(x, Some(&self.weight), self.eps)
    }
}

/// Mean 0 and variance 1 of every feature over the batch; features are the last axis.
#[derive(Clone, Tree)]
pub struct BatchNorm {
    /// `[features]`
    pub weight: Option<Tensor>,
    /// `[features]`
    pub bias: Option<Tensor>,
    /// What [`Module::forward`] normalises with. Not trained: it follows the batches.
    pub running_mean: Tensor,
    /// Likewise.
    pub running_var: Tensor,
    /// How much of a batch's statistics enters the running ones.
    pub momentum: f64,
    /// Added to the variance.
    pub eps: f64,
}

impl BatchNorm {
    /// With weights of 1, biases of 0, and running statistics of a standard normal distribution.
    pub fn new(features: i64) -> Result<BatchNorm> {
        Ok(BatchNorm {
            weight: Some(constant(1.0, features)?),
            bias: Some(constant(0.0, features)?),
            running_mean: constant(0.0, features)?,
            running_var: constant(1.0, features)?,
            momentum: MOMENTUM,
            eps: EPS,
        })
    }

    /// Normalises with the statistics of this batch, and lets the running ones follow.
    pub fn train(&mut self, x: &Tensor) -> Result<Tensor> {
        let (mean, var) = layers::batch_statistics(x)?;
        self.running_mean = layers::running(&self.running_mean, &mean, self.momentum)?;
        self.running_var = layers::running(&self.running_var, &var, self.momentum)?;
        layers::batch_norm(x, &mean, &var, self.weight.as_ref(), self.bias.as_ref(), self.eps)
    }
}

impl Module for BatchNorm {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        let (mean, var) = (&self.running_mean, &self.running_var);
        layers::batch_norm(x, mean, var, self.weight.as_ref(), self.bias.as_ref(), self.eps)
    }
}

/// Drops elements with probability `p` while training, and scales the others up.
#[derive(Clone, Copy, PartialEq, Debug, Tree)]
pub struct Dropout {
    /// From 0 up to 1, exclusive.
    pub p: f64,
    /// Does [`Module::forward`] drop, with a key from the generator?
    pub training: bool,
}

impl Default for Dropout {
    fn default() -> Dropout {
        Dropout { p: DROP, training: true }
    }
}

impl Dropout {
    /// That drops with this key, whether training or not.
    pub fn with_key(&self, x: &Tensor, key: &Tensor) -> Result<Tensor> {
        layers::dropout(x, Some(key), self.p)
    }
}

impl Module for Dropout {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        if self.training { layers::dropout(x, None, self.p) } else { Ok(x.clone()) }
    }
}

/// Attention of several heads, with projections before and after.
#[derive(Clone, Tree)]
pub struct MultiHeadAttention {
    /// Of queries.
    pub query_proj: Linear,
    /// Of keys.
    pub key_proj: Linear,
    /// Of values.
    pub value_proj: Linear,
    /// Of the result.
    pub out_proj: Linear,
    /// Heads, a divisor of the features.
    pub heads: i64,
}

impl MultiHeadAttention {
    /// Of so many features and heads, without biases.
    pub fn new(features: i64, heads: i64, key: Option<&Tensor>) -> Result<MultiHeadAttention> {
        layers::check_heads(features, heads)?;
        let keys = match key {
            Some(key) => random::split(key, 4)?.into_iter().map(Some).collect(),
            None => vec![None; 4],
        };
        let project = |at: usize| Ok(Linear::new(features, features, keys[at].as_ref())?.without_bias());
        Ok(MultiHeadAttention {
            query_proj: project(0)?,
            key_proj: project(1)?,
            value_proj: project(2)?,
            out_proj: project(3)?,
            heads,
        })
    }

    /// What the queries see of the values, by the keys; all of [batch, length, features]. See
    /// [`layers::scaled_dot_product_attention`] for masks.
    pub fn attend(&self, queries: &Tensor, keys: &Tensor, values: &Tensor, mask: Option<&Tensor>) -> Result<Tensor> {
        let (q, k) = (self.query_proj.forward(queries)?, self.key_proj.forward(keys)?);
        let y = layers::multi_head_attention(&q, &k, &self.value_proj.forward(values)?, self.heads, mask)?;
        self.out_proj.forward(&y)
    }
}

/// Attention to itself.
impl Module for MultiHeadAttention {
    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        self.attend(x, x, x, None)
    }
}

macro_rules! convolutions {
    ($($(#[$doc:meta])* $name:ident $function:ident;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Tree)]
        pub struct $name {
            /// [channels out, kernel sizes.., channels in / groups]
            pub weight: Tensor,
            /// [channels out]
            pub bias: Option<Tensor>,
            /// Elements from one window to the next.
            pub stride: Vec<i64>,
            /// Zeros that are added at each end of an axis.
            pub padding: Vec<i64>,
            /// Elements of the input from one element of a window to the next.
            pub dilation: Vec<i64>,
            /// Number of groups of channels; groups do not mix.
            pub groups: i64,
        }

                impl $name {
            /// With weights within 1 / sqrt(fan in) and biases of 0; the kernel's sizes are those of its spatial axes.
            pub fn new(inputs: i64, outputs: i64, kernel: &[i64], window: Window, key: Option<&Tensor>) -> Result<$name> {
                let Window { stride, padding, dilation, groups } = window;
                let sizes = [&[outputs], kernel, &[inputs / groups.max(1)]].concat();
                let weight = init::fan_in(&sizes, &InitOptions::keyed(key))?;
                Ok($name { weight, bias: Some(constant(0.0, outputs)?), stride, padding, dilation, groups })
            }
        }

        impl Module for $name {
            fn forward(&self, x: &Tensor) -> Result<Tensor> {
                let $name { weight, bias, stride, padding, dilation, groups } = self.clone();
                let y = $function(x, &weight, &Window { stride, padding, dilation, groups })?;
                layers::biased(stringify!($name), y, bias.as_ref())
            }
        }
    )+ };
}

convolutions! {
    /// Convolution of [batch, size, channels], plus a bias. [`Window`] says which size comes out.
    Conv1d conv1d;
    /// Convolution of [batch, height, width, channels], plus a bias. [`Window`] says which sizes come out.
    Conv2d conv2d;
}

macro_rules! activations {
    ($($(#[$doc:meta])* $name:ident = $function:expr;)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Tree)]
        pub struct $name;

        impl Module for $name {
            fn forward(&self, x: &Tensor) -> Result<Tensor> {
                $function(x)
            }
        }
    )+ };
}

activations! {
    /// maximum(x, 0), between other layers.
    Relu = crate::library::relu;
    /// x (1 + erf(x / sqrt 2)) / 2, between other layers.
    Gelu = |x| crate::library::gelu(x, crate::library::Gelu::Erf);
    /// x sigmoid(x), between other layers.
    Silu = crate::library::silu;
    /// The hyperbolic tangent, between other layers.
    Tanh = Tensor::try_tanh;
    /// 1 / (1 + e^-x), between other layers.
    Sigmoid = Tensor::try_sigmoid;
}

const BIAS: Parameter = setting("bias", Kind::Flag, "true", "Is there a bias?");
const NORM: [Parameter; 2] = [
    setting("eps", Kind::Float, EPS_TEXT, "Added to the variance."),
    setting("affine", Kind::Flag, "true", "Are there weights and biases that are learnt?"),
];
/// Of a convolution its window, and the bias.
const CONVOLUTION: [Parameter; 5] = {
    let [stride, padding, dilation, groups] = *<Window as Argument<'_>>::PARAMETERS else {
        panic!("a window has four numbers")
    };
    [stride, padding, dilation, groups, BIAS]
};

/// All layers that have defaults.
pub const LAYERS: &[Settings] = &[
    Settings { name: "Linear", options: "BiasOptions", parameters: &[BIAS] },
    Settings { name: "LayerNorm", options: "LayerNormOptions", parameters: &[NORM[0], NORM[1], BIAS] },
    Settings {
        name: "RMSNorm",
        options: "RMSNormOptions",
        parameters: &[setting("eps", Kind::Float, EPS_TEXT, "Added to the mean square.")],
    },
    Settings {
        name: "BatchNorm",
        options: "BatchNormOptions",
        parameters: &[
            NORM[0],
            NORM[1],
            setting(
                "momentum",
                Kind::Float,
                MOMENTUM_TEXT,
                "How much of a batch's statistics enters the running ones.",
            ),
            setting(
                "trackRunningStats",
                Kind::Flag,
                "true",
                "Does it normalise with running statistics when it is not trained?",
            ),
        ],
    },
    // Its only number is an argument, not an option.
    Settings {
        name: "Dropout",
        options: "",
        parameters: &[setting("p", Kind::Float, DROP_TEXT, "The probability with which elements are dropped.")],
    },
    Settings { name: "Conv1d", options: "ConvLayerOptions", parameters: &CONVOLUTION },
    Settings { name: "Conv2d", options: "ConvLayerOptions", parameters: &CONVOLUTION },
    Settings {
        name: "MultiHeadAttention",
        options: "AttentionOptions",
        parameters: &[
            option("queryInputDims", Kind::MaybeInt, "The size of queries; the number of features by default."),
            option("keyInputDims", Kind::MaybeInt, "The size of keys; the number of features by default."),
            option("valueInputDims", Kind::MaybeInt, "The size of values; that of keys by default."),
            option(
                "valueDims",
                Kind::MaybeInt,
                "The size of values behind their projection; the number of features by default.",
            ),
            option("valueOutputDims", Kind::MaybeInt, "The size of the result; the number of features by default."),
            setting("bias", Kind::Flag, "false", "Do the projections have biases?"),
        ],
    },
];
