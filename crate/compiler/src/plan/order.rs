//! The order in which kernels run.
//!
//! Fusion gives kernels as late as their users allow, which is right for what makes memory (a value that is computed again is computed
//! when it is needed) and wrong for what frees it: the gradients of all weights would come last, and keep every activation alive. So a
//! kernel runs as soon as it can where that leaves no more temporary memory in use than before, and in its turn otherwise. Linear in
//! the bindings.

use super::{NodeId, source};
use crate::graph::Graph;
use crate::kernel::{Access, Binding, FusedKernel};
use std::collections::VecDeque;

/// What of a value's life is left.
#[derive(Clone, Default)]
struct Life {
    bytes: i64,
    /// Kernels that read it, by position.
    readers: Vec<usize>,
    /// How many of them have not run.
    waiting: usize,
}

/// Positions of the kernels in the order to run them. Results (`outputs`) have memory of their own.
pub(super) fn order(graph: &Graph, kernels: &[FusedKernel], outputs: &[NodeId]) -> Vec<usize> {
    let mut life: Vec<Life> = vec![Life::default(); graph.len()];
    let mut missing = vec![0usize; kernels.len()];
    let inside = |node: NodeId| source(graph, node).is_none();
    for (at, kernel) in kernels.iter().enumerate() {
        for (binding, id) in kernel.bindings().filter(|(_, id)| inside(*id)) {
            let life = &mut life[id.index()];
            match binding.access {
                Access::Read => {
                    life.readers.push(at);
                    life.waiting += 1;
                    missing[at] += 1;
                }
                // A size that is not known counts as one element: more is more.
                Access::Write => {
                    life.bytes = binding.len.as_const().unwrap_or(1) * binding.dtype.size_bytes() as i64;
                }
            }
        }
    }
    outputs.iter().for_each(|id| life[id.index()].bytes = 0);
    let mut done = vec![false; kernels.len()];
    let mut order = Vec::with_capacity(kernels.len());
    // Kernels about which something changed that may let them run before their turn.
    let mut changed: VecDeque<usize> = VecDeque::new();
    for turn in 0..kernels.len() {
        let mut next = Some(turn).filter(|at| !done[*at]);
        loop {
            let at = match (changed.pop_front(), next) {
                (Some(at), _) => {
                    if done[at] || missing[at] > 0 || growth(&kernels[at], &life, &inside) > 0 {
                        continue;
                    }
                    at
                }
                (None, Some(at)) => at,
                (None, None) => break,
            };
            next = next.filter(|turn| *turn != at);
            done[at] = true;
            order.push(at);
            for (binding, id) in kernels[at].bindings().filter(|(_, id)| inside(*id)) {
                let life = &mut life[id.index()];
                match binding.access {
                    Access::Read => {
                        life.waiting -= 1;
                        if life.waiting == 1 {
                            changed.extend(life.readers.iter().filter(|reader| !done[**reader]));
                        }
                    }
                    Access::Write => {
                        for reader in &life.readers {
                            missing[*reader] -= 1;
                            changed.push_back(*reader);
                        }
                    }
                }
            }
        }
    }
    order
}

/// How many bytes of temporaries more are in use after a kernel than before it.
fn growth(kernel: &FusedKernel, life: &[Life], inside: &dyn Fn(NodeId) -> bool) -> i64 {
    let of = |(binding, id): (&Binding, NodeId)| {
        let life = &life[id.index()];
        match binding.access {
            Access::Write => life.bytes,
            Access::Read if life.waiting == 1 => -life.bytes,
            Access::Read => 0,
        }
    };
    kernel.bindings().filter(|(_, id)| inside(*id)).map(of).sum()
}
