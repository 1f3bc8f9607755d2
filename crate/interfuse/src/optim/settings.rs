//! What each optimiser may be told besides its learning rate, with what it is otherwise. The package's options, their docs and defaults
//! follow from here (`npm run gen`), and so does [`UpdateRule::usual`].

use super::misuse;
use super::rule::UpdateRule;
use crate::error::Result;
use crate::table::{Kind, Parameter, Settings, setting};

const EPS: Parameter = setting("eps", Kind::Float, "1e-8", "Added to the root.");
const BETAS: Parameter =
    setting("betas", Kind::Pair, "[0.9, 0.999]", "How much of the means of gradients and of their squares stays.");
const BIAS: Parameter = setting(
    "biasCorrection",
    Kind::Flag,
    "true",
    "Whether the means of few gradients are scaled up (as in the paper; MLX does not by default).",
);

/// All of them; the order of their numbers is that of `UpdateRule::from_numbers`.
pub const SETTINGS: &[Settings] = &[
    Settings {
        name: "SGD",
        options: "SGDOptions",
        parameters: &[
            setting("momentum", Kind::Float, "0", "How much of the last step's direction stays."),
            setting("dampening", Kind::Float, "0", "How much of the gradient does not enter the direction."),
            setting("weightDecay", Kind::Float, "0", "Adds so much of the parameter to its gradient."),
            setting("nesterov", Kind::Flag, "false", "Looks ahead along the direction."),
        ],
    },
    Settings { name: "Adam", options: "AdamOptions", parameters: &[BETAS, EPS, BIAS] },
    Settings {
        name: "AdamW",
        options: "AdamWOptions",
        parameters: &[BETAS, EPS, BIAS, setting("weightDecay", Kind::Float, "0.01", "Decoupled from the gradient.")],
    },
    Settings { name: "Adagrad", options: "AdagradOptions", parameters: &[EPS] },
    Settings {
        name: "RMSprop",
        options: "RMSpropOptions",
        parameters: &[setting("alpha", Kind::Float, "0.99", "How much of the mean of squares stays."), EPS],
    },
    Settings {
        name: "Lion",
        options: "LionOptions",
        parameters: &[
            setting("betas", Kind::Pair, "[0.9, 0.99]", "How much of the mean enters the sign, and how much stays."),
            setting("weightDecay", Kind::Float, "0", "Decoupled from the gradient."),
        ],
    },
];

impl UpdateRule {
    /// The optimiser of that name (SGD, Adam, AdamW, Adagrad, RMSprop, Lion) with what it is told by default.
    ///
    /// ```
    /// use interfuse::optim::UpdateRule;
    /// let UpdateRule::Adam { betas, bias_correction, .. } = UpdateRule::usual("Adam")? else { panic!("Adam is Adam") };
    /// assert_eq!((betas, bias_correction), ((0.9, 0.999), true));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn usual(name: &str) -> Result<UpdateRule> {
        let settings = SETTINGS.iter().find(|settings| settings.name == name).ok_or_else(|| {
            misuse(name, "there is no such optimiser".into(), "There are SGD, Adam, AdamW, Adagrad, RMSprop and Lion.")
        })?;
        let texts = settings.parameters.iter().filter_map(|parameter| parameter.default);
        let numbers = texts.flat_map(|text| text.trim_matches(['[', ']']).split(", ")).map(|text| match text {
            "true" => 1.0,
            "false" => 0.0,
            number => number.parse().expect("defaults are numbers"),
        });
        UpdateRule::from_numbers(name, &numbers.collect::<Vec<f64>>())
    }
}
