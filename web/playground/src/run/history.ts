/**
 * @file The calls of one compiled function in order: what became of each, and the key that it was looked up by. Built of the events that
 * the package tells of during a call; bounded, so that a program that calls without end keeps no memory.
 */
import type { Event } from "interfuse/devtools";
import type { CallEvent, CallHistory } from "../protocol.ts";

/** Calls that are told of; older ones are forgotten first. */
const MAX_CALLS = 500;
/** Keys that are told of. Calls with later ones have none: a function with so many is not looked at call by call. */
const MAX_KEYS = 500;

interface Noted<Call> extends Omit<CallEvent, "call"> {
  call: Call;
}

export class History<Call> {
  readonly #calls: Noted<Call>[] = [];
  readonly #keys: string[] = [];
  /** Of every entry its key. */
  readonly #keyOf = new Map<number, number>();
  /** Of every signature the keys with it that no entry has now. Entries with guards share a signature, side by side. */
  readonly #free = new Map<string, number[]>();
  #before = 0;
  #now: Noted<Call> | undefined;
  #entry: number | undefined;

  /** `name` is what the package calls the function; of functions without a name every event is taken. */
  constructor(readonly name: string) {}

  begin(call: Call): void {
    this.#now = { call, outcome: "fallback", key: -1 };
    this.#entry = undefined;
  }

  hear(event: Event): void {
    const now = this.#now;
    if (now === undefined) return;
    // A function that runs eagerly may call compiled ones.
    if ("name" in event && this.name !== "" && event.name !== this.name) return;
    switch (event.type) {
      case "call":
        if (now.outcome !== "miss") now.outcome = "hit";
        this.#entry = event.entry;
        now.key = this.#keyOf.get(event.entry) ?? -1;
        break;
      case "compile":
        now.outcome = "miss";
        this.#entry = event.entry;
        now.key = this.#keyFor(event.signature, event.entry);
        break;
      case "evict": {
        const key = this.#keyOf.get(event.entry);
        this.#keyOf.delete(event.entry);
        if (key === undefined) break;
        this.#free.set(event.signature, [...(this.#free.get(event.signature) ?? []), key]);
        now.evicted = key;
        break;
      }
      default:
        break;
    }
  }

  /** The call is over; gives the entry that served it. */
  end(): number | undefined {
    const now = this.#now;
    this.#now = undefined;
    if (now === undefined) return undefined;
    this.#calls.push(now);
    if (this.#calls.length > MAX_CALLS) {
      this.#calls.shift();
      this.#before++;
    }
    return now.outcome === "fallback" ? undefined : this.#entry;
  }

  /** Plain data; `calls` are those that are told of. */
  report(calls: readonly Call[]): CallHistory {
    const at = new Map(calls.map((call, index) => [call, index]));
    return {
      before: this.#before,
      keys: [...this.#keys],
      calls: this.#calls.map((one) => ({ ...one, call: at.get(one.call) ?? -1 })),
    };
  }

  /** The key of a new entry: what one with that signature had that is gone, else a new one. */
  #keyFor(signature: string, entry: number): number {
    const key = this.#free.get(signature)?.shift() ?? (this.#keys.length < MAX_KEYS ? this.#keys.push(signature) - 1 : -1);
    if (key !== -1) this.#keyOf.set(entry, key);
    return key;
  }
}
