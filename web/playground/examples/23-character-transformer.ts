// 23 · A character transformer
// One block of causal attention learns to spell a rhyme:
// two heads, 32 characters of context. The training step
// is one compiled function; then it writes by itself.
import { arange, compile, gelu, init, layerNorm, oneHot, optim, random, tensor, valueAndGrad, where, type Tensor } from "interfuse";
import { chart, progress } from "playground";

await init();

const text = `
many small kernels went out for a run
each one was carrying rows in the sun
one met another and said let us fuse
we load it but once so what can we lose
the graph was made shorter the buffers were few
and what had been many was one that was new
`.trim();
const letters = [...new Set(text)].sort();
const code = tensor(
  [...text].map((letter) => letters.indexOf(letter)),
  { dtype: "int32" },
);
const [context, width, heads, batch] = [32, 32, 2, 16];

let drawn = 0;
const weight = (...shape: number[]) => random.normal(shape, { key: random.key(100 + drawn++) }).mul(1 / Math.sqrt(shape[0]!));
type Params = Record<string, Tensor>;
let params: Params = {
  embed: weight(letters.length, width).mul(4),
  place: weight(context, width),
  qkv: weight(width, 3 * width),
  join: weight(width, width),
  up: weight(width, 4 * width),
  down: weight(4 * width, width),
  out: weight(width, letters.length),
};

const row = arange(context).reshape([context, 1]);
const causal = row.greaterEqual(row.transpose());
function logits(p: Params, x: Tensor): Tensor {
  const n = x.shape[0]!;
  let h = p.embed!.take(x, 0).add(p.place!);
  const parts = layerNorm(h)
    .matmul(p.qkv!)
    .reshape([n, context, 3, heads, width / heads])
    .transpose([2, 0, 3, 1, 4]);
  const [q, k, v] = [0, 1, 2].map((i) => parts.slice(i)) as [Tensor, Tensor, Tensor];
  const scores = q.matmul(k.swapaxes(-1, -2)).div(Math.sqrt(width / heads));
  const mixed = where(causal, scores, -1e9).softmax(-1).matmul(v);
  h = h.add(mixed.transpose([0, 2, 1, 3]).reshape([n, context, width]).matmul(p.join!));
  h = h.add(gelu(layerNorm(h).matmul(p.up!)).matmul(p.down!));
  return layerNorm(h).matmul(p.out!);
}
const loss = (p: Params, x: Tensor, y: Tensor) => logits(p, x).logSoftmax(-1).mul(oneHot(y, letters.length)).sum().neg().div(y.size);

const optimizer = new optim.Adam(0.01, { betas: [0.9, 0.99] });
const step = compile(
  (p: Params, x: Tensor, y: Tensor) => {
    const [value, gradients] = valueAndGrad(loss)(p, x, y) as [Tensor, Params];
    return { value, p: optimizer.applyGradients(gradients, p) };
  },
  { state: [optimizer.state] },
);
optimizer.init(params);

const curve = chart("loss per character", { x: "step", curves: ["loss"] });
const steps = 160;
for (let at = 1; at <= steps; at++) {
  // Windows at random places, and what follows each of their characters.
  const starts = random.randint(0, text.length - context, [batch, 1], { key: random.key(at) });
  const places = starts.add(arange(context, { dtype: "int32" }));
  const next = step(params, code.take(places), code.take(places.add(1)));
  params = next.p;
  if (at % 8 !== 0) continue;
  curve.add(at, (await next.value.item()) as number);
  progress(at, steps);
}

const predict = compile((p: Params, x: Tensor) => logits(p, x));
let written = text.slice(0, context);
while (written.length < 160) {
  const window = [...written.slice(-context)].map((letter) => letters.indexOf(letter));
  const guess = predict(params, tensor([window], { dtype: "int32" }))
    .slice(0, -1)
    .argmax();
  written += letters[(await guess.item()) as number];
}
console.log(written);
// The last word may be cut off.
const words = written.split(/\s+/).slice(0, -1);
const known = words.filter((word) => text.split(/\s+/).includes(word));
console.log(`${known.length} of ${words.length} words are in the rhyme`);
console.log(String(step.stats), "kernels a step:", step.cache()[0]?.kernels);
