// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file What optimisers compute, for the optimisers. */
import type { Tensor } from "./tensor.js";
import { begin } from "./wire.js";
import { want } from "./parts.js";
import { manyTraining, oneTraining, putFloat, putFloats, putFormula, putTensor, putTensors } from "./wire.js";

want("training");

/** The rate of several at a step: the first before the first boundary, the second before the second, ... */
export function join(step: Tensor, boundaries: ArrayLike<number>, rates: readonly Tensor[]): Tensor {
  const first = begin("joinSchedules");
  putTensor(step);
  putFloats("the boundaries", boundaries);
  putTensors(rates);
  return oneTraining(59, first);
}

/** The norm of gradients, and they themselves scaled down to the largest. */
export function normAndClipped(gradients: readonly Tensor[], maxNorm: number): Tensor[] {
  const first = begin("clipGradNorm");
  putTensors(gradients);
  putFloat("the largest norm", maxNorm);
  return manyTraining(60, first);
}

/** One step of an optimiser by its name and numbers: the step after it, all parameters, and all slots. Slots that are not there yet start at zero. */
export function updated(rule: string, numbers: ArrayLike<number>, rate: Tensor, step: Tensor, parameters: readonly Tensor[], gradients: readonly Tensor[], slots: readonly Tensor[]): Tensor[] {
  const first = begin("update");
  putFormula(rule);
  putFloats("the numbers", numbers);
  putTensor(rate);
  putTensor(step);
  putTensors(parameters);
  putTensors(gradients);
  putTensors(slots);
  return manyTraining(61, first);
}
