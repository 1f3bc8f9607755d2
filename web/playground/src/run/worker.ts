/**
 * @file The worker that runs one program, with the package's one instance in it. It answers to the page only by messages and
 * may be killed at any moment; it keeps nothing that the page needs after that.
 */
// The page brings the Wasm itself, so the entry point that carries it along is not wanted here.
import * as interfuse from "interfuse/slim";
import * as devtools from "interfuse/devtools";
import type { ShaderLanguage } from "interfuse";
import type { CompiledWasm, FromWorker, ToWorker } from "../protocol.ts";
import { ProgramConsole } from "./console.ts";
import { describeError } from "./errors.ts";
import { Figures } from "./figures.ts";
import { Recorder } from "./record.ts";

// A program's own line may stand below a good many frames of the package and its core.
Error.stackTraceLimit = 60;

/** Sends a message to the page. */
function send(message: FromWorker): void {
  postMessage(message);
}

/** The names of methods and properties, inherited ones too, that are meant to be used. */
function methodNames(prototype: object): string[] {
  const names = new Set<string>();
  for (let at: object | null = prototype; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at) as object | null) {
    for (const name of Object.getOwnPropertyNames(at)) if (/^[a-z]\w*$/.test(name) && name !== "constructor") names.add(name);
  }
  return [...names];
}

let recorder = new Recorder("");

self.onmessage = async ({ data }: MessageEvent<ToWorker>): Promise<void> => {
  switch (data.type) {
    case "boot":
      return boot(data.wasm, data.device);
    case "run":
      return run(data.code);
    case "inspect":
      return inspect(data.ask, data.fn, data.call);
    case "translate":
      return translate(data.ask, data.wgsl, data.language);
    default:
      data satisfies never;
  }
};

/** Resolved once the package can be used: a program that is sent early waits for it. */
let ready: Promise<void> = Promise.resolve();

async function boot({ core, parts }: CompiledWasm, device: "auto" | "webgpu" | "cpu"): Promise<void> {
  ready = interfuse.init({ wasm: core, parts, device });
  try {
    await ready;
    devtools.recordSources(true);
    send({ type: "ready", device: interfuse.device(), exports: Object.keys(interfuse), methods: methodNames(interfuse.Tensor.prototype) });
  } catch (thrown) {
    send({ type: "unusable", error: describeError(thrown) });
  }
}

async function run(code: string): Promise<void> {
  // The parts that strip types and link imports come only now: the first paint does not wait for them.
  const { runProgram } = await import("./program.ts");
  try {
    await ready;
  } catch {
    return; // told as "unusable"
  }
  const output = new ProgramConsole((entries) => send({ type: "output", entries }));
  output.install();
  recorder = new Recorder(code);
  const figures = new Figures((messages) => send({ type: "figures", figures: messages }));
  // What happens after the end of the top level (timers, promises nobody awaits) is told too.
  addEventListener("error", (event) => {
    event.preventDefault();
    console.error(event.error ?? event.message);
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    console.error(event.reason);
  });
  const started = performance.now();
  let failure: unknown;
  let failed = false;
  try {
    await runProgram(code, {
      interfuse: { ...interfuse, compile: recorder.compile },
      "interfuse/devtools": { ...devtools },
      playground: figures.module(),
    });
  } catch (thrown) {
    failed = true;
    failure = thrown;
  }
  await output.settled();
  figures.flush();
  const ms = performance.now() - started;
  send({ type: "done", ms, ...recorder.report(), ...(failed ? { error: describeError(failure) } : {}) });
}

async function inspect(ask: number, fn: number, call: number): Promise<void> {
  try {
    send({ type: "inspection", ask, inspection: recorder.inspect(fn, call) });
  } catch (thrown) {
    send({ type: "ask-failed", ask, error: describeError(thrown) });
  }
}

/** The translator is a Wasm module of its own, fetched by the first who asks. */
async function translate(ask: number, wgsl: string, language: ShaderLanguage): Promise<void> {
  try {
    send({ type: "translation", ask, text: await devtools.translate(wgsl, language) });
  } catch (thrown) {
    // The translator's own reasons are strings.
    send({ type: "ask-failed", ask, error: typeof thrown === "string" ? { name: "Error", message: thrown } : describeError(thrown) });
  }
}
