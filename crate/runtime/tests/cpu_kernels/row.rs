//! Row kernels.

use crate::build::{Make, c, i};
use crate::{as_floats, check, floats, on_device, some};
use interfuse_compiler::dim::{Dim, Symbol};
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kernel::{Class, Over, Role};
use interfuse_compiler::kind::ReduceOp;

const F: DType = DType::Float32;

/// Axes, where an element is, and the coordinates of grid and row.
type Layout = (Vec<(Role, Dim)>, Dim, Dim, Dim);

/// Grid and row axis, and where element (grid, row) is: rows next to each other, or the grid.
fn layouts(grid: &Dim, row: &Dim) -> [Layout; 2] {
    [
        (vec![(Role::Grid, grid.clone()), (Role::Row, row.clone())], i(0).mul(row).add(&i(1)), i(0), i(1)),
        (vec![(Role::Row, row.clone()), (Role::Grid, grid.clone())], i(0).mul(grid).add(&i(1)), i(1), i(0)),
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
                for (axes, at, outer, inner) in layouts(&c(grid), &c(row)) {
                    let mut k = Make::new(Class::Row, &axes);
                    let x = k.read(dtype, c(grid * row));
                    let out = k.write(if op.is_arg() { DType::UInt32 } else { dtype }, c(grid));
                    k.phase(Over::Rows);
                    let a = k.load(x, at);
                    let best = k.reduce(op, a, inner);
                    k.phase(Over::Grid);
                    k.store(out, outer, best);
                    check(&k, &[some(dtype, (grid * row) as usize, 9)], &[]);
                }
            }
        }
    }
}

/// max, then sum of shifted squares, then a store per element and one per row: softmax's shape with exact arithmetic.
fn three_phases(grid: &Dim, row: &Dim, layout: usize) -> Make {
    let (axes, at, outer, inner) = layouts(grid, row)[layout].clone();
    let mut k = Make::new(Class::Row, &axes);
    let size = grid.mul(row);
    let (x, scale) = (k.read(F, size.clone()), k.read(F, row.clone()));
    let (out, per_row) = (k.write(F, size), k.write(F, grid.clone()));
    k.phase(Over::Rows);
    let a = k.load(x, at.clone());
    let max = k.reduce(ReduceOp::Max, a, c(0));
    k.phase(Over::Grid);
    let half = k.literal(Scalar::f32(0.5));
    let shift = k.apply("mul", &[max, half]);
    k.phase(Over::Rows);
    let a = k.load(x, at.clone());
    let d = k.apply("sub", &[a, shift]);
    let square = k.apply("mul", &[d, d]);
    let sum = k.reduce(ReduceOp::Sum, square, c(0));
    let smallest = k.reduce(ReduceOp::Min, d, c(0));
    k.phase(Over::Grid);
    let total = k.apply("add", &[sum, smallest]);
    k.store(per_row, outer, total);
    k.phase(Over::Rows);
    let a = k.load(x, at.clone());
    let d = k.apply("sub", &[a, shift]);
    let s = k.load(scale, inner);
    let scaled = k.apply("mul", &[d, s]);
    let result = k.apply("add", &[scaled, total]);
    k.store(out, at, result);
    k
}

#[test]
fn later_phases_see_earlier_reductions() {
    for (grid, row) in SHAPES {
        for layout in 0..2 {
            let k = three_phases(&c(grid), &c(row), layout);
            check(&k, &[some(F, (grid * row) as usize, 10), some(F, row as usize, 11)], &[]);
        }
    }
}

#[test]
fn symbolic_rows() {
    let (g, r) = (Dim::symbol(Symbol(0)), Dim::symbol(Symbol(1)));
    for layout in 0..2 {
        let k = three_phases(&g, &r, layout);
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
        let role = |axis: usize| if reduced.contains(&axis) { Role::Row } else { Role::Grid };
        let axes: Vec<(Role, Dim)> = (0..4).map(|axis| (role(axis), c(shape[axis]))).collect();
        let mut k = Make::new(Class::Row, &axes);
        let kept: Vec<usize> = (0..4).filter(|a| !reduced.contains(a)).collect();
        let count: i64 = kept.iter().map(|a| shape[*a]).product();
        let (x, out, out_at) = (k.read(F, c(36_000)), k.write(F, c(count)), k.write(DType::UInt32, c(count)));
        k.phase(Over::Rows);
        let at = (0..4).fold(c(0), |sum, axis| sum.scale(shape[axis]).add(&i(axis)));
        let a = k.load(x, at);
        let sum = k.reduce(ReduceOp::Sum, a, c(0));
        let [u, v] = reduced;
        let position = k.reduce(ReduceOp::ArgMin, a, i(u).scale(shape[v]).add(&i(v)));
        k.phase(Over::Grid);
        let to = kept.iter().fold(c(0), |sum, axis| sum.scale(shape[*axis]).add(&i(*axis)));
        k.store(out, to.clone(), sum);
        k.store(out_at, to, position);
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
        for (axes, at, outer, inner) in layouts(&c(1), &c(4)) {
            let mut k = Make::new(Class::Row, &axes);
            let (x, out) = (k.read(F, c(4)), k.write(DType::UInt32, c(2)));
            k.phase(Over::Rows);
            let a = k.load(x, at);
            let largest = k.reduce(ReduceOp::ArgMax, a, inner.clone());
            let smallest = k.reduce(ReduceOp::ArgMin, a, inner);
            k.phase(Over::Grid);
            k.store(out, outer.clone(), largest);
            k.store(out, outer.add(&c(1)), smallest);
            assert_eq!(on_device(&k, &[floats(row)], &[])[0], [max, min], "{row:?}");
        }
    }
}

#[test]
fn long_rows_lose_nothing_to_their_length() {
    let n = 3_000_001;
    for (axes, at, outer, _) in layouts(&c(1), &c(n)) {
        let mut k = Make::new(Class::Row, &axes);
        let (x, out) = (k.read(F, c(n)), k.write(F, c(1)));
        k.phase(Over::Rows);
        let a = k.load(x, at);
        let sum = k.reduce(ReduceOp::Sum, a, c(0));
        k.phase(Over::Grid);
        k.store(out, outer, sum);
        let values: Vec<f32> = (0..n).map(|i| 1.0 + (i % 1000) as f32 * 1e-3).collect();
        let want: f64 = values.iter().map(|v| f64::from(*v)).sum();
        let got = as_floats(&on_device(&k, &[floats(&values)], &[])[0])[0];
        assert!((f64::from(got) / want - 1.0).abs() < 2e-7, "{got} instead of {want}");
    }
}

#[test]
fn softmax_is_softmax() {
    let (grid, row) = (3, 1000);
    let (axes, at, _, _) = layouts(&c(grid), &c(row))[0].clone();
    let mut k = Make::new(Class::Row, &axes);
    let (x, out) = (k.read(F, c(grid * row)), k.write(F, c(grid * row)));
    k.phase(Over::Rows);
    let a = k.load(x, at.clone());
    let max = k.reduce(ReduceOp::Max, a, c(0));
    k.phase(Over::Rows);
    let a = k.load(x, at.clone());
    let d = k.apply("sub", &[a, max]);
    let e = k.apply("exp", &[d]);
    let sum = k.reduce(ReduceOp::Sum, e, c(0));
    k.phase(Over::Rows);
    let a = k.load(x, at.clone());
    let d = k.apply("sub", &[a, max]);
    let e = k.apply("exp", &[d]);
    let p = k.apply("div", &[e, sum]);
    k.store(out, at, p);
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
