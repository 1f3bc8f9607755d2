/** @file The default entry point, for browsers and bundlers: the core comes along as a chunk that is imported when it is needed. */
import "./first.js";
import { initialize, type InitOptions } from "./init.js";
import { enter } from "./positions.js";
import { unpack } from "./unpack.js";

export * from "./api.js";

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
  return initialize(options, { read: unpack });
}
