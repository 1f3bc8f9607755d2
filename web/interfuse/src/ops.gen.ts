// Generated from crate/lanes/src/ops.rs by `npm run gen`. Do not edit.

import type { Tensor } from "./tensor.js";
import { apply1, apply2, apply3, type Operand } from "./wire.js";

/** -x; integers wrap. */
export function neg(x: Operand): Tensor {
  return apply1(0, "neg", x);
}

/** |x|; of the smallest int32 itself. The derivative at 0 is 0. */
export function abs(x: Operand): Tensor {
  return apply1(1, "abs", x);
}

/** -1, 0 or 1; 0 for NaN. */
export function sign(x: Operand): Tensor {
  return apply1(2, "sign", x);
}

/** e to the power x. */
export function exp(x: Operand): Tensor {
  return apply1(3, "exp", x);
}

/** 2 to the power x. */
export function exp2(x: Operand): Tensor {
  return apply1(4, "exp2", x);
}

/** e to the power x, minus 1; accurate near 0. */
export function expm1(x: Operand): Tensor {
  return apply1(5, "expm1", x);
}

/** Natural logarithm. */
export function log(x: Operand): Tensor {
  return apply1(6, "log", x);
}

/** Logarithm to base 2. */
export function log2(x: Operand): Tensor {
  return apply1(7, "log2", x);
}

/** Logarithm to base 10. */
export function log10(x: Operand): Tensor {
  return apply1(8, "log10", x);
}

/** ln(1 + x); accurate near 0. */
export function log1p(x: Operand): Tensor {
  return apply1(9, "log1p", x);
}

/** Square root. The derivative at 0 is infinite. */
export function sqrt(x: Operand): Tensor {
  return apply1(10, "sqrt", x);
}

/** 1 / sqrt(x). */
export function rsqrt(x: Operand): Tensor {
  return apply1(11, "rsqrt", x);
}

/** x * x. */
export function square(x: Operand): Tensor {
  return apply1(12, "square", x);
}

/** 1 / x. */
export function reciprocal(x: Operand): Tensor {
  return apply1(13, "reciprocal", x);
}

/** Sine of radians, accurate for all finite x. */
export function sin(x: Operand): Tensor {
  return apply1(14, "sin", x);
}

/** Cosine of radians, accurate for all finite x. */
export function cos(x: Operand): Tensor {
  return apply1(15, "cos", x);
}

/** Tangent of radians, accurate for all finite x. */
export function tan(x: Operand): Tensor {
  return apply1(16, "tan", x);
}

/** Arc sine in radians; NaN outside -1..=1. */
export function asin(x: Operand): Tensor {
  return apply1(17, "asin", x);
}

/** Arc cosine in radians; NaN outside -1..=1. */
export function acos(x: Operand): Tensor {
  return apply1(18, "acos", x);
}

/** Arc tangent in radians. */
export function atan(x: Operand): Tensor {
  return apply1(19, "atan", x);
}

/** Hyperbolic sine. */
export function sinh(x: Operand): Tensor {
  return apply1(20, "sinh", x);
}

/** Hyperbolic cosine. */
export function cosh(x: Operand): Tensor {
  return apply1(21, "cosh", x);
}

/** Hyperbolic tangent; accurate near 0. */
export function tanh(x: Operand): Tensor {
  return apply1(22, "tanh", x);
}

/** Inverse of the hyperbolic sine. */
export function asinh(x: Operand): Tensor {
  return apply1(23, "asinh", x);
}

/** Inverse of the hyperbolic cosine; NaN below 1. */
export function acosh(x: Operand): Tensor {
  return apply1(24, "acosh", x);
}

/** Inverse of the hyperbolic tangent; NaN outside -1..=1. */
export function atanh(x: Operand): Tensor {
  return apply1(25, "atanh", x);
}

/** The error function; accurate near 0. */
export function erf(x: Operand): Tensor {
  return apply1(26, "erf", x);
}

/** The inverse of the error function; infinite at -1 and 1, NaN beyond. */
export function erfinv(x: Operand): Tensor {
  return apply1(27, "erfinv", x);
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: Operand): Tensor {
  return apply1(28, "sigmoid", x);
}

/** The largest integral value not above x; integers stay. */
export function floor(x: Operand): Tensor {
  return apply1(29, "floor", x);
}

/** The smallest integral value not below x; integers stay. */
export function ceil(x: Operand): Tensor {
  return apply1(30, "ceil", x);
}

/** The nearest integral value, halves to even; integers stay. */
export function round(x: Operand): Tensor {
  return apply1(31, "round", x);
}

/** Rounds towards zero; integers stay. */
export function trunc(x: Operand): Tensor {
  return apply1(32, "trunc", x);
}

/** Whether x is NaN. */
export function isnan(x: Operand): Tensor {
  return apply1(33, "isnan", x);
}

/** Whether x is infinite. */
export function isinf(x: Operand): Tensor {
  return apply1(34, "isinf", x);
}

/** Whether x is neither infinite nor NaN. */
export function isfinite(x: Operand): Tensor {
  return apply1(35, "isfinite", x);
}

/** Not x. */
export function logicalNot(x: Operand): Tensor {
  return apply1(36, "logicalNot", x);
}

/** All bits flipped; of a bool its opposite. */
export function bitwiseNot(x: Operand): Tensor {
  return apply1(37, "bitwiseNot", x);
}

/** x + y; integers wrap. */
export function add(x: Operand, y: Operand): Tensor {
  return apply2(38, "add", x, y);
}

/** x - y; integers wrap. */
export function sub(x: Operand, y: Operand): Tensor {
  return apply2(39, "sub", x, y);
}

/** x * y; integers wrap. */
export function mul(x: Operand, y: Operand): Tensor {
  return apply2(40, "mul", x, y);
}

/** x / y; integers give float32. */
export function div(x: Operand, y: Operand): Tensor {
  return apply2(41, "div", x, y);
}

/** x to the power y, by C99's rules. Integers wrap; a negative integer exponent gives 0. */
export function pow(x: Operand, y: Operand): Tensor {
  return apply2(42, "pow", x, y);
}

/** x - y floor(x / y), with the sign of y. Integers by 0 give 0. Exact for |x / y| below 2^22. */
export function mod(x: Operand, y: Operand): Tensor {
  return apply2(43, "mod", x, y);
}

/** floor(x / y). Integers by 0 give 0. Exact for |x / y| below 2^22. */
export function floorDivide(x: Operand, y: Operand): Tensor {
  return apply2(44, "floorDivide", x, y);
}

/** The angle of the point (y, x): atan2(first, second) has the tangent first / second. */
export function atan2(y: Operand, x: Operand): Tensor {
  return apply2(45, "atan2", y, x);
}

/** The larger; NaN where either is NaN. The derivative of a tie goes to the second. */
export function maximum(x: Operand, y: Operand): Tensor {
  return apply2(46, "maximum", x, y);
}

/** The smaller; NaN where either is NaN. The derivative of a tie goes to the second. */
export function minimum(x: Operand, y: Operand): Tensor {
  return apply2(47, "minimum", x, y);
}

/** x == y; false where either is NaN. */
export function equal(x: Operand, y: Operand): Tensor {
  return apply2(48, "equal", x, y);
}

/** x != y; true where either is NaN. */
export function notEqual(x: Operand, y: Operand): Tensor {
  return apply2(49, "notEqual", x, y);
}

/** x < y. */
export function less(x: Operand, y: Operand): Tensor {
  return apply2(50, "less", x, y);
}

/** x <= y. */
export function lessEqual(x: Operand, y: Operand): Tensor {
  return apply2(51, "lessEqual", x, y);
}

/** x > y. */
export function greater(x: Operand, y: Operand): Tensor {
  return apply2(52, "greater", x, y);
}

/** x >= y. */
export function greaterEqual(x: Operand, y: Operand): Tensor {
  return apply2(53, "greaterEqual", x, y);
}

/** x and y. */
export function logicalAnd(x: Operand, y: Operand): Tensor {
  return apply2(54, "logicalAnd", x, y);
}

/** x or y. */
export function logicalOr(x: Operand, y: Operand): Tensor {
  return apply2(55, "logicalOr", x, y);
}

/** The bits set in both. */
export function bitwiseAnd(x: Operand, y: Operand): Tensor {
  return apply2(56, "bitwiseAnd", x, y);
}

/** The bits set in either. */
export function bitwiseOr(x: Operand, y: Operand): Tensor {
  return apply2(57, "bitwiseOr", x, y);
}

/** The bits set in one of the two. */
export function bitwiseXor(x: Operand, y: Operand): Tensor {
  return apply2(58, "bitwiseXor", x, y);
}

/** x shifted left by y bits; 0 for y outside 0..32. */
export function leftShift(x: Operand, y: Operand): Tensor {
  return apply2(59, "leftShift", x, y);
}

/** x shifted right by y bits, an int32 with its sign; for y outside 0..32 only the sign is left (uint32: 0). */
export function rightShift(x: Operand, y: Operand): Tensor {
  return apply2(60, "rightShift", x, y);
}

/** ln(e^x + e^y). */
export function logaddexp(x: Operand, y: Operand): Tensor {
  return apply2(61, "logaddexp", x, y);
}

/** The second operand where the first holds, else the third. */
export function where(condition: Operand, x: Operand, y: Operand): Tensor {
  return apply3(62, "where", condition, x, y);
}

/** minimum(maximum(x, lo), hi). The derivative by x at the bounds is 0. */
export function clip(x: Operand, lo: Operand, hi: Operand): Tensor {
  return apply3(63, "clip", x, lo, hi);
}
