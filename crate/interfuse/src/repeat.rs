//! Loops whose body is compiled once: `scan` along the first axis of tensors, and `fori` so many times.
//!
//! The body is recorded on placeholders, like a function that a transform takes, and becomes a node that holds its graph. So a loop
//! is an op like others: it works inside `compile` and by itself, and ten thousand steps compile in the time of one. What the body
//! closes over is handed to every step as it is.

use crate::device::{DeviceHandle, current_device};
use crate::error::{Error, ErrorKind, Result};
use crate::scope::Scope;
use crate::symbolic::{Explain, must_be_same, resolved, seen_dim};
use crate::tensor::Tensor;
use crate::tree::Tree;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::graph::{Graph, NodeId};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_compiler::signature::{SignatureBuilder, tensor_paths};
use smallvec::SmallVec;
use std::rc::Rc;
use std::sync::Arc;

/// A body being recorded; dropping it leaves nothing behind.
pub struct LoopRecording {
    op: String,
    scope: Scope,
    carries: Vec<Tensor>,
    stacked: Vec<Tensor>,
    length: Dim,
    device: DeviceHandle,
}

impl LoopRecording {
    /// Starts recording the body of a loop: placeholders stand for what a step carries, and for the slices of `stacked` tensors along
    /// their first axes. Without those `length` says how often the body runs.
    pub fn begin(op: &str, carries: &[Tensor], stacked: &[Tensor], length: Option<i64>) -> Result<LoopRecording> {
        let mut size = match length {
            Some(length) if length < 0 => {
                let message = format!("the body cannot run {length} times");
                return Err(Error::new(ErrorKind::CompileArgument, op, message, "The length counts steps."));
            }
            length => length.map(Dim::Const),
        };
        for x in stacked {
            let Some(first) = x.shape().dims().first() else {
                let message = format!("{} has no axis to go along", x.seen());
                return Err(Error::new(ErrorKind::Shape, op, message, "Steps go along the first axis."));
            };
            match &size {
                Some(size) => {
                    let text = |x: &Aval, size: &Dim| format!("{x} does not have {size} slices along its first axis");
                    let why = || -> Explain {
                        let (x, size) = (x.aval().clone(), size.clone());
                        Rc::new(move |now| text(&now.aval(&x), &now.known(&size)))
                    };
                    if !must_be_same(op, size, first, &why)? {
                        let hint = "All tensors that are gone along have as many.";
                        return Err(Error::new(ErrorKind::Shape, op, text(&x.seen(), &seen_dim(size)), hint));
                    }
                }
                None => size = Some(first.clone()),
            }
        }
        let Some(size) = size else {
            let message = "nothing says how many steps there are";
            return Err(Error::new(ErrorKind::CompileArgument, op, message, "Give tensors to go along, or a length."));
        };
        let device = match carries.iter().chain(stacked).next() {
            Some(x) => x.device().clone(),
            None => current_device(op)?,
        };
        let slice = |x: &Tensor| Aval { shape: x.shape().dims()[1..].iter().cloned().collect(), dtype: x.dtype() };
        let avals: Vec<Aval> = carries.iter().map(|x| x.aval().clone()).chain(stacked.iter().map(slice)).collect();
        let scope = Scope::record(op.to_string(), avals, &device);
        let (carries, stacked) = (carries.to_vec(), stacked.to_vec());
        Ok(LoopRecording { op: op.to_string(), scope, carries, stacked, length: size, device })
    }

    /// What to call the body on: the carries, then the slices.
    pub fn placeholders(&self) -> &[Tensor] {
        &self.scope.placeholders
    }

    /// Ends the recording: what the body hands to the next step, and what it gives to be stacked. The results are the last carries,
    /// then the stacks.
    pub fn finish(self, next: &[Tensor], given: &[Tensor]) -> Result<Vec<Tensor>> {
        let op = self.op.as_str();
        if next.len() != self.carries.len() {
            let message = format!("a step carries {} tensors and hands on {}", self.carries.len(), next.len());
            return Err(Error::new(ErrorKind::CompileArgument, op, message, "The carry must keep its structure."));
        }
        for (at, (before, after)) in self.carries.iter().zip(next).enumerate() {
            let text = move |before: &Aval, after: &Aval| {
                format!("carry {at} enters a step as {before} and leaves it as {after}")
            };
            let why = || -> Explain {
                let (before, after) = (before.aval().clone(), after.aval().clone());
                Rc::new(move |now| text(&now.aval(&before), &now.aval(&after)))
            };
            let mut fits = before.dtype() == after.dtype() && before.ndim() == after.ndim();
            for (a, b) in before.shape().dims().iter().zip(after.shape().dims()) {
                fits = fits && must_be_same(op, a, b, &why)?;
            }
            if !fits {
                let hint = "Shapes and dtypes stay; convert with astype or reshape.";
                return Err(Error::new(ErrorKind::Shape, op, text(&before.seen(), &after.seen()), hint));
            }
        }
        let outputs: Vec<Tensor> = next.iter().chain(given).cloned().collect();
        let (recorded, captured) = self.scope.recorded(op, &outputs)?;
        drop(self.scope);
        let (own, kept): (Vec<usize>, Vec<Tensor>) =
            captured.iter().enumerate().filter(|(_, x)| !is_recipe(x)).map(|(at, x)| (at, x.clone())).unzip();
        let (carries, stacked) = (self.carries.len(), self.stacked.len());
        let mut body = Graph::new();
        let legal = |misuse| Error::from_misuse(misuse).named(op);
        let input = |body: &mut Graph, index: usize, aval: &Aval| {
            body.append(Kind::Input { index: index as u32, aval: Box::new(aval.clone()) }, &[]).map_err(legal)
        };
        // Carries, what is closed over, slices: recorded in another order.
        let mut inputs: Vec<Option<NodeId>> = vec![None; carries + stacked + captured.len()];
        let place = |index: usize| match index {
            i if i < carries => Some(i),
            i if i < carries + stacked => Some(i + own.len()),
            i => own.iter().position(|at| *at == i - carries - stacked).map(|at| carries + at),
        };
        let mut map: Vec<NodeId> = Vec::with_capacity(recorded.len());
        for (_, node) in recorded.nodes() {
            let id = match &node.kind {
                Kind::Input { index, aval } => {
                    let index = *index as usize;
                    let id = match place(index) {
                        Some(to) => input(&mut body, to, aval)?,
                        None => copied(op, &mut body, &captured[index - carries - stacked])?,
                    };
                    inputs[index] = Some(id);
                    id
                }
                kind => {
                    let operands: SmallVec<[NodeId; 3]> = node.operands.iter().map(|o| map[o.index()]).collect();
                    body.append(kind.clone(), &operands).map_err(legal)?
                }
            };
            map.push(id);
        }
        // What is closed over is handed on as it is.
        let results: Vec<NodeId> = recorded.outputs().iter().map(|id| map[id.index()]).collect();
        let constants =
            own.iter().map(|at| inputs[carries + stacked + at].expect("recorded inputs stand in the graph"));
        let all: Vec<NodeId> =
            results[..carries].iter().copied().chain(constants).chain(results[carries..].iter().copied()).collect();
        body.set_outputs(&all);
        let body = Arc::new(body);
        let operands: Vec<&Tensor> = self.carries.iter().chain(&kept).chain(&self.stacked).collect();
        let count = (carries + kept.len()) as u32;
        let result = |output: usize| {
            let kind =
                Kind::Loop { body: body.clone(), length: self.length.clone(), carries: count, output: output as u32 };
            Tensor::make_on(&self.device, op, kind, &operands)
        };
        let places = (0..carries).chain((0..given.len()).map(|at| count as usize + at));
        places.map(result).collect()
    }
}

/// How deep a recipe may be to be copied into a body.
const RECIPE: usize = 4;

/// Is it made of numbers that the host knows? Such are written into the body.
fn is_recipe(x: &Tensor) -> bool {
    fn depth(x: &Tensor, left: usize) -> bool {
        let cheap = matches!(
            x.0.kind,
            Some(Kind::Literal { .. } | Kind::Iota { .. } | Kind::Size { .. } | Kind::View(_) | Kind::Cast { .. })
        );
        let inputs = x.0.inputs.borrow();
        let legal = cheap
            && (!inputs.is_empty()
                || matches!(x.0.kind, Some(Kind::Literal { .. } | Kind::Iota { .. } | Kind::Size { .. })));
        legal
            && !x.0.is_ready()
            && left > 0
            && inputs.iter().all(|input| depth(&Tensor::from_node(input.clone()), left - 1))
    }
    depth(x, RECIPE)
}

fn copied(op: &str, body: &mut Graph, x: &Tensor) -> Result<NodeId> {
    let mut operands: SmallVec<[NodeId; 3]> = SmallVec::new();
    for input in x.0.inputs.borrow().iter() {
        operands.push(copied(op, body, &Tensor::from_node(input.clone()))?);
    }
    let kind = resolved(x.0.kind.clone().expect("a recipe has a kind"))?;
    body.append(kind, &operands).map_err(|misuse| Error::from_misuse(misuse).named(op))
}

/// The tensors of a tree, and its structure and constants as a template.
fn parts_of(tree: &impl Tree) -> (Vec<Tensor>, Vec<u8>) {
    let (mut template, mut tensors) = (SignatureBuilder::new_template(), Vec::new());
    tree.flatten(template.root("carry"), &mut tensors);
    (tensors, template.into_template())
}

/// Only tensors may change from step to step: a constant would be that of the first step in all of them.
fn check_constants(op: &str, before: &[u8], after: &[u8]) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let scalar = Aval { shape: Shape::scalar(), dtype: DType::Bool };
    let signature = |template: &[u8]| {
        let tensors = tensor_paths(template)?.len();
        SignatureBuilder::new(0, 0).template(template, std::iter::repeat_n(&scalar, tensors))
    };
    let different = signature(before).and_then(|before| Ok(before.first_difference(&signature(after)?)));
    let message = match different.expect("both were built as templates") {
        Some((path, before, after)) => format!("{path} is {before} before a step and {after} after it"),
        None => "the carry has another form after a step".to_string(),
    };
    let hint = "The carry must keep its structure and its constants: make a tensor of what changes, such as Tensor::from(0.0f32).";
    Err(Error::new(ErrorKind::CompileArgument, op, message, hint))
}

/// Runs a body along the first axis of tensors: it gets what the step before handed on and a slice, and gives what the next step gets
/// and a result. Gives the last carry and the results, stacked. Without tensors (`()`) a length says how often. Constants in the carry stay
/// as they are: a body that changes one is refused.
///
/// ```
/// use interfuse::{scan, Tensor};
/// let x = Tensor::from([1.0f32, 2.0, 3.0]);
/// let (sum, sums) = scan(|total: Tensor, x: Tensor| (&total + &x, &total + &x), Tensor::from(0.0f32), x, None)?;
/// assert_eq!(sum.to_vec::<f32>()?, [6.0]);
/// assert_eq!(sums.to_vec::<f32>()?, [1.0, 3.0, 6.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub fn scan<C: Tree, X: Tree, Y: Tree>(
    body: impl FnOnce(C, X) -> (C, Y),
    init: C,
    xs: X,
    length: Option<i64>,
) -> Result<(C, Y)> {
    const OP: &str = "scan";
    let ((carries, form), (stacked, _)) = (parts_of(&init), parts_of(&xs));
    let recording = LoopRecording::begin(OP, &carries, &stacked, length)?;
    let mut placeholders = recording.placeholders().to_vec().into_iter();
    let (next, given) = body(init.unflatten(&mut placeholders), xs.unflatten(&mut placeholders));
    let (handed, same) = parts_of(&next);
    check_constants(OP, &form, &same)?;
    let results = recording.finish(&handed, &parts_of(&given).0)?;
    let mut results = results.into_iter();
    Ok((next.unflatten(&mut results), given.unflatten(&mut results)))
}

/// Runs a body so many times: it gets the number of the step (int32) and what the step before handed on. Constants in the carry stay as
/// they are: a body that changes one is refused.
///
/// ```
/// use interfuse::{fori, Tensor};
/// let y = fori(10_000, |_, x: Tensor| &x + 1.0, Tensor::from(0.0f32))?;
/// assert_eq!(y.to_vec::<f32>()?, [10_000.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub fn fori<C: Tree>(count: i64, body: impl FnOnce(Tensor, C) -> C, init: C) -> Result<C> {
    const OP: &str = "fori";
    let (mut carries, form) = parts_of(&init);
    let device = match carries.first() {
        Some(x) => x.device().clone(),
        None => current_device(OP)?,
    };
    carries.push(Tensor::make_on(&device, OP, Kind::Literal { value: Scalar::i32(0) }, &[])?);
    let recording = LoopRecording::begin(OP, &carries, &[], Some(count))?;
    let mut placeholders = recording.placeholders().to_vec();
    let step = placeholders.pop().expect("the step comes last");
    let next = body(step.clone(), init.unflatten(&mut placeholders.into_iter()));
    let (mut handed, same) = parts_of(&next);
    check_constants(OP, &form, &same)?;
    debug_assert!(step.dtype() == DType::Int32);
    handed.push(step.try_add(1)?);
    let results = recording.finish(&handed, &[])?;
    Ok(next.unflatten(&mut results.into_iter()))
}
