/**
 * @file The trusted side of the GPU: a worker of the page's own origin, which serves its device to a program in the sandbox, where there
 * is none. `interfuse/remote` checks all that comes over the port; here is only who hears of what went wrong.
 */
import { serve } from "interfuse/remote";
import * as interfuse from "interfuse/slim";
import type { DeviceBoot, FromDevice } from "../protocol.ts";
import { describeError } from "./errors.ts";

/** Finds the device that was asked for and serves it, if it is a GPU; the page hears what became of it. */
export async function serveDevice({ wasm: { core, parts }, remote, device, ports: [port] }: DeviceBoot): Promise<void> {
  const tell = (message: FromDevice): void => postMessage(message);
  try {
    await interfuse.init({ wasm: core, parts: { ...parts, remote }, device });
    const { kind, reason } = interfuse.device();
    const isServed = kind === "webgpu";
    if (isServed)
      await serve(port!, {
        onViolation: (reason) => tell({ type: "violation", reason }),
        onLost: (reason) => tell({ type: "lost", reason }),
      });
    tell({ type: "device", isServed, reason });
  } catch (thrown) {
    tell({ type: "unusable", error: describeError(thrown) });
  }
}
