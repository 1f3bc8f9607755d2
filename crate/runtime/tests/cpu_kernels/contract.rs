//! Contractions.

use crate::kernels::kernel;
use crate::{as_floats, check, floats, on_device, some};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::Kernel;
use std::fmt::Display;

const F: DType = DType::Float32;
const SIZES: [(i64, i64, i64, i64); 18] = [
    (1, 1, 1, 1),
    (1, 2, 2, 3),
    (3, 5, 7, 300),
    (1, 1, 40, 70),
    (1, 40, 1, 70),
    (2, 9, 300, 17),
    (1, 1030, 9, 5),
    (1, 5, 270, 260),
    (0, 3, 3, 3),
    (2, 0, 3, 3),
    (2, 3, 0, 3),
    (2, 3, 4, 0),
    (1, 3, 2000, 2),
    (1, 1, 1, 3000),
    (2, 1100, 3, 37),
    (1, 4, 1030, 60),
    (1, 2, 20, 4200),
    (1, 300, 9, 144),
];

/// Where element (batch, row, k) of an operand is: next to each other along k, or along the rows.
pub fn place(row: &str, rows: &impl Display, depth: &impl Display, by_k: bool) -> String {
    let inside = if by_k { format!("{depth}*{row} + i3") } else { format!("{rows}*i3 + {row}") };
    format!("{rows}*{depth}*i0 + {inside}")
}

/// A contraction over axes (batch, m, n, k) with operands laid out as told.
fn matmul<D: Display>([b, m, n, k]: [D; 4], dtype: DType, left_by_k: bool, right_by_k: bool, fused: bool) -> Kernel {
    let (left, right) = (place("i1", &m, &k, left_by_k), place("i2", &n, &k, right_by_k));
    let head = format!(
        "contract kernel matmul
         i0: batch < {b}
         i1: m < {m}
         i2: n < {n}
         i3: k < {k}
         b0: read {dtype}[{b}*{m}*{k}]
         b1: read {dtype}[{b}*{n}*{k}]
         b2: read {dtype}[{n}]
         b3: write {dtype}[{b}*{m}*{n}]"
    );
    let to = format!("{m}*{n}*i0 + {n}*i1 + i2");
    let phases = if fused {
        format!(
            "over left
               v0 = b0[{left}]
               v1: {dtype} = literal 2
               v2 = add v0 v1
             over right
               v3 = b1[{right}]
               v4 = neg v3
             over grid
               v5 = product v2 v4
               v6 = b2[i2]
               v7 = add v5 v6
               v8: {dtype} = literal 0
               v9 = maximum v7 v8
               b3[{to}] = v9"
        )
    } else {
        format!(
            "over left
               v0 = b0[{left}]
             over right
               v1 = b1[{right}]
             over grid
               v2 = product v0 v1
               b3[{to}] = v2"
        )
    };
    kernel(&format!("{head}\n{phases}"))
}

fn inputs(dtype: DType, (b, m, n, k): (i64, i64, i64, i64)) -> Vec<Vec<u32>> {
    let count = |n: i64| n as usize;
    vec![some(dtype, count(b * m * k), 20), some(dtype, count(b * n * k), 21), some(dtype, count(n), 22)]
}

#[test]
fn every_layout_with_and_without_maps() {
    for size in SIZES {
        let (b, m, n, k) = size;
        for (left_by_k, right_by_k) in [(true, true), (true, false), (false, true), (false, false)] {
            for fused in [false, true] {
                check(&matmul([b, m, n, k], F, left_by_k, right_by_k, fused), &inputs(F, size), &[]);
            }
        }
    }
}

#[test]
fn known_numbers() {
    let product = matmul([1, 2, 2, 3], F, true, false, false);
    let (x, y) = (floats(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), floats(&[1.0, 0.0, 0.0, 1.0, 1.0, -1.0]));
    let got = on_device(&product, &[x, y, floats(&[0.0; 2])], &[]);
    assert_eq!(as_floats(&got[0]), [4.0, -1.0, 10.0, -1.0]);
}

#[test]
fn float16_sums_in_float32_and_rounds_once() {
    for size in [(2, 9, 20, 33), (1, 1, 3, 50)] {
        let (b, m, n, k) = size;
        for fused in [false, true] {
            let product = matmul([b, m, n, k], DType::Float16, true, false, fused);
            check(&product, &inputs(DType::Float16, size), &[]);
        }
    }
    // 2048 + 1 + 1 would stay 2048 if sums were float16.
    let product = matmul([1, 1, 1, 3], DType::Float16, true, true, false);
    let got = on_device(&product, &[floats(&[2048.0, 1.0, 1.0]), floats(&[1.0; 3]), floats(&[0.0])], &[]);
    assert_eq!(as_floats(&got[0]), [2050.0]);
}

#[test]
fn symbolic_sizes() {
    let product = matmul(["s0", "s1", "s2", "s3"], F, true, false, true);
    for size in SIZES {
        let (b, m, n, k) = size;
        check(&product, &inputs(F, size), &[b, m, n, k]);
    }
}

#[test]
fn several_axes_per_role_and_clamped_loads() {
    // A convolution as a contraction: out[y, x, o] = sum over (dy, dx, ch) of in[y+dy-1, x+dx-1, ch] * w[o, dy, dx, ch], zero outside.
    for (height, width, channels, outputs) in [(5, 4, 3, 6), (9, 40, 1, 1), (3, 3, 16, 20)] {
        let (bottom, right, row) = (height - 1, width - 1, width * channels);
        let (size, weights) = (height * width * channels, outputs * 9 * channels);
        let convolution = kernel(&format!(
            "contract kernel convolution
             i0: m < {height}
             i1: m < {width}
             i2: n < {outputs}
             i3: k < 3
             i4: k < 3
             i5: k < {channels}
             b0: read float32[{size}]
             b1: read float32[{weights}]
             b2: write float32[{height}*{width}*{outputs}]
             over left
               v0 = b0[{row}*min(max(i0 + i3 - 1, 0), {bottom}) + {channels}*min(max(i1 + i4 - 1, 0), {right}) + i5]
               v1 = inside 0 <= i0 + i3 - 1 < {height}
               v2 = inside 0 <= i1 + i4 - 1 < {width}
               v3 = logicalAnd v1 v2
               v4: float32 = literal 0
               v5 = where v3 v0 v4
             over right
               v6 = b1[9*{channels}*i2 + 3*{channels}*i3 + {channels}*i4 + i5]
             over grid
               v7 = product v5 v6
               b2[{width}*{outputs}*i0 + {outputs}*i1 + i2] = v7"
        ));
        check(&convolution, &[some(F, size, 30), some(F, weights, 31)], &[]);
    }
}
