/**
 * @file Stands in for the package's own `translate` in the sandbox (see vite.config.ts): the translator is a large Wasm module that a
 * program has no network to fetch, so the page translates.
 */
import type { ShaderLanguage } from "interfuse";

/** All that there are. */
export const LANGUAGES: readonly ShaderLanguage[] = ["msl", "spirv", "hlsl", "glsl"];

let ask: (wgsl: string, language: ShaderLanguage) => Promise<string>;

/** From now on shaders are translated so. */
export function translateBy(by: typeof ask): void {
  ask = by;
}

/** A shader in that language; throws the translator's reason, a string, when the language cannot say it. */
export async function translate(wgsl: string, language: ShaderLanguage): Promise<string> {
  try {
    return await ask(wgsl, language);
  } catch (reason) {
    throw reason instanceof Error ? reason.message : reason;
  }
}
