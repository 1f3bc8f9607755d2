//! Each kind against values worked out by hand or by another program.

use super::*;
use crate::text::parse;

fn run(listing: &str, inputs: &[Value], symbols: &[i64]) -> Vec<Value> {
    let graph = parse(listing).unwrap_or_else(|error| panic!("{error}\n{listing}"));
    eval(&graph, inputs, &[], symbols).unwrap_or_else(|error| panic!("{error}\n{listing}"))
}

/// One result, from inputs.
fn check(listing: &str, inputs: &[Value], want: Value) {
    let got = run(listing, inputs, &[]);
    assert!(got[0].same(&want), "{listing}got {:?}, want {want:?}", got[0]);
}

/// One result, from one float32 input.
fn check_f32(line: &str, sizes: &[usize], data: &[f32], want: Value) {
    let dims: Vec<String> = sizes.iter().map(usize::to_string).collect();
    let listing = format!("%0: float32[{}] = input 0\n%1 {line}\nreturn %1\n", dims.join(","));
    check(&listing, &[Value::f32(sizes, data)], want);
}

const NAN: f32 = f32::NAN;

#[test]
fn leaves() {
    let listing =
        "%0: int32[2,3] = iota axis=1\n%1: float32[] = size s0*2 + 1\n%2: float16[] = literal 0.1\nreturn %0 %1 %2\n";
    let got = run(listing, &[], &[5]);
    assert_eq!(got[0], Value::i32(&[2, 3], &[0, 1, 2, 0, 1, 2]));
    assert_eq!(got[1], Value::f32(&[], &[11.0]));
    assert_eq!(got[2].to_f64(), [0.099_975_585_937_5]);
}

#[test]
fn maps_round_once_to_their_dtype() {
    let listing = "%0: float16[2] = input 0\n%1 = add %0 %0\n%2 = mul %1 %1\nreturn %2\n";
    let half = |x: f64| Scalar::from_f64(DType::Float16, x);
    let input = Value::new(&[2], DType::Float16, vec![half(0.1), half(200.0)]);
    // 0.2^2 after rounding 0.1 and 0.2 to float16; 400^2 overflows.
    let want = Value::new(&[2], DType::Float16, vec![half(0.199951171875 * 0.199951171875), half(f64::INFINITY)]);
    check(listing, &[input], want);
}

#[test]
fn where_takes_the_dtype_of_what_it_chooses() {
    let listing = "%0: bool[2] = input 0\n%1: int32[2] = input 1\n%2 = neg %1\n%3 = where %0 %1 %2\nreturn %3\n";
    let condition = Value::new(&[2], DType::Bool, vec![Scalar::bool(true), Scalar::bool(false)]);
    check(listing, &[condition, Value::i32(&[2], &[-7, -7])], Value::i32(&[2], &[-7, 7]));
}

#[test]
fn reductions() {
    let x = [1.0, -2.0, 3.0, 4.0, 5.0, -6.0];
    check_f32("= sum %0 axes=[1]", &[2, 3], &x, Value::f32(&[2], &[2.0, 3.0]));
    check_f32("= prod %0 axes=[0]", &[2, 3], &x, Value::f32(&[3], &[4.0, -10.0, -18.0]));
    check_f32("= max %0 axes=[0,1]", &[2, 3], &x, Value::f32(&[], &[5.0]));
    check_f32("= argmin %0 axes=[1]", &[2, 3], &x, Value::u32(&[2], &[1, 2]));
    check_f32("= argmax %0 axes=[0]", &[4], &[1.0, 3.0, 3.0, 2.0], Value::u32(&[], &[1]));
    check_f32("= argmax %0 axes=[0]", &[4], &[1.0, NAN, 3.0, NAN], Value::u32(&[], &[1]));
    check_f32("= min %0 axes=[0]", &[3], &[1.0, NAN, -3.0], Value::f32(&[], &[NAN]));
    check_f32("= max %0 axes=[0]", &[2], &[-0.0, 0.0], Value::f32(&[], &[0.0]));
    check_f32("= max %0 axes=[0]", &[2], &[0.0, -0.0], Value::f32(&[], &[0.0]));
    // Rounded once: in float32 the ones would be lost one by one.
    check_f32("= sum %0 axes=[0]", &[4], &[16777216.0, 1.0, 1.0, -16777216.0], Value::f32(&[], &[2.0]));
    check_f32("= sum %0 axes=[0]", &[0, 2], &[], Value::f32(&[2], &[0.0, 0.0]));
    check_f32("= sum %0 axes=[0]", &[1], &[-0.0], Value::f32(&[], &[0.0]));
    check_f32("= prod %0 axes=[1]", &[1, 0], &[], Value::f32(&[1], &[1.0]));
    let any =
        "%0: int32[3] = input 0\n%1: bool[3] = astype %0\n%2 = any %1 axes=[0]\n%3 = all %1 axes=[0]\nreturn %2 %3\n";
    let got = run(any, &[Value::i32(&[3], &[0, 2, 0])], &[]);
    assert_eq!((got[0].data[0], got[1].data[0]), (Scalar::bool(true), Scalar::bool(false)));
    let wraps = "%0: int32[2] = input 0\n%1 = sum %0 axes=[0]\n%2 = prod %0 axes=[0]\nreturn %1 %2\n";
    let got = run(wraps, &[Value::i32(&[2], &[i32::MAX, 2])], &[]);
    assert_eq!((got[0].data[0], got[1].data[0]), (Scalar::i32(i32::MIN + 1), Scalar::i32(-2)));
}

#[test]
fn views() {
    let x = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    check_f32(": float32[3,2] = reshape %0", &[2, 3], &x, Value::f32(&[3, 2], &x));
    check_f32("= transpose %0 permutation=[1,0]", &[2, 3], &x, Value::f32(&[3, 2], &[0.0, 3.0, 1.0, 4.0, 2.0, 5.0]));
    check_f32(
        ": float32[2,3] = broadcast %0 axes=[1]",
        &[3],
        &x[..3],
        Value::f32(&[2, 3], &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0]),
    );
    check_f32(": float32[2,2] = broadcast %0 axes=[0,1]", &[2, 1], &x[..2], Value::f32(&[2, 2], &[0.0, 0.0, 1.0, 1.0]));
    check_f32(
        ": float32[2,2] = slice %0 start=[0,2] step=[1,-2]",
        &[2, 3],
        &x,
        Value::f32(&[2, 2], &[2.0, 0.0, 5.0, 3.0]),
    );
    check_f32("= flip %0 axes=[1]", &[2, 3], &x, Value::f32(&[2, 3], &[2.0, 1.0, 0.0, 5.0, 4.0, 3.0]));
    check_f32(
        ": float32[2,3] = pad %0 low=[0,2] high=[1,0] value=9.0",
        &[1, 1],
        &[7.0],
        Value::f32(&[2, 3], &[9.0, 9.0, 7.0, 9.0, 9.0, 9.0]),
    );
    let symbolic = "%0: float32[s0] = input 0\n%1: float32[s0] = slice %0 start=[s0 - 1] step=[-1]\nreturn %1\n";
    assert_eq!(run(symbolic, &[Value::f32(&[3], &[1.0, 2.0, 3.0])], &[3]), [Value::f32(&[3], &[3.0, 2.0, 1.0])]);
}

#[test]
fn contractions() {
    let matmul =
        "%0: float32[2,3] = input 0\n%1: float32[3,2] = input 1\n%2 = dot %0 %1 batch=[] contract=[1:0]\nreturn %2\n";
    let (a, b) = ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [7.0, 8.0, 9.0, 10.0, 11.0, 12.0]);
    check(
        matmul,
        &[Value::f32(&[2, 3], &a), Value::f32(&[3, 2], &b)],
        Value::f32(&[2, 2], &[58.0, 64.0, 139.0, 154.0]),
    );
    // Batched, with the contracted axis first on the left: result axes are batch, left, right.
    let batched = "%0: float32[2,2,1] = input 0\n%1: float32[2,1,2] = input 1\n%2 = dot %0 %1 batch=[0:0] contract=[1:2]\nreturn %2\n";
    check(
        batched,
        &[Value::f32(&[2, 2, 1], &[1.0, 2.0, 3.0, 4.0]), Value::f32(&[2, 1, 2], &[5.0, 6.0, 7.0, 8.0])],
        Value::f32(&[2, 1, 1], &[17.0, 53.0]),
    );
    let conv = |attributes: &str, want: Value| {
        let listing = format!(
            "%0: float32[1,4,1] = input 0\n%1: float32[1,2,1] = input 1\n%2 = conv %0 %1 {attributes}\nreturn %2\n"
        );
        check(&listing, &[Value::f32(&[1, 4, 1], &[1.0, 2.0, 3.0, 4.0]), Value::f32(&[1, 2, 1], &[10.0, 1.0])], want);
    };
    let valid = "stride=[1] padding=[0:0] kernelDilation=[1] inputDilation=[1] groups=1";
    conv(valid, Value::f32(&[1, 3, 1], &[12.0, 23.0, 34.0]));
    conv(&format!("{valid} flip"), Value::f32(&[1, 3, 1], &[21.0, 32.0, 43.0]));
    conv(
        "stride=[2] padding=[1:1] kernelDilation=[2] inputDilation=[1] groups=1",
        Value::f32(&[1, 2, 1], &[2.0, 24.0]),
    );
    conv(
        "stride=[1] padding=[0:0] kernelDilation=[1] inputDilation=[2] groups=1",
        Value::f32(&[1, 6, 1], &[10.0, 2.0, 20.0, 3.0, 30.0, 4.0]),
    );
    let grouped = "%0: float32[1,1,2] = input 0\n%1: float32[2,1,1] = input 1\n%2 = conv %0 %1 stride=[1] padding=[0:0] kernelDilation=[1] inputDilation=[1] groups=2\nreturn %2\n";
    check(
        grouped,
        &[Value::f32(&[1, 1, 2], &[2.0, 3.0]), Value::f32(&[2, 1, 1], &[5.0, 7.0])],
        Value::f32(&[1, 1, 2], &[10.0, 21.0]),
    );
}

#[test]
fn indexed_kinds() {
    let gather = "%0: float32[2,3] = input 0\n%1: int32[4] = input 1\n%2 = gather %0 %1 axis=1\nreturn %2\n";
    let x = Value::f32(&[2, 3], &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    // From the end, and clamped.
    let want = Value::f32(&[2, 4], &[2.0, 1.0, 2.0, 0.0, 5.0, 4.0, 5.0, 3.0]);
    check(gather, &[x, Value::i32(&[4], &[-1, 1, 9, -9])], want);
    let scatter = |op: &str, want: &[f32]| {
        let listing = format!(
            "%0: float32[3] = input 0\n%1: int32[4] = input 1\n%2: float32[4] = input 2\n%3 = scatter %0 %1 %2 axis=0 op={op}\nreturn %3\n"
        );
        let (data, indices) = (Value::f32(&[3], &[1.0, 1.0, 1.0]), Value::i32(&[4], &[0, -1, 0, 3]));
        check(&listing, &[data, indices, Value::f32(&[4], &[5.0, 6.0, 7.0, 8.0])], Value::f32(&[3], want));
    };
    scatter("set", &[7.0, 1.0, 6.0]);
    scatter("add", &[13.0, 1.0, 7.0]);
    scatter("mul", &[35.0, 1.0, 6.0]);
    scatter("min", &[1.0, 1.0, 1.0]);
    check(
        "%0: float32[1,2] = input 0\n%1: float32[1,1] = input 1\n%2 = concatenate %0 %1 %0 axis=1\nreturn %2\n",
        &[Value::f32(&[1, 2], &[1.0, 2.0]), Value::f32(&[1, 1], &[3.0])],
        Value::f32(&[1, 5], &[1.0, 2.0, 3.0, 1.0, 2.0]),
    );
    check_f32("= argsort %0 axis=0", &[6], &[2.0, NAN, 0.0, -0.0, -1.0, 2.0], Value::u32(&[6], &[4, 2, 3, 0, 5, 1]));
    check_f32("= argsort %0 axis=1", &[2, 2], &[2.0, 1.0, 1.0, 2.0], Value::u32(&[2, 2], &[1, 0, 0, 1]));
    check_f32("= scan %0 op=add axis=0", &[3], &[1.0, 2.0, 3.0], Value::f32(&[3], &[1.0, 3.0, 6.0]));
    check_f32("= scan %0 op=mul axis=0 reverse", &[3], &[1.0, 2.0, 3.0], Value::f32(&[3], &[6.0, 6.0, 3.0]));
    check_f32("= scan %0 op=max axis=1", &[1, 3], &[1.0, NAN, 3.0], Value::f32(&[1, 3], &[1.0, NAN, NAN]));
    check_f32("= scan %0 op=logaddexp axis=0", &[2], &[0.0, 0.0], Value::f32(&[2], &[0.0, std::f32::consts::LN_2]));
}

#[test]
fn random_bits_are_those_of_jax() {
    let listing =
        "%0: uint32[2] = input 0\n%1: uint32[5] = randomBits %0\n%2: uint32[2,2] = randomBits %0\nreturn %1 %2\n";
    let got = run(listing, &[Value::u32(&[2], &[0, 0])], &[]);
    let want = [4070199207, 4202968722, 1427181096, 2012915765, 2447653815];
    assert_eq!(got[0], Value::u32(&[5], &want));
    assert_eq!(got[1], Value::u32(&[2, 2], &want[..4]));
    // The published test vector of the cipher itself.
    assert_eq!(random::bits([0x13198a2e, 0x03707344], 0x243f6a88_85a308d3), 0xc4923a9c ^ 0x483df7a0);
}

#[test]
fn bodies() {
    let call = "%0: float32[2] = input 0\n%1 = call %0 rule=stop output=1 {\n%0: float32[2] = input 0\n%1 = exp %0\n%2 = neg %0\nreturn %1 %2\n}\n%2 = barrier %1 region=1\nreturn %2\n";
    check(call, &[Value::f32(&[2], &[1.0, -2.0])], Value::f32(&[2], &[-1.0, 2.0]));
    let step = |output| {
        format!(
            "%0: float32[] = input 0\n%1: float32[3] = input 1\n%2 = loop %0 %1 length=3 carries=1 output={output} {{\n\
             %0: float32[] = input 0\n%1: float32[] = input 1\n%2 = add %0 %1\n%3 = mul %2 %2\nreturn %2 %3\n}}\nreturn %2\n"
        )
    };
    let inputs = [Value::f32(&[], &[10.0]), Value::f32(&[3], &[1.0, 2.0, 3.0])];
    check(&step(0), &inputs, Value::f32(&[], &[16.0]));
    check(&step(1), &inputs, Value::f32(&[3], &[121.0, 169.0, 256.0]));
}

#[test]
fn arguments_that_do_not_fit_are_errors() {
    let graph = parse("%0: float32[s0,floordiv(4, s0)] = input 0\nreturn %0\n").expect("legal");
    let error = |inputs: &[Value], symbols: &[i64]| eval(&graph, inputs, &[], symbols).expect_err("bad arguments").0;
    assert_eq!(error(&[], &[2]), "input (%0): input 0 is missing");
    assert_eq!(error(&[], &[]), "input (%0): symbol s0 has no value");
    assert_eq!(error(&[], &[0]), "input (%0): floordiv(4, s0): the divisor is 0");
    assert_eq!(error(&[Value::f32(&[1], &[1.0])], &[2]), "input (%0): input 0 must be float32[2, 2], got float32[1]");
}
