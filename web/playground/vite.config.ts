/**
 * @file How the page is built: static files with relative addresses, so that it can be served from any folder.
 * The one unusual thing is the preload of the Wasm, so that it is fetched from the first byte of the page on.
 */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** Adds `<link rel="preload">` for the compiler's Wasm to the built page: the same requests that `src/run/wasm.ts` makes. */
function preloadWasm(): Plugin {
  return {
    name: "interfuse-preload-wasm",
    transformIndexHtml: {
      order: "post",
      handler(_html, context) {
        const files = Object.keys(context.bundle ?? {})
          .filter((name) => /\/(core|gpu|training)-[^/]*\.wasm$/.test(name))
          .sort();
        const attrs = (file: string) => ({
          rel: "preload",
          as: "fetch",
          type: "application/wasm",
          href: `./${file}`,
          crossorigin: "anonymous",
        });
        return files.map((file) => ({ tag: "link", attrs: attrs(file), injectTo: "head-prepend" as const }));
      },
    },
  };
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
  plugins: [svelte(), preloadWasm(), examples()],
  // The Wasm must stay a file of its own: inlined it could be neither streamed nor cached.
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 800 },
  worker: { format: "es", plugins: () => [onlyTypes()] },
});
