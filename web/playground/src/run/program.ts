/**
 * @file Turns the text in the editor into a module and runs it: types are stripped (lines stay where they are), the imports of
 * the package are led to this worker's own instance, and the result is imported from a blob, so that a program has what any
 * module has: top-level await, live imports, stack traces with its own lines. It does not check types.
 */
import { parse } from "es-module-lexer/minimal/js";
import { transform } from "sucrase";
import { PROGRAM_FILE } from "./errors.ts";

/** The key under which the bridges find the modules of the package. */
const BRIDGE = "interfuse playground modules";

/** The modules a program may import by name. */
export type Modules = Record<string, Record<string, unknown>>;

/** Imports and runs the program; resolves when its top level is done. */
export async function runProgram(code: string, modules: Modules): Promise<void> {
  const { code: plain } = transform(code, {
    transforms: ["typescript"],
    disableESTransforms: true,
    preserveDynamicImport: true,
    filePath: PROGRAM_FILE,
  });
  (globalThis as Record<string, unknown>)[BRIDGE] = modules;
  const bridges = new Map<string, string>();
  const linked = linkImports(plain, (specifier) => {
    const known = bridges.get(specifier);
    if (known !== undefined) return known;
    const module = modules[specifier];
    if (module === undefined) {
      throw new Error(
        `The playground has no module "${specifier}". It has ${Object.keys(modules)
          .map((m) => `"${m}"`)
          .join(" and ")}; addresses that start with https:// work too.`,
      );
    }
    const url = moduleUrl(bridgeSource(specifier, module));
    bridges.set(specifier, url);
    return url;
  });
  const url = moduleUrl(`${linked}\n//# sourceURL=${PROGRAM_FILE}`);
  try {
    await import(/* @vite-ignore */ url);
  } catch (thrown) {
    // A name that the package does not export: say so with the package's name, not with the bridge's address.
    if (thrown instanceof SyntaxError)
      for (const [specifier, bridge] of bridges) thrown.message = thrown.message.replaceAll(bridge, specifier);
    throw thrown;
  } finally {
    URL.revokeObjectURL(url);
    for (const bridge of bridges.values()) URL.revokeObjectURL(bridge);
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

/** Replaces the specifier of every static import and re-export, and of dynamic imports of a literal. */
function linkImports(code: string, resolve: (specifier: string) => string): string {
  const [imports] = parse(code);
  let out = "";
  let done = 0;
  for (const found of imports) {
    if (found.n === undefined || /^(https?|blob|data):/.test(found.n)) continue;
    const literal = JSON.stringify(resolve(found.n));
    // The range of a static import lies inside the quotes, that of a dynamic one includes them.
    out += code.slice(done, found.s) + (found.d === -1 ? literal.slice(1, -1) : literal);
    done = found.e;
  }
  return out + code.slice(done);
}
