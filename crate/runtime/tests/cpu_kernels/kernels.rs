//! Kernels written as listings, and plans of one step around them.

use interfuse_compiler::kernel::verify::verify_kernel;
use interfuse_compiler::kernel::{Access, Kernel, parse_kernel};
use interfuse_compiler::plan::{Buffer, Output, Plan, Step, Storage};
use interfuse_compiler::shape::{Aval, Shape};
use std::sync::Arc;

/// The kernel of a listing, which must be legal.
pub fn kernel(listing: &str) -> Kernel {
    let kernel = parse_kernel(listing).unwrap_or_else(|error| panic!("{error} in\n{listing}"));
    verify_kernel(&kernel).unwrap_or_else(|broken| panic!("{broken}\n{kernel}"));
    kernel
}

/// A plan that runs a kernel: reads are inputs, writes are outputs.
pub fn plan(kernel: &Kernel) -> Arc<Plan> {
    let mut plan = Plan::default();
    for (at, binding) in kernel.bindings.iter().enumerate() {
        let storage = match binding.access {
            Access::Read => {
                plan.inputs += 1;
                Storage::Input(plan.inputs - 1)
            }
            Access::Write => {
                let shape: Shape = [binding.len.clone()].into_iter().collect();
                plan.outputs.push(Output { buffer: at as u32, aval: Aval::new(shape, binding.dtype) });
                Storage::Output
            }
        };
        plan.buffers.push(Buffer { storage, dtype: binding.dtype, len: binding.len.clone() });
    }
    let buffers = (0..kernel.bindings.len() as u32).collect();
    plan.steps.push(Step { kernel: Arc::new(kernel.clone()), buffers });
    Arc::new(plan)
}
