/**
 * @file In a page: cached calls against the same amount of work written by hand on the same device.
 *
 * Measured is the time of the page's thread over a burst of calls, which is what a caller waits for; the queue is drained between bursts,
 * so that no burst pays for the one before. Bursts of all contestants take turns, so that a machine that is busy for a while is
 * busy for all of them, and medians are compared. By hand everything is made beforehand and the same buffer is written each time; a
 * compiled call gives a fresh result, which is released at once as `using` would.
 */
import { compile, init, synchronize, tensor, device } from "/dist/index.js";
import { counters } from "/dist/devtools.js";

const BURST = 500;
const ROUNDS = 40;
/** Bursts of each contestant before those that count: engines compile hot code meanwhile. */
const WARM = 6;

const median = (times) => [...times].sort((a, b) => a - b)[times.length >> 1];

/** Waits for all that was asked for, by the library and by hand. */
async function drain(gpu) {
  await synchronize();
  await gpu.queue.onSubmittedWorkDone();
}

/** Microseconds per call of each contestant: median and least of its bursts. */
async function takeTurns(contestants, gpu) {
  const times = contestants.map(() => []);
  for (let round = -WARM; round < ROUNDS; round++) {
    for (const [at, work] of contestants.entries()) {
      await drain(gpu);
      const started = performance.now();
      for (let i = 0; i < BURST; i++) work();
      const us = ((performance.now() - started) * 1e3) / BURST;
      if (round >= 0) times[at].push(us);
    }
  }
  await drain(gpu);
  return times.map((all) => ({ median: median(all), least: Math.min(...all) }));
}

function byHand(gpu, code) {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [from, to] = [gpu.createBuffer({ size: 64, usage }), gpu.createBuffer({ size: 64, usage })];
  const pipeline = gpu.createComputePipeline({ layout: "auto", compute: { module: gpu.createShaderModule({ code }) } });
  const group = gpu.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [from, to].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
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

/** A compiled function of that many tensors of 16 elements, called and released. */
function compiled(leaves) {
  const inputs = Array.from({ length: leaves }, (_, i) => tensor(new Float32Array(16).fill(i)));
  const f = compile((...all) =>
    all
      .reduce((sum, x) => sum.add(x))
      .mul(2)
      .add(1),
  );
  return () => f(...inputs).dispose();
}

/**
 * Runs `work` while WebGPU does nothing: what is left is the time of the library alone, which another program on the machine's few
 * cores (the software adapter is one) hardly disturbs.
 */
async function withoutGpu(work) {
  const { createCommandEncoder } = GPUDevice.prototype;
  const { submit } = GPUQueue.prototype;
  const nothing = () => undefined;
  const pass = { setPipeline: nothing, setBindGroup: nothing, dispatchWorkgroups: nothing, end: nothing };
  const encoder = { label: "", beginComputePass: () => pass, finish: () => ({}) };
  GPUDevice.prototype.createCommandEncoder = () => encoder;
  GPUQueue.prototype.submit = nothing;
  try {
    return await work();
  } finally {
    GPUDevice.prototype.createCommandEncoder = createCommandEncoder;
    GPUQueue.prototype.submit = submit;
  }
}

/** What one burst adds to the device's counters, per call. */
function counted(work) {
  work();
  const before = counters();
  for (let i = 0; i < BURST; i++) work();
  const after = counters();
  const per = (name) => (after[name] - before[name]) / BURST;
  return {
    submits: per("submits"),
    dispatches: per("dispatches"),
    buffersCreated: per("buffersCreated"),
    bindGroupsCreated: per("bindGroupsCreated"),
  };
}

/** Measures in this page; `code` is the WGSL of the kernel that is run by hand. */
export async function measure(code) {
  const adapter = await navigator.gpu.requestAdapter();
  const gpu = await adapter.requestDevice();
  await init({ gpu });
  const works = [1, 4, 16].map((leaves) => ({ leaves, work: compiled(leaves) }));
  const [bare, ...times] = await takeTurns([byHand(gpu, code), ...works.map(({ work }) => work)], gpu);
  const alone = await withoutGpu(() =>
    takeTurns(
      works.map(({ work }) => work),
      gpu,
    ),
  );
  const calls = works.map(({ leaves, work }, at) => ({ leaves, ...times[at], alone: alone[at].median, ...counted(work) }));
  const { architecture, vendor } = device();
  return { adapter: `${vendor} ${architecture}`, burst: BURST, rounds: ROUNDS, bare, calls };
}

/** Calls a function of that many leaves that often, for profilers. */
export async function repeat(leaves, times) {
  const adapter = await navigator.gpu.requestAdapter();
  await init({ gpu: await adapter.requestDevice() });
  const work = compiled(leaves);
  for (let i = 0; i < times; i++) {
    work();
    if (i % BURST === 0) await synchronize();
  }
  await synchronize();
}
