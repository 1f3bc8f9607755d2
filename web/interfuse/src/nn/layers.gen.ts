// Generated from crate/interfuse/src/nn/module.rs by `npm run gen`. Do not edit.
/** @file The options of layers. */
import type { PerAxis } from "../wire.js";

/** Options of `Linear`. */
export interface BiasOptions {
  /** Is there a bias? true by default. */
  readonly bias?: boolean;
}

/** Options of `LayerNorm`. */
export interface LayerNormOptions {
  /** Added to the variance. 1e-5 by default. */
  readonly eps?: number;
  /** Are there weights and biases that are learnt? true by default. */
  readonly affine?: boolean;
  /** Is there a bias? true by default. */
  readonly bias?: boolean;
}

/** Options of `RMSNorm`. */
export interface RMSNormOptions {
  /** Added to the mean square. 1e-5 by default. */
  readonly eps?: number;
}

/** Options of `BatchNorm`. */
export interface BatchNormOptions {
  /** Added to the variance. 1e-5 by default. */
  readonly eps?: number;
  /** Are there weights and biases that are learnt? true by default. */
  readonly affine?: boolean;
  /** How much of a batch's statistics enters the running ones. 0.1 by default. */
  readonly momentum?: number;
  /** Does it normalise with running statistics when it is not trained? true by default. */
  readonly trackRunningStats?: boolean;
}

/** Options of `Conv1d`, `Conv2d`. */
export interface ConvLayerOptions {
  /** Elements from one window to the next. 1 by default. */
  readonly stride?: PerAxis;
  /** Zeros that are added at each end of an axis; a transposed convolution cuts off as many elements of the result. 0 by default. */
  readonly padding?: PerAxis;
  /** Elements of the input from one element of a window to the next. 1 by default. */
  readonly dilation?: PerAxis;
  /** Number of groups of channels; groups do not mix. 1 by default. */
  readonly groups?: number;
  /** Is there a bias? true by default. */
  readonly bias?: boolean;
}

/** Options of `MultiHeadAttention`. */
export interface AttentionOptions {
  /** The size of queries; the number of features by default. */
  readonly queryInputDims?: number;
  /** The size of keys; the number of features by default. */
  readonly keyInputDims?: number;
  /** The size of values; that of keys by default. */
  readonly valueInputDims?: number;
  /** The size of values behind their projection; the number of features by default. */
  readonly valueDims?: number;
  /** The size of the result; the number of features by default. */
  readonly valueOutputDims?: number;
  /** Do the projections have biases? false by default. */
  readonly bias?: boolean;
}

/** What each is told by default, in the order in which the core takes the numbers. */
export const usual = {
  Linear: { bias: true },
  LayerNorm: { eps: 1e-5, affine: true, bias: true },
  RMSNorm: { eps: 1e-5 },
  BatchNorm: { eps: 1e-5, affine: true, momentum: 0.1, trackRunningStats: true },
  Dropout: { p: 0.5 },
  Conv1d: { stride: 1, padding: 0, dilation: 1, groups: 1, bias: true },
  Conv2d: { stride: 1, padding: 0, dilation: 1, groups: 1, bias: true },
  MultiHeadAttention: { queryInputDims: undefined, keyInputDims: undefined, valueInputDims: undefined, valueDims: undefined, valueOutputDims: undefined, bias: false },
} as const;
