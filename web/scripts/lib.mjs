/**
 * @file What every script of the front door shares: running commands, saying what happens, and stamps.
 *
 * Plain Node without dependencies, because `npm test` starts here on a clean checkout, before there is a
 * `node_modules`. A stamp is a hash of a step's inputs, kept under `.cache/stamps`; a step whose inputs and
 * outputs are as they were is skipped. Nothing here knows what the steps are.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/** The repository's root directory. */
export const root = path.resolve(fileURLToPath(new URL("../..", import.meta.url)));

/** An absolute path from one relative to the root. */
export const at = (...parts) => path.join(root, ...parts);

const cargoHome = process.env.CARGO_HOME ?? path.join(homedir(), ".cargo");

/** Tools that would clash with a globally installed version live here, in the checkout. */
export const localTools = at(".cache", "tools");

/**
 * The environment of every command we start: npm's and cargo's installed programs are on the path whether or not
 * the user's shell put them there, ours first.
 */
export const environment = {
  ...process.env,
  PATH: [
    at("node_modules", ".bin"),
    path.join(localTools, "bin"),
    path.join(localTools, "node_modules", ".bin"),
    path.join(cargoHome, "bin"),
    process.env.PATH ?? "",
  ].join(path.delimiter),
};

/** A failure that a person can act on: printed as its message alone, without a stack. */
export class Failure extends Error {}

const started = Date.now();

/** Says what is done now, with the seconds since the script began. */
export function say(text) {
  const seconds = ((Date.now() - started) / 1000).toFixed(0).padStart(4);
  console.log(`${process.stdout.isTTY ? `\x1b[2m${seconds}s\x1b[0m` : `${seconds}s`} ${text}`);
}

const windows = process.platform === "win32";

/** Runs a command with its output shown; throws a `Failure` naming it when it does not end with 0. */
export function run(command, args, { cwd = root, env = {}, hint = "" } = {}) {
  const result = spawnSync(command, args, { cwd, env: { ...environment, ...env }, stdio: "inherit", shell: windows });
  if (result.status !== 0) {
    const why = result.error ? result.error.message : result.signal ? `signal ${result.signal}` : `exit code ${result.status}`;
    throw new Failure(`\`${[command, ...args].join(" ")}\` failed (${why})${hint && `\n${hint}`}`);
  }
}

/** A command's standard output, trimmed, or `undefined` when it is missing or fails. */
export function capture(command, args, { cwd = root, env = {} } = {}) {
  const result = spawnSync(command, args, { cwd, env: { ...environment, ...env }, encoding: "utf8", shell: windows });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** The full path of a program on the path, or `undefined`. */
export function which(program) {
  const names = windows ? [`${program}.exe`, `${program}.cmd`] : [program];
  for (const directory of environment.PATH.split(path.delimiter)) {
    for (const name of names) {
      const candidate = path.join(directory, name);
      if (directory && existsSync(candidate)) return candidate;
    }
  }
  return undefined;
}

/** Every file under the given paths (relative to the root), sorted, without build outputs. */
export function files(paths) {
  const skip = new Set(["node_modules", "target", "dist", "pkg", ".cache", "artifacts"]);
  const found = [];
  const pending = [...paths];
  while (pending.length > 0) {
    const relative = pending.pop();
    const absolute = at(relative);
    if (!existsSync(absolute)) continue;
    if (statSync(absolute).isDirectory()) {
      for (const name of readdirSync(absolute)) if (!skip.has(name)) pending.push(path.posix.join(relative, name));
    } else found.push(relative);
  }
  return found.sort();
}

/** The hash of the names and contents of files and of any further strings. */
export function hash(paths, ...more) {
  const digest = createHash("sha256");
  for (const file of files(paths))
    digest
      .update(`${file}\0`)
      .update(readFileSync(at(file)))
      .update("\0");
  for (const text of more) digest.update(`${text}\0`);
  return digest.digest("hex");
}

const stampFile = (name) => at(".cache", "stamps", name);

/** Was the step `name` last done with the same `key`, and are all `outputs` (paths relative to the root) still there? */
export function isDone(name, key, outputs) {
  const stamp = stampFile(name);
  return existsSync(stamp) && outputs.every((output) => existsSync(at(output))) && readFileSync(stamp, "utf8") === key;
}

/**
 * Does `work` unless the step `name` was last done with the same `key` and all `outputs` (paths relative to the
 * root) are still there. The stamp is removed first, so that a step that dies half-way is done again.
 */
export async function step(name, key, outputs, work) {
  const stamp = stampFile(name);
  const value = typeof key === "function" ? key : () => key;
  if (isDone(name, value(), outputs)) {
    say(`${name}: up to date`);
    return false;
  }
  rmSync(stamp, { force: true });
  await work();
  for (const output of outputs) if (!existsSync(at(output))) throw new Failure(`${name}: ended without writing ${output}`);
  mkdirSync(path.dirname(stamp), { recursive: true });
  writeFileSync(stamp, value());
  return true;
}

/**
 * Runs a script's `body` when it is the program itself (not imported), and turns a `Failure` into one line.
 *
 * @param {ImportMeta} meta
 * @param {(words: string[], options: Record<string, any>) => unknown} body
 * @param {import("node:util").ParseArgsConfig["options"]} [options] which the script takes; others are refused
 */
export async function main(meta, body, options = {}) {
  if (!process.argv[1] || meta.url !== pathToFileURL(process.argv[1]).href) return;
  try {
    const { positionals, values } = parsed(options);
    await body(positionals, values);
  } catch (error) {
    console.error(error instanceof Failure ? `\nerror: ${error.message}` : error);
    process.exitCode = 1;
  }
}

function parsed(options) {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Failure(error.message);
  }
}
