//! Executes plans. Knows classes of kernels, no ops by name.
//!
//! * [`device`]: the interface that every device implements.
//! * `cpu`: the embedded default; runs kernels block by block.
//! * `gpu` (feature `gpu`): wgpu, in the browser and natively.

pub mod device;

pub mod cpu;
pub mod remote;
#[cfg(feature = "gpu")]
pub mod gpu;
