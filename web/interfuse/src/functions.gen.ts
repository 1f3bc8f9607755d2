// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file The functions of the core. */
import type { ShapeLike, Size } from "./dim.js";
import { checkOptions } from "./options.js";
import type { DType, Tensor } from "./tensor.js";
import { begin } from "./wire.js";
import { many, one, putAxes, putChoice, putDType, putFlag, putFloat, putFormula, putInt, putInts, putMaybeFloat, putMaybeInt, putMaybeSize, putMaybeTensor, putOperand, putPair, putPairs, putParts, putPerAxis, putRanges, putSize, putSizes, putTensor, putTensors, putWeak, putWidths, type Axes, type AxisPairs, type Operand, type PadWidths, type PerAxis, type SliceRange } from "./wire.js";

/** Options of `sum`, `prod`, `max`, `min`, `any`, `all`, `mean`, `argmax`, `argmin`, `logsumexp`, `median`, `quantile`. */
export interface ReduceOptions {
  /** Leaves reduced axes with size 1. false by default. */
  readonly keepdims?: boolean;
}

/** Options of `var`, `std`. */
export interface SpreadOptions {
  /** Leaves reduced axes with size 1. false by default. */
  readonly keepdims?: boolean;
  /** What is subtracted from the divisor. 0 by default. */
  readonly ddof?: number;
}

/** Options of `zeros`, `ones`, `zerosLike`, `onesLike`, `fullLike`, `linspace`. */
export interface DTypeOption {
  /** The dtype of what is made. */
  readonly dtype?: DType;
}

/** Options of `eye`, `tri`. */
export interface DiagonalOptions {
  /** Which diagonal; positive ones are above the main one. 0 by default. */
  readonly k?: number;
  /** The dtype of what is made. "float32" by default. */
  readonly dtype?: DType;
}

/** Options of `cumsum`, `cumprod`, `cummax`, `cummin`, `logcumsumexp`. */
export interface RunningOptions {
  /** From the end towards the start? false by default. */
  readonly reverse?: boolean;
  /** Without the element itself? Then the first is what combining nothing gives. false by default. */
  readonly exclusive?: boolean;
}

/** Options of `conv1d`, `conv2d`. */
export interface ConvOptions {
  /** Elements from one window to the next. 1 by default. */
  readonly stride?: PerAxis;
  /** Zeros that are added at each end of an axis; a transposed convolution cuts off as many elements of the result. 0 by default. */
  readonly padding?: PerAxis;
  /** Elements of the input from one element of a window to the next. 1 by default. */
  readonly dilation?: PerAxis;
  /** Number of groups of channels; groups do not mix. 1 by default. */
  readonly groups?: number;
}

/** Options of `convTranspose1d`, `convTranspose2d`. */
export interface ConvTransposeOptions {
  /** Elements from one window to the next. 1 by default. */
  readonly stride?: PerAxis;
  /** Zeros that are added at each end of an axis; a transposed convolution cuts off as many elements of the result. 0 by default. */
  readonly padding?: PerAxis;
  /** Elements of the input from one element of a window to the next. 1 by default. */
  readonly dilation?: PerAxis;
  /** Number of groups of channels; groups do not mix. 1 by default. */
  readonly groups?: number;
  /** Elements that are added at the end of each axis of the result. 0 by default. */
  readonly outputPadding?: PerAxis;
}

/** Options of `maxPool`, `avgPool`. */
export interface PoolOptions {
  /** Elements from one window to the next; by default the size of a window, so that windows do not overlap. */
  readonly stride?: PerAxis;
  /** Elements that are added at each end of an axis. 0 by default. */
  readonly padding?: PerAxis;
}

/**
 * Sum; 0 of nothing. bool counts as int32. Integers wrap where the sum leaves their range (int32 at 2^31): sum them as float32
 * where it may.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - See {@link ReduceOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * sum(tensor([[1, 2], [3, 4]]), 0) // [4, 6]
 * ```
 */
export function sum(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("sum");
  putTensor(x);
  putAxes(axis);
  checkOptions("sum", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(0, first);
}

/**
 * Product; 1 of nothing. bool counts as int32. Integers wrap where the product leaves their range.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - See {@link ReduceOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * prod(tensor([[1, 2], [3, 4]]), 1) // [2, 12]
 * ```
 */
export function prod(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("prod");
  putTensor(x);
  putAxes(axis);
  checkOptions("prod", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(1, first);
}

/**
 * The largest; NaN if any is NaN.
 *
 * @param x - A tensor.
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
export function max(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("max");
  putTensor(x);
  putAxes(axis);
  checkOptions("max", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(2, first);
}

/**
 * The smallest; NaN if any is NaN.
 *
 * @param x - A tensor.
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
export function min(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("min");
  putTensor(x);
  putAxes(axis);
  checkOptions("min", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(3, first);
}

/**
 * Is one true (not 0)? false of nothing.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - See {@link ReduceOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * any(tensor([[0, 0], [0, 4]]), 1) // [false, true]
 * ```
 */
export function any(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("any");
  putTensor(x);
  putAxes(axis);
  checkOptions("any", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(4, first);
}

/**
 * Are all true (not 0)? true of nothing.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - See {@link ReduceOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * all(tensor([[1, 0], [3, 4]]), 1) // [false, true]
 * ```
 */
export function all(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("all");
  putTensor(x);
  putAxes(axis);
  checkOptions("all", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(5, first);
}

/**
 * Mean; NaN of nothing. Of integers it is float32.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - See {@link ReduceOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * mean(tensor([[1, 2], [3, 4]]), 1) // [1.5, 3.5]
 * ```
 */
export function mean(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("mean");
  putTensor(x);
  putAxes(axis);
  checkOptions("mean", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(6, first);
}

/**
 * Variance: the mean squared distance from the mean, with the number of elements minus `ddof` as divisor.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - See {@link SpreadOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * tensor([1, 2, 3, 4]).var() // 1.25
 * ```
 */
function variance(x: Tensor, axis?: Axes, options?: SpreadOptions): Tensor {
  const first = begin("var");
  putTensor(x);
  putAxes(axis);
  checkOptions("var", options, ["keepdims", "ddof"]);
  putFlag(options?.keepdims ?? false);
  putFloat("the ddof", options?.ddof ?? 0);
  return one(7, first);
}
export { variance as var };

/**
 * Standard deviation, the square root of the variance.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - See {@link SpreadOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * std(tensor([1, 2, 3, 4]), null, { ddof: 1 }) // 1.2909944487358056
 * ```
 */
export function std(x: Tensor, axis?: Axes, options?: SpreadOptions): Tensor {
  const first = begin("std");
  putTensor(x);
  putAxes(axis);
  checkOptions("std", options, ["keepdims", "ddof"]);
  putFlag(options?.keepdims ?? false);
  putFloat("the ddof", options?.ddof ?? 0);
  return one(8, first);
}

/**
 * Position of the first largest as uint32, along an axis or in row-major order; a NaN wins.
 *
 * @param x - A tensor.
 * @param axis - The axis; without one the position is that in row-major order.
 * @param options - See {@link ReduceOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * argmax(tensor([[1, 9], [3, 4]]), 1) // [1, 1]
 * ```
 */
export function argmax(x: Tensor, axis?: number | null, options?: ReduceOptions): Tensor {
  const first = begin("argmax");
  putTensor(x);
  putMaybeInt("the axis", axis);
  checkOptions("argmax", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(9, first);
}

/**
 * Position of the first smallest as uint32, along an axis or in row-major order; a NaN wins.
 *
 * @param x - A tensor.
 * @param axis - The axis; without one the position is that in row-major order.
 * @param options - See {@link ReduceOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * argmin(tensor([[1, 9], [3, 4]]), 1) // [0, 0]
 * ```
 */
export function argmin(x: Tensor, axis?: number | null, options?: ReduceOptions): Tensor {
  const first = begin("argmin");
  putTensor(x);
  putMaybeInt("the axis", axis);
  checkOptions("argmin", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(10, first);
}

/**
 * ln of the sum of e^x, without overflow; -inf where all are -inf.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - See {@link ReduceOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * logsumexp(tensor([1000, 1000])) // 1000.6931471805599
 * ```
 */
export function logsumexp(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("logsumexp");
  putTensor(x);
  putAxes(axis);
  checkOptions("logsumexp", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(11, first);
}

/**
 * Are shapes and all elements equal? A bool scalar. With `equal_nan` a NaN equals a NaN.
 *
 * @param x - A tensor.
 * @param y - A tensor.
 * @param options - `equalNan` (false by default): Is a NaN equal to a NaN?
 * @returns A bool scalar.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * arrayEqual(tensor([1, 2]), tensor([1, 2])) // true
 * ```
 */
export function arrayEqual(x: Tensor, y: Tensor, options?: { readonly equalNan?: boolean }): Tensor {
  const first = begin("arrayEqual");
  putTensor(x);
  putTensor(y);
  checkOptions("arrayEqual", options, ["equalNan"]);
  putFlag(options?.equalNan ?? false);
  return one(12, first);
}

/**
 * Is |x - y| <= atol + rtol |y| everywhere, infinities equal to themselves? A bool scalar.
 *
 * @param x - A tensor.
 * @param y - A tensor.
 * @param options - `rtol` (1e-5 by default): How far apart they may be, times |y|. `atol` (1e-8 by default): What is added to that. `equalNan` (false by default): Is a NaN equal to a NaN?
 * @returns A bool scalar.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * allclose(tensor([1]), tensor([1.000001])) // true
 * ```
 */
export function allclose(x: Tensor, y: Tensor, options?: { readonly rtol?: number; readonly atol?: number; readonly equalNan?: boolean }): Tensor {
  const first = begin("allclose");
  putTensor(x);
  putTensor(y);
  checkOptions("allclose", options, ["rtol", "atol", "equalNan"]);
  putFloat("the rtol", options?.rtol ?? 1e-5);
  putFloat("the atol", options?.atol ?? 1e-8);
  putFlag(options?.equalNan ?? false);
  return one(13, first);
}

/**
 * The same elements in another shape; one size may be -1.
 *
 * @param x - A tensor.
 * @param shape - The sizes; one may be -1 and follows from the others.
 * @returns The elements of x in row-major order in that shape.
 * @throws {ShapeError} The number of elements differs, or more than one size is -1.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * reshape(tensor([1, 2, 3, 4]), [2, -1]) // [[1, 2], [3, 4]]
 * ```
 */
export function reshape(x: Tensor, shape: ShapeLike): Tensor {
  const first = begin("reshape");
  putTensor(x);
  putSizes("the shape", shape);
  return one(14, first);
}

/**
 * Joins the axes from `start` to `end`, both included.
 *
 * @param x - A tensor.
 * @param start - The first axis. 0 by default.
 * @param end - The last axis. -1 by default.
 * @returns The shape of x with these axes as one; a scalar gets one axis.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * flatten(tensor([[1, 2], [3, 4]])) // [1, 2, 3, 4]
 * ```
 */
export function flatten(x: Tensor, start: number = 0, end: number = -1): Tensor {
  const first = begin("flatten");
  putTensor(x);
  putInt("the start", start);
  putInt("the end", end);
  return one(15, first);
}

/**
 * Splits an axis into several; one of their sizes may be -1.
 *
 * @param x - A tensor.
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
export function unflatten(x: Tensor, axis: number, sizes: ShapeLike): Tensor {
  const first = begin("unflatten");
  putTensor(x);
  putInt("the axis", axis);
  putSizes("the sizes", sizes);
  return one(16, first);
}

/**
 * Axis `i` of the result is axis `axes[i]` of x; without axes they are reversed.
 *
 * @param x - A tensor.
 * @param axes - The axes of x in the order of the result; reversed where they are left out.
 * @returns Axis `i` of it is axis `axes[i]` of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * transpose(tensor([[1, 2], [3, 4]])) // [[1, 3], [2, 4]]
 * ```
 */
export function transpose(x: Tensor, axes?: readonly number[] | null): Tensor {
  const first = begin("transpose");
  putTensor(x);
  putAxes(axes);
  return one(17, first);
}

/**
 * Exchanges two axes.
 *
 * @param x - A tensor.
 * @param a - One of them.
 * @param b - The other.
 * @returns The shape of x with the two sizes exchanged.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * swapaxes(tensor([[1, 2], [3, 4]]), 0, 1) // [[1, 3], [2, 4]]
 * ```
 */
export function swapaxes(x: Tensor, a: number, b: number): Tensor {
  const first = begin("swapaxes");
  putTensor(x);
  putInt("an axis", a);
  putInt("an axis", b);
  return one(18, first);
}

/**
 * Moves an axis to another place; the others keep their order.
 *
 * @param x - A tensor.
 * @param from - Where the axis is.
 * @param to - Where it comes to.
 * @returns The shape of x with that size in its new place.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * moveaxis(tensor([[1, 2], [3, 4]]), 0, -1) // [[1, 3], [2, 4]]
 * ```
 */
export function moveaxis(x: Tensor, from: number, to: number): Tensor {
  const first = begin("moveaxis");
  putTensor(x);
  putInt("an axis", from);
  putInt("an axis", to);
  return one(19, first);
}

/**
 * Inserts axes of size 1 at these places of the result.
 *
 * @param x - A tensor.
 * @param axis - The places of the new axes in the result.
 * @returns The shape of x with sizes of 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * expandDims(tensor([1, 2]), 0) // [[1, 2]]
 * ```
 */
export function expandDims(x: Tensor, axis: number | readonly number[]): Tensor {
  const first = begin("expandDims");
  putTensor(x);
  putAxes(axis);
  return one(20, first);
}

/**
 * Removes axes of size 1: all of them, or those named.
 *
 * @param x - A tensor.
 * @param axis - The axes to remove; by default all of size 1.
 * @returns The shape of x without these axes.
 * @throws {ShapeError} The size of an axis that is named is not 1.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * squeeze(tensor([[1, 2]])) // [1, 2]
 * ```
 */
export function squeeze(x: Tensor, axis?: Axes): Tensor {
  const first = begin("squeeze");
  putTensor(x);
  putAxes(axis);
  return one(21, first);
}

/**
 * Repeats axes of size 1, and the whole along new axes in front.
 *
 * @param x - A tensor.
 * @param shape - The shape to repeat into.
 * @returns That shape.
 * @throws {ShapeError} A size of x is neither 1 nor that of the shape, aligned at the last axis.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * broadcastTo(tensor([1, 2]), [2, 2]) // [[1, 2], [1, 2]]
 * ```
 */
export function broadcastTo(x: Tensor, shape: ShapeLike): Tensor {
  const first = begin("broadcastTo");
  putTensor(x);
  putSizes("the shape", shape);
  return one(22, first);
}

/**
 * Reverses axes, by default all.
 *
 * @param x - A tensor.
 * @param axis - The axes; all of them by default. Negative ones count from the end.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * flip(tensor([1, 2, 3])) // [3, 2, 1]
 * ```
 */
export function flip(x: Tensor, axis?: Axes): Tensor {
  const first = begin("flip");
  putTensor(x);
  putAxes(axis);
  return one(23, first);
}

/**
 * Surrounds with a value, 0 by default. bool stays bool: its value is true, false, 1 or 0.
 *
 * @param x - A tensor.
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
export function pad(x: Tensor, widths: PadWidths, options?: { readonly value?: number | boolean }): Tensor {
  const first = begin("pad");
  putTensor(x);
  putWidths(x, widths);
  checkOptions("pad", options, ["value"]);
  putWeak(options?.value ?? 0);
  return one(24, first);
}

/**
 * Repeats every element so often along an axis; without an axis in row-major order.
 *
 * @param x - A tensor.
 * @param count - How often.
 * @param axis - The axis; without one in row-major order.
 * @returns The shape of x with the size of the axis times the count.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * repeat(tensor([1, 2]), 2) // [1, 1, 2, 2]
 * ```
 */
export function repeat(x: Tensor, count: Size, axis?: number | null): Tensor {
  const first = begin("repeat");
  putTensor(x);
  putSize("the count", count);
  putMaybeInt("the axis", axis);
  return one(25, first);
}

/**
 * Repeats the whole so many times along each axis, aligned at the last.
 *
 * @param x - A tensor.
 * @param counts - How often along each axis, aligned at the last.
 * @returns The shape of x with every size times its count.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * tile(tensor([1, 2]), 2) // [1, 2, 1, 2]
 * ```
 */
export function tile(x: Tensor, counts: ShapeLike): Tensor {
  const first = begin("tile");
  putTensor(x);
  putSizes("the counts", counts);
  return one(26, first);
}

/**
 * Elements or slices at indices along an axis, which is replaced by those of the indices; without an axis in row-major order.
 * Negative indices count from the end, others out of range are clamped to the nearest.
 *
 * @param x - A tensor.
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
export function take(x: Tensor, indices: Tensor, axis?: number | null): Tensor {
  const first = begin("take");
  putTensor(x);
  putTensor(indices);
  putMaybeInt("the axis", axis);
  return one(27, first);
}

/**
 * Joins tensors along an axis, promoting their dtypes.
 *
 * @param tensors - Tensors.
 * @param axis - The axis along which they follow each other. 0 by default.
 * @returns The shape of the tensors with the sizes of that axis added up.
 * @throws {ShapeError} Other sizes differ.
 * @throws {DTypeError} There is no common dtype.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * concatenate([tensor([1, 2]), tensor([3])]) // [1, 2, 3]
 * ```
 */
export function concatenate(tensors: readonly Tensor[], axis: number = 0): Tensor {
  const first = begin("concatenate");
  putTensors(tensors);
  putInt("the axis", axis);
  return one(28, first);
}

/**
 * Joins tensors of equal shape along a new axis.
 *
 * @param tensors - Tensors.
 * @param axis - The place of the new axis. 0 by default.
 * @returns The shape of the tensors with a new axis of as many as there are.
 * @throws {ShapeError} The shapes differ.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * stack([tensor([1, 2]), tensor([3, 4])]) // [[1, 2], [3, 4]]
 * ```
 */
export function stack(tensors: readonly Tensor[], axis: number = 0): Tensor {
  const first = begin("stack");
  putTensors(tensors);
  putInt("the axis", axis);
  return one(29, first);
}

/**
 * Cuts along an axis: into so many equal parts, or before these positions.
 *
 * @param x - A tensor.
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
export function split(x: Tensor, parts: number | readonly number[], axis: number = 0): Tensor[] {
  const first = begin("split");
  putTensor(x);
  putParts(parts);
  putInt("the axis", axis);
  return many(30, first);
}

/**
 * Shifts elements along an axis; those that leave come back at the other end. Without an axis in row-major order.
 *
 * @param x - A tensor.
 * @param shift - By how many places; negative ones shift to the front.
 * @param axis - The axis; without one elements move in row-major order.
 * @returns The shape of x.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * roll(tensor([1, 2, 3]), 1) // [3, 1, 2]
 * ```
 */
export function roll(x: Tensor, shift: number, axis?: number | null): Tensor {
  const first = begin("roll");
  putTensor(x);
  putInt("the shift", shift);
  putMaybeInt("the axis", axis);
  return one(31, first);
}

/**
 * Takes a part of every axis: `x.slice(null, 3, [1, -1], [null, null, -1])` is Python's `x[:, 3, 1:-1, ::-1]`.
 *
 * @param x - A tensor.
 * @param ranges - Of each axis: everything (null), a position, or [start, stop, step].
 * @returns The shape of x with each axis as long as its range; positions take theirs away.
 * @throws {CompileArgumentError} A position is out of range, or a step is 0.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * slice(tensor([1, 2, 3, 4]), [1, null, 2]) // [2, 4]
 * ```
 */
export function slice(x: Tensor, ...ranges: readonly SliceRange[]): Tensor {
  const first = begin("slice");
  putTensor(x);
  putRanges(ranges);
  return one(32, first);
}

/**
 * Another dtype: to integers truncating and saturating (NaN gives 0), to bool "is not 0".
 *
 * @param x - A tensor.
 * @param dtype - The dtype.
 * @returns The shape of x.
 * @throws {DTypeError} There is no such dtype.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * astype(tensor([1.7, -1.7]), "int32") // [1, -1]
 * ```
 */
export function astype(x: Tensor, dtype: DType): Tensor {
  const first = begin("astype");
  putTensor(x);
  putDType(dtype);
  return one(33, first);
}

/**
 * The value, with no gradient flowing through it.
 *
 * @param x - A tensor.
 * @returns x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * stopGradient(tensor([1, 2])) // [1, 2]
 * ```
 */
export function stopGradient(x: Tensor): Tensor {
  const first = begin("stopGradient");
  putTensor(x);
  return one(34, first);
}

/**
 * (floor_divide, modulo).
 *
 * @param x - A tensor.
 * @param y - A tensor, a number or a boolean.
 * @returns [floorDivide(x, y), mod(x, y)].
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * divmod(tensor([7, -7]), 2) // [[3, -4], [1, 1]]
 * ```
 */
export function divmod(x: Tensor, y: Operand): [Tensor, Tensor] {
  const first = begin("divmod");
  putTensor(x);
  putOperand(y);
  return many(35, first) as [Tensor, Tensor];
}

/**
 * NumPy's matrix product: vectors lose their axis, leading axes broadcast. Floats only.
 *
 * @param x - A tensor.
 * @param y - Its second-to-last axis is the last of x.
 * @returns [..., n, m] of [..., n, k] and [..., k, m]; a vector is a row or a column and loses its axis.
 * @throws {ShapeError} The axes that are summed over differ, or leading ones do not broadcast.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])) // [3, 7]
 * ```
 */
export function matmul(x: Tensor, y: Tensor): Tensor {
  const first = begin("matmul");
  putTensor(x);
  putTensor(y);
  return one(36, first);
}

/**
 * NumPy's dot: the inner product of vectors, the matrix product, else a sum over the last axis of the first and the second-to-last of
 * the second. A scalar multiplies.
 *
 * @param x - A tensor.
 * @param y - A tensor.
 * @returns The axes of x without the last, then those of y without the second-to-last.
 * @throws {ShapeError} The axes that are summed over differ.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * dot(tensor([1, 2]), tensor([3, 4])) // 11
 * ```
 */
export function dot(x: Tensor, y: Tensor): Tensor {
  const first = begin("dot");
  putTensor(x);
  putTensor(y);
  return one(37, first);
}

/**
 * Sum of products over the last axis of both. A scalar multiplies.
 *
 * @param x - A tensor.
 * @param y - A tensor.
 * @returns The axes of x without the last, then those of y without the last.
 * @throws {ShapeError} The last axes differ.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * inner(tensor([1, 2]), tensor([3, 4])) // 11
 * ```
 */
export function inner(x: Tensor, y: Tensor): Tensor {
  const first = begin("inner");
  putTensor(x);
  putTensor(y);
  return one(38, first);
}

/**
 * Every element of the first times every element of the second, both flattened.
 *
 * @param x - A tensor.
 * @param y - A tensor.
 * @returns [elements of x, elements of y].
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * outer(tensor([1, 2]), tensor([3, 4])) // [[3, 4], [6, 8]]
 * ```
 */
export function outer(x: Tensor, y: Tensor): Tensor {
  const first = begin("outer");
  putTensor(x);
  putTensor(y);
  return one(39, first);
}

/**
 * Sum of products over the last `axes` axes of x and the first of y, or over pairs of axes [of x, of y].
 *
 * @param x - A tensor.
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
export function tensordot(x: Tensor, y: Tensor, axes: AxisPairs = 2): Tensor {
  const first = begin("tensordot");
  putTensor(x);
  putTensor(y);
  putPairs(x, axes);
  return one(40, first);
}

/**
 * beta c + alpha (a @ b).
 *
 * @param c - What is added.
 * @param a - The left factor.
 * @param b - The right factor.
 * @param options - `alpha` (1 by default): The factor of the product. `beta` (1 by default): The factor of c.
 * @returns The shape of a @ b.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * addmm(tensor([1, 1]), tensor([[1, 2], [3, 4]]), tensor([1, 1])) // [4, 8]
 * ```
 */
export function addmm(c: Tensor, a: Tensor, b: Tensor, options?: { readonly alpha?: number; readonly beta?: number }): Tensor {
  const first = begin("addmm");
  putTensor(c);
  putTensor(a);
  putTensor(b);
  checkOptions("addmm", options, ["alpha", "beta"]);
  putFloat("the alpha", options?.alpha ?? 1);
  putFloat("the beta", options?.beta ?? 1);
  return one(41, first);
}

/**
 * e^x divided by its sum along axes (by default the last); NaN where all are -inf.
 *
 * @param x - A tensor.
 * @param axis - The axes that sum to 1. -1 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * softmax(tensor([1000, 1000])) // [0.5, 0.5]
 * ```
 */
export function softmax(x: Tensor, axis: Axes = -1): Tensor {
  const first = begin("softmax");
  putTensor(x);
  putAxes(axis);
  return one(42, first);
}

/**
 * ln(softmax(x)), without underflow.
 *
 * @param x - A tensor.
 * @param axis - The axes of the softmax. -1 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * logSoftmax(tensor([1000, 1000])) // [-0.6931471805599453, -0.6931471805599453]
 * ```
 */
export function logSoftmax(x: Tensor, axis: Axes = -1): Tensor {
  const first = begin("logSoftmax");
  putTensor(x);
  putAxes(axis);
  return one(43, first);
}

/**
 * Gaussian error linear unit: x (1 + erf(x / sqrt 2)) / 2, or with `approximate: "tanh"` the form with tanh.
 * Source: Hendrycks and Gimpel (2016).
 *
 * @param x - A tensor.
 * @param options - `approximate` ("none" by default): "none" for the error function, "tanh" for the approximation with tanh.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * gelu(tensor([-1, 0, 1])) // [-0.15865525, 0, 0.84134475]
 * ```
 */
export function gelu(x: Tensor, options?: { readonly approximate?: "none" | "tanh" }): Tensor {
  const first = begin("gelu");
  putTensor(x);
  checkOptions("gelu", options, ["approximate"]);
  putChoice(options?.approximate ?? "none", ["none", "tanh"]);
  return one(44, first);
}

/**
 * x sigmoid(x).
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * silu(tensor([-1, 0, 1])) // [-0.26894142, 0, 0.73105858]
 * ```
 */
export function silu(x: Tensor): Tensor {
  const first = begin("silu");
  putTensor(x);
  return one(45, first);
}

/**
 * maximum(x, 0).
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * relu(tensor([-1, 0, 1])) // [0, 0, 1]
 * ```
 */
export function relu(x: Tensor): Tensor {
  const first = begin("relu");
  putTensor(x);
  return one(46, first);
}

/**
 * x where it is positive, else slope x.
 *
 * @param x - A tensor.
 * @param slope - The factor below zero. 0.01 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * leakyRelu(tensor([-1, 0, 1])) // [-0.01, 0, 1]
 * ```
 */
export function leakyRelu(x: Tensor, slope: number = 0.01): Tensor {
  const first = begin("leakyRelu");
  putTensor(x);
  putFloat("the slope", slope);
  return one(47, first);
}

/**
 * ln(1 + e^x), without overflow.
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * softplus(tensor([-1000, 0, 1000])) // [0, 0.69314718, 1000]
 * ```
 */
export function softplus(x: Tensor): Tensor {
  const first = begin("softplus");
  putTensor(x);
  return one(48, first);
}

/**
 * (x - mean) / sqrt(variance + eps) along the last axis, times a weight, plus a bias.
 * Source: Ba et al. (2016).
 *
 * @param x - A tensor.
 * @param weight - A factor for every feature.
 * @param bias - What is added to every feature.
 * @param options - `eps` (1e-5 by default): Added to the variance.
 * @returns The shape of x.
 * @throws {ShapeError} The weight or bias does not fit the last axis.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * layerNorm(tensor([1, 2, 3])) // [-1.2247356, 0, 1.2247356]
 * ```
 */
export function layerNorm(x: Tensor, weight?: Tensor | null, bias?: Tensor | null, options?: { readonly eps?: number }): Tensor {
  const first = begin("layerNorm");
  putTensor(x);
  putMaybeTensor(weight);
  putMaybeTensor(bias);
  checkOptions("layerNorm", options, ["eps"]);
  putFloat("the eps", options?.eps ?? 1e-5);
  return one(49, first);
}

/**
 * x / sqrt(mean of squares + eps) along the last axis, times a weight.
 * Source: Zhang and Sennrich (2019).
 *
 * @param x - A tensor.
 * @param weight - A factor for every feature.
 * @param options - `eps` (1e-5 by default): Added to the variance.
 * @returns The shape of x.
 * @throws {ShapeError} The weight does not fit the last axis.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * rmsNorm(tensor([3, 4])) // [0.84852797, 1.1313706]
 * ```
 */
export function rmsNorm(x: Tensor, weight?: Tensor | null, options?: { readonly eps?: number }): Tensor {
  const first = begin("rmsNorm");
  putTensor(x);
  putMaybeTensor(weight);
  checkOptions("rmsNorm", options, ["eps"]);
  putFloat("the eps", options?.eps ?? 1e-5);
  return one(50, first);
}

/**
 * One where the position along a new last axis is the index, else zero; zeros alone where the index is none of the classes.
 *
 * @param indices - int32 or uint32.
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
export function oneHot(indices: Tensor, classes: Size, options?: { readonly dtype?: DType }): Tensor {
  const first = begin("oneHot");
  putTensor(indices);
  putSize("the number of classes", classes);
  checkOptions("oneHot", options, ["dtype"]);
  putDType(options?.dtype ?? "float32");
  return one(51, first);
}

/**
 * Zeros.
 *
 * @param shape - A size, or sizes.
 * @param options - See {@link DTypeOption}.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * zeros([2]) // [0, 0]
 * ```
 */
export function zeros(shape: ShapeLike, options?: DTypeOption): Tensor {
  const first = begin("zeros");
  putSizes("the shape", shape);
  checkOptions("zeros", options, ["dtype"]);
  putDType(options?.dtype ?? "float32");
  return one(53, first);
}

/**
 * Ones.
 *
 * @param shape - A size, or sizes.
 * @param options - See {@link DTypeOption}.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * ones([2]) // [1, 1]
 * ```
 */
export function ones(shape: ShapeLike, options?: DTypeOption): Tensor {
  const first = begin("ones");
  putSizes("the shape", shape);
  checkOptions("ones", options, ["dtype"]);
  putDType(options?.dtype ?? "float32");
  return one(54, first);
}

/**
 * Zeros of the shape and, unless another is given, dtype of a tensor.
 *
 * @param x - A tensor.
 * @param options - See {@link DTypeOption}.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * zerosLike(tensor([1, 2])) // [0, 0]
 * ```
 */
export function zerosLike(x: Tensor, options?: DTypeOption): Tensor {
  const first = begin("zerosLike");
  putTensor(x);
  checkOptions("zerosLike", options, ["dtype"]);
  putDType(options?.dtype);
  return one(55, first);
}

/**
 * Ones of the shape and, unless another is given, dtype of a tensor.
 *
 * @param x - A tensor.
 * @param options - See {@link DTypeOption}.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * onesLike(tensor([1, 2])) // [1, 1]
 * ```
 */
export function onesLike(x: Tensor, options?: DTypeOption): Tensor {
  const first = begin("onesLike");
  putTensor(x);
  checkOptions("onesLike", options, ["dtype"]);
  putDType(options?.dtype);
  return one(56, first);
}

/**
 * A value in the shape and, unless another is given, dtype of a tensor.
 *
 * @param x - A tensor.
 * @param value - A tensor, a number or a boolean.
 * @param options - See {@link DTypeOption}.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * fullLike(tensor([1, 2]), 7) // [7, 7]
 * ```
 */
export function fullLike(x: Tensor, value: Operand, options?: DTypeOption): Tensor {
  const first = begin("fullLike");
  putTensor(x);
  putOperand(value);
  checkOptions("fullLike", options, ["dtype"]);
  putDType(options?.dtype);
  return one(57, first);
}

/**
 * `count` numbers from start to stop, both included.
 *
 * @param start - The first number.
 * @param stop - The last number.
 * @param count - How many. 50 by default.
 * @param options - See {@link DTypeOption}.
 * @returns [count], float32 unless another dtype is given.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * linspace(0, 1, 3) // [0, 0.5, 1]
 * ```
 */
export function linspace(start: number, stop: number, count: Size = 50, options?: DTypeOption): Tensor {
  const first = begin("linspace");
  putFloat("the start", start);
  putFloat("the stop", stop);
  putSize("the count", count);
  checkOptions("linspace", options, ["dtype"]);
  putDType(options?.dtype);
  return one(59, first);
}

/**
 * Ones on a diagonal, `k` above the main one. Without a number of columns square.
 *
 * @param rows - How many rows.
 * @param columns - How many columns; as many as rows where they are left out.
 * @param options - See {@link DiagonalOptions}.
 * @returns [rows, columns].
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * eye(2) // [[1, 0], [0, 1]]
 * ```
 */
export function eye(rows: Size, columns?: Size | null, options?: DiagonalOptions): Tensor {
  const first = begin("eye");
  putSize("the number of rows", rows);
  putMaybeSize("the number of columns", columns);
  checkOptions("eye", options, ["k", "dtype"]);
  putInt("the k", options?.k ?? 0);
  putDType(options?.dtype ?? "float32");
  return one(60, first);
}

/**
 * Ones at and below a diagonal.
 *
 * @param rows - How many rows.
 * @param columns - How many columns; as many as rows where they are left out.
 * @param options - See {@link DiagonalOptions}.
 * @returns [rows, columns].
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * tri(2) // [[1, 0], [1, 1]]
 * ```
 */
export function tri(rows: Size, columns?: Size | null, options?: DiagonalOptions): Tensor {
  const first = begin("tri");
  putSize("the number of rows", rows);
  putMaybeSize("the number of columns", columns);
  checkOptions("tri", options, ["k", "dtype"]);
  putInt("the k", options?.k ?? 0);
  putDType(options?.dtype ?? "float32");
  return one(61, first);
}

/**
 * Zeros above the `k`-th diagonal of the last two axes.
 *
 * @param x - A tensor.
 * @param k - Which diagonal; positive ones are above the main one. 0 by default.
 * @returns The shape of x.
 * @throws {ShapeError} X has fewer than two axes.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * tril(tensor([[1, 2], [3, 4]])) // [[1, 0], [3, 4]]
 * ```
 */
export function tril(x: Tensor, k: number = 0): Tensor {
  const first = begin("tril");
  putTensor(x);
  putInt("the k", k);
  return one(62, first);
}

/**
 * Zeros below the `k`-th diagonal of the last two axes.
 *
 * @param x - A tensor.
 * @param k - Which diagonal; positive ones are above the main one. 0 by default.
 * @returns The shape of x.
 * @throws {ShapeError} X has fewer than two axes.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * triu(tensor([[1, 2], [3, 4]])) // [[1, 2], [0, 4]]
 * ```
 */
export function triu(x: Tensor, k: number = 0): Tensor {
  const first = begin("triu");
  putTensor(x);
  putInt("the k", k);
  return one(63, first);
}

/**
 * Coordinates of a grid: one tensor per axis, all of the grid's shape. `indexing: "ij"` keeps the order of the axes.
 *
 * @param axes - The coordinates along each axis.
 * @param options - `indexing` ("xy" by default): "ij" keeps the order of the axes, "xy" exchanges the first two.
 * @returns One tensor per axis, all of the grid's shape.
 * @throws {ShapeError} One of them does not have one axis.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * meshgrid([tensor([1, 2]), tensor([3])]) // [[[1, 2]], [[3, 3]]]
 * ```
 */
export function meshgrid(axes: readonly Tensor[], options?: { readonly indexing?: "xy" | "ij" }): Tensor[] {
  const first = begin("meshgrid");
  putTensors(axes);
  checkOptions("meshgrid", options, ["indexing"]);
  putChoice(options?.indexing ?? "xy", ["xy", "ij"]);
  return many(64, first);
}

/**
 * Sum of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range.
 *
 * @param x - A tensor.
 * @param axis - The axis; without one elements follow each other in row-major order.
 * @param options - See {@link RunningOptions}.
 * @returns The shape of x; without an axis one axis of all elements.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * cumsum(tensor([1, 2, 3])) // [1, 3, 6]
 * ```
 */
export function cumsum(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  const first = begin("cumsum");
  putTensor(x);
  putMaybeInt("an argument", axis);
  checkOptions("cumsum", options, ["reverse", "exclusive"]);
  putFlag(options?.reverse ?? false);
  putFlag(options?.exclusive ?? false);
  return one(65, first);
}

/**
 * Product of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range.
 *
 * @param x - A tensor.
 * @param axis - The axis; without one elements follow each other in row-major order.
 * @param options - See {@link RunningOptions}.
 * @returns The shape of x; without an axis one axis of all elements.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * cumprod(tensor([1, 2, 3]), 0, { reverse: true }) // [6, 6, 3]
 * ```
 */
export function cumprod(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  const first = begin("cumprod");
  putTensor(x);
  putMaybeInt("an argument", axis);
  checkOptions("cumprod", options, ["reverse", "exclusive"]);
  putFlag(options?.reverse ?? false);
  putFlag(options?.exclusive ?? false);
  return one(66, first);
}

/**
 * Largest of the elements so far, along an axis or in row-major order; NaN once there was one.
 *
 * @param x - A tensor.
 * @param axis - The axis; without one elements follow each other in row-major order.
 * @param options - See {@link RunningOptions}.
 * @returns The shape of x; without an axis one axis of all elements.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * cummax(tensor([1, 3, 2])) // [1, 3, 3]
 * ```
 */
export function cummax(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  const first = begin("cummax");
  putTensor(x);
  putMaybeInt("an argument", axis);
  checkOptions("cummax", options, ["reverse", "exclusive"]);
  putFlag(options?.reverse ?? false);
  putFlag(options?.exclusive ?? false);
  return one(67, first);
}

/**
 * Smallest of the elements so far, along an axis or in row-major order; NaN once there was one.
 *
 * @param x - A tensor.
 * @param axis - The axis; without one elements follow each other in row-major order.
 * @param options - See {@link RunningOptions}.
 * @returns The shape of x; without an axis one axis of all elements.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * cummin(tensor([3, 1, 2])) // [3, 1, 1]
 * ```
 */
export function cummin(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  const first = begin("cummin");
  putTensor(x);
  putMaybeInt("an argument", axis);
  checkOptions("cummin", options, ["reverse", "exclusive"]);
  putFlag(options?.reverse ?? false);
  putFlag(options?.exclusive ?? false);
  return one(68, first);
}

/**
 * ln of the sum of e^x of the elements so far, without overflow, along an axis or in row-major order.
 *
 * @param x - A tensor.
 * @param axis - The axis; without one elements follow each other in row-major order.
 * @param options - See {@link RunningOptions}.
 * @returns The shape of x; without an axis one axis of all elements.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * logcumsumexp(tensor([0, 0])) // [0, 0.6931472]
 * ```
 */
export function logcumsumexp(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  const first = begin("logcumsumexp");
  putTensor(x);
  putMaybeInt("an argument", axis);
  checkOptions("logcumsumexp", options, ["reverse", "exclusive"]);
  putFlag(options?.reverse ?? false);
  putFlag(options?.exclusive ?? false);
  return one(69, first);
}

/**
 * Elements in ascending order along an axis (by default the last; null: all in one line). Stable; NaN comes last.
 *
 * @param x - A tensor.
 * @param axis - The axis; null puts all elements in one line. -1 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * sort(tensor([3, 1, 2])) // [1, 2, 3]
 * ```
 */
export function sort(x: Tensor, axis: number | null = -1): Tensor {
  const first = begin("sort");
  putTensor(x);
  putMaybeInt("the axis", axis);
  return one(70, first);
}

/**
 * Positions (uint32) that sort along an axis.
 *
 * @param x - A tensor.
 * @param axis - The axis; null puts all elements in one line. -1 by default.
 * @returns The shape of x, as uint32.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * argsort(tensor([3, 1, 2])) // [1, 2, 0]
 * ```
 */
export function argsort(x: Tensor, axis: number | null = -1): Tensor {
  const first = begin("argsort");
  putTensor(x);
  putMaybeInt("the axis", axis);
  return one(71, first);
}

/**
 * The `count` largest along an axis, the largest first. NaN counts as the largest.
 *
 * @param x - A tensor.
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
export function topk(x: Tensor, count: number, axis: number | null = -1): Tensor {
  const first = begin("topk");
  putTensor(x);
  putInt("the count", count);
  putMaybeInt("the axis", axis);
  return one(72, first);
}

/**
 * The middle of the sorted elements along axes, or the mean of the two in the middle; NaN where one is NaN.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - See {@link ReduceOptions}.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * median(tensor([1, 9, 2])) // 2
 * ```
 */
export function median(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("median");
  putTensor(x);
  putAxes(axis);
  checkOptions("median", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(73, first);
}

/**
 * The q-quantile (q from 0 to 1) of the elements along axes, by linear interpolation as in NumPy's default; NaN where one is NaN.
 *
 * @param x - A tensor.
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
export function quantile(x: Tensor, q: number, axis?: Axes, options?: ReduceOptions): Tensor {
  const first = begin("quantile");
  putTensor(x);
  putFloat("the q", q);
  putAxes(axis);
  checkOptions("quantile", options, ["keepdims"]);
  putFlag(options?.keepdims ?? false);
  return one(74, first);
}

/**
 * A norm of vectors along axes: order 2 by default, 1, 0, Infinity or another number.
 *
 * @param x - A tensor.
 * @param axis - The axes to reduce; all of them by default. Negative ones count from the end.
 * @param options - `keepdims` (false by default): Leaves reduced axes with size 1. `order` (2 by default): 2 is the length, 1 the sum and infinity the largest of magnitudes, 0 the number of those that are not 0.
 * @returns The shape of x without these axes, or with size 1 there.
 * @throws {CompileArgumentError} An axis is out of range or named twice, or an argument is of another type.
 * @example
 * ```ts
 * norm(tensor([3, 4])) // 5
 * ```
 */
export function norm(x: Tensor, axis?: Axes, options?: { readonly keepdims?: boolean; readonly order?: number }): Tensor {
  const first = begin("norm");
  putTensor(x);
  putAxes(axis);
  checkOptions("norm", options, ["keepdims", "order"]);
  putFlag(options?.keepdims ?? false);
  putFloat("the order", options?.order ?? 2);
  return one(75, first);
}

/**
 * Einstein's sum: `einsum("ij,jk->ik", a, b)` is a matrix product. Letters that do not stand behind the arrow are summed over;
 * without an arrow those that stand once remain, in alphabetical order. `...` stands for axes without letters, which broadcast. The order
 * of products is chosen for few operations.
 *
 * @param formula - Letters for the axes of each tensor, and behind an arrow those of the result.
 * @param tensors - As many as the formula has groups of letters.
 * @returns The axes whose letters stand behind the arrow.
 * @throws {ShapeError} A letter stands for two sizes.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * einsum("ij,jk->ik", tensor([[1, 2], [3, 4]]), tensor([[1], [1]])) // [[3], [7]]
 * ```
 */
export function einsum(formula: string, ...tensors: readonly Tensor[]): Tensor {
  const first = begin("einsum");
  putFormula(formula);
  putTensors(tensors);
  return one(76, first);
}

/**
 * Kronecker's product: every element of the first times the whole second, in its place.
 *
 * @param a - A tensor.
 * @param b - A tensor.
 * @returns The sizes of both, multiplied.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * kron(tensor([1, 2]), tensor([1, 1])) // [1, 1, 2, 2]
 * ```
 */
export function kron(a: Tensor, b: Tensor): Tensor {
  const first = begin("kron");
  putTensor(a);
  putTensor(b);
  return one(77, first);
}

/**
 * A vector on the `k`-th diagonal of a matrix of zeros, or that diagonal of a matrix.
 *
 * @param x - A tensor.
 * @param k - Which diagonal; positive ones are above the main one. 0 by default.
 * @returns A matrix of a vector, a vector of a matrix.
 * @throws {ShapeError} X is neither.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * diag(tensor([1, 2])) // [[1, 0], [0, 2]]
 * ```
 */
export function diag(x: Tensor, k: number = 0): Tensor {
  const first = begin("diag");
  putTensor(x);
  putInt("the k", k);
  return one(78, first);
}

/**
 * The `k`-th diagonal of two axes (by default the last two), as a new last axis.
 *
 * @param x - A tensor.
 * @param k - Which diagonal; positive ones are above the main one. 0 by default.
 * @param axes - [row axis, column axis]. [-2, -1] by default.
 * @returns The other axes of x, then the diagonal.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * diagonal(tensor([[1, 2], [3, 4]])) // [1, 4]
 * ```
 */
export function diagonal(x: Tensor, k: number = 0, axes: readonly [number, number] = [-2, -1]): Tensor {
  const first = begin("diagonal");
  putTensor(x);
  putInt("the k", k);
  putPair(axes);
  return one(79, first);
}

/**
 * The sum of the `k`-th diagonal of two axes (by default the last two).
 *
 * @param x - A tensor.
 * @param k - Which diagonal; positive ones are above the main one. 0 by default.
 * @param axes - [row axis, column axis]. [-2, -1] by default.
 * @returns The other axes of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * trace(tensor([[1, 2], [3, 4]])) // 5
 * ```
 */
export function trace(x: Tensor, k: number = 0, axes: readonly [number, number] = [-2, -1]): Tensor {
  const first = begin("trace");
  putTensor(x);
  putInt("the k", k);
  putPair(axes);
  return one(80, first);
}

/**
 * NaN and infinities as numbers; without one given infinities become the largest finite number.
 *
 * @param x - A tensor.
 * @param options - `nan` (0 by default): Instead of NaN. `posinf`: Instead of Infinity. `neginf`: Instead of -Infinity.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nanToNum(tensor([NaN, 1])) // [0, 1]
 * ```
 */
export function nanToNum(x: Tensor, options?: { readonly nan?: number; readonly posinf?: number; readonly neginf?: number }): Tensor {
  const first = begin("nanToNum");
  putTensor(x);
  checkOptions("nanToNum", options, ["nan", "posinf", "neginf"]);
  putFloat("the nan", options?.nan ?? 0);
  putMaybeFloat("the posinf", options?.posinf);
  putMaybeFloat("the neginf", options?.neginf);
  return one(81, first);
}

/**
 * The elements that indices of as many axes name along one axis. Negative indices count from the end, others out of range are clamped to
 * the nearest.
 *
 * @param x - A tensor.
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
export function takeAlongAxis(x: Tensor, indices: Tensor, axis?: number | null): Tensor {
  const first = begin("takeAlongAxis");
  putTensor(x);
  putTensor(indices);
  putMaybeInt("the axis", axis);
  return one(82, first);
}

/**
 * A copy with values where indices of as many axes name elements along one axis. Negative indices count from the end, others out of range
 * are left out.
 *
 * @param x - A tensor.
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
export function putAlongAxis(x: Tensor, indices: Tensor, values: Operand, axis?: number | null): Tensor {
  const first = begin("putAlongAxis");
  putTensor(x);
  putTensor(indices);
  putOperand(values);
  putMaybeInt("the axis", axis);
  return one(83, first);
}

/**
 * A copy with updates added at indices along an axis: where `take` reads, this adds. Negative indices count from the end, others out of
 * range are left out.
 *
 * @param x - A tensor.
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
export function scatterAdd(x: Tensor, indices: Tensor, updates: Tensor, axis: number = 0): Tensor {
  const first = begin("scatterAdd");
  putTensor(x);
  putTensor(indices);
  putTensor(updates);
  putInt("the axis", axis);
  return one(84, first);
}

/**
 * Convolution (strictly speaking a cross-correlation) of [batch, size, channels] with a kernel
 * [channels out, size, channels in / groups].
 *
 * @param x - [batch, size, channels].
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
export function conv1d(x: Tensor, kernel: Tensor, options?: ConvOptions): Tensor {
  const first = begin("conv1d");
  putTensor(x);
  putTensor(kernel);
  checkOptions("conv1d", options, ["stride", "padding", "dilation", "groups"]);
  putPerAxis("the stride", options?.stride ?? 1);
  putPerAxis("the padding", options?.padding ?? 0);
  putPerAxis("the dilation", options?.dilation ?? 1);
  putInt("the groups", options?.groups ?? 1);
  return one(103, first);
}

/**
 * Convolution (strictly speaking a cross-correlation) of [batch, height, width, channels] with a kernel
 * [channels out, height, width, channels in / groups].
 *
 * @param x - [batch, height, width, channels].
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
export function conv2d(x: Tensor, kernel: Tensor, options?: ConvOptions): Tensor {
  const first = begin("conv2d");
  putTensor(x);
  putTensor(kernel);
  checkOptions("conv2d", options, ["stride", "padding", "dilation", "groups"]);
  putPerAxis("the stride", options?.stride ?? 1);
  putPerAxis("the padding", options?.padding ?? 0);
  putPerAxis("the dilation", options?.dilation ?? 1);
  putInt("the groups", options?.groups ?? 1);
  return one(104, first);
}

/**
 * Transposed convolution of [batch, size, channels]: it undoes what a convolution of the same options does to the size.
 *
 * @param x - [batch, size, channels].
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
export function convTranspose1d(x: Tensor, kernel: Tensor, options?: ConvTransposeOptions): Tensor {
  const first = begin("convTranspose1d");
  putTensor(x);
  putTensor(kernel);
  checkOptions("convTranspose1d", options, ["stride", "padding", "dilation", "groups", "outputPadding"]);
  putPerAxis("the stride", options?.stride ?? 1);
  putPerAxis("the padding", options?.padding ?? 0);
  putPerAxis("the dilation", options?.dilation ?? 1);
  putInt("the groups", options?.groups ?? 1);
  putPerAxis("the outputPadding", options?.outputPadding ?? 0);
  return one(105, first);
}

/**
 * Transposed convolution of [batch, height, width, channels]: it undoes what a convolution of the same options does to the sizes.
 *
 * @param x - [batch, height, width, channels].
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
export function convTranspose2d(x: Tensor, kernel: Tensor, options?: ConvTransposeOptions): Tensor {
  const first = begin("convTranspose2d");
  putTensor(x);
  putTensor(kernel);
  checkOptions("convTranspose2d", options, ["stride", "padding", "dilation", "groups", "outputPadding"]);
  putPerAxis("the stride", options?.stride ?? 1);
  putPerAxis("the padding", options?.padding ?? 0);
  putPerAxis("the dilation", options?.dilation ?? 1);
  putInt("the groups", options?.groups ?? 1);
  putPerAxis("the outputPadding", options?.outputPadding ?? 0);
  return one(106, first);
}

/**
 * The maximum of every window of [batch, sizes.., channels]; padding is never the maximum.
 *
 * @param x - [batch, sizes.., channels].
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
export function maxPool(x: Tensor, size: number | readonly number[], options?: PoolOptions): Tensor {
  const first = begin("maxPool");
  putTensor(x);
  putInts("the window", size);
  checkOptions("maxPool", options, ["stride", "padding"]);
  putPerAxis("the stride", options?.stride);
  putPerAxis("the padding", options?.padding ?? 0);
  return one(107, first);
}

/**
 * The mean of every window of [batch, sizes.., channels]; padding counts as zeros.
 *
 * @param x - [batch, sizes.., channels].
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
export function avgPool(x: Tensor, size: number | readonly number[], options?: PoolOptions): Tensor {
  const first = begin("avgPool");
  putTensor(x);
  putInts("the window", size);
  checkOptions("avgPool", options, ["stride", "padding"]);
  putPerAxis("the stride", options?.stride);
  putPerAxis("the padding", options?.padding ?? 0);
  return one(108, first);
}
