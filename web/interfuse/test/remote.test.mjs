/** @file `interfuse/remote`: a device that another thread serves computes, counts and fails as one of this thread. */
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { MessageChannel, Worker } from "node:worker_threads";
import * as interfuse from "interfuse/slim";
import { connect } from "interfuse/remote";
import { equal } from "./check.mjs";

const { tensor, device } = interfuse;

const worker = new Worker(new URL("./serving.mjs", import.meta.url));
const { port1, port2 } = new MessageChannel();
worker.postMessage(port2, [port2]);
worker.on("error", (e) => console.error("worker", e));
const part = (name) => readFile(new URL(import.meta.resolve(`interfuse/${name}.wasm`)));
await connect(port1, { wasm: part("interfuse") });

test("eager", async () => {
  equal(device().kind, "cpu");
  const x = tensor([1, 2, 3]);
  equal(String(await x.mul(2).add(1).data()), "3,5,7");
  worker.terminate();
  port1.close();
});
