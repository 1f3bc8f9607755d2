/**
 * @file A drawing as a list: for every box what it is, what it uses, where it runs and what it was not fused with, in words. For the list
 * beside the drawing, which a screen reader can follow, and for the search.
 */
import type { DrawnNode, Drawing } from "./drawing.ts";

export interface Row {
  node: DrawnNode;
  /** What it is: `%7 mul 2.0 f32[4]`. */
  what: string;
  /** Where what it uses and what uses it is in the list. */
  operands: number[];
  users: number[];
  /** Why edges of it are cut: the other box, and the reason. */
  cuts: string[];
  /** The kernel that it runs in, the function or the loop. */
  group: string;
}

/** The rows, in the order of the drawing. */
export function outline({ nodes, edges, groups }: Drawing): Row[] {
  const labels = new Map(groups.map(({ key, label }) => [key, label]));
  const rows = nodes.map(
    (node): Row => ({
      node,
      what: `${nameOf(node)} ${node.title} ${node.detail}`.trim(),
      operands: [],
      users: [],
      cuts: [],
      group: node.group === null ? "" : (labels.get(node.group) ?? ""),
    }),
  );
  const index = new Map(nodes.map(({ key }, at) => [key, at]));
  for (const { from, to, cut } of edges) {
    const [source, target] = [index.get(from)!, index.get(to)!];
    rows[source]!.users.push(target);
    rows[target]!.operands.push(source);
    if (cut === undefined) continue;
    rows[source]!.cuts.push(`${nameOf(nodes[target]!)}: ${cut}`);
    rows[target]!.cuts.push(`${nameOf(nodes[source]!)}: ${cut}`);
  }
  return rows;
}

/** How a box is called in texts: by its node's id, or by its kernel's name. */
export function nameOf({ id, title, detail }: DrawnNode): string {
  return id === undefined ? `${title} of ${detail}` : `%${id}`;
}

/**
 * Which boxes a search finds: those that have all of its words, in op, number, shape or attributes; where there is none, those that a line
 * of the program with these words made. `linesOf` gives the lines of a box.
 */
export function search(drawing: Drawing, query: string, linesOf: (node: DrawnNode) => string): DrawnNode[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const found = (textOf: (node: DrawnNode) => string): DrawnNode[] =>
    drawing.nodes.filter((node) => {
      const text = textOf(node).toLowerCase();
      return words.every((word) => (/^%\d+$/.test(word) ? node.id === Number(word.slice(1)) : text.includes(word)));
    });
  const own = found(({ hint, title, detail }) => `${hint} ${title} ${detail}`);
  return own.length > 0 ? own : found(linesOf);
}
