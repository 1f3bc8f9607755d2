//! The compiler: a pure function from a graph and a target to a plan. No GPU, no host language, no clock, no I/O.

#![forbid(unsafe_code)]

pub mod dtype;
pub mod emit;
