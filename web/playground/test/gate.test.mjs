/**
 * @file The gate between programs and the page, asked without a browser: what is let through, what is not, and what ends a program.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";
import { runnerImport } from "vite";

const { module } = await runnerImport(fileURLToPath(new URL("../src/host/gate.ts", import.meta.url)), {
  configFile: false,
  logLevel: "error",
});
const { Gate } = module;

const device = {
  kind: "cpu",
  vendor: "",
  architecture: "",
  device: "CPU",
  description: "",
  backend: "cpu",
  isFallback: true,
  features: [],
  limits: { storageBuffers: 8, bindingBytes: 1, bufferBytes: 1, workgroupsPerDimension: 1, workgroupInvocations: 1, workgroupBytes: 1 },
  reason: "",
};
const ready = { type: "ready", device };
const text = (text) => ({ type: "output", entries: [{ level: "log", parts: [{ kind: "text", text }] }] });
const done = { type: "done", ms: 1, functions: [], more: 0, lastCalled: -1 };
const graph = (count) => ({
  pass: "trace",
  listing: "",
  graph: {
    nodes: Array.from({ length: count }, (_, id) => ({ id, op: "add", operands: [], shape: [], dtype: "float32", from: [], detail: "" })),
    outputs: [],
  },
  changes: 0,
  rules: [],
  applied: [],
  ms: 0,
});
const cost = { dispatches: 1, bytes: 1, peakBytes: 1 };
const inspection = (count) => ({
  signature: "",
  graphs: [graph(count)],
  kernels: [],
  cuts: [],
  plan: { steps: [], buffers: [], peakBytes: 0, dispatches: 0 },
  before: cost,
  after: cost,
});

/** A gate of a program that is running, what it told the page, and a clock that stands still. */
function running({ live } = {}) {
  const told = [];
  let now = 0;
  const gate = new Gate(
    (message) => told.push(message),
    () => now,
  );
  gate.said(ready);
  gate.asked({ type: "run", code: "", ...(live ? { live: { ms: 200 } } : {}) });
  told.length = 0;
  return { gate, told, pass: (ms) => (now += ms), types: () => told.map(({ type }) => type) };
}

describe("the gate", () => {
  it("lets through what a program says in its turn", () => {
    const { gate, types, told } = running();
    gate.said(text("a"));
    gate.said({ type: "busy", line: 3 });
    gate.asked({ type: "inspect", ask: 1, fn: 0, call: 0 });
    gate.said(done);
    gate.said({ type: "inspection", ask: 1, inspection: inspection(3) });
    gate.said({ type: "pong", waiting: false });
    assert.deepEqual(types(), ["output", "busy", "done", "inspection", "pong"]);
    assert.equal(told[3].inspection.graphs[0].graph.nodes.length, 3);
  });

  it("hears nothing at the wrong time", () => {
    const { gate, types } = running();
    gate.said(ready); // told before
    gate.said({ type: "unusable", error: { name: "Error", message: "visit https://evil.example" } });
    gate.said({ type: "inspection", ask: 7, inspection: inspection(1) }); // nobody asked
    gate.said({ type: "live", over: true, ms: 1, functions: [], more: 0, lastCalled: -1 }); // no live pass
    gate.said(done);
    gate.said(done);
    assert.deepEqual(types(), ["done"]);
    const early = [];
    const waiting = new Gate((message) => early.push(message));
    for (const message of [text("a"), done, { type: "need", need: 1, what: { kind: "digits" } }, { type: "busy", line: 1 }])
      waiting.said(message);
    assert.deepEqual(early, []);
  });

  it("ends a program that sends what is no message", () => {
    const forged = [
      null,
      undefined,
      7,
      "done",
      [],
      {},
      { type: "lost", reason: "x" },
      { type: "violation", reason: "x" },
      { ...done, functions: "none" },
      { ...done, functions: [{ id: 0 }] },
      { ...done, ms: "soon" },
      { type: "output" },
      { type: "output", entries: [{ level: "loud", parts: [] }] },
      { type: "output", entries: [{ level: "log", parts: [{ kind: "text", text: "a".repeat(100_000) }] }] },
      { type: "output", entries: Array(5000).fill({ level: "log", parts: [] }) },
      { type: "figures", figures: [{ kind: "image", id: 0, title: "", width: 9, height: 9, pixels: new Uint8ClampedArray(4) }] },
      { type: "figures", figures: [{ kind: "chart", id: 0, title: "", x: "", curves: [] }] },
      { type: "need", need: 1, what: { kind: "module", address: "file:///etc/passwd" } },
      { type: "need", need: 1, what: { kind: "module", address: "javascript:alert(1)" } },
      { type: "need", need: 1, what: { kind: "anything" } },
      { type: "inspection", ask: 1, inspection: null },
      JSON.parse('{ "type": "busy", "__proto__": { "line": 3 } }'),
    ];
    for (const message of forged) {
      const { gate, told } = running();
      gate.said(message);
      assert.equal(told.at(-1)?.type, "violation", JSON.stringify(message)?.slice(0, 80));
      const count = told.length;
      gate.said(text("after"));
      assert.equal(told.length, count, "nothing is heard after the end");
    }
  });

  it("takes out of a message what does not belong there", () => {
    const { gate, told } = running();
    gate.said({ ...text("a"), extra: 1, entries: [{ level: "log", parts: [{ kind: "text", text: "a", onclick: "x" }], html: "<b>" }] });
    assert.deepEqual(told, [text("a")]);
  });

  it("shows no graph that is too large, and lets the program go on", () => {
    const { gate, told } = running();
    gate.asked({ type: "inspect", ask: 1, fn: 0, call: 0 });
    gate.said({ type: "inspection", ask: 1, inspection: inspection(200_000) });
    assert.equal(told.at(-1).type, "ask-failed");
    assert.match(told.at(-1).error.message, /20000 nodes/);
    gate.said(text("still here"));
    assert.equal(told.at(-1).type, "output");
  });

  it("takes so many messages a second, and no more", () => {
    const { gate, told, pass } = running();
    for (let i = 0; i < 1000; i++) {
      pass(5);
      gate.said({ type: "pong", waiting: true });
    }
    assert.ok(told.every(({ type }) => type === "pong"));
    for (let i = 0; i < 1000; i++) gate.said({ type: "pong", waiting: true });
    assert.equal(told.at(-1).type, "violation");
    assert.ok(told.length < 1000 + 500);
  });

  it("bounds output by lines and characters, and points of figures", () => {
    const { gate, told, pass } = running();
    for (let i = 0; i < 3000; i++) {
      pass(10);
      gate.said(text(String(i)));
    }
    assert.ok(told.length <= 1200, `${told.length} lines`);
    const long = running();
    for (let i = 0; i < 200; i++) long.gate.said(text("a".repeat(60_000)));
    assert.ok(long.told.length * 60_000 <= 4_000_000);
    const drawn = running();
    const points = { type: "figures", figures: [{ kind: "points", id: 0, rows: Array(100_000).fill([0, 1]) }] };
    for (let i = 0; i < 60; i++) drawn.gate.said(points);
    assert.ok(drawn.told.length <= 40);
  });
});
