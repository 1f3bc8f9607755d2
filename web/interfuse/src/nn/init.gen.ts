// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file Initial values of parameters: a shape [outputs, ..., inputs] in, a tensor out. */
import { checkOptions } from "../options.js";
import type { DType, Tensor } from "../tensor.js";
import { begin } from "../generator.js";
import { want } from "../parts.js";
import { oneTraining, putDType, putFloat, putInts, putMaybeTensor } from "../wire.js";

want("training");

/** Options of `init.identity`, `init.fanIn`, `init.embedding`. */
export interface InitOptions {
  /** The dtype of the parameter. "float32" by default. */
  readonly dtype?: DType;
  /** Where random bits come from; without it a key is drawn from the generator. */
  readonly key?: Tensor | null;
}

/** Options of `init.glorotUniform`, `init.glorotNormal`, `init.heUniform`, `init.heNormal`. */
export interface GainOptions {
  /** A factor. 1 by default. */
  readonly gain?: number;
  /** The dtype of the parameter. "float32" by default. */
  readonly dtype?: DType;
  /** Where random bits come from; without it a key is drawn from the generator. */
  readonly key?: Tensor | null;
}

/**
 * All the same.
 *
 * @param shape - The shape.
 * @param options - `value` (0 by default): The value of every element. `dtype` ("float32" by default): The dtype of the parameter. `key`: Where random bits come from; without it a key is drawn from the generator.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.init.constant([2], { value: 3 }) // [3, 3]
 * ```
 */
export function constant(shape: number | readonly number[], options?: { readonly value?: number; readonly dtype?: DType; readonly key?: Tensor | null }): Tensor {
  const first = begin("init.constant");
  putInts("the shape", shape);
  checkOptions("init.constant", options, ["key", "dtype", "value"]);
  putFloat("the value", options?.value ?? 0);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(44, first);
}

/**
 * Ones on the diagonal of a matrix, zeros elsewhere.
 *
 * @param shape - The shape, [rows, columns].
 * @param options - See {@link InitOptions}.
 * @returns That shape.
 * @throws {ShapeError} The shape does not have two axes.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.init.identity([2, 2]) // [[1, 0], [0, 1]]
 * ```
 */
export function identity(shape: number | readonly number[], options?: InitOptions): Tensor {
  const first = begin("init.identity");
  putInts("the shape", shape);
  checkOptions("init.identity", options, ["key", "dtype"]);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(45, first);
}

/**
 * Evenly distributed from `low` to `high`.
 *
 * @param shape - The shape.
 * @param options - `low` (0 by default): The lower end, included. `high` (1 by default): The upper end, excluded. `dtype` ("float32" by default): The dtype of the parameter. `key`: Where random bits come from; without it a key is drawn from the generator.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function uniform(shape: number | readonly number[], options?: { readonly low?: number; readonly high?: number; readonly dtype?: DType; readonly key?: Tensor | null }): Tensor {
  const first = begin("init.uniform");
  putInts("the shape", shape);
  checkOptions("init.uniform", options, ["key", "dtype", "low", "high"]);
  putFloat("the low", options?.low ?? 0);
  putFloat("the high", options?.high ?? 1);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(46, first);
}

/**
 * Normally distributed.
 *
 * @param shape - The shape.
 * @param options - `mean` (0 by default): The mean. `std` (1 by default): The standard deviation. `dtype` ("float32" by default): The dtype of the parameter. `key`: Where random bits come from; without it a key is drawn from the generator.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function normal(shape: number | readonly number[], options?: { readonly mean?: number; readonly std?: number; readonly dtype?: DType; readonly key?: Tensor | null }): Tensor {
  const first = begin("init.normal");
  putInts("the shape", shape);
  checkOptions("init.normal", options, ["key", "dtype", "mean", "std"]);
  putFloat("the mean", options?.mean ?? 0);
  putFloat("the std", options?.std ?? 1);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(47, first);
}

/**
 * Evenly distributed within 1 / √(fan in): what linear layers and convolutions start with.
 *
 * @param shape - The shape, [outputs, ..., inputs].
 * @param options - See {@link InitOptions}.
 * @returns That shape.
 * @throws {ShapeError} The shape has fewer than two axes.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function fanIn(shape: number | readonly number[], options?: InitOptions): Tensor {
  const first = begin("init.fanIn");
  putInts("the shape", shape);
  checkOptions("init.fanIn", options, ["key", "dtype"]);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(48, first);
}

/**
 * Normally distributed with variance 1 / (last size): what embeddings start with.
 *
 * @param shape - The shape, [count, features].
 * @param options - See {@link InitOptions}.
 * @returns That shape.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function embedding(shape: number | readonly number[], options?: InitOptions): Tensor {
  const first = begin("init.embedding");
  putInts("the shape", shape);
  checkOptions("init.embedding", options, ["key", "dtype"]);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(49, first);
}

/**
 * Evenly distributed within gain √(6 / (fan in + fan out)).
 * Source: Glorot and Bengio (2010).
 *
 * @param shape - The shape, [outputs, ..., inputs].
 * @param options - See {@link GainOptions}.
 * @returns That shape.
 * @throws {ShapeError} The shape has fewer than two axes.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function glorotUniform(shape: number | readonly number[], options?: GainOptions): Tensor {
  const first = begin("init.glorotUniform");
  putInts("the shape", shape);
  checkOptions("init.glorotUniform", options, ["key", "dtype", "gain"]);
  putFloat("the gain", options?.gain ?? 1);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(50, first);
}

/**
 * Normally distributed with standard deviation gain √(2 / (fan in + fan out)).
 * Source: Glorot and Bengio (2010).
 *
 * @param shape - The shape, [outputs, ..., inputs].
 * @param options - See {@link GainOptions}.
 * @returns That shape.
 * @throws {ShapeError} The shape has fewer than two axes.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function glorotNormal(shape: number | readonly number[], options?: GainOptions): Tensor {
  const first = begin("init.glorotNormal");
  putInts("the shape", shape);
  checkOptions("init.glorotNormal", options, ["key", "dtype", "gain"]);
  putFloat("the gain", options?.gain ?? 1);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(51, first);
}

/**
 * Evenly distributed within gain √(3 / fan in).
 * Source: He et al. (2015).
 *
 * @param shape - The shape, [outputs, ..., inputs].
 * @param options - See {@link GainOptions}.
 * @returns That shape.
 * @throws {ShapeError} The shape has fewer than two axes.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function heUniform(shape: number | readonly number[], options?: GainOptions): Tensor {
  const first = begin("init.heUniform");
  putInts("the shape", shape);
  checkOptions("init.heUniform", options, ["key", "dtype", "gain"]);
  putFloat("the gain", options?.gain ?? 1);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(52, first);
}

/**
 * Normally distributed with standard deviation gain / √(fan in).
 * Source: He et al. (2015).
 *
 * @param shape - The shape, [outputs, ..., inputs].
 * @param options - See {@link GainOptions}.
 * @returns That shape.
 * @throws {ShapeError} The shape has fewer than two axes.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 */
export function heNormal(shape: number | readonly number[], options?: GainOptions): Tensor {
  const first = begin("init.heNormal");
  putInts("the shape", shape);
  checkOptions("init.heNormal", options, ["key", "dtype", "gain"]);
  putFloat("the gain", options?.gain ?? 1);
  putDType(options?.dtype ?? "float32");
  putMaybeTensor(options?.key);
  return oneTraining(53, first);
}
