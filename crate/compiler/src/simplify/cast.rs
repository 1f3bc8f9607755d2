//! Rules about changes of dtype.

use super::rewriter::{Rewrite, RewriteRule, Rewriter};
use crate::dtype::DType;
use crate::graph::NodeId;
use crate::kind::Kind;

pub(super) const RULES: &[RewriteRule] = &[
    RewriteRule { name: "cast to the same dtype", ops: &[], apply: same },
    RewriteRule { name: "cast a constant", ops: &[], apply: constant },
    RewriteRule { name: "merge casts", ops: &[], apply: merge },
    RewriteRule { name: "count in another dtype", ops: &[], apply: iota },
];

fn to(kind: &Kind) -> DType {
    match kind {
        Kind::Cast { to } => *to,
        _ => unreachable!("rules about casts see casts only"),
    }
}

/// A cast to the dtype that it is.
fn same(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.aval(x[0]).dtype == to(kind) { Rewrite::is(x[0]) } else { None }
}

/// A constant is cast here.
fn constant(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let value = r.uniform(x[0])?.cast(to(kind));
    r.full_like(value, x[0])
}

/// Does a -> b -> c give the same as a -> c for every value of a? (Where b is a or c one of the casts is none.)
pub(super) fn merges(a: DType, b: DType, c: DType) -> bool {
    use DType::{Bool, Float16, Float32, Int32, UInt32};
    match (a, b) {
        _ if a == b || b == c => true,
        // 0 and 1 are exact everywhere, float16 is exact in float32.
        (Bool, _) | (Float16, Float32) => true,
        // By bits, there and back; and "not 0" is the same for both.
        (Int32, UInt32) | (UInt32, Int32) => c == a || c == Bool,
        // No integer but 0 rounds to 0. What float32 rounds is infinite as float16 either way.
        (Int32 | UInt32, Float32) => matches!(c, Bool | Float16),
        (Int32 | UInt32, Float16) => c == Bool,
        (Int32 | UInt32 | Float16 | Float32, Bool) => false,
        (Float32, Float16) | (Float16 | Float32, Int32 | UInt32) => false,
        (Int32, Int32) | (UInt32, UInt32) | (Float16, Float16) | (Float32, Float32) => true,
    }
}

/// Two casts are one where that preserves every value.
fn merge(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::Cast { to: middle } = *r.kind(x[0]) else { return None };
    let inner = r.operand(x[0]);
    if merges(r.aval(inner).dtype, middle, to(kind)) { Rewrite::make(kind.clone(), &[inner]) } else { None }
}

/// An index counted as an integer and cast to a number is counted in that dtype.
fn iota(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::Iota { shape, axis, dtype } = r.kind(x[0]) else { return None };
    if !dtype.is_integer() || to(kind) == DType::Bool {
        return None;
    }
    Rewrite::make(Kind::Iota { shape: shape.clone(), axis: *axis, dtype: to(kind) }, &[])
}
