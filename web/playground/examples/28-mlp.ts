// 28 · A multilayer perceptron
// The loss and its gradient by the parameters, which are
// an argument like any other: a tree in, a tree out, and
// no state to capture. The optimiser works on trees too.
import { compile, init, nn, optim, random, valueAndGrad, type Tensor } from "interfuse";
import { chart } from "playground";

await init();
random.seed(0);

type Layer = { weight: Tensor; bias: Tensor };
type Params = { l1: Layer; l2: Layer };
const linear = ({ weight, bias }: Layer, x: Tensor) => x.matmul(weight.transpose()).add(bias);
const forward = ({ l1, l2 }: Params, x: Tensor) => linear(l2, nn.relu(linear(l1, x)));
const loss = (params: Params, x: Tensor, y: Tensor) => nn.losses.crossEntropy(forward(params, x), y).mean();

// The modules only make the first weights.
let params = { l1: new nn.Linear(10, 256).parameters(), l2: new nn.Linear(256, 5).parameters() } as Params;
const optimizer = new optim.SGD(1e-2);
const lossAndGrad = compile(valueAndGrad(loss));

const x = random.uniform([32, 10]);
const y = random.randint(0, 5, [32]);
const curve = chart("cross entropy", { curves: ["loss"] });
let first = NaN;
let last = NaN;
for (let step = 0; step < 60; step++) {
  const [value, gradients] = lossAndGrad(params, x, y);
  params = optimizer.applyGradients(gradients, params);
  last = (await value.item()) as number;
  if (step === 0) first = last;
  curve.add(step, last);
}
console.log(`initial loss ${first.toFixed(4)}, final loss ${last.toFixed(4)}`);
console.log(String(lossAndGrad.stats), "kernels:", lossAndGrad.cache()[0]?.kernels);
