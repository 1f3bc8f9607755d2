//! Horizontal fusion: independent maps of different sizes become the parts of one kernel.
//!
//! Vertical fusion makes one kernel of maps over one space. The updates of twenty parameters have twenty spaces, and would be as many
//! dispatches of a few microseconds' work. Kernels of one level do not depend on each other, so the maps among them may become the parts
//! of one kernel, as far as its limits on buffers and operations allow. A *free* map, which reads only arguments and whose results no
//! kernel reads, may be fused with any other. Only maps that store results of the function, or very small temporaries, are fused: a kernel
//! runs after the inputs of all its parts, and temporaries among those inputs would stay live for longer.

use super::build::name;
use crate::dim::Dim;
use crate::graph::{Graph, NodeId};
use crate::kernel::{Access, Class, FusedKernel, Inst, Kernel, NodeMap, Over, Part, Uniform, Value};
use crate::kind::Lowering;
use crate::sharing::Blocks;
use crate::small;
use crate::target::Target;
use crate::tuning::{OPEN_KERNELS, SMALL_TEMPORARY};
use smallvec::SmallVec;

/// Maps that will be one kernel.
struct Together {
    members: Vec<FusedKernel>,
    /// What they bind, each block once.
    bound: Vec<NodeId>,
    ops: u32,
    /// May others join?
    is_map: bool,
}

/// The kernels with maps of the same level side by side; `levels` ascend with the distance to the results, `materialised` are the results.
pub(super) fn fuse_horizontally(
    graph: &Graph,
    target: &Target,
    kernels: Vec<(u32, FusedKernel)>,
    materialised: &[NodeId],
    blocks: &Blocks,
) -> Vec<FusedKernel> {
    if !target.tuning.fuse {
        return kernels.into_iter().map(|(_, kernel)| kernel).collect();
    }
    let mut is_result = vec![false; graph.len()];
    materialised.iter().for_each(|id| is_result[id.index()] = true);
    let mut is_read = vec![false; graph.len()];
    for (_, kernel) in &kernels {
        kernel.bound(Access::Read).for_each(|id| is_read[id.index()] = true);
    }
    let is_free = |kernel: &FusedKernel| {
        let is_leaf = |id: NodeId| graph.node(id).kind.lowering() == Lowering::Bound;
        kernel.bound(Access::Read).all(is_leaf) && !kernel.bound(Access::Write).any(|id| is_read[id.index()])
    };
    let mut sets = Sets { target, blocks, all: Vec::new(), open: SmallVec::new() };
    let mut free = Vec::new();
    let mut level = None;
    for (of, kernel) in kernels {
        if level != Some(of) {
            sets.open.clear();
            level = Some(of);
        }
        if !may_join(&kernel, &is_result) {
            sets.alone(kernel);
        } else if is_free(&kernel) {
            free.push(kernel);
        } else {
            sets.place(kernel);
        }
    }
    // A free map joins the last ones, whatever their level.
    sets.open = (0..sets.all.len()).rev().filter(|at| sets.all[*at].is_map).take(OPEN_KERNELS).collect();
    sets.open.reverse();
    free.into_iter().for_each(|kernel| sets.place(kernel));
    sets.all.into_iter().map(|together| join(graph, together.members)).collect()
}

/// Kernels in the making.
struct Sets<'a> {
    target: &'a Target,
    blocks: &'a Blocks,
    all: Vec<Together>,
    /// Positions of those that a map may still join.
    open: SmallVec<[usize; OPEN_KERNELS]>,
}

impl Sets<'_> {
    fn bound(&self, kernel: &FusedKernel) -> Vec<NodeId> {
        let mut bound: Vec<NodeId> = kernel.map.bindings.iter().map(|id| self.blocks.counted(*id)).collect();
        small::sort(&mut bound);
        bound.dedup();
        bound
    }

    /// A kernel that others do not join.
    fn alone(&mut self, kernel: FusedKernel) {
        self.all.push(Together { members: vec![kernel], bound: Vec::new(), ops: 0, is_map: false });
    }

    /// Adds a map to a kernel that has room for it, or starts a kernel with it.
    fn place(&mut self, kernel: FusedKernel) {
        let (bound, ops) = (self.bound(&kernel), operations(&kernel.kernel));
        let limit = self.target.limits.storage_buffers as usize;
        let room = |at: &usize| {
            let together = &self.all[*at];
            let fresh = bound.iter().filter(|id| !together.bound.contains(id)).count();
            together.bound.len() + fresh <= limit && together.ops + ops <= self.target.tuning.kernel_ops
        };
        match self.open.iter().copied().find(|at| room(at)) {
            Some(at) => {
                let together = &mut self.all[at];
                together.members.push(kernel);
                for id in bound {
                    if !together.bound.contains(&id) {
                        together.bound.push(id);
                    }
                }
                together.ops += ops;
            }
            None => {
                if self.open.len() == OPEN_KERNELS {
                    // The latest have the most room.
                    self.open.remove(0);
                }
                self.open.push(self.all.len());
                self.all.push(Together { members: vec![kernel], bound, ops, is_map: true });
            }
        }
    }
}

fn operations(kernel: &Kernel) -> u32 {
    let cost = |value: &Value| match value.inst {
        Inst::Apply { .. } | Inst::Cast { .. } => 1,
        Inst::Bits { .. } => 8,
        _ => 0,
    };
    kernel.values.iter().map(cost).sum()
}

fn may_join(fused: &FusedKernel, is_result: &[bool]) -> bool {
    let kernel = &fused.kernel;
    let is_map = matches!(kernel.class, Class::Map | Class::Index);
    let mut heavy = fused.bindings().filter(|(binding, id)| {
        binding.access == Access::Write
            && !is_result[id.index()]
            && binding.len.as_const().is_none_or(|len| len > SMALL_TEMPORARY)
    });
    // A map of nothing is no step of the plan.
    let is_empty = kernel.grid_points().is(0);
    is_map && !is_empty && kernel.phases.iter().all(|phase| phase.over == Over::Grid) && heavy.next().is_none()
}

/// One kernel of several, or the only one as it is.
fn join(graph: &Graph, mut members: Vec<FusedKernel>) -> FusedKernel {
    if members.len() == 1 {
        return members.remove(0);
    }
    // Reads come before writes, so all bindings are known before a part is moved.
    let mut bindings = Vec::new();
    let mut map = NodeMap::default();
    for access in [Access::Read, Access::Write] {
        for (binding, id) in members.iter().flat_map(FusedKernel::bindings).filter(|(one, _)| one.access == access) {
            if !map.bindings.contains(&id) {
                bindings.push(binding.clone());
                map.bindings.push(id);
            }
        }
    }
    let index = members.iter().any(|member| member.kernel.class == Class::Index);
    let class = if index { Class::Index } else { Class::Map };
    map.nodes = members.iter().flat_map(|member| member.map.nodes.iter().copied()).collect();
    small::sort(&mut map.nodes);
    map.nodes.dedup();
    let mut kernel = Kernel {
        class,
        name: name(class, graph, &map.nodes),
        axes: Vec::new(),
        bindings,
        uniforms: vec![Uniform::Size(Dim::ZERO)],
        values: Vec::new(),
        phases: Vec::new(),
        parts: Vec::new(),
        repeats: Vec::new(),
        serial: None,
    };
    for member in members {
        map.values.extend(&member.map.values);
        let bindings = member.map.bindings.iter().map(|id| position(&map.bindings, id)).collect();
        append(&mut kernel, member.kernel, bindings);
    }
    kernel.complete_uniforms();
    FusedKernel { kernel, map }
}

/// Makes a map a part of a kernel that has its bindings, at those positions.
fn append(kernel: &mut Kernel, mut member: Kernel, bindings: Vec<u32>) {
    let (axes, values, phases) = (kernel.axes.len() as u32, kernel.values.len() as u32, kernel.phases.len() as u32);
    let uniforms: Vec<u32> = member
        .uniforms
        .iter()
        .map(|uniform| match uniform {
            // Sizes of all parts come last, together.
            Uniform::Size(_) => 0,
            Uniform::Literal(_) => {
                if !kernel.uniforms.contains(uniform) {
                    kernel.uniforms.push(uniform.clone());
                }
                position(&kernel.uniforms, uniform)
            }
        })
        .collect();
    kernel.axes.append(&mut member.axes);
    member.axes.clone_from(&kernel.axes);
    member.shift(i64::from(axes), i64::from(values));
    for value in &mut member.values {
        match &mut value.inst {
            Inst::Load { binding, .. } => *binding = bindings[*binding as usize],
            Inst::Uniform { member } => *member = uniforms[*member as usize],
            _ => {}
        }
    }
    for phase in &mut member.phases {
        phase.stores.iter_mut().for_each(|store| store.binding = bindings[store.binding as usize]);
    }
    kernel.values.append(&mut member.values);
    kernel.phases.append(&mut member.phases);
    kernel.parts.push(Part { axes: axes..kernel.axes.len() as u32, phases: phases..kernel.phases.len() as u32 });
}

fn position<T: PartialEq>(all: &[T], one: &T) -> u32 {
    all.iter().position(|other| other == one).expect("collected before") as u32
}
