// 06 · Common subexpressions
// The same work written three times is done once: equal nodes are one node, and several users share it in a register.
import { compile, init, linspace, type Tensor } from "interfuse";

await init();

const wave = compile((x: Tensor) => {
  const a = x.mul(2).exp();
  const b = x.mul(2).exp().add(1); // x * 2 and exp again
  const unused = x.tanh().log(); //   no result needs it: gone
  void unused;
  return a.div(b).mul(1).add(x.mul(2).exp().mul(0.1)); // multiplying by 1 goes too
});

console.log(wave(linspace(-2, 2, 9)));
