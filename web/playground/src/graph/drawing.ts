/**
 * @file What to draw of a graph: nodes, edges and the kernels around them, before anybody knows where they go. Numbers, and values that
 * are only stretched to a shape, are drawn inside of the boxes that use them; a kernel can be closed into one box. Nothing is left out.
 * Knows no pixels except how wide a text is.
 */
import type { GraphNode, GraphView, InspectionData, KernelView } from "../protocol.ts";
import { kernelNames } from "./names.ts";

export interface DrawnNode {
  key: string;
  /** What it is called in every pass and after an edit, see `names.ts`. */
  name: string;
  /** The node that this box is; none for a closed kernel. */
  id?: number;
  /** The nodes of the graph that this box stands for: its own and those drawn inside of it. */
  ids: readonly number[];
  title: string;
  detail: string;
  /** The whole of it, for a tooltip. */
  hint: string;
  shape: "input" | "constant" | "op" | "closed" | "failed";
  output: boolean;
  /** The kernel around it, or the one that it stands for when closed. */
  kernel: number | null;
  /** The key of the group that it is in, or stands for. */
  group: string | null;
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
  /** What it is called in every pass and after an edit. */
  name: string;
  kernel: number | null;
  label: string;
  /** The kernel's class, or what else it is. */
  kind: KernelView["class"] | "function" | "loop";
  closed: boolean;
  /** The box that stands for it when it is closed. */
  box: string;
}

export interface Drawing {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
  groups: DrawnGroup[];
}

/** A kernel with more nodes than this is opened by those who want to see them. */
const MAX_OPEN = 60;
const CHAR_WIDTH = 6.6;
/** Operands that are written in a box, at most. */
const MAX_WRITTEN = 3;

const SHORT_DTYPE: Record<string, string> = { float32: "f32", float16: "f16", int32: "i32", uint32: "u32", bool: "bool" };

/** `f32[2,3]`: a dtype and a shape in short. A size that is a symbol is -1 in the data. */
export function typeText(node: { dtype: string; shape: readonly number[] }): string {
  return `${SHORT_DTYPE[node.dtype] ?? node.dtype}[${node.shape.map((size) => (size < 0 ? "?" : size)).join(",")}]`;
}

/** How a node is called that has no name. */
const byNumber = (id: number): string => `n${id}`;

/** The graph as it was before kernels were formed. With `fold`, literals and broadcasts are drawn inside of their users. */
export function drawGraph(view: GraphView, fold: boolean, nameOf: (id: number) => string = byNumber): Drawing {
  const folds = new Folds(view, fold);
  const boxes = view.nodes
    .filter(({ id }) => !folds.has(id))
    .map((node) => ({ ...box(node, folds), name: nameOf(node.id), kernel: null, group: null }));
  return finish(view, boxes, [], new Map(), folds);
}

/** The graph with its kernels as groups; `closed` names those drawn as one box. */
export function drawKernels(
  inspection: InspectionData,
  closed: ReadonlySet<number>,
  fold: boolean,
  nameOf: (id: number) => string = byNumber,
): Drawing {
  const view = inspection.graphs.at(-1)!.graph;
  const folds = new Folds(view, fold);
  const inKernel = new Set(inspection.kernels.flatMap(({ nodes }) => nodes));
  const loose = view.nodes.filter(({ id }) => !inKernel.has(id) && !folds.has(id));
  const boxes: DrawnNode[] = loose.map((node) => ({ ...box(node, folds), name: nameOf(node.id), kernel: null, group: null }));
  const names = kernelNames(inspection.kernels);
  const isDrawn = new Set<number>();
  const byId = new Map(view.nodes.map((node) => [node.id, node]));
  for (const kernel of inspection.kernels) {
    if (closed.has(kernel.id)) {
      const title = `${kernel.nodes.length} nodes`;
      const key = `k${kernel.id}`;
      boxes.push({
        ...sized(key, kernel.nodes, title, kernel.name, "closed"),
        name: names.get(kernel.id) ?? key,
        output: false,
        kernel: kernel.id,
        group: `g${kernel.id}`,
      });
      continue;
    }
    for (const id of kernel.nodes) {
      const node = byId.get(id);
      // A node that several kernels compute (cheaper than storing it) is drawn in each.
      if (node === undefined || folds.has(id)) continue;
      const name = isDrawn.has(id) ? `${nameOf(id)} in ${names.get(kernel.id)}` : nameOf(id);
      isDrawn.add(id);
      boxes.push({ ...box(node, folds), key: `n${id}k${kernel.id}`, name, kernel: kernel.id, group: `g${kernel.id}` });
    }
  }
  // In the order in which they run; what is in no kernel goes before what uses it.
  boxes.sort((a, b) => (a.kernel ?? -1) - (b.kernel ?? -1) || (a.id ?? 0) - (b.id ?? 0));
  const groups = [...new Map(inspection.kernels.map((kernel) => [kernel.id, kernel])).values()]
    .filter(({ nodes }) => nodes.some((id) => !folds.has(id)))
    .map((kernel) => ({
      key: `g${kernel.id}`,
      name: names.get(kernel.id) ?? "",
      box: `k${kernel.id}`,
      kernel: kernel.id,
      label: `${kernel.name} · ${kernel.class}`,
      kind: kernel.class,
      closed: closed.has(kernel.id),
    }));
  const cuts = new Map(inspection.cuts.map(({ from, to, reason }) => [`${from}>${to}`, reason]));
  return finish(view, boxes, groups, cuts, folds);
}

/** The kernels that start closed so that the drawing can be taken in: long ones. */
export function closedAtFirst(inspection: InspectionData): Set<number> {
  return new Set(inspection.kernels.filter(({ nodes }) => nodes.length > MAX_OPEN).map(({ id }) => id));
}

/** Which nodes are drawn inside of their users: literals, what is a view of literals alone, and broadcasts. */
class Folds {
  /** Of a folded node what is written for it, or the node whose value it has. */
  readonly #folded = new Map<number, { text: string } | { of: number }>();
  readonly #byId: ReadonlyMap<number, GraphNode>;
  readonly #outputs: ReadonlySet<number>;

  constructor(view: GraphView, fold: boolean) {
    this.#byId = new Map(view.nodes.map((node) => [node.id, node]));
    this.#outputs = new Set(view.outputs);
    if (!fold) return;
    const outputs = this.#outputs;
    for (const { id, op, operands, detail } of view.nodes) {
      const [operand] = operands;
      if (outputs.has(id)) continue;
      if (op === "literal") this.#folded.set(id, { text: detail });
      else if (op === "broadcast" && operand !== undefined) this.#folded.set(id, this.#folded.get(operand) ?? { of: operand });
      else if (op === "reshape" && operand !== undefined) {
        const written = this.#folded.get(operand);
        if (written !== undefined && "text" in written) this.#folded.set(id, written);
      }
    }
  }

  isOutput(id: number): boolean {
    return this.#outputs.has(id);
  }

  has(id: number): boolean {
    return this.#folded.has(id);
  }

  /** The node that is drawn for an operand; undefined when it is only written. */
  drawn(id: number): number | undefined {
    const folded = this.#folded.get(id);
    if (folded === undefined) return id;
    return "of" in folded ? folded.of : undefined;
  }

  /** What is written for an operand in the box of its user. */
  text(id: number): string | undefined {
    const folded = this.#folded.get(id);
    return folded !== undefined && "text" in folded ? folded.text : undefined;
  }

  /** The folded nodes that an operand brings along into the box of its user. */
  along(operands: readonly number[]): number[] {
    const found: number[] = [];
    for (let id of operands) {
      for (let depth = 0; this.#folded.has(id) && depth < 16; depth++) {
        found.push(id);
        const [next] = this.#byId.get(id)?.operands ?? [];
        if (next === undefined) break;
        id = next;
      }
    }
    return found;
  }
}

/** Adds the edges between boxes. */
function finish(view: GraphView, boxes: DrawnNode[], groups: DrawnGroup[], cuts: ReadonlyMap<string, string>, folds: Folds): Drawing {
  // In which box a node is found, seen from a kernel: its own copy, else the first.
  const homes = new Map<number, Map<number | null, DrawnNode>>();
  for (const one of boxes) {
    for (const id of one.shape === "closed" ? one.ids : [one.id!]) {
      const known = homes.get(id);
      if (known === undefined) homes.set(id, new Map([[one.kernel, one]]));
      else if (!known.has(one.kernel)) known.set(one.kernel, one);
    }
  }
  const byId = new Map(view.nodes.map((node) => [node.id, node]));
  const edges = new Map<string, DrawnEdge>();
  for (const to of boxes) {
    for (const id of to.shape === "closed" ? to.ids : [to.id!]) {
      for (const operand of byId.get(id)?.operands ?? []) {
        const drawn = folds.drawn(operand);
        if (drawn === undefined) continue;
        const found = homes.get(drawn);
        const from = found?.get(to.kernel) ?? found?.values().next().value;
        if (from === undefined || from === to) continue;
        const key = `${from.key}>${to.key}`;
        const cut = cuts.get(`${drawn}>${id}`) ?? cuts.get(`${operand}>${id}`) ?? cuts.get(`${drawn}>${operand}`);
        if (!edges.has(key)) edges.set(key, { from: from.key, to: to.key });
        if (cut !== undefined && from.kernel !== to.kernel) edges.get(key)!.cut = cut;
      }
    }
  }
  return { nodes: named(boxes), edges: [...edges.values()], groups };
}

/** Boxes with names that no two have: the compiler gives none twice, but the data may be forged. */
function named(boxes: readonly DrawnNode[]): DrawnNode[] {
  const seen = new Set<string>();
  const keys = new Set<string>();
  return boxes.flatMap((one) => {
    if (keys.has(one.key)) return [];
    keys.add(one.key);
    const name = seen.has(one.name) ? `${one.name} ${one.key}` : one.name;
    if (seen.has(name)) return [];
    seen.add(name);
    return [{ ...one, name }];
  });
}

/** A box, before it is known where it belongs. */
type Unplaced = Omit<DrawnNode, "kernel" | "name" | "group">;

function box(node: GraphNode, folds: Folds): Unplaced {
  const shape = node.op === "input" ? "input" : node.operands.length === 0 ? "constant" : "op";
  // A literal is its value; an input is told from the others by its number; elsewhere the detail would only widen the box.
  const trips = node.op === "loop" ? / ?\blength=(\S+)/.exec(node.detail)?.[1] : undefined;
  const title =
    node.op === "literal"
      ? node.detail
      : node.op === "input"
        ? `input ${node.detail}`
        : trips !== undefined
          ? `loop × ${trips}`
          : written(node, folds);
  return {
    ...sized(`n${node.id}`, [node.id, ...folds.along(node.operands)], title, typeText(node), shape),
    id: node.id,
    hint: `%${node.id} = ${node.op} ${node.operands.map((id) => `%${id}`).join(" ")} ${node.detail}`.replace(/ +/g, " ").trim(),
    output: folds.isOutput(node.id),
  };
}

/** An op with the numbers that it uses: `mul 2.0`, `1.0 sub`. */
function written({ op, operands }: GraphNode, folds: Folds): string {
  const texts = operands.slice(0, MAX_WRITTEN).map((id) => folds.text(id));
  if (operands.length > MAX_WRITTEN || texts.every((text) => text === undefined)) return op;
  const [first, ...rest] = texts.map((text) => (text === undefined ? "" : shortNumber(text)));
  return `${first} ${op} ${rest.join(" ")}`.replace(/ +/g, " ").trim();
}

function shortNumber(text: string): string {
  const value = Number(text);
  return Number.isNaN(value) || text.length <= 8 ? text : String(Number(value.toPrecision(5)));
}

/** A box that has room for its texts. */
export function sized(key: string, ids: readonly number[], title: string, detail: string, shape: DrawnNode["shape"]): Unplaced {
  const shown = title.length > 26 ? `${title.slice(0, 25)}…` : title;
  // Room for the id beside the title.
  const width = Math.max(64, Math.max(shown.length * 7.2 + 44, detail.length * CHAR_WIDTH + 20));
  return { key, ids, title: shown, detail, hint: title, shape, output: false, width, height: 38 };
}
