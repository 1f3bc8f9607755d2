/** @file A failure of the core, in a process of its own: everything says so until the next `init`, which starts a fresh core. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as interfuse from "interfuse";
import { core } from "../dist/core.js";
import { deepEqual, equal, rejects, throws } from "./check.mjs";

const { compile, device, grad, init, memory, random, setCompileMode, tensor } = interfuse;

test("after a failure of the core the next init starts a fresh one", async () => {
  await init({ device: "cpu" });
  const events = [];
  const { subscribe } = await import("interfuse/devtools");
  subscribe((event) => events.push(event.type));
  const f = compile((x) => x.mul(2).add(1), { name: "f" });
  const slope = grad((x) => x.mul(x));
  const old = tensor([1, 2]);
  const closed = compile((x) => x.add(old));
  deepEqual(await f(old).data(), [3, 5]);
  equal(await slope(tensor(3)).item(), 6);
  setCompileMode("no-fuse");
  assert.throws(() => core.failOnPurpose(), WebAssembly.RuntimeError);
  for (const use of [() => f(old), () => tensor([1]), () => memory(), () => old.data(), () => device()])
    assert.throws(use, /the core failed before and cannot go on; the first failure was: .*on purpose.*await init\(\) again/s);
  await Promise.all([init(), init()]);
  equal(device().kind, "cpu");
  equal(memory().tensors, 0);
  // Functions are compiled anew; tensors are gone, also those with numbers that the fresh core gives out.
  const seen = events.length;
  deepEqual(await f(tensor([3, 4])).data(), [7, 9]);
  deepEqual(await f(tensor([3, 4])).data(), [7, 9]);
  deepEqual([f.stats.misses, f.stats.hits], [1, 1]);
  assert.ok(events.slice(seen).includes("miss"), "subscribers stay");
  equal(f.cache()[0].kernels, 2, "the mode stays");
  equal(await slope(tensor(3)).item(), 6);
  const lost = "the tensor was lost when the core failed. Make it again: init started a fresh core.";
  throws(() => old.add(1), "DeviceError", `add: ${lost}`);
  throws(() => f(old), "DeviceError", `compile('f'): ${lost}`);
  throws(() => closed(tensor([1, 1])), "DeviceError", `add: ${lost}`);
  throws(() => old.data(), "DeviceError", `data: ${lost}`);
  equal(String(old), "Tensor(lost)");
  old.dispose();
  random.seed(1);
  equal((await random.uniform([3]).data()).length, 3);
  // And once more.
  const { core: second } = await import("../dist/core.js");
  assert.throws(() => second.failOnPurpose(), WebAssembly.RuntimeError);
  await init();
  deepEqual(await f(tensor([5])).data(), [11]);
  await rejects(init({ device: "webgpu" }), "DeviceError");
});
