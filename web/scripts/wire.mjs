/**
 * @file What goes over the wire, in bytes after gzip at level 9, as a static host stores it: the parts of the Wasm, a first visit of
 * the page on either device, and a program that a bundler puts into one file. crate/ARCHITECTURE.md has the reasons of the limits.
 */
import { readdirSync } from "node:fs";
import { gzipped, gzippedBytes, wasmFiles } from "./build.mjs";
import { launch } from "./chromium.mjs";
import { Failure, at } from "./lib.mjs";
import { serve } from "./serve.mjs";

/**
 * The promises. A device elsewhere, what-if inspections and the page's new editor and panes have cost more than there was room for: the
 * core's is meant to be 435,000 again, and the page's without Wasm 300,000, once the editor is fetched after the first graph.
 */
const limits = {
  core: 439_000,
  gpu: 203_000,
  training: 122_000,
  remote: 34_000,
  whole: 756_000,
  "page without Wasm": 315_000,
  "page on the CPU device": 1_075_000,
  "page on WebGPU": 1_108_000,
  "TypeScript in the editor": 1_300_000,
  "program in one file": 1_452_000,
};

/** Everything that is promised: its name, its size now, and its limit. Prints the files that the sums are made of. */
export async function weights() {
  const found = new Map(Object.entries(wasmFiles).map(([name, file]) => [name, gzippedBytes(at(file))]));
  for (const [name, device] of [
    ["page on the CPU device", "cpu"],
    ["page on WebGPU", "webgpu"],
  ]) {
    const files = await pageLoad(device);
    const sum = (chosen) => chosen.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const { name, bytes } of files) console.log(`${String(bytes).padStart(10)}  ${device}: ${name}`);
    found.set("page without Wasm", sum(files.filter(({ name }) => !name.endsWith(".wasm"))));
    found.set(name, sum(files));
  }
  found.set("TypeScript in the editor", editorService());
  found.set("program in one file", await oneFile());
  return Object.entries(limits).map(([name, limit]) => ({ name, bytes: found.get(name), limit }));
}

/**
 * Opens the built page in Chromium as a first visitor who chose that device, and lists everything it fetches until the first program has
 * run and its graphs are drawn. A browser is asked, and not the bundler, because workers and dynamic imports that start at once are part
 * of the first load.
 */
async function pageLoad(device) {
  const server = await serve(at("web/playground/dist"));
  const browser = await launch();
  try {
    const page = await browser.newPage();
    await page.addInitScript((device) => localStorage.setItem("interfuse.device", device), device);
    const fetched = new Map();
    const pending = [];
    // The context's event, so that a worker's own requests are seen as well as the page's.
    page.context().on("response", (response) => {
      const name = new URL(response.url()).pathname;
      if (!response.url().startsWith(server.url) || !response.ok()) return;
      pending.push(response.body().then((body) => fetched.set(name, gzipped(body))));
    });
    await page.goto(server.url, { waitUntil: "networkidle" });
    await page.locator("[data-testid=output][data-state=done]").waitFor({ state: "attached", timeout: 60_000 });
    // What follows the run, such as the drawing of its graphs: until nothing more comes for a while.
    for (let seen = -1; seen !== pending.length; ) {
      seen = pending.length;
      await page.waitForTimeout(1_000);
    }
    await Promise.all(pending);
    const files = [...fetched].map(([name, bytes]) => ({ name, bytes })).sort((a, b) => b.bytes - a.bytes);
    for (const end of [".js", ".wasm"])
      if (!files.some(({ name }) => name.endsWith(end))) throw new Failure(`the page fetched no file that ends in ${end}`);
    return files;
  } finally {
    await browser.close();
    await server.close();
  }
}

/** What the editor fetches when somebody begins to write. */
function editorService() {
  const folder = at("web/playground/dist/assets");
  const files = readdirSync(folder).filter((name) => /^(checker\.worker|services)-.*\.js$/.test(name));
  if (files.length !== 2) throw new Failure(`the editor's service is two files, found ${files.join(", ") || "none"}`);
  return files.reduce((sum, name) => sum + gzippedBytes(`${folder}/${name}`), 0);
}

/** The size of a program that imports everything, the translator of kernels included, bundled by Vite without chunks. */
async function oneFile() {
  const { build } = await import("vite");
  const program = "\0program";
  const { output } = await build({
    configFile: false,
    logLevel: "silent",
    root: at("web"),
    plugins: [
      {
        name: "program",
        resolveId: (id) => (id === program ? id : undefined),
        load: (id) => (id === program ? 'export * from "interfuse";' : undefined),
      },
    ],
    build: {
      write: false,
      target: "es2022",
      rolldownOptions: { input: program, preserveEntrySignatures: "strict", output: { format: "es", codeSplitting: false } },
    },
  });
  if (output.length !== 1)
    throw new Failure(`a bundle of one file has ${output.length}: ${output.map(({ fileName }) => fileName).join(", ")}`);
  return gzipped(output[0].code);
}
