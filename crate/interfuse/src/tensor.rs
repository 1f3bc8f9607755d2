//! Tensor: an immutable handle on a lazily evaluated value.
//!
//! A tensor is a reference to a node. Making one checks and infers, nothing runs.

use crate::axes::one;
use crate::device::{Buffer, DeviceHandle, current_device, handle_dropped, handle_made};
use crate::eager::{evaluate_nodes, submit_pending};
use crate::error::{Error, ErrorKind, Result, expect};
use crate::node::{Inputs, Node, State};
use crate::symbolic::{self, Asked, check_elements, nbytes};
use crate::trace::{self, TraceMark};
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kind::{Kind, View};
use interfuse_compiler::shape::{Aval, Shape};
use smallvec::SmallVec;
use std::fmt;
use std::rc::Rc;

/// An immutable array on a device, computed when it is needed.
///
/// ```
/// use interfuse::Tensor;
/// let x = Tensor::from([[1.0f32, 2.0], [3.0, 4.0]]);
/// let y = (&x * 2.0 + 1.0).sum(.., false);
/// assert_eq!(y.to_vec::<f32>()?, [24.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub struct Tensor(pub(crate) Rc<Node>);

impl Tensor {
    pub(crate) fn from_node(node: Rc<Node>) -> Tensor {
        node.handles.set(node.handles.get() + 1);
        handle_made();
        Tensor(node)
    }

    /// A node of a kind over operands: checks, infers, and submits what waits when enough does.
    #[track_caller]
    pub(crate) fn make(op: &str, kind: Kind, inputs: &[&Tensor]) -> Result<Tensor> {
        match inputs.first() {
            Some(first) => Tensor::make_on(&first.0.device, op, kind, inputs),
            None => Tensor::make_on(&current_device(op)?, op, kind, inputs),
        }
    }

    /// A node on a device. Scalars and counters that an op adds to its operands are made on theirs, whatever is current.
    #[track_caller]
    pub(crate) fn make_on(device: &DeviceHandle, op: &str, kind: Kind, inputs: &[&Tensor]) -> Result<Tensor> {
        let avals: SmallVec<[&Aval; 3]> = inputs.iter().map(|x| &x.0.aval).collect();
        let reshaped: SmallVec<[Tensor; 3]>;
        let operands: SmallVec<[&Tensor; 3]>;
        let (kind, inputs, aval, mut mark) = match symbolic::check(op, &kind, &avals)? {
            Some(asked) => {
                reshaped = reshape(op, &asked, inputs)?;
                operands = reshaped.iter().collect();
                let avals: SmallVec<[&Aval; 3]> = reshaped.iter().map(Tensor::aval).collect();
                let (kind, aval) = asked.concluded(op, &kind, &avals)?;
                (kind, &operands[..], aval, Some(trace::of(&asked.symbols)))
            }
            None => {
                let aval = kind.infer(&avals).map_err(|misuse| Error::from_misuse(misuse).named(op))?;
                check_elements(op, &aval.shape)?;
                (kind, inputs, aval, None)
            }
        };
        check_dtype(op, aval.dtype, device)?;
        for input in inputs {
            if input.0.device.is_lost() {
                let at = input.0.source.get().map_or(String::new(), |at| format!(" (made at {}:{})", at.file, at.line));
                return Err(Error::new(
                    ErrorKind::Device,
                    op,
                    format!("{}{at} is on a device that was lost", input.aval()),
                    "Its tensors cannot be recovered: create them again on a new device.",
                ));
            }
            if input.0.device != *device {
                // A tensor that a function closed over may be of a device that is gone: moving it is no remedy.
                input.0.device.check_alive(op)?;
                device.check_alive(op)?;
                return Err(Error::new(
                    ErrorKind::Device,
                    op,
                    format!("the tensors are on two devices, {device:?} and {:?}", input.0.device),
                    "Move one of them with to(device).",
                ));
            }
            if let Some(of) = &input.0.trace {
                of.check(op)?;
                if mark.as_ref().is_none_or(|known| known.depth < of.depth) {
                    mark = Some(of.clone());
                }
            }
        }
        device.check_alive(op)?;
        // Views hold no memory of their own, and a view of a recipe without operands has nothing below it to compute.
        let is_view = matches!(kind, Kind::View(_));
        let of_nothing = || is_view && inputs.iter().all(|x| x.0.inputs.borrow().is_empty());
        let waits = mark.is_none() && !inputs.is_empty() && !trace::is_active() && !of_nothing();
        let bytes = if is_view { 0 } else { nbytes(&aval) };
        let inputs = inputs.iter().map(|x| x.0.clone()).collect();
        let node = Node::lazy(device, kind, inputs, aval, mark);
        let tensor = Tensor::from_node(node);
        if waits && device.note_pending(tensor.0.waiting(), bytes) {
            submit_pending(device)?;
        }
        Ok(tensor)
    }

    /// The results of a graph on these inputs, as lazy tensors: a node for each of its nodes that they need.
    #[track_caller]
    pub(crate) fn splice(device: &DeviceHandle, op: &str, graph: &Graph, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
        device.check_alive(op)?;
        let live = graph.live();
        let mut nodes: Vec<Option<Rc<Node>>> = Vec::with_capacity(graph.len());
        for (id, made) in graph.nodes() {
            if !live[id.index()] {
                nodes.push(None);
                continue;
            }
            if let Kind::Input { index, .. } = &made.kind {
                nodes.push(Some(inputs[*index as usize].0.clone()));
                continue;
            }
            check_elements(op, &made.aval.shape)?;
            // What has open sizes belongs to the trace that left them open, even where nothing in it depends on a placeholder.
            let open = symbolic::measured(op, &made.aval.shape)?.map(|symbols| trace::of(&symbols));
            let on: Inputs =
                made.operands.iter().map(|x| nodes[x.index()].clone().expect("a live node's operands live")).collect();
            let mut mark: Option<Rc<TraceMark>> = open;
            for of in on.iter().filter_map(|input| input.trace.as_ref()) {
                of.check(op)?;
                if mark.as_ref().is_none_or(|known| known.depth < of.depth) {
                    mark = Some(of.clone());
                }
            }
            nodes.push(Some(Node::lazy(device, made.kind.clone(), on, made.aval.clone(), mark)));
        }
        let mut results = Vec::new();
        for output in graph.outputs() {
            let node = nodes[output.index()].clone().expect("results live");
            let waits = node.trace.is_none() && !node.is_ready() && !node.inputs.borrow().is_empty();
            let bytes = if node.is_view() { 0 } else { nbytes(&node.aval) };
            results.push(Tensor::from_node(node.clone()));
            if waits && !trace::is_active() && device.note_pending(node.waiting(), bytes) {
                submit_pending(device)?;
            }
        }
        Ok(results)
    }

    /// A node that is data already.
    pub(crate) fn from_buffer(aval: Aval, buffer: Rc<Buffer>) -> Tensor {
        Tensor::from_node(Node::ready(aval, buffer))
    }

    /// An argument of a trace.
    pub(crate) fn placeholder(aval: Aval, device: DeviceHandle, mark: Rc<TraceMark>) -> Tensor {
        Tensor::from_node(Node::placeholder(aval, device, mark))
    }

    /// Shape and dtype.
    pub fn aval(&self) -> &Aval {
        &self.0.aval
    }

    /// The shape, with symbolic sizes where there are any.
    pub fn shape(&self) -> &Shape {
        &self.0.aval.shape
    }

    /// The sizes of the axes as numbers. While a function is traced with open sizes, this fixes them: see [`Tensor::dim`].
    #[track_caller]
    pub fn sizes(&self) -> Vec<usize> {
        expect(self.try_sizes())
    }

    /// Like [`Tensor::sizes`], with the mistake (a placeholder used after tracing) as a value.
    #[track_caller]
    pub fn try_sizes(&self) -> Result<Vec<usize>> {
        self.shape().dims().iter().map(|dim| Ok(symbolic::value("shape", dim)? as usize)).collect()
    }

    /// The size of an axis, counted from either end, to compute other sizes with. Panics when there is no such axis.
    #[track_caller]
    pub fn dim(&self, axis: i64) -> symbolic::Dim {
        expect(self.try_dim(axis))
    }

    /// Like [`Tensor::dim`], with the mistake as a value.
    pub fn try_dim(&self, axis: i64) -> Result<symbolic::Dim> {
        let axis = one("dim", axis, &self.seen())?;
        Ok(symbolic::Dim(self.shape().0[axis].clone()))
    }

    /// The sizes of all axes, to compute other sizes with. An error for what is left of a function that is no longer traced.
    pub fn dims(&self) -> Result<Vec<symbolic::Dim>> {
        if let Some(mark) = &self.0.trace {
            mark.check("shape")?;
        }
        Ok(self.shape().dims().iter().cloned().map(symbolic::Dim).collect())
    }

    /// Shape and dtype with the sizes of the trace where they are open: for texts.
    pub(crate) fn seen(&self) -> Aval {
        symbolic::seen(self.aval())
    }

    /// The dtype.
    pub fn dtype(&self) -> DType {
        self.0.aval.dtype
    }

    /// The number of axes.
    pub fn ndim(&self) -> usize {
        self.0.aval.shape.rank()
    }

    /// The number of elements; where it is open, this fixes it.
    #[track_caller]
    pub fn size(&self) -> usize {
        expect(self.try_size())
    }

    /// Like [`Tensor::size`], with the mistake (a placeholder used after tracing) as a value.
    #[track_caller]
    pub fn try_size(&self) -> Result<usize> {
        Ok(symbolic::value("size", &self.shape().size())? as usize)
    }

    /// Bytes that its value takes on the device.
    #[track_caller]
    pub fn nbytes(&self) -> usize {
        self.size() * self.dtype().size_bytes()
    }

    /// The device it is on.
    pub fn device(&self) -> &DeviceHandle {
        &self.0.device
    }

    /// A number that no other tensor of this thread shares; the same for clones.
    pub fn id(&self) -> u64 {
        self.0.id
    }

    /// Does it depend on a placeholder of a function that is being traced?
    pub fn is_tracer(&self) -> bool {
        self.0.trace.is_some()
    }

    /// Does it depend on a placeholder whose trace is over?
    pub fn is_leaked(&self) -> bool {
        self.0.trace.as_ref().is_some_and(|mark| mark.check("").is_err())
    }

    /// Is its value computed (or being computed by the device)?
    pub fn is_evaluated(&self) -> bool {
        self.0.is_ready()
    }

    /// The scalar that it is, when that is known without computing anything.
    pub(crate) fn as_literal(&self) -> Option<Scalar> {
        match self.0.kind {
            Some(Kind::Literal { value }) => Some(value),
            _ => None,
        }
    }
}

/// Operands with the shapes that a trace knows them to have, so that equal shapes are equal expressions.
#[track_caller]
fn reshape(op: &str, asked: &Asked, inputs: &[&Tensor]) -> Result<SmallVec<[Tensor; 3]>> {
    let mut reshaped = SmallVec::new();
    for (at, x) in inputs.iter().enumerate() {
        reshaped.push(match asked.reshape(at, x.shape()) {
            Some(shape) => Tensor::make(op, Kind::View(View::Reshape { shape }), &[x])?,
            None => (*x).clone(),
        });
    }
    Ok(reshaped)
}

impl Clone for Tensor {
    fn clone(&self) -> Tensor {
        Tensor::from_node(self.0.clone())
    }
}

impl Drop for Tensor {
    fn drop(&mut self) {
        self.0.handles.set(self.0.handles.get() - 1);
        handle_dropped();
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Tensor {
    /// Dtype, shape and state; never reads a value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match (&self.0.trace, &*self.0.state.borrow()) {
            (Some(_), _) | (_, State::Placeholder) => "tracing",
            (None, State::Lazy) => "lazy",
            (None, State::Ready(_)) => "evaluated",
        };
        let sizes: Vec<String> = self.shape().dims().iter().map(symbolic::shown).collect();
        write!(f, "Tensor({}[{}], {state})", self.dtype(), sizes.join(","))
    }
}

/// Computes tensors now (MLX's `eval`): submits the work and returns without waiting for it.
pub fn evaluate<'a>(tensors: impl IntoIterator<Item = &'a Tensor>) -> Result<()> {
    let roots = compute("evaluate", tensors)?;
    roots.iter().for_each(|root| root.device.device().flush());
    Ok(())
}

/// Computes tensors for an op; their nodes have buffers then.
pub(crate) fn compute<'a>(op: &str, tensors: impl IntoIterator<Item = &'a Tensor>) -> Result<Vec<Rc<Node>>> {
    let roots: Vec<Rc<Node>> = tensors.into_iter().map(|tensor| tensor.0.clone()).collect();
    evaluate_nodes(op, &roots)?;
    Ok(roots)
}

fn check_dtype(op: &str, dtype: DType, device: &DeviceHandle) -> Result<()> {
    if dtype != DType::Float16 || device.device().target().features.float16 {
        return Ok(());
    }
    Err(no_float16(op))
}

pub(crate) fn no_float16(op: &str) -> Error {
    Error::new(
        ErrorKind::Device,
        op,
        "this GPU has no float16 (WebGPU feature shader-f16)",
        "Use the CPU device, or convert with astype to float32.",
    )
}

/// The view that repeats a tensor, aligned at the last axis.
pub(crate) fn broadcast_axes(from: &Shape, to: &Shape) -> View {
    let skip = to.rank() - from.rank();
    View::Broadcast { shape: to.clone(), axes: (skip..to.rank()).map(|axis| axis as u32).collect() }
}
