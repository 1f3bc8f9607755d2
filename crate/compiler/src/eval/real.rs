//! The same interpreter over doubles that are never rounded: what derivatives are measured with.
//!
//! Floats are doubles from input to result, so that difference quotients have digits to spare; integers and bool are doubles that hold
//! them exactly. What only moves elements asks the interpreter above where they come from.

use super::{EvalError, Value, eval, fail, for_each, from_end, position};
use crate::dtype::{DType, Scalar};
use crate::graph::{Graph, Node};
use crate::kind::{CombineOp, Kind, ReduceOp, View};
use crate::ops::{Signature, exact, real};
use crate::shape::{Aval, Shape};

/// An array in row-major order.
#[derive(Clone, PartialEq, Debug)]
pub struct Reals {
    /// The sizes of the axes.
    pub sizes: Vec<usize>,
    /// What a device would hold.
    pub dtype: DType,
    /// The elements.
    pub data: Vec<f64>,
}

impl From<&Value> for Reals {
    fn from(value: &Value) -> Reals {
        Reals { sizes: value.sizes.clone(), dtype: value.dtype, data: value.to_f64() }
    }
}

impl Reals {
    /// Rounded to the dtype.
    pub fn rounded(&self) -> Value {
        Value::new(&self.sizes, self.dtype, self.data.iter().map(|x| Scalar::from_f64(self.dtype, *x)).collect())
    }

    fn indices(&self) -> Value {
        self.rounded()
    }
}

/// The results of a graph without symbols.
pub fn eval_real(graph: &Graph, inputs: &[Reals], constants: &[Reals]) -> Result<Vec<Reals>, EvalError> {
    let mut values: Vec<Reals> = Vec::with_capacity(graph.len());
    for (_, node) in graph.nodes() {
        let on: Vec<&Reals> = node.operands.iter().map(|x| &values[x.index()]).collect();
        let value = match &node.kind {
            Kind::Input { index, .. } => inputs[*index as usize].clone(),
            Kind::Constant { index, .. } => constants[*index as usize].clone(),
            _ => real_node(node, &on, constants)?,
        };
        values.push(value);
    }
    Ok(graph.outputs().iter().map(|output| values[output.index()].clone()).collect())
}

/// The node alone, on inputs of these shapes and dtypes, by the rounding interpreter.
fn alone(kind: &Kind, inputs: &[Value]) -> Result<Value, EvalError> {
    let mut graph = Graph::new();
    let mut operands = Vec::new();
    for (index, value) in inputs.iter().enumerate() {
        let aval = Box::new(Aval::new(Shape::of(&value.sizes), value.dtype));
        let input = Kind::Input { index: index as u32, aval };
        operands.push(graph.append(input, &[]).map_err(|misuse| EvalError(misuse.to_string()))?);
    }
    let id = graph.append(kind.clone(), &operands).map_err(|misuse| EvalError(misuse.to_string()))?;
    graph.set_outputs(&[id]);
    Ok(eval(&graph, inputs, &[], &[])?.remove(0))
}

/// Positions instead of elements, counted from `first`.
fn positions(of: &Reals, first: usize) -> Value {
    Value::u32(&of.sizes, &(0..of.data.len()).map(|at| (first + at) as u32).collect::<Vec<_>>())
}

fn real_node(node: &Node, on: &[&Reals], constants: &[Reals]) -> Result<Reals, EvalError> {
    let dtype = node.aval.dtype;
    let Some(sizes) = node.aval.shape.as_sizes().map(|sizes| sizes.to_vec()) else {
        return fail("symbolic sizes");
    };
    let made = |data: Vec<f64>| Ok(Reals { sizes: sizes.clone(), dtype, data });
    match &node.kind {
        Kind::Map { op } => {
            let operand = on.last().expect("maps have operands").dtype;
            let chooses = op.row().signature == Signature::Choose;
            let element = |at: usize| {
                let args: Vec<f64> = on.iter().map(|x| x.data[at]).collect();
                if operand.is_float() {
                    return real(*op, &args);
                }
                let scalar = |(place, x): (usize, &f64)| {
                    Scalar::from_f64(if chooses && place == 0 { DType::Bool } else { operand }, *x)
                };
                exact(*op, operand, &args.iter().enumerate().map(scalar).collect::<Vec<_>>()).to_f64()
            };
            made((0..on[0].data.len()).map(element).collect())
        }
        Kind::Cast { to } => {
            let cast = |x: &f64| match (on[0].dtype.is_float(), to.is_float()) {
                (_, true) => *x,
                (from_float, false) => {
                    let from = if from_float { DType::Float32 } else { on[0].dtype };
                    Scalar::from_f64(from, *x).cast(*to).to_f64()
                }
            };
            made(on[0].data.iter().map(cast).collect())
        }
        Kind::View(view) => {
            let mut moved = view.clone();
            let mut around = 0.0;
            if let View::Pad { value, .. } = &mut moved {
                around = value.to_f64();
                *value = Scalar::u32(u32::MAX);
            }
            let from = alone(&Kind::View(moved), &[positions(on[0], 0)])?;
            let pick = |at: &Scalar| if at.bits() == u32::MAX { around } else { on[0].data[at.bits() as usize] };
            made(from.data.iter().map(pick).collect())
        }
        Kind::Gather { .. } => {
            let from = alone(&node.kind, &[positions(on[0], 0), on[1].indices()])?;
            made(from.data.iter().map(|at| on[0].data[at.bits() as usize]).collect())
        }
        Kind::Concatenate { .. } => {
            let all: Vec<f64> = on.iter().flat_map(|x| x.data.iter().copied()).collect();
            let mut first = 0;
            let parts: Vec<Value> = on
                .iter()
                .map(|x| {
                    first += x.data.len();
                    positions(x, first - x.data.len())
                })
                .collect();
            let from = alone(&node.kind, &parts)?;
            made(from.data.iter().map(|at| all[at.bits() as usize]).collect())
        }
        Kind::Barrier { .. } => Ok(on[0].clone()),
        Kind::Reduce { op, axes } if dtype.is_float() => {
            let mut groups: Vec<Vec<f64>> = vec![Vec::new(); sizes.iter().product()];
            let mut at = 0;
            for_each(&on[0].sizes, |from| {
                let kept = from.iter().enumerate().filter(|(axis, _)| !axes.contains(&(*axis as u32)));
                let index: Vec<usize> = kept.map(|(_, i)| *i).collect();
                groups[position(&sizes, &index)].push(on[0].data[at]);
                at += 1;
            });
            let combine = |group: &Vec<f64>| match op {
                ReduceOp::Sum => group.iter().sum(),
                ReduceOp::Prod => group.iter().product(),
                ReduceOp::Max => group.iter().copied().fold(f64::NEG_INFINITY, f64::max),
                _ => group.iter().copied().fold(f64::INFINITY, f64::min),
            };
            made(groups.iter().map(combine).collect())
        }
        Kind::Scan { op, axis, reverse } if dtype.is_float() && on.len() == 1 => {
            let (axis, mut data) = (*axis as usize, on[0].data.clone());
            let mut lines = sizes.clone();
            let length = std::mem::replace(&mut lines[axis], usize::from(!data.is_empty()));
            for_each(&lines, |line| {
                let mut index = line.to_vec();
                let mut before: Option<f64> = None;
                for step in 0..length {
                    index[axis] = if *reverse { length - 1 - step } else { step };
                    let at = position(&sizes, &index);
                    let x = data[at];
                    let next = before.map_or(x, |y| match op {
                        CombineOp::Add => x + y,
                        CombineOp::Mul => x * y,
                        CombineOp::Max => x.max(y),
                        CombineOp::Min => x.min(y),
                        _ => super::log_add_exp(x, y),
                    });
                    data[at] = next;
                    before = Some(next);
                }
            });
            made(data)
        }
        Kind::Dot { axes } => {
            let mut sums = Vec::new();
            super::dot_terms(axes, &sizes, &on[0].sizes, &on[1].sizes, |terms| {
                sums.push(terms.iter().map(|(l, r)| on[0].data[*l] * on[1].data[*r]).sum());
            });
            made(sums)
        }
        Kind::Conv { geometry } => {
            let mut sums = Vec::new();
            super::conv_terms(geometry, &sizes, &on[0].sizes, &on[1].sizes, |terms| {
                sums.push(terms.iter().map(|(l, r)| on[0].data[*l] * on[1].data[*r]).sum());
            });
            made(sums)
        }
        Kind::Scatter { axis, op } if dtype.is_float() => {
            let (axis, mut data) = (*axis as usize, on[0].data.clone());
            let indices = on[1].indices();
            for_each(&on[2].sizes, |source| {
                let row = from_end(indices.data[source[axis]], sizes[axis]);
                if !(0..sizes[axis] as i64).contains(&row) {
                    return;
                }
                let mut target = source.to_vec();
                target[axis] = row as usize;
                let (old, new) = (&mut data[position(&sizes, &target)], on[2].data[position(&on[2].sizes, source)]);
                *old = match op {
                    CombineOp::Add => *old + new,
                    CombineOp::Mul => *old * new,
                    CombineOp::Max => old.max(new),
                    CombineOp::Min => old.min(new),
                    _ => new,
                };
            });
            made(data)
        }
        Kind::Call { body, output, .. } => {
            let inputs: Vec<Reals> = on.iter().map(|x| (*x).clone()).collect();
            Ok(eval_real(body, &inputs, constants)?.swap_remove(*output as usize))
        }
        Kind::Loop { body, length, carries, output } => {
            let (carries, output) = (*carries as usize, *output as usize);
            let mut carried: Vec<Reals> = on[..carries].iter().map(|x| (*x).clone()).collect();
            let mut stacked = Vec::new();
            for step in 0..length.as_const().unwrap_or(0).max(0) as usize {
                let mut inputs = carried.clone();
                for x in &on[carries..] {
                    let sizes = x.sizes[1..].to_vec();
                    let count: usize = sizes.iter().product();
                    let data = x.data[step * count..(step + 1) * count].to_vec();
                    inputs.push(Reals { sizes, dtype: x.dtype, data });
                }
                let mut results = eval_real(body, &inputs, constants)?;
                if output >= carries {
                    stacked.extend_from_slice(&results[output].data);
                }
                results.truncate(carries);
                carried = results;
            }
            if output < carries { Ok(carried.swap_remove(output)) } else { made(stacked) }
        }
        // No float with digits to lose; or a scan with starts, which is made for kernels.
        kind => {
            let loses = dtype.is_float() && kind.facts().differentiable && !matches!(kind, Kind::Scan { .. });
            assert!(!loses, "{} of floats needs a rule", kind.name());
            let inputs: Vec<Value> = on.iter().map(|x| x.rounded()).collect();
            Ok(Reals::from(&alone(&node.kind, &inputs)?))
        }
    }
}
