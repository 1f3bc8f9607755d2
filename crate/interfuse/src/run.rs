//! Graphs that run, or are measured, alone.

use crate::device::{Buffer, DeviceHandle, current_device};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{self, CompileMode};
use crate::profile::{self, Profile, Subject};
use crate::tensor::{Tensor, compute};
use interfuse_compiler::Request;
use interfuse_compiler::graph::Graph;
use std::rc::Rc;

/// Compiles and runs a graph alone, such as one read from a file: one tensor per input and per constant, in order.
pub fn run_graph(graph: &Graph, inputs: &[Tensor], constants: &[Tensor]) -> Result<Vec<Tensor>> {
    const OP: &str = "run";
    let (device, buffers, constants) = buffers_of(OP, graph, inputs, constants)?;
    let target = pipeline::target_in(device.device().target(), CompileMode::Enabled);
    let request = Request::new(graph, &target);
    let plan = pipeline::compile(&request, &mut ())?.plan;
    let program = device.load(OP, &request, plan.into())?;
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
    compute("evaluate", inputs.iter().chain(constants))?;
    let buffers = |tensors: &[Tensor]| tensors.iter().map(|x| x.0.buffer().expect("just evaluated")).collect();
    Ok((device, buffers(inputs), buffers(constants)))
}
