/**
 * @file Events of the core. They arrive in the middle of its work, when it must not be called, so they wait in a queue until the call
 * that caused them is over; subscribers may then use the whole package.
 */
import { core, failures, state } from "./core.js";
import { callable, check } from "./options.js";
import type { Event } from "./views.gen.js";

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
