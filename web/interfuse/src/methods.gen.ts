// Generated from crate/lanes/src/ops.rs and the functions in crate/interfuse/src by `npm run gen`. Do not edit.

import type { ShapeLike, Size } from "./dim.js";
import * as functions from "./functions.gen.js";
import type { ConvOptions, ConvTransposeOptions, PoolOptions, ReduceOptions, RunningOptions, SpreadOptions } from "./functions.gen.js";
import type { DType, Tensor } from "./tensor.js";
import { apply1, apply2, apply3, type Axes, type AxisPairs, type Operand, type PadWidths, type SliceRange } from "./wire.js";

/** The names of the scalar ops, in the order of the table. */
export const tableOps = ["neg", "abs", "sign", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "rsqrt", "square", "reciprocal", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "erf", "erfinv", "sigmoid", "floor", "ceil", "round", "trunc", "isnan", "isinf", "isfinite", "logicalNot", "bitwiseNot", "add", "sub", "mul", "div", "pow", "mod", "floorDivide", "atan2", "maximum", "minimum", "equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual", "logicalAnd", "logicalOr", "bitwiseAnd", "bitwiseOr", "bitwiseXor", "leftShift", "rightShift", "logaddexp", "where", "clip"] as const;

/** The functions of the tables as methods; tensors inherit them. */
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

  /**
   * Sum; 0 of nothing. bool counts as int32. Integers wrap where the sum leaves their range (int32 at 2^31): sum them as float32
   * where it may.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * sum(tensor([[1, 2], [3, 4]]), 0) // [4, 6]
   * ```
   */
  sum(axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.sum(this as unknown as Tensor, axis, options);
  }

  /**
   * Product; 1 of nothing. bool counts as int32. Integers wrap where the product leaves their range.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * prod(tensor([[1, 2], [3, 4]]), 1) // [2, 12]
   * ```
   */
  prod(axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.prod(this as unknown as Tensor, axis, options);
  }

  /**
   * The largest; NaN if any is NaN.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {ShapeError} An axis that is reduced has size 0.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * max(tensor([[1, 2], [3, 4]]), 0) // [3, 4]
   * ```
   */
  max(axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.max(this as unknown as Tensor, axis, options);
  }

  /**
   * The smallest; NaN if any is NaN.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {ShapeError} An axis that is reduced has size 0.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * min(tensor([[1, 2], [3, 4]]), 0) // [1, 2]
   * ```
   */
  min(axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.min(this as unknown as Tensor, axis, options);
  }

  /**
   * Is one true (not 0)? false of nothing.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * any(tensor([[0, 0], [0, 4]]), 1) // [false, true]
   * ```
   */
  any(axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.any(this as unknown as Tensor, axis, options);
  }

  /**
   * Are all true (not 0)? true of nothing.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * all(tensor([[1, 0], [3, 4]]), 1) // [false, true]
   * ```
   */
  all(axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.all(this as unknown as Tensor, axis, options);
  }

  /**
   * Mean; NaN of nothing. Of integers it is float32.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * mean(tensor([[1, 2], [3, 4]]), 1) // [1.5, 3.5]
   * ```
   */
  mean(axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.mean(this as unknown as Tensor, axis, options);
  }

  /**
   * Variance: the mean squared distance from the mean, with the number of elements minus `ddof` as divisor.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link SpreadOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * tensor([1, 2, 3, 4]).var() // 1.25
   * ```
   */
  var(axis?: Axes, options?: SpreadOptions): Tensor {
    return functions.var(this as unknown as Tensor, axis, options);
  }

  /**
   * Standard deviation, the square root of the variance.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link SpreadOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * std(tensor([1, 2, 3, 4]), null, { ddof: 1 }) // 1.2909944487358056
   * ```
   */
  std(axis?: Axes, options?: SpreadOptions): Tensor {
    return functions.std(this as unknown as Tensor, axis, options);
  }

  /**
   * Position of the first largest as uint32, along an axis or in row-major order; a NaN wins.
   *
   * @param axis - The axis; without one the position is that in row-major order.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * argmax(tensor([[1, 9], [3, 4]]), 1) // [1, 1]
   * ```
   */
  argmax(axis?: number | null, options?: ReduceOptions): Tensor {
    return functions.argmax(this as unknown as Tensor, axis, options);
  }

  /**
   * Position of the first smallest as uint32, along an axis or in row-major order; a NaN wins.
   *
   * @param axis - The axis; without one the position is that in row-major order.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * argmin(tensor([[1, 9], [3, 4]]), 1) // [0, 0]
   * ```
   */
  argmin(axis?: number | null, options?: ReduceOptions): Tensor {
    return functions.argmin(this as unknown as Tensor, axis, options);
  }

  /**
   * ln of the sum of e^x, without overflow; -inf where all are -inf.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * logsumexp(tensor([1000, 1000])) // 1000.6931471805599
   * ```
   */
  logsumexp(axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.logsumexp(this as unknown as Tensor, axis, options);
  }

  /**
   * The same elements in another shape; one size may be -1.
   *
   * @param shape - The sizes; one may be -1 and follows from the others.
   * @returns The elements of x in row-major order in that shape.
   * @throws {ShapeError} The number of elements differs, or more than one size is -1.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * reshape(tensor([1, 2, 3, 4]), [2, -1]) // [[1, 2], [3, 4]]
   * ```
   */
  reshape(shape: ShapeLike): Tensor {
    return functions.reshape(this as unknown as Tensor, shape);
  }

  /**
   * Joins the axes from `start` to `end`, both included.
   *
   * @param start - The first axis. 0 by default.
   * @param end - The last axis. -1 by default.
   * @returns The shape of x with these axes as one; a scalar gets one axis.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * flatten(tensor([[1, 2], [3, 4]])) // [1, 2, 3, 4]
   * ```
   */
  flatten(start: number = 0, end: number = -1): Tensor {
    return functions.flatten(this as unknown as Tensor, start, end);
  }

  /**
   * Splits an axis into several; one of their sizes may be -1.
   *
   * @param axis - The axis to split.
   * @param sizes - What it becomes; one size may be -1.
   * @returns The shape of x with these sizes in the place of the axis.
   * @throws {ShapeError} The product of the sizes is not that of the axis.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * unflatten(tensor([1, 2, 3, 4]), 0, [2, -1]) // [[1, 2], [3, 4]]
   * ```
   */
  unflatten(axis: number, sizes: ShapeLike): Tensor {
    return functions.unflatten(this as unknown as Tensor, axis, sizes);
  }

  /**
   * Axis `i` of the result is axis `axes[i]` of x; without axes they are reversed.
   *
   * @param axes - The axes of x in the order of the result; reversed where they are left out.
   * @returns Axis `i` of it is axis `axes[i]` of x.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * transpose(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
   * ```
   */
  transpose(axes?: readonly number[] | null): Tensor {
    return functions.transpose(this as unknown as Tensor, axes);
  }

  /**
   * Exchanges two axes.
   *
   * @param a - One of them.
   * @param b - The other.
   * @returns The shape of x with the two sizes exchanged.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * swapaxes(tensor([[1, 2], [3, 4]]), 0, 1) // [[1, 3], [2, 4]]
   * ```
   */
  swapaxes(a: number, b: number): Tensor {
    return functions.swapaxes(this as unknown as Tensor, a, b);
  }

  /**
   * Moves an axis to another place; the others keep their order.
   *
   * @param from - Where the axis is.
   * @param to - Where it comes to.
   * @returns The shape of x with that size in its new place.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * moveaxis(tensor([[1, 2], [3, 4]]), 0, -1) // [[1, 3], [2, 4]]
   * ```
   */
  moveaxis(from: number, to: number): Tensor {
    return functions.moveaxis(this as unknown as Tensor, from, to);
  }

  /**
   * Inserts axes of size 1 at these places of the result.
   *
   * @param axis - The places of the new axes in the result.
   * @returns The shape of x with sizes of 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * expandDims(tensor([1, 2]), 0) // [[1, 2]]
   * ```
   */
  expandDims(axis: number | readonly number[]): Tensor {
    return functions.expandDims(this as unknown as Tensor, axis);
  }

  /**
   * Removes axes of size 1: all of them, or those named.
   *
   * @param axis - The axes to remove; by default all of size 1.
   * @returns The shape of x without these axes.
   * @throws {ShapeError} The size of an axis that is named is not 1.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * squeeze(tensor([[1, 2]])) // [1, 2]
   * ```
   */
  squeeze(axis?: Axes): Tensor {
    return functions.squeeze(this as unknown as Tensor, axis);
  }

  /**
   * Repeats axes of size 1, and the whole along new axes in front.
   *
   * @param shape - The shape to repeat into.
   * @returns That shape.
   * @throws {ShapeError} A size of x is neither 1 nor that of the shape, aligned at the last axis.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * broadcastTo(tensor([1, 2]), [2, 2]) // [[1, 2], [1, 2]]
   * ```
   */
  broadcastTo(shape: ShapeLike): Tensor {
    return functions.broadcastTo(this as unknown as Tensor, shape);
  }

  /**
   * Reverses axes, by default all.
   *
   * @param axis - The axes; all of them by default. Negative ones count from the end.
   * @returns The shape of x.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * flip(tensor([1, 2, 3])) // [3, 2, 1]
   * ```
   */
  flip(axis?: Axes): Tensor {
    return functions.flip(this as unknown as Tensor, axis);
  }

  /**
   * Surrounds with a value, 0 by default. bool stays bool: its value is true, false, 1 or 0.
   *
   * @param widths - How many elements to add: at both ends of every axis, or [before, after] of every axis, or those of each axis.
   * @param options - `value` (0 by default): What is put there.
   * @returns The shape of x with the widths added.
   * @throws {ShapeError} A width is negative, or there are not as many as axes.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * pad(tensor([1, 2]), [1, 2], { value: 9 }) // [9, 1, 2, 9, 9]
   * ```
   */
  pad(widths: PadWidths, options?: { readonly value?: number | boolean }): Tensor {
    return functions.pad(this as unknown as Tensor, widths, options);
  }

  /**
   * Repeats every element so often along an axis; without an axis in row-major order.
   *
   * @param count - How often.
   * @param axis - The axis; without one in row-major order.
   * @returns The shape of x with the size of the axis times the count.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * repeat(tensor([1, 2]), 2) // [1, 1, 2, 2]
   * ```
   */
  repeat(count: Size, axis?: number | null): Tensor {
    return functions.repeat(this as unknown as Tensor, count, axis);
  }

  /**
   * Repeats the whole so many times along each axis, aligned at the last.
   *
   * @param counts - How often along each axis, aligned at the last.
   * @returns The shape of x with every size times its count.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * tile(tensor([1, 2]), 2) // [1, 2, 1, 2]
   * ```
   */
  tile(counts: ShapeLike): Tensor {
    return functions.tile(this as unknown as Tensor, counts);
  }

  /**
   * Elements or slices at indices along an axis, which is replaced by those of the indices; without an axis in row-major order.
   * Negative indices count from the end, others out of range are clamped to the nearest.
   *
   * @param indices - int32 or uint32.
   * @param axis - The axis; without one they count in row-major order.
   * @returns The shape of x with that of the indices in the place of the axis.
   * @throws {DTypeError} The indices are not int32 or uint32.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * take(tensor([10, 20, 30]), tensor(Int32Array.of(2, 0))) // [30, 10]
   * ```
   */
  take(indices: Tensor, axis?: number | null): Tensor {
    return functions.take(this as unknown as Tensor, indices, axis);
  }

  /**
   * Cuts along an axis: into so many equal parts, or before these positions.
   *
   * @param parts - Into so many equal parts, or before these positions.
   * @param axis - The axis to cut. 0 by default.
   * @returns The parts, in order.
   * @throws {ShapeError} The axis cannot be cut into so many equal parts.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * split(tensor([1, 2, 3, 4]), 2) // [[1, 2], [3, 4]]
   * ```
   */
  split(parts: number | readonly number[], axis: number = 0): Tensor[] {
    return functions.split(this as unknown as Tensor, parts, axis);
  }

  /**
   * Shifts elements along an axis; those that leave come back at the other end. Without an axis in row-major order.
   *
   * @param shift - By how many places; negative ones shift to the front.
   * @param axis - The axis; without one elements move in row-major order.
   * @returns The shape of x.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * roll(tensor([1, 2, 3]), 1) // [3, 1, 2]
   * ```
   */
  roll(shift: number, axis?: number | null): Tensor {
    return functions.roll(this as unknown as Tensor, shift, axis);
  }

  /**
   * Takes a part of every axis: `x.slice(null, 3, [1, -1], [null, null, -1])` is Python's `x[:, 3, 1:-1, ::-1]`.
   *
   * @param ranges - Of each axis: everything (null), a position, or [start, stop, step].
   * @returns The shape of x with each axis as long as its range; positions take theirs away.
   * @throws {CompileArgumentError} A position is out of range, or a step is 0.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * slice(tensor([1, 2, 3, 4]), [1, null, 2]) // [2, 4]
   * ```
   */
  slice(...ranges: readonly SliceRange[]): Tensor {
    return functions.slice(this as unknown as Tensor, ...ranges);
  }

  /**
   * Another dtype: to integers truncating and saturating (NaN gives 0), to bool "is not 0".
   *
   * @param dtype - The dtype.
   * @returns The shape of x.
   * @throws {DTypeError} There is no such dtype.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * astype(tensor([1.7, -1.7]), "int32") // [1, -1]
   * ```
   */
  astype(dtype: DType): Tensor {
    return functions.astype(this as unknown as Tensor, dtype);
  }

  /**
   * The value, with no gradient flowing through it.
   *
   * @returns x.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * stopGradient(tensor([1, 2])) // [1, 2]
   * ```
   */
  stopGradient(): Tensor {
    return functions.stopGradient(this as unknown as Tensor);
  }

  /**
   * NumPy's matrix product: vectors lose their axis, leading axes broadcast. Floats only.
   *
   * @param y - Its second-to-last axis is the last of x.
   * @returns [..., n, m] of [..., n, k] and [..., k, m]; a vector is a row or a column and loses its axis.
   * @throws {ShapeError} The axes that are summed over differ, or leading ones do not broadcast.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])) // [3, 7]
   * ```
   */
  matmul(y: Tensor): Tensor {
    return functions.matmul(this as unknown as Tensor, y);
  }

  /**
   * NumPy's dot: the inner product of vectors, the matrix product, else a sum over the last axis of the first and the second-to-last of
   * the second. A scalar multiplies.
   *
   * @param y - A tensor.
   * @returns The axes of x without the last, then those of y without the second-to-last.
   * @throws {ShapeError} The axes that are summed over differ.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * dot(tensor([1, 2]), tensor([3, 4])) // 11
   * ```
   */
  dot(y: Tensor): Tensor {
    return functions.dot(this as unknown as Tensor, y);
  }

  /**
   * Sum of products over the last axis of both. A scalar multiplies.
   *
   * @param y - A tensor.
   * @returns The axes of x without the last, then those of y without the last.
   * @throws {ShapeError} The last axes differ.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * inner(tensor([1, 2]), tensor([3, 4])) // 11
   * ```
   */
  inner(y: Tensor): Tensor {
    return functions.inner(this as unknown as Tensor, y);
  }

  /**
   * Every element of the first times every element of the second, both flattened.
   *
   * @param y - A tensor.
   * @returns [elements of x, elements of y].
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * outer(tensor([1, 2]), tensor([3, 4])) // [[3, 4], [6, 8]]
   * ```
   */
  outer(y: Tensor): Tensor {
    return functions.outer(this as unknown as Tensor, y);
  }

  /**
   * Sum of products over the last `axes` axes of x and the first of y, or over pairs of axes [of x, of y].
   *
   * @param y - A tensor.
   * @param axes - So many last axes of x and first of y, or pairs of axes [of x, of y]. 2 by default.
   * @returns The axes of x that are not summed over, then those of y.
   * @throws {ShapeError} A pair of axes differs.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * tensordot(tensor([[1, 2], [3, 4]]), tensor([[1, 2], [3, 4]])) // 30
   * ```
   */
  tensordot(y: Tensor, axes: AxisPairs = 2): Tensor {
    return functions.tensordot(this as unknown as Tensor, y, axes);
  }

  /**
   * e^x divided by its sum along axes (by default the last); NaN where all are -inf.
   *
   * @param axis - The axes that sum to 1. -1 by default.
   * @returns The shape of x.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * softmax(tensor([1000, 1000])) // [0.5, 0.5]
   * ```
   */
  softmax(axis: Axes = -1): Tensor {
    return functions.softmax(this as unknown as Tensor, axis);
  }

  /**
   * ln(softmax(x)), without underflow.
   *
   * @param axis - The axes of the softmax. -1 by default.
   * @returns The shape of x.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * logSoftmax(tensor([1000, 1000])) // [-0.6931471805599453, -0.6931471805599453]
   * ```
   */
  logSoftmax(axis: Axes = -1): Tensor {
    return functions.logSoftmax(this as unknown as Tensor, axis);
  }

  /**
   * One where the position along a new last axis is the index, else zero; zeros alone where the index is none of the classes.
   *
   * @param classes - How many classes there are.
   * @param options - `dtype` ("float32" by default): The dtype of the result.
   * @returns The shape of the indices with a last axis of the classes.
   * @throws {DTypeError} The indices are not int32 or uint32.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * oneHot(tensor(Int32Array.of(1, 0)), 2) // [[0, 1], [1, 0]]
   * ```
   */
  oneHot(classes: Size, options?: { readonly dtype?: DType }): Tensor {
    return functions.oneHot(this as unknown as Tensor, classes, options);
  }

  /**
   * Zeros above the `k`-th diagonal of the last two axes.
   *
   * @param k - Which diagonal; positive ones are above the main one. 0 by default.
   * @returns The shape of x.
   * @throws {ShapeError} X has fewer than two axes.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * tril(tensor([[1, 2], [3, 4]])) // [[1, 0], [3, 4]]
   * ```
   */
  tril(k: number = 0): Tensor {
    return functions.tril(this as unknown as Tensor, k);
  }

  /**
   * Zeros below the `k`-th diagonal of the last two axes.
   *
   * @param k - Which diagonal; positive ones are above the main one. 0 by default.
   * @returns The shape of x.
   * @throws {ShapeError} X has fewer than two axes.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * triu(tensor([[1, 2], [3, 4]])) // [[1, 2], [0, 4]]
   * ```
   */
  triu(k: number = 0): Tensor {
    return functions.triu(this as unknown as Tensor, k);
  }

  /**
   * Sum of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range.
   *
   * @param axis - The axis; without one elements follow each other in row-major order.
   * @param options - See {@link RunningOptions}.
   * @returns The shape of x; without an axis one axis of all elements.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * cumsum(tensor([1, 2, 3])) // [1, 3, 6]
   * ```
   */
  cumsum(axis?: number | null, options?: RunningOptions): Tensor {
    return functions.cumsum(this as unknown as Tensor, axis, options);
  }

  /**
   * Product of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range.
   *
   * @param axis - The axis; without one elements follow each other in row-major order.
   * @param options - See {@link RunningOptions}.
   * @returns The shape of x; without an axis one axis of all elements.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * cumprod(tensor([1, 2, 3]), 0, { reverse: true }) // [6, 6, 3]
   * ```
   */
  cumprod(axis?: number | null, options?: RunningOptions): Tensor {
    return functions.cumprod(this as unknown as Tensor, axis, options);
  }

  /**
   * Largest of the elements so far, along an axis or in row-major order; NaN once there was one.
   *
   * @param axis - The axis; without one elements follow each other in row-major order.
   * @param options - See {@link RunningOptions}.
   * @returns The shape of x; without an axis one axis of all elements.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * cummax(tensor([1, 3, 2])) // [1, 3, 3]
   * ```
   */
  cummax(axis?: number | null, options?: RunningOptions): Tensor {
    return functions.cummax(this as unknown as Tensor, axis, options);
  }

  /**
   * Smallest of the elements so far, along an axis or in row-major order; NaN once there was one.
   *
   * @param axis - The axis; without one elements follow each other in row-major order.
   * @param options - See {@link RunningOptions}.
   * @returns The shape of x; without an axis one axis of all elements.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * cummin(tensor([3, 1, 2])) // [3, 1, 1]
   * ```
   */
  cummin(axis?: number | null, options?: RunningOptions): Tensor {
    return functions.cummin(this as unknown as Tensor, axis, options);
  }

  /**
   * ln of the sum of e^x of the elements so far, without overflow, along an axis or in row-major order.
   *
   * @param axis - The axis; without one elements follow each other in row-major order.
   * @param options - See {@link RunningOptions}.
   * @returns The shape of x; without an axis one axis of all elements.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * logcumsumexp(tensor([0, 0])) // [0, 0.6931472]
   * ```
   */
  logcumsumexp(axis?: number | null, options?: RunningOptions): Tensor {
    return functions.logcumsumexp(this as unknown as Tensor, axis, options);
  }

  /**
   * Elements in ascending order along an axis (by default the last; null: all in one line). Stable; NaN comes last.
   *
   * @param axis - The axis; null puts all elements in one line. -1 by default.
   * @returns The shape of x.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * sort(tensor([3, 1, 2])) // [1, 2, 3]
   * ```
   */
  sort(axis: number | null = -1): Tensor {
    return functions.sort(this as unknown as Tensor, axis);
  }

  /**
   * Positions (uint32) that sort along an axis.
   *
   * @param axis - The axis; null puts all elements in one line. -1 by default.
   * @returns The shape of x, as uint32.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * argsort(tensor([3, 1, 2])) // [1, 2, 0]
   * ```
   */
  argsort(axis: number | null = -1): Tensor {
    return functions.argsort(this as unknown as Tensor, axis);
  }

  /**
   * The `count` largest along an axis, the largest first. NaN counts as the largest.
   *
   * @param count - How many.
   * @param axis - The axis; null puts all elements in one line. -1 by default.
   * @returns The shape of x with that many along the axis.
   * @throws {CompileArgumentError} There are fewer.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * topk(tensor([3, 1, 2]), 2) // [3, 2]
   * ```
   */
  topk(count: number, axis: number | null = -1): Tensor {
    return functions.topk(this as unknown as Tensor, count, axis);
  }

  /**
   * The middle of the sorted elements along axes, or the mean of the two in the middle; NaN where one is NaN.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * median(tensor([1, 9, 2])) // 2
   * ```
   */
  median(axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.median(this as unknown as Tensor, axis, options);
  }

  /**
   * The q-quantile (q from 0 to 1) of the elements along axes, by linear interpolation as in NumPy's default; NaN where one is NaN.
   *
   * @param q - From 0, the smallest, to 1, the largest.
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - See {@link ReduceOptions}.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} Q is not from 0 to 1.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * quantile(tensor([1, 2, 3]), 0.25) // 1.5
   * ```
   */
  quantile(q: number, axis?: Axes, options?: ReduceOptions): Tensor {
    return functions.quantile(this as unknown as Tensor, q, axis, options);
  }

  /**
   * A norm of vectors along axes: order 2 by default, 1, 0, Infinity or another number.
   *
   * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
   * @param options - `keepdims` (false by default): Leaves reduced axes with size 1. `order` (2 by default): 2 is the length, 1 the sum and infinity the largest of magnitudes, 0 the number of those that are not 0.
   * @returns The shape of x without these axes, or with size 1 there.
   * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
   * @example
   * ```ts
   * norm(tensor([3, 4])) // 5
   * ```
   */
  norm(axis?: Axes, options?: { readonly keepdims?: boolean; readonly order?: number }): Tensor {
    return functions.norm(this as unknown as Tensor, axis, options);
  }

  /**
   * Kronecker's product: every element of the first times the whole second, in its place.
   *
   * @param b - A tensor.
   * @returns The sizes of both, multiplied.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * kron(tensor([1, 2]), tensor([1, 1])) // [1, 1, 2, 2]
   * ```
   */
  kron(b: Tensor): Tensor {
    return functions.kron(this as unknown as Tensor, b);
  }

  /**
   * A vector on the `k`-th diagonal of a matrix of zeros, or that diagonal of a matrix.
   *
   * @param k - Which diagonal; positive ones are above the main one. 0 by default.
   * @returns A matrix of a vector, a vector of a matrix.
   * @throws {ShapeError} X is neither.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * diag(tensor([1, 2])) // [[1, 0], [0, 2]]
   * ```
   */
  diag(k: number = 0): Tensor {
    return functions.diag(this as unknown as Tensor, k);
  }

  /**
   * The `k`-th diagonal of two axes (by default the last two), as a new last axis.
   *
   * @param k - Which diagonal; positive ones are above the main one. 0 by default.
   * @param axes - [row axis, column axis]. [-2, -1] by default.
   * @returns The other axes of x, then the diagonal.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * diagonal(tensor([[1, 2], [3, 4]])) // [1, 4]
   * ```
   */
  diagonal(k: number = 0, axes: readonly [number, number] = [-2, -1]): Tensor {
    return functions.diagonal(this as unknown as Tensor, k, axes);
  }

  /**
   * The sum of the `k`-th diagonal of two axes (by default the last two).
   *
   * @param k - Which diagonal; positive ones are above the main one. 0 by default.
   * @param axes - [row axis, column axis]. [-2, -1] by default.
   * @returns The other axes of x.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * trace(tensor([[1, 2], [3, 4]])) // 5
   * ```
   */
  trace(k: number = 0, axes: readonly [number, number] = [-2, -1]): Tensor {
    return functions.trace(this as unknown as Tensor, k, axes);
  }

  /**
   * NaN and infinities as numbers; without one given infinities become the largest finite number.
   *
   * @param options - `nan` (0 by default): Instead of NaN. `posinf`: Instead of Infinity. `neginf`: Instead of -Infinity.
   * @returns The shape of x.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * nanToNum(tensor([NaN, 1])) // [0, 1]
   * ```
   */
  nanToNum(options?: { readonly nan?: number; readonly posinf?: number; readonly neginf?: number }): Tensor {
    return functions.nanToNum(this as unknown as Tensor, options);
  }

  /**
   * The elements that indices of as many axes name along one axis. Negative indices count from the end, others out of range are clamped to
   * the nearest.
   *
   * @param indices - int32 or uint32, of as many axes as x.
   * @param axis - The axis; without one in row-major order.
   * @returns The shape of the indices.
   * @throws {ShapeError} The other sizes differ.
   * @throws {DTypeError} The indices are not int32 or uint32.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * takeAlongAxis(tensor([[1, 2], [3, 4]]), tensor([[1], [0]], { dtype: "int32" }), 1) // [[2], [3]]
   * ```
   */
  takeAlongAxis(indices: Tensor, axis?: number | null): Tensor {
    return functions.takeAlongAxis(this as unknown as Tensor, indices, axis);
  }

  /**
   * A copy with values where indices of as many axes name elements along one axis. Negative indices count from the end, others out of range
   * are left out.
   *
   * @param indices - int32 or uint32, of as many axes as x.
   * @param values - A tensor, a number or a boolean.
   * @param axis - The axis; without one in row-major order.
   * @returns The shape of x.
   * @throws {ShapeError} The other sizes differ.
   * @throws {DTypeError} The indices are not int32 or uint32.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * putAlongAxis(tensor([1, 2, 3]), tensor([1], { dtype: "int32" }), 9) // [1, 9, 3]
   * ```
   */
  putAlongAxis(indices: Tensor, values: Operand, axis?: number | null): Tensor {
    return functions.putAlongAxis(this as unknown as Tensor, indices, values, axis);
  }

  /**
   * A copy with updates added at indices along an axis: where `take` reads, this adds. Negative indices count from the end, others out of
   * range are left out.
   *
   * @param indices - int32 or uint32.
   * @param updates - In the shape that `take` gives.
   * @param axis - The axis that the indices count along. 0 by default.
   * @returns The shape of x.
   * @throws {ShapeError} The updates do not have the shape that `take` gives.
   * @throws {DTypeError} The indices are not int32 or uint32.
   * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
   * @example
   * ```ts
   * scatterAdd(tensor([0, 0, 0]), tensor([2, 2], { dtype: "int32" }), tensor([1, 1])) // [0, 0, 2]
   * ```
   */
  scatterAdd(indices: Tensor, updates: Tensor, axis: number = 0): Tensor {
    return functions.scatterAdd(this as unknown as Tensor, indices, updates, axis);
  }

  /**
   * Convolution (strictly speaking a cross-correlation) of [batch, size, channels] with a kernel
   * [channels out, size, channels in / groups].
   *
   * @param kernel - [channels out, size, channels in / groups].
   * @param options - See {@link ConvOptions}.
   * @returns [batch, size, channels out]. Each size becomes floor((size + 2 padding - dilation (kernel size - 1) - 1) / stride) + 1.
   * @throws {ShapeError} The axes or channels of both do not fit.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * conv1d(tensor([[[1], [2], [3]]]), tensor([[[1], [1]]])) // [[[3], [5]]]
   * ```
   */
  conv1d(kernel: Tensor, options?: ConvOptions): Tensor {
    return functions.conv1d(this as unknown as Tensor, kernel, options);
  }

  /**
   * Convolution (strictly speaking a cross-correlation) of [batch, height, width, channels] with a kernel
   * [channels out, height, width, channels in / groups].
   *
   * @param kernel - [channels out, height, width, channels in / groups].
   * @param options - See {@link ConvOptions}.
   * @returns [batch, height, width, channels out]. Each size becomes floor((size + 2 padding - dilation (kernel size - 1) - 1) / stride) + 1.
   * @throws {ShapeError} The axes or channels of both do not fit.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * conv2d(ones([1, 2, 2, 1]), ones([1, 2, 2, 1])) // [[[[4]]]]
   * ```
   */
  conv2d(kernel: Tensor, options?: ConvOptions): Tensor {
    return functions.conv2d(this as unknown as Tensor, kernel, options);
  }

  /**
   * Transposed convolution of [batch, size, channels]: it undoes what a convolution of the same options does to the size.
   *
   * @param kernel - [channels out, size, channels in / groups].
   * @param options - See {@link ConvTransposeOptions}.
   * @returns [batch, size, channels out]. Each size becomes (size - 1) stride - 2 padding + dilation (kernel size - 1) + outputPadding + 1.
   * @throws {ShapeError} The axes or channels of both do not fit.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * convTranspose1d(tensor([[[1], [2]]]), tensor([[[1], [1]]])) // [[[1], [3], [2]]]
   * ```
   */
  convTranspose1d(kernel: Tensor, options?: ConvTransposeOptions): Tensor {
    return functions.convTranspose1d(this as unknown as Tensor, kernel, options);
  }

  /**
   * Transposed convolution of [batch, height, width, channels]: it undoes what a convolution of the same options does to the sizes.
   *
   * @param kernel - [channels out, height, width, channels in / groups].
   * @param options - See {@link ConvTransposeOptions}.
   * @returns [batch, height, width, channels out]. Each size becomes (size - 1) stride - 2 padding + dilation (kernel size - 1) + outputPadding + 1.
   * @throws {ShapeError} The axes or channels of both do not fit.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * convTranspose2d(ones([1, 1, 1, 1]), ones([1, 2, 2, 1])) // [[[[1], [1]], [[1], [1]]]]
   * ```
   */
  convTranspose2d(kernel: Tensor, options?: ConvTransposeOptions): Tensor {
    return functions.convTranspose2d(this as unknown as Tensor, kernel, options);
  }

  /**
   * The maximum of every window of [batch, sizes.., channels]; padding is never the maximum.
   *
   * @param size - The size of a window in elements; one number per spatial axis, or one for all.
   * @param options - See {@link PoolOptions}.
   * @returns [batch, sizes.., channels]. Each size becomes floor((size + 2 padding - window) / stride) + 1.
   * @throws {ShapeError} A window is larger than its axis.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * maxPool(tensor([[[1], [3], [2], [4]]]), 2) // [[[3], [4]]]
   * ```
   */
  maxPool(size: number | readonly number[], options?: PoolOptions): Tensor {
    return functions.maxPool(this as unknown as Tensor, size, options);
  }

  /**
   * The mean of every window of [batch, sizes.., channels]; padding counts as zeros.
   *
   * @param size - The size of a window in elements; one number per spatial axis, or one for all.
   * @param options - See {@link PoolOptions}.
   * @returns [batch, sizes.., channels]. Each size becomes floor((size + 2 padding - window) / stride) + 1.
   * @throws {ShapeError} A window is larger than its axis.
   * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
   * @example
   * ```ts
   * avgPool(tensor([[[1], [3], [2], [4]]]), 2) // [[[2], [3]]]
   * ```
   */
  avgPool(size: number | readonly number[], options?: PoolOptions): Tensor {
    return functions.avgPool(this as unknown as Tensor, size, options);
  }
}
