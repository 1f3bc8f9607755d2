//! Runs loaded plans: buffers in, buffers out.

use crate::clock::now_ms;
use crate::device::{Buffer, DeviceHandle, Program, current_device};
use crate::devtools::{self, Event};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{self, CompileMode};
use crate::profile::{self, Profile, Subject};
use crate::tensor::Tensor;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::plan::{Storage, evaluate};
use interfuse_runtime::device::{BufferId, Call};
use std::rc::Rc;

impl Program {
    /// Runs the plan on these buffers; gives one buffer per result. A result that is an argument or a constant shares its buffer.
    pub(crate) fn run(&self, op: &str, inputs: &[Rc<Buffer>], constants: &[Rc<Buffer>]) -> Result<Vec<Rc<Buffer>>> {
        self.run_at(op, inputs, constants, &[])
    }

    /// The same with the values of the plan's symbols.
    pub(crate) fn run_at(
        &self,
        op: &str,
        inputs: &[Rc<Buffer>],
        constants: &[Rc<Buffer>],
        symbols: &[i64],
    ) -> Result<Vec<Rc<Buffer>>> {
        let device: &DeviceHandle = &self.device;
        device.check_alive(op)?;
        let open = || {
            let outputs = self.plan.buffers.iter().filter(|buffer| buffer.storage == Storage::Output);
            outputs.map(|buffer| bytes_of(buffer, symbols)).sum()
        };
        device.reserve(op, if symbols.is_empty() { self.output_bytes } else { open() })?;
        let (call, buffers) = self.call(inputs, constants, symbols);
        let dispatches = self.plan.steps.len();
        device.0.device.run(call).map_err(|error| Error::from_device(op, error))?;
        devtools::emit(|| Event::Submit { name: op.to_string(), program: self.id.0, dispatches, at_ms: now_ms() });
        let of = |output: &interfuse_compiler::plan::Output| {
            buffers[output.buffer as usize].clone().expect("a result is not a temporary")
        };
        Ok(self.plan.outputs.iter().map(of).collect())
    }

    /// The message that runs the plan on these buffers, and the buffer of each of the plan's that is not a temporary.
    pub(crate) fn call(
        &self,
        inputs: &[Rc<Buffer>],
        constants: &[Rc<Buffer>],
        symbols: &[i64],
    ) -> (Call, Vec<Option<Rc<Buffer>>>) {
        let device = &self.device;
        let mut buffers: Vec<Option<Rc<Buffer>>> = Vec::with_capacity(self.plan.buffers.len());
        let mut outputs: Vec<BufferId> = Vec::new();
        let arenas: Vec<u64> = self.plan.arenas.iter().map(|_| device.fresh_id()).collect();
        for (at, buffer) in self.plan.buffers.iter().enumerate() {
            buffers.push(match buffer.storage {
                Storage::Input(at) => Some(inputs[at as usize].clone()),
                Storage::Constant(at) => Some(constants[at as usize].clone()),
                Storage::Output => {
                    let place = self.in_arena.get(at).copied().flatten();
                    let arena = place.map(|place| (arenas[place.block as usize], place.offset));
                    let fresh = device.fresh_buffer_in(arena, bytes_of(buffer, symbols));
                    outputs.push(fresh.id);
                    Some(fresh)
                }
                Storage::Temporary(_) => None,
            });
        }
        let ids =
            |buffers: &[Rc<Buffer>], count: u32| buffers[..count as usize].iter().map(|b| b.id).collect::<Vec<_>>();
        let call = Call {
            program: self.id,
            inputs: ids(inputs, self.plan.inputs),
            constants: ids(constants, self.plan.constants),
            outputs,
            symbols: symbols.to_vec(),
        };
        (call, buffers)
    }
}

fn bytes_of(buffer: &interfuse_compiler::plan::Buffer, symbols: &[i64]) -> u64 {
    evaluate(&buffer.bytes(), symbols).max(0) as u64
}

/// Compiles and runs a graph alone, such as one read from a file: one tensor per input and per constant, in order.
pub fn run_graph(graph: &Graph, inputs: &[Tensor], constants: &[Tensor]) -> Result<Vec<Tensor>> {
    const OP: &str = "run";
    let (device, buffers, constants) = buffers_of(OP, graph, inputs, constants)?;
    let target = pipeline::target_in(device.device().target(), CompileMode::Enabled);
    let plan = pipeline::compile(graph, &target, &mut ())?.plan;
    let program = device.load(OP, plan.into())?;
    let results = program.run(OP, &buffers, &constants)?;
    let of = |(buffer, output): (Rc<Buffer>, &interfuse_compiler::plan::Output)| {
        Tensor::from_buffer(output.aval.clone(), buffer)
    };
    Ok(results.into_iter().zip(&program.plan.outputs).map(of).collect())
}

/// Measures a graph alone, as `CompiledFunction::profile` does a function.
pub async fn profile_graph(graph: &Graph, inputs: &[Tensor], constants: &[Tensor], repeats: usize) -> Result<Profile> {
    let (device, inputs, constants) = buffers_of("profile", graph, inputs, constants)?;
    let subject = Subject { graph: graph.clone(), inputs, constants, device };
    profile::measure(subject, CompileMode::Enabled, repeats).await
}

type Buffers = Vec<Rc<Buffer>>;

/// The device and the buffers of the tensors that a graph is to run on, once they fit its inputs.
fn buffers_of(
    op: &str,
    graph: &Graph,
    inputs: &[Tensor],
    constants: &[Tensor],
) -> Result<(DeviceHandle, Buffers, Buffers)> {
    let wanted = graph.inputs();
    if wanted.len() != inputs.len() || graph.constants() as usize != constants.len() {
        return Err(Error::new(
            ErrorKind::CompileArgument,
            op,
            format!(
                "the graph takes {} inputs and {} constants, got {} and {}",
                wanted.len(),
                graph.constants(),
                inputs.len(),
                constants.len()
            ),
            "Give one tensor per input; a graph with constants belongs to a compiled function.",
        ));
    }
    for (at, (wanted, input)) in wanted.iter().zip(inputs).enumerate() {
        if wanted.is_some_and(|wanted| wanted != input.aval()) {
            let wanted = wanted.expect("checked");
            return Err(Error::new(
                if wanted.dtype == input.dtype() { ErrorKind::Shape } else { ErrorKind::DType },
                op,
                format!("input {at} is {}, the graph takes {wanted}", input.aval()),
                "",
            ));
        }
    }
    let device = match inputs.first() {
        Some(input) => input.device().clone(),
        None => current_device(op)?,
    };
    crate::eager::compute("evaluate", inputs.iter().chain(constants))?;
    let buffers = |tensors: &[Tensor]| tensors.iter().map(|x| x.0.buffer().expect("just evaluated")).collect();
    Ok((device, buffers(inputs), buffers(constants)))
}
