/**
 * @file Files that cross languages: what Rust exported runs here, and what was exported here (`UPDATE=1` does it anew) runs in the tests
 * of Rust. Both stay: what was exported once must be read by later versions.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { exportFunction, gelu, importFunction, init, io, softmax, tensor } from "interfuse";

await init({ device: "cpu" });
const at = (name) => new URL(`../../../tests/data/${name}`, import.meta.url);
const near = (got, wanted) => wanted.forEach((value, i) => assert.ok(Math.abs(got[i] - value) < 1e-6, `${got} instead of ${wanted}`));

test("a function exported by Rust runs in Node", async () => {
  const f = importFunction(readFileSync(at("native.interfuse")));
  assert.equal(f.name, "native");
  near(await f(tensor([[1, -1]]), tensor([0.5, 0.25])).data(), [1.5, 1]);
});

test("a function exported in Node is the file that Rust runs", async () => {
  const w = tensor([
    [1, 2],
    [3, 4],
  ]);
  const score = (x, { bias, scale }) => softmax(gelu(x.matmul(w)).mul(scale).add(bias));
  const file = await exportFunction(score, tensor([[1, 0]]), { bias: tensor([0.5, 0]), scale: 0.25 });
  if (process.env.UPDATE) writeFileSync(at("node.interfuse"), file);
  const known = readFileSync(at("node.interfuse"));
  assert.deepEqual(Object.keys(io.safetensorsMetadata(file)), Object.keys(io.safetensorsMetadata(known)));
  for (const bytes of [file, known]) {
    near(await importFunction(bytes)(tensor([[1, 0]]), { bias: tensor([0.5, 0]), scale: 0.25 }).data(), [0.5552018734, 0.4447981266]);
  }
});
