/**
 * @file `interfuse/remote`: a device that another thread serves computes, counts and fails as one of this thread. The other thread is
 * there all the time, so this is a process of its own.
 */
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { MessageChannel, Worker } from "node:worker_threads";
import * as interfuse from "interfuse/slim";
import { counters } from "interfuse/devtools";
import { connect } from "interfuse/remote";
import { deepEqual, equal, ok, rejects, throws } from "./check.mjs";

const { compile, device, evaluate, memory, nn, random, synchronize, tensor, valueAndGrad } = interfuse;

const file = (name) => readFile(new URL(import.meta.resolve(`interfuse/${name}.wasm`)));
const worker = new Worker(new URL("./serving.mjs", import.meta.url));
after(() => worker.terminate());

/** The other end of a port that the thread serves. */
function served(maxBytes = 2 ** 31) {
  const { port1, port2 } = new MessageChannel();
  worker.postMessage({ port: port2, maxBytes }, [port2]);
  return port1;
}

/** Everything that a program does, with what was counted meanwhile: on whichever device is current. */
async function program() {
  random.seed(1);
  const x = tensor([1, 2, 3, 4], { shape: [2, 2] });
  const values = [await x.mul(2).add(1).matmul(x).data()];
  const f = compile((x) => x.exp().sum().mul(x), { name: "f" });
  for (let i = 0; i < 3; i++) values.push(await f(x).data());
  const model = new nn.Linear(2, 3);
  const step = compile((model, x) => valueAndGrad((model) => model.forward(x).square().mean())(model), { name: "step" });
  for (let i = 0; i < 3; i++) values.push(await step(model, x)[0].item());
  await synchronize();
  const { buffers, bytesInUse } = memory();
  const { dispatches, submits, bytesAllocated, bytesUploaded, bytesRead } = counters();
  return {
    values,
    stats: [f.stats.hits, step.stats.misses],
    buffers,
    bytesInUse,
    dispatches,
    submits,
    bytesAllocated,
    bytesUploaded,
    bytesRead,
  };
}

/** Milliseconds of so many small eager ops, each read's worth of them at once; the least of several. */
async function smallOps() {
  let least = Infinity;
  for (let round = 0; round < 7; round++) {
    const started = performance.now();
    let x = tensor([1, 2, 3]);
    for (let i = 0; i < 1000; i++) {
      x = x.mul(1.001);
      evaluate(x);
    }
    await x.data();
    least = Math.min(least, performance.now() - started);
  }
  return least;
}

let local;
let here;

test("a device elsewhere is the one that the program sees, and gives the same values and counts", async (context) => {
  await interfuse.init({ wasm: file("interfuse"), device: "cpu" });
  local = await program();
  here = await smallOps();
  await connect(served());
  equal(device().kind, "cpu");
  equal(device().reason, 'init was asked for "cpu"');
  const remote = await program();
  deepEqual(remote, local);
  const there = await smallOps();
  context.diagnostic(`1,000 small eager ops: ${here.toFixed(1)} ms here, ${there.toFixed(1)} ms elsewhere, ${(there / here).toFixed(2)} x`);
  // Twice is promised; a machine that is busy with other tests is given more.
  ok(there < 4 * here + 10, `${there} ms instead of ${here}`);
});

test("what the other side refuses is an error of the reads that depend on it", async () => {
  await connect(served(4096));
  const x = tensor([1, 2, 3, 4]);
  // Known at once: the other side has said how much it gives.
  throws(() => tensor(new Float32Array(2000)), "LimitError");
  deepEqual(Array.from(await x.neg().data()), [-1, -2, -3, -4]);
  // A kernel alone cannot be loaded there.
  await rejects(
    interfuse.profile(
      compile((x) => x.exp()),
      [x],
    ),
    "DeviceError",
  );
});

test("what is no message ends the session, and every read says so", async () => {
  const port = served();
  const ended = new Promise((resolve) => worker.once("message", resolve));
  const lost = new Promise(
    (resolve) => void connect(port, { onLost: resolve }).then(() => port.postMessage(new Uint8Array([1, 2, 3]).buffer)),
  );
  equal(await ended, "a message has another version, or is none");
  equal(await lost, "a message has another version, or is none");
  throws(() => tensor([1]).add(1), "DeviceError");
  await connect(served());
  deepEqual(Array.from(await tensor([1]).add(1).data()), [2]);
});
