//! The steps of loops: what a body runs stands in the plan once, and what it carries takes turns between two slots.

use super::Loop;
use super::slots::{Planner, Table, known, shown_as};
use crate::dim::Dim;
use crate::dtype::DType;
use crate::fuse::{Repeat, Stacked};
use crate::graph::{Graph, NodeId};
use crate::kind::Kind;

impl Planner {
    /// The steps of a loop: its body once, what it stacks, and which slots take turns.
    pub fn repeat(&mut self, graph: &Graph, repeat: Repeat, buffer_of: &mut Table, shown: NodeId) {
        let Repeat { body, fused, length, next, next_step, first_step, stacked, carried, operands } = repeat;
        // The number of the step, now and next.
        let step = self.alone(DType::Int32, Dim::ONE);
        let step_next = self.alone(DType::Int32, Dim::ONE);
        let map = shown_as(&first_step, shown);
        self.step(first_step, map, vec![step]);
        let mut inner: Table = vec![None; body.len()];
        for (id, node) in body.nodes() {
            if let Kind::Input { index, .. } = node.kind {
                let buffer = operands.get(index as usize).map_or(step, |operand| known(buffer_of, *operand));
                inner[id.index()] = Some(buffer);
            }
        }
        let mut turns = vec![(self.slot(step), self.slot(step_next))];
        inner[next_step.index()] = Some(step_next);
        for (operand, next) in operands.iter().zip(&next) {
            if let Some(next) = next {
                let aval = body.aval(*next);
                let other = self.alone(aval.dtype, aval.shape.size());
                turns.push((self.slot(known(buffer_of, *operand)), self.slot(other)));
                inner[next.index()] = Some(other);
            }
        }
        for (root, carry) in &carried {
            buffer_of[root.index()] = buffer_of[operands[*carry as usize].index()];
        }
        for Stacked { root, .. } in &stacked {
            if buffer_of[root.index()].is_none() {
                buffer_of[root.index()] = Some(self.temporary(graph, *root));
            }
        }
        for Stacked { slice, .. } in &stacked {
            inner[slice.index()] = Some(self.temporary(&body, *slice));
        }
        let (start, place) = (self.plan.steps.len() as u32, self.plan.loops.len());
        self.emit(&body, fused, &mut inner, Some(shown));
        for Stacked { root, slice, kernel } in stacked {
            let (whole, part) = (known(buffer_of, root), known(&inner, slice));
            if !kernel.grid_points().is(0) {
                let map = shown_as(&kernel, shown);
                self.step(kernel, map, vec![part, step, whole]);
            }
            self.free.push(self.slot(part));
        }
        let steps = start..self.plan.steps.len() as u32;
        self.plan.loops.insert(place, Loop { steps, times: length, turns });
    }
}
