//! A loaded plan: its pipelines, its uniform blocks, and the sizes of the last call.
//!
//! The uniform blocks of all steps live in one buffer at multiples of 256 bytes. A plan without symbols fills it once; one with
//! symbols fills it again when a call's sizes differ from those of the call before.

use super::pipeline::Pipeline;
use super::pool::Block;
use crate::device::{Call, DeviceError, Instead};
use interfuse_compiler::dim::{Atom, Dim, Symbol};
use interfuse_compiler::kernel::{Access, Axis, Inst, Kernel, Uniform};
use interfuse_compiler::plan::{Plan, Storage};
use interfuse_compiler::sharing::{ALIGNMENT, Place};
use interfuse_compiler::target::{Limits, Target};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

/// How many workgroups to run, given the values of symbols.
pub type Workgroups = Box<dyn Fn(&dyn Fn(&Atom) -> i64) -> [u32; 3]>;

/// A kernel as text.
pub struct Lowered {
    /// The text.
    pub wgsl: String,
    /// The entry point.
    pub entry: String,
    /// How many workgroups to run.
    pub workgroups: Workgroups,
}

/// A dispatch, ready.
pub(super) struct Step {
    /// The pipeline.
    pub(super) pipeline: Rc<Pipeline>,
    /// How many workgroups.
    workgroups: Rc<Workgroups>,
    /// Offset and size of its uniform block.
    pub(super) uniforms: (u64, u64),
    /// What it binds, in order: a position in the plan's buffers, and whether that buffer's block is bound whole because others in
    /// it are bound as well.
    pub(super) bound: Vec<(u32, bool)>,
}

/// Points of a dispatch that counts as one more: some microseconds on most GPUs.
const SMALL: u64 = 1 << 14;

/// At how many points a kernel computes, those along rows and contracted axes included.
fn points(kernel: &Kernel, of: &dyn Fn(&Atom) -> i64) -> u64 {
    let space = |axes: &[Axis]| {
        axes.iter().fold(1u64, |points, axis| points.saturating_mul(axis.extent.eval(of).max(0) as u64))
    };
    if kernel.parts.is_empty() {
        return space(&kernel.axes);
    }
    let parts = kernel.parts.iter().map(|part| &kernel.axes[part.axes.start as usize..part.axes.end as usize]);
    parts.map(space).fold(0, u64::saturating_add)
}

/// What follows from the values of symbols.
#[derive(Clone, Default)]
pub(super) struct Sizes {
    symbols: Vec<i64>,
    /// Bytes of each buffer of the plan.
    pub(super) buffers: Vec<u64>,
    /// Bytes of each temporary slot.
    pub(super) slots: Vec<u64>,
    /// Workgroups of each step.
    pub(super) workgroups: Vec<[u32; 3]>,
    /// For how many small dispatches each step counts.
    pub(super) weights: Vec<u64>,
    /// The content of the uniform buffer.
    pub(super) uniforms: Vec<u8>,
}

/// A loaded plan.
pub(super) struct Program {
    /// The plan.
    pub(super) plan: Arc<Plan>,
    /// Its dispatches.
    pub(super) steps: Vec<Step>,
    /// All uniform blocks; `None` without steps.
    pub(super) uniforms: Option<Rc<Block>>,
    /// Of the last call. Empty before the first of a plan with symbols.
    pub(super) sizes: RefCell<Option<Rc<Sizes>>>,
    /// Blocks of outputs and temporaries of the last call: taken again if they are free, so that bind groups are found.
    pub(super) last: RefCell<Vec<u64>>,
    /// Of each buffer of the plan its place, if it is allocated in a block with others.
    pub(super) in_arena: Vec<Option<Place>>,
    /// Has it been submitted once?
    pub(super) submitted: Cell<bool>,
    /// What is to take its place if the device refuses it; forgotten when the device has taken or refused it.
    pub(super) instead: RefCell<Option<Instead>>,
    /// What took its place.
    pub(super) replaced: RefCell<Option<Rc<Program>>>,
    /// Why nothing did.
    pub(super) refusal: RefCell<Option<DeviceError>>,
    symbols: usize,
}

impl Sizes {
    /// The values of symbols that it was made for.
    pub(super) fn symbols(&self) -> &[i64] {
        &self.symbols
    }
}

impl Program {
    /// Of a plan and, per step, the pipeline and workgroups of its kernel.
    pub(super) fn new(plan: Arc<Plan>, kernels: Vec<(Rc<Pipeline>, Rc<Workgroups>)>) -> Program {
        let mut offset = 0;
        let steps = plan
            .steps
            .iter()
            .zip(kernels)
            .map(|(step, (pipeline, workgroups))| {
                // Uniform blocks are bound in units of 16 bytes.
                let size = (step.kernel.uniforms.len() as u64 * 4).next_multiple_of(16).max(16);
                let uniforms = (offset, size);
                offset += size.next_multiple_of(ALIGNMENT);
                let bound = step.kernel.bound();
                let bound = bound.iter().map(|together| (step.buffers[together[0] as usize], together.len() > 1));
                Step { pipeline, workgroups, uniforms, bound: bound.collect() }
            })
            .collect();
        let symbols = plan.symbols();
        Program {
            in_arena: plan.in_arena(),
            plan,
            steps,
            uniforms: None,
            sizes: RefCell::new(None),
            last: RefCell::new(Vec::new()),
            submitted: Cell::new(false),
            instead: RefCell::new(None),
            replaced: RefCell::new(None),
            refusal: RefCell::new(None),
            symbols,
        }
    }

    /// Does the plan depend on sizes that only a call knows?
    pub(super) fn is_symbolic(&self) -> bool {
        self.symbols > 0
    }

    /// Bytes of the uniform buffer.
    pub(super) fn uniform_bytes(&self) -> u64 {
        self.steps.last().map_or(0, |step| step.uniforms.0 + step.uniforms.1)
    }

    /// The sizes for those values of symbols. `Err` when one is over a limit.
    pub(super) fn sizes_for(&self, symbols: &[i64], limits: &Limits) -> Result<Sizes, DeviceError> {
        if symbols.len() < self.symbols {
            return Err(DeviceError::Failed(format!(
                "the plan depends on {} sizes, the call gives {}",
                self.symbols,
                symbols.len()
            )));
        }
        let of = |atom: &Atom| match atom {
            Atom::Symbol(Symbol(id)) => symbols[*id as usize],
            other => unreachable!("{other} in a size of a plan"),
        };
        let limit = limits.binding_bytes.min(limits.buffer_bytes);
        let bytes = |dim: &Dim, what: &dyn Fn() -> String| match u64::try_from(dim.eval(&of)) {
            Ok(bytes) if bytes <= limit => Ok(bytes),
            Ok(bytes) => {
                Err(DeviceError::Limit(format!("{} takes {bytes} bytes; this device binds at most {limit}", what())))
            }
            Err(_) => Err(DeviceError::Failed(format!("{} has a negative size", what()))),
        };
        let plan = &self.plan;
        let name = |at: usize| {
            let writer = plan.steps.iter().find_map(|s| {
                s.buffers
                    .iter()
                    .zip(&s.kernel.bindings)
                    .find(|(b, binding)| **b as usize == at && binding.access == Access::Write)?;
                Some(&s.kernel.name)
            });
            let buffer = &plan.buffers[at];
            match (buffer.storage, writer) {
                (Storage::Input(i), _) => format!("argument {i} ({} x {})", buffer.len, buffer.dtype),
                (Storage::Constant(i), _) => format!("captured tensor {i} ({} x {})", buffer.len, buffer.dtype),
                (_, Some(kernel)) => format!("the result of kernel {kernel} ({} x {})", buffer.len, buffer.dtype),
                (_, None) => format!("buffer {at} ({} x {})", buffer.len, buffer.dtype),
            }
        };
        let buffers = plan
            .buffers
            .iter()
            .enumerate()
            .map(|(at, b)| bytes(&b.bytes(), &|| name(at)))
            .collect::<Result<Vec<_>, _>>()?;
        let slots = plan
            .slots
            .iter()
            .enumerate()
            .map(|(at, slot)| bytes(slot, &|| format!("temporary slot {at}")))
            .collect::<Result<Vec<_>, _>>()?;
        let workgroups: Vec<[u32; 3]> = self.steps.iter().map(|step| (step.workgroups)(&of)).collect();
        for (groups, step) in workgroups.iter().zip(&plan.steps) {
            if let Some(count) = groups.iter().find(|count| **count > limits.workgroups_per_dimension) {
                return Err(DeviceError::Limit(format!(
                    "kernel {} needs {count} workgroups along one dimension; this device runs at most {}",
                    step.kernel.name, limits.workgroups_per_dimension
                )));
            }
        }
        let weights = plan.steps.iter().map(|step| 1 + points(&step.kernel, &of) / SMALL).collect();
        let mut uniforms = vec![0; self.uniform_bytes() as usize];
        for (step, ready) in plan.steps.iter().zip(&self.steps) {
            for (at, uniform) in step.kernel.uniforms.iter().enumerate() {
                let word = match uniform {
                    Uniform::Size(dim) => u32::try_from(dim.eval(&of)).map_err(|_| {
                        DeviceError::Limit(format!(
                            "kernel {}: the size {dim} does not fit in 32 bits",
                            step.kernel.name
                        ))
                    })?,
                    Uniform::Literal(scalar) => scalar.lane(),
                };
                let start = ready.uniforms.0 as usize + at * 4;
                uniforms[start..start + 4].copy_from_slice(&word.to_le_bytes());
            }
        }
        Ok(Sizes { symbols: symbols.to_vec(), buffers, slots, workgroups, weights, uniforms })
    }

    /// The sizes of the last call, if they are those of this one.
    pub(super) fn known_sizes(&self, symbols: &[i64]) -> Option<Rc<Sizes>> {
        self.sizes.borrow().as_ref().filter(|sizes| !self.is_symbolic() || sizes.symbols == symbols).cloned()
    }

    /// Does a call pass as many buffers as the plan names?
    pub(super) fn check(&self, call: &Call) -> Result<(), DeviceError> {
        let outputs = self.plan.buffers.iter().filter(|b| b.storage == Storage::Output).count();
        let wanted = [self.plan.inputs as usize, self.plan.constants as usize, outputs];
        let given = [call.inputs.len(), call.constants.len(), call.outputs.len()];
        for ((wanted, given), what) in wanted.into_iter().zip(given).zip(["arguments", "captured tensors", "outputs"]) {
            if wanted != given {
                return Err(DeviceError::Failed(format!("the plan has {wanted} {what}, the call gives {given}")));
            }
        }
        Ok(())
    }

    /// The kernels and their ops, for messages.
    pub(super) fn describe(&self) -> String {
        let names: Vec<String> = self.plan.steps.iter().take(8).map(|step| describe(&step.kernel)).collect();
        let more = self.plan.steps.len().saturating_sub(8);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", names.join(", "))
    }

    /// May the device still refuse it, so that another plan takes its place?
    pub(super) fn is_fresh(&self) -> bool {
        self.instead.borrow().is_some()
    }

    /// Why it cannot run: what was said of it, or the first kernel that could not be made.
    pub(super) fn fault(&self) -> Option<DeviceError> {
        let refusal = self.refusal.borrow().clone();
        refusal.or_else(|| self.broken_kernel())
    }

    fn broken_kernel(&self) -> Option<DeviceError> {
        self.steps.iter().zip(&self.plan.steps).find_map(|(step, planned)| {
            let fault = step.pipeline.fault.borrow();
            fault.as_ref().map(|text| DeviceError::Failed(format!("{}: {text}", describe(&planned.kernel))))
        })
    }
}

/// A kernel and its ops, for messages.
fn describe(kernel: &Kernel) -> String {
    let mut ops: Vec<&str> = Vec::new();
    for value in &kernel.values {
        if let Inst::Apply { op, .. } = &value.inst
            && !ops.contains(&op.name())
        {
            ops.push(op.name());
        }
    }
    match ops.len() {
        0 => format!("kernel {}", kernel.name),
        1..=12 => format!("kernel {} (ops {})", kernel.name, ops.join(", ")),
        _ => format!("kernel {} (ops {}, ...)", kernel.name, ops[..12].join(", ")),
    }
}

/// No step may read memory that it writes, nor write anything but results: what WebGPU would refuse, found at load.
pub(super) fn verify(plan: &Plan) -> Result<(), DeviceError> {
    for step in &plan.steps {
        let wrong = |text: String| Err(DeviceError::Failed(format!("kernel {}: {text}", step.kernel.name)));
        if step.buffers.len() != step.kernel.bindings.len() {
            return wrong(format!("{} bindings, {} buffers", step.kernel.bindings.len(), step.buffers.len()));
        }
        let storage = |at: usize| plan.buffers[step.buffers[at] as usize].storage;
        let same = |a: usize, b: usize| match (storage(a), storage(b)) {
            (Storage::Temporary(x), Storage::Temporary(y)) => x == y,
            _ => step.buffers[a] == step.buffers[b],
        };
        for (at, _) in step.kernel.bindings.iter().enumerate().filter(|(_, b)| b.access == Access::Write) {
            if matches!(storage(at), Storage::Input(_) | Storage::Constant(_)) {
                return wrong(format!("binding {at} writes an input"));
            }
            if let Some(other) = (0..step.buffers.len()).find(|other| *other != at && same(at, *other)) {
                return wrong(format!("bindings {at} and {other} share memory and one is written"));
            }
        }
    }
    Ok(())
}

/// The compiler's lowering.
pub(super) fn lower(kernel: &Kernel, target: &Target) -> Lowered {
    let shader = interfuse_compiler::lower::lower(kernel, target);
    let (wgsl, entry) = (shader.wgsl.clone(), shader.entry.clone());
    let limits = target.limits.clone();
    Lowered { wgsl, entry, workgroups: Box::new(move |of| shader.workgroups(&|dim| dim.eval(of), &limits)) }
}
