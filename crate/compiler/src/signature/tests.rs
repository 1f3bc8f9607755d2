//! Tests of signatures.

use super::*;
use crate::dtype::DType;
use crate::shape::Aval;

fn key(write: impl FnOnce(&mut SignatureBuilder)) -> Signature {
    let mut builder = SignatureBuilder::new(1, 0);
    write(&mut builder);
    builder.build()
}

#[test]
fn calls_that_differ_have_keys_that_differ() {
    let keys = [
        key(|b| _ = b.array(1).number(1.0)),
        key(|b| _ = b.array(1).bool(true)),
        key(|b| _ = b.array(1).string("1")),
        key(|b| _ = b.array(1).integer(1)),
        key(|b| _ = b.array(1).number(0.0)),
        key(|b| _ = b.array(1).number(-0.0)),
        key(|b| _ = b.array(1).null()),
        key(|b| _ = b.array(1).undefined()),
        key(|b| _ = b.array(2).array(1).number(1.0).number(2.0)),
        key(|b| _ = b.array(1).array(2).number(1.0).number(2.0)),
        key(|b| _ = b.array(2).array(2).number(1.0).number(2.0).null()),
        key(|b| _ = b.array(1).object(2).key("a").number(1.0).key("b").number(2.0)),
        key(|b| _ = b.array(1).object(2).key("b").number(1.0).key("a").number(2.0)),
        key(|b| _ = b.array(1).tensor(&Aval::new([2, 3], DType::Float32))),
        key(|b| _ = b.array(1).tensor(&Aval::new([3, 2], DType::Float32))),
        key(|b| _ = b.array(1).tensor(&Aval::new([2, 3], DType::Int32))),
    ];
    for (i, a) in keys.iter().enumerate() {
        for (j, b) in keys.iter().enumerate() {
            assert_eq!(a == b, i == j, "{a} {b}");
        }
    }
    let nan = |bits: u64| key(|b| _ = b.array(1).number(f64::from_bits(bits)));
    assert_eq!(nan(f64::NAN.to_bits()), nan(0xfff8_0000_0000_0001));
}

#[test]
fn keys_read_like_arguments() {
    let x = Aval::new([2, 3], DType::Float32);
    let call = key(|b| {
        b.array(3).tensor(&x).object(2).key("scale").number(2.0).key("name").string("a");
        b.array(2).null().some().array(0);
    });
    assert_eq!(call.to_string(), r#"(float32[2,3], {scale: 2, name: "a"}, [null, []])"#);
    assert_eq!(key(|b| _ = b.array(0)).to_string(), "()");
    let state = key(|b| _ = b.array(2).number(1.0).root("state[0]").object(1).key("w").tensor(&x));
    assert_eq!(state.to_string(), "(1, state[0]: {w: float32[2,3]})");
    assert_eq!(state.tensor_path(0).as_deref(), Some("state[0].w"));
    let paths: Vec<String> = call.leaves().into_iter().map(|leaf| format!("{} {}", leaf.path, leaf.value)).collect();
    assert!(paths.contains(&"args[0] float32[2,3]".to_string()), "{paths:?}");
    assert!(paths.contains(&"args[1].scale 2".to_string()), "{paths:?}");
    assert!(paths.contains(&"args[2][0] null".to_string()), "{paths:?}");
}

#[test]
fn templates_become_the_same_keys() {
    let (x, y) = (Aval::new([4], DType::Int32), Aval::new([], DType::Bool));
    let direct = key(|b| _ = b.array(2).tensor(&x).object(1).key("y").tensor(&y));
    let template = [&[b'a', 2, 0, 0, 0, b't', b'o', 1, 0, 0, 0, 1, 0, 0, 0, b'y'][..], b"t"].concat();
    let built = SignatureBuilder::new(1, 0).template(&template, [&x, &y].into_iter());
    assert_eq!(built, Ok(direct));
    assert!(SignatureBuilder::new(1, 0).template(&template, [&x].into_iter()).is_err());
    assert!(SignatureBuilder::new(1, 0).template(b"z", std::iter::empty()).is_err());
    assert!(SignatureBuilder::new(1, 0).template(&[b'a', 2, 0, 0, 0, b'1'], std::iter::empty()).is_err());
}

#[test]
fn symbols_stand_in_keys_by_their_names() {
    let symbol = |id| crate::dim::Dim::symbol(crate::dim::Symbol(id));
    let aval =
        Aval { shape: [symbol(0), crate::dim::Dim::Const(4), symbol(1)].into_iter().collect(), dtype: DType::Int32 };
    let key = |names: &[&str]| {
        let mut builder = SignatureBuilder::with_symbols(1, 0, names);
        builder.array(1).tensor(&aval);
        builder.build()
    };
    let named = key(&["batch", ""]);
    assert_eq!(named.to_string(), "(int32[batch,4,s1])");
    assert_eq!(named.leaves()[1].value.to_string(), "int32[batch,4,s1]");
    assert_ne!(named, key(&[]));
    let other = named.clone().guarded(1);
    assert_ne!(named, other);
    assert_eq!((other.to_string(), other.context()), (named.to_string(), named.context()));
    assert_eq!(other.guarded(0), named);
    let mut bare = SignatureBuilder::new_template();
    bare.array(1).tensor(&aval);
    let whole =
        SignatureBuilder::with_symbols(1, 0, &["batch", ""]).template(&bare.into_template(), [&aval].into_iter());
    assert_eq!(whole, Ok(named));
}

#[test]
fn the_differing_leaf_is_named() {
    let call = |n: usize, k: f64| key(|b| _ = b.array(2).tensor(&Aval::new([n], DType::Float32)).number(k));
    let (path, old, new) = call(2, 1.0).first_difference(&call(5, 1.0)).expect("they differ");
    assert_eq!(
        (path.as_str(), old.to_string(), new.to_string()),
        ("args[0]", "float32[2]".into(), "float32[5]".into())
    );
    assert_eq!(call(2, 1.0).distance(&call(2, 3.0)), 1);
    assert_eq!(call(2, 1.0).distance(&call(3, 3.0)), 2);
}
