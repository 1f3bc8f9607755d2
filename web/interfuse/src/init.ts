/** @file `init`: loads the core, chooses a device and makes it current. Nothing happens before `init` is called. */
import { core, failures, start, startAgain, state } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError, DeviceError } from "./errors.js";
import { connect } from "./events.js";
import { nudgeQueue } from "./nudge.js";
import { check, checkOptions, deviceKind } from "./options.js";
import { checkMode } from "./mode.js";
import { attach, missing, readBy, type FileName, type PartName } from "./parts.js";
import { recordSources } from "./positions.js";
import type { DeviceInfo } from "./views.gen.js";

/** The members of `GPUDevice` that are used here. The package needs no WebGPU types. */
export interface GPUDeviceLike {
  readonly queue: object;
  readonly lost: Promise<unknown>;
}

/** A device that was requested here, and is destroyed here. */
interface OwnDevice extends GPUDeviceLike {
  destroy(): void;
}

interface GPUAdapterLike {
  readonly features: { has(name: string): boolean };
  readonly limits: object;
  readonly info?: { readonly isFallbackAdapter?: boolean };
  requestDevice(descriptor: object): Promise<OwnDevice>;
}

/** Where the Wasm may come from: an address, its bytes, a compiled module or a response. */
export type WasmSource = URL | string | BufferSource | WebAssembly.Module | Response;

/** Options of `init`. */
export interface InitOptions {
  /** "auto" (default) takes WebGPU on a hardware adapter and otherwise the CPU device; `device().reason` says why. */
  readonly device?: "auto" | "webgpu" | "cpu";
  /**
   * A device of the program, which is used and never destroyed. Work reaches its queue at the latest when the program awaits or returns to
   * the event loop; `evaluate` and `synchronize` submit it at once. The package listens to "uncapturederror" of this device, so leave no
   * error scope of your own open while you call the package.
   */
  readonly gpu?: GPUDeviceLike;
  /**
   * The Wasm, "interfuse/interfuse.wasm", as its address, its bytes or the compiled module. By default the package loads its own. It may
   * also be "interfuse/core.wasm", which is a little more than half as large, with the `parts` that the program needs.
   */
  readonly wasm?: WasmSource | Promise<WasmSource>;
  /**
   * The parts that "interfuse/core.wasm" does not contain: `gpu` ("interfuse/gpu.wasm") for WebGPU and inspections, `training`
   * ("interfuse/training.wasm") for transforms, loops, `nn`, `optim`, files and `profile`, `remote` ("interfuse/remote.wasm") for
   * `interfuse/remote`.
   */
  readonly parts?: { readonly [name in PartName]?: WasmSource | Promise<WasmSource> };
  /** Whether every op records its source position, for inspections and errors. */
  readonly positions?: boolean;
  /** Which adapter WebGPU should prefer where there are two. */
  readonly powerPreference?: "low-power" | "high-performance";
  /**
   * The most bytes that tensors may hold on the device: 2 GiB on the CPU device and 4 GiB on WebGPU by default. A call that would exceed
   * it throws `LimitError`.
   */
  readonly maxBytes?: number;
}

/** The default of `maxBytes`: a program that holds more has probably a leak. */
const DEFAULT_MAX_BYTES = { cpu: 2 * 2 ** 30, webgpu: 4 * 2 ** 30 };
const OPTIONS = ["device", "gpu", "wasm", "parts", "positions", "powerPreference", "maxBytes"] as const;
/** Features that the compiler or the profiler uses where they exist. */
const WANTED_FEATURES = ["timestamp-query", "shader-f16", "subgroups"];

let loading: Promise<void> | undefined;
/** Calls of `init` run one after the other. */
let last: Promise<void> = Promise.resolve();
/** The kind of the current device; undefined without a device, or after it was lost. */
let chosen: "webgpu" | "cpu" | undefined;
let adopted: GPUDeviceLike | undefined;
let requested: OwnDevice | undefined;

/** The Wasm files that an entry point loads by default. */
export interface Bundle {
  read(name: FileName): Promise<WasmSource> | undefined;
  /** Reads a part without waiting, where that is possible: such parts are read when they are first called. */
  readNow?(name: PartName): BufferSource;
}

/** Loads the core (once, and a new one after a failure) and its missing parts, and chooses a device, or has `find` choose it. */
export function initialize(options: InitOptions, bundle: Bundle, find?: () => Promise<void>): Promise<void> {
  const run = last.then(() => begin(options, bundle, find));
  last = run.catch(() => undefined);
  return run;
}

async function begin(options: InitOptions, bundle: Bundle, find?: () => Promise<void>): Promise<void> {
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
  if (find !== undefined) await find();
  else if (gpu !== undefined) await adopt(gpu);
  else if (wanted === "webgpu") await useWebGpu(options.powerPreference);
  else if (wanted === "cpu") useCpu('init was asked for "cpu"');
  else if (chosen === undefined) await choose(options.powerPreference);
  if (maxBytes !== undefined) core.setMaxBytes(maxBytes);
  if (typeof positions === "boolean") recordSources(positions);
}

/** After a failure of the core neither it nor its device is used again. */
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

/** Starts to fetch the missing parts; none where parts are read on first use. */
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

/** A device that was found elsewhere is the current one. */
export function use(kind: "webgpu" | "cpu"): void {
  chosen = kind;
}

/** That device is lost. */
export function lost(): void {
  chosen = undefined;
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

/**
 * Describes the current device, and why it was chosen.
 *
 * @throws {DeviceError} There is no device: `init` was not awaited, or the device was lost.
 */
export function device(): DeviceInfo {
  return JSON.parse(core.device()) as DeviceInfo;
}

/**
 * Makes a device current: tensors that are created from now on belong to it. Existing tensors stay where they are (`x.to(device)` copies).
 *
 * @throws {DeviceError} WebGPU was not initialized: call `init({ device: "webgpu" })` first.
 */
export function setDevice(kind: "webgpu" | "cpu"): void {
  check("setDevice", "the device", kind, deviceKind);
  core.setDevice(kind);
  chosen = kind;
}
