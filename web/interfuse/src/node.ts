/** @file The entry point for Node and Deno: the Wasm is read from the files beside this one. */
import "./first.js";
import { existsSync, readFileSync } from "node:fs";
import { initialize, type Bundle, type InitOptions } from "./init.js";
import { enter } from "./positions.js";
import type { FileName } from "./parts.js";
import { unpack } from "./unpack.js";

export * from "./api.js";

const file = (name: FileName): URL => new URL(`./${name}.wasm`, import.meta.url);
const read = (name: FileName): BufferSource => readFileSync(file(name));

/** The files, unless a bundler has moved this module away from them. */
const bundle = (): Bundle => (existsSync(file("core")) ? { read: async (name) => read(name), readNow: read } : { read: unpack });

/**
 * Loads the core and chooses a device: WebGPU on a hardware adapter, else the CPU device. Await it before the first tensor is created.
 * Further calls change only what their options name.
 *
 * @param options - See {@link InitOptions}.
 * @throws {DeviceError} The Wasm could not be loaded, or `device: "webgpu"` was asked for and is not available.
 * @throws {CompileArgumentError} An option is unknown or of the wrong type.
 * @example
 * ```ts
 * await init();
 * device().reason; // why this device was chosen
 * ```
 */
export function init(options: InitOptions = {}): Promise<void> {
  enter(new Error().stack);
  return initialize(options, bundle());
}
