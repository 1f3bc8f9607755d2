//! The graph: an append-only arena of nodes, operands before users, equal nodes with equal ids.
//!
//! Every node has shape and dtype from the start ([`Graph::add`] infers them and refuses a misuse). Passes never change a graph that
//! others see: they walk one in order and build another, or hand it on as it is. So nothing here recurses, and a chain of 100,000 nodes
//! is as safe as one of ten.

use crate::kind::{Kind, Misuse, MisuseKind, View};
use crate::shape::Aval;
use crate::small;
use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;
use smallvec::SmallVec;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};

/// A node of a graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    /// As an index into tables with one entry per node.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

/// The operands of a node.
pub type Operands = SmallVec<[NodeId; 3]>;

/// Ids of the traced nodes that a node came from, sorted. They survive every pass, so that a kernel knows its source.
pub type Origins = SmallVec<[u32; 2]>;

/// One array operation with its operands.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it does.
    pub kind: Kind,
    /// On what.
    pub operands: Operands,
    /// What comes out.
    pub aval: Aval,
    /// The traced nodes it came from.
    pub from: Origins,
}

/// An arena of nodes and the ids of the results.
#[derive(Clone, Default)]
pub struct Graph {
    nodes: Vec<Node>,
    /// Ids by the hash of (kind, operands), which is kept for when the table grows: the nodes themselves are the keys. Looked up, never
    /// iterated.
    interned: HashTable<(u32, NodeId)>,
    outputs: Vec<NodeId>,
}

fn hash_of(kind: &Kind, operands: &[NodeId]) -> u32 {
    // No seed: the same graph hashes alike in every run.
    let mut hasher = FxBuildHasher.build_hasher();
    kind.hash(&mut hasher);
    operands.hash(&mut hasher);
    let hash = hasher.finish();
    (hash ^ hash >> 32) as u32
}

/// What the table sees of a hash: it looks at the highest bits of a machine word, and at the lowest.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Graph {
        Graph::default()
    }

    /// An empty graph with room for so many nodes.
    pub fn with_capacity(nodes: usize) -> Graph {
        Graph { nodes: Vec::with_capacity(nodes), interned: HashTable::with_capacity(nodes), outputs: Vec::new() }
    }

    /// Appends a node even if an equal one is there. Tracing uses this, so that the traced graph shows what the user wrote;
    /// the first pass merges equal nodes. The node is its own origin.
    pub fn append(&mut self, kind: Kind, operands: &[NodeId]) -> Result<NodeId, Misuse> {
        let own = self.nodes.len() as u32;
        self.append_from(kind, operands, &[own])
    }

    /// Appends a node that came from those traced nodes, even if an equal one is there.
    pub fn append_from(&mut self, kind: Kind, operands: &[NodeId], from: &[u32]) -> Result<NodeId, Misuse> {
        let aval = self.infer(&kind, operands)?;
        Ok(self.push(kind, operands, aval, from))
    }

    /// Appends a node, or finds the equal one. It is its own origin.
    pub fn add(&mut self, kind: Kind, operands: &[NodeId]) -> Result<NodeId, Misuse> {
        let own = self.nodes.len() as u32;
        let hash = hash_of(&kind, operands);
        match self.find(hash, &kind, operands) {
            Some(id) => Ok(id),
            None => {
                let aval = self.infer(&kind, operands)?;
                let id = self.push(kind, operands, aval, &[own]);
                self.intern(hash, id);
                Ok(id)
            }
        }
    }

    /// Appends a node that came from those traced nodes, or finds the equal one and lets it know its further origins.
    pub fn add_from(&mut self, kind: Kind, operands: &[NodeId], from: &[u32]) -> Result<NodeId, Misuse> {
        let hash = hash_of(&kind, operands);
        if let Some(id) = self.find(hash, &kind, operands) {
            self.add_origins(id, from);
            return Ok(id);
        }
        let aval = self.infer(&kind, operands)?;
        let id = self.push(kind, operands, aval, from);
        self.intern(hash, id);
        Ok(id)
    }

    /// Appends a node of a legal graph, with operands of the shapes and dtypes of its own, or finds the equal one and lets it know its
    /// further origins.
    pub fn add_node(&mut self, node: &Node, operands: &[NodeId]) -> NodeId {
        let hash = hash_of(&node.kind, operands);
        if let Some(id) = self.find(hash, &node.kind, operands) {
            self.add_origins(id, &node.from);
            return id;
        }
        debug_assert_eq!(self.infer(&node.kind, operands).as_ref(), Ok(&node.aval), "a node of a legal graph is legal");
        let id = self.push(node.kind.clone(), operands, node.aval.clone(), &node.from);
        self.intern(hash, id);
        id
    }

    /// Without the nodes that no result needs, and how many they were. No two nodes may be equal.
    pub fn pruned(self) -> (Graph, usize) {
        let (pruned, _, count) = self.pruned_ids();
        (pruned, count)
    }

    /// The same with what every node is called now, `u32::MAX` where it was dropped; no names where none was.
    pub(crate) fn pruned_ids(mut self) -> (Graph, Vec<NodeId>, usize) {
        let live = self.live();
        let count = live.iter().filter(|live| !**live).count();
        if count == 0 {
            return (self, Vec::new(), 0);
        }
        let nodes = std::mem::take(&mut self.nodes);
        let mut ids: Vec<NodeId> = Vec::with_capacity(nodes.len());
        self.nodes.reserve(nodes.len() - count);
        self.interned.clear();
        for (mut node, live) in nodes.into_iter().zip(live) {
            // What is dead is never looked up: who uses it is dead too.
            ids.push(if live { NodeId(self.nodes.len() as u32) } else { NodeId(u32::MAX) });
            if live {
                node.operands.iter_mut().for_each(|operand| *operand = ids[operand.index()]);
                let hash = hash_of(&node.kind, &node.operands);
                self.nodes.push(node);
                self.intern(hash, NodeId(self.nodes.len() as u32 - 1));
            }
        }
        self.outputs.iter_mut().for_each(|output| *output = ids[output.index()]);
        (self, ids, count)
    }

    /// Are no two nodes equal, because none was appended without being looked for?
    pub fn is_interned(&self) -> bool {
        self.interned.len() == self.nodes.len()
    }

    /// Notes that a node stands for those traced nodes too (a rewrite replaced them by it).
    pub fn add_origins(&mut self, id: NodeId, from: &[u32]) {
        let known = &mut self.nodes[id.index()].from;
        for origin in from {
            if let Err(at) = known.binary_search(origin) {
                known.insert(at, *origin);
            }
        }
    }

    fn find(&self, hash: u32, kind: &Kind, operands: &[NodeId]) -> Option<NodeId> {
        let same = |&(known, id): &(u32, NodeId)| {
            let node = &self.nodes[id.index()];
            known == hash && node.operands.as_slice() == operands && node.kind == *kind
        };
        self.interned.find(spread(hash), same).map(|found| found.1)
    }

    fn intern(&mut self, hash: u32, id: NodeId) {
        self.interned.insert_unique(spread(hash), (hash, id), |&(hash, _)| spread(hash));
    }

    fn infer(&self, kind: &Kind, operands: &[NodeId]) -> Result<Aval, Misuse> {
        let avals: SmallVec<[&Aval; 4]> = operands.iter().map(|id| &self.nodes[id.index()].aval).collect();
        kind.infer(&avals)
    }

    fn push(&mut self, kind: Kind, operands: &[NodeId], aval: Aval, from: &[u32]) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).expect("fewer than 2^32 nodes"));
        let mut from = Origins::from_slice(from);
        small::sort(&mut from);
        from.dedup();
        self.nodes.push(Node { kind, operands: Operands::from_slice(operands), aval, from });
        id
    }

    /// A graph of any nodes, legal or not: what the verifier is tested with.
    #[cfg(test)]
    pub(crate) fn from_parts(nodes: Vec<Node>, outputs: Vec<NodeId>) -> Graph {
        Graph { nodes, interned: HashTable::new(), outputs }
    }

    /// Names the results, in order. A node may be a result twice.
    pub fn set_outputs(&mut self, outputs: &[NodeId]) {
        assert!(outputs.iter().all(|id| id.index() < self.nodes.len()), "outputs are nodes of the graph");
        self.outputs = outputs.to_vec();
    }

    /// The results, in order.
    pub fn outputs(&self) -> &[NodeId] {
        &self.outputs
    }

    /// The node with that id.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// Shape and dtype of a node.
    pub fn aval(&self, id: NodeId) -> &Aval {
        &self.nodes[id.index()].aval
    }

    /// All nodes, operands before users.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (NodeId, &Node)> + ExactSizeIterator {
        self.nodes.iter().enumerate().map(|(i, node)| (NodeId(i as u32), node))
    }

    /// How many nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Has it no nodes?
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The inputs' shapes and dtypes by position; `None` for a position that no node reads.
    pub fn inputs(&self) -> Vec<Option<&Aval>> {
        let mut inputs = Vec::new();
        for node in &self.nodes {
            if let Kind::Input { index, aval } = &node.kind {
                let index = *index as usize;
                if inputs.len() <= index {
                    inputs.resize(index + 1, None);
                }
                inputs[index] = Some(&**aval);
            }
        }
        inputs
    }

    /// How many captured tensors a call binds: the highest position plus one.
    pub fn constants(&self) -> u32 {
        let positions = self.nodes.iter().filter_map(|node| match &node.kind {
            Kind::Constant { index, .. } => Some(index + 1),
            _ => None,
        });
        positions.max().unwrap_or(0)
    }

    /// The same graph with its inputs at other positions: input i becomes input `positions[i]`.
    pub fn with_inputs_at(&self, positions: &[u32]) -> Graph {
        let mut moved = Graph::new();
        for (_, node) in self.nodes() {
            let kind = match &node.kind {
                Kind::Input { index, aval } => Kind::Input { index: positions[*index as usize], aval: aval.clone() },
                kind => kind.clone(),
            };
            moved.append_from(kind, &node.operands, &node.from).expect("a legal graph stays legal");
        }
        moved.set_outputs(&self.outputs);
        moved
    }

    /// For each node, is it needed for a result?
    pub fn live(&self) -> Vec<bool> {
        let mut live = vec![false; self.nodes.len()];
        for output in &self.outputs {
            live[output.index()] = true;
        }
        for (id, node) in self.nodes().rev() {
            if live[id.index()] {
                for operand in &node.operands {
                    live[operand.index()] = true;
                }
            }
        }
        live
    }

    /// As the body of a call or a loop: checks the operands against the inputs and gives one output's shape and dtype.
    pub fn infer_call(&self, op: &str, operands: &[&Aval], output: usize) -> Result<Aval, Misuse> {
        let misuse = |message: String| Misuse { kind: MisuseKind::Shape, message, hint: String::new() };
        for (at, wanted) in self.inputs().into_iter().enumerate() {
            let got = operands.get(at).ok_or_else(|| misuse(format!("{op}: operand {at} is missing")))?;
            if wanted.is_some_and(|wanted| wanted != *got) {
                return Err(misuse(format!(
                    "{op}: operand {at} is {got}, the body takes {}",
                    wanted.expect("checked")
                )));
            }
        }
        let id = self.outputs.get(output).ok_or_else(|| misuse(format!("{op}: the body has no result {output}")))?;
        Ok(self.aval(*id).clone())
    }
}

/// The node whose buffer holds a result: behind reshapes, which move nothing.
pub fn buffer_node(graph: &Graph, mut id: NodeId) -> NodeId {
    while let Kind::View(View::Reshape { .. }) = graph.node(id).kind {
        id = graph.node(id).operands[0];
    }
    id
}

impl PartialEq for Graph {
    /// Same nodes in the same order, same results; origins do not count.
    fn eq(&self, other: &Graph) -> bool {
        self.outputs == other.outputs
            && self.nodes.len() == other.nodes.len()
            && self.nodes.iter().zip(&other.nodes).all(|(a, b)| a.kind == b.kind && a.operands == b.operands)
    }
}

impl Eq for Graph {}

impl Hash for Graph {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.outputs.hash(state);
        for node in &self.nodes {
            node.kind.hash(state);
            node.operands.hash(state);
        }
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (id, node) in self.nodes() {
            writeln!(f, "{id}: {} = {:?} {:?}", node.aval, node.kind, node.operands)?;
        }
        write!(f, "-> {:?}", self.outputs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::kind::ReduceOp;
    use crate::ops::Op;

    fn input(graph: &mut Graph, index: u32) -> NodeId {
        let aval = Box::new(Aval::new([2, 3], DType::Float32));
        graph.add(Kind::Input { index, aval }, &[]).expect("an input")
    }

    #[test]
    fn equal_nodes_have_equal_ids() {
        let mut graph = Graph::new();
        let (x, y) = (input(&mut graph, 0), input(&mut graph, 1));
        let a = graph.add(Kind::Map { op: Op::Add }, &[x, y]).expect("add");
        assert_eq!(graph.add(Kind::Map { op: Op::Add }, &[x, y]), Ok(a));
        assert_ne!(graph.add(Kind::Map { op: Op::Add }, &[y, x]), Ok(a));
        assert_ne!(graph.append(Kind::Map { op: Op::Add }, &[x, y]), Ok(a));
    }

    #[test]
    fn misuse_is_found_at_birth() {
        let mut graph = Graph::new();
        let x = input(&mut graph, 0);
        let sum = graph.add(Kind::Reduce { op: ReduceOp::Sum, axes: [1].into_iter().collect() }, &[x]).expect("sum");
        let error = graph.add(Kind::Map { op: Op::Add }, &[x, sum]).expect_err("shapes differ");
        assert_eq!(error.message, "add: shapes differ: float32[2,3], float32[2]");
        let error = graph.add(Kind::Map { op: Op::BitwiseAnd }, &[x, x]).expect_err("floats");
        assert_eq!(error.kind, MisuseKind::DType);
    }
}
