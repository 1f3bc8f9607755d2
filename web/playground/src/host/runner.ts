/**
 * @file Keeps programs ready and ends them: one for the next run, on the chosen device, and one for the next live pass. Each run gets
 * workers that no earlier program has touched, so timers, tensors and patched globals of one run never reach the next. What the
 * messages mean is the session's business.
 */
import type { WhatIf } from "interfuse/devtools";
import type { DeviceChoice, InspectionData, Live } from "../protocol.ts";
import { permissions } from "../state/permissions.svelte.ts";
import { reasonForCpu } from "./adapter.ts";
import { Program, type ProgramEvent } from "./program.ts";

export type RunnerEvent = Exclude<ProgramEvent, { type: "live" }>;
/** What is told of a live pass. `ended`: nothing more comes of it. */
export type LiveEvent = Extract<ProgramEvent, { type: "live" | "output" | "figures" }> | { type: "ended" };

/** A live pass gets that much memory. */
const LIVE_BYTES = 64 << 20;
/** What a live pass has left after its time, to tell of what it compiled. Then it is ended. */
const LIVE_GRACE_MS = 300;
/** Where it says that it is at that, on a slow machine: so much from then on, and no more in all. */
const LIVE_SLOW_MS = 2000;
const LIVE_MOST_MS = 4000;

export class Runner {
  #choice: DeviceChoice;
  /** The program that ran last, or is ready to run. */
  #program: Program | undefined;
  /** The program that is ready for the next live pass. */
  #nextLive: Program | undefined;
  #endPass: () => void = () => undefined;
  /** Counts changes of what is to run, so that what was prepared for an earlier one is not used. */
  #turn = 0;
  readonly #listen: (event: RunnerEvent) => void;

  constructor(device: DeviceChoice, listen: (event: RunnerEvent) => void) {
    this.#choice = device;
    this.#listen = listen;
    void this.#prepare();
  }

  /** Runs a program in workers of its own; what ran before is ended. */
  async run(code: string): Promise<void> {
    this.#endPass();
    const ready = this.#program !== undefined && !this.#program.isUsed && !this.#program.isEnded;
    const program = ready ? this.#program : await this.#prepare();
    program?.run(code);
  }

  /** Runs a program for a moment on the CPU device; an earlier such pass is ended. */
  live(code: string, live: Live, listen: (event: LiveEvent) => void): void {
    this.#endPass();
    const program = this.#nextLive ?? this.#prepareLive();
    this.#nextLive = undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let started = performance.now();
    const end = (): void => {
      clearTimeout(timer);
      program.end();
      this.#endPass = () => undefined;
    };
    this.#endPass = end;
    const over = (): void => {
      end();
      listen({ type: "ended" });
      this.#nextLive ??= this.#prepareLive();
    };
    program.listen = (event) => {
      switch (event.type) {
        case "ready":
          // Its time begins now, not when the worker was asked for.
          started = performance.now();
          timer = setTimeout(over, live.ms + LIVE_GRACE_MS);
          break;
        case "output":
        case "figures":
          listen(event);
          break;
        case "live":
          listen(event);
          if (event.over) return over();
          clearTimeout(timer);
          timer = setTimeout(over, Math.min(LIVE_SLOW_MS, started + LIVE_MOST_MS - performance.now()));
          break;
        case "unusable":
        case "violation":
          over();
          break;
        default:
      }
    };
    program.run(code, live);
  }

  /** Ends the program at once, whatever it is doing, and gets the next one ready. */
  stop(): void {
    void this.#prepare();
  }

  /** Chooses the device for all later programs. */
  setDevice(device: DeviceChoice): void {
    this.#choice = device;
    void this.#prepare();
  }

  /** Asks the program that ran last. */
  inspect(fn: number, call: number, what: WhatIf): Promise<InspectionData> {
    return this.#program!.inspect(fn, call, what);
  }

  /** Ends what there is and starts the workers of the next program; undefined when something else was wanted meanwhile. */
  async #prepare(): Promise<Program | undefined> {
    const turn = ++this.#turn;
    permissions.withdraw();
    this.#program?.end();
    const choice = this.#choice;
    const reason = choice === "cpu" ? "it was chosen" : choice === "auto" ? await reasonForCpu() : undefined;
    if (turn !== this.#turn) return undefined;
    const program = new Program(reason === undefined && choice !== "cpu" ? { device: choice } : { device: "cpu" });
    this.#program = program;
    program.listen = (event) => {
      if (event.type === "live") return;
      if (event.type !== "ready" || reason === undefined) this.#listen(event);
      else this.#listen({ ...event, device: { ...event.device, reason } });
    };
    this.#nextLive ??= this.#prepareLive();
    return program;
  }

  #prepareLive(): Program {
    return new Program({ device: "cpu", maxBytes: LIVE_BYTES });
  }
}
