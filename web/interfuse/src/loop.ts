/**
 * @file Loops whose body is compiled once, however often it runs: `scan` along the first axis of tensors, and `fori` so many times.
 * Here trees are taken apart and put together; what a loop is is the core's.
 */
import { begin } from "./apply.js";
import { core, state } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { checkOptions } from "./options.js";
import { Tensor, whileTracing, wrapAll } from "./tensor.js";
import { flatten, rebuilder, type Tree } from "./tree.js";
import { want } from "./parts.js";

want("training");

/** Calls a body on placeholders and ends the recording with what it gives. */
function record<T>(op: string, carries: Uint32Array, stacked: Uint32Array, length: number | undefined, work: (token: number, placeholders: Tensor[]) => T): T {
  begin();
  return whileTracing(op, () => {
    const answer = core.beginLoop(op, carries, stacked, length);
    try {
      return work(answer[0]!, wrapAll(answer.subarray(1)));
    } finally {
      if (state === "ready") core.abortLoop(answer[0]!);
    }
  });
}

function checkBody(op: string, fn: unknown): void {
  if (typeof fn !== "function") throw new CompileArgumentError(op, `the body must be a function, got ${describe(fn)}`);
}

/**
 * Runs `fn(carry, x) => [carry, y]` along the first axis of `xs`, from `init`; gives the last carry and the results, stacked. Trees all
 * of them. The body is called once, on placeholders. Without `xs` (null) the option `length` says how often it runs.
 */
export function scan<C extends Tree, X extends Tree, Y extends Tree>(fn: (carry: C, x: X) => readonly [C, Y], init: C, xs: X, options?: { readonly length?: number }): [C, Y] {
  const op = "scan";
  checkBody(op, fn);
  checkOptions(op, options, ["length"]);
  const carries = flatten(op, "the carry", "init", [init]).handles.slice();
  const stacked = flatten(op, "what is gone along", "xs", [xs]).handles.slice();
  return record(op, carries, stacked, options?.length, (token, placeholders) => {
    const carry = rebuilder(init)(placeholders.slice(0, carries.length)) as C;
    const slice = rebuilder(xs)(placeholders.slice(carries.length)) as X;
    const result: unknown = fn(carry, slice);
    if (!Array.isArray(result) || result.length !== 2) {
      throw new CompileArgumentError(op, `the body returned ${describe(result)}`, "Return [carry, y]; y may be null.");
    }
    const [next, given] = result as [C, Y];
    const handed = flatten(op, "the carry", "carry", [next]).handles.slice();
    const made = wrapAll(core.finishLoop(token, handed, flatten(op, "results", "y", [given]).handles));
    return [rebuilder(next)(made.slice(0, handed.length)) as C, rebuilder(given)(made.slice(handed.length)) as Y];
  });
}

/** Runs `fn(i, carry) => carry` for i = 0, 1, ... below `count` (an int32 scalar); gives the last carry. */
export function fori<C extends Tree>(count: number, fn: (i: Tensor, carry: C) => C, init: C): C {
  const op = "fori";
  checkBody(op, fn);
  const first = new Tensor(core.full(new Float64Array(0), 0, 0, "int32"));
  const carries = [...flatten(op, "the carry", "init", [init]).handles, first._handle];
  return record(op, Uint32Array.from(carries), new Uint32Array(0), count, (token, placeholders) => {
    const step = placeholders.at(-1)!;
    const next = fn(step, rebuilder(init)(placeholders.slice(0, -1)) as C);
    const handed = flatten(op, "the carry", "carry", [next]).handles.slice();
    const made = wrapAll(core.finishLoop(token, Uint32Array.from([...handed, step.add(1)._handle]), new Uint32Array(0)));
    return rebuilder(next)(made.slice(0, handed.length)) as C;
  });
}
