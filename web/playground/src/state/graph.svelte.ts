/**
 * @file What the graph pane shows: which pass, which groups are open, and what its boxes are called. Whatever was chosen is kept by name,
 * so that it outlives runs and edits.
 */
import { untrack } from "svelte";
import { closedAtFirst, type Drawing, type DrawnGroup, type DrawnNode, drawGraph, drawKernels } from "../graph/drawing.ts";
import { byFunction, withBodies, withFailure } from "../graph/groups.ts";
import { loopsIn } from "../graph/loops.ts";
import type { GraphView } from "../protocol.ts";
import { kernelNames, type Named, namesIn, nameTrace } from "../graph/names.ts";
import { search } from "../graph/outline.ts";
import type { Target } from "./links.ts";
import { sameTarget, selection } from "./selection.svelte.ts";
import { session } from "./session.svelte.ts";
import { settings } from "./settings.svelte.ts";

class GraphState {
  /** The function whose graph it is: another one begins anew. Read with the inspection, which comes after the choice of a function. */
  readonly subject: string = $derived.by(() => (session.inspection === null ? "" : untrack(() => session.shown?.name ?? "")));
  readonly last: number = $derived((session.inspection?.graphs.length ?? 1) - 1);
  /** The pass that is shown: the last one, with its kernels, unless an earlier one was chosen. */
  readonly pass: number = $derived.by(() => {
    const chosen = session.inspection?.graphs.findIndex(({ pass }) => pass === selection.pass) ?? -1;
    return chosen === -1 ? this.last : chosen;
  });

  /** Groups that were closed or opened by hand, by their names. */
  #turned = $state.raw<ReadonlySet<string>>(new Set());
  readonly #closed: ReadonlySet<number> = $derived.by(() => {
    const { inspection } = session;
    if (inspection === null) return new Set<number>();
    const closed = closedAtFirst(inspection);
    for (const [id, name] of kernelNames(inspection.kernels)) {
      if (this.#turned.has(name) && !closed.delete(id)) closed.add(id);
    }
    return closed;
  });

  /** The functions of the program that the inspection is of: read on demand, and kept while the text is another. */
  #functions = $state.raw<((line: number, column: number) => string | null) | null>(null);

  constructor() {
    $effect.root(() => {
      $effect(() => {
        if (!settings.byFunction || session.inspection === null || !session.isCurrent) return;
        const code = untrack(() => session.code);
        void import("../graph/functions.ts").then(({ functionsOf }) => (this.#functions = functionsOf(code)));
      });
    });
  }

  /** The names of the last trace, for the next one of the same function. */
  #before: { subject: string; named: Named } | null = null;
  readonly #named: Named = $derived.by(() => {
    const trace = session.inspection?.graphs[0];
    const named = nameTrace(trace?.graph ?? { nodes: [], outputs: [] }, this.#before?.subject === this.subject ? this.#before.named : null);
    this.#before = { subject: this.subject, named };
    return named;
  });

  readonly traced: Drawing | null = $derived(this.#draw(0));
  readonly shown: Drawing | null = $derived(this.pass === 0 ? this.traced : this.#draw(this.pass));

  /** The name of the box that the keyboard is on, in the drawing and in the list. */
  current = $state("");
  /** A box that a pane is to bring into view. */
  wanted = $state.raw<{ key: string; pass: number } | null>(null);

  /** What is searched for, and the boxes that have it. */
  query = $state("");
  readonly matches: DrawnNode[] = $derived.by(() => {
    if (this.query.trim() === "" || this.shown === null) return [];
    const lines = session.isCurrent ? session.code.split("\n") : [];
    const sources = new Map(session.inspection?.graphs[this.pass]?.graph.nodes.map(({ id, source }) => [id, source?.line]));
    const linesOf = ({ ids }: DrawnNode): string =>
      ids.map((id) => (sources.get(id) === undefined ? "" : `line ${sources.get(id)} ${lines[sources.get(id)! - 1] ?? ""}`)).join(" ");
    return search(this.shown, this.query, linesOf);
  });
  readonly found: ReadonlySet<string> = $derived(new Set(this.matches.map(({ key }) => key)));

  /** Pins the next box that was found, or the one before. */
  next(step: 1 | -1): void {
    const { matches } = this;
    if (matches.length === 0) return;
    const at = matches.findIndex(({ name }) => name === this.current);
    const node = matches[(at === -1 ? (step === 1 ? 0 : matches.length - 1) : at + step + matches.length) % matches.length]!;
    this.current = node.name;
    this.wanted = { key: node.key, pass: this.pass };
    const target = this.targetOf(node, this.pass);
    if (!sameTarget(selection.pinned, target)) selection.pin(target);
  }

  /** Brings a node of the drawn pass into view, whatever box it is in. */
  reveal(pass: number, id: number): void {
    const drawing = pass === this.pass ? this.shown : pass === 0 ? this.traced : null;
    const node = drawing?.nodes.find((one) => one.id === id) ?? drawing?.nodes.find(({ ids }) => ids.includes(id));
    if (node === undefined) return;
    this.current = node.name;
    this.wanted = { key: node.key, pass };
  }

  targetOf(node: DrawnNode, pass: number): Target {
    return node.id === undefined && node.kernel !== null
      ? { kind: "kernel", id: node.kernel }
      : { kind: "node", pass, ids: node.id === undefined ? node.ids : [node.id] };
  }

  /** Whether a box has to do with what is pointed at. */
  isMarked(node: DrawnNode, pass: number): boolean {
    const { nodes, onlyKernel } = selection.marks;
    const marked = nodes[pass];
    if (marked === undefined || !node.ids.some((id) => marked.has(id))) return false;
    return onlyKernel === null || node.kernel === null || node.kernel === onlyKernel;
  }

  /** Where boxes of the traced graph were, by name; of one function. */
  #places: { subject: string; middles: Readonly<Record<string, number>> } = { subject: "", middles: {} };

  get places(): Readonly<Record<string, number>> {
    return this.#places.subject === this.subject ? this.#places.middles : {};
  }

  keepPlaces(subject: string, middles: Readonly<Record<string, number>>): void {
    this.#places = { subject, middles };
  }

  choosePass(pass: number): void {
    selection.pass = pass === this.last ? null : (session.inspection?.graphs[pass]?.pass ?? null);
  }

  /** Opens or closes a group. */
  toggle({ name }: DrawnGroup): void {
    const next = new Set(this.#turned);
    if (!next.delete(name)) next.add(name);
    this.#turned = next;
  }

  #draw(pass: number): Drawing | null {
    const { inspection } = session;
    const view = inspection?.graphs[pass]?.graph;
    if (inspection === null || view === undefined) return null;
    const nameOf = namesIn(inspection, pass, this.#named);
    if (pass === this.last && inspection.graphs.length > 1) return drawKernels(inspection, this.#closed, settings.fold, nameOf);
    const plain = drawGraph(view, settings.fold, nameOf);
    const looped = withBodies(plain, view, loopsIn(inspection.graphs[pass]!.listing), settings.fold, this.#turned);
    const grouped = settings.byFunction ? byFunction(looped, this.#functionOf(view), this.#turned) : looped;
    return inspection.failed === undefined ? grouped : withFailure(grouped, inspection.failed);
  }

  /** The function of the program that made a box. */
  #functionOf({ nodes }: GraphView): (node: DrawnNode) => string | null {
    const sources = new Map(nodes.map(({ id, source }) => [id, source]));
    return ({ id }) => {
      const source = sources.get(id ?? -1);
      return source === undefined ? null : (this.#functions?.(source.line, source.column) ?? null);
    };
  }
}

export const graph = new GraphState();
