//! Trees: what compiled functions take and return. Tensors and constants in tuples, vectors, options and maps.

use crate::tensor::Tensor;
use interfuse_compiler::signature::SignatureBuilder;
use std::collections::BTreeMap;

/// A value made of tensors and constants.
///
/// Tensors are inputs of the compiled function; everything else is part of the key of an entry, so another constant or another
/// structure compiles anew.
///
/// Implemented for tensors, numbers, booleans, strings, tuples, vectors, options and maps, and by `#[derive(Tree)]` for structs and enums
/// of such, which makes a model something to pass, or to capture:
///
/// ```
/// use interfuse::{Compile, Tensor, Tree};
/// use std::{cell::RefCell, rc::Rc};
///
/// #[derive(Tree)]
/// struct Linear {
///     w: Tensor,
///     b: Option<Tensor>,
///     activation: Activation,
/// }
///
/// #[derive(Tree)]
/// enum Activation {
///     Identity,
///     Leaky(f32),
/// }
///
/// impl Linear {
///     fn forward(&self, x: &Tensor) -> Tensor {
///         let y = x * &self.w;
///         let y = self.b.as_ref().map_or(y.clone(), |b| &y + b);
///         match self.activation {
///             Activation::Identity => y,
///             Activation::Leaky(slope) => y.maximum(&(&y * slope)),
///         }
///     }
/// }
///
/// let layer = Linear { w: Tensor::from([2.0f32]), b: None, activation: Activation::Leaky(0.5) };
/// let model = Rc::new(RefCell::new(layer));
/// let own = model.clone();
/// let f = Compile::new(move |x: &Tensor| {
///     let y = own.borrow().forward(x);
///     own.borrow_mut().b = Some(y.clone());
///     y
/// })
/// .state(&model)
/// .build();
/// assert_eq!(f.call(&Tensor::from([-3.0f32]))?.to_vec::<f32>()?, [-3.0]);
/// assert_eq!(f.call(&Tensor::from([1.0f32]))?.to_vec::<f32>()?, [-0.5]);
/// assert_eq!(
///     f.cache()[1].signature,
///     "(float32[1], state[0]: Linear {w: float32[1], b: null, activation: Activation::Leaky {0: 0.5}})"
/// );
/// model.borrow_mut().activation = Activation::Identity;
/// f.call(&Tensor::from([1.0f32]))?;
/// assert_eq!(f.last_miss().unwrap().path.as_deref(), Some("state[0].activation"));
/// # Ok::<(), interfuse::Error>(())
/// ```
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

/// The tensors of a tree, in order.
pub(crate) fn tensors_of(tree: &impl Tree) -> Vec<Tensor> {
    let mut tensors = Vec::new();
    // The template is of no use here.
    tree.flatten(&mut SignatureBuilder::new_template(), &mut tensors);
    tensors
}
