/**
 * @file What is let through between a program and the page: messages of the right form, of a phase in which they make sense, as answers
 * to what was asked, so many and no more. Everything else ends the program. Knows no ports, so that it can be asked without a browser.
 */
import type { FromGate, FromProgram, OutputPart, ToProgram } from "../protocol.ts";
import { checked, MAX_NODES } from "./schema.ts";

/** Messages a second, on average over the last second or so: a program that prints and draws sends twenty. */
const MAX_RATE = 400;
/** Output of one run. The console of a program holds back before that. */
const MAX_LINES = 1_200;
const MAX_CHARACTERS = 4_000_000;
/** Figures and points of one run. */
const MAX_FIGURES = 64;
const MAX_POINTS = 4_000_000;
/** Modules, files and translations that one run may ask for. */
const MAX_NEEDS = 500;

export class Gate {
  readonly #tell: (message: FromGate) => void;
  readonly #now: () => number;
  #phase: "idle" | "running" | "over" | "ended" = "idle";
  #isStarted = false;
  #live = false;
  readonly #asks = new Set<number>();
  #tokens = MAX_RATE;
  #filled: number;
  #lines = 0;
  #characters = 0;
  #figures = 0;
  #points = 0;
  #needs = 0;

  constructor(tell: (message: FromGate) => void, now: () => number = () => performance.now()) {
    this.#tell = tell;
    this.#now = now;
    this.#filled = now();
  }

  /** The page says this to the program; it is to be passed on. */
  asked(message: ToProgram): void {
    if (message.type === "run") {
      if (this.#phase === "idle") this.#phase = "running";
      this.#live = message.live !== undefined;
    } else if (message.type === "inspect") this.#asks.add(message.ask);
  }

  /** The program says this. */
  said(data: unknown): void {
    if (this.#phase === "ended") return;
    if (!this.#hasRoom()) return this.#end("it sent more messages than the page takes");
    const result = checked(data);
    if ("problem" in result) {
      // A graph that is too large to be shown is no reason to end the program that has it.
      const ask = askOf(data);
      if (ask !== undefined && this.#asks.delete(ask)) {
        const message = `This compilation is not shown: ${result.problem}. Graphs of up to ${MAX_NODES} nodes are.`;
        return this.#tell({ type: "ask-failed", ask, error: { name: "Error", message } });
      }
      return this.#end(`it sent a message that is none of this page's (${result.problem})`);
    }
    this.#pass(result.message);
  }

  #pass(message: FromProgram): void {
    const ran = this.#phase === "running" || this.#phase === "over";
    switch (message.type) {
      case "ready":
      case "unusable":
        // Programs run after it only: the first is the page's own word.
        if (this.#isStarted) return;
        this.#isStarted = true;
        break;
      case "done":
        if (this.#phase !== "running" || this.#live) return;
        this.#phase = "over";
        break;
      case "live":
        if (this.#phase !== "running" || !this.#live) return;
        if (message.over) this.#phase = "over";
        break;
      case "inspection":
      case "ask-failed":
        if (!this.#asks.delete(message.ask)) return;
        break;
      case "need":
        if (!ran) return;
        if (++this.#needs > MAX_NEEDS) return this.#end("it asked for more than the page gives");
        break;
      case "output": {
        if (!ran) return;
        for (const { parts } of message.entries) for (const part of parts) this.#characters += charactersOf(part);
        this.#lines += message.entries.length;
        if (this.#lines > MAX_LINES || this.#characters > MAX_CHARACTERS) return;
        break;
      }
      case "figures":
        if (!ran) return;
        for (const figure of message.figures) {
          if (figure.kind === "chart") this.#figures++;
          if (figure.kind === "points") this.#points += figure.rows.length;
        }
        if (this.#figures > MAX_FIGURES || this.#points > MAX_POINTS) return;
        break;
      case "busy":
      case "pong":
        if (!ran) return;
        break;
      default:
        message satisfies never;
    }
    this.#tell(message);
  }

  #end(reason: string): void {
    this.#phase = "ended";
    this.#tell({ type: "violation", reason });
  }

  /** A bucket that fills with time. */
  #hasRoom(): boolean {
    const now = this.#now();
    this.#tokens = Math.min(MAX_RATE, this.#tokens + ((now - this.#filled) / 1000) * MAX_RATE);
    this.#filled = now;
    return --this.#tokens >= 0;
  }
}

function charactersOf(part: OutputPart): number {
  return part.kind === "table" ? part.rows.flat().reduce((sum, cell) => sum + cell.length + 1, 0) : part.text.length;
}

/** Which question a message answers, if it is the inspection that was asked for. */
function askOf(data: unknown): number | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { type, ask } = data as { type?: unknown; ask?: unknown };
  return type === "inspection" && typeof ask === "number" ? ask : undefined;
}
