/**
 * @file Lays out values as text for the output pane: tensors as nested brackets with aligned columns and a middle left out when
 * they are long (NumPy's way), other values as JavaScript would write them, to a limited depth.
 */

/** Above this many elements only the edges are shown. */
const SUMMARY_ABOVE = 400;
/** How many elements are shown at each edge of a summarised axis. */
const EDGE = 3;
const GAP = "…";

export type FlatValues = ArrayLike<number | boolean>;

/** The values of a tensor in row-major order, as nested brackets. */
export function layOutTensor(values: FlatValues, shape: readonly number[], dtype: string): string {
  const print = printer(dtype);
  if (shape.length === 0) return values.length > 0 ? print(values[0]!) : "[]";
  if (shape.some((size) => size === 0)) return "[]";
  const edge = values.length > SUMMARY_ABOVE ? EDGE : Infinity;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));

  const cells: string[] = [];
  visit(0, 0, (offset) => cells.push(print(values[offset]!)));
  const width = Math.max(...cells.map((cell) => cell.length));
  let next = 0;
  return render(0, 0);

  /** The indices of an axis that are shown; -1 stands for the gap. */
  function shown(axis: number): number[] {
    const size = shape[axis]!;
    if (size <= 2 * edge + 1) return Array.from({ length: size }, (_, i) => i);
    return [...Array(EDGE).keys(), -1, ...Array.from({ length: EDGE }, (_, i) => size - EDGE + i)];
  }

  function visit(axis: number, offset: number, cell: (offset: number) => void): void {
    if (axis === shape.length) return cell(offset);
    for (const i of shown(axis)) if (i >= 0) visit(axis + 1, offset + i * strides[axis]!, cell);
  }

  function render(axis: number, offset: number): string {
    if (axis === shape.length) return cells[next++]!.padStart(width);
    const parts = shown(axis).map((i) => (i < 0 ? GAP : render(axis + 1, offset + i * strides[axis]!)));
    const below = shape.length - axis - 1;
    const separator = below === 0 ? ", " : `,${"\n".repeat(below)}${" ".repeat(axis + 1)}`;
    return `[${parts.join(separator)}]`;
  }
}

/** What is told of the values beside them, see `OutputPart`. */
export function statisticsOf(values: FlatValues, shape: readonly number[], dtype: string): { odd?: string; statistics?: string } {
  if (dtype === "bool") return {};
  let [least, largest, sum, nans, infinities, first] = [Infinity, -Infinity, 0, 0, 0, -1];
  for (let at = 0; at < values.length; at++) {
    const value = Number(values[at]);
    if (Number.isFinite(value)) {
      if (value < least) least = value;
      if (value > largest) largest = value;
      sum += value;
    } else {
      if (first === -1) first = at;
      if (Number.isNaN(value)) nans++;
      else infinities++;
    }
  }
  const print = printer(dtype);
  const odd: { odd?: string } = first === -1 ? {} : { odd: `first ${values[first]} at [${indexOf(first, shape).join(", ")}]` };
  if (values.length <= SUMMARY_ABOVE) return odd;
  const finite = values.length - nans - infinities;
  const parts = finite > 0 ? [`min ${print(least)}`, `max ${print(largest)}`, `mean ${printer("float32")(sum / finite)}`] : [];
  parts.push(`${nans} NaN`, ...(infinities > 0 ? [`${infinities} infinite`] : []));
  return { ...odd, statistics: parts.join(", ") };
}

/** The place of an element from its offset in row-major order. */
function indexOf(offset: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (const size of [...shape].reverse()) {
    index.unshift(offset % size);
    offset = Math.floor(offset / size);
  }
  return index;
}

/** How a number of this dtype is written: floats with up to six significant digits, which is what float32 can be trusted for. */
function printer(dtype: string): (value: number | boolean) => string {
  if (dtype === "bool") return (value) => String(Boolean(value));
  if (dtype === "int32" || dtype === "uint32") return String;
  return (value) => {
    const x = Number(value);
    if (!Number.isFinite(x)) return String(x);
    if (Object.is(x, -0)) return "-0";
    const size = Math.abs(x);
    if (size !== 0 && (size < 1e-4 || size >= 1e7)) return x.toExponential(4);
    return String(Number(x.toPrecision(6)));
  };
}

/** A value that is not a tensor, as text. `tensorText` writes tensors that are met inside it. */
export function layOutValue(value: unknown, tensorText: (value: unknown) => string | undefined, depth = 0): string {
  const tensor = tensorText(value);
  if (tensor !== undefined) return tensor;
  if (typeof value === "string") return depth === 0 ? value : JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `[function ${value.name || "anonymous"}]`;
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? "-0" : String(value);
  if (value instanceof Error) return value.stack?.includes(value.message) ? `${value.name}: ${value.message}` : String(value);
  if (value instanceof Date || value instanceof RegExp) return String(value);
  if (depth > 3) return Array.isArray(value) ? "[…]" : "{…}";
  const inner = (part: unknown): string => layOutValue(part, tensorText, depth + 1);
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const numbers = value as unknown as ArrayLike<number> & { constructor: { name: string } };
    const floats = /Float/.test(numbers.constructor.name);
    const print = printer(floats ? "float32" : "int32");
    return `${numbers.constructor.name}(${numbers.length}) ${list(
      Array.from({ length: Math.min(numbers.length, 100) }, (_, i) => print(numbers[i]!)),
      numbers.length,
      "[",
      "]",
    )}`;
  }
  if (Array.isArray(value)) return list(value.slice(0, 100).map(inner), value.length, "[", "]");
  if (value instanceof Map)
    return `Map(${value.size}) ${list(
      [...value].slice(0, 50).map(([k, v]) => `${inner(k)} => ${inner(v)}`),
      value.size,
      "{ ",
      " }",
    )}`;
  if (value instanceof Set) return `Set(${value.size}) ${list([...value].slice(0, 50).map(inner), value.size, "{ ", " }")}`;
  const name = (value.constructor as { name?: string } | undefined)?.name;
  const named = ownText(value);
  if (named !== undefined) return named;
  const keys = Object.keys(value);
  const parts = keys
    .slice(0, 50)
    .map((key) => `${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${inner((value as Record<string, unknown>)[key])}`);
  return `${name === undefined || name === "Object" ? "" : `${name} `}${list(parts, keys.length, "{ ", " }")}`;
}

/** Classes that write themselves (such as the statistics of a compiled function) are taken at their word. */
function ownText(value: object): string | undefined {
  const text = (value as { toString?: unknown }).toString;
  return typeof text === "function" && text !== Object.prototype.toString ? String(value) : undefined;
}

function list(parts: string[], total: number, open: string, close: string): string {
  if (total === 0) return `${open.trim()}${close.trim()}`;
  const all = total > parts.length ? [...parts, `… ${total - parts.length} more`] : parts;
  const flat = `${open}${all.join(", ")}${close}`;
  if (flat.length <= 72 && !flat.includes("\n")) return flat;
  return `${open.trim()}\n${all.map((part) => `  ${part.replaceAll("\n", "\n  ")}`).join(",\n")}\n${close.trim()}`;
}
