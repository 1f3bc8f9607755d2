/**
 * @file A call of a compiled function: arguments are flattened, the core finds an entry or starts a trace, the function runs on
 * placeholders or, where it cannot be traced, as it is, and results are put together again. Whatever way a call goes, the function gets
 * containers of its own for its arguments.
 */
import { putStoreOptions, withDefaults, type StoreOptions } from "./compile.gen.js";
import { ANONYMOUS, CompilationStats, profilers, type AnyFunction, type CompileOptions } from "./compile.js";
import { core, failures, forms, state, type FormOf } from "./core.js";
import { CompileArgumentError, FullgraphError } from "./errors.js";
import { flushEvents, parse } from "./events.js";
import { Inspection } from "./inspect.js";
import { checkMode } from "./mode.js";
import { whileRecording } from "./positions.js";
import { capture, Watched, type Capture, type Changes } from "./state.js";
import { giveAway, whileTracing, wrapAll, wrapTogether, type Tensor } from "./tensor.js";
import { flatten, identity, rebuilder, type Flat } from "./tree.js";
import { need } from "./parts.js";
import { begin, end } from "./wire.js";
import type { CacheEntry, FallbackReport, MissReport } from "./views.gen.js";

/** First number of the core's answers. */
const INLINE = 0;
const HIT = 1;
const MISS = 2;
const FALLBACK = 3;

/** What a call is looked up for. */
const TO_RUN = 0;
const TO_WARM_UP = 1;
const TO_INSPECT = 2;

/** The core's store of entries; made with the first call, because functions may be compiled before there is a core. */
class Store {
  private handle = 0;
  /** The core that it is of, by how many failed before. */
  private core = 0;

  constructor(
    readonly name: string,
    private readonly options: Required<StoreOptions>,
  ) {}

  /** The handle; 0 before the first call. */
  get made(): number {
    return this.core === failures ? this.handle : 0;
  }

  open(): number {
    if (this.made === 0) {
      checkMode();
      this.core = failures;
      const first = begin("newStore");
      putStoreOptions(this.options);
      this.handle = core.newStore(this.name, first, end(first));
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

function storeOf(fn: AnyFunction, options: CompileOptions, captured: Capture | undefined): Store {
  let own = stores.get(fn);
  if (own === undefined) stores.set(fn, (own = new Map()));
  const name = options.name ?? (fn.name || ANONYMOUS);
  // A copy: the program may change its own before the first call.
  const all = structuredClone(withDefaults(options));
  const roots = captured?.roots.map(({ value, writable, name }) => `${name}${writable ? "!" : ""}${identity(value)}`) ?? [];
  const key = [JSON.stringify(all), ...roots, name].join(" ");
  let store = own.get(key);
  if (store === undefined) own.set(key, (store = new Store(name, all)));
  return store;
}

/** What a function gave when it ran on placeholders. */
interface Ran {
  /** The tensors of the results, then those that it put into the state. */
  readonly outputs: Uint32Array;
  /** How many of them are results. */
  readonly results: number;
  readonly unflatten: (tensors: readonly Tensor[]) => unknown;
  readonly changes: Changes | undefined;
}

let nextForm = 1;

/** How results are put together and the state is changed. */
function formOf({ results, unflatten, changes }: Ran): FormOf<Flat> {
  if (changes === undefined) return (answer, from) => unflatten(wrapAll(answer, from));
  return (answer, from, call) => {
    const tensors = wrapAll(answer, from, from + results);
    changes.apply(call.containers, call.tensors.slice(call.capturedFrom), wrapTogether(answer, from + results));
    return unflatten(tensors);
  };
}

/** Remembers a form by a number; the core tells when no entry needs it any more. */
function keepForm(form: FormOf<Flat>): number {
  forms.set(nextForm, form as FormOf<unknown>);
  return nextForm++;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** The compiled form of a function, with options that were checked. */
export function make(fn: AnyFunction, options: CompileOptions): unknown {
  const label = `compile('${options.name ?? (fn.name || ANONYMOUS)}')`;
  const captured = capture(label, options);
  const store = storeOf(fn, options, captured);
  // A function whose source has no `this` ignores its receiver, which may be any object or module that holds the function.
  const usesThis = /\bthis\b/.test(Function.prototype.toString.call(fn));
  const isAsync = /Async/.test(Object.prototype.toString.call(fn));
  const { donate = false } = options;

  const flat = (receiver: unknown, args: unknown[]): Flat => {
    // An argument that is left out is the same as undefined.
    while (args.length > 0 && args[args.length - 1] === undefined) args.pop();
    return flatten(label, "arguments", "args", args, usesThis ? receiver : undefined, captured?.roots);
  };

  /** The function on other tensors, in containers of its own. */
  const callOn = (receiver: unknown, args: unknown[], tensors: readonly Tensor[]): unknown => {
    if (!usesThis || receiver === undefined) return Reflect.apply(fn, undefined, rebuilder(args)(tensors) as unknown[]);
    const [copied, self] = rebuilder([args, receiver])(tensors) as [unknown[], unknown];
    return Reflect.apply(fn, self, copied);
  };

  /** Calls the function on the placeholders of a trace, which start at `from` of the answer. The state is restored afterwards. */
  const trace = (answer: Uint32Array, from: number, call: Flat, receiver: unknown, args: unknown[]): Ran => {
    const placeholders = wrapAll(answer, from);
    const watched = captured && new Watched(label, captured);
    try {
      watched?.place(call.containers, placeholders.slice(call.capturedFrom));
      const run = (): unknown => callOn(receiver, args, placeholders);
      const result = watched ? watched.while(run) : run();
      if (isThenable(result)) {
        result.then(undefined, () => undefined);
        core.breakTrace("async", label, "");
      }
      const { handles } = flatten(label, "results", "result", [result]);
      const changes = watched?.changes(call.containers);
      const outputs = changes === undefined || changes.outputs.length === 0 ? handles : Uint32Array.from([...handles, ...changes.outputs]);
      return { outputs, results: handles.length, unflatten: rebuilder(result), changes };
    } finally {
      watched?.restore();
    }
  };

  /** The function as it is, because it cannot be traced. */
  const eagerly = (handle: number, call: Flat, receiver: unknown, args: unknown[]): unknown => {
    const result = callOn(receiver, args, call.tensors);
    core.fellBack(handle);
    return result;
  };

  /** The function as a part of the one that is being traced, or with compilation off. */
  const inline = (call: Flat, receiver: unknown, args: unknown[]): unknown => {
    if (captured === undefined || !core.isTracing()) return callOn(receiver, args, call.tensors);
    const watched = new Watched(label, captured);
    try {
      return callOn(receiver, args, call.tensors);
    } finally {
      const leaked = watched.leaked();
      if (leaked !== undefined) {
        try {
          core.breakTrace("mutation", label, leaked);
        } catch (error) {
          watched.restore();
          // biome-ignore lint/correctness/noUnsafeFinally: of two errors, the one that names the leak and its remedy
          throw error;
        }
      }
    }
  };

  /** Ends a trace whose function threw. Returns when it is to run as it is. */
  const giveUp = (handle: number, token: number, error: unknown): void => {
    let eager: boolean;
    try {
      eager = core.giveUp(handle, token);
    } catch (verdict) {
      // The error itself rather than the core's account of it: it has a stack.
      if (verdict instanceof FullgraphError && error instanceof Error && error.message === (verdict.cause as Error | undefined)?.message)
        verdict.cause = error;
      throw verdict;
    }
    if (!eager) throw error;
  };

  /** Runs the function on placeholders; undefined when it is to run as it is. */
  const traced = <T>(handle: number, token: number, run: () => Ran, finish: (ran: Ran) => T): T | undefined => {
    let open = true;
    try {
      return whileTracing(label, () => {
        let ran: Ran;
        try {
          ran = run();
        } catch (error) {
          open = false;
          giveUp(handle, token, error);
          return undefined;
        }
        open = false;
        return finish(ran);
      });
    } finally {
      if (open && state === "ready") core.abort(token);
    }
  };

  const miss = (handle: number, answer: Uint32Array, call: Flat, receiver: unknown, args: unknown[]): unknown => {
    const token = answer[1]!;
    if (options.onRecompile !== undefined && options.onRecompile !== "ignore") {
      try {
        recompiles(token);
      } catch (error) {
        core.abort(token);
        throw error;
      }
    }
    const run = (): Ran => trace(answer, 2, call, receiver, args);
    const done = traced(handle, token, run, (ran) => {
      // Kept here too: an entry that is not kept takes its form along.
      const form = formOf(ran);
      return { form, results: core.finish(handle, token, ran.outputs, keepForm(form)) };
    });
    if (done === undefined || done.results[0] === FALLBACK) return eagerly(handle, call, receiver, args);
    if (options.fullgraph === true && captured !== undefined) void restoreUnlessTaken(handle, call, captured);
    return done.form(done.results, 1, call);
  };

  /** Puts captured state back if the device refuses the kernels after all: what the call put there would be errors. */
  const restoreUnlessTaken = async (handle: number, call: Flat, captured: Capture): Promise<void> => {
    const before = new Watched(label, captured);
    if (!((await core.taken(handle, call.handles)) as boolean)) before.undo();
  };

  const recompiles = (token: number): void => {
    const { isFirst, report } = parse<{ isFirst: boolean; report: MissReport }>(core.missReport(token));
    if (isFirst) return;
    if (typeof options.onRecompile === "function") options.onRecompile(report);
    else if (options.onRecompile === "warn") console.warn(`${label} recompiles: ${report.reason}. ${report.hint}`);
    else throw new CompileArgumentError(label, `recompiles: ${report.reason}`, report.hint);
  };

  /** The tensors of the arguments that are given away, each once. */
  const donated = ({ tensors, ends }: Flat): Set<Tensor> => {
    const all = new Set<Tensor>();
    ends.forEach((end, i) => {
      if (donate === true || (donate !== false && donate.includes(i)))
        for (const tensor of tensors.slice(ends[i - 1] ?? 0, end)) all.add(tensor);
    });
    return all;
  };

  function compiled(this: unknown, ...args: unknown[]): unknown {
    const handle = store.open();
    const call = flat(this, args);
    if (isAsync && !core.inlines(handle)) {
      core.refuse(handle, "async");
      return eagerly(handle, call, this, args);
    }
    const answer = core.begin(handle, call.structure, call.handles, TO_RUN);
    let result: unknown;
    if (answer[0] === HIT) result = forms.get(answer[1]!)!(answer, 2, call);
    else if (answer[0] === INLINE) result = inline(call, this, args);
    else if (answer[0] === FALLBACK) result = eagerly(handle, call, this, args);
    else result = miss(handle, answer, call, this, args);
    if (donate !== false && !core.isTracing()) giveAway(donated(call), store.name);
    flushEvents();
    return result;
  }

  const warmup = async (...args: unknown[]): Promise<void> => {
    const handle = store.open();
    const call = flat(undefined, args);
    if (isAsync) return core.refuse(handle, "async");
    const answer = core.begin(handle, call.structure, call.handles, TO_WARM_UP);
    if (answer[0] !== MISS) return;
    const token = answer[1]!;
    const run = (): Ran => trace(answer, 2, call, undefined, args);
    await traced(handle, token, run, (ran) => core.finishWarmup(handle, token, ran.outputs, keepForm(formOf(ran))));
    flushEvents();
  };

  /** Traces the function for these arguments, whatever is cached, and hands the results to `finish`. */
  const tracedFor = <T>(
    args: unknown[],
    record: (run: () => Ran) => Ran,
    finish: (handle: number, token: number, outputs: Uint32Array) => T,
  ): T => {
    const handle = store.open();
    const call = flat(undefined, args);
    const answer = core.begin(handle, call.structure, call.handles, TO_INSPECT);
    const token = answer[1]!;
    let open = true;
    try {
      return whileTracing(label, () => {
        const { outputs } = record(() => trace(answer, 2, call, undefined, args));
        open = false;
        return finish(handle, token, outputs);
      });
    } finally {
      if (open && state === "ready") core.abort(token);
    }
  };

  const inspect = (...args: unknown[]): Inspection => {
    need("gpu");
    return tracedFor(args, whileRecording, (handle, token, outputs) => {
      const [json, dot] = core.finishInspect(handle, token, outputs);
      return new Inspection(json!, dot!);
    });
  };

  const profile = async (args: unknown[], repeats: number): Promise<string> => {
    need("training");
    return tracedFor(
      args,
      (run) => run(),
      (handle, token, outputs) => core.finishProfile(handle, token, outputs, repeats) as Promise<string>,
    );
  };

  /** What the core tells as JSON, once there is a store. */
  // By name: before `init` there is no core to take a function of.
  const told = <T>(ask: "stats" | "lastMiss" | "lastFallback" | "entries"): T | undefined =>
    store.made === 0 ? undefined : parse<T | undefined>(core[ask](store.made));
  const hidden = (value: unknown): PropertyDescriptor => ({ value, configurable: true });
  const asked = (get: () => unknown): PropertyDescriptor => ({ get, configurable: true });
  Object.defineProperties(compiled, {
    name: hidden(fn.name),
    length: hidden(fn.length),
    toString: hidden(() => Function.prototype.toString.call(fn)),
    fn: hidden(fn),
    options: hidden(Object.freeze({ ...options })),
    stats: asked(() => new CompilationStats(told<Partial<CompilationStats>>("stats") ?? {})),
    lastMiss: asked(() => told<MissReport>("lastMiss")),
    lastFallback: asked(() => told<FallbackReport>("lastFallback")),
    clearCache: hidden(() => {
      if (store.made !== 0) core.clearStore(store.made);
    }),
    cache: hidden(() => told<CacheEntry[]>("entries") ?? []),
    warmup: hidden(warmup),
    inspect: hidden(inspect),
  });
  profilers.set(compiled, profile);
  return compiled;
}
