//! Contractions large enough for the tiles that a workgroup shares, with edges that do and do not divide.

use crate::contract::place;
use crate::kernels::kernel;
use crate::{check, some};
use interfuse_compiler::dtype::DType;

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
            let (left, right) = (place("i1", &m, &k, left_by_k), place("i2", &n, &k, right_by_k));
            // Long enough for a function of its own.
            let negations = if large { 0 } else { 10 };
            let chain: String = (0..negations).map(|at| format!("v{} = neg v{at}\n", at + 1)).collect();
            let [r, product, bias, sum] = [1, 2, 3, 4].map(|at| negations + at);
            let tiles = kernel(&format!(
                "contract kernel tiles
                 i0: batch < {b}
                 i1: m < {m}
                 i2: n < {n}
                 i3: k < {k}
                 b0: read float32[{b}*{m}*{k}]
                 b1: read float32[{b}*{n}*{k}]
                 b2: read float32[{n}]
                 b3: write float32[{b}*{m}*{n}]
                 b4: write float32[{b}*{m}*{n}]
                 over left
                   v0 = b0[{left}]
                   {chain}
                 over right
                   v{r} = b1[{right}]
                 over grid
                   v{product} = product v{negations} v{r}
                   v{bias} = b2[i2]
                   v{sum} = add v{product} v{bias}
                   b3[{m}*{n}*i0 + {n}*i1 + i2] = v{sum}
                   # Transposed: strides from lane to lane.
                   b4[{m}*{n}*i0 + {m}*i2 + i1] = v{product}"
            ));
            let inputs = [(b * m * k, 40), (b * n * k, 41), (n, 42)];
            let inputs = inputs.map(|(count, seed)| some(DType::Float32, count, seed));
            check(&tiles, &inputs, &[]);
        }
    }
}
