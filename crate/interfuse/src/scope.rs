//! A trace: placeholders for a function, and the graph of what the function made of them.
//!
//! Afterwards the walk from the results collects nodes, and they are appended to a graph. What the function closed over becomes constants;
//! what it made itself, with no placeholder in it, becomes part of the graph.

use crate::breaks::BreakReason;
use crate::device::{DeviceHandle, current_device};
use crate::eager::evaluate_nodes;
use crate::error::{Error, ErrorKind, Result};
use crate::linear::{Collected, Leaves, Linear, collect};
use crate::node::{Node, new_walk, next_node_id};
use crate::symbolic::{self, Bound, Symbols};
use crate::tensor::Tensor;
use crate::trace::{Purpose, TraceMark, break_active, innermost_compile};
use interfuse_compiler::graph::{Graph, NodeId};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::Aval;
use interfuse_compiler::small;
use smallvec::SmallVec;
use std::rc::Rc;

/// A trace in progress. Dropping it ends the trace; nothing of it stays behind.
pub struct Scope {
    pub(crate) mark: Rc<TraceMark>,
    pub(crate) placeholders: Vec<Tensor>,
    input_ids: Vec<u64>,
    /// Where the call runs.
    device: Option<DeviceHandle>,
}

impl Scope {
    /// Starts a trace: one placeholder per input, even where two inputs are the same tensor.
    /// `open` has the sizes that are symbols.
    pub(crate) fn begin(name: &str, inputs: &[Tensor], open: Option<&Bound>) -> Scope {
        let symbols = open.map_or_else(Symbols::none, |open| Symbols::open(open.values.clone(), open.names.clone()));
        let mut scope = Scope::open(Purpose::Compile, format!("compile('{name}')"), symbols);
        scope.input_ids = inputs.iter().map(Tensor::id).collect();
        scope.device = inputs.first().map(|input| input.device().clone()).or_else(|| current_device(name).ok());
        let placeholder = |(at, x): (usize, &Tensor)| {
            let aval = match open {
                Some(open) => open.avals[at].map(&|dim| scope.mark.symbols.of_key(dim)),
                None => x.aval().clone(),
            };
            scope.placeholder(aval, x.device())
        };
        scope.placeholders = inputs.iter().enumerate().map(placeholder).collect();
        scope
    }

    /// Starts the recording of a function for a transform; placeholders of these shapes and dtypes stand for its arguments.
    pub(crate) fn record(label: String, avals: impl IntoIterator<Item = Aval>, device: &DeviceHandle) -> Scope {
        let mut scope = Scope::open(Purpose::Transform, label, Symbols::none());
        scope.placeholders = avals.into_iter().map(|aval| scope.placeholder(aval, device)).collect();
        scope
    }

    fn open(purpose: Purpose, label: String, symbols: Rc<Symbols>) -> Scope {
        let mark = TraceMark::begin(purpose, label, next_node_id(), symbols);
        Scope { mark, placeholders: Vec::new(), input_ids: Vec::new(), device: None }
    }

    fn placeholder(&self, aval: Aval, device: &DeviceHandle) -> Tensor {
        Tensor::placeholder(aval, device.clone(), self.mark.clone())
    }

    /// The graph from the placeholders to these results, and the tensors that it closes over: its further inputs, in order. Only what
    /// depends on the placeholders is part of the graph.
    pub(crate) fn recorded(&self, op: &str, outputs: &[Tensor]) -> Result<(Graph, Vec<Tensor>)> {
        self.check_outputs(op, outputs)?;
        let depends = |node: &Node| node.trace.as_ref().is_some_and(|mark| Rc::ptr_eq(mark, &self.mark));
        let walk = new_walk();
        let mut stack: Vec<Rc<Node>> = outputs.iter().map(|output| output.0.clone()).collect();
        let mut nodes = Vec::new();
        while let Some(node) = stack.pop() {
            if node.mark.get().0 == walk {
                continue;
            }
            node.mark.set((walk, 0));
            if depends(&node) {
                stack.extend(node.inputs.borrow().iter().filter(|input| input.mark.get().0 != walk).cloned());
            }
            nodes.push(node);
        }
        small::sort_by_key(&mut nodes, |node| node.id);
        let captured: Vec<Tensor> =
            nodes.iter().filter(|node| !depends(node)).map(|node| Tensor::from_node(node.clone())).collect();
        let mut graph = Graph::new();
        let walk = new_walk();
        let inputs = self.placeholders.iter().chain(&captured);
        for (index, input) in inputs.enumerate() {
            let kind = Kind::Input { index: index as u32, aval: Box::new(input.aval().clone()) };
            let id = graph.append(symbolic::resolved(kind)?, &[]).map_err(Error::from_misuse)?;
            input.0.mark.set((walk, id.0));
        }
        for node in nodes.iter().filter(|node| node.mark.get().0 != walk) {
            let kind = node.kind.clone().expect("what depends on a placeholder and is none has a kind");
            let operands: SmallVec<[NodeId; 3]> =
                node.inputs.borrow().iter().map(|input| NodeId(input.mark.get().1)).collect();
            let id = graph.append(symbolic::resolved(kind)?, &operands).map_err(Error::from_misuse)?;
            node.mark.set((walk, id.0));
        }
        let ids: Vec<NodeId> = outputs.iter().map(|output| NodeId(output.0.mark.get().1)).collect();
        graph.set_outputs(&ids);
        Ok((graph, captured))
    }

    /// Refuses results of a trace that something broke, and what leaked from other traces.
    fn check_outputs(&self, op: &str, outputs: &[Tensor]) -> Result<()> {
        if let Some(broken) = self.mark.broken() {
            return Err(broken.error);
        }
        outputs.iter().filter_map(|output| output.0.trace.as_ref()).try_for_each(|mark| mark.check(op))
    }

    /// The graph from the placeholders to these results. Closed-over tensors that wait are computed first.
    pub(crate) fn finish(&self, op: &str, outputs: &[Tensor]) -> Result<Linear> {
        self.finish_call(op, outputs, &|at| format!("tensor argument {at}"))
    }

    /// The same; `place` says where the input of that number is in the call.
    pub(crate) fn finish_call(&self, op: &str, outputs: &[Tensor], place: &dyn Fn(usize) -> String) -> Result<Linear> {
        self.check_outputs(op, outputs)?;
        let roots: Vec<Rc<Node>> = outputs.iter().map(|output| output.0.clone()).collect();
        let Collected { nodes, captured } = collect(&roots, self.mark.first_id)?;
        if let Some(node) = nodes.iter().find(|node| node.trace.is_none() && self.input_ids.contains(&node.id)) {
            let at = self.input_ids.iter().position(|id| *id == node.id).expect("found");
            return Err(Error::new(
                ErrorKind::UncapturedInput,
                op,
                format!("{} ({}) is also closed over by the function", place(at), node.aval),
                "Use the argument inside the function, or do not pass it.",
            ));
        }
        // A tensor that was captured outlives its device only as a name.
        let device = self.device.as_ref();
        let gone = nodes.iter().find(|node| {
            node.trace.is_none() && (node.device.is_lost() || device.is_some_and(|device| node.device != *device))
        });
        if let Some(node) = gone {
            return Err(Error::new(
                ErrorKind::Device,
                op,
                format!(
                    "the function closes over {}{}, which is on {}",
                    node.aval,
                    node.source.get().map_or(String::new(), |at| format!(" (made at {}:{})", at.file, at.line)),
                    if node.device.is_lost() { "a device that was lost" } else { "another device than the call" },
                ),
                "Make it again on the device of the call, pass it as an argument, or move it with to(device).",
            ));
        }
        // The trace is not over, but computing constants is not part of it.
        evaluate_nodes(op, &captured)?;
        let placeholders: Vec<Rc<Node>> = self.placeholders.iter().map(|x| x.0.clone()).collect();
        let mut linear = Linear::build(&nodes, &roots, &placeholders, Leaves::Constants)?;
        if !self.mark.symbols.is_none() {
            // The entry numbers its symbols from 0, as its key does.
            let own = linear.graph.map_dims(&|dim| self.mark.symbols.to_key(dim));
            linear.graph = own.map_err(Error::from_misuse)?;
        }
        Ok(linear)
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.mark.end();
    }
}

/// Breaks the trace for `compile` that is going on where `new`, which has no value yet, would take the place of a tensor from before the
/// trace: calls that find the entry would not replace it, and what holds it would be left with a placeholder. `what` is what holds it;
/// `old` is `None` where that is no tensor, but as old.
pub fn check_write(op: &str, what: &str, old: Option<&Tensor>, new: &Tensor) -> Result<()> {
    let Some(mark) = innermost_compile() else { return Ok(()) };
    let is_concrete = |old: &Tensor| old.0.trace.is_none() && old.0.id < mark.first_id;
    if !new.is_tracer() || !old.is_none_or(is_concrete) {
        return Ok(());
    }
    Err(break_active(BreakReason::TracerWrite, op, what, &mark.label))
}
