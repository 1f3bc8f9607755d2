//! Eager evaluation: what waits is computed together, every op as a kernel of its own.
//!
//! Nodes that are asked for get a buffer and forget how they were made; so do intermediates that the program still holds, while the
//! device has room for them. Views never dispatch alone: they fold into the loads of the next kernel, unless a view itself is read.
//! Programs are found again by their whole graph, so a loop compiles its body once.

use crate::device::{Buffer, DeviceHandle, Program, scalar_bytes};
use crate::error::Result;
use crate::linear::{Leaves, Linear, collect};
use crate::node::Node;
use crate::pipeline::{self, CompileMode};
use crate::symbolic::nbytes;
use interfuse_compiler::Request;
use interfuse_compiler::kind::Kind;
use interfuse_compiler::small;
use std::any::Any;
use std::rc::Rc;

/// Computes nodes; afterwards each has a buffer.
pub(crate) fn evaluate_nodes(op: &str, roots: &[Rc<Node>]) -> Result<()> {
    let mut waiting: Vec<Rc<Node>> = Vec::new();
    for root in roots {
        if let Some(mark) = &root.trace {
            if mark.postpones() {
                continue;
            }
            return Err(mark.read_error(op));
        }
        if root.is_ready() {
            continue;
        }
        if let Some(Kind::Literal { value }) = &root.kind {
            // A scalar is data: no kernel is needed to write four bytes.
            let bytes = scalar_bytes(*value);
            root.set_ready(root.device.upload(op, value.dtype(), &bytes)?);
            continue;
        }
        waiting.push(root.clone());
    }
    small::sort_by_key(&mut waiting, |node| node.id);
    waiting.dedup_by_key(|node| node.id);
    while let Some(device) = waiting.first().map(|node| node.device.clone()) {
        let (here, elsewhere) = waiting.into_iter().partition(|node| node.device == device);
        evaluate_on(op, &device, here)?;
        waiting = elsewhere;
    }
    Ok(())
}

fn evaluate_on(op: &str, device: &DeviceHandle, roots: Vec<Rc<Node>>) -> Result<()> {
    let nodes = collect(&roots, 0)?.nodes;
    let mut outputs = roots;
    let asked = outputs.len();
    // Keep what the program still holds, while there is room.
    let held = |node: &&Rc<Node>| node.handles.get() > 0 && !node.is_view() && !node.is_ready() && node.kind.is_some();
    let not_asked = |node: &&Rc<Node>| outputs[..asked].binary_search_by_key(&node.id, |root| root.id).is_err();
    let kept: Vec<Rc<Node>> =
        nodes.iter().filter(held).filter(not_asked).filter(|node| !node.inputs.borrow().is_empty()).cloned().collect();
    if device.has_room(kept.iter().map(|node| nbytes(&node.aval)).sum()) {
        outputs.extend(kept);
    }
    let linear = Linear::build(&nodes, &outputs, &[], Leaves::Inputs)?;
    let program = program_for(op, device, &linear)?;
    let buffers: Vec<Rc<Buffer>> =
        linear.leaves.iter().map(|node| node.buffer().expect("leaves of eager graphs are computed")).collect();
    let results = program.run(op, &buffers, &[])?;
    for (node, buffer) in outputs.iter().zip(results) {
        node.set_ready(buffer);
    }
    Ok(())
}

fn program_for(op: &str, device: &DeviceHandle, linear: &Linear) -> Result<Rc<Program>> {
    if let Some(program) = device.0.eager.borrow_mut().get(&linear.graph) {
        return Ok(program.clone());
    }
    let target = pipeline::target_in(device.device().target(), CompileMode::Disabled);
    let request = Request::new(&linear.graph, &target);
    let plan = pipeline::compile(&request, &mut ())?.plan;
    let program = device.load(op, &request, plan.into())?;
    device.0.eager.borrow_mut().insert(linear.graph.clone(), program.clone());
    Ok(program)
}

/// Computes everything that waits on a device and that the program still holds, directly or through a view of it. What only other
/// waiting nodes need stays an intermediate.
pub(crate) fn submit_pending(device: &DeviceHandle) -> Result<()> {
    let waiting = device.0.pending.take();
    device.0.pending_bytes.set(0);
    let mut roots: Vec<Rc<Node>> = Vec::new();
    let nodes = waiting.iter().filter_map(|result| (result.upgrade()? as Rc<dyn Any>).downcast::<Node>().ok());
    for node in nodes.filter(|node| node.handles.get() > 0) {
        let mut base = node;
        while base.is_view() && !base.is_ready() {
            let operand = base.inputs.borrow()[0].clone();
            base = operand;
        }
        if !base.is_ready() && !base.inputs.borrow().is_empty() {
            roots.push(base);
        }
    }
    if roots.is_empty() {
        return Ok(());
    }
    evaluate_nodes("evaluate", &roots)
}
