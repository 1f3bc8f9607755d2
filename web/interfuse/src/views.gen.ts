// Generated from the Rust types of the same names by `npm run gen`. Do not edit.
/** @file What the core shows: inspections, profiles, reports, events. */

/** Every stage of one compilation. */
export interface InspectionView {
  /** The key of the entry as text. */
  readonly signature: string;
  /** The graph after every pass, "trace" first, "fuse" last. */
  readonly graphs: readonly PassView[];
  /** What runs, in order. */
  readonly kernels: readonly KernelView[];
  /** Every edge that was not fused, and why. */
  readonly cuts: readonly CutView[];
  /** What the device does for a call. */
  readonly plan: PlanView;
  /** The cost of a call with every op but views as a kernel of its own. */
  readonly before: CostView;
  /** The cost of a call. */
  readonly after: CostView;
}

/** A graph after a pass. */
export interface PassView {
  /** Its name: "trace" is the first, "fuse" the last. */
  readonly pass: string;
  /** The graph as text. */
  readonly listing: string;
  /** The graph as data. */
  readonly graph: GraphView;
  /** How many rewrites fired. */
  readonly changes: number;
  /** Which, and how often each. */
  readonly rules: readonly RuleView[];
  /** The first 2,000 of them one by one, in order; those of "drop dead nodes", "order operands" and "empty" are only counted. */
  readonly applied: readonly AppliedView[];
  /** Milliseconds that it took. */
  readonly ms: number;
}

/** A rule that fired. */
export interface RuleView {
  /** Its name. */
  readonly name: string;
  /** How often. */
  readonly count: number;
}

/** One application of a rule. */
export interface AppliedView {
  /** The rule's name. */
  readonly rule: string;
  /** The node that it looked at, in the graph before the pass. */
  readonly before: number;
  /** What became of it, in the graph after the pass; nothing where no result needs that any more. */
  readonly after?: number;
}

/** A graph. */
export interface GraphView {
  /** Nodes, operands before users. */
  readonly nodes: readonly NodeView[];
  /** Ids of the results. */
  readonly outputs: readonly number[];
}

/** A node. */
export interface NodeView {
  /** Its id in this graph. */
  readonly id: number;
  /** What it does. */
  readonly op: string;
  /** Its operands' ids. */
  readonly operands: readonly number[];
  /** Its sizes. */
  readonly shape: readonly number[];
  /** Its dtype. */
  readonly dtype: string;
  /** Ids in the traced graph that it came from. */
  readonly from: readonly number[];
  /** What the line of the listing says beyond op and operands: axes, values, sizes. */
  readonly detail: string;
  /** Where in the program it was made. */
  readonly source?: Source;
}

/** A place in a program's source. */
export interface Source {
  /** The file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** A kernel. */
export interface KernelView {
  /** Its step in the plan. */
  readonly id: number;
  /** Made of its ops. */
  readonly name: string;
  /** "map", "row", "contract" or "index". */
  readonly class: "map" | "row" | "contract" | "index";
  /**
   * How its shader runs: `row by=workgroup workgroup=128 block=256`, `map lanes=4 workgroup=256`, `contract staging=...
   * thread=8x8 ...`.
   */
  readonly schedule: string;
  /** Nodes of the last graph that it computes. */
  readonly nodes: readonly number[];
  /** Its shader; on the CPU device the one that a GPU with the base limits would run. */
  readonly wgsl: string;
  /** Workgroups of the dispatch. */
  readonly workgroups: readonly [number, number, number];
  /** Buffers that it reads. */
  readonly reads: readonly BufferUse[];
  /** Buffers that it writes. */
  readonly writes: readonly BufferUse[];
  /** Bytes of the former. */
  readonly bytesRead: number;
  /** Bytes of the latter. */
  readonly bytesWritten: number;
  /** Scalar operations of one run, as the table of ops counts them. */
  readonly flops: number;
  /** How often a call runs it: more than once where it is in a loop. Bytes and operations are those of one run. */
  readonly runs: number;
  /** Which lines of the shader compute which node. */
  readonly wgslLines: readonly LineView[];
}

/** A buffer as a kernel uses it. */
export interface BufferUse {
  /** Position in the plan's buffers. */
  readonly buffer: number;
  /** The node of the last graph whose value it holds. */
  readonly node: number;
  /** The dtype of its elements. */
  readonly dtype: string;
  /** Its bytes. */
  readonly bytes: number;
}

/** A line of a shader. */
export interface LineView {
  /** From 1. */
  readonly line: number;
  /** The node of the last graph. */
  readonly node: number;
}

/** An edge that was not fused. */
export interface CutView {
  /** The materialised node. */
  readonly from: number;
  /** The node that loads it. */
  readonly to: number;
  /** The reason, in a word. */
  readonly code: string;
  /** The reason, in a sentence. */
  readonly reason: string;
}

/** A plan. */
export interface PlanView {
  /** Dispatches, in order. */
  readonly steps: readonly StepView[];
  /** Every buffer. */
  readonly buffers: readonly BufferView[];
  /** The most bytes that a device holds for a call at a time: arguments, captured tensors, results and intermediates. */
  readonly peakBytes: number;
  /** How many kernels run. */
  readonly dispatches: number;
}

/** A dispatch. */
export interface StepView {
  /** The kernel. */
  readonly kernel: number;
  /** Its buffers, in binding order. */
  readonly buffers: readonly number[];
}

/** A buffer of a plan. */
export interface BufferView {
  /** Its position. */
  readonly id: number;
  /** "input", "constant", "output" or "temporary". */
  readonly storage: "input" | "constant" | "output" | "temporary";
  /** Which argument, captured tensor or slot. */
  readonly index?: number | null;
  /** The dtype of its elements. */
  readonly dtype: string;
  /** How many elements. */
  readonly length: number;
  /** Its bytes. */
  readonly bytes: number;
}

/** What a call costs. */
export interface CostView {
  /** Kernels run. */
  readonly dispatches: number;
  /** Bytes allocated for results and intermediates. */
  readonly bytes: number;
  /** The most bytes held for it at a time: arguments, captured tensors, results and intermediates. */
  readonly peakBytes: number;
}

/** What profiling found. */
export interface Profile {
  /** "webgpu" or "cpu". */
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
  /** The largest difference between a number of the one and of the other; infinite where one has a NaN or an infinity alone. */
  readonly maxAbsDifference: number;
}

/** The times of one way to run a call. */
export interface RunProfile {
  /** Every kernel, in order. */
  readonly kernels: readonly KernelProfile[];
  /** Their sum. */
  readonly kernelsMs: number;
  /** The whole call by the host's clock, waiting included; the least of all. */
  readonly callMs: number;
}

/** The time of one kernel. */
export interface KernelProfile {
  /** Its step in the plan. */
  readonly id: number;
  /** Its name. */
  readonly name: string;
  /** "map", "row", "contract" or "index". */
  readonly class: "map" | "row" | "contract" | "index";
  /** Its time: by timestamps the mean, which averages their rounding out; by the host's clock the least. */
  readonly ms: number;
  /** Bytes of the buffers that it reads and writes, each once. */
  readonly bytes: number;
  /** Scalar operations, as the table of ops counts them. */
  readonly flops: number;
}

/** Counts and times of the calls of a compiled function. */
export interface StatsView {
  /** Calls served by an entry. */
  readonly hits: number;
  /** Calls for which an entry was compiled and run. */
  readonly misses: number;
  /** Calls run eagerly because they cannot be compiled. */
  readonly fallbacks: number;
  /** Milliseconds of tracing and compiling, with pipelines and without runs. */
  readonly totalCompileTimeMs: number;
  /** Milliseconds of the host in hits. After the first 64 hits every 64th is timed and counts for 64. */
  readonly totalCachedExecTimeMs: number;
  /** Entries in the cache now. */
  readonly cacheSize: number;
  /** Percent of calls that were hits; 0 without calls. */
  readonly hitRate: number;
  /** Successful traces. */
  readonly traces: number;
  /** Entries that were evicted to make room. */
  readonly evictions: number;
  /** How often an entry could not serve a call because a guard failed. */
  readonly guardFailures: number;
  /** Milliseconds on the GPU, where they are measured. */
  readonly gpuTimeMs?: number;
}

/** An entry of a cache. */
export interface CacheEntry {
  /** The id, unique in the thread; the same in events. */
  readonly id: number;
  /** The key, byte for byte, in hexadecimal. */
  readonly key: string;
  /** The key in readable form, such as `(float32[2,3])`. */
  readonly signature: string;
  /** Calls that it served after the first. */
  readonly hits: number;
  /** Milliseconds of tracing and compiling it. */
  readonly compileMs: number;
  /** The number of kernels that one call runs. */
  readonly kernels: number;
  /** Bytes that are allocated for it: captured constants and temporaries (where sizes are open, those of the last call). */
  readonly bytes: number;
  /** Its guards: conditions on open sizes that a call must fulfil, such as `batch == 3 (value)`. */
  readonly guards: readonly string[];
  /** Its rules: requirements of its ops on open sizes that hold in eager mode too, such as `s1 == 8 (Linear)`. */
  readonly rules: readonly string[];
}

/** Why a call of a compiled function found no entry. */
export interface MissReport {
  /** The function. */
  readonly function: string;
  /** In a sentence, such as `args[0]: float32[2,4] -> float32[5,4]`. */
  readonly reason: string;
  /** The call's key as text. */
  readonly signature: string;
  /** The key of the nearest entry. */
  readonly nearest?: string;
  /** The leaf that differs, such as `args[0].w`. */
  readonly path?: string;
  /** What it is in the nearest entry. */
  readonly before?: string;
  /** What it is in the call. */
  readonly after?: string;
  /** The key of the entry that was evicted last, and where it differs from the call's (nowhere: it was this very entry). */
  readonly evicted?: KeyDifference;
  /** What to do about it; may be empty. */
  readonly hint: string;
  /** Milliseconds of tracing and compiling the new entry. */
  readonly ms: number;
}

/** Another key than a call's, and the first leaf in which they differ. */
export interface KeyDifference {
  /** The other key as text. */
  readonly signature: string;
  /** The leaf that differs; none when the keys are equal or only the device or the mode differ. */
  readonly path?: string;
  /** What it is in the other key. */
  readonly before?: string;
  /** What it is in the call. */
  readonly after?: string;
}

/** Why a call of a compiled function ran eagerly. */
export interface FallbackReport {
  /** The function. */
  readonly function: string;
  /** What broke the trace, by its name. */
  readonly reason: BreakReason;
  /** What happened, in a sentence. */
  readonly message: string;
  /** Where: from the function to the op, with the line where it is known. */
  readonly opPath: string;
  /** What to do about it; may be empty. */
  readonly hint: string;
}

/**
 * What keeps a function from being one graph: reading a value, changing state that was captured as `inputs` only, drawing from the
 * global random state without capturing it, waiting, something that the compiler lacks, writing a traced value into data.
 */
export type BreakReason = "host-read" | "mutation" | "random" | "async" | "unsupported" | "tracer-write";

/** What happens inside. Entries and programs keep their ids in all events and in the lists of a cache. */
export type Event =
  | {
      readonly type: "trace";
      /** The function. */
      readonly name: string;
      /** Nodes of the traced graph. */
      readonly nodes: number;
      /** Milliseconds that it took. */
      readonly ms: number;
    }
  | {
      readonly type: "compile";
      /** The function. */
      readonly name: string;
      /** The entry, unique in the thread. */
      readonly entry: number;
      /** Its key as text. */
      readonly signature: string;
      /** Kernels of its plan. */
      readonly kernels: number;
      /** Milliseconds that it took. */
      readonly ms: number;
    }
  | {
      readonly type: "call";
      /** The function. */
      readonly name: string;
      /** The entry. */
      readonly entry: number;
      /** Milliseconds of the host. */
      readonly ms: number;
    }
  | {
      readonly type: "miss";
      /** Why. */
      readonly report: MissReport;
    }
  | {
      readonly type: "fallback";
      /** Why. */
      readonly report: FallbackReport;
    }
  | {
      readonly type: "evict";
      /** The function. */
      readonly name: string;
      /** The entry. */
      readonly entry: number;
      /** Its key as text. */
      readonly signature: string;
    }
  | {
      readonly type: "submit";
      /** The function or eager op. */
      readonly name: string;
      /** The program on the device. */
      readonly program: number;
      /** Kernels in it. */
      readonly dispatches: number;
      /** When, in milliseconds of the clock. */
      readonly atMs: number;
    }
  | {
      readonly type: "error";
      /** The function. */
      readonly name: string;
      /** The error's text. */
      readonly message: string;
    };

/** A device, its features and its limits. */
export interface DeviceInfo {
  /** "webgpu" or "cpu". */
  readonly kind: "webgpu" | "cpu";
  /** The adapter's vendor, as far as the platform tells. */
  readonly vendor: string;
  /** The adapter's architecture. */
  readonly architecture: string;
  /** The adapter's name. */
  readonly device: string;
  /** A longer description. */
  readonly description: string;
  /** The interface that runs the kernels: "cpu" or "webgpu". */
  readonly backend: string;
  /** Whether the adapter is a software one, which runs on the CPU. */
  readonly isFallback: boolean;
  /** Optional features that are in use. */
  readonly features: readonly string[];
  /** What it can do at most. */
  readonly limits: DeviceLimits;
  /** Why this device was chosen. */
  readonly reason: string;
}

/** What a device can do at most. */
export interface DeviceLimits {
  /** Buffers that one kernel binds. */
  readonly storageBuffers: number;
  /** Bytes of one of those. */
  readonly bindingBytes: number;
  /** Bytes of one buffer. */
  readonly bufferBytes: number;
  /** Workgroups along one dimension of a dispatch. */
  readonly workgroupsPerDimension: number;
  /** Invocations of one workgroup. */
  readonly workgroupInvocations: number;
  /** Bytes of memory that a workgroup shares. */
  readonly workgroupBytes: number;
}

/** What tensors hold on the current device. */
export interface MemoryReport {
  /** Tensors that the program holds. */
  readonly tensors: number;
  /** Buffers on the device. */
  readonly buffers: number;
  /** Bytes of those. */
  readonly bytesInUse: number;
  /** Bytes that the device keeps for reuse. */
  readonly bytesPooled: number;
  /** The most that both ever were together. */
  readonly peakBytes: number;
  /** Pipelines that the device keeps, for whoever needs the same kernel again; a GPU's. */
  readonly pipelines: number;
  /** Bind groups that it keeps; a GPU's. */
  readonly bindGroups: number;
  /** Bytes of the Wasm memory that are in use: graphs, plans, cached entries, and what the CPU device holds. */
  readonly wasmBytes: number;
}

/** Running totals of a device; tests and inspections take differences. */
export interface Counters {
  /** Kernels run. */
  readonly dispatches: number;
  /**
   * Queue submissions: on a GPU one for small calls together, one for a large call, one for reads together; calls on
   * the CPU.
   */
  readonly submits: number;
  /** Buffers allocated from the driver (on the CPU: blocks of memory). */
  readonly buffersCreated: number;
  /** Pipelines created. */
  readonly pipelinesCreated: number;
  /** Bind groups created. */
  readonly bindGroupsCreated: number;
  /** Bytes allocated for outputs and temporaries of calls, whether from the pool or fresh. */
  readonly bytesAllocated: number;
  /** The most bytes held at a time for the last call: arguments, captured tensors, outputs and temporaries. Not a total. */
  readonly callPeakBytes: number;
  /** Bytes written by uploads. */
  readonly bytesUploaded: number;
  /** Bytes read back. */
  readonly bytesRead: number;
}
