//! What a store tells of itself: statistics, reports, entries, and the stages and times of a call.

use super::{Store, Trace, layouts, place_in};
use crate::error::{Error, Result};
use crate::inspect::{Inspection, WhatIf};
use crate::linear::Linear;
use crate::node::Node;
use crate::profile::{self, Profile, Subject};
use crate::report::{CacheEntry, CompilationStats, FallbackReport, MissReport};
use crate::tensor::Tensor;
use interfuse_compiler::dim::Dim;
use interfuse_compiler::plan::evaluate;
use std::future::Future;
use std::rc::Rc;

impl Store {
    /// Ends the trace of an inspection; `what_if` says what is to be otherwise than it is.
    pub fn finish_inspect(&self, trace: Trace, outputs: &[Tensor], what_if: &WhatIf) -> Result<Inspection> {
        let Trace { scope, key, device, mode, inputs, .. } = trace;
        let linear = scope.finish_call(self.label(), outputs, &place_in(&key.signature))?;
        drop(scope);
        let target = what_if.target(device.device().target(), mode)?;
        let buffers: Vec<_> = inputs.iter().filter_map(|input| input.0.buffer()).collect();
        let layout = layouts::layout_of(&buffers);
        crate::inspect::inspect(&key.signature.to_string(), &linear, &target, key.symbols(), layout)
    }

    /// Ends a trace begun with [`Purpose::Inspect`](super::Purpose::Inspect) with measurements instead.
    pub fn finish_profile(
        &self,
        trace: Trace,
        outputs: &[Tensor],
        repeats: usize,
    ) -> Result<impl Future<Output = Result<Profile>> + use<>> {
        let Trace { scope, device, mode, inputs, key, .. } = trace;
        let Linear { graph, leaves, .. } = scope.finish_call(self.label(), outputs, &place_in(&key.signature))?;
        drop(scope);
        // Measured is the call: open sizes are what they are in it.
        let now = |dim: &Dim| Dim::Const(evaluate(dim, key.symbols()));
        let graph = graph.map_dims(&now).map_err(Error::from_misuse)?;
        let buffer = |node: &Rc<Node>| node.buffer().expect("arguments and constants are computed");
        let inputs = inputs.iter().map(|input| buffer(&input.0)).collect();
        let constants = leaves.iter().map(buffer).collect();
        Ok(profile::measure(Subject { graph, inputs, constants, device }, mode, repeats))
    }

    /// What the calls came to.
    pub fn stats(&self) -> CompilationStats {
        let mut stats = self.stats.get();
        let cache = self.cache.borrow();
        stats.cache_size = cache.len();
        stats.evictions = cache.counters().evictions;
        let calls = stats.hits + stats.misses + stats.fallbacks;
        stats.hit_rate = if calls == 0 { 0.0 } else { stats.hits as f64 * 100.0 / calls as f64 };
        stats
    }

    /// Why the last call without an entry had none.
    pub fn last_miss(&self) -> Option<MissReport> {
        self.misses.borrow().last().cloned()
    }

    /// Why a call ran eagerly the last time.
    pub fn last_fallback(&self) -> Option<FallbackReport> {
        self.last_fallback.borrow().clone()
    }

    /// The entries, most recent first.
    pub fn entries(&self) -> Vec<CacheEntry> {
        self.cache.borrow().iter().map(|(key, entry)| entry.show(key)).collect()
    }
}
