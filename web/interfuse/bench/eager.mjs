/**
 * @file What an eager call costs in two builds of the package: `node web/interfuse/bench/eager.mjs DIST_BEFORE DIST_AFTER` (folders such as
 * web/interfuse/dist, copied before a change). Small tensors on the CPU device, nothing is computed; bursts of both take turns. Prints the
 * median microseconds of each, with releasing the result, and the median ratio of neighbours.
 */
import path from "node:path";
import { pathToFileURL } from "node:url";

const [before, after] = process.argv.slice(2);
const packages = [];
for (const dist of [before, after]) packages.push(await import(pathToFileURL(path.resolve(dist, "node.js")).href));
for (const { init } of packages) await init({ device: "cpu" });
const operands = packages.map(({ ones, tensor }) => [tensor([1, 2, 3, 4].map((i) => [i, i, i, i])), ones([4, 4])]);

const calls = {
  "x.add(y)": (_, x, y) => x.add(y),
  "x.mul(2)": (_, x) => x.mul(2),
  "x.sin()": (_, x) => x.sin(),
  "where(x, x, y)": ({ where }, x, y) => where(x, x, y),
  "x.sum()": (_, x) => x.sum(),
  "x.sum(1, { keepdims })": (_, x) => x.sum(1, { keepdims: true }),
  "x.mean([0, 1])": (_, x) => x.mean([0, 1]),
  "x.reshape([4, -1])": (_, x) => x.reshape([4, -1]),
  "x.transpose()": (_, x) => x.transpose(),
  "x.slice(1, [0, 2])": (_, x) => x.slice(1, [0, 2]),
  "x.softmax()": (_, x) => x.softmax(),
  "x.matmul(y)": (_, x, y) => x.matmul(y),
  "concatenate([x, y])": ({ concatenate }, x, y) => concatenate([x, y]),
  "zeros([2, 2])": ({ zeros }) => zeros([2, 2]),
  "x.cumsum(0)": (_, x) => x.cumsum(0),
  "x.astype(int32)": (_, x) => x.astype("int32"),
  "relu(x)": ({ relu }, x) => relu(x),
  "layerNorm(x)": ({ layerNorm }, x) => layerNorm(x),
};

const BURST = 300;
const ROUNDS = 201;
const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

/** Microseconds of a call in one of the builds. */
function burst(call, which) {
  const [x, y] = operands[which];
  const started = performance.now();
  for (let i = 0; i < BURST; i++) call(packages[which], x, y).dispose();
  return ((performance.now() - started) * 1e3) / BURST;
}

console.log(`${"".padEnd(28)}${["before", "after", "ratio"].map((name) => name.padStart(10)).join("")}`);
const ratios = [];
for (const [name, call] of Object.entries(calls)) {
  const times = [[], []];
  for (let round = -20; round < ROUNDS; round++) {
    const order = round & 1 ? [0, 1] : [1, 0];
    for (const which of order) {
      const time = burst(call, which);
      if (round >= 0) times[which].push(time);
    }
  }
  const ratio = median(times[0].map((time, i) => times[1][i] / time));
  ratios.push(ratio);
  console.log(`${name.padEnd(28)}${[...times.map(median), ratio].map((value) => value.toFixed(3).padStart(10)).join("")}`);
}
console.log(`geometric mean of the ratios ${Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length).toFixed(3)}`);
