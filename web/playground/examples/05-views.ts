// 05 · Views that cost nothing
// Transposing, slicing with a step, reversing and
// reshaping move no bytes: they fold into the addresses
// that the kernel reads.
import { arange, compile, init, type Tensor } from "interfuse";

await init();

const views = compile((x: Tensor) => {
  const turned = x.transpose(); // from [4,6] to [6,4]
  const half = turned.slice([null, null, 2]); // every second row
  const back = half.flip(0); // from the last to the first
  return back.reshape([12]).mul(10).add(1); // arithmetic at last
});

const x = arange(24).reshape([4, 6]);
console.log("before", x);
console.log("after", views(x));
