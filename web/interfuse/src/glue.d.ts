/** @file What scripts/build.mjs makes of the glue of wasm-bindgen: a function, so that more than one core can be started. */
export type Bindings = typeof import("./interfuse_wasm.js");

/** The bindings of a core that is not there yet; `initSync` starts it. */
export function fresh(): Bindings;
