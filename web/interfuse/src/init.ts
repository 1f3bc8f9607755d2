/** @file Starting: load the core, choose a device, keep to it. Nothing happens before `init` is called. */
import { core, failures, start, startAgain, state } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError, DeviceError } from "./errors.js";
import { connect } from "./events.js";
import { nudgeQueue } from "./nudge.js";
import { check, checkOptions, deviceKind } from "./options.js";
import { checkMode } from "./mode.js";
import { attach, missing, readBy, type FileName, type PartName } from "./parts.js";
import { recordSources } from "./positions.js";

/** A `GPUDevice`, as far as it is looked at here; the package needs no types of WebGPU. */
export interface GPUDeviceLike {
  readonly queue: object;
  readonly lost: Promise<unknown>;
}

/** One that was requested here, and is ours to end. */
interface OwnDevice extends GPUDeviceLike {
  destroy(): void;
}

interface GPUAdapterLike {
  readonly features: { has(name: string): boolean };
  readonly limits: object;
  readonly info?: { readonly isFallbackAdapter?: boolean };
  requestDevice(descriptor: object): Promise<OwnDevice>;
}

/** Where the Wasm core may come from. */
export type WasmSource = URL | string | BufferSource | WebAssembly.Module | Response;

/** Options of `init`. */
export interface InitOptions {
  /** "auto" (default) takes WebGPU on a real adapter and else the CPU device; `device().reason` says why. */
  readonly device?: "auto" | "webgpu" | "cpu";
  /**
   * A device of the program's own, to be used and never destroyed. Work reaches its queue at the latest when the program awaits or
   * returns to the event loop; `evaluate` and `synchronize` submit it at once.
   * Errors of it are heard as "uncapturederror": keep no error scope of your own open while this library is called.
   */
  readonly gpu?: GPUDeviceLike;
  /**
   * The Wasm, "interfuse/interfuse.wasm", as its address, its bytes or the compiled module. By default the package brings it along. It
   * may be "interfuse/core.wasm" alone, a little more than half as large, with the `parts` that the program needs.
   */
  readonly wasm?: WasmSource | Promise<WasmSource>;
  /**
   * What "interfuse/core.wasm" leaves out: "interfuse/gpu.wasm" for WebGPU and inspections, "interfuse/training.wasm" for transforms,
   * loops, `nn`, `optim`, files and `profile`.
   */
  readonly parts?: { readonly [name in PartName]?: WasmSource | Promise<WasmSource> };
  /** Whether every op remembers where it was called, for inspections and errors. */
  readonly positions?: boolean;
  /** What to ask of WebGPU where there are two adapters. */
  readonly powerPreference?: "low-power" | "high-performance";
  /** The most bytes that tensors may hold on the device; beyond it, calls throw `LimitError`. */
  readonly maxBytes?: number;
}

/** What a device is. */
export interface DeviceInfo {
  readonly kind: "webgpu" | "cpu";
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** The interface below: "cpu" or "webgpu". */
  readonly backend: string;
  /** Is the adapter a CPU in disguise? */
  readonly isFallback: boolean;
  readonly features: readonly string[];
  readonly limits: {
    readonly storageBuffers: number;
    readonly bindingBytes: number;
    readonly bufferBytes: number;
    readonly workgroupsPerDimension: number;
    readonly workgroupInvocations: number;
    readonly workgroupBytes: number;
  };
  /** Why this device was chosen. */
  readonly reason: string;
}

/** More than this on one device is taken for a leak, unless `maxBytes` says otherwise. */
const DEFAULT_MAX_BYTES = { cpu: 2 * 2 ** 30, webgpu: 4 * 2 ** 30 };
const OPTIONS = ["device", "gpu", "wasm", "parts", "positions", "powerPreference", "maxBytes"] as const;
/** Features that the compiler or the profiler can use where they are. */
const WANTED_FEATURES = ["timestamp-query", "shader-f16", "subgroups"];

let loading: Promise<void> | undefined;
/** One `init` after the other. */
let last: Promise<void> = Promise.resolve();
/** Is there a device that is not lost? */
let chosen: "webgpu" | "cpu" | undefined;
let adopted: GPUDeviceLike | undefined;
let requested: OwnDevice | undefined;

/** The files of the Wasm that an entry point brings along. */
export interface Bundle {
  read(name: FileName): Promise<WasmSource> | undefined;
  /** Reads a part without waiting, where that is possible: such parts are read when they are first called. */
  readNow?(name: PartName): BufferSource;
}

/** Loads the core (once, and a fresh one after it failed) and what is missing of its parts, and chooses a device. */
export function initialize(options: InitOptions, bundle: Bundle): Promise<void> {
  const run = last.then(() => begin(options, bundle));
  last = run.catch(() => undefined);
  return run;
}

async function begin(options: InitOptions, bundle: Bundle): Promise<void> {
  checkOptions("init", options, OPTIONS);
  const { device: wanted = "auto", gpu, maxBytes, positions } = options;
  if (maxBytes !== undefined && !(maxBytes > 0))
    throw new CompileArgumentError("init", `maxBytes is ${describe(maxBytes)}`, "It must be a positive number of bytes.");
  if (state === "broken") startOver();
  // Fetched beside the core, attached after it.
  const parts = fetchParts(options, bundle);
  if (state === "absent") {
    loading ??= load(options.wasm ?? bundle.read("core")!);
    try {
      await loading;
    } catch (error) {
      // Another attempt may have better luck, or another source.
      loading = undefined;
      throw error;
    }
    checkMode();
    connect();
  }
  for (const [name, module] of parts) attach(name, await loaded(name, module));
  if (gpu !== undefined) await adopt(gpu);
  else if (wanted === "webgpu") await useWebGpu(options.powerPreference);
  else if (wanted === "cpu") useCpu('init was asked for "cpu"');
  else if (chosen === undefined) await choose(options.powerPreference);
  if (maxBytes !== undefined) core.setMaxBytes(maxBytes);
  if (typeof positions === "boolean") recordSources(positions);
}

/** After a failure of the core nothing of it is used again, its device included. */
function startOver(): void {
  requested?.destroy();
  nudgeQueue(undefined);
  chosen = requested = adopted = undefined;
  startAgain();
  checkMode();
  connect();
}

async function load(source: WasmSource | Promise<WasmSource>): Promise<void> {
  const given = await source;
  await loaded("core", compiled(given).then(start));
}

/** The parts that are missing, on their way; none where they are read when they are called. */
function fetchParts(options: InitOptions, bundle: Bundle): [PartName, Promise<WebAssembly.Module>][] {
  if (options.wasm === undefined && options.parts === undefined) readBy(bundle.readNow);
  const own = options.wasm !== undefined || options.parts !== undefined;
  if (!own && bundle.readNow !== undefined) return [];
  const sources = missing().map((name) => [name, own ? options.parts?.[name] : bundle.read(name)] as const);
  return sources.flatMap(([name, source]): [PartName, Promise<WebAssembly.Module>][] => {
    if (source === undefined) return [];
    const module = Promise.resolve(source).then(compiled);
    // Whoever awaits it reports the failure; until then it is not an unhandled one.
    module.catch(() => undefined);
    return [[name, module]];
  });
}

async function loaded<T>(name: FileName, loading: Promise<T>): Promise<T> {
  try {
    return await loading;
  } catch (error) {
    throw new DeviceError(
      "init",
      `the Wasm ${name === "core" ? "core" : `part "${name}"`} could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      "Is the address right, and does the content security policy allow 'wasm-unsafe-eval'?",
    );
  }
}

async function compiled(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (typeof source === "string" || source instanceof URL) return compiled(await fetch(source));
  if (typeof Response === "function" && source instanceof Response) {
    if (!source.ok) throw new Error(`${source.status} ${source.statusText} for ${source.url}`);
    // Streaming wants the right media type; a plain file server may not know it.
    return source.headers.get("content-type")?.startsWith("application/wasm")
      ? WebAssembly.compileStreaming(source)
      : WebAssembly.compile(await source.arrayBuffer());
  }
  return WebAssembly.compile(source as BufferSource);
}

function made(kind: "webgpu" | "cpu"): void {
  chosen = kind;
  core.setMaxBytes(DEFAULT_MAX_BYTES[kind]);
}

function useCpu(reason: string): void {
  if (core.hasDevice("cpu")) {
    core.setDevice("cpu");
    chosen = "cpu";
    return;
  }
  core.useCpu(reason);
  made("cpu");
}

interface GpuLike {
  requestAdapter(options: object): Promise<GPUAdapterLike | null>;
}

function webGpu(): GpuLike | undefined {
  return (globalThis.navigator as { gpu?: GpuLike } | undefined)?.gpu;
}

async function requestAdapter(powerPreference: InitOptions["powerPreference"]): Promise<GPUAdapterLike | null> {
  return (await webGpu()?.requestAdapter(powerPreference === undefined ? {} : { powerPreference })) ?? null;
}

/** Asks for everything that the adapter has: what is not asked for cannot be used. */
async function requestDevice(adapter: GPUAdapterLike): Promise<OwnDevice> {
  const requiredLimits: Record<string, number> = {};
  // The properties are getters of the prototype.
  for (const name in adapter.limits) {
    const value = (adapter.limits as Record<string, unknown>)[name];
    if (typeof value === "number") requiredLimits[name] = value;
  }
  return adapter.requestDevice({ requiredLimits, requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)) });
}

function watch(device: GPUDeviceLike): void {
  nudgeQueue(device.queue);
  const of = failures;
  void device.lost.then(() => {
    if (of !== failures) return;
    if (state === "ready") core.lostDevice("webgpu");
    if (chosen === "webgpu") chosen = undefined;
    nudgeQueue(undefined);
    if (adopted === device) adopted = undefined;
  });
}

async function adopt(device: GPUDeviceLike): Promise<void> {
  if (adopted === device) {
    core.setDevice("webgpu");
    return;
  }
  if (typeof device !== "object" || device === null || typeof device.queue !== "object")
    throw new CompileArgumentError("init", `gpu is ${describe(device)}`, "It must be a GPUDevice.");
  await core.useGpu(undefined, device, true, false);
  adopted = device;
  watch(device);
  made("webgpu");
}

async function useWebGpu(powerPreference: InitOptions["powerPreference"]): Promise<void> {
  if (core.hasDevice("webgpu")) {
    core.setDevice("webgpu");
    chosen = "webgpu";
    return;
  }
  if (webGpu() === undefined)
    throw new DeviceError(
      "init",
      "there is no WebGPU here (navigator.gpu is missing)",
      'Use device "cpu" or "auto"; browsers offer WebGPU on https and localhost only.',
    );
  const adapter = await requestAdapter(powerPreference);
  if (adapter === null)
    throw new DeviceError("init", "WebGPU has no adapter here", 'Use device "cpu" or "auto"; look at chrome://gpu for what is blocked.');
  const device = await requestDevice(adapter);
  await core.useGpu(adapter, device, false, false);
  requested = device;
  watch(device);
  made("webgpu");
}

async function choose(powerPreference: InitOptions["powerPreference"]): Promise<void> {
  if (webGpu() === undefined) return useCpu("no WebGPU: navigator.gpu is missing");
  let adapter: GPUAdapterLike | null;
  try {
    adapter = await requestAdapter(powerPreference);
  } catch (error) {
    return useCpu(`no WebGPU: ${String(error)}`);
  }
  if (adapter === null) return useCpu("no WebGPU adapter");
  if (adapter.info?.isFallbackAdapter === true)
    return useCpu("the only WebGPU adapter is a software one, which is slower than the CPU device");
  try {
    const device = await requestDevice(adapter);
    if (await core.useGpu(adapter, device, false, true)) {
      requested = device;
      watch(device);
      return made("webgpu");
    }
  } catch (error) {
    return useCpu(`WebGPU gave no device: ${error instanceof Error ? error.message : String(error)}`);
  }
  useCpu("the only WebGPU adapter is a software one, which is slower than the CPU device");
}

/** What the current device is, and why it was chosen. */
export function device(): DeviceInfo {
  return JSON.parse(core.device()) as DeviceInfo;
}

/** Makes another device current for tensors made from now on; WebGPU must have been initialized. */
export function setDevice(kind: "webgpu" | "cpu"): void {
  check("setDevice", "the device", kind, deviceKind);
  core.setDevice(kind);
  chosen = kind;
}
