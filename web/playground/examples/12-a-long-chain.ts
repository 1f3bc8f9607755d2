// 12 · A long chain
// Three hundred operations in a row. Long graphs close
// into boxes; the + of a kernel opens it. Kernels have a
// cap on their operations, so that drivers are quick to
// compile them.
import { compile, init, linspace, type Tensor } from "interfuse";

await init();

const iterate = compile((x: Tensor) => {
  let z = x;
  for (let i = 0; i < 100; i++) z = z.mul(z).mul(0.5).add(x);
  return z;
});

console.log(iterate(linspace(-1, 0.5, 7)));
