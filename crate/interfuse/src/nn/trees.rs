//! Structs of the library as trees: their fields by name, in order.

macro_rules! tree {
    ($type:ident { $($field:ident),+ } of $count:literal) => {
        impl $crate::Tree for $type {
            fn flatten(&self, key: &mut $crate::SignatureBuilder, tensors: &mut Vec<$crate::Tensor>) {
                key.object($count);
                $($crate::Tree::flatten(&self.$field, key.key(stringify!($field)), tensors);)+
            }
            fn unflatten(&self, tensors: &mut dyn Iterator<Item = $crate::Tensor>) -> $type {
                $type { $($field: $crate::Tree::unflatten(&self.$field, tensors)),+ }
            }
        }
    };
}

pub(crate) use tree;

/// The tensors of a tree, in order.
pub(crate) fn tensors_of(tree: &impl crate::Tree) -> Vec<crate::Tensor> {
    let mut tensors = Vec::new();
    // The template is of no use here.
    tree.flatten(&mut crate::SignatureBuilder::new_template(), &mut tensors);
    tensors
}
