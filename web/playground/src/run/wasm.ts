/**
 * @file Fetches and compiles the compiler's Wasm once for the page. Workers come and go (Stop kills them), the compiled module
 * stays and is handed to each: a new worker starts without compiling anything. The built page preloads the same addresses.
 */
import coreUrl from "interfuse/core.wasm?url";
import gpuUrl from "interfuse/gpu.wasm?url";
import trainingUrl from "interfuse/training.wasm?url";
import type { CompiledWasm } from "../protocol.ts";

async function load(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the compiler could not be loaded: ${response.status} ${response.statusText} for ${response.url}`);
  // Streaming wants the right media type; a plain file server may not know it.
  if (response.headers.get("content-type")?.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** The compiled core and its parts, which programs may call any of; started when this file is imported. */
export const compiledWasm: Promise<CompiledWasm> = Promise.all([load(coreUrl), load(gpuUrl), load(trainingUrl)]).then(
  ([core, gpu, training]) => ({ core, parts: { gpu, training } }),
);
// Whoever awaits it reports the failure; until then it is not an unhandled one.
compiledWasm.catch(() => undefined);
