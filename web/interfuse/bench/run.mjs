/**
 * @file The timed claims of the package: the first call of a long chain in Node on the CPU device, the compiler's time per op in Wasm,
 * a cached call in Chromium beside the same work written by hand, and convolutions beside sums of slices. Prints tables, judges nothing.
 * An argument picks one part (first, compile, hits, cached, convolutions); `profile` shows where a cached call spends its time.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compile, conv2d, full, grad, init, random, tensor } from "interfuse";
import { launch } from "../../scripts/chromium.mjs";
import { serve } from "../../scripts/serve.mjs";
import { costs } from "./costs.mjs";
import { large } from "./large.mjs";

await init({ device: "cpu" });

const x = tensor(new Float32Array(4096), { shape: [64, 64] });

function firstCall() {
  const times = [];
  for (let run = 0; run < 5; run++) {
    const f = compile((y) => {
      for (let i = 0; i < 25; i++) y = y.sin().mul(0.5).add(x).abs();
      return y;
    });
    const started = performance.now();
    f(x.add(0));
    times.push(performance.now() - started);
  }
  console.log(
    `first call of a chain of 100 ops on the CPU device: ${times.map((ms) => ms.toFixed(1)).join(", ")} ms (the first of them loads code too)`,
  );
}

/** Graphs of several forms, about so many ops each; the first four are those of crate/xtask/src/compile_bench.rs. */
const forms = {
  chain: (y, ops) => {
    const steps = [(t) => t.sin(), (t) => t.neg(), (t) => t.abs(), (t) => t.square()];
    for (let i = 0; i < ops; i++) y = steps[i % 4](y);
    return y;
  },
  wide: (y, ops) => {
    let level = [];
    let last = y;
    for (let i = 0; i < ops / 2; i++) {
      if (i % 16 === 0) last = y;
      level.push((last = last.sin()));
    }
    while (level.length > 1) {
      const next = [];
      for (let i = 0; i < level.length; i += 2) next.push(i + 1 < level.length ? level[i].add(level[i + 1]) : level[i]);
      level = next;
    }
    return level[0];
  },
  diamond: (y, ops) => {
    let [a, b] = [y, y.sin()];
    for (let i = 1; i < ops; i++) [a, b] = [b, a.mul(b)];
    return b;
  },
  "one scalar": (y, ops) => {
    const scalar = full(y.shape, 1.001);
    for (let i = 0; i < ops; i++) y = y.mul(scalar);
    return y;
  },
  // Three nodes each: the number, its broadcast, the product.
  "a number each": (y, ops) => {
    for (let i = 0; i < ops; i++) y = y.mul(1.001);
    return y;
  },
};

async function perOp() {
  console.log("trace + simplify + fuse + plan in Wasm, microseconds per op, least of 3 to 50 runs (totalCompileTimeMs of a warm-up)");
  console.log(["ops", ...Object.keys(forms)].map((name) => name.padStart(15)).join(""));
  for (const ops of [100, 1_000, 10_000, 50_000]) {
    const row = [String(ops)];
    for (const form of Object.values(forms)) {
      let least = Infinity;
      // Small graphs more often: engines translate hot code meanwhile.
      for (let run = 0; run < Math.min(50, Math.max(3, 20_000 / ops)); run++) {
        const f = compile((y) => form(y, ops));
        await f.warmup(x);
        least = Math.min(least, f.stats.totalCompileTimeMs);
      }
      row.push(((least * 1e3) / ops).toFixed(2));
    }
    console.log(row.map((cell) => cell.padStart(15)).join(""));
  }
}

/** Microseconds of one call of each contestant: the median of bursts that take turns. */
function hitTimes(contestants) {
  const times = contestants.map(() => []);
  for (let round = -10; round < 60; round++) {
    for (const [at, { work, burst }] of contestants.entries()) {
      const started = performance.now();
      for (let i = 0; i < burst; i++) work();
      if (round >= 0) times[at].push(((performance.now() - started) * 1e3) / burst);
    }
  }
  return times.map((all) => all.sort((a, b) => a - b)[all.length >> 1]);
}

/** What a hit costs by leaves and by captured state, on the CPU device, where a kernel of one element costs next to nothing. */
function hits() {
  const few = () => tensor([1]);
  const leaves = [1, 10, 100, 1000].map((count) => {
    const inputs = Array.from({ length: count }, few);
    const f = compile((...all) => all[0].add(1));
    return { name: `${count} leaves`, count, burst: Math.max(5, Math.round(500 / count)), work: () => f(...inputs).dispose() };
  });
  const capture = (name, count, change) => {
    const state = { list: Array.from({ length: count }, few) };
    const f = compile((y) => (change(state, y), y.add(1)), { state });
    const argument = few();
    const before = [];
    return {
      name,
      count: count + 1,
      burst: 200,
      work: () => {
        before.push(...state.list);
        f(argument).dispose();
        // What was replaced is released, as the collector would; what was not stays.
        for (const tensor of before) if (!state.list.includes(tensor)) tensor.dispose();
        before.length = 0;
      },
    };
  };
  const states = [
    capture("state of 20 tensors, read", 20, () => undefined),
    capture("state of 20 tensors, 1 replaced", 20, ({ list }, y) => (list[0] = y.mul(2))),
    capture("state of 20 tensors, all replaced by others of them", 20, ({ list }) => list.reverse()),
    capture("state of 20 tensors, all replaced by new ones", 20, (state, y) => (state.list = state.list.map((_, i) => y.mul(i + 2)))),
  ];
  const contestants = [...leaves, ...states];
  const times = hitTimes(contestants);
  console.log("a hit on the CPU device in Node: microseconds, median of 60 bursts taking turns");
  contestants.forEach(({ name, count }, at) =>
    console.log(`${name.padEnd(56)}${times[at].toFixed(2).padStart(10)}${(times[at] / count).toFixed(3).padStart(10)} per leaf`),
  );
}

/** Convolutions by 3 x 3 of few channels on the CPU device, beside the same as a sum of slices times weights. */
async function convolutions() {
  console.log("3 x 3 convolutions on the CPU device in Node: milliseconds of a compiled call and its wait, least of 20");
  console.log(
    ["", "conv2d", "slices", "by input", "slices", "by kernel", "slices"]
      .map((name, at) => (at === 0 ? name.padEnd(24) : name.padStart(12)))
      .join(""),
  );
  const measure = async (f, ...inputs) => {
    const compiled = compile(f);
    let least = Infinity;
    for (let run = 0; run < 20; run++) {
      const started = performance.now();
      const y = compiled(...inputs);
      await y.data();
      least = Math.min(least, performance.now() - started);
      y.dispose();
    }
    return least;
  };
  for (const [size, channels] of [
    [512, 1],
    [64, 16],
  ]) {
    const image = random.normal([1, size, size, channels]);
    const weights = random.normal([channels, 3, 3, 1]);
    const conv = (y, k) => conv2d(y, k, { padding: 1, groups: channels });
    const slices = (y, k) => {
      const padded = y.pad([
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]);
      const tap = (i, j) => padded.slice(null, [i, i + size], [j, j + size]).mul(k.slice(null, [i, i + 1], [j, j + 1]).reshape([channels]));
      const taps = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => tap(i, j)));
      return taps.reduce((sum, part) => sum.add(part));
    };
    const gradient = (form, argnums) => grad((y, k) => form(y, k).square().sum(), { argnums });
    const times = [];
    for (const f of [conv, slices, ...[0, 1].flatMap((by) => [gradient(conv, by), gradient(slices, by)])])
      times.push(await measure(f, image, weights));
    console.log(`[1, ${size}, ${size}, ${channels}]`.padEnd(24) + times.map((ms) => ms.toFixed(2).padStart(12)).join(""));
  }
}

/** Runs `work` in a page that is served this package. */
async function inPage(work) {
  const server = await serve(fileURLToPath(new URL("..", import.meta.url)));
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    await work(page);
  } finally {
    await browser.close();
    await server.close();
  }
}

async function cachedCall() {
  const code = readFileSync(new URL("../../../shaders/baseline/affine.wgsl", import.meta.url), "utf8");
  await inPage(async (page) => {
    const { adapter, burst, rounds, bare, calls } = await page.evaluate(
      async (code) => (await import("/bench/cached.mjs")).measure(code),
      code,
    );
    console.log(
      `a cached call of 16 elements in Chromium (${adapter}): microseconds of the page's thread, ${rounds} bursts of ${burst} each, taking turns`,
    );
    console.log(
      ["", "median", "- by hand", "least", "- by hand", "library only", "submits", "buffers", "bind groups"]
        .map((name, at) => (at === 0 ? "".padEnd(32) : name.padStart(13)))
        .join(""),
    );
    const row = (name, cells) => console.log(name.padEnd(32) + cells.map((cell) => cell.padStart(13)).join(""));
    row("encode + pass + submit by hand", [bare.median.toFixed(2), "", bare.least.toFixed(2)]);
    for (const call of calls) {
      const counts = [call.submits, call.buffersCreated, call.bindGroupsCreated].map(String);
      row(`compiled, ${call.leaves} leaves`, [
        call.median.toFixed(2),
        (call.median - bare.median).toFixed(2),
        call.least.toFixed(2),
        (call.least - bare.least).toFixed(2),
        call.alone.toFixed(2),
        ...counts,
      ]);
    }
  });
}

/** Where the time of cached calls goes, by Chrome's CPU profiler. Functions of the Wasm have names in a `--dev` build only. */
async function profileCachedCall(leaves) {
  await inPage(async (page) => {
    const session = await page.context().newCDPSession(page);
    await session.send("Profiler.enable");
    await session.send("Profiler.setSamplingInterval", { interval: 100 });
    const repeat = (times) =>
      page.evaluate(async ([leaves, times]) => (await import("/bench/cached.mjs")).repeat(leaves, times), [leaves, times]);
    await repeat(5_000);
    await session.send("Profiler.start");
    await repeat(20_000);
    const { profile } = await session.send("Profiler.stop");
    const self = new Map();
    const names = new Map(
      profile.nodes.map((node) => [node.id, `${node.callFrame.functionName || "(anonymous)"} ${node.callFrame.url.split("/").at(-1)}`]),
    );
    profile.samples.forEach((id, at) => self.set(names.get(id), (self.get(names.get(id)) ?? 0) + profile.timeDeltas[at]));
    console.log(`microseconds per cached call with ${leaves} leaves, by function (itself, without what it calls)`);
    for (const [name, us] of [...self].sort((a, b) => b[1] - a[1]).slice(0, 40))
      console.log(`${(us / 20_000).toFixed(2).padStart(10)}  ${name}`);
  });
}

const parts = {
  first: firstCall,
  compile: perOp,
  hits,
  cached: cachedCall,
  convolutions,
  costs,
  large: () => inPage(large),
  profile: () => profileCachedCall(Number(process.argv[3] ?? 4)),
};
// Other arguments are for the native benchmarks, which `npm run bench` passes them to as well.
const asked = process.argv[2] in parts ? [process.argv[2]] : ["first", "compile", "hits", "cached", "convolutions", "costs", "large"];
for (const name of asked) await parts[name]();
