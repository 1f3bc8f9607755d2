/**
 * @file Programs on WebGPU: the sandbox has no GPU, a worker of the page's own has it and takes from a program only what it can check. On
 * SwiftShader, a software adapter: what is asserted are promises, not speed.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { start } from "./playground.mjs";

let world;
let site;
before(async () => {
  world = await start();
  site = await world.open();
  await site.settled();
  await site.at("device").selectOption("webgpu");
  await site.page.locator("[data-testid=device-info]", { hasText: "WebGPU" }).waitFor();
  await site.settled();
});
after(async () => {
  await site.close();
  await world.close();
});

const header = 'import { compile, device, grad, init, matmul, memory, ones, tensor } from "interfuse";\nawait init();\n';
/** The worker that has the GPU. */
const deviceWorker = async () => {
  for (const worker of site.page.workers()) if ((await worker.evaluate(() => self.name)) === "interfuse device") return worker;
  throw new Error("no worker has the GPU");
};

describe("a program on WebGPU", () => {
  it("computes there without a GPU of its own", async () => {
    await site.try(`${header}
console.log("own GPU:", typeof (navigator as any).gpu, "device:", device().kind);
const f = compile((x) => x.mul(2).exp().sum());
console.log("sum", await f(tensor([0, 1])).item());
let y = ones([4]);
for (let i = 0; i < 300; i++) y = y.mul(1.01).add(0.5);
console.log("eager", await y.sum().item());
console.log("gradient", grad((x) => x.mul(x).sum())(tensor([1, 2, 3])));
console.log("held", memory().bytesInUse > 0);`);
    const output = await site.text("output");
    assert.match(output, /own GPU:\s+undefined\s+device:\s+webgpu/);
    assert.match(output, /sum\s+8\.389/);
    assert.match(output, /gradient[\s\S]*\[2, 4, 6\]/);
    assert.match(output, /held\s+true/);
  });

  it("hears of errors where it reads, and goes on", async () => {
    await site.try(`${header}
const big = ones([40_000_000]);
try { await compile((x) => x.mul(2))(big).data(); console.log("fits"); } catch (e) { console.log("told", (e as Error).name); }
console.log("after", await ones([2]).sum().item());`);
    assert.match(await site.text("output"), /(fits|told)[\s\S]*after\s+2/);
  });

  it("that loses the device is told, gets a new one once, and is stopped the second time", async () => {
    const lose = async () => {
      await site.write(`${header}
for (let i = 0; ; i++) { const x = ones([4]).add(i); await x.data(); await new Promise((resolve) => setTimeout(resolve, 20)); }`);
      await site.run();
      await site.state("running");
      const worker = await deviceWorker();
      await worker.evaluate(
        () =>
          new Promise((resolve) => {
            const create = GPUDevice.prototype.createCommandEncoder;
            GPUDevice.prototype.createCommandEncoder = function (...args) {
              GPUDevice.prototype.createCommandEncoder = create;
              const encoder = create.apply(this, args);
              setTimeout(() => resolve(this.destroy()));
              return encoder;
            };
          }),
      );
    };
    await lose();
    await site.page.locator("[data-testid=notice]", { hasText: /The next run gets a new one/ }).waitFor();
    await site.try(`${header}console.log("again", device().kind, await ones([3]).sum().item());`);
    assert.match(await site.text("output"), /again\s+webgpu\s+3/);
    await lose();
    await site.page.locator("[data-testid=notice]", { hasText: /lost twice/ }).waitFor();
    await site.state("stopped");
    assert.equal(await site.at("device").inputValue(), "webgpu", "what the person chose is not changed");
    await site.page.locator("[data-testid=device-info]", { hasText: "CPU" }).waitFor();
  });
});
