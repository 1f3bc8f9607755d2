//! What makes a graph legal, as numbered rules.
//!
//! Tests and debug builds run this after every pass. It looks at what is stored and trusts nothing: a pass that breaks a rule is
//! told by its number, the node and a sentence. It does not judge what a graph computes.

use crate::dim::{Atom, Dim};
use crate::graph::{Graph, Node, NodeId};
use crate::kind::{Derivative, Kind, SizeOf};
use crate::shape::{Aval, Shape};
use crate::small::HashMap;
use crate::text::{MAX_NESTING, print_node};
use std::fmt;

/// A rule of a legal graph. Its number is its position, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Rule {
    /// 1. Operands come before their users.
    OperandsFirst,
    /// 2. Results are nodes of the graph.
    OutputsExist,
    /// 3. Operands are what the kind takes.
    KindAccepts,
    /// 4. Shape and dtype are what the kind infers.
    AvalInferred,
    /// 5. Sizes depend on symbols only (never on coordinates or kernel values), and known ones are not negative.
    SizesAreSizes,
    /// 6. Inputs of one position have one shape and dtype; so have constants.
    LeavesAgree,
    /// 7. Origins are sorted, each once, at least one.
    OriginsSorted,
    /// 8. A body of a call or loop is a legal graph that closes over nothing: constants are handed to it. A derivative of its own takes
    ///    operands, results and cotangents, and gives what is worth each operand.
    BodyLegal,
    /// 9. Bodies nest at most 16 deep, so that what recurses into them stays shallow.
    NestingBounded,
    /// 10. After simplification no two nodes are equal.
    NodesDiffer,
    /// 11. After simplification every node is needed for a result.
    NodesLive,
}

impl Rule {
    /// All of them, in order.
    pub const ALL: [Rule; 11] = [
        Rule::OperandsFirst,
        Rule::OutputsExist,
        Rule::KindAccepts,
        Rule::AvalInferred,
        Rule::SizesAreSizes,
        Rule::LeavesAgree,
        Rule::OriginsSorted,
        Rule::BodyLegal,
        Rule::NestingBounded,
        Rule::NodesDiffer,
        Rule::NodesLive,
    ];

    /// From 1.
    pub fn number(self) -> usize {
        self as usize + 1
    }
}

/// How much a graph has been through.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// As traced or transformed: equal and dead nodes are legal.
    Traced,
    /// Simplified: they are not.
    Simplified,
}

/// A broken rule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// Which.
    pub rule: Rule,
    /// Where, if at a node.
    pub node: Option<NodeId>,
    /// How.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {} ({:?})", self.rule.number(), self.rule)?;
        if let Some(node) = self.node {
            write!(f, " at {node}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Violation {}

/// A rule that a message names by its number, from 1.
pub trait Numbered: Copy + fmt::Debug {
    /// The number.
    fn number(self) -> usize;
}

/// A broken rule of what has no nodes: of a kernel, or a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Broken<R> {
    /// Which.
    pub rule: R,
    /// How.
    pub message: String,
}

/// What the check of some rules says.
pub(crate) type Verdict<R> = Result<(), Broken<R>>;

pub(crate) fn broken<R>(rule: R, message: impl Into<String>) -> Verdict<R> {
    Err(Broken { rule, message: message.into() })
}

impl<R: Numbered> fmt::Display for Broken<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {} ({:?}): {}", self.rule.number(), self.rule, self.message)
    }
}

impl<R: Numbered> std::error::Error for Broken<R> {}

/// Checks every rule that holds at that stage, in order of the nodes.
pub fn verify(graph: &Graph, stage: Stage) -> Result<(), Violation> {
    verify_nested(graph, stage, 0)
}

fn verify_nested(graph: &Graph, stage: Stage, depth: usize) -> Result<(), Violation> {
    let broken = |rule, node, message: String| Err(Violation { rule, node, message });
    if depth > MAX_NESTING {
        return broken(Rule::NestingBounded, None, format!("bodies are nested more than {MAX_NESTING} deep"));
    }
    let mut leaves: HashMap<(bool, u32), &Aval> = HashMap::default();
    let mut known: HashMap<(&Kind, &[NodeId]), NodeId> = HashMap::default();
    for (id, node) in graph.nodes() {
        let broken =
            |rule, message: String| broken(rule, Some(id), format!("{message}, in `{}`", print_node(id, node)));
        if let Some(late) = node.operands.iter().find(|operand| **operand >= id) {
            return broken(Rule::OperandsFirst, format!("operand {late} does not come before {id}"));
        }
        // Before inference: rules of shapes compute with these numbers.
        if let Some(why) = node.kind_sizes() {
            return broken(Rule::SizesAreSizes, why);
        }
        let operands: Vec<&Aval> = node.operands.iter().map(|operand| graph.aval(*operand)).collect();
        match node.kind.infer(&operands) {
            Err(misuse) => return broken(Rule::KindAccepts, misuse.to_string()),
            Ok(aval) if aval != node.aval => {
                return broken(Rule::AvalInferred, format!("the kind gives {aval}, stored is {}", node.aval));
            }
            Ok(_) => {}
        }
        if let Some(why) = shape_is_bad(&node.aval.shape) {
            return broken(Rule::SizesAreSizes, why);
        }
        if let Kind::Input { index, aval } | Kind::Constant { index, aval } = &node.kind {
            let position = (matches!(node.kind, Kind::Input { .. }), *index);
            let first = leaves.entry(position).or_insert(aval);
            if **first != **aval {
                return broken(Rule::LeavesAgree, format!("the same position is {first} elsewhere"));
            }
        }
        if node.from.is_empty() || node.from.windows(2).any(|w| w[0] >= w[1]) {
            return broken(Rule::OriginsSorted, format!("origins are {:?}", node.from));
        }
        if let Some(why) = bodies_are_bad(&node.kind, &operands) {
            return broken(Rule::BodyLegal, why);
        }
        for body in node.kind.bodies() {
            match verify_nested(body, stage, depth + 1) {
                Ok(()) => {}
                // Its depth is the rule's own matter, not that of each body around it.
                Err(inner) if inner.rule == Rule::NestingBounded => return Err(inner),
                Err(inner) => return broken(Rule::BodyLegal, inner.to_string()),
            }
        }
        if stage == Stage::Simplified
            && let Some(first) = known.insert((&node.kind, &node.operands), id)
        {
            return broken(Rule::NodesDiffer, format!("equal to {first}"));
        }
    }
    for output in graph.outputs() {
        if output.index() >= graph.len() {
            return broken(Rule::OutputsExist, None, format!("result {output} is not among {} nodes", graph.len()));
        }
    }
    if stage == Stage::Simplified
        && let Some(dead) = graph.live().iter().position(|live| !live)
    {
        return broken(Rule::NodesLive, Some(NodeId(dead as u32)), "no result needs it".into());
    }
    Ok(())
}

impl Node {
    /// What is wrong with the sizes that the kind carries, if anything.
    fn kind_sizes(&self) -> Option<String> {
        let mut why = None;
        self.kind.sizes(&mut |dim, of| {
            let bad = || if of == SizeOf::Axis { size_is_bad(dim) } else { depends_on_kernel(dim) };
            why = why.take().or_else(bad);
        });
        why
    }
}

/// What is wrong with how bodies fit the node, if anything.
fn bodies_are_bad(kind: &Kind, operands: &[&Aval]) -> Option<String> {
    if kind.bodies().any(|body| body.constants() > 0) {
        return Some("a body has constants, which only the whole graph can have".into());
    }
    let Kind::Call { body, rule: Derivative::Custom(backward), .. } = kind else { return None };
    let results = || body.outputs().iter().map(|id| body.aval(*id));
    let given: Vec<&Aval> = operands.iter().copied().chain(results()).chain(results()).collect();
    (0..backward.outputs().len()).find_map(|at| match (backward.infer_call("custom", &given, at), operands.get(at)) {
        (Err(misuse), _) => Some(misuse.to_string()),
        (Ok(share), Some(operand)) if share == **operand => None,
        (Ok(share), _) => Some(format!("the derivative by operand {at} is {share}")),
    })
}

fn shape_is_bad(shape: &Shape) -> Option<String> {
    shape.dims().iter().find_map(size_is_bad)
}

fn size_is_bad(dim: &Dim) -> Option<String> {
    if dim.as_const().is_some_and(|size| size < 0) {
        return Some(format!("size {dim} is negative"));
    }
    depends_on_kernel(dim)
}

fn depends_on_kernel(dim: &Dim) -> Option<String> {
    if dim.as_const().is_some() {
        return None;
    }
    let mut foreign = false;
    dim.visit(&mut |atom| foreign |= matches!(atom, Atom::Coord(_) | Atom::Value(_)));
    foreign.then(|| format!("{dim} depends on a kernel"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::kind::ReduceOp;
    use crate::text::parse;
    use std::sync::Arc;

    /// The nodes of a listing, to be broken.
    fn parts(listing: &str) -> (Vec<Node>, Vec<NodeId>) {
        let graph = parse(listing).expect("a legal listing");
        (graph.nodes().map(|(_, node)| node.clone()).collect(), graph.outputs().to_vec())
    }

    fn broken_rule(nodes: Vec<Node>, outputs: Vec<NodeId>, stage: Stage) -> Rule {
        let graph = Graph::from_parts(nodes, outputs);
        verify(&graph, stage).expect_err("a broken graph").rule
    }

    const SUM: &str =
        "%0: float32[2,3] = input 0\n%1: float32[2] = sum %0 axes=[1]\n%2: float32[2] = exp %1\nreturn %2\n";

    #[test]
    fn each_rule_is_told_by_a_graph_that_breaks_it() {
        let mut told = Vec::new();
        let mut check = |rule, breaks: &dyn Fn(&mut Vec<Node>, &mut Vec<NodeId>)| {
            let (mut nodes, mut outputs) = parts(SUM);
            verify(&Graph::from_parts(nodes.clone(), outputs.clone()), Stage::Simplified).expect("legal before");
            breaks(&mut nodes, &mut outputs);
            assert_eq!(broken_rule(nodes, outputs, Stage::Simplified), rule);
            told.push(rule);
        };
        check(Rule::OperandsFirst, &|nodes, _| nodes[1].operands[0] = NodeId(1));
        check(Rule::OutputsExist, &|_, outputs| outputs.push(NodeId(3)));
        check(Rule::KindAccepts, &|nodes, _| {
            nodes[1].kind = Kind::Reduce { op: ReduceOp::Any, axes: [1].into_iter().collect() }
        });
        check(Rule::AvalInferred, &|nodes, _| nodes[2].aval.dtype = DType::Int32);
        check(Rule::SizesAreSizes, &|nodes, _| {
            nodes[0].kind = Kind::Input {
                index: 0,
                aval: Box::new(Aval::new(Shape([Dim::Const(-2)].into_iter().collect()), DType::Float32)),
            };
        });
        check(Rule::LeavesAgree, &|nodes, outputs| {
            let mut other = nodes[0].clone();
            other.aval.dtype = DType::Int32;
            other.kind = Kind::Input { index: 0, aval: Box::new(other.aval.clone()) };
            nodes.push(other);
            outputs.push(NodeId(3));
        });
        check(Rule::OriginsSorted, &|nodes, _| nodes[1].from = [4, 2].into_iter().collect());
        check(Rule::BodyLegal, &|nodes, outputs| {
            let (mut body, results) = parts(SUM);
            body[1].from.clear();
            let body = Arc::new(Graph::from_parts(body, results));
            let mut call = nodes[2].clone();
            call.operands[0] = NodeId(0);
            call.kind = Kind::Call { body, rule: crate::kind::Derivative::Body, output: 0 };
            nodes.push(call);
            outputs.push(NodeId(3));
        });
        check(Rule::NestingBounded, &|nodes, outputs| {
            let mut body = Graph::from_parts(nodes.clone(), outputs.clone());
            for _ in 0..=MAX_NESTING {
                let mut call = nodes[2].clone();
                call.operands[0] = NodeId(0);
                call.kind = Kind::Call { body: Arc::new(body), rule: crate::kind::Derivative::Body, output: 0 };
                body = Graph::from_parts(vec![nodes[0].clone(), call], vec![NodeId(1)]);
            }
            *nodes = body.nodes().map(|(_, node)| node.clone()).collect();
            *outputs = body.outputs().to_vec();
        });
        check(Rule::NodesDiffer, &|nodes, outputs| {
            nodes.push(nodes[2].clone());
            outputs.push(NodeId(3));
        });
        check(Rule::NodesLive, &|_, outputs| outputs[0] = NodeId(1));
        assert_eq!(told, Rule::ALL, "every rule has its graph");
    }

    #[test]
    fn sizes_of_a_graph_know_no_kernel() {
        let (mut nodes, outputs) = parts("%0: float32[] = size s0\nreturn %0\n");
        nodes[0].kind = Kind::Size { dim: Dim::coord(0), dtype: DType::Float32 };
        assert_eq!(broken_rule(nodes, outputs, Stage::Traced), Rule::SizesAreSizes);
    }

    #[test]
    fn a_traced_graph_may_repeat_itself() {
        let listing = "%0: float32[2] = input 0\n%1: float32[2] = exp %0\n%2: float32[2] = exp %0\nreturn %2\n";
        let graph = parse(listing).expect("legal");
        assert_eq!(verify(&graph, Stage::Traced), Ok(()));
        let broken = verify(&graph, Stage::Simplified).expect_err("equal nodes");
        assert_eq!(broken.to_string(), "rule 10 (NodesDiffer) at %2: equal to %1, in `%2: float32[2] = exp %0`");
    }
}
