/**
 * @file `compile`: turns a function into one whose calls are traced once per kind of arguments and served by a cache in the core
 * afterwards. Here is what a program sees of it; how a call goes is in calls.ts.
 */
import { make } from "./calls.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import type { FallbackReport, MissReport } from "./events.js";
import type { Inspection } from "./inspect.js";
import { checkOpen, type DynamicDims } from "./open.js";
import { capture } from "./state.js";
import type { StateTree } from "./tree.js";

/** A function that `compile` takes: any; `never[]` is what every function's parameters accept. */
export type AnyFunction = (...args: never[]) => unknown;

/** Options of `compile`. */
export interface CompileOptions {
  /**
   * Containers that the function reads, beside its arguments: objects, arrays, Maps, modules, registered classes, however nested. Later
   * changes of the tensors in them are seen; a function that changes them all the same runs eagerly. Tensors in frozen containers are
   * constants.
   */
  readonly inputs?: StateTree;
  /** Containers that the function changes; what was there before is an input as well. */
  readonly outputs?: StateTree;
  /** Containers that the function reads and changes. */
  readonly state?: StateTree;
  /**
   * One entry serves tensors of all sizes; rank, dtype and structure still have entries of their own. What the function decided by
   * looking at a size holds for every call: one for which it does not is a `ShapeGuardError`. `x.dim(i)` and whole shapes leave sizes
   * open, `x.shape[i]` fixes one.
   */
  readonly shapeless?: boolean;
  /** Names single sizes that one entry leaves open; where the function took such a size for granted, another one traces it anew. */
  readonly dynamicDims?: DynamicDims;
  /** Throw `FullgraphError` where the function cannot be one graph; by default it then runs eagerly, with a warning. */
  readonly fullgraph?: boolean;
  /** Arguments (all, or these positions) whose tensors the call uses up: they throw when they are used again. */
  readonly donate?: boolean | readonly number[];
  /** How many entries to keep, the least recently used out first; 64 by default, 0 keeps none, Infinity all. */
  readonly maxCacheSize?: number;
  /** The name in errors, events and statistics; that of the function by default. */
  readonly name?: string;
  /** What to do when a call after the first finds no entry: nothing (default), a warning, an error, or a call of this function. */
  readonly onRecompile?: "ignore" | "warn" | "throw" | ((why: MissReport) => void);
}

/** What the calls of a compiled function came to. Functions compiled from the same function with the same options share it. */
export class CompilationStats {
  /** Calls served by an entry. */
  declare readonly hits: number;
  /** Calls for which an entry was built and run. */
  declare readonly misses: number;
  /** Calls run eagerly because they cannot be compiled. */
  declare readonly fallbacks: number;
  /** Time of tracing and compiling, pipelines included, runs excluded. */
  declare readonly totalCompileTimeMs: number;
  /** Host time of hits. Beyond the first 64 every 64th is timed and stands for the others. */
  declare readonly totalCachedExecTimeMs: number;
  /** Entries now. */
  declare readonly cacheSize: number;
  /** Percent of calls that were hits; 0 without calls. */
  declare readonly hitRate: number;
  /** Successful traces. */
  declare readonly traces: number;
  /** Entries that had to go. */
  declare readonly evictions: number;
  /** Entries that did not serve a call because a guard failed. */
  declare readonly guardFailures: number;
  /** Time on the GPU, where it is measured. */
  declare readonly gpuTimeMs?: number;

  /** @internal */
  constructor(parts: Partial<CompilationStats>) {
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

/** An entry of a cache. */
export interface CacheEntry {
  /** The same as in events. */
  readonly id: number;
  /** The key, byte for byte, in hexadecimal. */
  readonly key: string;
  /** The key as a person would write it. */
  readonly signature: string;
  /** Calls that it served after the first. */
  readonly hits: number;
  /** Time of tracing and compiling it. */
  readonly compileMs: number;
  /** Kernels of one call. */
  readonly kernels: number;
  /** Bytes that it holds: captured constants and temporaries. */
  readonly bytes: number;
  /** What it takes for granted of the sizes that its key leaves open, such as `batch == 3 (value)`. */
  readonly guards: readonly string[];
  /** What its ops ask of those sizes in any case, compiled or not, such as `s1 == 8 (Linear)`. */
  readonly rules: readonly string[];
}

/** A compiled function: called like the original. */
export type CompiledFunction<F extends AnyFunction = AnyFunction> = F & {
  /** What the calls came to. */
  readonly stats: CompilationStats;
  /** The options that it was compiled with. */
  readonly options: CompileOptions;
  /** The original function. */
  readonly fn: F;
  /** Its name. */
  readonly name: string;
  /** Why the last call that found no entry found none. */
  readonly lastMiss?: MissReport;
  /** Why a call ran eagerly the last time. */
  readonly lastFallback?: FallbackReport;
  /** Forgets every entry and frees what they hold; the statistics stay. */
  clearCache(): void;
  /** Traces, compiles and creates pipelines for these arguments without running. */
  warmup(...args: Parameters<F>): Promise<void>;
  /** The entries, most recent first. */
  cache(): CacheEntry[];
  /** Every stage of the compilation for these arguments. Does not run them and does not change the statistics. */
  inspect(...args: Parameters<F>): Inspection;
};

/** How a compiled function is measured; see profile.ts. */
export const profilers = new WeakMap<object, (args: unknown[], repeats: number) => Promise<string>>();

const KNOWN = ["inputs", "outputs", "state", "shapeless", "dynamicDims", "fullgraph", "maxCacheSize", "donate", "name", "onRecompile"];
export const ANONYMOUS = "anonymous";

/** Compiles a function. The first call with new shapes, dtypes, structure or constants traces it; the others reuse the kernels. */
export function compile<F extends AnyFunction>(fn: F, options?: CompileOptions): CompiledFunction<F>;
/** The same with the options first: `compile({ name: "step" })(fn)`. */
export function compile(
  options: CompileOptions,
): <F extends AnyFunction>(fn: F, context?: ClassMethodDecoratorContext) => CompiledFunction<F>;
/** As a decorator of a method. */
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
  const { maxCacheSize, onRecompile, fullgraph, donate, name: given } = options;
  if (fullgraph !== undefined && typeof fullgraph !== "boolean")
    throw new CompileArgumentError(op, `fullgraph is ${describe(fullgraph)}`, "It must be true or false.");
  if (
    donate !== undefined &&
    typeof donate !== "boolean" &&
    !(Array.isArray(donate) && donate.every((at) => Number.isInteger(at) && at >= 0))
  ) {
    throw new CompileArgumentError(op, `donate is ${describe(donate)}`, "It must be true, false or an array of positions of arguments.");
  }
  capture(op, options);
  checkOpen(op, options.shapeless, options.dynamicDims);
  if (
    maxCacheSize !== undefined &&
    !(typeof maxCacheSize === "number" && maxCacheSize >= 0 && (Number.isInteger(maxCacheSize) || maxCacheSize === Infinity))
  ) {
    throw new CompileArgumentError(
      op,
      `maxCacheSize is ${describe(maxCacheSize)}`,
      "It must be a whole number that is not negative, or Infinity.",
    );
  }
  if (onRecompile !== undefined && typeof onRecompile !== "function" && !["ignore", "warn", "throw"].includes(onRecompile)) {
    throw new CompileArgumentError(op, `onRecompile is ${describe(onRecompile)}`, 'It may be "ignore", "warn", "throw" or a function.');
  }
  if (given !== undefined && typeof given !== "string")
    throw new CompileArgumentError(op, `the name is ${describe(given)}`, "It must be a string.");
  return options;
}
