/**
 * @file Programs whose producers are costly, or that fusion might make repeat something, on the CPU device: the time of their kernels fused
 * and op by op, as `profile` tells it.
 */
import * as interfuse from "interfuse";

const { cumsum, profile, random } = interfuse;
const life = (x) =>
  [
    [-1, -1],
    [-1, 0],
    [-1, 1],
    [0, -1],
    [0, 1],
    [1, -1],
    [1, 0],
    [1, 1],
  ]
    .map(([i, j]) => x.roll(i, 0).roll(j, 1))
    .reduce((a, b) => a.add(b))
    .equal(3)
    .astype("float32");

const programs = [
  ["distances of sines", (x, y) => x.sin().expandDims(1).sub(y.cos().expandDims(0)).abs().sum(1), [2000], [2000]],
  ["softmax of sines", (x) => x.sin().softmax(-1), [1000, 1000]],
  ["softmax", (x) => x.softmax(-1), [1024, 1024]],
  ["softmax along the first axis", (x) => x.softmax(0), [1024, 1024]],
  ["layer norm of erf", (x) => interfuse.layerNorm(x.erf()), [1024, 1024]],
  ["gelu", (x) => interfuse.gelu(x), [1024, 1024]],
  ["running means", (x) => cumsum(x.tan(), 0).mean(), [50, 30000]],
  ["a costly bias", (x, b) => x.add(b.sin().exp()), [1024, 1024], [1024]],
  ["a table of sines", (t, x) => t.sin().take(x.mul(255).abs().astype("int32"), 0), [256], [1000000]],
  ["a game of life", life, [256, 256]],
  [
    "a kernel matrix",
    (x) => x.square().sum(1).expandDims(0).add(x.square().sum(1).expandDims(1)).sub(x.matmul(x.transpose()).mul(2)).neg().exp(),
    [1000, 8],
  ],
  ["attention", (q, k, v) => q.matmul(k.transpose()).mul(0.125).softmax(-1).matmul(v), [512, 64], [512, 64], [512, 64]],
  ["a perceptron's layer", (x, w, b) => interfuse.gelu(x.matmul(w).add(b)), [256, 512], [512, 512], [512]],
  ["variance", (x) => x.var(), [1000000]],
  ["a polynomial", (x) => x.mul(x).mul(x).add(x.mul(x).mul(2)).sub(x).add(1), [1000000]],
  ["a long sum", (x) => x.square().sum(), [4000000]],
];

/** Prints the table. */
export async function costs() {
  console.log("kernels on the CPU device, as `profile` times them: milliseconds fused and op by op, and their ratio");
  for (const [name, f, ...shapes] of programs) {
    const args = shapes.map((shape) => random.normal(shape));
    let best;
    for (let run = 0; run < 3; run++) {
      const { fused, unfused } = await profile(f, args, { repeats: 5 });
      const now = [fused.kernelsMs, unfused.kernelsMs];
      best = best ? best.map((ms, at) => Math.min(ms, now[at])) : now;
    }
    console.log(
      `${name.padEnd(32)}${best[0].toFixed(2).padStart(10)}${best[1].toFixed(2).padStart(10)}${(best[0] / best[1]).toFixed(2).padStart(8)}`,
    );
  }
}
