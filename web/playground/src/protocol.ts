/**
 * @file What the page and the worker that runs programs say to each other: plain data only, so that every message survives
 * a structured clone, and nothing here knows how either side works.
 */
import type { CacheEntry, CompilationStats, DeviceInfo, FallbackReport, Inspection, MissReport, ShaderLanguage } from "interfuse";

/** What the person asks for; `auto` lets the package decide. */
export type DeviceChoice = "auto" | "webgpu" | "cpu";

/** An inspection as plain data: what `Inspection.toJSON()` gives. */
export type InspectionData = Pick<Inspection, "signature" | "graphs" | "kernels" | "cuts" | "plan" | "before" | "after">;
export type GraphView = Inspection["graphs"][number]["graph"];
export type GraphNode = GraphView["nodes"][number];
export type KernelView = Inspection["kernels"][number];

/** One part of a line of output: text, or a tensor with its values already read and laid out. */
export type OutputPart = { kind: "text"; text: string } | { kind: "tensor"; dtype: string; shape: number[]; text: string };

export interface OutputEntry {
  level: "log" | "info" | "warn" | "error" | "debug";
  parts: OutputPart[];
}

/** What a program draws; see `run/figures.ts`. */
export type FigureMessage =
  | { kind: "chart"; id: number; title: string; x: string; curves: string[] }
  | { kind: "points"; id: number; rows: number[][] }
  | { kind: "image"; id: number; title: string; width: number; height: number; pixels: Uint8ClampedArray }
  | { kind: "progress"; done: number; of: number; label: string };

/** An error of the user's program, with the place in their text where it was thrown (lines and columns count from 1). */
export interface ProgramError {
  name: string;
  message: string;
  hint?: string;
  line?: number;
  column?: number;
}

/** What one compiled function of the program did, after the run. */
export interface FunctionReport {
  id: number;
  name: string;
  /** One for each distinct kind of argument list, oldest first: what `inspect` can be asked for. */
  calls: { label: string; count: number }[];
  /** The call made last, an index into `calls`. */
  lastCall: number;
  stats: CompilationStats;
  entries: CacheEntry[];
  /** Why calls found no entry, the latest last. */
  misses: MissReport[];
  /** Why a call ran eagerly the last time. */
  lastFallback?: FallbackReport;
}

/** The compiler as a worker takes it over. */
export interface CompiledWasm {
  core: WebAssembly.Module;
  parts: { gpu: WebAssembly.Module; training: WebAssembly.Module };
}

export type ToWorker =
  | { type: "boot"; wasm: CompiledWasm; device: DeviceChoice }
  | { type: "run"; code: string }
  | { type: "inspect"; ask: number; fn: number; call: number }
  | { type: "translate"; ask: number; wgsl: string; language: ShaderLanguage };

export type FromWorker =
  | { type: "ready"; device: DeviceInfo; exports: string[]; methods: string[] }
  | { type: "unusable"; error: ProgramError }
  | { type: "output"; entries: OutputEntry[] }
  | { type: "figures"; figures: FigureMessage[] }
  | { type: "done"; ms: number; functions: FunctionReport[]; lastCalled: number; error?: ProgramError }
  | { type: "inspection"; ask: number; inspection: InspectionData }
  | { type: "translation"; ask: number; text: string }
  | { type: "ask-failed"; ask: number; error: ProgramError };
