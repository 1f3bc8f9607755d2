/**
 * @file The package as people get it: packed, installed in an empty project, run in Node, and bundled as for a page. No registry is
 * asked: it has no dependencies.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(path.join(tmpdir(), "interfuse-pack-"));
after(() => rmSync(project, { recursive: true, force: true }));

function run(command, args, cwd = project) {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", shell: process.platform === "win32" });
  assert.equal(result.status, 0, `${command} ${args.join(" ")}: ${result.stderr}`);
  return result.stdout;
}

/** The example of the README without its types, which Node 20 does not strip. */
const example = readFileSync(path.join(root, "README.md"), "utf8")
  .match(/```ts\n(.*?)```/s)[1]
  .replace(", type Tensor", "")
  .replaceAll(": Tensor", "")
  .replace("[0]!", "[0]");

test("packed, installed and run in Node", () => {
  const [{ filename, files }] = JSON.parse(run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", project], root));
  const names = files.map((file) => file.path);
  for (const name of [
    "dist/index.js",
    "dist/index.d.ts",
    "dist/node.js",
    "dist/slim.js",
    "dist/devtools.js",
    "dist/interfuse.wasm",
    "dist/core.wasm",
    "dist/core.inline.js",
    "README.md",
    "OPS.md",
  ])
    assert.ok(names.includes(name), `${name} is packed`);
  assert.ok(!names.some((name) => /^(src|test|pkg|scripts)\//.test(name)), "sources are not");
  writeFileSync(path.join(project, "package.json"), '{ "private": true, "type": "module" }');
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", `./${filename}`]);
  writeFileSync(path.join(project, "example.js"), example);
  const output = run(process.execPath, ["example.js"]);
  assert.match(output, /-0\.1586/);
  assert.match(output, /misses=1/);
  assert.match(output, /\n1\n/);
  assert.match(output, /@compute/);
});

test("bundled by Vite: one Wasm, in chunks of its own, and what is not imported is not fetched", async () => {
  mkdirSync(path.join(project, "page"));
  writeFileSync(path.join(project, "page", "index.html"), '<script type="module" src="main.js"></script>');
  writeFileSync(path.join(project, "page", "main.js"), `${example}\nglobalThis.done = true;`);
  await build({
    root: path.join(project, "page"),
    configFile: false,
    logLevel: "silent",
    base: "./",
    build: { target: "es2022", modulePreload: false },
  });
  const assets = path.join(project, "page", "dist", "assets");
  const built = readdirSync(assets);
  assert.deepEqual(
    built.filter((name) => name.endsWith(".wasm")),
    [],
    "no second copy of the core",
  );
  for (const name of ["core", "gpu", "training", "remote", "translate"])
    assert.equal(built.filter((file) => file.startsWith(`${name}.inline`)).length, 1, `chunks: ${built}`);
  // The program imports no transform, layer or optimiser: it runs without the part that has them.
  rmSync(
    path.join(
      assets,
      built.find((name) => name.startsWith("training.inline")),
    ),
  );
  const main = built.find((name) => name.startsWith("index-"));
  // The page's bundle needs nothing of a page until a device is chosen.
  await import(pathToFileURL(path.join(assets, main)).href);
  assert.equal(globalThis.done, true);
});

/** A program that says where its op is, on a line of its own so that it is found in the bundle. */
const positions = `
import { compile, init, ones } from "interfuse";
export async function where() {
  await init({ device: "cpu" });
  const [trace] = compile((x) => x.sinh()).inspect(ones([2])).graphs;
  return trace.graph.nodes.find(({ op }) => op === "sinh").source;
}
globalThis.where = where;
`;

for (const minify of [false, true]) {
  test(`bundled by Vite into one file${minify ? ", minified" : ""}, positions are those of the program`, async () => {
    const folder = path.join(project, `positions-${minify}`);
    mkdirSync(folder);
    writeFileSync(path.join(folder, "index.html"), '<script type="module" src="main.js"></script>');
    writeFileSync(path.join(folder, "main.js"), positions);
    await build({
      root: folder,
      configFile: false,
      logLevel: "silent",
      base: "./",
      build: { target: "es2022", modulePreload: false, minify },
    });
    const assets = path.join(folder, "dist", "assets");
    const main = path.join(
      assets,
      readdirSync(assets).find((name) => name.startsWith("index-")),
    );
    await import(pathToFileURL(main).href);
    const { file, line, column } = await globalThis.where();
    assert.equal(file, pathToFileURL(main).href);
    const text = readFileSync(main, "utf8")
      .split("\n")
      [line - 1].slice(column - 1);
    assert.match(text, /^sinh\(\)/, text.slice(0, 40));
  });
}
