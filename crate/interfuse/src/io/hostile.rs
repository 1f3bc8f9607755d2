//! Files of functions whose listings somebody changed: each is refused with a typed error, or runs, and then it has one value whichever
//! way it is run. Loops and calls are in them, so that what is checked of a graph is seen to be checked of every body.

use super::*;
use crate::data::block_on;
use crate::error::Result;
use crate::library;
use crate::tensor::Tensor;
use interfuse_compiler::dtype::DType;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Xorshift (Marsaglia 2003).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

fn arguments(m: usize, n: usize) -> Vec<Tensor> {
    let filled = |sizes: &[usize]| {
        let values: Vec<f32> = (0..sizes.iter().product::<usize>()).map(|i| (1.3 * i as f32).sin()).collect();
        Tensor::from_slice(&values, sizes).expect("fits")
    };
    vec![filled(&[m, n]), filled(&[n])]
}

/// Of the arguments and of a tensor that is closed over.
type Function = fn(&[Tensor], &Tensor) -> Result<Vec<Tensor>>;

/// Loops, loops in loops, calls with and without derivatives of their own, and what becomes of them.
fn functions() -> Vec<Function> {
    fn scanned(x: &[Tensor], w: &Tensor) -> Result<Vec<Tensor>> {
        let body = |c: Tensor, row: Tensor| ((&c * 0.5 + &row * w).tanh(), c);
        let (last, all) = crate::scan(body, x[1].clone(), x[0].clone(), None)?;
        Ok(vec![last, all])
    }
    fn counted(x: &[Tensor], _: &Tensor) -> Result<Vec<Tensor>> {
        let rows =
            |row: Tensor| crate::fori(2, |i, y: Tensor| y * 0.5 + i.astype(DType::Float32), row).expect("a loop");
        let (_, all) =
            crate::scan(|c: Tensor, row: Tensor| (c + 1.0, rows(row)), Tensor::from(0f32), x[0].clone(), None)?;
        Ok(vec![all])
    }
    fn called(x: &[Tensor], _: &Tensor) -> Result<Vec<Tensor>> {
        let inner = crate::checkpoint(|x: &Tensor| x.try_sin()?.try_softmax(-1));
        Ok(vec![inner(&x[0])?.try_add(&x[1])?, inner(&x[1])?])
    }
    fn with_its_own_derivative(x: &[Tensor], _: &Tensor) -> Result<Vec<Tensor>> {
        let product = crate::custom_function(
            |x: &(Tensor, Tensor)| x.0.try_exp()?.try_mul(&x.1),
            |x: &(Tensor, Tensor), y: &Tensor, ct: &Tensor| {
                Ok::<_, crate::Error>((ct.try_mul(y)?.try_minimum(1.0)?, ct.try_mul(&x.0)?.try_sum(0, false)?))
            },
        );
        Ok(vec![product(&(x[0].clone(), x[1].clone()))?])
    }
    fn differentiated(x: &[Tensor], w: &Tensor) -> Result<Vec<Tensor>> {
        let loss = |x: &Vec<Tensor>| scanned(x, w)?[1].try_square()?.try_sum(.., false);
        crate::grad(loss)(&x.to_vec())
    }
    fn placed(x: &[Tensor], _: &Tensor) -> Result<Vec<Tensor>> {
        let order = library::argsort(&x[1], Some(0))?;
        let sums = library::cumsum(&x[0], Some(1), library::Running::default())?;
        let put = library::scatter_add(&x[1], &order, &sums.try_sum(0, false)?, 0)?;
        Ok(vec![put.try_pad(&[(1, 2)], crate::Weak::Int(0))?, x[0].try_matmul(&x[0].try_transpose(None)?)?, order])
    }
    vec![scanned, counted, called, with_its_own_derivative, differentiated, placed]
}

/// The file of a function with another listing, or other guards or open sizes.
fn with_changed(file: &[u8], which: &str, change: &dyn Fn(&str) -> String) -> Vec<u8> {
    let file = load_safetensors(file).expect("a file");
    let tensors: Vec<(&str, Tensor)> = file.tensors().map(|(name, x)| (name, x.expect("a constant"))).collect();
    let listing = file.metadata().find(|(key, _)| *key == which).map(|(_, text)| change(text)).unwrap_or_default();
    let metadata = file.metadata().map(|(key, text)| (key, if key == which { listing.as_str() } else { text }));
    let (tensors, metadata): (Vec<_>, Vec<_>) =
        (tensors.iter().map(|(name, x)| (*name, x)).collect(), metadata.collect());
    block_on(save_safetensors(&tensors, &metadata)).expect("written")
}

/// Words that stand in listings.
const WORDS: &[&str] = &[
    "input",
    "constant",
    "literal",
    "iota",
    "size",
    "exp",
    "add",
    "mul",
    "where",
    "sum",
    "max",
    "argmax",
    "astype",
    "reshape",
    "broadcast",
    "transpose",
    "slice",
    "pad",
    "flip",
    "dot",
    "gather",
    "scatter",
    "concatenate",
    "scan",
    "argsort",
    "loop",
    "call",
    "randomBits",
    "barrier",
    "stop",
    "body",
    "recompute",
    "reverse",
    "float32",
    "float16",
    "int32",
    "uint32",
    "bool",
];
const NUMBERS: &[&str] = &["0", "1", "2", "3", "4", "6", "7", "40", "-1", "s0", "s1 - 1", "nan", "4294967295"];

/// One to three changes: of a word, a number, a name, or of whole lines.
fn changed(listing: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = listing.split('\n').map(str::to_string).collect();
    for _ in 0..=random.below(3) {
        let at = random.below(lines.len());
        match random.below(8) {
            0 => _ = lines.remove(at),
            1 => lines.insert(at, lines[random.below(lines.len())].clone()),
            2 => {
                let other = random.below(lines.len());
                lines.swap(at, other);
            }
            3 => {
                let (left, right) = (lines[at].clone(), lines[random.below(lines.len())].clone());
                let (Some((name, _)), Some((_, kind))) = (left.split_once('='), right.split_once('=')) else {
                    continue;
                };
                lines[at] = format!("{name}={kind}");
            }
            what => {
                // A run of letters or digits, as a whole.
                let line = lines[at].clone();
                let is_word = |c: char| c.is_ascii_alphanumeric() || c == '.';
                let starts: Vec<usize> = line
                    .char_indices()
                    .filter(|(i, c)| is_word(*c) && !line[..*i].ends_with(is_word))
                    .map(|(i, _)| i)
                    .collect();
                if starts.is_empty() {
                    continue;
                }
                let start = starts[random.below(starts.len())];
                let length = line[start..].find(|c| !is_word(c)).unwrap_or(line.len() - start);
                let old = &line[start..start + length];
                let is_number = old.starts_with(|c: char| c.is_ascii_digit());
                let new = match (is_number, what) {
                    (true, 4..=5) => format!("{}", random.below(8)),
                    (true, _) => random.of(NUMBERS).to_string(),
                    (false, _) => random.of(WORDS).to_string(),
                };
                lines[at] = format!("{}{new}{}", &line[..start], &line[start + length..]);
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n")
}

fn bits(values: &[Tensor]) -> Result<Vec<(String, Vec<u8>)>> {
    values.iter().map(|x| Ok((x.aval().to_string(), block_on(x.read()?)?))).collect()
}

/// What becomes of a file: a value in every way of running it, or the error.
fn judge(file: &[u8], sizes: &[(usize, usize)]) -> Result<()> {
    let imported = import_function(file)?;
    let read = FunctionFile::read(file)?;
    let mut outcome = Ok(());
    for (m, n) in sizes {
        let x: Vec<Tensor> = arguments(*m, *n).into_iter().take(read.input_names().len()).collect();
        let uncompiled = read.replay(&x).and_then(|results| bits(&results));
        let compiled = imported.call(&x).and_then(|results| bits(&results));
        match (uncompiled, compiled) {
            (Ok(uncompiled), Ok(compiled)) => assert_eq!(uncompiled, compiled),
            (Err(error), _) | (_, Err(error)) => outcome = Err(error),
        }
    }
    outcome?;
    let x: Vec<Tensor> = arguments(sizes[0].0, sizes[0].1).into_iter().take(read.input_names().len()).collect();
    // Derivatives look into bodies and calls as well. Not every function has them.
    let total = |x: &Vec<Tensor>| {
        let sums = read.replay(x)?.into_iter().filter(|y| y.dtype() == DType::Float32).map(|y| y.try_sum(.., false));
        sums.into_iter().try_fold(Tensor::from(0f32), |total, sum| total.try_add(&sum?))
    };
    match crate::grad(total)(&x) {
        Ok(slopes) => bits(&slopes).map(drop),
        Err(_) => Ok(()),
    }
}

/// Changes the file of every function so many times and judges what comes of it.
fn changed_files(mutants: usize, options: &ExportOptions, parts: &[&str], sizes: &[(usize, usize)]) {
    let w = Tensor::from([0.5f32, 0.25, 2.0]);
    let mut refused = 0;
    for (at, function) in functions().into_iter().enumerate() {
        let of = |x: &Vec<Tensor>| function(x, &w);
        let file = block_on(export_function_with("f", of, &arguments(2, 3), options)).expect("exported");
        judge(&file, &sizes[..1]).expect("the file itself runs");
        let mut random = Random(0x9e37_79b9_7f4a_7c15 + at as u64);
        for mutant in 0..mutants {
            let part = random.of(parts);
            let (text, random) = (RefCell::new(String::new()), RefCell::new(&mut random));
            let hostile = with_changed(&file, part, &|old| {
                let new = changed(old, &mut random.borrow_mut());
                text.borrow_mut().clone_from(&new);
                new
            });
            match catch_unwind(AssertUnwindSafe(|| judge(&hostile, sizes))) {
                Ok(outcome) => refused += usize::from(outcome.is_err()),
                Err(_) => panic!("mutant {mutant} of the {part} of function {at}:\n{}", text.borrow()),
            }
        }
    }
    assert!(refused > mutants, "only {refused} were refused");
}

#[test]
fn changed_listings_with_loops_and_calls_are_refused_or_run() {
    changed_files(800, &ExportOptions::default(), &["graph"], &[(2, 3)]);
}

#[test]
fn changed_files_with_open_sizes_are_refused_or_run_at_every_size() {
    let sizes = crate::DynamicSizes { shapeless: true, named: Vec::new() };
    let options = ExportOptions { sizes, ..Default::default() };
    changed_files(400, &options, &["graph", "graph", "symbols", "guards"], &[(2, 3), (1, 3), (0, 3), (5, 3), (3, 1)]);
}
