/** @file A worker that serves its WebGPU device at the port that it is sent. */
import { init } from "/dist/index.js";
import { serve } from "/dist/remote.js";

self.onmessage = async ({ data: port }) => {
  try {
    await init({ device: "webgpu" });
    await serve(port, { onViolation: (reason) => postMessage({ violation: reason }) });
    postMessage({ served: true });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
