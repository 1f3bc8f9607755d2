/** @file A worker that computes on WebGPU by itself: twenty steps, each awaited, of the number that it is sent. */
import { compile, device, full, init } from "/dist/index.js";

self.onmessage = async ({ data }) => {
  try {
    await init({ device: "webgpu" });
    const f = compile((x) => x.mul(2).add(1).sum());
    const sums = [];
    for (let step = 0; step < 20; step++) sums.push(await f(full([1000], data + step)).item());
    postMessage({ kind: device().kind, sums, hits: f.stats.hits });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
