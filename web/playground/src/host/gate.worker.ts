/**
 * @file Stands between a program in the sandbox and the page, in a worker of its own: however much a program sends, the page's thread
 * only ever sees what `gate.ts` lets through. Once a second it asks the program whether it still does anything.
 */
import type { ToProgram } from "../protocol.ts";
import { Gate } from "./gate.ts";

const PING_MS = 1000;

addEventListener("message", function open({ ports }: MessageEvent): void {
  removeEventListener("message", open);
  const program = ports[0]!;
  const gate = new Gate((message) => postMessage(message));
  program.onmessage = ({ data }) => gate.said(data);
  program.onmessageerror = () => gate.said(undefined);
  addEventListener("message", ({ data, ports: given }: MessageEvent<ToProgram>) => {
    gate.asked(data);
    program.postMessage(data, [...given]);
    if (data.type === "run") setInterval(() => program.postMessage({ type: "ping" } satisfies ToProgram), PING_MS);
  });
});
