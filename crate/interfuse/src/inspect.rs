//! Everything that there is to see of a compilation, as data: what the playground draws and `interfuse explain` prints.
//!
//! Ids hold through all stages: a node of the last graph names the traced nodes that it came from, a kernel the nodes that it
//! computes, a line of WGSL its node, a buffer the step that writes it.

use crate::clock::now_ms;
use crate::devtools::{Source, SourceId};
use crate::error::Result;
use crate::linear::Linear;
use crate::pipeline;
use interfuse_compiler::Compiled;
use interfuse_compiler::Request;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::fuse::{Cut, CutCode, cost};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kernel::{Access, Kernel};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::lower::lower;
use interfuse_compiler::observe::{Observer, PassReport};
use interfuse_compiler::plan::{CallCost, Plan, Storage, evaluate};
use interfuse_compiler::sharing::Place;
pub use interfuse_compiler::target::AdapterClass;
use interfuse_compiler::target::Target;
use interfuse_compiler::text;
use serde::Serialize;
use std::fmt::Write;
use std::sync::Arc;

mod what_if;

pub use interfuse_compiler::simplify::Rules;
#[cfg(feature = "translate")]
pub use interfuse_translate::Language;
pub use what_if::WhatIf;

/// Every stage of one compilation.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS), ts(rename = "InspectionView"))]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// The key of the entry as text.
    pub signature: String,
    /// The graph after every pass, "trace" first, "fuse" last.
    pub graphs: Vec<PassView>,
    /// What runs, in order.
    pub kernels: Vec<KernelView>,
    /// Every edge that was not fused, and why.
    pub cuts: Vec<CutView>,
    /// What the device does for a call.
    pub plan: PlanView,
    /// The cost of a call with every op but views as a kernel of its own.
    pub before: CostView,
    /// The cost of a call.
    pub after: CostView,
}

/// A graph after a pass.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PassView {
    /// Its name: "trace" is the first, "fuse" the last.
    pub pass: String,
    /// The graph as text.
    pub listing: String,
    /// The graph as data.
    pub graph: GraphView,
    /// How many rewrites fired.
    pub changes: usize,
    /// Which, and how often each.
    pub rules: Vec<RuleView>,
    /// The first 2,000 of them one by one, in order; those of "drop dead nodes", "order operands" and "empty" are only counted.
    pub applied: Vec<AppliedView>,
    /// Milliseconds that it took.
    pub ms: f64,
}

/// One application of a rule.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct AppliedView {
    /// The rule's name.
    pub rule: &'static str,
    /// The node that it looked at, in the graph before the pass.
    pub before: u32,
    /// What became of it, in the graph after the pass; nothing where no result needs that any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "views", ts(optional))]
    pub after: Option<u32>,
}

/// A rule that fired.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct RuleView {
    /// Its name.
    pub name: String,
    /// How often.
    pub count: usize,
}

/// A graph.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct GraphView {
    /// Nodes, operands before users.
    pub nodes: Vec<NodeView>,
    /// Ids of the results.
    pub outputs: Vec<u32>,
}

/// A node.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct NodeView {
    /// Its id in this graph.
    pub id: u32,
    /// What it does.
    pub op: String,
    /// Its operands' ids.
    pub operands: Vec<u32>,
    /// Its sizes.
    pub shape: Vec<i64>,
    /// Its dtype.
    pub dtype: String,
    /// Ids in the traced graph that it came from.
    pub from: Vec<u32>,
    /// What the line of the listing says beyond op and operands: axes, values, sizes.
    pub detail: String,
    /// Where in the program it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "views", ts(optional))]
    pub source: Option<Source>,
}

/// A kernel.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct KernelView {
    /// Its step in the plan.
    pub id: usize,
    /// Made of its ops.
    pub name: String,
    /// "map", "row", "contract" or "index".
    #[cfg_attr(feature = "views", ts(type = "\"map\" | \"row\" | \"contract\" | \"index\""))]
    pub class: String,
    /// How its shader runs: `row by=workgroup workgroup=128 block=256`, `map lanes=4 workgroup=256`, `contract staging=...
    /// thread=8x8 ...`.
    pub schedule: String,
    /// Nodes of the last graph that it computes.
    pub nodes: Vec<u32>,
    /// Its shader; on the CPU device the one that a GPU with the base limits would run.
    pub wgsl: String,
    /// Workgroups of the dispatch.
    pub workgroups: [u32; 3],
    /// Buffers that it reads.
    pub reads: Vec<BufferUse>,
    /// Buffers that it writes.
    pub writes: Vec<BufferUse>,
    /// Bytes of the former.
    pub bytes_read: u64,
    /// Bytes of the latter.
    pub bytes_written: u64,
    /// Scalar operations of one run, as the table of ops counts them.
    pub flops: u64,
    /// How often a call runs it: more than once where it is in a loop. Bytes and operations are those of one run.
    pub runs: u64,
    /// Which lines of the shader compute which node.
    pub wgsl_lines: Vec<LineView>,
}

/// A buffer as a kernel uses it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BufferUse {
    /// Position in the plan's buffers.
    pub buffer: u32,
    /// The node of the last graph whose value it holds.
    pub node: u32,
    /// The dtype of its elements.
    pub dtype: String,
    /// Its bytes.
    pub bytes: u64,
}

/// A line of a shader.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct LineView {
    /// From 1.
    pub line: u32,
    /// The node of the last graph.
    pub node: u32,
}

/// An edge that was not fused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct CutView {
    /// The materialised node.
    pub from: u32,
    /// The node that loads it.
    pub to: u32,
    /// The reason, in a word.
    pub code: String,
    /// The reason, in a sentence.
    pub reason: String,
}

impl CutView {
    /// What would change it, in a sentence.
    pub fn remedy(&self) -> &'static str {
        CutCode::ALL.into_iter().find(|code| code.name() == self.code).map_or("", CutCode::remedy)
    }
}

/// A plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// Dispatches, in order.
    pub steps: Vec<StepView>,
    /// Every buffer.
    pub buffers: Vec<BufferView>,
    /// The most bytes that a device holds for a call at a time: arguments, captured tensors, results and intermediates.
    pub peak_bytes: u64,
    /// How many kernels run.
    pub dispatches: u64,
}

/// A dispatch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// The kernel.
    pub kernel: usize,
    /// Its buffers, in binding order.
    pub buffers: Vec<u32>,
}

/// A buffer of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct BufferView {
    /// Its position.
    pub id: u32,
    /// "input", "constant", "output" or "temporary".
    #[cfg_attr(feature = "views", ts(type = "\"input\" | \"constant\" | \"output\" | \"temporary\""))]
    pub storage: String,
    /// Which argument, captured tensor or slot.
    #[cfg_attr(feature = "views", ts(optional = nullable))]
    pub index: Option<u32>,
    /// The dtype of its elements.
    pub dtype: String,
    /// How many elements.
    pub length: u64,
    /// Its bytes.
    pub bytes: u64,
}

/// What a call costs.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
#[cfg_attr(feature = "views", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct CostView {
    /// Kernels run.
    pub dispatches: u64,
    /// Bytes allocated for results and intermediates.
    pub bytes: u64,
    /// The most bytes held for it at a time: arguments, captured tensors, results and intermediates.
    pub peak_bytes: u64,
}

impl From<CallCost> for CostView {
    fn from(cost: CallCost) -> CostView {
        CostView { dispatches: cost.dispatches, bytes: cost.bytes_allocated, peak_bytes: cost.peak_bytes }
    }
}

/// Records every pass, with the time since the one before.
struct Recorder<'a> {
    passes: Vec<PassView>,
    sources: &'a [SourceId],
    symbols: &'a [i64],
    last_ms: f64,
}

impl Observer for Recorder<'_> {
    fn pass(&mut self, graph: &Graph, report: &PassReport) {
        let ms = now_ms() - self.last_ms;
        let rules = report.rules.iter().map(|(name, count)| RuleView { name: name.to_string(), count: *count });
        self.passes.push(PassView {
            pass: report.pass.to_string(),
            listing: text::print(graph),
            graph: GraphView::of(graph, self.sources, self.symbols),
            changes: report.changes,
            rules: rules.collect(),
            applied: report
                .applied
                .iter()
                .map(|one| AppliedView { rule: one.rule, before: one.before.0, after: one.after.map(|id| id.0) })
                .collect(),
            ms,
        });
        // Printing is not part of the next pass.
        self.last_ms = now_ms();
    }
}

impl GraphView {
    /// A graph as data; `sources` say where its traced nodes were made.
    /// `symbols` are the sizes that stand for open ones.
    pub(crate) fn of(graph: &Graph, sources: &[SourceId], symbols: &[i64]) -> GraphView {
        let view = |(id, node): (interfuse_compiler::graph::NodeId, &interfuse_compiler::graph::Node)| NodeView {
            id: id.0,
            op: node.kind.name().to_string(),
            operands: node.operands.iter().map(|operand| operand.0).collect(),
            shape: node.aval.shape.dims().iter().map(|dim| evaluate(dim, symbols)).collect(),
            dtype: node.aval.dtype.name().to_string(),
            from: node.from.to_vec(),
            detail: detail(&text::print_node(id, node)),
            source: node.from.iter().find_map(|from| sources.get(*from as usize).copied().and_then(SourceId::get)),
        };
        GraphView { nodes: graph.nodes().map(view).collect(), outputs: graph.outputs().iter().map(|id| id.0).collect() }
    }
}

/// The line of a node without its id, type, op and operands.
fn detail(line: &str) -> String {
    let rest = line.split_once(" = ").map_or(line, |(_, rest)| rest);
    let words = rest.split(' ').skip(1).filter(|word| !word.starts_with('%'));
    words.collect::<Vec<_>>().join(" ")
}

/// Compiles a traced graph and keeps everything that there is to see.
/// Sizes that are open are shown as those of the call, `symbols`; `layout` is where arguments are in blocks of memory.
pub(crate) fn inspect(
    signature: &str,
    linear: &Linear,
    target: &Target,
    symbols: &[i64],
    layout: Vec<Option<Place>>,
) -> Result<Inspection> {
    let mut recorder = Recorder { passes: Vec::new(), sources: &linear.sources, symbols, last_ms: now_ms() };
    let compiled = pipeline::compile(&pipeline::request(&linear.graph, target, layout), &mut recorder)?;
    let before = before(&linear.graph, target, symbols)?;
    Ok(view(signature, compiled, recorder.passes, before, target, symbols))
}

/// Like inspecting a compiled function, of a graph alone: what `interfuse explain` does with a listing.
pub fn inspect_graph(graph: &Graph, target: &Target) -> Result<Inspection> {
    // No call says how large open sizes are.
    let symbols = vec![SIZE_SHOWN; symbols_of(graph)];
    let symbols = symbols.as_slice();
    let mut recorder = Recorder { passes: Vec::new(), sources: &[], symbols, last_ms: now_ms() };
    let compiled = pipeline::compile(&Request::new(graph, target), &mut recorder)?;
    let inputs: Vec<String> =
        graph.inputs().iter().map(|aval| aval.map_or("unused".into(), |a| a.to_string())).collect();
    let before = before(graph, target, symbols)?;
    Ok(view(&format!("({})", inputs.join(", ")), compiled, recorder.passes, before, target, symbols))
}

/// What stands for an open size of a graph that nobody calls.
const SIZE_SHOWN: i64 = 128;

/// How many symbols the inputs of a graph have.
fn symbols_of(graph: &Graph) -> usize {
    let dims = graph.inputs().into_iter().flatten().flat_map(|aval| aval.shape.dims().iter());
    dims.flat_map(interfuse_compiler::dim::Dim::symbols).map(|symbol| symbol.0 as usize + 1).max().unwrap_or(0)
}

/// The cost of a call where every op is a kernel of its own; views and scalars cost nothing.
fn before(graph: &Graph, target: &Target, symbols: &[i64]) -> Result<CostView> {
    let eager = pipeline::compile_eager(graph, target)?;
    Ok(CostView { dispatches: ops(graph, symbols), ..CostView::from(eager.cost(symbols)) })
}

/// How many ops a call runs, those of a loop in every step.
fn ops(graph: &Graph, symbols: &[i64]) -> u64 {
    let live = graph.live();
    // The results of a loop are a node each, of one body.
    let mut bodies: Vec<*const Graph> = Vec::new();
    let count = |node: &interfuse_compiler::graph::Node| match &node.kind {
        Kind::Input { .. } | Kind::Constant { .. } | Kind::Literal { .. } | Kind::View(_) | Kind::Barrier { .. } => 0,
        Kind::Loop { body, .. } if bodies.contains(&Arc::as_ptr(body)) => 0,
        Kind::Loop { body, length, .. } => {
            bodies.push(Arc::as_ptr(body));
            ops(body, symbols) * evaluate(length, symbols).max(0) as u64
        }
        _ => 1,
    };
    graph.nodes().filter(|(id, _)| live[id.index()]).map(|(_, node)| node).map(count).sum()
}

fn view(
    signature: &str,
    compiled: Compiled,
    graphs: Vec<PassView>,
    before: CostView,
    target: &Target,
    symbols: &[i64],
) -> Inspection {
    let Compiled { plan, maps, cuts, .. } = compiled;
    let cost = plan.cost(symbols);
    let runs = plan.runs(symbols);
    let kernels = plan.steps.iter().zip(&maps).enumerate().map(|(id, (step, map))| {
        let kernel = &step.kernel;
        let shader = lower(kernel, &shader_target(kernel, target));
        let size = |dim: &interfuse_compiler::dim::Dim| evaluate(dim, symbols);
        let uses = |access: Access| -> Vec<BufferUse> {
            let all = kernel.bindings.iter().zip(&map.bindings).zip(&step.buffers);
            all.filter(|((binding, _), _)| binding.access == access)
                .map(|((binding, node), buffer)| BufferUse {
                    buffer: *buffer,
                    node: node.0,
                    dtype: binding.dtype.name().to_string(),
                    bytes: size(&plan.buffers[*buffer as usize].bytes()) as u64,
                })
                .collect()
        };
        let (reads, writes) = (uses(Access::Read), uses(Access::Write));
        KernelView {
            id,
            name: kernel.name.clone(),
            class: kernel.class.name().to_string(),
            schedule: shader.schedule.to_string(),
            nodes: map.nodes.iter().map(|node| node.0).collect(),
            workgroups: shader.workgroups(&size, &target.limits),
            bytes_read: reads.iter().map(|used| used.bytes).sum(),
            bytes_written: writes.iter().map(|used| used.bytes).sum(),
            reads,
            writes,
            flops: flops(kernel, symbols),
            runs: runs[id],
            wgsl_lines: shader
                .lines
                .iter()
                .map(|(line, named)| LineView { line: *line, node: map.node(*named).0 })
                .collect(),
            wgsl: shader.wgsl,
        }
    });
    Inspection {
        signature: signature.to_string(),
        graphs,
        kernels: kernels.collect(),
        cuts: cuts.iter().map(CutView::of).collect(),
        plan: PlanView::of(&plan, cost, symbols),
        before,
        after: cost.into(),
    }
}

impl CutView {
    fn of(cut: &Cut) -> CutView {
        CutView {
            from: cut.from.0,
            to: cut.to.0,
            code: cut.code.name().to_string(),
            reason: cut.code.reason().to_string(),
        }
    }
}

impl PlanView {
    fn of(plan: &Plan, cost: CallCost, symbols: &[i64]) -> PlanView {
        let buffer = |(id, buffer): (usize, &interfuse_compiler::plan::Buffer)| {
            let (storage, index) = match buffer.storage {
                Storage::Input(at) => ("input", Some(at)),
                Storage::Constant(at) => ("constant", Some(at)),
                Storage::Output => ("output", None),
                Storage::Temporary(slot) => ("temporary", Some(slot)),
            };
            BufferView {
                id: id as u32,
                storage: storage.to_string(),
                index,
                dtype: buffer.dtype.name().to_string(),
                length: evaluate(&buffer.len, symbols) as u64,
                bytes: evaluate(&buffer.bytes(), symbols) as u64,
            }
        };
        let step = |(kernel, step): (usize, &interfuse_compiler::plan::Step)| StepView {
            kernel,
            buffers: step.buffers.clone(),
        };
        PlanView {
            steps: plan.steps.iter().enumerate().map(step).collect(),
            buffers: plan.buffers.iter().enumerate().map(buffer).collect(),
            peak_bytes: cost.peak_bytes,
            dispatches: cost.dispatches,
        }
    }
}

/// The target that a kernel's WGSL is shown for: the device's own, or on the CPU device the base GPU, with float16 where the kernel
/// uses it.
fn shader_target(kernel: &Kernel, target: &Target) -> Target {
    if target.class != AdapterClass::Cpu {
        return target.clone();
    }
    let mut shown = Target { tuning: target.tuning.clone(), ..Target::base_gpu() };
    let half = |dtype: DType| dtype == DType::Float16;
    shown.features.float16 =
        kernel.bindings.iter().any(|b| half(b.dtype)) || kernel.values.iter().any(|value| half(value.dtype));
    shown
}

/// Scalar operations of one run.
pub(crate) fn flops(kernel: &Kernel, symbols: &[i64]) -> u64 {
    cost::kernel_ops(kernel, &|dim| evaluate(dim, symbols) as f64) as u64
}

impl Inspection {
    /// The last graph in Graphviz's language, kernels as clusters.
    ///
    /// ```
    /// use interfuse::{compile, Tensor};
    /// let f = compile(|x: &Tensor| x.exp());
    /// let dot = f.inspect(&Tensor::from([1.0f32]))?.to_dot();
    /// assert!(dot.starts_with("digraph") && dot.contains("cluster_0"));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    pub fn to_dot(&self) -> String {
        let mut dot = String::from("digraph interfuse {\n  node [shape=box, fontname=monospace];\n");
        let Some(last) = self.graphs.last() else { return dot + "}\n" };
        // Writing to a string cannot fail.
        for kernel in &self.kernels {
            let _ = writeln!(dot, "  subgraph cluster_{} {{\n    label=\"{}\";", kernel.id, kernel.name);
            for node in &kernel.nodes {
                let _ = writeln!(dot, "    n{node};");
            }
            let _ = writeln!(dot, "  }}");
        }
        for node in &last.graph.nodes {
            let sizes: Vec<String> = node.shape.iter().map(i64::to_string).collect();
            let _ = writeln!(
                dot,
                "  n{} [label=\"{} {}\\n{}[{}]\"];",
                node.id,
                node.op,
                node.detail.replace('"', "'"),
                node.dtype,
                sizes.join(",")
            );
            for operand in &node.operands {
                let _ = writeln!(dot, "  n{operand} -> n{};", node.id);
            }
        }
        dot + "}\n"
    }

    /// A kernel's shader in another language: what a driver gets to see.
    ///
    /// # Errors
    /// When there is no such kernel, or the language cannot say it (GLSL ES has no float16).
    ///
    /// ```
    /// use interfuse::{compile, inspect::Language, Tensor};
    /// let f = compile(|x: &Tensor| x.exp());
    /// let metal = f.inspect(&Tensor::from([1.0f32]))?.translate(0, Language::Metal)?;
    /// assert!(metal.contains("kernel void"));
    /// # Ok::<(), interfuse::Error>(())
    /// ```
    #[cfg(feature = "translate")]
    pub fn translate(&self, kernel: usize, language: Language) -> Result<String> {
        use crate::error::{Error, ErrorKind};
        let Some(view) = self.kernels.get(kernel) else {
            let message = format!("there is no kernel {kernel}");
            let hint = format!("There are {}, counted from 0.", self.kernels.len());
            return Err(Error::new(ErrorKind::CompileArgument, "translate", message, hint));
        };
        interfuse_translate::translate(&view.wgsl, language).map_err(|reason| {
            let message = format!("kernel {kernel} cannot be translated to {}: {reason}", language.name());
            Error::new(ErrorKind::CompileArgument, "translate", message, "Choose another language.")
        })
    }

    /// Everything as JSON.
    pub fn to_json(&self) -> String {
        crate::json::to_json(self)
    }
}
