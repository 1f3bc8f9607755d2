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
  /** The kernel that is pointed at, or in which a line is: what other kernels compute again is not marked in them. */
  onlyKernel: number | null;
}

export const NO_MARKS: Marks = { nodes: [], kernels: new Set(), wgsl: new Set(), source: new Set(), onlyKernel: null };

export const lineKey = (kernel: number, line: number): string => `${kernel}:${line}`;

/** A target by what it is and not by its number. */
export type Identity =
  | { kind: "node"; pass: string; nodes: readonly string[] }
  | { kind: "kernel"; key: string; line: number | null }
  | { kind: "source"; line: number };

/** Of every node its op, its line and the how-manieth of those it is. */
function nodeKeys(nodes: readonly GraphNode[]): Map<number, string> {
  return counted(nodes.map(({ id, op, source }) => [id, `${op} ${source?.line ?? ""}`]));
}

function kernelKeys(kernels: InspectionData["kernels"]): Map<number, string> {
  return counted(kernels.map(({ id, name }) => [id, name]));
}

function counted(named: readonly (readonly [number, string])[]): Map<number, string> {
  const seen = new Map<string, number>();
  return new Map(
    named.map(([id, name]) => {
      const count = seen.get(name) ?? 0;
      seen.set(name, count + 1);
      return [id, `${name} ${count}`];
    }),
  );
}

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
    const onlyKernel = target.kind === "kernel" ? target.id : target.kind === "wgsl" ? target.kernel : null;
    for (const kernel of kernels) {
      if (onlyKernel !== null && kernel.id !== onlyKernel) continue;
      if (kernel.nodes.some((node) => marked.has(node))) touched.add(kernel.id);
      for (const { line, node } of kernel.wgslLines) if (marked.has(node)) lines.add(lineKey(kernel.id, line));
    }
    if (target.kind === "kernel") touched.add(target.id);
    if (target.kind === "wgsl") lines.add(lineKey(target.kernel, target.line));
    return { nodes, kernels: touched, wgsl: lines, source: this.#sourceLines(traced), onlyKernel };
  }

  /** Something of this inspection by what a later one may have as well: op and line of the program instead of ids. */
  identify(target: Target): Identity | null {
    const { graphs, kernels } = this.#inspection;
    switch (target.kind) {
      case "node": {
        const keys = nodeKeys(graphs[target.pass]?.graph.nodes ?? []);
        const nodes = target.ids.flatMap((id) => keys.get(id) ?? []);
        return nodes.length === 0 ? null : { kind: "node", pass: graphs[target.pass]!.pass, nodes };
      }
      case "kernel":
      case "wgsl": {
        const key = kernelKeys(kernels).get(target.kind === "kernel" ? target.id : target.kernel);
        return key === undefined ? null : { kind: "kernel", key, line: target.kind === "wgsl" ? target.line : null };
      }
      case "source":
        return target;
      default:
        throw target satisfies never;
    }
  }

  /** What of this inspection has that identity. */
  find(identity: Identity): Target | null {
    const { graphs, kernels } = this.#inspection;
    switch (identity.kind) {
      case "node": {
        const pass = graphs.findIndex(({ pass }) => pass === identity.pass);
        const wanted = new Set(identity.nodes);
        const ids = [...nodeKeys(graphs[pass]?.graph.nodes ?? [])].flatMap(([id, key]) => (wanted.has(key) ? [id] : []));
        return ids.length === 0 ? null : { kind: "node", pass, ids };
      }
      case "kernel": {
        const found = [...kernelKeys(kernels)].find(([, key]) => key === identity.key);
        if (found === undefined) return null;
        return identity.line === null ? { kind: "kernel", id: found[0] } : { kind: "wgsl", kernel: found[0], line: identity.line };
      }
      case "source":
        return identity;
      default:
        throw identity satisfies never;
    }
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
