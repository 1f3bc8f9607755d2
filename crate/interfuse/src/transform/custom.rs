//! Functions with a gradient of their own.
//!
//! Both the function and its gradient are recorded when it is called; the graph gets a call that holds both, and differentiation takes
//! the second. What either closes over is passed to the call, and has no gradient through it.

use super::{Recording, call, check_like, zeros};
use crate::device::DeviceHandle;
use crate::error::{Error, ErrorKind, Result};
use crate::scope::Scope;
use crate::tensor::Tensor;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kind::Derivative;
use interfuse_compiler::shape::Aval;
use std::sync::Arc;

/// A function whose gradient is being recorded: the second of three phases.
pub struct CustomRecording {
    scope: Scope,
    label: String,
    device: DeviceHandle,
    body: Graph,
    /// The arguments, then what the function closes over.
    inputs: Vec<Tensor>,
    /// How many arguments.
    count: usize,
    results: Vec<Aval>,
}

impl Recording {
    /// Ends the recording of the function and starts that of its gradient. Begin with [`Recording::recompute`].
    ///
    /// # Errors
    /// When there are no results, or one is not a float.
    pub fn gradient(self, outputs: &[Tensor]) -> Result<CustomRecording> {
        if let Some(other) = outputs.iter().find(|output| !output.dtype().is_float()) {
            let (label, aval) = (self.label, other.aval());
            let message = format!("the function returned {aval}, and only floats have gradients");
            return Err(Error::new(ErrorKind::DType, label, message, "Compute it outside of the function."));
        }
        let count = self.originals.len();
        let results: Vec<Aval> = outputs.iter().map(|output| output.aval().clone()).collect();
        let (body, inputs, device, label) = self.end(outputs)?;
        let arguments = inputs[..count].iter().map(|x| x.aval().clone());
        // Arguments, results, cotangents of the results.
        let avals: Vec<Aval> = arguments.chain(results.iter().cloned()).chain(results.iter().cloned()).collect();
        let scope = Scope::record(label.clone(), avals, &device);
        Ok(CustomRecording { scope, label, device, body, inputs, count, results })
    }
}

impl CustomRecording {
    /// The recorded function's name with the transform's.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What to call the gradient with: the arguments, the results, the cotangents of the results.
    pub fn placeholders(&self) -> [&[Tensor]; 3] {
        let (arguments, rest) = self.scope.placeholders.split_at(self.count);
        let (results, cotangents) = rest.split_at(self.results.len());
        [arguments, results, cotangents]
    }

    /// The results of the function. `gradients` are the cotangents of the arguments: one for each, or one for each that is a float.
    ///
    /// # Errors
    /// When there are others, or of other shapes or dtypes.
    pub fn finish(self, gradients: &[Tensor]) -> Result<Vec<Tensor>> {
        let CustomRecording { scope, label, device, body, mut inputs, count, results } = self;
        let arguments = scope.placeholders[..count].to_vec();
        let floats: Vec<usize> = (0..count).filter(|at| arguments[*at].dtype().is_float()).collect();
        let of_floats: Vec<Tensor> = match gradients.len() == count {
            true => floats.iter().map(|at| gradients[*at].clone()).collect(),
            false => gradients.to_vec(),
        };
        let wanted: Vec<Tensor> = floats.iter().map(|at| arguments[*at].clone()).collect();
        check_like(&label, "gradient", "argument", &of_floats, &wanted)?;
        let mut all = Vec::new();
        for (at, argument) in arguments.iter().enumerate() {
            all.push(match floats.iter().position(|float| *float == at) {
                Some(float) => of_floats[float].clone(),
                None => zeros(&device, &label, argument.aval())?,
            });
        }
        let (backward, captured) = scope.recorded(&label, &all)?;
        drop(scope);
        // Its inputs were arguments, results, cotangents, captured; the rule takes operands first, and operands are all that is captured.
        let (first_own, operands) = (inputs.len(), inputs.len() + captured.len());
        let positions: Vec<u32> = (0..count)
            .chain((0..2 * results.len()).map(|at| operands + at))
            .chain((0..captured.len()).map(|at| first_own + at))
            .map(|at| at as u32)
            .collect();
        inputs.extend(captured);
        call(&device, &label, body, Derivative::Custom(Arc::new(backward.with_inputs_at(&positions))), &inputs)
    }
}

/// A function of one tensor with a gradient of its own: `backward` gives the cotangent of the argument from the cotangent of the result
/// and the result. Where nothing is recorded for a transform the function is just called.
pub(crate) fn with_gradient(
    op: &str,
    x: &Tensor,
    function: impl FnOnce(&Tensor) -> Result<Tensor>,
    backward: impl FnOnce(&Tensor, &Tensor, &Tensor) -> Result<Tensor>,
) -> Result<Tensor> {
    if !x.dtype().is_float() || !x.0.trace.as_ref().is_some_and(|mark| mark.postpones()) {
        return function(x);
    }
    let recording = Recording::recompute(op.to_string(), std::slice::from_ref(x))?;
    let y = function(&recording.placeholders()[0])?;
    let recording = recording.gradient(&[y])?;
    let [x, y, ct] = recording.placeholders().map(|placeholders| placeholders[0].clone());
    let gradient = backward(&x, &ct, &y)?;
    drop((x, y, ct));
    Ok(recording.finish(&[gradient])?.swap_remove(0))
}
