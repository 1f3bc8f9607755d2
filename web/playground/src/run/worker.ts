/**
 * @file The code of two workers, told apart by their first message. In the sandbox it runs one program, with an instance of the package of
 * its own; outside it serves the GPU to such a program, and runs none. It may be ended at any moment, and keeps nothing that the page needs
 * after that.
 */
import type { DeviceBoot, ProgramBoot } from "../protocol.ts";
import { serveDevice } from "./device.ts";
import { ProgramHost } from "./host.ts";

// A program's own line may stand below a good many frames of the package and its core.
Error.stackTraceLimit = 60;

addEventListener("message", function boot({ data }: MessageEvent<ProgramBoot | DeviceBoot>): void {
  removeEventListener("message", boot);
  if (data.role === "device") {
    void serveDevice(data);
    return;
  }
  // Tells the sandbox that the code is here; nothing else of what it says there is heard.
  postMessage("here");
  void new ProgramHost(data).boot();
});
