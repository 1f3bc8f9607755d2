/** @file The suites in Node, on the CPU device. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as interfuse from "interfuse";
import * as devtools from "interfuse/devtools";
import { tableOps } from "../dist/methods.gen.js";
import { summary } from "./suites/contract.mjs";
import suites from "./suites/index.mjs";

const examples = JSON.parse(readFileSync(new URL("../../../tests/data/visible_examples.json", import.meta.url), "utf8"));
setFlagsFromString("--expose-gc");
const context = { interfuse, devtools, kind: "cpu", tableOps, examples, gc: runInNewContext("gc") };

globalThis.INTERFUSE_DISABLE_COMPILE = "0";
await interfuse.init({ device: "cpu" });
for (const [name, run] of suites(context)) test(name, { timeout: 120_000 }, run);

after(() => console.log(summary(context)));
after(() => assert.ok(devtools.counters().dispatches > 100, "kernels ran"));
