//! Random graphs: legal by construction, of every kind and row, with arguments.
//!
//! A seed gives a graph and its arguments, always the same ones. The generator keeps the value of every node (by the oracle, one
//! node at a time), so that it can refuse a node whose values say nothing: see [`Values`]. Sizes 0 and 1, negative steps, repeated
//! operands and equal nodes are frequent on purpose: that is where rules apply and mistakes hide. A [`Census`] counts what was
//! hit, and the tests fail when something never was.

mod maker;

use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::eval::{Value, eval};
use interfuse_compiler::graph::{Graph, NodeId};
use interfuse_compiler::kind::{Axes, CombineOp, ConvGeometry, Derivative, DotAxes, Kind, ReduceOp, View};
use interfuse_compiler::ops::domain::{SPECIAL_FLOATS, SPECIAL_INTEGERS, in_domain};
use interfuse_compiler::ops::{Op, Signature};
use interfuse_compiler::shape::{Aval, Shape};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Splitmix64 (Steele, Lea, Flood 2014).
pub struct Prng(u64);

impl Prng {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Prng {
        Prng(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// The next 64 bits.
    pub fn next_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// One of `0..n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next_bits() % n as u64) as usize
    }

    /// True once in n.
    pub fn once_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of them.
    pub fn pick<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }

    /// Between -1 and 1.
    fn signed_unit(&mut self) -> f64 {
        (self.next_bits() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// Which values may arise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Values {
    /// Finite and of moderate size, and rows inside their domains: what devices can be compared on.
    Tame,
    /// NaN, infinities, overflow and zeros of both signs too: what passes must keep bit for bit.
    Wild,
}

/// What to make.
#[derive(Clone, Debug)]
pub struct Options {
    /// About how many nodes.
    pub nodes: usize,
    /// Which values.
    pub values: Values,
    /// Which dtypes.
    pub dtypes: Vec<DType>,
    /// May there be constants (tensors that a closure captured)?
    pub constants: bool,
}

impl Options {
    /// Graphs for passes.
    pub fn wild() -> Options {
        Options { nodes: 24, values: Values::Wild, dtypes: DType::ALL.to_vec(), constants: true }
    }

    /// Graphs for devices.
    pub fn tame() -> Options {
        Options { nodes: 16, values: Values::Tame, dtypes: DType::ALL.to_vec(), constants: false }
    }
}

/// A graph with arguments.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The graph, as traced: equal and dead nodes included.
    pub graph: Graph,
    /// Its inputs.
    pub inputs: Vec<Value>,
    /// Its constants.
    pub constants: Vec<Value>,
}

/// The graph of a seed.
pub fn sample(seed: u64, options: &Options) -> Sample {
    let mut maker = Maker {
        prng: Prng::new(seed),
        options,
        graph: Graph::new(),
        values: Vec::new(),
        inputs: Vec::new(),
        constants: Vec::new(),
    };
    for _ in 0..1 + maker.prng.below(3) {
        let (shape, dtype) = (maker.shape(), maker.dtype());
        maker.input(&shape, dtype);
    }
    let mut tries = 0;
    while maker.graph.len() < options.nodes && tries < options.nodes * 8 {
        tries += 1;
        maker.grow();
    }
    let count = 1 + maker.prng.below(3);
    let last = maker.graph.len();
    let outputs: Vec<NodeId> = (0..count)
        .map(|at| {
            if at == 0 {
                NodeId(last as u32 - 1)
            } else {
                NodeId((last / 2 + maker.prng.below(last - last / 2)) as u32)
            }
        })
        .collect();
    maker.graph.set_outputs(&outputs);
    Sample { graph: maker.graph, inputs: maker.inputs, constants: maker.constants }
}

const MAX_ELEMENTS: usize = 300;
const TAME: f64 = 1e4;

struct Maker<'a> {
    prng: Prng,
    options: &'a Options,
    graph: Graph,
    /// Of every node.
    values: Vec<Value>,
    inputs: Vec<Value>,
    constants: Vec<Value>,
}

/// Counts what graphs and passes hit, by name.
#[derive(Clone, Default, Debug)]
pub struct Census(BTreeMap<String, usize>);

impl Census {
    /// One more of that.
    pub fn hit(&mut self, name: impl Into<String>) {
        self.hits(name, 1);
    }

    /// So many more of that.
    pub fn hits(&mut self, name: impl Into<String>, count: usize) {
        *self.0.entry(name.into()).or_default() += count;
    }

    /// Counts the nodes of a graph: kinds and rows by their names, and sizes 0 and 1.
    pub fn count(&mut self, graph: &Graph) {
        for (_, node) in graph.nodes() {
            self.hit(node.kind.name());
            let dims = node.aval.shape.dims();
            if dims.iter().any(|dim| dim.is(0)) {
                self.hit("size 0");
            }
            if dims.iter().any(|dim| dim.is(1)) {
                self.hit("size 1");
            }
        }
    }

    /// Which of these was never hit.
    pub fn missing<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        names.into_iter().filter(|name| !self.0.contains_key(*name)).collect()
    }

    /// A line per name.
    pub fn report(&self) -> String {
        self.0.iter().map(|(name, count)| format!("{count:8} {name}\n")).collect()
    }
}

/// How long random tests go on after the graphs they always try: `INTERFUSE_RANDOM_SECONDS`, by default not at all.
pub fn extra_time() -> std::time::Duration {
    let seconds = std::env::var("INTERFUSE_RANDOM_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(0.0);
    std::time::Duration::from_secs_f64(seconds)
}

/// The seeds to try: at least `count`, or `INTERFUSE_RANDOM_COUNT`, more while there is [`extra_time`]; or the one in
/// `INTERFUSE_RANDOM_SEED`.
pub fn seeds(count: u64) -> impl Iterator<Item = u64> {
    let number = |name| std::env::var(name).ok().and_then(|s| s.parse::<u64>().ok());
    let only = number("INTERFUSE_RANDOM_SEED");
    let count = number("INTERFUSE_RANDOM_COUNT").unwrap_or(count);
    let end = std::time::Instant::now() + extra_time();
    let range = only.map_or(0..u64::MAX, |seed| seed..seed + 1);
    range.take_while(move |seed| only.is_some() || *seed < count || std::time::Instant::now() < end)
}
