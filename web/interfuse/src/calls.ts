/**
 * @file Calls of a compiled function. Whatever one is for (to run, to warm up, to inspect, to measure), it is begun in the same way:
 * arguments are flattened, and the core finds an entry or starts a trace. A trace runs the function on placeholders and ends in one place,
 * in what the call is for.
 */
import { CompilationStats, inspectors, profilers, type AnyFunction, type CompileOptions } from "./compile.js";
import { core, forms, state } from "./core.js";
import { CompileArgumentError, FullgraphError } from "./errors.js";
import { flushEvents, parse } from "./events.js";
import { Inspection } from "./inspect.js";
import { formOf, keepForm, Original, type Ran } from "./original.js";
import { need } from "./parts.js";
import { whileRecording } from "./positions.js";
import { Watched } from "./state.js";
import { storeOf, type Store } from "./store.js";
import { giveAway, whileTracing, type Tensor } from "./tensor.js";
import type { Flat } from "./tree.js";
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

/** A call that was looked up. */
interface Begun {
  readonly purpose: number;
  readonly handle: number;
  readonly call: Flat;
  readonly answer: Uint32Array;
  readonly receiver: unknown;
  readonly args: unknown[];
}

/** The calls of a compiled function, with options that were checked. */
class Calls {
  readonly original: Original;
  readonly store: Store;

  constructor(
    fn: AnyFunction,
    readonly options: CompileOptions,
  ) {
    this.original = new Original(fn, options);
    this.store = storeOf(fn, options, this.original.captured);
  }

  /** A call of the compiled function. */
  run(receiver: unknown, args: unknown[]): unknown {
    const { original, store } = this;
    const { donate = false } = this.options;
    const handle = store.open();
    const call = original.flat(receiver, args);
    if (original.isAsync && !core.inlines(handle)) {
      core.refuse(handle, "async");
      return this.eagerly(handle, call, receiver, args);
    }
    const answer = core.begin(handle, call.structure, call.handles, TO_RUN);
    let result: unknown;
    if (answer[0] === HIT) result = forms.get(answer[1]!)!(answer, 2, call);
    else if (answer[0] === INLINE) result = original.inline(call, receiver, args);
    else if (answer[0] === FALLBACK) result = this.eagerly(handle, call, receiver, args);
    else result = this.miss({ purpose: TO_RUN, handle, call, answer, receiver, args });
    if (donate !== false && !core.isTracing()) giveAway(donated(donate, call), store.name);
    flushEvents();
    return result;
  }

  /** Traces, compiles and makes pipelines; runs nothing. */
  async warmup(args: unknown[]): Promise<void> {
    const begun = this.begin(args, TO_WARM_UP);
    if (begun === undefined || begun.answer[0] !== MISS) return;
    await this.traced(begun, (token, ran) => core.finishWarmup(begun.handle, token, ran.outputs, keepForm(formOf(ran))));
    flushEvents();
  }

  /** Every stage of the compilation, whatever is cached; `whatIf` and `schedules` as in whatif.ts. */
  inspect(args: unknown[], whatIf = new Int32Array(), schedules = ""): Inspection {
    need("gpu");
    const begun = this.begin(args, TO_INSPECT)!;
    const finish = (token: number, { outputs }: Ran): Inspection => {
      const [json, dot] = core.finishInspect(begun.handle, token, outputs, whatIf, schedules);
      return new Inspection(json!, dot!);
    };
    return this.traced(begun, finish, whileRecording)!;
  }

  /** The times of the kernels as JSON, whatever is cached. */
  async profile(args: unknown[], repeats: number): Promise<string> {
    need("training");
    const begun = this.begin(args, TO_INSPECT)!;
    return this.traced(begun, (token, { outputs }) => core.finishProfile(begun.handle, token, outputs, repeats) as Promise<string>)!;
  }

  /** Looks up a call that is not to run; nothing where the function is asynchronous and will run as it is. */
  private begin(args: unknown[], purpose: number): Begun | undefined {
    const handle = this.store.open();
    const call = this.original.flat(undefined, args);
    if (this.original.isAsync && purpose === TO_WARM_UP) {
      core.refuse(handle, "async");
      return undefined;
    }
    return { purpose, handle, call, answer: core.begin(handle, call.structure, call.handles, purpose), receiver: undefined, args };
  }

  /** Runs the function on placeholders and ends the trace with `finish`; undefined when it is to run as it is. */
  private traced<T>(
    { handle, call, answer, receiver, args, purpose }: Begun,
    finish: (token: number, ran: Ran) => T,
    around: (run: () => Ran) => Ran = (run) => run(),
  ): T | undefined {
    const token = answer[1]!;
    let open = true;
    try {
      return whileTracing(this.original.label, () => {
        let ran: Ran;
        try {
          ran = around(() => this.original.traced(answer, call, receiver, args));
        } catch (error) {
          // Nothing runs as it is to be seen: what breaks the trace is the answer.
          if (purpose === TO_INSPECT) throw error;
          open = false;
          giveUp(handle, token, error);
          return undefined;
        }
        open = false;
        return finish(token, ran);
      });
    } finally {
      if (open && state === "ready") core.abort(token);
    }
  }

  /** A call that found no entry. */
  private miss(begun: Begun): unknown {
    const { handle, call, answer, receiver, args } = begun;
    this.recompiles(answer[1]!);
    const done = this.traced(begun, (token, ran) => {
      // Kept here too: an entry that is not kept takes its form along.
      const form = formOf(ran);
      return { form, results: core.finish(handle, token, ran.outputs, keepForm(form)) };
    });
    if (done === undefined || done.results[0] === FALLBACK) return this.eagerly(handle, call, receiver, args);
    if (this.options.fullgraph === true) void this.restoreUnlessTaken(handle, call);
    return done.form(done.results, 1, call);
  }

  /** Says that a call compiles, as `onRecompile` asks for; what that throws ends the trace. */
  private recompiles(token: number): void {
    const { onRecompile = "ignore" } = this.options;
    if (onRecompile === "ignore") return;
    try {
      const { isFirst, report } = parse<{ isFirst: boolean; report: MissReport }>(core.missReport(token));
      const { label } = this.original;
      if (isFirst) return;
      if (typeof onRecompile === "function") onRecompile(report);
      else if (onRecompile === "warn") console.warn(`${label} recompiles: ${report.reason}. ${report.hint}`);
      else throw new CompileArgumentError(label, `recompiles: ${report.reason}`, report.hint);
    } catch (error) {
      core.abort(token);
      throw error;
    }
  }

  /** The function as it is, because it cannot be traced. */
  private eagerly(handle: number, call: Flat, receiver: unknown, args: unknown[]): unknown {
    const result = this.original.on(call.tensors, receiver, args);
    core.fellBack(handle);
    return result;
  }

  /** Puts captured state back if the device refuses the kernels after all: what the call put there would be errors. */
  private async restoreUnlessTaken(handle: number, call: Flat): Promise<void> {
    const { captured, label } = this.original;
    if (captured === undefined) return;
    const before = new Watched(label, captured);
    if (!((await core.taken(handle, call.handles)) as boolean)) before.undo();
  }
}

/** Ends a trace whose function threw. Returns when it is to run as it is. */
function giveUp(handle: number, token: number, error: unknown): void {
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
}

/** The tensors of the arguments that are given away, each once. */
function donated(donate: boolean | readonly number[], { tensors, ends }: Flat): Set<Tensor> {
  const all = new Set<Tensor>();
  ends.forEach((end, i) => {
    if (donate === true || (donate !== false && donate.includes(i)))
      for (const tensor of tensors.slice(ends[i - 1] ?? 0, end)) all.add(tensor);
  });
  return all;
}

/** The compiled form of a function, with options that were checked. */
export function make(fn: AnyFunction, options: CompileOptions): unknown {
  const calls = new Calls(fn, options);
  const { store } = calls;
  function compiled(this: unknown, ...args: unknown[]): unknown {
    return calls.run(this, args);
  }
  const hidden = (value: unknown): PropertyDescriptor => ({ value, configurable: true });
  const asked = (get: () => unknown): PropertyDescriptor => ({ get, configurable: true });
  Object.defineProperties(compiled, {
    name: hidden(fn.name),
    length: hidden(fn.length),
    toString: hidden(() => Function.prototype.toString.call(fn)),
    fn: hidden(fn),
    options: hidden(Object.freeze({ ...options })),
    stats: asked(() => new CompilationStats(store.told<Partial<CompilationStats>>("stats") ?? {})),
    lastMiss: asked(() => store.told<MissReport>("lastMiss")),
    lastFallback: asked(() => store.told<FallbackReport>("lastFallback")),
    clearCache: hidden(() => store.clear()),
    cache: hidden(() => store.told<CacheEntry[]>("entries") ?? []),
    warmup: hidden((...args: unknown[]) => calls.warmup(args)),
    inspect: hidden((...args: unknown[]) => calls.inspect(args)),
  });
  inspectors.set(compiled, (args, whatIf, schedules) => calls.inspect(args, whatIf, schedules));
  profilers.set(compiled, (args, repeats) => calls.profile(args, repeats));
  return compiled;
}
