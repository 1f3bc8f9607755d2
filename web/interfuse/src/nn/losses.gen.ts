// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file Losses: how far predictions are from targets. Names, arguments and default reductions are MLX's. */
import { checkOptions } from "../options.js";
import type { Tensor } from "../tensor.js";
import { begin } from "../wire.js";
import { want } from "../parts.js";
import { oneTraining, putChoice, putFlag, putFloat, putInt, putMaybeTensor, putTensor } from "../wire.js";

want("training");

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions {
  /** A factor for every loss. */
  readonly weights?: Tensor | null;
  /** The axis of the classes. -1 by default. */
  readonly axis?: number;
  /** How much of the target goes to all classes alike; from 0 up to 1, exclusive. 0 by default. */
  readonly labelSmoothing?: number;
  /** What becomes of the losses. "none" by default. */
  readonly reduction?: "none" | "mean" | "sum";
}

/** Options of `binaryCrossEntropy`. */
export interface BinaryCrossEntropyOptions {
  /** A factor for every loss. */
  readonly weights?: Tensor | null;
  /** Are the inputs logits, or probabilities? true by default. */
  readonly withLogits?: boolean;
  /** What becomes of the losses of single elements: they are the result, or their mean, or their sum. "mean" by default. */
  readonly reduction?: "none" | "mean" | "sum";
}

/** Options of `l1Loss`, `mseLoss`, `logCoshLoss`, `hingeLoss`. */
export interface LossOptions {
  /** What becomes of the losses of single elements: they are the result, or their mean, or their sum. */
  readonly reduction?: "none" | "mean" | "sum";
}

/** Options of `nllLoss`, `klDivLoss`. */
export interface AxisLossOptions {
  /** The axis of the classes. -1 by default. */
  readonly axis?: number;
  /** What becomes of the losses of single elements: they are the result, or their mean, or their sum. "none" by default. */
  readonly reduction?: "none" | "mean" | "sum";
}

/** Options of `gaussianNllLoss`. */
export interface GaussianNllOptions {
  /** Adds ln(2 pi) / 2. false by default. */
  readonly full?: boolean;
  /** The least variance. 1e-6 by default. */
  readonly eps?: number;
  /** What becomes of the losses of single elements: they are the result, or their mean, or their sum. "mean" by default. */
  readonly reduction?: "none" | "mean" | "sum";
}

/** Options of `tripletLoss`. */
export interface TripletOptions {
  /** The axis of the vectors. -1 by default. */
  readonly axis?: number;
  /** The power of the norm. 2 by default. */
  readonly p?: number;
  /** By how much negatives should be farther than positives. 1 by default. */
  readonly margin?: number;
  /** Added under the root. 1e-6 by default. */
  readonly eps?: number;
  /** What becomes of the losses. "none" by default. */
  readonly reduction?: "none" | "mean" | "sum";
}

/**
 * -ln of the softmax at the target. Targets are class indices (any dtype of numbers) or probabilities of every class. No reduction by
 * default; NaN where an index is no class.
 *
 * @param logits - Of every class, along the axis.
 * @param targets - Class indices (any dtype of numbers), or probabilities of every class.
 * @param options - See {@link CrossEntropyOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} The label smoothing is not from 0 to below 1.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * nn.losses.crossEntropy(tensor([[2, 0], [0, 2]]), tensor([0, 0])) // [0.126928, 2.126928]
 * ```
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options?: CrossEntropyOptions): Tensor {
  const first = begin("crossEntropy");
  putTensor(logits);
  putTensor(targets);
  checkOptions("crossEntropy", options, ["weights", "axis", "labelSmoothing", "reduction"]);
  putMaybeTensor(options?.weights);
  putInt("the axis", options?.axis ?? -1);
  putFloat("the labelSmoothing", options?.labelSmoothing ?? 0);
  putChoice(options?.reduction ?? "none", ["none", "mean", "sum"]);
  return oneTraining(18, first);
}

/**
 * -(t ln p + (1 - t) ln(1 - p)) with p the sigmoid of the inputs, or the inputs.
 *
 * @param inputs - A tensor.
 * @param targets - A tensor.
 * @param options - See {@link BinaryCrossEntropyOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.losses.binaryCrossEntropy(tensor([0]), tensor([1])) // 0.69314718
 * ```
 */
export function binaryCrossEntropy(inputs: Tensor, targets: Tensor, options?: BinaryCrossEntropyOptions): Tensor {
  const first = begin("binaryCrossEntropy");
  putTensor(inputs);
  putTensor(targets);
  checkOptions("binaryCrossEntropy", options, ["weights", "withLogits", "reduction"]);
  putMaybeTensor(options?.weights);
  putFlag(options?.withLogits ?? true);
  putChoice(options?.reduction ?? "mean", ["none", "mean", "sum"]);
  return oneTraining(19, first);
}

/**
 * |p - t|
 *
 * @param predictions - A tensor.
 * @param targets - A tensor.
 * @param options - See {@link LossOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.losses.l1Loss(tensor([1, 2]), tensor([0, 4])) // 1.5
 * ```
 */
export function l1Loss(predictions: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  const first = begin("l1Loss");
  putTensor(predictions);
  putTensor(targets);
  checkOptions("l1Loss", options, ["reduction"]);
  putChoice(options?.reduction ?? "mean", ["none", "mean", "sum"]);
  return oneTraining(20, first);
}

/**
 * (p - t)^2
 *
 * @param predictions - A tensor.
 * @param targets - A tensor.
 * @param options - See {@link LossOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.losses.mseLoss(tensor([1, 2]), tensor([0, 4])) // 2.5
 * ```
 */
export function mseLoss(predictions: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  const first = begin("mseLoss");
  putTensor(predictions);
  putTensor(targets);
  checkOptions("mseLoss", options, ["reduction"]);
  putChoice(options?.reduction ?? "mean", ["none", "mean", "sum"]);
  return oneTraining(21, first);
}

/**
 * Minus the log-probability of the target class.
 *
 * @param logProbabilities - A tensor.
 * @param targets - Class indices.
 * @param options - See {@link AxisLossOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * nn.losses.nllLoss(tensor([[-1, -2]]), tensor([1])) // [2]
 * ```
 */
export function nllLoss(logProbabilities: Tensor, targets: Tensor, options?: AxisLossOptions): Tensor {
  const first = begin("nllLoss");
  putTensor(logProbabilities);
  putTensor(targets);
  checkOptions("nllLoss", options, ["axis", "reduction"]);
  putInt("the axis", options?.axis ?? -1);
  putChoice(options?.reduction ?? "none", ["none", "mean", "sum"]);
  return oneTraining(22, first);
}

/**
 * Minus the log-likelihood of a normal distribution with means `inputs` and variances `vars` (at least `eps`); `full` adds the constant.
 *
 * @param inputs - The means.
 * @param targets - A tensor.
 * @param vars - The variances.
 * @param options - See {@link GaussianNllOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.losses.gaussianNllLoss(tensor([0]), tensor([2]), tensor([1])) // 2
 * ```
 */
export function gaussianNllLoss(inputs: Tensor, targets: Tensor, vars: Tensor, options?: GaussianNllOptions): Tensor {
  const first = begin("gaussianNllLoss");
  putTensor(inputs);
  putTensor(targets);
  putTensor(vars);
  checkOptions("gaussianNllLoss", options, ["full", "eps", "reduction"]);
  putFlag(options?.full ?? false);
  putFloat("the eps", options?.eps ?? 1e-6);
  putChoice(options?.reduction ?? "mean", ["none", "mean", "sum"]);
  return oneTraining(23, first);
}

/**
 * Kullback-Leibler divergence along an axis of log-probabilities: the sum of e^t (t - p).
 *
 * @param inputs - Log-probabilities.
 * @param targets - Log-probabilities.
 * @param options - See {@link AxisLossOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * nn.losses.klDivLoss(tensor([[0, 0]]), tensor([[0, 0]])) // [0]
 * ```
 */
export function klDivLoss(inputs: Tensor, targets: Tensor, options?: AxisLossOptions): Tensor {
  const first = begin("klDivLoss");
  putTensor(inputs);
  putTensor(targets);
  checkOptions("klDivLoss", options, ["axis", "reduction"]);
  putInt("the axis", options?.axis ?? -1);
  putChoice(options?.reduction ?? "none", ["none", "mean", "sum"]);
  return oneTraining(24, first);
}

/**
 * Quadratic up to `beta`, linear beyond; smooth in between.
 *
 * @param predictions - A tensor.
 * @param targets - A tensor.
 * @param options - `beta` (1 by default): Where it becomes linear. `reduction` ("mean" by default): What becomes of the losses of single elements: they are the result, or their mean, or their sum.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.losses.smoothL1Loss(tensor([0, 3]), tensor([0, 0])) // 1.25
 * ```
 */
export function smoothL1Loss(predictions: Tensor, targets: Tensor, options?: { readonly beta?: number; readonly reduction?: "none" | "mean" | "sum" }): Tensor {
  const first = begin("smoothL1Loss");
  putTensor(predictions);
  putTensor(targets);
  checkOptions("smoothL1Loss", options, ["beta", "reduction"]);
  putFloat("the beta", options?.beta ?? 1);
  putChoice(options?.reduction ?? "mean", ["none", "mean", "sum"]);
  return oneTraining(25, first);
}

/**
 * Quadratic up to `delta`, linear beyond.
 *
 * @param inputs - A tensor.
 * @param targets - A tensor.
 * @param options - `delta` (1 by default): Where it becomes linear. `reduction` ("none" by default): What becomes of the losses of single elements: they are the result, or their mean, or their sum.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.losses.huberLoss(tensor([0, 3]), tensor([0, 0])) // [0, 2.5]
 * ```
 */
export function huberLoss(inputs: Tensor, targets: Tensor, options?: { readonly delta?: number; readonly reduction?: "none" | "mean" | "sum" }): Tensor {
  const first = begin("huberLoss");
  putTensor(inputs);
  putTensor(targets);
  checkOptions("huberLoss", options, ["delta", "reduction"]);
  putFloat("the delta", options?.delta ?? 1);
  putChoice(options?.reduction ?? "none", ["none", "mean", "sum"]);
  return oneTraining(26, first);
}

/**
 * ln cosh(p - t)
 *
 * @param inputs - A tensor.
 * @param targets - A tensor.
 * @param options - See {@link LossOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.losses.logCoshLoss(tensor([1]), tensor([1])) // [0]
 * ```
 */
export function logCoshLoss(inputs: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  const first = begin("logCoshLoss");
  putTensor(inputs);
  putTensor(targets);
  checkOptions("logCoshLoss", options, ["reduction"]);
  putChoice(options?.reduction ?? "none", ["none", "mean", "sum"]);
  return oneTraining(27, first);
}

/**
 * max(0, 1 - p t) for targets of -1 and 1.
 *
 * @param inputs - A tensor.
 * @param targets - -1 or 1.
 * @param options - See {@link LossOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.losses.hingeLoss(tensor([0.5]), tensor([1])) // [0.5]
 * ```
 */
export function hingeLoss(inputs: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  const first = begin("hingeLoss");
  putTensor(inputs);
  putTensor(targets);
  checkOptions("hingeLoss", options, ["reduction"]);
  putChoice(options?.reduction ?? "none", ["none", "mean", "sum"]);
  return oneTraining(28, first);
}

/**
 * The cosine of the angle between vectors along an axis; their lengths' product counts as at least `eps`.
 *
 * @param x1 - A tensor.
 * @param x2 - A tensor.
 * @param options - `axis` (1 by default): The axis of the vectors. `eps` (1e-8 by default): The least product of lengths. `reduction` ("none" by default): What becomes of the losses of single elements: they are the result, or their mean, or their sum.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * nn.losses.cosineSimilarityLoss(tensor([[1, 0]]), tensor([[1, 0]])) // [1]
 * ```
 */
export function cosineSimilarityLoss(x1: Tensor, x2: Tensor, options?: { readonly axis?: number; readonly eps?: number; readonly reduction?: "none" | "mean" | "sum" }): Tensor {
  const first = begin("cosineSimilarityLoss");
  putTensor(x1);
  putTensor(x2);
  checkOptions("cosineSimilarityLoss", options, ["axis", "eps", "reduction"]);
  putInt("the axis", options?.axis ?? 1);
  putFloat("the eps", options?.eps ?? 1e-8);
  putChoice(options?.reduction ?? "none", ["none", "mean", "sum"]);
  return oneTraining(29, first);
}

/**
 * max(0, margin - t (a - b)): `a` should be larger where the target is 1, `b` where it is -1.
 *
 * @param inputs1 - A tensor.
 * @param inputs2 - A tensor.
 * @param targets - 1 where the first should be larger, -1 where the second.
 * @param options - `margin` (0 by default): By how much. `reduction` ("none" by default): What becomes of the losses of single elements: they are the result, or their mean, or their sum.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} An argument is of another type, or a tensor was disposed of.
 * @example
 * ```ts
 * nn.losses.marginRankingLoss(tensor([1]), tensor([2]), tensor([1])) // [1]
 * ```
 */
export function marginRankingLoss(inputs1: Tensor, inputs2: Tensor, targets: Tensor, options?: { readonly margin?: number; readonly reduction?: "none" | "mean" | "sum" }): Tensor {
  const first = begin("marginRankingLoss");
  putTensor(inputs1);
  putTensor(inputs2);
  putTensor(targets);
  checkOptions("marginRankingLoss", options, ["margin", "reduction"]);
  putFloat("the margin", options?.margin ?? 0);
  putChoice(options?.reduction ?? "none", ["none", "mean", "sum"]);
  return oneTraining(30, first);
}

/**
 * max(0, |a - p| - |a - n| + margin)
 *
 * @param anchors - A tensor.
 * @param positives - A tensor.
 * @param negatives - A tensor.
 * @param options - See {@link TripletOptions}.
 * @returns A scalar, or without a reduction the shape of the losses.
 * @throws {ShapeError} The shapes do not fit.
 * @throws {CompileArgumentError} The axis is out of range, or an argument is of another type.
 * @example
 * ```ts
 * nn.losses.tripletLoss(tensor([[0, 0]]), tensor([[0, 0]]), tensor([[3, 4]])) // [0]
 * ```
 */
export function tripletLoss(anchors: Tensor, positives: Tensor, negatives: Tensor, options?: TripletOptions): Tensor {
  const first = begin("tripletLoss");
  putTensor(anchors);
  putTensor(positives);
  putTensor(negatives);
  checkOptions("tripletLoss", options, ["axis", "p", "margin", "eps", "reduction"]);
  putInt("the axis", options?.axis ?? -1);
  putFloat("the p", options?.p ?? 2);
  putFloat("the margin", options?.margin ?? 1);
  putFloat("the eps", options?.eps ?? 1e-6);
  putChoice(options?.reduction ?? "none", ["none", "mean", "sum"]);
  return oneTraining(31, first);
}
