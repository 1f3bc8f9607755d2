/** @file Explicit work and explicit lifetimes: `evaluate`, `synchronize`, `scope`. */
import { core } from "./core.js";
import { CompileArgumentError } from "./errors.js";
import { flushEvents } from "./events.js";
import { callable, check } from "./options.js";
import { type Tensor, whileScoped } from "./tensor.js";
import { flatten, tensorsIn } from "./tree.js";

/** Submits now what these trees of tensors need, without waiting for it. */
export function evaluate(...trees: readonly unknown[]): void {
  core.evaluate(flatten("evaluate", "arguments", "args", trees).handles);
  flushEvents();
}

/** Resolves when the device has done everything that was asked for before. */
export function synchronize(): Promise<void> {
  return core.synchronize() as Promise<void>;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** Calls `fn` and frees the tensors that it made, but those in its result. `fn` must be synchronous. */
function scopeSync<T>(fn: () => T): T {
  check("scope", "the argument", fn, callable);
  return whileScoped(fn, (result) => {
    if (isThenable(result)) {
      result.then(undefined, () => undefined);
      throw new CompileArgumentError(
        "scope",
        "the function returned a promise",
        "A scope ends when the function returns: use scope.async, and own(...) for what it is to free.",
      );
    }
    return tensorsIn("scope", [result]);
  });
}

/**
 * Calls an asynchronous `fn` and, when its promise settles, frees the tensors that went through `own`, but those in its result.
 * `own` takes a tree and gives it back.
 */
async function scopeAsync<T>(fn: (own: <U>(x: U) => U) => Promise<T>): Promise<T> {
  check("scope.async", "the argument", fn, callable);
  const owned = new Set<Tensor>();
  try {
    const result = await fn((x) => {
      for (const tensor of tensorsIn("scope.async", [x])) owned.add(tensor);
      return x;
    });
    for (const tensor of tensorsIn("scope.async", [result])) owned.delete(tensor);
    return result;
  } finally {
    for (const tensor of owned) tensor.dispose();
  }
}

export const scope: { <T>(fn: () => T): T; async: typeof scopeAsync } = /* @__PURE__ */ Object.assign(scopeSync, { async: scopeAsync });
