//! `compile` for Rust closures.

use crate::breaks::BreakReason;
use crate::compile::state::{Access, After, Capture};
use crate::compile::{Begin, Finished, Key, Purpose, Store, StoreOptions, Trace};
use crate::devtools;
use crate::error::{Error, Result};
use crate::inspect::{Inspection, WhatIf};
use crate::profile::Profile;
use crate::report::{CacheEntry, CompilationStats, FallbackReport, MissReport};
use crate::symbolic::{DynamicSizes, NamedSize};
use crate::tensor::Tensor;
use crate::tree::Tree;
use interfuse_compiler::cache::Capacity;
use interfuse_compiler::dtype::Scalar;
use interfuse_compiler::signature::SignatureBuilder;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

/// Compiles a function of one tree of tensors and constants: a tensor, a tuple, a vector, ...
///
/// The first call with new shapes, dtypes, structure or constants traces the function, optimises the graph and generates kernels. Later
/// calls reuse the kernels. The function should be pure: a value that it reads from outside is a constant of the entry. [`Compile::state`]
/// and [`Compile::inputs`] capture such values instead.
///
/// Nothing is traced here, so this cannot fail; [`CompiledFunction::call`] lists the errors.
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

/// Compiles a function that may fail. The call returns the function's error, and nothing is cached.
///
/// ```
/// use interfuse::{try_compile, ErrorKind, Tensor};
/// let product = try_compile(|(x, w): &(Tensor, Tensor)| x.try_matmul(w));
/// let (x, w) = (Tensor::from([[1.0f32, 2.0]]), Tensor::from([[3.0f32], [4.0]]));
/// assert_eq!(product.call(&(x.clone(), w))?.to_vec::<f32>()?, [11.0]);
/// assert_eq!(product.call(&(x.clone(), x)).unwrap_err().kind(), ErrorKind::Shape);
/// # Ok::<(), interfuse::Error>(())
/// ```
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
    options: StoreOptions,
    capture: Capture,
    on_recompile: Option<OnRecompile>,
}

type OnRecompile = Box<dyn Fn(&MissReport) -> Result<()>>;

impl<F> Compile<F> {
    /// Options for a function that may fail.
    pub fn fallible<A: Tree, R: Tree>(function: F) -> Compile<F>
    where
        F: Fn(&A) -> Result<R>,
    {
        let name = "closure".to_string();
        Compile { function, name, options: StoreOptions::default(), capture: Capture::default(), on_recompile: None }
    }

    /// The function's name in errors, statistics and inspections.
    pub fn name(mut self, name: &str) -> Compile<F> {
        self.name = name.to_string();
        self
    }

    /// The number of entries to keep; 0 keeps none. The least recently used entry is evicted first.
    pub fn max_cache_size(mut self, entries: usize) -> Compile<F> {
        self.options.max_cache_size = Capacity::from(entries);
        self
    }

    /// Keeps every entry.
    pub fn unbounded_cache(mut self) -> Compile<F> {
        self.options.max_cache_size = Capacity::Unbounded;
        self
    }

    /// Whether one entry serves tensors of all sizes. Tensors of another rank, dtype or structure still get an entry of their own.
    ///
    /// A decision that the function makes by a size becomes a guard. A call that does not fulfil the guard is an error of kind
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
        self.options.shapeless = shapeless;
        self
    }

    /// Names sizes that one entry leaves open: (which tensor, which axis, name).
    ///
    /// A tensor is given by its position in a tuple of arguments, or by a path such as `0.w`. Equal names mean equal sizes. A call in which
    /// they differ is an error of kind [`crate::ErrorKind::DimMismatch`]. A decision that the function makes by a size becomes a guard; a
    /// call that does not fulfil it traces the function again.
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
        self.options.dynamic_dims.extend(dims.into_iter().map(named));
        self
    }

    /// Leaves these sizes open.
    pub(crate) fn dynamic(mut self, sizes: DynamicSizes) -> Compile<F> {
        (self.options.shapeless, self.options.dynamic_dims) = (sizes.shapeless, sizes.named);
        self
    }

    /// Calls `callback` on every miss but the first, before the function is traced. If the callback returns an error, so does the call.
    pub fn on_recompile(mut self, callback: impl Fn(&MissReport) -> Result<()> + 'static) -> Compile<F> {
        self.on_recompile = Some(Box::new(callback));
        self
    }

    /// Captures a value that the function reads and replaces. Its tensors are inputs and results of every call, so their values are not
    /// part of the key. May be called for several values.
    ///
    /// ```
    /// use interfuse::{Compile, Tensor};
    /// use std::{cell::RefCell, rc::Rc};
    /// let total = Rc::new(RefCell::new(Tensor::from(0.0f32)));
    /// let own = total.clone();
    /// let add = Compile::new(move |x: &Tensor| {
    ///     let sum = &*own.borrow() + x;
    ///     *own.borrow_mut() = sum;
    /// })
    /// .state(&total)
    /// .build();
    /// for x in [1.0f32, 2.0, 3.0] {
    ///     add.call(&Tensor::from(x))?;
    /// }
    /// assert_eq!(total.borrow().to_vec::<f32>()?, [6.0]);
    /// assert_eq!((add.stats().traces, add.stats().hits), (1, 2));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn state<S: Tree + 'static>(mut self, value: &Rc<RefCell<S>>) -> Compile<F> {
        self.capture.add("state", Access::Write, value);
        self
    }

    /// Captures a value that the function only reads. Later calls see its changes. A function that replaces the value nevertheless runs
    /// eagerly.
    ///
    /// ```
    /// use interfuse::{Compile, Tensor};
    /// use std::{cell::RefCell, rc::Rc};
    /// let scale = Rc::new(RefCell::new(Tensor::from(2.0f32)));
    /// let own = scale.clone();
    /// let f = Compile::new(move |x: &Tensor| x * &*own.borrow()).inputs(&scale).build();
    /// let x = Tensor::from(10.0f32);
    /// assert_eq!(f.call(&x)?.to_vec::<f32>()?, [20.0]);
    /// *scale.borrow_mut() = Tensor::from(3.0f32);
    /// assert_eq!(f.call(&x)?.to_vec::<f32>()?, [30.0]);
    /// assert_eq!(f.stats().hits, 1);
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn inputs<S: Tree + 'static>(mut self, value: &Rc<RefCell<S>>) -> Compile<F> {
        self.capture.add("inputs", Access::Read, value);
        self
    }

    /// Captures a value that the function replaces. Its former value is an input as well, so this does the same as [`Compile::state`]
    /// under a name that states the intent.
    ///
    /// ```
    /// use interfuse::{Compile, Tensor};
    /// use std::{cell::RefCell, rc::Rc};
    /// let seen: Rc<RefCell<Vec<Tensor>>> = Rc::default();
    /// let own = seen.clone();
    /// let f = Compile::new(move |x: &Tensor| own.borrow_mut().push(x + 1.0)).outputs(&seen).build();
    /// f.call(&Tensor::from(1.0f32))?;
    /// f.call(&Tensor::from(2.0f32))?;
    /// assert_eq!(seen.borrow().len(), 2);
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn outputs<S: Tree + 'static>(mut self, value: &Rc<RefCell<S>>) -> Compile<F> {
        self.capture.add("outputs", Access::Write, value);
        self
    }

    /// Captures the thread's random generator, so that every call draws new numbers: the same that eager calls would draw.
    ///
    /// ```
    /// use interfuse::{Compile, random};
    /// let noise = Compile::fallible(|(): &()| random::bits(&[2], None)).random_state().build();
    /// random::seed(7);
    /// let compiled = [noise.call(&())?.to_vec::<u32>()?, noise.call(&())?.to_vec::<u32>()?];
    /// random::seed(7);
    /// let eager = [random::bits(&[2], None)?.to_vec::<u32>()?, random::bits(&[2], None)?.to_vec::<u32>()?];
    /// assert_eq!(compiled, eager);
    /// assert_eq!(noise.stats().hits, 1);
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn random_state(mut self) -> Compile<F> {
        self.capture.add_random();
        self
    }

    /// With `true` a function that cannot be one graph is an error of kind [`crate::ErrorKind::Fullgraph`]. By default it runs eagerly, and
    /// the call counts as a fallback.
    ///
    /// ```
    /// use interfuse::{Compile, ErrorKind, Tensor};
    /// let f = |x: &Tensor| Ok(if x.to_vec::<f32>()?[0] > 0.0 { x * 2.0 } else { x.clone() });
    /// let x = Tensor::from([1.0f32]);
    /// let eager = Compile::fallible(f).build();
    /// assert_eq!(eager.call(&x)?.to_vec::<f32>()?, [2.0]);
    /// assert_eq!((eager.stats().fallbacks, eager.stats().misses), (1, 0));
    /// let strict = Compile::fallible(f).fullgraph(true).build();
    /// let error = strict.call(&x).expect_err("reads");
    /// assert_eq!(error.kind(), ErrorKind::Fullgraph);
    /// assert_eq!(error.reason().map(|reason| reason.name()), Some("host-read"));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn fullgraph(mut self, yes: bool) -> Compile<F> {
        self.options.fullgraph = yes;
        self
    }

    /// The compiled function. Nothing is traced before the first call.
    pub fn build<A: Tree, R: Tree + 'static>(self) -> CompiledFunction<A, R, F>
    where
        F: Fn(&A) -> Result<R>,
    {
        let Compile { function, name, options, capture, on_recompile } = self;
        CompiledFunction { function, store: Store::new(name, options), capture, on_recompile, types: PhantomData }
    }
}

impl Compile<()> {
    /// Options for a function.
    pub fn new<A: Tree, R: Tree, F: Fn(&A) -> R>(function: F) -> Compile<impl Fn(&A) -> Result<R>> {
        Compile::fallible(move |arguments: &A| Ok(function(arguments)))
    }
}

/// A function whose calls are compiled once per signature. Made by [`compile`], [`try_compile`] or [`Compile::build`].
pub struct CompiledFunction<A, R, F> {
    function: F,
    store: Rc<Store>,
    capture: Capture,
    on_recompile: Option<OnRecompile>,
    types: PhantomData<fn(&A) -> R>,
}

/// The form of the results and of the state that a traced function left.
struct Left<R> {
    result: R,
    /// How many tensors are in it.
    tensors: usize,
    state: After,
}

/// What a function gave when it ran on placeholders.
struct Ran<R> {
    /// The tensors of the results, then those of the state.
    outputs: Vec<Tensor>,
    left: Rc<Left<R>>,
}

/// A call: its key, its tensors, and where those of the state start.
struct Arguments {
    key: Key,
    inputs: Vec<Tensor>,
    state_from: usize,
}

impl<A: Tree, R: Tree + 'static, F: Fn(&A) -> Result<R>> CompiledFunction<A, R, F> {
    /// Calls the function. Returns without waiting for the device; reading a result waits ([`Tensor::to_vec`]).
    ///
    /// # Errors
    ///
    /// Any error of the function itself (`Shape`, `DType`, ...), and of the [`ErrorKind`](crate::ErrorKind)
    ///
    /// - `Device`: the arguments are on different devices, or their device was lost;
    /// - `Limit`: the results need more memory than the device or the limit on tensors allows;
    /// - `UncapturedInput`: the function reads a tensor from outside that is also an argument;
    /// - `LeakedTracer`: an argument is a placeholder of a trace that has ended;
    /// - `ShapeGuard`: under [`Compile::shapeless`] a guard does not hold for this call;
    /// - `DimMismatch`: under [`Compile::dynamic_dims`] two sizes of one name differ;
    /// - `CompileArgument`: [`Compile::dynamic_dims`] names a tensor or an axis that does not exist;
    /// - `Fullgraph`: under [`Compile::fullgraph`] the function cannot be one graph.
    ///
    /// A device reports some failures only after the call has returned. Reads of the results then return the error.
    pub fn call(&self, arguments: &A) -> Result<R> {
        if self.store.inlines() {
            return self.inline(arguments);
        }
        let Arguments { key, inputs, state_from } = self.arguments(arguments)?;
        match self.store.begin(key, &inputs, Purpose::Run)? {
            Begin::Inline => self.inline(arguments),
            Begin::Fallback => self.eagerly(arguments),
            Begin::Hit(outputs, extra) => {
                let left: &Left<R> = extra.downcast_ref().expect("finish was given this type");
                Ok(self.give_back(left, outputs, &inputs[state_from..]))
            }
            Begin::Ready => unreachable!("this is no warm-up"),
            Begin::Miss(trace) => {
                if let Some(callback) = &self.on_recompile
                    && !trace.is_first()
                {
                    callback(trace.report())?;
                }
                let ran = match self.run_traced(&trace, arguments, state_from) {
                    Ok(ran) => ran,
                    Err(error) => {
                        return if self.store.give_up(trace)? { self.eagerly(arguments) } else { Err(error) };
                    }
                };
                match self.store.finish(trace, &ran.outputs, ran.left.clone())? {
                    Finished::Fallback => self.eagerly(arguments),
                    Finished::Results(outputs) => Ok(self.give_back(&ran.left, outputs, &inputs[state_from..])),
                }
            }
        }
    }

    /// Calls the function and consumes the arguments, so that their memory can be reused for the results of later calls. Rust's ownership
    /// rules out any further use of the arguments.
    ///
    /// # Errors
    ///
    /// Those of [`CompiledFunction::call`].
    ///
    /// ```
    /// use interfuse::{compile, Tensor};
    /// let step = compile(|x: &Tensor| x * 0.5);
    /// let mut x = Tensor::from([8.0f32]);
    /// for _ in 0..3 {
    ///     x = step.call_donating(x)?;
    /// }
    /// assert_eq!(x.to_vec::<f32>()?, [1.0]);
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn call_donating(&self, arguments: A) -> Result<R> {
        self.call(&arguments)
    }

    fn eagerly(&self, arguments: &A) -> Result<R> {
        let result = (self.function)(arguments)?;
        self.store.fell_back();
        Ok(result)
    }

    /// As a part of the function that is being traced, or with compilation off.
    fn inline(&self, arguments: &A) -> Result<R> {
        if self.capture.is_empty() || !crate::trace::is_compiling() {
            return (self.function)(arguments);
        }
        let (result, verdict) = self.capture.inlined(|| (self.function)(arguments));
        if let Err(what) = verdict {
            crate::trace::break_trace(BreakReason::Mutation, self.store.label(), &what)?;
        }
        result
    }

    /// The state becomes what the call left; gives the results.
    fn give_back(&self, left: &Left<R>, mut outputs: Vec<Tensor>, kept: &[Tensor]) -> R {
        let new = outputs.split_off(left.tensors);
        self.capture.fill(&left.state, kept, new.into_iter());
        left.result.unflatten(&mut outputs.into_iter())
    }

    fn arguments(&self, arguments: &A) -> Result<Arguments> {
        let (mut template, mut inputs) = (SignatureBuilder::new_template(), Vec::new());
        template.array(1 + self.capture.len());
        arguments.flatten(&mut template, &mut inputs);
        let state_from = inputs.len();
        self.capture.flatten(&mut template, &mut inputs);
        Ok(Arguments { key: self.store.key(&template.into_template(), &inputs)?, inputs, state_from })
    }

    /// The trace of an inspection.
    fn inspected(&self, key: Key, inputs: &[Tensor]) -> Result<Trace> {
        match self.store.begin(key, inputs, Purpose::Inspect)? {
            Begin::Miss(trace) => Ok(trace),
            Begin::Hit(..) | Begin::Inline | Begin::Fallback | Begin::Ready => {
                unreachable!("an inspection looks nothing up")
            }
        }
    }

    /// Calls the function on placeholders, those of the state from `state_from`. The state is what it was before afterwards.
    fn run_traced(&self, trace: &Trace, arguments: &A, state_from: usize) -> Result<Ran<R>> {
        let (of_arguments, of_state) = trace.placeholders().split_at(state_from);
        let traced = arguments.unflatten(&mut of_arguments.iter().cloned());
        let swapped = self.capture.swap(of_state);
        let _noted = self.capture.note();
        let result = (self.function)(&traced)?;
        let mut outputs = Vec::new();
        result.flatten(&mut SignatureBuilder::new_template(), &mut outputs);
        let tensors = outputs.len();
        // The form must hold no placeholder and no result: a scalar stands for every tensor.
        let nothing = Tensor::scalar(Scalar::bool(false))?;
        let state = self.capture.after(&swapped, of_state, &mut outputs, &nothing);
        let state = state.or_else(|what| {
            crate::trace::break_trace(BreakReason::Mutation, self.store.label(), &what)?;
            unreachable!("a trace is going on")
        })?;
        let result = result.unflatten(&mut std::iter::repeat(nothing));
        Ok(Ran { outputs, left: Rc::new(Left { result, tensors, state }) })
    }

    /// Traces and compiles for these arguments and waits until every pipeline is ready. Does not run the kernels.
    ///
    /// # Errors
    ///
    /// Those of [`CompiledFunction::call`].
    ///
    /// ```
    /// use interfuse::{block_on, compile, Tensor};
    /// let f = compile(|x: &Tensor| x.exp());
    /// let x = Tensor::from([0.0f32]);
    /// block_on(f.warm_up(&x))?;
    /// f.call(&x)?;
    /// assert_eq!((f.stats().misses, f.stats().hits), (0, 1));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub async fn warm_up(&self, arguments: &A) -> Result<()> {
        let Arguments { key, inputs, state_from } = self.arguments(arguments)?;
        let Begin::Miss(trace) = self.store.begin(key, &inputs, Purpose::WarmUp)? else { return Ok(()) };
        let ran = match self.run_traced(&trace, arguments, state_from) {
            Ok(ran) => ran,
            Err(error) => return if self.store.give_up(trace)? { Ok(()) } else { Err(error) },
        };
        self.store.warm_up(trace, &ran.outputs, ran.left)?.await
    }

    /// Every stage of the compilation for these arguments. Does not run the kernels and does not change the statistics.
    ///
    /// # Errors
    ///
    /// Those of [`CompiledFunction::call`], and `CompileArgument` while a function is being traced. Nothing runs eagerly here: what breaks
    /// the trace is an error of its own kind, such as `HostRead`.
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
        self.inspect_as(arguments, &WhatIf::default())
    }

    /// The same, compiled for another device or without some of what the compiler does. Runs nothing, so there need not be such a device.
    ///
    /// # Errors
    ///
    /// Those of [`CompiledFunction::inspect`], `CompileArgument` where there is no such schedule, and those of a device that cannot run the
    /// function.
    ///
    /// ```
    /// use interfuse::inspect::WhatIf;
    /// use interfuse::{compile, CompileMode, Tensor};
    /// let f = compile(|x: &Tensor| (x * 2.0 + 1.0).exp());
    /// let unfused = WhatIf { mode: Some(CompileMode::NoFuse), ..WhatIf::default() };
    /// assert_eq!(f.inspect_as(&Tensor::from([1.0f32, 2.0]), &unfused)?.kernels.len(), 3);
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn inspect_as(&self, arguments: &A, what_if: &WhatIf) -> Result<Inspection> {
        let Arguments { key, inputs, state_from } = self.arguments(arguments)?;
        let trace = self.inspected(key, &inputs)?;
        let was = devtools::is_recording();
        devtools::record_sources(true);
        let ran = self.run_traced(&trace, arguments, state_from);
        devtools::record_sources(was);
        self.store.finish_inspect(trace, &ran?.outputs, what_if)
    }
}

impl<A: Tree, R: Tree + 'static, F: Fn(&A) -> Result<R>> CompiledFunction<A, R, F> {
    /// The time of each kernel for these arguments in milliseconds, fused and unfused, each measured `repeats` times. Does not change the
    /// statistics.
    ///
    /// # Errors
    ///
    /// Those of [`CompiledFunction::inspect`], and `CompileArgument` if `repeats` is 0 or too large.
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
        let Arguments { key, inputs, state_from } = self.arguments(arguments)?;
        let trace = self.inspected(key, &inputs)?;
        let outputs = self.run_traced(&trace, arguments, state_from)?.outputs;
        self.store.finish_profile(trace, &outputs, repeats)?.await
    }
}

impl<A, R, F> CompiledFunction<A, R, F> {
    /// How many calls were hits, misses and fallbacks, and the time they took.
    pub fn stats(&self) -> CompilationStats {
        self.store.stats()
    }

    /// The entries, most recent first.
    pub fn cache(&self) -> Vec<CacheEntry> {
        self.store.entries()
    }

    /// Why the last miss found no entry; `None` before the first miss.
    pub fn last_miss(&self) -> Option<MissReport> {
        self.store.last_miss()
    }

    /// Why the last fallback ran eagerly; `None` without fallbacks.
    pub fn last_fallback(&self) -> Option<FallbackReport> {
        self.store.last_fallback()
    }

    /// Drops every entry and frees its memory. The statistics stay.
    pub fn clear_cache(&self) {
        self.store.clear();
    }

    /// The function's name in errors and inspections.
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
