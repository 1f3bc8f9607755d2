//! Round trips of every kind, and bad input.

use super::*;
use crate::dtype::DType;
use interfuse_testing::{Expect, expect, snapshot};

/// Every kind, every attribute, symbolic sizes, special literals, nested bodies.
const EVERYTHING: &str = "\
%0: float32[4,s0] = input 0
%1: float32[s0,3] = input 1
%2: uint32[2] = constant 0
%3: float32[] = literal 0.1
%4: float32[] = literal -0.0
%5: float32[] = literal nan
%6: float32[] = literal 0xffc00001
%7: float16[] = literal 0.099975586
%8: float16[] = literal -inf
%9: int32[] = literal -2147483648
%10: uint32[] = literal 4294967295
%11: bool[] = literal true
%12: float32[] = literal 1e-45
%13: float32[] = literal 3.4028235e38
%14: int32[5,2] = iota axis=1
%15: float32[] = size -2*s0 + s0*s0 + floordiv(s0 + 1, 2) + 3
%16: float32[4,s0] = broadcast %3 axes=[]
%17: float32[4,s0] = mul %0 %16
%18: bool[4,s0] = less %17 %0
%19: float32[4,s0] = where %18 %0 %17
%20: float16[4,s0] = astype %19
%21: float32[s0] = sum %0 axes=[0]
%22: float32[] = prod %0 axes=[0,1]
%23: uint32[4] = argmax %0 axes=[1]
%24: float32[4,s0] = scan %0 op=logaddexp axis=1 reverse
%25: float32[4,s0] = scan %0 op=add axis=0
%26: float32[s0,4] = reshape %0
%27: float32[s0,4] = transpose %0 permutation=[1,0]
%28: float32[4,min(s0, 7)] = slice %0 start=[3,0] step=[-1,1]
%29: float32[4,s0] = flip %0 axes=[0,1]
%30: float32[5,s0 + mod(s0, 4) + 1] = pad %0 low=[1,1] high=[0,mod(s0, 4)] value=-inf
%31: float32[4,3] = dot %0 %1 batch=[] contract=[1:0]
%32: float32[s0] = dot %0 %0 batch=[1:1] contract=[0:0]
%33: float32[1,8,8,4] = input 2
%34: float32[6,3,3,2] = input 3
%35: float32[1,4,4,6] = conv %33 %34 stride=[2,2] padding=[1:1,1:1] kernelDilation=[1,1] inputDilation=[1,1] groups=2
%36: float32[1,15,19,6] = conv %33 %34 stride=[1,1] padding=[1:1,3:3] kernelDilation=[1,1] inputDilation=[2,2] groups=2 flip
%37: float32[4,2] = gather %0 %2 axis=1
%38: float32[4,s0] = scatter %0 %2 %37 axis=1 op=max
%39: float32[4,2*s0] = concatenate %0 %38 axis=1
%40: uint32[4,s0] = argsort %0 axis=0
%41: uint32[7,s1] = randomBits %2
%42: float32[4,s0] = call %0 rule=stop output=0 {
  %0: float32[4,s0] = input 0
  %1: float32[4,s0] = call %0 rule=recompute output=0 {
    %0: float32[4,s0] = input 0
    %1: float32[4,s0] = exp %0
    return %1
  }
  return %1
}
%43: float32[4] = loop %22 %23 length=4 carries=1 output=1 {
  %0: float32[] = input 0
  %1: uint32[] = input 1
  %2: float32[] = astype %1
  return %0 %2
}
%44: float32[4,s0] = barrier %42 region=9
%45: float32[4,max(s0, s1)] = input 4
%46: int32[] = size -1
return %44 %44 %0
";

#[test]
fn every_kind_survives_the_round_trip() {
    let graph = parse(EVERYTHING).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(print(&graph), EVERYTHING);
    assert_eq!(parse(&print(&graph)).as_ref(), Ok(&graph));
}

#[test]
fn origins_survive_the_round_trip() {
    let listing =
        "%0: float32[] = input 0 from=[3]\n%1: float32[] = exp %0\n%2: float32[] = neg %1 from=[2,4,9]\nreturn %2\n";
    let graph = parse(listing).expect("legal");
    assert_eq!(graph.node(NodeId(2)).from.as_slice(), [2, 4, 9]);
    assert_eq!(print_with(&graph, Detail::Origins), listing);
    assert_eq!(print(&graph), listing.replace(" from=[3]", "").replace(" from=[2,4,9]", ""));
}

#[test]
fn by_hand_types_and_numbering_are_free() {
    let listing =
        "# a comment\n\n %x : float32[2] = input 0   # another\n%longer_name = exp %x\r\n\treturn %longer_name\n\n";
    let want = expect![[r#"
        %0: float32[2] = input 0
        %1: float32[2] = exp %0
        return %1
    "#]];
    snapshot(&want, &print(&parse(listing).expect("legal")));
}

#[test]
fn shortest_decimals_keep_every_bit() {
    // All float16, and float32 over all exponents.
    for bits in 0..=0xffffu32 {
        round_trip(Scalar::from_bits(DType::Float16, bits));
    }
    for bits in (0..=0xffff_ffffu32).step_by(65_521) {
        round_trip(Scalar::from_bits(DType::Float32, bits));
    }
}

fn round_trip(value: Scalar) {
    let listing = format!("%0: {}[] = literal {}\nreturn %0\n", value.dtype(), scalar(value));
    let graph = parse(&listing).unwrap_or_else(|error| panic!("{error} in {listing}"));
    assert_eq!(graph.node(NodeId(0)).kind, Kind::Literal { value });
}

#[test]
fn errors_say_where_and_what() {
    let check = |listing: &str, want: Expect| snapshot(&want, &parse(listing).expect_err(listing).to_string());
    check("", expect!["1:1: expected a node such as `%0: float32[2] = input 0`, or `return`"]);
    check("%0 = input 0", expect!["1:6: the type of `input` must be stated: `%0: float32[2] = input`"]);
    check("%0: float64[2] = input 0", expect!["1:5: expected bool, int32, uint32, float16 or float32"]);
    check("%0: float32[2] = input 0\nreturn %1", expect!["2:8: %1 is not defined above"]);
    check("%0: float32[2] = input 0\n%0 = exp %0\nreturn %0", expect!["2:1: %0 is already defined"]);
    check(
        "%0: float32[2] = input 0\n%1: float32[3] = exp %0\nreturn %1",
        expect!["2:18: the type is float32[2], not the one stated"],
    );
    check(
        "%0: float32[2] = input 0\n%1 = bitwiseAnd %0 %0\nreturn %1",
        expect!["2:6: bitwiseAnd: is not defined for float32 Convert with astype."],
    );
    check("%0: float32[2] = inputs 0", expect!["1:18: expected an operation, `inputs` is none"]);
    check("%0: float32[2] = input 0 1", expect!["1:26: expected the end of the line"]);
    check("%0: float32[2 = input 0", expect!["1:15: expected `,` or `]`"]);
    check("%0: float32[-2] = input 0", expect!["1:13: expected a size that is not negative"]);
    check("%0: float32[i0] = input 0", expect!["1:13: expected a number, a symbol like s0, floordiv, mod, min or max"]);
    check("%0: float32[floordiv(s0, 0)] = input 0", expect!["1:13: the divisor must be positive"]);
    check("%0: int32[] = literal 2147483648", expect!["1:23: expected a value of dtype int32"]);
    check("%0: bool[] = literal 0x2", expect!["1:22: expected a value of dtype bool"]);
    check("%0: float32[99999999999] = input 0", expect!["1:13: expected a number of at most 2147483648"]);
    check(
        "%0: float32[2147483648,2147483648] = input 0",
        expect!["1:12: the shape is too large: at most 1099511627776 elements"],
    );
    check("%0: float32[2] = input 4000000000", expect!["1:24: expected a number of at most 65536"]);
    check(
        "%0: float32[] = literal 1 from=[2,2]\nreturn",
        expect!["1:37: origins must be sorted, each once, at least one"],
    );
    check("return\n%0", expect!["2:1: expected the end of the listing after `return`"]);
    check("%0: float32[] = literal ü", expect!["1:25: expected a value of dtype float32"]);
}

#[test]
fn hostile_input_is_an_error_not_a_crash() {
    let nested = format!("%0: float32[{}s0{}] = input 0\n", "(".repeat(100_000), ")".repeat(100_000));
    let bodies = format!(
        "%0: float32[] = literal 1\n{}",
        "%1 = call %0 rule=body output=0 {\n%0: float32[] = literal 1\n".repeat(10_000)
    );
    let wide = format!("%0: float32[{}] = input 0\n", vec!["s0 + s1 + s2 + s3"; 40].join(","));
    let power = format!("%0: float32[{}] = input 0\n", vec!["2147483648"; 40].join("*"));
    let symbols = format!("%0: float32[{}] = input 0\n", vec!["s0"; 1000].join("*"));
    let empty = "%0: float32[0,2147483648,2147483648,2147483648] = input 0\n".to_string();
    let conv = "%0: float32[1,4,1] = input 0\n%1: float32[1,2,1] = input 1\n%2 = conv %0 %1 stride=[0] padding=[0:0] kernelDilation=[1] inputDilation=[1] groups=1\n".to_string();
    let carries = "%0: float32[] = literal 1\n%1 = loop %0 length=3 carries=9 output=8 {\n%0: float32[] = input 0\nreturn %0 %0 %0 %0 %0 %0 %0 %0 %0\n}\n".to_string();
    for listing in [nested, bodies, wide, power, symbols, empty, conv, carries] {
        parse(&listing).expect_err("hostile");
    }
}

#[test]
fn damaged_listings_never_panic() {
    // Every prefix, and every byte replaced by each of a few that mean something.
    for end in 0..EVERYTHING.len() {
        if EVERYTHING.is_char_boundary(end) {
            let _ = parse(&EVERYTHING[..end]);
        }
    }
    for at in 0..EVERYTHING.len() {
        for replacement in ["9", "-", "]", "s0*", "\n", "%1 ", ""] {
            let mut damaged = EVERYTHING.to_string();
            damaged.replace_range(at..=at, replacement);
            let _ = parse(&damaged);
        }
    }
}

#[test]
fn what_is_made_for_kernels_of_gpus_is_in_no_file() {
    for word in ["sortKey %0", "permute %0 %0"] {
        let listing = format!("%0: uint32[2] = input 0\n%1: uint32[2] = {word}\nreturn %1\n");
        assert!(parse(&listing).is_err(), "{word}");
    }
    assert!(parse("%0: uint32[2] = input 0\nreturn %0\n").is_ok(), "the rest is as it should be");
}
