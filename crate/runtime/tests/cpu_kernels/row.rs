//! Row kernels.

use crate::kernels::kernel;
use crate::{as_floats, check, floats, on_device, some};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::Kernel;
use interfuse_compiler::kind::ReduceOp;
use std::fmt::Display;

const F: DType = DType::Float32;

/// Axes, where an element is, and the coordinates of grid and row.
struct Layout {
    axes: String,
    at: String,
    outer: &'static str,
    inner: &'static str,
}

/// Grid and row axis, and where element (grid, row) is: rows next to each other, or the grid.
fn layouts(grid: &impl Display, row: &impl Display) -> [Layout; 2] {
    let rows = (format!("i0: grid < {grid}\ni1: row < {row}"), format!("{row}*i0 + i1"));
    let columns = (format!("i0: row < {row}\ni1: grid < {grid}"), format!("{grid}*i0 + i1"));
    [
        Layout { axes: rows.0, at: rows.1, outer: "i0", inner: "i1" },
        Layout { axes: columns.0, at: columns.1, outer: "i1", inner: "i0" },
    ]
}

const SHAPES: [(i64, i64); 12] = [
    (1, 1),
    (1, 1000),
    (5, 7),
    (1000, 3),
    (3, 1000),
    (600, 20),
    (20, 600),
    (100, 100),
    (0, 5),
    (5, 0),
    (130, 70),
    (2, 40_000),
];

/// Rows of `size` elements in all, reduced.
fn reduction(Layout { axes, at, outer, inner }: &Layout, op: ReduceOp, dtype: DType, size: i64, grid: i64) -> Kernel {
    let (result, position) = match op.is_arg() {
        true => (DType::UInt32, format!(" position={inner}")),
        false => (dtype, String::new()),
    };
    kernel(&format!(
        "row kernel reduction
         {axes}
         b0: read {dtype}[{size}]
         b1: write {result}[{grid}]
         over rows
           v0 = b0[{at}]
           v1 = {} v0{position}
         over grid
           b1[{outer}] = v1",
        op.name()
    ))
}

#[test]
fn every_reduction_over_either_axis() {
    for dtype in [F, DType::Float16, DType::Int32, DType::UInt32, DType::Bool] {
        for op in ReduceOp::ALL {
            let legal = match op {
                ReduceOp::Any | ReduceOp::All => dtype == DType::Bool,
                ReduceOp::Sum | ReduceOp::Prod => dtype != DType::Bool,
                _ => true,
            };
            for (grid, row) in SHAPES {
                // Products of floats overflow and lose the exactness that the comparison needs.
                if !legal
                    || (op == ReduceOp::Prod && dtype.is_float() && row > 6)
                    || (dtype == DType::Float16 && row > 1000)
                {
                    continue;
                }
                for layout in layouts(&grid, &row) {
                    let k = reduction(&layout, op, dtype, grid * row, grid);
                    check(&k, &[some(dtype, (grid * row) as usize, 9)], &[]);
                }
            }
        }
    }
}

/// max, then sum of shifted squares, then a store per element and one per row: softmax's shape with exact arithmetic.
fn three_phases(grid: &impl Display, row: &impl Display, layout: usize) -> Kernel {
    let Layout { axes, at, outer, inner } = &layouts(grid, row)[layout];
    kernel(&format!(
        "row kernel three_phases
         {axes}
         b0: read float32[{grid}*{row}]
         b1: read float32[{row}]
         b2: write float32[{grid}*{row}]
         b3: write float32[{grid}]
         over rows
           v0 = b0[{at}]
           v1 = max v0
         over grid
           v2: float32 = literal 0.5
           v3 = mul v1 v2
         over rows
           v4 = b0[{at}]
           v5 = sub v4 v3
           v6 = mul v5 v5
           v7 = sum v6
           v8 = min v5
         over grid
           v9 = add v7 v8
           b3[{outer}] = v9
         over rows
           v10 = b0[{at}]
           v11 = sub v10 v3
           v12 = b1[{inner}]
           v13 = mul v11 v12
           v14 = add v13 v9
           b2[{at}] = v14"
    ))
}

#[test]
fn later_phases_see_earlier_reductions() {
    for (grid, row) in SHAPES {
        for layout in 0..2 {
            let k = three_phases(&grid, &row, layout);
            check(&k, &[some(F, (grid * row) as usize, 10), some(F, row as usize, 11)], &[]);
        }
    }
}

#[test]
fn symbolic_rows() {
    for layout in 0..2 {
        let k = three_phases(&"s0", &"s1", layout);
        for (grid, row) in SHAPES {
            check(&k, &[some(F, (grid * row) as usize, 12), some(F, row as usize, 13)], &[grid, row]);
        }
    }
}

#[test]
fn rows_of_several_axes_and_grids_around_them() {
    // Reduce axes 0 and 2 of [4, 50, 6, 30]; then axes 1 and 3.
    for reduced in [[0, 2], [1, 3], [2, 3], [0, 1], [1, 2]] {
        let shape = [4, 50, 6, 30];
        let role = |axis: usize| if reduced.contains(&axis) { "row" } else { "grid" };
        let axes: String = (0..4).map(|axis| format!("i{axis}: {} < {}\n", role(axis), shape[axis])).collect();
        let kept: Vec<usize> = (0..4).filter(|a| !reduced.contains(a)).collect();
        let count: i64 = kept.iter().map(|a| shape[*a]).product();
        let [u, v] = reduced;
        let (inner, [p, q]) = (shape[v], [kept[0], kept[1]]);
        let width = shape[q];
        let k = kernel(&format!(
            "row kernel several_axes
             {axes}
             b0: read float32[36000]
             b1: write float32[{count}]
             b2: write uint32[{count}]
             over rows
               v0 = b0[9000*i0 + 180*i1 + 30*i2 + i3]
               v1 = sum v0
               v2 = argmin v0 position={inner}*i{u} + i{v}
             over grid
               b1[{width}*i{p} + i{q}] = v1
               b2[{width}*i{p} + i{q}] = v2"
        ));
        check(&k, &[some(F, 36_000, 14)], &[]);
    }
}

#[test]
fn ties_take_the_first_and_nan_wins() {
    let rows: [(&[f32], u32, u32); 5] = [
        (&[1.0, 3.0, 3.0, 0.0], 1, 3),
        (&[1.0, f32::NAN, f32::NAN, 9.0], 1, 1),
        (&[f32::NEG_INFINITY; 4], 0, 0),
        (&[-0.0, 0.0, -0.0, 0.0], 0, 0),
        (&[2.0, 1.0, f32::INFINITY, f32::NEG_INFINITY], 2, 3),
    ];
    for (row, max, min) in rows {
        for Layout { axes, at, outer, inner } in layouts(&1, &4) {
            let k = kernel(&format!(
                "row kernel ties
                 {axes}
                 b0: read float32[4]
                 b1: write uint32[1]
                 b2: write uint32[1]
                 over rows
                   v0 = b0[{at}]
                   v1 = argmax v0 position={inner}
                   v2 = argmin v0 position={inner}
                 over grid
                   b1[{outer}] = v1
                   b2[{outer}] = v2"
            ));
            assert_eq!(on_device(&k, &[floats(row)], &[]), [[max], [min]], "{row:?}");
        }
    }
}

#[test]
fn long_rows_lose_nothing_to_their_length() {
    let n = 3_000_001;
    for layout in layouts(&1, &n) {
        let k = reduction(&layout, ReduceOp::Sum, F, n, 1);
        let values: Vec<f32> = (0..n).map(|i| 1.0 + (i % 1000) as f32 * 1e-3).collect();
        let want: f64 = values.iter().map(|v| f64::from(*v)).sum();
        let got = as_floats(&on_device(&k, &[floats(&values)], &[])[0])[0];
        assert!((f64::from(got) / want - 1.0).abs() < 2e-7, "{got} instead of {want}");
    }
}

#[test]
fn softmax_is_softmax() {
    let (grid, row) = (3, 1000);
    let k = kernel(
        "row kernel softmax
         i0: grid < 3
         i1: row < 1000
         b0: read float32[3000]
         b1: write float32[3000]
         over rows
           v0 = b0[1000*i0 + i1]
           v1 = max v0
         over rows
           v2 = b0[1000*i0 + i1]
           v3 = sub v2 v1
           v4 = exp v3
           v5 = sum v4
         over rows
           v6 = b0[1000*i0 + i1]
           v7 = sub v6 v1
           v8 = exp v7
           v9 = div v8 v5
           b1[1000*i0 + i1] = v9",
    );
    let values: Vec<f32> = (0..grid * row).map(|i| ((i * 37) % 101) as f32 * 0.3 - 200.0).collect();
    let got = as_floats(&on_device(&k, &[floats(&values)], &[])[0]);
    for (got, values) in got.chunks(row as usize).zip(values.chunks(row as usize)) {
        let max = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let total: f64 = values.iter().map(|v| f64::from(v - max).exp()).sum();
        for (got, value) in got.iter().zip(values) {
            let want = f64::from(value - max).exp() / total;
            assert!((f64::from(*got) / want - 1.0).abs() < 2e-6, "{got} instead of {want}");
        }
    }
}
