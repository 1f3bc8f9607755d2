/** @file What `compile` does, for all functions: on, off, or without some of its passes. May be set before `init`. */
import { core, state } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";

/** What compiled functions do; "disabled" calls the originals. */
export type CompileMode = "enabled" | "no-fuse" | "no-simplify" | "disabled";

const modes: readonly string[] = ["enabled", "no-fuse", "no-simplify", "disabled"] satisfies CompileMode[];

/** What was asked for; a core that is fresh does not know. */
let wanted: CompileMode | undefined;
let asked = false;

/** Sets what compiled functions do from now on; their caches stay. */
export function setCompileMode(mode: CompileMode): void {
  if (!modes.includes(mode)) {
    throw new CompileArgumentError(
      "setCompileMode",
      `${describe(mode)} is not a mode`,
      `The modes are ${modes.map((name) => `"${name}"`).join(", ")}.`,
    );
  }
  wanted = mode;
  asked = true;
  if (state === "ready") checkMode();
}

/** Compiled functions compile, whatever the environment says. */
export function enableCompile(): void {
  setCompileMode("enabled");
}

/** Compiled functions call the originals. */
export function disableCompile(): void {
  setCompileMode("disabled");
}

/** Tells the core what was asked for before it was there. Without a wish INTERFUSE_DISABLE_COMPILE decides, the first time. */
export function checkMode(): void {
  if (!asked) {
    asked = true;
    if (settings().some((value) => core.disables(value))) wanted = "disabled";
  }
  if (wanted === undefined) return;
  core.setCompileMode(wanted);
}

/** The values of INTERFUSE_DISABLE_COMPILE: a global, an environment variable, a part of the page's address. */
function settings(): string[] {
  const name = "INTERFUSE_DISABLE_COMPILE";
  const host = globalThis as { [name]?: unknown; process?: { env?: Record<string, string | undefined> }; location?: { search?: string } };
  const values: unknown[] = [host[name]];
  try {
    values.push(host.process?.env?.[name]);
  } catch {
    // Deno refuses to look unless it is allowed to: then nothing was asked for.
  }
  const query = new URLSearchParams(host.location?.search ?? "");
  // Without a value a part of an address means yes.
  for (const key of [name, "disableCompile"]) if (query.has(key)) values.push(query.get(key) === "" ? "1" : query.get(key));
  return values.filter((value) => value !== undefined && value !== null).map(String);
}
