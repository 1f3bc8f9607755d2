/**
 * @file Functions that are more than a row of the table: what depends on how many arguments there are, or on what is done with them next.
 */
import { Dim, type Size } from "./dim.js";
import { CompileArgumentError } from "./errors.js";
import type { DTypeOption } from "./functions.gen.js";
import { arangeBounds, atAdd, atGet, atMax, atMin, atMul, atSet, full as fullOf } from "./inner.gen.js";
import type { ShapeLike } from "./dim.js";
import { checkOptions } from "./options.js";
import type { Tensor } from "./tensor.js";
import { checkPlaces, type AtIndex, type Operand } from "./wire.js";

/** A shape filled with a value; numbers give float32 unless a dtype is named. */
export function full(shape: ShapeLike, value: Operand, options?: DTypeOption): Tensor {
  checkOptions("full", options, ["dtype"]);
  return fullOf(shape, value, options?.dtype ?? (typeof value === "number" ? "float32" : undefined));
}

/** Numbers from start (0) to before stop by step (1): `arange(stop)`, `arange(start, stop)`, `arange(start, stop, step)`. */
export function arange(stop: Size, options?: DTypeOption): Tensor;
export function arange(start: Size, stop: Size, options?: DTypeOption): Tensor;
export function arange(start: Size, stop: Size, step: number, options?: DTypeOption): Tensor;
export function arange(...args: (Size | DTypeOption | undefined)[]): Tensor {
  const given = args.filter((arg): arg is Size => typeof arg === "number" || arg instanceof Dim);
  const options = args.find((arg): arg is DTypeOption => typeof arg !== "number" && !(arg instanceof Dim) && arg !== undefined);
  checkOptions("arange", options, ["dtype"]);
  if (given.length === 0 || given.length > 3)
    throw new CompileArgumentError(
      "arange",
      `takes one to three numbers, got ${given.length}`,
      "arange(stop), arange(start, stop) or arange(start, stop, step).",
    );
  const [start, stop, step] = given.length === 1 ? [0, given[0]!, 1] : [given[0]!, given[1]!, given[2] ?? 1];
  return arangeBounds(start, stop, step as number, options?.dtype);
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
  checkPlaces(index);
  return {
    get: () => atGet(x, index),
    set: (values) => atSet(x, index, values),
    add: (values) => atAdd(x, index, values),
    mul: (values) => atMul(x, index, values),
    max: (values) => atMax(x, index, values),
    min: (values) => atMin(x, index, values),
  };
}
