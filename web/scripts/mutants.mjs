/**
 * @file `npm run mutants`: does the suite find bugs? Seeds one bug after another (tests/mutants/mutants.mjs) in a copy of
 * the checkout and runs the tests that ought to notice. A mutant that survives fails the run, and so does one that does not
 * apply or compile any more: it proves nothing. `npm run mutants -- flip` runs those whose name contains "flip".
 *
 * The copy and its builds stay in .cache/mutants, so that a second run compiles only what changed. They cannot be built into the checkout's
 * `target`: cargo names what it builds by paths within a workspace, and would take the one for the other.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { mutants } from "../../tests/mutants/mutants.mjs";
import { build } from "./build.mjs";
import { Failure, at, capture, environment, main, say } from "./lib.mjs";
import { setup } from "./setup.mjs";
import { gpuEnvironment } from "./test.mjs";

const copy = at(".cache", "mutants");

/** Where a bug can be found: how the suite is built, which must work with the bug in, and how it is run, which must not. */
const suites = {
  compiler: nextest("-p", "interfuse-compiler", "-p", "interfuse-lanes"),
  library: nextest("-p", "interfuse"),
  cpu: nextest("-p", "interfuse-tests", "-E", "binary(cpu) | test(reference_values::)"),
  gpu: nextest("-p", "interfuse-tests", "-E", "binary(gpu) & (test(rows::) | test(differential::))"),
  package: {
    build: ["npm", "run", "--silent", "build", "--workspace", "web/interfuse"],
    run: ["npm", "run", "--silent", "test", "--workspace", "web/interfuse"],
  },
};

function nextest(...what) {
  return { build: ["cargo", "nextest", "run", "--no-run", ...what], run: ["cargo", "nextest", "run", "--fail-fast", ...what] };
}

/** Runs a command in the copy; gives its exit status and what it printed. */
function inCopy([program, ...args]) {
  const env = { ...environment, ...gpuEnvironment(), CARGO_TARGET_DIR: path.join(copy, "target") };
  const result = spawnSync(program, args, { cwd: copy, env, encoding: "utf8", maxBuffer: 1 << 28, shell: process.platform === "win32" });
  return { ok: result.status === 0, output: `${result.stdout}${result.stderr}` };
}

/** Brings the copy up to date with the working tree; a file whose content is the same keeps its time, for cargo. */
function refresh(withWasm) {
  const listed = capture("git", ["ls-files", "--cached", "--others", "--exclude-standard"]);
  if (listed === undefined) throw new Failure("mutants are seeded in a copy of what git lists: this is no git checkout");
  const wanted = new Set(listed.split("\n").filter((file) => existsSync(at(file))));
  const known = path.join(copy, ".files");
  for (const file of existsSync(known) ? readFileSync(known, "utf8").split("\n") : [])
    if (!wanted.has(file)) rmSync(path.join(copy, file), { force: true });
  for (const file of wanted) {
    const to = path.join(copy, file);
    const text = readFileSync(at(file));
    if (existsSync(to) && readFileSync(to).equals(text)) continue;
    mkdirSync(path.dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
  writeFileSync(known, [...wanted].join("\n"));
  if (!withWasm) return;
  cpSync(at("web/interfuse/pkg"), path.join(copy, "web/interfuse/pkg"), { recursive: true });
  // npm links the workspace from node_modules to the checkout; the copy needs links of its own.
  rmSync(path.join(copy, "node_modules"), { recursive: true, force: true });
  mkdirSync(path.join(copy, "node_modules"), { recursive: true });
  for (const name of readdirSync(at("node_modules"))) {
    const target = name === "interfuse" ? path.join(copy, "web/interfuse") : at("node_modules", name);
    symlinkSync(target, path.join(copy, "node_modules", name), "junction");
  }
}

/** Puts the bug in; gives what takes it out again. */
function seed({ name, file, find, replace }) {
  const target = path.join(copy, file);
  const text = readFileSync(target, "utf8");
  const places = text.split(find).length - 1;
  if (places !== 1)
    throw new Failure(`${name}: ${file} holds the text to replace ${places} times, not once; bring tests/mutants/mutants.mjs up to date`);
  writeFileSync(
    target,
    text.replace(find, () => replace),
  );
  return () => writeFileSync(target, text);
}

/** The first test that failed, by name. */
function culprit(output) {
  const plain = stripVTControlCharacters(output);
  return (plain.match(/^\s*(?:FAIL|TIMEOUT|SIGABRT|SIGSEGV)\s+\[[^\]]*\]\s+(?:\([^)]*\)\s+)?(.+)$/m) ??
    plain.match(/^\s*(?:not ok \d+ - |✖ )(.+?)(?: \(.*)?$/m))?.[1]?.trim();
}

/** Whether the suite finds a bug, and what found it. */
function verdictOf(mutant) {
  const { build, run } = suites[mutant.suite];
  const mend = seed(mutant);
  try {
    const built = inCopy(build);
    if (!built.ok) return { verdict: "BROKEN", by: `it does not compile:\n${built.output.slice(-2000)}` };
    const { ok, output } = inCopy(run);
    return ok ? { verdict: "SURVIVED" } : { verdict: "found", by: culprit(output) ?? "the suite failed" };
  } finally {
    mend();
  }
}

await main(import.meta, async (args) => {
  const chosen = mutants.filter(({ name }) => args.length === 0 || args.some((part) => name.includes(part)));
  if (chosen.length === 0)
    throw new Failure(`no mutant's name contains ${args.join(" or ")}: there are ${mutants.map(({ name }) => name).join("; ")}`);
  await setup("test");
  // What crosses to JavaScript is built once, without bugs: they are seeded in the package's TypeScript.
  const crosses = chosen.some(({ suite }) => suite === "package");
  if (crosses) await build({ last: "package" });
  refresh(crosses);
  for (const name of new Set(chosen.map(({ suite }) => suite))) {
    say(`mutants: ${name} without a bug`);
    for (const command of [suites[name].build, suites[name].run]) {
      const { ok, output } = inCopy(command);
      if (!ok) throw new Failure(`${output}\nwithout any bug \`${command.join(" ")}\` fails already`);
    }
  }
  const rows = [];
  for (const mutant of chosen) {
    const started = Date.now();
    const { verdict, by } = verdictOf(mutant);
    const row = `${verdict.padEnd(8)}${((Date.now() - started) / 1000).toFixed(0).padStart(6)} s  ${mutant.name}${by ? `  <- ${by}` : ""}`;
    say(`mutants: ${row}`);
    rows.push({ row, verdict });
  }
  console.log();
  for (const { row } of rows) console.log(row);
  const found = rows.filter(({ verdict }) => verdict === "found").length;
  console.log(`\n${found} of ${rows.length} found`);
  if (found < rows.length) process.exitCode = 1;
});
