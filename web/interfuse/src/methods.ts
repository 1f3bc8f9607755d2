/** @file The ops of the library as methods: each is the function of the same name with the tensor as its first argument. */
import type { ShapeLike, Size } from "./dim.js";
import type { Operand } from "./apply.js";
import * as formulas from "./formulas.js";
import type { At, AtIndex, ConvOptions, ConvTransposeOptions, PerAxis, PoolOptions, RunningOptions } from "./formulas.js";
import * as library from "./library.js";
import type { Axes, DTypeOption, PadWidths, ReduceOptions, SliceRange, SpreadOptions } from "./library.js";
import { TableOps } from "./methods.gen.js";
import type { DType, Tensor } from "./tensor.js";

/** The tensor that a method is called on: every instance is one. */
function self(methods: Methods): Tensor {
  return methods as unknown as Tensor;
}

/** The library's ops as methods; tensors inherit them. */
export class Methods extends TableOps {
  /**
   * Sum; 0 of nothing. bool counts as int32. Integers wrap where the sum leaves their range (int32 at 2^31): sum `astype("float32")`
   * where it may.
   */
  sum(axis?: Axes, options?: ReduceOptions): Tensor {
    return library.sum(self(this), axis, options);
  }

  /** Product; 1 of nothing. bool counts as int32. Integers wrap where the product leaves their range. */
  prod(axis?: Axes, options?: ReduceOptions): Tensor {
    return library.prod(self(this), axis, options);
  }

  /** The largest; NaN if any is NaN. */
  max(axis?: Axes, options?: ReduceOptions): Tensor {
    return library.max(self(this), axis, options);
  }

  /** The smallest; NaN if any is NaN. */
  min(axis?: Axes, options?: ReduceOptions): Tensor {
    return library.min(self(this), axis, options);
  }

  /** Is one true (not 0)? */
  any(axis?: Axes, options?: ReduceOptions): Tensor {
    return library.any(self(this), axis, options);
  }

  /** Are all true (not 0)? */
  all(axis?: Axes, options?: ReduceOptions): Tensor {
    return library.all(self(this), axis, options);
  }

  /** Mean; of integers float32. */
  mean(axis?: Axes, options?: ReduceOptions): Tensor {
    return library.mean(self(this), axis, options);
  }

  /** ln of the sum of e^x, without overflow. */
  logsumexp(axis?: Axes, options?: ReduceOptions): Tensor {
    return library.logsumexp(self(this), axis, options);
  }

  /** Variance, divided by the number of elements minus `ddof`. */
  var(axis?: Axes, options?: SpreadOptions): Tensor {
    return library.var(self(this), axis, options);
  }

  /** Standard deviation, the square root of the variance. */
  std(axis?: Axes, options?: SpreadOptions): Tensor {
    return library.std(self(this), axis, options);
  }

  /** Position of the first largest as uint32; a NaN wins. Without an axis in row-major order. */
  argmax(axis?: number | null, options?: ReduceOptions): Tensor {
    return library.argmax(self(this), axis, options);
  }

  /** Position of the first smallest as uint32; a NaN wins. Without an axis in row-major order. */
  argmin(axis?: number | null, options?: ReduceOptions): Tensor {
    return library.argmin(self(this), axis, options);
  }

  /** e^x divided by its sum along axes (by default the last). */
  softmax(axis: Axes = -1): Tensor {
    return library.softmax(self(this), axis);
  }

  /** ln(softmax(x)), without underflow. */
  logSoftmax(axis: Axes = -1): Tensor {
    return library.logSoftmax(self(this), axis);
  }

  /** The same elements in another shape; one size may be -1. */
  reshape(shape: ShapeLike): Tensor {
    return library.reshape(self(this), shape);
  }

  /** Joins the axes from `start` to `end`, both included. */
  flatten(start = 0, end = -1): Tensor {
    return library.flatten(self(this), start, end);
  }

  /** Splits an axis into several; one of their sizes may be -1. */
  unflatten(axis: number, sizes: readonly Size[]): Tensor {
    return library.unflatten(self(this), axis, sizes);
  }

  /** Axis `i` of the result is axis `axes[i]` of x; without axes they are reversed. */
  transpose(axes?: readonly number[] | null): Tensor {
    return library.transpose(self(this), axes);
  }

  /** Exchanges two axes. */
  swapaxes(a: number, b: number): Tensor {
    return library.swapaxes(self(this), a, b);
  }

  /** Moves an axis to another place; the others keep their order. */
  moveaxis(from: number, to: number): Tensor {
    return library.moveaxis(self(this), from, to);
  }

  /** Inserts axes of size 1 at these places of the result. */
  expandDims(axis: number | readonly number[]): Tensor {
    return library.expandDims(self(this), axis);
  }

  /** Removes axes of size 1: all of them, or those named. */
  squeeze(axis?: Axes): Tensor {
    return library.squeeze(self(this), axis);
  }

  /** Repeats axes of size 1, and the whole along new axes in front. */
  broadcastTo(shape: ShapeLike): Tensor {
    return library.broadcastTo(self(this), shape);
  }

  /**
   * Takes a part of every axis: `x.slice(null, 3, [1, -1], [null, null, -1])` is Python's `x[:, 3, 1:-1, ::-1]`.
   */
  slice(...ranges: readonly SliceRange[]): Tensor {
    return library.slice(self(this), ...ranges);
  }

  /** Reverses axes, by default all. */
  flip(axis?: Axes): Tensor {
    return library.flip(self(this), axis);
  }

  /** Shifts elements along an axis; those that leave come back at the other end. Without an axis in row-major order. */
  roll(shift: number, axis?: number | null): Tensor {
    return library.roll(self(this), shift, axis);
  }

  /** Surrounds with a value, 0 by default. bool stays bool: its value is true, false, 1 or 0. */
  pad(widths: PadWidths, options?: { readonly value?: number | boolean }): Tensor {
    return library.pad(self(this), widths, options);
  }

  /** Cuts along an axis: into so many equal parts, or before these positions. */
  split(parts: number | readonly number[], axis = 0): Tensor[] {
    return library.split(self(this), parts, axis);
  }

  /** Repeats every element so often along an axis; without an axis in row-major order. */
  repeat(count: Size, axis?: number | null): Tensor {
    return library.repeat(self(this), count, axis);
  }

  /** Repeats the whole so many times along each axis, aligned at the last. */
  tile(counts: ShapeLike): Tensor {
    return library.tile(self(this), counts);
  }

  /** Zeros above the `k`-th diagonal of the last two axes. */
  tril(k = 0): Tensor {
    return library.tril(self(this), k);
  }

  /** Zeros below the `k`-th diagonal of the last two axes. */
  triu(k = 0): Tensor {
    return library.triu(self(this), k);
  }

  /** NumPy's matrix product: vectors lose their axis, leading axes broadcast. Floats only. */
  matmul(y: Tensor): Tensor {
    return library.matmul(self(this), y);
  }

  /** NumPy's dot. */
  dot(y: Tensor): Tensor {
    return library.dot(self(this), y);
  }

  /** Sum of products over the last axis of both. */
  inner(y: Tensor): Tensor {
    return library.inner(self(this), y);
  }

  /** Every element of the first times every element of the second. */
  outer(y: Tensor): Tensor {
    return library.outer(self(this), y);
  }

  /** Sum of products over the last `axes` axes of x and the first of y, or over pairs of axes [of x, of y]. */
  tensordot(y: Tensor, axes: number | readonly [readonly number[], readonly number[]] = 2): Tensor {
    return library.tensordot(self(this), y, axes);
  }

  /**
   * Elements or slices at indices along an axis, which is replaced by those of the indices; without an axis in row-major order.
   * Negative indices count from the end, others out of range are clamped to the nearest.
   */
  take(indices: Tensor, axis?: number | null): Tensor {
    return library.take(self(this), indices, axis);
  }

  /** One where the position along a new last axis is the index, else zero; zeros alone where the index is none of the classes. */
  oneHot(classes: Size, options?: DTypeOption): Tensor {
    return library.oneHot(self(this), classes, options);
  }

  /** Another dtype: to integers truncating and saturating (NaN gives 0), to bool "is not 0". */
  astype(dtype: DType): Tensor {
    return library.astype(self(this), dtype);
  }

  /** The value, with no gradient flowing through it. */
  stopGradient(): Tensor {
    return library.stopGradient(self(this));
  }

  /** This tensor joined with others along an axis. */
  concatenate(others: Tensor | readonly Tensor[], axis = 0): Tensor {
    return library.concatenate([self(this)].concat(others), axis);
  }

  /** This tensor joined with others of equal shape along a new axis. */
  stack(others: Tensor | readonly Tensor[], axis = 0): Tensor {
    return library.stack([self(this)].concat(others), axis);
  }

  /** Sum of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range. */
  cumsum(axis?: number | null, options?: RunningOptions): Tensor {
    return formulas.cumsum(self(this), axis, options);
  }

  /** Product of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range. */
  cumprod(axis?: number | null, options?: RunningOptions): Tensor {
    return formulas.cumprod(self(this), axis, options);
  }

  /** Largest of the elements so far, along an axis or in row-major order. */
  cummax(axis?: number | null, options?: RunningOptions): Tensor {
    return formulas.cummax(self(this), axis, options);
  }

  /** Smallest of the elements so far, along an axis or in row-major order. */
  cummin(axis?: number | null, options?: RunningOptions): Tensor {
    return formulas.cummin(self(this), axis, options);
  }

  /** ln of the sum of e^x of the elements so far, along an axis or in row-major order. */
  logcumsumexp(axis?: number | null, options?: RunningOptions): Tensor {
    return formulas.logcumsumexp(self(this), axis, options);
  }

  /** Elements in ascending order along an axis (by default the last; null: all in one line). Stable; NaN comes last. */
  sort(axis: number | null = -1): Tensor {
    return formulas.sort(self(this), axis);
  }

  /** Positions (uint32) that sort along an axis. */
  argsort(axis: number | null = -1): Tensor {
    return formulas.argsort(self(this), axis);
  }

  /** The `count` largest along an axis, the largest first. */
  topk(count: number, axis: number | null = -1): Tensor {
    return formulas.topk(self(this), count, axis);
  }

  /** The middle of the elements along axes. */
  median(axis?: Axes, options?: ReduceOptions): Tensor {
    return formulas.median(self(this), axis, options);
  }

  /** What lies at that part (0 to 1) of the sorted elements along axes, interpolated. */
  quantile(q: number, axis?: Axes, options?: ReduceOptions): Tensor {
    return formulas.quantile(self(this), q, axis, options);
  }

  /** A norm of vectors along axes: order 2 by default, 1, 0, Infinity or another number. */
  norm(axis?: Axes, options?: ReduceOptions & { readonly order?: number }): Tensor {
    return formulas.norm(self(this), axis, options);
  }

  /**
   * The elements that indices of as many axes name along one axis.
   * Negative indices count from the end, others out of range are clamped to the nearest.
   */
  takeAlongAxis(indices: Tensor, axis?: number | null): Tensor {
    return formulas.takeAlongAxis(self(this), indices, axis);
  }

  /**
   * A copy with values where indices of as many axes name elements along one axis.
   * Negative indices count from the end, others out of range are left out.
   */
  putAlongAxis(indices: Tensor, values: Operand, axis?: number | null): Tensor {
    return formulas.putAlongAxis(self(this), indices, values, axis);
  }

  /**
   * A copy with updates added at indices along an axis: where `take` reads, this adds.
   * Negative indices count from the end, others out of range are left out.
   */
  scatterAdd(indices: Tensor, updates: Tensor, axis = 0): Tensor {
    return formulas.scatterAdd(self(this), indices, updates, axis);
  }

  /** Convolution of [batch, size, channels] with a kernel [channels out, size, channels in / groups]. */
  conv1d(kernel: Tensor, options?: ConvOptions): Tensor {
    return formulas.conv1d(self(this), kernel, options);
  }

  /** Convolution of [batch, height, width, channels] with a kernel [channels out, height, width, channels in / groups]. */
  conv2d(kernel: Tensor, options?: ConvOptions): Tensor {
    return formulas.conv2d(self(this), kernel, options);
  }

  /** Transposed convolution along one axis. */
  convTranspose1d(kernel: Tensor, options?: ConvTransposeOptions): Tensor {
    return formulas.convTranspose1d(self(this), kernel, options);
  }

  /** Transposed convolution along two axes. */
  convTranspose2d(kernel: Tensor, options?: ConvTransposeOptions): Tensor {
    return formulas.convTranspose2d(self(this), kernel, options);
  }

  /** The largest element of every window of [batch, sizes.., channels]. */
  maxPool(size: PerAxis, options?: PoolOptions): Tensor {
    return formulas.maxPool(self(this), size, options);
  }

  /** The mean of every window of [batch, sizes.., channels]; padding counts as zeros. */
  avgPool(size: PerAxis, options?: PoolOptions): Tensor {
    return formulas.avgPool(self(this), size, options);
  }

  /** Kronecker's product. */
  kron(y: Tensor): Tensor {
    return formulas.kron(self(this), y);
  }

  /** A vector on the `k`-th diagonal of a matrix, or that diagonal of a matrix. */
  diag(k = 0): Tensor {
    return formulas.diag(self(this), k);
  }

  /** The `k`-th diagonal of two axes (by default the last two), as a new last axis. */
  diagonal(k = 0, axes: readonly [number, number] = [-2, -1]): Tensor {
    return formulas.diagonal(self(this), k, axes);
  }

  /** The sum of the `k`-th diagonal of two axes (by default the last two). */
  trace(k = 0, axes: readonly [number, number] = [-2, -1]): Tensor {
    return formulas.trace(self(this), k, axes);
  }

  /** NaN and infinities as numbers; without one given infinities become the largest finite number. */
  nanToNum(options?: { readonly nan?: number; readonly posinf?: number; readonly neginf?: number }): Tensor {
    return formulas.nanToNum(self(this), options);
  }

  /** The elements at one entry per axis. A position that is a number must be in range; see `At` for those in tensors. */
  at(...index: readonly AtIndex[]): At {
    return formulas.at(self(this), ...index);
  }
}
