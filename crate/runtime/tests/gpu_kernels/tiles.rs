//! Contractions large enough for the tiles that a workgroup shares, with edges that do and do not divide.

use crate::build::{Make, c, i};
use crate::{check, some};
use interfuse_compiler::dtype::DType;
use interfuse_compiler::kernel::{Class, Over, Role};

const F: DType = DType::Float32;

#[test]
fn shared_tiles_of_every_layout_and_edge() {
    // 2048 and more take the large tile; the others the small one, in vectors where n is a multiple of four.
    let sizes =
        [(1, 64, 64, 32), (1, 64, 128, 16), (2, 70, 100, 33), (3, 33, 35, 7), (1, 130, 72, 48), (1, 2048, 2052, 2)];
    for (b, m, n, k) in sizes {
        for (left_by_k, right_by_k) in [(true, true), (true, false), (false, true), (false, false)] {
            let large = m >= 2048;
            // The reference is slow: one layout will do.
            if large && (!left_by_k || right_by_k) {
                continue;
            }
            let roles = [(Role::Batch, c(b)), (Role::M, c(m)), (Role::N, c(n)), (Role::K, c(k))];
            let mut make = Make::new(Class::Contract, &roles);
            let (x, y, bias) = (make.read(F, c(b * m * k)), make.read(F, c(b * n * k)), make.read(F, c(n)));
            let (out, again) = (make.write(F, c(b * m * n)), make.write(F, c(b * m * n)));
            let place = |row: usize, rows: i64, by_k: bool| {
                let inside = if by_k { i(row).scale(k).add(&i(3)) } else { i(3).scale(rows).add(&i(row)) };
                i(0).scale(rows * k).add(&inside)
            };
            make.phase(Over::Left);
            let left = make.load(x, place(1, m, left_by_k));
            // Long enough for a function of its own.
            let left = (0..if large { 0 } else { 10 }).fold(left, |value, _| make.apply("neg", &[value]));
            make.phase(Over::Right);
            let right = make.load(y, place(2, n, right_by_k));
            make.phase(Over::Grid);
            let product = make.product(left, right);
            let at = make.load(bias, i(2));
            let sum = make.apply("add", &[product, at]);
            make.store(out, i(0).scale(m).add(&i(1)).scale(n).add(&i(2)), sum);
            // Transposed: strides from lane to lane.
            make.store(again, i(0).scale(n).add(&i(2)).scale(m).add(&i(1)), product);
            let inputs = [(b * m * k, 40), (b * n * k, 41), (n, 42)];
            let inputs = inputs.map(|(count, seed)| some(F, count as usize, seed));
            check(&make, &inputs, &[]);
        }
    }
}
