/** @file Options objects: a misspelt option must not be ignored. */
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";

/** Refuses options that are not there, so that a misspelt one is not ignored. */
export function checkOptions(op: string, options: object | undefined, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || "_handle" in options) {
    throw new CompileArgumentError(op, `the options must be an object, got ${describe(options)}`, `It may have ${list(known)}.`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new CompileArgumentError(op, `there is no option "${name}"`, known.length === 1 ? `There is ${known[0]!}.` : `There are ${list(known)}.`);
  }
}

function list(names: readonly string[]): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} and ${names.at(-1)!}`;
}
