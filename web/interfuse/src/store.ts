/** @file The core's store of the entries of a compiled function. */
import { ANONYMOUS, type AnyFunction, type CompileOptions } from "./compile.js";
import { putStoreOptions, withDefaults, type StoreOptions } from "./compile.gen.js";
import { core, failures, state } from "./core.js";
import { parse } from "./events.js";
import { checkMode } from "./mode.js";
import type { Capture } from "./state.js";
import { identity } from "./tree.js";
import { begin, end } from "./wire.js";

/** The core's store of entries; made with the first call, because functions may be compiled before there is a core. */
export class Store {
  private handle = 0;
  /** The core that it is of, by how many failed before. */
  private core = 0;

  constructor(
    readonly name: string,
    private readonly options: Required<StoreOptions>,
  ) {}

  /** The handle; 0 before the first call. */
  private get made(): number {
    return this.core === failures ? this.handle : 0;
  }

  /** The handle of a store that is there from now on. */
  open(): number {
    if (this.made === 0) {
      checkMode();
      this.core = failures;
      const first = begin("newStore");
      putStoreOptions(this.options);
      this.handle = core.newStore(this.name, first, end(first));
      dropped.register(this, this.handle);
    }
    return this.handle;
  }

  /** What the core tells of it as JSON; nothing before the first call. */
  // By name: before `init` there is no core to take a function of.
  told<T>(ask: "stats" | "lastMiss" | "lastFallback" | "entries"): T | undefined {
    return this.made === 0 ? undefined : parse<T | undefined>(core[ask](this.made));
  }

  /** Forgets its entries. */
  clear(): void {
    if (this.made !== 0) core.clearStore(this.made);
  }
}

const dropped = new FinalizationRegistry<number>((handle) => {
  if (state === "ready") core.dropStore(handle);
});

/** Entries belong to the function and the options: compiling it again finds them. */
const stores = new WeakMap<AnyFunction, Map<string, Store>>();

/** The store of a function under these options. */
export function storeOf(fn: AnyFunction, options: CompileOptions, captured: Capture | undefined): Store {
  let own = stores.get(fn);
  if (own === undefined) stores.set(fn, (own = new Map()));
  const name = options.name ?? (fn.name || ANONYMOUS);
  // A copy: the program may change its own before the first call.
  const all = structuredClone(withDefaults(options));
  const roots = captured?.roots.map(({ value, writable, name }) => `${name}${writable ? "!" : ""}${identity(value)}`) ?? [];
  const key = [JSON.stringify(all), ...roots, name].join(" ");
  let store = own.get(key);
  if (store === undefined) own.set(key, (store = new Store(name, all)));
  return store;
}
