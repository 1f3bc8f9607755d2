/** @file Asks the language service, which is started with the first question. */
import type { Completions, Described, Problem, Signature } from "./checker.ts";
import type { Answer, Question } from "./checker.worker.ts";

type Without<T> = T extends Question ? Omit<T, "ask" | "code"> : never;

export class Language {
  readonly #worker = new Worker(new URL("./checker.worker.ts", import.meta.url), { type: "module", name: "typescript" });
  readonly #waiting = new Map<number, (value: unknown) => void>();
  #next = 1;
  #code: string | undefined;

  constructor() {
    this.#worker.onmessage = ({ data: { ask, value } }: MessageEvent<Answer>) => {
      this.#waiting.get(ask)?.(value);
      this.#waiting.delete(ask);
    };
    // Without the service one can write as well: its answers are just not there.
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const settle of this.#waiting.values()) settle(null);
      this.#waiting.clear();
    };
  }

  problems(code: string): Promise<Problem[] | null> {
    return this.#ask(code, { what: "problems" }) as Promise<Problem[] | null>;
  }

  complete(code: string, position: number): Promise<Completions | null> {
    return this.#ask(code, { what: "complete", position }) as Promise<Completions | null>;
  }

  describe(code: string, position: number, name: string): Promise<Pick<Described, "code" | "text"> | null> {
    return this.#ask(code, { what: "describe", position, name }) as Promise<Pick<Described, "code" | "text"> | null>;
  }

  hover(code: string, position: number): Promise<Described | null> {
    return this.#ask(code, { what: "hover", position }) as Promise<Described | null>;
  }

  signature(code: string, position: number): Promise<Signature | null> {
    return this.#ask(code, { what: "signature", position }) as Promise<Signature | null>;
  }

  #ask(code: string, question: Without<Question>): Promise<unknown> {
    return new Promise((resolve) => {
      const ask = this.#next++;
      this.#waiting.set(ask, resolve);
      this.#worker.postMessage({ ask, ...question, ...(code === this.#code ? {} : { code }) } as Question);
      this.#code = code;
    });
  }
}
