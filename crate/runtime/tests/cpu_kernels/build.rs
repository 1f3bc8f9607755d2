//! Kernels built by hand, and plans of one step around them.

use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kernel::{
    Access, Axis, Binding, Class, Inst, Kernel, Over, Phase, Role, Store, Uniform, Value, ValueId,
};
use interfuse_compiler::kind::ReduceOp;
use interfuse_compiler::ops::Op;
use interfuse_compiler::plan::{Buffer, Output, Plan, Step, Storage};
use interfuse_compiler::shape::{Aval, Shape};
use std::sync::Arc;

/// A kernel in the making: values are appended to the phase that was opened last.
pub struct Make {
    pub kernel: Kernel,
}

/// A coordinate.
pub fn i(axis: usize) -> Dim {
    Dim::coord(axis)
}

/// A number.
pub fn c(value: i64) -> Dim {
    Dim::Const(value)
}

impl Make {
    pub fn new(class: Class, axes: &[(Role, Dim)]) -> Make {
        let axes: Vec<Axis> = axes.iter().map(|(role, extent)| Axis { extent: extent.clone(), role: *role }).collect();
        let kernel = Kernel {
            class,
            name: "by_hand".into(),
            axes,
            bindings: Vec::new(),
            uniforms: vec![Uniform::Size(Dim::ONE)],
            values: Vec::new(),
            phases: Vec::new(),
            parts: Vec::new(),
            repeats: Vec::new(),
            serial: None,
        };
        Make { kernel }
    }

    fn bind(&mut self, dtype: DType, len: Dim, access: Access) -> u32 {
        self.kernel.bindings.push(Binding { dtype, len, access, block: None });
        self.kernel.bindings.len() as u32 - 1
    }

    pub fn read(&mut self, dtype: DType, len: Dim) -> u32 {
        self.bind(dtype, len, Access::Read)
    }

    pub fn write(&mut self, dtype: DType, len: Dim) -> u32 {
        self.bind(dtype, len, Access::Write)
    }

    pub fn phase(&mut self, over: Over) {
        let at = self.kernel.values.len() as u32;
        self.kernel.phases.push(Phase { over, body: at..at, reductions: Vec::new(), stores: Vec::new() });
    }

    fn push(&mut self, inst: Inst, dtype: DType) -> ValueId {
        self.kernel.values.push(Value { inst, dtype });
        ValueId(self.kernel.values.len() as u32 - 1)
    }

    fn body(&mut self, inst: Inst, dtype: DType) -> ValueId {
        let id = self.push(inst, dtype);
        self.kernel.phases.last_mut().expect("an open phase").body.end = id.0 + 1;
        id
    }

    pub fn load(&mut self, binding: u32, index: Dim) -> ValueId {
        let dtype = self.kernel.bindings[binding as usize].dtype;
        self.body(Inst::Load { binding, index }, dtype)
    }

    pub fn index(&mut self, value: Dim) -> ValueId {
        self.body(Inst::Index { value }, DType::Int32)
    }

    pub fn inside(&mut self, value: Dim, low: Dim, high: Dim) -> ValueId {
        self.body(Inst::Inside { value, low, high }, DType::Bool)
    }

    pub fn literal(&mut self, value: Scalar) -> ValueId {
        self.body(Inst::Literal { value }, value.dtype())
    }

    pub fn uniform(&mut self, value: Scalar) -> ValueId {
        self.kernel.uniforms.push(Uniform::Literal(value));
        let member = self.kernel.uniforms.len() as u32 - 1;
        self.body(Inst::Uniform { member }, value.dtype())
    }

    pub fn apply(&mut self, name: &str, args: &[ValueId]) -> ValueId {
        let op = Op::from_name(name).unwrap_or_else(|| panic!("no row {name}"));
        let operand = self.kernel.value(*args.last().expect("an operand")).dtype;
        self.body(Inst::Apply { op, operand, args: args.iter().copied().collect() }, op.result_dtype(operand))
    }

    pub fn cast(&mut self, arg: ValueId, to: DType) -> ValueId {
        let from = self.kernel.value(arg).dtype;
        self.body(Inst::Cast { from, arg }, to)
    }

    pub fn reduce(&mut self, op: ReduceOp, arg: ValueId, position: Dim) -> ValueId {
        let dtype = if op.is_arg() { DType::UInt32 } else { self.kernel.value(arg).dtype };
        let id = self.push(Inst::Reduced { op, arg, position }, dtype);
        self.kernel.phases.last_mut().expect("an open phase").reductions.push(id);
        id
    }

    pub fn product(&mut self, left: ValueId, right: ValueId) -> ValueId {
        let dtype = self.kernel.value(left).dtype;
        self.body(Inst::Product { left, right }, dtype)
    }

    pub fn store(&mut self, binding: u32, index: Dim, value: ValueId) {
        self.kernel.phases.last_mut().expect("an open phase").stores.push(Store { binding, index, value });
    }

    /// A plan that runs this kernel: reads are inputs, writes are outputs.
    pub fn plan(&self) -> Arc<Plan> {
        let mut plan = Plan::default();
        let mut inputs = 0;
        for (at, binding) in self.kernel.bindings.iter().enumerate() {
            let storage = match binding.access {
                Access::Read => {
                    inputs += 1;
                    Storage::Input(inputs - 1)
                }
                Access::Write => {
                    let shape: Shape = [binding.len.clone()].into_iter().collect();
                    plan.outputs.push(Output { buffer: at as u32, aval: Aval::new(shape, binding.dtype) });
                    Storage::Output
                }
            };
            plan.buffers.push(Buffer { storage, dtype: binding.dtype, len: binding.len.clone() });
        }
        plan.inputs = inputs;
        let buffers = (0..self.kernel.bindings.len() as u32).collect();
        plan.steps.push(Step { kernel: Arc::new(self.kernel.clone()), buffers });
        Arc::new(plan)
    }
}
