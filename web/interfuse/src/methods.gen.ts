// Generated from crate/lanes/src/ops.rs by `npm run gen`. Do not edit.

import { apply1, apply2, apply3, type Operand } from "./apply.js";
import type { Tensor } from "./tensor.js";

/** The names of the scalar ops, in the order of the table. */
export const tableOps = ["neg", "abs", "sign", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "square", "reciprocal", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfinv", "sigmoid", "floor", "ceil", "round", "trunc", "isnan", "isinf", "isfinite", "logicalNot", "bitwiseNot", "add", "sub", "mul", "div", "pow", "mod", "floorDivide", "atan2", "maximum", "minimum", "equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual", "logicalAnd", "logicalOr", "bitwiseAnd", "bitwiseOr", "bitwiseXor", "leftShift", "rightShift", "logaddexp", "where", "clip"] as const;

/** The scalar ops as methods; tensors inherit them. */
export class TableOps {
  /** -x; integers wrap. */
  neg(): Tensor {
    return apply1(0, "neg", this as unknown as Tensor);
  }

  /** |x|; of the smallest int32 itself. The derivative at 0 is 0. */
  abs(): Tensor {
    return apply1(1, "abs", this as unknown as Tensor);
  }

  /** -1, 0 or 1; 0 for NaN. */
  sign(): Tensor {
    return apply1(2, "sign", this as unknown as Tensor);
  }

  /** e to the power x. */
  exp(): Tensor {
    return apply1(3, "exp", this as unknown as Tensor);
  }

  /** 2 to the power x. */
  exp2(): Tensor {
    return apply1(4, "exp2", this as unknown as Tensor);
  }

  /** e to the power x, minus 1; accurate near 0. */
  expm1(): Tensor {
    return apply1(5, "expm1", this as unknown as Tensor);
  }

  /** Natural logarithm. */
  log(): Tensor {
    return apply1(6, "log", this as unknown as Tensor);
  }

  /** Logarithm to base 2. */
  log2(): Tensor {
    return apply1(7, "log2", this as unknown as Tensor);
  }

  /** Logarithm to base 10. */
  log10(): Tensor {
    return apply1(8, "log10", this as unknown as Tensor);
  }

  /** ln(1 + x); accurate near 0. */
  log1p(): Tensor {
    return apply1(9, "log1p", this as unknown as Tensor);
  }

  /** Square root. The derivative at 0 is infinite. */
  sqrt(): Tensor {
    return apply1(10, "sqrt", this as unknown as Tensor);
  }

  /** 1 / sqrt(x). */
  rsqrt(): Tensor {
    return apply1(11, "rsqrt", this as unknown as Tensor);
  }

  /** x * x. */
  square(): Tensor {
    return apply1(12, "square", this as unknown as Tensor);
  }

  /** 1 / x. */
  reciprocal(): Tensor {
    return apply1(13, "reciprocal", this as unknown as Tensor);
  }

  /** Sine of radians, accurate for all finite x. */
  sin(): Tensor {
    return apply1(14, "sin", this as unknown as Tensor);
  }

  /** Cosine of radians, accurate for all finite x. */
  cos(): Tensor {
    return apply1(15, "cos", this as unknown as Tensor);
  }

  /** Tangent of radians, accurate for all finite x. */
  tan(): Tensor {
    return apply1(16, "tan", this as unknown as Tensor);
  }

  /** Arc sine in radians; NaN outside -1..=1. */
  asin(): Tensor {
    return apply1(17, "asin", this as unknown as Tensor);
  }

  /** Arc cosine in radians; NaN outside -1..=1. */
  acos(): Tensor {
    return apply1(18, "acos", this as unknown as Tensor);
  }

  /** Arc tangent in radians. */
  atan(): Tensor {
    return apply1(19, "atan", this as unknown as Tensor);
  }

  /** Hyperbolic sine. */
  sinh(): Tensor {
    return apply1(20, "sinh", this as unknown as Tensor);
  }

  /** Hyperbolic cosine. */
  cosh(): Tensor {
    return apply1(21, "cosh", this as unknown as Tensor);
  }

  /** Hyperbolic tangent; accurate near 0. */
  tanh(): Tensor {
    return apply1(22, "tanh", this as unknown as Tensor);
  }

  /** Inverse of the hyperbolic sine. */
  asinh(): Tensor {
    return apply1(23, "asinh", this as unknown as Tensor);
  }

  /** Inverse of the hyperbolic cosine; NaN below 1. */
  acosh(): Tensor {
    return apply1(24, "acosh", this as unknown as Tensor);
  }

  /** Inverse of the hyperbolic tangent; NaN outside -1..=1. */
  atanh(): Tensor {
    return apply1(25, "atanh", this as unknown as Tensor);
  }

  /** The error function; accurate near 0. */
  erf(): Tensor {
    return apply1(26, "erf", this as unknown as Tensor);
  }

  /** The inverse of the error function; infinite at -1 and 1, NaN beyond. */
  erfinv(): Tensor {
    return apply1(27, "erfinv", this as unknown as Tensor);
  }

  /** 1 / (1 + e^-x). */
  sigmoid(): Tensor {
    return apply1(28, "sigmoid", this as unknown as Tensor);
  }

  /** The largest integral value not above x; integers stay. */
  floor(): Tensor {
    return apply1(29, "floor", this as unknown as Tensor);
  }

  /** The smallest integral value not below x; integers stay. */
  ceil(): Tensor {
    return apply1(30, "ceil", this as unknown as Tensor);
  }

  /** The nearest integral value, halves to even; integers stay. */
  round(): Tensor {
    return apply1(31, "round", this as unknown as Tensor);
  }

  /** Rounds towards zero; integers stay. */
  trunc(): Tensor {
    return apply1(32, "trunc", this as unknown as Tensor);
  }

  /** Whether x is NaN. */
  isnan(): Tensor {
    return apply1(33, "isnan", this as unknown as Tensor);
  }

  /** Whether x is infinite. */
  isinf(): Tensor {
    return apply1(34, "isinf", this as unknown as Tensor);
  }

  /** Whether x is neither infinite nor NaN. */
  isfinite(): Tensor {
    return apply1(35, "isfinite", this as unknown as Tensor);
  }

  /** Not x. */
  logicalNot(): Tensor {
    return apply1(36, "logicalNot", this as unknown as Tensor);
  }

  /** All bits flipped; of a bool its opposite. */
  bitwiseNot(): Tensor {
    return apply1(37, "bitwiseNot", this as unknown as Tensor);
  }

  /** x + y; integers wrap. */
  add(y: Operand): Tensor {
    return apply2(38, "add", this as unknown as Tensor, y);
  }

  /** x - y; integers wrap. */
  sub(y: Operand): Tensor {
    return apply2(39, "sub", this as unknown as Tensor, y);
  }

  /** x * y; integers wrap. */
  mul(y: Operand): Tensor {
    return apply2(40, "mul", this as unknown as Tensor, y);
  }

  /** x / y; integers give float32. */
  div(y: Operand): Tensor {
    return apply2(41, "div", this as unknown as Tensor, y);
  }

  /** x to the power y, by C99's rules. Integers wrap; a negative integer exponent gives 0. */
  pow(y: Operand): Tensor {
    return apply2(42, "pow", this as unknown as Tensor, y);
  }

  /** x - y floor(x / y), with the sign of y. Integers by 0 give 0. Exact for |x / y| below 2^22. */
  mod(y: Operand): Tensor {
    return apply2(43, "mod", this as unknown as Tensor, y);
  }

  /** floor(x / y). Integers by 0 give 0. Exact for |x / y| below 2^22. */
  floorDivide(y: Operand): Tensor {
    return apply2(44, "floorDivide", this as unknown as Tensor, y);
  }

  /** The angle of the point (y, x): atan2(first, second) has the tangent first / second. */
  atan2(x: Operand): Tensor {
    return apply2(45, "atan2", this as unknown as Tensor, x);
  }

  /** The larger; NaN where either is NaN. The derivative of a tie goes to the second. */
  maximum(y: Operand): Tensor {
    return apply2(46, "maximum", this as unknown as Tensor, y);
  }

  /** The smaller; NaN where either is NaN. The derivative of a tie goes to the second. */
  minimum(y: Operand): Tensor {
    return apply2(47, "minimum", this as unknown as Tensor, y);
  }

  /** x == y; false where either is NaN. */
  equal(y: Operand): Tensor {
    return apply2(48, "equal", this as unknown as Tensor, y);
  }

  /** x != y; true where either is NaN. */
  notEqual(y: Operand): Tensor {
    return apply2(49, "notEqual", this as unknown as Tensor, y);
  }

  /** x < y. */
  less(y: Operand): Tensor {
    return apply2(50, "less", this as unknown as Tensor, y);
  }

  /** x <= y. */
  lessEqual(y: Operand): Tensor {
    return apply2(51, "lessEqual", this as unknown as Tensor, y);
  }

  /** x > y. */
  greater(y: Operand): Tensor {
    return apply2(52, "greater", this as unknown as Tensor, y);
  }

  /** x >= y. */
  greaterEqual(y: Operand): Tensor {
    return apply2(53, "greaterEqual", this as unknown as Tensor, y);
  }

  /** x and y. */
  logicalAnd(y: Operand): Tensor {
    return apply2(54, "logicalAnd", this as unknown as Tensor, y);
  }

  /** x or y. */
  logicalOr(y: Operand): Tensor {
    return apply2(55, "logicalOr", this as unknown as Tensor, y);
  }

  /** The bits set in both. */
  bitwiseAnd(y: Operand): Tensor {
    return apply2(56, "bitwiseAnd", this as unknown as Tensor, y);
  }

  /** The bits set in either. */
  bitwiseOr(y: Operand): Tensor {
    return apply2(57, "bitwiseOr", this as unknown as Tensor, y);
  }

  /** The bits set in one of the two. */
  bitwiseXor(y: Operand): Tensor {
    return apply2(58, "bitwiseXor", this as unknown as Tensor, y);
  }

  /** x shifted left by y bits; 0 for y outside 0..32. */
  leftShift(y: Operand): Tensor {
    return apply2(59, "leftShift", this as unknown as Tensor, y);
  }

  /** x shifted right by y bits, an int32 with its sign; for y outside 0..32 only the sign is left (uint32: 0). */
  rightShift(y: Operand): Tensor {
    return apply2(60, "rightShift", this as unknown as Tensor, y);
  }

  /** ln(e^x + e^y). */
  logaddexp(y: Operand): Tensor {
    return apply2(61, "logaddexp", this as unknown as Tensor, y);
  }

  /** The second operand where the first holds, else the third. */
  where(x: Operand, y: Operand): Tensor {
    return apply3(62, "where", this as unknown as Tensor, x, y);
  }

  /** minimum(maximum(x, lo), hi). The derivative by x at the bounds is 0. */
  clip(lo: Operand, hi: Operand): Tensor {
    return apply3(63, "clip", this as unknown as Tensor, lo, hi);
  }
}
