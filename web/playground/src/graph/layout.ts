/**
 * @file Asks the layout worker where things go, with a deadline and a cancel: a layout that takes too long is ended together
 * with its worker, since a running layout cannot be interrupted in any other way.
 */
import type { Drawing } from "./drawing.ts";
import type { LayoutAnswer, LayoutAsk, LayoutRequest, Placed } from "./placement.ts";

/** Longer than this and the listing is shown instead. */
const DEADLINE_MS = 3000;

/** The layout took longer than the deadline. */
export class LayoutTimeout extends Error {}

/** One worker for one pane: asking again cancels what was asked before. */
export class LayoutService {
  #worker: Worker | null = null;
  #cancel: (() => void) | null = null;

  /**
   * Places a drawing near to where its boxes are in the traced graph, and that near to where it was `before`. Rejects with
   * `LayoutTimeout`, or with an AbortError when cancelled.
   */
  place(drawing: Drawing, traced: Drawing | null, before: LayoutAsk["before"]): Promise<Placed> {
    this.cancel();
    const worker = (this.#worker ??= new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module", name: "graph layout" }));
    return new Promise<Placed>((resolve, reject) => {
      const end = (reason: unknown): void => {
        settle();
        this.dispose();
        reject(reason);
      };
      const deadline = setTimeout(() => end(new LayoutTimeout(`the layout took longer than ${DEADLINE_MS / 1000} s`)), DEADLINE_MS);
      const settle = (): void => {
        clearTimeout(deadline);
        this.#cancel = null;
      };
      this.#cancel = () => end(new DOMException("cancelled", "AbortError"));
      worker.onerror = (event) => {
        event.preventDefault();
        end(new Error(event.message || "the layout worker could not be loaded"));
      };
      worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
        if ("error" in data) return end(new Error(data.error));
        settle();
        resolve(data);
      };
      const ask: LayoutAsk = {
        drawing: requestOf(drawing),
        ...(traced === null ? {} : { traced: requestOf(traced) }),
        keepsRows: drawing.groups.length === 0,
        before,
      };
      worker.postMessage(ask);
    });
  }

  /** Ends what is being laid out, if anything. */
  cancel(): void {
    this.#cancel?.();
  }

  dispose(): void {
    this.#worker?.terminate();
    this.#worker = null;
  }
}

function requestOf({ nodes, edges, groups }: Drawing): LayoutRequest {
  // A closed group is a box like any other.
  const open = groups.filter(({ closed }) => !closed);
  const keys = new Set(open.map(({ key }) => key));
  return {
    nodes: nodes.map(({ key, name, group, shape, width, height }) => {
      const own = group !== null && keys.has(group) ? group : null;
      const isLeaf = own === null && (shape === "input" || shape === "constant");
      return { key, name, group: own, isLeaf, ...(shape === "failed" ? { isLast: true } : {}), width, height };
    }),
    edges: edges.map(({ from, to }) => ({ from, to })),
    groups: open.map(({ key }) => key),
  };
}
