//! Every row of the table on the GPU device: its error bound holds over its domain, specials included, for every dtype.

use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::eval::Value;
use interfuse_compiler::graph::{Graph, NodeId};
use interfuse_compiler::kind::Kind;
use interfuse_compiler::ops::domain::{in_domain, samples, within};
use interfuse_compiler::ops::{Op, Signature, exact};
use interfuse_compiler::shape::Aval;
use interfuse_compiler::target::{Target, Tuning};
use interfuse_runtime::device::Device;
use interfuse_runtime::gpu::{GpuDevice, Options};
use interfuse_tests::gpu::{open, open_with};
use interfuse_tests::run::run;

/// Samples per row and dtype; tuples of special values may be more.
const COUNT: usize = 20_000;

/// A graph that applies `kind` to inputs of those dtypes, all of `count` elements.
fn apply(kind: Kind, dtypes: &[DType], count: usize) -> Graph {
    let mut graph = Graph::new();
    let input = |(index, dtype): (usize, &DType)| {
        let kind = Kind::Input { index: index as u32, aval: Box::new(Aval::new([count], *dtype)) };
        graph.add(kind, &[]).expect("an input")
    };
    let inputs: Vec<NodeId> = dtypes.iter().enumerate().map(input).collect();
    let output = graph.add(kind, &inputs).expect("dtypes that the row accepts");
    graph.set_outputs(&[output]);
    graph
}

fn value(dtype: DType, lanes: &[u32]) -> Value {
    Value::new(&[lanes.len()], dtype, lanes.iter().map(|lane| Scalar::from_lane(dtype, *lane)).collect())
}

/// Wrong results of a row, and how many were looked at.
fn check(device: &GpuDevice, op: Op, operand: DType) -> (Vec<String>, usize) {
    let lanes = samples(op, operand, COUNT);
    let choose = op.row().signature == Signature::Choose;
    let dtypes: Vec<DType> = (0..lanes.len()).map(|at| if choose && at == 0 { DType::Bool } else { operand }).collect();
    let graph = apply(Kind::Map { op }, &dtypes, lanes[0].len());
    let inputs: Vec<Value> = dtypes.iter().zip(&lanes).map(|(dtype, lanes)| value(*dtype, lanes)).collect();
    // The row itself, not what simplification makes of it (the absolute value of a uint32 is the uint32).
    let tuning = Tuning { simplify: false, ..Tuning::default() };
    let target = Target { tuning, ..device.target().clone() };
    let ran = run(device, &target, &graph, &inputs, &[]);
    assert_eq!(ran.counted.dispatches, 1, "{}", op.name());
    let mut looked = 0;
    let mut wrong = Vec::new();
    for at in 0..lanes[0].len() {
        let tuple: Vec<u32> = lanes.iter().map(|list| list[at]).collect();
        if !in_domain(op, operand, &tuple) {
            continue;
        }
        looked += 1;
        let args: Vec<Scalar> = inputs.iter().map(|value| value.data[at]).collect();
        if let Err(text) = within(op, operand, ran.outputs[0].data[at], exact(op, operand, &args), &args) {
            wrong.push(text);
        }
    }
    (wrong, looked)
}

#[test]
fn every_row_keeps_its_bound() {
    keep_bounds(&open());
}

/// Without wgpu's guards of divisions and indices, which is how modules are made outside tests.
#[test]
fn every_row_keeps_its_bound_unguarded() {
    keep_bounds(&open_with(Options::default()));
}

fn keep_bounds(device: &GpuDevice) {
    let float16 = device.target().features.float16;
    let mut report = Vec::new();
    let mut rows = 0;
    for &op in Op::ALL {
        for operand in DType::ALL.into_iter().filter(|d| op.accepts(*d) && (*d != DType::Float16 || float16)) {
            let (wrong, looked) = check(device, op, operand);
            assert!(looked > 3, "{} of {operand}: nothing to look at", op.name());
            rows += 1;
            if let Some(first) = wrong.first() {
                report.push(format!("{} of {looked} wrong: {first}", wrong.len()));
            }
        }
    }
    assert!(rows > 100, "{rows} rows and dtypes");
    assert!(
        report.is_empty(),
        "{} of {rows} break their bound on {}:\n{}",
        report.len(),
        device.info().device,
        report.join("\n")
    );
}

#[test]
fn every_cast_gives_the_same_bits() {
    let device = open();
    let float16 = device.target().features.float16;
    let dtypes: Vec<DType> = DType::ALL.into_iter().filter(|d| *d != DType::Float16 || float16).collect();
    let mut report = Vec::new();
    for &from in &dtypes {
        // An op that takes every dtype has samples of it.
        let lanes = samples(Op::Equal, from, COUNT).swap_remove(0);
        for &to in &dtypes {
            let graph = apply(Kind::Cast { to }, &[from], lanes.len());
            let input = value(from, &lanes);
            let ran = run(&device, device.target(), &graph, std::slice::from_ref(&input), &[]);
            // A GPU may flush subnormals, and may drop the payload of a NaN.
            let alike = |got: Scalar, want: Scalar, arg: Scalar| {
                let (g, w) = (got.to_f64(), want.to_f64());
                let small = |s: Scalar| s.dtype().is_float() && s.to_f64().abs() < f64::from(f32::MIN_POSITIVE);
                got == want
                    || (g.is_nan() && w.is_nan())
                    || (to.is_float() && g == w && g == 0.0)
                    || (small(arg) && g.abs() <= w.abs())
            };
            let results = ran.outputs[0].data.iter().zip(&input.data);
            let wrong: Vec<String> = results
                .filter(|(got, arg)| !alike(**got, arg.cast(to), **arg))
                .map(|(got, arg)| format!("{from} {arg} as {to}: got {got}, want {}", arg.cast(to)))
                .collect();
            if let Some(first) = wrong.first() {
                report.push(format!("{} of {}: {first}", wrong.len(), lanes.len()));
            }
        }
    }
    assert!(report.is_empty(), "{}", report.join("\n"));
}
