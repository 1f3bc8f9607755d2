/**
 * @file Owns the worker that runs programs: starts one, hands it the compiled Wasm, and kills it on Stop. Each run gets a
 * worker that no earlier program has touched, so timers, tensors and patched globals of one run never reach the next.
 * What the messages mean is the session's business.
 */
import type { ShaderLanguage } from "interfuse";
import type { DeviceChoice, FromWorker, InspectionData, ProgramError, ToWorker } from "../protocol.ts";
import { compiledWasm } from "./wasm.ts";

type Answer = Extract<FromWorker, { ask: number }>;
export type RunnerEvent = Exclude<FromWorker, Answer>;

/** Rejection of what was asked when the worker reports an error of its own. */
export class InspectionError extends Error {
  readonly error: ProgramError;
  constructor(error: ProgramError) {
    super(error.message);
    this.error = error;
  }
}

interface Asked {
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

export class Runner {
  #worker: Worker | null = null;
  #fresh = false;
  #device: DeviceChoice;
  #asked = new Map<number, Asked>();
  #nextAsk = 1;
  readonly #listen: (event: RunnerEvent) => void;

  constructor(device: DeviceChoice, listen: (event: RunnerEvent) => void) {
    this.#device = device;
    this.#listen = listen;
    this.#start();
  }

  /** Runs a program in a worker of its own; what ran before is ended. */
  run(code: string): void {
    if (!this.#fresh) this.#restart();
    this.#fresh = false;
    this.#send({ type: "run", code });
  }

  /** Ends the running program at once, whatever it is doing, and gets a new worker ready. */
  stop(): void {
    this.#restart();
  }

  /** Chooses the device for this and all later workers. */
  setDevice(device: DeviceChoice): void {
    this.#device = device;
    this.#restart();
  }

  /** Asks for the inspection of one compiled function for one of the argument lists it was called with. */
  inspect(fn: number, call: number): Promise<InspectionData> {
    return this.#ask((ask) => ({ type: "inspect", ask, fn, call })).then(
      (answer) => (answer as Extract<Answer, { type: "inspection" }>).inspection,
    );
  }

  /** Asks for a shader in another language. */
  translate(wgsl: string, language: ShaderLanguage): Promise<string> {
    return this.#ask((ask) => ({ type: "translate", ask, wgsl, language })).then(
      (answer) => (answer as Extract<Answer, { type: "translation" }>).text,
    );
  }

  #ask(question: (ask: number) => ToWorker): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const ask = this.#nextAsk++;
      this.#asked.set(ask, { resolve, reject });
      this.#send(question(ask));
    });
  }

  #restart(): void {
    this.#worker?.terminate();
    for (const asked of this.#asked.values()) asked.reject(new DOMException("the program was ended", "AbortError"));
    this.#asked.clear();
    this.#start();
  }

  #start(): void {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "interfuse program" });
    this.#worker = worker;
    this.#fresh = true;
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(worker, data);
    worker.onerror = (event) => {
      event.preventDefault();
      const message = event.message || "the worker that runs programs could not be loaded";
      this.#receive(worker, { type: "unusable", error: { name: "Error", message } });
    };
    compiledWasm.then(
      (wasm) => worker.postMessage({ type: "boot", wasm, device: this.#device } satisfies ToWorker),
      (reason: unknown) => this.#receive(worker, { type: "unusable", error: { name: "Error", message: String(reason) } }),
    );
  }

  #send(message: ToWorker): void {
    const worker = this.#worker;
    // After the boot message, which waits for the same promise: the worker sees the two in order.
    compiledWasm.then(
      () => worker?.postMessage(message),
      () => undefined, // told as "unusable" already
    );
  }

  #receive(from: Worker, message: FromWorker): void {
    if (from !== this.#worker) return; // a last word of a worker that was ended
    if ("ask" in message) {
      const asked = this.#asked.get(message.ask);
      this.#asked.delete(message.ask);
      if (message.type === "ask-failed") asked?.reject(new InspectionError(message.error));
      else asked?.resolve(message);
      return;
    }
    this.#listen(message);
  }
}
