// 04 · Broadcasting
// Shapes stretch as in NumPy. In the traced graph every
// stretch is a node of its own; in the kernel it is only
// an index.
import { arange, compile, init, type Tensor } from "interfuse";

await init();

// [5,1,2] minus [1,3,2] is [5,3,2]
const distances = compile((points: Tensor, centres: Tensor) => {
  const difference = points.expandDims(1).sub(centres.expandDims(0));
  return difference.square().sum(-1).sqrt();
});

const points = arange(10).reshape([5, 2]);
const centres = arange(6).reshape([3, 2]).mul(2);
console.log("each point to each centre", distances(points, centres));
