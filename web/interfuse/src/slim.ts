/** @file The entry point for those who serve the Wasm themselves: `init({ wasm })` needs it. */
import "./first.js";
import { DeviceError } from "./errors.js";
import { initialize, type InitOptions } from "./init.js";
import { enter } from "./positions.js";

export * from "./api.js";

/**
 * Loads the core from `options.wasm` and chooses a device: WebGPU on a hardware adapter, else the CPU device. Await it before the first
 * tensor is created.
 *
 * @param options - See {@link InitOptions}. The first call needs `wasm`.
 * @throws {DeviceError} `wasm` is missing or could not be loaded, or `device: "webgpu"` was asked for and is not available.
 * @throws {CompileArgumentError} An option is unknown or of the wrong type.
 * @example
 * ```ts
 * await init({ wasm: new URL("interfuse/interfuse.wasm", import.meta.url) });
 * ```
 */
export function init(options: InitOptions = {}): Promise<void> {
  enter(new Error().stack);
  return initialize(options, {
    read: (name) => {
      if (name !== "core") return undefined;
      throw new DeviceError(
        "init",
        "interfuse/slim brings no Wasm core along",
        'Pass the address of the file "interfuse/interfuse.wasm" as init({ wasm }).',
      );
    },
  });
}
