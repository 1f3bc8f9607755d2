/** @file `tensor`: from JavaScript's values to the bytes that a device stores. Nothing is truncated silently. */
import { begin } from "./apply.js";
import { core } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError, DTypeError, LimitError, ShapeError } from "./errors.js";
import { checkOptions } from "./options.js";
import { Tensor, type DType } from "./tensor.js";

/** Numbers or booleans in arrays, as deep as there are axes. */
export type NestedArray = readonly (number | boolean | NestedArray | TypedArray)[];
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

const OP = "tensor";
/** What a tensor can have, as the core checks it. */
const MAX_AXES = 32;
const MAX_ELEMENTS = 2 ** 31 - 1;

/**
 * A tensor of values. Numbers give float32 and booleans bool; typed arrays keep their dtype, 8 and 16-bit ones widen to int32;
 * 64-bit ones need an explicit dtype. `shape` reshapes; `dtype` converts, and refuses values that it cannot hold.
 */
export function tensor(
  data: number | boolean | NestedArray | TypedArray,
  options?: { readonly dtype?: DType; readonly shape?: readonly number[] },
): Tensor {
  begin();
  if (Array.isArray(options))
    throw new CompileArgumentError(OP, `the second argument is ${describe(options)}`, "The shape is an option: tensor(data, { shape }).");
  checkOptions(OP, options, ["dtype", "shape"]);
  const given = gather(data);
  const dtype = options?.dtype ?? given.dtype;
  if (dtype === undefined) {
    throw new DTypeError(
      OP,
      `a ${describe(given.values)} has 64-bit elements, which GPUs lack`,
      'Name the dtype to convert to, such as { dtype: "float32" }.',
    );
  }
  return new Tensor(core.tensor(dtype, Float64Array.from(options?.shape ?? given.shape), stored(given.values, dtype)));
}

interface Given {
  readonly values: ArrayLike<number | bigint> & object;
  readonly shape: readonly number[];
  /** What they are without being told; undefined when they must not be guessed. */
  readonly dtype: DType | undefined;
}

function gather(data: unknown): Given {
  if (typeof data === "number") return { values: Float32Array.of(data), shape: [], dtype: "float32" };
  if (typeof data === "boolean") return { values: Uint32Array.of(data ? 1 : 0), shape: [], dtype: "bool" };
  if (isTyped(data)) return { values: data, shape: [data.length], dtype: dtypeOf(data) };
  if (Array.isArray(data)) return gatherNested(data);
  if (data instanceof Tensor)
    throw new CompileArgumentError(OP, "the data is a tensor already", "Use it as it is, or astype for another dtype.");
  throw new CompileArgumentError(OP, `the data must be numbers or booleans in nested or typed arrays, got ${describe(data)}`);
}

function isTyped(data: unknown): data is TypedArray {
  return ArrayBuffer.isView(data) && !(data instanceof DataView);
}

function dtypeOf(data: TypedArray): DType | undefined {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Uint32Array) return "uint32";
  if (data instanceof Float64Array || data instanceof BigInt64Array || data instanceof BigUint64Array) return undefined;
  // Float16Array is not in every engine.
  return data.constructor.name === "Float16Array" ? "float16" : "int32";
}

/** Values of nested arrays, by the shape of their first elements; what does not fit it is ragged. */
function gatherNested(data: readonly unknown[]): Given {
  const shape: number[] = [];
  let first: unknown = data;
  while (Array.isArray(first) || isTyped(first)) {
    if (shape.length === MAX_AXES)
      throw new CompileArgumentError(
        OP,
        `the arrays are nested deeper than ${MAX_AXES} levels`,
        "Tensors have no more axes than that. Does an array hold itself?",
      );
    shape.push(first.length);
    first = first[0];
  }
  // Doubles hold every number that a dtype may ask for exactly.
  const values = room(shape);
  let at = 0;
  let kind: "number" | "boolean" | undefined;
  // One path for all: there may be millions of elements.
  const path: number[] = [];
  const visit = (value: unknown): void => {
    const depth = path.length;
    if (depth < shape.length) {
      if (!Array.isArray(value) && !isTyped(value)) throw ragged(value, path, `an array of ${shape[depth]!}`);
      if (value.length !== shape[depth]!) throw ragged(value, path, `${shape[depth]!} elements as in the first`);
      for (let i = 0; i < value.length; i++) {
        path.push(i);
        visit(value[i]);
        path.pop();
      }
      return;
    }
    if (Array.isArray(value) || isTyped(value)) throw ragged(value, path, "a number");
    if (typeof value !== "number" && typeof value !== "boolean") {
      if (value instanceof Tensor)
        throw new CompileArgumentError(OP, `there is a tensor at ${place(path)}`, "Join tensors with stack or concatenate.");
      throw typeof value === "bigint"
        ? new DTypeError(
            OP,
            `there is a bigint at ${place(path)}, and GPUs have no 64-bit integers`,
            "Convert it with Number(...), or pass a BigInt64Array and a dtype.",
          )
        : new CompileArgumentError(OP, `there is ${describe(value)} at ${place(path)}`, "Elements are numbers or booleans.");
    }
    kind ??= typeof value as "number" | "boolean";
    if (kind !== typeof value)
      throw new CompileArgumentError(OP, `the elements are numbers and booleans, mixed at ${place(path)}`, "Use one of them.");
    values[at++] = Number(value);
  };
  visit(data);
  return { values, shape, dtype: kind === "boolean" ? "bool" : "float32" };
}

/** Zeros for the elements of a shape. */
function room(shape: readonly number[]): Float64Array {
  const size = shape.reduce((product, size) => product * size, 1);
  try {
    if (size <= MAX_ELEMENTS) return new Float64Array(size);
  } catch {
    // There is no memory for so many.
  }
  throw new LimitError(OP, `nested arrays of shape [${shape.join(",")}] have more elements than can be held`, "Does an array hold itself?");
}

function place(path: readonly number[]): string {
  return path.length === 0 ? "the top" : path.map((i) => `[${i}]`).join("");
}

function ragged(value: unknown, path: readonly number[], expected: string): ShapeError {
  const got = Array.isArray(value) || isTyped(value) ? `${value.length} element${value.length === 1 ? "" : "s"}` : describe(value);
  return new ShapeError(
    OP,
    `the nested arrays are ragged: ${place(path)} has ${got}, expected ${expected}`,
    "All rows must be equally long.",
  );
}

/** The bytes that the core takes for a dtype. */
function stored(values: Given["values"], dtype: DType): Uint8Array {
  switch (dtype) {
    case "float32":
    case "float16":
      return bytes(
        values instanceof Float32Array
          ? values
          : isBig(values)
            ? Float32Array.from(values as ArrayLike<bigint>, Number)
            : new Float32Array(values as ArrayLike<number>),
      );
    case "int32":
      return bytes(values instanceof Int32Array ? values : integers(new Int32Array(values.length), values, dtype));
    case "uint32":
      return bytes(values instanceof Uint32Array ? values : integers(new Uint32Array(values.length), values, dtype));
    case "bool":
      return bytes(Uint32Array.from(values as ArrayLike<number>, (value) => (Number(value) === 0 ? 0 : 1)));
    default:
      // The core knows which dtypes there are and says so.
      dtype satisfies never;
      return new Uint8Array(0);
  }
}

/** Has it elements that other arrays do not take as they are? */
function isBig(values: object): boolean {
  return values instanceof BigInt64Array || values instanceof BigUint64Array;
}

function integers<T extends Int32Array | Uint32Array>(into: T, values: ArrayLike<number | bigint>, dtype: DType): T {
  for (let i = 0; i < into.length; i++) {
    const value = Number(values[i]);
    into[i] = value;
    if (into[i] !== value)
      throw new DTypeError(
        OP,
        `${values[i]!} (element ${i}) is not ${dtype === "int32" ? "an int32" : "a uint32"}`,
        "Round or clip the values first, or use float32.",
      );
  }
  return into;
}

function bytes(array: Float32Array | Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
