/**
 * @file The one instance of the Wasm core in this realm. Before `init` every use of it throws, naming the function that was called;
 * so it does after a panic, with the first message, because nothing inside can be trusted then.
 */
import * as bindings from "./interfuse_wasm.js";
import { DeviceError, InterfuseError, makeError } from "./errors.js";
import { connect } from "./parts.js";

export type Core = typeof bindings;

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

/** What became of the core. */
export let state: "absent" | "ready" | "broken" = "absent";

/** Puts results together from the handles of an answer that start at `from`, for a call. */
export type FormOf<Call> = (answer: ArrayLike<number>, from: number, call: Call) => unknown;

/** The forms of cached entries by number; forgotten with the entry. */
export const forms = new Map<number, FormOf<unknown>>();

/** Instantiates the core. */
export function start(module: WebAssembly.Module): void {
  connect(bindings.initSync({ module }) as unknown as WebAssembly.Exports, module);
  bindings.installHost(
    makeError,
    () => performance.now(),
    (text: string) => {
      // What fails after the first failure fails because of it.
      if (state === "broken") return;
      state = "broken";
      core = refusing((name) => new InterfuseError(name, `the core failed before and cannot go on; the first failure was: ${text}`, "Reload the page or start a new worker; please report this."));
    },
    (form: number) => forms.delete(form),
  );
  core = bindings;
  state = "ready";
}
