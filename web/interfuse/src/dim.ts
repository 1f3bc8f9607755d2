/**
 * @file Sizes: what ops take as a shape, and how a size that a compiled entry leaves open stands in JavaScript. An open size is a number
 * to the core that no size can be; programs see a `Dim`, or the plain number, whose use the core is told of.
 */
import { core } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";

/** A size in a shape. */
export type Size = number | Dim;
/** A shape: a number, `Dim`s among them, or the whole `shape` of a tensor, in which sizes that are open stay open. */
export type ShapeLike = Size | readonly Size[];

/**
 * The size of an axis, to compute other sizes with: `x.dim(0).mul(2)`. Where sizes are fixed it is a number. In a function that is
 * compiled with `shapeless` or `dynamicDims` it stays open: one compiled entry serves every size. Reading `value` (or computing with
 * JavaScript's operators) fixes the size for the entry.
 */
export class Dim {
  /** @internal */
  readonly _code: number;

  /** @internal Made by `Tensor.dim`. */
  constructor(code: number) {
    if (typeof code !== "number")
      throw new CompileArgumentError("Dim", `a size cannot be made of ${describe(code)} by new`, "Use x.dim(axis).");
    this._code = code;
  }

  /** The size as a number. In a function that is being traced, the entry then serves only calls in which it is the same. */
  get value(): number {
    return core.dimValue(this._code, "value");
  }

  /** The sum. */
  add(other: Size): Dim {
    return this.with("add", other);
  }

  /** The difference. */
  sub(other: Size): Dim {
    return this.with("sub", other);
  }

  /** The product. */
  mul(other: Size): Dim {
    return this.with("mul", other);
  }

  /** The quotient, rounded down; the divisor must be positive. */
  floordiv(other: Size): Dim {
    return this.with("floordiv", other);
  }

  /** The remainder, not negative; the divisor must be positive. */
  mod(other: Size): Dim {
    return this.with("mod", other);
  }

  /** The smaller. */
  min(other: Size): Dim {
    return this.with("min", other);
  }

  /** The larger. */
  max(other: Size): Dim {
    return this.with("max", other);
  }

  private with(op: string, other: Size): Dim {
    return new Dim(core.dimApply(op, this._code, codeOf(op, "a size", other)));
  }

  /** The size, with the names of what is open. */
  toString(): string {
    return core.dimText(this._code);
  }

  [Symbol.toPrimitive](hint: string): string | number {
    return hint === "string" ? this.toString() : this.value;
  }
}

/** Codes of the shapes that have open sizes. */
const open = new WeakMap<readonly number[], Float64Array>();

/** The codes of a whole `shape` of a tensor in which sizes are open. */
export function openCodes(shape: unknown): Float64Array | undefined {
  return open.get(shape as readonly number[]);
}

/** As the core takes a size. */
export function codeOf(op: string, what: string, size: Size): number {
  if (typeof size === "number") return size;
  if (size instanceof Dim) return size._code;
  throw new CompileArgumentError(op, `${what} must be a number or a Dim, got ${describe(size)}`);
}

/** As the core takes a shape; a whole `shape` keeps its open sizes. */
export function codesOf(op: string, what: string, shape: ShapeLike): Float64Array {
  if (!Array.isArray(shape)) return Float64Array.of(codeOf(op, what, shape as Size));
  const whole = open.get(shape as readonly number[]);
  if (whole !== undefined) return whole;
  const bad = shape.find((size) => typeof size !== "number" && !(size instanceof Dim));
  if (bad !== undefined)
    throw new CompileArgumentError(op, `${what} must be a number or an array of numbers and Dims, got ${describe(bad)} in it`);
  return Float64Array.from(shape as readonly Size[], (size) => codeOf(op, what, size));
}

/**
 * The shape of these codes: plain numbers. Where some are open, reading an element fixes it for the entry that is being made; the length
 * and handing on the whole do not.
 */
export function shapeOf(codes: Float64Array): readonly number[] {
  const isOpen = (code: number): boolean => code > Number.MAX_SAFE_INTEGER;
  if (!codes.some(isOpen)) return Object.freeze(Array.from(codes));
  const seen = Object.freeze(Array.from(codes, (code) => core.dimSeen(code)));
  const shape = new Proxy(seen, {
    get(target, property, receiver) {
      const code = typeof property === "string" && property !== "length" ? codes[Number(property)] : undefined;
      if (code !== undefined && isOpen(code)) core.dimValue(code, "shape");
      return Reflect.get(target, property, receiver) as unknown;
    },
  });
  open.set(shape, codes);
  return shape;
}
