// 27 · A training step
// Loss, gradients and the update of a linear model with
// momentum, as one compiled function that captures model
// and optimiser. Compiled or not, the losses are the same.
import { compile, init, nn, optim, random, tensor, type Tensor } from "interfuse";
import { chart } from "playground";

await init();

// Four examples of ten features; 0 and 1 are to be told apart.
const x = random.uniform([4, 10], { key: random.key(0) });
const y = tensor([0, 1, 0, 1]);

function trainer() {
  random.seed(1); // the same first weights
  const model = new nn.Linear(10, 1);
  const optimizer = new optim.SGD(0.1, { momentum: 0.8 });
  const loss = (x: Tensor, y: Tensor) => nn.losses.binaryCrossEntropy(model.forward(x).squeeze(), y);
  const lossAndGrad = nn.valueAndGrad(model, loss);
  const step = (x: Tensor, y: Tensor) => {
    const [value, gradients] = lossAndGrad(x, y);
    optimizer.update(model, gradients);
    return value;
  };
  return { model, optimizer, step };
}

const plain = trainer();
const other = trainer();
const step = compile(other.step, { state: [other.model.state, other.optimizer.state] });

const curve = chart("loss", { x: "step", curves: ["plain", "compiled"] });
for (let i = 0; i < 10; i++) {
  const [a, b] = [plain.step(x, y), step(x, y)].map((value) => value.item());
  curve.add(i, (await a) as number, (await b) as number);
  console.log(`step ${i}: ${((await a) as number).toFixed(6)} plain, ${((await b) as number).toFixed(6)} compiled`);
}
// Two traces: the first step makes the optimiser's state.
console.log(String(step.stats), "traces:", step.stats.traces, "kernels:", step.cache()[0]?.kernels);
