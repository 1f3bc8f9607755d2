// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file Random numbers from keys. */
import type { ShapeLike } from "./dim.js";
import { checkOptions } from "./options.js";
import type { DType, Tensor } from "./tensor.js";
import { begin } from "./generator.js";
import { many, one, putDType, putFloat, putInt, putMaybeInt, putMaybeSizes, putMaybeTensor, putOperand, putSizes, putTensor, type Operand } from "./wire.js";

/** Options of `random.uniform`. */
export interface UniformOptions {
  /** The lower end, included. 0 by default. */
  readonly low?: Operand;
  /** The upper end, excluded. 1 by default. */
  readonly high?: Operand;
  /** The dtype of the numbers. "float32" by default. */
  readonly dtype?: DType;
  /** Where the bits come from; without it a key is drawn from the generator. */
  readonly key?: Tensor | null;
}

/** Options of `random.normal`. */
export interface NormalOptions {
  /** The mean. 0 by default. */
  readonly mean?: Operand;
  /** The standard deviation. 1 by default. */
  readonly std?: Operand;
  /** The dtype of the numbers. "float32" by default. */
  readonly dtype?: DType;
  /** Where the bits come from; without it a key is drawn from the generator. */
  readonly key?: Tensor | null;
}

/** Options of `random.truncatedNormal`, `random.randint`, `random.gumbel`. */
export interface RandomOptions {
  /** The dtype of the numbers. */
  readonly dtype?: DType;
  /** Where the bits come from; without it a key is drawn from the generator. */
  readonly key?: Tensor | null;
}

/** Options of `random.categorical`. */
export interface CategoricalOptions {
  /** The axis of the classes, the last by default. -1 by default. */
  readonly axis?: number;
  /** So many draws each, along a new last axis. */
  readonly samples?: number;
  /** Where the bits come from; without it a key is drawn from the generator. */
  readonly key?: Tensor | null;
}

/**
 * The key of a seed: uint32 [2].
 *
 * @param seed - An integer.
 * @returns uint32 [2].
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function key(seed: number): Tensor {
  const first = begin("random.key");
  putInt("the seed", seed);
  return one(91, first);
}

/**
 * Independent keys; the one they came from should not be used again.
 *
 * @param key - The key, which should not be used again.
 * @param count - How many. 2 by default.
 * @returns As many keys.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function split(key: Tensor, count: number = 2): Tensor[] {
  const first = begin("random.split");
  putTensor(key);
  putInt("the count", count);
  return many(92, first);
}

/**
 * 32 random bits per element as uint32.
 *
 * @param shape - The shape; none makes a scalar. [] by default.
 * @param options - `key`: Where the bits come from; without it a key is drawn from the generator.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function bits(shape: ShapeLike = [], options?: { readonly key?: Tensor | null }): Tensor {
  const first = begin("random.bits");
  putSizes("the shape", shape);
  checkOptions("random.bits", options, ["key"]);
  putMaybeTensor(options?.key);
  return one(93, first);
}

/**
 * Evenly from `low` (included) to `high`.
 *
 * @param shape - The shape; none makes a scalar. [] by default.
 * @param options - See {@link UniformOptions}.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function uniform(shape: ShapeLike = [], options?: UniformOptions): Tensor {
  const first = begin("random.uniform");
  putSizes("the shape", shape);
  checkOptions("random.uniform", options, ["key", "dtype", "low", "high"]);
  putOperand(options?.low ?? 0);
  putOperand(options?.high ?? 1);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return one(94, first);
}

/**
 * Normally distributed.
 *
 * @param shape - The shape; none makes a scalar. [] by default.
 * @param options - See {@link NormalOptions}.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function normal(shape: ShapeLike = [], options?: NormalOptions): Tensor {
  const first = begin("random.normal");
  putSizes("the shape", shape);
  checkOptions("random.normal", options, ["key", "dtype", "mean", "std"]);
  putOperand(options?.mean ?? 0);
  putOperand(options?.std ?? 1);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return one(95, first);
}

/**
 * Normally distributed between `low` and `high`, numbers outside being drawn anew as it were.
 *
 * @param low - The least number.
 * @param high - The largest number.
 * @param shape - The shape; none makes a scalar. [] by default.
 * @param options - See {@link RandomOptions}.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function truncatedNormal(low: number, high: number, shape: ShapeLike = [], options?: RandomOptions): Tensor {
  const first = begin("random.truncatedNormal");
  putFloat("low", low);
  putFloat("high", high);
  putSizes("the shape", shape);
  checkOptions("random.truncatedNormal", options, ["key", "dtype"]);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return one(96, first);
}

/**
 * true with probability p; without a shape in that of p.
 *
 * @param p - The probability of true. 0.5 by default.
 * @param shape - The shape; that of p where it is left out.
 * @param options - `key`: Where the bits come from; without it a key is drawn from the generator.
 * @returns That shape, or that of p, as bool.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function bernoulli(p: Operand = 0.5, shape?: ShapeLike, options?: { readonly key?: Tensor | null }): Tensor {
  const first = begin("random.bernoulli");
  putOperand(p);
  putMaybeSizes("the shape", shape);
  checkOptions("random.bernoulli", options, ["key"]);
  putMaybeTensor(options?.key);
  return one(97, first);
}

/**
 * Integers evenly from `low` (included) to `high` (excluded).
 *
 * @param low - The least, included.
 * @param high - The end, excluded.
 * @param shape - The shape; none makes a scalar. [] by default.
 * @param options - See {@link RandomOptions}.
 * @returns That shape.
 * @throws {CompileArgumentError} Low is not below high, or one is out of the dtype's range.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function randint(low: number, high: number, shape: ShapeLike = [], options?: RandomOptions): Tensor {
  const first = begin("random.randint");
  putInt("low", low);
  putInt("high", high);
  putSizes("the shape", shape);
  checkOptions("random.randint", options, ["key", "dtype"]);
  putDType(options?.dtype ?? "int32");
  putMaybeTensor(options?.key);
  return one(98, first);
}

/**
 * Gumbel distributed: -ln(-ln(u)).
 *
 * @param shape - The shape; none makes a scalar. [] by default.
 * @param options - See {@link RandomOptions}.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function gumbel(shape: ShapeLike = [], options?: RandomOptions): Tensor {
  const first = begin("random.gumbel");
  putSizes("the shape", shape);
  checkOptions("random.gumbel", options, ["key", "dtype"]);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return one(99, first);
}

/**
 * Positions drawn with the probabilities softmax(logits).
 *
 * @param logits - Of every class, along an axis.
 * @param options - See {@link CategoricalOptions}.
 * @returns The shape of the logits without the axis, as uint32; with samples a last axis of as many.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 */
export function categorical(logits: Tensor, options?: CategoricalOptions): Tensor {
  const first = begin("random.categorical");
  putTensor(logits);
  checkOptions("random.categorical", options, ["key", "axis", "samples"]);
  putInt("the axis", options?.axis ?? -1);
  putMaybeInt("the samples", options?.samples);
  putMaybeTensor(options?.key);
  return one(100, first);
}
