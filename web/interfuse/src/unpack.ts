/** @file The core out of the chunk that `scripts/build.mjs` makes of it: gzip, because base64 alone weighs ten times as much more. */

/** The compiled core. */
export async function unpack(): Promise<WebAssembly.Module> {
  const { default: text } = await import("./wasm.inline.js");
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}
