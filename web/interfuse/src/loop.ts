/**
 * @file Loops whose body is compiled once, however often it runs: `scan` along the first axis of tensors, and `fori` so many times.
 * Here trees are taken apart and put together; what a loop is is the core's.
 */
import { begin } from "./apply.js";
import { core, state } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError, InterfuseError } from "./errors.js";
import { full } from "./inner.gen.js";
import { callable, check, checkOptions, numberOf } from "./options.js";
import { Tensor, whileTracing, wrapAll, type DType } from "./tensor.js";
import type { Operand } from "./wire.js";
import { build, flatten, kindOf, partsOf, rebuilder, type Tree } from "./tree.js";
import { want } from "./parts.js";

want("training");

/** Calls a body on placeholders and ends the recording with what it gives. */
function record<T>(
  op: string,
  carries: Uint32Array,
  stacked: Uint32Array,
  length: number | undefined,
  work: (token: number, placeholders: Tensor[]) => T,
): T {
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

/** What a body is called on, and what becomes of what it gives; undefined when the carry has to be another. */
interface Body<T> {
  readonly stacked: Uint32Array;
  readonly length: number | undefined;
  /** More carries than those of the tree. */
  readonly more: readonly Tensor[];
  run(
    carry: unknown,
    placeholders: readonly Tensor[],
  ): { readonly next: unknown; readonly more: readonly number[]; readonly given: unknown };
  done(carry: unknown, given: unknown): T;
}

/**
 * Records a body that starts with a carry. A number in the carry that a step changes becomes a tensor, and the body is recorded again:
 * as a constant it would be that of the first step in all of them.
 */
function loop<T>(op: string, init: unknown, { stacked, length, more, run, done }: Body<T>): T {
  let start = init;
  for (;;) {
    const own = flatten(op, "the carry", "init", [start]).handles.slice();
    const carries = Uint32Array.from([...own, ...more.map((x) => x._handle)]);
    const current = start;
    const ended = record(op, carries, stacked, length, (token, placeholders): { readonly result: T } | undefined => {
      const carry = rebuilder(current)(placeholders.slice(0, own.length));
      const { next, more, given } =
        current === init ? run(carry, placeholders.slice(own.length)) : explained(op, () => run(carry, placeholders.slice(own.length)));
      flatten(op, "the carry", "carry", [next]);
      const handed: number[] = [];
      start = matched(op, current, next, "carry", handed);
      if (start !== current) return undefined;
      const results = flatten(op, "results", "y", [given]).handles;
      const made = wrapAll(core.finishLoop(token, Uint32Array.from([...handed, ...more]), results));
      return { result: done(rebuilder(current)(made.slice(0, own.length)), rebuilder(given)(made.slice(carries.length))) };
    });
    if (ended !== undefined) return ended.result;
  }
}

/** Runs a body once more, in which a number is a tensor now: JavaScript's operators would have been right for the number. */
function explained<T>(op: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof InterfuseError) || error.op !== "Tensor") throw error;
    throw new CompileArgumentError(
      op,
      "a number in the carry changes from step to step, which makes it a tensor, and JavaScript's operators cannot compute with tensors",
      "Use the ops as functions, such as add(n, 1).",
    );
  }
}

/**
 * Compares the carry that a body started with to the one it handed on, whose tensors are listed in the order of the first. Gives the
 * carry to start with: the same, or one in which numbers that changed are tensors.
 */
function matched(op: string, before: unknown, after: unknown, path: string, handed: number[]): unknown {
  const refuse = (): never => {
    throw new CompileArgumentError(
      op,
      `${path} is ${shown(before)} before a step and ${shown(after)} after it`,
      "The carry must keep its structure. Tensors and numbers may change, other constants stay as they are.",
    );
  };
  if (before instanceof Tensor) {
    const now = after instanceof Tensor ? after : before.ndim === 0 ? literal(after, before.dtype) : undefined;
    handed.push((now ?? refuse())._handle);
    return before;
  }
  if (typeof before === "number" && (typeof after === "number" || after instanceof Tensor)) {
    return Object.is(before, after)
      ? before
      : (literal(before, after instanceof Tensor ? after.dtype : common(before, after)) ?? literal(before, common(before, before)));
  }
  if (typeof before !== "object" || before === null) return Object.is(before, after) ? before : refuse();
  if (typeof after !== "object" || after === null || after instanceof Tensor) return refuse();
  const kind = kindOf(before)!;
  const [own, other] = [partsOf(before, kind), kindOf(after) === kind ? partsOf(after, kind) : refuse()];
  const places = own.keys.map((key) => other.keys.indexOf(key));
  if (own.name !== other.name || other.keys.length !== places.length || places.includes(-1) || !Object.is(own.aux, other.aux))
    return refuse();
  const values = own.values.map((value, i) =>
    matched(
      op,
      value,
      other.values[places[i]!],
      `${path}${typeof own.keys[i] === "string" ? `.${own.keys[i]}` : `[${String(own.keys[i])}]`}`,
      handed,
    ),
  );
  return values.every((value, i) => value === own.values[i] || Object.is(value, own.values[i])) ? before : build(before, kind, own, values);
}

function shown(value: unknown): string {
  if (value instanceof Tensor) return `${value.dtype}[${value.shape.join(",")}]`;
  return typeof value === "object" && value !== null && kindOf(value) === "object" ? `{${Object.keys(value).join(", ")}}` : describe(value);
}

const isInt = (value: number): boolean => Object.is(value | 0, value);

/** What two numbers are as tensors. */
function common(a: number, b: number): DType {
  return isInt(a) && isInt(b) ? "int32" : "float32";
}

/** A constant without axes; undefined when it is none of that dtype. */
function literal(value: unknown, dtype: DType): Tensor | undefined {
  const holds =
    typeof value === "number"
      ? dtype !== "bool" && (dtype !== "int32" || isInt(value)) && (dtype !== "uint32" || value >>> 0 === value)
      : typeof value === "boolean" && dtype === "bool";
  return holds ? full([], value as Operand, dtype) : undefined;
}

/**
 * Runs `fn(carry, x) => [carry, y]` along the first axis of `xs`, from `init`; gives the last carry and the results, stacked. Trees all
 * of them. The body is called once, on placeholders; once more where a number of the carry changes, which then is an int32 or float32
 * tensor from the start. Without `xs` (null) the option `length` says how often it runs.
 */
export function scan<C extends Tree, X extends Tree, Y extends Tree>(
  fn: (carry: C, x: X) => readonly [C, Y],
  init: C,
  xs: X,
  options?: { readonly length?: number },
): [C, Y] {
  const op = "scan";
  check(op, "the body", fn, callable);
  checkOptions(op, options, ["length"]);
  const stacked = flatten(op, "what is gone along", "xs", [xs]).handles.slice();
  return loop(op, init, {
    stacked,
    length: options?.length,
    more: [],
    run(carry, slices) {
      const result: unknown = fn(carry as C, rebuilder(xs)(slices) as X);
      if (!Array.isArray(result) || result.length !== 2) {
        throw new CompileArgumentError(op, `the body returned ${describe(result)}`, "Return [carry, y]; y may be null.");
      }
      const [next, given] = result as [C, Y];
      return { next, more: [], given };
    },
    done: (carry, given) => [carry as C, given as Y],
  });
}

/**
 * Runs `fn(i, carry) => carry` for i = 0, 1, ... below `count` (an int32 scalar); gives the last carry. The body is called as that of
 * `scan` is.
 */
export function fori<C extends Tree>(count: number, fn: (i: Tensor, carry: C) => C, init: C): C {
  const op = "fori";
  check(op, "the body", fn, callable);
  return loop(op, init, {
    stacked: new Uint32Array(0),
    length: numberOf(op, "the count", count),
    more: [full([], 0, "int32")],
    run(carry, [step]) {
      return { next: fn(step!, carry as C), more: [step!.add(1)._handle], given: null };
    },
    done: (carry) => carry as C,
  });
}
