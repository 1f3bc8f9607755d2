/**
 * @file One way to start a headless Chromium with WebGPU, for tests and benchmarks.
 *
 * The flags choose SwiftShader, a software adapter, so that the tests see the same GPU on every machine; set
 * `INTERFUSE_GPU=hardware` to run on the machine's own. WebGPU exists in secure contexts only: open pages from
 * `http://localhost` (see serve.mjs), never `about:blank` or a file.
 */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** What every page of a test needs whichever adapter it runs on. */
const quiet = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** `--enable-unsafe-webgpu` allows the software adapter and timestamps at full resolution. */
const software = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];
const hardware = ["--enable-unsafe-webgpu", "--enable-features=Vulkan"];

/** The Chromium to use: `$CHROMIUM`, an installed one, or Playwright's own download; `undefined` when there is none. */
export function chromiumPath() {
  const candidates = [
    process.env.CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ...playwrightDownloads(),
  ];
  return candidates.find((candidate) => candidate && existsSync(candidate));
}

/** Where `playwright-core install chromium` puts its full Chromium, newest first. Read here because setup runs before npm. */
function playwrightDownloads() {
  const cache =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    {
      darwin: path.join(homedir(), "Library", "Caches", "ms-playwright"),
      win32: path.join(process.env.LOCALAPPDATA ?? homedir(), "ms-playwright"),
    }[process.platform] ??
    path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"), "ms-playwright");
  if (!existsSync(cache)) return [];
  const inside = [
    "chrome-linux64/chrome",
    "chrome-linux/chrome",
    "chrome-win64/chrome.exe",
    "chrome-win/chrome.exe",
    "chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    "chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
    "chrome-mac/Chromium.app/Contents/MacOS/Chromium",
  ];
  const builds = readdirSync(cache).filter((name) => /^chromium-\d+$/.test(name));
  builds.sort((a, b) => Number(b.slice(9)) - Number(a.slice(9)));
  return builds.flatMap((build) => inside.map((file) => path.join(cache, build, file)));
}

/**
 * Starts a browser with an empty profile, removed again at `close()`.
 *
 * @param {{ args?: string[], env?: Record<string, string> }} [options] further command-line flags
 * @returns {Promise<import("playwright-core").Browser>}
 */
export async function launch({ args = [], env = {} } = {}) {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error("no Chromium found: run `npm run setup`, or set CHROMIUM to the path of one");
  // Imported here, so that setup.mjs can ask for the path before the npm packages are there.
  const { chromium } = await import("playwright-core");
  const gpu = process.env.INTERFUSE_GPU === "hardware" ? hardware : software;
  return chromium.launch({ executablePath, headless: true, args: [...quiet, ...gpu, ...args], env: { ...process.env, ...env } });
}
