/**
 * @file Proves, before the long tests, that headless Chromium gives a WebGPU adapter and runs a kernel on it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { launch } from "./chromium.mjs";
import { Failure, main, say } from "./lib.mjs";
import { serve } from "./serve.mjs";

/** Runs in the page: 64 numbers doubled by a compute shader, and what the adapter says of itself. */
async function doubled() {
  if (!navigator.gpu) return { error: "navigator.gpu is absent" };
  const adapter = await navigator.gpu.requestAdapter();
  if (!adapter) return { error: "requestAdapter() gave null" };
  const device = await adapter.requestDevice();
  const code =
    "@group(0) @binding(0) var<storage, read_write> x: array<f32>; @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) i: vec3u) { x[i.x] = f32(i.x) * 2.0; }";
  const pipeline = device.createComputePipeline({ layout: "auto", compute: { module: device.createShaderModule({ code }) } });
  const buffer = device.createBuffer({ size: 256, usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC });
  const readable = device.createBuffer({ size: 256, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, readable, 0, 256);
  device.queue.submit([encoder.finish()]);
  await readable.mapAsync(GPUMapMode.READ);
  const values = [...new Float32Array(readable.getMappedRange())];
  const { vendor, architecture, description } = adapter.info;
  return {
    values,
    adapter: [vendor, architecture, description].filter(Boolean).join(" "),
    features: [...adapter.features].sort(),
    storageBuffers: adapter.limits.maxStorageBuffersPerShaderStage,
  };
}

/** The adapter's description; throws a `Failure` when there is none or it computes wrongly. */
export async function checkWebGpu() {
  const empty = mkdtempSync(path.join(tmpdir(), "interfuse-"));
  const server = await serve(empty);
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const result = await page.evaluate(doubled);
    if (result.error) throw new Failure(`no WebGPU in ${browser.version()}: ${result.error}`);
    if (result.values.some((value, index) => value !== index * 2)) throw new Failure(`WebGPU computes wrongly: ${result.values}`);
    return { browser: browser.version(), ...result };
  } finally {
    await browser.close();
    await server.close();
    rmSync(empty, { recursive: true });
  }
}

await main(import.meta, async () => {
  const { browser, adapter, storageBuffers, features } = await checkWebGpu();
  say(`WebGPU works in Chromium ${browser}: ${adapter}, ${storageBuffers} storage buffers per stage`);
  say(`features: ${features.join(" ")}`);
});
