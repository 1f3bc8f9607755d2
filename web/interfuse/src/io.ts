/**
 * @file Files: npy and safetensors, and compiled functions, all from and to bytes. The formats are read and written by the core; here
 * objects become lists of names and trees become forms. A form is the structure of arguments and results as JSON, kept in the file.
 */
import { begin, tensorHandle } from "./apply.js";
import { putStoreOptions, withDefaults } from "./compile.gen.js";
import { compile, type AnyFunction, type CompiledFunction } from "./compile.js";
import { core, state } from "./core.js";
import { describe } from "./describe.js";
import { CompileArgumentError } from "./errors.js";
import { checkOptions } from "./options.js";
import { state as random } from "./random.js";
import { Tensor, whileTracing, wrapAll } from "./tensor.js";
import { checkDepth, flatten, type Tree } from "./tree.js";
import { want } from "./parts.js";
import { begin as beginArguments, end } from "./wire.js";

want("training");

function bytesOf(op: string, bytes: Uint8Array | ArrayBuffer): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  throw new CompileArgumentError(
    op,
    `the argument must be a Uint8Array or an ArrayBuffer, got ${describe(bytes)}`,
    "Read the file first: new Uint8Array(await response.arrayBuffer()).",
  );
}

/** The tensor in the bytes of an npy file. */
export function loadNpy(bytes: Uint8Array | ArrayBuffer): Tensor {
  begin();
  return new Tensor(core.loadNpy(bytesOf("loadNpy", bytes)));
}

/** The bytes of an npy file, for `numpy.load`. */
export async function saveNpy(x: Tensor): Promise<Uint8Array> {
  return (await core.saveNpy(tensorHandle("saveNpy", x))) as Uint8Array;
}

/**
 * The tensors in the bytes of a safetensors file, by name. bfloat16 widens to float32 and small integers to int32. A tensor whose dtype
 * GPUs lack (float64, int64) throws when it is asked for; it is not enumerable, so that the others can be listed.
 */
export function loadSafetensors(bytes: Uint8Array | ArrayBuffer): Record<string, Tensor> {
  begin();
  const parts = core.loadSafetensors(bytesOf("loadSafetensors", bytes)) as (string | number | Error)[];
  const tensors: Record<string, Tensor> = {};
  for (let i = 0; i < parts.length; i += 2) {
    const found = parts[i + 1];
    const property =
      typeof found === "number"
        ? { value: new Tensor(found), enumerable: true, writable: true, configurable: true }
        : {
            get: (): never => {
              throw found;
            },
            configurable: true,
          };
    Object.defineProperty(tensors, parts[i] as string, property);
  }
  return tensors;
}

/** The metadata in the bytes of a safetensors file. */
export function safetensorsMetadata(bytes: Uint8Array | ArrayBuffer): Record<string, string> {
  const parts = core.safetensorsMetadata(bytesOf("safetensorsMetadata", bytes));
  return Object.fromEntries(parts.flatMap((key, i) => (i % 2 === 0 ? [[key, parts[i + 1]!]] : [])));
}

/** Tensors by name, also in objects and arrays inside one another: their names are joined by dots. */
export type NamedTensors = { readonly [name: string]: Tensor | NamedTensors } | readonly (Tensor | NamedTensors)[];

/** The bytes of a safetensors file with these tensors. Nested names are joined by dots: `model.parameters()` is such an object. */
export async function saveSafetensors(
  tensors: NamedTensors,
  options?: { readonly metadata?: Readonly<Record<string, string>> },
): Promise<Uint8Array> {
  const op = "saveSafetensors";
  checkOptions(op, options, ["metadata"]);
  const names: string[] = [];
  const handles: number[] = [];
  const visit = (value: unknown, name: string, depth: number): void => {
    checkDepth(op, depth);
    if (value instanceof Tensor) {
      names.push(name);
      handles.push(value._handle);
    } else if (typeof value === "object" && value !== null) {
      for (const [key, part] of Object.entries(value)) visit(part, name === "" ? key : `${name}.${key}`, depth + 1);
    } else throw new CompileArgumentError(op, `there is ${describe(value)} at "${name}"`, "Give an object of tensors, or of such objects.");
  };
  visit(tensors, "", 0);
  if (tensors instanceof Tensor) throw new CompileArgumentError(op, "the tensor has no name", "Give an object of tensors.");
  const metadata = Object.entries(options?.metadata ?? {}).flat();
  if (metadata.some((text) => typeof text !== "string"))
    throw new CompileArgumentError(op, "the metadata are not all strings", "Convert them with String or JSON.stringify.");
  return (await core.saveSafetensors(names, Uint32Array.from(handles), metadata)) as Uint8Array;
}

/**
 * A tree as JSON, and back. Tensors are `{"t": position}`, arrays arrays, objects `{"o": [[key, form], ...]}`; what JSON lacks (-0, NaN,
 * infinities, undefined) is `{"n": text}`.
 */
type Form =
  | string
  | number
  | boolean
  | null
  | readonly Form[]
  | { readonly t: number }
  | { readonly n: string }
  | { readonly o: readonly (readonly [string, Form])[] };

/** As deep as forms may be. */
const MAX_DEPTH = 64;

/** The form of a tree; its tensors are appended to `into`, and the paths to them to `paths`. */
function formOf(
  op: string,
  what: string,
  value: unknown,
  path: string,
  into: Tensor[],
  paths: string[],
  above: readonly object[] = [],
): Form {
  if (value instanceof Tensor) {
    paths.push(path);
    return { t: into.push(value) - 1 };
  }
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (value === undefined || (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))))
    return { n: Object.is(value, -0) ? "-0" : String(value) };
  if (typeof value === "number") return value;
  const prototype = typeof value === "object" ? (Object.getPrototypeOf(value) as unknown) : undefined;
  if (typeof value === "object" && !above.includes(value)) {
    if (above.length > MAX_DEPTH)
      throw new CompileArgumentError(
        op,
        `${what} are nested more than ${MAX_DEPTH} levels deep`,
        "Files hold no deeper trees: pass their parts.",
      );
    const inner = (part: unknown, key: string): Form =>
      formOf(op, what, part, path === "" ? key : `${path}.${key}`, into, paths, [...above, value]);
    if (Array.isArray(value)) return Array.from(value, (part, i) => inner(part, String(i)));
    if (prototype === Object.prototype || prototype === null)
      return { o: Object.entries(value).map(([key, part]) => [key, inner(part, key)] as const) };
  }
  throw new CompileArgumentError(
    op,
    `${what} must be tensors and constants in arrays and plain objects; got ${describe(value)} at ${path}`,
    "Files know no classes: pass their parts, or close over them.",
  );
}

/** A tree of a form that came from a file, which may be anything. */
function treeOf(form: unknown, tensors: readonly Tensor[]): unknown {
  if (form === null || typeof form === "string" || typeof form === "number" || typeof form === "boolean") return form;
  if (Array.isArray(form)) return form.map((part) => treeOf(part, tensors));
  const { t, n, o } = form as { t?: unknown; n?: unknown; o?: unknown };
  if (typeof t === "number") return tensors[t];
  if (typeof n === "string") return n === "undefined" ? undefined : Number(n);
  const tree = {};
  for (const [key, part] of o as [string, unknown][])
    Object.defineProperty(tree, key, { value: treeOf(part, tensors), enumerable: true, writable: true, configurable: true });
  return tree;
}

/** Is it a form with `count` tensors that could have been written? */
function isForm(form: unknown, count: number, depth = 0): boolean {
  if (form === null || typeof form === "string" || typeof form === "number" || typeof form === "boolean") return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(form)) return form.every((part) => isForm(part, count, depth + 1));
  const { t, n, o } = form as { t?: unknown; n?: unknown; o?: unknown };
  if (t !== undefined) return Number.isInteger(t) && (t as number) >= 0 && (t as number) < count;
  if (n !== undefined) return typeof n === "string";
  return (
    Array.isArray(o) &&
    o.every((entry) => Array.isArray(entry) && entry.length === 2 && typeof entry[0] === "string" && isForm(entry[1], count, depth + 1))
  );
}

/** What an argument is called in the function's text, as far as that is plain. */
function parameterNames(fn: AnyFunction): string[] {
  const [, list] = /^(?:async\s+)?(?:function\b[^(]*)?\(([^()=]*)\)|^$/.exec(Function.prototype.toString.call(fn)) ?? [];
  const single = /^([\p{ID_Start}_$][\p{ID_Continue}$]*)\s*=>/u.exec(Function.prototype.toString.call(fn));
  const names = single ? [single[1]!] : (list ?? "").split(",").map((name) => name.trim());
  return names.map((name) => (/^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(name) ? name : ""));
}

/** Is `random.state` what a function captures, or in a list or object of it? */
function holdsGenerator(value: unknown, depth = 0): boolean {
  if (value === random) return true;
  const isTree = typeof value === "object" && value !== null && !(value instanceof Tensor) && depth < 8;
  return isTree && Object.values(value).some((part) => holdsGenerator(part, depth + 1));
}

/**
 * A function as a file: traced on arguments like these, with what it closes over. The same bytes run in the page, in Node
 * (`importFunction`) and natively (`interfuse run FILE --input x=a.npy`). Shapes, dtypes and constants are those of the arguments.
 *
 * Options of a compiled function go along. With `shapeless` or `dynamicDims` the sizes stay open: the imported function takes others, and
 * checks what the trace took for granted. With `state: random.state` it draws from the generator of whoever calls it, as the original
 * does; other state is closed over. Without it pass a key: `random.key(7)` is an argument like any other.
 */
export async function exportFunction<F extends AnyFunction>(fn: F, ...args: Parameters<F>): Promise<Uint8Array> {
  const op = "exportFunction";
  if (typeof fn !== "function") throw new CompileArgumentError(op, `the first argument must be a function, got ${describe(fn)}`);
  const original = (fn as Partial<CompiledFunction>).fn ?? fn;
  const name = (fn as Partial<CompiledFunction>).options?.name ?? (fn.name || "anonymous");
  const inputs: Tensor[] = [];
  const paths: string[] = [];
  const known = parameterNames(original);
  // An argument that is left out is the same as undefined.
  while (args.length > 0 && args[args.length - 1] === undefined) args.pop();
  const taken = args.map((arg: unknown, i: number) => formOf(op, "the arguments", arg, known[i] || String(i), inputs, paths));
  const options = (fn as Partial<CompiledFunction>).options ?? {};
  const draws = [options.state, options.inputs, options.outputs].some((root) => holdsGenerator(root));
  // Reading it settles a seed that was given before there was a core.
  if (draws) void random.key;
  const { structure } = flatten(op, "arguments", "args", args);
  const handles = Uint32Array.from(inputs, (x) => x._handle);
  const first = beginArguments(op);
  putStoreOptions(withDefaults(options));
  const [token, ...placeholders] = core.beginExport(name, structure, handles, draws, first, end(first));
  let open = true;
  try {
    return (await whileTracing(name, () => {
      const tensors = wrapAll(placeholders);
      const result: unknown = Reflect.apply(
        original,
        undefined,
        taken.map((form) => treeOf(form, tensors)),
      );
      const outputs: Tensor[] = [];
      const given = formOf(op, "the results", result, "", outputs, []);
      open = false;
      return core.finishExport(
        token!,
        Uint32Array.from(outputs, (x) => x._handle),
        paths,
        JSON.stringify({ arguments: taken, result: given }),
      );
    })) as Uint8Array;
  } finally {
    if (open && state === "ready") core.abortExport(token!);
  }
}

const dropped = new FinalizationRegistry<number>((handle) => {
  if (state === "ready") core.dropFunction(handle);
});

/** What a file says of arguments and result; a function of tensors, written by a native program, says nothing. */
function readForm(text: string, inputs: number, outputs: number): { arguments: readonly Form[]; result: Form } {
  if (text === "") {
    const positions = Array.from({ length: outputs }, (_, t) => ({ t }));
    return { arguments: Array.from({ length: inputs }, (_, t) => ({ t })), result: outputs === 1 ? positions[0]! : positions };
  }
  const { arguments: taken, result } = parsed(text);
  if (!Array.isArray(taken) || !isForm(taken, inputs) || result === undefined || !isForm(result, outputs)) {
    throw new CompileArgumentError("importFunction", "the form of the arguments and results is malformed");
  }
  return { arguments: taken as readonly Form[], result: result as Form };
}

/** The places of the tensors of a form, by their positions: `0.w`. */
function placesOf(form: Form, path = "", into: string[] = []): string[] {
  const visit = (part: Form, key: string): unknown => placesOf(part, path === "" ? key : `${path}.${key}`, into);
  if (Array.isArray(form)) (form as readonly Form[]).forEach((part, i) => visit(part, String(i)));
  else if (typeof form === "object" && form !== null && "t" in form) into[form.t] = path;
  else if (typeof form === "object" && form !== null && "o" in form) form.o.forEach(([key, part]) => visit(part, key));
  return into;
}

/** An object of JSON that may be anything; what is no object has no properties. */
function parsed(text: string): { readonly arguments?: unknown; readonly result?: unknown } {
  try {
    return (JSON.parse(text) as object | null) ?? {};
  } catch {
    return {};
  }
}

/**
 * The function in the bytes of a file that `exportFunction` (or a native program) wrote, compiled when it is first called. It takes
 * what the original took: trees with the same structure and constants, and tensors of the same shapes and dtypes.
 */
export function importFunction(bytes: Uint8Array | ArrayBuffer): CompiledFunction<(...args: Tree[]) => Tree> {
  const handle = core.importFunction(bytesOf("importFunction", bytes));
  let form: ReturnType<typeof readForm>;
  const [name, text, ...names] = core.functionTexts(handle);
  try {
    form = readForm(text!, names.length, core.functionResults(handle));
  } catch (error) {
    core.dropFunction(handle);
    throw error;
  }
  const wanted = JSON.stringify(form.arguments);
  const dynamicDims: Record<string, Record<number, string>> = {};
  const sizes = core.functionSizes(handle);
  const tensors = placesOf(form.arguments);
  for (let i = 0; i < sizes.length; i += 3) (dynamicDims[tensors[Number(sizes[i])]!] ??= {})[Number(sizes[i + 1])] = sizes[i + 2]!;
  const replay = (...args: Tree[]): Tree => {
    begin();
    const inputs: Tensor[] = [];
    const got = JSON.stringify(args.map((arg, i) => formOf(name!, "the arguments", arg, `args[${i}]`, inputs, [])));
    if (got !== wanted) {
      throw new CompileArgumentError(
        name!,
        `the arguments are ${got}, the function was exported for ${wanted}`,
        'Tensors are {"t": position} here; structure and constants must be the same.',
      );
    }
    return treeOf(
      form.result,
      wrapAll(
        core.replayFunction(
          handle,
          Uint32Array.from(inputs, (x) => x._handle),
        ),
      ),
    ) as Tree;
  };
  Object.defineProperty(replay, "name", { value: name!, configurable: true });
  dropped.register(replay, handle);
  return compile(replay, { dynamicDims, ...(core.functionDraws(handle) ? { state: random } : {}) });
}
