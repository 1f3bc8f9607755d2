/**
 * @file Builds the package into dist: TypeScript, the glue of wasm-bindgen, the Wasm whole and in parts, and the parts once more as
 * lazily imported chunks, as is the translator. Expects them in pkg (`npm run build` at the root makes them). `--licenses`
 * copies the texts that a published package needs.
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

/** The core of a Wasm in parts imports the function that brings them, which wasm-bindgen knows nothing of. */
function withParts(name, glue) {
  const entry = `"./${name}_bg.js": import0,`;
  if (glue.split(entry).length !== 2) throw new Error("the glue of wasm-bindgen has changed its form: look at scripts/build.mjs");
  return `import * as parts from "./parts.js";\n${glue.replace(entry, `${entry}\n        parts,`)}`;
}

/** The glue takes whatever it is given for a string, and the length of what is none is an old one: such a value must not get so far. */
function withStrings(glue) {
  const entry = "function passStringToWasm0(arg, malloc, realloc) {";
  if (glue.split(entry).length !== 2) throw new Error("the glue of wasm-bindgen has changed its form: look at scripts/build.mjs");
  return `import { noText } from "./options.js";\n${glue.replace(entry, `${entry}\n    if (typeof arg !== 'string') noText(arg);`)}`;
}

/** The glue as a function: wasm-bindgen's starts one instance per module, and one that panicked is good for nothing. */
function asFunction(text) {
  const names = Array.from(text.matchAll(/^export (?:async )?function (\w+)/gm), ([, name]) => name);
  const last = /^export \{ initSync, __wbg_init as default \};$/m;
  const own = /^import .*\n/gm;
  const body = text
    .replace(own, "")
    .replace(last, "")
    .replace(/^export (?=(?:async )?function )/gm, "");
  if (names.length < 100 || !last.test(text) || /^(?:export|import) /m.test(body))
    throw new Error("the glue of wasm-bindgen has changed its form: look at scripts/build.mjs");
  return `${text.match(own).join("")}\nexport function fresh() {\n${body}\nreturn { initSync, ${names.join(", ")} };\n}\n`;
}

/** The glue of a module of pkg, without wasm-bindgen's loader, and with strings that are checked. */
const glue = (name) => withStrings(withoutLoader(name, readFileSync(at("pkg", `${name}.js`), "utf8")));

/** Puts a Wasm file of pkg into dist as a chunk that is imported lazily. */
function chunk(file, name) {
  writeFileSync(
    at("dist", `${name}.js`),
    `export default "${gzipSync(readFileSync(at("pkg", file)), { level: 9 }).toString("base64")}";\n`,
  );
  copyFileSync(at("src", `${name}.d.ts`), at("dist", `${name}.d.ts`));
}

writeFileSync(at("dist", "glue.js"), asFunction(withParts("interfuse_wasm", glue("interfuse_wasm"))));
for (const [from, name] of [
  ["src", "glue"],
  ["pkg", "interfuse_wasm"],
  ["pkg", "interfuse_translate"],
])
  copyFileSync(at(from, `${name}.d.ts`), at("dist", `${name}.d.ts`));
copyFileSync(at("pkg", "interfuse_wasm_bg.wasm"), at("dist", "interfuse.wasm"));
for (const part of ["core", "gpu", "training", "remote"]) {
  copyFileSync(at("pkg", `${part}.wasm`), at("dist", `${part}.wasm`));
  chunk(`${part}.wasm`, `${part}.inline`);
}
writeFileSync(at("dist", "interfuse_translate.js"), glue("interfuse_translate"));
chunk("interfuse_translate_bg.wasm", "translate.inline");
if (process.argv.includes("--licenses")) for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(at("..", "..", name), at(name));
