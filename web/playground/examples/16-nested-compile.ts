// 16 · Compiled functions inside compiled functions
// While the outer one is traced the inner one is just a
// part of it: one graph, one kernel. So compile the
// outermost function, whatever is compiled within.
import { compile, init, tensor, type Tensor } from "interfuse";

await init();

const inner = compile((x: Tensor) => x.abs().neg().exp());
const outer = compile((x: Tensor) => inner(inner(x)));

const x = tensor([-2, -1, 0, 1, 2]);
console.log(outer(x));
console.log("outer", outer.stats, "kernels:", outer.cache()[0]?.kernels);
console.log("inner", inner.stats);

// Called by itself the inner one has its own cache.
inner(x);
console.log("inner", inner.stats);
