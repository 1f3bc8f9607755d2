/**
 * @file What to draw of a graph: nodes, edges and the kernels around them, before anybody knows where they go. Graphs too large
 * to read are made smaller here: kernels close into one box, chains into one box, and what is farthest from the outputs is left
 * out and counted. Knows no pixels except how wide a text is.
 */
import type { GraphNode, GraphView, InspectionData } from "../protocol.ts";

export interface DrawnNode {
  key: string;
  /** The nodes of the graph that this box stands for: one, unless it is a closed kernel or a chain. */
  ids: readonly number[];
  title: string;
  detail: string;
  /** The whole of it, for a tooltip. */
  hint: string;
  shape: "input" | "constant" | "op" | "closed";
  output: boolean;
  /** The kernel around it, or the one that it stands for when closed. */
  kernel: number | null;
  /** The name of the chain that it stands for, by which it is opened. */
  chain?: string;
  width: number;
  height: number;
}

export interface DrawnEdge {
  from: string;
  to: string;
  /** Why the two were not fused, where they were not. */
  cut?: string;
}

export interface DrawnGroup {
  key: string;
  kernel: number;
  label: string;
  closed: boolean;
}

export interface Drawing {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
  groups: DrawnGroup[];
  /** Nodes of the graph that are not drawn. */
  hidden: number;
}

/** Boxes that can be read, and laid out well within the deadline. */
const MAX_BOXES = 140;
/** A kernel with more nodes than this is opened by those who want to see them. */
const MAX_OPEN = 40;
/** A chain shorter than this is not worth closing. */
const MIN_CHAIN = 4;
/** A chain too long to be drawn node by node opens into so many shorter ones. */
const CHAIN_PARTS = 12;
const CHAR_WIDTH = 6.6;

const SHORT_DTYPE: Record<string, string> = { float32: "f32", float16: "f16", int32: "i32", uint32: "u32", bool: "bool" };

/** `f32[2,3]`: a dtype and a shape in short. A size that is a symbol is -1 in the data. */
export function typeText(node: { dtype: string; shape: readonly number[] }): string {
  return `${SHORT_DTYPE[node.dtype] ?? node.dtype}[${node.shape.map((size) => (size < 0 ? "?" : size)).join(",")}]`;
}

/** The graph as it was before kernels were formed; `open` names the chains that are drawn in their parts. */
export function drawGraph(view: GraphView, open: ReadonlySet<string> = new Set()): Drawing {
  return finish(
    view,
    view.nodes.length > MAX_BOXES ? chains(view, open) : view.nodes.map((node) => ({ ...box(view, node), kernel: null })),
    [],
    new Map(),
  );
}

/** The graph with its kernels as groups; `closed` names those drawn as one box. */
export function drawKernels(inspection: InspectionData, closed: ReadonlySet<number>): Drawing {
  const view = inspection.graphs.at(-1)!.graph;
  const inKernel = new Set(inspection.kernels.flatMap(({ nodes }) => nodes));
  const boxes: DrawnNode[] = view.nodes.filter(({ id }) => !inKernel.has(id)).map((node) => ({ ...box(view, node), kernel: null }));
  const byId = new Map(view.nodes.map((node) => [node.id, node]));
  for (const kernel of inspection.kernels) {
    if (closed.has(kernel.id)) {
      const title = `${kernel.nodes.length} nodes`;
      boxes.push({ ...sized(`k${kernel.id}`, kernel.nodes, title, kernel.name, "closed"), output: false, kernel: kernel.id });
      continue;
    }
    for (const id of kernel.nodes) {
      const node = byId.get(id);
      // A node that several kernels compute (cheaper than storing it) is drawn in each.
      if (node !== undefined) boxes.push({ ...box(view, node), key: `n${id}k${kernel.id}`, kernel: kernel.id });
    }
  }
  const groups = inspection.kernels.map((kernel) => ({
    key: `g${kernel.id}`,
    kernel: kernel.id,
    label: `${kernel.name} · ${kernel.class}`,
    closed: closed.has(kernel.id),
  }));
  const cuts = new Map(inspection.cuts.map(({ from, to, reason }) => [`${from}>${to}`, reason]));
  return finish(view, boxes, groups, cuts);
}

/** The kernels that start closed so that the drawing stays readable: long ones, and the largest until the rest fits. */
export function closedAtFirst(inspection: InspectionData): Set<number> {
  let boxes = inspection.graphs.at(-1)?.graph.nodes.length ?? 0;
  const closed = new Set<number>();
  for (const kernel of [...inspection.kernels].sort((a, b) => b.nodes.length - a.nodes.length)) {
    if (boxes <= MAX_BOXES && kernel.nodes.length <= MAX_OPEN) break;
    closed.add(kernel.id);
    boxes -= kernel.nodes.length - 1;
  }
  return closed;
}

/** Adds the edges between boxes, and leaves out what is too much. */
function finish(view: GraphView, boxes: DrawnNode[], groups: DrawnGroup[], cuts: ReadonlyMap<string, string>): Drawing {
  const kept = boxes.length > MAX_BOXES ? nearestToOutputs(view, boxes) : boxes;
  // In which box a node is found, seen from a kernel: its own copy, else the first.
  const homes = new Map<number, DrawnNode[]>();
  for (const one of kept) for (const id of one.ids) homes.set(id, [...(homes.get(id) ?? []), one]);
  const byId = new Map(view.nodes.map((node) => [node.id, node]));
  const edges = new Map<string, DrawnEdge>();
  for (const to of kept) {
    for (const id of to.ids) {
      for (const operand of byId.get(id)?.operands ?? []) {
        const found = homes.get(operand);
        const from = found?.find(({ kernel }) => kernel === to.kernel) ?? found?.[0];
        if (from === undefined || from === to) continue;
        const key = `${from.key}>${to.key}`;
        const cut = cuts.get(`${operand}>${id}`);
        if (!edges.has(key)) edges.set(key, { from: from.key, to: to.key });
        if (cut !== undefined && from.kernel !== to.kernel) edges.get(key)!.cut = cut;
      }
    }
  }
  const drawn = new Set(kept.flatMap(({ ids }) => ids));
  const hidden = view.nodes.filter(({ id }) => !drawn.has(id)).length;
  const used = new Set(kept.map(({ kernel }) => kernel));
  return { nodes: kept, edges: [...edges.values()], groups: groups.filter(({ kernel }) => used.has(kernel)), hidden };
}

function box(view: GraphView, node: GraphNode): Omit<DrawnNode, "kernel"> {
  const shape = node.op === "input" ? "input" : node.operands.length === 0 ? "constant" : "op";
  // A literal is its value; an input is told from the others by its number; elsewhere the detail would only widen the box.
  const title = node.op === "literal" ? node.detail : node.op === "input" ? `input ${node.detail}` : node.op;
  return {
    ...sized(`n${node.id}`, [node.id], title, typeText(node), shape),
    hint: `${node.op} ${node.detail}`.trim(),
    output: view.outputs.includes(node.id),
  };
}

function sized(key: string, ids: readonly number[], title: string, detail: string, shape: DrawnNode["shape"]): Omit<DrawnNode, "kernel"> {
  const shown = title.length > 26 ? `${title.slice(0, 25)}…` : title;
  const width = Math.max(56, Math.max(shown.length * 7.2, detail.length * CHAR_WIDTH) + 20);
  return { key, ids, title: shown, detail, hint: title, shape, output: false, width, height: 38 };
}

/**
 * Boxes with every long chain (each node the only user of the one before) closed into one. What is computed of constants alone,
 * such as a number stretched to a shape, does not break a chain; it goes in with the chain if nothing else uses it. A chain that is
 * opened falls into its nodes, or into shorter chains when it has too many.
 */
function chains(view: GraphView, open: ReadonlySet<string>): DrawnNode[] {
  const byId = new Map(view.nodes.map((node) => [node.id, node]));
  const users = new Map<number, number[]>();
  const fixed = new Set<number>();
  const chainOf = new Map<number, number[]>();
  for (const node of view.nodes) {
    const operands = [...new Set(node.operands)];
    for (const operand of operands) users.set(operand, [...(users.get(operand) ?? []), node.id]);
    if (node.op !== "input" && operands.every((operand) => fixed.has(operand))) fixed.add(node.id);
  }
  for (const node of view.nodes) {
    if (node.op === "input" || fixed.has(node.id)) continue;
    const computed = [...new Set(node.operands)].filter((id) => chainOf.has(id));
    const before = computed.length === 1 && users.get(computed[0]!)!.length === 1 ? chainOf.get(computed[0]!) : undefined;
    before?.push(node.id);
    chainOf.set(node.id, before ?? [node.id]);
  }
  const inside = new Map<number, DrawnNode>();
  const boxes: DrawnNode[] = [];
  // Backwards, so that the users of a constant are decided before it is.
  const candidates = [...fixed].reverse();
  const close = (chain: readonly number[]): void => {
    if (chain.length < MIN_CHAIN) return;
    const name = `c${chain[0]!}-${chain.at(-1)!}`;
    if (open.has(name)) {
      const step = Math.ceil(chain.length / CHAIN_PARTS);
      if (chain.length > MAX_OPEN) for (let at = 0; at < chain.length; at += step) close(chain.slice(at, at + step));
      return;
    }
    const members = new Set(chain);
    const own = candidates.filter((id) => (users.get(id) ?? [-1]).every((user) => members.has(user)) && members.add(id));
    const last = byId.get(chain.at(-1)!)!;
    const names = [...new Set(chain.map((id) => byId.get(id)!.op))].slice(0, 3).join(", ");
    const ids = [...own.reverse(), ...chain];
    const closed: DrawnNode = {
      ...sized(name, ids, `${chain.length} × ${names}`, typeText(last), "closed"),
      output: view.outputs.includes(last.id),
      kernel: null,
      chain: name,
    };
    boxes.push(closed);
    for (const id of ids) inside.set(id, closed);
  };
  for (const chain of new Set(chainOf.values())) close(chain);
  for (const node of view.nodes) if (!inside.has(node.id)) boxes.push({ ...box(view, node), kernel: null });
  return boxes.sort((a, b) => a.ids.at(-1)! - b.ids.at(-1)!);
}

/** The boxes that are fewest steps away from an output. */
function nearestToOutputs(view: GraphView, boxes: DrawnNode[]): DrawnNode[] {
  const byId = new Map(view.nodes.map((node) => [node.id, node]));
  const boxesOf = new Map<number, DrawnNode[]>();
  for (const one of boxes) for (const id of one.ids) boxesOf.set(id, [...(boxesOf.get(id) ?? []), one]);
  const kept = new Set<DrawnNode>();
  let front = new Set(view.outputs.flatMap((id) => boxesOf.get(id) ?? []));
  while (front.size > 0 && kept.size < MAX_BOXES) {
    const next = new Set<DrawnNode>();
    for (const one of front) {
      if (kept.size >= MAX_BOXES) break;
      kept.add(one);
      for (const id of one.ids) {
        for (const operand of byId.get(id)?.operands ?? []) {
          for (const below of boxesOf.get(operand) ?? []) if (!kept.has(below)) next.add(below);
        }
      }
    }
    front = next;
  }
  return boxes.filter((one) => kept.has(one));
}
