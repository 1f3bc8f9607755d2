/**
 * @file `npm run check`: what a reviewer would look at first. Formatting, lints, generated files, the public registries
 * in the lock files, the oldest Rust, other platforms, types, and the sizes that the project promises. Prints a table
 * and fails when a line of it does. `npm run check -- sizes` (or another name) does some of them; `npm test` does all.
 */
import { readFileSync, readdirSync } from "node:fs";
import { build } from "./build.mjs";
import { gen } from "./gen.mjs";
import { Failure, at, capture, hash, main, run, say, step } from "./lib.mjs";
import { report, timed } from "./report.mjs";
import { rustTarget, setup } from "./setup.mjs";
import { weights } from "./wire.mjs";

const workspaces = ["web/interfuse", "web/playground"];

/** Systems whose own code (Metal, Direct3D) no test reaches elsewhere. */
const platformTargets = ["aarch64-apple-darwin", "x86_64-pc-windows-msvc"];

/** Each check returns a note for the table, or throws. */
export const checks = {
  format: () => {
    const hint = "`npm run format` puts it right.";
    component("rustfmt");
    run("cargo", ["fmt", "--all", "--check"], { hint });
    run("biome", ["format", "--log-level=warn"], { hint });
  },
  lints: () => {
    run("biome", ["lint", "--error-on-warnings"]);
    component("clippy");
    run("cargo", ["clippy", "--quiet", "--workspace", "--features", "interfuse/cli", "--all-targets", "--", "--deny", "warnings"]);
    // Links in the documentation lead somewhere.
    const docs = ["doc", "--quiet", "--no-deps", "--keep-going", "--package", "interfuse", "--package", "interfuse-compiler"];
    run("cargo", [...docs, "--package", "interfuse-runtime", "--features", "gpu"], { env: { RUSTDOCFLAGS: "--deny warnings" } });
  },
  generated: () => void gen({ check: true }),
  locks,
  msrv,
  platforms,
  types: async () => {
    await build();
    for (const workspace of workspaces) run("npm", ["run", "--silent", "check", "--workspace", workspace]);
  },
  sizes: async () => {
    await build();
    const rows = await weights();
    const lines = rows.map(({ name, bytes, limit }) => `${name} ${bytes} of ${limit} bytes`);
    for (const line of lines) console.log(`  ${line}`);
    const over = lines.filter((_, at) => rows[at].bytes > rows[at].limit);
    if (over.length > 0) throw new Failure(`over the limit: ${over.join("; ")}`);
    return rows.map(({ name, bytes }) => `${name} ${(bytes / 1000).toFixed(1)} kB`).join(", ");
  },
};

/** The oldest Rust that Cargo.toml promises (`rust-version`) still compiles everything but the tests. */
async function msrv() {
  const version = readFileSync(at("Cargo.toml"), "utf8").match(/^rust-version = "([\d.]+)"/m)[1];
  await step("msrv", hash(["Cargo.toml", "Cargo.lock", "crate"]), [], () => {
    if (capture("rustup", ["run", version, "rustc", "--version"]) === undefined) {
      say(`check: installing Rust ${version}, the oldest that is promised to work`);
      run("rustup", ["toolchain", "install", version, "--profile", "minimal"]);
    }
    // A target directory of its own: compiler versions that alternate in one would rebuild everything each time.
    run("rustup", ["run", version, "cargo", "check", "--quiet", "--workspace"], { env: { CARGO_TARGET_DIR: at(".cache", "msrv") } });
  });
  return `Rust ${version}`;
}

/** The library and the command line compile for other systems, GPUs included. `cargo check` links nothing, so any machine can tell. */
async function platforms() {
  await step("platforms", hash(["Cargo.toml", "Cargo.lock", "crate"], capture("rustc", ["--version"]) ?? ""), [], () => {
    platformTargets.forEach(rustTarget);
    say(`check: compiling for ${platformTargets.join(" and ")}`);
    // In the common target directory, which has a part for each target: macros and build scripts are those of the other builds.
    const targets = platformTargets.flatMap((target) => ["--target", target]);
    run("cargo", ["check", "--quiet", "--package", "interfuse", "--features", "gpu,cli", ...targets]);
  });
  return platformTargets.join(", ");
}

/** A minimal rustup installation lacks some components. */
function component(name) {
  if (capture("cargo", [name.replace("rust", ""), "--version"]) !== undefined) return;
  say(`check: adding ${name} to the Rust toolchain`);
  run("rustup", ["component", "add", name]);
}

/** The lock files name public registries only: a mirror's address in them breaks every other machine. */
function locks() {
  const cargo = new Set([...readFileSync(at("Cargo.lock"), "utf8").matchAll(/^source = "(.*)"$/gm)].map((match) => match[1]));
  cargo.delete("registry+https://github.com/rust-lang/crates.io-index");
  if (cargo.size > 0) throw new Failure(`Cargo.lock names ${[...cargo].join(", ")}`);
  const npm = [...readFileSync(at("package-lock.json"), "utf8").matchAll(/"resolved": "(https?:[^"]*)"/g)].map((match) => match[1]);
  const foreign = npm.filter((url) => !url.startsWith("https://registry.npmjs.org/"));
  if (foreign.length > 0) throw new Failure(`package-lock.json names ${foreign[0]} and ${foreign.length - 1} more`);
  // npm leaves optional packages of other platforms out of a lock file that was brought along from an installed tree.
  const platforms = readdirSync(at("node_modules/@rolldown")).filter((name) => name.startsWith("binding-"));
  const locked = readFileSync(at("package-lock.json"), "utf8").match(/node_modules\/@rolldown\/binding-/g)?.length ?? 0;
  if (locked <= platforms.length)
    throw new Failure("package-lock.json holds this platform's packages only: remove it and node_modules, run `npm install`");
  return undefined;
}

await main(import.meta, async (args) => {
  const wanted = args.length > 0 ? args : Object.keys(checks);
  const unknown = wanted.find((name) => !(name in checks));
  if (unknown) throw new Failure(`npm run check takes ${Object.keys(checks).join(", ")}, not ${unknown}`);
  await setup("test");
  const rows = [];
  for (const name of wanted) rows.push(await timed(`check: ${name}`, checks[name]));
  report(rows);
});
