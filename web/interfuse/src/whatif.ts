/** @file Inspections of what is not: another device, whether there is one or not, and a compiler that leaves something out. */
import { compile, inspectors, type AnyFunction } from "./compile.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import type { Inspection } from "./inspect.js";
import { checkOptions } from "./options.js";
import { rewriteRules } from "./rules.gen.js";

/** As the core counts them. */
const MODES: readonly string[] = ["enabled", "no-fuse", "no-simplify"];
const CLASSES: readonly string[] = ["cpu", "software", "gpu"];

/** What an inspection is compiled for; what is left out is as it is. */
export interface WhatIf {
  /** The device. */
  readonly target?: WhatIfTarget;
  /** What the compiler does; see `setCompileMode`. */
  readonly mode?: "enabled" | "no-fuse" | "no-simplify";
  /** Names of rules of simplification that do not apply; see `rewriteRules`. */
  readonly rulesOff?: readonly string[];
  /** Schedules that are taken where they fit a kernel, such as "map lanes=1 workgroup=64". */
  readonly schedules?: readonly string[];
}

/** A device as the compiler sees it. */
export interface WhatIfTarget {
  /** What kind of device. One of another kind than the own has WebGPU's guaranteed limits and no optional features. */
  readonly class?: "cpu" | "software" | "gpu";
  /** Storage buffers that one kernel may bind; at least 4. */
  readonly storageBuffers?: number;
  /** Invocations of one workgroup; at least 64. */
  readonly workgroupInvocations?: number;
  /** Whether it computes and stores float16. */
  readonly float16?: boolean;
  /** Whether it combines values across subgroups. */
  readonly subgroups?: boolean;
}

/**
 * Every stage of the compilation of a function, compiled or not, for these arguments, as if something were otherwise. Runs nothing, so
 * there need not be such a device, and changes no statistics.
 *
 * @throws {CompileArgumentError} There is no such option, rule or schedule.
 * @throws {DTypeError} The function needs float16 and such a device has none.
 */
export function inspectAs<F extends AnyFunction>(fn: F, args: Parameters<F>, whatIf: WhatIf = {}): Inspection {
  const op = "inspectAs";
  if (typeof fn !== "function") throw new CompileArgumentError(op, `the first argument is ${describe(fn)}`, "It must be a function.");
  if (!Array.isArray(args))
    throw new CompileArgumentError(op, `the arguments are ${describe(args)}`, "Give an array of them: inspectAs(fn, [x, y]).");
  checkOptions(op, whatIf, ["target", "mode", "rulesOff", "schedules"]);
  const { target = {}, mode, rulesOff = [], schedules = [] } = whatIf;
  if (typeof target !== "object" || target === null)
    throw new CompileArgumentError(op, `target is ${describe(target)}`, "It says what the device is like, such as { storageBuffers: 4 }.");
  checkOptions(op, target, ["class", "storageBuffers", "workgroupInvocations", "float16", "subgroups"]);
  const off = rulesOff.map((name) => {
    const at = rewriteRules.findIndex((rule) => rule.name === name);
    if (at === -1) throw new CompileArgumentError(op, `there is no rule ${describe(name)}`, "`rewriteRules` has the names of all.");
    return at;
  });
  const bit = (flag: boolean | undefined): number => (flag === undefined ? -1 : Number(flag));
  const told = Int32Array.of(
    MODES.indexOf(mode ?? ""),
    CLASSES.indexOf(target.class ?? ""),
    target.storageBuffers ?? -1,
    target.workgroupInvocations ?? -1,
    bit(target.float16),
    bit(target.subgroups),
    ...off,
  );
  const inspect = inspectors.get(fn) ?? inspectors.get(compile(fn as AnyFunction))!;
  return inspect([...args], told, schedules.join("\n"));
}
