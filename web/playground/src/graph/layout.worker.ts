/**
 * @file Lays out one graph at a time with dagre (layered, top to bottom, kernels as clusters). It may be killed at any moment.
 */
import { Graph, layout } from "@dagrejs/dagre";
import type { Box, LayoutAnswer, LayoutRequest, Placement } from "./placement.ts";

/** Room above the nodes of a kernel, for its name. */
const GROUP_HEADER = 22;
const GROUP_PADDING = 10;
const MARGIN = 8;

onmessage = ({ data }: MessageEvent<LayoutRequest>) => {
  let answer: LayoutAnswer;
  try {
    answer = { placement: place(data) };
  } catch (thrown) {
    answer = { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
  postMessage(answer);
};

function place({ nodes, edges, groups }: LayoutRequest): Placement {
  const graph = new Graph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 14, ranksep: groups.length > 0 ? 20 : 22, edgesep: 8 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const key of groups) graph.setNode(key, {});
  for (const { key, group, width, height } of nodes) {
    graph.setNode(key, { width, height });
    if (group !== null) graph.setParent(key, group);
  }
  for (const { from, to } of edges) graph.setEdge(from, to, {});
  for (const { from, to } of keepOutside(nodes, edges)) graph.setEdge(from, to, { weight: 0 }, "above");
  layout(graph);

  const placed: Record<string, Box> = {};
  for (const { key } of nodes) placed[key] = corner(graph.node(key) as Box);
  const around: Record<string, Box> = {};
  for (const key of groups) around[key] = surround(nodes.filter(({ group }) => group === key).map((node) => placed[node.key]!));
  const lines = edges.map(({ from, to }) => (graph.edge(from, to) as { points: { x: number; y: number }[] }).points.map(({ x, y }) => ({ x, y })));

  // The groups' headers may reach beyond what dagre laid out: shift everything into view.
  const boxes = [...Object.values(placed), ...Object.values(around)];
  const left = Math.min(0, ...boxes.map(({ x }) => x)) - MARGIN;
  const top = Math.min(0, ...boxes.map(({ y }) => y)) - MARGIN;
  const points = lines.flat();
  for (const at of [...boxes, ...points]) {
    at.x -= left;
    at.y -= top;
  }
  return {
    width: Math.max(0, ...boxes.map(({ x, width }) => x + width), ...points.map(({ x }) => x)) + MARGIN,
    height: Math.max(0, ...boxes.map(({ y, height }) => y + height)) + MARGIN,
    nodes: placed,
    groups: around,
    edges: lines,
  };
}

/**
 * Edges that are not drawn: from what feeds a kernel to the kernel's topmost nodes. Without them dagre puts an input beside a
 * kernel whose own constants start higher than the first use of the input.
 */
function keepOutside(nodes: LayoutRequest["nodes"], edges: LayoutRequest["edges"]): LayoutRequest["edges"] {
  const groupOf = new Map(nodes.map(({ key, group }) => [key, group]));
  const sources = new Map<string, Set<string>>();
  const inside = edges.filter(({ from, to }) => {
    const group = groupOf.get(to) ?? null;
    if (group === null || groupOf.get(from) === group) return group !== null;
    sources.set(group, (sources.get(group) ?? new Set()).add(from));
    return false;
  });
  const users = new Map<string, string[]>();
  const fed = new Set<string>();
  for (const { from, to } of inside) {
    users.set(from, [...(users.get(from) ?? []), to]);
    fed.add(to);
  }
  // How many steps a node is above the bottom of its kernel; operands come before users, so backwards visits users first.
  const height = new Map<string, number>();
  for (const { key } of [...nodes].reverse()) height.set(key, 1 + Math.max(-1, ...(users.get(key) ?? []).map((user) => height.get(user) ?? 0)));
  const added: LayoutRequest["edges"] = [];
  for (const [group, from] of sources) {
    const starts = nodes.filter((node) => node.group === group && !fed.has(node.key));
    const top = Math.max(...starts.map(({ key }) => height.get(key)!));
    for (const { key } of starts) if (height.get(key) === top) for (const source of from) added.push({ from: source, to: key });
  }
  return added;
}

/** dagre speaks of centres. */
function corner({ x, y, width, height }: Box): Box {
  return { x: x - width / 2, y: y - height / 2, width, height };
}

/** The box around others, with padding and a header. */
function surround(boxes: Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x)) - GROUP_PADDING;
  const y = Math.min(...boxes.map((box) => box.y)) - GROUP_HEADER;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + GROUP_PADDING;
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + GROUP_PADDING;
  return { x, y, width: right - x, height: bottom - y };
}
