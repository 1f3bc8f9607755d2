//! Functions as files: a traced graph with its constants, the same bytes for the page, Node and native programs.
//!
//! The file is a safetensors file: the tensors `constant.0`, `constant.1`, ... are what the function closed over, and the metadata hold
//! the graph as a listing (see `interfuse_compiler::text`), a version, and names. So one reader of bytes is to be trusted, not two, and
//! other tools can look inside. What is read is verified in full before anything is made of it.
//!
//! Running a file is calling its nodes one by one on tensors. Under `compile` that is a trace like any other, so imported functions
//! fuse into their callers, have gradients, caches and inspections, and nothing here knows of devices.

use super::open::{IMPORT, OpenSizes, bad, fits, written_guards, written_symbols};
use super::safetensors::{Safetensors, load_safetensors, save_safetensors};
use crate::error::{Error, ErrorKind, Result};
use crate::function::{Compile, CompiledFunction};
use crate::random;
use crate::report::CompilationStats;
use crate::scope::Scope;
use crate::symbolic::{self, Binder, DynamicSizes, MAX_ELEMENTS, elements};
use crate::tensor::{Tensor, compute};
use crate::trace;
use crate::tree::{Tree, tensors_of};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_compiler::signature::SignatureBuilder;
use interfuse_compiler::text::{parse, print};
use interfuse_compiler::verify::{Stage, verify};
use std::borrow::Cow;
use std::future::Future;
use std::rc::Rc;

const EXPORT: &str = "exportFunction";
/// What takes and gives the state of the random generator, the last of the inputs and of the results.
const RANDOM: &str = "random.state";
const FORMAT: &str = "interfuse.function";
/// Files of later versions are refused: they may mean something else. The first one had no open sizes and no random state.
const VERSION: u32 = 2;
/// A listing of this size has some 300,000 nodes, more than a plan can sensibly have; it bounds what parsing allocates.
const MAX_LISTING_BYTES: usize = 16 << 20;
const MAX_AXES: usize = 32;

/// What a file keeps open beside the values of its arguments.
#[derive(Clone, Default, Debug)]
pub struct ExportOptions {
    /// Sizes: calls may have others than those of the export.
    pub sizes: DynamicSizes,
    /// The state of the thread's random generator: the file takes and gives it, and calls of the imported function draw from the
    /// generator of the thread that calls.
    pub random_state: bool,
}

/// A function that is being traced for export: call it on the placeholders, then [`Exporting::finish`]. [`export_function`] does both.
pub struct Exporting {
    scope: Scope,
    name: String,
    /// The sizes at the export that are open, and their names.
    open: Option<(Vec<i64>, Vec<String>)>,
    /// The generator's state outside, when it is captured.
    random: Option<Tensor>,
}

impl Exporting {
    /// Starts the trace of a function of that name on tensors like these, which stand in a template where the options name some of them.
    pub fn begin(name: &str, template: &[u8], inputs: &[Tensor], options: &ExportOptions) -> Result<Exporting> {
        if trace::is_active() {
            return Err(Error::new(
                ErrorKind::CompileArgument,
                EXPORT,
                "a function cannot be exported while one is being traced",
                "Export outside of it.",
            ));
        }
        let random = options.random_state.then(random::state).transpose()?;
        let inputs: Vec<Tensor> = inputs.iter().chain(&random).cloned().collect();
        compute("evaluate", &inputs)?;
        let binder = Binder::new(options.sizes.clone());
        let mut bound = match binder.is_empty() {
            true => None,
            false => {
                let own = inputs[..inputs.len() - usize::from(random.is_some())].iter().map(Tensor::aval);
                Some(binder.bind(EXPORT, template, &own.collect::<Vec<_>>())?)
            }
        };
        if let Some(bound) = &mut bound {
            bound.avals.extend(random.iter().map(|key| key.aval().clone()));
        }
        let scope = Scope::begin(name, &inputs, bound.as_ref());
        if random.is_some() {
            random::place_state(scope.placeholders.last().expect("the state comes last"))?;
        }
        Ok(Exporting { scope, name: name.to_string(), open: bound.map(|bound| (bound.values, bound.names)), random })
    }

    /// One placeholder per tensor.
    pub fn placeholders(&self) -> &[Tensor] {
        &self.scope.placeholders[..self.scope.placeholders.len() - usize::from(self.random.is_some())]
    }

    /// Ends the trace with the function's results. The inputs get these names, or their positions; `form` is kept for the host, which
    /// puts arguments and results together by it. The file is there when the constants are read.
    pub fn finish(
        self,
        outputs: &[Tensor],
        names: &[String],
        form: &str,
    ) -> Result<impl Future<Output = Result<Vec<u8>>> + use<>> {
        let drawn = self.random.as_ref().map(|_| random::state()).transpose()?;
        let outputs: Vec<Tensor> = outputs.iter().chain(&drawn).cloned().collect();
        let linear = self.scope.finish(EXPORT, &outputs)?;
        let named = |at: usize| names.get(at).cloned().unwrap_or_else(|| at.to_string());
        let mut names: Vec<String> = (0..self.placeholders().len()).map(named).collect();
        names.extend(drawn.iter().map(|_| RANDOM.to_string()));
        let open = self.open.as_ref().filter(|(values, _)| !values.is_empty());
        let symbols = open.map(|(values, names)| written_symbols(values, names));
        let guards = open.map(|_| written_guards(&self.scope.mark.symbols));
        let name = self.name.clone();
        let random = drawn.map(|_| RANDOM.to_string());
        drop(self);
        let constants: Vec<Tensor> = linear.leaves.into_iter().map(Tensor::from_node).collect();
        let (graph, form) = (print(&linear.graph), form.to_string());
        // What the first version can say is written in it.
        let version = if symbols.is_some() || random.is_some() { VERSION } else { 1 };
        Ok(async move {
            let tensors: Vec<String> = (0..constants.len()).map(constant_name).collect();
            let tensors: Vec<(&str, &Tensor)> = tensors.iter().map(String::as_str).zip(&constants).collect();
            let (version, inputs) = (version.to_string(), joined(&names));
            let mut metadata = vec![
                ("format", FORMAT),
                ("version", &version),
                ("name", &name),
                ("inputs", &inputs),
                ("form", &form),
                ("graph", &graph),
            ];
            for (key, value) in [("symbols", &symbols), ("guards", &guards), ("state", &random)] {
                metadata.extend(value.iter().map(|value| (key, value.as_str())));
            }
            save_safetensors(&tensors, &metadata).await.map_err(|error| error.named(EXPORT))
        })
    }
}

impl Drop for Exporting {
    fn drop(&mut self) {
        if let Some(key) = &self.random {
            random::place_state(key).expect("it was the state before");
        }
    }
}

fn constant_name(at: usize) -> String {
    format!("constant.{at}")
}

/// Names, a line each.
fn joined(names: &[String]) -> String {
    names.iter().map(|name| name.replace('\n', " ")).collect::<Vec<_>>().join("\n")
}

/// The file of a function, traced on arguments like these: what [`import_function`] reads. What the function closes over goes along.
///
/// ```
/// use interfuse::{block_on, io, Tensor};
/// let w = Tensor::from([2.0f32, 3.0]);
/// let x = Tensor::from([1.0f32, 1.0]);
/// let file = block_on(io::export_function("scale", |x: &Tensor| x.try_mul(&w), &x))?;
/// let scale = io::import_function(&file)?;
/// assert_eq!(scale.call(&[x])?[0].to_vec::<f32>()?, [2.0, 3.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub async fn export_function<A: Tree, R: Tree>(
    name: &str,
    function: impl Fn(&A) -> Result<R>,
    arguments: &A,
) -> Result<Vec<u8>> {
    export_function_with(name, function, arguments, &ExportOptions::default()).await
}

/// The same with sizes that stay open, or for a function that draws from the thread's random generator.
///
/// ```
/// use interfuse::{block_on, io, DynamicSizes, Tensor};
/// let x = Tensor::from([[1.0f32, 1.0], [2.0, 4.0]]);
/// let options = io::ExportOptions { sizes: DynamicSizes { shapeless: true, named: vec![] }, ..Default::default() };
/// let file = block_on(io::export_function_with("sums", |x: &Tensor| x.try_sum(1, false), &x, &options))?;
/// let sums = io::import_function(&file)?;
/// assert_eq!(sums.call(&[x])?[0].to_vec::<f32>()?, [2.0, 6.0]);
/// assert_eq!(sums.call(&[Tensor::from([[1.0f32, 2.0, 3.0]])])?[0].to_vec::<f32>()?, [6.0]);
/// # Ok::<(), interfuse::Error>(())
/// ```
pub async fn export_function_with<A: Tree, R: Tree>(
    name: &str,
    function: impl Fn(&A) -> Result<R>,
    arguments: &A,
    options: &ExportOptions,
) -> Result<Vec<u8>> {
    let (mut template, mut inputs) = (SignatureBuilder::new_template(), Vec::new());
    template.array(1);
    arguments.flatten(&mut template, &mut inputs);
    let exporting = Exporting::begin(name, &template.into_template(), &inputs, options)?;
    let result = function(&arguments.unflatten(&mut exporting.placeholders().iter().cloned()))?;
    exporting.finish(&tensors_of(&result), &[], "")?.await
}

/// Reads the listing of a graph from whoever wrote it, and checks it by the rules of graphs. Else says what is wrong with it.
pub fn read_listing(listing: &str) -> std::result::Result<Graph, String> {
    let graph = parse(listing).map_err(|error| format!("is malformed at {error}"))?;
    verify(&graph, Stage::Traced).map_err(|error| format!("breaks {error}"))?;
    Ok(graph)
}

/// A function read from a file, as data.
pub struct FunctionFile {
    name: String,
    inputs: Vec<String>,
    form: String,
    graph: Graph,
    constants: Vec<Tensor>,
    open: OpenSizes,
    random: bool,
}

impl FunctionFile {
    /// Reads and verifies a file; its constants are uploaded to the current device.
    pub fn read(bytes: &[u8]) -> Result<FunctionFile> {
        let file = load_safetensors(bytes).map_err(|error| error.named(IMPORT))?;
        let field = |name: &str| file.metadata().find(|(key, _)| *key == name).map(|(_, value)| value);
        if field("format") != Some(FORMAT) {
            return Err(bad("this is not an exported function", "Write it with exportFunction."));
        }
        match field("version").and_then(|version| version.parse::<u32>().ok()) {
            Some(1..=VERSION) => {}
            Some(later) if later > VERSION => {
                return Err(bad(
                    format!("the file has version {later}, this is version {VERSION} of the format"),
                    "Update interfuse, or export again with this version.",
                ));
            }
            _ => return Err(bad("the version of the file is not one that exists", "")),
        }
        let needed = |name: &str| field(name).ok_or_else(|| bad(format!("the file has no {name}"), ""));
        let listing = needed("graph")?;
        if listing.len() > MAX_LISTING_BYTES {
            let message = format!("the graph has {} bytes, more than {MAX_LISTING_BYTES}", listing.len());
            return Err(Error::new(ErrorKind::Limit, IMPORT, message, ""));
        }
        let graph = read_listing(listing).map_err(|wrong| bad(format!("the graph {wrong}"), ""))?;
        let names = needed("inputs")?;
        let inputs: Vec<String> = names.split('\n').filter(|_| !names.is_empty()).map(str::to_string).collect();
        let open = OpenSizes::read(field("symbols").unwrap_or(""), field("guards").unwrap_or(""), &graph)?;
        check_sizes(&open.at_export(&graph)?)?;
        let wanted = graph.inputs();
        if wanted.len() != inputs.len() || wanted.iter().any(Option::is_none) {
            let message = format!("the graph takes {} inputs, the file names {}", wanted.len(), inputs.len());
            return Err(bad(message, ""));
        }
        let random = field("state").is_some();
        let is_key = |aval: &Aval| aval.dtype == DType::UInt32 && aval.shape == Shape::of(&[2]);
        let last = (wanted.last().copied().flatten(), graph.outputs().last().map(|id| graph.aval(*id)));
        if random && !(last.0.is_some_and(is_key) && last.1.is_some_and(is_key)) {
            return Err(bad("the last input and the last result are no state of a random generator", ""));
        }
        let constants = read_constants(&file, &graph)?;
        let text = |name: &str| needed(name).map(str::to_string);
        Ok(FunctionFile { name: text("name")?, inputs, form: text("form")?, graph, constants, open, random })
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its tensors, in order.
    pub fn input_names(&self) -> &[String] {
        &self.inputs[..self.inputs.len() - usize::from(self.random)]
    }

    /// How many tensors a call gives.
    pub fn results(&self) -> usize {
        self.graph.outputs().len() - usize::from(self.random)
    }

    /// What the host that wrote the file noted about the form of arguments and results; empty for functions of tensors.
    pub fn form(&self) -> &str {
        &self.form
    }

    /// The graph, with symbols for the sizes that are open; its constants are outside of it. A function that draws random numbers has
    /// their state as its last input and result.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The graph at the sizes of the export.
    pub fn graph_at_export(&self) -> Result<Graph> {
        self.open.at_export(&self.graph)
    }

    /// The sizes that calls leave open: (which tensor, which axis, name). Sizes of one name are equal.
    pub fn open_sizes(&self) -> Vec<(usize, i64, String)> {
        self.open.named(&self.graph)
    }

    /// Does it draw from the random generator of the thread that calls it?
    pub fn draws(&self) -> bool {
        self.random
    }

    /// The tensors that it closes over, by index in the graph.
    pub fn constants(&self) -> &[Tensor] {
        &self.constants
    }

    /// Calls the function on tensors of the dtypes that it was exported for, and of its shapes where those are fixed. Lazy; not compiled
    /// by itself.
    pub fn replay(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
        if inputs.len() != self.input_names().len() {
            let message = format!("takes {} tensors, got {}", self.input_names().len(), inputs.len());
            return Err(Error::new(ErrorKind::CompileArgument, &self.name, message, self.hint()));
        }
        let key = self.random.then(random::state).transpose()?;
        let inputs: Vec<Tensor> = inputs.iter().chain(&key).cloned().collect();
        let mut results = self.run(&inputs)?;
        if self.random {
            random::set_state(&results.pop().expect("the state comes last"))?;
        }
        Ok(results)
    }

    fn run(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
        let wanted = self.graph.inputs();
        let misfit = |at: usize| {
            let (input, wanted) = (&inputs[at], wanted[at].expect("checked when it was read"));
            let kind = if wanted.dtype == input.dtype() { ErrorKind::Shape } else { ErrorKind::DType };
            let name = &self.inputs[at];
            let message = format!("tensor \"{name}\" is {}, the function was exported for {wanted}", input.seen());
            Error::new(kind, &self.name, message, "Export it for these, or convert the tensor.")
        };
        // Symbols are read off the sizes, so there must be as many.
        let ranks = |at: &usize| wanted[*at].is_some_and(|aval| aval.shape.rank() != inputs[*at].ndim());
        if let Some(at) = (0..inputs.len()).find(ranks) {
            return Err(misfit(at));
        }
        let bound = self.open.bind(&self.name, &self.graph, inputs)?;
        for (at, (input, wanted)) in inputs.iter().zip(&wanted).enumerate() {
            let wanted = wanted.expect("checked when it was read").map(&bound);
            if !fits(&self.name, &self.inputs[at], &wanted, input)? {
                return Err(misfit(at));
            }
        }
        self.open.check(&self.name, &bound)?;
        let graph = match self.open.is_empty() {
            true => Cow::Borrowed(&self.graph),
            false => {
                let illegal = |misuse| Error::from_misuse(misuse).named(&self.name);
                let graph = self.graph.map_dims(&bound).map_err(illegal)?;
                symbolic::demand_all(&self.name, &graph)?;
                Cow::Owned(graph)
            }
        };
        let device = match inputs.first().or(self.constants.first()) {
            Some(x) => x.device().clone(),
            None => crate::device::current_device(&self.name)?,
        };
        let live = graph.live();
        let mut values: Vec<Option<Tensor>> = vec![None; graph.len()];
        for (id, node) in graph.nodes().filter(|(id, _)| live[id.index()]) {
            values[id.index()] = Some(match &node.kind {
                Kind::Input { index, .. } => inputs[*index as usize].clone(),
                Kind::Constant { index, .. } => self.constants[*index as usize].clone(),
                kind => {
                    let operands: Vec<&Tensor> = node
                        .operands
                        .iter()
                        .map(|x| values[x.index()].as_ref().expect("operands come first"))
                        .collect();
                    Tensor::make_on(&device, kind.name(), kind.clone(), &operands)?
                }
            });
        }
        Ok(graph.outputs().iter().map(|id| values[id.index()].clone().expect("results are live")).collect())
    }

    fn hint(&self) -> String {
        let names = self.input_names();
        if names.is_empty() { "It has none.".into() } else { format!("They are {}.", names.join(", ")) }
    }
}

/// The rules of tensors, which a listing by itself need not keep: known sizes, and not too many elements or axes. Bodies nest no deeper
/// than the rules of graphs allow.
fn check_sizes(graph: &Graph) -> Result<()> {
    for (id, node) in graph.nodes() {
        node.kind.bodies().try_for_each(|body| check_sizes(body))?;
        let shape = &node.aval.shape;
        let fits = shape.rank() <= MAX_AXES && elements(shape).is_some_and(|n| n <= MAX_ELEMENTS);
        if !fits {
            return Err(Error::new(
                ErrorKind::Limit,
                IMPORT,
                format!("{id} of the graph, {}, is not the size of a tensor", node.aval),
                "Sizes are known, with at most 2^31 elements and 32 axes.",
            ));
        }
    }
    Ok(())
}

/// The constants of the graph, each as the graph has it.
fn read_constants(file: &Safetensors<'_>, graph: &Graph) -> Result<Vec<Tensor>> {
    let count = file.names().count();
    if graph.constants() as usize != count {
        return Err(bad(format!("the graph has {} constants, the file {count}", graph.constants()), ""));
    }
    let mut wanted: Vec<Option<&Aval>> = vec![None; count];
    for (_, node) in graph.nodes() {
        if let Kind::Constant { index, aval } = &node.kind {
            wanted[*index as usize] = Some(aval);
        }
    }
    let read = |(at, wanted): (usize, Option<&Aval>)| {
        let constant = file.tensor(&constant_name(at)).map_err(|error| error.named(IMPORT))?;
        match wanted {
            Some(wanted) if wanted != constant.aval() => {
                Err(bad(format!("constant {at} is {} in the file and {wanted} in the graph", constant.aval()), ""))
            }
            _ => Ok(constant),
        }
    };
    wanted.into_iter().enumerate().map(read).collect()
}

type Replay = Box<dyn Fn(&Vec<Tensor>) -> Result<Vec<Tensor>>>;

/// A function read from a file, compiled when it is first called.
pub struct ImportedFunction {
    file: Rc<FunctionFile>,
    compiled: CompiledFunction<Vec<Tensor>, Vec<Tensor>, Replay>,
}

/// Reads a function that [`export_function`] or the package's `exportFunction` wrote. Bytes that are not such a file are an error that
/// says where they are not.
pub fn import_function(bytes: &[u8]) -> Result<ImportedFunction> {
    let file = Rc::new(FunctionFile::read(bytes)?);
    let of = file.clone();
    let replay: Replay = Box::new(move |inputs: &Vec<Tensor>| of.replay(inputs));
    let compile = Compile::fallible(replay).name(file.name()).dynamic(file.open.dynamic(&file.graph));
    let compiled = if file.draws() { compile.random_state() } else { compile }.build();
    Ok(ImportedFunction { file, compiled })
}

impl ImportedFunction {
    /// Calls it: one tensor per input, in order; gives the tensors of its results.
    pub fn call(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
        self.compiled.call(&inputs.to_vec())
    }

    /// Names, graph and form.
    pub fn file(&self) -> &FunctionFile {
        &self.file
    }

    /// What its calls came to.
    pub fn stats(&self) -> CompilationStats {
        self.compiled.stats()
    }
}
