//! The options of `compile` that decide how a function is compiled, declared once: names, types, docs and defaults.
//!
//! The package's type, its checks and what it sends follow from here (`npm run gen`), and so do the defaults of both. What a host does
//! around a call (captured state, donated arguments, what follows a recompilation) is its own.

use crate::symbolic::{DynamicSizes, NamedSize};
use crate::table::{Argument, Arguments, Kind};
use interfuse_compiler::cache::Capacity;
use interfuse_derive::Options;

/// What decides how a function is compiled, beside its calls. The docs of the fields are those of the package.
#[derive(Clone, Debug, Options)]
pub struct StoreOptions {
    /// Whether one entry serves tensors of all sizes. Tensors of another rank, dtype or structure still get an entry of their own. A
    /// decision that the function makes by a size becomes a guard, and a call that does not fulfil it throws `ShapeGuardError`.
    /// `x.dim(i)` and whole shapes leave sizes open; `x.shape[i]` fixes one.
    #[default(false)]
    pub shapeless: bool,
    /// Names single sizes that one entry leaves open, such as `{ 0: { 0: "batch" } }`. A decision that the function makes by such a size
    /// becomes a guard, and a call that does not fulfil it traces the function again. Sizes of one name that differ throw
    /// `DimMismatchError`.
    pub dynamic_dims: Vec<NamedSize>,
    /// Whether a function that cannot be one graph throws `FullgraphError`. Otherwise it runs eagerly, with a warning.
    #[default(false)]
    pub fullgraph: bool,
    /// The number of entries to keep; 0 keeps none, Infinity all. The least recently used entry is evicted first.
    #[default(Capacity::from(64))]
    pub max_cache_size: Capacity,
}

impl StoreOptions {
    /// The sizes that entries leave open.
    pub fn sizes(&self) -> DynamicSizes {
        DynamicSizes { shapeless: self.shapeless, named: self.dynamic_dims.clone() }
    }
}

impl<'a> Argument<'a> for Capacity {
    const KIND: Kind = Kind::Count;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        let entries: f64 = arguments.read();
        if entries.is_finite() { Capacity::from(entries as usize) } else { Capacity::Unbounded }
    }
}

impl<'a> Argument<'a> for Vec<NamedSize> {
    const KIND: Kind = Kind::NamedSizes;
    fn read(arguments: &mut Arguments<'a>) -> Self {
        let count: i64 = arguments.read();
        let mut text = || arguments.read::<&str>().to_string();
        // An axis that is no 64-bit integer is out of range for every tensor.
        let mut size = |_| NamedSize { path: text(), axis: text().parse().unwrap_or(i64::MAX), name: text() };
        (0..count).map(&mut size).collect()
    }
}
