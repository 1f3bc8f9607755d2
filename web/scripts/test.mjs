/**
 * @file `npm test`: everything, on a clean checkout too. Installs what is missing, then does what `npm run check` does,
 * and runs the Rust tests, the examples in the Rust documentation, the shaders and golden kernels through Chrome's
 * compiler, the package's tests in Node and in Chromium, and the page's in Chromium. `npm test -- rust` (or `check`,
 * `wgsl`, `package`, `page`) runs one part. Ends with a table of what each part counted and how long it took.
 *
 * A part that fails does not stop the next, so that one run tells all. Nothing is skipped silently: a part without a
 * single test, a skipped test, a test that hangs, a missing adapter or browser are failures.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { build } from "./build.mjs";
import { checks } from "./check.mjs";
import { checkWebGpu } from "./gpu-check.mjs";
import { Failure, at, environment, main, root, say } from "./lib.mjs";
import { report, timed } from "./report.mjs";
import { setup } from "./setup.mjs";

/** The same features everywhere, so that nothing is compiled twice. */
const everything = ["--workspace", "--features", "interfuse/cli"];

/** Each part: what it is called, its tests (a command) or its check, and whether the built package must be there first. */
const parts = {
  check: Object.entries(checks).map(([name, check]) => ({ name: `check: ${name}`, check, built: ["types", "sizes"].includes(name) })),
  rust: [
    { name: "Rust tests", command: ["cargo", "nextest", "run", ...everything, "--no-fail-fast"] },
    {
      name: "Kernel counts and reference values on the GPU",
      command: ["cargo", "nextest", "run", ...everything, "--no-fail-fast", "--test", "device"],
      env: { INTERFUSE_TEST_DEVICE: "webgpu" },
    },
    ...["cpu", "webgpu"].map((device) => ({
      name: `Kernel counts and reference values on a device elsewhere, ${device}`,
      command: ["cargo", "nextest", "run", ...everything, "--no-fail-fast", "--test", "device"],
      env: { INTERFUSE_TEST_DEVICE: `remote-${device}` },
    })),
    { name: "Rust documentation examples", command: ["cargo", "test", ...everything, "--doc", "--no-fail-fast"] },
  ],
  wgsl: [{ name: "WGSL through Tint", command: [process.execPath, "web/scripts/tint.mjs"] }],
  package: [
    { name: "package in Node", command: ["npm", "run", "test"], workspace: "web/interfuse", built: true },
    { name: "package in Chromium", command: ["npm", "run", "test:browser"], workspace: "web/interfuse", built: true },
  ],
  page: [{ name: "page, in Node and Chromium", command: ["npm", "run", "test"], workspace: "web/playground", built: true }],
};

/**
 * On Linux the native GPU tests run on Mesa's software driver wherever it is installed, so that every machine tests
 * the same adapter. `INTERFUSE_GPU=hardware` leaves the choice to Vulkan.
 */
export function gpuEnvironment() {
  if (process.platform !== "linux" || process.env.INTERFUSE_GPU === "hardware") return {};
  if (process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES) return {};
  const directory = "/usr/share/vulkan/icd.d";
  const name = existsSync(directory) ? readdirSync(directory).find((file) => file.startsWith("lvp_icd")) : undefined;
  if (!name) return {};
  // Both names: the second is what loaders before 1.3.207 read.
  return { VK_DRIVER_FILES: `${directory}/${name}`, VK_ICD_FILENAMES: `${directory}/${name}` };
}

/** A part that takes longer than this hangs: the slowest, compiling and running the Rust tests on two cores, takes a third. */
const limitMinutes = 50;

/** Runs a command, shows its output, and returns its exit code and what its runner counted. */
function counted([program, ...args], env) {
  return new Promise((resolve, reject) => {
    const windows = process.platform === "win32";
    // A process group of its own, so that a hanging test is ended together with the runner and the browser it started.
    const child = spawn(program, args, {
      cwd: root,
      env: { ...environment, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      shell: windows,
      detached: !windows,
    });
    const end = () => (windows ? child.kill() : process.kill(-child.pid, "SIGKILL"));
    const interrupt = () => {
      end();
      process.exit(130);
    };
    process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      end();
    }, limitMinutes * 60_000);
    let output = "";
    const collect = (stream) => (chunk) => {
      stream.write(chunk);
      output += chunk;
    };
    child.stdout.setEncoding("utf8").on("data", collect(process.stdout));
    child.stderr.setEncoding("utf8").on("data", collect(process.stderr));
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(limit);
      process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
      resolve({ code: late ? `after ${limitMinutes} minutes` : (code ?? signal), ...counts(output) });
    });
  });
}

/** Adds up the totals that nextest, libtest and node:test print, whichever of them ran. */
function counts(output) {
  const plain = stripVTControlCharacters(output);
  const total = (...patterns) =>
    patterns.reduce((sum, pattern) => sum + [...plain.matchAll(pattern)].reduce((inner, match) => inner + Number(match[1]), 0), 0);
  return {
    passed: total(/^ *Summary \[.*?(\d+) passed/gm, /^test result: .*?(\d+) passed/gm, /^(?:#|ℹ) pass (\d+)/gm),
    failed: total(
      /^ *Summary \[.*?(\d+) failed/gm,
      /^ *Summary \[.*?(\d+) timed out/gm,
      /^test result: .*?(\d+) failed/gm,
      /^(?:#|ℹ) (?:fail|cancelled) (\d+)/gm,
    ),
    skipped: total(/^ *Summary \[.*?(\d+) skipped/gm, /^test result: .*?(\d+) ignored/gm, /^(?:#|ℹ) (?:skipped|todo) (\d+)/gm),
  };
}

/** What is wrong with a finished part, in words, or "". */
function verdict({ code, passed, failed, skipped }) {
  if (code !== 0) return failed > 0 ? "failed" : `failed (${code})`;
  if (failed > 0) return "failed";
  if (skipped > 0) return `${skipped} skipped: no test may be`;
  return passed > 0 ? "" : "no test ran";
}

/** Runs the tests of one command and counts them. */
async function tests({ command, env, workspace }) {
  const script = command[2];
  if (workspace && !JSON.parse(readFileSync(at(workspace, "package.json"), "utf8")).scripts?.[script]) {
    return { passed: 0, failed: 0, wrong: `no script "${script}" in ${workspace}` };
  }
  const result = await counted(workspace ? [...command, "--workspace", workspace] : command, { ...gpuEnvironment(), ...env });
  return { passed: result.passed, failed: result.failed, wrong: verdict(result) };
}

await main(import.meta, async (args) => {
  const wanted = args.length > 0 ? args : Object.keys(parts);
  const unknown = wanted.find((name) => !(name in parts));
  if (unknown) throw new Failure(`npm test takes ${Object.keys(parts).join(", ")}, not ${unknown}`);

  const rows = [];
  const prepare = async (name, work) => rows.push(await timed(name, work, { counts: false }));
  const failed = () => rows.at(-1).wrong;
  await prepare("setup", () => setup("test"));
  if (failed()) return report(rows);
  await prepare("WebGPU in Chromium", async () => {
    const { browser, adapter } = await checkWebGpu();
    return `Chromium ${browser}, ${adapter}`;
  });
  const { VK_DRIVER_FILES } = gpuEnvironment();
  if (VK_DRIVER_FILES) say(`test: native GPU tests use ${VK_DRIVER_FILES}`);

  let built;
  for (const part of wanted.flatMap((name) => parts[name])) {
    if (part.built && built === undefined) {
      await prepare("build", () => build({ last: wanted.some((name) => ["check", "page"].includes(name)) ? "page" : "package" }));
      built = !failed();
    }
    // A build that fails is a failure of each part that needs it; the parts before it have already told theirs.
    if (part.built && !built) rows.push({ name: part.name, seconds: 0, passed: 0, failed: 0, wrong: "the build failed" });
    else rows.push(await timed(part.name, part.check ?? (() => tests(part))));
  }
  report(rows);
});
