//! What the host allows, and how it looks at what it was sent. The client asks first, so that an honest program gets an error of the call.

use interfuse_compiler::dim::{Atom, Dim};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::sharing::{ALIGNMENT, Place};
use std::cell::Cell;

/// Bytes of a message.
pub(super) const MESSAGE: usize = 256 << 20;
/// Bytes of all messages that wait.
pub(super) const QUEUE: usize = 512 << 20;
/// Bytes of a listing.
pub(super) const TEXT: usize = 4 << 20;
/// Nodes of a graph, those of bodies included.
pub(super) const NODES: usize = 20_000;
/// Nodes of the graphs of all programs.
pub(super) const ALL_NODES: usize = 1_000_000;
/// Programs that are loaded.
pub(super) const PROGRAMS: usize = 4096;
/// Buffers that exist.
pub(super) const BUFFERS: usize = 1_000_000;
/// Instructions of one kernel, at most: what the compiler may be asked for.
pub(super) const KERNEL_OPS: u32 = 4096;
/// A size that a call gives.
const SYMBOL: i64 = 1 << 31;
/// No value has more elements.
const ELEMENTS: i64 = 1 << 40;

/// The nodes of a graph, those of bodies included as often as a listing has them. Bodies nest to a fixed depth.
pub(super) fn nodes(graph: &Graph) -> usize {
    let of_bodies = graph.nodes().flat_map(|(_, node)| node.kind.bodies()).map(|body| nodes(body));
    graph.len() + of_bodies.sum::<usize>()
}

/// Is a program too large?
pub(super) fn text(text: &str, nodes: usize) -> Result<(), String> {
    if text.len() > TEXT {
        return Err(format!("the graph has {} bytes as text; this device takes {TEXT}", text.len()));
    }
    if nodes > NODES {
        return Err(format!("the graph has {nodes} nodes; this device takes {NODES}"));
    }
    Ok(())
}

/// Do the places of arguments make sense? Whether a call's arguments are there, the device looks at.
pub(super) fn places(places: &[Option<Place>], inputs: usize) -> Result<(), String> {
    let fits = |place: &Place| {
        (place.block as usize) < inputs && place.offset.is_multiple_of(ALIGNMENT) && place.offset < 1 << 40
    };
    if places.len() > inputs || !places.iter().flatten().all(fits) {
        return Err("places of arguments that cannot be".to_string());
    }
    Ok(())
}

/// A size in arithmetic that does not overflow; `None` when it is none.
fn size(dim: &Dim, symbols: &[i64]) -> Option<i64> {
    let Dim::Poly(poly) = dim else { return dim.as_const() };
    let of = |atom: &Atom| {
        let pair = |a: &Dim, b: &Dim| Some((size(a, symbols)?, size(b, symbols)?));
        match atom {
            Atom::Symbol(symbol) => symbols.get(symbol.0 as usize).copied(),
            Atom::FloorDiv(a, b) => pair(a, b).filter(|(_, b)| *b > 0).map(|(a, b)| a.div_euclid(b)),
            Atom::Mod(a, b) => pair(a, b).filter(|(_, b)| *b > 0).map(|(a, b)| a.rem_euclid(b)),
            Atom::Min(a, b) => pair(a, b).map(|(a, b)| a.min(b)),
            Atom::Max(a, b) => pair(a, b).map(|(a, b)| a.max(b)),
            Atom::Coord(_) | Atom::Value(_) => None,
        }
    };
    poly.terms.iter().try_fold(poly.constant, |sum, term| {
        let product = term.factors.iter().try_fold(term.coefficient, |product, atom| product.checked_mul(of(atom)?))?;
        sum.checked_add(product)
    })
}

/// Is a graph legal for these values of its symbols? Shapes are inferred again.
pub(super) fn symbols(graph: &Graph, symbols: &[i64]) -> Result<(), String> {
    if symbols.iter().any(|symbol| !(0..=SYMBOL).contains(symbol)) {
        return Err("a size of the call is out of range".to_string());
    }
    let bad = Cell::new(false);
    let value = |dim: &Dim| {
        let value = size(dim, symbols).filter(|size| size.abs() <= ELEMENTS);
        bad.set(bad.get() || value.is_none());
        Dim::Const(value.unwrap_or(0))
    };
    let concrete = graph.map_dims(&value);
    if bad.get() {
        return Err("a size of the graph is too large to compute with, or none".to_string());
    }
    let concrete = concrete.map_err(|misuse| misuse.to_string())?;
    elements(&concrete)
}

/// Has no value too many elements?
pub(super) fn elements(graph: &Graph) -> Result<(), String> {
    for (id, node) in graph.nodes() {
        let sizes = node.aval.shape.0.iter().map(|dim| dim.as_const().unwrap_or(0).max(0));
        let count = sizes.fold(1i64, i64::saturating_mul);
        if count > ELEMENTS {
            return Err(format!("{id} has {count} elements"));
        }
    }
    graph.nodes().flat_map(|(_, node)| node.kind.bodies()).try_for_each(|body| elements(body))
}
