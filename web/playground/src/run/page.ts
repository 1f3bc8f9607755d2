/**
 * @file The program's side of the port to the page. The functions that it uses are taken before a program runs: what a program does to
 * prototypes does not change what is sent. (It could still send what it likes; the page believes nothing.)
 */
import type { FromProgram, Need, ToProgram } from "../protocol.ts";

/** Asks and needs of one worker are counted by it. */
export class Page {
  readonly #post: (message: FromProgram, transfer?: Transferable[]) => void;
  readonly #needs = new Map<number, { resolve(value: unknown): void; reject(reason: unknown): void }>();
  #next = 1;

  constructor(port: MessagePort, receive: (message: Exclude<ToProgram, { need: number }>) => void) {
    const post = port.postMessage.bind(port) as (message: unknown, transfer: Transferable[]) => void;
    this.#post = (message, transfer = []) => post(message, transfer);
    port.onmessage = ({ data }: MessageEvent<ToProgram>): void => {
      if (data.type === "given") this.#settle(data.need)?.resolve(data.value);
      else if (data.type === "refused") this.#settle(data.need)?.reject(new Error(data.message));
      else receive(data);
    };
  }

  send(message: FromProgram, transfer?: Transferable[]): void {
    this.#post(message, transfer);
  }

  /** Asks the page for what a program in the sandbox cannot have by itself. */
  need(what: Need): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const need = this.#next++;
      this.#needs.set(need, { resolve, reject });
      this.send({ type: "need", need, what });
    });
  }

  #settle(need: number) {
    const waiting = this.#needs.get(need);
    this.#needs.delete(need);
    return waiting;
  }
}
