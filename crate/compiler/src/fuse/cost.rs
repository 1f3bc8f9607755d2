//! The cost model, all of it: bytes and scalar operations, from shapes and kinds alone.

use crate::dim::{Atom, Dim};
use crate::kernel::{Inst, Kernel, Over, Phase, Role, ValueId};
use crate::kind::{Kind, Lowering};
use crate::ops::random::BITS_COST;
use crate::shape::Aval;
use crate::target::AdapterClass;

/// What an unknown size counts as where a number is needed to choose (never to compute).
const SYMBOLIC_SIZE: i64 = 128;

/// A size as a number, for choosing.
pub fn estimate(dim: &Dim) -> f64 {
    dim.eval(&|atom| if matches!(atom, Atom::Symbol(_)) { SYMBOLIC_SIZE } else { 0 }) as f64
}

/// Elements of a value.
pub fn elements(aval: &Aval) -> f64 {
    estimate(&aval.shape.size())
}

/// Bytes of a value as a device stores it.
pub fn tensor_bytes(aval: &Aval) -> f64 {
    elements(aval) * aval.dtype.size_bytes() as f64
}

/// What a class of machines makes of bytes, operations and dispatches, all in bytes moved.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Scalar operations in the time of moving a byte: GPUs do 10 to 20, which leaves room for the rest, software adapters and the CPU
    /// device 1 to 5.
    pub ops_per_byte: f64,
    /// Bytes moved in the time of a dispatch and the wait before it: 5 microseconds on a GPU, 70 on a software adapter, 2 on the CPU
    /// device.
    pub dispatch_bytes: f64,
    /// A formula of so many operations is not worth a dispatch however often it is computed: other work hides it.
    pub hidden_ops: u32,
}

/// The rates of a class of machines.
pub fn rates(class: AdapterClass) -> Rates {
    match class {
        AdapterClass::Gpu => Rates { ops_per_byte: 8.0, dispatch_bytes: 1e6, hidden_ops: 16 },
        AdapterClass::Software => Rates { ops_per_byte: 2.0, dispatch_bytes: 2.5e5, hidden_ops: 16 },
        AdapterClass::Cpu => Rates { ops_per_byte: 2.0, dispatch_bytes: 2e4, hidden_ops: 3 },
    }
}

/// The time of one run of a kernel, in bytes moved: what it reads and writes and what it computes, whichever takes longer where the two
/// overlap.
pub fn kernel_time(kernel: &Kernel, size: &dyn Fn(&Dim) -> f64, class: AdapterClass) -> f64 {
    let rates = rates(class);
    let bytes: f64 = kernel.bindings.iter().map(|b| size(&b.len) * b.dtype.size_bytes() as f64).sum();
    let ops = kernel_ops(kernel, size);
    if class != AdapterClass::Cpu {
        return rates.dispatch_bytes + bytes.max(ops / rates.ops_per_byte);
    }
    // What a later pass over a row would repeat is kept.
    let points = points(kernel, &[Role::Grid, Role::Row], size);
    let repeated: f64 = kernel.repeats.iter().map(|(later, _)| f64::from(inst_ops(&kernel.value(*later).inst))).sum();
    rates.dispatch_bytes + bytes + (ops - repeated * points) / rates.ops_per_byte
}

/// Scalar operations per element of a node computed inside a kernel.
pub fn scalar_ops(kind: &Kind, class: AdapterClass) -> u32 {
    let facts = kind.facts();
    // Addresses that differ from lane to lane are computed and read one by one on the CPU device.
    let is_slow = facts.lowering == Lowering::LookUp && class == AdapterClass::Cpu;
    if is_slow { 2 * facts.ops } else { facts.ops }
}

/// Scalar operations of an instruction at one point; a product is its sum along the contracted axes, which this does not know.
pub fn inst_ops(inst: &Inst) -> u32 {
    match inst {
        Inst::Apply { op, .. } => op.row().cost,
        Inst::Cast { .. } | Inst::SortKey { .. } | Inst::Reduced { .. } | Inst::Running { .. } => 1,
        Inst::Bits { .. } => BITS_COST,
        Inst::Load { .. } | Inst::Index { .. } | Inst::Inside { .. } | Inst::Literal { .. } | Inst::Uniform { .. } => 0,
        Inst::Product { .. } => 2,
    }
}

/// The product of the extents of those roles.
fn points(kernel: &Kernel, roles: &[Role], size: &dyn Fn(&Dim) -> f64) -> f64 {
    kernel.axes.iter().filter(|axis| roles.contains(&axis.role)).map(|axis| size(&axis.extent).max(0.0)).product()
}

/// Scalar operations of one run of a kernel, for these values of sizes: what each phase computes, at every point that it runs at.
pub fn kernel_ops(kernel: &Kernel, size: &dyn Fn(&Dim) -> f64) -> f64 {
    if !kernel.parts.is_empty() {
        return (0..kernel.parts.len()).map(|at| kernel_ops(&kernel.part(at), size)).sum();
    }
    let points = |roles: &[Role]| points(kernel, roles, size);
    let cost = |id: u32| {
        let inst = &kernel.values[id as usize].inst;
        // A product and a sum for every position along the contracted axes.
        let times = if matches!(inst, Inst::Product { .. }) { points(&[Role::K]) } else { 1.0 };
        f64::from(inst_ops(inst)) * times
    };
    let phase = |phase: &Phase| {
        let at = match phase.over {
            Over::Grid => points(&[Role::Grid, Role::Batch, Role::M, Role::N]),
            Over::Rows => points(&[Role::Grid, Role::Row]),
            Over::Left => points(&[Role::Batch, Role::M, Role::K]),
            Over::Right => points(&[Role::Batch, Role::N, Role::K]),
        };
        let body: f64 = phase.body.clone().map(cost).sum();
        at * (body + phase.reductions.iter().map(|value| cost(value.0)).sum::<f64>())
    };
    kernel.phases.iter().map(phase).sum()
}

/// Scalar operations that cost more than to keep their result for the next pass over a row.
const KEPT_OPS: u32 = 6;

/// Values that a later pass over a row reads from what an earlier one kept, on devices that keep rows: those that the program itself says
/// are the same, that cost more to compute than to copy, and that something other than another of them needs.
pub fn kept(kernel: &Kernel) -> Vec<(ValueId, ValueId)> {
    let mut kept = Vec::new();
    if kernel.repeats.is_empty() {
        return kept;
    }
    let mut cost = vec![0u32; kernel.values.len()];
    for phase in &kernel.phases {
        for id in phase.body.clone() {
            let inst = &kernel.values[id as usize].inst;
            let mut sum = inst_ops(inst);
            inst.operands(&mut |of| {
                sum = sum.saturating_add(if phase.body.contains(&of) { cost[of as usize] } else { 0 });
            });
            cost[id as usize] = sum;
        }
    }
    for phase in kernel.phases.iter().filter(|phase| phase.over == Over::Rows) {
        let mut needed = vec![false; kernel.values.len()];
        for id in &phase.reductions {
            if let Inst::Reduced { arg, .. } = &kernel.value(*id).inst {
                needed[arg.index()] = true;
            }
        }
        for store in &phase.stores {
            needed[store.value.index()] = true;
            store.operands(&mut |of| needed[of as usize] = true);
        }
        for id in phase.body.clone().rev() {
            if !needed[id as usize] {
                continue;
            }
            let before = kernel.repeats.iter().find(|(later, _)| later.0 == id);
            match before.filter(|_| cost[id as usize] >= KEPT_OPS) {
                Some(pair) => kept.push(*pair),
                None => kernel.values[id as usize].inst.operands(&mut |of| needed[of as usize] = true),
            }
        }
    }
    kept
}
