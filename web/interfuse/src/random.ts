/**
 * @file Random numbers from keys: the same key gives the same numbers on every device. Without a key one is drawn from the realm's
 * generator, whose state is `random.state`; a compiled function that draws so must capture it.
 */
import { tensorHandle } from "./apply.js";
import { core } from "./core.js";
import type { ShapeLike } from "./dim.js";
import { settle, start } from "./generator.js";
import { permutation as permutationBelow, permutationOf } from "./inner.gen.js";
import { checkOptions, numberOf } from "./options.js";
import { ALWAYS_WRITTEN, isPlacing } from "./state.js";
import { Tensor } from "./tensor.js";

export * from "./random.gen.js";

/** Sizes of the result; none make a scalar. */
export type RandomShape = ShapeLike;

/** Starts the generator anew. */
export function seed(seed: number): void {
  numberOf("random.seed", "the seed", seed);
  start(seed);
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

/** 0, 1, ... below n in random order (uint32), or the slices of a tensor along an axis in random order. */
export function permutation(x: number | Tensor, options?: { readonly key?: Tensor | null; readonly axis?: number }): Tensor {
  const op = "random.permutation";
  checkOptions(op, options, ["key", "axis"]);
  settle();
  return typeof x === "number" ? permutationBelow(x, options?.key) : permutationOf(x, options?.axis ?? 0, options?.key);
}
