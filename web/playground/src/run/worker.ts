/**
 * @file The first code of a worker that a program runs in: takes what the page gives it, and starts. The worker may be ended at any
 * moment, and keeps nothing that the page needs after that.
 */
import type { Boot } from "../protocol.ts";
import { ProgramHost } from "./host.ts";

// A program's own line may stand below a good many frames of the package and its core.
Error.stackTraceLimit = 60;

addEventListener("message", function boot({ data }: MessageEvent<Boot>): void {
  removeEventListener("message", boot);
  // Tells the sandbox that the code is here; nothing else of what it says there is heard.
  postMessage("here");
  void new ProgramHost(data).boot();
});
