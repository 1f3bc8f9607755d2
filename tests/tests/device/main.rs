//! Values and kernel counts on the device that INTERFUSE_TEST_DEVICE names: "cpu" without it, or "webgpu", or one of them behind
//! messages: "remote-cpu", "remote-webgpu". `npm test` runs them on all.

mod kernel_counts;
mod reference_values;
mod gradient_values;
mod dtype_values;
mod training;
mod remote;
