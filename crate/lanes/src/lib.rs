//! Scalars and lanes: element types, what every scalar op means, and the loops over lanes in which the CPU device spends its time.
//!
//! A crate of its own because the Wasm is compiled for size but for this: what runs once per element belongs here, what runs once per
//! block, kernel or graph does not. It knows no graphs, shapes or kernels.

#![deny(unsafe_code)]

// The words: element types, the machine of scalar meanings, the table of ops.
pub mod dtype;
pub mod emit;
pub mod ops;

// Loops over lanes.
pub mod gemm;
pub mod memory;
pub mod reduce;
pub mod serial;
