/**
 * @file The console of a program: what it logs becomes entries for the output pane, in the order of the calls. A tensor is read
 * when it is logged and shown by value; entries wait for their reads, and the ones behind them wait too.
 */
import { Tensor } from "interfuse/slim";
import { typeText } from "../graph/drawing.ts";
import type { OutputEntry, OutputPart } from "../protocol.ts";
import { formatted, tabulated } from "./format.ts";
import { type FlatValues, layOutTensor, layOutValue, statisticsOf } from "./values.ts";

/** Entries shown of one run, and characters of all and of one: a program that logs in a loop must not flood the page. */
const MAX_ENTRIES = 1000;
const MAX_CHARACTERS = 1_000_000;
const MAX_LENGTH = 64_000;
/** Entries are sent together: no more often than this. */
const SEND_EVERY_MS = 50;
/** Larger tensors are described instead of read: reading them only to leave most of it out would be waste. */
const MAX_ELEMENTS_READ = 1 << 22;
/** Groups inside groups are moved in so far. */
const MAX_DEPTH = 10;

/** The values of a tensor as text, and what is told beside them. */
type Read = Pick<Extract<OutputPart, { kind: "tensor" }>, "text" | "odd" | "statistics">;
/** What becomes of the arguments of a call, once the tensors in them were read. */
type LayOut = (args: unknown[], write: (value: unknown) => string, reads: Map<Tensor, Read>) => OutputPart[];

// Taken before the program counts its own timers.
const setTimer = setTimeout;
const now = performance.now.bind(performance);

export class ProgramConsole {
  readonly #send: (entries: OutputEntry[]) => void;
  #waiting: { entry?: OutputEntry }[] = [];
  #pending: Promise<void>[] = [];
  #count = 0;
  #isSilent = false;
  #depth = 0;
  #characters = 0;
  /** Entries that wait to be sent together, and since when. */
  #batch: OutputEntry[] = [];
  #sent = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #timers = new Map<string, number>();
  readonly #counters = new Map<string, number>();

  constructor(send: (entries: OutputEntry[]) => void) {
    this.#send = send;
  }

  /** Puts itself in the place of the worker's console. */
  install(): void {
    const timers = this.#timers;
    const counters = this.#counters;
    const log =
      (level: OutputEntry["level"]) =>
      (...args: unknown[]) =>
        this.#log(level, args);
    const show = log("log");
    const group = (...args: unknown[]): void => {
      if (args.length > 0) show(...args);
      this.#depth++;
    };
    Object.assign(console, {
      log: show,
      info: log("info"),
      debug: log("debug"),
      warn: log("warn"),
      error: log("error"),
      trace: show,
      dir: (value: unknown) => show(value),
      table: (value: unknown) => this.#log("log", [value], tables),
      group,
      groupCollapsed: group,
      groupEnd: () => void (this.#depth = Math.max(0, this.#depth - 1)),
      assert: (condition: unknown, ...args: unknown[]) => condition || log("error")("assertion failed:", ...args),
      count: (label = "default") => {
        counters.set(label, (counters.get(label) ?? 0) + 1);
        show(`${label}: ${counters.get(label)}`);
      },
      time: (label = "default") => timers.set(label, performance.now()),
      timeLog: (label = "default") => show(`${label}: ${(performance.now() - (timers.get(label) ?? NaN)).toFixed(3)} ms`),
      timeEnd: (label = "default") => {
        show(`${label}: ${(performance.now() - (timers.get(label) ?? NaN)).toFixed(3)} ms`);
        timers.delete(label);
      },
    });
  }

  /** Does something that is not heard: what it logs is left out. */
  silent<T>(work: () => T): T {
    const before = this.#isSilent;
    this.#isSilent = true;
    try {
      return work();
    } finally {
      this.#isSilent = before;
    }
  }

  /** Resolves when everything logged so far was sent. */
  async settled(): Promise<void> {
    while (this.#pending.length > 0) await Promise.all(this.#pending.splice(0));
    this.#flush();
  }

  /** Sends what is due. A program that lets no timer run calls this from its loops. */
  tick(): void {
    if (this.#batch.length > 0 && now() - this.#sent >= SEND_EVERY_MS) this.#flush();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#batch.length === 0) return;
    this.#sent = now();
    const entries = this.#batch;
    this.#batch = [];
    this.#send(entries);
  }

  /** Puts an entry to those that wait, as far as there is room for it. */
  #put(entry: OutputEntry): void {
    for (const part of entry.parts) {
      if (part.kind === "table") {
        this.#characters += part.rows.flat().join(" ").length;
        continue;
      }
      if (part.text.length > MAX_LENGTH) part.text = `${part.text.slice(0, MAX_LENGTH)}… ${part.text.length - MAX_LENGTH} characters more`;
      this.#characters += part.text.length;
    }
    if (this.#characters > MAX_CHARACTERS) {
      this.#count = MAX_ENTRIES + 2;
      entry = { level: "log", parts: [{ kind: "text", text: `… more than ${MAX_CHARACTERS} characters; the rest is not shown` }] };
    }
    this.#batch.push(entry);
    this.#timer ??= setTimer(() => this.#flush(), SEND_EVERY_MS);
    this.tick();
  }

  #log(level: OutputEntry["level"], args: unknown[], layOut: LayOut = lines): void {
    if (this.#isSilent) return;
    this.#count++;
    if (this.#count > MAX_ENTRIES + 1) return;
    if (this.#count === MAX_ENTRIES + 1) args = [`… more than ${MAX_ENTRIES} lines; the rest is not shown`];
    const depth = Math.min(this.#depth, MAX_DEPTH);
    const reads = new Map<Tensor, Read>();
    const pending = [...tensorsIn(args)].map(async (tensor) => {
      reads.set(tensor, await read(tensor));
    });
    const slot: { entry?: OutputEntry } = {};
    this.#waiting.push(slot);
    const finish = (): void => {
      slot.entry = { level, ...(depth > 0 ? { depth } : {}), parts: layOut(args, writer(reads), reads) };
      const upTo = this.#waiting.findIndex(({ entry }) => entry === undefined);
      const ready = this.#waiting.splice(0, upTo === -1 ? this.#waiting.length : upTo);
      for (const { entry } of ready) if (entry !== undefined && this.#characters <= MAX_CHARACTERS) this.#put(entry);
    };
    if (pending.length === 0) finish();
    else this.#pending.push(Promise.all(pending).then(finish));
  }
}

/** Writes any value as text, tensors in it with their type and values. */
function writer(reads: Map<Tensor, Read>): (value: unknown) => string {
  const tensorText = (inner: unknown): string | undefined =>
    inner instanceof Tensor ? `${typeText(inner)} ${reads.get(inner)?.text ?? String(inner)}` : undefined;
  return (value) => layOutValue(value, tensorText);
}

/** A line: what its first argument asks for is put into it, and tensors stand for themselves. */
const lines: LayOut = (args, write, reads) =>
  formatted(args, write).map((value) =>
    value instanceof Tensor
      ? { kind: "tensor", dtype: value.dtype, shape: [...value.shape], ...(reads.get(value) ?? { text: String(value) }) }
      : { kind: "text", text: write(value) },
  );

const tables: LayOut = (args, write, reads) => {
  const table = args[0] instanceof Tensor ? undefined : tabulated(args[0], write);
  if (table === undefined) return lines(args, write, reads);
  const { columns, rows, more } = table;
  return [{ kind: "table", columns, rows }, ...(more === "" ? [] : [{ kind: "text" as const, text: `… ${more}` }])];
};

/** The tensors in the arguments of a log call, a few levels deep. */
function tensorsIn(values: unknown[], depth = 0, found = new Set<Tensor>()): Set<Tensor> {
  for (const value of values) {
    if (value instanceof Tensor) found.add(value);
    else if (depth < 3 && Array.isArray(value)) tensorsIn(value.slice(0, 100), depth + 1, found);
    else if (depth < 3 && value instanceof Map) tensorsIn([...value].slice(0, 50).flat(), depth + 1, found);
    else if (depth < 3 && value instanceof Set) tensorsIn([...value].slice(0, 50), depth + 1, found);
    else if (depth < 3 && typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
      tensorsIn(Object.values(value).slice(0, 50), depth + 1, found);
    }
  }
  return found;
}

/** The values of a tensor as text; a tensor without values (one that is being traced, a disposed one) describes itself. */
async function read(tensor: Tensor): Promise<Read> {
  try {
    if (tensor.size > MAX_ELEMENTS_READ) return { text: `${tensor.size} elements, not read` };
    const { shape, dtype } = tensor;
    const values = (await tensor.data()) as FlatValues;
    return { text: layOutTensor(values, shape, dtype), ...statisticsOf(values, shape, dtype) };
  } catch (thrown) {
    const reason = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return { text: `not readable here (${reason})` };
  }
}
