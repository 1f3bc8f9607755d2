/** @file The default entry point, for browsers and bundlers: the core comes along as a chunk that is imported when it is needed. */
import "./first.js";
import { initialize, type InitOptions } from "./init.js";
import { enter } from "./positions.js";
import { unpack } from "./unpack.js";

export * from "./api.js";

/** Loads the core and chooses a device: WebGPU on a real adapter, else the CPU device. Further calls only change what they name. */
export function init(options: InitOptions = {}): Promise<void> {
  enter(new Error().stack);
  return initialize(options, { read: unpack });
}
