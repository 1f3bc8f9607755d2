//! A graph as an SVG: nodes in layers by how far they are from the inputs, coloured by their kernel.
//!
//! The playground's drawing is laid out with care by a library; this one is for a page that must stand alone.

use interfuse::inspect::{GraphView, KernelView};
use std::collections::BTreeMap;
use std::fmt::Write;

const WIDTH: usize = 150;
const HEIGHT: usize = 38;
const GAP: usize = 26;
/// Wider layers and larger graphs are for the playground, which can zoom.
const MOST_NODES: usize = 400;

/// Text as it may stand in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The drawing, or nothing for a graph that is too large to be looked at.
pub fn svg(graph: &GraphView, kernels: &[KernelView]) -> Option<String> {
    if graph.nodes.len() > MOST_NODES {
        return None;
    }
    let kernel_of: BTreeMap<u32, usize> =
        kernels.iter().flat_map(|kernel| kernel.nodes.iter().map(|node| (*node, kernel.id))).collect();
    // A node stands one layer below its lowest operand.
    let mut layer: BTreeMap<u32, usize> = BTreeMap::new();
    let mut filled: Vec<usize> = Vec::new();
    let mut place: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    for node in &graph.nodes {
        let at =
            node.operands.iter().filter_map(|operand| layer.get(operand)).map(|above| above + 1).max().unwrap_or(0);
        layer.insert(node.id, at);
        if filled.len() <= at {
            filled.resize(at + 1, 0);
        }
        place.insert(node.id, (GAP + filled[at] * (WIDTH + GAP), GAP + at * (HEIGHT + GAP)));
        filled[at] += 1;
    }
    let columns = filled.iter().copied().max().unwrap_or(0);
    let (width, height) = (GAP + columns * (WIDTH + GAP), GAP + filled.len() * (HEIGHT + GAP));
    let mut svg =
        format!("<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" aria-label=\"the graph\">");
    // Writing to a string cannot fail.
    for node in &graph.nodes {
        let (x, y) = place[&node.id];
        for operand in &node.operands {
            let Some((from_x, from_y)) = place.get(operand) else { continue };
            let (x1, y1, x2, y2) = (from_x + WIDTH / 2, from_y + HEIGHT, x + WIDTH / 2, y);
            let bend = (y1 + y2) / 2;
            let _ = write!(svg, "<path class=\"edge\" d=\"M{x1} {y1}C{x1} {bend} {x2} {bend} {x2} {y2}\"/>");
        }
    }
    for node in &graph.nodes {
        let (x, y) = place[&node.id];
        let colour = kernel_of.get(&node.id).map_or("class=\"free\"".to_string(), |kernel| {
            // Golden angles keep neighbouring kernels apart.
            format!("style=\"fill:hsl({} 60% var(--light))\"", kernel * 137 % 360)
        });
        let sizes: Vec<String> = node.shape.iter().map(i64::to_string).collect();
        let _ = write!(
            svg,
            "<g><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"5\" {colour}/>\
             <text x=\"{tx}\" y=\"{ty}\">%{id} {op}</text><text x=\"{tx}\" y=\"{uy}\" class=\"type\">{dtype}[{sizes}]</text></g>",
            tx = x + 8,
            ty = y + 16,
            uy = y + 31,
            id = node.id,
            op = escape(&node.op),
            dtype = node.dtype,
            sizes = sizes.join(","),
        );
    }
    Some(svg + "</svg>")
}
