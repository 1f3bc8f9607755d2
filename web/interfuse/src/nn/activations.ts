/** @file Activations as functions; those of the library are here under the same names. The formulas are the core's. */
import { begin, tensorHandle } from "../apply.js";
import { core } from "../core.js";
import { numberOf } from "../options.js";
import { Tensor } from "../tensor.js";
import { want } from "../parts.js";

want("training");

import { gelu } from "../functions.gen.js";
export { gelu, logSoftmax, relu, silu, softmax, softplus } from "../functions.gen.js";
export { sigmoid, tanh } from "../ops.gen.js";

function activation(op: string, x: Tensor, first = NaN, second = NaN): Tensor {
  begin();
  return new Tensor(core.activation(op, tensorHandle(op, x), numberOf(op, "an argument", first), numberOf(op, "an argument", second)));
}

/** x where it is positive, else alpha (eˣ - 1); alpha is 1 by default. */
export function elu(x: Tensor, alpha?: number): Tensor {
  return activation("elu", x, alpha);
}

/** max(x, 0) + min(0, alpha (e^(x / alpha) - 1)); alpha is 1 by default. */
export function celu(x: Tensor, alpha?: number): Tensor {
  return activation("celu", x, alpha);
}

/** Scaled elu, which keeps mean 0 and variance 1. */
export function selu(x: Tensor): Tensor {
  return activation("selu", x);
}

/** min(max(x, 0), 6) */
export function relu6(x: Tensor): Tensor {
  return activation("relu6", x);
}

/** max(x, 0)² */
export function relu2(x: Tensor): Tensor {
  return activation("relu2", x);
}

/** x where it is positive, else slope x; the slope is 0.01 by default. */
export function leakyRelu(x: Tensor, slope?: number): Tensor {
  return activation("leakyRelu", x, slope);
}

/** x / (1 + |x|) */
export function softsign(x: Tensor): Tensor {
  return activation("softsign", x);
}

/** x moved towards 0 by lambda (0.5 by default), 0 in between. */
export function softshrink(x: Tensor, lambda?: number): Tensor {
  return activation("softshrink", x, lambda);
}

/** x where |x| is over lambda (0.5 by default), else 0. */
export function hardShrink(x: Tensor, lambda?: number): Tensor {
  return activation("hardShrink", x, lambda);
}

/** ln(sigmoid(x)), without underflow. */
export function logSigmoid(x: Tensor): Tensor {
  return activation("logSigmoid", x);
}

/** x tanh(softplus(x)) */
export function mish(x: Tensor): Tensor {
  return activation("mish", x);
}

/** x min(max(x + 3, 0), 6) / 6 */
export function hardswish(x: Tensor): Tensor {
  return activation("hardswish", x);
}

/** min(max(x, low), high), by default between -1 and 1. */
export function hardTanh(x: Tensor, low?: number, high?: number): Tensor {
  return activation("hardTanh", x, low, high);
}

/** gelu with tanh instead of erf. */
export function geluApprox(x: Tensor): Tensor {
  return gelu(x, { approximate: "tanh" });
}

/** x sigmoid(1.702 x) */
export function geluFastApprox(x: Tensor): Tensor {
  return activation("geluFastApprox", x);
}

/** The softmax of -x, by default along the last axis. */
export function softmin(x: Tensor, axis?: number): Tensor {
  return activation("softmin", x, axis);
}

/** 1 where x is over the threshold (0 by default), else 0. */
export function step(x: Tensor, threshold?: number): Tensor {
  return activation("step", x, threshold);
}

/** The first half along an axis (the last by default) times the sigmoid of the second. */
export function glu(x: Tensor, axis?: number): Tensor {
  return activation("glu", x, axis);
}

/** max(0, x) + alpha min(0, x) with alphas that are learnt. */
export function prelu(x: Tensor, alpha: Tensor): Tensor {
  begin();
  return new Tensor(core.layer("prelu", Uint32Array.of(tensorHandle("prelu", x), tensorHandle("prelu", alpha)), new Float64Array()));
}
