// 11 · Reductions with work around them
// What comes before a reduction is computed while
// reading, what comes after it before writing.
// Two functions: choose which one to look at above.
import { arange, compile, init, type Tensor } from "interfuse";

await init();

const summary = compile((x: Tensor) => {
  const mean = x.mean();
  const deviation = x.sub(mean).square().mean().sqrt();
  return { mean, deviation, largest: x.abs().max() };
});
const unitRows = compile((x: Tensor) => x.div(x.square().sum(-1, { keepdims: true }).sqrt().add(1e-12)));

const x = arange(60).reshape([6, 10]).sin().mul(3);
console.log(summary(x));
console.log(unitRows(x));
