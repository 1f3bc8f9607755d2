//! Every row of the table against what the compiler does with such a node.

use super::*;
use crate::graph::NodeId;
use crate::kernel::Class;
use crate::target::{AdapterClass, Target};
use crate::text::parse;
use crate::{Request, compile, jvp, vjp};
use smallvec::smallvec;

/// A kind and operands that it takes.
type Sample = (Kind, Vec<Aval>);

/// A sample per row. A kind without one does not compile: the patterns are a match without a wildcard.
macro_rules! samples {
    ($($pattern:pat => ($kind:expr, $operands:expr),)*) => {
        fn samples() -> Vec<Sample> {
            fn has_sample(kind: &Kind) -> bool {
                match kind { $($pattern => true,)* }
            }
            let all: Vec<Sample> = vec![$({
                let kind: Kind = $kind;
                assert!(matches!(kind, $pattern), "{} is the sample of another kind", kind.name());
                (kind, $operands.to_vec())
            },)*];
            assert!(all.iter().all(|(kind, _)| has_sample(kind)));
            all
        }
    };
}

samples! {
    Kind::Input { .. } => (Kind::Input { index: 0, aval: Box::new(floats([2, 3])) }, []),
    Kind::Constant { .. } => (Kind::Constant { index: 0, aval: Box::new(floats([2, 3])) }, []),
    Kind::Literal { .. } => (Kind::Literal { value: Scalar::f32(2.5) }, []),
    Kind::Iota { .. } => (Kind::Iota { shape: Shape::of(&[2, 3]), axis: 1, dtype: DType::Float32 }, []),
    Kind::Size { .. } => (Kind::Size { dim: Dim::from(7), dtype: DType::Float32 }, []),
    Kind::Map { .. } => (Kind::Map { op: Op::Mul }, [floats([2, 3]), floats([2, 3])]),
    Kind::Cast { .. } => (Kind::Cast { to: DType::Float16 }, [floats([2, 3])]),
    Kind::Reduce { .. } => (Kind::Reduce { op: ReduceOp::Sum, axes: smallvec![1] }, [floats([2, 3])]),
    Kind::Scan { .. } => (Kind::Scan { op: CombineOp::Add, axis: 1, reverse: false }, [floats([2, 3])]),
    Kind::View(View::Reshape { .. }) => (view(View::Reshape { shape: Shape::of(&[6]) }), [floats([2, 3])]),
    Kind::View(View::Transpose { .. }) => (view(View::Transpose { permutation: smallvec![1, 0] }), [floats([2, 3])]),
    Kind::View(View::Broadcast { .. }) =>
        (view(View::Broadcast { shape: Shape::of(&[4, 3]), axes: smallvec![1] }), [floats([3])]),
    Kind::View(View::Slice { .. }) =>
        (view(View::Slice { start: smallvec![Dim::ONE], step: smallvec![2], shape: Shape::of(&[3]) }), [floats([6])]),
    Kind::View(View::Flip { .. }) => (view(View::Flip { axes: smallvec![1] }), [floats([2, 3])]),
    Kind::View(View::Pad { .. }) => (
        view(View::Pad { low: smallvec![Dim::ONE], high: smallvec![Dim::ZERO], value: Scalar::f32(0.0) }),
        [floats([3])]
    ),
    Kind::Dot { .. } => (
        Kind::Dot { axes: DotAxes { batch: smallvec![], contract: smallvec![(1, 0)] } },
        [floats([2, 3]), floats([3, 4])]
    ),
    Kind::Conv { .. } => (Kind::Conv { geometry: Box::new(window()) }, [floats([1, 5, 2]), floats([4, 3, 2])]),
    Kind::Gather { .. } => (Kind::Gather { axis: 0 }, [floats([4, 3]), places([2])]),
    Kind::Scatter { .. } =>
        (Kind::Scatter { axis: 0, op: CombineOp::Add }, [floats([4, 3]), places([2]), floats([2, 3])]),
    Kind::Concatenate { .. } => (Kind::Concatenate { axis: 0 }, [floats([2, 3]), floats([4, 3])]),
    Kind::ArgSort { .. } => (Kind::ArgSort { axis: 1 }, [floats([2, 3])]),
    Kind::SortKey => (Kind::SortKey, [floats([2, 3])]),
    Kind::Permute => (Kind::Permute, [floats([6]), places([6])]),
    Kind::RandomBits { .. } => (Kind::RandomBits { shape: Shape::of(&[2, 3]) }, [places([2])]),
    Kind::Call { .. } => (Kind::Call { body: body(), rule: Derivative::Body, output: 0 }, [floats([2, 3])]),
    Kind::Loop { .. } => (Kind::Loop { body: body(), length: Dim::from(4), carries: 1, output: 0 }, [floats([2, 3])]),
    Kind::Barrier { .. } => (Kind::Barrier { region: 1 }, [floats([2, 3])]),
}

fn floats(sizes: impl Into<Shape>) -> Aval {
    Aval::new(sizes, DType::Float32)
}

fn places(sizes: impl Into<Shape>) -> Aval {
    Aval::new(sizes, DType::UInt32)
}

fn view(view: View) -> Kind {
    Kind::View(view)
}

fn window() -> ConvGeometry {
    ConvGeometry {
        stride: smallvec![1],
        padding: smallvec![(1, 1)],
        kernel_dilation: smallvec![1],
        input_dilation: smallvec![1],
        groups: 1,
        flip: false,
    }
}

fn body() -> Arc<Graph> {
    let listing = "%0: float32[2,3] = input 0\n%1: float32[2,3] = sin %0\nreturn %1\n";
    Arc::new(parse(listing).expect("a legal body"))
}

/// The node alone, on inputs.
fn graph((kind, operands): &Sample) -> Graph {
    let mut graph = Graph::new();
    let inputs: Vec<NodeId> = (operands.iter().enumerate())
        .map(|(at, aval)| Kind::Input { index: at as u32, aval: Box::new(aval.clone()) })
        .map(|input| graph.add(input, &[]).expect("an input"))
        .collect();
    let node = graph.add(kind.clone(), &inputs).unwrap_or_else(|misuse| panic!("{misuse}"));
    graph.set_outputs(&[node]);
    graph
}

/// Does a result depend on an input?
fn depends(graph: &Graph, output: NodeId, input: u32) -> bool {
    let mut reached = vec![false; graph.len()];
    for (id, node) in graph.nodes() {
        let is_input = matches!(node.kind, Kind::Input { index, .. } if index == input);
        reached[id.index()] = is_input || node.operands.iter().any(|x| reached[x.index()]);
    }
    reached[output.index()]
}

#[test]
fn kinds_take_as_many_operands_as_their_rows_say() {
    for (kind, operands) in samples() {
        let name = kind.name();
        let Arity { least, most } = kind.facts().arity;
        let with = |count: usize| {
            let avals: Vec<Aval> = operands.iter().cycle().take(count).cloned().collect();
            kind.infer(&avals.iter().collect::<Vec<_>>())
        };
        assert!((least..=most).contains(&operands.len()), "{name}");
        with(operands.len()).unwrap_or_else(|misuse| panic!("{name}: {misuse}"));
        let refused = |count: usize| with(count).err().is_some_and(|misuse| misuse.kind == MisuseKind::Argument);
        if operands.is_empty() {
            let misuse = kind.infer(&[&floats([1])]).expect_err("one operand is too many");
            assert_eq!(misuse.kind, MisuseKind::Argument, "{name}");
        } else if most < usize::MAX {
            assert!(refused(least - 1) && refused(most + 1), "{name}");
        }
    }
}

#[test]
fn elementwise_kinds_keep_the_shape() {
    for sample in samples().iter().filter(|(kind, _)| kind.lowering() == Lowering::Elementwise) {
        let (kind, operands) = sample;
        let graph = graph(sample);
        let shape = &graph.aval(graph.outputs()[0]).shape;
        assert!(operands.iter().all(|operand| operand.shape == *shape), "{}", kind.name());
    }
}

#[test]
fn derivatives_go_through_the_kinds_whose_rows_say_so() {
    for sample in samples() {
        let (kind, operands) = &sample;
        let graph = graph(&sample);
        let count = operands.len() as u32;
        let of: Vec<u32> = (0..count).filter(|at| operands[*at as usize].dtype.is_float()).collect();
        let pulls = || {
            let pulled = vjp::vjp(&graph, &of, &[0]).unwrap_or_else(|misuse| panic!("{misuse}"));
            pulled.outputs()[1..].iter().all(|share| depends(&pulled, *share, count))
        };
        let pushes = || {
            let pushed = jvp::jvp(&graph, &of).unwrap_or_else(|misuse| panic!("{misuse}"));
            (0..of.len() as u32).all(|at| depends(&pushed, pushed.outputs()[1], count + at))
        };
        // Floats that depend on floats have derivatives, unless the kind is made after they are taken.
        let is_float = graph.aval(graph.outputs()[0]).dtype.is_float() && !of.is_empty();
        let expected = is_float && kind.lowering() != Lowering::Permutation;
        let seen = [is_float && pulls(), is_float && pushes(), kind.facts().differentiable];
        assert_eq!(seen, [expected; 3], "{}: [vjp, jvp, row]", kind.name());
    }
}

#[test]
fn kinds_become_the_kernels_that_their_rows_say() {
    for sample in samples() {
        let (kind, lowering, graph) = (&sample.0, sample.0.lowering(), graph(&sample));
        // Only GPUs have permutations.
        let on_cpu = (lowering != Lowering::Permutation).then(Target::cpu);
        for mut target in on_cpu.into_iter().chain([Target::base_gpu()]) {
            target.features.float16 = true;
            let is_cpu = target.class == AdapterClass::Cpu;
            let compiled = compile(&Request::new(&graph, &target), &mut ()).unwrap_or_else(|misuse| panic!("{misuse}"));
            let plan = &compiled.plan;
            let classes: Vec<Class> = plan.steps.iter().map(|step| step.kernel.class).collect();
            let stays = compiled.graph.nodes().any(|(_, node)| node.kind.name() == kind.name());
            let agrees = match lowering {
                Lowering::Bound => classes.is_empty(),
                // A view of a whole buffer is no kernel.
                Lowering::View | Lowering::Barrier => classes.iter().all(|class| *class == Class::Map),
                Lowering::Free | Lowering::Elementwise | Lowering::Keyed => classes == [Class::Map],
                Lowering::LookUp => classes == [Class::Index],
                Lowering::Row => classes == [Class::Row],
                Lowering::Contraction => classes == [Class::Contract],
                Lowering::Permutation => classes == [Class::Map] && plan.steps[0].kernel.phases[0].stores.len() == 1,
                Lowering::Serial => classes.contains(&Class::Serial) == is_cpu,
                Lowering::Rewritten => !stays && !classes.is_empty(),
                Lowering::Steps => plan.loops.len() == 1,
                Lowering::Inlined => !stays && classes == [Class::Map],
            };
            assert!(agrees, "{} is {lowering:?}, but became {classes:?} on {:?}", kind.name(), target.class);
        }
    }
}

#[test]
fn only_what_kernels_compute_anywhere_has_a_cost_per_element() {
    for (kind, _) in samples() {
        let facts = kind.facts();
        assert!(facts.lowering.is_pointwise() || facts.ops == 0, "{}: contractions count their own", facts.name);
    }
}

#[test]
fn names_differ() {
    let mut names: Vec<&str> = samples().iter().map(|(kind, _)| kind.name()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
