/**
 * @file Where the boxes and edges of a drawing go. Kernels are laid out by themselves and then stand in the whole as one box; both levels
 * are rows of boxes (`rows.ts`) with lanes for the edges that pass rows (`lanes.ts`).
 */
import { route } from "./lanes.ts";
import type { Box, LayoutAsk, LayoutBox, LayoutRequest, Placed, Placement, Point } from "./placement.ts";
import { inRows, type Item, ROW_GAP, type Rows } from "./rows.ts";

/** Room above the nodes of a kernel, for its name, and around them. */
const HEADER = 24;
const PADDING = 12;
const MARGIN = 12;
/** So that the name of a kernel can be read however small its boxes are. */
const MIN_GROUP = 150;

/** Rails for values that pass rows of a group on their way in or out, and the room of one. */
const MAX_PORTS = 12;
const PORT_GAP = 7;

/** The inside of one group, from its own corner on. */
interface Inside {
  members: LayoutBox[];
  boxes: Box[];
  /** How lines from outside reach a box, and how those to the outside leave it: what is not in the first or last row, by a rail. */
  enter: Map<string, Point[]>;
  leave: Map<string, Point[]>;
  width: number;
  height: number;
}

/** Places a drawing near to where its boxes are in the traced graph, and that near to where it was before an edit. */
export function placeNear({ drawing, traced, keepsRows, before }: LayoutAsk): Placed {
  const base = traced ?? drawing;
  const known = new Map(Object.entries(before));
  const hinted = base.nodes.map((node): LayoutBox => {
    const x = known.get(node.name);
    return x === undefined ? node : { ...node, x };
  });
  const placed = place({ ...base, nodes: hinted });
  const middles: Record<string, number> = {};
  const rows = new Map<string, number>();
  for (const { key, name } of base.nodes) {
    middles[name] = middle(placed.nodes[key]!);
    rows.set(name, placed.rows[key] ?? 0);
  }
  if (traced === undefined) return { placement: placed, traced: middles };
  const places = new Map(Object.entries(middles));
  const nodes = drawing.nodes.map((node): LayoutBox => {
    const x = places.get(node.name);
    if (x === undefined) return node;
    return keepsRows ? { ...node, x, row: rows.get(node.name)! } : { ...node, x };
  });
  return { placement: place({ ...drawing, nodes }), traced: middles };
}

/** Places a drawing. */
export function place({ nodes, edges, groups }: LayoutRequest): Placement {
  const groupOf = new Map<string, string | null>(nodes.map(({ key, group }) => [key, group]));
  const members = new Map<string, LayoutBox[]>(groups.map((group) => [group, []]));
  for (const node of nodes) if (node.group !== null) members.get(node.group)?.push(node);

  // Edges by the level that they are drawn in.
  const within = new Map<string, number[]>(groups.map((group) => [group, []]));
  const crossing = new Map<string, number[]>(groups.map((group) => [group, []]));
  const between: number[] = [];
  const ends = edges.map(({ from, to }) => [groupOf.get(from), groupOf.get(to)] as const);
  for (const [index, [source, target]] of ends.entries()) {
    if (source === undefined || target === undefined) continue;
    if (source !== null && source === target) within.get(source)?.push(index);
    else {
      between.push(index);
      if (source !== null) crossing.get(source)?.push(index);
      if (target !== null) crossing.get(target)?.push(index);
    }
  }

  const lines: Point[][] = edges.map(() => []);
  const insides = new Map<string, Inside>();
  for (const [group, own] of members) {
    if (own.length > 0) insides.set(group, inside(own, edges, within.get(group)!, crossing.get(group)!, lines));
  }

  // The whole, with groups as boxes that stand where their first node does.
  const outer: (Item & { key: string })[] = [];
  const index = new Map<string, number>();
  for (const node of nodes) {
    const key = node.group !== null && insides.has(node.group) ? node.group : node.key;
    if (index.has(key)) continue;
    index.set(key, outer.length);
    const own = key === node.key ? undefined : insides.get(key);
    outer.push(own === undefined ? node : { key, width: own.width, height: own.height, isLeaf: false, x: meanX(own.members) });
  }
  const indexOf = (key: string): number => index.get(groupOf.get(key) ?? key) ?? index.get(key)!;
  const arrows = new Map<string, [number, number]>();
  for (const at of between) {
    const arrow: [number, number] = [indexOf(edges[at]!.from), indexOf(edges[at]!.to)];
    arrows.set(`${arrow[0]}>${arrow[1]}`, arrow);
  }
  const rows = inRows(outer, [...arrows.values()], true);
  const bends = route(outer, [...arrows.values()], rows);
  const bendsOf = new Map([...arrows.keys()].map((name, at) => [name, bends[at]!]));

  const placed: Record<string, Box> = {};
  const frames: Record<string, Box> = {};
  const rowOf: Record<string, number> = {};
  for (const [at, { key }] of outer.entries()) {
    const box = boxIn(rows, outer[at]!, at);
    const own = insides.get(key);
    if (own === undefined) {
      placed[key] = box;
      rowOf[key] = rows.rowOf[at]!;
      continue;
    }
    frames[key] = box;
    for (const [member, { key: name }] of own.members.entries()) placed[name] = moved(own.boxes[member]!, box);
    for (const line of within.get(key)!) lines[line] = lines[line]!.map((point) => moved(point, box));
  }
  for (const at of between) {
    const { from, to } = edges[at]!;
    const [source, target] = ends[at]!;
    const [start, end] = [placed[from]!, placed[to]!];
    const [out, into] = [source == null ? undefined : frames[source], target == null ? undefined : frames[target]];
    const leave =
      source == null || out === undefined
        ? []
        : insides
            .get(source)!
            .leave.get(from)!
            .map((point) => moved(point, out));
    const enter =
      target == null || into === undefined
        ? []
        : insides
            .get(target)!
            .enter.get(`${from}>${to}`)!
            .map((point) => moved(point, into));
    const row = rows.rowOf[indexOf(from)]!;
    const exit = leave.at(-1) ?? bottom(start);
    const floor = rows.tops[row + 1]! - ROW_GAP;
    lines[at] = [
      bottom(start),
      ...leave,
      // Down past tall neighbours before it turns.
      ...(floor - exit.y > 1 ? [{ x: exit.x, y: floor }] : []),
      ...bendsOf.get(`${indexOf(from)}>${indexOf(to)}`)!,
      ...enter,
      top(end),
    ];
  }
  return {
    frame: around([...Object.values(placed), ...Object.values(frames)], lines),
    nodes: placed,
    groups: frames,
    rows: rowOf,
    edges: lines,
  };
}

/** Lays out a group; its edges go into `lines`. */
function inside(
  members: LayoutBox[],
  edges: LayoutRequest["edges"],
  own: readonly number[],
  crossing: readonly number[],
  lines: Point[][],
): Inside {
  const index = new Map(members.map(({ key }, at) => [key, at]));
  const arrows = own.map((at): [number, number] => [index.get(edges[at]!.from)!, index.get(edges[at]!.to)!]);
  // Rows of another drawing mean nothing in here.
  const items = members.map(({ width, height, isLeaf, x }): Item => ({ width, height, isLeaf, x }));
  const rows = inRows(items, arrows, false);
  const bends = route(items, arrows, rows);
  const boxes = items.map((item, at) => boxIn(rows, item, at));
  for (const [at, [from, to]] of arrows.entries()) lines[own[at]!] = [bottom(boxes[from]!), ...bends[at]!, top(boxes[to]!)];
  const ownLines = own.map((at) => lines[at]!);
  const frame = around(boxes, ownLines);

  // One rail for every value that comes in and has far to go, at the left; one for every value that goes out from above, at the right.
  const [ins, outs] = [new Map<string, number>(), new Map<string, number>()];
  for (const at of crossing) {
    const { from, to } = edges[at]!;
    const [source, target] = [index.get(from), index.get(to)];
    if (target !== undefined && rows.rowOf[target]! > 0 && !ins.has(from)) ins.set(from, ins.size % MAX_PORTS);
    if (source !== undefined && rows.rowOf[source]! < rows.rows.length - 1 && !outs.has(from)) outs.set(from, outs.size % MAX_PORTS);
  }
  const room = (ports: ReadonlyMap<string, number>): number => PORT_GAP * Math.min(MAX_PORTS, ports.size);
  const [left, right] = [room(ins), room(outs)];
  const width = Math.max(MIN_GROUP, frame.width - 2 * MARGIN + 2 * PADDING + left + right);
  const height = frame.height - 2 * MARGIN + HEADER + PADDING;
  const corner = { x: (width + left - right - frame.width) / 2 - frame.x, y: HEADER - frame.y - MARGIN };
  for (const at of own) lines[at] = lines[at]!.map((point) => moved(point, corner));

  const placed = boxes.map((box) => moved(box, corner));
  const [enter, leave] = [new Map<string, Point[]>(), new Map<string, Point[]>()];
  for (const at of crossing) {
    const { from, to } = edges[at]!;
    const [source, target] = [index.get(from), index.get(to)];
    if (target !== undefined) {
      const { x, y } = top(placed[target]!);
      const rail = PADDING / 2 + PORT_GAP * (ins.get(from) ?? 0);
      enter.set(
        `${from}>${to}`,
        rows.rowOf[target] === 0
          ? [{ x, y: 0 }]
          : [
              { x: rail, y: 0 },
              { x: rail, y: y - ROW_GAP / 2 },
            ],
      );
    }
    if (source !== undefined && !leave.has(from)) {
      const { x, y } = bottom(placed[source]!);
      const rail = width - PADDING / 2 - PORT_GAP * (outs.get(from) ?? 0);
      leave.set(
        from,
        outs.has(from)
          ? [
              { x: rail, y: y + ROW_GAP / 2 },
              { x: rail, y: height },
            ]
          : [{ x, y: height }],
      );
    }
  }
  return { members, boxes: placed, enter, leave, width, height };
}

function meanX(members: readonly LayoutBox[]): number | undefined {
  const known = members.flatMap(({ x }) => x ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, x) => sum + x, 0) / known.length;
}

/** A box at the top of its row; what only brings a value in at the bottom, so that its line does not pass a tall neighbour. */
function boxIn({ rowOf, centre, tops }: Rows, { width, height, isLeaf }: Item, at: number): Box {
  const row = rowOf[at]!;
  const y = isLeaf ? tops[row + 1]! - ROW_GAP - height : tops[row]!;
  return { x: centre[at]! - width / 2, y, width, height };
}

const middle = ({ x, width }: Box): number => x + width / 2;
const top = (box: Box): Point => ({ x: middle(box), y: box.y });
const bottom = (box: Box): Point => ({ x: middle(box), y: box.y + box.height });

function moved<T extends Point>(at: T, by: Point): T {
  return { ...at, x: at.x + by.x, y: at.y + by.y };
}

/** What surrounds boxes and lines, with a margin. */
function around(boxes: readonly Box[], lines: readonly Point[][]): Box {
  let [left, above, right, below] = [Infinity, Infinity, -Infinity, -Infinity];
  const cover = (x: number, y: number): void => {
    left = Math.min(left, x);
    above = Math.min(above, y);
    right = Math.max(right, x);
    below = Math.max(below, y);
  };
  for (const { x, y, width, height } of boxes) {
    cover(x, y);
    cover(x + width, y + height);
  }
  for (const line of lines) for (const { x, y } of line) cover(x, y);
  if (left === Infinity) [left, above, right, below] = [0, 0, 0, 0];
  return { x: left - MARGIN, y: above - MARGIN, width: right - left + 2 * MARGIN, height: below - above + 2 * MARGIN };
}
