/**
 * @file Installs what is missing, says what it does, and does nothing the second time.
 *
 * `setup.mjs start`: the Wasm toolchain and the npm packages, which is all that `npm start` and `npm run build` need.
 * `setup.mjs test`: also the test runner, a Chromium, and a software Vulkan driver on Linux, so that GPU kernels are
 * tested on machines without a GPU. Rust itself (rustup) and Node are the two things that a person brings.
 *
 * Nothing that is there is replaced: where another project's wasm-bindgen of another version is installed, ours goes
 * to `.cache/tools` in this checkout.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { chromiumPath } from "./chromium.mjs";
import { Failure, at, capture, hash, localTools, main, run, say, step, which } from "./lib.mjs";

/** Versions that our scripts were written against; a newer wasm-pack or nextest that is already there is fine too. */
const versions = { "wasm-pack": "0.15.1", "cargo-nextest": "0.9.114" };

/** Installs what `level` ("start" or "test") needs. */
export async function setup(level) {
  node();
  rust();
  wasmBindgen();
  wasmPack();
  await npmPackages();
  if (level === "test") {
    nextest();
    systemPackages();
  }
}

function node() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Failure(`Node ${process.version} is too old, 20.19 or newer is needed: https://nodejs.org`);
}

function rust() {
  const found = capture("rustc", ["--version"])?.match(/(\d+)\.(\d+)\.\d+/);
  const wanted = readFileSync(at("Cargo.toml"), "utf8").match(/^rust-version = "(\d+)\.(\d+)"/m);
  if (!found) throw new Failure("no Rust compiler found: install it from https://rustup.rs, then run this again");
  if (Number(found[1]) < Number(wanted[1]) || (found[1] === wanted[1] && Number(found[2]) < Number(wanted[2]))) {
    throw new Failure(`Rust ${found[0]} is too old, ${wanted[1]}.${wanted[2]} or newer is needed: run \`rustup update\``);
  }
  rustTarget("wasm32-unknown-unknown");
}

/** Rust's standard library for a target. */
export function rustTarget(target) {
  const library = capture("rustc", ["--print", "target-libdir", "--target", target]);
  if (library && existsSync(library)) return;
  say(`setup: adding Rust's ${target} target`);
  run("rustup", ["target", "add", target], { hint: `Without rustup, install your distribution's Rust standard library for ${target}.` });
}

/** wasm-pack builds its own wasm-bindgen, slowly, unless one of exactly the locked version is on the path. */
function wasmBindgen() {
  const locked = readFileSync(at("Cargo.lock"), "utf8").match(/name = "wasm-bindgen"\nversion = "([^"]+)"/)?.[1];
  // A workspace without it has nothing to bind.
  if (!locked) return;
  const found = capture("wasm-bindgen", ["--version"])?.split(" ")[1];
  if (found === locked) return;
  const where = found ? ["--root", localTools] : [];
  say(`setup: building wasm-bindgen-cli ${locked}${found ? ` for this checkout (${found} is on the path and stays)` : ""}; a few minutes`);
  cargoInstall("wasm-bindgen-cli", locked, where);
}

function wasmPack() {
  if (which("wasm-pack")) return;
  say(`setup: building wasm-pack ${versions["wasm-pack"]}; a few minutes`);
  cargoInstall("wasm-pack", versions["wasm-pack"], ["--debug"]);
}

function nextest() {
  if (which("cargo-nextest")) return;
  say(`setup: building cargo-nextest ${versions["cargo-nextest"]}, the test runner; a few minutes`);
  cargoInstall("cargo-nextest", versions["cargo-nextest"], ["--debug", "--no-default-features", "--features", "default-no-update"]);
}

/**
 * Drivers of other programs (wasm-pack, nextest) are built without optimisation, which takes a third of the time
 * and is not felt in use; wasm-bindgen works through megabytes and is optimised.
 */
function cargoInstall(name, version, flags) {
  const install = (...more) =>
    run("cargo", ["install", name, "--version", version, ...flags, ...more], { env: { CARGO_PROFILE_DEV_DEBUG: "0" } });
  try {
    install("--locked");
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // A tool's own lock file may name a version of a dependency that was withdrawn, or that a registry mirror lacks.
    say(`setup: ${name} could not be built with its own lock file; again with the newest versions that fit`);
    install();
  }
}

async function npmPackages() {
  const manifests = ["package.json", "package-lock.json", "web/interfuse/package.json", "web/playground/package.json"];
  await step(
    "npm packages",
    () => hash(manifests, process.version),
    ["node_modules/.bin/vite", "node_modules/.bin/tsc"],
    () => {
      say("setup: installing the npm packages");
      // In CI the lock file is law; a person who edits a package.json gets the lock file brought along.
      run("npm", [process.env.CI ? "ci" : "install", "--no-fund", "--no-audit"]);
    },
  );
}

/** Whether the Vulkan loader and at least one driver are installed (on Linux; elsewhere wgpu does not use Vulkan). */
function hasVulkan() {
  if (process.platform !== "linux") return true;
  if (process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES) return true;
  const directories = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];
  const driver = directories.some((directory) => existsSync(directory) && readdirSync(directory).some((name) => name.endsWith(".json")));
  return driver && (capture("sh", ["-c", "PATH=$PATH:/sbin:/usr/sbin ldconfig -p"]) ?? "").includes("libvulkan.so.1");
}

function systemPackages() {
  const missing = [];
  if (!chromiumPath()) missing.push("chromium");
  if (!hasVulkan()) missing.push("mesa-vulkan-drivers");
  if (missing.length === 0) return;
  const packages = aptHas(missing);
  if (packages.length > 0) {
    say(`setup: installing ${packages.join(" and ")} with apt`);
    apt("install", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", ...packages);
  }
  if (!chromiumPath()) {
    say("setup: fetching Playwright's Chromium");
    run("npx", ["playwright-core", "install", "--no-shell", "chromium"], {
      hint: "The browser tests need a Chromium: install one (Debian: apt install chromium) or set CHROMIUM to the path of one.",
    });
  }
  if (!hasVulkan()) {
    throw new Failure(
      "the GPU tests need a Vulkan driver; a software one is enough.\nDebian and Ubuntu: apt install mesa-vulkan-drivers   Fedora: dnf install mesa-vulkan-drivers   Arch: pacman -S vulkan-swrast",
    );
  }
}

/** Runs apt-get as root: directly, or through a sudo that asks nothing. */
function apt(...args) {
  const [program, ...before] = process.getuid() === 0 ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  run(program, [...before, ...args], { env: { DEBIAN_FRONTEND: "noninteractive" } });
}

/** Those of the packages that apt can install here, now; none without apt or without the right to use it. */
function aptHas(packages) {
  if (!which("apt-get")) return [];
  if (process.getuid() !== 0 && capture("sudo", ["-n", "true"]) === undefined) return [];
  // Lists that are there may name versions that the archive no longer holds; fetching them again takes seconds.
  say("setup: apt-get update");
  apt("update", "-q");
  const known = (name) => /Candidate: (?!\(none\))/.test(capture("apt-cache", ["policy", name], { env: { LC_ALL: "C" } }) ?? "");
  return packages.filter(known);
}

await main(import.meta, async ([level = "test"]) => {
  if (level !== "start" && level !== "test") throw new Failure(`setup.mjs takes "start" or "test", not ${JSON.stringify(level)}`);
  await setup(level);
  say(`setup: everything that \`npm ${level}\` needs is there`);
});
