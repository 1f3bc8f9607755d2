/**
 * @file What the tests of the page share: the built site on a local server, a browser, and the things a person does there.
 * The page runs the real package; nothing is replaced.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { launch } from "../../web/scripts/chromium.mjs";
import { serve } from "../../web/scripts/serve.mjs";

const dist = fileURLToPath(new URL("../../web/playground/dist/", import.meta.url));

/** A name that leads to the server but is not a secure context: browsers offer no WebGPU there. */
const INSECURE = "insecure.example";

/** Starts server and browser; `close` ends both. */
export async function start() {
  const server = await serve(dist);
  const browser = await launch({ args: [`--host-resolver-rules=MAP ${INSECURE} 127.0.0.1`] });
  return {
    url: server.url,
    insecureUrl: `http://${INSECURE}:${server.port}`,
    /**
     * A page of its own, with nothing remembered.
     * Tests of what belongs together look at the traced graph beside the other; `graphs: "one"` is what a first visit shows.
     * @param {import("playwright-core").BrowserContextOptions & { url?: string; graphs?: "one" | "two" }} [options]
     */
    async open({ url = server.url, graphs = "two", ...options } = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      // Frames without an origin have no storage.
      if (graphs === "two")
        await context.addInitScript(() => void (self.origin === "null" || localStorage.setItem("interfuse.graphs", "two")));
      const page = await context.newPage();
      const site = new Site(page);
      await page.goto(url);
      return site;
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

/** The page as a person uses it. */
export class Site {
  /** Whatever the browser's console said: a clean page says nothing. */
  complaints = [];

  constructor(page) {
    this.page = page;
    page.on("console", (message) => this.complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => this.complaints.push(`uncaught: ${error.message}`));
    page.on("requestfailed", (request) => {
      // A page that is left or loaded again cancels what it was still fetching: that is no failure.
      const reason = request.failure()?.errorText;
      if (reason !== "net::ERR_ABORTED") this.complaints.push(`failed: ${request.url()} (${reason})`);
    });
  }

  at(testid) {
    return this.page.getByTestId(testid);
  }

  /** Waits until the page is in one of the states (see `data-state` of the output). */
  async state(...states) {
    const wanted = states.map((state) => `[data-testid=output][data-state=${state}]`).join(",");
    await this.page.locator(wanted).waitFor({ state: "attached", timeout: 30_000 });
  }

  /** Waits for the end of a run and for what follows it: the inspection and both drawings. */
  async settled() {
    await this.state("done", "failed");
    assert.equal(await this.at("output").getAttribute("data-state"), "done", await this.text("output"));
    await this.graphsAreThere();
  }

  /** Waits for the drawings, whether one or two are shown. */
  async graphsAreThere() {
    await this.page.waitForFunction(
      () => {
        const graphs = [...document.querySelectorAll("[data-testid^=graph][data-boxes]")];
        return graphs.length > 0 && graphs.every((graph) => graph.getAttribute("aria-busy") === "false");
      },
      undefined,
      { timeout: 30_000 },
    );
  }

  /** Replaces the program by typing over all of it. */
  async write(code) {
    await this.at("editor").locator(".cm-content").click();
    await this.page.keyboard.press("ControlOrMeta+A");
    await this.page.keyboard.insertText(code);
  }

  /** Replaces the program, runs it and waits. */
  async try(code) {
    await this.write(code);
    await this.run();
    await this.settled();
  }

  async run() {
    await this.at("run").click();
  }

  text(testid) {
    return this.at(testid).innerText();
  }

  async stat(name) {
    return Number(await this.at("cache-stats").locator(`[data-stat=${name}]`).innerText());
  }

  /** The ids of the nodes drawn in a graph. */
  nodes(testid) {
    return this.at(testid)
      .locator("[data-node]")
      .evaluateAll((nodes) => nodes.map((node) => Number(node.dataset.node)));
  }

  /** How many kernels surround nodes in the drawing after fusion. */
  kernels() {
    return this.at("kernels").locator("[data-kernel]").count();
  }

  /** The numbers in the output pane. */
  async numbers() {
    const text = await this.at("output").locator(".values").allInnerTexts();
    return (
      text
        .join(" ")
        .match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g)
        ?.map(Number) ?? []
    );
  }

  async close() {
    assert.deepEqual(this.complaints, [], "the console must stay clean");
    await this.page.context().close();
  }
}

/** Asserts that numbers are close to what they should be. */
export function assertClose(actual, expected, tolerance = 1e-4) {
  assert.equal(actual.length, expected.length, `got ${actual}`);
  for (const [i, want] of expected.entries())
    assert.ok(Math.abs(actual[i] - want) <= tolerance * Math.max(1, Math.abs(want)), `number ${i}: ${actual[i]}, not ${want}`);
}
