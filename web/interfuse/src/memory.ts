/**
 * @file Memory. The engine's collector sees a small object for each tensor and not the megabytes behind it, and finalizers run between
 * macrotasks only. So past a soft cap the collector is told: an ArrayBuffer of the size of what is outstanding is allocated and
 * dropped, which counts for it, more than once if need be, and the next read resolves after macrotasks, in which finalizers run.
 */
import { core, state } from "./core.js";
import type { MemoryReport } from "./views.gen.js";

/** What tensors hold on the current device. */
export function memory(): MemoryReport {
  return JSON.parse(core.memoryReport()) as MemoryReport;
}

/** The largest allocation that is made only to be seen: engines refuse or swap larger ones. */
const LARGEST_HINT = 512 * 2 ** 20;
/** So often at most the collector is told before what is left counts as alive. */
const STEPS = 8;
/** So many tensors may be made before somebody looks whether the collector should know. */
const LOOK_EVERY = 512;

let collecting: Promise<void> | undefined;
let made = 0;

/** The promise of a read; under pressure it resolves after the collector had its chance. */
export function afterRead<T>(read: Promise<T>): Promise<T> {
  const bytes = core.pressure();
  if (bytes === 0) return read;
  return read.then(async (value) => {
    await collect(bytes);
    return value;
  });
}

/** Counts tensors of programs that read rarely: they get a collection at the end of the running task. */
export function noteTensor(): void {
  if (++made < LOOK_EVERY) return;
  made = 0;
  const bytes = core.pressure();
  if (bytes > 0) void collect(bytes);
}

/** Lets the collector know of so many bytes, and finalizers run. */
function collect(bytes: number): Promise<void> {
  collecting ??= (async () => {
    try {
      await macrotask();
      // An allocation takes the collector one step further, not always to its end: told again until it has found something.
      for (let step = 0; step < STEPS && core.pressure() > 0; step++) {
        hint(Math.min(bytes, LARGEST_HINT));
        // One for the collector to schedule the finalizers, one for them to run.
        await macrotask();
        await macrotask();
      }
    } finally {
      collecting = undefined;
      if (state === "ready") core.collected();
    }
  })();
  return collecting;
}

function hint(bytes: number): void {
  try {
    // Written to, so that no engine leaves the allocation out.
    new Uint8Array(bytes)[bytes - 1] = 1;
  } catch {
    // Too large for this engine: then it knows about pressure already.
  }
}

function macrotask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
