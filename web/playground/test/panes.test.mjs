/**
 * @file What the panes compute without a browser: links between every pair of kinds, the history of calls, what another capacity would
 * hit, schedules in words, and lines of translations.
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { describe, it } from "node:test";
import { runnerImport } from "vite";

/** Imports a TypeScript module of the page. */
async function load(path) {
  const { module } = await runnerImport(fileURLToPath(new URL(`../src/${path}`, import.meta.url)), {
    configFile: false,
    logLevel: "error",
  });
  return module;
}

const { Links, lineKey } = await load("state/links.ts");
const { replay, hitsAt, enough } = await load("state/replay.ts");
const { History } = await load("run/history.ts");
const { graphChange, comparable } = await load("state/passes.ts");
const { scheduleText } = await load("panes/schedule.ts");
const { codeLines, entryLine, translatedLines } = await load("panes/code.ts");

const node = (id, op, operands, from, line) => ({
  id,
  op,
  operands,
  from,
  detail: "",
  shape: [4],
  dtype: "float32",
  ...(line === undefined ? {} : { source: { file: "program.ts", line, column: 1 } }),
});
const use = (buffer, of) => ({ buffer, node: of, dtype: "float32", bytes: 16 });

/** Two kernels: exp (1) of the input (0), stored in buffer 1; and its neg (2), stored in buffer 2. One node more was traced. */
const inspection = {
  signature: "(float32[4])",
  graphs: [
    {
      pass: "trace",
      graph: {
        nodes: [node(0, "input", [], [0], 1), node(1, "exp", [0], [1], 3), node(2, "add", [1], [2], 4), node(3, "neg", [2], [3], 5)],
        outputs: [3],
      },
    },
    { pass: "fuse", graph: { nodes: [node(0, "input", [], [0]), node(1, "exp", [0], [1, 2]), node(2, "neg", [1], [3])], outputs: [2] } },
  ],
  kernels: [
    { id: 0, name: "exp", nodes: [1], wgslLines: [{ line: 9, node: 1 }], reads: [use(0, 0)], writes: [use(1, 1)] },
    { id: 1, name: "neg", nodes: [2], wgslLines: [{ line: 8, node: 2 }], reads: [use(1, 1)], writes: [use(2, 2)] },
  ],
  cuts: [],
  plan: {
    buffers: [
      { id: 0, storage: "input" },
      { id: 1, storage: "temporary" },
      { id: 2, storage: "output" },
    ],
  },
};
const subject = {
  calls: [
    { label: "f32[4]", entry: 7 },
    { label: "f32[5]", entry: 8 },
  ],
  entries: [
    { id: 7, signature: "(float32[4])" },
    { id: 8, signature: "(float32[5])" },
  ],
  call: 0,
};

describe("links between every pair of kinds", () => {
  const links = new Links(inspection, subject);
  /** One thing of each kind; all of them have to do with one another. */
  const targets = {
    source: { kind: "source", line: 3 },
    node: { kind: "node", pass: 1, ids: [1] },
    kernel: { kind: "kernel", id: 0 },
    wgsl: { kind: "wgsl", kernel: 0, line: 9 },
    buffer: { kind: "buffer", id: 1 },
    entry: { kind: "entry", id: 7 },
    call: { kind: "call", index: 0 },
  };
  const isMarked = {
    source: (marks) => marks.source.has(3),
    node: (marks) => marks.nodes[1].has(1) && marks.nodes[0].has(1),
    kernel: (marks) => marks.kernels.has(0),
    wgsl: (marks) => marks.wgsl.has(lineKey(0, 9)),
    buffer: (marks) => marks.buffers.has(1),
    entry: (marks) => marks.entries.has(7),
    call: (marks) => marks.calls.has(0),
  };
  for (const from of Object.keys(targets)) {
    for (const to of Object.keys(targets)) {
      it(`${from} to ${to}`, () => assert.ok(isMarked[to](links.marks(targets[from]))));
    }
  }
  for (const [kind, target] of Object.entries(targets)) {
    it(`${kind} survives a run by what it is`, () => {
      // The next run has a node, a kernel, a buffer, an entry and a call more in front.
      const shift = (nodes) => [node(9, "input", [], [9], 1), ...nodes];
      const later = {
        ...inspection,
        graphs: inspection.graphs.map((pass) => ({ ...pass, graph: { ...pass.graph, nodes: shift(pass.graph.nodes) } })),
        kernels: [{ id: 5, name: "first", nodes: [], wgslLines: [], reads: [], writes: [] }, ...inspection.kernels],
      };
      const moved = { ...subject, calls: [{ label: "f32[1]", entry: 1 }, ...subject.calls], call: 1 };
      const found = new Links(later, moved).find(links.identify(target));
      assert.ok(
        isMarked[kind](kind === "call" ? { calls: new Set([found.index - 1]) } : new Links(later, moved).marks(found)),
        JSON.stringify(found),
      );
    });
  }
  it("marks nothing of an inspection that an entry is not of", () => {
    const marks = links.marks({ kind: "entry", id: 8 });
    assert.deepEqual([[...marks.calls], [...marks.entries], marks.nodes.length, marks.kernels.size], [[1], [8], 0, 0]);
    assert.deepEqual([...links.marks({ kind: "call", index: 1 }).entries], [8]);
  });
  it("a buffer marks the kernels that write and read it, a node in it only where it is computed", () => {
    assert.deepEqual([...links.marks(targets.buffer).kernels], [0, 1]);
    assert.deepEqual([...links.marks(targets.node).kernels], [0]);
  });
});

describe("the history of calls", () => {
  const compile = (entry, signature) => ({ type: "compile", name: "f", entry, signature });
  const call = (history, of, ...events) => {
    history.begin(of);
    for (const event of events) history.hear(event);
    return history.end();
  };
  it("knows hits, misses, evictions and eager calls, and gives a key that comes back its number", () => {
    const history = new History("f");
    const [a, b] = [{}, {}];
    assert.equal(call(history, a, compile(1, "(a)")), 1);
    assert.equal(call(history, a, { type: "call", name: "f", entry: 1 }), 1);
    assert.equal(call(history, b, compile(2, "(b)"), { type: "evict", name: "f", entry: 1, signature: "(a)" }), 2);
    assert.equal(call(history, a, compile(3, "(a)"), { type: "evict", name: "f", entry: 2, signature: "(b)" }), 3);
    assert.equal(call(history, b, { type: "call", name: "inner", entry: 9 }), undefined, "a call within an eager one is not its own");
    const { calls, keys, before } = history.report([a, b]);
    assert.deepEqual(keys, ["(a)", "(b)"]);
    assert.equal(before, 0);
    assert.deepEqual(
      calls.map(({ outcome, call, key, evicted }) => [outcome, call, key, evicted]),
      [
        ["miss", 0, 0, undefined],
        ["hit", 0, 0, undefined],
        ["miss", 1, 1, 0],
        ["miss", 0, 0, 1],
        ["fallback", 1, -1, undefined],
      ],
    );
  });
  it("is bounded and says so", () => {
    const history = new History("f");
    const kind = {};
    for (let i = 0; i < 800; i++) call(history, kind, { type: "call", name: "f", entry: 1 });
    const { calls, before } = history.report([kind]);
    assert.equal(calls.length + before, 800);
    assert.ok(calls.length <= 500);
  });
});

describe("what another capacity would hit", () => {
  /** A cache by the letter, to compare with. */
  const simulate = (keys, capacity) => {
    const held = [];
    let hits = 0;
    for (const key of keys) {
      const at = held.indexOf(key);
      if (at !== -1) {
        hits++;
        held.splice(at, 1);
      }
      held.unshift(key);
      held.length = Math.min(held.length, capacity);
    }
    return hits;
  };
  it("agrees with a cache of that size", () => {
    let state = 5;
    const keys = Array.from({ length: 300 }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) % 9);
    const replayed = replay({ before: 0, keys: [], calls: keys.map((key) => ({ outcome: "hit", call: 0, key })) });
    for (let capacity = 0; capacity < 14; capacity++) assert.equal(hitsAt(replayed, capacity), simulate(keys, capacity), `${capacity}`);
    assert.equal(hitsAt(replayed, enough(replayed)), hitsAt(replayed, 100));
    assert.ok(hitsAt(replayed, enough(replayed) - 1) < hitsAt(replayed, 100));
  });
  it("leaves out calls without a key", () => {
    const calls = [0, -1, 0, -1].map((key) => ({ outcome: "hit", call: 0, key }));
    assert.deepEqual([replay({ before: 0, keys: [], calls }).calls, hitsAt(replay({ before: 0, keys: [], calls }), 1)], [2, 1]);
  });
});

describe("schedules in words", () => {
  it("says who computes what", () => {
    assert.match(scheduleText("map lanes=4 workgroup=256"), /4 neighbouring elements.*256 invocations/);
    assert.match(scheduleText("row by=subgroups workgroup=128 block=256"), /subgroups first.*128.*256/);
    assert.match(scheduleText("contract staging=workgroup depth=8 thread=8x8 vectors=n workgroup=256"), /8x8.*along n.*8 steps/);
    assert.equal(scheduleText("spiral turns=3"), "spiral turns=3");
  });
});

describe("translations", () => {
  const wgsl = "@compute\nfn main() {\n  let v1_exp = exp(b0[i]);\n  var s2_sum = 0.0;\n  s2_sum = s2_sum + v1_exp;\n}";
  const msl =
    "#include <metal_stdlib>\nkernel void main_(\n) {\n    float v1_exp = metal::exp(_e4);\n    float s2_sum = {};\n    s2_sum = _e9 + v1_exp;\n    uint other = 3u;\n}";
  it("a line that gives a value to a name of the WGSL is that line's", () => {
    const found = translatedLines(wgsl, new Set([3, 4, 5]), msl);
    assert.deepEqual(
      [...found],
      [
        [4, 3],
        [5, 4],
        [6, 4],
      ],
    );
  });
  it("opens at the entry point and is coloured", () => {
    assert.equal(entryLine(msl, "msl"), 2);
    assert.equal(entryLine(wgsl, "wgsl"), 1);
    const lines = codeLines(msl, "msl");
    assert.equal(lines.length, msl.split("\n").length);
    assert.equal(lines.map((words) => words.map(({ text }) => text).join("")).join("\n"), msl, "nothing is lost");
    assert.ok(lines[3].some(({ kind, text }) => kind === "type" && text === "float"));
    assert.ok(lines[0].some(({ kind }) => kind === "attribute"));
  });
});

describe("what a pass changed", () => {
  it("knows nodes again by what they do and where they came from", () => {
    const before = {
      pass: "trace",
      graph: { nodes: [node(0, "input", [], [0], 1), node(1, "mul", [0, 0], [1], 2), node(2, "exp", [1], [2], 3)] },
    };
    const after = {
      pass: "rewrite",
      graph: {
        nodes: [node(0, "input", [], [0], 1), node(1, "square", [0], [1], 2), node(2, "exp", [1], [2], 3), node(3, "neg", [2], [9], 4)],
      },
    };
    const ids = (nodes) => nodes.map(({ id }) => id);
    const { gone, changed, fresh } = graphChange(before, after);
    assert.deepEqual([ids(gone), ids(changed), ids(fresh)], [[1], [1], [3]]);
    const same = graphChange(after, after);
    assert.equal(same.gone.length + same.changed.length + same.fresh.length, 0);
  });
  it("compares listings without ids", () => assert.equal(comparable("%12 = add %3 %4"), comparable("%9 = add %1 %2")));
});
