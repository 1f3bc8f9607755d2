/** @file The worker that the language service lives in. */
import files from "virtual:types";
import { Checker } from "./checker.ts";

/** What may be asked; the text of the program comes along where it changed. */
export type Question =
  | { ask: number; code?: string; what: "problems" }
  | { ask: number; code?: string; what: "complete" | "hover" | "signature"; position: number }
  | { ask: number; code?: string; what: "describe"; position: number; name: string };

export type Answer = { ask: number; value: unknown };

const checker = new Checker(files);

addEventListener("message", ({ data }: MessageEvent<Question>) => {
  if (data.code !== undefined) checker.set(data.code);
  postMessage({ ask: data.ask, value: answer(data) } satisfies Answer);
});

function answer(question: Question): unknown {
  switch (question.what) {
    case "problems":
      return checker.problems();
    case "complete":
      return checker.complete(question.position);
    case "hover":
      return checker.hover(question.position);
    case "signature":
      return checker.signature(question.position);
    case "describe":
      return checker.describe(question.position, question.name);
    default:
      return question satisfies never;
  }
}
