/** @file `profile`: how long each kernel of a call takes, fused and unfused. The core measures; here the call is put to it. */
import { compile, profilers, type AnyFunction } from "./compile.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { parse } from "./events.js";
import { checkOptions } from "./options.js";
import { want } from "./parts.js";

want("training");

/** The time of one kernel. */
export interface KernelProfile {
  /** Its step in the plan. */
  readonly id: number;
  readonly name: string;
  readonly class: "map" | "row" | "contract" | "index";
  /** By timestamps the mean, which averages their rounding out; by the host's clock the least. */
  readonly ms: number;
  /** Bytes of the buffers that it reads and writes, each once. */
  readonly bytes: number;
  readonly flops: number;
}

/** The times of one way to run a call. */
export interface RunProfile {
  readonly kernels: readonly KernelProfile[];
  /** Their sum. */
  readonly kernelsMs: number;
  /** The whole call by the host's clock, waiting included; the least of all. */
  readonly callMs: number;
}

/** What profiling found. */
export interface Profile {
  readonly device: "webgpu" | "cpu";
  /** The adapter's name. */
  readonly adapter: string;
  /** Is the adapter a CPU in disguise? Then its times say nothing about GPUs. */
  readonly isFallback: boolean;
  /** What the kernels were timed by: timestamp queries of the GPU, or the host's clock. */
  readonly clock: "timestamps" | "host";
  /** The smallest difference that this clock showed; absent when all its times were 0. Browsers round timestamps to 0.1 ms. */
  readonly resolutionMs?: number;
  /** What the times mean, in a sentence. */
  readonly note: string;
  /** How often each was measured. */
  readonly repeats: number;
  /** As `compile` runs it. */
  readonly fused: RunProfile;
  /** With every op but views as a kernel of its own. */
  readonly unfused: RunProfile;
  /** The largest difference between a number of the one and of the other; Infinity where one has a NaN or an infinity alone. */
  readonly maxAbsDifference: number;
}

const DEFAULT_REPEATS = 10;

/** Measures a function, compiled or not, for these arguments. The statistics of a compiled function do not change. */
export async function profile<F extends AnyFunction>(
  fn: F,
  args: Parameters<F>,
  options: { readonly repeats?: number } = {},
): Promise<Profile> {
  if (typeof fn !== "function")
    throw new CompileArgumentError("profile", `the first argument is ${describe(fn)}`, "It must be a function.");
  if (!Array.isArray(args))
    throw new CompileArgumentError("profile", `the arguments are ${describe(args)}`, "Give an array of them: profile(fn, [x, y]).");
  checkOptions("profile", options, ["repeats"]);
  const { repeats = DEFAULT_REPEATS } = options;
  const measure = profilers.get(fn) ?? profilers.get(compile(fn as AnyFunction))!;
  const found = parse<Profile & { maxAbsDifference?: number }>(await measure([...args], repeats));
  // JSON has no infinity.
  return { ...found, maxAbsDifference: found.maxAbsDifference ?? Infinity };
}
