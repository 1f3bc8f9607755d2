//! Random graphs of all kinds through every transform: gradients are tangents transposed and slopes, also of gradients; batches are loops.
//!
//! In double precision, so that a slope has digits. Where a program is not smooth (it jumps or has a kink within the step of the
//! difference quotient) slopes say nothing: such programs are told by slopes that disagree among themselves, skipped and counted.

use interfuse_compiler::dim::Dim;
use interfuse_compiler::dtype::DType;
use interfuse_compiler::eval::{Reals, eval_real};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::jvp::jvp;
use interfuse_compiler::kind::{Derivative, Kind};
use interfuse_compiler::verify::{Stage, verify};
use interfuse_compiler::vjp::vjp;
use interfuse_compiler::vmap::vmap;
use interfuse_tests::random::{Census, Options, Prng, Values, sample, seeds};

fn options() -> Options {
    let dtypes = vec![DType::Bool, DType::Int32, DType::UInt32, DType::Float32];
    Options { nodes: 14, values: Values::Tame, dtypes, constants: true }
}

/// A graph with arguments in double precision.
struct Program {
    graph: Graph,
    inputs: Vec<Reals>,
    constants: Vec<Reals>,
}

fn noise(prng: &mut Prng, like: &Reals) -> Reals {
    let unit = |bits: u64| (bits >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
    Reals {
        sizes: like.sizes.clone(),
        dtype: like.dtype,
        data: like.data.iter().map(|_| unit(prng.next_bits())).collect(),
    }
}

fn dot(a: &[Reals], b: &[Reals]) -> f64 {
    a.iter().zip(b).flat_map(|(a, b)| a.data.iter().zip(&b.data)).map(|(a, b)| a * b).sum()
}

/// The sum of the absolute values of the products: what rounding errors are measured by.
fn size(a: &[Reals], b: &[Reals]) -> f64 {
    a.iter().zip(b).flat_map(|(a, b)| a.data.iter().zip(&b.data)).map(|(a, b)| (a * b).abs()).sum()
}

impl Program {
    fn wrt(&self) -> Vec<u32> {
        let read = self.graph.inputs();
        let float = |at: &u32| self.inputs[*at as usize].dtype.is_float() && read[*at as usize].is_some();
        (0..read.len() as u32).filter(float).collect()
    }

    fn of(&self) -> Vec<u32> {
        let float = |at: &u32| self.graph.aval(self.graph.outputs()[*at as usize]).dtype.is_float();
        (0..self.graph.outputs().len() as u32).filter(float).collect()
    }

    fn run(&self, inputs: &[Reals]) -> Vec<Reals> {
        eval_real(&self.graph, inputs, &self.constants).unwrap_or_else(|error| panic!("{error}\n{}", self.graph))
    }

    fn transformed(&self, graph: Graph, more: &[Reals]) -> Vec<Reals> {
        verify(&graph, Stage::Traced).unwrap_or_else(|broken| panic!("{broken}\n{}became\n{graph}", self.graph));
        let inputs: Vec<Reals> = self.inputs.iter().chain(more).cloned().collect();
        let values = eval_real(&graph, &inputs, &self.constants);
        values
            .unwrap_or_else(|error| panic!("{error}\n{}became\n{graph}", self.graph))
            .split_off(self.graph.outputs().len())
    }

    /// The weighted slope along tangents over a step, or `None` where it has no number.
    fn slope(&self, tangents: &[Reals], cts: &[Reals], from: f64, to: f64) -> Option<f64> {
        let at = |step: f64| {
            let mut inputs = self.inputs.clone();
            for (at, tangent) in self.wrt().into_iter().zip(tangents) {
                inputs[at as usize].data.iter_mut().zip(&tangent.data).for_each(|(x, t)| *x += step * t);
            }
            let values = self.run(&inputs);
            dot(&self.of().iter().map(|at| values[*at as usize].clone()).collect::<Vec<_>>(), cts)
        };
        Some((at(to) - at(from)) / (to - from)).filter(|slope| slope.is_finite())
    }
}

/// What became of a program.
enum Verdict {
    /// Compared with slopes.
    Compared,
    /// Not smooth, or no finite values: slopes say nothing.
    Skipped,
    /// It stops gradients, which slopes do not know of.
    Stopped,
}

fn stops(graph: &Graph) -> bool {
    graph.nodes().any(|(_, node)| matches!(node.kind, Kind::Call { rule: Derivative::Stop, .. }))
}

/// Gradients against tangents, always, and against slopes where there are any.
fn derivatives(seed: u64, program: &Program, prng: &mut Prng) -> Verdict {
    let (wrt, of) = (program.wrt(), program.of());
    let cts: Vec<Reals> = {
        let values = program.run(&program.inputs);
        of.iter().map(|at| noise(prng, &values[*at as usize])).collect()
    };
    let tangents: Vec<Reals> = wrt.iter().map(|at| noise(prng, &program.inputs[*at as usize])).collect();
    let back = program.transformed(vjp(&program.graph, &wrt, &of).expect("differentiable"), &cts);
    let rates = program.transformed(jvp(&program.graph, &wrt).expect("differentiable"), &tangents);
    let rates: Vec<Reals> = of.iter().map(|at| rates[*at as usize].clone()).collect();
    let (backward, forward) = (dot(&back, &tangents), dot(&rates, &cts));
    if !backward.is_finite() || !forward.is_finite() || backward.abs() > 1e7 {
        return Verdict::Skipped;
    }
    let scale = 1.0 + size(&back, &tangents) + size(&rates, &cts);
    assert!(
        (backward - forward).abs() <= 1e-8 * scale,
        "seed {seed}: {backward} back, {forward} forward\n{}",
        program.graph
    );
    if stops(&program.graph) {
        return Verdict::Stopped;
    }
    let slopes: Option<Vec<f64>> = [(-1e-6, 1e-6), (-5e-7, 5e-7), (0.0, 1e-6), (-1e-6, 0.0)]
        .into_iter()
        .map(|(from, to)| program.slope(&tangents, &cts, from, to))
        .collect();
    let Some(slopes) = slopes else { return Verdict::Skipped };
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-4 * scale;
    if near(slopes[0], backward) {
        return Verdict::Compared;
    }
    let smooth = slopes.iter().all(|slope| near(*slope, slopes[0]));
    assert!(!smooth, "seed {seed}: {backward}, but the slope is {}\n{}", slopes[0], program.graph);
    Verdict::Skipped
}

#[test]
fn gradients_are_transposed_tangents_and_slopes() {
    let (mut compared, mut skipped, mut census) = (0, 0, Census::default());
    for seed in seeds(1500) {
        let made = sample(seed, &options());
        let reals = |values: &[interfuse_compiler::eval::Value]| values.iter().map(Reals::from).collect();
        let mut program = Program { graph: made.graph, inputs: reals(&made.inputs), constants: reals(&made.constants) };
        if program.wrt().is_empty() || program.of().is_empty() {
            continue;
        }
        census.count(&program.graph);
        let mut prng = Prng::new(seed ^ 0x5eed);
        match derivatives(seed, &program, &mut prng) {
            Verdict::Compared => compared += 1,
            Verdict::Skipped => skipped += 1,
            Verdict::Stopped => {}
        }
        // Gradients of gradients: the graph that pulls back, with cotangents as further inputs.
        if seed % 3 == 0 {
            let graph = vjp(&program.graph, &program.wrt(), &program.of()).expect("differentiable");
            let values = program.run(&program.inputs);
            let cts: Vec<Reals> = program.of().iter().map(|at| noise(&mut prng, &values[*at as usize])).collect();
            program.inputs.extend(cts);
            program.graph = graph;
            match derivatives(seed, &program, &mut prng) {
                Verdict::Compared => compared += 1,
                Verdict::Skipped => skipped += 1,
                Verdict::Stopped => {}
            }
        }
    }
    println!("{compared} compared with slopes, {skipped} skipped\n{}", census.report());
    assert!(compared > 700 || std::env::var("INTERFUSE_RANDOM_SEED").is_ok(), "{compared} compared");
    assert!(skipped * 20 <= compared + skipped, "{skipped} of {} programs are not smooth", compared + skipped);
    let kinds = ["scan", "scatter", "conv", "gather", "concatenate", "loop", "call", "dot", "prod", "max", "argsort"];
    assert_eq!(census.missing(kinds), Vec::<&str>::new());
}

#[test]
fn batches_are_loops() {
    let mut checked = 0;
    for seed in seeds(1500) {
        let made = sample(seed, &options());
        let mut prng = Prng::new(seed ^ 0xba7c);
        let count = made.graph.inputs().len();
        let axes: Vec<Option<u32>> = (0..count)
            .map(|at| (!prng.once_in(3)).then(|| prng.below(made.inputs[at].sizes.len() + 1) as u32))
            .collect();
        let examples = 2;
        let ranks: Vec<usize> = made.graph.outputs().iter().map(|id| made.graph.aval(*id).shape.rank()).collect();
        let out_axes: Vec<u32> = ranks.iter().map(|rank| prng.below(rank + 1) as u32).collect();
        let graph = vmap(&made.graph, &axes, &out_axes, &Dim::from(examples)).expect("known sizes");
        verify(&graph, Stage::Traced).unwrap_or_else(|broken| panic!("seed {seed}: {broken}\n{graph}"));
        let example = |at: usize, number: usize| {
            let mut x = Reals::from(&made.inputs[at]);
            if axes[at].is_some() && number > 0 {
                let count = x.data.len().max(1);
                x.data.rotate_left(number % count);
            }
            x
        };
        let batched: Vec<Reals> = (0..made.inputs.len())
            .map(|at| match axes.get(at).copied().flatten() {
                Some(axis) => stack(&(0..examples).map(|n| example(at, n)).collect::<Vec<_>>(), axis as usize),
                None => Reals::from(&made.inputs[at]),
            })
            .collect();
        let constants: Vec<Reals> = made.constants.iter().map(Reals::from).collect();
        let got = eval_real(&graph, &batched, &constants).unwrap_or_else(|bad| panic!("seed {seed}: {bad}\n{graph}"));
        let each: Option<Vec<Vec<Reals>>> = (0..examples)
            .map(|n| {
                let inputs: Vec<Reals> = (0..made.inputs.len())
                    .map(|at| if at < count { example(at, n) } else { Reals::from(&made.inputs[at]) })
                    .collect();
                eval_real(&made.graph, &inputs, &constants).ok()
            })
            .collect();
        let Some(each) = each else { continue };
        for (at, axis) in out_axes.iter().enumerate() {
            let want = stack(&each.iter().map(|values| values[at].clone()).collect::<Vec<_>>(), *axis as usize);
            let same = got[at].sizes == want.sizes
                && got[at]
                    .data
                    .iter()
                    .zip(&want.data)
                    .all(|(a, b)| a == b || a.is_nan() && b.is_nan() || (a - b).abs() <= 1e-9 * (1.0 + b.abs()));
            assert!(same, "seed {seed}, result {at}:\n{}became\n{graph}want {want:?}\ngot {:?}", made.graph, got[at]);
        }
        checked += 1;
    }
    assert!(checked > 1000 || std::env::var("INTERFUSE_RANDOM_SEED").is_ok(), "{checked} checked");
}

/// Examples as one array, along a new axis.
fn stack(examples: &[Reals], axis: usize) -> Reals {
    let first = &examples[0];
    let mut sizes = first.sizes.clone();
    sizes.insert(axis, examples.len());
    let (outer, inner): (usize, usize) = (first.sizes[..axis].iter().product(), first.sizes[axis..].iter().product());
    let parts = (0..outer).flat_map(|o| examples.iter().flat_map(move |x| x.data[o * inner..(o + 1) * inner].to_vec()));
    Reals { sizes, dtype: first.dtype, data: parts.collect() }
}
