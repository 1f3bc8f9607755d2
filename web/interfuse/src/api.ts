/** @file Everything that the entry points export alike; only `init` differs between them. */
export { compile, CompilationStats } from "./compile.js";
export type { AnyFunction, CompiledFunction, CompileOptions } from "./compile.js";
export type { DynamicDims } from "./open.js";
export { disableCompile, enableCompile, setCompileMode } from "./mode.js";
export type { CompileMode } from "./mode.js";
export { tensor } from "./create.js";
export type { NestedArray, TypedArray } from "./create.js";
export { Dim } from "./dim.js";
export type { ShapeLike, Size } from "./dim.js";
export { device, setDevice } from "./init.js";
export type { GPUDeviceLike, InitOptions, WasmSource } from "./init.js";
export { Inspection } from "./inspect.js";
export type { ShaderLanguage } from "./translate.js";
export { profile } from "./profile.js";
export * as io from "./io.js";
export { exportFunction, importFunction, loadNpy, loadSafetensors, saveNpy, saveSafetensors } from "./io.js";
export { memory } from "./memory.js";
export { evaluate, scope, synchronize } from "./scope.js";
export { Tensor } from "./tensor.js";
export type { DType, Nested, TensorData } from "./tensor.js";
export { checkpoint, customFunction, grad, jvp, valueAndGrad, vjp, vmap } from "./transform.js";
export type { Argnums, BatchAxes, CustomGradient, GradientsOf, GradOptions, ValueAndGradOptions, VmapOptions } from "./transform.js";
export * as nn from "./nn/index.js";
export { registerPytree } from "./tree.js";
export type { Constant, StateTree, Tree } from "./tree.js";
export type {
  BreakReason,
  BufferUse,
  CacheEntry,
  CostView,
  CutView,
  DeviceInfo,
  FallbackReport,
  GraphView,
  KernelProfile,
  KernelView,
  MemoryReport,
  MissReport,
  NodeView,
  PassView,
  PlanView,
  Profile,
  RunProfile,
} from "./views.gen.js";
export type { AtIndex, Axes, AxisPairs, Operand, PadWidths, PerAxis, SliceRange } from "./wire.js";
export {
  CompileArgumentError,
  DeviceError,
  DimMismatchError,
  DTypeError,
  FullgraphError,
  HostReadError,
  InterfuseError,
  LeakedTracerError,
  LimitError,
  ShapeError,
  ShapeGuardError,
  UncapturedInputError,
} from "./errors.js";
export * from "./ops.gen.js";
export * from "./functions.gen.js";
export * from "./library.js";
export { fori, scan } from "./loop.js";
export * as optim from "./optim.js";
export * as random from "./random.js";
