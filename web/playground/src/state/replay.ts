/**
 * @file What a cache of another size would have done: the recorded keys of a function's calls, replayed. The cache forgets the entry
 * that was not used for the longest time, so a call hits exactly where fewer other keys than the capacity came since the last call with
 * its key (Mattson's stack distance, 1970): one replay answers for every capacity.
 */
import type { CallHistory } from "../protocol.ts";

export interface Replay {
  /** Calls that have a key: those that the cache was asked for. */
  readonly calls: number;
  /** Different keys. */
  readonly keys: number;
  /** At capacity c, `hits[c]` of the calls hit; more than `keys` entries serve no more. */
  readonly hits: readonly number[];
}

export function replay({ calls }: CallHistory): Replay {
  /** The latest first. */
  const stack: number[] = [];
  /** How many calls had that stack distance. */
  const distances: number[] = [];
  let asked = 0;
  for (const { key } of calls) {
    if (key === -1) continue;
    asked++;
    const at = stack.indexOf(key);
    if (at !== -1) {
      distances[at + 1] = (distances[at + 1] ?? 0) + 1;
      stack.splice(at, 1);
    }
    stack.unshift(key);
  }
  const hits = [0];
  for (let capacity = 1; capacity <= stack.length; capacity++) hits.push(hits[capacity - 1]! + (distances[capacity] ?? 0));
  return { calls: asked, keys: stack.length, hits };
}

/** The hits at a capacity. */
export function hitsAt({ hits }: Replay, capacity: number): number {
  return hits[Math.min(capacity, hits.length - 1)]!;
}

/** The least capacity that hits as often as any. */
export function enough({ hits }: Replay): number {
  return hits.indexOf(hits.at(-1)!);
}
