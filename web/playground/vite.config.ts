/**
 * @file How the page is built: static files with relative addresses, so that it can be served from any folder.
 * The one unusual thing is the preload of the Wasm, so that it is fetched from the first byte of the page on.
 */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

/** Adds `<link rel="preload">` for the compiler's Wasm to the built page: the same request that `src/run/wasm.ts` makes. */
function preloadWasm(): Plugin {
  return {
    name: "interfuse-preload-wasm",
    transformIndexHtml: {
      order: "post",
      handler(_html, context) {
        const file = Object.keys(context.bundle ?? {}).find((name) => name.endsWith(".wasm"));
        if (file === undefined) return [];
        const attrs = { rel: "preload", as: "fetch", type: "application/wasm", href: `./${file}`, crossorigin: "anonymous" };
        return [{ tag: "link", attrs, injectTo: "head-prepend" }];
      },
    },
  };
}

export default defineConfig({
  base: "./",
  plugins: [svelte(), preloadWasm()],
  // The Wasm must stay a file of its own: inlined it could be neither streamed nor cached.
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 800 },
  worker: { format: "es" },
});
