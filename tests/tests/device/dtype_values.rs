//! Which dtype comes out, and what reductions of nothing are: MLX's answers (`data/dtypes.json`) as far as its dtypes are offered here.
//! Where ours differ on purpose, the table below says why. On the device that INTERFUSE_TEST_DEVICE names ("cpu" without it, or "webgpu").

use interfuse::library::{self as lib, Running};
use interfuse::{DType, DeviceChoice, ErrorKind, Op, Operand, Result, Tensor, Weak, init};
use interfuse_tests::chosen::device;
use serde_json::Value;

const DATA: &str = include_str!("../../data/dtypes.json");

const COUNTS: &str =
    "arithmetic is not defined for bool: it counts in int32, as sums do; logicalOr and the like keep bool";
const WIDE: &str = "there is no int64 to hold both, so one of them must be converted";
const NUMBERS: &str = "JavaScript cannot tell 2.0 from 2: an integral number takes the dtype of an integer tensor";

/// What differs on purpose: the op, its dtypes (or dtype and number), our answer, and the reason.
const DIFFERENT: &[(&str, &str, &str, &str, &str)] = &[
    ("add", "bool", "bool", "int32", COUNTS),
    ("add", "bool", "True", "int32", COUNTS),
    ("floor", "bool", "", "int32", COUNTS),
    ("sign", "bool", "", "int32", COUNTS),
    ("square", "bool", "", "int32", COUNTS),
    ("add", "int32", "uint32", "throws", WIDE),
    ("add", "uint32", "int32", "throws", WIDE),
    ("add", "bool", "2.0", "int32", NUMBERS),
    ("add", "int32", "2.0", "int32", NUMBERS),
    ("add", "uint32", "2.0", "uint32", NUMBERS),
];

fn name(result: Result<Tensor>) -> String {
    match result {
        Ok(y) => y.dtype().name().to_string(),
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::DType | ErrorKind::CompileArgument), "{error}");
            "throws".to_string()
        }
    }
}

fn ones(dtype: &str, size: i64) -> Tensor {
    lib::ones(&[size], DType::from_name(dtype).expect("a dtype")).expect("ones")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a name")
}

/// Every entry of a table of one or two levels: the keys and what is wanted.
fn entries(table: &Value) -> Vec<(&str, &str, &Value)> {
    let rows = table.as_object().expect("a table");
    let flat = |(row, columns)| -> Vec<(&str, &str, &Value)> {
        let columns: &Value = columns;
        match columns.as_object() {
            Some(columns) => {
                columns.iter().map(|(column, value)| (String::as_str(row), column.as_str(), value)).collect()
            }
            None => vec![(String::as_str(row), "", columns)],
        }
    };
    rows.iter().flat_map(flat).collect()
}

#[test]
fn dtypes_are_those_of_the_reference() {
    let half = device().device().target().features.float16;
    let data: Value = serde_json::from_str(DATA).expect("the data");
    let mut wrong = Vec::new();
    let (mut count, mut known) = (0, 0);
    let mut check = |table: &str, row: &str, column: &str, got: String, want: &str| {
        count += 1;
        let ours = DIFFERENT.iter().find(|(t, r, c, ..)| (*t, *r, *c) == (table, row, column));
        let (ours, reason) = ours.map_or((want, "as in the reference"), |(.., ours, reason)| (ours, reason));
        known += usize::from(ours != want);
        if got != ours {
            wrong.push(format!("{table} of {row} {column}: {got}, not {ours} ({reason})"));
        }
    };
    let there = |dtype: &str| half || dtype != "float16";
    for (a, b, want) in entries(&data["tensor_tensor_add"]).into_iter().filter(|(a, b, _)| there(a) && there(b)) {
        check("add", a, b, name(ones(a, 1).try_add(&ones(b, 1))), text(want));
    }
    for (a, number, want) in entries(&data["tensor_scalar_add"]).into_iter().filter(|(a, ..)| there(a)) {
        let weak = if number == "True" { Weak::Bool(true) } else { Weak::from_f64(number.parse().expect("a number")) };
        check("add", a, number, name(ones(a, 1).try_add(Operand::Weak(weak))), text(want));
    }
    for (a, _, want) in entries(&data["divide"]).into_iter().filter(|(a, ..)| there(a)) {
        check("divide", a, "", name(ones(a, 1).try_div(&ones(a, 1))), text(want));
    }
    for (op, a, want) in entries(&data["unary"]).into_iter().filter(|(_, a, _)| there(a)) {
        let row = Op::from_name(op).expect("a row");
        check(op, a, "", name(Tensor::apply(row, &[(&ones(a, 1)).into()])), text(want));
    }
    for (op, a, want) in entries(&data["reductions"]).into_iter().filter(|(_, a, _)| there(a)) {
        let x = ones(a, 2);
        let y = match op {
            "sum" => x.try_sum(.., false),
            "prod" => x.try_prod(.., false),
            "mean" => x.try_mean(.., false),
            "max" => x.try_max(.., false),
            "cumsum" => lib::cumsum(&x, None, Running::default()),
            "argmax" => x.try_argmax(None, false),
            "all" => x.try_all(.., false),
            _ => x.try_var(.., false, 0.0),
        };
        check(op, a, "", name(y), text(want));
    }
    assert!(count >= if half { 120 } else { 80 }, "{count} answers");
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(known, DIFFERENT.len(), "every difference named above is one");
}

#[test]
fn reductions_of_nothing_are_those_of_the_reference() {
    init(DeviceChoice::Cpu).expect("a device");
    let data: Value = serde_json::from_str(DATA).expect("the data");
    let want = &data["empty"];
    let x = lib::zeros(&[0, 3], DType::Float32).expect("zeros");
    let number = |y: Tensor| f64::from(y.item::<f32>().expect("a number"));
    assert_eq!(number(x.sum(.., false)), want["sum"].as_f64().expect("a number"));
    assert_eq!(number(x.prod(.., false)), want["prod"].as_f64().expect("a number"));
    assert!(text(&want["mean"]) == "nan" && number(x.mean(.., false)).is_nan());
    assert_eq!(x.all(.., false).item::<bool>().expect("a bool"), want["all"].as_bool().expect("a bool"));
    assert_eq!(x.any(.., false).item::<bool>().expect("a bool"), want["any"].as_bool().expect("a bool"));
    assert_eq!(x.sum(0, false).to_vec::<f32>().expect("numbers"), [0.0; 3]);
    assert!(text(&want["max"]).starts_with("throws") && text(&want["argmax"]).starts_with("throws"));
    for error in [x.try_max(0, false).map(drop), x.try_argmax(None, false).map(drop)] {
        assert_eq!(error.expect_err("nothing is the largest of nothing").kind(), ErrorKind::Shape);
    }
}
