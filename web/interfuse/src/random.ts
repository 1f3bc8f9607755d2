/**
 * @file Random numbers from keys: the same key gives the same numbers on every device. Without a key one is drawn from the realm's
 * generator, whose state is `random.state`; a compiled function that draws so must capture it.
 */
import { begin, handleOf, tensorHandle, valueOf, type Operand } from "./apply.js";
import { core, state as coreState } from "./core.js";
import { codesOf, type ShapeLike } from "./dim.js";
import { CompileArgumentError } from "./errors.js";
import { checkOptions, numberOf, type OptionName } from "./options.js";
import { ALWAYS_WRITTEN, isPlacing } from "./state.js";
import { Tensor, wrapAll, type DType } from "./tensor.js";

/** What every distribution takes. */
export interface RandomOptions {
  /** Where the bits come from; without it a key is drawn from the generator. */
  readonly key?: Tensor | null;
  /** float32 by default, int32 of `randint`. */
  readonly dtype?: DType;
}
/** Options of `uniform`. */
export interface UniformOptions extends RandomOptions {
  /** 0 by default; included. */
  readonly low?: Operand;
  /** 1 by default; excluded. */
  readonly high?: Operand;
}
/** Options of `normal`. */
export interface NormalOptions extends RandomOptions {
  /** 0 by default. */
  readonly mean?: Operand;
  /** The standard deviation, 1 by default. */
  readonly std?: Operand;
}
/** Options of `categorical`. */
export interface CategoricalOptions {
  /** Where the bits come from; without it a key is drawn from the generator. */
  readonly key?: Tensor | null;
  /** The axis of the classes, the last by default. */
  readonly axis?: number;
  /** So many draws each, along a new last axis. */
  readonly samples?: number;
}
/** Sizes of the result; none make a scalar. */
export type RandomShape = ShapeLike;

/** A seed given before there is a core. */
let early: number | undefined;

function settle(): void {
  if (early !== undefined && coreState === "ready") {
    core.randomSeed(early);
    early = undefined;
  }
}

function draw(
  name: string,
  shape: RandomShape | undefined,
  options: object | undefined,
  known: readonly OptionName[],
  x: Operand = 0,
  y: Operand = 0,
): Tensor {
  const op = `random.${name}`;
  begin();
  if ((shape as unknown) instanceof Tensor)
    throw new CompileArgumentError(op, "the shape is a tensor", "The shape comes first, and the key is an option: { key }.");
  checkOptions(op, options, known);
  settle();
  const { key, dtype } = (options ?? {}) as RandomOptions;
  const sizes = shape === undefined ? undefined : codesOf(op, "the shape", shape);
  const handle = key === undefined || key === null ? 0 : tensorHandle(op, key);
  return new Tensor(core.draw(name, handle, sizes, handleOf(op, x), valueOf(x), handleOf(op, y), valueOf(y), dtype));
}

/** The key of a seed: uint32 [2]. */
export function key(seed: number): Tensor {
  begin();
  return new Tensor(core.randomKey(numberOf("random.key", "the seed", seed)));
}

/** Independent keys; the one they came from should not be used again. */
export function split(key: Tensor, count = 2): Tensor[] {
  begin();
  return wrapAll(core.randomSplit(tensorHandle("random.split", key), numberOf("random.split", "the count", count)));
}

/** Starts the generator anew. */
export function seed(seed: number): void {
  numberOf("random.seed", "the seed", seed);
  if (coreState === "absent") early = seed;
  else {
    early = undefined;
    core.randomSeed(seed);
  }
}

/** The generator's state, to be captured: `compile(step, { state: [model, random.state] })`. */
export const state: { key: Tensor } = Object.defineProperty({ [ALWAYS_WRITTEN]: true } as unknown as { key: Tensor }, "key", {
  enumerable: true,
  get(): Tensor {
    settle();
    return new Tensor(core.randomState());
  },
  set(key: Tensor) {
    settle();
    const handle = tensorHandle("random.state", key);
    if (isPlacing()) core.placeRandomState(handle);
    else core.setRandomState(handle);
  },
});

/** 32 random bits per element as uint32. */
export function bits(shape?: RandomShape, options?: Pick<RandomOptions, "key">): Tensor {
  return draw("bits", shape, options, ["key"]);
}

/** Evenly from `low` (included) to `high`. */
export function uniform(shape?: RandomShape, options?: UniformOptions): Tensor {
  return draw("uniform", shape, options, ["key", "dtype", "low", "high"], options?.low ?? 0, options?.high ?? 1);
}

/** Normally distributed. */
export function normal(shape?: RandomShape, options?: NormalOptions): Tensor {
  return draw("normal", shape, options, ["key", "dtype", "mean", "std"], options?.mean ?? 0, options?.std ?? 1);
}

/** Normally distributed between `low` and `high`. */
export function truncatedNormal(low: number, high: number, shape?: RandomShape, options?: RandomOptions): Tensor {
  return draw(
    "truncatedNormal",
    shape,
    options,
    ["key", "dtype"],
    numberOf("random.truncatedNormal", "low", low),
    numberOf("random.truncatedNormal", "high", high),
  );
}

/** true with probability p; without a shape in that of p. */
export function bernoulli(p: Operand = 0.5, shape?: RandomShape, options?: Pick<RandomOptions, "key">): Tensor {
  return draw("bernoulli", shape, options, ["key"], p);
}

/** Integers evenly from `low` (included) to `high` (excluded). */
export function randint(low: number, high: number, shape?: RandomShape, options?: RandomOptions): Tensor {
  return draw(
    "randint",
    shape,
    options,
    ["key", "dtype"],
    numberOf("random.randint", "low", low),
    numberOf("random.randint", "high", high),
  );
}

/** Gumbel distributed: -ln(-ln(u)). */
export function gumbel(shape?: RandomShape, options?: RandomOptions): Tensor {
  return draw("gumbel", shape, options, ["key", "dtype"]);
}

/** Positions drawn with the probabilities softmax(logits). */
export function categorical(logits: Tensor, options?: CategoricalOptions): Tensor {
  const op = "random.categorical";
  begin();
  checkOptions(op, options, ["key", "axis", "samples"]);
  settle();
  const handle = options?.key === undefined || options.key === null ? 0 : tensorHandle(op, options.key);
  return new Tensor(
    core.draw("categorical", handle, undefined, tensorHandle(op, logits), options?.axis ?? -1, 0, options?.samples ?? -1, undefined),
  );
}

/** 0, 1, ... below n in random order (uint32), or the slices of a tensor along an axis in random order. */
export function permutation(x: number | Tensor, options?: { readonly key?: Tensor | null; readonly axis?: number }): Tensor {
  const op = "random.permutation";
  begin();
  checkOptions(op, options, ["key", "axis"]);
  settle();
  const keys = options?.key === undefined || options.key === null ? [] : [tensorHandle(op, options.key)];
  const [name, tensors, number] =
    typeof x === "number"
      ? (["permutationOf", keys, x] as const)
      : (["permutation", [tensorHandle(op, x), ...keys], options?.axis ?? 0] as const);
  return new Tensor(core.formula(name, "", Uint32Array.from(tensors), Float64Array.of(number)));
}
