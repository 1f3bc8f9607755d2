/**
 * @file What a message of a program's worker may look like, and how large it may be. What is not of this form never reaches the page:
 * a program can send what it likes. The types of `protocol.ts` are held to these schemas by the compiler.
 */
import * as v from "valibot";
import type { DeviceInfo } from "interfuse";
import type { FigureMessage, FromProgram, FunctionReport, InspectionData, Need, OutputEntry, ProgramError } from "../protocol.ts";

/** Nodes of a graph that the page takes; the compiler takes more. */
export const MAX_NODES = 20_000;
const MAX_KERNELS = 5_000;
const MAX_LINES = 200_000;

const text = (length: number) => v.pipe(v.string(), v.maxLength(length));
const name = text(500);
const sentence = text(20_000);
const listing = text(8_000_000);
const id = v.pipe(v.number(), v.safeInteger(), v.minValue(-1), v.maxValue(2 ** 31));
const number = v.number();
const list = <const S extends v.GenericSchema>(item: S, length: number) => v.pipe(v.array(item), v.maxLength(length));

const error = v.object({
  name,
  message: sentence,
  hint: v.exactOptional(sentence),
  line: v.exactOptional(id),
  column: v.exactOptional(id),
}) satisfies v.GenericSchema<unknown, ProgramError>;

const node = v.object({
  id,
  op: name,
  operands: list(id, 5_000),
  shape: list(number, 32),
  dtype: name,
  from: list(id, MAX_NODES),
  detail: text(2_000),
  source: v.exactOptional(v.object({ file: name, line: id, column: id })),
});
const pass = v.object({
  pass: name,
  listing,
  graph: v.object({ nodes: list(node, MAX_NODES), outputs: list(id, 5_000) }),
  changes: number,
  rules: list(v.object({ name, count: number }), 500),
  applied: list(v.object({ rule: name, before: id, after: v.exactOptional(id) }), 5_000),
  ms: number,
});
const use = v.object({ buffer: id, node: id, dtype: name, bytes: number });
const kernel = v.object({
  id,
  name,
  class: v.picklist(["map", "row", "contract", "index"]),
  schedule: name,
  nodes: list(id, MAX_NODES),
  wgsl: text(2_000_000),
  workgroups: v.tuple([number, number, number]),
  reads: list(use, 1_000),
  writes: list(use, 1_000),
  bytesRead: number,
  bytesWritten: number,
  flops: number,
  runs: number,
  wgslLines: list(v.object({ line: id, node: id }), MAX_LINES),
});
const plan = v.object({
  steps: list(v.object({ kernel: id, buffers: list(id, 1_000) }), MAX_KERNELS),
  buffers: list(
    v.object({
      id,
      storage: v.picklist(["input", "constant", "output", "temporary"]),
      index: v.exactOptional(v.nullable(id)),
      dtype: name,
      length: number,
      bytes: number,
    }),
    MAX_NODES,
  ),
  peakBytes: number,
  dispatches: number,
});
const cost = v.object({ dispatches: number, bytes: number, peakBytes: number });

const inspection = v.object({
  signature: sentence,
  graphs: v.pipe(list(pass, 200), v.minLength(1)),
  kernels: list(kernel, MAX_KERNELS),
  cuts: list(v.object({ from: id, to: id, code: name, reason: sentence }), MAX_LINES),
  plan,
  before: cost,
  after: cost,
  failed: v.exactOptional(v.object({ op: name, line: v.exactOptional(id) })),
}) satisfies v.GenericSchema<unknown, InspectionData>;

const key = sentence;
const difference = { path: v.exactOptional(sentence), before: v.exactOptional(sentence), after: v.exactOptional(sentence) };
const fallback = v.object({
  function: name,
  reason: v.picklist(["host-read", "mutation", "random", "async", "unsupported", "tracer-write"]),
  message: sentence,
  opPath: sentence,
  hint: sentence,
});
const report = v.object({
  id,
  name,
  calls: list(v.object({ label: sentence, count: number, entry: v.exactOptional(id) }), 100),
  lastCall: id,
  stats: v.object({
    hits: number,
    misses: number,
    fallbacks: number,
    totalCompileTimeMs: number,
    totalCachedExecTimeMs: number,
    cacheSize: number,
    hitRate: number,
    traces: number,
    evictions: number,
    guardFailures: number,
    gpuTimeMs: v.exactOptional(number),
  }),
  entries: list(
    v.object({
      id,
      key: text(200_000),
      signature: key,
      hits: number,
      compileMs: number,
      kernels: number,
      bytes: number,
      guards: list(sentence, 1_000),
      rules: list(sentence, 1_000),
    }),
    2_000,
  ),
  misses: list(
    v.object({
      function: name,
      reason: sentence,
      signature: key,
      nearest: v.exactOptional(key),
      ...difference,
      evicted: v.exactOptional(v.object({ signature: key, ...difference })),
      hint: sentence,
      ms: number,
    }),
    100,
  ),
  lastFallback: v.exactOptional(fallback),
  capacity: number,
  history: v.object({
    before: number,
    keys: list(key, 1_000),
    calls: list(v.object({ outcome: v.picklist(["hit", "miss", "fallback"]), call: id, key: id, evicted: v.exactOptional(id) }), 1_000),
  }),
}) satisfies v.GenericSchema<unknown, Plain<FunctionReport>>;
/** Methods do not survive a message. */
type Plain<T> = Omit<T, "stats"> & { stats: Omit<FunctionReport["stats"], "toString"> };

const entry = v.object({
  level: v.picklist(["log", "info", "warn", "error", "debug"]),
  depth: v.exactOptional(v.pipe(id, v.maxValue(20))),
  parts: list(
    v.variant("kind", [
      v.object({ kind: v.literal("text"), text: text(70_000) }),
      v.object({
        kind: v.literal("tensor"),
        dtype: name,
        shape: list(number, 32),
        text: text(200_000),
        odd: v.exactOptional(name),
        statistics: v.exactOptional(name),
      }),
      v.object({ kind: v.literal("table"), columns: list(name, 30), rows: list(list(name, 30), 200) }),
    ]),
    1_000,
  ),
}) satisfies v.GenericSchema<unknown, OutputEntry>;

const figure = v.variant("kind", [
  v.object({ kind: v.literal("chart"), id, title: name, x: name, curves: v.pipe(list(name, 32), v.minLength(1)) }),
  v.object({ kind: v.literal("points"), id, rows: list(list(number, 33), 200_000) }),
  v.pipe(
    v.object({
      kind: v.literal("image"),
      id,
      title: name,
      width: v.pipe(id, v.minValue(1)),
      height: v.pipe(id, v.minValue(1)),
      pixels: v.custom<Uint8ClampedArray<ArrayBuffer>>((pixels) => pixels instanceof Uint8ClampedArray && pixels.length <= 1 << 24),
    }),
    v.check(({ width, height, pixels }) => pixels.length === width * height * 4),
  ),
  v.object({ kind: v.literal("progress"), done: number, of: number, label: name }),
]) satisfies v.GenericSchema<unknown, FigureMessage>;

const need = v.variant("kind", [
  v.object({ kind: v.literal("digits") }),
  v.object({ kind: v.literal("module"), address: v.pipe(text(2_000), v.startsWith("https://")) }),
  v.object({ kind: v.literal("translation"), wgsl: text(2_000_000), language: v.picklist(["msl", "spirv", "hlsl", "glsl"]) }),
]) satisfies v.GenericSchema<unknown, Need>;

const device = v.object({
  kind: v.picklist(["webgpu", "cpu"]),
  vendor: name,
  architecture: name,
  device: name,
  description: sentence,
  backend: name,
  isFallback: v.boolean(),
  features: list(name, 100),
  limits: v.object({
    storageBuffers: number,
    bindingBytes: number,
    bufferBytes: number,
    workgroupsPerDimension: number,
    workgroupInvocations: number,
    workgroupBytes: number,
  }),
  reason: sentence,
}) satisfies v.GenericSchema<unknown, DeviceInfo>;

const told = { ms: number, functions: list(report, 200), more: number, lastCalled: id, error: v.exactOptional(error) };

const message = v.variant("type", [
  v.object({ type: v.literal("ready"), device }),
  v.object({ type: v.literal("unusable"), error }),
  v.object({ type: v.literal("output"), entries: list(entry, 2_000) }),
  v.object({ type: v.literal("figures"), figures: list(figure, 100) }),
  v.object({ type: v.literal("busy"), line: id }),
  v.object({ type: v.literal("done"), ...told }),
  v.object({
    type: v.literal("live"),
    over: v.boolean(),
    ...told,
    shown: v.exactOptional(v.object({ fn: id, call: id, inspection })),
  }),
  v.object({ type: v.literal("need"), need: id, what: need }),
  v.object({ type: v.literal("inspection"), ask: id, inspection }),
  v.object({ type: v.literal("ask-failed"), ask: id, error }),
  v.object({ type: v.literal("pong"), waiting: v.boolean() }),
]);

/** A message of a program, of data that is the page's own; or what is wrong with it. */
export function checked(data: unknown): { message: FromProgram } | { problem: string } {
  const result = v.safeParse(message, data, { abortEarly: true });
  if (result.success) return { message: result.output as FromProgram };
  const [issue] = result.issues;
  return { problem: `${v.getDotPath(issue) ?? "it"} is ${issue.received.slice(0, 80)}` };
}
