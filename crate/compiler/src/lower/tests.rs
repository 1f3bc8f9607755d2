//! Kernels of every class, written as listings: their text, and that naga's own front end reads it back.

use super::{Shader, lower};
use crate::dtype::DType;
use crate::kernel::verify::verify_kernel;
use crate::kernel::{Kernel, Named, ValueId, parse_kernel};
use crate::ops::Op;
use crate::target::{AdapterClass, Target};
use interfuse_testing::golden;

/// The kernel of a listing, which must be legal.
fn kernel(listing: &str) -> Kernel {
    let kernel = parse_kernel(listing).unwrap_or_else(|error| panic!("{error} in\n{listing}"));
    verify_kernel(&kernel).unwrap_or_else(|broken| panic!("{broken}\n{kernel}"));
    kernel
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
fn elementwise(rows: &str, columns: &str) -> Kernel {
    let (symbols, member) = match rows.starts_with('s') {
        true => (format!("u0: size {rows}*{columns}\nu1: size {rows}\nu2: size {columns}"), 3),
        false => (String::new(), 1),
    };
    kernel(&format!(
        "map kernel map_mul_add_erf
         i0: grid < {rows}
         i1: grid < {columns}
         b0: read float32[{rows}*{columns}]
         b1: read float32[{columns}]
         b2: write float32[{rows}*{columns}]
         {symbols}
         u{member}: float32 0.3
         over grid
           v0 = b0[{columns}*i0 + i1]
           v1 = uniform u{member}
           v2 = mul v0 v1
           v3 = b1[i1]
           v4 = add v2 v3
           v5 = erf v4
           b2[{columns}*i0 + i1] = v5"
    ))
}

#[test]
fn four_lanes_where_everything_is_in_groups_of_four() {
    check(&elementwise("3", "8"), &gpu(), "map_four_lanes");
}

#[test]
fn one_lane_where_it_is_not() {
    check(&elementwise("3", "5"), &gpu(), "map_one_lane");
}

#[test]
fn symbolic_sizes_come_from_the_uniform_block() {
    check(&elementwise("s0", "s1"), &gpu(), "map_symbolic");
}

fn softmax(rows: &str, columns: &str) -> Kernel {
    kernel(&format!(
        "row kernel row_softmax
         i0: grid < {rows}
         i1: row < {columns}
         b0: read float32[{rows}*{columns}]
         b1: write float32[{rows}*{columns}]
         over rows
           v0 = b0[{columns}*i0 + i1]
           v1 = max v0
         over rows
           v2 = b0[{columns}*i0 + i1]
           v3 = sub v2 v1
           v4 = exp v3
           v5 = sum v4
         over rows
           v6 = b0[{columns}*i0 + i1]
           v7 = sub v6 v1
           v8 = exp v7
           v9 = div v8 v5
           b1[{columns}*i0 + i1] = v9"
    ))
}

#[test]
fn a_workgroup_shares_a_long_row() {
    check(&softmax("64", "1000"), &gpu(), "row_shared");
}

#[test]
fn an_invocation_does_a_row_alone_on_software() {
    check(&softmax("64", "1000"), &software(), "row_alone");
}

/// Y[b, m, n] = tanh(sum_k X[b, m, k] * W[k, n] + bias[n]); `transposed` lays W out as [n, k].
fn matmul([batch, m, n, k]: [&str; 4], transposed: bool) -> Kernel {
    let right = if transposed { format!("{k}*i2 + i3") } else { format!("{n}*i3 + i2") };
    kernel(&format!(
        "contract kernel contract_matmul_add_tanh
         i0: batch < {batch}
         i1: m < {m}
         i2: n < {n}
         i3: k < {k}
         b0: read float32[{batch}*{m}*{k}]
         b1: read float32[{k}*{n}]
         b2: read float32[{n}]
         b3: write float32[{batch}*{m}*{n}]
         over left
           v0 = b0[{m}*{k}*i0 + {k}*i1 + i3]
         over right
           v1 = b1[{right}]
         over grid
           v2 = product v0 v1
           v3 = b2[i2]
           v4 = add v2 v3
           v5 = tanh v4
           b3[{m}*{n}*i0 + {n}*i1 + i2] = v5"
    ))
}

#[test]
fn a_register_tile_with_vectors_along_n() {
    check(&matmul(["1", "62", "24", "32"], false), &software(), "contract_registers_along_n");
}

#[test]
fn a_register_tile_with_vectors_along_k() {
    check(&matmul(["3", "62", "23", "32"], true), &software(), "contract_registers_along_k");
}

#[test]
fn a_register_tile_of_symbolic_sizes() {
    check(&matmul(["s0", "s1", "s2", "s3"], false), &software(), "contract_registers_symbolic");
}

#[test]
fn a_shared_tile() {
    check(&matmul(["1", "128", "192", "64"], false), &gpu(), "contract_shared");
}

#[test]
fn a_shared_tile_of_a_large_result() {
    check(&matmul(["1", "2048", "4096", "512"], true), &gpu(), "contract_shared_large");
}

#[test]
fn a_shared_tile_of_symbolic_sizes() {
    check(&matmul(["s0", "s1", "s2", "s3"], false), &gpu(), "contract_shared_symbolic");
}

#[cfg(feature = "translate")]
mod translations {
    use super::*;
    use crate::lower::{Language, translate};

    #[test]
    fn metal_is_as_it_was() {
        for (name, kernel) in [("softmax", softmax("64", "1000")), ("matmul", matmul(["1", "128", "192", "64"], false))]
        {
            let path = format!("{}/../../tests/golden/kernels/{name}.metal", env!("CARGO_MANIFEST_DIR"));
            golden(path.as_ref(), &translate(&kernel, &gpu(), Language::Metal).expect("Metal says everything"));
        }
    }

    #[test]
    fn every_language_says_every_kernel() {
        let kernels = [elementwise("s0", "s1"), softmax("64", "s0"), matmul(["s0", "s1", "s2", "s3"], true)];
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
            for (extent, from_literals) in [(8, false), (5, false), (8, true)] {
                let dtypes = (0..op.row().arity).map(|at| if chooses && at == 0 { DType::Bool } else { dtype });
                let dtypes: Vec<DType> = dtypes.collect();
                let arity = dtypes.len();
                let line = |(at, dtype): (usize, &DType)| match dtype {
                    _ if !from_literals => format!("v{at} = b{at}[i0]\n"),
                    DType::Int32 => format!("v{at}: int32 = literal {}\n", i32::MIN),
                    DType::UInt32 => format!("v{at}: uint32 = literal {}\n", u32::MAX),
                    DType::Bool => format!("v{at}: bool = literal true\n"),
                    DType::Float16 | DType::Float32 => format!("v{at}: {dtype} = literal 0\n"),
                };
                let operands: String = dtypes.iter().enumerate().map(line).collect();
                let inputs = dtypes.iter().enumerate().map(|(at, dtype)| format!("b{at}: read {dtype}[{extent}]\n"));
                let inputs: String = inputs.collect();
                let args: String = (0..arity).map(|at| format!(" v{at}")).collect();
                let k = kernel(&format!(
                    "map kernel map_op
                     i0: grid < {extent}
                     {inputs}
                     b{arity}: write {}[{extent}]
                     over grid
                       {operands}
                       v{arity} = {}{args}
                       b{arity}[i0] = v{arity}",
                    op.result_dtype(dtype),
                    op.name()
                ));
                shader(&k, &gpu());
                count += 1;
            }
        }
    }
    assert!(count > 500, "{count}");
}

#[test]
fn a_matrix_vector_product_is_a_row_per_output() {
    let kernel = matmul(["1", "1", "1000", "512"], true);
    check(&kernel, &gpu(), "contract_vector");
    // The row kernel has a value more; its lines are about those of the contraction.
    let lines = lower(&kernel, &gpu()).lines;
    let computes = |id: u32| lines.iter().any(|(_, named)| *named == Named::Value(ValueId(id)));
    assert!((0..6).all(computes) && !computes(6), "{lines:?}");
    assert_eq!(lines.last().expect("a store").1, Named::Binding(3));
}
