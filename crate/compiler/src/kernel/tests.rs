//! Round trips of every instruction, and bad input.

use super::*;
use crate::dtype::Scalar;
use interfuse_testing::{Expect, expect, snapshot};

/// Every class, instruction and attribute.
const EVERYTHING: [&str; 4] = [
    "\
row kernel row_everything
  i0: grid < 4
  i1: row < s0
  b0: read float16[4*s0]
  b1: read uint32[2] block=3
  b2: read float32[max(s0, 7)] block=3
  b3: write float16[4*s0]
  b4: write uint32[4]
  u0: size 4
  u1: float16 0.099975586
  u2: float32 0xffc00001
  u3: size s0
  over rows
    v0: float16 = b0[s0*i0 + i1]
    v1: uint32 = sortKey v0
    v2: bool = inside 0 <= i1 - 1 < s0
    v3: float16 = scan v0 op=max restart=v2 reverse
    v4: float16 = scan v0 op=add reverse
    v5: float16 = where v2 v3 v4
    v6: uint32 = argmin v1 position=i1
    v7: float16 = sum v5
  over grid
    v8: uint32 = b1[0]
    v9: uint32 = index 4*i0
    v10: int32 = index -floordiv(i0, 3) + mod(i0, 2) - 3
    v11: uint32 = randomBits v8 v8 v9
    v12: bool = less v7 v7
    v13: int32 = literal -7
    v14: bool = literal true
    b4[v9] = v6
  over rows
    v15: float16 = b0[s0*i0 + i1]
    v16: float16 = uniform u1
    v17: float16 = mul v15 v16
    v18: float32 = b2[min(max(v10 + v13, 0), 6)]
    v19: float16 = astype v18
    v20: float16 = add v17 v19
    b3[s0*i0 + i1] = v20
  repeats v15=v0 v17=v3
",
    "\
contract kernel contract_matmul
  i0: batch < 7
  i1: m < 2
  i2: n < 3
  i3: k < 5
  b0: read float32[70]
  b1: read float32[105]
  b2: write float32[42]
  u0: size 42
  over left
    v0: float32 = b0[10*i0 + 5*i1 + i3]
  over right
    v1: float32 = b1[15*i0 + i2 + 3*i3]
  over grid
    v2: float32 = product v0 v1
    b2[6*i0 + 3*i1 + i2] = v2
",
    "\
index kernel index_of_parts
  i0: grid < 7
  i1: grid < 4
  i2: grid < 3
  b0: write int32[7]
  b1: write int32[12]
  u0: size 19
  part 0..1
  over grid
    v0: int32 = index i0
    b0[i0] = v0
  part 1..3
  over grid
    v1: int32 = index 3*i1 + i2
    b1[3*i1 + i2] = v1
",
    "\
serial kernel index_scan
  i0: grid < 4
  b0: read float32[4]
  b1: read bool[4]
  b2: write float32[4]
  u0: size 4
  serial scan op=logaddexp reverse b0 b1
",
];

#[test]
fn every_kernel_survives_the_round_trip() {
    for listing in EVERYTHING {
        let kernel = parse_kernel(listing).unwrap_or_else(|error| panic!("{error} in\n{listing}"));
        assert_eq!(kernel.to_string(), listing);
    }
    for word in ["scan op=add b0 b1", "argsort b0", "scatter op=set b0 b1 b0", "loop"] {
        let listing = EVERYTHING[3].replace("scan op=logaddexp reverse b0 b1", word);
        let kernel = parse_kernel(&listing).unwrap_or_else(|error| panic!("{error} in\n{listing}"));
        assert_eq!(kernel.to_string(), listing);
    }
}

#[test]
fn by_hand_types_and_sizes_may_be_left_out() {
    let listing = "map kernel k # a comment\n\ni0: grid < s1\ni1: grid < 4\nb0: read float32[4*s1]\nb1: write bool[4*s1]\nu1: float32 0.5\n\
                   over grid\nv0 = b0[4*i0 + i1]\n v1 = uniform u1\nv2 = less v0 v1\nb1[4*i0 + i1] = v2";
    let want = expect![[r#"
        map kernel k
          i0: grid < s1
          i1: grid < 4
          b0: read float32[4*s1]
          b1: write bool[4*s1]
          u0: size 4*s1
          u1: float32 0.5
          u2: size s1
          over grid
            v0: float32 = b0[4*i0 + i1]
            v1: float32 = uniform u1
            v2: bool = less v0 v1
            b1[4*i0 + i1] = v2
    "#]];
    let kernel = parse_kernel(listing).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(verify::verify_kernel(&kernel), Ok(()));
    assert_eq!(kernel.uniforms[1], Uniform::Literal(Scalar::f32(0.5)));
    snapshot(&want, &kernel.to_string());
}

#[test]
fn errors_say_where_and_what() {
    let check = |listing: &str, want: Expect| snapshot(&want, &parse_kernel(listing).expect_err(listing).to_string());
    check("", expect!["1:1: expected one of map, row, contract, index, serial"]);
    check("map k", expect!["1:5: expected `kernel`"]);
    check("map kernel", expect!["1:11: expected the name of the kernel"]);
    check("map kernel k\ni0: rows < 4", expect!["2:5: expected one of grid, row, batch, m, n, k"]);
    check("map kernel k\ni1: grid < 4", expect!["2:1: expected i0: all are numbered in turn"]);
    check("map kernel k\ni0: grid < -4", expect!["2:12: expected a size that is not negative"]);
    check(
        "map kernel k\nover grid\nw0 = 3",
        expect![
            "3:1: expected an axis (i0:), a binding (b0:), a member of the uniform block (u0:), a value (v0:), a store (b0[...] =), serial, part, over or repeats"
        ],
    );
    check("map kernel k\nv0 = index 3", expect!["2:1: expected `over` before the first value"]);
    let begins = |rest: &str| format!("map kernel k\ni0: grid < 4\nb0: read int32[4]\nover grid\nv0 = b0[i0]\n{rest}");
    check(&begins("v1 = b0[i0] 3"), expect!["6:13: expected the end of the line"]);
    check(&begins("v1 = b1[i0]"), expect!["6:6: b1 is not defined above"]);
    check(&begins("v1 = add v0 v1"), expect!["6:13: expected v with a number below 1"]);
    check(&begins("v1 = b0[v1]"), expect!["6:9: v1 is not defined above"]);
    check(
        &begins("v1 = b0[x1]"),
        expect![
            "6:9: expected a number, a coordinate like i0, a value like v0, a symbol like s0, floordiv, mod, min or max"
        ],
    );
    check(&begins("v1: float32 = neg v0"), expect!["6:15: the type is int32, not the one stated"]);
    check(&begins("v1 = astype v0"), expect!["6:1: the type must be stated: `v0: float32 = ...`"]);
    check(&begins("v1 = literal 3"), expect!["6:6: the type of a literal must be stated: `v0: float32 = literal 1`"]);
    check(&begins("v1 = sum v0\nv2 = neg v1"), expect!["7:1: expected reductions after all other values of a phase"]);
    check(&begins("v1 = plus v0"), expect!["6:6: expected a load, an operation or a reduction, `plus` is none"]);
    check(&begins("v1: uint32 = inside 0 <= i0 < 3"), expect!["6:14: the type is bool, not the one stated"]);
}

#[test]
fn damaged_listings_never_panic() {
    for listing in EVERYTHING {
        for end in 0..listing.len() {
            let _ = parse_kernel(&listing[..end]);
        }
        for at in 0..listing.len() {
            for replacement in ["9", "-", "]", "s0*", "\n", "v1 ", "i7", ""] {
                let mut damaged = listing.to_string();
                damaged.replace_range(at..=at, replacement);
                // What still reads is judged, not trusted.
                if let Ok(kernel) = parse_kernel(&damaged) {
                    let _ = verify::verify_kernel(&kernel);
                    let _ = kernel.to_string();
                }
            }
        }
    }
}
