/**
 * @file The state of the page: the program, its run, what came out and which compiled function is looked at. Plain state and
 * the few actions on it; the panes only read it and call these actions.
 */
import type { DeviceInfo, ShaderLanguage } from "interfuse";
import type { DeviceChoice, FunctionReport, InspectionData, OutputEntry, ProgramError } from "../protocol.ts";
import { InspectionError, Runner, type RunnerEvent } from "../run/runner.ts";
import { figures } from "./figures.svelte.ts";
import { notices } from "./notices.svelte.ts";
import { settings } from "./settings.svelte.ts";

/** How often a program may lose the GPU before the page stays away from it: after a third time Chrome blocks WebGPU everywhere. */
const MAX_LOSSES = 2;

/** `waiting`: nothing has run yet (a linked or restored program waits for the person). */
export type RunState = "waiting" | "running" | "done" | "failed" | "stopped";

class Session {
  code = $state("");
  state = $state<RunState>("waiting");
  device = $state.raw<DeviceInfo | null>(null);
  /** Set when no worker can be had: no device of the kind asked for, or the compiler did not load. */
  unusable = $state.raw<ProgramError | null>(null);
  output = $state.raw<OutputEntry[]>([]);
  error = $state.raw<ProgramError | null>(null);
  ms = $state(0);
  functions = $state.raw<FunctionReport[]>([]);
  /** The compiled function and the call of it that are shown. */
  fn = $state(-1);
  call = $state(-1);
  inspection = $state.raw<InspectionData | null>(null);
  inspectionError = $state.raw<ProgramError | null>(null);
  /** What the package exports: offered by the editor's completion. */
  exports = $state.raw<string[]>([]);
  methods = $state.raw<string[]>([]);
  #ranCode = $state("");

  readonly shown: FunctionReport | null = $derived(this.functions.find(({ id }) => id === this.fn) ?? null);

  /** Whether the editor still holds the text that ran: only then do lines of the run mean lines of the editor. */
  readonly isCurrent: boolean = $derived(this.state !== "waiting" && this.code === this.#ranCode);

  /** Whether nothing more is to come of the last run. */
  readonly isSettled: boolean = $derived(
    this.state !== "running" && (this.fn === -1 || this.inspection !== null || this.inspectionError !== null),
  );

  readonly #runner = new Runner(settings.device, (event) => this.#receive(event));
  /** Counts runs, so that an answer about an older run is dropped. */
  #run = 0;
  #losses = 0;

  run(): void {
    this.#run++;
    this.state = "running";
    this.output = [];
    figures.clear();
    this.error = null;
    if (this.unusable !== null) this.unusable = null;
    // What the last run left is gone at once: nothing old is ever shown as a result of the new program.
    this.#showNothing();
    this.#ranCode = this.code;
    this.#runner.run(this.code);
  }

  stop(): void {
    if (this.state !== "running") return;
    this.#run++;
    this.state = "stopped";
    this.#runner.stop();
    this.#showNothing();
  }

  /** Chooses the device. A program that has run is run again there; one that waits for the person keeps waiting. */
  setDevice(device: DeviceChoice): void {
    settings.device = device;
    this.device = null;
    this.unusable = null;
    this.#runner.setDevice(device);
    if (this.state === "waiting") return;
    this.run();
  }

  /** Puts another program in the editor; it does not run. */
  open(code: string): void {
    if (this.state === "running") this.stop();
    this.#run++;
    this.code = code;
    this.state = "waiting";
    this.output = [];
    figures.clear();
    this.error = null;
    this.#showNothing();
  }

  /** Shows a compiled function for one of the calls it got. */
  async show(fn: number, call: number): Promise<void> {
    this.fn = fn;
    this.call = call;
    this.inspection = null;
    this.inspectionError = null;
    const run = this.#run;
    const still = (): boolean => run === this.#run && this.fn === fn && this.call === call;
    try {
      const inspection = await this.#runner.inspect(fn, call);
      if (!still()) return;
      this.inspection = inspection;
    } catch (reason) {
      if (!still()) return;
      this.inspectionError = reason instanceof InspectionError ? reason.error : { name: "Error", message: String(reason) };
    }
  }

  /** A shader in another language, as a driver gets to see it. */
  translate(wgsl: string, language: ShaderLanguage): Promise<string> {
    return this.#runner.translate(wgsl, language);
  }

  #receive(event: RunnerEvent): void {
    switch (event.type) {
      case "ready":
        this.device = event.device;
        this.exports = event.exports;
        this.methods = event.methods;
        break;
      case "unusable":
        this.unusable = event.error;
        this.state = this.state === "running" ? "failed" : this.state;
        this.#showNothing();
        break;
      case "output":
        this.output = [...this.output, ...event.entries];
        break;
      case "figures":
        for (const figure of event.figures) figures.receive(figure);
        break;
      case "done": {
        this.state = event.error === undefined ? "done" : "failed";
        this.error = event.error ?? null;
        this.ms = event.ms;
        // The worker that could be asked about these functions is gone in this case.
        if (event.error !== undefined && /device was lost/.test(event.error.message) && this.#leaveGpu()) break;
        const shown = event.functions.find(({ id }) => id === event.lastCalled);
        this.functions = event.functions;
        if (shown === undefined) this.#showNothing();
        else void this.show(shown.id, shown.lastCall);
        break;
      }
      default:
        event satisfies never;
    }
  }

  /** The next run gets a new worker and a new device anyway; a program that loses them again and again is kept off the GPU. */
  #leaveGpu(): boolean {
    this.#losses++;
    if (this.#losses < MAX_LOSSES) return false;
    settings.device = "cpu";
    this.#runner.setDevice("cpu");
    notices.show(
      "The GPU device was lost twice, so this page uses the CPU now: after a third time the browser would block WebGPU. Choose WebGPU to try again.",
    );
    return true;
  }

  #showNothing(): void {
    this.functions = [];
    this.fn = -1;
    this.call = -1;
    this.inspection = null;
    this.inspectionError = null;
  }
}

export const session = new Session();
