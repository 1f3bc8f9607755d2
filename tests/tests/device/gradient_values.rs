//! Gradients, tangents and batches with MLX's values (`data/gradient_values.json`): eagerly, compiled and from the cache on the device
//! that INTERFUSE_TEST_DEVICE names ("cpu" without it, or "webgpu"), and on the oracle.

use interfuse::library::{self as lib, Gelu, Index};
use interfuse::{DType, Operand, Result, Tensor, Weak, grad, jvp, try_compile, value_and_grad, vjp, vmap, vmap_with};
use interfuse_tests::chosen::device;
use interfuse_tests::reference::{Within, differences, input, on_oracle};
use serde_json::Value;

const DATA: &str = include_str!("../../data/gradient_values.json");

fn sum(x: Tensor) -> Tensor {
    x.sum(.., false)
}

fn weak(value: f64) -> Operand<'static> {
    Operand::Weak(Weak::from_f64(value))
}

fn layer_norm_by_hand(x: &Tensor, w: &Tensor, b: &Tensor) -> Tensor {
    let d = x - x.mean(-1, true);
    &d * ((&d * &d).mean(-1, true) + 1e-5).rsqrt() * w + b
}

/// The function whose value and gradient a case is about, and by how many of its arguments.
fn loss(name: &str, x: &[Tensor]) -> Option<(Tensor, usize)> {
    Some(match name {
        "gelu_erf" => (sum(x[0].gelu(Gelu::Erf)), 1),
        "gelu_tanh" => (sum(x[0].gelu(Gelu::Tanh)), 1),
        "softmax_weighted" => (sum(x[0].softmax(-1) * &x[1]), 2),
        "softmax_cross_entropy" => {
            let picked = sum_last(&x[0] * lib::one_hot(&x[1], 5, DType::Float32).expect("one hot"));
            ((x[0].logsumexp(-1, false) - picked).mean(.., false), 1)
        }
        "layer_norm_manual" => {
            let y = layer_norm_by_hand(&x[0], &x[1], &x[2]);
            (sum(y.square() * 0.5 + y * 0.1), 3)
        }
        "attention" => {
            let scores = x[0].matmul(&x[1].swapaxes(-1, -2)) * (1.0 / 8f64.sqrt());
            (sum(scores.softmax(-1).matmul(&x[2]).square()), 3)
        }
        "mlp_mse" => {
            let y = (x[4].matmul(&x[0]) + &x[1]).tanh().matmul(&x[2]) + &x[3];
            ((y - &x[5]).square().mean(.., false), 4)
        }
        "matmul_broadcast_batch" => (sum(x[0].matmul(&x[1]).square()), 2),
        "broadcast_reduce" => (sum((&x[0] * &x[1]).square()), 2),
        "logsumexp_axis0" => (sum(x[0].logsumexp(0, false).square()), 1),
        "var_axis1" => (sum(x[0].var(1, false, 0.0).square()), 1),
        "gather_rows_dup" => (sum(x[0].take(&Tensor::from([0i32, 2, 0, 4]), Some(0)).square()), 1),
        "slice_neg_stride" => {
            let rows = Index::Range { start: None, stop: None, step: -2 };
            let columns = Index::Range { start: Some(1), stop: None, step: 1 };
            (sum(x[0].slice(&[rows, columns]).pow(3)), 1)
        }
        "concat_split_pad" => {
            let padded = |a: &Tensor, b: &Tensor| {
                let joined = lib::concatenate(&[a.clone(), b.clone()], 1).expect("concatenate");
                joined.pad(&[(1, 1), (1, 1)], Weak::Int(0))
            };
            (sum(padded(&x[0], &x[1]).square() * 0.5 + padded(&x[1], &x[0])), 2)
        }
        "where_select" => (sum(x[0].greater(&x[1]).choose(&(&x[0] * &x[0]), &(&x[1] * 3.0))), 2),
        "cumsum" => (sum(lib::cumsum(&x[0], Some(1), lib::Running::default()).expect("sums").square()), 1),
        "max_with_ties_splits" => (x[0].max(.., false), 1),
        "min_axis_ties" => (sum(x[0].min(1, false)), 1),
        "maximum_tie_goes_to_rhs" => (sum(x[0].maximum(weak(0.0))), 1),
        "minimum_tie_goes_to_rhs" => (sum(x[0].minimum(weak(0.0))), 1),
        "abs_at_zero" => (sum(x[0].abs()), 1),
        "sqrt_at_zero_inf" => (sum(x[0].sqrt()), 1),
        "where_sqrt_nan_leak" => (sum(x[0].greater(0).choose(&x[0].sqrt(), weak(0.0))), 1),
        "clip_at_bounds" => (sum(x[0].clip(-1, 1)), 1),
        "power_both" => (sum(x[0].pow(&x[1])), 2),
        "prod_with_zero" => (x[0].prod(.., false), 1),
        "stop_gradient" => (sum(&x[0] * (&x[0] * &x[0]).stop_gradient()), 1),
        "div_log_exp" => (sum(x[0].log() / &x[1] + (&x[0] - &x[1]).exp()), 2),
        _ => return None,
    })
}

fn sum_last(x: Tensor) -> Tensor {
    x.sum(-1, false)
}

fn program(id: &str, x: &[Tensor]) -> Result<Vec<Tensor>> {
    let name = id.split_once('/').expect("group/name").1;
    if let Some((_, count)) = loss(name, x) {
        let rest = x[count..].to_vec();
        let of = |by: &Vec<Tensor>| loss(name, &[by.clone(), rest.clone()].concat()).expect("a loss").0;
        let (value, gradients) = value_and_grad(of)(&x[..count].to_vec())?;
        return Ok([vec![value], gradients].concat());
    }
    Ok(match name {
        "second_order_tanh" => {
            let inner = |x: &Tensor| grad(|z: &Tensor| sum(z.tanh() * z))(x);
            vec![grad(|x: &Tensor| Ok(sum(inner(x)?.square())))(&x[0])?]
        }
        "conv2d_grads" => {
            let window = lib::Window { stride: vec![2], padding: vec![1], ..lib::Window::default() };
            let of = |by: &Vec<Tensor>| Ok(sum(lib::conv2d(&by[0], &by[1], &window)?.square()));
            grad(of)(&x.to_vec())?
        }
        "third_derivative_sin" => vec![grad(grad(grad(|x: &Tensor| x.sin())))(&x[0])?],
        "vmap_per_example" => {
            let of = |(w, x): &(Tensor, Tensor)| grad(|w: &Tensor| sum(x.matmul(w).tanh().square()))(w);
            vec![vmap_with(of, [None, Some(0)], 0)(&(x[0].clone(), x[1].clone()))?]
        }
        "jvp_composite" => {
            let (y, rate) = jvp(|x: &Tensor| x.sin().exp() * x, &x[0], &x[1])?;
            vec![y, rate]
        }
        "vjp_matrix" => {
            let (y, back) = vjp(|x: &Tensor| x.matmul(&x.transpose(None)).tanh(), &x[0], &x[1])?;
            vec![y, back]
        }
        "in_axes_1_out_axes_1" => {
            let of = |(a, b): &(Tensor, Tensor)| a * 2 + b;
            vec![vmap_with(of, [Some(1), Some(0)], 1)(&(x[0].clone(), x[1].clone()))?]
        }
        "matvec_batched" => vec![vmap(|v: &Tensor| x[0].matmul(v))(&x[1])?],
        _ => panic!("{id} has no program"),
    })
}

/// What the oracle is allowed beside the stated tolerance, with the reason.
const LOOSE_ON_ORACLE: &[(&str, f64, &str)] = &[(
    "conv/conv2d_grads",
    64.0,
    "the file does not say how far MLX's float32 sums of up to 36 products of up to 15 are off; the oracle adds in doubles",
)];

#[test]
fn gradient_values() {
    device();
    let cases: Vec<Value> = serde_json::from_str(DATA).expect("the data");
    let mut wrong = Vec::new();
    for case in &cases {
        let id = case["id"].as_str().expect("id");
        let inputs: Vec<Tensor> = case["inputs"].as_array().expect("inputs").iter().map(input).collect();
        let compiled = try_compile(|inputs: &Vec<Tensor>| program(id, inputs));
        let wanted = case["outputs"].as_array().expect("outputs");
        let runs = [
            ("eager", program(id, &inputs)),
            ("compiled", compiled.call(&inputs)),
            ("again", compiled.call(&inputs)),
            (
                "on the oracle",
                on_oracle(
                    {
                        let id = id.to_string();
                        move |x| program(&id, x)
                    },
                    &inputs,
                ),
            ),
        ];
        for (how, outputs) in runs {
            let outputs = outputs.unwrap_or_else(|error| panic!("{id} {how}: {error}"));
            assert_eq!(outputs.len(), wanted.len(), "{id} {how}");
            for (at, (got, want)) in outputs.iter().zip(wanted).enumerate() {
                let loose = LOOSE_ON_ORACLE.iter().find(|(of, ..)| *of == id);
                let within = match (how, loose) {
                    ("on the oracle", None) => Within::Stated,
                    ("on the oracle", Some((_, loose, _))) => Within::Bounds(*loose),
                    // Sums of many terms, and products with them, in another order than MLX's.
                    _ => Within::Bounds(32.0),
                };
                let told = differences(got, want, within);
                wrong.extend(told.into_iter().map(|text| format!("{id} {how} output {at} {text}")));
            }
        }
    }
    assert_eq!(cases.len(), 36);
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
