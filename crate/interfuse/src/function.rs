//! `compile` for Rust closures.

use crate::compile::{Begin, CacheEntry, CompilationStats, DEFAULT_CACHE_SIZE, MissReport, Store, Trace};
use crate::devtools;
use crate::error::{Error, Result};
use crate::inspect::Inspection;
use crate::profile::Profile;
use crate::tensor::Tensor;
use crate::tree::Tree;
use interfuse_compiler::cache::{Capacity, Signature};
use interfuse_compiler::dtype::Scalar;
use std::marker::PhantomData;
use std::rc::Rc;

/// Compiles a function of one tree of tensors and constants: a tensor, a tuple, a vector, ...
///
/// The first call with new shapes, dtypes, structure or constants traces the function, optimises the graph and generates kernels;
/// the others reuse them. The function should be pure: what it reads from outside is a constant of the entry.
///
/// ```
/// use interfuse::{compile, Tensor};
/// let gelu = compile(|x: &Tensor| x * ((x / 2f32.sqrt()).erf() + 1.0) / 2.0);
/// let x = Tensor::from([[-1.0f32, 0.0, 1.0]]);
/// let y = gelu.call(&x)?;
/// gelu.call(&x)?;
/// assert_eq!((gelu.stats().misses, gelu.stats().hits), (1, 1));
/// assert!((y.to_vec::<f32>()?[2] - 0.8413447).abs() < 1e-6);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub fn compile<A: Tree, R: Tree + 'static, F: Fn(&A) -> R>(
    function: F,
) -> CompiledFunction<A, R, impl Fn(&A) -> Result<R>> {
    Compile::new(function).build()
}

/// Compiles a function that may fail; its error comes out of the call, and nothing is kept.
pub fn try_compile<A: Tree, R: Tree + 'static, F: Fn(&A) -> Result<R>>(function: F) -> CompiledFunction<A, R, F> {
    Compile::fallible(function).build()
}

/// Options of [`compile`].
///
/// ```
/// use interfuse::{Compile, Tensor};
/// let f = Compile::new(|(x, k): &(Tensor, f32)| x * *k).name("scale").max_cache_size(2).build();
/// let x = Tensor::from([1.0f32]);
/// for k in [1.0, 2.0, 3.0, 1.0, 3.0, 2.0] {
///     f.call(&(x.clone(), k))?;
/// }
/// let stats = f.stats();
/// assert_eq!((stats.hits, stats.misses, stats.evictions), (1, 5, 3));
/// # Ok::<(), interfuse::Error>(())
/// ```
pub struct Compile<F> {
    function: F,
    name: String,
    capacity: Capacity,
    on_recompile: Option<OnRecompile>,
}

type OnRecompile = Box<dyn Fn(&MissReport) -> Result<()>>;

impl<F> Compile<F> {
    /// Of a function that may fail.
    pub fn fallible<A: Tree, R: Tree>(function: F) -> Compile<F>
    where
        F: Fn(&A) -> Result<R>,
    {
        let name = "closure".to_string();
        Compile { function, name, capacity: Capacity::from(DEFAULT_CACHE_SIZE), on_recompile: None }
    }

    /// The name in errors, statistics and inspections.
    pub fn name(mut self, name: &str) -> Compile<F> {
        self.name = name.to_string();
        self
    }

    /// How many entries to keep, the least recently used out first; 0 keeps none. 64 by default.
    pub fn max_cache_size(mut self, entries: usize) -> Compile<F> {
        self.capacity = Capacity::from(entries);
        self
    }

    /// Keep every entry.
    pub fn unbounded_cache(mut self) -> Compile<F> {
        self.capacity = Capacity::Unbounded;
        self
    }

    /// Is told of every miss but the first, before the function is traced; its error fails the call.
    pub fn on_recompile(mut self, callback: impl Fn(&MissReport) -> Result<()> + 'static) -> Compile<F> {
        self.on_recompile = Some(Box::new(callback));
        self
    }

    /// The compiled function.
    pub fn build<A: Tree, R: Tree + 'static>(self) -> CompiledFunction<A, R, F>
    where
        F: Fn(&A) -> Result<R>,
    {
        let Compile { function, name, capacity, on_recompile } = self;
        CompiledFunction { function, store: Rc::new(Store::new(name, capacity)), on_recompile, types: PhantomData }
    }
}

impl Compile<()> {
    /// Of a function.
    pub fn new<A: Tree, R: Tree, F: Fn(&A) -> R>(function: F) -> Compile<impl Fn(&A) -> Result<R>> {
        Compile::fallible(move |arguments: &A| Ok(function(arguments)))
    }
}

/// A function whose calls are compiled once per signature.
pub struct CompiledFunction<A, R, F> {
    function: F,
    store: Rc<Store>,
    on_recompile: Option<OnRecompile>,
    types: PhantomData<fn(&A) -> R>,
}

impl<A: Tree, R: Tree + 'static, F: Fn(&A) -> Result<R>> CompiledFunction<A, R, F> {
    /// Calls the function. Returns at once; results are read when they are needed.
    pub fn call(&self, arguments: &A) -> Result<R> {
        if self.store.inlines() {
            return (self.function)(arguments);
        }
        let (signature, inputs) = self.signature(arguments)?;
        match self.store.begin(signature, &inputs)? {
            Begin::Inline => (self.function)(arguments),
            Begin::Hit(outputs, extra) => {
                let form: &R = extra.downcast_ref().expect("finish was given this type");
                Ok(form.unflatten(&mut outputs.into_iter()))
            }
            Begin::Miss(trace) => {
                if let Some(callback) = &self.on_recompile
                    && !trace.is_first()
                {
                    callback(trace.report())?;
                }
                let (result, outputs, form) = self.run_traced(&trace, arguments)?;
                let outputs = self.store.finish(trace, &outputs, form)?;
                Ok(result.unflatten(&mut outputs.into_iter()))
            }
        }
    }

    fn signature(&self, arguments: &A) -> Result<(Signature, Vec<Tensor>)> {
        let mut inputs = Vec::new();
        // The builder needs the device of the tensors, which flattening finds: flatten once for them, once for the key.
        arguments.flatten(&mut interfuse_compiler::cache::SignatureBuilder::new(0, 0), &mut inputs);
        let mut key = self.store.signature(&inputs)?;
        key.array(1);
        arguments.flatten(&mut key, &mut Vec::new());
        Ok((key.build(), inputs))
    }

    /// Calls the function on placeholders: its results, the tensors in them, and their form without tensors.
    fn run_traced(&self, trace: &Trace, arguments: &A) -> Result<(R, Vec<Tensor>, Rc<R>)> {
        let traced = arguments.unflatten(&mut trace.placeholders().iter().cloned());
        let result = (self.function)(&traced)?;
        let mut outputs = Vec::new();
        result.flatten(&mut interfuse_compiler::cache::SignatureBuilder::new(0, 0), &mut outputs);
        // The form must hold no placeholder and no result: a scalar stands for every tensor.
        let nothing = Tensor::scalar(Scalar::bool(false))?;
        let form = Rc::new(result.unflatten(&mut std::iter::repeat(nothing)));
        Ok((result, outputs, form))
    }

    /// Traces and compiles for these arguments and waits until every pipeline is ready, without running.
    pub async fn warm_up(&self, arguments: &A) -> Result<()> {
        let (signature, inputs) = self.signature(arguments)?;
        let Some(trace) = self.store.begin_warm_up(signature, &inputs)? else { return Ok(()) };
        let (_, outputs, form) = self.run_traced(&trace, arguments)?;
        self.store.warm_up(trace, &outputs, form)?.await
    }

    /// Every stage of the compilation for these arguments. Does not run it and does not change the statistics.
    ///
    /// ```
    /// use interfuse::{compile, Tensor};
    /// let f = compile(|x: &Tensor| (x * 2.0 + 1.0).exp());
    /// let inspection = f.inspect(&Tensor::from([1.0f32, 2.0]))?;
    /// assert_eq!(inspection.after.dispatches, 1);
    /// assert_eq!(inspection.before.dispatches, 3);
    /// assert!(inspection.graphs[0].listing.contains("exp"));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn inspect(&self, arguments: &A) -> Result<Inspection> {
        let (signature, inputs) = self.signature(arguments)?;
        let trace = self.store.begin_inspect(signature, &inputs)?;
        let was = devtools::is_recording();
        devtools::record_sources(true);
        let traced = self.run_traced(&trace, arguments);
        devtools::record_sources(was);
        let (_, outputs, _) = traced?;
        self.store.finish_inspect(trace, &outputs)
    }
}

impl<A: Tree, R: Tree + 'static, F: Fn(&A) -> Result<R>> CompiledFunction<A, R, F> {
    /// How long each kernel takes for these arguments, fused and unfused, each measured `repeats` times. Does not change the
    /// statistics.
    ///
    /// ```
    /// use interfuse::{block_on, compile, Tensor};
    /// let f = compile(|x: &Tensor| (x * 2.0 + 1.0).exp());
    /// let profile = block_on(f.profile(&Tensor::from([1.0f32, 2.0]), 3))?;
    /// assert_eq!((profile.fused.kernels.len(), profile.unfused.kernels.len()), (1, 3));
    /// assert_eq!(profile.max_abs_difference, 0.0);
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub async fn profile(&self, arguments: &A, repeats: usize) -> Result<Profile> {
        let (signature, inputs) = self.signature(arguments)?;
        let trace = self.store.begin_inspect(signature, &inputs)?;
        let (_, outputs, _) = self.run_traced(&trace, arguments)?;
        self.store.finish_profile(trace, &outputs, repeats)?.await
    }
}

impl<A, R, F> CompiledFunction<A, R, F> {
    /// What the calls came to.
    pub fn stats(&self) -> CompilationStats {
        self.store.stats()
    }

    /// The entries, most recent first.
    pub fn cache(&self) -> Vec<CacheEntry> {
        self.store.entries()
    }

    /// Why the last call without an entry had none.
    pub fn last_miss(&self) -> Option<MissReport> {
        self.store.last_miss()
    }

    /// Forgets every entry and frees what they hold; the statistics stay.
    pub fn clear_cache(&self) {
        self.store.clear();
    }

    /// The name in errors and inspections.
    pub fn name(&self) -> &str {
        self.store.name()
    }

    /// The function that is compiled.
    pub fn function(&self) -> &F {
        &self.function
    }
}

/// The error that fails a call on a recompilation, for [`Compile::on_recompile`].
pub fn recompile_error(report: &MissReport) -> Error {
    Error::new(
        crate::error::ErrorKind::CompileArgument,
        format!("compile('{}')", report.function),
        format!("recompiles: {}", report.reason),
        report.hint.clone(),
    )
}
