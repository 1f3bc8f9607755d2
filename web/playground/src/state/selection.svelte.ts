/**
 * @file The one store of what is pointed at. Every pane writes what the pointer or the keyboard is on and draws the marks that
 * follow from it; no pane knows another.
 */
import type { SharedView } from "./link.ts";
import { Links, type Marks, NO_MARKS, type Target } from "./links.ts";
import { session } from "./session.svelte.ts";

class Selection {
  /** Under the pointer or the keyboard focus: wins while it lasts. */
  hovered = $state.raw<Target | null>(null);
  /** Chosen by a click or Enter: stays until another is chosen or Escape. */
  pinned = $state.raw<Target | null>(null);

  readonly target: Target | null = $derived(this.hovered ?? this.pinned);
  readonly #links: Links | null = $derived(session.inspection === null ? null : new Links(session.inspection));
  readonly marks: Marks = $derived(this.#links?.marks(this.target) ?? NO_MARKS);

  /** The pass chosen in the graph pane, for links. */
  pass: number | null = null;
  /** What a link wants shown as soon as there is an inspection. */
  #waiting: SharedView | null = null;

  /** The kernel chosen in the list; its WGSL is shown unless something in another kernel is pointed at. */
  #chosen = $state(0);
  readonly shownKernel: number | null = $derived.by(() => {
    const kernels = session.inspection?.kernels ?? [];
    const marked = this.marks.kernels;
    const chosen = kernels.find(({ id }) => id === this.#chosen) ?? kernels[0];
    if (chosen === undefined) return null;
    if (marked.size === 0 || marked.has(chosen.id)) return chosen.id;
    return kernels.find(({ id }) => marked.has(id))?.id ?? chosen.id;
  });

  choose(kernel: number): void {
    this.#chosen = kernel;
    this.pinned = null;
  }

  /** Both ends of an edge that was not fused. */
  cutTarget(cut: { from: number; to: number }): Target {
    return { kind: "node", pass: (session.inspection?.graphs.length ?? 1) - 1, ids: [cut.from, cut.to] };
  }

  hover(target: Target | null): void {
    this.hovered = target;
  }

  /** Chooses a target; choosing it again lets it go. */
  pin(target: Target): void {
    this.pinned = sameTarget(this.pinned, target) ? null : target;
  }

  /** What a link carries of this: nothing when nothing was chosen. */
  share(): SharedView {
    const view: SharedView = {};
    if (this.pinned !== null) view.pinned = this.pinned;
    if (this.#chosen !== 0) view.kernel = this.#chosen;
    if (this.pass !== null) view.pass = this.pass;
    return view;
  }

  /** Keeps what a link wants shown until the program that came with it has run. */
  expect(view: SharedView | null): void {
    this.#waiting = view;
  }

  /** A new inspection: shows what a link asked for, else nothing in particular. */
  begin(): SharedView | null {
    const view = this.#waiting;
    this.#waiting = null;
    this.hovered = null;
    this.pinned = view?.pinned ?? null;
    if (view?.kernel !== undefined) this.#chosen = view.kernel;
    return view;
  }

  clear(): void {
    this.hovered = null;
    this.pinned = null;
  }
}

export function sameTarget(a: Target | null, b: Target | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export const selection = new Selection();
