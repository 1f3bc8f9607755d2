/** @file The sizes that a compiled function leaves open by name: what may be said of them. */
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";

/**
 * Sizes with names: `{ 0: { 0: "batch" } }` names the first axis of the first argument; a path such as "0.w" names a tensor inside of an
 * argument. Negative axes count from the end; equal names mean equal sizes.
 */
export type DynamicDims = Readonly<Record<string | number, Readonly<Record<number, string>>>>;

/** Refuses what names no sizes. */
export function checkDynamicDims(op: string, dynamicDims: unknown): void {
  const form = 'It must name axes of arguments, such as { 0: { 0: "batch" } }.';
  const isPlain = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isPlain(dynamicDims)) throw new CompileArgumentError(op, `dynamicDims is ${describe(dynamicDims)}`, form);
  for (const [path, axes] of Object.entries(dynamicDims)) {
    if (!isPlain(axes)) throw new CompileArgumentError(op, `dynamicDims has ${describe(axes)} for the argument ${path}`, form);
    for (const [axis, name] of Object.entries(axes)) {
      if (!/^-?\d+$/.test(axis))
        throw new CompileArgumentError(op, `dynamicDims names the axis "${axis}" of the argument ${path}`, "An axis is an integer.");
      if (typeof name !== "string" || name === "" || name.includes("\0")) {
        throw new CompileArgumentError(
          op,
          `dynamicDims names axis ${axis} of the argument ${path} with ${name === "" ? "an empty string" : describe(name)}`,
          "A name is a string that is not empty.",
        );
      }
    }
  }
}
