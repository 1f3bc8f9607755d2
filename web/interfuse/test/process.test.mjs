/**
 * @file What a process of its own decides: INTERFUSE_DISABLE_COMPILE is looked at once, only one function is the very first, and a seed may
 * be given before there is a core.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** Runs a script; gives what it prints, as JSON. */
function run(script, settings = {}) {
  const env = { ...process.env, ...settings };
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd: import.meta.dirname, env, encoding: "utf8" }),
  );
}

/** Runs a function three times as the first thing that a process does; gives how often it was traced or run, and its statistics. */
function first(settings = {}, before = "") {
  return run(
    `
    const { compile, enableCompile, init, ones } = await import("interfuse");
    ${before}
    await init({ device: "cpu" });
    let runs = 0;
    const f = compile((x) => (runs++, x.mul(2)));
    for (let i = 0; i < 3; i++) f(ones([3]));
    const { hits, misses, fallbacks, traces } = f.stats;
    console.log(JSON.stringify({ runs, hits, misses, fallbacks, traces }));`,
    settings,
  );
}

const compiled = { runs: 1, hits: 2, misses: 1, fallbacks: 0, traces: 1 };
const disabled = { runs: 3, hits: 0, misses: 0, fallbacks: 0, traces: 0 };

test("S14: the very first function of a process is traced once", () => assert.deepEqual(first(), compiled));

test("S13: INTERFUSE_DISABLE_COMPILE disables by its value, not by being defined", () => {
  for (const value of ["", "0", "false"]) assert.deepEqual(first({ INTERFUSE_DISABLE_COMPILE: value }), compiled, `"${value}"`);
  for (const value of ["1", "true", "yes"]) assert.deepEqual(first({ INTERFUSE_DISABLE_COMPILE: value }), disabled, `"${value}"`);
  assert.deepEqual(first({}, "globalThis.INTERFUSE_DISABLE_COMPILE = true;"), disabled, "a global");
  assert.deepEqual(first({ INTERFUSE_DISABLE_COMPILE: "1" }, "enableCompile();"), compiled, "enableCompile overrides it");
});

test("a seed from before init is the seed of initial values and layers", () => {
  for (const make of ["nn.init.normal([4])", "new nn.Linear(2, 2).weight", "new nn.Dropout().forward(ones([16]))"]) {
    const [early, late] = run(`
      const { init, nn, ones, random } = await import("interfuse");
      random.seed(3);
      await init({ device: "cpu" });
      const early = await ${make}.array();
      random.seed(3);
      console.log(JSON.stringify([early, await ${make}.array()]));`);
    assert.deepEqual(early, late, make);
  }
});
