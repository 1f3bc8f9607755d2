/**
 * @file The page in Firefox and in WebKit, Safari's engine, on the CPU device: it opens, runs examples in the sandbox, draws their graphs,
 * and shows what the first moments of a text give.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";
import { open } from "../../web/scripts/engines.mjs";
import { serve } from "../../web/scripts/serve.mjs";

const dist = fileURLToPath(new URL("../../web/playground/dist/", import.meta.url));

/** What an example must show: a part of its output, boxes and kernels after fusion. */
const EXAMPLES = {
  "01-gelu": { output: /-0\.158655/, boxes: 6, kernels: 1 },
  "10-attention": { output: /f32\[/, boxes: 10, kernels: 2 },
  "18-an-lru-of-two": { output: /evictions:\s*7/, boxes: 2, kernels: 1 },
};

const quoted = JSON.stringify;
const by = (testid) => `document.querySelector('[data-testid="${testid}"]')`;

for (const engine of ["firefox", "webkit"]) {
  describe(engine, () => {
    it("runs examples in the sandbox and shows their graphs, kernels and lines", async () => {
      const server = await serve(dist);
      const page = await open(engine);
      try {
        await page.goto(server.url);
        await page.waitFor(`${by("output")}?.dataset.state === "done"`, 60_000);
        for (const [id, wanted] of Object.entries(EXAMPLES)) {
          await page.evaluate(
            `(() => { const select = ${by("examples")}; select.value = ${quoted(id)}; select.dispatchEvent(new Event("change", { bubbles: true })); })()`,
          );
          await page.waitFor(`${by("output")}.dataset.state === "done" && ${by("examples")}.value === ${quoted(id)}`, 60_000);
          await page.waitFor(
            `${by("graph")}?.getAttribute("aria-busy") === "false" && Number(${by("graph")}.dataset.boxes) >= ${wanted.boxes}`,
          );
          const shown = await page.evaluate(`({
            output: ${by("output")}.innerText,
            kernels: ${by("kernels")}.querySelectorAll("[data-kernel]").length,
            name: ${by("functions")}.selectedOptions[0].textContent,
          })`);
          assert.match(shown.output, wanted.output, id);
          assert.ok(shown.kernels >= wanted.kernels, `${id}: ${shown.kernels} kernels`);
          assert.doesNotMatch(shown.name, /^function \d/, `${id}: the function has the name of its variable`);
        }
        // A kernel leads to lines of the program: their positions are known.
        await page.evaluate(`${by("kernels")}.querySelector("button").focus()`);
        await page.waitFor(`document.querySelectorAll(".cm-linked").length > 0`, 5000);
        assert.deepEqual(page.complaints(), []);
      } finally {
        await page.close();
        await server.close();
      }
    });

    it("keeps a program from the network and from storage", async () => {
      const heard = [];
      const server = await serve(dist);
      const page = await open(engine);
      try {
        const code = `const tries = {
  fetch: () => fetch(${quoted(`${server.url}/index.html`)}),
  importScripts: () => importScripts(${quoted(`${server.url}/theme.js`)}),
  socket: () => new Promise((yes, no) => { const w = new WebSocket(${quoted(server.url.replace("http", "ws"))}); w.onopen = yes; w.onerror = no; }),
  database: () => new Promise((yes, no) => { const o = indexedDB.open("x"); o.onsuccess = yes; o.onerror = no; }),
  files: () => navigator.storage.getDirectory(),
  eval: () => (0, eval)("1"),
};
console.log("origin", self.origin);
for (const [name, act] of Object.entries(tries)) {
  try { await act(); console.log("REACHED", name); } catch { console.log("blocked", name); }
}`;
        // As somebody who follows a link: nobody has run it.
        const link = await linkTo(code);
        await page.goto(`${server.url}/${link}`);
        await page.waitFor(`document.querySelector("main")?.dataset.output === "live"`, 60_000);
        await page.evaluate(`${by("run")}.click()`);
        await page.waitFor(`${by("output")}.dataset.state === "done"`, 30_000);
        const output = await page.evaluate(`${by("output")}.innerText`);
        assert.match(output, /origin\s+null/);
        assert.equal(output.match(/blocked/g)?.length, 6, output);
        assert.deepEqual(heard, []);
      } finally {
        await page.close();
        await server.close();
      }
    });
  });
}

/** A link to a program, as the page writes it. */
async function linkTo(code) {
  const stream = new Blob([JSON.stringify({ code })]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  return `#1/${Buffer.from(await new Response(stream).arrayBuffer()).toString("base64url")}`;
}
