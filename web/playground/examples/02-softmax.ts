// 02 · Softmax, written out
// Two reductions and the maps between them become one
// kernel. Nothing in the compiler knows the word softmax:
// it sees the structure, so scale and mask come along.
import { arange, compile, init, where, type Tensor } from "interfuse";

await init();

const masked = compile((scores: Tensor, keep: Tensor) => {
  const scaled = where(keep, scores.mul(0.5), -1e9);
  const exps = scaled.sub(scaled.max(-1, { keepdims: true })).exp();
  return exps.div(exps.sum(-1, { keepdims: true }));
});

const scores = arange(24).reshape([4, 6]).sin();
const keep = arange(6).less(5);

const probabilities = masked(scores, keep);
console.log(probabilities);
console.log("each row adds up to", probabilities.sum(-1));
