/** The part "remote" of the Wasm, gzipped, in base64; written by scripts/build.mjs. */
declare const text: string;
export default text;
