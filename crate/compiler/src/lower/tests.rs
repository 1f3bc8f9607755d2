//! Kernels of every class, written by hand: their text, and that naga's own front end reads it back.

use super::{Shader, lower};
use crate::dim::{Atom, Dim, Symbol};
use crate::dtype::{DType, Scalar};
use crate::kernel::{
    Access, Axis, Binding, Class, Inst, Kernel, Named, Over, Phase, Role, Store, Uniform, Value, ValueId,
};
use crate::kind::ReduceOp;
use crate::ops::Op;
use crate::target::{AdapterClass, Target};
use interfuse_testing::golden;

/// Writes a kernel down, in the order of its parts.
struct Make {
    kernel: Kernel,
    from: u32,
}

impl Make {
    fn new(class: Class, name: &str, axes: &[(Dim, Role)]) -> Make {
        let axes: Vec<Axis> = axes.iter().map(|(extent, role)| Axis { extent: extent.clone(), role: *role }).collect();
        let mut kernel = Kernel {
            class,
            name: name.into(),
            axes,
            bindings: vec![],
            uniforms: vec![],
            values: vec![],
            phases: vec![],
            parts: Vec::new(),
            repeats: Vec::new(),
            serial: None,
        };
        let mut symbols = Vec::new();
        for axis in &kernel.axes {
            axis.extent.visit(&mut |atom| {
                if let Atom::Symbol(symbol) = atom
                    && !symbols.contains(symbol)
                {
                    symbols.push(*symbol);
                }
            });
        }
        kernel.uniforms.push(Uniform::Size(kernel.grid_points()));
        for symbol in symbols {
            let size = Dim::symbol(symbol);
            if kernel.size_member(&size).is_none() {
                kernel.uniforms.push(Uniform::Size(size));
            }
        }
        Make { kernel, from: 0 }
    }

    fn buffer(&mut self, dtype: DType, len: Dim, access: Access) -> u32 {
        let at = self.kernel.bindings.len() as u32;
        self.kernel.bindings.push(Binding { dtype, len, access, block: None });
        at
    }

    fn input(&mut self, dtype: DType, len: impl Into<Dim>) -> u32 {
        self.buffer(dtype, len.into(), Access::Read)
    }

    fn output(&mut self, dtype: DType, len: impl Into<Dim>) -> u32 {
        self.buffer(dtype, len.into(), Access::Write)
    }

    fn value(&mut self, inst: Inst, dtype: DType) -> ValueId {
        let id = self.kernel.values.len() as u32;
        self.kernel.values.push(Value { inst, dtype });
        ValueId(id)
    }

    fn load(&mut self, binding: u32, index: Dim) -> ValueId {
        let dtype = self.kernel.bindings[binding as usize].dtype;
        self.value(Inst::Load { binding, index }, dtype)
    }

    fn apply(&mut self, op: Op, args: &[ValueId]) -> ValueId {
        let operand = self.kernel.value(*args.last().expect("operands")).dtype;
        self.value(Inst::Apply { op, operand, args: args.into() }, op.result_dtype(operand))
    }

    fn constant(&mut self, value: f32) -> ValueId {
        self.kernel.uniforms.push(Uniform::Literal(Scalar::f32(value)));
        let member = self.kernel.uniforms.len() as u32 - 1;
        self.value(Inst::Uniform { member }, DType::Float32)
    }

    fn literal(&mut self, value: Scalar) -> ValueId {
        self.value(Inst::Literal { value }, value.dtype())
    }

    fn reduce(&mut self, op: ReduceOp, arg: ValueId, position: Dim) -> ValueId {
        let dtype = if op.is_arg() { DType::UInt32 } else { self.kernel.value(arg).dtype };
        self.value(Inst::Reduced { op, arg, position }, dtype)
    }

    fn phase(&mut self, over: Over, reductions: &[ValueId], stores: &[(u32, Dim, ValueId)]) {
        let end = self.kernel.values.len() as u32 - reductions.len() as u32;
        let stores = stores.iter().map(|(binding, index, value)| Store {
            binding: *binding,
            index: index.clone(),
            value: *value,
        });
        self.kernel.phases.push(Phase {
            over,
            body: self.from..end,
            reductions: reductions.to_vec(),
            stores: stores.collect(),
        });
        self.from = self.kernel.values.len() as u32;
    }
}

fn c(value: i64) -> Dim {
    Dim::Const(value)
}

fn i(axis: usize) -> Dim {
    Dim::coord(axis)
}

fn s(id: u32) -> Dim {
    Dim::symbol(Symbol(id))
}

fn gpu() -> Target {
    let mut target = Target::base_gpu();
    target.features.float16 = true;
    target
}

fn software() -> Target {
    Target { class: AdapterClass::Software, ..gpu() }
}

/// Lowers, and has naga's front end read the text back.
fn shader(kernel: &Kernel, target: &Target) -> Shader {
    let shader = lower(kernel, target);
    let module = naga::front::wgsl::parse_str(&shader.wgsl)
        .unwrap_or_else(|error| panic!("{}\n{}", error.emit_to_string(&shader.wgsl), shader.wgsl));
    naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::all())
        .validate(&module)
        .unwrap_or_else(|error| panic!("{error:?}\n{}", shader.wgsl));
    assert!(module.entry_points.iter().any(|e| e.name == shader.entry), "{}\n{}", shader.entry, shader.wgsl);
    shader
}

/// Compares with `tests/golden/kernels/{name}.wgsl`; `UPDATE=1` rewrites the file.
fn check(kernel: &Kernel, target: &Target, name: &str) {
    let path = format!("{}/../../tests/golden/kernels/{name}.wgsl", env!("CARGO_MANIFEST_DIR"));
    golden(path.as_ref(), &shader(kernel, target).wgsl);
}

/// y = erf(x * 0.3 + b) over [n], b broadcast along the outer axis.
fn elementwise(rows: Dim, columns: Dim) -> Kernel {
    let mut k = Make::new(Class::Map, "map_mul_add_erf", &[(rows.clone(), Role::Grid), (columns.clone(), Role::Grid)]);
    let x = k.input(DType::Float32, rows.mul(&columns));
    let bias = k.input(DType::Float32, columns.clone());
    let y = k.output(DType::Float32, rows.mul(&columns));
    let at = i(0).mul(&columns).add(&i(1));
    let v = k.load(x, at.clone());
    let scale = k.constant(0.3);
    let scaled = k.apply(Op::Mul, &[v, scale]);
    let b = k.load(bias, i(1));
    let sum = k.apply(Op::Add, &[scaled, b]);
    let result = k.apply(Op::Erf, &[sum]);
    k.phase(Over::Grid, &[], &[(y, at, result)]);
    k.kernel
}

#[test]
fn four_lanes_where_everything_is_in_groups_of_four() {
    check(&elementwise(c(3), c(8)), &gpu(), "map_four_lanes");
}

#[test]
fn one_lane_where_it_is_not() {
    check(&elementwise(c(3), c(5)), &gpu(), "map_one_lane");
}

#[test]
fn symbolic_sizes_come_from_the_uniform_block() {
    check(&elementwise(s(0), s(1)), &gpu(), "map_symbolic");
}

fn softmax(rows: Dim, columns: Dim) -> Kernel {
    let mut k = Make::new(Class::Row, "row_softmax", &[(rows.clone(), Role::Grid), (columns.clone(), Role::Row)]);
    let x = k.input(DType::Float32, rows.mul(&columns));
    let y = k.output(DType::Float32, rows.mul(&columns));
    let at = i(0).mul(&columns).add(&i(1));
    let v = k.load(x, at.clone());
    let max = k.reduce(ReduceOp::Max, v, Dim::ZERO);
    k.phase(Over::Rows, &[max], &[]);
    let exponential = |k: &mut Make| {
        let v = k.load(x, at.clone());
        let shifted = k.apply(Op::Sub, &[v, max]);
        k.apply(Op::Exp, &[shifted])
    };
    let e = exponential(&mut k);
    let sum = k.reduce(ReduceOp::Sum, e, Dim::ZERO);
    k.phase(Over::Rows, &[sum], &[]);
    let e = exponential(&mut k);
    let result = k.apply(Op::Div, &[e, sum]);
    k.phase(Over::Rows, &[], &[(y, at.clone(), result)]);
    k.kernel
}

#[test]
fn a_workgroup_shares_a_long_row() {
    check(&softmax(c(64), c(1000)), &gpu(), "row_shared");
}

#[test]
fn an_invocation_does_a_row_alone_on_software() {
    check(&softmax(c(64), c(1000)), &software(), "row_alone");
}

/// Y[b, m, n] = tanh(sum_k X[b, m, k] * W[k, n] + bias[n]); `transposed` lays W out as [n, k].
fn matmul(batch: Dim, m: Dim, n: Dim, k: Dim, transposed: bool) -> Kernel {
    let axes = [(batch.clone(), Role::Batch), (m.clone(), Role::M), (n.clone(), Role::N), (k.clone(), Role::K)];
    let mut make = Make::new(Class::Contract, "contract_matmul_add_tanh", &axes);
    let x = make.input(DType::Float32, batch.mul(&m).mul(&k));
    let w = make.input(DType::Float32, k.mul(&n));
    let bias = make.input(DType::Float32, n.clone());
    let y = make.output(DType::Float32, batch.mul(&m).mul(&n));
    let at = |rows: &Dim, inner: &Dim, row: Dim, column: Dim| i(0).mul(rows).add(&row).mul(inner).add(&column);
    let left = make.load(x, at(&m, &k, i(1), i(3)));
    make.phase(Over::Left, &[], &[]);
    let right = make.load(w, if transposed { i(2).mul(&k).add(&i(3)) } else { i(3).mul(&n).add(&i(2)) });
    make.phase(Over::Right, &[], &[]);
    let product = make.value(Inst::Product { left, right }, DType::Float32);
    let b = make.load(bias, i(2));
    let sum = make.apply(Op::Add, &[product, b]);
    let result = make.apply(Op::Tanh, &[sum]);
    make.phase(Over::Grid, &[], &[(y, at(&m, &n, i(1), i(2)), result)]);
    make.kernel
}

#[test]
fn a_register_tile_with_vectors_along_n() {
    check(&matmul(c(1), c(62), c(24), c(32), false), &software(), "contract_registers_along_n");
}

#[test]
fn a_register_tile_with_vectors_along_k() {
    check(&matmul(c(3), c(62), c(23), c(32), true), &software(), "contract_registers_along_k");
}

#[test]
fn a_register_tile_of_symbolic_sizes() {
    check(&matmul(s(0), s(1), s(2), s(3), false), &software(), "contract_registers_symbolic");
}

#[test]
fn a_shared_tile() {
    check(&matmul(c(1), c(128), c(192), c(64), false), &gpu(), "contract_shared");
}

#[test]
fn a_shared_tile_of_a_large_result() {
    check(&matmul(c(1), c(2048), c(4096), c(512), true), &gpu(), "contract_shared_large");
}

#[test]
fn a_shared_tile_of_symbolic_sizes() {
    check(&matmul(s(0), s(1), s(2), s(3), false), &gpu(), "contract_shared_symbolic");
}

#[cfg(feature = "translate")]
mod translations {
    use super::*;
    use crate::lower::{Language, translate};

    #[test]
    fn metal_is_as_it_was() {
        for (name, kernel) in
            [("softmax", softmax(c(64), c(1000))), ("matmul", matmul(c(1), c(128), c(192), c(64), false))]
        {
            let path = format!("{}/../../tests/golden/kernels/{name}.metal", env!("CARGO_MANIFEST_DIR"));
            golden(path.as_ref(), &translate(&kernel, &gpu(), Language::Metal).expect("Metal says everything"));
        }
    }

    #[test]
    fn every_language_says_every_kernel() {
        let kernels = [elementwise(s(0), s(1)), softmax(c(64), s(0)), matmul(s(0), s(1), s(2), s(3), true)];
        let marks = [
            (Language::Metal, "kernel void"),
            (Language::SpirV, "OpEntryPoint"),
            (Language::Hlsl, "[numthreads("),
            (Language::Glsl, "void main()"),
        ];
        assert_eq!(marks.map(|m| m.0), Language::ALL);
        for kernel in &kernels {
            for target in [gpu(), software()] {
                for (language, mark) in marks {
                    let text = translate(kernel, &target, language).unwrap_or_else(|error| panic!("{error}\n{kernel}"));
                    assert!(text.contains(mark), "{}: {text}", language.name());
                }
            }
        }
    }
}

/// Every row of the table for every dtype it takes: on loads in four lanes and in one, and on literals only, which must not become
/// constant expressions (WGSL refuses those that overflow or divide by zero).
#[test]
fn every_op_of_every_dtype() {
    let mut count = 0;
    for op in Op::ALL.iter().copied() {
        for dtype in DType::ALL.into_iter().filter(|d| op.accepts(*d)) {
            let chooses = op.row().signature == crate::ops::Signature::Choose;
            for (extent, from_literals) in [(c(8), false), (c(5), false), (c(8), true)] {
                let mut k = Make::new(Class::Map, "map_op", &[(extent.clone(), Role::Grid)]);
                let dtypes: Vec<DType> =
                    (0..op.row().arity).map(|at| if chooses && at == 0 { DType::Bool } else { dtype }).collect();
                let inputs: Vec<u32> = dtypes.iter().map(|d| k.input(*d, extent.clone())).collect();
                let y = k.output(op.result_dtype(dtype), extent);
                let args: Vec<ValueId> = inputs
                    .iter()
                    .zip(&dtypes)
                    .map(|(input, dtype)| match dtype {
                        _ if !from_literals => k.load(*input, i(0)),
                        DType::Int32 => k.literal(Scalar::i32(i32::MIN)),
                        DType::UInt32 => k.literal(Scalar::u32(u32::MAX)),
                        DType::Bool => k.literal(Scalar::bool(true)),
                        DType::Float16 | DType::Float32 => k.literal(Scalar::from_f64(*dtype, 0.0)),
                    })
                    .collect();
                let result = k.apply(op, &args);
                k.phase(Over::Grid, &[], &[(y, i(0), result)]);
                shader(&k.kernel, &gpu());
                count += 1;
            }
        }
    }
    assert!(count > 500, "{count}");
}

#[test]
fn a_matrix_vector_product_is_a_row_per_output() {
    let kernel = matmul(c(1), c(1), c(1000), c(512), true);
    check(&kernel, &gpu(), "contract_vector");
    // The row kernel has a value more; its lines are about those of the contraction.
    let lines = lower(&kernel, &gpu()).lines;
    let computes = |id: u32| lines.iter().any(|(_, named)| *named == Named::Value(ValueId(id)));
    assert!((0..6).all(computes) && !computes(6), "{lines:?}");
    assert_eq!(lines.last().expect("a store").1, Named::Binding(3));
}
