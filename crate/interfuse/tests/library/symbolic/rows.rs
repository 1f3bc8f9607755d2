//! The ops with their arguments at sizes m and n.

use super::*;

/// Sizes at which something behaves in another way than at the trace.
const SMALL: &[(i64, i64)] = &[(1, 7), (4, 1), (1, 1), (0, 3), (2, 0), (5, 2)];

pub fn rows() -> Vec<Row> {
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
        guarded(row("split at", matrix, |x| x[0].try_split(Split::At(vec![1, -1]), 0)), SMALL),
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
        row(
            "meshgrid",
            |m, n| vec![vec![m], vec![n]],
            |x| library::meshgrid(&[x[0].clone(), x[1].clone()], library::Indexing::Ij),
        ),
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
pub fn further_rows() -> Vec<Row> {
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
                |x| Ok(vec![library::trace(&x[0], 0, (0, 1))?, library::diag(&x[1], 1)?]),
            ),
            EMPTY,
        ),
        row(
            "kron and norms",
            |m, n| vec![vec![m, 2], vec![n]],
            |x| {
                Ok(vec![
                    library::kron(&x[0], &x[1])?,
                    library::norm(&x[1], .., false, 2.0)?,
                    library::norm(&x[0], 1, true, 1.0)?,
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

/// What is decided by sizes of 0 and 1.
pub fn tiny_rows() -> Vec<Row> {
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
        row("loops along diagonals", matrix, |x| {
            let line = library::diagonal(&x[0], 1, (0, 1))?;
            let body = |c: Tensor, x: Tensor| (&c + &x, &c * &x);
            let (last, all) = interfuse::scan(body, Tensor::from(0.5f32), line.clone(), None)?;
            let (sum, _) = interfuse::scan(
                |c: Tensor, x: Tensor| (c + x, ()),
                x[0].try_slice(&[range(None, None, 1)])?,
                line,
                None,
            )?;
            Ok(vec![last, all, sum])
        }),
        row("running results along diagonals", matrix, |x| {
            let line = library::diagonal(&x[0], -1, (0, 1))?;
            let running = library::Running::default();
            Ok(vec![
                library::cummax(&line, Some(0), running)?,
                library::cummin(&line, Some(0), library::Running { reverse: true, exclusive: false })?,
                library::cumprod(&line, Some(0), running)?.try_mul(&library::cumsum(&line, Some(0), running)?)?,
                library::logcumsumexp(&line, Some(0), running)?,
            ])
        }),
        row("sums of diagonals", matrix, |x| {
            let (a, b) =
                (library::diagonal(&x[0], 0, (0, 1))?, library::diagonal(&x[0].try_transpose(None)?, 0, (0, 1))?);
            let first = x[0].try_slice(&[range(None, 1, 1)])?;
            Ok(vec![a.try_add(&b)?, library::sort(&a, Some(0))?, first.try_matmul(&x[0].try_transpose(None)?)?])
        }),
        row("transforms of parts", matrix, |x| {
            let part = x[0].try_slice(&[range(1, None, 1), range(None, -1, 1)])?;
            let (value, slope) = interfuse::value_and_grad(|y: &Tensor| y.try_sin()?.try_sum(.., false))(&part)?;
            let sums = interfuse::vmap(|row: &Tensor| row.try_sum(0, false))(&part)?;
            Ok(vec![value, slope, sums])
        }),
        row(
            "look-ups in look-ups",
            |m, n| vec![vec![m + 1, 2], vec![n + 1], vec![m]],
            |x| {
                let count = |x: &Tensor| library::arange_dims(0, x.dim(0), 1, Some(DType::Int32));
                // The size of the first indices is that of nothing which is stored.
                one(x[0].try_take(&count(&x[1])?, Some(0))?.try_take(&count(&x[2])?, Some(0))?)
            },
        ),
        row("look-ups in nothing", matrix, |x| {
            let at = library::arange_dims(0, x[0].dim(0), 1, Some(DType::Int32))?;
            one(library::zeros(&[0, 2], DType::Float32)?.try_take(&at, Some(0))?)
        }),
        row(
            "sizes that are known better later",
            |m, n| vec![vec![m, n + 1], vec![2 * m.min(n)]],
            |x| {
                let line = library::diagonal(&x[0], 1, (0, 1))?.try_repeat(2, Some(0))?;
                let count = library::arange_dims(0, line.dim(0), 1, Some(DType::Int32))?;
                let last = x[0].try_take(&library::zeros(&[1], DType::Int32)?, Some(1))?;
                one(x[1].try_add(&line.try_take(&count, Some(0))?)?.try_add(&last.try_sum(.., false)?)?)
            },
        ),
        row("products with what is cut to one", matrix, |x| {
            let one = x[0].try_slice(&[Index::Sizes { start: None, stop: Some(x[0].dim(0).min(1)), step: 1 }])?;
            let w = library::ones(&[1], DType::Float32)?;
            Ok(vec![w.try_matmul(&one)?])
        }),
        row("products of batches of one", |m, n| vec![vec![m, 2, n], vec![2, n, 3]], |x| one(x[0].try_matmul(&x[1])?)),
    ]
}
