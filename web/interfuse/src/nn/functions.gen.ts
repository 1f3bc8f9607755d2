// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file What layers compute, as functions. */
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { begin } from "../wire.js";
import { want } from "../parts.js";
import { oneTraining, putMaybeFloat, putMaybeTensor, putTensor } from "../wire.js";

want("training");

/**
 * softmax(q kᵀ scale + mask) v. The scale is 1 / √features by default; a mask of bool says where to look, one of floats is added.
 * Source: Vaswani et al. (2017).
 *
 * @param q - Queries, [..., length, features].
 * @param k - Keys, [..., length of v, features].
 * @param v - Values, [..., length of v, features of v].
 * @param options - `scale`: The factor of the scores; 1 / sqrt(features) by default. `mask`: Of bool it says where to look, of floats it is added to the scores.
 * @returns [..., length of q, features of v].
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.scaledDotProductAttention(tensor([[1, 0]]), tensor([[1, 0]]), tensor([[3, 4]])) // [[3, 4]]
 * ```
 */
export function scaledDotProductAttention(q: Tensor, k: Tensor, v: Tensor, options?: { readonly scale?: number; readonly mask?: Tensor | null }): Tensor {
  const first = begin("scaledDotProductAttention");
  putTensor(q);
  putTensor(k);
  putTensor(v);
  checkOptions("scaledDotProductAttention", options, ["scale", "mask"]);
  putMaybeFloat("the scale", options?.scale);
  putMaybeTensor(options?.mask);
  return oneTraining(40, first);
}
