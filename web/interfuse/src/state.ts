/**
 * @file Captured state: containers outside of a function whose tensors every call reads and replaces in place.
 *
 * Their structure, constants and tensors are flattened behind the arguments. While the function is traced the tensors in them are
 * placeholders; when it is over, however it ends, the originals are back. What the function did to them becomes a list of steps that
 * the entry keeps: each call takes them on the containers of now, so that appending, deleting, reordering and new constants act as they
 * do when the function is called as it is. Steps name containers by their position in the flattened state and never hold one.
 */
import { core } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { Tensor } from "./tensor.js";
import { build, checkDepth, isFixed, kindOf, partsOf, put, type CapturedRoot, type Kind, type Parts } from "./tree.js";

/** Roots that are always written to, however they are listed: `random.state` has it. */
export const ALWAYS_WRITTEN: unique symbol = Symbol("interfuse.alwaysWritten");

interface Root extends CapturedRoot {
  writable: boolean;
}

/** What a function captures. */
export interface Capture {
  readonly roots: readonly Root[];
}

/** The roots in the options; none is not an object. */
export function capture(
  op: string,
  options: { readonly inputs?: object; readonly outputs?: object; readonly state?: object },
): Capture | undefined {
  const roots = new Map<object, Root>();
  for (const name of ["inputs", "outputs", "state"] as const) {
    const value: unknown = options[name];
    if (value === undefined) continue;
    if (value instanceof Tensor || typeof value !== "object" || value === null || kindOf(value) === undefined) {
      const hint =
        value instanceof Tensor
          ? "A tensor cannot be replaced in place: put it into an object or array, and list that."
          : "It must be a plain object, an array, a Map, a module, random.state or an instance of a registered class.";
      throw new CompileArgumentError(op, `${name} is ${value instanceof Tensor ? "a tensor" : describe(value)}`, hint);
    }
    const writable = name !== "inputs" || ALWAYS_WRITTEN in value;
    const known = roots.get(value);
    if (known === undefined) roots.set(value, { name, value, writable });
    else known.writable ||= writable;
  }
  return roots.size === 0 ? undefined : { roots: [...roots.values()] };
}

/** A container of the state before a trace. */
interface Before {
  readonly container: object;
  readonly kind: Kind;
  readonly parts: Parts;
  readonly writable: boolean;
  /** The root that it was found from. */
  readonly name: string;
  /** Its values while the function is traced: placeholders for tensors. */
  placed: readonly unknown[];
}

/** What a value of the state is after the function ran. */
type After =
  | { readonly kept: number }
  | { readonly made: number }
  | { readonly constant: unknown }
  | { readonly container: number }
  | { readonly fresh: number };

/** A change of a container that was there before: a value under a key, or everything. */
type Step =
  | { readonly at: number; readonly key: unknown; readonly value: After }
  | { readonly at: number; readonly parts: Parts; readonly values: readonly After[] };

/** A container that the function made: what it is like, and what is in it. */
interface Fresh {
  readonly like: object;
  readonly kind: Kind;
  readonly parts: Parts;
  readonly values: readonly After[];
}

/** What a traced function did to the state. */
export interface Changes {
  /** Handles of the tensors that it put there. */
  readonly outputs: readonly number[];
  /** Does the same to the containers of a call, given its captured tensors and the new ones. */
  apply(containers: readonly object[], kept: readonly Tensor[], made: readonly Tensor[]): void;
}

const NO_CHANGES: Changes = { outputs: [], apply: () => undefined };

let placing = false;

/** Are placeholders being put into captured state, rather than by the function? */
export const isPlacing = (): boolean => placing;

/** Containers that the traces which go on have captured. */
const captured: Set<object>[] = [];

/** Replaces everything in a container; it stays the same object. */
function refill(container: object, kind: Kind, { keys, aux }: Parts, values: readonly unknown[]): void {
  switch (kind) {
    case "array": {
      const array = container as unknown[];
      if (array.length !== values.length) array.length = values.length;
      values.forEach((value, i) => {
        if (!Object.is(array[i], value) || !(i in array)) array[i] = value;
      });
      return;
    }
    case "map": {
      const map = container as Map<unknown, unknown>;
      map.clear();
      keys.forEach((key, i) => map.set(key, values[i]));
      return;
    }
    case "object":
    case "module": {
      const now = Object.keys(container);
      if (now.length !== keys.length || now.some((key, i) => key !== keys[i]))
        for (const key of now) delete (container as Record<string, unknown>)[key];
      keys.forEach((key, i) => {
        if (!Object.is((container as Record<string, unknown>)[key as string], values[i]) || !Object.hasOwn(container, key as string))
          put(container, key as string, values[i]);
      });
      return;
    }
    default: {
      // Only what flatten shows can be replaced: where each child is a property of its own, that property; else all properties of
      // a new instance.
      const before = partsOf(container, kind);
      const object = container as Record<string, unknown>;
      const refuse = (): never => {
        throw new CompileArgumentError(
          "compile",
          `${kind.name} cannot be captured as state: its tensors cannot be replaced in place`,
          "Keep them in public properties, or capture the containers that hold them.",
        );
      };
      const set = (key: string, value: unknown): void => {
        if (!Reflect.set(object, key, value)) refuse();
      };
      const places = before.values.map((child) => Object.keys(object).filter((key) => Object.is(object[key], child)));
      if (
        before.values.length === values.length &&
        Object.is(before.aux, aux) &&
        places.every((place, i) => place.length === 1 || Object.is(before.values[i], values[i]))
      ) {
        values.forEach((value, i) => {
          if (!Object.is(before.values[i], value)) set(places[i]![0]!, value);
        });
      } else for (const [key, value] of Object.entries(kind.unflatten(values, aux) as object)) set(key, value);
      const after = partsOf(container, kind);
      if (
        after.values.length !== values.length ||
        after.values.some((child, i) => !Object.is(child, values[i])) ||
        !Object.is(after.aux, aux)
      )
        refuse();
    }
  }
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Tensor);
}

/** Can a tensor there become a placeholder? In a frozen container it need not, where the function only reads it. */
function isReplaceable(container: object, kind: Kind, key: unknown, writable: boolean): boolean {
  if (isFixed(container, kind)) return !writable;
  // How a registered class keeps its children is its own affair.
  if (kind === "map" || typeof kind === "object") return true;
  const property = Object.getOwnPropertyDescriptor(container, key as PropertyKey)!;
  return property.writable === true || property.set !== undefined;
}

/** Counts what is noted and what is undone. */
let clock = 0;
/** When containers were put back last, by that count. */
const undone = new WeakMap<object, number>();

/** The state around a call of the function itself, rather than of an entry. */
export class Watched {
  private readonly before = new Map<object, Before>();
  private readonly kept = new Map<Tensor, number>();
  private readonly made = ++clock;

  /** Notes what is there. */
  constructor(
    private readonly op: string,
    { roots }: Capture,
  ) {
    const visit = (container: object, { name, writable }: Root): void => {
      if (this.before.has(container)) return;
      const kind = kindOf(container)!;
      const parts = partsOf(container, kind);
      const stuck = parts.keys.find((key, i) => parts.values[i] instanceof Tensor && !isReplaceable(container, kind, key, writable));
      if (stuck !== undefined) {
        throw new CompileArgumentError(
          op,
          `the tensor at ${JSON.stringify(stuck)} in ${name} cannot be replaced: its container is frozen, or it is read-only there`,
          "Captured tensors are replaced in place: list a container that can be written to. A frozen one may be listed as inputs.",
        );
      }
      this.before.set(container, { container, kind, parts, writable, name, placed: parts.values });
      for (const value of parts.values) if (isContainer(value)) visit(value, { name, writable, value });
    };
    // A container that can be reached from a root that is written to may be changed, whatever else it is reached from.
    for (const root of [...roots].sort((a, b) => Number(b.writable) - Number(a.writable))) visit(root.value, root);
  }

  /** Puts placeholders in the places of the tensors; `containers` is the order of flattening. */
  place(containers: readonly object[], placeholders: readonly Tensor[]): void {
    placeholders.forEach((placeholder, i) => this.kept.set(placeholder, i));
    let next = 0;
    const seen = new Set<object>();
    const visit = (container: object): void => {
      if (seen.has(container)) return;
      seen.add(container);
      const before = this.before.get(container)!;
      before.placed = before.parts.values.map((value) => {
        if (value instanceof Tensor) return isFixed(container, before.kind) ? value : placeholders[next++];
        if (isContainer(value)) visit(value);
        return value;
      });
      refill(container, before.kind, before.parts, before.placed);
    };
    placing = true;
    try {
      containers.forEach(visit);
    } finally {
      placing = false;
    }
  }

  /** Puts back what was there. */
  restore(): void {
    for (const { container, kind, parts } of this.before.values()) refill(container, kind, parts, parts.values);
  }

  /** Puts back what was there when the call of an entry turns out to have failed, where nothing from before it was put back since. */
  undo(): void {
    clock++;
    for (const { container, kind, parts } of this.before.values()) {
      if ((undone.get(container) ?? 0) > this.made) continue;
      undone.set(container, clock);
      refill(container, kind, parts, parts.values);
    }
  }

  /** Runs `work` as the trace that has captured this. */
  while<T>(work: () => T): T {
    captured.push(new Set(this.before.keys()));
    try {
      return work();
    } finally {
      captured.pop();
    }
  }

  /** What the function did since `place`. Breaks the trace when it changed what it may only read. */
  changes(containers: readonly object[]): Changes {
    const positions = new Map(containers.map((container, i) => [container, i]));
    const made = new Map<Tensor, number>();
    const outputs: number[] = [];
    const fresh: Fresh[] = [];
    /** Where containers that the function made are in `fresh`; -1 while their content is being looked at. */
    const freshAt = new Map<object, number>();
    const refuse = (what: string): never => {
      throw new CompileArgumentError(
        this.op,
        `captured state must be trees of tensors or constants; the function put ${what} there`,
        "Register its class with registerPytree, or keep it elsewhere.",
      );
    };
    const after = (value: unknown, depth = 0): After => {
      if (value instanceof Tensor) {
        const kept = this.kept.get(value);
        if (kept !== undefined) return { kept };
        let at = made.get(value);
        if (at === undefined) {
          made.set(value, (at = outputs.length));
          outputs.push(value._handle);
        }
        return { made: at };
      }
      if (typeof value === "bigint" || typeof value === "symbol") return refuse(describe(value));
      if (!isContainer(value)) return { constant: value };
      const container = positions.get(value);
      if (container !== undefined) return { container };
      let at = freshAt.get(value);
      if (at === -1) return refuse("a container inside itself");
      if (at === undefined) {
        const kind = kindOf(value);
        if (kind === undefined) return refuse(describe(value));
        checkDepth(this.op, depth);
        freshAt.set(value, -1);
        const parts = partsOf(value, kind);
        const like = kind === "module" ? (Object.create(Object.getPrototypeOf(value) as object) as object) : {};
        fresh.push({ like, kind, parts: form(parts), values: parts.values.map((value) => after(value, depth + 1)) });
        freshAt.set(value, (at = fresh.length - 1));
      }
      return { fresh: at };
    };
    const steps: Step[] = [];
    for (const { container, kind, parts, writable, name, placed } of this.before.values()) {
      const now = partsOf(container, kind);
      const sameForm =
        now.keys.length === parts.keys.length && now.keys.every((key, i) => Object.is(key, parts.keys[i])) && Object.is(now.aux, parts.aux);
      const changed = [...now.keys.keys()].filter((i) => !sameForm || !Object.is(now.values[i], placed[i]));
      if (sameForm && changed.length === 0) continue;
      if (!writable) core.breakTrace("mutation", this.op, name);
      const at = positions.get(container)!;
      if (sameForm && typeof kind === "string") for (const i of changed) steps.push({ at, key: now.keys[i], value: after(now.values[i]) });
      else steps.push({ at, parts: form(now), values: now.values.map((value) => after(value)) });
    }
    return steps.length === 0 ? NO_CHANGES : { outputs, apply: (containers, kept, made) => take(steps, fresh, containers, kept, made) };
  }

  /** The root that holds a tensor of the trace going on, which has not captured it: after a call inside of that trace. */
  leaked(): string | undefined {
    for (const { container, kind, parts, name } of this.before.values()) {
      if (captured.some((set) => set.has(container))) continue;
      const strange = (value: unknown): boolean => value instanceof Tensor && !parts.values.includes(value) && core.isTracer(value._handle);
      if (partsOf(container, kind).values.some(strange)) return name;
    }
    return undefined;
  }
}

/** Keys without values: what a step may keep. */
function form({ name, keys, aux }: Parts): Parts {
  return { name, keys, values: [], aux };
}

function take(
  steps: readonly Step[],
  fresh: readonly Fresh[],
  containers: readonly object[],
  kept: readonly Tensor[],
  made: readonly Tensor[],
): void {
  const built: object[] = [];
  const value = (after: After): unknown => {
    if ("made" in after) return made[after.made];
    if ("kept" in after) return kept[after.kept];
    if ("container" in after) return containers[after.container];
    if ("fresh" in after) {
      const { like, kind, parts, values } = fresh[after.fresh]!;
      return (built[after.fresh] ??= build(like, kind, parts, values.map(value)));
    }
    return after.constant;
  };
  // Values first: filling a container must not change what another step takes.
  for (const step of steps) {
    const container = containers[step.at]!;
    if ("parts" in step) refill(container, kindOf(container)!, step.parts, step.values.map(value));
    else if (container instanceof Map) container.set(step.key, value(step.value));
    else put(container, step.key as string, value(step.value));
  }
}
