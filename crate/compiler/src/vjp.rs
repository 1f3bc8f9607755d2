//! Gradients: a graph that also gives cotangents of inputs for cotangents of results, graph to graph.
//!
//! The forward nodes are copied, then one sweep from the results to the inputs collects what each node's cotangent is worth to its
//! operands: the partial derivative of a map's row times the cotangent, the transpose of a linear kind (`linear`), formulas for what is
//! neither (`select`), loops run backwards (`loops`). Only what an asked-for input reaches through floats takes part. The cost is that
//! of a constant number of nodes per node, whatever the depth; what recurses are bodies, which nest to a fixed depth.
//!
//! Conventions: ties of max and min share equally; `maximum` and `minimum` of equal operands go to the second; products with zeros are
//! exact; integers and bool have no gradient.

use crate::assemble::{Assembly, Made, refuse};
use crate::graph::{Graph, Node, NodeId, Operands};
use crate::kind::{CombineOp, Derivative, Kind, Misuse, MisuseKind, ReduceOp};
use crate::loops::{self, Groups};
use smallvec::{SmallVec, smallvec};

/// The results and the cotangents of the inputs `wrt`, as a graph. Its inputs are those of the graph and then one cotangent for each of
/// the results `of` (positions, all floats); its results are those of the graph and then one cotangent for each of `wrt`.
///
/// # Errors
/// When an input is not there or not a float, a result not a float, or a convolution cannot be transposed (symbolic channels in groups).
pub fn vjp(graph: &Graph, wrt: &[u32], of: &[u32]) -> Result<Graph, Misuse> {
    let mut a = Assembly::default();
    let inputs = graph.inputs();
    let operands = copy_inputs(&mut a, graph)?;
    let wanted = wanted("vjp", graph, wrt)?;
    let mut cts = vec![None; graph.outputs().len()];
    for (at, output) in of.iter().enumerate() {
        let Some(id) = graph.outputs().get(*output as usize) else {
            return refuse(MisuseKind::Argument, format!("vjp: there is no result {output}"), "");
        };
        let aval = graph.aval(*id);
        if !aval.dtype.is_float() {
            return refuse(MisuseKind::DType, format!("vjp: result {output} is {aval}, which has no gradient"), "");
        }
        let ct = a.input(inputs.len() + at, aval)?;
        cts[*output as usize] = Some(a.plus(cts[*output as usize], ct)?);
    }
    let pulled = pullback(&mut a, graph, &operands, &wanted, &cts)?;
    let mut outputs = pulled.outputs;
    append_gradients(&mut a, &mut outputs, &operands, &pulled.inputs, wrt)?;
    Ok(a.finish(&outputs))
}

/// The results and the gradients of result 0, a scalar, by the inputs `wrt`, as a graph. Its inputs are those of the graph; its results
/// are those of the graph and then one gradient for each of `wrt`.
///
/// # Errors
/// As [`vjp`]; and when result 0 is no scalar.
pub fn grad(graph: &Graph, wrt: &[u32]) -> Result<Graph, Misuse> {
    let mut a = Assembly::default();
    let operands = copy_inputs(&mut a, graph)?;
    let wanted = wanted("grad", graph, wrt)?;
    let first = graph.outputs().first().map(|id| graph.aval(*id));
    let Some(aval) = first.filter(|aval| aval.dtype.is_float() && aval.shape.rank() == 0) else {
        let shown = first.map_or("nothing".to_string(), |aval| aval.to_string());
        return refuse(MisuseKind::Shape, format!("grad: the result is {shown}, not a scalar of floats"), "Sum it.");
    };
    let mut cts = vec![None; graph.outputs().len()];
    cts[0] = Some(a.full(1.0, &aval.shape, aval.dtype)?);
    let pulled = pullback(&mut a, graph, &operands, &wanted, &cts)?;
    let mut outputs = pulled.outputs;
    append_gradients(&mut a, &mut outputs, &operands, &pulled.inputs, wrt)?;
    Ok(a.finish(&outputs))
}

/// Appends the cotangents of these inputs to the results, zeros where there is none.
fn append_gradients(
    a: &mut Assembly,
    outputs: &mut Vec<NodeId>,
    operands: &[NodeId],
    cts: &[Option<NodeId>],
    wrt: &[u32],
) -> Made<()> {
    for index in wrt {
        outputs.push(match cts[*index as usize] {
            Some(ct) => ct,
            None => a.full_like(0.0, operands[*index as usize])?,
        });
    }
    Ok(())
}

/// The inputs of a graph in a new one; the first node where a position is not read.
pub(crate) fn copy_inputs(a: &mut Assembly, graph: &Graph) -> Made<Vec<NodeId>> {
    let mut operands = Vec::new();
    for (index, aval) in graph.inputs().into_iter().enumerate() {
        operands.push(match aval {
            Some(aval) => a.input(index, aval)?,
            None => NodeId(0),
        });
    }
    Ok(operands)
}

/// Which inputs are asked for, by position.
pub(crate) fn wanted(op: &str, graph: &Graph, wrt: &[u32]) -> Made<Vec<bool>> {
    let inputs = graph.inputs();
    let mut wanted = vec![false; inputs.len()];
    for index in wrt {
        let Some(Some(aval)) = inputs.get(*index as usize) else {
            return refuse(MisuseKind::Argument, format!("{op}: there is no input {index}"), "");
        };
        if !aval.dtype.is_float() {
            let message = format!("{op}: input {index} is {aval}, which has no gradient");
            return refuse(MisuseKind::DType, message, "Only floats have one.");
        }
        wanted[*index as usize] = true;
    }
    Ok(wanted)
}

/// For each node, does it depend on one of these inputs in a way that has a derivative?
pub(crate) fn activity(graph: &Graph, wrt: &[bool]) -> Vec<bool> {
    let mut active: Vec<bool> = Vec::with_capacity(graph.len());
    for (_, node) in graph.nodes() {
        let reached = node.aval.dtype.is_float()
            && match &node.kind {
                Kind::Input { index, .. } => wrt.get(*index as usize).copied().unwrap_or(false),
                Kind::Call { rule: Derivative::Stop, .. } => false,
                Kind::Loop { body, carries, output, .. } => {
                    let of: Vec<bool> = node.operands.iter().map(|x| active[x.index()]).collect();
                    loops::activity(body, *carries as usize, &of).1[*output as usize]
                }
                kind => kind.facts().differentiable && node.operands.iter().any(|x| active[x.index()]),
            };
        active.push(reached);
    }
    active
}

/// What pulling back gave.
pub(crate) struct Pulled {
    /// The graph's results.
    pub(crate) outputs: Vec<NodeId>,
    /// The cotangents of its inputs, by position; `None` is zero.
    pub(crate) inputs: Vec<Option<NodeId>>,
}

/// Appends a graph on these operands and the way back: from cotangents of results to those of the operands that are asked for.
pub(crate) fn pullback(
    a: &mut Assembly,
    graph: &Graph,
    operands: &[NodeId],
    wrt: &[bool],
    cts: &[Option<NodeId>],
) -> Made<Pulled> {
    let (live, active) = (graph.live(), activity(graph, wrt));
    let groups = Groups::of(graph, &live, &active);
    let mut ids: Vec<NodeId> = Vec::with_capacity(graph.len());
    for (id, node) in graph.nodes() {
        // Never looked up: who uses a dead node is dead too.
        let mut copy = NodeId(u32::MAX);
        if live[id.index()] {
            let on: Operands = node.operands.iter().map(|x| ids[x.index()]).collect();
            copy = match &node.kind {
                Kind::Input { index, .. } => operands[*index as usize],
                kind => a.add(groups.kept_kind(id, kind), &on)?,
            };
        }
        ids.push(copy);
    }
    let mut collected: Vec<Option<NodeId>> = vec![None; graph.len()];
    for (output, ct) in graph.outputs().iter().zip(cts) {
        if let Some(ct) = ct
            && active[output.index()]
        {
            collected[output.index()] = Some(a.plus(collected[output.index()], *ct)?);
        }
    }
    let mut inputs = vec![None; wrt.len().max(operands.len())];
    for (id, node) in graph.nodes().rev() {
        let on: Operands = node.operands.iter().map(|x| if live[id.index()] { ids[x.index()] } else { *x }).collect();
        let want: SmallVec<[bool; 3]> = node.operands.iter().map(|x| active[x.index()]).collect();
        let shares = match groups.led_by(id) {
            // Its group comes with the first member, when the cotangents of all are known.
            Some(None) => continue,
            Some(Some(group)) => {
                let cts = group.cts(&collected);
                if cts.iter().all(Option::is_none) {
                    continue;
                }
                group.pull(a, &on, &want, &cts)?
            }
            None => {
                let Some(ct) = collected[id.index()] else { continue };
                if let Kind::Input { index, .. } = &node.kind {
                    inputs[*index as usize] = Some(a.plus(inputs[*index as usize], ct)?);
                    continue;
                }
                shares(a, node, &on, ids[id.index()], ct, &want)?
            }
        };
        for ((operand, share), want) in node.operands.iter().zip(shares).zip(want) {
            if let Some(share) = share
                && want
            {
                collected[operand.index()] = Some(a.plus(collected[operand.index()], share)?);
            }
        }
    }
    let outputs = graph.outputs().iter().map(|output| ids[output.index()]).collect();
    Ok(Pulled { outputs, inputs })
}

/// One cotangent per operand.
pub(crate) type Shares = SmallVec<[Option<NodeId>; 3]>;

/// What the cotangent of a node is worth to the operands that want it. `on` are the operands and `y` the node in the new graph.
fn shares(a: &mut Assembly, node: &Node, on: &[NodeId], y: NodeId, ct: NodeId, want: &[bool]) -> Made<Shares> {
    Ok(match &node.kind {
        Kind::Map { op } => {
            let mut shares = Shares::new();
            for (at, wanted) in want.iter().enumerate().take(on.len()) {
                let partial = if *wanted { a.partial(*op, at, on, y) } else { None };
                shares.push(match partial {
                    Some(partial) => Some(a.times(ct, &partial)?),
                    None => None,
                });
            }
            shares
        }
        Kind::Cast { .. } => {
            let dtype = a.dtype(on[0]);
            smallvec![Some(a.cast(ct, dtype)?)]
        }
        Kind::Reduce { op, axes } => {
            let shape = a.shape(on[0]);
            smallvec![match op {
                ReduceOp::Sum => Some(a.spread(ct, &shape, axes)?),
                ReduceOp::Prod => {
                    let others = a.products_of_others(on[0], axes)?;
                    let wide = a.spread(ct, &shape, axes)?;
                    Some(a.map(crate::ops::Op::Mul, &[wide, others])?)
                }
                ReduceOp::Max | ReduceOp::Min => {
                    let (ties, count) = a.ties(on[0], y, axes)?;
                    let share = a.divide_by_count(ct, count)?;
                    let wide = a.spread(share, &shape, axes)?;
                    Some(a.masked(ties, wide)?)
                }
                ReduceOp::Any | ReduceOp::All | ReduceOp::ArgMax | ReduceOp::ArgMin => None,
            }]
        }
        Kind::Scan { .. } if on.len() == 2 => {
            return refuse(
                MisuseKind::Argument,
                "vjp: a scan with starts has no gradient",
                "Write it as a scan of pairs.",
            );
        }
        Kind::Scan { op, axis, reverse } => {
            smallvec![Some(match op {
                CombineOp::Add | CombineOp::Set => a.scan(CombineOp::Add, ct, *axis, !*reverse)?,
                CombineOp::Mul => a.pull_products(on[0], y, ct, *axis, *reverse)?,
                CombineOp::Max | CombineOp::Min => a.pull_extremes(y, ct, *axis, *reverse)?,
                CombineOp::LogAddExp => a.pull_log_sums(on[0], y, ct, *axis, *reverse)?,
            })]
        }
        Kind::View(view) => {
            let shape = a.shape(on[0]);
            smallvec![Some(a.transpose_view(view, &shape, ct)?)]
        }
        Kind::Dot { axes } => {
            let mut shares: Shares = smallvec![None, None];
            for side in 0..2 {
                if want[side] {
                    let rank = a.rank(on[side]);
                    shares[side] = Some(a.transpose_dot(axes, side, on[1 - side], rank, ct)?);
                }
            }
            shares
        }
        Kind::Conv { geometry } => {
            let (input, kernel) = (a.shape(on[0]), a.shape(on[1]));
            let mut shares: Shares = smallvec![None, None];
            if want[0] {
                shares[0] = Some(a.transpose_conv_input(geometry, &input, on[1], ct)?);
            }
            if want[1] {
                shares[1] = Some(a.transpose_conv_kernel(geometry, on[0], &kernel, ct)?);
            }
            shares
        }
        Kind::Gather { axis } => {
            let shape = a.shape(on[0]);
            smallvec![Some(a.transpose_gather(*axis, &shape, on[1], ct)?), None]
        }
        Kind::Scatter { axis, op } => a.pull_scatter(*axis, *op, on, y, ct, want)?,
        Kind::Concatenate { axis } => {
            let mut start = crate::dim::Dim::ZERO;
            let mut shares = Shares::new();
            for (x, want) in on.iter().zip(want) {
                let length = a.dim(*x, *axis as usize);
                let part = if *want { Some(a.slice(ct, *axis as usize, start.clone(), &length)?) } else { None };
                start = start.add(&length);
                shares.push(part);
            }
            shares
        }
        Kind::Barrier { .. } => smallvec![Some(ct)],
        // Calls and loops are pulled back in groups; no activity goes through the rest.
        kind => unreachable!("{} has no derivative of its own", kind.name()),
    })
}

#[cfg(test)]
mod tests;
