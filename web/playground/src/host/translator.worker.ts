/** @file The worker in which shaders are translated. */
import type { ShaderLanguage } from "interfuse";
import { translate } from "interfuse/devtools";

export interface TranslatorQuestion {
  ask: number;
  wgsl: string;
  language: ShaderLanguage;
}

export type TranslatorAnswer = { ask: number; text: string } | { ask: number; problem: string };

addEventListener("message", ({ data: { ask, wgsl, language } }: MessageEvent<TranslatorQuestion>) => {
  translate(wgsl, language).then(
    (text) => postMessage({ ask, text } satisfies TranslatorAnswer),
    // The translator's own reasons are strings.
    (reason: unknown) =>
      postMessage({ ask, problem: reason instanceof Error ? reason.message : String(reason) } satisfies TranslatorAnswer),
  );
});
