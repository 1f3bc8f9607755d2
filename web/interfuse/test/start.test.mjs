/** @file Before and during `init`, in a process of its own: what works, what is refused, which device is chosen. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as interfuse from "interfuse";
import { equal, rejects, throws } from "./check.mjs";

const { compile, device, init, ones, registerPytree, tensor } = interfuse;

class Pair {}
registerPytree(Pair, { flatten: () => ({ children: [] }), unflatten: () => new Pair() });
const early = compile((x) => x.add(1));

test("before init making a tensor says what is missing", () => {
  throws(() => tensor([1]), "DeviceError", "tensor: there is no device yet. await init() first.");
  throws(() => ones([1]), "DeviceError", "ones: there is no device yet. await init() first.");
  throws(() => device(), "DeviceError", "device: there is no device yet. await init() first.");
  const missing = ": there is no device yet. await init() first.";
  throws(() => early(1), "DeviceError", `compile${missing}`);
  throws(() => early.inspect(1), "DeviceError", `inspect${missing}`);
  throws(() => interfuse.memory(), "DeviceError", `memory${missing}`);
  throws(() => interfuse.grad((x) => x)(1), "DeviceError", `grad, vjp or jvp${missing}`);
  throws(() => interfuse.random.key(1), "DeviceError", `random.key${missing}`);
  equal(early.stats.misses, 0);
  interfuse.setCompileMode("enabled");
});

test("a Wasm that cannot be loaded is an error, and the next attempt counts", async () => {
  const error = await rejects(init({ wasm: new Uint8Array([1, 2, 3]) }), "DeviceError");
  assert.match(error.message, /^init: the Wasm core could not be loaded/);
});

test("init takes a compiled module, is idempotent and says why it chose the device", async () => {
  const file = new URL(import.meta.resolve("interfuse/interfuse.wasm"));
  const module = await WebAssembly.compile(await readFile(file));
  await Promise.all([init({ wasm: module }), init(), init()]);
  equal(device().kind, "cpu");
  equal(device().reason, "no WebGPU: navigator.gpu is missing");
  assert.equal((await early(tensor([1])).data())[0], 2);
  const first = tensor([1]);
  await init();
  assert.equal((await first.add(tensor([1])).data())[0], 2);
});

test("webgpu by name is an error where there is none", async () => {
  await rejects(
    init({ device: "webgpu" }),
    "DeviceError",
    'init: there is no WebGPU here (navigator.gpu is missing). Use device "cpu" or "auto"; browsers offer WebGPU on https and localhost only.',
  );
});

test("every entry point is one package: slim shares the state, the inlined Wasm is the files", async () => {
  const slim = await import("interfuse/slim");
  assert.equal(slim.Tensor, interfuse.Tensor);
  const { unpack } = await import("../dist/unpack.js");
  const exports = (module) => WebAssembly.Module.exports(module).length;
  for (const name of ["core", "gpu", "training", "remote"]) {
    assert.equal(
      exports(await unpack(name)),
      exports(await WebAssembly.compile(await readFile(new URL(import.meta.resolve(`interfuse/${name}.wasm`))))),
    );
  }
});
