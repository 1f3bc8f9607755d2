/** @file The thread that serves its CPU device to `remote.test.mjs`. */
import { parentPort } from "node:worker_threads";
import { init } from "interfuse";
import { serve } from "interfuse/remote";

await init({ device: "cpu" });
parentPort.on("message", ({ port, maxBytes }) => serve(port, { maxBytes, onViolation: (reason) => parentPort.postMessage(reason) }));
