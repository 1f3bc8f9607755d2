//! How good normal numbers are: against the inverse error function in double precision, at the very uniform numbers they come from.

use interfuse::{DType, DeviceChoice, init, random};
use interfuse_compiler::dtype::DType as CompilerDType;
use interfuse_compiler::eval::{Reals, eval_real};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kind::Kind;
use interfuse_compiler::ops::Op;
use interfuse_compiler::shape::{Aval, Shape};

const COUNT: usize = 200_000;
/// The promise, in units of the last place.
const BOUND: f64 = 4.0;

/// The inverse error function in double precision.
fn erfinv(x: Vec<f64>) -> Vec<f64> {
    let mut graph = Graph::new();
    let aval = Box::new(Aval::new(Shape::of(&[x.len()]), CompilerDType::Float32));
    let input = graph.append(Kind::Input { index: 0, aval }, &[]).expect("an input");
    let result = graph.append(Kind::Map { op: Op::Erfinv }, &[input]).expect("a row");
    graph.set_outputs(&[result]);
    let x = Reals { sizes: vec![x.len()], dtype: CompilerDType::Float32, data: x };
    eval_real(&graph, &[x], &[]).expect("values").remove(0).data
}

fn unit_in_the_last_place(x: f64) -> f64 {
    let x = x.abs() as f32;
    f64::from(f32::from_bits(x.to_bits() + 1)) - f64::from(x)
}

#[test]
fn normal_numbers_are_within_four_units_on_every_device() {
    for choice in [DeviceChoice::Cpu, DeviceChoice::Gpu] {
        init(choice).expect("a device");
        let mut worst = (0.0f64, 0.0);
        for seed in [7, 1234] {
            let key = random::key(seed).expect("a key");
            let uniform = random::uniform(&[COUNT], 0, 1, DType::Float32, Some(&key)).expect("draws");
            let normal = random::normal(&[COUNT], 0, 1, DType::Float32, Some(&key)).expect("draws");
            let uniform = uniform.to_vec::<f32>().expect("read");
            // As `random::normal` makes them even in (-1, 1); nothing of this rounds.
            let x = uniform.iter().map(|u| (2.0 * f64::from(*u) - 1.0 + 2f64.powi(-24)).max(-1.0 + 2f64.powi(-24)));
            let exact = erfinv(x.collect());
            for (got, exact) in normal.to_vec::<f32>().expect("read").iter().zip(exact) {
                let exact = exact * std::f64::consts::SQRT_2;
                let off = (f64::from(*got) - exact).abs() / unit_in_the_last_place(exact);
                if off > worst.0 {
                    worst = (off, exact);
                }
            }
        }
        println!("{choice:?}: at most {:.2} units off, at {}", worst.0, worst.1);
        assert!(worst.0 <= BOUND, "{choice:?}: {} units off at {}", worst.0, worst.1);
    }
}
