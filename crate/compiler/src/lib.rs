//! The compiler: a pure function from a graph and a target to a plan. No GPU, no host language, no clock, no I/O.
//!
//! [`compile`] is the pipeline on one page. Modules are declared in reading order; each imports only from modules above it, but for
//! the exceptions that `xtask/tests/tidy.rs` lists.

#![forbid(unsafe_code)]

// The words: element types, sizes, scalar meanings, the table of ops.
pub use interfuse_lanes::{dtype, emit, for_each_op, ops};

pub mod small;

pub mod dim;
pub mod shape;

// The graph.
pub mod kind;
pub mod graph;
pub mod text;
pub mod verify;
// The oracle is for tests and the command line: without the feature, which no shipped crate enables, it does not exist.
#[cfg(any(test, feature = "oracle"))]
pub mod eval;
pub mod observe;
pub mod write;

// Graph to graph: derivatives and batches (which know each other through loops), then simplification.
mod assemble;
pub mod vjp;
pub mod jvp;
pub mod vmap;
mod loops;
mod linear;
mod select;

pub mod simplify;

// The device and the kernels.
pub mod schedule;
pub mod kernel;
pub mod target;
pub mod tuning;
pub mod sharing;
pub mod fuse;
pub mod plan;
pub mod gpu;
pub mod lower;
pub mod signature;
pub mod cache;

use graph::{Graph, NodeId};
use kind::{Kind, Lowering, Misuse, MisuseKind};
use observe::{Observer, PassReport};
use plan::verify::verify_plan;
use sharing::{Blocks, Sharing};
use std::borrow::Cow;
use target::Target;
use verify::{Stage, verify};

/// What compilation gives.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The graph that was fused.
    pub graph: Graph,
    /// What the device does.
    pub plan: plan::Plan,
    /// Of each step of the plan the nodes of the graph that its kernel computes.
    pub maps: Vec<kernel::NodeMap>,
    /// Why the kernels are not one.
    pub cuts: Vec<fuse::Cut>,
}

/// What is to be compiled.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The traced graph.
    pub graph: &'a Graph,
    /// The device that the plan is for.
    pub target: &'a Target,
    /// How the call's arguments and results share memory; the plan holds for arguments that lie so.
    pub sharing: Sharing,
}

impl<'a> Request<'a> {
    /// A graph whose arguments and results have memory of their own.
    pub fn new(graph: &'a Graph, target: &'a Target) -> Request<'a> {
        Request { graph, target, sharing: Sharing::default() }
    }
}

/// Traced graph to plan. Equal requests give the same plan, always.
///
/// # Errors
/// When the graph holds a kind that no kernel runs, a dtype that the target lacks, or a value that it has no room for.
pub fn compile(request: &Request<'_>, observer: &mut dyn Observer) -> Result<Compiled, Misuse> {
    let Request { graph: traced, target, sharing } = request;
    verified(traced, Stage::Traced, "trace");
    observer.pass(traced, &PassReport::new("trace", 0));

    let simple = if target.tuning.simplify {
        Cow::Owned(simplify::simplify_without(target.tuning.rules_off, traced, observer))
    } else {
        simplify::inline(traced, observer)
    };
    let is_simple = target.tuning.simplify && target.tuning.rules_off == simplify::Rules::NONE;
    verified(&simple, if is_simple { Stage::Simplified } else { Stage::Traced }, "simplify");
    check(&simple, target)?;

    let fuse::Split { graph, changes, mut materialised, mut units } = fuse::split(simple, target);
    let graph = fuse::open(graph, &mut materialised, &mut units);
    verified(&graph, Stage::Traced, "split");
    observer.pass(&graph, &PassReport::new("split", changes));

    let is_computed = |id: &NodeId| graph.node(*id).kind.lowering() != Lowering::Bound;
    let results = graph.outputs().iter().map(|id| plan::buffer_node(&graph, *id));
    let results: Vec<NodeId> = results.filter(is_computed).collect();
    materialised.extend(&results);
    materialised.retain(is_computed);
    let blocks = Blocks::new(&graph, target, sharing, &results);
    let fused = fuse::fuse(&graph, target, (&materialised, &units), &blocks);
    let cuts = fused.cuts.clone();
    observer.pass(&graph, &PassReport::new("fuse", fused.kernels.len()));

    let (mut plan, maps) = plan::plan(&graph, fused, traced.inputs().len() as u32, traced.constants());
    plan.share(&graph, &blocks, sharing);
    if let Some(gpu) = target.rewrites {
        (gpu.check)(&plan, &maps, target)?;
    }
    if cfg!(debug_assertions) {
        verify_plan(&plan, &maps, target).unwrap_or_else(|broken| panic!("plan: {broken}\n{graph}"));
    }
    Ok(Compiled { graph, plan, maps, cuts })
}

/// Debug builds, tests among them, look at what every pass made; kernels are looked at by fusion.
fn verified(graph: &Graph, stage: Stage, pass: &str) {
    if cfg!(debug_assertions) {
        verify(graph, stage).unwrap_or_else(|broken| panic!("{pass}: {broken}\n{graph}"));
    }
}

/// Refuses what no kernel runs.
fn check(graph: &Graph, target: &Target) -> Result<(), Misuse> {
    let live = graph.live();
    for (id, node) in graph.nodes().filter(|(id, _)| live[id.index()]) {
        if let Kind::Loop { body, .. } = &node.kind {
            // Bodies nest at most `text::MAX_NESTING` deep.
            check(body, target)?;
        }
        if node.kind.lowering() == Lowering::Inlined {
            let message = format!("compile: no kernel runs {id} = {} ({})", node.kind.name(), node.aval);
            let hint = "The interpreter (`eval`) does.".to_string();
            return Err(Misuse { kind: MisuseKind::Argument, message, hint });
        }
        if node.aval.dtype == dtype::DType::Float16 && !target.features.float16 {
            let message = format!("compile: {id} = {} is float16, which this device cannot store", node.kind.name());
            let hint = "Use the CPU device, or astype(\"float32\").".to_string();
            return Err(Misuse { kind: MisuseKind::DType, message, hint });
        }
    }
    Ok(())
}
