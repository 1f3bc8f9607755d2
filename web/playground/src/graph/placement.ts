/**
 * @file What goes to the layout worker and what comes back, as plain data.
 */
export interface LayoutBox {
  key: string;
  /** What it is called in every pass and after an edit. */
  name: string;
  group: string | null;
  width: number;
  height: number;
  /** Does it only bring a value in? Then it stands above its first user, not where the program made it. */
  isLeaf: boolean;
  /** Does it stand below all? */
  isLast?: boolean;
  /** Where its middle was in an earlier drawing: it stays there if it can. */
  x?: number;
  /** The row that it had: it stands no higher. */
  row?: number;
}

export interface LayoutRequest {
  /** In the order of the program. */
  nodes: LayoutBox[];
  edges: { from: string; to: string }[];
  groups: string[];
}

/** A drawing to place, and what it is to be near to. */
export interface LayoutAsk {
  drawing: LayoutRequest;
  /** The traced graph, where something else is drawn: what is in both stays in its place. */
  traced?: LayoutRequest;
  /** Do rows mean the same in both? */
  keepsRows: boolean;
  /** Where the boxes of the traced graph were before an edit: the middles by names. */
  before: Readonly<Record<string, number>>;
}

export interface Point {
  x: number;
  y: number;
}

/** A box by its upper left corner. */
export interface Box extends Point {
  width: number;
  height: number;
}

export interface Placement {
  /** All of it, with a margin. Its corner is anywhere, so that what stays in its place has the same numbers in the next drawing. */
  frame: Box;
  nodes: Record<string, Box>;
  groups: Record<string, Box>;
  /** The rows of what stands in no group, from above. */
  rows: Record<string, number>;
  /** In the order of the request. */
  edges: Point[][];
}

/** What was placed, and where the boxes of the traced graph are, for the next time. */
export interface Placed {
  placement: Placement;
  traced: Record<string, number>;
}

export type LayoutAnswer = Placed | { error: string };
