//! The listing: a graph as text, and text as a graph.
//!
//! One format for tests, for debugging, for the playground and for files of the command line. A line is a node,
//!
//! ```text
//! %0: float32[4,s0] = input 0
//! %1: float32[] = literal 0.5
//! %2: float32[4,s0] = broadcast %1 axes=[]
//! %3: float32[4,s0] = mul %0 %2
//! return %3
//! ```
//!
//! and the last line names the results. Printing and parsing are inverse to each other. By hand one may leave out the type of a
//! node that follows from its operands, number as one likes, and write comments from `#` to the end of the line. `from=[3,7]` at
//! the end of a line names the traced nodes that a node came from; without it a node came from itself.

mod parse;

use crate::dtype::Scalar;
use crate::graph::{Graph, Node, NodeId};
use crate::kind::{Kind, View};
#[cfg(any(test, feature = "oracle"))]
pub(crate) use parse::{Atoms, Parsed, Parser};
pub use parse::{MAX_NESTING, ParseError, parse, parse_dim};
use std::fmt::{self, Write};

/// What of a node a listing shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Detail {
    /// Values only: what two graphs must share to be equal.
    Values,
    /// Also the traced nodes of every node that did not just come from itself.
    Origins,
}

/// The listing of a graph, without origins.
pub fn print(graph: &Graph) -> String {
    print_with(graph, Detail::Values)
}

/// The listing of a graph.
pub fn print_with(graph: &Graph, detail: Detail) -> String {
    let mut out = String::new();
    write_graph(&mut out, graph, detail, 0);
    out
}

/// The line of one node, without its body if it has one.
pub fn print_node(id: NodeId, node: &Node) -> String {
    let mut out = String::new();
    write_node(&mut out, id, node);
    out
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self))
    }
}

// Writing to a string cannot fail, so the results of `write!` are dropped here.
fn write_graph(out: &mut String, graph: &Graph, detail: Detail, indent: usize) {
    for (id, node) in graph.nodes() {
        pad(out, indent);
        write_node(out, id, node);
        if detail == Detail::Origins && node.from.as_slice() != [id.0] {
            let _ = write!(out, " from={}", list(&node.from));
        }
        for body in node.kind.bodies() {
            out.push_str(" {\n");
            write_graph(out, body, detail, indent + 2);
            pad(out, indent);
            out.push('}');
        }
        out.push('\n');
    }
    pad(out, indent);
    out.push_str("return");
    for id in graph.outputs() {
        let _ = write!(out, " {id}");
    }
    out.push('\n');
}

fn pad(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}

fn list<T: fmt::Display>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(T::to_string).collect();
    format!("[{}]", items.join(","))
}

fn pairs<T: fmt::Display>(items: &[(T, T)]) -> String {
    let items: Vec<String> = items.iter().map(|(a, b)| format!("{a}:{b}")).collect();
    format!("[{}]", items.join(","))
}

/// A scalar that reads back to the same bits: a NaN of unusual bits shows them.
pub(crate) fn scalar(value: Scalar) -> String {
    let text = value.to_string();
    if text == "nan" && value != Scalar::from_f64(value.dtype(), f64::NAN) {
        return format!("0x{:x}", value.bits());
    }
    text
}

fn write_node(out: &mut String, id: NodeId, node: &Node) {
    let _ = write!(out, "{id}: {} = {}", node.aval, node.kind.name());
    for operand in &node.operands {
        let _ = write!(out, " {operand}");
    }
    let _ = match &node.kind {
        Kind::Input { index, .. } | Kind::Constant { index, .. } => write!(out, " {index}"),
        Kind::Literal { value } => write!(out, " {}", scalar(*value)),
        Kind::Iota { axis, .. } => write!(out, " axis={axis}"),
        Kind::Size { dim, .. } => write!(out, " {dim}"),
        Kind::Map { .. } | Kind::Cast { .. } | Kind::SortKey | Kind::Permute | Kind::RandomBits { .. } => Ok(()),
        Kind::Reduce { axes, .. } => write!(out, " axes={}", list(axes)),
        Kind::Scan { op, axis, reverse } => {
            write!(out, " op={} axis={axis}{}", op.name(), if *reverse { " reverse" } else { "" })
        }
        Kind::View(View::Reshape { .. }) => Ok(()),
        Kind::View(View::Transpose { permutation }) => write!(out, " permutation={}", list(permutation)),
        Kind::View(View::Broadcast { axes, .. }) => write!(out, " axes={}", list(axes)),
        Kind::View(View::Slice { start, step, .. }) => write!(out, " start={} step={}", list(start), list(step)),
        Kind::View(View::Flip { axes }) => write!(out, " axes={}", list(axes)),
        Kind::View(View::Pad { low, high, value }) => {
            write!(out, " low={} high={} value={}", list(low), list(high), scalar(*value))
        }
        Kind::Dot { axes } => write!(out, " batch={} contract={}", pairs(&axes.batch), pairs(&axes.contract)),
        Kind::Conv { geometry: g } => write!(
            out,
            " stride={} padding={} kernelDilation={} inputDilation={} groups={}{}",
            list(&g.stride),
            pairs(&g.padding),
            list(&g.kernel_dilation),
            list(&g.input_dilation),
            g.groups,
            if g.flip { " flip" } else { "" }
        ),
        Kind::Gather { axis } | Kind::Concatenate { axis } | Kind::ArgSort { axis } => write!(out, " axis={axis}"),
        Kind::Scatter { axis, op } => write!(out, " axis={axis} op={}", op.name()),
        Kind::Call { rule, output, .. } => write!(out, " rule={} output={output}", rule.name()),
        Kind::Loop { length, carries, output, .. } => {
            write!(out, " length={length} carries={carries} output={output}")
        }
        Kind::Barrier { region } => write!(out, " region={region}"),
    };
}

#[cfg(test)]
mod tests;
