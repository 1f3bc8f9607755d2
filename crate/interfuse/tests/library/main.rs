//! The library as a program uses it, on the CPU device: one program of tests, because each one links the whole library.

mod eager;
mod errors;
mod random;
mod compile;
mod inspect;
mod breaks;
mod state;
mod symbolic;
mod guards;
mod layers;
mod loops;
mod transform;

use interfuse::{DType, Tensor};

/// Values between -1 and 1, other ones for every seed.
fn wave(sizes: &[usize], seed: u32) -> Tensor {
    Tensor::from_slice(&interfuse_testing::wave(sizes, seed), sizes).expect("a tensor")
}

/// Asserts that a tensor holds these numbers.
#[track_caller]
fn near(got: &Tensor, want: &[f64]) {
    interfuse_testing::near(&got.astype(DType::Float32).to_vec::<f32>().expect("values"), want, 2e-6);
}
