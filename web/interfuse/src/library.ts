/**
 * @file The ops that are not rows of the table: creation, reductions, views, products, activations and norms. Each converts its
 * arguments for one function of the core, which knows shapes, dtypes and formulas.
 */
import { begin, handleOf, tensorHandle, tensorHandles, valueOf, type Operand } from "./apply.js";
import { core } from "./core.js";
import { describe } from "./describe.js";
import { codeOf, codesOf, Dim, type ShapeLike, type Size } from "./dim.js";
import { CompileArgumentError } from "./errors.js";
import { check, checkOptions, dtype as dtypes, maybeNumber, numberOf, numbersOf } from "./options.js";
import { Tensor, wrapAll, type DType } from "./tensor.js";

/** One axis, several, or (left out) all. Negative axes count from the end. */
export type Axes = number | readonly number[] | null | undefined;
/** Options of reductions. */
export interface ReduceOptions {
  /** Leaves reduced axes with size 1. */
  readonly keepdims?: boolean;
}
/** Options of `var` and `std`. */
export interface SpreadOptions extends ReduceOptions {
  /** What is subtracted from the divisor; 0 by default. */
  readonly ddof?: number;
}
/** A dtype for what is made. */
export interface DTypeOption {
  readonly dtype?: DType;
}
/**
 * What `slice` takes of an axis: all (null), one position, or [start, stop, step] as in Python.
 * Positions may follow sizes (`x.dim(0)`).
 */
export type SliceRange = Size | null | undefined | readonly (Size | null | undefined)[];

function axesOf(op: string, axes: Axes): Float64Array | undefined {
  return axes === undefined || axes === null ? undefined : numbersOf(op, "the axes", axes);
}

type Reduction = "sum" | "prod" | "max" | "min" | "any" | "all" | "mean" | "logsumexp";

function reduce(op: Reduction, x: Tensor, axes: Axes, options: ReduceOptions | undefined): Tensor {
  begin();
  checkOptions(op, options, ["keepdims"]);
  return new Tensor(core[op](tensorHandle(op, x), axesOf(op, axes), options?.keepdims ?? false));
}

/**
 * Sum; 0 of nothing. bool counts as int32. Integers wrap where the sum leaves their range (int32 at 2^31): sum `astype("float32")`
 * where it may.
 */
export function sum(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return reduce("sum", x, axis, options);
}

/** Product; 1 of nothing. bool counts as int32. Integers wrap where the product leaves their range. */
export function prod(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return reduce("prod", x, axis, options);
}

/** The largest; NaN if any is NaN. */
export function max(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return reduce("max", x, axis, options);
}

/** The smallest; NaN if any is NaN. */
export function min(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return reduce("min", x, axis, options);
}

/** Is one true (not 0)? */
export function any(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return reduce("any", x, axis, options);
}

/** Are all true (not 0)? */
export function all(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return reduce("all", x, axis, options);
}

/** Mean; of integers float32. */
export function mean(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return reduce("mean", x, axis, options);
}

/** ln of the sum of e^x, without overflow. */
export function logsumexp(x: Tensor, axis?: Axes, options?: ReduceOptions): Tensor {
  return reduce("logsumexp", x, axis, options);
}

function spread(op: "var" | "std", x: Tensor, axes: Axes, options: SpreadOptions | undefined): Tensor {
  begin();
  checkOptions(op, options, ["keepdims", "ddof"]);
  const compute = op === "var" ? core._var : core.std;
  return new Tensor(compute(tensorHandle(op, x), axesOf(op, axes), options?.keepdims ?? false, options?.ddof ?? 0));
}

/** Variance, divided by the number of elements minus `ddof`. */
function variance(x: Tensor, axis?: Axes, options?: SpreadOptions): Tensor {
  return spread("var", x, axis, options);
}
// `var` is a reserved word of declarations only.
export { variance as var };

/** Standard deviation, the square root of the variance. */
export function std(x: Tensor, axis?: Axes, options?: SpreadOptions): Tensor {
  return spread("std", x, axis, options);
}

/** Position of the first largest as uint32; a NaN wins. Without an axis in row-major order. */
export function argmax(x: Tensor, axis?: number | null, options?: ReduceOptions): Tensor {
  begin();
  checkOptions("argmax", options, ["keepdims"]);
  return new Tensor(core.argmax(tensorHandle("argmax", x), maybeNumber("argmax", "the axis", axis), options?.keepdims ?? false));
}

/** Position of the first smallest as uint32; a NaN wins. Without an axis in row-major order. */
export function argmin(x: Tensor, axis?: number | null, options?: ReduceOptions): Tensor {
  begin();
  checkOptions("argmin", options, ["keepdims"]);
  return new Tensor(core.argmin(tensorHandle("argmin", x), maybeNumber("argmin", "the axis", axis), options?.keepdims ?? false));
}

function along(op: "softmax" | "logSoftmax" | "squeeze" | "flip" | "expandDims", x: Tensor, axes: Axes): Tensor {
  begin();
  return new Tensor(core[op](tensorHandle(op, x), axesOf(op, axes)));
}

/** e^x divided by its sum along axes (by default the last). */
export function softmax(x: Tensor, axis: Axes = -1): Tensor {
  return along("softmax", x, axis);
}

/** ln(softmax(x)), without underflow. */
export function logSoftmax(x: Tensor, axis: Axes = -1): Tensor {
  return along("logSoftmax", x, axis);
}

/** The same elements in another shape; one size may be -1. */
export function reshape(x: Tensor, shape: ShapeLike): Tensor {
  begin();
  return new Tensor(core.reshape(tensorHandle("reshape", x), codesOf("reshape", "the shape", shape)));
}

/** Joins the axes from `start` to `end`, both included. */
export function flatten(x: Tensor, start = 0, end = -1): Tensor {
  begin();
  return new Tensor(core.flatten(tensorHandle("flatten", x), numberOf("flatten", "the start", start), numberOf("flatten", "the end", end)));
}

/** Splits an axis into several; one of their sizes may be -1. */
export function unflatten(x: Tensor, axis: number, sizes: readonly Size[]): Tensor {
  begin();
  return new Tensor(
    core.unflatten(tensorHandle("unflatten", x), numberOf("unflatten", "the axis", axis), codesOf("unflatten", "the sizes", sizes)),
  );
}

/** Axis `i` of the result is axis `axes[i]` of x; without axes they are reversed. */
export function transpose(x: Tensor, axes?: readonly number[] | null): Tensor {
  begin();
  return new Tensor(core.transpose(tensorHandle("transpose", x), axesOf("transpose", axes)));
}

/** Exchanges two axes. */
export function swapaxes(x: Tensor, a: number, b: number): Tensor {
  begin();
  return new Tensor(core.swapaxes(tensorHandle("swapaxes", x), numberOf("swapaxes", "an axis", a), numberOf("swapaxes", "an axis", b)));
}

/** Moves an axis to another place; the others keep their order. */
export function moveaxis(x: Tensor, from: number, to: number): Tensor {
  begin();
  return new Tensor(core.moveaxis(tensorHandle("moveaxis", x), numberOf("moveaxis", "an axis", from), numberOf("moveaxis", "an axis", to)));
}

/** Inserts axes of size 1 at these places of the result. */
export function expandDims(x: Tensor, axis: number | readonly number[]): Tensor {
  if (axis === undefined || axis === null)
    throw new CompileArgumentError("expandDims", "the axis is missing", "Name the place of the new axis.");
  return along("expandDims", x, axis);
}

/** Removes axes of size 1: all of them, or those named. */
export function squeeze(x: Tensor, axis?: Axes): Tensor {
  return along("squeeze", x, axis);
}

/** Repeats axes of size 1, and the whole along new axes in front. */
export function broadcastTo(x: Tensor, shape: ShapeLike): Tensor {
  begin();
  return new Tensor(core.broadcastTo(tensorHandle("broadcastTo", x), codesOf("broadcastTo", "the shape", shape)));
}

/**
 * Takes a part of every axis: `x.slice(null, 3, [1, -1], [null, null, -1])` is Python's `x[:, 3, 1:-1, ::-1]`.
 */
export function slice(x: Tensor, ...ranges: readonly SliceRange[]): Tensor {
  begin();
  const encoded = new Float64Array(ranges.length * 4).fill(NaN);
  ranges.forEach((range, axis) => {
    const at = axis * 4;
    if (range === null || range === undefined) encoded[at] = 0;
    else if (typeof range === "number" || range instanceof Dim) encoded.set([1, codeOf("slice", "an index", range)], at);
    else if (Array.isArray(range) && range.length <= 3) {
      encoded[at] = 2;
      range.forEach((part: unknown, i) => {
        if ((typeof part === "number" && !Number.isNaN(part)) || part instanceof Dim)
          encoded[at + 1 + i] = codeOf("slice", "a position", part);
        else if (part !== null && part !== undefined) throw badRange(axis, part);
      });
    } else throw badRange(axis, range);
  });
  return new Tensor(core.slice(tensorHandle("slice", x), encoded));
}

function badRange(axis: number, got: unknown): CompileArgumentError {
  return new CompileArgumentError(
    "slice",
    `the range of axis ${axis} has ${describe(got)} in it`,
    "A range is a position, [start, stop, step] with null for what is left out, or null for all.",
  );
}

/** Reverses axes, by default all. */
export function flip(x: Tensor, axis?: Axes): Tensor {
  return along("flip", x, axis);
}

/** Shifts elements along an axis; those that leave come back at the other end. Without an axis in row-major order. */
export function roll(x: Tensor, shift: number, axis?: number | null): Tensor {
  begin();
  return new Tensor(core.roll(tensorHandle("roll", x), numberOf("roll", "the shift", shift), maybeNumber("roll", "the axis", axis)));
}

/** How many elements to add: at both ends of every axis, or [before, after] of every axis, or those of each axis. */
export type PadWidths = Size | readonly [Size, Size] | readonly (readonly [Size, Size])[];

/** Surrounds with a value, 0 by default. bool stays bool: its value is true, false, 1 or 0. */
export function pad(x: Tensor, widths: PadWidths, options?: { readonly value?: number | boolean }): Tensor {
  begin();
  checkOptions("pad", options, ["value"]);
  const handle = tensorHandle("pad", x);
  const every = (pair: readonly unknown[]): unknown[] => Array.from({ length: x.ndim }, () => pair).flat();
  const isSize = (width: unknown): width is Size => typeof width === "number" || width instanceof Dim;
  const flat = isSize(widths)
    ? every([widths, widths])
    : !Array.isArray(widths)
      ? undefined
      : isSize(widths[0])
        ? every(widths)
        : (widths as readonly unknown[]).flat();
  if (flat === undefined || flat.length % 2 !== 0) {
    throw new CompileArgumentError(
      "pad",
      `the widths are ${describe(widths)}`,
      "Give a number, [before, after], or that of every axis: [[before, after], ...].",
    );
  }
  return new Tensor(core.pad(handle, codesOf("pad", "the widths", flat as Size[]), Number(options?.value ?? 0)));
}

/** Joins tensors along an axis. */
export function concatenate(tensors: readonly Tensor[], axis = 0): Tensor {
  begin();
  return new Tensor(core.concatenate(tensorHandles("concatenate", tensors), numberOf("concatenate", "the axis", axis)));
}

/** Joins tensors of equal shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  begin();
  return new Tensor(core.stack(tensorHandles("stack", tensors), numberOf("stack", "the axis", axis)));
}

/** Cuts along an axis: into so many equal parts, or before these positions. */
export function split(x: Tensor, parts: number | readonly number[], axis = 0): Tensor[] {
  begin();
  const count = typeof parts === "number" ? parts : undefined;
  return wrapAll(
    core.split(
      tensorHandle("split", x),
      count,
      count === undefined ? numbersOf("split", "the positions", parts) : new Float64Array(0),
      numberOf("split", "the axis", axis),
    ),
  );
}

/** Repeats every element so often along an axis; without an axis in row-major order. */
export function repeat(x: Tensor, count: Size, axis?: number | null): Tensor {
  begin();
  return new Tensor(core.repeat(tensorHandle("repeat", x), codeOf("repeat", "the count", count), maybeNumber("repeat", "the axis", axis)));
}

/** Repeats the whole so many times along each axis, aligned at the last. */
export function tile(x: Tensor, counts: ShapeLike): Tensor {
  begin();
  return new Tensor(core.tile(tensorHandle("tile", x), codesOf("tile", "the counts", counts)));
}

/** Zeros above the `k`-th diagonal of the last two axes. */
export function tril(x: Tensor, k = 0): Tensor {
  begin();
  return new Tensor(core.tril(tensorHandle("tril", x), numberOf("tril", "k", k)));
}

/** Zeros below the `k`-th diagonal of the last two axes. */
export function triu(x: Tensor, k = 0): Tensor {
  begin();
  return new Tensor(core.triu(tensorHandle("triu", x), numberOf("triu", "k", k)));
}

type Product = "matmul" | "dot" | "inner" | "outer";

function product(op: Product, x: Tensor, y: Tensor): Tensor {
  begin();
  return new Tensor(core[op](tensorHandle(op, x), tensorHandle(op, y)));
}

/** NumPy's matrix product: vectors lose their axis, leading axes broadcast. Floats only. */
export function matmul(x: Tensor, y: Tensor): Tensor {
  return product("matmul", x, y);
}

/** NumPy's dot. */
export function dot(x: Tensor, y: Tensor): Tensor {
  return product("dot", x, y);
}

/** Sum of products over the last axis of both. */
export function inner(x: Tensor, y: Tensor): Tensor {
  return product("inner", x, y);
}

/** Every element of the first times every element of the second. */
export function outer(x: Tensor, y: Tensor): Tensor {
  return product("outer", x, y);
}

/** Sum of products over the last `axes` axes of x and the first of y, or over pairs of axes [of x, of y]. */
export function tensordot(x: Tensor, y: Tensor, axes: number | readonly [readonly number[], readonly number[]] = 2): Tensor {
  begin();
  return new Tensor(core.tensordot(tensorHandle("tensordot", x), tensorHandle("tensordot", y), pairs(x, axes)));
}

/** An axis of the first, one of the second, and so on. */
function pairs({ ndim }: Tensor, axes: number | readonly [readonly number[], readonly number[]]): Float64Array {
  if (typeof axes === "number") {
    // More than there are would be refused anyway: here, before so many are listed.
    if (!(Number.isInteger(axes) && axes >= 0 && axes <= ndim)) {
      throw new CompileArgumentError(
        "tensordot",
        `${axes} axes cannot be summed over: the first tensor has ${ndim}`,
        "Name a number of axes that both have, or pairs of them.",
      );
    }
    return Float64Array.from({ length: 2 * axes }, (_, i) => (i % 2 === 0 ? i / 2 - axes : (i - 1) / 2));
  }
  const [left, right] = Array.isArray(axes) ? (axes as readonly unknown[]) : [];
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) {
    throw new CompileArgumentError("tensordot", `the axes must be a number or two arrays of the same length, got ${describe(axes)}`);
  }
  return numbersOf(
    "tensordot",
    "the axes",
    left.flatMap((axis: number, i) => [axis, right[i] as number]),
  );
}

/** beta c + alpha (a @ b). */
export function addmm(c: Tensor, a: Tensor, b: Tensor, options?: { readonly alpha?: number; readonly beta?: number }): Tensor {
  begin();
  checkOptions("addmm", options, ["alpha", "beta"]);
  return new Tensor(
    core.addmm(tensorHandle("addmm", c), tensorHandle("addmm", a), tensorHandle("addmm", b), options?.alpha ?? 1, options?.beta ?? 1),
  );
}

/** [floorDivide(x, y), mod(x, y)]. */
export function divmod(x: Tensor, y: Operand): [Tensor, Tensor] {
  begin();
  return wrapAll(core.divmod(tensorHandle("divmod", x), handleOf("divmod", y), valueOf(y))) as [Tensor, Tensor];
}

/**
 * Elements or slices at indices along an axis, which is replaced by those of the indices; without an axis in row-major order.
 * Negative indices count from the end, others out of range are clamped to the nearest.
 */
export function take(x: Tensor, indices: Tensor, axis?: number | null): Tensor {
  begin();
  return new Tensor(core.take(tensorHandle("take", x), tensorHandle("take", indices), maybeNumber("take", "the axis", axis)));
}

/** One where the position along a new last axis is the index, else zero; zeros alone where the index is none of the classes. */
export function oneHot(indices: Tensor, classes: Size, options?: DTypeOption): Tensor {
  begin();
  checkOptions("oneHot", options, ["dtype"]);
  return new Tensor(
    core.oneHot(tensorHandle("oneHot", indices), codeOf("oneHot", "the number of classes", classes), options?.dtype ?? "float32"),
  );
}

/** Another dtype: to integers truncating and saturating (NaN gives 0), to bool "is not 0". */
export function astype(x: Tensor, dtype: DType): Tensor {
  begin();
  check("astype", "the dtype", dtype, dtypes);
  return new Tensor(core.astype(tensorHandle("astype", x), dtype));
}

/** The value, with no gradient flowing through it. */
export function stopGradient(x: Tensor): Tensor {
  begin();
  return new Tensor(core.stopGradient(tensorHandle("stopGradient", x)));
}

/** Gaussian error linear unit: x (1 + erf(x / sqrt 2)) / 2, or with `approximate: "tanh"` the form with tanh. */
export function gelu(x: Tensor, options?: { readonly approximate?: "none" | "tanh" }): Tensor {
  begin();
  checkOptions("gelu", options, ["approximate"]);
  return new Tensor(core.gelu(tensorHandle("gelu", x), options?.approximate === "tanh"));
}

function plain(op: "silu" | "relu" | "softplus", x: Tensor): Tensor {
  begin();
  return new Tensor(core[op](tensorHandle(op, x)));
}

/** x sigmoid(x). */
export function silu(x: Tensor): Tensor {
  return plain("silu", x);
}

/** maximum(x, 0). */
export function relu(x: Tensor): Tensor {
  return plain("relu", x);
}

/** ln(1 + e^x), without overflow. */
export function softplus(x: Tensor): Tensor {
  return plain("softplus", x);
}

/** x where it is positive, else slope x. */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  begin();
  return new Tensor(core.leakyRelu(tensorHandle("leakyRelu", x), numberOf("leakyRelu", "the slope", slope)));
}

/** (x - mean) / sqrt(variance + eps) along the last axis, times a weight, plus a bias. */
export function layerNorm(x: Tensor, weight?: Tensor | null, bias?: Tensor | null, options?: { readonly eps?: number }): Tensor {
  begin();
  checkOptions("layerNorm", options, ["eps"]);
  const handle = (part: Tensor | null | undefined): number => (part === null || part === undefined ? 0 : tensorHandle("layerNorm", part));
  return new Tensor(core.layerNorm(tensorHandle("layerNorm", x), handle(weight), handle(bias), options?.eps ?? 1e-5));
}

/** x / sqrt(mean of squares + eps) along the last axis, times a weight. */
export function rmsNorm(x: Tensor, weight?: Tensor | null, options?: { readonly eps?: number }): Tensor {
  begin();
  checkOptions("rmsNorm", options, ["eps"]);
  return new Tensor(
    core.rmsNorm(
      tensorHandle("rmsNorm", x),
      weight === null || weight === undefined ? 0 : tensorHandle("rmsNorm", weight),
      options?.eps ?? 1e-5,
    ),
  );
}

/** Are shapes and all elements equal? A bool scalar. */
export function arrayEqual(x: Tensor, y: Tensor, options?: { readonly equalNan?: boolean }): Tensor {
  begin();
  checkOptions("arrayEqual", options, ["equalNan"]);
  return new Tensor(core.arrayEqual(tensorHandle("arrayEqual", x), tensorHandle("arrayEqual", y), options?.equalNan ?? false));
}

/** Is |x - y| <= atol + rtol |y| everywhere, infinities equal to themselves? A bool scalar. */
export function allclose(
  x: Tensor,
  y: Tensor,
  options?: { readonly rtol?: number; readonly atol?: number; readonly equalNan?: boolean },
): Tensor {
  begin();
  checkOptions("allclose", options, ["rtol", "atol", "equalNan"]);
  return new Tensor(
    core.allclose(
      tensorHandle("allclose", x),
      tensorHandle("allclose", y),
      options?.rtol ?? 1e-5,
      options?.atol ?? 1e-8,
      options?.equalNan ?? false,
    ),
  );
}

/** Zeros. */
export function zeros(shape: ShapeLike, options?: DTypeOption): Tensor {
  begin();
  checkOptions("zeros", options, ["dtype"]);
  return new Tensor(core.zeros(codesOf("zeros", "the shape", shape), options?.dtype ?? "float32"));
}

/** Ones. */
export function ones(shape: ShapeLike, options?: DTypeOption): Tensor {
  begin();
  checkOptions("ones", options, ["dtype"]);
  return new Tensor(core.ones(codesOf("ones", "the shape", shape), options?.dtype ?? "float32"));
}

/** A shape filled with a value; numbers give float32 unless a dtype is named. */
export function full(shape: ShapeLike, value: Operand, options?: DTypeOption): Tensor {
  begin();
  checkOptions("full", options, ["dtype"]);
  const dtype = options?.dtype ?? (typeof value === "number" ? "float32" : undefined);
  return new Tensor(core.full(codesOf("full", "the shape", shape), handleOf("full", value), valueOf(value), dtype));
}

/** Zeros of the shape and dtype of x. */
export function zerosLike(x: Tensor, options?: DTypeOption): Tensor {
  begin();
  checkOptions("zerosLike", options, ["dtype"]);
  return new Tensor(core.zerosLike(tensorHandle("zerosLike", x), options?.dtype));
}

/** Ones of the shape and dtype of x. */
export function onesLike(x: Tensor, options?: DTypeOption): Tensor {
  begin();
  checkOptions("onesLike", options, ["dtype"]);
  return new Tensor(core.onesLike(tensorHandle("onesLike", x), options?.dtype));
}

/** A value in the shape and dtype of x. */
export function fullLike(x: Tensor, value: Operand, options?: DTypeOption): Tensor {
  begin();
  checkOptions("fullLike", options, ["dtype"]);
  return new Tensor(core.fullLike(tensorHandle("fullLike", x), handleOf("fullLike", value), valueOf(value), options?.dtype));
}

/** Numbers from start (0) to before stop by step (1): `arange(stop)`, `arange(start, stop)`, `arange(start, stop, step)`. */
export function arange(stop: Size, options?: DTypeOption): Tensor;
export function arange(start: Size, stop: Size, options?: DTypeOption): Tensor;
export function arange(start: Size, stop: Size, step: number, options?: DTypeOption): Tensor;
export function arange(...args: (Size | DTypeOption | undefined)[]): Tensor {
  begin();
  const given = args.filter((arg): arg is Size => typeof arg === "number" || arg instanceof Dim);
  const options = args.find((arg): arg is DTypeOption => typeof arg !== "number" && !(arg instanceof Dim) && arg !== undefined);
  checkOptions("arange", options, ["dtype"]);
  if (given.length === 0 || given.length > 3)
    throw new CompileArgumentError(
      "arange",
      `takes one to three numbers, got ${given.length}`,
      "arange(stop), arange(start, stop) or arange(start, stop, step).",
    );
  const [start, stop, step] = (given.length === 1 ? [0, given[0]!, 1] : [given[0]!, given[1]!, given[2] ?? 1]).map((size) =>
    codeOf("arange", "a bound", size),
  ) as [number, number, number];
  return new Tensor(core.arange(start, stop, step, options?.dtype));
}

/** `count` numbers from start to stop, both included. */
export function linspace(start: number, stop: number, count: Size = 50, options?: DTypeOption): Tensor {
  begin();
  checkOptions("linspace", options, ["dtype"]);
  return new Tensor(
    core.linspace(
      numberOf("linspace", "the start", start),
      numberOf("linspace", "the stop", stop),
      codeOf("linspace", "the count", count),
      options?.dtype,
    ),
  );
}

/** Options of `eye` and `tri`. */
export interface DiagonalOptions extends DTypeOption {
  /** Which diagonal; positive ones are above the main one. */
  readonly k?: number;
}

/** Ones on a diagonal. */
export function eye(rows: Size, columns?: Size | null, options?: DiagonalOptions): Tensor {
  begin();
  checkOptions("eye", options, ["k", "dtype"]);
  return new Tensor(
    core.eye(
      codeOf("eye", "the number of rows", rows),
      columns === undefined || columns === null ? undefined : codeOf("eye", "the number of columns", columns),
      options?.k ?? 0,
      options?.dtype ?? "float32",
    ),
  );
}

/** Ones at and below a diagonal. */
export function tri(rows: Size, columns?: Size | null, options?: DiagonalOptions): Tensor {
  begin();
  checkOptions("tri", options, ["k", "dtype"]);
  return new Tensor(
    core.tri(
      codeOf("tri", "the number of rows", rows),
      columns === undefined || columns === null ? undefined : codeOf("tri", "the number of columns", columns),
      options?.k ?? 0,
      options?.dtype ?? "float32",
    ),
  );
}

/** Coordinates of a grid: one tensor per axis, all of the grid's shape. `indexing: "ij"` keeps the order of the axes. */
export function meshgrid(axes: readonly Tensor[], options?: { readonly indexing?: "xy" | "ij" }): Tensor[] {
  begin();
  checkOptions("meshgrid", options, ["indexing"]);
  return wrapAll(core.meshgrid(tensorHandles("meshgrid", axes), options?.indexing === "ij"));
}
