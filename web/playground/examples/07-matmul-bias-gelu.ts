// 07 · Matmul, bias and GELU
// What follows a matrix product is applied to each tile
// before it is stored: a layer of a network is a kernel.
import { arange, compile, gelu, init, type Tensor } from "interfuse";

await init();

const layer = compile((x: Tensor, weight: Tensor, bias: Tensor) => gelu(x.matmul(weight).add(bias)));

const x = arange(32).reshape([4, 8]).sin();
const weight = arange(128).reshape([8, 16]).cos();
const bias = arange(16).div(16);
console.log(layer(x, weight, bias));
