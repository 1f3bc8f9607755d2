/** @file Everything that there is to see of a compilation, as the core describes it. Ids hold through all stages. */
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { translate, type ShaderLanguage } from "./translate.js";

/** A graph. */
export interface GraphView {
  /** Operands before users. */
  readonly nodes: readonly NodeView[];
  /** Ids of the results. */
  readonly outputs: readonly number[];
}

/** A node of a graph. */
export interface NodeView {
  readonly id: number;
  readonly op: string;
  readonly operands: readonly number[];
  readonly shape: readonly number[];
  readonly dtype: string;
  /** Ids in the traced graph that it came from. */
  readonly from: readonly number[];
  /** What the listing says beyond op and operands: axes, values, sizes. */
  readonly detail: string;
  /** Where in the program it was made. */
  readonly source?: { readonly file: string; readonly line: number; readonly column: number };
}

/** A graph after a pass. */
export interface PassView {
  /** "trace" is the first, "fuse" the last. */
  readonly pass: string;
  readonly listing: string;
  readonly graph: GraphView;
  /** How many rewrites fired. */
  readonly changes: number;
  /** Which, and how often each. */
  readonly rules: readonly { readonly name: string; readonly count: number }[];
  readonly ms: number;
}

/** A buffer as a kernel uses it. */
export interface BufferUse {
  /** Position in the plan's buffers. */
  readonly buffer: number;
  /** The node of the last graph whose value it holds. */
  readonly node: number;
  readonly dtype: string;
  readonly bytes: number;
}

/** A kernel. */
export interface KernelView {
  readonly id: number;
  readonly name: string;
  readonly class: "map" | "row" | "contract" | "index";
  /**
   * How its shader runs: `row by=workgroup workgroup=128 block=256`, `map lanes=4 workgroup=256`, `contract staging=... thread=8x8 ...`.
   */
  readonly schedule: string;
  /** Nodes of the last graph that it computes. */
  readonly nodes: readonly number[];
  /** Its shader; on the CPU device the one that a GPU with the base limits would run. */
  readonly wgsl: string;
  readonly workgroups: readonly [number, number, number];
  readonly reads: readonly BufferUse[];
  readonly writes: readonly BufferUse[];
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly flops: number;
  readonly wgslLines: readonly { readonly line: number; readonly node: number }[];
}

/** An edge that was not fused. */
export interface CutView {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly code: string;
}

/** What a device does for a call. */
export interface PlanView {
  readonly steps: readonly { readonly kernel: number; readonly buffers: readonly number[] }[];
  readonly buffers: readonly {
    readonly id: number;
    readonly storage: "input" | "constant" | "output" | "temporary";
    /** Which argument, captured tensor or slot. */
    readonly index?: number | null;
    readonly dtype: string;
    readonly length: number;
    readonly bytes: number;
  }[];
  readonly peakBytes: number;
  readonly dispatches: number;
}

/** What a call costs. */
export interface CostView {
  readonly dispatches: number;
  readonly bytes: number;
  readonly peakBytes: number;
}

/** Every stage of one compilation. */
export class Inspection {
  /** The key of the entry as text. */
  readonly signature: string;
  /** The graph after every pass. */
  readonly graphs: readonly PassView[];
  /** What runs, in order. */
  readonly kernels: readonly KernelView[];
  /** Every edge that was not fused, and why. */
  readonly cuts: readonly CutView[];
  /** What the device does for a call. */
  readonly plan: PlanView;
  /** The cost of a call with every op but views as a kernel of its own. */
  readonly before: CostView;
  /** The cost of a call. */
  readonly after: CostView;
  readonly #json: string;
  readonly #dot: string;

  /** @internal */
  constructor(json: string, dot: string) {
    const parts = JSON.parse(json) as Inspection;
    this.signature = parts.signature;
    this.graphs = parts.graphs;
    this.kernels = parts.kernels;
    this.cuts = parts.cuts;
    this.plan = parts.plan;
    this.before = parts.before;
    this.after = parts.after;
    this.#json = json;
    this.#dot = dot;
  }

  /** The last graph in Graphviz's language, kernels as clusters. */
  toDot(): string {
    return this.#dot;
  }

  /**
   * A kernel's shader in another language: what a driver gets to see. The translator is loaded on first use; SPIR-V comes as
   * disassembly.
   */
  async translate(kernel: number, language: ShaderLanguage): Promise<string> {
    const op = "translate";
    const view = this.kernels.find(({ id }) => id === kernel);
    if (view === undefined)
      throw new CompileArgumentError(op, `there is no kernel ${describe(kernel)}`, `There are ${this.kernels.length}, counted from 0.`);
    try {
      return await translate(view.wgsl, language);
    } catch (reason) {
      if (typeof reason !== "string") throw reason;
      throw new CompileArgumentError(op, `kernel ${kernel} cannot be translated to ${language}: ${reason}`, "Choose another language.");
    }
  }

  /** Everything as plain data. */
  toJSON(): object {
    return JSON.parse(this.#json) as object;
  }
}
