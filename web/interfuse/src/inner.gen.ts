// Generated from the functions in crate/interfuse/src by `npm run gen`. Do not edit.
/** @file Functions of the core that other modules of the package make something of. */
import type { ShapeLike, Size } from "./dim.js";
import type { DType, Tensor } from "./tensor.js";
import { begin } from "./wire.js";
import { one, putBound, putDType, putFloat, putInt, putMaybeTensor, putOperand, putPlaces, putSizes, putTensor, type AtIndex, type Operand } from "./wire.js";

/** A shape filled with a value. Without a dtype that of the value: bool, int32 for integers, float32. */
export function full(shape: ShapeLike, value: Operand, dtype: DType | undefined): Tensor {
  const first = begin("full");
  putSizes("the shape", shape);
  putOperand(value);
  putDType(dtype);
  return one(52, first);
}

/** Counts between bounds, of which a size may be open: then the others are integers. */
export function arangeBounds(start: Size, stop: Size, step: number, dtype: DType | undefined): Tensor {
  const first = begin("arange");
  putBound("the start", start);
  putBound("the stop", stop);
  putFloat("the step", step);
  putDType(dtype);
  return one(58, first);
}

/** `at(x, places).get()`, as a row. */
export function atGet(x: Tensor, places: readonly AtIndex[]): Tensor {
  const first = begin("at.get");
  putTensor(x);
  putPlaces(places);
  return one(85, first);
}

export function atSet(x: Tensor, places: readonly AtIndex[], values: Operand): Tensor {
  const first = begin("at.set");
  putTensor(x);
  putPlaces(places);
  putOperand(values);
  return one(86, first);
}

export function atAdd(x: Tensor, places: readonly AtIndex[], values: Operand): Tensor {
  const first = begin("at.add");
  putTensor(x);
  putPlaces(places);
  putOperand(values);
  return one(87, first);
}

export function atMul(x: Tensor, places: readonly AtIndex[], values: Operand): Tensor {
  const first = begin("at.mul");
  putTensor(x);
  putPlaces(places);
  putOperand(values);
  return one(88, first);
}

export function atMax(x: Tensor, places: readonly AtIndex[], values: Operand): Tensor {
  const first = begin("at.max");
  putTensor(x);
  putPlaces(places);
  putOperand(values);
  return one(89, first);
}

export function atMin(x: Tensor, places: readonly AtIndex[], values: Operand): Tensor {
  const first = begin("at.min");
  putTensor(x);
  putPlaces(places);
  putOperand(values);
  return one(90, first);
}

/** The numbers 0, 1, ... below `count` in random order, as uint32. */
export function permutation(count: number, key: Tensor | null | undefined): Tensor {
  const first = begin("random.permutation");
  putInt("the count", count);
  putMaybeTensor(key);
  return one(101, first);
}

/** The rows of a tensor along an axis in random order. */
export function permutationOf(x: Tensor, axis: number, key: Tensor | null | undefined): Tensor {
  const first = begin("random.permutation");
  putTensor(x);
  putInt("the axis", axis);
  putMaybeTensor(key);
  return one(102, first);
}
