/**
 * @file What one graph has that another has not. Ids mean nothing across passes: nodes are known again by what they do and by the traced
 * nodes that they came from.
 */
import type { GraphNode, InspectionData } from "../protocol.ts";

export interface GraphChange {
  /** Nodes of the graph before that have no counterpart. */
  readonly gone: readonly GraphNode[];
  /** Nodes of the graph after that do something that nothing did before. */
  readonly fresh: readonly GraphNode[];
  /** Nodes of the graph after that do otherwise what something of the same origin did. */
  readonly changed: readonly GraphNode[];
}

type Pass = InspectionData["graphs"][number];

/** Compares the graphs after two passes; `first` says which of them are as traced, where a node came from itself. */
export function graphChange(before: Pass, after: Pass): GraphChange {
  const left = new Map<string, GraphNode[]>();
  const origins = new Set<number>();
  for (const node of before.graph.nodes) {
    const key = keyOf(node);
    const same = left.get(key);
    if (same === undefined) left.set(key, [node]);
    else same.push(node);
    for (const origin of originsOf(before, node)) origins.add(origin);
  }
  const fresh: GraphNode[] = [];
  const changed: GraphNode[] = [];
  for (const node of after.graph.nodes) {
    const same = left.get(keyOf(node));
    if (same !== undefined && same.length > 0) same.shift();
    else if (originsOf(after, node).some((origin) => origins.has(origin))) changed.push(node);
    else fresh.push(node);
  }
  return { gone: [...left.values()].flat(), fresh, changed };
}

function keyOf({ op, dtype, shape, detail, source, operands }: GraphNode): string {
  // The detail of a node may name other ids; how many operands it has is what stays.
  return [op, dtype, shape.join(), op === "input" || op === "literal" ? detail : operands.length, source?.line ?? ""].join(" ");
}

function originsOf(pass: Pass, node: GraphNode): readonly number[] {
  return pass.pass === "trace" ? [node.id] : node.from;
}

/** A line of a listing as it is compared: every pass numbers ids anew. */
export function comparable(line: string): string {
  return line.replace(/%\d+/g, "%");
}
