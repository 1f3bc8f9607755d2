//! From tensors to graphs: what is being traced, and walks from results to where they come from.
//!
//! A trace hands placeholders to a function and keeps a mark on everything that depends on them. Afterwards the walk from the
//! results collects nodes (with a list, never by recursion), and they are appended to a graph in the order in which the program
//! made them. What the function closed over becomes constants; what it made itself, with no placeholder in it, becomes part of the
//! graph.

use crate::breaks::BreakReason;
use crate::device::{DeviceHandle, current_device};
use crate::devtools::{self, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::symbolic::{self, Bound, Symbols};
use crate::tensor::{Node, State, Tensor, new_walk, next_node_id};
use interfuse_compiler::graph::{Graph, NodeId};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::Aval;
use interfuse_compiler::small;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Marks what depends on the placeholders of one trace.
pub(crate) struct TraceMark {
    /// How many traces are around it.
    pub depth: u32,
    /// The traced function, as errors name it: `compile('f')`.
    pub label: String,
    purpose: Purpose,
    active: Cell<bool>,
    /// Nodes with smaller ids are older than the trace.
    first_id: u64,
    /// Why the trace is broken.
    broken: RefCell<Option<Break>>,
    /// The sizes that it leaves open.
    pub symbols: Rc<Symbols>,
}

/// What a function is traced for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purpose {
    /// A compiled entry: nothing inside has a value.
    Compile,
    /// A transform: what does not depend on the placeholders has its value as ever.
    Transform,
}

/// A trace that broke: why, with the error that says so, and where. It is marked where that happens and found out when the function returns
/// or throws, so swallowing the error does not help.
#[derive(Clone, Debug)]
pub(crate) struct Break {
    pub reason: BreakReason,
    pub error: Error,
    pub source: Option<Source>,
}

impl Break {
    /// Where, for people: the functions and ops from outside in, and the line where it is known.
    pub fn op_path(&self, label: &str) -> String {
        let mut path = label.to_string();
        if !self.error.op().is_empty() && self.error.op() != label {
            path += &format!(" > {}", self.error.op());
        }
        if let Some(Source { file, line, column }) = &self.source {
            path += &format!(" ({file}:{line}:{column})");
        }
        path
    }

    /// The error of a function that was to be one graph.
    pub fn into_fullgraph(self, label: &str) -> Error {
        let op_path = self.op_path(label);
        Error::fullgraph(label, self.reason, op_path, self.error)
    }
}

impl TraceMark {
    /// May what depends on this be asked to be computed? Under a transform that is a wish that cannot be granted yet, but no mistake:
    /// nothing is read.
    pub fn postpones(&self) -> bool {
        self.active.get() && self.purpose == Purpose::Transform
    }

    /// Refuses what outlived its trace.
    pub fn check(&self, op: &str) -> Result<()> {
        if self.active.get() { Ok(()) } else { Err(self.leaked(op)) }
    }

    fn leaked(&self, op: &str) -> Error {
        Error::new(
            ErrorKind::LeakedTracer,
            op,
            format!("placeholder from {} used after tracing", self.label),
            leaked_hint(&self.label),
        )
    }

    /// The error of reading a value that depends on this trace.
    pub fn read_error(&self, op: &str) -> Error {
        if !self.active.get() {
            return self.leaked(op);
        }
        break_active(BreakReason::HostRead, op, "", &self.label)
    }
}

/// What to do instead of using a placeholder after its trace.
pub fn leaked_hint(label: &str) -> &'static str {
    match label.starts_with("compile(") {
        true => "Return it, or list its container in `outputs`.",
        false => "Return it from the function.",
    }
}

thread_local! {
    static ACTIVE: RefCell<Vec<Rc<TraceMark>>> = const { RefCell::new(Vec::new()) };
}

/// Is a function being traced on this thread?
pub fn is_active() -> bool {
    ACTIVE.with(|active| !active.borrow().is_empty())
}

/// The trace that these symbols are of.
pub(crate) fn of(symbols: &Rc<Symbols>) -> Rc<TraceMark> {
    let own = |mark: &&Rc<TraceMark>| Rc::ptr_eq(&mark.symbols, symbols);
    ACTIVE.with(|active| active.borrow().iter().rev().find(own).cloned()).expect("symbols are closed with their trace")
}

/// Is a function being traced for `compile` on this thread?
pub(crate) fn is_compiling() -> bool {
    innermost_compile().is_some()
}

/// The innermost function that is traced for `compile`.
fn innermost_compile() -> Option<Rc<TraceMark>> {
    let compiles = |mark: &&Rc<TraceMark>| mark.purpose == Purpose::Compile;
    ACTIVE.with(|active| active.borrow().iter().rev().find(compiles).cloned())
}

/// Refuses reads while a function is traced for `compile`: there is nothing to wait for in the middle of a call.
pub(crate) fn check_read(op: &str) -> Result<()> {
    break_trace(BreakReason::HostRead, op, "")
}

/// Breaks the trace for `compile` that is going on, if one is: the error to give to the function. `what` is what was read, changed or
/// used.
pub fn break_trace(reason: BreakReason, op: &str, what: &str) -> Result<()> {
    innermost_compile().map_or(Ok(()), |mark| Err(break_active(reason, op, what, &mark.label)))
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

/// Breaks every trace that is going on: the outer ones contain what the inner one cannot do.
fn break_active(reason: BreakReason, op: &str, what: &str, label: &str) -> Error {
    let error = Error::breaking(reason, op, what, label);
    let broken = Break { reason, error: error.clone(), source: devtools::source_here().get() };
    ACTIVE.with(|active| {
        for mark in active.borrow().iter() {
            mark.broken.borrow_mut().get_or_insert_with(|| broken.clone());
        }
    });
    error
}

/// A trace in progress. Dropping it ends the trace; nothing of it stays behind.
pub struct Scope {
    pub(crate) mark: Rc<TraceMark>,
    pub(crate) placeholders: Vec<Tensor>,
    input_ids: Vec<u64>,
    /// Where the call runs.
    device: Option<DeviceHandle>,
}

/// What a trace gave.
pub(crate) struct Traced {
    pub linear: Linear,
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
        let depth = ACTIVE.with(|active| active.borrow().last().map_or(0, |mark| mark.depth) + 1);
        let (active, broken) = (Cell::new(true), RefCell::new(None));
        let first_id = next_node_id();
        let mark = Rc::new(TraceMark { depth, label, purpose, active, first_id, broken, symbols });
        ACTIVE.with(|active| active.borrow_mut().push(mark.clone()));
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
        if let Some(broken) = self.broken() {
            return Err(broken.error);
        }
        outputs.iter().filter_map(|output| output.0.trace.as_ref()).try_for_each(|mark| mark.check(op))
    }

    /// Why it is broken, if it is.
    pub(crate) fn broken(&self) -> Option<Break> {
        self.mark.broken.borrow().clone()
    }

    /// The graph from the placeholders to these results. Closed-over tensors that wait are computed first.
    pub(crate) fn finish(&self, op: &str, outputs: &[Tensor]) -> Result<Traced> {
        self.finish_call(op, outputs, &|at| format!("tensor argument {at}"))
    }

    /// The same; `place` says where the input of that number is in the call.
    pub(crate) fn finish_call(&self, op: &str, outputs: &[Tensor], place: &dyn Fn(usize) -> String) -> Result<Traced> {
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
        crate::eager::evaluate_nodes(op, &captured)?;
        let placeholders: Vec<Rc<Node>> = self.placeholders.iter().map(|x| x.0.clone()).collect();
        let mut linear = Linear::build(&nodes, &roots, &placeholders, Leaves::Constants)?;
        if !self.mark.symbols.is_none() {
            // The entry numbers its symbols from 0, as its key does.
            let own = linear.graph.map_dims(&|dim| self.mark.symbols.to_key(dim));
            linear.graph = own.map_err(Error::from_misuse)?;
        }
        Ok(Traced { linear })
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.mark.active.set(false);
        self.mark.symbols.close();
        ACTIVE.with(|active| active.borrow_mut().retain(|mark| !Rc::ptr_eq(mark, &self.mark)));
    }
}

/// What computed tensors become in a graph.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaves {
    /// Arguments: the same graph serves other values.
    Inputs,
    /// Constants, after the arguments of a trace.
    Constants,
}

/// Nodes of a walk.
pub(crate) struct Collected {
    /// In the order they were made: operands before users.
    pub nodes: Vec<Rc<Node>>,
    /// Those older than the trace that still have to be computed.
    pub captured: Vec<Rc<Node>>,
}

/// Collects what these nodes need, down to computed nodes, placeholders and nodes older than `first_id`.
pub(crate) fn collect(roots: &[Rc<Node>], first_id: u64) -> Result<Collected> {
    let walk = new_walk();
    let mut stack: Vec<Rc<Node>> = roots.to_vec();
    let (mut nodes, mut captured) = (Vec::new(), Vec::new());
    while let Some(node) = stack.pop() {
        if node.mark.get().0 == walk {
            continue;
        }
        node.mark.set((walk, 0));
        if matches!(&*node.state.borrow(), State::Lazy) {
            let inputs = node.inputs.borrow();
            // A recipe without operands costs nothing and stays in the graph, where the compiler sees its value.
            if node.id < first_id && node.trace.is_none() && !inputs.is_empty() {
                captured.push(node.clone());
            } else {
                stack.extend(inputs.iter().filter(|input| input.mark.get().0 != walk).cloned());
            }
        }
        nodes.push(node);
    }
    // The walk went back: turned round, most programs are in order.
    nodes.reverse();
    small::sort_by_key(&mut nodes, |node| node.id);
    Ok(Collected { nodes, captured })
}

/// A graph with what it refers to outside.
pub(crate) struct Linear {
    pub graph: Graph,
    /// The computed nodes behind its inputs or constants, by index.
    pub leaves: Vec<Rc<Node>>,
    /// Where each graph node was made, by its id.
    pub sources: Vec<crate::devtools::SourceId>,
}

impl Linear {
    /// Appends collected nodes to a graph, the placeholders first.
    pub fn build(
        nodes: &[Rc<Node>],
        outputs: &[Rc<Node>],
        placeholders: &[Rc<Node>],
        leaves_are: Leaves,
    ) -> Result<Linear> {
        let walk = new_walk();
        let mut linear = Linear { graph: Graph::new(), leaves: Vec::new(), sources: Vec::new() };
        for (index, node) in placeholders.iter().enumerate() {
            let kind = Kind::Input { index: index as u32, aval: Box::new(node.aval.clone()) };
            linear.append(node, kind, walk)?;
        }
        for node in nodes {
            if node.mark.get().0 == walk {
                continue;
            }
            let leaf = match &*node.state.borrow() {
                State::Ready(_) => true,
                State::Lazy => false,
                State::Placeholder => {
                    let mark = node.trace.as_ref().expect("placeholders have a trace");
                    return Err(mark.leaked("compile"));
                }
            };
            let kind = if leaf {
                let (index, aval) = (linear.leaves.len() as u32, Box::new(node.aval.clone()));
                linear.leaves.push(node.clone());
                match leaves_are {
                    Leaves::Inputs => Kind::Input { index, aval },
                    Leaves::Constants => Kind::Constant { index, aval },
                }
            } else {
                node.kind.clone().expect("lazy nodes have a kind")
            };
            linear.append(node, kind, walk)?;
        }
        let ids: Vec<NodeId> = outputs.iter().map(|node| NodeId(node.mark.get().1)).collect();
        linear.graph.set_outputs(&ids);
        Ok(linear)
    }

    fn append(&mut self, node: &Rc<Node>, kind: Kind, walk: u32) -> Result<()> {
        let operands: SmallVec<[NodeId; 3]> = if kind_has_operands(&kind) {
            node.inputs.borrow().iter().map(|input| NodeId(input.mark.get().1)).collect()
        } else {
            SmallVec::new()
        };
        // What a trace learnt about its sizes after the node was made counts for the node as well.
        let id = self.graph.append(symbolic::resolved(kind)?, &operands).map_err(Error::from_misuse)?;
        node.mark.set((walk, id.0));
        self.sources.push(node.source);
        Ok(())
    }
}

/// Leaves may still know operands that they no longer need.
fn kind_has_operands(kind: &Kind) -> bool {
    !matches!(kind, Kind::Input { .. } | Kind::Constant { .. })
}
