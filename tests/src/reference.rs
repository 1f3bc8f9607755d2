//! Reference values: inputs as formulas, results as shape, dtype, counts, sums and some elements.
//!
//! `dev` is how far the reference's own float32 is from its float64.

use crate::run::{bytes_of, value_of};
use interfuse::io::{FunctionFile, export_function};
use interfuse::{DType, Result, Tensor, block_on};
use interfuse_compiler::eval::{Value as Evaluated, eval};
use serde_json::Value;

fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => number.as_f64().expect("a number"),
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::String(text) if text == "nan" => f64::NAN,
        Value::String(text) if text == "inf" => f64::INFINITY,
        Value::String(text) if text == "-inf" => f64::NEG_INFINITY,
        Value::String(text) if text == "-0" => -0.0,
        other => panic!("not a number: {other}"),
    }
}

fn numbers(value: &Value, into: &mut Vec<f64>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| numbers(value, into)),
        value => into.push(number(value)),
    }
}

/// The tensor that a formula of the file describes.
pub fn input(spec: &Value) -> Tensor {
    let sizes: Vec<i64> = spec["shape"].as_array().expect("shape").iter().map(|n| n.as_i64().expect("size")).collect();
    let count: i64 = sizes.iter().product();
    let field = |name: &str| spec[name].as_f64().unwrap_or(0.0);
    let values: Vec<f64> = match spec["kind"].as_str().expect("kind") {
        "qsin" => (0..count)
            .map(|i| {
                let wave = (0.7 * i as f64 + 1.3 * field("seed")).sin() * field("scale") * 65536.0;
                (wave + 0.5).floor() / 65536.0 + field("offset")
            })
            .collect(),
        "iseq" => {
            let field = |name: &str| spec[name].as_i64().expect("an integer");
            (0..count).map(|i| ((i * 7 + field("seed") * 5) % field("m") + field("offset")) as f64).collect()
        }
        "vals" => {
            let mut values = Vec::new();
            numbers(&spec["values"], &mut values);
            values
        }
        other => panic!("unknown kind {other}"),
    };
    let dtype = DType::from_name(spec["dtype"].as_str().expect("dtype")).expect("a dtype");
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| {
            interfuse::Scalar::from_f64(dtype, *value).bits().to_le_bytes()[..dtype.size_bytes()].to_vec()
        })
        .collect();
    Tensor::from_bytes(dtype, &sizes, &bytes).expect("an input")
}

/// The elements as doubles.
pub fn read(x: &Tensor) -> Vec<f64> {
    match x.dtype() {
        DType::Float16 | DType::Float32 => x.to_vec::<f32>().expect("read").into_iter().map(f64::from).collect(),
        DType::Int32 => x.to_vec::<i32>().expect("read").into_iter().map(f64::from).collect(),
        DType::UInt32 => x.to_vec::<u32>().expect("read").into_iter().map(f64::from).collect(),
        DType::Bool => x.to_vec::<bool>().expect("read").into_iter().map(|v| f64::from(u8::from(v))).collect(),
    }
}

/// What a graph that tracing gave means: its values on the oracle, which computes every op by its definition.
pub fn on_oracle(
    function: impl Fn(&Vec<Tensor>) -> Result<Vec<Tensor>> + 'static,
    inputs: &[Tensor],
) -> Result<Vec<Tensor>> {
    let value = |x: &Tensor| -> Result<Evaluated> { Ok(value_of(&x.sizes(), x.dtype(), &block_on(x.read()?)?)) };
    let bytes = block_on(export_function("f", function, &inputs.to_vec()))?;
    let file = FunctionFile::read(&bytes)?;
    let constants: Vec<Evaluated> = file.constants().iter().map(value).collect::<Result<_>>()?;
    let inputs: Vec<Evaluated> = inputs.iter().map(value).collect::<Result<_>>()?;
    let outputs = eval(file.graph(), &inputs, &constants, &[]).unwrap_or_else(|error| panic!("{error}"));
    let tensor = |value: &Evaluated| {
        let sizes: Vec<i64> = value.sizes.iter().map(|n| *n as i64).collect();
        Tensor::from_bytes(value.dtype, &sizes, &bytes_of(value))
    };
    outputs.iter().map(tensor).collect()
}

/// How far a value may be from the reference.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Within {
    /// The greater of four times what the reference itself is off, and two units in the last place: what the oracle keeps.
    Stated,
    /// Also what the bounds of the rows imply (up to 6 units), and so many epsilons for sums over many elements in another order.
    Bounds(f64),
}

/// The distance of neighbouring numbers of a float dtype at `x`.
fn unit(dtype: DType, x: f64) -> f64 {
    let (digits, least) = if dtype == DType::Float16 { (10, -14) } else { (23, -126) };
    let exponent = if x == 0.0 { least } else { (x.abs().log2().floor() as i32).max(least) };
    2f64.powi(exponent - digits)
}

/// Empty when the output is as wanted, else what is wrong.
pub fn differences(got: &Tensor, want: &Value, within: Within) -> Vec<String> {
    let mut wrong = Vec::new();
    let shape: Vec<usize> =
        want["shape"].as_array().expect("shape").iter().map(|n| n.as_u64().expect("size") as usize).collect();
    if got.sizes() != shape || got.dtype().name() != want["dtype"].as_str().expect("dtype") {
        wrong.push(format!("{got} instead of {}{shape:?}", want["dtype"]));
        return wrong;
    }
    let values = read(got);
    let epsilon = if got.dtype() == DType::Float16 { 2f64.powi(-10) } else { 2f64.powi(-23) };
    let deviation = want["dev"]["abs"].as_f64().unwrap_or(0.0);
    let exact = !got.dtype().is_float();
    let dtype = got.dtype();
    let tolerance = |x: f64| match within {
        _ if exact => 0.0,
        Within::Stated => (4.0 * deviation).max(2.0 * unit(dtype, x)),
        Within::Bounds(loose) => 4.0 * deviation + 8.0 * epsilon * x.abs() + loose * epsilon,
    };
    let mut check = |what: String, got: f64, want: f64, tolerance: f64| {
        let same = got == want || got.is_nan() && want.is_nan() || (got - want).abs() <= tolerance;
        if !same {
            wrong.push(format!("{what}: {got} instead of {want} (within {tolerance})"));
        }
    };
    for (name, count) in [
        ("nan", values.iter().filter(|v| v.is_nan()).count()),
        ("pinf", values.iter().filter(|v| **v == f64::INFINITY).count()),
        ("ninf", values.iter().filter(|v| **v == f64::NEG_INFINITY).count()),
    ] {
        check(name.to_string(), count as f64, want[name].as_f64().unwrap_or(0.0), 0.0);
    }
    for (name, from) in [("all", 0), ("first", 0), ("last", values.len().saturating_sub(8))] {
        let mut wanted = Vec::new();
        if let Some(list) = want.get(name) {
            numbers(list, &mut wanted);
        }
        for (at, wanted) in wanted.into_iter().enumerate() {
            // The file keeps elements as the shortest decimal of a float32, integers too; the sums are exact.
            check(
                format!("{name}[{at}]"),
                f64::from(values[from + at] as f32),
                f64::from(wanted as f32),
                tolerance(wanted),
            );
        }
    }
    let finite: Vec<(usize, f64)> = values.iter().copied().enumerate().filter(|(_, v)| v.is_finite()).collect();
    let slack: f64 = finite.iter().map(|(_, v)| tolerance(*v)).sum();
    let squares: f64 = finite.iter().map(|(_, v)| v * v).sum();
    check("sum".into(), finite.iter().map(|(_, v)| v).sum(), number(&want["sum"]), slack + 1e-9);
    let weighted = finite.iter().map(|(i, v)| v * (1 + i % 7) as f64).sum();
    check("wsum".into(), weighted, number(&want["wsum"]), 7.0 * slack + 1e-9);
    let square_slack: f64 = finite.iter().map(|(_, v)| 2.0 * v.abs() * tolerance(*v)).sum();
    check("sumsq".into(), squares, number(&want["sumsq"]), square_slack + 1e-9 + 1e-11 * squares);
    wrong
}
