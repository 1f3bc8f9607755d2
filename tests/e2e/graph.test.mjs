/**
 * @file The graph pane in Chromium: the slider over the passes, places that last, zoom and pan, search, details, the list, and graphs of
 * thousands of boxes.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { start } from "./playground.mjs";

const softmax = `import { compile, init, softmax, tensor, type Tensor } from "interfuse";
await init();
const f = compile((x: Tensor) => {
  const y = x.mul(2).mul(1);
  return softmax(y.add(1), -1);
});
console.log(f(tensor([[1, 2, 3]])));
`;

let world;
before(async () => void (world = await start()));
after(() => world.close());

/** Where boxes are on the screen, by what is written in them. */
const boxes = (page) =>
  page.locator("[data-testid=graph] .node").evaluateAll((nodes) =>
    Object.fromEntries(
      nodes.map((node) => {
        const { x, y } = node.querySelector("rect").getBoundingClientRect();
        return [node.querySelector(".title")?.textContent, [Math.round(x), Math.round(y)]];
      }),
    ),
  );

describe("one graph", () => {
  let site;
  let page;
  const graph = () => site.at("graph");
  const slide = async (pass) => {
    await site.at("pass").fill(String(pass));
    await site.graphsAreThere();
  };
  before(async () => {
    site = await world.open({ graphs: "one" });
    ({ page } = site);
    await site.settled();
    await site.try(softmax);
  });
  after(() => site.close());

  it("shows kernels first, and by a slider every pass back to the trace", async () => {
    assert.equal(await page.locator("[data-testid^=graph][data-boxes]").count(), 1);
    assert.ok((await graph().locator(".kernel").count()) >= 1);
    await slide(0);
    assert.equal(await graph().locator(".kernel").count(), 0);
    assert.match(await page.locator(".slider output").innerText(), /trace/);
    assert.equal(await page.getByRole("heading", { name: "As traced" }).count(), 1);
  });

  it("keeps nodes in their places from the trace to a later pass", async () => {
    await slide(0);
    const traced = await boxes(page);
    assert.ok("mul 1.0" in traced || "mul 1" in traced, Object.keys(traced).join());
    const passes = Number(await site.at("pass").getAttribute("max"));
    // The last pass before kernels are formed has lost a node; all others stand where they stood.
    await slide(passes - 1);
    const later = await boxes(page);
    const kept = Object.keys(later).filter((name) => name in traced);
    assert.ok(Object.keys(later).length < Object.keys(traced).length, "a node is gone");
    assert.ok(kept.length >= 5, kept.join());
    for (const name of kept) assert.deepEqual(later[name], traced[name], name);
  });

  it("keeps nodes in their columns, and the pass that is shown, when the program is edited", async () => {
    await slide(0);
    const before = await boxes(page);
    await site.try(softmax.replace(".mul(1)", ".mul(1).tanh()"));
    assert.equal(await site.at("pass").inputValue(), "0", "the trace is still what is shown");
    const after = await boxes(page);
    assert.ok("tanh" in after);
    // A column is wider than a box; within it a wider box elsewhere may move all of them a little.
    for (const name of ["input 0", "mul 2.0", "exp"])
      assert.ok(Math.abs(after[name]?.[0] - before[name]?.[0]) <= 12, `${name}: ${JSON.stringify({ before, after })}`);
    await site.try(softmax);
  });

  it("finds nodes by op, number, shape and text of their line, and goes from one to the next", async () => {
    await slide(0);
    const search = site.at("search");
    const count = async (query) => {
      await search.fill(query);
      return Number(/\d+/.exec(await site.text("found"))[0]);
    };
    assert.equal(await count("exp"), 1);
    assert.equal(await count("%0"), 1);
    assert.ok((await count("f32[1,3]")) >= 4);
    assert.ok((await count("mul(2)")) >= 2, "both of that line");
    assert.equal(await count("exp nothing"), 0);
    await count("exp");
    await search.press("Enter");
    await site.at("node-details").waitFor();
    assert.match(await site.text("node-details"), /exp/);
    assert.equal(await graph().locator(".node.marked").count(), 1);
    await search.fill("");
  });

  it("shows all attributes of the pinned node, and leads to its neighbours and its line", async () => {
    const details = site.at("node-details");
    assert.match(await details.innerText(), /size[\s\S]*3 × float32, 12 B[\s\S]*used by[\s\S]*line 5/);
    await details.getByRole("button", { name: /sum/ }).click();
    assert.match(await details.innerText(), /%\d+ sum/);
    await details.getByRole("button", { name: /^line 5/ }).click();
    assert.match(await page.locator(".cm-activeLine").innerText(), /softmax\(y/);
    await details.getByRole("button", { name: "Close" }).click();
    await details.waitFor({ state: "detached" });
  });

  it("is a list as well, with operands, kernel and cut edges, walked by keys", async () => {
    const passes = Number(await site.at("pass").getAttribute("max"));
    await slide(passes);
    await page.getByRole("button", { name: "List" }).click();
    const list = site.at("graph-list");
    await list.focus();
    const row = () => list.locator("[aria-selected=true]").innerText();
    await page.keyboard.press("End");
    assert.match(await row(), /%\d+ div f32\[1,3\] · ← %\d+ %\d+ · result · in row_/);
    await page.keyboard.press("ArrowLeft");
    assert.doesNotMatch(await row(), /result/);
    const at = await row();
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await row(), at);
    await page.keyboard.press("Enter");
    await site.at("node-details").waitFor();
    assert.ok((await page.locator(".cm-linked").count()) > 0, "what is pinned is marked in the program");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "List" }).click();
  });

  it("zooms where the pointer is, and fits", async () => {
    const box = await graph().boundingBox();
    await graph().locator(".node").nth(2).hover();
    await page.mouse.move(box.x + 5, box.y + 5);
    const spot = await graph()
      .locator(".node")
      .nth(2)
      .evaluate((node) => {
        const { x, y, width, height } = node.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      });
    await page.mouse.move(spot.x, spot.y);
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
    await page.waitForFunction(() => Number(document.querySelector("[data-testid=graph]").dataset.zoom) > 1.2);
    const under = await page.evaluate(({ x, y }) => document.elementFromPoint(x, y).closest(".node")?.dataset.key, spot);
    assert.equal(under, await graph().locator(".node").nth(2).getAttribute("data-key"));
    await page.getByRole("button", { name: /^Fit/ }).click();
    await page.waitForFunction(() => {
      const pane = document.querySelector("[data-testid=graph]");
      return pane.scrollWidth <= pane.clientWidth && pane.scrollHeight <= pane.clientHeight;
    });
  });

  it("pans when a node is dragged, and pins nothing", async () => {
    for (let i = 0; i < 5; i++) await page.getByRole("button", { name: /^Zoom into/ }).click();
    const scrolled = () => graph().evaluate((pane) => pane.scrollLeft + pane.scrollTop);
    const before = await scrolled();
    const node = await graph()
      .locator(".node")
      .evaluateAll((nodes) => {
        const seen = nodes.map((one) => one.getBoundingClientRect()).find(({ x, y }) => x > 520 && x < 900 && y > 300 && y < 800);
        return { x: seen.x + 20, y: seen.y + 10 };
      });
    await page.mouse.move(node.x, node.y);
    await page.mouse.down();
    await page.mouse.move(node.x - 60, node.y - 60, { steps: 4 });
    await page.mouse.up();
    assert.notEqual(await scrolled(), before);
    assert.equal(await site.at("node-details").count(), 0);
    await page.mouse.click(5, 300);
  });

  it("has a legend, and can stand beside the trace, which is remembered", async () => {
    await page.getByRole("button", { name: "Legend" }).click();
    assert.match(await site.text("legend"), /contract[\s\S]*not fused/);
    await page.getByRole("button", { name: "Legend" }).click();
    await page.getByRole("button", { name: "Side by side" }).click();
    await site.at("graph-before").waitFor();
    await page.reload();
    await site.state("waiting");
    await site.graphsAreThere();
    assert.equal(await site.at("graph-before").count(), 1);
    await page.getByRole("button", { name: "Side by side" }).click();
    await site.at("graph").waitFor();
  });
});

describe("large graphs", () => {
  let site;
  let page;
  before(async () => {
    site = await world.open({ graphs: "one" });
    ({ page } = site);
    await site.settled();
  });
  after(() => site.close());

  it("brings what a line of the program made into view", async () => {
    const ops = Array.from({ length: 300 }, (_, i) => (i % 2 ? "  y = y.mul(0.5);" : "  y = y.add(x);")).join("\n");
    await site.try(`import { compile, init, ones, type Tensor } from "interfuse";
await init();
const f = compile((x: Tensor) => {
  let y = x.exp();
${ops}
  return y.tanh();
});
f(ones([4]));
`);
    await site.at("pass").fill("0");
    await site.graphsAreThere();
    assert.equal(await site.at("graph").locator('[data-node="0"]').count(), 1, "the view begins where the program does");
    assert.equal(await site.at("graph").locator(".node.output").count(), 0);
    await page.locator(".cm-scroller").evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.locator(".cm-line", { hasText: "y.tanh()" }).hover();
    await site.at("graph").locator(".node.output.marked").waitFor();
    await page.waitForFunction(() => {
      const node = document.querySelector("[data-testid=graph] .node.output.marked").getBoundingClientRect();
      const pane = document.querySelector("[data-testid=graph]").getBoundingClientRect();
      return node.top >= pane.top && node.bottom <= pane.bottom && node.left >= pane.left && node.right <= pane.right;
    });
  });

  it("closes and opens the kernels of example 12", async () => {
    await site.at("examples").selectOption({ label: "12 A long chain" });
    await site.state("done");
    await page.locator("[data-testid=cache-entries]", { hasText: "float32[7]" }).waitFor();
    await site.at("pass").fill(await site.at("pass").getAttribute("max"));
    await site.graphsAreThere();
    await page.getByRole("button", { name: /^Fit/ }).click();
    const count = async () => {
      await site.graphsAreThere();
      return Number(await site.at("graph").getAttribute("data-boxes"));
    };
    const first = await count();
    const toggle = async (kernel) => {
      await site.at("graph").locator("[aria-expanded]").nth(kernel).focus();
      await page.keyboard.press("Enter");
    };
    await toggle(1);
    const second = await count();
    assert.ok(Math.abs(second - first) > 30, `${first} boxes, then ${second}`);
    // What was opened or closed stays so in the next run.
    await site.run();
    await site.settled();
    assert.equal(await count(), second);
    await toggle(1);
    assert.equal(await count(), first);
    assert.equal(await page.locator(".listing").count(), 0, "no listing in its place");
  });

  it("draws every node of a training step, all within reach", async () => {
    await site.at("examples").selectOption({ label: "23 A character transformer" });
    await site.state("done");
    await site.at("functions").selectOption({ label: "step" });
    await page.waitForFunction(() => Number(document.querySelector("[data-testid=graph]").dataset.boxes) > 200);
    await site.at("pass").fill("0");
    await page.getByRole("checkbox", { name: "fold" }).uncheck();
    await site.graphsAreThere();
    assert.equal(await site.at("graph").getAttribute("data-boxes"), "555");
    await page.getByRole("button", { name: /^Fit/ }).click();
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=graph] .node").length === 555);
    assert.ok(
      await site.at("graph").evaluate((pane) => pane.scrollWidth <= pane.clientWidth && pane.scrollHeight <= pane.clientHeight),
      "all of it fits",
    );
    await page.getByRole("checkbox", { name: "fold" }).check();
  });

  it("draws thousands of boxes at once as a few paths, in which each can be pointed at", async () => {
    await site.try(`import { compile, init, ones, type Tensor } from "interfuse";
await init();
const f = compile((x: Tensor) => {
  let y = x;
  for (let i = 0; i < 1500; i++) y = i % 2 ? y.mul(x) : y.exp();
  return y;
});
f(ones([4]));
`);
    await site.at("pass").fill("0");
    await site.graphsAreThere();
    assert.equal(await site.at("graph").getAttribute("data-boxes"), "1501");
    assert.ok((await site.at("graph").locator(".node").count()) < 100, "those in view");
    await page.getByRole("button", { name: /^Fit/ }).click();
    await site.at("graph").locator(".dense").first().waitFor();
    assert.equal(await site.at("graph").locator(".node").count(), 0);
    const all = await site.at("graph").locator(".dense").first().boundingBox();
    await page.mouse.click(all.x + all.width / 2, all.y + all.height / 2);
    await site.at("node-details").waitFor();
    assert.match(await site.text("node-details"), /%\d+ (mul|exp)/);
    await page.keyboard.press("Escape");
  });
});

describe("what a program is made of", () => {
  let site;
  let page;
  before(async () => {
    site = await world.open({ graphs: "one" });
    ({ page } = site);
    await site.settled();
  });
  after(() => site.close());

  it("draws a loop with its body and its trips, and groups by functions of the program", async () => {
    await site.try(`import { compile, init, ones, scan, zeros, type Tensor } from "interfuse";
await init();
function scaled(x: Tensor) {
  return x.mul(2).exp().sin();
}
const f = compile((x: Tensor) => {
  const [last] = scan((s: Tensor, x: Tensor) => [s.add(x).tanh(), s], zeros([4]), x);
  return scaled(last as Tensor).neg().abs().sqrt();
});
f(ones([7, 4]));
`);
    await site.at("pass").fill("0");
    await site.graphsAreThere();
    const graph = site.at("graph");
    assert.match(await graph.locator(".label.loop").textContent(), /loop × 7 · carries 1/);
    assert.equal(await graph.locator(".node", { hasText: "tanh → carry 0" }).count(), 1);
    await page.getByRole("button", { name: /^Close loop/ }).focus();
    await page.keyboard.press("Enter");
    await site.graphsAreThere();
    assert.equal(await graph.locator(".node", { hasText: "tanh" }).count(), 0);
    assert.equal(await graph.locator(".node", { hasText: "loop × 7" }).count(), 1);

    await page.getByRole("checkbox", { name: "functions" }).check();
    const labels = () => graph.locator(".label.function").allTextContents();
    await page.waitForFunction(() => document.querySelectorAll("[data-testid=graph] .label.function").length === 2);
    assert.deepEqual(await labels(), ["scaled", "f"]);
    await page.getByRole("button", { name: "Close function scaled" }).focus();
    await page.keyboard.press("Enter");
    await site.graphsAreThere();
    await graph.locator(".node.closed", { hasText: "scaled" }).hover();
    assert.ok((await page.locator(".cm-linked").count()) >= 1, "its line is marked");
    await page.getByRole("checkbox", { name: "functions" }).uncheck();
  });
});

describe("panes", () => {
  it("can be resized with mouse, keys and a finger, stay so, and go back", async () => {
    const site = await world.open({ graphs: "one", hasTouch: true });
    const { page } = site;
    await site.settled();
    const width = async () => Math.round((await site.at("editor").boundingBox()).width);
    const edge = page.getByRole("separator", { name: "Width of the program" });
    assert.equal(await page.getByRole("separator").count(), 4);
    const first = await width();
    const { x, y, height } = await edge.boundingBox();
    await page.mouse.move(x + 4, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + 150, y + height / 2, { steps: 3 });
    await page.mouse.up();
    const dragged = await width();
    assert.ok(dragged > first + 100, `${first}, then ${dragged}`);
    await edge.focus();
    await page.keyboard.press("ArrowLeft");
    assert.ok((await width()) < dragged);
    const shown = Number(await edge.getAttribute("aria-valuenow"));
    const kept = await width();
    await page.reload();
    await site.settled();
    assert.equal(await width(), kept);
    assert.equal(Number(await edge.getAttribute("aria-valuenow")), shown);
    // A finger.
    const rows = page.getByRole("separator", { name: "Height of the program" });
    const before = (await site.at("output").boundingBox()).height;
    const at = await rows.boundingBox();
    const client = await page.context().newCDPSession(page);
    const point = (dy) => [{ x: at.x + 40, y: at.y + 4 + dy }];
    await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: point(0) });
    await client.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: point(-60) });
    await client.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: point(-120) });
    await client.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    assert.ok((await site.at("output").boundingBox()).height > before + 80);
    await edge.focus();
    await page.keyboard.press("Enter");
    assert.equal(await width(), first);
    // Nothing stands out of the page at any size.
    for (const size of [
      { width: 360, height: 740 },
      { width: 800, height: 900 },
      { width: 3840, height: 2160 },
    ]) {
      await page.setViewportSize(size);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), size.width);
    }
    await site.close();
  });
});
