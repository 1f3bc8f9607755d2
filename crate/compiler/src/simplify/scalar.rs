//! Rules about maps. Each holds bit for bit for its dtypes; where floats are excluded the comment says which value breaks the law.

use super::rewriter::{Rewrite, RewriteRule, Rewriter};
use crate::dtype::{DType, Scalar};
use crate::graph::NodeId;
use crate::kind::Kind;
use crate::ops::{self, Op};

const fn rule(
    name: &'static str,
    ops: &'static [Op],
    apply: fn(&mut Rewriter, &Kind, &[NodeId]) -> Option<Rewrite>,
) -> RewriteRule {
    RewriteRule { name, ops, apply }
}

pub(super) const RULES: &[RewriteRule] = &[
    rule("fold constants", &[], fold),
    rule("add zero", &[Op::Add], add_zero),
    rule("subtract zero", &[Op::Sub], subtract_zero),
    rule("subtract from zero", &[Op::Sub], subtract_from_zero),
    rule("subtract itself", &[Op::Sub], subtract_itself),
    rule("multiply by one", &[Op::Mul], multiply_by_one),
    rule("multiply by minus one", &[Op::Mul], multiply_by_minus_one),
    rule("multiply integers by zero", &[Op::Mul], multiply_by_zero),
    rule("multiply by itself", &[Op::Mul], multiply_by_itself),
    rule("divide by one", &[Op::Div], divide_by_one),
    rule("divide by a power of two", &[Op::Div], divide_by_power),
    rule("divide one", &[Op::Div], divide_one),
    rule("floor-divide by one", &[Op::FloorDivide], floor_divide_by_one),
    rule("remainder of integers by one", &[Op::Mod], modulo_one),
    rule("powers of zero, one and two", &[Op::Pow], power),
    rule("double negation", &[Op::Neg, Op::BitwiseNot, Op::LogicalNot], double_negation),
    rule("add a negation", &[Op::Add, Op::Sub], add_negation),
    rule("multiply negations", &[Op::Mul, Op::Div], multiply_negations),
    rule("even function", &[Op::Abs, Op::Square, Op::Cos, Op::Cosh], even_function),
    rule("absolute value of what is not negative", &[Op::Abs], abs_of_positive),
    rule("round what is whole", &[Op::Floor, Op::Ceil, Op::Round, Op::Trunc], round_whole),
    rule("sign of a sign", &[Op::Sign], sign_of_sign),
    rule("classify through a sign", &[Op::IsNan, Op::IsInf, Op::IsFinite], classify),
    rule("combine with itself", IDEMPOTENT, idempotent),
    rule("combine twice", IDEMPOTENT, absorb),
    rule(
        "logic with a constant",
        &[Op::LogicalAnd, Op::LogicalOr, Op::BitwiseAnd, Op::BitwiseOr, Op::BitwiseXor],
        logic_constant,
    ),
    rule("exclusive or with itself", &[Op::BitwiseXor], xor_itself),
    rule("shift by zero", &[Op::LeftShift, Op::RightShift], shift_by_zero),
    rule("compare with itself", COMPARISONS, compare_itself),
    rule("compare with a truth value", &[Op::Equal, Op::NotEqual], compare_truth),
    rule("negate a comparison", &[Op::LogicalNot, Op::BitwiseNot], negate_comparison),
    rule("choose by a constant", &[Op::Where], where_constant),
    rule("choose between equals", &[Op::Where], where_equal),
    rule("choose between truth values", &[Op::Where], where_truth),
    rule("choose by a negation", &[Op::Where], where_negated),
    rule("choose twice by one condition", &[Op::Where], where_nested),
];

const IDEMPOTENT: &[Op] = &[Op::Maximum, Op::Minimum, Op::LogicalAnd, Op::LogicalOr, Op::BitwiseAnd, Op::BitwiseOr];
const COMPARISONS: &[Op] = &[Op::Equal, Op::NotEqual, Op::Less, Op::LessEqual, Op::Greater, Op::GreaterEqual];

fn op_of(kind: &Kind) -> Op {
    match kind {
        Kind::Map { op } => *op,
        _ => unreachable!("rules about maps see maps only"),
    }
}

fn dtype(r: &Rewriter, id: NodeId) -> DType {
    r.aval(id).dtype
}

/// Is every element that float or integer, a float with that sign of zero?
fn is_exactly(r: &Rewriter, id: NodeId, number: f64) -> bool {
    r.uniform(id).is_some_and(|value| value == Scalar::from_f64(value.dtype(), number))
}

/// All bits set: -1, the largest uint32, true.
fn is_all_ones(r: &Rewriter, id: NodeId) -> bool {
    r.uniform(id).is_some_and(|value| match value.dtype() {
        DType::Bool => value.bits() == 1,
        DType::Int32 | DType::UInt32 => value.bits() == u32::MAX,
        DType::Float16 | DType::Float32 => false,
    })
}

fn number_like(r: &mut Rewriter, number: f64, id: NodeId) -> Option<Rewrite> {
    r.full_like(Scalar::from_f64(dtype(r, id), number), id)
}

fn truth_like(r: &mut Rewriter, truth: bool, id: NodeId) -> Option<Rewrite> {
    r.full_like(Scalar::bool(truth), id)
}

/// `op(c, d) = e`, as a device computes it.
fn fold(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let op = op_of(kind);
    let last = dtype(r, *x.last()?);
    let mut values = [Scalar::bool(false); 3];
    for (value, id) in values.iter_mut().zip(x) {
        *value = r.uniform(*id)?;
    }
    let value = ops::value(op, last, &values[..x.len()]);
    r.full_like(value, x[0])
}

/// `x + 0 = x` for integers, `x + -0 = x` for floats. Not `x + 0` for floats: -0 + 0 is 0.
fn add_zero(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let neutral = if dtype(r, x[1]).is_float() { -0.0 } else { 0.0 };
    if is_exactly(r, x[1], neutral) { Rewrite::is(x[0]) } else { None }
}

/// `x - 0 = x`. For floats the zero must be positive: -0 - -0 is 0.
fn subtract_zero(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if is_exactly(r, x[1], 0.0) { Rewrite::is(x[0]) } else { None }
}

/// `0 - x = -x` for integers, `-0 - x = -x` for floats. Not `0 - x` for floats: 0 - 0 is 0, not -0.
fn subtract_from_zero(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let neutral = if dtype(r, x[0]).is_float() { -0.0 } else { 0.0 };
    if is_exactly(r, x[0], neutral) { Rewrite::map(Op::Neg, &x[1..]) } else { None }
}

/// `x - x = 0` for integers. Not for floats: infinities and NaN give NaN.
fn subtract_itself(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if x[0] == x[1] && !dtype(r, x[0]).is_float() { number_like(r, 0.0, x[0]) } else { None }
}

/// `x * 1 = x`.
fn multiply_by_one(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.is_number(x[1], 1.0) { Rewrite::is(x[0]) } else { None }
}

/// `x * -1 = -x`; for uint32 modulo 2^32.
fn multiply_by_minus_one(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.is_number(x[1], -1.0) || is_all_ones(r, x[1]) { Rewrite::map(Op::Neg, &x[..1]) } else { None }
}

/// `x * 0 = 0` for integers. Not for floats: infinities and NaN give NaN, negative numbers -0.
fn multiply_by_zero(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.is_number(x[1], 0.0) && !dtype(r, x[1]).is_float() { Rewrite::is(x[1]) } else { None }
}

/// `x * x = square(x)`, so that both spellings are one.
fn multiply_by_itself(_: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if x[0] == x[1] { Rewrite::map(Op::Square, &x[..1]) } else { None }
}

/// `x / 1 = x`, `x / -1 = -x`.
fn divide_by_one(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.is_number(x[1], 1.0) {
        return Rewrite::is(x[0]);
    }
    if r.is_number(x[1], -1.0) { Rewrite::map(Op::Neg, &x[..1]) } else { None }
}

/// `x / 2^k = x * 2^-k`: both round the same real number. Where 2^k or 2^-k is subnormal the division stays, since devices may
/// flush the one and not the other.
fn divide_by_power(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let divisor = r.uniform(x[1])?;
    let (value, smallest) =
        (divisor.to_f64(), if divisor.dtype() == DType::Float16 { 2f64.powi(-14) } else { 2f64.powi(-126) });
    let is_power = value.is_normal() && value.to_bits() & ((1 << 52) - 1) == 0;
    let reciprocal = Scalar::from_f64(divisor.dtype(), 1.0 / value);
    if !is_power || value.abs() < smallest || reciprocal.to_f64() != 1.0 / value || (1.0 / value).abs() < smallest {
        return None;
    }
    let shape = r.shape(x[1]).clone();
    let factor = r.full(reciprocal, &shape);
    Rewrite::map(Op::Mul, &[x[0], factor])
}

/// `1 / x = reciprocal(x)`.
fn divide_one(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.is_number(x[0], 1.0) { Rewrite::map(Op::Reciprocal, &x[1..]) } else { None }
}

/// `floor(x / 1) = floor(x)`; of an integer itself.
fn floor_divide_by_one(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.is_number(x[1], 1.0) { Rewrite::map(Op::Floor, &x[..1]) } else { None }
}

/// `x mod 1 = 0` for integers.
fn modulo_one(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.is_number(x[1], 1.0) && !dtype(r, x[1]).is_float() { number_like(r, 0.0, x[0]) } else { None }
}

/// `x^0 = 1` (of NaN too), `x^1 = x`, `x^2 = square(x)`, and `1^y = 1` but for int32, where 1^-1 is 0.
fn power(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.is_number(x[1], 0.0) || (r.is_number(x[0], 1.0) && dtype(r, x[0]) != DType::Int32) {
        return number_like(r, 1.0, x[0]);
    }
    if r.is_number(x[1], 1.0) {
        return Rewrite::is(x[0]);
    }
    if r.is_number(x[1], 2.0) { Rewrite::map(Op::Square, &x[..1]) } else { None }
}

/// `--x = x`, `~~x = x`, `not not x = x`.
fn double_negation(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let inner = r.operands_of(op_of(kind), x[0])?;
    Rewrite::is(inner[0])
}

/// `x + -y = x - y`, `-x + y = y - x`, `x - -y = x + y`: IEEE 754 defines the difference so.
fn add_negation(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let negated = |id| r.operands_of(Op::Neg, id).map(|inner| inner[0]);
    if op_of(kind) == Op::Sub {
        return Rewrite::map(Op::Add, &[x[0], negated(x[1])?]);
    }
    match (negated(x[0]), negated(x[1])) {
        (_, Some(y)) => Rewrite::map(Op::Sub, &[x[0], y]),
        (Some(y), None) => Rewrite::map(Op::Sub, &[x[1], y]),
        (None, None) => None,
    }
}

/// `-x * -y = x * y`, `-x / -y = x / y`, and a negation beside a constant moves into it: signs multiply exactly.
fn multiply_negations(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let negated = |id| r.operands_of(Op::Neg, id).map(|inner| inner[0]);
    let (a, b) = (negated(x[0]), negated(x[1]));
    if let (Some(a), Some(b)) = (a, b) {
        return Rewrite::map(op_of(kind), &[a, b]);
    }
    let minus = |r: &mut Rewriter, id: NodeId| {
        let value = r.uniform(id)?;
        let shape = r.shape(id).clone();
        Some(r.full(ops::value(Op::Neg, value.dtype(), &[value]), &shape))
    };
    if let Some(a) = a {
        let b = minus(r, x[1])?;
        return Rewrite::map(op_of(kind), &[a, b]);
    }
    let b = b?;
    let a = minus(r, x[0])?;
    Rewrite::map(op_of(kind), &[a, b])
}

/// `f(-x) = f(|x|) = f(x)`. Not abs of uint32, whose negation is another number.
fn even_function(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let op = op_of(kind);
    if op == Op::Abs && dtype(r, x[0]) == DType::UInt32 {
        return None;
    }
    let inner = r.operands_of(Op::Neg, x[0]).or_else(|| r.operands_of(Op::Abs, x[0]))?[0];
    Rewrite::map(op, &[inner])
}

/// `|x^2| = x^2` and `|e^x| = e^x` for floats (an integer square wraps), `|x| = x` for uint32.
fn abs_of_positive(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let positive = match dtype(r, x[0]) {
        DType::UInt32 => true,
        DType::Float16 | DType::Float32 => {
            [Op::Square, Op::Exp, Op::Exp2].iter().any(|op| r.operands_of(*op, x[0]).is_some())
        }
        DType::Bool | DType::Int32 => false,
    };
    if positive { Rewrite::is(x[0]) } else { None }
}

/// Rounding leaves integers, what came from integers, and what was rounded before.
fn round_whole(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let whole = match r.kind(x[0]) {
        Kind::Map { op: Op::Floor | Op::Ceil | Op::Round | Op::Trunc } => true,
        Kind::Cast { .. } => !dtype(r, r.operand(x[0])).is_float(),
        _ => false,
    };
    if whole || !dtype(r, x[0]).is_float() { Rewrite::is(x[0]) } else { None }
}

/// The sign of -1, 0 or 1 is itself; but -0 has sign 0, so the inner one stays.
fn sign_of_sign(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    r.operands_of(Op::Sign, x[0])?;
    Rewrite::is(x[0])
}

/// A sign makes nothing NaN, infinite or finite.
fn classify(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let inner = r.operands_of(Op::Neg, x[0]).or_else(|| r.operands_of(Op::Abs, x[0]))?[0];
    Rewrite::map(op_of(kind), &[inner])
}

/// `max(x, x) = x`, and so min, and, or.
fn idempotent(_: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if x[0] == x[1] { Rewrite::is(x[0]) } else { None }
}

/// `max(max(x, y), y) = max(max(x, y), x) = max(x, max(x, y)) = max(x, y)`, and so min, and, or. Of floats not
/// `max(y, max(x, y))`: of two zeros the first wins, so of x = -0 and y = 0 it is 0 where max(x, y) is -0.
fn absorb(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let op = op_of(kind);
    if let Some(inner) = r.operands_of(op, x[0])
        && inner.contains(&x[1])
    {
        return Rewrite::is(x[0]);
    }
    let inner = r.operands_of(op, x[1])?;
    if inner[0] == x[0] || (inner[1] == x[0] && !dtype(r, x[0]).is_float()) { Rewrite::is(x[1]) } else { None }
}

/// `x and true = x`, `x and false = false`, `x or false = x`, `x or true = true`; for bits likewise with all or no bits, and
/// `x xor 0 = x`, `x xor ~0 = ~x`.
fn logic_constant(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (none, all) = (r.is_number(x[1], 0.0), is_all_ones(r, x[1]));
    match op_of(kind) {
        Op::LogicalAnd | Op::BitwiseAnd if all => Rewrite::is(x[0]),
        Op::LogicalAnd | Op::BitwiseAnd if none => Rewrite::is(x[1]),
        Op::LogicalOr | Op::BitwiseOr if none => Rewrite::is(x[0]),
        Op::LogicalOr | Op::BitwiseOr if all => Rewrite::is(x[1]),
        Op::BitwiseXor if none => Rewrite::is(x[0]),
        Op::BitwiseXor if all => Rewrite::map(Op::BitwiseNot, &x[..1]),
        _ => None,
    }
}

/// `x xor x = 0`.
fn xor_itself(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if x[0] == x[1] { number_like(r, 0.0, x[0]) } else { None }
}

/// Shifting by no bits.
fn shift_by_zero(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if r.is_number(x[1], 0.0) { Rewrite::is(x[0]) } else { None }
}

/// `x < x` and `x > x` are false (of NaN too). The others are known except for floats, where NaN equals nothing.
fn compare_itself(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if x[0] != x[1] {
        return None;
    }
    match op_of(kind) {
        Op::Less | Op::Greater => truth_like(r, false, x[0]),
        _ if dtype(r, x[0]).is_float() => None,
        Op::NotEqual => truth_like(r, false, x[0]),
        _ => truth_like(r, true, x[0]),
    }
}

/// `b == true` is b, `b == false` is not b.
fn compare_truth(r: &mut Rewriter, kind: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let value = r.uniform(x[1])?;
    if value.dtype() != DType::Bool {
        return None;
    }
    let same = (op_of(kind) == Op::Equal) == (value.bits() == 1);
    if same { Rewrite::is(x[0]) } else { Rewrite::map(Op::LogicalNot, &x[..1]) }
}

/// `not (x == y)` is `x != y`, always. `not (x < y)` is `x >= y` except for floats: with NaN both are false.
fn negate_comparison(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let Kind::Map { op } = r.kind(x[0]) else { return None };
    let opposite = match op {
        Op::Equal => Op::NotEqual,
        Op::NotEqual => Op::Equal,
        Op::Less => Op::GreaterEqual,
        Op::LessEqual => Op::Greater,
        Op::Greater => Op::LessEqual,
        Op::GreaterEqual => Op::Less,
        _ => return None,
    };
    let operands = r.node(x[0]).operands.clone();
    if !matches!(op, Op::Equal | Op::NotEqual) && dtype(r, operands[0]).is_float() {
        return None;
    }
    Rewrite::map(opposite, &operands)
}

/// `where(true, a, b) = a`, `where(false, a, b) = b`.
fn where_constant(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let condition = r.uniform(x[0])?;
    Rewrite::is(if condition.bits() == 1 { x[1] } else { x[2] })
}

/// `where(c, a, a) = a`.
fn where_equal(_: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    if x[1] == x[2] { Rewrite::is(x[1]) } else { None }
}

/// `where(c, true, false) = c`, `where(c, false, true) = not c`.
fn where_truth(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let (yes, no) = (r.uniform(x[1])?, r.uniform(x[2])?);
    if yes.dtype() != DType::Bool || yes == no {
        return None;
    }
    if yes.bits() == 1 { Rewrite::is(x[0]) } else { Rewrite::map(Op::LogicalNot, &x[..1]) }
}

/// `where(not c, a, b) = where(c, b, a)`.
fn where_negated(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let inner = r.operands_of(Op::LogicalNot, x[0]).or_else(|| r.operands_of(Op::BitwiseNot, x[0]))?[0];
    Rewrite::map(Op::Where, &[inner, x[2], x[1]])
}

/// `where(c, where(c, a, b), d) = where(c, a, d)`, and likewise in the third place.
fn where_nested(r: &mut Rewriter, _: &Kind, x: &[NodeId]) -> Option<Rewrite> {
    let same = |id| r.operands_of(Op::Where, id).filter(|inner| inner[0] == x[0]);
    if let Some(inner) = same(x[1]) {
        return Rewrite::map(Op::Where, &[x[0], inner[1], x[2]]);
    }
    let inner = same(x[2])?;
    Rewrite::map(Op::Where, &[x[0], x[1], inner[2]])
}
