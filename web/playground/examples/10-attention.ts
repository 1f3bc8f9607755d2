// 10 · Attention
// softmax(q kᵀ / √d) v. The softmax is one kernel, and
// the transpose is only an index. Point at the dashed
// edges, or open "Why not fewer" under the kernels, to
// read what kept them apart.
import { arange, compile, init, softmax, type Tensor } from "interfuse";

await init();

const attention = compile((q: Tensor, k: Tensor, v: Tensor) => {
  const scores = q.matmul(k.transpose()).div(Math.sqrt(q.shape[1]!));
  return softmax(scores, -1).matmul(v);
});

const q = arange(64).reshape([8, 8]).sin();
const k = arange(64).reshape([8, 8]).cos();
const v = arange(64).reshape([8, 8]).div(64);
console.log(attention(q, k, v));
