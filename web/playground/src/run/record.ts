/**
 * @file Remembers every compiled function of a program and what it was called with, so that the page can ask for inspections
 * after the run. Arguments are kept as descriptions, not as tensors: nothing of the program's is kept alive, and a tensor that
 * the program disposed can still be described. It only watches: the program calls the package's own functions.
 */
import type { CompiledFunction, DType, MissReport } from "interfuse";
import { inspectAs, subscribe, type WhatIf } from "interfuse/devtools";
import * as interfuse from "interfuse/slim";
import type { FunctionReport, InspectionData, ProgramReport, Wanted } from "../protocol.ts";
import { programPosition } from "./errors.ts";
import { History } from "./history.ts";

type AnyFunction = (...args: never[]) => unknown;
type Compiled = CompiledFunction<(...args: unknown[]) => unknown>;

/** A tensor argument without its values. */
class TensorLike {
  constructor(
    readonly shape: readonly number[],
    readonly dtype: DType,
  ) {}
}

interface Call {
  label: string;
  count: number;
  /** The arguments, with a `TensorLike` where a tensor was. */
  args: unknown[];
  /** The entry that served the last of them. */
  entry?: number | undefined;
}

interface Recorded {
  id: number;
  name: string;
  compiled: Compiled;
  calls: Map<string, Call>;
  lastCall: string;
  misses: MissReport[];
  history: History<Call>;
}

/** Distinct argument lists kept per function; older ones are forgotten first. */
const MAX_CALLS = 24;
/** Misses told of per function; older ones are forgotten first. */
const MAX_MISSES = 24;
/** What the package says where `maxCacheSize` is not given. */
const DEFAULT_CAPACITY = 64;
/** Compiled functions reported per program: a program that compiles in a loop must not flood the page. */
const MAX_FUNCTIONS = 40;

const SHORT_DTYPE: Record<DType, string> = { float32: "f32", float16: "f16", int32: "i32", uint32: "u32", bool: "bool" };

/** Ends a program whose live pass is over; nobody is told of it. */
export class LiveOver extends Error {
  override readonly name = "LiveOver";
  override readonly message = "the live pass is over: press Run";
}

/** How long a live pass goes on, what it shows, and how the functions of the program are traced once more without being heard. */
interface LivePass {
  until: number;
  wanted: Wanted | undefined;
  quiet<T>(work: () => T): T;
}

interface Shown {
  fn: number;
  call: number;
  inspection: InspectionData;
}

const now = performance.now.bind(performance);

export class Recorder {
  readonly #functions: Recorded[] = [];
  readonly #lines: string[];
  readonly #live: LivePass | undefined;
  /** Functions beyond those that are reported. */
  #more = 0;
  #lastCalled = -1;
  #depth = 0;
  #shown: (Shown & { label: string }) | undefined;
  /** Told in a live pass when there is more to see, and before an inspection is made, which takes its time. */
  onProgress: () => void = () => undefined;
  onInspect: () => void = () => undefined;
  /** The function whose call is under way: misses told of meanwhile are its own. */
  #running: Recorded | undefined;

  /** `code` is the program's text: a function takes the name of the variable that it is assigned to. */
  constructor(code: string, live?: LivePass) {
    this.#lines = code.split("\n");
    this.#live = live;
    subscribe((event) => {
      if (this.#running === undefined) return;
      const { misses, history } = this.#running;
      history.hear(event);
      if (event.type !== "miss") return;
      misses.push(event.report);
      if (misses.length > MAX_MISSES) misses.shift();
    });
  }

  /** `compile`, watched: both its forms, `compile(fn, options)` and `compile(options)`. */
  readonly compile = ((...given: unknown[]): unknown => {
    const variable = this.#variableOfCaller();
    const make = interfuse.compile as unknown as (...args: unknown[]) => unknown;
    const made = make(...given);
    if (typeof given[0] === "function") return this.#record(made as Compiled, variable);
    return (...rest: unknown[]): unknown => this.#record((made as (...args: unknown[]) => Compiled)(...rest), variable);
  }) as typeof interfuse.compile;

  /** The functions that were called, and the index of the one called last (-1: none). */
  report(): ProgramReport {
    // Those that were not reached are told of in a live pass only: there they may be reached later.
    const told = this.#functions.filter((one) => one.calls.size > 0 || this.#live !== undefined);
    const functions = told.map((one): FunctionReport => {
      const { stats, lastFallback } = one.compiled;
      const keys = [...one.calls.keys()];
      const calls = [...one.calls.values()];
      const report: FunctionReport = {
        id: one.id,
        name: one.name,
        calls: calls.map(({ label, count, entry }) => ({ label, count, ...(entry === undefined ? {} : { entry }) })),
        lastCall: keys.indexOf(one.lastCall),
        stats: plain(stats),
        entries: plain(one.compiled.cache()),
        misses: plain(one.misses),
        ...(lastFallback === undefined ? {} : { lastFallback: plain(lastFallback) }),
        capacity: one.compiled.options.maxCacheSize ?? DEFAULT_CAPACITY,
        history: one.history.report(calls),
      };
      return report;
    });
    return { functions, more: this.#more, lastCalled: this.#lastCalled };
  }

  /** The same with an inspection of what was looked at before, if it is still there, else of the last call. */
  liveReport(): ProgramReport & { shown?: Shown } {
    const wanted = this.#functions.find((one) => one.name === this.#live?.wanted?.name && one.calls.size > 0);
    const target = wanted ?? this.#functions[this.#lastCalled];
    if (target === undefined) return this.report();
    const asked = this.#live?.wanted?.label;
    const label = target === wanted && asked !== undefined && target.calls.has(asked) ? asked : target.lastCall;
    const call = [...target.calls.keys()].indexOf(label);
    if (this.#shown?.fn !== target.id || this.#shown.label !== label) {
      const inspect = (): InspectionData => this.inspect(target.id, call, this.#live?.wanted?.what);
      this.onInspect();
      try {
        this.#shown = { fn: target.id, call, label, inspection: this.#live === undefined ? inspect() : this.#live.quiet(inspect) };
      } catch {
        return this.report(); // the call ended in an error, which is the program's to tell
      }
    }
    const { fn, inspection } = this.#shown;
    return { ...this.report(), shown: { fn, call, inspection } };
  }

  /** Ends the program where its live pass is over. */
  checkTime(): void {
    if (this.#live !== undefined && now() > this.#live.until) throw new LiveOver();
  }

  /** What the package shows of a function for one of its recorded calls. Does not run it and leaves its statistics alone. */
  inspect(fn: number, call: number, what: WhatIf = {}): InspectionData {
    const recorded = this.#functions[fn];
    const found = recorded && [...recorded.calls.values()][call];
    if (recorded === undefined || found === undefined) throw new Error("this call is not recorded any more");
    const args = found.args.map((arg) =>
      mapTree(arg, (leaf) => (leaf instanceof TensorLike ? interfuse.zeros(leaf.shape, { dtype: leaf.dtype }) : leaf)),
    );
    return inspectAs(recorded.compiled as unknown as AnyFunction, args as never[], what).toJSON() as InspectionData;
  }

  #record(compiled: Compiled, variable: string | undefined): Compiled {
    if (this.#functions.length >= MAX_FUNCTIONS) {
      this.#more++;
      return compiled;
    }
    const id = this.#functions.length;
    const name = compiled.options.name ?? variable ?? (compiled.name || `function ${id + 1}`);
    const recorded: Recorded = {
      id,
      name,
      compiled,
      calls: new Map(),
      lastCall: "",
      misses: [],
      history: new History(compiled.options.name ?? compiled.name),
    };
    this.#functions.push(recorded);
    return new Proxy(compiled, {
      apply: (target, self, args: unknown[]) => {
        // A compiled function called while another one is traced is part of that one.
        if (this.#depth > 0) return Reflect.apply(target as unknown as AnyFunction, self, args) as unknown;
        this.checkTime();
        const first = recorded.calls.size === 0;
        const call = this.#note(recorded, args);
        this.#running = recorded;
        recorded.history.begin(call);
        this.#depth++;
        try {
          return Reflect.apply(target as unknown as AnyFunction, self, args) as unknown;
        } finally {
          this.#depth--;
          this.#running = undefined;
          call.entry = recorded.history.end();
          if (first && this.#live !== undefined) this.onProgress();
        }
      },
      // With the function itself as the receiver: its getters may read private fields.
      get: (target, key) => Reflect.get(target, key, target) as unknown,
    });
  }

  #note(recorded: Recorded, args: unknown[]): Call {
    const described = args.map((arg) =>
      mapTree(arg, (leaf) => (leaf instanceof interfuse.Tensor ? new TensorLike([...leaf.shape], leaf.dtype) : leaf)),
    );
    const label = described.map(labelTree).join(", ");
    const call: Call = recorded.calls.get(label) ?? { label, count: 0, args: described };
    call.count++;
    recorded.calls.set(label, call);
    recorded.lastCall = label;
    this.#lastCalled = recorded.id;
    if (recorded.calls.size > MAX_CALLS) recorded.calls.delete(recorded.calls.keys().next().value ?? "");
    return call;
  }

  /** The variable in `const NAME = compile(` on the line of the program that called. */
  #variableOfCaller(): string | undefined {
    const at = programPosition(new Error().stack ?? "");
    const line = at === undefined ? undefined : this.#lines[at.line - 1];
    return line?.match(
      /(?:const|let|var)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?::[^=]*)?=\s*(?:await\s+)?[\w.]*compile\s*[(<]/u,
    )?.[1];
  }
}

/** Maps the leaves of nested arrays and plain objects; anything else is a leaf. */
function mapTree(tree: unknown, leaf: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(tree)) return tree.map((part) => mapTree(part, leaf));
  if (isPlain(tree)) return Object.fromEntries(Object.entries(tree).map(([key, part]) => [key, mapTree(part, leaf)]));
  return leaf(tree);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function labelTree(tree: unknown): string {
  if (tree instanceof TensorLike) return `${SHORT_DTYPE[tree.dtype]}[${tree.shape.join(",")}]`;
  if (Array.isArray(tree)) return `[${tree.map(labelTree).join(", ")}]`;
  if (isPlain(tree))
    return `{${Object.entries(tree)
      .map(([key, part]) => `${key}: ${labelTree(part)}`)
      .join(", ")}}`;
  if (typeof tree === "string") return JSON.stringify(tree);
  if (typeof tree === "object" && tree !== null) return tree.constructor.name;
  return String(tree);
}

/** Plain data out of objects that may have getters and methods: what survives a message. */
function plain<T>(value: T): T {
  return mapData(value) as T;
}

function mapData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mapData);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  const out: Record<string, unknown> = {};
  for (const key of propertyNames(value)) {
    const part = mapData((value as Record<string, unknown>)[key]);
    if (part !== undefined) out[key] = part;
  }
  return out;
}

/** Own and inherited (getter) names, without those of Object itself. */
function propertyNames(value: object): Set<string> {
  const names = new Set<string>();
  for (let at: object | null = value; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    for (const name of Object.getOwnPropertyNames(at)) if (name !== "constructor") names.add(name);
  }
  return names;
}
