//! Map and index kernels.

use crate::build::{Make, c, i};
use crate::{as_floats, check, floats, some};
use interfuse_compiler::dim::{Dim, Symbol};
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kernel::{Class, Over, Role};

const F: DType = DType::Float32;

fn grid(extents: &[i64]) -> Make {
    let axes: Vec<(Role, Dim)> = extents.iter().map(|e| (Role::Grid, c(*e))).collect();
    Make::new(Class::Map, &axes)
}

/// Row-major position in a shape.
fn linear(extents: &[i64]) -> Dim {
    extents.iter().enumerate().fold(c(0), |sum, (axis, e)| sum.scale(*e).add(&i(axis)))
}

#[test]
fn chains_of_any_shape() {
    for shape in [
        vec![],
        vec![0],
        vec![1],
        vec![511],
        vec![5000],
        vec![1000, 3],
        vec![3, 1, 700],
        vec![2, 0, 4],
        vec![7, 5, 3, 2],
    ] {
        let size: i64 = shape.iter().product();
        let mut k = grid(&shape);
        let (x, y) = (k.read(F, c(size)), k.read(F, c(size)));
        let (out, twice) = (k.write(F, c(size)), k.write(F, c(size)));
        k.phase(Over::Grid);
        let (a, b) = (k.load(x, linear(&shape)), k.load(y, linear(&shape)));
        let half = k.literal(Scalar::f32(0.5));
        let big = k.uniform(Scalar::f32(1e3));
        let sum = k.apply("add", &[a, b]);
        let scaled = k.apply("mul", &[sum, half]);
        let root = k.apply("abs", &[scaled]);
        let shifted = k.apply("sub", &[root, big]);
        let double = k.apply("add", &[shifted, shifted]);
        k.store(out, linear(&shape), shifted);
        k.store(twice, linear(&shape), double);
        let inputs = [some(F, size as usize, 1), some(F, size as usize, 2)];
        check(&k, &inputs, &[]);
    }
    let mut k = grid(&[3]);
    let (x, out) = (k.read(F, c(3)), k.write(F, c(3)));
    k.phase(Over::Grid);
    let a = k.load(x, i(0));
    let r = k.apply("sqrt", &[a]);
    k.store(out, i(0), r);
    assert_eq!(as_floats(&check(&k, &[floats(&[4.0, 9.0, 2.25])], &[])[0]), [2.0, 3.0, 1.5]);
}

#[test]
fn broadcasts_transposes_strides_and_flips() {
    for (rows, columns) in [(1000, 3), (3, 1000), (40, 50), (1, 7), (7, 1)] {
        let (r, n) = (c(rows), c(columns));
        let mut k = grid(&[rows, columns]);
        let size = r.mul(&n);
        let (x, bias, scalar) = (k.read(F, size.clone()), k.read(F, n.clone()), k.read(F, c(1)));
        let (column, wide) = (k.read(F, r.clone()), k.read(F, size.scale(2)));
        let (out, transposed) = (k.write(F, size.clone()), k.write(F, size.clone()));
        k.phase(Over::Grid);
        let at = i(0).mul(&n).add(&i(1));
        let loads = [
            k.load(x, at.clone()),
            k.load(x, i(1).mul(&r).add(&i(0))),
            k.load(x, size.sub(&c(1)).sub(&at)),
            k.load(bias, i(1)),
            k.load(scalar, c(0)),
            k.load(column, i(0)),
            k.load(wide, at.scale(2).add(&c(1))),
        ];
        let sum = loads.iter().skip(1).fold(loads[0], |sum, l| {
            let double = k.apply("add", &[sum, sum]);
            k.apply("sub", &[double, *l])
        });
        k.store(out, at, sum);
        k.store(transposed, i(1).mul(&r).add(&i(0)), sum);
        let count = (rows * columns) as usize;
        let lens = [count, columns as usize, 1, rows as usize, 2 * count];
        let inputs: Vec<Vec<u32>> = lens.iter().enumerate().map(|(s, n)| some(F, *n, s as u32)).collect();
        check(&k, &inputs, &[]);
    }
}

#[test]
fn pads_clamp_and_choose_and_gathers_follow_values() {
    // pad(x, 2 before, 3 after) of rows, then take_along: out[i, j] = padded[i, wrap(index[j])] + j
    for (rows, columns) in [(6, 9), (200, 3), (1, 2000)] {
        let (r, n) = (c(rows), c(columns));
        let mut k = grid(&[rows + 5, columns]);
        k.kernel.class = Class::Index;
        let (x, index) = (k.read(F, r.mul(&n)), k.read(DType::Int32, n.clone()));
        let out = k.write(F, c((rows + 5) * columns));
        k.phase(Over::Grid);
        let taken = k.load(index, i(1));
        let none = |_: &interfuse_compiler::dim::Atom| None;
        let value = Dim::atom(interfuse_compiler::dim::Atom::Value(taken.0));
        let column = value.modulo(&n, &none);
        let row = i(0).sub(&c(2)).larger(&c(0), &none).smaller(&r.sub(&c(1)), &none);
        let inside = k.inside(i(0).sub(&c(2)), c(0), r.clone());
        let element = k.load(x, row.mul(&n).add(&column));
        let fill = k.literal(Scalar::f32(-1.0));
        let padded = k.apply("where", &[inside, element, fill]);
        let j = k.index(i(1).add(&i(0).floor_div(&c(2), &none)));
        let j = k.cast(j, F);
        let sum = k.apply("add", &[padded, j]);
        k.store(out, i(0).mul(&n).add(&i(1)), sum);
        let inputs = [some(F, (rows * columns) as usize, 3), some(DType::Int32, columns as usize, 4)];
        check(&k, &inputs, &[]);
    }
}

#[test]
fn float16_is_widened_rounded_and_stored_in_two_bytes() {
    let h = DType::Float16;
    for n in [1, 7, 1025] {
        let mut k = grid(&[n]);
        let (x, out, wide) = (k.read(h, c(n)), k.write(h, c(n)), k.write(F, c(n)));
        k.phase(Over::Grid);
        let a = k.load(x, c(n - 1).sub(&i(0)));
        let third = k.literal(Scalar::from_f64(h, 1.0 / 3.0));
        let b = k.apply("mul", &[a, third]);
        let e = k.apply("add", &[b, b]);
        let f = k.cast(e, F);
        k.store(out, i(0), e);
        k.store(wide, i(0), f);
        check(&k, &[some(h, n as usize, 5)], &[]);
    }
    let mut k = grid(&[1]);
    let (x, out) = (k.read(h, c(1)), k.write(h, c(1)));
    k.phase(Over::Grid);
    let a = k.load(x, c(0));
    let b = k.apply("add", &[a, a]);
    k.store(out, c(0), b);
    assert_eq!(as_floats(&check(&k, &[floats(&[40000.0])], &[])[0]), [f32::INFINITY]);
}

#[test]
fn one_program_serves_every_size() {
    // out[i, j] = x[i, j] + y[j, i] over [a, b], both symbols.
    let (a, b) = (Dim::symbol(Symbol(0)), Dim::symbol(Symbol(1)));
    let mut k = Make::new(Class::Map, &[(Role::Grid, a.clone()), (Role::Grid, b.clone())]);
    let size = a.mul(&b);
    let (x, y) = (k.read(F, size.clone()), k.read(F, size.clone()));
    let out = k.write(F, size.clone());
    k.phase(Over::Grid);
    let at = i(0).mul(&b).add(&i(1));
    let (u, v) = (k.load(x, at.clone()), k.load(y, i(1).mul(&a).add(&i(0))));
    let sum = k.apply("add", &[u, v]);
    k.store(out, at, sum);
    for (m, n) in [(3, 4), (0, 4), (1, 1), (700, 2), (2, 700), (64, 65)] {
        let inputs = [some(F, (m * n) as usize, 6), some(F, (m * n) as usize, 7)];
        check(&k, &inputs, &[m, n]);
    }
}

#[test]
fn what_is_not_used_is_not_computed_and_what_is_stored_twice_is_stored_twice() {
    let mut k = grid(&[600]);
    let (x, out, copy, again) = (k.read(F, c(600)), k.write(F, c(600)), k.write(F, c(600)), k.write(F, c(600)));
    k.phase(Over::Grid);
    let a = k.load(x, i(0));
    k.apply("exp", &[a]);
    let b = k.apply("neg", &[a]);
    k.store(out, i(0), b);
    k.store(copy, i(0), a);
    k.store(again, c(599).sub(&i(0)), b);
    check(&k, &[some(F, 600, 8)], &[]);
}
