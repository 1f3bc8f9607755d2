/** @file In a page: a cached call against the same dispatch written by hand on the same device, in the same run. */
import { compile, init, synchronize, tensor, device } from "/dist/index.js";
import { counters } from "/dist/devtools.js";

const BURST = 500;

async function least(work, drain) {
  let best = Infinity;
  for (let run = 0; run < 10; run++) {
    await drain();
    const started = performance.now();
    for (let i = 0; i < BURST; i++) work();
    best = Math.min(best, performance.now() - started);
  }
  await drain();
  return (best * 1e3) / BURST;
}

function byHand(gpu) {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [gpu.createBuffer({ size: 64, usage }), gpu.createBuffer({ size: 64, usage })];
  const code = "@group(0) @binding(0) var<storage> a: array<f32>; @group(0) @binding(1) var<storage, read_write> b: array<f32>; @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { if (id.x < 16) { b[id.x] = a[id.x] * 2.0 + 1.0; } }";
  const pipeline = gpu.createComputePipeline({ layout: "auto", compute: { module: gpu.createShaderModule({ code }) } });
  const group = gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [from, to].map((buffer, binding) => ({ binding, resource: { buffer } })) });
  return () => {
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(1);
    pass.end();
    gpu.queue.submit([encoder.finish()]);
  };
}

export async function measure() {
  const adapter = await navigator.gpu.requestAdapter();
  const gpu = await adapter.requestDevice();
  await init({ gpu });
  const bare = await least(byHand(gpu), () => gpu.queue.onSubmittedWorkDone());
  const calls = [];
  let created = 0;
  for (const leaves of [1, 4, 16]) {
    const inputs = Array.from({ length: leaves }, (_, i) => tensor(new Float32Array(16).fill(i)));
    const f = compile((...all) => all.reduce((sum, x) => sum.add(x)).mul(2).add(1));
    f(...inputs).dispose();
    const before = { created: 0 };
    const us = await least(
      () => f(...inputs).dispose(),
      async () => {
        await synchronize();
        before.created = counters().buffersCreated;
      },
    );
    created = counters().buffersCreated - before.created;
    calls.push({ leaves, us });
  }
  const { architecture, vendor } = device();
  return { adapter: `${vendor} ${architecture}`, bare, calls, created };
}
