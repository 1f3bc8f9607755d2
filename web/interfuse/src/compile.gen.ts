// Generated from crate/interfuse/src/compile/options.rs by `npm run gen`. Do not edit.
/** @file The options of `compile` that the core takes. */
import { checkDynamicDims, type DynamicDims } from "./open.js";
import { check, count, flag } from "./options.js";
import { putFlag, putNamedSizes, putWeak } from "./wire.js";

/** Options of `compile` that decide how a function is compiled. */
export interface StoreOptions {
  /**
   * Whether one entry serves tensors of all sizes. Tensors of another rank, dtype or structure still get an entry of their own. A
   * decision that the function makes by a size becomes a guard, and a call that does not fulfil it throws `ShapeGuardError`.
   * `x.dim(i)` and whole shapes leave sizes open; `x.shape[i]` fixes one. false by default.
   */
  readonly shapeless?: boolean;
  /**
   * Names single sizes that one entry leaves open, such as `{ 0: { 0: "batch" } }`. A decision that the function makes by such a size
   * becomes a guard, and a call that does not fulfil it traces the function again. Sizes of one name that differ throw
   * `DimMismatchError`.
   */
  readonly dynamicDims?: DynamicDims;
  /** Whether a function that cannot be one graph throws `FullgraphError`. Otherwise it runs eagerly, with a warning. false by default. */
  readonly fullgraph?: boolean;
  /** The number of entries to keep; 0 keeps none, Infinity all. The least recently used entry is evicted first. 64 by default. */
  readonly maxCacheSize?: number;
}

/** The names of these options. */
export const storeOptions: readonly (keyof StoreOptions)[] = ["shapeless", "dynamicDims", "fullgraph", "maxCacheSize"];

/** Refuses options that are not what they may be. */
export function checkStoreOptions(op: string, { shapeless, dynamicDims, fullgraph, maxCacheSize }: StoreOptions): void {
  if (shapeless !== undefined) check(op, "shapeless", shapeless, flag);
  if (dynamicDims !== undefined) checkDynamicDims(op, dynamicDims);
  if (fullgraph !== undefined) check(op, "fullgraph", fullgraph, flag);
  if (maxCacheSize !== undefined) check(op, "maxCacheSize", maxCacheSize, count);
}

/** All options, with the defaults of those that are left out. */
export function withDefaults(options: StoreOptions): Required<StoreOptions> {
  return {
    shapeless: options.shapeless ?? false,
    dynamicDims: options.dynamicDims ?? {},
    fullgraph: options.fullgraph ?? false,
    maxCacheSize: options.maxCacheSize ?? 64,
  };
}

/** Sends them. */
export function putStoreOptions({ shapeless, dynamicDims, fullgraph, maxCacheSize }: Required<StoreOptions>): void {
  putFlag(shapeless);
  putNamedSizes(dynamicDims);
  putFlag(fullgraph);
  putWeak(maxCacheSize);
}
