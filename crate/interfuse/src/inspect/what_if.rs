//! What is to be otherwise than it is in an inspection: another device, whether there is one or not, and what the compiler leaves out.

use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{self, CompileMode};
use interfuse_compiler::schedule::Schedule;
use interfuse_compiler::simplify::Rules;
use interfuse_compiler::target::{AdapterClass, Target};

/// What an inspection is compiled for; what is `None` is as it is.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct WhatIf {
    /// The mode.
    pub mode: Option<CompileMode>,
    /// The kind of device. One of another kind than the own has WebGPU's guaranteed limits and no optional features.
    pub class: Option<AdapterClass>,
    /// Storage buffers that one kernel may bind, inputs plus outputs.
    pub storage_buffers: Option<u32>,
    /// Invocations of one workgroup.
    pub workgroup_invocations: Option<u32>,
    /// float16 in storage buffers and arithmetic.
    pub float16: Option<bool>,
    /// Combinations across the invocations of a subgroup.
    pub subgroups: Option<bool>,
    /// Rules of simplification that do not apply.
    pub rules_off: Rules,
    /// Schedules that are taken where they fit a kernel, such as `map lanes=1 workgroup=64`.
    pub schedules: Vec<String>,
}

impl WhatIf {
    /// The target instead of the own one in that mode.
    ///
    /// # Errors
    /// `CompileArgument` where there is no such schedule, or no kernel could bind so few buffers.
    pub(crate) fn target(&self, own: &Target, mode: CompileMode) -> Result<Target> {
        let is_gpu = |class: AdapterClass| class != AdapterClass::Cpu;
        let mut target = match self.class {
            Some(class) if is_gpu(class) != is_gpu(own.class) && is_gpu(class) => Target::base_gpu(),
            Some(AdapterClass::Cpu) => Target::cpu(),
            _ => own.clone(),
        };
        target.class = self.class.unwrap_or(own.class);
        let mut target = pipeline::target_in(&target, self.mode.unwrap_or(mode));
        let limits = &mut target.limits;
        limits.storage_buffers = self.storage_buffers.unwrap_or(limits.storage_buffers);
        limits.workgroup_invocations = self.workgroup_invocations.unwrap_or(limits.workgroup_invocations);
        target.features.float16 = self.float16.unwrap_or(target.features.float16);
        target.features.subgroups = self.subgroups.unwrap_or(target.features.subgroups);
        let is_less = |given: Option<u32>, least: u32| given.is_some_and(|given| given < least);
        if is_less(self.storage_buffers, LEAST_BUFFERS) || is_less(self.workgroup_invocations, LEAST_INVOCATIONS) {
            let hint = format!("At least {LEAST_BUFFERS} buffers and {LEAST_INVOCATIONS} invocations.");
            return Err(bad("no kernels fit such a device".into(), hint));
        }
        target.tuning.rules_off = self.rules_off;
        for text in &self.schedules {
            let schedule: Schedule =
                text.parse().map_err(|why| bad(format!("{why}"), "Kernels show theirs.".into()))?;
            target.tuning.schedules.insert(0, schedule);
        }
        Ok(target)
    }
}

/// WebGPU guarantees 8; with fewer than 4 a choice between two values would not fit.
const LEAST_BUFFERS: u32 = 4;
/// Schedules are made of workgroups of 64 and more.
const LEAST_INVOCATIONS: u32 = 64;

fn bad(message: String, hint: String) -> Error {
    Error::new(ErrorKind::CompileArgument, "inspect", message, hint)
}
