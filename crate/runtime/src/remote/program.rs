//! The programs of a client, as the host made them.

use super::check;
use super::message::Source;
use super::setup::{Rates, Setup};
use crate::device::{DeviceError, ProgramId};
use interfuse_compiler::Request;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::plan::Plan;
use interfuse_compiler::sharing::Sharing;
use interfuse_compiler::target::Target;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// What one dispatch may take.
const DISPATCH_MS: f64 = 1000.0;

/// A program of the client.
pub(super) struct Program {
    pub(super) id: ProgramId,
    pub(super) nodes: usize,
    /// What it was made from; `None` when that is no graph.
    pub(super) origin: Option<Origin>,
    pub(super) plan: RefCell<Result<Arc<Plan>, DeviceError>>,
    /// The values of symbols that were found good last.
    pub(super) symbols: RefCell<Vec<i64>>,
    /// Of the last call.
    pub(super) estimate: RefCell<Option<Estimated>>,
}

/// What a call with these values of symbols is estimated to take.
pub(super) struct Estimated {
    symbols: Vec<i64>,
    ms: f64,
    /// Why it does not run: a kernel that takes too long.
    pub(super) too_long: Option<DeviceError>,
}

impl Program {
    /// Reads and compiles a program, beside others of so many nodes.
    pub(super) fn new(setup: &Setup, source: &Source<'_>, others: usize) -> Program {
        let (nodes, plan, origin) = match Origin::read(setup, source, others) {
            Ok((nodes, origin)) => (nodes, origin.plan(), Some(origin)),
            Err(text) => (0, Err(DeviceError::Failed(text)), None),
        };
        let (id, plan) = (ProgramId((setup.fresh)()), RefCell::new(plan));
        Program { id, nodes, origin, plan, symbols: RefCell::default(), estimate: RefCell::default() }
    }

    /// What a call takes, in milliseconds; what it says of itself is known afterwards.
    pub(super) fn estimate(&self, rates: &Rates, symbols: &[i64]) -> f64 {
        if let Some(Estimated { symbols: known, ms, .. }) = &*self.estimate.borrow()
            && known == symbols
        {
            return *ms;
        }
        let plan = self.plan.borrow();
        let Ok(plan) = &*plan else { return 0.0 };
        // Symbols that are no sizes are found out before the call runs.
        if symbols.len() < plan.symbols() || self.check(plan, symbols).is_err() {
            return 0.0;
        }
        let estimate = rates.call(plan, symbols);
        let too_long = estimate.longest.filter(|(_, ms)| *ms > DISPATCH_MS).map(|(at, ms)| {
            DeviceError::Limit(format!(
                "kernel {} would take about {ms:.0} ms; one kernel may take {DISPATCH_MS} ms here. Use smaller sizes, or run this \
                 natively or in a page of your own with the package",
                plan.steps[at].kernel.name
            ))
        });
        *self.estimate.borrow_mut() = Some(Estimated { symbols: symbols.to_vec(), ms: estimate.total, too_long });
        estimate.total
    }

    /// Are these values of symbols good for its graph?
    pub(super) fn check(&self, plan: &Plan, symbols: &[i64]) -> Result<(), DeviceError> {
        if plan.symbols() > 0 && *self.symbols.borrow() != *symbols {
            let graph = &self.origin.as_ref().expect("a plan was made from it").graph;
            check::symbols(graph, symbols).map_err(DeviceError::Limit)?;
            *self.symbols.borrow_mut() = symbols.to_vec();
        }
        Ok(())
    }
}

/// The request of a program.
#[derive(Clone)]
pub(super) struct Origin {
    pub(super) graph: Rc<Graph>,
    pub(super) target: Rc<Target>,
    pub(super) sharing: Sharing,
}

impl Origin {
    fn read(setup: &Setup, source: &Source<'_>, others: usize) -> Result<(usize, Origin), String> {
        let graph = (setup.read)(source.text)?;
        let nodes = check::nodes(&graph);
        check::text(source.text, nodes)?;
        if others + nodes > check::ALL_NODES {
            let all = others + nodes;
            return Err(format!("the graphs of all programs have {all} nodes; this device takes {}", check::ALL_NODES));
        }
        check::places(&source.inputs, graph.inputs().len())?;
        check::elements(&graph)?;
        let mut target = setup.device.target().clone();
        target.tuning.fuse = source.fuse;
        target.tuning.simplify = source.simplify;
        target.tuning.kernel_ops = source.kernel_ops;
        let sharing = Sharing { inputs: source.inputs.clone(), results: source.results };
        Ok((nodes, Origin { graph: graph.into(), target: target.into(), sharing }))
    }

    /// Compiles it.
    pub(super) fn plan(&self) -> Result<Arc<Plan>, DeviceError> {
        let Origin { graph, target, sharing } = self;
        let request = Request { graph, target, sharing: sharing.clone() };
        let compiled = interfuse_compiler::compile(&request, &mut ());
        compiled.map(|compiled| compiled.plan.into()).map_err(|misuse| DeviceError::Failed(misuse.to_string()))
    }

    /// The same with every op a kernel of its own.
    pub(super) fn op_by_op(&self) -> Origin {
        let mut target = Target::clone(&self.target);
        target.tuning.fuse = false;
        Origin { graph: self.graph.clone(), target: target.into(), sharing: Sharing::default() }
    }
}
