/**
 * @file One level of a layout: boxes in rows from top to bottom in the order of the program, in time that grows with boxes and edges.
 *
 * A box stands below its operands and not far above the box that the program made before it (iongraph's idea: the order of instructions is
 * the order on the screen), so what is made late is drawn late, and an edit moves only what comes after it. Rows are bounded in width. What
 * brings a value in stands above its first user.
 *
 * In a row boxes are put in the order of their operands' middles and as near to them as their neighbours allow. Boxes that were placed
 * before go back to where they were.
 */

const BOX_GAP = 16;
export const ROW_GAP = 26;
/** A row takes no further box that would make it wider than this. */
const MAX_ROW = 1000;
/** So many rows above the latest a box may stand. */
const SLACK = 6;
/** Operands that are so many rows away do not pull a box to their side; their edges run at the side of the drawing. */
export const NEAR = 10;
/** The height of a row that nothing is left in. */
const EMPTY_ROW = 38;

export interface Item {
  width: number;
  height: number;
  isLeaf: boolean;
  isLast?: boolean | undefined;
  x?: number | undefined;
  row?: number | undefined;
}

export interface Rows {
  rowOf: Int32Array;
  /** Middles of the boxes. */
  centre: Float64Array;
  /** Boxes by rows, from left to right. */
  rows: number[][];
  /** The upper edges of the rows, and of one below all. */
  tops: number[];
}

/** Puts boxes in rows. With `anchored`, hints are places; without, only the order from left to right is theirs. */
export function inRows(items: readonly Item[], arrows: readonly (readonly [number, number])[], anchored: boolean): Rows {
  const operands: number[][] = items.map(() => []);
  const users: number[][] = items.map(() => []);
  for (const [from, to] of arrows) {
    operands[to]!.push(from);
    users[from]!.push(to);
  }
  const { rowOf, rows } = assign(items, operands);
  const centre = arrange(items, operands, users, rowOf, rows, anchored);
  const tops: number[] = [];
  let y = 0;
  for (const row of rows) {
    tops.push(y);
    y += row.reduce((height, at) => Math.max(height, items[at]!.height), row.length === 0 ? EMPTY_ROW : 0) + ROW_GAP;
  }
  tops.push(y);
  return { rowOf, centre, rows, tops };
}

function assign(items: readonly Item[], operands: number[][]): { rowOf: Int32Array; rows: number[][] } {
  const rowOf = new Int32Array(items.length).fill(-1);
  const rows: number[][] = [];
  const widths: number[] = [];
  let latest = 0;
  const put = (at: number, least: number): void => {
    const { width } = items[at]!;
    let row = least;
    while ((widths[row] ?? 0) > 0 && widths[row]! + BOX_GAP + width > MAX_ROW) row++;
    for (let missing = rows.length; missing <= row; missing++) rows.push([]);
    rows[row]!.push(at);
    widths[row] = (widths[row] ?? 0) + BOX_GAP + width;
    rowOf[at] = row;
  };
  const below = (at: number): number => operands[at]!.reduce((least, operand) => Math.max(least, rowOf[operand]! + 1), 0);
  for (const at of operandsFirst(items, operands)) {
    const { row: hint, isLast } = items[at]!;
    const leaves = operands[at]!.filter((operand) => items[operand]!.isLeaf && rowOf[operand] === -1);
    const early = isLast ? rows.length : (hint ?? Math.max(0, latest - SLACK));
    const base = Math.max(below(at), early);
    for (const leaf of leaves) if (rowOf[leaf] === -1) put(leaf, items[leaf]!.row ?? Math.max(0, base - 1));
    put(at, Math.max(base, below(at)));
    if (hint === undefined) latest = Math.max(latest, rowOf[at]!);
  }
  for (const [at, { isLeaf, row }] of items.entries()) if (isLeaf && rowOf[at] === -1) put(at, row ?? latest);
  return { rowOf, rows };
}

/**
 * All that computes, in the given order but operands first: kernels as boxes are not in such an order by themselves. Forged data may have
 * cycles: those are cut where they are met.
 */
function operandsFirst(items: readonly Item[], operands: readonly number[][]): number[] {
  const order: number[] = [];
  const state = new Uint8Array(items.length); // 0 not seen, 1 waits for its operands, 2 in the order
  const next = new Int32Array(items.length);
  for (const [first, { isLeaf }] of items.entries()) {
    if (isLeaf || state[first] !== 0) continue;
    const waiting = [first];
    while (waiting.length > 0) {
      const at = waiting.at(-1)!;
      state[at] = Math.max(1, state[at]!);
      const operand = operands[at]![next[at]!++];
      if (operand === undefined) {
        waiting.pop();
        state[at] = 2;
        order.push(at);
      } else if (state[operand] === 0 && !items[operand]!.isLeaf) waiting.push(operand);
    }
  }
  return order;
}

function arrange(
  items: readonly Item[],
  operands: readonly number[][],
  users: readonly number[][],
  rowOf: Int32Array,
  rows: number[][],
  anchored: boolean,
): Float64Array {
  const centre = new Float64Array(items.length);
  const mean = (of: readonly number[]): number => of.reduce((sum, at) => sum + centre[at]!, 0) / of.length;
  // What a box hangs on: operands that are computed and near, else near ones, else nothing.
  const holds = operands.map((own, at) => {
    const near = own.filter((operand) => rowOf[at]! > rowOf[operand]! && rowOf[at]! - rowOf[operand]! <= NEAR);
    const computed = near.filter((operand) => !items[operand]!.isLeaf);
    return computed.length > 0 ? computed : near;
  });
  const nearUsers = users.map((own, at) => own.filter((user) => rowOf[user]! > rowOf[at]! && rowOf[user]! - rowOf[at]! <= NEAR));
  const settle = (row: number[], free: (at: number) => number): void => {
    const wants = new Map(row.map((at) => [at, anchored ? (items[at]!.x ?? free(at)) : free(at)]));
    const order = (at: number): number => items[at]!.x ?? wants.get(at)!;
    row.sort((a, b) => order(a) - order(b) || a - b);
    spread(
      row.map((at) => ({ wanted: wants.get(at)!, width: items[at]!.width })),
      (position, x) => (centre[row[position]!] = x),
    );
  };
  // A leaf stands where its first user will, as far as that is known.
  const ofLeaf = (at: number): number => {
    const user = users[at]![0];
    return user === undefined || holds[user]!.length === 0 ? 0 : mean(holds[user]!);
  };
  for (const row of rows) settle(row, (at) => (items[at]!.isLeaf ? ofLeaf(at) : holds[at]!.length > 0 ? mean(holds[at]!) : 0));
  for (const row of [...rows].reverse()) {
    settle(row, (at) => {
      if (items[at]!.isLeaf && users[at]!.length > 0) return centre[users[at]![0]!]!;
      return nearUsers[at]!.length > 0 ? (mean(nearUsers[at]!) + centre[at]!) / 2 : centre[at]!;
    });
  }
  // Down once more, so that a chain is a straight line.
  for (const row of rows) settle(row, (at) => (!items[at]!.isLeaf && holds[at]!.length > 0 ? mean(holds[at]!) : centre[at]!));
  return centre;
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
