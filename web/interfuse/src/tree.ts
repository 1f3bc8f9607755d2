/**
 * @file Argument trees: nested arrays, plain objects and registered classes whose leaves are tensors and constants.
 *
 * Flattening writes the structure and the constants as bytes for the core, which builds the cache key from them (the format is that of
 * crate/compiler/src/cache.rs), and lists the tensors. The bytes are typed and length-prefixed, so `1`, `true` and `"1"`, or
 * `[[1], 2]` and `[[1, 2]]`, never meet; numbers are their bits, so `0` and `-0` differ and NaN equals itself.
 */
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { Tensor } from "./tensor.js";

/** A constant leaf. */
export type Constant = number | string | boolean | null | undefined;

/** What compiled functions and transforms take and give. */
export type Tree = Tensor | Constant | readonly Tree[] | { readonly [key: string]: Tree };

/** Tags of items, as crate/compiler/src/cache.rs reads them: a letter each. */
const TENSOR = 0x74; // t
const NUMBER = 0x6e; // n
const STRING = 0x73; // s
const TRUE = 0x31; // 1
const FALSE = 0x30; // 0
const NULL = 0x4e; // N
const UNDEFINED = 0x55; // U
const ARRAY = 0x61; // a
const OBJECT = 0x6f; // o
const CLASS = 0x63; // c

interface Registration {
  readonly name: string;
  flatten(value: never): { children: readonly unknown[]; aux?: Constant };
  unflatten(children: readonly unknown[], aux: Constant): unknown;
}

const registered = new Map<new (...args: never[]) => unknown, Registration>();
const byName = new Map<string, Registration>();

/**
 * Lets instances of a class stand in argument trees. `flatten` gives the children (trees) and a constant that belongs to the
 * structure; `unflatten` makes an instance of them.
 */
export function registerPytree<T, A extends Constant = undefined>(
  Class: new (...args: never[]) => T,
  handlers: { flatten(value: T): { children: readonly unknown[]; aux?: A }; unflatten(children: readonly unknown[], aux: A): T },
): void {
  if (typeof Class !== "function") {
    throw new CompileArgumentError("registerPytree", `the first argument must be a class, got ${describe(Class)}`);
  }
  let name = Class.name || "class";
  while (byName.has(name)) name += "'";
  const registration = { ...handlers, name } as unknown as Registration;
  registered.set(Class, registration);
  byName.set(name, registration);
}

/** The bytes of one tree after another, reused between calls. */
class Writer {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private length = 0;

  private room(count: number): number {
    const at = this.length;
    if (at + count > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.bytes.length * 2, at + count));
      larger.set(this.bytes);
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    }
    this.length = at + count;
    return at;
  }

  reset(): void {
    this.length = 0;
  }

  tag(tag: number): void {
    const at = this.room(1);
    this.bytes[at] = tag;
  }

  count(value: number): void {
    const at = this.room(4);
    this.view.setUint32(at, value, true);
  }

  number(value: number): void {
    const at = this.room(8);
    // Every NaN is the one NaN.
    this.view.setFloat64(at, Number.isNaN(value) ? NaN : value, true);
  }

  text(value: string): void {
    // Three bytes per code unit are always enough, six where it is escaped.
    const start = this.room(4 + value.length * 6 + 8);
    // Lone surrogates would all become U+FFFD, but different strings must stay different: such strings are written as escapes,
    // behind a zero; and so is what begins with a zero itself.
    const whole = LONE_SURROGATE.test(value) || value.charCodeAt(0) === 0 ? `\0${JSON.stringify(value)}` : value;
    const { written } = encoder.encodeInto(whole, this.bytes.subarray(start + 4));
    this.view.setUint32(start, written, true);
    this.length = start + 4 + written;
  }

  done(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}

const encoder = new TextEncoder();
const LONE_SURROGATE = /\p{Surrogate}/u;
const writer = new Writer();
let writing = false;

/** Flattened trees: their structure as bytes (valid until the next flatten), and the handles of their tensors in order. */
export interface Flat {
  readonly structure: Uint8Array;
  readonly handles: Uint32Array;
  readonly tensors: readonly Tensor[];
}

/** What compiled functions are called on, beside their arguments; a name that no class can have. */
const RECEIVER = "this of the call";

/**
 * Flattens trees as one array. `what` names them in messages ("arguments", "results"), `at` the place of each ("args"). A receiver
 * other than undefined comes last.
 */
export function flatten(op: string, what: string, at: string, trees: readonly unknown[], receiver?: unknown): Flat {
  // A `flatten` of a registered class may run user code that flattens; it gets a writer of its own.
  const own = writing ? new Writer() : writer;
  const outermost = !writing;
  writing = true;
  try {
    own.reset();
    const state: State = { op, what, writer: own, tensors: [], path: [at], above: [] };
    own.tag(ARRAY);
    own.count(trees.length + (receiver === undefined ? 0 : 1));
    for (let i = 0; i < trees.length; i++) {
      // A single result is the result, not the first of them.
      const isOnly = trees.length === 1 && at === "result";
      if (!isOnly) state.path.push(i);
      write(state, trees[i]);
      if (!isOnly) state.path.pop();
    }
    if (receiver !== undefined) {
      own.tag(CLASS);
      own.text(RECEIVER);
      own.count(1);
      own.text("value");
      state.path[0] = "this";
      write(state, receiver);
    }
    const { tensors } = state;
    const handles = new Uint32Array(tensors.length);
    for (let i = 0; i < handles.length; i++) handles[i] = tensors[i]!._handle;
    return { structure: own.done(), handles, tensors };
  } finally {
    if (outermost) writing = false;
  }
}

interface State {
  readonly op: string;
  readonly what: string;
  readonly writer: Writer;
  readonly tensors: Tensor[];
  /** From the place of the tree: keys and indices. */
  readonly path: (string | number)[];
  /** Containers that are being written: meeting one again is a cycle. */
  readonly above: object[];
}

function write(state: State, value: unknown): void {
  const out = state.writer;
  if (value instanceof Tensor) {
    out.tag(TENSOR);
    state.tensors.push(value);
    return;
  }
  switch (typeof value) {
    case "number":
      out.tag(NUMBER);
      out.number(value);
      return;
    case "string":
      out.tag(STRING);
      out.text(value);
      return;
    case "boolean":
      out.tag(value ? TRUE : FALSE);
      return;
    case "undefined":
      out.tag(UNDEFINED);
      return;
    case "object":
      if (value === null) {
        out.tag(NULL);
        return;
      }
      if (state.above.includes(value)) refuse(state, value, CYCLE);
      state.above.push(value);
      container(state, value);
      state.above.pop();
      return;
    default:
      refuse(state, value);
  }
}

function container(state: State, value: object): void {
  const out = state.writer;
  if (Array.isArray(value)) {
    out.tag(ARRAY);
    out.count(value.length);
    for (let i = 0; i < value.length; i++) {
      state.path.push(i);
      write(state, value[i]);
      state.path.pop();
    }
    return;
  }
  const registration = registered.get(value.constructor as new () => unknown);
  if (registration) {
    const { children, aux } = registration.flatten(value as never);
    out.tag(CLASS);
    out.text(registration.name);
    out.count(children.length + 1);
    out.text("aux");
    state.path.push("aux");
    write(state, aux);
    state.path.pop();
    children.forEach((child, i) => {
      out.text(String(i));
      state.path.push("children", i);
      write(state, child);
      state.path.pop();
      state.path.pop();
    });
    return;
  }
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype !== Object.prototype && prototype !== null) refuse(state, value);
  const keys = Object.keys(value);
  out.tag(OBJECT);
  out.count(keys.length);
  for (const key of keys) {
    out.text(key);
    state.path.push(key);
    write(state, (value as Record<string, unknown>)[key]);
    state.path.pop();
  }
}

/** A path as a person would write it: `args[0].w`. */
function shown(path: readonly (string | number)[]): string {
  const step = (part: string | number): string =>
    typeof part === "number" ? `[${part}]` : /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  return String(path[0]) + path.slice(1).map(step).join("");
}

const CYCLE = "a container inside itself";

function refuse(state: State, value: unknown, what = describe(value)): never {
  throw new CompileArgumentError(
    state.op,
    `${state.what} must be trees of tensors or constants (numbers, strings, booleans, null); got ${what} at ${shown(state.path)}`,
    typeof value === "object" && what !== CYCLE ? "Register its class with registerPytree, or pass its parts." : "",
  );
}

/** How a tree is put together again of other tensors, in the order of `flatten`. */
export type Unflatten = (tensors: readonly Tensor[]) => unknown;

/**
 * Remembers the structure of a tree that was flattened without complaint: containers are made anew at each call, constants are those
 * of now, and the tensors of now are not kept.
 */
export function rebuilder(tree: unknown): Unflatten {
  let position = 0;
  const plan = (value: unknown): Unflatten => {
    if (value instanceof Tensor) {
      const at = position++;
      return (tensors) => tensors[at];
    }
    if (typeof value !== "object" || value === null) return () => value;
    if (Array.isArray(value)) {
      // Not map: it skips holes, which flatten takes for undefined.
      const parts = Array.from(value, plan);
      return (tensors) => parts.map((part) => part(tensors));
    }
    const registration = registered.get(value.constructor as new () => unknown);
    if (registration) {
      const { children, aux } = registration.flatten(value as never);
      const parts = Array.from(children, plan);
      return (tensors) => registration.unflatten(parts.map((part) => part(tensors)), aux);
    }
    const entries = Object.entries(value).map(([key, child]) => [key, plan(child)] as const);
    return (tensors) => {
      const result: Record<string, unknown> = {};
      for (const [key, part] of entries) {
        // A key named __proto__ must become a key.
        if (key === "__proto__") Object.defineProperty(result, key, { value: part(tensors), enumerable: true, writable: true, configurable: true });
        else result[key] = part(tensors);
      }
      return result;
    };
  };
  return plan(tree);
}

/** The tensors in trees, in order. */
export function tensorsIn(op: string, trees: readonly unknown[]): readonly Tensor[] {
  return flatten(op, "arguments", "args", trees).tensors;
}
