/**
 * @file Translates shaders, which come from programs, in a worker that is ended when it takes too long. The translator is fetched by the
 * first who asks.
 */
import type { ShaderLanguage } from "interfuse";
import type { TranslatorAnswer, TranslatorQuestion } from "./translator.worker.ts";

const DEADLINE_MS = 20_000;

let worker: Worker | undefined;
let next = 1;
const waiting = new Map<number, { resolve(text: string): void; reject(reason: unknown): void }>();

/** A shader in another language; rejects with the translator's reason. */
export function translate(wgsl: string, language: ShaderLanguage): Promise<string> {
  worker ??= open();
  const ask = next++;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => end(`the translation took longer than ${DEADLINE_MS / 1000} s`), DEADLINE_MS);
    const settled =
      <T>(then: (value: T) => void) =>
      (value: T): void => {
        clearTimeout(late);
        then(value);
      };
    waiting.set(ask, { resolve: settled(resolve), reject: settled(reject) });
    worker!.postMessage({ ask, wgsl, language } satisfies TranslatorQuestion);
  });
}

function open(): Worker {
  const opened = new Worker(new URL("./translator.worker.ts", import.meta.url), { type: "module", name: "interfuse translator" });
  opened.onmessage = ({ data }: MessageEvent<TranslatorAnswer>) => {
    const asked = waiting.get(data.ask);
    waiting.delete(data.ask);
    if ("text" in data) asked?.resolve(data.text);
    else asked?.reject(new Error(data.problem));
  };
  opened.onerror = (event) => {
    event.preventDefault();
    end(event.message || "the translator could not be loaded");
  };
  return opened;
}

/** Ends the worker and all that waits for it. */
function end(problem: string): void {
  worker?.terminate();
  worker = undefined;
  for (const { reject } of waiting.values()) reject(new Error(problem));
  waiting.clear();
}
