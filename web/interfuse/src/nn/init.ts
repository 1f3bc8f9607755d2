/**
 * @file Initial values of parameters: a shape [outputs, ..., inputs] in, a tensor out. Without a key one is drawn from the generator. The
 * formulas are the core's.
 */
import { begin, tensorHandle } from "../apply.js";
import { core } from "../core.js";
import { checkOptions, numbersOf, type OptionName } from "../options.js";
import { Tensor, type DType } from "../tensor.js";
import { want } from "../parts.js";

want("training");

/** Options of every initialiser. */
export interface InitOptions {
  readonly key?: Tensor;
  /** float32 by default. */
  readonly dtype?: DType;
}
/** Options of those with a gain. */
export interface GainOptions extends InitOptions {
  /** A factor; 1 by default. */
  readonly gain?: number;
}

function initial(
  name: string,
  shape: readonly number[],
  options: InitOptions | undefined,
  known: readonly OptionName[],
  ...numbers: number[]
): Tensor {
  begin();
  const op = `init.${name}`;
  checkOptions(op, options, ["key", "dtype", ...known]);
  const key = options?.key === undefined ? 0 : tensorHandle(op, options.key);
  return new Tensor(
    core.initial(name, numbersOf(op, "an option", numbers), numbersOf(op, "the shape", shape), options?.dtype ?? "float32", key),
  );
}

/** All the same: `value`, 0 by default. */
export function constant(shape: readonly number[], options?: InitOptions & { readonly value?: number }): Tensor {
  return initial("constant", shape, options, ["value"], options?.value ?? 0);
}

/** Ones on the diagonal. */
export function identity(shape: readonly number[], options?: InitOptions): Tensor {
  return initial("identity", shape, options, []);
}

/** Evenly between `low` (0 by default) and `high` (1). */
export function uniform(shape: readonly number[], options?: InitOptions & { readonly low?: number; readonly high?: number }): Tensor {
  return initial("uniform", shape, options, ["low", "high"], options?.low ?? 0, options?.high ?? 1);
}

/** Normally distributed with `mean` (0 by default) and `std` (1). */
export function normal(shape: readonly number[], options?: InitOptions & { readonly mean?: number; readonly std?: number }): Tensor {
  return initial("normal", shape, options, ["mean", "std"], options?.mean ?? 0, options?.std ?? 1);
}

/** Evenly within 1 / √(fan in): what linear layers and convolutions start with. */
export function fanIn(shape: readonly number[], options?: InitOptions): Tensor {
  return initial("fanIn", shape, options, []);
}

/** Normally distributed with variance 1 / (last size): what embeddings start with. */
export function embedding(shape: readonly number[], options?: InitOptions): Tensor {
  return initial("embedding", shape, options, []);
}

/** Evenly within gain √(6 / (fan in + fan out)): Glorot and Bengio (2010). */
export function glorotUniform(shape: readonly number[], options?: GainOptions): Tensor {
  return initial("glorotUniform", shape, options, ["gain"], options?.gain ?? 1);
}

/** Normally distributed with standard deviation gain √(2 / (fan in + fan out)). */
export function glorotNormal(shape: readonly number[], options?: GainOptions): Tensor {
  return initial("glorotNormal", shape, options, ["gain"], options?.gain ?? 1);
}

/** Evenly within gain √(3 / fan in): He et al. (2015). */
export function heUniform(shape: readonly number[], options?: GainOptions): Tensor {
  return initial("heUniform", shape, options, ["gain"], options?.gain ?? 1);
}

/** Normally distributed with standard deviation gain / √(fan in). */
export function heNormal(shape: readonly number[], options?: GainOptions): Tensor {
  return initial("heNormal", shape, options, ["gain"], options?.gain ?? 1);
}
