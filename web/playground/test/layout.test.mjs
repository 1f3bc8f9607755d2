/**
 * @file Where boxes go, and what they are called from pass to pass and from edit to edit. The times are printed; the limits are loose,
 * since the machine may be busy.
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

const { place, placeNear } = await load("graph/place.ts");
const { drawGraph } = await load("graph/drawing.ts");
const { byFunction, withBodies, withFailure } = await load("graph/groups.ts");
const { loopsIn } = await load("graph/loops.ts");
const { functionsOf } = await load("graph/functions.ts");
const { Bands } = await load("graph/view.ts");
const { outline, search } = await load("graph/outline.ts");
const { nameTrace, namesIn } = await load("graph/names.ts");

/**
 * A graph of `count` boxes, each of one near and perhaps one far operand; the same for every call. `near` is how far back the near one is.
 */
function random(count, isChain = false, near = 8) {
  let state = 7;
  const next = () => (state = (state * 1664525 + 1013904223) >>> 0) / 2 ** 32;
  const nodes = [];
  const edges = [];
  for (let i = 0; i < count; i++) {
    nodes.push({ key: `n${i}`, name: `t${i}`, group: null, isLeaf: i === 0, width: 60 + 40 * next(), height: 38 });
    if (i === 0) continue;
    edges.push({ from: `n${i - 1 - (isChain ? 0 : Math.floor(next() * Math.min(i, near)))}`, to: `n${i}` });
    if (next() < 0.7) edges.push({ from: isChain ? "n0" : `n${Math.floor(next() * i)}`, to: `n${i}` });
  }
  return { nodes, edges, groups: [] };
}

/** The same graph without some of its boxes. */
function without(request, gone) {
  return {
    nodes: request.nodes.filter(({ key }) => !gone.has(key)),
    edges: request.edges.filter(({ from, to }) => !gone.has(from) && !gone.has(to)),
    groups: [],
  };
}

const touches = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** How many boxes lie on another. */
function overlaps(boxes) {
  const sorted = Object.values(boxes).sort((a, b) => a.y - b.y);
  let count = 0;
  for (const [at, box] of sorted.entries()) {
    for (let next = at + 1; next < sorted.length && sorted[next].y < box.y + box.height; next++) if (touches(box, sorted[next])) count++;
  }
  return count;
}

describe("layout", () => {
  for (const [count, limit] of [
    [500, 50],
    [5000, 500],
    [50000, 5000],
  ]) {
    for (const isChain of [false, true]) {
      it(`puts operands above their users and no box on another: ${count} boxes${isChain ? " that all use the first" : ""}`, () => {
        const request = random(count, isChain);
        let placement;
        const times = [0, 1, 2].map(() => {
          const start = performance.now();
          placement = place(request);
          return performance.now() - start;
        });
        const ms = Math.min(...times);
        console.log(`layout of ${count} boxes${isChain ? " in a chain" : ""}: ${ms.toFixed(1)} ms`);
        assert.ok(ms < 3 * limit, `${ms} ms`);
        assert.equal(overlaps(placement.nodes), 0);
        for (const { from, to } of request.edges) assert.ok(placement.nodes[from].y < placement.nodes[to].y);
        for (const line of placement.edges) {
          assert.ok(line.length >= 2);
          for (const [at, { y }] of line.entries()) assert.ok(at === 0 || y >= line[at - 1].y, "lines go down");
        }
      });
    }
  }

  it("bounds how wide rows are, so that a graph of many inputs is not one row", () => {
    const nodes = [];
    const edges = [];
    for (let i = 0; i < 400; i++) {
      nodes.push({ key: `i${i}`, name: `i${i}`, group: null, isLeaf: true, width: 80, height: 38 });
      nodes.push({ key: `u${i}`, name: `u${i}`, group: null, isLeaf: false, width: 80, height: 38 });
      edges.push({ from: `i${i}`, to: `u${i}` });
    }
    const { frame, nodes: placed } = place({ nodes, edges, groups: [] });
    assert.ok(frame.width < 1500, `${frame.width}`);
    for (const { from, to } of edges) {
      const rows = (placed[to].y - placed[from].y) / 64;
      assert.ok(rows > 0 && rows < 8, `${from} stands ${rows} rows above its user`);
    }
  });

  it("draws late what is made late", () => {
    const request = random(100, true);
    request.nodes.push({ key: "late", name: "late", group: null, isLeaf: false, width: 80, height: 38 });
    request.edges.push({ from: "n1", to: "late" });
    const { nodes } = place(request);
    assert.ok(nodes.late.y > nodes.n85.y, `${nodes.late.y}`);
  });

  it("keeps every box in its place from the trace to a pass that has fewer", () => {
    const traced = random(200);
    const drawing = without(traced, new Set(["n60", "n61", "n120"]));
    const all = place(traced).nodes;
    const ask = { drawing, traced, keepsRows: true, before: {} };
    const { placement } = placeNear(ask);
    const moved = drawing.nodes.filter(
      ({ key }) => Math.hypot(placement.nodes[key].x - all[key].x, placement.nodes[key].y - all[key].y) > 1,
    );
    assert.deepEqual(moved, []);
    const alone = place(drawing).nodes;
    assert.ok(
      drawing.nodes.some(({ key }) => Math.abs(alone[key].y - all[key].y) > 1),
      "which it does not by itself",
    );
  });

  it("keeps columns after an edit", () => {
    const request = random(200, false, 3);
    const first = placeNear({ drawing: request, keepsRows: true, before: {} });
    const edited = without(request, new Set(["n60", "n61", "n120"]));
    const columns = ({ nodes }) => edited.nodes.filter(({ key }) => Math.abs(nodes[key].x - first.placement.nodes[key].x) > 2).length;
    const kept = columns(placeNear({ drawing: edited, keepsRows: true, before: first.traced }).placement);
    const anew = columns(place(edited));
    assert.ok(4 * kept <= anew, `${kept} of ${edited.nodes.length} moved, and ${anew} without the earlier places`);
  });

  it("surrounds the boxes of a kernel and nothing else", () => {
    const request = random(60);
    for (const [at, one] of request.nodes.entries()) one.group = at >= 20 && at < 35 ? "g1" : at >= 35 && at < 50 ? "g2" : null;
    request.groups = ["g1", "g2"];
    const { nodes, groups } = place(request);
    const isInside = (box, frame) =>
      box.x >= frame.x && box.x + box.width <= frame.x + frame.width && box.y >= frame.y && box.y + box.height <= frame.y + frame.height;
    for (const { key, group } of request.nodes) {
      for (const name of request.groups) {
        if (group === name) assert.ok(isInside(nodes[key], groups[name]), `${key} in ${name}`);
        else assert.ok(!touches(nodes[key], groups[name]), `${key} not in ${name}`);
      }
    }
  });

  it("leads lines past the boxes of a kernel that they have nothing to do with", () => {
    const nodes = [{ key: "x", name: "x", group: null, isLeaf: true, width: 80, height: 38 }];
    const edges = [];
    for (let i = 0; i < 6; i++) {
      nodes.push({ key: `n${i}`, name: `n${i}`, group: "g", isLeaf: false, width: 80, height: 38 });
      if (i > 0) edges.push({ from: `n${i - 1}`, to: `n${i}` });
    }
    nodes.push({ key: "y", name: "y", group: null, isLeaf: false, width: 80, height: 38 });
    edges.push({ from: "x", to: "n4" }, { from: "n1", to: "y" });
    const { nodes: boxes, edges: lines } = place({ nodes, edges, groups: ["g"] });
    for (const [index, { from, to }] of edges.entries()) {
      for (const [at, point] of lines[index].entries()) {
        const next = lines[index][at + 1];
        if (next === undefined || point.x !== next.x) continue;
        for (const [key, { x, y, width, height }] of Object.entries(boxes)) {
          const isThrough = point.x > x && point.x < x + width && point.y < y + height - 1 && next.y > y + 1;
          assert.ok(key === from || key === to || !isThrough, `${from} to ${to} goes through ${key}`);
        }
      }
    }
  });

  it("ends for data that no compiler makes", () => {
    const nodes = [0, 1, 2].map((id) => ({ key: `n${id}`, name: `n${id}`, group: null, isLeaf: false, width: 50, height: 38 }));
    const cycle = [0, 1, 2].map((id) => ({ from: `n${id}`, to: `n${(id + 1) % 3}` }));
    const odd = [
      { from: "n1", to: "n1" },
      { from: "nowhere", to: "n1" },
    ];
    assert.equal(Object.keys(place({ nodes, edges: [...cycle, ...odd], groups: [] }).nodes).length, 3);
    const leaves = nodes.map((node) => ({ ...node, isLeaf: true }));
    assert.equal(Object.keys(place({ nodes: leaves, edges: cycle, groups: [] }).nodes).length, 3);
    assert.equal(Object.keys(place({ nodes: [], edges: [], groups: ["g"] }).nodes).length, 0);
  });
});

describe("view", () => {
  it("has no edge of which only the ends, far above and below, are within its width", () => {
    const ends = [500, 0];
    const rail = [[...ends], [-900, 20], [-900, 90_000], [500, 90_020]].map(([x, y]) => ({ x, y }));
    const near = [
      { x: 450, y: 40_100 },
      { x: 520, y: 40_160 },
    ];
    const edges = [
      { from: "a", to: "b" },
      { from: "c", to: "d" },
    ];
    const bands = new Bands({ nodes: [], edges, groups: [] }, { nodes: {}, groups: {}, rows: {}, edges: [rail, near] });
    const seen = (area) => bands.edgesIn(area).map(({ index }) => index);
    assert.deepEqual(seen({ left: 0, right: 1000, top: 40_000, bottom: 41_000 }), [1]);
    assert.deepEqual(seen({ left: -1000, right: 1000, top: 40_000, bottom: 41_000 }).sort(), [0, 1]);
    assert.deepEqual(seen({ left: 0, right: 1000, top: -100, bottom: 100 }), [0]);
  });
});

describe("outline", () => {
  const box = (id, title, kernel) => ({
    key: `n${id}`,
    name: `n${id}`,
    id,
    ids: [id],
    title,
    detail: "f32[4]",
    hint: `%${id} = ${title}`,
    group: `g${kernel}`,
  });
  const drawing = {
    nodes: [box(0, "input 0", null), box(1, "exp", 0), box(12, "sum", 1)],
    edges: [
      { from: "n0", to: "n1" },
      { from: "n1", to: "n12", cut: "it is a result" },
    ],
    groups: [
      { key: "g0", label: "map_exp · map" },
      { key: "g1", label: "row_sum · row" },
    ],
  };
  it("says of every box what it uses, where it runs and what it was not fused with", () => {
    const [, exp, sum] = outline(drawing);
    assert.deepEqual([exp.what, exp.operands, exp.users, exp.group], ["%1 exp f32[4]", [0], [2], "map_exp · map"]);
    assert.deepEqual([exp.cuts, sum.cuts], [["%12: it is a result"], ["%1: it is a result"]]);
  });
  it("finds boxes by what they are, else by their lines", () => {
    const find = (query) => search(drawing, query, ({ id }) => (id === 1 ? "line 3 const y = x.exp();" : "")).map(({ id }) => id);
    assert.deepEqual(find("exp"), [1]);
    assert.deepEqual(find("f32[4] SUM"), [12]);
    assert.deepEqual(find("%1"), [1], "and not 12");
    assert.deepEqual(find("const"), [1]);
    assert.deepEqual(find("  "), []);
  });
});

describe("groups", () => {
  const op = (id, name, operands, detail = "") => ({ id, op: name, operands, detail, shape: [4], dtype: "float32", from: [id] });
  const chain = {
    nodes: [op(0, "input", [], "0"), ...[1, 2, 3, 4, 5, 6, 7, 8].map((id) => op(id, "exp", [id - 1]))],
    outputs: [8],
  };
  const functionOf = ({ id }) => (id <= 4 ? "a" : id <= 7 ? "b" : "a");

  it("hold what a function made one after another, and close into one box", () => {
    const plain = drawGraph(chain, true);
    const open = byFunction(plain, functionOf, new Set());
    assert.deepEqual(
      open.groups.map(({ name, closed }) => [name, closed]),
      [
        ["f0 a", false],
        ["f0 b", false],
      ],
    );
    assert.deepEqual(
      open.nodes.map(({ group }) => group),
      [null, "fn1", "fn1", "fn1", "fn1", "fn5", "fn5", "fn5", null],
    );
    const closed = byFunction(plain, functionOf, new Set(["f0 a"]));
    assert.deepEqual(
      closed.nodes.map(({ key }) => key),
      ["n0", "fn1", "n5", "n6", "n7", "n8"],
    );
    assert.deepEqual(closed.nodes[1].ids, [1, 2, 3, 4]);
    assert.deepEqual(
      closed.edges.map(({ from, to }) => `${from}>${to}`),
      ["n0>fn1", "fn1>n5", "n5>n6", "n6>n7", "n7>n8"],
    );
    assert.equal(
      byFunction(plain, () => "a", new Set()),
      plain,
      "one function is no group",
    );
  });

  it("have the names that the program has", () => {
    const code = `const f = compile((x) => {
  return twice(x).map((y) => y.exp());
});
function twice(x) { return x.mul(2); }
class Block extends Module { call(x) { return x.neg(); } }
ones([2]);
const layers = { norm: (x) => x.abs() };`;
    const at = functionsOf(code);
    const of = (text) => {
      const before = code.slice(0, code.indexOf(text)).split("\n");
      return at(before.length, before.at(-1).length + 1);
    };
    assert.deepEqual(["twice(x).map", "y.exp", "x.mul", "x.neg", "ones", "x.abs"].map(of), ["f", "f", "twice", "Block.call", null, "norm"]);
    assert.equal(at(99, 1), null);
  });

  const listing = `%0: float32[7,4] = input 0
%1: float32[4] = input 1
%2: float32[4] = loop %1 %0 length=7 carries=1 output=0 {
  %0: float32[4] = input 0
  %1: float32[4] = input 1
  %2: float32[4] = add %0 %1
  %3: float32[4] = exp %0
  return %2 %3
}
%3: float32[7,4] = loop %1 %0 length=7 carries=1 output=1 {
  %0: float32[4] = input 0
  %1: float32[4] = input 1
  %2: float32[4] = add %0 %1
  %3: float32[4] = exp %0
  return %2 %3
}
return %2 %3
`;
  it("are loops with their bodies and their trips, once for all results", () => {
    const loops = loopsIn(listing);
    assert.deepEqual(
      [...loops].map(([id, { length, carries, output, body }]) => [
        id,
        length,
        carries,
        output,
        body.nodes.map((node) => node.op),
        body.outputs,
      ]),
      [
        [2, "7", 1, 0, ["input", "input", "add", "exp"], [2, 3]],
        [3, "7", 1, 1, ["input", "input", "add", "exp"], [2, 3]],
      ],
    );
    const view = {
      nodes: [
        op(0, "input", [], "0"),
        op(1, "input", [], "1"),
        op(2, "loop", [1, 0], "length=7 carries=1 output=0"),
        op(3, "loop", [1, 0], "length=7 carries=1 output=1"),
      ],
      outputs: [2, 3],
    };
    const drawing = withBodies(drawGraph(view, true), view, loops, true, new Set());
    assert.equal(drawing.groups.length, 1);
    assert.equal(drawing.groups[0].label, "loop × 7 · carries 1");
    assert.deepEqual(
      drawing.nodes.map(({ title }) => title),
      ["input 0", "input 1", "carry 0", "slice 0", "add → carry 0", "exp", "carry 0 at the end", "stack 0"],
    );
    const titles = new Map(drawing.nodes.map(({ key, title }) => [key, title]));
    assert.deepEqual(drawing.edges.map(({ from, to }) => `${titles.get(from)} > ${titles.get(to)}`).sort(), [
      "add → carry 0 > carry 0 at the end",
      "carry 0 > add → carry 0",
      "carry 0 > exp",
      "exp > stack 0",
      "input 0 > slice 0",
      "input 1 > carry 0",
      "slice 0 > add → carry 0",
    ]);
    const closed = withBodies(drawGraph(view, true), view, loops, true, new Set([drawing.groups[0].name]));
    assert.deepEqual(
      closed.nodes.map(({ title }) => title),
      ["input 0", "input 1", "loop × 7", "loop × 7"],
    );
    assert.equal(closed.edges.length, 4);
  });
  it("read no more of a listing than is there", () => {
    assert.equal(loopsIn("%0: float32[] = loop %1 length=7 {\n  %0: float32[] = inp").size, 0);
    assert.equal(loopsIn("}\n}\n%0 = loop {\n}").size, 0);
  });
  it("end with the op that failed, below all", () => {
    const drawing = withFailure(drawGraph(chain, true), { op: "add", line: 3 });
    const { nodes } = place({
      nodes: drawing.nodes.map(({ key, name, width, height, shape }) => ({
        ...{ key, name, width, height, group: null, isLeaf: shape === "input", isLast: shape === "failed" },
      })),
      edges: drawing.edges,
      groups: [],
    });
    assert.equal(drawing.nodes.at(-1).detail, "failed in line 3");
    for (const { key } of drawing.nodes.slice(0, -1)) assert.ok(nodes[key].y < nodes.failed.y, key);
  });
});

describe("names", () => {
  const view = (...ops) => ({ nodes: ops.map((op, id) => ({ id, op, detail: "", operands: [], from: [id] })), outputs: [] });
  it("last when a program is edited", () => {
    const before = nameTrace(view("input", "exp", "mul", "sum", "div"), null);
    const same = nameTrace(view("input", "exp", "mul", "sum", "div"), before);
    assert.deepEqual(same.names, before.names);
    const [input, exp, mul, sum, div] = before.names;
    const more = nameTrace(view("input", "exp", "tanh", "mul", "sum", "div"), before).names;
    assert.deepEqual([more[0], more[1], ...more.slice(3)], [input, exp, mul, sum, div]);
    assert.ok(!before.names.includes(more[2]));
    const other = nameTrace(view("input", "sum", "exp", "max"), before).names;
    assert.deepEqual(other.slice(0, 3), [input, sum, exp]);
    assert.equal(new Set(other).size, 4);
  });
  it("are those of the traced nodes in every pass", () => {
    const pass = (nodes) => ({ pass: "p", graph: { nodes, outputs: [] } });
    const traced = view("input", "exp", "exp", "sum").nodes;
    const later = [
      { id: 0, op: "input", from: [0] },
      { id: 1, op: "exp", from: [1, 2] },
      { id: 2, op: "mul", from: [3] },
      { id: 3, op: "mul", from: [3] },
      { id: 4, op: "iota", from: [] },
    ];
    const named = nameTrace({ nodes: traced, outputs: [] }, null);
    const nameOf = namesIn({ graphs: [pass(traced), pass(later)] }, 1, named);
    assert.deepEqual([nameOf(0), nameOf(1)], named.names.slice(0, 2));
    assert.equal(new Set([0, 1, 2, 3, 4].map(nameOf)).size, 5);
  });
});
