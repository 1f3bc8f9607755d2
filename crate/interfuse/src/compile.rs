//! `compile`, the part that all languages share: a store of compiled entries per function, used in two phases.
//!
//! [`Store::begin`] looks a call up. On a hit the results are there at once. On a miss it starts a trace and gives placeholders: the
//! caller runs the function on them and comes back with [`Store::finish`], which compiles, runs and keeps the entry. Dropping the
//! [`Trace`] instead (the function threw) leaves nothing behind. While another function is being traced, or compilation is disabled,
//! the function is to be called as it is ([`Begin::Inline`]).

mod entry;
mod report;

use crate::clock::now_ms;
use crate::device::{Buffer, DeviceHandle, current_device};
use crate::devtools::{self, Event};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{self, CompileMode, compile_mode};
use crate::profile::{self, Profile, Subject};
use crate::tensor::Tensor;
use crate::trace::{self, Linear, Scope};
use entry::Entry;
use interfuse_compiler::cache::{Cache, Capacity, Signature, SignatureBuilder};
use interfuse_runtime::device::ProgramId;
use report::Misses;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

pub use entry::Extra;
pub use report::{CacheEntry, CompilationStats, KeyDifference, MissReport};

/// How many entries a function keeps when nothing is said.
pub const DEFAULT_CACHE_SIZE: usize = 64;
/// So many hits are timed each, and after them every one whose number is a multiple: asking a browser for the time twice takes as long
/// as a fifth of what else a cached call of a few tensors does.
const TIMED_HITS: u64 = 64;

/// The compiled entries of one function, with statistics.
pub struct Store {
    name: String,
    label: String,
    cache: RefCell<Cache<Signature, Rc<Entry>>>,
    stats: Cell<CompilationStats>,
    misses: RefCell<Misses>,
}

/// What a look-up found.
#[expect(clippy::large_enum_variant, reason = "it is taken apart at once; a box would be an allocation per miss")]
pub enum Begin {
    /// The results, and what `finish` was given with the entry.
    Hit(Vec<Tensor>, Extra),
    /// Call the function with these placeholders, then `finish`.
    Miss(Trace),
    /// Call the function as it is.
    Inline,
}

/// A trace in progress; see [`Store::begin`].
pub struct Trace {
    scope: Scope,
    signature: Signature,
    inputs: Vec<Tensor>,
    device: DeviceHandle,
    mode: CompileMode,
    started_ms: f64,
    report: MissReport,
}

impl Trace {
    /// One placeholder per tensor of the call, in order.
    pub fn placeholders(&self) -> &[Tensor] {
        &self.scope.placeholders
    }

    /// Why the call missed; its time is not known yet.
    pub fn report(&self) -> &MissReport {
        &self.report
    }

    /// Is it the first for this function, rather than a recompilation?
    pub fn is_first(&self) -> bool {
        self.report.nearest.is_none()
    }
}

/// The device of a call: that of its tensors, or the current one.
fn device_of(op: &str, inputs: &[Tensor]) -> Result<DeviceHandle> {
    let Some(first) = inputs.first() else { return current_device(op) };
    for (at, input) in inputs.iter().enumerate() {
        if input.device() != first.device() {
            return Err(Error::new(
                ErrorKind::Device,
                op,
                format!("tensor argument {at} is on {:?}, the first on {:?}", input.device(), first.device()),
                "Move one of them with to(device).",
            ));
        }
        input.device().check_alive(op)?;
    }
    Ok(first.device().clone())
}

impl Store {
    /// An empty store for a function of that name.
    pub fn new(name: impl Into<String>, capacity: Capacity) -> Store {
        let name = name.into();
        Store {
            label: format!("compile('{name}')"),
            name,
            cache: RefCell::new(Cache::new(capacity)),
            stats: Cell::default(),
            misses: RefCell::default(),
        }
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As errors and events name it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Is a call to be inlined: compilation off, or a trace going on?
    pub fn inlines(&self) -> bool {
        compile_mode() == CompileMode::Disabled || trace::is_active()
    }

    /// Starts the signature of a call with these tensors.
    pub fn signature(&self, inputs: &[Tensor]) -> Result<SignatureBuilder> {
        let device = device_of(self.label(), inputs)?;
        Ok(SignatureBuilder::new(device.0.id, compile_mode().byte()))
    }

    /// The signature of a call from a host's template (see `interfuse_compiler::cache`) and the tensors in it.
    pub fn signature_from(&self, template: &[u8], inputs: &[Tensor]) -> Result<Signature> {
        let builder = self.signature(inputs)?;
        builder.template(template, inputs.iter().map(Tensor::aval)).map_err(|bad| {
            Error::new(ErrorKind::CompileArgument, self.label(), format!("the arguments are malformed: {}", bad.0), "")
        })
    }

    /// Looks a call up; see the head of this module.
    pub fn begin(&self, signature: Signature, inputs: &[Tensor]) -> Result<Begin> {
        if self.inlines() || inputs.iter().any(Tensor::is_tracer) {
            // A placeholder of a trace that is over must not pass for an ordinary argument.
            inputs.iter().filter_map(|input| input.0.trace.as_ref()).try_for_each(|mark| mark.check(self.label()))?;
            return Ok(Begin::Inline);
        }
        // How many hits the time of this call stands for, were it one.
        let hits = self.stats.get().hits;
        let counts_for = match hits {
            0..TIMED_HITS => 1,
            _ if hits.is_multiple_of(TIMED_HITS) => TIMED_HITS,
            _ => 0,
        };
        let timed = counts_for > 0 || devtools::is_heard();
        let clock = || if timed { now_ms() } else { 0.0 };
        let started_ms = clock();
        let entry = self.cache.borrow_mut().get(&signature).cloned();
        if let Some(entry) = entry {
            let results = entry.run(self.label(), inputs)?;
            entry.hits.set(entry.hits.get() + 1);
            let ms = clock() - started_ms;
            self.count(|stats| {
                stats.hits += 1;
                stats.total_cached_exec_time_ms += ms * counts_for as f64;
            });
            devtools::emit(|| Event::Call { name: self.name.clone(), entry: entry.id, ms });
            return Ok(Begin::Hit(results, entry.extra.clone()));
        }
        Ok(Begin::Miss(self.trace(signature, inputs, if timed { started_ms } else { now_ms() })?))
    }

    /// Starts a trace whatever the cache holds: for warm-ups and inspections.
    fn trace(&self, signature: Signature, inputs: &[Tensor], started_ms: f64) -> Result<Trace> {
        let label = self.label();
        let device = device_of(label, inputs)?;
        let nodes: Vec<_> = inputs.iter().map(|input| input.0.clone()).collect();
        crate::eager::evaluate_nodes(label, &nodes)?;
        let report =
            self.misses.borrow().explain(&self.name, &signature, self.cache.borrow().iter().map(|(key, _)| key));
        Ok(Trace {
            scope: Scope::begin(&self.name, inputs),
            signature,
            inputs: inputs.to_vec(),
            device,
            mode: compile_mode(),
            started_ms,
            report,
        })
    }

    /// Ends a trace with the function's results: compiles, runs, keeps the entry with `extra`.
    pub fn finish(&self, trace: Trace, outputs: &[Tensor], extra: Extra) -> Result<Vec<Tensor>> {
        let done = self.try_finish(trace, outputs, extra);
        if let Err(error) = &done {
            devtools::emit(|| Event::Error { name: self.name.clone(), message: error.to_string() });
        }
        done
    }

    fn try_finish(&self, trace: Trace, outputs: &[Tensor], extra: Extra) -> Result<Vec<Tensor>> {
        let label = self.label();
        let inputs = trace.inputs.clone();
        let (plan, constants, mut trace) = self.compile(trace, outputs)?;
        let program = trace.device.load(label, plan)?;
        trace.report.ms = now_ms() - trace.started_ms;
        let entry = Entry::new(program, constants, extra, trace.report.ms);
        let results = entry.run(label, &inputs)?;
        self.count(|stats| stats.misses += 1);
        self.keep(trace, entry);
        Ok(results)
    }

    /// Ends a trace without running anything; resolves when every pipeline is ready. The entry is kept then, not before.
    pub fn warm_up(
        self: &Rc<Self>,
        trace: Trace,
        outputs: &[Tensor],
        extra: Extra,
    ) -> Result<impl Future<Output = Result<()>> + use<>> {
        let store = self.clone();
        let label = self.label.clone();
        let (plan, constants, mut trace) = self.compile(trace, outputs)?;
        let id = ProgramId(trace.device.fresh_id());
        let ready = trace.device.device().warm_up(id, plan.clone());
        Ok(async move {
            ready.await.map_err(|error| Error::from_device(&label, error))?;
            let program = trace.device.loaded(id, plan);
            trace.report.ms = now_ms() - trace.started_ms;
            let entry = Entry::new(program, constants, extra, trace.report.ms);
            store.keep(trace, entry);
            Ok(())
        })
    }

    /// Like [`Store::begin`] for a warm-up: `None` when there is nothing to do.
    pub fn begin_warm_up(&self, signature: Signature, inputs: &[Tensor]) -> Result<Option<Trace>> {
        if self.inlines() || self.cache.borrow().peek(&signature).is_some() {
            return Ok(None);
        }
        Ok(Some(self.trace(signature, inputs, now_ms())?))
    }

    /// Starts the trace of an inspection, which recompiles whatever the cache holds and changes no statistics.
    pub fn begin_inspect(&self, signature: Signature, inputs: &[Tensor]) -> Result<Trace> {
        if trace::is_active() {
            return Err(Error::new(
                ErrorKind::CompileArgument,
                self.label(),
                "inspect cannot run while a function is being traced",
                "Inspect outside of the function.",
            ));
        }
        self.trace(signature, inputs, now_ms())
    }

    /// Ends the trace of an inspection.
    pub fn finish_inspect(&self, trace: Trace, outputs: &[Tensor]) -> Result<crate::inspect::Inspection> {
        let Trace { scope, signature, device, mode, .. } = trace;
        let traced = scope.finish(self.label(), outputs)?;
        drop(scope);
        let target = pipeline::target_in(device.device().target(), mode);
        crate::inspect::inspect(&signature.to_string(), &traced.linear, &target)
    }

    /// Ends a trace begun with [`Store::begin_inspect`] with measurements instead.
    pub fn finish_profile(
        &self,
        trace: Trace,
        outputs: &[Tensor],
        repeats: usize,
    ) -> Result<impl Future<Output = Result<Profile>> + use<>> {
        let Trace { scope, device, mode, inputs, .. } = trace;
        let traced = scope.finish(self.label(), outputs)?;
        drop(scope);
        let Linear { graph, leaves, .. } = traced.linear;
        let buffer = |node: &Rc<crate::tensor::Node>| node.buffer().expect("arguments and constants are computed");
        let inputs = inputs.iter().map(|input| buffer(&input.0)).collect();
        let constants = leaves.iter().map(buffer).collect();
        Ok(profile::measure(Subject { graph, inputs, constants, device }, mode, repeats))
    }

    /// The plan of a traced function.
    fn compile(
        &self,
        trace: Trace,
        outputs: &[Tensor],
    ) -> Result<(Arc<interfuse_compiler::plan::Plan>, Vec<Rc<Buffer>>, Pending)> {
        let label = self.label();
        let Trace { scope, signature, device, mode, started_ms, report, .. } = trace;
        let traced = scope.finish(label, outputs)?;
        // The trace is over before anything of it is kept.
        drop(scope);
        let Linear { graph, leaves, .. } = traced.linear;
        devtools::emit(|| Event::Trace { name: self.name.clone(), nodes: graph.len(), ms: now_ms() - started_ms });
        let target = pipeline::target_in(device.device().target(), mode);
        let plan = pipeline::compile(&graph, &target, &mut ()).map_err(|error| error.named(label))?.plan;
        let constants = leaves.iter().map(|node| node.buffer().expect("constants are computed")).collect();
        Ok((Arc::new(plan), constants, Pending { signature, device, started_ms, report }))
    }

    /// Keeps a complete entry and says so.
    fn keep(&self, pending: Pending, entry: Rc<Entry>) {
        let Pending { signature, report, .. } = pending;
        self.count(|stats| {
            stats.traces += 1;
            stats.total_compile_time_ms += report.ms;
        });
        devtools::emit(|| Event::Miss { report: report.clone() });
        devtools::emit(|| Event::Compile {
            name: self.name.clone(),
            entry: entry.id,
            signature: report.signature.clone(),
            kernels: entry.program.plan.steps.len(),
            ms: report.ms,
        });
        self.misses.borrow_mut().note(report);
        let kept = entry.id;
        let out = self.cache.borrow_mut().insert(signature, entry);
        if let Some((signature, entry)) = out
            && entry.id != kept
        {
            devtools::emit(|| Event::Evict {
                name: self.name.clone(),
                entry: entry.id,
                signature: signature.to_string(),
            });
            self.misses.borrow_mut().note_evicted(signature);
        }
    }

    fn count(&self, change: impl FnOnce(&mut CompilationStats)) {
        let mut stats = self.stats.get();
        change(&mut stats);
        self.stats.set(stats);
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

    /// Forgets every entry and frees what they hold; the statistics stay.
    pub fn clear(&self) {
        self.cache.borrow_mut().clear();
    }

    /// Forgets the entries of a device that is lost.
    pub fn forget_device(&self, device: u64) {
        let gone: Vec<Signature> =
            self.cache.borrow().iter().map(|(key, _)| key).filter(|key| key.context().0 == device).cloned().collect();
        for key in gone {
            self.cache.borrow_mut().remove(&key);
        }
    }

    /// The entries, most recent first.
    pub fn entries(&self) -> Vec<CacheEntry> {
        self.cache.borrow().iter().map(|(key, entry)| entry.show(key)).collect()
    }
}

/// What is left of a trace that compiled.
struct Pending {
    signature: Signature,
    device: DeviceHandle,
    started_ms: f64,
    report: MissReport,
}
