/**
 * @file Further ops of the library: running sums, order, elements by their indices, convolutions, sums of products by letters. All go
 * through one door of the core, which knows what they mean.
 */
import { begin, handleOf, tensorHandle, valueOf, type Operand } from "./apply.js";
import { core } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { checkOptions } from "./options.js";
import { Tensor } from "./tensor.js";
import type { Axes, ReduceOptions, SliceRange } from "./library.js";

/** Options of running sums and the like. */
export interface RunningOptions {
  /** From the end? */
  readonly reverse?: boolean;
  /** Without the element itself? */
  readonly exclusive?: boolean;
}
/** One number, or one per spatial axis. */
export type PerAxis = number | readonly number[];
/** Options of convolutions. */
export interface ConvOptions {
  /** Distance from one window to the next; 1 by default. */
  readonly stride?: PerAxis;
  /** Zeros at both ends; 0 by default. */
  readonly padding?: PerAxis;
  /** Distance between the elements of a window; 1 by default. */
  readonly dilation?: PerAxis;
  /** Groups of channels that do not mix; 1 by default. */
  readonly groups?: number;
}
/** Options of transposed convolutions. */
export interface ConvTransposeOptions extends ConvOptions {
  /** What is added at the end of the result; 0 by default. */
  readonly outputPadding?: PerAxis;
}
/** Options of pooling. */
export interface PoolOptions {
  /** Distance from one window to the next; by default windows lie side by side. */
  readonly stride?: PerAxis;
  /** Width of the edge that is added; 0 by default. */
  readonly padding?: PerAxis;
}
/** What an index of `at` names along an axis: a position, [start, stop, step], everything (null), or those of a tensor. */
export type AtIndex = SliceRange | Tensor;

/** Calls the core's function of that name; NaN stands for what is left out. */
function call(op: string, tensors: readonly Tensor[], numbers: readonly number[] = [], text = ""): Tensor {
  begin();
  const handles = Uint32Array.from(tensors, (x) => tensorHandle(op, x));
  const odd = numbers.findIndex((value) => typeof value !== "number");
  if (odd >= 0) throw new CompileArgumentError(op, `an argument is ${describe(numbers[odd])}`, "It must be a number.");
  return new Tensor(core.formula(op, text, handles, Float64Array.from(numbers)));
}

/** Lists begin with their length. */
function list(op: string, what: string, values: PerAxis | null | undefined): number[] {
  if (values === undefined || values === null) return [NaN];
  if (typeof values === "number") return [1, values];
  if (Array.isArray(values) && values.every((value) => typeof value === "number")) return [values.length, ...(values as number[])];
  throw new CompileArgumentError(op, `${what} must be a number or an array of numbers, got ${describe(values)}`);
}

function axisOf(axis: number | null | undefined): number {
  return axis ?? NaN;
}

function running(op: string, x: Tensor, axis: number | null | undefined, options: RunningOptions | undefined): Tensor {
  checkOptions(op, options, ["reverse", "exclusive"]);
  return call(op, [x], [axisOf(axis), Number(options?.reverse ?? false), Number(options?.exclusive ?? false)]);
}

/** Sum of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range. */
export function cumsum(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  return running("cumsum", x, axis, options);
}

/** Product of the elements so far, along an axis or in row-major order. Integers wrap where it leaves their range. */
export function cumprod(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  return running("cumprod", x, axis, options);
}

/** Largest of the elements so far, along an axis or in row-major order. */
export function cummax(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  return running("cummax", x, axis, options);
}

/** Smallest of the elements so far, along an axis or in row-major order. */
export function cummin(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  return running("cummin", x, axis, options);
}

/** ln of the sum of e^x of the elements so far, along an axis or in row-major order. */
export function logcumsumexp(x: Tensor, axis?: number | null, options?: RunningOptions): Tensor {
  return running("logcumsumexp", x, axis, options);
}

/** Elements in ascending order along an axis (by default the last; null: all in one line). Stable; NaN comes last. */
export function sort(x: Tensor, axis: number | null = -1): Tensor {
  return call("sort", [x], [axisOf(axis)]);
}

/** Positions (uint32) that sort along an axis. */
export function argsort(x: Tensor, axis: number | null = -1): Tensor {
  return call("argsort", [x], [axisOf(axis)]);
}

/** The `count` largest along an axis, the largest first. */
export function topk(x: Tensor, count: number, axis: number | null = -1): Tensor {
  return call("topk", [x], [count, axisOf(axis)]);
}

/** The middle of the elements along axes. */
export function median(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  checkOptions("median", options, ["keepdims"]);
  return call("median", [x], [...list("median", "the axes", axis), Number(options?.keepdims ?? false)]);
}

/** What lies at that part (0 to 1) of the sorted elements along axes, interpolated. */
export function quantile(x: Tensor, q: number, axis?: Axes, options?: ReduceOptions): Tensor {
  checkOptions("quantile", options, ["keepdims"]);
  return call("quantile", [x], [q, ...list("quantile", "the axes", axis), Number(options?.keepdims ?? false)]);
}

/** A norm of vectors along axes: order 2 by default, 1, 0, Infinity or another number. */
export function norm(x: Tensor, axis?: Axes, options?: ReduceOptions & { readonly order?: number }): Tensor {
  checkOptions("norm", options, ["keepdims", "order"]);
  return call("norm", [x], [options?.order ?? 2, ...list("norm", "the axes", axis), Number(options?.keepdims ?? false)]);
}

/**
 * The elements that indices of as many axes name along one axis.
 * Negative indices count from the end, others out of range are clamped to the nearest.
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, axis?: number | null): Tensor {
  return call("takeAlongAxis", [x, indices], [axisOf(axis)]);
}

/**
 * A copy with values where indices of as many axes name elements along one axis.
 * Negative indices count from the end, others out of range are left out.
 */
export function putAlongAxis(x: Tensor, indices: Tensor, values: Operand, axis?: number | null): Tensor {
  return call("putAlongAxis", [x, indices], [axisOf(axis), handleOf("putAlongAxis", values), valueOf(values)]);
}

/**
 * A copy with updates added at indices along an axis: where `take` reads, this adds.
 * Negative indices count from the end, others out of range are left out.
 */
export function scatterAdd(x: Tensor, indices: Tensor, updates: Tensor, axis = 0): Tensor {
  return call("scatterAdd", [x, indices, updates], [axis]);
}

function windowOf(op: string, options: ConvOptions | undefined): number[] {
  return [
    ...list(op, "the stride", options?.stride),
    ...list(op, "the padding", options?.padding),
    ...list(op, "the dilation", options?.dilation),
    options?.groups ?? 1,
  ];
}

function conv(op: string, x: Tensor, kernel: Tensor, options: ConvOptions | undefined): Tensor {
  checkOptions(op, options, ["stride", "padding", "dilation", "groups"]);
  return call(op, [x, kernel], windowOf(op, options));
}

/** Convolution of [batch, size, channels] with a kernel [channels out, size, channels in / groups]. */
export function conv1d(x: Tensor, kernel: Tensor, options?: ConvOptions): Tensor {
  return conv("conv1d", x, kernel, options);
}

/** Convolution of [batch, height, width, channels] with a kernel [channels out, height, width, channels in / groups]. */
export function conv2d(x: Tensor, kernel: Tensor, options?: ConvOptions): Tensor {
  return conv("conv2d", x, kernel, options);
}

function convTranspose(op: string, x: Tensor, kernel: Tensor, options: ConvTransposeOptions | undefined): Tensor {
  checkOptions(op, options, ["stride", "padding", "dilation", "groups", "outputPadding"]);
  return call(op, [x, kernel], [...windowOf(op, options), ...list(op, "the output padding", options?.outputPadding)]);
}

/** Transposed convolution along one axis. */
export function convTranspose1d(x: Tensor, kernel: Tensor, options?: ConvTransposeOptions): Tensor {
  return convTranspose("convTranspose1d", x, kernel, options);
}

/** Transposed convolution along two axes. */
export function convTranspose2d(x: Tensor, kernel: Tensor, options?: ConvTransposeOptions): Tensor {
  return convTranspose("convTranspose2d", x, kernel, options);
}

function pool(op: string, x: Tensor, size: PerAxis, options: PoolOptions | undefined): Tensor {
  checkOptions(op, options, ["stride", "padding"]);
  return call(
    op,
    [x],
    [...list(op, "the window", size), ...list(op, "the stride", options?.stride), ...list(op, "the padding", options?.padding)],
  );
}

/** The largest element of every window of [batch, sizes.., channels]. */
export function maxPool(x: Tensor, size: PerAxis, options?: PoolOptions): Tensor {
  return pool("maxPool", x, size, options);
}

/** The mean of every window of [batch, sizes.., channels]; padding counts as zeros. */
export function avgPool(x: Tensor, size: PerAxis, options?: PoolOptions): Tensor {
  return pool("avgPool", x, size, options);
}

/** Einstein's sum: `einsum("ij,jk->ik", a, b)` is a matrix product; `...` stands for axes without letters, which broadcast. */
export function einsum(formula: string, ...tensors: readonly Tensor[]): Tensor {
  if (typeof formula !== "string")
    throw new CompileArgumentError("einsum", `the formula must be a string, got ${describe(formula)}`, 'Such as "ij,jk->ik".');
  return call("einsum", tensors, [], formula);
}

/** Kronecker's product. */
export function kron(x: Tensor, y: Tensor): Tensor {
  return call("kron", [x, y]);
}

/** A vector on the `k`-th diagonal of a matrix, or that diagonal of a matrix. */
export function diag(x: Tensor, k = 0): Tensor {
  return call("diag", [x], [k]);
}

function twoAxes(op: string, x: Tensor, k: number, axes: readonly [number, number]): Tensor {
  if (!Array.isArray(axes) || axes.length !== 2)
    throw new CompileArgumentError(op, `the axes are ${describe(axes)}`, "Name two: [row axis, column axis].");
  return call(op, [x], [k, ...axes]);
}

/** The `k`-th diagonal of two axes (by default the last two), as a new last axis. */
export function diagonal(x: Tensor, k = 0, axes: readonly [number, number] = [-2, -1]): Tensor {
  return twoAxes("diagonal", x, k, axes);
}

/** The sum of the `k`-th diagonal of two axes (by default the last two). */
export function trace(x: Tensor, k = 0, axes: readonly [number, number] = [-2, -1]): Tensor {
  return twoAxes("trace", x, k, axes);
}

/** NaN and infinities as numbers; without one given infinities become the largest finite number. */
export function nanToNum(x: Tensor, options?: { readonly nan?: number; readonly posinf?: number; readonly neginf?: number }): Tensor {
  checkOptions("nanToNum", options, ["nan", "posinf", "neginf"]);
  return call("nanToNum", [x], [options?.nan ?? NaN, options?.posinf ?? NaN, options?.neginf ?? NaN]);
}

/**
 * Some elements of a tensor: `get` takes them, the others give a copy in which they are changed. Negative indices in tensors count from the
 * end; of others out of range `get` takes the nearest, and the others leave them out.
 */
export interface At {
  /** The elements. */
  get(): Tensor;
  /** A copy with these replaced; the last wins where one is named twice. */
  set(values: Operand): Tensor;
  /** A copy with values added to these. */
  add(values: Operand): Tensor;
  /** A copy with these multiplied by values. */
  mul(values: Operand): Tensor;
  /** A copy with the larger of these and the values. */
  max(values: Operand): Tensor;
  /** A copy with the smaller of these and the values. */
  min(values: Operand): Tensor;
}

/** The elements at one entry per axis. A position that is a number must be in range; see `At` for those in tensors. */
export function at(x: Tensor, ...index: readonly AtIndex[]): At {
  const tensors: Tensor[] = [x];
  const places = index.flatMap((entry, axis): number[] => {
    if (entry instanceof Tensor) return [3, tensors.push(entry) - 1, NaN, NaN];
    if (entry === null || entry === undefined) return [0, NaN, NaN, NaN];
    if (typeof entry === "number") return [1, entry, NaN, NaN];
    if (Array.isArray(entry) && entry.length <= 3)
      return [2, ...[0, 1, 2].map((part) => (entry as readonly (number | null | undefined)[])[part] ?? NaN)];
    throw new CompileArgumentError(
      "at",
      `the index of axis ${axis} is ${describe(entry)}`,
      "An index is a position, [start, stop, step] with null for what is left out, null for all, or a tensor of integers.",
    );
  });
  const change =
    (how: string) =>
    (values: Operand): Tensor =>
      call(`at.${how}`, tensors, [index.length, ...places, handleOf(`at.${how}`, values), valueOf(values)], how);
  return {
    get: () => call("at.get", tensors, [index.length, ...places], "get"),
    set: change("set"),
    add: change("add"),
    mul: change("mul"),
    max: change("max"),
    min: change("min"),
  };
}
