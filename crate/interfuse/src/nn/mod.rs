//! Neural networks: layers, activations, losses and initial values.
//!
//! Every layer is a formula over tensors ([`layers`]), and a struct that holds its parameters and applies the formula ([`Linear`], ...).
//! The structs are trees: pass a model to `value_and_grad` and to an optimiser as it is. A model is a tuple of layers, or a struct of them
//! with a function `forward`.

pub(crate) mod formula;
pub mod activations;
pub mod losses;
pub mod init;
pub mod layers;
mod module;

pub use module::*;

#[cfg(test)]
mod tests;
