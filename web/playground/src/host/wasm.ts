/**
 * @file Fetches the compiler's Wasm once for the page. The frame of the sandbox gets its bytes, because a compiled module cannot leave
 * the page's origin; workers of the page's own get the module. The built page preloads the same addresses.
 */
import coreUrl from "interfuse/core.wasm?url";
import gpuUrl from "interfuse/gpu.wasm?url";
import remoteUrl from "interfuse/remote.wasm?url";
import trainingUrl from "interfuse/training.wasm?url";
import type { CompiledWasm } from "../protocol.ts";

async function load(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the compiler could not be loaded: ${response.status} ${response.statusText} for ${response.url}`);
  return response.arrayBuffer();
}

/** The core and its parts, of which programs may call any; started when this file is imported. */
export const wasmBytes: Promise<Record<"core" | "gpu" | "training", ArrayBuffer>> = Promise.all(
  [coreUrl, gpuUrl, trainingUrl].map(load),
).then(([core, gpu, training]) => ({ core: core!, gpu: gpu!, training: training! }));
// Whoever awaits it reports the failure; until then it is not an unhandled one.
wasmBytes.catch(() => undefined);

let compiling: Promise<CompiledWasm> | undefined;

/** The same, compiled for workers of the page's own. */
export function compiledWasm(): Promise<CompiledWasm> {
  compiling ??= wasmBytes.then(async ({ core, gpu, training }) => {
    const [own, ...parts] = await Promise.all([core, gpu, training].map((bytes) => WebAssembly.compile(bytes)));
    return { core: own!, parts: { gpu: parts[0]!, training: parts[1]! } };
  });
  return compiling;
}

let remote: Promise<ArrayBuffer> | undefined;

/** The part that both sides of a GPU elsewhere need; fetched when there is a GPU. */
export function remotePart(): Promise<ArrayBuffer> {
  remote ??= load(remoteUrl);
  return remote;
}
