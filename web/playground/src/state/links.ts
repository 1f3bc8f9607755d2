/**
 * @file Which things of an inspection belong together: nodes of every pass, kernels, lines of WGSL, buffers, lines of the program, and
 * the entry of the cache and the calls that the inspection is of. Everything that can be pointed at resolves to one set of marks, which
 * every pane draws.
 */
import type { FunctionReport, GraphNode, InspectionData } from "../protocol.ts";

/** What a person can point at. A graph is named by its index among the passes. */
export type Target =
  | { kind: "node"; pass: number; ids: readonly number[] }
  | { kind: "kernel"; id: number }
  | { kind: "wgsl"; kernel: number; line: number }
  | { kind: "source"; line: number }
  /** By its position in the plan. */
  | { kind: "buffer"; id: number }
  | { kind: "entry"; id: number }
  /** By its position in the report of the function. */
  | { kind: "call"; index: number };

/** What the links need to know of the function: its calls, its entries, and which of the calls the inspection is of. */
export interface Subject {
  readonly calls: readonly Pick<FunctionReport["calls"][number], "label" | "entry">[];
  readonly entries: readonly { readonly id: number; readonly signature: string }[];
  readonly call: number;
}

const NO_SUBJECT: Subject = { calls: [], entries: [], call: -1 };

/** What is marked, everywhere. WGSL lines are keyed by `lineKey`. */
export interface Marks {
  /** For each pass the marked node ids. */
  nodes: readonly ReadonlySet<number>[];
  kernels: ReadonlySet<number>;
  wgsl: ReadonlySet<string>;
  source: ReadonlySet<number>;
  buffers: ReadonlySet<number>;
  entries: ReadonlySet<number>;
  calls: ReadonlySet<number>;
  /** The kernel that is pointed at, or in which a line is: what other kernels compute again is not marked in them. */
  onlyKernel: number | null;
}

const NONE: ReadonlySet<never> = new Set<never>();

export const NO_MARKS: Marks = {
  nodes: [],
  kernels: NONE,
  wgsl: NONE,
  source: NONE,
  buffers: NONE,
  entries: NONE,
  calls: NONE,
  onlyKernel: null,
};

export const lineKey = (kernel: number, line: number): string => `${kernel}:${line}`;

/** A target by what it is and not by its number. */
export type Identity =
  | { kind: "node"; pass: string; nodes: readonly string[] }
  | { kind: "kernel"; key: string; line: number | null }
  | { kind: "source"; line: number }
  | { kind: "buffer"; key: string }
  | { kind: "entry"; signature: string }
  | { kind: "call"; label: string };

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
  readonly #subject: Subject;
  /** Of every buffer the nodes of the last graph whose values it holds. */
  readonly #held = new Map<number, Set<number>>();
  /** The entry that the inspection is of; it may have been evicted since. */
  readonly #entry: number | undefined;

  constructor(inspection: InspectionData, subject: Subject = NO_SUBJECT) {
    this.#inspection = inspection;
    this.#subject = subject;
    this.#entry = subject.calls[subject.call]?.entry ?? subject.entries.find(({ signature }) => signature === inspection.signature)?.id;
    for (const { reads, writes } of inspection.kernels) {
      for (const { buffer, node } of [...reads, ...writes]) {
        const held = this.#held.get(buffer);
        if (held === undefined) this.#held.set(buffer, new Set([node]));
        else held.add(node);
      }
    }
    this.#last = inspection.graphs.length - 1;
    this.#origins = inspection.graphs.map(
      ({ graph }, pass) => new Map(graph.nodes.map((node) => [node.id, pass === 0 ? [node.id] : node.from])),
    );
  }

  /** Everything that belongs to a target. */
  marks(target: Target | null): Marks {
    if (target === null) return NO_MARKS;
    if (target.kind === "entry" || target.kind === "call") return this.#marksOfCall(target);
    const { kernels, graphs } = this.#inspection;
    const traced = new Set<number>();
    // What is pointed at in the fused graph is marked there as itself, not as everything of the same origin.
    let fused: ReadonlySet<number> | null = null;
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
      case "buffer":
        fused = this.#held.get(target.id) ?? NONE;
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
    const marked = nodes[this.#last] ?? NONE;
    const lines = new Set<string>();
    const touched = new Set<number>();
    const buffers = new Set<number>();
    const onlyKernel = target.kind === "kernel" ? target.id : target.kind === "wgsl" ? target.kernel : null;
    for (const kernel of kernels) {
      if (onlyKernel !== null && kernel.id !== onlyKernel) continue;
      if (kernel.nodes.some((node) => marked.has(node))) touched.add(kernel.id);
      for (const { line, node } of kernel.wgslLines) if (marked.has(node)) lines.add(lineKey(kernel.id, line));
      for (const { buffer, node } of [...kernel.reads, ...kernel.writes]) {
        // A kernel has all its buffers; what is in a kernel has those of its own values.
        if (target.kind === "kernel" || (target.kind === "buffer" ? buffer === target.id : marked.has(node))) buffers.add(buffer);
        // A kernel that reads a buffer has to do with it, though its value is another kernel's.
        if (target.kind === "buffer" && buffer === target.id) touched.add(kernel.id);
      }
    }
    if (target.kind === "kernel") touched.add(target.id);
    if (target.kind === "wgsl") lines.add(lineKey(target.kernel, target.line));
    if (target.kind === "buffer") buffers.add(target.id);
    const source = this.#sourceLines(traced);
    if (target.kind === "source") source.add(target.line);
    // A line of the program that made no node has nothing to do with the call.
    const isOfCall = nodes.some((ids) => ids.size > 0);
    const { calls, entries } = isOfCall ? this.#callsOf(this.#entry) : NO_MARKS;
    return { nodes, kernels: touched, wgsl: lines, source, buffers, calls, entries, onlyKernel };
  }

  /** An entry or a call has to do with everything of its inspection; of one that is not shown there is only the other of the two. */
  #marksOfCall(target: Extract<Target, { kind: "entry" | "call" }>): Marks {
    const { calls, call } = this.#subject;
    const entry = target.kind === "entry" ? target.id : calls[target.index]?.entry;
    const isShown = target.kind === "call" && target.index === call ? true : entry !== undefined && entry === this.#entry;
    if (!isShown) {
      const found = entry === undefined ? NO_MARKS : this.#callsOf(entry, false);
      return { ...NO_MARKS, ...(target.kind === "call" ? { ...found, calls: new Set([...found.calls, target.index]) } : found) };
    }
    const { kernels } = this.#inspection;
    const nodes = this.#origins.map((origins) => new Set(origins.keys()));
    return {
      nodes,
      kernels: new Set(kernels.map(({ id }) => id)),
      wgsl: new Set(kernels.flatMap(({ id, wgslLines }) => wgslLines.map(({ line }) => lineKey(id, line)))),
      source: this.#sourceLines(nodes[0] ?? NONE),
      buffers: new Set(this.#held.keys()),
      ...this.#callsOf(this.#entry),
      onlyKernel: null,
    };
  }

  /** An entry with the calls that it served; with the call of the inspection, unless it is another entry's. */
  #callsOf(entry: number | undefined, isShown = true): Pick<Marks, "calls" | "entries"> {
    const marked = new Set<number>();
    const { calls, call } = this.#subject;
    if (entry !== undefined) calls.forEach((one, index) => one.entry === entry && marked.add(index));
    if (isShown && call >= 0 && call < calls.length) marked.add(call);
    return { calls: marked, entries: entry === undefined ? NONE : new Set([entry]) };
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
      case "buffer": {
        const key = this.#bufferKeys().get(target.id);
        return key === undefined ? null : { kind: "buffer", key };
      }
      case "entry": {
        const signature = this.#subject.entries.find(({ id }) => id === target.id)?.signature;
        return signature === undefined ? null : { kind: "entry", signature };
      }
      case "call": {
        const label = this.#subject.calls[target.index]?.label;
        return label === undefined ? null : { kind: "call", label };
      }
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
      case "buffer": {
        const found = [...this.#bufferKeys()].find(([, key]) => key === identity.key);
        return found === undefined ? null : { kind: "buffer", id: found[0] };
      }
      case "entry": {
        const found = this.#subject.entries.find(({ signature }) => signature === identity.signature);
        return found === undefined ? null : { kind: "entry", id: found.id };
      }
      case "call": {
        const index = this.#subject.calls.findIndex(({ label }) => label === identity.label);
        return index === -1 ? null : { kind: "call", index };
      }
      default:
        throw identity satisfies never;
    }
  }

  /** Of every buffer what it is for, and the node whose value it holds. */
  #bufferKeys(): Map<number, string> {
    const nodes = nodeKeys(this.#inspection.graphs[this.#last]?.graph.nodes ?? []);
    return counted(
      this.#inspection.plan.buffers.map(({ id, storage }) => {
        const [node] = this.#held.get(id) ?? NONE;
        return [id, `${storage} ${node === undefined ? "" : (nodes.get(node) ?? "")}`];
      }),
    );
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
