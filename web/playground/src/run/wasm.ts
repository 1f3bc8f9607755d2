/**
 * @file Fetches and compiles the compiler's Wasm once for the page. Workers come and go (Stop kills them), the compiled module
 * stays and is handed to each: a new worker starts without compiling anything. The built page preloads the same address.
 */
import wasmUrl from "interfuse/interfuse.wasm?url";

async function load(): Promise<WebAssembly.Module> {
  const response = await fetch(wasmUrl);
  if (!response.ok) throw new Error(`the compiler could not be loaded: ${response.status} ${response.statusText} for ${response.url}`);
  // Streaming wants the right media type; a plain file server may not know it.
  if (response.headers.get("content-type")?.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** The compiled module; started when this file is imported. */
export const wasmModule: Promise<WebAssembly.Module> = load();
// Whoever awaits it reports the failure; until then it is not an unhandled one.
wasmModule.catch(() => undefined);
