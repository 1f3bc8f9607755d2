//! What each layer may be told, with what it is otherwise. The options of the package's layers, their docs and defaults follow from here
//! (`npm run gen`); the layers of this crate take the same numbers.

use crate::library::Window;
use crate::table::{Argument, Kind, Parameter, Settings, option, setting};

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
    /// How much of a batch's statistics enters the running ones of [`super::BatchNorm`].
    MOMENTUM MOMENTUM_TEXT = 0.1
}
number! {
    /// The probability with which [`super::Dropout`] drops.
    DROP DROP_TEXT = 0.5
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
