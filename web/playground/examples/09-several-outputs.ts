// 09 · Several outputs
// A function may return a tree of tensors. What they
// share is computed once, and one kernel writes them all.
import { compile, init, linspace, type Tensor } from "interfuse";

await init();

const activations = compile((x: Tensor) => {
  const sigmoid = x.neg().exp().add(1).reciprocal();
  const slope = sigmoid.mul(sigmoid.neg().add(1));
  return { sigmoid, silu: x.mul(sigmoid), slope, sign: x.sign() };
});

const results = activations(linspace(-3, 3, 7));
for (const [name, value] of Object.entries(results)) console.log(name, value);
