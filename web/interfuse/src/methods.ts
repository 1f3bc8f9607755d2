/** @file Methods of tensors that are not the function of the same name with the tensor as its first argument. */
import { concatenate, stack } from "./functions.gen.js";
import { at, type At } from "./library.js";
import { TableOps } from "./methods.gen.js";
import type { Tensor } from "./tensor.js";
import type { AtIndex } from "./wire.js";

/** The tensor that a method is called on: every instance is one. */
function self(methods: Methods): Tensor {
  return methods as unknown as Tensor;
}

/** All functions as methods; tensors inherit them. */
export class Methods extends TableOps {
  /** This tensor joined with others along an axis. */
  concatenate(others: Tensor | readonly Tensor[], axis = 0): Tensor {
    return concatenate([self(this)].concat(others), axis);
  }

  /** This tensor joined with others of equal shape along a new axis. */
  stack(others: Tensor | readonly Tensor[], axis = 0): Tensor {
    return stack([self(this)].concat(others), axis);
  }

  /** The elements at one entry per axis. A position that is a number must be in range; see `At` for those in tensors. */
  at(...index: readonly AtIndex[]): At {
    return at(self(this), ...index);
  }
}
