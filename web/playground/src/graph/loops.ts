/**
 * @file The bodies of loops, read from the listing of a graph: the graph as data has a loop as one node for each of its results.
 */
import type { GraphNode, GraphView } from "../protocol.ts";

export interface Loop {
  /** How many steps, as the listing says it: a number, or a size that is open. */
  length: string;
  /** Results of a step that the next one gets. */
  carries: number;
  /** Which result of the body a node is. */
  output: number;
  body: GraphView;
  /** The body's listing: two loops are the same when these are. */
  text: string;
}

const NODE = /^%(\d+): (\w+)\[([^\]]*)\] = (\w+)((?: %\d+)*)(.*)$/;

interface Frame {
  owner: GraphNode | null;
  nodes: GraphNode[];
  outputs: number[];
  lines: string[];
}

/** The loops of a listing, by the ids of their nodes. A loop inside of a body stays one node. */
export function loopsIn(listing: string): Map<number, Loop> {
  const loops = new Map<number, Loop>();
  if (!listing.includes("= loop ")) return loops;
  const frames: Frame[] = [{ owner: null, nodes: [], outputs: [], lines: [] }];
  for (const raw of listing.split("\n")) {
    const line = raw.trim();
    const frame = frames.at(-1)!;
    // Of what is in a body, the text belongs to the outermost.
    if (frames.length > 1) frames[1]!.lines.push(line);
    if (line === "}") {
      if (frames.length === 1) continue;
      frames.pop();
      if (frames.length > 1 || frame.owner === null) continue;
      const { id, detail } = frame.owner;
      const number = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(detail)?.[1] ?? "";
      loops.set(id, {
        length: number("length") || "?",
        carries: Number(number("carries")) || 0,
        output: Number(number("output")) || 0,
        body: { nodes: frame.nodes, outputs: frame.outputs },
        text: frame.lines.join("\n"),
      });
      continue;
    }
    if (line.startsWith("return ")) {
      frame.outputs = (line.match(/%\d+/g) ?? []).map((id) => Number(id.slice(1)));
      continue;
    }
    const node = readNode(line);
    if (node !== null) frame.nodes.push(node);
    if (line.endsWith("{")) frames.push({ owner: node, nodes: [], outputs: [], lines: [] });
  }
  return loops;
}

function readNode(line: string): GraphNode | null {
  const match = NODE.exec(line);
  if (match === null) return null;
  const [, id, dtype, shape, op, operands, detail] = match;
  return {
    id: Number(id),
    dtype: dtype!,
    shape: shape === "" ? [] : shape!.split(",").map((size) => (/^\d+$/.test(size) ? Number(size) : -1)),
    op: op!,
    operands: (operands!.match(/\d+/g) ?? []).map(Number),
    from: [],
    detail: detail!.replace(/\{$/, "").trim(),
  };
}
