// 03 · Layer norm with a residual
// Mean, variance, normalising and the affine part are
// one kernel, which also stores the sum that the next
// layer needs.
import { arange, compile, init, ones, zeros, type Tensor } from "interfuse";

await init();

const norm = compile((x: Tensor, residual: Tensor, weight: Tensor, bias: Tensor) => {
  const sum = x.add(residual);
  const centred = sum.sub(sum.mean(-1, { keepdims: true }));
  const variance = centred.square().mean(-1, { keepdims: true });
  const normal = centred.mul(variance.add(1e-5).rsqrt());
  return { normal: normal.mul(weight).add(bias), sum };
});

const x = arange(32).reshape([4, 8]).cos();
const { normal, sum } = norm(x, x.mul(0.5), ones([8]), zeros([8]));
console.log("normal", normal);
console.log("sum", sum);
console.log("mean of each row", normal.mean(-1));
