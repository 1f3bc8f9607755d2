//! Open sizes: every op traced at one size and run at others, the guards, and what a function may learn of a size.
//!
//! A row is an op with its arguments at a size. The function is compiled with every size open on the first size of its list, then called
//! at the others; values are those of the function without `compile`. Where a row says so, single sizes may fail with a guard instead,
//! and nothing else.

use interfuse::library::{self, Index, Split};
use interfuse::{Compile, DType, Dim, ErrorKind, Op, Result, Tensor, Weak};

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

/// Sizes at which something behaves in another way than at the trace.
const SMALL: &[(i64, i64)] = &[(1, 7), (4, 1), (1, 1), (0, 3), (2, 0), (5, 2)];

fn rows() -> Vec<Row> {
    let two = |m, n| vec![vec![m, n], vec![m, n]];
    let bias = |m, n| vec![vec![m, n], vec![n]];
    let both = |m, n| vec![vec![m, 1], vec![1, n]];
    let product = |m, n| vec![vec![m, 5], vec![5, n]];
    let heads = |m, n| vec![vec![2, m, 8], vec![2, n, 8], vec![2, n, 8]];
    vec![
        row("elementwise", two, |x| one(x[0].try_mul(&x[1])?.try_add(1.0)?.try_exp()?)),
        row("broadcast bias", bias, |x| one(x[0].try_add(&x[1])?.try_tanh()?)),
        row("broadcast both ways", both, |x| one(x[0].try_sub(&x[1])?)),
        row("where", two, |x| one(library::choose(&x[0].try_less(&x[1])?, &x[0], 0.0)?)),
        row("integers", two, |x| {
            let (a, b) = (x[0].try_astype(DType::Int32)?, x[1].try_astype(DType::Int32)?);
            Ok(vec![a.try_bitwise_xor(&b)?, a.try_floor_divide(3)?, a.try_modulo(5)?])
        }),
        row("sum", matrix, |x| Ok(vec![x[0].try_sum(.., false)?, x[0].try_sum(0, false)?, x[0].try_sum(1, true)?])),
        row("prod any all", matrix, |x| {
            Ok(vec![x[0].try_prod(1, false)?, x[0].try_any(0, false)?, x[0].try_greater(-1.0)?.try_all(1, true)?])
        }),
        guarded(row("max min", matrix, |x| Ok(vec![x[0].try_max(1, false)?, x[0].try_min(.., true)?])), EMPTY),
        guarded(
            row("argmax argmin", matrix, |x| {
                Ok(vec![
                    x[0].try_argmax(Some(1), false)?,
                    x[0].try_argmin(None, false)?,
                    x[0].try_argmax(Some(0), true)?,
                ])
            }),
            EMPTY,
        ),
        row("mean", matrix, |x| Ok(vec![x[0].try_mean(.., false)?, x[0].try_mean(0, true)?])),
        row("var std", matrix, |x| {
            Ok(vec![x[0].try_var(1, false, 0.0)?, x[0].try_std(0, true, 1.0)?, x[0].try_var(.., false, 0.5)?])
        }),
        guarded(
            row("logsumexp", matrix, |x| Ok(vec![x[0].try_logsumexp(1, false)?, x[0].try_logsumexp(.., true)?])),
            EMPTY,
        ),
        guarded(row("softmax", matrix, |x| Ok(vec![x[0].try_softmax(-1)?, x[0].try_log_softmax(0)?])), EMPTY),
        row(
            "layer norm",
            |m, n| vec![vec![m, n], vec![n], vec![n]],
            |x| {
                Ok(vec![
                    library::layer_norm(&x[0], Some(&x[1]), Some(&x[2]), 1e-5)?,
                    library::rms_norm(&x[0], Some(&x[1]), 1e-5)?,
                ])
            },
        ),
        row("activations", matrix, |x| {
            Ok(vec![x[0].try_gelu(library::Gelu::Erf)?, x[0].try_silu()?, x[0].try_softplus()?])
        }),
        row("one hot", matrix, |x| one(library::one_hot(&x[0].try_astype(DType::Int32)?, 4, DType::Float32)?)),
        row("one hot of a size", matrix, |x| {
            one(library::one_hot(&x[0].try_astype(DType::Int32)?, x[0].dim(1), DType::Int32)?)
        }),
        row("transpose", matrix, |x| Ok(vec![x[0].try_transpose(None)?, x[0].try_expand_dims(1)?.try_moveaxis(0, 2)?])),
        row("flatten", matrix, |x| one(x[0].try_flatten(0, -1)?.try_exp()?)),
        guarded(
            row(
                "reshape with -1",
                |m, n| vec![vec![m, 6, n]],
                |x| Ok(vec![x[0].try_reshape(&[-1, 3])?, x[0].try_reshape(&[2.into(), (-1).into(), x[0].dim(0)])?]),
            ),
            &[(0, 3)],
        ),
        row("reshape there and back", matrix, |x| {
            let flat = x[0].try_reshape(&[x[0].dim(1) * x[0].dim(0)])?.try_exp()?;
            one(flat.try_reshape(x[0].shape())?)
        }),
        row(
            "unflatten",
            |m, n| vec![vec![m, 6 * n]],
            |x| Ok(vec![x[0].try_unflatten(1, &[2, 3, -1])?, x[0].try_unflatten(-1, &[-1, 6])?]),
        ),
        row("expand and squeeze", matrix, |x| one(x[0].try_expand_dims([0, 2])?.try_squeeze([0, 2])?.try_neg_()?)),
        row(
            "broadcast to a size",
            |m, n| vec![vec![n], vec![m, n]],
            |x| one(x[0].try_broadcast_to(x[1].shape())?.try_add(&x[1])?),
        ),
        guarded(
            row("first rows", matrix, |x| {
                Ok(vec![x[0].try_slice(&[range(None, 2, 1)])?, x[0].try_slice(&[range(1, None, 1)])?])
            }),
            SMALL,
        ),
        guarded(
            row("last rows", matrix, |x| {
                Ok(vec![x[0].try_slice(&[range(-2, None, 1)])?, x[0].try_slice(&[Index::All, range(None, -1, 1)])?])
            }),
            SMALL,
        ),
        guarded(
            row("one row", matrix, |x| {
                Ok(vec![x[0].try_slice(&[Index::At(-1)])?, x[0].try_slice(&[Index::At(1), Index::At(0)])?])
            }),
            SMALL,
        ),
        row("reversed", matrix, |x| Ok(vec![x[0].try_slice(&[range(None, None, -1)])?, x[0].try_flip(1)?]))
            .at_least_one(),
        guarded(
            row("every other", matrix, |x| {
                Ok(vec![
                    x[0].try_slice(&[range(None, None, 2)])?,
                    x[0].try_slice(&[Index::All, range(None, None, -3)])?,
                ])
            }),
            EMPTY,
        ),
        guarded(
            row("slices that follow sizes", matrix, |x| {
                let half = |axis: i64| x[0].dim(axis).floor_div(2);
                let part = |start: Option<Dim>, stop: Option<Dim>, step: i64| Index::Sizes { start, stop, step };
                Ok(vec![
                    x[0].try_slice(&[part(Some(half(0)?), None, 1)])?,
                    x[0].try_slice(&[Index::All, part(None, Some(half(1)? + 1), 1)])?,
                    x[0].try_slice(&[
                        part(Some(x[0].dim(0) - 1), None, -2),
                        part(Some(Dim::from(0)), Some(x[0].dim(1) * 2), 2),
                    ])?,
                    x[0].try_slice(&[Index::AtSize(half(0)?), Index::AtSize(x[0].dim(1) - 1)])?,
                ])
            }),
            EMPTY,
        ),
        guarded(
            row("updates at places that follow sizes", matrix, |x| {
                let half = || x[0].dim(0).floor_div(2);
                let rest = Index::Sizes { start: Some(half()?), stop: None, step: 1 };
                let others = Index::Sizes { start: None, stop: Some(x[0].dim(1)), step: 2 };
                Ok(vec![
                    library::at(&x[0], vec![rest.into()]).add(1)?,
                    library::at(&x[0], vec![Index::AtSize(half()?).into(), Index::All.into()]).set(7)?,
                    library::at(&x[0], vec![Index::All.into(), others.into()]).mul(3)?,
                ])
            }),
            EMPTY,
        ),
        row("pads that follow sizes", matrix, |x| {
            let (m, n) = (x[0].dim(0), x[0].dim(1));
            one(x[0].try_pad(&[(n.clone(), Dim::from(1)), (m.floor_div(2)?, m)], Weak::Float(0.5))?.try_exp()?)
        }),
        row("roll", matrix, |x| {
            Ok(vec![x[0].try_roll(1, Some(0))?, x[0].try_roll(-3, Some(1))?, x[0].try_roll(2, None)?])
        }),
        row("pad", matrix, |x| one(x[0].try_pad(&[(1, 2), (0, 3)], Weak::Float(0.5))?.try_exp()?)),
        row(
            "concatenate",
            |m, n| vec![vec![m, 3], vec![n, 3]],
            |x| Ok(vec![library::concatenate(&[x[0].clone(), x[1].clone(), x[0].clone()], 0)?]),
        ),
        row("stack", two, |x| Ok(vec![library::stack(&[x[0].clone(), x[1].clone()], 1)?])),
        row("split in parts", |m, n| vec![vec![2 * m, n]], |x| x[0].try_split(Split::Parts(2), 0)),
        guarded(row("split at", matrix, |x| x[0].try_split(Split::At(&[1, -1]), 0)), SMALL),
        row("repeat", matrix, |x| Ok(vec![x[0].try_repeat(3, Some(1))?, x[0].try_repeat(2, None)?])),
        row("tile", matrix, |x| Ok(vec![x[0].try_tile(&[2, 3])?, x[0].try_tile(&[2, 1, 1])?])),
        guarded(
            row(
                "take",
                |m, n| vec![vec![m, 4], vec![n]],
                |x| one(x[0].try_take(&x[1].try_astype(DType::Int32)?, Some(0))?.try_exp()?),
            ),
            EMPTY,
        ),
        row("tril triu", matrix, |x| Ok(vec![x[0].try_tril(0)?, x[0].try_triu(1)?])),
        row("eye", matrix, |x| one(library::eye(x[0].dim(0), Some(x[0].dim(1)), 0, DType::Float32)?.try_add(&x[0])?)),
        row("zeros and full of a shape", matrix, |x| {
            let zeros = library::zeros(x[0].shape(), DType::Float32)?;
            let full = library::full(&[x[0].dim(1), 2.into()], 7, None)?;
            Ok(vec![zeros.try_add(&x[0])?, full, library::ones_like(&x[0], None)?])
        }),
        row("arange of a size", matrix, |x| {
            let positions = library::arange_dims(0, x[0].dim(1), 1, Some(DType::Float32))?;
            Ok(vec![x[0].try_mul(&positions)?, library::arange_dims(1, x[0].dim(0) + 3, 2, None)?])
        }),
        row("linspace of a size", matrix, |x| one(library::linspace(0.0, 1.0, x[0].dim(0), None)?)),
        row("meshgrid", |m, n| vec![vec![m], vec![n]], |x| library::meshgrid(&[x[0].clone(), x[1].clone()], true)),
        row("matmul", product, |x| one(x[0].try_matmul(&x[1])?.try_maximum(0.0)?)),
        row("matmul over an open axis", |m, n| vec![vec![m, n], vec![n, 3]], |x| one(x[0].try_matmul(&x[1])?)),
        row("matmul of vectors", |m, _| vec![vec![m], vec![m]], |x| one(x[0].try_matmul(&x[1])?)),
        row("batched matmul", |m, n| vec![vec![m, 2, n], vec![m, n, 3]], |x| one(x[0].try_matmul(&x[1])?)),
        row(
            "dot inner outer",
            |m, n| vec![vec![m, n], vec![m, n]],
            |x| Ok(vec![x[0].try_inner(&x[1])?, x[0].try_outer(&x[1])?, library::tensordot(&x[0], &x[1], &[(0, 0)])?]),
        ),
        row(
            "addmm",
            |m, n| vec![vec![m, 5], vec![5, n], vec![n]],
            |x| one(library::addmm(&x[2], &x[0], &x[1], 2.0, 3.0)?),
        ),
        guarded(
            row("attention", heads, |x| {
                let scores = x[0].try_matmul(&x[1].try_swapaxes(1, 2)?)?.try_div(8f32.sqrt())?;
                one(scores.try_softmax(-1)?.try_matmul(&x[2])?)
            }),
            EMPTY,
        ),
        row("array equal", two, |x| {
            Ok(vec![library::array_equal(&x[0], &x[1], false)?, library::allclose(&x[0], &x[0], 1e-5, 1e-8, false)?])
        }),
        row("float16", matrix, |x| {
            let h = x[0].try_astype(DType::Float16)?;
            Ok(vec![h.try_mul(&h)?.try_astype(DType::Float32)?, h.try_mean(1, false)?.try_astype(DType::Float32)?])
        }),
        row("sizes computed with", matrix, |x| {
            let (m, n) = (x[0].dim(0), x[0].dim(1));
            let most = m.clone().max(&n) * 2 - m.clone().min(&n);
            Ok(vec![library::zeros(&[most, (n + 5).floor_div(2)?, (m + 1).modulo(3)?], DType::Int32)?])
        }),
    ]
}

/// Order, running results, updates, windows, letters and loops.
fn further_rows() -> Vec<Row> {
    let signal = |m, n| vec![vec![m, n + 4, 3], vec![2, 3, 3]];
    let picture = |m, n| vec![vec![m, n + 2, m + 3, 2], vec![4, 3, 2, 2]];
    vec![
        row("running sums", matrix, |x| {
            let running = |reverse, exclusive| library::Running { reverse, exclusive };
            Ok(vec![
                library::cumsum(&x[0], Some(0), running(false, false))?,
                library::cumsum(&x[0], Some(1), running(true, true))?,
                library::cumprod(&x[0], None, running(false, true))?,
                library::cummax(&x[0], Some(1), running(false, false))?,
                library::cummin(&x[0], Some(0), running(true, false))?,
                library::logcumsumexp(&x[0], Some(1), running(false, false))?,
            ])
        }),
        guarded(row("sort", matrix, |x| Ok(vec![library::sort(&x[0], Some(1))?, library::sort(&x[0], None)?])), EMPTY),
        row("argsort", matrix, |x| Ok(vec![library::argsort(&x[0], Some(0))?, library::argsort(&x[0], None)?])),
        guarded(
            row("topk", matrix, |x| Ok(vec![library::topk(&x[0], 2, Some(0))?, library::topk(&x[0], 3, None)?])),
            &[(1, 7), (1, 1), (0, 3), (2, 0)],
        ),
        row("topk of nothing", matrix, |x| Ok(vec![library::topk(&x[0], 0, Some(1))?])),
        guarded(
            row("median", matrix, |x| {
                Ok(vec![
                    library::median(&x[0], 1, false)?,
                    library::median(&x[0], 0, true)?,
                    library::median(&x[0], .., false)?,
                ])
            }),
            EMPTY,
        ),
        guarded(
            row("quantile at the ends", matrix, |x| {
                Ok(vec![library::quantile(&x[0], 0.0, 1, false)?, library::quantile(&x[0], 1.0, 0, false)?])
            }),
            EMPTY,
        ),
        // Where between two elements a part lies is computed from the number of elements.
        guarded(
            row(
                "quantile",
                |m, n| vec![vec![m, 5], vec![3, n]],
                |x| Ok(vec![library::quantile(&x[0], 0.3, 1, false)?, library::quantile(&x[1], 0.25, 0, true)?]),
            ),
            EMPTY,
        ),
        guarded(
            row(
                "along an axis",
                |m, n| vec![vec![m, n], vec![m, 2], vec![m, 2]],
                |x| {
                    let at = x[1].try_abs()?.try_astype(DType::Int32)?.try_minimum(0)?;
                    Ok(vec![
                        library::take_along_axis(&x[0], &at, Some(1))?,
                        library::put_along_axis(&x[0], &at, &x[2], Some(1))?,
                    ])
                },
            ),
            EMPTY,
        ),
        row(
            "scatter",
            |m, n| vec![vec![m + 2, n], vec![m], vec![m, n]],
            |x| one(library::scatter_add(&x[0], &x[1].try_astype(DType::Int32)?.try_abs()?, &x[2], 0)?),
        ),
        guarded(
            row(
                "at",
                |m, n| vec![vec![m + 1, n], vec![m], vec![m, n]],
                |x| {
                    let at = library::at(&x[0], vec![(&x[1].try_astype(DType::Int32)?).into()]);
                    let block = library::at(&x[0], vec![range(1, None, 1).into(), range(None, None, 2).into()]);
                    Ok(vec![at.get()?, at.add(&x[2])?, at.max(1.5)?, block.mul(2)?])
                },
            ),
            SMALL,
        ),
        row("conv1d", signal, |x| {
            let wide = library::Window { stride: vec![2], padding: vec![1], dilation: vec![2], groups: 1 };
            Ok(vec![library::conv1d(&x[0], &x[1], &library::Window::default())?, library::conv1d(&x[0], &x[1], &wide)?])
        }),
        guarded(
            row("conv2d", picture, |x| one(library::conv2d(&x[0], &x[1], &library::Window::default())?)),
            &[(2, 0)],
        ),
        row(
            "transposed convolutions",
            |m, n| vec![vec![m, n + 1, 3], vec![2, 3, 3]],
            |x| {
                let apart = library::Window { stride: vec![2], ..library::Window::default() };
                one(library::conv_transpose1d(&x[0], &x[1], &apart, &[0])?)
            },
        ),
        row(
            "pools",
            |m, n| vec![vec![m, n + 4, m + 3, 2]],
            |x| {
                Ok(vec![library::max_pool(&x[0], &[2], None, &[0])?, library::avg_pool(&x[0], &[3], Some(&[1]), &[1])?])
            },
        ),
        row(
            "einsum",
            |m, n| vec![vec![m, 3], vec![3, n], vec![n, m]],
            |x| Ok(vec![library::einsum("ij,jk,kl->li", x)?, library::einsum("ij,jk,ki", x)?]),
        ),
        row(
            "einsum with dots",
            |m, n| vec![vec![2, m, 3], vec![m, 3, n]],
            |x| Ok(vec![library::einsum("...i,...ik->...k", x)?, library::einsum("...i->...", &x[..1])?]),
        ),
        guarded(
            row(
                "diagonals",
                |m, n| vec![vec![m + 2, n + 2], vec![n]],
                |x| Ok(vec![library::trace(&x[0], 0, 0, 1)?, library::diag(&x[1], 1)?]),
            ),
            EMPTY,
        ),
        row(
            "kron and norms",
            |m, n| vec![vec![m, 2], vec![n]],
            |x| {
                Ok(vec![
                    library::kron(&x[0], &x[1])?,
                    library::norm(&x[1], 2.0, .., false)?,
                    library::norm(&x[0], 1.0, 1, true)?,
                ])
            },
        ),
        row("numbers", matrix, |x| {
            Ok(vec![library::round_to(&x[0], 1)?, library::nan_to_num(&x[0].try_log()?, 0.5, None, Some(-9.0))?])
        }),
        row(
            "scan",
            |m, n| vec![vec![m, n], vec![n]],
            |x| {
                let body = |c: Tensor, x: Tensor| {
                    let next = (c * 0.5 + x).tanh();
                    (next.clone(), next * 2.0)
                };
                let (last, all) = interfuse::scan(body, x[1].clone(), x[0].clone(), None)?;
                Ok(vec![last, all])
            },
        ),
        row(
            "random numbers of a key",
            |m, n| vec![vec![m, n], vec![2]],
            |x| {
                let key = x[1].try_abs()?.try_mul(1000)?.try_astype(DType::UInt32)?;
                let keys = interfuse::random::split(&key, 2)?;
                Ok(vec![
                    interfuse::random::uniform(x[0].shape(), 0, 1, DType::Float32, Some(&keys[0]))?,
                    interfuse::random::normal(x[0].shape(), 0, 1, DType::Float32, Some(&key))?,
                ])
            },
        ),
        row("fori", matrix, |x| one(interfuse::fori(5, |_, x: Tensor| (x * 0.9).sin(), x[0].clone())?)),
    ]
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

/// What is decided by sizes of 0 and 1.
fn tiny_rows() -> Vec<Row> {
    vec![
        row("products", matrix, |x| {
            Ok(vec![x[0].try_prod(.., false)?, x[0].try_prod(0, true)?, x[0].try_prod([0, 1], true)?.try_sin()?])
        }),
        row("broadcast to one", |m, _| vec![vec![m]], |x| one(x[0].try_broadcast_to(&[1])?)),
        row("broadcast to rows of one", matrix, |x| one(x[0].try_broadcast_to(&[2, 1, 3])?)),
        row(
            "broadcast of one to another size",
            |m, n| vec![vec![m, 1], vec![n]],
            |x| one(x[0].try_broadcast_to(&[x[0].dim(0), x[1].dim(0)])?.try_mul(&x[1])?),
        ),
        row("full of a tensor", |m, _| vec![vec![m]], |x| one(library::full(&[1], &x[0], None)?)),
        row(
            "updates of one",
            |m, n| vec![vec![m], vec![n]],
            |x| {
                let ones = library::ones(&[1], DType::Float32)?;
                let first = Tensor::from([0i32]);
                Ok(vec![
                    library::at(&ones, vec![Index::All.into()]).add(&x[0])?,
                    library::at(&ones, vec![(&first).into()]).mul(&x[0])?,
                    library::scatter_add(&ones, &first, &x[1], 0)?,
                ])
            },
        ),
        row("updates of rows", matrix, |x| {
            let zeros = library::zeros(&[2, 3], DType::Float32)?;
            one(library::at(&zeros, vec![range(0, 2, 1).into()]).set(&x[0])?)
        }),
        row(
            "along an axis, with ones",
            |m, n| vec![vec![m, n], vec![3, n], vec![m, 2]],
            |x| {
                let (wide, narrow) =
                    (x[1].try_abs()?.try_astype(DType::Int32)?, x[2].try_abs()?.try_astype(DType::Int32)?);
                let three = library::ones(&[3, 4], DType::Float32)?;
                Ok(vec![
                    library::take_along_axis(&x[0], &wide, Some(1))?,
                    library::take_along_axis(&three, &narrow, Some(1))?,
                    library::put_along_axis(&three, &narrow, &x[2], Some(1))?,
                ])
            },
        ),
        row(
            "einsum of axes that are repeated",
            |m, n| vec![vec![m, n], vec![3, n], vec![n]],
            |x| Ok(vec![library::einsum("...i,...i->...", &x[..2])?, library::einsum("...,...", &x[1..])?]),
        ),
        row("products of batches of one", |m, n| vec![vec![m, 2, n], vec![2, n, 3]], |x| one(x[0].try_matmul(&x[1])?)),
    ]
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

/// Splitmix64 (Steele, Lea, Flood 2014).
struct Prng(u64);

impl Prng {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % n as u64) as usize
    }
}

/// A step of a random program: what it does, to which of the values so far.
type Step = (usize, usize, usize, i64);

/// How many kinds of steps there are.
const STEPS: usize = 26;

/// One step; those that add in an order of their own are said to.
fn step((what, a, b, k): Step, pool: &[Tensor]) -> Result<(Tensor, bool)> {
    let (x, y) = (&pool[a % pool.len()], &pool[b % pool.len()]);
    let axis = if x.ndim() == 0 { 0 } else { k.rem_euclid(x.ndim() as i64) };
    let exact = |x: Result<Tensor>| x.map(|x| (x, false));
    let summed = |x: Result<Tensor>| x.map(|x| (x, true));
    match what {
        0 => exact(x.try_sin()),
        1 => exact(x.try_tanh()),
        2 => exact(x.try_mul(0.5)),
        3..=5 => exact(x.try_add(y)),
        6 => exact(x.try_mul(y)?.try_tanh()),
        7 => exact(x.try_maximum(y)),
        8 => exact(x.try_transpose(None)),
        9 => exact(x.try_flatten(0, -1)),
        10 => exact(x.try_reshape(&[-1, 1 + k.rem_euclid(3)])),
        11 => summed(x.try_sum(axis, k % 2 == 0)?.try_tanh()),
        12 => summed(x.try_mean(axis, k % 2 == 0)),
        13 => exact(x.try_max(axis, k % 2 == 0)),
        14 => summed(x.try_softmax(axis)),
        15 => exact(x.try_slice(&[range(k % 3, None, 1)])),
        16 => exact(x.try_slice(&[range(None, -1 - (k % 2), 1 + k.rem_euclid(2))])),
        17 => exact(x.try_flip(axis)),
        18 => exact(x.try_roll(k, Some(axis))),
        19 => exact(x.try_pad(&vec![(1, k.rem_euclid(2)); x.ndim()], Weak::Float(0.25))),
        20 => exact(library::concatenate(&[x.clone(), y.clone()], axis)),
        21 => exact(x.try_expand_dims(axis)),
        22 => summed(x.try_matmul(&y.try_transpose(None)?)?.try_mul(0.1)?.try_tanh()),
        23 => exact(x.try_tile(&[2, 1 + k.rem_euclid(2)])),
        24 => exact(x.try_mul(&library::arange_dims(0, x.try_dim(-1)?, 1, Some(DType::Float32))?)?.try_sin()),
        _ => exact(library::zeros(x.shape(), DType::Float32)?.try_sub(x)),
    }
}

fn program(steps: &[Step], inputs: &[Tensor]) -> Result<(Vec<Tensor>, bool)> {
    let (mut pool, mut summed) = (inputs.to_vec(), false);
    for at in steps {
        let (x, sums) = step(*at, &pool)?;
        pool.push(x);
        summed |= sums;
    }
    Ok((pool.split_off(pool.len() - 2), summed))
}

#[test]
fn random_programs_of_open_sizes_have_the_values_of_known_ones() {
    const SEEDS: u64 = 120;
    let (mut served, mut guarded) = (0, 0);
    for seed in 0..SEEDS {
        let mut prng = Prng(seed);
        let inputs = |m: i64, n: i64| vec![data(DType::Float32, &[m, n], seed), data(DType::Float32, &[n], seed + 1)];
        // Steps that are mistakes at the size of the trace are left out.
        let mut steps: Vec<Step> = Vec::new();
        let mut pool = inputs(3, 4);
        while pool.len() < 10 {
            let next = (prng.below(STEPS), prng.below(64), prng.below(64), prng.below(7) as i64 - 3);
            match step(next, &pool) {
                Ok((x, _)) if x.size() <= 2000 && x.ndim() <= 4 => {
                    // What the step picks must not depend on how many there will be.
                    let (what, a, b, k) = next;
                    steps.push((what, a % pool.len(), b % pool.len(), k));
                    pool.push(x);
                }
                _ => {}
            }
        }
        let run = steps.clone();
        let open = Compile::fallible(move |x: &Vec<Tensor>| Ok(program(&run, x)?.0)).shapeless(true).build();
        for (m, n) in [(3, 4), (5, 2), (1, 4), (4, 1), (2, 0), (0, 3), (7, 9)] {
            let what = format!("seed {seed} at ({m}, {n}): {steps:?}");
            let x = inputs(m, n);
            match open.call(&x) {
                Ok(got) => {
                    let run = steps.clone();
                    let (_, summed) = program(&steps, &x).unwrap_or_else(|error| panic!("{what}: runs, but {error}"));
                    let known = Compile::fallible(move |x: &Vec<Tensor>| Ok(program(&run, x)?.0)).build();
                    let want = known.call(&x).expect("eager runs");
                    served += 1;
                    if summed {
                        agree(&what, &got, &want);
                        continue;
                    }
                    for (got, want) in got.iter().zip(&want) {
                        let bits = |x: &Tensor| {
                            x.to_vec::<f32>().expect("floats").into_iter().map(f32::to_bits).collect::<Vec<_>>()
                        };
                        assert_eq!((got.sizes(), bits(got)), (want.sizes(), bits(want)), "{what}");
                    }
                }
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::ShapeGuard, "{what}: {error}");
                    guarded += 1;
                }
            }
            assert_eq!(open.stats().traces, 1, "{what}");
        }
    }
    // Most sizes are served: a guard that is too strict would show here.
    assert!(served > guarded, "{served} calls served, {guarded} guarded");
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
