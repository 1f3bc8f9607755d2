//! Loops and calls under transforms.
//!
//! Their results are nodes of their own that share body and operands; a transform looks at all of them at once, as a group.
//!
//! *A loop backwards.* The loop forward also stacks what it carried into every step (but not what it carries unchanged). The loop
//! backward walks the stacks from the end: it carries the cotangents of what was carried, and each step pulls them back through the
//! body. *A loop forward* carries tangents beside values, *a batch of loops* is a loop of batches.

use crate::assemble::{Assembly, Made};
use crate::dim::Dim;
use crate::graph::{Graph, NodeId};
use crate::jvp::pushforward;
use crate::kind::{Derivative, Kind, ReduceOp};
use crate::shape::{Aval, Shape};
use crate::small::HashMap;
use crate::vjp::{self, Shares, pullback};
use crate::vmap::{self, Batched};
use std::sync::Arc;

/// Results of one call or loop.
pub(crate) struct Group {
    /// The kind, of result 0.
    pub(crate) kind: Kind,
    /// (node, which result), the first node first.
    pub(crate) members: Vec<(NodeId, usize)>,
    /// A loop's body that also stacks what a way back needs: the body, and the result that stacks a carry, by carry.
    saving: Option<(Arc<Graph>, Vec<Option<usize>>)>,
}

/// The calls and loops of a graph.
#[derive(Default)]
pub(crate) struct Groups {
    groups: Vec<Group>,
    of: HashMap<NodeId, usize>,
}

impl Groups {
    /// Those among the live nodes that take part.
    pub(crate) fn of(graph: &Graph, live: &[bool], active: &[bool]) -> Groups {
        let mut groups = Groups::default();
        // Looked up, never iterated.
        let mut known: HashMap<(Kind, &[NodeId]), usize> = HashMap::default();
        for (id, node) in graph.nodes().filter(|(id, _)| live[id.index()] && active[id.index()]) {
            let Some((kind, output)) = first_result(&node.kind) else { continue };
            let next = groups.groups.len();
            let at = *known.entry((kind.clone(), &node.operands)).or_insert(next);
            if at == next {
                let saving = match &kind {
                    Kind::Loop { body, carries, .. } => Some(saving(body, *carries as usize)),
                    _ => None,
                };
                groups.groups.push(Group { kind, members: Vec::new(), saving });
            }
            groups.groups[at].members.push((id, output));
            groups.of.insert(id, at);
        }
        groups
    }

    /// The kind that a node is copied as: loops that take part stack what they carry.
    pub(crate) fn kept_kind(&self, id: NodeId, kind: &Kind) -> Kind {
        let saving = self.of.get(&id).and_then(|at| self.groups[*at].saving.as_ref());
        match (kind, saving) {
            (Kind::Loop { length, carries, output, .. }, Some((body, _))) => {
                Kind::Loop { body: body.clone(), length: length.clone(), carries: *carries, output: *output }
            }
            _ => kind.clone(),
        }
    }

    /// The group whose first member this is; walks from the end meet it when they have met all members.
    pub(crate) fn led_by(&self, id: NodeId) -> Option<Option<&Group>> {
        let group = &self.groups[*self.of.get(&id)?];
        Some((group.members[0].0 == id).then_some(group))
    }
}

/// A call or loop as the kind of its first result, and which result it is.
fn first_result(kind: &Kind) -> Option<(Kind, usize)> {
    match kind {
        Kind::Call { body, rule, output } => {
            Some((Kind::Call { body: body.clone(), rule: rule.clone(), output: 0 }, *output as usize))
        }
        Kind::Loop { body, length, carries, output } => {
            let (body, length, carries) = (body.clone(), length.clone(), *carries);
            Some((Kind::Loop { body, length, carries, output: 0 }, *output as usize))
        }
        _ => None,
    }
}

impl Group {
    /// The cotangents of all results of the body.
    pub(crate) fn cts(&self, collected: &[Option<NodeId>]) -> Vec<Option<NodeId>> {
        let body = self.kind.bodies().next().expect("calls and loops have a body");
        let mut cts = vec![None; body.outputs().len()];
        for (id, output) in &self.members {
            cts[*output] = collected[id.index()];
        }
        cts
    }

    /// Cotangents of the operands for those of the results.
    pub(crate) fn pull(&self, a: &mut Assembly, on: &[NodeId], want: &[bool], cts: &[Option<NodeId>]) -> Made<Shares> {
        match &self.kind {
            Kind::Call { body, rule, .. } => pull_call(a, &self.kind, body, rule, on, want, cts),
            _ => self.pull_loop(a, on, want, cts),
        }
    }
}

fn pull_call(
    a: &mut Assembly,
    kind: &Kind,
    body: &Graph,
    rule: &Derivative,
    on: &[NodeId],
    want: &[bool],
    cts: &[Option<NodeId>],
) -> Made<Shares> {
    let backward = match rule {
        Derivative::Stop => return Ok(Shares::from_elem(None, on.len())),
        Derivative::Body => return Ok(pullback(a, body, on, want, cts)?.inputs.into_iter().take(on.len()).collect()),
        Derivative::Recompute => {
            // The second computation of the body starts behind barriers, so that nothing finds the first one equal to it.
            let region = a.graph.len() as u32;
            let fresh = on.iter().map(|x| a.add(Kind::Barrier { region }, &[*x])).collect::<Made<Vec<_>>>()?;
            return Ok(pullback(a, body, &fresh, want, cts)?.inputs.into_iter().take(on.len()).collect());
        }
        Derivative::Custom(backward) => backward,
    };
    let mut inputs = on.to_vec();
    for output in 0..cts.len() {
        inputs.push(a.add(with_output(kind, output), on)?);
    }
    for (at, ct) in cts.iter().enumerate() {
        let y = inputs[on.len() + at];
        inputs.push(match ct {
            Some(ct) => *ct,
            None => a.full_like(0.0, y)?,
        });
    }
    let given = splice(a, backward, &inputs)?;
    Ok((0..on.len()).map(|at| given.get(at).copied().filter(|_| want[at])).collect())
}

/// The same call or loop for another result.
fn with_output(kind: &Kind, output: usize) -> Kind {
    let mut kind = kind.clone();
    if let Kind::Call { output: of, .. } | Kind::Loop { output: of, .. } = &mut kind {
        *of = output as u32;
    }
    kind
}

/// Appends a graph on these operands.
pub(crate) fn splice(a: &mut Assembly, graph: &Graph, operands: &[NodeId]) -> Made<Vec<NodeId>> {
    let live = graph.live();
    let mut ids: Vec<NodeId> = Vec::with_capacity(graph.len());
    for (id, node) in graph.nodes() {
        ids.push(match &node.kind {
            _ if !live[id.index()] => NodeId(u32::MAX),
            Kind::Input { index, .. } => operands[*index as usize],
            kind => {
                let on: Vec<NodeId> = node.operands.iter().map(|x| ids[x.index()]).collect();
                a.add(kind.clone(), &on)?
            }
        });
    }
    Ok(graph.outputs().iter().map(|output| ids[output.index()]).collect())
}

/// The input node of a body at a position, if the body reads it.
fn input_of(body: &Graph, index: usize) -> Option<NodeId> {
    let of = |kind: &Kind| matches!(kind, Kind::Input { index: at, .. } if *at as usize == index);
    body.nodes().find(|(_, node)| of(&node.kind)).map(|(id, _)| id)
}

/// Does a loop carry this on as it is?
fn is_invariant(body: &Graph, carry: usize) -> bool {
    input_of(body, carry).is_some_and(|id| body.outputs()[carry] == id)
}

/// The body that also gives what it was carried, as further results, where the body reads it and changes it.
fn saving(body: &Graph, carries: usize) -> (Arc<Graph>, Vec<Option<usize>>) {
    let mut outputs = body.outputs().to_vec();
    let stacked = (0..carries)
        .map(|carry| {
            let input = input_of(body, carry).filter(|_| !is_invariant(body, carry))?;
            outputs.push(input);
            Some(outputs.len() - 1)
        })
        .collect();
    let mut saving = body.clone();
    saving.set_outputs(&outputs);
    (Arc::new(saving), stacked)
}

/// Which operands of a loop matter (a carry also when it comes to depend on one), and which results depend on them.
pub(crate) fn activity(body: &Graph, carries: usize, operands: &[bool]) -> (Vec<bool>, Vec<bool>) {
    let mut inputs = operands.to_vec();
    loop {
        let active = vjp::activity(body, &inputs);
        let outputs: Vec<bool> = body.outputs().iter().map(|id| active[id.index()]).collect();
        let grown = (0..carries).filter(|carry| outputs[*carry] && !inputs[*carry]).count();
        if grown == 0 {
            // A carry of no rounds is its operand.
            let reached = |(at, on): (usize, &bool)| *on || at < carries && inputs[at];
            return (inputs.clone(), outputs.iter().enumerate().map(reached).collect());
        }
        (0..carries).for_each(|carry| inputs[carry] |= outputs[carry]);
    }
}

/// Shape and dtype of one step's slice of what a loop walks over.
fn slice_aval(stack: &Aval) -> Aval {
    Aval { shape: stack.shape.dims()[1..].iter().cloned().collect(), dtype: stack.dtype }
}

impl Group {
    fn pull_loop(&self, a: &mut Assembly, on: &[NodeId], want: &[bool], cts: &[Option<NodeId>]) -> Made<Shares> {
        let Kind::Loop { body, length, carries, .. } = &self.kind else { unreachable!("a loop") };
        let carries = *carries as usize;
        let (stacking, stacks) = self.saving.as_ref().expect("loops that take part stack");
        let active = activity(body, carries, want).0;
        let read = |at: usize| input_of(body, at).is_some();
        let of: Vec<Aval> = on.iter().map(|x| a.aval(*x).clone()).collect();
        let step_aval = |at: usize| if at < carries { of[at].clone() } else { slice_aval(&of[at]) };

        // Inputs of the body backward: carried cotangents, what is carried unchanged, stacks. With where each comes from.
        let mut b = Assembly::default();
        let (mut starts, mut flipped): (Vec<NodeId>, Vec<NodeId>) = (Vec::new(), Vec::new());
        let mut values = vec![NodeId(u32::MAX); on.len()];
        let mut body_cts: Vec<Option<NodeId>> = vec![None; cts.len()];
        let moving: Vec<usize> = (0..carries).filter(|at| active[*at]).collect();
        for carry in &moving {
            body_cts[*carry] = Some(b.input(starts.len(), &of[*carry])?);
            starts.push(match cts[*carry] {
                Some(ct) => ct,
                None => a.full_like(0.0, on[*carry])?,
            });
        }
        let fixed: Vec<usize> = (0..carries).filter(|at| read(*at) && is_invariant(body, *at)).collect();
        for carry in &fixed {
            values[*carry] = b.input(starts.len(), &of[*carry])?;
            starts.push(on[*carry]);
        }
        let carried = starts.len();
        let mut walk = |a: &mut Assembly, b: &mut Assembly, stack: NodeId, aval: &Aval| {
            let input = b.input(carried + flipped.len(), aval)?;
            flipped.push(a.flip(stack, 0)?);
            Made::Ok(input)
        };
        for at in (0..on.len()).filter(|at| read(*at)) {
            if fixed.contains(&at) {
                continue;
            }
            let stack = match stacks.get(at) {
                Some(Some(output)) => {
                    let (body, length) = (stacking.clone(), length.clone());
                    a.add(Kind::Loop { body, length, carries: carries as u32, output: *output as u32 }, on)?
                }
                _ => on[at],
            };
            values[at] = walk(a, &mut b, stack, &step_aval(at))?;
        }
        for (output, ct) in cts.iter().enumerate().skip(carries) {
            if let Some(ct) = ct {
                let aval = slice_aval(a.aval(*ct));
                body_cts[output] = Some(walk(a, &mut b, *ct, &aval)?);
            }
        }

        let pulled = pullback(&mut b, body, &values, &active, &body_cts)?;
        let mut outputs = Vec::new();
        let share = |b: &mut Assembly, at: usize| match pulled.inputs[at] {
            Some(ct) => Made::Ok(ct),
            None => {
                let Aval { shape, dtype } = step_aval(at);
                b.full(0.0, &shape, dtype)
            }
        };
        for carry in &moving {
            outputs.push(share(&mut b, *carry)?);
        }
        outputs.extend(fixed.iter().map(|carry| values[*carry]));
        let walked: Vec<usize> = (carries..on.len()).filter(|at| active[*at] && want[*at]).collect();
        for at in &walked {
            outputs.push(share(&mut b, *at)?);
        }
        let backward = Arc::new(b.finish(&outputs));
        let operands: Vec<NodeId> = starts.into_iter().chain(flipped).collect();
        let (backward, operands) = without_unread(&backward, carried, operands);
        let result = |a: &mut Assembly, output: usize| {
            let (body, length) = (backward.clone(), length.clone());
            a.add(Kind::Loop { body, length, carries: carried as u32, output: output as u32 }, &operands)
        };
        let mut shares = Shares::from_elem(None, on.len());
        for (output, at) in moving.iter().enumerate().filter(|(_, at)| want[**at]) {
            shares[*at] = Some(result(a, output)?);
        }
        for (output, at) in walked.iter().enumerate() {
            let stacked = result(a, carried + output)?;
            shares[*at] = Some(a.flip(stacked, 0)?);
        }
        Ok(shares)
    }
}

/// A loop's body and operands without stacks that the body does not read.
fn without_unread(body: &Arc<Graph>, carries: usize, operands: Vec<NodeId>) -> (Arc<Graph>, Vec<NodeId>) {
    let live = body.live();
    let kept: Vec<usize> = (0..operands.len())
        .filter(|at| *at < carries || input_of(body, *at).is_some_and(|id| live[id.index()]))
        .collect();
    if kept.len() == operands.len() {
        return (body.clone(), operands);
    }
    let mut a = Assembly::default();
    let mut inputs = vec![NodeId(u32::MAX); operands.len()];
    for (new, old) in kept.iter().enumerate() {
        if let Some(id) = input_of(body, *old) {
            inputs[*old] = a.input(new, body.aval(id)).expect("inputs are legal");
        }
    }
    let outputs = splice(&mut a, body, &inputs).expect("a legal graph is legal again");
    (Arc::new(a.finish(&outputs)), kept.iter().map(|at| operands[*at]).collect())
}

/// Results and tangents of a loop: pairs for the results asked for, by position in the body.
pub(crate) struct Pushed {
    kind: Kind,
    operands: Vec<NodeId>,
    /// By result of the old body: the results of the new one that hold its value and its tangent.
    at: Vec<(usize, Option<usize>)>,
}

impl Pushed {
    /// A loop that computes tangents beside values.
    pub(crate) fn of(
        a: &mut Assembly,
        body: &Graph,
        length: &Dim,
        carries: usize,
        on: &[NodeId],
        tangents: &[Option<NodeId>],
    ) -> Made<Pushed> {
        let given: Vec<bool> = tangents.iter().map(Option::is_some).collect();
        let (active, reached) = activity(body, carries, &given);
        let mut b = Assembly::default();
        let mut operands: Vec<NodeId> = Vec::new();
        let (mut values, mut rates): (Vec<NodeId>, Vec<Option<NodeId>>) =
            (vec![NodeId(u32::MAX); on.len()], vec![None; on.len()]);
        for range in [0..carries, carries..on.len()] {
            let is_carry = range.start == 0 && carries > 0;
            for at in range.clone() {
                let aval = if is_carry { a.aval(on[at]).clone() } else { slice_aval(a.aval(on[at])) };
                values[at] = b.input(operands.len(), &aval)?;
                operands.push(on[at]);
            }
            for at in range.filter(|at| active[*at]) {
                let aval = b.aval(values[at]).clone();
                rates[at] = Some(b.input(operands.len(), &aval)?);
                operands.push(match tangents[at] {
                    Some(tangent) => tangent,
                    None => a.full_like(0.0, on[at])?,
                });
            }
        }
        let (results, result_rates) = pushforward(&mut b, body, &values, &rates)?;
        let mut outputs = Vec::new();
        let mut at = vec![(0, None); results.len()];
        for range in [0..carries, carries..results.len()] {
            for output in range.clone() {
                at[output].0 = outputs.len();
                outputs.push(results[output]);
            }
            for output in range.filter(|output| reached[*output]) {
                at[output].1 = Some(outputs.len());
                let zero = b.full_like(0.0, results[output])?;
                outputs.push(result_rates[output].unwrap_or(zero));
            }
        }
        let count = carries + active[..carries].iter().filter(|active| **active).count();
        let kind =
            Kind::Loop { body: Arc::new(b.finish(&outputs)), length: length.clone(), carries: count as u32, output: 0 };
        Ok(Pushed { kind, operands, at })
    }

    /// One result and its tangent.
    pub(crate) fn result(&self, a: &mut Assembly, output: usize) -> Made<(NodeId, Option<NodeId>)> {
        let (value, rate) = self.at[output];
        let value = a.add(with_output(&self.kind, value), &self.operands)?;
        let rate = match rate {
            Some(rate) => Some(a.add(with_output(&self.kind, rate), &self.operands)?),
            None => None,
        };
        Ok((value, rate))
    }
}

/// A batch of loops: one loop whose body works on batches. Gives one result.
pub(crate) fn batch_loop(
    a: &mut Assembly,
    size: &Dim,
    (body, length, carries, output): (&Graph, &Dim, usize, usize),
    on: &[Batched],
) -> Made<Batched> {
    let mut flags: Vec<bool> = on.iter().map(|x| x.batched).collect();
    let (body, results) = loop {
        let mut b = Assembly::default();
        let mut inputs = Vec::new();
        for (at, x) in on.iter().enumerate() {
            let mut shape = a.shape(x.id);
            if x.batched {
                shape.0.remove(0);
            }
            if at >= carries {
                shape.0.remove(0);
            }
            if flags[at] {
                shape.0.insert(0, size.clone());
            }
            let id = b.input(at, &Aval { shape, dtype: a.dtype(x.id) })?;
            inputs.push(Batched { id, batched: flags[at] });
        }
        let mut results = vmap::batch(&mut b, body, &inputs, size)?;
        let grown = (0..carries).filter(|carry| results[*carry].batched && !flags[*carry]).count();
        if grown > 0 {
            (0..carries).for_each(|carry| flags[carry] |= results[carry].batched);
            continue;
        }
        for (result, flag) in results.iter_mut().zip(&flags).take(carries) {
            if *flag {
                *result = result.whole(&mut b, size)?;
            }
        }
        let outputs: Vec<NodeId> = results.iter().map(|x| x.id).collect();
        break (Arc::new(b.finish(&outputs)), results);
    };
    let mut operands = Vec::new();
    for (at, x) in on.iter().enumerate() {
        operands.push(match (at < carries, flags[at]) {
            (true, true) => x.whole(a, size)?.id,
            // Steps first, then the batch.
            (false, true) => a.move_axis(x.id, 0, 1)?,
            _ => x.id,
        });
    }
    let kind = Kind::Loop { body, length: length.clone(), carries: carries as u32, output: output as u32 };
    let y = a.add(kind, &operands)?;
    let batched = results[output].batched;
    Ok(Batched { id: if batched && output >= carries { a.move_axis(y, 1, 0)? } else { y }, batched })
}

/// A batch of calls: a call whose body, and whose rule, work on batches. Gives one result.
pub(crate) fn batch_call(
    a: &mut Assembly,
    size: &Dim,
    (body, rule, output): (&Graph, &Derivative, usize),
    on: &[Batched],
) -> Made<Batched> {
    let mut b = Assembly::default();
    let mut inputs = Vec::new();
    for (at, x) in on.iter().enumerate() {
        inputs.push(Batched { id: b.input(at, a.aval(x.id))?, batched: x.batched });
    }
    let mut outputs = Vec::new();
    for result in vmap::batch(&mut b, body, &inputs, size)? {
        outputs.push(result.whole(&mut b, size)?.id);
    }
    let body = Arc::new(b.finish(&outputs));
    let rule = match rule {
        Derivative::Body => Derivative::Body,
        Derivative::Stop => Derivative::Stop,
        Derivative::Recompute => Derivative::Recompute,
        Derivative::Custom(backward) => {
            let mut b = Assembly::default();
            let mut inputs = Vec::new();
            for (at, x) in on.iter().enumerate() {
                inputs.push(Batched { id: b.input(at, a.aval(x.id))?, batched: x.batched });
            }
            // Values, then cotangents of the results.
            for id in body.outputs().iter().chain(body.outputs()) {
                inputs.push(Batched { id: b.input(inputs.len(), body.aval(*id))?, batched: true });
            }
            let mut shares = Vec::new();
            for (at, share) in vmap::batch(&mut b, backward, &inputs, size)?.into_iter().enumerate() {
                let whole = share.whole(&mut b, size)?.id;
                // What all examples share gets the sum of what it is worth to each.
                let shared = !on[at].batched && b.dtype(whole).is_float();
                let first = Shape(b.shape(whole).0[1..].into());
                shares.push(match (shared, on[at].batched) {
                    (_, true) => whole,
                    (true, false) => b.reduce(ReduceOp::Sum, whole, [0].into_iter().collect())?,
                    (false, false) => b.full(0.0, &first, a.dtype(on[at].id))?,
                });
            }
            Derivative::Custom(Arc::new(b.finish(&shares)))
        }
    };
    let operands: Vec<NodeId> = on.iter().map(|x| x.id).collect();
    let id = a.add(Kind::Call { body, rule, output: output as u32 }, &operands)?;
    Ok(Batched { id, batched: true })
}

/// What was made of the calls and loops of a graph, by kind (of result 0) and operands.
#[derive(Default)]
pub(crate) struct Known {
    made: HashMap<(Kind, Vec<NodeId>), Pushed>,
}

impl Known {
    /// What was made before of the same loop, or what `make` makes.
    pub(crate) fn entry(&mut self, kind: &Kind, on: &[NodeId], make: impl FnOnce() -> Made<Pushed>) -> Made<&Pushed> {
        use hashbrown::hash_map::Entry;
        let first = first_result(kind).expect("a loop").0;
        Ok(match self.made.entry((first, on.to_vec())) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(empty) => empty.insert(make()?),
        })
    }
}
