/**
 * @file Options objects and plain numbers, checked before the core sees them: a misspelt option must not be ignored, and one of another
 * type must not reach the Wasm, which takes what it is given for what it expects.
 *
 * `OPTIONS` is the one place that knows what an option may be; an option without a row there cannot be asked for. Behind it stands a wall:
 * the glue of the Wasm lets nothing but strings through as strings.
 */
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";

/** What an option may be: the test, and the sentence that says so. */
export interface Kind {
  readonly holds: (value: unknown) => boolean;
  readonly must: string;
}

const isNumber = (value: unknown): value is number => typeof value === "number";
const isTensor = (value: unknown): value is object => typeof value === "object" && value !== null && "_handle" in value;
const areNumbers = (value: unknown): value is readonly number[] => Array.isArray(value) && value.every(isNumber);

const number: Kind = { holds: isNumber, must: "It must be a number." };
export const flag: Kind = { holds: (value) => typeof value === "boolean", must: "It must be true or false." };
/** How many of something: all of it, if need be. */
export const count: Kind = {
  holds: (value) => isNumber(value) && value >= 0 && (Number.isInteger(value) || value === Infinity),
  must: "It must be a whole number that is not negative, or Infinity.",
};
const numbers: Kind = { holds: areNumbers, must: "It must be an array of numbers." };
const pair: Kind = {
  holds: (value) => areNumbers(value) && (value as unknown[]).length === 2,
  must: "It must be an array of two numbers.",
};
const perAxis: Kind = { holds: (value) => isNumber(value) || areNumbers(value), must: "It must be a number or an array of numbers." };
const weak: Kind = { holds: (value) => isNumber(value) || typeof value === "boolean", must: "It must be a number or a boolean." };
const tensor: Kind = { holds: isTensor, must: "It must be a tensor." };
const operand: Kind = { holds: (value) => weak.holds(value) || isTensor(value), must: "It must be a tensor, a number or a boolean." };
/** What is looked at where it is used. */
const any: Kind = { holds: () => true, must: "" };

const quoted = (names: readonly string[]): string =>
  list(
    names.map((name) => `"${name}"`),
    "or",
  );

function choice(...names: readonly string[]): Kind {
  return { holds: (value) => names.includes(value as string), must: `It may be ${quoted(names)}.` };
}

/** Which strings are dtypes is the core's to say: some that are none have hints of their own. */
export const dtype: Kind = {
  holds: (value) => typeof value === "string",
  must: `It may be ${quoted(["float32", "float16", "int32", "uint32", "bool"])}.`,
};

/** Devices that there can be. */
export const deviceKind = choice("webgpu", "cpu");

/** Is it called? */
export const callable: Kind = { holds: (value) => typeof value === "function", must: "It must be a function." };

const strings: Kind = {
  holds: (value) => Array.isArray(value) && value.every((one) => typeof one === "string" && !one.includes("\n")),
  must: "It must be an array of strings.",
};

const OPTIONS = {
  affine: flag,
  alpha: number,
  approximate: choice("none", "tanh"),
  argnums: any,
  atol: number,
  axis: number,
  beta: number,
  betas: pair,
  bias: flag,
  biasCorrection: flag,
  dampening: number,
  ddof: number,
  delta: number,
  class: choice("cpu", "software", "gpu"),
  device: choice("auto", "webgpu", "cpu"),
  dilation: perAxis,
  dtype,
  eps: number,
  equalNan: flag,
  exclusive: flag,
  float16: flag,
  full: flag,
  gain: number,
  gpu: any,
  groups: number,
  hasAux: flag,
  high: operand,
  inAxes: any,
  indexing: choice("xy", "ij"),
  k: number,
  keepdims: flag,
  key: tensor,
  keyInputDims: number,
  labelSmoothing: number,
  length: number,
  low: operand,
  margin: number,
  mask: tensor,
  maxBytes: number,
  mean: operand,
  metadata: any,
  mode: choice("enabled", "no-fuse", "no-simplify"),
  momentum: number,
  nan: number,
  neginf: number,
  nesterov: flag,
  onLost: callable,
  onViolation: callable,
  order: number,
  outAxes: any,
  outputPadding: perAxis,
  p: number,
  padding: perAxis,
  parts: any,
  posinf: number,
  positions: flag,
  powerPreference: choice("low-power", "high-performance"),
  queryInputDims: number,
  reduction: choice("none", "mean", "sum"),
  repeats: number,
  reverse: flag,
  rtol: number,
  rulesOff: strings,
  samples: number,
  scale: number,
  schedules: strings,
  shape: numbers,
  std: operand,
  storageBuffers: count,
  stride: perAxis,
  subgroups: flag,
  target: any,
  trackRunningStats: flag,
  value: weak,
  valueDims: number,
  valueInputDims: number,
  valueOutputDims: number,
  vjp: any,
  wasm: any,
  weightDecay: number,
  weights: tensor,
  withLogits: flag,
  workgroupInvocations: count,
} satisfies Record<string, Kind>;

/** The name of an option of an op. */
export type OptionName = keyof typeof OPTIONS;

/** Refuses options that are not there or are not what they may be. Left out is what is undefined or null. */
export function checkOptions(op: string, options: object | undefined, known: readonly OptionName[]): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || "_handle" in options || Array.isArray(options)) {
    throw new CompileArgumentError(op, `the options must be an object, got ${describe(options)}`, `It may have ${list(known)}.`);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name as OptionName))
      throw new CompileArgumentError(
        op,
        `there is no option "${name}"`,
        known.length === 1 ? `There is ${known[0]!}.` : `There are ${list(known)}.`,
      );
    const value = (options as Record<string, unknown>)[name];
    if (value !== undefined && value !== null) check(op, name, value, OPTIONS[name as OptionName]);
  }
}

/** Refuses an argument that is not what it may be. */
export function check(op: string, what: string, value: unknown, { holds, must }: Kind): void {
  if (!holds(value)) throw new CompileArgumentError(op, `${what} is ${describe(value)}`, must);
}

/** A number: what JavaScript would make one of, or would refuse to, is none. */
export function numberOf(op: string, what: string, value: number): number {
  if (isNumber(value)) return value;
  throw new CompileArgumentError(op, `${what} must be a number, got ${describe(value)}`);
}

/** A number, or nothing. */
export function maybeNumber(op: string, what: string, value: number | null | undefined): number | undefined {
  return value === undefined || value === null ? undefined : numberOf(op, what, value);
}

/** As the core takes numbers: one or several. */
export function numbersOf(op: string, what: string, values: number | readonly number[]): Float64Array {
  if (isNumber(values)) return Float64Array.of(values);
  if (areNumbers(values)) return Float64Array.from(values);
  const got = Array.isArray(values)
    ? `${describe((values as readonly unknown[]).find((value) => !isNumber(value)))} in it`
    : describe(values);
  throw new CompileArgumentError(op, `${what} must be a number or an array of numbers, got ${got}`);
}

/** What the glue of the Wasm calls (scripts/build.mjs) for an argument that should be a string and got past every check here. */
export function noText(value: unknown): never {
  throw new CompileArgumentError("interfuse", `an argument must be a string, got ${describe(value)}`);
}

function list(names: readonly string[], last = "and"): string {
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)!}`;
}
