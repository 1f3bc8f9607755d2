/**
 * @file Argument trees: nested arrays, plain objects, Maps, modules and registered classes whose leaves are tensors and constants.
 *
 * Flattening writes the structure and the constants as bytes for the core, which builds the cache key from them, and lists the tensors.
 * `1`, `true` and `"1"`, or `[[1], 2]` and `[[1, 2]]`, never meet; numbers are their bits, so `0` and `-0` differ and NaN equals itself.
 */
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { Tensor } from "./tensor.js";
import { ARRAY, CLASS, FALSE, NULL, NUMBER, OBJECT, ROOT, STRING, TENSOR, TRUE, UNDEFINED, Writer } from "./writer.js";

/** A constant leaf. */
export type Constant = number | string | boolean | null | undefined;

/** What compiled functions and transforms take and give. */
export type Tree = Tensor | Constant | readonly Tree[] | { readonly [key: string]: Tree };

/** What compiled functions capture: containers whose tensors are read and replaced in place. */
export type StateTree = object;

interface Registration {
  readonly name: string;
  flatten(value: never): { children: readonly unknown[]; aux?: Constant };
  unflatten(children: readonly unknown[], aux: Constant): unknown;
}

type Class = new (...args: never[]) => unknown;

const registered = new Map<Class, Registration>();

/** Objects that have this are taken by their own properties, whatever their class: `nn.Module` has it. */
export const MODULE: unique symbol = Symbol("interfuse.module");

const classNames = new WeakMap<object, string>();
/** Taken: those here stand for something else in keys. */
const usedNames = new Set(["Map", "function", "tensor", "the same as"]);

/** The name of a class in keys; no two classes share one. */
function nameOf(Class: Class): string {
  let name = classNames.get(Class);
  if (name === undefined) {
    name = Class.name || "class";
    while (usedNames.has(name)) name += "'";
    usedNames.add(name);
    classNames.set(Class, name);
  }
  return name;
}

/**
 * Lets instances of a class stand in argument trees and in captured state. `flatten` gives the children (trees) and a constant that
 * belongs to the structure; `unflatten` makes an instance of them.
 */
export function registerPytree<T, A extends Constant = undefined>(
  Class: new (...args: never[]) => T,
  handlers: { flatten(value: T): { children: readonly unknown[]; aux?: A }; unflatten(children: readonly unknown[], aux: A): T },
): void {
  if (typeof Class !== "function") {
    throw new CompileArgumentError("registerPytree", `the first argument must be a class, got ${describe(Class)}`);
  }
  if (typeof handlers?.flatten !== "function" || typeof handlers.unflatten !== "function") {
    throw new CompileArgumentError("registerPytree", `the handlers of ${Class.name} must be functions named flatten and unflatten`);
  }
  registered.set(Class, { ...handlers, name: nameOf(Class) } as unknown as Registration);
}

const writer = new Writer();
let writing = false;

/** What is captured beside the arguments; see state.ts. */
export interface CapturedRoot {
  /** Its name in keys and messages, such as `state[0]`. */
  readonly name: string;
  readonly value: object;
}

/** Flattened trees: their structure as bytes (valid until the next flatten), and the handles of their tensors in order. */
export interface Flat {
  readonly structure: Uint8Array;
  readonly handles: Uint32Array;
  readonly tensors: readonly Tensor[];
  /** How many tensors there are before the end of each argument. */
  readonly ends: readonly number[];
  /** Where the tensors of the captured roots start. */
  readonly capturedFrom: number;
  /** The containers of the captured roots, each once, outer ones first. */
  readonly containers: readonly object[];
}

/**
 * Flattens trees as one array. `what` names them in messages ("arguments", "results"), `at` the place of each ("args"). What a function
 * is called on (a receiver other than undefined) and what it captures come last.
 */
export function flatten(
  op: string,
  what: string,
  at: string,
  trees: readonly unknown[],
  receiver?: unknown,
  captured: readonly CapturedRoot[] = NOTHING,
): Flat {
  // A `flatten` of a registered class may run user code that flattens; it gets a writer of its own.
  const own = writing ? new Writer() : writer;
  const outermost = !writing;
  writing = true;
  try {
    const state: State = {
      op,
      what,
      writer: own,
      tensors: [],
      depth: 0,
      inModule: 0,
      containers: null,
      seen: null,
      inFixed: false,
      path: null,
      above: null,
    };
    try {
      return run(state, at, trees, receiver, captured);
    } catch (error) {
      if (error !== REFUSED) throw error;
    }
    // Something is not a tree. Once more, with an eye on where.
    return run(
      { ...state, tensors: [], depth: 0, inModule: 0, containers: null, seen: null, inFixed: false, path: [at], above: [] },
      at,
      trees,
      receiver,
      captured,
    );
  } finally {
    if (outermost) writing = false;
  }
}

const NOTHING: readonly CapturedRoot[] = [];
const REFUSED = Symbol("not a tree");

function run(state: State, at: string, trees: readonly unknown[], receiver: unknown, captured: readonly CapturedRoot[]): Flat {
  const { writer: own, tensors } = state;
  own.reset();
  own.tag(ARRAY);
  own.count(trees.length + (receiver === undefined ? 0 : 1) + captured.length);
  const ends: number[] = [];
  // A single result is the result, not the first of them.
  const isOnly = trees.length === 1 && at === "result";
  for (let i = 0; i < trees.length; i++) {
    if (!isOnly) state.path?.push(i);
    write(state, trees[i]);
    if (!isOnly) state.path?.pop();
    ends.push(tensors.length);
  }
  if (receiver !== undefined) {
    own.tag(ROOT);
    own.text("this");
    if (state.path) state.path[0] = "this";
    write(state, receiver);
  }
  const capturedFrom = tensors.length;
  if (captured.length > 0) {
    state.containers = [];
    state.seen = new Map();
    for (const root of captured) {
      own.tag(ROOT);
      own.text(root.name);
      if (state.path) state.path[0] = root.name;
      write(state, root.value);
    }
  }
  const handles = new Uint32Array(tensors.length);
  for (let i = 0; i < handles.length; i++) handles[i] = tensors[i]!._handle;
  return { structure: own.done(), handles, tensors, ends, capturedFrom, containers: state.containers ?? [] };
}

interface State {
  readonly op: string;
  readonly what: string;
  readonly writer: Writer;
  readonly tensors: Tensor[];
  depth: number;
  inModule: number;
  /** Of captured roots. */
  containers: object[] | null;
  seen: Map<object, number> | null;
  /** Is what is written now in a captured container whose tensors can never be others? */
  inFixed: boolean;
  /** From the place of the tree: keys and indices; null until something turns out to be no tree. */
  readonly path: (string | number)[] | null;
  /** Containers that are being written, when there is a path: meeting one again is a cycle. */
  readonly above: object[] | null;
}

/** Deeper than this, a tree may be a cycle: looked at with a path. */
const DEEP = 200;
/** As deep as trees may be: they are walked by recursion, and stacks are short in some engines. */
const MAX_DEPTH = 1000;

/** For who walks a tree level by level: refuses one that is too deep, or inside itself. */
export function checkDepth(op: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new CompileArgumentError(op, TOO_DEEP, FLATTER);
}

const TOO_DEEP = `containers are nested more than ${MAX_DEPTH} levels deep`;
const FLATTER = "Does one contain itself? Put long lists into one array.";

function write(state: State, value: unknown): void {
  const out = state.writer;
  if (value instanceof Tensor) {
    // What nobody can replace is a constant, and which one belongs to the key.
    if (state.inFixed) return reference(out, "tensor", identity(value));
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
    case "function":
      if (state.inModule === 0) refuse(state, value);
      // A module may hold functions, such as activations: which ones belongs to the key.
      reference(out, "function", identity(value));
      return;
    case "object":
      if (value === null) {
        out.tag(NULL);
        return;
      }
      container(state, value);
      return;
    default:
      refuse(state, value);
  }
}

const identities = new WeakMap<object, number>();
let nextIdentity = 1;

/** A number for an object or function, the same as long as it lives and of nothing else. */
export function identity(value: object): number {
  let number = identities.get(value);
  if (number === undefined) identities.set(value, (number = nextIdentity++));
  return number;
}

function reference(out: Writer, name: string, number: number): void {
  out.tag(CLASS);
  out.text(name);
  out.count(1);
  out.text("id");
  out.tag(NUMBER);
  out.number(number);
}

function container(state: State, value: object): void {
  const out = state.writer;
  if (state.containers !== null && state.seen !== null) {
    const before = state.seen.get(value);
    if (before !== undefined) return reference(out, "the same as", before);
    state.seen.set(value, state.containers.length);
    state.containers.push(value);
  }
  if (state.above !== null) {
    if (state.above.includes(value)) refuse(state, value, CYCLE);
    checkDepth(state.op, state.depth);
    state.above.push(value);
  } else if (state.depth > DEEP) refuse(state, value);
  state.depth++;
  const kind = kindOf(value);
  const { inFixed } = state;
  state.inFixed = state.containers !== null && isFixed(value, kind);
  if (kind === "array") {
    const array = value as readonly unknown[];
    out.tag(ARRAY);
    out.count(array.length);
    for (let i = 0; i < array.length; i++) {
      state.path?.push(i);
      write(state, array[i]);
      state.path?.pop();
    }
  } else if (kind === "object") {
    const keys = Object.keys(value);
    out.tag(OBJECT);
    out.count(keys.length);
    for (const key of keys) item(state, key, (value as Record<string, unknown>)[key]);
  } else if (kind === undefined) refuse(state, value);
  else named(state, value, kind);
  state.inFixed = inFixed;
  state.depth--;
  state.above?.pop();
}

/** A map, a module or an instance of a registered class. */
function named(state: State, value: object, kind: "map" | "module" | Registration): void {
  const out = state.writer;
  const { name, keys, values, aux } = partsOf(value, kind);
  out.tag(CLASS);
  out.text(name);
  out.count(values.length + (typeof kind === "object" ? 1 : 0));
  if (typeof kind === "object") item(state, "aux", aux);
  const inModule = kind === "module" ? 1 : 0;
  state.inModule += inModule;
  for (let i = 0; i < values.length; i++) {
    out.text(keyText(keys[i]));
    state.path?.push(...(typeof kind === "object" ? ["children", i] : [keys[i] as string | number]));
    write(state, values[i]);
    if (state.path) state.path.length -= typeof kind === "object" ? 2 : 1;
  }
  state.inModule -= inModule;
}

/** The key of a map as text; those of objects are texts. */
function keyText(key: unknown): string {
  return typeof key === "string" && !key.startsWith("[") ? key : `[${JSON.stringify(key)}]`;
}

function item(state: State, key: string, value: unknown): void {
  state.writer.text(key);
  state.path?.push(key);
  write(state, value);
  state.path?.pop();
}

/** What sort of container an object is; undefined when it is none. */
export type Kind = "array" | "object" | "map" | "module" | Registration;

export function kindOf(value: object): Kind | undefined {
  if (Array.isArray(value)) return "array";
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype === Object.prototype || prototype === null) return "object";
  const registration = registered.get(value.constructor as Class);
  if (registration !== undefined) return registration;
  if (value instanceof Map) return "map";
  return (value as { [MODULE]?: unknown })[MODULE] === true ? "module" : undefined;
}

/** Is it frozen for good? The entries of a Map can be others all the same. */
export function isFixed(value: object, kind: Kind | undefined): boolean {
  return kind !== "map" && Object.isFrozen(value);
}

/** A container's keys (indices of arrays and of a registered class's children) and what is in it. */
export interface Parts {
  readonly name: string;
  readonly keys: readonly unknown[];
  readonly values: readonly unknown[];
  /** Of registered classes. */
  readonly aux?: Constant;
}

export function partsOf(value: object, kind: Kind): Parts {
  switch (kind) {
    case "array": {
      // Not map: it skips holes, which are undefined here.
      const values = Array.from(value as readonly unknown[]);
      return { name: "array", keys: [...values.keys()], values };
    }
    case "object":
    case "module": {
      const keys = Object.keys(value);
      const name = kind === "object" ? "object" : nameOf(value.constructor as Class);
      return { name, keys, values: keys.map((key) => (value as Record<string, unknown>)[key]) };
    }
    case "map": {
      const keys = [...(value as Map<unknown, unknown>).keys()];
      const odd = keys.find((key) => typeof key !== "string" && typeof key !== "number" && typeof key !== "boolean");
      if (odd !== undefined)
        throw new CompileArgumentError("compile", `the keys of a Map must be strings, numbers or booleans, got ${describe(odd)}`);
      return { name: "Map", keys, values: [...(value as Map<unknown, unknown>).values()] };
    }
    default: {
      const flat: unknown = kind.flatten(value as never);
      const { children, aux } = (flat ?? {}) as { children?: Iterable<unknown>; aux?: Constant };
      if (typeof children !== "object" || children === null || typeof children[Symbol.iterator] !== "function") {
        throw new CompileArgumentError(
          "registerPytree",
          `flatten of ${kind.name} returned ${flat === null || typeof flat !== "object" ? describe(flat) : `${describe(children)} as children`}`,
          "Return { children: [...], aux }.",
        );
      }
      const values = Array.from(children);
      return { name: kind.name, keys: [...values.keys()], values, aux };
    }
  }
}

/** A container like `like`, with these values under these keys. */
export function build(like: object, kind: Kind, { keys, aux }: Parts, values: readonly unknown[]): object {
  switch (kind) {
    case "array":
      return [...values];
    case "map":
      return new Map(keys.map((key, i) => [key, values[i]]));
    case "object":
    case "module": {
      const result = Object.create(kind === "object" ? Object.prototype : (Object.getPrototypeOf(like) as object)) as Record<
        string,
        unknown
      >;
      keys.forEach((key, i) => put(result, key as string, values[i]));
      return result;
    }
    default:
      return kind.unflatten(values, aux) as object;
  }
}

/** Sets a property; a key named __proto__ must become a key. */
export function put(object: object, key: string, value: unknown): void {
  if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  else (object as Record<string, unknown>)[key] = value;
}

/** A path as a person would write it: `args[0].w`. */
function shown(path: readonly (string | number)[]): string {
  const step = (part: string | number): string =>
    typeof part !== "string" ? `[${part}]` : /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
  const steps = path.slice(1).map(step);
  // The ends of a long one say enough.
  const middle = steps.length > 16 ? [...steps.slice(0, 4), "…", ...steps.slice(-4)] : steps;
  return String(path[0]) + middle.join("");
}

const CYCLE = "a container inside itself";

function refuse(state: State, value: unknown, what = describe(value)): never {
  if (state.path === null) throw REFUSED;
  throw new CompileArgumentError(
    state.op,
    `${state.what} must be trees of tensors or constants (numbers, strings, booleans, null); got ${what} at ${shown(state.path)}`,
    ArrayBuffer.isView(value)
      ? "Make a tensor of it with tensor(...)."
      : typeof value === "object" && what !== CYCLE
        ? "Register its class with registerPytree, or pass its parts."
        : "",
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
    const kind = kindOf(value)!;
    const parts = partsOf(value, kind);
    const inner = parts.values.map(plan);
    if (kind === "array") return (tensors) => inner.map((part) => part(tensors));
    // An empty one like it: the tensors of now are not kept.
    const like = kind === "module" ? (Object.create(Object.getPrototypeOf(value) as object) as object) : {};
    const form = { name: parts.name, keys: parts.keys, values: [], aux: parts.aux } satisfies Parts;
    return (tensors) =>
      build(
        like,
        kind,
        form,
        inner.map((part) => part(tensors)),
      );
  };
  return plan(tree);
}

/** The tensors in trees, in order. */
export function tensorsIn(op: string, trees: readonly unknown[]): readonly Tensor[] {
  return flatten(op, "arguments", "args", trees).tensors;
}
