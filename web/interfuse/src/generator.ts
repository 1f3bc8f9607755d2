/** @file The realm's generator of random numbers: a seed that is given before there is a core waits for it here. */
import { core, state } from "./core.js";
import { begin as beginCall } from "./wire.js";

/** A seed given before there is a core. */
let early: number | undefined;

/** Hands the core the seed that waits for it. */
export function settle(): void {
  if (early !== undefined && state === "ready") {
    core.randomSeed(early);
    early = undefined;
  }
}

/** Starts the generator anew. */
export function start(seed: number): void {
  if (state === "absent") early = seed;
  else {
    early = undefined;
    core.randomSeed(seed);
  }
}

/** Begins a call that may draw a key from the generator. */
export function begin(name: string): number {
  settle();
  return beginCall(name);
}
