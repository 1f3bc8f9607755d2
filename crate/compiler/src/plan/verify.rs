//! What makes a plan legal, as numbered rules.
//!
//! Debug builds and all tests run this on every plan that leaves the compiler. Steps are followed in the order in which devices run
//! them, loops twice around, with what every slot holds: so a value that is overwritten before its last reader is told, however it
//! came to share a slot.

use super::{Buffer, Loop, Plan, Step, Storage, check};
use crate::dim::Dim;
use crate::kernel::verify::verify_kernel;
use crate::kernel::{Access, Binding, NodeMap};
use crate::sharing::{ALIGNMENT, Place};
use crate::target::Target;
use crate::verify::{Broken, Numbered, Verdict, broken};

/// A rule of a legal plan. Its number is its position, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Rule {
    /// 1. Every kernel is legal.
    KernelsLegal,
    /// 2. A step has a buffer for every binding of its kernel, of the binding's dtype and length; arguments, captured tensors and slots
    ///    are there.
    BuffersFit,
    /// 3. A slot has room for every buffer in it.
    SlotsFit,
    /// 4. Loops lie within each other or apart, outer ones first; slots that take turns are of one size, have one buffer each, and take
    ///    turns once.
    LoopsNest,
    /// 5. No step writes an argument or a captured tensor, nor memory that it reads or writes as another buffer.
    WritesApart,
    /// 6. What is read was written before.
    WrittenBeforeRead,
    /// 7. What is read was not overwritten since, in the next turn of a loop either.
    SlotsDisjoint,
    /// 8. Results are arguments, captured tensors or outputs that were written, of the dtype and, where it is known, the length that
    ///    the call returns.
    OutputsWritten,
    /// 9. What lies in one block of memory are outputs, apart from each other and aligned; what a kernel binds as one block lies in one.
    ArenasFit,
    /// 10. On a GPU no kernel is over the target's limits.
    WithinLimits,
}

impl Rule {
    /// All of them, in order.
    pub const ALL: [Rule; 10] = [
        Rule::KernelsLegal,
        Rule::BuffersFit,
        Rule::SlotsFit,
        Rule::LoopsNest,
        Rule::WritesApart,
        Rule::WrittenBeforeRead,
        Rule::SlotsDisjoint,
        Rule::OutputsWritten,
        Rule::ArenasFit,
        Rule::WithinLimits,
    ];
}

impl Numbered for Rule {
    fn number(self) -> usize {
        self as usize + 1
    }
}

/// A broken rule.
pub type Violation = Broken<Rule>;

/// Checks every rule; `maps` say what the steps compute, for messages.
///
/// # Errors
/// The first rule that is broken.
pub fn verify_plan(plan: &Plan, maps: &[NodeMap], target: &Target) -> Result<(), Violation> {
    for (at, step) in plan.steps.iter().enumerate() {
        if let Err(wrong) = verify_kernel(&step.kernel) {
            return broken(Rule::KernelsLegal, format!("step {at}: {wrong}\n{}", step.kernel));
        }
    }
    buffers_fit(plan)?;
    loops_nest(plan)?;
    writes_apart(plan)?;
    let mut memory = Memory::of(plan);
    memory.follow(0, plan.steps.len() as u32, 0)?;
    outputs_written(plan, &memory)?;
    arenas_fit(plan)?;
    if target.rewrites.is_some()
        && let Err(misuse) = check(plan, maps, target)
    {
        return broken(Rule::WithinLimits, misuse.message);
    }
    Ok(())
}

fn buffers_fit(plan: &Plan) -> Verdict<Rule> {
    for (at, step) in plan.steps.iter().enumerate() {
        let bindings = &step.kernel.bindings;
        let fits = |(buffer, binding): (&u32, &Binding)| {
            plan.buffers.get(*buffer as usize).is_some_and(|b| b.dtype == binding.dtype && b.len == binding.len)
        };
        if step.buffers.len() != bindings.len() || !step.buffers.iter().zip(bindings).all(fits) {
            return broken(Rule::BuffersFit, format!("step {at} ({}) binds other buffers", step.kernel.name));
        }
    }
    for (at, buffer) in plan.buffers.iter().enumerate() {
        let is_there = match buffer.storage {
            Storage::Input(index) => index < plan.inputs,
            Storage::Constant(index) => index < plan.constants,
            Storage::Temporary(slot) => (slot as usize) < plan.slots.len(),
            Storage::Output => true,
        };
        if !is_there {
            return broken(Rule::BuffersFit, format!("{:?} of buffer {at} is not there", buffer.storage));
        }
        if let Storage::Temporary(slot) = buffer.storage {
            let (room, wanted) = (&plan.slots[slot as usize], buffer.bytes());
            let fits = match (room.as_const(), wanted.as_const()) {
                (Some(room), Some(wanted)) => room >= wanted,
                _ => *room == wanted,
            };
            if !fits {
                return broken(Rule::SlotsFit, format!("buffer {at} takes {wanted} bytes, slot {slot} has {room}"));
            }
        }
    }
    Ok(())
}

fn loops_nest(plan: &Plan) -> Verdict<Rule> {
    let count = plan.steps.len() as u32;
    for (at, one) in plan.loops.iter().enumerate() {
        let steps = &one.steps;
        let nests = |outer: &Loop| outer.steps.start <= steps.start && steps.end <= outer.steps.end;
        let apart = |outer: &Loop| outer.steps.end <= steps.start;
        if steps.start >= steps.end || steps.end > count || !plan.loops[..at].iter().all(|o| nests(o) || apart(o)) {
            return broken(Rule::LoopsNest, format!("loop {at} over {steps:?} is within others in part"));
        }
        for (now, next) in &one.turns {
            let pair = [now, next];
            let buffers = |slot: &u32| plan.buffers.iter().filter(|b| b.storage == Storage::Temporary(*slot)).count();
            let turns =
                |slot: &u32| plan.loops.iter().flat_map(|l| &l.turns).filter(|(a, b)| a == slot || b == slot).count();
            let size = |slot: &u32| plan.slots.get(*slot as usize);
            if now == next || pair.iter().any(|slot| buffers(slot) != 1 || turns(slot) != 1) || size(now) != size(next)
            {
                return broken(Rule::LoopsNest, format!("slots {now} and {next} cannot take turns in loop {at}"));
            }
        }
    }
    Ok(())
}

/// Of each binding of a step that is written or read, its position and buffer.
fn bound(step: &Step, access: Access) -> impl Iterator<Item = (usize, u32)> {
    let all = step.kernel.bindings.iter().zip(&step.buffers).enumerate();
    all.filter(move |(_, (binding, _))| binding.access == access).map(|(at, (_, buffer))| (at, *buffer))
}

fn writes_apart(plan: &Plan) -> Verdict<Rule> {
    for (at, step) in plan.steps.iter().enumerate() {
        for (written, buffer) in bound(step, Access::Write) {
            let storage = plan.buffers[buffer as usize].storage;
            if matches!(storage, Storage::Input(_) | Storage::Constant(_)) {
                return broken(Rule::WritesApart, format!("step {at} writes {storage:?}"));
            }
            let same = |other: u32| match (storage, plan.buffers[other as usize].storage) {
                (Storage::Temporary(a), Storage::Temporary(b)) => a == b,
                _ => buffer == other,
            };
            if step.buffers.iter().enumerate().any(|(binding, other)| binding != written && same(*other)) {
                return broken(Rule::WritesApart, format!("step {at} writes buffer {buffer}, which it binds twice"));
            }
        }
    }
    Ok(())
}

/// What memory holds between steps.
struct Memory<'a> {
    plan: &'a Plan,
    /// Of each slot the buffer whose value it holds.
    slots: Vec<Option<u32>>,
    /// Of each buffer, whether something of it was written.
    written: Vec<bool>,
}

impl Memory<'_> {
    fn of(plan: &Plan) -> Memory<'_> {
        Memory { plan, slots: vec![None; plan.slots.len()], written: vec![false; plan.buffers.len()] }
    }

    /// Steps in turn; loops from that one on may begin.
    fn follow(&mut self, mut at: u32, end: u32, first: usize) -> Verdict<Rule> {
        let plan = self.plan;
        while at < end {
            let begins =
                (first..plan.loops.len()).find(|l| plan.loops[*l].steps.start == at && plan.loops[*l].steps.end <= end);
            let Some(number) = begins else {
                self.step(at as usize)?;
                at += 1;
                continue;
            };
            let one = &plan.loops[number];
            // A second time, on what the first has left.
            let times = one.times.as_const().unwrap_or(2).clamp(0, 2);
            for _ in 0..times {
                self.follow(at, one.steps.end, number + 1)?;
                for (now, next) in &one.turns {
                    self.turn(*now, *next);
                }
            }
            at = one.steps.end;
        }
        Ok(())
    }

    /// Two slots exchange what they hold; each has one buffer.
    fn turn(&mut self, now: u32, next: u32) {
        let has = |slot: u32| self.slots[slot as usize].is_some();
        let (had_now, had_next) = (has(now), has(next));
        let buffer = |slot: u32| self.plan.buffers.iter().position(|b| b.storage == Storage::Temporary(slot));
        self.slots[now as usize] = buffer(now).filter(|_| had_next).map(|at| at as u32);
        self.slots[next as usize] = buffer(next).filter(|_| had_now).map(|at| at as u32);
    }

    fn step(&mut self, at: usize) -> Verdict<Rule> {
        let step = &self.plan.steps[at];
        for (_, buffer) in bound(step, Access::Read) {
            self.read(buffer, || format!("step {at} ({})", step.kernel.name))?;
        }
        for (binding, buffer) in bound(step, Access::Write) {
            let repeated = self.plan.loops.iter().any(|l| l.steps.contains(&(at as u32)));
            match self.plan.buffers[buffer as usize].storage {
                Storage::Temporary(slot) => {
                    let before = self.slots[slot as usize].replace(buffer);
                    // What a loop writes in parts must lie there still when it writes the next.
                    let lost = self.written[buffer as usize] && before != Some(buffer);
                    if repeated && writes_a_part(step, binding) && lost {
                        return broken(
                            Rule::SlotsDisjoint,
                            format!("step {at} goes on with buffer {buffer}, which is lost"),
                        );
                    }
                    self.written[buffer as usize] = true;
                }
                _ => self.written[buffer as usize] = true,
            }
        }
        Ok(())
    }

    fn read(&self, buffer: u32, who: impl Fn() -> String) -> Verdict<Rule> {
        let Buffer { storage, len, .. } = &self.plan.buffers[buffer as usize];
        let holds = match storage {
            _ if len.is(0) => return Ok(()),
            Storage::Input(_) | Storage::Constant(_) => return Ok(()),
            Storage::Output => self.written[buffer as usize].then_some(buffer),
            Storage::Temporary(slot) => self.slots[*slot as usize],
        };
        match holds {
            Some(holds) if holds == buffer => Ok(()),
            Some(holds) if self.written[buffer as usize] => {
                let message = format!("{} reads buffer {buffer}, but its slot holds buffer {holds} by then", who());
                broken(Rule::SlotsDisjoint, message)
            }
            _ => broken(Rule::WrittenBeforeRead, format!("{} reads buffer {buffer} before it is written", who())),
        }
    }
}

/// Does a step write some elements of a binding only, at a place that a value names?
fn writes_a_part(step: &Step, binding: usize) -> bool {
    let kernel = &step.kernel;
    let mut stores = kernel.phases.iter().flat_map(|phase| &phase.stores).filter(|s| s.binding as usize == binding);
    stores.any(|store| {
        let mut named = false;
        store.operands(&mut |_| named = true);
        named && kernel.grid_points() != kernel.bindings[binding].len
    })
}

fn outputs_written(plan: &Plan, memory: &Memory) -> Verdict<Rule> {
    for (at, output) in plan.outputs.iter().enumerate() {
        let Some(buffer) = plan.buffers.get(output.buffer as usize) else {
            return broken(
                Rule::OutputsWritten,
                format!("result {at} is buffer {}, which is not there", output.buffer),
            );
        };
        if matches!(buffer.storage, Storage::Temporary(_)) {
            return broken(Rule::OutputsWritten, format!("result {at} is in a temporary slot"));
        }
        // Sizes that a guard makes equal are written in two ways.
        let known = buffer.len.as_const().zip(output.aval.shape.size().as_const());
        if buffer.dtype != output.aval.dtype || known.is_some_and(|(has, wanted)| has != wanted) {
            return broken(
                Rule::OutputsWritten,
                format!("result {at} is {}, its buffer has {}", output.aval, buffer.len),
            );
        }
    }
    // Where a loop does not run nothing is written, and nothing is there to be.
    let empty = |dim: &Dim| dim.is(0) || dim.as_const().is_none();
    let missing = plan
        .buffers
        .iter()
        .zip(&memory.written)
        .position(|(buffer, written)| buffer.storage == Storage::Output && !written && !empty(&buffer.len));
    match missing {
        Some(at) => broken(Rule::OutputsWritten, format!("no step writes output buffer {at}")),
        None => Ok(()),
    }
}

fn arenas_fit(plan: &Plan) -> Verdict<Rule> {
    let mut places: Vec<Option<Place>> = vec![None; plan.buffers.len()];
    for (block, arena) in plan.arenas.iter().enumerate() {
        let mut end = 0;
        for (buffer, offset) in &arena.members {
            let bytes = plan
                .buffers
                .get(*buffer as usize)
                .filter(|b| b.storage == Storage::Output)
                .map(|b| b.bytes().as_const());
            let Some(Some(bytes)) = bytes else {
                return broken(Rule::ArenasFit, format!("buffer {buffer} of arena {block} is no output of known size"));
            };
            let place = &mut places[*buffer as usize];
            if *offset < end || offset % ALIGNMENT != 0 || offset + bytes as u64 > arena.bytes || place.is_some() {
                return broken(Rule::ArenasFit, format!("buffer {buffer} does not fit into arena {block} at {offset}"));
            }
            end = offset + bytes as u64;
            *place = Some(Place { block: block as u32, offset: *offset });
        }
    }
    let shared = |index: u32| plan.shared.iter().find(|(input, _)| *input == index).map(|(_, place)| place.block);
    // Blocks of arguments and of results are counted apart.
    let block = |buffer: u32| match plan.buffers[buffer as usize].storage {
        Storage::Input(index) => shared(index).map(|block| (false, block)),
        Storage::Output => places[buffer as usize].map(|place| (true, place.block)),
        Storage::Constant(_) | Storage::Temporary(_) => None,
    };
    for (at, step) in plan.steps.iter().enumerate() {
        for together in step.kernel.bound().iter().filter(|together| together.len() > 1) {
            let first = block(step.buffers[together[0] as usize]);
            if first.is_none() || together.iter().any(|of| block(step.buffers[*of as usize]) != first) {
                return broken(Rule::ArenasFit, format!("step {at} binds as one block what does not lie in one"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Output;
    use crate::sharing::Arena;
    use crate::text::parse;
    use crate::{Request, compile};
    use std::sync::Arc;

    /// Temporaries that live side by side, and a loop that carries, stacks, and has a temporary of its own.
    const PROGRAM: &str = "\
%0: float32[4] = input 0
%1: float32[4] = exp %0
%2: float32[4] = sin %1
%3: float32[4] = cos %2
%4: float32[4] = mul %1 %3
%5: float32[2,2] = reshape %0
%6: float32[3,2,2] = loop %5 length=3 carries=1 output=1 {
  %0: float32[2,2] = input 0
  %1: float32[2,2] = dot %0 %0 batch=[] contract=[1:0]
  %2: float32[2,2] = dot %1 %1 batch=[] contract=[1:0]
  return %2 %0
}
%7: float32[3,2,2] = neg %6
return %4 %7
";

    #[test]
    fn each_rule_is_told_by_a_plan_that_breaks_it() {
        let graph = parse(PROGRAM).expect("a legal listing");
        let mut target = Target::base_gpu();
        target.tuning.fuse = false;
        let compiled = compile(&Request::new(&graph, &target), &mut ()).expect("kernels");
        verify_plan(&compiled.plan, &compiled.maps, &target).unwrap_or_else(|broken| panic!("{broken}"));
        let mut told = Vec::new();
        let mut check = |rule, breaks: &dyn Fn(&mut Plan, &mut Target)| {
            let (mut plan, mut target) = (compiled.plan.clone(), target.clone());
            breaks(&mut plan, &mut target);
            let violation = verify_plan(&plan, &compiled.maps, &target).expect_err("a broken plan");
            assert_eq!(violation.rule, rule, "{violation}");
            if told.last() != Some(&rule) {
                told.push(rule);
            }
        };
        // The step that runs an op, and what it writes.
        let step = |plan: &Plan, op: &str| {
            plan.steps.iter().position(|step| step.kernel.name.ends_with(op)).unwrap_or_else(|| {
                panic!("no {op} among {:?}", plan.steps.iter().map(|s| &s.kernel.name).collect::<Vec<_>>())
            })
        };
        let written = |plan: &Plan, op: &str| *plan.steps[step(plan, op)].buffers.last().expect("a result") as usize;
        check(Rule::KernelsLegal, &|plan, _| Arc::make_mut(&mut plan.steps[0].kernel).uniforms.clear());
        check(Rule::BuffersFit, &|plan, _| plan.steps[0].buffers.truncate(1));
        check(Rule::BuffersFit, &|plan, _| plan.inputs = 0);
        check(Rule::SlotsFit, &|plan, _| {
            let Storage::Temporary(slot) = plan.buffers[written(plan, "exp")].storage else { panic!("a slot") };
            plan.slots[slot as usize] = Dim::Const(8);
        });
        check(Rule::LoopsNest, &|plan, _| plan.loops[0].steps.end = 99);
        check(Rule::LoopsNest, &|plan, _| {
            let overlapping = Loop { steps: 0..plan.loops[0].steps.start + 1, times: Dim::ONE, turns: Vec::new() };
            plan.loops.push(overlapping);
        });
        check(Rule::LoopsNest, &|plan, _| {
            let again = plan.loops[0].turns[0];
            plan.loops[0].turns.push(again);
        });
        check(Rule::WritesApart, &|plan, _| {
            let at = step(plan, "exp");
            plan.steps[at].buffers[1] = plan.steps[at].buffers[0];
        });
        check(Rule::WritesApart, &|plan, _| {
            let (exp, sin) = (written(plan, "exp"), written(plan, "sin"));
            plan.buffers[sin].storage = plan.buffers[exp].storage;
        });
        check(Rule::WrittenBeforeRead, &|plan, _| {
            let (exp, sin) = (step(plan, "exp"), step(plan, "sin"));
            plan.steps.swap(exp, sin);
        });
        // The one is needed after the other is written.
        check(Rule::SlotsDisjoint, &|plan, _| {
            let (exp, cos) = (written(plan, "exp"), written(plan, "cos"));
            plan.buffers[cos].storage = plan.buffers[exp].storage;
        });
        // Only the second time around: the stack is half full.
        check(Rule::SlotsDisjoint, &|plan, _| {
            let (inner, whole) = (written(plan, "dot"), written(plan, "stack"));
            plan.buffers[inner].storage = plan.buffers[whole].storage;
        });
        check(Rule::OutputsWritten, &|plan, _| plan.outputs[0].buffer = written(plan, "exp") as u32);
        check(Rule::OutputsWritten, &|plan, _| {
            plan.outputs[0] = Output { buffer: plan.outputs[1].buffer, ..plan.outputs[0].clone() };
        });
        check(Rule::OutputsWritten, &|plan, _| {
            let at = step(plan, "neg");
            plan.steps.remove(at);
        });
        let arena = |plan: &Plan, offset| Arena {
            members: vec![(plan.outputs[0].buffer, 0), (plan.outputs[1].buffer, offset)],
            bytes: 512,
        };
        for offset in [0, 8, 512] {
            check(Rule::ArenasFit, &|plan, _| plan.arenas = vec![arena(plan, offset)]);
        }
        check(Rule::ArenasFit, &|plan, _| {
            let at = step(plan, "mul");
            let kernel = Arc::make_mut(&mut plan.steps[at].kernel);
            kernel.bindings[..2].iter_mut().for_each(|binding| binding.block = Some(0));
        });
        check(Rule::WithinLimits, &|_, target| target.limits.storage_buffers = 2);
        assert_eq!(told, Rule::ALL, "every rule has its plan");
        let mut shared = compiled.plan.clone();
        shared.arenas = vec![arena(&shared, ALIGNMENT)];
        assert_eq!(verify_plan(&shared, &compiled.maps, &target), Ok(()));
    }
}
