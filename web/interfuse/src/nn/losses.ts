/**
 * @file Losses: how far predictions are from targets. Names, arguments and default reductions are MLX's; options are the last argument.
 * The formulas are the core's.
 */
import { begin, tensorHandle } from "../apply.js";
import { core } from "../core.js";
import { checkOptions } from "../options.js";
import { Tensor } from "../tensor.js";
import { want } from "../parts.js";

want("training");

/** What becomes of the losses of single elements: they are the result, or their mean, or their sum. */
export type Reduction = "none" | "mean" | "sum";

/** Options of every loss. */
export interface LossOptions {
  readonly reduction?: Reduction;
}

function loss(op: string, tensors: readonly (Tensor | undefined)[], numbers: readonly number[], reduction: Reduction): Tensor {
  begin();
  const handles = Uint32Array.from(tensors, (x) => (x === undefined ? 0 : tensorHandle(op, x)));
  return new Tensor(core.loss(op, handles, Float64Array.from(numbers), reduction));
}

function plain(op: string, x: Tensor, y: Tensor, options: LossOptions | undefined, usual: Reduction): Tensor {
  checkOptions(op, options, ["reduction"]);
  return loss(op, [x, y], [], options?.reduction ?? usual);
}

/** Options of `crossEntropy`. */
export interface CrossEntropyOptions extends LossOptions {
  /** A factor for every loss. */
  readonly weights?: Tensor;
  /** The axis of the classes; the last by default. */
  readonly axis?: number;
  /** How much of the target goes to all classes alike; 0 by default. */
  readonly labelSmoothing?: number;
}

/**
 * -ln of the softmax at the target. Targets are class indices (any dtype of numbers) or probabilities of every class. No reduction by
 * default; NaN where an index is no class.
 */
export function crossEntropy(logits: Tensor, targets: Tensor, options?: CrossEntropyOptions): Tensor {
  checkOptions("crossEntropy", options, ["weights", "axis", "labelSmoothing", "reduction"]);
  return loss(
    "crossEntropy",
    [logits, targets, options?.weights],
    [options?.axis ?? -1, options?.labelSmoothing ?? 0],
    options?.reduction ?? "none",
  );
}

/** Options of `binaryCrossEntropy`. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /** A factor for every loss. */
  readonly weights?: Tensor;
  /** Are the inputs logits (the default), or probabilities? */
  readonly withLogits?: boolean;
}

/** -(t ln p + (1 - t) ln(1 - p)) with p the sigmoid of the inputs. The mean by default. */
export function binaryCrossEntropy(inputs: Tensor, targets: Tensor, options?: BinaryCrossEntropyOptions): Tensor {
  checkOptions("binaryCrossEntropy", options, ["weights", "withLogits", "reduction"]);
  return loss(
    "binaryCrossEntropy",
    [inputs, targets, options?.weights],
    [(options?.withLogits ?? true) ? 1 : 0],
    options?.reduction ?? "mean",
  );
}

/** |p - t|. The mean by default. */
export function l1Loss(predictions: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  return plain("l1Loss", predictions, targets, options, "mean");
}

/** (p - t)². The mean by default. */
export function mseLoss(predictions: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  return plain("mseLoss", predictions, targets, options, "mean");
}

/** Options of losses along an axis. */
export interface AxisLossOptions extends LossOptions {
  /** The last by default. */
  readonly axis?: number;
}

/** Minus the log-probability of the target class. No reduction by default. */
export function nllLoss(logProbabilities: Tensor, targets: Tensor, options?: AxisLossOptions): Tensor {
  checkOptions("nllLoss", options, ["axis", "reduction"]);
  return loss("nllLoss", [logProbabilities, targets], [options?.axis ?? -1], options?.reduction ?? "none");
}

/** Options of `gaussianNllLoss`. */
export interface GaussianNllOptions extends LossOptions {
  /** Adds ln(2π) / 2; false by default. */
  readonly full?: boolean;
  /** The least variance; 1e-6 by default. */
  readonly eps?: number;
}

/** Minus the log-likelihood of normal distributions with these means and variances. The mean by default. */
export function gaussianNllLoss(inputs: Tensor, targets: Tensor, vars: Tensor, options?: GaussianNllOptions): Tensor {
  checkOptions("gaussianNllLoss", options, ["full", "eps", "reduction"]);
  return loss("gaussianNllLoss", [inputs, targets, vars], [options?.full ? 1 : 0, options?.eps ?? 1e-6], options?.reduction ?? "mean");
}

/** Kullback-Leibler divergence of log-probabilities along an axis: the sum of eᵗ (t - p). No reduction by default. */
export function klDivLoss(inputs: Tensor, targets: Tensor, options?: AxisLossOptions): Tensor {
  checkOptions("klDivLoss", options, ["axis", "reduction"]);
  return loss("klDivLoss", [inputs, targets], [options?.axis ?? -1], options?.reduction ?? "none");
}

/** Quadratic up to `beta` (1 by default), linear beyond. The mean by default. */
export function smoothL1Loss(predictions: Tensor, targets: Tensor, options?: LossOptions & { readonly beta?: number }): Tensor {
  checkOptions("smoothL1Loss", options, ["beta", "reduction"]);
  return loss("smoothL1Loss", [predictions, targets], [options?.beta ?? 1], options?.reduction ?? "mean");
}

/** Quadratic up to `delta` (1 by default), linear beyond. No reduction by default. */
export function huberLoss(inputs: Tensor, targets: Tensor, options?: LossOptions & { readonly delta?: number }): Tensor {
  checkOptions("huberLoss", options, ["delta", "reduction"]);
  return loss("huberLoss", [inputs, targets], [options?.delta ?? 1], options?.reduction ?? "none");
}

/** ln cosh(p - t). No reduction by default. */
export function logCoshLoss(inputs: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  return plain("logCoshLoss", inputs, targets, options, "none");
}

/** max(0, 1 - p t) for targets of -1 and 1. No reduction by default. */
export function hingeLoss(inputs: Tensor, targets: Tensor, options?: LossOptions): Tensor {
  return plain("hingeLoss", inputs, targets, options, "none");
}

/** The cosine of the angle between vectors along an axis (1 by default). No reduction by default. */
export function cosineSimilarityLoss(x1: Tensor, x2: Tensor, options?: AxisLossOptions & { readonly eps?: number }): Tensor {
  checkOptions("cosineSimilarityLoss", options, ["axis", "eps", "reduction"]);
  return loss("cosineSimilarityLoss", [x1, x2], [options?.axis ?? 1, options?.eps ?? 1e-8], options?.reduction ?? "none");
}

/** max(0, margin - t (a - b)). No reduction by default. */
export function marginRankingLoss(
  inputs1: Tensor,
  inputs2: Tensor,
  targets: Tensor,
  options?: LossOptions & { readonly margin?: number },
): Tensor {
  checkOptions("marginRankingLoss", options, ["margin", "reduction"]);
  return loss("marginRankingLoss", [inputs1, inputs2, targets], [options?.margin ?? 0], options?.reduction ?? "none");
}

/** Options of `tripletLoss`. */
export interface TripletOptions extends AxisLossOptions {
  /** The power of the norm; 2 by default. */
  readonly p?: number;
  /** By how much negatives should be farther than positives; 1 by default. */
  readonly margin?: number;
  readonly eps?: number;
}

/** max(0, |a - p| - |a - n| + margin). No reduction by default. */
export function tripletLoss(anchors: Tensor, positives: Tensor, negatives: Tensor, options?: TripletOptions): Tensor {
  checkOptions("tripletLoss", options, ["axis", "p", "margin", "eps", "reduction"]);
  return loss(
    "tripletLoss",
    [anchors, positives, negatives],
    [options?.axis ?? -1, options?.p ?? 2, options?.margin ?? 1, options?.eps ?? 1e-6],
    options?.reduction ?? "none",
  );
}
