/**
 * @file `npm run build`: Wasm into web/interfuse/pkg, the package into web/interfuse/dist, the page into
 * web/playground/dist. Afterwards `import("interfuse")` resolves from the root. Each step is skipped while the
 * content of its inputs is unchanged; `npm run build -- --force` does all of them, `-- --dev` takes the quick and
 * slow-running Wasm profile, for iterating.
 */
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { Failure, at, capture, hash, isDone, main, run, say, step } from "./lib.mjs";
import { setup } from "./setup.mjs";
import { follow } from "./together.mjs";

/** The Wasm files as they ship, relative to the root: the core, which every program loads, its parts, and all of it in one. */
export const wasmFiles = {
  ...Object.fromEntries(["core", "gpu", "training", "remote"].map((name) => [name, `web/interfuse/pkg/${name}.wasm`])),
  whole: "web/interfuse/pkg/interfuse_wasm_bg.wasm",
};

const wasmInputs = [
  "Cargo.toml",
  "Cargo.lock",
  ".cargo/config.toml",
  "crate/lanes",
  "crate/compiler",
  "crate/runtime",
  "crate/interfuse",
  "crate/wasm",
  "crate/split",
  "web/scripts/build.mjs",
];
const translateInputs = ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", "crate/translate", "web/scripts/build.mjs"];
const packageInputs = ["package-lock.json", "web/interfuse"];
const pageInputs = ["package-lock.json", "web/playground"];

/** How many bytes these are on the wire: gzipped at level 9, as a static host stores them. */
export const gzipped = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** The size of a file on the wire. */
export const gzippedBytes = (file) => gzipped(readFileSync(file));

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;

/**
 * Builds what is out of date, as far as `last` ("wasm", "package" or "page"). `force` builds everything; `profile` is
 * the cargo profile of the Wasm.
 */
export async function build({ force = false, profile = "wasm", last = "page" } = {}) {
  if (force) for (const name of ["wasm", "translator", "package", "page"]) rmSync(at(".cache", "stamps", name), { force: true });
  const modules = keyed(profile);
  for (const { name, key, outputs, crate, file, features } of modules) {
    await step(name, key, outputs, () => wasm(crate, file, profile, { features, parts: name === "wasm" }));
  }
  if (last === "wasm") return;

  const packageKey = hash(packageInputs, ...modules.map(({ key }) => key));
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

/** The Wasm modules: the core with its parts, and the translator, which nobody loads but who asks for a kernel in another language. */
function keyed(profile) {
  const rust = capture("rustc", ["--version"]) ?? "";
  const bindings = (file) => [`web/interfuse/pkg/${file}.js`, `web/interfuse/pkg/${file}.d.ts`, `web/interfuse/pkg/${file}_bg.wasm`];
  const core = { name: "wasm", crate: "crate/wasm", file: "interfuse_wasm", features: [] };
  const translator = { name: "translator", crate: "crate/translate", file: "interfuse_translate", features: ["wgsl"] };
  return [
    { ...core, key: hash(wasmInputs, rust, profile), outputs: [...Object.values(wasmFiles), ...bindings(core.file)] },
    { ...translator, key: hash(translateInputs, rust, profile), outputs: bindings(translator.file) },
  ];
}

/**
 * Compiles what `build` will package, beside other work: wasm-pack then finds it done. These are the commands that it
 * runs itself, so what they leave in the target directory is what it looks for.
 */
export async function compile({ force = false, profile = "wasm" } = {}) {
  const due = keyed(profile).filter(({ name, key, outputs }) => force || !isDone(name, key, outputs));
  for (const { crate, features } of due) {
    const args = ["build", "--lib", "--profile", profile, "--target", "wasm32-unknown-unknown", ...featureArgs(features)];
    await follow(crate, "cargo", args, { cwd: at(crate), env: rustFlags() });
  }
  if (due.length > 0) await follow("crate/split", "cargo", ["build", "--package", "interfuse-split"]);
}

const featureArgs = (features) => features.flatMap((feature) => ["--features", feature]);

/** A RUSTFLAGS in the environment would silently replace those of .cargo/config.toml, SIMD among them. */
const rustFlags = () => (process.env.RUSTFLAGS ? { RUSTFLAGS: `${process.env.RUSTFLAGS} -C target-feature=+simd128` } : {});

/** Compiles a crate to web/interfuse/pkg as `name`; with `parts` cut up, too. */
function wasm(crate, name, profile, { features = [], parts = false }) {
  say(`wasm: building ${crate} with wasm-pack (cargo profile \`${profile}\`)`);
  // wasm-pack would run wasm-opt with flags of its own choice, or download one: we run the pinned one ourselves.
  const options = ["--target", "web", "--no-pack", "--no-opt", "--out-name", name, "--out-dir", at("web/interfuse/pkg")];
  const args = ["--log-level", "error", "build", at(crate), ...options, "--profile", profile, ...featureArgs(features)];
  run("wasm-pack", args, { env: rustFlags() });
  const file = at(`web/interfuse/pkg/${name}_bg.wasm`);
  const split = (...args) => run("cargo", ["run", "--quiet", "--package", "interfuse-split", "--", ...args]);
  if (profile !== "wasm") {
    if (parts) split("parts", file, at("web/interfuse/pkg"));
    return;
  }

  const unoptimised = statSync(file).size;
  const optimised = `${file}.opt`;
  // Exactly the extensions beyond the first version of Wasm that rustc emits for this target: binaryen must not add others.
  const extensions = [
    "simd",
    "bulk-memory",
    "bulk-memory-opt",
    "sign-ext",
    "nontrapping-float-to-int",
    "mutable-globals",
    "reference-types",
    "multivalue",
  ];
  // Bodies that are inlined again no longer repeat what gzip has seen: 30 kB on the wire.
  run("wasm-opt", [
    "-Oz",
    "--converge",
    "-g",
    "--skip-pass=inlining-optimizing",
    ...extensions.map((name) => `--enable-${name}`),
    "--strip-producers",
    file,
    "-o",
    optimised,
  ]);
  // Both leave out the names, which they need.
  if (parts) split("parts", optimised, at("web/interfuse/pkg"));
  split("order", optimised, file);
  rmSync(optimised);
  say(
    `wasm: ${kilobytes(unoptimised)} from rustc, ${kilobytes(statSync(file).size)} after wasm-opt, ${kilobytes(gzippedBytes(file))} gzipped`,
  );
  if (parts) for (const [part, path] of Object.entries(wasmFiles)) say(`wasm: ${part} ${kilobytes(gzippedBytes(at(path)))} gzipped`);
}

/** The promise of `npm run build`: what a program at the root imports as "interfuse" is the package just built. */
function resolves() {
  const script = 'await import("interfuse")';
  const result = capture(process.execPath, ["--input-type=module", "--eval", script]);
  if (result === undefined) {
    const linked = existsSync(at("node_modules/interfuse"));
    throw new Failure(
      `after the build, ${script} fails at the root: ${linked ? "see web/interfuse/package.json, `exports`" : "npm has not linked the workspace, run `npm install`"}`,
    );
  }
}

const options = { force: { type: "boolean", default: false }, dev: { type: "boolean", default: false } };

await main(
  import.meta,
  async (_, { force, dev }) => {
    const how = { force, profile: dev ? "wasm-dev" : "wasm" };
    await setup("start", { beside: [() => compile(how)] });
    await build(how);
    say("build: web/interfuse/dist and web/playground/dist are up to date");
  },
  options,
);
