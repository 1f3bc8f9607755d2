/** @file The errors: one class per sort of mistake. Most texts come from the core; the few made here have the same form. */
import type { BreakReason } from "./views.gen.js";

/** What every error of this package is. */
export class InterfuseError extends Error {
  /** The op or function that was misused. */
  readonly op: string;
  /** What to do about it; may be empty. */
  readonly hint: string;

  /** `message` is a sentence that names neither the op nor the remedy: both are added here. */
  constructor(op: string, message: string, hint = "") {
    super(`${op === "" ? "" : `${op}: `}${message}${hint === "" ? "" : `${/[.?!]$/.test(message) ? "" : "."} ${hint}`}`);
    this.op = op;
    this.hint = hint;
  }
}

/** Shapes do not fit. */
export class ShapeError extends InterfuseError {}
/** Dtypes do not fit, or a value does not fit a dtype. */
export class DTypeError extends InterfuseError {}
/** No device, a lost device, tensors of two devices, or the device reported a failure. */
export class DeviceError extends InterfuseError {}
/** A size over a limit of the device or of memory. */
export class LimitError extends InterfuseError {}
/** An argument that makes no sense. */
export class CompileArgumentError extends InterfuseError {}
/** A value was read where only a placeholder stands: inside a function that is being traced. */
export class HostReadError extends InterfuseError {}
/** A placeholder outlived its trace. */
export class LeakedTracerError extends InterfuseError {}
/** A tensor is both an argument of a compiled function and closed over by it. */
export class UncapturedInputError extends InterfuseError {}
/** A guard on a symbolic size failed. */
export class ShapeGuardError extends InterfuseError {}
/** `fullgraph` was asked for and cannot be had; `cause` is the error that broke the trace. */
export class FullgraphError extends InterfuseError {
  /** What broke the trace. */
  readonly reason: BreakReason;
  /** Where: from the function to the op, with the line where it is known. */
  readonly opPath: string;
  override cause: unknown;

  constructor(op: string, message: string, hint: string, reason: BreakReason, opPath: string, cause: unknown) {
    super(op, message, hint);
    this.reason = reason;
    this.opPath = opPath;
    this.cause = cause;
  }
}
/** Two sizes that share a name differ. */
export class DimMismatchError extends InterfuseError {}

const classes = {
  ShapeError,
  DTypeError,
  DeviceError,
  LimitError,
  CompileArgumentError,
  HostReadError,
  LeakedTracerError,
  UncapturedInputError,
  ShapeGuardError,
  DimMismatchError,
};

// By hand, because minifiers rename classes and the names are part of the interface.
for (const [name, value] of Object.entries({ InterfuseError, FullgraphError, ...classes })) {
  Object.defineProperty(value.prototype, "name", { value: name, configurable: true, writable: true });
}

/** The error that the core describes; the core throws what this returns. */
export function makeError(
  kind: string,
  op: string,
  message: string,
  hint: string,
  reason?: BreakReason,
  opPath?: string,
  cause?: unknown,
): InterfuseError {
  if (reason !== undefined) return new FullgraphError(op, message, hint, reason, opPath ?? op, cause);
  const Class = kind in classes ? classes[kind as keyof typeof classes] : InterfuseError;
  return new Class(op, message, hint);
}
