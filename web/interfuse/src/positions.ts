/**
 * @file Where in the user's program an op was called. Off by default, because looking at the stack costs microseconds per op; on during
 * an inspection and after `devtools.recordSources(true)`.
 */
import { core } from "./core.js";

/** Is it on? */
export let recording = false;

/** Asked for by the user, apart from inspections. */
let wanted = false;
let inspections = 0;

/** Whether every op remembers where it was called. */
export function recordSources(on: boolean): void {
  wanted = on;
  update();
}

/** Records while `work` runs. */
export function whileRecording<T>(work: () => T): T {
  inspections++;
  update();
  try {
    return work();
  } finally {
    inspections--;
    update();
  }
}

function update(): void {
  const now = wanted || inspections > 0;
  if (now === recording) return;
  recording = now;
  core.recordSources(now);
  last = "";
}

interface Position {
  file: string;
  line: number;
  column: number;
}

/** The directory of this package, as it stands in stack traces. A bundle is one file: then it is the bundle. */
const own = import.meta.url.replace(/[^/]*$/, "");
const bundled = !/\/positions\.js$/.test(import.meta.url.replace(/[?#].*$/, ""));
const isOwn = (line: string): boolean => line.includes(bundled ? import.meta.url : own) || line.includes("wasm://") || line.includes("<anonymous>");

/** Lines of stacks that were parsed already. */
const parsed = new Map<string, Position | null>();
let last = "";

/** Tells the core where the op that follows is called. */
export function markPosition(): void {
  const limit = Error.stackTraceLimit;
  // A few frames of this package, then the caller.
  Error.stackTraceLimit = 12;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  const line = callerLine(stack);
  if (line === last) return;
  last = line;
  let position = parsed.get(line);
  if (position === undefined) {
    position = parse(line);
    parsed.set(line, position);
  }
  if (position !== null) core.setPosition(position.file, position.line, position.column);
}

/** The first line of a stack that is not of this package. */
function callerLine(stack: string): string {
  let from = stack.startsWith("Error") ? stack.indexOf("\n") + 1 : 0;
  while (from < stack.length) {
    const end = stack.indexOf("\n", from);
    const line = stack.slice(from, end === -1 ? undefined : end);
    if (!isOwn(line)) return line;
    if (end === -1) break;
    from = end + 1;
  }
  return "";
}

/** "at f (file:1:2)" of V8, "f@file:1:2" of the others. */
function parse(line: string): Position | null {
  const match = /(?:\(|@|at (?:async )?)((?:[^()@]|@(?=[^@]*\/))*?):(\d+):(\d+)\)?$/.exec(line.trim());
  if (match === null) return null;
  return { file: match[1]!, line: Number(match[2]), column: Number(match[3]) };
}
