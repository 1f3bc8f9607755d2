// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file What layers compute, for the layers. */
import type { DType, Tensor } from "../tensor.js";
import { begin } from "../generator.js";
import { want } from "../parts.js";
import { manyTraining, nothingTraining, oneTraining, putDType, putFloat, putInt, putMaybeTensor, putTensor } from "../wire.js";

want("training");

/** x w^T + b for a weight of [outputs, inputs]. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null | undefined): Tensor {
  const first = begin("Linear");
  putTensor(x);
  putTensor(weight);
  putMaybeTensor(bias);
  return oneTraining(32, first);
}

/** A bias of one element per feature. */
export function conv1dBiased(y: Tensor, bias: Tensor): Tensor {
  const first = begin("Conv1d");
  putTensor(y);
  putTensor(bias);
  return oneTraining(33, first);
}

/** A bias of one element per feature. */
export function conv2dBiased(y: Tensor, bias: Tensor): Tensor {
  const first = begin("Conv2d");
  putTensor(y);
  putTensor(bias);
  return oneTraining(34, first);
}

/** The rows of a weight of [count, features] at indices. Negative ones count from the end, others out of range are clamped to the nearest. */
export function embedding(weight: Tensor, indices: Tensor): Tensor {
  const first = begin("Embedding");
  putTensor(weight);
  putTensor(indices);
  return oneTraining(35, first);
}

/** Mean and variance of every feature over the batch: what [`batch_norm`] normalises with while training. */
export function batchStatistics(x: Tensor): [Tensor, Tensor] {
  const first = begin("BatchNorm");
  putTensor(x);
  return manyTraining(36, first) as [Tensor, Tensor];
}

/** (x - mean) / sqrt(var + eps) for every feature, times a weight, plus a bias. */
export function batchNorm(x: Tensor, mean: Tensor, variance: Tensor, weight: Tensor | null | undefined, bias: Tensor | null | undefined, eps: number): Tensor {
  const first = begin("BatchNorm");
  putTensor(x);
  putTensor(mean);
  putTensor(variance);
  putMaybeTensor(weight);
  putMaybeTensor(bias);
  putFloat("the eps", eps);
  return oneTraining(37, first);
}

/** A running mean: (1 - momentum) old + momentum new. */
export function running(old: Tensor, fresh: Tensor, momentum: number): Tensor {
  const first = begin("BatchNorm");
  putTensor(old);
  putTensor(fresh);
  putFloat("the momentum", momentum);
  return oneTraining(38, first);
}

/** Drops elements with probability p and divides the others by 1 - p, so that the expected value is x. Without a key one is drawn from the generator. */
export function dropout(x: Tensor, key: Tensor | null | undefined, p: number): Tensor {
  const first = begin("Dropout");
  putTensor(x);
  putMaybeTensor(key);
  putFloat("the p", p);
  return oneTraining(39, first);
}

/** Attention of several heads at once, over queries, keys and values of [batch, length, heads x features]. */
export function multiHeadAttention(q: Tensor, k: Tensor, v: Tensor, heads: number, mask: Tensor | null | undefined): Tensor {
  const first = begin("MultiHeadAttention");
  putTensor(q);
  putTensor(k);
  putTensor(v);
  putInt("the heads", heads);
  putMaybeTensor(mask);
  return oneTraining(41, first);
}

/** Refuses a number of heads that the features cannot be divided into. */
export function checkHeads(features: number, heads: number): void {
  const first = begin("MultiHeadAttention");
  putInt("features", features);
  putInt("heads", heads);
  nothingTraining(42, first);
}

/** A mask of [length, length] that adds -1e9 where a query would see a later key. */
export function causalMask(length: number, dtype: DType): Tensor {
  const first = begin("createAdditiveCausalMask");
  putInt("the length", length);
  putDType(dtype);
  return oneTraining(43, first);
}
