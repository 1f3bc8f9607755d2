//! What a node at given coordinates needs of its operands.
//!
//! Partitioning asks this to know which kernel needs what, and building a kernel replays the answers: the rules stand here once.

use super::coords::{Bounds, Coords, Inside, clamp, through_view};
use crate::dim::{Atom, Dim};
use crate::graph::{Graph, NodeId};
use crate::kind::{Kind, View};
use crate::small::HashMap;
use smallvec::SmallVec;

/// Interned coordinates.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct CoordsId(pub u32);

/// A node at coordinates: a value that some kernel needs.
pub type Element = (NodeId, CoordsId);

/// All coordinates met so far, and the places whose values are coordinates themselves (indices of gathers).
#[derive(Default)]
pub struct CoordsTable {
    all: Vec<Coords>,
    ids: HashMap<Coords, CoordsId>,
    tags: Vec<Element>,
    tag_ids: HashMap<Element, u32>,
}

impl CoordsTable {
    /// The id of coordinates.
    pub fn intern(&mut self, coords: Coords) -> CoordsId {
        if let Some(id) = self.ids.get(&coords) {
            return *id;
        }
        let id = CoordsId(self.all.len() as u32);
        self.all.push(coords.clone());
        self.ids.insert(coords, id);
        id
    }

    /// The coordinates of an id.
    pub fn get(&self, id: CoordsId) -> &Coords {
        &self.all[id.0 as usize]
    }

    /// The number that stands for a place's value in coordinates (`Atom::Value`).
    pub fn tag(&mut self, place: Element) -> u32 {
        if let Some(tag) = self.tag_ids.get(&place) {
            return *tag;
        }
        let tag = self.tags.len() as u32;
        self.tags.push(place);
        self.tag_ids.insert(place, tag);
        tag
    }

    /// The place that a number stands for.
    pub fn tagged(&self, tag: u32) -> Element {
        self.tags[tag as usize]
    }
}

/// How a node at coordinates is computed from its operands.
#[derive(Clone, Debug)]
pub enum Formula {
    /// The operand's value as it is (views, gathers).
    Same(Element),
    /// A row or a cast of values at the same coordinates.
    Elementwise(SmallVec<[Element; 3]>),
    /// The operand where all conditions hold, else the pad's value; no operand when it is never the operand's.
    Padded(Option<Element>, SmallVec<[Inside; 2]>),
    /// The first part whose condition holds; the last needs none.
    Joined(SmallVec<[(Element, Inside); 2]>),
    /// Indices and data of a gather: the data's place depends on the value of the indices' place.
    Gathered {
        /// The indices.
        indices: Element,
        /// The data at that index.
        data: Element,
    },
    /// Random bits of the position, from the two words of the key.
    Random([Element; 2]),
    /// Depends on nothing but the coordinates (literal, iota, size).
    Leaf,
}

impl Formula {
    /// The places it needs.
    pub fn places(&self) -> SmallVec<[Element; 3]> {
        match self {
            Formula::Same(place) => [*place].into_iter().collect(),
            Formula::Elementwise(places) => places.clone(),
            Formula::Padded(place, _) => place.iter().copied().collect(),
            Formula::Joined(parts) => parts.iter().map(|(place, _)| *place).collect(),
            Formula::Gathered { indices, data } => [*indices, *data].into_iter().collect(),
            Formula::Random(key) => key.iter().copied().collect(),
            Formula::Leaf => SmallVec::new(),
        }
    }
}

/// The formula of a pointwise node at coordinates.
pub fn expand(graph: &Graph, table: &mut CoordsTable, place: Element, of: Bounds) -> Formula {
    let (id, at) = place;
    let node = graph.node(id);
    match &node.kind {
        Kind::Literal { .. } | Kind::Iota { .. } | Kind::Size { .. } => Formula::Leaf,
        Kind::Map { .. } | Kind::Cast { .. } | Kind::SortKey | Kind::Barrier { .. } => {
            Formula::Elementwise(node.operands.iter().map(|operand| (*operand, at)).collect())
        }
        Kind::View(view) => {
            let operand = node.operands[0];
            let shape = &graph.aval(operand).shape;
            let coords = table.get(at).clone();
            let (inner, inside) = through_view(view, shape, &coords, of);
            let never = shape.dims().iter().any(|d| d.is(0)) || inside.iter().any(|test| test.never(of));
            let place = (operand, table.intern(inner));
            match view {
                View::Pad { .. } if never => Formula::Padded(None, inside),
                View::Pad { .. } if !inside.is_empty() => Formula::Padded(Some(place), inside),
                _ => Formula::Same(place),
            }
        }
        Kind::Concatenate { axis } => {
            let axis = *axis as usize;
            let coords = table.get(at).clone();
            let mut parts: SmallVec<[(Element, Inside); 2]> = SmallVec::new();
            let mut start = Dim::ZERO;
            for operand in &node.operands {
                let size = graph.aval(*operand).shape.0[axis].clone();
                let end = start.add(&size);
                let test = Inside { value: coords[axis].clone(), low: start.clone(), high: end.clone() };
                if !size.is(0) && !test.never(of) {
                    let mut inner = coords.clone();
                    let shifted = coords[axis].sub(&start);
                    let always = test.always(of);
                    inner[axis] = if always { shifted } else { clamp(&shifted, &size, of) };
                    let inner = table.intern(inner);
                    if always {
                        return Formula::Same((*operand, inner));
                    }
                    parts.push(((*operand, inner), test));
                }
                start = end;
            }
            // All parts empty: nothing is ever evaluated here, but the program still needs a value.
            if parts.is_empty() {
                let zeros = SmallVec::from_elem(Dim::ZERO, coords.len());
                let first = (node.operands[0], table.intern(zeros));
                return Formula::Same(first);
            }
            Formula::Joined(parts)
        }
        Kind::Gather { axis } => {
            let axis = *axis as usize;
            let (data, indices) = (node.operands[0], node.operands[1]);
            let coords = table.get(at).clone();
            let count = graph.aval(indices).shape.rank();
            let indices = (indices, table.intern(coords[axis..axis + count].iter().cloned().collect()));
            let tag = table.tag((id, indices.1));
            let mut inner: Coords = coords[..axis].iter().cloned().collect();
            inner.push(Dim::atom(Atom::Value(tag)));
            inner.extend(coords[axis + count..].iter().cloned());
            Formula::Gathered { indices, data: (data, table.intern(inner)) }
        }
        Kind::RandomBits { .. } => {
            let word = |table: &mut CoordsTable, at: i64| table.intern([Dim::Const(at)].into_iter().collect());
            Formula::Random([0, 1].map(|at| (node.operands[0], word(table, at))))
        }
        kind => unreachable!("{} is not pointwise", kind.name()),
    }
}
