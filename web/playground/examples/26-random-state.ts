// 26 · Random numbers and their state
// Drawing without a key moves the generator on. A compiled
// function that does so captures its state; then a cached
// call draws new numbers, and a seed repeats them all.
import { compile, init, ones, random, type Tensor } from "interfuse";

await init();

const dropout = compile(
  (x: Tensor) => {
    const kept = random.bernoulli(0.5, x.shape as number[]);
    return x.mul(kept.astype("float32")).mul(2);
  },
  { state: random.state },
);

random.seed(1);
for (let i = 0; i < 3; i++) console.log("call", i, dropout(ones([6])));
random.seed(1);
console.log("again ", dropout(ones([6])));
console.log(String(dropout.stats), "kernels:", dropout.cache()[0]?.kernels);

// With a key of its own a function needs no state: the key
// is an argument, and the same key gives the same numbers.
const noisy = compile((x: Tensor, key: Tensor) => x.add(random.normal(x.shape as number[], { key })));
const [a, b] = random.split(random.key(7));
console.log(noisy(ones([3]), a!));
console.log(noisy(ones([3]), b!));
console.log(noisy(ones([3]), a!));
console.log(String(noisy.stats));
