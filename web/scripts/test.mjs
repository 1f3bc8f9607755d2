/**
 * @file `npm test`: everything, on a clean checkout too. Installs what is missing, then runs the Rust tests, the
 * examples in the Rust documentation, the shaders and golden kernels through Chrome's compiler, the package's tests in
 * Node and in Chromium, and the page's in Chromium. `npm test -- rust` (or `wgsl`, `package`, `page`) runs one part.
 *
 * A part that fails does not stop the next, so that one run tells all. Nothing is skipped silently: a part without a
 * single test, a skipped test, a test that hangs, a missing adapter or browser are failures.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { build } from "./build.mjs";
import { checkWebGpu } from "./gpu-check.mjs";
import { Failure, at, environment, main, root, say } from "./lib.mjs";
import { setup } from "./setup.mjs";

/** Each part: what it is called, the command, and whether the built package must be there first. */
const parts = {
  rust: [
    { name: "Rust tests", command: ["cargo", "nextest", "run", "--workspace", "--features", "interfuse/cli", "--no-fail-fast"] },
    {
      name: "Kernel counts and reference values on the GPU",
      command: [
        "cargo",
        "nextest",
        "run",
        "--workspace",
        "--features",
        "interfuse/cli",
        "--no-fail-fast",
        "--test",
        "kernel_counts",
        "--test",
        "reference_values",
        "--test",
        "gradient_values",
        "--test",
        "dtype_values",
        "--test",
        "training",
      ],
      env: { INTERFUSE_TEST_DEVICE: "webgpu" },
    },
    {
      name: "Rust documentation examples",
      command: ["cargo", "test", "--workspace", "--features", "interfuse/cli", "--doc", "--no-fail-fast"],
    },
  ],
  wgsl: [{ name: "WGSL through Tint", command: [process.execPath, "web/scripts/tint.mjs"] }],
  package: [
    { name: "package in Node", command: ["npm", "run", "test", "--workspace", "web/interfuse"], built: true },
    { name: "package in Chromium", command: ["npm", "run", "test:browser", "--workspace", "web/interfuse"], built: true },
  ],
  page: [{ name: "page, in Node and Chromium", command: ["npm", "run", "test", "--workspace", "web/playground"], built: true }],
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

await main(import.meta, async (args) => {
  const wanted = args.length > 0 ? args : Object.keys(parts);
  const unknown = wanted.find((name) => !(name in parts));
  if (unknown) throw new Failure(`npm test takes ${Object.keys(parts).join(", ")}, not ${unknown}`);

  await setup("test");
  const { browser, adapter } = await checkWebGpu();
  say(`test: Chromium ${browser} runs WebGPU on ${adapter}`);
  const env = gpuEnvironment();
  if (env.VK_DRIVER_FILES) say(`test: native GPU tests use ${env.VK_DRIVER_FILES}`);

  const results = [];
  let built;
  for (const part of wanted.flatMap((name) => parts[name])) {
    if (part.built && built === undefined) {
      // A build that fails is a failure of each part that needs it; the parts before it have already told theirs.
      built = await build({ last: wanted.includes("page") ? "page" : "package" }).then(
        () => true,
        (error) => {
          console.error(`error: ${error.message}`);
          return false;
        },
      );
    }
    const manifest = part.built && part.command.at(-1);
    const script = part.command[2];
    if (part.built && !built) results.push({ part, code: "the build failed", passed: 0, failed: 0, skipped: 0 });
    else if (manifest && !JSON.parse(readFileSync(at(manifest, "package.json"), "utf8")).scripts?.[script]) {
      results.push({ part, code: `no script "${script}" in ${manifest}`, passed: 0, failed: 0, skipped: 0 });
    } else {
      say(`test: ${part.name}`);
      results.push({ part, ...(await counted(part.command, { ...env, ...part.env })) });
    }
  }

  console.log("\n      passed  failed");
  for (const result of results) {
    console.log(
      `${String(result.passed).padStart(12)}${String(result.failed).padStart(8)}  ${result.part.name}${verdict(result) && `: ${verdict(result)}`}`,
    );
  }
  const sum = (field) => results.reduce((total, result) => total + result[field], 0);
  const broken = results.filter((result) => verdict(result));
  // A part that failed without counting (it did not compile, say) still counts as one failure.
  const failed = sum("failed") + broken.filter((result) => result.failed === 0).length;
  say(`test: done`);
  console.log(`\n${sum("passed")} passed, ${failed} failed`);
  if (broken.length > 0) process.exitCode = 1;
});
