/**
 * @file How the page is built: static files with relative addresses, so that it can be served from any folder.
 * The one unusual thing is the preload of the Wasm, so that it is fetched from the first byte of the page on.
 */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { build, defineConfig, type Plugin } from "vite";
import { docs } from "./docs.ts";

/**
 * What the page itself may do. Programs run in `public/sandbox.html`, under a policy of its own. Connections: a module from elsewhere that
 * the person allowed is fetched by the page. The nonce names the style sheets that the editor makes; no program can add an element.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "frame-src 'self'",
  "connect-src 'self' https:",
  "style-src 'self' 'nonce-interfuse'",
  // Chrome's own editing makes such attributes when somebody types over several lines.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
].join("; ");

/** Says the policy in the built page, for hosts that send no headers. The development server works by inline scripts. */
function policy(): Plugin {
  return {
    name: "interfuse-policy",
    apply: "build",
    // After the charset, which must stand among the first bytes, and before every script.
    transformIndexHtml: {
      order: "post",
      handler(html) {
        const charset = '<meta charset="utf-8" />';
        const rest = html.replace(charset, "");
        return rest.replace("<head>", `<head>\n    ${charset}\n    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />`);
      },
    },
    generateBundle() {
      const headers = readFileSync(new URL("public/_headers", import.meta.url), "utf8");
      const own = `/\n  Content-Security-Policy: ${POLICY}; frame-ancestors 'self'\n`;
      this.emitFile({ type: "asset", fileName: "_headers", source: headers.replace("/sandbox.html", `${own}/sandbox.html`) });
    },
  };
}

/** Adds `<link rel="preload">` for the compiler's Wasm and for the program's script to the built page: what it fetches first. */
function preloadWasm(): Plugin {
  return {
    name: "interfuse-preload-wasm",
    transformIndexHtml: {
      order: "post",
      handler(_html, context) {
        const files = Object.keys(context.bundle ?? {})
          .filter((name) => /\/(core|gpu|training)-[^/]*\.wasm$|\/program-[^/]*\.js$/.test(name))
          .sort();
        const attrs = (file: string) => ({
          rel: "preload",
          as: "fetch",
          href: `./${file}`,
          crossorigin: "anonymous",
        });
        return files.map((file) => ({ tag: "link", attrs: attrs(file), injectTo: "head-prepend" as const }));
      },
    },
  };
}

/**
 * The module "virtual:program": the address of `src/run/worker.ts` as one classic script without imports, which is all that a worker in the
 * sandbox can be started from. The development server makes it anew for every request.
 */
function program(): Plugin {
  const name = "virtual:program";
  let isBuild = false;
  let reference = "";
  const script = async (): Promise<string> => {
    const result = await build({
      configFile: false,
      logLevel: "warn",
      publicDir: false,
      plugins: [onlyTypes(), pageTranslates()],
      build: {
        write: false,
        target: "es2022",
        copyPublicDir: false,
        rolldownOptions: {
          input: fileURLToPath(new URL("src/run/worker.ts", import.meta.url)),
          output: { format: "iife", codeSplitting: false, strict: true },
        },
      },
    });
    const { output } = Array.isArray(result) ? result[0]! : (result as Exclude<typeof result, unknown[]> & { output: { code: string }[] });
    return (output[0] as { code: string }).code;
  };
  return {
    name: "interfuse-program",
    configResolved: ({ command }) => void (isBuild = command === "build"),
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined;
      if (!isBuild) return 'export default "/program.js";';
      reference ||= this.emitFile({ type: "asset", name: "program.js", source: await script() });
      return `export default import.meta.ROLLUP_FILE_URL_${reference};`;
    },
    configureServer(server) {
      server.middlewares.use("/program.js", (_request, response, next) => {
        script().then((code) => {
          response.setHeader("content-type", "text/javascript");
          response.end(code);
        }, next);
      });
    },
  };
}

/** In the sandbox the package's translator, which it would fetch, is the page's: see `src/run/translate.ts`. */
function pageTranslates(): Plugin {
  const own = fileURLToPath(new URL("src/run/translate.ts", import.meta.url));
  return {
    name: "interfuse-page-translates",
    enforce: "pre",
    resolveId: (id, from) => (/\/translate\.js$/.test(id) && /\/interfuse\/dist\//.test(from ?? "") ? own : undefined),
  };
}

/**
 * The module "virtual:types": the declarations of the language, of what the sandbox has, of the package and of "playground", by the paths
 * that `src/editor/checker.ts` looks for.
 */
function types(): Plugin {
  const name = "virtual:types";
  return {
    name: "interfuse-types",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load: (id) => (id === `\0${name}` ? `export default ${JSON.stringify(declarations())};` : undefined),
  };
}

/** Those declarations. */
export function declarations(): Record<string, string> {
  const files: Record<string, string> = {};
  const library = fileURLToPath(new URL(".", import.meta.resolve("typescript")));
  const add = (name: string): void => {
    const file = `lib.${name}.d.ts`;
    if (`/lib/${file}` in files) return;
    const text = readFileSync(library + file, "utf8");
    files[`/lib/${file}`] = text;
    for (const [, other] of text.matchAll(/<reference lib="([\w.]+)"/g)) add(other!);
  };
  add("es2022");
  add("esnext.disposable");
  for (const own of ["sandbox", "playground"])
    files[`/lib/${own}.d.ts`] = readFileSync(new URL(`types/${own}.d.ts`, import.meta.url), "utf8");
  const dist = new URL("./", import.meta.resolve("interfuse/slim"));
  for (const folder of ["", "nn/"]) {
    for (const file of readdirSync(new URL(folder, dist))) {
      if (/\.d\.ts$/.test(file) && !/inline|^interfuse_|^node\./.test(file))
        files[`/interfuse/${folder}${file}`] = readFileSync(new URL(folder + file, dist), "utf8");
    }
  }
  return files;
}

/** The module "virtual:examples": ids and titles of the programs in `examples/`, and how to fetch each. */
function examples(): Plugin {
  const name = "virtual:examples";
  const folder = fileURLToPath(new URL("examples/", import.meta.url));
  return {
    name: "interfuse-examples",
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const files = readdirSync(folder)
        .filter((file) => file.endsWith(".ts"))
        .sort();
      const list = files.map((file) => {
        this.addWatchFile(folder + file);
        const text = readFileSync(folder + file, "utf8");
        const id = file.slice(0, -3);
        const title = /^\/\/ \d+ · ([^:.\n]+)/.exec(text)?.[1];
        if (title === undefined) throw new Error(`examples/${file} must begin with its number and title: // 01 · Title`);
        return { id, title: `${id.slice(0, 2)} ${title}` };
      });
      const load = files.map((file) => `${JSON.stringify(file.slice(0, -3))}: () => import(${JSON.stringify(`${folder}${file}?raw`)})`);
      return `export const list = ${JSON.stringify(list)};\nexport const load = { ${load.join(", ")} };`;
    },
  };
}

/**
 * Leaves out what sucrase has beside TypeScript: it imports all of its transforms, of which `src/run/program.ts` asks for one. 14 kB on
 * the wire of a first load.
 */
function onlyTypes(): Plugin {
  const unused =
    /\/sucrase\/dist\/esm\/(computeSourceMap|Options|CJSImportProcessor|parser\/plugins\/jsx\/xhtml|util\/formatTokens|transformers\/(CJSImport|Flow|JestHoist|ReactDisplayName|ReactHotLoader)Transformer)\.js$/;
  return {
    name: "interfuse-only-types",
    enforce: "pre",
    load: (id) => (unused.test(id) ? "export default class {}\nexport function validateOptions() {}\n" : undefined),
  };
}

export default defineConfig({
  base: "./",
  plugins: [svelte(), policy(), docs(), preloadWasm(), program(), examples()],
  // The Wasm must stay a file of its own: inlined it could be neither streamed nor cached.
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 800 },
  worker: { format: "es", plugins: () => [types()] },
});
