//! Turns a group into a kernel: orders its values into phases and writes the program.
//!
//! Every value has a *level*, per row or per element of a row, and a *stage*: how many passes over the row must be complete before it
//! can be computed. Row-level values of one stage form a `Grid` phase, the reductions that end a pass and what is stored at full level
//! form a `Rows` phase. A value of full level lives only within its phase; a later pass that needs it computes it again, which for a
//! softmax means reading the row three times from cache and never storing it.

use super::collapse::collapse;
use super::coords::clamp;
use super::expand::{CoordsTable, Element, Formula};
use super::group::{Conditions, Group, Recipe};
use crate::dim::{Atom, Dim};
use crate::dtype::{DType, Scalar};
use crate::graph::{Graph, NodeId};
use crate::kernel::{
    Access, Binding, Class, FusedKernel, Inst, Kernel, NodeMap, Over, Phase, Role, Serial, Store, Uniform, Value,
    ValueId,
};
use crate::kind::{Kind, Lowering, View};
use crate::ops::Op;
use crate::shape::Shape;
use crate::small;
use crate::small::HashMap;
use smallvec::{SmallVec, smallvec};

/// A value of the group, operands before users.
struct Item {
    place: Element,
    /// Positions of what it needs.
    needs: SmallVec<[u32; 4]>,
    /// Does it differ along the row?
    rows: bool,
    stage: u32,
    /// Is it below a part of a pad or join that may be empty? Nothing is in range there, so its coordinates may be anything.
    loose: bool,
}

struct Builder<'a> {
    graph: &'a Graph,
    table: &'a CoordsTable,
    group: &'a Group,
    items: Vec<Item>,
    item_of: HashMap<Element, u32>,
    bindings: Vec<Binding>,
    binding_of: HashMap<NodeId, u32>,
    uniforms: Vec<Uniform>,
    values: Vec<Value>,
    phases: Vec<Phase>,
    repeats: Vec<(ValueId, ValueId)>,
    map: NodeMap,
}

/// Values computed so far, by item, and the clamped index values of gathers, by tag.
#[derive(Default)]
struct Scope {
    values: HashMap<u32, ValueId>,
    tags: HashMap<u32, ValueId>,
}

/// The kernel of a group.
pub(super) fn build(graph: &Graph, table: &CoordsTable, group: &Group) -> FusedKernel {
    let mut builder = Builder {
        graph,
        table,
        group,
        items: Vec::new(),
        item_of: HashMap::default(),
        bindings: Vec::new(),
        binding_of: HashMap::default(),
        uniforms: Vec::new(),
        values: Vec::new(),
        phases: Vec::new(),
        repeats: Vec::new(),
        map: NodeMap::default(),
    };
    let product =
        group.roots.iter().map(|root| builder.collect(*root)).collect::<Vec<_>>().into_iter().flatten().next();
    let sides = product.map(|(left, right)| {
        builder.collect(left);
        builder.collect(right);
        (left, right)
    });
    builder.loosen();
    builder.bind();
    builder.uniforms.push(Uniform::Size(Dim::ZERO));
    match sides {
        Some((left, right)) => builder.contraction(left, right),
        None if group.whole => {}
        None => builder.passes(),
    }
    builder.finish()
}

impl Builder<'_> {
    /// Lists what a place needs, operands first; gives the sides of a contraction on the way. They are collected by the caller,
    /// because the left and right side are programs of their own.
    fn collect(&mut self, root: Element) -> Option<(Element, Element)> {
        let mut product = None;
        let mut stack: Vec<(Element, bool)> = vec![(root, false)];
        while let Some((place, ready)) = stack.pop() {
            if self.item_of.contains_key(&place) {
                continue;
            }
            let part = &self.group.parts[&place];
            if let Recipe::Product { left, right } = part {
                product = Some((*left, *right));
            }
            let needs = self.needs(place, part);
            if !ready {
                stack.push((place, true));
                stack.extend(
                    needs.iter().rev().filter(|need| !self.item_of.contains_key(*need)).map(|need| (*need, false)),
                );
                continue;
            }
            let needs: SmallVec<[u32; 4]> = needs.iter().map(|need| self.item_of[need]).collect();
            let is_reduction = matches!(part, Recipe::Reduce { .. });
            let mut stage = needs.iter().map(|n| self.items[*n as usize].stage).max().unwrap_or(0);
            stage += u32::from(is_reduction);
            let mut rows = self.on_rows(place);
            self.visit_tags(place, &mut |need| rows |= self.items[self.item_of[&need] as usize].rows);
            self.item_of.insert(place, self.items.len() as u32);
            self.items.push(Item { place, needs, rows: rows && !is_reduction, stage, loose: false });
        }
        product
    }

    /// Finds what stands below parts of pads and joins that are empty where a size that is open is 0. Such a part is clamped to its
    /// first element, which it does not have: `x[1:]` of one element would be read at 1. The part itself may be a buffer, of which
    /// drivers know that it is empty; what it is computed from is not.
    fn loosen(&mut self) {
        for at in (0..self.items.len()).rev() {
            let place = self.items[at].place;
            let parts: SmallVec<[Element; 3]> = match &self.group.parts[&place] {
                Recipe::Compute(formula @ (Formula::Padded(..) | Formula::Joined(_))) => formula.places(),
                _ => SmallVec::new(),
            };
            for part in parts.iter().filter(|part| may_be_empty(&self.graph.aval(part.0).shape)) {
                let part = self.item_of[part] as usize;
                self.items[part].needs.clone().into_iter().for_each(|need| self.items[need as usize].loose = true);
            }
            if self.items[at].loose {
                self.items[at].needs.clone().into_iter().for_each(|need| self.items[need as usize].loose = true);
            }
        }
    }

    /// Places that a place needs: operands, and the indices of gathers that its coordinates depend on.
    fn needs(&self, place: Element, part: &Recipe) -> SmallVec<[Element; 4]> {
        let mut needs: SmallVec<[Element; 4]> = match part {
            Recipe::Load | Recipe::Product { .. } => SmallVec::new(),
            Recipe::Whole(operands) => operands.iter().copied().collect(),
            Recipe::Compute(Formula::Gathered { indices, data }) => smallvec![*indices, *data],
            Recipe::Compute(formula) => formula.places().into_iter().collect(),
            Recipe::Reduce { arg, .. } => smallvec![*arg],
            Recipe::Permuted { data, places } => smallvec![*data, *places],
            Recipe::Running { arg, restart } => [Some(*arg), *restart].into_iter().flatten().collect(),
        };
        self.visit_tags(place, &mut |need| needs.push(need));
        needs
    }

    /// The places of the gather indices that a place's coordinates depend on.
    fn visit_tags(&self, place: Element, visit: &mut dyn FnMut(Element)) {
        for coord in self.table.get(place.1) {
            coord.visit(&mut |atom| {
                if let Atom::Value(tag) = atom {
                    let (gather, at) = self.table.tagged(*tag);
                    visit((self.graph.node(gather).operands[1], at));
                }
            });
        }
    }

    fn on_rows(&self, place: Element) -> bool {
        let mut rows = false;
        for coord in self.table.get(place.1) {
            coord.visit(&mut |atom| {
                if let Atom::Coord(axis) = atom {
                    // Operands of a kind that is a kernel alone have axes of their own.
                    rows |= !self.group.whole && self.group.axes[*axis as usize].role == Role::Row;
                }
            });
        }
        rows
    }

    /// Bindings: what is loaded in order of use, then what is stored.
    fn bind(&mut self) {
        let mut bind = |id: NodeId, access: Access| {
            if self.binding_of.contains_key(&id) {
                return;
            }
            let aval = self.graph.aval(id);
            self.binding_of.insert(id, self.bindings.len() as u32);
            self.bindings.push(Binding { dtype: aval.dtype, len: aval.shape.size(), access, block: None });
            self.map.bindings.push(id);
        };
        for item in &self.items {
            match self.group.parts[&item.place] {
                Recipe::Load => bind(item.place.0, Access::Read),
                Recipe::Compute(_)
                | Recipe::Reduce { .. }
                | Recipe::Running { .. }
                | Recipe::Permuted { .. }
                | Recipe::Product { .. }
                | Recipe::Whole(_) => self.map.nodes.push(item.place.0),
            }
        }
        for (id, _) in &self.group.roots {
            bind(*id, Access::Write);
        }
        small::sort(&mut self.map.nodes);
        self.map.nodes.dedup();
    }

    /// Map and row kernels: `Grid` and `Rows` phases, stage by stage.
    fn passes(&mut self) {
        let last = self.items.iter().map(|item| item.stage).max().unwrap_or(0);
        let mut grid = Scope::default();
        // By item: the value of the first pass that computed it.
        let mut first: HashMap<u32, ValueId> = HashMap::default();
        for stage in 0..=last {
            let start = self.values.len() as u32;
            for at in 0..self.items.len() as u32 {
                let item = &self.items[at as usize];
                if item.stage == stage && !item.rows && !matches!(self.group.parts[&item.place], Recipe::Reduce { .. })
                {
                    let value = self.value(at, &mut [&mut grid]);
                    grid.values.insert(at, value);
                }
            }
            let stores = self.stores(stage, false, &mut [&mut grid]);
            self.phase(Over::Grid, start, Vec::new(), stores);

            let reductions: Vec<u32> = (0..self.items.len() as u32)
                .filter(|at| {
                    let item = &self.items[*at as usize];
                    item.stage == stage + 1 && matches!(self.group.parts[&item.place], Recipe::Reduce { .. })
                })
                .collect();
            let start = self.values.len() as u32;
            let mut rows = Scope::default();
            let args: Vec<ValueId> = reductions
                .iter()
                .map(|at| {
                    let arg = self.items[*at as usize].needs[0];
                    self.compute(arg, &mut [&mut grid, &mut rows])
                })
                .collect();
            let stores = self.stores(stage, true, &mut [&mut grid, &mut rows]);
            let body_end = self.values.len() as u32;
            for at in 0..self.items.len() as u32 {
                if let Some(value) = rows.values.get(&at) {
                    match first.get(&at) {
                        // A broadcast of what a row has once is that.
                        Some(before) if before == value => {}
                        Some(before) => self.repeats.push((*value, *before)),
                        None => drop(first.insert(at, *value)),
                    }
                }
            }
            let mut results = Vec::new();
            for (at, arg) in reductions.iter().zip(args) {
                let (id, _) = self.items[*at as usize].place;
                let Recipe::Reduce { position, .. } = &self.group.parts[&self.items[*at as usize].place] else {
                    unreachable!("filtered to reductions")
                };
                let Kind::Reduce { op, .. } = self.graph.node(id).kind else {
                    unreachable!("only reductions are reduced")
                };
                let result =
                    self.push(Inst::Reduced { op, arg, position: position.clone() }, self.graph.aval(id).dtype, id);
                grid.values.insert(*at, result);
                results.push(result);
            }
            if body_end > start || !results.is_empty() || !stores.is_empty() {
                self.phases.push(Phase { over: Over::Rows, body: start..body_end, reductions: results, stores });
            }
        }
    }

    /// Contractions: the two sides, then the epilogue.
    fn contraction(&mut self, left: Element, right: Element) {
        let mut sides = [ValueId(0); 2];
        for (side, (place, over)) in sides.iter_mut().zip([(left, Over::Left), (right, Over::Right)]) {
            let start = self.values.len() as u32;
            *side = self.compute(self.item_of[&place], &mut [&mut Scope::default()]);
            let end = self.values.len() as u32;
            self.phases.push(Phase { over, body: start..end, reductions: Vec::new(), stores: Vec::new() });
        }
        let start = self.values.len() as u32;
        let mut scope = Scope::default();
        let at = (0..self.items.len() as u32)
            .find(|at| matches!(self.group.parts[&self.items[*at as usize].place], Recipe::Product { .. }))
            .expect("a contraction has a product");
        let (id, _) = self.items[at as usize].place;
        let product = self.push(Inst::Product { left: sides[0], right: sides[1] }, self.graph.aval(id).dtype, id);
        scope.values.insert(at, product);
        let roots = self.group.roots.clone();
        let stores = roots.iter().map(|root| self.store(*root, &mut [&mut scope])).collect();
        self.phase(Over::Grid, start, Vec::new(), stores);
    }

    fn phase(&mut self, over: Over, start: u32, reductions: Vec<ValueId>, stores: Vec<Store>) {
        let end = self.values.len() as u32;
        if end > start || !stores.is_empty() {
            self.phases.push(Phase { over, body: start..end, reductions, stores });
        }
    }

    /// Stores of a stage at one level.
    fn stores(&mut self, stage: u32, rows: bool, scopes: &mut [&mut Scope]) -> Vec<Store> {
        let roots = self.group.roots.clone();
        let due = roots.into_iter().filter(|root| {
            let item = &self.items[self.item_of[root] as usize];
            item.stage == stage && item.rows == rows
        });
        due.collect::<Vec<_>>().into_iter().map(|root| self.store(root, scopes)).collect()
    }

    fn store(&mut self, root: Element, scopes: &mut [&mut Scope]) -> Store {
        let value = self.compute(self.item_of[&root], scopes);
        let index = match &self.group.parts[&root] {
            Recipe::Permuted { places, .. } => {
                let place = find(scopes, self.item_of[places]).expect("computed with the value");
                Dim::atom(Atom::Value(place.0))
            }
            _ => self.graph.aval(root.0).shape.linear(self.table.get(root.1)),
        };
        Store { binding: self.binding_of[&root.0], index, value }
    }

    /// The value of an item, with all it needs, in the innermost scope unless an outer one has it.
    fn compute(&mut self, item: u32, scopes: &mut [&mut Scope]) -> ValueId {
        let mut stack = vec![item];
        while let Some(at) = stack.pop() {
            if find(scopes, at).is_some() {
                continue;
            }
            let missing: SmallVec<[u32; 4]> =
                self.items[at as usize].needs.iter().copied().filter(|need| find(scopes, *need).is_none()).collect();
            if missing.is_empty() {
                let value = self.value(at, scopes);
                scopes.last_mut().expect("a scope").values.insert(at, value);
            } else {
                stack.push(at);
                stack.extend(missing.into_iter().rev());
            }
        }
        find(scopes, item).expect("just computed")
    }

    fn push(&mut self, inst: Inst, dtype: DType, node: NodeId) -> ValueId {
        let id = ValueId(self.values.len() as u32);
        self.values.push(Value { inst, dtype });
        self.map.values.push(node);
        id
    }

    fn apply(&mut self, op: Op, operand: DType, args: &[ValueId], node: NodeId) -> ValueId {
        self.push(Inst::Apply { op, operand, args: args.iter().copied().collect() }, op.result_dtype(operand), node)
    }

    /// Writes one value; all it needs is there.
    fn value(&mut self, at: u32, scopes: &mut [&mut Scope]) -> ValueId {
        let place = self.items[at as usize].place;
        let (id, coords) = place;
        let of = |builder: &Self, scopes: &mut [&mut Scope], place: &Element| {
            find(scopes, builder.item_of[place]).expect("operands come first")
        };
        let group = self.group;
        match &group.parts[&place] {
            Recipe::Load => {
                let aval = self.graph.aval(id);
                let mut index = aval.shape.linear(self.table.get(coords));
                if self.items[at as usize].loose {
                    index = clamp(&index, &aval.shape.size(), &|atom| group.extents.range(atom));
                }
                let index = self.resolve(&index, scopes);
                self.push(Inst::Load { binding: self.binding_of[&id], index }, aval.dtype, id)
            }
            Recipe::Reduce { .. } | Recipe::Product { .. } | Recipe::Whole(_) => {
                unreachable!("passes and contractions write these")
            }
            // Where it goes is said by the store.
            Recipe::Permuted { data, .. } => of(self, scopes, data),
            Recipe::Running { arg, restart } => {
                let Kind::Scan { op, reverse, .. } = self.graph.node(id).kind else { unreachable!("only scans run") };
                let arg = of(self, scopes, arg);
                let restart = restart.as_ref().map(|restart| of(self, scopes, restart));
                self.push(Inst::Running { op, arg, restart, reverse }, self.graph.aval(id).dtype, id)
            }
            Recipe::Compute(formula) => match formula {
                Formula::Leaf => self.leaf(id, self.table.get(coords).as_slice(), scopes),
                Formula::Same(place) => of(self, scopes, place),
                Formula::Gathered { data, .. } => of(self, scopes, data),
                Formula::Random(key) => {
                    let key = [of(self, scopes, &key[0]), of(self, scopes, &key[1])];
                    let value = self.graph.aval(id).shape.linear(self.table.get(coords));
                    let value = self.resolve(&value, scopes);
                    let position = self.push(Inst::Index { value }, DType::Int32, id);
                    let position = self.push(Inst::Cast { from: DType::Int32, arg: position }, DType::UInt32, id);
                    self.push(Inst::Bits { key, position }, DType::UInt32, id)
                }
                Formula::Elementwise(places) => {
                    let args: SmallVec<[ValueId; 3]> = places.iter().map(|p| of(self, scopes, p)).collect();
                    match &self.graph.node(id).kind {
                        // The last operand decides: the condition of `where` comes first.
                        Kind::Map { op } => {
                            let operand =
                                self.graph.aval(*self.graph.node(id).operands.last().expect("an operand")).dtype;
                            self.apply(*op, operand, &args, id)
                        }
                        Kind::SortKey => {
                            let from = self.graph.aval(self.graph.node(id).operands[0]).dtype;
                            self.push(Inst::SortKey { from, arg: args[0] }, DType::UInt32, id)
                        }
                        Kind::Cast { to } => {
                            let from = self.graph.aval(self.graph.node(id).operands[0]).dtype;
                            self.push(Inst::Cast { from, arg: args[0] }, *to, id)
                        }
                        _ => args[0],
                    }
                }
                Formula::Padded(place, conditions) => {
                    let Kind::View(View::Pad { value, .. }) = &self.graph.node(id).kind else {
                        unreachable!("only pads pad")
                    };
                    let outside = self.literal(*value, id);
                    match place {
                        None => outside,
                        Some(place) => {
                            let inside = of(self, scopes, place);
                            let condition = self.all(conditions, id, scopes);
                            self.apply(Op::Where, value.dtype(), &[condition, inside, outside], id)
                        }
                    }
                }
                Formula::Joined(parts) => {
                    let dtype = self.graph.aval(id).dtype;
                    let (last, rest) = parts.split_last().expect("a join has parts");
                    let mut value = of(self, scopes, &last.0);
                    for (place, test) in rest.iter().rev() {
                        let here = of(self, scopes, place);
                        let condition = self.all(&smallvec![test.clone()], id, scopes);
                        value = self.apply(Op::Where, dtype, &[condition, here, value], id);
                    }
                    value
                }
            },
        }
    }

    /// The conjunction of conditions.
    fn all(&mut self, conditions: &Conditions, node: NodeId, scopes: &mut [&mut Scope]) -> ValueId {
        let mut both: Option<ValueId> = None;
        for test in conditions {
            let value = self.resolve(&test.value, scopes);
            let inst = Inst::Inside { value, low: test.low.clone(), high: test.high.clone() };
            let one = self.push(inst, DType::Bool, node);
            both = Some(match both {
                None => one,
                Some(before) => self.apply(Op::LogicalAnd, DType::Bool, &[before, one], node),
            });
        }
        both.expect("a pad without conditions is no pad")
    }

    fn leaf(&mut self, id: NodeId, coords: &[Dim], scopes: &mut [&mut Scope]) -> ValueId {
        let (index, dtype) = match &self.graph.node(id).kind {
            Kind::Literal { value } => return self.literal(*value, id),
            Kind::Iota { axis, dtype, .. } => (coords[*axis as usize].clone(), *dtype),
            Kind::Size { dim, dtype } => (dim.clone(), *dtype),
            other => unreachable!("{} is not a leaf", other.name()),
        };
        let value = self.resolve(&index, scopes);
        let counted = self.push(Inst::Index { value }, DType::Int32, id);
        if dtype == DType::Int32 {
            counted
        } else {
            self.push(Inst::Cast { from: DType::Int32, arg: counted }, dtype, id)
        }
    }

    /// Small numbers stay in the code, other floats go to the uniform block: another constant is then the same pipeline.
    fn literal(&mut self, value: Scalar, node: NodeId) -> ValueId {
        let plain = !value.dtype().is_float() || {
            let number = value.to_f64();
            [0.5, 1.0, 2.0].contains(&number.abs()) || (number == 0.0 && number.is_sign_positive())
        };
        if plain {
            return self.push(Inst::Literal { value }, value.dtype(), node);
        }
        let uniform = Uniform::Literal(value);
        let member = self.uniforms.iter().position(|u| *u == uniform).unwrap_or_else(|| {
            self.uniforms.push(uniform);
            self.uniforms.len() - 1
        });
        self.push(Inst::Uniform { member: member as u32 }, value.dtype(), node)
    }

    /// An index expression with the values of gathers in place of their tags.
    fn resolve(&mut self, dim: &Dim, scopes: &mut [&mut Scope]) -> Dim {
        let mut tags: SmallVec<[u32; 2]> = SmallVec::new();
        dim.visit(&mut |atom| {
            if let Atom::Value(tag) = atom
                && !tags.contains(tag)
            {
                tags.push(*tag);
            }
        });
        if tags.is_empty() {
            return dim.clone();
        }
        let values: SmallVec<[(u32, ValueId); 2]> = tags.iter().map(|tag| (*tag, self.tag(*tag, scopes))).collect();
        let replace = |atom: &Atom| match atom {
            Atom::Value(tag) => values.iter().find(|(t, _)| t == tag).map(|(_, value)| Dim::atom(Atom::Value(value.0))),
            _ => None,
        };
        let extents = self.group.extents.clone();
        dim.substitute(&replace, &|atom| extents.range(atom))
    }

    /// The index of a gather, brought into range: negative ones count from the end, the rest is clamped.
    fn tag(&mut self, tag: u32, scopes: &mut [&mut Scope]) -> ValueId {
        if let Some(value) = scopes.iter().find_map(|scope| scope.tags.get(&tag)) {
            return *value;
        }
        let (gather, at) = self.table.tagged(tag);
        let node = self.graph.node(gather);
        let Kind::Gather { axis } = node.kind else { unreachable!("only gathers have tags") };
        let size = self.graph.aval(node.operands[0]).shape.0[axis as usize].clone();
        let given = find(scopes, self.item_of[&(node.operands[1], at)]).expect("indices come first");
        let dtype = self.graph.aval(node.operands[1]).dtype;
        let size_value = self.push(Inst::Index { value: size.clone() }, DType::Int32, gather);
        let last = self.push(Inst::Index { value: size.sub(&Dim::ONE) }, DType::Int32, gather);
        let index = if dtype == DType::UInt32 {
            let last = self.push(Inst::Cast { from: DType::Int32, arg: last }, DType::UInt32, gather);
            let clamped = self.apply(Op::Minimum, DType::UInt32, &[given, last], gather);
            self.push(Inst::Cast { from: DType::UInt32, arg: clamped }, DType::Int32, gather)
        } else {
            let zero = self.push(Inst::Literal { value: Scalar::i32(0) }, DType::Int32, gather);
            let negative = self.apply(Op::Less, DType::Int32, &[given, zero], gather);
            let wrapped = self.apply(Op::Add, DType::Int32, &[given, size_value], gather);
            let counted = self.apply(Op::Where, DType::Int32, &[negative, wrapped, given], gather);
            let below = self.apply(Op::Minimum, DType::Int32, &[counted, last], gather);
            self.apply(Op::Maximum, DType::Int32, &[below, zero], gather)
        };
        scopes.last_mut().expect("a scope").tags.insert(tag, index);
        index
    }

    fn finish(self) -> FusedKernel {
        let is_index = |id: &NodeId| self.graph.node(*id).kind.lowering() == Lowering::LookUp;
        let serial = self.group.roots.first().filter(|_| self.group.whole).and_then(|(id, _)| {
            let node = self.graph.node(*id);
            let operands = node.operands.iter().map(|operand| self.binding_of[operand]).collect();
            Serial::of(&node.kind).map(|(serial, _)| (serial, operands))
        });
        let class = if serial.is_some() {
            Class::Serial
        } else if self.group.contracts {
            Class::Contract
        } else if self.group.axes.iter().any(|a| a.role == Role::Row) {
            Class::Row
        } else if self.map.nodes.iter().any(is_index) {
            Class::Index
        } else {
            Class::Map
        };
        let mut kernel = Kernel {
            class,
            name: name(class, self.graph, &self.map.nodes),
            axes: self.group.axes.clone(),
            bindings: self.bindings,
            uniforms: self.uniforms,
            values: self.values,
            phases: self.phases,
            parts: Vec::new(),
            repeats: self.repeats,
            serial,
        };
        if kernel.class != Class::Serial {
            collapse(&mut kernel);
        }
        for value in &mut kernel.values {
            // Only these name a position; axes that others go over in one order have become one by now.
            if let Inst::Reduced { op, position, .. } = &mut value.inst
                && !op.is_arg()
            {
                *position = Dim::ZERO;
            }
        }
        kernel.complete_uniforms();
        FusedKernel { kernel, map: self.map }
    }
}

fn find(scopes: &[&mut Scope], item: u32) -> Option<ValueId> {
    scopes.iter().find_map(|scope| scope.values.get(&item)).copied()
}

/// Is there a size that may be 0 at a call, though not at every one?
fn may_be_empty(shape: &Shape) -> bool {
    let of = |atom: &Atom| matches!(atom, Atom::Symbol(_)).then_some((0, i64::from(i32::MAX)));
    shape.dims().iter().any(|dim| dim.as_const().is_none() && dim.range(&of).is_none_or(|(least, _)| least < 1))
}

/// The class and the first few ops; views only where there is nothing else.
pub(super) fn name(class: Class, graph: &Graph, nodes: &[NodeId]) -> String {
    let words = |views: bool| {
        let named = nodes.iter().map(|id| &graph.node(*id).kind).filter(move |kind| match kind {
            Kind::Literal { .. } => false,
            Kind::View(_) => views,
            _ => true,
        });
        let mut words: Vec<&'static str> = named.map(Kind::name).collect();
        words.dedup();
        words
    };
    let mut all = words(false);
    if all.is_empty() {
        all = words(true);
    }
    let mut name = class.name().to_string();
    for word in all.iter().take(5) {
        name.push('_');
        name.push_str(word);
    }
    if all.len() > 5 {
        name.push_str("_etc");
    }
    name
}
