/**
 * @file Transforms: `grad`, `valueAndGrad`, `vjp`, `jvp`, `vmap`, `checkpoint`, `customFunction`. Here arguments are
 * flattened, the function is called on placeholders, and results are put together; what is done with them is the core's.
 */
import type { AnyFunction } from "./compile.js";
import { core, state } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { flushEvents } from "./events.js";
import { checkOptions } from "./options.js";
import { Tensor, whileTracing, wrapAll } from "./tensor.js";
import { checkDepth, flatten, rebuilder, type Flat, type Tree } from "./tree.js";
import { want } from "./parts.js";

want("training");

/** Which arguments to differentiate by: one (0 without), or several. */
export type Argnums = number | readonly number[];

/** The gradients that go with `argnums`: trees like the arguments. */
export type GradientsOf<F extends AnyFunction, N extends Argnums> = N extends number
  ? Parameters<F>[N]
  : { -readonly [K in keyof N]: N[K] extends number ? Parameters<F>[N[K]] : never };

/** Options of `grad`. */
export interface GradOptions<N extends Argnums = Argnums> {
  /** The argument to differentiate by, counted from 0, or several; 0 by default. Negative ones count from the end. */
  readonly argnums?: N;
}

/** Options of `valueAndGrad`. */
export interface ValueAndGradOptions<N extends Argnums = Argnums> extends GradOptions<N> {
  /** The function returns `[value, ...more]`, and only the value is differentiated. */
  readonly hasAux?: boolean;
}

/** Axes that count the examples of a batch: one for all tensors of a tree, none (null), or a tree of them in the tree's form. */
export type BatchAxes = number | null | readonly BatchAxes[] | { readonly [key: string]: BatchAxes };

/** Options of `vmap`. */
export interface VmapOptions {
  /** Of the arguments: one for all, or an array with an entry for each; 0 by default. null: all examples share it. */
  readonly inAxes?: BatchAxes;
  /** Of the results; 0 by default. */
  readonly outAxes?: BatchAxes;
}

/** The gradient of a function of one's own. */
export interface CustomGradient<F extends AnyFunction> {
  /** Gives the cotangents of the arguments (in their form) from the arguments, the cotangents of the results, and the results. */
  readonly vjp: (primals: Parameters<F>, cotangents: ReturnType<F>, results: ReturnType<F>) => Tree;
}

function nameOf(op: string, fn: unknown): string {
  if (typeof fn !== "function") throw new CompileArgumentError(op, `the first argument must be a function, got ${describe(fn)}`);
  return fn.name || "anonymous";
}

/** Looks like the original: its name, its number of parameters. */
function like<F>(fn: AnyFunction, made: F): F {
  return Object.defineProperties(made, {
    name: { value: fn.name, configurable: true },
    length: { value: fn.length, configurable: true },
  }) as F;
}

/** Calls a function that must not be asynchronous. */
function call(label: string, fn: AnyFunction, receiver: unknown, args: unknown): unknown {
  const result: unknown = Reflect.apply(fn, receiver, args as never[]);
  if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") {
    (result as Promise<unknown>).then(undefined, () => undefined);
    throw new CompileArgumentError(
      label,
      "the function returned a promise",
      "A function that is transformed must not wait: await outside of it.",
    );
  }
  return result;
}

const results = (label: string, result: unknown): Flat => flatten(label, "results", "result", [result]);

/** Records: `begin` gives a token and more, `work` ends the recording with one of the core's `finish` functions or throws. */
function record<T>(label: string, begin: () => Uint32Array, work: (token: number, answer: Uint32Array) => T): T {
  return whileTracing(label, () => {
    const answer = begin();
    try {
      return work(answer[0]!, answer);
    } finally {
      if (state === "ready") core.abortRecording(answer[0]!);
    }
  });
}

/** The tensors to call with: placeholders where there are, else those of the call. */
function placed(answer: Uint32Array, tensors: readonly Tensor[]): Tensor[] {
  return tensors.map((tensor, i) => (answer[i + 1] === 0 ? tensor : new Tensor(answer[i + 1]!)));
}

function differentiator(
  op: "grad" | "valueAndGrad",
  fn: AnyFunction,
  options: ValueAndGradOptions,
): (receiver: unknown, args: unknown[]) => [unknown, unknown] {
  const name = nameOf(op, fn);
  checkOptions(op, options, op === "grad" ? ["argnums"] : ["argnums", "hasAux"]);
  const label = `${op}('${name}')`;
  const argnums = options.argnums ?? 0;
  const list: readonly number[] = typeof argnums === "number" ? [argnums] : argnums;
  if (!Array.isArray(list) || list.length === 0 || list.some((argnum) => typeof argnum !== "number")) {
    throw new CompileArgumentError(label, `argnums is ${describe(argnums)}`, "It must be the number of an argument, or an array of such.");
  }
  const hasAux = options.hasAux ?? false;
  return (receiver, args) => {
    const { structure, handles, tensors } = flatten(label, "arguments", "args", args);
    const begin = (): Uint32Array => core.beginDerivative(op, name, structure, handles, Float64Array.from(list));
    const [answer, result] = record(label, begin, (token, begun) => {
      const result = call(label, fn, receiver, rebuilder(args)(placed(begun, tensors)));
      const value: unknown = hasAux && Array.isArray(result) ? result[0] : result;
      if (!(value instanceof Tensor) || (hasAux && !Array.isArray(result))) {
        const wanted = hasAux ? "an array whose first element is the tensor to differentiate" : "the scalar tensor to differentiate";
        throw new CompileArgumentError(
          label,
          `the function returned ${describe(value)}`,
          `Return ${wanted}${hasAux ? "" : ", or say hasAux: true in valueAndGrad where it returns [value, ...more]"}.`,
        );
      }
      return [core.finishGrad(token, results(label, result).handles), result] as const;
    });
    const made = wrapAll(answer);
    const count = results(label, result).handles.length;
    const wanted = list.map((argnum) => args[argnum < 0 ? argnum + args.length : argnum]);
    const gradients = rebuilder(wanted)(made.slice(count)) as unknown[];
    flushEvents();
    return [rebuilder(result)(made.slice(0, count)), typeof argnums === "number" ? gradients[0] : gradients];
  };
}

/**
 * The gradient of a function that returns a scalar: a function of the same arguments that gives, for the arguments that `argnums` names,
 * trees of their form. Works inside and around `compile` and the other transforms, as often as one likes.
 */
export function grad<F extends AnyFunction, const N extends Argnums = 0>(
  fn: F,
  options: GradOptions<N> = {},
): (...args: Parameters<F>) => GradientsOf<F, N> {
  const differentiate = differentiator("grad", fn, options);
  return like(fn, function (this: unknown, ...args: unknown[]) {
    const [value, gradients] = differentiate(this, args);
    // Nobody will ask for the value.
    (value as Tensor).dispose();
    return gradients as GradientsOf<F, N>;
  });
}

/** What a function returns, and its gradient: `[value, gradients]`. With `hasAux` the function returns `[value, ...more]`. */
export function valueAndGrad<F extends AnyFunction, const N extends Argnums = 0>(
  fn: F,
  options: ValueAndGradOptions<N> = {},
): (...args: Parameters<F>) => [ReturnType<F>, GradientsOf<F, N>] {
  const differentiate = differentiator("valueAndGrad", fn, options);
  return like(fn, function (this: unknown, ...args: unknown[]) {
    return differentiate(this, args) as [ReturnType<F>, GradientsOf<F, N>];
  });
}

/** Derivatives in one direction or the other, with something for every result or for every argument. */
function derivative(op: "vjp" | "jvp", fn: AnyFunction, primals: readonly unknown[], others: unknown): [unknown, unknown] {
  const name = nameOf(op, fn);
  const label = `${op}('${name}')`;
  if (!Array.isArray(primals))
    throw new CompileArgumentError(label, `the primals are ${describe(primals)}`, "They must be an array of the function's arguments.");
  const given = flatten(label, op === "vjp" ? "cotangents" : "tangents", "result", [others]);
  const { structure, handles, tensors } = flatten(label, "primals", "args", primals as unknown[]);
  const begin = (): Uint32Array => core.beginDerivative(op, name, structure, handles, undefined);
  const [answer, result] = record(label, begin, (token, begun) => {
    const result = call(label, fn, undefined, rebuilder(primals)(placed(begun, tensors)));
    const outputs = results(label, result).handles;
    return [op === "vjp" ? core.finishVjp(token, outputs, given.handles) : core.finishJvp(token, outputs, given.handles), result] as const;
  });
  const made = wrapAll(answer);
  const count = results(label, result).handles.length;
  const rest = made.slice(count);
  flushEvents();
  return [rebuilder(result)(made.slice(0, count)), rebuilder(op === "vjp" ? primals : result)(rest)];
}

/** Calls the function and pulls cotangents of its results back: `[results, cotangents of the primals]`. */
export function vjp<F extends AnyFunction>(fn: F, primals: Parameters<F>, cotangents: Tree): [ReturnType<F>, Parameters<F>] {
  return derivative("vjp", fn, primals, cotangents) as [ReturnType<F>, Parameters<F>];
}

/** Calls the function and pushes tangents of its arguments forward: `[results, tangents of the results]`. */
export function jvp<F extends AnyFunction>(fn: F, primals: Parameters<F>, tangents: Parameters<F>): [ReturnType<F>, ReturnType<F>] {
  return derivative("jvp", fn, primals, tangents) as [ReturnType<F>, ReturnType<F>];
}

/** One axis per tensor of a tree; NaN for none. */
function axesOf(label: string, what: string, axes: unknown, tree: unknown, into: number[], depth = 0): void {
  checkDepth(label, depth);
  if (typeof axes === "number" || axes === null) {
    for (let left = flatten(label, "arguments", "args", [tree]).tensors.length; left > 0; left--) into.push(axes ?? NaN);
    return;
  }
  if (Array.isArray(axes) && Array.isArray(tree) && axes.length === tree.length) {
    tree.forEach((part, i) => axesOf(label, what, axes[i], part, into, depth + 1));
    return;
  }
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Tensor);
  if (isObject(axes) && isObject(tree)) {
    for (const [key, part] of Object.entries(tree)) axesOf(label, what, axes[key], part, into, depth + 1);
    return;
  }
  throw new CompileArgumentError(
    label,
    `${what} has ${describe(axes)} where there is ${describe(tree)}`,
    "It must be an axis, null, or a tree of axes in the form of what they are for.",
  );
}

/** A function of one example as a function of many. */
export function vmap<F extends AnyFunction>(fn: F, options: VmapOptions = {}): F {
  const name = nameOf("vmap", fn);
  checkOptions("vmap", options, ["inAxes", "outAxes"]);
  const label = `vmap('${name}')`;
  return like(fn, function (this: unknown, ...args: unknown[]) {
    const inAxes: number[] = [];
    axesOf(label, "inAxes", options.inAxes === undefined ? 0 : options.inAxes, args, inAxes);
    const { structure, handles } = flatten(label, "arguments", "args", args);
    const begin = (): Uint32Array => core.beginBatch(name, structure, handles, Float64Array.from(inAxes));
    const [answer, result] = record(label, begin, (token, begun) => {
      const result = call(label, fn, this, rebuilder(args)(wrapAll(begun, 1)));
      const outAxes: number[] = [];
      axesOf(label, "outAxes", options.outAxes === undefined ? 0 : options.outAxes, result, outAxes);
      return [core.finishBatch(token, results(label, result).handles, Float64Array.from(outAxes)), result] as const;
    });
    flushEvents();
    return rebuilder(result)(wrapAll(answer));
  }) as unknown as F;
}

/** The same function, whose gradient computes its intermediate values again instead of keeping them: less memory, more work. */
export function checkpoint<F extends AnyFunction>(fn: F): F {
  const name = nameOf("checkpoint", fn);
  const label = `checkpoint('${name}')`;
  return like(fn, function (this: unknown, ...args: unknown[]) {
    const { handles } = flatten(label, "arguments", "args", args);
    const [answer, result] = record(
      label,
      () => core.beginCall("checkpoint", name, handles),
      (token, begun) => {
        const result = call(label, fn, this, rebuilder(args)(wrapAll(begun, 1)));
        return [core.finishRecompute(token, results(label, result).handles), result] as const;
      },
    );
    flushEvents();
    return rebuilder(result)(wrapAll(answer));
  }) as unknown as F;
}

/** A function with a gradient of its own, which is used instead of differentiating the function. */
export function customFunction<F extends AnyFunction>(fn: F, gradient: CustomGradient<F>): F {
  const name = nameOf("customFunction", fn);
  const label = `customFunction('${name}')`;
  checkOptions(label, gradient, ["vjp"]);
  if (typeof gradient?.vjp !== "function")
    throw new CompileArgumentError(
      label,
      `the gradient is ${describe(gradient?.vjp)}`,
      "Give { vjp: (primals, cotangents, results) => gradients }.",
    );
  return like(fn, function (this: unknown, ...args: unknown[]) {
    const { handles } = flatten(label, "arguments", "args", args);
    const [answer, result] = record(
      label,
      () => core.beginCall("customFunction", name, handles),
      (first, begun) => {
        const result = call(label, fn, this, rebuilder(args)(wrapAll(begun, 1)));
        const answer = record(
          label,
          () => core.beginGradient(first, results(label, result).handles),
          (token, placeholders) => {
            const [primals, values, cotangents] = rebuilder([args, result, result])(wrapAll(placeholders, 1)) as [
              unknown,
              unknown,
              unknown,
            ];
            const gradients = call(label, gradient.vjp as AnyFunction, undefined, [primals, cotangents, values]);
            return core.finishCustom(token, flatten(label, "gradients", "result", [gradients]).handles);
          },
        );
        return [answer, result] as const;
      },
    );
    flushEvents();
    return rebuilder(result)(wrapAll(answer));
  }) as unknown as F;
}
