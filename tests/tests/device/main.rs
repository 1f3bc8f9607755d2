//! Values and kernel counts on the device that INTERFUSE_TEST_DEVICE names: "cpu" without it, or "webgpu". `npm test` runs them on both.

mod kernel_counts;
mod reference_values;
mod gradient_values;
mod dtype_values;
mod training;
