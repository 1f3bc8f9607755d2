/** @file The suites in headless Chromium: on WebGPU by name, and what `auto` chooses there. A run without dispatches is a failure. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../../../scripts/chromium.mjs";
import { serve } from "../../../scripts/serve.mjs";

// The policy that the package promises to run under.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const server = await serve(fileURLToPath(new URL("../..", import.meta.url)), { headers: { "content-security-policy": policy } });
const browser = await launch();
after(async () => {
  await browser.close();
  await server.close();
});

async function inPage(work, argument) {
  const page = await browser.newPage();
  const messages = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(String(error)));
  await page.goto(server.url);
  try {
    return await page.evaluate(work, argument);
  } catch (error) {
    throw new Error(`${error.message}\n${messages.join("\n")}`);
  } finally {
    await page.close();
  }
}

const { results, device, dispatches } = await inPage(async (kind) => (await import("/test/browser/run.mjs")).run(kind), "webgpu");

for (const { name, error } of results) test(`${name} (webgpu)`, () => assert.ok(error === undefined, error));

test("the tests ran on WebGPU, and kernels ran", () => {
  assert.equal(device.kind, "webgpu");
  assert.ok(results.length > 60, `${results.length} tests`);
  assert.ok(dispatches > 100, `${dispatches} dispatches`);
});

test("auto takes the CPU device where the only adapter is a software one", async () => {
  const chosen = await inPage(async () => {
    const { init, device, tensor } = await import("/dist/index.js");
    await init();
    return { ...device(), value: await tensor([1]).add(1).item() };
  });
  assert.equal(chosen.value, 2);
  if (process.env.INTERFUSE_GPU !== "hardware") {
    assert.equal(chosen.kind, "cpu");
    assert.equal(chosen.reason, "the only WebGPU adapter is a software one, which is slower than the CPU device");
  }
});

test("a device of the program's own is used and never destroyed", async () => {
  const lost = await inPage(async () => {
    const { init, device, tensor } = await import("/dist/index.js");
    const adapter = await navigator.gpu.requestAdapter();
    const gpu = await adapter.requestDevice();
    let gone = false;
    gpu.lost.then(() => (gone = true));
    await init({ gpu });
    const value = await tensor([1]).add(1).item();
    await new Promise((resolve) => setTimeout(resolve, 0));
    return { gone, value, reason: device().reason };
  });
  assert.deepEqual(lost, { gone: false, value: 2, reason: "the GPUDevice that was passed in" });
});
