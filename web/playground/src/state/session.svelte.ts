/**
 * @file The state of the page: the program, its run, what came out and which compiled function is looked at. Plain state and
 * the few actions on it; the panes only read it and call these actions. What was shown stays until there is something new to show:
 * `freshness` says whose it is.
 */
import type { DeviceInfo } from "interfuse";
import type { WhatIf } from "interfuse/devtools";
import { exampleOf } from "../examples.ts";
import type { DeviceChoice, FunctionReport, InspectionData, OutputEntry, ProgramError, Wanted } from "../protocol.ts";
import { InspectionError } from "../host/program.ts";
import { type LiveEvent, Runner, type RunnerEvent } from "../host/runner.ts";
import { place } from "../host/sandbox.ts";
import { translate } from "../host/translator.ts";
import type { FigureMessage } from "../protocol.ts";
import { drafts } from "./drafts.svelte.ts";
import { figures } from "./figures.svelte.ts";
import { notices } from "./notices.svelte.ts";
import { settings } from "./settings.svelte.ts";

/** How often the GPU may be lost before this visit goes on without it: after a third time Chrome blocks WebGPU everywhere. */
const MAX_LOSSES = 2;
/** A live pass begins when nothing was typed for so long. */
const LIVE_AFTER_MS = 120;
/** And runs for so long. */
const LIVE_MS = 200;

/** `waiting`: nothing has run yet (a linked or restored program waits for the person). */
export type RunState = "waiting" | "running" | "done" | "failed" | "stopped";

/** Whose results are shown: those of a run of this text, of an earlier text, or of a live pass. */
export type Freshness = "current" | "stale" | "live";

/** What something that is shown came from: which text, and whether it was a live pass. */
interface Origin {
  code: string | null;
  isLive: boolean;
}

const NOTHING: Origin = { code: null, isLive: false };

function freshnessOf({ code, isLive }: Origin, now: string): Freshness {
  if (code === null) return "current"; // nothing is shown
  return code !== now ? "stale" : isLive ? "live" : "current";
}

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
  /** How many more compiled functions there are. */
  moreFunctions = $state(0);
  /** The compiled function and the call of it that are shown. */
  fn = $state(-1);
  call = $state(-1);
  inspection = $state.raw<InspectionData | null>(null);
  /** What the inspection is compiled for instead of what there is; nothing: as it is. */
  what = $state.raw<WhatIf>({});
  /** The inspection of the same call as it is, while `what` says otherwise. */
  usual = $state.raw<InspectionData | null>(null);
  inspectionError = $state.raw<ProgramError | null>(null);
  /** The line of a loop that has kept the program busy for a while. */
  busyLine = $state<number | null>(null);
  /** Does something of the program go on after its last line? */
  goesOn = $state(false);
  /** Is an inspection asked for and not there yet? */
  #isInspecting = $state(false);
  /** Is a live pass under way, or about to begin? */
  #isPassing = $state(false);
  /** The text that ran last. */
  #ranCode = $state<string | null>(null);
  /** What the output and what the inspection is of. */
  #outputOf = $state.raw<Origin>(NOTHING);
  #inspectionOf = $state.raw<Origin>(NOTHING);

  readonly isOtherwise: boolean = $derived(
    Object.values(this.what).some((value) => (typeof value === "object" ? Object.keys(value as object).length > 0 : value !== undefined)),
  );

  readonly shown: FunctionReport | null = $derived(this.functions.find(({ id }) => id === this.fn) ?? null);

  /** Whether lines of the inspection mean lines of the editor: it still holds the same text. */
  readonly isCurrent: boolean = $derived(this.code === this.#inspectionOf.code);
  readonly freshness: Freshness = $derived(freshnessOf(this.#inspectionOf, this.code));
  /** The same of what was printed and drawn, and of the error. */
  readonly outputFreshness: Freshness = $derived(freshnessOf(this.#outputOf, this.code));

  /** Whether nothing more is to come of the last run. */
  readonly isSettled: boolean = $derived(this.state !== "running" && !this.#isInspecting && !this.#isPassing);

  /** Whether the editor holds another text than the one that ran last. */
  readonly isEdited: boolean = $derived(this.state !== "waiting" && this.code !== this.#ranCode);

  /** Whether there is something to stop. */
  readonly canStop: boolean = $derived(this.state === "running" || this.goesOn);

  readonly #runner = new Runner(settings.device, (event) => this.#receive(event));
  /** Counts runs, so that an answer about an older run is dropped. */
  #run = 0;
  #losses = 0;
  /** Is what came out of the run before still there? */
  #isOld = true;
  #typing: ReturnType<typeof setTimeout> | undefined;
  /** The text of the last live pass: it is not made twice. */
  #passedCode: string | null = null;

  constructor() {
    // A text that nobody ran gets a live pass, once nobody types any more and nothing runs.
    $effect.root(() => {
      $effect(() => {
        const { code, state } = this;
        clearTimeout(this.#typing);
        if (code === "" || state === "running" || code === this.#ranCode || code === this.#passedCode) return;
        this.#typing = setTimeout(() => void this.#pass(), LIVE_AFTER_MS);
      });
    });
  }

  run(): void {
    void this.#begin();
  }

  async #begin(): Promise<void> {
    const code = this.code;
    if (!(await place).isSandbox && exampleOf(code) === "")
      return notices.show("This browser refuses the sandbox that programs run in, so only the built-in examples run here.");
    this.#run++;
    this.#isPassing = false;
    this.state = "running";
    this.#isOld = true;
    this.error = null;
    this.unusable = null;
    this.busyLine = null;
    this.goesOn = false;
    this.#passedCode = null;
    this.#ranCode = code;
    void this.#runner.run(code);
  }

  stop(): void {
    if (!this.canStop) return;
    this.#run++;
    if (this.state === "running") {
      this.state = "stopped";
      this.#dropOld();
    }
    this.goesOn = false;
    this.#isInspecting = false;
    this.#runner.stop();
  }

  /** Chooses the device. A program that has run is run again there; one that waits for the person keeps waiting. */
  setDevice(device: DeviceChoice): void {
    settings.device = device;
    this.#losses = 0;
    this.#useDevice(device);
    if (this.state !== "waiting") this.run();
  }

  /** Runs programs on another device from now on, and leaves alone what the person chose for later visits. */
  useDevice(device: DeviceChoice): void {
    this.#useDevice(device);
  }

  #useDevice(device: DeviceChoice): void {
    this.device = null;
    this.unusable = null;
    this.#runner.setDevice(device);
  }

  /** Puts another program in the editor; it does not run. What the person wrote there is kept among the drafts. */
  open(code: string): void {
    if (this.canStop) this.stop();
    const own = this.code === "" ? settings.draft : exampleOf(this.code) === "" ? this.code : null;
    if (own !== null && own !== code) drafts.keep(own);
    this.#run++;
    this.code = code;
    this.state = "waiting";
    this.error = null;
  }

  /** Compiles what is shown as if something were otherwise, at once. */
  setWhat(what: WhatIf): void {
    if (!this.isOtherwise) this.usual = this.inspection;
    this.what = what;
    if (!this.isOtherwise) this.usual = null;
    if (this.fn !== -1) void this.show(this.fn, this.call);
  }

  /** Shows a compiled function for one of the calls it got. */
  async show(fn: number, call: number): Promise<void> {
    this.fn = fn;
    this.call = call;
    // The program of a live pass is gone: it is run once more, to look at something else.
    if (this.#inspectionOf.isLive) {
      if ((this.shown?.calls.length ?? 0) > 0) return this.#pass();
      this.inspection = null;
      return;
    }
    this.#isInspecting = true;
    const run = this.#run;
    const still = (): boolean => run === this.#run && this.fn === fn && this.call === call;
    try {
      const inspection = await this.#runner.inspect(fn, call, this.what);
      if (!still()) return;
      if (this.isOtherwise && this.usual?.signature !== inspection.signature) this.usual = await this.#runner.inspect(fn, call, {});
      if (!still()) return;
      this.inspection = inspection;
      this.inspectionError = null;
      this.#inspectionOf = { code: this.#ranCode, isLive: false };
    } catch (reason) {
      if (!still() || (reason instanceof DOMException && reason.name === "AbortError")) return;
      this.inspectionError = reason instanceof InspectionError ? reason.error : { name: "Error", message: String(reason) };
    }
    if (still()) this.#isInspecting = false;
  }

  /** A shader in another language, as a driver gets to see it. */
  readonly translate = translate;

  /** What is looked at, by its names. */
  get #wanted(): Wanted | undefined {
    const label = this.shown?.calls[this.call]?.label;
    return this.shown === null ? undefined : { name: this.shown.name, label: label ?? "", what: this.what };
  }

  /** Runs the text for a moment and shows what it compiled until then. */
  async #pass(): Promise<void> {
    const code = this.code;
    this.#passedCode = code;
    if (!(await place).isSandbox || code !== this.code || this.state === "running") return;
    const wanted = this.#wanted;
    const run = this.#run;
    const output: OutputEntry[] = [];
    const drawn: FigureMessage[] = [];
    let last: Extract<LiveEvent, { type: "live" }> | undefined;
    this.#isPassing = true;
    this.#runner.live(code, { ms: LIVE_MS, ...(wanted === undefined ? {} : { wanted }) }, (event) => {
      switch (event.type) {
        case "output":
          output.push(...event.entries);
          break;
        case "figures":
          drawn.push(...event.figures);
          break;
        case "live":
          last = event.shown === undefined && last?.shown !== undefined ? { ...event, shown: last.shown } : event;
          break;
        case "ended":
          this.#isPassing = false;
          // What runs or was opened meanwhile is what one wants to see.
          if (run === this.#run && code === this.code) this.#showPass(code, output, drawn, last);
          break;
        default:
          event satisfies never;
      }
    });
  }

  #showPass(code: string, output: OutputEntry[], drawn: FigureMessage[], last: Extract<LiveEvent, { type: "live" }> | undefined): void {
    const origin = { code, isLive: true };
    this.#outputOf = origin;
    this.output = output;
    figures.clear();
    for (const figure of drawn) figures.receive(figure);
    this.error = last?.error ?? null;
    if (last === undefined) return;
    this.ms = last.ms;
    // What an error kept from being reached stays as it was.
    if (last.error !== undefined && last.shown === undefined) return;
    this.#inspectionOf = origin;
    this.functions = last.functions;
    this.moreFunctions = last.more;
    const { fn = last.functions[0]?.id ?? -1, call = 0 } = last.shown ?? {};
    this.fn = fn;
    this.call = call;
    this.inspection = last.shown?.inspection ?? null;
    this.inspectionError = null;
  }

  #receive(event: RunnerEvent): void {
    switch (event.type) {
      case "ready":
        this.device = event.device;
        break;
      case "unusable":
        this.unusable = event.error;
        if (this.state === "running") this.#fail();
        break;
      case "output":
        this.#dropOld();
        this.output = [...this.output, ...event.entries];
        break;
      case "figures":
        this.#dropOld();
        for (const figure of event.figures) figures.receive(figure);
        break;
      case "busy":
        this.busyLine = event.line;
        break;
      case "pong":
        if (this.state === "done" || this.state === "failed") this.goesOn = event.waiting;
        break;
      case "done": {
        this.#dropOld();
        this.state = event.error === undefined ? "done" : "failed";
        this.error = event.error ?? null;
        this.ms = event.ms;
        this.busyLine = null;
        this.goesOn = true; // until it says that nothing waits
        const shown = event.functions.find(({ id }) => id === event.lastCalled);
        // What an error kept from being reached stays as it was.
        if (shown === undefined && event.error !== undefined) break;
        this.functions = event.functions;
        this.moreFunctions = event.more;
        this.#inspectionOf = { code: this.#ranCode, isLive: false };
        if (shown === undefined) this.#showNothing();
        else void this.show(shown.id, shown.lastCall);
        break;
      }
      case "violation":
        notices.show(`The program was stopped: ${event.reason}.`);
        this.#runner.stop();
        this.#fail("stopped");
        break;
      case "lost":
        this.#lost();
        break;
      default:
        event satisfies never;
    }
  }

  /** The next run gets new workers and a new device anyway; after the second loss this visit stays away from the GPU. */
  #lost(): void {
    this.#losses++;
    if (this.#losses < MAX_LOSSES) return notices.show("The GPU device was lost, with all that was on it. The next run gets a new one.");
    notices.show(
      "The GPU device was lost twice, so this program was stopped, and programs run on the CPU until you choose the device again: after a third time the browser would block WebGPU.",
    );
    this.#fail("stopped");
    this.#useDevice("cpu");
  }

  #fail(state: RunState = "failed"): void {
    this.#run++;
    this.state = state;
    this.goesOn = false;
    this.#isInspecting = false;
    this.#dropOld();
  }

  /** What came out of the run before goes when something new comes. */
  #dropOld(): void {
    if (!this.#isOld) return;
    this.#isOld = false;
    this.#outputOf = { code: this.#ranCode, isLive: false };
    this.output = [];
    figures.clear();
  }

  #showNothing(): void {
    this.fn = -1;
    this.call = -1;
    this.inspection = null;
    this.inspectionError = null;
  }
}

export const session = new Session();
