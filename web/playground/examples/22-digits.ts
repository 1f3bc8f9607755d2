// 22 · Digits: a classifier trained in the page
// 1,797 digits that 13 people wrote, 8 by 8 pixels each.
// A net of two layers learns four of five; one training
// step, gradients and Adam included, is one compiled
// function. Every fifth digit is kept to try it. Stop ends it.
import { compile, init, nn, optim, random, tensor, type Tensor } from "interfuse";
import { chart, digits, image, progress } from "playground";

await init();

const data = await digits();
console.log(data.about);
const pixels = tensor(data.images, { shape: [data.count, 64] });
const labels = tensor(data.labels);

/** The digits at those places. */
function digitsAt(places: number[]) {
  const at = tensor(Int32Array.from(places));
  return { x: pixels.take(at, 0), y: labels.take(at) };
}
const places = Array.from({ length: data.count }, (_, i) => i);
const test = digitsAt(places.filter((i) => i % 5 === 4));
const known = tensor(Int32Array.from(places.filter((i) => i % 5 !== 4)));
await image(test.x.slice([0, 10]).reshape([10, 8, 8]).transpose([1, 0, 2]).reshape([8, 80]), { title: "ten of them" });

random.seed(7);
const net = new nn.Sequential(new nn.Linear(64, 128), nn.relu, new nn.Linear(128, 10));
const optimizer = new optim.Adam(0.01);
const lossAndGrad = nn.valueAndGrad(net, (x: Tensor, y: Tensor) => nn.losses.crossEntropy(net.forward(x), y, { reduction: "mean" }));
const step = compile(
  (x: Tensor, y: Tensor) => {
    const [value, gradients] = lossAndGrad(x, y);
    optimizer.update(net, gradients);
    return value;
  },
  { state: [net, optimizer.state] },
);
const accuracy = compile((x: Tensor, y: Tensor) => net.forward(x).argmax(-1).equal(y).astype("float32").mean(), { inputs: [net] });

const curve = chart("training", { x: "step", curves: ["loss", "accuracy on unseen digits"] });
const [batch, epochs] = [100, 20];
const perEpoch = Math.floor(known.size / batch);
const steps = epochs * perEpoch;
let order = known;
for (let at = 0; at < steps; at++) {
  const from = (at % perEpoch) * batch;
  if (from === 0) order = known.take(random.permutation(known.size, { key: random.key(at) }));
  const chosen = order.slice([from, from + batch]);
  const loss = step(pixels.take(chosen, 0), labels.take(chosen));
  if (at % 8 !== 7) continue;
  const seen = (await accuracy(test.x, test.y).item()) as number;
  curve.add(at + 1, (await loss.item()) as number, seen);
  progress(at + 1, steps, `step ${at + 1} of ${steps}: ${(seen * 100).toFixed(1)} %`);
}
const final = (await accuracy(test.x, test.y).item()) as number;
console.log(`accuracy on ${test.y.size} unseen digits: ${(final * 100).toFixed(1)} %`);
console.log(String(step.stats), "kernels a step:", step.cache()[0]?.kernels);
