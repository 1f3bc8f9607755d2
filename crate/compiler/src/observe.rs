//! What a pass tells whoever watches: the graph after it, and what it did. Observers may hold a clock; the compiler has none.

use crate::graph::{Graph, NodeId};

/// A rule that fired.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Applied {
    /// Its name.
    pub rule: &'static str,
    /// The node that it looked at, in the graph before the pass.
    pub before: NodeId,
    /// What became of that node, in the graph after the pass; `None` where nothing needs it any more.
    pub after: Option<NodeId>,
}

/// As many applications of rules a pass tells of.
pub const MAX_APPLIED: usize = 2000;

/// What a pass did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PassReport {
    /// The pass.
    pub pass: &'static str,
    /// How many rewrites fired.
    pub changes: usize,
    /// How often each rule fired, in the order of the rules; only those that did.
    pub rules: Vec<(&'static str, usize)>,
    /// The first [`MAX_APPLIED`] of them one by one, in order.
    pub applied: Vec<Applied>,
}

impl PassReport {
    /// A pass that has no rules of its own.
    pub fn new(pass: &'static str, changes: usize) -> PassReport {
        PassReport { pass, changes, rules: Vec::new(), applied: Vec::new() }
    }

    /// A pass with rules, from their counts in order.
    pub fn of(pass: &'static str, counts: impl IntoIterator<Item = (&'static str, usize)>) -> PassReport {
        let rules: Vec<_> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
        PassReport { pass, changes: rules.iter().map(|(_, count)| count).sum(), rules, applied: Vec::new() }
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
