/**
 * @file Compiles WGSL with Tint, Chrome's compiler, on the software adapter: every shader in `shaders/` and every
 * `.wgsl` file below `tests/`. naga accepts some programs that Tint refuses (divergent barriers, literals, deep
 * nesting), and only the browser tells. Prints the counts as node:test does, for test.mjs.
 *
 * The software adapter has no `shader-f16`: files that enable it are listed and left to the native tests.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { launch } from "./chromium.mjs";
import { Failure, at, files, main } from "./lib.mjs";
import { serve } from "./serve.mjs";

/** Runs in the page: the errors of each source, module and pipelines; an empty text means that Tint takes it. */
async function compile(sources) {
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) throw new Error("requestAdapter() gave null");
  const device = await adapter.requestDevice({
    requiredFeatures: [...adapter.features].filter((name) => name === "subgroups"),
    requiredLimits: { maxStorageBuffersPerShaderStage: adapter.limits.maxStorageBuffersPerShaderStage },
  });
  const results = [];
  for (const code of sources) {
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ code });
    const { messages } = await module.getCompilationInfo();
    const scope = await device.popErrorScope();
    const errors = messages
      .filter(({ type }) => type === "error")
      .map(({ lineNum, linePos, message }) => `${lineNum}:${linePos} ${message}`);
    if (scope && errors.length === 0) errors.push(scope.message);
    // Limits and what the backend makes of the program are looked at only when a pipeline is made.
    if (errors.length === 0) {
      for (const [, entryPoint] of code.matchAll(/@compute\b[^{]*?\bfn\s+(\w+)/g)) {
        await device
          .createComputePipelineAsync({ layout: "auto", compute: { module, entryPoint } })
          .catch((error) => errors.push(`${entryPoint}: ${error.message}`));
      }
    }
    results.push(errors.join("\n"));
  }
  device.destroy();
  return results;
}

/**
 * What Tint says of each source, in order: its errors, or "" where it has none.
 *
 * @param {string[]} sources
 * @returns {Promise<string[]>}
 */
export async function compileWithTint(sources) {
  const empty = mkdtempSync(path.join(tmpdir(), "interfuse-"));
  const server = await serve(empty);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    return await page.evaluate(compile, sources);
  } finally {
    await browser.close();
    await server.close();
    rmSync(empty, { recursive: true });
  }
}

await main(import.meta, async (args) => {
  const names = files(args.length > 0 ? args : ["shaders", "tests"]).filter((name) => name.endsWith(".wgsl"));
  if (names.length === 0) throw new Failure("no .wgsl file to compile");
  const sources = names.map((name) => ({ name, code: readFileSync(at(name), "utf8") }));
  const half = sources.filter(({ code }) => /^\s*enable\s+f16\s*;/m.test(code));
  const full = sources.filter((source) => !half.includes(source));
  const results = await compileWithTint(full.map(({ code }) => code));
  results.forEach((errors, index) => errors && console.log(`not ok ${full[index].name}\n${errors.replace(/^/gm, "    ")}`));
  for (const { name } of half) console.log(`float16, native only: ${name}`);
  const failed = results.filter(Boolean).length;
  console.log(`# pass ${results.length - failed}\n# fail ${failed}`);
  if (failed > 0) process.exitCode = 1;
});
