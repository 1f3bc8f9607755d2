//! What follows when the kernels of an entry cannot be had: its graph runs op by op, or that is an error.
//!
//! The compiler may say so, or the device when it loads them or warms them up: then the entry is made of the graph op by op. A device may
//! also say so when the call has long returned. Then the device asks for the plan that is to run in place of the refused one,
//! on the inputs that it kept, and runs the calls made since again; here is what it is given, and how those calls are counted. The
//! function itself is not called again: its side effects happened.

use super::{STORES, Store, refused};
use crate::device::{Program, Taken};
use crate::error::Result;
use crate::pipeline;
use interfuse_compiler::Request;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::plan::Plan;
use interfuse_compiler::target::{AdapterClass, Target};
use interfuse_runtime::device::DeviceError;
use std::rc::{Rc, Weak};
use std::sync::Arc;

/// Waits for what the device makes of a program: it asks for another, or lets go of the question.
struct Watch {
    taken: Rc<Taken>,
    asked: bool,
}

impl Watch {
    fn ask(mut self) -> Rc<Taken> {
        self.asked = true;
        self.taken.clone()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.taken.accepted.set(!self.asked);
    }
}

/// What is needed when the device refuses a program of an entry.
#[derive(Clone)]
pub(super) struct Refusal {
    store: u64,
    pub(super) graph: Rc<Graph>,
    pub(super) target: Rc<Target>,
}

impl Refusal {
    /// For an entry of that graph.
    pub(super) fn new(store: &Store, graph: Graph, target: Target) -> Refusal {
        Refusal { store: store.id, graph: Rc::new(graph), target: Rc::new(target) }
    }

    /// From now on until it runs: should the device refuse that program, its calls run op by op.
    pub(super) fn watch(self, program: &Rc<Program>) {
        // The CPU device refuses nothing, and nothing else is left where every op is a kernel already.
        let op_by_op = !self.target.tuning.fuse || program.taken.refused.get().is_some();
        if self.target.class == AdapterClass::Cpu || op_by_op || program.plan.steps.is_empty() {
            return;
        }
        let watch = Watch { taken: program.taken.clone(), asked: false };
        let instead = move |error| self.instead(&watch.ask(), error);
        program.device.device().instead(program.id, Box::new(instead));
    }

    /// The plan that runs instead.
    pub(super) fn instead(self, taken: &Taken, error: DeviceError) -> std::result::Result<Arc<Plan>, DeviceError> {
        let store = STORES.with(|stores| stores.borrow().get(&self.store).and_then(Weak::upgrade));
        // Without one nobody will call the function again, but results that are there should be right.
        if let Some(store) = store {
            let text = error.to_string();
            let verdict = refused(store.label(), error.clone()).map_err(|_| error)?;
            let verdict = store.fall_back(verdict, None);
            // A device asks once.
            let _ = taken.refused.set(verdict.as_ref().err().cloned());
            if verdict.is_err() {
                store.refusals.set(store.refusals.get() + 1);
                return Err(DeviceError::Refused(store.label().to_string(), text));
            }
            let (hits, missed) = (taken.hits.get(), u64::from(taken.missed.get()));
            store.count(|stats| {
                stats.hits -= hits;
                stats.misses -= missed;
                stats.fallbacks += hits + missed;
            });
        }
        self.op_by_op().map(|(plan, _)| plan).map_err(|error| DeviceError::Failed(error.to_string()))
    }

    /// What the plan of an entry was made from: of the first, or of the graph op by op.
    pub(super) fn request<'a>(&'a self, op_by_op: Option<&'a Target>) -> Request<'a> {
        match op_by_op {
            Some(target) => Request::new(&self.graph, target),
            None => pipeline::request(&self.graph, &self.target, Vec::new()),
        }
    }

    /// The plan of the graph with every op a kernel of its own, and the target that says so.
    pub(super) fn op_by_op(&self) -> Result<(Arc<Plan>, Target)> {
        let mut target = Target::clone(&self.target);
        target.tuning.fuse = false;
        let plan = pipeline::compile(&self.request(Some(&target)), &mut ())?.plan;
        Ok((plan.into(), target))
    }
}
