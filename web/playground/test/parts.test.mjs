/**
 * @file The parts of the page that compute and can be asked without a browser: what is drawn of a graph, what belongs together,
 * how values and WGSL are laid out. The graphs are written by hand, small enough to see the answer.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
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

const { drawGraph, drawKernels, closedAtFirst } = await load("graph/drawing.ts");
const { Links, lineKey } = await load("state/links.ts");
const { layOutTensor, layOutValue } = await load("run/values.ts");
const { codeLines } = await load("panes/code.ts");

const node = (id, op, operands, from = [id], source) => ({
  id,
  op,
  operands,
  from,
  detail: op === "input" ? "0" : "",
  shape: [4],
  dtype: "float32",
  ...(source ? { source: { file: "program.ts", line: source, column: 1 } } : {}),
});
const graph = (nodes, outputs) => ({ nodes, outputs });
const kernel = (id, nodes, wgslLines = []) => ({
  id,
  name: `kernel${id}`,
  class: "map",
  nodes,
  wgsl: "",
  wgslLines,
  workgroups: [1, 1, 1],
  reads: [],
  writes: [],
  bytesRead: 0,
  bytesWritten: 0,
  flops: 0,
});

/** x -> exp (1) -> sum (2); exp -> div (3) by sum. Traced with one node more than fused has. */
const inspection = {
  graphs: [
    {
      pass: "trace",
      listing: "",
      changes: 0,
      ms: 0,
      graph: graph(
        [
          node(0, "input", []),
          node(1, "exp", [0], [1], 3),
          node(2, "exp", [0], [2], 4),
          node(3, "sum", [2], [3], 4),
          node(4, "div", [1, 3], [4], 5),
        ],
        [4],
      ),
    },
    {
      pass: "fuse",
      listing: "",
      changes: 1,
      ms: 0,
      graph: graph([node(0, "input", []), node(1, "exp", [0], [1, 2]), node(2, "sum", [1], [3]), node(3, "div", [1, 2], [4])], [3]),
    },
  ],
  kernels: [
    kernel(
      0,
      [1, 2],
      [
        { line: 5, node: 1 },
        { line: 6, node: 2 },
      ],
    ),
    kernel(
      1,
      [1, 3],
      [
        { line: 4, node: 1 },
        { line: 7, node: 3 },
      ],
    ),
  ],
  cuts: [{ from: 2, to: 3, reason: "reduction boundary", code: "reduction" }],
};

describe("links", () => {
  const links = new Links(inspection);
  it("a traced node leads to the fused node, its lines in every kernel, and the line of the program", () => {
    const marks = links.marks({ kind: "node", pass: 0, ids: [1] });
    assert.deepEqual([...marks.nodes[0]], [1], "what is pointed at is marked alone in its own graph");
    assert.deepEqual([...marks.nodes[1]], [1]);
    assert.deepEqual([...marks.wgsl], [lineKey(0, 5), lineKey(1, 4)]);
    assert.deepEqual([...marks.kernels], [0, 1]);
    assert.deepEqual([...marks.source], [3]);
  });
  it("a fused node leads to all the traced nodes it came from", () => {
    assert.deepEqual([...links.marks({ kind: "node", pass: 1, ids: [1] }).nodes[0]], [1, 2]);
  });
  it("a line of WGSL and a line of the program lead back", () => {
    assert.deepEqual([...links.marks({ kind: "wgsl", kernel: 0, line: 6 }).nodes[0]], [3]);
    const marks = links.marks({ kind: "source", line: 4 });
    assert.deepEqual([...marks.nodes[0]], [2, 3]);
    assert.deepEqual([...marks.nodes[1]], [1, 2]);
  });
  it("nothing pointed at marks nothing", () => {
    const marks = links.marks(null);
    assert.equal(marks.nodes.length + marks.kernels.size + marks.wgsl.size + marks.source.size, 0);
  });
});

describe("drawing", () => {
  it("draws a recomputed node in each kernel, joins neighbours in the same one, and names the cut", () => {
    const drawing = drawKernels(inspection, new Set(), true);
    assert.deepEqual(drawing.nodes.map(({ key }) => key).sort(), ["n0", "n1k0", "n1k1", "n2k0", "n3k1"]);
    const edges = drawing.edges.map(({ from, to, cut }) => `${from}>${to}${cut ? ` ${cut}` : ""}`).sort();
    assert.deepEqual(edges, ["n0>n1k0", "n0>n1k1", "n1k0>n2k0", "n1k1>n3k1", "n2k0>n3k1 reduction boundary"]);
    assert.deepEqual(
      drawing.groups.map((group) => group.kernel),
      [0, 1],
    );
  });
  it("closes a kernel into one box that keeps its edges", () => {
    const drawing = drawKernels(inspection, new Set([0]), true);
    const edges = drawing.edges.map(({ from, to }) => `${from}>${to}`).sort();
    assert.deepEqual(edges, ["k0>n3k1", "n0>k0", "n0>n1k1", "n1k1>n3k1"]);
  });
  it("closes a long kernel at first and draws every node of a large graph", () => {
    const nodes = [node(0, "input", [])];
    for (let i = 1; i < 1000; i++) nodes.push(node(i, i % 2 ? "mul" : "add", [i - 1]));
    assert.equal(drawGraph(graph(nodes, [999]), true).nodes.length, 1000);
    const ids = nodes.slice(1).map(({ id }) => id);
    const long = { ...inspection, graphs: [{ ...inspection.graphs[0], graph: graph(nodes, [999]) }], kernels: [kernel(0, ids)] };
    assert.deepEqual([...closedAtFirst(long)], [0]);
  });
  it("writes numbers in the boxes that use them, and draws a broadcast's operand in its place", () => {
    const literal = { ...node(1, "literal", []), detail: "2.0" };
    const nodes = [
      node(0, "input", []),
      literal,
      node(2, "broadcast", [1]),
      node(3, "mul", [0, 2]),
      node(4, "broadcast", [3]),
      node(5, "sub", [2, 4]),
    ];
    const drawing = drawGraph(graph(nodes, [5]), true);
    assert.deepEqual(
      drawing.nodes.map(({ key, title }) => `${key} ${title}`),
      ["n0 input 0", "n3 mul 2.0", "n5 2.0 sub"],
    );
    assert.deepEqual(
      drawing.edges.map(({ from, to }) => `${from}>${to}`),
      ["n0>n3", "n3>n5"],
    );
    assert.deepEqual(drawing.nodes[2].ids, [5, 2, 1, 4], "what is folded is marked with its user");
    assert.equal(drawGraph(graph(nodes, [5]), false).nodes.length, 6);
    assert.equal(drawGraph(graph(nodes, [2]), true).nodes.length, 4, "a result is always drawn");
  });
});

describe("values", () => {
  it("aligns columns, and writes floats as far as float32 can be trusted", () => {
    assert.equal(layOutTensor([1, -2.5, 10.25, 1 / 3], [2, 2], "float32"), "[[       1,     -2.5],\n [   10.25, 0.333333]]");
    assert.equal(
      layOutTensor([-0, NaN, Infinity, 1e-9, 3e38], [5], "float32"),
      "[        -0,        NaN,   Infinity,  1.0000e-9, 3.0000e+38]",
    );
    assert.equal(layOutTensor([1, 0], [2], "bool"), "[ true, false]");
    assert.equal(layOutTensor([7], [], "int32"), "7");
    assert.equal(layOutTensor([], [0, 3], "float32"), "[]");
  });
  it("leaves out the middle of long axes", () => {
    const text = layOutTensor(
      Float32Array.from({ length: 1000 }, (_, i) => i),
      [1000],
      "float32",
    );
    assert.equal(text, "[  0,   1,   2, …, 997, 998, 999]");
  });
  it("writes other values as JavaScript does, to a limited depth", () => {
    const plain = () => undefined;
    assert.equal(layOutValue({ a: [1, "x", null], b: new Float32Array([0.5]) }, plain), '{ a: [1, "x", null], b: Float32Array(1) [0.5] }');
    const ring = {};
    ring.self = ring;
    assert.match(layOutValue(ring, plain), /\{…\}/);
  });
});

describe("wgsl", () => {
  const text = "// doc\n@compute @workgroup_size(64)\nfn main() {\n  let n1_x: f32 = exp(0.5f) + bitcast<f32>(0x7fu); /* a\nb */\n}\n";
  it("keeps every character and every line", () => {
    assert.equal(
      codeLines(text, "wgsl")
        .map((line) => line.map((word) => word.text).join(""))
        .join("\n"),
      text,
    );
  });
  it("tells the words apart", () => {
    const kinds = Object.fromEntries(
      codeLines(text, "wgsl")
        .flat()
        .map((word) => [word.text, word.kind]),
    );
    assert.deepEqual(
      [kinds["// doc"], kinds["@compute"], kinds["fn"], kinds["f32"], kinds["0.5f"], kinds["0x7fu"], kinds["exp"], kinds["b */"]],
      ["comment", "attribute", "keyword", "type", "number", "number", "function", "comment"],
    );
  });
});

describe("digits", () => {
  it("are 1797 of 8 by 8 pixels, some 180 of each, with their licence", async () => {
    const { unpack } = await load("run/digits.ts");
    const data = (name) => fileURLToPath(new URL(`../data/${name}`, import.meta.url));
    const { images, labels } = unpack(new Uint8Array(readFileSync(data("digits.bin"))));
    assert.deepEqual([labels.length, images.length], [1797, 1797 * 64]);
    assert.deepEqual([...labels.slice(0, 12)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    // The first is a ring: its second row, and the hole in the middle.
    assert.deepEqual(
      [...images.slice(8, 16)].map((grey) => Math.round(grey * 15)),
      [0, 0, 13, 15, 10, 15, 5, 0],
    );
    assert.ok(images[3 * 8 + 3] === 0 && images[3 * 8 + 4] === 0);
    const counts = new Array(10).fill(0);
    for (const label of labels) counts[label]++;
    assert.ok(
      counts.every((count) => count > 170 && count < 190),
      `${counts}`,
    );
    assert.match(readFileSync(data("digits.txt"), "utf8"), /Alpaydin.*Attribution 4\.0/s);
  });
});
