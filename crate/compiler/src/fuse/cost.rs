//! The cost model, all of it: bytes and scalar operations, from shapes and kinds alone.

use crate::dim::{Atom, Dim};
use crate::kind::Kind;
use crate::ops::random::BITS_COST;
use crate::shape::Aval;

/// What an unknown size counts as where a number is needed to choose (never to compute).
const SYMBOLIC_SIZE: i64 = 128;

/// A size as a number, for choosing.
pub fn estimate(dim: &Dim) -> f64 {
    dim.eval(&|atom| if matches!(atom, Atom::Symbol(_)) { SYMBOLIC_SIZE } else { 0 }) as f64
}

/// Elements of a value.
pub fn elements(aval: &Aval) -> f64 {
    estimate(&aval.shape.size())
}

/// Bytes of a value as a device stores it.
pub fn tensor_bytes(aval: &Aval) -> f64 {
    elements(aval) * aval.dtype.size_bytes() as f64
}

/// Scalar operations per element of a node computed inside a kernel; an addition is 1.
pub fn scalar_ops(kind: &Kind) -> u32 {
    match kind {
        Kind::Map { op } => op.row().cost,
        Kind::Cast { .. } => 1,
        Kind::SortKey => 4,
        Kind::Gather { .. } | Kind::Concatenate { .. } => 4,
        Kind::RandomBits { .. } => BITS_COST,
        Kind::Input { .. }
        | Kind::Constant { .. }
        | Kind::Literal { .. }
        | Kind::Iota { .. }
        | Kind::Size { .. }
        | Kind::Reduce { .. }
        | Kind::Scan { .. }
        | Kind::View(_)
        | Kind::Dot { .. }
        | Kind::Conv { .. }
        | Kind::Scatter { .. }
        | Kind::ArgSort { .. }
        | Kind::Permute
        | Kind::Call { .. }
        | Kind::Loop { .. }
        | Kind::Barrier { .. } => 0,
    }
}

/// Instructions of a kernel's program that a node becomes; what the cap on a kernel's size counts.
pub fn instructions(kind: &Kind) -> u32 {
    match kind {
        Kind::Map { .. } | Kind::Cast { .. } | Kind::SortKey | Kind::Reduce { .. } | Kind::Dot { .. } => 1,
        Kind::Gather { .. } => 4,
        Kind::Concatenate { .. } => 3,
        Kind::RandomBits { .. } => 8,
        Kind::Input { .. }
        | Kind::Constant { .. }
        | Kind::Literal { .. }
        | Kind::Iota { .. }
        | Kind::Size { .. }
        | Kind::Scan { .. }
        | Kind::View(_)
        | Kind::Conv { .. }
        | Kind::Scatter { .. }
        | Kind::ArgSort { .. }
        | Kind::Permute
        | Kind::Call { .. }
        | Kind::Loop { .. }
        | Kind::Barrier { .. } => 0,
    }
}
