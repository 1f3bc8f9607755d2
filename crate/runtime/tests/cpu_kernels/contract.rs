//! Contractions.

use crate::build::{Make, c, i};
use crate::{as_floats, check, floats, on_device, some};
use interfuse_compiler::dim::{Atom, Dim, Symbol};
use interfuse_compiler::dtype::{DType, Scalar};
use interfuse_compiler::kernel::{Class, Over, Role};

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

/// A contraction over axes (batch, m, n, k) with operands laid out as told.
fn matmul(sizes: [Dim; 4], dtype: DType, left_by_k: bool, right_by_k: bool, fused: bool) -> Make {
    let [b, m, n, k] = sizes;
    let axes = [(Role::Batch, b.clone()), (Role::M, m.clone()), (Role::N, n.clone()), (Role::K, k.clone())];
    let mut make = Make::new(Class::Contract, &axes);
    let x = make.read(dtype, b.mul(&m).mul(&k));
    let y = make.read(dtype, b.mul(&n).mul(&k));
    let bias = make.read(dtype, n.clone());
    let out = make.write(dtype, b.mul(&m).mul(&n));
    let place = |batch: Dim, row: Dim, rows: &Dim, k_at: Dim, depth: &Dim, by_k: bool| {
        let inside = if by_k { row.mul(depth).add(&k_at) } else { k_at.mul(rows).add(&row) };
        batch.mul(rows).mul(depth).add(&inside)
    };
    make.phase(Over::Left);
    let mut left = make.load(x, place(i(0), i(1), &m, i(3), &k, left_by_k));
    if fused {
        let two = make.literal(Scalar::from_f64(dtype, 2.0));
        left = make.apply("add", &[left, two]);
    }
    make.phase(Over::Right);
    let mut right = make.load(y, place(i(0), i(2), &n, i(3), &k, right_by_k));
    if fused {
        right = make.apply("neg", &[right]);
    }
    make.phase(Over::Grid);
    let product = make.product(left, right);
    let mut result = product;
    if fused {
        let at = make.load(bias, i(2));
        let sum = make.apply("add", &[product, at]);
        let zero = make.literal(Scalar::from_f64(dtype, 0.0));
        result = make.apply("maximum", &[sum, zero]);
    }
    make.store(out, i(0).mul(&m).add(&i(1)).mul(&n).add(&i(2)), result);
    make
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
                let make = matmul([c(b), c(m), c(n), c(k)], F, left_by_k, right_by_k, fused);
                check(&make, &inputs(F, size), &[]);
            }
        }
    }
}

#[test]
fn known_numbers() {
    let make = matmul([c(1), c(2), c(2), c(3)], F, true, false, false);
    let (x, y) = (floats(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), floats(&[1.0, 0.0, 0.0, 1.0, 1.0, -1.0]));
    let got = on_device(&make, &[x, y, floats(&[0.0; 2])], &[]);
    assert_eq!(as_floats(&got[0]), [4.0, -1.0, 10.0, -1.0]);
}

#[test]
fn float16_sums_in_float32_and_rounds_once() {
    for size in [(2, 9, 20, 33), (1, 1, 3, 50)] {
        let (b, m, n, k) = size;
        for fused in [false, true] {
            let make = matmul([c(b), c(m), c(n), c(k)], DType::Float16, true, false, fused);
            check(&make, &inputs(DType::Float16, size), &[]);
        }
    }
    // 2048 + 1 + 1 would stay 2048 if sums were float16.
    let make = matmul([c(1), c(1), c(1), c(3)], DType::Float16, true, true, false);
    let got = on_device(&make, &[floats(&[2048.0, 1.0, 1.0]), floats(&[1.0; 3]), floats(&[0.0])], &[]);
    assert_eq!(as_floats(&got[0]), [2050.0]);
}

#[test]
fn symbolic_sizes() {
    let s = |id: u32| Dim::symbol(Symbol(id));
    let make = matmul([s(0), s(1), s(2), s(3)], F, true, false, true);
    for size in SIZES {
        let (b, m, n, k) = size;
        check(&make, &inputs(F, size), &[b, m, n, k]);
    }
}

#[test]
fn several_axes_per_role_and_clamped_loads() {
    // A convolution as a contraction: out[y, x, o] = sum over (dy, dx, ch) of in[y+dy-1, x+dx-1, ch] * w[o, dy, dx, ch], zero outside.
    for (height, width, channels, outputs) in [(5, 4, 3, 6), (9, 40, 1, 1), (3, 3, 16, 20)] {
        let extents = [height, width, outputs, 3, 3, channels];
        let roles = [Role::M, Role::M, Role::N, Role::K, Role::K, Role::K];
        let axes: Vec<(Role, Dim)> = roles.into_iter().zip(extents).map(|(r, e)| (r, c(e))).collect();
        let mut make = Make::new(Class::Contract, &axes);
        let x = make.read(F, c(height * width * channels));
        let w = make.read(F, c(outputs * 9 * channels));
        let out = make.write(F, c(height * width * outputs));
        let none = |_: &Atom| None;
        make.phase(Over::Left);
        let (y, z) = (i(0).add(&i(3)).sub(&c(1)), i(1).add(&i(4)).sub(&c(1)));
        let clamp = |d: &Dim, n: i64| d.larger(&c(0), &none).smaller(&c(n - 1), &none);
        let at = clamp(&y, height).scale(width).add(&clamp(&z, width)).scale(channels).add(&i(5));
        let element = make.load(x, at);
        let inside_y = make.inside(y, c(0), c(height));
        let inside_x = make.inside(z, c(0), c(width));
        let inside = make.apply("logicalAnd", &[inside_y, inside_x]);
        let zero = make.literal(Scalar::f32(0.0));
        let left = make.apply("where", &[inside, element, zero]);
        make.phase(Over::Right);
        let right = make.load(w, i(2).scale(3).add(&i(3)).scale(3).add(&i(4)).scale(channels).add(&i(5)));
        make.phase(Over::Grid);
        let product = make.product(left, right);
        make.store(out, i(0).scale(width).add(&i(1)).scale(outputs).add(&i(2)), product);
        let inputs =
            [some(F, (height * width * channels) as usize, 30), some(F, (outputs * 9 * channels) as usize, 31)];
        check(&make, &inputs, &[]);
    }
}
