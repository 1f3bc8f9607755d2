/**
 * @file The Wasm in parts that a program serves itself, in a process of its own: each part is needed for what is in it
 * and for nothing else.
 */
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as interfuse from "interfuse/slim";
import { deepEqual, equal, rejects, throws } from "./check.mjs";

const { compile, grad, init, tensor } = interfuse;
const part = (name) => readFile(new URL(import.meta.resolve(`interfuse/${name}.wasm`)));

test("the core alone compiles and runs on the CPU device", async () => {
  await init({ wasm: part("core"), device: "cpu" });
  const gelu = compile((x) => x.mul(x.div(Math.SQRT2).erf().add(1)).div(2));
  deepEqual(await gelu(tensor([0])).data(), [0]);
  equal(gelu.stats.fallbacks, 0);
});

test("what is in a part says which, and works once it is there", async () => {
  const square = compile((x) => x.mul(x));
  const absent = (name) =>
    `init: the part "${name}" of the Wasm is not there. Where the parts are yours to serve: init({ wasm, parts: { ${name}: … } }). After importing more of the package in a running program: await init() once more.`;
  throws(() => square.inspect(tensor([3])), "DeviceError", absent("gpu"));
  await rejects(interfuse.profile(square, [tensor([3])]), "DeviceError", absent("training"));
  throws(() => grad((x) => x.mul(x))(tensor(3)), "DeviceError", absent("training"));
  await rejects(init({ parts: { gpu: new Uint8Array([1]) } }), "DeviceError");
  await init({ parts: { gpu: part("gpu"), training: WebAssembly.compile(await part("training")) } });
  equal(square.inspect(tensor([3])).kernels.length, 1);
  equal((await interfuse.profile(square, [tensor([3])], { repeats: 1 })).fused.kernels.length, 1);
  equal(await grad((x) => x.mul(x))(tensor(3)).item(), 6);
});
