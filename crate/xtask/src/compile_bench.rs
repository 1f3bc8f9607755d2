//! Time of the compiler per op, for graphs of four forms: the table says whether it is linear.

use interfuse_compiler::Request;
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::graph::{Graph, NodeId};
use interfuse_compiler::kind::{Kind, View};
use interfuse_compiler::ops::Op;
use interfuse_compiler::shape::{Aval, Shape};
use interfuse_compiler::target::Target;
use smallvec::smallvec;
use std::time::Instant;

/// Builds a graph of about that many ops.
type Form = fn(&mut Graph, NodeId, usize) -> Vec<NodeId>;

fn map(graph: &mut Graph, op: Op, args: &[NodeId]) -> NodeId {
    graph.append(Kind::Map { op }, args).expect("equal shapes")
}

/// Each op uses the one before.
fn chain(graph: &mut Graph, x: NodeId, ops: usize) -> Vec<NodeId> {
    let steps = [Op::Sin, Op::Neg, Op::Abs, Op::Square];
    vec![(0..ops).fold(x, |x, i| map(graph, steps[i % 4], &[x]))]
}

/// Many ops of one input, summed pairwise.
fn wide(graph: &mut Graph, x: NodeId, ops: usize) -> Vec<NodeId> {
    let mut level: Vec<NodeId> = Vec::new();
    let mut last = x;
    for i in 0..ops / 2 {
        last = if i % 16 == 0 { x } else { last };
        last = map(graph, Op::Sin, &[last]);
        level.push(last);
    }
    while level.len() > 1 {
        level = level.chunks(2).map(|c| if c.len() == 2 { map(graph, Op::Add, c) } else { c[0] }).collect();
    }
    level
}

/// Each op uses the two before.
fn diamond(graph: &mut Graph, x: NodeId, ops: usize) -> Vec<NodeId> {
    let mut pair = (x, map(graph, Op::Sin, &[x]));
    for _ in 1..ops {
        pair = (pair.1, map(graph, Op::Mul, &[pair.0, pair.1]));
    }
    vec![pair.1]
}

/// One scalar that every op uses.
fn shared_scalar(graph: &mut Graph, x: NodeId, ops: usize) -> Vec<NodeId> {
    let value = Scalar::from_f64(DType::Float32, 1.001);
    let literal = graph.append(Kind::Literal { value }, &[]).expect("a literal");
    let shape = graph.aval(x).shape.clone();
    let all = graph
        .append(Kind::View(View::Broadcast { shape, axes: smallvec![] }), &[literal])
        .expect("a scalar broadcasts");
    vec![(0..ops).fold(x, |x, _| map(graph, Op::Mul, &[x, all]))]
}

/// Prints microseconds per op, the least of several runs.
pub fn run() {
    let forms: [(&str, Form); 4] =
        [("chain", chain), ("wide", wide), ("diamond", diamond), ("one scalar", shared_scalar)];
    println!("graph build + compile (simplify, fuse, plan), microseconds per op, least of 5 runs");
    println!("{:>12} {:>10} {:>10} {:>10} {:>10}", "ops", "chain", "wide", "diamond", "one scalar");
    for ops in [100, 1_000, 10_000, 50_000] {
        print!("{ops:>12}");
        for (_, form) in &forms {
            let mut least = f64::INFINITY;
            for _ in 0..5 {
                let start = Instant::now();
                let mut graph = Graph::new();
                let aval = Box::new(Aval::new(Shape::of(&[64, 64]), DType::Float32));
                let x = graph.append(Kind::Input { index: 0, aval }, &[]).expect("an input");
                let outputs = form(&mut graph, x, ops);
                graph.set_outputs(&outputs);
                let compiled =
                    interfuse_compiler::compile(&Request::new(&graph, &Target::base_gpu()), &mut ()).expect("compiles");
                assert!(!compiled.plan.steps.is_empty());
                least = least.min(start.elapsed().as_secs_f64());
            }
            print!(" {:>10.2}", least * 1e6 / ops as f64);
        }
        println!();
    }
}
