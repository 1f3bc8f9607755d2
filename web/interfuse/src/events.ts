/**
 * @file Events of the core. They arrive in the middle of its work, when it must not be called, so they wait in a queue until the call
 * that caused them is over; subscribers may then use the whole package.
 */
import { core, failures, state } from "./core.js";
import type { BreakReason } from "./errors.js";
import { callable, check } from "./options.js";

/** What happens inside. Entries and programs keep their ids in all events and in `cache()`. */
export type Event =
  | { readonly type: "trace"; readonly name: string; readonly nodes: number; readonly ms: number }
  | {
      readonly type: "compile";
      readonly name: string;
      readonly entry: number;
      readonly signature: string;
      readonly kernels: number;
      readonly ms: number;
    }
  | { readonly type: "call"; readonly name: string; readonly entry: number; readonly ms: number }
  | { readonly type: "miss"; readonly report: MissReport }
  | { readonly type: "fallback"; readonly report: FallbackReport }
  | { readonly type: "evict"; readonly name: string; readonly entry: number; readonly signature: string }
  | { readonly type: "submit"; readonly name: string; readonly program: number; readonly dispatches: number; readonly atMs: number }
  | { readonly type: "error"; readonly name: string; readonly message: string };

/** Why a call of a compiled function found no entry. */
export interface MissReport {
  /** The function. */
  readonly function: string;
  /** In a sentence, such as `args[0]: float32[2,4] -> float32[5,4]`. */
  readonly reason: string;
  /** The call's key as text. */
  readonly signature: string;
  /** The key of the nearest entry. */
  readonly nearest?: string;
  /** The leaf that differs, such as `args[0].w`. */
  readonly path?: string;
  /** What it is in the nearest entry. */
  readonly before?: string;
  /** What it is in the call. */
  readonly after?: string;
  /** The key of the entry that had to go last, and where it differs from the call's (nowhere: it was this very entry). */
  readonly evicted?: { readonly signature: string; readonly path?: string; readonly before?: string; readonly after?: string };
  /** What to do about it; may be empty. */
  readonly hint: string;
  /** Time of tracing and compiling the new entry. */
  readonly ms: number;
}

/** Why a call of a compiled function ran eagerly. */
export interface FallbackReport {
  /** The function. */
  readonly function: string;
  /** What broke the trace. */
  readonly reason: BreakReason;
  /** In a sentence. */
  readonly message: string;
  /** Where: from the function to the op, with the line where it is known. */
  readonly opPath: string;
  /** What to do about it; may be empty. */
  readonly hint: string;
}

type Subscriber = (event: Event) => void;

const subscribers = new Set<Subscriber>();
let queue: string[] = [];
let subscription = 0;
/** The core that it is of, by how many failed before. */
let subscribed = 0;

/** JSON of the core: what is absent there is null, here it is left out. */
export function parse<T>(text: string): T {
  return JSON.parse(text, (_, value: unknown) => (value === null ? undefined : value)) as T;
}

/** Adds a subscriber; gives the function that removes it. */
export function subscribe(subscriber: Subscriber): () => void {
  check("subscribe", "the subscriber", subscriber, callable);
  // An own function each time: the same one may subscribe twice.
  const own: Subscriber = (event) => subscriber(event);
  subscribers.add(own);
  connect();
  return () => {
    subscribers.delete(own);
    if (subscribers.size === 0 && subscription !== 0 && state === "ready") {
      core.unsubscribe(subscription);
      subscription = 0;
    }
  };
}

/** Subscribes at the core, once it is there. */
export function connect(): void {
  if (state !== "ready") return;
  if (subscribed !== failures) subscription = 0;
  subscribed = failures;
  if (subscription === 0 && subscribers.size > 0) subscription = core.subscribe((text: string) => queue.push(text));
}

/** Tells the subscribers what has happened since the last time. */
export function flushEvents(): void {
  while (queue.length > 0) {
    const texts = queue;
    queue = [];
    for (const text of texts) {
      const event = parse<Event>(text);
      for (const subscriber of [...subscribers]) subscriber(event);
    }
  }
}
