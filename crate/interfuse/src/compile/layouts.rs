//! Plans of one graph for the layouts of its arguments: which of them are in one block of memory, and where.
//!
//! Results that are carried from call to call are allocated in one block (`interfuse_compiler::sharing`). The call that gets them back can
//! bind the block once, which takes another plan; it is made for the first call of a layout, from the graph that was traced before.
//! What a call computes is the same with every plan; where a device refuses one of these, the first takes its place.

use super::refusal::Refusal;
use crate::device::{Buffer, Program};
use crate::error::Result;
use crate::pipeline;
use interfuse_compiler::sharing::Place;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Plans kept beside the first.
const KEPT: usize = 4;
/// Plans made in all: where every call has another layout, they are not worth one each.
const MADE: u32 = 32;

/// Where each argument of a call is among those of its block; empty when no two are in one block.
pub(super) type Layout = Vec<Option<Place>>;

/// The plan for a layout, and whether the device refused it.
struct Planned {
    layout: Layout,
    program: Rc<Program>,
    refused: Rc<Cell<bool>>,
}

/// See the head of this module.
pub(super) struct Layouts {
    refusal: Refusal,
    /// The most recent last.
    known: RefCell<Vec<Planned>>,
    made: Cell<u32>,
}

impl Layouts {
    /// None yet.
    pub(super) fn new(refusal: Refusal) -> Layouts {
        Layouts { refusal, known: RefCell::default(), made: Cell::new(0) }
    }

    /// The plan for the layout of these arguments; `None` where `first`, the plan that fits any, is the one.
    pub(super) fn fitting(
        &self,
        label: &str,
        inputs: &[Rc<Buffer>],
        first: &Rc<Program>,
    ) -> Result<Option<Rc<Program>>> {
        let layout = layout_of(inputs);
        if layout.is_empty() {
            return Ok(None);
        }
        let mut known = self.known.borrow_mut();
        if let Some(at) = known.iter().rposition(|planned| planned.layout == layout) {
            known[at..].rotate_left(1);
            drop(known);
            return Ok(self.latest());
        }
        if self.made.get() == MADE {
            return Ok(None);
        }
        self.made.set(self.made.get() + 1);
        let Refusal { graph, target, .. } = &self.refusal;
        let request = pipeline::request(graph, target, layout.clone());
        let plan = pipeline::compile(&request, &mut ())?.plan;
        let program = inputs[0].device.load(label, &request, plan.into())?;
        let (first, refused) = (first.clone(), Rc::new(Cell::new(false)));
        let (refusal, refuse, taken) = (self.refusal.clone(), refused.clone(), program.taken.clone());
        let instead = move |error| {
            refuse.set(true);
            // Browsers may say that they refuse this one before they say so of the first, whose kernels it may share.
            match first.taken.accepted.get() {
                true => Ok(first.plan.clone()),
                false => refusal.instead(&taken, error),
            }
        };
        program.device.device().instead(program.id, Box::new(instead));
        if known.len() == KEPT {
            known.remove(0);
        }
        known.push(Planned { layout, program: program.clone(), refused });
        Ok(Some(program))
    }

    /// The plan of the last call, if it was none of the first.
    pub(super) fn latest(&self) -> Option<Rc<Program>> {
        let known = self.known.borrow();
        known.last().filter(|planned| !planned.refused.get()).map(|planned| planned.program.clone())
    }
}

/// The layout of these arguments. Blocks are numbered as they are met.
pub(super) fn layout_of(inputs: &[Rc<Buffer>]) -> Layout {
    let mut blocks: Vec<(u64, u32)> = Vec::new();
    for (arena, _) in inputs.iter().filter_map(|input| input.arena) {
        match blocks.iter_mut().find(|(block, _)| *block == arena) {
            Some((_, count)) => *count += 1,
            None => blocks.push((arena, 1)),
        }
    }
    blocks.retain(|(_, count)| *count > 1);
    if blocks.is_empty() {
        return Vec::new();
    }
    let place = |(arena, offset): (u64, u64)| {
        let block = blocks.iter().position(|(block, _)| *block == arena)? as u32;
        Some(Place { block, offset })
    };
    inputs.iter().map(|input| input.arena.and_then(place)).collect()
}
