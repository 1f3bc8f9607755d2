// 31 · An LSTM by scan
// A recurrent net reads a wave and says what comes next.
// scan runs the cell along the sequence: its body is traced
// once, and compiled as a loop, forwards and backwards.
import { arange, compile, concatenate, init, optim, random, scan, valueAndGrad, zeros, type Tensor } from "interfuse";
import { chart, progress } from "playground";

await init();

const [width, length, batch] = [24, 40, 8];
type Params = { x: Tensor; h: Tensor; b: Tensor; out: Tensor };
type State = { h: Tensor; c: Tensor };
const weight = (seed: number, rows: number, columns: number) =>
  random.normal([rows, columns], { key: random.key(seed) }).div(Math.sqrt(rows));
let params: Params = {
  x: weight(1, 1, 4 * width),
  h: weight(2, width, 4 * width),
  b: zeros([4 * width]),
  out: weight(3, width, 1),
};

/** One step: the new state, and a guess of the next value. */
function cell(p: Params, { h, c }: State, x: Tensor): [State, Tensor] {
  const gates = x.matmul(p.x).add(h.matmul(p.h)).add(p.b);
  const [keep, write, show, value] = gates.split(4, -1) as [Tensor, Tensor, Tensor, Tensor];
  c = keep.add(1).sigmoid().mul(c).add(write.sigmoid().mul(value.tanh()));
  h = show.sigmoid().mul(c.tanh());
  return [{ h, c }, h.matmul(p.out)];
}
const start = (rows: number): State => ({ h: zeros([rows, width]), c: zeros([rows, width]) });

/** Two sines, from a random place on: [length + 1, batch, 1]. */
function waves(seed: number): Tensor {
  const phase = random.uniform([1, batch], { low: 0, high: 100, key: random.key(seed) });
  const t = arange(length + 1)
    .astype("float32")
    .reshape([length + 1, 1])
    .mul(0.4)
    .add(phase);
  return t.sin().add(t.mul(0.5).sin()).mul(0.5).expandDims(-1);
}

const loss = (p: Params, x: Tensor, y: Tensor) => {
  const [, guesses] = scan((state: State, x: Tensor) => cell(p, state, x), start(batch), x);
  return guesses.sub(y).square().mean();
};
const optimizer = new optim.Adam(0.01);
const step = compile(
  (p: Params, wave: Tensor) => {
    const [value, gradients] = valueAndGrad(loss)(p, wave.slice([0, -1]), wave.slice([1])) as [Tensor, Params];
    return { value, p: optimizer.applyGradients(gradients, p) };
  },
  { state: [optimizer.state] },
);
optimizer.init(params);

const curve = chart("training", { x: "step", curves: ["error"] });
const steps = 120;
for (let at = 1; at <= steps; at++) {
  const next = step(params, waves(at));
  params = next.p;
  if (at % 6 !== 0 && at !== 1) continue;
  curve.add(at, (await next.value.item()) as number);
  progress(at, steps);
}
const error = (await loss(params, waves(1000).slice([0, -1]), waves(1000).slice([1])).item()) as number;
console.log("mean square error on unseen waves:", error.toFixed(4));
console.log(String(step.stats), "kernels of a training step:", step.cache()[0]?.kernels);

// It reads the beginning of a wave, then its own guesses.
const dream = compile((p: Params, seen: Tensor) => {
  const [state, guesses] = scan((state: State, x: Tensor) => cell(p, state, x), start(1), seen);
  const [, more] = scan(
    ([state, x]: [State, Tensor], _: null) => {
      const [next, y] = cell(p, state, x);
      return [[next, y] as [State, Tensor], y];
    },
    [state, guesses.slice(-1)] as [State, Tensor],
    null,
    { length: 30 },
  );
  return concatenate([seen, guesses.slice([-1]), more]).flatten();
});
const wave = waves(2000).slice(null, [0, 1]);
const written = await dream(params, wave.slice([0, 20])).data();
const truth = await waves(2000).slice(null, 0).flatten().data();
const plot = chart("it goes on by itself from 20", { x: "t", curves: ["wave", "written"] });
for (let t = 0; t < length; t++) plot.add(t, truth[t]!, written[t]!);

// Ten thousand steps are the same loop: the same kernels, compiled in the same time.
const far = compile((p: Params, x: Tensor) =>
  scan((state: State, x: Tensor) => cell(p, state, x), start(1), x)[1]
    .square()
    .mean(),
);
console.log("power of 10,000 steps:", (await far(params, arange(10000).mul(0.4).sin().reshape([10000, 1, 1])).item()) as number);
console.log(`${far.cache()[0]?.kernels} kernels, compiled in ${far.cache()[0]?.compileMs.toFixed(0)} ms`);
