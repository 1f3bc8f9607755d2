/** @file `profile`: how long each kernel of a call takes, fused and unfused. The core measures; here the call is put to it. */
import { compile, profilers, type AnyFunction } from "./compile.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { parse } from "./events.js";
import { checkOptions } from "./options.js";
import { want } from "./parts.js";
import type { Profile } from "./views.gen.js";

want("training");

const DEFAULT_REPEATS = 10;

/** Measures a function, compiled or not, for these arguments. The statistics of a compiled function do not change. */
export async function profile<F extends AnyFunction>(
  fn: F,
  args: Parameters<F>,
  options: { readonly repeats?: number } = {},
): Promise<Profile> {
  if (typeof fn !== "function")
    throw new CompileArgumentError("profile", `the first argument is ${describe(fn)}`, "It must be a function.");
  if (!Array.isArray(args))
    throw new CompileArgumentError("profile", `the arguments are ${describe(args)}`, "Give an array of them: profile(fn, [x, y]).");
  checkOptions("profile", options, ["repeats"]);
  const { repeats = DEFAULT_REPEATS } = options;
  const measure = profilers.get(fn) ?? profilers.get(compile(fn as AnyFunction))!;
  const found = parse<Profile & { maxAbsDifference?: number }>(await measure([...args], repeats));
  // JSON has no infinity.
  return { ...found, maxAbsDifference: found.maxAbsDifference ?? Infinity };
}
