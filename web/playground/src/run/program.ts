/**
 * @file Turns the text in the editor into a module and runs it: types are stripped (lines stay where they are), the imports of
 * the package are led to this worker's own instance, and the result is imported from a blob, so that a program has what any
 * module has: top-level await, live imports, stack traces with its own lines. It does not check types.
 */
import { parse } from "es-module-lexer/minimal/js";
import { transform } from "sucrase";
import { importedFrom, PROGRAM_FILE } from "./errors.ts";
import { importedNames, placed } from "./imports.ts";
import { withMarks } from "./loops.ts";

/** The key under which the bridges find the modules of the package. */
const BRIDGE = "interfuse playground modules";

/** The modules a program may import by name. */
export type Modules = Record<string, Record<string, unknown>>;

/** Gives the text of the module at an address, if the person allows it. */
export type Fetch = (address: string) => Promise<string>;

/** Imports and runs the program; resolves when its top level is done. */
export async function runProgram(code: string, modules: Modules, fetch: Fetch): Promise<void> {
  const { code: plain } = transform(code, {
    transforms: ["typescript"],
    disableESTransforms: true,
    preserveDynamicImport: true,
    filePath: PROGRAM_FILE,
  });
  (globalThis as Record<string, unknown>)[BRIDGE] = modules;
  const linker = new Linker(modules, fetch);
  const marked = withMarks(plain);
  const url = moduleUrl(`${await linker.link(marked)}\n//# sourceURL=${PROGRAM_FILE}`);
  importedFrom(url);
  try {
    await import(/* @vite-ignore */ url);
  } catch (thrown) {
    // A name that a module from elsewhere does not export: say so with the module's name, not with its address here.
    if (thrown instanceof SyntaxError) {
      for (const [name, own] of linker.addresses) {
        if (!thrown.message.includes(own)) continue;
        thrown.message = thrown.message.replaceAll(own, name);
        if (linker.places.has(name)) placed(thrown, marked, linker.places.get(name)!);
      }
    }
    throw thrown;
  } finally {
    URL.revokeObjectURL(url);
    for (const own of linker.addresses.values()) URL.revokeObjectURL(own);
  }
}

/** Modules that a program imports, by addresses of their own in the sandbox, where nothing can be fetched. */
class Linker {
  readonly addresses = new Map<string, string>();
  /** Where the program names them. */
  readonly places = new Map<string, number>();
  readonly #modules: Modules;
  readonly #fetch: Fetch;
  readonly #loading = new Set<string>();

  constructor(modules: Modules, fetch: Fetch) {
    this.#modules = modules;
    this.#fetch = fetch;
  }

  /** Replaces the specifier of every static import and re-export, and of dynamic imports of a literal. `base` is where the text is from. */
  async link(code: string, base?: string): Promise<string> {
    const [imports] = parse(code);
    let out = "";
    let done = 0;
    for (const found of imports) {
      if (found.n === undefined || /^(blob|data):/.test(found.n)) continue;
      const isProgram = base === undefined;
      if (isProgram && found.d === -1) this.#check(found.n, code, found.ss, found.s);
      if (isProgram) this.places.set(found.n, found.s);
      const address = await this.#resolve(found.n, base).catch((thrown: unknown) => {
        throw isProgram ? placed(thrown, code, found.s) : thrown;
      });
      const literal = JSON.stringify(address);
      // The range of a static import lies inside the quotes, that of a dynamic one includes them.
      out += code.slice(done, found.s) + (found.d === -1 ? literal.slice(1, -1) : literal);
      done = found.e;
    }
    return out + code.slice(done);
  }

  /** Names that a module of the page's own does not export are an error where they are asked for. */
  #check(module: string, code: string, start: number, end: number): void {
    const own = this.#modules[module];
    if (own === undefined) return;
    for (const { name, at } of importedNames(code.slice(start, end))) {
      if (!Object.hasOwn(own, name)) throw placed(new SyntaxError(`"${module}" does not export "${name}".`), code, start + at);
    }
  }

  async #resolve(specifier: string, base: string | undefined): Promise<string> {
    const name = base !== undefined && /^[./]/.test(specifier) ? new URL(specifier, base).href : specifier;
    const known = this.addresses.get(name);
    if (known !== undefined) return known;
    const own = this.#modules[name];
    if (own === undefined && !/^https:/.test(name)) throw new Error(this.#unknown(specifier));
    if (this.#loading.has(name)) throw new Error(`"${name}" imports itself by way of others, which cannot be linked in the sandbox.`);
    this.#loading.add(name);
    const source = own === undefined ? await this.link(await this.#fetch(name), name) : bridgeSource(name, own);
    this.#loading.delete(name);
    const address = moduleUrl(source);
    this.addresses.set(name, address);
    return address;
  }

  #unknown(specifier: string): string {
    const names = Object.keys(this.#modules).map((name) => `"${name}"`);
    return `The playground has no module "${specifier}". It has ${names.slice(0, -1).join(", ")} and ${names.at(-1)}; addresses that start with https:// work too, once you allow them.`;
  }
}

function moduleUrl(source: string): string {
  return URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
}

/** A module that exports what the worker's own instance exports: the same functions, so the same tensors and caches. */
function bridgeSource(specifier: string, module: Record<string, unknown>): string {
  const lines = [`const m = globalThis[${JSON.stringify(BRIDGE)}][${JSON.stringify(specifier)}];`];
  for (const name of Object.keys(module)) {
    lines.push(name === "default" ? "export default m.default;" : `const $${name} = m.${name}; export { $${name} as ${name} };`);
  }
  return lines.join("\n");
}
