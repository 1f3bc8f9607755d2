/**
 * @file What goes to the layout worker and what comes back, as plain data.
 */
export interface LayoutRequest {
  nodes: { key: string; group: string | null; width: number; height: number }[];
  edges: { from: string; to: string }[];
  groups: string[];
  /** Where boxes and groups of an earlier drawing were: what is still there stays near. */
  before?: Readonly<Record<string, Point>>;
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
  width: number;
  height: number;
  nodes: Record<string, Box>;
  groups: Record<string, Box>;
  /** In the order of the request. */
  edges: Point[][];
}

export type LayoutAnswer = { placement: Placement } | { error: string };
