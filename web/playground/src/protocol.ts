/**
 * @file What the page and the workers that run programs say to each other: plain data only, so that every message survives
 * a structured clone, and nothing here knows how either side works. What a program's worker says is checked against `host/schema.ts`
 * before the page sees it.
 */
import type { CacheEntry, CompilationStats, DeviceInfo, FallbackReport, Inspection, MissReport, ShaderLanguage } from "interfuse";
import type { WhatIf } from "interfuse/devtools";

/** What the person asks for; `auto` lets the page decide. */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/** An inspection as plain data: what `Inspection.toJSON()` gives. */
export interface InspectionData extends Pick<Inspection, "signature" | "graphs" | "kernels" | "cuts" | "plan" | "before" | "after"> {
  /** Set where a trace ended in an error: then there is only what was traced until then. */
  readonly failed?: FailedOp;
}
export type GraphView = Inspection["graphs"][number]["graph"];
export type GraphNode = GraphView["nodes"][number];
export type KernelView = Inspection["kernels"][number];

/** The op that ended a trace. */
export interface FailedOp {
  readonly op: string;
  readonly line?: number;
}

/** One part of a line of output: text, a tensor with its values already read and laid out, or a table. */
export type OutputPart =
  | { kind: "text"; text: string }
  | {
      kind: "tensor";
      dtype: string;
      shape: number[];
      text: string;
      /** Where the first value is that is no finite number. */
      odd?: string;
      /** Least, largest and mean value of a tensor that is not shown as a whole. */
      statistics?: string;
    }
  | { kind: "table"; columns: string[]; rows: string[][] };

export interface OutputEntry {
  level: "log" | "info" | "warn" | "error" | "debug";
  /** In how many groups it stands. */
  depth?: number;
  parts: OutputPart[];
}

/** What a program draws; see `run/figures.ts`. */
export type FigureMessage =
  | { kind: "chart"; id: number; title: string; x: string; curves: string[] }
  | { kind: "points"; id: number; rows: number[][] }
  | { kind: "image"; id: number; title: string; width: number; height: number; pixels: Uint8ClampedArray<ArrayBuffer> }
  | { kind: "progress"; done: number; of: number; label: string };

/** An error of the user's program, with the place in their text where it was thrown (lines and columns count from 1). */
export interface ProgramError {
  name: string;
  message: string;
  hint?: string;
  line?: number;
  column?: number;
}

/** What one compiled function of the program did so far. */
export interface FunctionReport {
  id: number;
  name: string;
  /** One for each distinct kind of argument list, oldest first: what `inspect` can be asked for. Empty: it was not called. */
  calls: CallReport[];
  /** The call made last, an index into `calls`. */
  lastCall: number;
  stats: CompilationStats;
  entries: CacheEntry[];
  /** Why calls found no entry, the latest last. */
  misses: MissReport[];
  /** Why a call ran eagerly the last time. */
  lastFallback?: FallbackReport;
  /** How many entries it keeps at most. */
  capacity: number;
  history: CallHistory;
}

/** The calls with one kind of argument list. */
export interface CallReport {
  label: string;
  count: number;
  /** The entry that served the last of them; it may have been evicted since. Absent: it ran eagerly. */
  entry?: number;
}

/** The calls of a function in order. */
export interface CallHistory {
  /** How many came before the first that is told of. */
  before: number;
  /** The keys that calls were looked up by, as text. */
  keys: string[];
  calls: CallEvent[];
}

export type CallOutcome = "hit" | "miss" | "fallback";

export interface CallEvent {
  outcome: CallOutcome;
  /** A position in the `calls` of the report; -1: not told of any more. */
  call: number;
  /** A position in `keys`; -1: it has none. */
  key: number;
  /** The key whose entry was evicted to make room; absent: none was. */
  evicted?: number;
}

/** The compiled functions of a program. */
export interface ProgramReport {
  functions: FunctionReport[];
  /** How many more there are that are not told of. */
  more: number;
  /** The id of the one called last; -1: none was. */
  lastCalled: number;
}

/** The compiler as a worker takes it over. */
export interface CompiledWasm {
  core: WebAssembly.Module;
  parts: { gpu: WebAssembly.Module; training: WebAssembly.Module };
}

/**
 * The first message to a worker that runs a program. Its first port leads to the page; with a second one, which leads to the worker that
 * has the GPU, that is its device, and it needs the part of the Wasm for that.
 */
export interface ProgramBoot {
  role: "program";
  wasm: CompiledWasm;
  remote?: ArrayBuffer;
  maxBytes?: number;
  ports: MessagePort[];
}

/** The first message to the worker that has the GPU. Its port leads to the program. */
export interface DeviceBoot {
  role: "device";
  wasm: CompiledWasm;
  remote: ArrayBuffer;
  device: DeviceChoice;
  ports: MessagePort[];
}

/** What that worker says. */
export type FromDevice =
  /** It found a device; it serves it only if it is a GPU. */
  | { type: "device"; isServed: boolean; reason: string }
  | { type: "unusable"; error: ProgramError }
  /** The GPU is gone, with all that was on it. */
  | { type: "lost"; reason: string }
  /** The program said over its port what no program may. */
  | { type: "violation"; reason: string };

/** What was looked at before, by its names: shown again if it is still there. */
export interface Wanted {
  name: string;
  label: string;
  what?: WhatIf;
}

/** Milliseconds after which a live pass ends, and what it shows. */
export interface Live {
  ms: number;
  wanted?: Wanted;
}

/** What a program cannot fetch itself: the page has it, or asks the person. */
export type Need =
  | { kind: "digits" }
  | { kind: "module"; address: string }
  | { kind: "translation"; wgsl: string; language: ShaderLanguage };

export type ToProgram =
  | { type: "run"; code: string; live?: Live }
  | { type: "inspect"; ask: number; fn: number; call: number; what?: WhatIf }
  | { type: "given"; need: number; value: unknown }
  | { type: "refused"; need: number; message: string }
  | { type: "ping" };

export type FromProgram =
  /** The package is there; from now on programs can run. */
  | { type: "ready"; device: DeviceInfo }
  /** It is not, and why. */
  | { type: "unusable"; error: ProgramError }
  | { type: "output"; entries: OutputEntry[] }
  | { type: "figures"; figures: FigureMessage[] }
  /** A loop has been at that line for a while. */
  | { type: "busy"; line: number }
  /** The top level is over. `timers` go on after it. */
  | ({ type: "done"; ms: number; error?: ProgramError } & ProgramReport)
  /** So far a live pass has come; the last one of a pass is `over`. */
  | ({
      type: "live";
      over: boolean;
      ms: number;
      error?: ProgramError;
      /** What it shows: of which function, for which of its calls. */
      shown?: { fn: number; call: number; inspection: InspectionData };
    } & ProgramReport)
  | { type: "need"; need: number; what: Need }
  | { type: "inspection"; ask: number; inspection: InspectionData }
  | { type: "ask-failed"; ask: number; error: ProgramError }
  /** Something of the program still waits for its turn, or nothing does. */
  | { type: "pong"; waiting: boolean };

/** What the page's own gate says beside passing on what was checked. */
export type FromGate = FromProgram | { type: "violation"; reason: string };
