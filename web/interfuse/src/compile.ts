/**
 * @file `compile`: turns a function into one whose calls are traced once per kind of arguments and served by a cache in the core
 * afterwards. This file has the public types and checks the options; calls.ts runs the calls.
 */
import { make } from "./calls.js";
import { checkStoreOptions, storeOptions, type StoreOptions } from "./compile.gen.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import type { Inspection } from "./inspect.js";
import { callable, check as checkKind, flag, type Kind } from "./options.js";
import { capture } from "./state.js";
import type { StateTree } from "./tree.js";
import type { CacheEntry, FallbackReport, MissReport, StatsView } from "./views.gen.js";

/** A function that `compile` accepts: any function. (Every function type is assignable to one with parameters `never[]`.) */
export type AnyFunction = (...args: never[]) => unknown;

/** Options of `compile`. */
export interface CompileOptions extends StoreOptions {
  /**
   * Containers that the function reads besides its arguments: objects, arrays, Maps, modules and registered classes, nested in any way.
   * Later calls see changes of the tensors in them. A function that changes them nevertheless runs eagerly. Tensors in frozen containers
   * are constants.
   */
  readonly inputs?: StateTree;
  /** Containers that the function changes. Their former tensors are inputs as well. */
  readonly outputs?: StateTree;
  /** Containers that the function reads and changes. */
  readonly state?: StateTree;
  /** Arguments (all, or the positions in an array) whose tensors the call uses up; they throw when they are used again. None by default. */
  readonly donate?: boolean | readonly number[];
  /** The name in errors, events and statistics; by default the name of the function. */
  readonly name?: string;
  /** What happens when a call after the first finds no entry: nothing (default), a warning, a `CompileArgumentError`, or a callback. */
  readonly onRecompile?: "ignore" | "warn" | "throw" | ((why: MissReport) => void);
}

export interface CompilationStats extends StatsView {}

/** Counts and times of the calls of a compiled function. Functions compiled from the same function with the same options share them. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor sets every field.
export class CompilationStats {
  /** @internal */
  constructor(parts: Partial<StatsView>) {
    const zero = {
      hits: 0,
      misses: 0,
      fallbacks: 0,
      totalCompileTimeMs: 0,
      totalCachedExecTimeMs: 0,
      cacheSize: 0,
      hitRate: 0,
      traces: 0,
      evictions: 0,
      guardFailures: 0,
    };
    Object.assign(this, zero, parts);
  }

  toString(): string {
    return `CompilationStats(hits=${this.hits}, misses=${this.misses}, fallbacks=${this.fallbacks}, hitRate=${this.hitRate.toFixed(1)}%)`;
  }
}

/** A compiled function. It is called like the original and returns without waiting for the device. */
export type CompiledFunction<F extends AnyFunction = AnyFunction> = F & {
  /** Counts and times of the calls. */
  readonly stats: CompilationStats;
  /** The options that it was compiled with. */
  readonly options: CompileOptions;
  /** The original function. */
  readonly fn: F;
  /** Its name. */
  readonly name: string;
  /** Why the last miss found no entry. */
  readonly lastMiss?: MissReport;
  /** Why the last fallback ran eagerly. */
  readonly lastFallback?: FallbackReport;
  /** Drops every entry and frees its memory. The statistics stay. */
  clearCache(): void;
  /** Traces, compiles and creates pipelines for these arguments. Does not run the kernels. */
  warmup(...args: Parameters<F>): Promise<void>;
  /** The entries, most recent first. */
  cache(): CacheEntry[];
  /** Every stage of the compilation for these arguments. Does not run the kernels and does not change the statistics. */
  inspect(...args: Parameters<F>): Inspection;
};

/** How a compiled function is inspected as if something were otherwise; see whatif.ts. */
export const inspectors = new WeakMap<object, (args: unknown[], whatIf: Int32Array<ArrayBuffer>, schedules: string) => Inspection>();

/** How a compiled function is measured; see profile.ts. */
export const profilers = new WeakMap<object, (args: unknown[], repeats: number) => Promise<string>>();

const CAPTURED: readonly (keyof CompileOptions)[] = ["inputs", "outputs", "state"];
/** What the package does around a call, and what may be said of it. */
const OWN = {
  donate: {
    holds: (value) => flag.holds(value) || (Array.isArray(value) && value.every((at) => Number.isInteger(at) && at >= 0)),
    must: "It must be true, false or an array of positions of arguments.",
  },
  name: { holds: (value) => typeof value === "string", must: "It must be a string." },
  onRecompile: {
    holds: (value) => callable.holds(value) || ["ignore", "warn", "throw"].includes(value as string),
    must: 'It may be "ignore", "warn", "throw" or a function.',
  },
} satisfies Record<Exclude<keyof CompileOptions, keyof StoreOptions | "inputs" | "outputs" | "state">, Kind>;
const KNOWN: readonly string[] = [...CAPTURED, ...storeOptions, ...Object.keys(OWN)];
export const ANONYMOUS = "anonymous";

/**
 * Compiles a function. The first call with new shapes, dtypes, structure or constants traces it and generates kernels; later calls reuse
 * the kernels. Arguments and results are trees: tensors and constants in arrays, plain objects and registered classes. A value that the
 * function reads from outside is a constant, unless `inputs` or `state` captures its container. May be called before `init`.
 *
 * A call of the compiled function throws the errors of the function itself, and
 * - `DeviceError`: `init` was not awaited, the arguments are on different devices, or their device was lost;
 * - `LimitError`: the results need more memory than the device or `maxBytes` allows;
 * - `CompileArgumentError`: an argument is not a tree, or a tensor was disposed of or donated;
 * - `UncapturedInputError`: the function reads a tensor from outside that is also an argument;
 * - `LeakedTracerError`: an argument is a placeholder of a trace that has ended;
 * - `ShapeGuardError`, `DimMismatchError`, `FullgraphError`: see the options `shapeless`, `dynamicDims` and `fullgraph`.
 *
 * @param fn - The function. Nothing is traced before its first call.
 * @param options - See {@link CompileOptions}.
 * @returns The compiled function, with its statistics, cache and inspection.
 * @throws {CompileArgumentError} `fn` is not a function, or an option is unknown or of the wrong type.
 * @example
 * ```ts
 * const gelu = compile((x: Tensor) => x.mul(x.div(Math.SQRT2).erf().add(1)).div(2));
 * await gelu(tensor([-1, 0, 1])).data(); // Float32Array [-0.1586..., 0, 0.8413...]
 * gelu.stats.misses; // 1
 * ```
 */
export function compile<F extends AnyFunction>(fn: F, options?: CompileOptions): CompiledFunction<F>;
/** Takes the options first: `compile({ name: "step" })(fn)`, or `@compile({ name: "step" })` on a method. */
export function compile(
  options: CompileOptions,
): <F extends AnyFunction>(fn: F, context?: ClassMethodDecoratorContext) => CompiledFunction<F>;
/** Decorates a method: `@compile`. */
export function compile<F extends AnyFunction>(fn: F, context: ClassMethodDecoratorContext): CompiledFunction<F>;
export function compile(first: AnyFunction | CompileOptions, options: CompileOptions | ClassMethodDecoratorContext = {}): unknown {
  if (typeof first === "function") return make(first, isDecoration(options) ? {} : check(first.name, options));
  if (typeof first !== "object" || first === null) {
    throw new CompileArgumentError("compile", `the first argument must be a function or options, got ${describe(first)}`);
  }
  check("", first);
  return (fn: AnyFunction, context?: unknown): unknown => {
    isDecoration(context);
    if (typeof fn !== "function") throw new CompileArgumentError("compile", `the argument must be a function, got ${describe(fn)}`);
    return make(fn, check(fn.name, first));
  };
}

/** Is it what decorators get as their second argument? Only methods can be compiled. */
function isDecoration(context: unknown): context is ClassMethodDecoratorContext {
  const { kind, addInitializer } = (context ?? {}) as { kind?: unknown; addInitializer?: unknown };
  if (typeof kind !== "string" || typeof addInitializer !== "function") return false;
  if (kind !== "method") throw new CompileArgumentError("compile", `a ${kind} cannot be compiled`, "Decorate a method.");
  return true;
}

function check(name: string, options: CompileOptions): CompileOptions {
  const named: unknown = options?.name;
  const op = `compile('${typeof named === "string" ? named : name || ANONYMOUS}')`;
  if (typeof options !== "object" || options === null)
    throw new CompileArgumentError(op, `the options must be an object, got ${describe(options)}`);
  for (const key of Object.keys(options)) {
    if ((options as Record<string, unknown>)[key] === undefined || KNOWN.includes(key)) continue;
    const known = `The options are ${KNOWN.join(", ")}.`;
    throw new CompileArgumentError(op, `there is no option "${key}"`, known);
  }
  checkStoreOptions(op, options);
  capture(op, options);
  for (const [name, kind] of Object.entries(OWN)) {
    const value = options[name as keyof typeof OWN];
    if (value !== undefined) checkKind(op, name === "name" ? "the name" : name, value, kind);
  }
  return options;
}
