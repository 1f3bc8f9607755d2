// 09 · Several outputs
// A function may return a tree of tensors. What they share is computed once, and one kernel writes them all.
import { compile, init, linspace, type Tensor } from "interfuse";

await init();

const activations = compile((x: Tensor) => {
  const e = x.neg().exp();
  const sigmoid = e.add(1).reciprocal();
  return { sigmoid, silu: x.mul(sigmoid), slope: sigmoid.mul(sigmoid.neg().add(1)), sign: x.sign() };
});

for (const [name, value] of Object.entries(activations(linspace(-3, 3, 7)))) console.log(name, value);
