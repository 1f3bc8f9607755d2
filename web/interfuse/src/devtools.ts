/** @file `interfuse/devtools`: what happens inside, as events, and where in the program ops were called. */
import "./first.js";
import { core } from "./core.js";
import { parse } from "./events.js";

export { subscribe } from "./events.js";
export type { Event, MissReport } from "./events.js";
export { translate } from "./translate.js";
export type { ShaderLanguage } from "./translate.js";
export { recordSources } from "./positions.js";

/** Running totals of the current device. */
export interface Counters {
  readonly dispatches: number;
  readonly submits: number;
  readonly buffersCreated: number;
  readonly pipelinesCreated: number;
  readonly bindGroupsCreated: number;
  readonly bytesAllocated: number;
  /** The most bytes held at a time for the last call: arguments, captured tensors, results, temporaries. Not a total. */
  readonly callPeakBytes: number;
  readonly bytesUploaded: number;
  readonly bytesRead: number;
}

/** Running totals of the current device; take differences. */
export function counters(): Counters {
  return parse<Counters>(core.counters());
}

/** Forgets the programs of eager evaluation and frees pooled memory. */
export function trim(): void {
  core.trim();
}
