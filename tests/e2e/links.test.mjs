/**
 * @file What belongs together on the page, in Chromium: every kind of thing that can be pointed at marks all the others, by pointer and by
 * keyboard, clicks pin, and pointing never changes what is shown. With the kernel list and the cache pane that show it.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { start } from "./playground.mjs";

/** Several kernels: the product is stored before the row is reduced. */
const CODE = `import { compile, init, ones, type Tensor } from "interfuse";
await init();
const f = compile((x: Tensor) => {
  const y = x.exp();
  const z = y.matmul(y);
  return z.sub(z.max(1, { keepdims: true })).mul(2);
}, { maxCacheSize: 2 });
for (const n of [4, 5, 4, 6, 4]) f(ones([n, n]));
`;

let world;
let site;
before(async () => {
  world = await start();
  site = await world.open();
  await site.settled();
  await site.try(CODE);
});
after(async () => {
  await site.close();
  await world.close();
});

/** What is marked, by kind. */
const marked = () =>
  site.page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    return {
      source: all(".cm-linked").map((line) => line.textContent.trim()),
      node: all("[data-testid=graph-after] .node.marked").length,
      kernel: all("[data-testid=kernels] li.marked").map((row) => Number(row.dataset.kernel)),
      wgsl: all("[data-testid=wgsl] .line.marked").length,
      buffer: all("[data-buffer].marked").length,
      entry: all("[data-testid=cache-entries] li.marked").length,
      call: all("[data-testid=timeline] button.marked").length,
    };
  });
const away = () => site.page.mouse.move(700, 3);

describe("links", () => {
  const things = () => ({
    source: site.page.locator(".cm-line", { hasText: "y.matmul" }),
    node: site.at("graph-before").locator("[data-node]", { hasText: "exp" }).first(),
    kernel: site.at("kernels").locator("li").first().locator("button"),
    wgsl: site.at("wgsl").locator(".line.linked").last(),
    buffer: site.at("kernel-details").locator("[data-buffer]").last(),
    entry: site.at("cache-entries").locator("[aria-current=true]"),
    call: site.at("timeline").locator("button").last(),
  });

  it("anything that is pointed at marks everything else", async () => {
    await site.at("graph-before").click({ position: { x: 16, y: 3 } });
    const shown = await site.at("wgsl").getAttribute("data-kernel-shown");
    for (const [kind, thing] of Object.entries(things())) {
      await away();
      await thing.hover();
      const marks = await marked();
      for (const [other, found] of Object.entries(marks)) {
        // The line that is pointed at is not marked again in the editor.
        if (kind === "source" && other === "source") continue;
        // What belongs to another kernel than the shown one is marked in the list, not in the text.
        if ((other === "wgsl" || other === "buffer") && !marks.kernel.includes(Number(shown))) continue;
        assert.ok(Array.isArray(found) ? found.length > 0 : found > 0, `${kind} marks ${other}: ${JSON.stringify(marks)}`);
      }
      assert.equal(await site.at("wgsl").getAttribute("data-kernel-shown"), shown, `pointing at a ${kind} shows no other kernel`);
    }
    await away();
    assert.equal((await marked()).node, 0, "nothing is pointed at");
  });

  it("a click pins, and again lets go", async () => {
    for (const kind of ["node", "kernel", "wgsl", "buffer", "call"]) {
      await things()[kind].click();
      await away();
      await site.page.evaluate(() => document.activeElement?.blur());
      assert.ok((await marked()).node > 0, `${kind} is pinned`);
      await site.page.keyboard.press("Escape");
      assert.equal((await marked()).node, 0, `${kind} is let go`);
    }
    await site.page.locator(".cm-lineNumbers .cm-gutterElement", { hasText: /^5$/ }).click();
    await away();
    assert.ok(
      (await marked()).source.some((line) => line.includes("matmul")),
      "the number of a line pins it",
    );
    await site.page.keyboard.press("Escape");
  });

  it("follows the caret and the keyboard", async () => {
    await site.page.locator(".cm-line", { hasText: "x.exp" }).click();
    await away();
    const first = await marked();
    assert.ok(first.node > 0, "the caret's line is pointed at");
    await site.page.keyboard.press("ArrowDown");
    assert.notDeepEqual(await marked(), first, "and the next one");
    await site.at("kernels").locator("li").last().locator("button").click();
    await site.page.keyboard.press("Escape");
    await site.at("wgsl").locator(".line.linked").first().focus();
    const line = await site.page.evaluate(() => document.activeElement.dataset.line);
    await site.page.keyboard.press("ArrowDown");
    assert.ok(Number(await site.page.evaluate(() => document.activeElement.dataset.line)) > Number(line));
    assert.ok((await marked()).node > 0);
    await site.at("timeline").locator("[tabindex='0']").focus();
    await site.page.keyboard.press("ArrowRight");
    assert.ok((await marked()).call > 0);
  });

  it("a kernel row can be rested on and clicked", async () => {
    const rows = site.at("kernels").locator("li");
    const last = (await rows.count()) - 1;
    await rows.first().locator("button").click();
    await rows.nth(last).locator("button").hover();
    const changes = await site.page.evaluate(async () => {
      let count = 0;
      const observer = new MutationObserver((records) => (count += records.length));
      observer.observe(document.querySelector("[data-testid=wgsl]").parentElement, { childList: true, subtree: true });
      await new Promise((done) => setTimeout(done, 400));
      observer.disconnect();
      return count;
    });
    assert.equal(changes, 0, "nothing changes under a pointer at rest");
    await site.page.mouse.down();
    await site.page.mouse.up();
    assert.equal(await site.at("wgsl").getAttribute("data-kernel-shown"), await rows.nth(last).getAttribute("data-kernel"));
    await site.page.keyboard.press("Escape");
  });
});

describe("kernels", () => {
  it("say how they run and what they cost, and what they are in another language beside the WGSL", async () => {
    await site.at("kernels").locator("li").first().locator("button").click();
    assert.match(await site.text("schedule"), /workgroup.*invocations/);
    assert.match(await site.at("kernels").locator("li").first().innerText(), /ops\/byte/);
    await site.at("language").selectOption("msl");
    const line = site.at("translation").locator(".line.linked").first();
    await line.waitFor();
    assert.match(await site.text("translation"), /kernel void/);
    assert.ok(await site.at("wgsl").isVisible(), "both are there");
    await line.hover();
    assert.ok((await marked()).wgsl > 0, "a line of the translation marks its line of the WGSL");
    await site.at("language").selectOption("wgsl");
    await site.page.keyboard.press("Escape");
  });

  it("say why there are not fewer, by reason, with op names and what would change it", async () => {
    const cuts = site.at("cuts");
    await cuts.locator("summary").click();
    await cuts.getByText("What would change it").first().waitFor();
    assert.match(await cuts.innerText(), /\d+ × [\s\S]*line \d/);
    await cuts.locator("li button").first().hover();
    assert.ok((await marked()).node >= 2, "both ends");
  });
});

describe("the cache", () => {
  it("shows every call, the capacity, and what another would have hit", async () => {
    const outcomes = await site
      .at("timeline")
      .locator("button")
      .evaluateAll((all) => all.map((one) => `${one.dataset.outcome} ${one.textContent.trim()}`));
    assert.deepEqual(outcomes, ["miss 1", "miss 2", "hit 1", "miss 3 ×", "hit 1"]);
    assert.match(await site.text("capacity"), /of 2/);
    assert.match(await site.text("replay"), /2 of 5 calls would hit/);
    await site.at("replay").locator("input").fill("1");
    assert.match(await site.text("replay"), /0 of 5 calls would hit[\s\S]*instead of 2/);
  });

  it("an entry leads to its graph", async () => {
    const other = site.at("cache-entries").locator("button:not([aria-current=true])").first();
    const size = /\[(\d),/.exec(await other.innerText())[1];
    await other.click();
    await site.page
      .locator("[data-testid=graph-before] [data-node]", { hasText: `[${size},${size}]` })
      .first()
      .waitFor();
  });

  it("names the verdict and never paints a loss as a gain", async () => {
    await site.try(`import { compile, init, ones } from "interfuse";
await init();
console.log(compile((x) => x.exp())(ones([2])));`);
    assert.equal(await site.at("gain").getAttribute("data-verdict"), "none");
    assert.match(await site.text("gain"), /no gain/);
  });
});

describe("passes", () => {
  const passes = () => site.at("passes");
  before(async () => {
    await site.try(`import { compile, init, ones } from "interfuse";
await init();
const f = compile((x) => x.mul(1).exp().add(x.mul(1).exp()).sum());
f(ones([8]));`);
    await site.at("show-passes").click();
    await passes().waitFor();
  });

  it("have counts and times, show what changed between any two, and walk by arrow keys", async () => {
    await passes().locator("[data-pass='0']").click();
    await site.page.keyboard.press("ArrowDown");
    assert.match(await passes().locator("[aria-pressed=true]").innerText(), /1 share.*nodes.*change.*ms/s);
    assert.match(await site.text("pass-change"), /[1-9]\d* gone/);
    await site.at("pass-change").locator("summary").click();
    assert.ok((await site.at("listing-diff").locator(".gone").count()) > 0, "lines that are gone");
  });

  it("replay every application with the rule's law, and leave a rule out", async () => {
    await passes().locator("button", { hasText: "rewrite" }).click();
    assert.match(await site.text("rules"), /multiply by one[\s\S]*x \* 1 = x/);
    assert.match(await site.text("replay-rules"), /1 of \d+[\s\S]*multiply by one[\s\S]*mul f32\[8\].*→.*input/);
    await site.at("replay-rules").locator("button").last().focus();
    await site.graphsAreThere();
    await site.at("rules").getByLabel("multiply by one").uncheck();
    await site.at("what-if-difference").waitFor();
    await site.page.locator("[data-testid=rules]", { hasText: /multiply by one × 0/ }).waitFor();
    assert.match(await site.text("what-if-difference"), /without multiply by one/);
    await site.at("rules").getByLabel("multiply by one").check();
    await site.page.locator("[data-testid=what-if-difference]").waitFor({ state: "detached" });
    await site.page.getByRole("button", { name: "Kernels", exact: true }).click();
  });

  it("a device that is not there, with what it would change", async () => {
    await site.try(`import { compile, init, ones } from "interfuse";
await init();
const f = compile((...xs) => xs.reduce((sum, x) => sum.add(x)));
f(...Array.from({ length: 9 }, () => ones([4])));`);
    const form = site.at("what-if");
    await site.at("ask-what-if").click();
    await form.getByLabel("device").selectOption("gpu");
    await form.getByLabel("storage buffers").selectOption("4");
    await site.page.locator("[data-testid=what-if-difference]", { hasText: /instead of 1 kernel: 4/ }).waitFor();
    await form.getByLabel("storage buffers").selectOption("16");
    await site.page.locator("[data-testid=what-if-difference]", { hasText: /instead of 1 kernel: 1/ }).waitFor();
    await form.getByRole("button", { name: "As it is" }).click();
    await site.page.locator("[data-testid=what-if-difference]").waitFor({ state: "detached" });
  });
});
