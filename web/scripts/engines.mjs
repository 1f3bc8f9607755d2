/**
 * @file Firefox and WebKit, driven as far as tests need it: open an address, evaluate, wait. Chromium has chromium.mjs. Firefox speaks
 * WebDriver BiDi, which puppeteer-core knows (version 24, the last one for Node 20); WebKitGTK speaks plain WebDriver, for which a few
 * requests are enough. Both run without a screen, WebKit in a virtual one.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { which } from "./lib.mjs";

/** What each engine needs: the program that must be there, and Debian's package. */
export const packages = {
  firefox: [["firefox-esr", "firefox-esr"]],
  webkit: [
    ["WebKitWebDriver", "webkit2gtk-driver"],
    ["Xvfb", "xvfb"],
  ],
};

/** The packages of an engine that are not there. */
export function missing(engine) {
  return packages[engine].filter(([program]) => !which(program)).map(([, name]) => name);
}

/**
 * Starts an engine with an empty profile.
 *
 * @param {"firefox" | "webkit"} engine
 * @returns {Promise<Page>}
 *
 * @typedef {object} Page
 * @property {(url: string) => Promise<void>} goto
 * @property {(code: string) => Promise<any>} evaluate the value of an expression, a promise is awaited; plain data
 * @property {(code: string, timeout?: number) => Promise<any>} waitFor until an expression is truthy; its value
 * @property {() => string[]} complaints what the console said, as far as the engine tells
 * @property {() => Promise<void>} close
 */
export async function open(engine) {
  const lacking = missing(engine);
  if (lacking.length > 0)
    throw new Error(`${engine} is not here. Type: sudo apt-get install -y --no-install-recommends ${lacking.join(" ")}`);
  return engine === "firefox" ? openFirefox() : openWebKit();
}

async function openFirefox() {
  const { default: puppeteer } = await import("puppeteer-core");
  const browser = await puppeteer.launch({ browser: "firefox", executablePath: which("firefox-esr"), headless: true });
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  return {
    goto: async (url) => void (await page.goto(url)),
    ...asking((code) => page.evaluate(`(async () => (${code}))()`)),
    complaints: () => complaints,
    close: () => browser.close(),
  };
}

async function openWebKit() {
  const browser = miniBrowser();
  // The server chooses a display that is free and says which.
  const screen = spawn(which("Xvfb"), ["-displayfd", "1", "-screen", "0", "1440x900x24"], { stdio: ["ignore", "pipe", "ignore"] });
  const display = await new Promise((resolve, reject) => {
    screen.once("error", reject);
    screen.once("exit", () => reject(new Error("Xvfb ended")));
    screen.stdout.once("data", (text) => resolve(String(text).trim()));
  });
  const port = await freePort();
  const home = mkdtempSync(path.join(tmpdir(), "webkit-"));
  const root = process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {};
  const driver = spawn(which("WebKitWebDriver"), [`--port=${port}`], {
    stdio: "ignore",
    // A group of its own, so that the browser's processes end with it.
    detached: true,
    env: { ...process.env, ...root, DISPLAY: `:${display}`, HOME: home, XDG_RUNTIME_DIR: home, LIBGL_ALWAYS_SOFTWARE: "1" },
  });
  const url = `http://127.0.0.1:${port}`;
  const ask = async (method, address, body) => {
    const response = await fetch(url + address, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const end = () => {
    try {
      process.kill(-driver.pid);
    } catch {
      // It is gone.
    }
    screen.kill();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await until(() => ask("GET", "/status").then(({ ready }) => ready), 15_000, "WebKitWebDriver");
    const wanted = { "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] } };
    const { sessionId } = await ask("POST", "/session", { capabilities: { alwaysMatch: wanted } });
    const session = `/session/${sessionId}`;
    await ask("POST", `${session}/timeouts`, { script: 120_000, pageLoad: 60_000 });
    const evaluate = async (code) => {
      const script = `const done = arguments[0]; (async () => (${code}))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const answer = await ask("POST", `${session}/execute/async`, { script, args: [] });
      if (answer.error !== undefined) throw new Error(answer.error);
      return answer.value;
    };
    return {
      goto: (url) => ask("POST", `${session}/url`, { url }),
      ...asking(evaluate),
      complaints: () => [],
      async close() {
        await ask("DELETE", session).catch(() => undefined);
        end();
      },
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** The two ways of asking a page. */
function asking(evaluate) {
  return {
    evaluate,
    waitFor: (code, timeout = 30_000) => until(() => evaluate(code), timeout, code),
  };
}

async function until(ask, timeout, what) {
  const end = Date.now() + timeout;
  let last;
  while (Date.now() < end) {
    try {
      const value = await ask();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${timeout} ms for ${what}; the last answer was ${last}`);
}

/** The small browser that comes with WebKitGTK, in a folder of its own. */
function miniBrowser() {
  for (const root of ["/usr/lib", "/usr/libexec"]) {
    if (!existsSync(root)) continue;
    for (const folder of ["", ...readdirSync(root)]) {
      for (const version of ["webkit2gtk-4.1", "webkitgtk-6.0", "webkit2gtk-4.0"]) {
        const file = path.join(root, folder, version, "MiniBrowser");
        if (existsSync(file)) return file;
      }
    }
  }
  throw new Error("WebKit's MiniBrowser is not where Debian's package webkit2gtk-driver puts it");
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
