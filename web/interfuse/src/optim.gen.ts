// Generated from crate/interfuse/src/optim/settings.rs by `npm run gen`. Do not edit.
/** @file The options of optimisers. */

/** Options of `SGD`. */
export interface SGDOptions {
  /** How much of the last step's direction stays. 0 by default. */
  readonly momentum?: number;
  /** How much of the gradient does not enter the direction. 0 by default. */
  readonly dampening?: number;
  /** Adds so much of the parameter to its gradient. 0 by default. */
  readonly weightDecay?: number;
  /** Looks ahead along the direction. false by default. */
  readonly nesterov?: boolean;
}

/** Options of `Adam`. */
export interface AdamOptions {
  /** How much of the means of gradients and of their squares stays. [0.9, 0.999] by default. */
  readonly betas?: readonly [number, number];
  /** Added to the root. 1e-8 by default. */
  readonly eps?: number;
  /** Whether the means of few gradients are scaled up (as in the paper; MLX does not by default). true by default. */
  readonly biasCorrection?: boolean;
}

/** Options of `AdamW`. */
export interface AdamWOptions {
  /** How much of the means of gradients and of their squares stays. [0.9, 0.999] by default. */
  readonly betas?: readonly [number, number];
  /** Added to the root. 1e-8 by default. */
  readonly eps?: number;
  /** Whether the means of few gradients are scaled up (as in the paper; MLX does not by default). true by default. */
  readonly biasCorrection?: boolean;
  /** Decoupled from the gradient. 0.01 by default. */
  readonly weightDecay?: number;
}

/** Options of `Adagrad`. */
export interface AdagradOptions {
  /** Added to the root. 1e-8 by default. */
  readonly eps?: number;
}

/** Options of `RMSprop`. */
export interface RMSpropOptions {
  /** How much of the mean of squares stays. 0.99 by default. */
  readonly alpha?: number;
  /** Added to the root. 1e-8 by default. */
  readonly eps?: number;
}

/** Options of `Lion`. */
export interface LionOptions {
  /** How much of the mean enters the sign, and how much stays. [0.9, 0.99] by default. */
  readonly betas?: readonly [number, number];
  /** Decoupled from the gradient. 0 by default. */
  readonly weightDecay?: number;
}

/** What each is told by default, in the order in which the core takes the numbers. */
export const usual = {
  SGD: { momentum: 0, dampening: 0, weightDecay: 0, nesterov: false },
  Adam: { betas: [0.9, 0.999], eps: 1e-8, biasCorrection: true },
  AdamW: { betas: [0.9, 0.999], eps: 1e-8, biasCorrection: true, weightDecay: 0.01 },
  Adagrad: { eps: 1e-8 },
  RMSprop: { alpha: 0.99, eps: 1e-8 },
  Lion: { betas: [0.9, 0.99], weightDecay: 0 },
} as const;
