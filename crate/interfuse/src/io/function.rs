//! Functions as files: a traced graph with its constants, the same bytes for the page, Node and native programs.
//!
//! The file is a safetensors file: the tensors `constant.0`, `constant.1`, ... are what the function closed over, and the metadata hold
//! the graph as a listing (see `interfuse_compiler::text`), a version, and names. So one reader of bytes is to be trusted, not two, and
//! other tools can look inside. What is read is verified in full before anything is made of it.
//!
//! Running a file is calling its nodes one by one on tensors. Under `compile` that is a trace like any other, so imported functions
//! fuse into their callers, have gradients, caches and inspections, and nothing here knows of devices.

use super::safetensors::{Safetensors, load_safetensors, save_safetensors};
use crate::compile::CompilationStats;
use crate::error::{Error, ErrorKind, Result};
use crate::function::{Compile, CompiledFunction};
use crate::nn::trees::tensors_of;
use crate::tensor::{Tensor, elements};
use crate::trace::{self, Scope};
use crate::tree::Tree;
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kind::Kind;
use interfuse_compiler::shape::Aval;
use interfuse_compiler::text::{parse, print};
use interfuse_compiler::verify::{Stage, verify};
use std::future::Future;
use std::rc::Rc;

const EXPORT: &str = "exportFunction";
const IMPORT: &str = "importFunction";
const FORMAT: &str = "interfuse.function";
/// Files of later versions are refused: they may mean something else.
const VERSION: u32 = 1;
/// A listing of this size has some 300,000 nodes, more than a plan can sensibly have; it bounds what parsing allocates.
const MAX_LISTING_BYTES: usize = 16 << 20;
const MAX_AXES: usize = 32;

/// A function that is being traced for export: call it on the placeholders, then [`Exporting::finish`]. [`export_function`] does both.
pub struct Exporting {
    scope: Scope,
    name: String,
}

impl Exporting {
    /// Starts the trace of a function of that name on tensors like these.
    pub fn begin(name: &str, inputs: &[Tensor]) -> Result<Exporting> {
        if trace::is_active() {
            return Err(Error::new(
                ErrorKind::CompileArgument,
                EXPORT,
                "a function cannot be exported while one is being traced",
                "Export outside of it.",
            ));
        }
        crate::eager::compute("evaluate", inputs)?;
        Ok(Exporting { scope: Scope::begin(name, inputs, None), name: name.to_string() })
    }

    /// One placeholder per tensor.
    pub fn placeholders(&self) -> &[Tensor] {
        &self.scope.placeholders
    }

    /// Ends the trace with the function's results. The inputs get these names, or their positions; `form` is kept for the host, which
    /// puts arguments and results together by it. The file is there when the constants are read.
    pub fn finish(
        self,
        outputs: &[Tensor],
        names: &[String],
        form: &str,
    ) -> Result<impl Future<Output = Result<Vec<u8>>> + use<>> {
        let Exporting { scope, name } = self;
        let linear = scope.finish(EXPORT, outputs)?.linear;
        let named = |at: usize| names.get(at).cloned().unwrap_or_else(|| at.to_string());
        let names: Vec<String> = (0..scope.placeholders.len()).map(named).collect();
        drop(scope);
        let constants: Vec<Tensor> = linear.leaves.into_iter().map(Tensor::from_node).collect();
        let (graph, form) = (print(&linear.graph), form.to_string());
        Ok(async move {
            let tensors: Vec<String> = (0..constants.len()).map(constant_name).collect();
            let tensors: Vec<(&str, &Tensor)> = tensors.iter().map(String::as_str).zip(&constants).collect();
            let (version, inputs) = (VERSION.to_string(), joined(&names));
            let metadata = [
                ("format", FORMAT),
                ("version", &version),
                ("name", &name),
                ("inputs", &inputs),
                ("form", &form),
                ("graph", &graph),
            ];
            save_safetensors(&tensors, &metadata).await.map_err(|error| error.named(EXPORT))
        })
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
    let exporting = Exporting::begin(name, &tensors_of(arguments))?;
    let result = function(&arguments.unflatten(&mut exporting.placeholders().iter().cloned()))?;
    exporting.finish(&tensors_of(&result), &[], "")?.await
}

/// A function read from a file, as data.
pub struct FunctionFile {
    name: String,
    inputs: Vec<String>,
    form: String,
    graph: Graph,
    constants: Vec<Tensor>,
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
            Some(VERSION) => {}
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
        let graph = parse(listing).map_err(|error| bad(format!("the graph is malformed at {error}"), ""))?;
        verify(&graph, Stage::Traced).map_err(|error| bad(format!("the graph breaks {error}"), ""))?;
        let names = needed("inputs")?;
        let inputs: Vec<String> = names.split('\n').filter(|_| !names.is_empty()).map(str::to_string).collect();
        check_sizes(&graph)?;
        let wanted = graph.inputs();
        if wanted.len() != inputs.len() || wanted.iter().any(Option::is_none) {
            let message = format!("the graph takes {} inputs, the file names {}", wanted.len(), inputs.len());
            return Err(bad(message, ""));
        }
        let constants = read_constants(&file, &graph)?;
        let text = |name: &str| needed(name).map(str::to_string);
        Ok(FunctionFile { name: text("name")?, inputs, form: text("form")?, graph, constants })
    }

    /// The function's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The names of its tensors, in order.
    pub fn input_names(&self) -> &[String] {
        &self.inputs
    }

    /// What the host that wrote the file noted about the form of arguments and results; empty for functions of tensors.
    pub fn form(&self) -> &str {
        &self.form
    }

    /// The graph; its constants are outside of it.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The tensors that it closes over, by index in the graph.
    pub fn constants(&self) -> &[Tensor] {
        &self.constants
    }

    /// Calls the function on tensors of the shapes and dtypes that it was exported for. Lazy; not compiled by itself.
    pub fn replay(&self, inputs: &[Tensor]) -> Result<Vec<Tensor>> {
        let wanted = self.graph.inputs();
        if inputs.len() != wanted.len() {
            let message = format!("takes {} tensors, got {}", wanted.len(), inputs.len());
            return Err(Error::new(ErrorKind::CompileArgument, &self.name, message, self.hint()));
        }
        for ((name, wanted), input) in self.inputs.iter().zip(&wanted).zip(inputs) {
            let wanted = wanted.expect("checked when it was read");
            if wanted != input.aval() {
                let kind = if wanted.dtype == input.dtype() { ErrorKind::Shape } else { ErrorKind::DType };
                let message = format!("tensor \"{name}\" is {}, the function was exported for {wanted}", input.aval());
                return Err(Error::new(kind, &self.name, message, "Export it for these, or convert the tensor."));
            }
        }
        let device = match inputs.first().or(self.constants.first()) {
            Some(x) => x.device().clone(),
            None => crate::device::current_device(&self.name)?,
        };
        let live = self.graph.live();
        let mut values: Vec<Option<Tensor>> = vec![None; self.graph.len()];
        for (id, node) in self.graph.nodes().filter(|(id, _)| live[id.index()]) {
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
        Ok(self.graph.outputs().iter().map(|id| values[id.index()].clone().expect("results are live")).collect())
    }

    fn hint(&self) -> String {
        if self.inputs.is_empty() { "It has none.".into() } else { format!("They are {}.", self.inputs.join(", ")) }
    }
}

fn bad(message: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::CompileArgument, IMPORT, message, hint)
}

/// The rules of tensors, which a listing by itself need not keep: known sizes, and not too many elements or axes. Bodies nest no deeper
/// than the rules of graphs allow.
fn check_sizes(graph: &Graph) -> Result<()> {
    for (id, node) in graph.nodes() {
        node.kind.bodies().try_for_each(|body| check_sizes(body))?;
        let shape = &node.aval.shape;
        let fits = shape.rank() <= MAX_AXES && elements(shape).is_some_and(|n| n <= crate::tensor::MAX_ELEMENTS);
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
    let compiled = Compile::fallible(replay).name(file.name()).build();
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
