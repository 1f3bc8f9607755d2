//! `compile`, the part that all languages share: a store of compiled entries per function, used in two phases.
//!
//! [`Store::begin`] looks a call up. On a hit the results are there at once. On a miss it starts a trace and gives placeholders: the
//! caller runs the function on them and comes back with [`Store::finish`], which compiles, runs and keeps the entry. Dropping the
//! [`Trace`] instead leaves nothing behind; [`Store::give_up`] does that and says whether the function is to run eagerly, because it
//! did what no graph can. While another function is being traced, or compilation is disabled, the function is to be called as it is
//! ([`Begin::Inline`]).

mod options;
mod refusal;
mod layouts;
mod entry;
pub(crate) mod state;
mod find;
mod show;

use crate::breaks::BreakReason;
use crate::clock::now_ms;
use crate::device::{DeviceHandle, Program, current_device, on_loss};
use crate::devtools::{self, Event};
use crate::eager::evaluate_nodes;
use crate::error::{Error, ErrorKind, Result};
use crate::linear::Linear;
use crate::pipeline::{self, CompileMode, compile_mode};
use crate::report::{CompilationStats, FallbackReport, MissReport, Misses};
use crate::scope::Scope;
use crate::symbolic::{Binder, Bound};
use crate::tensor::Tensor;
use crate::trace::{self, Break};
use entry::{Entry, Parts};
use find::LastTemplate;
use interfuse_compiler::cache::Cache;
use interfuse_compiler::signature::Signature;
use interfuse_compiler::small::HashMap;
use interfuse_compiler::small::VecMap;
use interfuse_runtime::device::{DeviceError, ProgramId};
use layouts::Layouts;
use refusal::Refusal;
use std::cell::{Cell, RefCell};
use std::future::Future;
use std::rc::{Rc, Weak};
use std::sync::Arc;

pub use entry::Extra;
pub use options::StoreOptions;

/// So many hits are timed each, and after them every one whose number is a multiple: asking a browser for the time twice takes as long
/// as a fifth of what else a cached call of a few tensors does.
const TIMED_HITS: u64 = 64;

/// The compiled entries of one function, with statistics.
pub struct Store {
    /// Its key in `STORES`.
    id: u64,
    name: String,
    label: String,
    options: StoreOptions,
    cache: RefCell<Cache<Signature, Rc<Entry>>>,
    stats: Cell<CompilationStats>,
    misses: RefCell<Misses>,
    binder: Binder,
    /// The guarded entries of each signature that leaves sizes open, by their numbers, the most recent first.
    guarded: RefCell<HashMap<Signature, Vec<u16>>>,
    last_template: RefCell<LastTemplate>,
    /// Keys of calls that are not traced again: they break.
    verdicts: RefCell<Cache<Signature, ()>>,
    last_fallback: RefCell<Option<FallbackReport>>,
    /// Programs that the device refused although the function was to be one graph.
    refusals: Cell<u64>,
    /// Reasons that were warned of.
    warned: RefCell<Vec<BreakReason>>,
}

thread_local! {
    /// Every store that there is. One that is dropped takes itself out: a weak reference would keep its memory.
    static STORES: RefCell<VecMap<u64, Weak<Store>>> = RefCell::default();
    static NEXT_STORE: Cell<u64> = const { Cell::new(0) };
}

impl Drop for Store {
    fn drop(&mut self) {
        // When a thread ends, the list may be gone before a store is.
        let _ = STORES.try_with(|stores| stores.borrow_mut().remove(&self.id));
    }
}

/// Forgets every entry that is on that device: it is lost.
fn forget_device(device: u64) {
    let stores: Vec<Rc<Store>> =
        STORES.with(|stores| stores.borrow().iter().filter_map(|(_, store)| store.upgrade()).collect());
    stores.iter().for_each(|store| store.forget_device(device));
}

/// What a call is looked up for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// To run it; [`Store::finish`] ends its trace.
    Run,
    /// To have everything ready before it runs; [`Store::warm_up`] ends its trace.
    WarmUp,
    /// To see or measure its stages; [`Store::finish_inspect`] or [`Store::finish_profile`] ends its trace.
    Inspect,
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
    /// It is known to break: call the function as it is, then [`Store::fell_back`].
    Fallback,
    /// Of a warm-up: there is nothing to do.
    Ready,
}

/// What became of a trace.
pub enum Finished {
    /// An entry, and the results of its first run.
    Results(Vec<Tensor>),
    /// It broke: call the function as it is, then [`Store::fell_back`].
    Fallback,
}

/// The key of a call: its signature, and what the sizes are that the signature leaves open.
#[derive(Debug)]
pub struct Key {
    signature: Signature,
    open: Option<Bound>,
}

impl Key {
    fn symbols(&self) -> &[i64] {
        self.open.as_ref().map_or(&[], |open| &open.values)
    }
}

/// A trace in progress; see [`Store::begin`].
pub struct Trace {
    scope: Scope,
    key: Key,
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
    pub fn new(name: impl Into<String>, options: StoreOptions) -> Rc<Store> {
        let name = name.into();
        let store = Rc::new(Store {
            id: NEXT_STORE.with(|next| next.replace(next.get() + 1)),
            label: format!("compile('{name}')"),
            name,
            cache: RefCell::new(Cache::new(options.max_cache_size)),
            stats: Cell::default(),
            misses: RefCell::default(),
            binder: Binder::new(options.sizes()),
            guarded: RefCell::default(),
            last_template: RefCell::default(),
            verdicts: RefCell::new(Cache::new(options.max_cache_size)),
            last_fallback: RefCell::default(),
            refusals: Cell::new(0),
            warned: RefCell::default(),
            options,
        });
        STORES.with(|stores| stores.borrow_mut().insert(store.id, Rc::downgrade(&store)));
        on_loss(forget_device);
        store
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

    /// Looks a call up; see the head of this module.
    pub fn begin(&self, key: Key, inputs: &[Tensor], purpose: Purpose) -> Result<Begin> {
        match purpose {
            Purpose::Run => self.begin_run(key, inputs),
            Purpose::WarmUp => self.begin_warm_up(key, inputs),
            Purpose::Inspect if trace::is_active() => Err(Error::new(
                ErrorKind::CompileArgument,
                self.label(),
                "inspect cannot run while a function is being traced",
                "Inspect outside of the function.",
            )),
            // It recompiles whatever the cache holds, and changes no statistics.
            Purpose::Inspect => Ok(Begin::Miss(self.trace(key, None, inputs, now_ms())?)),
        }
    }

    fn begin_warm_up(&self, key: Key, inputs: &[Tensor]) -> Result<Begin> {
        if self.inlines() || self.verdicts.borrow().peek(&key.signature).is_some() {
            return Ok(Begin::Ready);
        }
        match self.find(&key)? {
            (Some(_), _) => Ok(Begin::Ready),
            (None, failed) => Ok(Begin::Miss(self.trace(key, failed, inputs, now_ms())?)),
        }
    }

    fn begin_run(&self, key: Key, inputs: &[Tensor]) -> Result<Begin> {
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
        let (entry, failed) = self.find(&key)?;
        if let Some(entry) = entry {
            let (results, taken) = entry.run(self.label(), inputs, key.symbols())?;
            entry.hits.set(entry.hits.get() + 1);
            if taken.refused.get().is_some() {
                self.fell_back();
                return Ok(Begin::Hit(results, entry.extra.clone()));
            }
            taken.hits.set(taken.hits.get() + 1);
            // What the clock cannot tell from nothing took a microsecond.
            let ms = (clock() - started_ms).max(if timed { 1e-3 } else { 0.0 });
            self.count(|stats| {
                stats.hits += 1;
                stats.total_cached_exec_time_ms += ms * counts_for as f64;
            });
            devtools::emit(|| Event::Call { name: self.name.clone(), entry: entry.id, ms });
            return Ok(Begin::Hit(results, entry.extra.clone()));
        }
        if self.verdicts.borrow_mut().get(&key.signature).is_some() {
            return Ok(Begin::Fallback);
        }
        Ok(Begin::Miss(self.trace(key, failed, inputs, if timed { started_ms } else { now_ms() })?))
    }

    /// Starts a trace whatever the cache holds: for warm-ups and inspections.
    /// `failed` is what kept an entry of the same key from serving the call.
    fn trace(&self, key: Key, failed: Option<Error>, inputs: &[Tensor], started_ms: f64) -> Result<Trace> {
        let label = self.label();
        let device = device_of(label, inputs)?;
        let nodes: Vec<_> = inputs.iter().map(|input| input.0.clone()).collect();
        evaluate_nodes(label, &nodes)?;
        let cache = self.cache.borrow();
        let mut report = self.misses.borrow().explain(&self.name, &key.signature, cache.iter().map(|(key, _)| key));
        if let Some(failed) = failed {
            report.reason = failed.message().to_string();
            report.hint = failed.hint().to_string();
        }
        Ok(Trace {
            scope: Scope::begin(&self.name, inputs, key.open.as_ref()),
            key,
            inputs: inputs.to_vec(),
            device,
            mode: compile_mode(),
            started_ms,
            report,
        })
    }

    /// Ends a trace with the function's results: compiles, runs, keeps the entry with `extra`.
    pub fn finish(&self, trace: Trace, outputs: &[Tensor], extra: Extra) -> Result<Finished> {
        let done = self.try_finish(trace, outputs, extra);
        if let Err(error) = &done {
            devtools::emit(|| Event::Error { name: self.name.clone(), message: error.to_string() });
        }
        done
    }

    fn try_finish(&self, trace: Trace, outputs: &[Tensor], extra: Extra) -> Result<Finished> {
        let label = self.label();
        let inputs = trace.inputs.clone();
        let Some((plan, mut parts, mut trace)) = self.compile(trace, outputs, extra)? else {
            return Ok(Finished::Fallback);
        };
        let program = match trace.device.try_load(&parts.request(), plan) {
            Ok(program) => program,
            Err(error) => self.op_by_op(error, &mut parts, &trace.device)?,
        };
        trace.report.ms = now_ms() - trace.started_ms;
        let entry = Entry::new(program, parts, trace.report.ms);
        let (results, taken) = entry.run(label, &inputs, trace.key.symbols())?;
        if taken.refused.get().is_some() {
            self.fell_back();
        } else {
            self.count(|stats| stats.misses += 1);
            taken.missed.set(true);
        }
        self.keep(trace, entry);
        Ok(Finished::Results(results))
    }

    /// Ends a trace whose function threw, or cannot go on. `true` when it broke: call the function as it is, then
    /// [`Store::fell_back`]. `false` when the function's own error is the answer.
    pub fn give_up(&self, trace: Trace) -> Result<bool> {
        let Trace { scope, key, .. } = trace;
        let broken = scope.mark.broken();
        drop(scope);
        broken.map_or(Ok(false), |broken| self.fall_back(broken, Some(key.signature)).map(|()| true))
    }

    /// The function cannot be traced at all, whatever it is called with: call it as it is, then [`Store::fell_back`].
    pub fn refuse(&self, reason: BreakReason) -> Result<()> {
        let error = Error::breaking(reason, self.label(), "", self.label());
        self.fall_back(Break { reason, error, source: None }, None)
    }

    fn fall_back(&self, broken: Break, signature: Option<Signature>) -> Result<()> {
        if self.options.fullgraph {
            return Err(broken.into_fullgraph(self.label()));
        }
        let report = FallbackReport {
            function: self.name.clone(),
            reason: broken.reason.name().into(),
            message: broken.error.message().into(),
            op_path: broken.op_path(self.label()),
            hint: broken.error.hint().into(),
        };
        if let Some(signature) = signature {
            self.verdicts.borrow_mut().insert(signature, ());
        }
        if !self.warned.borrow().contains(&broken.reason) {
            self.warned.borrow_mut().push(broken.reason);
            devtools::warn(&format!(
                "{} runs eagerly: {} (at {}). {} Said once per reason; fullgraph makes it an error.",
                self.label, report.message, report.op_path, report.hint
            ));
        }
        devtools::emit(|| Event::Fallback { report: report.clone() });
        *self.last_fallback.borrow_mut() = Some(report);
        Ok(())
    }

    /// What becomes of an entry whose kernels the device does not take: its graph op by op.
    fn op_by_op(&self, error: DeviceError, parts: &mut Parts, device: &DeviceHandle) -> Result<Rc<Program>> {
        self.fall_back(refused(self.label(), error)?, None)?;
        let (plan, target) = parts.refusal.op_by_op()?;
        parts.op_by_op = Some(target);
        device.load(self.label(), &parts.request(), plan)
    }

    /// Counts a call that ran eagerly because it cannot be compiled.
    pub fn fell_back(&self) {
        self.count(|stats| stats.fallbacks += 1);
    }

    /// Resolves when the device has taken or refused the kernels of a call on these tensors that has just returned: to whether it took
    /// them. Only with `fullgraph` it may not have; the results are errors then.
    pub fn taken(self: &Rc<Self>, inputs: &[Tensor]) -> Result<impl Future<Output = bool> + use<>> {
        let (store, before) = (self.clone(), self.refusals.get());
        let settled = device_of(self.label(), inputs)?.device().settled();
        Ok(async move {
            // A lost device takes nothing; every read says so.
            settled.await.is_ok() && store.refusals.get() == before
        })
    }

    /// Ends a trace without running anything; resolves when every pipeline is ready. The entry is kept then, not before.
    pub fn warm_up(
        self: &Rc<Self>,
        trace: Trace,
        outputs: &[Tensor],
        extra: Extra,
    ) -> Result<impl Future<Output = Result<()>> + use<>> {
        let store = self.clone();
        let compiled = self.compile(trace, outputs, extra)?;
        let ready = compiled.map(|(plan, parts, trace)| {
            let id = ProgramId(trace.device.fresh_id());
            trace.device.device().origin(id, &parts.request());
            (id, trace.device.device().warm_up(id, plan.clone()), plan, parts, trace)
        });
        Ok(async move {
            // Nothing can be prepared for a function that will run eagerly.
            let Some((id, ready, plan, mut parts, mut trace)) = ready else { return Ok(()) };
            let program = match ready.await {
                Ok(()) => trace.device.loaded(id, plan),
                Err(error) => store.op_by_op(error, &mut parts, &trace.device)?,
            };
            trace.report.ms = now_ms() - trace.started_ms;
            let entry = Entry::new(program, parts, trace.report.ms);
            store.keep(trace, entry);
            Ok(())
        })
    }

    /// The plan of a traced function; `None` when it is to run eagerly.
    fn compile(&self, trace: Trace, outputs: &[Tensor], extra: Extra) -> Result<Option<Compiled>> {
        let label = self.label();
        if trace.scope.mark.broken().is_some() {
            return self.give_up(trace).map(|_| None);
        }
        let Trace { scope, key, device, mode, started_ms, report, .. } = trace;
        let Linear { graph, leaves, .. } = scope.finish_call(label, outputs, &place_in(&key.signature))?;
        let guards = key.open.is_some().then(|| scope.mark.symbols.guards());
        // The trace is over before anything of it is kept.
        drop(scope);
        devtools::emit(|| Event::Trace { name: self.name.clone(), nodes: graph.len(), ms: now_ms() - started_ms });
        let target = pipeline::target_in(device.device().target(), mode);
        let refusal = Refusal::new(self, graph, target);
        let mut op_by_op = None;
        let plan = match pipeline::compile(&refusal.request(None), &mut ()) {
            Ok(compiled) => Arc::new(compiled.plan),
            Err(error) if key.open.is_some() => {
                return Err(Error::new(
                    error.kind(),
                    error.op(),
                    format!("cannot be compiled for open sizes: {}", error.message()),
                    "Read the size as a number (x.shape[i]) to fix it, or compile without shapeless and dynamicDims.",
                ));
            }
            Err(error) => {
                // Each op was fine by itself, or its call would have said so: what cannot be compiled can be run op by op.
                let broken = Break { reason: BreakReason::Unsupported, error, source: None };
                self.fall_back(broken, None)?;
                let (plan, target) = refusal.op_by_op()?;
                op_by_op = Some(target);
                plan
            }
        };
        let constants = leaves.iter().map(|node| node.buffer().expect("constants are computed")).collect();
        let layouts = (!plan.arenas.is_empty()).then(|| Layouts::new(refusal.clone()));
        let parts = Parts { constants, extra, guards, layouts, refusal, op_by_op };
        Ok(Some((plan, parts, Pending { key, device, started_ms, report })))
    }

    /// Keeps a complete entry and says so.
    fn keep(&self, pending: Pending, entry: Rc<Entry>) {
        let Pending { key, report, .. } = pending;
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
        if let Some(warning) = self.misses.borrow_mut().note(report) {
            devtools::warn(&format!("{}: {warning}", self.label));
        }
        let kept = entry.id;
        let out = self.cache.borrow_mut().insert(self.place(key), entry);
        if let Some((signature, entry)) = &out {
            // With a capacity of zero that is the new entry itself.
            self.vacate(signature);
            debug_assert!(entry.id != kept || self.cache.borrow().is_empty());
        }
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

    /// Forgets every entry and verdict and frees what they hold; the statistics stay.
    pub fn clear(&self) {
        self.cache.borrow_mut().clear();
        self.verdicts.borrow_mut().clear();
        self.guarded.borrow_mut().clear();
    }
}

/// Says where the input of that number is in a call.
fn place_in(signature: &Signature) -> impl Fn(usize) -> String {
    move |at| signature.tensor_path(at).unwrap_or_else(|| format!("tensor argument {at}"))
}

/// What follows when a device does not take a program: its kernels may be too much for a driver where those of single ops are not.
/// What is too large, or lost, is so either way.
fn refused(label: &str, error: DeviceError) -> Result<Break> {
    match error {
        DeviceError::Failed(text) => {
            Ok(Break { reason: BreakReason::Unsupported, error: Error::refused(label, text), source: None })
        }
        DeviceError::Limit(_) | DeviceError::Lost(_) | DeviceError::Refused(..) => {
            Err(Error::from_device(label, error))
        }
    }
}

/// A plan, what else its entry has, and what is left of the trace.
type Compiled = (Arc<interfuse_compiler::plan::Plan>, Parts, Pending);

/// What is left of a trace that compiled.
struct Pending {
    key: Key,
    device: DeviceHandle,
    started_ms: f64,
    report: MissReport,
}
