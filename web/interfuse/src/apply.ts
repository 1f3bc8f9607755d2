/** @file What calls of the core begin with that are no functions of the table: the position in the program, and handles of tensors. */
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { markPosition, recording } from "./positions.js";
import { Tensor } from "./tensor.js";

/** The handle of what must be a tensor. */
export function tensorHandle(op: string, x: Tensor): number {
  if (x instanceof Tensor) return x._handle;
  throw new CompileArgumentError(op, `the argument must be a tensor, got ${describe(x)}`, "Make a tensor of it with tensor(...).");
}

/** The handles of what must be an array of tensors. */
export function tensorHandles(op: string, list: readonly Tensor[]): Uint32Array {
  if (!Array.isArray(list)) throw new CompileArgumentError(op, `the argument must be an array of tensors, got ${describe(list)}`);
  return Uint32Array.from(list, (x: Tensor) => tensorHandle(op, x));
}

/** Notes the position of the call in the user's program when that is asked for. */
export function begin(): void {
  if (recording) markPosition();
}
