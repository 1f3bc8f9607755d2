/**
 * @file What a program may draw: the module "playground" that it imports. Curves grow while the program runs, pictures are
 * replaced, a bar tells how far the work is. Points are collected and sent a few times a second, so that a training loop is not
 * held up by what it shows.
 */
import { Tensor } from "interfuse/slim";
import type { FigureMessage } from "../protocol.ts";
import type { Digits } from "./digits.ts";

/** Figures of one run, and points of one curve: a program that draws in a loop must not flood the page. */
const MAX_FIGURES = 16;
const MAX_POINTS = 200_000;
/** Pictures larger than this are refused: nobody sees more. */
const MAX_PIXELS = 1 << 22;
const SEND_EVERY_MS = 80;

// Taken before the program counts its own timers.
const setTimer = setTimeout;

export interface Chart {
  /** Adds a point: where along the x axis, then one number per curve. */
  add(x: number, ...values: number[]): void;
}

export class Figures {
  readonly #send: (messages: FigureMessage[]) => void;
  #queue = new Map<string, FigureMessage>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sent = -Infinity;
  #next = 0;

  readonly #digits: () => Promise<Digits>;

  constructor(send: (messages: FigureMessage[]) => void, digits: () => Promise<Digits>) {
    this.#send = send;
    this.#digits = digits;
  }

  /** What a program imports from "playground". */
  module(): Record<string, unknown> {
    return { chart: this.chart, image: this.image, progress: this.progress, digits: this.#digits };
  }

  /** A chart of one or more curves. */
  readonly chart = (title: string, { x = "step", curves = ["value"] }: { x?: string; curves?: string[] } = {}): Chart => {
    const id = this.#id();
    this.#put(`new ${id}`, { kind: "chart", id, title: String(title), x: String(x), curves: curves.map(String) });
    let count = 0;
    return {
      add: (at: number, ...values: number[]): void => {
        if (values.length !== curves.length) throw new Error(`chart "${title}" has ${curves.length} curves, got ${values.length} values`);
        if (++count > MAX_POINTS) return;
        const row = [Number(at), ...values.map(Number)];
        const waiting = this.#queue.get(`points ${id}`);
        if (waiting?.kind === "points") waiting.rows.push(row);
        else this.#put(`points ${id}`, { kind: "points", id, rows: [row] });
      },
    };
  };

  /**
   * A picture of a tensor of shape [height, width] (grey) or [height, width, 3 or 4], from 0 to 1. With the `id` of an earlier
   * picture it takes its place. Gives the id.
   */
  readonly image = async (tensor: Tensor, { title = "", id }: { title?: string; id?: number } = {}): Promise<number> => {
    if (!(tensor instanceof Tensor)) throw new Error("image() shows a tensor of shape [height, width] or [height, width, 3]");
    const [height = 0, width = 0, channels = 1] = tensor.shape;
    if (tensor.ndim < 2 || tensor.ndim > 3 || ![1, 3, 4].includes(channels) || height * width > MAX_PIXELS) {
      throw new Error(
        `image() shows shapes [height, width] and [height, width, 3 or 4] of up to ${MAX_PIXELS} pixels, got [${tensor.shape.join(", ")}]`,
      );
    }
    const values = await tensor.data();
    const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
    for (let at = 0; at < width * height; at++) {
      for (let channel = 0; channel < Math.max(channels, 3); channel++) {
        pixels[at * 4 + channel] = values[at * channels + (channels === 1 ? 0 : channel)]! * 255;
      }
    }
    const own = id ?? this.#id();
    this.#put(`image ${own}`, { kind: "image", id: own, title: String(title), width, height, pixels });
    return own;
  };

  /** A bar: so much of so much is done. */
  readonly progress = (done: number, of: number, label = ""): void => {
    this.#put("progress", { kind: "progress", done: Number(done), of: Number(of), label: String(label) });
  };

  /** Sends what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#queue.size === 0) return;
    this.#sent = performance.now();
    const messages = [...this.#queue.values()];
    this.#queue = new Map();
    this.#send(messages);
  }

  #id(): number {
    if (this.#next === MAX_FIGURES) throw new Error(`a program may draw ${MAX_FIGURES} figures`);
    return this.#next++;
  }

  #put(key: string, message: FigureMessage): void {
    this.#queue.set(key, message);
    // A program that awaits nothing but the CPU device lets no timer run: then whoever draws next sends.
    if (performance.now() - this.#sent >= SEND_EVERY_MS) this.flush();
    else this.#timer ??= setTimer(() => this.flush(), SEND_EVERY_MS);
  }
}
