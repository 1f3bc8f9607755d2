// 06 · Common subexpressions
// The same work written three times is done once: equal
// nodes are one node, and its users share a register.
// Choose an earlier pass above the right graph to watch.
import { compile, init, linspace, type Tensor } from "interfuse";

await init();

const wave = compile((x: Tensor) => {
  const a = x.mul(2).exp();
  const b = x.mul(2).exp().add(1); // x * 2 and exp again
  x.tanh().log(); // no result needs it
  const c = x.mul(2).exp().mul(0.1); // and once more
  return a.div(b).mul(1).add(c); // times 1 goes too
});

console.log(wave(linspace(-2, 2, 9)));
