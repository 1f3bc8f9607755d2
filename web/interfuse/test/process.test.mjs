/** @file What a process of its own decides: INTERFUSE_DISABLE_COMPILE is looked at once, and only one function is the very first. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

/** Runs a function three times as the first thing that a process does; gives how often it was traced or run, and its statistics. */
function first(settings = {}, before = "") {
  const script = `
    const { compile, enableCompile, init, ones } = await import("interfuse");
    ${before}
    await init({ device: "cpu" });
    let runs = 0;
    const f = compile((x) => (runs++, x.mul(2)));
    for (let i = 0; i < 3; i++) f(ones([3]));
    const { hits, misses, fallbacks, traces } = f.stats;
    console.log(JSON.stringify({ runs, hits, misses, fallbacks, traces }));`;
  const env = { ...process.env, ...settings };
  return JSON.parse(
    execFileSync(process.execPath, ["--input-type=module", "--eval", script], { cwd: import.meta.dirname, env, encoding: "utf8" }),
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
