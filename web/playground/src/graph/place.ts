/**
 * @file Where the boxes of a graph go: layered from top to bottom in the order of the program, in time that grows with nodes and edges.
 *
 * A box stands one layer below the lowest of its operands. In a layer, boxes are put in the order of their operands' middles and then as
 * near to those middles as their neighbours allow; boxes that were placed before are drawn to where they were, so that a graph keeps its
 * shape from pass to pass and from edit to edit. Kernels are laid out by themselves and then stand in the whole as one box.
 *
 * An edge that passes layers runs down a lane, which all far users of a value share. The lane is the free column nearest to its source.
 */
import type { Box, LayoutRequest, Placement, Point } from "./placement.ts";

/** Room above the nodes of a kernel, for its name. */
const HEADER = 22;
const PADDING = 10;
const MARGIN = 8;
const BOX_GAP = 14;
const LAYER_GAP = 24;
const LANE_GAP = 7;
/** Layers that a lane looks at for its column; what lies farther it may cross. */
const LANE_REACH = 400;

interface Size {
  key: string;
  width: number;
  height: number;
}

interface Arrow {
  from: string;
  to: string;
}

/** Boxes of one level, and for every arrow the points between its ends. */
interface Level {
  boxes: Map<string, Box>;
  bends: Point[][];
  width: number;
  height: number;
}

/** Places a drawing. `before` is where the boxes of an earlier one were. */
export function place({ nodes, edges, groups, before = {} }: LayoutRequest): Placement {
  const ownerOf = new Map(nodes.map(({ key, group }) => [key, group ?? key]));
  const members = new Map<string, Size[]>(groups.map((group) => [group, []]));
  for (const node of nodes) if (node.group !== null) members.get(node.group)?.push(node);

  // The insides of kernels.
  const inner = new Map<string, { index: number; arrow: Arrow }[]>(groups.map((group) => [group, []]));
  for (const [index, arrow] of edges.entries()) {
    const owner = ownerOf.get(arrow.from);
    if (owner !== undefined && owner === ownerOf.get(arrow.to)) inner.get(owner)?.push({ index, arrow });
  }
  const insides = new Map<string, Level>();
  for (const [group, own] of members) {
    const arrows = inner.get(group)!.map(({ arrow }) => arrow);
    insides.set(group, layered(own, arrows, relative(before, group)));
  }

  // The whole, with kernels as boxes at the place of their first node.
  const seen = new Set<string>();
  const outer: Size[] = [];
  for (const node of nodes) {
    const owner = ownerOf.get(node.key)!;
    if (seen.has(owner)) continue;
    seen.add(owner);
    const inside = insides.get(owner);
    outer.push(
      inside === undefined
        ? node
        : { key: owner, width: Math.max(inside.width + 2 * PADDING, 120), height: inside.height + HEADER + PADDING },
    );
  }
  const crossing = edges.flatMap(({ from, to }, index) => {
    const arrow = { from: ownerOf.get(from) ?? from, to: ownerOf.get(to) ?? to };
    return arrow.from === arrow.to ? [] : [{ index, arrow }];
  });
  const whole = layered(
    outer,
    crossing.map(({ arrow }) => arrow),
    before,
  );

  const placed: Record<string, Box> = {};
  const frames: Record<string, Box> = {};
  const lines: Point[][] = edges.map(() => []);
  for (const { key } of outer) {
    const box = whole.boxes.get(key)!;
    const inside = insides.get(key);
    if (inside === undefined) {
      placed[key] = box;
      continue;
    }
    frames[key] = box;
    const corner = { x: box.x + (box.width - inside.width) / 2, y: box.y + HEADER };
    for (const [own, { x, y, width, height }] of inside.boxes) placed[own] = { x: x + corner.x, y: y + corner.y, width, height };
    for (const [at, { index }] of inner.get(key)!.entries()) {
      lines[index] = inside.bends[at]!.map(({ x, y }) => ({ x: x + corner.x, y: y + corner.y }));
    }
  }
  for (const [at, { index }] of crossing.entries()) lines[index] = whole.bends[at]!;
  for (const [index, { from, to }] of edges.entries()) {
    const [start, end] = [placed[from], placed[to]];
    if (start === undefined || end === undefined) continue;
    const bends = lines[index]!;
    const path: Point[] = [{ x: middle(start), y: start.y + start.height }];
    // Straight through the edges of the kernels, so that it is seen what comes in and what goes out.
    const [source, target] = [frames[ownerOf.get(from)!], frames[ownerOf.get(to)!]];
    const crosses = ownerOf.get(from) !== ownerOf.get(to);
    if (crosses && source !== undefined) path.push({ x: middle(start), y: source.y + source.height });
    path.push(...bends);
    if (crosses && target !== undefined) path.push({ x: middle(end), y: target.y });
    path.push({ x: middle(end), y: end.y });
    lines[index] = path;
  }
  return framed(placed, frames, lines);
}

/** The middles of boxes that were in that kernel, as far as they are known. */
function relative(before: Readonly<Record<string, Point>>, group: string): Readonly<Record<string, Point>> {
  const corner = before[group];
  if (corner === undefined) return {};
  return Object.fromEntries(
    Object.entries(before).map(([key, { x, y }]) => [key, { x: x - corner.x - PADDING, y: y - corner.y - HEADER }]),
  );
}

/** One level: boxes in the order of the program and the arrows between them. */
function layered(sizes: readonly Size[], arrows: readonly Arrow[], before: Readonly<Record<string, Point>>): Level {
  const index = new Map(sizes.map(({ key }, at) => [key, at]));
  const operands: number[][] = sizes.map(() => []);
  const users: number[][] = sizes.map(() => []);
  const ends = arrows.map(({ from, to }): [number, number] => [index.get(from)!, index.get(to)!]);
  for (const [from, to] of ends) {
    operands[to]!.push(from);
    users[from]!.push(to);
  }

  // Layers. The order of the program has operands first, except where kernels are boxes: those are ordered by what they wait for.
  const layerOf = layersOf(operands, users);
  const layers: number[][] = [];
  for (const [at, layer] of layerOf.entries()) (layers[layer] ??= []).push(at);
  // What has no operands stands above its first user, not at the top of everything.
  for (const [at, own] of operands.entries()) {
    if (own.length > 0 || users[at]!.length === 0) continue;
    const wanted = Math.min(...users[at]!.map((user) => layerOf[user]!)) - 1;
    if (wanted <= layerOf[at]!) continue;
    layers[layerOf[at]!]!.splice(layers[layerOf[at]!]!.indexOf(at), 1);
    layerOf[at] = wanted;
    layers[wanted]!.push(at);
  }

  const centre = new Float64Array(sizes.length);
  const known = (at: number): number | undefined => {
    const box = before[sizes[at]!.key];
    return box === undefined ? undefined : box.x + sizes[at]!.width / 2;
  };
  const mean = (of: readonly number[]): number => of.reduce((sum, at) => sum + centre[at]!, 0) / of.length;
  const settle = (layer: number[], wanted: (at: number) => number): void => {
    const wants = new Map(layer.map((at) => [at, wanted(at)]));
    layer.sort((a, b) => wants.get(a)! - wants.get(b)! || a - b);
    spread(
      layer.map((at) => ({ wanted: wants.get(at)!, width: sizes[at]!.width })),
      (position, x) => (centre[layer[position]!] = x),
    );
  };
  for (const layer of layers) settle(layer, (at) => known(at) ?? (operands[at]!.length > 0 ? mean(operands[at]!) : 0));
  // Once up, so that a box stands over its users, and once down, so that lines are straight.
  for (const layer of [...layers].reverse()) settle(layer, (at) => known(at) ?? (users[at]!.length > 0 ? mean(users[at]!) : centre[at]!));
  for (const layer of layers) {
    settle(layer, (at) => known(at) ?? (operands[at]!.length > 0 ? (mean(operands[at]!) + centre[at]!) / 2 : centre[at]!));
  }

  const boxes = new Map<string, Box>();
  const tops: number[] = [];
  let y = 0;
  for (const layer of layers) {
    tops.push(y);
    let height = 0;
    for (const at of layer) {
      const { key, width, height: own } = sizes[at]!;
      boxes.set(key, { x: centre[at]! - width / 2, y, width, height: own });
      height = Math.max(height, own);
    }
    y += height + LAYER_GAP;
  }
  tops.push(y);

  const lanes = new Lanes(layers, (at) => boxes.get(sizes[at]!.key)!, tops);
  const farthest = new Map<number, number>();
  for (const [from, to] of ends) farthest.set(from, Math.max(farthest.get(from) ?? 0, layerOf[to]!));
  const laneOf = new Map<number, number>();
  const bends = ends.map(([from, to]): Point[] => {
    const [start, end] = [layerOf[from]!, layerOf[to]!];
    if (end - start < 2) return [];
    let x = laneOf.get(from);
    if (x === undefined) laneOf.set(from, (x = lanes.take(centre[from]!, start + 1, farthest.get(from)! - 1)));
    return [
      { x, y: tops[start + 1]! - LAYER_GAP / 2 },
      { x, y: tops[end]! - LAYER_GAP / 2 },
    ];
  });

  let left = Infinity;
  let right = -Infinity;
  for (const { x, width } of boxes.values()) {
    left = Math.min(left, x);
    right = Math.max(right, x + width);
  }
  for (const line of bends) {
    for (const { x } of line) {
      left = Math.min(left, x - LANE_GAP);
      right = Math.max(right, x + LANE_GAP);
    }
  }
  if (sizes.length === 0) left = right = 0;
  for (const box of boxes.values()) box.x -= left;
  return {
    boxes,
    bends: bends.map((line) => line.map((point) => ({ x: point.x - left, y: point.y }))),
    width: right - left,
    height: Math.max(0, y - LAYER_GAP),
  };
}

/** For each box the length of the longest way to it. Boxes on a cycle, which forged data may have, stand where they are met. */
function layersOf(operands: readonly number[][], users: readonly number[][]): number[] {
  const waiting = operands.map((own) => own.length);
  const layers = operands.map(() => 0);
  const done = operands.map(() => false);
  const ready = waiting.flatMap((count, at) => (count === 0 ? [at] : []));
  for (let next = 0; ; next++) {
    if (next === ready.length) {
      const left = done.indexOf(false);
      if (left === -1) return layers;
      ready.push(left);
    }
    const at = ready[next]!;
    if (done[at]) continue;
    done[at] = true;
    for (const user of users[at]!) {
      layers[user] = done[user] ? layers[user]! : Math.max(layers[user]!, layers[at]! + 1);
      if (--waiting[user]! === 0) ready.push(user);
    }
  }
}

/**
 * Puts boxes, given from left to right, as near to where they are wanted as they can be without touching: those that would overlap are
 * moved together, to the mean of what they want (the pool-adjacent-violators algorithm; linear).
 */
function spread(row: readonly { wanted: number; width: number }[], put: (position: number, centre: number) => void): void {
  const blocks: { first: number; sum: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [at, { wanted, width }] of row.entries()) {
    if (at > 0) offset += (row[at - 1]!.width + width) / 2 + BOX_GAP;
    offsets.push(offset);
    let block = { first: at, sum: wanted - offset, count: 1 };
    for (let last = blocks.at(-1); last !== undefined && last.sum / last.count > block.sum / block.count; last = blocks.at(-1)) {
      blocks.pop();
      block = { first: last.first, sum: last.sum + block.sum, count: last.count + block.count };
    }
    blocks.push(block);
  }
  for (const [at, block] of blocks.entries()) {
    const end = blocks[at + 1]?.first ?? row.length;
    for (let position = block.first; position < end; position++) put(position, block.sum / block.count + offsets[position]!);
  }
}

/** Free columns between the boxes of layers. */
class Lanes {
  /** For every layer what is taken, from left to right, and what lanes took besides. */
  readonly #taken: [number, number][][];
  readonly #lanes: Map<number, number>[];

  constructor(layers: readonly number[][], boxOf: (at: number) => Box, tops: readonly number[]) {
    this.#taken = layers.map((layer) =>
      layer.map((at): [number, number] => {
        const { x, width } = boxOf(at);
        return [x - LANE_GAP, x + width + LANE_GAP];
      }),
    );
    this.#lanes = tops.map(() => new Map());
  }

  /** The column nearest to `wanted` that is free from one layer to another. */
  take(wanted: number, from: number, to: number): number {
    const last = Math.min(to, from + LANE_REACH);
    const right = this.#free(wanted, from, last, 1);
    const left = this.#free(wanted, from, last, -1);
    const x = right - wanted <= wanted - left ? right : left;
    for (let layer = from; layer <= to; layer++) this.#lanes[layer]!.set(Math.round(x / LANE_GAP), x);
    return x;
  }

  #free(wanted: number, from: number, to: number, side: 1 | -1): number {
    let x = wanted;
    for (let layer = from, clear = 0; clear <= to - from; ) {
      const moved = this.#pushed(x, layer, side);
      if (moved === x) clear++;
      else {
        x = moved;
        clear = 0;
      }
      layer = layer === to ? from : layer + 1;
    }
    return x;
  }

  /** Where a column that is taken in a layer may go on that side. */
  #pushed(x: number, layer: number, side: 1 | -1): number {
    const taken = this.#taken[layer]!;
    let low = 0;
    let high = taken.length;
    while (low < high) {
      const half = (low + high) >> 1;
      if (taken[half]![1] <= x) low = half + 1;
      else high = half;
    }
    const found = taken[low];
    if (found !== undefined && found[0] < x) return side === 1 ? found[1] : found[0];
    return this.#lanes[layer]!.has(Math.round(x / LANE_GAP)) ? x + side * LANE_GAP : x;
  }
}

function middle({ x, width }: Box): number {
  return x + width / 2;
}

/** Everything moved so that it begins at the margin. */
function framed(nodes: Record<string, Box>, groups: Record<string, Box>, edges: Point[][]): Placement {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const cover = (x: number, y: number): void => {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  };
  for (const { x, y, width, height } of [...Object.values(nodes), ...Object.values(groups)]) {
    cover(x, y);
    cover(x + width, y + height);
  }
  for (const line of edges) for (const { x, y } of line) cover(x, y);
  if (left === Infinity) [left, top, right, bottom] = [0, 0, 0, 0];
  const shift = <T extends Point>(at: T): T => ({ ...at, x: at.x - left + MARGIN, y: at.y - top + MARGIN });
  const shifted = (boxes: Record<string, Box>): Record<string, Box> =>
    Object.fromEntries(Object.entries(boxes).map(([key, box]) => [key, shift(box)]));
  return {
    width: right - left + 2 * MARGIN,
    height: bottom - top + 2 * MARGIN,
    nodes: shifted(nodes),
    groups: shifted(groups),
    edges: edges.map((line) => line.map(shift)),
  };
}
