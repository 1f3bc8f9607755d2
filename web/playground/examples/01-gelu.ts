// 01 · GELU, one kernel
// Ctrl (or Cmd) + Enter runs it. Point at a node: it
// lights up in both graphs, in the WGSL and here.
import { init, tensor, compile, type Tensor } from "interfuse";

await init(); // WebGPU where there is one, else the CPU

const gelu = compile((x: Tensor) => x.mul(x.div(Math.SQRT2).erf().add(1)).div(2));

const x = tensor([[-1, 0, 1]]);
console.log(gelu(x)); //        a miss: it is compiled
console.log(gelu(x.mul(2))); // a hit: the same shape
console.log(gelu(x.sub(1))); // and another

// Now give the last call another shape, such as
// tensor([-1, 0, 1, 2]), and run again: the cache shows
// a second miss and says why.
