/**
 * @file `npm run bench`: the timed claims, natively and in the package; prints tables, judges nothing. Numbers mean
 * something only with the machine and the command beside them, so both are printed first.
 */
import { cpus } from "node:os";
import { existsSync, readFileSync } from "node:fs";
import { build } from "./build.mjs";
import { at, capture, main, run, say } from "./lib.mjs";
import { setup } from "./setup.mjs";

await main(import.meta, async (args) => {
  await setup("test");
  const processors = cpus();
  say(`bench: ${processors.length} x ${processors[0]?.model.trim()}, Node ${process.version}, ${capture("rustc", ["--version"])}`);
  run("cargo", ["run", "--quiet", "--release", "--package", "interfuse-xtask", "--", "bench", ...args]);
  await build();
  for (const workspace of ["web/interfuse", "web/playground"]) {
    const manifest = at(workspace, "package.json");
    if (!existsSync(manifest) || !JSON.parse(readFileSync(manifest, "utf8")).scripts?.bench) continue;
    say(`bench: ${workspace}`);
    run("npm", ["run", "--silent", "bench", "--workspace", workspace, ...(args.length > 0 ? ["--", ...args] : [])]);
  }
});
