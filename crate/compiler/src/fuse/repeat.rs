//! Loops: the body becomes kernels once, which the plan repeats.
//!
//! The body gets one input more, the number of the step, as an int32 scalar that it carries: slices of what is stacked are look-ups
//! at it, so that every step runs the very same kernels on the very same buffers. What a step carries into the next is materialised beside
//! what it got; the plan exchanges the two after each step. What it hands on as it is (weights, say) is no more than an operand.

use super::kept::{Kept, is_constant, kept, same_loop};
use super::{Fused, Split, Units, fuse, split};
use crate::dim::{Atom, Dim};
use crate::dtype::{DType, Scalar};
use crate::graph::{Graph, NodeId};
use crate::kernel::{
    Access, Axis, Binding, Class, FusedKernel, Inst, Kernel, Over, Phase, Role, Serial, Store, Uniform, Value, ValueId,
};
use crate::kind::{Kind, Lowering};
use crate::ops::Op;
use crate::shape::Shape;
use crate::sharing::Blocks;
use crate::target::Target;
use crate::write::Writer;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::sync::Arc;

/// A loop with its body as kernels.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// The body: inputs are the operands of the loop (stacked ones whole), then the step.
    pub body: Graph,
    /// Its kernels.
    pub fused: Fused,
    /// How often it runs.
    pub length: Dim,
    /// Per carry what the next step gets instead; `None` where that is the same.
    pub next: Vec<Option<NodeId>>,
    /// The next step's number.
    pub next_step: NodeId,
    /// Writes the number of the first step.
    pub first_step: Kernel,
    /// Stacked results.
    pub stacked: Vec<Stacked>,
    /// Carried results: the node of the outer graph, and which carry it is.
    pub carried: Vec<(NodeId, u32)>,
    /// The operands, nodes of the outer graph.
    pub operands: Vec<NodeId>,
}

/// A result of a loop that has a slice per step.
#[derive(Clone, Debug)]
pub struct Stacked {
    /// The node of the outer graph.
    pub root: NodeId,
    /// The node of the body that is a slice of it.
    pub slice: NodeId,
    /// Copies what a step gave to its place: bindings are the slice, the step and the stack.
    pub kernel: Kernel,
}

impl Writer<'_> {
    /// The operands of a loop, those in memory of their own that change from step to step.
    pub fn own(&mut self, body: &Graph, carries: u32, operands: &[NodeId]) -> Vec<NodeId> {
        let changes = |at: usize| at < carries as usize && !is_constant(body, at as u32);
        let own: Vec<NodeId> = (operands.iter().enumerate())
            .map(|(at, x)| {
                if !changes(at) {
                    return *x;
                }
                *self.kept += 1;
                kept(self.graph, *x, Kept::Operand(*self.kept), self.from)
            })
            .collect();
        self.materialised.extend(&own);
        own
    }

    /// One result of a loop that only carries.
    pub fn repeat(&mut self, body: &Arc<Graph>, length: &Dim, carried: &[NodeId], output: u32) -> NodeId {
        let carries = carried.len() as u32;
        let own = self.own(body, carries, carried);
        let result = self.add(Kind::Loop { body: body.clone(), length: length.clone(), carries, output }, &own);
        self.store(result)
    }
}

/// The loops among the kernels, bodies compiled.
pub(super) fn repeats(graph: &Graph, kernels: &[FusedKernel], units: &Units, target: &Target) -> Vec<Repeat> {
    let is_loop = |fused: &&FusedKernel| matches!(fused.kernel.serial, Some((Serial::Loop, _)));
    let roots = kernels.iter().filter(is_loop).map(|fused| *fused.map.bindings.last().expect("a result"));
    let mut repeats: Vec<Repeat> = Vec::new();
    let mut groups: Vec<Vec<NodeId>> = Vec::new();
    for root in roots {
        let same = |other: &NodeId| same_loop(graph, root, *other);
        match groups.iter_mut().find(|group| same(&group[0])) {
            Some(group) => group.push(root),
            None => groups.push(vec![root]),
        }
    }
    for group in groups {
        repeats.push(repeat(graph, &group, units.of(group[0]).is_some(), target));
    }
    repeats
}

fn repeat(graph: &Graph, roots: &[NodeId], is_unit: bool, target: &Target) -> Repeat {
    let first = graph.node(roots[0]);
    let Kind::Loop { body, length, carries, .. } = &first.kind else { unreachable!("filtered to loops") };
    let operands: Vec<NodeId> = first.operands.to_vec();
    let carries = *carries as usize;
    let from: &[u32] = &first.from;
    let mut out = Graph::new();
    let legal = "the body of a legal loop is legal";
    let mut inputs: Vec<NodeId> = Vec::new();
    for (at, operand) in operands.iter().enumerate() {
        let kind = Kind::Input { index: at as u32, aval: Box::new(graph.aval(*operand).clone()) };
        inputs.push(out.add_from(kind, &[], from).expect(legal));
    }
    let aval = crate::shape::Aval::new(Shape::scalar(), DType::Int32);
    let kind = Kind::Input { index: operands.len() as u32, aval: Box::new(aval) };
    let step = out.add_from(kind, &[], from).expect(legal);
    for input in &mut inputs[carries..] {
        *input = out.add_from(Kind::Gather { axis: 0 }, &[*input, step], from).expect(legal);
    }
    let mut map: Vec<NodeId> = Vec::with_capacity(body.len());
    for (_, node) in body.nodes() {
        let id = match &node.kind {
            Kind::Input { index, .. } => inputs[*index as usize],
            kind => {
                let operands: SmallVec<[NodeId; 3]> = node.operands.iter().map(|o| map[o.index()]).collect();
                out.add_from(kind.clone(), &operands, from).expect(legal)
            }
        };
        map.push(id);
    }
    let one = out.add_from(Kind::Literal { value: Scalar::i32(1) }, &[], from).expect(legal);
    let next_step = out.add_from(Kind::Map { op: Op::Add }, &[step, one], from).expect(legal);
    let results: Vec<NodeId> = body.outputs().iter().map(|id| map[id.index()]).collect();
    let mut outputs: Vec<NodeId> = Vec::new();
    let mut keep = |out: &mut Graph, x: NodeId| {
        // A permutation is materialised as it is made, by itself.
        let alone = matches!(out.node(x).kind, Kind::Permute) && !outputs.contains(&x);
        let id = if alone { x } else { kept(out, x, Kept::Next(outputs.len() as u32), from) };
        outputs.push(id);
        outputs.len() - 1
    };
    let next_step = keep(&mut out, next_step);
    let next: Vec<Option<usize>> =
        (0..carries).map(|carry| (!is_constant(body, carry as u32)).then(|| keep(&mut out, results[carry]))).collect();
    let (mut stacked, mut carried) = (Vec::new(), Vec::new());
    for root in roots {
        let Kind::Loop { output, .. } = graph.node(*root).kind else { unreachable!("filtered to loops") };
        if (output as usize) < carries {
            carried.push((*root, output));
        } else {
            stacked.push((*root, keep(&mut out, results[output as usize])));
        }
    }
    out.set_outputs(&outputs);
    let Split { graph: body, mut materialised, mut units, .. } = split(Cow::Owned(out), target);
    if is_unit {
        units = Units::all(body.len());
    }
    let outputs: Vec<NodeId> = body.outputs().to_vec();
    materialised.extend(&outputs);
    materialised.retain(|id| body.node(*id).kind.lowering() != Lowering::Bound);
    let fused = fuse(&body, target, (&materialised, &units), &Blocks::default());
    let stack = |(root, at): (NodeId, usize)| {
        let slice = outputs[at];
        let aval = body.aval(slice);
        let kernel = stack_kernel(aval.dtype, aval.shape.size(), graph.aval(root).shape.size());
        Stacked { root, slice, kernel }
    };
    Repeat {
        fused,
        length: length.clone(),
        next: next.into_iter().map(|at| at.map(|at| outputs[at])).collect(),
        next_step: outputs[next_step],
        first_step: first_step_kernel(),
        stacked: stacked.into_iter().map(stack).collect(),
        carried,
        operands,
        body,
    }
}

/// A map of one phase.
fn plain(name: &str, axes: Vec<Axis>, bindings: Vec<Binding>, values: Vec<Value>, store: Store) -> Kernel {
    let end = values.len() as u32;
    let phase = Phase { over: Over::Grid, body: 0..end, reductions: Vec::new(), stores: vec![store] };
    let mut kernel = Kernel {
        class: Class::Map,
        name: name.into(),
        axes,
        bindings,
        uniforms: vec![Uniform::Size(Dim::ONE)],
        values,
        phases: vec![phase],
        parts: Vec::new(),
        repeats: Vec::new(),
        serial: None,
    };
    kernel.complete_uniforms();
    kernel
}

/// Writes the number of the first step.
fn first_step_kernel() -> Kernel {
    let binding = Binding { dtype: DType::Int32, len: Dim::ONE, access: Access::Write, block: None };
    let value = Value { inst: Inst::Literal { value: Scalar::i32(0) }, dtype: DType::Int32 };
    let store = Store { binding: 0, index: Dim::ZERO, value: ValueId(0) };
    plain("first_step", Vec::new(), vec![binding], vec![value], store)
}

/// Copies what a step gave to its place among those of all steps: bindings are the slice, the step and the stack.
fn stack_kernel(dtype: DType, len: Dim, whole: Dim) -> Kernel {
    let read = |dtype, len| Binding { dtype, len, access: Access::Read, block: None };
    let bindings = vec![
        read(dtype, len.clone()),
        read(DType::Int32, Dim::ONE),
        Binding { dtype, len: whole, access: Access::Write, block: None },
    ];
    let load = |binding, index, dtype| Value { inst: Inst::Load { binding, index }, dtype };
    let axes = if len.is(1) { Vec::new() } else { vec![Axis { extent: len.clone(), role: Role::Grid }] };
    let at = if axes.is_empty() { Dim::ZERO } else { Dim::coord(0) };
    let values = vec![load(1, Dim::ZERO, DType::Int32), load(0, at.clone(), dtype)];
    let index = Dim::atom(Atom::Value(0)).mul(&len).add(&at);
    plain("stack", axes, bindings, values, Store { binding: 2, index, value: ValueId(1) })
}
