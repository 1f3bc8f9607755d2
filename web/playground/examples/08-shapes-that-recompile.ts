// 08 · Shapes that recompile
// An entry of the cache holds for one shape, dtype and
// structure of the arguments. The cache pane says what
// differed from the nearest entry; "called with" above
// the graphs shows each of these calls.
import { compile, init, ones, type Tensor } from "interfuse";

await init();

const scale = compile((x: Tensor, factor: number) => x.mul(factor).add(1), { maxCacheSize: 4 });

// A miss: the cache is empty. Then a hit.
scale(ones([2, 3]), 2);
scale(ones([2, 3]), 2);
// Misses: another shape, and another dtype.
scale(ones([5, 3]), 2);
scale(ones([5, 3], { dtype: "int32" }), 2);
// A miss: a number is a part of the program.
scale(ones([5, 3]), 7);
// A miss: another rank. The oldest entry is evicted ...
scale(ones([5, 3]).reshape([15]), 7);
// ... which was this one: a miss again.
scale(ones([2, 3]), 2);

console.log(scale.stats);
for (const entry of scale.cache()) console.log(entry.signature);
