/**
 * @file `npm run build`: Wasm into web/interfuse/pkg, the package into web/interfuse/dist, the page into
 * web/playground/dist. Afterwards `import("interfuse")` resolves from the root. Each step is skipped while the
 * content of its inputs is unchanged; `npm run build -- --force` does all of them, `-- --dev` takes the quick and
 * slow-running Wasm profile, for iterating.
 */
import { existsSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Failure, at, capture, hash, main, run, say, step } from "./lib.mjs";
import { setup } from "./setup.mjs";

/** The Wasm file as it ships, relative to the root. */
export const wasmFile = "web/interfuse/pkg/interfuse_wasm_bg.wasm";

const wasmInputs = ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "crate/lanes", "crate/compiler", "crate/runtime", "crate/interfuse", "crate/wasm", "web/scripts/build.mjs"];
const translateInputs = ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "crate/translate", "web/scripts/build.mjs"];
const packageInputs = ["package-lock.json", "web/interfuse"];
const pageInputs = ["package-lock.json", "web/playground"];

/** The size of a file on the wire: gzipped at level 9, as a static host stores it. */
export const gzippedBytes = (file) => gzipSync(readFileSync(file), { level: 9 }).length;

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;

/**
 * Builds what is out of date, as far as `last` ("wasm", "package" or "page"). `force` builds everything; `profile` is
 * the cargo profile of the Wasm.
 */
export async function build({ force = false, profile = "wasm", last = "page" } = {}) {
  if (force) for (const name of ["wasm", "translator", "package", "page"]) rmSync(at(".cache", "stamps", name), { force: true });
  const wasmKey = hash(wasmInputs, capture("rustc", ["--version"]) ?? "", profile);
  await step("wasm", wasmKey, [wasmFile, "web/interfuse/pkg/interfuse_wasm.js", "web/interfuse/pkg/interfuse_wasm.d.ts"], () => wasm("crate/wasm", "interfuse_wasm", profile));
  // Its own module: nobody loads it but who asks for a kernel in another language.
  const translateKey = hash(translateInputs, capture("rustc", ["--version"]) ?? "", profile);
  const translateOutputs = [".js", ".d.ts", "_bg.wasm"].map((end) => `web/interfuse/pkg/interfuse_translate${end}`);
  await step("translator", translateKey, translateOutputs, () => wasm("crate/translate", "interfuse_translate", profile, ["wgsl"]));
  if (last === "wasm") return;

  const packageKey = hash(packageInputs, wasmKey, translateKey);
  await step("package", packageKey, ["web/interfuse/dist"], () => {
    say("package: compiling web/interfuse to web/interfuse/dist");
    run("npm", ["run", "--silent", "build", "--workspace", "web/interfuse"]);
  });
  resolves();
  if (last === "package") return;

  await step("page", hash(pageInputs, packageKey), ["web/playground/dist/index.html"], () => {
    say("page: building web/playground to web/playground/dist");
    run("npm", ["run", "--silent", "build", "--workspace", "web/playground"]);
  });
}

/** Compiles a crate to web/interfuse/pkg as `name`. */
function wasm(crate, name, profile, features = []) {
  say(`wasm: compiling ${crate} with wasm-pack (cargo profile \`${profile}\`); minutes the first time`);
  // A RUSTFLAGS in the environment would silently replace those of .cargo/config.toml, SIMD among them.
  const env = process.env.RUSTFLAGS ? { RUSTFLAGS: `${process.env.RUSTFLAGS} -C target-feature=+simd128` } : {};
  // wasm-pack would run wasm-opt with flags of its own choice, or download one: we run the pinned one ourselves.
  const options = ["--target", "web", "--no-pack", "--no-opt", "--out-name", name, "--out-dir", at("web/interfuse/pkg")];
  run("wasm-pack", ["--log-level", "error", "build", at(crate), ...options, "--profile", profile, ...features.flatMap((feature) => ["--features", feature])], { env });
  if (profile !== "wasm") return;

  const file = at(`web/interfuse/pkg/${name}_bg.wasm`);
  const unoptimised = statSync(file).size;
  const optimised = `${file}.opt`;
  // Exactly the extensions beyond the first version of Wasm that rustc emits for this target: binaryen must not add others.
  const extensions = ["simd", "bulk-memory", "bulk-memory-opt", "sign-ext", "nontrapping-float-to-int", "mutable-globals", "reference-types", "multivalue"];
  // Bodies that are inlined again no longer repeat what gzip has seen: 30 kB on the wire.
  run("wasm-opt", ["-Os", "--skip-pass=inlining-optimizing", ...extensions.map((name) => `--enable-${name}`), "--strip-producers", file, "-o", optimised]);
  renameSync(optimised, file);
  const bytes = statSync(file).size;
  say(`wasm: ${kilobytes(unoptimised)} from rustc, ${kilobytes(bytes)} after wasm-opt, ${kilobytes(gzippedBytes(file))} gzipped`);
}

/** The promise of `npm run build`: what a program at the root imports as "interfuse" is the package just built. */
function resolves() {
  const script = 'await import("interfuse")';
  const result = capture(process.execPath, ["--input-type=module", "--eval", script]);
  if (result === undefined) {
    const linked = existsSync(at("node_modules/interfuse"));
    throw new Failure(`after the build, ${script} fails at the root: ${linked ? "see web/interfuse/package.json, `exports`" : "npm has not linked the workspace, run `npm install`"}`);
  }
}

await main(import.meta, async (args) => {
  await setup("start");
  await build({ force: args.includes("--force"), profile: args.includes("--dev") ? "wasm-dev" : "wasm" });
  say("build: web/interfuse/dist and web/playground/dist are up to date");
});
