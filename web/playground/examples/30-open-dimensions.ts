// 30 · Open dimensions
// One axis is open and has a name, the others are known,
// so kernels stay as good as for fixed shapes. Equal names
// mean equal sizes: it is checked at every call.
import { compile, init, ones, type Tensor } from "interfuse";

await init();

const loss = compile((x: Tensor, w: Tensor, y: Tensor) => x.matmul(w).sub(y).square().mean(), {
  dynamicDims: { 0: { 0: "batch" }, 2: { 0: "batch" } },
});
const w = ones([8, 3]);
for (const batch of [4, 32, 7, 1000]) console.log(`batch of ${batch}:`, loss(ones([batch, 8]), w, ones([batch, 3])));
console.log(String(loss.stats), "traces:", loss.stats.traces);
for (const { signature } of loss.cache()) console.log("key:", signature);

// Another number of features is another entry.
loss(ones([4, 9]), ones([9, 3]), ones([4, 3]));
console.log(loss.lastMiss?.reason);

try {
  loss(ones([4, 8]), w, ones([5, 3]));
} catch (error) {
  console.log(String(error));
}
