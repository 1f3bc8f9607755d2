//! Map and index kernels.

use crate::kernels::kernel;
use crate::{as_floats, check, floats, some};
use interfuse_compiler::dtype::DType;

const F: DType = DType::Float32;

/// The axes of a shape, and the row-major position in it.
fn grid(extents: &[i64]) -> (String, String) {
    let axes = extents.iter().enumerate().map(|(axis, extent)| format!("i{axis}: grid < {extent}\n")).collect();
    let at =
        extents.iter().enumerate().fold("0".to_string(), |at, (axis, extent)| format!("({at})*{extent} + i{axis}"));
    (axes, at)
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
        let (axes, at) = grid(&shape);
        let k = kernel(&format!(
            "map kernel chain
             {axes}
             b0: read float32[{size}]
             b1: read float32[{size}]
             b2: write float32[{size}]
             b3: write float32[{size}]
             u1: float32 1000.0
             over grid
               v0 = b0[{at}]
               v1 = b1[{at}]
               v2: float32 = literal 0.5
               v3 = uniform u1
               v4 = add v0 v1
               v5 = mul v4 v2
               v6 = abs v5
               v7 = sub v6 v3
               v8 = add v7 v7
               b2[{at}] = v7
               b3[{at}] = v8"
        ));
        check(&k, &[some(F, size as usize, 1), some(F, size as usize, 2)], &[]);
    }
    let k = kernel(
        "map kernel root
         i0: grid < 3
         b0: read float32[3]
         b1: write float32[3]
         over grid
           v0 = b0[i0]
           v1 = sqrt v0
           b1[i0] = v1",
    );
    assert_eq!(as_floats(&check(&k, &[floats(&[4.0, 9.0, 2.25])], &[])[0]), [2.0, 3.0, 1.5]);
}

#[test]
fn broadcasts_transposes_strides_and_flips() {
    for (rows, columns) in [(1000, 3), (3, 1000), (40, 50), (1, 7), (7, 1)] {
        let (size, twice, last) = (rows * columns, 2 * rows * columns, rows * columns - 1);
        let k = kernel(&format!(
            "map kernel views
             i0: grid < {rows}
             i1: grid < {columns}
             b0: read float32[{size}]
             b1: read float32[{columns}]
             b2: read float32[1]
             b3: read float32[{rows}]
             b4: read float32[{twice}]
             b5: write float32[{size}]
             b6: write float32[{size}]
             over grid
               v0 = b0[{columns}*i0 + i1]
               v1 = b0[{rows}*i1 + i0]
               v2 = b0[{last} - {columns}*i0 - i1]
               v3 = b1[i1]
               v4 = b2[0]
               v5 = b3[i0]
               v6 = b4[2*{columns}*i0 + 2*i1 + 1]
               v7 = add v0 v0
               v8 = sub v7 v1
               v9 = add v8 v8
               v10 = sub v9 v2
               v11 = add v10 v10
               v12 = sub v11 v3
               v13 = add v12 v12
               v14 = sub v13 v4
               v15 = add v14 v14
               v16 = sub v15 v5
               v17 = add v16 v16
               v18 = sub v17 v6
               b5[{columns}*i0 + i1] = v18
               b6[{rows}*i1 + i0] = v18"
        ));
        let lens = [size, columns, 1, rows, twice];
        let inputs: Vec<Vec<u32>> = lens.iter().enumerate().map(|(s, n)| some(F, *n, s as u32)).collect();
        check(&k, &inputs, &[]);
    }
}

#[test]
fn pads_clamp_and_choose_and_gathers_follow_values() {
    // pad(x, 2 before, 3 after) of rows, then take_along: out[i, j] = padded[i, wrap(index[j])] + j
    for (rows, columns) in [(6, 9), (200, 3), (1, 2000)] {
        let (size, padded, last) = (rows * columns, (rows + 5) * columns, rows - 1);
        let k = kernel(&format!(
            "index kernel pad_and_take
             i0: grid < {rows} + 5
             i1: grid < {columns}
             b0: read float32[{size}]
             b1: read int32[{columns}]
             b2: write float32[{padded}]
             over grid
               v0 = b1[i1]
               v1 = inside 0 <= i0 - 2 < {rows}
               v2 = b0[{columns}*min(max(i0 - 2, 0), {last}) + mod(v0, {columns})]
               v3: float32 = literal -1
               v4 = where v1 v2 v3
               v5 = index i1 + floordiv(i0, 2)
               v6: float32 = astype v5
               v7 = add v4 v6
               b2[{columns}*i0 + i1] = v7"
        ));
        check(&k, &[some(F, size, 3), some(DType::Int32, columns, 4)], &[]);
    }
}

#[test]
fn float16_is_widened_rounded_and_stored_in_two_bytes() {
    for n in [1, 7, 1025] {
        let k = kernel(&format!(
            "map kernel halves
             i0: grid < {n}
             b0: read float16[{n}]
             b1: write float16[{n}]
             b2: write float32[{n}]
             over grid
               v0 = b0[{n} - 1 - i0]
               v1: float16 = literal 0.33325195
               v2 = mul v0 v1
               v3 = add v2 v2
               v4: float32 = astype v3
               b1[i0] = v3
               b2[i0] = v4"
        ));
        check(&k, &[some(DType::Float16, n, 5)], &[]);
    }
    let k = kernel(
        "map kernel overflow
         b0: read float16[1]
         b1: write float16[1]
         over grid
           v0 = b0[0]
           v1 = add v0 v0
           b1[0] = v1",
    );
    assert_eq!(as_floats(&check(&k, &[floats(&[40000.0])], &[])[0]), [f32::INFINITY]);
}

#[test]
fn one_program_serves_every_size() {
    let k = kernel(
        "map kernel symbolic
         i0: grid < s0
         i1: grid < s1
         b0: read float32[s0*s1]
         b1: read float32[s0*s1]
         b2: write float32[s0*s1]
         over grid
           v0 = b0[s1*i0 + i1]
           v1 = b1[s0*i1 + i0]
           v2 = add v0 v1
           b2[s1*i0 + i1] = v2",
    );
    for (m, n) in [(3, 4), (0, 4), (1, 1), (700, 2), (2, 700), (64, 65)] {
        let inputs = [some(F, (m * n) as usize, 6), some(F, (m * n) as usize, 7)];
        check(&k, &inputs, &[m, n]);
    }
}

#[test]
fn what_is_not_used_is_not_computed_and_what_is_stored_twice_is_stored_twice() {
    let k = kernel(
        "map kernel thrice
         i0: grid < 600
         b0: read float32[600]
         b1: write float32[600]
         b2: write float32[600]
         b3: write float32[600]
         over grid
           v0 = b0[i0]
           v1 = exp v0
           v2 = neg v0
           b1[i0] = v2
           b2[i0] = v0
           b3[599 - i0] = v2",
    );
    check(&k, &[some(F, 600, 8)], &[]);
}
