/**
 * @file How ops reach the core: operands become a handle and a number, answers become tensors. The shortest path in the package,
 * because a trace is nothing but this.
 */
import { core } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { markPosition, recording } from "./positions.js";
import { Tensor } from "./tensor.js";

/** What scalar ops take: numbers and booleans adapt to the dtype of the tensors that they meet. */
export type Operand = Tensor | number | boolean;

/** The handle of an operand: 0 says that a number goes with it, 1 a boolean. */
export function handleOf(op: string, x: Operand): number {
  if (typeof x === "number") return 0;
  if (x instanceof Tensor) return x._handle;
  if (typeof x === "boolean") return 1;
  throw new CompileArgumentError(
    op,
    `the operands must be tensors, numbers or booleans, got ${describe(x)}`,
    typeof x === "object" && x !== null ? "Make a tensor of it with tensor(...)." : "",
  );
}

/** The number that goes with the handle of an operand. */
export function valueOf(x: Operand): number {
  return typeof x === "number" ? x : x === true ? 1 : 0;
}

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

/** Notes the position of the call in the user's program when that is asked for. Every op calls it before the core. */
export function begin(): void {
  if (recording) markPosition();
}

/** Applies the row of one operand at this position of the table. */
export function apply1(row: number, op: string, x: Operand): Tensor {
  if (recording) markPosition();
  return new Tensor(core.apply1(row, handleOf(op, x), valueOf(x)));
}

/** Applies the row of two operands at this position of the table. */
export function apply2(row: number, op: string, x: Operand, y: Operand): Tensor {
  if (recording) markPosition();
  return new Tensor(core.apply2(row, handleOf(op, x), valueOf(x), handleOf(op, y), valueOf(y)));
}

/** Applies the row of three operands at this position of the table. */
export function apply3(row: number, op: string, x: Operand, y: Operand, z: Operand): Tensor {
  if (recording) markPosition();
  return new Tensor(core.apply3(row, handleOf(op, x), valueOf(x), handleOf(op, y), valueOf(y), handleOf(op, z), valueOf(z)));
}
