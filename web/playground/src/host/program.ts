/**
 * @file One worker that a program runs in, with what belongs to it: the gate that checks what it says and, on a GPU, the worker that has
 * the device. It runs one program and is ended as a whole.
 */
import type { WhatIf } from "interfuse/devtools";
import programUrl from "virtual:program";
import type { DeviceBoot, FromDevice, FromGate, FromProgram, InspectionData, Live, ProgramError, ToProgram } from "../protocol.ts";
import { needed } from "./needs.ts";
import { place, type Running, type Start } from "./sandbox.ts";
import { compiledWasm, remotePart } from "./wasm.ts";

type Answer = Extract<FromProgram, { ask: number }>;

/** What is told of a program. */
export type ProgramEvent = Exclude<FromProgram, Answer | { type: "need" }> | Exclude<FromDevice, { type: "device" }>;

/** Where a program runs: on the CPU device, with so much memory, or on the GPU that is found for it. */
export type On = { device: "cpu"; maxBytes?: number } | { device: "auto" | "webgpu" };

/** Rejection of what was asked when the program reports an error of its own. */
export class InspectionError extends Error {
  readonly error: ProgramError;
  constructor(error: ProgramError) {
    super(error.message);
    this.error = error;
  }
}

interface Asked {
  resolve(inspection: InspectionData): void;
  reject(reason: unknown): void;
}

const fault = (message: string): ProgramError => ({ name: "Error", message });

export class Program {
  readonly #gate = new Worker(new URL("./gate.worker.ts", import.meta.url), { type: "module", name: "interfuse gate" });
  /** Hears of it; what was said before somebody listened is told then. */
  #listener: ((event: ProgramEvent) => void) | undefined;
  readonly #unheard: ProgramEvent[] = [];
  readonly #asked = new Map<number, Asked>();
  #running: Running | undefined;
  #device: Worker | undefined;
  /** Why it runs on the CPU device when a GPU would have been taken. */
  #reasonForCpu: string | undefined;
  #nextAsk = 1;
  #isEnded = false;
  #isLive = false;
  /** Has it been given its program? */
  isUsed = false;

  constructor(on: On) {
    this.#gate.onmessage = ({ data }: MessageEvent<FromGate>) => this.#receive(data);
    this.#gate.onerror = (event) => {
      event.preventDefault();
      this.#tell({ type: "unusable", error: fault(event.message || "the page's own worker could not be loaded") });
    };
    const { port1, port2 } = new MessageChannel();
    this.#gate.postMessage(null, [port1]);
    if (on.device === "cpu") this.#start(on.maxBytes === undefined ? {} : { maxBytes: on.maxBytes }, [port2]);
    else this.#findDevice(on.device, port2);
  }

  set listen(listener: (event: ProgramEvent) => void) {
    this.#listener = listener;
    for (const event of this.#unheard.splice(0)) listener(event);
  }

  /** Runs a program; in a live pass for a moment only. */
  run(code: string, live?: Live): void {
    this.isUsed = true;
    this.#isLive = live !== undefined;
    this.#send({ type: "run", code, ...(live === undefined ? {} : { live }) });
  }

  /** Asks for the inspection of one compiled function for one of the argument lists it was called with. */
  inspect(fn: number, call: number, what: WhatIf): Promise<InspectionData> {
    return new Promise((resolve, reject) => {
      if (this.#isEnded) return reject(new InspectionError(fault("The program was stopped: run it again to look at another call.")));
      const ask = this.#nextAsk++;
      this.#asked.set(ask, { resolve, reject });
      this.#send({ type: "inspect", ask, fn, call, what });
    });
  }

  /** Ends it at once, whatever it is doing. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#running?.end();
    this.#gate.terminate();
    this.#device?.terminate();
    for (const asked of this.#asked.values()) asked.reject(new DOMException("the program was ended", "AbortError"));
    this.#asked.clear();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  #start(start: Omit<Start, "role">, ports: MessagePort[]): void {
    void place.then((place) => {
      if (this.#isEnded) return;
      this.#running = place.spawn({ role: "program", ...start }, ports, (message) =>
        this.#tell({ type: "unusable", error: fault(message) }),
      );
    });
  }

  /** The sandbox has no GPU: a worker of the page's own looks for it and keeps it, and the program gets a port to it. */
  #findDevice(device: "auto" | "webgpu", port: MessagePort): void {
    const worker = new Worker(programUrl, { name: "interfuse device" });
    this.#device = worker;
    const { port1, port2 } = new MessageChannel();
    worker.onerror = (event) => {
      event.preventDefault();
      this.#tell({ type: "unusable", error: fault(event.message || "the worker that has the GPU could not be loaded") });
    };
    worker.onmessage = ({ data }: MessageEvent<FromDevice>) => {
      if (this.#isEnded) return;
      if (data.type !== "device") return this.#tell(data);
      if (data.isServed) return void remotePart().then((remote) => this.#start({ remote }, [port, port2]));
      // There is none, so that nothing is left for this worker to do.
      worker.terminate();
      this.#reasonForCpu = data.reason;
      this.#start({}, [port]);
    };
    Promise.all([compiledWasm(), remotePart()]).then(
      ([wasm, remote]) => worker.postMessage({ role: "device", wasm, remote, device, ports: [port1] } satisfies DeviceBoot, [port1]),
      (reason: unknown) => this.#tell({ type: "unusable", error: fault(String(reason)) }),
    );
  }

  #send(message: ToProgram, transfer: Transferable[] = []): void {
    this.#gate.postMessage(message, transfer);
  }

  #receive(message: FromGate): void {
    if (this.#isEnded) return; // a last word
    if (message.type === "need") {
      const answer = (said: ToProgram): void => (this.#isEnded ? undefined : this.#send(said));
      needed(message.what, !this.#isLive).then(
        (value) => answer({ type: "given", need: message.need, value }),
        (reason: unknown) =>
          answer({ type: "refused", need: message.need, message: reason instanceof Error ? reason.message : String(reason) }),
      );
      return;
    }
    if ("ask" in message) {
      const asked = this.#asked.get(message.ask);
      this.#asked.delete(message.ask);
      if (message.type === "ask-failed") asked?.reject(new InspectionError(message.error));
      else asked?.resolve(message.inspection);
      return;
    }
    const reason = this.#reasonForCpu;
    this.#tell(message.type === "ready" && reason !== undefined ? { ...message, device: { ...message.device, reason } } : message);
  }

  #tell(event: ProgramEvent): void {
    if (this.#isEnded) return;
    if (this.#listener === undefined) this.#unheard.push(event);
    else this.#listener(event);
  }
}
