//! What tells two signatures apart: why a call missed.

use super::Signature;
use super::read::{Leaf, LeafValue};

impl Signature {
    /// The first leaf in which another signature differs from this, as (path, this, other). `None` when only device or mode do.
    pub fn first_difference(&self, other: &Signature) -> Option<(String, LeafValue, LeafValue)> {
        let (mine, theirs) = (self.leaves(), other.leaves());
        let at = mine.iter().zip(&theirs).position(|(a, b)| !same(a, b))?;
        Some((mine[at].path.clone(), mine[at].value.clone(), theirs[at].value.clone()))
    }

    /// In how many leaves another signature differs; more than any count of leaves when device or mode differ.
    pub fn distance(&self, other: &Signature) -> usize {
        let (mine, theirs) = (self.leaves(), other.leaves());
        let context = if self.context() == other.context() { 0 } else { mine.len() + theirs.len() };
        let differing = mine.iter().zip(&theirs).filter(|(a, b)| !same(a, b)).count();
        context + differing + mine.len().abs_diff(theirs.len())
    }
}

/// Same place and same value, a NaN equal to itself and 0 not to -0.
fn same(a: &Leaf, b: &Leaf) -> bool {
    let value = match (&a.value, &b.value) {
        (LeafValue::Number(x), LeafValue::Number(y)) => x.to_bits() == y.to_bits(),
        (x, y) => x == y,
    };
    value && a.path == b.path
}
