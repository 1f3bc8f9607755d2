//! A kernel: the one representation that fusion makes, that `lower/` turns into WGSL and that the CPU device runs.
//!
//! A kernel is an iteration space and a list of *phases*. A phase is straight-line code (an SSA list of loads, scalar ops and
//! literals) run at every point of a part of the space, followed by stores, and by reductions whose results later phases see.
//! Three drivers run all kernels (and on the CPU device a fourth some kinds whole, see [`Serial`]); none knows an op by name:
//!
//! * *map* (and *index*, the same with gathers or joins inside): all axes have the role `Grid`, one phase over the grid.
//! * *row*: axes are `Grid` or `Row`. Phases over `Rows` run at every point of grid x row and may end in reductions along the row
//!   axes; phases over `Grid` run once per row. Softmax is Rows(max), Rows(sum), Rows(store); what a later phase needs of an earlier
//!   one, other than values of grid level, it computes again.
//! * *contract*: axes are `Batch`, `M`, `N`, `K`. A `Left` phase gives an element of the left operand at (batch, m, k), a `Right`
//!   phase one of the right operand at (batch, n, k); their products are summed over k in float32; a `Grid` phase over
//!   (batch, m, n) is the epilogue.
//!
//! Independent maps of different sizes may stand side by side in one kernel, each a [`Part`] with axes and a phase of its own: one
//! dispatch updates all parameters of a model.
//!
//! Index expressions are [`Dim`]s over the coordinates of the axes (`Atom::Coord(axis)`), in elements; they are in range wherever
//! they are evaluated (fusion clamps below pads and joins), so no driver checks bounds of loads.

mod text;
pub mod verify;
#[cfg(any(test, feature = "oracle"))]
mod parse;

use crate::dim::{Atom, Dim};
use crate::dtype::{DType, Scalar};
use crate::graph::NodeId;
use crate::kind::{CombineOp, Kind, ReduceOp};
use crate::ops::Op;
use crate::small;
use smallvec::SmallVec;
use std::ops::Range;

#[cfg(any(test, feature = "oracle"))]
pub use parse::parse_kernel;

/// A value of a kernel's program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ValueId(pub u32);

impl ValueId {
    /// As an index into [`Kernel::values`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Which driver runs a kernel.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Class {
    /// Elementwise over one space.
    Map,
    /// Reductions along rows, with maps before, between and after.
    Row,
    /// A sum of products, with maps in its loads and its store.
    Contract,
    /// A map with gathers or joins inside.
    Index,
    /// A plain loop of the CPU device; no GPU runs it.
    Serial,
}

impl Class {
    /// The name in inspections.
    pub fn name(self) -> &'static str {
        match self {
            Class::Map => "map",
            Class::Row => "row",
            Class::Contract => "contract",
            Class::Index | Class::Serial => "index",
        }
    }
}

/// What the CPU device does in a plain loop, along an axis of [outer, axis, inner]. On GPUs these kinds are other kernels.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Serial {
    /// Running combination; a second operand says where it starts again.
    Scan {
        /// How.
        op: CombineOp,
        /// From the end?
        reverse: bool,
    },
    /// uint32 positions that sort.
    Sort,
    /// The first operand with the third combined into it at the indices of the second.
    Scatter {
        /// How.
        op: CombineOp,
    },
    /// A loop. No device runs this: the plan has the kernels of its body instead.
    Loop,
}

impl Serial {
    /// Of a kind, with its axis.
    pub fn of(kind: &Kind) -> Option<(Serial, usize)> {
        match kind {
            Kind::Scan { op, axis, reverse } => Some((Serial::Scan { op: *op, reverse: *reverse }, *axis as usize)),
            Kind::ArgSort { axis } => Some((Serial::Sort, *axis as usize)),
            Kind::Scatter { axis, op } => Some((Serial::Scatter { op: *op }, *axis as usize)),
            Kind::Loop { .. } => Some((Serial::Loop, 0)),
            _ => None,
        }
    }
}

/// What an axis is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Role {
    /// Points that are independent of each other (map, index and row kernels).
    Grid,
    /// Points that reductions combine (row kernels).
    Row,
    /// Batch of a contraction.
    Batch,
    /// Rows of the left operand.
    M,
    /// Columns of the right operand.
    N,
    /// Multiplied and summed.
    K,
}

/// An axis of the iteration space; its coordinate is `Atom::Coord` of its position.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Axis {
    /// How many points.
    pub extent: Dim,
    /// What for.
    pub role: Role,
}

/// Does a kernel read or write a buffer? Never both.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Access {
    /// Loads only.
    Read,
    /// Stores only; every element is stored exactly once, if at a place that a value names (a permutation's).
    Write,
}

/// A buffer that a kernel binds, in binding order: reads first, then writes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Binding {
    /// The dtype of its elements.
    pub dtype: DType,
    /// How many elements it holds.
    pub len: Dim,
    /// Read or written.
    pub access: Access,
    /// Set where it is a part of a block of memory that is bound whole, once for all bindings with this number: indices count from
    /// the start of the block, in elements of 4 bytes.
    pub block: Option<u32>,
}

/// A member of the kernel's uniform block, 4 bytes each, in this order.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Uniform {
    /// A size as u32. Member 0 is always the number of grid points (all extents of role Grid, or Batch x M x N).
    Size(Dim),
    /// A float literal, as the bits of its lane (float32; float16 widened): programs that differ in it share a pipeline.
    Literal(Scalar),
}

/// How a value comes about.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Inst {
    /// The element of a buffer.
    Load {
        /// Position in [`Kernel::bindings`].
        binding: u32,
        /// The element, in range.
        index: Dim,
    },
    /// An index expression as int32.
    Index {
        /// The expression.
        value: Dim,
    },
    /// `low <= value < high` as bool.
    Inside {
        /// The tested expression.
        value: Dim,
        /// Inclusive.
        low: Dim,
        /// Exclusive.
        high: Dim,
    },
    /// A scalar printed in the code: integers, bool, and the floats 0, 1, 2, 0.5 and their negatives.
    Literal {
        /// The scalar.
        value: Scalar,
    },
    /// A float from the uniform block.
    Uniform {
        /// Position in [`Kernel::uniforms`].
        member: u32,
    },
    /// A row of the table.
    Apply {
        /// The row.
        op: Op,
        /// The dtype of its (non-condition) operands.
        operand: DType,
        /// Its operands.
        args: SmallVec<[ValueId; 3]>,
    },
    /// astype.
    Cast {
        /// The operand's dtype.
        from: DType,
        /// The operand.
        arg: ValueId,
    },
    /// [`Kind::SortKey`] as uint32.
    SortKey {
        /// The operand's dtype.
        from: DType,
        /// The operand.
        arg: ValueId,
    },
    /// Random bits ([`crate::ops::random`]) as uint32.
    Bits {
        /// The two words of the key.
        key: [ValueId; 2],
        /// The position as uint32.
        position: ValueId,
    },
    /// The combination of a value at all points of the row up to this one, the row being one axis that is walked in order. It lives
    /// within its phase like any value: a later pass that needs it runs again.
    Running {
        /// How; not `Set`.
        op: CombineOp,
        /// What, at this point.
        arg: ValueId,
        /// A bool: where it is true the combination starts again at this point.
        restart: Option<ValueId>,
        /// Is the row walked from its end?
        reverse: bool,
    },
    /// The result of a reduction along all row axes; listed in [`Phase::reductions`] of the phase that computes `arg`.
    Reduced {
        /// How.
        op: ReduceOp,
        /// What, at every point of the row.
        arg: ValueId,
        /// The position that an arg-reduction names, as an expression of the row coordinates.
        position: Dim,
    },
    /// The float32 sum of products of a contraction.
    Product {
        /// The left element, from the `Left` phase.
        left: ValueId,
        /// The right element, from the `Right` phase.
        right: ValueId,
    },
}

impl Inst {
    /// Calls `visit` for every value that it reads at its point, those inside index expressions included.
    pub fn operands(&self, visit: &mut dyn FnMut(u32)) {
        match self {
            Inst::Load { index: value, .. } | Inst::Index { value } => values_in(value, visit),
            Inst::Inside { value, low, high } => [value, low, high].into_iter().for_each(|dim| values_in(dim, visit)),
            Inst::Literal { .. } | Inst::Uniform { .. } | Inst::Product { .. } | Inst::Reduced { .. } => {}
            Inst::Running { arg, restart, .. } => [Some(*arg), *restart].into_iter().flatten().for_each(|a| visit(a.0)),
            Inst::Apply { args, .. } => args.iter().for_each(|a| visit(a.0)),
            Inst::Cast { arg, .. } | Inst::SortKey { arg, .. } => visit(arg.0),
            Inst::Bits { key, position } => [key[0], key[1], *position].iter().for_each(|a| visit(a.0)),
        }
    }
}

impl Inst {
    /// Calls `visit` for every value that it names outside of index expressions.
    pub fn args_mut(&mut self, visit: &mut dyn FnMut(&mut ValueId)) {
        match self {
            Inst::Load { .. }
            | Inst::Index { .. }
            | Inst::Inside { .. }
            | Inst::Literal { .. }
            | Inst::Uniform { .. } => {}
            Inst::Apply { args, .. } => args.iter_mut().for_each(visit),
            Inst::Cast { arg, .. } | Inst::SortKey { arg, .. } | Inst::Reduced { arg, .. } => visit(arg),
            Inst::Bits { key, position } => key.iter_mut().chain([position]).for_each(visit),
            Inst::Running { arg, restart, .. } => [Some(arg), restart.as_mut()].into_iter().flatten().for_each(visit),
            Inst::Product { left, right } => [left, right].into_iter().for_each(visit),
        }
    }

    /// Its index expressions.
    pub fn dims(&self) -> SmallVec<[&Dim; 3]> {
        match self {
            Inst::Load { index: dim, .. } | Inst::Index { value: dim } | Inst::Reduced { position: dim, .. } => {
                [dim].into_iter().collect()
            }
            Inst::Inside { value, low, high } => [value, low, high].into_iter().collect(),
            Inst::Literal { .. }
            | Inst::Uniform { .. }
            | Inst::Apply { .. }
            | Inst::Cast { .. }
            | Inst::SortKey { .. }
            | Inst::Bits { .. }
            | Inst::Running { .. }
            | Inst::Product { .. } => SmallVec::new(),
        }
    }

    /// Calls `visit` for every index expression.
    pub fn dims_mut(&mut self, visit: &mut dyn FnMut(&mut Dim)) {
        match self {
            Inst::Load { index: dim, .. } | Inst::Index { value: dim } | Inst::Reduced { position: dim, .. } => {
                visit(dim)
            }
            Inst::Inside { value, low, high } => [value, low, high].into_iter().for_each(visit),
            Inst::Literal { .. }
            | Inst::Uniform { .. }
            | Inst::Apply { .. }
            | Inst::Cast { .. }
            | Inst::SortKey { .. }
            | Inst::Bits { .. }
            | Inst::Running { .. }
            | Inst::Product { .. } => {}
        }
    }
}

fn values_in(dim: &Dim, visit: &mut dyn FnMut(u32)) {
    dim.visit(&mut |atom| {
        if let Atom::Value(id) = atom {
            visit(*id);
        }
    });
}

/// One value: how it comes about, and its dtype.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Value {
    /// How.
    pub inst: Inst,
    /// Its dtype. A float16 is rounded to float16 after every inst.
    pub dtype: DType,
}

/// An element written to a buffer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Store {
    /// Position in [`Kernel::bindings`].
    pub binding: u32,
    /// The element.
    pub index: Dim,
    /// What.
    pub value: ValueId,
}

impl Store {
    /// Calls `visit` for every value that its place depends on.
    pub fn operands(&self, visit: &mut dyn FnMut(u32)) {
        values_in(&self.index, visit);
    }
}

/// The part of the iteration space that a phase runs over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Over {
    /// Once per grid point (per row in row kernels; per (batch, m, n) in contractions).
    Grid,
    /// At every point of grid x row.
    Rows,
    /// At (batch, m, k).
    Left,
    /// At (batch, n, k).
    Right,
}

/// The order in which the points of a row are visited where that matters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Walk {
    /// From the first.
    Forwards,
    /// From the last.
    Backwards,
}

/// Straight-line code over a part of the space.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Phase {
    /// Where it runs.
    pub over: Over,
    /// The values it computes, in order; results of its reductions are not among them.
    pub body: Range<u32>,
    /// Values with [`Inst::Reduced`], computed by the end of this phase (`Rows` only).
    pub reductions: Vec<ValueId>,
    /// What it writes.
    pub stores: Vec<Store>,
}

/// One of the maps that stand side by side in a kernel.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Part {
    /// Its axes, all of role Grid; its index expressions name no others.
    pub axes: Range<u32>,
    /// Its phases; they use values of no other part.
    pub phases: Range<u32>,
}

/// A kernel. It knows nothing of the graph that it comes from: kernels that do the same are equal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Kernel {
    /// Which driver runs it.
    pub class: Class,
    /// A readable name made of its ops, such as `map_mul_erf_add`; an identifier.
    pub name: String,
    /// The iteration space.
    pub axes: Vec<Axis>,
    /// Buffers in binding order; the uniform block is bound after the last.
    pub bindings: Vec<Binding>,
    /// The uniform block.
    pub uniforms: Vec<Uniform>,
    /// The program, all phases together.
    pub values: Vec<Value>,
    /// Run in order; none in serial kernels.
    pub phases: Vec<Phase>,
    /// Maps side by side, at least two; empty where all axes span one space.
    pub parts: Vec<Part>,
    /// Values of row phases that an earlier row phase has computed at the same points, in pairs (later, earlier): a device may keep
    /// those instead of computing them again.
    pub repeats: Vec<(ValueId, ValueId)>,
    /// What a serial kernel does, and the bindings of its operands; its last binding is the result.
    pub serial: Option<(Serial, Vec<u32>)>,
}

/// What of a kernel a line of its shader is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// It computes that value.
    Value(ValueId),
    /// It stores into the binding at that position.
    Binding(u32),
}

/// Which nodes of the final graph a kernel computes: a table beside the kernel, for whoever shows it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NodeMap {
    /// Of each value the node that it computes, or a part of it.
    pub values: Vec<NodeId>,
    /// Of each binding the node whose value it holds.
    pub bindings: Vec<NodeId>,
    /// All that the kernel computes, sorted.
    pub nodes: Vec<NodeId>,
}

impl NodeMap {
    /// The node behind something that a shader names.
    pub fn node(&self, named: Named) -> NodeId {
        match named {
            Named::Value(id) => self.values[id.index()],
            Named::Binding(at) => self.bindings[at as usize],
        }
    }
}

/// A kernel of a graph.
#[derive(Clone, Debug)]
pub struct FusedKernel {
    /// What it does.
    pub kernel: Kernel,
    /// Whose values that are.
    pub map: NodeMap,
}

impl FusedKernel {
    /// The nodes whose values it reads, or those that it writes, in the order of the bindings.
    pub fn bound(&self, access: Access) -> impl Iterator<Item = NodeId> {
        self.bindings().filter(move |(binding, _)| binding.access == access).map(|(_, node)| node)
    }

    /// Its bindings, each with the node whose value it holds.
    pub fn bindings(&self) -> impl Iterator<Item = (&Binding, NodeId)> {
        self.kernel.bindings.iter().zip(self.map.bindings.iter().copied())
    }
}

impl Kernel {
    /// The value with that id.
    pub fn value(&self, id: ValueId) -> &Value {
        &self.values[id.index()]
    }

    /// What a device binds, in order: positions of the bindings that are one buffer. Of a block some may be read and others written,
    /// at different places.
    pub fn bound(&self) -> Vec<SmallVec<[u32; 1]>> {
        let mut bound: Vec<SmallVec<[u32; 1]>> = Vec::with_capacity(self.bindings.len());
        for (at, binding) in self.bindings.iter().enumerate() {
            let same = |with: &&mut SmallVec<[u32; 1]>| self.bindings[with[0] as usize].block == binding.block;
            match bound.iter_mut().filter(|_| binding.block.is_some()).find(same) {
                Some(with) => with.push(at as u32),
                None => bound.push([at as u32].into_iter().collect()),
            }
        }
        bound
    }

    /// Is any of these bindings written?
    pub fn access(&self, together: &[u32]) -> Access {
        let written = together.iter().any(|at| self.bindings[*at as usize].access == Access::Write);
        if written { Access::Write } else { Access::Read }
    }

    /// The product of the extents of those roles.
    pub fn extent(&self, roles: &[Role]) -> Dim {
        self.axes.iter().filter(|a| roles.contains(&a.role)).fold(Dim::ONE, |n, a| n.mul(&a.extent))
    }

    /// How many grid points: rows of a row kernel, elements of a contraction's result.
    pub fn grid_points(&self) -> Dim {
        if self.parts.is_empty() {
            return self.extent(&[Role::Grid, Role::Batch, Role::M, Role::N]);
        }
        (0..self.parts.len()).fold(Dim::ZERO, |sum, at| sum.add(&self.part_points(at)))
    }

    /// How many points one of its parts has.
    pub fn part_points(&self, at: usize) -> Dim {
        let axes = &self.parts[at].axes;
        self.axes[axes.start as usize..axes.end as usize].iter().fold(Dim::ONE, |n, axis| n.mul(&axis.extent))
    }

    /// One of its parts as a kernel alone, with the same bindings and uniforms.
    pub fn part(&self, at: usize) -> Kernel {
        let Part { axes, phases } = self.parts[at].clone();
        let phases = &self.phases[phases.start as usize..phases.end as usize];
        let (first, end) = match phases {
            [first, .., last] => (first.body.start, last.body.end),
            [only] => (only.body.start, only.body.end),
            [] => (0, 0),
        };
        let mut part = Kernel {
            class: self.class,
            name: self.name.clone(),
            axes: self.axes[axes.start as usize..axes.end as usize].to_vec(),
            bindings: self.bindings.clone(),
            uniforms: self.uniforms.clone(),
            values: self.values[first as usize..end as usize].to_vec(),
            phases: phases.to_vec(),
            parts: Vec::new(),
            repeats: Vec::new(),
            serial: None,
        };
        part.shift(-i64::from(axes.start), -i64::from(first));
        part.uniforms[0] = Uniform::Size(part.grid_points());
        part
    }

    /// Other numbers for all coordinates and values, as the axes and values before them change. The axes must be those of afterwards.
    pub fn shift(&mut self, coords: i64, values: i64) {
        let moved = |id: u32, by: i64| (i64::from(id) + by) as u32;
        let value = |id: ValueId| ValueId(moved(id.0, values));
        let bounds = self.bounds();
        let dim = |dim: &mut Dim| {
            let replace = |atom: &Atom| match atom {
                Atom::Coord(axis) => Some(Dim::atom(Atom::Coord(moved(*axis, coords)))),
                Atom::Value(id) => Some(Dim::atom(Atom::Value(moved(*id, values)))),
                _ => None,
            };
            *dim = dim.substitute(&replace, &bounds);
        };
        for one in &mut self.values {
            one.inst.dims_mut(&mut |one| dim(one));
            one.inst.args_mut(&mut |id| *id = value(*id));
        }
        for phase in &mut self.phases {
            phase.body = moved(phase.body.start, values)..moved(phase.body.end, values);
            phase.reductions.iter_mut().for_each(|id| *id = value(*id));
            for store in &mut phase.stores {
                store.value = value(store.value);
                dim(&mut store.index);
            }
        }
    }

    /// Calls `visit` for every index expression.
    pub fn dims_mut(&mut self, visit: &mut dyn FnMut(&mut Dim)) {
        self.values.iter_mut().for_each(|value| value.inst.dims_mut(visit));
        self.phases.iter_mut().flat_map(|phase| &mut phase.stores).for_each(|store| visit(&mut store.index));
    }

    /// Puts all sizes that the code needs into the uniform block: the number of grid points first, the symbols behind what is there.
    pub fn complete_uniforms(&mut self) {
        let mut symbols = Vec::new();
        let mut visit = |dim: &Dim| {
            dim.visit(&mut |atom| {
                if let Atom::Symbol(symbol) = atom
                    && !symbols.contains(symbol)
                {
                    symbols.push(*symbol);
                }
            });
        };
        self.axes.iter().for_each(|axis| visit(&axis.extent));
        self.dims_mut(&mut |dim| visit(dim));
        small::sort(&mut symbols);
        self.uniforms[0] = Uniform::Size(self.grid_points());
        self.uniforms.extend(symbols.into_iter().map(|symbol| Uniform::Size(Dim::symbol(symbol))));
    }

    /// Positions of the axes with that role, outermost first.
    pub fn axes_with(&self, role: Role) -> impl Iterator<Item = usize> {
        self.axes.iter().enumerate().filter(move |(_, a)| a.role == role).map(|(i, _)| i)
    }

    /// Bounds of coordinates with constant extents, for simplifying index expressions.
    pub fn bounds(&self) -> impl Fn(&Atom) -> Option<(i64, i64)> + use<> {
        let extents: Vec<Option<i64>> = self.axes.iter().map(|a| a.extent.as_const()).collect();
        move |atom| match atom {
            Atom::Coord(axis) => extents.get(*axis as usize).copied().flatten().map(|e| (0, (e - 1).max(0))),
            _ => None,
        }
    }

    /// Is the row walked in order, as running combinations need it, and from which end?
    pub fn walks_rows(&self) -> Option<Walk> {
        self.values.iter().find_map(|value| match value.inst {
            Inst::Running { reverse, .. } => Some(if reverse { Walk::Backwards } else { Walk::Forwards }),
            _ => None,
        })
    }

    /// The member of the uniform block that holds that size.
    pub fn size_member(&self, dim: &Dim) -> Option<u32> {
        self.uniforms.iter().position(|u| matches!(u, Uniform::Size(size) if size == dim)).map(|i| i as u32)
    }
}

#[cfg(test)]
mod tests;
