/** @file Runs the suites in a page and gives plain results. */
import { summary } from "../suites/contract.mjs";
import suites from "../suites/index.mjs";

/** On a device by name. */
export async function run(kind, examples) {
  const interfuse = await import("/dist/index.js");
  const devtools = await import("/dist/devtools.js");
  const { tableOps } = await import("/dist/methods.gen.js");
  globalThis.INTERFUSE_DISABLE_COMPILE = "0";
  await interfuse.init({ device: kind });
  const results = [];
  const context = { interfuse, devtools, kind, tableOps, examples, gc: globalThis.gc };
  for (const [name, test] of suites(context)) {
    const started = performance.now();
    let error;
    try {
      await test();
    } catch (caught) {
      error = `${caught?.name}: ${caught?.message}\n${caught?.stack}`;
      // A test that failed in the middle may have left these changed.
      interfuse.setDevice(kind);
      interfuse.enableCompile();
    }
    results.push({ name, error, ms: performance.now() - started });
  }
  return { results, table: summary(context), device: interfuse.device(), dispatches: devtools.counters().dispatches };
}
