/**
 * @file Builds the package into dist: TypeScript, the glue of wasm-bindgen, the Wasm file, and the Wasm once more as a lazily imported
 * chunk, as is the translator. Expects both in pkg (`npm run build` at the root makes them). `--licenses` copies the texts that a published package needs.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const at = (...parts) => path.join(fileURLToPath(new URL("..", import.meta.url)), ...parts);

/** wasm-bindgen's own loader would make bundlers ship the Wasm file twice: the package loads it itself. */
function withoutLoader(name, glue) {
  const line = new RegExp(`^.*new URL\\('${name}_bg\\.wasm', import\\.meta\\.url\\);$`, "m");
  if (!line.test(glue)) throw new Error("the glue of wasm-bindgen has changed its form: look at scripts/build.mjs");
  return glue.replace(line, "        throw new Error('this Wasm is loaded by the package itself');");
}

rmSync(at("dist"), { recursive: true, force: true });
mkdirSync(at("dist"));
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const { status } = spawnSync(process.execPath, [tsc, "--project", at("tsconfig.json")], { stdio: "inherit" });
if (status !== 0) process.exit(status ?? 1);

/** Puts a module of pkg into dist: its glue, and its Wasm as a chunk that is imported lazily. */
function bundle(name, chunk) {
  const wasm = readFileSync(at("pkg", `${name}_bg.wasm`));
  writeFileSync(at("dist", `${chunk}.js`), `export default "${gzipSync(wasm, { level: 9 }).toString("base64")}";\n`);
  copyFileSync(at("src", `${chunk}.d.ts`), at("dist", `${chunk}.d.ts`));
  writeFileSync(at("dist", `${name}.js`), withoutLoader(name, readFileSync(at("pkg", `${name}.js`), "utf8")));
  copyFileSync(at("pkg", `${name}.d.ts`), at("dist", `${name}.d.ts`));
  return wasm;
}

writeFileSync(at("dist", "interfuse.wasm"), bundle("interfuse_wasm", "wasm.inline"));
bundle("interfuse_translate", "translate.inline");
if (process.argv.includes("--licenses")) for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(at("..", "..", name), at(name));
