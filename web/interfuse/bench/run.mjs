/**
 * @file The timed claims of the package: the first call of a long chain in Node on the CPU device, the compiler's time per op in Wasm,
 * and a cached call in Chromium beside the same work written by hand. Prints tables, judges nothing.
 */
import { fileURLToPath } from "node:url";
import { compile, init, tensor } from "interfuse";
import { launch } from "../../scripts/chromium.mjs";
import { serve } from "../../scripts/serve.mjs";

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
  console.log(`first call of a chain of 100 ops on the CPU device: ${times.map((ms) => ms.toFixed(1)).join(", ")} ms (the first of them loads code too)`);
}

/** Graphs of four forms, about so many ops each; the same as in crate/xtask/src/compile_bench.rs. */
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
    for (let i = 0; i < ops; i++) y = y.mul(1.001);
    return y;
  },
};

async function perOp() {
  console.log("trace + simplify + fuse + plan in Wasm, microseconds per op, least of 3 runs (totalCompileTimeMs of a warm-up)");
  console.log(["ops", ...Object.keys(forms)].map((name) => name.padStart(12)).join(""));
  for (const ops of [100, 1_000, 10_000, 50_000]) {
    const row = [String(ops)];
    for (const form of Object.values(forms)) {
      let least = Infinity;
      for (let run = 0; run < 3; run++) {
        const f = compile((y) => form(y, ops));
        await f.warmup(x);
        least = Math.min(least, f.stats.totalCompileTimeMs);
      }
      row.push(((least * 1e3) / ops).toFixed(2));
    }
    console.log(row.map((cell) => cell.padStart(12)).join(""));
  }
}

async function cachedCall() {
  const server = await serve(fileURLToPath(new URL("..", import.meta.url)));
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.goto(server.url);
    const { adapter, bare, calls, created } = await page.evaluate(async () => (await import("/bench/cached.mjs")).measure());
    console.log(`a cached call of 16 elements in Chromium (${adapter}), microseconds, bursts of 500, least of 10`);
    console.log(`  encode + pass + submit by hand ${bare.toFixed(2)}; compiled ${calls.map(({ leaves, us }) => `${us.toFixed(2)} with ${leaves} leaves`).join(", ")}; buffers created by the last burst: ${created}`);
  } finally {
    await browser.close();
    await server.close();
  }
}

firstCall();
await perOp();
await cachedCall();
