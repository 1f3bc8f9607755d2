/**
 * @file Layers: modules that hold parameters and call one formula of the core. Arguments follow MLX: sizes first, options last. Features
 * are the last axis. `forward` applies a layer.
 *
 * Names are written out, because keys show them and bundlers shorten what they may.
 */
import { core } from "../core.js";
import { conv1d, conv2d, layerNorm, rmsNorm } from "../functions.gen.js";
import { checkWrite, Module } from "../nn.js";
import { describe } from "../describe.js";
import { CompileArgumentError } from "../errors.js";
import { checkOptions, numberOf, type OptionName } from "../options.js";
import type { Tensor } from "../tensor.js";
import type { PerAxis } from "../wire.js";
import {
  batchNorm,
  batchStatistics,
  causalMask,
  checkHeads,
  conv1dBiased,
  conv2dBiased,
  dropout,
  embedding,
  linear,
  multiHeadAttention,
  running,
} from "./inner.gen.js";
import * as init from "./init.gen.js";
import {
  usual,
  type AttentionOptions,
  type BatchNormOptions,
  type BiasOptions,
  type ConvLayerOptions,
  type LayerNormOptions,
  type RMSNormOptions,
} from "./layers.gen.js";
import { want } from "../parts.js";

want("training");

export type * from "./layers.gen.js";
/** Options of normalisations. */
export type NormOptions = Omit<LayerNormOptions, "bias">;

/** What turns one tensor into another: a layer, a model, or a function such as an activation. */
export type Layer = { forward(x: Tensor): Tensor } | ((x: Tensor) => Tensor);

/** Sizes of a layer, as a shape. */
function sizes(layer: string, ...values: readonly number[]): readonly number[] {
  return values.map((value) => numberOf(layer, "a size", value));
}

/** What a layer is told, or else its defaults. */
function told<Options extends object>(layer: keyof typeof usual, options: Options | undefined): Required<Options> {
  const all: Record<string, unknown> = { ...usual[layer] };
  checkOptions(layer, options, Object.keys(all) as OptionName[]);
  for (const [name, value] of Object.entries(options ?? {})) all[name] = value ?? all[name];
  return all as Required<Options>;
}

/** x wᵀ + b */
export class Linear extends Module {
  static override readonly name: string = "Linear";
  /** [outputs, inputs] */
  weight: Tensor;
  /** [outputs] */
  declare bias?: Tensor;

  /** Weights and biases start within 1 / √inputs. There is a bias unless the options say otherwise. */
  constructor(inputs: number, outputs: number, options?: BiasOptions) {
    const { bias } = told("Linear", options);
    super();
    this.weight = init.fanIn(sizes("Linear", outputs, inputs));
    const limit = Math.sqrt(1 / inputs);
    if (bias) this.bias = init.uniform([outputs], { low: -limit, high: limit });
  }

  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }
}

/** Rows of a table at indices. */
export class Embedding extends Module {
  static override readonly name: string = "Embedding";
  /** [count, features] */
  weight: Tensor;

  /** Rows start normally distributed, with length about 1. */
  constructor(count: number, features: number) {
    super();
    this.weight = init.embedding(sizes("Embedding", count, features));
  }

  /** The rows at int32 or uint32 indices. Negative indices count from the end, others out of range are clamped to the nearest. */
  forward(x: Tensor): Tensor {
    return embedding(this.weight, x);
  }

  /** The table as the weight of a linear layer: a score for every row. */
  asLinear(x: Tensor): Tensor {
    return linear(x, this.weight, undefined);
  }
}

/** Mean 0 and variance 1 along the last axis, then scaled and shifted. */
export class LayerNorm extends Module {
  static override readonly name: string = "LayerNorm";
  declare weight?: Tensor;
  declare bias?: Tensor;
  eps: number;

  constructor(features: number, options?: LayerNormOptions) {
    const { eps, affine, bias } = told("LayerNorm", options);
    super();
    this.eps = eps;
    if (affine) {
      this.weight = init.constant([features], { value: 1 });
      if (bias) this.bias = init.constant([features]);
    }
  }

  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, { eps: this.eps });
  }
}

/** Mean square 1 along the last axis, then scaled. */
export class RMSNorm extends Module {
  static override readonly name: string = "RMSNorm";
  weight: Tensor;
  eps: number;

  constructor(features: number, options?: RMSNormOptions) {
    const { eps } = told("RMSNorm", options);
    super();
    this.eps = eps;
    this.weight = init.constant([features], { value: 1 });
  }

  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, { eps: this.eps });
  }
}

/** Mean 0 and variance 1 of every feature over the batch while training, by running statistics otherwise. */
export class BatchNorm extends Module {
  static override readonly name: string = "BatchNorm";
  declare weight?: Tensor;
  declare bias?: Tensor;
  /** What batches were like. Not trained: they follow the batches. */
  declare runningMean?: Tensor;
  declare runningVar?: Tensor;
  eps: number;
  momentum: number;

  constructor(features: number, options?: BatchNormOptions) {
    const { eps, affine, momentum, trackRunningStats } = told("BatchNorm", options);
    super();
    this.eps = eps;
    this.momentum = momentum;
    if (affine) {
      this.weight = init.constant([features], { value: 1 });
      this.bias = init.constant([features]);
    }
    if (trackRunningStats) {
      this.runningMean = init.constant([features]);
      this.runningVar = init.constant([features], { value: 1 });
      this._frozen = ["runningMean", "runningVar"];
    }
  }

  forward(x: Tensor): Tensor {
    let [mean, variance] = [this.runningMean, this.runningVar];
    if (this.training || mean === undefined || variance === undefined) {
      const [batchMean, batchVariance] = batchStatistics(x);
      if (mean !== undefined && variance !== undefined) {
        const followed = running(mean, batchMean, this.momentum);
        if (core.isTracing()) checkWrite("runningMean", mean, followed, "BatchNorm");
        this.runningMean = followed;
        this.runningVar = running(variance, batchVariance, this.momentum);
      }
      [mean, variance] = [batchMean, batchVariance];
    }
    return batchNorm(x, mean, variance, this.weight, this.bias, this.eps);
  }
}

/** Drops elements with probability `p` while training and scales the others up. Draws from the generator: capture `random.state`. */
export class Dropout extends Module {
  static override readonly name: string = "Dropout";
  /** From 0 up to 1, exclusive. */
  p: number;

  constructor(p: number = usual.Dropout.p) {
    super();
    this.p = numberOf("Dropout", "the probability", p);
  }

  forward(x: Tensor): Tensor {
    return this.training ? dropout(x, undefined, this.p) : x;
  }
}

/** What convolutions along one and two axes share. */
abstract class Convolution extends Module {
  /** [channels out, kernel sizes.., channels in / groups] */
  weight: Tensor;
  /** [channels out] */
  declare bias?: Tensor;
  stride: PerAxis;
  padding: PerAxis;
  dilation: PerAxis;
  groups: number;

  protected constructor(
    layer: "Conv1d" | "Conv2d",
    inChannels: number,
    outChannels: number,
    kernel: readonly number[],
    options: ConvLayerOptions | undefined,
  ) {
    const { stride, padding, dilation, groups, bias } = told(layer, options);
    super();
    this.stride = stride;
    this.padding = padding;
    this.dilation = dilation;
    this.groups = groups;
    this.weight = init.fanIn(sizes(layer, outChannels, ...kernel, numberOf(layer, "a size", inChannels) / groups));
    if (bias) this.bias = init.constant([outChannels]);
  }

  abstract forward(x: Tensor): Tensor;

  protected applied(conv: typeof conv1d, biased: typeof conv1dBiased, x: Tensor): Tensor {
    const { stride, padding, dilation, groups } = this;
    const y = conv(x, this.weight, { stride, padding, dilation, groups });
    return this.bias === undefined ? y : biased(y, this.bias);
  }
}

/**
 * Convolution of [batch, size, channels], plus a bias unless `bias: false`. The size becomes
 * floor((size + 2 padding - dilation (kernel size - 1) - 1) / stride) + 1.
 */
export class Conv1d extends Convolution {
  static override readonly name: string = "Conv1d";
  constructor(inChannels: number, outChannels: number, kernelSize: number, options?: ConvLayerOptions) {
    super("Conv1d", inChannels, outChannels, [kernelSize], options);
  }

  forward(x: Tensor): Tensor {
    return this.applied(conv1d, conv1dBiased, x);
  }
}

/**
 * Convolution of [batch, height, width, channels], plus a bias unless `bias: false`. Each size becomes
 * floor((size + 2 padding - dilation (kernel size - 1) - 1) / stride) + 1.
 */
export class Conv2d extends Convolution {
  static override readonly name: string = "Conv2d";
  /** `kernelSize` is one number for both axes, or [height, width]. */
  constructor(inChannels: number, outChannels: number, kernelSize: number | readonly [number, number], options?: ConvLayerOptions) {
    super(
      "Conv2d",
      inChannels,
      outChannels,
      Array.isArray(kernelSize) ? (kernelSize as readonly number[]) : [kernelSize as number, kernelSize as number],
      options,
    );
  }

  forward(x: Tensor): Tensor {
    return this.applied(conv2d, conv2dBiased, x);
  }
}

/** Attention of several heads, with projections before and after. */
export class MultiHeadAttention extends Module {
  static override readonly name: string = "MultiHeadAttention";
  queryProj: Linear;
  keyProj: Linear;
  valueProj: Linear;
  outProj: Linear;
  numHeads: number;

  /** `numHeads` must be a divisor of the features. There are no biases unless the options say otherwise. */
  constructor(dims: number, numHeads: number, options?: AttentionOptions) {
    const given = told("MultiHeadAttention", options);
    checkHeads(dims, numHeads);
    super();
    const {
      queryInputDims = dims,
      keyInputDims = dims,
      valueInputDims = keyInputDims,
      valueDims = dims,
      valueOutputDims = dims,
      bias,
    } = given;
    this.numHeads = numHeads;
    this.queryProj = new Linear(queryInputDims, dims, { bias });
    this.keyProj = new Linear(keyInputDims, dims, { bias });
    this.valueProj = new Linear(valueInputDims, valueDims, { bias });
    this.outProj = new Linear(valueDims, valueOutputDims, { bias });
  }

  /** What queries see of values, by keys; all are [batch, length, features]. Without keys and values it is attention to itself. */
  forward(queries: Tensor, keys: Tensor = queries, values: Tensor = keys, mask?: Tensor): Tensor {
    const [q, k, v] = [this.queryProj.forward(queries), this.keyProj.forward(keys), this.valueProj.forward(values)];
    return this.outProj.forward(multiHeadAttention(q, k, v, this.numHeads, mask));
  }

  /** A mask of [length, length] that hides what comes later. */
  static createAdditiveCausalMask(length: number, dtype: "float32" | "float16" = "float32"): Tensor {
    return causalMask(length, dtype);
  }
}

/** Layers one after another. */
export class Sequential extends Module {
  static override readonly name: string = "Sequential";
  layers: Layer[];

  constructor(...layers: Layer[]) {
    super();
    layers.forEach((layer: Partial<Layer>, i) => {
      if (typeof layer === "function" || typeof (layer as { forward?: unknown } | null | undefined)?.forward === "function") return;
      const hint = Array.isArray(layer)
        ? "Every layer is an argument of its own: new Sequential(a, b)."
        : "It must be a function, or have a method named forward.";
      throw new CompileArgumentError("Sequential", `layer ${i} is ${describe(layer)}`, hint);
    });
    this.layers = layers;
  }

  forward(x: Tensor): Tensor {
    return this.layers.reduce((x, layer) => (typeof layer === "function" ? layer(x) : layer.forward(x)), x);
  }
}
