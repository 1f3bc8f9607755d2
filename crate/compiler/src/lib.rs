//! The compiler: a pure function from a graph and a target to a plan. No GPU, no host language, no clock, no I/O.
//!
//! Modules are declared in reading order; each imports only from modules above it.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

// The words: element types, sizes, scalar meanings, the table of ops.
pub mod dtype;
pub mod dim;
pub mod shape;
pub mod emit;
pub mod ops;

// The graph.
pub mod kind;
pub mod graph;

// The device and the kernels.
pub mod target;
pub mod kernel;
pub mod fuse;
pub mod plan;
