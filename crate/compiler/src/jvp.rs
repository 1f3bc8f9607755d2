//! Directional derivatives: a graph that also gives tangents of results for tangents of inputs, graph to graph.
//!
//! One sweep from the inputs to the results: a map's tangent is the sum of its partial derivatives times the operands' tangents, what is
//! linear works on tangents as it works on values, and the rest has formulas beside those of `vjp` (`select`, `loops`). The conventions
//! at kinks are the same, so that both are transposes of each other.

use crate::assemble::{Assembly, Made, refuse};
use crate::graph::{Graph, Node, NodeId, Operands};
use crate::kind::{CombineOp, Derivative, Kind, Misuse, MisuseKind, ReduceOp};
use crate::loops::Pushed;
use crate::ops::Op;
use crate::vjp::{copy_inputs, wanted};

/// The results and their tangents, as a graph. Its inputs are those of the graph and then one tangent for each of the inputs `wrt`; its
/// results are those of the graph and then one tangent for each of them, 0 where nothing changes (integers and bool included).
///
/// # Errors
/// When an input is not there or not a float.
pub fn jvp(graph: &Graph, wrt: &[u32]) -> Result<Graph, Misuse> {
    let mut a = Assembly::default();
    let operands = copy_inputs(&mut a, graph)?;
    wanted("jvp", graph, wrt)?;
    let mut tangents = vec![None; operands.len()];
    for (at, index) in wrt.iter().enumerate() {
        let x = operands[*index as usize];
        let aval = a.aval(x).clone();
        let tangent = a.input(operands.len() + at, &aval)?;
        tangents[*index as usize] = Some(a.plus(tangents[*index as usize], tangent)?);
    }
    let (mut outputs, rates) = pushforward(&mut a, graph, &operands, &tangents)?;
    for (at, rate) in rates.into_iter().enumerate() {
        outputs.push(match rate {
            Some(rate) => rate,
            None => a.full_like(0.0, outputs[at])?,
        });
    }
    Ok(a.finish(&outputs))
}

/// Appends a graph on these operands with these tangents (`None` is 0); gives results and their tangents.
pub(crate) fn pushforward(
    a: &mut Assembly,
    graph: &Graph,
    operands: &[NodeId],
    tangents: &[Option<NodeId>],
) -> Made<(Vec<NodeId>, Vec<Option<NodeId>>)> {
    let live = graph.live();
    let mut ids: Vec<NodeId> = Vec::with_capacity(graph.len());
    let mut rates: Vec<Option<NodeId>> = Vec::with_capacity(graph.len());
    // A loop's results share one loop. Looked up, never iterated.
    let mut loops = crate::loops::Known::default();
    for (id, node) in graph.nodes() {
        if !live[id.index()] {
            ids.push(NodeId(u32::MAX));
            rates.push(None);
            continue;
        }
        let on: Operands = node.operands.iter().map(|x| ids[x.index()]).collect();
        let of: Vec<Option<NodeId>> = node.operands.iter().map(|x| rates[x.index()]).collect();
        let moves = of.iter().any(Option::is_some);
        let (value, rate) = match &node.kind {
            Kind::Input { index, .. } => (operands[*index as usize], tangents[*index as usize]),
            Kind::Call { rule: Derivative::Stop, .. } => (a.add(node.kind.clone(), &on)?, None),
            Kind::Call { body, output, .. } if moves => {
                let (values, rates) = pushforward(a, body, &on, &of)?;
                (values[*output as usize], rates[*output as usize])
            }
            Kind::Loop { body, length, carries, output } if moves => {
                let pushed =
                    loops.entry(&node.kind, &on, || Pushed::of(a, body, length, *carries as usize, &on, &of))?;
                pushed.result(a, *output as usize)?
            }
            kind => {
                let y = a.add(kind.clone(), &on)?;
                let moves = moves && node.aval.dtype.is_float() && kind.facts().differentiable;
                let rate = if moves { rate(a, node, &on, y, &of)? } else { None };
                (y, rate)
            }
        };
        ids.push(value);
        rates.push(rate);
    }
    let results = graph.outputs();
    Ok((results.iter().map(|x| ids[x.index()]).collect(), results.iter().map(|x| rates[x.index()]).collect()))
}

/// The tangent of a node. `on` are the operands and `y` the node in the new graph, `of` the operands' tangents.
fn rate(a: &mut Assembly, node: &Node, on: &[NodeId], y: NodeId, of: &[Option<NodeId>]) -> Made<Option<NodeId>> {
    let first = of[0];
    Ok(match &node.kind {
        Kind::Map { op } => {
            let mut sum = None;
            for (at, tangent) in of.iter().enumerate() {
                if let Some(tangent) = tangent
                    && let Some(partial) = a.partial(*op, at, on, y)
                {
                    let part = a.times(*tangent, &partial)?;
                    sum = Some(a.plus(sum, part)?);
                }
            }
            sum
        }
        Kind::Cast { to } => match first {
            Some(tangent) => Some(a.cast(tangent, *to)?),
            None => None,
        },
        Kind::Reduce { op, axes } => {
            let Some(tangent) = first else { return Ok(None) };
            match op {
                ReduceOp::Sum => Some(a.reduce(ReduceOp::Sum, tangent, axes.clone())?),
                ReduceOp::Prod => {
                    let others = a.products_of_others(on[0], axes)?;
                    let parts = a.map(Op::Mul, &[tangent, others])?;
                    Some(a.reduce(ReduceOp::Sum, parts, axes.clone())?)
                }
                ReduceOp::Max | ReduceOp::Min => {
                    let (ties, count) = a.ties(on[0], y, axes)?;
                    let parts = a.masked(ties, tangent)?;
                    let sum = a.reduce(ReduceOp::Sum, parts, axes.clone())?;
                    Some(a.divide_by_count(sum, count)?)
                }
                ReduceOp::Any | ReduceOp::All | ReduceOp::ArgMax | ReduceOp::ArgMin => None,
            }
        }
        Kind::Scan { .. } if on.len() == 2 => {
            return refuse(
                MisuseKind::Argument,
                "jvp: a scan with starts has no tangent",
                "Write it as a scan of pairs.",
            );
        }
        Kind::Scan { op, axis, reverse } => {
            let Some(tangent) = first else { return Ok(None) };
            Some(match op {
                CombineOp::Add | CombineOp::Set => a.scan(CombineOp::Add, tangent, *axis, *reverse)?,
                CombineOp::Mul => a.push_products(on[0], y, tangent, *axis, *reverse)?,
                CombineOp::Max | CombineOp::Min => a.push_extremes(y, tangent, *axis, *reverse)?,
                CombineOp::LogAddExp => a.push_log_sums(on[0], y, tangent, *axis, *reverse)?,
            })
        }
        // Padding surrounds with what does not change.
        Kind::View(crate::kind::View::Pad { low, high, .. }) => match first {
            Some(tangent) => Some(a.pad(tangent, low, high)?),
            None => None,
        },
        Kind::View(_) | Kind::Barrier { .. } => match first {
            Some(tangent) => Some(a.add(node.kind.clone(), &[tangent])?),
            None => None,
        },
        Kind::Gather { .. } => match first {
            Some(tangent) => Some(a.add(node.kind.clone(), &[tangent, on[1]])?),
            None => None,
        },
        Kind::Dot { .. } | Kind::Conv { .. } => {
            let mut sum = None;
            if let Some(left) = of[0] {
                sum = Some(a.add(node.kind.clone(), &[left, on[1]])?);
            }
            if let Some(right) = of[1] {
                let part = a.add(node.kind.clone(), &[on[0], right])?;
                sum = Some(a.plus(sum, part)?);
            }
            sum
        }
        Kind::Scatter { axis, op } => Some(a.push_scatter(*axis, *op, on, y, [of[0], of[2]])?),
        Kind::Concatenate { .. } => {
            let mut parts = Operands::new();
            for (x, tangent) in on.iter().zip(of) {
                parts.push(match tangent {
                    Some(tangent) => *tangent,
                    None => a.full_like(0.0, *x)?,
                });
            }
            Some(a.add(node.kind.clone(), &parts)?)
        }
        // Calls and loops have tangents of their own results; the caller asks for no others.
        kind => unreachable!("{} has no tangent of its own", kind.name()),
    })
}
