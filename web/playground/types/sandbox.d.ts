/** What a worker in the sandbox has beside the language: as much as programs are expected to use. Not for the page's own sources. */

interface Console {
  /** Shows values in the output; a tensor is read and shown by value. */
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  debug(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  trace(...values: unknown[]): void;
  dir(value: unknown): void;
  table(value: unknown): void;
  group(...values: unknown[]): void;
  groupCollapsed(...values: unknown[]): void;
  groupEnd(): void;
  assert(condition: unknown, ...values: unknown[]): void;
  count(label?: string): void;
  time(label?: string): void;
  timeLog(label?: string): void;
  timeEnd(label?: string): void;
}
declare const console: Console;

interface Performance {
  /** Milliseconds since the worker started. */
  now(): number;
}
declare const performance: Performance;

declare function setTimeout<A extends unknown[]>(run: (...values: A) => void, ms?: number, ...values: A): number;
declare function clearTimeout(id: number | undefined): void;
declare function setInterval<A extends unknown[]>(run: (...values: A) => void, ms?: number, ...values: A): number;
declare function clearInterval(id: number | undefined): void;
declare function queueMicrotask(run: () => void): void;
declare function structuredClone<T>(value: T): T;

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string);
  decode(bytes?: ArrayBuffer | ArrayBufferView): string;
}
declare class Response {
  arrayBuffer(): Promise<ArrayBuffer>;
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
}
declare class URL {
  constructor(address: string, base?: string);
  readonly href: string;
}
interface Blob {
  readonly size: number;
}
declare namespace WebAssembly {
  type Module = object;
  type Memory = object;
  interface Exports {
    [name: string]: unknown;
  }
}
type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;
