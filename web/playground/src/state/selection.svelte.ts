/**
 * @file The one store of what is pointed at. Every pane writes what the pointer or the keyboard is on and draws the marks that
 * follow from it; no pane knows another.
 */
import type { SharedView } from "./link.ts";
import { type Identity, Links, type Marks, NO_MARKS, type Target } from "./links.ts";
import { session } from "./session.svelte.ts";

class Selection {
  /** Under the pointer or the keyboard focus: wins while it lasts. */
  hovered = $state.raw<Target | null>(null);
  /** The line of the program that the caret is on while one writes there. */
  caret = $state.raw<Target | null>(null);
  /** Chosen by a click or Enter: stays until another is chosen or Escape. */
  pinned = $state.raw<Target | null>(null);

  readonly #links: Links | null = $derived.by(() => {
    const { inspection, shown, call } = session;
    return inspection === null ? null : new Links(inspection, shown === null ? undefined : { ...shown, call });
  });
  /** The caret rests somewhere all the time: only a line that made something is pointed at. */
  readonly #written: Target | null = $derived.by(() => {
    const { caret } = this;
    if (caret === null || !session.isCurrent) return null;
    return (this.#links?.marks(caret).nodes ?? []).some((ids) => ids.size > 0) ? caret : null;
  });
  readonly target: Target | null = $derived(this.hovered ?? this.#written ?? this.pinned);
  readonly marks: Marks = $derived(this.#links?.marks(this.target) ?? NO_MARKS);

  /** The pass chosen in the graph pane, by its name: null is the last. */
  pass = $state<string | null>(null);
  /** What a link wants shown as soon as there is an inspection. */
  #waiting: SharedView | null = null;
  /** What is pinned and shown, by what a later inspection may have as well. */
  #kept: { pinned: Identity | null; kernel: Identity | null } = { pinned: null, kernel: null };

  /** The kernel that is shown. Pointing at another does not change it; a click does. */
  #chosen = $state(0);
  readonly shownKernel: number | null = $derived.by(() => {
    const kernels = session.inspection?.kernels ?? [];
    return (kernels.find(({ id }) => id === this.#chosen) ?? kernels[0])?.id ?? null;
  });

  /** Shows a kernel and pins it; the second time lets it go and goes on showing it. */
  choose(kernel: number): void {
    this.#chosen = kernel;
    this.pin({ kind: "kernel", id: kernel });
  }

  /** Both ends of an edge that was not fused. */
  cutTarget(cut: { from: number; to: number }): Target {
    return { kind: "node", pass: (session.inspection?.graphs.length ?? 1) - 1, ids: [cut.from, cut.to] };
  }

  hover(target: Target | null): void {
    this.hovered = target;
  }

  /** Chooses a target; choosing it again lets it go. The kernel that it is in is shown. */
  pin(target: Target): void {
    this.pinned = sameTarget(this.pinned, target) ? null : target;
    const within = this.pinned === null ? undefined : this.#links?.marks(this.pinned).kernels;
    if (within !== undefined && within.size > 0 && !within.has(this.#chosen)) this.#chosen = within.values().next().value!;
    this.#keep();
  }

  /** What a link carries of this: nothing when nothing was chosen. */
  share(): SharedView {
    const view: SharedView = {};
    const pass = session.inspection?.graphs.findIndex(({ pass }) => pass === this.pass) ?? -1;
    if (this.pinned !== null) view.pinned = this.pinned;
    if (this.#chosen !== 0) view.kernel = this.#chosen;
    if (pass !== -1) view.pass = pass;
    return view;
  }

  /** Keeps what a link wants shown until the program that came with it has run. */
  expect(view: SharedView | null): void {
    this.#waiting = view;
  }

  /** A new inspection: shows what a link asked for, else what was chosen in the one before and is still there. */
  begin(): void {
    const view = this.#waiting;
    this.#waiting = null;
    this.hovered = null;
    if (view !== null) {
      this.pinned = view.pinned ?? null;
      if (view.kernel !== undefined) this.#chosen = view.kernel;
      if (view.pass !== undefined) this.pass = session.inspection?.graphs[view.pass]?.pass ?? null;
      return this.#keep();
    }
    const { pinned, kernel } = this.#kept;
    const found = kernel === null ? null : this.#links?.find(kernel);
    this.pinned = (pinned === null ? null : this.#links?.find(pinned)) ?? null;
    this.#chosen = found?.kind === "kernel" ? found.id : 0;
  }

  clear(): void {
    this.hovered = null;
    this.pinned = null;
    this.#keep();
  }

  #keep(): void {
    const links = this.#links;
    if (links === null) return;
    this.#kept = {
      pinned: this.pinned === null ? null : links.identify(this.pinned),
      kernel: this.#chosen === 0 ? null : links.identify({ kind: "kernel", id: this.#chosen }),
    };
  }
}

export function sameTarget(a: Target | null, b: Target | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export const selection = new Selection();
