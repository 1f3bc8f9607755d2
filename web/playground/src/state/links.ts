/**
 * @file Which things of an inspection belong together: nodes of the traced graph, nodes of the fused graph, kernels, lines of
 * WGSL and lines of the program. Everything that can be pointed at resolves to one set of marks, which every pane draws.
 */
import type { GraphNode, InspectionData } from "../protocol.ts";

/** What a person can point at. A graph is named by its index among the passes. */
export type Target =
  | { kind: "node"; pass: number; ids: readonly number[] }
  | { kind: "kernel"; id: number }
  | { kind: "wgsl"; kernel: number; line: number }
  | { kind: "source"; line: number };

/** What is marked, everywhere. WGSL lines are keyed by `lineKey`. */
export interface Marks {
  /** For each pass the marked node ids. */
  nodes: readonly ReadonlySet<number>[];
  kernels: ReadonlySet<number>;
  wgsl: ReadonlySet<string>;
  source: ReadonlySet<number>;
}

export const NO_MARKS: Marks = { nodes: [], kernels: new Set(), wgsl: new Set(), source: new Set() };

export const lineKey = (kernel: number, line: number): string => `${kernel}:${line}`;

/** The links of one inspection, ready to be asked. */
export class Links {
  readonly #inspection: InspectionData;
  /** For each pass: node id -> the traced nodes that it came from. */
  readonly #origins: Map<number, readonly number[]>[];
  readonly #last: number;

  constructor(inspection: InspectionData) {
    this.#inspection = inspection;
    this.#last = inspection.graphs.length - 1;
    this.#origins = inspection.graphs.map(
      ({ graph }, pass) => new Map(graph.nodes.map((node) => [node.id, pass === 0 ? [node.id] : node.from])),
    );
  }

  /** Everything that belongs to a target. */
  marks(target: Target | null): Marks {
    if (target === null) return NO_MARKS;
    const { kernels, graphs } = this.#inspection;
    const traced = new Set<number>();
    // What is pointed at in the fused graph is marked there as itself, not as everything of the same origin.
    let fused: Set<number> | null = null;
    let pass = -1;
    switch (target.kind) {
      case "node":
        pass = target.pass;
        for (const id of target.ids) for (const origin of this.#origins[pass]?.get(id) ?? []) traced.add(origin);
        if (pass === this.#last) fused = new Set(target.ids);
        break;
      case "kernel":
        fused = new Set(kernels.find(({ id }) => id === target.id)?.nodes);
        break;
      case "wgsl":
        fused = new Set(
          kernels.find(({ id }) => id === target.kernel)?.wgslLines.flatMap(({ line, node }) => (line === target.line ? [node] : [])),
        );
        break;
      case "source":
        for (const node of graphs[0]?.graph.nodes ?? []) if (node.source?.line === target.line) traced.add(node.id);
        break;
      default:
        target satisfies never;
    }
    for (const id of fused ?? []) for (const origin of this.#origins[this.#last]?.get(id) ?? []) traced.add(origin);

    const nodes = this.#origins.map((origins, at) => {
      if (at === this.#last && fused !== null) return fused;
      if (at === pass && target.kind === "node") return new Set(target.ids);
      return new Set([...origins].flatMap(([id, from]) => (from.some((origin) => traced.has(origin)) ? [id] : [])));
    });
    const marked = nodes[this.#last] ?? new Set<number>();
    const lines = new Set<string>();
    const touched = new Set<number>();
    for (const kernel of kernels) {
      if (kernel.nodes.some((node) => marked.has(node))) touched.add(kernel.id);
      for (const { line, node } of kernel.wgslLines) if (marked.has(node)) lines.add(lineKey(kernel.id, line));
    }
    if (target.kind === "kernel") touched.add(target.id);
    if (target.kind === "wgsl") lines.add(lineKey(target.kernel, target.line));
    return { nodes, kernels: touched, wgsl: lines, source: this.#sourceLines(traced) };
  }

  /** The lines of the program that made these traced nodes. */
  #sourceLines(traced: ReadonlySet<number>): Set<number> {
    const lines = new Set<number>();
    for (const node of this.#inspection.graphs[0]?.graph.nodes ?? []) {
      if (traced.has(node.id) && node.source !== undefined) lines.add(node.source.line);
    }
    return lines;
  }
}

/** Whether a node only brings a value in: drawn apart from the nodes that compute. */
export function isLeaf(node: GraphNode): boolean {
  return node.operands.length === 0;
}
