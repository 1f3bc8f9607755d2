/**
 * @file What of a placed drawing is in view: boxes and edges are kept by bands, so that drawing a part of a large graph costs as much as
 * the part.
 */
import type { DrawnEdge, DrawnNode, Drawing } from "./drawing.ts";
import type { Box, Placement, Point } from "./placement.ts";

/** A part of the drawing, in its own units. */
export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const BAND = 400;
/** An edge through more bands than this is kept apart, and looked at always. */
const MAX_BANDS = 64;

export interface PlacedEdge {
  index: number;
  edge: DrawnEdge;
  points: readonly Point[];
}

/** A drawing with its places, by bands from top to bottom. */
export class Bands {
  readonly #nodes = new Map<number, DrawnNode[]>();
  readonly #edges = new Map<number, PlacedEdge[]>();
  readonly #long: PlacedEdge[] = [];
  readonly #placement: Placement;

  constructor(drawing: Drawing, placement: Placement) {
    this.#placement = placement;
    for (const node of drawing.nodes) {
      const box = placement.nodes[node.key];
      if (box !== undefined) pushTo(this.#nodes, bandOf(box.y), node);
    }
    for (const [index, edge] of drawing.edges.entries()) {
      const points = placement.edges[index] ?? [];
      if (points.length === 0) continue;
      const placed = { index, edge, points };
      let [first, last] = [Infinity, -Infinity];
      for (const { y } of points) {
        first = Math.min(first, bandOf(y));
        last = Math.max(last, bandOf(y));
      }
      if (last - first > MAX_BANDS) this.#long.push(placed);
      else for (let band = first; band <= last; band++) pushTo(this.#edges, band, placed);
    }
  }

  /** The boxes that touch an area. */
  nodesIn({ left, top, right, bottom }: Area): DrawnNode[] {
    const found: DrawnNode[] = [];
    // A box is lower than a band, so that the band above is enough.
    for (let band = bandOf(top) - 1; band <= bandOf(bottom); band++) {
      for (const node of this.#nodes.get(band) ?? []) {
        const { x, y, width, height } = this.#placement.nodes[node.key]!;
        if (x <= right && x + width >= left && y <= bottom && y + height >= top) found.push(node);
      }
    }
    return found;
  }

  /** The edges that may touch an area. */
  edgesIn({ left, top, right, bottom }: Area): PlacedEdge[] {
    const found = new Set<PlacedEdge>(this.#long.filter(({ points }) => points[0]!.y <= bottom && points.at(-1)!.y >= top));
    for (let band = bandOf(top); band <= bandOf(bottom); band++) for (const placed of this.#edges.get(band) ?? []) found.add(placed);
    // Piece by piece: most of a long edge is a rail at the side, out of view.
    const touches = (a: Point, b: Point): boolean =>
      Math.max(a.x, b.x) >= left && Math.min(a.x, b.x) <= right && Math.max(a.y, b.y) >= top && Math.min(a.y, b.y) <= bottom;
    return [...found].filter(({ points }) => points.some((point, at) => at > 0 && touches(points[at - 1]!, point)));
  }
}

function pushTo<T>(bands: Map<number, T[]>, band: number, one: T): void {
  const known = bands.get(band);
  if (known === undefined) bands.set(band, [one]);
  else known.push(one);
}

/** A placement with everything moved. */
export function shifted({ frame, nodes, groups, rows, edges }: Placement, by: Point): Placement {
  const move = <T extends Point>(at: T): T => ({ ...at, x: at.x + by.x, y: at.y + by.y });
  const moveAll = (boxes: Placement["nodes"]): Placement["nodes"] =>
    Object.fromEntries(Object.entries(boxes).map(([key, box]) => [key, move(box)]));
  return { frame: move(frame), nodes: moveAll(nodes), groups: moveAll(groups), rows, edges: edges.map((line) => line.map(move)) };
}

function bandOf(y: number): number {
  return Math.floor(y / BAND);
}

/** A line through points: smooth between the first and the last of them, along the middles of the pieces. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let text = `M${round(first.x)},${round(first.y)}`;
  let at = first;
  for (const point of rest) {
    const middle = (at.y + point.y) / 2;
    if (at.x === point.x) text += `V${round(point.y)}`;
    else text += `C${round(at.x)},${round(middle)} ${round(point.x)},${round(middle)} ${round(point.x)},${round(point.y)}`;
    at = point;
  }
  return text;
}

/** Many boxes as one path. */
export function boxesPath(boxes: readonly Box[]): string {
  return boxes.map(({ x, y, width, height }) => `M${round(x)},${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`).join("");
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The nearest box in a direction, where sideways distance counts double; at the sides else the next along the program. */
export function neighbour(
  nodes: readonly DrawnNode[],
  placement: Placement,
  from: DrawnNode,
  [dx, dy]: [number, number],
): DrawnNode | null {
  const a = placement.nodes[from.key]!;
  let best: DrawnNode | null = null;
  let bestCost = Infinity;
  for (const node of nodes) {
    const b = placement.nodes[node.key]!;
    const x = b.x + b.width / 2 - a.x - a.width / 2;
    const y = b.y + b.height / 2 - a.y - a.height / 2;
    const ahead = x * dx + y * dy;
    const aside = Math.abs(x * dy + y * dx);
    if (ahead < 4 || (dx !== 0 && aside > a.height)) continue;
    if (ahead + 2 * aside < bestCost) [best, bestCost] = [node, ahead + 2 * aside];
  }
  return best ?? (dx === 0 ? null : (nodes[nodes.indexOf(from) + dx] ?? null));
}
