/** @file Nabla's tests, as far as they need no symbolic sizes. */

export const table = "Nabla";

export const cases = ({ compile, counts, deepEqual, equal, near, nn, ok, ones, qsin, read, tensor, valueAndGrad }) => [
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
  [
    "N15 a nine-layer perceptron: 61 compiled steps have the eager losses",
    async () => {
      const start = () => Array.from({ length: 9 }, (_, i) => ({ w: qsin([8, 8], i, 0.4), b: qsin([8], i + 20, 0.1) }));
      const loss = (layers, x, y) =>
        layers
          .reduce((h, { w, b }) => h.matmul(w).add(b).tanh(), x)
          .sub(y)
          .square()
          .mean();
      const step = (state) => (x, y) => {
        const [value, gradients] = valueAndGrad(loss)(state.layers, x, y);
        state.layers = state.layers.map(({ w, b }, i) => ({ w: w.sub(gradients[i].w.mul(0.1)), b: b.sub(gradients[i].b.mul(0.1)) }));
        return value;
      };
      const [compiledState, eagerState] = [{ layers: start() }, { layers: start() }];
      const compiled = compile(step(compiledState), { state: compiledState });
      const eager = step(eagerState);
      const [x, y] = [qsin([4, 8], 1), qsin([4, 8], 2, 0.5)];
      const losses = [];
      for (let i = 0; i < 61; i++) losses.push([compiled(x, y), eager(x, y)]);
      for (const [i, [a, b]] of losses.entries()) if (i % 10 === 0) near([await a.item()], [await b.item()], 1e-4, `loss ${i}`);
      deepEqual(counts(compiled), [60, 1, 0, 1]);
    },
  ],
];
export default { table, cases };
