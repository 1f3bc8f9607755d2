/**
 * @file Programs of real sizes in a page: their values on WebGPU beside those of the CPU device, their times, and how
 * long the page stood still.
 */
import * as interfuse from "/dist/index.js";

const { compile, cumsum, evaluate, grad, init, scatterAdd, setDevice, sort, synchronize, tensor, valueAndGrad, zeros } = interfuse;

/** Waves between -1 and 1. */
const wave = (count) => Float32Array.from({ length: count }, (_, i) => Math.sin(0.7 * i + 0.3));
/** Indices in many places, many of them equal. */
const places = (count, size) => Int32Array.from({ length: count }, (_, i) => ((i * 7919) % 1000003) % size);

/** By name: what is made before, and the function of it. */
export const programs = {
  sort: (n) => [[tensor(wave(n))], (x) => sort(x)],
  "cumsum of a costly producer": (n) => [[tensor(wave(n))], (x) => cumsum(x.sin().exp())],
  softmax: (n) => [[tensor(wave(n)).reshape([-1, 1024])], (x) => x.softmax(-1)],
  sum: (n) => [[tensor(wave(n))], (x) => x.square().sum()],
  "scatterAdd of as many updates as places": (n) => [[tensor(places(n, n)), tensor(wave(n))], (at, x) => scatterAdd(zeros([n]), at, x)],
  "scatterAdd into few places": (n) => [[tensor(places(n, 50)), tensor(wave(n))], (at, x) => scatterAdd(zeros([50]), at, x)],
  "at().set": (n) => [[tensor(wave(n)), tensor(places(n, n))], (x, at) => x.at(at).set(0.5)],
  "gradient of take": (n) => [[tensor(wave(n)), tensor(places(n, n))], (x, at) => grad((w) => w.take(at).square().sum())(x)],
  "gradient of at().min": (n) => [
    [tensor(wave(n)), tensor(places(n, n))],
    (x, at) => grad((w) => x.at(at).min(w.mul(2)).square().sum())(x),
  ],
  matmul: (n) => [[tensor(wave(n)).reshape([-1, 64])], (x) => x.matmul(x.transpose().matmul(x))],
};

/** A step of training of an embedding model; `size` rows of `width`, `count` indices. */
function embedding(size, width, count) {
  const model = { table: tensor(wave(size * width), { shape: [size, width] }), out: tensor(wave(width)).div(16) };
  const at = tensor(places(count, size));
  const target = tensor(wave(count));
  const loss = (m) => m.table.take(at, 0).matmul(m.out).sub(target).square().mean();
  const step = () => {
    const [value, gradients] = valueAndGrad(loss)(model);
    Object.assign(model, { table: model.table.sub(gradients.table.mul(0.01)), out: model.out.sub(gradients.out.mul(0.01)) });
    return value;
  };
  return { step, model, compiled: compile(step, { state: model }) };
}

/** Longest tasks of the page's thread since the last call, in milliseconds. */
const tasks = [];
new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: "longtask" });
async function longest() {
  await new Promise((done) => setTimeout(done, 120));
  return Math.max(0, ...tasks.splice(0));
}

async function timed(work) {
  await synchronize();
  await longest();
  const started = performance.now();
  const values = await work().data();
  const ms = performance.now() - started;
  return { values, ms, task: await longest() };
}

/** A program compiled and eagerly: the values' greatest difference from the CPU device's, and median times of `repeats` calls. */
export async function run(name, n, repeats = 1) {
  await init({ device: "webgpu" });
  const results = {};
  let want;
  for (const kind of ["cpu", "webgpu"]) {
    setDevice(kind);
    const [args, f] = programs[name](n);
    const compiled = compile(f);
    const ways = { eager: () => f(...args), compiled: () => compiled(...args) };
    for (const [way, work] of Object.entries(ways)) {
      const { values, ms: first, task: firstTask } = await timed(work);
      want ??= values;
      const times = [];
      let task = 0;
      for (let i = 0; i < repeats; i++) {
        const again = await timed(work);
        times.push(again.ms);
        task = Math.max(task, again.task);
      }
      let largest = 1;
      let worst = 0;
      for (let i = 0; i < want.length; i++) {
        largest = Math.max(largest, Math.abs(want[i]));
        worst = Math.max(worst, Math.abs(values[i] - want[i]));
      }
      if (values.length !== want.length) worst = NaN;
      results[`${kind} ${way}`] = {
        differs: worst / largest,
        first,
        firstTask,
        ms: times.sort((a, b) => a - b)[times.length >> 1],
        task,
        fallbacks: compiled.stats.fallbacks,
      };
    }
  }
  setDevice("webgpu");
  return results;
}

/** Steps of the embedding model, compiled and eagerly, on both devices: losses and times. */
export async function train(size, width, count, steps) {
  await init({ device: "webgpu" });
  const results = {};
  for (const kind of ["cpu", "webgpu"]) {
    for (const way of ["eager", "compiled"]) {
      setDevice(kind);
      const made = embedding(size, width, count);
      const step = way === "eager" ? made.step : made.compiled;
      const losses = [];
      const times = [];
      let task = 0;
      for (let i = 0; i < steps; i++) {
        await longest();
        const started = performance.now();
        losses.push(await step().item());
        // Eagerly the update itself waits until it is asked for.
        evaluate(made.model);
        await synchronize();
        times.push(performance.now() - started);
        const now = await longest();
        if (i > 0) task = Math.max(task, now);
      }
      results[`${kind} ${way}`] = { losses, first: times[0], ms: times.slice(1).sort((a, b) => a - b)[(steps - 1) >> 1], task };
    }
  }
  setDevice("webgpu");
  return results;
}
