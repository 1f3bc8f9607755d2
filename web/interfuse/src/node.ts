/** @file The entry point for Node and Deno: the core is read from the file beside this one. */
import "./first.js";
import { readFile } from "node:fs/promises";
import { initialize, type InitOptions, type WasmSource } from "./init.js";
import { enter } from "./positions.js";
import { unpack } from "./unpack.js";

export * from "./api.js";

async function file(): Promise<WasmSource> {
  try {
    return await readFile(new URL("./interfuse.wasm", import.meta.url));
  } catch {
    // A bundler has moved this file away from the other.
    return unpack();
  }
}

/** Loads the core and chooses a device: WebGPU on a real adapter, else the CPU device. Further calls only change what they name. */
export function init(options: InitOptions = {}): Promise<void> {
  enter(new Error().stack);
  return initialize(options, file);
}
