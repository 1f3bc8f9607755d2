//! Families of programs at many sizes: the CPU device against the oracle, fused against not fused, known sizes against symbols.
//!
//! A family is a listing with the letters of its sizes in angle brackets. It is compiled with numbers in their place, and once
//! more with symbols, whose one plan then runs at every size (0 and 1 included).

use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::eval::{Value, eval};
use interfuse_compiler::graph::Graph;
use interfuse_compiler::kind::Kind;
use interfuse_compiler::target::Target;
use interfuse_compiler::text::parse;
use interfuse_runtime::cpu::CpuDevice;
use interfuse_runtime::device::Device;
use interfuse_tests::run::{Ran, close, run};

/// What a size letter may be.
const LETTERS: [char; 2] = ['m', 'n'];

/// Name, listing, sizes of m and n.
struct Family {
    name: &'static str,
    listing: &'static str,
    sizes: &'static [[i64; 2]],
    symbols: Symbols,
}

/// May the sizes be symbols?
#[derive(PartialEq)]
enum Symbols {
    Yes,
    No,
}

/// Around the edges of blocks, tiles and packed panels.
const ANY: &[[i64; 2]] =
    &[[3, 4], [0, 3], [3, 0], [1, 1], [1, 700], [700, 1], [600, 3], [3, 600], [64, 65], [16, 1030]];
/// Where a maximum of nothing would be asked for.
const FULL: &[[i64; 2]] = &[[3, 4], [1, 1], [1, 700], [700, 1], [600, 3], [3, 600], [64, 65], [16, 1030]];

const FAMILIES: [Family; 21] = [
    Family {
        name: "elementwise with broadcasts both ways",
        listing: "%0: float32[<m>,<n>] = input 0\n%1: float32[<n>] = input 1\n%2: float32[<m>] = input 2\n\
            %3: float32[<m>,<n>] = broadcast %1 axes=[1]\n%4: float32[<m>,<n>] = broadcast %2 axes=[0]\n%5 = mul %0 %3\n\
            %6 = add %5 %4\n%7 = tanh %6\n%8 = less %7 %0\n%9 = where %8 %7 %4\n%10 = exp %9\nreturn %9 %10 %8\n",
        sizes: ANY,
        symbols: Symbols::Yes,
    },
    Family {
        name: "a value and a part of it",
        listing: "%0: float32[<m> + 2,<n>] = input 0\n%1 = exp %0\n\
            %2: float32[<m>,<n>] = slice %1 start=[0,0] step=[1,1]\nreturn %1 %2\n",
        sizes: ANY,
        symbols: Symbols::Yes,
    },
    Family {
        name: "a transpose against itself",
        listing: "%0: float32[<m>,<n>] = input 0\n%1: float32[<n>,<m>] = input 1\n%2: float32[<n>,<m>] = transpose %0 permutation=[1,0]\n\
            %3 = sub %2 %1\n%4 = abs %3\n%5: float32[<m>,<n>] = transpose %4 permutation=[1,0]\nreturn %4 %5\n",
        sizes: ANY,
        symbols: Symbols::Yes,
    },
    Family {
        name: "reshape through a flat shape",
        listing: "%0: float32[<m>,6,<n>] = input 0\n%1: float32[<m>,6*<n>] = reshape %0\n%2 = neg %1\n%3: float32[<m>,<n>,6] = reshape %2\n\
            %4: float32[6,<m>,<n>] = transpose %3 permutation=[2,0,1]\n%5 = square %4\nreturn %2 %5\n",
        sizes: ANY,
        symbols: Symbols::Yes,
    },
    Family {
        name: "pad, flip, slice, join",
        listing: "%0: float32[<m>,5] = input 0\n%1: float32[<n>,5] = input 1\n%2: float32[<m> + 3,7] = pad %0 low=[1,2] high=[2,0] value=0.25\n\
            %3: float32[<m> + 3,5] = slice %2 start=[0,6] step=[1,-1]\n%4: float32[<m> + <n> + 3,5] = concatenate %3 %1 axis=0\n\
            %5 = flip %4 axes=[0]\n%6 = sin %5\nreturn %6\n",
        sizes: ANY,
        symbols: Symbols::Yes,
    },
    Family {
        name: "take rows by index",
        listing: "%0: float32[<m>,7] = input 0\n%1: int32[<n>] = input 1\n%2: float32[<n>,7] = gather %0 %1 axis=0\n%3 = exp %2\n\
            %4: float32[<n>] = sum %3 axes=[1]\nreturn %3 %4\n",
        sizes: &[[3, 4], [1, 1], [9, 0], [700, 20], [4, 1000]],
        symbols: Symbols::Yes,
    },
    Family {
        name: "softmax of the last axis, and its logarithm",
        listing: "%0: float32[<m>,<n>] = input 0\n%1 = max %0 axes=[1]\n%2: float32[<m>,<n>] = broadcast %1 axes=[0]\n%3 = sub %0 %2\n\
            %4 = exp %3\n%5 = sum %4 axes=[1]\n%6: float32[<m>,<n>] = broadcast %5 axes=[0]\n%7 = div %4 %6\n%8 = log %5\nreturn %7 %8\n",
        sizes: FULL,
        symbols: Symbols::Yes,
    },
    Family {
        name: "softmax of the first axis",
        listing: "%0: float32[<m>,<n>] = input 0\n%1 = max %0 axes=[0]\n%2: float32[<m>,<n>] = broadcast %1 axes=[1]\n%3 = sub %0 %2\n\
            %4 = exp %3\n%5 = sum %4 axes=[0]\n%6: float32[<m>,<n>] = broadcast %5 axes=[1]\n%7 = div %4 %6\nreturn %7\n",
        sizes: FULL,
        symbols: Symbols::Yes,
    },
    Family {
        name: "every reduction of numbers",
        listing: "%0: float32[<m>,<n>] = input 0\n%1 = sum %0 axes=[1]\n%2 = max %0 axes=[0]\n%3 = min %0 axes=[0,1]\n\
            %4 = argmax %0 axes=[1]\n%5 = argmin %0 axes=[0]\n%6: int32[<m>,<n>] = astype %0\n%7 = prod %6 axes=[0]\n\
            %8: bool[<m>,<n>] = astype %6\n%9 = any %8 axes=[1]\n%10 = all %8 axes=[0]\nreturn %1 %2 %3 %4 %5 %7 %9 %10\n",
        sizes: FULL,
        symbols: Symbols::Yes,
    },
    Family {
        name: "integers wrap",
        listing: "%0: int32[<m>,<n>] = input 0\n%1: uint32[<m>,<n>] = astype %0\n%2 = mul %1 %1\n%3 = mul %2 %2\n%4 = sum %3 axes=[0]\n\
            %5 = bitwiseXor %3 %1\n%6 = floorDivide %0 %0\nreturn %4 %5 %6\n",
        sizes: ANY,
        symbols: Symbols::Yes,
    },
    Family {
        name: "float16 rounds after every op",
        listing: "%0: float16[<m>,<n>] = input 0\n%1 = mul %0 %0\n%2 = add %1 %0\n%3 = exp %2\n%4: float16[<n>] = sum %2 axes=[0]\n\
            %5: float32[<m>,<n>] = astype %3\nreturn %3 %4 %5\n",
        sizes: ANY,
        symbols: Symbols::Yes,
    },
    Family {
        name: "product, bias and a maximum",
        listing: "%0: float32[<m>,37] = input 0\n%1: float32[37,<n>] = input 1\n%2: float32[<n>] = input 2\n\
            %3 = dot %0 %1 batch=[] contract=[1:0]\n%4: float32[<m>,<n>] = broadcast %2 axes=[1]\n%5 = add %3 %4\n%6: float32[] = literal 0.0\n\
            %7: float32[<m>,<n>] = broadcast %6 axes=[]\n%8 = maximum %5 %7\nreturn %8\n",
        sizes: ANY,
        symbols: Symbols::Yes,
    },
    Family {
        name: "attention of several heads",
        listing: "%0: float32[2,<m>,8] = input 0\n%1: float32[2,<n>,8] = input 1\n%2: float32[2,<n>,8] = input 2\n\
            %3 = dot %0 %1 batch=[0:0] contract=[2:2]\n%4: float32[2,<m>] = max %3 axes=[2]\n%5: float32[2,<m>,<n>] = broadcast %4 axes=[0,1]\n\
            %6 = sub %3 %5\n%7 = exp %6\n%8: float32[2,<m>] = sum %7 axes=[2]\n%9: float32[2,<m>,<n>] = broadcast %8 axes=[0,1]\n\
            %10 = div %7 %9\n%11 = dot %10 %2 batch=[0:0] contract=[2:1]\nreturn %11\n",
        sizes: &[[3, 4], [1, 1], [1, 70], [70, 1], [0, 3], [33, 65], [5, 300]],
        symbols: Symbols::No,
    },
    Family {
        name: "running sums and the like",
        listing: "%0: float32[<m>,<n>] = input 0\n%1 = scan %0 op=add axis=1\n%2 = scan %0 op=max axis=0 reverse\n%3 = scan %0 op=logaddexp axis=1\n\
            %4: float32[] = literal 0.25\n%5: float32[<m>,<n>] = broadcast %4 axes=[]\n%6 = mul %0 %5\n%7 = exp %6\n%8 = scan %7 op=mul axis=0\n\
            %9: int32[<m>,<n>] = astype %6\n%10 = scan %9 op=add axis=1 reverse\n%11 = scan %9 op=min axis=1\nreturn %1 %2 %3 %8 %10 %11\n",
        sizes: &[[3, 4], [0, 3], [3, 0], [1, 1], [2, 40], [3, 600], [1, 5000]],
        symbols: Symbols::Yes,
    },
    Family {
        name: "sorted positions",
        listing: "%0: float32[<m>,<n>] = input 0\n%1 = argsort %0 axis=1\n%2 = argsort %0 axis=0\n%3: int32[<m>,<n>] = astype %0\n%4 = argsort %3 axis=1\n\
            %5: float16[<m>,<n>] = astype %0\n%6 = argsort %5 axis=1\nreturn %1 %2 %4 %6\n",
        sizes: &[[3, 4], [0, 3], [3, 0], [1, 1], [40, 5], [2, 300], [2, 1500]],
        symbols: Symbols::Yes,
    },
    Family {
        name: "updates of rows",
        listing: "%0: float32[2,20,<m>] = input 0\n%1: int32[<n>] = input 1\n%2: float32[2,<n>,<m>] = input 2\n%3 = scatter %0 %1 %2 axis=1 op=add\n\
            %4 = scatter %0 %1 %2 axis=1 op=set\n%5 = scatter %0 %1 %2 axis=1 op=max\n%6: uint32[<n>] = astype %1\n%7 = scatter %0 %6 %2 axis=1 op=min\n\
            %8 = scatter %0 %1 %2 axis=1 op=mul\nreturn %3 %4 %5 %7 %8\n",
        sizes: &[[3, 4], [0, 3], [3, 0], [1, 1], [40, 5], [2, 30]],
        symbols: Symbols::Yes,
    },
    Family {
        name: "many updates of many rows",
        listing: "%0: float32[<m>,3] = input 0\n%1: int32[<n>] = input 1\n%2: int32[] = literal 37\n%3: int32[<n>] = broadcast %2 axes=[]\n%4 = mul %1 %3\n\
            %5: float32[<n>,3] = input 2\n%6 = scatter %0 %4 %5 axis=0 op=add\n%7 = scatter %0 %4 %5 axis=0 op=set\n%8 = scatter %0 %4 %5 axis=0 op=max\n\
            return %6 %7 %8\n",
        sizes: &[[1000, 1500], [400, 5000], [5000, 900]],
        symbols: Symbols::No,
    },
    Family {
        name: "convolutions of one axis",
        listing: "%0: float32[2,<m>,4] = input 0\n%1: float32[6,3,4] = input 1\n%2: float32[6] = input 2\n\
            %3 = conv %0 %1 stride=[1] padding=[1:1] kernelDilation=[1] inputDilation=[1] groups=1\n\
            %4: float32[2,<m>,6] = broadcast %2 axes=[2]\n%5 = add %3 %4\n%6 = tanh %5\n\
            %7: float32[6,<n>,2] = input 3\n%8 = conv %0 %7 stride=[1] padding=[2:1] kernelDilation=[1] inputDilation=[2] groups=2 flip\nreturn %6 %8\n",
        sizes: &[[4, 2], [9, 1], [70, 3], [33, 5]],
        symbols: Symbols::Yes,
    },
    Family {
        name: "convolutions of two axes",
        listing: "%0: float32[<m>,9,<n>,4] = input 0\n%1: float32[6,3,2,4] = input 1\n%2: float32[4,3,3,1] = input 2\n\
            %3 = conv %0 %1 stride=[2,1] padding=[1:1,0:2] kernelDilation=[1,2] inputDilation=[1,1] groups=1\n\
            %4 = conv %0 %2 stride=[1,1] padding=[1:1,1:1] kernelDilation=[1,1] inputDilation=[1,1] groups=4\nreturn %3 %4\n",
        sizes: &[[1, 4], [2, 9], [3, 30], [0, 5]],
        symbols: Symbols::Yes,
    },
    Family {
        name: "convolutions of each channel by itself",
        listing: "%0: float32[2,<m>,<n>,5] = input 0\n%1: float32[5,3,2,1] = input 1\n%2: float32[5,2,3,1] = input 2\n\
            %3 = conv %0 %1 stride=[2,1] padding=[1:2,0:1] kernelDilation=[1,2] inputDilation=[1,1] groups=5\n%4 = tanh %3\n\
            %5 = conv %0 %2 stride=[1,2] padding=[2:1,1:1] kernelDilation=[2,1] inputDilation=[2,3] groups=5 flip\n\
            %6: float16[2,<m>,<n>,5] = astype %0\n%7: float16[5,3,2,1] = astype %1\n\
            %8 = conv %6 %7 stride=[1,3] padding=[1:1,1:1] kernelDilation=[1,1] inputDilation=[1,1] groups=5\n\
            %9: float32[5,1,1,1] = slice %1 start=[0,2,0,0] step=[1,1,1,1]\n\
            %10 = conv %0 %9 stride=[1,1] padding=[0:0,1:0] kernelDilation=[1,1] inputDilation=[1,1] groups=5\n\
            %11: float32[1,<m>,<n>,5] = slice %0 start=[1,0,0,0] step=[1,1,1,1]\n%12: float32[5,<m>,<n>,1] = transpose %11 permutation=[3,1,2,0]\n\
            %13 = conv %11 %12 stride=[1,1] padding=[1:1,2:0] kernelDilation=[1,1] inputDilation=[1,1] groups=5\nreturn %4 %5 %8 %10 %13\n",
        sizes: &[[3, 4], [2, 9], [17, 40], [1, 3], [130, 5]],
        symbols: Symbols::Yes,
    },
    Family {
        name: "convolutions of few channels, and deep ones",
        listing: "%0: float32[<m>,<n>,4] = input 0\n%1: float32[1,<m>,<n>,4] = reshape %0\n%2: float32[9,3,3,4] = input 1\n\
            %3 = conv %1 %2 stride=[1,1] padding=[1:1,1:1] kernelDilation=[1,1] inputDilation=[1,1] groups=1\n\
            %4: float32[8,3,2,2] = input 2\n%5 = conv %1 %4 stride=[2,1] padding=[1:1,2:0] kernelDilation=[1,1] inputDilation=[1,2] groups=2\n\
            %6: float32[<m>,<n>,1] = slice %0 start=[0,0,1] step=[1,1,1]\n%7: float32[1,<m>,<n>,1] = reshape %6\n%8: float32[1,3,3,1] = input 3\n\
            %9 = conv %7 %8 stride=[1,1] padding=[1:1,1:1] kernelDilation=[1,1] inputDilation=[1,1] groups=1\n\
            %10: float32[4,<m>,<n>,1] = transpose %1 permutation=[3,1,2,0]\n\
            %11 = conv %10 %7 stride=[1,1] padding=[1:1,1:1] kernelDilation=[1,1] inputDilation=[1,1] groups=1\n\
            %12 = tanh %3\n%13: float32[5,3,6,9] = input 4\n\
            %14 = conv %12 %13 stride=[1,1] padding=[1:1,3:2] kernelDilation=[1,1] inputDilation=[1,1] groups=1\nreturn %3 %5 %9 %11 %14\n",
        sizes: &[[3, 4], [2, 9], [17, 40], [1, 7], [130, 3]],
        symbols: Symbols::Yes,
    },
];

/// The listing with its letters replaced.
fn graph_of(family: &Family, of: impl Fn(usize) -> String) -> Graph {
    let mut text = family.listing.to_string();
    for (at, letter) in LETTERS.into_iter().enumerate() {
        text = text.replace(&format!("<{letter}>"), &of(at));
    }
    parse(&text).unwrap_or_else(|e| panic!("{}: {e}\n{text}", family.name))
}

/// Values in -2..2, integers in -9..9 without 0, the same for the same position.
fn arguments(graph: &Graph) -> Vec<Value> {
    let inputs = graph.inputs();
    inputs
        .into_iter()
        .enumerate()
        .map(|(seed, aval)| {
            let aval = aval.expect("every input is used");
            let sizes = aval.shape.as_sizes().expect("known sizes");
            let number = |i: usize| {
                let wave = (0.7 * i as f64 + 1.3 * seed as f64).sin();
                let whole = (wave * 9.4) as i64;
                if aval.dtype.is_float() { wave * 2.0 } else { (if whole == 0 { 1 } else { whole }) as f64 }
            };
            let data = (0..sizes.iter().product()).map(|i| Scalar::from_f64(aval.dtype, number(i))).collect();
            Value::new(&sizes, aval.dtype, data)
        })
        .collect()
}

/// Sums and products may be added up in another order when fused; everything else must be the same bits.
fn order_matters(graph: &Graph) -> bool {
    graph.nodes().any(|(_, node)| match &node.kind {
        Kind::Dot { .. } => true,
        Kind::Reduce { .. } | Kind::Scan { .. } | Kind::Scatter { .. } => node.aval.dtype.is_float(),
        Kind::Conv { .. } => true,
        _ => false,
    })
}

fn agree(name: &str, what: &str, graph: &Graph, got: &Ran, want: &[Value]) {
    assert_eq!(got.outputs.len(), want.len(), "{name}");
    for (at, (got, want)) in got.outputs.iter().zip(want).enumerate() {
        // float16 results that were computed by different roundings of float32 may be a unit apart.
        let bound = if got.dtype == DType::Float16 { 2e-3 } else { 2e-5 };
        close(got, want, bound).unwrap_or_else(|e| panic!("{name}, {what}, output {at}: {e}\n{graph}"));
    }
}

/// What GPUs are given: scans, sorts and scatters are other kernels there.
fn gpu_kernels() -> Target {
    let mut target = Target::base_gpu();
    target.features.float16 = true;
    target
}

#[test]
fn the_device_has_the_oracles_values_fused_or_not_with_numbers_or_symbols() {
    let device = CpuDevice::new("test");
    for family in &FAMILIES {
        let symbolic = graph_of(family, |at| format!("s{at}"));
        for sizes in family.sizes {
            let name = format!("{} at {sizes:?}", family.name);
            let graph = graph_of(family, |at| sizes[at].to_string());
            let inputs = arguments(&graph);
            let want = eval(&graph, &inputs, &[], &[]).unwrap_or_else(|e| panic!("{name}: {e}"));
            let fused = run(&device, &Target::cpu(), &graph, &inputs, &[]);
            agree(&name, "fused", &graph, &fused, &want);
            let mut apart = Target::cpu();
            apart.tuning.fuse = false;
            let single = run(&device, &apart, &graph, &inputs, &[]);
            agree(&name, "not fused", &graph, &single, &want);
            if !order_matters(&graph) {
                let same = fused.outputs.iter().zip(&single.outputs).all(|(a, b)| a.same(b));
                assert!(same, "{name}: fused and not fused differ in bits\n{graph}");
            }
            if family.symbols == Symbols::Yes {
                let any_size = run(&device, &Target::cpu(), &symbolic, &inputs, sizes);
                agree(&name, "with symbols", &symbolic, &any_size, &want);
                let any_size = run(&device, &gpu_kernels(), &symbolic, &inputs, sizes);
                agree(&name, "GPU kernels with symbols", &symbolic, &any_size, &want);
            }
            let as_on_gpus = run(&device, &gpu_kernels(), &graph, &inputs, &[]);
            agree(&name, "GPU kernels", &graph, &as_on_gpus, &want);
        }
    }
    assert!(device.counters().dispatches > 500, "the programs ran");
    assert_eq!(device.memory().buffers, 0, "everything was dropped");
}

#[test]
fn a_float16_convolution_of_each_channel_rounds_its_sum_and_not_its_products() {
    let device = CpuDevice::new("test");
    let listing = "%0: float16[1,2,2] = input 0\n%1: float16[2,2,1] = input 1\n\
        %2 = conv %0 %1 stride=[1] padding=[0:0] kernelDilation=[1] inputDilation=[1] groups=2\nreturn %2\n";
    let graph = parse(listing).expect("it is a listing");
    // (1 + 2^-10)^2 - (1 + 2^-9) is 2^-20, and 0 if the square is rounded first.
    let (a, b) = (1.0 + 2f64.powi(-10), 1.0 + 2f64.powi(-9));
    let value = |sizes: &[usize], data: [f64; 4]| {
        let data = data.into_iter().map(|x| Scalar::from_f64(DType::Float16, x)).collect();
        Value::new(sizes, DType::Float16, data)
    };
    let inputs = [value(&[1, 2, 2], [a, 1.0, b, 2.0]), value(&[2, 2, 1], [a, -1.0, 1.0, 1.0])];
    let got = run(&device, &Target::cpu(), &graph, &inputs, &[]);
    let want = [2f64.powi(-20), 3.0].map(|x| Scalar::from_f64(DType::Float16, x));
    assert_eq!(got.outputs[0].data, want);
}
