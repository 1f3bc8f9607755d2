//! Transforms of functions: gradients, tangents, batches, recomputation, gradients of one's own.
//!
//! A transform calls the function on placeholders that stand for its arguments, takes the graph from the results back to them,
//! transforms the graph (`interfuse_compiler::{vjp, jvp, vmap}`), and puts the transformed graph on the arguments as lazy tensors. What
//! the function closes over, other placeholders included, becomes further inputs of the graph. So transforms nest in each other and in
//! `compile`, in any order: a result is tensors made by ops, as if somebody had written the derivative by hand.
//!
//! [`Recording`] is what all languages share, in two phases: beginning gives placeholders, the caller runs the function, and one of the
//! `finish` functions gives the results; dropping it instead leaves nothing behind. The functions for Rust closures are in `function`.

mod argnums;
mod custom;
mod function;

pub use argnums::{Arg, Argnums, Nth};
pub use custom::CustomRecording;
pub(crate) use custom::with_gradient;
pub use function::{
    Batch, Returns, checkpoint, custom_function, grad, grad_with, jvp, value_and_grad, value_and_grad_aux,
    value_and_grad_aux_with, value_and_grad_with, vjp, vmap, vmap_with,
};

use crate::device::{DeviceHandle, current_device};
use crate::error::{Error, ErrorKind, Result};
use crate::operand::equal_shapes;
use crate::scope::Scope;
use crate::symbolic::{Explain, must_be_same, resolve, resolved, seen_dim};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::Scalar;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kind::{Derivative, Kind, Misuse};
use interfuse_compiler::shape::{Aval, normalize_axis};
use interfuse_compiler::signature::{BadTemplate, LeafValue, leaves};
use std::rc::Rc;
use std::sync::Arc;

/// The tensors among a call's arguments, and where they are: `args[0].w`.
pub struct Arguments {
    /// In order.
    pub tensors: Vec<Tensor>,
    places: Vec<LeafPath>,
    /// How many arguments there are.
    count: usize,
}

struct LeafPath {
    path: String,
    argument: usize,
}

impl Arguments {
    /// From the template of a call, whose outermost array lists the arguments. Sizes do not count: they may be any expression.
    pub fn new(template: &[u8], tensors: &[Tensor]) -> Result<Arguments, BadTemplate> {
        let (mut count, mut places) = (0, Vec::new());
        for leaf in leaves(template)? {
            // The outermost array has the path `args`; one step below it are the arguments.
            let inside = leaf.path.strip_prefix("args[").and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
            count = count.max(inside.map_or(0, |argument| argument + 1));
            if let LeafValue::Tensor { .. } = leaf.value {
                places.push(LeafPath { path: leaf.path, argument: inside.unwrap_or(0) });
            }
        }
        debug_assert_eq!(places.len(), tensors.len());
        Ok(Arguments { tensors: tensors.to_vec(), places, count })
    }

    /// Positions of the tensors of these arguments (all of them without a list; negative ones count from the end), in order. All must be
    /// floats.
    fn chosen(&self, op: &str, argnums: Option<&[i64]>) -> Result<Vec<usize>> {
        let mut wanted = Vec::new();
        for argnum in argnums.unwrap_or_default() {
            let Some(argument) = normalize_axis(*argnum, self.count) else {
                let message = format!("there is no argument {argnum} in a call with {}", self.count);
                return Err(Error::new(ErrorKind::CompileArgument, op, message, "argnums counts arguments from 0."));
            };
            if wanted.contains(&argument) {
                let message = format!("argnums names argument {argument} twice");
                return Err(Error::new(ErrorKind::CompileArgument, op, message, "Name every argument once."));
            }
            wanted.push(argument);
        }
        let places = || self.places.iter().enumerate();
        let chosen: Vec<usize> = match argnums {
            // In the order in which they were asked for.
            Some(_) => wanted
                .iter()
                .flat_map(|argument| places().filter(|(_, place)| place.argument == *argument).map(|(at, _)| at))
                .collect(),
            None => places().map(|(at, _)| at).collect(),
        };
        let empty = wanted.iter().find(|argument| !places().any(|(_, place)| place.argument == **argument));
        if chosen.is_empty() || empty.is_some() {
            let message = match empty {
                Some(argument) => format!("args[{argument}] holds no tensor, and only tensors have gradients"),
                None => "the arguments hold no tensor, and only tensors have gradients".to_string(),
            };
            return Err(Error::new(
                ErrorKind::CompileArgument,
                op,
                message,
                "Make tensors of its numbers: tensor(...).",
            ));
        }
        for at in &chosen {
            if !self.tensors[*at].dtype().is_float() {
                return Err(Error::new(
                    ErrorKind::DType,
                    op,
                    format!("{} is {}, which has no gradient", self.places[*at].path, self.tensors[*at].aval()),
                    "Only floats have one: convert it with astype, or leave the argument out of argnums.",
                ));
            }
        }
        Ok(chosen)
    }
}

/// A function being recorded for a transform.
pub struct Recording {
    scope: Scope,
    label: String,
    device: DeviceHandle,
    /// What the placeholders stand for.
    originals: Vec<Tensor>,
    /// The examples' axis of each, for batches.
    axes: Vec<Option<usize>>,
    batch: Option<Dim>,
}

/// `grad('f')`: how errors name a transformed function.
pub fn label(transform: &str, name: &str) -> String {
    format!("{transform}('{name}')")
}

fn device_of(op: &str, tensors: &[Tensor]) -> Result<DeviceHandle> {
    let Some(first) = tensors.first() else { return current_device(op) };
    if let Some(other) = tensors.iter().find(|x| x.device() != first.device()) {
        let message = format!("the arguments are on two devices, {:?} and {:?}", first.device(), other.device());
        return Err(Error::new(ErrorKind::Device, op, message, "Move one of them with to(device)."));
    }
    Ok(first.device().clone())
}

fn misuse(label: &str) -> impl Fn(Misuse) -> Error + '_ {
    move |misuse| Error::from_misuse(misuse).named(label)
}

impl Recording {
    /// Starts recording a function whose arguments these are.
    fn begin(label: String, originals: Vec<Tensor>) -> Result<Recording> {
        for mark in originals.iter().filter_map(|x| x.0.trace.as_ref()) {
            mark.check(&label)?;
        }
        let device = device_of(&label, &originals)?;
        let scope = Scope::record(label.clone(), originals.iter().map(|x| x.aval().clone()), &device);
        Ok(Recording { scope, label, device, originals, axes: Vec::new(), batch: None })
    }

    /// Starts recording for derivatives by the tensors in the arguments `argnums` (in all of them without): gives for every tensor of the
    /// call the position of its placeholder, or `None` where the call's own tensor is to be passed.
    ///
    /// # Errors
    /// When there is no such argument, it holds no tensor, or one that is not a float.
    pub fn differentiate(
        label: String,
        arguments: &Arguments,
        argnums: Option<&[i64]>,
    ) -> Result<(Recording, Vec<Option<usize>>)> {
        let chosen = arguments.chosen(&label, argnums)?;
        let mut at = vec![None; arguments.tensors.len()];
        chosen.iter().enumerate().for_each(|(placeholder, tensor)| at[*tensor] = Some(placeholder));
        let originals = chosen.iter().map(|tensor| arguments.tensors[*tensor].clone()).collect();
        Ok((Recording::begin(label, originals)?, at))
    }

    /// Starts recording for a batch: an axis of each tensor counts the examples, or all share it.
    ///
    /// # Errors
    /// When an axis is out of range, no tensor has one, or they count differently.
    pub fn batch(label: String, arguments: &Arguments, axes: &[Option<i64>]) -> Result<Recording> {
        let tensors = &arguments.tensors;
        let refuse = |kind, message: String, hint: &str| Err(Error::new(kind, label.clone(), message, hint));
        if axes.len() != tensors.len() {
            let message = format!("inAxes has {} axes for {} tensors", axes.len(), tensors.len());
            return refuse(ErrorKind::CompileArgument, message, "Give one for each, or one for all.");
        }
        let mut resolved: Vec<Option<usize>> = Vec::new();
        let mut size: Option<(Dim, usize)> = None;
        let mut avals: Vec<Aval> = Vec::new();
        for (at, (x, axis)) in tensors.iter().zip(axes).enumerate() {
            let mut aval = x.aval().clone();
            let Some(axis) = axis else {
                resolved.push(None);
                avals.push(aval);
                continue;
            };
            let path = &arguments.places[at].path;
            let Some(axis) = normalize_axis(*axis, x.ndim()) else {
                let message = format!("axis {axis} of inAxes is out of range for {path}, {aval}");
                return refuse(ErrorKind::CompileArgument, message, "null in inAxes leaves a tensor out of the batch.");
            };
            let count = aval.shape.0.remove(axis);
            match &size {
                Some((known, first)) => {
                    let text = {
                        let (path, other) = (path.clone(), arguments.places[*first].path.clone());
                        let (count, known) = (count.clone(), known.clone());
                        move |this: Aval, there: Aval, size: &dyn Fn(&Dim) -> Dim| {
                            let (count, known) = (size(&count), size(&known));
                            format!(
                                "axis {axis} of {path} ({this}) counts {count} examples, that of {other} ({there}) {known}"
                            )
                        }
                    };
                    let why = || -> Explain {
                        let (text, this, there) = (text.clone(), x.aval().clone(), tensors[*first].aval().clone());
                        Rc::new(move |now| text(now.aval(&this), now.aval(&there), &|dim| now.known(dim)))
                    };
                    if !must_be_same(&label, known, &count, &why)? {
                        let message = text(x.seen(), tensors[*first].seen(), &seen_dim);
                        return refuse(ErrorKind::Shape, message, "The batched axes must have one size.");
                    }
                }
                None => size = Some((count, at)),
            }
            resolved.push(Some(axis));
            avals.push(aval);
        }
        let Some((size, _)) = size else {
            let message = "no tensor of the arguments has an axis for the batch".to_string();
            return refuse(ErrorKind::CompileArgument, message, "Give at least one tensor an axis in inAxes.");
        };
        for mark in tensors.iter().filter_map(|x| x.0.trace.as_ref()) {
            mark.check(&label)?;
        }
        let device = device_of(&label, tensors)?;
        let scope = Scope::record(label.clone(), avals, &device);
        Ok(Recording { scope, label, device, originals: tensors.clone(), axes: resolved, batch: Some(size) })
    }

    /// Starts recording for recomputation: every tensor of the call has a placeholder.
    pub fn recompute(label: String, tensors: &[Tensor]) -> Result<Recording> {
        Recording::begin(label, tensors.to_vec())
    }

    /// What to call the function with, in order.
    pub fn placeholders(&self) -> &[Tensor] {
        &self.scope.placeholders
    }

    /// The recorded function's name with the transform's.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Ends the recording: the graph, and the tensors for its inputs.
    fn end(self, outputs: &[Tensor]) -> Result<(Graph, Vec<Tensor>, DeviceHandle, String)> {
        let Recording { scope, label, device, mut originals, .. } = self;
        let (graph, captured) = scope.recorded(&label, outputs)?;
        drop(scope);
        originals.extend(captured);
        Ok((graph, originals, device, label))
    }

    /// The results of the function (the first a scalar, whose gradient it is) and the gradients by what has placeholders.
    ///
    /// # Errors
    /// When the first result is no scalar of floats.
    pub fn finish_grad(self, outputs: &[Tensor]) -> Result<(Vec<Tensor>, Vec<Tensor>)> {
        let Some(value) = outputs.first() else {
            return Err(Error::new(
                ErrorKind::CompileArgument,
                self.label,
                "the function returned no tensor",
                "Return the scalar tensor to differentiate.",
            ));
        };
        if value.ndim() != 0 {
            let (label, aval) = (self.label, value.aval());
            let message = format!("the function returned {aval}, and only a scalar has a gradient");
            return Err(Error::new(
                ErrorKind::Shape,
                label,
                message,
                "Reduce it with sum() or mean(), or use vjp with a cotangent of its shape.",
            ));
        }
        if !value.dtype().is_float() {
            let (label, aval) = (self.label, value.aval());
            let message = format!("the function returned {aval}, and only floats have gradients");
            return Err(Error::new(ErrorKind::DType, label, message, "Convert it with astype before summing."));
        }
        let count = self.originals.len();
        let (graph, inputs, device, label) = self.end(outputs)?;
        let wrt: Vec<u32> = (0..count as u32).collect();
        let graph = interfuse_compiler::vjp::grad(&graph, &wrt).map_err(misuse(&label))?;
        let mut values = Tensor::splice(&device, &label, &graph, &inputs)?;
        let gradients = values.split_off(outputs.len());
        Ok((values, gradients))
    }

    /// The results of the function, and the cotangents of what has placeholders for these of the results.
    ///
    /// # Errors
    /// When there are not as many cotangents as results, or one has another shape or dtype than its result.
    pub fn finish_vjp(self, outputs: &[Tensor], cotangents: &[Tensor]) -> Result<(Vec<Tensor>, Vec<Tensor>)> {
        check_like(&self.label, "cotangent", "result", cotangents, outputs)?;
        let count = self.originals.len();
        let (graph, mut inputs, device, label) = self.end(outputs)?;
        let wrt: Vec<u32> = (0..count as u32).collect();
        let floats = |at: &usize| outputs[*at].dtype().is_float();
        let of: Vec<usize> = (0..outputs.len()).filter(floats).collect();
        inputs.extend(of.iter().map(|at| cotangents[*at].clone()));
        let of: Vec<u32> = of.into_iter().map(|at| at as u32).collect();
        let graph = interfuse_compiler::vjp::vjp(&graph, &wrt, &of).map_err(misuse(&label))?;
        let mut values = Tensor::splice(&device, &label, &graph, &inputs)?;
        let gradients = values.split_off(outputs.len());
        Ok((values, gradients))
    }

    /// The results of the function, and their tangents for these of what has placeholders.
    ///
    /// # Errors
    /// When there are not as many tangents as placeholders, or one has another shape or dtype.
    pub fn finish_jvp(self, outputs: &[Tensor], tangents: &[Tensor]) -> Result<(Vec<Tensor>, Vec<Tensor>)> {
        check_like(&self.label, "tangent", "argument", tangents, &self.originals)?;
        let count = self.originals.len();
        let (graph, mut inputs, device, label) = self.end(outputs)?;
        let wrt: Vec<u32> = (0..count as u32).collect();
        inputs.extend(tangents.iter().cloned());
        let graph = interfuse_compiler::jvp::jvp(&graph, &wrt).map_err(misuse(&label))?;
        let mut values = Tensor::splice(&device, &label, &graph, &inputs)?;
        let rates = values.split_off(outputs.len());
        Ok((values, rates))
    }

    /// The results for the whole batch; the axis that counts the examples goes where `out_axes` says.
    ///
    /// # Errors
    /// When there are not as many axes as results, or one is out of range.
    pub fn finish_batch(self, outputs: &[Tensor], out_axes: &[i64]) -> Result<Vec<Tensor>> {
        let refuse = |message: String| {
            Err(Error::new(
                ErrorKind::CompileArgument,
                self.label.clone(),
                message,
                "Give one for each, or one for all.",
            ))
        };
        if out_axes.len() != outputs.len() {
            return refuse(format!("outAxes has {} axes for {} results", out_axes.len(), outputs.len()));
        }
        let mut places: Vec<u32> = Vec::new();
        for (output, axis) in outputs.iter().zip(out_axes) {
            match normalize_axis(*axis, output.ndim() + 1) {
                Some(place) => places.push(place as u32),
                None => {
                    let message = format!("axis {axis} of outAxes is out of range for a batch of {}", output.aval());
                    return refuse(message);
                }
            }
        }
        let mut axes: Vec<Option<u32>> = self.axes.iter().map(|axis| axis.map(|axis| axis as u32)).collect();
        let size = self.batch.clone().expect("a batch was begun");
        let (graph, inputs, device, label) = self.end(outputs)?;
        axes.resize(inputs.len(), None);
        let graph = interfuse_compiler::vmap::vmap(&graph, &axes, &places, &size).map_err(misuse(&label))?;
        Tensor::splice(&device, &label, &graph, &inputs)
    }

    /// The results, whose gradients will compute again what the function computes.
    pub fn finish_recompute(self, outputs: &[Tensor]) -> Result<Vec<Tensor>> {
        let (body, inputs, device, label) = self.end(outputs)?;
        call(&device, &label, body, Derivative::Recompute, &inputs)
    }
}

/// The results of a call of a body on these tensors.
fn call(device: &DeviceHandle, op: &str, body: Graph, rule: Derivative, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
    let mut graph = Graph::new();
    let mut operands = Vec::new();
    let made = |misuse| Error::from_misuse(misuse).named(op);
    for (index, input) in inputs.iter().enumerate() {
        let kind = Kind::Input { index: index as u32, aval: Box::new(input.aval().clone()) };
        operands.push(graph.append(resolved(kind)?, &[]).map_err(made)?);
    }
    // What was learnt of open sizes after the body was recorded counts for it as well.
    let body = Arc::new(if body.is_symbolic() { body.map_dims(&resolve).map_err(made)? } else { body });
    let mut outputs = Vec::new();
    for output in 0..body.outputs().len() {
        let kind = Kind::Call { body: body.clone(), rule: rule.clone(), output: output as u32 };
        outputs.push(graph.append(resolved(kind)?, &operands).map_err(made)?);
    }
    graph.set_outputs(&outputs);
    Tensor::splice(device, op, &graph, inputs)
}

/// Refuses tensors that are not one for each of others, of the same shapes and dtypes.
fn check_like(label: &str, what: &str, of: &str, given: &[Tensor], wanted: &[Tensor]) -> Result<()> {
    if given.len() != wanted.len() {
        let message = format!("{} {what}s for {} {of}s", given.len(), wanted.len());
        let hint = format!("Give one {what} for each {of}, of its shape and dtype.");
        return Err(Error::new(ErrorKind::CompileArgument, label, message, hint));
    }
    for (at, (given, wanted)) in given.iter().zip(wanted).enumerate() {
        if given.dtype() == wanted.dtype() && equal_shapes(label, given, wanted)? {
            continue;
        }
        let kind = if given.dtype() == wanted.dtype() { ErrorKind::Shape } else { ErrorKind::DType };
        let message = format!("{what} {at} is {}, the {of} is {}", given.seen(), wanted.seen());
        return Err(Error::new(kind, label, message, format!("A {what} has the shape and dtype of its {of}.")));
    }
    Ok(())
}

/// The tensor, which gradients take for a constant. Only where something is recorded for a transform is there anything to stop.
pub(crate) fn stop_gradient(x: &Tensor) -> Tensor {
    if !x.0.trace.as_ref().is_some_and(|mark| mark.postpones()) {
        return x.clone();
    }
    let mut body = Graph::new();
    let kind = Kind::Input { index: 0, aval: Box::new(x.aval().clone()) };
    let id = body.append(kind, &[]).expect("an input is legal");
    body.set_outputs(&[id]);
    let kind = Kind::Call { body: Arc::new(body), rule: Derivative::Stop, output: 0 };
    // Of a placeholder that may be used, a call is legal.
    Tensor::make("stopGradient", kind, &[x]).unwrap_or_else(|_| x.clone())
}

/// A scalar of zeros of that shape and dtype, on that device.
fn zeros(device: &DeviceHandle, op: &str, aval: &Aval) -> Result<Tensor> {
    let value = Scalar::from_f64(aval.dtype, 0.0);
    Tensor::make_on(device, op, Kind::Literal { value }, &[])?.broadcast_as(op, &aval.shape)
}
