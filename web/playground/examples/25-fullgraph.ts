// 25 · What cannot be one graph
// A function that reads a value runs eagerly: it is right,
// warned of once, and counted as a fallback. `fullgraph`
// makes an error of it that says what to do instead.
import { compile, init, tensor, where, type Tensor } from "interfuse";

await init();

const branching = async (x: Tensor) => {
  const y = x.mul(2);
  return ((await y.sum().item()) as number) > 0 ? y : y.neg();
};
const f = compile(branching);
console.log(await f(tensor([1, 2])), await f(tensor([-1, -2])));
console.log(String(f.stats), "because:", f.lastFallback?.reason);

const strict = compile(
  (x: Tensor) => {
    console.log("tracing with", String(x));
    void x.sum().item();
    return x;
  },
  { fullgraph: true },
);
try {
  strict(tensor([1, 2]));
} catch (error) {
  console.log(String(error));
}

// The choice as an op: one graph, one kernel.
const chosen = compile(
  (x: Tensor) => {
    const y = x.mul(2);
    return where(y.sum().greater(0), y, y.neg());
  },
  { fullgraph: true },
);
console.log(chosen(tensor([1, 2])), chosen(tensor([-1, -2])));
console.log(String(chosen.stats), "kernels:", chosen.cache()[0]?.kernels);
