// 15 · What fusion saves
// GELU on a large array is bound by memory: as single
// ops it moves the array nine times, as one kernel once
// in and once out. `profile` measures both ways; on a
// GPU by its own timestamps.
import { compile, init, profile, random, synchronize, type Tensor } from "interfuse";

await init();

const gelu = (x: Tensor) => x.mul(x.div(Math.SQRT2).erf().add(1)).div(2);
const x = random.uniform([1 << 20], { key: random.key(1) });

async function timeit(name: string, f: (x: Tensor) => Tensor) {
  for (let i = 0; i < 3; i++) {
    using warm = f(x);
    await warm.slice([0, 1]).data();
  }
  const rounds = 10;
  const start = performance.now();
  for (let i = 0; i < rounds; i++) {
    using y = f(x);
    await y.slice([0, 1]).data();
  }
  await synchronize();
  console.log(`${name}: ${((performance.now() - start) / rounds).toFixed(2)} ms a call`);
}

await timeit("op by op", gelu);
await timeit("compiled", compile(gelu));

const found = await profile(gelu, [x], { repeats: 5 });
for (const [name, run] of Object.entries({ fused: found.fused, unfused: found.unfused })) {
  console.log(`${name}: ${run.kernels.length} kernels, ${run.kernelsMs.toFixed(2)} ms in them`);
  for (const { name, ms, bytes } of run.kernels) console.log(`  ${name}: ${ms.toFixed(3)} ms, ${(bytes / 1e6).toFixed(1)} MB`);
}
console.log("largest difference:", found.maxAbsDifference);
console.log(found.note);
