//! The plan: what a device does for one call, as plain data.
//!
//! Buffers are named by position. Inputs and constants exist before the call, outputs are born in it, temporaries live between the
//! first step that writes them and the last that reads them and share *slots*. Every step is a dispatch; steps run in order.

use crate::dim::Dim;
use crate::dtype::DType;
use crate::kernel::Kernel;
use crate::shape::Aval;
use std::sync::Arc;

/// Where a buffer's memory comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Storage {
    /// The argument at that position.
    Input(u32),
    /// The captured tensor at that position.
    Constant(u32),
    /// Fresh memory that outlives the call.
    Output,
    /// Memory of that slot, which other temporaries use before or after.
    Temporary(u32),
}

/// A buffer of the plan.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Buffer {
    /// Where its memory comes from.
    pub storage: Storage,
    /// The dtype of its elements.
    pub dtype: DType,
    /// How many elements.
    pub len: Dim,
}

impl Buffer {
    /// Bytes, when the size is known.
    pub fn bytes(&self) -> Dim {
        self.len.scale(self.dtype.size_bytes() as i64)
    }
}

/// A result of the call: a view of a whole buffer (which may be an input: tensors are immutable, so sharing is safe).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Output {
    /// Position in [`Plan::buffers`].
    pub buffer: u32,
    /// Shape and dtype of the result.
    pub aval: Aval,
}

/// One dispatch.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Step {
    /// What runs.
    pub kernel: Arc<Kernel>,
    /// Positions in [`Plan::buffers`], one per binding of the kernel.
    pub buffers: Vec<u32>,
}

/// What a device does for one call.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Plan {
    /// Every buffer that a step or an output names.
    pub buffers: Vec<Buffer>,
    /// Bytes of each temporary slot: the largest of the buffers that share it.
    pub slots: Vec<Dim>,
    /// Dispatches, in order.
    pub steps: Vec<Step>,
    /// Results, in order.
    pub outputs: Vec<Output>,
    /// How many arguments a call passes.
    pub inputs: u32,
    /// How many captured tensors a call binds.
    pub constants: u32,
}
