/**
 * @file How calls reach the core: arguments are written as numbers into a piece of the Wasm's memory (crate/wasm/src/call.rs reads them),
 * each behind a number that says what it is, and one export computes. The functions that follow from the table (`functions.gen.ts`,
 * `ops.gen.ts`) are nothing but calls of what is here; types are checked here, because the Wasm takes what it is given for what it expects.
 *
 * Reading an argument may run code of the program (a getter, a proxy) that calls functions itself: such a call writes behind what is there
 * and leaves it alone.
 */
import { core, memory, state, type Core } from "./core.js";
import { describe } from "./describe.js";
import { Dim, openCodes, type ShapeLike, type Size } from "./dim.js";
import { CompileArgumentError } from "./errors.js";
import { check, dtype as dtypes, numberOf } from "./options.js";
import type { DynamicDims } from "./open.js";
import { markPosition, recording } from "./positions.js";
import { Tensor, type DType } from "./tensor.js";

/** What scalar ops take: numbers and booleans adapt to the dtype of the tensors that they meet. */
export type Operand = Tensor | number | boolean;
/** One axis, several, or (left out) all. Negative axes count from the end. */
export type Axes = number | readonly number[] | null | undefined;
/**
 * What `slice` takes of an axis: all (null), one position, or [start, stop, step] as in Python. Positions may follow sizes (`x.dim(0)`).
 */
export type SliceRange = Size | null | undefined | readonly (Size | null | undefined)[];
/** What an index of `at` names along an axis: a position, [start, stop, step], everything (null), or those of a tensor. */
export type AtIndex = SliceRange | Tensor;
/** How many elements to add: at both ends of every axis, or [before, after] of every axis, or those of each axis. */
export type PadWidths = Size | readonly [Size, Size] | readonly (readonly [Size, Size])[];
/** So many last axes of the first and first of the second, or pairs of axes [of the first, of the second]. */
export type AxisPairs = number | readonly [readonly number[], readonly number[]];
/** One number, or one per spatial axis. */
export type PerAxis = number | readonly number[];

// What an argument is. Behind the last four stands how many there are.
const NOTHING = 0;
const TENSOR = 1;
const NUMBER = 2;
const FLAG = 3;
const SIZE = 4;
const TENSORS = 5;
const NUMBERS = 6;
const SIZES = 7;
const TEXT = 8;

/** Numbers that the wire holds at first: many times what a call without lists takes. */
const LENGTH = 1024;

const NONE = new Float64Array(0);
/** The wire. Its length is 0 before there is a core and after the Wasm's memory has grown, which takes views away. */
let view = NONE;
/** Where the next number goes. */
let at = 0;
/** Which function is called, for mistakes. */
let op = "";

function attach(length: number): void {
  // A core that is not there throws and says which function was called.
  if (state !== "ready") void core[op as keyof Core];
  const least = Math.max(length, LENGTH);
  // First: making the wire longer may make the memory grow, which takes the buffer that it had away.
  const start = core.wire(least);
  view = new Float64Array(memory.buffer, start, least);
}

/** The core is no more. */
export function detach(): void {
  view = NONE;
  at = 0;
}

/** Begins a call: where its arguments start. */
export function begin(name: string): number {
  if (recording) markPosition();
  op = name;
  if (state !== "ready") attach(0);
  // A call that threw leaves what it had written.
  if (at > LENGTH / 2) at = 0;
  return at;
}

/** Ends the arguments since `from`, and says where. */
export function end(from: number): number {
  const to = at;
  at = from;
  return to;
}

/** Calls the function at a position of the table with the arguments since `from`. */
function answer(id: number, from: number): number {
  return core.call(id, from, end(from));
}

function answerTraining(id: number, from: number): number {
  return core.callTraining(id, from, end(from));
}

/** The tensors of an answer. */
function wrapped(count: number): Tensor[] {
  if (count > view.length) attach(count);
  return Array.from(view.subarray(0, count), (handle) => new Tensor(handle));
}

/** A call that gives a tensor. */
export function one(id: number, from: number): Tensor {
  return new Tensor(answer(id, from));
}

/** A call that gives several. */
export function many(id: number, from: number): Tensor[] {
  return wrapped(answer(id, from));
}

/** A call that gives nothing but mistakes. */
export function nothing(id: number, from: number): void {
  answer(id, from);
}

/** The same for the part "training". */
export function oneTraining(id: number, from: number): Tensor {
  return new Tensor(answerTraining(id, from));
}

export function manyTraining(id: number, from: number): Tensor[] {
  return wrapped(answerTraining(id, from));
}

export function nothingTraining(id: number, from: number): void {
  answerTraining(id, from);
}

/** The handle of an operand: 0 says that a number goes with it, 1 a boolean. */
function handleOf(name: string, x: Operand): number {
  if (typeof x === "number") return 0;
  if (x instanceof Tensor) return x._handle;
  if (typeof x === "boolean") return 1;
  const hint = typeof x === "object" && x !== null ? "Make a tensor of it with tensor(...)." : "";
  throw new CompileArgumentError(name, `the operands must be tensors, numbers or booleans, got ${describe(x)}`, hint);
}

/** The number that goes with the handle of an operand. */
function valueOf(x: Operand): number {
  return typeof x === "number" ? x : x === true ? 1 : 0;
}

/** A core that is not there throws and says which op was called. */
function ready(name: string): void {
  if (recording) markPosition();
  if (state !== "ready") void core[name as keyof Core];
}

/** Applies the scalar op of one operand at this position of their table. The shortest path: a trace is nothing but this. */
export function apply1(row: number, name: string, x: Operand): Tensor {
  ready(name);
  return new Tensor(core.apply(row, handleOf(name, x), valueOf(x), 0, 0, 0, 0));
}

/** The same of two operands. */
export function apply2(row: number, name: string, x: Operand, y: Operand): Tensor {
  ready(name);
  return new Tensor(core.apply(row, handleOf(name, x), valueOf(x), handleOf(name, y), valueOf(y), 0, 0));
}

/** The same of three operands. */
export function apply3(row: number, name: string, x: Operand, y: Operand, z: Operand): Tensor {
  ready(name);
  return new Tensor(core.apply(row, handleOf(name, x), valueOf(x), handleOf(name, y), valueOf(y), handleOf(name, z), valueOf(z)));
}

function put(tag: number, value: number): void {
  if (view.length === 0) attach(0);
  view[at] = tag;
  view[at + 1] = value;
  at += 2;
}

/** Begins a list of so many numbers, and says where the first goes. */
function list(tag: number, count: number): number {
  const end = at + count + LENGTH / 2;
  put(tag, count);
  if (view.length < end) attach(end);
  at += count;
  return at - count;
}

/** An argument that is left out. */
export function putNothing(): void {
  if (view.length === 0) attach(0);
  view[at++] = NOTHING;
}

export function putTensor(x: Tensor): void {
  if (!(x instanceof Tensor))
    throw new CompileArgumentError(op, `the argument must be a tensor, got ${describe(x)}`, "Make a tensor of it with tensor(...).");
  put(TENSOR, x._handle);
}

export function putMaybeTensor(x: Tensor | null | undefined): void {
  if (x === undefined || x === null) putNothing();
  else putTensor(x);
}

export function putTensors(tensors: readonly Tensor[]): void {
  if (!Array.isArray(tensors)) throw new CompileArgumentError(op, `the argument must be an array of tensors, got ${describe(tensors)}`);
  const handles = Array.from(tensors, (x: Tensor) => {
    if (!(x instanceof Tensor))
      throw new CompileArgumentError(op, `the argument must be a tensor, got ${describe(x)}`, "Make a tensor of it with tensor(...).");
    return x._handle;
  });
  const start = list(TENSORS, handles.length);
  view.set(handles, start);
}

export function putOperand(x: Operand): void {
  if (typeof x === "number") put(NUMBER, x);
  else if (x instanceof Tensor) put(TENSOR, x._handle);
  else if (typeof x === "boolean") put(FLAG, x ? 1 : 0);
  else
    throw new CompileArgumentError(
      op,
      `the operands must be tensors, numbers or booleans, got ${describe(x)}`,
      typeof x === "object" && x !== null ? "Make a tensor of it with tensor(...)." : "",
    );
}

/** A number that was checked, or none. */
export function putWeak(value: number | boolean): void {
  put(NUMBER, Number(value));
}

export function putFlag(value: boolean): void {
  put(FLAG, value ? 1 : 0);
}

function numeric(what: string, value: number): number {
  // What is called that has no better name.
  if (typeof value !== "number" && what === "an argument")
    throw new CompileArgumentError(op, `an argument is ${describe(value)}`, "It must be a number.");
  return numberOf(op, what, value);
}

export function putFloat(what: string, value: number): void {
  put(NUMBER, numeric(what, value));
}

export function putMaybeFloat(what: string, value: number | null | undefined): void {
  if (value === undefined || value === null) putNothing();
  else putFloat(what, value);
}

function integer(what: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw new CompileArgumentError(op, `${what} is ${Number.isNaN(value) ? "not a number" : String(value)}`, "It must be an integer.");
}

export function putInt(what: string, value: number): void {
  put(NUMBER, integer(what, numeric(what, value)));
}

export function putMaybeInt(what: string, value: number | null | undefined): void {
  if (value === undefined || value === null) putNothing();
  else putInt(what, value);
}

/** Integers, one or several; `each` is what mistakes call one of them. */
function putIntegers(what: string, each: string, values: number | readonly number[]): void {
  if (typeof values === "number") {
    put(NUMBERS, 1);
    view[at++] = integer(each, values);
  } else if (Array.isArray(values) && values.every((value) => typeof value === "number")) {
    const integers = Array.from(values, (value: number) => integer(each, value));
    const start = list(NUMBERS, integers.length);
    view.set(integers, start);
  } else {
    const got = Array.isArray(values)
      ? `${describe((values as readonly unknown[]).find((value) => typeof value !== "number"))} in it`
      : describe(values);
    throw new CompileArgumentError(op, `${what} must be a number or an array of numbers, got ${got}`);
  }
}

export function putInts(what: string, values: number | readonly number[]): void {
  putIntegers(what, what, values);
}

export function putFloats(what: string, values: ArrayLike<number>): void {
  const numbers = Array.from(values, (value: number) => numeric(what, value));
  const start = list(NUMBERS, numbers.length);
  view.set(numbers, start);
}

export function putAxes(axes: Axes): void {
  if (axes === undefined || axes === null) putNothing();
  else putIntegers("the axes", "an axis", axes);
}

/** One number, or one per spatial axis. */
export function putPerAxis(what: string, values: PerAxis | null | undefined): void {
  if (values === undefined || values === null) putNothing();
  else putIntegers(what, what, values);
}

/** Two axes. */
export function putPair(axes: readonly [number, number]): void {
  if (!Array.isArray(axes) || axes.length !== 2)
    throw new CompileArgumentError(op, `the axes are ${describe(axes)}`, "Name two: [row axis, column axis].");
  for (const axis of axes as readonly number[]) putInt("an axis", axis);
}

/** Pairs of axes, one of the first tensor and one of the second: `count` of them are the last ones of the first, whose axes `x` has. */
export function putPairs(x: Tensor, axes: AxisPairs): void {
  if (typeof axes === "number") {
    // More than there are would be refused anyway: here, before so many are listed.
    if (!(Number.isInteger(axes) && axes >= 0 && axes <= x.ndim)) {
      throw new CompileArgumentError(
        op,
        `${axes} axes cannot be summed over: the first tensor has ${x.ndim}`,
        "Name a number of axes that both have, or pairs of them.",
      );
    }
    putIntegers(
      "the axes",
      "an axis",
      Array.from({ length: 2 * axes }, (_, i) => (i % 2 === 0 ? i / 2 - axes : (i - 1) / 2)),
    );
    return;
  }
  const [left, right] = Array.isArray(axes) ? (axes as readonly unknown[]) : [];
  if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) {
    throw new CompileArgumentError(op, `the axes must be a number or two arrays of the same length, got ${describe(axes)}`);
  }
  putIntegers(
    "the axes",
    "an axis",
    left.flatMap((axis: number, i) => [axis, right[i] as number]),
  );
}

/** So many parts, or positions. */
export function putParts(parts: number | readonly number[]): void {
  if (typeof parts === "number") putInt("the number of parts", parts);
  else putIntegers("the positions", "a position", parts);
}

function sizeOf(what: string, each: string, size: Size): number {
  if (typeof size === "number") return integer(each, size);
  if (size instanceof Dim) return size._code;
  throw new CompileArgumentError(op, `${what} must be a number or a Dim, got ${describe(size)}`);
}

export function putSize(what: string, size: Size): void {
  put(SIZE, sizeOf(what, what, size));
}

export function putMaybeSize(what: string, size: Size | null | undefined): void {
  if (size === undefined || size === null) putNothing();
  else putSize(what, size);
}

/** A size that may be open, or any number. */
export function putBound(what: string, bound: Size): void {
  if (bound instanceof Dim) put(SIZE, bound._code);
  else putFloat(what, bound);
}

/** Sizes; a whole `shape` keeps those that are open. */
export function putSizes(what: string, shape: ShapeLike): void {
  // "the shape" has sizes, "the counts" has counts.
  const each = what === "the shape" ? "a size" : `a ${what.slice(4, -1)}`;
  let codes: ArrayLike<number> | undefined = openCodes(shape);
  if (codes === undefined) {
    const sizes: readonly Size[] = Array.isArray(shape) ? shape : [shape as Size];
    const bad = sizes.findIndex((size) => typeof size !== "number" && !(size instanceof Dim));
    if ((shape as unknown) instanceof Tensor && op.startsWith("random."))
      throw new CompileArgumentError(op, `${what} is a tensor`, "The shape comes first, and the key is an option: { key }.");
    if (bad >= 0)
      throw new CompileArgumentError(
        op,
        Array.isArray(shape)
          ? `${what} must be a number or an array of numbers and Dims, got ${describe(sizes[bad])} in it`
          : `${what} must be a number or a Dim, got ${describe(shape)}`,
      );
    codes = Array.from(sizes, (size) => sizeOf(what, each, size));
  }
  const start = list(SIZES, codes.length);
  view.set(codes, start);
}

export function putMaybeSizes(what: string, shape: ShapeLike | null | undefined): void {
  if (shape === undefined || shape === null) putNothing();
  else putSizes(what, shape);
}

/** The widths before and after every axis of x. */
export function putWidths(x: Tensor, widths: PadWidths): void {
  const isSize = (width: unknown): width is Size => typeof width === "number" || width instanceof Dim;
  const every = (pair: readonly unknown[]): unknown[] => Array.from({ length: x.ndim }, () => pair).flat();
  const flat = isSize(widths)
    ? every([widths, widths])
    : !Array.isArray(widths)
      ? undefined
      : isSize(widths[0])
        ? every(widths)
        : (widths as readonly unknown[]).flat();
  if (flat === undefined || flat.length % 2 !== 0) {
    throw new CompileArgumentError(
      op,
      `the widths are ${describe(widths)}`,
      "Give a number, [before, after], or that of every axis: [[before, after], ...].",
    );
  }
  putSizes("the widths", flat as Size[]);
}

/** [start, stop, step] of an axis. */
function putRange(range: readonly (Size | null | undefined)[]): void {
  put(NUMBER, 0);
  for (const [i, what] of ["a start", "a stop", "a step"].entries()) {
    const part = range[i];
    if (part === undefined || part === null) putNothing();
    else if (what === "a step") putInt(what, part instanceof Dim ? part._code : part);
    else putSize(what, part);
  }
}

/** What `slice` takes of every axis. */
export function putRanges(ranges: readonly SliceRange[]): void {
  put(NUMBER, ranges.length);
  ranges.forEach((range, axis) => {
    const bad = (got: unknown): CompileArgumentError =>
      new CompileArgumentError(
        op,
        `the range of axis ${axis} has ${describe(got)} in it`,
        "A range is a position, [start, stop, step] with null for what is left out, or null for all.",
      );
    if (range === null || range === undefined) putNothing();
    else if (typeof range === "number" || range instanceof Dim) putSize("an index", range);
    else if (Array.isArray(range) && range.length <= 3) {
      for (const part of range as readonly unknown[])
        if (part !== null && part !== undefined && !(part instanceof Dim) && (typeof part !== "number" || Number.isNaN(part)))
          throw bad(part);
      putRange(range as readonly (Size | null | undefined)[]);
    } else throw bad(range);
  });
}

/** Refuses what names nothing along an axis, where `at` is called. */
export function checkPlaces(index: readonly AtIndex[]): void {
  index.forEach((entry: unknown, axis) => {
    if (
      entry === null ||
      entry === undefined ||
      typeof entry === "number" ||
      entry instanceof Dim ||
      entry instanceof Tensor ||
      (Array.isArray(entry) && entry.length <= 3)
    )
      return;
    throw new CompileArgumentError(
      "at",
      `the index of axis ${axis} is ${describe(entry)}`,
      "An index is a position, [start, stop, step] with null for what is left out, null for all, or a tensor of integers.",
    );
  });
}

/** What `at` names along every axis. */
export function putPlaces(index: readonly AtIndex[]): void {
  put(NUMBER, index.length);
  for (const entry of index) {
    if (entry instanceof Tensor) putTensor(entry);
    else if (entry === null || entry === undefined) putNothing();
    else if (typeof entry === "number" || entry instanceof Dim) putSize("an index", entry);
    else putRange(entry);
  }
}

/** Letters, by their codes. */
function putText(text: string): void {
  const codes = Array.from(text, (letter) => letter.codePointAt(0)!);
  const start = list(TEXT, codes.length);
  view.set(codes, start);
}

export function putFormula(formula: string): void {
  if (typeof formula !== "string")
    throw new CompileArgumentError(op, `the formula must be a string, got ${describe(formula)}`, 'Such as "ij,jk->ik".');
  putText(formula);
}

/** Sizes with names that were checked: path, axis and name of each. */
export function putNamedSizes(dims: DynamicDims): void {
  const sizes = Object.entries(dims).flatMap(([path, axes]) => Object.entries(axes).map(([axis, name]) => [path, axis, name]));
  put(NUMBER, sizes.length);
  for (const text of sizes.flat()) putText(text);
}

/** Numbers of dtypes by their names: the core knows them, and which hint is for a name that is none. */
const known = new Map<string, number>();

export function putDType(dtype: DType | null | undefined): void {
  if (dtype === undefined || dtype === null) {
    putNothing();
    return;
  }
  check(op, "the dtype", dtype, dtypes);
  let number = known.get(dtype);
  if (number === undefined) known.set(dtype, (number = core.dtypeOf(op, dtype)));
  put(NUMBER, number);
}

/** One of some names, by its position. */
export function putChoice(value: string, names: readonly string[]): void {
  put(NUMBER, names.indexOf(value));
}
