/**
 * @file The parts of the Wasm beside its core (crate/split cuts them). Every program needs the core; "gpu" holds the way from kernels
 * to WebGPU and inspections, "training" derivatives, loops, layers, optimisers, files and `profile`, "remote" a device in another realm.
 * A part works on the core's memory and table and is instantiated once.
 *
 * Calls into a part are synchronous, so a page has it before they are made: `init` waits for "gpu" and for what the modules of the
 * package that a program imports `want`. Where files can be read synchronously (Node, Deno) a part is read when it is first called.
 */
import { DeviceError } from "./errors.js";

/** The files by the numbers that the core knows them by. */
const FILES = ["core", "gpu", "training", "remote"] as const;

/** A file of the Wasm; each is called that, with the ending `.wasm`. */
export type FileName = (typeof FILES)[number];

/** A file beside the core. */
export type PartName = Exclude<FileName, "core">;

const wanted = new Set<PartName>(["gpu"]);
const attached = new Map<PartName, WebAssembly.Module | undefined>();
let core: WebAssembly.Exports | undefined;
let readNow: ((name: PartName) => BufferSource) | undefined;

/** Called at the top level of a module whose functions are in a part: where it is imported, `init` brings the part. */
export function want(name: PartName): void {
  wanted.add(name);
}

/** The parts that are wanted and not attached yet. */
export function missing(): PartName[] {
  return [...wanted].filter((name) => !attached.has(name));
}

/** Sets the function that reads files synchronously. */
export function readBy(read: typeof readNow): void {
  readNow = read;
}

/** Sets the core. A core that imports no parts contains them all. */
export function connect(exports: WebAssembly.Exports, module: WebAssembly.Module): void {
  core = exports;
  if (!WebAssembly.Module.imports(module).some((entry) => entry.module === "parts"))
    for (const name of FILES) if (name !== "core") attached.set(name, undefined);
}

/** Instantiates a part on the core's memory and table. */
export function attach(name: PartName, module: WebAssembly.Module): void {
  if (attached.has(name)) return;
  new WebAssembly.Instance(module, { core: core! });
  attached.set(name, module);
}

/** Instantiates the attached parts again, on a new core. */
export function attachAgain(): void {
  const before = [...attached];
  attached.clear();
  for (const [name, module] of before) {
    if (module === undefined) attached.set(name, module);
    else attach(name, module);
  }
}

/** Called by the core when it needs a part that is perhaps not there. */
export function load(number: number): void {
  need(FILES[number] as PartName);
}

/** Makes sure that a part is there; for calls that would find out too late to be refused cleanly. */
export function need(name: PartName): void {
  if (attached.has(name)) return;
  if (core === undefined) throw new DeviceError(name === "gpu" ? "inspect" : "profile", "there is no device yet", "await init() first.");
  if (readNow === undefined) {
    throw new DeviceError(
      "init",
      `the part "${name}" of the Wasm is not there`,
      `Where the parts are yours to serve: init({ wasm, parts: { ${name}: … } }). After importing more of the package in a running program: await init() once more.`,
    );
  }
  attach(name, new WebAssembly.Module(readNow(name)));
}
