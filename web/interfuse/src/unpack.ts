/** @file Wasm out of the chunks that `scripts/build.mjs` makes: gzip, because base64 alone weighs ten times as much more. */

/** The compiled core. */
export async function unpack(): Promise<WebAssembly.Module> {
  const { default: text } = await import("./wasm.inline.js");
  return inflate(text);
}

/** A compiled module from base64 of gzip. */
export async function inflate(text: string): Promise<WebAssembly.Module> {
  const packed = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
}
