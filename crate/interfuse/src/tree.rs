//! Trees: what compiled functions take and return. Tensors and constants in tuples, vectors, options and maps.

use crate::tensor::Tensor;
use interfuse_compiler::cache::SignatureBuilder;
use std::collections::BTreeMap;

/// A value made of tensors and constants.
///
/// Tensors are inputs of the compiled function; everything else is part of the key of an entry, so another constant or another
/// structure compiles anew.
pub trait Tree {
    /// Writes the structure and the constants to the key, and the tensors to the list, in one fixed order.
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>);

    /// The same structure and constants with other tensors, taken in the order of `flatten`.
    fn unflatten(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> Self;
}

impl Tree for Tensor {
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
        key.tensor(self.aval());
        tensors.push(self.clone());
    }
    fn unflatten(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> Tensor {
        tensors.next().expect("as many tensors as flatten gave")
    }
}

macro_rules! constants {
    ($($type:ty: $key:ident, $value:ident => $as:expr;)+) => { $(
        impl Tree for $type {
            fn flatten(&self, $key: &mut SignatureBuilder, _: &mut Vec<Tensor>) {
                let $value = self;
                $as;
            }
            fn unflatten(&self, _: &mut dyn Iterator<Item = Tensor>) -> $type {
                self.clone()
            }
        }
    )+ };
}

constants! {
    f32: key, value => key.number(f64::from(*value));
    f64: key, value => key.number(*value);
    i32: key, value => key.integer(i64::from(*value));
    i64: key, value => key.integer(*value);
    u32: key, value => key.integer(i64::from(*value));
    usize: key, value => key.integer(i64::try_from(*value).unwrap_or(i64::MAX));
    bool: key, value => key.bool(*value);
    String: key, value => key.string(value);
    (): key, _value => key.null();
}

impl<T: Tree> Tree for Option<T> {
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
        match self {
            Some(value) => value.flatten(key.some(), tensors),
            None => _ = key.null(),
        }
    }
    fn unflatten(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> Option<T> {
        self.as_ref().map(|value| value.unflatten(tensors))
    }
}

impl<T: Tree> Tree for Vec<T> {
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
        key.array(self.len());
        for value in self {
            value.flatten(key, tensors);
        }
    }
    fn unflatten(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> Vec<T> {
        self.iter().map(|value| value.unflatten(tensors)).collect()
    }
}

impl<T: Tree> Tree for BTreeMap<String, T> {
    fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
        key.object(self.len());
        for (name, value) in self {
            value.flatten(key.key(name), tensors);
        }
    }
    fn unflatten(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> BTreeMap<String, T> {
        self.iter().map(|(name, value)| (name.clone(), value.unflatten(tensors))).collect()
    }
}

macro_rules! tuples {
    ($(($($part:ident $at:tt),+) $len:literal;)+) => { $(
        impl<$($part: Tree),+> Tree for ($($part,)+) {
            fn flatten(&self, key: &mut SignatureBuilder, tensors: &mut Vec<Tensor>) {
                key.array($len);
                $(self.$at.flatten(key, tensors);)+
            }
            fn unflatten(&self, tensors: &mut dyn Iterator<Item = Tensor>) -> Self {
                ($(self.$at.unflatten(tensors),)+)
            }
        }
    )+ };
}

tuples! {
    (A 0) 1;
    (A 0, B 1) 2;
    (A 0, B 1, C 2) 3;
    (A 0, B 1, C 2, D 3) 4;
    (A 0, B 1, C 2, D 3, E 4) 5;
    (A 0, B 1, C 2, D 3, E 4, F 5) 6;
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6) 7;
    (A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7) 8;
}
