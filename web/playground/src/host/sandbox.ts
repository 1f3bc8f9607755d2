/**
 * @file Where programs run: workers of a frame without an origin (`public/sandbox.html`), which have no network and no storage. Where a
 * browser refuses that frame, built-in examples run in a worker of the page's own, and nothing else does.
 */
import programUrl from "virtual:program";
import type { ProgramBoot } from "../protocol.ts";
import { compiledWasm, wasmBytes } from "./wasm.ts";

/** What a worker is started with, but for the ports and the compiler. */
export type Start = Omit<ProgramBoot, "wasm" | "ports">;

/** A worker that can be ended. */
export interface Running {
  end(): void;
}

/** Starts workers for programs. `failed` hears why one could not be started. */
export interface Place {
  /** Does it keep programs from the page's origin? */
  readonly isSandbox: boolean;
  spawn(start: Start, ports: MessagePort[], failed: (message: string) => void): Running;
}

/** A frame that has not answered by then will not. */
const GREETING_MS = 10_000;

/** The place for programs; found once. */
export const place: Promise<Place> = openFrame().catch(() => new OwnWorkers());

type FromFrame = { type: "here" } | { type: "failed"; id: number; message: string };

class Frame implements Place {
  readonly isSandbox = true;
  readonly #port: MessagePort;
  readonly #failed = new Map<number, (message: string) => void>();
  #next = 1;

  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromFrame>): void => {
      if (data.type !== "failed") return;
      const message = data.message.slice(0, 1000);
      if (data.id !== 0) return this.#failed.get(data.id)?.(message);
      for (const failed of this.#failed.values()) failed(message);
    };
  }

  spawn(start: Start, ports: MessagePort[], failed: (message: string) => void): Running {
    const id = this.#next++;
    this.#failed.set(id, failed);
    this.#port.postMessage({ type: "spawn", id, boot: start }, ports);
    return {
      end: () => {
        this.#failed.delete(id);
        this.#port.postMessage({ type: "end", id });
      },
    };
  }
}

class OwnWorkers implements Place {
  readonly isSandbox = false;

  spawn(start: Start, ports: MessagePort[], failed: (message: string) => void): Running {
    const worker = new Worker(programUrl, { name: "interfuse program" });
    worker.onerror = (event) => {
      event.preventDefault();
      failed(event.message || "the worker that runs programs could not be loaded");
    };
    compiledWasm().then(
      (wasm) => worker.postMessage({ ...start, wasm, ports } satisfies ProgramBoot, ports),
      (reason: unknown) => failed(String(reason)),
    );
    return { end: () => worker.terminate() };
  }
}

/** Makes the frame and brings it the code of programs. */
async function openFrame(): Promise<Place> {
  const frame = document.createElement("iframe");
  // Nothing but scripts: without "allow-same-origin" the frame and its workers have no origin.
  frame.setAttribute("sandbox", "allow-scripts");
  frame.src = "./sandbox.html";
  frame.title = "Where programs run";
  frame.hidden = true;
  const { port1, port2 } = new MessageChannel();
  const greeted = new Promise<void>((resolve, reject) => {
    frame.onload = () => frame.contentWindow?.postMessage(null, "*", [port2]);
    port1.onmessage = () => resolve();
    setTimeout(() => reject(new Error("the sandbox does not answer")), GREETING_MS);
  });
  document.body.append(frame);
  const code = fetch(programUrl).then((response) => {
    if (!response.ok) throw new Error(`the sandbox could not be loaded: ${response.status}`);
    return response.text();
  });
  await greeted;
  const place = new Frame(port1);
  port1.postMessage({ type: "load", code: await code, wasm: await wasmBytes });
  return place;
}
