// 18 · An LRU of two, and three shapes
// With room for two entries, three shapes in turn miss
// every time: each call throws out the one that will be
// needed next. The cache pane compares every miss with
// the nearest entry and with the one that had to go.
import { compile, init, ones, type Tensor } from "interfuse";

await init();

const small = compile((x: Tensor) => x.mul(2).sum(), { maxCacheSize: 2, name: "room for two" });
for (let round = 0; round < 3; round++) for (const n of [2, 3, 4]) small(ones([n]));
console.log(String(small.stats), "evictions:", small.stats.evictions);

// Room for three is enough: after the first round it hits.
const enough = compile((x: Tensor) => x.mul(2).sum(), { maxCacheSize: 3, name: "room for three" });
for (let round = 0; round < 3; round++) for (const n of [2, 3, 4]) enough(ones([n]));
console.log(String(enough.stats), "evictions:", enough.stats.evictions);

// The last word has the small one, so that the panes show it.
small(ones([2]));
