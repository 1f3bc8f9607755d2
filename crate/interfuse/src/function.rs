//! `compile` for Rust closures.

use crate::compile::{Begin, CacheEntry, CompilationStats, DEFAULT_CACHE_SIZE, Key, MissReport, Store, Trace};
use crate::devtools;
use crate::error::{Error, Result};
use crate::inspect::Inspection;
use crate::profile::Profile;
use crate::symbolic::{DynamicSizes, NamedSize};
use crate::tensor::Tensor;
use crate::tree::Tree;
use interfuse_compiler::cache::{Capacity, SignatureBuilder};
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
    sizes: DynamicSizes,
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
        Compile {
            function,
            name,
            capacity: Capacity::from(DEFAULT_CACHE_SIZE),
            sizes: DynamicSizes::default(),
            on_recompile: None,
        }
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

    /// Whether one entry serves tensors of all sizes; rank, dtype and structure still have entries of their own.
    ///
    /// What the function decides by looking at a size holds for every call: a call for which it does not is an error of kind
    /// [`crate::ErrorKind::ShapeGuard`]. [`Tensor::dim`] and whole shapes leave sizes open.
    ///
    /// ```
    /// use interfuse::{library, Compile, DType, ErrorKind, Tensor};
    /// let f = Compile::new(|x: &Tensor| x.reshape(&[x.sizes()[0] * 2, 2])).shapeless(true).build();
    /// assert_eq!(f.call(&library::ones(&[3, 4], DType::Float32)?)?.sizes(), [6, 2]);
    /// let error = f.call(&library::ones(&[5, 4], DType::Float32)?).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::ShapeGuard);
    ///
    /// let rows = Compile::new(|x: &Tensor| x.mean(-1, false)).shapeless(true).build();
    /// for n in [3, 7, 1] {
    ///     assert_eq!(rows.call(&library::ones(&[2, n], DType::Float32)?)?.to_vec::<f32>()?, [1.0, 1.0]);
    /// }
    /// assert_eq!((rows.stats().misses, rows.stats().hits), (1, 2));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn shapeless(mut self, shapeless: bool) -> Compile<F> {
        self.sizes.shapeless = shapeless;
        self
    }

    /// Names sizes that one entry leaves open: (which tensor, which axis, name). A tensor is named by its position in a tuple of
    /// arguments, or by a path such as `0.w`. Equal names mean equal sizes; a call in which they differ is an error of kind
    /// [`crate::ErrorKind::DimMismatch`]. Where the function took a size for granted, another one traces it anew.
    ///
    /// ```
    /// use interfuse::{library, Compile, DType, ErrorKind, Tensor};
    /// let f = Compile::new(|(x, w): &(Tensor, Tensor)| x.matmul(w).sum(0, false))
    ///     .dynamic_dims([("0", 0, "batch")])
    ///     .build();
    /// let w = library::ones(&[4, 2], DType::Float32)?;
    /// for batch in [2, 3, 5] {
    ///     let x = library::ones(&[batch, 4], DType::Float32)?;
    ///     assert_eq!(f.call(&(x, w.clone()))?.to_vec::<f32>()?, [4.0 * batch as f32; 2]);
    /// }
    /// assert_eq!(f.stats().hits, 2);
    /// assert_eq!(f.cache()[0].signature, "([float32[batch,4], float32[4,2]])");
    ///
    /// let add = Compile::new(|(x, y): &(Tensor, Tensor)| x + y).dynamic_dims([("0", 0, "n"), ("1", 0, "n")]).build();
    /// let one = |n: i64| library::ones(&[n], DType::Float32);
    /// assert_eq!(add.call(&(one(3)?, one(2)?)).unwrap_err().kind(), ErrorKind::DimMismatch);
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn dynamic_dims<P: Into<String>, N: Into<String>>(
        mut self,
        dims: impl IntoIterator<Item = (P, i64, N)>,
    ) -> Compile<F> {
        let named = |(path, axis, name): (P, i64, N)| NamedSize { path: path.into(), axis, name: name.into() };
        self.sizes.named.extend(dims.into_iter().map(named));
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
        let Compile { function, name, capacity, sizes, on_recompile } = self;
        let store = Rc::new(Store::new(name, capacity).leaving_open(sizes));
        CompiledFunction { function, store, on_recompile, types: PhantomData }
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
        let (key, inputs) = self.key(arguments)?;
        match self.store.begin(key, &inputs)? {
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

    fn key(&self, arguments: &A) -> Result<(Key, Vec<Tensor>)> {
        let mut inputs = Vec::new();
        let mut template = SignatureBuilder::new_template();
        template.array(1);
        arguments.flatten(&mut template, &mut inputs);
        Ok((self.store.key(&template.into_template(), &inputs)?, inputs))
    }

    /// Calls the function on placeholders: its results, the tensors in them, and their form without tensors.
    fn run_traced(&self, trace: &Trace, arguments: &A) -> Result<(R, Vec<Tensor>, Rc<R>)> {
        let traced = arguments.unflatten(&mut trace.placeholders().iter().cloned());
        let result = (self.function)(&traced)?;
        let mut outputs = Vec::new();
        result.flatten(&mut SignatureBuilder::new_template(), &mut outputs);
        // The form must hold no placeholder and no result: a scalar stands for every tensor.
        let nothing = Tensor::scalar(Scalar::bool(false))?;
        let form = Rc::new(result.unflatten(&mut std::iter::repeat(nothing)));
        Ok((result, outputs, form))
    }

    /// Traces and compiles for these arguments and waits until every pipeline is ready, without running.
    pub async fn warm_up(&self, arguments: &A) -> Result<()> {
        let (key, inputs) = self.key(arguments)?;
        let Some(trace) = self.store.begin_warm_up(key, &inputs)? else { return Ok(()) };
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
        let (key, inputs) = self.key(arguments)?;
        let trace = self.store.begin_inspect(key, &inputs)?;
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
        let (key, inputs) = self.key(arguments)?;
        let trace = self.store.begin_inspect(key, &inputs)?;
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
