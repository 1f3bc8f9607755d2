// Generated from crate/lanes/src/ops.rs by `npm run gen`. Do not edit.

import type { Tensor } from "./tensor.js";
import { begin, one, putOperand, type Operand } from "./wire.js";

/** -x; integers wrap. */
export function neg(x: Operand): Tensor {
  const first = begin("neg");
  putOperand(x);
  return one(0, first);
}

/** |x|; of the smallest int32 itself. The derivative at 0 is 0. */
export function abs(x: Operand): Tensor {
  const first = begin("abs");
  putOperand(x);
  return one(1, first);
}

/** -1, 0 or 1; 0 for NaN. */
export function sign(x: Operand): Tensor {
  const first = begin("sign");
  putOperand(x);
  return one(2, first);
}

/** e to the power x. */
export function exp(x: Operand): Tensor {
  const first = begin("exp");
  putOperand(x);
  return one(3, first);
}

/** 2 to the power x. */
export function exp2(x: Operand): Tensor {
  const first = begin("exp2");
  putOperand(x);
  return one(4, first);
}

/** e to the power x, minus 1; accurate near 0. */
export function expm1(x: Operand): Tensor {
  const first = begin("expm1");
  putOperand(x);
  return one(5, first);
}

/** Natural logarithm. */
export function log(x: Operand): Tensor {
  const first = begin("log");
  putOperand(x);
  return one(6, first);
}

/** Logarithm to base 2. */
export function log2(x: Operand): Tensor {
  const first = begin("log2");
  putOperand(x);
  return one(7, first);
}

/** Logarithm to base 10. */
export function log10(x: Operand): Tensor {
  const first = begin("log10");
  putOperand(x);
  return one(8, first);
}

/** ln(1 + x); accurate near 0. */
export function log1p(x: Operand): Tensor {
  const first = begin("log1p");
  putOperand(x);
  return one(9, first);
}

/** Square root. The derivative at 0 is infinite. */
export function sqrt(x: Operand): Tensor {
  const first = begin("sqrt");
  putOperand(x);
  return one(10, first);
}

/** 1 / sqrt(x). */
export function rsqrt(x: Operand): Tensor {
  const first = begin("rsqrt");
  putOperand(x);
  return one(11, first);
}

/** x * x. */
export function square(x: Operand): Tensor {
  const first = begin("square");
  putOperand(x);
  return one(12, first);
}

/** 1 / x. */
export function reciprocal(x: Operand): Tensor {
  const first = begin("reciprocal");
  putOperand(x);
  return one(13, first);
}

/** Sine of radians, accurate for all finite x. */
export function sin(x: Operand): Tensor {
  const first = begin("sin");
  putOperand(x);
  return one(14, first);
}

/** Cosine of radians, accurate for all finite x. */
export function cos(x: Operand): Tensor {
  const first = begin("cos");
  putOperand(x);
  return one(15, first);
}

/** Tangent of radians, accurate for all finite x. */
export function tan(x: Operand): Tensor {
  const first = begin("tan");
  putOperand(x);
  return one(16, first);
}

/** Arc sine in radians; NaN outside -1..=1. */
export function asin(x: Operand): Tensor {
  const first = begin("asin");
  putOperand(x);
  return one(17, first);
}

/** Arc cosine in radians; NaN outside -1..=1. */
export function acos(x: Operand): Tensor {
  const first = begin("acos");
  putOperand(x);
  return one(18, first);
}

/** Arc tangent in radians. */
export function atan(x: Operand): Tensor {
  const first = begin("atan");
  putOperand(x);
  return one(19, first);
}

/** Hyperbolic sine. */
export function sinh(x: Operand): Tensor {
  const first = begin("sinh");
  putOperand(x);
  return one(20, first);
}

/** Hyperbolic cosine. */
export function cosh(x: Operand): Tensor {
  const first = begin("cosh");
  putOperand(x);
  return one(21, first);
}

/** Hyperbolic tangent; accurate near 0. */
export function tanh(x: Operand): Tensor {
  const first = begin("tanh");
  putOperand(x);
  return one(22, first);
}

/** Inverse of the hyperbolic sine. */
export function asinh(x: Operand): Tensor {
  const first = begin("asinh");
  putOperand(x);
  return one(23, first);
}

/** Inverse of the hyperbolic cosine; NaN below 1. */
export function acosh(x: Operand): Tensor {
  const first = begin("acosh");
  putOperand(x);
  return one(24, first);
}

/** Inverse of the hyperbolic tangent; NaN outside -1..=1. */
export function atanh(x: Operand): Tensor {
  const first = begin("atanh");
  putOperand(x);
  return one(25, first);
}

/** The error function; accurate near 0. */
export function erf(x: Operand): Tensor {
  const first = begin("erf");
  putOperand(x);
  return one(26, first);
}

/** The inverse of the error function; infinite at -1 and 1, NaN beyond. */
export function erfinv(x: Operand): Tensor {
  const first = begin("erfinv");
  putOperand(x);
  return one(27, first);
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: Operand): Tensor {
  const first = begin("sigmoid");
  putOperand(x);
  return one(28, first);
}

/** The largest integral value not above x; integers stay. */
export function floor(x: Operand): Tensor {
  const first = begin("floor");
  putOperand(x);
  return one(29, first);
}

/** The smallest integral value not below x; integers stay. */
export function ceil(x: Operand): Tensor {
  const first = begin("ceil");
  putOperand(x);
  return one(30, first);
}

/** The nearest integral value, halves to even; integers stay. */
export function round(x: Operand): Tensor {
  const first = begin("round");
  putOperand(x);
  return one(31, first);
}

/** Rounds towards zero; integers stay. */
export function trunc(x: Operand): Tensor {
  const first = begin("trunc");
  putOperand(x);
  return one(32, first);
}

/** Whether x is NaN. */
export function isnan(x: Operand): Tensor {
  const first = begin("isnan");
  putOperand(x);
  return one(33, first);
}

/** Whether x is infinite. */
export function isinf(x: Operand): Tensor {
  const first = begin("isinf");
  putOperand(x);
  return one(34, first);
}

/** Whether x is neither infinite nor NaN. */
export function isfinite(x: Operand): Tensor {
  const first = begin("isfinite");
  putOperand(x);
  return one(35, first);
}

/** Not x. */
export function logicalNot(x: Operand): Tensor {
  const first = begin("logicalNot");
  putOperand(x);
  return one(36, first);
}

/** All bits flipped; of a bool its opposite. */
export function bitwiseNot(x: Operand): Tensor {
  const first = begin("bitwiseNot");
  putOperand(x);
  return one(37, first);
}

/** x + y; integers wrap. */
export function add(x: Operand, y: Operand): Tensor {
  const first = begin("add");
  putOperand(x);
  putOperand(y);
  return one(38, first);
}

/** x - y; integers wrap. */
export function sub(x: Operand, y: Operand): Tensor {
  const first = begin("sub");
  putOperand(x);
  putOperand(y);
  return one(39, first);
}

/** x * y; integers wrap. */
export function mul(x: Operand, y: Operand): Tensor {
  const first = begin("mul");
  putOperand(x);
  putOperand(y);
  return one(40, first);
}

/** x / y; integers give float32. */
export function div(x: Operand, y: Operand): Tensor {
  const first = begin("div");
  putOperand(x);
  putOperand(y);
  return one(41, first);
}

/** x to the power y, by C99's rules. Integers wrap; a negative integer exponent gives 0. */
export function pow(x: Operand, y: Operand): Tensor {
  const first = begin("pow");
  putOperand(x);
  putOperand(y);
  return one(42, first);
}

/** x - y floor(x / y), with the sign of y. Integers by 0 give 0. Exact for |x / y| below 2^22. */
export function mod(x: Operand, y: Operand): Tensor {
  const first = begin("mod");
  putOperand(x);
  putOperand(y);
  return one(43, first);
}

/** floor(x / y). Integers by 0 give 0. Exact for |x / y| below 2^22. */
export function floorDivide(x: Operand, y: Operand): Tensor {
  const first = begin("floorDivide");
  putOperand(x);
  putOperand(y);
  return one(44, first);
}

/** The angle of the point (y, x): atan2(first, second) has the tangent first / second. */
export function atan2(y: Operand, x: Operand): Tensor {
  const first = begin("atan2");
  putOperand(y);
  putOperand(x);
  return one(45, first);
}

/** The larger; NaN where either is NaN. The derivative of a tie goes to the second. */
export function maximum(x: Operand, y: Operand): Tensor {
  const first = begin("maximum");
  putOperand(x);
  putOperand(y);
  return one(46, first);
}

/** The smaller; NaN where either is NaN. The derivative of a tie goes to the second. */
export function minimum(x: Operand, y: Operand): Tensor {
  const first = begin("minimum");
  putOperand(x);
  putOperand(y);
  return one(47, first);
}

/** x == y; false where either is NaN. */
export function equal(x: Operand, y: Operand): Tensor {
  const first = begin("equal");
  putOperand(x);
  putOperand(y);
  return one(48, first);
}

/** x != y; true where either is NaN. */
export function notEqual(x: Operand, y: Operand): Tensor {
  const first = begin("notEqual");
  putOperand(x);
  putOperand(y);
  return one(49, first);
}

/** x < y. */
export function less(x: Operand, y: Operand): Tensor {
  const first = begin("less");
  putOperand(x);
  putOperand(y);
  return one(50, first);
}

/** x <= y. */
export function lessEqual(x: Operand, y: Operand): Tensor {
  const first = begin("lessEqual");
  putOperand(x);
  putOperand(y);
  return one(51, first);
}

/** x > y. */
export function greater(x: Operand, y: Operand): Tensor {
  const first = begin("greater");
  putOperand(x);
  putOperand(y);
  return one(52, first);
}

/** x >= y. */
export function greaterEqual(x: Operand, y: Operand): Tensor {
  const first = begin("greaterEqual");
  putOperand(x);
  putOperand(y);
  return one(53, first);
}

/** x and y. */
export function logicalAnd(x: Operand, y: Operand): Tensor {
  const first = begin("logicalAnd");
  putOperand(x);
  putOperand(y);
  return one(54, first);
}

/** x or y. */
export function logicalOr(x: Operand, y: Operand): Tensor {
  const first = begin("logicalOr");
  putOperand(x);
  putOperand(y);
  return one(55, first);
}

/** The bits set in both. */
export function bitwiseAnd(x: Operand, y: Operand): Tensor {
  const first = begin("bitwiseAnd");
  putOperand(x);
  putOperand(y);
  return one(56, first);
}

/** The bits set in either. */
export function bitwiseOr(x: Operand, y: Operand): Tensor {
  const first = begin("bitwiseOr");
  putOperand(x);
  putOperand(y);
  return one(57, first);
}

/** The bits set in one of the two. */
export function bitwiseXor(x: Operand, y: Operand): Tensor {
  const first = begin("bitwiseXor");
  putOperand(x);
  putOperand(y);
  return one(58, first);
}

/** x shifted left by y bits; 0 for y outside 0..32. */
export function leftShift(x: Operand, y: Operand): Tensor {
  const first = begin("leftShift");
  putOperand(x);
  putOperand(y);
  return one(59, first);
}

/** x shifted right by y bits, an int32 with its sign; for y outside 0..32 only the sign is left (uint32: 0). */
export function rightShift(x: Operand, y: Operand): Tensor {
  const first = begin("rightShift");
  putOperand(x);
  putOperand(y);
  return one(60, first);
}

/** ln(e^x + e^y). */
export function logaddexp(x: Operand, y: Operand): Tensor {
  const first = begin("logaddexp");
  putOperand(x);
  putOperand(y);
  return one(61, first);
}

/** The second operand where the first holds, else the third. */
export function where(condition: Operand, x: Operand, y: Operand): Tensor {
  const first = begin("where");
  putOperand(condition);
  putOperand(x);
  putOperand(y);
  return one(62, first);
}

/** minimum(maximum(x, lo), hi). The derivative by x at the bounds is 0. */
export function clip(x: Operand, lo: Operand, hi: Operand): Tensor {
  const first = begin("clip");
  putOperand(x);
  putOperand(lo);
  putOperand(hi);
  return one(63, first);
}
