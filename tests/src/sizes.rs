//! Every op at any size: what the tests of real sizes compile, run and compare.
//!
//! A case makes its arguments for a number of elements and computes one result from them. Values are waves of small numbers, so that sums
//! of a million of them stay small and every device agrees to a few units in the last place of the largest term.

use interfuse::io::FunctionFile;
use interfuse::library::{self, At, Gelu, Index, Running, Selector, Window};
use interfuse::{DType, Op, Operand, Result, Tensor, Weak, block_on, grad, io, random};
use interfuse_compiler::graph::Graph;

/// Sizes at which kernels choose differently: one less, the same, and one more.
pub const SIZES: [usize; 14] =
    [255, 256, 257, 1023, 1024, 1025, 4095, 4096, 4097, 65_535, 65_536, 65_537, 1 << 20, (1 << 20) + 1];

/// What is done with an argument.
type Function = Box<dyn Fn(&Tensor) -> Result<Tensor>>;

/// An op at a number of elements.
pub struct Case {
    /// The op, and what is special about its arguments.
    pub name: String,
    /// The first argument's shape for that many elements.
    shape: fn(usize) -> Vec<usize>,
    /// The result.
    function: Function,
    /// Is there a gradient?
    pub differentiable: bool,
}

/// Waves between -1 and 1, never near a tie.
pub fn wave(sizes: &[usize], seed: u32) -> Tensor {
    Tensor::from_slice(&interfuse_testing::wave(sizes, seed), sizes).expect("a tensor")
}

impl Case {
    /// The argument.
    pub fn argument(&self, elements: usize) -> Tensor {
        wave(&(self.shape)(elements), 1)
    }

    /// The result, or the gradient of a scalar made of it.
    pub fn call(&self, x: &Tensor, gradient: bool) -> Result<Tensor> {
        if !gradient {
            return (self.function)(x);
        }
        grad(|x: &Tensor| -> Result<Tensor> {
            let y = (self.function)(x)?;
            // Another weight for every element, so that a gradient in the wrong place is seen.
            let weights = library::arange_dims(1, y.size() as i64 + 1, 1, None)?;
            let weights = (weights.astype(DType::Float32) * 0.37).sin().reshape(&y.sizes());
            (y * weights).try_sum(.., false)
        })(x)
    }

    /// The graph of that, as it was traced.
    pub fn graph(&self, elements: usize, gradient: bool) -> Graph {
        let file =
            block_on(io::export_function(&self.name, |x: &Tensor| self.call(x, gradient), &self.argument(elements)));
        let file = file.unwrap_or_else(|error| panic!("{} of {elements}: {error}", self.name));
        FunctionFile::read(&file).expect("what was written").graph().clone()
    }
}

fn line(n: usize) -> Vec<usize> {
    vec![n]
}

fn rows(n: usize) -> Vec<usize> {
    vec![n.div_ceil(8), 8]
}

fn columns(n: usize) -> Vec<usize> {
    vec![8, n.div_ceil(8)]
}

fn image(n: usize) -> Vec<usize> {
    vec![1, n.div_ceil(32), 8, 4]
}

/// int32 indices in `0..count`, as many as asked for, with many that are equal.
fn indices(x: &Tensor, count: usize) -> Result<Tensor> {
    let at = library::arange_dims(0, x.size() as i64, 1, Some(DType::Int32))? * 7919;
    Tensor::apply(Op::Mod, &[(&at).into(), (count.max(1) as i32).into()])
}

fn places(x: &Tensor) -> Result<At> {
    let count = x.size() / 3 + 1;
    let three = library::slice(&indices(x, count)?, &[Index::Range { start: None, stop: None, step: 3 }])?;
    Ok(library::at(x, vec![Selector::Of(three)]))
}

/// Half of the last axis' places, by step.
fn every_second(x: &Tensor) -> At {
    library::at(x, vec![Selector::Known(Index::Range { start: None, stop: None, step: 2 })])
}

/// All ops. Of the rows of the table one stands for those of a number of operands; `every_row` adds the rest.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add =
        |name: &str, shape: fn(usize) -> Vec<usize>, differentiable: bool, f: fn(&Tensor) -> Result<Tensor>| {
            cases.push(Case { name: name.into(), shape, function: Box::new(f), differentiable });
        };
    add("sum", line, true, |x| x.try_sum(.., false));
    add("sum of rows", rows, true, |x| x.try_sum(1, false));
    add("sum of columns", rows, true, |x| x.try_sum(0, false));
    add("sum of long rows", columns, true, |x| x.try_sum(1, false));
    add("prod", line, true, |x| (x * 1e-3 + 1).try_prod(.., false));
    add("max", line, true, |x| x.try_max(.., false));
    add("min of long rows", columns, true, |x| x.try_min(1, false));
    add("any", line, false, |x| x.greater(0.99).try_any(.., false));
    add("all", line, false, |x| x.less(2).try_all(.., false));
    add("mean", line, true, |x| x.try_mean(.., false));
    add("var", line, true, |x| x.try_var(.., false, 0.0));
    add("std", columns, true, |x| x.try_std(1, false, 1.0));
    add("logsumexp", line, true, |x| x.try_logsumexp(.., false));
    add("argmax", line, false, |x| x.try_argmax(None, false));
    add("argmin of long rows", columns, false, |x| x.try_argmin(Some(1), false));
    add("softmax", line, true, |x| x.try_softmax(0));
    add("softmax of rows", rows, true, |x| x.try_softmax(1));
    add("logSoftmax", columns, true, |x| x.try_log_softmax(1));
    add("layerNorm", columns, true, |x| library::layer_norm(x, None, None, 1e-5));
    add("rmsNorm", rows, true, |x| library::rms_norm(x, None, 1e-5));
    add("norm", line, true, |x| library::norm(x, .., false, 2.0));
    add("cumsum", line, true, |x| library::cumsum(x, Some(0), Running::default()));
    add("cumsum of a costly producer", line, true, |x| library::cumsum(&x.sin().exp(), Some(0), Running::default()));
    add("cumsum backwards", line, true, |x| {
        library::cumsum(x, Some(0), Running { reverse: true, ..Running::default() })
    });
    add("cumsum of what comes before", columns, true, |x| {
        library::cumsum(x, Some(1), Running { exclusive: true, ..Running::default() })
    });
    add("cumsum of columns", rows, true, |x| library::cumsum(x, Some(0), Running::default()));
    add("cumprod", line, true, |x| library::cumprod(&(x * 1e-3 + 1), Some(0), Running::default()));
    add("cummax", line, true, |x| library::cummax(x, Some(0), Running::default()));
    add("cummin", rows, true, |x| library::cummin(x, Some(0), Running::default()));
    add("logcumsumexp", line, true, |x| library::logcumsumexp(x, Some(0), Running::default()));
    add("sort", line, true, |x| library::sort(x, Some(0)));
    add("sort of columns", rows, true, |x| library::sort(x, Some(0)));
    add("argsort", line, false, |x| library::argsort(x, Some(0)));
    add("argsort of integers", line, false, |x| library::argsort(&indices(x, 1000)?, Some(0)));
    add("topk", line, true, |x| library::topk(x, 5, Some(0)));
    add("median", line, true, |x| library::median(x, .., false));
    add("quantile", columns, true, |x| library::quantile(x, 0.3, 1, false));
    add("reshape", line, true, |x| x.try_reshape(&[x.size(), 1]));
    add("transpose", rows, true, |x| x.try_transpose(None));
    add("broadcastTo", line, true, |x| x.expand_dims(0).try_broadcast_to(&[3, x.size()]));
    add("slice", line, true, |x| library::slice(x, &[Index::Range { start: Some(-2), stop: None, step: -3 }]));
    add("flip", line, true, |x| x.try_flip(0));
    add("roll", line, true, |x| x.try_roll(5, Some(0)));
    add("pad", line, true, |x| x.try_pad(&[(3i64, 2i64)], Weak::Int(1)));
    add("concatenate", line, true, |x| library::concatenate(&[x.clone(), x.sin(), x.clone()], 0));
    add("stack", line, true, |x| library::stack(&[x.clone(), x.cos()], 1));
    add("split", line, true, |x| Ok(library::split(x, library::Split::At(vec![100, 200]), 0)?[1].clone()));
    add("repeat", line, true, |x| x.try_repeat(3, Some(0)));
    add("tile", line, true, |x| x.try_tile(&[2]));
    add("tril", rows, true, |x| x.try_tril(-1));
    add("diagonal", rows, true, |x| library::diagonal(x, 0, (0, 1)));
    add("take", line, true, |x| x.try_take(&indices(x, x.size())?, Some(0)));
    add("take of few", line, true, |x| x.try_take(&indices(x, 50)?, Some(0)));
    add("take of rows", rows, true, |x| x.try_take(&indices(x, x.sizes()[0] / 2)?, Some(0)));
    add("takeAlongAxis", rows, true, |x| library::take_along_axis(x, &library::argsort(x, Some(1))?, Some(1)));
    add("scatterAdd", line, true, |x| {
        library::scatter_add(&library::zeros(&[x.size() / 2], DType::Float32)?, &indices(x, x.size() / 2)?, x, 0)
    });
    add("scatterAdd of one place", line, true, |x| {
        library::scatter_add(&library::zeros(&[7], DType::Float32)?, &indices(x, 1)?, x, 0)
    });
    add("scatterAdd of rows", rows, true, |x| {
        let count = x.sizes()[0];
        let at = library::slice(&indices(x, 50)?, &[Index::Range { start: None, stop: Some(count as i64), step: 1 }])?;
        library::scatter_add(&library::zeros(&[50, 8], DType::Float32)?, &at, x, 0)
    });
    add("at().set", line, true, |x| places(x)?.set(3));
    add("at().add", line, true, |x| places(x)?.add(0.5));
    add("at().mul", line, true, |x| places(x)?.mul(0.5));
    add("at().max", line, true, |x| places(x)?.max(0.5));
    add("at().min", line, true, |x| places(x)?.min(0.5));
    add("at().set by step", line, true, |x| every_second(x).set(3));
    add("at().add by step", line, true, |x| every_second(x).add(3));
    add("oneHot", line, false, |x| library::one_hot(&indices(x, 5)?, 5, DType::Float32));
    add("matmul", rows, true, |x| {
        let first = Index::Range { start: None, stop: Some(8), step: 1 };
        x.try_matmul(&library::stop_gradient(&x.slice(&[first, Index::All])))
    });
    add("matmul of long rows", columns, true, |x| x.try_matmul(&x.transpose(None)));
    add("dot", line, true, |x| x.try_dot(x));
    add("conv1d", image, true, |x| {
        let n = x.size() / 4;
        library::conv1d(&x.try_reshape(&[1, n, 4])?, &wave(&[3, 3, 4], 1), &Window::default())
    });
    add("conv2d", image, true, |x| {
        library::conv2d(x, &wave(&[5, 3, 3, 4], 1), &Window { padding: vec![1], ..Window::default() })
    });
    add("maxPool", image, true, |x| library::max_pool(x, &[2], None, &[0]));
    add("avgPool", image, true, |x| library::avg_pool(x, &[2], None, &[0]));
    add("gelu", line, true, |x| x.try_gelu(Gelu::Erf));
    add("random.normal", line, false, |x| random::normal(&[x.size()], 0, 1, DType::Float32, Some(&random::key(7)?)));
    add("random.permutation", line, false, |x| random::permutation(x.size() as i64, Some(&random::key(7)?)));
    cases
}

/// The rows of the table.
pub fn every_row() -> Vec<Case> {
    Op::ALL
        .iter()
        .map(|op| {
            let apply = move |x: &Tensor| -> Result<Tensor> {
                let y = (x * 0.5 + 0.6).astype(DType::Float32);
                let bits = op.row().signature == interfuse_compiler::ops::Signature::Bits;
                let cast = |x: &Tensor| if bits { (x * 100).astype(DType::Int32) } else { x.clone() };
                let (a, b) = (cast(x), cast(&y));
                let all: Vec<Operand<'_>> = match op.row().arity {
                    1 => vec![(&b).into()],
                    2 => vec![(&b).into(), (&a).into()],
                    _ => vec![(&a).into(), (&b).into(), (&b).into()],
                };
                Tensor::apply(*op, &all)
            };
            Case { name: op.name().into(), shape: line, function: Box::new(apply), differentiable: false }
        })
        .collect()
}
