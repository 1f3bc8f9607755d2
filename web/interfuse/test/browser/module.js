/** @file The package by a plain module script: its own core first, the Wasm file through `slim` next, a translation last. */
import { compile, init, tensor } from "/dist/index.js";
import * as slim from "/dist/slim.js";

try {
  await init({ device: "cpu" });
  const two = await tensor([1]).add(1).item();
  await slim.init({ wasm: new URL("/dist/interfuse.wasm", import.meta.url) });
  const f = slim.compile((x) => x.add(2));
  const three = await f(slim.tensor([1])).item();
  const metal = await compile((x) => x.exp())
    .inspect(tensor([1]))
    .translate(0, "msl");
  document.title = `done ${two} ${three} ${/kernel void/.exec(metal)[0]}`;
} catch (error) {
  document.title = `failed: ${error}`;
}
