//! No plan leaves the compiler with a kernel that the target refuses: what each binds, and how large it is.
//!
//! Fusion keeps to the number of buffers by construction, so that one is our mistake where it is met; sizes are the user's, and are
//! told here where they are known. Sizes that only a call knows, and workgroups, which follow from the schedule, are checked by the
//! device before it encodes.

use super::Plan;
use crate::kernel::NodeMap;
use crate::kind::{Misuse, MisuseKind};
use crate::target::Target;

/// Refuses a plan with a kernel over the target's limits, by the kernel's name. `maps` say what its steps compute.
pub(crate) fn check(plan: &Plan, maps: &[NodeMap], target: &Target) -> Result<(), Misuse> {
    let limits = &target.limits;
    let most = limits.binding_bytes.min(limits.buffer_bytes);
    let refuse = |message: String, hint: &str| Err(Misuse { kind: MisuseKind::Limit, message, hint: hint.into() });
    for (step, map) in plan.steps.iter().zip(maps) {
        let kernel = &step.kernel;
        let bound = kernel.bound().len();
        if bound > limits.storage_buffers as usize {
            let most = limits.storage_buffers;
            let message =
                format!("compile: kernel {} binds {bound} storage buffers; this device binds {most}", kernel.name);
            return refuse(message, "This is a mistake of the compiler: please report it.");
        }
        for (binding, node) in kernel.bindings.iter().zip(&map.bindings) {
            let bytes = binding.len.scale(binding.dtype.size_bytes() as i64).as_const();
            if let Some(bytes) = bytes.filter(|bytes| u64::try_from(*bytes).is_ok_and(|bytes| bytes > most)) {
                let what = format!("{node} ({} x {})", binding.len, binding.dtype);
                let message = format!(
                    "compile: kernel {} binds {what}, which takes {bytes} bytes; this device binds at most {most}",
                    kernel.name
                );
                return refuse(message, "Compute it in parts, or on the CPU device.");
            }
        }
    }
    Ok(())
}
