/** @file `interfuse/devtools`: what happens inside, as events, and where in the program ops were called. */
import "./first.js";
import { core } from "./core.js";
import { parse } from "./events.js";
import type { Counters } from "./views.gen.js";

export { subscribe } from "./events.js";
export type { Counters, Event, MissReport } from "./views.gen.js";
export { translate } from "./translate.js";
export type { ShaderLanguage } from "./translate.js";
export { recordSources } from "./positions.js";
export { cutRemedies, rewriteRules } from "./rules.gen.js";
export type { RewriteRule } from "./rules.gen.js";
export { inspectAs } from "./whatif.js";
export type { WhatIf, WhatIfTarget } from "./whatif.js";

/** Running totals of the current device; take differences. */
export function counters(): Counters {
  return parse<Counters>(core.counters());
}

/** Forgets the programs of eager evaluation and frees pooled memory. */
export function trim(): void {
  core.trim();
}
