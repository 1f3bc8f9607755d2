/** @file The suites in headless Chromium: on WebGPU by name, and what `auto` chooses there. A run without dispatches is a failure. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { launch } from "../../../scripts/chromium.mjs";
import { serve } from "../../../scripts/serve.mjs";

// The policy that the package promises to run under.
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const server = await serve(fileURLToPath(new URL("../..", import.meta.url)), { headers: { "content-security-policy": policy } });
// The collector is called by tests of what is left after it.
const browser = await launch({ args: ["--js-flags=--expose-gc"] });
after(async () => {
  await browser.close();
  await server.close();
});

async function inPage(work, ...given) {
  const page = await browser.newPage();
  const messages = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(String(error)));
  await page.goto(server.url);
  try {
    return await page.evaluate(work, given);
  } catch (error) {
    throw new Error(`${error.message}\n${messages.join("\n")}`);
  } finally {
    await page.close();
  }
}

const examples = JSON.parse(readFileSync(new URL("../../../../tests/data/visible_examples.json", import.meta.url), "utf8"));
const { results, table, device, dispatches } = await inPage(
  async ([kind, examples]) => (await import("/test/browser/run.mjs")).run(kind, examples),
  "webgpu",
  examples,
);
console.log(table);

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

test("a device that is lost takes its tensors along, and init finds another", async () => {
  const told = await inPage(async () => {
    const { compile, device, init, ones, tensor } = await import("/dist/index.js");
    const found = [];
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...args) {
      const device = await request.apply(this, args);
      found.push(device);
      return device;
    };
    const error = async (work) => {
      try {
        return `no error: ${await work()}`;
      } catch (caught) {
        return `${caught.name}: ${caught.message}`;
      }
    };
    await init({ device: "webgpu" });
    const f = compile((x) => x.mul(2).add(1));
    const x = tensor([1, 2, 3]);
    const before = [...(await f(x).data())];
    const pending = error(() => f(x).data());
    found[0].destroy();
    const told = { before, pending: await pending };
    await found[0].lost;
    await new Promise((resolve) => setTimeout(resolve, 0));
    told.read = await error(() => x.data());
    told.call = await error(() => f(x));
    told.device = await error(() => device());
    told.make = await error(() => ones([1]));
    await init({ device: "webgpu" });
    told.devices = found.length;
    told.kind = device().kind;
    told.again = [...(await f(tensor([1, 2, 3])).data())];
    told.old = await error(() => f(x));
    const over = compile((y) => y.add(x));
    told.closed = await error(() => over(tensor([1, 2, 3])));
    told.misses = f.stats.misses;
    return told;
  });
  assert.deepEqual(told.before, [3, 5, 7]);
  assert.match(told.pending, /^(DeviceError: .*lost|no error: 3,5,7)/, "a read under way ends either way, and ends");
  assert.match(told.read, /^DeviceError: data: the tensor's device was lost/);
  assert.match(told.call, /^DeviceError: compile\('f'\)|^DeviceError: .*the tensor's device was lost/);
  assert.match(told.device, /^DeviceError: device: the device was lost\. await init\(\) again/);
  assert.match(told.make, /^DeviceError: ones: the device was lost\. await init\(\) again/);
  assert.deepEqual([told.devices, told.kind], [2, "webgpu"]);
  assert.deepEqual(told.again, [3, 5, 7]);
  assert.match(told.old, /the tensor's device was lost/);
  assert.match(told.closed, /^DeviceError: .*lost/);
  assert.equal(told.misses, 2, "compiled anew for the new device");
});

test("unsupported: a function whose kernel the driver refuses in a warm-up runs op by op, and is an error under fullgraph", async () => {
  const told = await inPage(async () => {
    const { compile, init, tensor } = await import("/dist/index.js");
    // A driver's refusal: the pipeline is made of a function that the shader lacks.
    let refuses = false;
    for (const name of ["createComputePipeline", "createComputePipelineAsync"]) {
      const create = GPUDevice.prototype[name];
      GPUDevice.prototype[name] = function (descriptor) {
        // Kernels of one op are taken.
        const refused = refuses && descriptor.label.split("_").length > 2;
        return create.call(this, refused ? { ...descriptor, compute: { ...descriptor.compute, entryPoint: "missing" } } : descriptor);
      };
    }
    const warned = [];
    console.warn = (text) => warned.push(text);
    await init({ device: "webgpu" });
    const fn = (x) => x.mul(3).exp().sub(1).abs();
    let traces = 0;
    const f = compile((x) => (traces++, fn(x)), { name: "f" });
    const x = tensor([0, 1]);
    refuses = true;
    await f.warmup(x);
    await f.warmup(x);
    refuses = false;
    const told = { report: f.lastFallback, traces, before: f.stats.fallbacks };
    told.values = [...(await f(x).data()), ...(await f(x).data())];
    told.stats = [f.stats.hits, f.stats.misses, f.stats.fallbacks, f.stats.cacheSize];
    told.runs = traces;
    told.warned = warned;
    refuses = true;
    // Another function: the pipeline of the first is known to be refused.
    const strict = compile((y) => fn(y).sqrt(), { name: "g", fullgraph: true });
    told.error = await strict.warmup(x).then(
      () => "none",
      ({ name, reason, message }) => ({ name, reason, message }),
    );
    refuses = false;
    told.others = [...(await compile((y) => y.sin().cos())(tensor([0])).data())];
    return told;
  });
  const e = Math.exp(3) - 1;
  assert.deepEqual(
    [told.report.reason, told.report.function, told.report.opPath, told.report.hint],
    ["unsupported", "f", "compile('f')", "Op by op it may run."],
  );
  assert.match(told.report.message, /missing/);
  assert.deepEqual([told.traces, told.before], [1, 0], "the entry is kept, and a warm-up is no call");
  told.values.forEach((value, i) => assert.ok(Math.abs(value - [0, e][i % 2]) < 1e-4, `${told.values}`));
  assert.deepEqual([told.stats, told.runs], [[0, 0, 2, 1], 1]);
  assert.equal(told.warned.length, 1);
  assert.match(told.warned[0], /^compile\('f'\) runs eagerly: .*Op by op it may run\. Said once per reason/s);
  assert.deepEqual([told.error.name, told.error.reason], ["FullgraphError", "unsupported"]);
  assert.match(told.error.message, /^compile\('g'\): the function cannot be one graph, which fullgraph asks for: .*missing/s);
  assert.deepEqual(told.others, [1]);
});

test("a kernel that the driver refuses in a plain call ends in right values, and so does what was computed from it", async () => {
  const told = await inPage(async () => {
    const { refuses } = await import("/test/browser/refusing.js");
    const { compile, init, nn, optim, random, tensor, zeros } = await import("/dist/index.js");
    console.warn = () => undefined;
    await init({ device: "webgpu" });
    const innocent = compile((x) => x.mul(3).sub(1));
    await innocent(zeros([64])).data();
    refuses(true);
    let traces = 0;
    const f = compile((x) => (traces++, x.mul(2).add(1).div(2)), { name: "f" });
    const g = compile((x, y) => x.mul(y).add(x), { name: "g", donate: [0] });
    const told = {};
    // A chain, and calls beside it that share submits; arguments go at once, so that their memory could be used again.
    const kept = [];
    let chained = tensor(new Float32Array(64).fill(1));
    for (let i = 0; i < 20; i++) {
      const x = tensor(new Float32Array(64).fill(i));
      const next = f(chained);
      chained.dispose();
      chained = next;
      const two = tensor(new Float32Array(64).fill(2));
      const z = g(x, two);
      two.dispose();
      kept.push(innocent(z), innocent(tensor(new Float32Array(64).fill(i))));
      z.dispose();
    }
    const reading = chained.add(1).data();
    chained.dispose();
    told.chained = (await reading)[63];
    told.kept = (await Promise.all(kept.map((x) => x.data()))).map((values) => [values[0], values[63]]);
    told.traces = traces;
    told.stats = [f, g, innocent].map(({ stats }) => [stats.hits, stats.misses, stats.fallbacks, stats.cacheSize]);
    told.report = f.lastFallback;
    told.later = [
      await f(tensor([1])).item(),
      await f(tensor(new Float32Array(64).fill(3)))
        .data()
        .then((x) => x[0]),
    ];
    // Training: state and donated batches, three steps before anything is read.
    const train = async (compiled) => {
      const model = new nn.Sequential(new nn.Linear(4, 8), nn.tanh, new nn.Linear(8, 1));
      const optimizer = new optim.Adam(0.05);
      const lossOf = nn.valueAndGrad(model, (x) => model.forward(x).square().mean());
      const body = (x) => {
        const [loss, gradients] = lossOf(x);
        optimizer.update(model, gradients);
        return loss;
      };
      const step = compiled ? compile(body, { state: [model, optimizer.state], donate: true }) : body;
      const losses = [];
      for (let i = 0; i < 3; i++)
        losses.push(
          step(
            tensor(
              Float32Array.from({ length: 20 }, (_, j) => Math.sin(j + i)),
              { shape: [5, 4] },
            ),
          ),
        );
      return {
        losses: await Promise.all(losses.map((loss) => loss.item())),
        stats: compiled ? [step.stats.hits, step.stats.misses, step.stats.fallbacks] : [],
      };
    };
    random.seed(3);
    told.eager = await train(false);
    random.seed(3);
    told.trained = await train(true);
    return told;
  });
  assert.equal(told.chained, 12);
  told.kept.forEach((values, i) => {
    const at = Math.floor(i / 2);
    const want = i % 2 === 0 ? 9 * at - 1 : 3 * at - 1;
    assert.deepEqual(values, [want, want], `${i}`);
  });
  assert.equal(told.traces, 1);
  assert.deepEqual(told.stats, [
    [0, 0, 20, 1],
    [0, 0, 20, 1],
    [40, 1, 0, 1],
  ]);
  assert.deepEqual([told.report.reason, told.report.function, told.report.opPath], ["unsupported", "f", "compile('f')"]);
  assert.match(told.report.message, /missing/);
  assert.deepEqual(told.later, [1.5, 3.5]);
  told.trained.losses.forEach((loss, i) =>
    assert.ok(Math.abs(loss - told.eager.losses[i]) < 1e-5, `${told.trained.losses} ${told.eager.losses}`),
  );
  const [hits, misses, fallbacks] = told.trained.stats;
  assert.deepEqual([hits, misses, fallbacks], [0, 0, 3]);
});

test("a kernel that the driver refuses is an error of every read under fullgraph, and captured state is what it was", async () => {
  const told = await inPage(async () => {
    const { refuses } = await import("/test/browser/refusing.js");
    const { compile, init, tensor } = await import("/dist/index.js");
    await init({ device: "webgpu" });
    refuses(true);
    const error = (work) =>
      Promise.resolve()
        .then(work)
        .then(String, ({ name, reason, message }) => ({ name, reason, message }));
    const state = { sum: tensor([1, 2]), calls: 0 };
    const f = compile((x) => (state.calls++, (state.sum = state.sum.mul(2).add(x)), state.sum.sub(1)), {
      name: "f",
      state,
      fullgraph: true,
    });
    const y = f(tensor([1, 1]));
    f(tensor([1, 1]));
    const told = {
      errors: await Promise.all([error(() => y.data()), error(() => y.add(1).data()), error(() => compile((x) => x.neg())(y).data())]),
    };
    told.state = [state.calls, ...(await state.sum.data())];
    told.later = await error(() => f(tensor([1, 1])));
    told.after = [state.calls, ...(await state.sum.data())];
    told.stats = [f.stats.fallbacks, f.lastFallback];
    return told;
  });
  for (const { name, reason, message } of [...told.errors, told.later]) {
    assert.deepEqual([name, reason], ["FullgraphError", "unsupported"], message);
    assert.match(message, /^compile\('f'\): the function cannot be one graph, which fullgraph asks for: .*missing/s);
  }
  assert.deepEqual(told.state, [0, 1, 2]);
  assert.deepEqual(told.after, [0, 1, 2]);
  assert.deepEqual(told.stats, [0, undefined]);
});

test("calls of one turn share submits, and none waits beyond the turn", async () => {
  const told = await inPage(async () => {
    const { compile, evaluate, init, tensor } = await import("/dist/index.js");
    await init({ device: "webgpu" });
    let submits = 0;
    let dispatches = 0;
    const { submit } = GPUQueue.prototype;
    const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
    GPUQueue.prototype.submit = function (buffers) {
      submits++;
      return submit.call(this, buffers);
    };
    GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...grid) {
      dispatches++;
      return dispatchWorkgroups.apply(this, grid);
    };
    const next = compile((x) => x.mul(0.5).add(1));
    let x = next(tensor([0, 8, 16]));
    await x.data();
    const count = async (calls) => {
      [submits, dispatches] = [0, 0];
      for (let i = 0; i < calls; i++) x = next(x);
      const inTurn = submits;
      await null;
      await null;
      return [calls, dispatches, inTurn, submits];
    };
    const counts = [await count(1), await count(2), await count(200)];
    // Asked for now: nothing waits.
    for (let i = 0; i < 2; i++) x = next(x);
    const before = submits;
    evaluate(x);
    const evaluated = submits - before;
    // Memory that is written again within the turn, by an upload and by a call.
    const kept = [];
    for (let i = 0; i < 40; i++) {
      const argument = tensor([i, i, i]);
      kept.push(next(argument));
      argument.dispose();
      if (i % 3 === 0) next(kept[i]).dispose();
    }
    const values = await Promise.all(kept.map((y) => y.data()));
    return { counts, evaluated, last: [...(await x.data())], values: values.map((value) => [...value]) };
  });
  // One call goes at once; of two the second waits for the end of the turn; many go 1, 2, 4, ... and then 64 at a time.
  assert.deepEqual(told.counts, [
    [1, 1, 1, 1],
    [2, 2, 1, 2],
    [200, 200, 8, 9],
  ]);
  assert.equal(told.evaluated, 1);
  assert.deepEqual(told.last, [2, 2, 2]);
  told.values.forEach((value, i) => assert.deepEqual(value, Array(3).fill(i / 2 + 1)));
});

test("a device that runs out of memory says so by its own kind of error, and gives back what it only kept", async () => {
  const told = await inPage(async () => {
    const { compile, init, memory, zeros } = await import("/dist/index.js");
    await init({ device: "webgpu" });
    let short = false;
    let created = 0;
    const { createBuffer, popErrorScope } = GPUDevice.prototype;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      if (short && descriptor.size > 1000) created++;
      return createBuffer.call(this, descriptor);
    };
    GPUDevice.prototype.popErrorScope = function () {
      const answer = popErrorScope.call(this);
      if (created === 0) return answer;
      created = 0;
      return answer.then(() => new GPUOutOfMemoryError("no more"));
    };
    const f = compile((x) => x.add(1).exp());
    await f(zeros([1000])).data();
    const kept = f(zeros([2000]));
    await kept.data();
    kept.dispose();
    const told = { pooled: memory().bytesPooled > 8000 };
    short = true;
    const x = zeros([3000]);
    const failed = ({ name, message }) => ({ name, message });
    told.errors = await Promise.all([
      f(x)
        .data()
        .then(() => "none", failed),
      f(x)
        .sub(1)
        .data()
        .then(() => "none", failed),
    ]);
    told.left = memory().bytesPooled;
    short = false;
    told.later = (await f(zeros([3000])).data())[2999];
    return told;
  });
  assert.ok(told.pooled);
  for (const { name, message } of told.errors) {
    assert.equal(name, "LimitError", message);
    assert.match(message, /a buffer of 12000 bytes: the device is out of memory/);
  }
  assert.ok(told.left < 8000, `${told.left} bytes are kept`);
  assert.ok(Math.abs(told.later - Math.E) < 1e-5);
});

test("calls that were refused much memory run again in memory that was asked for again", async () => {
  const told = await inPage(async () => {
    const { compile, init, memory, ones, zeros } = await import("/dist/index.js");
    await init({ device: "webgpu" });
    const large = 5 << 20;
    let refusals = 0;
    const { createBuffer, popErrorScope } = GPUDevice.prototype;
    let refused = false;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      if (refusals === 0 || descriptor.size < large * 4) return createBuffer.call(this, descriptor);
      refusals -= 1;
      refused = true;
      // A buffer that never comes to be, as when there is no memory for it.
      return createBuffer.call(this, { ...descriptor, size: Number.MAX_SAFE_INTEGER });
    };
    GPUDevice.prototype.popErrorScope = function () {
      const answer = popErrorScope.call(this);
      if (!refused) return answer;
      refused = false;
      return answer.then(() => new GPUOutOfMemoryError("no more"));
    };
    const failed = ({ name, message }) => `${name}: ${message}`;
    const step = compile((x, y) => x.add(y));
    const small = ones([1000]);
    const x = zeros([large]);
    const y = ones([large]);
    const told = { before: (await x.add(y).mean().item()) + (await small.sum().item()) };
    // A fresh entry, a second call on its result and small calls in between; nothing is read before the last.
    refusals = 1;
    const first = step(x, y);
    const between = step(small, small);
    const second = step(first, y);
    first.dispose();
    const third = second.add(y);
    told.values = await Promise.all([second.mean().item(), third.mean().item(), between.mean().item()]);
    // Its kernels are known by now.
    [second, third].forEach((tensor) => tensor.dispose());
    await step(small, small).data();
    refusals = 1;
    const kept = [step(x, y), step(y, y), step(x, x)];
    told.again = await Promise.all(kept.map((tensor) => tensor.mean().item()));
    // Both blocks are refused, and the first once more: an error, of what needed it alone.
    refusals = 3;
    const more = [step(y, y), step(y, y), step(small, y.slice([0, 1000]))];
    const errors = more.map((tensor) =>
      tensor
        .sum()
        .item()
        .then((sum) => sum, failed),
    );
    told.errors = await Promise.all(errors);
    told.memory = memory().bytesInUse / (large * 4);
    told.later = [await step(kept[1], y).mean().item(), await between.sum().item()];
    Object.assign(GPUDevice.prototype, { createBuffer, popErrorScope });
    return told;
  });
  assert.deepEqual([told.before, told.values, told.again, told.later], [1001, [2, 3, 2], [1, 2, 0], [3, 2000]]);
  assert.match(told.errors[0], /^LimitError: .*a buffer of 20971520 bytes: the device is out of memory/);
  assert.deepEqual(told.errors.slice(1), [2 * 5 * 2 ** 20, 2000]);
});

test("long rows are shared by subgroups where the device has them", async () => {
  const told = await inPage(async () => {
    const { compile, device, init, setDevice, tensor } = await import("/dist/index.js");
    await init({ device: "webgpu" });
    const x = () => tensor(Float32Array.from({ length: 100_000 }, (_, i) => Math.sin(i))).reshape([5, 20_000]);
    const f = compile((x) => [x.softmax(-1), x.argmax(-1), x.max(-1), x.logsumexp(-1)]);
    const run = () => Promise.all(f(x()).map((y) => y.data()));
    const [got, features] = [await run(), device().features];
    const schedules = f.inspect(x()).kernels.map((kernel) => kernel.schedule);
    setDevice("cpu");
    const want = await run();
    const differs = got.map((y, i) => Math.max(...y.map((value, at) => Math.abs(value - want[i][at]))));
    return { features, schedules, differs };
  });
  const by = told.features.includes("subgroups") ? "by=subgroups" : "by=workgroup";
  assert.ok(
    told.schedules.some((schedule) => schedule.startsWith(`row ${by} `)),
    told.schedules.join("; "),
  );
  assert.deepEqual([told.differs[1], told.differs[2]], [0, 0]);
  assert.ok(told.differs[0] < 1e-7 && told.differs[3] < 1e-5, `${told.differs}`);
});

test("workers of one page have devices of their own on one adapter", async () => {
  const told = await inPage(async () => {
    const workers = Array.from({ length: 4 }, () => new Worker("/test/browser/worker.js", { type: "module" }));
    const answers = workers.map(
      (worker, i) =>
        new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(i);
        }),
    );
    const told = await Promise.all(answers);
    for (const worker of workers) worker.terminate();
    return told;
  });
  told.forEach(({ error, kind, sums, hits }, i) => {
    assert.equal(error, undefined);
    assert.deepEqual([kind, hits], ["webgpu", 19]);
    assert.deepEqual(
      sums,
      Array.from({ length: 20 }, (_, step) => 1000 * (i + step) * 2 + 1000),
    );
  });
});

test("after a failure of the core the next init starts a fresh one, on a device of its own", async () => {
  const told = await inPage(async () => {
    const { compile, device, init, tensor } = await import("/dist/index.js");
    const inner = await import("/dist/core.js");
    await init({ device: "webgpu" });
    const f = compile((x) => x.mul(2).add(1));
    const old = tensor([1, 2]);
    const told = { before: [...(await f(old).data())] };
    const message = (work) => {
      try {
        return `no error: ${work()}`;
      } catch (error) {
        return `${error.name}: ${error.message}`;
      }
    };
    told.failed = message(() => inner.core.failOnPurpose());
    told.broken = message(() => f(old));
    await init({ device: "webgpu" });
    told.kind = device().kind;
    told.after = [...(await f(tensor([3, 4])).data())];
    told.old = message(() => f(old));
    await init();
    told.stats = [f.stats.misses, f.stats.hits];
    return told;
  });
  assert.deepEqual(told.before, [3, 5]);
  assert.match(told.failed, /unreachable/);
  assert.match(
    told.broken,
    /^InterfuseError: .*the core failed before and cannot go on; the first failure was: .*on purpose.*await init\(\) again/s,
  );
  assert.deepEqual([told.kind, told.after], ["webgpu", [7, 9]]);
  assert.match(told.old, /^DeviceError: .*the tensor was lost when the core failed\. Make it again/);
  assert.deepEqual(told.stats, [1, 0]);
});

test("a browser that looks at its queue rarely is nudged while a read waits, and only then", async () => {
  const { values, empty, after, others } = await inPage(async () => {
    Object.defineProperty(navigator, "userAgent", { value: "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0" });
    let empty = 0;
    const submit = GPUQueue.prototype.submit;
    GPUQueue.prototype.submit = function (buffers) {
      if (buffers.length === 0) empty++;
      return submit.call(this, buffers);
    };
    const { init, tensor } = await import("/dist/index.js");
    await init({ device: "webgpu" });
    const reads = [tensor([1]).add(1).data(), tensor([2]).add(1).data()];
    const values = (await Promise.all(reads)).map(([value]) => value);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const during = empty;
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { values, empty: during, after: empty - during, others: navigator.userAgent };
  });
  assert.deepEqual(values, [2, 3]);
  assert.ok(empty > 0, `${empty} empty submits`);
  assert.equal(after, 0, "nothing is submitted when nothing waits");
  assert.match(others, /Firefox/);
});

test("a plain module script runs it under the policy, and so does slim", async () => {
  const page = await browser.newPage();
  const messages = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(String(error)));
  await page.goto(`${server.url}/test/browser/module.html`);
  await page.waitForFunction(() => document.title.startsWith("done") || document.title.startsWith("failed"));
  assert.equal(await page.title(), "done 2 3 kernel void", messages.join("\n"));
  assert.deepEqual(messages, []);
  await page.close();
});

// Sizes at which kernels choose otherwise: short and long sorts, one block and several, rows alone and shared.
for (const [name, sizes] of Object.entries({
  sort: [129, 4097],
  "cumsum of a costly producer": [129, 65537],
  softmax: [2 ** 15],
  sum: [65537],
  "scatterAdd of as many updates as places": [2049, 20000],
  "scatterAdd into few places": [20000],
  "at().set": [20000],
  "gradient of take": [20000],
  matmul: [2 ** 16],
})) {
  test(`${name} of ${sizes.join(" and ")} elements is what the CPU device computes, and no fallback`, async () => {
    for (const n of sizes) {
      const results = await inPage(async ([name, n]) => (await import("/test/browser/large.js")).run(name, n, 0), name, n);
      for (const [way, { differs, fallbacks }] of Object.entries(results)) {
        assert.ok(differs < 1e-3, `${n}, ${way}: ${differs}`);
        assert.equal(fallbacks, 0, `${n}, ${way}`);
      }
    }
  });
}

test("a model of embeddings trains alike, compiled and eagerly, on both devices", async () => {
  const results = await inPage(async () => (await import("/test/browser/large.js")).train(2000, 16, 512, 4));
  const want = results["cpu eager"].losses;
  assert.ok(want[3] < want[0], `${want}`);
  for (const [way, { losses }] of Object.entries(results))
    losses.forEach((loss, i) => assert.ok(Math.abs(loss - want[i]) < 1e-4, `${way}: ${losses}, not ${want}`));
});
