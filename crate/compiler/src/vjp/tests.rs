//! Every kind and row: gradients against difference quotients in double precision, tangents against gradients, batches against loops.

use super::*;
use crate::dim::Dim;
use crate::dtype::{DType, Scalar};
use crate::eval::{Reals, Value, eval, eval_real};
use crate::jvp::jvp;
use crate::ops::{Op, Signature};
use crate::shape::Aval;
use crate::simplify::simplify;
use crate::text::parse;
use crate::verify::{Stage, verify};
use crate::vmap::vmap;
use std::collections::BTreeSet;

/// Waves whose elements all differ, about `scale` high.
fn wave(sizes: &[usize], seed: usize, scale: f64, offset: f64) -> Reals {
    let values = interfuse_testing::wave(sizes, seed as u32).into_iter().map(|x| f64::from(x) * scale + offset);
    Reals { sizes: sizes.to_vec(), dtype: DType::Float32, data: values.collect() }
}

fn sizes_of(aval: &Aval) -> Vec<usize> {
    aval.shape.as_sizes().expect("known sizes").to_vec()
}

/// A legal graph, and still the same values when simplified.
fn legal(graph: &Graph) {
    verify(graph, Stage::Traced).unwrap_or_else(|broken| panic!("{broken}\n{graph}"));
    let simple = simplify(graph, &mut ());
    verify(&simple, Stage::Simplified).unwrap_or_else(|broken| panic!("{broken}\n{simple}"));
}

fn dot(a: &[Reals], b: &[Reals]) -> f64 {
    a.iter().zip(b).flat_map(|(a, b)| a.data.iter().zip(&b.data)).map(|(a, b)| a * b).sum()
}

/// A graph with arguments; derivatives are by all floats among them, of all float results.
struct Case {
    graph: Graph,
    inputs: Vec<Reals>,
}

impl Case {
    fn wrt(&self) -> Vec<u32> {
        let floats = |(at, x): (usize, &Reals)| x.dtype.is_float().then_some(at as u32);
        self.inputs.iter().enumerate().filter_map(floats).collect()
    }

    fn of(&self) -> Vec<u32> {
        let avals = self.graph.outputs().iter().map(|id| self.graph.aval(*id));
        avals.enumerate().filter(|(_, aval)| aval.dtype.is_float()).map(|(at, _)| at as u32).collect()
    }

    fn cotangents(&self) -> Vec<Reals> {
        let of = |at: &u32| {
            wave(&sizes_of(self.graph.aval(self.graph.outputs()[*at as usize])), 50 + *at as usize, 1.0, 0.2)
        };
        self.of().iter().map(of).collect()
    }

    fn tangents(&self) -> Vec<Reals> {
        self.wrt().iter().map(|at| wave(&self.inputs[*at as usize].sizes, 80 + *at as usize, 1.0, 0.1)).collect()
    }

    /// The float results, moved by `step` along the tangents.
    fn moved(&self, tangents: &[Reals], step: f64) -> Vec<Reals> {
        let mut inputs = self.inputs.clone();
        for (at, tangent) in self.wrt().into_iter().zip(tangents) {
            inputs[at as usize].data.iter_mut().zip(&tangent.data).for_each(|(x, t)| *x += step * t);
        }
        let values = eval_real(&self.graph, &inputs, &[]).expect("a value");
        self.of().into_iter().map(|at| values[at as usize].clone()).collect()
    }

    /// The slope of the results, weighted by their cotangents, along the tangents: central differences, extrapolated once.
    fn slope(&self, tangents: &[Reals]) -> f64 {
        let cts = self.cotangents();
        let quotient =
            |h: f64| (dot(&self.moved(tangents, h), &cts) - dot(&self.moved(tangents, -h), &cts)) / (2.0 * h);
        (4.0 * quotient(5e-5) - quotient(1e-4)) / 3.0
    }

    fn pulled(&self) -> Vec<Reals> {
        let graph = vjp(&self.graph, &self.wrt(), &self.of()).unwrap_or_else(|bad| panic!("{bad}\n{}", self.graph));
        legal(&graph);
        let inputs: Vec<Reals> = self.inputs.iter().cloned().chain(self.cotangents()).collect();
        eval_real(&graph, &inputs, &[]).expect("a value").split_off(self.graph.outputs().len())
    }

    fn pushed(&self, tangents: &[Reals]) -> Vec<Reals> {
        let graph = jvp(&self.graph, &self.wrt()).unwrap_or_else(|bad| panic!("{bad}\n{}", self.graph));
        legal(&graph);
        let inputs: Vec<Reals> = self.inputs.iter().chain(tangents).cloned().collect();
        let rates = eval_real(&graph, &inputs, &[]).expect("a value").split_off(self.graph.outputs().len());
        self.of().into_iter().map(|at| rates[at as usize].clone()).collect()
    }

    /// Gradients by every element are slopes, and tangents agree with gradients.
    fn derivatives(&self) {
        let gradients = self.pulled();
        for (place, at) in self.wrt().into_iter().enumerate() {
            assert_eq!(gradients[place].sizes, self.inputs[at as usize].sizes, "{}", self.graph);
            for element in 0..gradients[place].data.len() {
                let mut along: Vec<Reals> = self.tangents();
                along.iter_mut().for_each(|t| t.data.fill(0.0));
                along[place].data[element] = 1.0;
                let (got, want) = (gradients[place].data[element], self.slope(&along));
                assert!(
                    (got - want).abs() <= 2e-6 * (1.0 + want.abs()),
                    "by element {element} of input {at}: {got}, slope {want}\n{}",
                    self.graph
                );
            }
        }
        let tangents = self.tangents();
        let (forward, back) = (dot(&self.pushed(&tangents), &self.cotangents()), dot(&gradients, &tangents));
        assert!((forward - back).abs() <= 1e-9 * (1.0 + back.abs()), "{forward} forward, {back} back\n{}", self.graph);
    }

    /// The gradient of the gradient: derivatives of the graph that pulls back.
    fn second_derivatives(&self) {
        let graph = vjp(&self.graph, &self.wrt(), &self.of()).expect("differentiable");
        let inputs = self.inputs.iter().cloned().chain(self.cotangents()).collect();
        Case { graph, inputs }.derivatives();
    }

    /// A batch of graphs is a graph on batches, for batches of all inputs and of every other one.
    fn batches(&self) {
        let size = 3;
        for first in [0, 1, 2] {
            let axes: Vec<Option<u32>> = (0..self.inputs.len())
                .map(|at| {
                    (first == 2 || at % 2 == first).then_some(if first == 2 {
                        self.inputs[at].sizes.len() as u32
                    } else {
                        0
                    })
                })
                .collect();
            if axes.iter().all(Option::is_none) {
                continue;
            }
            let example = |at: usize, number: usize| {
                let mut x = self.inputs[at].clone();
                let by = if axes[at].is_some() { number } else { 0 };
                if x.dtype.is_float() {
                    x.data.iter_mut().enumerate().for_each(|(i, v)| *v += 0.01 * (by * (i % 5 + 1)) as f64);
                } else {
                    let count = x.data.len().max(1);
                    x.data.rotate_left(by % count);
                }
                x.rounded()
            };
            let batched: Vec<Value> = (0..self.inputs.len())
                .map(|at| match axes[at] {
                    None => example(at, 0),
                    Some(axis) => stack(&(0..size).map(|n| example(at, n)).collect::<Vec<_>>(), axis as usize),
                })
                .collect();
            let out_axes: Vec<u32> = self
                .graph
                .outputs()
                .iter()
                .map(|id| if first == 2 { self.graph.aval(*id).shape.rank() as u32 } else { 0 })
                .collect();
            let graph = vmap(&self.graph, &axes, &out_axes, &Dim::from(size))
                .unwrap_or_else(|bad| panic!("{bad}\n{}", self.graph));
            legal(&graph);
            let got = eval(&graph, &batched, &[], &[]).unwrap_or_else(|bad| panic!("{bad}\n{graph}"));
            let each: Vec<Vec<Value>> = (0..size)
                .map(|n| {
                    let inputs: Vec<Value> = (0..self.inputs.len()).map(|at| example(at, n)).collect();
                    eval(&self.graph, &inputs, &[], &[]).expect("a value")
                })
                .collect();
            for (at, axis) in out_axes.iter().enumerate() {
                let want = stack(&each.iter().map(|values| values[at].clone()).collect::<Vec<_>>(), *axis as usize);
                let near = got[at].sizes == want.sizes
                    && got[at].data.iter().zip(&want.data).all(|(a, b)| {
                        let (a, b) = (a.to_f64(), b.to_f64());
                        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-6 * b.abs().max(1e-3)
                    });
                assert!(near, "result {at}: {:?}\nwanted {want:?}\n{}became\n{graph}", got[at], self.graph);
            }
        }
    }

    fn all(&self) {
        self.derivatives();
        self.second_derivatives();
        self.batches();
    }
}

/// Examples as one array, along a new axis.
fn stack(examples: &[Value], axis: usize) -> Value {
    let mut sizes = examples[0].sizes.clone();
    sizes.insert(axis, examples.len());
    let inner: usize = examples[0].sizes[axis..].iter().product();
    let outer: usize = examples[0].sizes[..axis].iter().product();
    let parts = (0..outer).flat_map(|o| examples.iter().flat_map(move |x| x.data[o * inner..(o + 1) * inner].to_vec()));
    Value::new(&sizes, examples[0].dtype, parts.collect())
}

/// A listing with waves for its float inputs and these values for the others, in order.
fn case_with(listing: &str, scale: f64, offset: f64, indices: &[&[i32]]) -> Case {
    let graph = parse(listing).unwrap_or_else(|error| panic!("{error:?}\n{listing}"));
    let mut indices = indices.iter();
    let inputs = graph.inputs().into_iter().enumerate().map(|(at, aval)| {
        let aval = aval.expect("every input is read");
        if aval.dtype.is_float() {
            let mut x = wave(&sizes_of(aval), at, scale, offset);
            x.dtype = aval.dtype;
            return x;
        }
        let data: Vec<f64> = indices.next().expect("values for integers").iter().map(|i| f64::from(*i)).collect();
        Reals { sizes: sizes_of(aval), dtype: aval.dtype, data }
    });
    Case { inputs: inputs.collect(), graph }
}

fn case(listing: &str) -> Case {
    case_with(listing, 1.3, 0.0, &[])
}

#[test]
fn every_row() {
    let mut checked = BTreeSet::new();
    for op in Op::ALL.iter().filter(|op| op.accepts(DType::Float32)) {
        let row = op.row();
        // Inside the domain, away from kinks.
        let (scale, offset) = match op {
            Op::Acosh => (0.5, 2.5),
            Op::Log | Op::Log2 | Op::Log10 | Op::Sqrt | Op::Rsqrt | Op::Pow => (0.4, 1.2),
            Op::Asin | Op::Acos | Op::Atanh | Op::Erfinv | Op::Log1p => (0.6, 0.1),
            _ => (1.3, 0.05),
        };
        let first = usize::from(row.signature == Signature::Choose);
        let mut listing = String::new();
        if first == 1 {
            listing += "%0: bool[5] = input 0\n";
        }
        for at in first..row.arity {
            listing += &format!("%{at}: float32[5] = input {at}\n");
        }
        let operands: Vec<String> = (0..row.arity).map(|at| format!("%{at}")).collect();
        let result = op.result_dtype(DType::Float32);
        listing += &format!("%9: {result}[5] = {} {}\n", row.name, operands.join(" "));
        // Something to differentiate is left where the result is not.
        listing += &format!("%10: float32[5] = astype %9\n%11: float32[5] = mul %10 %{}\nreturn %11\n", row.arity - 1);
        let case = case_with(&listing, scale, offset, &[&[1, 0, 1, 1, 0]]);
        case.derivatives();
        case.batches();
        if !matches!(op, Op::Mod | Op::FloorDivide) {
            case.second_derivatives();
        }
        checked.insert(row.name);
    }
    assert!(checked.len() > 45, "{checked:?}");
}

#[test]
fn reductions() {
    for op in ["sum", "prod", "max", "min"] {
        for axes in ["[]", "[0]", "[1]", "[0,2]", "[0,1,2]"] {
            case(&format!("%0: float32[2,3,2] = input 0\n%1 = {op} %0 axes={axes}\n%2 = sin %1\nreturn %2\n")).all();
        }
    }
    case("%0: float32[3,4] = input 0\n%1 = argmax %0 axes=[1]\n%2: float32[3] = max %0 axes=[1]\nreturn %1 %2\n")
        .derivatives();
}

#[test]
fn products_with_zeros_are_exact() {
    let listing = "%0: float32[2,2,2] = input 0\n%1 = prod %0 axes=[0,2]\nreturn %1\n";
    for zeros in [&[0][..], &[0, 3], &[1, 4, 5], &[2, 3, 6, 7]] {
        let mut case = case(listing);
        zeros.iter().for_each(|at| case.inputs[0].data[*at] = 0.0);
        case.derivatives();
        case.second_derivatives();
    }
    for reverse in ["", " reverse"] {
        let listing = format!("%0: float32[2,4] = input 0\n%1 = scan %0 op=mul axis=1{reverse}\nreturn %1\n");
        for zeros in [&[0][..], &[1, 6], &[0, 3], &[3, 4, 5]] {
            let mut case = case(&listing);
            zeros.iter().for_each(|at| case.inputs[0].data[*at] = 0.0);
            case.derivatives();
        }
    }
}

#[test]
fn ties_share_equally() {
    for op in ["max", "min"] {
        let case = case(&format!("%0: float32[4] = input 0\n%1 = {op} %0 axes=[0]\nreturn %1\n"));
        let x = Value::f32(&[4], &[2.0, 2.0, 2.0, 2.0]);
        let graph = grad(&case.graph, &[0]).expect("a scalar");
        let got = eval(&graph, &[x], &[], &[]).expect("a value");
        assert_eq!(got[1].to_f64(), [0.25; 4], "{op}");
    }
}

#[test]
fn scans() {
    for op in ["add", "mul", "max", "min", "logaddexp"] {
        for (axis, reverse) in [(0, ""), (1, ""), (1, " reverse")] {
            let listing = format!(
                "%0: float32[3,4] = input 0\n%1 = scan %0 op={op} axis={axis}{reverse}\n%2 = sin %1\nreturn %2\n"
            );
            case(&listing).all();
        }
    }
}

#[test]
fn views() {
    for (line, sizes) in [
        ("%1: float32[2,6] = reshape %0", "[3,4]"),
        ("%1: float32[4,3] = transpose %0 permutation=[1,0]", "[3,4]"),
        ("%1: float32[4,2,3] = transpose %0 permutation=[2,0,1]", "[2,3,4]"),
        ("%1: float32[2,3,4] = broadcast %0 axes=[1,2]", "[3,1]"),
        ("%1: float32[3,2] = broadcast %0 axes=[0]", "[3]"),
        ("%1: float32[2,2] = slice %0 start=[1,0] step=[1,3]", "[3,6]"),
        ("%1: float32[2,2] = slice %0 start=[1,0] step=[1,3]", "[4,4]"),
        ("%1: float32[2,3] = slice %0 start=[2,5] step=[-2,-2]", "[3,6]"),
        ("%1: float32[3,1] = slice %0 start=[0,2] step=[1,-2]", "[3,4]"),
        ("%1: float32[0,4] = slice %0 start=[0,0] step=[1,1]", "[3,4]"),
        ("%1: float32[3,4] = flip %0 axes=[1]", "[3,4]"),
        ("%1: float32[6,4] = pad %0 low=[1,0] high=[2,0] value=5", "[3,4]"),
    ] {
        case(&format!("%0: float32{sizes} = input 0\n{line}\n%2 = sin %1\nreturn %2\n")).all();
    }
}

#[test]
fn products() {
    for (left, right, axes) in [
        ("[3,4]", "[4,2]", "batch=[] contract=[1:0]"),
        ("[4,3]", "[4,2]", "batch=[] contract=[0:0]"),
        ("[3,4]", "[2,4]", "batch=[] contract=[1:1]"),
        ("[2,3,4]", "[2,4,2]", "batch=[0:0] contract=[2:1]"),
        ("[3,2,4]", "[4,3,2]", "batch=[0:1] contract=[2:0]"),
        ("[2,3,4]", "[4,3,5]", "batch=[] contract=[1:1,2:0]"),
        ("[3]", "[2]", "batch=[] contract=[]"),
        ("[3]", "[3]", "batch=[] contract=[0:0]"),
    ] {
        case(&format!(
            "%0: float32{left} = input 0\n%1: float32{right} = input 1\n%2 = dot %0 %1 {axes}\n%3 = sin %2\nreturn %3\n"
        ))
        .all();
    }
}

#[test]
fn convolutions() {
    for (input, kernel, geometry) in [
        ("[2,5,2]", "[3,3,2]", "stride=[1] padding=[0:0] kernelDilation=[1] inputDilation=[1] groups=1"),
        ("[1,6,2]", "[2,3,2]", "stride=[2] padding=[1:2] kernelDilation=[1] inputDilation=[1] groups=1"),
        ("[1,7,4]", "[2,2,2]", "stride=[3] padding=[0:1] kernelDilation=[2] inputDilation=[1] groups=2"),
        ("[1,4,1]", "[1,3,1]", "stride=[2] padding=[1:1] kernelDilation=[1] inputDilation=[2] groups=1"),
        ("[1,4,1]", "[1,2,1]", "stride=[1] padding=[3:2] kernelDilation=[1] inputDilation=[1] groups=1 flip"),
        ("[1,4,3,1]", "[2,2,2,1]", "stride=[2,1] padding=[1:0,0:1] kernelDilation=[1,2] inputDilation=[1,1] groups=1"),
    ] {
        let listing = format!(
            "%0: float32{input} = input 0\n%1: float32{kernel} = input 1\n%2 = conv %0 %1 {geometry}\n%3 = sin %2\nreturn %3\n"
        );
        let case = case(&listing);
        case.derivatives();
        case.batches();
        if case.inputs[0].data.len() < 12 {
            case.second_derivatives();
        }
    }
}

#[test]
fn gathers_and_joins() {
    for (sizes, axis) in [("[4,3]", 0), ("[2,4]", 1)] {
        let listing = format!(
            "%0: float32{sizes} = input 0\n%1: int32[2,3] = input 1\n%2 = gather %0 %1 axis={axis}\n%3 = sin %2\nreturn %3\n"
        );
        case_with(&listing, 1.3, 0.0, &[&[0, 2, -1, 2, 9, -9]]).all();
        let listing = listing.replace("int32", "uint32");
        case_with(&listing, 1.3, 0.0, &[&[0, 2, 1, 2, 3, 3]]).all();
    }
    case("%0: float32[2,3] = input 0\n%1: float32[1,3] = input 1\n%2 = concatenate %0 %1 %0 axis=0\n%3 = sin %2\nreturn %3\n").all();
}

#[test]
fn scatters() {
    for op in ["add", "set", "mul", "max", "min"] {
        for (sizes, updates, axis) in [("[3,2]", "[4,2]", 0), ("[2,3]", "[2,4]", 1)] {
            let listing = format!(
                "%0: float32{sizes} = input 0\n%1: int32[4] = input 1\n%2: float32{updates} = input 2\n\
                 %3 = scatter %0 %1 %2 axis={axis} op={op}\n%4 = sin %3\nreturn %4\n"
            );
            for indices in [[0, 2, 0, -1], [5, 1, 1, -7]] {
                let case = case_with(&listing, 1.3, 0.0, &[&indices]);
                case.derivatives();
                case.batches();
                // Of products only the gradient is exact at zeros, which waves do not have.
                case.second_derivatives();
            }
        }
    }
    // A factor of 0.
    let listing = "%0: float32[2] = input 0\n%1: int32[3] = input 1\n%2: float32[3] = input 2\n\
        %3 = scatter %0 %1 %2 axis=0 op=mul\nreturn %3\n";
    let mut case = case_with(listing, 1.3, 0.0, &[&[0, 0, 1]]);
    case.inputs[2].data[1] = 0.0;
    case.derivatives();
}

#[test]
fn loops() {
    // Carried state, what is carried unchanged, what is walked over, stacked results; and a counter without a gradient.
    let listing = "%0: float32[2] = input 0\n%1: float32[2] = input 1\n%2: float32[4,2] = input 2\n%3: int32[] = literal 0\n\
        %4 = loop %0 %1 %3 %2 length=4 carries=3 output=0 {\n\
        %0: float32[2] = input 0\n%1: float32[2] = input 1\n%2: int32[] = input 2\n%3: float32[2] = input 3\n\
        %4 = mul %0 %1\n%5 = add %4 %3\n%6 = tanh %5\n%7: int32[] = literal 1\n%8 = add %2 %7\n%9: float32[] = astype %8\n\
        %10: float32[2] = broadcast %9 axes=[]\n%11 = mul %6 %10\nreturn %6 %1 %8 %11\n}\n\
        %5 = loop %0 %1 %3 %2 length=4 carries=3 output=3 {\n\
        %0: float32[2] = input 0\n%1: float32[2] = input 1\n%2: int32[] = input 2\n%3: float32[2] = input 3\n\
        %4 = mul %0 %1\n%5 = add %4 %3\n%6 = tanh %5\n%7: int32[] = literal 1\n%8 = add %2 %7\n%9: float32[] = astype %8\n\
        %10: float32[2] = broadcast %9 axes=[]\n%11 = mul %6 %10\nreturn %6 %1 %8 %11\n}\n\
        %6 = sin %5\nreturn %4 %6\n";
    case(listing).all();
    // Two carries that change places: the second comes to depend on the first.
    let listing = "%0: float32[] = input 0\n%1: float32[] = literal 0.5\n\
        %2 = loop %0 %1 length=3 carries=2 output=1 {\n%0: float32[] = input 0\n%1: float32[] = input 1\n%2 = sin %0\nreturn %1 %2\n}\n\
        return %2\n";
    case(listing).all();
    // No rounds: the carry is the operand.
    case(&listing.replace("length=3", "length=0")).all();
    let nested = "%0: float32[3] = input 0\n%1: float32[] = input 1\n\
        %2 = loop %1 %0 length=3 carries=1 output=0 {\n%0: float32[] = input 0\n%1: float32[] = input 1\n\
        %2 = loop %0 %1 length=2 carries=2 output=0 {\n%0: float32[] = input 0\n%1: float32[] = input 1\n%2 = mul %0 %1\n%3 = sin %2\nreturn %3 %1\n}\n\
        return %2\n}\nreturn %2\n";
    case(nested).all();
}

#[test]
fn calls_and_barriers() {
    for rule in ["body", "recompute"] {
        let listing = format!(
            "%0: float32[3] = input 0\n%1: float32[3] = input 1\n%2 = call %0 %1 rule={rule} output=0 {{\n\
             %0: float32[3] = input 0\n%1: float32[3] = input 1\n%2 = mul %0 %1\n%3 = sin %2\n%4 = exp %0\nreturn %3 %4\n}}\n\
             %3 = call %0 %1 rule={rule} output=1 {{\n\
             %0: float32[3] = input 0\n%1: float32[3] = input 1\n%2 = mul %0 %1\n%3 = sin %2\n%4 = exp %0\nreturn %3 %4\n}}\n\
             %4 = mul %2 %3\n%5 = barrier %4 region=1\nreturn %5\n"
        );
        case(&listing).all();
    }
    let stopped = "%0: float32[3] = input 0\n%1 = call %0 rule=stop output=0 {\n%0: float32[3] = input 0\nreturn %0\n}\n\
        %2 = mul %0 %1\nreturn %2\n";
    let case_ = case(stopped);
    let gradient = &case_.pulled()[0];
    let want: Vec<f64> = gradient.data.iter().zip(&case_.inputs[0].data).map(|(_, x)| *x).collect();
    let cts = &case_.cotangents()[0].data;
    assert!(gradient.data.iter().zip(want.iter().zip(cts)).all(|(g, (x, c))| (g - x * c).abs() < 1e-12));
    assert!(!simplify(&case_.graph, &mut ()).to_string().contains("call"), "it vanishes");
}

#[test]
fn a_gradient_of_its_own_is_used() {
    // Rounding, whose gradient is 7 times the cotangent times the result.
    let listing = "%0: float32[3] = input 0\n%1 = call %0 rule=custom output=0 {\n%0: float32[3] = input 0\n%1 = round %0\nreturn %1\n} {\n\
        %0: float32[3] = input 0\n%1: float32[3] = input 1\n%2: float32[3] = input 2\n%3: float32[] = literal 7\n\
        %4: float32[3] = broadcast %3 axes=[]\n%5 = mul %2 %4\n%6 = mul %5 %1\nreturn %6\n}\n\
        %2 = mul %1 %1\nreturn %2\n";
    let case = case_with(listing, 3.0, 0.2, &[]);
    let (cts, x) = (case.cotangents(), &case.inputs[0].data);
    for (at, got) in case.pulled()[0].data.iter().enumerate() {
        let y = x[at].round_ties_even();
        let want = 7.0 * (2.0 * y * cts[0].data[at]) * y;
        assert!((got - want).abs() < 1e-9, "{got} {want}");
    }
    // Its printed form reads back.
    assert_eq!(parse(&case.graph.to_string()).expect("readable"), case.graph);
    case.batches();
    // A batch of gradients is the gradient of a batch; what all examples share gets the sum.
    let one = vjp(&case.graph, &[0], &[0]).expect("differentiable");
    let (each, shared) = (Some(0), None);
    for axis in [each, shared] {
        let of_gradients = vmap(&one, &[axis, each], &[0, 0], &Dim::from(2)).expect("batched");
        let batch = vmap(&case.graph, &[axis], &[0], &Dim::from(2));
        let Ok(batch) = batch else { continue };
        let gradient_of = vjp(&batch, &[0], &[0]).expect("differentiable");
        let example = case.inputs[0].rounded();
        let ct = stack(&[case.cotangents()[0].rounded(), example.clone()], 0);
        let x = if axis.is_some() { stack(&[example.clone(), ct_of(&ct)], 0) } else { example.clone() };
        let a = eval(&of_gradients, &[x.clone(), ct.clone()], &[], &[]).expect("a value").swap_remove(1);
        let b = eval(&gradient_of, &[x, ct], &[], &[]).expect("a value").swap_remove(1);
        if axis.is_some() {
            assert!(a.same(&b), "{a:?} {b:?}");
        } else {
            let sums: Vec<f64> = (0..3).map(|i| a.data[i].to_f64() + a.data[i + 3].to_f64()).collect();
            let got: Vec<f32> = b.to_f64().iter().map(|x| *x as f32).collect();
            interfuse_testing::near(&got, &sums, 1e-6);
        }
    }
}

/// The first example of two.
fn ct_of(both: &Value) -> Value {
    Value::new(&both.sizes[1..], both.dtype, both.data[..both.data.len() / 2].to_vec())
}

#[test]
fn random_bits_of_a_batch_of_keys() {
    let listing = "%0: uint32[2] = input 0\n%1: uint32[2,5] = randomBits %0\nreturn %1\n";
    case_with(listing, 1.0, 0.0, &[&[3, 1_000_000_007]]).batches();
}

#[test]
fn sorting_differentiates_through_its_positions() {
    let listing =
        "%0: float32[4] = input 0\n%1 = argsort %0 axis=0\n%2 = gather %0 %1 axis=0\n%3 = sin %2\nreturn %3\n";
    case(listing).all();
}

#[test]
fn casts_pass_gradients_between_floats() {
    case("%0: float32[3] = input 0\n%1: float16[3] = astype %0\n%2 = sin %1\n%3: float32[3] = astype %2\nreturn %3\n")
        .all();
    let listing =
        "%0: float32[3] = input 0\n%1: int32[3] = astype %0\n%2: float32[3] = astype %1\n%3 = mul %2 %0\nreturn %3\n";
    case_with(listing, 5.0, 0.3, &[]).all();
}

#[test]
fn symbolic_sizes_differentiate_as_known_ones_do() {
    let listing = "%0: float32[s0,s1] = input 0\n%1: float32[s1] = input 1\n%2: float32[s0,s1] = broadcast %1 axes=[1]\n\
        %3 = mul %0 %2\n%4 = sum %3 axes=[0]\n%5: float32[s1 - 1] = slice %4 start=[1] step=[1]\n%6 = scan %5 op=max axis=0\n\
        %7 = prod %3 axes=[0,1]\n%8: float32[s0*s1] = reshape %3\n%9: float32[] = sum %8 axes=[0]\n%10 = max %0 axes=[1]\n\
        return %6 %7 %9 %10\n";
    let symbolic = parse(listing).expect("legal");
    for (rows, columns) in [(2usize, 3usize), (4, 2), (1, 5)] {
        let known = parse(
            &listing
                .replace("s0*s1", &(rows * columns).to_string())
                .replace("s1 - 1", &(columns - 1).to_string())
                .replace("s0", &rows.to_string())
                .replace("s1", &columns.to_string()),
        )
        .expect("legal");
        let symbols = [rows as i64, columns as i64];
        let inputs: Vec<Value> =
            [wave(&[rows, columns], 1, 1.0, 0.0), wave(&[columns], 2, 1.0, 0.5)].iter().map(Reals::rounded).collect();
        let values = eval(&known, &inputs, &[], &[]).expect("a value");
        let compare = |symbolic: &Graph, known: &Graph, more: &[Value]| {
            verify(symbolic, Stage::Traced).unwrap_or_else(|broken| panic!("{broken}\n{symbolic}"));
            let inputs: Vec<Value> = inputs.iter().chain(more).cloned().collect();
            let want = eval(known, &inputs, &[], &[]).expect("a value");
            let got = eval(symbolic, &inputs, &[], &symbols).unwrap_or_else(|bad| panic!("{bad}\n{symbolic}"));
            assert!(want.iter().zip(&got).all(|(a, b)| a.same(b)), "{rows} {columns}\n{symbolic}\n{want:?}\n{got:?}");
        };
        let of = [0, 1, 2, 3];
        compare(
            &vjp(&symbolic, &[0, 1], &of).expect("differentiable"),
            &vjp(&known, &[0, 1], &of).expect("differentiable"),
            &values,
        );
        compare(
            &jvp(&symbolic, &[0, 1]).expect("differentiable"),
            &jvp(&known, &[0, 1]).expect("differentiable"),
            &inputs.clone(),
        );
    }
}

#[test]
fn symbolic_strides_and_convolutions() {
    let strided =
        "%0: float32[2*s0] = input 0\n%1: float32[s0] = slice %0 start=[2*s0 - 1] step=[-2]\n%2 = sin %1\nreturn %2\n";
    let conv = "%0: float32[s0,s1,2] = input 0\n%1: float32[3,s2,2] = input 1\n\
        %2 = conv %0 %1 stride=[2] padding=[1:0] kernelDilation=[1] inputDilation=[1] groups=1\nreturn %2\n";
    for (listing, sizes) in
        [(strided, vec![vec![1usize], vec![4]]), (conv, vec![vec![1, 5, 3], vec![2, 6, 2], vec![1, 3, 4]])]
    {
        let symbolic = parse(listing).expect("legal");
        for sizes in sizes {
            let symbols: Vec<i64> = sizes.iter().map(|size| *size as i64).collect();
            let known: Vec<Vec<usize>> = symbolic
                .inputs()
                .into_iter()
                .map(|aval| {
                    let shape = &aval.expect("read").shape;
                    let size = |dim: &Dim| {
                        dim.eval(&|atom| match atom {
                            crate::dim::Atom::Symbol(s) => symbols[s.0 as usize],
                            _ => 0,
                        }) as usize
                    };
                    shape.dims().iter().map(size).collect()
                })
                .collect();
            let inputs: Vec<Reals> = known.iter().enumerate().map(|(at, sizes)| wave(sizes, at, 1.0, 0.1)).collect();
            let wrt: Vec<u32> = (0..inputs.len() as u32).collect();
            let graph = vjp(&symbolic, &wrt, &[0]).unwrap_or_else(|bad| panic!("{bad}\n{listing}"));
            verify(&graph, Stage::Traced).unwrap_or_else(|broken| panic!("{broken}\n{graph}"));
            let values: Vec<Value> = inputs.iter().map(Reals::rounded).collect();
            let y = eval(&symbolic, &values, &[], &symbols).expect("a value").remove(0);
            let got = eval(&graph, &values.iter().cloned().chain([y.clone()]).collect::<Vec<_>>(), &[], &symbols)
                .unwrap_or_else(|bad| panic!("{bad}\n{graph}"));
            // The gradient of half the square of the results: by difference quotients of the rounding interpreter.
            for (at, x) in values.iter().enumerate() {
                for element in 0..x.data.len() {
                    let half_square = |step: f64| {
                        let mut moved = values.clone();
                        moved[at].data[element] = Scalar::from_f64(x.dtype, x.data[element].to_f64() + step);
                        let by = moved[at].data[element].to_f64() - x.data[element].to_f64();
                        let y = eval(&symbolic, &moved, &[], &symbols).expect("a value").remove(0);
                        (by, y.to_f64().iter().map(|y| y * y / 2.0).sum::<f64>())
                    };
                    let ((up, above), (down, below)) = (half_square(1e-2), half_square(-1e-2));
                    let (want, gradient) = ((above - below) / (up - down), got[1 + at].data[element].to_f64());
                    assert!((gradient - want).abs() <= 2e-3 * (1.0 + want.abs()), "{gradient} {want}\n{graph}");
                }
            }
        }
    }
}

#[test]
fn long_chains_do_not_overflow_the_stack() {
    let mut graph = Graph::new();
    let aval = Box::new(Aval::new([2], DType::Float32));
    let mut x = graph.append(Kind::Input { index: 0, aval }, &[]).expect("legal");
    for at in 0..50_000 {
        let op = if at % 2 == 0 { Op::Sin } else { Op::Neg };
        x = graph.append(Kind::Map { op }, &[x]).expect("legal");
    }
    graph.set_outputs(&[x]);
    let back = vjp(&graph, &[0], &[0]).expect("differentiable");
    assert!(back.len() < 250_000, "{}", back.len());
    assert!(jvp(&graph, &[0]).expect("differentiable").len() < 250_000);
    assert_eq!(vmap(&graph, &[Some(0)], &[0], &Dim::from(3)).expect("batched").len(), 50_001);
}

#[test]
fn mistakes_are_errors() {
    let graph = parse("%0: float32[2] = input 0\n%1: int32[2] = input 1\n%2 = argmax %0 axes=[0]\n%3: float32[2] = astype %1\n%4 = add %0 %3\nreturn %4 %2\n").expect("legal");
    let told = |made: Result<Graph, Misuse>| made.expect_err("a mistake").message;
    assert_eq!(told(vjp(&graph, &[1], &[0])), "vjp: input 1 is int32[2], which has no gradient");
    assert_eq!(told(vjp(&graph, &[5], &[0])), "vjp: there is no input 5");
    assert_eq!(told(vjp(&graph, &[0], &[1])), "vjp: result 1 is uint32[], which has no gradient");
    assert_eq!(told(vjp(&graph, &[0], &[9])), "vjp: there is no result 9");
    assert_eq!(told(jvp(&graph, &[1])), "jvp: input 1 is int32[2], which has no gradient");
    assert_eq!(told(grad(&graph, &[0])), "grad: the result is float32[2], not a scalar of floats");
    assert_eq!(told(vmap(&graph, &[None], &[0, 0], &Dim::from(2))), "vmap: 1 and 2 axes for 2 inputs and 2 results");
    assert_eq!(
        told(vmap(&graph, &[Some(2), None], &[0, 0], &Dim::from(2))),
        "vmap: axis 2 is out of range for float32[2] in a batch"
    );
    assert_eq!(
        told(vmap(&graph, &[Some(0), None], &[3, 0], &Dim::from(2))),
        "vmap: axis 3 is out of range for a batch of results, float32[2,2]"
    );
}
