// 08 · Shapes that recompile
// An entry of the cache holds for one shape, dtype and structure of the arguments. This program misses for every reason there is;
// the cache pane says what differed from the nearest entry. Choose "called with" above the graphs to see each one.
import { compile, init, ones, type Tensor } from "interfuse";

await init();

const scale = compile((x: Tensor, factor: number) => x.mul(factor).add(1), { maxCacheSize: 4 });

scale(ones([2, 3]), 2); //                      a miss: the cache is empty
scale(ones([2, 3]), 2); //                      a hit
scale(ones([5, 3]), 2); //                      a miss: another shape
scale(ones([5, 3], { dtype: "int32" }), 2); //  a miss: another dtype
scale(ones([5, 3]), 7); //                      a miss: another number, which is part of the program
scale(ones([5, 3]).reshape([15]), 7); //        a miss: another rank, and the oldest entry is evicted
scale(ones([2, 3]), 2); //                      a miss again: this was the oldest

console.log(scale.stats);
for (const entry of scale.cache()) console.log(entry.signature);
