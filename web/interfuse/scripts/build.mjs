/**
 * @file Builds the package into dist: TypeScript, the glue of wasm-bindgen, the Wasm file, and the Wasm once more as a lazily imported
 * chunk. Expects the core in pkg (`npm run build` at the root makes it). `--licenses` copies the texts that a published package needs.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const at = (...parts) => path.join(fileURLToPath(new URL("..", import.meta.url)), ...parts);

/** wasm-bindgen's own loader would make bundlers ship the Wasm file twice: the package loads it itself. */
function withoutLoader(glue) {
  const line = /^.*new URL\('interfuse_wasm_bg\.wasm', import\.meta\.url\);$/m;
  if (!line.test(glue)) throw new Error("the glue of wasm-bindgen has changed its form: look at scripts/build.mjs");
  return glue.replace(line, "        throw new Error('the Wasm core is loaded by init()');");
}

rmSync(at("dist"), { recursive: true, force: true });
mkdirSync(at("dist"));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "--project", at("tsconfig.json")], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

const wasm = readFileSync(at("pkg", "interfuse_wasm_bg.wasm"));
writeFileSync(at("dist", "interfuse.wasm"), wasm);
writeFileSync(at("dist", "wasm.inline.js"), `export default "${gzipSync(wasm, { level: 9 }).toString("base64")}";\n`);
copyFileSync(at("src", "wasm.inline.d.ts"), at("dist", "wasm.inline.d.ts"));
writeFileSync(at("dist", "interfuse_wasm.js"), withoutLoader(readFileSync(at("pkg", "interfuse_wasm.js"), "utf8")));
copyFileSync(at("pkg", "interfuse_wasm.d.ts"), at("dist", "interfuse_wasm.d.ts"));
if (process.argv.includes("--licenses")) for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(at("..", "..", name), at(name));
