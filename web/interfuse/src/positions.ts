/**
 * @file Where in the user's program an op was called. Off by default, because looking at the stack costs microseconds per op; on during
 * an inspection and after `devtools.recordSources(true)`.
 */
import { first } from "./first.js";
import { core } from "./core.js";
import { check, flag } from "./options.js";

/** Is it on? */
export let recording = false;

/** Asked for by the user, apart from inspections. */
let wanted = false;
let inspections = 0;

/** Whether every op remembers where it was called. */
export function recordSources(on: boolean): void {
  check("recordSources", "the argument", on, flag);
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

/** Places that were parsed already, by their line of a stack. */
const parsed = new Map<string, Position | null>();
let last = "";

function place(line: string): Position | null {
  let position = parsed.get(line);
  if (position === undefined) {
    // Programs have fewer lines, unless they make code as they go.
    if (parsed.size > 10_000) parsed.clear();
    parsed.set(line, (position = parse(line)));
  }
  return position;
}

/** The frames of a stack, innermost first. */
function* frames(stack: string): Generator<string> {
  // V8 puts the message before them.
  let from = stack.startsWith("Error") ? stack.indexOf("\n") + 1 : 0;
  while (from < stack.length) {
    const end = stack.indexOf("\n", from);
    yield stack.slice(from, end === -1 ? undefined : end);
    if (end === -1) return;
    from = end + 1;
  }
}

function innermost(stack: string): Position | null {
  for (const line of frames(stack)) return place(line);
  return null;
}

/*
 * Which code is the package's own? As it is published, every file of its directory. In a bundle the program may lie in the same
 * file: there it is what lies between the module that is evaluated first and `init`, which is evaluated last. (`import.meta.url` does
 * not say: webpack puts the address of the module before bundling in its place.)
 */
const start = innermost(first);
const directory =
  start !== null && /\/first\.js$/.test(start.file.replace(/[?#].*$/, "")) ? start.file.replace(/first\.js.*$/, "") : undefined;
let end: Position | null = null;

/** Tells where `init` is, by the stack of one of its lines. */
export function enter(stack: string | undefined): void {
  if (directory === undefined) end ??= innermost(stack ?? "");
}

const isBefore = (a: Position, b: Position): boolean => a.line < b.line || (a.line === b.line && a.column <= b.column);

function isOwn(line: string): boolean {
  const at = place(line);
  // Native functions and Wasm have no place in a file.
  if (at === null || start === null || /^wasm:|\.wasm$|^<anonymous>$/.test(at.file)) return true;
  if (directory !== undefined) return at.file.startsWith(directory);
  return at.file === start.file && isBefore(start, at) && (end === null || isBefore(at, end));
}

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
  const position = place(line);
  if (position !== null) core.setPosition(position.file, position.line, position.column);
}

/** The innermost frame of a stack that is not of this package. */
function callerLine(stack: string): string {
  for (const line of frames(stack)) if (!isOwn(line)) return line;
  return "";
}

/** "at f (file:1:2)" of V8, "f@file:1:2" of the others. */
function parse(line: string): Position | null {
  const match = /(?:\(|@|at (?:async )?)((?:[^()@]|@(?=[^@]*\/))*?):(\d+):(\d+)\)?$/.exec(line.trim());
  if (match === null) return null;
  return { file: match[1]!, line: Number(match[2]), column: Number(match[3]) };
}
