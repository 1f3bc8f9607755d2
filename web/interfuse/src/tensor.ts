/**
 * @file Tensor: a handle on a lazily evaluated, immutable array in the core. Shape and dtype are fetched when they are asked for; the
 * values are read back asynchronously. The garbage collector releases handles; `dispose` and `scope` do it earlier.
 */
import { core, state } from "./core.js";
import { describe } from "./describe.js";
import { Dim, shapeOf } from "./dim.js";
import { CompileArgumentError } from "./errors.js";
import { flushEvents } from "./events.js";
import { afterRead, noteTensor } from "./memory.js";
import { nudged } from "./nudge.js";
import { Methods } from "./methods.js";
import { check, deviceKind, numberOf } from "./options.js";

/** The type of an element. */
export type DType = "float32" | "float16" | "int32" | "uint32" | "bool";
/** What `data()` gives: floats as Float32Array (float16 widened), bool as Uint8Array of 0 and 1. */
export type TensorData = Float32Array | Int32Array | Uint32Array | Uint8Array;
/** Values in nested arrays, as deep as the tensor has axes. */
export type Nested = number | boolean | Nested[];

/** The handle of a tensor that was disposed of: none that the core has. */
const DISPOSED = 0xffff_ffff;
const NO_SHAPE: readonly number[] = Object.freeze([]);

const registry = new FinalizationRegistry<number>((handle) => {
  if (state === "ready") core.release(handle);
});

/**
 * Handles that are released together, when no tensor of them is held any more. Telling the collector of one costs as much as the rest of
 * making a tensor, and the tensors of a compiled function's state live and die together.
 */
interface Batch {
  readonly handles: number[];
}

/** So many at most: whoever keeps one tensor keeps its batch. */
const BATCH = 32;

const batches = new FinalizationRegistry<number[]>((handles) => {
  if (state === "ready") for (const handle of handles) if (handle !== DISPOSED) core.release(handle);
});

/** Tensors made while a function is traced, so that they can be let go when the trace ends; `null` outside. */
let traced: Tensor[] | null = null;
/** Tensors made in the innermost scope; `null` outside. */
let scoped: Tensor[] | null = null;

/** An immutable array on a device, computed when it is needed. */
export class Tensor extends Methods {
  /** @internal */
  _handle: number;
  private _shape: readonly number[] | undefined;
  private _dtype: DType | undefined;
  /** @internal */
  _batch: object | null;

  /** @internal Tensors are made by `tensor`, `zeros`, ... and by ops. */
  constructor(handle: number, batch: object | null = null) {
    super();
    if (typeof handle !== "number")
      throw new CompileArgumentError("Tensor", `a tensor cannot be made of ${describe(handle)} by new`, "Use tensor(...).");
    this._handle = handle;
    this._shape = undefined;
    this._dtype = undefined;
    this._batch = batch;
    if (traced !== null) traced.push(this);
    else if (batch === null) registry.register(this, handle, this);
    if (scoped !== null) scoped.push(this);
    noteTensor();
    flushEvents();
  }

  /**
   * The sizes of the axes. In a function that is traced with open sizes, reading one fixes it; the whole as a shape argument and `dim`
   * do not.
   */
  get shape(): readonly number[] {
    return (this._shape ??= sizes(core.shape(this._handle)));
  }

  /** The size of an axis, counted from either end, to compute other sizes with: it stays open where a compiled entry leaves it open. */
  dim(axis: number): Dim {
    return new Dim(core.dimOf(this._handle, numberOf("dim", "the axis", axis)));
  }

  /** The type of the elements. */
  get dtype(): DType {
    return (this._dtype ??= dtypes()[core.dtype(this._handle)]!);
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return core.sizeOf(this._handle);
  }

  /** Bytes that it takes on the device. */
  get nbytes(): number {
    return core.nbytes(this._handle);
  }

  /** The kind of device that it is on. */
  get device(): "webgpu" | "cpu" {
    return core.deviceOf(this._handle) as "webgpu" | "cpu";
  }

  /** A copy on another device. */
  async to(device: "webgpu" | "cpu"): Promise<Tensor> {
    check("to", "the device", device, deviceKind);
    return new Tensor((await core.to(this._handle, device)) as number);
  }

  /**
   * The values in row-major order, read back from the device. Throws at once (and does not reject) for what is being traced: a
   * placeholder has no values.
   */
  data(): Promise<TensorData> {
    return this.read("data");
  }

  private read(op: string): Promise<TensorData> {
    const read = core.data(this._handle, op) as Promise<TensorData>;
    flushEvents();
    return afterRead(nudged(read));
  }

  /** The only value of a tensor with one element. */
  item(): Promise<number | boolean> {
    core.checkItem(this._handle);
    const isBool = this.dtype === "bool";
    return this.read("item").then((values) => (isBool ? values[0] !== 0 : values[0]!));
  }

  /** The values in nested arrays. */
  array(): Promise<Nested> {
    const { shape, dtype } = this;
    return this.read("array").then((values) => nest(values, shape, dtype === "bool"));
  }

  /** Dtype, shape and state. Never reads values. */
  override toString(): string {
    return core.describe(this._handle);
  }

  /** Reads the values and prints them. */
  async print(): Promise<void> {
    const text = String(this);
    console.log(text, await this.array());
  }

  /** Lets the tensor go now rather than when the garbage collector finds it. What was computed from it is not affected. */
  dispose(): void {
    if (this._handle === DISPOSED) return;
    forget(this);
    if (state === "ready") core.release(this._handle);
    this._handle = DISPOSED;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Operators of JavaScript do not work on tensors: they say which op to use. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new CompileArgumentError(
      "Tensor",
      "JavaScript's operators cannot compute with tensors",
      "Use the ops: add, sub, mul, div, mod, pow, neg, equal, less, lessEqual, greater, greaterEqual; or await item() for a number.",
    );
  }

  /** For Node's console. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

function sizes(from: ArrayLike<number>): readonly number[] {
  return from.length === 0 ? NO_SHAPE : shapeOf(Float64Array.from(from));
}

let names: DType[] | undefined;
function dtypes(): DType[] {
  return (names ??= core.dtypeNames() as DType[]);
}

function nest(values: TensorData, shape: readonly number[], isBool: boolean): Nested {
  let at = 0;
  const level = (axis: number): Nested => {
    if (axis === shape.length) {
      const value = values[at++]!;
      return isBool ? value !== 0 : value;
    }
    return Array.from({ length: shape[axis]! }, () => level(axis + 1));
  };
  return level(0);
}

/** Tensors for the handles of an answer. */
export function wrapAll(handles: ArrayLike<number>, from = 0, to = handles.length): Tensor[] {
  const tensors: Tensor[] = [];
  for (let i = from; i < to; i++) tensors.push(new Tensor(handles[i]!));
  return tensors;
}

/** The same for tensors that live and die together; only for results, not while a function is traced. */
export function wrapTogether(handles: ArrayLike<number>, from: number): Tensor[] {
  if (traced !== null) return wrapAll(handles, from);
  const tensors: Tensor[] = [];
  let batch: Batch = { handles: [] };
  for (let i = from; i < handles.length; i++) {
    if (batch.handles.length === BATCH) batch = { handles: [] };
    if (batch.handles.length === 0) batches.register(batch, batch.handles);
    batch.handles.push(handles[i]!);
    tensors.push(new Tensor(handles[i]!, batch));
  }
  return tensors;
}

/** A tensor's handle is released by hand: the collector has nothing to do for it. */
function forget(tensor: Tensor): void {
  if (tensor._batch === null) registry.unregister(tensor);
  else {
    const { handles } = tensor._batch as Batch;
    handles[handles.indexOf(tensor._handle)] = DISPOSED;
  }
}

/** Lets go of tensors that a call of the function called `name` has used up: whoever uses one again learns that. */
export function giveAway(tensors: Iterable<Tensor>, name: string): void {
  for (const tensor of tensors) {
    forget(tensor);
    tensor._handle = core.donate(tensor._handle, name);
  }
}

/**
 * Runs `work` as (part of) the trace of the function that `label` names. Afterwards the placeholders and what was computed from them are
 * let go: whoever uses one later learns that it leaked. Other tensors made meanwhile live on. Inside another trace, `work` must have
 * ended its own when it returns or throws.
 */
export function whileTracing<T>(label: string, work: () => T): T {
  const before = traced;
  const made: Tensor[] = [];
  traced = made;
  try {
    return work();
  } finally {
    traced = before;
    if (state === "ready") {
      const handles = core.endTrace(
        Uint32Array.from(made, (tensor) => tensor._handle),
        label,
        before !== null,
      );
      made.forEach((tensor, i) => {
        if (tensor._handle !== handles[i]) tensor._handle = handles[i]!;
        else if (before !== null) before.push(tensor);
        else if (tensor._handle !== DISPOSED) registry.register(tensor, tensor._handle, tensor);
      });
    }
  }
}

/** Runs `work`, frees the tensors that it made but those in what `survivors` finds in its result, and all of them when it throws. */
export function whileScoped<T>(work: () => T, survivors: (result: T) => Iterable<Tensor>): T {
  const outer = scoped;
  const made: Tensor[] = [];
  scoped = made;
  let kept = new Set<Tensor>();
  try {
    const result = work();
    kept = new Set(survivors(result));
    return result;
  } finally {
    scoped = outer;
    for (const tensor of made) {
      if (!kept.has(tensor)) tensor.dispose();
      else outer?.push(tensor);
    }
  }
}
