/**
 * @file Modules: objects of parameters and of other modules. A module is a tree: compiled functions take it as an argument, as what a
 * method is called on, or as captured state, by all properties that it has; names that begin with `_` are part of that, but no parameters.
 */
import { core } from "./core.js";
import { CompileArgumentError } from "./errors.js";
import { describe } from "./describe.js";
import { Tensor } from "./tensor.js";
import { checkDepth, MODULE } from "./tree.js";

/** Tensors in the form of a module: nested objects and arrays. */
export type Parameters = Tensor | readonly Parameters[] | { readonly [name: string]: Parameters };

type Found = { readonly [name: string]: unknown } | readonly unknown[] | Tensor | undefined;

/** What a layer or model extends. Every public property may be a tensor, a module, a constant, a function, or containers of those. */
export class Module {
  declare readonly [MODULE]: true;

  /** Is it being trained? Layers such as dropout ask. */
  training = true;
  /** Names of own tensors that training leaves alone. */
  _frozen: string[] = [];

  /** All tensors, in objects and arrays of the form of the module. */
  parameters(): Record<string, Parameters> {
    return (gather(this, () => true) ?? {}) as Record<string, Parameters>;
  }

  /** The tensors that are not frozen, in the same form. */
  trainableParameters(): Record<string, Parameters> {
    return (gather(this, (module, name) => !module._frozen.includes(name)) ?? {}) as Record<string, Parameters>;
  }

  /** The module itself, to be captured: `compile(step, { state: [model.state, optimizer.state] })`. */
  get state(): this {
    return this;
  }

  /** Replaces tensors by those of a tree of the same form, of which parts may be missing. */
  update(parameters: { readonly [name: string]: unknown }): this {
    if (typeof parameters !== "object" || parameters === null)
      throw new CompileArgumentError("update", `the parameters are ${describe(parameters)}`, "Pass a tree of the form of parameters().");
    put(this, parameters, "parameters", core.isTracing() ? checkWrite : undefined);
    return this;
  }

  /** Training leaves the tensors alone: all of them, or the own ones of these names, here and below. */
  freeze(names?: string | readonly string[]): this {
    return this.everyModule((module) => {
      module._frozen = [...new Set([...module._frozen, ...chosen(module, names)])].sort();
    });
  }

  /** Training changes the tensors again: all of them, or the own ones of these names, here and below. */
  unfreeze(names?: string | readonly string[]): this {
    return this.everyModule((module) => {
      const free = chosen(module, names);
      module._frozen = module._frozen.filter((name) => !free.includes(name));
    });
  }

  /** Sets `training`, here and below. */
  train(training = true): this {
    return this.everyModule((module) => {
      module.training = training;
    });
  }

  /** Clears `training`, here and below. */
  eval(): this {
    return this.train(false);
  }

  /** This module and those in it, outer ones first. */
  modules(): Module[] {
    const found = new Set<Module>();
    const visit = (value: unknown, depth: number): void => {
      if (typeof value !== "object" || value === null || value instanceof Tensor) return;
      checkDepth("modules", depth);
      if (value instanceof Module) {
        if (found.has(value)) return;
        found.add(value);
      }
      for (const part of parts(value)) visit(part, depth + 1);
    };
    visit(this, 0);
    return [...found];
  }

  private everyModule(work: (module: Module) => void): this {
    this.modules().forEach(work);
    return this;
  }
}
Object.defineProperty(Module.prototype, MODULE, { value: true });

function parts(container: object): Iterable<unknown> {
  return container instanceof Map ? container.values() : Object.values(container);
}

/** The names of own tensors (also in containers) that are meant. */
function chosen(module: Module, names: string | readonly string[] | undefined): string[] {
  if (names !== undefined) {
    const list: readonly unknown[] = Array.isArray(names) ? names : [names];
    const odd = list.findIndex((name) => typeof name !== "string");
    if (odd >= 0)
      throw new CompileArgumentError(
        "freeze",
        `a name is ${describe(list[odd])}`,
        "Give the name of a tensor, an array of names, or nothing for all.",
      );
    return list as string[];
  }
  return Object.keys(module).filter((name) => !name.startsWith("_"));
}

/** The tensors below a module, as far as they are wanted; undefined where there are none. */
function gather(module: Module, wanted: (module: Module, name: string) => boolean, depth = 0): Found {
  const below = (value: unknown, want: boolean, depth: number): Found => {
    if (value instanceof Tensor) return want ? value : undefined;
    checkDepth("parameters", depth);
    if (value instanceof Module) return gather(value, wanted, depth + 1);
    if (Array.isArray(value)) {
      const found = value.map((part) => below(part, want, depth + 1));
      return found.some((part) => part !== undefined) ? found.map((part) => part ?? {}) : undefined;
    }
    if (typeof value !== "object" || value === null) return undefined;
    return named(value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value), () => want, depth + 1);
  };
  const named = (entries: [string, unknown][], want: (name: string) => boolean, depth: number): Found => {
    const found = entries.flatMap(([name, value]): [string, unknown][] => {
      const part = below(value, want(name), depth);
      return part === undefined ? [] : [[name, part]];
    });
    return found.length === 0 ? undefined : Object.fromEntries(found);
  };
  return named(
    Object.entries(module).filter(([name]) => !name.startsWith("_")),
    (name) => wanted(module, name),
    depth,
  );
}

/** Breaks the trace that goes on where a module that it has not captured would be left with a placeholder. */
export function checkWrite(path: string, old: Tensor, now: Tensor, op = "update"): void {
  core.checkWrite(op, path, old._handle, now._handle);
}

/** As `update`, for as long as a function runs: what is put there is taken out again. */
export function lend(module: Module, parameters: { readonly [name: string]: unknown }): void {
  put(module, parameters, "parameters");
}

/** Puts the tensors of a tree into the same places of a container. */
function put(container: object, tree: object, path: string, check?: typeof checkWrite, depth = 0): void {
  checkDepth("update", depth);
  const map = container instanceof Map ? (container as Map<unknown, unknown>) : undefined;
  for (const [name, value] of Object.entries(tree)) {
    // `parameters()` has an empty object where an array holds something without tensors.
    if (typeof value === "object" && value !== null && !(value instanceof Tensor) && Object.keys(value).length === 0) continue;
    const at = `${path}.${name}`;
    const there: unknown = map ? map.get(name) : (container as Record<string, unknown>)[name];
    if (there instanceof Tensor && value instanceof Tensor) {
      const same = there.shape.length === value.shape.length && there.shape.every((size, i) => size === value.shape[i]);
      if (!same)
        throw new CompileArgumentError(
          "update",
          `${at} is ${String(value)}, the module has ${String(there)}`,
          "Parameters keep their shape.",
        );
      check?.(at, there, value);
      if (map) map.set(name, value);
      else (container as Record<string, unknown>)[name] = value;
    } else if (
      typeof there === "object" &&
      there !== null &&
      !(there instanceof Tensor) &&
      typeof value === "object" &&
      value !== null &&
      !(value instanceof Tensor)
    )
      put(there, value, at, check, depth + 1);
    else
      throw new CompileArgumentError(
        "update",
        `${at} is ${describe(value)}, the module has ${describe(there)}`,
        "Pass a tree of the form of parameters().",
      );
  }
}
