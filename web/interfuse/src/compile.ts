/**
 * @file `compile`: turns a function into one whose calls are traced once per kind of arguments and served by a cache in the core
 * afterwards. Here arguments are flattened, the function is called on placeholders, and results are put together again.
 */
import { core, forms, state } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { flushEvents, parse, type MissReport } from "./events.js";
import { Inspection } from "./inspect.js";
import { checkMode } from "./mode.js";
import { whileRecording } from "./positions.js";
import { Tensor, whileTracing, wrapAll } from "./tensor.js";
import { flatten, rebuilder, type Flat } from "./tree.js";

/** A function that `compile` takes: any; `never[]` is what every function's parameters accept. */
export type AnyFunction = (...args: never[]) => unknown;

/** Options of `compile`. */
export interface CompileOptions {
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
    const zero = { hits: 0, misses: 0, fallbacks: 0, totalCompileTimeMs: 0, totalCachedExecTimeMs: 0, cacheSize: 0, hitRate: 0, traces: 0, evictions: 0, guardFailures: 0 };
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

const KNOWN = ["maxCacheSize", "name", "onRecompile"];
const PLANNED = ["inputs", "outputs", "state", "shapeless", "fullgraph", "dynamicDims", "donate"];
const DEFAULT_CACHE_SIZE = 64;
const ANONYMOUS = "anonymous";

/** First number of the core's answer to `begin`. */
const INLINE = 0;
const HIT = 1;

/** Compiles a function. The first call with new shapes, dtypes, structure or constants traces it; the others reuse the kernels. */
export function compile<F extends AnyFunction>(fn: F, options?: CompileOptions): CompiledFunction<F>;
/** The same with the options first: `compile({ name: "step" })(fn)`. */
export function compile(options: CompileOptions): <F extends AnyFunction>(fn: F) => CompiledFunction<F>;
export function compile(first: AnyFunction | CompileOptions, options: CompileOptions = {}): unknown {
  if (typeof first === "function") return make(first, check(first.name, options));
  if (typeof first !== "object" || first === null) {
    throw new CompileArgumentError("compile", `the first argument must be a function or options, got ${describe(first)}`);
  }
  check("", first);
  return (fn: AnyFunction): unknown => {
    if (typeof fn !== "function") throw new CompileArgumentError("compile", `the argument must be a function, got ${describe(fn)}`);
    return make(fn, check(fn.name, first));
  };
}

function check(name: string, options: CompileOptions): CompileOptions {
  const op = `compile('${options?.name ?? (name || ANONYMOUS)}')`;
  if (typeof options !== "object" || options === null) throw new CompileArgumentError(op, `the options must be an object, got ${describe(options)}`);
  for (const key of Object.keys(options)) {
    if ((options as Record<string, unknown>)[key] === undefined || KNOWN.includes(key)) continue;
    const known = `The options are ${KNOWN.join(", ")}.`;
    if (PLANNED.includes(key)) throw new CompileArgumentError(op, `the option "${key}" is not supported yet`, known);
    throw new CompileArgumentError(op, `there is no option "${key}"`, known);
  }
  const { maxCacheSize, onRecompile, name: given } = options;
  if (maxCacheSize !== undefined && !(typeof maxCacheSize === "number" && maxCacheSize >= 0 && (Number.isInteger(maxCacheSize) || maxCacheSize === Infinity))) {
    throw new CompileArgumentError(op, `maxCacheSize is ${describe(maxCacheSize)}`, "It must be a whole number that is not negative, or Infinity.");
  }
  if (onRecompile !== undefined && typeof onRecompile !== "function" && !["ignore", "warn", "throw"].includes(onRecompile)) {
    throw new CompileArgumentError(op, `onRecompile is ${describe(onRecompile)}`, 'It may be "ignore", "warn", "throw" or a function.');
  }
  if (given !== undefined && typeof given !== "string") throw new CompileArgumentError(op, `the name is ${describe(given)}`, "It must be a string.");
  return options;
}

/** The core's store of entries; made with the first call, because functions may be compiled before there is a core. */
class Store {
  private handle = 0;

  constructor(
    readonly name: string,
    readonly capacity: number,
  ) {}

  /** The handle; 0 before the first call. */
  get made(): number {
    return this.handle;
  }

  open(): number {
    if (this.handle === 0) {
      checkMode();
      this.handle = core.newStore(this.name, this.capacity);
      dropped.register(this, this.handle);
    }
    return this.handle;
  }
}

const dropped = new FinalizationRegistry<number>((handle) => {
  if (state === "ready") core.dropStore(handle);
});

/** Entries belong to the function and the options: compiling it again finds them. */
const stores = new WeakMap<AnyFunction, Map<string, Store>>();

function storeOf(fn: AnyFunction, options: CompileOptions): Store {
  let own = stores.get(fn);
  if (own === undefined) stores.set(fn, (own = new Map()));
  const name = options.name ?? (fn.name || ANONYMOUS);
  const capacity = options.maxCacheSize ?? DEFAULT_CACHE_SIZE;
  const key = `${capacity} ${name}`;
  let store = own.get(key);
  if (store === undefined) own.set(key, (store = new Store(name, capacity)));
  return store;
}

let nextForm = 1;

/** Remembers how results are put together; the core tells when no entry needs it any more. */
function keepForm(unflatten: (tensors: readonly Tensor[]) => unknown): number {
  const form = nextForm++;
  forms.set(form, (handles) => unflatten(wrapAll(handles, 2)));
  return form;
}

/** The results of one call of the function on placeholders. */
interface Traced {
  readonly outputs: Uint32Array;
  readonly unflatten: (tensors: readonly Tensor[]) => unknown;
}

function make(fn: AnyFunction, options: CompileOptions): unknown {
  const store = storeOf(fn, options);
  const label = `compile('${store.name}')`;
  // A function that does not say `this` does not care what it is called on, which may be any object or module that holds it.
  const usesThis = /\bthis\b/.test(Function.prototype.toString.call(fn));

  const flat = (receiver: unknown, args: unknown[]): Flat => {
    // An argument that is left out is the same as undefined.
    while (args.length > 0 && args[args.length - 1] === undefined) args.pop();
    return flatten(label, "arguments", "args", args, usesThis ? receiver : undefined);
  };

  /** The function on other tensors, in containers of its own. */
  const callOn = (receiver: unknown, args: unknown[], tensors: readonly Tensor[]): unknown => {
    if (!usesThis || receiver === undefined) return Reflect.apply(fn, undefined, rebuilder(args)(tensors) as unknown[]);
    const [copied, self] = rebuilder([args, receiver])(tensors) as [unknown[], unknown];
    return Reflect.apply(fn, self, copied);
  };

  /** Calls the function on the placeholders of a trace, which start at `from` of the answer. */
  const trace = (answer: Uint32Array, from: number, receiver: unknown, args: unknown[]): Traced => {
    const result = callOn(receiver, args, wrapAll(answer, from));
    if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") {
      (result as Promise<unknown>).then(undefined, () => undefined);
      throw new CompileArgumentError(label, "the function returned a promise", "A function that is compiled must not wait: await outside of it.");
    }
    const outputs = flatten(label, "results", "result", [result]).handles;
    return { outputs, unflatten: rebuilder(result) };
  };

  const miss = (handle: number, answer: Uint32Array, receiver: unknown, args: unknown[]): unknown => {
    const token = answer[1]!;
    let open = true;
    try {
      return whileTracing(label, () => {
        if (typeof options.onRecompile === "function" || options.onRecompile === "warn" || options.onRecompile === "throw") recompiles(token);
        const { outputs, unflatten } = trace(answer, 2, receiver, args);
        open = false;
        const results = core.finish(handle, token, outputs, keepForm(unflatten));
        return { results, unflatten };
      });
    } finally {
      if (open && state === "ready") core.abort(token);
    }
  };

  const recompiles = (token: number): void => {
    const { isFirst, report } = parse<{ isFirst: boolean; report: MissReport }>(core.missReport(token));
    if (isFirst) return;
    if (typeof options.onRecompile === "function") options.onRecompile(report);
    else if (options.onRecompile === "warn") console.warn(`${label} recompiles: ${report.reason}. ${report.hint}`);
    else throw new CompileArgumentError(label, `recompiles: ${report.reason}`, report.hint);
  };

  function compiled(this: unknown, ...args: unknown[]): unknown {
    const handle = store.open();
    const { structure, handles, tensors } = flat(this, args);
    const answer = core.begin(handle, structure, handles);
    if (answer[0] === HIT) {
      const result = forms.get(answer[1]!)!(answer);
      flushEvents();
      return result;
    }
    if (answer[0] === INLINE) return callOn(this, args, tensors);
    const { results, unflatten } = miss(handle, answer, this, args) as { results: Uint32Array; unflatten: Traced["unflatten"] };
    const result = unflatten(wrapAll(results));
    flushEvents();
    return result;
  }

  const warmup = async (...args: unknown[]): Promise<void> => {
    const handle = store.open();
    const { structure, handles } = flat(undefined, args);
    const answer = core.beginWarmup(handle, structure, handles);
    if (answer.length === 0) return;
    const token = answer[0]!;
    let open = true;
    try {
      const ready = whileTracing(label, () => {
        const { outputs, unflatten } = trace(answer, 1, undefined, args);
        open = false;
        return core.finishWarmup(handle, token, outputs, keepForm(unflatten));
      });
      await ready;
    } finally {
      if (open && state === "ready") core.abort(token);
      flushEvents();
    }
  };

  const inspect = (...args: unknown[]): Inspection => {
    const handle = store.open();
    const { structure, handles } = flat(undefined, args);
    const answer = core.beginInspect(handle, structure, handles);
    const token = answer[0]!;
    let open = true;
    try {
      return whileTracing(label, () => {
        const { outputs } = whileRecording(() => trace(answer, 1, undefined, args));
        open = false;
        const [json, dot] = core.finishInspect(handle, token, outputs);
        return new Inspection(json!, dot!);
      });
    } finally {
      if (open && state === "ready") core.abort(token);
    }
  };

  const profile = async (args: unknown[], repeats: number): Promise<string> => {
    const handle = store.open();
    const { structure, handles } = flat(undefined, args);
    const answer = core.beginInspect(handle, structure, handles);
    const token = answer[0]!;
    let open = true;
    try {
      const measured = whileTracing(label, () => {
        const { outputs } = trace(answer, 1, undefined, args);
        open = false;
        return core.finishProfile(handle, token, outputs, repeats) as Promise<string>;
      });
      return await measured;
    } finally {
      if (open && state === "ready") core.abort(token);
      flushEvents();
    }
  };

  const hidden = (value: unknown): PropertyDescriptor => ({ value, configurable: true });
  Object.defineProperties(compiled, {
    name: hidden(fn.name),
    length: hidden(fn.length),
    toString: hidden(() => Function.prototype.toString.call(fn)),
    fn: hidden(fn),
    options: hidden(Object.freeze({ ...options })),
    stats: { get: () => new CompilationStats(store.made === 0 ? {} : parse<Partial<CompilationStats>>(core.stats(store.made))), configurable: true },
    lastMiss: { get: () => (store.made === 0 ? undefined : parse<MissReport | undefined>(core.lastMiss(store.made))), configurable: true },
    clearCache: hidden(() => {
      if (store.made !== 0) core.clearStore(store.made);
    }),
    cache: hidden(() => (store.made === 0 ? [] : parse<CacheEntry[]>(core.entries(store.made)))),
    warmup: hidden(warmup),
    inspect: hidden(inspect),
  });
  profilers.set(compiled, profile);
  return compiled;
}
