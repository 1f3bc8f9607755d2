//! A phase of a kernel as a flat program over blocks of lanes.
//!
//! `Builder` turns the SSA list of a phase into steps once per plan (and once per set of symbol values): loads are classified by how
//! the lanes of a block lie in memory, values get registers by liveness, dead values vanish. A contiguous load of 32-bit elements
//! costs nothing, its users read the buffer; a value that is only stored, contiguously, is computed into the buffer. Running a block
//! is then a walk over the steps, each of which calls one block function.

use super::index::{Ints, Linear, Nodes, Sizes, linear};
use super::reduce::update;
use super::space::Lanes;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::{Inst, Kernel, Phase, Uniform, ValueId};
use interfuse_compiler::ops::random::block_bits;
use interfuse_compiler::ops::{Block, block, block_cast, block_round_f16};
use interfuse_compiler::small;
use interfuse_lanes::memory::{self, Element, Integers, Pattern};
use interfuse_lanes::serial::{self, Update};
use std::ops::Range;

/// Where the lanes of a value are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Location {
    /// In a register.
    Register(u32),
    /// In the buffer that it is loaded from, at the base of that access.
    Memory(u32),
}

/// Where a step writes.
#[derive(Clone, Copy, Debug)]
enum Target {
    Register(u32),
    /// Straight to the buffer, at the base of that access.
    Memory(u32),
}

/// How the lanes of a block lie in a buffer that an expression with these coefficients walks.
fn pattern(coefficients: &[i64], lanes: &Lanes) -> Pattern {
    if lanes.count == 1 {
        return Pattern::Contiguous;
    }
    let mut offsets = vec![0i64; lanes.count];
    for (axis, relative) in &lanes.axes {
        offsets.iter_mut().zip(relative).for_each(|(o, r)| *o += coefficients[*axis] * i64::from(*r));
    }
    let step = offsets[1];
    if offsets.iter().enumerate().any(|(lane, offset)| *offset != lane as i64 * step) {
        return Pattern::Table(offsets.into_iter().map(|o| o as i32).collect());
    }
    match step {
        0 => Pattern::Splat,
        1 => Pattern::Contiguous,
        step => Pattern::Strided(step),
    }
}

/// One load or store.
#[derive(Debug)]
struct Access {
    binding: usize,
    element: Element,
    base: i64,
    /// Coefficients that are not zero.
    coefficients: Vec<(usize, i64)>,
    rest: Option<usize>,
    /// Does the rest differ between lanes?
    varying: bool,
    pattern: Pattern,
}

impl Access {
    fn is_plain(&self) -> bool {
        self.pattern == Pattern::Contiguous && self.element == Element::Word && !self.varying
    }

    /// The rest, where it differs between lanes.
    fn varying_rest<'i>(&self, ints: &'i Ints) -> Option<&'i [i32]> {
        self.varying.then(|| ints.lanes[self.rest.expect("it varies")].as_slice())
    }
}

/// Three blocks of lanes in, one out.
type TernaryBlock = fn(&[u32], &[u32], &[u32], &mut [u32]);

#[derive(Debug)]
enum Work {
    Load(u32),
    /// Any element of an empty buffer: pads and joins of a symbolic size that is 0 at this call choose another value.
    Nothing,
    Index(usize),
    Inside {
        value: usize,
        low: usize,
        high: usize,
    },
    /// What an earlier pass kept, in that slot.
    Kept(u32),
    SortKey(DType, Location),
    /// Combines what the register holds with a value.
    Running(Update, DType, Location, Option<Location>),
    Unary(fn(&[u32], &mut [u32]), Location),
    Binary(fn(&[u32], &[u32], &mut [u32]), Location, Location),
    Ternary(TernaryBlock, Location, Location, Location),
}

#[derive(Debug)]
enum Step {
    Nodes(Range<usize>),
    Base(u32),
    Compute { work: Work, to: Target, round: bool },
    Store { access: u32, value: Location },
}

/// A phase, ready to run on blocks of given lanes.
#[derive(Debug)]
pub struct Frame {
    lanes: Lanes,
    nodes: Nodes,
    /// Where the values are that nodes read.
    node_places: Vec<Option<Location>>,
    accesses: Vec<Access>,
    steps: Vec<Step>,
    /// Positions of arg-reductions and places of reduced values, in the order of the phase's reductions.
    pub reductions: Vec<(Location, Option<usize>)>,
    /// Registers of running combinations, and what they hold when a row begins.
    pub running: Vec<(u32, u32)>,
    /// The places of the values that the builder was asked for.
    pub wanted: Vec<Location>,
}

/// The buffers of a dispatch, by binding; the slice of the other kind is empty.
pub struct Memory<'a> {
    /// Read bindings.
    pub reads: Vec<&'a [u32]>,
    /// Write bindings.
    pub writes: Vec<&'a mut [u32]>,
}

/// Registers and scratch, shared by all kernels of a device.
#[derive(Default, Debug)]
pub struct Machine {
    /// Lanes of values.
    pub registers: Vec<Vec<u32>>,
    ints: Ints,
    bases: Vec<i64>,
    /// What passes over a row keep for later ones, block after block of the row, and where the block at hand begins there.
    pub kept: Vec<Vec<u32>>,
    /// See `kept`.
    pub kept_at: usize,
}

impl Machine {
    /// Room for a kernel.
    pub fn reserve(&mut self, registers: usize, lanes: usize) {
        if self.registers.len() < registers {
            self.registers.resize_with(registers, Vec::new);
        }
        for register in &mut self.registers[..registers] {
            if register.len() < lanes {
                register.resize(lanes, 0);
            }
        }
    }
}

/// Makes the frames of one kernel; they share registers.
pub struct Builder<'a> {
    kernel: &'a Kernel,
    sizes: Sizes<'a>,
    /// The most that a frame so far needs, pinned ones included.
    registers: u32,
    pinned_registers: u32,
    /// Registers of values that outlive their phase, and of literals.
    pinned: Vec<Option<u32>>,
    /// Literals: their lane and register.
    pub constants: Vec<(u32, u32)>,
}

impl<'a> Builder<'a> {
    /// Pins literals and what the driver fills in or hands from phase to phase (`shared`).
    pub fn new(kernel: &'a Kernel, sizes: Sizes<'a>, shared: impl Fn(ValueId) -> bool) -> Builder<'a> {
        let pinned = vec![None; kernel.values.len()];
        let mut builder = Builder { kernel, sizes, registers: 0, pinned_registers: 0, pinned, constants: Vec::new() };
        for (at, value) in kernel.values.iter().enumerate() {
            let lane = match &value.inst {
                Inst::Literal { value } => value.lane(),
                Inst::Uniform { member } => match &kernel.uniforms[*member as usize] {
                    Uniform::Literal(scalar) => scalar.lane(),
                    Uniform::Size(dim) => sizes.eval(dim) as u32,
                },
                inst => {
                    if shared(ValueId(at as u32)) || matches!(inst, Inst::Running { .. }) {
                        builder.pinned[at] = Some(builder.fresh());
                    }
                    continue;
                }
            };
            let known = builder.constants.iter().find(|(bits, _)| *bits == lane).map(|(_, register)| *register);
            let register = known.unwrap_or_else(|| {
                let register = builder.fresh();
                builder.constants.push((lane, register));
                register
            });
            builder.pinned[at] = Some(register);
        }
        builder.pinned_registers = builder.registers;
        builder
    }

    fn fresh(&mut self) -> u32 {
        self.registers += 1;
        self.registers - 1
    }

    /// The register of a pinned value.
    pub fn pinned(&self, value: ValueId) -> Option<u32> {
        self.pinned[value.index()]
    }

    /// How many registers all frames so far need.
    pub fn registers(&self) -> usize {
        self.registers as usize
    }

    /// Builds the frame of a phase for blocks of `lanes`; `wanted` values can be read after a block, `kept` ones are read from what
    /// an earlier pass kept in a slot.
    pub fn frame(&mut self, phase: &Phase, lanes: Lanes, wanted: &[ValueId], kept: &[(ValueId, u32)]) -> Frame {
        let reduced: Vec<ValueId> = phase.reductions.iter().map(|id| reduced_value(self.kernel, *id)).collect();
        let read: Vec<ValueId> = wanted.iter().chain(&reduced).copied().collect();
        let operands_of = |id: u32, visit: &mut dyn FnMut(u32)| {
            if !kept.iter().any(|(value, _)| value.0 == id) {
                self.kernel.values[id as usize].inst.operands(visit);
            }
        };
        let schedule = Schedule::new(self.kernel, phase, &read, &self.pinned, &operands_of);
        let frame = Frame {
            lanes,
            nodes: Nodes::default(),
            node_places: Vec::new(),
            accesses: Vec::new(),
            steps: Vec::new(),
            reductions: Vec::new(),
            running: Vec::new(),
            wanted: Vec::new(),
        };
        let mut places = vec![None; self.kernel.values.len()];
        for (place, register) in places.iter_mut().zip(&self.pinned) {
            *place = register.map(Location::Register);
        }
        let first_register = self.pinned_registers;
        let mut writer =
            Writer { builder: self, frame, places, free: Vec::new(), first_register, next: first_register };
        for (at, item) in schedule.items.iter().enumerate() {
            match item {
                Item::Value(id) if kept.iter().any(|(value, _)| value.0 == *id) => writer.kept(*id, kept),
                Item::Value(id) => writer.value(*id, schedule.only_store(phase, *id)),
                Item::Store(store) => writer.store(&phase.stores[*store]),
            }
            schedule.dies_at(at).for_each(|id| writer.release(id));
        }
        for id in &phase.reductions {
            writer.reduction(*id);
        }
        for id in wanted {
            let place = writer.place(*id);
            writer.frame.wanted.push(place);
        }
        writer.frame
    }
}

/// What a reduction reduces.
pub fn reduced_value(kernel: &Kernel, id: ValueId) -> ValueId {
    match &kernel.value(id).inst {
        Inst::Reduced { arg, .. } => *arg,
        _ => unreachable!("it is a reduction"),
    }
}

/// Visits the values that a value is computed from in this frame; none where an earlier pass kept it.
type OperandsOf<'a> = dyn Fn(u32, &mut dyn FnMut(u32)) + 'a;

/// What is computed and stored in which order, and when a value is dead.
struct Schedule {
    items: Vec<Item>,
    /// (position in `items`, value), sorted: the value's last use is there.
    deaths: Vec<(usize, u32)>,
    /// Values with exactly one use: a store (its position in the phase).
    single: Vec<(u32, usize)>,
}

enum Item {
    Value(u32),
    Store(usize),
}

impl Schedule {
    fn new(
        kernel: &Kernel,
        phase: &Phase,
        kept: &[ValueId],
        pinned: &[Option<u32>],
        operands_of: &OperandsOf,
    ) -> Schedule {
        let body = phase.body.clone();
        let mut uses = vec![0u32; kernel.values.len()];
        kept.iter().for_each(|id| uses[id.index()] += 2);
        for store in &phase.stores {
            uses[store.value.index()] += 1;
            store.operands(&mut |id| uses[id as usize] += 2);
        }
        // A value that later phases read is used too.
        let later = |id: u32| pinned[id as usize].is_some();
        for id in body.clone().rev() {
            if uses[id as usize] > 0 || later(id) {
                operands_of(id, &mut |id| uses[id as usize] += 1);
            }
        }
        for reduction in &phase.reductions {
            if let Inst::Reduced { position, .. } = &kernel.value(*reduction).inst {
                Inst::Index { value: position.clone() }.operands(&mut |id| uses[id as usize] += 2);
            }
        }
        let is_constant = |id: u32| {
            matches!(
                kernel.values[id as usize].inst,
                Inst::Literal { .. } | Inst::Uniform { .. } | Inst::Product { .. }
            )
        };
        let mut items = Vec::new();
        let mut stored = vec![false; phase.stores.len()];
        for id in body.clone().filter(|id| (uses[*id as usize] > 0 || later(*id)) && !is_constant(*id)) {
            items.push(Item::Value(id));
            // A store follows its value at once, so that the register is free again; unless its index needs a later value.
            for (at, store) in phase.stores.iter().enumerate().filter(|(_, s)| s.value.0 == id) {
                let mut ready = true;
                store.operands(&mut |other| ready &= other <= id);
                if ready {
                    stored[at] = true;
                    items.push(Item::Store(at));
                }
            }
        }
        items.extend((0..phase.stores.len()).filter(|at| !stored[*at]).map(Item::Store));
        let mut last = vec![None; kernel.values.len()];
        for (at, item) in items.iter().enumerate() {
            let mut touch = |id: u32| last[id as usize] = Some(at);
            match item {
                Item::Value(id) => {
                    touch(*id);
                    operands_of(*id, &mut touch);
                }
                Item::Store(store) => {
                    touch(phase.stores[*store].value.0);
                    phase.stores[*store].operands(&mut touch);
                }
            }
        }
        kept.iter().for_each(|id| last[id.index()] = None);
        let mut deaths: Vec<(usize, u32)> = (body.start..body.end)
            .filter(|id| pinned[*id as usize].is_none())
            .filter_map(|id| last[id as usize].map(|at| (at, id)))
            .collect();
        small::sort(&mut deaths);
        let single = (0..phase.stores.len())
            .filter(|at| stored[*at])
            .map(|at| (phase.stores[at].value.0, at))
            .filter(|(id, _)| uses[*id as usize] == 1 && body.contains(id) && pinned[*id as usize].is_none())
            .collect();
        Schedule { items, deaths, single }
    }

    fn dies_at(&self, at: usize) -> impl Iterator<Item = u32> {
        let from = self.deaths.partition_point(|(when, _)| *when < at);
        self.deaths[from..].iter().take_while(move |(when, _)| *when == at).map(|(_, id)| *id)
    }

    fn only_store<'p>(&self, phase: &'p Phase, id: u32) -> Option<&'p interfuse_compiler::kernel::Store> {
        self.single.iter().find(|(value, _)| *value == id).map(|(_, at)| &phase.stores[*at])
    }
}

/// Appends steps to a frame.
struct Writer<'a, 'b> {
    builder: &'b mut Builder<'a>,
    frame: Frame,
    places: Vec<Option<Location>>,
    free: Vec<u32>,
    /// Registers from here on belong to this phase's own values.
    first_register: u32,
    next: u32,
}

impl Writer<'_, '_> {
    fn place(&self, id: ValueId) -> Location {
        self.places[id.index()].expect("operands come before users")
    }

    fn fresh(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.next += 1;
            self.builder.registers = self.builder.registers.max(self.next);
            self.next - 1
        })
    }

    fn release(&mut self, id: u32) {
        if let Some(Location::Register(register)) = self.places[id as usize]
            && register >= self.first_register
            && !self.free.contains(&register)
        {
            self.free.push(register);
        }
    }

    /// Evaluates the nodes that were added since the last call.
    fn emit_nodes(&mut self, from: usize) {
        let to = self.frame.nodes.list.len();
        for at in from..to {
            let place = match &self.frame.nodes.list[at] {
                super::index::Node::Value(id) => Some(self.place(ValueId(*id))),
                _ => None,
            };
            self.frame.node_places.push(place);
        }
        if from < to {
            self.frame.steps.push(Step::Nodes(from..to));
        }
    }

    fn node(&mut self, dim: &Dim) -> usize {
        let from = self.frame.nodes.list.len();
        let node = self.frame.nodes.build(dim, self.builder.sizes, &self.frame.lanes);
        self.emit_nodes(from);
        node
    }

    fn access(&mut self, binding: u32, index: &Dim) -> u32 {
        let Linear { base, coefficients, rest } = linear(index, self.builder.sizes);
        let rest = (!rest.is(0)).then(|| self.node(&rest));
        let element = match self.builder.kernel.bindings[binding as usize].dtype {
            DType::Float16 => Element::Half,
            DType::Bool | DType::Int32 | DType::UInt32 | DType::Float32 => Element::Word,
        };
        let access = Access {
            binding: binding as usize,
            element,
            base,
            varying: rest.is_some_and(|node| self.frame.nodes.varying[node]),
            rest,
            pattern: pattern(&coefficients, &self.frame.lanes),
            coefficients: coefficients.into_iter().enumerate().filter(|(_, c)| *c != 0).collect(),
        };
        self.frame.accesses.push(access);
        let at = (self.frame.accesses.len() - 1) as u32;
        self.frame.steps.push(Step::Base(at));
        at
    }

    fn is_empty(&self, binding: u32) -> bool {
        self.builder.sizes.eval(&self.builder.kernel.bindings[binding as usize].len) == 0
    }

    /// A value that an earlier pass kept.
    fn kept(&mut self, id: u32, kept: &[(ValueId, u32)]) {
        let (_, slot) = kept.iter().find(|(value, _)| value.0 == id).expect("it is kept");
        let register = self.builder.pinned[id as usize].unwrap_or_else(|| self.fresh());
        self.places[id as usize] = Some(Location::Register(register));
        let work = Work::Kept(*slot);
        self.frame.steps.push(Step::Compute { work, to: Target::Register(register), round: false });
    }

    fn value(&mut self, id: u32, only_store: Option<&interfuse_compiler::kernel::Store>) {
        let value = &self.builder.kernel.values[id as usize];
        let pinned = self.builder.pinned[id as usize];
        let work = match &value.inst {
            Inst::Load { binding, .. } if self.is_empty(*binding) => Work::Nothing,
            Inst::Load { binding, index } => {
                let access = self.access(*binding, index);
                if self.frame.accesses[access as usize].is_plain() && pinned.is_none() {
                    self.places[id as usize] = Some(Location::Memory(access));
                    return;
                }
                Work::Load(access)
            }
            Inst::Index { value } => Work::Index(self.node(value)),
            Inst::Inside { value, low, high } => {
                Work::Inside { value: self.node(value), low: self.node(low), high: self.node(high) }
            }
            Inst::Apply { op, operand, args } => match (block(*op, *operand), args.as_slice()) {
                (Block::Unary(f), [a]) => Work::Unary(f, self.place(*a)),
                (Block::Binary(f), [a, b]) => Work::Binary(f, self.place(*a), self.place(*b)),
                (Block::Ternary(f), [a, b, c]) => Work::Ternary(f, self.place(*a), self.place(*b), self.place(*c)),
                _ => unreachable!("a loop takes as many operands as its op"),
            },
            Inst::Cast { from, arg } => Work::Unary(block_cast(*from, value.dtype), self.place(*arg)),
            Inst::Running { .. } | Inst::SortKey { .. } if !cfg!(feature = "all-kernels") => {
                unreachable!("these are kernels of GPUs")
            }
            Inst::SortKey { from, arg } => Work::SortKey(*from, self.place(*arg)),
            Inst::Bits { key, position } => {
                Work::Ternary(block_bits, self.place(key[0]), self.place(key[1]), self.place(*position))
            }
            Inst::Running { op, arg, restart, .. } => {
                let register = pinned.expect("what runs keeps its register");
                self.frame.running.push((register, op.start(value.dtype).lane()));
                Work::Running(update(*op), value.dtype, self.place(*arg), restart.map(|restart| self.place(restart)))
            }
            Inst::Literal { .. } | Inst::Uniform { .. } | Inst::Product { .. } | Inst::Reduced { .. } => {
                unreachable!("these are in registers before the phase begins")
            }
        };
        let round = value.dtype == DType::Float16 && matches!(value.inst, Inst::Apply { .. });
        // A value that is only stored goes to its buffer directly, where the lanes lie there as they lie in a register.
        if let Some(store) = only_store {
            let access = self.access(store.binding, &store.index);
            if self.frame.accesses[access as usize].is_plain() {
                self.frame.steps.push(Step::Compute { work, to: Target::Memory(access), round });
                self.places[id as usize] = Some(Location::Memory(access));
                return;
            }
        }
        let register = match pinned {
            Some(register) => register,
            None => self.fresh(),
        };
        self.places[id as usize] = Some(Location::Register(register));
        self.frame.steps.push(Step::Compute { work, to: Target::Register(register), round });
    }

    fn store(&mut self, store: &interfuse_compiler::kernel::Store) {
        let value = self.place(store.value);
        let is_done = matches!(value, Location::Memory(access)
            if self.frame.accesses[access as usize].binding == store.binding as usize);
        if !is_done {
            let access = self.access(store.binding, &store.index);
            self.frame.steps.push(Step::Store { access, value });
        }
    }

    fn reduction(&mut self, id: ValueId) {
        let position = match &self.builder.kernel.value(id).inst {
            Inst::Reduced { op, position, .. } if op.is_arg() => Some(position.clone()),
            _ => None,
        };
        let position = position.map(|position| self.node(&position));
        let place = self.place(reduced_value(self.builder.kernel, id));
        self.frame.reductions.push((place, position));
    }
}

impl Frame {
    /// Lanes of a full block.
    pub fn lanes(&self) -> usize {
        self.lanes.count
    }

    /// Runs the phase for the first `n` lanes of the block at `coords`.
    pub fn run(&self, machine: &mut Machine, memory: &mut Memory, coords: &[i64], n: usize) {
        machine.ints.reserve(self.nodes.list.len());
        if machine.bases.len() < self.accesses.len() {
            machine.bases.resize(self.accesses.len(), 0);
        }
        for step in &self.steps {
            match step {
                Step::Nodes(range) => {
                    for at in range.clone() {
                        let Machine { registers, ints, bases, .. } = machine;
                        let value = match self.node_places[at] {
                            Some(place) => self.lanes_of(place, registers, memory, bases, n),
                            None => &[],
                        };
                        ints.eval(&self.nodes, at, &self.lanes, coords, value, n);
                    }
                }
                Step::Base(at) => {
                    let access = &self.accesses[*at as usize];
                    let affine: i64 = access.coefficients.iter().map(|(axis, c)| c * coords[*axis]).sum();
                    let rest = match access.rest {
                        Some(node) if !access.varying => machine.ints.scalars[node],
                        _ => 0,
                    };
                    machine.bases[*at as usize] = access.base + affine + rest;
                }
                Step::Compute { work, to, round } => {
                    let Machine { registers, ints, bases, kept, kept_at } = machine;
                    let kept = (kept.as_slice(), *kept_at);
                    match to {
                        Target::Register(register) => {
                            // Taken out, so that the operands can be borrowed; it is never one of them.
                            let mut out = std::mem::take(&mut registers[*register as usize]);
                            self.compute(work, *round, registers, ints, bases, kept, &memory.reads, &mut out[..n]);
                            registers[*register as usize] = out;
                        }
                        Target::Memory(access) => {
                            let base = bases[*access as usize] as usize;
                            let binding = self.accesses[*access as usize].binding;
                            let out = &mut memory.writes[binding][base..base + n];
                            self.compute(work, *round, registers, ints, bases, kept, &memory.reads, out);
                        }
                    }
                }
                Step::Store { access, value } => {
                    let Machine { registers, ints, bases, .. } = machine;
                    let access_at = *access as usize;
                    let lanes = lanes_of(&self.accesses, *value, registers, &memory.reads, bases, n);
                    let access = &self.accesses[access_at];
                    let out = &mut *memory.writes[access.binding];
                    let rest = access.varying_rest(ints);
                    memory::store(access.element, &access.pattern, bases[access_at], rest, lanes, out);
                }
            }
        }
    }

    /// The lanes of a value of the block that ran last.
    pub fn read<'m>(&self, place: Location, machine: &'m Machine, memory: &'m Memory, n: usize) -> &'m [u32] {
        self.lanes_of(place, &machine.registers, memory, &machine.bases, n)
    }

    /// A node of the block that ran last: one number, or one per lane.
    pub fn position<'m>(&self, node: usize, machine: &'m Machine) -> Result<u32, &'m [i32]> {
        if self.nodes.varying[node] { Err(&machine.ints.lanes[node]) } else { Ok(machine.ints.scalars[node] as u32) }
    }

    fn lanes_of<'m>(
        &self,
        place: Location,
        registers: &'m [Vec<u32>],
        memory: &'m Memory,
        bases: &[i64],
        n: usize,
    ) -> &'m [u32] {
        lanes_of(&self.accesses, place, registers, &memory.reads, bases, n)
    }

    fn integers<'i>(&self, ints: &'i Ints, node: usize) -> Integers<'i> {
        ints.get(&self.nodes, node)
    }

    #[allow(clippy::too_many_arguments)]
    fn compute(
        &self,
        work: &Work,
        round: bool,
        registers: &[Vec<u32>],
        ints: &Ints,
        bases: &[i64],
        (kept, kept_at): (&[Vec<u32>], usize),
        reads: &[&[u32]],
        out: &mut [u32],
    ) {
        let n = out.len();
        let lanes = |place: Location| lanes_of(&self.accesses, place, registers, reads, bases, n);
        match work {
            Work::Load(at) => {
                let access = &self.accesses[*at as usize];
                let (base, rest, words) = (bases[*at as usize], access.varying_rest(ints), reads[access.binding]);
                memory::load(access.element, &access.pattern, base, rest, words, out);
            }
            Work::Nothing => out.fill(0),
            Work::Index(node) => memory::integers(self.integers(ints, *node), out),
            Work::Inside { value, low, high } => {
                let of = |node: usize| self.integers(ints, node);
                memory::inside(of(*value), of(*low), of(*high), out);
            }
            Work::Kept(slot) => out.copy_from_slice(&kept[*slot as usize][kept_at..kept_at + n]),
            Work::SortKey(..) | Work::Running(..) if !cfg!(feature = "all-kernels") => {}
            Work::SortKey(dtype, a) => serial::keys(*dtype, lanes(*a), out),
            Work::Running(op, dtype, a, restart) => {
                serial::step(*op, *dtype, out, lanes(*a), restart.map(lanes));
            }
            Work::Unary(f, a) => f(lanes(*a), out),
            Work::Binary(f, a, b) => f(lanes(*a), lanes(*b), out),
            Work::Ternary(f, a, b, c) => f(lanes(*a), lanes(*b), lanes(*c), out),
        }
        if round {
            block_round_f16(out);
        }
    }
}

fn lanes_of<'m>(
    accesses: &[Access],
    place: Location,
    registers: &'m [Vec<u32>],
    reads: &'m [&[u32]],
    bases: &[i64],
    n: usize,
) -> &'m [u32] {
    match place {
        Location::Register(register) => &registers[register as usize][..n],
        Location::Memory(access) => {
            let base = bases[access as usize] as usize;
            &reads[accesses[access as usize].binding][base..base + n]
        }
    }
}
