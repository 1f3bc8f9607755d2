//! From nodes to graphs: what some nodes need, collected by a walk (with a list, never by recursion) and appended to a graph in the order
//! in which the program made it.

use crate::devtools::SourceId;
use crate::error::{Error, Result};
use crate::node::{Node, State, new_walk};
use crate::symbolic;
use interfuse_compiler::graph::{Graph, NodeId};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::small;
use smallvec::SmallVec;
use std::rc::Rc;

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
    pub sources: Vec<SourceId>,
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
