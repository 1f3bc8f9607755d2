/** @file Nabla's tests, as far as they need neither gradients nor symbolic sizes. */

export const table = "Nabla";

export const cases = ({ compile, counts, deepEqual, equal, near, nn, ok, ones, qsin, read, tensor }) => [
  [
    "N01 basic",
    async () => {
      const f = compile((x) => x.mul(2).add(1));
      deepEqual(await read(f(tensor([1, 2, 3]))), [3, 5, 7]);
      deepEqual(counts(f), [0, 1, 0, 1]);
      deepEqual(await read(f(tensor([4, 5, 6]))), [9, 11, 13]);
      deepEqual(counts(f), [1, 1, 0, 1]);
    },
  ],
  [
    "N07 scalar_add",
    async () => {
      const f = compile((x, y) => x.add(y));
      equal(await f(tensor(1), tensor(2)).item(), 3);
      deepEqual(counts(f).slice(0, 2), [0, 1]);
      equal(await f(tensor(1), tensor(2)).item(), 3);
      deepEqual(counts(f).slice(0, 2), [1, 1]);
    },
  ],
  [
    "N08 matmul",
    async () => {
      const f = compile((a, b) => a.matmul(b));
      const [a, b] = [qsin([4, 8], 1), qsin([8, 3], 2)];
      for (let i = 0; i < 2; i++) near(await f(a, b).data(), await a.matmul(b).data(), 1e-5);
      deepEqual(counts(f).slice(0, 2), [1, 1]);
    },
  ],
  [
    "N10 a module caches after its first call",
    async () => {
      class Mlp extends nn.Module {
        constructor() {
          super();
          this.layers = [0, 1].map((i) => ({ w: qsin([4, 4], i), b: qsin([4], i + 2) }));
        }
      }
      const forward = (model, x) => model.layers.reduce((y, { w, b }) => y.matmul(w).add(b).maximum(0), x);
      const model = new Mlp();
      const f = compile(forward);
      for (let i = 0; i < 3; i++) near(await f(model, qsin([2, 4], i)).data(), await forward(model, qsin([2, 4], i)).data(), 1e-5);
      equal(f.stats.misses, 1);
      ok(f.stats.hits >= 1, `${f.stats.hits} hits`);
    },
  ],
  [
    "N14 61 steps of training: 60 hits, one miss, 98.4 percent",
    () => {
      const state = { w: ones([3, 1]) };
      const step = compile(
        (x, y) => {
          const error = x.matmul(state.w).sub(y);
          // The gradient of the mean square, written out.
          state.w = state.w.sub(x.transpose().matmul(error).mul(0.1));
          return error.square().mean();
        },
        { state },
      );
      const [x, y] = [qsin([8, 3], 1), qsin([8, 1], 2)];
      for (let i = 0; i < 61; i++) step(x, y);
      deepEqual(counts(step), [60, 1, 0, 1]);
      equal(step.stats.hitRate.toFixed(1), "98.4");
    },
  ],
];
export default { table, cases };
