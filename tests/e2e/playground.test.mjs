/**
 * @file The page in Chromium, from the first load to Stop: each test edits or points as a person would and asserts what must
 * change. Built site, real package, real workers.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { readFileSync, readdirSync } from "node:fs";
import { assertClose, start } from "./playground.mjs";

/** Phi(x) * x at -1, 0 and 1. */
const GELU = [-0.158655, 0, 0.841345];

const program = (body, call) => `import { compile, init, tensor, type Tensor } from "interfuse";
await init();
const f = compile((x: Tensor) => ${body});
${call}
`;

let site;
let world;
before(async () => void (world = await start()));
after(() => world.close());

describe("first load", () => {
  it("shows graph, fused graph, WGSL, result and cache of the first example on one screen", async () => {
    const requests = [];
    site = await world.open({ url: "about:blank" });
    site.page.on("request", (request) => requests.push(request.url()));
    await site.page.goto(world.url);
    await site.settled();

    const traced = await site.nodes("graph-before");
    assert.ok(traced.length >= 6, `${traced.length} nodes traced`);
    assert.equal(await site.kernels(), 1);
    assert.equal(await site.at("graph-after").locator("[data-kernel]").count(), 1, "the kernel is drawn as a group");
    const wgsl = await site.text("wgsl");
    assert.match(wgsl, /@compute/);
    assert.match(wgsl, /erf/);
    assertClose((await site.numbers()).slice(0, 3), GELU);
    assert.deepEqual([await site.stat("misses"), await site.stat("hits"), await site.stat("entries")], [1, 2, 1]);

    // Everything on the screen at once: no pane needs scrolling of the page.
    for (const id of ["editor", "graph-before", "graph-after", "wgsl", "output", "cache-stats", "cache-entries"]) {
      const box = await site.at(id).boundingBox();
      assert.ok(
        box !== null && box.y >= 0 && box.y + Math.min(box.height, 20) <= 900 && box.x >= 0 && box.x + 20 <= 1440,
        `${id} is on the screen`,
      );
    }
    const wasm = requests.filter((url) => url.endsWith(".wasm"));
    assert.equal(wasm.length, 3, "one download of each part of the Wasm");
    assert.ok(requests.indexOf(wasm.at(-1)) <= 5, `the Wasm is asked for with the first files: ${requests.slice(0, 7)}`);
    await site.close();
  });
});

describe("editing", () => {
  it("changes nodes, WGSL, key and output with the program", async () => {
    site = await world.open();
    await site.settled();
    await site.try(program("x.mul(2)", "console.log(f(tensor([1, 2, 3])));"));
    const small = {
      nodes: (await site.nodes("graph-before")).length,
      wgsl: await site.text("wgsl"),
      key: await site.text("cache-entries"),
    };
    assertClose(await site.numbers(), [2, 4, 6]);
    assert.equal(await site.stat("misses"), 1);
    assert.match(small.key, /3/);

    await site.try(program("x.mul(2).exp().add(x)", "console.log(f(tensor([[0, 1], [2, 3]])));"));
    const large = {
      nodes: (await site.nodes("graph-before")).length,
      wgsl: await site.text("wgsl"),
      key: await site.text("cache-entries"),
    };
    assert.equal(large.nodes, small.nodes + 2, "exp and add");
    assert.notEqual(large.wgsl, small.wgsl);
    assert.notEqual(large.key, small.key);
    assertClose(await site.numbers(), [1, Math.exp(2) + 1, Math.exp(4) + 2, Math.exp(6) + 3]);
    await site.close();
  });

  it("says why another shape recompiled", async () => {
    site = await world.open();
    await site.settled();
    await site.try(program("x.add(1)", "f(tensor([1, 2])); f(tensor([3, 4])); console.log(f(tensor([1, 2, 3])));"));
    assert.deepEqual([await site.stat("misses"), await site.stat("hits"), await site.stat("entries")], [2, 1, 2]);
    assert.match(await site.text("cache-miss"), /shape/);
    assert.match(await site.text("cache-miss"), /\b2\b[\s\S]*\b3\b/, "both shapes are named");
    assert.equal(await site.at("cache-entries").locator("li").count(), 2);

    // Each call can be looked at: the graph of the first has its shape.
    await site.at("calls").selectOption({ index: 0 });
    await site.page.locator("[data-testid=graph-before] [data-node]", { hasText: "[2]" }).first().waitFor();
    await site.close();
  });

  it("counts evictions", async () => {
    site = await world.open();
    await site.settled();
    await site.try(`import { compile, init, ones } from "interfuse";
await init();
const f = compile((x) => x.add(1), { maxCacheSize: 2 });
for (const n of [1, 2, 3, 4]) f(ones([n]));
console.log(f(ones([4])));`);
    assert.deepEqual(
      [await site.stat("misses"), await site.stat("hits"), await site.stat("evictions"), await site.stat("entries")],
      [4, 1, 2, 2],
    );
    await site.close();
  });

  it("shows an error with its line, its remedy and the way there", async () => {
    site = await world.open();
    await site.settled();
    await site.write('import { init, ones } from "interfuse";\nawait init();\n\nones([2, 3]).add(ones([4]));\n');
    await site.run();
    await site.state("failed");
    const text = await site.text("output");
    assert.match(text, /ShapeError/);
    assert.match(text, /add/);
    await site.at("output").getByRole("button", { name: "line 4" }).click();
    assert.match(await site.page.locator(".cm-activeLine").innerText(), /ones\(\[2, 3\]\)\.add/);

    await site.write("const = 3;");
    await site.run();
    await site.page.locator("[data-testid=output] [role=alert]", { hasText: /line 1/ }).waitFor();
    await site.close();
  });
});

describe("pointing", () => {
  it("marks a node in both graphs, in the WGSL and in the program, with the pointer and with the keyboard", async () => {
    site = await world.open();
    await site.settled();
    const marked = () =>
      site.page.evaluate(() => ({
        before: [...document.querySelectorAll("[data-testid=graph-before] .node.marked")].map((node) => node.textContent),
        after: [...document.querySelectorAll("[data-testid=graph-after] .node.marked")].map((node) => node.textContent),
        wgsl: [...document.querySelectorAll("[data-testid=wgsl] .marked")].map((line) => line.textContent),
        source: [...document.querySelectorAll(".cm-linked")].map((line) => line.textContent),
      }));
    const erf = site.at("graph-before").locator("[data-node]", { hasText: "erf" });
    await erf.hover();
    const pointed = await marked();
    assert.equal(pointed.before.length, 1);
    assert.match(pointed.before[0], /erf/);
    assert.ok(
      pointed.after.some((text) => text.includes("erf")),
      String(pointed.after),
    );
    assert.ok(
      pointed.wgsl.some((line) => line.includes("erf")),
      String(pointed.wgsl),
    );
    assert.ok(
      pointed.source.some((line) => line.includes(".erf()")),
      String(pointed.source),
    );

    await site.page.mouse.move(700, 5);
    assert.deepEqual(await marked(), { before: [], after: [], wgsl: [], source: [] });

    await site.at("graph-after").locator("[data-node]", { hasText: "erf" }).focus();
    assert.deepEqual(await marked(), pointed);
    await site.page.keyboard.press("ArrowDown");
    const next = await marked();
    assert.equal(next.after.length, 1);
    assert.notDeepEqual(next.after, pointed.after, "the arrow moved on");

    // Back from the text: a line of WGSL marks its nodes.
    await site.at("wgsl").locator(".line.linked", { hasText: "erf" }).first().hover();
    assert.ok((await marked()).before.some((text) => text.includes("erf")));
    await site.close();
  });
});

describe("running", () => {
  it("stops an endless loop and runs the next program", async () => {
    site = await world.open();
    await site.settled();
    await site.write('console.log("before the loop");\nwhile (true) {}\n');
    await site.run();
    await site.page.locator("[data-testid=output]", { hasText: "before the loop" }).waitFor();
    await site.state("running");
    await site.at("stop").click();
    await site.state("stopped");
    await site.try(program("x.mul(3)", "console.log(f(tensor([5])));"));
    assertClose(await site.numbers(), [15]);
    await site.close();
  });

  it("switches the device and computes the same there", async () => {
    site = await world.open();
    await site.settled();
    const results = [];
    for (const [device, name] of [
      ["cpu", /CPU/],
      ["webgpu", /WebGPU/],
    ]) {
      await site.at("device").selectOption(device);
      await site.page.locator("[data-testid=device-info]", { hasText: name }).waitFor();
      await site.settled();
      results.push(await site.numbers());
      assertClose(results.at(-1).slice(0, 3), GELU);
    }
    assertClose(results[1], results[0]);
    await site.close();
  });

  it("works without WebGPU and says so", async () => {
    site = await world.open({ url: world.insecureUrl });
    await site.settled();
    assert.match(await site.text("device-info"), /CPU/);
    assert.match(await site.text("device-info"), /WebGPU/i, "the reason names what is missing");
    assertClose((await site.numbers()).slice(0, 3), GELU);
    await site.at("device").selectOption("webgpu");
    await site.state("failed");
    assert.match(await site.text("output"), /WebGPU/i);
    await site.at("device").selectOption("auto");
    await site.settled();
    await site.close();
  });

  it("bounds what a program prints and keeps the page alive with a large graph", async () => {
    site = await world.open();
    await site.settled();
    await site.try(
      `import { compile, init, ones } from "interfuse";
await init();
const f = compile((x) => { let y = x; for (let i = 0; i < 2000; i++) y = i % 3 === 0 ? y.mul(x) : y.add(x).mul(y.exp()); return y; });
f(ones([4]));
for (let i = 0; i < 5000; i++) console.log(i);`.replaceAll(".settled", ""),
    );
    assert.ok((await site.at("output").locator(".entry").count()) <= 1001);
    assert.ok((await site.nodes("graph-before")).length < 400, "a large graph is drawn in part");
    await site.close();
  });
});

describe("links and memory", () => {
  it("opens a link without running it, and runs it on request", async () => {
    site = await world.open();
    await site.settled();
    await site.try(program("x.sub(1)", 'console.log("shared", f(tensor([8])));'));
    await site.page.getByRole("button", { name: "Share" }).click();
    await site.page.waitForURL(/#1\//);
    const link = site.page.url();
    await site.close();

    site = await world.open({ url: link });
    await site.state("waiting");
    assert.match(await site.text("notice"), /press Run/);
    assert.match(await site.at("editor").innerText(), /shared/);
    await site.at("device").selectOption("cpu"); // changing the device is no reason to run it either
    await site.page.locator("[data-testid=device-info]", { hasText: "CPU" }).waitFor();
    await site.state("waiting");
    // What the first moments compile is there, and marked as such.
    await site.page.locator("main[data-freshness=live]").waitFor();
    await site.at("graph-before").locator("[data-node]").first().waitFor();
    assert.match(await site.text("freshness"), /press Run/);
    await site.run();
    await site.settled();
    assertClose(await site.numbers(), [7]);
    await site.close();
  });

  it("explains a damaged link and one of a later version, and shows the first example", async () => {
    for (const [fragment, message] of [
      ["#1/AAAA", /damaged/],
      ["#9/AAAA", /newer/],
    ]) {
      site = await world.open({ url: `${world.url}/${fragment}` });
      await site.settled();
      assert.match(await site.text("notice"), message);
      await site.close();
    }
  });

  it("carry the open pane and what was pinned", async () => {
    site = await world.open();
    await site.settled();
    await site.try(program("x.mul(2).exp()", "console.log(f(tensor([1])));"));
    const node = site.at("graph-before").locator('[data-key="n0"]');
    await node.click();
    await site.page.getByRole("button", { name: "Share" }).click();
    await site.page.waitForURL(/#1\//);
    const url = site.page.url();
    await site.close();
    // On a phone, where one pane is open: the link's.
    site = await world.open({ viewport: { width: 390, height: 844 } });
    await site.state("done");
    await site.page.getByRole("tab", { name: "Graph" }).click();
    await site.page.evaluate(() => (location.hash = ""));
    await site.close();
    site = await world.open({ url });
    await site.state("waiting");
    await site.run();
    await site.settled();
    await site.page.locator('[data-testid=graph-before] [data-key="n0"].marked').waitFor();
    // Nothing is under the pointer: the mark is the pinned one.
    assert.deepEqual(
      await site
        .at("graph-before")
        .locator(".node.marked")
        .evaluateAll((nodes) => nodes.map(({ dataset }) => dataset.key)),
      ["n0"],
    );
    // The next run is another inspection: what was pinned is found again.
    await site.run();
    await site.settled();
    assert.equal(await site.at("graph-before").locator('.node.marked[data-key="n0"]').count(), 1);
    await site.close();

    site = await world.open({ viewport: { width: 390, height: 844 } });
    await site.state("done");
    await site.page.getByRole("tab", { name: "Cache" }).click();
    await site.page.getByRole("button", { name: "Share" }).click();
    await site.page.waitForURL(/#1\//);
    const tab = site.page.url();
    await site.close();
    site = await world.open({ url: tab, viewport: { width: 390, height: 844 } });
    await site.page.locator("[role=tab][aria-selected=true]", { hasText: "Cache" }).waitFor();
    await site.close();
  });

  it("brings back what was being written, without running it", async () => {
    site = await world.open();
    await site.settled();
    await site.write('console.log("my draft");');
    await site.page.reload();
    await site.state("waiting");
    assert.match(await site.at("editor").innerText(), /my draft/);
    await site.page.locator("main[data-output=live]").waitFor();
    await site.state("waiting");
    await site.close();
  });
});

describe("the cache pane", () => {
  it("explains every miss by the nearest entry and by the one that had to go", async () => {
    site = await world.open();
    await site.settled();
    await site.at("examples").selectOption("18-an-lru-of-two");
    await site.state("running");
    await site.settled();
    assert.deepEqual([await site.stat("misses"), await site.stat("evictions"), await site.stat("entries")], [10, 8, 2]);
    const misses = await site.at("cache-miss").locator(".miss").allInnerTexts();
    assert.equal(misses.length, 10);
    assert.match(misses[0], /float32\[\d\] → float32\[2\]|float32\[\d\]\s*→\s*float32\[2\]/);
    assert.match(misses[0], /had to go last/);
    assert.match(misses.at(-1), /the first call/);
    await site.close();
  });
});

describe("open sizes", () => {
  it("are symbols in the key, and guards stand beside it", async () => {
    site = await world.open();
    await site.settled();
    await site.at("examples").selectOption("29-shapeless");
    await site.state("running");
    await site.settled();
    // The function shown is the one that computed with sizes.
    assert.match(await site.text("cache-entries"), /float32\[s0, ?s1, ?s2\]/);
    assert.match(await site.text("cache-guards"), /2/);
    await site.close();
  });
});

describe("what is inside", () => {
  it("has every node of a long trace, and draws those in view", async () => {
    site = await world.open();
    await site.settled();
    const body = "Array.from({ length: 400 }).reduce((y: Tensor, _, i) => (i % 2 ? y.mul(0.5) : y.add(1)), x)";
    await site.try(program(body, "console.log(f(tensor([1])));"));
    const before = site.at("graph-before");
    assert.equal(Number(await before.getAttribute("data-boxes")), 401);
    assert.ok((await before.locator("[data-node]").count()) < 100);
    assert.ok((await before.locator('[data-key="n0"]').count()) === 1, "the view begins where the program does");
    await before.evaluate((pane) => pane.scrollTo(0, pane.scrollHeight));
    await before.locator(".node.output").waitFor();
    assert.equal(await before.locator('[data-key="n0"]').count(), 0);
    // All of it at once.
    await site.page.getByRole("button", { name: "Fit As traced" }).click();
    await site.page.waitForFunction(() => {
      const pane = document.querySelector("[data-testid=graph-before]");
      return pane.scrollWidth <= pane.clientWidth && pane.scrollHeight <= pane.clientHeight;
    });
    assert.equal(await before.locator("[data-node]").count(), 401);
    await site.close();
  });

  it("shows a kernel in the languages below WGSL, loading the translator when it is asked for", async () => {
    site = await world.open();
    await site.settled();
    const fetched = [];
    site.page.on("request", (request) => fetched.push(request.url()));
    for (const [language, text] of [
      ["msl", "kernel void"],
      ["spirv", "OpEntryPoint"],
      ["hlsl", "[numthreads("],
      ["glsl", "#version 310 es"],
    ]) {
      await site.at("language").selectOption(language);
      await site.at("translation").filter({ hasText: text }).waitFor();
    }
    assert.ok(
      fetched.some((url) => url.includes("translate")),
      `${fetched}`,
    );
    await site.at("language").selectOption("wgsl");
    assert.match(await site.text("wgsl"), /@compute/);
    await site.close();
  });
});

describe("what programs draw", () => {
  const drawing = (body) => `import { init, tensor } from "interfuse";
import { chart, image, progress } from "playground";
await init();
${body}
`;

  it("shows a curve that grows, a bar and a picture, and loads the chart library for it only", async () => {
    site = await world.open();
    const fetched = [];
    site.page.on("request", (request) => fetched.push(request.url()));
    await site.settled();
    assert.ok(!fetched.some((url) => /uPlot/i.test(url)), "the first example draws nothing");
    await site.write(
      drawing(`
const c = chart("loss", { curves: ["a", "b"] });
for (let i = 0; i < 50; i++) c.add(i, 1 / (i + 1), i);
progress(3, 4, "three of four");
await image(tensor([[0, 1], [1, 0]]), { title: "a square" });
`),
    );
    await site.run();
    await site.state("done");
    await site.page.locator("[data-testid=chart][data-points='50'] canvas").waitFor();
    assert.ok(
      fetched.some((url) => /uPlot/i.test(url)),
      `${fetched}`,
    );
    assert.equal(await site.at("progress").getAttribute("value"), "3");
    const pixels = await site
      .at("picture")
      .locator("canvas")
      .evaluate((canvas) => [...canvas.getContext("2d").getImageData(0, 0, 2, 1).data]);
    assert.deepEqual(pixels, [0, 0, 0, 255, 255, 255, 255, 255]);
    // The next program draws nothing, and nothing is left.
    await site.write("console.log(1);");
    await site.run();
    await site.state("done");
    assert.equal((await site.at("chart").count()) + (await site.at("picture").count()) + (await site.at("progress").count()), 0);
    await site.close();
  });

  it("trains a classifier to more than 95 % with a live curve, and Stop ends it", async () => {
    const digits = readFileSync(new URL("../../web/playground/examples/22-digits.ts", import.meta.url), "utf8");
    assert.match(digits, /\[100, 20\]/);
    site = await world.open();
    await site.settled();
    // So many epochs that it cannot be over before Stop is pressed.
    await site.write(digits.replace("[100, 20]", "[100, 100_000]"));
    await site.run();
    await site.page.waitForFunction(() => Number(document.querySelector("[data-testid=chart]")?.dataset.points) >= 2, null, {
      timeout: 60_000,
    });
    assert.equal(await site.at("output").getAttribute("data-state"), "running", "the curve is there before the end");
    await site.at("stop").click();
    await site.state("stopped");
    await site.at("examples").selectOption("22-digits");
    await site.state("running");
    await site.page.locator("[data-testid=output][data-state=done]").waitFor({ state: "attached", timeout: 120_000 });
    const [, accuracy] = /unseen digits: ([\d.]+) %/.exec(await site.text("output"));
    assert.ok(Number(accuracy) > 95, `${accuracy} %`);
    const points = Number(await site.at("chart").getAttribute("data-points"));
    assert.ok(points >= 20, `${points} points`);
    assert.match(await site.text("cache-entries"), /Sequential \{/, "classes keep their names in the bundle");
    await site.close();
  });
});

describe("every example", () => {
  const folder = new URL("../../web/playground/examples/", import.meta.url);
  const names = readdirSync(folder)
    .map((name) => name.replace(/\.ts$/, ""))
    .sort();

  /** What some of them must print, beside anything at all. */
  const says = {
    "14-exp-minus-x": [/2\.3678/, /hits=2, misses=1/, /round 2: CompilationStats\(hits=0, misses=1/],
    "15-what-fusion-saves": [/fused: 1 kernels/, /unfused: [4-9] kernels/, /largest difference:/],
    "16-nested-compile": [/outer CompilationStats\(hits=0, misses=1.*kernels: 1/, /inner CompilationStats\(hits=0, misses=0/],
    "17-gradients": [/plain\s+f32\[\]\s+2\.71828/, /compiled\s+f32\[\]\s+2\.71828/],
    "18-an-lru-of-two": [/hits=0, misses=9.*evictions: 7/s, /hits=6, misses=3.*evictions: 0/s],
    "19-mandelbrot": [/hits=5, misses=1.*kernels: 1/s],
    "20-heat-equation": [/hits=399, misses=1/],
    "21-principal-components": [/at right angles:/, /hits=99, misses=1/],
    "22-digits": [/unseen digits: (9[6-9]|100)/],
    "23-character-transformer": [/(2\d|3\d) of (2\d|3\d) words/, /hits=\d+, misses=1/],
    "24-state": [/after\s+f32\[\]\s+2\s+f32\[\]\s+6/, /of 2, 4, 9:\s+f32\[\]\s+5/, /hits=2, misses=1.*kernels: 1/s],
    "25-fullgraph": [/fallbacks=2.*because: async/s, /FullgraphError/, /hits=1, misses=1/],
    "26-random-state": [/hits=3, misses=1/, /hits=2, misses=1/],
    "29-shapeless": [/hits=4, misses=1.*traces: 1/, /key: \(float32\[s0\]/, /ShapeGuardError/],
    "30-open-dimensions": [/hits=3, misses=1.*traces: 1/, /key: .*batch/],
    "28-mlp": [/initial loss \d.*final loss \d/, /hits=59, misses=1/],
    "31-lstm": [/on unseen waves: 0\.0[01]/, /hits=119, misses=1/, /power of 10,000 steps: 0\.\d+/],
    "27-training-step": [/hits=8, misses=2.*traces: 2/s],
  };

  it("is in the list: ten or more, numbered", async () => {
    site = await world.open();
    const listed = await site
      .at("examples")
      .locator("option")
      .evaluateAll((options) => options.map(({ value }) => value));
    assert.deepEqual(listed.toSorted(), names);
    assert.ok(names.length >= 10);
    assert.ok(names.every((name, i) => Number(name.slice(0, 2)) === i + 1));
    await site.settled();
    await site.close();
  });

  for (const name of names) {
    it(`${name} runs and prints`, async () => {
      site = await world.open();
      await site.settled();
      if (name !== names[0]) {
        await site.at("examples").selectOption(name);
        await site.state("running");
        await site.state("done", "failed");
      }
      assert.equal(await site.at("output").getAttribute("data-state"), "done", await site.text("output"));
      const printed = (await site.text("output")).replace(/\s+/g, " ");
      assert.notEqual(printed.trim(), "");
      for (const wanted of says[name] ?? []) assert.match(printed, wanted);
      await site.close();
    });
  }
});

describe("appearance", () => {
  it("follows the system's theme and the person's choice", async () => {
    const background = () => site.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const seen = {};
    for (const colorScheme of ["light", "dark"]) {
      site = await world.open({ colorScheme });
      await site.settled();
      seen[colorScheme] = await background();
      if (colorScheme === "dark") {
        await site.page.getByRole("button", { name: /^Theme/ }).click(); // from the system's to light
        assert.equal(await background(), seen.light);
        await site.page.reload();
        assert.equal(await background(), seen.light, "the choice is remembered");
        await site.settled();
      }
      await site.close();
    }
    assert.notEqual(seen.light, seen.dark);
  });

  it("shows one pane at a time on a phone, without sideways scrolling", async () => {
    site = await world.open({ viewport: { width: 390, height: 844 } });
    await site.state("done");
    for (const [tab, testid] of [
      ["Code", "editor"],
      ["Output", "output"],
      ["Graph", "graph-after"],
      ["Kernels", "wgsl"],
      ["Cache", "cache-stats"],
    ]) {
      await site.page.getByRole("tab", { name: tab }).click();
      assert.ok(await site.at(testid).isVisible(), `${testid} under ${tab}`);
      assert.equal(await site.page.evaluate(() => document.documentElement.scrollWidth), 390, `no sideways scrolling under ${tab}`);
    }
    assert.ok(!(await site.at("editor").isVisible()));
    await site.close();
  });

  it("can be used with the keyboard alone", async () => {
    site = await world.open();
    await site.settled();
    await site.at("editor").locator(".cm-content").focus();
    await site.page.keyboard.press("ControlOrMeta+A");
    await site.page.keyboard.insertText(program("x.neg()", "console.log(f(tensor([4])));"));
    await site.page.keyboard.press("ControlOrMeta+Enter");
    await site.page.locator("[data-testid=output] .values", { hasText: "-4" }).waitFor();
    await site.settled();
    // Escape, then Tab leaves the editor; every stop has a name.
    await site.page.keyboard.press("Escape");
    const stops = [];
    for (let i = 0; i < 45; i++) {
      await site.page.keyboard.press("Tab");
      stops.push(
        await site.page.evaluate(() => {
          const element = document.activeElement;
          const name = element?.getAttribute("aria-label") ?? element?.closest("label")?.textContent ?? element?.textContent ?? "";
          return `${element?.closest("[data-testid]")?.getAttribute("data-testid") ?? ""}|${name.trim().slice(0, 40)}`;
        }),
      );
    }
    for (const wanted of ["functions", "graph-before", "graph-after", "wgsl"])
      assert.ok(
        stops.some((stop) => stop.startsWith(wanted)),
        `${wanted} is reached: ${stops.join(" ")}`,
      );
    await site.close();
  });
});
