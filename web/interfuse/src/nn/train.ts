/** @file `nn.valueAndGrad`: a function that uses a model, differentiated by the model's trainable parameters. */
import type { AnyFunction } from "../compile.js";
import { describe } from "../describe.js";
import { CompileArgumentError } from "../errors.js";
import { lend, Module, type Parameters as ParameterTree } from "../nn.js";
import { checkOptions } from "../options.js";
import { Tensor } from "../tensor.js";
import { valueAndGrad as differentiate } from "../transform.js";
import type { Tree } from "../tree.js";

/** The tensors of a tree that are others than before, but those that are trained: both are trees of its form, with parts missing. */
function changed(tree: unknown, before: unknown, trained: unknown): unknown {
  if (tree instanceof Tensor || typeof tree !== "object" || tree === null)
    return tree === before || trained !== undefined ? undefined : tree;
  const part = (of: unknown, name: string): unknown => (of as Record<string, unknown> | undefined)?.[name];
  const entries = Object.entries(tree).flatMap(([name, now]): [string, unknown][] => {
    const left = changed(now, part(before, name), part(trained, name));
    return left === undefined ? [] : [[name, left]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/**
 * What a function gives, and its gradient by the trainable parameters of a model that it uses: `[value, gradients]`. The gradients have
 * the form of `model.trainableParameters()`, as optimisers take them. What the function changes in the model otherwise (running
 * statistics) stays changed. With `hasAux` the function returns `[value, ...more]`.
 */
export function valueAndGrad<F extends AnyFunction>(
  model: Module,
  fn: F,
  options?: { readonly hasAux?: boolean },
): (...args: Parameters<F>) => [ReturnType<F>, Record<string, ParameterTree>] {
  const op = "nn.valueAndGrad";
  checkOptions(op, options, ["hasAux"]);
  if (!(model instanceof Module)) throw new CompileArgumentError(op, `the first argument must be a module, got ${describe(model)}`);
  if (typeof fn !== "function") throw new CompileArgumentError(op, `the second argument must be a function, got ${describe(fn)}`);
  const hasAux = options?.hasAux ?? false;
  return (...args) => {
    const [all, trained] = [model.parameters(), model.trainableParameters()];
    if (Object.keys(trained).length === 0) {
      const isFrozen = Object.keys(all).length > 0;
      throw new CompileArgumentError(
        op,
        `the ${model.constructor.name} has no trainable parameters`,
        isFrozen
          ? "All of them are frozen: call unfreeze() on what is to be trained."
          : "Its tensors, and the layers that have some, must be public properties whose names do not begin with _.",
      );
    }
    const inner = (parameters: Record<string, ParameterTree>): [Tree, Tree, Tree] => {
      lend(model, parameters);
      const result = Reflect.apply(fn, undefined, args) as Tree;
      const value = hasAux && Array.isArray(result) ? (result[0] as Tree) : result;
      // Tensors that were made here mean nothing outside, but as results they do.
      return [value, result, (changed(model.parameters(), all, trained) ?? {}) as Tree];
    };
    Object.defineProperty(inner, "name", { value: fn.name || "loss" });
    try {
      const [[, result, others], gradients] = differentiate(inner, { hasAux: true })(trained);
      lend(model, trained);
      model.update(others as Record<string, unknown>);
      return [result as ReturnType<F>, gradients];
    } catch (error) {
      lend(model, all);
      throw error;
    }
  };
}
