//! Which programs become how many kernels. Values are checked elsewhere, by running them.

use super::*;
use crate::dim::{Atom, Dim, Symbol};
use crate::dtype::{DType, Scalar};
use crate::graph::Graph;
use crate::kernel::{Class, Inst, Kernel, Over};
use crate::kind::{DotAxes, Kind, Lowering, ReduceOp, View};
use crate::ops::Op;
use crate::plan::{self, buffer_node};
use crate::shape::{Aval, Shape};
use crate::sharing::Blocks;
use crate::target::Target;
use crate::text::parse;
use smallvec::smallvec;
use std::borrow::Cow;

/// What fusion gives, without the graph.
pub(super) struct Kernels {
    pub kernels: Vec<Kernel>,
    cuts: Vec<Cut>,
}

/// Writes graphs in few words; broadcasts like NumPy.
#[derive(Default)]
pub(super) struct Write {
    pub graph: Graph,
    inputs: u32,
}

impl Write {
    pub fn input(&mut self, sizes: &[usize]) -> NodeId {
        self.inputs += 1;
        let aval = Box::new(Aval::new(Shape::of(sizes), DType::Float32));
        self.graph.add(Kind::Input { index: self.inputs - 1, aval }, &[]).expect("an input")
    }

    pub fn number(&mut self, value: f32) -> NodeId {
        self.graph.add(Kind::Literal { value: Scalar::f32(value) }, &[]).expect("a literal")
    }

    pub fn to(&mut self, x: NodeId, shape: &Shape) -> NodeId {
        let from = self.graph.aval(x).shape.clone();
        if from == *shape {
            return x;
        }
        let first = shape.rank() - from.rank();
        let axes = (first as u32..shape.rank() as u32).collect();
        self.graph.add(Kind::View(View::Broadcast { shape: shape.clone(), axes }), &[x]).expect("broadcasts")
    }

    pub fn map(&mut self, op: Op, args: &[NodeId]) -> NodeId {
        let shape = args.iter().fold(Shape::scalar(), |shape, a| {
            crate::shape::broadcast(&shape, &self.graph.aval(*a).shape).expect("broadcasts")
        });
        let args: Vec<NodeId> = args.iter().map(|a| self.to(*a, &shape)).collect();
        self.graph.add(Kind::Map { op }, &args).expect("a map")
    }

    pub fn reduce(&mut self, op: ReduceOp, x: NodeId, axis: u32) -> NodeId {
        self.graph.add(Kind::Reduce { op, axes: smallvec![axis] }, &[x]).expect("a reduction")
    }

    /// With the reduced axis kept as 1.
    pub fn keep(&mut self, op: ReduceOp, x: NodeId, axis: u32) -> NodeId {
        let reduced = self.reduce(op, x, axis);
        let mut shape = self.graph.aval(x).shape.clone();
        shape.0[axis as usize] = Dim::ONE;
        self.graph.add(Kind::View(View::Reshape { shape }), &[reduced]).expect("same size")
    }

    pub fn transpose(&mut self, x: NodeId) -> NodeId {
        self.graph.add(Kind::View(View::Transpose { permutation: smallvec![1, 0] }), &[x]).expect("two axes")
    }

    pub fn matmul(&mut self, a: NodeId, b: NodeId) -> NodeId {
        let axes = DotAxes { batch: smallvec![], contract: smallvec![(1, 0)] };
        self.graph.add(Kind::Dot { axes }, &[a, b]).expect("fits")
    }

    pub fn softmax(&mut self, x: NodeId, axis: u32) -> NodeId {
        let max = self.keep(ReduceOp::Max, x, axis);
        let shifted = self.map(Op::Sub, &[x, max]);
        let e = self.map(Op::Exp, &[shifted]);
        let sum = self.keep(ReduceOp::Sum, e, axis);
        self.map(Op::Div, &[e, sum])
    }

    pub fn mean(&mut self, x: NodeId, axis: u32) -> NodeId {
        let count = self.graph.aval(x).shape.0[axis as usize].as_const().expect("known") as f32;
        let sum = self.keep(ReduceOp::Sum, x, axis);
        let count = self.number(count);
        self.map(Op::Div, &[sum, count])
    }

    pub fn layer_norm(&mut self, x: NodeId, axis: u32) -> NodeId {
        let mean = self.mean(x, axis);
        let centred = self.map(Op::Sub, &[x, mean]);
        let square = self.map(Op::Square, &[centred]);
        let variance = self.mean(square, axis);
        let eps = self.number(1e-5);
        let shifted = self.map(Op::Add, &[variance, eps]);
        let scale = self.map(Op::Rsqrt, &[shifted]);
        self.map(Op::Mul, &[centred, scale])
    }

    pub fn gelu(&mut self, x: NodeId) -> NodeId {
        let root = self.number(std::f32::consts::SQRT_2);
        let scaled = self.map(Op::Div, &[x, root]);
        let erf = self.map(Op::Erf, &[scaled]);
        let one = self.number(1.0);
        let shifted = self.map(Op::Add, &[erf, one]);
        let product = self.map(Op::Mul, &[x, shifted]);
        let two = self.number(2.0);
        self.map(Op::Div, &[product, two])
    }

    /// Kernels of the outputs on a GPU with the base limits.
    pub fn kernels(mut self, outputs: &[NodeId]) -> Kernels {
        self.graph.set_outputs(outputs);
        let target = Target::base_gpu();
        let Split { graph, materialised: mut kept, units, .. } = split(Cow::Borrowed(&self.graph), &target);
        kept.extend(graph.outputs().iter().map(|id| buffer_node(&graph, *id)));
        let materialised: Vec<NodeId> =
            kept.into_iter().filter(|id| graph.node(*id).kind.lowering() != Lowering::Bound).collect();
        let fused = fuse(&graph, &target, (&materialised, &units), &Blocks::default());
        plan::plan(&graph, fused.clone(), self.inputs, 0);
        let kernels: Vec<Kernel> = fused.kernels.into_iter().map(|fused| fused.kernel).collect();
        for kernel in &kernels {
            assert!(kernel.bindings.len() <= 8, "{kernel}");
        }
        Kernels { kernels, cuts: fused.cuts }
    }

    fn classes(self, outputs: &[NodeId]) -> Vec<Class> {
        self.kernels(outputs).kernels.iter().map(|k| k.class).collect()
    }
}

#[test]
fn elementwise_and_views_are_one_kernel_with_one_axis() {
    let mut w = Write::default();
    let x = w.input(&[32, 64]);
    let y = w.gelu(x);
    let fused = w.kernels(&[y]);
    let want = interfuse_testing::expect![[r#"
        map kernel map_div_erf_add_mul_div
          i0: grid < 2048
          b0: read float32[2048]
          b1: write float32[2048]
          u0: size 2048
          u1: float32 1.4142135
          over grid
            v0: float32 = b0[i0]
            v1: float32 = uniform u1
            v2: float32 = div v0 v1
            v3: float32 = erf v2
            v4: float32 = literal 1.0
            v5: float32 = add v3 v4
            v6: float32 = mul v0 v5
            v7: float32 = literal 2.0
            v8: float32 = div v6 v7
            b1[i0] = v8
    "#]];
    interfuse_testing::snapshot(&want, &fused.kernels[0].to_string());
    assert!(fused.cuts.is_empty());
}

#[test]
fn one_value_with_two_users_is_read_once() {
    let mut w = Write::default();
    let x = w.input(&[16]);
    let y = w.map(Op::Exp, &[x]);
    let (two, three) = (w.number(2.0), w.number(3.0));
    let outputs = [w.map(Op::Mul, &[y, two]), w.map(Op::Mul, &[y, three])];
    let fused = w.kernels(&outputs);
    assert_eq!(fused.kernels.len(), 1);
    assert_eq!(fused.kernels[0].bindings.len(), 3);
}

#[test]
fn rows_are_one_kernel_along_either_axis() {
    for axis in [0, 1] {
        let mut w = Write::default();
        let x = w.input(&[1024, 1024]);
        let y = w.softmax(x, axis);
        assert_eq!(w.classes(&[y]), [Class::Row], "softmax over {axis}");

        let mut w = Write::default();
        let x = w.input(&[1024, 1024]);
        let y = w.layer_norm(x, axis);
        assert_eq!(w.classes(&[y]), [Class::Row], "layer norm over {axis}");

        let mut w = Write::default();
        let x = w.input(&[1024, 1024]);
        let mean = w.mean(x, axis);
        let centred = w.map(Op::Sub, &[x, mean]);
        let square = w.map(Op::Square, &[centred]);
        let y = w.mean(square, axis);
        assert_eq!(w.classes(&[y]), [Class::Row], "variance over {axis}");

        let mut w = Write::default();
        let x = w.input(&[1024, 1024]);
        let e = w.map(Op::Exp, &[x]);
        let y = w.reduce(ReduceOp::ArgMax, e, axis);
        assert_eq!(w.classes(&[y]), [Class::Row], "argmax of exp over {axis}");
    }
}

#[test]
fn softmax_has_three_passes() {
    let mut w = Write::default();
    let x = w.input(&[4, 5]);
    let y = w.softmax(x, 1);
    let want = interfuse_testing::expect![[r#"
        row kernel row_max_sub_exp_sum_div
          i0: grid < 4
          i1: row < 5
          b0: read float32[20]
          b1: write float32[20]
          u0: size 4
          over rows
            v0: float32 = b0[5*i0 + i1]
            v1: float32 = max v0
          over rows
            v2: float32 = b0[5*i0 + i1]
            v3: float32 = sub v2 v1
            v4: float32 = exp v3
            v5: float32 = sum v4
          over rows
            v6: float32 = b0[5*i0 + i1]
            v7: float32 = sub v6 v1
            v8: float32 = exp v7
            v9: float32 = div v8 v5
            b1[5*i0 + i1] = v9
          repeats v2=v0 v6=v0 v7=v3 v8=v4
    "#]];
    interfuse_testing::snapshot(&want, &w.kernels(&[y]).kernels[0].to_string());
}

#[test]
fn a_residual_is_a_second_output_of_the_norm() {
    let mut w = Write::default();
    let (x, r) = (w.input(&[64, 128]), w.input(&[64, 128]));
    let h = w.map(Op::Add, &[x, r]);
    let y = w.layer_norm(h, 1);
    assert_eq!(w.classes(&[y, h]), [Class::Row]);
}

#[test]
fn a_product_takes_its_epilogue_and_attention_is_three_kernels() {
    let mut w = Write::default();
    let (x, weights, bias) = (w.input(&[64, 32]), w.input(&[32, 48]), w.input(&[48]));
    let product = w.matmul(x, weights);
    let sum = w.map(Op::Add, &[product, bias]);
    let y = w.gelu(sum);
    assert_eq!(w.classes(&[y]), [Class::Contract]);

    let mut w = Write::default();
    let (q, k, v) = (w.input(&[64, 16]), w.input(&[64, 16]), w.input(&[64, 16]));
    let keys = w.transpose(k);
    let scores = w.matmul(q, keys);
    let scale = w.number(4.0);
    let scaled = w.map(Op::Div, &[scores, scale]);
    let weights = w.softmax(scaled, 1);
    let y = w.matmul(weights, v);
    assert_eq!(w.classes(&[y]), [Class::Contract, Class::Row, Class::Contract]);
}

#[test]
fn full_reductions_use_the_device_in_two_steps() {
    for op in [ReduceOp::Sum, ReduceOp::Max, ReduceOp::ArgMax] {
        let mut w = Write::default();
        let x = w.input(&[1 << 24]);
        let y = w.reduce(op, x, 0);
        let kernels = w.kernels(&[y]).kernels;
        assert_eq!(kernels.len(), 2, "{op:?}");
        assert!(kernels[0].grid_points().as_const() >= Some(256), "{}", kernels[0]);
    }
    let mut w = Write::default();
    let x = w.input(&[1000]);
    let sum = w.reduce(ReduceOp::Sum, x, 0);
    let twice = w.map(Op::Add, &[sum, sum]);
    assert_eq!(w.classes(&[twice]), [Class::Row]);
}

#[test]
fn long_chains_split_at_the_cap() {
    let mut w = Write::default();
    let mut x = w.input(&[8]);
    for _ in 0..10_000 {
        x = w.map(Op::Sin, &[x]);
    }
    let fused = w.kernels(&[x]);
    assert!((39..=45).contains(&fused.kernels.len()), "{}", fused.kernels.len());
    assert!(fused.cuts.iter().all(|cut| cut.code == CutCode::Size));
}

#[test]
fn bindings_stay_within_the_limit() {
    let mut w = Write::default();
    let inputs: Vec<NodeId> = (0..64).map(|_| w.input(&[100])).collect();
    let mut level = inputs;
    while level.len() > 1 {
        level = level.chunks(2).map(|c| if c.len() == 2 { w.map(Op::Add, c) } else { c[0] }).collect();
    }
    // 7 inputs and 1 output each: 64 inputs need at least ceil(63 / 6) = 11 kernels.
    let fused = w.kernels(&level);
    assert!((11..=16).contains(&fused.kernels.len()), "{}", fused.kernels.len());
    assert!(fused.cuts.iter().all(|cut| cut.code == CutCode::Bindings));
}

#[test]
fn independent_maps_of_different_sizes_stand_side_by_side() {
    let updates = |sizes: &[usize]| {
        let mut w = Write::default();
        let rate = w.input(&[]);
        let outputs: Vec<NodeId> = sizes
            .iter()
            .map(|size| {
                let (p, g) = (w.input(&[*size]), w.input(&[*size]));
                let moved = w.map(Op::Mul, &[rate, g]);
                w.map(Op::Sub, &[p, moved])
            })
            .collect();
        w.kernels(&outputs).kernels
    };
    // The rate and three buffers each: two fit in eight.
    let kernels = updates(&[7, 12]);
    assert_eq!((kernels.len(), kernels[0].parts.len(), kernels[0].bindings.len()), (1, 2, 7));
    assert!(kernels[0].grid_points().is(19), "{}", kernels[0]);
    // What a part reads is what the map alone would.
    let part = kernels[0].part(1);
    assert_eq!((part.axes.len(), part.values.len(), part.phases.len()), (1, 5, 1), "{part}");
    assert!(part.grid_points().is(12) && part.phases[0].body == (0..5), "{part}");
    assert_eq!(updates(&[7, 12, 20, 33]).iter().map(|kernel| kernel.parts.len()).collect::<Vec<_>>(), [2, 2]);
    // A large value that others wait for stays a kernel of its own: what it is made of is not to wait as well.
    let mut w = Write::default();
    let (x, y) = (w.input(&[64, 80]), w.input(&[60, 64]));
    let (a, b) = (w.map(Op::Exp, &[x]), w.map(Op::Exp, &[y]));
    let (a, b) = (w.map(Op::Mul, &[a, a]), w.map(Op::Mul, &[b, b]));
    let product = w.matmul(b, a);
    let kernels = w.kernels(&[product]).kernels;
    assert!(kernels.len() == 3 && kernels.iter().all(|kernel| kernel.parts.is_empty()), "{}", kernels.len());
}

#[test]
fn symbolic_sizes_become_members_of_the_uniform_block() {
    let mut w = Write::default();
    let n = Dim::symbol(Symbol(0));
    let shape: Shape = [n.clone(), Dim::Const(4)].into_iter().collect();
    let x =
        w.graph.add(Kind::Input { index: 0, aval: Box::new(Aval::new(shape, DType::Float32)) }, &[]).expect("an input");
    let y = w.softmax(x, 0);
    let fused = w.kernels(&[y]);
    assert_eq!(fused.kernels.len(), 1);
    assert!(fused.kernels[0].size_member(&n).is_some(), "{}", fused.kernels[0]);
}

/// The kernels of a listing, with the symbol 0 of that size.
fn kernels_of(listing: &str, target: &Target) -> Vec<Kernel> {
    let graph = parse(listing).expect("a legal listing");
    let materialised: Vec<NodeId> = graph.outputs().iter().map(|id| buffer_node(&graph, *id)).collect();
    fuse(&graph, target, (&materialised, &Units::default()), &Blocks::default())
        .kernels
        .into_iter()
        .map(|fused| fused.kernel)
        .collect()
}

#[test]
fn what_stands_below_a_part_that_may_be_empty_is_read_in_range() {
    // At a size of 1 there is nothing of x[1:], and the x below it has no element 1.
    for (below, above) in [
        ("slice %0 start=[1] step=[1]", "concatenate %2 %0 axis=0"),
        ("slice %0 start=[1] step=[1]", "pad %2 low=[1] high=[s0 - 1] value=0"),
    ] {
        let listing = format!(
            "%0: float32[s0] = input 0\n%1: float32[s0 - 1] = {below}\n%2: float32[s0 - 1] = exp %1\n\
             %3: float32[2*s0 - 1] = {above}\nreturn %3\n"
        );
        let kernels = kernels_of(&listing, &Target::cpu());
        let [kernel] = kernels.as_slice() else { panic!("{listing}") };
        for size in 1..4 {
            for at in 0..2 * size - 1 {
                let of = |atom: &Atom| if matches!(atom, Atom::Symbol(_)) { size } else { at };
                for value in &kernel.values {
                    if let Inst::Load { index, .. } = &value.inst {
                        assert!((0..size).contains(&index.eval(&of)), "{index} at {at} of {size}: {kernel}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_row_that_may_be_empty_stores_only_its_own_elements() {
    // The sum runs over none of the one element of %1, which is a result and must be materialised all the same.
    for (size, cut) in [("1", "0"), ("3", "0"), ("1", "s0"), ("1", "min(s0, 1)")] {
        let listing = format!(
            "%0: float32[{size}] = input 0\n%1: float32[{size}] = exp %0\n%2: float32[{cut}] = slice %1 start=[1] step=[1]\n\
             %3: float32[] = sum %2 axes=[0]\nreturn %1 %3\n"
        );
        let kernels = kernels_of(&listing, &Target::cpu());
        let materialised = kernels.iter().flat_map(|kernel| {
            let phases = kernel.phases.iter().filter(|phase| phase.over == Over::Rows);
            phases.flat_map(|phase| &phase.stores)
        });
        assert_eq!(materialised.count(), 0, "{listing}{}", kernels[0]);
    }
}

#[test]
fn kernels_that_do_the_same_are_equal_wherever_they_come_from() {
    let unrelated = "%0: float32[8] = input 0\n%1: float32[8] = exp %0\n%2: float32[4,2] = reshape %1\n%3: float32[2] = sum %2 axes=[0]\n";
    let kernel = |listing: &str, first: u32| {
        let graph = parse(listing).expect("a legal listing");
        let fused = fuse(&graph, &Target::base_gpu(), (graph.outputs(), &Units::default()), &Blocks::default()).kernels;
        let alike =
            fused.into_iter().find(|one| one.map.nodes.contains(&NodeId(first))).expect("it computes something");
        (alike, Target::base_gpu())
    };
    // The same product, alone and behind others: the scale is another, and so are all nodes.
    let (alone, target) = kernel(
        "%0: float32[3,5] = input 0\n%1: float32[] = literal 0.3\n%2: float32[3,5] = broadcast %1 axes=[]\n\
         %3: float32[3,5] = mul %0 %2\n%4: float32[3,5] = erf %3\nreturn %4\n",
        3,
    );
    let (behind, _) = kernel(
        &format!(
            "{unrelated}%4: float32[3,5] = input 1\n%5: float32[] = literal 0.3\n%6: float32[3,5] = broadcast %5 axes=[]\n\
             %7: float32[3,5] = mul %4 %6\n%8: float32[3,5] = erf %7\nreturn %3 %8\n"
        ),
        7,
    );
    assert_eq!(alone.kernel, behind.kernel);
    let hash = |kernel: &Kernel| std::hash::BuildHasher::hash_one(&rustc_hash::FxBuildHasher, kernel);
    assert_eq!(hash(&alone.kernel), hash(&behind.kernel));
    let (one, other) = (crate::lower::lower(&alone.kernel, &target), crate::lower::lower(&behind.kernel, &target));
    assert_eq!(one.wgsl, other.wgsl);
    let nodes = |fused: &FusedKernel, shader: &crate::lower::Shader| {
        shader.lines.iter().map(|(_, named)| fused.map.node(*named).0).collect::<Vec<_>>()
    };
    assert_eq!(nodes(&alone, &one), [0, 3, 4, 4]);
    assert_eq!(nodes(&behind, &other), [4, 7, 8, 8]);
    // A view before or behind an op: other nodes are read and materialised, the work is the same.
    let before = "%0: float32[3,5] = input 0\n%1: float32[5,3] = transpose %0 permutation=[1,0]\n%2: float32[5,3] = exp %1\nreturn %2\n";
    let after = "%0: float32[3,5] = input 0\n%1: float32[3,5] = exp %0\n%2: float32[5,3] = transpose %1 permutation=[1,0]\nreturn %2\n";
    assert_eq!(kernel(before, 2).0.kernel, kernel(after, 2).0.kernel);
}
