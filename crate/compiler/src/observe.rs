//! What a pass tells whoever watches: the graph after it, and what it did. Observers may hold a clock; the compiler has none.

use crate::graph::Graph;

/// What a pass did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PassReport {
    /// The pass.
    pub pass: &'static str,
    /// How many rewrites fired.
    pub changes: usize,
    /// How often each rule fired, in the order of the rules; only those that did.
    pub rules: Vec<(&'static str, usize)>,
}

impl PassReport {
    /// A pass that has no rules of its own.
    pub fn new(pass: &'static str, changes: usize) -> PassReport {
        PassReport { pass, changes, rules: Vec::new() }
    }

    /// A pass with rules, from their counts in order.
    pub fn of(pass: &'static str, counts: impl IntoIterator<Item = (&'static str, usize)>) -> PassReport {
        let rules: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
        PassReport { pass, changes: rules.iter().map(|(_, count)| count).sum(), rules }
    }
}

/// Watches a compilation. `()` watches nothing.
pub trait Observer {
    /// A pass is done; this is the graph now.
    fn pass(&mut self, graph: &Graph, report: &PassReport) {
        let _ = (graph, report);
    }
}

impl Observer for () {}
