/**
 * @file Where edges run that pass rows. One of a few rows takes the free column nearest to its user. A longer one takes a rail at the side
 * of the drawing, which all far users of a value share; rails are given out like registers, and are few, so that both cost a bounded time
 * for every edge.
 */
import type { Point } from "./placement.ts";
import { type Item, NEAR, ROW_GAP, type Rows } from "./rows.ts";

const LANE_GAP = 7;
/** Rails at each side. When all are taken, values share them. */
const MAX_RAILS = 14;

/** For every arrow the points between its ends: none where it goes to the next row. */
export function route(
  items: readonly Item[],
  arrows: readonly (readonly [number, number])[],
  { rowOf, centre, rows, tops }: Rows,
): Point[][] {
  const columns = new Columns(items, rows, centre);
  const rails = new Rails(items, centre);
  // From above, so that rails are given out in the order in which they begin.
  const order = arrows.map((_, index) => index).sort((a, b) => rowOf[arrows[a]![0]]! - rowOf[arrows[b]![0]]! || a - b);
  const farthest = new Map<number, number>();
  const lanes = new Map<string, number>();
  for (const [from, to] of arrows) farthest.set(from, Math.max(farthest.get(from) ?? 0, rowOf[to]!));
  const bends: Point[][] = arrows.map(() => []);
  for (const index of order) {
    const [from, to] = arrows[index]!;
    const [start, end] = [rowOf[from]!, rowOf[to]!];
    // An edge that goes up, which only forged data has, is drawn straight.
    if (end - start < 2) continue;
    const isFar = end - start > NEAR;
    const name = isFar ? `${from}` : `${from}>${to}`;
    let x = lanes.get(name);
    if (x === undefined) {
      x = isFar ? rails.take(from, start, farthest.get(from)!) : columns.take(centre[to]!, start + 1, end - 1);
      lanes.set(name, x);
    }
    bends[index] = [
      { x, y: tops[start + 1]! - ROW_GAP / 2 },
      { x, y: tops[end]! - ROW_GAP / 2 },
    ];
  }
  return bends;
}

/** Columns at both sides of everything. */
class Rails {
  readonly #left: { x: number; step: number; until: number[] };
  readonly #right: { x: number; step: number; until: number[] };
  readonly #centre: Float64Array;
  readonly #middle: number;

  constructor(items: readonly Item[], centre: Float64Array) {
    let [left, right] = [Infinity, -Infinity];
    for (const [at, { width }] of items.entries()) {
      left = Math.min(left, centre[at]! - width / 2);
      right = Math.max(right, centre[at]! + width / 2);
    }
    this.#left = { x: left - 2 * LANE_GAP, step: -LANE_GAP, until: [] };
    this.#right = { x: right + 2 * LANE_GAP, step: LANE_GAP, until: [] };
    this.#centre = centre;
    this.#middle = (left + right) / 2;
  }

  take(from: number, start: number, end: number): number {
    const { x, step, until } = this.#centre[from]! <= this.#middle ? this.#left : this.#right;
    const free = until.findIndex((last) => last <= start);
    const rail = free !== -1 ? free : until.length < MAX_RAILS ? until.length : from % MAX_RAILS;
    until[rail] = Math.max(until[rail] ?? 0, end);
    return x + rail * step;
  }
}

/** Free columns between the boxes of rows. */
class Columns {
  /** For every row what boxes take, from left to right, and what lanes took besides. */
  readonly #taken: [number, number][][];
  readonly #lanes: Set<number>[];

  constructor(items: readonly Item[], rows: readonly number[][], centre: Float64Array) {
    this.#taken = rows.map((row) =>
      row.map((at): [number, number] => [centre[at]! - items[at]!.width / 2 - LANE_GAP, centre[at]! + items[at]!.width / 2 + LANE_GAP]),
    );
    this.#lanes = rows.map(() => new Set());
  }

  /** The column nearest to `wanted` that is free from one row to another. */
  take(wanted: number, from: number, to: number): number {
    const right = this.#free(wanted, from, to, 1);
    const left = this.#free(wanted, from, to, -1);
    const x = right - wanted <= wanted - left ? right : left;
    for (let row = from; row <= to; row++) this.#lanes[row]!.add(Math.round(x / LANE_GAP));
    return x;
  }

  #free(wanted: number, from: number, to: number, side: 1 | -1): number {
    let x = wanted;
    for (let row = from, clear = 0; clear <= to - from; row = row === to ? from : row + 1) {
      const moved = this.#pushed(x, row, side);
      clear = moved === x ? clear + 1 : 0;
      x = moved;
    }
    return x;
  }

  /** Where a column that is taken in a row may go on that side. */
  #pushed(x: number, row: number, side: 1 | -1): number {
    const taken = this.#taken[row]!;
    let low = 0;
    let high = taken.length;
    while (low < high) {
      const half = (low + high) >> 1;
      if (taken[half]![1] <= x) low = half + 1;
      else high = half;
    }
    const found = taken[low];
    if (found !== undefined && found[0] < x) return side === 1 ? found[1] : found[0];
    return this.#lanes[row]!.has(Math.round(x / LANE_GAP)) ? x + side * LANE_GAP : x;
  }
}
