/**
 * @file Installs what is missing, says what it does, and does nothing the second time.
 *
 * `setup.mjs start`: the Wasm toolchain and the npm packages, which is all that `npm start` and `npm run build` need.
 * `setup.mjs test`: also the test runner, a Chromium, Firefox and WebKitGTK on Linux, and a software Vulkan driver there, so that
 * GPU kernels are tested on machines without a GPU. Rust itself (rustup) and Node are the two things that a person brings.
 *
 * Nothing that is there is replaced, and nothing is installed for other projects: our wasm-bindgen, and wasm-pack where
 * there is none, go to `.cache/tools` in this checkout.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { chromiumPath } from "./chromium.mjs";
import { missing as lackingFor } from "./engines.mjs";
import { Failure, at, capture, hash, localTools, main, run, say, step, which } from "./lib.mjs";
import { follow, together } from "./together.mjs";

/** Versions that our scripts were written against; a newer wasm-pack or nextest that is already there is fine too. */
const versions = { "wasm-pack": { npm: "0.15.0", cargo: "0.15.1" }, "cargo-nextest": "0.9.114" };

/**
 * Installs what `level` ("start" or "test") needs.
 *
 * @param {"start" | "test"} level
 * @param {{ beside?: (() => unknown)[] }} [options] work that needs Rust and its targets only, done at the same time
 */
export async function setup(level, { beside = [] } = {}) {
  node();
  rust();
  const tools = async () => {
    await wasmBindgen();
    await wasmPack();
    if (level === "test") await nextest();
  };
  await together([...beside, tools, npmPackages]);
  if (level === "test") systemPackages();
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

/** wasm-pack fetches a wasm-bindgen, or builds one for minutes, unless one of exactly the locked version is on the path: ours is. */
async function wasmBindgen() {
  const locked = readFileSync(at("Cargo.lock"), "utf8").match(/name = "wasm-bindgen"\nversion = "([^"]+)"/)[1];
  if (capture("wasm-bindgen", ["--version"])?.split(" ")[1] === locked) return;
  say(`setup: building wasm-bindgen ${locked} (crate/bindgen)`);
  await follow("wasm-bindgen", "cargo", ["build", "--package", "interfuse-bindgen"]);
  const end = process.platform === "win32" ? ".exe" : "";
  const built = JSON.parse(capture("cargo", ["metadata", "--format-version", "1", "--no-deps"])).target_directory;
  mkdirSync(path.join(localTools, "bin"), { recursive: true });
  copyFileSync(path.join(built, "debug", `interfuse-bindgen${end}`), path.join(localTools, "bin", `wasm-bindgen${end}`));
}

/** The npm package fetches a program that was built for this platform; where it cannot, cargo builds one. */
async function wasmPack() {
  if (which("wasm-pack")) return;
  const version = versions["wasm-pack"];
  say(`setup: fetching wasm-pack ${version.npm}`);
  mkdirSync(localTools, { recursive: true });
  const fetching = ["install", "--prefix", localTools, "--no-save", "--no-package-lock", `wasm-pack@${version.npm}`];
  const fetched = await follow("wasm-pack", "npm", fetching).then(
    () => true,
    () => false,
  );
  if (fetched && capture("wasm-pack", ["--version"]) !== undefined) return;
  rmSync(path.join(localTools, "node_modules"), { recursive: true, force: true });
  say(`setup: it cannot be fetched here, so building wasm-pack ${version.cargo}; a minute or two`);
  await cargoInstall("wasm-pack", version.cargo, ["--root", localTools]);
}

async function nextest() {
  if (which("cargo-nextest")) return;
  const version = versions["cargo-nextest"];
  say(`setup: building cargo-nextest ${version}, the test runner; a few minutes`);
  await cargoInstall("cargo-nextest", version, ["--no-default-features", "--features", "default-no-update"]);
}

/** Builds a tool without optimisation, which takes a third of the time and is not felt in use: they start other programs. */
async function cargoInstall(name, version, flags) {
  const install = (...more) => {
    const args = ["install", name, "--version", version, "--debug", ...flags, ...more];
    return follow(name, "cargo", args, { env: { CARGO_PROFILE_DEV_DEBUG: "0" } });
  };
  try {
    await install("--locked");
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // A tool's own lock file may name a version of a dependency that was withdrawn, or that a registry mirror lacks.
    say(`setup: ${name} could not be built with its own lock file; again with the newest versions that fit`);
    await install();
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
      return follow("npm packages", "npm", [process.env.CI ? "ci" : "install", "--no-fund", "--no-audit"]);
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
  // Elsewhere the tests of these engines fail with the line to type.
  if (process.platform === "linux") missing.push(...lackingFor("firefox"), ...lackingFor("webkit"));
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
