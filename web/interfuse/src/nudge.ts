/**
 * @file Reads on browsers that look at an idle queue every 100 ms only (Firefox: https://bugzilla.mozilla.org/show_bug.cgi?id=1870699):
 * while a read waits, empty submits make them look.
 */
interface Queue {
  submit(buffers: readonly never[]): void;
}

let idle: Queue | undefined;
let waiting = 0;
let running = false;

/** The queue to nudge from now on, where this browser needs that. */
export function nudgeQueue(queue: object | undefined): void {
  const { userAgent = "" } = (globalThis.navigator as { userAgent?: string } | undefined) ?? {};
  idle = userAgent.includes("Firefox/") ? (queue as Queue | undefined) : undefined;
}

/** The promise of a read, nudged. */
export function nudged<T>(read: Promise<T>): Promise<T> {
  if (idle === undefined) return read;
  waiting++;
  if (!running) nudge();
  return read.finally(() => waiting--);
}

function nudge(): void {
  running = waiting > 0 && idle !== undefined;
  if (!running) return;
  idle!.submit([]);
  setTimeout(nudge, 0);
}
