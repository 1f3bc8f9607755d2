// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file Activations beyond those of the core. */
import type { Tensor } from "../tensor.js";
import { begin } from "../wire.js";
import { want } from "../parts.js";
import { oneTraining, putFloat, putInt, putTensor } from "../wire.js";

want("training");

/**
 * x where it is positive, else alpha (e^x - 1).
 * Source: Clevert et al. (2015).
 *
 * @param x - A tensor.
 * @param alpha - How far it goes below zero. 1 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.elu(tensor([-1, 1])) // [-0.63212056, 1]
 * ```
 */
export function elu(x: Tensor, alpha: number = 1): Tensor {
  const first = begin("elu");
  putTensor(x);
  putFloat("the alpha", alpha);
  return oneTraining(0, first);
}

/**
 * max(x, 0) + min(0, alpha (e^(x / alpha) - 1))
 * Source: Barron (2017).
 *
 * @param x - A tensor.
 * @param alpha - How far it goes below zero. 1 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.celu(tensor([-1, 1])) // [-0.63212056, 1]
 * ```
 */
export function celu(x: Tensor, alpha: number = 1): Tensor {
  const first = begin("celu");
  putTensor(x);
  putFloat("the alpha", alpha);
  return oneTraining(1, first);
}

/**
 * Scaled elu, which keeps mean 0 and variance 1.
 * Source: Klambauer et al. (2017).
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.selu(tensor([-1, 1])) // [-1.1113307, 1.050701]
 * ```
 */
export function selu(x: Tensor): Tensor {
  const first = begin("selu");
  putTensor(x);
  return oneTraining(2, first);
}

/**
 * min(max(x, 0), 6)
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.relu6(tensor([-1, 3, 9])) // [0, 3, 6]
 * ```
 */
export function relu6(x: Tensor): Tensor {
  const first = begin("relu6");
  putTensor(x);
  return oneTraining(3, first);
}

/**
 * max(x, 0) squared.
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.relu2(tensor([-1, 3])) // [0, 9]
 * ```
 */
export function relu2(x: Tensor): Tensor {
  const first = begin("relu2");
  putTensor(x);
  return oneTraining(4, first);
}

/**
 * x / (1 + |x|)
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.softsign(tensor([-1, 1])) // [-0.5, 0.5]
 * ```
 */
export function softsign(x: Tensor): Tensor {
  const first = begin("softsign");
  putTensor(x);
  return oneTraining(5, first);
}

/**
 * x moved towards 0 by `lambda`, 0 in between.
 *
 * @param x - A tensor.
 * @param lambda - By how much. 0.5 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.softshrink(tensor([-2, 0.2, 2])) // [-1.5, 0, 1.5]
 * ```
 */
export function softshrink(x: Tensor, lambda: number = 0.5): Tensor {
  const first = begin("softshrink");
  putTensor(x);
  putFloat("the lambda", lambda);
  return oneTraining(6, first);
}

/**
 * x where |x| > `lambda`, else 0.
 *
 * @param x - A tensor.
 * @param lambda - The largest magnitude that becomes 0. 0.5 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.hardShrink(tensor([-2, 0.2, 2])) // [-2, 0, 2]
 * ```
 */
export function hardShrink(x: Tensor, lambda: number = 0.5): Tensor {
  const first = begin("hardShrink");
  putTensor(x);
  putFloat("the lambda", lambda);
  return oneTraining(7, first);
}

/**
 * ln(sigmoid(x)), without underflow.
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.logSigmoid(tensor([0])) // [-0.69314718]
 * ```
 */
export function logSigmoid(x: Tensor): Tensor {
  const first = begin("logSigmoid");
  putTensor(x);
  return oneTraining(8, first);
}

/**
 * x tanh(softplus(x))
 * Source: Misra (2019).
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.mish(tensor([-1, 1])) // [-0.30340147, 0.86509842]
 * ```
 */
export function mish(x: Tensor): Tensor {
  const first = begin("mish");
  putTensor(x);
  return oneTraining(9, first);
}

/**
 * x min(max(x + 3, 0), 6) / 6
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.hardswish(tensor([-4, 0, 4])) // [0, 0, 4]
 * ```
 */
export function hardswish(x: Tensor): Tensor {
  const first = begin("hardswish");
  putTensor(x);
  return oneTraining(10, first);
}

/**
 * min(max(x, low), high)
 *
 * @param x - A tensor.
 * @param low - The least value. -1 by default.
 * @param high - The largest value. 1 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.hardTanh(tensor([-4, 0.5, 4])) // [-1, 0.5, 1]
 * ```
 */
export function hardTanh(x: Tensor, low: number = -1, high: number = 1): Tensor {
  const first = begin("hardTanh");
  putTensor(x);
  putFloat("the low", low);
  putFloat("the high", high);
  return oneTraining(11, first);
}

/**
 * gelu with tanh instead of erf.
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.geluApprox(tensor([-1, 0, 1])) // [-0.15880801, 0, 0.841192]
 * ```
 */
export function geluApprox(x: Tensor): Tensor {
  const first = begin("geluApprox");
  putTensor(x);
  return oneTraining(12, first);
}

/**
 * x sigmoid(1.702 x), a fast approximation of gelu.
 *
 * @param x - A tensor.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.geluFastApprox(tensor([-1, 1])) // [-0.15420423, 0.84579577]
 * ```
 */
export function geluFastApprox(x: Tensor): Tensor {
  const first = begin("geluFastApprox");
  putTensor(x);
  return oneTraining(13, first);
}

/**
 * The softmax of -x.
 *
 * @param x - A tensor.
 * @param axis - The axis that sums to 1. -1 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * nn.softmin(tensor([1000, 1000])) // [0.5, 0.5]
 * ```
 */
export function softmin(x: Tensor, axis: number = -1): Tensor {
  const first = begin("softmin");
  putTensor(x);
  putInt("the axis", axis);
  return oneTraining(14, first);
}

/**
 * 1 where x is over the threshold, else 0.
 *
 * @param x - A tensor.
 * @param threshold - What is not over it is 0. 0 by default.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.step(tensor([-1, 1])) // [0, 1]
 * ```
 */
export function step(x: Tensor, threshold: number = 0): Tensor {
  const first = begin("step");
  putTensor(x);
  putFloat("the threshold", threshold);
  return oneTraining(15, first);
}

/**
 * max(0, x) + alpha min(0, x) with alphas that are learnt.
 *
 * @param x - A tensor.
 * @param alpha - The factors below zero.
 * @returns The shape of x.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.prelu(tensor([-2, 2]), tensor([0.25, 0.25])) // [-0.5, 2]
 * ```
 */
export function prelu(x: Tensor, alpha: Tensor): Tensor {
  const first = begin("prelu");
  putTensor(x);
  putTensor(alpha);
  return oneTraining(16, first);
}

/**
 * The first half along an axis times the sigmoid of the second.
 * Source: Dauphin et al. (2016).
 *
 * @param x - A tensor.
 * @param axis - The axis that is halved. -1 by default.
 * @returns The shape of x with that axis half as long.
 * @throws {ShapeError} The size of the axis is odd.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * nn.glu(tensor([1, 2, 0, 0])) // [0.5, 1]
 * ```
 */
export function glu(x: Tensor, axis: number = -1): Tensor {
  const first = begin("glu");
  putTensor(x);
  putInt("the axis", axis);
  return oneTraining(17, first);
}
