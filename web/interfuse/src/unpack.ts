/** @file Wasm out of the chunks that `scripts/build.mjs` makes: gzip, because base64 alone weighs ten times as much more. */
import type { FileName } from "./parts.js";

const CHUNKS = {
  core: () => import("./core.inline.js"),
  gpu: () => import("./gpu.inline.js"),
  training: () => import("./training.inline.js"),
  remote: () => import("./remote.inline.js"),
};

/** A compiled file of the Wasm. */
export async function unpack(name: FileName): Promise<WebAssembly.Module> {
  return inflate((await CHUNKS[name]()).default);
}

/** A compiled module from base64 of gzip. */
export async function inflate(text: string): Promise<WebAssembly.Module> {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}
