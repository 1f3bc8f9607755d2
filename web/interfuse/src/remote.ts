/**
 * @file `interfuse/remote`: a device in another realm. One realm, which is trusted, `serve`s its device at a port; the other, which is not,
 * `connect`s to it and computes there as if the device were its own. The playground runs the programs of its visitors so.
 *
 * What crosses the port are bytes: uploads, listings of graphs, calls and reads. The side that serves reads, checks and compiles the graphs
 * itself, so that whatever the other side sends, it gets errors or its own results. Both must be of one version of the package.
 */
import "./first.js";
import { core, failures, state } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError, DeviceError } from "./errors.js";
import { initialize, lost, use, type InitOptions } from "./init.js";
import { checkOptions } from "./options.js";
import { need, want } from "./parts.js";

want("remote");
// The reader of listings.
want("training");

/** A `MessagePort`, of a browser or of Node. */
export interface PortLike {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  start?(): void;
  close(): void;
}

/** Options of `serve`. */
export interface ServeOptions {
  /** The most bytes that the other side may hold on the device; 2 GiB by default, which is also the most. */
  readonly maxBytes?: number;
  /** Called when the other side sent what no honest one sends. The session is over then. */
  onViolation?(reason: string): void;
  /** Called when the device was lost. The session is over then. */
  onLost?(reason: string): void;
}

/** What `connect` takes of the options of `init`: the device is that of the other side. */
export type ConnectOptions = Pick<InitOptions, "wasm" | "parts" | "positions" | "maxBytes"> & {
  /** Called when the device was lost, or the other side has ended the session. */
  onLost?(reason: string): void;
};

/** 2 GiB. */
const MAX_BYTES = 2 ** 31;

function bytesOf(data: unknown): Uint8Array {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data instanceof Uint8Array ? data : new Uint8Array(0);
}

function checkPort(op: string, port: PortLike): void {
  if (typeof (port as Partial<PortLike> | null)?.postMessage !== "function" || typeof port.addEventListener !== "function")
    throw new CompileArgumentError(op, `the port is ${describe(port)}`, "It must be a MessagePort.");
}

/** Sends bytes of our own: the core has copied them out of its memory. */
const sender =
  (port: PortLike) =>
  (bytes: Uint8Array<ArrayBuffer>): void =>
    port.postMessage(bytes.buffer, [bytes.buffer]);

/** Listens to a port, and calls the core for every message while it is that core. */
function listen(port: PortLike, take: (message: Uint8Array) => void): void {
  const of = failures;
  port.addEventListener("message", (event) => {
    if (of === failures && state === "ready") take(bytesOf(event.data));
  });
  port.start?.();
}

/** Resolves when the event loop has turned, so that messages had their chance. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/**
 * Serves the current device to whoever holds the other end of the port; resolves when it does. The other side's first message may be sent
 * before.
 *
 * @param port - One port of a `MessageChannel`, for this alone.
 * @param options - See {@link ServeOptions}.
 * @throws {DeviceError} There is no device: await `init` first.
 * @example
 * ```ts
 * await init({ device: "webgpu" });
 * await serve(port, { onLost: (reason) => console.log(reason) });
 * ```
 */
export async function serve(port: PortLike, options: ServeOptions = {}): Promise<void> {
  checkPort("serve", port);
  checkOptions("serve", options, ["maxBytes", "onViolation", "onLost"]);
  const { maxBytes = MAX_BYTES, onViolation, onLost } = options;
  if (!(maxBytes > 0))
    throw new CompileArgumentError("serve", `maxBytes is ${describe(maxBytes)}`, "It must be a positive number of bytes.");
  // Throws where there is no device.
  core.device();
  need("remote");
  need("training");
  const ended = (kind: string, reason: string): void => {
    port.close();
    if (kind === "violation") onViolation?.(reason);
    else if (kind === "lost") onLost?.(reason);
  };
  const host = core.serveDevice(sender(port), turn, ended, Math.min(maxBytes, MAX_BYTES));
  listen(port, (message) => core.receiveOrders(host, message));
}

/**
 * Loads the core and makes the device current that is served at the other end of the port: `init` for a realm that must not touch a
 * device.
 *
 * @param port - The other port of the `MessageChannel`.
 * @param options - See {@link ConnectOptions}. `wasm` is needed unless `init` has loaded the core.
 * @throws {DeviceError} The Wasm could not be loaded, or the other side has no device.
 * @example
 * ```ts
 * await connect(port, { wasm: new URL("interfuse/interfuse.wasm", import.meta.url) });
 * device().kind; // that of the other side
 * ```
 */
export async function connect(port: PortLike, options: ConnectOptions = {}): Promise<void> {
  checkPort("connect", port);
  checkOptions("connect", options, ["wasm", "parts", "positions", "maxBytes", "onLost"]);
  const { onLost, ...init } = options;
  let greeted: (hello: Uint8Array) => void;
  const hello = new Promise<Uint8Array>((resolve) => {
    greeted = resolve;
  });
  let connected = false;
  const early: Uint8Array[] = [];
  let of = failures;
  const take = (message: Uint8Array): void => {
    if (!connected) {
      early.push(message);
      greeted(message);
    } else if (of === failures && state === "ready") {
      const reason = core.receiveNews(message);
      if (reason === undefined) return;
      lost();
      port.close();
      onLost?.(reason);
    }
  };
  port.addEventListener("message", (event) => take(bytesOf(event.data)));
  port.start?.();
  const absent = (): never => {
    throw new DeviceError(
      "connect",
      "there is no Wasm core",
      'Pass the address of the file "interfuse/interfuse.wasm" as connect(port, { wasm }).',
    );
  };
  await initialize(init, { read: (name) => (name === "core" ? absent() : undefined) }, async () => {
    const first = await hello;
    need("remote");
    core.connectDevice(first, sender(port));
    of = failures;
    connected = true;
    use(JSON.parse(core.device()).kind as "webgpu" | "cpu");
    for (const message of early.slice(1)) take(message);
  });
}
