/** @file The output pane of the built page: tensors wherever they stand, formats, groups and tables, and what is read aloud. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { start } from "./playground.mjs";

describe("the output pane", () => {
  let site;
  let one;
  before(async () => {
    site = await start();
    one = await site.open();
  });
  after(async () => {
    await one.close();
    await site.close();
  });
  const lines = async () => (await one.at("output").locator(".entry").allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());

  it("shows tensors in objects, Maps and Sets by type and value", async () => {
    await one.try(`import { arange, ones } from "interfuse";
console.log({ a: ones([2]) });
console.log(new Map([["weights", ones([1, 2])]]), new Set([arange(2)]));
console.log("%s is %o", "it", ones([1]), "and", 3);
`);
    assert.deepEqual(await lines(), [
      "{ a: f32[2] [1, 1] }",
      'Map(1) { "weights" => f32[1,2] [[1, 1]] } Set(1) { i32[2] [0, 1] }',
      "it is f32[1] [1] and 3",
    ]);
  });

  it("moves groups in, and draws tables", async () => {
    await one.try(`console.group("outer");
console.log("%cinside", "color: red");
console.groupEnd();
console.log("outside");
console.table([{ op: "exp", ms: 2 }, { op: "sum", ms: 3 }]);
`);
    const left = (text) =>
      one
        .at("output")
        .locator(".entry", { hasText: text })
        .evaluate((entry) => Number.parseFloat(getComputedStyle(entry).paddingLeft));
    assert.ok((await left("inside")) > (await left("outside")));
    assert.deepEqual(await one.at("output").locator("th").allInnerTexts(), ["", "op", "ms", "0", "1"]);
    assert.deepEqual(await one.at("output").locator("td").allInnerTexts(), ["exp", "2", "sum", "3"]);
  });

  it("tells where the first NaN is, and statistics of what it does not show", async () => {
    await one.try(`import { arange } from "interfuse";
console.log(arange(1000).sub(4).sqrt());
`);
    const output = one.at("output");
    assert.equal(await output.locator(".odd").innerText(), "first NaN at [0]");
    await output.locator("summary").click();
    assert.match(await output.locator("details").innerText(), /min 0, max 31.5436, mean [\d.]+, 4 NaN/);
  });

  it("reads aloud how a run ended, not every number", async () => {
    await one.try(`import { arange } from "interfuse";
console.log(arange(1000));
console.log("two");
`);
    assert.equal(await one.at("output").getAttribute("aria-live"), "off");
    const spoken = await one.page.locator("section[aria-label=Output] [role=status]").innerText();
    assert.match(spoken, /^done in .*, 2 lines$/);
  });

  it("shows an error without empty lines", async () => {
    await one.write('throw new Error("no");\n');
    await one.run();
    await one.state("failed");
    const error = one.page.locator("[role=alert]");
    const [height, line] = await error.evaluate((box) => [box.clientHeight, Number.parseFloat(getComputedStyle(box).lineHeight)]);
    assert.ok(height < 5 * line, `${height} px for two lines`);
  });

  it("is bounded by lines and by characters, and says so", async () => {
    await one.try("for (let i = 0; i < 5000; i++) console.log(i);\n");
    assert.equal((await lines()).at(-1), "… more than 1000 lines; the rest is not shown");
    await one.try('console.log("a".repeat(50_000_000));\nfor (let i = 0; i < 3000; i++) console.log("a".repeat(20_000));\n');
    const shown = await lines();
    assert.match(shown[0], /… 49936000 characters more$/);
    assert.match(shown.at(-1), /^… more than 1000000 characters/);
    assert.ok(shown.length < 60);
  });
});
