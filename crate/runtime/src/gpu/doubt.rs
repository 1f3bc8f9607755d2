//! Calls that may have to run again: those since the first submit of a program that the device has not taken yet.
//!
//! In the browser a device says late that it refuses a kernel: the error scopes around a program's first submit answer when the call
//! has long returned and others have used its results. While such an answer is outstanding, calls are *in doubt*: every call is noted
//! with its blocks, and what a note needs is not written by anything else. When the device refuses a program, the plan that was given
//! for this case ([`Instead`](crate::device::Instead)) takes its place and all notes run again, in order and in the same blocks; so no
//! id, tensor or bind group learns of it, and calls that shared a submit with the mistake are made good too. Reads copy when the doubt
//! is over. A block that a note writes may be written by later notes, because a repetition keeps their order; a block that a note only
//! reads is kept aside when it is released. Natively scopes answer at once: at most one call is ever noted.
//!
//! Memory is refused as late. While the answer about a large fresh buffer is outstanding, calls are in doubt too: when it is refused,
//! what is only kept is given back, the block gets another buffer, and the notes run again in it.
//!
//! What is kept is bounded. Where a program does more than that in one turn of the event loop, the notes are given up, and a refusal
//! rejects the reads that it spoils.

use super::call::Attempt;
use super::fault::{OUT_OF_MEMORY, failure, no_memory};
use super::pool::Block;
use super::program::Program;
use super::read;
use super::shared::{Answers, Shared, State, Use};
use crate::device::{DeviceError, Done, ProgramId};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

/// So many calls are noted at most.
const ATTEMPTS: usize = 4096;

/// So many bytes are kept aside for them at most.
const BYTES: u64 = 256 << 20;

/// What notes have to do with a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Noted {
    No,
    /// It must not be written.
    Read,
    /// Only what is noted may write it.
    Written,
}

/// All that is in doubt.
#[derive(Default)]
pub(super) struct Doubts {
    /// In the order of the calls.
    attempts: Vec<Attempt>,
    /// Submits whose answer may call for a repetition.
    open: u32,
    /// Large buffers among them: no submit before their answers is without error scopes.
    buffers: u32,
    /// Got a block another buffer since the notes ran?
    moved: bool,
    /// How often the notes ran again.
    rounds: u64,
    /// How often because of memory.
    moves: u64,
    /// Programs that the device refused and that nothing took the place of yet.
    refused: Vec<(Rc<Program>, DeviceError)>,
    /// Blocks that are released and that notes read.
    kept: Vec<(Use, Rc<Block>)>,
    /// Blocks that are released and that notes wrote.
    free: Vec<Rc<Block>>,
    /// Programs to be forgotten afterwards.
    dropped: Vec<ProgramId>,
    /// Bytes of `kept` and `free`.
    pub(super) bytes: u64,
    /// Was there too much to note?
    given_up: bool,
    mending: bool,
    /// Errors of work that is perhaps for want of memory: until that is known.
    postponed: Vec<Late>,
    /// Answers that are held back.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) late: Vec<Late>,
}

/// An answer that is held back.
pub(super) type Late = Box<dyn FnOnce(&mut State)>;

impl Doubts {
    /// Is an answer outstanding?
    pub(super) fn is_open(&self) -> bool {
        self.open > 0
    }

    /// Is an answer about memory outstanding?
    pub(super) fn is_short(&self) -> bool {
        self.buffers > 0
    }

    /// Whether a call of that program is to be noted, and then what becomes of its blocks.
    pub(super) fn notes(&self, program: &Program) -> Noted {
        if (self.open > 0 || program.is_fresh()) && !self.given_up { Noted::Written } else { Noted::No }
    }

    /// Notes a call.
    pub(super) fn note(&mut self, attempt: Attempt) {
        self.attempts.push(attempt);
    }

    /// How often the notes ran again: an error of a submit from before says nothing any more of what ran again.
    pub(super) fn rounds(&self) -> u64 {
        self.rounds
    }

    /// How often they did in other memory.
    pub(super) fn moves(&self) -> u64 {
        self.moves
    }

    /// A program was refused; [`Shared::mend`] sees to it.
    pub(super) fn refuse(&mut self, program: Rc<Program>, error: DeviceError) {
        self.refused.push((program, error));
    }

    /// A released block of that capacity that a noted call may write: that with the key `wanted`, else the latest.
    pub(super) fn take(&mut self, capacity: u64, wanted: Option<u64>) -> Option<Rc<Block>> {
        let fits = |block: &Rc<Block>| block.capacity == capacity && !block.dead.get();
        let wanted = self.free.iter().rposition(|block| fits(block) && Some(block.key()) == wanted);
        let block = self.free.remove(wanted.or_else(|| self.free.iter().rposition(fits))?);
        self.bytes -= capacity;
        Some(block)
    }

    /// Keeps a released block if notes need it; gives it back if not.
    pub(super) fn keep(&mut self, what: Use, block: Rc<Block>) -> Option<Rc<Block>> {
        if block.noted.get() == Noted::No {
            return Some(block);
        }
        self.bytes += block.capacity;
        match block.noted.get() {
            Noted::Written => self.free.push(block),
            Noted::Read | Noted::No => self.kept.push((what, block)),
        }
        None
    }

    /// Is that program to be forgotten later?
    pub(super) fn postpones(&mut self, id: ProgramId) -> bool {
        if self.open > 0 {
            self.dropped.push(id);
        }
        self.open > 0
    }
}

impl State {
    /// An error of work: seen to by `then`, as soon as it is known whether memory is the cause.
    pub(super) fn weigh(&mut self, then: impl FnOnce(&mut State) + 'static) {
        match self.doubts.is_short() {
            true => self.doubts.postponed.push(Box::new(then)),
            false => then(self),
        }
    }
}

impl Shared {
    /// Submits by `work` what may call for a repetition.
    pub(super) fn doubt(
        self: &Rc<Self>,
        state: &mut State,
        serial: u64,
        work: impl FnOnce(&mut State),
        answered: impl FnOnce(&mut State, Option<String>) + 'static,
    ) {
        let ((), answers) = self.scoped(|| work(state));
        state.doubts.open += 1;
        self.resolve(state, serial, answers, move |state, text| {
            state.doubts.open -= 1;
            answered(state, text);
        });
    }

    /// Watches for the answers about a large fresh block. When memory is refused it is asked for once more, and everything noted is to
    /// run again; the second refusal spoils what the work with that serial writes. `beyond`: it is to be refused, whatever the answer.
    pub(super) fn doubt_memory(
        self: &Rc<Self>,
        state: &mut State,
        (serial, bytes): (u64, u64),
        block: Rc<Block>,
        answers: Answers,
        beyond: bool,
    ) {
        state.doubts.open += 1;
        state.doubts.buffers += 1;
        let shared = Rc::downgrade(self);
        self.resolve(state, serial, answers, move |state, text| {
            state.doubts.open -= 1;
            state.doubts.buffers -= 1;
            let Some(text) = text.or_else(|| beyond.then(|| OUT_OF_MEMORY.to_string())) else { return };
            let (Some(shared), false) = (shared.upgrade(), state.doubts.given_up || text != OUT_OF_MEMORY) else {
                state.short |= text == OUT_OF_MEMORY;
                state.pool.discard(&block);
                return state.faults.fail(serial, no_memory(bytes, &text));
            };
            shared.trim(state);
            let ((), answers) = shared.scoped(|| state.pool.ask_again(&shared.device, &block));
            state.counters.buffers_created += 1;
            let beyond = shared.is_beyond(state, 0);
            state.doubts.moved = true;
            state.doubts.open += 1;
            shared.resolve(state, serial, answers, move |state, text| {
                state.doubts.open -= 1;
                let Some(text) = text.or_else(|| beyond.then(|| OUT_OF_MEMORY.to_string())) else { return };
                state.short = true;
                state.pool.discard(&block);
                state.faults.fail(serial, no_memory(bytes, &text));
            });
        });
    }

    /// Gives the answers that were held back, and those that come of them.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn answer_late(self: &Rc<Self>) {
        loop {
            let late = std::mem::take(&mut self.state.borrow_mut().doubts.late);
            if late.is_empty() {
                return;
            }
            for answer in late {
                answer(&mut self.state.borrow_mut());
                self.mend();
            }
        }
    }

    /// Puts other plans in the place of programs that were refused. Called when nothing is borrowed: it asks the library.
    pub(super) fn mend(self: &Rc<Self>) {
        if std::mem::replace(&mut self.state.borrow_mut().doubts.mending, true) {
            return;
        }
        {
            let state = &mut *self.state.borrow_mut();
            if std::mem::take(&mut state.doubts.moved) {
                state.doubts.moves += 1;
                self.repeat(state);
            }
            if !state.doubts.is_short() {
                std::mem::take(&mut state.doubts.postponed).into_iter().for_each(|weigh| weigh(state));
            }
        }
        loop {
            let next = self.state.borrow_mut().doubts.refused.pop();
            let Some((program, error)) = next else { break };
            // It may have been refused more than once.
            let Some(instead) = program.instead.take() else { continue };
            let why = program.fault().unwrap_or(error);
            let plan = instead(why.clone());
            let state = &mut *self.state.borrow_mut();
            let other = plan.and_then(|plan| {
                let lowered = self.lower(&plan);
                self.load(state, plan, lowered)
            });
            let spoilt = match other {
                Ok(other) => {
                    *program.replaced.borrow_mut() = Some(Rc::new(other));
                    why
                }
                Err(error) => {
                    *program.refusal.borrow_mut() = Some(error.clone());
                    error
                }
            };
            if state.doubts.given_up {
                let refused = |ran: &Program| std::ptr::eq(ran, &*program);
                state.faults.fail_programs(|ran| refused(ran).then(|| spoilt.clone()));
            } else {
                self.repeat(state);
            }
        }
        let state = &mut *self.state.borrow_mut();
        state.doubts.mending = false;
        if std::mem::take(&mut state.short) {
            // In the browser memory is refused too late to try again: what is only kept goes, and the next call has it.
            self.trim(state);
        }
        if !state.doubts.is_open() {
            self.calm(state);
            state.doubts.given_up = false;
        } else if state.doubts.attempts.len() > ATTEMPTS || state.doubts.bytes > BYTES {
            self.calm(state);
            state.doubts.given_up = true;
        }
    }

    /// Runs all notes again.
    fn repeat(self: &Rc<Self>, state: &mut State) {
        self.send(state);
        state.doubts.rounds += 1;
        let attempts = std::mem::take(&mut state.doubts.attempts);
        for attempt in &attempts {
            let program = &attempt.program;
            if state.faults.of(attempt.serial).is_some() {
                continue;
            }
            if let Some(fault) = program.fault().filter(|_| program.replaced.borrow().is_none()) {
                // What may still be replaced will be.
                if !program.is_fresh() {
                    state.faults.fail(attempt.serial, fault);
                }
                continue;
            }
            self.perform_in_doubt(state, attempt);
        }
        state.doubts.attempts = attempts;
    }

    /// Submits a call by itself. An error spoils its results, unless the notes ran again since.
    pub(super) fn perform_in_doubt(self: &Rc<Self>, state: &mut State, attempt: &Attempt) {
        let (serial, program, rounds) = (attempt.serial, attempt.program.clone(), state.doubts.rounds);
        let mut refused = None;
        let work = |state: &mut State| refused = self.perform(state, attempt).err();
        self.doubt(state, serial, work, move |state, text| {
            let Some(text) = text else { return };
            state.weigh(move |state| {
                if state.doubts.rounds == rounds {
                    state.faults.fail(serial, failure(Some(&program.describe()), &text));
                }
            });
        });
        if let Some(error) = refused {
            state.faults.fail(serial, error);
        }
    }

    /// Nothing is in doubt any more, or too much is: lets go of the notes and of what was kept for them.
    fn calm(self: &Rc<Self>, state: &mut State) {
        if state.doubts.attempts.is_empty() && state.doubts.dropped.is_empty() {
            return;
        }
        let doubts = &mut state.doubts;
        let attempts = std::mem::take(&mut doubts.attempts);
        let (kept, free) = (std::mem::take(&mut doubts.kept), std::mem::take(&mut doubts.free));
        let dropped = std::mem::take(&mut doubts.dropped);
        doubts.bytes = 0;
        let wanted =
            state.batch.as_ref().is_some_and(|batch| kept.iter().any(|(_, block)| batch.borrow().wants(block)));
        if wanted {
            // The copy must be sent before the memory can be written again. Its error is the answer of the reads.
            let _ = read::flush(self, state);
        }
        attempts.iter().flat_map(Attempt::blocks).for_each(|block| block.noted.set(Noted::No));
        let released = kept.into_iter().chain(free.into_iter().map(|block| (Use::Tensor, block)));
        for (what, block) in released {
            block.noted.set(Noted::No);
            self.give(state, what, block);
        }
        dropped.into_iter().for_each(|id| self.forget(state, id));
    }

    /// Resolves when nothing is in doubt.
    pub(super) fn settled(self: &Rc<Self>) -> Done {
        let shared = self.clone();
        Box::pin(poll_fn(move |context| {
            #[cfg(not(target_arch = "wasm32"))]
            shared.answer_late();
            let mut state = shared.state.borrow_mut();
            if !state.doubts.is_open() {
                return Poll::Ready(Ok(()));
            }
            state.faults.wake_at_answer(context.waker());
            Poll::Pending
        }))
    }
}
