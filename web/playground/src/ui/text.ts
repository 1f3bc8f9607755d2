/**
 * @file Numbers as people read them.
 */
const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Bytes with a unit, in powers of 1000. */
export function bytesText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${short(value)} ${UNITS[unit]}`;
}

/** A count with thousands left out: `1.2 k`, `3.4 M`. */
export function countText(count: number): string {
  if (count < 10_000) return String(count);
  if (count < 1e6) return `${short(count / 1e3)} k`;
  if (count < 1e9) return `${short(count / 1e6)} M`;
  return `${short(count / 1e9)} G`;
}

/** Milliseconds, with more digits the shorter they are. */
export function msText(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`;
}

/** One and many. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function short(value: number): string {
  return String(Number(value.toFixed(value >= 100 ? 0 : 1)));
}
