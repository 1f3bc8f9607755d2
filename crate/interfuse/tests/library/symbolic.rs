//! Open sizes: every op traced at one size and run at others, the guards, and what a function may learn of a size.
//!
//! A row is an op with its arguments at a size. The function is compiled with every size open on the first size of its list, then called
//! at the others; values are those of the function without `compile`. Where a row says so, single sizes may fail with a guard instead,
//! and nothing else.

mod random;
mod rows;

use interfuse::library::{self, Index, Split};
use interfuse::{Compile, DType, Dim, ErrorKind, Op, Result, Tensor, Weak};
use rows::{further_rows, rows, tiny_rows};

/// Values that tell positions apart, in -2..2 (integers -9..9).
fn data(dtype: DType, sizes: &[i64], seed: u64) -> Tensor {
    let count: i64 = sizes.iter().product();
    let wave = |i: i64| (0.7 * i as f64 + 1.3 * seed as f64).sin();
    let x: Vec<f32> =
        (0..count).map(|i| if dtype.is_float() { 2.0 * wave(i) } else { (9.4 * wave(i)).trunc() } as f32).collect();
    let sizes: Vec<usize> = sizes.iter().map(|n| *n as usize).collect();
    Tensor::from_slice(&x, &sizes).and_then(|x| x.try_astype(dtype)).expect("data")
}

type Function = fn(&[Tensor]) -> Result<Vec<Tensor>>;

struct Row {
    name: &'static str,
    /// The arguments' shapes at sizes m and n.
    shapes: fn(i64, i64) -> Vec<Vec<i64>>,
    function: Function,
    /// Pairs (m, n): the first is traced.
    sizes: &'static [(i64, i64)],
    /// Where a guard may fail.
    guarded: &'static [(i64, i64)],
}

const ANY: &[(i64, i64)] = &[(3, 4), (5, 2), (1, 7), (4, 1), (1, 1), (0, 3), (2, 0), (40, 33)];
const NONE: &[(i64, i64)] = &[];
/// Where something is asked of an axis that has no elements.
const EMPTY: &[(i64, i64)] = &[(0, 3), (2, 0)];

fn one(x: Tensor) -> Result<Vec<Tensor>> {
    Ok(vec![x])
}

fn range(start: impl Into<Option<i64>>, stop: impl Into<Option<i64>>, step: i64) -> Index {
    Index::Range { start: start.into(), stop: stop.into(), step }
}

fn matrix(m: i64, n: i64) -> Vec<Vec<i64>> {
    vec![vec![m, n]]
}

fn row(name: &'static str, shapes: fn(i64, i64) -> Vec<Vec<i64>>, function: Function) -> Row {
    Row { name, shapes, function, sizes: ANY, guarded: NONE }
}

fn guarded(mut row: Row, at: &'static [(i64, i64)]) -> Row {
    row.guarded = at;
    row
}

trait Notation {
    fn try_neg_(&self) -> Result<Tensor>;
}

impl Notation for Tensor {
    fn try_neg_(&self) -> Result<Tensor> {
        Tensor::apply(Op::Neg, &[self.into()])
    }
}

impl Row {
    fn at_least_one(self) -> Row {
        guarded(self, EMPTY)
    }
}

fn arguments(row: &Row, (m, n): (i64, i64)) -> Vec<Tensor> {
    (row.shapes)(m, n).iter().enumerate().map(|(seed, sizes)| data(DType::Float32, sizes, seed as u64)).collect()
}

fn values(x: &Tensor) -> Vec<f64> {
    match x.dtype() {
        DType::Float32 => x.to_vec::<f32>().expect("values").into_iter().map(f64::from).collect(),
        DType::Int32 => x.to_vec::<i32>().expect("values").into_iter().map(f64::from).collect(),
        DType::UInt32 => x.to_vec::<u32>().expect("values").into_iter().map(f64::from).collect(),
        DType::Bool => x.to_vec::<bool>().expect("values").into_iter().map(|x| f64::from(u8::from(x))).collect(),
        DType::Float16 => values(&x.astype(DType::Float32)),
    }
}

fn agree(what: &str, got: &[Tensor], want: &[Tensor]) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (at, (got, want)) in got.iter().zip(want).enumerate() {
        assert_eq!(
            got.to_string().split('[').nth(1),
            want.to_string().replace("lazy", "evaluated").split('[').nth(1),
            "{what}: result {at}"
        );
        assert_eq!(got.dtype(), want.dtype(), "{what}: result {at}");
        let near = |a: f64, b: f64| (a.is_nan() && b.is_nan()) || a == b || (a - b).abs() <= 2e-5 * (1.0 + b.abs());
        let (got, want) = (values(got), values(want));
        let differs = got.iter().zip(&want).position(|(a, b)| !near(*a, *b));
        assert!(differs.is_none(), "{what}: result {at}, element {differs:?}: {got:?}, not {want:?}");
    }
}

#[test]
fn every_op_is_traced_at_one_size_and_runs_at_others() {
    let mut failures = Vec::new();
    for row in rows().into_iter().chain(further_rows()) {
        let run = std::panic::catch_unwind(|| check(&row));
        if let Err(panic) = run {
            let text = panic.downcast_ref::<String>().cloned();
            let text =
                text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_string())).unwrap_or_default();
            failures.push(format!("{}: {text}", row.name));
        }
    }
    assert!(failures.is_empty(), "{} rows:\n{}", failures.len(), failures.join("\n"));
}

fn check(row: &Row) {
    let function = row.function;
    let compiled = Compile::fallible(move |x: &Vec<Tensor>| function(x)).shapeless(true).build();
    let mut served = 0;
    for at in row.sizes {
        let what = format!("{} at {at:?}", row.name);
        let x = arguments(row, *at);
        match compiled.call(&x) {
            Ok(got) => {
                served += 1;
                let want = function(&x).unwrap_or_else(|error| panic!("{what}: compiled runs, eager says {error}"));
                agree(&what, &got, &want);
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::ShapeGuard, "{what}: {error}");
                assert!(row.guarded.contains(at), "{what}: {error}");
            }
        }
        assert_eq!(compiled.stats().traces, 1, "{what}");
    }
    assert!(served >= 2, "{}: {served}", row.name);
}

/// Sizes that ops treat in ways of their own, each of which is traced first once.
const TINY: [(i64, i64); 7] = [(1, 1), (0, 3), (2, 0), (1, 3), (2, 1), (3, 2), (0, 0)];

/// The gradients of the sum of all results by all arguments.
fn gradients(function: Function, x: &Vec<Tensor>) -> Result<Vec<Tensor>> {
    let total = |x: &Vec<Tensor>| {
        let mut sums = function(x)?.into_iter().filter(|y| y.dtype() == DType::Float32).map(|y| y.try_sum(.., false));
        sums.try_fold(Tensor::from(0f32), |total, sum| total.try_add(&sum?))
    };
    interfuse::grad(total)(x)
}

/// Traced at each size first: what runs has the values of eager mode; where eager mode runs, `dynamic_dims` runs too, and `shapeless`
/// runs or says which guard fails; where eager mode refuses, they do.
fn check_tiny(
    name: &str,
    shapes: fn(i64, i64) -> Vec<Vec<i64>>,
    function: &dyn Fn(&Vec<Tensor>) -> Result<Vec<Tensor>>,
) {
    let inputs = |(m, n)| -> Vec<Tensor> {
        let sizes = shapes(m, n);
        sizes.iter().enumerate().map(|(seed, sizes)| data(DType::Float32, sizes, seed as u64)).collect()
    };
    let axes =
        shapes(1, 1).into_iter().enumerate().flat_map(|(at, sizes)| (0..sizes.len()).map(move |axis| (at, axis)));
    let names: Vec<(String, i64, String)> =
        axes.map(|(at, axis)| (at.to_string(), axis as i64, format!("n{at}_{axis}"))).collect();
    for (skipped, first) in TINY.iter().enumerate() {
        let open = Compile::fallible(function).shapeless(true).build();
        let named = names.iter().map(|(path, axis, name)| (path.as_str(), *axis, name.as_str()));
        let named = Compile::fallible(function).dynamic_dims(named).build();
        for at in TINY.iter().cycle().skip(skipped).take(TINY.len()) {
            let what = format!("{name} traced at {first:?}, called at {at:?}");
            let x = inputs(*at);
            match (function(&x), open.call(&x), named.call(&x)) {
                (Ok(want), Ok(got), Ok(by_name)) => {
                    agree(&what, &got, &want);
                    agree(&what, &by_name, &want);
                }
                (Ok(want), Err(error), Ok(by_name)) => {
                    assert!(error.kind() == ErrorKind::ShapeGuard && at != first, "{what}: {error}");
                    agree(&what, &by_name, &want);
                }
                (Err(_), Err(_), Err(_)) => {}
                (want, got, by_name) => panic!("{what}: eager {want:?}, shapeless {got:?}, dynamicDims {by_name:?}"),
            }
        }
    }
}

#[test]
fn every_op_and_its_gradient_are_traced_at_sizes_of_0_and_1() {
    let mut failures = Vec::new();
    for row in rows().into_iter().chain(further_rows()).chain(tiny_rows()) {
        let function = row.function;
        let values = || check_tiny(row.name, row.shapes, &|x| function(x));
        let slopes = || check_tiny(&format!("gradient of {}", row.name), row.shapes, &|x| gradients(function, x));
        for run in [std::panic::catch_unwind(values), std::panic::catch_unwind(slopes)] {
            if let Err(panic) = run {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_string()));
                failures.push(format!("{}: {}", row.name, text.unwrap_or_default()));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn what_needs_the_number_of_elements_says_so_at_another() {
    let x = |n| data(DType::Float32, &[n], 1);
    let third = Compile::fallible(|x: &Tensor| library::quantile(x, 0.3, 0, false)).shapeless(true).build();
    third.call(&x(5)).expect("the first size");
    let error = third.call(&x(6)).expect_err("another size");
    assert_eq!(error.kind(), ErrorKind::ShapeGuard);
    let text = error.to_string();
    assert!(text.contains("quantile: a size was read as a number") && text.contains("use dynamicDims"), "{text}");
    let largest = Compile::fallible(|x: &Tensor| library::topk(x, 3, Some(0))).shapeless(true).build();
    largest.call(&x(5)).expect("the first size");
    assert_eq!(values(&largest.call(&x(9)).expect("more")), values(&library::topk(&x(9), 3, Some(0)).expect("eager")));
    let error = largest.call(&x(2)).expect_err("too few").to_string();
    assert!(error.contains("topk: there are no 3 largest of 2 elements along axis 0 of float32[2]"), "{error}");
    assert_eq!((largest.cache()[0].guards.len(), largest.cache()[0].rules.len()), (0, 1));
}
