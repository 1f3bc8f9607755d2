/**
 * @file Lays out one graph at a time; it may be killed at any moment.
 *
 * In two levels, both layered from top to bottom by dagre. First the inside of every kernel: its nodes, with a port on its upper
 * edge for each value that it reads and one on its lower edge for each value that others read. Then the whole, with kernels as
 * boxes. An edge between two kernels is drawn through their ports, so it is seen what a kernel loads once and uses where.
 * dagre can lay out clusters by itself, but then places an input beside a kernel and pulls kernels apart.
 */
import { Graph, layout } from "@dagrejs/dagre";
import type { Box, LayoutAnswer, LayoutRequest, Placement, Point } from "./placement.ts";

/** Room above the nodes of a kernel, for its name. */
const HEADER = 22;
const PADDING = 10;
const MARGIN = 8;
/** Holds the ports of a kernel on its edges: heavier than any number of edges that pull them to their users. */
const HOLD = 10_000;

self.onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  let answer: LayoutAnswer;
  try {
    answer = { placement: place(data) };
  } catch (thrown) {
    answer = { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  postMessage(answer);
};

interface Size {
  width: number;
  height: number;
}

interface Arrow {
  from: string;
  to: string;
  weight?: number;
}

/** Positions after dagre: boxes by key, and the points of every edge in order. */
interface Layered {
  boxes: Map<string, Box>;
  lines: Point[][];
}

/** A kernel's inside, relative to the kernel's corner. */
interface Inside extends Size {
  boxes: Map<string, Box>;
  /** By the key of the value that comes in, or of the node whose value goes out. */
  inPorts: Map<string, Point>;
  outPorts: Map<string, Point>;
  /** From a node or an incoming value to a node: `from>to`. */
  lines: Map<string, Point[]>;
  /** From a node to its port. */
  outLines: Map<string, Point[]>;
}

function place({ nodes, edges, groups }: LayoutRequest): Placement {
  const groupOf = new Map(nodes.map(({ key, group }) => [key, group]));
  const ownerOf = (key: string): string => groupOf.get(key) ?? key;
  const insides = new Map(groups.map((group) => [group, placeInside(group, nodes, edges, groupOf)]));

  const owners = new Map<string, Size>();
  for (const node of nodes) owners.set(ownerOf(node.key), insides.get(ownerOf(node.key)) ?? node);
  const outer = unique(edges.flatMap(({ from, to }) => (ownerOf(from) === ownerOf(to) ? [] : [{ from: ownerOf(from), to: ownerOf(to) }])));
  const whole = layered(owners, outer, { nodesep: 14, ranksep: 24 });
  const outerLines = new Map(outer.map(({ from, to }, i) => [`${from}>${to}`, whole.lines[i]!]));

  const placed: Record<string, Box> = {};
  const around: Record<string, Box> = {};
  for (const [owner, box] of whole.boxes) {
    const inside = insides.get(owner);
    if (inside === undefined) placed[owner] = box;
    else {
      around[owner] = box;
      for (const [key, inner] of inside.boxes) placed[key] = { ...inner, ...shifted(inner, box) };
    }
  }

  const lines = edges.map(({ from, to }): Point[] => {
    const [source, target] = [ownerOf(from), ownerOf(to)];
    const [out, into] = [insides.get(source), insides.get(target)];
    const within = (inside: Inside | undefined, owner: string, points: Point[] | undefined): Point[] =>
      inside === undefined ? [] : (points ?? []).map((point) => shifted(point, whole.boxes.get(owner)!));
    if (source === target) return within(into, target, into?.lines.get(`${from}>${to}`));
    const between = [...(outerLines.get(`${source}>${target}`) ?? [])];
    // Between kernels the line runs from port to port instead of from middle to middle.
    if (out !== undefined) between[0] = shifted(out.outPorts.get(from)!, whole.boxes.get(source)!);
    if (into !== undefined) between[between.length - 1] = shifted(into.inPorts.get(from)!, whole.boxes.get(target)!);
    return [...within(out, source, out?.outLines.get(from)), ...between, ...within(into, target, into?.lines.get(`${from}>${to}`))];
  });
  return framed(placed, around, lines);
}

/** The inside of one kernel, with its ports. */
function placeInside(
  group: string,
  nodes: LayoutRequest["nodes"],
  edges: LayoutRequest["edges"],
  groupOf: ReadonlyMap<string, string | null>,
): Inside {
  const sizes = new Map<string, Size>(nodes.filter((node) => node.group === group).map((node) => [node.key, node]));
  const arrows: Arrow[] = [];
  const comingIn = new Set<string>();
  const goingOut = new Set<string>();
  const port = { width: 1, height: 1 };
  for (const { from, to } of edges) {
    const [starts, ends] = [groupOf.get(from) === group, groupOf.get(to) === group];
    if (starts && ends) arrows.push({ from, to });
    else if (ends) {
      if (!comingIn.has(from)) arrows.push({ from: "top", to: `in ${from}`, weight: HOLD });
      comingIn.add(from);
      sizes.set(`in ${from}`, port);
      arrows.push({ from: `in ${from}`, to });
    } else if (starts && !goingOut.has(from)) {
      goingOut.add(from);
      sizes.set(`out ${from}`, port);
      arrows.push({ from, to: `out ${from}` }, { from: `out ${from}`, to: "bottom", weight: HOLD });
    }
  }
  if (comingIn.size > 0) sizes.set("top", port);
  if (goingOut.size > 0) sizes.set("bottom", port);
  const { boxes, lines } = layered(sizes, arrows, { nodesep: 12, ranksep: 20 });

  const own = [...boxes].filter(([key]) => groupOf.has(key));
  const left = Math.min(...[...boxes.values()].map(({ x }) => x), ...lines.flat().map(({ x }) => x)) - PADDING;
  const right = Math.max(...[...boxes.values()].map(({ x, width }) => x + width), ...lines.flat().map(({ x }) => x)) + PADDING;
  const top = Math.min(...own.map(([, { y }]) => y)) - HEADER;
  const bottom = Math.max(...own.map(([, { y, height }]) => y + height)) + PADDING;
  const corner = { x: -left, y: -top };
  // The ports are moved from their ranks onto the kernel's edges, and the ends of their lines with them.
  const at = (key: string, y: number): Point => ({ x: shifted(boxes.get(key)!, corner).x, y });
  const inPorts = new Map([...comingIn].map((key) => [key, at(`in ${key}`, 0)]));
  const outPorts = new Map([...goingOut].map((key) => [key, at(`out ${key}`, bottom - top)]));
  const inside: Inside = {
    width: right - left,
    height: bottom - top,
    boxes: new Map(own.map(([key, box]) => [key, { ...box, ...shifted(box, corner) }])),
    inPorts,
    outPorts,
    lines: new Map(),
    outLines: new Map(),
  };
  for (const [i, { from, to }] of arrows.entries()) {
    const points = lines[i]!.map((point) => shifted(point, corner));
    if (from === "top" || to === "bottom") continue;
    if (to.startsWith("out ")) {
      inside.outLines.set(from, points.slice(0, -1));
    } else if (from.startsWith("in ")) {
      inside.lines.set(`${from.slice(3)}>${to}`, points.slice(1));
    } else inside.lines.set(`${from}>${to}`, points);
  }
  return inside;
}

/** One run of dagre. */
function layered(
  sizes: ReadonlyMap<string, Size>,
  arrows: readonly Arrow[],
  { nodesep, ranksep }: { nodesep: number; ranksep: number },
): Layered {
  const graph = new Graph();
  graph.setGraph({ rankdir: "TB", nodesep, ranksep, edgesep: 8 });
  for (const [key, { width, height }] of sizes) graph.setNode(key, { width, height });
  for (const { from, to, weight = 1 } of arrows) graph.setEdge(from, to, { weight });
  layout(graph);
  // dagre speaks of centres.
  const boxes = [...sizes].map(([key, { width, height }]): [string, Box] => {
    const { x, y } = graph.node(key) as Point;
    return [key, { x: x - width / 2, y: y - height / 2, width, height }];
  });
  const lines = arrows.map(({ from, to }) => (graph.edge(from, to) as { points: Point[] }).points.map(({ x, y }) => ({ x, y })));
  return { boxes: new Map(boxes), lines };
}

/** Everything moved so that it begins at the margin. */
function framed(nodes: Record<string, Box>, groups: Record<string, Box>, edges: Point[][]): Placement {
  const boxes = [...Object.values(nodes), ...Object.values(groups)];
  const points = edges.flat();
  const all = [...boxes, ...points];
  const left = Math.min(...all.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...all.map(({ y }) => y)) - MARGIN;
  const move = <T extends Point>(at: T): T => ({ ...at, x: at.x - left, y: at.y - top });
  const moved = (record: Record<string, Box>): Record<string, Box> =>
    Object.fromEntries(Object.entries(record).map(([key, box]) => [key, move(box)]));
  return {
    width: Math.max(...boxes.map(({ x, width }) => x + width), ...points.map(({ x }) => x)) - left + MARGIN,
    height: Math.max(...boxes.map(({ y, height }) => y + height), ...points.map(({ y }) => y)) - top + MARGIN,
    nodes: moved(nodes),
    groups: moved(groups),
    edges: edges.map((line) => line.map(move)),
  };
}

function shifted(point: Point, by: Point): Point {
  return { x: point.x + by.x, y: point.y + by.y };
}

function unique(arrows: Arrow[]): Arrow[] {
  return [...new Map(arrows.map((arrow) => [`${arrow.from}>${arrow.to}`, arrow])).values()];
}
