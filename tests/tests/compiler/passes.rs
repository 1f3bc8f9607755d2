//! Random graphs through every pass: values stay the same bit for bit, rules of legal graphs hold, listings of graphs and kernels read
//! back.

use interfuse_compiler::eval::{Value, eval};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kernel::parse_kernel;
use interfuse_compiler::kernel::verify::verify_kernel;
use interfuse_compiler::observe::{Observer, PassReport};
use interfuse_compiler::ops::Op;
use interfuse_compiler::simplify::{rule_names, simplify};
use interfuse_compiler::target::Target;
use interfuse_compiler::text::{Detail, parse, print_with};
use interfuse_compiler::verify::{Stage, verify};
use interfuse_compiler::{Request, compile};
use interfuse_tests::random::{Census, Options, Sample, sample, seeds};

/// Checks the graph after every pass.
struct Checker<'a> {
    seed: u64,
    sample: &'a Sample,
    want: Vec<Value>,
    census: &'a mut Census,
}

impl Observer for Checker<'_> {
    fn pass(&mut self, graph: &Graph, report: &PassReport) {
        let (seed, pass) = (self.seed, report.pass);
        verify(graph, Stage::Traced).unwrap_or_else(|broken| panic!("seed {seed}, {pass}: {broken}\n{graph}"));
        self.census.hit(pass);
        for (rule, count) in &report.rules {
            self.census.hits(*rule, *count);
        }
        let traced = &self.sample.graph;
        let got = eval(graph, &self.sample.inputs, &self.sample.constants, &[])
            .unwrap_or_else(|error| panic!("seed {seed}, {pass}: {error}\n{traced}became\n{graph}"));
        for (at, (want, got)) in self.want.iter().zip(&got).enumerate() {
            assert!(
                want.same(got),
                "seed {seed}, {pass}, result {at}:\n{traced}became\n{graph}want {want:?}\ngot  {got:?}"
            );
        }
    }
}

#[test]
fn every_pass_keeps_values_of_random_graphs() {
    let mut census = Census::default();
    let options = Options::wild();
    for seed in seeds(6000) {
        let sample = sample(seed, &options);
        census.count(&sample.graph);
        verify(&sample.graph, Stage::Traced).unwrap_or_else(|broken| panic!("seed {seed}: {broken}\n{}", sample.graph));
        let want = eval(&sample.graph, &sample.inputs, &sample.constants, &[]).expect("the generator evaluated it");
        let mut checker = Checker { seed, sample: &sample, want, census: &mut census };
        let simple = simplify(&sample.graph, &mut checker);
        verify(&simple, Stage::Simplified).unwrap_or_else(|broken| panic!("seed {seed}: {broken}\n{simple}"));
        // Same in, same out; and nothing is left to do.
        let again = simplify(&sample.graph, &mut ());
        assert_eq!(print_with(&simple, Detail::Origins), print_with(&again, Detail::Origins), "seed {seed}");
        let twice = simplify(&simple, &mut ());
        assert_eq!(simple, twice, "seed {seed}:\n{}was simplified to\n{simple}and then to\n{twice}", sample.graph);
    }
    println!("{}", census.report());
    let kinds = [
        "input",
        "constant",
        "literal",
        "iota",
        "size",
        "astype",
        "scan",
        "reshape",
        "transpose",
        "broadcast",
        "slice",
        "flip",
        "pad",
        "dot",
        "conv",
        "gather",
        "scatter",
        "concatenate",
        "argsort",
        "randomBits",
        "call",
        "loop",
        "barrier",
        "sum",
        "prod",
        "max",
        "min",
        "any",
        "all",
        "argmax",
        "argmin",
        "size 0",
        "size 1",
        "inline",
        "share",
        "rewrite",
    ];
    let wanted = kinds.into_iter().chain(Op::ALL.iter().map(|op| op.name())).chain(rule_names());
    let missing = census.missing(wanted);
    assert!(
        missing.is_empty() || std::env::var("INTERFUSE_RANDOM_SEED").is_ok(),
        "never hit: {missing:?}\n{}",
        census.report()
    );
}

#[test]
fn listings_of_random_graphs_read_back() {
    let options = Options::wild();
    for seed in seeds(500) {
        let graph = sample(seed, &options).graph;
        for graph in [&graph, &simplify(&graph, &mut ())] {
            let text = print_with(graph, Detail::Origins);
            let back = parse(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
            assert_eq!(back, *graph, "seed {seed}");
            assert_eq!(print_with(&back, Detail::Origins), text, "seed {seed}");
        }
    }
}

#[test]
fn kernels_of_random_graphs_are_legal_and_read_back() {
    let options = Options::wild();
    let mut count = 0;
    for seed in seeds(500) {
        let graph = sample(seed, &options).graph;
        for (target, fuse) in [(Target::cpu(), true), (Target::base_gpu(), true), (Target::base_gpu(), false)] {
            let mut target = target;
            target.features.float16 = true;
            target.tuning.fuse = fuse;
            let compiled =
                compile(&Request::new(&graph, &target), &mut ()).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            for step in &compiled.plan.steps {
                let text = step.kernel.to_string();
                verify_kernel(&step.kernel).unwrap_or_else(|broken| panic!("seed {seed}: {broken}\n{text}"));
                let back = parse_kernel(&text).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{text}"));
                assert_eq!((&back, back.to_string()), (&*step.kernel, text), "seed {seed}");
                count += 1;
            }
        }
    }
    assert!(count > 2500 || std::env::var("INTERFUSE_RANDOM_SEED").is_ok(), "{count}");
}

#[test]
fn seeds_are_graphs() {
    for options in [Options::wild(), Options::tame()] {
        let (one, two) = (sample(7, &options), sample(7, &options));
        assert_eq!((one.graph, one.inputs), (two.graph, two.inputs));
        assert_ne!(sample(7, &options).graph, sample(8, &options).graph);
    }
}
