// 04 · Broadcasting
// Shapes stretch as in NumPy. In the traced graph every stretch is a node of its own; in the kernel it is an index.
import { arange, compile, init, type Tensor } from "interfuse";

await init();

const distances = compile((points: Tensor, centres: Tensor) => {
  const difference = points.expandDims(1).sub(centres.expandDims(0)); // [5,1,2] - [1,3,2] is [5,3,2]
  return difference.square().sum(-1).sqrt();
});

const points = arange(10).reshape([5, 2]);
const centres = arange(6).reshape([3, 2]).mul(2);
console.log("distance of each point to each centre", distances(points, centres));
