//! How far a right result may be from the oracle's: measured, not guessed.
//!
//! Rows state error bounds, and errors grow on their way through a program: a difference of near-equals magnifies them, a floor or a
//! comparison may turn them into a jump. So the oracle is run again and again with every float that a node computes moved by as much
//! as its row (or its accumulation) allows, up, down and at random. Where the results of those runs lie is where a device's may lie,
//! with a margin. Elements that no longer mean anything (they became NaN, or jump) are left out, and counted: a test that compares
//! nothing must not pass.

use crate::random::Prng;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::eval::{Value, eval};
use interfuse_compiler::graph::{Graph, Node, NodeId};
use interfuse_compiler::kind::{CombineOp, Kind, ReduceOp};

/// Runs at random, beside those with all errors upwards and downwards.
const RUNS: usize = 10;

/// Random signs seldom conspire; this covers where they do.
const MARGIN: f64 = 8.0;

/// In which direction a run moves results.
enum Direction {
    Exact,
    Up,
    Down,
    Random(Prng),
}

impl Direction {
    fn next(&mut self) -> f64 {
        match self {
            Direction::Exact => 0.0,
            Direction::Up => 1.0,
            Direction::Down => -1.0,
            Direction::Random(prng) => prng.pick(&[-1.0, 1.0, 0.3]),
        }
    }
}

/// The distance to the next number of that dtype.
fn unit(x: f64, dtype: DType) -> f64 {
    let (digits, least) = if dtype == DType::Float16 { (10, -14) } else { (23, -126) };
    let exponent = if x == 0.0 { least } else { (x.abs().log2().floor() as i32).max(least) };
    2f64.powi(exponent - digits)
}

/// A node as a graph of its own.
fn alone(graph: &Graph, node: &Node, operands: &[Value]) -> Value {
    let mut one = Graph::new();
    let leaves: Vec<NodeId> = node
        .operands
        .iter()
        .enumerate()
        .map(|(at, id)| {
            let aval = Box::new(graph.aval(*id).clone());
            one.append(Kind::Input { index: at as u32, aval }, &[]).expect("leaves are legal")
        })
        .collect();
    let id = one.append(node.kind.clone(), &leaves).expect("it was legal in the graph");
    one.set_outputs(&[id]);
    eval(&one, operands, &[], &[]).expect("the oracle runs it").remove(0)
}

/// Absolute error that each element of a node's value may have.
fn allowed(graph: &Graph, node: &Node, operands: &[Value], value: &Value) -> Vec<f64> {
    let dtype = value.dtype;
    let rounding = |x: f64| if dtype == DType::Float16 { unit(x, dtype) } else { 0.0 };
    // Sums err with the sum of magnitudes.
    let accumulated = |length: f64| {
        let magnitudes: Vec<Value> = operands
            .iter()
            .map(|v| {
                // Indices stay where they point.
                let magnitude = |s: &Scalar| {
                    if v.dtype.is_float() { Scalar::from_f64(v.dtype, s.to_f64().abs()) } else { *s }
                };
                Value::new(&v.sizes, v.dtype, v.data.iter().map(magnitude).collect())
            })
            .collect();
        let sizes = alone(graph, node, &magnitudes).to_f64();
        sizes
            .into_iter()
            .zip(value.to_f64())
            .map(|(m, x)| (length.sqrt() + 2.0) * unit(m, DType::Float32) + rounding(x))
            .collect()
    };
    let per_result = |whole: &Value| whole.data.len() as f64 / value.data.len().max(1) as f64;
    match &node.kind {
        Kind::Map { op } => {
            let bound = op.facts().bound;
            let flush = f64::from(f32::MIN_POSITIVE);
            value
                .to_f64()
                .into_iter()
                .map(|x| bound.ulps * unit(x, DType::Float32) + bound.absolute.max(flush) + rounding(x))
                .collect()
        }
        Kind::Reduce { op: ReduceOp::Sum | ReduceOp::Prod, .. } => accumulated(per_result(&operands[0])),
        Kind::Scan { op: CombineOp::Add | CombineOp::Mul, axis, .. } => accumulated(value.sizes[*axis as usize] as f64),
        Kind::Scatter { op: CombineOp::Add | CombineOp::Mul, .. } => accumulated(operands[1].data.len() as f64 + 1.0),
        // Exponentials, a sum and a logarithm: a few units of the result or of 1.
        Kind::Scan { op: CombineOp::LogAddExp, axis, .. } => {
            let length = value.sizes[*axis as usize] as f64;
            let error = |x: f64| (length.sqrt() + 12.0) * unit(x.abs().max(1.0), DType::Float32) + rounding(x);
            value.to_f64().into_iter().map(error).collect()
        }
        Kind::Conv { .. } => accumulated(operands[1].data.len() as f64),
        Kind::Dot { .. } => accumulated(per_result(&operands[0]).max(per_result(&operands[1])).max(16.0)),
        Kind::Cast { .. } => value.to_f64().into_iter().map(rounding).collect(),
        // These copy, choose or count.
        _ => vec![0.0; value.data.len()],
    }
}

fn run(graph: &Graph, inputs: &[Value], mut direction: Direction) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::with_capacity(graph.len());
    for (_, node) in graph.nodes() {
        let operands: Vec<Value> = node.operands.iter().map(|id| values[id.index()].clone()).collect();
        let mut value = match &node.kind {
            Kind::Input { index, .. } => inputs[*index as usize].clone(),
            _ => alone(graph, node, &operands),
        };
        if value.dtype.is_float() && !matches!(node.kind, Kind::Input { .. } | Kind::Literal { .. }) {
            let allowed = allowed(graph, node, &operands, &value);
            for (scalar, allowed) in value.data.iter_mut().zip(allowed).filter(|(_, allowed)| *allowed > 0.0) {
                *scalar = Scalar::from_f64(scalar.dtype(), scalar.to_f64() + allowed * direction.next());
            }
        }
        values.push(value);
    }
    graph.outputs().iter().map(|id| values[id.index()].clone()).collect()
}

/// Where right results lie.
pub struct Expected {
    exact: Vec<Value>,
    /// Per result and element: the lowest and highest, margin included; `None` where anything may come out.
    ranges: Vec<Vec<Option<(f64, f64)>>>,
}

/// How many elements were compared, and how many of all.
#[derive(Clone, Copy, Default, Debug)]
pub struct Compared {
    /// Compared with a meaningful tolerance: exactly, or within a thousandth of the value or of 1 (float16: five hundredths, some
    /// fifty units).
    pub tightly: usize,
    /// Not compared, because they jump or are not numbers.
    pub skipped: usize,
    /// All.
    pub all: usize,
}

impl Expected {
    /// Of a graph without constants and symbols.
    pub fn new(graph: &Graph, inputs: &[Value], seed: u64) -> Expected {
        let exact = run(graph, inputs, Direction::Exact);
        let mut runs = vec![run(graph, inputs, Direction::Up), run(graph, inputs, Direction::Down)];
        runs.extend((0..RUNS).map(|at| run(graph, inputs, Direction::Random(Prng::new(seed ^ (at as u64) << 32)))));
        let range = |output: usize, at: usize| {
            let want = exact[output].data[at].to_f64();
            let seen = || runs.iter().map(|run| run[output].data[at].to_f64());
            if !want.is_finite() || seen().any(|x| !x.is_finite()) {
                return None;
            }
            let (low, high) = seen().fold((want, want), |(low, high), x| (low.min(x), high.max(x)));
            if !exact[output].dtype.is_float() {
                // A jump of an integer or a bool: no more is known.
                return (low == high).then_some((low, high));
            }
            let margin = (MARGIN - 1.0) * (high - low) + unit(want, DType::Float32);
            Some((low - margin, high + margin))
        };
        let ranges = (0..exact.len())
            .map(|output| (0..exact[output].data.len()).map(|at| range(output, at)).collect())
            .collect();
        Expected { exact, ranges }
    }

    /// Are those results right?
    pub fn check(&self, got: &[Value]) -> Result<Compared, String> {
        let mut compared = Compared::default();
        for (output, (want, got)) in self.exact.iter().zip(got).enumerate() {
            if (&want.sizes, want.dtype) != (&got.sizes, got.dtype) {
                return Err(format!(
                    "result {output} is {}{:?} instead of {}{:?}",
                    got.dtype, got.sizes, want.dtype, want.sizes
                ));
            }
            for (at, (want, got)) in want.data.iter().zip(&got.data).enumerate() {
                compared.all += 1;
                let Some((low, high)) = self.ranges[output][at] else {
                    compared.skipped += 1;
                    continue;
                };
                let tight = if want.dtype() == DType::Float16 { 5e-2 } else { 1e-3 };
                let (want, got) = (want.to_f64(), got.to_f64());
                compared.tightly += usize::from(high - low <= 2.0 * tight * want.abs().max(1.0));
                if got.is_nan() || got < low || got > high {
                    return Err(format!(
                        "result {output}, element {at} is {got}, not {want} (anything in {low}..={high} would do)"
                    ));
                }
            }
        }
        Ok(compared)
    }
}
