/** @file A page that touches no GPU computes on the WebGPU device that a worker serves, with the counts of a device of its own. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../../../scripts/chromium.mjs";
import { serve } from "../../../scripts/serve.mjs";

const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const server = await serve(fileURLToPath(new URL("../..", import.meta.url)), { headers: { "content-security-policy": policy } });
const browser = await launch();
after(async () => {
  await browser.close();
  await server.close();
});

/** Runs a program in a page, on a WebGPU device of its own or on that of a worker. */
async function program(remote) {
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.goto(server.url);
  try {
    return await page.evaluate(async (remote) => {
      const { compile, device, fori, init, memory, synchronize, tensor, valueAndGrad } = await import("/dist/index.js");
      const { counters } = await import("/dist/devtools.js");
      if (remote) {
        const { connect } = await import("/dist/remote.js");
        const worker = new Worker("/test/browser/serving.js", { type: "module" });
        const failed = new Promise((_, reject) => {
          worker.onmessage = ({ data }) => data.error !== undefined && reject(new Error(data.error));
        });
        const { port1, port2 } = new MessageChannel();
        worker.postMessage(port2, [port2]);
        await Promise.race([connect(port1, { wasm: "/dist/interfuse.wasm" }), failed]);
        // The page's own GPU is not to be needed.
        Object.defineProperty(navigator, "gpu", { get: () => undefined });
      } else await init({ device: "webgpu" });
      const x = tensor([1, 2, 3, 4], { shape: [2, 2] });
      const values = [await x.mul(2).add(1).matmul(x).data()];
      const step = compile((w, x) => valueAndGrad((w) => x.matmul(w).sub(1).square().mean())(w));
      for (let i = 0; i < 4; i++) {
        const [loss, slope] = step(x, x);
        values.push(await loss.data(), await slope.data());
      }
      const loop = compile((x) => fori(10, (_, x) => x.mul(1.5), x));
      values.push(await loop(x).data());
      await synchronize();
      const { buffers, bytesInUse } = memory();
      const { dispatches, bytesAllocated, bytesUploaded, bytesRead } = counters();
      return {
        kind: device().kind,
        backend: device().backend,
        limits: device().limits,
        values: values.map((value) => Array.from(value)),
        hits: step.stats.hits,
        fallbacks: step.stats.fallbacks,
        counts: { buffers, bytesInUse, dispatches, bytesAllocated, bytesUploaded, bytesRead },
      };
    }, remote);
  } catch (error) {
    throw new Error(`${error.message}\n${errors.join("\n")}`);
  } finally {
    await page.close();
  }
}

test("a page computes on the WebGPU device of a worker as on its own", async () => {
  const own = await program(false);
  assert.equal(own.kind, "webgpu");
  const remote = await program(true);
  assert.deepEqual(remote, own);
});
