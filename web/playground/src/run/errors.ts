/**
 * @file Errors of a program as plain data, with the place in the program that they come from. Apart from `program.ts` so that
 * the worker can start without what that one needs.
 */
import type { ProgramError } from "../protocol.ts";

/** The name of the program in stack traces and in recorded source positions. */
export const PROGRAM_FILE = "program.ts";

/** Describes anything thrown by a program, with the place in the program if one can be told. */
export function describeError(thrown: unknown): ProgramError {
  if (!(thrown instanceof Error)) return { name: "Error", message: `the program threw ${String(thrown)}` };
  const { name, message, stack } = thrown;
  const error: ProgramError = { name, message };
  const { hint, loc } = thrown as { hint?: unknown; loc?: { line: number; column: number } };
  if (typeof hint === "string" && !message.includes(hint)) error.hint = hint;
  const place = loc ?? programPosition(stack ?? "");
  if (place !== undefined) {
    error.line = place.line;
    error.column = place.column;
  }
  // Sucrase names the file and repeats the position; the page shows the position itself.
  error.message = message.replace(/^Error transforming program\.ts: /, "").replace(/ \(\d+:\d+\)$/, "");
  return error;
}

/** Where the program was imported from. WebKit names a module by that, whatever name its text asks for. */
let address = PROGRAM_FILE;

/** From now on that is the program. */
export function importedFrom(url: string): void {
  address = url;
}

/** The innermost position in the program that a stack trace names. */
export function programPosition(stack: string): { line: number; column: number } | undefined {
  const match = /program\.ts:(\d+):(\d+)/.exec(stack.replaceAll(address, PROGRAM_FILE));
  return match === null ? undefined : { line: Number(match[1]), column: Number(match[2]) };
}
