/**
 * @file The one instance of the Wasm core in this realm. Before `init` every use of it throws, naming the function that was called;
 * so it does after a panic, with the first message, because nothing inside can be trusted then. The next `init` starts a fresh one.
 */
import { DeviceError, InterfuseError, makeError } from "./errors.js";
import { fresh, type Bindings } from "./glue.js";
import { attachAgain, connect } from "./parts.js";
import { detach } from "./wire.js";

export type Core = Bindings;

/** What functions of the core that can be the first to be called are called in the package, where the names differ. */
const CALLED: Record<string, string> = {
  beginBatch: "vmap",
  beginCall: "checkpoint or customFunction",
  beginDerivative: "grad, vjp or jvp",
  beginExport: "exportFunction",
  beginLoop: "scan or fori",
  draw: "random",
  initial: "nn",
  memoryReport: "memory",
  newStore: "compile",
  randomKey: "random.key",
  randomSplit: "random.split",
};

/** A core whose every function throws. */
function refusing(error: (name: string) => InterfuseError): Core {
  const refuse = (_: object, name: string | symbol): never => {
    throw error(CALLED[String(name)] ?? String(name));
  };
  return new Proxy({}, { get: refuse }) as Core;
}

/** The core's functions. */
export let core: Core = refusing((name) => new DeviceError(name, "there is no device yet", "await init() first."));

/** The memory of the core. */
export let memory: WebAssembly.Memory;

/** What became of the core. */
export let state: "absent" | "ready" | "broken" = "absent";

/** Puts results together from the handles of an answer that start at `from`, for a call. */
export type FormOf<Call> = (answer: ArrayLike<number>, from: number, call: Call) => unknown;

/** The forms of cached entries by number; forgotten with the entry. */
export const forms = new Map<number, FormOf<unknown>>();

/** How many cores failed before this one: what was made by one of them is good for nothing. */
export let failures = 0;

let compiled: WebAssembly.Module;

/** Instantiates the core. */
export function start(module: WebAssembly.Module): void {
  compiled = module;
  const bindings = fresh();
  const exports = bindings.initSync({ module });
  memory = exports.memory;
  connect(exports as unknown as WebAssembly.Exports, module);
  bindings.installHost(
    makeError,
    () => performance.now(),
    (text: string) => {
      // What fails after the first failure fails because of it; and a core that is no more may still be called back.
      if (core !== bindings) return;
      state = "broken";
      detach();
      core = refusing(
        (name) =>
          new InterfuseError(
            name,
            `the core failed before and cannot go on; the first failure was: ${text}`,
            "await init() again: it starts a fresh one, and tensors must be made again. Please report this.",
          ),
      );
    },
    (form: number) => forms.delete(form),
    failures,
  );
  core = bindings;
  state = "ready";
}

/** Puts a fresh core in the place of one that failed. */
export function startAgain(): void {
  failures++;
  forms.clear();
  start(compiled);
  attachAgain();
}
