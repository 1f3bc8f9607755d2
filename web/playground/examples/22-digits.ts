// 22 · Digits: a classifier trained in the page
// The digits are drawn here: strokes, turned, shifted and
// thickened at random, on 8 by 8 pixels. A net of two
// layers learns them; one training step, gradients and
// Adam included, is one compiled function. Stop ends it.
import { compile, init, nn, optim, random, tensor, type Tensor } from "interfuse";
import { chart, image, progress } from "playground";

await init();

// Each digit as polylines in a unit square.
const STROKES: [number, number][][][] = [
  [[[0.5, 0.1], [0.2, 0.3], [0.2, 0.7], [0.5, 0.9], [0.8, 0.7], [0.8, 0.3], [0.5, 0.1]]],
  [[[0.35, 0.3], [0.55, 0.1], [0.55, 0.9]]],
  [[[0.2, 0.3], [0.5, 0.1], [0.8, 0.3], [0.2, 0.9], [0.8, 0.9]]],
  [[[0.2, 0.1], [0.8, 0.1], [0.45, 0.45], [0.8, 0.7], [0.5, 0.9], [0.2, 0.8]]],
  [[[0.65, 0.9], [0.65, 0.1], [0.2, 0.65], [0.85, 0.65]]],
  [[[0.8, 0.1], [0.25, 0.1], [0.25, 0.45], [0.7, 0.45], [0.8, 0.7], [0.55, 0.9], [0.2, 0.85]]],
  [[[0.7, 0.1], [0.3, 0.45], [0.25, 0.75], [0.5, 0.9], [0.75, 0.75], [0.65, 0.5], [0.3, 0.55]]],
  [[[0.2, 0.1], [0.8, 0.1], [0.4, 0.9]]],
  [[[0.5, 0.48], [0.25, 0.3], [0.5, 0.1], [0.75, 0.3], [0.5, 0.48], [0.2, 0.7], [0.5, 0.9], [0.8, 0.7], [0.5, 0.48]]],
  [[[0.7, 0.45], [0.35, 0.5], [0.25, 0.25], [0.5, 0.1], [0.75, 0.25], [0.7, 0.55], [0.55, 0.9]]],
];

/** Numbers between -1 and 1, the same ones every time. */
let seed = 1;
const noise = () => (((seed = (seed * 48271) % 2147483647) / 2147483647) * 2 - 1);

/** One digit as 64 greys. */
function draw(digit: number): number[] {
  const [turn, lean, size] = [noise() * 0.25, noise() * 0.2, 0.85 + noise() * 0.12];
  const [dx, dy, thick] = [noise() * 0.08, noise() * 0.08, 0.11 + noise() * 0.03];
  const move = ([x, y]: [number, number]): [number, number] => {
    const [u, v] = [(x - 0.5 + (y - 0.5) * lean) * size, (y - 0.5) * size];
    return [u * Math.cos(turn) - v * Math.sin(turn) + 0.5 + dx, u * Math.sin(turn) + v * Math.cos(turn) + 0.5 + dy];
  };
  const lines = STROKES[digit]!.flatMap((line) => line.slice(1).map((to, i) => [move(line[i]!), move(to)] as const));
  return Array.from({ length: 64 }, (_, at) => {
    const [x, y] = [((at % 8) + 0.5) / 8, (Math.floor(at / 8) + 0.5) / 8];
    const away = Math.min(...lines.map(([[ax, ay], [bx, by]]) => {
      const [ux, uy] = [bx - ax, by - ay];
      const along = Math.max(0, Math.min(1, ((x - ax) * ux + (y - ay) * uy) / (ux * ux + uy * uy)));
      return Math.hypot(x - ax - along * ux, y - ay - along * uy);
    }));
    return Math.max(0, Math.min(1, 1.3 - away / thick + noise() * 0.1));
  });
}

function digits(count: number) {
  const labels = Array.from({ length: count }, (_, i) => i % 10);
  return { x: tensor(labels.map(draw)), y: tensor(labels, { dtype: "uint32" }) };
}
const train = digits(1600);
const test = digits(400);
await image(test.x.slice([0, 10]).reshape([10, 8, 8]).transpose([1, 0, 2]).reshape([8, 80]), { title: "ten of them" });

random.seed(7);
const net = new nn.Sequential(new nn.Linear(64, 64), nn.relu, new nn.Linear(64, 10));
const optimizer = new optim.Adam(0.005);
const lossAndGrad = nn.valueAndGrad(net, (x: Tensor, y: Tensor) => nn.losses.crossEntropy(net.forward(x), y, { reduction: "mean" }));
const step = compile((x: Tensor, y: Tensor) => {
  const [value, gradients] = lossAndGrad(x, y);
  optimizer.update(net, gradients);
  return value;
}, { state: [net, optimizer.state] });
const accuracy = compile((x: Tensor, y: Tensor) => net.forward(x).argmax(-1).equal(y).astype("float32").mean(), { inputs: [net] });

const curve = chart("training", { x: "step", curves: ["loss", "accuracy on unseen digits"] });
const [batch, epochs] = [100, 12];
const steps = (epochs * train.y.size) / batch;
for (let at = 0; at < steps; at++) {
  const from = (at * batch) % train.y.size;
  const loss = step(train.x.slice([from, from + batch]), train.y.slice([from, from + batch]));
  if (at % 8 !== 7) continue;
  const seen = (await accuracy(test.x, test.y).item()) as number;
  curve.add(at + 1, (await loss.item()) as number, seen);
  progress(at + 1, steps, `step ${at + 1} of ${steps}: ${(seen * 100).toFixed(1)} %`);
}
const final = (await accuracy(test.x, test.y).item()) as number;
console.log(`accuracy on ${test.y.size} unseen digits: ${(final * 100).toFixed(1)} %`);
console.log(String(step.stats), "kernels a step:", step.cache()[0]?.kernels);
