//! Values that share one block of memory, so that a kernel binds them as one buffer.
//!
//! WebGPU guarantees eight storage buffers per kernel, and the update of one parameter by Adam reads four values and writes three. So
//! where a call has more leaves than that, those results that are the next value of an argument (parameters, moments, counters) are
//! allocated in one block, an *arena*. The graph alone decides which ones, and at which offset. The next call gets them as arguments, its
//! caller says where they are ([`Sharing`]), and a kernel that uses several of them binds the block once. Nothing is ever copied:
//! arguments that are not in a shared block are bound one by one, in more kernels.
//!
//! A block stays allocated as long as one of its values is live. So a float without axes is left out although it may be carried: people
//! keep losses, and each would keep the parameters of its step allocated.

use crate::dtype::DType;
use crate::graph::{Graph, NodeId};
use crate::kernel::{Access, Binding, FusedKernel, Inst};
use crate::kind::{Kind, Lowering};
use crate::shape::Aval;
use crate::target::Target;
use crate::tuning::{ARENA_BYTES, MEMBER_BYTES};
use smallvec::SmallVec;

/// Offsets in a block are multiples of this: the largest alignment that WebGPU lets a device ask for.
pub const ALIGNMENT: u64 = 256;

/// The position of a value in a shared block.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place {
    /// Which block; equal numbers are one block.
    pub block: u32,
    /// The offset there, in bytes, a multiple of [`ALIGNMENT`].
    pub offset: u64,
}

/// What a [`crate::Request`] says of memory.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Sharing {
    /// By argument: its place, if it is in a shared block. Arguments that are not listed have a block of their own.
    pub inputs: Vec<Option<Place>>,
    /// May results be allocated in one block?
    pub results: bool,
}

/// A block that results are allocated in.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Arena<T> {
    /// The values in it, with offsets in bytes, ascending.
    pub members: Vec<(T, u64)>,
    /// Its size.
    pub bytes: u64,
}

/// The blocks of a graph's arguments and results.
#[derive(Default)]
pub(crate) struct Blocks {
    /// By node; empty when nothing shares.
    of: Vec<Option<Place>>,
    /// By block: the first node in it, which represents the block when bindings are counted.
    first: Vec<NodeId>,
    /// Blocks of results.
    pub arenas: Vec<Arena<NodeId>>,
    /// Buffers that a kernel may bind.
    limit: usize,
}

impl Blocks {
    /// Of the arguments as the caller says, and of those of the `results` that are carried.
    pub fn new(graph: &Graph, target: &Target, sharing: &Sharing, results: &[NodeId]) -> Blocks {
        let says_nothing = !sharing.results && sharing.inputs.is_empty();
        match target.rewrites.filter(|_| !says_nothing && target.tuning.fuse) {
            Some(rewrites) => (rewrites.blocks)(graph, target, sharing, results),
            None => Blocks::default(),
        }
    }

    /// The same where something may be shared.
    pub fn find(graph: &Graph, target: &Target, sharing: &Sharing, results: &[NodeId]) -> Blocks {
        let limit = target.limits.storage_buffers as usize;
        let mut blocks = Blocks { limit, ..Blocks::default() };
        if leaves(graph, results) <= blocks.limit {
            return blocks;
        }
        let mut of: Vec<Option<Place>> = vec![None; graph.len()];
        for (id, node) in graph.nodes() {
            if let Kind::Input { index, .. } = node.kind
                && let Some(place) = sharing.inputs.get(index as usize).copied().flatten()
                && fits_among_others(&node.aval)
            {
                of[id.index()] = Some(place);
            }
        }
        let count = of.iter().flatten().map(|place| place.block + 1).max().unwrap_or(0);
        let found = |block| of.iter().position(|place| place.is_some_and(|place| place.block == block)).unwrap_or(0);
        blocks.first = (0..count).map(|block| NodeId(found(block) as u32)).collect();
        if sharing.results {
            for arena in arenas(graph, target, results) {
                let block = blocks.first.len() as u32;
                blocks.first.push(arena.members[0].0);
                arena.members.iter().for_each(|(id, offset)| {
                    of[id.index()] = Some(Place { block, offset: *offset });
                });
                blocks.arenas.push(arena);
            }
        }
        if !blocks.first.is_empty() {
            blocks.of = of;
        }
        blocks
    }

    /// Does nothing share?
    pub fn is_empty(&self) -> bool {
        self.of.is_empty()
    }

    fn place(&self, id: NodeId) -> Option<Place> {
        self.of.get(id.index()).copied().flatten()
    }

    /// The node that represents a bound value when bindings are counted: one per block.
    pub fn counted(&self, id: NodeId) -> NodeId {
        self.place(id).map_or(id, |place| self.first[place.block as usize])
    }

    /// Makes a kernel bind what it uses of a block as one buffer, as far as it must: where it both reads and writes the block,
    /// because WebGPU forbids to bind one buffer for both; and where it would bind too many buffers, first values of one dtype (they
    /// stay arrays of it, or of vectors of it), then all.
    pub fn bind(&self, FusedKernel { kernel, map }: &mut FusedKernel) {
        if self.is_empty() {
            return;
        }
        let of: SmallVec<[Option<Place>; 8]> = map.bindings.iter().map(|id| self.place(*id)).collect();
        for needed in [Needed::Nothing, Needed::Dtypes, Needed::Blocks] {
            let numbers = numbers(&kernel.bindings, &of, needed);
            kernel.bindings.iter_mut().zip(numbers).for_each(|(binding, number)| binding.block = number);
            if kernel.bound().len() <= self.limit {
                break;
            }
        }
        let offset = |(binding, place): (&Binding, &Option<Place>)| match (binding.block, place) {
            (Some(_), Some(place)) => (place.offset / ELEMENT) as i64,
            _ => 0,
        };
        let offsets: SmallVec<[i64; 8]> = kernel.bindings.iter().zip(&of).map(offset).collect();
        let moved = |index: &mut crate::dim::Dim, binding: u32| {
            let offset = offsets[binding as usize];
            if offset != 0 {
                *index = index.add(&crate::dim::Dim::Const(offset));
            }
        };
        for value in &mut kernel.values {
            if let Inst::Load { binding, index } = &mut value.inst {
                moved(index, *binding);
            }
        }
        for store in kernel.phases.iter_mut().flat_map(|phase| &mut phase.stores) {
            moved(&mut store.index, store.binding);
        }
    }
}

/// What has to be bound as one.
#[derive(Clone, Copy)]
enum Needed {
    Nothing,
    Dtypes,
    Blocks,
}

/// Of each binding the number of those that it is bound with.
fn numbers(bindings: &[Binding], places: &[Option<Place>], needed: Needed) -> SmallVec<[Option<u32>; 8]> {
    let on_both_sides = |block: u32| {
        let has = |access: Access| {
            let mut all = bindings.iter().zip(places);
            all.any(|(one, place)| one.access == access && place.is_some_and(|place| place.block == block))
        };
        has(Access::Read) && has(Access::Write)
    };
    let number = |(binding, place): (&Binding, &Option<Place>)| {
        let block = place.as_ref()?.block;
        match needed {
            _ if on_both_sides(block) => Some(block * DTYPES),
            Needed::Nothing => None,
            Needed::Dtypes => Some(block * DTYPES + binding.dtype as u32),
            Needed::Blocks => Some(block * DTYPES),
        }
    };
    let numbers: SmallVec<[Option<u32>; 8]> = bindings.iter().zip(places).map(number).collect();
    // What would be bound as one of one is bound alone.
    let is_several = |number: &u32| numbers.iter().filter(|other| **other == Some(*number)).count() > 1;
    numbers.iter().map(|number| number.filter(is_several)).collect()
}

/// More than there are dtypes.
const DTYPES: u32 = 8;

/// Bytes of every element in a block.
const ELEMENT: u64 = 4;

/// Elements of one size, a size that is known.
fn fits_among_others(aval: &Aval) -> bool {
    aval.dtype.size_bytes() as u64 == ELEMENT && aval.shape.size().as_const().is_some()
}

/// How many buffers a call has to do with.
fn leaves(graph: &Graph, results: &[NodeId]) -> usize {
    let live = graph.live();
    let is_leaf = |kind: &Kind| kind.lowering() == Lowering::Bound;
    graph.nodes().filter(|(id, node)| live[id.index()] && is_leaf(&node.kind)).count() + results.len()
}

/// The blocks of those results that are carried, in their order.
fn arenas(graph: &Graph, target: &Target, results: &[NodeId]) -> Vec<Arena<NodeId>> {
    // Of each node the dtypes of the arguments of its shape that it follows from element by element.
    let mut follows: Vec<u8> = Vec::with_capacity(graph.len());
    for (_, node) in graph.nodes() {
        follows.push(match &node.kind {
            Kind::Input { .. } => bit(node.aval.dtype),
            Kind::Map { .. } | Kind::Cast { .. } => node.operands.iter().fold(0, |all, x| all | follows[x.index()]),
            _ => 0,
        });
    }
    let limit = ARENA_BYTES.min(target.limits.binding_bytes).min(target.limits.buffer_bytes);
    let mut arenas: Vec<Arena<NodeId>> = Vec::new();
    let mut seen = vec![false; graph.len()];
    for id in results {
        let aval = graph.aval(*id);
        let is_carried = follows[id.index()] & bit(aval.dtype) != 0;
        let kept_alone = aval.dtype.is_float() && aval.shape.size().is(1);
        let bytes = aval.shape.size().as_const().unwrap_or(0) as u64 * ELEMENT;
        let is_known = std::mem::replace(&mut seen[id.index()], true);
        if !fits_among_others(aval) || !is_carried || kept_alone || is_known || bytes == 0 || bytes > MEMBER_BYTES {
            continue;
        }
        let room = bytes.next_multiple_of(ALIGNMENT);
        match arenas.last_mut().filter(|arena| arena.bytes + room <= limit) {
            Some(arena) => {
                arena.members.push((*id, arena.bytes));
                arena.bytes += room;
            }
            None => arenas.push(Arena { members: vec![(*id, 0)], bytes: room }),
        }
    }
    arenas.retain(|arena| arena.members.len() > 1);
    arenas
}

fn bit(dtype: DType) -> u8 {
    1 << dtype as u8
}
