//! An entry of a cache: a loaded program with what it captured, and how one call of it runs.

use super::layouts::Layouts;
use super::refusal::Refusal;
use crate::device::{Buffer, Program, Taken};
use crate::eager::evaluate_nodes;
use crate::error::Result;
use crate::report::CacheEntry;
use crate::symbolic::Guards;
use crate::tensor::Tensor;
use interfuse_compiler::Request;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::plan::evaluate;
use interfuse_compiler::signature::Signature;
use interfuse_compiler::target::Target;
use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

/// What of a call's structure the caller wants back on hits: the form of the results and the constants among them.
pub type Extra = Rc<dyn Any>;

pub(super) struct Entry {
    /// Unique in the thread; the same in events.
    pub(super) id: u64,
    pub(super) program: Rc<Program>,
    pub(super) constants: Vec<Rc<Buffer>>,
    pub(super) extra: Extra,
    pub(super) hits: Cell<u64>,
    pub(super) compile_ms: f64,
    /// What it takes for granted of open sizes.
    pub(super) guards: Option<Guards>,
    /// Other plans of the same graph, for arguments that share memory.
    layouts: Option<Layouts>,
}

/// What a traced function becomes: everything of an entry but its program.
pub(super) struct Parts {
    pub(super) constants: Vec<Rc<Buffer>>,
    pub(super) extra: Extra,
    pub(super) guards: Option<Guards>,
    pub(super) layouts: Option<Layouts>,
    pub(super) refusal: Refusal,
    /// The target of its plan, if that is the graph op by op because another cannot be had.
    pub(super) op_by_op: Option<Target>,
}

impl Parts {
    /// What its plan was made from.
    pub(super) fn request(&self) -> Request<'_> {
        self.refusal.request(self.op_by_op.as_ref())
    }
}

thread_local! {
    static NEXT_ENTRY: Cell<u64> = const { Cell::new(1) };
}

impl Entry {
    pub(super) fn new(program: Rc<Program>, parts: Parts, compile_ms: f64) -> Rc<Entry> {
        let id = NEXT_ENTRY.with(|next| next.replace(next.get() + 1));
        let Parts { constants, extra, guards, layouts, refusal, op_by_op } = parts;
        if op_by_op.is_some() {
            // Nobody else saw the program yet.
            let _ = program.taken.refused.set(None);
        }
        refusal.watch(&program);
        Rc::new(Entry { id, program, constants, extra, hits: Cell::new(0), compile_ms, guards, layouts })
    }

    /// Runs it on these tensors, which are computed first where they wait. `symbols` are the values of open sizes. Gives what became
    /// of the program, too.
    pub(super) fn run(&self, label: &str, inputs: &[Tensor], symbols: &[i64]) -> Result<(Vec<Tensor>, Rc<Taken>)> {
        let mut buffers: Vec<Rc<Buffer>> = Vec::with_capacity(inputs.len());
        buffers.extend(inputs.iter().map_while(|x| x.0.buffer()));
        if buffers.len() < inputs.len() {
            let waiting: Vec<_> = inputs.iter().filter(|x| !x.is_evaluated()).map(|x| x.0.clone()).collect();
            evaluate_nodes(label, &waiting)?;
            buffers = inputs.iter().map(|x| x.0.buffer().expect("just evaluated")).collect();
        }
        // Where the first plan is refused, a plan for less memory is as well.
        let layouts = self.layouts.as_ref().filter(|_| self.program.taken.refused.get().is_none());
        let fitting = layouts.map(|layouts| layouts.fitting(label, &buffers, &self.program)).transpose()?.flatten();
        let program = fitting.as_ref().unwrap_or(&self.program);
        let refused = || program.taken.refused.get().cloned().flatten().map_or(Ok(()), Err);
        refused()?;
        let results = program.run_at(label, &buffers, &self.constants, symbols)?;
        // Natively the device says it at once.
        refused()?;
        let of = |(buffer, output): (Rc<Buffer>, &interfuse_compiler::plan::Output)| {
            let aval = match symbols {
                [] => output.aval.clone(),
                _ => output.aval.map(&|dim| Dim::Const(evaluate(dim, symbols))),
            };
            Tensor::from_buffer(aval, buffer)
        };
        let results = results.into_iter().zip(&program.plan.outputs).map(of).collect();
        Ok((results, program.taken.clone()))
    }

    /// As `cache()` shows it.
    pub(super) fn show(&self, key: &Signature) -> CacheEntry {
        let symbols = self.guards.as_ref().map(Guards::last).unwrap_or_default();
        let latest = self.layouts.as_ref().and_then(Layouts::latest);
        let plan = &latest.as_ref().unwrap_or(&self.program).plan;
        let slots = plan.slots.iter().map(|slot| evaluate(slot, &symbols).max(0) as u64);
        CacheEntry {
            id: self.id,
            key: key.bytes().iter().map(|byte| format!("{byte:02x}")).collect(),
            signature: key.to_string(),
            hits: self.hits.get(),
            compile_ms: self.compile_ms,
            kernels: plan.steps.len(),
            bytes: self.constants.iter().map(|buffer| buffer.bytes).sum::<u64>() + slots.sum::<u64>(),
            guards: self.guards.as_ref().map(Guards::texts).unwrap_or_default(),
            rules: self.guards.as_ref().map(Guards::rules).unwrap_or_default(),
        }
    }
}
