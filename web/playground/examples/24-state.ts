// 24 · State
// What a function reads from outside is a constant of its
// entry, unless its container is named: then the tensors
// in it are inputs and results of every call, and the
// cached call changes them as the function would.
import { compile, init, tensor, type Tensor } from "interfuse";

await init();

const state: Tensor[] = [tensor(1)];
const frozen = compile((x: Tensor) => x.add(state[0]!));
const follows = compile((x: Tensor) => x.add(state[0]!), { inputs: state });
console.log("before", frozen(tensor(1)), follows(tensor(1)));
state[0] = tensor(5);
console.log("after ", frozen(tensor(1)), follows(tensor(1)));

// A container that the function adds to.
const log: Tensor[] = [];
const noted = compile(
  (x: Tensor, y: Tensor) => {
    const z = x.add(y);
    log.push(z);
    return z.exp();
  },
  { outputs: log },
);
noted(tensor(1), tensor(2));
console.log("log", log);

// A running mean: read and changed, in one kernel.
const seen = { count: tensor(0), mean: tensor(0) };
const take = compile(
  (x: Tensor) => {
    seen.count = seen.count.add(1);
    seen.mean = seen.mean.add(x.sub(seen.mean).div(seen.count));
    return seen.mean;
  },
  { state: seen },
);
for (const value of [2, 4, 9]) take(tensor(value));
console.log("mean of 2, 4, 9:", seen.mean, "of", seen.count);
console.log(String(take.stats), "kernels:", take.cache()[0]?.kernels);
