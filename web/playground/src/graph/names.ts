/**
 * @file Names of nodes that last: the same node has the same name in every pass, and after an edit of the program. By its name a box keeps
 * its place, its focus and whatever was chosen of it.
 */
import type { GraphView, InspectionData } from "../protocol.ts";

/** The traced nodes in their order, and what they are called. */
export interface Named {
  ops: readonly string[];
  names: readonly string[];
}

let count = 0;

/**
 * Names a traced graph after an earlier one of the same function. An edit changes one part of a program, so what both begin with and what
 * both end with is the same; between them the first `exp` is the first `exp`.
 */
export function nameTrace({ nodes }: GraphView, before: Named | null): Named {
  const ops = nodes.map(({ op, detail }) => (op === "input" ? `input ${detail}` : op));
  const names: string[] = new Array(ops.length);
  const old = before ?? { ops: [], names: [] };
  const shorter = Math.min(ops.length, old.ops.length);
  let start = 0;
  while (start < shorter && ops[start] === old.ops[start]) names[start] = old.names[start++]!;
  let end = 0;
  while (end < shorter - start && ops.at(-1 - end) === old.ops.at(-1 - end)) names[ops.length - 1 - end] = old.names.at(-1 - end++)!;
  const left = new Map<string, string[]>();
  for (let at = old.ops.length - end - 1; at >= start; at--) {
    const known = left.get(old.ops[at]!);
    if (known === undefined) left.set(old.ops[at]!, [old.names[at]!]);
    else known.push(old.names[at]!);
  }
  for (let at = start; at < ops.length - end; at++) names[at] = left.get(ops[at]!)?.pop() ?? `t${count++}`;
  return { ops, names };
}

/** The names of the nodes of a pass: those of the traced nodes that they came from. */
export function namesIn(inspection: InspectionData, pass: number, { names }: Named): (id: number) => string {
  const traced = inspection.graphs[0]?.graph.nodes ?? [];
  const ofTraced = new Map(traced.map(({ id, op }, at) => [id, { op, name: names[at]! }]));
  const found = new Map<number, string>();
  const seen = new Set<string>();
  for (const { id, op, from } of inspection.graphs[pass]?.graph.nodes ?? []) {
    const origin = ofTraced.get(pass === 0 ? id : (from[0] ?? -1));
    let name = origin === undefined ? `p${id}` : origin.op === op ? origin.name : `${origin.name} ${op}`;
    if (seen.has(name)) name += ` ${id}`;
    seen.add(name);
    found.set(id, name);
  }
  return (id) => found.get(id) ?? `p${id}`;
}

/** Names of kernels: what they are called and the how-manieth of those. */
export function kernelNames(kernels: InspectionData["kernels"]): Map<number, string> {
  const seen = new Map<string, number>();
  return new Map(
    kernels.map(({ id, name }) => {
      const before = seen.get(name) ?? 0;
      seen.set(name, before + 1);
      return [id, `k${before} ${name}`];
    }),
  );
}
