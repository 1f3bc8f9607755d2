/** @file The suites in Node, on the CPU device. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import * as interfuse from "interfuse";
import * as devtools from "interfuse/devtools";
import { tableOps } from "../dist/methods.gen.js";
import suites from "./suites/index.mjs";

await interfuse.init({ device: "cpu" });
for (const [name, run] of suites({ interfuse, devtools, kind: "cpu", tableOps })) test(name, { timeout: 120_000 }, run);

after(() => assert.ok(devtools.counters().dispatches > 100, "kernels ran"));
