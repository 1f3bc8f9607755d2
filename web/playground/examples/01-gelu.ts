// 01 · GELU, one kernel
// Run with Ctrl (or Cmd) + Enter. Point at a node: it lights up in both graphs, in the WGSL and here.
import { init, tensor, compile, type Tensor } from "interfuse";

await init(); // WebGPU where there is one, else the CPU device

const gelu = compile((x: Tensor) => x.mul(x.div(Math.SQRT2).erf().add(1)).div(2));

const x = tensor([[-1, 0, 1]]);
console.log(gelu(x)); //        a miss: traced, simplified, fused, compiled
console.log(gelu(x.mul(2))); // a hit: other values, the same shape and dtype
console.log(gelu(x.sub(1))); // another hit

// Now give the last call another shape, such as tensor([-1, 0, 1, 2]), and run again:
// the cache pane shows a second miss and says why.
