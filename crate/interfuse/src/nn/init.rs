//! Initial values of parameters: shapes and random keys in, tensors out. Names and formulas are MLX's.

use super::formula::{named, weak};
use crate::error::{Error, ErrorKind, Result};
use crate::library::{eye, full};
use crate::random;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::DType;

/// How the elements of a parameter start. The fans of a shape [outputs, ..., inputs] are the numbers of values that an output is made
/// of and that an input goes into.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Initial {
    /// All the same.
    Constant(f64),
    /// Ones on the diagonal of a square.
    Identity,
    /// Evenly between two numbers.
    Uniform(f64, f64),
    /// Normally distributed with that mean and standard deviation.
    Normal(f64, f64),
    /// Evenly within 1 / sqrt(fan in): what linear layers and convolutions start with.
    FanIn,
    /// Normally distributed with variance 1 / (last size): what embeddings start with.
    Embedding,
    /// Glorot and Bengio (2010), evenly: within gain sqrt(6 / (fan in + fan out)).
    GlorotUniform(f64),
    /// The same, normally distributed: standard deviation gain sqrt(2 / (fan in + fan out)).
    GlorotNormal(f64),
    /// He et al. (2015), evenly: within gain sqrt(3 / fan in).
    HeUniform(f64),
    /// The same, normally distributed: standard deviation gain / sqrt(fan in).
    HeNormal(f64),
}

impl Initial {
    /// By its name in bindings, with its numbers.
    pub fn from_numbers(name: &str, numbers: &[f64]) -> Option<Initial> {
        Some(match (name, numbers) {
            ("constant", &[value]) => Initial::Constant(value),
            ("identity", &[]) => Initial::Identity,
            ("uniform", &[low, high]) => Initial::Uniform(low, high),
            ("normal", &[mean, std]) => Initial::Normal(mean, std),
            ("fanIn", &[]) => Initial::FanIn,
            ("embedding", &[]) => Initial::Embedding,
            ("glorotUniform", &[gain]) => Initial::GlorotUniform(gain),
            ("glorotNormal", &[gain]) => Initial::GlorotNormal(gain),
            ("heUniform", &[gain]) => Initial::HeUniform(gain),
            ("heNormal", &[gain]) => Initial::HeNormal(gain),
            _ => return None,
        })
    }

    /// A parameter of that shape. Without a key one is drawn from the generator.
    ///
    /// ```
    /// use interfuse::{nn::Initial, random, DType};
    /// let w = Initial::GlorotUniform(1.0).make(&[3, 5], DType::Float32, Some(&random::key(0)?))?;
    /// let limit = (6f32 / 8.0).sqrt();
    /// assert!(w.to_vec::<f32>()?.iter().all(|w| w.abs() <= limit));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    #[track_caller]
    pub fn make(self, sizes: &[i64], dtype: DType, key: Option<&Tensor>) -> Result<Tensor> {
        let fans = || {
            let (Some(first), Some(last), true) = (sizes.first(), sizes.last(), sizes.len() > 1) else {
                return Err(Error::new(
                    ErrorKind::Shape,
                    "init",
                    format!("the shape {sizes:?} has no fan-in and fan-out"),
                    "It needs at least two axes: outputs first, inputs last.",
                ));
            };
            let window: i64 = sizes[1..sizes.len() - 1].iter().product();
            Ok(((last * window) as f64, (first * window) as f64))
        };
        let within = |limit: f64| random::uniform(sizes, weak(-limit), weak(limit), dtype, key);
        let spread = |std: f64| random::normal(sizes, weak(0.0), weak(std), dtype, key);
        let made = match self {
            Initial::Constant(value) => full(sizes, weak(value), Some(dtype)),
            Initial::Identity => match sizes {
                [rows, columns] => eye(*rows, Some((*columns).into()), 0, dtype),
                _ => Err(Error::new(ErrorKind::Shape, "init", format!("{sizes:?} is not a matrix"), "")),
            },
            Initial::Uniform(low, high) => random::uniform(sizes, weak(low), weak(high), dtype, key),
            Initial::Normal(mean, std) => random::normal(sizes, weak(mean), weak(std), dtype, key),
            Initial::FanIn => within(fans()?.0.recip().sqrt()),
            Initial::Embedding => spread((*sizes.last().unwrap_or(&1) as f64).recip().sqrt()),
            Initial::GlorotUniform(gain) => within(gain * (6.0 / (fans()?.0 + fans()?.1)).sqrt()),
            Initial::GlorotNormal(gain) => spread(gain * (2.0 / (fans()?.0 + fans()?.1)).sqrt()),
            Initial::HeUniform(gain) => within(gain * (3.0 / fans()?.0).sqrt()),
            Initial::HeNormal(gain) => spread(gain / fans()?.0.sqrt()),
        };
        named("init", made)
    }
}
