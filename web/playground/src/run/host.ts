/**
 * @file The inside of a worker in the sandbox: takes the program that it is to run from the page, runs it once, and answers questions
 * about what it compiled. In a live pass it runs for a moment only, and tells as it goes what there is to see.
 */
import * as interfuse from "interfuse/slim";
import * as devtools from "interfuse/devtools";
import { connect } from "interfuse/remote";
import type { Live, ProgramBoot, ToProgram } from "../protocol.ts";
import { ProgramConsole } from "./console.ts";
import { digitsFrom } from "./digits.ts";
import { describeError } from "./errors.ts";
import { Figures } from "./figures.ts";
import { watchLoops } from "./loops.ts";
import { Page } from "./page.ts";
import { runProgram } from "./program.ts";
import { LiveOver, Recorder } from "./record.ts";
import { countTimers } from "./timers.ts";
import { translateBy } from "./translate.ts";

type Question = Exclude<ToProgram, { need: number }>;

/** Why a program cannot have the other device: the person chose. */
const CPU_CHOSEN = 'This page runs programs on the CPU device now: choose "WebGPU" at the top, or leave the device out.';

export class ProgramHost {
  readonly #boot: ProgramBoot;
  readonly #page: Page;
  #ready: Promise<void> = Promise.resolve();
  #recorder = new Recorder("");
  #waiting = (): boolean => false;

  constructor(boot: ProgramBoot) {
    this.#boot = boot;
    this.#page = new Page(boot.ports[0]!, (question) => this.#answer(question));
    translateBy((wgsl, language) => this.#page.need({ kind: "translation", wgsl, language }) as Promise<string>);
  }

  /** Starts the package. A program that is sent meanwhile waits. */
  async boot(): Promise<void> {
    const { wasm, remote, maxBytes, ports } = this.#boot;
    const parts = { ...wasm.parts, ...(remote === undefined ? {} : { remote }) };
    const given = { wasm: wasm.core, parts, ...(maxBytes === undefined ? {} : { maxBytes }) };
    const [, gpu] = ports;
    this.#ready = gpu === undefined ? interfuse.init({ ...given, device: "cpu" }) : connect(gpu, given);
    try {
      await this.#ready;
      devtools.recordSources(true);
      this.#page.send({ type: "ready", device: interfuse.device() });
    } catch (thrown) {
      this.#page.send({ type: "unusable", error: describeError(thrown) });
    }
  }

  #answer(question: Question): void {
    switch (question.type) {
      case "run":
        void this.#run(question.code, question.live);
        break;
      case "inspect":
        this.#inspect(question);
        break;
      case "ping":
        this.#page.send({ type: "pong", waiting: this.#waiting() });
        break;
      default:
        question satisfies never;
    }
  }

  async #run(code: string, live: Live | undefined): Promise<void> {
    try {
      await this.#ready;
    } catch {
      return; // told as "unusable"
    }
    const page = this.#page;
    const output = new ProgramConsole((entries) => page.send({ type: "output", entries }));
    const figures = new Figures(
      (messages) => page.send({ type: "figures", figures: messages }),
      () => digitsFrom(() => page.need({ kind: "digits" })),
    );
    output.install();
    const started = performance.now();
    const ms = (): number => performance.now() - started;
    const recorder = new Recorder(
      code,
      live === undefined ? undefined : { until: started + live.ms, wanted: live.wanted, quiet: (work) => output.silent(work) },
    );
    this.#recorder = recorder;
    recorder.onInspect = () => page.send({ type: "live", over: false, ms: ms(), ...recorder.report() });
    recorder.onProgress = () => page.send({ type: "live", over: false, ms: ms(), ...recorder.liveReport() });
    watchLoops(
      (line) => page.send({ type: "busy", line }),
      () => {
        output.tick();
        recorder.checkTime();
      },
    );
    this.#waiting = countTimers();
    // What happens after the end of the top level (timers, promises nobody awaits) is told too.
    const late = (thrown: unknown): void => {
      if (!(thrown instanceof LiveOver)) console.error(thrown);
    };
    addEventListener("error", (event) => {
      event.preventDefault();
      late(event.error ?? event.message);
    });
    addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      late(event.reason);
    });
    let error: ReturnType<typeof describeError> | undefined;
    try {
      await runProgram(
        code,
        {
          interfuse: { ...interfuse, compile: recorder.compile, init: this.#init },
          "interfuse/devtools": { ...devtools },
          playground: figures.module(),
        },
        (address) => page.need({ kind: "module", address }) as Promise<string>,
      );
    } catch (thrown) {
      if (!(thrown instanceof LiveOver)) error = describeError(thrown);
    }
    await output.settled();
    figures.flush();
    const failed = error === undefined ? {} : { error };
    if (live === undefined) page.send({ type: "done", ms: ms(), ...recorder.report(), ...failed });
    else page.send({ type: "live", over: true, ms: ms(), ...recorder.liveReport(), ...failed });
    // The page need not ask first whether it goes on.
    page.send({ type: "pong", waiting: this.#waiting() });
  }

  /** `init` as programs see it: the device is the person's choice. */
  readonly #init = async (options: interfuse.InitOptions = {}): Promise<void> => {
    if (this.#boot.ports.length === 1 && (options.device === "webgpu" || options.gpu !== undefined))
      throw new interfuse.DeviceError("init", "there is no WebGPU here", CPU_CHOSEN);
    return interfuse.init(options);
  };

  #inspect({ ask, fn, call, what }: Extract<Question, { type: "inspect" }>): void {
    try {
      this.#page.send({ type: "inspection", ask, inspection: this.#recorder.inspect(fn, call, what) });
    } catch (thrown) {
      this.#page.send({ type: "ask-failed", ask, error: describeError(thrown) });
    }
  }
}
