// 29 · Shapeless
// Every size is open: one trace and one set of kernels
// serve all shapes of a rank. What the function does with
// sizes must be said in terms of the shapes it is given.
import { compile, init, ones, tensor, type Tensor } from "interfuse";

await init();

const f = compile((x: Tensor, y: Tensor) => x.add(y).abs(), { shapeless: true });
console.log(f(tensor([1]), tensor([-2]))); // compiled here
console.log(f(tensor([1, -6]), tensor([-2, 3]))); // not again
for (const n of [10, 100, 1000]) f(ones([n]), ones([n]));
console.log(String(f.stats), "traces:", f.stats.traces);
for (const { signature } of f.cache()) console.log("key:", signature);

// Joining the first two axes, whatever they are.
const flat = compile((x: Tensor) => x.flatten(0, 1).sum(0), { shapeless: true });
flat(ones([2, 3, 4]));
console.log(flat(ones([5, 5, 3])), String(flat.stats));

// The same with numbers out of the shape holds for these
// numbers only, and says so instead of computing nonsense.
const stuck = compile((x: Tensor) => x.reshape([x.shape[0]! * x.shape[1]!, -1]), { shapeless: true });
console.log(stuck(ones([2, 3, 4])).shape, stuck(ones([2, 3, 8])).shape);
try {
  stuck(ones([5, 5, 3]));
} catch (error) {
  console.log(String(error));
}
